//! `check --watch`: a change is checked, and Ctrl-C ends with the code of the last check.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::support::{CACHE_DIR, PROGRAM, Project, security};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";

/// The output until the next wait.
fn reported(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> String {
    let lines = lines.map(Result::unwrap).take_while(|line| line != "waiting for changes; Ctrl-C ends");
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_change_is_checked_until_ctrl_c() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    let mut command = Command::new(PROGRAM);
    command.args(["check", "--watch", "--format", "concise", "--output", "report.md"]).current_dir(project.root());
    let mut child = command.env(CACHE_DIR, "").stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let report = || std::fs::read_to_string(project.at("report.md")).unwrap();
    assert_eq!(reported(&mut lines), "");
    assert!(!report().contains("org-timeout-short"), "{}", report());
    // One change may be seen twice, the first time half written.
    let mut comes = |is_it: &dyn Fn(&str) -> bool| (0..5).any(|_| is_it(&reported(&mut lines)));
    project.put(SECURITY, security("FifteenMinutes"));
    assert!(comes(&|said| said.is_empty() && report().contains("org-timeout-short")), "{}", report());
    assert!(!report().contains('\x1B'), "{}", report());
    // A configuration that is wrong for a while ends nothing.
    project.put("sessionlint.toml", "preset = ");
    assert!(comes(&|said| said.starts_with("error: sessionlint.toml:1:10: ")));
    project.put("sessionlint.toml", "");
    assert!(comes(&str::is_empty));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn it_is_refused_where_it_means_nothing() {
    let project = Project::sfdx(&[(SECURITY, security("TwelveHours"))]);
    for arguments in [&["--fix"][..], &["--diff"], &["--add-ignore"], &["README.md"], &["--file-list", "-"]] {
        let ran = project.run(&[&["check", "--watch"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    }
}
