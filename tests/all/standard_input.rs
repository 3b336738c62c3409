//! `check -`: the text of one file comes from standard input, and everything else from the disk.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::support::{Project, Ran, SFDX, run_with_input, security, text};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const TIMEOUT: &str = "session/org-timeout-short";
const CLASS: &str = "force-app/main/default/classes/Loud.cls";

/// A class whose line 1 logs a session id.
const LOUD: &str = "public class Loud { void f() { System.debug(UserInfo.getSessionId()); } }\n";

fn check(project: &Project, input: &str, arguments: &[&str]) -> Ran {
    run_with_input(&project.root(), input, &[&["check", "--format", "json"], arguments].concat())
}

fn rules(ran: &Ran) -> Vec<String> {
    ran.findings().iter().map(|it| text(&it["rule"]).to_owned()).collect()
}

#[test]
fn standard_input_takes_the_place_of_a_file() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    let ran = check(&project, &security("FifteenMinutes"), &["-", "--stdin-filename", SECURITY]);
    assert_eq!((ran.code, ran.places()), (1, vec![format!("{SECURITY}:4:25 {TIMEOUT}")]), "{ran:?}");
    let ran = check(&project, &security("TwelveHours"), &["-", "--stdin-filename", SECURITY]);
    assert_eq!((ran.code, rules(&ran)), (0, vec![]));
    assert_eq!(fs::read_to_string(project.at(SECURITY)).unwrap(), security("TwelveHours"), "no file is touched");
    // A person sees the line that was typed.
    let human = run_with_input(
        &project.root(),
        &security("FifteenMinutes"),
        &["check", "-", "--stdin-filename", project.at(SECURITY).to_str().unwrap()],
    );
    assert!(human.out.contains("<sessionTimeout>FifteenMinutes</sessionTimeout>"), "{human:?}");
}

#[test]
fn a_file_that_is_not_saved_yet_is_one_of_the_project() {
    let project = Project::of(&[SFDX]);
    fs::create_dir(project.at("force-app")).unwrap();
    for (name, input, rule) in
        [(SECURITY, security("FifteenMinutes"), TIMEOUT), (CLASS, LOUD.to_owned(), "apex/secret-in-debug")]
    {
        let ran = check(&project, &input, &["-", "--stdin-filename", name]);
        assert_eq!(rules(&ran), [rule], "{ran:?}");
    }
    // A folder that a deployment passes by stays so, and so does a file that .forceignore hides.
    for name in ["force-app/node_modules/Security.settings-meta.xml", "other/Security.settings-meta.xml"] {
        assert_eq!(rules(&check(&project, &security("FifteenMinutes"), &["-", "--stdin-filename", name])), [""; 0]);
    }
    project.put(".forceignore", "**/settings/**\n");
    assert_eq!(rules(&check(&project, &security("FifteenMinutes"), &["-", "--stdin-filename", SECURITY])), [""; 0]);
}

#[test]
fn what_is_kept_between_runs_is_that_of_the_files() {
    let project = Project::sfdx(&[(CLASS, "public class Loud { }\n")]);
    let cache = project.at("kept");
    let with_cache = ["--cache-dir", cache.to_str().unwrap()];
    for _ in 0..2 {
        let arguments = [&["-", "--stdin-filename", CLASS], &with_cache[..]].concat();
        assert_eq!(rules(&check(&project, LOUD, &arguments)), ["apex/secret-in-debug"]);
        let ran = project.check(&with_cache);
        assert_eq!(rules(&ran), [""; 0], "{ran:?}");
    }
}

#[test]
fn what_is_no_metadata_is_nothing_to_report() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    let ran = check(&project, "# notes\n", &["-", "--stdin-filename", "README.md"]);
    assert_eq!((ran.code, ran.findings().len()), (0, 0), "{ran:?}");
}

#[test]
fn it_is_refused_where_it_means_nothing() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    let named = &["-", "--stdin-filename", SECURITY][..];
    for (arguments, reported) in [
        (&["-"][..], "--stdin-filename PATH is the file of the project"),
        (&[".", "--stdin-filename", SECURITY], "--stdin-filename goes with the path `-`"),
        (&["-", ".", "--stdin-filename", SECURITY], "it is the only path of a run"),
        (&["-", "--file-list", "-", "--stdin-filename", SECURITY], "it is the only path of a run"),
        (&["-", "--stdin-filename", "force-app"], "a folder; --stdin-filename takes a file"),
        (&["-", "--stdin-filename", "sfdx-project.json"], "takes a file of metadata or code"),
        (&[named, &["--fix"]].concat(), "--fix goes with files on a disk"),
        (&[named, &["--diff"]].concat(), "--diff goes with files on a disk"),
        (&[named, &["--add-ignore"]].concat(), "--add-ignore goes with files on a disk"),
        (&[named, &["--watch"]].concat(), "--watch goes with files on a disk"),
        (&[named, &["--baseline", "b.json", "--update-baseline"]].concat(), "--update-baseline goes with files"),
    ] {
        let ran = run_with_input(&project.root(), "", &[&["check"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(reported), "{arguments:?}: {ran:?}");
    }
}
