//! Which project is meant, which files are read and shown, and that the same project always gives the same result.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its project fails, wherever that happens")]

use crate::support;
use std::fs;

use crate::support::{Project, Ran, SFDX, files, profile, security, session_setting, short_app, text, zip::zip};
use serde_json::{Value, json};

const ORG_SHORT: &str = "session/org-timeout-short";
const PROFILE_SHORT: &str = "session/profile-timeout-short";
const APP_TIMEOUT: &str = "oauth/app-timeout-set";
/// The three rules that these tests speak of.
const ASKED: &[&str] =
    &["--select", "session/org-timeout-short,session/profile-timeout-short,oauth/app-timeout-set,metadata"];

fn check(project: &Project, arguments: &[&str]) -> Ran {
    project.check(&[ASKED, arguments].concat())
}

fn concise(project: &Project, arguments: &[&str]) -> Ran {
    project.run(&[&["check", "--format", "concise"], ASKED, arguments].concat())
}

fn short_setting(profile: &str) -> String {
    session_setting(&format!("<profile>{profile}</profile>"), "30")
}

/// `path:line:column rule` of the finding that Security settings of 15 minutes give.
fn org_finding(path: &str) -> String {
    format!("{path}:4:25 {ORG_SHORT}")
}

/// The same for a profile's setting of 30 minutes.
fn setting_finding(path: &str) -> String {
    format!("{path}:4:21 {PROFILE_SHORT}")
}

/// The same for an app with a timeout of its own.
fn app_finding(path: &str) -> String {
    format!("{path}:10:25 {APP_TIMEOUT}")
}

fn root_of(ran: &Ran) -> String {
    text(&ran.json()["project"]["root"]).to_owned()
}

/// A project with one finding in each of three folders.
fn three_folders() -> Project {
    Project::sfdx(&[
        ("force-app/connectedApps/ERP.connectedApp-meta.xml", short_app("ERP")),
        ("force-app/profileSessionSettings/a.profileSessionSetting-meta.xml", short_setting("Sales")),
        ("force-app/settings/Security.settings-meta.xml", security("FifteenMinutes")),
    ])
}

fn findings_of_three_folders() -> [String; 3] {
    [
        app_finding("force-app/connectedApps/ERP.connectedApp-meta.xml"),
        setting_finding("force-app/profileSessionSettings/a.profileSessionSetting-meta.xml"),
        org_finding("force-app/settings/Security.settings-meta.xml"),
    ]
}

mod folders {
    use super::*;

    #[test]
    fn a_folder_with_a_project_file_is_the_root() {
        let project = three_folders();
        for arguments in [&[] as &[&str], &["."], &["./"], &["force-app/.."]] {
            let ran = check(&project, arguments);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert_eq!(ran.places(), findings_of_three_folders());
            assert_eq!(root_of(&ran), project.root().display().to_string());
            assert_eq!(ran.json()["project"]["files"], 3);
            assert_eq!(ran.json()["project"]["components"], 3);
            assert_eq!(ran.err, "");
        }
    }

    #[test]
    fn an_absolute_path_means_the_same() {
        let project = three_folders();
        let elsewhere = tempfile::tempdir().unwrap();
        let root = project.root().display().to_string();
        let arguments = [&["check", "--format", "json"], ASKED, &[root.as_str()]].concat();
        let ran = support::run_in(elsewhere.path(), &arguments);
        assert_eq!(ran.places(), findings_of_three_folders());
    }

    #[test]
    fn a_folder_with_a_manifest_is_the_root() {
        let project = Project::of(&[
            ("src/package.xml", "<Package/>".to_owned()),
            ("src/settings/Security.settings", security("FifteenMinutes")),
            ("other/settings/Security.settings", security("FifteenMinutes")),
        ]);
        let ran = check(&project, &["src"]);
        assert_eq!(ran.places(), [org_finding("settings/Security.settings")]);
        assert_eq!(root_of(&ran), project.at("src").display().to_string());
    }

    #[test]
    fn a_folder_below_a_manifest_belongs_to_its_project() {
        let project = Project::of(&[
            ("package.xml", "<Package/>".to_owned()),
            ("profileSessionSettings/a.profileSessionSetting", short_setting("Sales")),
            ("settings/Security.settings", security("FifteenMinutes")),
        ]);
        let ran = check(&project, &["settings"]);
        assert_eq!(ran.places(), [org_finding("settings/Security.settings")]);
        assert_eq!(ran.json()["project"]["files"], 2);
    }

    #[test]
    fn a_manifest_inside_a_package_directory_makes_a_root() {
        let project = three_folders();
        project.put("force-app/unpackaged/package.xml", "<Package/>");
        project.put("force-app/unpackaged/settings/Security.settings", security("FifteenMinutes"));
        let ran = check(&project, &["force-app/unpackaged"]);
        assert_eq!(ran.places(), [org_finding("settings/Security.settings")]);
        assert_eq!(root_of(&ran), project.at("force-app/unpackaged").display().to_string());
    }

    #[test]
    fn a_folder_in_a_package_directory_shows_its_part_of_the_project() {
        let project = three_folders();
        let ran = check(&project, &["force-app/profileSessionSettings/"]);
        assert_eq!(ran.places(), findings_of_three_folders()[1..2]);
        // The whole project was read: the org's line explains the profile's.
        assert_eq!(ran.json()["project"]["files"], 3);
        assert_eq!(ran.findings()[0]["related"][0]["path"], "force-app/settings/Security.settings-meta.xml");
        assert_eq!(root_of(&ran), project.root().display().to_string());
        assert_eq!(ran.json()["summary"]["error"], 1);
        assert_eq!(check(&project, &["force-app"]).places(), findings_of_three_folders());
    }

    #[test]
    fn a_folder_is_not_another_whose_name_it_begins() {
        let project = three_folders();
        project.put("force-app/settings2/Security.settings-meta.xml", security("FifteenMinutes"));
        assert_eq!(check(&project, &["force-app/settings"]).places(), findings_of_three_folders()[2..]);
    }

    #[test]
    fn several_folders_of_one_project_are_shown_together() {
        let project = three_folders();
        let ran = check(&project, &["force-app/settings", "force-app/connectedApps"]);
        let [app, _, org] = findings_of_three_folders();
        assert_eq!(ran.places(), [app, org]);
    }

    #[test]
    fn a_folder_outside_every_package_directory_is_its_own_root() {
        let project = three_folders();
        project.put("docs/org/Security.settings-meta.xml", security("FifteenMinutes"));
        for (argument, path) in [("docs", "org/Security.settings-meta.xml"), ("docs/org", "Security.settings-meta.xml")]
        {
            let ran = check(&project, &[argument]);
            assert_eq!(ran.places(), [org_finding(path)]);
            assert_eq!(root_of(&ran), project.at(argument).display().to_string());
        }
    }

    #[test]
    fn a_folder_without_any_project_is_its_own_root() {
        let project = Project::of(&[("a/b/Security.settings", security("FifteenMinutes"))]);
        assert_eq!(check(&project, &[]).places(), [org_finding("a/b/Security.settings")]);
        assert_eq!(check(&project, &["a"]).places(), [org_finding("b/Security.settings")]);
    }

    #[test]
    fn a_query_reads_the_whole_project_of_a_folder() {
        let project = three_folders();
        let ran = project.run(&["query", "SELECT Files FROM Project", "force-app/settings", "--format", "json"]);
        assert_eq!(ran.json(), json!([{ "Files": 3 }]));
    }
}

mod files {
    use super::*;

    #[test]
    fn a_file_shows_its_own_findings() {
        let project = three_folders();
        let path = "force-app/connectedApps/ERP.connectedApp-meta.xml";
        let ran = check(&project, &[path]);
        assert_eq!((ran.code, ran.places()), (1, vec![app_finding(path)]));
        assert_eq!(ran.json()["project"]["files"], 3);
        assert_eq!(root_of(&ran), project.root().display().to_string());
    }

    #[test]
    fn a_file_shows_findings_that_point_at_it() {
        let project = three_folders();
        let ran = check(&project, &["force-app/settings/Security.settings-meta.xml"]);
        let [_, setting, org] = findings_of_three_folders();
        assert_eq!(ran.places(), [setting, org]);
        assert_eq!(ran.findings()[0]["related"][0]["path"], "force-app/settings/Security.settings-meta.xml");
        assert_eq!(ran.findings()[0]["related"][0]["start"], json!({ "line": 4, "column": 25, "offset": 152 }));
    }

    #[test]
    fn several_files_show_the_findings_of_each() {
        let project = three_folders();
        let ran = check(
            &project,
            &[
                "force-app/profileSessionSettings/a.profileSessionSetting-meta.xml",
                "force-app/connectedApps/ERP.connectedApp-meta.xml",
                "README.md",
            ]
            .map(|path| {
                if path == "README.md" {
                    project.put(path, "");
                }
                path
            }),
        );
        assert_eq!(ran.places(), findings_of_three_folders()[..2]);
    }

    #[test]
    fn files_that_change_what_is_read_show_everything() {
        for path in ["sfdx-project.json", ".forceignore", "sessionlint.toml"] {
            let project = three_folders();
            if path != SFDX.0 {
                project.put(path, "");
            }
            let ran = check(&project, &[path]);
            assert_eq!((ran.code, ran.places()), (1, findings_of_three_folders().to_vec()), "{path}: {ran:?}");
            let ran = check(&project, &["force-app/connectedApps/ERP.connectedApp-meta.xml", path]);
            assert_eq!(ran.places(), findings_of_three_folders(), "{path}");
        }
    }

