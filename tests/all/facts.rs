//! Facts across files, as a query shows them: the base of the pages of sessions and apps.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use crate::support::Project;

const XMLNS: &str = r#"xmlns="http://soap.sforce.com/2006/04/metadata""#;

/// A project of components: path below the package's default folder, root element, what it holds.
fn project(files: &[(&str, &str, &str)]) -> Project {
    let documents: Vec<(String, String)> = files
        .iter()
        .map(|(path, root, body)| {
            let path = format!("force-app/main/default/{path}-meta.xml");
            (path, format!(r#"<?xml version="1.0" encoding="UTF-8"?><{root} {XMLNS}>{body}</{root}>"#))
        })
        .collect();
    let files: Vec<(&str, &str)> = documents.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Project::sfdx(&files)
}

fn setting(file: &str, profile: &str, minutes: &str) -> (String, &'static str, String) {
    (
        format!("profileSessionSettings/{file}_profileSessionSetting1489140003671.profileSessionSetting"),
        "ProfileSessionSetting",
        format!("<profile>{profile}</profile><sessionTimeout>{minutes}</sessionTimeout>"),
    )
}

fn settings(settings: &[(&str, &str, &str)]) -> Project {
    let files: Vec<_> = settings.iter().map(|(file, profile, minutes)| setting(file, profile, minutes)).collect();
    let files: Vec<(&str, &str, &str)> =
        files.iter().map(|(path, root, body)| (path.as_str(), *root, body.as_str())).collect();
    project(&files)
}

/// A connected app with `oauth` in its OAuth settings.
fn app(oauth: &str) -> Project {
    let body = format!("<label>ERP</label><oauthConfig>{oauth}</oauthConfig>");
    project(&[("connectedApps/ERP.connectedApp", "ConnectedApp", &body)])
}

#[test]
fn overrides_that_are_alike_are_counted_by_profile() {
    let project = settings(&[
        ("a", "Sales", "30"),
        ("b", "sales", "30"),
        ("c", "Service%20Desk", "30"),
        ("d", "Admin", "30"),
        ("e", "Back Office", "0"),
        ("f", "Depot", "120"),
    ]);
    let counts = project.column("SELECT SharedBy FROM ProfileSessionSetting");
    assert_eq!(counts, [json!(2), json!(2), json!(2), Value::Null, Value::Null, json!(1)]);
}

#[test]
fn the_last_file_of_a_profile_overrules_others_that_say_otherwise() {
    let project = settings(&[
        ("a", "System Administrator", "60"),
        ("b", "admin", "30"),
        ("c", "Sales", "120"),
        ("d", "Sales", "0"),
        ("e", "Depot", "15"),
    ]);
    let overruled = project.column("SELECT OverruledMinutes FROM ProfileSessionSetting");
    assert_eq!(overruled, [Value::Null, json!(60), Value::Null, Value::Null, Value::Null]);
    let minutes = project.rows("SELECT Name, EffectiveMinutes FROM Profile");
    let row = |name: &str, minutes: i64| json!({ "Name": name, "EffectiveMinutes": minutes });
    assert_eq!(minutes, [row("Depot", 15), row("Sales", 120), row("System Administrator", 30)]);
}

#[test]
fn a_setting_without_a_timeout_leaves_it_to_the_others() {
    let silent = "<profile>Sales</profile><forceLogout>false</forceLogout>";
    let org = "<sessionSettings><sessionTimeout>EightHours</sessionTimeout></sessionSettings>";
    let (a, b, c) = (setting("a", "Sales", "60"), setting("b", "Sales", "90"), setting("c", "Sales", "30"));
    let last = setting("d", "Sales", "");
    let org = ("settings/Security.settings", "SecuritySettings", org);
    let select = "SELECT EffectiveMinutes, DecidedBy FROM Profile";
    let alone = project(&[(last.0.as_str(), last.1, silent), org]);
    assert_eq!(alone.rows(select), [json!({ "EffectiveMinutes": 480, "DecidedBy": "org" })]);
    let all = [&a, &b, &c].map(|(path, root, body)| (path.as_str(), *root, body.as_str()));
    let beside = project(&[all[0], all[1], all[2], (last.0.as_str(), last.1, silent), org]);
    assert_eq!(beside.rows(select), [json!({ "EffectiveMinutes": 30, "DecidedBy": "profile" })]);
    let overruled = beside.column("SELECT OverruledMinutes FROM ProfileSessionSetting");
    assert_eq!(overruled, [Value::Null, Value::Null, json!(60), Value::Null], "the first that says otherwise");
}

#[test]
fn a_broken_setting_leaves_profiles_without_an_override_unknown() {
    let org = "<sessionSettings><sessionTimeout>EightHours</sessionTimeout></sessionSettings>";
    let sales = setting("a", "Sales", "30");
    let project = project(&[
        (sales.0.as_str(), sales.1, sales.2.as_str()),
        ("profileSessionSettings/b.profileSessionSetting", "ProfileSessionSetting", "<profile>"),
        ("profiles/Depot.profile", "Profile", "<custom>true</custom>"),
        ("settings/Security.settings", "SecuritySettings", org),
    ]);
    let row = |name: &str, minutes: Option<i64>, level: Option<&str>| json!({ "Name": name, "EffectiveMinutes": minutes, "ShortestMinutes": minutes, "DecidedBy": level });
    assert_eq!(
        project.rows("SELECT Name, EffectiveMinutes, ShortestMinutes, DecidedBy FROM Profile"),
        [row("Depot", None, None), row("Sales", Some(30), Some("profile"))]
    );
}

#[test]
fn an_override_as_long_as_the_orgs_timeout_decides() {
    let org = "<sessionSettings><sessionTimeout>TwoHours</sessionTimeout></sessionSettings>";
    let sales = setting("a", "Sales", "120");
    let project = project(&[
        (sales.0.as_str(), sales.1, sales.2.as_str()),
        ("settings/Security.settings", "SecuritySettings", org),
    ]);
    project.put("sessionlint.toml", "precedence = \"shortest\"\n");
    assert_eq!(project.column("SELECT DecidedBy FROM Profile"), ["profile"]);
}

#[test]
fn profiles_that_salesforce_ships_are_no_integrations_of_the_customer() {
    let is_integration = |name: &str| {
        let body = format!(
            "<userLicense>{name}</userLicense>\
             <userPermissions><enabled>true</enabled><name>ApiUserOnly</name></userPermissions>"
        );
        project(&[(&format!("profiles/{name}.profile"), "Profile", &body)]).column("SELECT IsIntegration FROM Profile")
    };
    assert_eq!(is_integration("Depot"), [true]);
    assert_eq!(is_integration("Analytics Cloud Integration User"), [false], "a service of Salesforce's runs as it");
    assert_eq!(is_integration("Minimum Access - API Only Integrations"), [false], "nobody works with a template");
}

#[test]
fn login_hours_are_reported_day_by_day() {
    let hours = "<loginHours><mondayEnd>1080</mondayEnd><mondayStart>480</mondayStart><tuesdayEnd>1440</tuesdayEnd>\
        <tuesdayStart>0</tuesdayStart><wednesdayEnd>360</wednesdayEnd><wednesdayStart>1320</wednesdayStart>\
        <thursdayStart>480</thursdayStart></loginHours>";
    let project = project(&[("profiles/Depot.profile", "Profile", hours)]);
    let row = &project.rows("SELECT CutHours, InvertedHours FROM Profile")[0];
    assert_eq!(row["CutHours"], "Monday 08:00-18:00, Wednesday 22:00-06:00");
    assert_eq!(row["InvertedHours"], "Wednesday 22:00-06:00");
}

#[test]
fn the_ranges_of_a_profile_that_salesforce_runs_restrict_nobody_else() {
    let ranges =
        "<loginIpRanges><endAddress>203.0.113.9</endAddress><startAddress>203.0.113.1</startAddress></loginIpRanges>";
    let settings = ("settings/Security.settings", "SecuritySettings", "<sessionSettings></sessionSettings>");
    let restricted_by = |profile: &str| {
        let path = format!("profiles/{profile}.profile");
        project(&[(&path, "Profile", ranges), settings]).column("SELECT RangedProfile FROM SecuritySettings")
    };
    assert_eq!(restricted_by("Depot"), ["Depot"]);
    assert_eq!(restricted_by("Analytics Cloud Integration User"), [Value::Null]);
    let program = format!("<userLicense>Salesforce Integration</userLicense>{ranges}");
    let both = project(&[
        ("profiles/Depot.profile", "Profile", ranges),
        ("profiles/Loader.profile", "Profile", &program),
        settings,
    ]);
    assert_eq!(both.column("SELECT RangedProfile FROM SecuritySettings"), ["Loader"], "an integration's own first");
    both.put(
        "force-app/main/default/connectedApps/ERP.connectedApp-meta.xml",
        format!(
            "<ConnectedApp {XMLNS}><label>ERP</label><oauthConfig><scopes>Api</scopes></oauthConfig></ConnectedApp>"
        ),
    );
    assert_eq!(both.column("SELECT RestrictingProfile FROM OAuthApp"), ["Loader"], "for an app of anybody too");
    assert_eq!(both.column("SELECT HasProfiles FROM SecuritySettings"), [true]);
    both.put("force-app/main/default/profiles/Broken.profile-meta.xml", "<Profile>");
    assert_eq!(both.column("SELECT HasProfiles FROM SecuritySettings"), [false], "one was not read");
}

#[test]
fn privileges_of_people_count_and_those_of_administrators_first() {
    let grants = |names: &[&str]| -> String {
        let grant =
            |name: &&str| format!("<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>");
        names.iter().map(grant).collect()
    };
    let holder = |files: &[(&str, &str, &str)]| {
        let settings = ("settings/Security.settings", "SecuritySettings", "<sessionSettings></sessionSettings>");
        project(&[files, &[settings]].concat()).column("SELECT PrivilegedHolder FROM SecuritySettings")
    };
    let (all, program) = (grants(&["ModifyAllData"]), grants(&["ApiUserOnly", "ModifyAllData"]));
    let integration = format!("<userLicense>Salesforce Integration</userLicense>{all}");
    let (first, admin) = ("profiles/Accounting.profile", "profiles/Admin.profile");
    let shipped = "the profile System Administrator (ModifyAllData)";
    assert_eq!(holder(&[(first, "Profile", &all), (admin, "Profile", &all)]), [shipped]);
    assert_eq!(holder(&[(first, "Profile", &integration)]), [Value::Null]);
    assert_eq!(holder(&[("permissionsets/Loader.permissionset", "PermissionSet", &program)]), [Value::Null]);
}

#[test]
fn a_permission_set_knows_the_integration_that_names_it() {
    let app = "<label>ERP</label><oauthConfig><callbackUrl>https://erp.example.com/cb</callbackUrl>\
        <scopes>Api</scopes></oauthConfig><permissionSetName>erp users</permissionSetName>";
    let api = "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>";
    let project = project(&[
        ("connectedApps/ERP.connectedApp", "ConnectedApp", app),
        ("permissionsets/Export.permissionset", "PermissionSet", &format!("<label>Export</label>{api}")),
        ("permissionsets/P1.permissionset", "PermissionSet", "<label>ERP Users</label>"),
    ]);
    let rows = project.rows("SELECT GrantsApi, IntegrationApp FROM PermissionSet");
    assert_eq!(rows[0], json!({ "GrantsApi": true, "IntegrationApp": null }));
    assert_eq!(rows[1], json!({ "GrantsApi": false, "IntegrationApp": "ERP" }));
}

#[test]
fn a_policy_on_logins_acts_only_while_it_is_active() {
    let action = |policy: &str| {
        let path = "transactionSecurityPolicies/Logins.transactionSecurityPolicy";
        project(&[(path, "TransactionSecurityPolicy", policy)])
            .column("SELECT LoginAction FROM TransactionSecurityPolicy")
    };
    let ends = "<action><block>true</block><endSession>true</endSession></action>";
    assert_eq!(action(&format!("{ends}<active>true</active><eventType>Login</eventType>")), ["end-session"]);
    assert_eq!(action(&format!("{ends}<active>false</active><eventType>Login</eventType>")), [Value::Null]);
    assert_eq!(action(&format!("{ends}<active>true</active><eventName>ReportEvent</eventName>")), [Value::Null]);
    let asks = "<action><block>false</block><twoFactorAuthentication>true</twoFactorAuthentication></action>";
    assert_eq!(action(&format!("{asks}<active>true</active><eventName>LoginEvent</eventName>")), ["second-factor"]);
}

#[test]
fn an_app_uses_only_jwt_where_nothing_else_can_work() {
    let only = |oauth: &str| app(oauth).column("SELECT UsesOnlyJwt FROM OAuthApp")[0].clone();
    let local = "<callbackUrl>http://localhost:1717/OauthRedirect</callbackUrl>";
    let remote = "<callbackUrl>https://erp.example.com/cb</callbackUrl>";
    let certificate = "<certificate>erp</certificate>";
    let renews = "<scopes>Api</scopes><scopes>RefreshToken</scopes>";
    assert_eq!(only(&format!("{local}{certificate}{renews}")), true);
    assert_eq!(only(&format!("{remote}{certificate}<scopes>Api</scopes>")), true);
    assert_eq!(only(&format!("{remote}{certificate}{renews}")), false, "a real callback and a refresh token");
    assert_eq!(only(&format!("{remote}{certificate}<scopes>Api</scopes><scopes>Web</scopes>")), false);
    let inside = "<callbackUrl>http://erp.internal/cb</callbackUrl>";
    assert_eq!(only(&format!("{inside}{certificate}{renews}")), false, "without https too");
    assert_eq!(only(&format!("{local}<scopes>Api</scopes>")), false, "no certificate");
}

#[test]
fn an_app_with_another_flow_or_of_salesforces_is_not_shaped_for_passwords() {
    let shaped = |oauth: &str, more: &str| {
        let body = format!(
            "<label>ERP</label><oauthConfig><callbackUrl>https://login.salesforce.com</callbackUrl>{oauth}\
             <scopes>Api</scopes></oauthConfig>{more}"
        );
        let project = project(&[("connectedApps/ERP.connectedApp", "ConnectedApp", &body)]);
        project.column("SELECT IsShapedForPasswords FROM OAuthApp")[0].clone()
    };
    assert_eq!(shaped("", ""), true);
    for flow in [
        "<certificate>erp</certificate>",
        "<isClientCredentialEnabled>true</isClientCredentialEnabled>",
        "<isDeviceFlowEnabled>true</isDeviceFlowEnabled>",
        "<isTokenExchangeEnabled>true</isTokenExchangeEnabled>",
    ] {
        assert_eq!(shaped(flow, ""), false, "{flow}");
    }
    assert_eq!(shaped("", "<profileName>Analytics Cloud Integration User</profileName>"), false);
    assert_eq!(shaped("", "<profileName>Depot</profileName>"), true);
}

#[test]
fn client_credentials_lack_a_user_only_where_the_flow_is_on() {
    let lacks = |oauth: &str| app(oauth).column("SELECT LacksExecutionUser FROM OAuthApp")[0].clone();
    let on = "<isClientCredentialEnabled>true</isClientCredentialEnabled>";
    assert_eq!(lacks(on), true);
    assert_eq!(lacks(&format!("{on}<oauthClientCredentialUser>a@example.com</oauthClientCredentialUser>")), false);
    assert_eq!(lacks("<isClientCredentialEnabled>false</isClientCredentialEnabled>"), false);
    assert_eq!(lacks("<scopes>Api</scopes>"), Value::Null);
    let packaged = project(&[
        (
            "externalClientApps/Stock.eca",
            "ExternalClientApplication",
            "<distributionState>Packaged</distributionState>",
        ),
        (
            "extlClntAppGlobalOauthSets/Stock_glbloauth.ecaGlblOauth",
            "ExtlClntAppGlobalOauthSettings",
            "<externalClientApplication>Stock</externalClientApplication>\
             <isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>",
        ),
    ]);
    let row = &packaged.rows("SELECT IsPackaged, LacksExecutionUser FROM OAuthApp")[0];
    assert_eq!(*row, json!({ "IsPackaged": true, "LacksExecutionUser": null }), "the policy says who runs it");
}

#[test]
fn ranges_are_known_where_the_profiles_are() {
    let body = |profile: &str| {
        format!(
            "<label>ERP</label><oauthConfig><isAdminApproved>true</isAdminApproved><scopes>Api</scopes></oauthConfig>\
             {profile}"
        )
    };
    let knows_ranges = |app: &str, profile: Option<&str>| {
        let path = format!("profiles/{}.profile", profile.unwrap_or_default());
        let mut files = vec![("connectedApps/ERP.connectedApp", "ConnectedApp", app)];
        if profile.is_some() {
            files.push((path.as_str(), "Profile", "<custom>true</custom>"));
        }
        project(&files).column("SELECT KnowsRanges FROM OAuthApp")[0].clone()
    };
    let anybody = body("");
    assert_eq!(knows_ranges(&anybody, None), false);
    assert_eq!(knows_ranges(&anybody, Some("Depot")), true);
    let named = body("<profileName>ERP Integration</profileName>");
    assert_eq!(knows_ranges(&named, Some("Depot")), false, "another profile's file says nothing of the named one");
    assert_eq!(knows_ranges(&named, Some("ERP Integration")), true);
}

#[test]
fn a_handler_exchanges_tokens_for_the_apps_it_names() {
    let app = "<label>ERP</label><oauthConfig><isTokenExchangeEnabled>true</isTokenExchangeEnabled>\
        <scopes>Api</scopes></oauthConfig>";
    let handled = |name: &str, is_enabled: &str| {
        let handler = format!(
            "<enablements><connectedApp>{name}</connectedApp><isDefault>true</isDefault></enablements>\
             <isEnabled>{is_enabled}</isEnabled>"
        );
        let project = project(&[
            ("connectedApps/ERP.connectedApp", "ConnectedApp", app),
            ("oauthtokenexchangehandlers/Exchange.oauthtokenexchangehandler", "OauthTokenExchangeHandler", &handler),
        ]);
        project.column("SELECT HasExchangeHandler FROM OAuthApp WHERE HasTokenExchange = true")
    };
    assert_eq!(handled("ERP", "true"), [true]);
    assert_eq!(handled("ERP", "false"), [false]);
    assert_eq!(handled("Other", "true"), [false]);
}

#[test]
fn the_flags_of_an_app_are_read_from_where_its_kind_keeps_them() {
    let flags = "<isEnforceRefreshTokenTTL>true</isEnforceRefreshTokenTTL>\
        <isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled><isPkceRequired>true</isPkceRequired>\
        <isSecretRequiredForRefreshToken>true</isSecretRequiredForRefreshToken>";
    let select = "SELECT IsRefreshTokenCapped, IsRotating, IsPkceRequired, IsSecretRequiredForRefresh FROM OAuthApp";
    let all = json!({
        "IsRefreshTokenCapped": true, "IsRotating": true, "IsPkceRequired": true, "IsSecretRequiredForRefresh": true
    });
    assert_eq!(app(flags).rows(select)[0], all);
    let global = format!("<externalClientApplication>Stock</externalClientApplication>{flags}");
    let external = project(&[(
        "extlClntAppGlobalOauthSets/Stock_glbloauth.ecaGlblOauth",
        "ExtlClntAppGlobalOauthSettings",
        &global,
    )]);
    assert_eq!(external.rows(select)[0], all);
    let logout = "<label>ERP</label><oauthConfig><scopes>Api</scopes></oauthConfig>\
        <oauthPolicy><singleLogoutUrl>https://erp.example.com/out</singleLogoutUrl></oauthPolicy>";
    let project = project(&[
        ("connectedApps/ERP.connectedApp", "ConnectedApp", logout),
        ("settings/OauthOidc.settings", "OauthOidcSettings", "<isPkceRequired>true</isPkceRequired>"),
    ]);
    assert_eq!(
        project.rows("SELECT SingleLogoutUrl, OrgRequiresPkce FROM OAuthApp"),
        [json!({ "SingleLogoutUrl": "https://erp.example.com/out", "OrgRequiresPkce": true })]
    );
}

/// `path:line:column rule` of the findings of some rules in a project of one setting.
fn found_for(timeout: &str) -> Vec<String> {
    let text =
        format!("<ProfileSessionSetting>\n    <profile>Sales</profile>\n    {timeout}\n</ProfileSessionSetting>\n");
    Project::sfdx(&[("force-app/a.profileSessionSetting-meta.xml", text)]).check(&["--fail-on", "never"]).places()
}

#[test]
fn an_empty_timeout_is_a_wrong_value_and_a_nil_one_is_none() {
    let at = |column: u32| {
        vec![format!("force-app/a.profileSessionSetting-meta.xml:3:{column} session/unknown-timeout-value")]
    };
    assert_eq!(found_for("<sessionTimeout/>"), at(5));
    assert_eq!(found_for("<sessionTimeout> </sessionTimeout>"), at(5));
    assert_eq!(found_for("<sessionTimeout>-5</sessionTimeout>"), at(21), "no session lasts less than no time");
    assert_eq!(found_for("<sessionTimeout xmlns:x=\"x\" x:nil=\"true\"/>"), Vec::<String>::new());
}

#[test]
fn an_empty_refresh_token_policy_is_malformed() {
    let app = "<ConnectedApp>\n<label>A</label>\n<oauthConfig><scopes>Api</scopes></oauthConfig>\n<oauthPolicy>\n\
               <refreshTokenPolicy/>\n</oauthPolicy>\n</ConnectedApp>\n";
    let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", app)]);
    let places = project.check(&["--select", "oauth/refresh-policy-malformed"]).places();
    assert_eq!(places, ["force-app/A.connectedApp-meta.xml:5:1 oauth/refresh-policy-malformed"]);
}

#[test]
fn the_policy_of_an_external_client_app_decides_about_client_credentials() {
    let app = |policy: &str| {
        let name = "<externalClientApplication>Feed</externalClientApplication>";
        let global = format!(
            "<ExtlClntAppGlobalOauthSettings>{name}<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>\
             </ExtlClntAppGlobalOauthSettings>"
        );
        let policy =
            format!("<ExtlClntAppOauthConfigurablePolicies>{name}{policy}</ExtlClntAppOauthConfigurablePolicies>");
        let project = Project::sfdx(&[
            ("force-app/Feed.ecaGlblOauth-meta.xml", global),
            ("force-app/Feed.ecaOauthPlcy-meta.xml", policy),
        ]);
        project.column("SELECT HasClientCredentials FROM OAuthApp")
    };
    assert_eq!(app("<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>"), [false]);
    assert_eq!(app("<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>"), [true]);
    assert_eq!(app(""), [true], "without the policy's word, what the settings offer");
}

#[test]
fn secrets_in_addresses_reach_no_output() {
    let named = "<NamedCredential>\n<endpoint>https://user:SEKRIT1@na12.salesforce.com/services?x=1</endpoint>\n\
                 <label>N</label>\n<principalType>NamedUser</principalType>\n<protocol>Password</protocol>\n</NamedCredential>\n";
    let provider = "<AuthProvider>\n<authorizeUrl>https://login.salesforce.com/a?client_secret=SEKRIT2&amp;b=1</authorizeUrl>\n\
                    <friendlyName>P</friendlyName>\n<providerType>Salesforce</providerType>\n</AuthProvider>\n";
    let saml = "<SamlSsoConfig>\n<name>S</name>\n<singleLogoutUrl>https://a.example.com?token=SEKRIT3</singleLogoutUrl>\n\
                </SamlSsoConfig>\n";
    let app = "<ConnectedApp>\n<label>A</label>\n<oauthConfig><callbackUrl>https://a.example.com/login/callback?access_token=SEKRIT4\
               </callbackUrl><scopes>Api</scopes></oauthConfig>\n</ConnectedApp>\n";
    let project = Project::sfdx(&[
        ("force-app/N.namedCredential-meta.xml", named),
        ("force-app/P.authprovider-meta.xml", provider),
        ("force-app/S.samlssoconfig-meta.xml", saml),
        ("force-app/A.connectedApp-meta.xml", app),
    ]);
    let mut runs: Vec<Vec<&str>> = crate::support::formats()
        .iter()
        .map(|format| vec!["check", "--preset", "all", "--notes", "--format", format])
        .collect();
    for table in ["NamedCredential", "AuthProvider", "SamlSsoConfig", "ConnectedApp"] {
        let soql = match table {
            "NamedCredential" => "SELECT endpoint FROM NamedCredential",
            "AuthProvider" => "SELECT authorizeUrl FROM AuthProvider",
            "SamlSsoConfig" => "SELECT singleLogoutUrl FROM SamlSsoConfig",
            _ => "SELECT Callbacks, IntegrationReason FROM OAuthApp",
        };
        runs.push(vec!["query", soql]);
        runs.push(vec!["query", soql, "--format", "json"]);
    }
    runs.push(vec!["query", "SELECT Url FROM HostUse"]);
    runs.extend([vec!["sessions"], vec!["sessions", "--format", "json"], vec!["diagnose"]]);
    runs.extend([vec!["report"], vec!["report", "--format", "markdown"]]);
    for arguments in runs {
        let ran = project.run(&arguments);
        assert!(ran.code < 2, "{arguments:?}: {ran:?}");
        assert!(!ran.out.contains("SEKRIT") && !ran.err.contains("SEKRIT"), "{arguments:?} shows it: {}", ran.out);
    }
}

const ENFORCING: &str = "<ConnectedApp>\n<label>A</label>\n<oauthConfig><callbackUrl>https://a.example.com/cb</callbackUrl>\
    <scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig>\n<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation>\
    <refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy>\n</ConnectedApp>\n";

#[test]
fn nothing_is_called_dormant_where_a_range_may_be_unknown() {
    let dormant = |profile: &str| {
        let project = Project::sfdx(&[
            ("force-app/A.connectedApp-meta.xml", ENFORCING),
            ("force-app/Sales.profile-meta.xml", "<Profile><custom>true</custom></Profile>"),
            ("force-app/Other.profile-meta.xml", profile),
        ]);
        !project.check(&["--select", "oauth/ip-relaxation-dormant"]).findings().is_empty()
    };
    let range = |start: &str, end: &str| {
        format!(
            "<Profile><loginIpRanges><endAddress>{end}</endAddress><startAddress>{start}</startAddress></loginIpRanges></Profile>"
        )
    };
    assert!(dormant("<Profile><custom>true</custom></Profile>"));
    assert!(!dormant("<Profile"), "a broken file may hold a range");
    assert!(!dormant(&range("10.0.0.1", "10.0.0.999")), "no address");
    assert!(!dormant(&range("10.0.0.9", "10.0.0.1")), "inverted");
}

#[test]
fn a_nil_policy_is_missing() {
    let app = "<ConnectedApp xmlns:xsi=\"x\">\n<label>A</label>\n<oauthConfig><scopes>Api</scopes></oauthConfig>\n\
               <oauthPolicy xsi:nil=\"true\"/>\n</ConnectedApp>\n";
    let project = Project::sfdx(&[("force-app/A.connectedApp-meta.xml", app)]);
    let places = project.check(&["--select", "oauth/ip-relaxation-missing"]).places();
    assert_eq!(places, ["force-app/A.connectedApp-meta.xml:4:1 oauth/ip-relaxation-missing"]);
}
