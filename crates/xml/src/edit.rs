//! Edits of an XML text as byte replacements, so that everything else stays the same.
//!
//! It may assume the whole tree of a well-formed document ([`super::Keep::All`]) and the text it was made from. It
//! refuses to know what an element means, and any order of elements except by name, the order in which Salesforce
//! writes its files.

use super::lexical::local_name;
use super::{Document, NodeId};
use sessionlint_source::Span;

/// A replacement: the bytes at `span` become `text`; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The replaced bytes.
    pub span: Span,
    /// The new bytes, markup included.
    pub text: String,
}

impl Splice {
    fn new(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self { span: Span::new(start, end), text: text.into() }
    }
}

/// The indentation of a file without one, as Salesforce's tooling writes it.
const INDENT: &str = "    ";

/// Sets the value of the leaf `node`; `None` if its value contains a comment, which would be lost, or the element has
/// child elements.
pub fn set(text: &str, document: &Document, node: NodeId, value: &str) -> Option<Splice> {
    if !document.is_leaf(node) {
        return None;
    }
    let element = document.element(node);
    if document.comments().iter().any(|comment| element.start < comment.start && comment.end < element.end) {
        return None;
    }
    let value = escaped(value);
    if let Some(span) = document.value(node) {
        return Some(Splice { span, text: value });
    }
    // Empty or nil: with a value it is neither, so the opening tag loses `xsi:nil` and the slash.
    let name = qualified_name(text, document, node);
    Some(Splice { span: element, text: format!("<{name}>{value}</{name}>") })
}

/// Writes the element at `path`, local names below `parent`, with the elements on the way.
///
/// It goes before the first sibling with a greater name, else last, with the indentation and line ends of its
/// neighbours. `None` if `parent` has a value, or the path is empty.
pub fn insert(text: &str, document: &Document, parent: NodeId, path: &[&str], value: &str) -> Option<Splice> {
    let (first, _) = path.split_first()?;
    if document.is_nil(parent) || document.value(parent).is_some() {
        return None;
    }
    let prefix = prefix_of(qualified_name(text, document, parent));
    let line_end = line_end_of(text);
    let unit = indentation_of(text, document.children(document.root()).next().map(|child| document.open_tag(child)))
        .filter(|unit| !unit.is_empty())
        .unwrap_or(INDENT);
    let children: Vec<NodeId> = document.children(parent).collect();
    let after_of = |index: Option<usize>| match index {
        Some(index) => document.element(children[index]).end,
        None => document.open_tag(parent).end,
    };
    let greater = children.iter().position(|child| document.name(*child) > *first);
    if let Some(index) = greater {
        let gap_start = after_of(index.checked_sub(1));
        let at = leading_comments(text, document, gap_start, document.open_tag(children[index]).start);
        let space = white_space_before(text, at, gap_start);
        let element = element_text(path, &prefix, value, space, unit);
        return Some(Splice::new(at, at, format!("{element}{space}")));
    }
    if let Some(last) = children.last() {
        let gap_start = after_of(children.len().checked_sub(2));
        let space = white_space_before(text, document.open_tag(*last).start as usize, gap_start);
        let at = trailing_comments(text, document, document.element(*last).end, document.element(parent).end);
        let element = element_text(path, &prefix, value, space, unit);
        return Some(Splice::new(at, at, format!("{space}{element}")));
    }
    // The parent is empty: its tag is opened, and the end tag gets a line of its own.
    let own = indentation_of(text, Some(document.open_tag(parent)));
    let (outer, inner) = match own {
        Some(own) => (format!("{line_end}{own}"), format!("{line_end}{own}{unit}")),
        None => (String::new(), String::new()),
    };
    let element = element_text(path, &prefix, value, &inner, unit);
    let (open, whole) = (document.open_tag(parent), document.element(parent));
    if open == whole {
        let name = qualified_name(text, document, parent);
        let tag = text[open.range()].trim_end_matches("/>").trim_end();
        return Some(Splice::new(
            open.start as usize,
            open.end as usize,
            format!("{tag}>{inner}{element}{outer}</{name}>"),
        ));
    }
    let content = &text[open.end as usize..whole.end as usize];
    let end = open.end as usize + content.rfind("</")?;
    let blank = text[open.end as usize..end].trim().is_empty();
    // Anything else there is a comment, and there is room after it.
    let start =
        if blank { open.end as usize } else { open.end as usize + text[open.end as usize..end].trim_end().len() };
    Some(Splice::new(start, end, format!("{inner}{element}{outer}")))
}

/// Removes elements, with the lines that they fill, and all parents that become empty, except the root.
///
/// The splices are in order and do not touch each other.
pub fn remove(text: &str, document: &Document, nodes: &[NodeId]) -> Vec<Splice> {
    let mut removed: Vec<NodeId> = nodes.iter().copied().filter(|node| document.parent(*node).is_some()).collect();
    removed.sort_unstable();
    removed.dedup();
    while let Some((parent, children)) = emptied(document, &removed) {
        removed.retain(|node| !children.contains(node));
        removed.push(parent);
        removed.sort_unstable();
    }
    removed.into_iter().map(|node| cut(text, document.element(node))).collect()
}

