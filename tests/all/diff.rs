//! `diff`, and projects from folders, zips and git revisions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Project, Ran, SFDX, git, profile, run_in, security, session_setting, short_app, text, zip::zip};
use serde_json::{Value, json};

const SECURITY: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const SALES: &str = "force-app/main/default/profileSessionSettings/Sales.profileSessionSetting-meta.xml";
const ERP: &str = "force-app/main/default/connectedApps/ERP.connectedApp-meta.xml";

fn commit(project: &Project, message: &str) {
    git(&project.root(), &["add", "--all", "--force"]);
    git(&project.root(), &["commit", "--quiet", "--message", message]);
}

/// An org at eight hours, with an override of 30 minutes for Sales if `sales`.
fn org(sales: bool) -> Vec<(&'static str, String)> {
    let mut files = vec![(SFDX.0, SFDX.1.to_owned()), (SECURITY, security("EightHours"))];
    if sales {
        files.push((SALES, session_setting("<profile>Sales</profile>", "30")));
    }
    files
}

fn diff(folder: &Path, arguments: &[&str]) -> Ran {
    run_in(folder, &[&["diff", "--format", "json"], arguments].concat())
}

/// The profiles that change, as `name old new direction`.
fn profiles(ran: &Ran) -> Vec<String> {
    let line = |it: &Value| {
        let (old, new) = (&it["oldMinutes"], &it["newMinutes"]);
        format!("{} {old} {new} {}", text(&it["profile"]), text(&it["direction"]))
    };
    ran.json()["profiles"].as_array().unwrap().iter().map(line).collect()
}

