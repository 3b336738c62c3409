//! The calendar: dated changes of Salesforce as data, with the queries that find the projects they concern.
//!
//! The table is `rules/calendar.toml`. Refuses to know a project and today's date: the caller has both.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

use sessionlint_soql::{self as soql, QueryError, QueryPlan};

/// The table.
const EMBEDDED: &str = sessionlint_rules::CALENDAR;

/// All dated changes.
#[derive(Clone, Debug)]
pub struct Calendar {
    changes: Vec<Change>,
}

/// A dated change.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its id, unique and stable: calendar events use it.
    pub id: String,
    /// Its date.
    pub when: When,
    /// The change.
    pub what: String,
    /// The source.
    pub source: String,
    /// The doubt about it, if any.
    pub doubt: Option<String>,
    /// Queries of the project's tables whose rows show that it is affected: the first column names the object, and the
    /// place of the last one is shown.
    pub seen: Vec<String>,
    /// Facts that no file shows.
    pub unseen: Option<String>,
    /// The rules that find the affected settings.
    pub rules: Vec<String>,
    /// Ids of the symptoms that it can cause from its date on.
    pub symptoms: Vec<String>,
}

/// The date of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// On this day.
    Day(Date),
    /// With a release, on a day that differs between orgs.
    Release {
        /// The name of the release.
        name: String,
        /// A day for sorting only.
        sorts_as: Date,
    },
}

impl When {
    /// The day to sort by.
    pub fn sorts_as(&self) -> Date {
        match self {
            When::Day(day) | When::Release { sorts_as: day, .. } => *day,
        }
    }

    /// The exact day, if there is one.
    pub fn day(&self) -> Option<Date> {
        match self {
            When::Day(day) => Some(*day),
            When::Release { .. } => None,
        }
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            When::Day(day) => day.fmt(out),
            When::Release { name, .. } => name.fmt(out),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    releases: BTreeMap<String, Day>,
    change: Vec<RawChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChange {
    id: String,
    date: Option<Day>,
    release: Option<String>,
    what: String,
    source: String,
    doubt: Option<String>,
    #[serde(default)]
    seen: Vec<AffectedQuery>,
    unseen: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    symptoms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AffectedQuery {
    query: String,
}

/// A day in TOML.
struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        written.to_string().parse().map(Day).map_err(de::Error::custom)
    }
}

impl Calendar {
    /// The embedded table, sorted by date. A test proves that the table and its queries are valid.
    pub fn embedded() -> Self {
        Self::read(EMBEDDED).unwrap_or(Self { changes: Vec::new() })
    }

    fn read(text: &str) -> Result<Self, String> {
        let raw: Raw = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut changes = Vec::new();
        for change in raw.change {
            let when = match (change.date, change.release) {
                (Some(Day(day)), None) => When::Day(day),
                (None, Some(name)) => {
                    let Some(Day(day)) = raw.releases.get(&name) else {
                        return Err(format!("{}: there is no release `{name}`", change.id));
                    };
                    When::Release { sorts_as: *day, name }
                }
                _ => return Err(format!("{}: a change has a date or a release", change.id)),
            };
            let seen = change.seen.into_iter().map(|seen| seen.query).collect();
            let RawChange { id, what, source, doubt, unseen, rules, symptoms, .. } = change;
            changes.push(Change { id, when, what, source, doubt, seen, unseen, rules, symptoms });
        }
        changes.sort_by(|left, right| (left.when.sorts_as(), &left.id).cmp(&(right.when.sorts_as(), &right.id)));
        Ok(Self { changes })
    }

    /// The changes, sorted by date.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes that concern a rule, sorted by date.
    pub fn of_rule<'c>(&'c self, id: &str) -> impl Iterator<Item = &'c Change> {
        self.changes.iter().filter(move |change| change.rules.iter().any(|rule| rule == id))
    }

    /// The change `id`.
    pub fn get(&self, id: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.id == id)
    }
}

impl Change {
    /// Its queries, ready to run.
    pub fn plans(&self, shapes: &dyn soql::Catalog) -> Result<Vec<QueryPlan>, QueryError> {
        self.seen.iter().map(|text| soql::bind(&soql::parse(text)?, shapes)).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_can_be_read_and_its_ids_are_unique() {
        let calendar = Calendar::read(EMBEDDED).unwrap();
        assert!(calendar.changes().len() > 15);
        let ids: HashSet<&str> = calendar.changes().iter().map(|change| change.id.as_str()).collect();
        assert_eq!(ids.len(), calendar.changes().len());
        for change in calendar.changes() {
            assert!(change.rules.is_sorted() && change.symptoms.is_sorted(), "{}", change.id);
            assert!(!change.source.is_empty() && !change.what.is_empty(), "{}", change.id);
        }
    }

    #[test]
    fn a_change_has_one_date_and_a_known_release() {
        let read = |rest: &str| {
            Calendar::read(&format!("releases = {{}}\n[[change]]\nid = 'a'\nwhat = 'b'\nsource = 'c'\n{rest}")).is_ok()
        };
        assert!(read("date = 2027-01-01"));
        assert!(!read(""));
        assert!(!read("date = 2027-01-01\nrelease = \"Spring '27\""));
        assert!(!read("release = \"Spring '27\""));
        assert!(!read("date = 'soon'"));
    }
}
