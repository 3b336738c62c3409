//! Reads the files of an app into one shape.
//!
//! Refuses to judge or to compare: a value that is not documented is unknown.

use std::collections::BTreeMap;

use super::policy::RefreshPolicy;
use super::{AppFiles, Fact, token};
use crate::{network, profile_name, raw};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project, text_of};
use sessionlint_source::secrets::mask;

/// A value as it is written, with its secrets masked: a defective file may have one anywhere.
fn text(component: &Component, path: &str) -> Fact<String> {
    Fact { value: component.text(path).map(shown), place: Some(component.place(path)) }
}

fn shown(text: &str) -> String {
    mask(text).into_owned()
}

fn shown_all(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| shown(text)).collect()
}

pub(super) fn flag(component: &Component, path: &str) -> Fact<bool> {
    Fact { value: component.text(path).and_then(raw::parse_bool), place: Some(component.place(path)) }
}

/// Minutes of a session. A value below one has no documented meaning for any app (ConnectedAppSessionPolicy): unknown.
fn minutes(component: &Component, path: &str) -> Fact<i64> {
    let place = Some(component.place(path));
    Fact { value: component.text(path).and_then(|text| text.parse().ok()).filter(|minutes| *minutes > 0), place }
}

/// A number of minutes without a documented meaning, as it is written.
fn odd_minutes(component: &Component, path: &str) -> Option<String> {
    let text = component.text(path)?;
    text.parse::<i64>().is_ok_and(|minutes| minutes < 1).then(|| text.to_owned())
}

fn texts(component: &Component, path: &str) -> Vec<String> {
    let document = &component.document;
    raw::elements(component, path).filter_map(|node| text_of(document, node)).map(str::to_owned).collect()
}

/// Whether a flow is on that the settings offer and a policy switches: either can switch it off, and one must switch it
/// on.
fn offered(settings: Fact<bool>, policy: Fact<bool>) -> Fact<bool> {
    match (settings.value, policy.value) {
        (Some(true), Some(false)) | (None, Some(_)) => policy,
        _ => settings,
    }
}

/// The first that is written, else the first.
fn first_written(facts: &[Fact<String>]) -> Fact<String> {
    facts.iter().find(|fact| fact.value.is_some()).or(facts.first()).cloned().unwrap_or_default()
}

/// The user of a client credentials flow, where `flow` is on.
fn execution_user(component: &Component, path: &str, flow: Option<&str>) -> Fact<String> {
    let is_on = flow.and_then(raw::parse_bool) == Some(true);
    text(component, path).and_then(|user| is_on.then_some(user))
}

/// Whether access tokens are in JWT form: off is the documented default of the element.
fn issues_jwt(component: &Component, path: &str) -> Fact<bool> {
    let place = Some(component.place(path));
    match component.text(path) {
        Some(text) => Fact { value: raw::parse_bool(text), place },
        None => Fact { value: Some(false), place },
    }
}

