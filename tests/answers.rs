//! The commands that answer questions of a whole project: sessions and diagnose.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::Project;

const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";

fn security(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    \
         <sessionSettings>\n{inner}    </sessionSettings>\n</SecuritySettings>\n"
    )
}

fn setting(profile: &str, minutes: &str) -> String {
    format!(
        "<ProfileSessionSetting xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <profile>{profile}</profile>\n    \
         <sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

const APP: &str = "<ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\">
    <label>ERP</label>
    <oauthConfig>
        <callbackUrl>https://erp.example.com/cb</callbackUrl>
        <scopes>Api</scopes>
        <scopes>RefreshToken</scopes>
    </oauthConfig>
    <oauthPolicy>
        <ipRelaxation>ENFORCE</ipRelaxation>
        <refreshTokenPolicy>infinite</refreshTokenPolicy>
    </oauthPolicy>
</ConnectedApp>
";

/// A project like the one in the contract.
fn small() -> Project {
    Project::sfdx(&[
        (
            SETTINGS,
            security(
                "        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n        \
                 <sessionTimeout>TwoHours</sessionTimeout>\n",
            ),
        ),
        ("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "30")),
        ("force-app/b.profileSessionSetting-meta.xml", setting("PT1", "0")),
        ("force-app/ERP.connectedApp-meta.xml", APP.to_owned()),
    ])
}

fn sessions(project: &Project) -> Value {
    let ran = project.run(&["sessions", "--format", "json", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()
}

#[test]
fn sessions_json_is_the_contract() {
    let expected = json!({
        "version": 1,
        "org": { "minutes": 120, "forcedLogout": true, "path": SETTINGS, "line": 5 },
        "profiles": [
            {
                "profile": "Sales", "fullName": "Sales", "orgMinutes": 120, "profileMinutes": 30,
                "effectiveMinutes": 30, "shortestMinutes": 30,
                "decidedBy": { "level": "profile", "path": "force-app/a.profileSessionSetting-meta.xml", "line": 3 },
                "forcedLogout": true
            },
            {
                "profile": "System Administrator", "fullName": "PT1", "orgMinutes": 120, "profileMinutes": 120,
                "effectiveMinutes": 120, "shortestMinutes": 120,
                "decidedBy": { "level": "profile", "path": "force-app/b.profileSessionSetting-meta.xml", "line": 3 },
                "forcedLogout": true
            }
        ],
        "apps": [
            {
                "app": "ERP", "kind": "ConnectedApp", "integration": true, "tier": "likely",
                "reason": "it has no Web scope, which browsers need", "sessionMinutes": null,
                "accessTokenMinutes": 30, "refreshAtMinutes": 27, "renewal": "refresh-token",
                "refreshToken": "until-revoked"
            }
        ]
    });
    assert_eq!(sessions(&small()), expected);
}

#[test]
fn a_project_without_settings_says_unknown_and_why() {
    let project = Project::sfdx(&[("force-app/a.profileSessionSetting-meta.xml", setting("Sales", "30"))]);
    let answer = sessions(&project);
    assert_eq!(answer["org"], json!({ "minutes": null, "forcedLogout": null, "path": null, "line": null }));
    let profile = &answer["profiles"][0];
    assert_eq!(profile["effectiveMinutes"], 30, "a profile decides alone");
    assert_eq!(profile["shortestMinutes"], Value::Null, "the org may be shorter");
    let table = project.run(&["sessions"]).out;
    assert!(table.contains("not in the project, so its value is unknown (Salesforce ships 2 hours)"), "{table}");
}

#[test]
fn a_broken_settings_file_makes_the_org_unknown() {
    let project = small();
    project.put(SETTINGS, "<SecuritySettings>");
    let answer = sessions(&project);
    assert_eq!(answer["org"]["minutes"], Value::Null);
    assert!(project.run(&["sessions"]).out.contains("is broken, so the org's value is unknown"));
}

#[test]
fn of_several_settings_the_last_decides_and_that_is_said() {
    let project = small();
    let path = "force-app/z/Security.settings-meta.xml";
    project.put(path, security("        <sessionTimeout>EightHours</sessionTimeout>\n"));
    let answer = sessions(&project);
    assert_eq!((&answer["org"]["minutes"], &answer["org"]["path"]), (&json!(480), &json!(path)));
    assert_eq!(answer["org"]["forcedLogout"], true, "what the last file leaves out, the one before it says");
    assert!(project.run(&["sessions"]).out.contains("2 Security settings files; the last one decides"));
}

#[test]
fn the_table_names_the_level_the_line_and_what_is_stored() {
    let table = small().run(&["sessions"]).out;
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(
        line("Sales").contains("30 min") && line("Sales").contains("a.profileSessionSetting-meta.xml:3"),
        "{table}"
    );
    assert!(line("System Administrator").contains("2 h (stored 0)"), "{table}");
    assert!(line("ERP").contains("27 min") && line("ERP").contains("until-revoked"), "{table}");
    let csv = small().run(&["sessions", "--format", "csv"]).out;
    assert!(csv.contains("Profile,Sales,Sales,30,120,30,30,profile,"), "{csv}");
}

#[test]
fn diagnose_confirms_rules_out_and_says_what_no_file_shows() {
    let ran = small().run(&["diagnose", "--format", "json", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let ids: Vec<_> = answer["symptoms"].as_array().unwrap().iter().map(|symptom| symptom["id"].clone()).collect();
    assert_eq!(ids.len(), 6);
    let symptom =
        |id: &str| answer["symptoms"].as_array().unwrap().iter().find(|symptom| symptom["id"] == id).unwrap().clone();
    let minutes = symptom("logged-out-after-minutes");
    assert_eq!(minutes["causes"][0]["rule"], "session/profile-timeout-short");
    assert_eq!((&minutes["causes"][0]["line"], &minutes["causes"][0]["column"]), (&json!(3), &json!(21)));
    let against: Vec<_> = minutes["ruledOut"].as_array().unwrap().iter().map(|item| item["text"].clone()).collect();
    assert_eq!(against, [json!("the org gives 2 hours")]);
    let integration = symptom("integration-invalid-session");
    assert_eq!(integration["causes"], json!([]));
    let app = symptom("api-timeout-at-app-maximum");
    assert!(app["ruledOut"][0]["text"].as_str().unwrap().contains("no app in the project"), "{app}");
    for symptom in answer["symptoms"].as_array().unwrap() {
        assert!(!symptom["notVisible"].as_array().unwrap().is_empty(), "{symptom}");
    }
}

#[test]
fn a_symptom_is_found_by_its_words_and_refused_with_the_choice() {
    let ran = small().run(&["diagnose", "--symptom", "INVALID_SESSION_ID after two hours", "--format", "json"]);
    assert_eq!(ran.json()["symptoms"][0]["id"], "integration-invalid-session");
    let ran = small().run(&["diagnose", "--symptom", "slow"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("vpn-logged-out"), "{}", ran.err);
}
