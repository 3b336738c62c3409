//! Groups findings by rule: the common texts once, and the differing texts for each finding.
//!
//! Texts of files are masked and cropped here. Refuses to know any rule by name: its page has the words.

use std::collections::HashSet;

use serde::Serialize;

use super::proposal::{Proposal, proposal};
use crate::leading::{LeadingFinding, leading_findings};
use crate::located::{Located, located};
use crate::words::beside;
use sessionlint_lint::conflicts::{Pair, pair_of};
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Severity};
use sessionlint_lint::rule::{Control, Rule};
use sessionlint_project::metadata::Project;
use sessionlint_source::{Source, Span};

/// The most code points of a line in an excerpt.
const MAX_LINE: usize = 160;
/// Lines of a mark that an excerpt keeps.
const MAX_LINES: u32 = 6;
/// Code points of a long line before the mark.
const BEFORE_MARK: usize = 40;

/// The common part of the findings of a rule.
#[derive(Debug, Serialize)]
pub struct Topic {
    /// The rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The worst severity among its findings.
    pub severity: Severity,
    /// Why it matters.
    pub why: String,
    /// The trade-off section of the page, in paragraphs.
    pub trade_off: Vec<String>,
    /// What to do, if it is the same for all findings.
    pub help: Option<String>,
    /// The page of Setup, if it is the same for all findings.
    pub setup: Option<String>,
    /// The symptoms that it can explain.
    pub symptoms: Vec<String>,
    /// The rules with opposite advice.
    pub pulls_against: Vec<String>,
    /// Rules without a topic of their own, because all their findings are sides of decisions, that this topic is the first
    /// to show.
    pub side_rules: Vec<String>,
    /// The controls of benchmarks that the rule supports.
    pub controls: Vec<ControlRef>,
    /// Whether what to do is a task.
    #[serde(skip)]
    pub is_action: bool,
    /// The findings, the worst first, then in order of their files.
    pub items: Vec<Item>,
}

/// A control of a benchmark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ControlRef {
    /// Name of the benchmark.
    pub benchmark: &'static str,
    /// The control's id.
    pub id: String,
    /// Its short name or grade; empty if it is unknown.
    pub name: &'static str,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct Item {
    /// The severity.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// The message.
    pub message: String,
    /// What to do, if it differs among the findings of the rule.
    pub help: Option<String>,
    /// The cost of doing that, where it is not the one of the trade-off.
    #[serde(skip)]
    pub cost: Option<String>,
    /// The page of Setup, if it differs.
    pub setup: Option<String>,
    /// Its place.
    pub place: Located,
    /// The text at the place, unless the proposed change shows it.
    pub excerpt: Option<Excerpt>,
    /// The change that it proposes.
    pub fix: Option<Proposal>,
    /// Whether that change is a step of a plan.
    pub is_step: bool,
    /// How to verify a change.
    pub verify: String,
    /// Further places.
    pub related: Vec<Located>,
    /// The findings with opposite advice, if it leads a decision.
    pub against: Vec<OpposingFinding>,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The commit that introduced it, in words, on request.
    pub since: Option<String>,
}

/// A finding with advice opposite to another one.
#[derive(Debug, Serialize)]
pub struct OpposingFinding {
    /// The rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The severity.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// The place and the message.
    pub place: Located,
    /// What to do.
    pub help: String,
    /// The page of Setup.
    pub setup: Option<String>,
    /// The trade-off section of the page, in paragraphs.
    pub trade_off: Vec<String>,
    /// The change that it proposes.
    pub fix: Option<Proposal>,
    /// Whether that change is a step of a plan.
    pub is_step: bool,
    /// How to verify a change.
    pub verify: String,
    /// The middle way; empty if no page has one.
    pub middle_way: String,
}

/// Lines of a file, secrets masked.
#[derive(Debug, Serialize)]
pub struct Excerpt {
    /// The language of the file, as Markdown names it; empty for plain text.
    pub language: &'static str,
    /// The marked lines with one before and after.
    pub lines: Vec<Line>,
    /// Marked lines that are left out.
    pub more: u32,
}

/// One line: the text before the mark, in it and after it.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its number.
    pub number: u32,
    /// The text before the mark; all of a line without a mark.
    pub before: String,
    /// The marked text.
    pub marked: String,
    /// The text after the mark.
    pub after: String,
}

