//! Where things stand in the two pictures: sessions by how long they live, tokens by when they die.
//!
//! Both scales are logarithmic, and everything is a share of the picture's width, so that a picture fits a phone and a
//! sheet of paper without shrinking its letters. The templates draw; nothing here is markup.

use serde::Serialize;

use super::words;
use crate::analysis::overview::{Integration, Overview};
use crate::analysis::sessions::Profile;
use sessionlint_lint::rule::minutes_in_words;

/// Profiles that get a row each; more are grouped by their values.
const MOST_ROWS: usize = 14;
/// Integrations in one picture.
const MOST_TOKENS: usize = 12;
/// Code points of a label.
const LABEL: usize = 38;
/// Where scales begin: below the least value, so that it has a bar.
const LEAST_MINUTES: f64 = 10.0;
/// Where a cross stands that is at the beginning, and whole.
const AT_ONCE: &str = "1.60%";
const DAY: i64 = 24 * 60;
const YEAR: i64 = 365 * DAY;

/// A mark on the scale.
#[derive(Debug, Serialize)]
pub(super) struct Tick {
    at: String,
    text: &'static str,
    anchor: &'static str,
    y: i64,
}

/// The picture of sessions.
#[derive(Debug, Serialize)]
pub(super) struct Sessions {
    height: i64,
    ticks: Vec<Tick>,
    rows: Vec<SessionRow>,
    org: Option<Tick>,
    org_text: String,
    is_grouped: bool,
    is_forced: bool,
    has_other: bool,
    summary: String,
}

/// A profile, or several with the same values.
#[derive(Debug, Serialize)]
pub(super) struct SessionRow {
    y: i64,
    label: String,
    names: String,
    value: String,
    /// The bar's end; none where the value is unknown.
    at: Option<String>,
    class: &'static str,
    /// The bar's end by the other reading, where it differs.
    other: Option<String>,
    other_text: String,
}

/// The picture of tokens.
#[derive(Debug, Serialize)]
pub(super) struct Tokens {
    height: i64,
    ticks: Vec<Tick>,
    rows: Vec<TokenRow>,
}

/// An integration's two tokens.
#[derive(Debug, Serialize)]
pub(super) struct TokenRow {
    y: i64,
    label: String,
    name: String,
    access: Option<String>,
    refresh_at: Option<String>,
    access_text: String,
    token: Option<String>,
    token_class: &'static str,
    token_text: String,
}

/// `minutes` as a share of the width, in percent.
fn share(minutes: i64, most: i64) -> f64 {
    // A number of minutes that u32 cannot hold is off every scale.
    let number = |minutes: i64| f64::from(u32::try_from(minutes.max(1)).unwrap_or(u32::MAX));
    let share = (number(minutes) / LEAST_MINUTES).ln() / (number(most) / LEAST_MINUTES).ln();
    (share * 100.0).clamp(0.6, 100.0)
}

fn percent(minutes: i64, most: i64) -> String {
    format!("{:.2}%", share(minutes, most))
}

fn tick(minutes: i64, text: &'static str, most: i64) -> Tick {
    let share = share(minutes, most);
    let anchor = match share {
        ..=6.0 => "start",
        90.0.. => "end",
        _ => "middle",
    };
    Tick { at: percent(minutes, most), text, anchor, y: 0 }
}

fn cropped(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The picture of sessions; `None` where nothing is known of any.
pub(super) fn sessions(overview: &Overview) -> Option<Sessions> {
    let sessions = &overview.sessions;
    let org = sessions.org.minutes;
    if sessions.profiles.is_empty() && org.is_none() {
        return None;
    }
    let is_grouped = sessions.profiles.len() > MOST_ROWS;
    let mut groups: Vec<Vec<&Profile>> = Vec::new();
    for profile in &sessions.profiles {
        let values = |it: &Profile| (it.effective_minutes, it.shortest_minutes);
        match groups.iter_mut().find(|group| is_grouped && values(group[0]) == values(profile)) {
            Some(group) => group.push(profile),
            None => groups.push(vec![profile]),
        }
    }
    let mut rows: Vec<SessionRow> = groups.iter().enumerate().map(|(index, group)| row(index, group)).collect();
    if let (true, Some(minutes)) = (rows.is_empty(), org) {
        rows.push(SessionRow {
            y: top(0),
            label: "Everybody, by the org's value".to_owned(),
            names: "no file names a profile".to_owned(),
            value: minutes_in_words(minutes),
            at: Some(percent(minutes, DAY)),
            class: class(minutes),
            other: None,
            other_text: String::new(),
        });
    }
    let scale = [(15, "15 min"), (30, "30"), (60, "1 h"), (120, "2 h"), (240, "4 h"), (480, "8 h"), (DAY, "24 h")];
    let bottom = top(rows.len());
    let org_tick = org.map(|minutes| Tick {
        anchor: if share(minutes, DAY) > 50.0 { "end" } else { "start" },
        y: bottom + 14,
        ..tick(minutes, "", DAY)
    });
    let known = overview.verdict.known_profiles;
    Some(Sessions {
        height: bottom + 24,
        ticks: scale.map(|(minutes, text)| tick(minutes, text, DAY)).into(),
        org: org_tick,
        org_text: org.map(|minutes| format!("org: {}", minutes_in_words(minutes))).unwrap_or_default(),
        is_grouped,
        is_forced: sessions.org.forced_logout == Some(true),
        has_other: rows.iter().any(|row| row.other.is_some()),
        summary: format!(
            "{} of {known} profiles with a known session are below two hours",
            overview.verdict.short_profiles
        ),
        rows,
    })
}

/// Where a row begins.
fn top(index: usize) -> i64 {
    28 + 42 * i64::try_from(index).unwrap_or(0)
}

fn class(minutes: i64) -> &'static str {
    match minutes {
        ..=30 => "short",
        31..=119 => "low",
        _ => "long",
    }
}

