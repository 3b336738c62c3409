//! Finds the dated changes of Salesforce that concern a project, and the places in its files that show it.
//!
//! The table `rule::Calendar` has the changes and their queries; this module runs the queries. Refuses to know a change by
//! name, and the format of the output.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::Serialize;

use super::located::{Located, located};
use sessionlint_facts::{Facts, Shapes};
use sessionlint_lint::rule::{Calendar, Change, When};
use sessionlint_soql::{Tables, Value};

/// A dated change, and whether it concerns a project.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The change's id.
    pub id: String,
    /// The day (`2027-02-20`), or the release (`Summer '27`).
    pub when: String,
    /// Days from the day of the run; negative if it is past, null for a release.
    pub days_left: Option<i64>,
    /// The change.
    pub what: String,
    /// The source.
    pub source: String,
    /// The doubt about it.
    pub doubt: Option<String>,
    /// Whether the files show that it concerns the project.
    pub concerns: bool,
    /// The components that it concerns, by name, each at the first of its places, in order of these places.
    pub places: Vec<Located>,
    /// What no file shows about it.
    pub not_visible: Option<String>,
    /// The day for sorting.
    #[serde(skip)]
    pub sorts_as: Date,
    /// Ids of the symptoms that it can cause from its date on.
    #[serde(skip)]
    pub symptoms: Vec<String>,
}

impl Event {
    /// Whether its date is past; for a release, the day for sorting counts.
    pub(crate) fn has_come(&self, as_of: Date) -> bool {
        self.sorts_as <= as_of
    }
}

/// All changes, the earliest first. Without a project, none has a place.
pub fn events(calendar: &Calendar, facts: Option<(&Facts<'_>, &dyn Tables)>, as_of: Date) -> Vec<Event> {
    calendar.changes().iter().map(|change| event(change, facts, as_of)).collect()
}

fn event(change: &Change, facts: Option<(&Facts<'_>, &dyn Tables)>, as_of: Date) -> Event {
    let places = facts.map(|(facts, tables)| places(change, facts, tables)).unwrap_or_default();
    Event {
        id: change.id.clone(),
        when: change.when.to_string(),
        days_left: days_left(&change.when, as_of),
        what: change.what.clone(),
        source: change.source.clone(),
        doubt: change.doubt.clone(),
        concerns: !places.is_empty(),
        places,
        not_visible: change.unseen.clone(),
        sorts_as: change.when.sorts_as(),
        symptoms: change.symptoms.clone(),
    }
}

fn days_left(when: &When, as_of: Date) -> Option<i64> {
    let span = as_of.until((jiff::Unit::Day, when.day()?)).ok()?;
    Some(i64::from(span.get_days()))
}

/// The components that a change concerns, each once, except those in managed packages, which the project cannot change.
fn places(change: &Change, facts: &Facts<'_>, tables: &dyn Tables) -> Vec<Located> {
    // A test proves that every query can run.
    let plans = change.plans(&Shapes).unwrap_or_default();
    let mut found = Vec::new();
    for cells in plans.iter().flat_map(|plan| plan.cells(tables)) {
        let Some(place) = cells.iter().rev().find_map(|cell| cell.place) else { continue };
        if facts.managed().at(facts.project, place).is_some() {
            continue;
        }
        let name = match cells.first().map(|cell| &cell.value) {
            Some(Value::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        found.push((place, name));
    }
    found.sort();
    // A component with several such lines is listed once, with the first of them.
    let mut listed = HashSet::new();
    found.retain(|(place, name)| listed.insert((place.file, name.clone())));
    found.into_iter().map(|(place, text)| Located { text, ..located(facts.project, place) }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_rules_and_symptoms_of_the_calendar_are_known() {
        let catalog = sessionlint_lint::rule::Catalog::load(&[] as &[&std::path::Path], &Shapes).unwrap();
        for change in Calendar::embedded().changes() {
            for rule in &change.rules {
                assert!(catalog.get(rule).is_some(), "{}: {rule}", change.id);
            }
            for symptom in &change.symptoms {
                assert!(catalog.symptoms().get(symptom).is_some(), "{}: {symptom}", change.id);
            }
        }
    }

    #[test]
    fn every_query_of_the_calendar_can_be_asked() {
        for change in Calendar::embedded().changes() {
            let plans = change.plans(&Shapes).unwrap_or_else(|error| panic!("{}: {error:?}", change.id));
            assert_eq!(plans.len(), change.seen.len(), "{}", change.id);
        }
    }
}
