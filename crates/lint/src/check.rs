//! Runs the rules: turns rows of tables into findings with severity and texts.
//!
//! Evaluates all rules in parallel, merges findings of the same fault, and sorts. May assume that rules and tables fit
//! each other. Refuses to know the reason of a rule, files and clocks; fails only for a rule with an invalid condition.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Confidence, Diagnostic, Explanation, Label, Remedy, RemedyStep, Severity, Subject};
use crate::rule::{ConfidenceSource, Grade, PageError, Preset, Rule};
use crate::stopwatch::Stopwatch;
use sessionlint_facts::{Facts, MANAGED_PACKAGE, Shapes, Views, rests_on_several};
use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::kind::{kind, recognise_backup};
use sessionlint_soql::{Cell, Params, PreparedFilter, Row, Tables};
use sessionlint_source::steps;
use sessionlint_source::{FileId, Place, file_name};

/// The rules of a run and their settings.
#[derive(Clone, Debug, Default)]
pub struct RunPlan<'r> {
    /// The rules, by id.
    pub rules: Vec<&'r Rule>,
    /// The presets whose grades apply.
    pub presets: Vec<Preset>,
    /// Options by rule id, which override those of the pages.
    pub options: HashMap<String, Params>,
    /// Severities by rule id, which override presets and pages.
    pub severities: HashMap<String, Severity>,
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct CheckResult {
    /// Findings, sorted by file, place and rule. Those that repeat each other are not joined yet (see `copies`).
    pub findings: Vec<Diagnostic>,
    /// Findings that another one supersedes.
    pub covered: Vec<Diagnostic>,
    /// Rules that could not run.
    pub errors: Vec<PageError>,
    /// The time of each rule, including tables that it was the first to read.
    pub timings: Vec<(String, Duration)>,
}

/// A finding with the data for merging.
struct Finding<'r> {
    rule: &'r Rule,
    column: usize,
    key: String,
    marked: String,
    fault: Option<String>,
    /// The places of the findings that were folded into it.
    folded: Vec<Place>,
    /// On the heap: findings are sorted and merged, and a move of this takes longer than an allocation.
    diagnostic: Box<Diagnostic>,
}

/// Runs the rules of `plan` on a project.
pub fn check(project: &Project, plan: &RunPlan<'_>) -> CheckResult {
    check_facts(&Facts::of(project), plan)
}

