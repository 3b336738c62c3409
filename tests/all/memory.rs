//! Runs over projects that exceed the memory limit: they end with exit 3, report the files that were left out, and find
//! nothing in the rest that they would not find in the whole project.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use sessionlint::budget::{Budget, Size};
use sessionlint::check::{RunPlan, check};
use sessionlint::discover::Root;
use sessionlint::facts::Shapes;
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule::{Catalog, Preset};

use crate::support::{Project, session_setting};

const AS_OF: jiff::civil::Date = jiff::civil::date(2026, 11, 28);

/// What a sample project's findings mark, as `rule path start`.
fn findings(folder: &Path, size: Size) -> (BTreeSet<String>, bool, u64) {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let presets = Preset::ALL.to_vec();
    let plan = RunPlan {
        rules: catalog.chosen(&presets, &[], &[]),
        presets,
        options: std::collections::HashMap::new(),
        severities: std::collections::HashMap::new(),
    };
    let budget = Arc::new(Budget::of(size));
    let loaded = load(&Root::open(folder), Inputs { budget: Arc::clone(&budget), ..Inputs::on(AS_OF) });
    let found = check(&loaded.project, &plan);
    let key = |it: &sessionlint::diagnostic::Diagnostic| {
        // Of two files that say the same, the one that was read is marked.
        let path = loaded.project.sources.get(it.place.file).path.trim_end_matches("-meta.xml");
        format!("{} {path} {}", it.rule, it.place.span.start)
    };
    let keys = found.findings.iter().chain(&found.covered).map(key).collect();
    (keys, loaded.project.is_cut, budget.used())
}

#[test]
fn what_is_left_out_makes_nothing_missing() {
    for name in ["leaky-org", "leaky-secure-org", "sound-org", "sound-secure-org", "mdapi-org", "two-packages"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name);
        let (all, is_cut, held) = findings(&folder, Size::DEFAULT);
        assert!(!is_cut, "{name}");
        let mut cut = 0;
        for step in 1..24 {
            let (some, is_cut, _) = findings(&folder, Size(held * step / 22 + 1000));
            let more: Vec<_> = some.difference(&all).collect();
            assert!(more.is_empty(), "{name} {step}: {more:#?}");
            cut += usize::from(is_cut);
        }
        assert!(cut > 10, "{name}: {cut}");
    }
}

const LEFT_OUT: &str = "the memory that --max-memory allows";

/// Asserts that a run ended in an orderly way, with something left out.
fn assert_cut(project: &Project, arguments: &[&str]) -> crate::support::Ran {
    let ran = project.run(arguments);
    assert_eq!(ran.code, 3, "{arguments:?}: {ran:?}");
    assert!(ran.err.contains(LEFT_OUT), "{arguments:?}: {ran:?}");
    assert_eq!(ran.err.matches("--max-memory").count(), ran.err.matches(LEFT_OUT).count(), "{ran:?}");
    ran
}

#[test]
fn what_was_understood_is_reported_by_every_command() {
    let large = format!("<Profile>{}</Profile>", "<userPermissions/>".repeat(50_000));
    let project = Project::sfdx(&[
        ("force-app/Security.settings-meta.xml", crate::support::security("FifteenMinutes").as_str()),
        ("force-app/profiles/Large.profile-meta.xml", &large),
        ("force-app/x.profileSessionSetting-meta.xml", &session_setting("Admin", "15")),
    ]);
    let limit = "--max-memory=4MiB";
    let found = assert_cut(&project, &["check", "--preset=all", "--format=concise", limit, "."]);
    assert!(found.out.contains("Security.settings-meta.xml"), "{found:?}");
    assert!(
        found.err.contains("1 file left out (the first is force-app/profiles/Large.profile-meta.xml)"),
        "{found:?}"
    );
    for arguments in [
        &["sessions", limit][..],
        &["diagnose", limit],
        &["calendar", "--all", limit],
        &["report", limit],
        &["query", "SELECT FIELDS(ALL) FROM Profile", limit],
        &["check", "--format=json", limit],
        &["check", "--format=sarif", limit],
    ] {
        assert!(!assert_cut(&project, arguments).out.is_empty(), "{arguments:?}");
    }
    let ran = project.run(&["check", "--diff", limit]);
    assert!(ran.code == 3 && ran.err.contains("nothing is fixed"), "{ran:?}");
    let ran = project.run(&["check", "--baseline=known.json", "--update-baseline", limit]);
    assert!(ran.code == 3 && ran.err.contains("needs all files") && !project.at("known.json").exists(), "{ran:?}");
    let ran = project.run(&["diff", ".", ".", limit]);
    assert!(ran.code == 3 && ran.err.contains("nothing is compared"), "{ran:?}");
    let whole = project.run(&["check", "--preset=all", "--format=concise", "."]);
    assert!(whole.code == 1 && !whole.err.contains(LEFT_OUT), "{whole:?}");
}

