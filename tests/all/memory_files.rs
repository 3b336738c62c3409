//! Files in memory give what the same files on a disk give: the page in a browser runs commands on nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::ffi::OsString;
use std::path::Path;

use jiff::civil::{Date, date};
use sessionlint::cli::{MemoryFiles, RunOutput};

use crate::support::{Project, files, zip::zip};

const DAY: Date = date(2026, 11, 28);

fn sample(name: &str) -> Vec<u8> {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name));
    zip(&files.into_iter().collect::<Vec<_>>())
}

fn run(memory_files: &MemoryFiles, arguments: &[&str]) -> RunOutput {
    memory_files.run(std::iter::once(&"sessionlint").chain(arguments).map(OsString::from), DAY)
}

fn out(memory_files: &MemoryFiles, arguments: &[&str]) -> String {
    let ran = run(memory_files, arguments);
    String::from_utf8(ran.out).unwrap() + &String::from_utf8(ran.err).unwrap()
}

/// What a command writes that names the folder where it ran.
fn without_root(text: &str, root: &Path) -> String {
    text.replace(&format!("{}/", root.display()), "/")
}

#[test]
fn commands_give_what_they_give_of_a_file() {
    let zips = [("a.zip", sample("leaky-org")), ("b.zip", sample("sound-org"))];
    let disk = Project::of(&zips);
    let mut memory_files = MemoryFiles::default();
    for (name, bytes) in zips {
        memory_files.add(name, bytes);
    }
    for arguments in [
        &["check", "a.zip", "--preset", "all", "--format", "json"][..],
        &["check", "a.zip", "--preset", "all", "--format", "sarif"],
        &["check", "a.zip", "--format", "markdown"],
        &["check", "a.zip", "--preset", "all", "--diff", "--unsafe-fixes", "--base", "a.zip"],
        &["sessions", "a.zip", "--format", "json"],
        &["report", "a.zip"],
        &["diagnose", "a.zip", "--symptom", "INVALID_SESSION_ID"],
        &["calendar", "a.zip", "--format", "json"],
        &["query", "SELECT Profile, EffectiveMinutes FROM EffectiveSession", "a.zip", "--format", "json"],
        &["query", "--tables", "--format", "json"],
        &["diff", "b.zip", "a.zip", "--format", "json"],
        &["check", "nowhere.zip"],
    ] {
        let typed = [arguments, &["--as-of", "2026-11-28"]].concat();
        let ran = run(&memory_files, &typed);
        let expected = disk.run(&[&typed[..], &["--no-cache"]].concat());
        assert_eq!(ran.exit.code().to_string(), expected.code.to_string(), "{arguments:?}");
        assert_eq!(String::from_utf8(ran.out).unwrap(), without_root(&expected.out, &disk.root()), "{arguments:?}");
        assert_eq!(String::from_utf8(ran.err).unwrap(), without_root(&expected.err, &disk.root()), "{arguments:?}");
    }
}

#[test]
fn settings_are_given_by_name() {
    let mut memory_files = MemoryFiles::default();
    memory_files.add("a.zip", sample("leaky-org"));
    memory_files.add("own.toml", b"select = [\"house/page\"]\n".to_vec());
    memory_files.add("rules/house/page.md", include_bytes!("../../src/cli/new_page.md").to_vec());
    let all = out(&memory_files, &["check", "a.zip", "--format", "concise"]);
    assert!(all.contains("session/"), "{all}");
    let none = out(&memory_files, &["check", "a.zip", "--format", "concise", "--config", "own.toml"]);
    assert!(none.starts_with("error: own.toml:1:11: there is no such rule or group"), "{none}");
    let own =
        out(&memory_files, &["check", "a.zip", "--format", "concise", "--config", "own.toml", "--rules", "rules"]);
    assert!(!own.contains("error:") && !own.contains("session/"), "{own}");
    // They are the user's, as those of a typed folder on a disk, and not the project's.
    let typed = ["check", "a.zip", "--format", "json", "--config", "own.toml", "--rules", "rules"];
    assert!(out(&memory_files, &typed).contains("\"rulesOfProject\": 0"));
    memory_files.add("rules/house/page.md", b"# No rule\n\nNothing else.\n".to_vec());
    let wrong = out(&memory_files, &typed);
    assert!(wrong.contains("rules/house/page.md:1:1: ") && wrong.contains("# No rule"), "{wrong}");
}

#[test]
fn a_project_in_a_given_zip_is_named_by_its_path() {
    let file = r#"{"packageDirectories":[{"path":"force-app"}]}"#;
    let settings = crate::support::security("FifteenMinutes");
    let of = |name: &str| {
        [
            (format!("{name}/sfdx-project.json"), file.to_owned()),
            (format!("{name}/force-app/Security.settings-meta.xml"), settings.clone()),
        ]
    };
    let mut memory_files = MemoryFiles::default();
    memory_files.add("both.zip", zip(&of("one").into_iter().chain(of("x/two")).collect::<Vec<_>>()));
    memory_files.add("broken.zip", b"PK, but not more".to_vec());
    assert_eq!(memory_files.projects("both.zip").unwrap(), ["both.zip/one", "both.zip/x/two"]);
    let ran = run(&memory_files, &["check", "both.zip/x/two", "--format", "json"]);
    assert!(ran.exit.code() < 2, "{ran:?}");
    assert!(String::from_utf8(ran.out).unwrap().contains("\"root\": \"/both.zip/x/two\""));
    assert_eq!(run(&memory_files, &["check", "both.zip/three"]).exit.code(), 2);
    let error = memory_files.projects("broken.zip").unwrap_err().to_string();
    assert!(error.starts_with("broken.zip: cannot be read as a zip"), "{error}");
}

#[test]
fn fixes_of_a_given_zip_are_given_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/leaky-org");
    let before = files(&folder);
    let disk = Project::of(&before.iter().map(|(path, bytes)| (path.as_str(), bytes)).collect::<Vec<_>>());
    let typed = ["check", "--fix", "--unsafe-fixes", "--as-of", "2026-11-28"];
    disk.run(&[&typed[..], &["--no-cache"]].concat());
    let mut memory_files = MemoryFiles::default();
    // The zip has the project in one folder.
    let below: Vec<_> = before.iter().map(|(path, bytes)| (format!("org/{path}"), bytes)).collect();
    memory_files.add("a.zip", zip(&below));
    let ran = run(&memory_files, &[&typed[..], &["a.zip"]].concat());
    assert!(!ran.changed.is_empty());
    for (path, bytes) in &ran.changed {
        let below = path.strip_prefix("a.zip/org/").expect(path);
        assert_eq!(*bytes, std::fs::read(disk.root().join(below)).unwrap(), "{path}");
        assert_ne!(*bytes, std::fs::read(folder.join(below)).unwrap(), "{path}");
    }
    let is_unchanged = |(path, bytes): &(&String, &Vec<u8>)| std::fs::read(disk.root().join(path)).unwrap() == **bytes;
    assert_eq!(before.len(), before.iter().filter(is_unchanged).count() + ran.changed.len());
    // Only looked at, nothing changes; and what was given stays as it is.
    assert!(run(&memory_files, &["check", "a.zip", "--diff", "--as-of", "2026-11-28"]).changed.is_empty());
    assert_eq!(run(&memory_files, &[&typed[..], &["a.zip"]].concat()).changed, ran.changed);
}
