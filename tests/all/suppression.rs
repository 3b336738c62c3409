//! Findings that are suppressed: by a comment in the file, and by a baseline.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use crate::support::{Project, text};

const SHORT: &str = "force-app/a.profileSessionSetting-meta.xml";

fn setting(before: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{before}<ProfileSessionSetting>\n    <profile>Sales</profile>\n{inside}    \
         <sessionTimeout>30</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

const ALLOW: &str = "<!-- sessionlint: allow session/profile-timeout-short: kiosk users -->\n";

fn summary(ran: &support::Ran, key: &str) -> i64 {
    ran.json()["summary"][key].as_i64().unwrap()
}

#[test]
fn a_comment_covers_the_element_that_follows() {
    let ran = Project::sfdx(&[(SHORT, setting("", ALLOW))]).check(&[]);
    assert_eq!((ran.code, ran.findings().len(), summary(&ran, "suppressed")), (0, 0, 1), "{ran:?}");
    let elsewhere = setting("", "").replace("    <profile>", &format!("{ALLOW}    <profile>"));
    let ran = Project::sfdx(&[(SHORT, elsewhere)]).check(&[]);
    assert_eq!((ran.code, ran.findings().len()), (1, 1), "the next element is another one");
    assert!(ran.err.contains("a.profileSessionSetting-meta.xml:3: the comment that allows"), "{}", ran.err);
}

#[test]
fn a_comment_before_the_root_covers_the_file() {
    for comment in [ALLOW, "<!-- sessionlint: allow oauth, session: whole groups -->\n"] {
        let ran = Project::sfdx(&[(SHORT, setting(comment, ""))]).check(&[]);
        assert_eq!((ran.code, summary(&ran, "suppressed")), (0, 1), "{ran:?}");
    }
}

#[test]
fn comments_count_in_metadata_that_is_read_for_a_few_words() {
    const ALLOW: &str = "<!-- sessionlint: allow security/secret-under-its-name: a test account -->";
    let record = |before: &str, inside: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{before}\n<CustomMetadata \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<label>Depot</label>\n{inside}\n\
             <values><field>Password__c</field>\n<value xsi:type=\"xsd:string\">tR7!kq92Lm</value></values>\n\
             </CustomMetadata>\n"
        )
    };
    let found = |before: &str, inside: &str| {
        let project = Project::sfdx(&[("force-app/Api.Depot.md-meta.xml", record(before, inside))]);
        let ran = project.check(&["--preset", "security"]);
        (ran.findings().len(), summary(&ran, "suppressed"), ran.err)
    };
    assert_eq!(found("", ""), (1, 0, String::new()));
    assert_eq!(found(ALLOW, ""), (0, 1, String::new()));
    assert_eq!(found("", ALLOW), (0, 1, String::new()));
    // What it is about has no finding, so that it is of no use.
    let (findings, suppressed, err) = found("", &format!("{ALLOW}<protected>false</protected>"));
    assert_eq!((findings, suppressed), (1, 0), "{err}");
    assert!(err.contains("Api.Depot.md-meta.xml:5: the comment that allows"), "{err}");
    // Nor does it cover the text after it.
    let text = record("", "").replace("tR7", &format!("{ALLOW}tR7"));
    let ran = Project::sfdx(&[("force-app/Api.Depot.md-meta.xml", text)]).check(&["--preset", "security"]);
    assert_eq!((ran.findings().len(), summary(&ran, "suppressed")), (1, 0), "{ran:?}");
    assert!(ran.err.contains("the comment that allows"), "{}", ran.err);
    let without_reason = found(&ALLOW.replace(": a test account", ""), "");
    assert_eq!((without_reason.0, without_reason.1), (1, 0));
    assert!(without_reason.2.contains("gives no reason"), "{}", without_reason.2);
}

#[test]
fn a_comment_without_reason_or_with_an_unknown_rule_allows_nothing_and_is_reported() {
    for (comment, reported) in [
        ("<!-- sessionlint: allow session/profile-timeout-short -->", "gives no reason"),
        (
            "<!-- sessionlint: allow session/profile-timeout-shrt: x -->",
            "did you mean `session/profile-timeout-short`?",
        ),
        ("<!-- sessionlint: ignore session: x -->", "is not understood"),
    ] {
        let ran = Project::sfdx(&[(SHORT, setting("", comment))]).check(&[]);
        assert_eq!((ran.code, ran.findings().len()), (1, 1), "{comment}");
        assert!(ran.err.contains(reported), "{comment}: {}", ran.err);
    }
}

