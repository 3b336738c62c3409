//! The cache changes no result, even if it is old, damaged or removed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and may look at the clock"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sessionlint::cache::Cache;
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes, Views};
use sessionlint::load::{Loaded, load};
use sessionlint::metadata::Inputs;
use sessionlint::rule_test::AS_OF;
use sessionlint::soql::{Catalog, Tables};

use crate::support::apex::{Mix, Random, project};
use crate::support::{CACHE_DIR, PROGRAM, Project, Ran, run};

/// A run with a cache in `folder`; without one where it is empty.
fn ran(project: impl AsRef<Path>, folder: &str, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(PROGRAM);
    run(command.args(arguments).current_dir(project).env(CACHE_DIR, folder))
}

/// A cache whose entries are trusted though their files are young.
fn cache(folder: &Path) -> Arc<Cache> {
    Arc::new(Cache::new(folder.to_owned(), SystemTime::now() + Duration::from_secs(3600)))
}

fn loaded(root: impl AsRef<Path>, cache: Option<&Arc<Cache>>) -> Loaded {
    load(&Root::open(root.as_ref()), Inputs { cache: cache.cloned(), ..Inputs::on(AS_OF) })
}

/// Everything that is known of a project, as text.
fn everything(loaded: &Loaded) -> String {
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let mut all = format!("{:?}\n{:?}\n", loaded.notices, loaded.project.code);
    for name in Shapes.table_names() {
        for row in &views.table(name).unwrap().rows {
            all.push_str(name);
            for cell in &row.cells {
                let place = cell.place.map(|place| {
                    let source = loaded.project.sources.get(place.file);
                    (&source.path, place.span, source.position(place.span.start), source.masked(place.span))
                });
                let _ = write!(all, " | {:?} at {place:?}", cell.value);
            }
            all.push('\n');
        }
    }
    all
}

fn packs(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    found.filter(|path| path.extension().is_some_and(|it| it == "pack")).collect()
}

#[test]
fn every_sample_gives_the_same_with_a_cache() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects");
    let mut projects: Vec<PathBuf> = fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Real projects, where a checkout has them beside it.
    let corpus = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    projects.extend(corpus.into_iter().flatten().map(|entry| entry.unwrap().path()));
    let folder = tempfile::tempdir().unwrap();
    let (mut kept, mut folder_name) = (0, folder.path().display().to_string());
    for project in projects.into_iter().filter(|project| project.is_dir()) {
        let check = ["check", "--preset", "all", "--format", "json", "--as-of", "2026-12-01"];
        let human = ["check", "--preset", "all", "--notes", "--as-of", "2026-12-01"];
        for arguments in [&check[..], &human, &["query", "SELECT FIELDS(ALL) FROM ApexCallout"]] {
            let without = ran(&project, "", arguments);
            for round in ["cold", "warm"] {
                let with = ran(&project, &folder_name, arguments);
                assert_eq!(with.out, without.out, "{} {arguments:?} {round}", project.display());
                assert_eq!(with.err, without.err, "{} {arguments:?} {round}", project.display());
                assert_eq!(with.code, without.code, "{} {arguments:?} {round}", project.display());
            }
        }
        kept = kept.max(packs(folder.path()).len());
        // A fresh process-wide folder for each would hide that roots do not share a pack.
        folder_name = folder.path().display().to_string();
    }
    assert!(kept >= 3, "{kept} packs");
}

#[test]
fn a_project_that_changes_is_read_as_it_is() {
    let mut steps = 0;
    for seed in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(seed + 1);
        let place = Project::sfdx::<&str>(&[]);
        let all = project(seed, Mix::dense(24, 300, 3));
        let path = |name: &str| format!("force-app/{name}");
        for (name, text) in &all[..all.len() / 2] {
            place.put(&path(name), text);
        }
        for step in 0..8 {
            let cache = cache(folder.path());
            let (with, without) = (loaded(place.root(), Some(&cache)), loaded(place.root(), None));
            assert_eq!(everything(&with), everything(&without), "seed {seed}, step {step}");
            steps += 1;
            for _ in 0..=random.below(3) {
                let (name, text) = &all[random.below(all.len())];
                let at = place.at(&path(name));
                match random.below(4) {
                    0 => drop(fs::remove_file(at)),
                    1 => place.put(&path(name), all[random.below(all.len())].1.clone()),
                    // The same length, at once.
                    2 => place.put(&path(name), text.replace("run(", "ruN(").replace("send(", "sen_(")),
                    _ => place.put(&path(name), text),
                }
            }
        }
    }
    assert_eq!(steps, 48);
}

