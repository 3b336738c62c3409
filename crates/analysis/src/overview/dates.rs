//! Items with a date: certificates of the project, and dated changes of Salesforce (`analysis::calendar`).
//!
//! Days are counted from the day of the run. Refuses to read a clock, and to judge a date.

use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::{Event, events};
use crate::located::{Located, located};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::rule::Calendar;
use sessionlint_soql::{Row, Tables, Value};
use sessionlint_source::Place;

/// Places of one change that the page shows; the others are counted.
const SHOWN: usize = 5;

/// An item with a date.
#[derive(Debug, Serialize)]
pub struct DatedItem {
    /// The day, or the release.
    pub when: String,
    /// Days from the day of the run; negative if it is past, null for a release.
    pub days_left: Option<i64>,
    /// Days from the day of the run to the day for sorting: for a release, an estimate.
    pub days_about: i64,
    /// The day for sorting: for a release, not the day on which an org gets it.
    #[serde(skip)]
    pub(super) sorts_as: Date,
    /// The event.
    pub what: String,
    /// The evidence in the files.
    pub evidence: String,
    /// The place.
    pub places: Vec<Located>,
    /// Whether a certificate expires.
    #[serde(skip)]
    pub(super) is_certificate: bool,
    /// Whether it applies to every org and the files do not show that it concerns the project.
    pub is_general: bool,
    /// Type and name of the component that uses the certificate.
    #[serde(skip)]
    pub(super) user: Option<(String, String)>,
}

/// Items with a date, the earliest first.
pub(super) fn dates(facts: &Facts<'_>, views: &Views<'_>) -> Vec<DatedItem> {
    let mut dates = certificates(facts, views);
    dates.extend(changes(facts, views));
    let today = facts.project.inputs.as_of;
    for dated in &mut dates {
        let span = today.until((jiff::Unit::Day, dated.sorts_as));
        dated.days_about = span.map_or(0, |span| i64::from(span.get_days()));
    }
    dates.sort_by(|left, right| (left.sorts_as, &left.what).cmp(&(right.sorts_as, &right.what)));
    dates
}

/// The value and the place of a row's column.
fn cell<'r, 'p>(row: &'r Row<'p>, column: Option<usize>) -> Option<(&'r Value<'p>, Option<Place>)> {
    let cell = row.cells.get(column?)?;
    (!cell.value.is_null()).then_some((&cell.value, cell.place))
}

fn ends(days_left: Option<i64>) -> &'static str {
    if days_left.is_some_and(|days| days < 0) { "ended" } else { "ends" }
}

fn certificates(facts: &Facts<'_>, views: &Views<'_>) -> Vec<DatedItem> {
    let mut dates = Vec::new();
    if let Some(table) = views.table("CertificateUse") {
        let column = |name: &str| table.schema.column(name);
        let (user, ty, name) = (column("User"), column("UserType"), column("UserName"));
        let (expires, left, active) = (column("ExpiresOn"), column("DaysLeft"), column("IsActive"));
        let text = |row: &Row<'_>, column| {
            cell(row, column).and_then(|(value, _)| value.as_text().map(str::to_owned)).unwrap_or_default()
        };
        for row in &table.rows {
            let Some((Value::Date(day), place)) = cell(row, expires) else { continue };
            let is_active = cell(row, active).and_then(|(value, _)| value.as_bool()) != Some(false);
            let off = if is_active { "" } else { " (what needs it is switched off)" };
            let days_left = cell(row, left).and_then(|(value, _)| value.as_int());
            let certificate = text(row, column("Certificate"));
            let named = if certificate.is_empty() { String::new() } else { format!(" {certificate}") };
            dates.push(DatedItem {
                when: day.to_string(),
                days_left,
                days_about: 0,
                sorts_as: *day,
                what: format!("the certificate{named} of {} {}{off}", text(row, user), ends(days_left)),
                evidence: "the date stands in the certificate".to_owned(),
                places: place.map(|place| located(facts.project, place)).into_iter().collect(),
                is_certificate: true,
                is_general: false,
                user: Some((text(row, ty), text(row, name))),
            });
        }
    }
    if let Some(table) = views.table("Certificate") {
        let column = |name: &str| table.schema.column(name);
        let (name, expires, left, used) = (column("Name"), column("ExpiresOn"), column("DaysLeft"), column("IsUsed"));
        for row in &table.rows {
            let Some((Value::Date(day), place)) = cell(row, expires) else { continue };
            // A used certificate is listed with its user.
            if cell(row, used).and_then(|(value, _)| value.as_bool()) == Some(true) {
                continue;
            }
            let days_left = cell(row, left).and_then(|(value, _)| value.as_int());
            let name = cell(row, name).and_then(|(value, _)| value.as_text()).unwrap_or_default();
            dates.push(DatedItem {
                when: day.to_string(),
                days_left,
                days_about: 0,
                sorts_as: *day,
                what: format!("the certificate {name} {}", ends(days_left)),
                evidence: "no file of the project names it".to_owned(),
                places: place.map(|place| located(facts.project, place)).into_iter().collect(),
                is_certificate: true,
                is_general: false,
                user: None,
            });
        }
    }
    dates
}

/// The dated changes of Salesforce that concern the project, or of which no file shows whether they do.
fn changes(facts: &Facts<'_>, views: &Views<'_>) -> Vec<DatedItem> {
    let events = events(&Calendar::embedded(), Some((facts, views)), facts.project.inputs.as_of);
    let matters = |event: &Event| {
        // A past change without a trace in the files is no longer a task.
        event.concerns || (event.not_visible.is_some() && event.days_left.is_none_or(|days| days >= 0))
    };
    events.into_iter().filter(matters).map(dated).collect()
}

fn dated(event: Event) -> DatedItem {
    let mut evidence = if event.concerns {
        format!("source: {}", event.source)
    } else {
        format!("{}; source: {}", event.not_visible.unwrap_or_default(), event.source)
    };
    if let Some(doubt) = event.doubt {
        evidence = format!("{evidence}; not settled: {doubt}");
    }
    let mut places = event.places;
    if places.len() > SHOWN {
        let more = places.len() - SHOWN;
        evidence = format!("{evidence}; and {more} more");
        places.truncate(SHOWN);
    }
    DatedItem {
        when: event.when,
        days_left: event.days_left,
        days_about: 0,
        sorts_as: event.sorts_as,
        what: event.what,
        evidence,
        places,
        is_certificate: false,
        is_general: !event.concerns,
        user: None,
    }
}
