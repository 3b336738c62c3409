//! What exports and logs show about a project, for people: on a terminal and in Markdown.
//!
//! Refuses to know how files of evidence are read. JSON has everything; here long lists are cut and counted.

use std::io;

use super::markdown::words;
use super::text::{capitalised, wrap};
use super::{Paths, Style, one_line};
use crate::gate::Gate;
use sessionlint_analysis::diagnose::Symptom;
use sessionlint_analysis::exports::{CauseEvidence, Evidence, File, Standing, TimelineEntry};
use sessionlint_analysis::words::add;

/// Causes, tokens and the like that are shown.
const SHOWN: usize = 20;
/// Entries of the timeline that are shown: the last ones.
const SHOWN_TIMES: usize = 30;
/// Statements of a symptom that are shown.
const SHOWN_STATEMENTS: usize = 8;

/// A heading and its lines.
struct Section {
    title: &'static str,
    lines: Vec<String>,
}

/// All sections that are not empty.
fn sections(evidence: &Evidence) -> Vec<Section> {
    let shows = |cause: &&CauseEvidence| matches!(cause.standing, Standing::Confirmed | Standing::Possible);
    let causes = evidence.causes.iter().filter(shows).map(|cause| {
        let means = match (&cause.means, cause.text.contains(cause.means.as_deref().unwrap_or_default())) {
            (Some(means), false) => format!(". {}", capitalised(means)),
            _ => String::new(),
        };
        format!("{}  {}{means}", cause.standing.as_str(), cause.text)
    });
    let intervals = evidence.intervals.iter().map(|it| it.text.clone());
    let sessions = evidence.sessions.iter().map(|it| it.text.clone());
    let tokens = evidence.tokens.iter().map(|it| it.text.clone());
    let sections = [
        Section { title: "failed logins and errors", lines: cut(causes.collect()) },
        Section { title: "from a login or token to a failure", lines: cut(intervals.collect()) },
        Section { title: "how long sessions live", lines: cut(sessions.collect()) },
        Section { title: "tokens", lines: cut(tokens.collect()) },
        Section { title: "in order of time", lines: times(&evidence.timeline) },
        Section { title: "what was read", lines: read(evidence) },
    ];
    sections.into_iter().filter(|section| !section.lines.is_empty()).collect()
}

/// The first lines, and how many more there are.
fn cut(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("and {more} more (--format json has all)"));
    }
    lines
}

fn times(timeline: &[TimelineEntry]) -> Vec<String> {
    let skipped = timeline.len().saturating_sub(SHOWN_TIMES);
    let mut lines = Vec::new();
    if skipped > 0 {
        lines.push(format!("{skipped} earlier ones (--format json has all)"));
    }
    lines.extend(timeline[skipped..].iter().map(|it| {
        let what = match it.kind {
            "salesforce" => "Salesforce changed: ",
            "setting" => "changed: ",
            _ => "",
        };
        format!("{}  {what}{}", it.when.as_deref().unwrap_or("no date that can be read"), it.text)
    }));
    lines
}

fn read(evidence: &Evidence) -> Vec<String> {
    let mut lines: Vec<String> = evidence.files.iter().map(of_file).collect();
    lines.extend(evidence.refused.iter().map(|it| format!("{} {}", it.path, it.text)));
    lines.extend(evidence.notes.iter().cloned());
    lines
}

/// A file, the used part of it, and its defects.
fn of_file(file: &File) -> String {
    let unit = if file.kind == "log" { "line" } else { "row" };
    let mut text =
        format!("{}: {}, {}, {} used", file.path, file.kind, super::count(file.rows as usize, unit), file.used);
    if let (Some(from), Some(to)) = (&file.from, &file.to) {
        let until = if from == to { String::new() } else { format!(" to {to}") };
        add(&mut text, format_args!(", {from}{until}"));
    }
    if file.has_local_times {
        text.push_str("; times without a zone, compared within this file only");
    }
    for problem in &file.problems {
        add(&mut text, format_args!("; line {}: {}", problem.line, problem.text));
    }
    if file.more_problems > 0 {
        add(&mut text, format_args!("; and {} more such lines", file.more_problems));
    }
    for missing in &file.missing {
        add(&mut text, format_args!("; without the column {}: {}", missing.column, missing.text));
    }
    if !file.unknown_columns.is_empty() {
        add(&mut text, format_args!("; unknown columns: {}", file.unknown_columns.join(", ")));
    }
    for note in &file.notes {
        add(&mut text, format_args!("; {note}"));
    }
    text
}

/// Writes all of it for a terminal.
pub(crate) fn write_human(out: &mut Gate<'_>, evidence: &Evidence, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    writeln!(out, "{bold}Evidence{bold:#}")?;
    for (index, section) in sections(evidence).iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        writeln!(out, "{gap}  {}", section.title)?;
        for line in &section.lines {
            writeln!(out, "    - {}", wrap(&one_line(line), 6, 6, style.width))?;
        }
    }
    writeln!(out)
}

/// Writes the evidence on one symptom for a terminal.
pub(crate) fn write_statements(out: &mut Gate<'_>, symptom: &Symptom, style: Style) -> io::Result<()> {
    if symptom.evidence.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  evidence")?;
    for statement in symptom.evidence.iter().take(SHOWN_STATEMENTS) {
        let text = format!("{}: {}", statement.standing.as_str(), one_line(&statement.brief));
        writeln!(out, "    - {}", wrap(&text, 6, 6, style.width))?;
    }
    let more = symptom.evidence.len().saturating_sub(SHOWN_STATEMENTS);
    if more > 0 {
        writeln!(out, "    - and {more} more (--format json has all)")?;
    }
    Ok(())
}

/// Writes all of it in Markdown.
pub(crate) fn write_markdown(out: &mut Gate<'_>, evidence: &Evidence, _: &Paths) -> io::Result<()> {
    writeln!(out, "\n## Evidence")?;
    for section in sections(evidence) {
        writeln!(out, "\n### {}\n", capitalised(section.title))?;
        for line in &section.lines {
            writeln!(out, "- {}", words(line))?;
        }
    }
    Ok(())
}

/// Writes the evidence on one symptom in Markdown.
pub(crate) fn write_markdown_statements(out: &mut Gate<'_>, symptom: &Symptom) -> io::Result<()> {
    for statement in &symptom.evidence {
        writeln!(out, "- evidence, {}: {}", statement.standing.as_str(), words(&statement.brief))?;
    }
    Ok(())
}
