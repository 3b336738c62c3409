//! Computes how long every session lives, and which level decides it: the org, each profile, each app.
//!
//! The serialised keys are a contract; fields for text formats are not serialised. Refuses to know rules and findings.

use serde::{Serialize, Serializer};

use super::located::located;
use sessionlint_facts::oauth::{
    AppKind, LifeOwner, NO_SESSION, OAuthApp, RefreshKind, Renewal, TokenForm, idle_limit_holds,
};
use sessionlint_facts::session;
use sessionlint_facts::{Facts, refresh_at_seconds};
use sessionlint_project::metadata::Project;
use sessionlint_source::Place;

/// The sessions of a project.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sessions {
    /// Version of the format.
    pub version: u32,
    /// The values of the org.
    pub org: Org,
    /// Every profile in the files, the shortest session first.
    pub profiles: Vec<Profile>,
    /// Every app, integrations first.
    pub apps: Vec<App>,
    /// Remarks on the numbers.
    #[serde(skip)]
    pub remarks: Vec<String>,
}

/// The values of the org; null if the project has none.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Org {
    /// Minutes without activity after which a session ends.
    pub minutes: Option<i64>,
    /// Whether the browser then goes to the login page.
    pub forced_logout: Option<bool>,
    /// The file with that value.
    pub path: Option<String>,
    /// The line of the timeout in it.
    pub line: Option<u32>,
    /// The name of the variable or file that replaces the timeout at deployment; omitted if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
}

/// The level that decides, and its place.
#[derive(Clone, Debug, Serialize)]
pub struct DecidedBy {
    /// `profile` or `org`.
    pub level: &'static str,
    /// The file.
    pub path: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

/// A profile's sessions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its label.
    pub profile: String,
    /// fullName.
    pub full_name: String,
    /// Minutes of the org.
    pub org_minutes: Option<i64>,
    /// Minutes of its own override; a stored 0 counts as 120.
    pub profile_minutes: Option<i64>,
    /// Effective minutes, by the precedence of the run.
    pub effective_minutes: Option<i64>,
    /// Minutes if the shortest level wins.
    pub shortest_minutes: Option<i64>,
    /// The source of `effectiveMinutes`; null if it is unknown.
    pub decided_by: Option<DecidedBy>,
    /// Whether the browser goes to the login page; an org-wide setting.
    pub forced_logout: Option<bool>,
    /// The variable or file that replaces the deciding value at deployment; omitted if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The same for its own override.
    #[serde(skip)]
    pub own_replaced_by: Option<String>,
    /// Whether the override is stored as 0.
    #[serde(skip)]
    pub stored_zero: bool,
    /// Whether there is an override that is not valid.
    #[serde(skip)]
    pub is_malformed: bool,
}

/// An app's sessions and tokens.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Its label.
    pub app: String,
    /// `ConnectedApp` or `ExternalClientApplication`.
    pub kind: &'static str,
    /// Whether it counts as an integration.
    pub integration: bool,
    /// The confidence of that.
    pub tier: &'static str,
    /// The reason.
    pub reason: String,
    /// Minutes of its own session timeout.
    pub session_minutes: Option<i64>,
    /// The variable or file that replaces the token lifetime at deployment; omitted if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The form of its access tokens, `opaque` or `jwt`; null if the deciding file was not read.
    pub token_form: Option<&'static str>,
    /// Minutes that an access token lives, by the field for its form; null if no file has it.
    pub access_token_minutes: Option<i64>,
    /// When to refresh, after issue: at 90 % of the lifetime.
    pub refresh_at_minutes: Option<Moment>,
    /// How it renews access; null if its scopes are unknown or it is not an OAuth app.
    pub renewal: Option<&'static str>,
    /// When its refresh token expires; null if it has none, or no file has its policy.
    pub refresh_token: Option<&'static str>,
    /// Days that the refresh token may stay unused, Salesforce's own limit included; null if no limit is known.
    pub refresh_token_idle_days: Option<Days>,
    /// Whether it has refresh tokens; unknown where its scopes are.
    #[serde(skip)]
    pub has_refresh_tokens: Option<bool>,
    /// The refresh token policy, as written, if it has no refresh tokens.
    #[serde(skip)]
    pub unused_policy: Option<String>,
    /// The refresh token's period in words.
    #[serde(skip)]
    pub refresh_text: Option<String>,
    /// Salesforce's own limit of that time, if it can end a token before the policy does.
    #[serde(skip)]
    pub salesforces_idle_limit: Option<Days>,
    /// IP relaxation, as written.
    #[serde(skip)]
    pub ip_relaxation: Option<String>,
    /// The assurance setting, as written.
    #[serde(skip)]
    pub assurance: Option<String>,
    /// Whether it is an OAuth app at all.
    #[serde(skip)]
    pub has_oauth: bool,
    /// The level that decides the lifetime of an access token, in words; empty if it is unknown.
    #[serde(skip)]
    pub life_owner: &'static str,
    /// Whether the app itself has that value.
    #[serde(skip)]
    pub life_is_own: bool,
    /// Why `accessTokenMinutes` is only the most that the shortest token of its users lives; omitted if each user's session
    /// is known, or none decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users_doubt: Option<String>,
}

