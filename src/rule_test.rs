//! Tests a rule page: runs the rule on each example as a project and compares the report with the page.
//!
//! For the test suite and for authors. The date of an example is fixed, so that its report does not change. Refuses to know
//! the disk: an example is a project in memory.

use std::io;
use std::path::Path;

use sessionlint_facts::Shapes;
use sessionlint_lint::check::{RunPlan, check};
use sessionlint_lint::config::{self, Config, ConfigError, RuleConfig};
use sessionlint_lint::copies::joined;
use sessionlint_lint::diagnostic::{Diagnostic, Safety};
use sessionlint_lint::diff;
use sessionlint_lint::fix;
use sessionlint_lint::rule::{Catalog, Example, ExpectedResult, Grade, Preset, Rule};
use sessionlint_project::discover::Root;
use sessionlint_project::load::load;
use sessionlint_project::metadata::Inputs;
use sessionlint_project::vfs::Memory;
use sessionlint_report::gate::Gate;
use sessionlint_report::{Paths, Project, Report, Silence, concise};
use sessionlint_soql::Params;

/// The day for which examples are checked.
pub const AS_OF: jiff::civil::Date = jiff::civil::date(2026, 12, 1);

/// The result of the test of a page.
#[derive(Debug, Default)]
pub struct TestOutcome {
    /// The failures of the page, one text each.
    pub failures: Vec<String>,
    /// The page with the actual reports of its examples, if they differ.
    pub updated: Option<String>,
}

/// Tests every example of a rule, and checks that the page has all required parts.
pub fn test_page(rule: &Rule, catalog: &Catalog) -> TestOutcome {
    let examples = match rule.page.examples() {
        Ok(examples) => examples,
        Err(error) => return TestOutcome { failures: vec![error.to_string()], updated: None },
    };
    let mut outcome = TestOutcome { failures: missing(rule, &examples), updated: None };
    outcome.failures.extend(unknown_rules(rule, catalog));
    if let Err(error) = rule.conditions(&Shapes, &Params::new()) {
        outcome.failures.push(error.to_string());
        return outcome;
    }
    let whole = rule.page.whole();
    let mut text = whole.clone().into_owned();
    let mut has_diff = false;
    let mut explained: Vec<String> = Vec::new();
    // From the last to the first, so that the places of earlier examples stay valid.
    for example in examples.iter().rev() {
        let at = format!("{}:{}: {}", rule.page.path, example.line, example.name);
        match run_example(rule, catalog, example) {
            Ok(result) => {
                let ExampleResult { report, notices, diff, failures, explains } = &result;
                explained.extend(explains.iter().cloned());
                let failures = report_failure(example, report)
                    .into_iter()
                    .chain(diff_failure(example, diff))
                    .chain(failures.clone());
                outcome.failures.extend(failures.map(|failure| format!("{at}: {failure}{notices}")));
                has_diff |= !diff.is_empty();
                update(&mut text, example, report, diff);
            }
            Err(error) => outcome.failures.push(format!("{at}: the example cannot be tried ({error})")),
        }
    }
    if rule.fix.is_some() && !has_diff {
        outcome.failures.push(format!("{}: the page claims a fix that none of its examples gets", rule.page.path));
    }
    for symptom in rule.definition.symptom_ids().iter().filter(|symptom| !explained.contains(symptom)) {
        let path = &rule.page.path;
        outcome.failures.push(format!("{path}: no finding of the examples explains the symptom `{symptom}`"));
    }
    outcome.failures.sort();
    outcome.updated = (text != whole).then_some(text);
    outcome
}

/// Rules that the page names and that do not exist.
fn unknown_rules(rule: &Rule, catalog: &Catalog) -> Vec<String> {
    let named = rule.definition.supersedes.iter().chain(&rule.definition.conflicts_with);
    let unknown = named.filter(|id| catalog.get(id).is_none());
    unknown.map(|id| format!("{}: there is no rule `{id}`; {}", rule.page.path, catalog.suggestion(id))).collect()
}

