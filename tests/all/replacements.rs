//! Text that a deployment replaces, by `replacements` of the project file: applied where it is known, unknown where
//! not.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its project fails, wherever that happens")]

use serde_json::{Value, json};

use crate::support::{Project, Ran, git, profile, security, session_setting, zip::zip};

const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";
const HOST: &str = "network/instanced-api-host";
const TOLD: &str = "metadata/replaced-at-deployment";

/// A project whose project file holds these entries, of which `None` gives none.
fn project(entries: Option<&Value>, files: &[(&str, String)]) -> Project {
    let project = Project::of(files);
    let mut file =
        json!({ "packageDirectories": [{ "path": "force-app", "default": true }], "sourceApiVersion": "66.0" });
    if let Some(entries) = entries {
        file["replacements"] = entries.clone();
    }
    project.put("sfdx-project.json", serde_json::to_string_pretty(&file).unwrap());
    project
}

fn all(project: &Project) -> Ran {
    project.check(&["--preset", "all"])
}

/// The rules of all findings, each once, without notes of what is replaced.
fn rules(ran: &Ran) -> Vec<String> {
    let mut rules: Vec<String> =
        ran.findings().iter().map(|it| it["rule"].as_str().unwrap().to_owned()).filter(|it| it != TOLD).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn credential(endpoint: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NamedCredential xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    \
         <label>Ledger</label>\n    <endpoint>{endpoint}</endpoint>\n    <principalType>Anonymous</principalType>\n    \
         <protocol>NoAuthentication</protocol>\n</NamedCredential>\n"
    )
}

const NAMED: &str = "force-app/namedCredentials/Ledger.namedCredential-meta.xml";

#[test]
fn a_value_that_comes_from_the_environment_is_unknown() {
    let entries = json!([{ "filename": SETTINGS, "stringToReplace": "IDLE", "replaceWithEnv": "HOME" }]);
    let project = project(
        Some(&entries),
        &[
            (SETTINGS, security("IDLE")),
            ("force-app/a.profileSessionSetting-meta.xml", session_setting("<profile>Sales</profile>", "480")),
        ],
    );
    let ran = all(&project);
    assert!(ran.places().contains(&format!("sfdx-project.json:13:25 {TOLD}")), "{ran:?}");
    assert!(!rules(&ran).iter().any(|rule| rule.contains("timeout")), "{ran:?}");
    let sessions = project.run(&["sessions"]);
    assert!(sessions.out.contains("replaced at deployment (HOME)"), "{sessions:?}");
    let answer = project.run(&["sessions", "--format", "json"]).json();
    assert_eq!((&answer["org"]["minutes"], &answer["org"]["replacedBy"]), (&Value::Null, &json!("HOME")));
    assert_eq!(project.column("SELECT sessionSettings.sessionTimeout FROM SecuritySettings"), [Value::Null]);
    for test in ["= null", "!= null", "!= 'TwoHours'", "= 'IDLE'"] {
        let query = format!("SELECT Name FROM SecuritySettings WHERE sessionSettings.sessionTimeout {test}");
        assert!(project.column(&query).is_empty(), "{test}");
    }
}

#[test]
fn a_file_of_the_project_is_applied_and_places_stay() {
    let entries =
        json!([{ "glob": "**/*.settings-meta.xml", "stringToReplace": "IDLE", "replaceWithFile": "idle.txt" }]);
    let files = [(SETTINGS, security("IDLE")), ("idle.txt", " FifteenMinutes\n".to_owned())];
    let project = project(Some(&entries), &files);
    let ran = all(&project);
    assert!(ran.places().contains(&format!("{SETTINGS}:4:25 session/org-timeout-short")), "{ran:?}");
    assert!(!ran.out.contains(TOLD), "{ran:?}");
    assert_eq!(project.column("SELECT sessionSettings.sessionTimeout FROM SecuritySettings"), ["FifteenMinutes"]);
    // The text is the file's; a fix here would be replaced, or take the entry's place away.
    let before = std::fs::read_to_string(project.at(SETTINGS)).unwrap();
    project.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(std::fs::read_to_string(project.at(SETTINGS)).unwrap(), before);
}

