//! Compares the apps of two states, setting by setting.
//!
//! A change of a setting whose value is unknown on one side has no direction. Refuses to know where the states come from.

use super::{App, Direction, Presence, Setting, Value, changed, longer_is_better, pairs_by_key};
use sessionlint_facts::oauth::{AppKind, OAuthApp, RefreshKind, RefreshPolicy, Renewal, ip_relaxation};

pub(super) fn apps(old: &[OAuthApp], new: &[OAuthApp]) -> Vec<App> {
    let key = |app: &OAuthApp| (app.written.full_name.to_lowercase(), app.kind.as_str());
    let mut apps: Vec<_> = pairs_by_key(old, new, key).into_iter().filter_map(app).collect();
    apps.sort_by_cached_key(|app| (app.app.to_lowercase(), app.full_name.clone(), app.kind));
    apps
}

/// The remark on a new connected app.
const NO_NEW_CONNECTED_APPS: &str = "Since Spring '26 no deployment creates a connected app in an org that does not \
     have it (only a package or Salesforce Support does); an app that is there can still be changed, and an external \
     client app is the way for a new one";

fn app((old, new): (Option<&OAuthApp>, Option<&OAuthApp>)) -> Option<App> {
    let facts = new.or(old)?;
    let presence = match (old, new) {
        (None, _) => Presence::Added,
        (_, None) => Presence::Removed,
        _ => Presence::Changed,
    };
    let settings = settings(old, new);
    if settings.is_empty() && presence == Presence::Changed {
        return None;
    }
    let is_new_connected_app = presence == Presence::Added && facts.kind == AppKind::ConnectedApp;
    Some(App {
        app: facts.written.label.clone(),
        kind: facts.kind.as_str(),
        full_name: facts.written.full_name.clone(),
        presence,
        integration: facts.verdict.tier.is_integration(),
        settings,
        note: is_new_connected_app.then_some(NO_NEW_CONNECTED_APPS),
    })
}

/// The changed settings of an app. If one state does not have the app, no change has a direction.
fn settings(old: Option<&OAuthApp>, new: Option<&OAuthApp>) -> Vec<Setting> {
    let setting = |(name, get, compare): AppSetting| {
        changed(name, old.and_then(get), new.and_then(get), || match (old, new) {
            (Some(old), Some(new)) => compare(old, new),
            _ => Direction::Neutral,
        })
    };
    app_settings().into_iter().filter_map(setting).collect()
}

/// The settings of an app, each with its value; `None` where it is unknown.
pub(crate) fn app_values(app: &OAuthApp) -> impl Iterator<Item = (&'static str, Option<Value>)> {
    app_settings().into_iter().map(|(name, get, _)| (name, get(app)))
}

