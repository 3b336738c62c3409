//! `sessionlint rules`: what rules there are, and help for those who write their own.

use std::fs;
use std::path::Path;

use super::args::{RulesArguments, RulesCommand, TableFormat};
use super::settings::Settings;
use super::{Environment, Exit, Failure, output};
use crate::report::json;
use crate::report::table::{self, Shape};
use crate::rule::{Catalog, Grade, Preset, Rule};
use crate::trial;
use crate::view::Shapes;

pub(super) fn run(arguments: &RulesArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    match &arguments.command {
        RulesCommand::List { format, rules } => {
            let settings = Settings::here(None, environment)?;
            list(&settings.catalog(rules, environment)?, *format, environment)
        }
        RulesCommand::New { rule, dir } => new(rule, dir, environment),
        RulesCommand::Test { dir, update } => test(dir, *update, environment),
    }
}

/// A grade in a word, for lists.
fn word(rule: &Rule, preset: Preset) -> &'static str {
    match rule.grade(preset) {
        None => "",
        Some(Grade::Off) => "some",
        Some(Grade::Note) => "note",
        Some(Grade::Warning) => "warning",
        Some(Grade::Error) => "error",
    }
}

fn list(catalog: &Catalog, format: TableFormat, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    if format == TableFormat::Json {
        let object = |rule: &Rule| {
            serde_json::json!({
                "rule": rule.id,
                "title": rule.title(),
                "summary": rule.page.summary,
                "continuity": rule.grade(Preset::Continuity).map(|_| word(rule, Preset::Continuity)),
                "security": rule.grade(Preset::Security).map(|_| word(rule, Preset::Security)),
                "symptoms": rule.definition.symptom_ids(),
            })
        };
        let rules: Vec<_> = catalog.rules().iter().map(object).collect();
        json::write_value(environment.out, &rules)?;
        return Ok(Exit::Clean);
    }
    let names = ["rule", "continuity", "security", "title"].map(str::to_owned);
    let row = |rule: &Rule| {
        let grade = |preset| word(rule, preset).to_owned();
        vec![rule.id.clone(), grade(Preset::Continuity), grade(Preset::Security), rule.title().to_owned()]
    };
    let rows: Vec<_> = catalog.rules().iter().map(row).collect();
    let shape = match format {
        TableFormat::Csv => Shape::Csv,
        TableFormat::Markdown => Shape::Markdown,
        TableFormat::Table | TableFormat::Json => Shape::Plain,
    };
    table::write(environment.out, &names, &rows, shape)?;
    Ok(Exit::Clean)
}

/// The page that an author starts from: it is a rule, and its example fails until it is written.
const SKELETON: &str = include_str!("new_page.md");

fn new(id: &str, dir: &Path, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let is_word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let (group, name) =
        id.split_once('/').filter(|(group, name)| is_word(group) && is_word(name)).ok_or_else(|| {
            Failure::Usage(format!("`{id}` is no rule id: write group/id in lower-case letters, digits and hyphens"))
        })?;
    let path = environment.current.join(dir).join(group).join(format!("{name}.md"));
    let shown = dir.join(group).join(format!("{name}.md"));
    let failed =
        |error: std::io::Error| Failure::Unreadable(format!("{}: cannot be written ({error})", shown.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    output::create(&path, SKELETON).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} exists already", shown.display())),
        _ => failed(error),
    })?;
    writeln!(environment.out, "wrote {}; try it with `sessionlint rules test {}`", shown.display(), dir.display())?;
    Ok(Exit::Clean)
}

fn test(dir: &Path, update: bool, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let folder = environment.current.join(dir);
    if !folder.is_dir() {
        return Err(Failure::Usage(format!("{}: no such folder", dir.display())));
    }
    let (catalog, ids) = Catalog::load_over(&folder, &Shapes)?;
    if ids.is_empty() {
        return Err(Failure::Usage(format!("{} holds no rule pages (files that end in .md)", dir.display())));
    }
    let tried = trial::try_pages(&catalog, |rule| ids.contains(&rule.id), update);
    let mut failed = 0;
    for (id, failures) in &tried {
        let word = if failures.is_empty() { "ok" } else { "FAILED" };
        writeln!(environment.out, "{word:6} {id}")?;
        for failure in failures {
            writeln!(environment.out, "{failure}\n")?;
        }
        failed += usize::from(!failures.is_empty());
    }
    writeln!(environment.out, "{} passed, {failed} failed", tried.len() - failed)?;
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}