#[test]
fn names_are_counted_too() {
    let name = |index: usize| format!("force-app/{}{index}.profile-meta.xml", "long".repeat(40));
    let files: Vec<(String, &str)> = (0..3_000).map(|index| (name(index), "<Profile/>")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let project = Project::sfdx(&files);
    let ran = assert_cut(&project, &["check", "--max-memory=1MiB"]);
    assert!(ran.err.contains("whose names were not even taken"), "{ran:?}");
}

#[test]
fn where_all_files_are_left_out_nothing_is_said_of_their_content() {
    let project =
        Project::sfdx(&[("force-app/Security.settings-meta.xml", crate::support::security("FifteenMinutes"))]);
    for arguments in [&["check"][..], &["check", "--statistics"], &["fleet", "."]] {
        let ran = assert_cut(&project, &[arguments, &["--max-memory=1KB"]].concat());
        assert!(!format!("{}{}", ran.out, ran.err).contains("holds session metadata"), "{ran:?}");
    }
    let ran = assert_cut(&project, &["sessions", "--max-memory=1KB"]);
    for wrong in ["is broken", "no profile is in the project", "holds no connected app"] {
        assert!(ran.out.contains("files were left out") && !ran.out.contains(wrong), "{ran:?}");
    }
    let ran = project.run(&["check", "--max-memory=1KB"]);
    assert!(ran.out.starts_with("No findings in 0 files. "), "{ran:?}");
}

#[test]
fn a_wrong_size_is_refused() {
    let project = Project::sfdx(&[("force-app/A.profile-meta.xml", "<Profile/>")]);
    for wrong in ["0", "many", "1TiB"] {
        let ran = project.run(&["check", "--max-memory", wrong]);
        assert!(ran.code == 2 && ran.err.contains("write 512MiB, 2GiB, or a number of bytes"), "{ran:?}");
    }
}

#[test]
fn elements_nest_as_deep_as_memory_allows() {
    let depth = 100_000;
    let nested = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let text = format!("<Profile><loginHours>{nested}</loginHours><custom>true</custom></Profile>");
    let settings = crate::support::security("FifteenMinutes");
    let deep = settings.replace("</SecuritySettings>", &format!("{nested}</SecuritySettings>"));
    let project = Project::sfdx(&[
        ("force-app/Security.settings-meta.xml", deep.as_str()),
        ("force-app/profiles/Deep.profile-meta.xml", &text),
        ("force-app/x.profileSessionSetting-meta.xml", &session_setting("Deep", "15")),
    ]);
    for arguments in [
        &["check", "--preset=all"][..],
        &["check", "--preset=all", "--unsafe-fixes", "--diff"],
        &["sessions"],
        &["diagnose"],
        &["report"],
        &["query", "SELECT FIELDS(ALL) FROM Profile"],
        &["diff", ".", "."],
    ] {
        let ran = project.run(arguments);
        assert!(ran.code < 2 && !ran.err.contains("deep"), "{arguments:?}: {}", ran.err);
    }
    let ran = assert_cut(&project, &["check", "--max-memory=8MiB"]);
    assert!(ran.err.contains("2 files left out"), "{ran:?}");
}

#[test]
fn what_is_replaced_is_counted_too() {
    let json = r#"{"packageDirectories": [{"path": "force-app"}], "replacements": [{
        "filename": "force-app/profiles/A.profile-meta.xml", "stringToReplace": "q", "replaceWithFile": "value.txt"}]}"#;
    let of = |count: usize| {
        let text = format!("<Profile><description>{}</description></Profile>", "q".repeat(count));
        Project::of(&[
            ("sfdx-project.json", json),
            ("value.txt", &"v".repeat(60_000)),
            ("force-app/Security.settings-meta.xml", &crate::support::security("FifteenMinutes")),
            ("force-app/profiles/A.profile-meta.xml", &text),
        ])
    };
    // Half a gigabyte would come of it.
    let swelling = of(9_000);
    let ran = crate::support::run_within(400, &swelling.root(), &["check", "--threads=2", "--max-memory=128MiB"]);
    assert!(ran.code == 3 && ran.err.contains("1 file left out (the first is force-app/profiles/A"), "{ran:?}");
    // What is replaced in too many places is not known, which is no failure.
    let ran = crate::support::run_within(400, &of(3_000_000).root(), &["check", "--threads=2", "--max-memory=128MiB"]);
    assert!(ran.code < 2 && !ran.err.contains(LEFT_OUT), "{ran:?}");
}

