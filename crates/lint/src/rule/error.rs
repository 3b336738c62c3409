//! An error in a rule page or in the configuration, with its place.
//!
//! Refuses to know rules and keys: the caller gives text, span and message.

use std::fmt;
use std::ops::Range;

use sessionlint_soql::QueryError;
use sessionlint_source::line_and_column;

/// An invalid rule page or configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageError {
    /// Path of the file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    /// The message: lower-case, without a final dot.
    pub message: String,
    /// The whole text with the span of the error; `None` if it must not be quoted.
    pub quoted: Option<Box<(String, Range<usize>)>>,
    /// What to write instead.
    pub hint: Option<String>,
}

impl PageError {
    /// An error at a span of `text`, in bytes.
    pub fn at(path: &str, text: &str, span: Range<usize>, message: impl Into<String>, hint: Option<String>) -> Self {
        let (line, column) = line_and_column(text, span.start);
        let quoted = Some(Box::new((text.to_owned(), span)));
        Self { path: path.to_owned(), line, column, message: message.into(), quoted, hint }
    }

    /// An error in a query that is the literal at `literal` in `text`; `read` is the value of the literal.
    pub(super) fn in_query(path: &str, text: &str, literal: Range<usize>, read: &str, error: &QueryError) -> Self {
        let written = text.get(literal.clone()).unwrap_or_default();
        // The literal contains the query verbatim, unless it needed an escape.
        let span = written.find(read).map_or(literal.clone(), |at| {
            let start = literal.start + at;
            start + error.span.start..start + error.span.end
        });
        Self::at(path, text, span, error.message.clone(), error.hint.clone())
    }

    /// The same error without the text: a file that a scanned project names is never quoted.
    #[must_use]
    pub(crate) fn quoting_nothing(self) -> Self {
        Self { quoted: None, ..self }
    }
}

/// The message of a TOML or JSON parser (`invalid type: string "x", expected u32`), without the quoted values. Names of
/// keys are kept.
pub(crate) fn without_values(parser_message: &str) -> String {
    let parser_message = parser_message.lines().next().unwrap_or_default();
    let expected = parser_message.rsplit_once(", expected ").map(|(_, expected)| expected);
    for what in ["invalid type", "invalid value", "invalid length", "unknown variant"] {
        if parser_message.starts_with(what) {
            return expected.map_or_else(|| what.to_owned(), |expected| format!("{what}, expected {expected}"));
        }
    }
    let names_a_key =
        ["unknown field", "missing field", "duplicate field"].iter().any(|what| parser_message.starts_with(what));
    // A quoted part of any other sentence may be a value.
    let end = if names_a_key { parser_message.len() } else { value_start(parser_message) };
    parser_message[..end].trim_end_matches([' ', ':', ',']).to_owned()
}

/// Where the first quoted part begins that is not a sign of the format (`=`, `]`); else the length.
fn value_start(sentence: &str) -> usize {
    let mut at = 0;
    while let Some(quote) = sentence[at..].find(['"', '\'', '`']).map(|length| at + length) {
        let quoted = sentence[quote..].strip_prefix('`').and_then(|rest| rest.split_once('`'));
        let is_sign = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_punctuation());
        let Some((sign, _)) = quoted.filter(|(text, _)| is_sign(text)) else { return quote };
        at = quote + sign.len() + 2;
    }
    sentence.len()
}

impl fmt::Display for PageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(out, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PageError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_repeated() {
        for (parser_message, expected) in [
            ("invalid type: string \"x, expected y\", expected u32", "invalid type, expected u32"),
            ("unknown variant `x`, expected one of `a`, `b`", "unknown variant, expected one of `a`, `b`"),
            ("extra `=`", "extra `=`"),
            ("invalid basic string, expected `\"`", "invalid basic string, expected `\"`"),
            ("unclosed array, expected `]`", "unclosed array, expected `]`"),
            ("extra `=` before `x y`", "extra `=` before"),
            ("extra `====`", "extra"),
            ("invalid value: integer `5`, expected a `b`", "invalid value, expected a `b`"),
            ("unknown field `x`, expected `a`", "unknown field `x`, expected `a`"),
            ("missing field `reason`", "missing field `reason`"),
            ("duplicate key", "duplicate key"),
            ("no number: `x` at\nline", "no number"),
            ("invalid type: y", "invalid type"),
        ] {
            assert_eq!(without_values(parser_message), expected);
        }
    }
}
