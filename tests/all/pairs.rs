//! Two rules with opposite advice: one decision for people, two findings for programs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Project, Ran, security, text};

const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";
const MIDDLE_WAY: &str = "Set Salesforce to two to eight hours with the warning on";

/// A page of the security preset with advice opposite to two pages of the continuity preset.
fn contrary(pulls_against: &str) -> String {
    format!(
        "# Session that is open at all\n\nA session can be taken over for as long as it lives.\n\n\
         ```toml rule\n\
         severity   = {{ security = \"note\" }}\n\
         confidence = \"high\"\n\
         from       = \"SecuritySettings\"\n\
         where      = \"TimeoutMinutes > 1\"\n\
         span       = \"sessionSettings.sessionTimeout\"\n\
         message    = \"The org's sessions live {{TimeoutMinutes:minutes}} without activity\"\n\
         help       = \"Write a shorter time into <sessionTimeout>\"\n\
         conflicts-with = {pulls_against}\n\
         references = [\"Salesforce Security Guide, Session Settings\"]\n\
         ```\n\n## Why it matters\n\nIt is open.\n\n## Trade-off\n\nPeople log in more often.\n"
    )
}

fn project(pulls_against: &str) -> Project {
    let project = Project::sfdx(&[(SETTINGS, security("FifteenMinutes"))]);
    project.put("rules/security/open-session.md", contrary(pulls_against));
    project
}

const ONE: &str = "\"session/org-timeout-short\"";

fn check(project: &Project, format: &str) -> Ran {
    project.run(&["check", "--rules", "rules", "--preset", "all", "--as-of", "2026-12-01", "--format", format])
}

fn report(project: &Project, format: &str) -> String {
    let arguments = ["report", "--rules", "rules", "--preset", "all", "--as-of", "2026-12-01", "--format", format];
    let ran = project.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

#[test]
fn people_see_one_decision_with_both_sides_and_the_middle_way() {
    let project = project(ONE);
    let human = check(&project, "human").out;
    let other = "against: note[security/open-session] The org's sessions live 15 minutes without activity";
    assert!(human.contains(other), "{human}");
    assert!(human.contains("\n  decide: one thing, two aims. The middle way:"), "{human}");
    assert_eq!(human.matches("security/open-session").count(), 1, "{human}");
    let markdown = check(&project, "markdown").out;
    assert_eq!(markdown.matches("<details>").count(), 1, "{markdown}");
    assert!(markdown.contains("<br>against <code>security/open-session</code>"), "{markdown}");
    assert!(markdown.contains("- **Decide:** The middle way:") && markdown.contains(MIDDLE_WAY), "{markdown}");
}

#[test]
fn a_long_session_is_one_decision_with_a_team_that_wants_it_longer() {
    let project = Project::sfdx(&[(SETTINGS, security("FourHours"))]);
    project.put("sessionlint.toml", "[rule.\"session/org-timeout-short\"]\noptions = { note_below = 480 }\n");
    let human = project.run(&["check", "--preset", "all", "--notes"]).out;
    let sides = "note[session/org-timeout-short] The org's sessions expire after 4 hours";
    assert!(human.contains(sides), "{human}");
    assert!(
        human.contains("against: note[security/session-lasts-long] The org's sessions expire after 4 hours"),
        "{human}"
    );
    assert!(human.contains("\n  decide: one thing, two aims. The middle way:"), "{human}");
}

#[test]
fn the_page_to_hand_over_holds_one_decision() {
    let project = project(ONE);
    let page = report(&project, "html");
    assert_eq!(page.matches("<details class=\"topic\"").count(), 1);
    assert!(page.contains("<strong>Against it:</strong>") && page.contains("<span id=\"security-open-session\">"));
    assert!(page.contains("<strong>Decide:</strong> The middle way: a workstation that locks itself"));
    assert!(page.contains("Against it: security/open-session, security/session-lasts-long"));
    let page = report(&project, "markdown");
    assert!(page.contains("- **Against it:** note, The org's sessions live 15 minutes"), "{page}");
    assert!(page.contains("- **Decide:** The middle way:") && page.contains(MIDDLE_WAY), "{page}");
}

#[test]
fn machines_get_both_findings() {
    let project = project(ONE);
    let rules: Vec<String> =
        check(&project, "json").findings().iter().map(|finding| text(&finding["rule"]).to_owned()).collect();
    assert_eq!(rules, ["security/open-session", "session/org-timeout-short"]);
    let sarif = check(&project, "sarif").json();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert_eq!(check(&project, "concise").out.matches("Security.settings-meta.xml:4:25: ").count(), 2);
}

#[test]
fn a_page_that_names_an_unknown_rule_fails_its_test() {
    let project = project("\"session/org-timeout-shrot\"");
    let ran = project.run(&["rules", "test", "rules"]);
    let output = format!("{}{}", ran.out, ran.err);
    let expected = "there is no rule `session/org-timeout-shrot`; did you mean `session/org-timeout-short`?";
    assert!(output.contains(expected), "{output}");
}

#[test]
fn a_list_names_several_and_what_nobody_has_is_no_pair() {
    let of_list = project("[\"session/not-there\", \"session/org-timeout-short\"]");
    assert!(check(&of_list, "human").out.contains("against: note[security/open-session]"));
    let alone = project("\"session/not-there\"");
    assert!(check(&alone, "human").out.contains("also: note[security/open-session]"));
    let wrong = check(&project("7"), "human");
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("expected the id of a rule or a list of ids"), "{wrong:?}");
}
