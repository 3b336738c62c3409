//! The output of `calendar`: lines for people, JSON for programs, iCalendar for calendars.
//!
//! Refuses to know the clock: the day of the run is given, and the same day gives the same bytes.

use std::io;

use ics::properties::{Description, DtEnd, DtStart, Summary};
use ics::{Event as Entry, ICalendar, escape_text, parameters};
use jiff::civil::Date;
use serde::Serialize;

use super::text::wrap;
use super::{Paths, Style, json, one_line};
use crate::gate::Gate;
use sessionlint_analysis::calendar::Event;
use sessionlint_analysis::located::Located;
use sessionlint_source::words::from_today;

/// Octets of a line of iCalendar, without its end (RFC 5545, section 3.1).
const MAX_LINE: usize = 75;

/// Places that are shown of one change; the rest is counted.
const SHOWN: usize = 5;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(rename = "asOf")]
    as_of: String,
    events: &'a [Event],
}

/// Writes JSON: `version`, `asOf` and the events, the earliest first.
pub fn write_json(out: &mut Gate<'_>, events: &[Event], as_of: Date) -> io::Result<()> {
    json::write_value(out, &Document { version: 1, as_of: as_of.to_string(), events })
}

/// How far away a change is, in words.
fn distance(days_left: Option<i64>) -> String {
    days_left.map(|days| format!(" ({})", from_today(days))).unwrap_or_default()
}

/// Writes the output for people.
pub fn write_human(out: &mut Gate<'_>, events: &[Event], paths: &Paths, style: Style) -> io::Result<()> {
    for event in events {
        let head = format!("{}{}: {}", event.when, distance(event.days_left), one_line(&event.what));
        writeln!(out, "{}", wrap(&head, 0, 2, style.width))?;
        for place in event.places.iter().take(SHOWN) {
            let path = paths.shown(&place.path);
            let name = if place.text.is_empty() { String::new() } else { format!("{}: ", one_line(&place.text)) };
            writeln!(out, "  {name}{}:{}:{}", one_line(&path), place.line, place.column)?;
        }
        if event.places.len() > SHOWN {
            writeln!(out, "  and {} more", event.places.len() - SHOWN)?;
        }
        let doubt = event.doubt.as_ref().map(|doubt| format!("; not settled: {doubt}")).unwrap_or_default();
        writeln!(out, "  {}", wrap(&format!("source: {}{doubt}", one_line(&event.source)), 2, 4, style.width))?;
        if let Some(text) = &event.not_visible {
            writeln!(out, "  {}", wrap(&format!("not visible: {}", one_line(text)), 2, 4, style.width))?;
        }
    }
    Ok(())
}

/// Whether the change has a day. A release reaches orgs on different days.
pub fn has_day(event: &Event) -> bool {
    event.days_left.is_some()
}

/// Writes iCalendar (RFC 5545): one event of a whole day for each change that has a day.
pub fn write_ics(out: &mut Gate<'_>, events: &[Event], paths: &Paths, as_of: Date) -> io::Result<()> {
    let mut calendar = ICalendar::new("2.0", "-//sessionlint//calendar//EN");
    let day = |day: Date| day.strftime("%Y%m%d").to_string();
    for event in events.iter().filter(|event| has_day(event)) {
        let place = |place: &Located| {
            format!("{} {}:{}:{}", one_line(&place.text), one_line(&paths.shown(&place.path)), place.line, place.column)
        };
        let mut lines: Vec<String> = event.places.iter().take(SHOWN).map(place).collect();
        if event.places.len() > SHOWN {
            lines.push(format!("and {} more", event.places.len() - SHOWN));
        }
        lines.push(format!("Source: {}", one_line(&event.source)));
        lines.extend(event.doubt.as_ref().map(|doubt| format!("Not settled: {}", one_line(doubt))));
        let next = event.sorts_as.tomorrow().unwrap_or(event.sorts_as);
        let (mut starts, mut ends) = (DtStart::new(day(event.sorts_as)), DtEnd::new(day(next)));
        starts.append(parameters!("VALUE" => "DATE"));
        ends.append(parameters!("VALUE" => "DATE"));
        let mut entry = Entry::new(format!("{}@sessionlint", event.id), format!("{}T000000Z", day(as_of)));
        entry.push(starts);
        entry.push(ends);
        entry.push(Summary::new(escape_text(one_line(&event.what))));
        entry.push(Description::new(escape_text(lines.join("\n"))));
        calendar.add_event(entry);
    }
    out.write_all(refolded(&calendar.to_string()).as_bytes())
}

/// The text with lines of at most 75 octets: `ics` counts the blank of a continued line on top of them.
fn refolded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.replace("\r\n ", "").split_inclusive("\r\n") {
        let mut octets = 0;
        for ch in line.trim_end_matches("\r\n").chars() {
            if octets + ch.len_utf8() > MAX_LINE {
                folded.push_str("\r\n ");
                octets = 1;
            }
            folded.push(ch);
            octets += ch.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}
