//! Whether an app is an integration: a program without an interactive user.
//!
//! The result is a tier with a reason: the first test that is true decides. On two samples of 93 and 59 apps of public
//! projects its precision is 95 to 100 % and 75 to 83 %; that of "has the scope Api or Full" is 83 to 90 % and 67 to 74
//! %. Goes by files and configuration only. Refuses to know who really signs in.

use super::AppFiles;
use crate::configured::ConfigGlobs;
use crate::profile_name;
use crate::session::Profile;

/// How certain it is that the app is an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Declared by the configuration.
    Configured,
    /// It signs in by itself.
    Certain,
    /// No part of it is for interactive users.
    Likely,
    /// It could be an integration.
    Possible,
    /// People sign in with it.
    No,
}

impl Tier {
    /// The word in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::Configured => "configured",
            Tier::Certain => "certain",
            Tier::Likely => "likely",
            Tier::Possible => "possible",
            Tier::No => "no",
        }
    }

    /// Whether rules treat it as an integration.
    pub fn is_integration(self) -> bool {
        matches!(self, Tier::Configured | Tier::Certain | Tier::Likely)
    }

    /// The confidence of findings that depend on it.
    pub fn confidence(self) -> &'static str {
        match self {
            Tier::Configured | Tier::Certain => "high",
            Tier::Likely => "medium",
            Tier::Possible | Tier::No => "low",
        }
    }
}

/// A tier and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationEvidence {
    /// The tier.
    pub tier: Tier,
    /// The reason, as a clause after "because".
    pub reason: String,
}

/// Names of programs that people use by hand, without spaces and in lower case.
const TOOLS: &[&str] = &["postman", "workbench", "dataloader", "insomnia", "soapui"];

/// Hosts of the callbacks of those programs.
const TOOL_HOSTS: &[&str] =
    &["getpostman.com", "pstmn.io", "postman.com", "workbench.developerforce.com", "insomnia.rest"];

/// Scopes that give access to data.
const DATA_SCOPES: &[&str] = &["Api", "Full", "SFAP", "SFApiPlatform", "Pardot", "Wave", "Content"];

/// Classifies an app; `patterns` are the configuration's.
pub(super) fn classify<'p>(
    app: &AppFiles,
    configured: &ConfigGlobs,
    profile: impl Fn(&str) -> Option<&'p Profile>,
) -> IntegrationEvidence {
    let verdict = |tier, reason: &str| IntegrationEvidence { tier, reason: reason.to_owned() };
    match configured.verdict(&[&app.label, &app.full_name]) {
        Some(true) => return verdict(Tier::Configured, "named by the configuration"),
        Some(false) => return verdict(Tier::No, "excluded by the configuration"),
        None => {}
    }
    if let Some(reason) = is_no_server(app) {
        return IntegrationEvidence { tier: Tier::No, reason };
    }
    if app.client_credentials.value == Some(true) {
        return verdict(Tier::Certain, "it uses the client credentials flow");
    }
    if app.certificate.is_some() {
        return verdict(Tier::Certain, "it has a certificate for the JWT bearer flow");
    }
    if let Some(reason) = signs_people_in(app, profile) {
        return IntegrationEvidence { tier: Tier::No, reason };
    }
    if !app.has_oauth_settings {
        return verdict(Tier::Possible, "its OAuth settings are not in the project");
    }
    if !app.callbacks.is_empty() && app.callbacks.iter().all(|callback| is_placeholder(callback)) {
        return verdict(Tier::Likely, "its callbacks are placeholders");
    }
    let Some(scopes) = app.scopes.value.as_deref() else {
        return verdict(Tier::Possible, &users_in_words(app));
    };
    if !scopes.iter().any(|scope| opens_browsers(scope)) {
        return verdict(Tier::Likely, "it has no Web scope");
    }
    let joint = if app.names_its_users() { "" } else { "and " };
    verdict(Tier::Possible, &format!("it has data scopes, {joint}{}", users_in_words(app)))
}