#[test]
fn a_young_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(Cache::new(folder.path().to_owned(), SystemTime::now()));
    let class = |call: &str| format!("public class A {{ void f() {{ String s = UserInfo.{call}(); }} }}");
    let project = Project::sfdx(&[("force-app/classes/A.cls", class("getSessionId"))]);
    let file = project.at("force-app/classes/A.cls");
    let before = fs::metadata(&file).unwrap();
    assert_eq!(loaded(project.root(), Some(&now)).project.units[0].sessions.len(), 1);
    fs::write(&file, class("getSessionIx")).unwrap();
    // As if the clock of the file system had not moved on.
    fs::File::options().write(true).open(&file).unwrap().set_modified(before.modified().unwrap()).unwrap();
    assert!(loaded(project.root(), Some(&now)).project.units.is_empty());
}

#[test]
fn a_damaged_pack_is_as_good_as_none() {
    let place = Project::sfdx::<&str>(&[]);
    for (name, text) in project(1, Mix::dense(12, 300, 2)) {
        place.put(&format!("force-app/{name}"), text);
    }
    let folder = tempfile::tempdir().unwrap();
    let expected = everything(&loaded(place.root(), None));
    assert_eq!(everything(&loaded(place.root(), Some(&cache(folder.path())))), expected);
    let [pack] = &packs(folder.path())[..] else { panic!("one pack") };
    let sound = fs::read(pack).unwrap();
    let mut random = Random::new(7);
    for round in 0..150 {
        let mut bytes = sound.clone();
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes.truncate(at),
            1 => bytes[at..].fill(0),
            2 => bytes.splice(at..at, [0]).for_each(drop),
            _ => bytes[at] ^= 1 << random.below(8),
        }
        fs::write(pack, bytes).unwrap();
        let cache = Arc::new(Cache::new(folder.path().to_owned(), SystemTime::now()));
        assert_eq!(everything(&loaded(place.root(), Some(&cache))), expected, "round {round}, byte {at}");
    }
}

#[test]
fn runs_at_the_same_time_share_a_folder() {
    let place = Project::sfdx::<&str>(&[]);
    for (name, text) in project(3, Mix::dense(12, 300, 2)) {
        place.put(&format!("force-app/{name}"), text);
    }
    let folder = tempfile::tempdir().unwrap();
    let expected = everything(&loaded(place.root(), None));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (folder, place, expected) = (folder.path(), &place, &expected);
            scope.spawn(move || {
                for round in 0..5 {
                    if round % 2 == 1 {
                        // It belongs to another process then.
                        let _ = cache(folder).clean();
                    }
                    let loaded = loaded(place.root(), Some(&cache(folder)));
                    // A folder that is removed during a write may be reported; the findings are the same.
                    let loaded = Loaded { notices: Vec::new(), ..loaded };
                    assert_eq!(everything(&loaded), *expected, "thread {thread}, round {round}");
                }
            });
        }
    });
}

#[test]
fn a_folder_that_cannot_be_written_is_one_warning() {
    let project = crate::support::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/leaky-org"));
    project.put("no-folder", "");
    let folder = project.at("no-folder").join("cache").display().to_string();
    let arguments = ["check", "--preset", "all", "--as-of", "2026-12-01"];
    let without = ran(project.root(), "", &arguments);
    let with = ran(project.root(), &folder, &arguments);
    assert_eq!((&with.out, with.code), (&without.out, without.code));
    let more: Vec<&str> = with.err.lines().filter(|line| !without.err.contains(line)).collect();
    assert!(more.len() == 1 && more[0].starts_with("warning: nothing is kept for the next run"), "{more:?}");
    assert!(more[0].contains("--no-cache"), "{more:?}");
    let quiet = ran(project.root(), &folder, &[&arguments[..], &["--no-cache"]].concat());
    assert_eq!(quiet.err, without.err);
}

#[test]
fn what_is_kept_is_shown_and_removed() {
    let project = Project::sfdx(&[("force-app/classes/A.cls", "public class A { void f() {} }")]);
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept").display().to_string();
    assert_eq!(ran(project.root(), "", &["check", "--cache-dir", &kept]).code, 0);
    assert_eq!(packs(Path::new(&kept)).len(), 1);
    let shown = ran(project.root(), &kept, &["cache", "show"]);
    assert!(shown.out.contains("1 project, ") && shown.out.contains("(1 file)"), "{shown:?}");
    // Nothing of the project's is touched, and nothing that is not ours.
    fs::write(Path::new(&kept).join("other.pack"), "").unwrap();
    let cleaned = ran(project.root(), "", &["cache", "clean", "--cache-dir", &kept]);
    assert!(cleaned.out.contains("removed what was kept of 1 project"), "{cleaned:?}");
    assert_eq!(packs(Path::new(&kept)).len(), 1, "another's file stays");
    fs::remove_file(Path::new(&kept).join("other.pack")).unwrap();
    assert_eq!(ran(project.root(), &kept, &["cache", "clean"]).code, 0);
    assert!(!Path::new(&kept).exists());
    assert_eq!(ran(project.root(), &kept, &["cache", "show"]).code, 0);
    assert_eq!(ran(project.root(), "", &["cache", "show"]).code, 2);
    assert!(!project.at(".cache").exists());
}
