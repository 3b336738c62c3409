//! What is wrong with a rule page, with the place in it.

use std::fmt;

/// A page that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageError {
    /// Path of the page.
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
