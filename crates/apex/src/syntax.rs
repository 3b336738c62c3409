//! The parser: text to a flat tree, by recursive descent over the tokens.
//!
//! A syntax error lowers confidence only inside its range, at most one statement: the parser records the range and
//! continues after it, so that every text has a tree. Three properties keep time linear and the stack small: the end of
//! each bracket is known in advance, no token is read more than a fixed number of times, and nesting deeper than
//! [`MAX_DEPTH`] is skipped as an error. The parser accepts more than Salesforce's compiler if that is simpler, and
//! never less, as far as is known. Refuses to know what a node means.
//!
//! Unlike tree-sitter's grammar of Apex, with which `benches/apex-yardstick` compares it, it accepts: a statement that
//! begins with `Trigger.` and calls a method; `boolean.valueOf(...)` in lower case; `System.runAs(version);`; a comment
//! between the two words of `with sharing` or `after insert`.

mod declaration;
mod expression;
mod query;
mod statement;

use super::lexer::{Lexed, T, Token, lex};
use super::tree::{Kind, Node, Part, SyntaxTree, comparable};
use sessionlint_source::Span;

/// The maximum nesting of statements and expressions. A chain of operators, calls or `else if` is flat.
const MAX_DEPTH: u32 = 200;

/// Parses a text.
pub(super) fn parse(text: &str) -> SyntaxTree<'_> {
    let Lexed { tokens, comments, errors } = lex(text);
    let mut parser = Parser {
        text,
        tokens: &tokens,
        at: 0,
        // In all measured code there are fewer nodes than tokens.
        done: Vec::with_capacity(tokens.len()),
        errors,
        depth: 0,
        limit: tokens.len() - 1,
        is_query: false,
        prefixes: Vec::new(),
        operators: Vec::new(),
        branches: Vec::new(),
    };
    parser.file();
    let Parser { done, errors, .. } = parser;
    SyntaxTree { text, lower: comparable(text, &comments), nodes: in_order(&done), comments, errors: merged(errors) }
}

/// A finished node; its descendants precede it.
struct DoneNode {
    kind: Kind,
    part: Part,
    /// The number of nodes, including its descendants.
    size: u32,
    span: Span,
}

/// A node in [`Parser::done`].
type DoneNodeId = usize;

/// The start of a node: the number of finished nodes before it, and its place in the text.
#[derive(Clone, Copy)]
struct NodeStart {
    first: usize,
    start: u32,
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// The next token.
    at: usize,
    done: Vec<DoneNode>,
    errors: Vec<Span>,
    depth: u32,
    /// The token that ends the current group; nothing reads past it.
    limit: usize,
    /// Whether an expression is in a query, where a word may follow it.
    is_query: bool,
    /// Prefix operators before an operand, those of outer expressions first.
    prefixes: Vec<(Kind, NodeStart)>,
    /// Operators whose right side is being read, outer ones first: precedence, start of the left side, and the
    /// operator.
    operators: Vec<(u8, NodeStart, DoneNodeId)>,
    /// Branches whose last part is being read, outer ones first.
    branches: Vec<NodeStart>,
}

