//! Named credentials and the chain behind each: external credential, auth provider, app.
//!
//! Refuses to guess a missing target, which may exist in the org: the chain ends there, and its later parts are
//! unknown.

use std::collections::HashMap;

use super::element::{Element, label, texts, written};
use super::listing::in_words;
use crate::apex::ApexCredentialUse;
use crate::column::Fact;
use crate::host;
use crate::lookup::{by_name, is_managed, is_same, key};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};

/// A named credential and its chain.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(super) index: u32,
    /// Its label.
    pub(super) label: Fact<String>,
    /// Its developer name.
    pub(super) full_name: String,
    /// Whether a package owns it.
    pub(super) is_managed: bool,
    /// Whether it is of the older kind, which holds protocol and identity itself.
    pub(super) is_legacy: bool,
    pub(super) external: Fact<String>,
    pub(super) provider: Fact<String>,
    pub(super) provider_type: Fact<String>,
    pub(super) app: Option<String>,
    pub(super) protocol: Fact<String>,
    pub(super) principal_type: Fact<String>,
    pub(super) host: Fact<String>,
    pub(super) is_to_salesforce: Fact<bool>,
    pub(super) callout_status: Fact<String>,
    /// Scopes of its own, which replace those of the auth provider.
    pub(super) has_own_scopes: bool,
    /// The first method of the project that names it.
    pub(super) used_by: Fact<String>,
    /// The first that something asynchronous reaches.
    pub(super) used_later: Fact<String>,
}

/// One for each named credential, in order.
pub(crate) fn credential_facts(project: &Project, uses: &[ApexCredentialUse]) -> Vec<Credential> {
    let named = Named {
        project,
        externals: by_name(project, "ExternalCredential"),
        providers: by_name(project, "AuthProvider"),
        uses,
    };
    project.of_type("NamedCredential").map(|(index, component)| named.of_one(index, component)).collect()
}

/// What the facts of a named credential are read from, besides its file.
struct Named<'p> {
    project: &'p Project,
    externals: HashMap<String, &'p Component>,
    providers: HashMap<String, &'p Component>,
    uses: &'p [ApexCredentialUse],
}

impl Named<'_> {
    fn of_one(&self, index: u32, component: &Component) -> Credential {
        let first_use = |later: bool| first_use(self.uses, &[component.name.as_str()], later);
        let parameters: Vec<_> = Element::all(component, "namedCredentialParameters").collect();
        let is_legacy = match component.text("namedCredentialType") {
            Some(written) => written == "Legacy",
            None => parameters.is_empty() && component.text("endpoint").is_some(),
        };
        let external = parameters.iter().find_map(|one| one.fact("externalCredential")).unwrap_or_default();
        let behind = external.value.as_deref().and_then(|name| self.externals.get(&key(name)).copied());
        let address = parameters
            .iter()
            .find(|one| one.is_type("Url"))
            .and_then(|one| one.fact("parameterValue"))
            .unwrap_or_else(|| written(component, "endpoint"));
        let host = address.and_then(|address| host::host(&address));
        let provider = match component.text("authProvider") {
            Some(_) => written(component, "authProvider"),
            None => behind.and_then(provider_of).unwrap_or_default(),
        };
        let provider_component = provider.value.as_deref().and_then(|name| self.providers.get(&key(name)).copied());
        let protocol =
            behind.map_or_else(|| written(component, "protocol"), |it| written(it, "authenticationProtocol"));
        let principal_type = match behind {
            Some(external) => Element::all(external, "externalCredentialParameters")
                .find(|one| one.text("parameterType").is_some_and(|ty| ty.ends_with("Principal")))
                .and_then(|one| one.fact("parameterType"))
                .unwrap_or_default(),
            None => written(component, "principalType"),
        };
        Credential {
            index,
            label: Fact::known(label(component).to_owned(), component.root_place()),
            full_name: component.name.clone(),
            is_managed: is_managed(&component.name),
            is_legacy,
            used_by: first_use(false),
            used_later: first_use(true),
            has_own_scopes: component.text("oauthScope").is_some() || behind.is_some_and(has_scopes),
            provider_type: provider_component.map(|it| written(it, "providerType")).unwrap_or_default(),
            app: provider_component.and_then(|it| app_of(self.project, it)),
            is_to_salesforce: host.clone().map(|host| host::is_salesforce(&host)),
            callout_status: written(component, "calloutStatus"),
            external,
            provider,
            protocol,
            principal_type,
            host,
        }
    }
}

