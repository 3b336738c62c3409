//! Integration into daily work: lists of files, a first configuration, completions, hooks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{self, Project, Ran, copy_of, run_in, text};

const SHORT: &str = "force-app/a.profileSessionSetting-meta.xml";

/// Security settings with a fix that weakens nothing, and one that loosens a protection.
const UNWARNED: &str = "<SecuritySettings>\n    <sessionSettings>\n        \
                        <disableTimeoutWarning>true</disableTimeoutWarning>\n        \
                        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n    \
                        </sessionSettings>\n</SecuritySettings>\n";

fn short(profile: &str) -> String {
    format!(
        "<ProfileSessionSetting>\n    <profile>{profile}</profile>\n    <sessionTimeout>30</sessionTimeout>\n\
         </ProfileSessionSetting>\n"
    )
}

fn project() -> Project {
    Project::sfdx(&[(SHORT, short("Sales")), ("force-app/b.profileSessionSetting-meta.xml", short("Service"))])
}

#[test]
fn a_list_of_files_is_read_by_line_and_by_nul() {
    let project = project();
    project.put("lines.txt", format!("{SHORT}\r\nREADME.md\n"));
    project.put("README.md", "");
    project.put("nul.txt", format!("{}\0README.md\0", project.at(SHORT).display()));
    for list in ["lines.txt", "nul.txt"] {
        let ran = project.check(&["--file-list", list]);
        assert_eq!((ran.code, ran.findings().len()), (1, 1), "{list}: {ran:?}");
    }
    project.put("foreign.txt", "README.md\n");
    project.put("empty.txt", "");
    for list in ["foreign.txt", "empty.txt"] {
        assert_eq!(project.check(&["--file-list", list]).code, 0, "{list}");
    }
    assert_eq!(project.check(&["--file-list", "missing.txt"]).code, 3);
}

