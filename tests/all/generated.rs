//! Files that are written by the program: each test compares, and with `UPDATE=1` rewrites.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sessionlint::rule::{Catalog, Rule, benchmarks, benchmarks_overview, overview};
use sessionlint::view::Shapes;

/// Compares a whole file with what it should be.
fn hold_whole(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if fs::read_to_string(&path).is_ok_and(|text| text == expected) {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, expected).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test --test all generated::`");
}

/// Compares the part of a file between two markers with what it should be.
fn hold(file: &str, marker: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {marker}: generated -->\n"), format!("<!-- {marker}: end -->"));
    let from = text.find(&start).expect("the start marker") + start.len();
    let to = from + text[from..].find(&end).expect("the end marker");
    if text[from..to] == *expected {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test --test all generated::`");
}

#[test]
fn the_table_of_rules_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    hold("rules/README.md", "rules", &format!("\n{}\n", overview(&catalog)));
}

/// What stands before the tables of benchmarks.
const BENCHMARKS: &str = "# Benchmarks

Rule pages name the controls of published benchmarks by their key `benchmarks`, where the control's own text asks for what
the page finds missing. A control that asks for an inventory, a justification or a process shows in no file, so no page
names it. `sessionlint rules list --benchmark SBS` lists the pages of one benchmark, `sessionlint explain RULE` the controls
of one page; SARIF has them as `taxonomies` with the relationships of each rule, and the page of `report` in its table of
causes. That nothing was found is no proof that a control is met.

";

#[test]
fn the_tables_of_benchmarks_are_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let tables = benchmarks_overview(&catalog);
    hold_whole("docs/benchmarks.md", &format!("{BENCHMARKS}{}\n", tables.trim_end()));
    for benchmark in benchmarks() {
        let named: BTreeSet<&str> = catalog.rules().iter().flat_map(Rule::controls).map(|it| it.id).collect();
        for id in benchmark.controls.keys() {
            assert!(named.contains(id.as_str()), "no page names {id}");
        }
    }
    for rule in catalog.rules() {
        assert!(rule.check_benchmarks().is_ok(), "{}", rule.id);
        for control in rule.controls() {
            assert!(control.name.is_some(), "{}: {} is in no table", rule.id, control.id);
        }
    }
}

#[test]
fn the_tables_of_views_are_true() {
    hold("docs/rule-language.md", "tables", &format!("{}\n", sessionlint::view::documented()));
}

#[test]
fn the_example_of_the_readme_is_what_the_program_says() {
    let arguments = [
        "check",
        "sample-projects/leaky-org",
        "--select",
        "session/forced-logout-unannounced,oauth/ip-relaxation-missing",
    ];
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_sessionlint"))
        .args(arguments)
        .args(["--as-of", "2026-12-01", "--quiet", "--color", "never"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    // The folder of a checkout without git is its own base; paths are shown from there in both cases.
    hold("README.md", "example", &format!("\n```text\n{out}```\n\n"));
}

#[test]
fn completions_and_the_manual_page_are_true() {
    use clap_complete::Shell;
    for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut sessionlint::cli::command(), "sessionlint", &mut script);
        hold_whole(&format!("src/cli/printed/completions.{shell}"), &String::from_utf8(script).unwrap());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(sessionlint::cli::command()).render(&mut page).unwrap();
    hold_whole("src/cli/printed/sessionlint.1", &String::from_utf8(page).unwrap());
}

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

/// The real projects, where the machine has them.
fn real_projects() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("{} is absent: the numbers of real projects were not compared", folder.display());
        return None;
    };
    Some(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect())
}

/// Adds what a run over one project finds. A project that holds nothing to read has no findings.
fn count(project: &Path, hits: &mut BTreeMap<String, Hits>) {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_sessionlint"))
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
    let mut met = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let of_rule = hits.entry(rule.to_owned()).or_default();
        of_rule.projects += usize::from(met.insert(rule));
        match finding["severity"].as_str().unwrap() {
            "error" => of_rule.errors += 1,
            "warning" => of_rule.warnings += 1,
            _ => of_rule.notes += 1,
        }
    }
}

#[test]
fn the_numbers_of_real_projects_are_true() {
    let Some(projects) = real_projects() else { return };
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
