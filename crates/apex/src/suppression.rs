//! Suppressions in comments and annotations of a class: `// sessionlint: allow RULE: reason` and
//! `@SuppressWarnings('sessionlint.group.rule')`.
//!
//! The text of a comment is passed on unchanged. Refuses to know the rules.

use super::declare::Declarations;
use super::tree::{Kind, NodeId, Part, SyntaxTree};
use serde::{Deserialize, Serialize};
use sessionlint_source::Span;

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

/// The suppressions in a file's comments and annotations, in order.
pub(super) fn read(tree: &SyntaxTree<'_>, declared: &Declarations) -> Vec<Allowance> {
    let comments = tree.comments.iter().filter_map(|span| comment(tree, *span));
    let nodes = declared.class_nodes.iter().copied().chain(declared.methods.iter().map(|method| method.node));
    let annotations = nodes.filter_map(|node| annotation(tree, node));
    let mut found: Vec<Allowance> = comments.chain(annotations).collect();
    found.sort_by_key(|it| it.span);
    found.dedup_by_key(|it| it.span);
    found
}

/// A comment covers its line, and the next one if it is alone on its line.
fn comment(tree: &SyntaxTree<'_>, span: Span) -> Option<Allowance> {
    let text = tree.slice(span);
    let inner = text.trim_start_matches('/').trim_start_matches('*').trim_end_matches('/').trim_end_matches('*');
    let directive = inner.trim().strip_prefix(MARKER)?.trim().to_owned();
    let bytes = tree.text.as_bytes();
    let is_end = |at: usize| matches!(bytes[at], b'\n' | b'\r');
    let (start, end) = (span.start as usize, (span.end as usize).min(bytes.len()));
    let line_start = (0..start).rev().find(|at| is_end(*at)).map_or(0, |at| at + 1);
    let line_end = |from: usize| (from..bytes.len()).find(|at| is_end(*at)).unwrap_or(bytes.len());
    let own_end = line_end(end);
    let is_alone = tree.text.get(line_start..start).is_some_and(|before| before.trim().is_empty())
        && tree.text.get(end..own_end).is_some_and(|after| after.trim().is_empty());
    let next = own_end + if bytes.get(own_end..own_end + 2) == Some(b"\r\n") { 2 } else { 1 };
    let covered_end = if is_alone && next < bytes.len() { line_end(next) } else { own_end };
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
