//! The change plan: what to change, in which order, at what cost, how to revert it and how to verify it.
//!
//! A step contains the changes that the findings of one rule propose with one safety; each change is exact. Findings that
//! propose no exact change, or whose page excludes it from plans, become advice. Notes are not in the plan. Errors come
//! first. Refuses to judge whether a change is right, and to know any rule: its page has the cost and the test.

use std::collections::HashMap;

use serde::Serialize;

use super::deploy::{deploy_command, manifest};
use super::proposal::{ChangedFile, Proposal};
use super::topics::{Item, OpposingFinding, Topic};
use crate::located::Located;
use sessionlint_lint::diagnostic::{Confidence, Edit, Safety, Severity};
use sessionlint_source::{FileId, Place};

/// The change plan.
#[derive(Debug, Default, Serialize)]
pub struct Plan {
    /// The changes for errors, then those for warnings.
    pub ranks: Vec<SeverityGroup>,
}

/// The changes for findings of one severity.
#[derive(Debug, Serialize)]
pub struct SeverityGroup {
    /// The severity of the worst finding of each step.
    pub severity: Severity,
    /// The steps by the consent that they need: safe ones first, steps that weaken a protection last.
    pub parts: Vec<ConsentGroup>,
    /// What to do if no exact change is proposed.
    pub advice: Vec<Advice>,
}

impl Plan {
    /// The parts of every severity.
    pub fn parts(&self) -> impl Iterator<Item = &ConsentGroup> {
        self.ranks.iter().flat_map(|rank| &rank.parts)
    }

    /// The advice of every severity.
    pub fn advice(&self) -> impl Iterator<Item = &Advice> {
        self.ranks.iter().flat_map(|rank| &rank.advice)
    }
}

/// The consent that a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Consent {
    /// None: the step weakens no protection.
    Safe,
    /// A decision: a period, or one of two aims.
    Decision,
    /// The consent of the person responsible for the protection that it weakens.
    Unsafe,
}

/// Steps that need the same consent.
#[derive(Debug, Serialize)]
pub struct ConsentGroup {
    /// The consent.
    pub need: Consent,
    /// The steps, the worst finding first.
    pub steps: Vec<Step>,
    /// Number of changes in them.
    pub changes: usize,
    /// The components that they change.
    pub components: Vec<String>,
    /// The command that deploys them.
    pub deploy: String,
    /// The part of a `package.xml` that names them.
    pub manifest: String,
}

/// The changes that the findings of a rule propose.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Its number in the plan, from 1.
    pub number: usize,
    /// The rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// The severity.
    pub severity: Severity,
    /// Its safety.
    pub safety: Safety,
    /// The protection that it weakens; empty if it weakens none.
    pub loosens: String,
    /// The changes.
    pub changes: Vec<Change>,
    /// The pages of Setup, each once.
    pub setup: Vec<String>,
    /// Its cost, in paragraphs.
    pub trade_off: Vec<String>,
    /// The rules with opposite advice.
    pub pulls_against: Vec<String>,
    /// Whether a line is removed from a file.
    pub takes_out: bool,
    /// Whether a line is added to a file.
    pub adds: bool,
    /// The advice of the findings, each wording once.
    pub help: Vec<String>,
    /// How to verify it, each wording once.
    pub tests: Vec<String>,
    /// The components that change, as `Type:Name`.
    pub components: Vec<String>,
    /// The command that deploys exactly these components.
    pub deploy: String,
    /// The part of a `package.xml` that names exactly these components.
    pub manifest: String,
}

/// One change: the proposal of one finding.
#[derive(Debug, Serialize)]
pub struct Change {
    /// The message.
    pub message: String,
    /// The place.
    pub place: Located,
    /// The confidence of the finding.
    pub confidence: Confidence,
    /// Its title, as an imperative.
    pub title: String,
    /// The lines that differ, by file.
    pub files: Vec<ChangedFile>,
    /// Further rules whose findings propose the same change.
    pub also: Vec<String>,
    /// Steps that change the same characters in another way: only one of them is possible.
    pub instead_of: Vec<usize>,
    /// Findings with opposite advice.
    pub against: Vec<OppositeAdvice>,
    #[serde(skip)]
    edits: Vec<Edit>,
}

/// A finding with advice opposite to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OppositeAdvice {
    /// The rule.
    pub rule: String,
    /// The message.
    pub message: String,
    /// The middle way, unless the trade-off of the step contains it.
    pub middle_way: Option<String>,
}