#[test]
fn a_baseline_holds_what_was_there_and_lets_new_findings_through() {
    let project = Project::sfdx(&[(SHORT, setting("", ""))]);
    let missing = project.check(&["--baseline", "known.json"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("--update-baseline writes it"), "{}", missing.err);
    let written = project.check(&["--baseline", "known.json", "--update-baseline"]);
    assert_eq!((written.code, summary(&written, "baselined")), (0, 1), "{written:?}");
    // Moved lines, other white space and another file name change nothing.
    project.put("force-app/renamed.profileSessionSetting-meta.xml", setting("\n\n", "\n").replace("    ", "\t"));
    std::fs::remove_file(project.at(SHORT)).unwrap();
    let ran = project.check(&["--baseline", "known.json"]);
    assert_eq!((ran.code, summary(&ran, "baselined"), ran.findings().len()), (0, 1, 0), "{ran:?}");
    project.put("force-app/new.profileSessionSetting-meta.xml", setting("", "").replace("Sales", "Service"));
    let more = project.check(&["--baseline", "known.json"]);
    assert_eq!(more.code, 1);
    assert!(text(&more.findings()[0]["message"]).starts_with("Service"), "{more:?}");
}

#[test]
fn an_update_keeps_the_entries_of_rules_that_did_not_run() {
    let project = Project::sfdx(&[(SHORT, setting("", ""))]);
    let update = |more: &[&str]| project.check(&[&["--baseline", "known.json", "--update-baseline"], more].concat());
    update(&[]);
    let known = std::fs::read_to_string(project.at("known.json")).unwrap();
    assert_eq!(update(&["--select", "oauth"]).code, 0);
    assert_eq!(std::fs::read_to_string(project.at("known.json")).unwrap(), known);
    // Rules that no longer exist leave, and so does what a rule that ran found no more.
    let gone = known.replace(r#""rule": ""#, r#""rule": "house/"#);
    project.put("known.json", &gone);
    update(&["--select", "oauth"]);
    assert!(!std::fs::read_to_string(project.at("known.json")).unwrap().contains("house/"));
    project.put("known.json", &known);
    project.put(SHORT, setting("", "").replace(">30<", ">240<"));
    update(&[]);
    assert!(!std::fs::read_to_string(project.at("known.json")).unwrap().contains("fingerprint"));
    // Another file is not overwritten.
    project.put("known.json", "{}");
    assert_eq!(update(&[]).code, 2);
    assert_eq!(std::fs::read_to_string(project.at("known.json")).unwrap(), "{}");
}

#[cfg(unix)]
#[test]
fn a_baseline_is_not_updated_without_files_that_cannot_be_read() {
    let project = Project::sfdx(&[(SHORT, setting("", ""))]);
    let update = ["--baseline", "known.json", "--update-baseline"];
    project.check(&update);
    let known = std::fs::read_to_string(project.at("known.json")).unwrap();
    std::fs::remove_file(project.at(SHORT)).unwrap();
    std::os::unix::fs::symlink("gone", project.at(SHORT)).unwrap();
    let ran = project.check(&update);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("--update-baseline needs all files"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(project.at("known.json")).unwrap(), known);
}

#[test]
fn what_is_fixed_is_stale_and_leaves_with_the_next_update() {
    let project = Project::sfdx(&[(SHORT, setting("", ""))]);
    project.check(&["--baseline", "known.json", "--update-baseline"]);
    project.put(SHORT, setting("", "").replace(">30<", ">240<"));
    let stale = project.check(&["--baseline", "known.json"]);
    assert_eq!(stale.code, 0);
    assert!(stale.err.contains("known.json: 1 entry is found no more"), "{}", stale.err);
    let part = project.check(&["--baseline", "known.json", "--update-baseline", SHORT]);
    assert_eq!(part.code, 2, "a part of the project cannot rewrite the baseline of the whole");
    project.check(&["--baseline", "known.json", "--update-baseline"]);
    let clean = project.check(&["--baseline", "known.json"]);
    assert!(clean.err.is_empty(), "{}", clean.err);
    let broken = Project::sfdx(&[(SHORT, setting("", "")), ("known.json", "{}".to_owned())]);
    assert_eq!(broken.check(&["--baseline", "known.json"]).code, 2);
}
