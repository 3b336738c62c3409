//! Values and elements that are written wrongly, and duplicates: the views behind the pages of `metadata/`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Project, security};
use serde_json::{Value, json};

const XMLNS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
const SETTINGS: &str = "force-app/settings/Security.settings-meta.xml";
const APP: &str = "force-app/connectedApps/Feed.connectedApp-meta.xml";
const POLICY: &str = "force-app/extlClntAppOauthPolicies/Feed_oauthPlcy.ecaOauthPlcy-meta.xml";
const GRAPH: &str = "force-app/extlClntAppOauthSettings/Feed_oauth.ecaOauth-meta.xml";

fn of(root: &str, body: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} {XMLNS}>\n{body}</{root}>\n")
}

fn one(path: &str, root: &str, body: &str) -> Project {
    Project::sfdx(&[(path, of(root, body))])
}

/// `Element=Written>Nearest` of every unknown value.
fn unknown(project: &Project) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rows = project.rows("SELECT Element, Written, Nearest FROM UnknownValue");
    rows.iter()
        .map(|row| format!("{}={}>{}", word(&row["Element"]), word(&row["Written"]), word(&row["Nearest"])))
        .collect()
}

/// `Element StandsIn>BelongsIn` of every misplaced element.
fn misplaced(project: &Project) -> Vec<String> {
    let rows = project.rows("SELECT Element, StandsIn, BelongsIn FROM MisplacedElement");
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| format!("{} {}>{}", word(row, "Element"), word(row, "StandsIn"), word(row, "BelongsIn")))
        .collect()
}

#[test]
fn a_respelling_is_one_word_but_for_capitals_and_separators_and_all_that_stands_there() {
    let respelling = |path: &str, root: &str, body: &str| {
        one(path, root, body).column("SELECT Respelling FROM UnknownValue").remove(0)
    };
    let policy = |body: &str| respelling(POLICY, "ExtlClntAppOauthConfigurablePolicies", body);
    assert_eq!(policy("<refreshTokenPolicyType>specific_lifetime</refreshTokenPolicyType>"), json!("SpecificLifetime"));
    assert_eq!(
        policy("<refreshTokenValidityUnit>Month</refreshTokenValidityUnit>"),
        Value::Null,
        "it only looks alike"
    );
    let flag = "<sessionSettings><lockSessionsToDomain>tru</lockSessionsToDomain></sessionSettings>";
    assert_eq!(respelling(SETTINGS, "SecuritySettings", flag), Value::Null);
    let scopes = |list: &str| {
        let body = format!("<commaSeparatedOauthScopes>{list}</commaSeparatedOauthScopes>");
        respelling(GRAPH, "ExtlClntAppOauthSettings", &body)
    };
    assert_eq!(scopes("refresh_token"), json!("RefreshToken"));
    assert_eq!(scopes("Api, refresh_token"), Value::Null, "writing it would take the other scope away");
}

#[test]
fn values_are_case_exact_and_the_nearest_is_named() {
    let policy = |body: &str| unknown(&one(POLICY, "ExtlClntAppOauthConfigurablePolicies", body));
    assert_eq!(
        policy("<refreshTokenPolicyType>infinite</refreshTokenPolicyType>"),
        ["refreshTokenPolicyType=infinite>Infinite"]
    );
    assert_eq!(
        policy("<refreshTokenValidityUnit>Weeks</refreshTokenValidityUnit>"),
        ["refreshTokenValidityUnit=Weeks>-"]
    );
    assert_eq!(policy("<namedUserJwtTimeout>45</namedUserJwtTimeout>"), ["namedUserJwtTimeout=45>-"]);
    assert_eq!(
        policy("<requiredSessionLevel>HighAssurance</requiredSessionLevel>"),
        ["requiredSessionLevel=HighAssurance>HIGH_ASSURANCE"]
    );
    for sound in [
        "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>",
        "<refreshTokenPolicyType></refreshTokenPolicyType>",
        "<refreshTokenPolicyType>${POLICY}</refreshTokenPolicyType>",
        "<namedUserJwtTimeout>720</namedUserJwtTimeout>",
        "<policyAction>StepUpMFA</policyAction>",
        "<ipRelaxationPolicyType>ENFORCE</ipRelaxationPolicyType>",
    ] {
        assert!(policy(sound).is_empty(), "{sound}");
    }
}

#[test]
fn a_growing_list_knows_only_other_spellings() {
    let scopes = |scopes: &str| {
        let body = format!("<commaSeparatedOauthScopes>{scopes}</commaSeparatedOauthScopes>");
        unknown(&one(GRAPH, "ExtlClntAppOauthSettings", &body))
    };
    assert!(scopes("Api, RefreshToken,SFApiPlatform").is_empty());
    assert_eq!(scopes("Api, refresh_token"), ["commaSeparatedOauthScopes=refresh_token>RefreshToken"]);
    assert!(scopes("Api, Hologram").is_empty());
    let app = one(APP, "ConnectedApp", "<oauthConfig><scopes>api</scopes><scopes>Hologram</scopes></oauthConfig>");
    assert_eq!(unknown(&app), ["scopes=api>Api"]);
}

