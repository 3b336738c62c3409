//! The configuration in the command: found, merged with typed keys, refused with its place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use std::fs;
use std::path::Path;

use crate::support::{Project, Ran, run_in, text, zip::zip};
use serde_json::Value;
use sessionlint::facts::Shapes;
use sessionlint::rule::Catalog;
use sessionlint::soql::Params;

const APP_FILE: &str = "force-app/main/default/connectedApps/ERP.connectedApp-meta.xml";

/// An app whose callbacks and scopes make it a `possible` integration, with a timeout of its own.
const APP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata">
    <contactEmail>it@example.com</contactEmail>
    <label>ERP</label>
    <oauthConfig>
        <callbackUrl>https://erp.example.com/oauth/back</callbackUrl>
        <scopes>Api</scopes>
        <scopes>Web</scopes>
        <scopes>RefreshToken</scopes>
    </oauthConfig>
    <oauthPolicy>
        <ipRelaxation>ENFORCE</ipRelaxation>
        <refreshTokenPolicy>specific_lifetime:90:DAYS</refreshTokenPolicy>
    </oauthPolicy>
    <sessionPolicy>
        <sessionTimeout>30</sessionTimeout>
    </sessionPolicy>
</ConnectedApp>
"#;

/// A page of one's own with an option.
const PAGE: &str = r#"# An app with many hours

Any app whose refresh token lives longer than it may.

```toml rule
severity   = { continuity = "note" }
confidence = "high"
from       = "OAuthApp"
where      = "RefreshTokenHours > :hours"
span       = "RefreshTokenPolicy"
message    = "{Name} keeps its token {RefreshTokenText}"
help       = "Shorten it"
references = ["A house rule"]
options    = { hours = 3000, word = "x" }
```
"#;

/// The project of the app, the top of a git work tree.
fn project() -> Project {
    Project::sfdx(&[(".git/HEAD", ""), (APP_FILE, APP)])
}

/// The same with a configuration.
fn with(config: &str) -> Project {
    let project = project();
    project.put("sessionlint.toml", config);
    project
}

fn check(project: &Project, more: &[&str]) -> Ran {
    project.check(&[&["--as-of", "2026-12-01"], more].concat())
}

/// Rule and severity of every finding.
fn findings(ran: &Ran) -> Vec<(String, String)> {
    let both = |finding: &Value| (text(&finding["rule"]).to_owned(), text(&finding["severity"]).to_owned());
    ran.findings().iter().map(both).collect()
}

fn severity(ran: &Ran, rule: &str) -> Option<String> {
    findings(ran).into_iter().find(|(id, _)| id == rule).map(|(_, severity)| severity)
}

const LIFETIME: &str = "oauth/refresh-token-lifetime";

#[test]
fn without_a_configuration_nothing_changes() {
    let output = check(&project(), &[]);
    assert_eq!(severity(&output, LIFETIME).as_deref(), Some("note"), "{}{}", output.out, output.err);
}

#[test]
fn it_is_found_upwards_and_the_nearest_counts() {
    let project = project();
    fs::create_dir_all(project.at("inner")).unwrap();
    for part in ["sfdx-project.json", APP_FILE] {
        project.put(&format!("inner/{part}"), fs::read_to_string(project.at(part)).unwrap());
    }
    project.put("sessionlint.toml", format!("[rule.\"{LIFETIME}\"]\nseverity = \"error\"\n"));
    let arguments = ["check", "--format", "json"];
    // Whose the folders above are is known in a work tree only.
    fs::remove_dir_all(project.at(".git")).unwrap();
    assert_eq!(severity(&run_in(&project.at("inner"), &arguments), LIFETIME).as_deref(), Some("note"));
    project.put(".git/HEAD", "");
    assert_eq!(severity(&run_in(&project.at("inner"), &arguments), LIFETIME).as_deref(), Some("error"));
    project.put("inner/sessionlint.toml", format!("[rule.\"{LIFETIME}\"]\nseverity = \"warning\"\n"));
    assert_eq!(severity(&run_in(&project.at("inner"), &arguments), LIFETIME).as_deref(), Some("warning"));
    // Also where the project is only named, and from a folder in it.
    assert_eq!(severity(&project.run(&["check", "inner", "--format", "json"]), LIFETIME).as_deref(), Some("warning"));
    let below = run_in(&project.at("inner/force-app/main"), &arguments);
    assert_eq!(severity(&below, LIFETIME).as_deref(), Some("warning"));
}

