//! The positions in the three charts: sessions by length, dates on a time line, and timeouts from commit to commit.
//!
//! The scales are logarithmic, except for the past. Positions are shares of the width, so a chart fits every screen and
//! paper without scaling its letters. Refuses to know markup: the templates draw.

use jiff::civil::Date;
use serde::Serialize;

use super::words;
use sessionlint_analysis::overview::{Group, Overview, Past, TimeoutHistory};
use sessionlint_lint::rule::minutes_in_words;

/// Code points of the names in a row; the others are counted, and named in the table.
const NAMES: usize = 110;
/// Rows of the time line; the others are in the table.
const MAX_DATES: usize = 18;
/// The start of the scale of sessions, below the least value, so that every value has a bar.
const LEAST_MINUTES: f64 = 10.0;
const DAY: i64 = 24 * 60;
/// Days for which the time line is nearly linear; beyond, it is logarithmic.
const NEAR_DAYS: f64 = 20.0;
/// The least days of the time line in the future and in the past, and the most on each side.
const SOON: i64 = 400;
const PAST: i64 = 30;
const FAR: i64 = 4 * 365;

/// A mark on a scale.
#[derive(Debug, Serialize)]
pub(super) struct Tick {
    at: String,
    text: String,
    anchor: &'static str,
}

/// The chart of sessions.
#[derive(Debug, Serialize)]
pub(super) struct Sessions {
    ticks: Vec<Tick>,
    rows: Vec<SessionRow>,
    /// The position of the org's value.
    org: Option<String>,
    org_text: String,
    is_forced: bool,
    has_other: bool,
}

/// Profiles with the same values.
#[derive(Debug, Serialize)]
pub(super) struct SessionRow {
    count: usize,
    names: String,
    value: String,
    /// The end of the bar; none if the value is unknown.
    at: Option<String>,
    class: &'static str,
    /// The end of the bar if the shortest level wins, if it differs.
    other: Option<String>,
}

/// The time line.
#[derive(Debug, Serialize)]
pub(super) struct Timeline {
    ticks: Vec<Tick>,
    today: String,
    rows: Vec<TimeRow>,
    more: usize,
}

/// An item of the time line.
#[derive(Debug, Serialize)]
pub(super) struct TimeRow {
    when: String,
    left: String,
    what: String,
    at: String,
    /// Start and width of the bar between today and the day.
    from: String,
    width: String,
    class: &'static str,
}

/// The chart of timeouts from commit to commit.
#[derive(Debug, Serialize)]
pub(super) struct PastChart {
    ticks: Vec<Tick>,
    rows: Vec<PastRow>,
    more: usize,
}

/// The timeouts of the org, or of profiles that changed alike.
#[derive(Debug, Serialize)]
pub(super) struct PastRow {
    count: usize,
    names: String,
    /// The last value and the one before.
    value: String,
    steps: Vec<Step>,
}

/// The time in which a timeout applied, as a box: the longer the sessions, the higher.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    x: String,
    width: String,
    y: i64,
    height: i64,
    class: &'static str,
}

/// `minutes` as a share of the width, in percent.
fn share(minutes: i64) -> f64 {
    // A number of minutes that u32 cannot hold is off every scale.
    let number = |minutes: i64| f64::from(u32::try_from(minutes.max(1)).unwrap_or(u32::MAX));
    let share = (number(minutes) / LEAST_MINUTES).ln() / (number(DAY) / LEAST_MINUTES).ln();
    (share * 100.0).clamp(0.6, 100.0)
}

fn percent(share: f64) -> String {
    format!("{share:.2}%")
}

fn tick(share: f64, text: &str) -> Tick {
    let anchor = match share {
        ..=6.0 => "start",
        90.0.. => "end",
        _ => "middle",
    };
    Tick { at: percent(share), text: text.to_owned(), anchor }
}

