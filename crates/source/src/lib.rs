//! Files and their bytes: decoding, spans, line and column arithmetic, and the masking of secrets.
//!
//! A [`Source`] is one file as it was read. All other crates refer to places in it by [`Span`]: byte offsets into the
//! decoded text, without the byte order mark. Only this crate converts such an offset to a line, a column (in Unicode
//! code points) or an offset into the bytes on disk.
//!
//! It may assume that files are at most 64 MB. It refuses to know what a file means; it knows names of elements with
//! secrets only to mask them. Text for output goes through [`Source::masked`].

pub mod budget;
pub mod conflict;
pub mod globs;
pub mod nearest;
pub mod secrets;
pub mod steps;
mod window;
pub mod words;

pub use window::LineCounts;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use memchr::{memchr, memchr_iter, memchr2_iter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use budget::{Budget, Lease};
pub use window::line_and_column;

/// Bytes without the byte order mark of UTF-8.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A half-open range of bytes in a file's decoded text (byte order mark excluded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes.
    ///
    /// Files end at 64 MB, so every offset fits; a larger one would be a bug and saturates.
    pub fn new(start: usize, end: usize) -> Self {
        let fit = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: fit(start), end: fit(end) }
    }

    /// The span as a range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A span in a known file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Where in it.
    pub span: Span,
}

/// A position as people and editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    /// Line, from 1; LF, CRLF and a lone CR end one.
    pub line: u32,
    /// Column, from 1, in Unicode code points, byte order mark excluded.
    pub column: u32,
    /// Offset in bytes of the file on disk.
    pub offset: u32,
}

/// How the bytes on disk became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; `bom` bytes (0 or 3) of byte order mark stand before the text.
    Utf8 {
        /// Length of the byte order mark.
        bom: u32,
    },
    /// UTF-16 of either byte order; `bom` is 0 or 2 bytes.
    Utf16 {
        /// Length of the byte order mark.
        bom: u32,
    },
    /// Any other encoding that `encoding_rs` knows.
    Other(&'static encoding_rs::Encoding),
}

/// Why a file's bytes did not become text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodingFlaw {
    /// The declaration names an unknown encoding, or one that is not supported.
    Unknown(String),
    /// The bytes do not decode as the encoding that was declared or detected.
    Malformed(&'static str),
    /// The declaration contradicts the byte order mark or the bytes.
    Contradiction(String),
}

/// The decoded form of a file.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text, without byte order mark. Up to the flaw where `flaw` is `Malformed`.
    pub text: Cow<'b, str>,
    /// How it was decoded.
    pub encoding: Encoding,
    /// The error that stopped decoding, and where in `text`.
    pub flaw: Option<(EncodingFlaw, Span)>,
}

/// Decodes the bytes of an XML file: byte order mark first, then the shape of the first bytes, then the
/// encoding declaration, then UTF-8 (XML 1.0, appendix F).
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        let flaw = EncodingFlaw::Unknown("UTF-32".into());
        return unreadable("", Encoding::Utf8 { bom: 0 }, flaw, Span::default());
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return decode_utf8(bytes, 3);
    }
    let utf16 = match bytes {
        [0xFE, 0xFF, ..] => Some((encoding_rs::UTF_16BE, 2)),
        [0xFF, 0xFE, ..] => Some((encoding_rs::UTF_16LE, 2)),
        [0, b'<', 0, ..] => Some((encoding_rs::UTF_16BE, 0)),
        [b'<', 0, _, 0, ..] => Some((encoding_rs::UTF_16LE, 0)),
        _ => None,
    };
    match utf16 {
        Some((encoding, bom)) => decode_utf16(bytes, encoding, bom),
        None => decode_utf8(bytes, 0),
    }
}

/// The bytes of a file with this text, in the encoding that its XML declaration names, or in UTF-8 if that is not
/// possible.
pub fn encode(text: &str) -> Vec<u8> {
    let label = declared_encoding(text).map(|(label, _)| label);
    let Some(encoding) = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())) else {
        return text.as_bytes().to_vec();
    };
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        let is_little = encoding == encoding_rs::UTF_16LE;
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        return units.flat_map(|unit| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
    }
    let (bytes, _, is_lossy) = encoding.encode(text);
    if is_lossy { text.as_bytes().to_vec() } else { bytes.into_owned() }
}

