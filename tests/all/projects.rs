//! Which projects a folder argument means, and what happens to names that are gone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;

const NAMESPACE: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

/// A project below `folder` whose org ends sessions after `minutes` words.
fn put(project: &Project, folder: &str, timeout: &str) {
    project.put(&format!("{folder}/sfdx-project.json"), r#"{"packageDirectories":[{"path":"force-app"}]}"#);
    let text = format!(
        "<SecuritySettings {NAMESPACE}>\n    <sessionSettings>\n        <sessionTimeout>{timeout}</sessionTimeout>\n    \
         </sessionSettings>\n</SecuritySettings>\n"
    );
    project.put(&format!("{folder}/force-app/settings/Security.settings-meta.xml"), text);
}

#[test]
fn the_one_project_below_a_folder_is_the_project() {
    let project = Project::of::<&[u8]>(&[]);
    put(&project, "crm/salesforce", "FifteenMinutes");
    // What lies beside it is not read, nor is a project in a hidden folder or in `node_modules`.
    project.put("backup/Sales.profile-meta.xml", format!("<Profile {NAMESPACE}/>"));
    put(&project, ".cache/old", "TwoHours");
    put(&project, "node_modules/tool/template", "TwoHours");
    let ran = project.run(&["check", ".", "--format", "json"]);
    assert_eq!(ran.json()["project"]["components"], 1);
    assert!(ran.places().iter().any(|it| it.contains("session/org-timeout-short")), "{ran:?}");
    assert!(ran.err.contains("the project is crm/salesforce"), "{}", ran.err);
    assert_eq!(project.run(&["sessions", ".", "--format", "json"]).json()["org"]["minutes"], 15);
}

#[test]
fn several_projects_are_answered_one_by_one_and_never_merged() {
    let project = Project::of::<&[u8]>(&[]);
    put(&project, "one", "FifteenMinutes");
    put(&project, "two", "TwelveHours");
    let setting = format!(
        "<ProfileSessionSetting {NAMESPACE}>\n    <profile>sales</profile>\n    <sessionTimeout>720</sessionTimeout>\n\
         </ProfileSessionSetting>\n"
    );
    project.put("two/force-app/a.profileSessionSetting-meta.xml", setting);
    project.put("two/sessionlint.toml", "ignore = [\"session/forced-logout\"]\n");
    let ran = project.run(&["check", ".", "--format", "concise"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("one/force-app/settings/Security.settings-meta.xml:3:25: error[session/org-timeout-short]")
    );
    // The profile of the second is as long as its own org's value, not longer than the first's.
    assert!(!ran.out.contains("profile-outlasts-org"), "{}", ran.out);
    for arguments in [
        &["check", ".", "--format", "json"][..],
        &["check", ".", "--fix"],
        &["sessions", "."],
        &["diagnose", "."],
        &["report", "."],
        &["query", "SELECT Name FROM Profile", "."],
    ] {
        let ran = project.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains("one") && ran.err.contains("two"), "{}", ran.err);
    }
}

#[test]
fn files_that_are_gone_are_a_warning_and_the_others_are_checked() {
    let project = Project::of::<&[u8]>(&[]);
    put(&project, "crm", "FifteenMinutes");
    let settings = "crm/force-app/settings/Security.settings-meta.xml";
    let gone = "crm/force-app/profiles/Left.profile-meta.xml";
    let ran = project.run(&["check", settings, gone, "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains(&format!("{gone} is gone")), "{}", ran.err);
    let ran = project.run(&["check", gone]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("is gone"));
    // A folder that is not there is a typing error.
    assert_eq!(project.run(&["check", "crm/fore-app"]).code, 2);
    let ran = project.run(&["check", "crm\\force-app"]);
    if !cfg!(windows) {
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("write crm/force-app"), "{}", ran.err);
    }
}
