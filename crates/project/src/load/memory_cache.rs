//! What was read of the files of one root, kept in memory for the next load in the same process.
//!
//! A file is read again after [`MemoryCache::forget`], or if its stamp changed ([`MemoryCache::revalidate`]). The list
//! of files is kept until one of these asks for a new one. A file whose text a deployment replaces is never cached. May
//! assume that one cache serves one root. Refuses to know how a change was noticed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::SharedFile;
use crate::cache::Stamp;
use crate::discover::{FoundFile, WalkResult};
use crate::metadata::{Project, Texts};
use sessionlint_apex::prefilter::{Names, TextScan};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::Source;

/// The cache of one root.
#[derive(Debug, Default)]
pub struct MemoryCache {
    metadata: Mutex<HashMap<String, Entry<Arc<SharedFile>>>>,
    code: Mutex<HashMap<String, Entry<CodeEntry>>>,
    names: Mutex<Vec<u64>>,
    listing: Mutex<Option<Listing>>,
}

/// What is cached of a file, and its stamp from before it was read; `None` for a file that is not on disk.
#[derive(Debug)]
struct Entry<T> {
    disk: PathBuf,
    stamp: Option<Stamp>,
    content: T,
}

#[derive(Debug, Default)]
struct CodeEntry {
    scan: Option<ScanResult>,
    facts: Option<(Arc<Source>, Unit)>,
    /// The names that a class uses, if it was scanned and not read.
    outline: Vec<u32>,
}

/// The result of scanning a file of code for words.
#[derive(Clone, Debug)]
pub(super) enum ScanResult {
    /// The file has no facts.
    Nothing,
    /// The file was read as a whole; its facts are all there is.
    FactsOnly,
    /// Words and names of classes.
    Words(Arc<TextScan>),
}

