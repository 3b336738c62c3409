//! Changes of the session timeouts of the org and of profiles, from commit to commit.
//!
//! May assume that each change is compared with the state before it, as along first parents. Authors and titles of commits
//! are left out, because the page is handed over. Refuses to know how a repository is read.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::diff::{Presence, TIMEOUT, Value};
use crate::history::{Change, HistoryStart};
use crate::sessions::Sessions;

/// The timeouts from the first commit that was read until today.
#[derive(Debug, Serialize)]
pub struct Past {
    /// The first day.
    #[serde(skip)]
    pub since: Date,
    /// The day of the page.
    #[serde(skip)]
    pub until: Date,
    /// Why no earlier commit was read: `first-commit`, `shallow-clone` or `since`.
    pub why: &'static str,
    /// Commits that were read.
    pub commits: usize,
    /// The timeouts: the org first, then the profiles by the day of their last change, the latest first.
    #[serde(skip)]
    pub histories: Vec<TimeoutHistory>,
    /// Commits that changed one of them, the latest first.
    pub changes: Vec<PastChange>,
    /// Profiles whose present value is not that of the last commit.
    pub uncommitted: Vec<String>,
}

/// Timeouts that changed on the same days in the same way.
#[derive(Debug, PartialEq, Eq)]
pub struct TimeoutHistory {
    /// The profiles; empty for the org.
    pub profiles: Vec<String>,
    /// The timeout and the day from which it applies; the first one applies from the beginning.
    pub values: Vec<TimeoutValue>,
}

/// A timeout that applies from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeoutValue {
    /// The day; none for the first value.
    pub from: Option<Date>,
    /// Minutes; none if no file states them, or if the profile does not exist.
    pub minutes: Option<i64>,
}

/// The changes of a commit.
#[derive(Debug, Serialize)]
pub struct PastChange {
    /// The day of the commit, in its own time zone.
    pub day: String,
    /// The first digits of its hash.
    pub commit: String,
    /// The pull request that its title names.
    pub pull_request: Option<u64>,
    /// Each timeout before and after; equal ones are grouped.
    pub timeouts: Vec<PastTimeout>,
}

/// A timeout before and after a commit.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct PastTimeout {
    /// The profiles; empty for the org.
    pub profiles: Vec<String>,
    /// Minutes before; none if they are unknown, or if the profile did not exist.
    pub old: Option<i64>,
    /// Minutes after.
    pub new: Option<i64>,
    /// Whether the commit adds or removes the profiles; none if it does neither.
    pub presence: Option<Presence>,
}

/// The org (none) or a profile by its fullName.
type Owner = Option<String>;

/// Combines the changes of a history with the present sessions.
pub fn past(start: &HistoryStart, commits: usize, changes: &[Change], until: Date, sessions: &Sessions) -> Past {
    let mut histories: BTreeMap<Owner, Vec<TimeoutValue>> = BTreeMap::new();
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let mut past_changes = Vec::new();
    for change in changes {
        let mut timeouts: Vec<PastTimeout> = Vec::new();
        for TimeoutChange { owner, label, old, new, presence } in timeout_changes(change) {
            if let (Some(name), Some(label)) = (&owner, &label) {
                labels.insert(name.clone(), label.clone());
            }
            let history = histories.entry(owner).or_insert_with(|| vec![TimeoutValue { from: None, minutes: old }]);
            history.push(TimeoutValue { from: Some(change.info.day), minutes: new });
            // The org is never in a group.
            let same = |it: &&mut PastTimeout| {
                !it.profiles.is_empty() && (it.old, it.new, it.presence) == (old, new, presence)
            };
            match (label, timeouts.iter_mut().find(same)) {
                (Some(label), Some(group)) => group.profiles.push(label),
                (label, _) => timeouts.push(PastTimeout { profiles: label.into_iter().collect(), old, new, presence }),
            }
        }
        if !timeouts.is_empty() {
            past_changes.push(PastChange {
                day: change.info.day.to_string(),
                commit: change.info.short().to_owned(),
                pull_request: change.info.pull_request,
                timeouts,
            });
        }
    }
    past_changes.reverse();
    let uncommitted = uncommitted(&histories, sessions);
    let histories = join_equal(histories, &labels);
    Past { since: start.day, until, why: start.why, commits, histories, changes: past_changes, uncommitted }
}

/// A timeout that a commit changes.
struct TimeoutChange {
    owner: Owner,
    /// The profile's label; none for the org.
    label: Option<String>,
    old: Option<i64>,
    new: Option<i64>,
    /// Whether the commit adds or removes the profile; none if it does neither.
    presence: Option<Presence>,
}

