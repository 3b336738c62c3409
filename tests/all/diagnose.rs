//! From words and errors to symptoms, and from every page's findings to the symptoms that they explain.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::LazyLock;

use crate::support::Project;
use sessionlint::analysis::diagnose::{Diagnosis, diagnose};
use sessionlint::analysis::recognise::recognise;
use sessionlint::check::{RunPlan, check};
use sessionlint::config::Config;
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes, Views};
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule::{Catalog, ExpectedResult, Page, Preset, Symptoms};
use sessionlint::rule_test::AS_OF;
use sessionlint::vfs::Memory;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[] as &[&Path], &Shapes).unwrap());

const MINUTES: &str = "logged-out-after-minutes";
const INTEGRATION: &str = "integration-invalid-session";
const LIGHTNING: &str = "lightning-session-expired";
const SCHEDULED: &str = "scheduled-apex-second-hour";
const VPN: &str = "vpn-logged-out";
const API: &str = "api-timeout-at-app-maximum";

#[test]
fn the_embedded_table_can_be_read_and_keeps_its_ids() {
    let table = Symptoms::embedded().unwrap();
    assert_eq!(table.ids().collect::<Vec<_>>(), [MINUTES, INTEGRATION, LIGHTNING, SCHEDULED, VPN, API]);
    // The same text as a user's table: its conditions are bound, and no rule that it names is missing.
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../rules/symptoms.toml");
    let only_new: String = text.replace("title = ", "# title = ");
    std::fs::write(folder.path().join("symptoms.toml"), only_new).unwrap();
    Catalog::load(&[folder.path()], &Shapes).unwrap();
    for rule in CATALOG.rules() {
        rule.check_symptoms(&table).unwrap();
    }
}