#[test]
fn a_list_below_a_repeated_element_is_known_too() {
    let external = |ty: &str| {
        let body = format!(
            "<externalCredentialParameters><parameterType>AuthParameter</parameterType></externalCredentialParameters>\
             <externalCredentialParameters><parameterType>{ty}</parameterType></externalCredentialParameters>"
        );
        unknown(&one("force-app/externalCredentials/Feed.externalCredential-meta.xml", "ExternalCredential", &body))
    };
    assert_eq!(external("Named_principal"), ["parameterType=Named_principal>NamedPrincipal"]);
    assert!(external("NamedPrincipal").is_empty() && external("Hologram").is_empty());
}

#[test]
fn truths_and_numbers_are_what_they_are() {
    let app = one(
        APP,
        "ConnectedApp",
        "<oauthConfig><isPkceRequired>True</isPkceRequired><isAdminApproved>1</isAdminApproved></oauthConfig>\
         <sessionPolicy><sessionTimeout>15 min</sessionTimeout></sessionPolicy>",
    );
    assert_eq!(unknown(&app), ["isPkceRequired=True>true", "sessionTimeout=15 min>-"]);
    assert_eq!(
        app.rows("SELECT Confidence FROM UnknownValue"),
        [json!({ "Confidence": "high" }), json!({ "Confidence": "high" })]
    );
    // Another view judges those.
    let sessions = Project::sfdx(&[(SETTINGS, security("Nonsense"))]);
    assert!(unknown(&sessions).is_empty());
}

#[test]
fn elements_have_a_place() {
    let settings = |body: &str| misplaced(&one(SETTINGS, "SecuritySettings", body));
    assert_eq!(
        settings("<lockSessionsToIp>true</lockSessionsToIp>"),
        ["lockSessionsToIp at the root><sessionSettings>"]
    );
    assert_eq!(
        settings("<sessionSettings><expiration>Never</expiration></sessionSettings>"),
        ["expiration in <sessionSettings>><passwordPolicies>"]
    );
    for sound in [
        "<enableCoepHeader>true</enableCoepHeader><sessionSettings><enableCoepHeader>true</enableCoepHeader></sessionSettings>",
        "<grantCameraAccess>All</grantCameraAccess>",
        "<sessionSettings><brandNew><sessionTimeout>TwoHours</sessionTimeout></brandNew></sessionSettings>",
        "<networkAccess><ipRanges><end>192.0.2.9</end><start>192.0.2.1</start></ipRanges></networkAccess>",
    ] {
        assert!(settings(sound).is_empty(), "{sound}");
    }
}

#[test]
fn a_neighbours_element_is_reported_with_its_type() {
    let app = |body: &str| misplaced(&one(APP, "ConnectedApp", body));
    assert_eq!(
        app("<oauthConfig><refreshTokenPolicy>infinite</refreshTokenPolicy></oauthConfig>"),
        ["refreshTokenPolicy in <oauthConfig>><oauthPolicy>"]
    );
    assert_eq!(
        app("<sessionTimeoutInMinutes>60</sessionTimeoutInMinutes>"),
        ["sessionTimeoutInMinutes at the root><ExtlClntAppOauthConfigurablePolicies>"]
    );
    let profile = one("force-app/profiles/A.profile-meta.xml", "Profile", "<sessionTimeout>15</sessionTimeout>");
    assert_eq!(misplaced(&profile), ["sessionTimeout at the root><ProfileSessionSetting>"]);
    let set = one(
        "force-app/permissionsets/A.permissionset-meta.xml",
        "PermissionSet",
        "<loginIpRanges><startAddress>192.0.2.1</startAddress></loginIpRanges>",
    );
    assert_eq!(misplaced(&set), ["loginIpRanges at the root><Profile>"]);
}

/// `Name IsSame Difference` of every duplicate.
fn duplicates(project: &Project) -> Vec<String> {
    let rows = project.rows("SELECT Name, IsSame, Difference FROM Duplicate");
    let difference = |row: &Value| row["Difference"].as_str().unwrap_or("-").to_owned();
    rows.iter().map(|row| format!("{} {} {}", row["Name"].as_str().unwrap(), row["IsSame"], difference(row))).collect()
}

fn twice(path: &str, root: &str, first: &str, second: &str) -> Project {
    let name = path.rsplit('/').next().unwrap();
    Project::sfdx(&[
        (format!("force-app/a/{name}").as_str(), of(root, first)),
        (format!("force-app/b/{name}").as_str(), of(root, second)),
    ])
}