/// A parent that becomes empty without `removed` and has no comment, with those of `removed` in it.
fn emptied(document: &Document, removed: &[NodeId]) -> Option<(NodeId, Vec<NodeId>)> {
    removed.iter().find_map(|node| {
        let parent = document.parent(*node)?;
        document.parent(parent)?;
        let children: Vec<NodeId> = document.children(parent).collect();
        let around = document.element(parent);
        let is_inside = |comment: &Span| {
            let in_child = |child: &NodeId| {
                let element = document.element(*child);
                element.start <= comment.start && comment.end <= element.end
            };
            around.start <= comment.start && comment.end <= around.end && !children.iter().any(in_child)
        };
        let is_emptied = children.iter().all(|child| removed.contains(child));
        (is_emptied && !document.comments().iter().any(is_inside)).then_some((parent, children))
    })
}

/// The element, or its whole lines if nothing else is on them.
fn cut(text: &str, element: Span) -> Splice {
    let (start, end) = (element.start as usize, element.end as usize);
    let line_start = text[..start].rfind(['\n', '\r']).map(|at| at + 1);
    let before = &text[line_start.unwrap_or(0)..start];
    let rest = &text[end..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let line_end = match &rest.as_bytes()[blank..] {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    };
    match (line_start, line_end) {
        (Some(line_start), Some(length)) if before.trim_matches([' ', '\t']).is_empty() => {
            Splice::new(line_start, end + blank + length, "")
        }
        _ => Splice::new(start, end, ""),
    }
}

/// The element of `path` with `value`; inner elements get their own lines if `space` has a line end.
fn element_text(path: &[&str], prefix: &str, value: &str, space: &str, unit: &str) -> String {
    let Some((name, rest)) = path.split_first() else { return escaped(value) };
    if rest.is_empty() {
        return format!("<{prefix}{name}>{}</{prefix}{name}>", escaped(value));
    }
    let inner_space = if space.contains(['\n', '\r']) { format!("{space}{unit}") } else { String::new() };
    let inner = element_text(rest, prefix, value, &inner_space, unit);
    let outer_space = if inner_space.is_empty() { "" } else { space };
    format!("<{prefix}{name}>{inner_space}{inner}{outer_space}</{prefix}{name}>")
}

/// The start of the comments that belong to the element at `element_start`: those between `gap_start` and it, except on
/// the line of the previous element.
fn leading_comments(text: &str, document: &Document, gap_start: u32, element_start: u32) -> usize {
    let mut at = gap_start as usize;
    for comment in document.comments().iter().filter(|it| gap_start <= it.start && it.end <= element_start) {
        if text[at..comment.start as usize].contains(['\n', '\r']) {
            return comment.start as usize;
        }
        at = comment.end as usize;
    }
    element_start as usize
}

/// The end of the comments on the same line after the element that ends at `end`.
fn trailing_comments(text: &str, document: &Document, end: u32, parent_end: u32) -> usize {
    let mut at = end as usize;
    for comment in document.comments().iter().filter(|it| end <= it.start && it.end <= parent_end) {
        if text[at..comment.start as usize].contains(['\n', '\r']) {
            break;
        }
        at = comment.end as usize;
    }
    at
}

/// The white space directly before `at`, not before `least`, with only the last of several line ends.
fn white_space_before(text: &str, at: usize, least: u32) -> &str {
    let gap = &text[least as usize..at];
    let space = &gap[gap.trim_end_matches([' ', '\t', '\r', '\n']).len()..];
    // Of several blank lines, the last line end is copied.
    let start = space.rfind('\n').or_else(|| space.rfind('\r')).unwrap_or(0);
    if space[..start].ends_with('\r') { &space[start - 1..] } else { &space[start..] }
}

/// The text before the tag on its line, if it is white space up to the start of the line.
fn indentation_of(text: &str, tag: Option<Span>) -> Option<&str> {
    let start = tag?.start as usize;
    let line = text[..start].rfind(['\n', '\r']).map(|at| at + 1)?;
    Some(&text[line..start]).filter(|space| space.trim_matches([' ', '\t']).is_empty())
}

/// The line end of this file: that of its first line.
fn line_end_of(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// The name as written, with its prefix.
fn qualified_name<'t>(text: &'t str, document: &Document, node: NodeId) -> &'t str {
    let tag = &text[document.open_tag(node).range()][1..];
    &tag[..tag.find(|ch: char| ch.is_whitespace() || matches!(ch, '/' | '>')).unwrap_or(tag.len())]
}

/// The prefix with its colon; empty if there is none.
fn prefix_of(qualified: &str) -> String {
    qualified[..qualified.len() - local_name(qualified).len()].to_owned()
}

/// A value as text between tags.
fn escaped(value: &str) -> String {
    quick_xml::escape::partial_escape(value).into_owned()
}