fn timeout_changes(change: &Change) -> impl Iterator<Item = TimeoutChange> {
    let minutes = |value: &Option<Value>| match value {
        Some(Value::Minutes(minutes)) => Some(*minutes),
        _ => None,
    };
    let org = change.changes.org.iter().filter(|it| it.setting == TIMEOUT);
    let org = org.map(move |it| {
        let (old, new) = (minutes(&it.old), minutes(&it.new));
        TimeoutChange { owner: None, label: None, old, new, presence: None }
    });
    let profiles = change.changes.profiles.iter().map(|it| {
        let (owner, label) = (Some(it.full_name.clone()), Some(it.profile.clone()));
        let (old, new, presence) = match it.presence {
            Presence::Added => (None, it.new_minutes, Some(it.presence)),
            Presence::Removed => (it.old_minutes, None, Some(it.presence)),
            Presence::Changed => (it.old_minutes, it.new_minutes, None),
        };
        TimeoutChange { owner, label, old, new, presence }
    });
    org.chain(profiles)
}

/// The histories, with equal ones joined.
fn join_equal(histories: BTreeMap<Owner, Vec<TimeoutValue>>, labels: &BTreeMap<String, String>) -> Vec<TimeoutHistory> {
    let mut all: Vec<TimeoutHistory> = Vec::new();
    for (owner, values) in histories {
        let values = one_a_day(values);
        if values.len() < 2 {
            continue;
        }
        let Some(name) = owner else {
            all.push(TimeoutHistory { profiles: Vec::new(), values });
            continue;
        };
        let name = labels.get(&name).cloned().unwrap_or(name);
        match all.iter_mut().find(|it| !it.profiles.is_empty() && it.values == values) {
            Some(history) => history.profiles.push(name),
            None => all.push(TimeoutHistory { profiles: vec![name], values }),
        }
    }
    let last = |history: &TimeoutHistory| history.values.last().and_then(|it| it.from);
    all.sort_by(|left, right| {
        let by_kind = right.profiles.is_empty().cmp(&left.profiles.is_empty());
        by_kind.then_with(|| last(right).cmp(&last(left))).then_with(|| left.profiles.cmp(&right.profiles))
    });
    all
}

/// Keeps the last of several values of one day, and no value that repeats the previous one.
fn one_a_day(values: Vec<TimeoutValue>) -> Vec<TimeoutValue> {
    let mut kept: Vec<TimeoutValue> = Vec::with_capacity(values.len());
    for value in values {
        if kept.last().is_some_and(|last| last.from.is_some() && last.from == value.from) {
            kept.pop();
        }
        if kept.last().is_none_or(|last| last.minutes != value.minutes) {
            kept.push(value);
        }
    }
    kept
}

/// The profiles, and the org, whose present value differs from that of the last commit.
fn uncommitted(histories: &BTreeMap<Owner, Vec<TimeoutValue>>, sessions: &Sessions) -> Vec<String> {
    let last = |owner: &Owner| histories.get(owner).and_then(|history| history.last()).map(|value| value.minutes);
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    if last(&None).is_some_and(|minutes| minutes != sessions.org.minutes) {
        names.push("the org".to_owned());
    }
    for profile in &sessions.profiles {
        let is_other = |minutes: Option<i64>| minutes != profile.effective_minutes;
        if last(&Some(profile.full_name.clone())).is_some_and(is_other) && seen.insert(&profile.profile) {
            names.push(profile.profile.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(day: Option<i8>, minutes: i64) -> TimeoutValue {
        TimeoutValue { from: day.map(|day| jiff::civil::date(2026, 3, day)), minutes: Some(minutes) }
    }

    #[test]
    fn a_day_has_its_last_value() {
        let values =
            vec![value(None, 120), value(Some(1), 60), value(Some(1), 30), value(Some(2), 30), value(Some(3), 120)];
        assert_eq!(one_a_day(values), [value(None, 120), value(Some(1), 30), value(Some(3), 120)]);
        assert_eq!(one_a_day(vec![value(None, 120), value(Some(1), 60), value(Some(1), 120)]), [value(None, 120)]);
    }

    #[test]
    fn equal_histories_are_one_and_the_org_comes_first() {
        let history = |day| vec![value(None, 120), value(Some(day), 30)];
        let histories = [("b", 2), ("a", 2), ("c", 5)].map(|(name, day)| (Some(name.to_owned()), history(day)));
        let mut histories = BTreeMap::from(histories);
        histories.insert(None, history(1));
        let names: Vec<_> = join_equal(histories, &BTreeMap::new()).into_iter().map(|it| it.profiles).collect();
        assert_eq!(names, [vec![], vec!["c".to_owned()], vec!["a".to_owned(), "b".to_owned()]]);
    }
}
