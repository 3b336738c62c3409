//! Apps: connected apps and external client apps in one shape, with the facts of all their files.
//!
//! An external client app is several files joined by `<externalClientApplication>`; a policy without its app counts as
//! an app. Values are translated to fixed words (`until-revoked`), case-sensitively, as documented for each kind
//! (Metadata API Developer Guide). Refuses to know a severity: whether an app is an integration is a tier with a
//! reason.

mod client;
mod columns;
mod controls;
mod dated;
mod integration;
mod policy;
mod read;
mod token;

pub use integration::{IntegrationEvidence, Tier};
pub use policy::{IdleEnd, RefreshKind, RefreshPolicy, idle_limit, idle_limit_holds, ip_relaxation};
pub use token::{AccessToken, LifeOwner, NO_SESSION, TokenForm};

use token::UserSessions;

pub(super) use token::JWT_TIMEOUTS;

use std::cell::OnceCell;
use std::collections::HashMap;

use super::column::Fact;
use super::configured::ConfigGlobs;
use super::network::{Addresses, Range};
use super::profile_name::ProfileNames;
use super::session::{OrgFacts, Profile};
use super::{profile_name, raw, stated};
use sessionlint_project::metadata::{Project, text_of};
use sessionlint_source::Place;
use sessionlint_source::steps;

/// One of the two kinds of app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// A connected app.
    ConnectedApp,
    /// An external client app.
    ExternalClientApplication,
}

impl AppKind {
    /// The metadata type.
    pub fn as_str(self) -> &'static str {
        match self {
            AppKind::ConnectedApp => "ConnectedApp",
            AppKind::ExternalClientApplication => "ExternalClientApplication",
        }
    }
}

/// How an integration gets its next access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// A certificate and prior approval by an administrator.
    Jwt,
    /// The client-credentials flow.
    ClientCredentials,
    /// A refresh token that outlives its first use.
    RefreshToken,
    /// Nothing that the files show.
    NoneVisible,
}

impl Renewal {
    /// The word in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Renewal::Jwt => "jwt",
            Renewal::ClientCredentials => "client-credentials",
            Renewal::RefreshToken => "refresh-token",
            Renewal::NoneVisible => "none-visible",
        }
    }
}