/// The parts of a list in one text.
fn parts(text: &str, separators: &[char]) -> Vec<String> {
    text.split(separators).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The content of a connected app's file.
pub(super) fn connected_app(component: &Component) -> AppFiles {
    // A nil element counts as absent.
    let has = |path: &str| component.node(path).is_some_and(|node| !component.document.is_nil(node));
    let has_oauth = has("oauthConfig");
    let policy_path = "oauthPolicy.refreshTokenPolicy";
    let refresh_policy =
        Fact { value: component.written(policy_path).map(shown), place: Some(component.place(policy_path)) };
    let certificate = component.text("oauthConfig.certificate");
    let session_minutes = minutes(component, "sessionPolicy.sessionTimeout");
    let profiles = texts(component, "profileName");
    AppFiles {
        label: component.text("label").map_or_else(|| component.name.clone(), shown),
        full_name: component.name.clone(),
        place: Some(component.root_place()),
        has_oauth,
        has_oauth_settings: has_oauth,
        has_policy: Fact { value: Some(has("oauthPolicy")), place: Some(component.place("oauthPolicy")) },
        is_mobile_or_canvas: ["mobileAppConfig", "canvasConfig", "canvas"]
            .iter()
            .any(|block| component.node(block).is_some()),
        has_saml: component.node("samlConfig").is_some(),
        scopes: if has_oauth {
            Fact::known(shown_all(&texts(component, "oauthConfig.scopes")), component.place("oauthConfig.scopes"))
        } else {
            Fact::default()
        },
        callbacks: component
            .text("oauthConfig.callbackUrl")
            .map(|text| parts(text, &['\n', '\r', ' ', '\t']))
            .unwrap_or_default(),
        callback_place: Some(component.place("oauthConfig.callbackUrl")),
        certificate: certificate.map(|_| component.place("oauthConfig.certificate")),
        client_credentials: flag(component, "oauthConfig.isClientCredentialEnabled"),
        is_admin_approved: flag(component, "oauthConfig.isAdminApproved"),
        profile_keys: profiles.iter().map(|name| profile_name::key(name)).collect(),
        profiles,
        permission_sets: texts(component, "permissionSetName"),
        has_session_timeout: component.text("sessionPolicy.sessionTimeout").is_some(),
        odd_timeout: odd_minutes(component, "sessionPolicy.sessionTimeout"),
        session_minutes,
        issues_jwt: if has_oauth {
            issues_jwt(component, "oauthConfig.isNamedUserJwtEnabled")
        } else {
            Fact::default()
        },
        jwt_switches_differ: false,
        jwt_timeout_type: Fact::default(),
        has_jwt_timeout: false,
        jwt_minutes: Fact::default(),
        ip_relaxation: text(component, "oauthPolicy.ipRelaxation"),
        refresh_period: Fact::default(),
        refresh_unit: Fact::default(),
        refresh: refresh_policy.value.as_deref().map(RefreshPolicy::of_connected_app),
        refresh_policy,
        assurance_action: text(component, "sessionPolicy.policyAction"),
        assurance_level: text(component, "sessionPolicy.sessionLevel"),
        has_ranges: component.node("ipRanges").is_some(),
        own_ranges: network::app_ranges(component),
        has_token_ranges: false,
        device_flow: flag(component, "oauthConfig.isDeviceFlowEnabled"),
        is_refresh_capped: flag(component, "oauthConfig.isEnforceRefreshTokenTTL"),
        is_rotating: flag(component, "oauthConfig.isRefreshTokenRotationEnabled"),
        is_pkce_required: flag(component, "oauthConfig.isPkceRequired"),
        is_secret_required_for_refresh: flag(component, "oauthConfig.isSecretRequiredForRefreshToken"),
        is_secret_optional: flag(component, "oauthConfig.isConsumerSecretOptional"),
        token_exchange: offered(
            flag(component, "oauthConfig.isTokenExchangeEnabled"),
            flag(component, "oauthPolicy.isTokenExchangeFlowEnabled"),
        ),
        has_own_exchange_handler: false,
        execution_user: execution_user(
            component,
            "oauthConfig.oauthClientCredentialUser",
            component.text("oauthConfig.isClientCredentialEnabled"),
        ),
        lacks_execution_user: flag(component, "oauthConfig.isClientCredentialEnabled")
            .map(|is_on| is_on && component.text("oauthConfig.oauthClientCredentialUser").is_none()),
        single_logout: first_written(&[
            text(component, "oauthPolicy.singleLogoutUrl"),
            text(component, "oauthConfig.singleLogoutUrl"),
        ]),
        is_packaged: false,
        distribution_place: None,
        switched_off: Fact::default(),
    }
}

/// The files of one external client app.
#[derive(Default)]
struct Files<'p> {
    name: String,
    app: Option<&'p Component>,
    policies: Option<&'p Component>,
    oauth_policies: Option<&'p Component>,
    oauth_settings: Option<&'p Component>,
    global_oauth: Option<&'p Component>,
    saml: bool,
    device: bool,
    token_ranges: bool,
    first: Option<&'p Component>,
}

/// The content of the files of every external client app, joined by `<externalClientApplication>` and sorted by name.
pub(super) fn external_client_apps(project: &Project) -> Vec<AppFiles> {
    let mut by_name: BTreeMap<String, Files<'_>> = BTreeMap::new();
    for component in &project.components {
        let ty = kind(component.kind).name;
        let name = match ty {
            "ExternalClientApplication" => component.name.as_str(),
            _ if ty.starts_with("ExtlClntApp") => {
                component.text("externalClientApplication").unwrap_or(&component.name)
            }
            _ => continue,
        };
        let files = by_name.entry(name.trim().to_lowercase()).or_default();
        if files.first.is_none() {
            name.trim().clone_into(&mut files.name);
            files.first = Some(component);
        }
        match ty {
            "ExternalClientApplication" => files.app = Some(component),
            "ExtlClntAppConfigurablePolicies" => files.policies = Some(component),
            "ExtlClntAppOauthConfigurablePolicies" => files.oauth_policies = Some(component),
            "ExtlClntAppOauthSettings" => files.oauth_settings = Some(component),
            "ExtlClntAppGlobalOauthSettings" => files.global_oauth = Some(component),
            "ExtlClntAppSamlConfigurablePolicies" => files.saml = true,
            "ExtlClntAppOauthSecuritySettings" => files.token_ranges |= component.node("tokenIpRanges").is_some(),
            "ExtlClntAppMobileSettings"
            | "ExtlClntAppMobileConfigurablePolicies"
            | "ExtlClntAppPushSettings"
            | "ExtlClntAppPushConfigurablePolicies"
            | "ExtlClntAppCanvasSettings"
            | "ExtlClntAppNotificationSettings" => files.device = true,
            _ => {}
        }
    }
    by_name.into_values().map(|files| files.written()).collect()
}

