//! Findings that a comment in the file suppresses: `<!-- sessionlint: allow RULE[, RULE]: reason -->`, and in Apex
//! `// sessionlint: allow RULE[, RULE]: reason` or `@SuppressWarnings('sessionlint.GROUP.RULE')`.
//!
//! A comment covers the element that follows it, or the whole file if it is before the root. In Apex it covers the code
//! that begins on its own line, or on the next line if the comment is alone on its line; an annotation covers what it
//! annotates. A retrieve removes comments, so that the configuration is the better place. A comment that suppresses
//! nothing is reported. Refuses to know whether a reason is good.

use std::collections::{HashMap, HashSet};

use super::{SuppressedBy, Suppressor};
use crate::diagnostic::Diagnostic;
use crate::rule::{Catalog, Selector};
use sessionlint_apex::{self as apex, AllowanceForm, directive_in_markup};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::steps;
use sessionlint_source::{FileId, Place, Source, Sources, Span};

/// The comments of a project that suppress findings.
#[derive(Debug)]
pub struct Comments {
    allowances: Vec<Allowance>,
    /// Warnings about invalid suppressions.
    invalid: Vec<String>,
    /// Hints about retired rules.
    retired: Vec<String>,
    by_file: HashMap<FileId, HashMap<String, AllowanceIndex>>,
    /// The findings in files with comments, by file and rule.
    found: HashMap<(FileId, String), Vec<Span>>,
}

/// The allowances of one file and one selector, sorted by the spans that they cover: for findings inside a span, and
/// for findings that start in it.
#[derive(Debug, Default)]
struct AllowanceIndex {
    whole: SpanIndex,
    by_start: SpanIndex,
}

/// Sorted spans, each with the index of its allowance and the furthest end so far.
#[derive(Debug, Default)]
struct SpanIndex(Vec<(Span, usize, u32)>);

impl SpanIndex {
    fn push(&mut self, span: Span, index: usize) {
        let furthest = self.0.last().map_or(0, |(.., furthest)| *furthest).max(span.end);
        self.0.push((span, index, furthest));
    }

    /// The first allowance that covers `start..end`.
    fn first(&self, start: u32, end: u32) -> Option<usize> {
        steps::count(1);
        // The first one that reaches `end`: a later one covers the span only if this one does too.
        let (span, index, _) = self.0.get(self.0.partition_point(|(.., furthest)| *furthest < end))?;
        (span.start <= start).then_some(*index)
    }
}

/// The rules that a comment names, and its reason.
type RulesAndReason = (Vec<(String, Selector)>, String);

/// One comment.
#[derive(Debug)]
struct Allowance {
    file: FileId,
    /// The covered span; `None` if no element follows.
    covers: Option<Span>,
    /// Whether it covers all findings that start in the span.
    is_by_start: bool,
    /// Its kind: a comment or an annotation.
    what: &'static str,
    selectors: Vec<(String, Selector)>,
    reason: String,
    /// `path:line` of the comment.
    place: String,
}

impl Comments {
    /// Reads the comments of a project; `catalog` has the rules.
    pub fn of(project: &Project, catalog: &Catalog) -> Self {
        let mut comments = Self {
            allowances: Vec::new(),
            invalid: Vec::new(),
            retired: Vec::new(),
            by_file: HashMap::new(),
            found: HashMap::new(),
        };
        for component in &project.components {
            if component.document.comments().is_empty() {
                continue;
            }
            let source = project.sources.get(component.file);
            for (span, covers) in component.document.commented(source.text()) {
                comments.read(component, source, span, covers, catalog);
            }
        }
        for unit in &project.units {
            for allowance in &unit.allowances {
                comments.read_code(unit.file, project.sources.get(unit.file), allowance, catalog);
            }
        }
        comments.index();
        comments
    }

    /// Indexes the allowances by file, selector and place. Spans of one kind never cross, so that the first one that
    /// reaches a place covers it.
    fn index(&mut self) {
        let mut order: Vec<usize> = (0..self.allowances.len()).collect();
        order.sort_by_key(|index| self.allowances[*index].covers.map(|span| span.start));
        for index in order {
            let allowance = &self.allowances[index];
            let Some(span) = allowance.covers else { continue };
            for (_, selector) in &allowance.selectors {
                let of_file = self.by_file.entry(allowance.file).or_default();
                let covering = of_file.entry(selector.text().to_owned()).or_default();
                let index_of_kind = if allowance.is_by_start { &mut covering.by_start } else { &mut covering.whole };
                index_of_kind.push(span, index);
            }
        }
    }

    fn read_code(&mut self, file: FileId, source: &Source, allowance: &apex::Allowance, catalog: &Catalog) {
        let place = format!("{}:{}", source.path, source.position(allowance.span.start).line);
        let (what, read) = match &allowance.form {
            AllowanceForm::Comment(directive) => ("comment", selectors(directive, catalog)),
            AllowanceForm::Annotation(names) => {
                let selector = |name: &String| Ok((name.clone(), catalog.selector(name)?));
                let read = names.iter().map(selector).collect::<Result<Vec<_>, String>>();
                ("annotation", read.map(|selectors| (selectors, "an annotation allows it".to_owned())))
            }
        };
        self.note_retired(&place, &read, catalog);
        match read {
            Ok((selectors, reason)) => self.allowances.push(Allowance {
                file,
                covers: Some(allowance.covers),
                is_by_start: what == "comment",
                what,
                selectors,
                reason,
                place,
            }),
            Err(problem) => self.invalid.push(format!("{place}: {problem}; nothing is allowed by it")),
        }
    }