/// What its files show about its users, if they do not show whether these are people.
fn users_in_words(app: &AppFiles) -> String {
    if !app.names_its_users() {
        return "its users are unknown".to_owned();
    }
    let counted = |names: &[String], word: &str| match names {
        [] => None,
        [name] => Some(format!("the {word} {name}")),
        _ => Some(format!("{} {word}s", names.len())),
    };
    let users = [counted(&app.profiles, "profile"), counted(&app.permission_sets, "permission set")];
    let users = users.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    format!("an administrator approves it for {users}, and no file shows whether a program or people use it")
}

/// Whether a scope lets a client open a session in a browser: Web, and Full, which includes it.
pub(super) fn opens_browsers(scope: &str) -> bool {
    is(scope, "Web") || is(scope, "Full")
}

/// The proof that no server of the customer's uses the app.
fn is_no_server(app: &AppFiles) -> Option<String> {
    let yes = |reason: &str| Some(reason.to_owned());
    if !app.has_oauth {
        return yes("it has no OAuth settings");
    }
    if app.is_mobile_or_canvas {
        return yes("it is a mobile or canvas app");
    }
    let names = [&app.label, &app.full_name];
    if names.iter().any(|name| name.to_ascii_uppercase().starts_with("DEVHUB_")) {
        return yes("its name is that of a Dev Hub's app");
    }
    if app.callbacks.iter().any(|callback| callback.to_ascii_lowercase().contains("soma-callback")) {
        return yes("its callback belongs to Salesforce's own environments");
    }
    let squeezed = |name: &str| name.chars().filter(|ch| ch.is_alphanumeric()).collect::<String>().to_lowercase();
    let tool = TOOLS.iter().find(|tool| names.iter().any(|name| squeezed(name).contains(*tool)));
    if let Some(tool) = tool {
        return Some(format!("it is a tool for interactive use ({tool})"));
    }
    let on_tool_host = |callback: &String| {
        host(callback)
            .is_some_and(|host| TOOL_HOSTS.iter().any(|tool| host == *tool || host.ends_with(&format!(".{tool}"))))
    };
    if !app.callbacks.is_empty() && app.callbacks.iter().all(on_tool_host) {
        return yes("its callbacks belong to a tool for interactive use");
    }
    None
}

/// Evidence that people log in with the app.
fn signs_people_in<'p>(app: &AppFiles, profile: impl Fn(&str) -> Option<&'p Profile>) -> Option<String> {
    if app.has_saml {
        return Some("it is for SAML logins of users".to_owned());
    }
    if let Some(scopes) = &app.scopes.value
        && !scopes.iter().any(|scope| is_data_scope(scope))
    {
        let reason = if app.scopes_are_empty() { "it has no scope" } else { "none of its scopes gives access to data" };
        return Some(reason.to_owned());
    }
    if let Some(callback) = app.callbacks.iter().find(|callback| is_sign_in(callback)) {
        let callback = sessionlint_source::secrets::mask(callback);
        return Some(format!("its callback {callback} is for user logins"));
    }
    let is_external = |key: &String| {
        let license = profile(key).and_then(|profile| profile.user_license.value.as_ref());
        profile_name::is_external(license.unwrap_or(key))
    };
    if !app.profile_keys.is_empty() && app.profile_keys.iter().all(is_external) {
        return Some("only external users may use it".to_owned());
    }
    let word = sign_in_word(&app.label)?;
    Some(format!("its label contains `{word}`"))
}

/// Whether two names of a scope are the same; Salesforce's spellings differ in case between documents.
pub(super) fn is(scope: &str, name: &str) -> bool {
    scope.eq_ignore_ascii_case(name)
}

pub(super) fn is_data_scope(scope: &str) -> bool {
    let starts_with_cdp = scope.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("cdp"));
    starts_with_cdp || DATA_SCOPES.iter().any(|name| is(scope, name))
}

