//! A flat syntax tree: the named nodes, sorted by start, with spans for text.
//!
//! A node's parent precedes it and its descendants follow it directly, so that everything can be computed in loops: no
//! nesting can overflow a stack. May assume nodes from one parse. Refuses to know what a node means; nodes that no
//! reader needs are [`Kind::Other`].

use std::borrow::Cow;

use sessionlint_source::{Span, steps};

/// The kind of a node, as far as readers need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything else.
    Other,
    /// `get { ... }`.
    AccessorDeclaration,
    /// `@A(...)`.
    Annotation,
    /// `(a, b)` behind a call.
    ArgumentList,
    /// `a[b]`.
    ArrayAccess,
    /// `new A[n]`, `new List<A>{...}`.
    ArrayCreation,
    /// `{a, b}`.
    ArrayInitializer,
    /// `a = b`.
    Assignment,
    /// `a + b`.
    Binary,
    /// `{ ... }` of statements.
    Block,
    /// `true`, `false`.
    Boolean,
    /// `break;`.
    Break,
    /// `(A) a`.
    Cast,
    /// `catch (...) { ... }`.
    CatchClause,
    /// `{ ... }` of a class.
    ClassBody,
    /// `class A { ... }`.
    ClassDeclaration,
    /// `{ ... }` of a constructor.
    ConstructorBody,
    /// A constructor.
    ConstructorDeclaration,
    /// `continue;`.
    Continue,
    /// `a = b` where `a` is declared.
    Declarator,
    /// `update a`.
    Dml,
    /// `do { ... } while (a);`.
    Do,
    /// `for (A a : b) ...`.
    EnhancedFor,
    /// `enum A { ... }`.
    EnumDeclaration,
    /// `this(...);`, `super(...);`.
    ExplicitConstructor,
    /// `a();`.
    ExpressionStatement,
    /// `a.b`.
    FieldAccess,
    /// A field or a property.
    FieldDeclaration,
    /// `for (...; ...; ...) ...`.
    For,
    /// `A a` of a method.
    FormalParameter,
    /// `(A a, B b)` of a method.
    FormalParameters,
    /// A name.
    Identifier,
    /// `if (a) ... else ...`.
    If,
    /// A whole number.
    Int,
    /// `interface A { ... }`.
    InterfaceDeclaration,
    /// `implements A, B`.
    Interfaces,
    /// `LIMIT 1` of a query.
    LimitClause,
    /// `A a = b;`.
    LocalVariable,
    /// `a => b`.
    MapEntry,
    /// `{a => b}`, and `{}` of what has no `[]`.
    MapInitializer,
    /// A method.
    MethodDeclaration,
    /// `a.b(c)`.
    Call,
    /// `public`.
    Modifier,
    /// The modifiers and annotations of a declaration.
    Modifiers,
    /// `new A(...)`.
    New,
    /// `null`.
    Null,
    /// `(a)`.
    Parenthesized,
    /// `[SELECT ...]`.
    Query,
    /// `return a;`.
    Return,
    /// `static { ... }`.
    StaticInitializer,
    /// An object behind `FROM`.
    StorageIdentifier,
    /// `'a'`.
    StringLiteral,
    /// `'''a'''`.
    LongStringLiteral,
    /// `super`.
    Super,
    /// `extends A` of a class.
    Superclass,
    /// `when a { ... }`.
    SwitchRule,
    /// `a ? b : c`.
    Ternary,
    /// `this`.
    This,
    /// `throw a;`.
    Throw,
    /// `trigger A on B (...) { ... }`.
    TriggerDeclaration,
    /// `try { ... } ...`.
    Try,
    /// `A, B` of interfaces.
    TypeList,
    /// `!a`.
    Unary,
    /// `a++`.
    Update,
    /// `WHERE ...` of a query.
    Where,
    /// `while (a) ...`.
    While,
}

/// The part of its parent that a node is, as far as readers need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Other,
    Alternative,
    Arguments,
    Body,
    Condition,
    Consequence,
    Declarator,
    Element,
    Init,
    Key,
    Left,
    Name,
    Object,
    Operand,
    Parameters,
    Right,
    Target,
    Type,
    Update,
    Value,
}