fn unreadable<'b>(text: impl Into<Cow<'b, str>>, encoding: Encoding, flaw: EncodingFlaw, span: Span) -> Decoded<'b> {
    Decoded { text: text.into(), encoding, flaw: Some((flaw, span)) }
}

fn decode_utf16<'b>(bytes: &'b [u8], encoding: &'static encoding_rs::Encoding, bom: usize) -> Decoded<'b> {
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes[bom..]);
    if malformed || (bytes.len() - bom) % 2 == 1 {
        // A lone surrogate decodes to U+FFFD; the text before it is correct.
        let end = text.find('\u{FFFD}').unwrap_or(text.len());
        let flaw = EncodingFlaw::Malformed("UTF-16");
        let encoding = Encoding::Utf16 { bom: bom as u32 };
        return unreadable(text[..end].to_owned(), encoding, flaw, Span::new(end, end));
    }
    let flaw = declared_encoding(&text).and_then(|(label, span)| {
        let known = encoding_rs::Encoding::for_label(label.as_bytes());
        let agrees =
            known == Some(encoding) || (known == Some(encoding_rs::UTF_16LE) && label.eq_ignore_ascii_case("utf-16"));
        (!agrees).then(|| (EncodingFlaw::Contradiction(label.to_owned()), span))
    });
    Decoded { text, encoding: Encoding::Utf16 { bom: bom as u32 }, flaw }
}

fn decode_utf8(bytes: &[u8], bom: usize) -> Decoded<'_> {
    // The declaration is ASCII in every encoding that gets here, so a lossy conversion of it is exact.
    let head = String::from_utf8_lossy(&bytes[bom..bytes.len().min(bom + 256)]).into_owned();
    let mut flaw = None;
    if let Some((label, span)) = declared_encoding(&head) {
        let known = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes());
        let is_utf16 = known == Some(encoding_rs::UTF_16LE) || known == Some(encoding_rs::UTF_16BE);
        match known {
            None => {
                let flaw = EncodingFlaw::Unknown(label.to_owned());
                return unreadable(head.clone(), Encoding::Utf8 { bom: bom as u32 }, flaw, span);
            }
            Some(encoding) if encoding == encoding_rs::UTF_8 => {}
            // Bytes that begin with `<?xml` in ASCII are not UTF-16, and a mark means UTF-8.
            Some(_) if is_utf16 || bom > 0 => {
                flaw = Some((EncodingFlaw::Contradiction(label.to_owned()), span));
            }
            Some(encoding) => {
                let (text, malformed) = encoding.decode_without_bom_handling(bytes);
                if malformed {
                    let end = text.find('\u{FFFD}').unwrap_or(text.len());
                    let flaw = EncodingFlaw::Malformed(encoding.name());
                    return unreadable(text[..end].to_owned(), Encoding::Other(encoding), flaw, Span::new(end, end));
                }
                return Decoded { text, encoding: Encoding::Other(encoding), flaw: None };
            }
        }
    }
    let bytes = &bytes[bom..];
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), encoding: Encoding::Utf8 { bom: bom as u32 }, flaw },
        Err(error) => {
            let end = error.valid_up_to();
            let sound = String::from_utf8_lossy(&bytes[..end]);
            let encoding = Encoding::Utf8 { bom: bom as u32 };
            unreadable(sound, encoding, EncodingFlaw::Malformed("UTF-8"), Span::new(end, end))
        }
    }
}

/// The label in `<?xml ... encoding="LABEL"?>`, with its place.
fn declared_encoding(text: &str) -> Option<(&str, Span)> {
    if !text.starts_with("<?xml") {
        return None;
    }
    let declaration = &text[..text.find("?>")?];
    let mut at = declaration.find("encoding")? + "encoding".len();
    let bytes = declaration.as_bytes();
    let skip_space = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    at = skip_space(at);
    if bytes.get(at) != Some(&b'=') {
        return None;
    }
    at = skip_space(at + 1);
    let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let start = at + 1;
    let end = start + memchr(quote, &bytes[start..])?;
    Some((&text[start..end], Span::new(start, end)))
}