/// The names that fit, and the number of the others.
fn fitting(names: &[&str]) -> String {
    let mut text = String::new();
    let mut length = 0;
    for (index, name) in names.iter().enumerate() {
        length += name.chars().count() + 2;
        if index > 0 && length > NAMES {
            return format!("{text} and {} more", names.len() - index);
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    text
}

/// The chart of sessions; `None` if no value is known.
pub(super) fn sessions(overview: &Overview) -> Option<Sessions> {
    let org = overview.sessions.org.minutes;
    let mut rows = rows(&overview.groups);
    if rows.is_empty() {
        let minutes = org?;
        rows.push(SessionRow {
            count: 0,
            names: "Everybody, by the org's value: no file names a profile".to_owned(),
            value: minutes_in_words(minutes),
            at: Some(percent(share(minutes))),
            class: class(minutes),
            other: None,
        });
    }
    let scale = [(15, "15 min"), (30, "30"), (60, "1 h"), (120, "2 h"), (240, "4 h"), (480, "8 h"), (DAY, "24 h")];
    Some(Sessions {
        ticks: scale.map(|(minutes, text)| tick(share(minutes), text)).into(),
        org: org.map(|minutes| percent(share(minutes))),
        org_text: org.map(minutes_in_words).unwrap_or_default(),
        is_forced: overview.sessions.org.forced_logout == Some(true),
        has_other: rows.iter().any(|row| row.other.is_some()),
        rows,
    })
}

fn class(minutes: i64) -> &'static str {
    match minutes {
        ..=30 => "short",
        31..=119 => "low",
        _ => "long",
    }
}

/// A row for each pair of values, whatever level decides them.
fn rows(groups: &[Group]) -> Vec<SessionRow> {
    let mut rows: Vec<Vec<&Group>> = Vec::new();
    for group in groups {
        let values = |it: &Group| (it.effective, it.shortest);
        match rows.iter_mut().find(|row| row.first().is_some_and(|first| values(first) == values(group))) {
            Some(row) => row.push(group),
            None => rows.push(vec![group]),
        }
    }
    rows.into_iter().filter_map(|row| Some(self::row(row.first()?, &row))).collect()
}

fn row(group: &Group, all: &[&Group]) -> SessionRow {
    let names: Vec<&str> = all.iter().flat_map(|group| &group.profiles).map(|profile| profile.name.as_str()).collect();
    let other = group.shortest.filter(|minutes| Some(*minutes) != group.effective);
    SessionRow {
        count: names.len(),
        names: fitting(&names),
        value: group.effective.map_or("unknown".to_owned(), minutes_in_words),
        at: group.effective.map(|minutes| percent(share(minutes))),
        class: group.effective.map_or("unknown", class),
        other: other.map(|minutes| percent(share(minutes))),
    }
}

/// The time line: every date, and the day on which a token that is issued today expires; `None` if there is none.
pub(super) fn timeline(overview: &Overview) -> Option<Timeline> {
    let mut dated: Vec<(i64, String, String, String, &'static str)> = overview
        .dates
        .iter()
        .map(|it| {
            let class = match (it.is_general, it.days_about) {
                (true, _) => "general",
                (false, ..0) => "past",
                (false, _) => "ends",
            };
            (it.days_about, it.when.clone(), words::days_left(it.days_left), it.what.clone(), class)
        })
        .collect();
    for (hours, what) in words::token_ends(overview) {
        let days = hours / 24;
        let when = if hours % 24 == 0 { format!("+ {days} days") } else { format!("+ {hours} hours") };
        dated.push((days, when, "from today".to_owned(), what, "token"));
    }
    dated.sort_by(|left, right| (left.0, &left.3).cmp(&(right.0, &right.3)));
    let (first, last) = (dated.first()?.0, dated.last()?.0);
    let scale = Scale { past: (-first).clamp(PAST, FAR), future: last.clamp(SOON, FAR) };
    let more = dated.len().saturating_sub(MAX_DATES);
    // The most distant items are removed first: the table has them.
    while dated.len() > MAX_DATES {
        let is_past_farther = dated.first().is_some_and(|first| -first.0 > dated.last().map_or(0, |last| last.0));
        if is_past_farther {
            dated.remove(0);
        } else {
            dated.pop();
        }
    }
    let marks = [
        (-1095, "3 years ago"),
        (-365, "1 year ago"),
        (0, "today"),
        (30, "30 d"),
        (90, "90 d"),
        (365, "1 year"),
        (1095, "3 years"),
    ];
    let marks = marks.into_iter().filter(|(days, _)| (-scale.past..=scale.future).contains(days));
    let today = scale.share(0);
    let row = |(days, when, left, what, class): (i64, String, String, String, &'static str)| {
        let at = scale.share(days);
        TimeRow {
            when,
            left,
            what,
            at: percent(at),
            from: percent(at.min(today)),
            width: percent((at - today).abs()),
            class,
        }
    };
    Some(Timeline {
        ticks: marks.map(|(days, text)| tick(scale.share(days), text)).collect(),
        today: percent(today),
        rows: dated.into_iter().map(row).collect(),
        more,
    })
}

/// Height of a row of the past, in pixels.
const PAST_HEIGHT: i64 = 24;
/// Rows of the past; the others are in the table.
const MAX_HISTORIES: usize = 12;

/// The chart of the past; `None` if no timeout changed.
pub(super) fn past(past: &Past) -> Option<PastChart> {
    let days = |day: Date| i64::from(past.since.until(day).map_or(0, |span| span.get_days()));
    let length = days(past.until);
    if past.histories.is_empty() || length <= 0 {
        return None;
    }
    // Days of at most some thousand years.
    let number = |days: i64| i32::try_from(days).map_or(f64::MAX, f64::from);
    let at = |day: Date| (number(days(day)) / number(length) * 100.0).clamp(0.0, 100.0);
    let row = |history: &TimeoutHistory| {
        let ends = history.values.iter().skip(1).filter_map(|it| it.from).chain([past.until]);
        let steps = history.values.iter().zip(ends).filter_map(|(value, end)| {
            let minutes = value.minutes?;
            let from = value.from.map_or(0.0, at);
            let height = 4 + (share(minutes) / 100.0 * 18.0).round() as i64;
            let (x, width) = (percent(from), percent((at(end) - from).max(0.4)));
            Some(Step { x, width, y: PAST_HEIGHT - height, height, class: class(minutes) })
        });
        let names: Vec<&str> = history.profiles.iter().map(String::as_str).collect();
        let in_words = |minutes: Option<i64>| minutes.map_or("unknown".to_owned(), minutes_in_words);
        let last: Vec<String> = history.values.iter().rev().take(2).rev().map(|it| in_words(it.minutes)).collect();
        PastRow {
            count: names.len(),
            names: if names.is_empty() { "The org".to_owned() } else { fitting(&names) },
            value: last.join(" \u{2192} "),
            steps: steps.collect(),
        }
    };
    Some(PastChart {
        ticks: past_ticks(past.since, past.until)
            .into_iter()
            .map(|day| tick(at(day), &day_text(day, length)))
            .collect(),
        rows: past.histories.iter().take(MAX_HISTORIES).map(row).collect(),
        more: past.histories.len().saturating_sub(MAX_HISTORIES),
    })
}

/// A day on the scale of the past; only its month on a long scale.
fn day_text(day: Date, length: i64) -> String {
    day.strftime(if length > 62 { "%b %Y" } else { "%-d %b" }).to_string()
}

/// At most six days between the first and the last: firsts of months if there are enough.
fn past_ticks(since: Date, until: Date) -> Vec<Date> {
    let length = i64::from(since.until(until).map_or(0, |span| span.get_days()));
    if length <= 62 {
        return if length > 0 { vec![since, until] } else { Vec::new() };
    }
    let step = [1, 3, 6, 12, 24, 60, 120].into_iter().find(|months| length / (months * 30) <= 5).unwrap_or(240);
    let months = i64::from(since.year()) * 12 + i64::from(since.month()) - 1;
    let first = (months / step + 1) * step;
    let day = |months: i64| Date::new(i16::try_from(months / 12).ok()?, i8::try_from(months % 12 + 1).ok()?, 1).ok();
    (0..7).filter_map(|index| day(first + index * step)).filter(|day| *day > since && *day < until).take(6).collect()
}

/// A scale of days: nearly linear around today, logarithmic beyond.
#[derive(Clone, Copy)]
struct Scale {
    past: i64,
    future: i64,
}

impl Scale {
    fn share(self, days: i64) -> f64 {
        let position = |days: i64| {
            let length = (1.0 + f64::from(i32::try_from(days.abs()).unwrap_or(i32::MAX)) / NEAR_DAYS).ln();
            if days < 0 { -length } else { length }
        };
        let (left, right) = (position(-self.past), position(self.future));
        let at = position(days.clamp(-self.past, self.future));
        1.5 + (at - left) / (right - left) * 97.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_analysis::overview::Member;

    #[test]
    fn equal_factors_are_equal_distances() {
        let step = share(30) - share(15);
        assert!((share(480) - share(240) - step).abs() < 1e-9);
        assert_eq!(percent(share(DAY)), "100.00%");
        assert!(share(0) > 0.0 && share(9999) <= 100.0);
    }

    #[test]
    fn days_keep_their_order_and_stay_in_the_picture() {
        let scale = Scale { past: 30, future: 400 };
        let days = [-9999, -30, -1, 0, 1, 30, 400, 9999].map(|days| scale.share(days));
        assert!(days.is_sorted() && days[0] >= 0.0 && days[7] <= 100.0, "{days:?}");
    }

    #[test]
    fn equal_values_of_any_level_share_a_bar_and_the_unknown_has_none() {
        let group = |minutes: Option<i64>, level: Option<&'static str>, name: &str| Group {
            own: None,
            org: None,
            effective: minutes,
            shortest: minutes,
            level,
            replaced_by: None,
            profiles: vec![Member { name: name.to_owned(), path: None, line: None }],
        };
        let groups = [
            group(Some(15), Some("profile"), "Sales"),
            group(Some(120), Some("profile"), "Desk"),
            group(Some(120), Some("org"), "Service"),
            group(None, None, "Audit"),
        ];
        let rows: Vec<_> =
            rows(&groups).into_iter().map(|it| (it.count, it.names, it.class, it.at.is_some())).collect();
        let row = |count, names: &str, class, has_bar| (count, names.to_owned(), class, has_bar);
        let expected =
            [row(1, "Sales", "short", true), row(2, "Desk, Service", "long", true), row(1, "Audit", "unknown", false)];
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_scale_of_the_past_has_few_firsts_of_months() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let ticks = |since, until| past_ticks(day(since), day(until)).iter().map(Date::to_string).collect::<Vec<_>>();
        assert_eq!(ticks("2026-03-14", "2026-03-14"), Vec::<String>::new());
        assert_eq!(ticks("2026-03-14", "2026-04-02"), ["2026-03-14", "2026-04-02"]);
        assert_eq!(ticks("2026-03-14", "2026-06-02"), ["2026-04-01", "2026-05-01", "2026-06-01"]);
        assert_eq!(ticks("2024-03-01", "2025-11-28"), ["2024-07-01", "2025-01-01", "2025-07-01"]);
        for until in ["2026-09-01", "2031-01-01", "2090-01-01", "2600-01-01"] {
            assert!((1..=6).contains(&ticks("2026-03-14", until).len()), "{until}");
        }
    }

    #[test]
    fn names_are_whole_or_counted() {
        assert_eq!(fitting(&["Sales"]), "Sales");
        let long = ["A".repeat(60), "B".repeat(60), "C".to_owned()];
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(fitting(&long), format!("{} and 2 more", "A".repeat(60)));
    }
}
