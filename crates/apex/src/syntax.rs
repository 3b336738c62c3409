//! Text to a flat tree: a parser by recursive descent over the tokens of a text.
//!
//! A syntax error lowers confidence only inside its range, at most one statement: the parser records the range and
//! continues after it, so that every text has a tree. Three things keep time linear and the stack small: the end of
//! each bracket is known in advance, no token is read more than a fixed number of times, and nesting deeper than
//! [`MAX_DEPTH`] is skipped as an error. The parser accepts more than Salesforce's compiler if that is simpler, and
//! never less, as far as is known. It does not know what a node means.
//!
//! Against tree-sitter's grammar of Apex, with which `benches/apex-yardstick` compares it, these fit here and do not fit
//! there: a statement that begins with `Trigger.` and calls something; `boolean.valueOf(...)` in small letters;
//! `System.runAs(version);`; a comment between the two words of `with sharing` or `after insert`.

mod declaration;
mod expression;
mod query;
mod statement;

use super::lexer::{Lexed, T, Token, lex};
use super::tree::{Kind, Node, Part, SyntaxTree};
use sessionlint_source::Span;

/// How deep statements and expressions may nest in each other. A chain of operators, calls or `else if` is flat.
const MAX_DEPTH: u32 = 200;

/// The tree of a text.
pub(super) fn parse(text: &str) -> SyntaxTree<'_> {
    let Lexed { tokens, comments, errors } = lex(text);
    let mut parser = Parser {
        text,
        tokens: &tokens,
        at: 0,
        // In all code that was measured there are fewer nodes than tokens.
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
    SyntaxTree { text, nodes: in_order(&done), comments, errors: merged(errors) }
}

/// A node that is read: what is below it stands before it.
struct Done {
    kind: Kind,
    part: Part,
    /// How many nodes it is with those below it.
    size: u32,
    span: Span,
}

/// A node in [`Parser::done`].
type DoneId = usize;

/// Where a node begins: the nodes that were done before, and the place in the text.
#[derive(Clone, Copy)]
struct Mark {
    first: usize,
    start: u32,
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// The next token.
    at: usize,
    done: Vec<Done>,
    errors: Vec<Span>,
    depth: u32,
    /// The token at which the group ends that is read; nothing passes over it.
    limit: usize,
    /// Whether an expression stands in a query, where a word may follow it.
    is_query: bool,
    /// Operators before an operand, those of the expressions around it first.
    prefixes: Vec<(Kind, Mark)>,
    /// Operators whose right side is read, in the same way: how strong, where the left side begins, and it.
    operators: Vec<(u8, Mark, DoneId)>,
    /// Branches whose last part is read, in the same way.
    branches: Vec<Mark>,
}

impl Parser<'_> {
    fn token(&self, at: usize) -> &Token {
        // The last token stands for everything behind it.
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

    fn start(&self) -> u32 {
        self.token(self.at).start
    }

    /// Where the last token ends.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).map_or(0, |last| self.token(last).end)
    }

    fn mark(&self) -> Mark {
        Mark { first: self.done.len(), start: self.start() }
    }

    /// Whether a word is another, in any case.
    fn is(&self, at: usize, word: &str) -> bool {
        let token = self.token(at);
        let text = self.text.as_bytes().get(token.start as usize..token.end as usize);
        text.is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// A node of what was done since a mark.
    fn node(&mut self, kind: Kind, mark: Mark) -> DoneId {
        let size = (self.done.len() - mark.first + 1) as u32;
        let span = Span { start: mark.start, end: self.end().max(mark.start) };
        self.done.push(Done { kind, part: Part::Other, size, span });
        self.done.len() - 1
    }

    /// A node that is the next token.
    fn leaf(&mut self, kind: Kind) -> DoneId {
        let token = self.token(self.at);
        let span = Span { start: token.start, end: token.end };
        self.bump();
        self.done.push(Done { kind, part: Part::Other, size: 1, span });
        self.done.len() - 1
    }

    fn named(&mut self, id: DoneId, part: Part) {
        self.done[id].part = part;
    }

    // What does not fit.

    fn error(&mut self, start: u32, end: u32) {
        self.errors.push(Span { start, end });
    }

    /// Something is missing here.
    fn missing(&mut self) {
        let at = self.end();
        self.error(at, at);
    }

    /// Passes over what is before a token.
    fn skip_to(&mut self, token: usize) {
        if token > self.at {
            let start = self.start();
            self.at = token;
            self.error(start, self.end());
        }
    }

    /// The token behind the next one, behind the group that it opens, if it does.
    fn behind(&self, at: usize) -> usize {
        let token = self.token(at);
        if matches!(token.kind, T::ParenOpen | T::SquareOpen | T::BraceOpen) {
            let pair = token.pair as usize;
            return (if is_closed_by(token.kind, self.token(pair).kind) { pair + 1 } else { pair }).max(at + 1);
        }
        at + 1
    }

    /// Passes over what is before the next `,` of a list, or its end.
    fn skip_in_list(&mut self, end: usize) {
        let mut to = self.at;
        while to < end && self.token(to).kind != T::Comma {
            to = self.behind(to);
        }
        self.skip_to(to.min(end));
    }

    /// Enters the group that the next token opens; gives what [`Parser::leave`] needs.
    fn enter(&mut self) -> Group {
        let token = *self.token(self.at);
        let end = (token.pair as usize).max(self.at + 1);
        let group = Group { end, outer: self.limit, is_query: self.is_query, opened_by: token.kind };
        self.bump();
        self.limit = end;
        self.is_query = false;
        group
    }

    /// Leaves a group, wherever in it the parser stands.
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

    /// Goes one level down; `false` where it is too deep, and then what stands there is passed over.
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

/// A group that is read.
struct Group {
    /// The token that ends it.
    end: usize,
    /// Where the group around it ends.
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

/// The nodes in the order in which they begin, a node before what is below it.
fn in_order(done: &[Done]) -> Vec<Node> {
    let nothing = Node { kind: Kind::Other, part: Part::Other, parent: 0, next: 0, span: Span::default() };
    let mut nodes = vec![nothing; done.len()];
    // Nodes whose children are placed, from the last to the first: the node, and where the room for them ends.
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

/// Ranges in order, those that touch as one.
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