/// Bytes of files up to this size stay in memory; larger ones are read again when something is printed.
pub const KEEP_BYTES: usize = 64 * 1024;

/// One file as it was read.
#[derive(Debug)]
pub struct Source {
    /// Path below the project's root, `/`-separated.
    pub path: String,
    /// Its path on disk; empty for a file from a zip or a revision.
    pub disk: PathBuf,
    /// Its encoding.
    pub encoding: Encoding,
    /// Length of the decoded text in bytes.
    pub text_len: u32,
    kept: Option<Box<str>>,
    /// The line counts of a large text that was dropped.
    line_counts: Option<window::LineCounts>,
    /// SHA-256 of the file's bytes, if it was not read in this run.
    digest: Option<[u8; 32]>,
    loaded: OnceLock<Result<LoadedText, String>>,
    /// Counts a text that is loaded again.
    budget: Option<Arc<Budget>>,
    lines: OnceLock<Box<[u32]>>,
    checkpoints: OnceLock<Box<[Counts]>>,
    secrets: OnceLock<Box<[Span]>>,
}

/// A text that was dropped and loaded again.
#[derive(Debug)]
struct LoadedText {
    text: Box<str>,
    _lease: Option<Lease>,
}

/// The last part of a `/`-separated path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The memory of a text and its line starts, in bytes.
pub fn text_memory(text: &str) -> u64 {
    // Counting one byte after the other is faster than looking for both.
    let line_ends: usize = [b'\n', b'\r'].iter().map(|end| memchr_iter(*end, text.as_bytes()).count()).sum();
    (text.len() + line_ends * size_of::<u32>()) as u64
}

