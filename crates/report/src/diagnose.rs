//! The output of `diagnose`: for a terminal, as Markdown, and as JSON.
//!
//! A line for each symptom comes first. Refuses to know how causes are found.

use std::io;

use super::markdown::words;
use super::text::wrap;
use super::{Paths, Style, evidence, one_line};
use crate::gate::Gate;
use sessionlint_analysis::calendar::Event;
use sessionlint_analysis::diagnose::{Cause, Diagnosis, Symptom, SymptomSummary, Verdict};

/// Causes of a rule that are shown; the others are counted.
const SHOWN_PER_RULE: usize = 3;

/// Writes the diagnosis for a terminal.
pub fn write_human(out: &mut Gate<'_>, diagnosis: &Diagnosis, paths: &Paths, style: Style) -> io::Result<()> {
    for error in &diagnosis.recognised {
        let text = format!("\"{}\": {}", one_line(&error.text), one_line(&error.means));
        writeln!(out, "{}", wrap(&text, 0, 2, style.width))?;
    }
    if !diagnosis.recognised.is_empty() {
        writeln!(out)?;
    }
    if diagnosis.symptoms.len() > 1 {
        for line in &diagnosis.overview {
            write_line(out, line, style)?;
        }
        writeln!(out)?;
    }
    if let Some(found) = &diagnosis.evidence {
        evidence::write_human(out, found, style)?;
    }
    for (index, symptom) in diagnosis.symptoms.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_symptom(out, symptom, paths, style)?;
    }
    Ok(())
}

/// The word of a verdict. Without a cause, it is open as long as files could contain one that the project lacks.
fn word(line: &SymptomSummary) -> &'static str {
    match line.verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::Possible => "possible",
        Verdict::None if line.lacks.is_empty() => "nothing",
        Verdict::None => "unknown",
    }
}

/// That the files contain no cause, and which files could and are not among them.
fn no_cause(lacks: &[String]) -> String {
    match lacks {
        [] => "no cause in these files".to_owned(),
        lacks => format!("no cause in these files; not among them: {}", one_line(&lacks.join(", "))),
    }
}

/// The line of a symptom in the overview: the title and the best explanation.
fn write_line(out: &mut Gate<'_>, line: &SymptomSummary, style: Style) -> io::Result<()> {
    let color = match (line.verdict, &line.cause) {
        (Verdict::Confirmed, Some(cause)) => style.of(cause.severity),
        _ => style.paint(anstyle::Style::new()),
    };
    let cause = beside_evidence(line).map(|cause| format!("{} [{}]", one_line(&cause.message), cause.rule));
    let (what, below) = match (&line.evidence, cause) {
        (Some(statement), cause) => {
            (one_line(&statement.brief).into_owned(), cause.map(|cause| format!("in the files: {cause}")))
        }
        (None, Some(cause)) => (cause, None),
        (None, None) => (no_cause(&line.lacks), None),
    };
    let (verdict, what) = (word(line), format!("{}: {what}", line.title));
    writeln!(out, "{color}{verdict:9}{color:#} {}", wrap(&what, 10, 10, style.width))?;
    match below {
        Some(below) => writeln!(out, "          {}", wrap(&below, 10, 10, style.width)),
        None => Ok(()),
    }
}

/// Files, in words, that the project lacks and that could contain a cause.
fn lacks(symptom: &Symptom) -> Vec<String> {
    symptom.not_visible.iter().filter_map(|it| it.lacks.clone()).collect()
}

/// The best explanation of a symptom, unless evidence points to another cause.
fn beside_evidence(line: &SymptomSummary) -> Option<&Cause> {
    line.cause.as_ref().filter(|cause| line.evidence.is_none() || cause.fits_error)
}

