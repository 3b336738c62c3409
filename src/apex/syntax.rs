//! Text to a flat tree, by tree-sitter and its grammar of Apex.
//!
//! The parser mends what does not fit and goes on, so that every text has a tree; text on which it spends too many
//! steps has none. May assume nothing of the text. Nothing here knows what a node means.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, TreeCursor};

use super::tree::{Kind, Node, Part, Tree};
use crate::source::Span;

/// The grammar, and what its numbers for nodes and parts stand for.
struct Grammar {
    language: Language,
    kinds: Vec<Kind>,
    parts: Vec<Part>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language: Language = tree_sitter_sfapex::apex::LANGUAGE.into();
    let kind = |id: usize| Kind::named(language.node_kind_for_id(id as u16).unwrap_or_default());
    let part = |id: usize| Part::named(language.field_name_for_id(id as u16).unwrap_or_default());
    let kinds = (0..language.node_kind_count()).map(kind).collect();
    // Fields are counted from 1.
    let parts = (0..=language.field_count()).map(part).collect();
    Grammar { language, kinds, parts }
});

/// Reports of progress that a text may cost before it is given up, for the first bytes and for each byte. A report
/// stands for some hundred steps; the costliest of 5,500 real files needs a tenth of this.
const BASE_BUDGET: usize = 20_000;
const BUDGET_PER_BYTE: usize = 1;

/// The tree of a text; `None` where the parser gave up.
pub(super) fn parse(text: &str) -> Option<Tree<'_>> {
    let mut parser = Parser::new();
    parser.set_language(&GRAMMAR.language).ok()?;
    let budget = BASE_BUDGET + text.len() * BUDGET_PER_BYTE;
    let mut spent = 0;
    let mut watch = |_: &ParseState| {
        spent += 1;
        if spent > budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = text.as_bytes();
    let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let options = ParseOptions::new().progress_callback(&mut watch);
    let parsed = parser.parse_with_options(&mut read, None, Some(options))?;
    Some(flatten(text, &mut parsed.walk()))
}

fn flatten<'t>(text: &'t str, cursor: &mut TreeCursor<'_>) -> Tree<'t> {
    let mut tree = Tree { text, nodes: Vec::new(), comments: Vec::new(), errors: Vec::new() };
    let mut open: Vec<u32> = Vec::new();
    loop {
        let kept = keep(&mut tree, cursor, open.last().copied().unwrap_or(0));
        if kept.is_descended && cursor.goto_first_child() {
            open.push(kept.holder);
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                return close(tree);
            }
            open.pop();
        }
    }
}

/// What became of a node of the parser's tree.
struct Kept {
    /// The node that what is below it belongs to.
    holder: u32,
    is_descended: bool,
}

fn keep(tree: &mut Tree<'_>, cursor: &TreeCursor<'_>, parent: u32) -> Kept {
    let node = cursor.node();
    let span = Span::new(node.start_byte(), node.end_byte());
    if node.is_extra() && !node.is_error() {
        tree.comments.push(span);
        return Kept { holder: parent, is_descended: false };
    }
    if node.is_error() || node.is_missing() {
        tree.errors.push(span);
    }
    if !node.is_named() || node.is_missing() {
        return Kept { holder: parent, is_descended: false };
    }
    let kind = GRAMMAR.kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other);
    let kind = if node.is_error() { Kind::Error } else { kind };
    let part = cursor.field_id().and_then(|id| GRAMMAR.parts.get(usize::from(id.get()))).copied();
    let id = tree.nodes.len() as u32;
    tree.nodes.push(Node { kind, part: part.unwrap_or(Part::Other), parent, next: id + 1, span });
    // What lies in a range that does not fit may be anything.
    Kept { holder: id, is_descended: kind != Kind::Error || id == 0 }
}

/// Sets for every node where those below it end.
fn close(mut tree: Tree<'_>) -> Tree<'_> {
    for id in (1..tree.nodes.len()).rev() {
        let Node { parent, next, .. } = tree.nodes[id];
        let above = &mut tree.nodes[parent as usize];
        above.next = above.next.max(next);
    }
    tree.errors.sort_unstable();
    tree
}