/// Index of a node in its tree.
pub(super) type NodeId = u32;

/// One node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its part of its parent.
    pub(super) part: Part,
    /// Its parent; the root is its own parent.
    pub(super) parent: NodeId,
    /// The first node after its descendants.
    pub(super) next: NodeId,
    /// Its span.
    pub(super) span: Span,
}

/// A text in lower case with spaces for its comments, so that places in it are those in the text.
pub(super) fn comparable(text: &str, comments: &[Span]) -> String {
    let mut code = String::with_capacity(text.len());
    for comment in comments {
        code.push_str(text.get(code.len()..comment.start as usize).unwrap_or_default());
        code.extend(std::iter::repeat_n(' ', (comment.end as usize).saturating_sub(code.len())));
    }
    code.push_str(text.get(code.len()..).unwrap_or_default());
    code.make_ascii_lowercase();
    code
}

/// The nodes of a file.
#[derive(Debug)]
pub(super) struct SyntaxTree<'t> {
    pub(super) text: &'t str,
    /// The text in lower case, since Apex is case-insensitive, with spaces for comments.
    pub(super) lower: String,
    pub(super) nodes: Vec<Node>,
    /// Comments, in order.
    pub(super) comments: Vec<Span>,
    /// Ranges with syntax errors, in order.
    pub(super) errors: Vec<Span>,
}

