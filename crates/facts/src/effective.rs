//! Sessions as pairs: each profile in the browser, and each app that has a timeout of its own against each distinct
//! profile value.
//!
//! Rows exist only where the result differs: never the full product. Refuses to know which users use which app.

use std::collections::BTreeMap;

use super::column::{Fact, IntoCell, ViewColumn};
use super::oauth::OAuthApp;
use super::session::Profile;
use super::table::{Declaration, Declared};
use super::text;
use sessionlint_project::metadata::Precedence;
use sessionlint_soql::Cell;

/// One kind of session.
#[derive(Debug)]
pub(super) struct EffectiveSession {
    channel: &'static str,
    profile: Option<String>,
    /// The name of the row across runs: the app, else the profile by its own file.
    key: String,
    profiles: i64,
    app: Option<String>,
    app_minutes: Fact<i64>,
    user: Fact<i64>,
    effective: Fact<i64>,
    shortest: Fact<i64>,
    decided_by: Option<&'static str>,
}

type EffectiveColumn = ViewColumn<EffectiveSession>;

impl Declared for EffectiveSession {
    const TABLE: Declaration<Self> = Declaration::new(
        || EFFECTIVE_SESSION,
        |facts| sessions(facts.project.inputs.precedence, facts.all(), facts.all()),
    )
    .key(|it| &it.key);
}

/// Columns of `EffectiveSession`.
const EFFECTIVE_SESSION: &[EffectiveColumn] = &[
    EffectiveColumn::text("Channel", "`browser` or `app`", |it| it.channel.cell()).always(),
    EffectiveColumn::text("Profile", "label of the profile; the first by name of those with the same value", |it| {
        it.profile.as_deref().cell()
    }),
    EffectiveColumn::int("Profiles", "number of profiles in this row", |it| it.profiles.cell()).always(),
    EffectiveColumn::text("App", "label of the app; null in the browser", |it| it.app.as_deref().cell()),
    EffectiveColumn::int("AppMinutes", "minutes of the app's own timeout", |it| it.app_minutes.clone().cell()),
    EffectiveColumn::int("UserMinutes", "minutes of the user's profile or of the org", |it| it.user.clone().cell()),
    EffectiveColumn::int("EffectiveMinutes", "minutes that apply, by the configured precedence", |it| {
        it.effective.clone().cell()
    }),
    EffectiveColumn::int("ShortestMinutes", "minutes if the shortest level applies", |it| it.shortest.clone().cell()),
    EffectiveColumn::text("DecidedBy", "`app`, `profile` or `org`: the level that EffectiveMinutes comes from", |it| {
        match it.decided_by {
            Some(level) => Cell { place: it.effective.place, value: text(level) },
            None => Cell::default(),
        }
    }),
];

/// All sessions whose result differs.
pub(super) fn sessions(precedence: Precedence, profiles: &[Profile], apps: &[OAuthApp]) -> Vec<EffectiveSession> {
    let mut sessions: Vec<_> = profiles
        .iter()
        .map(|profile| EffectiveSession {
            channel: "browser",
            profile: Some(profile.label.clone()),
            key: profile.row_key.clone(),
            profiles: 1,
            app: None,
            app_minutes: Fact::default(),
            user: profile.effective.clone(),
            effective: profile.effective.clone(),
            shortest: profile.shortest.clone(),
            decided_by: profile.decided_by,
        })
        .collect();
    // The distinct values, each with its first profile and the number of its profiles.
    let mut values: BTreeMap<Option<i64>, (&Profile, i64)> = BTreeMap::new();
    for profile in profiles {
        values.entry(profile.effective.value).or_insert((profile, 0)).1 += 1;
    }
    for app in apps.iter().filter(|app| app.has_ruling_timeout()) {
        for (profile, count) in values.values() {
            sessions.push(through_app(precedence, app, profile, *count));
        }
    }
    sessions
}

fn through_app(precedence: Precedence, app: &OAuthApp, profile: &Profile, profiles: i64) -> EffectiveSession {
    let own = &app.written.session_minutes;
    let shortest_level = match (own.value, profile.shortest.value) {
        (Some(own), Some(user)) if user < own => Some(profile.decided_by),
        (Some(_), Some(_)) => Some(Some("app")),
        _ => None,
    };
    let shortest = match shortest_level {
        Some(Some("app")) => own.clone(),
        Some(_) => profile.shortest.clone(),
        None => Fact::default(),
    };
    let (effective, decided_by) = match precedence {
        Precedence::Documented => (own.clone(), own.value.map(|_| "app")),
        Precedence::Shortest => (shortest.clone(), shortest_level.flatten()),
    };
    EffectiveSession {
        channel: "app",
        profile: Some(profile.label.clone()),
        key: app.written.label.clone(),
        profiles,
        app: Some(app.written.label.clone()),
        app_minutes: own.clone(),
        user: profile.effective.clone(),
        effective,
        shortest,
        decided_by,
    }
}
