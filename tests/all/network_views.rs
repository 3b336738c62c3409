//! The views about addresses and logins for whole projects, with the values of the configuration given directly.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{self, Project};
use sessionlint::discover::Root;
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule_test::AS_OF;

/// The cells of `columns` of every row of `table`, as texts.
fn cells(files: &[(String, String)], egress: &[&str], table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let project = Project::sfdx(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let mut inputs = Inputs::on(AS_OF);
    inputs.egress = egress.iter().map(|text| text.parse().unwrap()).collect();
    let loaded = load(&Root::open(&project.root()), inputs);
    assert!(loaded.project.problems.is_empty(), "{:?}", loaded.project.problems);
    support::cells(&loaded.project, table, columns.iter().copied())
}

fn file(folder: &str, name: &str, root: &str, body: &str) -> (String, String) {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{body}</{root}>\n"
    );
    (format!("force-app/main/default/{folder}/{name}-meta.xml"), text)
}

fn ranges(pairs: &[(&str, &str)]) -> String {
    let range = |(start, end): &(&str, &str)| {
        format!("<loginIpRanges><endAddress>{end}</endAddress><startAddress>{start}</startAddress></loginIpRanges>")
    };
    pairs.iter().map(range).collect()
}

fn permission(name: &str, enabled: bool) -> String {
    format!("<userPermissions><enabled>{enabled}</enabled><name>{name}</name></userPermissions>")
}

/// A profile that only programs use.
fn own_profile(name: &str, pairs: &[(&str, &str)]) -> (String, String) {
    let body = format!("<custom>true</custom>{}{}", ranges(pairs), permission("ApiUserOnly", true));
    file("profiles", &format!("{name}.profile"), "Profile", &body)
}

fn people(name: &str, pairs: &[(&str, &str)]) -> (String, String) {
    file("profiles", &format!("{name}.profile"), "Profile", &format!("<custom>true</custom>{}", ranges(pairs)))
}

fn app(name: &str, relaxation: &str, more_oauth: &str, more: &str) -> (String, String) {
    let body = format!(
        "<label>{name}</label><oauthConfig><callbackUrl>https://{name}.example.com/done</callbackUrl>{more_oauth}\
         <scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig><oauthPolicy><ipRelaxation>{relaxation}\
         </ipRelaxation><refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy>{more}"
    );
    file("connectedApps", &format!("{name}.connectedApp"), "ConnectedApp", &body)
}

const JWT: &str = "<certificate>Key</certificate><isAdminApproved>true</isAdminApproved>";

#[test]
fn each_address_stands_beside_each_gate_that_it_must_pass() {
    let files = [
        own_profile("ERP Integration", &[("203.0.113.10", "203.0.113.20")]),
        people("Finance", &[("192.0.2.1", "192.0.2.1")]),
        app("enforcing", "ENFORCE", "<isAdminApproved>false</isAdminApproved>", ""),
        app("relaxed", "BYPASS", "<isAdminApproved>false</isAdminApproved>", ""),
        app("jwt", "BYPASS", JWT, "<profileName>ERP Integration</profileName>"),
        app("elsewhere", "ENFORCE", JWT, "<profileName>Warehouse Integration</profileName>"),
        file(
            "extlClntAppOauthSecuritySettings",
            "Shop_security.ecaOauthSecurity",
            "ExtlClntAppOauthSecuritySettings",
            "<externalClientApplication>Shop</externalClientApplication><tokenIpRanges>\
             <endIpAddress>198.51.100.7</endIpAddress><startIpAddress>198.51.100.7</startIpAddress></tokenIpRanges>",
        ),
    ];
    let columns = ["Kind", "App", "Profile", "Egress", "Covered", "OthersCovered", "Obstacle", "ProfileConfidence"];
    let found = cells(&files, &["203.0.113.12", "198.51.100.7"], "EgressCoverage", &columns);
    let expected = [
        "app|enforcing|ERP Integration|203.0.113.12|true|false|ENFORCE|high",
        "app|enforcing|ERP Integration|198.51.100.7|false|true|ENFORCE|high",
        "app|jwt|ERP Integration|203.0.113.12|true|false|203.0.113.10-203.0.113.20|high",
        "app|jwt|ERP Integration|198.51.100.7|false|true|203.0.113.10-203.0.113.20|high",
        "profile|null|ERP Integration|203.0.113.12|true|false|203.0.113.10-203.0.113.20|high",
        "profile|null|ERP Integration|198.51.100.7|false|true|203.0.113.10-203.0.113.20|high",
        "token|Shop|null|203.0.113.12|false|true|198.51.100.7|medium",
        "token|Shop|null|198.51.100.7|true|false|198.51.100.7|medium",
    ];
    assert_eq!(found.iter().map(|row| row.join("|")).collect::<Vec<_>>(), expected);
}

