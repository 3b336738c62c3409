//! Decodes the fence of an embedded page from the list of values that the build made, so that a run parses no TOML of
//! embedded pages.
//!
//! The form of the list is described in `rules/build.rs`. A test proves that it has the values of the fence. Refuses to
//! know what the values mean.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

/// The table of a fence; `None` if the list does not fit the text.
pub(super) fn table(text: &'static str, list: &'static [u8]) -> Option<Spanned<DeTable<'static>>> {
    let mut values = Values { text, list };
    match values.letter()? {
        (b't', span) => Some(Spanned::new(span, values.entries()?)),
        _ => None,
    }
}

struct Values {
    text: &'static str,
    /// The values not read yet.
    list: &'static [u8],
}

impl Values {
    fn value(&mut self) -> Option<Spanned<DeValue<'static>>> {
        let (letter, span) = self.letter()?;
        let value = match letter {
            b't' => DeValue::Table(self.entries()?),
            b'a' => {
                let mut items = DeArray::new();
                for _ in 0..self.number()? {
                    items.push(self.value()?);
                }
                DeValue::Array(items)
            }
            b'y' => DeValue::Boolean(true),
            b'n' => DeValue::Boolean(false),
            b'o' => DeValue::parse(self.text.get(span.clone())?).ok()?.into_inner(),
            _ => DeValue::String(self.text(letter, &span)?),
        };
        Some(Spanned::new(span, value))
    }

    fn entries(&mut self) -> Option<DeTable<'static>> {
        let mut table = DeTable::new();
        for _ in 0..self.number()? {
            let (letter, span) = self.letter()?;
            let key = self.text(letter, &span)?;
            table.insert(Spanned::new(span, key), self.value()?);
        }
        Some(table)
    }

    fn text(&mut self, letter: u8, span: &Range<usize>) -> Option<DeString<'static>> {
        let text = match letter {
            b'b' => self.text.get(span.clone())?,
            b'q' => self.text.get(span.start + 1..span.end.checked_sub(1)?)?,
            b'e' => {
                let length = self.number()?;
                let (text, rest) = self.list.split_at_checked(length)?;
                self.list = rest;
                std::str::from_utf8(text).ok()?
            }
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn letter(&mut self) -> Option<(u8, Range<usize>)> {
        let (letter, rest) = self.list.split_first()?;
        self.list = rest;
        let start = self.number()?;
        Some((*letter, start..start + self.number()?))
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let (byte, rest) = self.list.split_first()?;
            self.list = rest;
            number |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}
