//! Which projects a folder argument means, and what happens to retired names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::support::{Project, files, run_in, text, zip::zip};

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
    // A document describes one project, and neither fixes nor queries are about several.
    for arguments in [
        &["check", ".", "--format", "json"][..],
        &["check", ".", "--also", "sarif=all.sarif"],
        &["check", ".", "--format", "markdown"],
        &["check", ".", "--fix"],
        &["sessions", ".", "--format", "csv"],
        &["diagnose", ".", "--format", "json"],
        &["calendar", ".", "--format", "ics"],
        &["report", "."],
        &["query", "SELECT Name FROM Profile", "."],
        &["diff", "HEAD", "--project", "."],
    ] {
        let ran = project.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains("one") && ran.err.contains("two"), "{}", ran.err);
    }
    let ran = project.run(&["check", ".", "--format", "json"]);
    assert!(ran.err.contains("describes one: name one of them (--output DIR/"), "{}", ran.err);
    assert!(project.run(&["check", ".", "--also", "sarif=a"]).err.contains("--also sarif=DIR/"));
    assert!(project.run(&["report", "."]).err.contains("--output DIR/"));
    for (arguments, heading) in [
        (&["check", "."][..], "Project two\n"),
        (&["check", ".", "--statistics"], "Project two\n"),
        (&["sessions", "."], "Project two\n"),
        (&["sessions", ".", "--format", "markdown"], "# two\n"),
        (&["diagnose", "."], "Project two\n"),
        (&["diagnose", ".", "--format", "markdown"], "# two\n"),
        (&["calendar", ".", "--all"], "Project two\n"),
        (&["report", ".", "--format", "markdown"], "# Sessions and integrations of two\n"),
    ] {
        let ran = project.run(arguments);
        assert!(ran.code < 2, "{arguments:?}: {ran:?}");
        let (first, second) = (ran.out.find(&heading.replace("two", "one")), ran.out.find(heading));
        assert!(first.is_some() && first < second, "{arguments:?}: {}", ran.out);
    }
}

