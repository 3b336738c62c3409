//! Findings that a comment in the file allows: `<!-- sessionlint: allow RULE[, RULE]: reason -->`, and in Apex
//! `// sessionlint: allow RULE[, RULE]: reason` or `@SuppressWarnings('sessionlint.GROUP.RULE')`.
//!
//! A comment covers the element that follows it, or the whole file where it stands before the root; in Apex it covers
//! what begins on its own line, or on the next where it stands alone, and an annotation what it annotates. A retrieve drops
//! comments, so the configuration is the better place; here what was written by hand is honoured, and what does
//! nothing is told.

use std::cell::Cell;

use super::{Suppressor, Way};
use crate::apex::{self, Says};
use crate::diagnostic::Diagnostic;
use crate::metadata::{Component, Project};
use crate::rule::{Catalog, Selector};
use crate::source::{FileId, Source, Sources, Span};

const MARKER: &str = "sessionlint:";

/// The comments of a project that allow findings.
#[derive(Debug)]
pub struct Comments {
    allowances: Vec<Allowance>,
    /// Comments that mean to allow something and do not say it in the right words.
    misspelt: Vec<String>,
    /// What to say of rules that are gone.
    retired: Vec<String>,
}

/// The rules that a comment names, and its reason.
type Named = (Vec<(String, Selector)>, String);

/// One comment.
#[derive(Debug)]
struct Allowance {
    file: FileId,
    /// What it covers; nothing where no element follows.
    covers: Option<Span>,
    /// Whether it covers what begins there, wherever that ends.
    is_by_start: bool,
    /// What it is called: a comment or an annotation.
    what: &'static str,
    selectors: Vec<(String, Selector)>,
    reason: String,
    /// `path:line` of the comment.
    place: String,
    is_used: Cell<bool>,
}

impl Comments {
    /// The comments of a project; rules are looked up in `catalog`.
    pub fn of(project: &Project, catalog: &Catalog) -> Self {
        let mut comments = Self { allowances: Vec::new(), misspelt: Vec::new(), retired: Vec::new() };
        for component in &project.components {
            for span in component.document.comments() {
                comments.read(component, project.sources.get(component.file), *span, catalog);
            }
        }
        for unit in &project.units {
            for allowance in &unit.allowances {
                comments.read_code(unit.file, project.sources.get(unit.file), allowance, catalog);
            }
        }
        comments
    }

    fn read_code(&mut self, file: FileId, source: &Source, allowance: &apex::Allowance, catalog: &Catalog) {
        let place = format!("{}:{}", source.path, source.position(allowance.span.start).line);
        let (what, read) = match &allowance.says {
            Says::Comment(directive) => ("comment", selectors(directive, catalog)),
            Says::Annotation(names) => {
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
                is_used: Cell::new(false),
            }),
            Err(problem) => self.misspelt.push(format!("{place}: {problem}; nothing is allowed by it")),
        }
    }

    /// Keeps what to say of the rules that a comment names and that are gone.
    fn note_retired(&mut self, place: &str, read: &Result<Named, String>, catalog: &Catalog) {
        let names = read.iter().flat_map(|(selectors, _)| selectors).map(|(name, _)| name);
        self.retired.extend(names.filter_map(|name| Some(format!("{place}: {}", catalog.retired(name)?))));
    }

    fn read(&mut self, component: &Component, source: &Source, span: Span, catalog: &Catalog) {
        let text = source.slice(span).trim_start_matches("<!--").trim_end_matches("-->").trim();
        let Some(directive) = text.strip_prefix(MARKER) else { return };
        let place = format!("{}:{}", source.path, source.position(span.start).line);
        let read = selectors(directive, catalog);
        self.note_retired(&place, &read, catalog);
        match read {
            Ok((selectors, reason)) => self.allowances.push(Allowance {
                file: component.file,
                covers: covered(component, source, span),
                is_by_start: false,
                what: "comment",
                selectors,
                reason,
                place,
                is_used: Cell::new(false),
            }),
            Err(problem) => self.misspelt.push(format!("{place}: {problem}; nothing is allowed by it")),
        }
    }
}

/// What the words behind the marker allow, and why.
fn selectors(directive: &str, catalog: &Catalog) -> Result<Named, String> {
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

/// The text that a comment covers.
fn covered(component: &Component, source: &Source, comment: Span) -> Option<Span> {
    let document = &component.document;
    let root = document.root();
    if comment.end <= document.open_tag(root).start {
        return Some(Span { start: 0, end: source.text_len });
    }
    let next = document.nodes().find(|node| document.open_tag(*node).start >= comment.end)?;
    let between = Span { start: comment.end, end: document.open_tag(next).start };
    // Another element that nobody reads, or the end of the parent, stands between: then nothing known follows.
    let follows = is_blank(source.slice(between));
    follows.then(|| document.element(next))
}

/// Whether a text holds nothing but white space and comments.
fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some((_, after)) = comment.split_once("-->") else { return false };
        rest = after.trim_start();
    }
    rest.is_empty()
}

impl Suppressor for Comments {
    fn way(&self) -> Way {
        Way::Comment
    }

    fn allows(&mut self, finding: &Diagnostic, _sources: &Sources) -> Option<String> {
        let place = finding.place;
        let is_about = |it: &&Allowance| {
            let inside = it.covers.is_some_and(|span| {
                let end = if it.is_by_start { place.span.start } else { place.span.end };
                span.start <= place.span.start && end <= span.end
            });
            it.file == place.file && inside && it.selectors.iter().any(|(_, selector)| selector.names(&finding.rule))
        };
        let mut reason = None;
        for allowance in self.allowances.iter().filter(is_about) {
            allowance.is_used.set(true);
            reason.get_or_insert_with(|| allowance.reason.clone());
        }
        reason
    }

    fn notices(&self, is_whole: bool, asked: &[&str]) -> Vec<String> {
        let mut notices: Vec<String> = self.misspelt.iter().chain(&self.retired).cloned().collect();
        for allowance in self.allowances.iter().filter(|it| is_whole && !it.is_used.get()) {
            // A rule that was not asked could have found something.
            let was_asked = allowance.selectors.iter().all(|(_, selector)| asked.iter().any(|id| selector.names(id)));
            if was_asked {
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