/// The content of the files of one app, before any comparison.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, no state")]
pub struct AppFiles {
    /// Its label.
    pub label: String,
    /// fullName of the app.
    pub full_name: String,
    /// The opening tag that stands for it.
    pub place: Option<Place>,
    /// Whether it is an OAuth app at all.
    pub has_oauth: bool,
    /// Whether its OAuth settings (scopes, callbacks) are in the project.
    pub has_oauth_settings: bool,
    /// Whether it has a policy, and the place of the policy.
    pub has_policy: Fact<bool>,
    /// Whether it belongs to a mobile device or a canvas.
    pub is_mobile_or_canvas: bool,
    /// Whether it also signs people in by SAML.
    pub has_saml: bool,
    /// OAuth scopes.
    pub scopes: Fact<Vec<String>>,
    /// Callback addresses.
    pub callbacks: Vec<String>,
    /// Their place.
    pub callback_place: Option<Place>,
    /// The name of a certificate, masked where it is more than a name.
    pub certificate: Option<Place>,
    /// Whether the client-credentials flow is on.
    pub client_credentials: Fact<bool>,
    /// Whether only users whom an administrator chose may use it.
    pub is_admin_approved: Fact<bool>,
    /// Labels of the profiles that may use it.
    pub profiles: Vec<String>,
    /// The identities of these profiles, in the same order.
    profile_keys: Vec<String>,
    /// Permission sets whose users may use it.
    pub permission_sets: Vec<String>,
    /// Its own session timeout in minutes; no place where it has none.
    pub session_minutes: Fact<i64>,
    /// Whether it states a session timeout, valid or not.
    pub has_session_timeout: bool,
    /// The timeout as written, where it is a number of minutes without a documented meaning.
    pub odd_timeout: Option<String>,
    /// Whether its access tokens are in JWT form; unknown where the file that decides is not in the project.
    pub issues_jwt: Fact<bool>,
    /// Whether its settings and its policy contradict each other about that form.
    pub(super) jwt_switches_differ: bool,
    /// What ends a token in JWT form, as written: `UserSession` or `Custom`.
    pub jwt_timeout_type: Fact<String>,
    /// Whether it states the life of a token in JWT form, valid or not.
    pub has_jwt_timeout: bool,
    /// Minutes that a token in JWT form lives, where they are a documented value.
    pub jwt_minutes: Fact<i64>,
    /// IP relaxation, as written.
    pub ip_relaxation: Fact<String>,
    /// Refresh token policy, as written.
    pub refresh_policy: Fact<String>,
    /// How many units it lasts, for apps that state it beside the policy.
    pub refresh_period: Fact<i64>,
    /// The unit, as written, for the same apps.
    pub refresh_unit: Fact<String>,
    /// The meaning of the policy.
    pub refresh: Option<RefreshPolicy>,
    /// The action below the required session level, as written.
    pub assurance_action: Fact<String>,
    /// The required session level, as written.
    pub assurance_level: Fact<String>,
    /// Whether the app has address ranges of its own.
    pub has_ranges: bool,
    /// These ranges, in order.
    pub(super) own_ranges: Vec<Range>,
    /// Whether it lists addresses for its tokens.
    pub has_token_ranges: bool,
    /// Whether a device without a browser may request approval.
    pub device_flow: Fact<bool>,
    /// Whether Salesforce expires refresh tokens after 30 idle days, whatever the policy is.
    pub is_refresh_capped: Fact<bool>,
    /// Whether each renewal replaces the refresh token.
    pub is_rotating: Fact<bool>,
    /// Whether a code of the web server flow needs its verifier.
    pub is_pkce_required: Fact<bool>,
    /// Whether a renewal needs the consumer secret.
    pub is_secret_required_for_refresh: Fact<bool>,
    /// Whether the web server flow gives a token without the consumer secret.
    pub is_secret_optional: Fact<bool>,
    /// Whether tokens of another issuer can be exchanged for Salesforce's.
    pub token_exchange: Fact<bool>,
    /// Whether the policy itself names the handler that exchanges them.
    pub has_own_exchange_handler: bool,
    /// Whether the client-credentials flow is on and no user is named to run it; known where the policy is.
    pub lacks_execution_user: Fact<bool>,
    /// The user of its client credentials flow; unknown where the flow is off.
    pub execution_user: Fact<String>,
    /// Where the app's users are sent, and logged out, at logout.
    pub single_logout: Fact<String>,
    /// Whether it is distributed, so that each org sets its policies.
    pub is_packaged: bool,
    /// The place of that value, or where it would be.
    pub distribution_place: Option<Place>,
    /// The element that switches the app or its OAuth off; nothing where none does.
    pub switched_off: Fact<&'static str>,
}

impl AppFiles {
    /// Whether only users of the profiles and permission sets that it names may use it.
    fn names_its_users(&self) -> bool {
        let names_some = !self.profiles.is_empty() || !self.permission_sets.is_empty();
        self.is_admin_approved.value == Some(true) && names_some
    }

    /// Whether its files name no scope at all.
    fn scopes_are_empty(&self) -> bool {
        self.scopes.value.as_ref().is_some_and(Vec::is_empty)
    }
}