/// A time after the issue of a token, in seconds. JSON has it in minutes, as an integer if possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds after the issue.
    pub seconds: i64,
}

impl Moment {
    /// When to refresh a token that lives for `minutes`.
    fn of_life(minutes: i64) -> Self {
        Self { seconds: refresh_at_seconds(minutes) }
    }

    /// The time in minutes: an integer, or a number with a fraction.
    pub fn minutes(self) -> Result<i64, f64> {
        let (minutes, rest) = (self.seconds / 60, self.seconds % 60);
        match (i32::try_from(self.seconds), rest) {
            (Ok(seconds), 1..) => Err(f64::from(seconds) / 60.0),
            // Over centuries, seconds are irrelevant.
            _ => Ok(minutes),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.minutes() {
            Ok(whole) => serializer.serialize_i64(whole),
            Err(fraction) => serializer.serialize_f64(fraction),
        }
    }
}

/// A time without use, in hours. JSON has it in days, as an integer if possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Hours.
    pub hours: i64,
}

impl Days {
    /// The time in days: an integer, or a number with a fraction.
    pub fn days(self) -> Result<i64, f64> {
        match (i32::try_from(self.hours), self.hours % 24) {
            (Ok(hours), 1..) => Err(f64::from(hours) / 24.0),
            // Over centuries, hours are irrelevant.
            _ => Ok(self.hours / 24),
        }
    }
}

impl Serialize for Days {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.days() {
            Ok(whole) => serializer.serialize_i64(whole),
            Err(fraction) => serializer.serialize_f64(fraction),
        }
    }
}

/// The sessions of a project.
pub fn sessions(facts: &Facts<'_>) -> Sessions {
    let project = facts.project;
    let org = facts.org();
    let forced_logout = org.forced_logout.value;
    let (path, line) = position(project, org.minutes.place);
    let mut profiles: Vec<Profile> =
        facts.profiles().iter().map(|profile| self::profile(project, profile, forced_logout)).collect();
    // The shortest first, the unknown last. Facts are sorted by name, so equal ones stay in that order.
    profiles.sort_by_key(|profile| profile.effective_minutes.unwrap_or(i64::MAX));
    let mut apps: Vec<App> = facts.apps().iter().map(|it| app(project, it)).collect();
    let rank = |app: &App| (!app.integration, app.tier == "no", app.access_token_minutes.unwrap_or(i64::MAX));
    apps.sort_by(|left, right| {
        rank(left).cmp(&rank(right)).then_with(|| left.app.to_lowercase().cmp(&right.app.to_lowercase()))
    });
    Sessions {
        version: 1,
        org: Org {
            minutes: org.minutes.value,
            forced_logout,
            path,
            line,
            replaced_by: replaced_by(project, org.minutes.place),
        },
        profiles,
        apps,
        remarks: remarks(facts),
    }
}

fn position(project: &Project, place: Option<Place>) -> (Option<String>, Option<u32>) {
    place.map(|place| located(project, place)).map(|it| (it.path, it.line)).unzip()
}

/// The replacement of the text at a place, if the new text is unknown.
fn replaced_by(project: &Project, place: Option<Place>) -> Option<String> {
    project.replaced.unknown_at(place?).map(|entry| entry.origin.clone())
}

fn profile(project: &Project, facts: &session::Profile, forced_logout: Option<bool>) -> Profile {
    let decided_by = facts.decided_by.map(|level| {
        let (path, line) = position(project, facts.effective.place);
        DecidedBy { level, path, line }
    });
    Profile {
        profile: facts.label.clone(),
        full_name: facts.full_name.clone(),
        org_minutes: facts.org.value,
        profile_minutes: facts.own.value,
        effective_minutes: facts.effective.value,
        shortest_minutes: facts.shortest.value,
        decided_by,
        forced_logout,
        replaced_by: replaced_by(project, facts.effective.place),
        own_replaced_by: replaced_by(project, facts.own.place),
        stored_zero: facts.stored_zero,
        is_malformed: facts.has_override && facts.own.value.is_none(),
    }
}

