//! A configuration of several parts: files that extend others, typed keys, the rules folder that needs no key, and the
//! result of all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::support::{Project, Ran, SFDX, git, run_in, security, text};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const TIMEOUT: &str = "session/org-timeout-short";

/// A page about the org's session settings.
const PAGE: &str = "# House rule\n\nOurs.\n\n```toml rule\nseverity = { continuity = \"note\" }\nconfidence = \"high\"\n\
from = \"SecuritySettings\"\nspan = \"sessionSettings.sessionTimeout\"\nmessage = \"house\"\nhelp = \"none\"\n\
references = [\"none\"]\n```\n";

fn project() -> Project {
    Project::sfdx(&[(".git/HEAD", String::new()), (SECURITY, security("FifteenMinutes"))])
}

fn severities(ran: &Ran) -> Vec<String> {
    let one = |it: &serde_json::Value| format!("{} {}", text(&it["rule"]), text(&it["severity"]));
    ran.findings().iter().map(one).collect()
}

#[test]
fn a_file_rests_on_those_that_it_extends() {
    let project = project();
    project.put("base.toml", "fail-on = 'error'\n[rule.'session/org-timeout-short']\nseverity = 'note'\n");
    project.put("sessionlint.toml", "extends = 'base.toml'\n");
    let ran = project.check(&[]);
    assert_eq!((ran.code, severities(&ran)), (0, vec![format!("{TIMEOUT} note")]), "{ran:?}");
    // The file's own value wins, and of several files the later one.
    project.put("more.toml", "[rule.'session/org-timeout-short']\nseverity = 'warning'\n");
    project.put("sessionlint.toml", "extends = ['base.toml', 'more.toml']\n");
    assert_eq!(severities(&project.check(&[])), [format!("{TIMEOUT} warning")]);
    project.put("sessionlint.toml", "extends = ['base.toml']\nrule.'session/org-timeout-short'.severity = 'error'\n");
    let ran = project.check(&[]);
    assert_eq!((ran.code, severities(&ran)), (1, vec![format!("{TIMEOUT} error")]));
    // Folders of rules are relative to the file that names them, and lists are joined.
    project.put("house/base.toml", "rules = ['pages']\nignore = ['session']\n");
    project.put("house/pages/house/rule.md", PAGE);
    project.put("sessionlint.toml", "extends = 'house/base.toml'\nignore = ['oauth']\n");
    assert_eq!(severities(&project.check(&[])), ["house/rule note"]);
}

#[test]
fn what_is_wrong_stands_in_the_file_that_has_it() {
    let project = project();
    project.put("sessionlint.toml", "\nextends = 'a/base.toml'\n");
    project.put("a/base.toml", "presett = 'all'\n");
    let ran = project.check(&[]);
    assert!(ran.code == 2 && ran.err.starts_with("error: a/base.toml:1:1: there is no key `presett`"), "{ran:?}");
    for (written, reported) in [
        ("'none.toml'", "`none.toml`: there is no such file"),
        ("'a'", "`a`: cannot be read"),
        ("'https://x.invalid/token'", "only files are extended"),
        ("1", "here the path of a file, or a list of paths belongs"),
    ] {
        project.put("sessionlint.toml", format!("extends = {written}\n"));
        let ran = project.check(&[]);
        assert_eq!(ran.code, 2, "{written}: {ran:?}");
        assert!(
            ran.err.starts_with("error: sessionlint.toml:1:11: ") && ran.err.contains(reported),
            "{written}: {ran:?}"
        );
    }
}

