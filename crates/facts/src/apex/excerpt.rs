//! Pieces of code that cells show: read from the file, and masked, when a cell is asked for.
//!
//! Masking a piece takes the whole file, and most rows are never shown. May assume that a span belongs to the file.
//! Refuses to know what the code does.

use std::sync::{Arc, OnceLock};

use super::super::column::IntoCell;
use super::{Fact, place};
use sessionlint_apex::Unit;
use sessionlint_project::metadata::Project;
use sessionlint_soql::Cell;
use sessionlint_source::{Source, Span};

/// A piece of code at a place.
#[derive(Debug)]
pub(super) struct Excerpt {
    source: Arc<Source>,
    span: Span,
    read: fn(&Source, Span) -> String,
    text: OnceLock<String>,
}

impl Excerpt {
    /// A statement on one line, with its secrets masked.
    pub(super) fn statement(project: &Project, unit: &Unit, span: Span) -> Fact<Self> {
        Self::read_by(project, unit, span, |source, span| {
            source.masked(span).split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }

    /// The word at the start of a loop: `for`, `while` or `do`.
    pub(super) fn loop_word(project: &Project, unit: &Unit, span: Span) -> Fact<Self> {
        Self::read_by(project, unit, span, |source, span| {
            let letters = source.slice(span).chars().take_while(char::is_ascii_alphabetic);
            letters.map(|letter| letter.to_ascii_lowercase()).collect()
        })
    }

    fn read_by(project: &Project, unit: &Unit, span: Span, read: fn(&Source, Span) -> String) -> Fact<Self> {
        let source = project.sources.share(unit.file);
        Fact::known(Self { source, span, read, text: OnceLock::new() }, place(unit, span))
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| (self.read)(&self.source, self.span))
    }
}

impl Fact<Excerpt> {
    /// The cell of the text.
    pub(super) fn as_cell(&self) -> Cell<'_> {
        self.as_cell_of(usize::MAX)
    }

    /// The cell of at most `count` characters of the text.
    pub(super) fn as_cell_of(&self, count: usize) -> Cell<'_> {
        let shown = self.value.as_ref().map(|excerpt| {
            let text = excerpt.text();
            &text[..text.char_indices().nth(count).map_or(text.len(), |(end, _)| end)]
        });
        Cell { place: self.place, ..shown.cell() }
    }
}