/// Runs the rules on facts that the caller has computed.
pub fn check_facts(facts: &Facts<'_>, plan: &RunPlan<'_>) -> CheckResult {
    let project = facts.project;
    let views = Views::new(facts);
    let subjects = Subjects::of(project);
    compute_ahead(plan, &views);
    let results: Vec<(Result<Vec<Finding<'_>>, PageError>, Duration)> = plan
        .rules
        .par_iter()
        // Rules differ much in time: whoever is done takes the next one.
        .with_max_len(1)
        .map(|rule| {
            let start = Stopwatch::start();
            let findings = run_rule(rule, plan, &views, &subjects);
            (findings, start.elapsed())
        })
        .collect();
    let mut outcome = CheckResult::default();
    let mut findings = Vec::new();
    let mut managed = Vec::new();
    for (rule, (results, duration)) in plan.rules.iter().zip(results) {
        outcome.timings.push((rule.id.clone(), duration));
        match results {
            Ok(found) => {
                let found = own(found, project, facts, &mut managed);
                findings.extend(fold(found, &mut outcome.covered));
            }
            Err(error) => outcome.errors.push(error),
        }
    }
    let mut findings = cover(findings, &mut outcome.covered);
    relate_managed(&mut findings, managed, &mut outcome.covered);
    findings.sort_by(|left, right| {
        let places = left.diagnostic.place.cmp(&right.diagnostic.place);
        places.then_with(|| left.rule.id.cmp(&right.rule.id)).then_with(|| left.key.cmp(&right.key))
    });
    fingerprint(&mut findings);
    outcome.findings = findings.into_iter().map(|finding| *finding.diagnostic).collect();
    outcome
}

/// Computes the two most expensive, independent facts on two threads, if rules need them. Otherwise rules would wait
/// for them at the same time.
fn compute_ahead(plan: &RunPlan<'_>, views: &Views<'_>) {
    let compute = |table: &str| {
        let is_needed = plan.rules.iter().any(|rule| rule.from.eq_ignore_ascii_case(table));
        is_needed && !views.is_empty(table)
    };
    rayon::join(|| compute("Grant"), || compute("OAuthApp"));
}

/// The component of each file.
struct Subjects {
    by_file: Vec<Option<Subject>>,
}

impl Subjects {
    fn of(project: &Project) -> Self {
        let mut by_file = vec![None; project.sources.len()];
        for component in &project.components {
            let subject = Subject { ty: kind(component.kind).name.to_owned(), name: component.name.clone() };
            by_file[component.file.0 as usize] = Some(subject);
        }
        for unit in &project.units {
            let subject = Subject { ty: unit.code.type_name().to_owned(), name: unit.name.clone() };
            by_file[unit.file.0 as usize] = Some(subject);
        }
        for problem in &project.problems {
            let subject = Subject { ty: problem.promised.to_owned(), name: problem.name.clone() };
            by_file[problem.place.file.0 as usize] = Some(subject);
        }
        Self { by_file }
    }

    fn at(&self, file: FileId) -> Option<&Subject> {
        self.by_file.get(file.0 as usize)?.as_ref()
    }
}

fn run_rule<'r>(
    rule: &'r Rule,
    plan: &RunPlan<'_>,
    views: &Views<'_>,
    subjects: &Subjects,
) -> Result<Vec<Finding<'r>>, PageError> {
    if views.is_empty(&rule.from) {
        return Ok(Vec::new());
    }
    let none = Params::new();
    let conditions = rule.conditions(&Shapes, plan.options.get(&rule.id).unwrap_or(&none))?;
    // A file that was left out may contain what a condition finds missing.
    let mut filters = conditions.rows.iter().chain(&conditions.escalations);
    let rests_on_others = rests_on_several(&rule.from) || filters.any(|filter| !filter.tables().is_empty());
    if views.facts().project.is_cut && rests_on_others {
        return Ok(Vec::new());
    }
    let filter = conditions.rows.as_ref().map(|filter| filter.prepare(views));
    let escalations: Vec<PreparedFilter<'_>> =
        conditions.escalations.iter().map(|filter| filter.prepare(views)).collect();
    let fix = conditions.fix.as_ref().map(|filter| filter.prepare(views));
    let symptoms: Vec<Option<PreparedFilter<'_>>> =
        conditions.symptoms.iter().map(|filter| filter.as_ref().map(|filter| filter.prepare(views))).collect();
    let finding = |row: &Row<'_>| {
        let (severity, escalation) = grade(rule, &plan.presets, &escalations, row)?;
        let severity = plan.severities.get(&rule.id).copied().unwrap_or(severity);
        let mut finding = finding_of(rule, row, severity, escalation, subjects, views.facts().project)?;
        // A deployment replaces the text.
        if views.facts().project.replaced.unknown_at(finding.diagnostic.place).is_some() {
            return None;
        }
        if fix.as_ref().is_none_or(|filter| filter.matches(row)) {
            finding.diagnostic.remedy = remedy(rule, row, subjects, views.facts().project);
        }
        finding.diagnostic.explains = explains(rule, &symptoms, row);
        Some(finding)
    };
    Ok(views.matching(&rule.from, filter.as_ref()).iter().filter_map(|row| finding(row)).collect())
}