impl Files<'_> {
    fn written(&self) -> AppFiles {
        let policy = self.oauth_policies;
        let place = [self.app, self.oauth_policies, self.first].into_iter().flatten().next().map(Component::root_place);
        let policy_text = |path: &str| policy.map_or_else(Fact::default, |component| text(component, path));
        // Names are compared with those of files, so they stay as they are written.
        let names = |path: &str| -> Vec<String> {
            policy.and_then(|component| component.text(path)).map(|text| parts(text, &[','])).unwrap_or_default()
        };
        let profiles = names("commaSeparatedProfile");
        let refresh_policy = policy_text("refreshTokenPolicyType");
        let period = policy.and_then(|component| component.text("refreshTokenValidityPeriod"));
        let unit = policy.and_then(|component| component.text("refreshTokenValidityUnit"));
        let scopes = self.oauth_settings.map_or_else(Fact::default, |component| {
            let path = "commaSeparatedOauthScopes";
            let old = "commaSeperatedOauthScopes";
            let path = if component.text(path).is_none() && component.text(old).is_some() { old } else { path };
            let list = component.text(path).map(|text| parts(text, &[','])).unwrap_or_default();
            Fact::known(shown_all(&list), component.place(path))
        });
        let settings = [self.global_oauth, self.oauth_settings];
        let global_flag = |path: &str| self.global_oauth.map_or_else(Fact::default, |component| flag(component, path));
        let first_text = |path: &str| settings.into_iter().flatten().find(|component| component.text(path).is_some());
        let called_back = first_text("callbackUrl");
        let callbacks = called_back.and_then(|component| component.text("callbackUrl"));
        AppFiles {
            label: self.app.and_then(|app| app.text("label")).map_or_else(|| self.name.clone(), shown),
            full_name: self.app.map_or_else(|| self.name.clone(), |app| app.name.clone()),
            place,
            has_oauth: policy.is_some() || self.oauth_settings.is_some() || self.global_oauth.is_some(),
            has_oauth_settings: self.oauth_settings.is_some(),
            has_policy: Fact {
                value: Some(policy.is_some()),
                place: policy.map_or(place, |component| Some(component.root_place())),
            },
            is_mobile_or_canvas: self.device,
            has_saml: self.saml,
            scopes,
            callbacks: callbacks.map(|text| parts(text, &['\n', '\r', ' ', '\t', ','])).unwrap_or_default(),
            callback_place: called_back.map(|component| component.place("callbackUrl")),
            certificate: first_text("certificate").map(|component| component.place("certificate")),
            client_credentials: self.client_credentials(),
            is_admin_approved: policy_text("permittedUsersPolicyType")
                .map(|written| written == "AdminApprovedPreAuthorized"),
            profile_keys: profiles.iter().map(|name| profile_name::key(name)).collect(),
            profiles,
            permission_sets: names("commaSeparatedPermissionSet"),
            session_minutes: policy
                .map_or_else(Fact::default, |component| minutes(component, "sessionTimeoutInMinutes")),
            has_session_timeout: policy.is_some_and(|component| component.text("sessionTimeoutInMinutes").is_some()),
            odd_timeout: policy.and_then(|component| odd_minutes(component, "sessionTimeoutInMinutes")),
            issues_jwt: self.issues_jwt(),
            jwt_switches_differ: self.jwt_switches_differ(),
            jwt_timeout_type: policy_text("namedUserJwtSessionTimeoutType"),
            has_jwt_timeout: policy.is_some_and(|component| component.text("namedUserJwtTimeout").is_some()),
            jwt_minutes: policy.map_or_else(Fact::default, |component| {
                let path = "namedUserJwtTimeout";
                token::jwt_minutes(component.text(path), Some(component.place(path)))
            }),
            ip_relaxation: policy_text("ipRelaxationPolicyType"),
            refresh_period: policy_text("refreshTokenValidityPeriod").and_then(|text| text.parse().ok()),
            refresh_unit: policy_text("refreshTokenValidityUnit"),
            refresh: refresh_policy.value.as_deref().map(|ty| RefreshPolicy::of_external_client_app(ty, period, unit)),
            refresh_policy,
            assurance_action: policy_text("policyAction"),
            assurance_level: policy_text("requiredSessionLevel"),
            has_ranges: self.oauth_settings.is_some_and(|component| component.node("trustedIpRanges").is_some()),
            own_ranges: self.oauth_settings.map(network::external_app_ranges).unwrap_or_default(),
            has_token_ranges: self.token_ranges,
            device_flow: global_flag("isDeviceFlowEnabled"),
            is_refresh_capped: global_flag("isEnforceRefreshTokenTTL"),
            is_rotating: global_flag("isRefreshTokenRotationEnabled"),
            is_pkce_required: global_flag("isPkceRequired"),
            is_secret_required_for_refresh: global_flag("isSecretRequiredForRefreshToken"),
            is_secret_optional: global_flag("isConsumerSecretOptional"),
            token_exchange: offered(
                global_flag("isTokenExchangeEnabled"),
                policy.map_or_else(Fact::default, |component| flag(component, "isTokenExchangeFlowEnabled")),
            ),
            has_own_exchange_handler: policy.is_some_and(|component| component.text("apexHandler").is_some()),
            execution_user: policy.map_or_else(Fact::default, |component| {
                let flow = component.text("isClientCredentialsFlowEnabled");
                execution_user(component, "clientCredentialsFlowUser", flow)
            }),
            lacks_execution_user: policy.map_or_else(Fact::default, |component| {
                flag(component, "isClientCredentialsFlowEnabled")
                    .map(|is_on| is_on && component.text("clientCredentialsFlowUser").is_none())
            }),
            single_logout: first_written(&[
                policy_text("singleLogoutUrl"),
                first_text("singleLogoutUrl").map_or_else(Fact::default, |it| text(it, "singleLogoutUrl")),
            ]),
            distribution_place: self.app.map(|app| app.place("distributionState")),
            is_packaged: self
                .app
                .and_then(|app| app.text("distributionState"))
                .is_some_and(|state| !state.eq_ignore_ascii_case("Local")),
            switched_off: self.switched_off(),
        }
    }

    /// The element that switches the whole app off, or its OAuth.
    fn switched_off(&self) -> Fact<&'static str> {
        let off = |path: &&str| {
            let policies = self.policies?;
            let is_off = policies.text(path).and_then(raw::parse_bool) == Some(false);
            is_off.then(|| policies.place(path))
        };
        let found = ["isEnabled", "isOauthPluginEnabled"].into_iter().find_map(|path| Some((path, off(&path)?)));
        found.map_or_else(Fact::default, |(path, place)| Fact::known(path, place))
    }

    /// Whether the app's settings and its policy state that its tokens are in JWT form.
    fn jwt_switches(&self) -> (Fact<bool>, Fact<bool>) {
        let path = "isNamedUserJwtEnabled";
        let settings = self.global_oauth.map_or_else(Fact::default, |component| issues_jwt(component, path));
        let policy = self.oauth_policies.map_or_else(Fact::default, |component| flag(component, path));
        (settings, policy)
    }

    /// The app's own settings decide. A policy had a switch of its own up to API version 63, which only apps have that
    /// may issue the form at all; where it and the settings differ, it is unknown which of them counts.
    fn issues_jwt(&self) -> Fact<bool> {
        let (settings, policy) = self.jwt_switches();
        match (settings.value, policy.value) {
            (_, None) => settings,
            (Some(one), Some(other)) if one != other => Fact { value: None, place: settings.place },
            (None, Some(false)) => Fact { value: None, place: policy.place },
            _ => policy,
        }
    }

    fn jwt_switches_differ(&self) -> bool {
        let (settings, policy) = self.jwt_switches();
        settings.value.zip(policy.value).is_some_and(|(one, other)| one != other)
    }

    /// The policy decides for this org; without it, the app's settings do.
    fn client_credentials(&self) -> Fact<bool> {
        let from = |component: Option<&Component>, path: &str| component.map(|component| flag(component, path));
        let stated = [
            from(self.oauth_policies, "isClientCredentialsFlowEnabled"),
            from(self.global_oauth, "isClientCredentialsFlowEnabled"),
            from(self.global_oauth, "isClientCredentialEnabled"),
            from(self.oauth_settings, "isClientCredentialEnabled"),
        ];
        stated.into_iter().flatten().find(|fact| fact.value.is_some()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_needs_its_offer_and_its_switch() {
        let fact = |value| Fact { value, place: None };
        let is_on = |settings, policy| offered(fact(settings), fact(policy)).value;
        assert_eq!(is_on(Some(true), Some(true)), Some(true));
        assert_eq!(is_on(Some(true), None), Some(true));
        assert_eq!(is_on(None, Some(true)), Some(true));
        assert_eq!(is_on(Some(false), Some(true)), Some(false), "what is not offered cannot be switched on");
        assert_eq!(is_on(Some(true), Some(false)), Some(false));
        assert_eq!(is_on(None, None), None);
    }
}