/// Writes the diagnosis as Markdown, for a pull request or a ticket.
pub fn write_markdown(out: &mut Gate<'_>, diagnosis: &Diagnosis, paths: &Paths) -> io::Result<()> {
    for error in &diagnosis.recognised {
        writeln!(out, "- {}: {}", words(&error.text), words(&error.means))?;
    }
    if !diagnosis.recognised.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "| symptom | | best explanation |\n| --- | --- | --- |")?;
    for line in &diagnosis.overview {
        let cause = beside_evidence(line);
        let cause = cause.map(|cause| format!("{} ({}, `{}`)", words(&cause.message), at(cause, paths), cause.rule));
        let what = match (&line.evidence, cause) {
            (Some(statement), Some(cause)) => format!("{}; in the files: {cause}", words(&statement.brief)),
            (Some(statement), None) => words(&statement.brief),
            (None, Some(cause)) => cause,
            (None, None) => words(&no_cause(&line.lacks)),
        };
        writeln!(out, "| {} | {} | {what} |", words(&line.title), word(line))?;
    }
    if let Some(found) = &diagnosis.evidence {
        evidence::write_markdown(out, found, paths)?;
    }
    for symptom in &diagnosis.symptoms {
        writeln!(out, "\n## {}\n", words(&symptom.title))?;
        let mut has_cause = false;
        for (group, causes) in [("confirmed", &symptom.causes), ("possible", &symptom.possible)] {
            for cause in causes {
                has_cause = true;
                let near = cause.changed.as_ref().map(|near| format!("; changed {}", words(&near.text)));
                let near = near.unwrap_or_default();
                writeln!(out, "- {group}: {} ({}, `{}`{near})", words(&cause.message), at(cause, paths), cause.rule)?;
                if !cause.help.is_empty() {
                    writeln!(out, "  To do: {}", words(&cause.help))?;
                }
            }
        }
        if !has_cause {
            writeln!(out, "- {}", words(&no_cause(&lacks(symptom))))?;
        }
        evidence::write_markdown_statements(out, symptom)?;
        for item in &symptom.ruled_out {
            let place = match (&item.path, item.line) {
                (Some(path), Some(line)) => format!(" ({}:{line})", words(&paths.shown(path))),
                _ => String::new(),
            };
            writeln!(out, "- speaks against it: {}{place}", words(&item.text))?;
        }
        for change in &symptom.changes {
            let place =
                change.places.first().map(|place| format!(" ({}:{})", words(&paths.shown(&place.path)), place.line));
            writeln!(out, "- Salesforce changed: {}{}", words(&dated(change)), place.unwrap_or_default())?;
        }
        for item in &symptom.not_visible {
            let wheres = item.setup.iter().map(|setup| words(setup));
            let wheres: Vec<String> = wheres.chain(item.query.iter().map(|query| format!("`{query}`"))).collect();
            writeln!(out, "- not in any file: {} ({})", words(&item.text), wheres.join("; "))?;
        }
    }
    Ok(())
}

/// A change with its day and the doubt about it.
fn dated(change: &Event) -> String {
    let doubt = change.doubt.as_ref().map(|doubt| format!(" (not settled: {doubt})")).unwrap_or_default();
    format!("{}: {}{doubt}", change.when, change.what)
}

/// The place of a cause.
fn at(cause: &Cause, paths: &Paths) -> String {
    format!("{}:{}", words(&paths.shown(&cause.path)), cause.line)
}

