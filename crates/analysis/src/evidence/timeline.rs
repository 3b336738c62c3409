//! The timeline of changes of settings, first failures, and dated changes of Salesforce.
//!
//! Refuses to decide which entry caused a failure.

use super::Comparison;
use crate::calendar::events;
use crate::exports::TimelineEntry;
use sessionlint_evidence::{AuditMatch, Change, Clock, Moment};
use sessionlint_facts::Views;
use sessionlint_lint::rule::Calendar;

impl Comparison<'_> {
    /// Ids of symptoms that a change may cause.
    pub(super) fn symptoms_of(&self, change: &Change) -> &[String] {
        match change.setting {
            AuditMatch::Entry(index) => self.table.audits.get(index).map_or(&[], |audit| &audit.symptoms),
            AuditMatch::Section => &self.table.sections.symptoms,
        }
    }

    /// A change in words. Users are named only if they are to be shown.
    pub(super) fn change_in_words(&self, change: &Change) -> String {
        let entry = match change.setting {
            AuditMatch::Entry(index) => self.table.audits.get(index),
            AuditMatch::Section => None,
        };
        let may_quote = self.show_users || entry.is_none_or(|entry| !entry.people);
        let display = if may_quote { self.redact(&self.without_authors(&change.display)) } else { String::new() };
        let what = match entry {
            Some(entry) => entry.what.clone(),
            None => format!("a setting of the section {}", self.redact(&change.section)),
        };
        let quoted = match (display.is_empty(), change.action.is_empty()) {
            (false, _) => format!(": \"{display}\""),
            (true, false) => format!(" ({})", self.redact(&change.action)),
            (true, true) => String::new(),
        };
        let by = if self.show_users && !change.by.is_empty() {
            format!(", by {}", self.redact(&change.by))
        } else {
            String::new()
        };
        format!("{what}{quoted}{by}")
    }

    /// A sentence without the names of the users who made changes.
    fn without_authors(&self, display: &str) -> String {
        let mut text = display.to_owned();
        if !self.show_users {
            let mut authors: Vec<&str> =
                self.observations.changes.iter().map(|it| it.by.as_str()).filter(|by| by.len() >= 4).collect();
            authors.sort_unstable();
            authors.dedup();
            for author in authors.into_iter().filter(|author| display.contains(author)) {
                text = text.replace(author, "[user]");
            }
        }
        text
    }

    /// All events by time; events without a time come last.
    pub(super) fn timeline(&self, views: &Views<'_>) -> Vec<TimelineEntry> {
        let mut all: Vec<TimelineEntry> = self
            .observations
            .changes
            .iter()
            .map(|change| TimelineEntry {
                when: change.moment.map(Moment::in_words),
                kind: "setting",
                text: self.change_in_words(change),
                symptoms: self.symptoms_of(change).to_vec(),
                moment: change.moment,
            })
            .collect();
        for ((_, app), logins) in &self.observations.logins {
            for (index, group) in &logins.failed {
                let (Some(status), Some((first, _))) = (self.table.statuses.get(*index), group.times.span()) else {
                    continue;
                };
                let of =
                    app.map(|app| format!(" of {}", self.redact(self.observations.apps.text(app)))).unwrap_or_default();
                let text = format!("first failed login{of}: {}", status.cause);
                let name = app.map(|app| self.observations.apps.text(app));
                let symptoms = self.symptoms_for(name, &status.symptoms, &status.people);
                all.push(entry(first, "failure", text, symptoms));
                let successes = self.successes.get(app).map_or(&[][..], Vec::as_slice);
                let before = successes.partition_point(|moment| *moment < first).checked_sub(1);
                if let Some(last) = before.map(|at| successes[at]).filter(|last| last.clock == first.clock) {
                    let text = format!("last successful login{of} before the first failure ({})", status.cause);
                    all.push(entry(last, "success", text, Vec::new()));
                }
            }
        }
        all.extend(self.changes_of_salesforce(views));
        all.sort_by(|one, other| {
            let key = |it: &TimelineEntry| (it.moment.is_none(), it.moment);
            key(one).cmp(&key(other)).then_with(|| one.text.cmp(&other.text))
        });
        all.dedup_by(|one, other| one.moment == other.moment && one.text == other.text);
        all
    }

    /// Dated changes of Salesforce that concern the project, within the time of the evidence.
    fn changes_of_salesforce(&self, views: &Views<'_>) -> Vec<TimelineEntry> {
        let spans = self.observations.files.iter().filter_map(|file| file.times.span());
        let utc: Vec<(Moment, Moment)> = spans.filter(|(first, _)| first.clock == Clock::UTC).collect();
        let (Some(first), Some(last)) = (utc.iter().map(|it| it.0).min(), utc.iter().map(|it| it.1).max()) else {
            return Vec::new();
        };
        let as_of = self.facts.project.inputs.as_of;
        let concerning = events(&Calendar::embedded(), Some((self.facts, views)), as_of);
        let concerning = concerning.into_iter().filter(|event| event.concerns && event.days_left.is_some());
        concerning
            .filter_map(|event| {
                let midnight = event.sorts_as.to_datetime(jiff::civil::Time::midnight());
                let at = jiff::tz::Offset::UTC.to_timestamp(midnight).ok()?.as_second();
                let moment = Moment { clock: Clock::UTC, at };
                // A day has no hour.
                let is_within = at + 86_400 > first.at && at <= last.at;
                let doubt = event.doubt.map(|doubt| format!(" (not settled: {doubt})")).unwrap_or_default();
                let text = format!("{}{doubt}", event.what);
                let when = Some(event.when);
                let symptoms = event.symptoms;
                is_within.then_some(TimelineEntry { when, kind: "salesforce", text, symptoms, moment: Some(moment) })
            })
            .collect()
    }
}

fn entry(moment: Moment, kind: &'static str, text: String, symptoms: Vec<String>) -> TimelineEntry {
    TimelineEntry { when: Some(moment.in_words()), kind, text, symptoms, moment: Some(moment) }
}