/// An app with its facts from the whole project.
#[derive(Clone, Debug)]
pub struct OAuthApp {
    /// Its kind.
    pub kind: AppKind,
    /// The content of its files.
    pub written: AppFiles,
    /// Whether it is an integration, and why.
    pub verdict: IntegrationEvidence,
    /// How it renews; unknown where its OAuth settings are not in the project, nothing where they are switched off.
    pub renewal: Option<Renewal>,
    /// The longest session that profile or org give its users, and the level that decides.
    pub fallback: Fact<i64>,
    /// That level, in words.
    pub fallback_owner: String,
    /// The shortest session that profile or org give its users, in minutes.
    pub shortest_fallback: Option<i64>,
    /// Its access tokens: their form and their life.
    pub access_token: AccessToken,
    /// How long its refresh tokens may stay unused; nothing where no limit is known.
    pub refresh_idle: Option<IdleEnd>,
    /// Another app whose client credentials flow runs as the same user.
    pub shares_user_with: Fact<String>,
    /// A profile that may use it and admits only some addresses, with the place of its range.
    pub restricting_profile: Fact<String>,
    /// Those of its own ranges with an address that this profile excludes, in words and with their place.
    pub refused_ranges: Vec<(String, Place)>,
    /// Whether the project has the files of the profiles that may use it: of all that it names, else of any.
    pub knows_ranges: bool,
    /// True if the org requires PKCE for every app ([`AppFiles::is_pkce_required`]).
    pub org_requires_pkce: Fact<bool>,
    /// An enabled handler that exchanges tokens for it.
    pub exchange_handler: Fact<String>,
    /// Whether the org lets only approved apps call its API.
    pub api_access_is_limited: Fact<bool>,
    /// Whether Salesforce's own idle limit of refresh tokens holds for it on the day of the run.
    idle_limit_holds: bool,
    /// Why it loses the device flow; nothing where it keeps the flow or does not have it.
    device_flow_loss: Fact<&'static str>,
    /// Days from the day of the run to that on which other apps lose the device flow.
    device_flow_days_left: Option<i64>,
    /// Whether it looks like an app of the username-password flow.
    is_shaped_for_passwords: bool,
    /// The client of SOAP calls that it is made for, and why.
    soap_client: Fact<&'static str>,
    /// Why it gives no session to an app of Lightning Out in the project.
    lightning_out_gap: Fact<&'static str>,
    /// That app of Lightning Out.
    lightning_out_app: Fact<String>,
    /// Requirements of hosted MCP servers that it lacks.
    mcp_gaps: Vec<(&'static str, Option<Place>)>,
    /// The protections that it leaves open.
    open_controls: Vec<controls::OpenControl>,
}

impl OAuthApp {
    /// A callback of a server that is neither the local machine nor Salesforce's.
    pub fn remote_callback(&self) -> Option<&str> {
        self.written.callbacks.iter().map(String::as_str).find(|callback| integration::is_remote(callback))
    }

    /// The identities of the profiles that it names: labels are masked, so they cannot be compared.
    pub(super) fn profile_keys(&self) -> &[String] {
        &self.written.profile_keys
    }

    /// Whether it names profiles, all of which belong to Salesforce's own services.
    pub fn is_run_by_salesforce(&self) -> bool {
        let profiles = &self.written.profile_keys;
        !profiles.is_empty() && profiles.iter().all(|key| profile_name::is_run_by_salesforce(key))
    }

    /// Whether it can only sign in by a signed assertion (JWT or SAML bearer): a certificate, and no callback for a
    /// browser and no way to renew. Unknown without its scopes.
    pub fn uses_only_jwt(&self) -> Option<bool> {
        let written = &self.written;
        let scopes = written.scopes.value.as_ref()?;
        let can_come_back = written.callbacks.iter().any(|callback| !integration::is_placeholder(callback));
        let renews = |scope: &String| ["RefreshToken", "OfflineAccess"].iter().any(|name| integration::is(scope, name));
        let has_browser_scope = scopes.iter().any(|scope| integration::opens_browsers(scope) || renews(scope));
        let has_other_flow = written.client_credentials.value == Some(true) || (can_come_back && has_browser_scope);
        Some(written.certificate.is_some() && !has_other_flow)
    }