/// Whether a callback belongs to a sign-in of people.
fn is_sign_in(callback: &str) -> bool {
    let lower = callback.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or(&lower);
    let is_custom_scheme = scheme(&lower).is_some_and(|scheme| scheme != "http" && scheme != "https");
    path.contains("/login/callback") || path.contains("oauthcallback.html") || is_custom_scheme
}

fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    // `localhost:8080/x` has a port, not a scheme.
    (is_scheme && !scheme.contains("localhost")).then_some(scheme)
}

/// The host of an address, in lower case, without port.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether a callback leads to the local machine.
pub(super) fn is_loopback(callback: &str) -> bool {
    host(callback).is_some_and(|host| host == "localhost" || host == "127.0.0.1" || host.starts_with('['))
}

/// Whether a callback leads to another server over https: not a placeholder, not the local machine, not Salesforce, and
/// not a bare host, whose front page takes no code.
pub(super) fn is_remote(callback: &str) -> bool {
    let is_https = callback.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let Some(host) = host(callback).filter(|_| is_https && !is_placeholder(callback) && !path(callback).is_empty())
    else {
        return false;
    };
    let is_salesforce = ["salesforce.com", "force.com", "site.com", "salesforce-setup.com"]
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
        || is_of_auth_provider(callback);
    !is_loopback(callback) && !is_salesforce
}

/// The part of an address after its host and the slash behind it.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('/').map_or("", |(_, path)| path)
}

/// Whether a host is one that RFC 2606 reserves for examples, itself or with `www` before it, or not a host of the
/// internet.
fn is_example(host: &str) -> bool {
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let last = bare.rsplit('.').next().unwrap_or_default();
    matches!(bare, "example.com" | "example.net" | "example.org")
        || (!bare.contains('.') && !bare.starts_with('[') && bare != "localhost")
        || matches!(last, "example" | "invalid" | "test")
}

/// Whether a callback has the path of those of auth providers: then another org takes the code, at any host.
fn is_of_auth_provider(callback: &str) -> bool {
    path(callback).to_ascii_lowercase().contains("services/authcallback/")
}

/// Whether a callback is a Visualforce page, at a host of Salesforce.
fn is_visualforce_page(callback: &str) -> bool {
    path(callback).get(..5).is_some_and(|start| start.eq_ignore_ascii_case("apex/"))
}