impl Parser<'_> {
    fn token(&self, at: usize) -> &Token {
        // The last token stands for everything after it.
        self.tokens.get(at).unwrap_or(&self.tokens[self.tokens.len() - 1])
    }

    fn kind(&self) -> T {
        self.token(self.at).kind
    }

    fn kind_at(&self, ahead: usize) -> T {
        self.token(self.at + ahead).kind
    }

    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn eat(&mut self, kind: T) -> bool {
        let is_next = self.kind() == kind;
        if is_next {
            self.bump();
        }
        is_next
    }

    /// Reads a token of this kind, or records that it is missing.
    fn need(&mut self, kind: T) {
        if !self.eat(kind) {
            self.missing();
        }
    }

    fn start(&self) -> u32 {
        self.token(self.at).start
    }

    /// The end of the last token.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).map_or(0, |last| self.token(last).end)
    }

    fn mark(&self) -> NodeStart {
        NodeStart { first: self.done.len(), start: self.start() }
    }

    /// Whether a word equals another one, in any case.
    fn is(&self, at: usize, word: &str) -> bool {
        let token = self.token(at);
        let text = self.text.as_bytes().get(token.start as usize..token.end as usize);
        text.is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Finishes a node from all nodes since its start.
    fn node(&mut self, kind: Kind, mark: NodeStart) -> DoneNodeId {
        let size = (self.done.len() - mark.first + 1) as u32;
        let span = Span { start: mark.start, end: self.end().max(mark.start) };
        self.done.push(DoneNode { kind, part: Part::Other, size, span });
        self.done.len() - 1
    }

    /// Finishes a node that is the next token.
    fn leaf(&mut self, kind: Kind) -> DoneNodeId {
        let token = self.token(self.at);
        let span = Span { start: token.start, end: token.end };
        self.bump();
        self.done.push(DoneNode { kind, part: Part::Other, size: 1, span });
        self.done.len() - 1
    }

    fn named(&mut self, id: DoneNodeId, part: Part) {
        self.done[id].part = part;
    }

    /// The same for a node that is missing if it was not read.
    fn needed(&mut self, id: Option<DoneNodeId>, part: Part) {
        match id {
            Some(id) => self.named(id, part),
            None => self.missing(),
        }
    }

    // Error recovery.

    fn error(&mut self, start: u32, end: u32) {
        self.errors.push(Span { start, end });
    }

    /// Records a missing token here.
    fn missing(&mut self) {
        let at = self.end();
        self.error(at, at);
    }

    /// Skips to a token.
    fn skip_to(&mut self, token: usize) {
        if token > self.at {
            let start = self.start();
            self.at = token;
            self.error(start, self.end());
        }
    }

    /// Skips invalid text up to a token within the limit; where there is none, something is missing.
    fn skip_or_miss(&mut self, token: usize) {
        let token = token.min(self.limit);
        if token > self.at {
            self.skip_to(token);
        } else {
            self.missing();
        }
    }

    /// The token after the next one, or after the group that it opens.
    fn behind(&self, at: usize) -> usize {
        let token = self.token(at);
        if matches!(token.kind, T::ParenOpen | T::SquareOpen | T::BraceOpen) {
            let pair = token.pair as usize;
            return (if is_closed_by(token.kind, self.token(pair).kind) { pair + 1 } else { pair }).max(at + 1);
        }
        at + 1
    }

    /// Skips behind the next `,` of a list; `false` if the list ends without one.
    fn next_in_list(&mut self, end: usize) -> bool {
        let mut to = self.at;
        while to < end && self.token(to).kind != T::Comma {
            to = self.behind(to);
        }
        self.skip_to(to.min(end));
        let has_comma = self.at < end;
        if has_comma {
            self.bump();
        }
        has_comma
    }

    /// Enters the group that the next token opens; returns the argument of [`Parser::leave`].
    fn enter(&mut self) -> Group {
        let token = *self.token(self.at);
        let end = (token.pair as usize).max(self.at + 1);
        let group = Group { end, outer: self.limit, is_query: self.is_query, opened_by: token.kind };
        self.bump();
        self.limit = end;
        self.is_query = false;
        group
    }

    /// Leaves a group from anywhere in it.
    fn leave(&mut self, group: &Group) {
        self.skip_to(group.end);
        self.limit = group.outer;
        self.is_query = group.is_query;
        if is_closed_by(group.opened_by, self.kind()) {
            self.bump();
        } else {
            self.missing();
        }
    }

    /// Descends one level; `false` if the nesting is too deep, and then skips the text.
    fn descend(&mut self) -> bool {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            return true;
        }
        let behind = self.behind(self.at).min(self.limit.max(self.at));
        self.skip_to(behind);
        false
    }

    fn ascend(&mut self) {
        self.depth -= 1;
    }
}

/// The current group.
struct Group {
    /// Its closing token.
    end: usize,
    /// The end of the enclosing group.
    outer: usize,
    is_query: bool,
    opened_by: T,
}

fn is_closed_by(open: T, close: T) -> bool {
    matches!(
        (open, close),
        (T::ParenOpen, T::ParenClose) | (T::SquareOpen, T::SquareClose) | (T::BraceOpen, T::BraceClose)
    )
}

/// The nodes sorted by start, each before its descendants.
fn in_order(done: &[DoneNode]) -> Vec<Node> {
    let nothing = Node { kind: Kind::Other, part: Part::Other, parent: 0, next: 0, span: Span::default() };
    let mut nodes = vec![nothing; done.len()];
    // Nodes whose children are being placed, last one first: the node, and the end of its range.
    let mut open: Vec<(u32, u32)> = Vec::new();
    let mut end = done.len() as u32;
    for it in done.iter().rev() {
        while open.last().is_some_and(|(id, end)| id + 1 == *end) {
            open.pop();
        }
        let (parent, room) = open.last_mut().map_or((0, &mut end), |(id, room)| (*id, room));
        let next = *room;
        let id = next - it.size;
        *room = id;
        nodes[id as usize] = Node { kind: it.kind, part: it.part, parent, next, span: it.span };
        if it.size > 1 {
            open.push((id, next));
        }
    }
    nodes
}

/// Ranges in order, with touching ones merged.
fn merged(mut errors: Vec<Span>) -> Vec<Span> {
    errors.sort_unstable();
    errors.dedup_by(|next, last| {
        let is_one = next.start <= last.end;
        if is_one {
            last.end = last.end.max(next.end);
        }
        is_one
    });
    errors
}

#[cfg(test)]
mod tests;
