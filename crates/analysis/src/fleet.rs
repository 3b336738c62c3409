//! Compares many projects: a row each, with the numbers of the page of `report`.
//!
//! Only counts are added across projects. Refuses to judge a project: the order is by the number of findings.

use std::cmp::Reverse;

use serde::Serialize;

use super::overview::{DatedItem, Integration};
use super::sessions::Sessions;
use sessionlint_lint::diagnostic::Summary;

/// Days from the day of the run in which a date is listed.
pub const WITHIN_DAYS: i64 = 90;

/// The table of projects.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    /// Version of the format.
    pub version: u32,
    /// The day of the check.
    pub as_of: String,
    /// Days from then within which dates are listed.
    pub within_days: i64,
    /// The projects, the worst first.
    pub projects: Vec<Row>,
    /// The totals.
    pub summary: Totals,
}

/// The state of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It could not be read or checked.
    Failed,
    /// It was read and checked.
    Checked,
    /// The folder has no Salesforce metadata.
    #[default]
    NoProject,
}

/// One project.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its path below the common folder.
    pub project: String,
    /// Its state; if it was not checked, all numbers are null.
    pub state: State,
    /// Remarks that a reader needs beside the numbers.
    pub message: Option<String>,
    /// Minutes of the org; null if the files have no value.
    pub org_minutes: Option<i64>,
    /// The profile with the shortest session; null if the files have no value.
    pub shortest_profile: Option<ShortestProfile>,
    /// Apps that count as integrations.
    pub integrations: Option<usize>,
    /// Integrations that show no way to renew their access.
    pub integrations_without_renewal: Option<usize>,
    /// Integrations whose way to renew their access is unknown.
    pub integrations_with_unknown_renewal: Option<usize>,
    /// Items with a date in the next days, the earliest first.
    pub dates: Vec<Date>,
    /// How many dates are past.
    pub past_dates: Option<usize>,
    /// Findings that are errors.
    pub errors: Option<usize>,
    /// Findings that are warnings.
    pub warnings: Option<usize>,
    /// Findings that are notes.
    pub notes: Option<usize>,
    /// Whether a finding is as severe as the `--fail-on` of the run or of the project's configuration.
    pub fails: bool,
    /// The file of its report, in the same folder.
    pub report: Option<String>,
}

/// The profile with the shortest session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShortestProfile {
    /// Its label.
    pub profile: String,
    /// Minutes of its session.
    pub minutes: i64,
    /// Number of other profiles with the same minutes.
    pub others: usize,
}

/// An item with a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Date {
    /// The day.
    pub when: String,
    /// Days from the day of the run.
    pub days_left: i64,
    /// What happens.
    pub what: String,
}

/// The totals of all projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Projects that were checked.
    pub checked: usize,
    /// Folders without a project.
    pub without_project: usize,
    /// Projects that could not be read or checked.
    pub failed: usize,
    /// Errors in all of them.
    pub errors: usize,
    /// Warnings in all of them.
    pub warnings: usize,
    /// Notes in all of them.
    pub notes: usize,
}

impl Row {
    /// A row without numbers.
    pub fn without_numbers(project: &str, state: State, message: &str) -> Self {
        Self {
            project: project.to_owned(),
            state,
            message: Some(message.to_owned()).filter(|text| !text.is_empty()),
            ..Self::default()
        }
    }

    /// The row of a project, from the parts of its report.
    pub fn of(
        project: &str,
        sessions: &Sessions,
        integrations: &[Integration],
        dates: &[DatedItem],
        summary: Summary,
    ) -> Self {
        let renewing = |way: Option<&str>| integrations.iter().filter(|it| it.app.renewal == way).count();
        // Dates that apply to every org do not distinguish projects.
        let in_files = || dates.iter().filter(|dated| !dated.is_general);
        let near = in_files().filter_map(|dated| {
            let days_left = dated.days_left.filter(|days| (0..=WITHIN_DAYS).contains(days))?;
            Some(Date { when: dated.when.clone(), days_left, what: dated.what.clone() })
        });
        Self {
            org_minutes: sessions.org.minutes,
            shortest_profile: shortest(sessions),
            integrations: Some(integrations.len()),
            integrations_without_renewal: Some(renewing(Some("none-visible"))),
            integrations_with_unknown_renewal: Some(renewing(None)),
            dates: near.collect(),
            past_dates: Some(in_files().filter(|dated| dated.days_left.is_some_and(|days| days < 0)).count()),
            errors: Some(summary.error),
            warnings: Some(summary.warning),
            notes: Some(summary.note),
            ..Self::without_numbers(project, State::Checked, "")
        }
    }

    /// The sort key: projects that could not be checked come first, because their state is unknown.
    fn rank(&self) -> impl Ord + use<> {
        (
            self.state,
            Reverse(self.errors),
            Reverse(self.warnings),
            Reverse(self.integrations_without_renewal),
            self.shortest_profile.as_ref().map_or(i64::MAX, |it| it.minutes),
            Reverse(self.dates.len()),
            Reverse(self.notes),
        )
    }
}

fn shortest(sessions: &Sessions) -> Option<ShortestProfile> {
    let known = || sessions.profiles.iter().filter_map(|it| Some((it.effective_minutes?, &it.profile)));
    let minutes = known().map(|(minutes, _)| minutes).min()?;
    let mut as_short = known().filter(|(other, _)| *other == minutes);
    let (_, profile) = as_short.next()?;
    Some(ShortestProfile { profile: profile.clone(), minutes, others: as_short.count() })
}

/// Sorts the rows, the worst first, then by name, and adds the totals.
pub fn fleet(mut projects: Vec<Row>, as_of: jiff::civil::Date) -> Fleet {
    projects.sort_by(|left, right| left.rank().cmp(&right.rank()).then_with(|| left.project.cmp(&right.project)));
    let count = |state| projects.iter().filter(|row| row.state == state).count();
    let sum = |of: fn(&Row) -> Option<usize>| projects.iter().filter_map(of).sum();
    let summary = Totals {
        checked: count(State::Checked),
        without_project: count(State::NoProject),
        failed: count(State::Failed),
        errors: sum(|row| row.errors),
        warnings: sum(|row| row.warnings),
        notes: sum(|row| row.notes),
    };
    Fleet { version: 1, as_of: as_of.to_string(), within_days: WITHIN_DAYS, projects, summary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_what_is_no_project_last() {
        let checked = |name: &str, errors, warnings| Row {
            errors: Some(errors),
            warnings: Some(warnings),
            ..Row::without_numbers(name, State::Checked, "")
        };
        let short = Row {
            shortest_profile: Some(ShortestProfile { profile: "Sales".to_owned(), minutes: 15, others: 0 }),
            ..checked("short", 0, 3)
        };
        let rows = vec![
            Row::without_numbers("none", State::NoProject, "no project"),
            checked("b", 0, 3),
            checked("a", 0, 3),
            short,
            checked("worst", 1, 0),
            Row::without_numbers("broken", State::Failed, "why"),
        ];
        let fleet = fleet(rows, jiff::civil::date(2026, 12, 1));
        let names: Vec<&str> = fleet.projects.iter().map(|row| row.project.as_str()).collect();
        assert_eq!(names, ["broken", "worst", "short", "a", "b", "none"]);
        let totals = Totals { checked: 4, without_project: 1, failed: 1, errors: 1, warnings: 9, notes: 0 };
        assert_eq!(fleet.summary, totals);
    }
}