#[test]
fn without_a_known_address_nothing_is_reported_about_coverage() {
    let files = [
        own_profile("ERP Integration", &[("203.0.113.10", "203.0.113.20")]),
        app("enforcing", "ENFORCE", "<isAdminApproved>false</isAdminApproved>", ""),
    ];
    let columns = ["Kind", "IsRotating", "Covered", "OthersCovered", "IsJwt", "Relaxation", "Renewal", "IsIntegration"];
    assert!(cells(&files, &[], "EgressCoverage", &columns).is_empty());
    let rotating = cells(&files, &["rotating"], "EgressCoverage", &columns);
    assert_eq!(rotating[0].join("|"), "app|true|null|false|false|enforce|refresh-token|true");
    assert_eq!(rotating[1].join("|"), "profile|true|null|false|false|null|null|true");
    assert_eq!(rotating.len(), 2);
}

#[test]
fn people_s_ranges_count_for_an_open_app_only_where_no_integration_has_any() {
    let files = [
        people("Finance", &[("192.0.2.1", "192.0.2.1")]),
        people("Depot", &[("203.0.113.0", "203.0.113.255")]),
        own_profile("Analytics Cloud Integration User", &[("198.51.100.1", "198.51.100.1")]),
        app("enforcing", "ENFORCE", "<isAdminApproved>false</isAdminApproved>", ""),
    ];
    let columns = ["Profile", "Covered", "ProfileConfidence"];
    let found = cells(&files, &["203.0.113.7", "198.51.100.1"], "EgressCoverage", &columns);
    // One profile of several that admits the address is enough: its user may be the integration's.
    assert_eq!(found, [["Depot", "true", "medium"], ["Depot", "false", "medium"]]);
}

fn trusted(pairs: &[(&str, &str)]) -> (String, String) {
    let range = |(start, end): &(&str, &str)| format!("<ipRanges><end>{end}</end><start>{start}</start></ipRanges>");
    let body = format!("<networkAccess>{}</networkAccess>", pairs.iter().map(range).collect::<String>());
    file("settings", "Security.settings", "SecuritySettings", &body)
}

#[test]
fn trusted_ranges_that_integrations_leave_out_are_one_row() {
    let files = [
        trusted(&[("203.0.113.15", "203.0.113.15"), ("198.51.100.0", "198.51.100.255"), ("192.0.2.7", "192.0.2.7")]),
        own_profile("ERP Integration", &[("203.0.113.10", "203.0.113.20")]),
        own_profile("Mail Integration", &[("203.0.113.10", "203.0.113.20")]),
        own_profile("Open Integration", &[]),
        people("Finance", &[("192.0.2.1", "192.0.2.1")]),
    ];
    let columns = ["Profiles", "ProfileRange", "TrustedRange", "TrustedRanges", "IsEgress"];
    let found = cells(&files, &[], "UnadmittedTrust", &columns);
    let both = "ERP Integration, Mail Integration";
    assert_eq!(found, [[both, "203.0.113.10-203.0.113.20", "198.51.100.0-198.51.100.255", "2", "false"]]);
    let found = cells(&files, &["192.0.2.7"], "UnadmittedTrust", &columns);
    assert_eq!(found, [[both, "203.0.113.10-203.0.113.20", "192.0.2.7", "2", "true"]]);
}