    #[test]
    fn files_of_which_none_concerns_us_are_no_failure() {
        let project = three_folders();
        project.put("force-app/classes/A.cls-meta.xml", "");
        project.put("force-app/layouts/A.layout-meta.xml", "");
        project.put("README.md", "");
        let paths = ["README.md", "force-app/classes/A.cls-meta.xml", "force-app/layouts/A.layout-meta.xml"];
        let ran = check(&project, &paths);
        assert_eq!((ran.code, ran.findings().len()), (0, 0), "{ran:?}");
        assert_eq!(ran.json()["version"], 1);
        for key in ["error", "warning", "note", "suppressed", "baselined", "rules", "rulesOfProject"] {
            assert_eq!(ran.json()["summary"][key], 0, "{key}");
        }
        let ran = concise(&project, &paths);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.err, "none of the given files holds session metadata\n");
    }

    #[test]
    fn files_that_are_named_like_metadata_and_are_none_are_no_failure() {
        let project = Project::sfdx(&[
            ("force-app/staticresources/x/Sales.profile", profile()),
            ("force-app/lwc/x/Security.settings-meta.xml", security("FifteenMinutes")),
            ("docs/Security.settings-meta.xml", security("FifteenMinutes")),
        ]);
        for path in ["force-app/staticresources/x/Sales.profile", "force-app/lwc/x/Security.settings-meta.xml"] {
            let ran = check(&project, &[path]);
            assert_eq!((ran.code, ran.findings().len()), (0, 0), "{path}: {ran:?}");
        }
        // Outside the package directories, in a project that holds nothing else.
        let ran = check(&project, &["docs/Security.settings-meta.xml"]);
        assert_eq!((ran.code, ran.findings().len()), (0, 0), "{ran:?}");
    }

    #[test]
    fn a_hidden_file_shows_nothing_and_is_reported() {
        let project = three_folders();
        project.put(".forceignore", "**/settings/**\n");
        let ran = concise(&project, &["force-app/settings/Security.settings-meta.xml"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.starts_with("no findings; ") && ran.out.lines().count() == 1, "{ran:?}");
        assert!(ran.err.contains(".forceignore hides 1 file"), "{ran:?}");
    }

    #[test]
    fn the_root_of_a_file_is_the_nearest_project_file() {
        let project = three_folders();
        project.put("force-app/settings/package.xml", "<Package/>");
        let ran = check(&project, &["force-app/settings/Security.settings-meta.xml"]);
        assert_eq!(root_of(&ran), project.root().display().to_string());
    }

    #[test]
    fn else_the_nearest_manifest() {
        let project = Project::of(&[
            ("src/package.xml", "<Package/>".to_owned()),
            ("src/settings/Security.settings", security("FifteenMinutes")),
        ]);
        fs::create_dir(project.at(".git")).unwrap();
        let ran = check(&project, &["src/settings/Security.settings"]);
        assert_eq!(root_of(&ran), project.at("src").display().to_string());
        assert_eq!(ran.places(), [org_finding("settings/Security.settings")]);
    }

    #[test]
    fn else_the_top_of_the_work_tree() {
        let project = Project::of(&[("top/src/settings/Security.settings", security("FifteenMinutes"))]);
        fs::create_dir(project.at("top/.git")).unwrap();
        let ran = check(&project, &["top/src/settings/Security.settings"]);
        assert_eq!(root_of(&ran), project.at("top").display().to_string());
        assert_eq!(ran.places(), [org_finding("src/settings/Security.settings")]);
    }

    #[test]
    fn else_the_current_folder() {
        let project = Project::of(&[("src/settings/Security.settings", security("FifteenMinutes"))]);
        let ran = check(&project, &["src/settings/Security.settings"]);
        assert_eq!(root_of(&ran), project.root().display().to_string());
        assert_eq!(ran.places(), [org_finding("src/settings/Security.settings")]);
    }
}

mod several_roots {
    use super::*;

    fn two() -> Project {
        Project::of(&[
            ("a/sfdx-project.json", SFDX.1.to_owned()),
            ("a/force-app/Security.settings-meta.xml", security("FifteenMinutes")),
            ("b/sfdx-project.json", SFDX.1.to_owned()),
            ("b/force-app/s.profileSessionSetting-meta.xml", short_setting("Sales")),
        ])
    }

    #[test]
    fn json_describes_one_and_refuses_more() {
        let project = two();
        let files = ["b/force-app/s.profileSessionSetting-meta.xml", "a/force-app/Security.settings-meta.xml"];
        for arguments in [["a", "b"], files] {
            let ran = check(&project, &arguments);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
            for root in ["a", "b"] {
                assert!(ran.err.contains(&project.at(root).display().to_string()), "{ran:?}");
            }
        }
    }

    #[test]
    fn the_concise_format_puts_one_after_the_other() {
        let project = two();
        let ran = concise(&project, &["b", "a", "--quiet"]);
        assert_eq!(ran.code, 1);
        let starts: Vec<&str> = ran.out.lines().map(|line| line.split_once(' ').unwrap().0).collect();
        assert_eq!(
            starts,
            ["b/force-app/s.profileSessionSetting-meta.xml:4:21:", "a/force-app/Security.settings-meta.xml:4:25:"]
        );
        let file = concise(&project, &["b/force-app/s.profileSessionSetting-meta.xml", "a", "--quiet"]);
        assert_eq!(file.out, ran.out);
    }

    #[test]
    fn the_human_format_puts_one_after_the_other() {
        let project = two();
        let ran = project.run(&[&["check"], ASKED, &["a", "b"]].concat());
        assert_eq!(ran.code, 1);
        let first = ran.out.find("a/force-app/Security.settings-meta.xml").unwrap();
        let second = ran.out.find("b/force-app/s.profileSessionSetting-meta.xml").unwrap();
        assert!(first < second, "{}", ran.out);
    }

    #[test]
    fn two_arguments_of_one_project_are_one_run() {
        let project = two();
        let ran = check(&project, &["a", "a/force-app"]);
        assert_eq!(ran.places(), [org_finding("force-app/Security.settings-meta.xml")]);
    }
}

mod package_directories {
    use super::*;

    /// A project of these package directories, each with Security settings of another value.
    fn packages(named: &[&str], settings: &[(&str, &str)]) -> Project {
        let list: Vec<Value> = named.iter().map(|path| json!({ "path": path })).collect();
        let project = Project::of(&[(SFDX.0, json!({ "packageDirectories": list }).to_string())]);
        for (folder, timeout) in settings {
            project.put(&format!("{folder}/Security.settings-meta.xml"), security(timeout));
        }
        project
    }

    fn values(project: &Project) -> Vec<Value> {
        project.column("SELECT sessionSettings.sessionTimeout FROM SecuritySettings")
    }

    fn org_minutes(project: &Project) -> Value {
        project.column("SELECT OrgMinutes FROM SecuritySettings").pop().unwrap()
    }

    #[test]
    fn the_project_file_gives_the_order() {
        let settings = [("core", "TwoHours"), ("apps", "EightHours")];
        let project = packages(&["core", "apps"], &settings);
        assert_eq!(
            (values(&project), org_minutes(&project)),
            (vec!["TwoHours".into(), "EightHours".into()], 480.into())
        );
        let project = packages(&["apps", "core"], &settings);
        assert_eq!(
            (values(&project), org_minutes(&project)),
            (vec!["EightHours".into(), "TwoHours".into()], 120.into())
        );
    }

    #[test]
    fn where_they_nest_a_file_belongs_to_the_innermost() {
        let settings = [("a", "TwoHours"), ("a/b", "EightHours")];
        let project = packages(&["a/b", "a"], &settings);
        assert_eq!((values(&project).len(), org_minutes(&project)), (2, 120.into()));
        let project = packages(&["a", "a/b"], &settings);
        assert_eq!((values(&project).len(), org_minutes(&project)), (2, 480.into()));
        let settings = [("a", "TwoHours"), ("a/b", "EightHours"), ("c", "FourHours")];
        let project = packages(&["a", "c", "a/b"], &settings);
        assert_eq!(values(&project), ["TwoHours", "FourHours", "EightHours"]);
        assert_eq!(org_minutes(&project), 480);
    }

    #[test]
    fn they_may_be_written_in_several_ways() {
        for written in
            ["force-app", "./force-app", "force-app/", "./force-app/./", "x/../force-app", "force-app\\main\\.."]
        {
            let project = packages(&[written], &[("force-app", "FifteenMinutes"), ("elsewhere", "TwoHours")]);
            let ran = check(&project, &[]);
            assert_eq!(ran.places(), [org_finding("force-app/Security.settings-meta.xml")], "{written}: {ran:?}");
        }
    }

    #[test]
    fn the_same_one_twice_is_read_once() {
        let project = packages(&["force-app", "./force-app/"], &[("force-app", "FifteenMinutes")]);
        assert_eq!(check(&project, &[]).places().len(), 1);
    }

    #[test]
    fn the_root_may_be_one() {
        let project = packages(&["."], &[("anything", "FifteenMinutes")]);
        assert_eq!(check(&project, &[]).places(), [org_finding("anything/Security.settings-meta.xml")]);
    }