#[derive(Debug)]
struct Listing {
    texts: Texts,
    found: Vec<FoundFile>,
    walked: WalkResult,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryCache {
    /// Drops the file at `path` below the root.
    pub fn forget(&self, path: &str) {
        locked(&self.metadata).remove(path);
        locked(&self.code).remove(path);
    }

    /// Drops the list of files.
    pub fn forget_listing(&self) {
        locked(&self.listing).take();
    }

    /// Drops the list of files, and all files that may have changed since they were read.
    pub fn revalidate(&self, now: SystemTime) {
        self.forget_listing();
        let is_same = |disk: &Path, stamp: &Option<Stamp>| match stamp {
            None => disk.as_os_str().is_empty(),
            Some(stamp) => {
                stamp.is_settled(now) && fs::metadata(disk).is_ok_and(|metadata| Stamp::of(&metadata) == *stamp)
            }
        };
        locked(&self.metadata).retain(|_, it| is_same(&it.disk, &it.stamp));
        locked(&self.code).retain(|_, it| is_same(&it.disk, &it.stamp));
    }

    /// Returns the facts of code to the cache after a run: the project owned them.
    pub fn take_back(&self, project: Project) {
        let mut code = locked(&self.code);
        for unit in project.units {
            let source = project.sources.share(unit.file);
            if let Some(entry) = code.get_mut(&source.path) {
                entry.content.facts = Some((source, unit));
            }
        }
    }

    /// Drops texts that were read again to show them.
    pub fn close_texts(&self) {
        locked(&self.metadata).values_mut().for_each(|entry| {
            if let Some(closed) = entry.content.closed() {
                entry.content = Arc::new(closed);
            }
        });
        locked(&self.code).values_mut().for_each(|entry| {
            if let Some((source, _)) = &mut entry.content.facts
                && let Some(closed) = source.closed()
            {
                *source = Arc::new(closed);
            }
        });
    }

    /// Whether the file at `path` is cached.
    pub fn has(&self, path: &str) -> bool {
        locked(&self.metadata).contains_key(path) || locked(&self.code).contains_key(path)
    }

    /// The number of cached files.
    pub fn files(&self) -> usize {
        locked(&self.metadata).len() + locked(&self.code).len()
    }

    /// The stamp of a file that is about to be read.
    pub(super) fn stamp(disk: &Path) -> Option<Stamp> {
        if disk.as_os_str().is_empty() {
            return None;
        }
        fs::metadata(disk).ok().map(|metadata| Stamp::of(&metadata))
    }

    /// Whether a file may use one of some names, as in outlines; `None` if it is not known.
    pub(super) fn may_use(&self, path: &str, mut names: impl Iterator<Item = u32>) -> Option<bool> {
        let code = locked(&self.code);
        let outline = code.get(path).map(|entry| &entry.content.outline).filter(|outline| !outline.is_empty())?;
        Some(names.any(|name| outline.binary_search(&name).is_ok()))
    }

    /// Keeps the outline of a file that was scanned.
    pub(super) fn put_outline(&self, path: &str, outline: Vec<u32>) {
        if let Some(entry) = locked(&self.code).get_mut(path) {
            entry.content.outline = outline;
        }
    }

    pub(super) fn get(&self, path: &str) -> Option<Arc<SharedFile>> {
        locked(&self.metadata).get(path).map(|entry| Arc::clone(&entry.content))
    }

    pub(super) fn put(&self, found: &FoundFile, disk: &Path, stamp: Option<Stamp>, content: Arc<SharedFile>) {
        let entry = Entry { disk: disk.to_owned(), stamp, content };
        locked(&self.metadata).insert(found.path.clone(), entry);
    }

    /// Takes the list of files; [`Self::put_listing`] returns it.
    pub(super) fn take_listing(&self, texts: Texts) -> Option<(Vec<FoundFile>, WalkResult)> {
        let listing = locked(&self.listing).take_if(|listing| listing.texts == texts)?;
        Some((listing.found, listing.walked))
    }

    /// Stores the list of files.
    pub(super) fn put_listing(&self, texts: Texts, found: Vec<FoundFile>, walked: WalkResult) {
        *locked(&self.listing) = Some(Listing { texts, found, walked });
    }

    /// Stores a new list of files, and drops the files that are not on it.
    pub(super) fn replace_listing(&self, texts: Texts, found: Vec<FoundFile>, walked: WalkResult) {
        let files: HashSet<&str> = found.iter().map(|it| it.path.as_str()).collect();
        locked(&self.metadata).retain(|path, _| files.contains(path.as_str()));
        let code = [&walked.code, &walked.aura_apps, &walked.texts].into_iter().flatten();
        let code: HashSet<&str> = code.map(|it| it.path.as_str()).collect();
        locked(&self.code).retain(|path, _| code.contains(path.as_str()));
        self.put_listing(texts, found, walked);
    }

    /// Sets the names of all classes. Scan results refer to these names, so that all are dropped if the names changed.
    pub(super) fn set_class_names(&self, names: &Names) {
        let mut before = locked(&self.names);
        if *before != names.in_order() {
            *before = names.in_order().to_vec();
            // A result without words refers to no class.
            let is_of_names = |scan: &mut ScanResult| !matches!(scan, ScanResult::FactsOnly);
            locked(&self.code).values_mut().for_each(|entry| drop(entry.content.scan.take_if(is_of_names)));
        }
    }

    pub(super) fn scan_result(&self, path: &str) -> Option<ScanResult> {
        locked(&self.code).get(path).and_then(|entry| entry.content.scan.clone())
    }

    /// Stores a scan result, with the stamp from before the scan.
    pub(super) fn put_scan_result(&self, path: &str, disk: &Path, stamp: Option<Stamp>, scan: ScanResult) {
        let mut code = locked(&self.code);
        let facts = code.get_mut(path).and_then(|entry| entry.content.facts.take());
        let content = CodeEntry { scan: Some(scan), facts, ..CodeEntry::default() };
        code.insert(path.to_owned(), Entry { disk: disk.to_owned(), stamp, content });
    }

    /// Takes the facts of a file of code; [`MemoryCache::take_back`] returns them.
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

    /// Everything in a project, as text.
    fn contents(project: &Project) -> String {
        let texts: Vec<(&str, String)> =
            project.sources.iter().map(|(_, it)| (it.path.as_str(), it.text().to_owned())).collect();
        let components: Vec<_> = project.components.iter().map(|it| (&it.name, it.file, &it.document)).collect();
        let facts = (&project.units, &project.problems, project.code, &project.hidden, project.other);
        format!("{texts:?} {components:?} {facts:?}")
    }

    #[test]
    fn forgotten_files_are_read_again_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        let recall = MemoryCache::default();
        let inputs = || Inputs::on(jiff::civil::date(2026, 12, 1));
        let read = |changed: &[&str]| {
            for path in changed {
                recall.forget(path);
                if !folder.path().join(path).exists() || !recall.has(path) {
                    recall.forget_listing();
                }
            }
            let again = load_again(&Root::open(folder.path()), inputs(), &recall);
            let anew = load(&Root::open(folder.path()), inputs());
            assert_eq!(
                (contents(&again.project), &again.notices),
                (contents(&anew.project), &anew.notices),
                "{changed:?}"
            );
            recall.take_back(again.project);
        };
        put("package.xml", "<Package/>");
        put("settings/Security.settings", &security("TwoHours"));
        put("classes/A.cls", "public class A { void f() { g(UserInfo.getSessionId()); } }");
        put("classes/B.cls", "public class B { void f() { new A().f(); } }");
        put("pages/P.page", "<apex:page>{!$Api.Session_ID}</apex:page>");
        read(&[]);
        read(&[]);
        // A change without a call of `forget` is not noticed.
        put("settings/Security.settings", &security("OneHour"));
        let project = load_again(&Root::open(folder.path()), inputs(), &recall).project;
        assert!(contents(&project).contains("TwoHours"));
        recall.take_back(project);
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
        // A class that mentions another one without calling it is opened once.
        put("classes/D.cls", "public class D { A mentioned; }");
        recall.forget_listing();
        read(&[]);
        fs::remove_file(folder.path().join("classes/D.cls")).unwrap();
        let loaded = load_again(&Root::open(folder.path()), inputs(), &recall);
        assert!(loaded.notices.is_empty(), "{:?}", loaded.notices);
        recall.take_back(loaded.project);
        read(&["classes/D.cls"]);
        put(".forceignore", "P.page\nclasses/B.cls\n");
        recall.forget_listing();
        read(&[]);
    }

    #[test]
    fn changes_are_found_by_stamps() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Security.settings");
        fs::write(&file, security("TwoHours")).unwrap();
        let recall = MemoryCache::default();
        let later = SystemTime::now() + Duration::from_secs(3600);
        let text = || {
            recall.revalidate(later);
            let inputs = Inputs::on(jiff::civil::date(2026, 12, 1));
            contents(&load_again(&Root::open(folder.path()), inputs, &recall).project)
        };
        assert!(text().contains("TwoHours"));
        let content = recall.get("Security.settings").unwrap();
        assert!(text().contains("TwoHours"));
        assert!(Arc::ptr_eq(&content, &recall.get("Security.settings").unwrap()));
        fs::write(&file, security("FourHours")).unwrap();
        assert!(text().contains("FourHours"));
        fs::remove_file(&file).unwrap();
        assert!(!text().contains("FourHours"));
        assert_eq!(recall.files(), 0);
    }
}
