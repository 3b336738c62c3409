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
