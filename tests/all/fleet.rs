//! Many projects beside each other: a row each, in order, with their reports.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use crate::support::{Project, SFDX, files, security, session_setting, short_app, text};

const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";

/// A folder of four clients: one with an error, one with an app and a profile, one that is fine, one without a project.
fn clients() -> Project {
    let project = Project::of::<&[u8]>(&[]);
    for (client, timeout) in [("fine", "TwelveHours"), ("short", "FifteenMinutes"), ("some", "TwelveHours")] {
        project.put(&format!("{client}/{}", SFDX.0), SFDX.1);
        project.put(&format!("{client}/{SETTINGS}"), security(timeout));
    }
    let sales = session_setting("<profile>Sales</profile>", "30");
    project.put("some/force-app/Sales.profileSessionSetting-meta.xml", sales);
    project.put("some/force-app/ERP.connectedApp-meta.xml", short_app("ERP"));
    project.put("some/sessionlint.toml", "[integration]\napps = [\"ERP\"]\n");
    project.put("empty/README.md", "nothing");
    project
}

fn row<'v>(answer: &'v Value, project: &str) -> &'v Value {
    let rows = answer["projects"].as_array().unwrap();
    rows.iter().find(|row| row["project"] == project).unwrap_or_else(|| panic!("{project}: {answer}"))
}

const ALL: [&str; 6] = ["fleet", "fine", "some", "empty", "short", "--as-of=2026-12-01"];