#[test]
fn a_file_beside_projects_has_none_of_their_facts() {
    let project = Project::of::<&[u8]>(&[]);
    put(&project, "crm", "FifteenMinutes");
    let setting = format!(
        "<ProfileSessionSetting {NAMESPACE}>\n    <profile>sales</profile>\n    <sessionTimeout>30</sessionTimeout>\n\
         </ProfileSessionSetting>\n"
    );
    project.put("crm/force-app/a.profileSessionSetting-meta.xml", setting.replace("30", "60"));
    // A project file without a package directory is a template, and what is beside it belongs to the folder.
    project.put("template/sfdx-project.json", r#"{"packageDirectories":[{"path":"force-app"}]}"#);
    project.put("template/Guest.profile-meta.xml", format!("<Profile {NAMESPACE}/>"));
    project.put("b.profileSessionSetting-meta.xml", setting);
    let ran = project.run(&["check", "b.profileSessionSetting-meta.xml", "--format", "json"]);
    assert_eq!(ran.json()["project"]["components"], 2, "{ran:?}");
    assert!(!ran.out.contains("duplicate-session-setting"), "{}", ran.out);
}

#[test]
fn what_goes_wrong_with_one_project_leaves_the_others_their_answer() {
    let project = Project::of::<&[u8]>(&[]);
    put(&project, "one", "FifteenMinutes");
    put(&project, "two", "FifteenMinutes");
    project.put("one/sessionlint.toml", "preset = \"none\"\n");
    for command in ["check", "sessions", "diagnose"] {
        let ran = project.run(&[command, "."]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("error: one: ") && ran.out.contains("Project two"), "{ran:?}");
    }
    // An error of all of them is reported once.
    let ran = project.run(&["check", ".", "--no-project-config", "--select", "nothing/such"]);
    assert_eq!((ran.code, ran.err.matches("there is no rule").count()), (2, 1), "{ran:?}");
}

#[test]
fn documents_about_several_projects_go_into_a_folder() {
    let project = Project::of::<&[u8]>(&[]);
    for folder in ["a/crm", "a--crm", "hr"] {
        put(&project, folder, "FifteenMinutes");
    }
    let also: Vec<String> =
        ["sarif", "json", "gitlab", "junit", "markdown"].iter().map(|format| format!("{format}=out/")).collect();
    let mut arguments = vec!["check", ".", "--format", "concise"];
    arguments.extend(also.iter().flat_map(|also| ["--also", also.as_str()]));
    let ran = project.run(&arguments);
    assert_eq!(ran.code, 1, "{ran:?}");
    let written = files(&project.at("out"));
    assert_eq!(written.len(), 15, "{:?}", written.keys());
    for name in ["a--crm.sarif", "hr.sarif", "hr.json", "hr.gitlab.json", "hr.junit.xml", "hr.md"] {
        assert!(written.contains_key(name), "{name}: {:?}", written.keys());
    }
    let sarif = written.iter().filter(|(name, _)| name.contains(".sarif"));
    let id = |(_, bytes): (&String, &Vec<u8>)| {
        let log: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        text(&log["runs"][0]["automationDetails"]["id"]).to_owned()
    };
    let mut ids: Vec<String> = sarif.map(id).collect();
    ids.sort();
    assert_eq!(ids, ["sessionlint/a--crm/", "sessionlint/a/crm/", "sessionlint/hr/"]);
    // A project alone is called the same in its work tree, wherever the run starts.
    fs::create_dir(project.at(".git")).unwrap();
    let alone = run_in(&project.at("a/crm"), &["check", ".", "--format", "sarif"]);
    assert_eq!(alone.json()["runs"][0]["automationDetails"]["id"], "sessionlint/a/crm/");
    // A folder that is there needs no slash; the same again gives the same.
    assert_eq!(project.run(&["check", ".", "--format", "sarif", "--output", "out"]).code, 1);
    assert_eq!(files(&project.at("out")), written);
    for (arguments, file) in [
        (&["sessions", ".", "--format", "csv", "--output", "more/"][..], "more/hr.csv"),
        (&["diagnose", ".", "--format", "json", "--output", "more/"], "more/hr.json"),
        (&["report", ".", "--output", "more/"], "more/hr.html"),
        (&["calendar", ".", "--format", "ics", "--output", "more/"], "more/hr.ics"),
        (&["sessions", "hr", "--output", "more/"], "more/hr.txt"),
    ] {
        let ran = project.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
        assert!(project.at(file).is_file(), "{file}");
    }
    let twice = project.run(&["check", ".", "--also", "json=out/", "--also", "json=./out/"]);
    assert!(twice.code == 2 && twice.err.contains("two reports"), "{twice:?}");
    let file = project.run(&["check", ".", "--also", "json=hr/sfdx-project.json/"]);
    assert_eq!(file.code, 2, "{file:?}");
}

#[test]
fn projects_in_a_zip_are_what_they_are_in_a_folder() {
    let settings = |timeout: &str| {
        format!(
            "<SecuritySettings {NAMESPACE}>\n    <sessionSettings>\n        <sessionTimeout>{timeout}</sessionTimeout>\n    \
             </sessionSettings>\n</SecuritySettings>\n"
        )
    };
    let (short, long) = (settings("FifteenMinutes"), settings("TwelveHours"));
    let file = r#"{"packageDirectories":[{"path":"force-app"}]}"#;
    let of = |name: &str| (format!("{name}/sfdx-project.json"), format!("{name}/force-app/Security.settings-meta.xml"));
    let ((one, one_settings), (two, two_settings)) = (of("one"), of("x/two"));
    let project = Project::of(&[
        (
            "both.zip",
            zip(&[
                (one.as_str(), file),
                (&one_settings, &short),
                (&two, file),
                (&two_settings, &short),
                ("x/two/sessionlint.toml", "ignore = [\"session/org-timeout-short\"]\n"),
                // A template: its package directory does not exist.
                ("template/sfdx-project.json", file),
            ]),
        ),
        ("single.zip", zip(&[(two.as_str(), file), (&two_settings, &short), ("backup/Security.settings", &long)])),
    ]);
    let ran = project.run(&["check", "both.zip", "--format", "concise"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.out.matches("session/org-timeout-short]").count(), 1, "{}", ran.out);
    assert!(ran.out.contains("both.zip/one/force-app/Security.settings-meta.xml:3:25"), "{}", ran.out);
    assert_eq!(project.run(&["query", "SELECT Name FROM Profile", "both.zip"]).code, 2);
    assert_eq!(project.run(&["check", "both.zip", "--format", "sarif", "--output", "out/"]).code, 1);
    let names: Vec<String> = files(&project.at("out")).into_keys().collect();
    assert_eq!(names, ["both.zip--one.sarif", "both.zip--x--two.sarif"]);
    let ran = project.run(&["sessions", "single.zip", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["org"]["minutes"]), (0, &15.into()), "{ran:?}");
    assert!(ran.err.contains("the project is x/two"), "{}", ran.err);
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
    assert_eq!(project.run(&["check", "--quiet", gone]).err, "");
    // A folder that is not there is a typing error.
    assert_eq!(project.run(&["check", "crm/fore-app"]).code, 2);
    let ran = project.run(&["check", "crm\\force-app"]);
    if !cfg!(windows) {
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("write crm/force-app"), "{}", ran.err);
    }
}