    /// Adds the hints about retired rules that a comment names.
    fn note_retired(&mut self, place: &str, read: &Result<RulesAndReason, String>, catalog: &Catalog) {
        let names = read.iter().flat_map(|(selectors, _)| selectors).map(|(name, _)| name);
        self.retired.extend(names.filter_map(|name| Some(format!("{place}: {}", catalog.retired(name)?))));
    }

    fn read(&mut self, component: &Component, source: &Source, span: Span, covers: Option<Span>, catalog: &Catalog) {
        let Some(directive) = directive_in_markup(source.slice(span)) else { return };
        let place = format!("{}:{}", source.path, source.position(span.start).line);
        let read = selectors(directive, catalog);
        self.note_retired(&place, &read, catalog);
        match read {
            Ok((selectors, reason)) => self.allowances.push(Allowance {
                file: component.file,
                covers,
                is_by_start: false,
                what: "comment",
                selectors,
                reason,
                place,
            }),
            Err(problem) => self.invalid.push(format!("{place}: {problem}; nothing is allowed by it")),
        }
    }
}

/// Marks the findings that a comment suppresses.
pub fn mark_allowed(findings: &mut [Diagnostic], project: &Project, catalog: &Catalog) {
    let mut comments = Comments::of(project, catalog);
    for finding in findings {
        finding.is_allowed = comments.allows(finding, &project.sources).is_some();
    }
}

/// The rules and the reason in the words after the marker.
fn selectors(directive: &str, catalog: &Catalog) -> Result<RulesAndReason, String> {
    let form = "write `sessionlint: allow RULE[, RULE]: reason`";
    let rest =
        directive.trim().strip_prefix("allow ").ok_or_else(|| format!("this comment is not understood: {form}"))?;
    let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
    if reason.trim().is_empty() {
        return Err(format!("this comment gives no reason: {form}"));
    }
    let selector = |name: &str| Ok((name.to_owned(), catalog.selector(name)?));
    let selectors = names.split(',').map(str::trim).map(selector).collect::<Result<Vec<_>, String>>()?;
    Ok((selectors, reason.trim().to_owned()))
}

/// The spans of findings, sorted, each with the least end from there on, by file and selector.
type FindingSpans<'f> = HashMap<(FileId, &'f str), Vec<(Span, u32)>>;

/// Whether an allowance covers a finding.
fn is_used(allowance: &Allowance, found: &FindingSpans<'_>) -> bool {
    let Some(covers) = allowance.covers else { return false };
    allowance.selectors.iter().filter_map(|(_, selector)| found.get(&(allowance.file, selector.text()))).any(|spans| {
        steps::count(1);
        let first = spans.get(spans.partition_point(|(span, _)| span.start < covers.start));
        first.is_some_and(|(span, end)| if allowance.is_by_start { span.start } else { *end } <= covers.end)
    })
}

impl Comments {
    fn found_by_selector(&self) -> FindingSpans<'_> {
        let mut found: FindingSpans<'_> = HashMap::new();
        #[expect(clippy::iter_over_hash_type, reason = "what is gathered is sorted")]
        for ((file, rule), spans) in &self.found {
            for text in Selector::texts_of(rule) {
                found.entry((*file, text)).or_default().extend(spans.iter().map(|span| (*span, span.end)));
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each is sorted by itself")]
        for spans in found.values_mut() {
            spans.sort_unstable_by_key(|(span, _)| (span.start, span.end));
            let mut least = u32::MAX;
            for (span, end) in spans.iter_mut().rev() {
                least = least.min(span.end);
                *end = least;
            }
        }
        found
    }
}

impl Suppressor for Comments {
    fn kind(&self) -> SuppressedBy {
        SuppressedBy::Comment
    }

    fn allows(&mut self, finding: &Diagnostic, _sources: &Sources) -> Option<String> {
        let Place { file, span } = finding.place;
        let of_file = self.by_file.get(&file)?;
        let found = Selector::texts_of(&finding.rule).filter_map(|text| of_file.get(text)).flat_map(|covering| {
            [covering.whole.first(span.start, span.end), covering.by_start.first(span.start, span.start)]
        });
        let first = found.flatten().min();
        if first.is_some() {
            self.found.entry((file, finding.rule.clone())).or_default().push(span);
        }
        first.map(|index| self.allowances[index].reason.clone())
    }

    fn notices(&self, is_whole: bool, enabled: &[&str]) -> Vec<String> {
        let mut notices: Vec<String> = self.invalid.iter().chain(&self.retired).cloned().collect();
        // A rule that did not run could have found something.
        let enabled: HashSet<&str> = enabled.iter().flat_map(|id| Selector::texts_of(id)).collect();
        let found = self.found_by_selector();
        for allowance in self.allowances.iter().filter(|it| is_whole && !is_used(it, &found)) {
            let was_enabled = allowance.selectors.iter().all(|(_, selector)| enabled.contains(selector.text()));
            if was_enabled {
                let names: Vec<&str> = allowance.selectors.iter().map(|(name, _)| name.as_str()).collect();
                let names = names.join(", ");
                notices.push(format!(
                    "{}: the {} that allows {names} allows nothing; remove it",
                    allowance.place, allowance.what
                ));
            }
        }
        notices
    }
}