/// The refresh token policy of an app without refresh tokens, with its period; none if it is not a documented one.
fn unused_policy(app: &OAuthApp) -> Option<String> {
    let policy = app.written.refresh.as_ref().filter(|policy| policy.kind != RefreshKind::Malformed)?;
    let written = app.written.refresh_policy.value.as_ref().filter(|_| app.has_refresh_tokens() == Some(false))?;
    // A connected app states the period in the same text.
    let period = policy.text.as_ref().filter(|_| !written.contains(':'));
    Some(period.map_or_else(|| written.clone(), |period| format!("{written}, {period}")))
}

fn app(project: &Project, app: &OAuthApp) -> App {
    let token = &app.access_token;
    App {
        app: app.written.label.clone(),
        kind: app.kind.as_str(),
        integration: app.verdict.tier.is_integration(),
        tier: app.verdict.tier.as_str(),
        reason: app.verdict.reason.clone(),
        session_minutes: app.written.session_minutes.value,
        replaced_by: replaced_by(project, token.minutes.place),
        token_form: token.form.value.map(TokenForm::as_str),
        access_token_minutes: token.minutes.value,
        refresh_at_minutes: token.minutes.value.map(Moment::of_life),
        renewal: app.renewal.map(Renewal::as_str),
        refresh_token: app.refresh_policy().map(|policy| RefreshKind::as_str(policy.kind)),
        refresh_token_idle_days: app.refresh_idle.map(|idle| Days { hours: idle.hours }),
        salesforces_idle_limit: salesforces_idle_limit(app),
        has_refresh_tokens: app.has_refresh_tokens(),
        unused_policy: unused_policy(app),
        refresh_text: app.refresh_policy().and_then(|policy| policy.text.clone()),
        ip_relaxation: app.written.ip_relaxation.value.clone(),
        assurance: app
            .written
            .assurance_action
            .value
            .clone()
            .or_else(|| app.written.assurance_level.value.clone().filter(|level| level == "HIGH_ASSURANCE")),
        has_oauth: app.written.has_oauth,
        life_owner: token.owner_in_words(),
        users_doubt: token.may_be_shorter().then(|| token.users_doubt.clone()),
        life_is_own: matches!(token.owner, LifeOwner::SessionTimeout | LifeOwner::JwtPolicy),
    }
}

/// Salesforce's own idle limit, unless the policy ends the token as early by its lifetime.
pub(super) fn salesforces_idle_limit(app: &OAuthApp) -> Option<Days> {
    let limit = app.refresh_idle.filter(|idle| idle.is_salesforces)?;
    let policy = app.refresh_policy()?;
    let ends_before = policy.kind == RefreshKind::Lifetime && policy.hours.is_some_and(|hours| hours <= limit.hours);
    (!ends_before).then_some(Days { hours: limit.hours })
}