impl Source {
    /// A source of `decoded` text; a small text is kept.
    pub fn new<'t>(path: String, disk: PathBuf, text: impl Into<Cow<'t, str>>, encoding: Encoding) -> Self {
        let text = text.into();
        let text_len = text.len() as u32;
        if text.len() <= KEEP_BYTES {
            return Self::build(path, disk, encoding, text_len, Some(text.into_owned().into_boxed_str()));
        }
        let line_counts = matches!(encoding, Encoding::Utf8 { .. }).then(|| window::LineCounts::of(&text));
        Self { line_counts, ..Self::build(path, disk, encoding, text_len, None) }
    }

    /// A source whose `text` is dropped at once, however short it is, and loaded again to print it.
    pub fn dropped(path: String, disk: PathBuf, text: &str, encoding: Encoding) -> Self {
        Self::build(path, disk, encoding, text.len() as u32, None)
    }

    /// A source known from an earlier run: a text of `text_len` bytes in a file with this SHA-256.
    pub fn unread(path: String, disk: PathBuf, text_len: u32, encoding: Encoding, digest: [u8; 32]) -> Self {
        Self { digest: Some(digest), ..Self::build(path, disk, encoding, text_len, None) }
    }

    /// A large source known from an earlier run, with its line counts.
    pub fn unread_large(
        path: String,
        disk: PathBuf,
        text_len: u32,
        encoding: Encoding,
        line_counts: LineCounts,
    ) -> Self {
        Self { line_counts: Some(line_counts), ..Self::build(path, disk, encoding, text_len, None) }
    }

    /// The line counts of a large text that was dropped.
    pub fn line_counts(&self) -> Option<&LineCounts> {
        self.line_counts.as_ref()
    }

    /// A source that is not on disk: its text is kept, however long it is, and `disk` is empty.
    pub fn kept(path: String, text: String, encoding: Encoding) -> Self {
        Self::build(path, PathBuf::new(), encoding, text.len() as u32, Some(text.into_boxed_str()))
    }

    /// The same file with another text, which is kept, however long it is.
    #[must_use]
    pub fn edited(&self, text: String) -> Self {
        let text_len = text.len() as u32;
        Self::build(self.path.clone(), self.disk.clone(), self.encoding, text_len, Some(text.into_boxed_str()))
    }

    /// The bytes of the file; `None` if it is not UTF-8.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let Encoding::Utf8 { bom } = self.encoding else { return None };
        let mark: &[u8] = if bom > 0 { &[0xEF, 0xBB, 0xBF] } else { &[] };
        Some([mark, self.text().as_bytes()].concat())
    }

    fn build(path: String, disk: PathBuf, encoding: Encoding, text_len: u32, kept: Option<Box<str>>) -> Self {
        Self {
            path,
            disk,
            encoding,
            text_len,
            kept,
            line_counts: None,
            digest: None,
            loaded: OnceLock::new(),
            budget: None,
            lines: OnceLock::new(),
            checkpoints: OnceLock::new(),
            secrets: OnceLock::new(),
        }
    }

    /// The same source, whose text is counted by `budget` when it is loaded again.
    #[must_use]
    pub fn within(self, budget: &Arc<Budget>) -> Self {
        Self { budget: Some(Arc::clone(budget)), ..self }
    }

    /// The decoded text; loaded again from disk if it was dropped.
    ///
    /// The text is empty if the file changed or vanished, so that no place in it can be shown, or if it does not fit in
    /// memory, which the budget records.
    pub fn text(&self) -> &str {
        if let Some(text) = &self.kept {
            return text;
        }
        let read = self.loaded.get_or_init(|| self.load());
        read.as_ref().map(|read| &*read.text).unwrap_or_default()
    }

    fn load(&self) -> Result<LoadedText, String> {
        let mut lease = self.budget.as_ref().map(Lease::of);
        let mut hold = |bytes: u64, instead_of: u64| -> Result<(), String> {
            let Some(lease) = &mut lease else { return Ok(()) };
            lease.more(bytes).map_err(|_| {
                self.budget.iter().for_each(|budget| budget.note_unshown());
                "takes more memory than there is".to_owned()
            })?;
            lease.less(instead_of);
            Ok(())
        };
        // Up to two bytes per byte of text, and the text twice while it is decoded.
        let reading = u64::from(self.text_len) * 4;
        hold(reading, 0)?;
        let bytes = fs::read(&self.disk).map_err(|error: io::Error| error.to_string())?;
        let is_same = self.digest.is_none_or(|digest| Sha256::digest(&bytes)[..] == digest);
        let other = match decode(&bytes).text {
            Cow::Borrowed(text) if text.len() == bytes.len() => None,
            text => Some(text.into_owned()),
        };
        // Bytes that are the text are not copied.
        let text = other.unwrap_or_else(|| String::from_utf8(bytes).unwrap_or_default()).into_boxed_str();
        if !is_same || text.len() as u32 != self.text_len {
            return Err("changed since it was read".to_owned());
        }
        hold(text_memory(&text), reading)?;
        Ok(LoadedText { text, _lease: lease })
    }

    /// The same source with its text loaded, until the caller drops it; `None` if the text is in memory anyway.
    ///
    /// A caller that reads many large files one after the other holds one text at a time.
    pub fn reopened(&self) -> Option<Self> {
        if self.kept.is_some() || self.loaded.get().is_some() {
            return None;
        }
        Some(Self { loaded: OnceLock::from(self.load()), ..self.without_text() })
    }

    /// The same source without a text that was loaded again; `None` if none was.
    pub fn closed(&self) -> Option<Self> {
        self.loaded.get()?;
        Some(Self { line_counts: self.line_counts.clone(), digest: self.digest, ..self.without_text() })
    }

    fn without_text(&self) -> Self {
        let bare = Self::build(self.path.clone(), self.disk.clone(), self.encoding, self.text_len, None);
        Self { budget: self.budget.clone(), ..bare }
    }

    /// Whether the text can still be loaded. For a large text, only the length of the file is checked.
    pub fn is_there(&self) -> bool {
        match (&self.line_counts, self.encoding, self.loaded.get()) {
            (Some(_), Encoding::Utf8 { bom }, None) if self.kept.is_none() => {
                fs::metadata(&self.disk).is_ok_and(|file| file.len() == u64::from(bom) + u64::from(self.text_len))
            }
            _ => self.text_len == 0 || !self.text().is_empty(),
        }
    }

    /// The text that `span` covers, as it is in the file; unmasked, so not for output.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }

    /// The text of `span` with secrets masked and characters that would control a terminal replaced.
    ///
    /// Length in bytes and number of code points are kept, so columns into it stay true.
    pub fn masked(&self, span: Span) -> String {
        let text = self.slice(span);
        steps::count_bytes(text.len());
        let mut masked = String::with_capacity(text.len());
        let secrets = self.secrets();
        let mut next = secrets.partition_point(|secret| secret.end <= span.start);
        for (at, ch) in text.char_indices() {
            let at = span.start + at as u32;
            while secrets.get(next).is_some_and(|secret| secret.end <= at) {
                next += 1;
            }
            let hidden = secrets.get(next).is_some_and(|secret| secret.start <= at);
            if hidden && !ch.is_whitespace() {
                masked.push('*');
            } else if ch == '#' && masked.ends_with('#') {
                // `##[` and `##vso[` are commands to the runners of builds, anywhere in a line.
                masked.push('?');
            } else {
                masked.push(harmless(ch));
            }
        }
        masked
    }

    /// The spans of secrets, in order.
    fn secrets(&self) -> &[Span] {
        self.secrets.get_or_init(|| secrets::spans(&self.path, self.text()).into_boxed_slice())
    }

    /// Looks through the text for secrets, unless that was done, and spreads a large text over the threads.
    ///
    /// While this thread waits for another one, it may do other work of the run. So the caller must hold no lock, and
    /// must not run inside the initializer of a [`OnceLock`]. [`Source::masked`] may be called anywhere: it works on one
    /// thread.
    pub fn find_secrets(&self) {
        if self.secrets.get().is_none() {
            let spans = secrets::spans_on_all_threads(&self.path, self.text()).into_boxed_slice();
            // Another thread may have been faster, with the same result.
            let _ = self.secrets.set(spans);
        }
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(self.text().as_bytes()).into_boxed_slice())
    }

    /// The number of the line (from 0) that contains `offset`, and the offset of its start.
    pub fn line_of(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (line as u32, starts.get(line).copied().unwrap_or(0))
    }

    /// The span of line `line` (from 0) without its line end; `None` past the last line.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let starts = self.line_starts();
        let start = *starts.get(line as usize)?;
        let end = starts.get(line as usize + 1).copied().unwrap_or(self.text_len);
        let text = self.slice(Span { start, end });
        Some(Span { start, end: start + text.trim_end_matches(['\r', '\n']).len() as u32 })
    }

    /// The last character boundary at or before `at`.
    pub fn boundary(&self, mut at: u32) -> u32 {
        while !self.text().is_char_boundary(at as usize) {
            at -= 1;
        }
        at
    }

    /// The position of the offset `at` of the decoded text.
    pub fn position(&self, at: u32) -> Position {
        if let Some(position) = self.position_from_counts(at) {
            return position;
        }
        let text = self.text();
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let (line, start) = self.line_of(at as u32);
        let column = self.code_points(start as usize, at) + 1;
        Position { line: line + 1, column, offset: self.file_offset(at) }
    }

    /// The same from line counts, if the text was dropped and not loaded again.
    fn position_from_counts(&self, at: u32) -> Option<Position> {
        let (Some(counts), Encoding::Utf8 { bom }, None) = (&self.line_counts, self.encoding, self.loaded.get()) else {
            return None;
        };
        let found = counts.find(&self.disk, bom, self.text_len, at)?;
        Some(Position { line: found.line + 1, column: found.code_points + 1, offset: found.at + bom })
    }

    /// The offset in the bytes on disk for the offset `at` of the decoded text.
    pub fn file_offset(&self, at: usize) -> u32 {
        match self.encoding {
            Encoding::Utf8 { bom } => at as u32 + bom,
            Encoding::Utf16 { bom } => bom + 2 * self.counts_before(at).utf16_units,
            Encoding::Other(encoding) => encoding.encode(self.text().get(..at).unwrap_or_default()).0.len() as u32,
        }
    }

    /// The number of code points from `start` to `end`, with checkpoints for very long lines.
    fn code_points(&self, start: usize, end: usize) -> u32 {
        if end - start <= CHECKPOINT_BYTES {
            return Counts::of(&self.text().as_bytes()[start..end]).code_points;
        }
        self.counts_before(end).code_points - self.counts_before(start).code_points
    }

    fn counts_before(&self, at: usize) -> Counts {
        let bytes = self.text().as_bytes();
        let at = at.min(bytes.len());
        let checkpoints = self.checkpoints.get_or_init(|| checkpoints(bytes).into_boxed_slice());
        let index = at / CHECKPOINT_BYTES;
        checkpoints[index].plus(Counts::of(&bytes[index * CHECKPOINT_BYTES..at]))
    }
}