    /// Whether its session timeout ends the sessions of its users: that of an external client app applies to opaque
    /// tokens only.
    pub fn has_ruling_timeout(&self) -> bool {
        let is_idle = self.kind == AppKind::ExternalClientApplication && self.issues_jwt();
        self.written.has_session_timeout && !is_idle
    }

    /// Whether its access tokens are in JWT form for certain.
    pub fn issues_jwt(&self) -> bool {
        self.access_token.form.value == Some(TokenForm::Jwt)
    }

    /// Whether only users of the profiles that it names may use it.
    pub(super) fn names_its_profiles(&self) -> bool {
        self.written.is_admin_approved.value == Some(true) && !self.written.profiles.is_empty()
    }

    /// Whether it has refresh tokens: a scope gives them, and it does not sign in by itself, without one. Unknown where
    /// its scopes are.
    pub fn has_refresh_tokens(&self) -> Option<bool> {
        let is_off = !self.written.has_oauth || self.written.switched_off.value.is_some();
        let signs_in_by_itself = matches!(self.renewal, Some(Renewal::Jwt | Renewal::ClientCredentials));
        if is_off || signs_in_by_itself { Some(false) } else { self.has_refresh_scope() }
    }

    /// The policy of its refresh tokens; nothing where it has none, or none in its files.
    pub fn refresh_policy(&self) -> Option<&RefreshPolicy> {
        self.written.refresh.as_ref().filter(|_| self.has_refresh_tokens() != Some(false))
    }

    /// Whether every user has the same profile, the one that it names.
    pub fn has_one_profile(&self) -> bool {
        self.names_its_profiles() && self.written.profiles.len() == 1 && self.written.permission_sets.is_empty()
    }

    /// Whether it has a scope that lets it renew; unknown where its scopes are.
    pub fn has_refresh_scope(&self) -> Option<bool> {
        let scopes = self.written.scopes.value.as_ref()?;
        Some(
            scopes
                .iter()
                .any(|scope| integration::is(scope, "RefreshToken") || integration::is(scope, "OfflineAccess")),
        )
    }
}

/// All apps: connected apps in file order, then external client apps by name.
pub(super) fn app_facts(
    project: &Project,
    org: &OrgFacts,
    profiles: &[Profile],
    names: &ProfileNames,
) -> Vec<OAuthApp> {
    let connected =
        project.of_type("ConnectedApp").map(|(_, component)| (AppKind::ConnectedApp, read::connected_app(component)));
    let external = read::external_client_apps(project);
    let external = external.into_iter().map(|written| (AppKind::ExternalClientApplication, written));
    let context = OrgContext::of(project, org, profiles);
    let in_one_spelling = |(kind, mut written): (AppKind, AppFiles)| {
        written.profiles = written.profiles.iter().map(|name| names.label(name)).collect();
        (kind, written)
    };
    let mut apps: Vec<OAuthApp> =
        connected.chain(external).map(in_one_spelling).map(|(kind, written)| context.app(kind, written)).collect();
    find_shared_users(&mut apps);
    apps
}

/// Notes for each app the first other one that runs as the same user.
fn find_shared_users(apps: &mut [OAuthApp]) {
    let users: Vec<Option<String>> =
        apps.iter().map(|app| app.written.execution_user.value.as_ref().map(|user| user.to_lowercase())).collect();
    // The first two apps of each user: an app that is not the first gets the first.
    let mut first: HashMap<&str, (usize, Option<usize>)> = HashMap::new();
    for (index, user) in users.iter().enumerate() {
        let Some(user) = user else { continue };
        first.entry(user).and_modify(|(_, second)| *second = second.or(Some(index))).or_insert((index, None));
    }
    for index in 0..apps.len() {
        let found = users[index].as_deref().and_then(|user| first.get(user));
        let other = found.and_then(|(first, second)| if *first == index { *second } else { Some(*first) });
        let other = other.map(|other| apps[other].written.label.clone());
        apps[index].shares_user_with = Fact { value: other, place: apps[index].written.execution_user.place };
    }
}

struct OrgContext<'w> {
    project: &'w Project,
    org: &'w OrgFacts,
    profiles: &'w [Profile],
    by_key: HashMap<&'w str, Vec<usize>>,
    /// The apps that the configuration lists as integrations.
    configured: ConfigGlobs,
    /// The facts for an app that any user may use.
    anybody: OnceCell<Users>,
    /// By the name of an app, the first handler that is enabled and names it.
    handlers: HashMap<String, Fact<String>>,
    has_broken_profile: bool,
}

