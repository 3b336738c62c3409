//! String literals: hosts of orgs, logins with a password, named credentials in places where they cannot renew.
//!
//! Goes by the text of the literal. Refuses to know whether a host still answers, and for which org.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};

use super::session::is_generated;
use super::web::Web;
use super::{At, Certainty, Fact, Placed, at, at_unit, spot};
use crate::host::{host, is_instance};
use crate::stated;
use sessionlint_apex::graph::MethodAt;
use sessionlint_apex::{Literal, LiteralKind, Unit, is_login_wsdl};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::Place;

/// The day from which Salesforce refuses the username-password flow (Help 005461976) and the user-agent flow.
const FLOWS_END: Date = date(2027, 2, 20);

/// Placeholders of documentation for the name of an org.
const PLACEHOLDERS: &[&str] =
    &["mydomain", "mydomainname", "yourdomain", "your-domain", "yourdomainname", "yourinstance"];

/// First labels of hosts that are Salesforce's own and not an org's.
const NO_ORGS: &[&str] = &[
    "www",
    "help",
    "developer",
    "trailhead",
    "trailblazer",
    "status",
    "api",
    "powerofus",
    "security",
    "trust",
    "appexchange",
    "success",
    "admin",
    "releasenotes",
    "ideas",
    "community",
    "cs",
    "org62",
    "quip",
    "investor",
    "blog",
    "releases",
    "resources",
    "compliance",
    "certification",
    "architect",
    "partners",
    "partnernavigator",
];

/// Domains below which each org has a host, with the kind of that host. The words for which code is read contain them
/// all.
const ORG_DOMAINS: &[(&str, &str)] = &[
    (".sandbox.my.salesforce.com", "sandbox"),
    (".my.salesforce.com", "my-domain"),
    (".lightning.force.com", "lightning"),
    (".vf.force.com", "visualforce"),
    (".visual.force.com", "visualforce"),
    (".my.site.com", "site"),
];

/// A literal that matters.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, no state")]
pub(crate) struct ApexLiteral {
    at: At,
    pub(super) kind: &'static str,
    pub(super) text: Fact<String>,
    pub(super) host: Option<String>,
    pub(super) host_kind: Option<&'static str>,
    pub(super) has_service: bool,
    pub(super) is_link: bool,
    pub(super) is_compared: bool,
    /// Whether the class names the same URL with the other login host.
    pub(super) has_other_login: bool,
    /// Whether it is in code made from a WSDL.
    pub(super) is_generated: bool,
    pub(super) credential: Option<String>,
    pub(super) days_left: Option<i64>,
    /// Whether the org blocks the flow that it uses.
    pub(super) flow_is_blocked: Fact<bool>,
    /// For a login with a password: the external client app, where the project has OAuth apps of no other kind.
    pub(super) external_app: Fact<String>,
}

by_field!(Placed, at: At, ApexLiteral);

/// All rows, in the order of the files.
pub(super) fn literals(project: &Project, web: &Web<'_>) -> Vec<ApexLiteral> {
    let mut all = Vec::new();
    let blocks_passwords = org_blocks(project, "blockOAuthUnPwFlow");
    let blocks_browsers = org_blocks(project, "blockOAuthUsrAgtFlow");
    let external_app = external_app(project);
    for (index, unit) in web.units() {
        let login_paths = LazyCell::new(|| login_paths(unit));
        let is_generated = unit.classes.iter().any(is_generated);
        for it in &unit.literals {
            let host = host(&it.text);
            let host_kind = host.as_deref().and_then(org_host);
            let kind = match it.what {
                LiteralKind::Address if host_kind.is_some() => "org-host",
                LiteralKind::PasswordGrant => "password-grant",
                LiteralKind::UserAgentFlow => "user-agent-flow",
                LiteralKind::SoapLogin => "soap-login",
                LiteralKind::CredentialOnSoap => "credential-on-soap",
                LiteralKind::Address | LiteralKind::Credential => continue,
            };
            let as_of = project.inputs.as_of;
            let days_left = matches!(it.what, LiteralKind::PasswordGrant | LiteralKind::UserAgentFlow)
                .then(|| as_of.until(FLOWS_END).ok())
                .flatten()
                .map(|span| i64::from(span.get_days()));
            let has_other_login = host_kind == Some("login")
                && login_paths
                    .get(&path(&it.text))
                    .is_some_and(|hosts| hosts.iter().any(|other| Some(other) != host.as_ref()));
            let sure = Certainty::High.unless(it.is_doubtful);
            let method = it.method.map(|method| MethodAt { unit: index, method });
            all.push(ApexLiteral {
                at: method.map_or_else(|| at_unit(project, unit, sure), |method| at(project, web, method, sure)),
                kind,
                text: spot(unit, it.span, it.text.clone()),
                has_service: it.text.to_ascii_lowercase().contains("/services/"),
                host: host.filter(|_| it.what != LiteralKind::CredentialOnSoap),
                host_kind,
                is_link: it.is_markup || is_link(unit, it, host_kind),
                is_compared: it.is_compared,
                has_other_login,
                is_generated,
                credential: (it.what == LiteralKind::CredentialOnSoap && !it.text.starts_with('{'))
                    .then(|| it.text.clone()),
                days_left,
                flow_is_blocked: match it.what {
                    LiteralKind::PasswordGrant => blocks_passwords.clone(),
                    LiteralKind::UserAgentFlow => blocks_browsers.clone(),
                    _ => Fact::default(),
                },
                external_app: match it.what {
                    LiteralKind::PasswordGrant => external_app.clone(),
                    _ => Fact::default(),
                },
            });
        }
    }
    all
}