    #[test]
    fn a_missing_one_is_reported_and_the_others_are_read() {
        let project = packages(&["nowhere", "force-app"], &[("force-app", "FifteenMinutes")]);
        let ran = check(&project, &[]);
        assert_eq!((ran.code, ran.places().len()), (1, 1), "{ran:?}");
        assert_eq!(ran.err, "warning: sfdx-project.json names the package directory `nowhere`, which does not exist\n");
    }

    #[test]
    fn several_missing_ones_are_reported_once() {
        let project = packages(&["nowhere", "never", "force-app", "gone"], &[("force-app", "FifteenMinutes")]);
        let text = "sfdx-project.json names the package directory `nowhere`, which does not exist (2 more like it)";
        assert_eq!(check(&project, &[]).err, format!("warning: {text}\n"));
        // One that is refused is none of them.
        let project = packages(&["nowhere", "../elsewhere", "force-app", "gone"], &[("force-app", "FifteenMinutes")]);
        let err = check(&project, &[]).err;
        assert!(err.contains("`nowhere`, which does not exist (1 more like it)\n"), "{err}");
        assert_eq!(err.lines().count(), 2, "{err}");
    }

    #[test]
    fn one_outside_the_project_is_not_read() {
        let project = packages(&["../elsewhere", "force-app"], &[("force-app", "FifteenMinutes")]);
        let ran = check(&project, &[]);
        assert_eq!((ran.code, ran.places().len()), (1, 1), "{ran:?}");
        assert!(ran.err.starts_with("warning: ") && ran.err.contains("`../elsewhere`"), "{ran:?}");
    }

    #[test]
    fn where_all_are_missing_nothing_is_recognised() {
        let project = packages(&["nowhere"], &[("elsewhere", "FifteenMinutes")]);
        let ran = check(&project, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
        assert!(ran.err.contains("`nowhere`, which does not exist"), "{ran:?}");
        assert!(ran.err.contains("elsewhere/Security.settings-meta.xml"), "{ran:?}");
    }

    #[test]
    fn what_lies_outside_is_counted_and_reported() {
        let settings = [("force-app", "FifteenMinutes"), ("old", "FifteenMinutes"), ("mdapi/settings", "TwoHours")];
        let project = packages(&["force-app"], &settings);
        let ran = check(&project, &[]);
        assert_eq!(ran.places(), [org_finding("force-app/Security.settings-meta.xml")]);
        assert_eq!(
            ran.err,
            "warning: 2 files of session metadata outside the package directories, not read (the first is \
             mdapi/settings/Security.settings-meta.xml)\n"
        );
        assert_eq!(project.column("SELECT Outside FROM Project"), [2]);
    }

    #[test]
    fn several_security_settings_the_last_path_decides() {
        let settings = [("p", "FourHours"), ("p/B", "TwoHours"), ("p/A-", "TwelveHours"), ("p/A/z", "EightHours")];
        let project = packages(&["p"], &settings);
        // A folder's files come before its subfolders, and names are compared one by one: `A` before `A-`.
        assert_eq!(values(&project), ["FourHours", "EightHours", "TwelveHours", "TwoHours"]);
        assert_eq!(project.column("SELECT OrgMinutes FROM SecuritySettings"), [120; 4]);
    }

    #[test]
    fn of_two_settings_of_a_profile_the_last_decides() {
        let project = Project::sfdx(&[
            ("force-app/b.profileSessionSetting-meta.xml", session_setting("<profile>Sales</profile>", "240")),
            ("force-app/a.profileSessionSetting-meta.xml", session_setting("<profile>sales</profile>", "480")),
        ]);
        assert_eq!(project.column("SELECT SessionTimeoutInMinutes FROM Profile"), [240]);
    }
}

mod recognition {
    use super::*;

    #[test]
    fn both_forms_of_a_name() {
        let project = Project::sfdx(&[
            ("force-app/A.profile", profile()),
            ("force-app/B.profile-meta.xml", profile()),
            ("force-app/anywhere/C.PROFILE-META.XML", profile()),
            ("force-app/D.profile-meta.xml.bak", profile()),
            ("force-app/profiles/E.xml", profile()),
            ("force-app/.profile", profile()),
        ]);
        assert_eq!(project.column("SELECT Name FROM Profile"), ["A", "B", "C", "D"], "a backup counts");
    }

    #[test]
    fn a_backup_that_is_named_is_checked() {
        let backup = "force-app/settings/Security.settings-meta.xml.orig";
        let project = Project::sfdx(&[(backup, security("FifteenMinutes"))]);
        let ran = project.check(&[backup]);
        assert!(ran.findings().iter().any(|it| it["rule"] == "metadata/backup-is-deployed"), "{ran:?}");
        let other = Project::of(&[("package.xml", "<Package/>"), ("settings/Security.settings-meta.xml.orig", "")]);
        let ran = other.run(&["check", "settings/Security.settings-meta.xml.orig"]);
        assert_eq!(ran.err, "none of the given files holds session metadata\n", "{ran:?}");
    }

    #[test]
    fn a_backup_that_is_not_deployed_is_not_missed() {
        let project = Project::sfdx(&[
            (".forceignore", "**/*.bak\n".to_owned()),
            ("force-app/A.profile-meta.xml", profile()),
            ("force-app/B.profile-meta.xml.bak", profile()),
            ("old/C.profile-meta.xml.orig", profile()),
        ]);
        assert_eq!(project.column("SELECT Name FROM Profile"), ["A"]);
        assert_eq!(project.column("SELECT Hidden FROM Project"), [0]);
        assert_eq!(project.column("SELECT Outside FROM Project"), [0]);
    }

    #[test]
    fn the_name_of_a_component_is_the_stem_undecoded() {
        let project = Project::sfdx(&[
            ("force-app/Head %E2%80%93 CP.profile-meta.xml", profile()),
            ("force-app/v1.2 x.connectedApp-meta.xml", short_app("v")),
        ]);
        assert_eq!(project.column("SELECT Name FROM Component"), ["Head %E2%80%93 CP", "v1.2 x"]);
    }

    #[test]
    fn folders_of_other_things_are_not_read() {
        let folders =
            ["lwc/x", "aura/x", "staticresources/x", "node_modules/x", ".hidden", ".sfdx/orgs", "a/b/node_modules"];
        let project = Project::sfdx(&[("force-app/profiles/A.profile", profile())]);
        for folder in folders {
            project.put(&format!("force-app/{folder}/Security.settings-meta.xml"), security("FifteenMinutes"));
            project.put(&format!("{folder}/Security.settings-meta.xml"), "<");
        }
        let ran = check(&project, &[]);
        assert_eq!((ran.code, ran.findings().len(), ran.err.as_str()), (0, 0, ""), "{ran:?}");
        assert_eq!(project.column("SELECT Files FROM Project"), [1]);
    }

    #[test]
    fn only_other_metadata_is_no_failure() {
        let project = Project::sfdx(&[
            ("force-app/classes/A.cls", ""),
            ("force-app/classes/A.cls-meta.xml", "<ApexClass/>"),
            ("force-app/layouts/A.layout-meta.xml", "<Layout/>"),
        ]);
        let ran = concise(&project, &[]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.starts_with("no findings; ") && ran.out.lines().count() == 1, "{ran:?}");
        assert_eq!(ran.err, format!("warning: nothing in {} holds session metadata\n", project.root().display()));
        assert_eq!(check(&project, &[]).findings().len(), 0);
    }

    #[test]
    fn nothing_recognised_is_wrong_usage() {
        let project = Project::sfdx(&[("force-app/README.md", ""), ("force-app/a.xml", "<a/>")]);
        for arguments in [&["check"] as &[&str], &["query", "SELECT Name FROM Profile"]] {
            let ran = project.run(arguments);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
            assert!(ran.err.contains("looked for files such as Security.settings-meta.xml"), "{ran:?}");
            assert!(ran.err.contains(&project.root().display().to_string()), "{ran:?}");
        }
    }
}

mod forceignore {
    use super::*;

    const ORG: &str = "force-app/main/settings/Security.settings-meta.xml";
    const SETTING: &str = "force-app/main/profileSessionSettings/Sales.profileSessionSetting-meta.xml";

    /// The files that remain with this `.forceignore`, and the messages.
    fn left_by(patterns: &str) -> (Vec<Value>, String, Value) {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes")), (SETTING, short_setting("Sales"))]);
        project.put(".forceignore", patterns);
        let ran = check(&project, &[]);
        let mut paths: Vec<Value> = ran.findings().iter().map(|finding| finding["path"].clone()).collect();
        // A note of its own reports hidden files.
        let at_note = paths.iter().position(|path| path == ".forceignore");
        assert_eq!(at_note.is_some(), ran.json()["project"]["hidden"] != 0, "{patterns:?}");
        let left = at_note.map_or(paths.clone(), |at| {
            paths.remove(at);
            paths
        });
        (left, ran.err.clone(), ran.json()["project"]["hidden"].clone())
    }

    fn assert_hides(patterns: &str, hidden: &str) {
        let (left, err, count) = left_by(patterns);
        let other = if hidden == ORG { SETTING } else { ORG };
        assert_eq!(left, [other], "{patterns:?}");
        assert_eq!(count, 1);
        let warning = format!(
            "warning: .forceignore hides 1 file of session metadata (the first is {hidden}): not \
             checked\n"
        );
        assert_eq!(err, warning, "{patterns:?}");
    }

