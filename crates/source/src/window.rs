//! Positions in a large file whose text was dropped: from line counts, and a few bytes that are read again.
//!
//! A report names places in hundreds of large files; reading them again would take as long as checking them. May assume
//! that the file is UTF-8 and was intact when it was read. Refuses unusual files (a line of many kilobytes, a file that
//! changed): the caller loads the whole text.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use memchr::{memchr_iter, memrchr2};
use serde::{Deserialize, Serialize};

/// Distance in bytes between the checkpoints of line counts.
const STEP: usize = 4 * 1024;

/// Bytes before a checkpoint that are read too, since a line may have begun there.
const BEFORE: usize = 1024;

/// The number of line ends before each multiple of [`STEP`] in a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LineCounts(Box<[u32]>);

/// The location of an offset.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// The offset, or the start of the character it is in.
    pub(super) at: u32,
    /// Line, from 0.
    pub(super) line: u32,
    /// Code points between the start of the line and the offset.
    pub(super) code_points: u32,
}

impl LineCounts {
    /// Counts the lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut ends = 0;
        let mut counts = Vec::with_capacity(bytes.len() / STEP + 1);
        for start in (0..bytes.len().max(1)).step_by(STEP) {
            counts.push(ends);
            let end = bytes.len().min(start + STEP);
            ends += line_ends(&bytes[start..end], bytes.get(end));
        }
        Self(counts.into_boxed_slice())
    }

    /// Locates the offset `at` of a text of `length` bytes in the file `disk`, after `mark` bytes of byte order mark.
    /// `None` if a few bytes are not enough.
    pub(super) fn find(&self, disk: &Path, mark: u32, length: u32, at: u32) -> Option<Location> {
        let at = at.min(length) as usize;
        let step = (at / STEP).min(self.0.len() - 1);
        let counted = step * STEP;
        let start = counted.saturating_sub(BEFORE);
        // One byte more distinguishes CRLF from CR, and the middle of a character from its start.
        let end = (at + 1).min(length as usize);

        let mut file = File::open(disk).ok()?;
        if file.metadata().ok()?.len() != u64::from(mark + length) {
            return None;
        }
        file.seek(SeekFrom::Start(u64::from(mark) + start as u64)).ok()?;
        let mut bytes = vec![0; end - start];
        file.read_exact(&mut bytes).ok()?;

        let mut at = at - start;
        while at > 0 && bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
            at -= 1;
        }
        let counted = counted - start;
        // A character may begin before a checkpoint and end after it.
        let ends = line_ends(bytes.get(counted..at)?, bytes.get(at));
        let line_start = match last_line_end(&bytes[..at], bytes.get(at)) {
            Some(line_end) => line_end + 1,
            None if start == 0 => 0,
            None => return None,
        };
        let code_points = bytes[line_start..at].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        Some(Location { at: (start + at) as u32, line: self.0[step] + ends, code_points: code_points as u32 })
    }
}

/// Line and column of the byte `at` of a text, from 1, in code points.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (bytes, next) = (text.as_bytes(), text.as_bytes().get(at));
    let start = last_line_end(&bytes[..at], next).map_or(0, |line_end| line_end + 1);
    (line_ends(&bytes[..at], next) as usize + 1, text[start..at].chars().count() + 1)
}

/// Number of line ends (LF, CRLF, a lone CR) in `bytes`, where `next` is the byte after them. CRLF ends with its LF.
fn line_ends(bytes: &[u8], next: Option<&u8>) -> u32 {
    let is_lone = |at: &usize| bytes.get(at + 1).or(next) != Some(&b'\n');
    let returns = memchr_iter(b'\r', bytes).filter(is_lone).count();
    (memchr_iter(b'\n', bytes).count() + returns) as u32
}

/// The last byte of the last line end in `bytes`, where `next` is the byte after them.
fn last_line_end(bytes: &[u8], next: Option<&u8>) -> Option<usize> {
    let last = memrchr2(b'\n', b'\r', bytes)?;
    let is_half = bytes[last] == b'\r' && bytes.get(last + 1).or(next) == Some(&b'\n');
    if is_half { memrchr2(b'\n', b'\r', &bytes[..last]) } else { Some(last) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use crate::{Encoding, Source};

    /// A text of lines that end in every way, long enough to be dropped.
    fn texts() -> impl Strategy<Value = String> {
        let line = ("[a-z<>\u{e9}\u{1f600}]{0,12}", prop::sample::select(&["\n", "\r\n", "\r", "\n\n", "\r\r\n"][..]));
        let lines = prop::collection::vec(line.prop_map(|(text, end)| text + end), 1..40);
        (lines, 0..6_usize, prop::sample::select(&["", "x"][..])).prop_map(|(lines, long, last)| {
            let block = lines.concat();
            let mut text = block.repeat(80_000 / block.len() + 1);
            // Now and then a line that is longer than the bytes that are read again.
            if long == 0 {
                let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
                text.insert_str(middle, &"\u{e9}".repeat(5_000));
            }
            text + last
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_few_bytes_give_the_position_of_the_whole_text(
            text in texts(),
            offsets in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
            has_mark in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let disk = folder.path().join("large.xml");
            let mark = if has_mark { "\u{FEFF}" } else { "" };
            fs::write(&disk, format!("{mark}{text}")).unwrap();
            let encoding = Encoding::Utf8 { bom: mark.len() as u32 };
            let near = (0..6).map(|step| step * super::STEP).flat_map(|at| at.saturating_sub(2)..at + 3);
            let offsets = offsets.iter().map(|index| index.index(text.len() + 1)).chain(near).chain([text.len()]);
            let dropped = Source::new("large.xml".to_owned(), disk, text.as_str(), encoding);
            let mut whole = Source::kept("large.xml".to_owned(), text.clone(), encoding);
            whole.path = "large.xml".to_owned();
            for at in offsets {
                prop_assert_eq!(dropped.position(at as u32), whole.position(at as u32), "at {}", at);
            }
        }
    }

    #[test]
    fn a_line_is_found_without_the_whole_text() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("large.xml");
        let text = "abc\u{e9}\n".repeat(20_000);
        fs::write(&disk, &text).unwrap();
        let source = Source::new("large.xml".to_owned(), disk.clone(), text.as_str(), Encoding::Utf8 { bom: 0 });
        let position = source.position(60_000 * 2 - 1);
        assert_eq!((position.line, position.column), (20_000, 5));
        assert!(source.loaded.get().is_none(), "the text was read again");

        fs::write(&disk, "changed").unwrap();
        assert_eq!(source.position(70_000).line, 1, "what changed has no places");
    }
}
