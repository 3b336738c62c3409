//! The hooks of pre-commit as their file states them. `tests/needs/pre_commit.rs` runs them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

fn hooks() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap()
}

/// The values of a key of all hooks, in order.
fn values<'h>(hooks: &'h str, key: &str) -> Vec<&'h str> {
    hooks.lines().filter_map(|line| line.trim_start_matches("- ").trim().strip_prefix(key)).map(str::trim).collect()
}

#[test]
fn both_hooks_take_the_same_files_at_once() {
    let hooks = hooks();
    assert_eq!(values(&hooks, "id:"), ["sessionlint", "sessionlint-fix"]);
    let files = values(&hooks, "files:");
    assert!(files.len() == 2 && files[0] == files[1], "{files:#?}");
    assert_eq!(values(&hooks, "require_serial:"), ["true", "true"]);
    assert_eq!(values(&hooks, "language:"), ["rust", "rust"]);
    let commands = ["sessionlint check", "sessionlint check --fix"];
    assert_eq!(values(&hooks, "entry:"), commands);
}