#[test]
fn each_project_is_a_row_and_the_worst_comes_first() {
    let project = clients();
    let ran = project.run(&[&ALL[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let answer = ran.json();
    let names: Vec<&str> = answer["projects"].as_array().unwrap().iter().map(|row| text(&row["project"])).collect();
    assert_eq!(names.last(), Some(&"empty"));
    assert_eq!(names.len(), 4);
    let bad = |name: &str| (row(&answer, name)["errors"].as_u64(), row(&answer, name)["warnings"].as_u64());
    assert!(names[..3].windows(2).all(|pair| bad(pair[0]) >= bad(pair[1])), "{answer}");
    let some = row(&answer, "some");
    assert_eq!(some["orgMinutes"], 720);
    assert_eq!(some["shortestProfile"], json!({ "profile": "Sales", "minutes": 30, "others": 0 }));
    assert_eq!((&some["integrations"], &some["integrationsWithoutRenewal"]), (&json!(1), &json!(1)), "{some}");
    assert_eq!(some["report"], Value::Null);
    let empty = row(&answer, "empty");
    assert_eq!((&empty["state"], &empty["errors"]), (&json!("noProject"), &Value::Null));
    // Every row is what the project is by itself.
    for name in ["fine", "some", "short"] {
        let alone = project.run(&["check", name, "--format", "json", "--as-of=2026-12-01"]).json();
        let row = row(&answer, name);
        for (key, counted) in [("errors", "error"), ("warnings", "warning"), ("notes", "note")] {
            assert_eq!(row[key], alone["summary"][counted], "{name} {key}");
        }
    }
    let table = project.run(&ALL);
    assert!(table.out.starts_with("project ") && table.out.contains("1 folder without a project"), "{}", table.out);
}

#[test]
fn the_order_and_the_number_of_threads_change_nothing() {
    let project = clients();
    let ran = project.run(&[&ALL[..], &["--format", "json", "--threads", "1"]].concat());
    for threads in ["2", "7"] {
        let turned = ["fleet", "short", "some/", "./fine", "empty", "some", "--as-of=2026-12-01", "--format", "json"];
        let other = project.run(&[&turned[..], &["--threads", threads]].concat());
        assert_eq!(ran.out, other.out);
    }
}

#[test]
fn a_project_is_judged_by_its_own_configuration() {
    let project = clients();
    project.put("short/sessionlint.toml", "ignore = [\"session\", \"login\"]\n");
    project.put("some/sessionlint.toml", "fail-on = \"never\"\n");
    let run = |more: &[&str]| project.run(&[&["fleet", "short", "some", "--format", "json"], more].concat());
    let ran = run(&[]);
    assert_eq!((ran.code, &row(&ran.json(), "short")["errors"]), (0, &json!(0)), "{ran:?}");
    assert_eq!(run(&["--fail-on", "note"]).code, 1);
    let ran = run(&["--no-project-config"]);
    assert_eq!((ran.code, &row(&ran.json(), "short")["errors"]), (1, &json!(1)), "{ran:?}");
    assert_eq!(run(&["--no-project-config", "--fail-on", "never"]).code, 0);
}

#[test]
fn what_cannot_be_judged_is_a_row_and_the_others_are_too() {
    let project = clients();
    project.put("some/sessionlint.toml", "preset = \"none\"\n");
    let ran = project.run(&["fleet", "fine", "some", "gone", "--format", "json"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let answer = ran.json();
    assert_eq!(answer["summary"]["failed"], 2);
    assert_eq!(row(&answer, "gone")["message"], "no such folder");
    assert_eq!(row(&answer, "fine")["state"], "checked");
    assert!(ran.err.contains("error: some: ") && ran.err.contains("error: gone: no such folder"), "{}", ran.err);
    // A name is said once.
    project.put("bad.zip", "none");
    let ran = project.run(&["fleet", "fine", "bad.zip"]);
    assert!(ran.code == 3 && ran.err.starts_with("error: bad.zip: cannot be read as a zip"), "{}", ran.err);
    // A folder without a project is no failure, unless there is nothing else.
    assert_eq!(project.run(&["fleet", "fine", "empty"]).code, 0);
    assert_eq!(project.run(&["fleet", "empty"]).code, 2);
}

#[test]
fn a_folder_gets_the_reports_and_a_page_that_links_them() {
    let project = clients();
    project.put("some/deep/index/sfdx-project.json", "{}");
    let ran = project.run(&[&ALL[..], &["--output", "out"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("shortest profile"), "the table is shown all the same: {}", ran.out);
    let written = files(&project.at("out"));
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    assert_eq!(names, ["fine.html", "index.html", "short.html", "some.html"]);
    let index = String::from_utf8_lossy(&written["index.html"]);
    for name in ["fine", "short", "some"] {
        assert!(index.contains(&format!("<a href=\"{name}.html\">{name}</a>")), "{index}");
        let page = String::from_utf8_lossy(&written[&format!("{name}.html")]);
        assert!(page.contains(&format!("Sessions and integrations of {name}")), "{name}");
    }
    assert!(!index.contains("://") && !index.contains("<script"), "the page loads nothing");
    for (format, page, report) in [("markdown", "index.md", "some.md"), ("json", "index.json", "some.html")] {
        let ran = project.run(&["fleet", "some", "--format", format, "--output", "more"]);
        assert_eq!(ran.out, "", "{ran:?}");
        let text = String::from_utf8_lossy(&files(&project.at("more"))[page]).into_owned();
        assert!(text.contains(report) && project.at("more").join(report).is_file(), "{text}");
    }
    assert_eq!(project.run(&["fleet", "fine", "--output", "fine/sfdx-project.json"]).code, 2);
}

#[test]
fn texts_of_a_project_are_inert() {
    let project = Project::of::<&[u8]>(&[]);
    let folder = "a|b [x](y) `c`";
    project.put(&format!("{folder}/{}", SFDX.0), SFDX.1);
    project.put(&format!("{folder}/{SETTINGS}"), security("TwelveHours"));
    let sales = session_setting("<profile>&lt;script&gt;alert(1)&lt;/script&gt;</profile>", "30");
    project.put(&format!("{folder}/force-app/S.profileSessionSetting-meta.xml"), sales);
    for format in ["html", "markdown"] {
        let ran = project.run(&["fleet", folder, "--format", format]);
        assert!(ran.out.contains("&lt;script&gt;") && !ran.out.contains("<script>"), "{}", ran.out);
        assert!(!ran.out.contains("[x](y)") || format == "html", "{}", ran.out);
    }
    project.run(&["fleet", folder, "--output", "out", "--format", "html"]);
    let names: Vec<String> = files(&project.at("out")).into_keys().collect();
    assert!(names.iter().all(|name| !name.contains([' ', '|', '`', '['])), "{names:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_project_is_that_project() {
    let project = clients();
    std::os::unix::fs::symlink("short", project.at("linked")).unwrap();
    let ran = project.run(&["fleet", "short", "linked", "fine", "--format", "json"]);
    let names: Vec<Value> =
        ran.json()["projects"].as_array().unwrap().iter().map(|row| row["project"].clone()).collect();
    assert_eq!(names, ["short", "fine"]);
    let concise = |paths: &[&str]| project.run(&[&["check", "--format", "concise"], paths].concat()).out;
    assert_eq!(concise(&["short", "linked"]), concise(&["short"]));
}
