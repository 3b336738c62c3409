//! Files that are written by the program: each test compares, and with `UPDATE=1` rewrites.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::fs;
use std::path::Path;

use sessionlint::rule::{Catalog, overview};
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
    panic!("{file} is stale: run `UPDATE=1 cargo test --test generated`");
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
    panic!("{file} is stale: run `UPDATE=1 cargo test --test generated`");
}

#[test]
fn the_table_of_rules_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    hold("rules/README.md", "rules", &format!("\n{}\n", overview(&catalog)));
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
fn the_schema_of_the_configuration_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let schema = serde_json::to_string_pretty(&sessionlint::config::schema(&catalog)).unwrap();
    hold_whole("sessionlint.schema.json", &format!("{schema}\n"));
}
