//! A cursor over the tokens of a query.
//!
//! `parse` and `condition` share it: lookahead, consuming a token, and the error about what was expected. It refuses to
//! know the grammar beyond the words that are never names.

use std::ops::Range;

use super::ast::{Name, Spanned};
use super::error::QueryError;
use super::hint;
use super::token::{Token, tokens};

/// Words that are never a name. The others (ASC, FIRST, COUNT ...) are keywords only in some places.
const RESERVED: [&str; 18] = [
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "EXCLUDES", "GROUP", "ORDER", "LIMIT",
    "OFFSET", "NULL", "TRUE", "FALSE", "HAVING",
];

/// Whether `word` is never a name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// The tokens of a query and the position in them.
pub(super) struct Parser<'q> {
    pub(super) text: &'q str,
    tokens: Vec<(Token<'q>, Range<usize>)>,
    at: usize,
    /// The number of open parentheses and NOTs.
    pub(super) depth: usize,
    /// Whether a sub-select is open.
    pub(super) in_sub_select: bool,
}

impl<'q> Parser<'q> {
    pub(super) fn new(text: &'q str) -> Result<Self, QueryError> {
        Ok(Self { text, tokens: tokens(text)?, at: 0, depth: 0, in_sub_select: false })
    }

    /// The next token.
    pub(super) fn peek(&self) -> Option<&Token<'q>> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The token after the next `skipped` ones.
    pub(super) fn peek_after(&self, skipped: usize) -> Option<&Token<'q>> {
        self.tokens.get(self.at + skipped).map(|(token, _)| token)
    }

    /// The span of the next token; the end of the text if there is none.
    pub(super) fn span(&self) -> Range<usize> {
        match self.tokens.get(self.at) {
            Some((_, span)) => span.clone(),
            None => self.text.trim_end().len()..self.text.trim_end().len(),
        }
    }

    /// The end of the last token read.
    pub(super) fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |(_, span)| span.end)
    }

    /// Consumes the next token.
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// The next token if it is a word.
    pub(super) fn peek_word(&self) -> Option<&'q str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Whether the next token is this keyword.
    pub(super) fn at_word(&self, keyword: &str) -> bool {
        self.peek_word().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    /// Consumes this keyword if it is next.
    pub(super) fn eat_word(&mut self, keyword: &str) -> Option<Range<usize>> {
        let span = self.span();
        self.at_word(keyword).then(|| {
            self.advance();
            span
        })
    }

    /// Whether the next token is this symbol.
    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token::Symbol(next)) if *next == symbol)
    }

    /// Consumes this symbol if it is next.
    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.at_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    /// Consumes this symbol, or reports it as missing.
    pub(super) fn need_symbol(&mut self, symbol: &str) -> Result<(), QueryError> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.expected(&format!("`{symbol}`"))) }
    }

    /// The error that something else was expected here.
    pub(super) fn expected(&self, what: &str) -> QueryError {
        let span = self.span();
        let found = match self.peek() {
            Some(_) => format!("found `{}`", &self.text[span.clone()]),
            None => "the query ends here".to_owned(),
        };
        let hint = self.peek_word().and_then(hint::on_word).map(str::to_owned);
        QueryError::new(format!("expected {what}, {found}"), span).with_hint_if(hint)
    }

    /// A name, which `what` describes.
    pub(super) fn name(&mut self, what: &str) -> Result<Name, QueryError> {
        match self.peek_word() {
            Some(word) if !is_reserved(word) => {
                let span = self.span();
                self.advance();
                Ok(Spanned::new(word.to_owned(), span))
            }
            _ => Err(self.expected(what)),
        }
    }
}
