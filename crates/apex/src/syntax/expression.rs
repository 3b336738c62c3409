//! Expressions, and the types in them.
//!
//! Parsing cannot fail: missing parts are recorded as errors. Refuses to know what a name refers to.

use super::{DoneNodeId, NodeStart, Parser};
use crate::lexer::T;
use crate::tree::{Kind, Part};

/// The precedence of `instanceof` and comparisons.
const RELATION: u8 = 11;

/// Types that a number can be cast to, so that a sign after the cast is the number's.
const NUMBERS: &[&str] = &["integer", "decimal", "double", "long"];

/// Words of a query that may follow an expression in it.
const CLAUSES: &[&str] =
    &["and", "or", "limit", "order", "group", "with", "for", "offset", "all", "using", "having", "update", "not"];

impl Parser<'_> {
    /// An expression; `None`, without reading anything, if none begins here.
    pub(super) fn expression(&mut self) -> Option<DoneNodeId> {
        if !self.descend() {
            return None;
        }
        let read = self.ternary();
        self.ascend();
        read
    }

    /// The same, or a record that it is missing.
    fn need_expression(&mut self) {
        if self.expression().is_none() {
            self.missing();
        }
    }

    /// `a ? b : c ? d : e`: the part after a colon is read without recursion.
    fn ternary(&mut self) -> Option<DoneNodeId> {
        let base = self.branches.len();
        let mut last;
        loop {
            let mark = self.mark();
            last = self.binary();
            let Some(condition) = last.filter(|_| self.kind() == T::Question) else { break };
            self.bump();
            self.named(condition, Part::Condition);
            let holds = self.expression();
            self.needed(holds, Part::Consequence);
            self.branches.push(mark);
            if !self.eat(T::Colon) {
                self.missing();
                last = None;
                break;
            }
        }
        if self.branches.len() > base && last.is_none() {
            self.missing();
        }
        while self.branches.len() > base {
            let Some(mark) = self.branches.pop() else { break };
            if let Some(fails) = last {
                self.named(fails, Part::Alternative);
            }
            last = Some(self.node(Kind::Ternary, mark));
        }
        last
    }

    /// Operands with binary operators: the operator with higher precedence is the inner node, for equal ones the left.
    fn binary(&mut self) -> Option<DoneNodeId> {
        let base = self.operators.len();
        let mut mark = self.mark();
        let mut current = self.operand()?;
        loop {
            let next = self.operator();
            let strength = next.map_or(0, |(strength, _)| strength);
            while self.operators.len() > base
                && let Some((_, left_mark, left)) = self.operators.pop_if(|(other, ..)| *other >= strength)
            {
                self.named(left, Part::Left);
                self.named(current, Part::Right);
                mark = left_mark;
                current = self.node(Kind::Binary, mark);
            }
            let Some((strength, length)) = next else { return Some(current) };
            if self.kind() == T::Instanceof {
                self.bump();
                self.named(current, Part::Left);
                if !self.type_node(Part::Right) {
                    self.missing();
                }
                current = self.node(Kind::Other, mark);
                continue;
            }
            for _ in 0..length {
                self.bump();
            }
            self.operators.push((strength, mark, current));
            mark = self.mark();
            if let Some(operand) = self.operand() {
                current = operand;
            } else {
                // The operator has no right side: the left side alone is the node.
                self.missing();
                let Some((_, left_mark, left)) = self.operators.pop() else { return Some(current) };
                (mark, current) = (left_mark, left);
            }
        }
    }

    /// The precedence of the binary operator here, and its number of tokens.
    fn operator(&self) -> Option<(u8, usize)> {
        let (next, third, fourth) = (self.kind_at(1), self.kind_at(2), self.kind_at(3));
        Some(match self.kind() {
            T::Coalesce => (4, 1),
            T::Or => (5, 1),
            T::And => (6, 1),
            T::BitOr => (7, 1),
            T::BitXor => (8, 1),
            T::BitAnd => (9, 1),
            T::Equality => (10, 1),
            T::Less => match (next, third) {
                (T::Greater, _) => (10, 2),
                (T::Equals, _) => (RELATION, 2),
                (T::Less, T::Equals) => return None,
                (T::Less, _) => (12, 2),
                _ => (RELATION, 1),
            },
            T::Greater => match (next, third, fourth) {
                (T::Equals, ..) => (RELATION, 2),
                (T::Greater, T::Equals, _) | (T::Greater, T::Greater, T::Equals) => return None,
                (T::Greater, T::Greater, _) => (12, 3),
                (T::Greater, ..) => (12, 2),
                _ => (RELATION, 1),
            },
            T::Instanceof => (RELATION, 1),
            T::Plus | T::Minus => (13, 1),
            T::Star | T::Slash | T::Percent => (14, 1),
            _ => return None,
        })
    }

    /// The number of tokens of an assignment operator.
    fn assignment(&self) -> usize {
        match (self.kind(), self.kind_at(1), self.kind_at(2), self.kind_at(3)) {
            (T::Equals | T::AssignWith, ..) if !self.is_query => 1,
            (T::Less, T::Less, T::Equals, _) | (T::Greater, T::Greater, T::Equals, _) => 3,
            (T::Greater, T::Greater, T::Greater, T::Equals) => 4,
            _ => 0,
        }
    }

    /// An operand with its prefix operators and casts, and an assignment to it.
    fn operand(&mut self) -> Option<DoneNodeId> {
        let base = self.prefixes.len();
        loop {
            let mark = self.mark();
            match self.kind() {
                T::Plus | T::Minus | T::Not | T::Tilde => {
                    self.bump();
                    self.prefixes.push((Kind::Unary, mark));
                }
                T::Increment => {
                    self.bump();
                    self.prefixes.push((Kind::Update, mark));
                }
                T::ParenOpen if self.is_cast() => {
                    self.bump();
                    self.type_node(Part::Type);
                    self.bump();
                    self.prefixes.push((Kind::Cast, mark));
                }
                _ => break,
            }
        }
        let mark = self.mark();
        let mut current = self.primary().map(|first| self.behind_primary(first, mark));
        let length = self.assignment();
        if let Some(left) = current.filter(|_| length > 0) {
            for _ in 0..length {
                self.bump();
            }
            self.named(left, Part::Left);
            let right = self.expression();
            self.needed(right, Part::Right);
            current = Some(self.node(Kind::Assignment, mark));
        }
        if current.is_none() && self.prefixes.len() > base {
            self.missing();
        }
        while self.prefixes.len() > base
            && let Some((kind, mark)) = self.prefixes.pop()
        {
            if let Some(operand) = current {
                self.named(operand, if kind == Kind::Cast { Part::Value } else { Part::Operand });
            }
            current = Some(self.node(kind, mark));
        }
        current
    }

    /// Whether the bracket contains the type of a cast.
    fn is_cast(&self) -> bool {
        let close = self.token(self.at).pair as usize;
        if self.token(close).kind != T::ParenClose || self.type_end(self.at + 1) != Some(close) {
            return false;
        }
        match self.token(close + 1).kind {
            T::Instanceof => false,
            T::Int | T::Decimal | T::Text | T::LongText | T::ParenOpen | T::Not | T::Tilde => true,
            T::SquareOpen => matches!(self.token(close + 2).kind, T::Select | T::Find),
            T::Plus | T::Minus => close == self.at + 2 && NUMBERS.iter().any(|name| self.is(self.at + 1, name)),
            kind if kind.is_word() => !(self.is_query && CLAUSES.iter().any(|word| self.is(close + 1, word))),
            _ => false,
        }
    }

    /// A primary expression.
    fn primary(&mut self) -> Option<DoneNodeId> {
        let mark = self.mark();
        Some(match self.kind() {
            T::Int => self.leaf(Kind::Int),
            T::Decimal => self.leaf(Kind::Other),
            T::Text => self.leaf(Kind::StringLiteral),
            T::LongText => self.leaf(Kind::LongStringLiteral),
            T::True | T::False => self.leaf(Kind::Boolean),
            T::Null => self.leaf(Kind::Null),
            T::This => self.leaf(Kind::This),
            T::Super => self.leaf(Kind::Super),
            T::ParenOpen => return Some(self.parenthesized()),
            T::SquareOpen if matches!(self.kind_at(1), T::Select | T::Find) => self.query(),
            T::New if self.kind_at(1).is_word() => self.creation(),
            T::Insert | T::Update | T::Delete | T::Undelete | T::Upsert | T::Merge if self.is_dml() => self.dml(),
            kind if is_name(kind) => {
                if self.kind_at(1) == T::ParenOpen {
                    return Some(self.call(mark));
                }
                if let Some(end) = self.class_of_generic() {
                    self.at = end;
                    return Some(self.node(Kind::Other, mark));
                }
                self.leaf(Kind::Identifier)
            }
            _ => return None,
        })
    }

    /// The end of `List<A>.class`, if that follows.
    fn class_of_generic(&self) -> Option<usize> {
        if self.kind_at(1) != T::Less && self.kind_at(1) != T::SquareOpen {
            return None;
        }
        let end = self.type_end(self.at)?;
        let is_class = self.token(end).kind == T::Dot && self.token(end + 1).kind == T::Class;
        is_class.then_some(end + 2)
    }

    /// The calls, fields and elements of a primary expression.
    fn behind_primary(&mut self, first: DoneNodeId, mark: NodeStart) -> DoneNodeId {
        let mut current = first;
        loop {
            match self.kind() {
                T::Dot | T::SafeDot if self.kind_at(1).is_word() => {
                    self.bump();
                    self.named(current, Part::Object);
                    current = self.member(mark);
                }
                T::SquareOpen if self.kind_at(1) == T::SquareClose => {
                    // `A[].class`
                    if self.kind_at(2) != T::Dot || self.kind_at(3) != T::Class {
                        return current;
                    }
                    self.done.truncate(mark.first);
                    self.at += 4;
                    current = self.node(Kind::Other, mark);
                }
                T::SquareOpen => {
                    let group = self.enter();
                    self.need_expression();
                    self.leave(&group);
                    current = self.node(Kind::ArrayAccess, mark);
                }
                T::Increment => {
                    self.bump();
                    self.named(current, Part::Operand);
                    current = self.node(Kind::Update, mark);
                }
                T::Less if self.done[current].kind == Kind::FieldAccess => {
                    // `Outer.List<A>.class`
                    let behind = self.class_behind_angle();
                    let Some(end) = behind else { return current };
                    self.done.truncate(mark.first);
                    self.at = end;
                    current = self.node(Kind::Other, mark);
                }
                _ => return current,
            }
        }
    }

    fn class_behind_angle(&self) -> Option<usize> {
        let close = self.token(self.at).pair as usize;
        let is_class = close > 0 && self.token(close + 1).kind == T::Dot && self.token(close + 2).kind == T::Class;
        is_class.then_some(close + 3)
    }

    /// `a(b)`
    fn call(&mut self, mark: NodeStart) -> DoneNodeId {
        self.name();
        self.arguments();
        self.node(Kind::Call, mark)
    }

    /// The name after a dot, and the arguments of a call.
    fn member(&mut self, mark: NodeStart) -> DoneNodeId {
        if self.kind_at(1) == T::ParenOpen {
            return self.call(mark);
        }
        let kind = if self.kind() == T::This { Kind::This } else { Kind::Identifier };
        let name = self.leaf(kind);
        self.named(name, Part::Element);
        self.node(Kind::FieldAccess, mark)
    }

    /// `(a)`
    pub(super) fn parenthesized(&mut self) -> DoneNodeId {
        let mark = self.mark();
        let group = self.enter();
        self.need_expression();
        self.leave(&group);
        self.node(Kind::Parenthesized, mark)
    }

    /// `(a, b)`
    pub(super) fn arguments(&mut self) {
        let mark = self.mark();
        let group = self.enter();
        self.separated(group.end, Self::need_expression);
        self.leave(&group);
        let arguments = self.node(Kind::ArgumentList, mark);
        self.named(arguments, Part::Arguments);
    }

    /// What `item` reads, separated by commas, up to a token.
    pub(super) fn separated(&mut self, end: usize, item: impl Fn(&mut Self)) {
        while self.at < end {
            item(self);
            if self.next_in_list(end) && self.at == end {
                self.missing();
            }
        }
    }

    /// `new A(...)`, `new A[n]`, `new List<A>{...}`
    fn creation(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        let end = self.base_type_end(self.at);
        self.type_up_to(end, Part::Type);
        match self.kind() {
            T::ParenOpen => {
                self.arguments();
                self.node(Kind::New, mark)
            }
            T::SquareOpen => {
                while self.kind() == T::SquareOpen {
                    let group = self.enter();
                    if self.at < group.end {
                        self.need_expression();
                    }
                    self.leave(&group);
                }
                if self.kind() == T::BraceOpen {
                    self.initializer();
                    let last = self.done.len() - 1;
                    self.done[last].kind = Kind::ArrayInitializer;
                }
                self.node(Kind::ArrayCreation, mark)
            }
            T::BraceOpen => {
                let is_map = self.initializer();
                self.node(if is_map { Kind::Other } else { Kind::ArrayCreation }, mark)
            }
            _ => {
                self.missing();
                self.node(Kind::New, mark)
            }
        }
    }

    /// `{a, b}` or `{a => b}`; returns whether it is that of a map.
    fn initializer(&mut self) -> bool {
        let is_map = self.braces();
        let last = self.done.len() - 1;
        self.named(last, Part::Value);
        is_map
    }

    fn braces(&mut self) -> bool {
        let mark = self.mark();
        let group = self.enter();
        // Empty braces can be of either.
        let mut is_map = self.at == group.end;
        let is_deep = !self.descend();
        while self.at < group.end && !is_deep {
            let entry = self.mark();
            if self.kind() == T::BraceOpen {
                self.braces();
            } else {
                self.need_expression();
            }
            if self.eat(T::Arrow) {
                is_map = true;
                self.need_expression();
                self.node(Kind::MapEntry, entry);
            }
            self.next_in_list(group.end);
        }
        if !is_deep {
            self.ascend();
        }
        self.leave(&group);
        self.node(if is_map { Kind::MapInitializer } else { Kind::ArrayInitializer }, mark);
        is_map
    }

    /// The initial value of a variable or field.
    pub(super) fn value(&mut self) -> Option<DoneNodeId> {
        if self.kind() == T::BraceOpen {
            self.braces();
            return Some(self.done.len() - 1);
        }
        self.expression()
    }

    /// Whether the word is a DML statement, not a variable.
    fn is_dml(&self) -> bool {
        match self.kind_at(1) {
            T::ParenOpen | T::Text | T::LongText => true,
            T::SquareOpen => matches!(self.kind_at(2), T::Select | T::Find),
            T::Instanceof => false,
            kind => kind.is_word(),
        }
    }

    /// `update records`
    fn dml(&mut self) -> DoneNodeId {
        let mark = self.mark();
        let verb = self.kind();
        self.bump();
        if self.kind() == T::As && (self.is(self.at + 1, "user") || self.is(self.at + 1, "system")) {
            self.bump();
            self.bump();
        }
        let target = self.expression();
        self.needed(target, Part::Target);
        if self.kind().is_word() {
            match verb {
                T::Upsert => {
                    self.type_node(Part::Other);
                }
                T::Merge => self.need_expression(),
                _ => {}
            }
        } else if verb == T::Merge && self.kind() != T::Semicolon {
            self.need_expression();
        }
        self.node(Kind::Dml, mark)
    }

    // Types.

    /// The token after a type without `[]` that begins at a token; the same token if there is no type.
    fn base_type_end(&self, from: usize) -> usize {
        let mut at = from;
        while is_name(self.token(at).kind) {
            at += 1;
            let angle = self.token(at);
            if angle.kind == T::Less {
                let close = angle.pair as usize;
                if close <= at + 1 {
                    return at;
                }
                at = close + 1;
            }
            if self.token(at).kind != T::Dot || !is_name(self.token(at + 1).kind) {
                break;
            }
            at += 1;
        }
        at
    }

    /// The token after a type that begins at a token.
    pub(super) fn type_end(&self, from: usize) -> Option<usize> {
        let mut at = self.base_type_end(from);
        if at == from {
            return None;
        }
        while self.token(at).kind == T::SquareOpen && self.token(at + 1).kind == T::SquareClose {
            at += 2;
        }
        Some(at)
    }

    /// A node for the type up to a token.
    pub(super) fn type_up_to(&mut self, end: usize, part: Part) {
        let mark = self.mark();
        self.at = end.max(self.at);
        let id = self.node(Kind::Other, mark);
        self.named(id, part);
    }

    /// A node for the type here; `false` if there is none.
    pub(super) fn type_node(&mut self, part: Part) -> bool {
        let Some(end) = self.type_end(self.at) else { return false };
        self.type_up_to(end, part);
        true
    }
}

/// Whether a word can be a name.
pub(super) fn is_name(kind: T) -> bool {
    kind.is_word()
        && !matches!(
            kind,
            T::Break
                | T::Catch
                | T::Class
                | T::Continue
                | T::Do
                | T::Else
                | T::Enum
                | T::Extends
                | T::False
                | T::Finally
                | T::For
                | T::If
                | T::Implements
                | T::Instanceof
                | T::Interface
                | T::New
                | T::Null
                | T::Return
                | T::Super
                | T::This
                | T::Throw
                | T::True
                | T::Try
                | T::While
        )
}
