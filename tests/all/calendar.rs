//! `sessionlint calendar`: which dated changes concern a project, in three formats.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;
use serde_json::Value;

const NAMESPACE: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

fn app(name: &str, policy: &str, more: &str) -> (String, String) {
    let text = format!(
        "<ConnectedApp {NAMESPACE}>\n    <label>{name}</label>\n    <oauthConfig>\n        \
         <callbackUrl>https://{name}.example.com/cb</callbackUrl>\n        {more}<scopes>Api</scopes>\n        \
         <scopes>RefreshToken</scopes>\n    </oauthConfig>\n    <oauthPolicy>\n        \
         <ipRelaxation>BYPASS</ipRelaxation>\n        <refreshTokenPolicy>{policy}</refreshTokenPolicy>\n    \
         </oauthPolicy>\n</ConnectedApp>\n"
    );
    (format!("force-app/connectedApps/{name}.connectedApp-meta.xml"), text)
}

fn project(apps: &[(String, String)]) -> Project {
    let files: Vec<(&str, String)> = apps.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    Project::sfdx(&files)
}

fn events(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let ran = project.run(&[&["calendar", ".", "--as-of", "2026-11-28", "--format", "json"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["asOf"], "2026-11-28");
    answer["events"].as_array().unwrap().clone()
}

fn ids(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["id"].as_str().unwrap()).collect()
}

#[test]
fn only_what_the_files_show_is_listed_the_nearest_first() {
    let flow = "<isDeviceFlowEnabled>true</isDeviceFlowEnabled>\n        ";
    let project = project(&[app("kiosk", "specific_inactivity:7:DAYS", flow), app("feed", "infinite", "")]);
    let events = events(&project, &[]);
    assert_eq!(ids(&events), ["device-flow", "connected-apps", "refresh-token-idle-30-days"]);
    assert_eq!(events[0]["daysLeft"], 2);
    assert_eq!(events[0]["places"][0]["text"], "kiosk");
    assert_eq!(events[0]["places"][0]["line"], 5);
    assert_eq!(events[1]["daysLeft"], Value::Null);
    assert_eq!(events[2]["places"].as_array().unwrap().len(), 1);
    assert!(events[2]["doubt"].as_str().unwrap().contains("no exception"));
}

#[test]
fn apps_without_refresh_tokens_have_no_dates_and_no_ends_of_them() {
    let jwt = "<certificate>feed</certificate>\n        <isAdminApproved>true</isAdminApproved>\n        ";
    let (path, without_scope) = app("portal", "infinite", "");
    let without_scope = without_scope.replace("        <scopes>RefreshToken</scopes>\n", "");
    let own = "<isClientCredentialEnabled>true</isClientCredentialEnabled>\n        ";
    let project = project(&[app("feed", "infinite", jwt), (path, without_scope), app("stock", "infinite", own)]);
    assert_eq!(ids(&events(&project, &[])), ["connected-apps"]);
    let integration = "integration-invalid-session";
    let ran = project.run(&["diagnose", "--as-of", "2026-11-29", "--symptom", integration, "--format", "json"]);
    assert_eq!(ran.json()["symptoms"][0]["changes"], serde_json::json!([]));
    let sessions = project.run(&["sessions", "--as-of", "2026-11-29", "--format", "json"]).json();
    for app in sessions["apps"].as_array().unwrap() {
        assert_eq!((&app["refreshToken"], &app["refreshTokenIdleDays"]), (&Value::Null, &Value::Null), "{app}");
    }
    // The app without any other way to sign in has them.
    project.put("force-app/connectedApps/portal.connectedApp-meta.xml", &app("portal", "infinite", "").1);
    assert!(ids(&events(&project, &[])).contains(&"refresh-token-idle-30-days"));
}

#[test]
fn a_retired_version_belongs_to_the_release_that_retired_it() {
    let page = |version: &str| {
        let text = format!("<apex:page><script src=\"/soap/ajax/{version}/connection.js\"/></apex:page>");
        events(&Project::sfdx(&[("force-app/pages/Old.page", text)]), &[])
    };
    for (version, expected) in [
        ("9.0", &[][..]),
        ("20.0", &[]),
        ("21.0", &["api-versions-21-to-30"]),
        ("30.0", &["api-versions-21-to-30"]),
        ("31.0", &["api-versions-31-to-40-unsupported", "api-versions-31-to-40"]),
        ("41.0", &[]),
    ] {
        assert_eq!(ids(&page(version)), expected, "{version}");
    }
}

#[test]
fn a_component_with_several_lines_is_listed_once() {
    let script = |file: &str| format!("    <script src=\"/soap/ajax/28.0/{file}.js\"/>\n");
    let page = format!("<apex:page>\n{}{}</apex:page>", script("connection"), script("apex"));
    let project = Project::sfdx(&[("force-app/pages/Old.page", page.clone()), ("force-app/pages/Older.page", page)]);
    let found = events(&project, &[]);
    let lines = found[0]["places"].as_array().unwrap().iter().map(|place| (&place["text"], &place["line"]));
    assert_eq!(lines.collect::<Vec<_>>(), [(&"Old".into(), &2.into()), (&"Older".into(), &2.into())]);
}

#[test]
fn an_app_made_for_the_password_flow_ends_with_it() {
    let (path, text) = app("desk", "infinite", "");
    let text = text.replace("        <scopes>RefreshToken</scopes>\n", "");
    let without_callback = text.replace("https://desk.example.com/cb", "https://localhost");
    for (text, concerns) in [(text, false), (without_callback, true)] {
        let found = events(&project(&[(path.clone(), text)]), &[]);
        assert_eq!(ids(&found).contains(&"username-password-flow"), concerns);
    }
}

#[test]
fn all_lists_what_no_file_shows_too() {
    let project = project(&[app("feed", "zero", "")]);
    let all = events(&project, &["--all"]);
    assert!(all.len() > 15);
    let of = |id: &str| all.iter().find(|event| event["id"] == id).unwrap();
    assert_eq!(of("soap-login")["concerns"], false);
    assert_eq!(of("refresh-token-idle-30-days")["concerns"], false);
    assert_eq!(of("connected-apps")["concerns"], true);
}

#[test]
fn a_calendar_file_is_the_same_for_the_same_day_and_fits_its_lines() {
    let project = project(&[app("feed", "infinite", "")]);
    let run = || project.run(&["calendar", ".", "--as-of", "2026-10-01", "--all", "--format", "ics"]).out;
    let text = run();
    assert_eq!(text, run());
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("UID:refresh-token-idle-30-days@sessionlint\r\nDTSTAMP:20261001T000000Z\r\n"));
    assert!(text.contains("DTSTART;VALUE=DATE:20261104\r\nDTEND;VALUE=DATE:20261105\r\n"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
    }
    // A release has no day, so it is no event.
    assert!(!text.contains("UID:soap-login"));
}

#[test]
fn changes_without_a_day_are_counted_where_a_calendar_file_leaves_them_out() {
    let run = |policy: &str, options: &[&str]| {
        let project = project(&[app("feed", policy, "")]);
        project.run(&[&["calendar", ".", "--as-of", "2026-10-01", "--format"], options].concat())
    };
    let one = "note: 1 change has no exact day, which iCalendar needs, and is left out\n";
    let mixed = run("infinite", &["ics"]);
    assert_eq!((mixed.err.as_str(), mixed.out.matches("BEGIN:VEVENT").count()), (one, 1));
    let none = run("zero", &["ics"]);
    assert_eq!((none.err.as_str(), none.out.matches("BEGIN:VEVENT").count()), (one, 0));
    assert!(none.out.starts_with("BEGIN:VCALENDAR\r\n") && none.out.ends_with("END:VCALENDAR\r\n"));
    let all = run("zero", &["json", "--all"]).json()["events"].as_array().unwrap().clone();
    let left_out = all.iter().filter(|event| event["daysLeft"].is_null()).count();
    let all = run("zero", &["ics", "--all"]);
    let expected = format!("note: {left_out} changes have no exact day, which iCalendar needs, and are left out\n");
    assert_eq!(all.err, expected);
    assert_eq!(run("zero", &["ics", "--quiet"]).err, "");
    assert_eq!(run("infinite", &["human"]).err, "");
}

#[test]
fn diagnose_names_the_changes_that_have_come_and_fit() {
    let flow = "<isDeviceFlowEnabled>true</isDeviceFlowEnabled>\n        ";
    let project = project(&[app("kiosk", "infinite", flow)]);
    let changes = |as_of: &str, symptom: &str| {
        let ran = project.run(&["diagnose", "--as-of", as_of, "--symptom", symptom, "--format", "json"]);
        let changes = ran.json()["symptoms"][0]["changes"].clone();
        ids(changes.as_array().unwrap()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let integration = "integration-invalid-session";
    assert_eq!(changes("2026-11-03", integration), [""; 0]);
    assert_eq!(changes("2026-11-29", integration), ["refresh-token-idle-30-days"]);
    assert_eq!(changes("2026-11-30", integration), ["device-flow", "refresh-token-idle-30-days"]);
    assert_eq!(changes("2026-11-30", "vpn-logged-out"), [""; 0]);
    let page = |format: &str| {
        project.run(&["diagnose", "--as-of", "2026-11-30", "--symptom", integration, "--format", format]).out
    };
    let human = page("human");
    assert!(human.contains("what Salesforce changed\n    - 2026-11-30: The OAuth device flow works only"), "{human}");
    assert!(human.contains("      kiosk: force-app/connectedApps/kiosk.connectedApp-meta.xml:5:"), "{human}");
    let markdown = page("markdown");
    assert!(markdown.contains("- Salesforce changed: 2026-11-04: Refresh tokens"), "{markdown}");
}

#[test]
fn explain_names_the_dated_changes_and_the_controls_of_a_rule() {
    let project = project(&[]);
    let explain = |rule: &str| project.run(&["explain", rule]).out;
    let idle = explain("oauth/refresh-token-idle-limit");
    assert!(idle.contains("\n## Dated changes\n\n- 2026-11-04: Refresh tokens that stay unused"), "{idle}");
    assert!(idle.contains("not settled: ") && !idle.contains("## Benchmarks"), "{idle}");
    let ranges = explain("security/whole-internet-allowed");
    let control =
        "- Security Benchmark for Salesforce: SBS-AUTH-003 (Prohibit Broad or Unrestricted Profile Login IP Ranges)\n";
    assert!(ranges.contains(&format!("\n## Benchmarks\n\n{control}\n## Query and metadata\n")), "{ranges}");
    assert!(!explain("session/locked-to-ip").contains("## Benchmarks"));
}

#[test]
fn rules_are_listed_by_benchmark() {
    let project = project(&[]);
    let list =
        |benchmark: &str, format: &str| project.run(&["rules", "list", "--benchmark", benchmark, "--format", format]);
    let csv = list("sbs", "csv").out;
    assert!(csv.starts_with("rule,SBS,continuity,security,since,status,title"), "{csv}");
    assert!(csv.contains("security/whole-internet-allowed,SBS-AUTH-003,"), "{csv}");
    assert!(!csv.contains("session/locked-to-ip"), "{csv}");
    let json = list("Health-Check", "json").json();
    let rules = json.as_array().unwrap();
    assert!(rules.iter().all(|rule| !rule["benchmarks"]["Health-Check"].as_array().unwrap().is_empty()));
    let unknown = list("SBX", "table");
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("the benchmarks are SBS, Health-Check"), "{}", unknown.err);
}

#[test]
fn a_project_without_a_concern_gets_a_message() {
    let project = Project::sfdx(&[(
        "force-app/profiles/Sales.profile-meta.xml",
        format!("<Profile {NAMESPACE}>\n    <custom>true</custom>\n</Profile>\n"),
    )]);
    let ran = project.run(&["calendar", ".", "--as-of", "2026-11-28"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.contains("--all"), "{}", ran.err);
}