/// The remarks: the deciding file if there are several, missing files, and doubts.
fn remarks(facts: &Facts<'_>) -> Vec<String> {
    let project = facts.project;
    let mut remarks = Vec::new();
    let org = facts.org();
    let settings = project.of_type("SecuritySettings").count();
    let is_replaced = replaced_by(project, org.minutes.place).is_some();
    // What was left out may hold each of the values that the other remarks miss.
    let is_whole = !project.is_cut;
    if !is_whole {
        let text = "files were left out for want of memory, so the org's value and that of profiles without one of \
                    their own are unknown";
        remarks.push(text.to_owned());
    }
    if project.is_broken("SecuritySettings") && !is_replaced {
        if is_whole {
            remarks.push("a Security settings file is broken, so the org's value is unknown".to_owned());
        }
    } else if settings == 0 {
        remarks.push(
            "the org's session settings are not in the project, so its value is unknown (Salesforce ships 2 hours)"
                .to_owned(),
        );
    } else if let Some(origin) = replaced_by(project, org.minutes.place) {
        remarks.push(format!("the org's timeout is replaced at deployment ({origin}), so its value is unknown"));
    } else if org.minutes.value.is_none() {
        remarks.push("no Security settings file states a timeout that Salesforce documents".to_owned());
    }
    if settings > 1
        && let (Some(path), Some(line)) = position(project, org.minutes.place)
    {
        remarks.push(format!("{settings} Security settings files; the last one decides the timeout: {path}:{line}"));
    }
    if is_whole && project.is_broken("ProfileSessionSetting") {
        remarks
            .push("a profile's session setting is broken, so profiles without one of their own are unknown".to_owned());
    }
    let nameless =
        project.of_type("ProfileSessionSetting").filter(|(_, component)| component.node("profile").is_none());
    let nameless: Vec<&str> =
        nameless.map(|(_, component)| project.sources.get(component.file).path.as_str()).collect();
    if let Some(first) = nameless.first() {
        let who = if nameless.len() == 1 { "one session setting names" } else { "some session settings name" };
        remarks.push(format!("{who} no profile, so whose sessions it sets is unknown and it is not listed ({first})"));
    }
    if is_whole && facts.profiles().is_empty() {
        remarks.push(
            "no profile is in the project: each user has the org's value, unless the user's profile has one of its own"
                .to_owned(),
        );
    }
    if is_whole && facts.apps().is_empty() {
        remarks.push("the project holds no connected app and no external client app".to_owned());
    }
    remarks.extend(token_remarks(facts));
    if idle_limit_holds(project.inputs.as_of) && facts.apps().iter().any(|app| salesforces_idle_limit(app).is_some()) {
        remarks.push(IDLE_LIMIT.to_owned());
    }
    let differs =
        |profile: &&session::Profile| profile.stored_zero && profile.org.value.is_some_and(|minutes| minutes != 120);
    let zeros = facts.profiles().iter().filter(differs).count();
    if zeros > 0 {
        let of = if zeros == 1 { "one profile is" } else { "some profiles are" };
        remarks.push(format!(
            "{of} stored as 0, which Salesforce documents as 2 hours; whether that overrides another org value is not \
             documented (ask AuthSession.NumSecondsValid of one of their users: 7200 means that it does)"
        ));
    }
    remarks
}

/// The remark on the idle limit, which no policy shows.
const IDLE_LIMIT: &str = "since 4 November 2026 (sandboxes: 21 October) Salesforce ends refresh tokens that were unused \
                          for 30 days, whatever longer time the policy names; the release note names no exception, and \
                          no file shows whether an org is exempt";

/// Apps that a remark names; the others are counted.
const NAMED: usize = 3;

/// Why lifetimes of access tokens are unknown, or not known to be the shortest: each reason once, with its apps. Another
/// remark covers an unknown session of the org.
fn token_remarks(facts: &Facts<'_>) -> Vec<String> {
    let mut unknown = Reasons::default();
    let mut shorter = Reasons::default();
    for app in facts.apps() {
        let token = &app.access_token;
        let label = app.written.label.as_str();
        let is_in_org = app.kind == AppKind::ConnectedApp && token.form.value == Some(TokenForm::Jwt);
        if !token.doubt.is_empty() && token.doubt != NO_SESSION {
            unknown.add(&token.doubt, is_in_org, label);
        }
        if token.may_be_shorter() {
            shorter.add(&token.users_doubt, false, label);
        }
    }
    let unknown = unknown.0.into_iter().map(|(doubt, is_in_org, labels)| {
        let ask = if is_in_org {
            "; SELECT Name, NamedUserUvidTimeout FROM ConnectedApplication shows an app's own minutes, where it has them"
        } else {
            ""
        };
        format!("how long an access token of {} lives is unknown: {doubt}{ask}", some_names(&labels))
    });
    let shorter = shorter.0.into_iter().map(|(doubt, _, labels)| {
        format!("an access token of {} may live shorter for some of its users: {doubt}", some_names(&labels))
    });
    unknown.chain(shorter).collect()
}

/// Reasons in the order of their first app: each with whether a query of the org answers it (JWT tokens of a connected
/// app), and its apps.
#[derive(Default)]
struct Reasons<'a>(Vec<(&'a str, bool, Vec<&'a str>)>);

impl<'a> Reasons<'a> {
    fn add(&mut self, reason: &'a str, is_in_org: bool, label: &'a str) {
        match self.0.iter_mut().find(|(other, ..)| *other == reason) {
            Some((.., labels)) => labels.push(label),
            None => self.0.push((reason, is_in_org, vec![label])),
        }
    }
}

/// The first names, and the number of the others.
fn some_names(labels: &[&str]) -> String {
    let names = labels.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match labels.len().saturating_sub(NAMED) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}