#[test]
fn a_circle_is_named_link_by_link() {
    let project = project();
    project.put("sessionlint.toml", "extends = 'a.toml'\n");
    project.put("a.toml", "extends = './b/b.toml'\n");
    project.put("b/b.toml", "extends = '../a.toml'\n");
    let ran = project.check(&[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("b/b.toml:1:11: `../a.toml`: "), "{ran:?}");
    assert!(ran.err.contains("extend each other in a circle: a.toml -> b/b.toml -> a.toml"), "{ran:?}");
    project.put("a.toml", "extends = 'a.toml'\n");
    assert!(project.check(&[]).err.contains("circle: a.toml -> a.toml"));
    // Two that rest on the same third are none.
    project.put("sessionlint.toml", "extends = ['a.toml', 'b/b.toml']\n");
    project.put("a.toml", "extends = 'c.toml'\n");
    project.put("b/b.toml", "extends = '../c.toml'\n");
    project.put("c.toml", "fail-on = 'never'\n");
    assert_eq!(project.check(&[]).code, 0);
    for number in 0..40 {
        project.put(&format!("d/{number}.toml"), format!("extends = '{}.toml'\n", number + 1));
    }
    project.put("sessionlint.toml", "extends = 'd/0.toml'\n");
    let ran = project.check(&[]);
    assert!(ran.code == 2 && ran.err.contains("a configuration of more than 32 files is none"), "{ran:?}");
}

#[test]
fn a_project_extends_nothing_outside_and_who_types_a_file_may() {
    let project = Project::of(&[
        ("in/sfdx-project.json", SFDX.1),
        (&format!("in/{SECURITY}"), security("FifteenMinutes").as_str()),
        ("in/.git/HEAD", ""),
        ("in/sessionlint.toml", "extends = '../out/base.toml'\n"),
        ("out/base.toml", "fail-on = 'never'\nzq-secret = 1\n"),
        ("ci.toml", "extends = 'in/../typed/base.toml'\n"),
        ("typed/base.toml", "fail-on = 'never'\n"),
    ]);
    let ran = run_in(&project.at("in"), &["check"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("`../out/base.toml`: the file leads out of the project and is not read"), "{ran:?}");
    assert!(!ran.err.contains("zq-secret"), "{ran:?}");
    assert_eq!(run_in(&project.at("in"), &["check", "--config", "../ci.toml"]).code, 0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../out/base.toml", project.at("in/link.toml")).unwrap();
        project.put("in/sessionlint.toml", "extends = 'link.toml'\n");
        let ran = run_in(&project.at("in"), &["check"]);
        assert!(ran.code == 2 && ran.err.contains("leads out of the project"), "{ran:?}");
    }
}

#[test]
fn a_revision_and_a_zip_extend_what_they_hold_themselves() {
    let project = Project::sfdx(&[(SECURITY, security("FifteenMinutes"))]);
    project.put("sessionlint.toml", "extends = 'config/base.toml'\n");
    project.put("config/base.toml", "fail-on = 'never'\n");
    project.put("sessionlint-rules/house/rule.md", PAGE);
    let git = |arguments: &[&str]| git(&project.root(), arguments);
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    fs::remove_file(project.at("config/base.toml")).unwrap();
    fs::remove_dir_all(project.at("sessionlint-rules")).unwrap();
    assert_eq!(project.check(&[]).code, 2, "the working tree lacks the file");
    let ran = project.check(&["--config-from", "HEAD"]);
    assert_eq!((ran.code, &ran.json()["summary"]["rulesOfProject"]), (0, &1.into()), "{ran:?}");
    // What the revision has not, the disk does not supply.
    project.put("sessionlint.toml", "extends = 'config/later.toml'\n");
    git(&["add", "sessionlint.toml"]);
    git(&["commit", "--quiet", "-m", "two"]);
    project.put("config/later.toml", "fail-on = 'never'\n");
    let ran = project.check(&["--config-from", "HEAD"]);
    assert!(ran.code == 2 && ran.err.contains("`config/later.toml`: there is no such file"), "{ran:?}");
    git(&["archive", "--format=zip", "-o", "old.zip", "HEAD~1"]);
    let ran = project.check(&["old.zip"]);
    assert_eq!((ran.code, &ran.json()["summary"]["rulesOfProject"]), (0, &1.into()), "{ran:?}");
}

#[test]
fn a_key_that_is_typed_counts_more_than_any_file() {
    let project = project();
    project.put("sessionlint.toml", "fail-on = 'error'\n[rule.'session/org-timeout-short']\nseverity = 'note'\n");
    let severity = "rule.'session/org-timeout-short'.severity=error";
    let ran = project.check(&["--config", severity, "--config", "fail-on=warning"]);
    assert_eq!((ran.code, severities(&ran)), (1, vec![format!("{TIMEOUT} error")]), "{ran:?}");
    // The value may be TOML or a word.
    for key in ["fail-on=never", "fail-on = \"never\"", "ignore=['session']"] {
        assert_eq!(project.check(&["--config", severity, "--config", key]).code, 0, "{key}");
    }
    // Beside a file that is named, and without one of the project.
    project.put("ci.toml", "fail-on = 'never'\n");
    assert_eq!(project.check(&["--config", severity, "--config", "ci.toml"]).code, 0);
    assert_eq!(project.check(&["--config", severity, "--no-project-config"]).code, 1);
    // An existing path is a file.
    project.put("preset=all", "fail-on = 'never'\n");
    assert_eq!(project.check(&["--config", "preset=all"]).json()["summary"]["failOn"], "never");
    for (typed, reported) in [
        ("presett=all", "--config presett=all: there is no key `presett`; did you mean `preset`?"),
        ("preset=continuty", "this is not a value of this key; did you mean `continuity`?"),
        ("select=oauht", "here a list belongs, not a text"),
        ("extends=a.toml", "files extend files; write --config FILE"),
        ("gone.toml", "gone.toml: no such file"),
    ] {
        let ran = project.check(&["--config", typed]);
        assert!(ran.code == 2 && ran.err.contains(reported), "{typed}: {ran:?}");
    }
    let ran = project.check(&["--config", "ci.toml", "--config", "sessionlint.toml"]);
    assert!(ran.code == 2 && ran.err.contains("--config takes one file"), "{ran:?}");
    let ran = project.check(&["--config", "ci.toml", "--config-from", "HEAD"]);
    assert!(ran.code == 2 && ran.err.contains("--config-from takes the configuration from a revision"), "{ran:?}");
}

#[test]
fn every_command_that_reads_a_project_takes_a_key() {
    let project = project();
    project.put(
        "force-app/main/default/profileSessionSettings/Sales_profileSessionSetting1.profileSessionSetting-meta.xml",
        crate::support::session_setting("<profile>Sales</profile>", "720"),
    );
    let minutes = |more: &[&str]| {
        let soql = "SELECT EffectiveMinutes FROM Profile";
        project.run(&[&["query", soql, "--format", "csv"], more].concat()).out
    };
    assert_ne!(minutes(&[]), minutes(&["--config", "precedence=shortest"]));
    for command in ["sessions", "diagnose", "calendar", "report", "fleet"] {
        let ran = project.run(&[command, "--config", "precedens=shortest"]);
        assert!(ran.code == 2 && ran.err.contains("did you mean `precedence`?"), "{command}: {ran:?}");
    }
    let ran = project.run(&["diff", ".", ".", "--config", "precedens=shortest"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean `precedence`?"), "{ran:?}");
}

#[test]
fn a_folder_of_rules_is_found_beside_the_configuration_and_at_the_root() {
    let project = project();
    project.put("sessionlint-rules/house/rule.md", PAGE);
    let of_project = |ran: &Ran| ran.json()["summary"]["rulesOfProject"].clone();
    let ran = project.check(&[]);
    assert_eq!(of_project(&ran), 1, "{ran:?}");
    let human = project.run(&["check"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(human.contains("The project brings 1 rule of its own."), "{human}");
    assert!(project.run(&["rules", "list"]).out.contains("house/rule"));
    assert_eq!(of_project(&project.check(&["--no-project-config"])), 0);
    // A configuration that names it too means it once.
    project.put("sessionlint.toml", "rules = ['sessionlint-rules']\n");
    assert_eq!(of_project(&project.check(&[])), 1);
    // Above the project, it stands beside the configuration that counts.
    let above = Project::sfdx(&[(".git/HEAD", "")]);
    above.put("crm/sfdx-project.json", SFDX.1);
    above.put(&format!("crm/{SECURITY}"), security("FifteenMinutes"));
    above.put("sessionlint-rules/house/rule.md", PAGE);
    assert_eq!(of_project(&above.check(&["crm"])), 0);
    above.put("sessionlint.toml", "");
    assert_eq!(of_project(&above.check(&["crm"])), 1);
    // A configuration for one run brings no folder along.
    above.put("ci/sessionlint.toml", "");
    assert_eq!(of_project(&above.check(&["crm", "--config", "/dev/null"])), 0);
    #[cfg(unix)]
    {
        let outside = Project::of(&[("house/rule.md", PAGE)]);
        fs::remove_dir_all(project.at("sessionlint-rules")).unwrap();
        fs::remove_file(project.at("sessionlint.toml")).unwrap();
        std::os::unix::fs::symlink(outside.root(), project.at("sessionlint-rules")).unwrap();
        let ran = project.check(&[]);
        assert!(ran.code == 2 && ran.err.contains("sessionlint-rules: the folder leads out"), "{ran:?}");
    }
}

#[test]
fn the_settings_of_a_run_are_shown_with_where_they_come_from() {
    let project = project();
    project.put("base.toml", "ignore = ['login']\n[integration]\negress = ['203.0.113.7']\n");
    project.put("sessionlint.toml", "extends = 'base.toml'\n\nfail-on = 'error'\n");
    let arguments = ["check", "--show-settings", "--preview", "--config", "preset=all", "--ignore", "apex"];
    let ran = project.run(&arguments);
    assert_eq!(ran.code, 0, "findings are none of it: {ran:?}");
    for line in [
        "# configuration: sessionlint.toml, which extends base.toml",
        "preset = \"all\"  # --config preset=all",
        "fail-on = 'error'  # sessionlint.toml:3:11",
        "preview = true  # --preview",
        "precedence = \"documented\"  # default",
        "    \"login\",  # base.toml:1:11",
        "    \"apex\",  # --ignore",
        "    '203.0.113.7',  # base.toml:3:11",
    ] {
        assert!(ran.out.lines().any(|it| it == line), "{line}\n{}", ran.out);
    }
    // What is shown is a configuration, and means the same.
    project.put("shown.toml", &ran.out);
    let typed = ["check", "--format", "json", "--preview", "--config", "preset=all", "--ignore", "apex"];
    let (typed, shown) = (project.run(&typed), project.check(&["--config", "shown.toml"]));
    assert_eq!((typed.code, typed.places()), (shown.code, shown.places()), "{shown:?}");
    // What is typed to select takes the place of the names that are left out.
    let ran = project.run(&["check", "--show-settings", "--select", "login"]);
    assert!(ran.out.contains("    \"login\",  # --select") && !ran.out.contains("# base.toml:1:11"), "{ran:?}");
    for refused in [&["--fix"][..], &["--format", "json"], &["--also", "json=a.json"], &["--watch"]] {
        assert_eq!(project.run(&[&["check", "--show-settings"], refused].concat()).code, 2, "{refused:?}");
    }
}