impl<'w> OrgContext<'w> {
    fn of(project: &'w Project, org: &'w OrgFacts, profiles: &'w [Profile]) -> Self {
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, profile) in profiles.iter().enumerate() {
            by_key.entry(profile.key.as_str()).or_default().push(index);
        }
        Self {
            project,
            org,
            profiles,
            by_key,
            configured: ConfigGlobs::of(&project.inputs.integration_apps),
            anybody: OnceCell::new(),
            handlers: handlers(project),
            has_broken_profile: project.is_broken("Profile"),
        }
    }

    /// The first profile of a key.
    fn profile(&self, key: &str) -> Option<&'w Profile> {
        self.by_key.get(key).and_then(|indexes| self.profiles.get(*indexes.first()?))
    }

    fn app(&self, kind: AppKind, written: AppFiles) -> OAuthApp {
        let verdict = integration::classify(&written, &self.configured, |key| self.profile(key));
        let mut app = OAuthApp {
            kind,
            verdict,
            renewal: None,
            fallback: Fact::default(),
            shortest_fallback: None,
            access_token: AccessToken::default(),
            refresh_idle: None,
            fallback_owner: String::new(),
            shares_user_with: Fact::default(),
            restricting_profile: Fact::default(),
            refused_ranges: Vec::new(),
            knows_ranges: false,
            org_requires_pkce: org_requires_pkce(self.project),
            exchange_handler: self.handlers.get(&written.full_name.to_ascii_lowercase()).cloned().unwrap_or_default(),
            api_access_is_limited: api_access_is_limited(self.project),
            idle_limit_holds: false,
            device_flow_loss: Fact::default(),
            device_flow_days_left: None,
            is_shaped_for_passwords: false,
            soap_client: Fact::default(),
            mcp_gaps: Vec::new(),
            lightning_out_gap: Fact::default(),
            lightning_out_app: Fact::default(),
            open_controls: Vec::new(),
            written,
        };
        app.renewal = renewal(&app);
        let is_capped = app.written.is_refresh_capped.value == Some(true);
        app.refresh_idle =
            app.refresh_policy().and_then(|policy| policy.idle_end(is_capped, self.project.inputs.as_of));
        let named;
        let users = if app.names_its_profiles() {
            named = self.named(&app.written);
            &named
        } else {
            self.anybody.get_or_init(|| self.users(self.profiles.iter(), true))
        };
        app.fallback = users.fallback.clone();
        app.fallback_owner.clone_from(&users.fallback_owner);
        app.shortest_fallback = users.shortest_fallback;
        let sessions = UserSessions {
            shortest: app.shortest_fallback.ok_or_else(|| self.unknown_sessions()),
            doubt: self.unknown_users(&app, users),
        };
        app.access_token = token::access_token(&app, sessions);
        app.knows_ranges = match users.with_org {
            // A profile that it names and that is not in the project may have ranges.
            true if !app.names_its_profiles() => users.held > 0,
            true => false,
            false => users.held == users.profiles,
        };
        // A broken file may contain a range, and an invalid range may be intended to restrict.
        app.knows_ranges &= !self.has_broken_profile && users.understands_ranges;
        app.restricting_profile = users.restricting_profile.clone();
        if let Some(admitted) = &users.admitted {
            let refused = app.written.own_ranges.iter().filter(|range| admitted.hold_range(range) == Some(false));
            app.refused_ranges = refused.map(|range| (range.words(), range.place)).collect();
        }
        app.open_controls = controls::open_controls(&app);
        let as_of = self.project.inputs.as_of;
        app.idle_limit_holds = dated::idle_limit_holds(&app.written, as_of);
        app.device_flow_loss = dated::device_flow_loss(&app);
        app.device_flow_days_left = dated::device_flow_days_left(as_of);
        app.is_shaped_for_passwords = dated::is_shaped_for_passwords(&app, self.blocks_passwords());
        app.soap_client = client::soap_client(&app.written);
        app.mcp_gaps = client::mcp_gaps(&app);
        (app.lightning_out_gap, app.lightning_out_app) =
            client::lightning_out_gap(&app, self.project).unwrap_or_default();
        app
    }

    /// Why no session of an app's users is known.
    fn unknown_sessions(&self) -> &'static str {
        match self.org.minutes.value {
            None => NO_SESSION,
            Some(_) if self.project.is_broken("ProfileSessionSetting") => token::BROKEN_SESSIONS,
            Some(_) => token::UNDOCUMENTED_SESSIONS,
        }
    }

    /// Why some user of an app may have a shorter session than those that are known, as a clause; empty where none may.
    fn unknown_users(&self, app: &OAuthApp, users: &Users) -> String {
        let names_all = app.names_its_profiles();
        let whose = if names_all { "its profile" } else { "the profile" };
        if let Some(label) = &users.unknown_profile {
            return format!("the session timeout of {whose} {label} is unknown");
        }
        if names_all {
            let absent = app.written.profile_keys.iter().position(|key| !self.by_key.contains_key(key.as_str()));
            if let Some(label) = absent.and_then(|index| app.written.profiles.get(index)) {
                return format!("its profile {label} is not in the project and may have a session timeout of its own");
            }
            if !app.written.permission_sets.is_empty() {
                return "users of its permission sets may have other profiles".to_owned();
            }
        } else if self.org.minutes.value.is_none() {
            return "the org's session timeout, which holds for its other users, is unknown".to_owned();
        }
        String::new()
    }

    /// Whether the org's settings block the username-password flow.
    fn blocks_passwords(&self) -> bool {
        stated::flag(self.project, "OauthOidcSettings", "blockOAuthUnPwFlow").value == Some(true)
    }

    /// The facts for an app that only users of the profiles it names may use.
    fn named(&self, written: &AppFiles) -> Users {
        let found = written.profile_keys.iter().filter_map(|key| self.by_key.get(key.as_str()));
        let mut named: Vec<usize> = found.flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        // A profile outside the project has no known override, so the org's value is used for it.
        let with_org = named.len() < written.profiles.len();
        self.users(named.iter().filter_map(|index| self.profiles.get(*index)), with_org)
    }

    fn users<'p>(&self, profiles: impl Iterator<Item = &'p Profile>, with_org: bool) -> Users {
        let mut users = Users {
            with_org,
            profiles: 0,
            held: 0,
            understands_ranges: true,
            restricting_profile: Fact::default(),
            admitted: None,
            fallback: Fact::default(),
            fallback_owner: String::new(),
            shortest_fallback: None,
            unknown_profile: None,
        };
        // The first of equal values: the org before a profile, so that the reason is the general one.
        if with_org && let Some(minutes) = self.org.minutes.value {
            users.shortest_fallback = Some(minutes);
            users.fallback = self.org.minutes.clone();
            "the org".clone_into(&mut users.fallback_owner);
        }
        let mut restricting: Option<(&Profile, Place)> = None;
        for profile in profiles {
            steps::count(1);
            users.profiles += 1;
            users.held += usize::from(profile.component.is_some());
            users.understands_ranges &= profile.understands_ranges;
            // An integration's own profile is the likelier one; the first of those by name, else the first of all.
            let is_likelier = restricting.is_none_or(|(other, _)| profile.is_integration && !other.is_integration);
            if let Some(place) = profile.restricting_range
                && is_likelier
                && !profile.is_run_by_salesforce
            {
                restricting = Some((profile, place));
            }
            let Some(minutes) = profile.effective.value else {
                users.unknown_profile.get_or_insert_with(|| profile.label.clone());
                continue;
            };
            users.shortest_fallback = Some(users.shortest_fallback.map_or(minutes, |least| least.min(minutes)));
            if users.fallback.value.is_none_or(|longest| minutes > longest) {
                users.fallback = profile.effective.clone();
                users.fallback_owner = match profile.decided_by {
                    Some("profile") => format!("the profile {}", profile.label),
                    _ => "the org".to_owned(),
                };
            }
        }
        if let Some((profile, place)) = restricting {
            users.restricting_profile = Fact::known(profile.label.clone(), place);
            // An invalid range may be intended to admit what the others exclude.
            users.admitted = profile.understands_ranges.then(|| Addresses::of(&profile.ranges));
        }
        users
    }
}

