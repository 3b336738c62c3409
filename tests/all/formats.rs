//! Every format of `check` on whole projects: the destination of each, the same bytes twice, and no format that a name
//! can break.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::fs;
use std::path::Path;

use crate::support::{Project, Ran, formats, run_in, security, session_setting, short_app, text};
use serde_json::Value;

const LINES: [&str; 4] = ["human", "concise", "github", "azure"];
const DOCUMENTS: [&str; 7] = ["json", "sarif", "gitlab", "junit", "markdown", "csv", "rdjson"];
const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_formats() -> impl Iterator<Item = &'static str> {
    formats().iter().copied()
}

fn leaky(format: &str, threads: &str) -> Ran {
    let arguments = ["check", "sample-projects/leaky-org", "--preset", "all", "--as-of", "2026-12-01", "--base", "."];
    run_in(root(), &[&arguments[..], &["--format", format, "--threads", threads]].concat())
}

/// What reads the document fails where it is none.
fn parse(format: &str, document: &str) {
    match format {
        "json" | "sarif" | "gitlab" | "rdjson" => drop(serde_json::from_str::<Value>(document).unwrap()),
        "csv" => {
            let mut reader = csv::Reader::from_reader(document.as_bytes());
            assert_eq!(reader.headers().unwrap().get(0), Some("path"));
            assert!(reader.records().all(|row| row.is_ok_and(|row| row.len() == 13)), "{document}");
        }
        "junit" => {
            let mut reader = quick_xml::Reader::from_str(document);
            let mut depth = 0;
            loop {
                match reader.read_event().unwrap() {
                    quick_xml::events::Event::Start(_) => depth += 1,
                    quick_xml::events::Event::End(_) => depth -= 1,
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(depth, 0);
        }
        _ => assert!(document.starts_with("### sessionlint: "), "{document}"),
    }
}

#[test]
fn every_format_is_the_same_twice_and_with_any_number_of_threads() {
    for format in all_formats() {
        let (one, many) = (leaky(format, "1"), leaky(format, "4"));
        assert_eq!(one.code, 1, "{format}: {}", one.err);
        assert_eq!(one.out, many.out, "{format}");
        assert!(!one.out.contains("timestamp") && !one.out.contains(" time="), "{format} holds no time");
    }
}

#[test]
fn documents_hold_every_finding() {
    let findings = leaky("json", "2").findings();
    let sarif = leaky("sarif", "2").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().clone();
    let listed = run_in(root(), &["rules", "list", "--format", "json"]).json();
    assert_eq!(rules.len(), listed.as_array().unwrap().len(), "every rule is declared");
    // A finding that is shown as one of several has a result at each place.
    let print = |result: &Value| result["partialFingerprints"]["sessionlint/v1"].clone();
    let is_listed = |result: &Value| findings.iter().any(|finding| finding["fingerprint"] == print(result));
    let all_prints: Vec<Value> = results.iter().map(print).collect();
    let (results, further): (Vec<Value>, Vec<Value>) = results.into_iter().partition(is_listed);
    assert_eq!(results.len(), findings.len());
    for result in &further {
        let line = &result["locations"][0]["physicalLocation"]["region"]["startLine"];
        let mut of_rule = findings.iter().filter(|finding| finding["rule"] == result["ruleId"]);
        let is_place = |finding: &Value| {
            let mut places = finding["related"].as_array().unwrap().iter();
            places.any(|it| {
                it["start"]["line"] == *line && text(&result["message"]["text"]).starts_with(text(&it["text"]))
            })
        };
        assert!(of_rule.any(is_place), "{result}");
    }
    let taxonomies = sarif["runs"][0]["taxonomies"].as_array().unwrap();
    let named = |target: &Value| {
        let at = |index: &Value| usize::try_from(index.as_u64().unwrap()).unwrap();
        let taxonomy = &taxonomies[at(&target["toolComponent"]["index"])];
        assert_eq!(taxonomy["name"], target["toolComponent"]["name"]);
        assert_eq!(taxonomy["taxa"][at(&target["index"])]["id"], target["id"]);
    };
    for rule in &rules {
        rule["relationships"].as_array().into_iter().flatten().for_each(|it| named(&it["target"]));
    }
    assert!(results.iter().any(|result| result["taxa"].is_array()), "some finding belongs to a control");
    for (result, finding) in results.iter().zip(&findings) {
        assert_eq!(result["ruleId"], finding["rule"]);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], finding["rule"]);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for (ours, theirs) in [("startLine", &finding["start"]["line"]), ("startColumn", &finding["start"]["column"])] {
            assert_eq!(&region[ours], theirs);
        }
        for (ours, theirs) in [("endLine", &finding["end"]["line"]), ("endColumn", &finding["end"]["column"])] {
            assert_eq!(&region[ours], theirs);
        }
        assert_eq!(
            result["relatedLocations"].as_array().map_or(0, Vec::len),
            finding["related"].as_array().unwrap().len()
        );
    }
    let gitlab = leaky("gitlab", "2").json();
    let mut prints: Vec<String> =
        gitlab.as_array().unwrap().iter().map(|issue| text(&issue["fingerprint"]).to_owned()).collect();
    assert_eq!(prints, all_prints);
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), all_prints.len(), "fingerprints are unique");
    let junit = leaky("junit", "2").out;
    let bad = findings.iter().filter(|finding| finding["severity"] != "note").count();
    assert_eq!(junit.matches("<failure ").count(), bad);
    assert!(junit.contains(&format!("failures=\"{bad}\"")));
}