/// What people read, its lines unbroken.
fn on_one_line(ran: &Ran) -> String {
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

const SHORTER: &str = "Sales 480 30 worse";

#[test]
fn an_override_is_reported_as_what_it_does() {
    let place = Project::of::<&str>(&[]);
    for (name, sales) in [("old", false), ("new", true)] {
        for (path, bytes) in org(sales) {
            place.put(&format!("{name}/{path}"), bytes);
        }
    }
    let ran = place.run(&["diff", "old", "new"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("worse    profile Sales: 8 hours -> 30 minutes (profile override added)"), "{}", ran.out);
    let ran = place.run(&["diff", "new", "old"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("30 minutes -> 8 hours (profile override removed)"), "{}", ran.out);
    assert_eq!(place.run(&["diff", "old", "new", "--fail-on", "never"]).code, 0);
    assert_eq!(
        place.run(&["diff", "old", "new", "--fail-on", "error"]).code,
        1,
        "a shorter session fails all the same"
    );
    let same = place.run(&["diff", "old", "old"]);
    assert_eq!((same.code, same.out.as_str()), (0, "old -> old\n\nno change to sessions, apps or findings\n"));
}

#[test]
fn json_holds_the_facts() {
    let place = Project::of::<&str>(&[]);
    for (name, sales) in [("old", false), ("new", true)] {
        for (path, bytes) in org(sales) {
            place.put(&format!("{name}/{path}"), bytes);
        }
    }
    let scopes = "<scopes>Api</scopes><scopes>RefreshToken</scopes>";
    let infinite = short_app("ERP").replace("<scopes>Api</scopes>", scopes);
    place.put(&format!("old/{ERP}"), &infinite);
    place.put(&format!("new/{ERP}"), infinite.replace("infinite", "specific_lifetime:90:DAYS"));
    let answer = diff(&place.root(), &["old", "new"]).json();
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["old"], json!({ "name": "old", "kind": "folder", "files": 2, "components": 2, "hidden": 0 }));
    assert_eq!(answer["org"], json!([]));
    let refresh = json!({
        "setting": "refreshToken",
        "old": { "kind": "until-revoked", "hours": null, "period": null },
        "new": { "kind": "lifetime", "hours": 2160, "period": "90 days" },
        "direction": "worse",
    });
    let app = &answer["apps"][0];
    assert_eq!((text(&app["app"]), text(&app["presence"])), ("ERP", "changed"));
    assert_eq!(app["settings"], json!([refresh]));
    assert_eq!(answer["summary"], json!({ "worse": 2, "better": 0 }));
    let new: Vec<&str> = answer["findings"]["new"].as_array().unwrap().iter().map(|it| text(&it["rule"])).collect();
    assert!(new.contains(&"session/profile-timeout-short") && new.contains(&"oauth/refresh-token-lifetime"), "{new:?}");
    assert_eq!(answer["findings"]["fixed"], json!([]));
    let human = on_one_line(&place.run(&["diff", "old", "new"]));
    assert!(human.contains("refresh token valid until revoked -> expires 90 days after issue"), "{human}");
}

/// The findings of a sort, as `rule severity oldSeverity`.
fn found(ran: &Ran, sort: &str) -> Vec<String> {
    let line = |it: &Value| format!("{} {} {}", text(&it["rule"]), text(&it["severity"]), it["oldSeverity"]);
    ran.json()["findings"][sort].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_value_that_gets_better_and_is_not_good_is_no_new_finding() {
    let place = Project::of::<&str>(&[]);
    for (name, timeout) in [("fifteen", "FifteenMinutes"), ("thirty", "ThirtyMinutes"), ("sixty", "SixtyMinutes")] {
        place.put(&format!("{name}/{}", SFDX.0), SFDX.1);
        place.put(&format!("{name}/{SECURITY}"), security(timeout));
    }
    let compare = |old: &str, new: &str| diff(&place.root(), &[old, new]);
    let milder = compare("fifteen", "sixty");
    assert_eq!(milder.code, 0, "{milder:?}");
    let short = "session/org-timeout-short";
    assert_eq!(found(&milder, "improved"), [format!("{short} warning \"error\"")]);
    assert_eq!((found(&milder, "new"), found(&milder, "fixed")), (Vec::new(), Vec::new()));
    let as_bad = compare("fifteen", "thirty");
    assert_eq!((as_bad.code, found(&as_bad, "changed")), (0, vec![format!("{short} error null")]));
    assert_eq!((found(&as_bad, "new"), found(&as_bad, "fixed")), (Vec::new(), Vec::new()));
    let worse = compare("sixty", "fifteen");
    assert_eq!((worse.code, found(&worse, "new")), (1, vec![format!("{short} error \"warning\"")]));
    assert_eq!(found(&worse, "fixed"), Vec::<String>::new());
    let human = on_one_line(&place.run(&["diff", "fifteen", "sixty"]));
    assert!(human.contains("Improved, still found warning") && human.contains("[was: error]"), "{human}");
    assert!(human.ends_with("1 change for the better, 1 improved finding"), "{human}");
}

#[test]
fn findings_of_one_file_are_distinguished_by_their_subjects() {
    let place = Project::of::<&str>(&[]);
    let workflow = |messages: &[(&str, &str)]| {
        let one = |(name, element): &(&str, &str)| {
            format!(
                "<outboundMessages><fullName>{name}</fullName><endpointUrl>https://user:s3cret@{name}.example.com/in?key=s3cret</endpointUrl>\
                 {element}</outboundMessages>\n"
            )
        };
        format!(
            "<Workflow xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{}</Workflow>\n",
            messages.iter().map(one).collect::<String>()
        )
    };
    let (on, off) = ("<includeSessionId>true</includeSessionId>", "<includeSessionId>false</includeSessionId>");
    for (name, messages) in [
        ("old", &[("Paid", on), ("Sent", on), ("Lost", on), ("Gone", on), ("Quiet", off)][..]),
        ("new", &[("Fresh", on), ("Paid", on), ("Sent", off), ("Lost", ""), ("Quiet", "")][..]),
    ] {
        place.put(&format!("{name}/{}", SFDX.0), SFDX.1);
        place.put(&format!("{name}/force-app/Order.workflow-meta.xml"), workflow(messages));
    }
    let ran = diff(&place.root(), &["old", "new", "--fail-on", "never"]);
    let answer = ran.json();
    let lost: Vec<String> = answer["outboundMessages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {} {}", text(&it["workflow"]), text(&it["message"]), text(&it["receiver"])))
        .collect();
    assert_eq!(lost, ["Order Sent https://Sent.example.com", "Order Lost https://Lost.example.com"]);
    let rules = |sort: &str| -> Vec<String> {
        let findings = answer["findings"][sort].as_array().unwrap();
        findings.iter().map(|it| text(&it["message"]).split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!((rules("new"), rules("fixed")), (vec!["Fresh".to_owned()], vec!["Gone".to_owned()]));
    for format in ["human", "markdown"] {
        let out = on_one_line(&place.run(&["diff", "old", "new", "--format", format, "--fail-on", "never"]));
        assert!(out.contains("Sent of Order no longer asks for a session id"), "{out}");
        assert!(!out.contains("s3cret"), "{out}");
    }
    let back = diff(&place.root(), &["new", "new"]);
    assert_eq!(back.json()["outboundMessages"], json!([]));
}

#[test]
fn a_line_that_changes_many_profiles_is_reported_once() {
    let place = Project::of::<&str>(&[]);
    for (name, timeout) in [("old", "EightHours"), ("new", "ThirtyMinutes")] {
        place.put(&format!("{name}/{}", SFDX.0), SFDX.1);
        place.put(&format!("{name}/{SECURITY}"), security(timeout));
        for number in 1..=42 {
            place.put(&format!("{name}/force-app/main/default/profiles/Crew {number}.profile-meta.xml"), profile());
        }
    }
    let ran = place.run(&["diff", "old", "new"]);
    let out = on_one_line(&ran);
    assert!(out.contains("holds for 42 profiles without an override: Crew 1, Crew 10, Crew 11 and 39 more;"), "{out}");
    assert!(out.contains("1 change for the worse,"), "{out}");
    let out = on_one_line(&place.run(&["diff", "old", "new", "--notes"]));
    assert!((1..=42).all(|number| out.contains(&format!("Crew {number}"))), "{out}");
    let answer = diff(&place.root(), &["old", "new"]).json();
    assert_eq!(answer["summary"], json!({ "worse": 1, "better": 0 }));
    assert_eq!(answer["profiles"].as_array().unwrap().len(), 42);
}

#[test]
fn the_life_of_tokens_in_jwt_form_is_compared() {
    let place = Project::of::<&str>(&[]);
    let xmlns = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
    let named = "<externalClientApplication>Crane</externalClientApplication>";
    for (name, minutes) in [("old", 60), ("new", 5)] {
        place.put(&format!("{name}/{}", SFDX.0), SFDX.1);
        place.put(
            &format!("{name}/force-app/Crane.ecaGlblOauth-meta.xml"),
            format!(
                "<ExtlClntAppGlobalOauthSettings {xmlns}>{named}<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>\
                 </ExtlClntAppGlobalOauthSettings>"
            ),
        );
        place.put(
            &format!("{name}/force-app/Crane.ecaOauthPlcy-meta.xml"),
            format!(
                "<ExtlClntAppOauthConfigurablePolicies {xmlns}>{named}\
                 <namedUserJwtSessionTimeoutType>Custom</namedUserJwtSessionTimeoutType>\
                 <namedUserJwtTimeout>{minutes}</namedUserJwtTimeout></ExtlClntAppOauthConfigurablePolicies>"
            ),
        );
    }
    let ran = diff(&place.root(), &["old", "new"]);
    let setting = json!({ "setting": "jwtTimeout", "old": 60, "new": 5, "direction": "worse" });
    assert_eq!((ran.code, &ran.json()["apps"][0]["settings"]), (1, &json!([setting])));
    let out = on_one_line(&place.run(&["diff", "old", "new"]));
    assert!(out.contains("lifetime of JWT-based access tokens 1 hour -> 5 minutes"), "{out}");
}

#[test]
fn markdown_neither_formats_nor_calls() {
    let place = Project::of::<&str>(&[]);
    for (path, bytes) in org(false) {
        place.put(&format!("old/{path}"), &bytes);
        place.put(&format!("new/{path}"), &bytes);
    }
    place.put(&format!("new/{SALES}"), session_setting("<profile>@octocat | [x](y) #1</profile>", "30"));
    let ran = place.run(&["diff", "old", "new", "--format", "markdown"]);
    assert!(ran.out.starts_with("### sessionlint: 1 change for the worse, "), "{}", ran.out);
    let row = "| **worse** | profile @&#8203;octocat \\| \\[x\\](y) #&#8203;1 | 8 hours | 30 minutes | profile override added |";
    assert!(ran.out.contains(row), "{}", ran.out);
    assert!(ran.out.contains("<details><summary>"), "{}", ran.out);
    assert!(!ran.out.contains("@octocat"), "{}", ran.out);
}

#[test]
fn what_is_new_and_what_gets_worse_is_annotated() {
    let project = Project::of(&[] as &[(&str, &str)]);
    for (path, text) in org(false) {
        project.put(&format!("old/{path}"), text);
    }
    for (path, text) in org(true) {
        project.put(&format!("new/{path}"), text);
    }
    // What both have is news in neither.
    for side in ["old", "new"] {
        project.put(&format!("{side}/force-app/main/default/connectedApps/Old.connectedApp-meta.xml"), "<ConnectedApp");
    }
    let ran = project.run(&["diff", "old", "new", "--format", "github"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("::warning title=Sessions and apps::profile Sales: 8 hours -> 30 minutes"), "{ran:?}");
    let path = SALES.replace("force-app", "new/force-app");
    assert!(
        lines[1].starts_with(&format!("::error file={path},line=4,"))
            || lines[1].starts_with(&format!("::warning file={path},line=4,")),
        "{ran:?}"
    );
    assert!(!ran.out.contains("Old.connectedApp"), "{ran:?}");
    assert!(lines.last().unwrap().starts_with("sessionlint: "), "{ran:?}");
    let file = project.run(&["diff", "old", "new", "--format", "github", "--output", "notes.txt"]);
    assert_eq!((file.code, fs::read_to_string(project.at("notes.txt")).unwrap()), (1, ran.out));
    let back = project.run(&["diff", "new", "old", "--format", "github"]);
    assert_eq!((back.code, back.out.lines().count()), (0, 1), "{back:?}");
}

#[test]
fn sarif_holds_the_findings_that_are_new_and_every_rule() {
    let project = Project::of(&[] as &[(&str, &str)]);
    for (side, sales) in [("old", false), ("new", true)] {
        for (path, text) in org(sales) {
            project.put(&format!("{side}/{path}"), text);
        }
        project.put(&format!("{side}/force-app/main/default/connectedApps/Old.connectedApp-meta.xml"), "<ConnectedApp");
    }
    let results = |arguments: &[&str]| {
        let ran = project.run(&[&["diff", "--format", "sarif"], arguments].concat());
        let run = ran.json()["runs"][0].clone();
        assert_eq!(run["automationDetails"]["id"], "sessionlint/diff/");
        assert!(run["tool"]["driver"]["rules"].as_array().unwrap().len() > 100);
        run["results"].as_array().unwrap().clone()
    };
    let new = results(&["old", "new"]);
    assert!(!new.is_empty());
    for result in &new {
        let file = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(text(file), SALES.replace("force-app", "new/force-app"), "{result}");
    }
    assert_eq!(results(&["new", "old"]), [] as [Value; 0]);
    assert_eq!(results(&["old", "old"]), [] as [Value; 0]);
}

#[test]
fn a_new_connected_app_is_reported_as_hard_to_deploy() {
    let place = Project::of::<&str>(&[]);
    for (path, bytes) in org(false) {
        place.put(&format!("old/{path}"), &bytes);
        place.put(&format!("new/{path}"), &bytes);
    }
    place.put(&format!("new/{ERP}"), short_app("ERP"));
    let ran = place.run(&["diff", "old", "new", "--fail-on", "never"]);
    let out = on_one_line(&ran);
    assert!(out.contains("Since Spring '26"), "{out}");
    assert!(out.contains("neutral connected app ERP, an integration: added with session timeout 15 minutes"), "{out}");
}

#[test]
fn folder_zip_and_revision_give_the_same_findings() {
    let app = short_app("ERP").into_bytes();
    let mut files: Vec<(&str, Vec<u8>)> = org(true).into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    files.push((ERP, app.clone()));
    // Twins, a backup, a hidden file, a file outside, a broken one, UTF-16, and what is never looked at.
    files.push(("force-app/Kept.connectedApp-meta.xml.orig", app.clone()));
    files.push(("force-app/ERP.connectedApp", app.clone()));
    files.push(("force-app/ERP.connectedApp-meta.xml", app.clone()));
    files.push((".forceignore", b"**/Hidden*\n".to_vec()));
    files.push(("force-app/Hidden.connectedApp-meta.xml", app.clone()));
    files.push(("elsewhere/Other.connectedApp-meta.xml", app.clone()));
    files.push(("force-app/Cut.connectedApp-meta.xml", app[..app.len() / 2].to_vec()));
    files.push(("force-app/staticresources/Not.connectedApp-meta.xml", app.clone()));
    let wide = short_app("Wide").replace("UTF-8", "UTF-16");
    files.push((
        "force-app/Wide.connectedApp-meta.xml",
        [0xFF, 0xFE].into_iter().chain(wide.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
    ));
    // Larger than what a folder's files keep in memory.
    let long = short_app("Long").replace("<label>", &format!("<!--{}-->\n<label>", "x".repeat(70_000)));
    files.push(("force-app/Long.connectedApp-meta.xml", long.into_bytes()));

    let project = Project::of(&files);
    // Neither may matter: what an archive leaves out, and what a check-out would rewrite.
    project.put(".gitattributes", "* export-ignore\n*.xml text eol=crlf\n");
    git(&project.root(), &["init", "--quiet"]);
    commit(&project, "All");
    let place = Project::of(&[("project.zip", zip(&files))]);
    let nested: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, bytes)| (format!("unpackaged/{path}"), bytes.clone())).collect();
    let nested: Vec<(&str, &Vec<u8>)> = nested.iter().map(|(path, bytes)| (path.as_str(), bytes)).collect();
    place.put("nested.zip", zip(&nested));

    let folder = project.check(&[]);
    assert!(folder.findings().len() >= 6, "{folder:?}");
    for name in ["project.zip", "nested.zip"] {
        let zipped = place.check(&[name]);
        assert_eq!(zipped.code, folder.code);
        assert_eq!(zipped.findings(), folder.findings(), "{name}");
        assert_eq!(zipped.err, folder.err, "{name}: hidden files and such are told of alike");
        let human = place.run(&["check", name]);
        assert_eq!(human.code, 1, "{human:?}");
        assert!(human.out.contains(&format!("{name}/force-app")), "{}", human.out);
    }
    let zip_path = place.at("project.zip");
    let root = project.root();
    for pair in [["HEAD", "."], [".", "HEAD"], ["HEAD", zip_path.to_str().unwrap()]] {
        let ran = diff(&root, &pair);
        let answer = ran.json();
        assert_eq!(ran.code, 0, "{ran:?}");
        let none = json!({ "new": [], "fixed": [], "improved": [], "changed": [] });
        assert_eq!(answer["findings"], none, "{pair:?}");
        assert_eq!((&answer["org"], &answer["profiles"], &answer["apps"]), (&json!([]), &json!([]), &json!([])));
        assert_eq!(answer["old"]["files"], answer["new"]["files"]);
        assert_eq!(answer["old"]["hidden"], 1);
    }
    let rows = place.run(&["query", "SELECT Name FROM ConnectedApp ORDER BY Name", "project.zip", "--format", "csv"]);
    assert_eq!(rows.out, "Name\nERP\nERP\nKept\nLong\nWide\n");
}

#[test]
fn a_project_in_a_subfolder_has_its_own_revisions() {
    let repository = Project::of::<&str>(&[]);
    git(&repository.root(), &["init", "--quiet"]);
    repository.put("README.md", "nothing of ours");
    commit(&repository, "Before the project");
    for (path, bytes) in org(false) {
        repository.put(&format!("apps/crm/{path}"), bytes);
    }
    repository.put("other/settings/Security.settings-meta.xml", security("FifteenMinutes"));
    commit(&repository, "With the project");
    repository.put(&format!("apps/crm/{SALES}"), session_setting("<profile>Sales</profile>", "30"));

    let project = ["--project", "apps/crm"];
    assert_eq!(profiles(&diff(&repository.root(), &[&["HEAD"], &project[..]].concat())), [SHORTER]);
    assert_eq!(profiles(&diff(&repository.at("apps/crm"), &["HEAD"])), [SHORTER]);
    assert_eq!(profiles(&diff(&repository.at("apps/crm/force-app"), &["HEAD"])), [SHORTER], "the project above");
    commit(&repository, "With the override");
    assert_eq!(profiles(&diff(&repository.at("apps/crm"), &["HEAD~1", "HEAD"])), [SHORTER]);
    let ran = diff(&repository.at("apps/crm"), &["HEAD", "HEAD~1"]);
    assert_eq!(profiles(&ran), ["Sales 30 480 better"]);
    assert_eq!(ran.json()["old"]["kind"], "revision");
    // Hooks leave variables that mean another repository.
    let mut command = Command::new(support::PROGRAM);
    command.env(crate::support::CACHE_DIR, "");
    command.args(["diff", "HEAD~1", "--format", "json"]).current_dir(repository.at("apps/crm"));
    let ran = support::run(command.env("GIT_DIR", "nowhere").env("GIT_INDEX_FILE", "nothing"));
    assert_eq!(profiles(&ran), [SHORTER]);

    let first = diff(&repository.at("apps/crm"), &["HEAD~2"]);
    assert_eq!(first.json()["old"]["files"], 0);
    assert!(first.err.contains("HEAD~2: no Salesforce metadata was recognised there"), "{}", first.err);
    assert_eq!(diff(&repository.at("apps/crm"), &["HEAD~2", "--quiet"]).err, "");
}

#[test]
fn a_path_wins_over_a_branch() {
    let project = Project::of(&org(false));
    git(&project.root(), &["init", "--quiet"]);
    commit(&project, "Without");
    git(&project.root(), &["branch", "staging"]);
    for (path, bytes) in org(true) {
        project.put(&format!("staging/{path}"), bytes);
    }
    let ran = diff(&project.root(), &["staging"]);
    assert_eq!(ran.json()["old"]["kind"], "folder");
    assert_eq!(profiles(&ran), ["Sales 30 480 better"]);
    assert!(ran.err.contains("staging is a path and a git revision; the path is read"), "{}", ran.err);
    assert!(!diff(&project.root(), &["./staging"]).err.contains("git revision"), "said clearly");
    let ran = diff(&project.root(), &["staging~0"]);
    assert_eq!(ran.json()["old"]["kind"], "revision");
    assert_eq!(profiles(&ran), Vec::<String>::new());
}

#[test]
fn what_is_no_state_is_refused() {
    let project = Project::of(&org(false));
    git(&project.root(), &["init", "--quiet"]);
    commit(&project, "All");
    let refused = |arguments: &[&str], says: &str| {
        let ran = project.run(&[&["diff"], arguments].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    };
    refused(&["nonsense"], "nonsense: neither an existing path nor a revision that git knows here");
    refused(&["HEAD..HEAD"], "give its two ends as OLD and NEW");
    refused(&["--", "--output=x"], "no revision begins with `-`");
    refused(&[""], "a value is required");
    refused(&["HEAD", "--project", "nowhere"], "nowhere: no such file or folder");
    refused(&["gone", "--project", "nowhere"], "gone: no such file or folder; as a revision, nowhere: no such file");
    assert!(!project.at("x").exists());

    let elsewhere = Project::of(&org(false));
    let ran = elsewhere.run(&["diff", "HEAD"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("the project is in no git repository"), "{}", ran.err);
    let mut command = Command::new(support::PROGRAM);
    command.env(crate::support::CACHE_DIR, "");
    let ran = support::run(command.args(["diff", "HEAD"]).current_dir(project.root()).env("PATH", ""));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("git was not found"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn links_and_submodules_of_a_revision_are_reported() {
    let project = Project::of(&org(false));
    let link = project.at("force-app/Link.profile-meta.xml");
    project.put("Target.profile-meta.xml", profile());
    std::os::unix::fs::symlink(project.at("Target.profile-meta.xml"), link).unwrap();
    git(&project.root(), &["init", "--quiet"]);
    commit(&project, "All");
    let oid = "0123456789012345678901234567890123456789";
    git(&project.root(), &["update-index", "--add", "--cacheinfo", &format!("160000,{oid},force-app/module")]);
    git(&project.root(), &["commit", "--quiet", "--message", "A submodule"]);
    let ran = diff(&project.root(), &["HEAD", "HEAD"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains("force-app/Link.profile-meta.xml: is a link, which is not followed in a revision"),
        "{ran:?}"
    );
    assert!(ran.err.contains("force-app/module: is a submodule, which is not read"), "{ran:?}");
}

#[test]
fn hostile_zips_are_refused() {
    let place = Project::of::<&str>(&[]);
    place.put("traversal.zip", zip(&[("../../Admin.profile", profile())]));
    place.put("absolute.zip", zip(&[("/Admin.profile", profile())]));
    place.put("no.zip", "PK, but not more");
    let cut = zip(&[("Admin.profile", profile())]);
    place.put("cut.zip", &cut[..cut.len() - 30]);
    for (name, says) in [
        ("traversal.zip", "traversal.zip: holds an entry that leads out of it (`../../Admin.profile`)"),
        ("absolute.zip", "absolute.zip: holds an entry that leads out of it"),
        ("no.zip", "no.zip: cannot be read as a zip"),
        ("cut.zip", "cut.zip: cannot be read as a zip"),
    ] {
        for command in [&["check", name][..], &["query", "SELECT Name FROM Profile", name], &["diff", name, name]] {
            let ran = place.run(command);
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
            assert!(ran.err.contains(says), "{}", ran.err);
        }
    }
    assert_eq!(fs::read_dir(place.root()).unwrap().count(), 4, "nothing was written");
}

#[test]
fn an_entry_that_swells_is_reported_and_the_rest_is_read() {
    let place = Project::of::<&str>(&[]);
    let swollen = vec![b' '; 64 * 1024 * 1024 + 1];
    place.put(
        "big.zip",
        zip(&[("Big.profile", swollen.as_slice()), ("Security.settings", security("FifteenMinutes").as_bytes())]),
    );
    let ran = place.check(&["big.zip"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("Big.profile: is larger than 64 MB and was not read"), "{}", ran.err);
    assert!(!ran.findings().is_empty());
}

#[test]
fn a_static_resource_is_no_project() {
    let project = Project::of(&org(true));
    project.put("force-app/staticresources/library.zip", "not even a zip");
    let ran = project.run(&["check", "force-app/staticresources/library.zip"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    let ran = project.check(&["force-app/staticresources/library.zip", SALES]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn what_a_comment_allows_is_neither_new_nor_fixed() {
    const FILE: &str = "force-app/a.profileSessionSetting-meta.xml";
    let setting = |comment: &str| {
        format!(
            "<ProfileSessionSetting>\n    <profile>Sales</profile>\n    {comment}<sessionTimeout>15</sessionTimeout>\n\
             </ProfileSessionSetting>\n"
        )
    };
    let allowed = setting("<!-- sessionlint: allow session/profile-timeout-short: kiosks -->\n    ");
    let project = Project::sfdx(&[("force-app/b.profileSessionSetting-meta.xml", setting("").replace("15", "120"))]);
    let root = project.root();
    git(&root, &["init", "--quiet"]);
    commit(&project, "start");
    let steps = [
        (allowed.clone(), [0, 0], "new and allowed"),
        (setting(""), [1, 0], "allowed no more"),
        (allowed, [0, 0], "allowed from now on"),
        (setting("").replace("15", "480"), [0, 0], "an allowed one is gone"),
        (setting(""), [1, 0], "new"),
        (setting("").replace("15", "480"), [0, 1], "fixed"),
    ];
    for (text, expected, why) in steps {
        project.put(FILE, text);
        let count = |findings: &Value| {
            ["new", "fixed"].map(|kind| {
                let list = findings[kind].as_array().unwrap();
                list.iter().filter(|it| it["rule"] == "session/profile-timeout-short").count()
            })
        };
        let ran = diff(&root, &["HEAD"]);
        assert_eq!(count(&ran.json()["findings"]), expected, "{why}: {}", ran.out);
        commit(&project, why);
        let history = run_in(&root, &["history", "--format", "json"]).json();
        let last = history["events"].as_array().unwrap().iter().find(|it| it["title"] == why);
        let counted = last.map_or([0, 0], |it| count(&it["changes"]["findings"]));
        assert_eq!(counted, expected, "{why}: {history}");
    }
}