#[test]
fn a_secret_that_a_file_brings_is_shown_nowhere() {
    let app = "<ConnectedApp><label>Ledger</label><oauthConfig><callbackUrl>https://ledger.example.com/cb</callbackUrl>\
               <consumerSecret>HERE</consumerSecret><scopes>Api</scopes></oauthConfig></ConnectedApp>";
    let entries =
        json!([{ "filename": "Ledger.connectedApp-meta.xml", "stringToReplace": "HERE", "replaceWithFile": "s.txt" }]);
    let files = [
        ("force-app/connectedApps/Ledger.connectedApp-meta.xml", app.to_owned()),
        ("s.txt", "8843729013847562013".to_owned()),
    ];
    let project = project(Some(&entries), &files);
    let query: &[&str] = &["query", "SELECT oauthConfig.consumerSecret FROM ConnectedApp"];
    for arguments in [&["check", "--preset", "all", "--notes"], query, &["sessions"], &["report"]] {
        let ran = project.run(arguments);
        assert!(!format!("{ran:?}").contains("8843729013847562013"), "{arguments:?}");
    }
}

#[test]
fn whatever_holds_a_replaced_text_is_silent() {
    let range = profile().replace(
        "</Profile>",
        "<loginIpRanges><endAddress>END.9</endAddress><startAddress>256.1.1.1</startAddress></loginIpRanges></Profile>",
    );
    let class = "public class Ledger {\n    public void call() {\n        HttpRequest request = new HttpRequest();\n        \
                 request.setEndpoint('https://na12.salesforce.com/services/Soap/u/60.0');\n        \
                 new Http().send(request);\n    }\n}\n";
    let files = [
        (NAMED, credential("https://na12.salesforce.com")),
        ("force-app/profiles/Sales.profile-meta.xml", range),
        ("force-app/classes/Ledger.cls", class.to_owned()),
    ];
    let rules_found = rules(&all(&project(None, &files)));
    for rule in [HOST, "network/range-not-an-address"] {
        assert!(rules_found.iter().any(|it| it == rule), "{rules_found:?}");
    }
    let entry = |text: &str| json!({ "glob": "force-app/**", "stringToReplace": text, "replaceWithEnv": "X" });
    let on_condition = json!([{ "glob": "**", "stringToReplace": "na12", "replaceWithFile": "host.txt", "replaceWhenEnv": [{ "env": "A", "value": "b" }] }, entry("256.1")]);
    let by_regex = json!([
        { "glob": "**/*.namedCredential-meta.xml", "regexToReplace": "<endpoint>.*</endpoint>", "replaceWithEnv": "X", "allowUnsetEnvVariable": true },
        { "glob": "**/*.cls", "regexToReplace": "https://[a-z0-9.]+", "replaceWithEnv": "X" },
        { "glob": "**/*.profile-meta.xml", "regexToReplace": "<startAddress>\\S*", "replaceWithEnv": "X" }
    ]);
    let not_understood =
        json!([{ "glob": "**/@(Ledger|Sales).*", "regexToReplace": "(?<=n)a12|^256", "replaceWithEnv": "X" }]);
    for entries in [json!([entry("na12"), entry("256.1")]), on_condition, by_regex, not_understood] {
        let project = project(Some(&entries), &files);
        project.put("host.txt", "acme.my");
        let ran = all(&project);
        let rules_found = rules(&ran);
        assert!(
            !rules_found.iter().any(|it| it == HOST || it == "network/range-not-an-address"),
            "{entries} {rules_found:?}"
        );
        assert!(!rules_found.iter().any(|it| it.starts_with("apex/")), "{entries} {rules_found:?}");
        assert_eq!(ran.findings().iter().filter(|it| it["rule"] == TOLD).count(), 1, "said once: {ran:?}");
        assert_eq!(ran.err, "", "{ran:?}");
    }
}

#[test]
fn what_an_entry_does_not_match_stays() {
    let files = [(NAMED, credential("https://na12.salesforce.com"))];
    for entry in [
        json!({ "filename": "Other.namedCredential-meta.xml", "stringToReplace": "na12", "replaceWithEnv": "X" }),
        json!({ "glob": "./force-app/**", "stringToReplace": "na12", "replaceWithEnv": "X" }),
        json!({ "filename": NAMED, "stringToReplace": "NA12", "replaceWithEnv": "X" }),
    ] {
        let ran = all(&project(Some(&json!([entry])), &files));
        assert!(rules(&ran).iter().any(|it| it == HOST), "{entry}");
        assert!(!ran.out.contains(TOLD), "{entry}");
    }
}

