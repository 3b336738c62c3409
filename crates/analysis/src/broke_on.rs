//! Lists the changes shortly before the day on which something broke: commits, and dated changes of Salesforce.
//!
//! Refuses to know causes: it lists every change, whether or not a rule has a finding about it.

use jiff::Unit;
use jiff::civil::Date;
use serde::Serialize;

use super::blame::Since;
use super::calendar::Event;
use super::history::Change;

/// The default number of days before the day on which it broke.
pub const WITHIN_DAYS: u16 = 30;

/// The changes before a day.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BrokeOn {
    /// The day on which it broke.
    pub date: String,
    /// The number of days before it that count.
    pub within_days: u16,
    /// Commits with changes in these days, the nearest first.
    pub changes: Vec<NearChange>,
    /// Changes of Salesforce in these days, or in as many days after, the nearest first.
    pub salesforce: Vec<NearEvent>,
}

/// A commit shortly before the day.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearChange {
    /// How many days before.
    pub days_earlier: i64,
    /// Its changes.
    #[serde(flatten)]
    pub change: Change,
}

/// A dated change of Salesforce near the day.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearEvent {
    /// How many days before; negative if it came after. For a release, its day for sorting counts.
    pub days_earlier: i64,
    /// The change.
    #[serde(flatten)]
    pub event: Event,
}

/// The commit that introduced a cause, shortly before the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nearness {
    /// How many days before.
    pub days_earlier: i64,
    /// The hash of the commit.
    pub commit: String,
    /// The commit date.
    pub date: String,
    /// In words: `3 days earlier, commit abc1234`.
    pub text: String,
}

impl BrokeOn {
    /// The part of a history near `date`.
    pub fn of(changes: Vec<Change>, events: Vec<Event>, date: Date, within_days: u16) -> Self {
        let within = i64::from(within_days);
        let mut near: Vec<NearChange> = changes
            .into_iter()
            .map(|change| NearChange { days_earlier: days(change.info.day, date), change })
            .filter(|it| (0..=within).contains(&it.days_earlier))
            .collect();
        // Commits of a day are in order; the last of them is the nearest.
        near.reverse();
        near.sort_by_key(|it| it.days_earlier);
        let mut salesforce: Vec<NearEvent> = events
            .into_iter()
            .map(|event| NearEvent { days_earlier: days(event.sorts_as, date), event })
            .filter(|it| it.days_earlier.abs() <= within)
            .collect();
        salesforce.sort_by_key(|it| it.days_earlier.abs());
        Self { date: date.to_string(), within_days, changes: near, salesforce }
    }
}

/// How near the commit of a cause is; `None` if it is not near, or unknown.
pub fn nearness(since: &Since, date: Date, within_days: u16) -> Option<Nearness> {
    // A state at the start of the history may be older than the history.
    let commit = since.commit.as_ref().filter(|_| since.kind == "commit")?;
    let days_earlier = days(commit.day, date);
    let text = format!("{}, commit {}", earlier(days_earlier), commit.short());
    let near = Nearness { days_earlier, commit: commit.commit.clone(), date: commit.date.clone(), text };
    (0..=i64::from(within_days)).contains(&days_earlier).then_some(near)
}

/// How long before, in words.
pub fn earlier(days: i64) -> String {
    match days {
        0 => "on that day".to_owned(),
        1 => "1 day earlier".to_owned(),
        -1 => "1 day later".to_owned(),
        days if days < 0 => format!("{} days later", -days),
        days => format!("{days} days earlier"),
    }
}

fn days(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(i64::MAX, |span| i64::from(span.get_days()))
}