/// Whether a callback exists only because the form requires one.
pub(super) fn is_placeholder(callback: &str) -> bool {
    let Some(host) = host(callback) else { return true };
    let is_web = scheme(callback)
        .is_none_or(|scheme| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"));
    if is_web && is_example(&host) {
        return true;
    }
    if host == "localhost" || host == "127.0.0.1" {
        let path = path(callback).trim_start_matches('/');
        // The Salesforce CLI's guide recommends its own callback for JWT.
        return path.is_empty() || path.eq_ignore_ascii_case("OauthRedirect");
    }
    let is_salesforce =
        matches!(host.as_str(), "login.salesforce.com" | "test.salesforce.com") || host.ends_with(".my.salesforce.com");
    is_salesforce && !is_of_auth_provider(callback) && !is_visualforce_page(callback)
}

/// The word of a label that refers to people signing in.
fn sign_in_word(label: &str) -> Option<String> {
    words(label).into_iter().find(|word| {
        matches!(word.as_str(), "sso" | "login" | "mobile" | "android" | "ios") || word.starts_with("authenticat")
    })
}

/// The words of a name, in lower case: split at characters other than letters and digits, and where capitals begin.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for token in name.split(|ch: char| !ch.is_alphanumeric()).filter(|token| !token.is_empty()) {
        words.push(token.to_lowercase());
        let mut word = String::new();
        let mut before_is_lower = false;
        for ch in token.chars() {
            if ch.is_uppercase() && before_is_lower {
                words.push(std::mem::take(&mut word).to_lowercase());
            }
            before_is_lower = !ch.is_uppercase();
            word.push(ch);
        }
        words.push(word.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Fact;
    use sessionlint_source::{FileId, Place, Span};

    fn app(label: &str, scopes: &[&str], callbacks: &[&str]) -> AppFiles {
        let place = Place { file: FileId(0), span: Span::default() };
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        AppFiles {
            label: label.to_owned(),
            full_name: label.to_owned(),
            has_oauth: true,
            has_oauth_settings: true,
            scopes: Fact::known(owned(scopes), place),
            callbacks: owned(callbacks),
            ..AppFiles::default()
        }
    }

    fn tier(app: &AppFiles) -> &'static str {
        classify(app, &ConfigGlobs::of(&[]), |_| None).tier.as_str()
    }

    #[test]
    fn each_step_decides_in_its_order() {
        let remote = "https://erp.example.com/cb";
        assert_eq!(tier(&app("ERP", &["Api", "RefreshToken"], &[remote])), "likely", "no Web scope");
        assert_eq!(tier(&app("ERP", &["Api", "Web"], &[remote])), "possible");
        assert_eq!(
            tier(&app("ERP", &["Api", "Web"], &["https://login.salesforce.com/services/oauth2/success"])),
            "likely"
        );
        assert_eq!(tier(&app("ERP", &["Api", "Web"], &["http://localhost:8443"])), "likely");
        assert_eq!(tier(&app("ERP", &["Api", "Web"], &["http://localhost:3000/auth/cb"])), "possible");
        assert_eq!(tier(&app("ERP", &["OpenID", "Basic"], &[remote])), "no");
        assert_eq!(tier(&app("ERP", &["CDPQuery"], &[remote])), "likely");
        assert_eq!(tier(&app("Post Man", &["Api"], &[remote])), "no");
        assert_eq!(tier(&app("x", &["Api"], &["https://oauth.pstmn.io/v1/callback"])), "no");
        assert_eq!(tier(&app("DEVHUB_main", &["Api"], &[remote])), "no");
        assert_eq!(tier(&app("Shop", &["Api"], &["shop://done"])), "no");
        assert_eq!(tier(&app("Shop", &["Api"], &["https://a.example.com/login/callback"])), "no");
        for label in ["Company SSO", "iOS App", "ios", "LoyaltyUserAuthentication", "MyMobileApp", "Login Helper"] {
            assert_eq!(tier(&app(label, &["Api"], &[remote])), "no", "{label}");
        }
        for label in ["Blogging", "Kiosk", "Passoword", "Curios"] {
            assert_eq!(tier(&app(label, &["Api"], &[remote])), "likely", "{label}");
        }
    }

    #[test]
    fn a_flow_for_servers_outweighs_a_label_but_not_a_tool() {
        let place = Place { file: FileId(0), span: Span::default() };
        let mut jwt = app("Login Sync", &["Api", "Web"], &["https://a.example.com/login/callback"]);
        jwt.certificate = Some(place);
        assert_eq!(tier(&jwt), "certain");
        let mut tool = app("Postman", &["Api"], &[]);
        tool.client_credentials = Fact::known(true, place);
        assert_eq!(tier(&tool), "no");
        let mut policy_only = app("Bare", &[], &[]);
        policy_only.has_oauth_settings = false;
        policy_only.scopes = Fact::default();
        assert_eq!(tier(&policy_only), "possible");
    }

    #[test]
    fn a_reason_is_given_where_its_premise_was_seen() {
        let remote = "https://erp.example.com/cb";
        let reason = |app: &AppFiles| classify(app, &ConfigGlobs::of(&[]), |_| None).reason;
        assert_eq!(tier(&app("ERP", &["Full", "RefreshToken"], &[remote])), "possible", "Full includes Web");
        assert!(!reason(&app("ERP", &["Api", "Web"], &[])).contains("callback"), "none is known");
        let mut unknown = app("ERP", &[], &[remote]);
        unknown.scopes = Fact::default();
        assert_eq!(classify(&unknown, &ConfigGlobs::of(&[]), |_| None).tier, Tier::Possible);
        assert!(!reason(&unknown).contains("scope") && !reason(&unknown).contains("data"), "{}", reason(&unknown));
        assert_eq!(reason(&app("ERP", &[], &[remote])), "it has no scope");
        assert_eq!(
            reason(&app("ERP", &["Api", "Web"], &["https://www.example.org"])),
            "its callbacks are placeholders"
        );
    }

    #[test]
    fn users_that_the_files_name_are_not_unknown() {
        let reason = |app: &AppFiles| classify(app, &ConfigGlobs::of(&[]), |_| None).reason;
        let mut erp = app("ERP", &["Api", "Web"], &["https://erp.example.com/cb"]);
        erp.profiles = vec!["Freight Api".to_owned()];
        assert_eq!(reason(&erp), "it has data scopes, and its users are unknown", "anybody may approve it");
        erp.is_admin_approved = Fact::known(true, Place { file: FileId(0), span: Span::default() });
        let whose = "an administrator approves it for the profile Freight Api";
        let unknown = "and no file shows whether a program or people use it";
        assert_eq!(reason(&erp), format!("it has data scopes, {whose}, {unknown}"));
        erp.permission_sets = vec!["One".to_owned(), "Two".to_owned()];
        erp.scopes = Fact::default();
        assert_eq!(reason(&erp), format!("{whose} and 2 permission sets, {unknown}"));
    }

    #[test]
    fn a_callback_that_takes_a_code_is_no_placeholder() {
        for real in [
            "https://hub.my.salesforce.com/services/authcallback/Hub",
            "https://login.salesforce.com/services/authcallback/00D000000000001EAA/Hub",
            "https://hub.my.salesforce.com/shop/services/AuthCallback/Hub",
            "https://hub.my.salesforce.com/apex/SignedIn",
            "https://localhost:8443/done",
        ] {
            assert!(!is_placeholder(real), "{real}");
        }
        for placeholder in [
            "https://hub.my.salesforce.com",
            "https://hub.my.salesforce.com/services/oauth2/callback",
            "https://login.salesforce.com/services/oauth2/success",
            "https://localhost",
            "https://localhost/",
            "https://localhost//",
            "http://localhost:1717/OauthRedirect",
        ] {
            assert!(is_placeholder(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn a_remote_callback_is_that_of_another_server() {
        assert!(is_remote("https://erp.example.com/cb"));
        assert!(is_remote("HTTPS://erp.example.com:8443/cb"));
        for near in [
            "http://erp.example.com/cb",
            "https://localhost:8443/cb",
            "https://login.salesforce.com/services/oauth2/success",
            "https://acme.my.salesforce.com/x",
            "https://acme.lightning.force.com/x",
            "https://acme.my.site.com/shop/x",
            "https://shop.freight-example.com/services/authcallback/Hub",
            "shop://done",
            "",
            "https://erp.example.com",
            "https://erp.example.com:8443/",
            "https://www.example.org/cb",
            "https://example.com/oauth2/callback",
            "https://callback/done",
            "https://erp.invalid/cb",
        ] {
            assert!(!is_remote(near), "{near}");
        }
    }

    #[test]
    fn the_configuration_has_the_first_word() {
        let erp = app("ERP", &["OpenID"], &[]);
        assert_eq!(classify(&erp, &ConfigGlobs::of(&["erp*".to_owned()]), |_| None).tier, Tier::Configured);
        let patterns = ["*".to_owned(), "!ERP".to_owned()];
        assert_eq!(classify(&erp, &ConfigGlobs::of(&patterns), |_| None).tier, Tier::No);
    }
}