/// The path of a URL, in lower case.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..]).trim_end_matches('/').to_ascii_lowercase()
}

/// The paths that a file has on login hosts, with the hosts: code may choose between two of them.
fn login_paths(unit: &Unit) -> HashMap<String, HashSet<String>> {
    let mut paths: HashMap<String, HashSet<String>> = HashMap::new();
    for it in unit.literals.iter().filter(|it| it.what == LiteralKind::Address && !it.is_compared) {
        if let Some(host) = host(&it.text).filter(|host| org_host(host) == Some("login")) {
            paths.entry(path(&it.text)).or_default().insert(host);
        }
    }
    paths
}

/// Whether a URL is one for the browser: that of Lightning, of a record or page of an org, or of a file. Programs do
/// not call it.
fn is_link(unit: &Unit, it: &Literal, host_kind: Option<&str>) -> bool {
    let lower = it.text.to_ascii_lowercase();
    let has_path = lower.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    let is_opened = match host_kind {
        Some("lightning") => true,
        Some("my-domain" | "sandbox" | "visualforce" | "instance") => has_path,
        // A site may have APIs of its own, so only what a browser downloads.
        Some("site") => lower.contains("/servlet.shepherd/") || lower.contains("/servlet/servlet."),
        _ => false,
    };
    let is_endpoint = |endpoint: &str| endpoint.to_ascii_lowercase().starts_with(&lower);
    is_opened
        && !it.is_called
        && !lower.contains("/services/")
        && !unit.methods.iter().flat_map(|method| &method.endpoints).any(|(_, endpoint)| is_endpoint(endpoint))
}

/// The first external client app with OAuth settings, where the project has no connected app with OAuth.
fn external_app(project: &Project) -> Fact<String> {
    let has_other = project.of_type("ConnectedApp").any(|(_, app)| app.node("oauthConfig").is_some());
    if has_other || project.is_broken("ConnectedApp") {
        return Fact::default();
    }
    let found = project.of_type("ExtlClntAppOauthSettings").find_map(|(_, settings)| {
        let name = settings.text("externalClientApplication")?;
        let is_it = |app: &Component| app.name.eq_ignore_ascii_case(name);
        let app = project.of_type("ExternalClientApplication").find(|(_, app)| is_it(app));
        let label = app.and_then(|(_, app)| app.text("label")).unwrap_or(name);
        Some(Fact::known(label.to_owned(), settings.root_place()))
    });
    found.unwrap_or_default()
}

/// The org's setting for blocking a flow; unknown where it is missing or its settings cannot be read.
fn org_blocks(project: &Project, path: &str) -> Fact<bool> {
    stated::flag(project, "OauthOidcSettings", path)
}

/// The kind of an org's host that a name is; `None` where it is not one.
fn org_host(host: &str) -> Option<&'static str> {
    if PLACEHOLDERS.contains(&host.split('.').next().unwrap_or_default()) {
        return None;
    }
    let ends = |domain: &str| host.strip_suffix(domain).filter(|before| !before.is_empty());
    if let Some((domain, kind)) = ORG_DOMAINS.iter().find(|(domain, _)| ends(domain).is_some()) {
        let is_sandbox = *domain == ".my.salesforce.com" && host.contains("--");
        return Some(if is_sandbox { "sandbox" } else { kind });
    }
    // `acme.cs5.force.com`: by a guess from projects, a site or community by the name of its instance.
    if ends(".force.com").and_then(|before| before.rsplit_once('.')).is_some_and(|(_, last)| is_instance(last)) {
        return Some("site");
    }
    let first = ends(".salesforce.com")?;
    match first {
        "login" | "test" => Some("login"),
        _ if NO_ORGS.contains(&first) || first.contains('.') && !first.contains("--") => None,
        _ if is_instance(first.strip_suffix("-api").unwrap_or(first)) => Some("instance"),
        _ => None,
    }
}