#[test]
fn ranges_of_every_owner_are_rows() {
    let external = "<externalClientApplication>Shop</externalClientApplication><trustedIpRanges>\
                    <endIpAddress>2001:db8::ff</endIpAddress><startIpAddress>2001:db8::</startIpAddress>\
                    </trustedIpRanges>";
    let files = [
        trusted(&[("0.0.0.0", "255.255.255.255"), ("10.0.0.1", "10.0.0.9")]),
        people("Finance", &[("192.0.2.9", "192.0.2.1"), ("192.0.2.1", "192.0.2.500")]),
        app("listed", "ENFORCE", "", "<ipRanges><end>192.0.2.8</end><start>192.0.2.8</start></ipRanges>"),
        file("extlClntAppOauthSettings", "Shop_oauth.ecaOauth", "ExtlClntAppOauthSettings", external),
    ];
    let columns = ["Owner", "OwnerType", "Use", "Range", "Family", "Size", "IsInverted", "Fault", "OverlapsWith"];
    let mut found: Vec<String> = cells(&files, &[], "IpRange", &columns).iter().map(|row| row.join("|")).collect();
    found.sort();
    let expected = [
        "the app Shop|ExtlClntAppOauthSettings|app|2001:db8::-2001:db8::ff|IPv6|256|false|null|null",
        "the app listed|ConnectedApp|app|192.0.2.8|IPv4|1|false|null|null",
        "the org|SecuritySettings|trusted|0.0.0.0-255.255.255.255|IPv4|4294967296|false|null|null",
        "the org|SecuritySettings|trusted|10.0.0.1-10.0.0.9|IPv4|9|false|null|0.0.0.0-255.255.255.255",
        "the profile Finance|Profile|login|192.0.2.1-192.0.2.500|null|null|false|not-an-address|null",
        "the profile Finance|Profile|login|192.0.2.9-192.0.2.1|null|null|true|null|null",
    ];
    assert_eq!(found, expected);
    let columns =
        ["OwnerName", "Ranges", "Addresses", "HoldsEveryAddress", "Widest", "Overlapping", "OverlappingRange"];
    let sets = cells(&files, &[], "IpRangeSet", &columns);
    let org = sets.iter().find(|row| row[0] == "the org").unwrap();
    assert_eq!(org.join("|"), "the org|2|4294967296|true|0.0.0.0-255.255.255.255|1|10.0.0.1-10.0.0.9");
}

#[test]
fn grants_are_what_is_enabled() {
    let set = format!("<label>API Clients</label>{}", permission("TwoFactorApi", true));
    let files = [
        own_profile("ERP Integration", &[]),
        file("profiles", "Sales.profile", "Profile", &permission("IsSsoEnabled", false)),
        file("permissionsets", "API_Clients.permissionset", "PermissionSet", &set),
    ];
    let found = cells(&files, &[], "Grant", &["HolderType", "Holder", "Permission", "IsIntegration"]);
    assert_eq!(
        found,
        [
            ["Profile", "ERP Integration", "ApiUserOnly", "true"],
            ["PermissionSet", "API Clients", "TwoFactorApi", "false"],
        ]
    );
}

fn policy(profile: &str, lockout: &str, attempts: &str, days: &str) -> (String, String) {
    let body = format!(
        "<lockoutInterval>{lockout}</lockoutInterval><maxLoginAttempts>{attempts}</maxLoginAttempts>\
         <passwordExpiration>{days}</passwordExpiration><profile>{profile}</profile>"
    );
    file("profilePasswordPolicies", "x1.profilePasswordPolicy", "ProfilePasswordPolicy", &body)
}