/// Distance in bytes between checkpoints for [`Counts`].
const CHECKPOINT_BYTES: usize = 4096;

/// The number of characters in some UTF-8 bytes, in code points and in UTF-16 units.
///
/// Lead bytes are counted, so that the bytes may begin and end inside a character.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    code_points: u32,
    utf16_units: u32,
}

impl Counts {
    fn of(bytes: &[u8]) -> Self {
        steps::count_bytes(bytes.len());
        let code_points = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32;
        let astral = bytes.iter().filter(|byte| **byte >= 0xF0).count() as u32;
        Self { code_points, utf16_units: code_points + astral }
    }

    fn plus(self, other: Self) -> Self {
        Self { code_points: self.code_points + other.code_points, utf16_units: self.utf16_units + other.utf16_units }
    }
}

/// The counts before each multiple of [`CHECKPOINT_BYTES`], the first of which is 0.
fn checkpoints(bytes: &[u8]) -> Vec<Counts> {
    let mut all = vec![Counts::default()];
    let mut sum = Counts::default();
    for chunk in bytes.chunks(CHECKPOINT_BYTES) {
        sum = sum.plus(Counts::of(chunk));
        all.push(sum);
    }
    all
}

/// All files of a project, by [`FileId`].
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
}

impl Sources {
    /// All files, in order; a [`FileId`] is the index.
    pub fn new(files: Vec<Source>) -> Self {
        Self { files: files.into_iter().map(Arc::new).collect() }
    }