/// The topics, the worst first, then those with most findings, then by rule.
pub(super) fn topics<'r>(
    project: &Project,
    findings: &[Diagnostic],
    pairs: &[Pair],
    rule_of: &impl Fn(&str) -> Option<&'r Rule>,
) -> Vec<Topic> {
    let leading_findings = leading_findings(findings, pairs);
    let mut rules: Vec<&str> = leading_findings.iter().map(|it| it.finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut topics: Vec<Topic> =
        rules.into_iter().map(|id| topic(project, &leading_findings, pairs, id, rule_of)).collect();
    topics.sort_by(|left, right| {
        let rank = |topic: &Topic| (std::cmp::Reverse(topic.severity), std::cmp::Reverse(topic.items.len()));
        rank(left).cmp(&rank(right)).then_with(|| left.rule.cmp(&right.rule))
    });
    let mut has_topic: HashSet<String> = topics.iter().map(|topic| topic.rule.clone()).collect();
    for topic in &mut topics {
        let sides = topic.items.iter().flat_map(|item| &item.against);
        topic.side_rules =
            sides.map(|side| &side.rule).filter(|rule| has_topic.insert((*rule).clone())).cloned().collect();
    }
    topics
}

fn topic<'r>(
    project: &Project,
    leading_findings: &[LeadingFinding<'_>],
    pairs: &[Pair],
    id: &str,
    rule_of: &impl Fn(&str) -> Option<&'r Rule>,
) -> Topic {
    let rule = rule_of(id);
    let mut leading_findings: Vec<&LeadingFinding<'_>> =
        leading_findings.iter().filter(|it| it.finding.rule == id).collect();
    leading_findings.sort_by_key(|it| std::cmp::Reverse(it.finding.severity));
    let of_rule: Vec<&Diagnostic> = leading_findings.iter().map(|it| it.finding).collect();
    let common = |text: fn(&Diagnostic) -> &str| -> Option<String> {
        let first = text(of_rule.first()?);
        (!first.is_empty() && of_rule.iter().all(|finding| text(finding) == first)).then(|| first.to_owned())
    };
    let help = common(|finding| &finding.help);
    let setup = common(|finding| &finding.setup);
    let own = |common: &Option<String>, text: &str| (common.is_none() && !text.is_empty()).then(|| text.to_owned());
    let item = |LeadingFinding { finding, against }: &&LeadingFinding<'_>| {
        let fix = proposal(project, finding);
        let place = located(project, finding.place);
        let is_shown = fix.as_ref().is_some_and(|fix| fix.shows(&place));
        let excerpt = || excerpt(project.sources.get(finding.place.file), finding.place.span);
        Item {
            severity: finding.severity,
            confidence: finding.confidence,
            message: finding.message.clone(),
            help: own(&help, &finding.help),
            cost: finding.cost.clone(),
            setup: own(&setup, &finding.setup),
            excerpt: if is_shown { None } else { excerpt() },
            place,
            fix,
            is_step: rule.is_some_and(is_step),
            verify: verify(finding, rule),
            related: finding
                .related
                .iter()
                .map(|label| {
                    let text = beside(&finding.message, &label.text).into_owned();
                    Located { text, ..located(project, label.place) }
                })
                .collect(),
            against: against.iter().map(|other| side(project, pairs, id, other, rule_of(&other.rule))).collect(),
            fingerprint: finding.fingerprint.clone(),
            since: finding.since.as_ref().map(|since| since.text.clone()),
        }
    };
    let items = leading_findings.iter().map(item).collect();
    Topic {
        rule: id.to_owned(),
        title: of_rule.first().map(|finding| finding.title.clone()).unwrap_or_default(),
        severity: worst(of_rule.iter().copied()),
        why: of_rule.first().map(|finding| finding.why.clone()).unwrap_or_default(),
        trade_off: rule.map(trade_off).unwrap_or_default(),
        symptoms: rule.map(|rule| rule.definition.symptom_ids()).unwrap_or_default(),
        pulls_against: opposed_to(pairs, id),
        side_rules: Vec::new(),
        controls: rule.map(controls).unwrap_or_default(),
        is_action: rule.is_none_or(|rule| rule.definition.action),
        help,
        setup,
        items,
    }
}

/// The worst severity of some findings.
fn worst<'d>(findings: impl Iterator<Item = &'d Diagnostic>) -> Severity {
    findings.map(|finding| finding.severity).max().unwrap_or(Severity::Note)
}

fn controls(rule: &Rule) -> Vec<ControlRef> {
    let control = |control: Control<'_>| ControlRef {
        benchmark: &control.benchmark.name,
        id: control.id.to_owned(),
        name: control.name.unwrap_or_default(),
    };
    rule.controls().map(control).collect()
}

/// The rules with advice opposite to `id`.
fn opposed_to(pairs: &[Pair], id: &str) -> Vec<String> {
    let other = |pair: &Pair| match (pair.one == id, pair.other == id) {
        (true, _) => Some(pair.other.clone()),
        (_, true) => Some(pair.one.clone()),
        _ => None,
    };
    pairs.iter().filter_map(other).collect()
}