    fn assert_hides_nothing(patterns: &str) {
        let (left, err, count) = left_by(patterns);
        assert_eq!((left, err.as_str(), count), (vec![SETTING.into(), ORG.into()], "", 0.into()), "{patterns:?}");
    }

    #[test]
    fn patterns_of_gitignore() {
        for patterns in [
            "**/settings/**",
            "settings",
            "settings/",
            "Security.settings-meta.xml",
            "*.settings-meta.xml",
            "force-app/main/settings",
            "/force-app/main/settings/*",
            "force-app/**/Security*",
            "# comment\n\n  \n*.settings-meta.xml\n",
            "*.settings-meta.xm[l]",
            "Securit?.settings-meta.xml",
        ] {
            assert_hides(patterns, ORG);
        }
    }

    #[test]
    fn patterns_that_match_nothing_here() {
        for patterns in
            ["", "#*.settings-meta.xml", "/settings", "main/settings", "force-app/settings/*", "settings/*.x"]
        {
            assert_hides_nothing(patterns);
        }
    }

    #[test]
    fn case_does_not_matter() {
        assert_hides("FORCE-APP/Main/SETTINGS/security.Settings-Meta.XML", ORG);
        assert_hides("**/sales.*", SETTING);
    }

    #[test]
    fn a_line_that_hides_nothing_as_written_is_a_note() {
        let lines = ["force-app\\main\\settings\\**", "./force-app/main/settings", "settings # noisy", "{settings,x}"];
        for line in lines {
            let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
            project.put(".forceignore", format!("# lines\n{line}\n"));
            let ran = check(&project, &[]);
            let dead = ".forceignore:2:1 metadata/forceignore-pattern-dead".to_owned();
            assert_eq!(ran.places(), [org_finding(ORG), dead], "{line}");
        }
    }

    #[test]
    fn lines_may_end_with_cr_and_lf_and_start_with_a_mark() {
        assert_hides("**/settings/**\r\n# end\r\n", ORG);
        assert_hides("\u{FEFF}**/settings/**\n", ORG);
    }

    #[test]
    fn a_later_line_takes_back() {
        assert_hides("**/*-meta.xml\n!**/Sales.*\n", ORG);
        assert_hides_nothing("**/settings/*\n!**/Security.*\n");
        assert_hides("!**/Security.*\n**/settings/*\n", ORG);
    }

    #[test]
    fn what_lies_in_a_hidden_folder_stays_hidden() {
        assert_hides("settings/\n!**/Security.settings-meta.xml\n", ORG);
    }

    #[test]
    fn duplicates_are_hidden_where_there_is_a_file_at_all() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        project.put("force-app/old.dup/Other.settings-meta.xml", "<A/>");
        project.put("force-app/old.dup/Sales.profile-meta.xml", profile());
        assert_eq!(check(&project, &[]).json()["project"]["hidden"], 0);
        project.put(".forceignore", "# nothing\n");
        let ran = check(&project, &[]);
        assert_eq!(ran.places(), [org_finding(ORG)]);
        assert_eq!(ran.json()["project"]["hidden"], 1, "{ran:?}");
    }

    #[test]
    fn hidden_folders_are_passed_by_whatever_is_written() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        project.put("force-app/.old/Security.settings-meta.xml", "<");
        assert_eq!(check(&project, &[]).places(), [org_finding(ORG)]);
        project.put("force-app/.Security.settings-meta.xml", "<");
        project.put(".forceignore", "!**/.old\n");
        assert_eq!(check(&project, &[]).places(), [org_finding(ORG)]);
    }

    #[test]
    fn only_the_nearest_one_at_or_above_a_package_directory_counts() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        project.put(".forceignore", "**/settings");
        project.put("force-app/main/settings/.forceignore", "**");
        assert_eq!(check(&project, &[]).json()["project"]["hidden"], 1);
        project.put("force-app/.forceignore", "nothing");
        let ran = check(&project, &["force-app/main"]);
        assert_eq!((ran.places(), ran.err.as_str()), (vec![org_finding(ORG)], ""));
        project.put("force-app/.forceignore", "/main/settings/*.settings-meta.xml");
        let ran = check(&project, &[]);
        assert_eq!(ran.places(), ["force-app/.forceignore:1:1 metadata/hidden-by-forceignore"]);
    }

    #[test]
    fn one_above_the_project_counts_inside_its_work_tree() {
        let project = Project::of(&[("crm/sfdx-project.json", SFDX.1.to_owned())]);
        project.put(&format!("crm/{ORG}"), security("FifteenMinutes"));
        project.put(".forceignore", "/crm/force-app/main/settings");
        fs::create_dir(project.at(".git")).unwrap();
        assert_eq!(check(&project, &["crm"]).json()["project"]["hidden"], 1);
        project.put(".forceignore", "/force-app/main/settings");
        assert_eq!(check(&project, &["crm"]).json()["project"]["hidden"], 0);
    }

    #[test]
    fn the_root_of_a_subfolder_is_the_one_that_counts() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes")), (SETTING, short_setting("Sales"))]);
        project.put(".forceignore", "**/settings/**");
        let ran = check(&project, &["force-app/main/settings"]);
        assert_eq!((ran.code, ran.findings().len()), (0, 0));
        assert_eq!(ran.err.matches(".forceignore hides 1 file").count(), 1, "{ran:?}");
    }

    #[test]
    fn gitignore_hides_nothing() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        fs::create_dir_all(project.at(".git/info")).unwrap();
        for file in [".gitignore", "force-app/.gitignore", ".ignore", ".git/info/exclude"] {
            project.put(file, "*\n**/settings\n");
        }
        let ran = check(&project, &[]);
        assert_eq!((ran.places(), ran.err.as_str()), (vec![org_finding(ORG)], ""));
    }

    #[test]
    fn hidden_files_are_reported_once_however_many() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        for index in 0..20 {
            project.put(&format!("force-app/old/p{index:02}.profile"), profile());
        }
        project.put(".forceignore", "old\n**/classes\n");
        project.put("force-app/classes/A.cls", "");
        let ran = check(&project, &[]);
        assert_eq!(ran.json()["project"]["hidden"], 20);
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
        assert!(ran.err.contains("hides 20 files") && ran.err.contains("the first is force-app/old/p00.profile"));
        assert_eq!(project.column("SELECT Hidden FROM Project"), [20]);
    }

    #[test]
    fn other_metadata_is_hidden_in_silence() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        project.put("force-app/classes/A.cls", "");
        project.put(".forceignore", "**/classes\n");
        assert_eq!(check(&project, &[]).err, "");
    }

    #[test]
    fn where_everything_is_hidden_it_is_no_failure() {
        let project = Project::sfdx(&[(ORG, security("FifteenMinutes"))]);
        project.put(".forceignore", "**\n");
        let ran = check(&project, &[]);
        assert_eq!((ran.code, ran.places()), (0, vec![".forceignore:1:1 metadata/hidden-by-forceignore".to_owned()]));
        assert!(ran.err.contains(".forceignore hides 1 file"), "{ran:?}");
    }
}

mod twins {
    use super::*;

    const PLAIN: &str = "force-app/settings/Security.settings";
    const META: &str = "force-app/settings/Security.settings-meta.xml";

    fn pair(plain: &str, meta: &str) -> Project {
        Project::sfdx(&[(PLAIN, plain), (META, meta)])
    }

    #[test]
    fn the_same_twice_is_one_component() {
        let text = security("FifteenMinutes");
        let project = pair(&text, &text);
        let ran = check(&project, &[]);
        assert_eq!(ran.places(), [org_finding(META)]);
        let counts = &ran.json()["project"];
        assert_eq!((&counts["files"], &counts["components"]), (&json!(2), &json!(1)));
        assert_eq!(
            project.rows("SELECT Name, HasTwin FROM Component"),
            [json!({ "Name": "Security", "HasTwin": true })]
        );
    }

    #[test]
    fn what_is_not_content_may_differ() {
        let text = security("FifteenMinutes");
        let commented = text.replace("    <sessionTimeout>", "<!-- a --> <sessionTimeout>");
        for other in [text.replace('\n', "\r\n"), format!("\u{FEFF}{text}"), format!("{text}\n\n"), commented] {
            assert_eq!(check(&pair(&other, &text), &[]).places(), [org_finding(META)], "{other}");
        }
    }

    #[test]
    fn other_lines_are_two_components() {
        let text = security("FifteenMinutes");
        let project = pair(&text.replacen('\n', "\n\n", 1), &text);
        let ran = check(&project, &["--ignore", "metadata"]);
        assert_eq!(ran.places(), [format!("{PLAIN}:5:25 {ORG_SHORT}"), org_finding(META)]);
        assert_eq!(project.column("SELECT HasTwin FROM Component"), [false, false]);
    }

    #[test]
    fn other_texts_are_two_components_and_the_meta_file_decides() {
        let project = pair(&security("FifteenMinutes"), &security("TwoHours"));
        assert_eq!(check(&project, &["--ignore", "metadata"]).places(), [org_finding(PLAIN)]);
        let places = check(&project, &["--ignore", "session"]).places();
        assert_eq!(places, [format!("{META}:4:25 metadata/duplicate-component")]);
        assert_eq!(project.column("SELECT OrgMinutes FROM SecuritySettings"), [120, 120]);
    }