/// What to do if no exact change is proposed.
#[derive(Debug, Serialize)]
pub struct Advice {
    /// The rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// The severity.
    pub severity: Severity,
    /// What to do, each wording once, with its places.
    pub wordings: Vec<Wording>,
    /// The pages of Setup, each once.
    pub setup: Vec<String>,
    /// The rules with opposite advice.
    pub pulls_against: Vec<String>,
    /// How to verify it, each wording once.
    pub tests: Vec<String>,
}

/// A wording of the advice, and its places.
#[derive(Debug, Serialize)]
pub struct Wording {
    /// What to do.
    pub text: String,
    /// The places, as `path:line`.
    pub places: Vec<String>,
}

/// The plan for the findings, in the order of the topics.
pub(super) fn plan(topics: &[Topic]) -> Plan {
    let mut steps = steps(candidates(topics));
    number(&mut steps);
    let mut ranks: Vec<SeverityGroup> = [Severity::Error, Severity::Warning].map(SeverityGroup::of).into();
    for (need, step) in steps {
        let Some(rank) = ranks.iter_mut().find(|rank| rank.severity == step.severity) else { continue };
        match rank.parts.last_mut() {
            Some(part) if part.need == need => part.steps.push(step),
            _ => rank.parts.push(ConsentGroup::of(need, step)),
        }
    }
    for rank in &mut ranks {
        rank.advice = topics.iter().filter_map(|topic| advice(topic, rank.severity)).collect();
        for part in &mut rank.parts {
            part.changes = part.steps.iter().map(|step| step.changes.len()).sum();
            part.components = in_order(part.steps.iter().flat_map(|step| step.components.iter().cloned()));
            part.deploy = deploy_command(&part.components);
            part.manifest = manifest(&part.components);
        }
    }
    ranks.retain(|rank| !rank.parts.is_empty() || !rank.advice.is_empty());
    Plan { ranks }
}

impl SeverityGroup {
    /// An empty rank.
    fn of(severity: Severity) -> Self {
        Self { severity, parts: Vec::new(), advice: Vec::new() }
    }
}

impl ConsentGroup {
    /// A part that begins with `step`.
    fn of(need: Consent, step: Step) -> Self {
        Self {
            need,
            steps: vec![step],
            changes: 0,
            components: Vec::new(),
            deploy: String::new(),
            manifest: String::new(),
        }
    }
}

/// A change before it is part of a step.
struct Candidate<'t> {
    need: Consent,
    rule: &'t str,
    title: &'t str,
    severity: Severity,
    trade_off: &'t [String],
    pulls_against: &'t [String],
    setup: Option<&'t String>,
    help: &'t str,
    verify: &'t str,
    fix: &'t Proposal,
    change: Change,
}

/// Every proposed change, once.
fn candidates(topics: &[Topic]) -> Vec<Candidate<'_>> {
    let mut all: Vec<Candidate<'_>> = Vec::new();
    let mut by_place: HashMap<Option<Place>, Vec<usize>> = HashMap::new();
    for (topic, item) in topics.iter().flat_map(|topic| topic.items.iter().map(move |item| (topic, item))) {
        for candidate in of_item(topic, item) {
            let edits = &candidate.fix.edits;
            let same_place = by_place.entry(edits.first().map(|edit| edit.place)).or_default();
            if let Some(other) = same_place.iter().find(|other| all[**other].fix.edits == *edits) {
                join(&mut all[*other], candidate);
            } else {
                same_place.push(all.len());
                all.push(candidate);
            }
        }
    }
    all
}

/// Merges two equal changes; the one that needs more consent counts.
fn join<'t>(one: &mut Candidate<'t>, mut other: Candidate<'t>) {
    if other.need > one.need {
        std::mem::swap(one, &mut other);
    }
    let rules = std::iter::once(other.rule.to_owned()).chain(other.change.also);
    one.change.also.extend(rules);
    one.severity = one.severity.max(other.severity);
    let own = one.rule;
    one.change.also.retain(|rule| rule != own);
    one.change.also.sort();
    one.change.also.dedup();
    let new_advice: Vec<OppositeAdvice> =
        other.change.against.into_iter().filter(|it| !one.change.against.contains(it)).collect();
    one.change.against.extend(new_advice);
}