#[test]
fn the_first_configuration_is_one_and_is_not_written_over() {
    let project = project();
    assert_eq!(project.run(&["init"]).code, 0);
    let text = std::fs::read_to_string(project.at("sessionlint.toml")).unwrap();
    assert_eq!(project.check(&[]).code, 1, "the configuration is understood");
    // What is commented out must be right too: uncommented, it is still a configuration.
    let keys = ["apps", "profiles", "egress", "[rule", "options", "[[ignore]]", "rule", "path", "reason"];
    let is_key = |line: &str| keys.iter().any(|key| line.strip_prefix("# ").is_some_and(|it| it.starts_with(key)));
    let uncommented: Vec<_> = text.lines().map(|line| if is_key(line) { &line[2..] } else { line }).collect();
    assert_eq!(uncommented.iter().filter(|line| line.starts_with("apps = ")).count(), 1);
    project.put("sessionlint.toml", uncommented.join("\n"));
    let ran = project.check(&[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let again = project.run(&["init"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert!(project.run(&["init", "--print"]).out.starts_with("# Configuration of sessionlint"));
}

#[test]
fn completions_and_manual_name_every_command() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run_in(folder, &["completions", shell]);
        assert_eq!(ran.code, 0);
        for command in ["check", "sessions", "diagnose", "diff", "query", "explain", "rules"] {
            assert!(ran.out.contains(command), "{shell} lacks {command}");
        }
    }
    let manual = run_in(folder, &["man"]).out;
    assert!(manual.contains(".TH sessionlint") && manual.contains("diagnose"), "{manual}");
}

#[test]
fn findings_do_not_fail_a_run_that_always_ends_with_0() {
    let project = project();
    let ran = project.run(&["check", "--exit-zero"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    assert!(words.join(" ").contains("No finding fails the run (by --exit-zero)."), "{}", ran.out);
    assert_eq!(project.check(&["--exit-zero"]).findings().len(), project.check(&[]).findings().len());
    // Nor does a change that would be made; what is wrong with the question or the files still does.
    project.put("force-app/settings/Security.settings-meta.xml", UNWARNED);
    let diff = ["check", "--diff", "--unsafe-fixes", "--preset", "all"];
    let (one, zero) = (project.run(&diff), project.run(&[&diff[..], &["--exit-zero"]].concat()));
    assert_eq!((one.code, zero.code), (1, 0), "{one:?}");
    assert_eq!(one.out, zero.out);
    assert_eq!(project.run(&["check", "--exit-zero", "missing"]).code, 2);
}

#[test]
fn what_is_less_severe_is_counted_and_not_shown() {
    let project = copy_of(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/leaky-org"));
    let all = project.check(&["--preset", "all", "--as-of", "2026-12-01"]);
    let shown = project.check(&["--preset", "all", "--as-of", "2026-12-01", "--min-severity", "error"]);
    let severe = |ran: &Ran| ran.findings().iter().filter(|finding| finding["severity"] == "error").count();
    assert!(severe(&all) > 0 && severe(&all) < all.findings().len());
    assert_eq!((severe(&shown), shown.findings().len()), (severe(&all), severe(&all)));
    let summary = shown.json()["summary"].clone();
    assert_eq!(summary["belowMinSeverity"], all.findings().len() - severe(&all));
    assert_eq!((&summary["warning"], &summary["note"]), (&0.into(), &0.into()));
    assert_eq!(all.json()["summary"]["belowMinSeverity"], 0);
    let concise = ["check", "--preset", "all", "--format", "concise", "--min-severity", "error"];
    let ran = project.run(&concise);
    assert!(!ran.out.contains("warning[") && ran.out.contains("findings below error are not shown"), "{}", ran.out);
    // What fails the run is another question, and so is what a baseline holds.
    let warned = UNWARNED.replace("Warning>true", "Warning>false");
    let quiet = Project::sfdx(&[("force-app/settings/Security.settings-meta.xml", warned)]);
    let severities = |ran: &Ran| {
        let of = |finding: &serde_json::Value| finding["severity"].as_str().unwrap().to_owned();
        ran.findings().iter().map(of).collect::<Vec<_>>()
    };
    let all = quiet.check(&["--preset", "all", "--fail-on", "note"]);
    assert!(!severities(&all).is_empty() && !severities(&all).contains(&"error".to_owned()), "{all:?}");
    let none = quiet.check(&["--preset", "all", "--fail-on", "note", "--min-severity", "error"]);
    assert_eq!((all.code, none.code, none.findings().len()), (1, 1, 0));
    let update = ["--preset", "all", "--baseline", "known.json", "--update-baseline", "--min-severity", "error"];
    quiet.check(&update);
    assert_eq!(quiet.check(&["--preset", "all", "--baseline", "known.json"]).findings().len(), 0);
    assert_eq!(quiet.run(&["check", "--diff", "--min-severity", "error"]).code, 2);
}

#[test]
fn excluded_files_are_read_and_not_reported() {
    let service = "force-app/deep/b.profileSessionSetting-meta.xml";
    let project = Project::sfdx(&[(SHORT, short("Sales")), (service, short("Service"))]);
    let paths = |ran: &Ran| ran.findings().iter().map(|it| it["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(&project.check(&[])), [SHORT, service]);
    for glob in ["force-app/deep", "./force-app/deep/", "force-app/*/*", "b.*", "deep", "**/b.profile*"] {
        let ran = project.check(&["--exclude", glob]);
        assert_eq!((ran.code, paths(&ran)), (1, vec![SHORT.to_owned()]), "{glob}: {ran:?}");
        let json = ran.json();
        assert_eq!((&json["summary"]["excluded"], &json["project"]["files"]), (&1.into(), &2.into()), "{glob}");
    }
    for glob in ["force-app/*.xml", "c.*", "eep", "app/deep"] {
        let ran = project.check(&["--exclude", glob]);
        assert_eq!(ran.json()["summary"]["excluded"], i32::from(glob.contains(".xml")), "{glob}");
    }
    let none = project.run(&["check", "--exclude", "a.*", "--exclude", "b.*", "--format", "concise"]);
    assert_eq!(none.code, 0, "{none:?}");
    assert!(none.out.contains("2 findings are in excluded files (by --exclude)"), "{none:?}");
    // As the current folder calls it, whether above the project or in it.
    let above = project.at("").canonicalize().unwrap();
    let name = above.file_name().unwrap().to_str().unwrap();
    let ran = run_in(
        above.parent().unwrap(),
        &["check", name, "--format", "json", "--exclude", &format!("{name}/force-app/deep")],
    );
    assert_eq!(paths(&ran), [SHORT], "{ran:?}");
    let ran = run_in(&above.join("force-app"), &["check", "..", "--format", "json", "--exclude", "deep/*"]);
    assert_eq!(paths(&ran), [SHORT], "{ran:?}");
    for wrong in ["/force-app", "[", "force-app\\deep", "", "a***"] {
        let ran = project.check(&["--exclude", wrong]);
        assert!(ran.code == 2 && ran.err.contains("--exclude `"), "{wrong}: {ran:?}");
    }
    let update = ["--exclude", "b.*", "--baseline", "known.json", "--update-baseline"];
    assert_eq!(project.check(&update).code, 2, "what is not shown would leave the baseline");
}

#[test]
fn excluded_files_are_not_fixed() {
    let project = Project::sfdx(&[("force-app/settings/Security.settings-meta.xml", UNWARNED)]);
    let ran = project.run(&["check", "--fix", "--exclude", "settings"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "nothing to fix\n"), "{ran:?}");
    assert!(project.run(&["check", "--fix"]).err.contains("fixed 1 finding"));
}

#[test]
fn what_other_linters_call_it_leads_to_check() {
    let project = project();
    for name in ["scan", "lint", "analyze", "run"] {
        let ran = project.run(&[name, "."]);
        assert_eq!(ran.code, 2, "{name}: {ran:?}");
        assert!(ran.err.contains("tip: a similar subcommand exists: 'check'"), "{name}: {}", ran.err);
        assert!(!ran.err.contains("'init'") && !ran.err.contains("'calendar'"), "{name}: {}", ran.err);
    }
    assert!(project.run(&["quary"]).err.contains("'query'"));
}

#[test]
fn a_dash_is_standard_output() {
    let project = project();
    for command in ["check", "sessions", "fleet", "report"] {
        let ran = project.run(&[command, "--output", "-"]);
        assert!(ran.out == project.run(&[command]).out && !ran.out.is_empty(), "{command}: {ran:?}");
        assert!(!project.at("-").exists(), "{command}");
    }
    assert_eq!(project.run(&["check", "-o", "./-"]).out, "");
    assert!(project.at("-").is_file(), "a file of that name can be named");
    std::fs::remove_file(project.at("-")).unwrap();
    let ran = project.check(&["--also", "sarif=-"]);
    assert!(ran.code == 2 && ran.err.contains("standard output is for --format sarif"), "{ran:?}");
    assert!(!project.at("-").exists());
}

#[test]
fn a_base_is_a_folder_or_a_zip() {
    let project = project();
    for (base, why) in [("none", "--base none: no such folder"), (SHORT, "b.profile")] {
        let why = if base == SHORT { "not a folder" } else { why };
        let ran = project.check(&["--base", base]);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(why), "{ran:?}");
    }
    let concise = |arguments: &[&str]| project.run(&[&["check", "--format", "concise"], arguments].concat()).out;
    assert!(concise(&["--base", "force-app"]).starts_with("a.profileSessionSetting-meta.xml:"));
    project.put("a.zip", zipped());
    assert!(concise(&["a.zip", "--base", "a.zip"]).starts_with("force-app/a.profileSessionSetting-meta.xml:"));
}

#[test]
fn a_folder_of_rules_that_is_not_there_is_wrong_usage() {
    let project = project();
    for arguments in [
        &["check", "--rules", "none"][..],
        &["check", "--config", "rules=['none']"],
        &["fleet", "--rules", "none"],
        &["explain", "session/forced-logout", "--rules", "none"],
        &["diagnose", "--rules", "none"],
    ] {
        let ran = project.run(arguments);
        let expected = (2, "error: none: no such folder of rule pages\n");
        assert_eq!((ran.code, ran.err.as_str()), expected, "{arguments:?}");
    }
}

/// The project in a zip.
fn zipped() -> Vec<u8> {
    let sfdx = (support::SFDX.0.to_owned(), support::SFDX.1.as_bytes().to_vec());
    support::zip::zip(&[sfdx, (SHORT.to_owned(), short("Sales").into_bytes())])
}

#[test]
fn no_configuration_is_written_into_a_zip() {
    let project = Project::of(&[("a.zip", zipped())]);
    let ran = project.run(&["init", "a.zip"]);
    assert!(
        ran.code == 2 && ran.err.contains("a.zip: nothing is written into a zip; --print prints the file"),
        "{ran:?}"
    );
    assert!(project.run(&["init", "a.zip", "--print"]).out.starts_with("# Configuration of sessionlint"));
}

#[test]
fn a_baseline_has_one_order_whatever_rules_run() {
    let project = project();
    project.put("force-app/Security.settings-meta.xml", UNWARNED);
    let update = |more: &[&str]| {
        let ran = project.run(&[&["check", "--baseline", "known.json", "--update-baseline"], more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        std::fs::read_to_string(project.at("known.json")).unwrap()
    };
    let all = update(&["--preset", "all"]);
    let known: serde_json::Value = serde_json::from_str(&all).unwrap();
    let entries = known["findings"].as_array().unwrap();
    let keys: Vec<_> = entries.iter().map(|it| (text(&it["path"]), text(&it["rule"]))).collect();
    assert!(keys.len() > 2 && keys.is_sorted(), "{keys:?}");
    for some in ["session", entries[0]["rule"].as_str().unwrap(), keys[keys.len() - 1].1] {
        assert_eq!(update(&["--select", some]), all, "only {some} ran");
    }
}
