//! Open documents and their positions: lines from 0, and columns in bytes, UTF-16 units or code points.
//!
//! Refuses to know what a text means.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

use sessionlint_source::{Source, Span};

/// The unit of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The best one that a client offers; UTF-16 if it offers none.
    pub(super) fn of(offered: &Value) -> Self {
        let offers = |name: &str| offered.as_array().is_some_and(|list| list.iter().any(|it| it == name));
        let best = [Self::Utf8, Self::Utf32, Self::Utf16].into_iter().find(|it| offers(it.name()));
        best.unwrap_or_default()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    /// The width of a character.
    fn width(self, ch: char) -> usize {
        match self {
            Self::Utf8 => ch.len_utf8(),
            Self::Utf16 => ch.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// The width of a text.
    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            _ => text.chars().map(|ch| self.width(ch)).sum(),
        }
    }

    /// The position of an offset.
    pub(super) fn position(self, source: &Source, at: u32) -> Value {
        let at = source.boundary(at.min(source.text_len));
        let (line, start) = source.line_of(at);
        let before = source.text().get(start as usize..at as usize).unwrap_or_default();
        json!({"line": line, "character": self.length(before)})
    }

    /// The range of a span.
    pub(super) fn range(self, source: &Source, span: Span) -> Value {
        json!({"start": self.position(source, span.start), "end": self.position(source, span.end)})
    }

    /// The offset of a position. Beyond the end of a line is its end, beyond the last line the end.
    pub(super) fn offset(self, text: &str, position: &Value) -> Option<usize> {
        let line = position.get("line")?.as_u64()?;
        let character = usize::try_from(position.get("character")?.as_u64()?).unwrap_or(usize::MAX);
        let Some(start) = line_start(text, line) else { return Some(text.len()) };
        let rest = &text[start..];
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let (mut width, mut at) = (0, 0);
        for ch in line.chars() {
            width += self.width(ch);
            if width > character {
                break;
            }
            at += ch.len_utf8();
        }
        Some(start + at)
    }

    /// The part of a text in a range.
    pub(super) fn span(self, text: &str, range: &Value) -> Option<Range<usize>> {
        let (start, end) = (self.offset(text, range.get("start")?)?, self.offset(text, range.get("end")?)?);
        Some(start.min(end)..end.max(start))
    }
}

/// Where a line starts; `None` beyond the last. Lines end with LF, CRLF or a lone CR.
fn line_start(text: &str, line: u64) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut left) = (0, line);
    while left > 0 {
        let end = at + memchr::memchr2(b'\n', b'\r', &bytes[at..])?;
        let is_pair = bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n');
        at = end + 1 + usize::from(is_pair);
        left -= 1;
    }
    Some(at)
}

/// A document that is open in the editor.
#[derive(Clone, Debug)]
pub(super) struct OpenDocument {
    /// Its URI.
    pub(super) uri: String,
    /// The version of its text.
    pub(super) version: Option<i64>,
    /// The text.
    pub(super) text: Arc<str>,
}

impl OpenDocument {
    /// Applies changes, of parts or of the whole. `None` if one is malformed.
    pub(super) fn change(&mut self, changes: &Value, encoding: Encoding) -> Option<()> {
        let mut text = self.text.to_string();
        for change in changes.as_array()? {
            let new = change.get("text")?.as_str()?;
            match change.get("range").filter(|range| !range.is_null()) {
                Some(range) => {
                    let span = encoding.span(&text, range)?;
                    text.replace_range(span, new);
                }
                None => new.clone_into(&mut text),
            }
        }
        self.text = text.into();
        Some(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;
    use sessionlint_source::Encoding as Bytes;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    #[test]
    fn every_offset_comes_back() {
        let text = "a\u{e9}\r\n\u{1f600}x\ry\n\n\u{1f600}";
        let source = Source::kept("x".to_owned(), text.to_owned(), Bytes::Utf8 { bom: 0 });
        for encoding in ALL {
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let position = encoding.position(&source, at as u32);
                let back = encoding.offset(text, &position).unwrap();
                // Between CR and LF is the end of the line.
                assert!(back == at || text.as_bytes()[back] == b'\r', "{encoding:?} {at} {position} {back}");
            }
        }
        assert_eq!(Encoding::Utf16.position(&source, 9), json!({"line": 1, "character": 2}));
        assert_eq!(Encoding::Utf8.position(&source, 9), json!({"line": 1, "character": 4}));
        assert_eq!(Encoding::Utf32.position(&source, 9), json!({"line": 1, "character": 1}));
    }

    #[test]
    fn what_is_beyond_is_the_end_and_nothing_splits_a_character() {
        for encoding in ALL {
            let at = |line: u64, character: u64| {
                encoding.offset("\u{1f600}\nb", &json!({"line": line, "character": character}))
            };
            assert_eq!((at(0, 99), at(7, 0), at(1, u64::MAX)), (Some(4), Some(6), Some(6)));
        }
        assert_eq!(Encoding::Utf16.offset("\u{1f600}", &json!({"line": 0, "character": 1})), Some(0));
        assert_eq!(Encoding::Utf16.offset("", &json!({"line": -1, "character": 0})), None);
    }
}
