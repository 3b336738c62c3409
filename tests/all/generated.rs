//! Files that are written by the program: each test compares, and with `UPDATE=1` rewrites.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::generated::{hold, hold_whole};
use sessionlint::rule::{Catalog, Rule, benchmarks, benchmarks_overview, overview};
use sessionlint::view::Shapes;

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
