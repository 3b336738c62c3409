//! `sessionlint explain RULE`: prints the rule's page, then its version and its entries in the tables of dated changes
//! and of benchmarks.
//!
//! What the rule finds and why comes first; the query, which few read, comes last. Refuses to know a project.

use std::path::PathBuf;

use clap::Args;

use super::args::Color;
use super::settings::Settings;
use super::{Environment, Exit, Failure};
use sessionlint_lint::rule::{Calendar, Catalog, Change, Control, Rule};

/// The dated changes of Salesforce that concern the rule, a line each.
fn dated(changes: &[&Change]) -> Vec<String> {
    let line = |change: &&Change| {
        let doubt = change.doubt.as_ref().map(|doubt| format!("; not settled: {doubt}")).unwrap_or_default();
        format!("{}: {} (source: {}{doubt})", change.when, change.what, change.source)
    };
    changes.iter().map(line).collect()
}

/// The controls that require what the rule finds missing, a line each.
fn controls(rule: &Rule) -> Vec<String> {
    let line = |control: Control<'_>| {
        let name = control.name.map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{}: {}{name}", control.benchmark.name, control.id)
    };
    rule.controls().map(line).collect()
}

/// The version that added the rule, and whether it may still change, a line each.
fn versions(rule: &Rule) -> Vec<String> {
    let since = rule.definition.since.as_ref().map(|since| format!("since {since}"));
    let preview = "preview: it runs only with --preview or `preview = true`, and may change in any version";
    since.into_iter().chain(rule.is_preview().then(|| preview.to_owned())).collect()
}

/// The lines of the code block with the query of a page; an empty range if there is none.
fn query(lines: &[&str]) -> (usize, usize) {
    let ticks = |line: &str| line.len() - line.trim_start_matches('`').len();
    let is_start = |line: &&str| ticks(line) >= 3 && line[ticks(line)..].trim() == "toml rule";
    let Some(start) = lines.iter().position(is_start) else { return (0, 0) };
    let fence = &lines[start][..ticks(lines[start])];
    let end = lines[start + 1..].iter().position(|line| line.trim_end() == fence);
    (start, end.map_or(lines.len(), |end| start + end + 2))
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule, as `group/id`
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
}

pub(super) fn run(arguments: &ExplainArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let settings = Settings::here(&[], environment)?;
    let catalog = settings.catalog(&arguments.rules, environment)?;
    let color = environment.color(arguments.color, false);
    write(&catalog, &arguments.rule, color, environment)?;
    Ok(Exit::Clean)
}

/// Writes the page of the rule `name`.
pub(super) fn write(
    catalog: &Catalog,
    name: &str,
    color: bool,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let Some(rule) = catalog.get(name) else {
        if let Some(hint) = catalog.retired(name) {
            return Err(Failure::Usage(hint));
        }
        catalog.selector(name).map_err(Failure::Usage)?;
        let group = format!("{}/", name.trim_end_matches('/'));
        let ids = catalog.rules().iter().map(|rule| rule.id.as_str()).filter(|id| id.starts_with(&group));
        let ids = ids.collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!("`{name}` is a group of rules: {ids}")));
    };
    let heading = anstyle::Style::new().bold();
    let headings = rule.page.headings();
    let whole = rule.page.whole();
    let lines: Vec<&str> = whole.lines().collect();
    let (start, end) = query(&lines);
    // The blank line before the query moves with it.
    let above = start - usize::from(start > 0 && lines[start - 1].is_empty());
    for (index, line) in lines.iter().enumerate().filter(|(index, _)| !(above..end).contains(index)) {
        if color && headings.contains(&(index + 1)) {
            writeln!(environment.out, "{heading}{line}{heading:#}")?;
        } else {
            writeln!(environment.out, "{line}")?;
        }
    }
    let (on, off) =
        if color { (heading.render().to_string(), heading.render_reset().to_string()) } else { Default::default() };
    let versions = versions(rule);
    let changes = Calendar::embedded();
    let changes: Vec<&Change> = changes.of_rule(&rule.id).collect();
    for (title, lines) in [("Versions", versions), ("Dated changes", dated(&changes)), ("Benchmarks", controls(rule))] {
        if lines.is_empty() {
            continue;
        }
        writeln!(environment.out, "\n{on}## {title}{off}\n")?;
        for line in lines {
            writeln!(environment.out, "- {line}")?;
        }
    }
    if start < end {
        writeln!(environment.out, "\n{on}## Query and metadata{off}\n")?;
        for line in &lines[start..end] {
            writeln!(environment.out, "{line}")?;
        }
    }
    Ok(())
}
