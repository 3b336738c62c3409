//! Every URL in metadata that could be Salesforce's, and the kind of its host.
//!
//! Goes by names of hosts. Refuses to know which org answers there, and whether an org has moved from an instance.

use std::cell::LazyCell;

use crate::column::{Fact, IntoCell, ViewColumn};
use crate::host::{host, is_instance, is_salesforce};
use crate::lookup::{by_name, find, key};
use crate::table::{Declaration, Declared, Reads};
use crate::user_permission::grants;
use crate::{apex, raw, stated, text};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Cell;
use sessionlint_source::Place;

type HostColumn = ViewColumn<HostUse>;

/// The kind of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HostKind {
    /// One instance of Salesforce's (`na12.salesforce.com`), from which orgs move away.
    Instance,
    /// Where users of any org log in.
    Login,
    /// An org's own host, or another host of Salesforce's.
    Salesforce,
    /// Any other host.
    Other,
}

impl HostKind {
    fn as_str(self) -> &'static str {
        match self {
            HostKind::Instance => "instance",
            HostKind::Login => "login",
            HostKind::Salesforce => "salesforce",
            HostKind::Other => "other",
        }
    }
}

/// A web address in some file.
#[derive(Debug)]
pub(crate) struct HostUse {
    ty: &'static str,
    name: String,
    usage: &'static str,
    element: String,
    url: String,
    place: Place,
    host: String,
    kind: HostKind,
    service: Option<&'static str>,
    /// Whether it is the endpoint of a SOAP login. At a login host, programs call `login()` only; at an org's own host
    /// they call the rest of the API too, so there a password or the login message must show it.
    is_soap_login: bool,
    org: OrgLogin,
}

/// The org's settings for logins and API calls at hosts that are not its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrgLogin {
    instanced_traffic_is_blocked: Fact<bool>,
    api_needs_own_host: Fact<bool>,
    users_need_own_host: Fact<bool>,
    any_api_auth_is_granted: bool,
    has_permissions: bool,
}

/// The permission to log in to the API anywhere, as files name it (three sources agree).
const USE_ANY_API_AUTH: &str = "UseAnyApiAuth";

fn org_login(project: &Project) -> OrgLogin {
    let flag = |path| stated::flag(project, "MyDomainSettings", path);
    OrgLogin {
        instanced_traffic_is_blocked: flag("isInstancedApiTrafficBlocked"),
        api_needs_own_host: flag("doesApiLoginRequireOrgDomain"),
        users_need_own_host: flag("canOnlyLoginWithMyDomainUrl"),
        any_api_auth_is_granted: ["Profile", "PermissionSet"]
            .into_iter()
            .any(|ty| project.of_type(ty).any(|(_, component)| grants(component, USE_ANY_API_AUTH))),
        has_permissions: ["Profile", "PermissionSet"].into_iter().any(|ty| project.of_type(ty).next().is_some()),
    }
}

/// Elements with web addresses: the type, their use, and the elements; a dot leads into a repeated one.
const PLACES: &[(&str, &str, &[&str])] = &[
    (
        "NamedCredential",
        "api",
        &["endpoint", "authTokenEndpointUrl", "jwtAudience", "namedCredentialParameters.parameterValue"],
    ),
    ("AuthProvider", "api", &["authorizeUrl", "tokenUrl", "userInfoUrl"]),
    ("ExternalCredential", "api", &["externalCredentialParameters.parameterValue"]),
    ("ExternalAuthIdentityProvider", "api", &["externalAuthIdentityProviderParameters.parameterValue"]),
    ("RemoteSiteSetting", "remote-site", &["url"]),
    ("ConnectedApp", "callback", &["oauthConfig.callbackUrl"]),
    ("ExtlClntAppGlobalOauthSettings", "callback", &["callbackUrl"]),
    ("ExtlClntAppOauthSettings", "callback", &["callbackUrl"]),
];

/// Every web address in those elements, in the order of the files.
pub(crate) fn host_uses(project: &Project) -> Vec<HostUse> {
    let org = org_login(project);
    let mut uses = Vec::new();
    for component in &project.components {
        let ty = kind(component.kind).name;
        let Some((_, usage, paths)) = PLACES.iter().find(|(name, ..)| *name == ty) else { continue };
        if ty == "RemoteSiteSetting" && component.text("isActive") == Some("false") {
            continue;
        }
        for path in *paths {
            for (written, place) in raw::texts(component, path) {
                for url in written.split([' ', '\n', '\r', '\t', ',']) {
                    let Some(host) = host(url) else { continue };
                    let (kind, service) = (host_kind(&host), service(url));
                    let logs_in = kind == HostKind::Login
                        || kind != HostKind::Other && ty == "NamedCredential" && has_password(project, component);
                    uses.push(HostUse {
                        ty,
                        name: component.name.clone(),
                        usage,
                        element: path.rsplit('.').next().unwrap_or(path).to_owned(),
                        url: url.to_owned(),
                        place,
                        kind,
                        service,
                        is_soap_login: logs_in && service == Some("soap"),
                        host,
                        org: org.clone(),
                    });
                }
            }
        }
    }
    uses.extend(in_code(project, &org));
    uses.extend(through_credentials(project, &org));
    uses
}