/// An address of a host that Apex uses, for the table of all hosts; not one that it only compares.
pub(crate) struct Address<'p> {
    /// Metadata type of the file.
    pub(crate) ty: &'static str,
    /// Name of the class, trigger or page.
    pub(crate) name: &'p str,
    /// The address, as written.
    pub(crate) url: &'p str,
    /// Its place.
    pub(crate) place: Place,
    /// Whether code sends the message of a SOAP login there.
    pub(crate) logs_in_by_soap: bool,
    /// Whether it is in code made from a WSDL without `login()`, or whose `login()` no code of the project calls.
    pub(crate) is_stub_without_login: bool,
}

/// All rows, in the order of the files.
pub(crate) fn addresses(project: &Project) -> impl Iterator<Item = Address<'_>> {
    let is_login = |it: &Literal| it.what == LiteralKind::SoapLogin;
    let has_login = project.units.iter().any(|unit| unit.literals.iter().any(is_login));
    project.units.iter().flat_map(move |unit| {
        let is_address = |it: &&Literal| it.what == LiteralKind::Address && !it.is_doubtful && !it.is_compared;
        let logins = unit.literals.iter().filter(|it| it.what == LiteralKind::SoapLogin);
        let logins: HashSet<u32> = logins.map(|it| it.span.start).collect();
        // A call of another stub may not be recognised.
        let is_unused = !has_login && is_login_wsdl(&unit.name.to_lowercase());
        let is_stub_without_login = unit.classes.iter().any(is_generated)
            && (is_unused || !unit.methods.iter().any(|method| method.name.eq_ignore_ascii_case("login")));
        unit.literals.iter().filter(is_address).map(move |it| Address {
            ty: unit.code.type_name(),
            name: unit.name.as_str(),
            url: it.text.as_str(),
            place: super::place(unit, it.span),
            logs_in_by_soap: logins.contains(&it.span.start),
            is_stub_without_login,
        })
    })
}

/// A SOAP login of code through a named credential.
pub(crate) struct CredentialLogin<'p> {
    /// Metadata type of the file.
    pub(crate) ty: &'static str,
    /// Name of the class or trigger.
    pub(crate) name: &'p str,
    /// The named credential, and the path that the code adds to its URL.
    pub(crate) credential: &'p str,
    pub(crate) path: &'p str,
    /// Its place.
    pub(crate) place: Place,
}

/// All of them, in the order of the files.
pub(crate) fn credential_logins(project: &Project) -> impl Iterator<Item = CredentialLogin<'_>> {
    project.units.iter().flat_map(|unit| {
        let is_it = |it: &&Literal| it.what == LiteralKind::CredentialOnSoap && !it.text.starts_with('{');
        let credentials: HashMap<u32, &str> =
            unit.literals.iter().filter(is_it).map(|it| (it.span.start, it.text.as_str())).collect();
        let logins = unit.literals.iter().filter(|it| it.what == LiteralKind::SoapLogin && !it.is_doubtful);
        logins.filter_map(move |it| {
            Some(CredentialLogin {
                ty: unit.code.type_name(),
                name: unit.name.as_str(),
                credential: credentials.get(&it.span.start)?,
                path: it.text.as_str(),
                place: super::place(unit, it.span),
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_apex::prefilter;

    #[test]
    fn code_with_a_host_of_an_org_is_read() {
        for (domain, kind) in ORG_DOMAINS.iter().chain(&[(".salesforce.com", "instance")]) {
            assert_eq!(org_host(&format!("na12{domain}")), Some(*kind));
            let text = format!("class A {{ String partner = 'https://na12{domain}/x'; }}");
            let scanned = prefilter::scan(text.as_bytes(), &prefilter::Names::new([])).unwrap();
            assert!(scanned.words.matter(), "{domain}");
        }
    }

    #[test]
    fn hosts_of_orgs_are_distinguished_from_salesforce_s_own() {
        let table = [
            ("login.salesforce.com", Some("login")),
            ("test.salesforce.com", Some("login")),
            ("acme.my.salesforce.com", Some("my-domain")),
            ("acme--uat.sandbox.my.salesforce.com", Some("sandbox")),
            ("acme--uat.cs5.my.salesforce.com", Some("sandbox")),
            ("acme.lightning.force.com", Some("lightning")),
            ("acme--c.vf.force.com", Some("visualforce")),
            ("na12.salesforce.com", Some("instance")),
            ("na1-api.salesforce.com", Some("instance")),
            ("help.salesforce.com", None),
            ("trailhead.salesforce.com", None),
            ("api.status.salesforce.com", None),
            ("developer.salesforce.com", None),
            ("soap.sforce.com", None),
            ("www.salesforce.com", None),
            ("mydomainname.my.salesforce.com", None),
            ("yourinstance.salesforce.com", None),
            ("example.com", None),
        ];
        for (name, expected) in table {
            assert_eq!(org_host(name), expected, "{name}");
        }
    }
}