/// The severity of a row, the worst over the presets, and the escalation that set it.
fn grade(
    rule: &Rule,
    presets: &[Preset],
    escalations: &[PreparedFilter<'_>],
    row: &Row<'_>,
) -> Option<(Severity, Option<usize>)> {
    let matching: Vec<usize> = (0..escalations.len()).filter(|index| escalations[*index].matches(row)).collect();
    let belongs: Vec<Preset> = presets.iter().copied().filter(|preset| rule.grade(*preset).is_some()).collect();
    // A rule outside the presets, selected by name, has the worst of all its grades.
    let belongs = if belongs.is_empty() { Preset::ALL.to_vec() } else { belongs };
    let in_preset = |preset: Preset| -> Option<(Severity, Option<usize>)> {
        let base = rule.grade(preset)?;
        let escalate = &rule.definition.escalate;
        let applies = |index: &&usize| escalate[**index].preset.is_none_or(|only| only == preset);
        let first = matching.iter().find(applies).copied();
        let grade: Grade = first.map_or(base, |index| escalate[index].severity);
        Some((grade.severity()?, first))
    };
    belongs.into_iter().filter_map(in_preset).max_by_key(|(severity, _)| *severity)
}

/// The finding of a row; `None` if there is no place to mark.
fn finding_of<'r>(
    rule: &'r Rule,
    row: &Row<'_>,
    severity: Severity,
    escalation: Option<usize>,
    subjects: &Subjects,
    project: &Project,
) -> Option<Finding<'r>> {
    let marked = &row.cells[rule.mark];
    let place = marked.place.or_else(|| row.cells.iter().find_map(|cell| cell.place))?;
    let related = rule.related.iter().filter_map(|(column, text)| {
        let cell = &row.cells[*column];
        let shown = cell.place.filter(|place| !cell.value.is_null() && *place != marked_place(marked));
        Some(Label { place: shown?, text: text.fill(row) })
    });
    let confidence = match rule.confidence {
        ConfidenceSource::Fixed(confidence) => confidence,
        ConfidenceSource::Column(column) => match row.cells[column].value.as_text() {
            Some("high") => Confidence::High,
            Some("medium") => Confidence::Medium,
            _ => Confidence::Low,
        },
    };
    let words = escalation.map(|index| &rule.escalated[index]);
    let message = words.and_then(|words| words.message.as_ref()).unwrap_or(&rule.message);
    let help = words.and_then(|words| words.help.as_ref()).unwrap_or(&rule.help);
    let cost = words.and_then(|words| words.cost.as_ref());
    let subject = subjects.at(place.file).cloned();
    let copy_of = copied(rule, row, project);
    let diagnostic = Box::new(Diagnostic {
        rule: rule.id.clone(),
        title: rule.title().to_owned(),
        severity,
        confidence,
        message: message.fill(row),
        why: rule.page.summary.clone(),
        help: help.fill(row),
        cost: cost.map(|cost| cost.fill(row)),
        setup: rule.setup.fill(row),
        verify: rule.verify.fill(row),
        place,
        cell: cell(rule, row, subject.as_ref(), copy_of.as_deref()),
        since: None,
        subject,
        related: related.collect(),
        is_allowed: false,
        copy_of,
        copies: Vec::new(),
        explains: Vec::new(),
        remedy: None,
        fix: None,
        fingerprint: String::new(),
    });
    Some(Finding {
        rule,
        column: rule.mark,
        key: row.key.to_string(),
        marked: written(marked),
        fault: fault(rule, row),
        folded: Vec::new(),
        diagnostic,
    })
}

/// The name of the fault of a row: rows of a rule with the same name are one finding. `None` if each row is a finding.
fn fault(rule: &Rule, row: &Row<'_>) -> Option<String> {
    if rule.definition.report_once {
        return Some(String::new());
    }
    let name = |column: &usize| {
        let cell = &row.cells[*column];
        let place = cell.place.map(|place| format!("{}:{}", place.file.0, place.span.start));
        (!cell.value.is_null()).then(|| format!("{}\u{1F}{}", written(cell).to_lowercase(), place.unwrap_or_default()))
    };
    let names: Option<Vec<String>> = rule.one_per.iter().map(name).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join("\u{1E}"))
}