#[test]
fn pages_in_sarif_hold_no_token_for_a_scanner() {
    let sarif = leaky("sarif", "1").out;
    let in_base64 = |text: &str| text.bytes().take_while(|it| it.is_ascii_alphanumeric() || b"-_".contains(it)).count();
    let is_token = |text: &&str| {
        let length = in_base64(text);
        length >= 20 && text[length..].starts_with('.')
    };
    assert_eq!(sarif.split("eyJ").skip(1).find(is_token), None);
    // Only values are masked.
    assert!(sarif.contains("String accessToken = '*****"));
    assert!(sarif.contains("&password=' + "), "code around a value stays");
}

#[test]
fn no_finding_and_no_file_of_ours_are_documents_too() {
    let project = Project::sfdx(&[(SETTINGS, security("TwelveHours").as_str()), ("README.md", "#")]);
    for format in DOCUMENTS {
        for path in [".", "README.md"] {
            let ran = project.run(&["check", path, "--format", format]);
            assert_eq!(ran.code, 0, "{ran:?}");
            parse(format, &ran.out);
        }
    }
    let ran = project.run(&["check", "README.md", "--format", "sarif", "--also", "gitlab=codequality.json"]);
    assert_eq!(ran.json()["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(fs::read_to_string(project.at("codequality.json")).unwrap(), "[]\n");
    for format in LINES {
        assert_eq!(project.run(&["check", "README.md", "--format", format]).out, "");
    }
}

#[test]
fn also_writes_further_reports() {
    let project = Project::sfdx(&[(SETTINGS, security("FifteenMinutes").as_str())]);
    let ran = project.run(&["check", "--format", "concise", "--also", "sarif=a.sarif", "--also", "human=b.txt"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains(": warning[") || ran.out.contains(": error["), "{}", ran.out);
    parse("sarif", &fs::read_to_string(project.at("a.sarif")).unwrap());
    assert!(fs::read_to_string(project.at("b.txt")).unwrap().contains("Found "));
}

#[test]
fn also_refuses_what_it_cannot_mean() {
    let project = Project::sfdx(&[(SETTINGS, security("FifteenMinutes").as_str())]);
    for also in ["sarif", "sarif=", "xml=a", "=a"] {
        assert_eq!(project.run(&["check", "--also", also]).code, 2, "{also}");
    }
    for twice in [["--output", "a", "--also", "json=./a"], ["--also", "sarif=a", "--also", "json=b/../a"]] {
        let ran = project.run(&[&["check"], &twice[..]].concat());
        assert!(ran.code == 2 && ran.err.contains("two reports"), "{ran:?}");
        assert!(!project.at("a").exists());
    }
    let ran = project.run(&["check", "--format", "concise", "--also", "json=missing/a.json", "--also", "json=b.json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("missing/a.json") && !ran.out.is_empty() && project.at("b.json").exists(), "{ran:?}");
}

#[test]
fn an_option_that_would_do_nothing_is_refused() {
    let project = Project::sfdx(&[(SETTINGS, security("FifteenMinutes").as_str())]);
    for format in ["json", "sarif", "markdown", "csv"] {
        let ran = project.run(&["check", "--statistics", "--format", format]);
        assert!(ran.code == 2 && ran.err.contains("--statistics counts findings for people"), "{ran:?}");
    }
    fs::create_dir(project.at("there")).unwrap();
    for folder in ["new/", "there"] {
        let ran = project.run(&["query", "SELECT Name FROM Profile", "--output", folder]);
        assert!(ran.code == 2 && ran.err.contains("this output is one file"), "{ran:?}");
        assert!(!project.at("new").exists());
    }
}

#[test]
fn several_projects_fit_into_lines_only() {
    let project = Project::of(&[
        ("one/sfdx-project.json", r#"{"packageDirectories": [{"path": "force-app"}]}"#.to_owned()),
        ("two/sfdx-project.json", r#"{"packageDirectories": [{"path": "force-app"}]}"#.to_owned()),
        ("one/force-app/settings/Security.settings-meta.xml", security("FifteenMinutes")),
        ("two/force-app/settings/Security.settings-meta.xml", security("FifteenMinutes")),
    ]);
    for format in LINES {
        let ran = project.run(&["check", "one", "two", "--format", format]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("one/force-app/") && ran.out.contains("two/force-app/"), "{}", ran.out);
    }
    for format in DOCUMENTS {
        let also = format!("{format}=a");
        for arguments in [["--format", format], ["--also", &also]] {
            let ran = project.run(&[&["check", "one", "two"], &arguments[..]].concat());
            assert!(ran.code == 2 && ran.out.is_empty(), "{ran:?}");
            assert!(ran.err.contains("2 projects") && ran.err.contains(format), "{}", ran.err);
            assert!(ran.err.contains("DIR/"), "{}", ran.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn names_change_nothing_but_their_own_text() {
    let evil = "::error::x|`[y](z)`&lt;script&gt;alert(1)&lt;/script&gt; ##vso[task.complete] ##[error] @team \u{202E}";
    let project = Project::of(&[
        ("package.xml", "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"/>".to_owned()),
        ("::error file=x::\n|<b>, ##[error].connectedApp", short_app(evil)),
        (
            "profileSessionSettings/a.profileSessionSetting",
            session_setting(&format!("<profile>{evil}</profile>"), "15"),
        ),
        ("settings/Security.settings", security(&format!("\n::error::{evil}"))),
    ]);
    for format in all_formats() {
        let ran = project.run(&["check", "--format", format, "--preset", "all", "--notes"]);
        assert_eq!(ran.code, 1, "{format}: {ran:?}");
        if DOCUMENTS.contains(&format) {
            parse(format, &ran.out);
        }
        assert!(ran.out.len() > 200 && !ran.out.contains('\u{202E}'), "{format}");
        let own = "\n##vso[task.logissue type=";
        let marks = format!("\n{}", ran.out).matches(own).count();
        assert_eq!(
            ran.out.matches("##vso[").count(),
            if format == "azure" { marks } else { 0 },
            "{format}: {}",
            ran.out
        );
        assert!(!ran.out.contains("##[") && (marks > 0) == (format == "azure"), "{format}: {}", ran.out);
        let commands = ran.out.lines().filter(|line| line.trim_start().starts_with("::"));
        for command in commands {
            let levels = ["::error file=", "::warning file=", "::notice file="];
            assert!(format == "github" && levels.iter().any(|level| command.starts_with(level)), "{format}: {command}");
            assert_eq!(
                command.matches("::").count(),
                2 + command.split_once("::").map_or(0, |(_, rest)| {
                    rest.split_once("::").map_or(0, |(_, message)| message.matches("::").count())
                }),
                "{command}"
            );
        }
        if format == "markdown" || format == "junit" {
            assert!(!ran.out.contains("<script>") && !ran.out.contains("<b>"), "{format}: {}", ran.out);
        }
        if format == "markdown" {
            assert!(!ran.out.contains(" @team"), "{}", ran.out);
            let rows: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("| ")).collect();
            let bars = |row: &&str| row.replace("\\|", "").matches('|').count() == 5;
            assert!(rows.len() > 3 && rows.iter().all(bars), "{rows:#?}");
        }
    }
}

#[test]
fn suppressed_findings_are_in_sarif_only_and_marked() {
    let ignore = "[[ignore]]\nrule = \"session/org-timeout-short\"\ncomponent = \"SecuritySettings:Security\"\nreason = \"a kiosk\"\n";
    let project = Project::sfdx(&[(SETTINGS, security("FifteenMinutes").as_str()), ("sessionlint.toml", ignore)]);
    let ran =
        project.run(&["check", "--format", "sarif", "--also", "gitlab=a", "--also", "junit=b", "--also", "markdown=c"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let results = ran.json()["runs"][0]["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 1, "{results}");
    assert_eq!(results[0]["suppressions"], serde_json::json!([{ "kind": "external", "justification": "a kiosk" }]));
    assert_eq!(fs::read_to_string(project.at("a")).unwrap(), "[]\n");
    assert!(fs::read_to_string(project.at("b")).unwrap().contains("failures=\"0\""));
    assert!(fs::read_to_string(project.at("c")).unwrap().contains("1 finding is suppressed (by the configuration)."));
}