/// The required parts that the page lacks.
fn missing(rule: &Rule, examples: &[Example]) -> Vec<String> {
    let page = &rule.page;
    let mut missing = Vec::new();
    let mut needs = |holds: bool, what: &str| {
        if !holds {
            missing.push(format!("{}: the page needs {what}", page.path));
        }
    };
    let has = |verdict| examples.iter().any(|example| example.expected == verdict);
    needs(!page.summary.is_empty(), "a summary: one paragraph under the heading");
    needs(has(ExpectedResult::Flagged), "an example under `## Flagged`");
    needs(has(ExpectedResult::Accepted), "an example under `## Accepted`");
    needs(!rule.definition.references.is_empty(), "a reference");
    needs(!rule.definition.severity.is_empty(), "a severity in at least one preset");
    needs(page.section("Why it matters").is_some_and(|text| !text.is_empty()), "a text under `## Why it matters`");
    needs(page.section("Trade-off").is_some_and(|text| !text.is_empty()), "a text under `## Trade-off`");
    missing
}

/// The result of an example.
struct ExampleResult {
    /// The report in the concise format with help and related places.
    report: String,
    /// The messages beside the report.
    notices: String,
    /// The changes of the fixes of its findings.
    diff: String,
    /// The failures of the fixes.
    failures: Vec<String>,
    /// The symptoms that its findings explain.
    explains: Vec<String>,
}

fn run_example(rule: &Rule, catalog: &Catalog, example: &Example) -> io::Result<ExampleResult> {
    let (inputs, rule_config) = configured(example, catalog).map_err(|error| io::Error::other(error.to_string()))?;
    let files = example.files.iter().map(|file| (file.path.clone(), file.bytes.clone()));
    let root = Root::in_memory(Path::new(&example.name), Memory::of(&example.name, files));
    let mut loaded = load(&root, inputs);
    let is_on = |rule: &&Rule| rule_config.grades.get(&rule.id) != Some(&Grade::Off);
    let presets: Vec<Preset> = Preset::ALL.into_iter().filter(|preset| rule.grade(*preset).is_some()).collect();
    let severities =
        rule_config.grades.iter().filter_map(|(id, grade)| Some((id.clone(), grade.severity()?))).collect();
    // Findings that the rule supersedes become related places, so those rules run too.
    let covered = rule.definition.supersedes.iter().filter_map(|id| catalog.get(id));
    let rules = std::iter::once(rule).chain(covered).filter(is_on).collect();
    let mut plan = RunPlan { rules, presets, options: rule_config.options.clone(), severities };
    let result = check(&loaded.project, &plan);
    let mut findings = joined(result.findings.into_iter().filter(|finding| finding.rule == rule.id).collect());
    let silence = Silence::default();
    let report = Report::of(Project::default(), &loaded.project.sources, &findings, &silence);
    let mut text = Vec::new();
    concise::write_full(&mut Gate::new(&mut text), &report, &Paths::default())?;
    let errors = result.errors.iter().map(ToString::to_string);
    let mut notices = String::new();
    for notice in loaded.notices.iter().map(|notice| notice.text.clone()).chain(errors) {
        notices.push_str("\n  ");
        notices.push_str(&notice);
    }
    fix::propose(&loaded.project, &mut findings);
    let remedies = findings.iter().filter_map(|finding| finding.fix.as_ref());
    let diff: String = remedies.map(|fix| diff::of_edits(&loaded.project.sources, &fix.edits, str::to_owned)).collect();
    plan.rules = catalog.chosen(&plan.presets, &[], &[]).into_iter().filter(is_on).collect();
    let failures = if diff.is_empty() { Vec::new() } else { fix_failures(rule, &mut loaded.project, &plan) };
    let explains = findings.iter().flat_map(|finding| &finding.explains).map(|it| it.symptom.clone()).collect();
    Ok(ExampleResult { report: String::from_utf8_lossy(&text).into_owned(), notices, diff, failures, explains })
}

/// Applies the fixes of an example together with all rules of the page's presets; returns their failures.
fn fix_failures(rule: &Rule, project: &mut sessionlint_project::metadata::Project, plan: &RunPlan<'_>) -> Vec<String> {
    let of_rule = |_: &sessionlint_project::metadata::Project, findings: Vec<Diagnostic>, _: &[Diagnostic]| {
        findings.into_iter().filter(|finding| finding.rule == rule.id).collect()
    };
    // A new session timeout is a decision that may cause other findings; a fix for display only must remove its own.
    let only_own;
    let plan = if rule.fix.as_ref().is_some_and(|fix| fix.safety() == Safety::Display) {
        only_own = RunPlan { rules: vec![rule], ..plan.clone() };
        &only_own
    } else {
        plan
    };
    let options = fix::FixOptions { least: Safety::Display, shown: &of_rule, pairs: &[], root: None };
    let applied = fix::apply(project, plan, &options);
    let reverted = applied.reverted.iter();
    let mut failures: Vec<String> =
        reverted.map(|it| format!("the fix is of no use: {} ({})", it.reason, it.title)).collect();
    if applied.fixed.is_empty() && failures.is_empty() {
        failures.push("the fix is shown and not applied: the finding is covered by another page's".to_owned());
    }
    failures
}