fn of_item<'t>(topic: &'t Topic, item: &'t Item) -> impl Iterator<Item = Candidate<'t>> {
    let against_own =
        item.against.iter().map(|side| opposite_advice(&side.rule, &side.place.text, side, &topic.trade_off));
    let own = step_of(item.fix.as_ref(), item.severity, item.is_step).map(|fix| Candidate {
        need: need(fix, !item.against.is_empty()),
        rule: &topic.rule,
        title: &topic.title,
        severity: item.severity,
        trade_off: &topic.trade_off,
        pulls_against: &topic.pulls_against,
        setup: item.setup.as_ref().or(topic.setup.as_ref()),
        help: item.help.as_ref().or(topic.help.as_ref()).map_or("", String::as_str),
        verify: &item.verify,
        fix,
        change: change(fix, &item.message, &item.place, item.confidence, against_own.collect()),
    });
    let sides = item.against.iter().filter_map(move |side| {
        let fix = step_of(side.fix.as_ref(), side.severity, side.is_step)?;
        let contrary = opposite_advice(&topic.rule, &item.message, side, &side.trade_off);
        Some(Candidate {
            need: need(fix, true),
            rule: &side.rule,
            title: &side.title,
            severity: side.severity,
            trade_off: &side.trade_off,
            pulls_against: std::slice::from_ref(&topic.rule),
            setup: side.setup.as_ref(),
            help: &side.help,
            verify: &side.verify,
            fix,
            change: change(fix, &side.place.text, &side.place, side.confidence, vec![contrary]),
        })
    });
    own.into_iter().chain(sides)
}

/// The change, if it becomes a step of the plan; that of a note does not.
fn step_of(fix: Option<&Proposal>, severity: Severity, is_step: bool) -> Option<&Proposal> {
    fix.filter(|_| is_step && severity > Severity::Note)
}

/// The opposite advice of `rule` in a decision with `side`; `trade_off` is the trade-off of the step.
fn opposite_advice(rule: &str, message: &str, side: &OpposingFinding, trade_off: &[String]) -> OppositeAdvice {
    let is_news = !side.middle_way.is_empty() && !trade_off.join(" ").contains(&side.middle_way);
    let middle_way = is_news.then(|| side.middle_way.clone());
    OppositeAdvice { rule: rule.to_owned(), message: message.to_owned(), middle_way }
}

fn need(fix: &Proposal, has_contrary: bool) -> Consent {
    match fix.safety {
        Safety::Unsafe => Consent::Unsafe,
        Safety::Safe if !has_contrary => Consent::Safe,
        Safety::Safe | Safety::Display => Consent::Decision,
    }
}

fn change(
    fix: &Proposal,
    message: &str,
    place: &Located,
    confidence: Confidence,
    against: Vec<OppositeAdvice>,
) -> Change {
    Change {
        message: message.to_owned(),
        place: place.clone(),
        confidence,
        title: fix.title.clone(),
        files: fix.files.clone(),
        also: Vec::new(),
        instead_of: Vec::new(),
        against,
        edits: fix.edits.clone(),
    }
}

/// The steps in the order of the consent that they need. Changes of one rule, safety and cost are one step.
fn steps(candidates: Vec<Candidate<'_>>) -> Vec<(Consent, Step)> {
    let mut steps: Vec<(Consent, Step)> = Vec::new();
    for candidate in candidates {
        let Candidate { need, fix, change, setup, .. } = candidate;
        let is_same =
            |step: &Step| step.rule == candidate.rule && step.safety == fix.safety && step.loosens == fix.loosens;
        let at = steps.iter().position(|(other, step)| *other == need && is_same(step)).unwrap_or(steps.len());
        if at == steps.len() {
            steps.push((need, empty_step(candidate.rule, candidate.title, fix)));
        }
        let step = &mut steps[at].1;
        step.severity = step.severity.max(candidate.severity);
        step.trade_off = candidate.trade_off.to_vec();
        step.pulls_against = candidate.pulls_against.to_vec();
        step.setup.extend(setup.filter(|text| !step.setup.contains(text)).cloned());
        add(&mut step.help, candidate.help);
        add(&mut step.tests, candidate.verify);
        step.components.extend(fix.components.iter().cloned());
        let replaced = || fix.files.iter().flat_map(|file| &file.replaced);
        step.takes_out |= replaced().any(|it| it.old.len() > it.new.len());
        step.adds |= replaced().any(|it| it.new.len() > it.old.len());
        step.changes.push(change);
    }
    for (_, step) in &mut steps {
        step.components = in_order(std::mem::take(&mut step.components));
        step.deploy = deploy_command(&step.components);
        step.manifest = manifest(&step.components);
    }
    steps.sort_by_key(|(need, step)| (std::cmp::Reverse(step.severity), *need));
    steps
}

/// Adds a text unless the list contains it.
fn add(texts: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !texts.iter().any(|known| known == text) {
        texts.push(text.to_owned());
    }
}

