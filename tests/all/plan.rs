//! The change plan against its pages: no step harms, none contradicts its page, no rule is named in Rust.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::support::rust_files;

use sessionlint::analysis::diff::{Direction, State, diff};
use sessionlint::check::{RunPlan, check};
use sessionlint::config::Config;
use sessionlint::diagnostic::{Diagnostic, Severity};
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes};
use sessionlint::fix::propose;
use sessionlint::load::load;
use sessionlint::metadata::{Inputs, Project};
use sessionlint::rule::{Catalog, Example, ExpectedResult, Preset, Rule};
use sessionlint::rule_test::AS_OF;
use sessionlint::vfs::Memory;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[] as &[&Path], &Shapes).unwrap());

fn project(example: &Example, changed: &HashMap<String, Vec<u8>>) -> Project {
    let bytes = |path: &String, bytes: &Vec<u8>| changed.get(path).unwrap_or(bytes).clone();
    let files = example.files.iter().map(|file| (file.path.clone(), bytes(&file.path, &file.bytes)));
    load(&Root::in_memory(Path::new("example"), Memory::of("example", files)), Inputs::on(AS_OF)).project
}

/// What a rule finds in an example in the continuity view, with its proposals.
fn findings(rule: &Rule, example: &Example, project: &Project) -> Vec<Diagnostic> {
    let config = example.files.iter().find(|file| file.path == "sessionlint.toml");
    let config =
        config.map(|file| Config::read(file.path.clone(), String::from_utf8_lossy(&file.bytes).into_owned()).unwrap());
    let options = config.map(|config| config.resolve(&CATALOG).unwrap().options).unwrap_or_default();
    let plan = RunPlan { rules: vec![rule], presets: vec![Preset::Continuity], options, severities: HashMap::new() };
    let mut findings = check(project, &plan).findings;
    propose(project, &mut findings);
    findings
}

/// The files of a project after the edits of one finding.
fn mended(project: &Project, finding: &Diagnostic) -> HashMap<String, Vec<u8>> {
    let mut files: HashMap<String, Vec<u8>> = HashMap::new();
    let mut edits = finding.fix.as_ref().unwrap().edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span.start));
    for edit in edits {
        let source = project.sources.get(edit.place.file);
        let bytes = files.entry(source.path.clone()).or_insert_with(|| source.text().as_bytes().to_vec());
        let span = edit.place.span.start as usize..edit.place.span.end as usize;
        bytes.splice(span, edit.text.bytes());
    }
    files
}

#[test]
fn no_step_of_the_continuity_view_ends_a_session_sooner() {
    let mut tried = 0;
    let mut harm = Vec::new();
    let is_step = |rule: &&Rule| rule.definition.fix.as_ref().is_some_and(|fix| fix.is_step);
    for rule in CATALOG.rules().iter().filter(is_step).filter(|rule| rule.grade(Preset::Continuity).is_some()) {
        for example in
            rule.page.examples().unwrap().iter().filter(|example| example.expected == ExpectedResult::Flagged)
        {
            let before = project(example, &HashMap::new());
            for finding in findings(rule, example, &before) {
                if finding.severity == Severity::Note || finding.fix.is_none() {
                    continue;
                }
                tried += 1;
                let after = project(example, &mended(&before, &finding));
                let (old, new) = (Facts::of(&before), Facts::of(&after));
                let state = |facts| State { name: String::new(), kind: "folder", facts, findings: &[] };
                let answer = diff(&state(&old), &state(&new));
                let settings = answer.org.iter().chain(answer.apps.iter().flat_map(|app| &app.settings));
                let is_worse = settings.map(|it| it.direction).chain(answer.profiles.iter().map(|it| it.direction));
                if is_worse.into_iter().any(|direction| direction == Direction::Worse) {
                    harm.push(format!("{}, {}: {answer:?}", rule.id, example.name));
                }
            }
        }
    }
    assert!(tried >= 15, "{tried} proposals were tried");
    assert!(harm.is_empty(), "{}", harm.join("\n"));
}

/// The first advice of a help whose page has another change.
const BETTER_FIRST: &[&str] =
    &["Best ", "Leave ", "In this order", "Keep ", "Nothing to change", "Give the receiver", "See that"];

#[test]
fn a_step_does_what_its_help_asks_for_first() {
    let mut contrary = Vec::new();
    for rule in CATALOG.rules() {
        if !rule.definition.fix.as_ref().is_some_and(|fix| fix.is_step) {
            continue;
        }
        for example in rule.page.examples().unwrap() {
            let before = project(&example, &HashMap::new());
            for finding in findings(rule, &example, &before) {
                let is_step = finding.severity > Severity::Note && finding.fix.is_some();
                if is_step && BETTER_FIRST.iter().any(|start| finding.help.starts_with(start)) {
                    contrary.push(format!("{}, {}: {}", rule.id, example.name, finding.help));
                }
            }
        }
    }
    assert!(contrary.is_empty(), "{}", contrary.join("\n"));
}

#[test]
fn the_overview_names_no_rule() {
    let answer = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/analysis/src");
    let mut files = vec![answer.join("overview.rs")];
    files.extend(rust_files(&answer.join("overview")));
    assert!(files.len() > 6, "the sources were found");
    let mut named = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for rule in CATALOG.rules() {
            // A rule by its whole id, or by its name behind a slash, as the end of an id would be compared.
            let (_, name) = rule.id.split_once('/').unwrap();
            if text.contains(&rule.id) || text.contains(&format!("\"/{name}\"")) {
                named.push(format!("{} names {}", file.display(), rule.id));
            }
        }
    }
    assert!(named.is_empty(), "{}", named.join("\n"));
}
