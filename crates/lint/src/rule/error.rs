//! What is wrong with a text that a person wrote, with the place in it: a rule page, or the configuration.

use std::fmt;

/// A page that is no rule, or a configuration that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageError {
    /// Path of the file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    /// What is wrong: lower-case, no final dot.
    pub message: String,
    /// The line, and carets under what is wrong.
    pub excerpt: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl PageError {
    /// An error at a span of `text`, in bytes; the line and the carets are cut from it.
    pub fn at(path: &str, text: &str, span: (usize, usize), message: impl Into<String>, hint: Option<String>) -> Self {
        let start = floor(text, span.0);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end();
        let before = text[line_start..start].chars().count();
        let end = floor(text, span.1.clamp(start, line_end.min(line_start + line.len()).max(start)));
        let carets = text[start..end].chars().count().max(1);
        let number = text[..start].matches('\n').count() + 1;
        let excerpt = if line.is_empty() {
            String::new()
        } else {
            format!("  {line}\n  {}{}", " ".repeat(before), "^".repeat(carets))
        };
        Self { path: path.to_owned(), line: number, column: before + 1, message: message.into(), excerpt, hint }
    }

    /// The same error without the line: a file that a scanned project names is quoted nowhere.
    #[must_use]
    pub fn quoting_nothing(self) -> Self {
        Self { excerpt: String::new(), ..self }
    }
}

/// What a reader of TOML or JSON said (`invalid type: string "x", expected u32`), without the values that it quotes.
/// Names of keys stay.
pub fn without_values(said: &str) -> String {
    let said = said.lines().next().unwrap_or_default();
    let expected = said.rsplit_once(", expected ").map(|(_, expected)| expected);
    for what in ["invalid type", "invalid value", "invalid length", "unknown variant"] {
        if said.starts_with(what) {
            return expected.map_or_else(|| what.to_owned(), |expected| format!("{what}, expected {expected}"));
        }
    }
    let names_a_key = ["unknown field", "missing field", "duplicate field"].iter().any(|what| said.starts_with(what));
    // What is quoted in any other sentence may be a value.
    let end = if names_a_key { said.len() } else { said.find(['"', '\'', '`']).unwrap_or(said.len()) };
    said[..end].trim_end_matches([' ', ':', ',']).to_owned()
}

/// The nearest boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for PageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        if !self.excerpt.is_empty() {
            write!(out, "\n{}", self.excerpt)?;
        }
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
        for (said, expected) in [
            ("invalid type: string \"x, expected y\", expected u32", "invalid type, expected u32"),
            ("unknown variant `x`, expected one of `a`, `b`", "unknown variant, expected one of `a`, `b`"),
            ("invalid value: integer `5`, expected a `b`", "invalid value, expected a `b`"),
            ("unknown field `x`, expected `a`", "unknown field `x`, expected `a`"),
            ("missing field `reason`", "missing field `reason`"),
            ("duplicate key", "duplicate key"),
            ("no number: `x` at\nline", "no number"),
            ("invalid type: y", "invalid type"),
        ] {
            assert_eq!(without_values(said), expected);
        }
    }
}
