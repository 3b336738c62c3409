//! What is wrong with a query, where in its text, and what to write instead.
//!
//! A message is lower-case without a final dot; the hint is a sentence fragment of the same kind. The error knows
//! the span but not the text: whoever holds the text asks for the picture with [`QueryError::render`].

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// A tab is shown as this many spaces, so that carets stay under what they mean.
const TAB_WIDTH: usize = 4;

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong.
    pub message: String,
    /// Which bytes of the query's text; empty at the end of the text.
    pub span: Range<usize>,
    /// What to write instead, where that can be said.
    pub hint: Option<String>,
}

impl QueryError {
    /// An error without a hint.
    pub fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, with a hint if there is one to give.
    #[must_use]
    pub(super) fn with_hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// The message, the line of `query` it speaks of with carets under the span, and the hint. Ends in a line break.
    ///
    /// A span over several lines is marked on its first one. Characters that could move the cursor or turn the
    /// writing direction are replaced.
    pub fn render(&self, query: &str) -> String {
        let start = floor_char_boundary(query, self.span.start);
        let end = floor_char_boundary(query, self.span.end).max(start);
        let line = line_around(query, start);
        let number = query[..line.start].matches('\n').count() + 1;
        let gutter = " ".repeat(number.to_string().len());
        let before = shown(&query[line.start..start]);
        let marked = shown(&query[start..end.min(line.end).max(start)]);
        let after = shown(&query[end.min(line.end).max(start)..line.end]);
        let indent = " ".repeat(width(&before));
        let carets = "^".repeat(width(&marked).max(1));
        let hint = match &self.hint {
            Some(hint) => format!("{gutter} = hint: {}\n", shown(hint)),
            None => String::new(),
        };
        format!(
            "{}\n{gutter} |\n{number} | {before}{marked}{after}\n{gutter} | {indent}{carets}\n{hint}",
            shown(&self.message),
        )
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

/// The greatest character boundary of `text` at or before `offset`.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut boundary = offset.min(text.len());
    while !text.is_char_boundary(boundary) {
        boundary -= 1;
    }
    boundary
}

/// The line that holds `offset`, without its line break.
fn line_around(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    let end = if text[start..end].ends_with('\r') && end > offset { end - 1 } else { end };
    start..end
}

/// `text` as it may be printed.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push_str(&" ".repeat(TAB_WIDTH)),
            _ if moves_the_cursor(character) => shown.push(char::REPLACEMENT_CHARACTER),
            _ => shown.push(character),
        }
    }
    shown
}

/// Control characters and the ones that turn the writing direction.
fn moves_the_cursor(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// How many columns of a terminal `text` takes.
fn width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR_LINES: &str =
        "SELECT Id, Name, UserType\nFROM Profile\nWHERE SessionTimeoutInMinute != null\nORDER BY Name";

    #[test]
    fn carets_stand_under_the_span_on_its_line() {
        let start = FOUR_LINES.find("SessionTimeoutInMinute").unwrap();
        let error = QueryError::new("`Profile` has no column `SessionTimeoutInMinute`", start..start + 22)
            .with_hint("did you mean `SessionTimeoutInMinutes`?");
        assert_eq!(
            error.render(FOUR_LINES),
            "`Profile` has no column `SessionTimeoutInMinute`\n  \
               |\n\
             3 | WHERE SessionTimeoutInMinute != null\n  \
               |       ^^^^^^^^^^^^^^^^^^^^^^\n  \
               = hint: did you mean `SessionTimeoutInMinutes`?\n"
        );
    }

    #[test]
    fn tabs_and_wide_characters_keep_carets_in_place() {
        let query = "SELECT Name\r\nFROM T\r\nWHERE\tName = '会社' AND x = 1\r\nLIMIT 1";
        let start = query.find("x =").unwrap();
        let rendered = QueryError::new("m", start..start + 1).render(query);
        let lines: Vec<_> = rendered.lines().collect();
        assert_eq!(lines[2], "3 | WHERE    Name = '会社' AND x = 1");
        assert_eq!(lines[3].find('^'), Some("3 | WHERE    Name = '....' AND ".len()));
        let wide = query.find('会').unwrap();
        let rendered = QueryError::new("m", wide..wide + 6).render(query);
        assert!(rendered.lines().nth(3).unwrap().ends_with(" ^^^^"), "{rendered}");
    }

    #[test]
    fn the_end_of_the_text_gets_one_caret() {
        let rendered = QueryError::new("m", 11..11).render("SELECT Name");
        assert_eq!(rendered, "m\n  |\n1 | SELECT Name\n  |            ^\n");
    }

    #[test]
    fn a_span_over_lines_is_marked_on_the_first() {
        let rendered = QueryError::new("m", 7..20).render("SELECT Name\nFROM T");
        assert_eq!(rendered, "m\n  |\n1 | SELECT Name\n  |        ^^^^\n");
    }

    #[test]
    fn wrong_spans_and_hostile_characters_do_no_harm() {
        for (start, end) in [(0, 99), (50, 60), (1, 1), (3, 2)] {
            let rendered = QueryError::new("m\u{1b}[31m", start..end).render("é\u{1b}[2J\u{202e}\n\rx");
            assert!(!rendered.contains(['\u{1b}', '\u{202e}', '\r']), "{rendered:?}");
        }
    }
}