#[test]
fn trees_that_hold_one_another_are_not_listed_to_their_end() {
    let project = Project::sfdx(&[("force-app/A.profile-meta.xml", "<Profile/>")]);
    let git = |arguments: &[&str], input: &str| {
        let mut command = std::process::Command::new("git");
        command.current_dir(project.root()).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        command.args(arguments).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"], "");
    let blob = git(&["hash-object", "-w", "--stdin"], "<Profile/>");
    let listed = |mode: &str, object: &str, suffix: &str| -> String {
        let lines: Vec<String> = (0..16).map(|index| format!("{mode} {object}\tf{index:x}{suffix}\n")).collect();
        lines.concat()
    };
    let mut tree = git(&["mktree"], &listed("100644 blob", &blob, ".profile-meta.xml"));
    for _ in 0..9 {
        tree = git(&["mktree"], &listed("040000 tree", &tree, ""));
    }
    let commit = git(&["commit-tree", &tree], "many");
    let ran = project.run(&["diff", &commit, ".", "--max-memory=16MiB"]);
    assert!(ran.code == 3 && ran.err.contains("names of further files not even taken"), "{ran:?}");
}

#[test]
fn projects_of_a_fleet_do_not_take_the_memory_of_others() {
    let large = format!("<Profile>{}</Profile>", "<userPermissions/>".repeat(20_000));
    let json = r#"{"packageDirectories": [{"path": "force-app"}]}"#;
    let names = ["a", "b", "c", "d"];
    let files = names.map(|name| (format!("{name}/sfdx-project.json"), format!("{name}/force-app/P.profile-meta.xml")));
    let files: Vec<(&str, &str)> =
        files.iter().flat_map(|(one, other)| [(one.as_str(), json), (other.as_str(), large.as_str())]).collect();
    let project = Project::of(&files);
    let arguments = ["fleet", "a", "b", "c", "d", "--threads=4", "--max-memory=44MiB"];
    let ran = project.run(&arguments);
    assert!(ran.code < 2 && !ran.err.contains(LEFT_OUT), "{ran:?}");
    let ran = project.run(&["fleet", "a", "b", "--threads=4", "--max-memory=4MiB"]);
    assert!(ran.code == 3 && ran.err.matches(LEFT_OUT).count() == 2, "{ran:?}");
}

#[test]
fn what_several_projects_hold_together_is_counted() {
    let large = format!("<Profile>{}</Profile>", "<userPermissions/>".repeat(20_000));
    let json = r#"{"packageDirectories": [{"path": "force-app"}]}"#;
    let project = Project::of(&[
        ("a/sfdx-project.json", json),
        ("a/force-app/P.profile-meta.xml", &large),
        ("b/sfdx-project.json", json),
        ("b/force-app/P.profile-meta.xml", &large),
    ]);
    let ran = assert_cut(&project, &["check", "a", "b", "--format=concise", "--max-memory=44MiB"]);
    assert!(ran.err.contains("b: the memory") || ran.err.contains("0 files read, 1 file left out"), "{ran:?}");
    assert_eq!(ran.err.matches(LEFT_OUT).count(), 1, "{ran:?}");
}

#[test]
fn what_finds_no_room_to_be_shown_is_found_all_the_same() {
    let long = session_setting("Admin", "15") + &format!("<!--{}-->\n", "x".repeat(700_000));
    let project = Project::sfdx(&[("force-app/x.profileSessionSetting-meta.xml", long.as_str())]);
    for format in ["human", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let format = format!("--format={format}");
        let ran = project.run(&["check", &format, "--max-memory=4MiB", "."]);
        assert!(ran.code == 3 && ran.err.contains("no line of 1 file could be shown"), "{format}: {ran:?}");
        assert!(ran.out.contains("session/profile-timeout-short"), "{format}: {ran:?}");
        let ran = project.run(&["check", &format, "."]);
        assert!(ran.code == 1 && !ran.err.contains("max-memory"), "{format}: {ran:?}");
    }
}

/// While one thread tries a class again by itself, the other must hold nothing of the metadata beside Apex.
#[test]
fn with_two_threads_the_same_files_are_left_out_as_with_one() {
    let class = |operands: usize| {
        let sum = "+a".repeat(operands);
        format!(
            "public class A {{ void run(HttpRequest r) {{ r.setHeader('Authorization', UserInfo.getSessionId()); Integer a = 1{sum}; }} }}"
        )
    };
    let object = format!(
        "<CustomObject xmlns=\"http://soap.sforce.com/2006/04/metadata\"><webLinks><fullName>Own</fullName>\
         <url>https://a.example.com/?s={{!API.Session_ID}}</url></webLinks>{}</CustomObject>",
        "<fields><fullName>A__c</fullName><x>1</x></fields>".repeat(4_000)
    );
    let mut files: Vec<(String, String)> =
        (0..8).map(|index| (format!("force-app/classes/A{index}.cls"), class(8_000))).collect();
    files.push(("force-app/classes/ZA.cls".to_owned(), class(200_000)));
    files.extend((0..30).map(|index| (format!("force-app/objects/Order{index}.object"), object.clone())));
    let project = Project::sfdx(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let left_out = |threads: &str| {
        let words = ["check", "--preset", "all", "--no-cache", "--max-memory", "32MB", "--threads", threads];
        let ran = project.run(&words);
        assert_eq!(ran.code, 3, "{ran:?}");
        (ran.out, ran.err)
    };
    let one = left_out("1");
    assert!(one.1.contains("1 file left out"), "{}", one.1);
    for _ in 0..4 {
        assert_eq!(left_out("2"), one);
    }
}
