//! The views of credentials, over several files.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use crate::support::Project;
use serde_json::{Value, json};

/// A certificate for tests that expired on 2026-10-31; its key does not exist any more.
pub(crate) const CERTIFICATE: &str = concat!(
    "MIIBETCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB2V4YW1wbGUwHhcNMjQwMTE1MDAwMDAwWhcNMj",
    "YxMDMxMTIwMDAwWjASMRAwDgYDVQQDDAdleGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEBFXz/+MCYDx",
    "ZRY9XgOZMWVCjN8rDrUg/v5w3a6gkNpBTmqifN6X0mre2mfFIAM+0qIxJFTG8tGDUDQvotcAsDAKBggqhkjOPQQDAg",
    "NJADBGAiEAma+b7DLuTUtIz3/m6PRBsz9NWTl09zC1JL7Hd8d4MboCIQC39iCNyKQmPxjrVj7Bg5kxlPPnIYsg6ufU",
    "U0W91fTyZg==",
);

fn document(root: &str, inner: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{inner}</{root}>\n")
}

fn project(files: &[(&str, &str, &str)]) -> Project {
    let project = Project::sfdx::<&str>(&[]);
    for (path, root, inner) in files {
        project.put(&format!("force-app/main/default/{path}"), document(root, inner));
    }
    project
}