fn write_symptom(out: &mut Gate<'_>, symptom: &Symptom, paths: &Paths, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    writeln!(out, "{bold}{}{bold:#}  ({})", symptom.title, symptom.id)?;
    let verdict = match (symptom.causes.len(), symptom.possible.len()) {
        (0, 0) if symptom.changes.is_empty() => match lacks(symptom) {
            lacks if lacks.is_empty() => "  The files hold no cause for it.".to_owned(),
            lacks => format!("  The files hold no cause for it. Not among them: {}.", one_line(&lacks.join(", "))),
        },
        (0, 0) => "  No finding explains it; a change of Salesforce that has come might.".to_owned(),
        (0, _) => "  The files confirm no cause; what follows could explain it.".to_owned(),
        (1, _) => "  The files confirm one cause.".to_owned(),
        (many, _) => format!("  The files confirm {many} causes, the best explanation first."),
    };
    writeln!(out, "{}", wrap(&verdict, 0, 2, style.width))?;
    evidence::write_statements(out, symptom, style)?;
    // Causes that an error points to come first, whatever else the files confirm.
    let (pointed, others): (Vec<&Cause>, Vec<&Cause>) = symptom.possible.iter().partition(|cause| cause.fits_error);
    let is_confirmed_first = symptom.causes.first().is_some_and(|cause| cause.fits_error);
    let confirmed: Vec<&Cause> = symptom.causes.iter().collect();
    if is_confirmed_first || pointed.is_empty() {
        causes(out, "confirmed", &confirmed, paths, style)?;
        let possible: Vec<&Cause> = pointed.into_iter().chain(others).collect();
        causes(out, "possible", &possible, paths, style)?;
    } else {
        causes(out, "possible, and what the error points to", &pointed, paths, style)?;
        causes(out, "confirmed", &confirmed, paths, style)?;
        causes(out, "possible", &others, paths, style)?;
    }
    if !symptom.ruled_out.is_empty() {
        writeln!(out, "\n  speaks against it")?;
        for item in &symptom.ruled_out {
            let place = match (&item.path, item.line) {
                (Some(path), Some(line)) => format!("  ({}:{line})", paths.shown(path)),
                _ => String::new(),
            };
            writeln!(out, "    - {}", wrap(&format!("{}{place}", one_line(&item.text)), 6, 6, style.width))?;
        }
    }
    if !symptom.changes.is_empty() {
        writeln!(out, "\n  what Salesforce changed")?;
        for change in &symptom.changes {
            writeln!(out, "    - {}", wrap(&one_line(&dated(change)), 6, 6, style.width))?;
            for place in change.places.iter().take(SHOWN_PER_RULE) {
                let name = if place.text.is_empty() { String::new() } else { format!("{}: ", one_line(&place.text)) };
                writeln!(out, "      {name}{}:{}:{}", paths.shown(&place.path), place.line, place.column)?;
            }
            let more = change.places.len().saturating_sub(SHOWN_PER_RULE);
            if more > 0 {
                writeln!(out, "      and {more} more")?;
            }
        }
    }
    if symptom.not_visible.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  no file shows")?;
    for item in &symptom.not_visible {
        writeln!(out, "    - {}", wrap(&one_line(&item.text), 6, 6, style.width))?;
        if let Some(setup) = &item.setup {
            writeln!(out, "      look at: {}", wrap(&one_line(setup), 15, 15, style.width))?;
        }
        if let Some(query) = &item.query {
            writeln!(out, "      ask: {}", one_line(query))?;
        }
    }
    Ok(())
}

fn causes(out: &mut Gate<'_>, title: &str, causes: &[&Cause], paths: &Paths, style: Style) -> io::Result<()> {
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  {title}")?;
    let mut rule = "";
    let mut shown = 0;
    for cause in causes {
        if cause.rule != rule {
            rule = &cause.rule;
            shown = 0;
        }
        shown += 1;
        if shown > SHOWN_PER_RULE {
            continue;
        }
        let color = style.of(cause.severity);
        let word = cause.severity.as_str();
        let message = wrap(&one_line(&cause.message), word.len() + 5, 6, style.width);
        writeln!(out, "    {color}{word}{color:#} {message}")?;
        writeln!(out, "      {}:{}:{}  [{}]", paths.shown(&cause.path), cause.line, cause.column, cause.rule)?;
        if let Some(near) = &cause.changed {
            writeln!(out, "      changed: {}", one_line(&near.text))?;
        }
        if shown == 1 && !cause.help.is_empty() {
            writeln!(out, "      do: {}", wrap(&one_line(&cause.help), 10, 10, style.width))?;
        }
        let more = causes.iter().filter(|other| other.rule == rule).count().saturating_sub(SHOWN_PER_RULE);
        if shown == SHOWN_PER_RULE && more > 0 {
            writeln!(out, "      and {more} more of {rule}")?;
        }
    }
    Ok(())
}