fn side(project: &Project, pairs: &[Pair], leader: &str, finding: &Diagnostic, rule: Option<&Rule>) -> OpposingFinding {
    OpposingFinding {
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        severity: finding.severity,
        confidence: finding.confidence,
        place: Located { text: finding.message.clone(), ..located(project, finding.place) },
        help: finding.help.clone(),
        setup: (!finding.setup.is_empty()).then(|| finding.setup.clone()),
        trade_off: rule.map(trade_off).unwrap_or_default(),
        fix: proposal(project, finding),
        is_step: rule.is_some_and(is_step),
        verify: verify(finding, rule),
        middle_way: pair_of(pairs, leader, &finding.rule).map(|pair| pair.middle_way.clone()).unwrap_or_default(),
    }
}

/// Whether the changes of a rule are steps of a plan.
fn is_step(rule: &Rule) -> bool {
    rule.definition.fix.as_ref().is_some_and(|fix| fix.is_step)
}

/// How to verify a change: by the rule's page, else by the default of its group.
fn verify(finding: &Diagnostic, rule: Option<&Rule>) -> String {
    let default = || rule.map(Rule::default_verify).unwrap_or_default().to_owned();
    if finding.verify.is_empty() { default() } else { finding.verify.clone() }
}

/// The trade-off section of the page, in paragraphs.
fn trade_off(rule: &Rule) -> Vec<String> {
    let text = rule.page.section("Trade-off").unwrap_or_default();
    let joined = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    // Emphasis in a page is removed.
    text.replace("\r\n", "\n")
        .replace("**", "")
        .split("\n\n")
        .map(joined)
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// The marked lines with one before and after; `None` if the file changed since it was read.
fn excerpt(source: &Source, mark: Span) -> Option<Excerpt> {
    let end_of_text = source.text_len;
    if source.text().is_empty() || mark.start > end_of_text {
        return None;
    }
    let first = source.line_of(mark.start).0;
    let last = source.line_of(mark.end.saturating_sub(1).max(mark.start)).0;
    let shown_last = last.min(first + MAX_LINES - 1);
    let lines = (first.saturating_sub(1)..=shown_last + 1).filter_map(|number| {
        let span = source.line_span(number)?;
        let is_marked = (first..=shown_last).contains(&number);
        Some(line(source, number, span, is_marked.then_some(mark)))
    });
    let mut lines: Vec<Line> = lines.filter(|line| !is_blank(line)).collect();
    dedent(&mut lines);
    Some(Excerpt { language: language(source), lines, more: last - shown_last })
}

/// The language of a file, as Markdown names it; empty for plain text. Metadata has many endings, so other files go by
/// their first character.
fn language(source: &Source) -> &'static str {
    let path = source.path.to_ascii_lowercase();
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "cls" | "trigger" | "apex" => "apex",
        "js" => "js",
        "json" => "json",
        "page" | "component" | "html" | "htm" | "cmp" | "app" | "evt" => "html",
        "xml" => "xml",
        _ if source.text().trim_start().starts_with('<') => "xml",
        _ => "",
    }
}

/// Removes the common indentation of all lines.
fn dedent(lines: &mut [Line]) {
    let indent = |line: &Line| line.before.len() - line.before.trim_start_matches(' ').len();
    let least = lines.iter().map(indent).min().unwrap_or(0);
    for line in lines {
        line.before.drain(..least);
    }
}

fn is_blank(line: &Line) -> bool {
    line.marked.is_empty() && line.before.trim().is_empty() && line.after.trim().is_empty()
}

fn line(source: &Source, number: u32, span: Span, mark: Option<Span>) -> Line {
    let part = |start, end| source.masked(Span { start, end }).replace('\t', "    ");
    let number = number + 1;
    let Some(mark) = mark else {
        let before = first_of(&part(span.start, ahead(source, span.start, span.end)), MAX_LINE);
        return Line { number, before, marked: String::new(), after: String::new() };
    };
    let (start, end) = (mark.start.clamp(span.start, span.end), mark.end.clamp(span.start, span.end));
    Line {
        number,
        before: last_of(&part(back(source, start, span.start), start), BEFORE_MARK),
        marked: first_of(&part(start, ahead(source, start, end)), MAX_LINE),
        after: first_of(&part(end, ahead(source, end, span.end)), BEFORE_MARK * 2),
    }
}

/// The most bytes of a line that are read, because a line can have megabytes: four for each code point, and one code point
/// more, so that cropping is noticed.
const MAX_BYTES_READ: u32 = (MAX_LINE as u32 + 1) * 4;

/// The end of the text to read after `start`, at most `end`.
fn ahead(source: &Source, start: u32, end: u32) -> u32 {
    source.boundary(end.min(start.saturating_add(MAX_BYTES_READ)))
}

/// The start of the text to read before `end`, at least `start`.
fn back(source: &Source, end: u32, start: u32) -> u32 {
    source.boundary(start.max(end.saturating_sub(MAX_BYTES_READ)))
}

fn first_of(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn last_of(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(count - most).collect();
    format!("…{tail}")
}