/// The settings of the example's own configuration, for the day of examples.
fn configured(example: &Example, catalog: &Catalog) -> Result<(Inputs, RuleConfig), ConfigError> {
    let Some(file) = example.files.iter().find(|file| file.path == config::FILE_NAME) else {
        return Ok((Inputs::on(AS_OF), RuleConfig::default()));
    };
    let config = Config::read(file.path.clone(), String::from_utf8_lossy(&file.bytes).into_owned())?;
    Ok((config.inputs(AS_OF), config.resolve(catalog)?))
}

/// The failure of an example, if any.
fn report_failure(example: &Example, report: &str) -> Option<String> {
    match (example.expected, &example.report) {
        (ExpectedResult::Accepted, _) if report.is_empty() => None,
        (ExpectedResult::Accepted, _) => Some(format!("accepted, but the rule reports\n{report}")),
        (ExpectedResult::Flagged, _) if report.is_empty() => Some("flagged, but the rule finds nothing".to_owned()),
        (ExpectedResult::Flagged, None) => Some(format!("has no ```text report; the rule reports\n{report}")),
        (ExpectedResult::Flagged, Some((expected, _))) if are_equal(expected, report) => None,
        (ExpectedResult::Flagged, Some((expected, _))) => {
            Some(format!("the page expects\n{expected}\nbut the rule reports\n{report}"))
        }
    }
}

/// The failure of the diff of an example, if any.
fn diff_failure(example: &Example, diff: &str) -> Option<String> {
    match &example.diff {
        None if diff.is_empty() || example.expected == ExpectedResult::Accepted => None,
        None => Some(format!("has no ```diff; the fix is\n{diff}")),
        Some((expected, _)) if are_equal(expected, diff) => None,
        Some((expected, _)) => Some(format!("the page expects the fix\n{expected}\nbut it is\n{diff}")),
    }
}

/// Whether two texts are the same apart from their line endings: git may write a page with others.
fn are_equal(one: &str, other: &str) -> bool {
    one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}

/// Writes the report and the diff of an example into the page's text, with the line ending of the page. A text that
/// differs in its line endings only stays.
fn update(text: &mut String, example: &Example, report: &str, diff: &str) {
    if example.expected == ExpectedResult::Accepted || report.is_empty() {
        return;
    }
    let fence = |info: &str, content: &str| format!("\n```{info}\n{content}```\n");
    let mut changes = Vec::new();
    match &example.report {
        Some((expected, _)) if are_equal(expected, report) => {}
        Some((_, at)) => changes.push((at.clone(), report.to_owned())),
        None => changes.push((example.end..example.end, fence("text report", report))),
    }
    match &example.diff {
        Some((expected, _)) if are_equal(expected, diff) => {}
        Some((_, at)) => changes.push((at.clone(), diff.to_owned())),
        None if diff.is_empty() => {}
        None => changes.push((example.end..example.end, fence("diff", diff))),
    }
    changes.sort_by_key(|(at, _)| at.start);
    let has_crlf = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    // From the last to the first; of two at one place, the second comes after the first.
    for (at, content) in changes.into_iter().rev() {
        let content = content.replace("\r\n", "\n");
        text.replace_range(at, &if has_crlf { content.replace('\n', "\r\n") } else { content });
    }
}

/// Tests every page of `folder` and writes the reports back with `write`; returns the failures by id.
pub fn test_pages(catalog: &Catalog, is_selected: impl Fn(&Rule) -> bool, write: bool) -> Vec<(String, Vec<String>)> {
    let mut results = Vec::new();
    for rule in catalog.rules().iter().filter(|rule| is_selected(rule)) {
        let mut outcome = test_page(rule, catalog);
        if let (true, Some(text)) = (write, &outcome.updated) {
            match fix::write::rewrite(Path::new(&rule.page.path), text) {
                // The remaining failures are those that rewriting does not fix.
                Ok(()) => outcome.failures.retain(|failure| {
                    !["```text report", "has no ```diff", "the page expects"].iter().any(|it| failure.contains(it))
                }),
                Err(error) => outcome.failures.push(format!("{}: cannot be written ({error})", rule.page.path)),
            }
        }
        results.push((rule.id.clone(), outcome.failures));
    }
    results
}