/// The symptoms that a row explains: for each, the first line of the page whose condition is true.
fn explains(rule: &Rule, conditions: &[Option<PreparedFilter<'_>>], row: &Row<'_>) -> Vec<Explanation> {
    let mut explains: Vec<Explanation> = Vec::new();
    for (line, condition) in rule.definition.symptoms.iter().zip(conditions) {
        let is_listed = explains.iter().any(|known| known.symptom == line.symptom.text);
        if !is_listed && condition.as_ref().is_none_or(|filter| filter.matches(row)) {
            explains.push(Explanation { symptom: line.symptom.text.clone(), strength: line.strength });
        }
    }
    explains
}

/// What a row repeats, equal in two states of a project; `None` if each row is shown. The texts at the places are part of
/// it as a hash, since they may be secrets.
fn copied(rule: &Rule, row: &Row<'_>, project: &Project) -> Option<String> {
    let one = |column: &usize| {
        let cell = &row.cells[*column];
        let text = cell.place.map(|place| project.sources.get(place.file).slice(place.span));
        // The text of a file that changed since it was read is not there.
        let is_there = !cell.value.is_null() && text != Some("");
        is_there.then(|| format!("{}\u{1F}{}", written(cell), start_of_hash(text.unwrap_or_default())))
    };
    let parts: Option<Vec<String>> = rule.shown_once_per.iter().map(one).collect();
    let parts = parts.filter(|parts| !parts.is_empty())?;
    Some([rule.id.as_str(), &parts.join("\u{1E}")].join("\u{1E}"))
}

/// The identity of the marked cell, without its value. A rule that reports once has one cell in the whole project, and
/// a rule that reports once per fault has one for each.
fn cell(rule: &Rule, row: &Row<'_>, subject: Option<&Subject>, copied: Option<&str>) -> String {
    if rule.definition.report_once {
        return rule.id.clone();
    }
    let names = || rule.one_per.iter().filter(|column| !rule.shown_once_per.contains(column));
    if !rule.one_per.is_empty() && names().all(|column| !row.cells[*column].value.is_null()) {
        let names = names().map(|column| written(&row.cells[*column]));
        let is_of_fault = rule.one_per.iter().any(|column| rule.shown_once_per.contains(column));
        let copied = copied.filter(|_| is_of_fault).unwrap_or_default().to_owned();
        return std::iter::once(rule.id.clone()).chain(names).chain([copied]).collect::<Vec<_>>().join("\u{1F}");
    }
    let mut parts = vec![rule.from.clone(), rule.mark.to_string()];
    parts.push(subject.map_or_else(String::new, |subject| subject.ty.clone()));
    parts.push(row.key.to_string());
    parts.extend(rule.names.iter().filter(|column| **column != rule.mark).map(|column| written(&row.cells[*column])));
    parts.join("\u{1F}")
}

/// The remedy of the page for a row. None changes a backup, which is to be deleted.
fn remedy(rule: &Rule, row: &Row<'_>, subjects: &Subjects, project: &Project) -> Option<Remedy> {
    let fix = rule.fix.as_ref()?;
    let remedy = fix.remedy(row, |place| subjects.at(place.file).map(|subject| subject.ty.clone()))?;
    let path = |step: &RemedyStep| &project.sources.get(step.place.file).path;
    let is_backup = |step| recognise_backup(file_name(path(step))).is_some();
    (!remedy.steps.iter().any(is_backup)).then_some(remedy)
}

fn marked_place(cell: &Cell<'_>) -> Place {
    cell.place.unwrap_or(Place { file: FileId(u32::MAX), span: sessionlint_project::metadata::FILE_START })
}

/// A value as text, for fingerprints.
fn written(cell: &Cell<'_>) -> String {
    cell.value.to_words(",").into_owned()
}

/// The findings of a rule in components that the project owns. Those in a managed package, which the project cannot
/// change, go to `managed`. Rules over the table of packages report them.
fn own<'r>(
    found: Vec<Finding<'r>>,
    project: &Project,
    facts: &Facts<'_>,
    managed: &mut Vec<Finding<'r>>,
) -> Vec<Finding<'r>> {
    let is_own = |finding: &Finding<'_>| {
        finding.rule.from == MANAGED_PACKAGE || facts.managed().at(project, finding.diagnostic.place).is_none()
    };
    let (own, others) = found.into_iter().partition(is_own);
    managed.extend::<Vec<_>>(others);
    own
}