/// The rows of a query on 2026-12-01, each as a list of its values.
fn rows(project: &Project, soql: &str) -> Vec<Value> {
    let ran = project.run(&["query", soql, "--as-of", "2026-12-01", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = ran.json();
    let values = |row: &Value| Value::Array(row.as_object().unwrap().values().cloned().collect());
    rows.as_array().unwrap().iter().map(values).collect()
}

const NAMED: &str = "<calloutStatus>Disabled</calloutStatus><label>Hub</label>
  <namedCredentialParameters><parameterName>Url</parameterName><parameterType>Url</parameterType>
    <parameterValue>https://hub-example.my.salesforce.com:443/services</parameterValue></namedCredentialParameters>
  <namedCredentialParameters><externalCredential>Hub_Out</externalCredential>
    <parameterName>ExternalCredential</parameterName><parameterType>Authentication</parameterType>
  </namedCredentialParameters><namedCredentialType>SecuredEndpoint</namedCredentialType>";

const EXTERNAL: &str = "<authenticationProtocol>Oauth</authenticationProtocol>
  <externalCredentialParameters><authProvider>hub</authProvider><parameterGroup>DefaultGroup</parameterGroup>
    <parameterName>AuthProvider</parameterName><parameterType>AuthProvider</parameterType>
  </externalCredentialParameters>
  <externalCredentialParameters><parameterGroup>DefaultGroup</parameterGroup>
    <parameterName>Browser</parameterName><parameterType>AuthProtocolVariant</parameterType>
    <parameterValue>AuthorizationCode</parameterValue></externalCredentialParameters>
  <externalCredentialParameters><parameterGroup>Robot</parameterGroup><parameterName>Robot_16</parameterName>
    <parameterType>NamedPrincipal</parameterType></externalCredentialParameters>
  <label>Hub outwards</label>";

const PROVIDER: &str = "<consumerKey>3MVG9SHARED</consumerKey><defaultScopes>api refresh_token</defaultScopes>
  <friendlyName>Hub Sign-In</friendlyName><providerType>Salesforce</providerType>";

const APP: &str = "<label>Hub App</label><oauthConfig><consumerKey>3MVG9SHARED</consumerKey>
  <scopes>Api</scopes></oauthConfig>";

fn chain() -> Project {
    project(&[
        ("namedCredentials/Hub.namedCredential-meta.xml", "NamedCredential", NAMED),
        ("externalCredentials/Hub_Out.externalCredential-meta.xml", "ExternalCredential", EXTERNAL),
        ("authproviders/Hub.authprovider-meta.xml", "AuthProvider", PROVIDER),
        ("connectedApps/Hub_App.connectedApp-meta.xml", "ConnectedApp", APP),
    ])
}

#[test]
fn a_named_credential_knows_what_stands_behind_it() {
    let columns = "Name, FullName, IsManaged, IsLegacy, ExternalCredential, AuthProvider, ProviderType, App, Protocol, \
                   PrincipalType, Host, IsToSalesforce, CalloutStatus, HasOwnScopes";
    let expected = json!([
        "Hub",
        "Hub",
        false,
        false,
        "Hub_Out",
        "hub",
        "Salesforce",
        "Hub App",
        "Oauth",
        "NamedPrincipal",
        "hub-example.my.salesforce.com",
        true,
        "Disabled",
        false
    ]);
    assert_eq!(rows(&chain(), &format!("SELECT {columns} FROM Credential")), [expected]);
}

#[test]
fn a_legacy_credential_speaks_for_itself() {
    let inner = "<endpoint>https://api.example.com/x</endpoint><label>Tickets</label><oauthScope>read</oauthScope>
      <principalType>NamedUser</principalType><protocol>Password</protocol>";
    let project = project(&[("namedCredentials/acme__T.namedCredential-meta.xml", "NamedCredential", inner)]);
    let columns = "IsManaged, IsLegacy, ExternalCredential, Protocol, PrincipalType, Host, IsToSalesforce, \
                   CalloutStatus, HasOwnScopes";
    let expected = json!([true, true, null, "Password", "NamedUser", "api.example.com", false, null, true]);
    assert_eq!(rows(&project, &format!("SELECT {columns} FROM Credential")), [expected]);
}

#[test]
fn an_auth_provider_knows_its_scopes_its_users_and_its_app() {
    let query = "SELECT HasRefreshScope, NeededBy, App FROM AuthProvider";
    assert_eq!(rows(&chain(), query), [json!([true, "the external credential Hub outwards", "Hub App"])]);
    let alone = project(&[(
        "authproviders/G.authprovider-meta.xml",
        "AuthProvider",
        "<friendlyName>G</friendlyName><providerType>Google</providerType>",
    )]);
    assert_eq!(rows(&alone, query), [json!([null, null, null])]);
    alone.put(
        "force-app/main/default/authproviders/G.authprovider-meta.xml",
        document("AuthProvider", "<defaultScopes>id,api full</defaultScopes><friendlyName>G</friendlyName>"),
    );
    assert_eq!(rows(&alone, query), [json!([false, null, null])]);
}

fn set(principal: &str, modify: &str) -> String {
    format!(
        "<externalCredentialPrincipalAccesses><enabled>true</enabled>
         <externalCredentialPrincipal>{principal}</externalCredentialPrincipal></externalCredentialPrincipalAccesses>
         <label>Callers</label><objectPermissions><allowEdit>true</allowEdit>
         <modifyAllRecords>{modify}</modifyAllRecords><object>UserExternalCredential</object></objectPermissions>"
    )
}

#[test]
fn principals_know_who_grants_them() {
    let project = chain();
    let query = "SELECT Name, ExternalCredential, IsManaged, Type, Protocol, Variant, NamedCredentials, GrantedBy, \
                 HasHolders, GrantConfidence FROM Principal";
    let row = |granted: Value, holders: bool, confidence: &str| {
        let variant = "AuthorizationCode";
        json!(["Robot", "Hub outwards", false, "NamedPrincipal", "Oauth", variant, "Hub", granted, holders, confidence])
    };
    assert_eq!(rows(&project, query), [row(Value::Null, false, "low")]);
    let path = "force-app/main/default/permissionsets/Callers.permissionset-meta.xml";
    project.put(path, document("PermissionSet", &set("Other-Robot", "true")));
    assert_eq!(rows(&project, query), [row(Value::Null, true, "medium")]);
    // Files name a principal by its group; some write its own name.
    for principal in ["Hub_Out-Robot", "Hub_Out - Robot", "hub_out-Robot_16"] {
        project.put(path, document("PermissionSet", &set(principal, "true")));
        assert_eq!(rows(&project, query), [row(json!("Callers"), true, "medium")], "{principal}");
    }
    project.put(path, document("PermissionSet", &set("Other-Robot", "true")));
    let open = EXTERNAL.replace("AuthorizationCode", "NoAuthentication");
    project.put(
        "force-app/main/default/externalCredentials/Hub_Out.externalCredential-meta.xml",
        document("ExternalCredential", &open),
    );
    let query = "SELECT GrantConfidence FROM Principal";
    assert_eq!(rows(&project, query), [json!(["low"])], "a call without authentication may need no grant");
}

#[test]
fn grants_know_whether_a_renewed_token_can_be_stored() {
    let project = chain();
    let path = "force-app/main/default/permissionsets/Callers.permissionset-meta.xml";
    let query = "SELECT Holder, HolderType, Principal, ExternalCredential, Protocol, PrincipalType, CanModifyAll, \
                 OtherHolder FROM PrincipalGrant";
    let row = |can: bool, other: Value| {
        let principal = "Hub_Out-Robot";
        json!(["Callers", "PermissionSet", principal, "Hub_Out", "Oauth", "NamedPrincipal", can, other])
    };
    project.put(path, document("PermissionSet", &set("Hub_Out-Robot", "true")));
    assert_eq!(rows(&project, query), [row(true, Value::Null)]);
    project.put(path, document("PermissionSet", &set("Hub_Out-Robot", "false")));
    assert_eq!(rows(&project, query), [row(false, Value::Null)]);
    let base = set("x", "true").replace("<label>Callers", "<label>Base");
    project.put("force-app/main/default/permissionsets/Base.permissionset-meta.xml", document("PermissionSet", &base));
    assert_eq!(rows(&project, query), [row(false, json!("Base"))]);
    project.put(
        path,
        document("PermissionSet", &set("Gone-Robot", "true").replace(">true</enabled>", ">false</enabled>")),
    );
    assert_eq!(rows(&project, query), Vec::<Value>::new(), "a grant that is off is none");
}

#[test]
fn a_profile_does_not_say_whether_it_can_be_stored() {
    let project = chain();
    let path = "force-app/main/default/profiles/Our%2FRobots.profile-meta.xml";
    project.put(path, document("Profile", &set("Hub_Out-Robot", "false").replace("<label>Callers</label>", "")));
    let query = "SELECT Holder, HolderType, CanModifyAll FROM PrincipalGrant";
    assert_eq!(rows(&project, query), [json!(["Our/Robots", "Profile", null])]);
}

#[test]
fn links_are_resolved_where_the_project_can_tell() {
    let project = chain();
    let query = "SELECT FromType, FromName, Element, ToType, ToName, IsResolved, IsTypeInProject FROM Reference";
    let named = |target: &str, resolved: Value, others: bool| {
        json!(["NamedCredential", "Hub", "externalCredential", "ExternalCredential", target, resolved, others])
    };
    let provider = json!(["ExternalCredential", "Hub_Out", "authProvider", "AuthProvider", "hub", true, true]);
    assert_eq!(rows(&project, query), [provider.clone(), named("Hub_Out", json!(true), true)]);
    let path = "force-app/main/default/namedCredentials/Hub.namedCredential-meta.xml";
    let retarget = |target: &str| project.put(path, document("NamedCredential", &NAMED.replace("Hub_Out", target)));
    retarget("Hub_Old");
    assert_eq!(rows(&project, query)[1], named("Hub_Old", json!(false), true));
    retarget("acme__Hub");
    assert_eq!(rows(&project, query)[1], named("acme__Hub", Value::Null, true));
    retarget("Hub_Old");
    let old = "force-app/main/default/externalCredentials/Hub_Old.externalCredential-meta.xml";
    project.put(old, "<ExternalCredential>");
    assert_eq!(rows(&project, query)[1], named("Hub_Old", Value::Null, true), "its file is broken");
    project.put(old, document("ExternalCredential", "<label>Old</label>"));
    project.put(".forceignore", "**/Hub_Old.*\n");
    assert_eq!(rows(&project, query)[1], named("Hub_Old", Value::Null, true), "its file is hidden");
    std::fs::remove_file(project.at("force-app/main/default/externalCredentials/Hub_Out.externalCredential-meta.xml"))
        .unwrap();
    assert_eq!(rows(&project, query)[0], named("Hub_Old", Value::Null, false));
}

const CERT_USE: &str = "SELECT User, UserType, UserName, UserLabel, Element, Purpose, IsActive, Certificate, ExpiresOn, \
                        DaysLeft, KeySize FROM CertificateUse";

#[test]
fn certificates_in_elements_say_their_end_and_are_not_shown() {
    let saml = format!("<name>Company</name><validationCert>{CERTIFICATE}</validationCert>");
    let app = format!("<label>Robot</label><oauthConfig><certificate>{CERTIFICATE}</certificate></oauthConfig>");
    let external =
        format!("<certificate>{CERTIFICATE}</certificate><externalClientApplication>Eca</externalClientApplication>");
    let project = project(&[
        ("connectedApps/R.connectedApp-meta.xml", "ConnectedApp", &app),
        ("extlClntAppGlobalOauthSets/E_g.ecaGlblOauth-meta.xml", "ExtlClntAppGlobalOauthSettings", &external),
        ("samlssoconfigs/S.samlssoconfig-meta.xml", "SamlSsoConfig", &saml),
    ]);
    let end = ["2026-10-31"];
    let row = |start: [&str; 6]| {
        let [user, ty, name, label, element, purpose] = start;
        json!([user, ty, name, label, element, purpose, true, null, end[0], -31, 256])
    };
    let expected = [
        row(["the app Robot", "ConnectedApp", "R", "Robot", "oauthConfig.certificate", "jwt"]),
        row(["the app Eca", "ExtlClntAppGlobalOauthSettings", "E_g", "Eca", "certificate", "jwt"]),
        row(["single sign-on Company", "SamlSsoConfig", "S", "Company", "validationCert", "saml-validation"]),
    ];
    assert_eq!(rows(&project, CERT_USE), expected);
    for format in ["human", "json", "concise"] {
        let ran = project.run(&["check", "--format", format, "--as-of", "2026-12-01", "--preset", "all", "--notes"]);
        assert!(ran.out.contains("2026-10-31"), "{ran:?}");
        assert!(!ran.out.contains(&CERTIFICATE[..40]), "{format} shows a certificate");
    }
}

#[test]
fn a_certificate_is_valid_on_its_last_day() {
    let saml = |name: &str| format!("<name>{name}</name><validationCert>{CERTIFICATE}</validationCert>");
    let (one, other) = (saml("One"), saml("Other"));
    let project = project(&[
        ("certs/Tax.crt-meta.xml", "Certificate", "<expirationDate>2026-10-31T12:00:00.000Z</expirationDate>"),
        ("samlssoconfigs/One.samlssoconfig-meta.xml", "SamlSsoConfig", &one),
    ]);
    let column = |select: &str, day: &str| {
        let rows = project.run(&["query", select, "--as-of", day, "--format", "json"]).json();
        let values =
            rows.as_array().unwrap().iter().map(|row| row.as_object().unwrap().values().next().unwrap().clone());
        values.collect::<Vec<_>>()
    };
    let unused = |day: &str| column("SELECT ExpiredUnused FROM Certificate", day);
    assert_eq!((unused("2026-10-31"), unused("2026-11-01")), (vec![Value::Null], vec![json!("Tax")]));
    let valid = |day: &str| column("SELECT OtherValid FROM CertificateUse", day);
    assert_eq!(valid("2026-10-31"), [Value::Null], "no other one than itself");
    project
        .put("force-app/main/default/samlssoconfigs/Other.samlssoconfig-meta.xml", document("SamlSsoConfig", &other));
    assert_eq!(valid("2026-10-31"), ["Other", "One"]);
    assert_eq!(valid("2026-11-01"), [Value::Null, Value::Null]);
}

#[test]
fn apps_that_accept_assertions_are_of_both_kinds() {
    let certificate = "<expirationDate>2027-10-31T12:00:00.000Z</expirationDate>";
    let project = project(&[("certs/Tax.crt-meta.xml", "Certificate", certificate)]);
    let query = "SELECT HasServiceProvider FROM Certificate";
    assert_eq!(rows(&project, query), [json!([false])]);
    let policy =
        document("ExtlClntAppSamlConfigurablePolicies", "<externalClientApplication>Depot</externalClientApplication>");
    let path = "force-app/main/default/extlClntAppSamlConfigurablePolicies/Depot_saml.ecaSamlPlcy-meta.xml";
    project.put(path, policy);
    assert_eq!(rows(&project, query), [json!([true])]);
}

#[test]
fn certificates_are_joined_by_name() {
    let certificate = |end: &str| {
        format!("<caSigned>false</caSigned><expirationDate>{end}T12:00:00.000Z</expirationDate><keySize>4096</keySize>")
    };
    let saml = "<decryptionCertificate>gone</decryptionCertificate><name>S</name>
      <requestSigningCertId>0P1000000000001</requestSigningCertId>";
    let project = project(&[
        ("certs/A.crt-meta.xml", "Certificate", &certificate("2026-12-11")),
        ("certs/B.crt-meta.xml", "Certificate", &certificate("2020-01-01")),
        ("certs/C.crt-meta.xml", "Certificate", &certificate("2021-01-01")),
        (
            "namedCredentials/N.namedCredential-meta.xml",
            "NamedCredential",
            "<jwtSigningCertificate>a</jwtSigningCertificate><label>Two</label>",
        ),
        ("samlssoconfigs/S.samlssoconfig-meta.xml", "SamlSsoConfig", saml),
        (
            "settings/IdentityProvider.settings-meta.xml",
            "IdentityProviderSettings",
            "<certificateName>A</certificateName><enableIdentityProvider>true</enableIdentityProvider>",
        ),
    ]);
    let query = "SELECT User, Purpose, IsActive, Certificate, ExpiresOn, DaysLeft, KeySize FROM CertificateUse";
    let org = "the org as an identity provider";
    let expected = [
        json!(["the named credential Two", "credential", true, "a", "2026-12-11", 10, 4096]),
        json!(["single sign-on S", "saml-requests", true, "gone", null, null, null]),
        json!(["single sign-on S", "saml-requests", true, "0P1000000000001", null, null, null]),
        json!([org, "identity-provider", true, "A", "2026-12-11", 10, 4096]),
    ];
    assert_eq!(rows(&project, query), expected);
    let query = "SELECT Name, ExpiresOn, DaysLeft, IsUsed, NeededBy, ExpiredUnused FROM Certificate";
    let needed = format!("the named credential Two and {org}");
    let expected = [
        json!(["A", "2026-12-11", 10, true, needed, null]),
        json!(["B", "2020-01-01", -2526, false, null, "B and C"]),
        json!(["C", "2021-01-01", -2160, false, null, null]),
    ];
    assert_eq!(rows(&project, query), expected);
    project.put(
        "force-app/main/default/settings/IdentityProvider.settings-meta.xml",
        document(
            "IdentityProviderSettings",
            "<certificateName>A</certificateName><enableIdentityProvider>false</enableIdentityProvider>",
        ),
    );
    assert_eq!(rows(&project, query)[0][4], "the named credential Two", "an identity provider that is off needs none");
}

#[test]
fn single_sign_on_knows_its_login_host() {
    let inner = "<name>S</name><salesforceLoginUrl>https://cs5.salesforce.com?so=1</salesforceLoginUrl>";
    let project = project(&[("samlssoconfigs/S.samlssoconfig-meta.xml", "SamlSsoConfig", inner)]);
    let query = "SELECT LoginHost, LoginHostKind, IsMyDomainOnly FROM SamlSsoConfig";
    assert_eq!(rows(&project, query), [json!(["cs5.salesforce.com", "instance", null])]);
    project.put(
        "force-app/main/default/settings/MyDomain.settings-meta.xml",
        document("MyDomainSettings", "<canOnlyLoginWithMyDomainUrl>true</canOnlyLoginWithMyDomainUrl>"),
    );
    assert_eq!(rows(&project, query), [json!(["cs5.salesforce.com", "instance", true])]);
}

#[test]
fn outbound_messages_of_a_workflow_are_rows() {
    let inner = "<alerts><fullName>A</fullName></alerts><outboundMessages><fullName>O</fullName>
      <endpointUrl>https://hooks.example.com</endpointUrl><fields>Id</fields><fields>Name</fields>
      <includeSessionId>true</includeSessionId></outboundMessages><rules><fullName>R</fullName></rules>";
    let project = project(&[("workflows/Order.workflow-meta.xml", "Workflow", inner)]);
    let query = "SELECT Name, fullName, endpointUrl, fields, includeSessionId FROM Workflow.outboundMessages";
    let expected = json!(["Order", "O", "https://hooks.example.com", ["Id", "Name"], true]);
    assert_eq!(rows(&project, query), [expected]);
}

#[test]
fn the_date_of_a_certificate_is_shown_and_its_body_is_not() {
    let ending = "<expirationDate>2026-09-30T12:00:00.000Z</expirationDate><masterLabel>Tax</masterLabel>";
    let signing = "<externalCredentialParameters><certificate>Tax</certificate><parameterGroup>G</parameterGroup>\
                   </externalCredentialParameters><label>Freight</label>";
    let saml = format!("<issuer>https://sso.example.com</issuer><validationCert>{CERTIFICATE}</validationCert>");
    let project = project(&[
        ("certs/Tax.crt-meta.xml", "Certificate", ending),
        ("externalCredentials/Freight.externalCredential-meta.xml", "ExternalCredential", signing),
        ("samlssoconfigs/Sign_On.samlssoconfig-meta.xml", "SamlSsoConfig", &saml),
    ]);
    let ran = project.run(&["check", "--as-of", "2026-12-01"]);
    assert!(ran.out.contains("<expirationDate>2026-09-30T12:00:00.000Z</expirationDate>"), "{}", ran.out);
    assert!(ran.out.contains("<validationCert>*****") && !ran.out.contains("MIIB"), "{}", ran.out);
}

#[test]
fn a_record_id_names_no_certificate_that_a_file_holds() {
    let other = "<expirationDate>2020-01-01T12:00:00.000Z</expirationDate>";
    let named = "<certificate>0P1000000000001AAA</certificate><endpoint>https://erp.example.com</endpoint>\
                 <label>ERP</label>";
    let project = project(&[
        ("certs/Old.crt-meta.xml", "Certificate", other),
        ("namedCredentials/ERP.namedCredential-meta.xml", "NamedCredential", named),
    ]);
    let links = rows(&project, "SELECT ToName, IsResolved FROM Reference WHERE ToType = 'Certificate'");
    assert_eq!(links, [json!(["0P1000000000001AAA", null])]);
    let who = rows(&project, "SELECT ExpiredUnused, NamedById FROM Certificate");
    assert_eq!(who, [json!(["Old", "the named credential ERP"])]);
}
