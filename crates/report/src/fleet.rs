//! The output of `fleet`: a table for a terminal, JSON for programs, and a page as HTML or Markdown that links to the
//! report of each project.
//!
//! Refuses to know where reports lie: a row names a file beside the page, or none.

use std::io;

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::table::write_fitted;
use super::{count, counted, one_line, overview};
use crate::gate::Gate;
use sessionlint_analysis::fleet::{Fleet, Row, State, Totals, WITHIN_DAYS};
use sessionlint_lint::rule::minutes_in_words;

const HTML: &str = include_str!("fleet.html");
const MARKDOWN: &str = include_str!("fleet.md");

/// Writes a table, no line wider than `width`.
pub fn write_table(out: &mut Gate<'_>, fleet: &Fleet, width: usize, quiet: bool) -> io::Result<()> {
    let names = ["project", "errors", "warnings", "org", "shortest profile", "no renewal", "dates", "remark"];
    let rows: Vec<Vec<String>> = fleet.projects.iter().map(cells).collect();
    write_fitted(out, &names.map(str::to_owned), &rows, width)?;
    if quiet {
        return Ok(());
    }
    writeln!(out, "\n{}", sentence(fleet.summary))?;
    writeln!(out, "no renewal: integrations that show no way to renew their access; dates: within {WITHIN_DAYS} days")
}

/// Writes the page as HTML.
pub fn write_html(out: &mut Gate<'_>, fleet: &Fleet) -> io::Result<()> {
    overview::render(out, "fleet.html", HTML, &super::Paths::default(), values(fleet))
}

/// Writes the page as Markdown.
pub fn write_markdown(out: &mut Gate<'_>, fleet: &Fleet) -> io::Result<()> {
    overview::render(out, "fleet.md", MARKDOWN, &super::Paths::default(), values(fleet))
}

fn values(fleet: &Fleet) -> Value {
    let row = |row: &Row| {
        let [project, errors, warnings, org, shortest, renewal, dates, remark] =
            cells(row).try_into().unwrap_or_default();
        context! {
            it => Serde(row), project, errors, warnings, org, shortest, renewal, dates, remark,
            is_checked => row.state == State::Checked,
        }
    };
    context! {
        it => Value::from(Serde(fleet)),
        rows => fleet.projects.iter().map(row).collect::<Vec<Value>>(),
        sentence => sentence(fleet.summary),
    }
}

/// The totals of the projects, in a sentence.
fn sentence(totals: Totals) -> String {
    let mut parts = vec![format!(
        "{}: {}, {}, {}",
        count(totals.checked, "project"),
        count(totals.errors, "error"),
        count(totals.warnings, "warning"),
        count(totals.notes, "note")
    )];
    let others = [
        (totals.without_project, "folder without a project", "folders without a project"),
        (totals.failed, "project that could not be judged", "projects that could not be judged"),
    ];
    let others = others.iter().filter(|(number, ..)| *number > 0);
    parts.extend(others.map(|(number, one, many)| counted(*number, one, many)));
    parts.join("; ")
}

/// A row in words: project, errors, warnings, org, shortest profile, integrations without renewal, dates, remark.
fn cells(row: &Row) -> Vec<String> {
    let number = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let minutes = |minutes: i64| minutes_in_words(minutes);
    let is_checked = row.state == State::Checked;
    let org = match row.org_minutes {
        Some(value) => minutes(value),
        None if is_checked => "unknown".to_owned(),
        None => "-".to_owned(),
    };
    let shortest = row.shortest_profile.as_ref().map_or_else(
        || if is_checked { "unknown" } else { "-" }.to_owned(),
        |it| {
            let others = if it.others > 0 { format!(" and {} more", it.others) } else { String::new() };
            format!("{} ({}{others})", minutes(it.minutes), one_line(&it.profile))
        },
    );
    let renewal = match (row.integrations_without_renewal, row.integrations) {
        (Some(without), Some(all)) if all > 0 => {
            let unknown = row.integrations_with_unknown_renewal.filter(|unknown| *unknown > 0);
            let unknown = unknown.map(|unknown| format!(" ({unknown} unknown)")).unwrap_or_default();
            format!("{without} of {all}{unknown}")
        }
        _ => "-".to_owned(),
    };
    let past = row.past_dates.filter(|past| *past > 0).map(|past| format!("{past} past"));
    let near = row.dates.first().map(|first| match row.dates.len() {
        1 => first.when.clone(),
        many => format!("{many}, the first {}", first.when),
    });
    let dates = match (near, past) {
        (None, None) => if is_checked { "none" } else { "-" }.to_owned(),
        (near, past) => near.into_iter().chain(past).collect::<Vec<_>>().join("; "),
    };
    vec![
        row.project.clone(),
        number(row.errors),
        number(row.warnings),
        org,
        shortest,
        renewal,
        dates,
        row.message.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_analysis::fleet::{Date, ShortestProfile, fleet};

    fn example() -> Fleet {
        let date = |when: &str, days_left| Date { when: when.to_owned(), days_left, what: "it <ends>".to_owned() };
        let row = Row {
            org_minutes: Some(120),
            shortest_profile: Some(ShortestProfile { profile: "Sales | <b>".to_owned(), minutes: 15, others: 2 }),
            integrations: Some(4),
            integrations_without_renewal: Some(1),
            integrations_with_unknown_renewal: Some(2),
            dates: vec![date("2026-12-24", 23), date("2027-02-20", 81)],
            past_dates: Some(1),
            errors: Some(2),
            warnings: Some(3),
            notes: Some(0),
            report: Some("a.html".to_owned()),
            ..Row::without_numbers("a", State::Checked, "")
        };
        let none = Row::without_numbers("b", State::NoProject, "no Salesforce metadata");
        fleet(vec![none, row], jiff::civil::date(2026, 12, 1))
    }

    fn written(write: impl Fn(&mut Gate<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_has_a_row_each_and_fits() {
        let wide = written(|out| write_table(out, &example(), 200, true));
        let lines: Vec<String> =
            wide.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            lines,
            [
                "project errors warnings org shortest profile no renewal dates remark",
                "a 2 3 2 hours 15 minutes (Sales | <b> and 2 more) 1 of 4 (2 unknown) 2, the first 2026-12-24; 1 past",
                "b - - - - - - no Salesforce metadata",
            ]
        );
        let narrow = written(|out| write_table(out, &example(), 60, false));
        assert!(narrow.lines().all(|line| line.len() <= 100), "{narrow}");
        assert!(narrow.contains("remark: no Salesforce metadata"), "{narrow}");
        assert!(narrow.contains("1 project: 2 errors, 3 warnings, 0 notes; 1 folder without a project"), "{narrow}");
    }

    #[test]
    fn pages_link_and_escape() {
        let html = written(|out| write_html(out, &example()));
        assert!(html.contains("<a href=\"a.html\">a</a>") && html.contains("Sales | &lt;b&gt;"), "{html}");
        assert!(html.contains("it &lt;ends&gt;") && !html.contains("://"), "{html}");
        let markdown = written(|out| write_markdown(out, &example()));
        assert!(markdown.contains("| [a](a.html) | 2 | 3 | 2 hours |"), "{markdown}");
        assert!(markdown.contains("Sales \\| &lt;b&gt;"), "{markdown}");
    }
}
