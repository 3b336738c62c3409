//! Managed packages: one note names them, no rule judges their content, and their content still counts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;
use serde_json::{Value, json};

const NOTE: &str = "metadata/managed-package";

fn at(folder: &str, name: &str) -> String {
    format!("force-app/main/default/{folder}/{name}-meta.xml")
}

fn xml(root: &str, body: &str) -> String {
    format!("<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{body}</{root}>\n")
}

/// An app whose refresh token dies after a week: several rules speak of it.
fn app(name: &str) -> (String, String) {
    let body = "<label>Feed</label><oauthConfig><callbackUrl>http://feed.example.com/cb</callbackUrl><scopes>Full</scopes>\
         <scopes>RefreshToken</scopes></oauthConfig><oauthPolicy><ipRelaxation>BYPASS</ipRelaxation>\
         <refreshTokenPolicy>specific_lifetime:7:DAYS</refreshTokenPolicy></oauthPolicy>";
    (at("connectedApps", &format!("{name}.connectedApp")), xml("ConnectedApp", body))
}

fn profile(name: &str) -> (String, String) {
    let permission =
        |name: &str| format!("<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>");
    let body = format!(
        "<custom>true</custom><userLicense>Salesforce</userLicense>{}{}",
        permission("ModifyAllData"),
        permission("PasswordNeverExpires"),
    );
    (at("profiles", &format!("{name}.profile")), xml("Profile", &body))
}