#[test]
fn a_file_that_is_missing_or_leads_out_is_reported() {
    let entry = |path: &str| json!({ "filename": NAMED, "stringToReplace": "na12", "replaceWithFile": path });
    let files = [(NAMED, credential("https://na12.salesforce.com"))];
    let ran = all(&project(Some(&json!([entry("keys/none.txt")])), &files));
    assert!(ran.places().contains(&"sfdx-project.json:13:26 metadata/replacement-file-missing".to_owned()), "{ran:?}");
    assert!(!rules(&ran).iter().any(|it| it == HOST), "{ran:?}");
    let outside = Project::of(&[("key.txt", "secret-of-somebody")]);
    let path = outside.at("key.txt").display().to_string();
    let ran = all(&project(Some(&json!([entry(&path)])), &files));
    assert!(ran.err.contains("leads out of the project and is not read"), "{ran:?}");
    assert!(!format!("{ran:?}").contains("secret-of-somebody"));
    assert!(!rules(&ran).iter().any(|it| it == HOST), "{ran:?}");
}

#[test]
fn folder_zip_and_revision_agree() {
    let entries = json!([
        { "filename": SETTINGS, "stringToReplace": "IDLE", "replaceWithFile": "values/idle.txt" },
        { "glob": "force-app/**/*.namedCredential-meta.xml", "stringToReplace": "na12", "replaceWithEnv": "HOST" },
        { "filename": "none", "stringToReplace": "a", "replaceWithFile": "values/none.txt" }
    ]);
    let mut files = vec![
        (SETTINGS, security("IDLE")),
        (NAMED, credential("https://na12.salesforce.com")),
        ("values/idle.txt", "FifteenMinutes".to_owned()),
        (".forceignore", "**/Hidden*\n!**/HiddenNot*\n".to_owned()),
        ("force-app/namedCredentials/Hidden.namedCredential-meta.xml", credential("https://na13.salesforce.com")),
        ("force-app/namedCredentials/HiddenNot.namedCredential-meta.xml", credential("https://na14.salesforce.com")),
    ];
    let project = project(Some(&entries), &files);
    let folder = all(&project);
    assert!(folder.findings().len() >= 4, "{folder:?}");
    assert!(rules(&folder).iter().any(|it| it == "session/org-timeout-short"), "{folder:?}");

    files.push(("sfdx-project.json", std::fs::read_to_string(project.at("sfdx-project.json")).unwrap()));
    let files: Vec<_> = files.iter().map(|(path, text)| (format!("top/{path}"), text)).collect();
    let place = Project::of(&[("project.zip", zip(&files))]);
    let zipped = place.check(&["--preset", "all", "project.zip"]);
    assert_eq!((zipped.findings(), &zipped.err), (folder.findings(), &folder.err));

    let git = |arguments: &[&str]| git(&project.root(), arguments);
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "All"]);
    for pair in [["HEAD", "."], [".", "HEAD"]] {
        let answer = project.run(&[&["diff", "--format", "json"], &pair[..]].concat()).json();
        let none = json!({ "new": [], "fixed": [], "improved": [], "changed": [] });
        assert_eq!(answer["findings"], none, "{pair:?}");
        assert_eq!(answer["old"]["hidden"], 1);
    }
}

#[test]
fn other_fixes_know_what_is_replaced() {
    let entries = json!([{ "filename": SETTINGS, "stringToReplace": "IDLE", "replaceWithFile": "idle.txt" }]);
    let text = security("IDLE")
        .replace("<sessionTimeout>", "<disableTimeoutWarning>true</disableTimeoutWarning>\n        <sessionTimeout>");
    let project = project(Some(&entries), &[(SETTINGS, text), ("idle.txt", "TwoHours".to_owned())]);
    project.run(&["check", "--fix"]);
    let after = std::fs::read_to_string(project.at(SETTINGS)).unwrap();
    assert!(after.contains("<disableTimeoutWarning>false") && after.contains(">IDLE<"), "{after}");
}
