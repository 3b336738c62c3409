//! The list of all rules, as the Markdown of `rules/README.md`.
//!
//! Refuses to know more than the pages contain.

use std::fmt::Write as _;

use super::{Catalog, Grade, Preset, Rule};

/// One table per group, sorted by id.
pub fn overview(catalog: &Catalog) -> String {
    let mut text = String::new();
    let mut group = "";
    for rule in catalog.rules() {
        if rule.group() != group {
            group = rule.group();
            // Writing to a string cannot fail.
            let _ =
                write!(text, "\n### {group}\n\n| rule | continuity | security | what it finds |\n|---|---|---|---|\n");
        }
        let id = &rule.id;
        let (continuity, security) = (grades(rule, Preset::Continuity), grades(rule, Preset::Security));
        let preview = if rule.is_preview() { " (preview)" } else { "" };
        let _ = writeln!(text, "| [{id}]({id}.md) | {continuity} | {security} | {}{preview} |", rule.title());
    }
    text.trim_start().to_owned()
}

/// Every severity that a rule can have in a preset, the usual one first.
fn grades(rule: &Rule, preset: Preset) -> String {
    let Some(base) = rule.grade(preset) else { return "–".to_owned() };
    let mut grades = vec![base];
    for escalation in &rule.definition.escalate {
        if escalation.preset.is_none_or(|only| only == preset) && !grades.contains(&escalation.severity) {
            grades.push(escalation.severity);
        }
    }
    let words = grades.into_iter().filter(|grade| *grade != Grade::Off).filter_map(Grade::severity);
    words.map(super::super::diagnostic::Severity::as_str).collect::<Vec<_>>().join(", ")
}
