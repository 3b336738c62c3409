//! What has a date: certificates of the project, and the days on which Salesforce retires a way to log in.

use jiff::civil::Date;
use serde::Serialize;

use super::located;
use super::topics::Located;
use crate::diagnostic::Diagnostic;
use crate::query::{Row, Tables, Value};
use crate::source::Place;
use crate::view::{Facts, Views};

/// The day from which Salesforce enforces the end of the username-password flow (Help 005461976).
const PASSWORD_FLOW_ENDS: Date = jiff::civil::date(2027, 2, 20);

/// Something with a date.
#[derive(Debug, Serialize)]
pub struct Dated {
    /// The day, or the release.
    pub when: String,
    /// Days from the day of the run; negative where it is past, null for a release.
    pub days_left: Option<i64>,
    /// What happens.
    pub what: String,
    /// What the files say of it.
    pub evidence: String,
    /// Where.
    pub places: Vec<Located>,
    /// Whether it holds for every org, and the files do not show that it concerns this one.
    pub is_general: bool,
    /// Type and name of the component that it is about.
    #[serde(skip)]
    pub(super) user: Option<(String, String)>,
}

/// What has a date, the earliest first, releases last.
pub(super) fn dates(facts: &Facts<'_>, views: &Views<'_>, findings: &[Diagnostic]) -> Vec<Dated> {
    let mut dates = certificates(facts, views);
    dates.push(password_flow(facts, views, findings));
    dates.push(soap_login(facts, findings));
    dates.sort_by(|left, right| {
        let rank = |it: &Dated| (it.days_left.unwrap_or(i64::MAX), it.what.clone());
        rank(left).cmp(&rank(right))
    });
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

fn certificates(facts: &Facts<'_>, views: &Views<'_>) -> Vec<Dated> {
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
            dates.push(Dated {
                when: day.to_string(),
                days_left,
                what: format!("the certificate{named} of {} {}{off}", text(row, user), ends(days_left)),
                evidence: "the date stands in the certificate".to_owned(),
                places: place.map(|place| located(facts.project, place)).into_iter().collect(),
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
            // A used one was told with its user.
            if cell(row, used).and_then(|(value, _)| value.as_bool()) == Some(true) {
                continue;
            }
            let days_left = cell(row, left).and_then(|(value, _)| value.as_int());
            let name = cell(row, name).and_then(|(value, _)| value.as_text()).unwrap_or_default();
            dates.push(Dated {
                when: day.to_string(),
                days_left,
                what: format!("the certificate {name} {}", ends(days_left)),
                evidence: "no file of the project names it".to_owned(),
                places: place.map(|place| located(facts.project, place)).into_iter().collect(),
                is_general: false,
                user: None,
            });
        }
    }
    dates
}

/// The places of findings whose rule speaks of `what`.
fn found(facts: &Facts<'_>, findings: &[Diagnostic], what: &str) -> Vec<Located> {
    let concerned = findings.iter().filter(|finding| finding.rule.ends_with(what));
    concerned.map(|finding| located(facts.project, finding.place)).collect()
}

fn password_flow(facts: &Facts<'_>, views: &Views<'_>, findings: &[Diagnostic]) -> Dated {
    let mut places = found(facts, findings, "/username-password-flow");
    let is_general = places.is_empty();
    let mut evidence = "the files name a place that uses it";
    if is_general {
        evidence = "no file shows whether a client still uses it; LoginHistory of each integration user does";
        if let Some((blocked, place)) = blocked(views) {
            places.extend(place.map(|place| located(facts.project, place)));
            evidence = if blocked {
                "the org blocks this flow already"
            } else {
                "the org does not block this flow; no file shows whether a client uses it"
            };
        }
    }
    let left = facts.project.inputs.as_of.until((jiff::Unit::Day, PASSWORD_FLOW_ENDS)).ok();
    Dated {
        when: PASSWORD_FLOW_ENDS.to_string(),
        days_left: left.map(|span| i64::from(span.get_days())),
        what: "Salesforce retires the OAuth username-password flow, without exceptions".to_owned(),
        evidence: evidence.to_owned(),
        places,
        is_general,
        user: None,
    }
}

/// Whether the org blocks the flow, as the last file that says so has it.
fn blocked(views: &Views<'_>) -> Option<(bool, Option<Place>)> {
    let table = views.table("OauthOidcSettings")?;
    let column = table.schema.column("blockOAuthUnPwFlow");
    let (value, place) = table.rows.iter().rev().find_map(|row| cell(row, column))?;
    let blocked = match value {
        Value::Bool(truth) => *truth,
        Value::Text(text) => text == "true",
        _ => return None,
    };
    Some((blocked, place))
}

fn soap_login(facts: &Facts<'_>, findings: &[Diagnostic]) -> Dated {
    let places = found(facts, findings, "/soap-login");
    let is_general = places.is_empty();
    let evidence = if is_general {
        "no file shows whether a client calls it; LoginHistory (ApiType) of each integration user does"
    } else {
        "the files name a place that calls it"
    };
    Dated {
        when: "Summer '27".to_owned(),
        days_left: None,
        what: "Salesforce retires login() of the SOAP API; it is absent from API version 65 on".to_owned(),
        evidence: evidence.to_owned(),
        places,
        is_general,
        user: None,
    }
}