/// SOAP logins of Apex through a named credential of the project, whose URL has the host only.
fn through_credentials(project: &Project, org: &OrgLogin) -> Vec<HostUse> {
    let urls = |credential| {
        ["endpoint", "namedCredentialParameters.parameterValue"]
            .into_iter()
            .flat_map(move |path| raw::texts(credential, path))
    };
    let credentials = LazyCell::new(|| by_name(project, "NamedCredential"));
    let of_one = |it: apex::CredentialLogin<'_>| {
        let credential = *credentials.get(&key(it.credential))?;
        let (url, host) = urls(credential).find_map(|(url, _)| Some((url, host(url)?)))?;
        let kind = host_kind(&host);
        let is_org = matches!(kind, HostKind::Login | HostKind::Salesforce) && service(url) != Some("soap");
        is_org.then(|| HostUse {
            ty: it.ty,
            name: it.name.to_owned(),
            usage: "api",
            element: "literal".to_owned(),
            url: format!("callout:{}{}", it.credential, it.path),
            place: it.place,
            host,
            kind,
            service: Some("soap"),
            is_soap_login: true,
            org: org.clone(),
        })
    };
    apex::credential_logins(project).filter_map(of_one).collect()
}

/// Addresses of Salesforce's services that Apex calls. Another address in code may be a link that no program calls.
fn in_code(project: &Project, org: &OrgLogin) -> Vec<HostUse> {
    let of_one = |it: apex::Address<'_>| {
        let (host, service) = (host(it.url)?, service(it.url)?);
        let kind = host_kind(&host);
        is_salesforce(&host).then(|| HostUse {
            ty: it.ty,
            name: it.name.to_owned(),
            usage: "api",
            element: "literal".to_owned(),
            url: it.url.to_owned(),
            place: it.place,
            kind,
            service: Some(service),
            is_soap_login: service == "soap"
                && (kind == HostKind::Login && !it.is_stub_without_login || it.logs_in_by_soap),
            host,
            org: org.clone(),
        })
    };
    apex::addresses(project).filter_map(of_one).collect()
}

fn host_kind(host: &str) -> HostKind {
    if matches!(host, "login.salesforce.com" | "test.salesforce.com") {
        return HostKind::Login;
    }
    if !is_salesforce(host) {
        return HostKind::Other;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let names_instance = labels.iter().enumerate().any(|(index, label)| {
        // The first part of `cs5.my.salesforce.com` is the name of an org.
        let is_org_name = index == 0 && labels.get(1).is_some_and(|next| !matches!(*next, "salesforce" | "force"));
        !is_org_name && is_instance(label.strip_suffix("-api").unwrap_or(label))
    });
    if names_instance { HostKind::Instance } else { HostKind::Salesforce }
}

/// Whether a named credential signs in with a name and a password, by itself or through its external credential.
fn has_password(project: &Project, credential: &Component) -> bool {
    let external = raw::texts(credential, "namedCredentialParameters.externalCredential");
    let behind = external.first().and_then(|(name, _)| find(project, "ExternalCredential", name));
    match behind {
        Some(external) => external.text("authenticationProtocol") == Some("Basic"),
        None => credential.text("protocol") == Some("Password"),
    }
}

/// The service of Salesforce at a web address.
fn service(url: &str) -> Option<&'static str> {
    let lower = url.to_ascii_lowercase();
    // The endpoints `u` and `c` have a login() with a password.
    if lower.contains("/services/soap/u/") || lower.contains("/services/soap/c/") {
        Some("soap")
    } else if lower.contains("/services/oauth2/authorize") {
        Some("authorize")
    } else if lower.contains("/services/oauth2/token") {
        Some("token")
    } else if lower.contains("/services/") {
        Some("other")
    } else {
        None
    }
}

/// The first place that shows how a program logs in to Salesforce with a password: a SOAP login, or a credential with a
/// password.
pub(crate) fn password_login(project: &Project, uses: &[HostUse]) -> Option<(String, Place)> {
    // For a credential that logs in at an org's own host, the protocol is the best evidence.
    let shows = |it: &&HostUse| it.is_soap_login && (it.kind == HostKind::Login || it.ty != "NamedCredential");
    let soap = uses.iter().find(shows).map(|it| (it.name.clone(), it.place));
    let with_password = || {
        uses.iter().filter(|it| it.ty == "NamedCredential" && it.kind != HostKind::Other).find_map(|it| {
            let (_, component) =
                project.of_type("NamedCredential").find(|(_, component)| component.file == it.place.file)?;
            let is_password = component.text("protocol") == Some("Password");
            is_password.then(|| (it.name.clone(), component.place("protocol")))
        })
    };
    soap.or_else(with_password)
}