#[test]
fn a_profile_s_password_policy_stands_before_the_org_s() {
    let org = file(
        "settings",
        "Security.settings",
        "SecuritySettings",
        "<passwordPolicies><expiration>SixMonths</expiration><lockoutInterval>Forever</lockoutInterval>\
         <maxLoginAttempts>TenAttempts</maxLoginAttempts></passwordPolicies>",
    );
    let exempt = file(
        "profiles",
        "Exempt.profile",
        "Profile",
        &format!("{}{}", permission("ApiUserOnly", true), permission("PasswordNeverExpires", true)),
    );
    let files = [own_profile("ERP Integration", &[]), own_profile("Mail Integration", &[]), exempt, org];
    let columns = ["Profile", "ExpiryDays", "Level", "NeverExpires", "IsLockedForever", "Attempts", "PasswordLogin"];
    let of = |extra: Vec<(String, String)>| -> Vec<String> {
        let all: Vec<_> = files.iter().cloned().chain(extra).collect();
        cells(&all, &[], "PasswordRule", &columns).iter().map(|row| row.join("|")).collect()
    };
    let credential = file(
        "namedCredentials",
        "Ledger.namedCredential",
        "NamedCredential",
        "<endpoint>https://login.salesforce.com/services/Soap/u/60.0</endpoint><protocol>Password</protocol>",
    );
    assert_eq!(
        of(vec![policy("ERP Integration", "0", "3", "0"), credential]),
        [
            "ERP Integration|0|profile|false|true|3|Ledger",
            "Exempt|180|org|true|true|10|Ledger",
            "Mail Integration|180|org|false|true|10|Ledger",
        ]
    );
    let unlimited = of(vec![policy("ERP Integration", "0", "0", "90")]);
    assert_eq!(unlimited[0], "ERP Integration|90|profile|false|false|0|null");
    let named_only = of(vec![policy("Absent", "15", "5", "90")]);
    assert_eq!(named_only[0], "Absent|90|profile|null|false|5|null", "its permissions are not in the project");
}

#[test]
fn hosts_know_what_the_org_asks_of_them() {
    let domain = file(
        "settings",
        "MyDomain.settings",
        "MyDomainSettings",
        "<canOnlyLoginWithMyDomainUrl>true</canOnlyLoginWithMyDomainUrl>\
         <doesApiLoginRequireOrgDomain>false</doesApiLoginRequireOrgDomain>",
    );
    let credential = file(
        "namedCredentials",
        "Sister.namedCredential",
        "NamedCredential",
        "<label>Sister</label><namedCredentialParameters><parameterName>Url</parameterName>\
         <parameterType>Url</parameterType><parameterValue>https://eu5.salesforce.com</parameterValue>\
         </namedCredentialParameters><namedCredentialType>SecuredEndpoint</namedCredentialType>",
    );
    let ledger = file(
        "namedCredentials",
        "Ledger.namedCredential",
        "NamedCredential",
        "<endpoint>https://test.salesforce.com/services/Soap/u/60.0</endpoint>",
    );
    let off = "<isActive>false</isActive><url>https://na1.salesforce.com</url>";
    let site = file("remoteSiteSettings", "Off.remoteSite", "RemoteSiteSetting", off);
    let files = [domain, credential, ledger, site];
    let columns = [
        "Name",
        "Use",
        "HostKind",
        "Service",
        "IsSoapLogin",
        "InstancedTrafficIsBlocked",
        "ApiNeedsOwnHost",
        "UsersNeedOwnHost",
        "AnyApiAuthIsGranted",
    ];
    let found: Vec<String> = cells(&files, &[], "HostUse", &columns).iter().map(|row| row.join("|")).collect();
    assert_eq!(
        found,
        ["Ledger|api|login|soap|true|null|false|true|false", "Sister|api|instance|null|false|null|false|true|false",]
    );
}

#[test]
fn api_access_control_is_a_fact_of_every_app() {
    let settings = |value: &str| {
        let body = format!("<enableAdminApprovedAppsOnly>{value}</enableAdminApprovedAppsOnly>");
        file("settings", "ConnectedApp.settings", "ConnectedAppSettings", &body)
    };
    let one = |files: &[(String, String)]| cells(files, &[], "OAuthApp", &["ApiAccessIsLimited"])[0][0].clone();
    let app = app("mail", "ENFORCE", "", "");
    assert_eq!(one(&[app.clone(), settings("true")]), "true");
    assert_eq!(one(&[app.clone(), settings("false")]), "false");
    assert_eq!(one(&[app]), "null");
}
