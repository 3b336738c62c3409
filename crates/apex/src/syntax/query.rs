//! SOQL and SOSL in square brackets: their clauses, names and literals, and their bind variables.
//!
//! Text between the relevant clauses is read as names, literals and symbols. Refuses to know whether Salesforce accepts
//! the query.

use super::{DoneNodeId, NodeStart, Parser};
use crate::lexer::T;
use crate::tree::Kind;

/// Keywords of queries, which are not fields.
const WORDS: &[&str] = &[
    "above",
    "all",
    "and",
    "any",
    "as",
    "asc",
    "at",
    "below",
    "bind",
    "by",
    "category",
    "custom",
    "data",
    "desc",
    "else",
    "end",
    "excludes",
    "fields",
    "first",
    "for",
    "from",
    "group",
    "having",
    "in",
    "includes",
    "last",
    "like",
    "limit",
    "not",
    "nulls",
    "offset",
    "or",
    "order",
    "reference",
    "returning",
    "rows",
    "scope",
    "select",
    "standard",
    "then",
    "tracking",
    "typeof",
    "update",
    "using",
    "view",
    "viewstat",
    "when",
    "where",
    "with",
];

/// The modes and options after `WITH`.
const MODES: &[&str] = &["security_enforced", "user_mode", "system_mode", "userid", "highlight", "snippet", "network"];

/// The current clause of a query.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    /// A clause whose names are not needed.
    Rest,
    From,
    Where,
    /// The result of a search: names, each with a group.
    Returning,
}

