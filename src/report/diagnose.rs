//! The answer of `diagnose`: a page for a person, JSON for programs.

use std::io::{self, Write};

use super::text::wrap;
use super::{Paths, Style, json, one_line};
use crate::answer::diagnose::{Cause, Diagnosis, Symptom};

/// Causes that are shown one by one; the rest of a rule is counted.
const SHOWN_PER_RULE: usize = 3;

/// Writes JSON.
pub fn write_json(out: &mut dyn Write, diagnosis: &Diagnosis) -> io::Result<()> {
    json::write_value(out, diagnosis)
}

/// Writes what a person reads.
pub fn write_human(out: &mut dyn Write, diagnosis: &Diagnosis, paths: &Paths, style: Style) -> io::Result<()> {
    for (index, symptom) in diagnosis.symptoms.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_symptom(out, symptom, paths, style)?;
    }
    Ok(())
}

fn write_symptom(out: &mut dyn Write, symptom: &Symptom, paths: &Paths, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    writeln!(out, "{bold}{}{bold:#}  ({})", symptom.title, symptom.id)?;
    let verdict = match (symptom.causes.len(), symptom.possible.len()) {
        (0, 0) => "  The files hold no cause for it.".to_owned(),
        (0, _) => "  The files confirm no cause; what follows could explain it.".to_owned(),
        (1, _) => "  The files confirm one cause.".to_owned(),
        (many, _) => format!("  The files confirm {many} causes, the best explanation first."),
    };
    writeln!(out, "{verdict}")?;
    causes(out, "confirmed", &symptom.causes, paths, style)?;
    causes(out, "possible", &symptom.possible, paths, style)?;
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
    writeln!(out, "\n  no file shows")?;
    for item in &symptom.not_visible {
        writeln!(out, "    - {}", wrap(item.text, 6, 6, style.width))?;
        if let Some(setup) = item.setup {
            writeln!(out, "      look at: {setup}")?;
        }
        if let Some(query) = item.query {
            writeln!(out, "      ask: {query}")?;
        }
    }
    Ok(())
}

fn causes(out: &mut dyn Write, title: &str, causes: &[Cause], paths: &Paths, style: Style) -> io::Result<()> {
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
