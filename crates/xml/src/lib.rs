//! A tree with positions over one XML text, strictly well-formed.
//!
//! quick-xml tokenizes the text; it accepts much that is not well-formed XML 1.0, so every token is checked here
//! against the raw text. What [`parse()`] accepts, a strict parser accepts. The one exception: entities that a DTD
//! declares are never expanded, so that errors in their expansion are not found. Namespace well-formedness is not
//! checked: prefixes are dropped, bound or not.
//!
//! It may assume decoded text without byte order mark, of at most 64 MB. It refuses to know what an element means: the
//! caller chooses the elements to keep, and no name occurs here.

mod doctype;
pub mod edit;
mod entities;
mod fast_path;
mod lexical;
mod parse;
mod tag;
mod tree;

use std::sync::Arc;

pub use tree::{Document, NodeId};

use sessionlint_source::Span;
use sessionlint_source::budget::Lease;

/// Which elements directly below the root are kept; the rest is parsed for well-formedness and dropped.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    /// All of them.
    All,
    /// Those with one of these local names.
    Only(&'static [&'static str]),
}

impl Keep {
    /// Whether an element with this local name, directly below the root, is kept.
    pub fn wants(self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(&name),
        }
    }
}

/// The result of parsing a text.
#[derive(Debug, PartialEq, Eq)]
pub enum ParseOutcome {
    /// It is well-formed.
    Tree(Document),
    /// It is not well-formed; this is the first defect.
    Malformed(Flaw),
    /// Memory was used up; the rest was not read.
    OutOfMemory,
}

/// A defect that makes a text not well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where it is.
    pub span: Span,
    /// The message: lower-case, without a final dot, and without text other than names of elements and attributes, which
    /// may be a secret.
    pub message: String,
}

impl Flaw {
    fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { span: Span::new(start, end), message: message.into() }
    }
}

/// Parses `text`, keeps the elements that `keep` selects, and checks all of it.
///
/// Elements may nest as deep as memory allows: the parser does not recurse.
pub fn parse(text: &str, keep: Keep) -> ParseOutcome {
    parse_within(text, keep, &mut Lease::of(&Arc::default()))
}

/// Parses `text` within the memory of `lease`, which has the size of the tree afterwards.
pub fn parse_within(text: &str, keep: Keep, lease: &mut Lease) -> ParseOutcome {
    read(text, keep, true, lease)
}

fn read(text: &str, keep: Keep, learns: bool, lease: &mut Lease) -> ParseOutcome {
    // A separate pass finds illegal characters; the first defect is reported.
    let (stopped_at, outcome) = match parse::read(text, keep, learns, lease) {
        Ok(parse::Parsed { document, clean_spans }) => {
            return match first_illegal_beside(text, &clean_spans) {
                None => ParseOutcome::Tree(document),
                Some(flaw) => ParseOutcome::Malformed(flaw),
            };
        }
        Err(parse::ParseError::Flawed(flaw)) => (flaw.span.start, ParseOutcome::Malformed(flaw)),
        Err(parse::ParseError::OutOfMemory) => return ParseOutcome::OutOfMemory,
    };
    match first_illegal_beside(text, &[]) {
        Some(flaw) if flaw.span.start <= stopped_at => ParseOutcome::Malformed(flaw),
        _ => outcome,
    }
}

/// The first character that XML forbids, outside of the ranges `clean_spans`.
fn first_illegal_beside(text: &str, clean_spans: &[Span]) -> Option<Flaw> {
    let starts = std::iter::once(0).chain(clean_spans.iter().map(|span| span.end as usize));
    let ends = clean_spans.iter().map(|span| span.start as usize).chain(std::iter::once(text.len()));
    starts.zip(ends).find_map(|(start, end)| lexical::first_illegal(text, start..end))
}

/// Parsing without the fast path, as the reference for tests.
#[doc(hidden)]
pub mod comparison {
    use super::{Arc, Keep, Lease, ParseOutcome, parse, read};

    /// The same as [`super::parse()`], every element of it read by quick-xml.
    pub fn without_blocks(text: &str, keep: Keep) -> ParseOutcome {
        read(text, keep, false, &mut Lease::of(&Arc::default()))
    }

    /// How many bytes of a text are read as learned blocks.
    pub fn learned_bytes(text: &str, keep: Keep) -> usize {
        parse::read(text, keep, true, &mut Lease::of(&Arc::default()))
            .map_or(0, |read| read.clean_spans.iter().map(|span| span.range().len()).sum())
    }
}

#[cfg(test)]
mod tests;
