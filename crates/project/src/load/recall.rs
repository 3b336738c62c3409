//! What the files of one root said when they were read last, for the next reading in the same process.
//!
//! A file is read again where somebody tells that it changed ([`Recall::forget`]), or where its stamp shows it
//! ([`Recall::look_again`]). The list of files stays too, until that. What a deployment replaces is always read. May assume
//! that it is asked about one root only. Refuses to know who tells.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::Remembered;
use crate::cache::Stamp;
use crate::discover::{Found, WalkResult};
use crate::metadata::{Project, Texts};
use sessionlint_apex::prefilter::{Names, Seen};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::Source;

/// What was read of one root.
#[derive(Debug, Default)]
pub struct Recall {
    metadata: Mutex<HashMap<String, Held<Arc<Remembered>>>>,
    code: Mutex<HashMap<String, Held<HeldCode>>>,
    names: Mutex<Vec<u64>>,
    walked: Mutex<Option<Walked>>,
}

/// What a file gave, and what a folder said about it before it was read; nothing where it was on no disk.
#[derive(Debug)]
struct Held<T> {
    disk: PathBuf,
    stamp: Option<Stamp>,
    content: T,
}

#[derive(Debug, Default)]
struct HeldCode {
    look: Option<Look>,
    facts: Option<(Arc<Source>, Unit)>,
}

/// What a first look at a file of code gave.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// It says nothing.
    Nothing,
    /// All that it says is in its facts.
    Facts,
    /// Words and names.
    Seen(Arc<Seen>),
}