/// The project with these files, and the rules of its findings with their files' names.
fn found(files: &[(String, String)], more: &[&str]) -> (Vec<(String, String)>, Value) {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::sfdx(&files);
    let arguments = [&["check", "--preset", "all", "--as-of", "2026-12-01", "--format", "json"], more].concat();
    let json = project.run(&arguments).json();
    let name = |finding: &Value| finding["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let findings = json["findings"].as_array().unwrap();
    let rules = findings.iter().map(|it| (it["rule"].as_str().unwrap().to_owned(), name(it))).collect();
    (rules, json)
}

fn note(json: &Value) -> &Value {
    let findings = json["findings"].as_array().unwrap();
    findings.iter().find(|it| it["rule"] == NOTE).unwrap()
}

#[test]
fn one_note_names_the_packages_and_nothing_else_is_reported_about_them() {
    let set = (at("permissionsets", "acme__Feed_User.permissionset"), xml("PermissionSet", "<label>F</label>"));
    let page = "<apex:page>{!$Api.Session_ID}</apex:page>".to_owned();
    let page = ("force-app/main/default/pages/zeta__Orders.page".to_owned(), page);
    let (rules, json) = found(&[app("acme__Feed"), set, page], &[]);
    assert_eq!(rules.iter().map(|(rule, _)| rule.as_str()).collect::<Vec<_>>(), [NOTE], "{json:#}");
    let note = note(&json);
    assert_eq!(note["severity"], "note");
    assert!(note["message"].as_str().unwrap().ends_with(": acme (2), zeta (1)"), "{note:#}");
    // The finding without the package is beside it.
    let related: Vec<&str> =
        note["related"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert!(related.iter().any(|text| text.contains("writes the session id into the page")), "{related:?}");
    assert!(related.iter().any(|text| text.contains("refresh token has a fixed lifetime")), "{related:?}");
}

#[test]
fn what_is_ones_own_is_judged_as_before() {
    let (alone, _) = found(&[app("Feed")], &[]);
    let (beside, json) = found(&[app("Feed"), app("acme__Feed")], &[]);
    let own: Vec<_> = beside.into_iter().filter(|(rule, _)| rule != NOTE).collect();
    assert_eq!(own, alone, "{json:#}");
    assert!(alone.iter().any(|(rule, _)| rule == "oauth/refresh-token-lifetime"), "{alone:?}");
}

#[test]
fn the_projects_own_namespace_is_no_package() {
    let project = |namespace: &str| {
        let text =
            format!("{{ \"packageDirectories\": [{{ \"path\": \"force-app\" }}], \"namespace\": \"{namespace}\" }}");
        ("sfdx-project.json".to_owned(), text)
    };
    let rules = |namespace: &str| found(&[project(namespace), app("acme__Feed")], &[]).0;
    assert!(rules("ACME").iter().all(|(rule, _)| rule != NOTE));
    assert!(!rules("ACME").is_empty());
    for other in ["", "zeta"] {
        assert_eq!(rules(other), [(NOTE.to_owned(), "acme__Feed.connectedApp-meta.xml".to_owned())], "{other}");
    }
}

#[test]
fn a_free_name_needs_the_namespace_elsewhere() {
    let is_reported = |files: &[(String, String)], name: &str| {
        let (rules, _) = found(files, &[]);
        rules.iter().any(|(rule, path)| rule != NOTE && path.starts_with(name))
    };
    assert!(is_reported(&[profile("acme__Sales")], "acme__Sales"));
    assert!(!is_reported(&[profile("acme__Sales"), app("acme__Feed")], "acme__Sales"));
    assert!(is_reported(&[profile("other__Sales"), app("acme__Feed")], "other__Sales"));
}

#[test]
fn what_an_org_sets_for_a_packaged_app_is_its_own() {
    let policy = xml(
        "ExtlClntAppOauthConfigurablePolicies",
        "<externalClientApplication>acme__Feed</externalClientApplication><label>p</label>\
         <ipRelaxationPolicyType>ENFORCE</ipRelaxationPolicyType>",
    );
    let settings = xml(
        "ExtlClntAppOauthSettings",
        "<externalClientApplication>acme__Feed</externalClientApplication><label>s</label>\
         <commaSeparatedOauthScopes>Full</commaSeparatedOauthScopes>",
    );
    let app = xml("ExternalClientApplication", "<label>Feed</label><distributionState>Managed</distributionState>");
    let files = [
        (at("extlClntAppOauthPolicies", "acme__Feed_oauthPlcy.ecaOauthPlcy"), policy),
        (at("extlClntAppOauthSettings", "Feed_oauth.ecaOauth"), settings),
        (at("externalClientApps", "acme__Feed.eca"), app),
    ];
    let (rules, json) = found(&files, &[]);
    assert!(rules.contains(&(
        "oauth/ip-relaxation-unknown-value".to_owned(),
        "acme__Feed_oauthPlcy.ecaOauthPlcy-meta.xml".to_owned()
    )));
    assert!(rules.iter().all(|(rule, path)| rule == NOTE || path.starts_with("acme__Feed_oauthPlcy")), "{rules:?}");
    assert!(note(&json)["message"].as_str().unwrap().ends_with(": acme (2)"), "{json:#}");
}

#[test]
fn a_part_that_a_package_brought_into_ones_own_file_is_the_packages() {
    let message = |name: &str| {
        format!(
            "<outboundMessages><fullName>{name}</fullName><endpointUrl>https://in.example.com</endpointUrl>\
             <includeSessionId>true</includeSessionId></outboundMessages>"
        )
    };
    let workflow = xml("Workflow", &format!("{}{}", message("Own"), message("acme__Tell")));
    let (rules, json) = found(&[(at("workflows", "acme__Order__c.workflow"), workflow)], &[]);
    let reported: Vec<&str> = rules.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(
        reported.iter().filter(|rule| **rule == "credential/outbound-message-session-id").count(),
        1,
        "{json:#}"
    );
    assert!(reported.contains(&NOTE));
}

#[test]
fn packages_are_reported_alike_however_much_code_is_read() {
    let class = |name: &str, body: &str| (format!("force-app/main/default/classes/{name}.cls"), body.to_owned());
    let files = [
        class("acme__Plain", "public class Plain { void f() {} }"),
        class("acme__Hidden", "global class Hidden {\n(hidden)\n}"),
        class("acme__Talks", "public class Talks { void f() { System.debug(UserInfo.getSessionId()); } }"),
    ];
    let (some, json) = found(&files, &[]);
    let (all, whole) = found(&files, &["--no-apex-prefilter"]);
    assert_eq!(some, all);
    assert_eq!(note(&json), note(&whole));
    assert!(note(&json)["message"].as_str().unwrap().ends_with(": acme (2)"), "{json:#}");
}

#[test]
fn what_packages_hold_is_still_known() {
    let files = [app("acme__Feed"), app("Feed")];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::sfdx(&files);
    assert_eq!(project.column("SELECT Namespace FROM Component ORDER BY Name"), [json!("acme"), Value::Null]);
    assert_eq!(project.column("SELECT Components FROM ManagedPackage"), [json!(1)]);
    let sessions = project.run(&["sessions", "--format", "json"]).json();
    assert_eq!(sessions["apps"].as_array().unwrap().len(), 2, "{sessions:#}");
}