/// By the name of an app, in lower case, the first handler of token exchanges that is enabled and names it.
fn handlers(project: &Project) -> HashMap<String, Fact<String>> {
    let mut handlers = HashMap::new();
    for (_, handler) in project.of_type("OauthTokenExchangeHandler") {
        if handler.text("isEnabled").and_then(raw::parse_bool) != Some(true) {
            continue;
        }
        let document = &handler.document;
        for node in raw::elements(handler, "enablements") {
            for element in ["connectedApp", "externalClientApp"] {
                let name = document.child(node, element).and_then(|child| text_of(document, child));
                let Some(name) = name.map(str::to_ascii_lowercase) else { continue };
                handlers.entry(name).or_insert_with(|| Fact::known(handler.name.clone(), handler.root_place()));
            }
        }
    }
    handlers
}

/// Whether the org lets only approved apps call its API: the value of the last file of connected app settings with a
/// value; unknown where any is broken.
pub(super) fn api_access_is_limited(project: &Project) -> Fact<bool> {
    stated::flag(project, "ConnectedAppSettings", "enableAdminApprovedAppsOnly")
}

/// True where the org requires PKCE of every app, unknown elsewhere: without that setting each app decides.
fn org_requires_pkce(project: &Project) -> Fact<bool> {
    let stated = stated::flag(project, "OauthOidcSettings", "isPkceRequired");
    Fact { value: stated.value.filter(|is_required| *is_required), ..stated }
}

