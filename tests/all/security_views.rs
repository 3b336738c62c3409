//! The views about protections: open controls of apps, secrets in files, and grants for all data.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Project;
use serde_json::{Value, json};

fn file(folder: &str, name: &str, root: &str, body: &str) -> (String, String) {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{body}\n</{root}>\n"
    );
    (format!("force-app/main/default/{folder}/{name}-meta.xml"), text)
}

fn project(files: &[(String, String)]) -> Project {
    Project::sfdx(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// The parts of a connected app that a test varies.
struct App {
    callback: &'static str,
    flags: &'static str,
    scopes: &'static str,
    relaxation: &'static str,
    refresh: &'static str,
    more: &'static str,
}

/// An app that leaves nothing open.
const TIGHT: App = App {
    callback: "https://erp.example.com/oauth/callback",
    flags: "<isAdminApproved>true</isAdminApproved><isPkceRequired>true</isPkceRequired>\
        <isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>\
        <isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken>",
    scopes: "<scopes>Api</scopes><scopes>RefreshToken</scopes>",
    relaxation: "ENFORCE",
    refresh: "specific_inactivity:30:DAYS",
    more: "<sessionPolicy><sessionTimeout>60</sessionTimeout></sessionPolicy>",
};

impl App {
    fn file(&self) -> (String, String) {
        let body = format!(
            "<label>ERP</label><oauthConfig><callbackUrl>{}</callbackUrl>{}{}</oauthConfig><oauthPolicy>\
             <ipRelaxation>{}</ipRelaxation><refreshTokenPolicy>{}</refreshTokenPolicy></oauthPolicy>{}",
            self.callback, self.flags, self.scopes, self.relaxation, self.refresh, self.more
        );
        file("connectedApps", "ERP.connectedApp", "ConnectedApp", &body)
    }

    /// The words for what is open, beside other files.
    fn open_beside(&self, others: &[(String, String)]) -> Value {
        let files = [&[self.file()], others].concat();
        project(&files).column("SELECT OpenControls FROM OAuthApp").remove(0)
    }

    fn open(&self) -> Value {
        self.open_beside(&[])
    }
}

#[test]
fn a_tight_app_leaves_nothing_open() {
    assert_eq!(TIGHT.open(), Value::Null);
}

#[test]
fn each_control_is_open_for_its_own_reason() {
    assert_eq!(App { callback: "http://erp.example.com/cb", ..TIGHT }.open(), json!(["callback"]));
    for at_hand in ["http://localhost:8080/cb", "http://127.0.0.1/cb", "erp://done", "HTTP://LOCALHOST/cb"] {
        assert_eq!(App { callback: at_hand, ..TIGHT }.open(), Value::Null, "{at_hand}");
    }
    assert_eq!(App { relaxation: "BYPASS", ..TIGHT }.open(), json!(["ip"]));
    for kept in ["ENFORCE_RELAXREFRESH", "BYPASS_2FACTOR", "bypass"] {
        assert_eq!(App { relaxation: kept, ..TIGHT }.open(), Value::Null, "{kept}");
    }
    let ranges = "<ipRanges><end>203.0.113.9</end><start>203.0.113.9</start></ipRanges>\
        <sessionPolicy><sessionTimeout>60</sessionTimeout></sessionPolicy>";
    assert_eq!(App { relaxation: "BYPASS", more: ranges, ..TIGHT }.open(), Value::Null);
    let full = "<scopes>Api</scopes><scopes>Full</scopes>";
    assert_eq!(App { scopes: full, ..TIGHT }.open(), json!(["scope-full"]));
    let all_off = "<isAdminApproved>false</isAdminApproved><isPkceRequired>false</isPkceRequired>\
        <isRefreshTokenRotationEnabled>false</isRefreshTokenRotationEnabled>\
        <isSecretRequiredForRefreshToken>false</isSecretRequiredForRefreshToken>\
        <isDeviceFlowEnabled>true</isDeviceFlowEnabled>";
    let flags = json!(["self-authorised", "rotation", "refresh-secret", "pkce", "device-flow"]);
    assert_eq!(App { flags: all_off, ..TIGHT }.open(), flags);
    assert_eq!(App { flags: "", ..TIGHT }.open(), Value::Null, "what is not written is not held against an app");
}

#[test]
fn refresh_tokens_are_open_beyond_ninety_days() {
    for old in ["infinite", "specific_lifetime:91:DAYS", "specific_inactivity:4:MONTHS"] {
        assert_eq!(App { refresh: old, ..TIGHT }.open(), json!(["refresh-token"]), "{old}");
    }
    for fine in ["specific_lifetime:90:DAYS", "specific_inactivity:3:MONTHS", "zero", "SPECIFIC_LIFETIME"] {
        assert_eq!(App { refresh: fine, ..TIGHT }.open(), Value::Null, "{fine}");
    }
    let capped = "<isEnforceRefreshTokenTTL>true</isEnforceRefreshTokenTTL>";
    assert_eq!(App { refresh: "infinite", flags: capped, ..TIGHT }.open(), Value::Null);
    let lifetime = App { refresh: "specific_lifetime:2:MONTHS", flags: capped, ..TIGHT };
    assert_eq!(lifetime.open(), Value::Null);
    assert_eq!(App { refresh: "infinite", scopes: "<scopes>Api</scopes>", ..TIGHT }.open(), Value::Null);
}

#[test]
fn a_session_is_open_beyond_an_hour_wherever_it_comes_from() {
    let minutes = "<sessionPolicy><sessionTimeout>61</sessionTimeout></sessionPolicy>";
    assert_eq!(App { more: minutes, ..TIGHT }.open(), json!(["timeout"]));
    let none = App { more: "", ..TIGHT };
    assert_eq!(none.open(), json!(["timeout"]));
    let org = |value: &str| {
        let body = format!("<sessionSettings><sessionTimeout>{value}</sessionTimeout></sessionSettings>");
        [file("settings", "Security.settings", "SecuritySettings", &body)]
    };
    assert_eq!(none.open_beside(&org("SixtyMinutes")), Value::Null);
    assert_eq!(none.open_beside(&org("NinetyMinutes")), json!(["timeout"]));
    assert_eq!(App { scopes: "<scopes>OpenID</scopes>", ..none }.open(), Value::Null, "it reaches no data");
    let old = "<label>ERP</label><oauthConfig><callbackUrl>https://erp.example.com/cb</callbackUrl><scopes>Api</scopes></oauthConfig>";
    let old = project(&[file("connectedApps", "ERP.connectedApp", "ConnectedApp", old)]);
    assert_eq!(old.column("SELECT OpenControls FROM OAuthApp"), [Value::Null], "its policies are not in the file");
}

#[test]
fn a_signed_assertion_needs_no_protection_of_codes_and_refresh_tokens() {
    let jwt = App {
        callback: "https://login.salesforce.com/services/oauth2/success",
        flags: "<certificate>Key</certificate><isAdminApproved>true</isAdminApproved><isPkceRequired>false</isPkceRequired>\
            <isRefreshTokenRotationEnabled>false</isRefreshTokenRotationEnabled>",
        relaxation: "BYPASS",
        refresh: "infinite",
        ..TIGHT
    };
    assert_eq!(jwt.open(), Value::Null);
}

#[test]
fn the_org_can_close_what_an_app_leaves_open() {
    let open = App { flags: "<isAdminApproved>false</isAdminApproved><isPkceRequired>false</isPkceRequired>", ..TIGHT };
    assert_eq!(open.open(), json!(["self-authorised", "pkce"]));
    let closing = [
        file("settings", "OauthOidc.settings", "OauthOidcSettings", "<isPkceRequired>true</isPkceRequired>"),
        file(
            "settings",
            "ConnectedApp.settings",
            "ConnectedAppSettings",
            "<enableAdminApprovedAppsOnly>true</enableAdminApprovedAppsOnly>",
        ),
    ];
    assert_eq!(open.open_beside(&closing), Value::Null);
}

#[test]
fn an_external_client_app_is_judged_over_all_its_files() {
    let belongs = "<externalClientApplication>Visits</externalClientApplication>";
    let files = |more: Option<&str>| {
        let mut files = vec![
            file("externalClientApps", "Visits.eca", "ExternalClientApplication", "<label>Visits</label>"),
            file(
                "extlClntAppOauthSettings",
                "Visits_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                &format!("<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>{belongs}"),
            ),
            file(
                "extlClntAppGlobalOauthSets",
                "Visits_glbloauth.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                &format!(
                    "<callbackUrl>http://visits.example.com/cb</callbackUrl>{belongs}<isPkceRequired>true</isPkceRequired>"
                ),
            ),
            file(
                "extlClntAppOauthPolicies",
                "Visits_oauthPlcy.ecaOauthPlcy",
                "ExtlClntAppOauthConfigurablePolicies",
                &format!(
                    "{belongs}<ipRelaxationPolicyType>Bypass</ipRelaxationPolicyType>\
                     <permittedUsersPolicyType>AllSelfAuthorized</permittedUsersPolicyType>\
                     <refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>\
                     <refreshTokenValidityPeriod>365</refreshTokenValidityPeriod>\
                     <refreshTokenValidityUnit>Days</refreshTokenValidityUnit>"
                ),
            ),
        ];
        files.extend(more.map(|ranges| {
            file(
                "extlClntAppOauthSecuritySettings",
                "Visits_security.ecaOauthSecurity",
                "ExtlClntAppOauthSecuritySettings",
                &format!("{belongs}{ranges}"),
            )
        }));
        project(&files).rows("SELECT OpenControls, OpenControlWords, OpenControlCount FROM OAuthApp").remove(0)
    };
    let open = files(None);
    assert_eq!(open["OpenControls"], json!(["callback", "ip", "self-authorised", "refresh-token", "timeout"]));
    assert_eq!(open["OpenControlWords"][3], "refresh tokens valid for 365 days");
    assert_eq!(open["OpenControlCount"], 5);
    let ranges = "<tokenIpRanges><endIpAddress>203.0.113.9</endIpAddress><startIpAddress>203.0.113.9</startIpAddress></tokenIpRanges>";
    let narrowed = files(Some(ranges));
    assert_eq!(narrowed["OpenControls"], json!(["callback", "self-authorised", "refresh-token", "timeout"]));
}

/// No part of these may come out.
const SECRETS: [&str; 4] = ["K4TZ", "P9WM", "T7QX", "R2VB"];

/// A project whose files hold secrets, near which findings are shown.
fn with_secrets() -> Project {
    let app = "<label>ERP</label><oauthConfig><callbackUrl>http://erp.example.com/cb</callbackUrl>\
        <consumerSecret>K4TZ</consumerSecret><scopes>Full</scopes></oauthConfig>";
    let global = "<consumerSecret>P9WM</consumerSecret><externalClientApplication>Visits</externalClientApplication>";
    let provider = "<consumerSecret>T7QX</consumerSecret><friendlyName>Partner Login</friendlyName>";
    let held = "<consumerSecret>${PARTNER_SECRET}</consumerSecret><friendlyName>Held</friendlyName>";
    let credential = "<label>Bank</label><endpoint>https://bank.example.com</endpoint><password>R2VB</password>";
    project(&[
        file("connectedApps", "ERP.connectedApp", "ConnectedApp", app),
        file("extlClntAppGlobalOauthSets", "Visits_glbloauth.ecaGlblOauth", "ExtlClntAppGlobalOauthSettings", global),
        file("authproviders", "Partner_Login.authprovider", "AuthProvider", provider),
        file("authproviders", "Held.authprovider", "AuthProvider", held),
        file("namedCredentials", "Bank.namedCredential", "NamedCredential", credential),
    ])
}

#[test]
fn secrets_have_rows_and_place_holders_have_none() {
    let rows = with_secrets().rows("SELECT OwnerType, Owner, Secret, Confidence FROM Secret");
    let row = |ty: &str, owner: &str, secret: &str, sure: &str| json!({ "OwnerType": ty, "Owner": owner, "Secret": secret, "Confidence": sure });
    let expected = [
        row("ConnectedApp", "ERP", "consumer secret", "high"),
        row("ExtlClntAppGlobalOauthSettings", "Visits", "consumer secret", "high"),
        row("AuthProvider", "Partner Login", "consumer secret", "medium"),
        row("NamedCredential", "Bank", "password", "medium"),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn no_output_shows_a_secret_that_is_found() {
    let project = with_secrets();
    let mut commands: Vec<Vec<String>> = Vec::new();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for &format in crate::support::formats() {
        commands.push(words(&format!("check --preset all --notes --color always --format {format}")));
    }
    for format in ["table", "csv", "json", "markdown"] {
        let query = |soql: &str| [words("query --format"), vec![format.to_owned(), soql.to_owned()]].concat();
        commands.push(query("SELECT FIELDS(ALL) FROM Secret"));
        commands.push(query("SELECT FIELDS(ALL) FROM AuthProvider"));
    }
    for format in ["markdown", "html"] {
        commands.push(words(&format!("report --preset all --format {format}")));
    }
    for command in commands {
        let ran = project.run(&command.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(ran.code <= 1, "{command:?}: {ran:?}");
        assert!(ran.out.contains("ERP") || ran.out.contains("Partner"), "{command:?} says nothing:\n{}", ran.out);
        for secret in SECRETS {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{secret} in {command:?}:\n{}", ran.out);
        }
    }
    let found = project.check(&["--preset", "continuity", "--select", "security/secret-in-repository"]);
    let severities: Vec<Value> = found.findings().into_iter().map(|finding| finding["severity"].clone()).collect();
    assert_eq!(severities, ["warning", "error", "error", "warning"], "{found:?}");
}

fn permissions(names: &[&str]) -> String {
    let one = |name: &&str| format!("<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>");
    names.iter().map(one).collect()
}

#[test]
fn a_grant_knows_what_else_its_holder_may() {
    let range =
        "<loginIpRanges><endAddress>198.51.100.9</endAddress><startAddress>198.51.100.1</startAddress></loginIpRanges>";
    let odd =
        "<loginIpRanges><endAddress>OFFICE_END</endAddress><startAddress>OFFICE_START</startAddress></loginIpRanges>";
    let all = permissions(&["ApiEnabled", "ViewAllData", "ModifyAllData"]);
    let profile = |name: &str, license: &str, more: &str| {
        let body = format!("<custom>true</custom>{more}<userLicense>{license}</userLicense>");
        file("profiles", &format!("{name}.profile"), "Profile", &body)
    };
    let project = project(&[
        profile("Admin", "Salesforce", &all),
        profile("Office", "Salesforce", &format!("{range}{all}")),
        profile("Templated", "Salesforce", &format!("{odd}{all}")),
        profile("Site Profile", "Guest User License", &permissions(&["ApiEnabled"])),
        profile("Analytics Cloud Integration User", "Analytics Cloud Integration User", &permissions(&["ApiEnabled"])),
        file("permissionsets", "Look.permissionset", "PermissionSet", &permissions(&["ApiEnabled", "ViewAllData"])),
    ]);
    let rows = project.rows(
        "SELECT Holder, DataAccess, HasRestrictingRange, IsGuest, IsRunBySalesforce FROM Grant \
         WHERE Permission = 'ApiEnabled' ORDER BY Holder",
    );
    let row = |holder: &str, access: Value, restricts: Value, guest: bool, salesforce: bool| {
        json!({
            "Holder": holder, "DataAccess": access, "HasRestrictingRange": restricts, "IsGuest": guest,
            "IsRunBySalesforce": salesforce
        })
    };
    let expected = [
        row("Analytics Cloud Integration User", Value::Null, json!(false), false, true),
        row("Look", json!("ViewAllData"), Value::Null, false, false),
        row("Office", json!("ModifyAllData"), json!(true), false, false),
        row("Site Profile", Value::Null, json!(false), true, false),
        row("System Administrator", json!("ModifyAllData"), json!(false), false, false),
        row("Templated", json!("ModifyAllData"), Value::Null, false, false),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn rules_that_pull_apart_exist_on_both_sides() {
    let list = Project::of(&[] as &[(&str, &str)]).run(&["rules", "list", "--format", "json"]);
    let known: Vec<Value> = list.json().as_array().unwrap().iter().map(|rule| rule["rule"].clone()).collect();
    let shapes = sessionlint::facts::Shapes;
    let catalog = sessionlint::rule::Catalog::load(&[] as &[&std::path::Path], &shapes).unwrap();
    let mut pairs = 0;
    for rule in catalog.rules() {
        for other in &rule.definition.conflicts_with {
            assert!(known.contains(&json!(other)), "{} pulls against {other}, which is no rule", rule.id);
            pairs += 1;
        }
    }
    assert!(pairs >= 16, "{pairs} pairs are declared");
    let several = &catalog.get("security/app-open-controls").unwrap().definition.conflicts_with;
    assert!(several.len() > 1, "a page names several: {several:?}");
}

#[test]
fn a_switch_has_a_row_where_a_file_states_it() {
    let security = "<enableAdminLoginAsAnyUser>true</enableAdminLoginAsAnyUser><sessionSettings>\
        <enableClickjackNonsetupUserHeaderless>false</enableClickjackNonsetupUserHeaderless>\
        <enableClickjackSetup>true</enableClickjackSetup>\
        <enableCSRFOnPost xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>\
        <identityConfirmationOnEmailChange>false</identityConfirmationOnEmailChange>\
        <canConfirmEmailChangeInLightningCommunities>true</canConfirmEmailChangeInLightningCommunities></sessionSettings>";
    let domain = "<canOnlyLoginWithMyDomainUrl>false</canOnlyLoginWithMyDomainUrl><myDomainName>acme</myDomainName>";
    let project = project(&[
        file("settings", "Security.settings", "SecuritySettings", security),
        file("settings", "MyDomain.settings", "MyDomainSettings", domain),
    ]);
    let row = |name: &str, family: &str, on: bool| json!({ "Switch": name, "Family": family, "IsOn": on });
    assert_eq!(
        project.rows("SELECT Switch, Family, IsOn FROM ProtectionSwitch"),
        [
            row("enableClickjackSetup", "clickjack", true),
            row("enableClickjackNonsetupUserHeaderless", "clickjack", false),
            row("identityConfirmationOnEmailChange", "confirmation", false),
            row("canConfirmEmailChangeInLightningCommunities", "confirmation", true),
            row("canOnlyLoginWithMyDomainUrl", "my-domain", false),
        ],
        "what is nil or absent is unknown"
    );
}

#[test]
fn a_trusted_origin_says_how_far_it_reaches() {
    let csp = |name: &str, url: &str, active: &str| {
        let body = format!(
            "<context>All</context><endpointUrl>{url}</endpointUrl><isActive>{active}</isActive>\
             <isApplicableToConnectSrc>true</isApplicableToConnectSrc><isApplicableToFontSrc>false</isApplicableToFontSrc>\
             <isApplicableToImgSrc>true</isApplicableToImgSrc>"
        );
        file("cspTrustedSites", &format!("{name}.cspTrustedSite"), "CspTrustedSite", &body)
    };
    let cors = |name: &str, url: &str| {
        let body = format!("<urlPattern>{url}</urlPattern>");
        file("corsWhitelistOrigins", &format!("{name}.corsWhitelistOrigin"), "CorsWhitelistOrigin", &body)
    };
    let project = project(&[
        csp("Cdn", "https://*.cloudfront.net", "true"),
        csp("Old", "https://*", "false"),
        csp("Templated", "https://*.${DOMAIN}", "true"),
        cors("Portal", "https://*.portal.example.com"),
    ]);
    let rows = project.rows("SELECT Type, Name, Origin, Reach, IsActive, Uses FROM TrustedOrigin");
    let row = |ty: &str, name: &str, origin: &str, reach: &str, active: bool, uses: Value| json!({ "Type": ty, "Name": name, "Origin": origin, "Reach": reach, "IsActive": active, "Uses": uses });
    let uses = json!(["connect", "img"]);
    let expected = [
        row("CspTrustedSite", "Cdn", "https://*.cloudfront.net", "shared", true, uses.clone()),
        row("CspTrustedSite", "Old", "https://*", "any", false, uses),
        row("CorsWhitelistOrigin", "Portal", "https://*.portal.example.com", "subdomains", true, Value::Null),
    ];
    assert_eq!(rows, expected);
}

/// A policy file of a profile with the six values that a test varies.
fn password_policy(profile: &str, values: [&str; 6]) -> (String, String) {
    let [attempts, length, complexity, expiry, history, lockout] = values;
    let body = format!(
        "<forgotPasswordRedirect>false</forgotPasswordRedirect><lockoutInterval>{lockout}</lockoutInterval>\
         <maxLoginAttempts>{attempts}</maxLoginAttempts><minimumPasswordLength>{length}</minimumPasswordLength>\
         <obscure>false</obscure><passwordComplexity>{complexity}</passwordComplexity>\
         <passwordExpiration>{expiry}</passwordExpiration><passwordHistory>{history}</passwordHistory>\
         <passwordQuestion>1</passwordQuestion><profile>{profile}</profile>"
    );
    let name = format!("null_profilePasswordPolicy{}.profilePasswordPolicy", profile.len());
    file("profilePasswordPolicies", &name, "ProfilePasswordPolicy", &body)
}

#[test]
fn a_profiles_password_policy_says_where_it_is_weaker() {
    let weak = |values| {
        let files = [password_policy("admin", values)];
        project(&files).column("SELECT WeakRules FROM ProfilePasswordPolicy").remove(0)
    };
    assert_eq!(weak(["10", "8", "1", "90", "3", "15"]), Value::Null, "what Salesforce ships");
    assert_eq!(weak(["0", "8", "1", "90", "3", "0"]), json!(["any number of wrong passwords"]));
    assert_eq!(weak(["10", "7", "0", "90", "3", "15"]), json!(["any mix of characters", "passwords of 7 characters"]));
    assert_eq!(
        weak(["10", "8", "1", "0", "0", "15"]),
        json!(["passwords that never expire", "reuse of any earlier password"])
    );
    assert_eq!(weak(["10", "8", "1", "91", "3", "15"]), json!(["passwords that expire after 91 days"]));
    assert_eq!(weak(["10", "8", "1", "90", "2", "15"]), json!(["reuse of earlier passwords except the last 2"]));
    assert_eq!(weak(["10", "8", "1", "90", "1", "15"]), json!(["reuse of earlier passwords except the last one"]));
    assert_eq!(weak(["ten", "", "1", "90", "3", "15"]), Value::Null, "what is no number is unknown");

    let nil = "<maxLoginAttempts>0</maxLoginAttempts>\
        <profile xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>";
    let orphan = file("profilePasswordPolicies", "x.profilePasswordPolicy", "ProfilePasswordPolicy", nil);
    let files = [password_policy("admin", ["0", "8", "1", "90", "3", "15"]), orphan];
    let named = project(&files).column("SELECT ProfileName FROM ProfilePasswordPolicy");
    assert_eq!(named, [json!("System Administrator"), Value::Null]);
}
