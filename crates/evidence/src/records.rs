//! Records of a CSV in bounded memory, one at a time.
//!
//! An unclosed quote would include the rest of a file. So a record that is longer than a megabyte, or that spans lines
//! and has the wrong number of columns, is discarded, and reading continues with its second line. A lone carriage return
//! is part of its field, because `sf` writes it without quotes. Refuses to know what a column means.

use std::borrow::Cow;
use std::io::{self, Read};

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use encoding_rs::WINDOWS_1252;

/// The longest record.
const MAX_BYTES: usize = 1 << 20;
/// The most columns of a record.
const MAX_COLUMNS: usize = 4096;
/// How often a record is read again from its second line. A file that needs more attempts is not a CSV.
const MAX_RETRIES: usize = 10_000;

/// The result of reading a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record that begins on this line.
    Record(u64),
    /// A quote on this line is never closed, or its record is too long.
    Broken(u64),
    /// The end of the file.
    End,
}

/// A reader of CSV records.
pub(crate) struct Records<R> {
    input: R,
    delimiter: u8,
    core: csv_core::Reader,
    buffer: Vec<u8>,
    /// Offsets in the buffer: the start of the record, the end of what is read, the end of what is filled.
    start: usize,
    at: usize,
    filled: usize,
    is_at_end: bool,
    /// The line on which the next record begins, from 1.
    line: u64,
    retries: usize,
    text: Vec<u8>,
    ends: Vec<usize>,
    columns: usize,
}

fn core(delimiter: u8) -> csv_core::Reader {
    ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build()
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            core: core(delimiter),
            buffer: vec![0; 64 * 1024],
            start: 0,
            at: 0,
            filled: 0,
            is_at_end: false,
            line: 1,
            retries: 0,
            text: vec![0; 4096],
            ends: vec![0; 64],
            columns: 0,
        }
    }

    /// How many columns the record has.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The value of a column; empty if there is none.
    pub(crate) fn value(&self, column: usize) -> Cow<'_, str> {
        if column >= self.columns {
            return Cow::Borrowed("");
        }
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        let mut bytes = &self.text[start..self.ends[column]];
        if column + 1 == self.columns {
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        text_of(bytes)
    }

    /// Whether the record is the last line of the file and has no line ending.
    pub(crate) fn is_truncated(&self) -> bool {
        self.is_at_end && self.at == self.filled && self.buffer[..self.filled].last() != Some(&b'\n')
    }

    /// Whether a quote is still open at the end of the record.
    pub(crate) fn is_open(&self) -> bool {
        let (mut is_quoted, mut is_start, mut is_closed) = (false, true, false);
        for byte in &self.buffer[self.start..self.at] {
            let is_quote = *byte == b'"';
            // Two quotes are one: the second one opens again. A quote within bare text is a character.
            if is_quote && (is_quoted || is_start || is_closed) {
                is_closed = is_quoted;
                is_quoted = !is_quoted;
            } else {
                is_closed = false;
            }
            is_start = !is_quoted && (*byte == self.delimiter || *byte == b'\n');
        }
        is_quoted
    }

    /// The values of all columns.
    pub(crate) fn values(&self) -> Vec<String> {
        (0..self.columns()).map(|column| self.value(column).into_owned()).collect()
    }

    /// Whether the record spans lines.
    pub(crate) fn spans_lines(&self) -> bool {
        let raw = &self.buffer[self.start..self.at];
        memchr::memchr(b'\n', raw.strip_suffix(b"\n").unwrap_or(raw)).is_some()
    }

    /// Discards the record, so that the next one begins on its second line. Returns false after too many attempts.
    pub(crate) fn retry(&mut self, line: u64) -> bool {
        self.retries += 1;
        if self.retries > MAX_RETRIES {
            return false;
        }
        let length = memchr::memchr(b'\n', &self.buffer[self.start..self.at]).map_or(self.at - self.start, |at| at + 1);
        self.at = self.start + length;
        self.line = line + 1;
        self.core = core(self.delimiter);
        true
    }

    /// Reads the next record.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        loop {
            self.start = self.at;
            let line = self.line;
            let (mut text, mut ends) = (0, 0);
            let found = loop {
                if self.at == self.filled && !self.is_at_end {
                    if self.at - self.start > MAX_BYTES {
                        break None;
                    }
                    self.refill()?;
                    continue;
                }
                let input = &self.buffer[self.at..self.filled];
                let (result, read, wrote, ended) =
                    self.core.read_record(input, &mut self.text[text..], &mut self.ends[ends..]);
                self.at += read;
                text += wrote;
                ends += ended;
                match result {
                    ReadRecordResult::InputEmpty => {}
                    ReadRecordResult::OutputFull if self.text.len() > MAX_BYTES => break None,
                    ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                    ReadRecordResult::OutputEndsFull if self.ends.len() > MAX_COLUMNS => break None,
                    ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                    ReadRecordResult::Record => break Some(true),
                    ReadRecordResult::End => break Some(false),
                }
            };
            match found {
                None => {
                    self.skip_line()?;
                    self.line = line + 1;
                    return Ok(Next::Broken(line));
                }
                Some(false) => return Ok(Next::End),
                Some(true) => {}
            }
            self.columns = ends;
            let raw = &self.buffer[self.start..self.at];
            // The raw record includes the blank lines before it.
            let blank = raw.iter().take_while(|byte| **byte == b'\n').count() as u64;
            self.line = line + memchr::memchr_iter(b'\n', raw).count() as u64;
            let is_blank = raw.iter().all(u8::is_ascii_whitespace);
            if !is_blank {
                return Ok(Next::Record(line + blank));
            }
        }
    }

    /// Reads more bytes after those of the record.
    fn refill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.at -= self.start;
            self.filled -= self.start;
            self.start = 0;
        }
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.filled += read;
        self.is_at_end = read == 0;
        Ok(())
    }

    /// Continues with the second line of the record.
    fn skip_line(&mut self) -> io::Result<()> {
        self.core = core(self.delimiter);
        self.at = self.start;
        loop {
            if let Some(length) = memchr::memchr(b'\n', &self.buffer[self.at..self.filled]) {
                self.at += length + 1;
                return Ok(());
            }
            self.at = self.filled;
            if self.is_at_end {
                return Ok(());
            }
            self.start = self.at;
            self.refill()?;
        }
    }
}