    #[test]
    fn other_folders_are_two_components() {
        let text = security("FifteenMinutes");
        let project = Project::sfdx(&[("force-app/a/Security.settings", &text), (META, &text)]);
        let places = check(&project, &["--ignore", "metadata"]).places();
        assert_eq!(places, [org_finding("force-app/a/Security.settings"), org_finding(META)]);
        let places = check(&project, &["--ignore", "session"]).places();
        let stray = "force-app/a/Security.settings:2:1 metadata/not-deployed-here".to_owned();
        assert_eq!(places, [stray, format!("{META}:2:1 metadata/duplicate-component")]);
    }

    #[test]
    fn a_broken_one_is_reported_and_the_other_is_read() {
        let project = pair("<SecuritySettings>", &security("FifteenMinutes"));
        let ran = check(&project, &[]);
        assert_eq!(ran.places(), [format!("{PLAIN}:1:1 metadata/not-well-formed"), org_finding(META)]);
    }
}

mod profile_names {
    use super::*;

    /// Name and own timeout of every profile.
    fn profiles(project: &Project) -> Vec<(String, Value)> {
        let rows = project.rows("SELECT Name, SessionTimeoutInMinutes FROM Profile");
        rows.iter().map(|row| (text(&row["Name"]).to_owned(), row["SessionTimeoutInMinutes"].clone())).collect()
    }

    /// A profile's file, and a setting that names it as `element` does.
    fn joined(stem: &str, element: &str) -> Vec<(String, Value)> {
        let file = format!("force-app/profiles/{stem}.profile-meta.xml");
        profiles(&Project::sfdx(&[
            (file.as_str(), profile()),
            ("force-app/x_profileSessionSetting1.profileSessionSetting-meta.xml", session_setting(element, "240")),
        ]))
    }

    #[test]
    fn percent_encoding_is_decoded_on_both_sides() {
        let expected = [("Head – CP".to_owned(), json!(240))];
        assert_eq!(joined("Head %E2%80%93 CP", "<profile>Head – CP</profile>"), expected);
        assert_eq!(joined("Head – CP", "<profile>Head %E2%80%93 CP</profile>"), expected);
        assert_eq!(joined("A%2FB", "<profile>A%2fB</profile>"), [("A/B".to_owned(), json!(240))]);
    }

    #[test]
    fn entities_are_decoded() {
        assert_eq!(joined("R %26 D", "<profile>R &amp; D</profile>"), [("R & D".to_owned(), json!(240))]);
    }

    #[test]
    fn a_percent_sign_that_encodes_nothing_is_itself() {
        assert_eq!(joined("100% Sales", "<profile>100% sales</profile>"), [("100% Sales".to_owned(), json!(240))]);
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        assert_eq!(joined("Sales", "<profile>SALES</profile>"), [("Sales".to_owned(), json!(240))]);
        assert_eq!(joined("Größe", "<profile>GRÖßE</profile>"), [("Größe".to_owned(), json!(240))]);
    }

    #[test]
    fn white_space_around_is_dropped() {
        assert_eq!(joined("Sales", "<profile>\n  Sales </profile>"), [("Sales".to_owned(), json!(240))]);
    }

    #[test]
    fn standard_profiles_have_several_names() {
        let expected = [("System Administrator".to_owned(), json!(240))];
        for name in ["Admin", "admin", "PT1", "System Administrator", "system administrator"] {
            assert_eq!(joined("Admin", &format!("<profile>{name}</profile>")), expected, "{name}");
        }
        assert_eq!(joined("ReadOnly", "<profile>Read Only</profile>"), [("Read Only".to_owned(), json!(240))]);
        assert_eq!(joined("Standard", "<profile>PT2</profile>"), [("Standard User".to_owned(), json!(240))]);
    }

    #[test]
    fn names_that_differ_do_not_join() {
        let joined = joined("Standard", "<profile>Standard Platform User</profile>");
        let expected = [("Standard Platform User".to_owned(), json!(240)), ("Standard User".to_owned(), Value::Null)];
        assert_eq!(joined, expected);
    }

    #[test]
    fn a_setting_alone_makes_a_profile() {
        let project =
            Project::sfdx(&[("force-app/x.profileSessionSetting-meta.xml", short_setting("Sales %26 Service"))]);
        assert_eq!(profiles(&project), [("Sales & Service".to_owned(), json!(30))]);
        assert_eq!(project.column("SELECT FullName FROM Profile"), ["Sales %26 Service"]);
    }

    #[test]
    fn nil_and_empty_name_nobody() {
        let nil = r#"<profile xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>"#;
        for element in
            [nil, "<profile/>", "<profile></profile>", "<profile> \n </profile>", "<profile><!-- --></profile>"]
        {
            let project =
                Project::sfdx(&[("force-app/Sales.profileSessionSetting-meta.xml", session_setting(element, "30"))]);
            assert_eq!(profiles(&project), [], "{element}");
            assert_eq!(project.column("SELECT IsOrphan FROM ProfileSessionSetting"), [true], "{element}");
            assert_eq!(check(&project, &["--ignore", "session/orphan-session-setting"]).places(), [] as [&str; 0]);
        }
    }

    #[test]
    fn a_setting_without_the_element_is_no_orphan() {
        let project = Project::sfdx(&[("force-app/Sales.profileSessionSetting-meta.xml", session_setting("", "240"))]);
        assert_eq!(profiles(&project), [] as [(String, Value); 0]);
        assert_eq!(project.column("SELECT IsOrphan FROM ProfileSessionSetting"), [false]);
    }

    #[test]
    fn the_file_name_of_a_setting_means_nothing() {
        let project = Project::sfdx(&[("force-app/Admin.profileSessionSetting-meta.xml", short_setting("Sales"))]);
        assert_eq!(profiles(&project), [("Sales".to_owned(), json!(30))]);
    }
}

mod exit_codes {
    use super::*;

    /// Security settings that give one finding of this severity.
    fn project_with(severity: &str) -> Project {
        let value = match severity {
            "error" => "FifteenMinutes",
            "warning" => "NinetyMinutes",
            _ => "TwoHours",
        };
        let mut text = security(value);
        if severity == "note" {
            text = text.replace(
                "    </sessionSettings>",
                "        <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n    </sessionSettings>",
            );
        }
        Project::sfdx(&[("force-app/Security.settings-meta.xml", text)])
    }

    const SELECT: &[&str] = &["--select", "session/org-timeout-short,session/forced-logout"];

    #[test]
    fn fail_on_says_from_which_severity() {
        let table = [
            ("error", [("error", 1), ("warning", 1), ("note", 1), ("never", 0)]),
            ("warning", [("error", 0), ("warning", 1), ("note", 1), ("never", 0)]),
            ("note", [("error", 0), ("warning", 0), ("note", 1), ("never", 0)]),
            ("none", [("error", 0), ("warning", 0), ("note", 0), ("never", 0)]),
        ];
        for (severity, codes) in table {
            let project = project_with(severity);
            for (fail_on, code) in codes {
                let ran = project.check(&[SELECT, &["--fail-on", fail_on]].concat());
                assert_eq!(ran.code, code, "{severity} with --fail-on {fail_on}: {ran:?}");
                let severities: Vec<Value> = ran.findings().iter().map(|finding| finding["severity"].clone()).collect();
                let expected = if severity == "none" { vec![] } else { vec![Value::from(severity)] };
                assert_eq!(severities, expected);
            }
        }
    }

    #[test]
    fn a_warning_fails_by_default_and_a_note_does_not() {
        for (severity, code) in [("error", 1), ("warning", 1), ("note", 0), ("none", 0)] {
            for format in ["human", "concise", "json"] {
                let ran = project_with(severity).run(&[&["check", "--format", format], SELECT].concat());
                assert_eq!(ran.code, code, "{severity}, {format}: {ran:?}");
            }
        }
    }

    #[test]
    fn findings_that_are_not_shown_do_not_fail() {
        let project = three_folders();
        project.put("force-app/other/A.profile", profile());
        assert_eq!(check(&project, &["force-app/other"]).code, 0);
        assert_eq!(check(&project, &["force-app/settings"]).code, 1);
    }

    #[test]
    fn findings_in_broken_files_fail() {
        let project = Project::sfdx(&[("force-app/A.profile", "<Profile>")]);
        assert_eq!(project.run(&["check"]).code, 1);
    }