    /// The same for files that are shared with other states of a history.
    pub fn shared(files: Vec<Arc<Source>>) -> Self {
        Self { files }
    }

    /// The file `id`.
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The file `id`, shared.
    pub fn share(&self, id: FileId) -> Arc<Source> {
        Arc::clone(&self.files[id.0 as usize])
    }

    /// Replaces the file `id` by another source; returns the former one.
    pub fn replace(&mut self, id: FileId, source: Arc<Source>) -> Arc<Source> {
        std::mem::replace(&mut self.files[id.0 as usize], source)
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file.as_ref()))
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Offsets at which lines start: 0, and after each LF, CRLF or lone CR.
fn line_starts(bytes: &[u8]) -> Vec<u32> {
    steps::count_bytes(bytes.len());
    let mut starts = vec![0];
    for at in memchr2_iter(b'\n', b'\r', bytes) {
        let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        if !is_crlf {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

/// `ch`, or a replacement of the same length in UTF-8 if `ch` would control a terminal, reorder text or be invisible.
/// Tabs and line ends are kept.
pub fn harmless(ch: char) -> char {
    let hostile = match ch {
        '\t' | '\n' | '\r' => false,
        '\u{061C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' => true,
        _ => ch.is_control(),
    };
    if !hostile {
        return ch;
    }
    match ch.len_utf8() {
        1 => '?',
        2 => '\u{00BF}',
        3 => '\u{FFFD}',
        _ => '\u{1FFFD}',
    }
}

/// Whether bytes are printable ASCII characters and line feeds only, as nearly all text of a report is.
pub fn is_plain(bytes: &[u8]) -> bool {
    plain_length(bytes) == bytes.len()
}

/// The number of printable ASCII characters and line feeds at the start of `bytes`.
pub fn plain_length(bytes: &[u8]) -> usize {
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\n');
    // Without an early exit inside a chunk, the compiler processes a chunk at once.
    let is_odd_chunk = |chunk: &&[u8]| chunk.iter().fold(0, |odd, byte| odd | u8::from(is_odd(byte))) != 0;
    let Some(chunk) = bytes.chunks(64).position(|chunk| is_odd_chunk(&chunk)) else { return bytes.len() };
    let start = chunk * 64;
    bytes[start..].iter().position(is_odd).map_or(bytes.len(), |length| start + length)
}

/// The number of printable ASCII characters at the start of `bytes`.
pub fn printable_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap_or(bytes.len())
}

/// `text` with every character harmless; borrowed if nothing changes.
pub fn harmless_text(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) || text.chars().all(|ch| harmless(ch) == ch) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(harmless).collect())
    }
}
