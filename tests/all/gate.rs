//! Text of an untrusted project is written harmlessly: names that command runners, control terminals or calculate in
//! spreadsheets, in every format and on standard error.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use crate::support::{Project, Ran, session_setting};

/// What a name, a value and a file name hold.
const HOSTILE: &str =
    "::error::owned\u{202E}\u{1b}[2J ##[error]x ##vso[task.x]y\u{7}\u{85}::warning::z\u{2028}\t::notice::w";

fn project() -> Project {
    let value: String = HOSTILE.chars().filter(|ch| !matches!(ch, '\u{1b}' | '\u{7}')).collect();
    let app = support::short_app(&format!("\n::error::label\r\n{value}"));
    let setting = session_setting(&format!("<profile>\n::error::{value}</profile>"), "\n::error::never\n");
    let formula = support::short_app("＝cmd");
    Project::sfdx(&[
        ("force-app/::error::a\n::error::b.connectedApp-meta.xml", app.clone()),
        ("force-app/\u{1b}[2Jx\r::error::.connectedApp-meta.xml", app),
        ("force-app/=cmd.connectedApp-meta.xml", formula),
        ("force-app/##[error]x.profileSessionSetting-meta.xml", setting),
        ("force-app/\n::error::broken.connectedApp-meta.xml", "<ConnectedApp>\n::error::x\n##vso[x]<a".to_owned()),
    ])
}

fn is_harmless(command: &[&str], ran: &Ran, may_command: bool) {
    for (text, may_command) in [(&ran.out, may_command), (&ran.err, false)] {
        for line in text.split(['\n', '\r']) {
            let start = line.trim_start();
            assert!(may_command || !start.starts_with("::"), "{command:?}: {line:?}");
            assert!(!start.contains("##[") && !start.contains("##vso["), "{command:?}: {line:?}");
            let plain = line.replace("\u{1b}[", "");
            let is_hostile = |ch: char| ch.is_control() && ch != '\t' || matches!(ch, '\u{2028}'..='\u{202E}');
            assert!(!line.contains("\u{1b}[2J") && !plain.contains(is_hostile), "{command:?}: {line:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn no_format_passes_on_what_steers() {
    let project = project();
    let mut with_label = 0;
    for &format in support::formats() {
        let command = ["check", "--preset", "all", "--notes", "--format", format];
        let ran = project.run(&command);
        assert!(ran.out.contains("error"), "{ran:?}");
        with_label += usize::from(ran.out.contains("label"));
        // Every command of Azure's format stands at the start of a line and is its own; the rest is held as the others.
        let own = "##vso[task.logissue type=";
        let without = |line: &str| {
            if format == "azure" { line.replacen(own, "", usize::from(line.starts_with(own))) } else { line.to_owned() }
        };
        let out = ran.out.split('\n').map(without).collect::<Vec<_>>().join("\n");
        assert_eq!(out == ran.out, format != "azure", "{format}");
        let ran = Ran { out, ..ran };
        is_harmless(&command, &ran, format == "github");
        // Every command of the format is its own.
        for line in ran.out.lines().filter(|line| format == "github" && line.trim_start().starts_with("::")) {
            let is_own = ["::error file=", "::warning file=", "::notice file="].iter().any(|own| line.starts_with(own));
            assert!(is_own, "{line}");
        }
    }
    assert!(with_label > 4, "{with_label}");
    for format in ["table", "csv", "json", "markdown"] {
        for table in ["ConnectedApp", "OAuthApp", "ProfileSessionSetting", "Problem"] {
            let command = ["query", "--format", format, &format!("SELECT FIELDS(ALL) FROM {table}")];
            is_harmless(&command, &project.run(&command), false);
        }
    }
    for command in [
        &["report"][..],
        &["report", "--format", "markdown"],
        &["sessions"],
        &["sessions", "--format", "json"],
        &["diagnose", "logged out"],
        &["check", "--fix", "--diff", "--unsafe-fixes", "--preset", "all"],
        &["check", "\n::error::no such path"],
        &["check", "--rules", "\n::error::\u{1b}[2J"],
        &["check", "--bogus\n::error::x"],
        &["query", "SELECT \n::error:: FROM x"],
    ] {
        is_harmless(command, &project.run(command), false);
    }
}

#[cfg(unix)]
#[test]
fn a_file_passes_the_same_gate() {
    let project = project();
    project.run(&["check", "--preset", "all", "-o", "one.txt", "--also", "github=two.txt"]);
    let read = |name: &str| std::fs::read_to_string(project.at(name)).unwrap();
    is_harmless(&["-o"], &Ran { code: 0, out: read("one.txt"), err: String::new() }, false);
    assert!(read("two.txt").lines().any(|line| line.starts_with("::error file=")));
}

#[cfg(unix)]
#[test]
fn a_spreadsheet_calculates_nothing() {
    let csv =
        project().run(&["query", "--format", "csv", "SELECT Name, Label FROM ConnectedApp WHERE Name LIKE '%cmd'"]);
    assert_eq!(csv.out, "Name,Label\n'=cmd,'＝cmd\n", "{csv:?}");
}