    #[test]
    fn wrong_usage_is_two() {
        let project = three_folders();
        for arguments in [
            &["chek"] as &[&str],
            &[],
            &["check", "--fail-on", "sometimes"],
            &["check", "--select", "no/such-rule"],
            &["check", "--as-of", "yesterday"],
            &["check", "--threads", "0"],
            &["query", "SELECT"],
            &["query", "SELECT Nothing FROM Profile"],
            &["explain", "no/such-rule"],
        ] {
            let ran = project.run(arguments);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
            assert!(!ran.err.is_empty(), "{arguments:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_could_not_be_read_outweighs_findings() {
        let project = three_folders();
        std::os::unix::fs::symlink("nowhere", project.at("force-app/A.profile")).unwrap();
        for fail_on in ["error", "never"] {
            let ran = check(&project, &["--fail-on", fail_on]);
            assert_eq!((ran.code, ran.places()), (3, findings_of_three_folders().to_vec()), "{ran:?}");
        }
        assert_eq!(project.run(&["query", "SELECT Name FROM Profile"]).code, 3);
    }
}

mod output_file {
    use super::*;

    #[test]
    fn it_holds_what_would_have_been_printed() {
        let project = three_folders();
        project.put("out.txt", "what was there before, and longer than nothing".repeat(10_000));
        for format in ["human", "concise", "json"] {
            let arguments = [&["check", "--format", format], ASKED].concat();
            let printed = project.run(&arguments);
            let written = project.run(&[&arguments[..], &["--output", "out.txt"]].concat());
            assert_eq!((written.code, written.out.as_str(), written.err.as_str()), (1, "", ""), "{format}");
            assert_eq!(fs::read_to_string(project.at("out.txt")).unwrap(), printed.out, "{format}");
        }
        let query = ["query", "SELECT Name FROM Profile", "--format", "csv"];
        let printed = project.run(&query);
        project.run(&[&query[..], &["--output", "out.txt"]].concat());
        assert_eq!(fs::read_to_string(project.at("out.txt")).unwrap(), printed.out);
        let mut names: Vec<_> = fs::read_dir(project.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["force-app", "out.txt", "sfdx-project.json"], "nothing else is left behind");
    }

    #[test]
    fn a_run_that_fails_leaves_the_old_file() {
        let project = three_folders();
        project.put("out.json", "old");
        for arguments in [&["nowhere"] as &[&str], &["--select", "no/such-rule"]] {
            assert_eq!(project.check(&[arguments, &["--output", "out.json"]].concat()).code, 2);
            assert_eq!(fs::read_to_string(project.at("out.json")).unwrap(), "old");
        }
    }

    #[test]
    fn a_file_that_the_run_reads_is_not_replaced() {
        let project = three_folders();
        let setting = "force-app/settings/Security.settings-meta.xml";
        let archive = zip(&[("unpackaged/settings/Security.settings", security("FifteenMinutes").as_bytes())]);
        project.put("org.zip", &archive);
        project.put("old.json", "old");
        project.put("list.txt", setting);
        project.put("logins.csv", "Status\n");
        project.put("other.toml", "");
        project.put("sessionlint.toml", "");
        project.put("logo.png", "");
        project.put("force-app/ERP.connectedApp-meta.xml.orig", short_app("ERP"));
        project.put("force-app/Keep.cls", "public class Keep {}");
        project.put("force-app/Keep.trigger", "trigger Keep on Case (before insert) {}");
        let before = files(&project.root());
        for arguments in [
            &["check", "org.zip", "-o", "org.zip"] as &[&str],
            &["check", "org.zip", "-o", "force-app/../org.zip"],
            &["check", ".", "--also", "json=new.json", "--also", "sarif=sfdx-project.json"],
            &["check", setting, "--also", &format!("json={setting}")],
            &["check", "--file-list", "list.txt", "-o", "list.txt"],
            &["check", "--file-list", "list.txt", "-o", setting],
            &["check", "--baseline", "old.json", "-o", "old.json"],
            &["check", "--baseline", "old.json", "--update-baseline", "-o", "old.json"],
            &["check", "--config", "other.toml", "-o", "other.toml"],
            &["check", "-o", "sessionlint.toml"],
            &["check", "force-app", "-o", setting],
            &["sessions", "-o", "force-app/ERP.connectedApp-meta.xml.orig"],
            &["sessions", "-o", "force-app/Keep.cls"],
            &["report", "-o", "force-app/Keep.trigger"],
            &["sessions", "org.zip", "-o", "org.zip"],
            &["diagnose", "--evidence", "logins.csv", "-o", "logins.csv"],
            &["calendar", "org.zip", "-o", "org.zip"],
            &["diff", "org.zip", ".", "-o", "org.zip"],
            &["diff", ".", "org.zip", "-o", "org.zip"],
            &["report", "org.zip", "-o", "org.zip"],
            &["report", "--baseline", "old.json", "-o", "old.json"],
            &["report", "--logo", "logo.png", "-o", "logo.png"],
            &["query", "SELECT Name FROM Profile", "org.zip", "-o", "org.zip"],
        ] {
            let ran = project.run(arguments);
            assert!(ran.code == 2 && ran.out.is_empty(), "{arguments:?}: {ran:?}");
            assert!(
                ran.err.ends_with(": this file is read, so that no output may replace it\n"),
                "{arguments:?}: {ran:?}"
            );
            assert!(files(&project.root()) == before, "{arguments:?}");
        }
        #[cfg(unix)]
        {
            // A report of the run before is replaced, even one that is called as a record of the Metadata API is.
            project.put("Team.v2.md", "old");
            let ran = project.run(&["report", ".", "--format", "markdown", "-o", "Team.v2.md"]);
            assert!(ran.code < 2 && fs::read(project.at("Team.v2.md")).unwrap() != b"old", "{ran:?}");

            std::os::unix::fs::symlink("org.zip", project.at("link.zip")).unwrap();
            let ran = project.run(&["check", "link.zip", "-o", "org.zip"]);
            assert!(ran.code == 2 && fs::read(project.at("org.zip")).unwrap() == archive, "{ran:?}");
        }
        // An old report is replaced, wherever it is.
        for file in ["old.json", "force-app/old.json", "list.txt"] {
            for _ in 0..2 {
                let ran = check(&project, &["-o", file]);
                assert!(ran.code == 1 && ran.err.is_empty(), "{ran:?}");
            }
        }
    }

    #[test]
    fn where_it_cannot_be_written_the_exit_code_shows_it() {
        let project = three_folders();
        for (path, why) in [
            ("nowhere/out.json", "the folder nowhere does not exist"),
            ("a/b/out.json", "the folder a/b does not exist"),
            ("sfdx-project.json/out.json", "sfdx-project.json is not a folder"),
        ] {
            let ran = check(&project, &["--output", path]);
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
            assert_eq!(ran.err, format!("error: {path}: cannot be written ({why})\n"));
        }
    }
}

#[cfg(unix)]
mod closed_pipe {
    use std::process::Command;

    use super::*;

    /// Runs with a standard output without a reader.
    fn run_into_nothing(project: &Project, arguments: &[&str]) -> (Option<i32>, String) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(support::PROGRAM);
        command.env(crate::support::CACHE_DIR, "");
        command.args(arguments).current_dir(project.root()).stdout(writer);
        let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn it_is_not_an_error() {
        let project = three_folders();
        // More than any buffer on the way holds.
        for index in 0..400 {
            project.put(
                &format!("force-app/p{index}.profileSessionSetting-meta.xml"),
                short_setting(&format!("P{index}")),
            );
        }
        let soql = "SELECT Name, Path, SessionTimeoutInMinutes FROM Profile";
        for format in ["human", "concise", "json"] {
            let (code, err) = run_into_nothing(&project, &["check", "--format", format, "--notes"]);
            assert!(matches!(code, Some(0 | 1)), "{format}: {code:?} {err}");
            assert_eq!(err, "", "{format}");
        }
        for format in ["table", "json", "csv", "markdown"] {
            let (code, err) = run_into_nothing(&project, &["query", soql, "--format", format]);
            assert_eq!((code, err.as_str()), (Some(0), ""), "{format}");
        }
        for arguments in [&["rules", "list"] as &[&str], &["explain", APP_TIMEOUT], &["--help"], &["--version"]] {
            assert_eq!(run_into_nothing(&project, arguments), (Some(0), String::new()), "{arguments:?}");
        }
    }

    #[test]
    fn a_reader_that_leaves_early_gets_what_it_read() {
        let project = three_folders();
        for index in 0..400 {
            project.put(
                &format!("force-app/p{index}.profileSessionSetting-meta.xml"),
                short_setting(&format!("P{index}")),
            );
        }
        let script = "\"$0\" check --format json | head -c 1";
        let ran = support::run(Command::new("sh").args(["-c", script, support::PROGRAM]).current_dir(project.root()));
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "{", ""));
    }
}

mod determinism {
    use super::*;

    /// Files of several kinds, some broken, some twins, some on several lines of the order of paths.
    fn files() -> Vec<(String, String)> {
        let mut files = vec![
            ("force-app/Security.settings".to_owned(), security("NinetyMinutes")),
            ("force-app/Security.settings-meta.xml".to_owned(), security("SixtyMinutes")),
            ("force-app/a/Security.settings-meta.xml".to_owned(), security("FifteenMinutes")),
            ("force-app/broken/A.profile".to_owned(), "<Profile>".to_owned()),
            ("force-app/broken/B.profile".to_owned(), String::new()),
            ("docs/Security.settings".to_owned(), security("FifteenMinutes")),
            ("force-app/hidden/A.profile".to_owned(), profile()),
            (".forceignore".to_owned(), "hidden\n".to_owned()),
            (SFDX.0.to_owned(), SFDX.1.to_owned()),
        ];
        for index in 0..40 {
            let name = format!("p{}", index * 7 % 40);
            files.push((
                format!("force-app/s/{name}.profileSessionSetting-meta.xml"),
                short_setting(&format!("P{}", index % 30)),
            ));
            files.push((format!("force-app/s/{name}.profile-meta.xml"), profile()));
            files.push((format!("force-app/c/{name}.connectedApp-meta.xml"), short_app(&name)));
        }
        files
    }