impl<'t> SyntaxTree<'t> {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    pub(super) fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The text of a node.
    pub(super) fn text(&self, id: NodeId) -> &'t str {
        self.slice(self.span(id))
    }

    /// The text of a span; empty if it ends inside a character, which happens only in broken files.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Whether a node is a call of a method with this name, in lower case.
    pub(super) fn calls(&self, id: NodeId, name: &str) -> bool {
        self.kind(id) == Kind::Call && self.part(id, Part::Name).is_some_and(|called| self.lower(called) == name)
    }

    /// The text of a node in lower case, with spaces for comments.
    pub(super) fn lower(&self, id: NodeId) -> &str {
        self.lower.get(self.span(id).range()).unwrap_or_default()
    }

    /// A type in lower case, without white space and `System.`.
    pub(super) fn type_name(&self, id: NodeId) -> Cow<'_, str> {
        let text = self.lower(id);
        // Most types have neither white space nor non-ASCII letters.
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Cow::Borrowed(text.strip_prefix("system.").unwrap_or(text));
        }
        let mut dense: String = text.chars().filter(|ch| !ch.is_whitespace()).collect();
        if dense.starts_with("system.") {
            dense.drain(.."system.".len());
        }
        Cow::Owned(dense)
    }

    /// Whether [`Self::type_name`] is this name. Reads no more than it must: a chain of calls is compared at each of them.
    pub(super) fn is_type(&self, id: NodeId, name: &str) -> bool {
        let dense = || self.lower(id).chars().filter(|ch| !ch.is_whitespace()).inspect(|_| steps::count_bytes(1));
        dense().eq(name.chars()) || dense().eq("system.".chars().chain(name.chars()))
    }

    /// Whether an expression is `this` or the name of a class.
    pub(super) fn is_own(&self, object: NodeId, class: &str) -> bool {
        self.kind(object) == Kind::This || self.lower(object).eq_ignore_ascii_case(class)
    }

    /// The text of an expression on one line, without comments and without spaces that it does not need.
    pub(super) fn shown(&self, id: NodeId) -> String {
        let Span { start, end } = self.span(id);
        let first = self.comments.partition_point(|comment| comment.end <= start);
        let within = self.comments[first..].iter().take_while(|comment| comment.start < end);
        let mut shown = String::new();
        let mut at = start;
        for gap in within.copied().chain([Span { start: end, end }]) {
            for word in self.slice(Span { start: at, end: gap.start }).split_whitespace() {
                let is_apart = !shown.is_empty()
                    && !shown.ends_with(['.', '(', '['])
                    && !word.starts_with(['.', '(', ')', '[', ']', ','])
                    && !word.starts_with("?.");
                if is_apart {
                    shown.push(' ');
                }
                shown.push_str(word);
            }
            at = gap.end;
        }
        shown
    }

    /// All nodes, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = NodeId> + use<> {
        0..self.nodes.len() as u32
    }

    /// A node and its descendants, in order.
    pub(super) fn within(&self, id: NodeId) -> std::ops::Range<NodeId> {
        id..self.node(id).next
    }

    /// The children of a node.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.node(id).next;
        let first = (id + 1 < end).then_some(id + 1);
        std::iter::successors(first, move |child| Some(self.node(*child).next).filter(|next| *next < end))
    }

    /// The first child that is this part of a node.
    pub(super) fn part(&self, id: NodeId, part: Part) -> Option<NodeId> {
        self.children(id).find(|child| self.node(*child).part == part)
    }

    /// The target and the value of an assignment.
    pub(super) fn assignment(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        if self.kind(id) != Kind::Assignment {
            return None;
        }
        Some((self.part(id, Part::Left)?, self.part(id, Part::Right)?))
    }

    /// The same, or the name of a declared variable or field and its initial value.
    pub(super) fn given(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        match self.kind(id) {
            Kind::Declarator => Some((self.part(id, Part::Name)?, self.part(id, Part::Value)?)),
            _ => self.assignment(id),
        }
    }

    /// The first child of a kind.
    pub(super) fn child(&self, id: NodeId, kind: Kind) -> Option<NodeId> {
        self.children(id).find(|child| self.kind(*child) == kind)
    }

    /// The ancestors of a node, from the inside.
    pub(super) fn above(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let up = |id: NodeId| (id > 0).then(|| self.node(id).parent);
        std::iter::successors(up(id), move |above| up(*above))
    }

    /// Whether `inner` is `outer` or below it.
    pub(super) fn holds(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner < self.node(outer).next
    }

    /// The expression without the parentheses around it.
    pub(super) fn bare(&self, id: NodeId) -> NodeId {
        let mut id = id;
        while self.kind(id) == Kind::Parenthesized {
            let Some(inner) = self.children(id).next() else { break };
            id = inner;
        }
        id
    }

    /// Whether a node is a literal string.
    pub(super) fn is_string(&self, id: NodeId) -> bool {
        matches!(self.kind(id), Kind::StringLiteral | Kind::LongStringLiteral)
    }

    /// The text between the quotes of a literal string, with escapes as written.
    pub(super) fn string(&self, id: NodeId) -> &'t str {
        self.text(id).trim_matches('\'')
    }

    /// The argument expressions of a call or creation, without parentheses around them.
    pub(super) fn arguments(&self, id: NodeId) -> Vec<NodeId> {
        let list = self.part(id, Part::Arguments).or_else(|| self.child(id, Kind::ArgumentList));
        list.map(|list| self.children(list).map(|argument| self.bare(argument)).collect()).unwrap_or_default()
    }

    /// The operator: the text between two operands; for `!`, the text before its operand.
    pub(super) fn operator(&self, id: NodeId) -> &str {
        let operand = |part| self.part(id, part).map(|node| self.span(node));
        let span = match (operand(Part::Left), operand(Part::Right), operand(Part::Operand)) {
            (Some(left), Some(right), _) => Span { start: left.end, end: right.start },
            (_, _, Some(operand)) => Span { start: self.span(id).start, end: operand.start },
            _ => return "",
        };
        self.lower.get(span.range()).unwrap_or_default().trim()
    }

    /// The operand after another one in a concatenation.
    pub(super) fn operand_after(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.node(id).parent;
        let whole = if self.part(parent, Part::Left) == Some(id) { parent } else { self.node(parent).parent };
        self.part(whole, Part::Right).filter(|right| *right != id && self.kind(whole) == Kind::Binary)
    }

    /// Whether a range touches one with a syntax error.
    pub(super) fn is_doubtful(&self, span: Span) -> bool {
        let after = self.errors.partition_point(|error| error.end < span.start);
        self.errors.get(after).is_some_and(|error| error.start <= span.end)
    }
}