#[test]
fn it_is_not_looked_for_above_the_work_tree() {
    let project = with("this is = no configuration =\n");
    project.put("inner/.git/HEAD", "");
    project.put("inner/sfdx-project.json", r#"{ "packageDirectories": [{ "path": "force-app" }] }"#);
    project.put(&format!("inner/{APP_FILE}"), APP);
    assert_eq!(
        severity(&run_in(&project.at("inner"), &["check", "--format", "json"]), LIFETIME).as_deref(),
        Some("note")
    );
    assert_eq!(check(&project, &[]).code, 2);
}

#[test]
fn a_typed_file_replaces_the_found_one() {
    let project = with("preset = \"no such\"\n");
    project.put("ci/strict.toml", format!("[rule.\"{LIFETIME}\"]\nseverity = \"error\"\n"));
    let output = check(&project, &["--config", "ci/strict.toml"]);
    assert_eq!((severity(&output, LIFETIME).as_deref(), output.code), (Some("error"), 1));
    let output = check(&project, &["--config", "ci/none.toml"]);
    assert_eq!((output.code, output.err.as_str()), (2, "error: ci/none.toml: no such file\n"));
    assert_eq!(check(&project, &["--config", "ci"]).code, 2);
}

#[test]
fn what_is_typed_wins() {
    let project = with(&format!(
        "fail-on = \"note\"\nignore = [\"oauth\"]\npreset = \"security\"\n[rule.\"{LIFETIME}\"]\nseverity = \"off\"\n"
    ));
    assert_eq!(findings(&check(&project, &["--preset", "continuity"])), []);
    assert_eq!(severity(&check(&project, &["--select", "oauth"]), LIFETIME), None, "off holds in a group");
    let named = check(&project, &["--select", LIFETIME]);
    assert_eq!((severity(&named, LIFETIME).as_deref(), named.code), (Some("note"), 1), "{}", named.err);
    assert_eq!(check(&project, &["--select", LIFETIME, "--fail-on", "never"]).code, 0);
    let project = with(&format!("select = [\"{LIFETIME}\", \"oauth/app-timeout-set\"]\n"));
    let without = check(&project, &["--ignore", LIFETIME]);
    assert!(findings(&without).iter().all(|(rule, _)| rule == "oauth/app-timeout-set"), "{}", without.out);
}

#[test]
fn a_severity_is_that_of_every_finding_and_off_does_not_run() {
    let project = with(&format!("[rule.\"{LIFETIME}\"]\nseverity = \"error\"\n"));
    let output = check(&project, &[]);
    assert_eq!((severity(&output, LIFETIME).as_deref(), output.code), (Some("error"), 1));
    // A rule with a severity of its own runs in every preset.
    assert_eq!(severity(&check(&project, &["--preset", "security"]), LIFETIME).as_deref(), Some("error"));
    project.put("sessionlint.toml", format!("[rule.\"{LIFETIME}\"]\nseverity = \"off\"\n"));
    assert_eq!(severity(&check(&project, &[]), LIFETIME), None);
}

#[test]
fn globs_say_what_is_an_integration() {
    let project = project();
    let query = ["query", "SELECT Name, IsIntegration, IntegrationTier FROM OAuthApp", "--format", "csv"];
    assert!(project.run(&query).out.contains("ERP,false,possible"), "{}", project.run(&query).out);
    project.put("sessionlint.toml", "[integration]\napps = [\"e?p\", \"*x\"]\n");
    assert!(project.run(&query).out.contains("ERP,true,configured"), "{}", project.run(&query).out);
    let output = check(&project, &[]);
    assert_eq!(severity(&output, LIFETIME).as_deref(), Some("warning"), "{}", output.out);
    project.put("sessionlint.toml", "[integration]\napps = [\"*\", \"!ERP\"]\n");
    assert!(project.run(&query).out.contains("ERP,false"), "{}", project.run(&query).out);
}

#[test]
fn precedence_decides_effective_minutes() {
    let project = project();
    project.put(
        "force-app/main/default/settings/Security.settings-meta.xml",
        "<SecuritySettings><sessionSettings><sessionTimeout>ThirtyMinutes</sessionTimeout></sessionSettings></SecuritySettings>",
    );
    project.put(
        "force-app/main/default/profileSessionSettings/a.profileSessionSetting-meta.xml",
        "<ProfileSessionSetting><profile>Sales</profile><sessionTimeout>480</sessionTimeout></ProfileSessionSetting>",
    );
    let query = ["query", "SELECT Name, EffectiveMinutes FROM Profile", "--format", "csv"];
    assert!(project.run(&query).out.contains("Sales,480"), "{}", project.run(&query).out);
    project.put("sessionlint.toml", "precedence = \"shortest\"\n");
    assert!(project.run(&query).out.contains("Sales,30"), "{}", project.run(&query).out);
}

#[test]
fn options_change_a_threshold_and_folders_of_pages_are_relative_to_the_file() {
    let project = with("rules = [\"house\"]\n");
    project.put("house/local/many-hours.md", PAGE);
    assert_eq!(severity(&check(&project, &[]), "local/many-hours"), None);
    project.put("sessionlint.toml", "rules = [\"house\"]\n[rule.\"local/many-hours\"]\noptions = { hours = 24 }\n");
    assert_eq!(severity(&check(&project, &[]), "local/many-hours").as_deref(), Some("note"));
    let below = run_in(&project.at("force-app"), &["explain", "local/many-hours"]);
    assert!(below.out.starts_with("# An app with many hours"), "{}", below.err);
    // The folder may be typed too, and by another name.
    assert_eq!(severity(&check(&project, &["--rules", "./house"]), "local/many-hours").as_deref(), Some("note"));
}

#[test]
fn a_preview_rule_runs_only_where_they_are_requested() {
    const RULE: &str = "local/many-hours";
    let page = |keys: &str| PAGE.replace("severity   =", &format!("{keys}\nseverity   ="));
    let project = with("rules = [\"house\"]\n");
    let configured = |keys: &str| project.put("sessionlint.toml", format!("{keys}\nrules = [\"house\"]\n"));
    let options = "options = { hours = 24 }";
    let found = |arguments: &[&str]| severity(&check(&project, arguments), RULE);
    project.put("house/local/many-hours.md", page("").replace("hours = 3000", "hours = 24"));
    assert_eq!(found(&[]).as_deref(), Some("note"), "a page without a status is stable");
    project.put(
        "house/local/many-hours.md",
        page("since = \"0.2.0\"\nstatus = \"preview\"").replace("hours = 3000", "hours = 24"),
    );
    assert_eq!(found(&[]), None);
    assert_eq!(found(&["--preview"]).as_deref(), Some("note"));
    assert_eq!(found(&["--preview", "--ignore", RULE]), None);
    assert_eq!(found(&["--preview", "--select", "session"]), None);
    let all: Value = serde_json::from_str(&check(&project, &["--preset", "all"]).out).unwrap();
    assert_eq!(all["summary"]["rulesOffByPreview"], 1, "{all}");
    // A hint explains why a named rule does not run.
    let selected = check(&project, &["--select", RULE]);
    let hint = "`local/many-hours` is a preview rule, which runs only with --preview or `preview = true`";
    assert!(severity(&selected, RULE).is_none() && selected.err.contains(hint), "{}", selected.err);
    configured(&format!("select = [\"{RULE}\"]"));
    let output = check(&project, &[]).err;
    assert!(output.contains(&format!("sessionlint.toml:1:11: {hint}")), "{output}");
    project
        .put("sessionlint.toml", format!("rules = [\"house\"]\n[rule.\"{RULE}\"]\nseverity = \"error\"\n{options}\n"));
    let output = check(&project, &[]);
    assert!(
        output.err.contains(&format!("sessionlint.toml:2:7: {hint}")) && severity(&output, RULE).is_none(),
        "{}",
        output.err
    );
    assert_eq!(found(&["--preview"]).as_deref(), Some("error"));
    configured("preview = true");
    assert_eq!(found(&[]).as_deref(), Some("note"));
    // The lists know it either way.
    let list = project.run(&["rules", "list", "--format", "csv"]).out;
    assert!(list.contains("local/many-hours,note,,0.2.0,preview,An app with many hours\n"), "{list}");
    let list: Value = serde_json::from_str(&project.run(&["rules", "list", "--format", "json"]).out).unwrap();
    let of = |id: &str| list.as_array().unwrap().iter().find(|rule| rule["rule"] == id).unwrap().clone();
    assert_eq!((of(RULE)["since"].as_str(), of(RULE)["status"].as_str()), (Some("0.2.0"), Some("preview")));
    assert_eq!(of("session/locked-to-ip")["status"], "stable");
    let explained = project.run(&["explain", RULE]).out;
    assert_eq!(explained.matches("toml rule").count(), 1, "{explained}");
    let (read, query) = explained.split_once("\n## Query and metadata\n\n```toml rule\n").expect("the query is last");
    assert!(!read.contains("\n\n\n") && query.ends_with("\n```\n") && query.contains("from"), "{explained}");
    assert!(explained.contains("## Versions\n\n- since 0.2.0\n- preview: it runs only with"), "{explained}");
}

#[test]
fn every_embedded_page_has_the_version_that_brought_it() {
    let number = |version: &str| version.split('.').map(|part| part.parse::<u32>().unwrap()).collect::<Vec<_>>();
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    for rule in catalog.rules() {
        let since = rule.definition.since.as_deref().unwrap_or_else(|| panic!("{} has no `since`", rule.id));
        assert!(number(since) <= number(env!("CARGO_PKG_VERSION")), "{}: {since} is not released", rule.id);
    }
    let project = with("rules = [\"house\"]\n");
    project.put("house/local/many-hours.md", PAGE.replace("severity   =", "since = \"soon\"\nseverity   ="));
    let output = check(&project, &[]);
    assert!(output.code == 2 && output.err.contains("many-hours.md:6:9: this is not a version"), "{output:?}");
}

#[test]
fn a_broken_page_is_an_error_whether_or_not_its_table_has_rows() {
    let page = |condition: &str| {
        let of_certificates = PAGE
            .replace("OAuthApp", "Certificate")
            .replace("RefreshTokenPolicy", "masterLabel")
            .replace("{RefreshTokenText}", "{masterLabel}");
        of_certificates.replace("RefreshTokenHours > :hours", condition)
    };
    let project = with("rules = [\"house\"]\n");
    for (condition, says) in [
        ("this is (not a query", "expected a comparison after `this`"),
        ("Nmae = 'x'", "did you mean `Name`?"),
        ("masterLabel != 'x'", "null"),
    ] {
        project.put("house/local/many-hours.md", page(condition));
        let run = check(&project, &[]);
        assert_eq!(run.code, 2, "{condition}: {run:?}");
        assert!(run.err.contains("many-hours.md:") && run.err.contains(says), "{condition}: {}", run.err);
    }
    for (key, says) in [
        ("benchmarks = { SBT = [\"SBT-OAUTH-001\"] }", "many-hours.md:14:23: there is no benchmark `SBT`"),
        ("symptoms = [\"vpn-logged-off\"]", "many-hours.md:14:13: there is no symptom `vpn-logged-off`"),
    ] {
        project.put("house/local/many-hours.md", PAGE.replace("options ", &format!("{key}\noptions ")));
        let run = check(&project, &[]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[test]
fn the_conditions_of_every_embedded_page_hold_together() {
    let none: [&str; 0] = [];
    let catalog = Catalog::load(&none, &Shapes).unwrap();
    assert!(catalog.rules().len() > 100);
    for rule in catalog.rules() {
        let bound = rule.conditions(&Shapes, &Params::new());
        assert!(bound.is_ok(), "{}: {}", rule.id, bound.unwrap_err());
    }
}

#[test]
fn one_typing_error_has_one_answer() {
    let project = with("rules = [\"house\"]\n");
    for wrong in ["NamedCred", "ConectedApp", "profiles", "SecuritySetings", "OAuthApps", "Zzz"] {
        let page = PAGE.replace("OAuthApp", wrong);
        project.put("house/local/many-hours.md", page);
        let hint =
            |output: &str| output.split("did you mean `").nth(1).map(|rest| rest.split('`').next().unwrap().to_owned());
        let of_page = hint(&check(&project, &[]).err);
        let of_query = hint(&project.run(&["query", &format!("SELECT Name FROM {wrong}")]).err);
        assert_eq!(of_page, of_query, "{wrong}");
        assert_eq!(of_page.is_some(), wrong != "Zzz", "{wrong}");
    }
}

#[test]
fn options_are_held_to_their_rule() {
    let project = with("[rule.\"local/many-hours\"]\noptions = { hour = 24 }\n");
    project.put("house/local/many-hours.md", PAGE);
    let refused = |config: &str| {
        project.put("sessionlint.toml", config);
        let output = check(&project, &["--rules", "house"]);
        assert_eq!(output.code, 2);
        output.err
    };
    let unknown = refused("[rule.\"local/many-hours\"]\noptions = { hour = 24 }\n");
    assert_eq!(
        unknown,
        "error: sessionlint.toml:2:13: `local/many-hours` has no option `hour`\n  hint: its options are `hours`, `word`\n"
    );
    let typed = refused("[rule.\"local/many-hours\"]\noptions = { hours = \"24\" }\n");
    assert_eq!(
        typed,
        "error: sessionlint.toml:2:21: the option `hours` of `local/many-hours` is a whole number\n  hint: its value in the rule's page is 3000\n"
    );
    let none = refused(&format!("[rule.\"{LIFETIME}\"]\noptions = {{ x = 1 }}\n"));
    assert!(none.contains("hint: it has no options"), "{none}");
}

#[test]
fn an_ignore_with_a_reason_takes_findings_out_and_counts_them() {
    let project = with(&format!(
        "fail-on = \"note\"\nselect = [\"{LIFETIME}\"]\n[[ignore]]\nrule = \"{LIFETIME}\"\npath = \"force-app/**/ERP.*\"\nreason = \"the vendor renews it\"\n"
    ));
    let output = check(&project, &[]);
    assert_eq!((findings(&output), output.code, output.err.as_str()), (vec![], 0, ""));
    assert_eq!(output.json()["summary"]["suppressed"], 1);
    let by_component =
        "select = [\"oauth\"]\n[[ignore]]\nrule = \"oauth\"\ncomponent = \"connectedapp:er?\"\nreason = \"x\"\n";
    project.put("sessionlint.toml", by_component);
    let output = check(&project, &[]);
    assert_eq!((findings(&output), output.err.as_str()), (vec![], ""));
    project
        .put("sessionlint.toml", by_component.replace("component = \"connectedapp:er?\"", "path = \"force-app/main\""));
    assert_eq!(findings(&check(&project, &[])), [], "a folder means all below it");
}

#[test]
fn a_stale_ignore_is_reported_where_everything_was_shown() {
    let config = format!("[[ignore]]\nrule = \"{LIFETIME}\"\npath = \"force-app/other/*\"\nreason = \"x\"\n");
    let project = with(&config);
    let stale = format!("warning: sessionlint.toml:2:8: the ignore of `{LIFETIME}` matches no finding; remove it\n");
    assert_eq!(check(&project, &[]).err, stale);
    assert_eq!(check(&project, &["--quiet"]).err, "");
    assert_eq!(check(&project, &["--ignore", LIFETIME]).err, "", "nobody asked");
    assert_eq!(check(&project, &[APP_FILE]).err, "", "only a file was shown");
    assert_eq!(check(&project, &["sessionlint.toml"]).err, stale, "a changed configuration touches everything");
}

#[test]
fn an_expired_ignore_is_reported_and_does_nothing() {
    let config =
        |until: &str| format!("[[ignore]]\nrule = \"{LIFETIME}\"\npath = \"**\"\nreason = \"x\"\nuntil = {until}\n");
    let project = with(&config("2026-12-01"));
    assert_eq!(severity(&check(&project, &[]), LIFETIME), None, "its last day counts");
    project.put("sessionlint.toml", config("\"2026-11-30\""));
    let output = check(&project, &[]);
    assert_eq!(severity(&output, LIFETIME).as_deref(), Some("note"));
    assert_eq!(
        output.err,
        format!(
            "warning: sessionlint.toml:2:8: the ignore of `{LIFETIME}` ended with 2026-11-30; the finding that it allowed is reported again\n"
        )
    );
}

#[test]
fn an_unknown_key_is_refused_with_what_is_near() {
    let output = check(&with("fail-on = \"note\"\npresets = \"all\"\n"), &[]);
    assert_eq!(output.code, 2);
    assert_eq!(output.err, "error: sessionlint.toml:2:1: there is no key `presets`\n  hint: did you mean `preset`?\n");
    let output = check(&with("rules = [\"no/such\"]\n"), &[]);
    assert_eq!(
        (output.code, output.err.as_str()),
        (
            2,
            "error: sessionlint.toml:1:10: there is no folder `no/such`\n  hint: folders of rule pages are relative to the configuration file\n"
        )
    );
    // Queries read it too.
    let output = with("presets = 1\n").run(&["query", "SELECT COUNT() FROM OAuthApp"]);
    assert_eq!(output.code, 2);
}

#[test]
fn the_schema_is_printed() {
    let printed = project().run(&["schema"]);
    assert_eq!(printed.code, 0);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessionlint.schema.json");
    assert!(printed.out == fs::read_to_string(committed).unwrap(), "it is the committed one");
}

#[test]
fn a_page_may_configure_its_example() {
    let project = project();
    let example = |config: &str, verdict: &str| {
        format!(
            "{PAGE}\n## Why it matters\nx\n\n## Trade-off\nx\n\n## {verdict}\n\n```xml {APP_FILE}\n{APP}```\n\n```toml sessionlint.toml\n{config}\n```\n"
        )
    };
    let tried = |config: &str| {
        project.put("house/local/many-hours.md", example(config, "Accepted"));
        project.run(&["rules", "test", "house"]).out
    };
    let options = |hours: u32| format!("[rule.\"local/many-hours\"]\noptions = {{ hours = {hours} }}");
    assert!(!tried(&options(9000)).contains("accepted, but the rule reports"), "{}", tried(&options(9000)));
    assert!(tried(&options(24)).contains("keeps its token 90 days"), "{}", tried(&options(24)));
    let severe = format!("{}\nseverity = \"error\"", options(24));
    assert!(tried(&severe).contains("error"), "{}", tried(&severe));
    let off = format!("{}\nseverity = \"off\"", options(24));
    assert!(!tried(&off).contains("accepted, but"), "{}", tried(&off));
    let wrong = tried("presets = 1");
    assert!(wrong.contains("sessionlint.toml:1:1: there is no key `presets`"), "{wrong}");
}

#[test]
fn sessions_and_diagnose_read_it_too() {
    let project = with("[integration]\napps = [\"ERP\"]\n");
    let sessions = project.run(&["sessions", "--format", "json"]).json();
    assert_eq!(sessions["apps"][0]["tier"], "configured", "{sessions}");
    project.put("sessionlint.toml", "preset = 1\n");
    for command in ["sessions", "diagnose"] {
        let ran = project.run(&[command]);
        assert_eq!((ran.code, ran.err.as_str()), (2, "error: sessionlint.toml:1:10: here a text belongs\n"));
    }
}

#[test]
fn each_project_of_a_run_has_its_own() {
    let project = Project::of(&[
        (".git/HEAD", String::new()),
        ("one/sfdx-project.json", support::SFDX.1.to_owned()),
        (&format!("one/{APP_FILE}"), APP.to_owned()),
        ("two/sfdx-project.json", support::SFDX.1.to_owned()),
        (&format!("two/{APP_FILE}"), APP.to_owned()),
        ("two/sessionlint.toml", format!("fail-on = 'never'\n[rule.\"{LIFETIME}\"]\nseverity = 'error'\n")),
    ]);
    let run = |more: &[&str]| {
        let files = [format!("one/{APP_FILE}"), format!("two/{APP_FILE}")];
        let arguments = ["check", &files[0], &files[1], "--format", "concise", "--select", LIFETIME];
        project.run(&[&arguments, more].concat())
    };
    let ran = run(&[]);
    let severities: Vec<_> =
        ran.out.lines().filter_map(|line| line.split([' ', '[']).nth(1).filter(|_| line.contains(LIFETIME))).collect();
    assert_eq!((severities, ran.code), (vec!["note", "error"], 0), "{}", ran.out);
    assert_eq!(run(&["--fail-on", "note"]).code, 1);
    // An error of one project does not stop the other.
    project.put("two/sessionlint.toml", "preset = 1\n");
    let ran = run(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("two/sessionlint.toml:1:10: here a text belongs"), "{}", ran.err);
    assert!(ran.out.contains(&format!("note[{LIFETIME}]")), "{}", ran.out);
}

#[test]
fn an_ignore_of_what_another_finding_reports_is_not_stale() {
    let setting = "force-app/main/default/profileSessionSettings/a.profileSessionSetting-meta.xml";
    let project = with(
        "select = [\"session\"]\n[[ignore]]\nrule = \"session/profile-undercuts-org\"\npath = \"**\"\nreason = \"x\"\n",
    );
    project.put("force-app/main/default/settings/Security.settings-meta.xml", support::security("TwoHours"));
    project.put(setting, support::session_setting("<profile>Sales</profile>", "30"));
    let ran = check(&project, &[]);
    let found = ran.places();
    assert!(found.iter().any(|place| place.ends_with("session/profile-timeout-short")), "{found:?}");
    assert!(!ran.err.contains("matches no finding"), "{}", ran.err);
    assert_eq!(ran.json()["summary"]["suppressed"], 0);
    // Where nothing covers it, it is taken out.
    let ran = check(&project, &["--ignore", "session/profile-timeout-short"]);
    assert!(!ran.out.contains("profile-undercuts-org"), "{}", ran.out);
    assert_eq!(ran.json()["summary"]["suppressed"], 1);
}

#[test]
fn a_zip_is_configured_by_what_it_holds() {
    let project = with(&format!("[rule.\"{LIFETIME}\"]\nseverity = \"warning\"\n"));
    project.put("plain.zip", zip(&[support::SFDX, (APP_FILE, APP)]));
    let own = format!("[rule.\"{LIFETIME}\"]\nseverity = \"error\"\n");
    project.put("own.zip", zip(&[support::SFDX, (APP_FILE, APP), ("sessionlint.toml", &own)]));
    project.put("wrong.zip", zip(&[support::SFDX, (APP_FILE, APP), ("sessionlint.toml", "presets = 1")]));
    let plain = check(&project, &["plain.zip"]);
    assert_eq!(severity(&plain, LIFETIME).as_deref(), Some("note"));
    assert!(plain.err.contains("plain.zip: contains no sessionlint.toml; the sessionlint.toml beside it"), "{plain:?}");
    let typed = check(&project, &["plain.zip", "--config", "sessionlint.toml"]);
    assert_eq!(severity(&typed, LIFETIME).as_deref(), Some("warning"));
    assert_eq!(severity(&check(&project, &["own.zip"]), LIFETIME).as_deref(), Some("error"));
    let ran = check(&project, &["wrong.zip"]);
    assert!(ran.err.starts_with("error: wrong.zip:sessionlint.toml:1:1: there is no key `presets`"), "{}", ran.err);
}

#[test]
fn a_difference_leaves_out_what_is_allowed() {
    let ignore = format!("[[ignore]]\nrule = \"{LIFETIME}\"\npath = \"**\"\nreason = \"x\"\n");
    let project = project();
    project.put("old/sfdx-project.json", support::SFDX.1);
    project.put(&format!("old/{APP_FILE}"), APP.replace("specific_lifetime:90:DAYS", "infinite"));
    let new_findings = |config: &str| {
        project.put("sessionlint.toml", config);
        let ran = project.run(&["diff", "old", ".", "--format", "json", "--as-of", "2026-12-01"]);
        ran.json()["findings"]["new"].as_array().unwrap().iter().any(|finding| finding["rule"] == LIFETIME)
    };
    assert!(new_findings(""));
    assert!(!new_findings(&ignore));
}

/// A rule that is gone without a successor, and one with.
const GONE: &str = "oauth/secret-required-for-refresh";
const RENAMED: &str = "security/password-guesses-unlimited";

/// Settings that the rule with the new id finds.
const SETTINGS_FILE: &str = "force-app/main/default/settings/Security.settings-meta.xml";
const SETTINGS: &str = "<SecuritySettings>\n    <passwordPolicies>\n        \
                        <maxLoginAttempts>NoLimit</maxLoginAttempts>\n    </passwordPolicies>\n</SecuritySettings>\n";

#[test]
fn ids_of_rules_that_are_gone_are_accepted_with_a_hint() {
    let project = Project::sfdx(&[(SETTINGS_FILE, SETTINGS)]);
    let typed = project.check(&["--preset", "security", "--select", RENAMED]);
    assert_eq!(typed.findings().len(), 1, "{typed:?}");
    assert_eq!(text(&typed.findings()[0]["rule"]), "security/lockout-never");
    assert!(typed.err.contains("is now `security/lockout-never`"), "{}", typed.err);
    let left_out = project.check(&["--preset", "security", "--ignore", RENAMED]);
    assert!(left_out.findings().iter().all(|finding| text(&finding["rule"]) != "security/lockout-never"));
    let gone = project.check(&["--preset", "security", "--ignore", GONE]);
    assert!(gone.err.contains("is gone, so it can be left out"), "{}", gone.err);
    assert!(!gone.findings().is_empty());
    let explained = project.run(&["explain", RENAMED]);
    assert_eq!(explained.code, 2);
    assert!(explained.err.contains("security/lockout-never"), "{}", explained.err);
}

#[test]
fn a_configuration_may_name_rules_that_are_gone() {
    let project = Project::sfdx(&[(SETTINGS_FILE, SETTINGS)]);
    project.put(
        "sessionlint.toml",
        format!(
            "ignore = [\"{GONE}\", {{ rule = \"{GONE}\", path = \"force-app\", reason = \"known\" }}]\n\n\
             [rule.\"{RENAMED}\"]\nseverity = \"note\"\noptions = {{ anything = 5 }}\n"
        ),
    );
    let ran = project.check(&["--preset", "security"]);
    let findings = ran.findings();
    let lockout = findings.iter().find(|finding| text(&finding["rule"]) == "security/lockout-never");
    assert_eq!(
        lockout.map(|finding| text(&finding["severity"])),
        Some("note"),
        "its grade goes to the rule that took over"
    );
    assert!(ran.err.contains("sessionlint.toml:3:7: the rule `security/password-guesses-unlimited`"), "{}", ran.err);
    assert_eq!(ran.err.matches("is gone, so it can be left out").count(), 2, "{}", ran.err);
    assert!(!ran.err.contains("matches no finding"), "one word about it is enough: {}", ran.err);
}

#[test]
fn a_comment_may_allow_a_rule_that_is_gone() {
    let allow = format!("<!-- sessionlint: allow {RENAMED}: kiosks -->\n");
    let project = Project::sfdx(&[(SETTINGS_FILE, format!("{allow}{SETTINGS}"))]);
    let ran = project.check(&["--preset", "security", "--select", "security/lockout-never"]);
    assert_eq!((ran.code, ran.findings().len()), (0, 0), "{ran:?}");
    assert!(ran.err.contains("is now `security/lockout-never`"), "{}", ran.err);
}

#[test]
fn the_names_of_a_large_zip_take_no_room_from_its_rules() {
    // More names than the memory for settings holds.
    let folder = "force-app/main/default/objects/Crate__c/fields/".repeat(40);
    let names: Vec<String> = (0..6_500).map(|number| format!("{folder}{number}.txt")).collect();
    let mut files = vec![
        ("sfdx-project.json", "{\"packageDirectories\":[{\"path\":\"force-app\"}]}"),
        ("sessionlint.toml", "rules = [\"house\"]\n"),
        ("house/local/many-hours.md", PAGE),
    ];
    files.push((APP_FILE, APP));
    files.extend(names.iter().map(|name| (name.as_str(), "")));
    let project = Project::of::<&str>(&[]);
    project.put("x.zip", zip(&files));
    let ran = project.run(&["check", "x.zip", "--select", "local", "--format", "concise"]);
    assert!(ran.code == 0 && ran.out.contains("the project brings 1 rule of its own"), "{ran:?}");
}
