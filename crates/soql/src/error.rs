//! An error in a query: its span in the text, and what to write instead.
//!
//! Messages and hints are lower-case without a final dot. Refuses to know the text: a caller that has it can draw the
//! span.

use std::fmt;
use std::ops::Range;

/// An error in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The message.
    pub message: String,
    /// The bytes of the query's text; empty at the end of the text.
    pub span: Range<usize>,
    /// What to write instead, if known.
    pub hint: Option<String>,
}

impl QueryError {
    /// An error without a hint.
    pub fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, with a hint if there is one.
    #[must_use]
    pub(super) fn with_hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
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