/// Texts, and the symptoms that must be among those found; the first of them leads.
const MEANT: &[(&str, &[&str])] = &[
    ("vpn-logged-out", &[VPN]),
    ("VPN-Logged-Out", &[VPN]),
    ("Scheduled Apex fails in the second hour of a run", &[SCHEDULED]),
    ("INVALID_SESSION_ID after two hours", &[INTEGRATION]),
    ("invalid_grant", &[INTEGRATION]),
    ("logged out every 15 minutes", &[MINUTES]),
    ("Your session has expired in Lightning", &[LIGHTNING]),
    ("batch job dies in the second hour", &[SCHEDULED]),
    ("VPN users", &[VPN]),
    ("API stops exactly at the app maximum", &[API]),
    // Texts that once were refused or meant something else.
    ("OAUTH_APP_BLOCKED", &[INTEGRATION]),
    ("IP restricted or invalid login hours", &[INTEGRATION, VPN]),
    ("user hasn't approved this consumer", &[INTEGRATION]),
    ("user hasn\u{2019}t approved this consumer", &[INTEGRATION]),
    ("Session expired or invalid", &[INTEGRATION]),
    ("We couldn't access the credential(s)", &[INTEGRATION]),
    ("SOAP API login() is disabled by default in this org", &[INTEGRATION]),
    ("OAUTH_APPROVAL_ERROR_GENERIC", &[INTEGRATION]),
    ("This session is not valid for use with the REST API", &[INTEGRATION]),
    ("login rate exceeded", &[INTEGRATION]),
    ("Access token has expired", &[INTEGRATION, API]),
    ("External client app is not installed in this org", &[INTEGRATION]),
    ("ip restricted", &[INTEGRATION, VPN]),
    ("users are logged out while working on VPN", &[VPN]),
    ("timeout", &[MINUTES, API]),
    // As they stand in logs.
    (r#"{"error":"invalid_grant","error_description":"ip restricted"}"#, &[INTEGRATION, VPN]),
    (r#"{"error":"invalid_grant","error_description":"user hasn't approved this consumer"}"#, &[INTEGRATION]),
    (r#"{"error_description":"expired access\/refresh token","error":"invalid_grant"}"#, &[INTEGRATION]),
    (r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#, &[INTEGRATION]),
    (
        r#"[{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the API"}]"#,
        &[INTEGRATION],
    ),
    ("2026-11-28T09:14:03.120Z ERROR c.a.s.Client - 401 Unauthorized: Session expired or invalid", &[INTEGRATION]),
    (
        "https://erp.example.com/cb?error=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin",
        &[INTEGRATION],
    ),
    (
        "https://erp.example.com/cb?error=access_denied&error_description=user%20hasn%27t%20approved%20this%20consumer",
        &[INTEGRATION],
    ),
    ("JwtAuthError::Error authenticating with JWT. Errors encountered: audience is invalid", &[INTEGRATION]),
    ("Error authenticating with the refresh token due to: expired access/refresh token", &[INTEGRATION]),
    (
        "faultcode=sf:INVALID_SESSION_ID faultstring=INVALID_SESSION_ID: Invalid Session ID found in SessionHeader",
        &[INTEGRATION],
    ),
    (
        "System.CalloutException: We couldn&#39;t access the credential(s). You might not have the required permissions, or the external credential \"ERP\" might not exist.",
        &[INTEGRATION],
    ),
    (
        r#"{"connectedStatus": "Unable to refresh session due to: Error authenticating with the refresh token due to: inactive user"}"#,
        &[INTEGRATION],
    ),
    ("Required parameter not passed: \"refresh_token\"", &[INTEGRATION]),
    ("OAUTH_APROVAL_ERROR_GENRIC", &[INTEGRATION]),
    ("user hasn't aprooved the consumer", &[INTEGRATION]),
    ("external client app isn't installed", &[INTEGRATION]),
    ("too many logins", &[INTEGRATION]),
    ("Salesforce keeps asking for a password", &[MINUTES]),
    ("\u{201C}IP restricted or invalid login hours\u{201D}", &[INTEGRATION, VPN]),
    ("LOGIN_ERROR_RATE_EXCEEDED", &[INTEGRATION]),
    ("Failed: IP Address Not Allowed", &[INTEGRATION, VPN]),
    ("LOGIN_ERROR_RESTRICTED_DOMAIN", &[INTEGRATION, VPN]),
    ("no client credentials user enabled", &[INTEGRATION]),
    ("REQUEST NOT SUPPORTED ON THIS DOMAIN", &[INTEGRATION]),
    ("Token request is already being processed", &[INTEGRATION]),
    ("Failed: Not approved for access", &[INTEGRATION]),
    ("Username-Password Flow Disabled", &[INTEGRATION]),
    ("user is frozen", &[INTEGRATION]),
    ("API security token required", &[INTEGRATION]),
    ("invalid assertion", &[INTEGRATION]),
    ("Assertion Expired", &[INTEGRATION]),
    ("INVALID_JWT_FORMAT", &[INTEGRATION]),
    ("authentication failure - INVALID_LOGIN", &[INTEGRATION]),
    ("unsupported_grant_type", &[INTEGRATION]),
    ("Callout from scheduled Apex not supported.", &[SCHEDULED]),
    // With typing errors, in other words, without apostrophes.
    ("user hasnt aproved this consumer", &[INTEGRATION]),
    ("sesion expired or invallid", &[INTEGRATION]),
    ("INVALID SESSION ID", &[INTEGRATION]),
    ("invalidSessionId", &[INTEGRATION]),
    ("Acces token expired", &[INTEGRATION, API]),
    ("externl client app not installed", &[INTEGRATION]),
    ("my users keep getting logged out after half an hour", &[MINUTES]),
    ("I have to log in again every 20 minutes", &[MINUTES]),
    ("users get kicked out", &[MINUTES]),
    ("session timeout too short", &[MINUTES]),
    ("nightly batch fails", &[SCHEDULED]),
    ("queueable job breaks in hour two", &[SCHEDULED]),
    ("our integration stopped working", &[INTEGRATION]),
    ("the connected app loses its refresh token", &[INTEGRATION]),
    ("people working from home get thrown out when their IP address changes", &[VPN]),
    ("popup: your session has ended", &[LIGHTNING]),
    ("api calls stop after exactly 60 minutes", &[API]),
    // Two at once.
    ("batch job fails with INVALID_SESSION_ID", &[INTEGRATION, SCHEDULED]),
    ("VPN users get INVALID_SESSION_ID", &[INTEGRATION, VPN]),
];

#[test]
fn texts_of_people_and_programs_mean_their_symptoms() {
    let mut wrong = Vec::new();
    for (text, expected) in MEANT {
        match recognise(text, CATALOG.symptoms()) {
            Ok(meant)
                if meant.symptoms.first().is_some_and(|first| first == expected[0])
                    && expected.iter().all(|id| meant.symptoms.iter().any(|found| found == id)) => {}
            meant => wrong.push(format!("{text}: {:?}", meant.map(|it| it.symptoms))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_text_of_the_table_means_its_own_symptoms() {
    let table = CATALOG.symptoms();
    for error in table.errors() {
        for text in &error.texts {
            let odd = format!("ERROR [main] \"{}\" (code 400)", text.to_uppercase());
            for written in [text.clone(), odd, format!("{{\"error\":\"x\",\"error_description\":\"{text}\"}}")] {
                let matches = recognise(&written, table).unwrap_or_else(|refusal| panic!("{written}: {refusal}"));
                for symptom in &error.symptoms {
                    assert!(matches.symptoms.contains(symptom), "{written}: {matches:?}");
                }
            }
        }
    }
}

#[test]
fn what_means_nothing_is_refused_with_the_nearest_and_the_choice() {
    for text in ["it is slow", "", "?", "asdf qwer", "session"] {
        let refusal = recognise(text, CATALOG.symptoms()).unwrap_err();
        assert!(refusal.contains("nearest are") && refusal.contains(VPN) && refusal.contains(API), "{text}: {refusal}");
    }
    let long = "ü x".repeat(200_000);
    assert!(recognise(&long, CATALOG.symptoms()).unwrap_err().len() < 2_000);
    let token = "00DFAKE00000000!AQFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
    assert!(!recognise(&format!("zzz {token}"), CATALOG.symptoms()).unwrap_err().contains("AQFAKEFAKE"));
    let refusal = recognise("vpm", CATALOG.symptoms()).unwrap_err();
    assert!(refusal.contains("nearest are vpn-logged-out"), "{refusal}");
}

/// The diagnosis of an example of a page.
fn diagnosis(page: &Page, example: usize) -> Diagnosis {
    let example = &page.examples().unwrap()[example];
    let config = example.files.iter().find(|file| file.path == "sessionlint.toml");
    let config =
        config.map(|file| Config::read(file.path.clone(), String::from_utf8_lossy(&file.bytes).into_owned()).unwrap());
    let inputs = config.as_ref().map_or_else(|| Inputs::on(AS_OF), |config| config.inputs(AS_OF));
    let options = config.map(|config| config.resolve(&CATALOG).unwrap().options).unwrap_or_default();
    let files = example.files.iter().map(|file| (file.path.clone(), file.bytes.clone()));
    let root = Root::in_memory(Path::new("example"), Memory::of("example", files));
    let project = load(&root, inputs).project;
    let presets = Preset::ALL.to_vec();
    let plan = RunPlan {
        rules: CATALOG.chosen(&presets, &[], &[]),
        presets,
        options,
        severities: std::collections::HashMap::new(),
    };
    let facts = Facts::of(&project);
    let views = Views::new(&facts);
    let result = check(&project, &plan);
    diagnose(&views, &result.findings, CATALOG.symptoms(), None)
}

/// The causes of each symptom in a diagnosis, by id of rule.
fn explained(diagnosis: &Diagnosis) -> Vec<(String, String)> {
    let causes = diagnosis.symptoms.iter().flat_map(|symptom| {
        symptom.causes.iter().chain(&symptom.possible).map(|cause| (symptom.id.clone(), cause.rule.clone()))
    });
    causes.collect()
}

/// A page that names a symptom explains it in one of its own examples: diagnose knows what check knows. What a project
/// lacks speaks against a symptom only where nothing in it explains the symptom.
#[test]
fn each_page_explains_its_symptoms_in_its_examples() {
    let mut silent = Vec::new();
    for rule in CATALOG.rules().iter().filter(|rule| !rule.definition.symptoms.is_empty()) {
        let examples = rule.page.examples().unwrap();
        let flagged = (0..examples.len()).filter(|at| examples[*at].expected == ExpectedResult::Flagged);
        let diagnoses: Vec<Diagnosis> = flagged.map(|at| diagnosis(&rule.page, at)).collect();
        let found: Vec<(String, String)> = diagnoses.iter().flat_map(explained).collect();
        for symptom in diagnoses.iter().flat_map(|diagnosis| &diagnosis.symptoms) {
            let is_explained = !symptom.causes.is_empty() || !symptom.possible.is_empty();
            if [SCHEDULED, API].contains(&symptom.id.as_str()) && is_explained {
                assert_eq!(symptom.ruled_out, [], "{} {}", rule.id, symptom.id);
            }
        }
        for symptom in rule.definition.symptom_ids() {
            // What another page speaks for is explained by it.
            let explains = |id: &str| {
                id == rule.id || CATALOG.get(id).is_some_and(|other| other.definition.supersedes.contains(&rule.id))
            };
            if !found.iter().any(|(id, cause)| *id == symptom && explains(cause)) {
                silent.push(format!("{} does not explain {symptom} in any example", rule.id));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// Pages and, for errors, the table decide which finding explains a symptom.
#[test]
fn no_rule_is_named_in_code_that_diagnoses() {
    for file in [
        "crates/analysis/src/diagnose.rs",
        "crates/analysis/src/recognise.rs",
        "crates/report/src/diagnose.rs",
        "crates/lint/src/rule/symptoms.rs",
        "src/cli/diagnose.rs",
    ] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for rule in CATALOG.rules() {
            assert!(!code.contains(&rule.id), "{file} names {}", rule.id);
        }
    }
}

const HEAD: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

/// An app of a server with this policy.
fn app(policy: &str) -> (&'static str, String) {
    let text = format!(
        "<ConnectedApp {HEAD}>\n<label>Stock Feed</label>\n<oauthConfig>\n<callbackUrl>https://stock.example.com/cb</callbackUrl>\n\
         {policy}\n</oauthPolicy>\n</ConnectedApp>\n"
    );
    ("force-app/Stock_Feed.connectedApp-meta.xml", text)
}

fn security(inner: &str) -> (&'static str, String) {
    let text =
        format!("<SecuritySettings {HEAD}>\n<sessionSettings>\n{inner}\n</sessionSettings>\n</SecuritySettings>\n");
    ("force-app/settings/Security.settings-meta.xml", text)
}

/// The diagnosis of a symptom.
fn symptom(project: &Project, id: &str) -> serde_json::Value {
    let ran = project.run(&["diagnose", "--format", "json", "--quiet", "--as-of", "2026-11-28", "--symptom", id]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()["symptoms"][0].clone()
}

fn rules(list: &serde_json::Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|cause| cause["rule"].as_str().unwrap().to_owned()).collect()
}

fn texts(list: &serde_json::Value) -> String {
    list.as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned() + "\n").collect()
}

#[test]
fn rotation_is_a_cause_and_speaks_against_nothing() {
    let scopes = "<scopes>Api</scopes>\n<scopes>RefreshToken</scopes>";
    let rotating = app(&format!(
        "<isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>\n{scopes}\n</oauthConfig>\n<oauthPolicy>\n\
         <refreshTokenPolicy>infinite</refreshTokenPolicy>"
    ));
    let found = symptom(&Project::sfdx(&[rotating]), INTEGRATION);
    assert!(rules(&found["causes"]).contains(&"oauth/refresh-token-rotation".to_owned()), "{found}");
    assert_eq!(found["ruledOut"], serde_json::json!([]));
}

#[test]
fn an_app_with_a_cause_of_its_own_speaks_against_nothing() {
    let signing_in_alone = |session: &str| {
        app(&format!(
            "<isClientCredentialEnabled>true</isClientCredentialEnabled>\n\
             <oauthClientCredentialUser>feed@example.com</oauthClientCredentialUser>\n<scopes>Api</scopes>\n\
             </oauthConfig>\n<sessionPolicy>{session}</sessionPolicy>\n<oauthPolicy>\n<ipRelaxation>BYPASS</ipRelaxation>\n\
             <refreshTokenPolicy>infinite</refreshTokenPolicy>"
        ))
    };
    let against =
        |session: &str| symptom(&Project::sfdx(&[signing_in_alone(session)]), INTEGRATION)["ruledOut"].clone();
    let (path, _) = app("");
    let text = "Stock Feed signs in by client credentials: it needs no refresh token";
    assert_eq!(
        against("<sessionLevel>STANDARD</sessionLevel>"),
        serde_json::json!([{ "text": text, "path": path, "line": 5 }]),
        "at the flow, not at the policy of refresh tokens"
    );
    let high = "<policyAction>Block</policyAction>\n<sessionLevel>HIGH_ASSURANCE</sessionLevel>";
    assert_eq!(against(high), serde_json::json!([]));
}

#[test]
fn rotation_of_an_external_client_app_speaks_against_nothing() {
    let file = |ty: &str, name: &str, inner: &str| {
        let named = "<externalClientApplication>Stock_Feed</externalClientApplication>";
        (format!("force-app/{name}-meta.xml"), format!("<{ty} {HEAD}>\n{named}\n{inner}\n</{ty}>\n"))
    };
    let against = |rotates: &str| {
        let files = [
            file(
                "ExtlClntAppOauthSettings",
                "Stock_Feed_oauth.ecaOauth",
                "<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>",
            ),
            file(
                "ExtlClntAppGlobalOauthSettings",
                "Stock_Feed_glbloauth.ecaGlblOauth",
                &format!("<isRefreshTokenRotationEnabled>{rotates}</isRefreshTokenRotationEnabled>"),
            ),
            file(
                "ExtlClntAppOauthConfigurablePolicies",
                "Stock_Feed_oauthPlcy.ecaOauthPlcy",
                "<ipRelaxationPolicyType>Bypass</ipRelaxationPolicyType>\n\
                 <refreshTokenPolicyType>Infinite</refreshTokenPolicyType>",
            ),
        ];
        let project = Project::sfdx(&files.each_ref().map(|(path, text)| (path.as_str(), text.as_str())));
        // Before Salesforce's own limit of 30 idle days.
        let day = ["--as-of", "2026-11-03", "--symptom", INTEGRATION];
        let ran = project.run(&[&["diagnose", "--format", "json", "--quiet"], &day[..]].concat());
        texts(&ran.json()["symptoms"][0]["ruledOut"])
    };
    assert!(against("false").contains("ends no refresh token"));
    assert_eq!(against("true"), "");
}

#[test]
fn jobs_speak_against_an_expired_token_only_where_all_their_callouts_renew_it() {
    let against = |body: &[&str]| {
        let class = |(index, call): (usize, &&str)| {
            let text = format!(
                "public class Job{index} implements Queueable, Database.AllowsCallouts {{\n\
                 public void execute(QueueableContext context) {{\nHttpRequest request = new HttpRequest();\n\
                 request.setEndpoint('{call}');\nnew Http().send(request);\n}}\n}}\n"
            );
            (format!("force-app/classes/Job{index}.cls"), text)
        };
        let project = Project::sfdx(&[security("<sessionTimeout>TwoHours</sessionTimeout>")]);
        for (path, text) in body.iter().enumerate().map(class) {
            project.put(&path, text);
        }
        texts(&symptom(&project, SCHEDULED)["ruledOut"])
    };
    assert_eq!(against(&[]), "", "no Apex");
    assert!(against(&["callout:Stock/items"]).contains("named credentials only (ways to a callout: 1)"));
    assert_eq!(against(&["callout:Stock/items", "https://stock.example.com/items"]), "");
}

#[test]
fn an_address_lock_explains_integrations_too() {
    let locked = security("<lockSessionsToIp>true</lockSessionsToIp>\n<sessionTimeout>TwoHours</sessionTimeout>");
    let project = Project::sfdx(&[locked]);
    for id in [INTEGRATION, VPN, MINUTES] {
        let found = symptom(&project, id);
        assert_eq!(rules(&found["causes"]), ["session/locked-to-ip"], "{found}");
    }
}

#[test]
fn only_a_session_id_that_is_sent_to_an_api_confirms_a_refused_one() {
    let class = |body: &str| {
        let text = format!(
            "@RestResource(urlMapping='/crane/*')\nglobal class Crane {{\n@HttpGet\nglobal static String get() {{\n{body}\n}}\n}}\n"
        );
        ("force-app/Crane.cls", text)
    };
    let jwt = app("<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>\n</oauthConfig>\n<oauthPolicy>");
    let of = |body: &str, id: &str| {
        let (path, text) = jwt.clone();
        let found = symptom(&Project::sfdx(&[class(body), (path, text)]), id);
        let jwt = "apex/jwt-sessions-with-getsessionid".to_owned();
        (rules(&found["causes"]).contains(&jwt), rules(&found["possible"]))
    };
    let (is_confirmed, possible) = of("return UserInfo.getSessionId();", INTEGRATION);
    assert!(!is_confirmed && possible.contains(&"apex/jwt-sessions-with-getsessionid".to_owned()), "{possible:?}");
    let sends = "HttpRequest request = new HttpRequest();\n\
                 request.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId());\n\
                 return new Http().send(request).getBody();";
    assert!(of(sends, INTEGRATION).0);
    // The caller of a REST method is no Lightning page.
    assert_eq!(of("return UserInfo.getSessionId();", LIGHTNING), (false, vec![]));
}

#[test]
fn only_a_session_without_api_access_and_a_token_of_salesforce_confirm_a_refused_one() {
    let sends = |annotation: &str| {
        let text = format!(
            "public with sharing class Crane {{\n{annotation}\npublic static String look() {{\n\
             HttpRequest request = new HttpRequest();\n\
             request.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId());\n\
             return new Http().send(request).getBody();\n}}\n}}\n"
        );
        ("force-app/Crane.cls", text)
    };
    let causes = |file: (&'static str, String)| {
        let found = symptom(&Project::sfdx(&[file]), INTEGRATION);
        (rules(&found["causes"]), rules(&found["possible"]))
    };
    let rule = || vec!["apex/session-as-api-credential".to_owned()];
    assert_eq!(causes(sends("")), (vec![], rule()), "it works as long as the session is valid");
    assert_eq!(causes(sends("@AuraEnabled")), (rule(), vec![]));

    let stores = |host: &str| {
        let text = format!(
            "public with sharing class Wharf {{\npublic static void renew(Wharf__c wharf) {{\n\
             HttpRequest request = new HttpRequest();\nrequest.setEndpoint('https://{host}/services/oauth2/token');\n\
             request.setBody('grant_type=refresh_token&refresh_token=' + wharf.Refresh__c);\n\
             HttpResponse response = new Http().send(request);\n\
             wharf.Token__c = (String) ((Map<String, Object>) JSON.deserializeUntyped(response.getBody())).get('access_token');\n\
             update wharf;\n}}\n}}\n"
        );
        ("force-app/Wharf.cls", text)
    };
    let rule = || vec!["apex/no-refresh-before-expiry".to_owned()];
    assert_eq!(causes(stores("wharf-example.my.salesforce.com")).0, rule());
    assert_eq!(causes(stores("wharf.example.com")), (vec![], rule()), "another server refuses it in its own words");
}

#[test]
fn a_certificate_that_cannot_be_the_cause_confirms_nothing() {
    // The identity provider's certificates: the one ended a month ago, the other is valid.
    let sign_on = |name: &str, body: &str| {
        format!(
            "<SamlSsoConfig {HEAD}>\n<name>{name}</name>\n<validationCert>{body}</validationCert>\n</SamlSsoConfig>\n"
        )
    };
    let bodies = certificate_bodies();
    let project = Project::sfdx(&[("force-app/Old.samlssoconfig-meta.xml", sign_on("Old", &bodies[0]))]);
    let causes = |project: &Project, as_of: &str| {
        let ran = project.run(&["diagnose", "--format", "json", "--quiet", "--as-of", as_of, "--symptom", INTEGRATION]);
        let found = ran.json()["symptoms"][0].clone();
        (rules(&found["causes"]), rules(&found["possible"]))
    };
    let rule = || vec!["login/saml-certificate-expired".to_owned()];
    assert_eq!(causes(&project, "2026-11-28"), (rule(), vec![]));
    assert_eq!(causes(&project, "2028-11-28"), (vec![], rule()), "more than a year ago");
    project.put("force-app/New.samlssoconfig-meta.xml", sign_on("New", &bodies[1]));
    assert_eq!(causes(&project, "2026-11-28"), (vec![], rule()), "another one is valid");

    let certificate =
        format!("<Certificate {HEAD}>\n<expirationDate>2026-09-30T12:00:00.000Z</expirationDate>\n</Certificate>\n");
    let provider = format!(
        "<IdentityProviderSettings {HEAD}>\n<certificateName>Hub</certificateName>\n<enableIdentityProvider>true</enableIdentityProvider>\n</IdentityProviderSettings>\n"
    );
    let project = Project::sfdx(&[
        ("force-app/certs/Hub.crt-meta.xml", certificate),
        ("force-app/settings/IdentityProvider.settings-meta.xml", provider),
    ]);
    assert_eq!(causes(&project, "2026-11-28"), (vec![], vec![]), "it signs logins into other systems only");
    let credential =
        format!("<NamedCredential {HEAD}>\n<certificate>Hub</certificate>\n<label>Depot</label>\n</NamedCredential>\n");
    project.put("force-app/namedCredentials/Depot.namedCredential-meta.xml", credential);
    let rule = || vec!["credential/certificate-expired".to_owned()];
    assert_eq!(causes(&project, "2026-11-28"), (rule(), vec![]));
    assert_eq!(causes(&project, "2027-11-28"), (vec![], rule()), "more than a year ago");
}

/// The bodies of the certificates in the example of two configurations: one that ended on 2026-10-31, a valid one.
fn certificate_bodies() -> Vec<String> {
    let page = include_str!("../../rules/login/saml-certificate-expired.md");
    let (_, example) = page.split_once("### Another configuration is valid").unwrap();
    let bodies = example.split("<validationCert>").skip(1).take(2);
    bodies.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn long_sessions_explain_no_logout_after_minutes() {
    let setting = |profile: &str, minutes: &str| {
        format!(
            "<ProfileSessionSetting {HEAD}>\n<profile>{profile}</profile>\n<sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
        )
    };
    let org = security(
        "<forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>\n<sessionTimeout>TwoHours</sessionTimeout>",
    );
    let project = Project::sfdx(&[
        org,
        ("force-app/a.profileSessionSetting-meta.xml", setting("Dispatch", "720")),
        ("force-app/b.profileSessionSetting-meta.xml", setting("Claims", "720")),
        ("force-app/c.profileSessionSetting-meta.xml", setting("Audit", "720")),
    ]);
    let found = symptom(&project, MINUTES);
    assert_eq!((rules(&found["causes"]), rules(&found["possible"])), (vec![], vec![]), "{found}");
    // The same override of a quarter of an hour is one.
    for name in ["a", "b", "c"] {
        project.put(&format!("force-app/{name}.profileSessionSetting-meta.xml"), setting(name, "15"));
    }
    let found = symptom(&project, MINUTES);
    assert!(rules(&found["causes"]).contains(&"session/profile-timeout-short".to_owned()), "{found}");
    assert!(rules(&found["possible"]).contains(&"session/cloned-override".to_owned()), "{found}");
}

#[test]
fn among_causes_of_one_severity_the_surer_one_comes_first() {
    let policy = |kind: &str| {
        format!(
            "<scopes>Api</scopes>\n<scopes>RefreshToken</scopes>\n</oauthConfig>\n<oauthPolicy>\n<ipRelaxation>BYPASS</ipRelaxation>\n\
             <refreshTokenPolicy>{kind}</refreshTokenPolicy>"
        )
    };
    let rule = "oauth/refresh-token-expires-at-once".to_owned();
    let of = |label: &str, rest: &str| {
        let (_, text) = app(rest);
        (format!("force-app/{label}.connectedApp-meta.xml"), text.replace("Stock Feed", label))
    };
    let project = |files: &[(String, String)]| {
        Project::sfdx(&files.iter().map(|(path, text)| (path.as_str(), text)).collect::<Vec<_>>())
    };
    let alone = format!("<certificate>erp</certificate>\n<isAdminApproved>false</isAdminApproved>\n{}", policy("zero"));
    let found = symptom(&project(&[of("A Likely", &policy("zero")), of("B Certain", &alone)]), INTEGRATION);
    let causes = found["causes"].as_array().unwrap().iter().filter(|cause| cause["rule"] == rule.as_str());
    let confidences: Vec<_> = causes.map(|cause| cause["confidence"].as_str().unwrap().to_owned()).collect();
    assert_eq!(confidences, ["high", "medium"], "{found}");
}

#[test]
fn only_the_file_that_decides_for_a_profile_confirms_a_cause() {
    let setting = |minutes: &str| {
        format!(
            "<ProfileSessionSetting {HEAD}>\n<profile>Depot</profile>\n<sessionTimeout>{minutes}</sessionTimeout>\n</ProfileSessionSetting>\n"
        )
    };
    let short = "session/profile-timeout-short".to_owned();
    for (first, last, is_confirmed) in [("15", "240", false), ("240", "15", true), ("15", "15", true)] {
        let project = Project::sfdx(&[
            ("force-app/a/x.profileSessionSetting-meta.xml", setting(first)),
            ("force-app/b/x.profileSessionSetting-meta.xml", setting(last)),
        ]);
        let found = symptom(&project, MINUTES);
        assert_eq!(rules(&found["causes"]).contains(&short), is_confirmed, "{first} {last}: {found}");
        assert_eq!(rules(&found["possible"]).contains(&short), first == "15", "{first} {last}: {found}");
    }
}

#[test]
fn only_sessions_longer_than_the_minutes_of_a_symptom_speak_against_it() {
    let setting = |minutes: &str| {
        let timeout = format!("<sessionTimeout>{minutes}</sessionTimeout>\n");
        format!("<ProfileSessionSetting {HEAD}>\n<profile>Depot</profile>\n{timeout}</ProfileSessionSetting>\n")
    };
    let org = |timeout: &str| security(&format!("<sessionTimeout>{timeout}</sessionTimeout>"));
    let against = |file: (&str, String)| texts(&symptom(&Project::sfdx(&[file]), MINUTES)["ruledOut"]);
    assert!(!against(org("ThirtyMinutes")).contains("org default"));
    assert!(against(org("SixtyMinutes")).contains("the org default is 1 hour"));
    let path = "force-app/a.profileSessionSetting-meta.xml";
    assert!(!against((path, setting("30"))).contains("more than"));
    assert!(against((path, setting("60"))).contains("the one profile in the project has more than 30 minutes"));
    assert!(!against((path, setting("soon"))).contains("more than"), "what is unknown speaks against nothing");
}

#[test]
fn an_error_leads_to_the_causes_that_it_points_to() {
    let locked = security("<lockSessionsToIp>true</lockSessionsToIp>\n<sessionTimeout>FifteenMinutes</sessionTimeout>");
    let own = app(
        "<certificate>stock_feed</certificate>\n<isAdminApproved>false</isAdminApproved>\n<scopes>Api</scopes>\n\
         <scopes>RefreshToken</scopes>\n</oauthConfig>\n<oauthPolicy>\n<refreshTokenPolicy>infinite</refreshTokenPolicy>",
    );
    let project = Project::sfdx(&[locked, own]);
    let text = r#"{"error":"invalid_grant","error_description":"user hasn't approved this consumer"}"#;
    let ran = project.run(&["diagnose", "--format", "json", "--quiet", "--symptom", text]);
    let answer = ran.json();
    assert_eq!(answer["recognised"][0]["text"], "user hasn't approved this consumer");
    assert_eq!(answer["recognised"].as_array().unwrap().len(), 1, "a general text stands back: {answer}");
    assert_eq!(answer["overview"][0]["cause"]["rule"], "oauth/jwt-approval-can-expire");
    assert_eq!(answer["overview"][0]["cause"]["fitsError"], true);
    assert!(rules(&answer["symptoms"][0]["causes"]).contains(&"session/locked-to-ip".to_owned()), "others stay");
    assert!(rules(&answer["symptoms"][0]["possible"]).contains(&"oauth/jwt-approval-can-expire".to_owned()));
    assert_eq!(answer["overview"][0]["verdict"], "possible", "the verdict is about the cause in the line");
    let shown = project.run(&["diagnose", "--quiet", "--symptom", text]).out;
    let (approval, lock) = (shown.find("oauth/jwt-approval-can-expire"), shown.find("session/locked-to-ip"));
    assert!(approval.unwrap() < lock.unwrap(), "{shown}");
    assert!(shown.starts_with("\"user hasn't approved this consumer\": "), "{shown}");
}

#[test]
fn an_overview_comes_first_in_every_format() {
    let project = Project::sfdx(&[security("<sessionTimeout>FifteenMinutes</sessionTimeout>")]);
    let shown = project.run(&["diagnose", "--quiet"]).out;
    let first: Vec<&str> =
        shown.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(first.len(), 6, "{shown}");
    assert!(first[0].starts_with("confirmed People must log in again"), "{shown}");
    let shown = project.run(&["diagnose", "--quiet", "--format", "markdown"]).out;
    assert!(shown.starts_with("| symptom | | best explanation |\n| --- | --- | --- |\n| People must"), "{shown}");
    let answer = project.run(&["diagnose", "--quiet", "--format", "json"]).json();
    let verdicts: Vec<&str> =
        answer["overview"].as_array().unwrap().iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts[0], "confirmed");
    assert!(verdicts.contains(&"none"), "{answer}");
}

#[test]
fn what_no_file_shows_depends_on_the_files() {
    let bare = Project::sfdx(&[security("<sessionTimeout>TwoHours</sessionTimeout>")]);
    let not_visible = texts(&symptom(&bare, INTEGRATION)["notVisible"]);
    for words in ["API Access Control is on", "SOAP login()", "3,600 times", "no profile is in these files"] {
        assert!(not_visible.contains(words), "{words}: {not_visible}");
    }
    assert!(texts(&symptom(&bare, MINUTES)["notVisible"]).contains("step-up"));
    let profile = format!("<Profile {HEAD}>\n<custom>true</custom>\n</Profile>\n");
    bare.put("force-app/profiles/Feed.profile-meta.xml", profile);
    let settings = |value: &str| {
        format!(
            "<ConnectedAppSettings {HEAD}>\n<enableAdminApprovedAppsOnly>{value}</enableAdminApprovedAppsOnly>\n</ConnectedAppSettings>\n"
        )
    };
    bare.put("force-app/settings/ConnectedApp.settings-meta.xml", settings("false"));
    let not_visible = texts(&symptom(&bare, INTEGRATION)["notVisible"]);
    assert!(!not_visible.contains("API Access Control") && !not_visible.contains("no profile"), "{not_visible}");
    bare.put("force-app/settings/ConnectedApp.settings-meta.xml", settings("true"));
    let not_visible = texts(&symptom(&bare, INTEGRATION)["notVisible"]);
    assert!(not_visible.contains("which apps API Access Control admits"), "{not_visible}");
}

#[test]
fn files_that_could_contain_a_cause_are_named_where_the_project_lacks_them() {
    let profile = format!("<Profile {HEAD}>\n<custom>true</custom>\n</Profile>\n");
    let project = Project::sfdx(&[("force-app/profiles/Feed.profile-meta.xml", profile)]);
    let lacks = |project: &Project| {
        let ran = project.run(&["diagnose", "--format", "json", "--quiet"]);
        let overview = ran.json()["overview"].clone();
        let line = |it: &serde_json::Value| {
            let lacks = it["lacks"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned());
            (it["symptom"].as_str().unwrap().to_owned(), lacks.collect::<Vec<_>>())
        };
        overview.as_array().unwrap().iter().map(line).collect::<std::collections::BTreeMap<_, _>>()
    };
    let found = lacks(&project);
    assert_eq!(found[MINUTES], ["Security.settings"]);
    assert_eq!(found[API], ["Security.settings", "apps"]);
    assert_eq!(found[SCHEDULED], ["Apex"]);
    let table = project.run(&["diagnose", "--quiet"]).out;
    assert!(table.starts_with("unknown   People must log in again"), "{table}");
    assert!(table.contains("not among them: Security.settings"), "{table}");
    let settings = security("<sessionTimeout>TwoHours</sessionTimeout>").1;
    project.put("force-app/settings/Security.settings-meta.xml", &settings);
    assert_eq!(lacks(&project)[MINUTES], [""; 0]);
    assert!(project.run(&["diagnose", "--quiet"]).out.starts_with("nothing   People must log in again"));
    project.put("force-app/settings/Security.settings-meta.xml", &settings[1..]);
    assert_eq!(lacks(&project)[MINUTES], ["Security.settings", "broken files"]);
    project.put(".forceignore", "Security.settings-meta.xml\n");
    assert_eq!(lacks(&project)[MINUTES], ["Security.settings", "files that .forceignore hides"]);
}

/// A project with a rule and a table of symptoms of its own.
fn with_table(table: &str) -> Project {
    let project = Project::sfdx(&[security("<sessionTimeout>TwoHours</sessionTimeout>")]);
    project.put("own/symptoms.toml", table);
    project
}

#[test]
fn a_table_of_a_user_adds_words_errors_and_symptoms() {
    let project = with_table(
        r#"
[[symptom]]
id = "kiosk-logged-out"
title = "The kiosk in the shop shows the login page"
signs = ["kiosk"]

[[symptom]]
id = "vpn-logged-out"
signs = ["tunnelblick"]

[[error]]
texts = ["GATEWAY-4711"]
symptoms = ["kiosk-logged-out"]
means = "the gateway of the shop lost its session"
causes = ["own/kiosk"]

[[unseen]]
text = "whether the kiosk has power"
symptoms = ["kiosk-logged-out"]
setup = "the shop"
"#,
    );
    let page = "# Kiosk\n\nThe kiosk.\n\n```toml rule\nseverity = { continuity = \"note\" }\nconfidence = \"high\"\nfrom = \"SecuritySettings\"\n\
                where = \"TimeoutMinutes = 120\"\nspan = \"sessionSettings.sessionTimeout\"\nmessage = \"Kiosks need longer\"\nhelp = \"Ask\"\n\
                symptoms = [{ id = \"kiosk-logged-out\", strength = \"confirms\", where = \"TimeoutMinutes <= 120\" }, \"vpn-logged-out\"]\n\
                references = [\"House\"]\n```\n";
    project.put("own/own/kiosk.md", page);
    let own = project.at("own");
    let run = |words: &str| {
        project
            .run(&["diagnose", "--quiet", "--format", "json", "--rules", own.to_str().unwrap(), "--symptom", words])
            .json()
    };
    let answer = run("gateway 4711!");
    assert_eq!(answer["symptoms"][0]["id"], "kiosk-logged-out");
    assert_eq!(rules(&answer["symptoms"][0]["causes"]), ["own/kiosk"]);
    assert_eq!(answer["symptoms"][0]["causes"][0]["fitsError"], true);
    assert_eq!(texts(&answer["symptoms"][0]["notVisible"]), "whether the kiosk has power\n");
    assert_eq!(rules(&run("Tunnelblick")["symptoms"][0]["possible"]), ["own/kiosk"]);
    for (confidence, list) in [("low", "possible"), ("medium", "causes")] {
        project.put("own/own/kiosk.md", page.replace("\"high\"", &format!("\"{confidence}\"")));
        assert_eq!(rules(&run("gateway 4711!")["symptoms"][0][list]), ["own/kiosk"], "{confidence}");
    }
}

#[test]
fn a_broken_table_or_page_is_an_error_with_its_place() {
    let cases = [
        (
            "[[error]]\ntexts = [\"X-1\"]\nsymptoms = [\"vpn-loged-out\"]\nmeans = \"m\"\n",
            "symptoms.toml:3:13: there is no symptom `vpn-loged-out`",
        ),
        (
            "[[error]]\ntexts = [\"X-1\"]\nsymptoms = []\nmeans = \"m\"\ncauses = [\"session/gone\"]\n",
            "symptoms.toml:5:11: there is no rule `session/gone`",
        ),
        ("[[error]]\ntexts = [\" \"]\nsymptoms = []\nmeans = \"m\"\n", "symptoms.toml:2:9: an error has a text"),
        (
            "[[symptom]]\nid = \"vpn-logged-out\"\ntitle = \"VPN\"\n",
            "symptoms.toml:3:9: there is a symptom `vpn-logged-out` already",
        ),
        ("[[symptom]]\nid = \"new\"\n", "symptoms.toml:2:6: there is no symptom `new`, and a new one has a `title`"),
        ("[[symptom]]\nid = \"A b\"\ntitle = \"x\"\n", "symptoms.toml:2:6: `A b` is not an id"),
        (
            "[[unseen]]\ntext = \"t\"\nsymptoms = []\nquery = \"login-histry\"\n",
            "symptoms.toml:4:9: there is no query `login-histry`",
        ),
        ("[[unseen]]\ntext = \"t\"\nsymptoms = []\nunless = \"SELECT Nme FROM Profile\"\n", "symptoms.toml:4:18: "),
        ("[[unseen]]\ntext = \"t\"\nsymptom = []\n", "symptoms.toml:3:1: unknown field `symptom`"),
        ("[[error]\n", "symptoms.toml:1:"),
    ];
    for (table, expected) in cases {
        let project = with_table(table);
        for command in ["diagnose", "check"] {
            let ran = project.run(&[command, "--rules", project.at("own").to_str().unwrap()]);
            assert_eq!(ran.code, 2, "{table}: {ran:?}");
            assert!(ran.err.contains(expected), "{table}: {}", ran.err);
        }
    }
    let page = |symptoms: &str| {
        format!(
            "# Own\n\nOwn.\n\n```toml rule\nseverity = {{ continuity = \"note\" }}\nconfidence = \"high\"\nfrom = \"Profile\"\nspan = \"Name\"\n\
             message = \"m\"\nhelp = \"h\"\nsymptoms = {symptoms}\nreferences = []\n```\n"
        )
    };
    let cases = [
        ("[\"vpn\"]", "page.md:12:13: there is no symptom `vpn`"),
        ("{ vpn = \"may\" }", "page.md:12:14: there is no symptom `vpn`"),
        ("[{ id = \"vpn\" }]", "page.md:12:20: there is no symptom `vpn`"),
        ("{ vpn-logged-out = \"surely\" }", "page.md:12:"),
        ("[{ id = \"vpn-logged-out\", when = \"x\" }]", "there is no key `when`"),
        ("[\"vpn-logged-out\", { id = \"vpn-logged-out\", strength = \"confirms\" }]", "stands above without `where`"),
    ];
    for (symptoms, expected) in cases {
        let project = with_table("");
        project.put("own/own/page.md", page(symptoms));
        let ran = project.run(&["diagnose", "--rules", project.at("own").to_str().unwrap()]);
        assert_eq!(ran.code, 2, "{symptoms}: {ran:?}");
        assert!(ran.err.contains(expected), "{symptoms}: {}", ran.err);
    }
}

/// Texts that mean one symptom and no other.
#[test]
fn a_text_of_one_symptom_means_no_other() {
    for (text, only) in [
        (r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#, INTEGRATION),
        (r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#, INTEGRATION),
        ("INVALID_SESSION_ID after two hours", INTEGRATION),
        ("invalid_grant", INTEGRATION),
        ("user hasn't approved this consumer", INTEGRATION),
        ("Your session has expired", LIGHTNING),
        ("logged out every 15 minutes", MINUTES),
        ("batch job dies in the second hour", SCHEDULED),
        ("API stops exactly at the app maximum", API),
        ("VPN users", VPN),
    ] {
        assert_eq!(recognise(text, CATALOG.symptoms()).unwrap().symptoms, [only], "{text}");
    }
}

#[test]
fn who_speaks_for_a_finding_explains_what_it_explained() {
    let page = |id: &str, more: &str| {
        format!(
            "# {id}\n\nIt.\n\n```toml rule\nseverity = {{ continuity = \"note\" }}\nconfidence = \"high\"\nfrom = \"SecuritySettings\"\n\
             span = \"sessionSettings.sessionTimeout\"\nmessage = \"{id}\"\nhelp = \"Ask\"\n{more}\nreferences = []\n```\n"
        )
    };
    let project = Project::sfdx(&[security("<sessionTimeout>TwoHours</sessionTimeout>")]);
    project.put("own/own/quiet.md", page("quiet", "symptoms = { vpn-logged-out = \"confirms\" }"));
    project.put("own/own/loud.md", page("loud", "supersedes = [\"own/quiet\"]\nsymptoms = [\"vpn-logged-out\"]"));
    // One finding for all, of which only the second file's confirms anything.
    project.put("force-app/more/Security.settings-meta.xml", security("<sessionTimeout>FourHours</sessionTimeout>").1);
    let line = "{ id = \"kiosk\", strength = \"confirms\", where = \"TimeoutMinutes = 240\" }";
    project.put("own/own/first.md", page("first", &format!("report-once = true\nsymptoms = [{line}]")));
    project.put("own/symptoms.toml", "[[symptom]]\nid = \"kiosk\"\ntitle = \"Kiosk\"\n");
    let own = project.at("own");
    let run = |id: &str| {
        let ran = project.run(&[
            "diagnose",
            "--quiet",
            "--format",
            "json",
            "--rules",
            own.to_str().unwrap(),
            "--symptom",
            id,
        ]);
        ran.json()["symptoms"][0].clone()
    };
    let found = run(VPN);
    let all: Vec<String> = [rules(&found["causes"]), rules(&found["possible"])].concat();
    assert!(all.iter().all(|rule| rule == "own/loud") && all.len() == 2, "{found}");
    assert_eq!(rules(&found["causes"]), ["own/loud"], "the last settings file decides: {found}");
    let found = run("kiosk");
    assert_eq!([rules(&found["causes"]), rules(&found["possible"])].concat(), ["own/first"], "{found}");
}