    /// All output of a run on the whole project.
    fn everything(project: &Project, threads: &str) -> Vec<Ran> {
        let soql = ["SELECT Type, Name FROM Component", "SELECT Name, SessionTimeoutInMinutes, DecidedBy FROM Profile"];
        let mut runs = vec![];
        for format in ["human", "concise", "json"] {
            runs.push(project.run(&["check", "--format", format, "--preset", "all", "--threads", threads]));
        }
        for soql in soql {
            runs.push(project.run(&["query", soql, "--format", "json", "--threads", threads]));
        }
        runs
    }

    fn assert_same(left: &[Ran], right: &[Ran]) {
        assert_eq!(left.len(), right.len());
        for (left, right) in left.iter().zip(right) {
            assert_eq!((left.code, &left.out, &left.err), (right.code, &right.out, &right.err));
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same() {
        let project = Project::of(&files().iter().map(|(path, text)| (path.as_str(), text)).collect::<Vec<_>>());
        let one = everything(&project, "1");
        assert!(one[2].findings().len() > 80, "there is something to disagree on");
        for _ in 0..3 {
            assert_same(&one, &everything(&project, "2"));
        }
        assert_same(&one, &everything(&project, "16"));
    }

    #[test]
    fn the_order_in_which_files_were_made_does_not_matter() {
        let project = Project::of(&[] as &[(&str, &str)]);
        let mut answers = Vec::new();
        for step in [1, 2, 5, 11] {
            // Each step shares no factor with the number of files but 1, so that every file is made once.
            let files = files();
            for entry in fs::read_dir(project.root()).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
            }
            let mut made = 0;
            for start in 0..step {
                for (path, text) in files.iter().skip(start).step_by(step) {
                    project.put(path, text);
                    made += 1;
                }
            }
            assert_eq!(made, files.len());
            answers.push(everything(&project, "2"));
        }
        for answer in &answers[1..] {
            assert_same(&answers[0], answer);
        }
    }
}

mod places {
    use super::*;

    const PATH: &str = "force-app/Security.settings-meta.xml";

    /// Start and end of the one finding that these bytes give.
    fn place(bytes: &[u8]) -> (Value, Value) {
        let project = Project::sfdx(&[(PATH, bytes)]);
        let ran = project.check(&["--select", ORG_SHORT]);
        let findings = ran.findings();
        assert_eq!(findings.len(), 1, "{ran:?}");
        (findings[0]["start"].clone(), findings[0]["end"].clone())
    }

    /// A position, and one `length` ASCII characters behind it on the same line, of `width` bytes each.
    fn span(line: usize, column: usize, offset: usize, length: usize, width: usize) -> (Value, Value) {
        let position = |more: usize| json!({ "line": line, "column": column + more, "offset": offset + more * width });
        (position(0), position(length))
    }

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn plain() {
        assert_eq!(place(security("FifteenMinutes").as_bytes()), span(4, 25, 152, 14, 1));
    }

    #[test]
    fn lines_that_end_with_cr_and_lf() {
        let text = security("FifteenMinutes").replace('\n', "\r\n");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152 + 3, 14, 1));
    }

    #[test]
    fn lines_that_end_with_a_lone_cr() {
        let text = security("FifteenMinutes").replace('\n', "\r");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152, 14, 1));
    }

    #[test]
    fn lines_that_end_in_all_three_ways() {
        let text = security("FifteenMinutes").replacen('\n', "\r\n", 1).replacen(">\n    <s", ">\r    <s", 1);
        assert!(text.contains('\r') && text.contains("\r\n"));
        assert_eq!(place(text.as_bytes()), span(4, 25, 152 + 1, 14, 1));
    }

    #[test]
    fn a_byte_order_mark_is_three_bytes_and_no_column() {
        let text = format!("\u{FEFF}{}", security("FifteenMinutes"));
        assert_eq!(place(text.as_bytes()), span(4, 25, 152 + 3, 14, 1));
        let one_line = format!("\u{FEFF}{}", security("FifteenMinutes").replace('\n', " "));
        assert_eq!(place(one_line.as_bytes()), span(1, 153, 152 + 3, 14, 1));
    }

    #[test]
    fn columns_count_code_points_and_offsets_bytes() {
        let wide = "<!-- é日𝒳👩‍🚀 -->";
        let text = security("FifteenMinutes").replace("<sessionTimeout>", &format!("{wide}<sessionTimeout>"));
        assert_eq!(place(text.as_bytes()), span(4, 25 + wide.chars().count(), 152 + wide.len(), 14, 1));
        let marked = format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
        assert_eq!(place(marked.as_bytes()), span(4, 25 + wide.chars().count(), 152 + wide.len() + 6, 14, 1));
    }

    #[test]
    fn utf_16_offsets_are_bytes_of_the_file() {
        let wide = "<!-- é日𝒳 -->";
        let text = security("FifteenMinutes")
            .replace("UTF-8", "UTF-16")
            .replace("<sessionTimeout>", &format!("{wide}<sessionTimeout>"));
        let before = text.find("Fifteen").unwrap();
        let units = text[..before].encode_utf16().count();
        let column = 25 + wide.chars().count();
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(place(&utf_16(&format!("\u{FEFF}{text}"), to_bytes)), span(4, column, 2 + 2 * units, 14, 2));
            assert_eq!(place(&utf_16(&text, to_bytes)), span(4, column, 2 * units, 14, 2));
        }
    }

    #[test]
    fn other_encodings_are_decoded_and_offsets_are_bytes_of_the_file() {
        let text = security("FifteenMinutes")
            .replace("UTF-8", "ISO-8859-1")
            .replace("<sessionTimeout>", "<!--#--><sessionTimeout>");
        let mut bytes = text.into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'#').unwrap();
        bytes[at] = 0xE9;
        assert_eq!(place(&bytes), span(4, 25 + 8, 152 + 5 + 8, 14, 1));
        let text = security("FifteenMinutes")
            .replace("UTF-8", "Shift_JIS")
            .replace("<sessionTimeout>", "<!--#--><sessionTimeout>");
        let mut bytes = text.into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'#').unwrap();
        bytes.splice(at..=at, *b"\x93\xFA");
        assert_eq!(place(&bytes), span(4, 25 + 8, 152 + 4 + 9, 14, 1));
    }

    #[test]
    fn white_space_around_a_value_is_not_marked_and_markup_in_it_is() {
        let text = security(" \n  FifteenMinutes\t\n");
        assert_eq!(place(text.as_bytes()), span(5, 3, 156, 14, 1));
        let text = security("<![CDATA[FifteenMinutes]]>");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152, 26, 1));
        let text = security("Fifteen<!-- x -->Minutes");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152, 24, 1));
        let text = security("&#70;ifteenMinutes");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152, 18, 1));
    }

    #[test]
    fn of_doubled_elements_the_first_counts() {
        let text = security("FifteenMinutes</sessionTimeout><sessionTimeout>TwoHours");
        assert_eq!(place(text.as_bytes()), span(4, 25, 152, 14, 1));
    }

    #[test]
    fn a_file_that_is_too_large_to_keep_has_places_too() {
        let filler = format!("<!-- {} -->", "日".repeat(100_000));
        let text = security("FifteenMinutes").replace("    <sessionTimeout>", &format!("{filler}<sessionTimeout>"));
        let column = filler.chars().count() + 4 + 16 + 1;
        let offset = text.find("Fifteen").unwrap();
        assert_eq!(place(text.as_bytes()), span(4, column, offset, 14, 1));
    }

    #[test]
    fn concise_and_json_say_the_same() {
        let text = format!(
            "\u{FEFF}{}",
            security("FifteenMinutes").replace("<sessionTimeout>", "<!-- é日𝒳 --><sessionTimeout>")
        );
        let project = Project::sfdx(&[(PATH, text)]);
        let ran = project.run(&["check", "--format", "concise", "--select", ORG_SHORT]);
        assert!(ran.out.starts_with(&format!("{PATH}:4:37: error[{ORG_SHORT}] ")), "{ran:?}");
    }
}

mod secrets {
    use super::*;

    /// Stands in every secret value; no part of it may come out.
    const WORDS: &[&str] = &["TOPKEY", "TOPSECRET", "MIIBTOPCERT", "TOPPASSWORD", "TOPTOKEN"];

    /// An app with the given text for its consumer secret, all on one line so that every snippet is near a secret.
    fn app(secret_element: &str) -> String {
        format!(
            "<ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>ERP</label><oauthConfig>\
             <callbackUrl>https://erp.example.com/x</callbackUrl><scopes>Api</scopes><consumerKey>TOPKEY1</consumerKey>\
             </oauthConfig><sessionPolicy>{secret_element}<sessionTimeout>15</sessionTimeout>{secret_element}</sessionPolicy>\
             </ConnectedApp>"
        )
    }

