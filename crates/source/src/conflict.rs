//! Finds the lines that a merge conflict leaves in a text.
//!
//! Refuses to know whether the text is still readable with them.

use memchr::memmem;

use super::Span;

/// What the lines before and after the two sides begin with.
const MARKERS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// Whether a text contains a marker, at the start of a line or not.
pub fn may_be_in(text: &str) -> bool {
    MARKERS.iter().any(|marker| memmem::find(text.as_bytes(), marker.as_bytes()).is_some())
}

/// The first line that begins with a marker.
pub fn first(text: &str) -> Option<Span> {
    if !may_be_in(text) {
        return None;
    }
    line_that(text, |line| MARKERS.iter().any(|marker| line.starts_with(marker)))
}

/// The first line that `is_it` accepts. Lines end with LF, CRLF or a lone CR.
pub fn line_that(text: &str, is_it: impl Fn(&str) -> bool) -> Option<Span> {
    let mut start = 0;
    for line in text.split(['\n', '\r']) {
        if is_it(line) {
            return Some(Span::new(start, start + line.len()));
        }
        start += line.len() + 1;
    }
    None
}