type GetValue = fn(&OAuthApp) -> Option<Value>;
type CompareApps = fn(&OAuthApp, &OAuthApp) -> Direction;
/// A setting of an app: its name, its value, and the direction of a change.
type AppSetting = (&'static str, GetValue, CompareApps);

fn app_settings() -> [AppSetting; 9] {
    let neutral: CompareApps = |_, _| Direction::Neutral;
    [
        ("sessionTimeout", session_timeout, timeout_direction),
        (
            "tokenForm",
            |app| app.access_token.form.value.map(|form| Value::Word(form.as_str().to_owned())),
            |old, new| longer_is_better(old.access_token.least_minutes(), new.access_token.least_minutes()),
        ),
        ("jwtTimeout", jwt_timeout, |old, new| {
            let minutes = |app: &OAuthApp| app.access_token.least_minutes().filter(|_| app.issues_jwt());
            longer_is_better(minutes(old), minutes(new))
        }),
        ("refreshToken", refresh_token, refresh_direction),
        ("renewal", |app| app.renewal.map(|renewal| Value::Word(renewal.as_str().to_owned())), renewal_direction),
        ("ipRelaxation", ip, ip_direction),
        ("assurance", assurance, |old, new| match (strictness(old), strictness(new)) {
            (Some(old), Some(new)) => longer_is_better(Some(-old), Some(-new)),
            _ => Direction::Neutral,
        }),
        ("adminApproved", |app| app.written.is_admin_approved.value.map(Value::Flag), neutral),
        ("scopes", scopes, neutral),
    ]
}

/// The app's own timeout: `none` if its file has none, unknown if its policy is not in the project.
fn session_timeout(app: &OAuthApp) -> Option<Value> {
    if app.written.has_session_timeout {
        return app.written.session_minutes.value.map(Value::Minutes);
    }
    app.written.session_minutes.place.map(|_| Value::Word("none".to_owned()))
}

/// The lifetime of a JWT access token by the app's policy: its own minutes, or `session` if the users' session applies.
fn jwt_timeout(app: &OAuthApp) -> Option<Value> {
    match app.written.jwt_timeout_type.value.as_deref() {
        Some("UserSession") => Some(Value::Word("session".to_owned())),
        _ => app.written.jwt_minutes.value.map(Value::Minutes),
    }
}

/// The direction by the effective sessions of the app's users. If they are unknown, a timeout is worse than none. A
/// timeout that applies to no token has no effect.
fn timeout_direction(old: &OAuthApp, new: &OAuthApp) -> Direction {
    if [old, new].iter().any(|app| app.kind == AppKind::ExternalClientApplication && app.issues_jwt()) {
        return Direction::Neutral;
    }
    let (Some(before), Some(after)) = (session_timeout(old), session_timeout(new)) else { return Direction::Neutral };
    let minutes = |app: &OAuthApp| app.written.session_minutes.value.or(app.fallback.value);
    match (minutes(old), minutes(new)) {
        (Some(old), Some(new)) => longer_is_better(Some(old), Some(new)),
        _ => match (before, after) {
            (Value::Word(_), Value::Minutes(_)) => Direction::Worse,
            (Value::Minutes(_), Value::Word(_)) => Direction::Better,
            _ => Direction::Neutral,
        },
    }
}

fn refresh_token(app: &OAuthApp) -> Option<Value> {
    if app.has_refresh_tokens() == Some(false) {
        return Some(Value::Word("none".to_owned()));
    }
    let RefreshPolicy { kind, hours, text } = app.refresh_policy()?;
    Some(Value::Refresh { kind: kind.as_str(), hours: *hours, period: text.clone() })
}

fn refresh_direction(old_app: &OAuthApp, new_app: &OAuthApp) -> Direction {
    let (Some(old), Some(new)) = (old_app.refresh_policy(), new_app.refresh_policy()) else {
        return Direction::Neutral;
    };
    let ends_by_rest = |policy: &RefreshPolicy| matches!(policy.kind, RefreshKind::UntilRevoked | RefreshKind::Idle);
    if ends_by_rest(old)
        && ends_by_rest(new)
        && let (Some(before), Some(after)) = (old_app.refresh_idle, new_app.refresh_idle)
    {
        // With Salesforce's own limit, a policy of 30 idle days is as good as no limit.
        return longer_is_better(Some(before.hours), Some(after.hours));
    }
    let rank = |policy: &RefreshPolicy| match policy.kind {
        RefreshKind::AtOnce => Some(0),
        RefreshKind::Lifetime | RefreshKind::Idle => Some(1),
        RefreshKind::UntilRevoked => Some(2),
        RefreshKind::Malformed => None,
    };
    if (rank(old), rank(new)) != (Some(1), Some(1)) {
        return longer_is_better(rank(old), rank(new));
    }
    match (old.kind, new.kind) {
        // An idle limit restarts with each use: with the same period it ends later, and a shorter one may.
        (RefreshKind::Lifetime, RefreshKind::Idle) => match (old.hours, new.hours) {
            (Some(old), Some(new)) if new >= old => Direction::Better,
            _ => Direction::Neutral,
        },
        (RefreshKind::Idle, RefreshKind::Lifetime) => match (old.hours, new.hours) {
            (Some(old), Some(new)) if new <= old => Direction::Worse,
            _ => Direction::Neutral,
        },
        _ => longer_is_better(old.hours, new.hours),
    }
}

fn renewal_direction(old: &OAuthApp, new: &OAuthApp) -> Direction {
    let renews = |app: &OAuthApp| app.renewal.map(|renewal| i64::from(renewal != Renewal::NoneVisible));
    longer_is_better(renews(old), renews(new))
}

/// The documented word, else the value as written, marked as not documented.
fn ip(app: &OAuthApp) -> Option<Value> {
    let written = app.written.ip_relaxation.value.as_deref()?;
    let word = ip_relaxation(app.kind, written);
    Some(Value::Word(if word == "unknown" { format!("{written} (not documented)") } else { word.to_owned() }))
}

fn ip_direction(old: &OAuthApp, new: &OAuthApp) -> Direction {
    let rank = |app: &OAuthApp| match ip_relaxation(app.kind, app.written.ip_relaxation.value.as_deref()?) {
        "enforce" => Some(0),
        // Which of the two admits more depends on the integration.
        "relax-refresh" | "second-factor" => Some(1),
        "relax" => Some(2),
        _ => None,
    };
    longer_is_better(rank(old), rank(new))
}

/// The session level that the app requires, and its action for a lower level.
fn assurance(app: &OAuthApp) -> Option<Value> {
    let (action, level) = (&app.written.assurance_action, &app.written.assurance_level);
    action.place.or(level.place)?;
    let words: Vec<&str> = [level, action].into_iter().filter_map(|fact| fact.value.as_deref()).collect();
    Some(Value::Word(if words.is_empty() { "none".to_owned() } else { words.join(", ") }))
}

/// 0 if nothing is required, 1 for a second factor, 2 for what a program cannot provide; `None` if the value is not
/// documented.
fn strictness(app: &OAuthApp) -> Option<i64> {
    assurance(app)?;
    let signs_in_alone = app.written.certificate.is_some() || app.written.client_credentials.value == Some(true);
    let is_high = app.written.assurance_level.value.as_deref() == Some("HIGH_ASSURANCE");
    match app.written.assurance_action.value.as_deref() {
        Some("Block") => Some(if is_high { 2 } else { 0 }),
        Some("RaiseSessionLevel") => Some(if signs_in_alone { 2 } else { 1 }),
        Some("StepUpMFA") => Some(1),
        Some(_) => None,
        None => Some(i64::from(is_high)),
    }
}

fn scopes(app: &OAuthApp) -> Option<Value> {
    let mut scopes = app.written.scopes.value.clone()?;
    scopes.sort();
    scopes.dedup();
    Some(Value::Words(scopes))
}
