//! `sessionlint rules`: lists the rules, and helps people who write their own.
//!
//! Refuses to know a project: the examples of a page are the only files that are checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::args::TableFormat;
use super::settings::Settings;
use super::{Environment, Exit, Failure, output};
use crate::rule_test;
use sessionlint_facts::Shapes;
use sessionlint_lint::config::RULES_FOLDER;
use sessionlint_lint::rule::{self, Benchmark, Catalog, Grade, Preset, Rule};
use sessionlint_report::json;
use sessionlint_report::table;

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List all rules with their severity in each preset
    List {
        /// Output format of the list
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: TableFormat,
        /// Only rules that name controls of this benchmark (`SBS`, `Health-Check`), with those controls
        #[arg(long, value_name = "BENCHMARK")]
        benchmark: Option<String>,
        /// Load rule pages from this folder too
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Write a page of your own to start from, whose examples hold
    New {
        /// The rule's id, as `group/id`
        #[arg(value_name = "RULE")]
        rule: String,
        /// The folder of rule pages to write it in
        #[arg(long, value_name = "DIR", default_value = RULES_FOLDER)]
        dir: PathBuf,
    },
    /// Run the examples of the pages in a folder
    Test {
        /// The folder of rule pages
        #[arg(value_name = "DIR", default_value = RULES_FOLDER)]
        dir: PathBuf,
        /// Write the reports of the examples into the pages
        #[arg(long)]
        update: bool,
    },
}

pub(super) fn run(arguments: &RulesArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    match &arguments.command {
        RulesCommand::List { format, benchmark, rules } => {
            let settings = Settings::here(&[], environment)?;
            let benchmark = benchmark.as_deref().map(benchmark_of).transpose()?;
            list(&settings.catalog(rules, environment)?, *format, benchmark, environment)
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

/// The benchmark of a short name.
fn benchmark_of(name: &str) -> Result<&'static Benchmark, Failure> {
    rule::benchmark(name).ok_or_else(|| {
        let known: Vec<&str> = rule::benchmarks().iter().map(|benchmark| benchmark.id.as_str()).collect();
        Failure::Usage(format!("there is no benchmark `{name}`; the benchmarks are {}", known.join(", ")))
    })
}

/// The ids of the controls of a benchmark that a rule names.
fn controls<'r>(rule: &'r Rule, benchmark: &Benchmark) -> Vec<&'r str> {
    rule.controls().filter(|control| control.benchmark.id == benchmark.id).map(|control| control.id).collect()
}

fn list(
    catalog: &Catalog,
    format: TableFormat,
    benchmark: Option<&Benchmark>,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let is_listed = |rule: &&Rule| benchmark.is_none_or(|benchmark| !controls(rule, benchmark).is_empty());
    let rules = catalog.rules().iter().filter(is_listed);
    if format == TableFormat::Json {
        let object = |rule: &Rule| {
            serde_json::json!({
                "rule": rule.id,
                "title": rule.title(),
                "summary": rule.page.summary,
                "continuity": rule.grade(Preset::Continuity).map(|_| word(rule, Preset::Continuity)),
                "security": rule.grade(Preset::Security).map(|_| word(rule, Preset::Security)),
                "since": rule.definition.since,
                "status": if rule.is_preview() { "preview" } else { "stable" },
                "symptoms": rule.definition.symptom_ids(),
                "benchmarks": by_benchmark(rule),
            })
        };
        let rules: Vec<_> = rules.map(object).collect();
        json::write_value(&mut environment.out, &rules)?;
        return Ok(Exit::Clean);
    }
    let mut names = ["rule", "continuity", "security", "since", "status", "title"].map(str::to_owned).to_vec();
    if let Some(benchmark) = benchmark {
        names.insert(1, benchmark.id.clone());
    }
    let row = |rule: &Rule| {
        let grade = |preset| word(rule, preset).to_owned();
        let mut row = vec![rule.id.clone(), grade(Preset::Continuity), grade(Preset::Security)];
        row.push(rule.definition.since.clone().unwrap_or_default());
        // Usual values are left out, as in the columns before.
        row.push(if rule.is_preview() { "preview".to_owned() } else { String::new() });
        row.push(rule.title().to_owned());
        if let Some(benchmark) = benchmark {
            row.insert(1, controls(rule, benchmark).join("; "));
        }
        row
    };
    let rows: Vec<_> = rules.map(row).collect();
    table::write(&mut environment.out, &names, &rows, format.layout())?;
    Ok(Exit::Clean)
}

/// The controls that a rule names, by benchmark.
fn by_benchmark(rule: &Rule) -> BTreeMap<&'static str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for control in rule.controls() {
        all.entry(&control.benchmark.id).or_default().push(control.id);
    }
    all
}

/// The page that an author starts from: a rule whose examples pass.
const SKELETON: &str = include_str!("new_page.md");

/// The placeholder for the id.
const ID: &str = "GROUP/ID";

fn new(id: &str, dir: &Path, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let is_word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let (group, name) =
        id.split_once('/').filter(|(group, name)| is_word(group) && is_word(name)).ok_or_else(|| {
            Failure::Usage(format!("`{id}` is not a rule id: write group/id in lower-case letters, digits and hyphens"))
        })?;
    if Catalog::load(&[] as &[&Path], &Shapes)?.get(id).is_some() {
        return Err(Failure::Usage(format!(
            "there is a rule `{id}` already, and a page of your own cannot replace it; take another group or name"
        )));
    }
    let path = environment.current.join(dir).join(group).join(format!("{name}.md"));
    let shown = dir.join(group).join(format!("{name}.md"));
    let failed =
        |error: std::io::Error| Failure::Unreadable(format!("{}: cannot be written ({error})", shown.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    output::create(&path, &SKELETON.replace(ID, id)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} exists already", shown.display())),
        _ => failed(error),
    })?;
    // The default folder needs no argument.
    let is_found = dir == Path::new(RULES_FOLDER);
    let (test, check) = if is_found {
        (String::new(), String::new())
    } else {
        (format!(" {}", dir.display()), format!(" --rules {}", dir.display()))
    };
    writeln!(environment.out, "wrote {}", shown.display())?;
    writeln!(environment.out, "`sessionlint rules test{test}` runs its examples, `sessionlint check{check}` runs it")?;
    Ok(Exit::Clean)
}

fn test(dir: &Path, update: bool, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let folder = environment.current.join(dir);
    if !folder.is_dir() {
        return Err(Failure::Usage(format!("{}: no such folder", dir.display())));
    }
    let (catalog, ids) = Catalog::load_over(&folder, &Shapes)?;
    if ids.is_empty() {
        return Err(Failure::Usage(format!("{} contains no rule pages (.md files)", dir.display())));
    }
    let results = rule_test::test_pages(&catalog, |rule| ids.contains(&rule.id), update);
    for hint in catalog.hints() {
        environment.warn(hint);
    }
    let mut failed = 0;
    for (id, failures) in &results {
        let word = if failures.is_empty() { "ok" } else { "FAILED" };
        writeln!(environment.out, "{word:6} {id}")?;
        for failure in failures {
            writeln!(environment.out, "{failure}\n")?;
        }
        failed += usize::from(!failures.is_empty());
    }
    writeln!(environment.out, "{} passed, {failed} failed", results.len() - failed)?;
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}