fn row(index: usize, group: &[&Profile]) -> SessionRow {
    let first = group[0];
    let names: Vec<&str> = group.iter().map(|profile| profile.profile.as_str()).collect();
    let label = match names.as_slice() {
        [one] => cropped(one),
        many => cropped(&format!("{} profiles: {}", many.len(), many.join(", "))),
    };
    let effective = first.effective_minutes;
    let other = first.shortest_minutes.filter(|minutes| Some(*minutes) != effective);
    SessionRow {
        y: top(index),
        label,
        names: names.join(", "),
        value: effective.map_or("unknown".to_owned(), minutes_in_words),
        at: effective.map(|minutes| percent(minutes, DAY)),
        class: effective.map_or("unknown", class),
        other: other.map(|minutes| percent(minutes, DAY)),
        other_text: other.map(minutes_in_words).unwrap_or_default(),
    }
}

/// The pictures of tokens, each with its scale and no taller than a sheet of paper; none without integrations.
pub(super) fn tokens(overview: &Overview) -> Vec<Tokens> {
    overview.integrations.chunks(MOST_TOKENS).map(token_picture).collect()
}

fn token_picture(integrations: &[Integration]) -> Tokens {
    let most = 2 * YEAR;
    let scale = [(15, "15 min"), (120, "2 h"), (DAY, "1 day"), (7 * DAY, "7 d"), (30 * DAY, "30 d"), (YEAR, "1 year")];
    let rows: Vec<TokenRow> = integrations.iter().enumerate().map(|(index, it)| token_row(index, it, most)).collect();
    Tokens {
        height: token_top(rows.len()) + 4,
        ticks: scale.map(|(minutes, text)| tick(minutes, text, most)).into(),
        rows,
    }
}

fn token_top(index: usize) -> i64 {
    28 + 84 * i64::try_from(index).unwrap_or(0)
}

fn token_row(index: usize, it: &Integration, most: i64) -> TokenRow {
    let app = &it.app;
    let access_text = match (app.access_token_minutes, app.refresh_at_minutes) {
        (Some(life), Some(at)) => {
            let (life, at) = (minutes_in_words(life), words::seconds_in_words(at.seconds));
            format!("access token {life}, refresh at {at}")
        }
        _ => "access token: life unknown".to_owned(),
    };
    let renews_by_token = app.renewal == Some("refresh-token");
    let scaled = |hours: i64| percent(hours.saturating_mul(60), most);
    let (hours, limit) = (it.refresh_hours.map(scaled), it.idle_limit.map(scaled));
    let (token, token_class) = match (renews_by_token, app.refresh_token) {
        (true, Some("until-revoked" | "idle")) if limit.is_some() => (limit, "idle"),
        (true, Some("until-revoked")) => (Some("100%".to_owned()), "lasting"),
        (true, Some("lifetime")) => (hours, "ends"),
        (true, Some("idle")) => (hours, "idle"),
        (_, Some("at-once")) if !matches!(app.renewal, Some("jwt" | "client-credentials")) => {
            (Some(AT_ONCE.to_owned()), "ends")
        }
        _ => (None, "none"),
    };
    let token_text = match app.renewal {
        Some("jwt") => "needs no refresh token: signs in again by JWT".to_owned(),
        Some("client-credentials") => "needs no refresh token: client credentials".to_owned(),
        Some("none-visible") if app.refresh_token == Some("at-once") => "refresh token dies at once".to_owned(),
        Some("none-visible") => "no way to renew in these files".to_owned(),
        _ => format!(
            "refresh token: {}",
            words::refresh_token(app.refresh_token, app.refresh_text.as_deref(), it.idle_limit)
        ),
    };
    TokenRow {
        y: token_top(index),
        label: cropped(&app.app),
        name: app.app.clone(),
        access: app.access_token_minutes.map(|minutes| percent(minutes, most)),
        refresh_at: app.refresh_at_minutes.map(|at| percent(at.seconds / 60, most)),
        access_text,
        token,
        token_class,
        token_text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_factors_are_equal_distances() {
        let step = share(30, DAY) - share(15, DAY);
        assert!((share(480, DAY) - share(240, DAY) - step).abs() < 1e-9);
        assert_eq!(percent(DAY, DAY), "100.00%");
        assert!(share(0, DAY) > 0.0 && share(9999, DAY) <= 100.0);
    }
}