fn empty_step(rule: &str, title: &str, fix: &Proposal) -> Step {
    Step {
        number: 0,
        rule: rule.to_owned(),
        title: title.to_owned(),
        severity: Severity::Note,
        safety: fix.safety,
        loosens: fix.loosens.clone(),
        changes: Vec::new(),
        setup: Vec::new(),
        trade_off: Vec::new(),
        pulls_against: Vec::new(),
        takes_out: false,
        adds: false,
        help: Vec::new(),
        tests: Vec::new(),
        components: Vec::new(),
        deploy: String::new(),
        manifest: String::new(),
    }
}

/// Numbers the steps, and finds for each change the steps that it excludes.
fn number(steps: &mut [(Consent, Step)]) {
    for (index, (_, step)) in steps.iter_mut().enumerate() {
        step.number = index + 1;
    }
    let mut by_file: HashMap<FileId, Vec<(usize, Vec<Edit>)>> = HashMap::new();
    for change in steps.iter().flat_map(|(_, step)| step.changes.iter().map(|change| (step.number, &change.edits))) {
        let (number, edits) = change;
        let mut files: Vec<FileId> = edits.iter().map(|edit| edit.place.file).collect();
        files.dedup();
        for file in files {
            by_file.entry(file).or_default().push((number, edits.clone()));
        }
    }
    for (_, step) in steps {
        for change in &mut step.changes {
            let in_its_files = change.edits.iter().filter_map(|edit| by_file.get(&edit.place.file)).flatten();
            let others =
                in_its_files.filter(|(number, edits)| *number != step.number && conflict(edits, &change.edits));
            let mut numbers: Vec<usize> = others.map(|(number, _)| *number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            change.instead_of = numbers;
        }
    }
}

/// Whether two changes edit the same characters, or insert the same element at one place.
fn conflict(one: &[Edit], other: &[Edit]) -> bool {
    let touches = |left: &Edit, right: &Edit| {
        let (a, b) = (left.place.span, right.place.span);
        left.place.file == right.place.file
            && if a == b && a.is_empty() {
                first_tag(&left.text) == first_tag(&right.text)
            } else {
                a.start < b.end && b.start < a.end
            }
    };
    one.iter().any(|left| other.iter().any(|right| touches(left, right)))
}

/// The first tag of the new text.
fn first_tag(text: &str) -> &str {
    text.trim_start().split('>').next().unwrap_or_default()
}

/// The advice for the findings of a topic with this severity that are in no step.
fn advice(topic: &Topic, severity: Severity) -> Option<Advice> {
    let mut wordings: Vec<Wording> = Vec::new();
    let (mut setup, mut tests) = (Vec::new(), Vec::new());
    let has_step = |item: &&Item| step_of(item.fix.as_ref(), item.severity, item.is_step).is_some();
    for item in topic.items.iter().filter(|item| item.severity == severity && !has_step(item)) {
        let text = item.help.as_ref().or(topic.help.as_ref()).cloned().unwrap_or_default();
        let place = format!("{}:{}", item.place.path, item.place.line);
        match wordings.iter_mut().find(|wording| wording.text == text) {
            Some(wording) => wording.places.push(place),
            None => wordings.push(Wording { text, places: vec![place] }),
        }
        if let Some(text) = item.setup.as_ref().or(topic.setup.as_ref()) {
            add(&mut setup, text);
        }
        add(&mut tests, &item.verify);
    }
    (!wordings.is_empty()).then(|| Advice {
        severity,
        rule: topic.rule.clone(),
        title: topic.title.clone(),
        wordings,
        setup,
        pulls_against: topic.pulls_against.clone(),
        tests,
    })
}

fn in_order(components: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut components: Vec<String> = components.into_iter().collect();
    components.sort();
    components.dedup();
    components
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_source::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { place: Place { file: FileId(0), span: Span { start, end } }, text: text.to_owned() }
    }

    #[test]
    fn changes_of_the_same_characters_exclude_each_other() {
        assert!(conflict(&[edit(3, 5, "a")], &[edit(4, 9, "b")]));
        assert!(conflict(&[edit(3, 5, "a")], &[edit(3, 5, "b")]));
        assert!(!conflict(&[edit(3, 5, "a")], &[edit(5, 9, "b")]), "side by side is apart");
        let other_file = Edit { place: Place { file: FileId(1), ..edit(3, 5, "").place }, text: String::new() };
        assert!(!conflict(&[edit(3, 5, "a")], &[other_file]));
        assert!(conflict(&[edit(3, 3, "\n  <a>1</a>")], &[edit(3, 3, "\n  <a>2</a>")]), "one element, two values");
        assert!(!conflict(&[edit(3, 3, "\n  <a>1</a>")], &[edit(3, 3, "\n  <b>1</b>")]), "two elements at one place");
    }
}
