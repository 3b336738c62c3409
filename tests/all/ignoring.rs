//! `check --add-ignore`: entries of sessionlint.toml suppress the findings, and the rest of the file stays.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::support::{Project, security, text};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const CONFIG: &str = "sessionlint.toml";

fn project() -> Project {
    Project::sfdx(&[(".git/HEAD", String::new()), (SECURITY, security("FifteenMinutes"))])
}

fn config(project: &Project) -> String {
    fs::read_to_string(project.at(CONFIG)).unwrap()
}

fn entry(reason: &str) -> String {
    format!("[[ignore]]\nrule = \"session/org-timeout-short\"\npath = \"{SECURITY}\"\nreason = \"{reason}\"\n")
}

#[test]
fn what_is_found_is_allowed_from_now_on() {
    let project = project();
    let ran = project.run(&["check", "--add-ignore"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("wrote 1 [[ignore]] entry for 1 finding to sessionlint.toml:\n"), "{ran:?}");
    assert!(ran.err.contains(&format!("  session/org-timeout-short in {SECURITY} (1 finding)\n")), "{ran:?}");
    assert!(ran.err.contains("fill in the reasons"), "{ran:?}");
    assert!(ran.out.contains("suppressed (by the configuration)"), "{ran:?}");
    assert_eq!(config(&project), entry("TODO: say why this is right as it is"));
    let again = project.check(&[]);
    assert_eq!((again.code, &again.json()["summary"]["suppressedByConfiguration"]), (0, &1.into()), "{again:?}");
    // Nothing is written twice.
    let ran = project.run(&["check", "--add-ignore"]);
    assert!(ran.err.contains("nothing to ignore"), "{ran:?}");
    assert_eq!(config(&project), entry("TODO: say why this is right as it is"));
}

#[test]
fn the_reason_may_be_typed_and_every_other_byte_stays() {
    let project = project();
    let before = "# ours\r\n##vso[not a command]\r\n[rule.'session/forced-logout']\r\nseverity = 'off' # kiosks\r\n";
    project.put(CONFIG, before);
    let ran = project.run(&["check", "--add-ignore=agreed with the works council"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.err.contains("fill in"), "{ran:?}");
    let entry = entry("agreed with the works council").replace('\n', "\r\n");
    assert_eq!(config(&project), format!("{before}\r\n{entry}"));
    let ran = project.run(&["check", "--add-ignore="]);
    assert!(ran.code == 2 && ran.err.contains("the reason is empty"), "{ran:?}");
}

#[test]
fn only_what_is_requested_is_allowed() {
    let project = project();
    project.put(
        "force-app/main/default/profileSessionSettings/Sales_profileSessionSetting1.profileSessionSetting-meta.xml",
        crate::support::session_setting("<profile>Sales</profile>", "15"),
    );
    let ran = project.run(&["check", "--select", "session/org-timeout-short", "--add-ignore"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let left = project.check(&[]);
    let rules: Vec<String> = left.findings().iter().map(|it| text(&it["rule"]).to_owned()).collect();
    assert!(!rules.is_empty() && !rules.contains(&"session/org-timeout-short".to_owned()), "{rules:?}");
}

#[test]
fn a_file_that_is_named_is_the_one_that_grows() {
    let project = project();
    project.put("ci.toml", "preset = 'all'\n");
    let ran = project.run(&["check", "--config", "ci.toml", "--add-ignore"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(fs::read_to_string(project.at("ci.toml")).unwrap().starts_with("preset = 'all'\n\n[[ignore]]\n"));
    assert!(!project.at(CONFIG).exists());
}

#[test]
fn nothing_is_written_where_it_would_be_half() {
    let project = project();
    for arguments in
        [&["--fix"][..], &["--diff"], &["--no-project-config"], &["--config-from", "HEAD"], &["--show-settings"]]
    {
        let ran = project.run(&[&["check", "--add-ignore"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    }
    // Two projects have two configurations, or one that is neither's.
    project.put("other/sfdx-project.json", crate::support::SFDX.1);
    project.put(&format!("other/{SECURITY}"), security("FifteenMinutes"));
    let ran = project.run(&["check", ".", "other", "--add-ignore"]);
    assert!(ran.code == 2 && ran.err.contains("the configuration of one project"), "{ran:?}");
    assert!(!project.at(CONFIG).exists());
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_a_file_that_cannot_be_written_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    project.put("shared/house.toml", "preset = 'all'\n");
    std::os::unix::fs::symlink("shared/house.toml", project.at(CONFIG)).unwrap();
    assert_eq!(project.run(&["check", "--add-ignore"]).code, 0);
    assert!(project.at(CONFIG).symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(project.at("shared/house.toml")).unwrap().contains("[[ignore]]"));
    fs::write(project.at("shared/house.toml"), "preset = 'all'\n").unwrap();
    fs::set_permissions(project.at("shared"), fs::Permissions::from_mode(0o555)).unwrap();
    let ran = project.run(&["check", "--add-ignore"]);
    let is_written = config(&project) != "preset = 'all'\n";
    fs::set_permissions(project.at("shared"), fs::Permissions::from_mode(0o755)).unwrap();
    // Root writes into any folder.
    assert!(is_written && ran.code == 0 || ran.code == 3 && ran.err.contains("nothing was written"), "{ran:?}");
}