    fn assert_kept(project: &Project) {
        let mut commands: Vec<Vec<&str>> = vec![];
        for format in ["human", "concise", "json"] {
            for color in ["always", "never"] {
                let mut command = vec!["check", "--preset", "all", "--notes", "--format", format, "--color", color];
                commands.push(command.clone());
                command.push("--timings");
                commands.push(command);
            }
        }
        let queries = [
            "SELECT FIELDS(ALL) FROM ConnectedApp",
            "SELECT FIELDS(ALL) FROM SamlSsoConfig",
            "SELECT FIELDS(ALL) FROM NamedCredential",
            "SELECT FIELDS(ALL) FROM OAuthApp",
            "SELECT FIELDS(ALL) FROM ExtlClntAppGlobalOauthSettings",
            "SELECT FIELDS(ALL) FROM Problem",
        ];
        for soql in queries {
            for format in ["table", "json", "csv", "markdown"] {
                commands.push(vec!["query", soql, "--format", format]);
            }
        }
        for command in commands {
            let ran = project.run(&command);
            assert!(ran.code <= 1, "{command:?}: {ran:?}");
            for word in WORDS {
                assert!(!ran.out.contains(word) && !ran.err.contains(word), "{word} in {command:?}:\n{}", ran.out);
            }
        }
    }

    #[test]
    fn values_of_every_kind_stay_inside() {
        let pem = "-----BEGIN CERTIFICATE-----\nMIIBTOPCERT0123456789abcdefghijklmnopqrstuvwxyz+/ABCDEFGHIJKLMNOPQRSTUVWXYZ\n\
            MIIBTOPCERTx==\n-----END CERTIFICATE-----";
        let certificate = format!("<certificate>{pem}</certificate>");
        let saml = format!("<SamlSsoConfig><name>x</name><validationCert>{pem}</validationCert></SamlSsoConfig>");
        let credential = "<NamedCredential><label>x</label><endpoint>https://x.example.com</endpoint>\
            <oauthToken>TOPTOKEN</oauthToken><password>TOPPASSWORD</password></NamedCredential>";
        let global = "<ExtlClntAppGlobalOauthSettings><label>x</label><externalClientApplication>x</externalClientApplication>\
            <consumerKey>TOPKEY</consumerKey><consumerSecret>TOPSECRET</consumerSecret></ExtlClntAppGlobalOauthSettings>";
        let short = short_app("ERP").replace("<scopes>", "<consumerSecret>TOPSECRET</consumerSecret><scopes>");
        let project = Project::sfdx(&[
            ("force-app/A.connectedApp-meta.xml", app("<consumerSecret>TOPSECRET</consumerSecret>")),
            ("force-app/B.connectedApp-meta.xml", app(&certificate)),
            ("force-app/C.connectedApp-meta.xml", short),
            ("force-app/D.samlssoconfig-meta.xml", saml),
            ("force-app/E.namedCredential-meta.xml", credential.to_owned()),
            ("force-app/F.ecaGlblOauth-meta.xml", global.to_owned()),
        ]);
        assert_kept(&project);
        // The test would say nothing if nothing were shown near the values.
        let ran = project.run(&["check", "--notes"]);
        assert!(ran.out.contains("<consumerSecret>*********</consumerSecret>"), "{}", ran.out);
        let masked = project.column("SELECT oauthConfig.consumerKey FROM ConnectedApp WHERE Name = 'A'");
        assert_eq!(masked, ["*******"]);
    }

    #[test]
    fn a_condition_cannot_ask_for_them() {
        let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", app(""))]);
        let soql = "SELECT Name FROM ConnectedApp WHERE oauthConfig.consumerKey LIKE 'TOP%'";
        assert_eq!(project.column(soql), [] as [Value; 0]);
        assert_eq!(project.column("SELECT Name FROM ConnectedApp WHERE oauthConfig.consumerKey != null"), ["A"]);
    }

    #[test]
    fn a_page_cannot_print_them() {
        let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", app(""))]);
        project.put(
            "pages/mine/key.md",
            "# A key\n\nA key is there.\n\n```toml rule\nseverity = { continuity = \"warning\" }\nconfidence = \"high\"\n\
             from = \"ConnectedApp\"\nspan = \"oauthConfig.consumerKey\"\nmessage = \"{Name} has {oauthConfig.consumerKey}\"\n\
             help = \"x\"\nsetup = \"Setup\"\nreferences = [\"x\"]\n```\n\n## Why it matters\n\nx\n\n## Trade-off\n\nx\n\n\
             ## Flagged\n\n```xml A.connectedApp\n<ConnectedApp/>\n```\n\n## Accepted\n\n```xml A.profile\n<Profile/>\n```\n",
        );
        for format in ["human", "concise", "json"] {
            let ran = project.run(&["check", "--rules", "pages", "--select", "mine/key", "--format", format]);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.out.contains("mine/key") && !ran.out.contains("TOPKEY"), "{ran:?}");
        }
    }

    #[test]
    fn markup_around_a_value_does_not_let_it_out() {
        let mut leaks = vec![];
        for element in [
            "<sf:consumerSecret xmlns:sf=\"urn:x\">TOPSECRET</sf:consumerSecret>",
            "<consumerSecret a=\"1 > 0\">TOPSECRET</consumerSecret>",
            "<consumerSecret\n  >TOPSECRET</consumerSecret>",
            "<consumerSecret><![CDATA[TOPSECRET]]></consumerSecret>",
            "<consumerSecret><![CDATA[x</TOPSECRET]]></consumerSecret>",
            "<consumerSecret>x<!-- </x> -->TOPSECRET</consumerSecret>",
            "<consumerSecret><value>x</value>TOPSECRET</consumerSecret>",
            "<consumerSecret/><consumerSecret>TOPSECRET</consumerSecret>",
            "<!-- <consumerSecret>TOPSECRET</consumerSecret> -->",
            "<CONSUMERSECRET>TOPSECRET</CONSUMERSECRET>",
        ] {
            let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", app(element))]);
            let ran = project.run(&["check", "--notes"]);
            assert!(ran.out.contains("oauth/app-timeout-set"), "{ran:?}");
            if ran.out.contains("TOPSECRET") {
                leaks.push(element);
            }
        }
        assert_eq!(leaks, [] as [&str; 0]);
    }

    #[test]
    fn broken_files_keep_them_too() {
        for text in [
            "<ConnectedApp><oauthConfig><consumerSecret>TOPSECRET</oauthConfig></ConnectedApp>",
            "<ConnectedApp><oauthConfig><consumerSecret>TOPSECRET & more</consumerSecret></oauthConfig></ConnectedApp>",
            "<ConnectedApp><oauthConfig><consumerSecret>TOPSECRET",
            "<ConnectedApp><oauthConfig><consumerSecret>\nTOPSECRET\n<<<<<<< TOPSECRET\nTOPSECRET</consumerSecret>",
            "<Profile><consumerSecret>TOPSECRET</consumerSecret></Profile>",
        ] {
            let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", text)]);
            assert_kept(&project);
            assert_eq!(project.run(&["check"]).code, 1);
        }
    }
}

mod decomposed {
    use super::*;

    const SET: &str = "force-app/permissionsets/Mill";
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    fn mill() -> Project {
        let project = Project::of(&[SFDX]);
        let whole =
            "<PermissionSet><hasActivationRequired>true</hasActivationRequired><label>The Mill</label></PermissionSet>";
        project.put(&format!("{SET}/Mill.permissionset-meta.xml"), format!("{HEAD}{whole}"));
        let part = "<PermissionSet><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></PermissionSet>";
        project.put(&format!("{SET}/Mill.userPermission-meta.xml"), format!("{HEAD}{part}"));
        let message = "<WorkflowOutboundMessage><fullName>Tell</fullName><includeSessionId>true</includeSessionId>\
                       <name>Tell</name></WorkflowOutboundMessage>";
        let folder = "force-app/workflows/Order/workflowOutboundMessages";
        project.put(&format!("{folder}/Tell.workflowOutboundMessage-meta.xml"), format!("{HEAD}{message}"));
        project
    }

    #[test]
    fn parts_make_one_component_with_places_in_its_parts() {
        let project = mill();
        assert_eq!(project.rows("SELECT Name, GrantsApi FROM PermissionSet").len(), 1);
        assert_eq!(project.column("SELECT Holder FROM Grant"), ["The Mill"]);
        assert_eq!(project.column("SELECT Components FROM Project"), [1]);
    }

    #[test]
    fn a_part_is_a_file_that_can_be_named_and_changed() {
        const MESSAGE: &str =
            "force-app/workflows/Order/workflowOutboundMessages/Tell.workflowOutboundMessage-meta.xml";
        let project = mill();
        let part = format!("{SET}/Mill.userPermission-meta.xml");
        project.put("names", format!("{part}\n{MESSAGE}\n"));
        let ran = project.check(&["--preset", "all", "--file-list", "names"]);
        let rule = "credential/outbound-message-session-id";
        assert!(ran.places().iter().any(|it| it.starts_with(MESSAGE) && it.ends_with(rule)), "{ran:?}");
        project.put("names", format!("{part}\n"));
        let ran = project.check(&["--preset", "all", "--file-list", "names"]);
        assert!(ran.findings().iter().all(|it| it["path"] == part.as_str()), "{ran:?}");
        // The hook is started by parts.
        let hooks = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml")).unwrap();
        for part in sessionlint::metadata::kind::PARTS {
            assert!(hooks.contains(part.suffix), "{}", part.suffix);
        }
    }

    #[test]
    fn a_part_of_another_root_is_broken() {
        let project = mill();
        project.put(&format!("{SET}/Mill.userPermission-meta.xml"), "<Profile/>");
        let broken = format!("{SET}/Mill.userPermission-meta.xml:1:1 metadata/wrong-root-element");
        assert!(check(&project, &[]).places().contains(&broken));
    }
}