impl Declared for HostUse {
    const TABLE: Declaration<Self> =
        Declaration::new(|| HOST_USE, |facts| host_uses(facts.project)).key(|it| &it.name).reads(&[Reads::Code]);
}

/// One row per web address.
const HOST_USE: &[HostColumn] = &[
    HostColumn::text("Type", "metadata type of the file", |it| it.ty.cell()).always(),
    HostColumn::text("Name", "fullName of the component", |it| it.name.as_str().cell()).always(),
    HostColumn::text("Use", "`api` (credentials, auth providers or Apex call it), `remote-site` or `callback`", |it| {
        it.usage.cell()
    })
    .always(),
    HostColumn::text("Element", "the element that contains it; `literal` in Apex", |it| it.element.as_str().cell())
        .always(),
    HostColumn::text("Url", "the URL, as written", |it| Cell::at(text(&it.url), it.place)).always(),
    HostColumn::text("Host", "its host, in lower case", |it| Cell::at(text(&it.host), it.place)).always(),
    HostColumn::text(
        "HostKind",
        "`instance` (`na12.salesforce.com`), `login` (login or test.salesforce.com), `salesforce` or `other`",
        |it| it.kind.as_str().cell(),
    )
    .always(),
    HostColumn::text(
        "Service",
        "`soap`, `authorize`, `token` or `other`, by its path; null without `/services/`",
        |it| it.service.cell(),
    ),
    HostColumn::bool(
        "IsSoapLogin",
        "a program logs in there by SOAP: at a login host, with a password in the credential, or with the login \
         message in the same file",
        |it| it.is_soap_login.cell(),
    )
    .always(),
    HostColumn::bool("InstancedTrafficIsBlocked", "the org blocks API calls to instances", |it| {
        it.org.instanced_traffic_is_blocked.clone().cell()
    }),
    HostColumn::bool("ApiNeedsOwnHost", "the org allows API logins only at its My Domain", |it| {
        it.org.api_needs_own_host.clone().cell()
    }),
    HostColumn::bool("UsersNeedOwnHost", "the org allows user logins only at its My Domain", |it| {
        it.org.users_need_own_host.clone().cell()
    }),
    HostColumn::bool("AnyApiAuthIsGranted", "a profile or permission set grants `Use Any API Auth`", |it| {
        it.org.any_api_auth_is_granted.cell()
    })
    .always(),
    HostColumn::bool("HasPermissions", "the project contains a profile or a permission set", |it| {
        it.org.has_permissions.cell()
    })
    .always(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_distinguished_from_orgs() {
        let kind = |url: &str| host_kind(&host(url).unwrap()).as_str();
        for instance in [
            "https://na12.salesforce.com/services/data",
            "https://CS5.salesforce.com",
            "https://na1-api.salesforce.com",
            "https://acme--uat.cs5.my.salesforce.com",
            "https://c.eu5.visual.force.com",
            "https://usa8s.salesforce.com",
        ] {
            assert_eq!(kind(instance), "instance", "{instance}");
        }
        for org in [
            "https://cs5.my.salesforce.com",
            "https://acme.my.salesforce.com",
            "https://na12tech.my.salesforce.com",
            "https://acme--uat.sandbox.my.salesforce.com",
            "https://um.salesforce.com",
            "https://www2.my.salesforce.com",
        ] {
            assert_eq!(kind(org), "salesforce", "{org}");
        }
        assert_eq!(kind("https://login.salesforce.com:443/x"), "login");
        assert_eq!(kind("https://na12.salesforce.com.example.com"), "other");
        assert_eq!(kind("https://user@na12.example.com"), "other");
        assert_eq!(host("callout:Other/path"), None);
        assert_eq!(host("{!$Credential.Url}"), None);
    }

    #[test]
    fn services_are_recognised_by_path() {
        assert_eq!(service("https://login.salesforce.com/services/Soap/u/60.0"), Some("soap"));
        assert_eq!(service("https://login.salesforce.com/services/oauth2/authorize"), Some("authorize"));
        assert_eq!(service("https://login.salesforce.com/services/oauth2/token"), Some("token"));
        assert_eq!(service("https://acme.my.salesforce.com/services/Soap/class/Mine"), Some("other"));
        assert_eq!(service("https://login.salesforce.com"), None);
    }
}