/// The first method of the project that calls with one of these named credentials, at the name there; with `later`, the
/// first one that something asynchronous reaches.
pub(super) fn first_use(uses: &[ApexCredentialUse], names: &[&str], later: bool) -> Fact<String> {
    let is_named = |name: &str| names.iter().any(|one| is_same(one, name));
    let is_it = |it: &&ApexCredentialUse| {
        it.is_sure() && (!later || it.is_async) && it.credential.value.as_deref().is_some_and(is_named)
    };
    uses.iter().find(is_it).map(ApexCredentialUse::user).unwrap_or_default()
}

/// The auth provider that an external credential names.
fn provider_of(external: &Component) -> Option<Fact<String>> {
    Element::all(external, "externalCredentialParameters")
        .find_map(|one| one.fact("authProvider"))
        .or_else(|| external.text("authProvider").map(|_| written(external, "authProvider")))
}

/// Whether an external credential requests scopes of its own.
fn has_scopes(external: &Component) -> bool {
    Element::all(external, "externalCredentialParameters").any(|one| {
        one.text("parameterName").is_some_and(|name| is_same(name, "scope")) && one.text("parameterValue").is_some()
    })
}

/// The app of this project whose consumer key an auth provider uses.
fn app_of(project: &Project, provider: &Component) -> Option<String> {
    let key = provider.text("consumerKey")?.trim();
    project.components.iter().find_map(|component| match kind(component.kind).name {
        "ConnectedApp" if component.text("oauthConfig.consumerKey").map(str::trim) == Some(key) => {
            Some(label(component).to_owned())
        }
        "ExtlClntAppGlobalOauthSettings" if component.text("consumerKey").map(str::trim) == Some(key) => {
            Some(component.text("externalClientApplication").unwrap_or(&component.name).to_owned())
        }
        _ => None,
    })
}

/// One auth provider, and the credentials that get their tokens from it.
#[derive(Debug)]
pub(crate) struct AuthProvider {
    /// Whether its default scopes let it renew; unknown without them.
    pub(super) has_refresh_scope: Fact<bool>,
    /// Named and external credentials that request its default scopes, in words.
    pub(super) needed_by: Fact<String>,
    pub(super) app: Option<String>,
}

/// One for each component of the kind, in order.
pub(crate) fn provider_facts(project: &Project) -> Vec<AuthProvider> {
    project.of_type("AuthProvider").map(|(_, component)| provider(project, component)).collect()
}

fn provider(project: &Project, component: &Component) -> AuthProvider {
    let is_refresh = |scope: &str| {
        ["refresh_token", "offline_access"].into_iter().any(|refresh| scope.eq_ignore_ascii_case(refresh))
    };
    let mut users = Vec::new();
    let mut place = None;
    for user in &project.components {
        let (what, group, has_own_scopes) = match kind(user.kind).name {
            "NamedCredential" => ("the named credential", "", user.text("oauthScope").is_some()),
            "ExternalCredential" => ("the external credential", "externalCredentialParameters", has_scopes(user)),
            _ => continue,
        };
        let mut names = texts(user, group, "authProvider");
        if !group.is_empty() {
            names.extend(texts(user, "", "authProvider"));
        }
        let Some((_, at)) = names.into_iter().find(|(name, _)| is_same(name, &component.name)) else { continue };
        if !has_own_scopes {
            place = place.or(Some(at));
            users.push(format!("{what} {}", label(user)));
        }
    }
    AuthProvider {
        has_refresh_scope: written(component, "defaultScopes")
            .map(|scopes| scopes.split([' ', ',', '\n', '\t', '\r', '+']).any(is_refresh)),
        needed_by: Fact { value: in_words(users.iter().map(String::as_str)), place },
        app: app_of(project, component),
    }
}
