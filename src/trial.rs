//! Tries a rule page: takes each example as a project, asks the rule, compares what it says with the page.
//!
//! Serves the test suite and authors alike. An example's day is fixed, so that a page says the same tomorrow.

use std::fs;
use std::io;
use std::path::Path;

use crate::check::{Plan, check};
use crate::config::{self, Config, ConfigError, Settled};
use crate::diagnostic::Summary;
use crate::discover::Root;
use crate::load::load;
use crate::metadata::Inputs;
use crate::query::Params;
use crate::report::{Paths, Project, Report, concise};
use crate::rule::{Catalog, Example, Grade, Preset, Rule, Verdict};
use crate::tree::Memory;
use crate::view::Shapes;

/// The day for which examples are judged.
pub const AS_OF: jiff::civil::Date = jiff::civil::date(2026, 12, 1);

/// What a trial of a page gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is wrong with the page, one text each.
    pub failures: Vec<String>,
    /// The page with the reports that its examples really give, where that differs.
    pub updated: Option<String>,
}

/// Tries every example of a rule, and whether the page has all that a page must have.
pub fn try_page(rule: &Rule, catalog: &Catalog) -> Outcome {
    let mut outcome = Outcome { failures: missing(rule), updated: None };
    if let Err(error) = rule.conditions(&Shapes, &Params::new()) {
        outcome.failures.push(error.to_string());
        return outcome;
    }
    let mut text = rule.page.text.clone();
    // From the last to the first, so that the places of earlier examples stay true.
    for example in rule.page.examples.iter().rev() {
        let at = format!("{}:{}: {}", rule.page.path, example.line, example.name);
        match report_of(rule, catalog, example) {
            Ok((report, notices)) => {
                if let Some(failure) = judge(example, &report) {
                    outcome.failures.push(format!("{at}: {failure}{notices}"));
                }
                update(&mut text, example, &report);
            }
            Err(error) => outcome.failures.push(format!("{at}: the example cannot be tried ({error})")),
        }
    }
    outcome.failures.sort();
    outcome.updated = (text != rule.page.text).then_some(text);
    outcome
}

/// What every page must have and this one lacks.
fn missing(rule: &Rule) -> Vec<String> {
    let page = &rule.page;
    let mut missing = Vec::new();
    let mut needs = |holds: bool, what: &str| {
        if !holds {
            missing.push(format!("{}: the page needs {what}", page.path));
        }
    };
    let has = |verdict| page.examples.iter().any(|example| example.verdict == verdict);
    needs(!page.summary.is_empty(), "a summary: one paragraph under the heading");
    needs(has(Verdict::Flagged), "an example under `## Flagged`");
    needs(has(Verdict::Accepted), "an example under `## Accepted`");
    needs(!rule.definition.references.is_empty(), "a reference");
    needs(!rule.definition.severity.is_empty(), "a severity in at least one preset");
    needs(page.section("Why it matters").is_some_and(|text| !text.is_empty()), "a text under `## Why it matters`");
    needs(page.section("Trade-off").is_some_and(|text| !text.is_empty()), "a text under `## Trade-off`");
    missing
}