#[derive(Debug)]
struct Walked {
    texts: Texts,
    found: Vec<Found>,
    met: WalkResult,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recall {
    /// Lets the next reading read the file at `path` below the root again.
    pub fn forget(&self, path: &str) {
        locked(&self.metadata).remove(path);
        locked(&self.code).remove(path);
    }

    /// Lets the next reading list the folders again.
    pub fn list_again(&self) {
        locked(&self.walked).take();
    }

    /// Lets the next reading list the folders again, and read again the files that may have changed since they were read.
    pub fn look_again(&self, now: SystemTime) {
        self.list_again();
        let is_same = |disk: &Path, stamp: &Option<Stamp>| match stamp {
            None => disk.as_os_str().is_empty(),
            Some(stamp) => {
                stamp.is_settled(now) && fs::metadata(disk).is_ok_and(|metadata| Stamp::of(&metadata) == *stamp)
            }
        };
        locked(&self.metadata).retain(|_, it| is_same(&it.disk, &it.stamp));
        locked(&self.code).retain(|_, it| is_same(&it.disk, &it.stamp));
    }

    /// Takes back what a project has of code, which it held alone.
    pub fn take_back(&self, project: Project) {
        let mut code = locked(&self.code);
        for unit in project.units {
            let source = project.sources.share(unit.file);
            if let Some(held) = code.get_mut(&source.path) {
                held.content.facts = Some((source, unit));
            }
        }
    }

    /// Lets texts go that were read again to be shown.
    pub fn close_texts(&self) {
        locked(&self.metadata).values_mut().for_each(|held| {
            if let Some(closed) = held.content.closed() {
                held.content = Arc::new(closed);
            }
        });
        locked(&self.code).values_mut().for_each(|held| {
            if let Some((source, _)) = &mut held.content.facts
                && let Some(closed) = source.closed()
            {
                *source = Arc::new(closed);
            }
        });
    }

    /// Whether something is held of the file at `path`.
    pub fn has(&self, path: &str) -> bool {
        locked(&self.metadata).contains_key(path) || locked(&self.code).contains_key(path)
    }

    /// Number of files of which something is held.
    pub fn files(&self) -> usize {
        locked(&self.metadata).len() + locked(&self.code).len()
    }

    /// What a folder says about a file that is about to be read.
    pub(super) fn stamp(disk: &Path) -> Option<Stamp> {
        if disk.as_os_str().is_empty() {
            return None;
        }
        fs::metadata(disk).ok().map(|metadata| Stamp::of(&metadata))
    }

    pub(super) fn get(&self, path: &str) -> Option<Arc<Remembered>> {
        locked(&self.metadata).get(path).map(|held| Arc::clone(&held.content))
    }

    pub(super) fn keep(&self, found: &Found, disk: &Path, stamp: Option<Stamp>, content: Arc<Remembered>) {
        let held = Held { disk: disk.to_owned(), stamp, content };
        locked(&self.metadata).insert(found.path.clone(), held);
    }

    /// The files of a root as they were listed last, until they are kept again.
    pub(super) fn take_walked(&self, texts: Texts) -> Option<(Vec<Found>, WalkResult)> {
        let walked = locked(&self.walked).take_if(|walked| walked.texts == texts)?;
        Some((walked.found, walked.met))
    }

    /// Keeps the list of files.
    pub(super) fn keep_walked(&self, texts: Texts, found: Vec<Found>, met: WalkResult) {
        *locked(&self.walked) = Some(Walked { texts, found, met });
    }

    /// Keeps a new list of files, and lets go what belongs to others.
    pub(super) fn meet_walked(&self, texts: Texts, found: Vec<Found>, met: WalkResult) {
        let files: HashSet<&str> = found.iter().map(|it| it.path.as_str()).collect();
        locked(&self.metadata).retain(|path, _| files.contains(path.as_str()));
        let code = [&met.code, &met.aura_apps, &met.texts].into_iter().flatten();
        let code: HashSet<&str> = code.map(|it| it.path.as_str()).collect();
        locked(&self.code).retain(|path, _| code.contains(path.as_str()));
        self.keep_walked(texts, found, met);
    }

    /// Tells which classes there are now: what was seen of others' names is worth nothing where they are others.
    pub(super) fn meet(&self, names: &Names) {
        let mut before = locked(&self.names);
        if *before != names.in_order() {
            *before = names.in_order().to_vec();
            // What says all in its facts names no class.
            let is_of_names = |look: &mut Look| !matches!(look, Look::Facts);
            locked(&self.code).values_mut().for_each(|held| drop(held.content.look.take_if(is_of_names)));
        }
    }

    pub(super) fn look(&self, path: &str) -> Option<Look> {
        locked(&self.code).get(path).and_then(|held| held.content.look.clone())
    }

    /// Keeps what a look gave, with what was true of the file before it.
    pub(super) fn keep_look(&self, path: &str, disk: &Path, stamp: Option<Stamp>, look: Look) {
        let mut code = locked(&self.code);
        let facts = code.get_mut(path).and_then(|held| held.content.facts.take());
        let content = HeldCode { look: Some(look), facts };
        code.insert(path.to_owned(), Held { disk: disk.to_owned(), stamp, content });
    }

    /// The facts of a file of code, which belong to who takes them until [`Recall::take_back`].
    pub(super) fn facts(&self, path: &str, code: Code) -> Option<(Arc<Source>, Unit)> {
        let mut all = locked(&self.code);
        let facts = &mut all.get_mut(path)?.content.facts;
        if facts.as_ref().is_some_and(|(_, unit)| unit.code == code) { facts.take() } else { None }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that panics is a test that fails")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::discover::Root;
    use crate::load::{load, load_again};
    use crate::metadata::Inputs;

    fn security(timeout: &str) -> String {
        format!(
            "<SecuritySettings><sessionSettings><sessionTimeout>{timeout}</sessionTimeout></sessionSettings></SecuritySettings>"
        )
    }

    /// What a project says, as far as it is told in words.
    fn said(project: &Project) -> String {
        let texts: Vec<(&str, String)> =
            project.sources.iter().map(|(_, it)| (it.path.as_str(), it.text().to_owned())).collect();
        let components: Vec<_> = project.components.iter().map(|it| (&it.name, it.file, &it.document)).collect();
        let facts = (&project.units, &project.problems, project.code, &project.hidden, project.other);
        format!("{texts:?} {components:?} {facts:?}")
    }

    #[test]
    fn what_is_told_is_read_again_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        let recall = Recall::default();
        let inputs = || Inputs::on(jiff::civil::date(2026, 12, 1));
        let read = |changed: &[&str]| {
            for path in changed {
                recall.forget(path);
                if !folder.path().join(path).exists() || !recall.has(path) {
                    recall.list_again();
                }
            }
            let again = load_again(&Root::open(folder.path()), inputs(), &recall);
            let anew = load(&Root::open(folder.path()), inputs());
            assert_eq!((said(&again.project), &again.notices), (said(&anew.project), &anew.notices), "{changed:?}");
            recall.take_back(again.project);
        };
        put("package.xml", "<Package/>");
        put("settings/Security.settings", &security("TwoHours"));
        put("classes/A.cls", "public class A { void f() { g(UserInfo.getSessionId()); } }");
        put("classes/B.cls", "public class B { void f() { new A().f(); } }");
        put("pages/P.page", "<apex:page>{!$Api.Session_ID}</apex:page>");
        read(&[]);
        read(&[]);
        // A change that nobody told is not seen.
        put("settings/Security.settings", &security("OneHour"));
        let held = load_again(&Root::open(folder.path()), inputs(), &recall).project;
        assert!(said(&held).contains("TwoHours"));
        recall.take_back(held);
        read(&["settings/Security.settings"]);
        put("settings/Security.settings", "<SecuritySettings>");
        read(&["settings/Security.settings"]);
        put("classes/A.cls", "public class A { void f() { } }");
        read(&["classes/A.cls"]);
        put("classes/A.cls", "public class A { void f() { C.g(UserInfo.getSessionId()); } }");
        put("classes/C.cls", "public class C { static void g(String s) { System.debug(s); } }");
        read(&["classes/A.cls", "classes/C.cls"]);
        put("classes/AA.trigger", "trigger AA on Account (before insert) { C.g(UserInfo.getSessionId()); }");
        read(&["classes/AA.trigger"]);
        fs::remove_file(folder.path().join("classes/C.cls")).unwrap();
        read(&["classes/C.cls"]);
        put(".forceignore", "P.page\nclasses/B.cls\n");
        recall.list_again();
        read(&[]);
    }

    #[test]
    fn changes_are_found_by_stamps() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Security.settings");
        fs::write(&file, security("TwoHours")).unwrap();
        let recall = Recall::default();
        let later = SystemTime::now() + Duration::from_secs(3600);
        let text = || {
            recall.look_again(later);
            let inputs = Inputs::on(jiff::civil::date(2026, 12, 1));
            said(&load_again(&Root::open(folder.path()), inputs, &recall).project)
        };
        assert!(text().contains("TwoHours"));
        let held = recall.get("Security.settings").unwrap();
        assert!(text().contains("TwoHours"));
        assert!(Arc::ptr_eq(&held, &recall.get("Security.settings").unwrap()));
        fs::write(&file, security("FourHours")).unwrap();
        assert!(text().contains("FourHours"));
        fs::remove_file(&file).unwrap();
        assert!(!text().contains("FourHours"));
        assert_eq!(recall.files(), 0);
    }
}
