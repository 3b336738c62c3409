//! Declarations: classes with their members, triggers, and variables.
//!
//! Parsing cannot fail: missing parts are recorded as errors. Refuses to know what a name refers to.

use super::expression::is_name;
use super::{DoneNodeId, NodeStart, Parser};
use crate::lexer::T;
use crate::tree::{Kind, Part};

/// The context of a declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Class,
    Interface,
    Code,
}

impl Parser<'_> {
    /// In code: a class, a method of anonymous code, a variable.
    pub(super) fn declaration(&mut self) -> Option<DoneNodeId> {
        let mark = self.mark();
        self.modifiers();
        self.declared(mark, Place::Code)
    }

    /// Whether a word is a modifier here.
    pub(super) fn is_modifier(&self, kind: T) -> bool {
        match kind {
            T::Abstract
            | T::Final
            | T::Global
            | T::Override
            | T::Private
            | T::Protected
            | T::Public
            | T::Static
            | T::TestMethod
            | T::Transient
            | T::Virtual
            | T::WebService => true,
            T::With | T::Without | T::Inherited => self.is(self.at + 1, "sharing"),
            _ => false,
        }
    }

    /// Modifiers and annotations; returns whether there are any.
    pub(super) fn modifiers(&mut self) -> bool {
        let mark = self.mark();
        loop {
            match self.kind() {
                T::At => self.annotation(),
                kind if self.is_modifier(kind) => {
                    let one = self.mark();
                    self.bump();
                    if matches!(kind, T::With | T::Without | T::Inherited) {
                        self.bump();
                    }
                    self.node(Kind::Modifier, one);
                }
                _ => break,
            }
        }
        let has_any = self.done.len() > mark.first;
        if has_any {
            self.node(Kind::Modifiers, mark);
        }
        has_any
    }

    /// `@Name(key=value)`
    fn annotation(&mut self) {
        let mark = self.mark();
        self.bump();
        if !self.kind().is_word() {
            self.missing();
            self.node(Kind::Annotation, mark);
            return;
        }
        self.name();
        while self.kind() == T::Dot && self.kind_at(1).is_word() {
            self.bump();
            self.bump();
        }
        if self.kind() == T::ParenOpen {
            let arguments = self.mark();
            let group = self.enter();
            while self.at < group.end {
                let before = self.at;
                if self.kind().is_word() && self.kind_at(1) == T::Equals {
                    let pair = self.mark();
                    let key = self.leaf(Kind::Identifier);
                    self.named(key, Part::Key);
                    self.bump();
                    if let Some(value) = self.value() {
                        self.named(value, Part::Value);
                    }
                    self.node(Kind::Other, pair);
                } else if let Some(value) = self.value() {
                    self.named(value, Part::Value);
                }
                self.eat(T::Comma);
                if self.at == before {
                    self.skip_to(before + 1);
                }
            }
            self.leave(&group);
            let arguments = self.node(Kind::Other, arguments);
            self.named(arguments, Part::Arguments);
        }
        self.node(Kind::Annotation, mark);
    }

    /// The declaration after its modifiers.
    fn declared(&mut self, mark: NodeStart, place: Place) -> Option<DoneNodeId> {
        match self.kind() {
            T::Class if self.kind_at(1).is_word() => return Some(self.class(mark)),
            T::Interface if self.kind_at(1).is_word() => return Some(self.interface(mark)),
            T::Enum if self.kind_at(1).is_word() => return Some(self.enumeration(mark)),
            kind if is_name(kind) && self.kind_at(1) == T::ParenOpen && place != Place::Interface => {
                return Some(self.constructor(mark));
            }
            _ => {}
        }
        let end = self.type_end(self.at).filter(|end| is_name(self.token(*end).kind));
        let Some(end) = end else {
            self.recover_member(place);
            return None;
        };
        if self.token(end + 1).kind == T::ParenOpen {
            return Some(self.method(mark, end));
        }
        Some(match place {
            Place::Class => self.field(mark, Kind::FieldDeclaration),
            // Constants of an interface cannot be assigned.
            Place::Interface => self.field(mark, Kind::Other),
            Place::Code => self.local_variable(mark),
        })
    }

    /// Skips an invalid member with its body.
    fn recover_member(&mut self, place: Place) {
        let mut to = self.at;
        while to < self.limit {
            match self.token(to).kind {
                T::Semicolon => {
                    to += 1;
                    break;
                }
                T::BraceOpen => {
                    // In code a block may contain valid statements.
                    if place != Place::Code {
                        to = self.behind(to);
                    }
                    break;
                }
                _ => to = self.behind(to),
            }
        }
        self.skip_or_miss(to);
    }

    pub(super) fn name(&mut self) {
        let name = self.leaf(Kind::Identifier);
        self.named(name, Part::Name);
    }

    fn class(&mut self, mark: NodeStart) -> DoneNodeId {
        self.bump();
        self.name();
        self.type_parameters();
        if self.kind() == T::Extends {
            let superclass = self.mark();
            self.bump();
            if !self.type_node(Part::Other) {
                self.missing();
            }
            self.node(Kind::Superclass, superclass);
        }
        if self.kind() == T::Implements {
            let interfaces = self.mark();
            self.bump();
            self.type_list();
            self.node(Kind::Interfaces, interfaces);
        }
        self.body(Kind::ClassBody, Place::Class);
        self.node(Kind::ClassDeclaration, mark)
    }

    fn interface(&mut self, mark: NodeStart) -> DoneNodeId {
        self.bump();
        self.name();
        self.type_parameters();
        if self.eat(T::Extends) {
            self.type_list();
        }
        self.body(Kind::Other, Place::Interface);
        self.node(Kind::InterfaceDeclaration, mark)
    }

    fn type_parameters(&mut self) {
        let token = self.token(self.at);
        if token.kind == T::Less && token.pair > 0 {
            self.at = token.pair as usize + 1;
        }
    }

    fn type_list(&mut self) {
        let list = self.mark();
        loop {
            if !self.type_node(Part::Other) {
                self.missing();
            }
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.node(Kind::TypeList, list);
    }

    /// The members of a class or interface.
    fn body(&mut self, kind: Kind, place: Place) {
        let mark = self.mark();
        // Invalid text in a head is skipped up to the body.
        let mut to = self.at;
        // Not beyond the next head, so that many heads without a body take linear time.
        let is_end = |kind| matches!(kind, T::BraceOpen | T::Semicolon | T::Class | T::Interface | T::Enum);
        while to < self.limit && !is_end(self.token(to).kind) {
            to = self.behind(to);
        }
        if self.token(to).kind != T::BraceOpen || to >= self.limit {
            self.missing();
            return;
        }
        self.skip_to(to);
        let mark = NodeStart { start: self.start(), ..mark };
        let group = self.enter();
        if self.descend() {
            while self.at < group.end {
                let before = self.at;
                self.member_of(place);
                if self.at == before {
                    self.skip_to(before + 1);
                }
            }
            self.ascend();
        }
        self.leave(&group);
        let body = self.node(kind, mark);
        self.named(body, Part::Body);
    }

    fn member_of(&mut self, place: Place) {
        let mark = self.mark();
        match self.kind() {
            T::Semicolon => self.bump(),
            T::BraceOpen if place == Place::Class => {
                self.block(Kind::Block);
            }
            T::Static if self.kind_at(1) == T::BraceOpen && place == Place::Class => {
                self.bump();
                self.block(Kind::Block);
                self.node(Kind::StaticInitializer, mark);
            }
            _ => {
                self.modifiers();
                self.declared(mark, place);
            }
        }
    }

    fn enumeration(&mut self, mark: NodeStart) -> DoneNodeId {
        self.bump();
        self.name();
        if self.kind() == T::BraceOpen {
            let body = self.mark();
            let group = self.enter();
            while self.at < group.end {
                self.modifiers();
                if self.kind().is_word() {
                    self.name();
                } else {
                    self.missing();
                }
                self.next_in_list(group.end);
            }
            self.leave(&group);
            let body = self.node(Kind::Other, body);
            self.named(body, Part::Body);
        } else {
            self.missing();
        }
        self.node(Kind::EnumDeclaration, mark)
    }

    /// `trigger A on B (before insert) { ... }`
    pub(super) fn trigger(&mut self) -> DoneNodeId {
        let mark = self.mark();
        self.bump();
        self.name();
        self.bump();
        if self.kind().is_word() {
            let object = self.leaf(Kind::Identifier);
            self.named(object, Part::Object);
        } else {
            self.missing();
        }
        if self.kind() == T::ParenOpen {
            let group = self.enter();
            while self.kind().is_word() || self.kind() == T::Comma {
                self.bump();
            }
            self.leave(&group);
        } else {
            self.missing();
        }
        let body = self.mark();
        self.block(Kind::Block);
        let body = self.node(Kind::Other, body);
        self.named(body, Part::Body);
        self.node(Kind::TriggerDeclaration, mark)
    }

    fn constructor(&mut self, mark: NodeStart) -> DoneNodeId {
        self.name();
        self.parameters();
        self.body_or_semicolon(Kind::ConstructorBody);
        self.node(Kind::ConstructorDeclaration, mark)
    }

    /// A body, or the semicolon of a declaration without one.
    fn body_or_semicolon(&mut self, kind: Kind) {
        if self.kind() == T::BraceOpen {
            self.named_block(kind);
        } else {
            self.need(T::Semicolon);
        }
    }

    fn method(&mut self, mark: NodeStart, end: usize) -> DoneNodeId {
        self.type_up_to(end, Part::Type);
        self.name();
        self.parameters();
        self.body_or_semicolon(Kind::Block);
        self.node(Kind::MethodDeclaration, mark)
    }

    fn parameters(&mut self) {
        let mark = self.mark();
        let group = self.enter();
        self.separated(group.end, Self::parameter);
        self.leave(&group);
        let list = self.node(Kind::FormalParameters, mark);
        self.named(list, Part::Parameters);
    }

    /// `final A a`
    pub(super) fn parameter(&mut self) {
        let mark = self.mark();
        self.modifiers();
        if !self.type_node(Part::Type) || !self.kind().is_word() {
            self.missing();
            self.done.truncate(mark.first);
            return;
        }
        self.name();
        self.dimensions();
        self.node(Kind::FormalParameter, mark);
    }

    /// `[]` after a name.
    fn dimensions(&mut self) {
        while self.kind() == T::SquareOpen && self.kind_at(1) == T::SquareClose {
            self.bump();
            self.bump();
        }
    }

    /// `A a = b, c;`, after its modifiers.
    pub(super) fn local_variable(&mut self, mark: NodeStart) -> DoneNodeId {
        self.type_node(Part::Type);
        self.declarators();
        self.end_of_statement();
        self.node(Kind::LocalVariable, mark)
    }

    fn field(&mut self, mark: NodeStart, kind: Kind) -> DoneNodeId {
        self.type_node(Part::Type);
        self.declarators();
        if self.kind() == T::BraceOpen {
            self.accessors();
        } else {
            self.end_of_statement();
        }
        self.node(kind, mark)
    }

    fn declarators(&mut self) {
        loop {
            let mark = self.mark();
            if !self.kind().is_word() {
                self.missing();
                return;
            }
            self.name();
            self.dimensions();
            if self.eat(T::Equals) {
                let value = self.value();
                self.needed(value, Part::Value);
            }
            let declarator = self.node(Kind::Declarator, mark);
            self.named(declarator, Part::Declarator);
            if !self.eat(T::Comma) {
                return;
            }
        }
    }

    /// `{ get; private set { ... } }`
    fn accessors(&mut self) {
        let mark = self.mark();
        let group = self.enter();
        if self.at == group.end {
            self.missing();
        }
        while self.at < group.end {
            let one = self.mark();
            self.modifiers();
            if !matches!(self.kind(), T::Get | T::Set) {
                break;
            }
            self.bump();
            self.body_or_semicolon(Kind::Block);
            self.node(Kind::AccessorDeclaration, one);
        }
        self.leave(&group);
        self.node(Kind::Other, mark);
    }
}