/// The report of an example in the concise format with help and related places, and what was said beside it.
fn report_of(rule: &Rule, catalog: &Catalog, example: &Example) -> io::Result<(String, String)> {
    let (inputs, settled) = configured(example, catalog).map_err(|error| io::Error::other(error.to_string()))?;
    let files = example.files.iter().map(|file| (file.path.clone(), file.bytes.clone()));
    let root = Root::in_memory(Path::new(&example.name), Memory::of(&example.name, files));
    let loaded = load(&root, inputs);
    // What the rule covers shows as related places, so those rules are asked too.
    let covered = rule.definition.covers.iter().filter_map(|id| catalog.get(id));
    let is_on = |rule: &&Rule| settled.grades.get(&rule.id) != Some(&Grade::Off);
    let rules: Vec<&Rule> = std::iter::once(rule).chain(covered).filter(is_on).collect();
    let presets = Preset::ALL.into_iter().filter(|preset| rule.grade(*preset).is_some()).collect();
    let severities = settled.grades.into_iter().filter_map(|(id, grade)| Some((id, grade.severity()?))).collect();
    let plan = Plan { rules, presets, options: settled.options, severities };
    let asked = check(&loaded.project, &plan);
    let findings: Vec<_> = asked.findings.into_iter().filter(|finding| finding.rule == rule.id).collect();
    let report = Report {
        project: Project { root: "", files: 0, components: 0, hidden: 0 },
        sources: &loaded.project.sources,
        summary: Summary::of(&findings),
        findings: &findings,
        pairs: &[],
        rules: &[],
        suppressed: &[],
        is_complete: true,
    };
    let mut text = Vec::new();
    concise::write_full(&mut text, &report, &Paths::default())?;
    let errors = asked.errors.iter().map(ToString::to_string);
    let notices = loaded.notices.iter().map(|notice| notice.text.clone()).chain(errors);
    let mut said = String::new();
    for notice in notices {
        said.push_str("\n  ");
        said.push_str(&notice);
    }
    Ok((String::from_utf8_lossy(&text).into_owned(), said))
}

/// What the example's own configuration says; as of the day of examples.
fn configured(example: &Example, catalog: &Catalog) -> Result<(Inputs, Settled), ConfigError> {
    let Some(file) = example.files.iter().find(|file| file.path == config::FILE_NAME) else {
        return Ok((Inputs::on(AS_OF), Settled::default()));
    };
    let config = Config::read(file.path.clone(), String::from_utf8_lossy(&file.bytes).into_owned())?;
    Ok((config.inputs(AS_OF), config.settle(catalog)?))
}

/// What is wrong with an example, if anything.
fn judge(example: &Example, report: &str) -> Option<String> {
    match (example.verdict, &example.report) {
        (Verdict::Accepted, _) if report.is_empty() => None,
        (Verdict::Accepted, _) => Some(format!("accepted, but the rule says\n{report}")),
        (Verdict::Flagged, _) if report.is_empty() => Some("flagged, but the rule finds nothing".to_owned()),
        (Verdict::Flagged, None) => Some(format!("has no ```text report; the rule says\n{report}")),
        (Verdict::Flagged, Some((expected, _))) if expected == report => None,
        (Verdict::Flagged, Some((expected, _))) => {
            Some(format!("the page expects\n{expected}\nbut the rule says\n{report}"))
        }
    }
}

/// Writes the report of an example into the page's text.
fn update(text: &mut String, example: &Example, report: &str) {
    if example.verdict == Verdict::Accepted || report.is_empty() {
        return;
    }
    match &example.report {
        Some((_, at)) => text.replace_range(at.clone(), report),
        None => text.insert_str(example.end, &format!("\n```text report\n{report}```\n")),
    }
}

/// Tries every page of `folder` and writes the reports back where `write` says so; the texts of what failed, by id.
pub fn try_pages(catalog: &Catalog, is_meant: impl Fn(&Rule) -> bool, write: bool) -> Vec<(String, Vec<String>)> {
    let mut tried = Vec::new();
    for rule in catalog.rules().iter().filter(|rule| is_meant(rule)) {
        let mut outcome = try_page(rule, catalog);
        if let (true, Some(text)) = (write, &outcome.updated) {
            match fs::write(Path::new(&rule.page.path), text) {
                // What remains is what no rewriting mends.
                Ok(()) => outcome
                    .failures
                    .retain(|failure| !failure.contains("```text report") && !failure.contains("the page expects")),
                Err(error) => outcome.failures.push(format!("{}: cannot be written ({error})", rule.page.path)),
            }
        }
        tried.push((rule.id.clone(), outcome.failures));
    }
    tried
}
