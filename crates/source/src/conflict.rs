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

/// The lines that begin with a marker.
pub fn all(text: &str) -> impl Iterator<Item = Span> {
    let text = if may_be_in(text) { text } else { "" };
    lines_that(text, |line| MARKERS.iter().any(|marker| line.starts_with(marker)))
}

/// The lines that `is_it` accepts. Lines end with LF, CRLF or a lone CR.
pub fn lines_that(text: &str, is_it: impl Fn(&str) -> bool) -> impl Iterator<Item = Span> {
    let mut next = 0;
    text.split(['\n', '\r']).filter_map(move |line| {
        let start = next;
        next += line.len() + 1;
        is_it(line).then(|| Span::new(start, start + line.len()))
    })
}
