//! Statements.
//!
//! Parsing cannot fail: missing parts are recorded as errors. Refuses to know what a name refers to.

use super::expression::is_name;
use super::{DoneNodeId, NodeStart, Parser};
use crate::lexer::T;
use crate::tree::{Kind, Part};

impl Parser<'_> {
    /// A whole file.
    pub(super) fn file(&mut self) {
        let mark = NodeStart { first: 0, start: 0 };
        self.statements();
        self.node(Kind::Other, mark);
    }

    /// Statements up to the end of the enclosing group.
    pub(super) fn statements(&mut self) {
        while self.at < self.limit {
            let before = self.at;
            self.statement();
            if self.at == before {
                self.skip_to(before + 1);
            }
        }
    }

    /// `{ ... }`
    pub(super) fn block(&mut self, kind: Kind) -> DoneNodeId {
        let mark = self.mark();
        if self.kind() != T::BraceOpen {
            self.missing();
            return self.node(kind, mark);
        }
        let group = self.enter();
        if kind == Kind::ConstructorBody && matches!(self.kind(), T::This | T::Super) && self.kind_at(1) == T::ParenOpen
        {
            self.explicit_constructor();
        }
        self.statements();
        self.leave(&group);
        self.node(kind, mark)
    }

    /// A block that is the body of something.
    pub(super) fn named_block(&mut self, kind: Kind) {
        let body = self.block(kind);
        self.named(body, Part::Body);
    }

    /// `this(...);` and `super(...);`
    fn explicit_constructor(&mut self) {
        let mark = self.mark();
        self.leaf(if self.kind() == T::This { Kind::This } else { Kind::Super });
        self.arguments();
        self.end_of_statement();
        self.node(Kind::ExplicitConstructor, mark);
    }

    /// A statement inside another one.
    fn part_statement(&mut self, part: Part) {
        if let Some(id) = self.statement() {
            self.named(id, part);
        }
    }

    /// One statement; `None` if it is empty, or not valid.
    pub(super) fn statement(&mut self) -> Option<DoneNodeId> {
        if !self.descend() {
            return None;
        }
        let read = self.statement_within();
        self.ascend();
        read
    }

    fn statement_within(&mut self) -> Option<DoneNodeId> {
        let next = self.kind_at(1);
        match self.kind() {
            T::Semicolon => {
                self.bump();
                None
            }
            T::BraceOpen => Some(self.block(Kind::Block)),
            T::If => Some(self.branch()),
            T::For if next == T::ParenOpen => Some(self.loop_over()),
            T::While => {
                let mark = self.mark();
                self.bump();
                self.condition();
                self.part_statement(Part::Body);
                Some(self.node(Kind::While, mark))
            }
            T::Do => Some(self.do_loop()),
            T::Try => Some(self.attempt()),
            T::Return => Some(self.leaving(Kind::Return)),
            T::Throw => Some(self.leaving(Kind::Throw)),
            T::Break => Some(self.leaving(Kind::Break)),
            T::Continue => Some(self.leaving(Kind::Continue)),
            T::Switch if next == T::On => Some(self.switch()),
            T::Class | T::Interface | T::Enum if next.is_word() => self.declaration(),
            T::Trigger if next.is_word() && self.kind_at(2) == T::On => Some(self.trigger()),
            T::At => self.declaration(),
            kind if self.is_modifier(kind) => self.declaration(),
            kind if is_name(kind) => {
                if self.is_declared() {
                    return self.declaration();
                }
                if self.is_run_as() {
                    return Some(self.run_as());
                }
                self.expression_statement()
            }
            _ => self.expression_statement(),
        }
    }

    /// Whether a type and a name follow, without an operator between.
    fn is_declared(&self) -> bool {
        let next = self.kind_at(1);
        // The second token decides for most statements.
        if !(next.is_word() || matches!(next, T::Dot | T::Less | T::SquareOpen)) {
            return false;
        }
        if matches!(self.kind(), T::Insert | T::Update | T::Delete | T::Undelete | T::Upsert | T::Merge) {
            return false;
        }
        let Some(end) = self.type_end(self.at) else { return false };
        is_name(self.token(end).kind) && !matches!(self.token(end + 1).kind, T::Dot | T::SafeDot)
    }

    fn expression_statement(&mut self) -> Option<DoneNodeId> {
        let mark = self.mark();
        if self.expression().is_none() {
            self.recover();
            return None;
        }
        self.end_of_statement();
        Some(self.node(Kind::ExpressionStatement, mark))
    }

    /// The semicolon after a statement.
    pub(super) fn end_of_statement(&mut self) {
        if self.eat(T::Semicolon) {
            return;
        }
        let begins_line = || {
            let between = self.text.get(self.end() as usize..self.start() as usize).unwrap_or_default();
            between.contains(['\n', '\r'])
        };
        if self.at >= self.limit || self.kind() == T::BraceClose || begins_line() && self.begins_statement() {
            self.missing();
        } else {
            self.recover();
        }
    }

    fn begins_statement(&self) -> bool {
        self.kind().is_word() && self.kind() != T::Instanceof || matches!(self.kind(), T::BraceOpen | T::At)
    }

    /// Skips invalid text: to the end of the statement, or to the start of a new one.
    fn recover(&mut self) {
        let mut to = self.at;
        while to < self.limit {
            match self.token(to).kind {
                T::Semicolon => {
                    to += 1;
                    break;
                }
                T::BraceOpen => break,
                T::Return | T::If | T::For | T::While | T::Try | T::Throw | T::Do if to > self.at => break,
                _ => to = self.behind(to),
            }
        }
        self.skip_or_miss(to);
    }

    /// `(a)` after `if` and the like.
    fn condition(&mut self) {
        if self.kind() == T::ParenOpen {
            let condition = self.parenthesized();
            self.named(condition, Part::Condition);
        } else {
            self.missing();
        }
    }

    /// `if`, with all its `else if`.
    fn branch(&mut self) -> DoneNodeId {
        let base = self.branches.len();
        loop {
            let mark = self.mark();
            self.branches.push(mark);
            self.bump();
            self.condition();
            self.part_statement(Part::Consequence);
            if !self.eat(T::Else) {
                break;
            }
            if self.kind() != T::If {
                self.part_statement(Part::Alternative);
                break;
            }
        }
        loop {
            let Some(mark) = self.branches.pop() else { return self.done.len() - 1 };
            let id = self.node(Kind::If, mark);
            if self.branches.len() <= base {
                return id;
            }
            self.named(id, Part::Alternative);
        }
    }

    fn do_loop(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        self.part_statement(Part::Body);
        if self.eat(T::While) {
            self.condition();
            self.end_of_statement();
        } else {
            self.missing();
        }
        self.node(Kind::Do, mark)
    }

    /// `for (A a : all)` and `for (a; b; c)`
    fn loop_over(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        let group = self.enter();
        let mut kind = Kind::For;
        let head = self.mark();
        let has_modifiers = self.modifiers();
        let end = self.type_end(self.at);
        let named = end.filter(|end| is_name(self.token(*end).kind));
        match named {
            Some(end) if self.token(end + 1).kind == T::Colon => {
                kind = Kind::EnhancedFor;
                self.type_up_to(end, Part::Type);
                self.name();
                self.bump();
                let value = self.expression();
                self.needed(value, Part::Value);
            }
            Some(_) => {
                let variable = self.local_variable(head);
                self.named(variable, Part::Init);
                self.rest_of_head(group.end);
            }
            None => {
                if has_modifiers {
                    self.missing();
                }
                self.listed(group.end, Part::Init);
                self.need(T::Semicolon);
                self.rest_of_head(group.end);
            }
        }
        self.leave(&group);
        self.part_statement(Part::Body);
        self.node(kind, mark)
    }

    /// The condition in the head of a loop, and the updates after each iteration.
    fn rest_of_head(&mut self, end: usize) {
        if self.at < end && self.kind() != T::Semicolon {
            let condition = self.expression();
            self.needed(condition, Part::Condition);
        }
        self.need(T::Semicolon);
        self.listed(end, Part::Update);
    }

    /// Expressions separated by commas, up to a semicolon or a token.
    fn listed(&mut self, end: usize, part: Part) {
        while self.at < end && self.kind() != T::Semicolon {
            let Some(id) = self.expression() else {
                self.missing();
                return;
            };
            self.named(id, part);
            if !self.eat(T::Comma) {
                return;
            }
        }
    }

    fn attempt(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        self.named_block(Kind::Block);
        let mut is_whole = false;
        while self.kind() == T::Catch {
            is_whole = true;
            let clause = self.mark();
            self.bump();
            if self.kind() == T::ParenOpen {
                let group = self.enter();
                self.parameter();
                self.leave(&group);
            } else {
                self.missing();
            }
            self.named_block(Kind::Block);
            self.node(Kind::CatchClause, clause);
        }
        if self.kind() == T::Finally {
            is_whole = true;
            let clause = self.mark();
            self.bump();
            self.block(Kind::Block);
            self.node(Kind::Other, clause);
        }
        if !is_whole {
            self.missing();
        }
        self.node(Kind::Try, mark)
    }

    /// `return a;` and the like.
    fn leaving(&mut self, kind: Kind) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        let has_value = self.at < self.limit && !matches!(self.kind(), T::Semicolon | T::BraceClose);
        if has_value && self.expression().is_none() {
            self.recover();
        } else {
            self.end_of_statement();
        }
        self.node(kind, mark)
    }

    /// `switch on a { when b { ... } }`
    fn switch(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        self.bump();
        let condition = self.expression();
        self.needed(condition, Part::Condition);
        if self.kind() != T::BraceOpen {
            self.missing();
            return self.node(Kind::Other, mark);
        }
        let body = self.mark();
        let group = self.enter();
        while self.kind() == T::When && self.at < group.end {
            self.rule();
        }
        self.leave(&group);
        let body = self.node(Kind::Other, body);
        self.named(body, Part::Body);
        self.node(Kind::Other, mark)
    }

    fn rule(&mut self) {
        let mark = self.mark();
        self.bump();
        let label = self.mark();
        let end = self.type_end(self.at).filter(|end| is_name(self.token(*end).kind));
        if let Some(end) = end {
            self.type_up_to(end, Part::Other);
            self.leaf(Kind::Identifier);
        } else if !self.eat(T::Else) {
            while self.expression().is_some() && self.eat(T::Comma) {}
        }
        self.node(Kind::Other, label);
        self.block(Kind::Block);
        self.node(Kind::SwitchRule, mark);
    }

    /// Whether `System.runAs(user) {` follows.
    fn is_run_as(&self) -> bool {
        self.kind_at(1) == T::Dot
            && self.kind_at(3) == T::ParenOpen
            && self.is(self.at + 2, "runas")
            && self.is(self.at, "system")
            && self.token(self.behind(self.at + 3)).kind == T::BraceOpen
    }

    fn run_as(&mut self) -> DoneNodeId {
        let mark = self.mark();
        for _ in 0..3 {
            self.bump();
        }
        self.parenthesized();
        self.block(Kind::Block);
        self.node(Kind::Other, mark)
    }
}
