//! The fingerprint of a line, equal to the one that GitHub's upload action computes.
//!
//! GitHub distinguishes alerts by `primaryLocationLineHash`. The action adds it where it is missing, the REST API does
//! not, and the action warns of one that differs from its own. The value of a line is a polynomial over the hundred
//! UTF-16 code units from its start that are neither space nor tab, with every line end as LF, a unit 65535 at the end
//! of the file and zeros after it; then a colon, and how often the value has occurred up to this line.
//!
//! Assumes nothing of the text. Refuses to know findings.

use std::collections::HashMap;

use sessionlint_source::{Encoding, Source, Span};

/// Code units that a value covers.
const WINDOW: usize = 100;
/// The base of the polynomial.
const BASE: u64 = 37;
/// The unit for the end of the file.
const END: u16 = u16::MAX;

/// The values of all lines of a file.
#[derive(Debug, Default)]
pub(crate) struct LineHashes {
    /// Value and number among equal ones; none where it contains a secret.
    values: Vec<Option<(u64, u32)>>,
}

impl LineHashes {
    /// The values of the lines of `source`; none where the action would decode other characters.
    pub(crate) fn of(source: &Source) -> Self {
        let Encoding::Utf8 { bom } = source.encoding else { return Self::default() };
        let mark = if bom > 0 { "\u{FEFF}" } else { "" };
        let hidden = hidden_bytes(source);
        let units = Units::of(mark, source.text(), &hidden);
        let mut counts: HashMap<u64, u32> = HashMap::new();
        let value = |start: &usize| {
            let hash = units.hash_at(*start);
            let count = counts.entry(hash).or_default();
            *count += 1;
            (!units.hides_something(*start)).then_some((hash, *count))
        };
        Self { values: units.starts.iter().map(value).collect() }
    }

    /// The value of the line `line`, from 1; `None` where it would be computed from a secret.
    pub(crate) fn get(&self, line: u32) -> Option<String> {
        let (hash, count) = (*self.values.get(line.checked_sub(1)? as usize)?)?;
        Some(format!("{hash:x}:{count}"))
    }
}

/// Whether masking hides something, by byte: a value of a short password would allow guessing it.
fn hidden_bytes(source: &Source) -> Vec<bool> {
    let text = source.text();
    let masked = source.masked(Span::new(0, text.len()));
    let mut hidden = vec![false; text.len()];
    for ((at, ch), shown) in text.char_indices().zip(masked.chars()) {
        hidden[at] = shown == '*' && ch != '*';
    }
    hidden
}

/// The code units that count.
struct Units {
    all: Vec<u16>,
    /// Whether each is part of a secret.
    hidden: Vec<bool>,
    /// Where in `all` lines start.
    starts: Vec<usize>,
}

impl Units {
    fn of(mark: &str, text: &str, hidden: &[bool]) -> Self {
        let mut this = Self { all: Vec::with_capacity(text.len() + 1), hidden: Vec::new(), starts: vec![0] };
        for ch in mark.chars() {
            this.push(ch, false);
        }
        let mut after_return = false;
        for (at, ch) in text.char_indices() {
            let is_second_half = after_return && ch == '\n';
            after_return = ch == '\r';
            if !is_second_half && !matches!(ch, ' ' | '\t') {
                this.push(if ch == '\r' { '\n' } else { ch }, hidden.get(at).copied().unwrap_or_default());
            }
        }
        this.all.push(END);
        this.hidden.push(false);
        this
    }

    fn push(&mut self, ch: char, is_hidden: bool) {
        for unit in ch.encode_utf16(&mut [0; 2]) {
            self.all.push(*unit);
            self.hidden.push(is_hidden);
        }
        if ch == '\n' {
            self.starts.push(self.all.len());
        }
    }

    fn hash_at(&self, start: usize) -> u64 {
        let window = self.all[start..].iter().copied().chain(std::iter::repeat(0)).take(WINDOW);
        window.fold(0, |hash: u64, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)))
    }

    fn hides_something(&self, start: usize) -> bool {
        self.hidden[start..].iter().take(WINDOW).any(|is_hidden| *is_hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Case;
    use sessionlint_source::FileId;

    fn values(bytes: &[u8]) -> Vec<Option<String>> {
        let hashes = LineHashes::of(Case::files(&[("a.xml", bytes)]).sources.get(FileId(0)));
        (1..=hashes.values.len() as u32).map(|line| hashes.get(line)).collect()
    }

    /// The polynomial by its definition, over a whole window.
    fn by_definition(text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().chain([END]).collect();
        let mut hash = 0u64;
        for index in 0..WINDOW {
            hash = hash.wrapping_mul(37).wrapping_add(u64::from(units.get(index).copied().unwrap_or(0)));
        }
        format!("{hash:x}")
    }

    #[test]
    fn values_are_those_of_the_action() {
        // From the action's own tests (`fingerprints.test.ts`).
        assert_eq!(values(b""), [Some("c129715d7a2bc9a3:1".to_owned())]);
        let lines = values(b" a\nb\n  \t\tc\n d");
        let expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(lines.iter().flatten().collect::<Vec<_>>(), expected);
        let lines = values(b" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r");
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(lines.iter().flatten().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn spaces_line_ends_and_repetition_are_as_in_the_action() {
        let plain = values("<é𝒳>\nb\n".as_bytes());
        assert_eq!(plain.len(), 3, "the end of the file is a line");
        assert_eq!(plain[0].as_deref(), Some(format!("{}:1", by_definition("<é𝒳>\nb\n")).as_str()));
        for same in ["  <é\t𝒳>\r\nb\r\n", "<é𝒳>\rb\r"] {
            assert_eq!(values(same.as_bytes()), plain);
        }
        assert_ne!(values("\u{FEFF}<é𝒳>\nb\n".as_bytes())[0], plain[0], "the action reads the mark");
        let long = format!("{}\n{}\nx\n", "a".repeat(200), "a".repeat(200));
        let repeated = values(long.as_bytes());
        let (first, second) = (repeated[0].as_deref().unwrap(), repeated[1].as_deref().unwrap());
        assert!(first.ends_with(":1") && second.ends_with(":2"));
        assert_eq!(first.split(':').next(), second.split(':').next());
    }

    #[test]
    fn a_value_computed_from_a_secret_is_absent() {
        let text = format!("<a>\n{}\n<password>hunter2</password>\n</a>\n", "x".repeat(100));
        let values = values(text.as_bytes());
        let has_value: Vec<bool> = values.iter().map(Option::is_some).collect();
        assert_eq!(has_value, [true, true, false, true, true]);
    }

    #[test]
    fn other_encodings_have_none() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("<a/>".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(values(&bytes).is_empty());
    }
}