/// The users of an app, and the facts for them.
struct Users {
    /// Whether they include users whose profile is not in the project.
    with_org: bool,
    profiles: usize,
    /// How many of the profiles have a file.
    held: usize,
    understands_ranges: bool,
    restricting_profile: Fact<String>,
    /// The addresses that this profile admits.
    admitted: Option<Addresses>,
    /// The longest session that one of them would have without the app.
    fallback: Fact<i64>,
    fallback_owner: String,
    shortest_fallback: Option<i64>,
    /// The first of the profiles whose session is unknown.
    unknown_profile: Option<String>,
}

/// How the app renews.
fn renewal(app: &OAuthApp) -> Option<Renewal> {
    let written = &app.written;
    if !written.has_oauth || written.switched_off.value.is_some() {
        return None;
    }
    if written.certificate.is_some() && written.is_admin_approved.value == Some(true) {
        return Some(Renewal::Jwt);
    }
    if written.client_credentials.value == Some(true) {
        return Some(Renewal::ClientCredentials);
    }
    let is_at_once = written.refresh.as_ref().is_some_and(|policy| policy.kind == RefreshKind::AtOnce);
    match app.has_refresh_scope() {
        Some(true) if !is_at_once => Some(Renewal::RefreshToken),
        Some(_) => Some(Renewal::NoneVisible),
        None => None,
    }
}