/// Findings in managed packages become related places of the finding that reports the packages, without raising its
/// severity.
fn relate_managed(findings: &mut [Finding<'_>], managed: Vec<Finding<'_>>, covered: &mut Vec<Diagnostic>) {
    let mut diagnostics: Vec<Diagnostic> = managed.into_iter().map(|finding| *finding.diagnostic).collect();
    diagnostics.sort_by(|left, right| (left.place, &left.rule).cmp(&(right.place, &right.rule)));
    if let Some(note) = findings.iter_mut().find(|finding| finding.rule.from == MANAGED_PACKAGE) {
        let label = |other: &Diagnostic| Label { place: other.place, text: other.message.clone() };
        let mut labels: Vec<Label> = diagnostics.iter().map(label).collect();
        labels.dedup();
        note.diagnostic.related.extend(labels);
    }
    covered.extend(diagnostics);
}

/// The findings of a rule, one per fault: the worst one leads, the first among equals; the others become related
/// places.
fn fold<'r>(findings: Vec<Finding<'r>>, covered: &mut Vec<Diagnostic>) -> Vec<Finding<'r>> {
    let mut kept: Vec<Finding<'r>> = Vec::new();
    let mut faults: BTreeMap<String, Vec<Finding<'r>>> = BTreeMap::new();
    let mut by_text: HashMap<(Place, String), usize> = HashMap::new();
    let mut labels: HashMap<usize, HashSet<Label>> = HashMap::new();
    for finding in findings {
        if let Some(fault) = &finding.fault {
            faults.entry(fault.clone()).or_default().push(finding);
            continue;
        }
        // Two rows that mark the same text and lead to the same message are one finding.
        let known = by_text.entry((finding.diagnostic.place, finding.diagnostic.message.clone()));
        match known {
            Entry::Occupied(first) => {
                let lead = &mut kept[*first.get()].diagnostic;
                let own = || lead.related.iter().cloned().collect();
                let known = labels.entry(*first.get()).or_insert_with(own);
                lead.severity = lead.severity.max(finding.diagnostic.severity);
                lead.explain_too(&finding.diagnostic.explains);
                let related = finding.diagnostic.related.into_iter();
                lead.related.extend(related.filter(|label| known.insert(label.clone())));
            }
            Entry::Vacant(first) => {
                first.insert(kept.len());
                kept.push(finding);
            }
        }
    }
    for mut places in faults.into_values() {
        places.sort_by_key(|finding| (Reverse(finding.diagnostic.severity), finding.diagnostic.place));
        let mut others = places.split_off(1);
        others.sort_by_key(|finding| finding.diagnostic.place);
        for lead in &mut places {
            // More findings on the same text add only related places.
            let here = lead.diagnostic.place;
            let mut known: HashSet<Label> = lead.diagnostic.related.iter().cloned().collect();
            for other in &others {
                lead.diagnostic.explain_too(&other.diagnostic.explains);
                let related = other.diagnostic.related.iter().filter(|_| other.diagnostic.place == here);
                lead.diagnostic.related.extend(related.filter(|label| known.insert((*label).clone())).cloned());
            }
        }
        others.dedup_by_key(|finding| finding.diagnostic.place);
        covered.extend(others.iter().map(|finding| Diagnostic::clone(&finding.diagnostic)));
        for lead in &mut places {
            let here = lead.diagnostic.place;
            // A place on the way to the fault may be that of another finding.
            let known: HashSet<Place> = lead.diagnostic.related.iter().map(|label| label.place).collect();
            let is_elsewhere = |other: &&Diagnostic| other.place != here && !known.contains(&other.place);
            let elsewhere = others.iter().map(|other| &*other.diagnostic).filter(is_elsewhere);
            let labels = elsewhere.map(|other| Label { place: other.place, text: other.message.clone() });
            lead.diagnostic.related.extend(labels.collect::<Vec<_>>());
            lead.folded = others.iter().map(|other| other.diagnostic.place).collect();
        }
        kept.extend(places);
    }
    kept
}

