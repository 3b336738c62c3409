//! Suppressions in comments and annotations of a class: `// sessionlint: allow RULE: reason` and
//! `@SuppressWarnings('sessionlint.group.rule')`.
//!
//! The text of a comment is passed on unchanged. Refuses to know the rules.

use std::ops::Range;

use super::declare::Declarations;
use super::tree::{Kind, NodeId, Part, SyntaxTree};
use memchr::{memchr2, memrchr2};
use serde::{Deserialize, Serialize};
use sessionlint_source::{Span, steps};

/// A suppression.
#[derive(Debug, Serialize, Deserialize)]
pub struct Allowance {
    /// The comment or annotation.
    pub span: Span,
    /// The text that it covers.
    pub covers: Span,
    /// Its form and its words.
    pub form: AllowanceForm,
}

/// The form of a suppression.
#[derive(Debug, Serialize, Deserialize)]
pub enum AllowanceForm {
    /// The text after `sessionlint:` in a comment.
    Comment(String),
    /// The items of the annotation that begin with `sessionlint.`, without that prefix.
    Annotation(Vec<String>),
}

const MARKER: &str = "sessionlint:";
const PREFIX: &str = "sessionlint.";

/// The words after `sessionlint:` in a comment of XML, `<!--` and `-->` included; `None` where it is for others.
pub fn directive_in_markup(comment: &str) -> Option<&str> {
    let words = comment.trim_start_matches("<!--").trim_end_matches("-->").trim();
    words.strip_prefix(MARKER).map(str::trim)
}

/// The suppressions in a file's comments and annotations, in order.
pub(super) fn read(tree: &SyntaxTree<'_>, declared: &Declarations) -> Vec<Allowance> {
    let mut line = LastLine::default();
    let comments = tree.comments.iter().filter_map(|span| comment(tree, *span, &mut line));
    let nodes = declared.class_nodes.iter().copied().chain(declared.methods.iter().map(|method| method.node));
    let annotations = nodes.filter_map(|node| annotation(tree, node));
    let mut found: Vec<Allowance> = comments.chain(annotations).collect();
    found.sort_by_key(|it| it.span);
    found.dedup_by_key(|it| it.span);
    found
}

/// The line that was looked for last: a line can have many comments, and its ends are searched once.
#[derive(Default)]
struct LastLine(Option<Range<usize>>);

impl LastLine {
    /// The line with `at`, without its end.
    fn at(&mut self, bytes: &[u8], at: usize) -> Range<usize> {
        if let Some(known) = self.0.clone().filter(|known| (known.start..=known.end).contains(&at)) {
            return known;
        }
        let start = memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
        let end = memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        steps::count(end - start);
        self.0 = Some(start..end);
        start..end
    }
}

/// A comment covers its line, and the next one if it is alone on its line.
fn comment(tree: &SyntaxTree<'_>, span: Span, line: &mut LastLine) -> Option<Allowance> {
    let text = tree.slice(span);
    let inner = text.trim_start_matches('/').trim_start_matches('*').trim_end_matches('/').trim_end_matches('*');
    let directive = inner.trim().strip_prefix(MARKER)?.trim().to_owned();
    let bytes = tree.text.as_bytes();
    let (start, end) = (span.start as usize, (span.end as usize).min(bytes.len()));
    let line_start = line.at(bytes, start).start;
    let own_end = line.at(bytes, end).end;
    let is_alone = tree.text.get(line_start..start).is_some_and(|before| before.trim().is_empty())
        && tree.text.get(end..own_end).is_some_and(|after| after.trim().is_empty());
    let next = own_end + if bytes.get(own_end..own_end + 2) == Some(b"\r\n") { 2 } else { 1 };
    let covered_end = if is_alone && next < bytes.len() { line.at(bytes, next).end } else { own_end };
    let covers = Span::new(line_start, covered_end);
    Some(Allowance { span, covers, form: AllowanceForm::Comment(directive) })
}

/// `@SuppressWarnings` covers the annotated declaration.
fn annotation(tree: &SyntaxTree<'_>, node: NodeId) -> Option<Allowance> {
    let modifiers = tree.child(node, Kind::Modifiers)?;
    let annotation = tree.children(modifiers).find(|child| {
        tree.kind(*child) == Kind::Annotation
            && tree.part(*child, Part::Name).is_some_and(|it| tree.text(it).eq_ignore_ascii_case("SuppressWarnings"))
    })?;
    let listed = tree.within(annotation).filter(|id| tree.is_string(*id)).flat_map(|id| tree.string(id).split(','));
    let rules: Vec<String> =
        listed.filter_map(|name| name.trim().strip_prefix(PREFIX)).map(|name| name.replacen('.', "/", 1)).collect();
    if rules.is_empty() {
        return None;
    }
    Some(Allowance { span: tree.span(annotation), covers: tree.span(node), form: AllowanceForm::Annotation(rules) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Unit};

    #[test]
    fn a_line_of_comments_is_searched_once() {
        let steps = |count: usize| {
            let text = format!("class A {{\n{}\n}}", "/* sessionlint: allow apex: x */ ".repeat(count));
            let (unit, steps) = steps::of(|| Unit::read(Code::Class, "A", &text));
            assert_eq!(unit.allowances.len(), count);
            assert!(
                unit.allowances.iter().all(|it| it.covers.start == 10 && it.covers.end as usize == 10 + 33 * count)
            );
            steps
        };
        let (few, many) = (steps(100), steps(400));
        assert!(few > 0 && many <= 6 * few, "{few} steps, then {many}");
    }
}