/// Decodes bytes as UTF-8, else as Windows-1252.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(Next, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut found = Vec::new();
        loop {
            let next = records.next().unwrap();
            if next == Next::End {
                return found;
            }
            let values = match next {
                Next::Record(_) => records.values(),
                _ => Vec::new(),
            };
            found.push((next, values));
        }
    }

    fn strings(values: &[&str]) -> Vec<String> {
        values.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn records_know_their_lines() {
        let found = all("a,b\r\n\r\n\"x\ny\",\"q \"\"z\"\"\"\r\nlone\rcr,2\n");
        let expected = [
            (Next::Record(1), strings(&["a", "b"])),
            (Next::Record(3), strings(&["x\ny", "q \"z\""])),
            (Next::Record(5), strings(&["lone\rcr", "2"])),
        ];
        assert_eq!(found, expected);
        assert_eq!(all(""), []);
        assert_eq!(all("\n\n"), []);
    }

    #[test]
    fn an_open_quote_takes_one_line_and_no_more() {
        let text = format!("a,b\n1,\"open\n2,x\n{}3,end\n", "7,y\n".repeat(600_000));
        let found = all(&text);
        assert_eq!(found[1].0, Next::Broken(2));
        assert_eq!(found.last().unwrap(), &(Next::Record(600_004), strings(&["3", "end"])));
    }

    #[test]
    fn a_record_can_be_given_up() {
        let mut records = Records::new(&b"1,\"open\n2,x\n"[..], b',');
        assert_eq!(records.next().unwrap(), Next::Record(1));
        assert!(records.is_open() && records.spans_lines());
        assert!(records.retry(1));
        assert_eq!(records.next().unwrap(), Next::Record(2));
        assert!(!records.is_open() && !records.spans_lines() && records.columns() == 2);
        assert_eq!(records.next().unwrap(), Next::End);
    }
}