/// Findings that another rule supersedes become related places of its finding: on the same cell, or on that of a
/// finding that was folded into it, or in the same component if the superseding page marks another cell.
fn cover<'r>(findings: Vec<Finding<'r>>, silenced: &mut Vec<Diagnostic>) -> Vec<Finding<'r>> {
    let mut by_file: HashMap<(FileId, &str), Vec<usize>> = HashMap::new();
    let mut by_place: HashMap<(Place, &str), Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let rule = finding.rule.id.as_str();
        by_file.entry((finding.diagnostic.place.file, rule)).or_default().push(index);
        by_place.entry((finding.diagnostic.place, rule)).or_default().push(index);
    }
    let mut covered_by: HashMap<usize, usize> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let Place { file, .. } = finding.diagnostic.place;
        for id in &finding.rule.definition.supersedes {
            let id = id.as_str();
            let of_file = by_file.get(&(file, id)).map(Vec::as_slice).unwrap_or_default();
            // A rule marks one column, so that all of its findings are superseded, or those at the same place. The
            // first superseding finding takes them all.
            let marks_another = of_file.first().is_some_and(|other| findings[*other].rule.mark != finding.rule.mark);
            let others = if marks_another {
                by_file.remove(&(file, id))
            } else if finding.rule.id == id {
                by_place.get(&(finding.diagnostic.place, id)).cloned()
            } else {
                let places = std::iter::once(&finding.diagnostic.place).chain(&finding.folded);
                Some(places.filter_map(|place| by_place.remove(&(*place, id))).flatten().collect())
            };
            for other in others.unwrap_or_default() {
                steps::count(1);
                if other != index {
                    covered_by.entry(other).or_insert(index);
                }
            }
        }
    }
    if covered_by.is_empty() {
        return findings;
    }
    let mut kept: Vec<Option<Finding<'_>>> = findings.into_iter().map(Some).collect();
    let mut order: Vec<(usize, usize)> = covered_by.iter().map(|(covered, by)| (*covered, *by)).collect();
    order.sort_unstable();
    let mut labels: HashMap<usize, HashSet<Label>> = HashMap::new();
    let is_covered: HashSet<usize> = covered_by.keys().copied().collect();
    for (covered, mut by) in order {
        // A superseding finding may itself be superseded; the last one is reported.
        let mut steps = 0;
        while is_covered.contains(&by) && steps < kept.len() {
            by = covered_by[&by];
            steps += 1;
        }
        let Some(other) = kept[covered].take() else { continue };
        silenced.push(Diagnostic::clone(&other.diagnostic));
        if let Some(Some(finding)) = kept.get_mut(by) {
            let own = || finding.diagnostic.related.iter().cloned().collect();
            let known = labels.entry(by).or_insert_with(own);
            absorb(&mut finding.diagnostic, *other.diagnostic, known);
        }
    }
    kept.into_iter().flatten().collect()
}

/// Merges two findings: the worse severity, with the places and symptoms of both.
fn absorb(finding: &mut Diagnostic, other: Diagnostic, known: &mut HashSet<Label>) {
    finding.severity = finding.severity.max(other.severity);
    finding.explain_too(&other.explains);
    // A place that is shown already needs no second text.
    let is_shown = finding.related.iter().any(|label| label.place == other.place);
    let own = (!is_shown).then_some(Label { place: other.place, text: other.message });
    let labels = own.into_iter().chain(other.related);
    finding.related.extend(labels.filter(|label| known.insert(label.clone())));
}

/// Sixteen hex digits, from data that survives moved lines and renamed files (`docs/versioning.md`).
fn fingerprint(findings: &mut [Finding<'_>]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let ty = finding.diagnostic.subject.as_ref().map_or("", |subject| subject.ty.as_str());
        let column = finding.column.to_string();
        let parts = ["v1", &finding.diagnostic.rule, ty, &finding.key, &column, &finding.marked];
        let identity = parts.join("\u{1F}");
        let ordinal = seen.entry(identity.clone()).or_default();
        finding.diagnostic.fingerprint = start_of_hash(&format!("{identity}\u{1F}{ordinal}"));
        *ordinal += 1;
    }
}

/// The first sixteen hex digits of the SHA-256 of a text.
fn start_of_hash(text: &str) -> String {
    let first = Sha256::digest(text).iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{first:016x}")
}