impl Parser<'_> {
    /// `[SELECT ...]` or `[FIND ...]`
    pub(super) fn query(&mut self) -> DoneNodeId {
        let mark = self.mark();
        let group = self.enter();
        self.is_query = true;
        self.query_body(group.end);
        self.leave(&group);
        self.node(Kind::Query, mark)
    }

    fn query_body(&mut self, end: usize) {
        let mark = self.mark();
        // The search text is not text of the code.
        if self.eat(T::Find) && self.kind() == T::Text {
            self.bump();
        }
        self.clauses(end);
        self.node(Kind::Other, mark);
    }

    /// The clauses of a query up to a token.
    fn clauses(&mut self, end: usize) {
        if !self.descend() {
            self.skip_to(end);
            return;
        }
        let mut clause = Clause::Rest;
        let mut clause_mark = self.mark();
        // The number of open parentheses in a condition.
        let mut depth = 0_usize;
        while self.at < end {
            if depth == 0
                && self.kind().is_word()
                && let Some(next) = self.clause_here()
            {
                self.end_clause(clause, clause_mark);
                clause_mark = self.mark();
                clause = next;
                let is_limit = clause == Clause::Rest && self.is(self.at, "limit");
                let is_with = self.kind() == T::With;
                self.bump();
                if is_limit {
                    self.limit_of(clause_mark);
                } else if is_with && MODES.iter().any(|mode| self.is(self.at, mode)) {
                    self.bump();
                }
                continue;
            }
            match self.kind() {
                T::ParenOpen if self.kind_at(1) == T::Select => self.inner(true),
                T::ParenOpen if clause == Clause::Returning => self.inner(false),
                T::ParenOpen => {
                    depth += 1;
                    self.bump();
                }
                T::ParenClose => {
                    depth = depth.saturating_sub(1);
                    self.bump();
                }
                T::Colon => self.bound(),
                kind if kind.is_word() && clause == Clause::From => self.source(),
                _ => self.piece(),
            }
        }
        self.end_clause(clause, clause_mark);
        self.ascend();
    }

    fn end_clause(&mut self, clause: Clause, mark: NodeStart) {
        if clause == Clause::Where {
            self.node(Kind::Where, mark);
        }
    }

    /// The clause that begins here.
    fn clause_here(&self) -> Option<Clause> {
        let next = self.at + 1;
        let follows = |words: &[&str]| words.iter().any(|word| self.is(next, word));
        match self.kind() {
            T::With => self.token(next).kind.is_word().then_some(Clause::Rest),
            T::For => follows(&["update", "reference", "view"]).then_some(Clause::Rest),
            T::Update => follows(&["tracking", "viewstat"]).then_some(Clause::Rest),
            T::Word => {
                if self.is(self.at, "from") {
                    Some(Clause::From)
                } else if self.is(self.at, "where") {
                    Some(Clause::Where)
                } else if self.is(self.at, "returning") {
                    Some(Clause::Returning)
                } else if self.is(self.at, "limit") || self.is(self.at, "offset") {
                    matches!(self.token(next).kind, T::Int | T::Colon).then_some(Clause::Rest)
                } else if self.is(self.at, "group") || self.is(self.at, "order") {
                    follows(&["by"]).then_some(Clause::Rest)
                } else if self.is(self.at, "all") {
                    follows(&["rows"]).then_some(Clause::Rest)
                } else if self.is(self.at, "using") {
                    self.token(next).kind.is_word().then_some(Clause::Rest)
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// The number of a limit.
    fn limit_of(&mut self, mark: NodeStart) {
        if self.kind() == T::Int {
            self.leaf(Kind::Int);
        } else {
            self.bound();
        }
        self.node(Kind::LimitClause, mark);
    }

    /// The bind variable `:name`, or the number of `LAST_N_DAYS:7`.
    fn bound(&mut self) {
        let mark = self.mark();
        let is_number = self.kind_at(1) == T::Int;
        self.bump();
        if is_number {
            self.leaf(Kind::Int);
            return;
        }
        self.is_query = true;
        if self.expression().is_none() {
            self.missing();
        }
        self.node(Kind::Other, mark);
    }

    /// A queried object: `Account a`, `a.Contacts`
    fn source(&mut self) {
        let mark = self.mark();
        self.leaf(Kind::Identifier);
        while self.kind() == T::Dot && self.kind_at(1).is_word() {
            self.bump();
            self.leaf(Kind::Identifier);
        }
        self.node(Kind::StorageIdentifier, mark);
        if self.is(self.at, "as") {
            self.bump();
        }
        if self.kind().is_word() && self.clause_here().is_none() {
            self.leaf(Kind::Identifier);
        }
    }

    /// A query inside a query, or the result of a search for an object.
    fn inner(&mut self, is_query: bool) {
        let mark = self.mark();
        let group = self.enter();
        self.is_query = true;
        if is_query {
            self.query_body(group.end);
        } else {
            self.clauses(group.end);
        }
        self.leave(&group);
        self.node(Kind::Other, mark);
    }

    /// A name, a literal or a symbol.
    fn piece(&mut self) {
        match self.kind() {
            T::Text => drop(self.leaf(Kind::StringLiteral)),
            T::True | T::False => drop(self.leaf(Kind::Boolean)),
            T::Null => drop(self.leaf(Kind::Null)),
            T::Int => self.number_or_date(),
            kind if kind.is_word() => {
                if self.is(self.at, "in") && self.is(self.at + 2, "fields") {
                    // `IN NAME FIELDS` of a search.
                    self.at += 3;
                } else if self.is_clause_word() {
                    self.bump();
                } else {
                    self.leaf(Kind::Identifier);
                }
            }
            _ => self.bump(),
        }
    }

    /// Whether a word is a keyword, not a field.
    fn is_clause_word(&self) -> bool {
        let token = self.token(self.at);
        let before = self.at.checked_sub(1).map_or(T::Eof, |before| self.token(before).kind);
        if before == T::Dot || self.kind_at(1) == T::Dot {
            return false;
        }
        let length = (token.end - token.start) as usize;
        length <= 9 && WORDS.iter().any(|word| word.len() == length && self.is(self.at, word)) || self.is_date_word()
    }

    /// `TODAY`, `LAST_N_DAYS:7`
    fn is_date_word(&self) -> bool {
        let token = self.token(self.at);
        let text = self.text.get(token.start as usize..token.end as usize).unwrap_or_default();
        if matches!(text.len(), 5 | 8 | 9)
            && ["today", "tomorrow", "yesterday"].iter().any(|word| text.eq_ignore_ascii_case(word))
        {
            return true;
        }
        let lower = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if !(lower("last_") || lower("next_") || lower("this_") || lower("n_")) {
            return false;
        }
        let ends = |word: &str| {
            let start = text.len().checked_sub(word.len());
            start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
        };
        ["_days", "_week", "_weeks", "_month", "_months", "_quarter", "_quarters", "_year", "_years", "_ago"]
            .into_iter()
            .any(ends)
    }

    /// `2024-01-31T00:00:00Z` is one token, not a number.
    fn number_or_date(&mut self) {
        let mark = self.mark();
        let is_date = self.kind_at(1) == T::Minus && self.token(self.at).end == self.token(self.at + 1).start;
        if !is_date {
            self.leaf(Kind::Int);
            return;
        }
        self.bump();
        while self.start() == self.end()
            && (self.kind().is_word()
                || matches!(self.kind(), T::Minus | T::Plus | T::Colon | T::Int | T::Decimal | T::Dot))
            && self.at < self.limit
        {
            self.bump();
        }
        self.node(Kind::Other, mark);
    }
}
