//! The findings of each rule in the real projects, as `docs/rules-on-real-projects.md` lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::real_projects;
use crate::support::PROGRAM;
use crate::support::generated::hold;
use sessionlint::facts::Shapes;
use sessionlint::rule::Catalog;

/// What each rule found in the same projects before its findings were read by hand.
const BEFORE: &str = include_str!("../data/real-projects-before.tsv");

/// The numbers of [`BEFORE`], by rule.
fn before() -> BTreeMap<String, Hits> {
    let number = |text: &str| text.parse().expect("a number");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [rule, projects, errors, warnings, notes] = cells[..] else { panic!("five cells: {line}") };
        let hits = Hits {
            projects: number(projects),
            errors: number(errors),
            warnings: number(warnings),
            notes: number(notes),
        };
        (rule.to_owned(), hits)
    };
    BEFORE.lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

/// What one rule finds in all real projects.
#[derive(Default)]
struct Hits {
    projects: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// Adds what a run over one project finds. A project that holds nothing to read has no findings.
fn count(project: &Path, hits: &mut BTreeMap<String, Hits>) {
    let run = std::process::Command::new(PROGRAM)
        .env(crate::support::CACHE_DIR, "")
        .args([
            "check",
            "--preset",
            "all",
            "--as-of",
            "2026-12-01",
            "--format",
            "json",
            "--fail-on",
            "never",
            "--quiet",
        ])
        .arg(project)
        .output()
        .unwrap();
    if run.status.code() == Some(2) {
        return;
    }
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut seen = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let of_rule = hits.entry(rule.to_owned()).or_default();
        of_rule.projects += usize::from(seen.insert(rule));
        match finding["severity"].as_str().unwrap() {
            "error" => of_rule.errors += 1,
            "warning" => of_rule.warnings += 1,
            _ => of_rule.notes += 1,
        }
    }
}

pub(crate) fn the_generated_numbers_of_real_projects_are_true() {
    let projects = real_projects();
    let mut hits = BTreeMap::new();
    for project in &projects {
        count(project, &mut hits);
    }
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let before = before();
    let silent = catalog.rules().iter().map(|rule| rule.id.as_str()).filter(|id| !hits.contains_key(*id));
    let silent: Vec<String> = silent.map(|id| format!("`{id}`")).collect();
    let mut text = String::from(
        "\n| rule | projects | errors | warnings | notes | projects before | errors | warnings | notes |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    // What a rule found before and finds no more, or is gone, is shown too.
    for rule in hits.keys().chain(before.keys()).collect::<BTreeSet<_>>() {
        let cells = |hits: Option<&Hits>| {
            let none = Hits::default();
            let Hits { projects, errors, warnings, notes } = hits.unwrap_or(&none);
            format!("{projects} | {errors} | {warnings} | {notes}")
        };
        let gone = if catalog.get(rule).is_some() { "" } else { " (gone)" };
        writeln!(text, "| `{rule}`{gone} | {} | {} |", cells(hits.get(rule)), cells(before.get(rule))).unwrap();
    }
    let sums = |all: &BTreeMap<String, Hits>| {
        let sum = |part: fn(&Hits) -> usize| all.values().map(part).sum::<usize>();
        format!("| {} | {} | {}", sum(|hits| hits.errors), sum(|hits| hits.warnings), sum(|hits| hits.notes))
    };
    writeln!(text, "| all | {} | {} |", sums(&hits), sums(&before)).unwrap();
    writeln!(text, "\n{} rules find nothing there: {}.\n", silent.len(), silent.join(", ")).unwrap();
    hold("docs/rules-on-real-projects.md", "real-projects", &text);
}