#[test]
fn one_component_in_two_places_is_reported_once() {
    let app = |first: &str, second: &str| duplicates(&twice(APP, "ConnectedApp", first, second));
    let label = "<label>Feed</label>";
    assert_eq!(app(label, label), ["Feed true -"]);
    assert_eq!(app(label, "<label>Feed</label><startUrl>https://x.example</startUrl>"), ["Feed false startUrl"]);
    assert_eq!(app("<startUrl>https://x.example</startUrl>", label), ["Feed false startUrl"]);
    let three = Project::sfdx(&[
        ("force-app/a/Feed.connectedApp", of("ConnectedApp", label)),
        ("force-app/b/Feed.connectedApp-meta.xml", of("ConnectedApp", label)),
        ("force-app/c/FEED.connectedApp-meta.xml", of("ConnectedApp", label)),
    ]);
    assert_eq!(duplicates(&three), ["Feed true -", "FEED true -"]);
    let rules = ["check", "--format", "json", "--select", "metadata/duplicate-component"];
    let findings = three.run(&rules).findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0]["message"].as_str().unwrap().starts_with("2 components are in this project twice"),
        "{findings:?}"
    );
}

#[test]
fn parts_of_one_component_may_lie_apart() {
    let settings = |first: &str, second: &str| duplicates(&twice(SETTINGS, "SecuritySettings", first, second));
    let session = |inner: &str| format!("<sessionSettings>{inner}</sessionSettings>");
    let hours = session("<sessionTimeout>TwoHours</sessionTimeout>");
    assert!(settings(&hours, &session("<lockSessionsToIp>true</lockSessionsToIp>")).is_empty());
    assert_eq!(
        settings(&hours, &session("<sessionTimeout>FourHours</sessionTimeout>")),
        ["Security false sessionTimeout"]
    );
    let profile = |enabled: &str| {
        format!(
            "<custom>true</custom><userPermissions><enabled>{enabled}</enabled><name>ApiEnabled</name></userPermissions>"
        )
    };
    let profiles = |first: &str, second: &str| duplicates(&twice("x/Sales.profile-meta.xml", "Profile", first, second));
    assert_eq!(profiles(&profile("true"), &profile("false")), ["Sales false ApiEnabled"]);
    assert!(profiles(&profile("true"), "<custom>true</custom>").is_empty());
    assert_eq!(profiles(&profile("true"), &profile("true")), ["Sales true -"]);
}

#[test]
fn a_line_says_what_it_hides() {
    let project = Project::sfdx(&[(SETTINGS, security("TwoHours")), (APP, of("ConnectedApp", "<label>Feed</label>"))]);
    project.put(".forceignore", "\u{FEFF}\r\n**/Settings/**\r\n**/connectedApps\r\n**/nothing\r\n");
    assert_eq!(
        project.rows("SELECT Pattern, Files, FirstFile, Types FROM HidingLine"),
        [
            json!({ "Pattern": "**/Settings/**", "Files": 1, "FirstFile": SETTINGS, "Types": "SecuritySettings" }),
            json!({ "Pattern": "**/connectedApps", "Files": 1, "FirstFile": APP, "Types": "ConnectedApp" }),
        ]
    );
    assert_eq!(project.rows("SELECT Files, Hidden FROM Project"), [json!({ "Files": 0, "Hidden": 2 })]);
    let ran = project.check(&[]);
    assert_eq!(ran.places(), [".forceignore:2:1 metadata/hidden-by-forceignore"]);
    assert_eq!(ran.findings()[0]["component"], Value::Null);
}

#[test]
fn an_app_timeout_that_means_nothing_is_reported_and_not_reckoned_with() {
    let app = |minutes: &str| {
        one(
            APP,
            "ConnectedApp",
            &format!(
                "<label>Feed</label><oauthConfig><callbackUrl>https://x.example/cb</callbackUrl><scopes>Api</scopes>\
                 </oauthConfig><sessionPolicy><sessionTimeout>{minutes}</sessionTimeout></sessionPolicy>"
            ),
        )
    };
    let reported = |project: &Project| -> Vec<String> {
        let findings =
            project.run(&["check", "--format", "json", "--select", "oauth/app-timeout-set,metadata"]).findings();
        findings
            .iter()
            .map(|it| format!("{} {}", it["rule"].as_str().unwrap(), it["message"].as_str().unwrap()))
            .collect()
    };
    let zero = reported(&app("0"));
    assert_eq!(zero.len(), 1, "{zero:?}");
    assert!(zero[0].contains("sets its own session timeout to 0 minutes, and the effect of that value"), "{zero:?}");
    let word = reported(&app("None"));
    assert_eq!(word.len(), 1, "{word:?}");
    assert!(word[0].starts_with("metadata/unknown-value Feed has `None` in <sessionTimeout>"), "{word:?}");
    assert_eq!(app("0").column("SELECT SessionMinutes FROM OAuthApp"), [Value::Null]);
}

#[test]
fn a_setting_that_names_no_profile_is_reported_beside_the_sessions() {
    let body = "<sessionTimeout>30</sessionTimeout>";
    let path = "force-app/profileSessionSettings/x.profileSessionSetting-meta.xml";
    let ran = one(path, "ProfileSessionSetting", body).run(&["sessions"]);
    assert!(format!("{}{}", ran.out, ran.err).contains("one session setting names no profile"), "{ran:?}");
}
