//! Reads exports of an org, and logs of integrations, as evidence.
//!
//! [`read`] reads one file as a stream and adds it to [`Observations`]: logins by app and status, changes of settings,
//! lifetimes of sessions, and the times at which sessions start and end, from which [`interval`] measures how long they
//! last. A format is recognised by the content of a file, never by its name. May assume nothing about a file: a defect is
//! reported with its line, the rest of the file is used, and a file that is no export or log is a [`ReadError`].
//!
//! It opens no file and reads no clock. Refuses to know a project: `sessionlint_analysis` compares the evidence with its
//! files. No session id, no token and no line of a log is kept.

mod columns;
pub mod interval;
mod json;
mod observations;
mod records;
mod redact;
mod table;
mod time;

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;
use jiff::tz::TimeZone;

pub use columns::Kind;
pub use observations::{
    Change, Errors, EventSource, FileSummary, LoginGroup, Logins, MAX_PER_GROUP, Name, Names, Observations, Problem,
    SessionEvent, Times, Tokens,
};
pub use redact::redact;
pub use table::{Audit, AuditMatch, ErrorText, Sections, Status, Subject, Table};
pub use time::{Clock, DateOrder, Moment, TimeError};

use columns::{Field, Layout, Recognised, Row, SECRETS, is_known, plain, recognise};
use json::Record;
use observations::RowInput;
use records::{Next, Records, text_of};
use table::LoginResult;
use time::{TimeOptions, find_time, parse_time};

/// Bytes at the start of a file that decide its format.
const HEAD: usize = 4 << 20;
/// Rows or lines at the start of a file that decide the order of its dates.
const HEAD_ROWS: usize = 20_000;
/// Rows that may precede a header, such as a title or the separator line of Excel.
const MAX_ROWS_BEFORE_HEADER: usize = 12;
/// Bytes of a line of a log that are read.
const MAX_LINE: usize = 64 << 10;

/// Why a list of event log files is refused.
const LIST_OF_LOGS: &str = "lists event log files without their rows: download each LogFile, and name those files";

/// How times without a zone and dates without an order are read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The zone of times without one.
    pub zone: Option<TimeZone>,
    /// The order of dates that are all numbers.
    pub order: Option<DateOrder>,
}

/// The reason why a file cannot be used, as a clause that follows its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError(pub String);

impl std::fmt::Display for ReadError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self(format!("cannot be read ({error})"))
    }
}

fn reject<T>(why: impl Into<String>) -> Result<T, ReadError> {
    Err(ReadError(why.into()))
}

/// A file that is being read, and where its rows go.
struct FileReader<'r> {
    path: &'r str,
    table: &'r Table,
    time_options: TimeOptions,
    observations: &'r mut Observations,
}

/// Reads the file `path` and adds its content.
pub fn read<'i>(
    path: &str,
    input: impl Read + 'i,
    table: &Table,
    options: &Options,
    observations: &mut Observations,
) -> Result<(), ReadError> {
    let mut input = decoded(input)?;
    let mut head = Vec::new();
    input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let is_whole = head.len() < HEAD;
    if memchr::memchr(b'\n', &head).is_none() && memchr::memchr(b'\r', &head).is_some() {
        with_line_feeds(&mut head);
        input = Box::new(LineFeeds(input));
    }
    if head.starts_with(b"PK\x03\x04") {
        return reject("is an archive or an Excel workbook: save it as CSV");
    }
    if memchr::memchr(0, &head[..head.len().min(64 << 10)]).is_some() {
        return reject("is not a text file");
    }
    let clock = Clock(observations.files.len() as u32 + 1);
    let time_options = TimeOptions { zone: options.zone.clone(), order: options.order, clock };
    let mut reader = FileReader { path, table, time_options, observations };
    let first = head.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(first) = first else {
        return reject("has no row and no header: sf writes an empty line if a query finds nothing");
    };
    let format = format_of(&head[first..], is_whole);
    match format {
        Format::Json => reader.json(io::Cursor::new(head).chain(input)),
        Format::Lines | Format::JsonLines => {
            if format == Format::Lines
                && let Some(found) = table_of(&head, table, is_whole)?
            {
                reader.settle_order(&head, Some(&found));
                return reader.csv(io::Cursor::new(head).chain(input), found);
            }
            reader.settle_order(&head, None);
            reader.lines(&head, input)
        }
    }
}

/// A file whose lines end with carriage returns, as Excel saves a CSV for the Macintosh, read with line feeds.
struct LineFeeds<R>(R);

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        with_line_feeds(&mut buffer[..read]);
        Ok(read)
    }
}

fn with_line_feeds(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte == b'\r') {
        *byte = b'\n';
    }
}

/// The file as UTF-8: decompressed, decoded from UTF-16, without a byte order mark. Eight-bit encodings are left as they
/// are.
fn decoded<'i>(input: impl Read + 'i) -> Result<Box<dyn Read + 'i>, ReadError> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let is_gzip = input.fill_buf()?.starts_with(&[0x1F, 0x8B]);
    let mut input: Box<dyn BufRead + 'i> = if is_gzip {
        Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(input)))
    } else {
        Box::new(input)
    };
    // UTF-16 without a mark: every other byte of the first words is zero.
    let start = input.fill_buf()?;
    let without_mark = match start {
        [0, second, 0, fourth, ..] if *second != 0 && *fourth != 0 => Some(encoding_rs::UTF_16BE),
        [first, 0, third, 0, ..] if *first != 0 && *third != 0 => Some(encoding_rs::UTF_16LE),
        _ => None,
    };
    let mut builder = DecodeReaderBytesBuilder::new();
    builder.encoding(without_mark).utf8_passthru(true).strip_bom(true).bom_override(true);
    Ok(Box::new(builder.build(input)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    /// An object on each line.
    JsonLines,
    Lines,
}

/// The format of a file whose first byte is not a blank.
fn format_of(head: &[u8], is_whole: bool) -> Format {
    let next = |from: usize| head[from..].iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    match head[0] {
        // A log may begin with a time in brackets.
        b'[' => {
            if matches!(next(1), Some(b'{' | b']')) || next(1).is_none() {
                Format::Json
            } else {
                Format::Lines
            }
        }
        b'{' => {
            let end = memchr::memchr(b'\n', head).unwrap_or(head.len());
            let line: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_slice(&head[..end]).ok();
            let is_answer =
                |it: &serde_json::Map<_, _>| ["records", "result", "status"].iter().any(|key| it.contains_key(*key));
            let follows = next(end.min(head.len()));
            match line {
                Some(object) if (follows == Some(b'{') || is_whole && follows.is_none()) && !is_answer(&object) => {
                    Format::JsonLines
                }
                None if next(1).is_some_and(|byte| byte != b'"' && byte != b'}') => Format::Lines,
                _ => Format::Json,
            }
        }
        _ => Format::Lines,
    }
}

/// A CSV table in a file.
#[derive(Debug)]
struct CsvTable {
    delimiter: u8,
    /// The line of its header; `None` if its columns were recognised by their values.
    header: Option<u64>,
    layout: Layout,
    names: Vec<String>,
}

/// Finds the header of a CSV among its first records, or recognises its columns by their values.
fn table_of(head: &[u8], table: &Table, is_whole: bool) -> Result<Option<CsvTable>, ReadError> {
    for delimiter in *b",;\t" {
        let mut records = Records::new(head, delimiter);
        for _ in 0..MAX_ROWS_BEFORE_HEADER {
            let Next::Record(line) = records.next()? else { break };
            let names = records.values();
            let plain_names: Vec<String> = names.iter().map(|name| plain(name)).collect();
            match recognise(&plain_names) {
                Some(Recognised::ListOfLogs) => {
                    return reject(LIST_OF_LOGS);
                }
                Some(Recognised::Kind(kind)) => {
                    let layout = Layout::of(kind, &plain_names, Some(names.len()));
                    return Ok(Some(CsvTable { delimiter, header: Some(line), layout, names }));
                }
                None => {}
            }
        }
    }
    for delimiter in *b",;\t" {
        if let Some(layout) = layout_by_values(head, delimiter, table, is_whole)? {
            return Ok(Some(CsvTable { delimiter, header: None, layout, names: Vec::new() }));
        }
    }
    // A table of another kind is not a log, even if it has times.
    let mut records = Records::new(head, b',');
    if let Next::Record(_) = records.next()? {
        let names = records.values();
        let is_name = |name: &String| {
            let name = name.trim();
            name.len() <= 60
                && name.starts_with(|ch: char| ch.is_alphabetic())
                && name.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, ' ' | '_' | '.'))
        };
        let width = names.len();
        if width >= 3
            && names.iter().all(is_name)
            && matches!(records.next()?, Next::Record(_))
            && records.columns() == width
        {
            let names: Vec<String> = names.iter().take(6).map(|name| redact(name, false)).collect();
            return reject(format!(
                "is not a known export: its columns are {}{}",
                names.join(", "),
                if width > 6 { ", …" } else { "" }
            ));
        }
    }
    Ok(None)
}

/// Recognises a login history without a header by the form of its times, statuses, users and addresses.
fn layout_by_values(head: &[u8], delimiter: u8, table: &Table, is_whole: bool) -> Result<Option<Layout>, ReadError> {
    let mut records = Records::new(head, delimiter);
    let mut counts: Vec<[usize; 4]> = Vec::new();
    let mut rows = 0;
    while rows < 50 {
        let Next::Record(_) = records.next()? else { break };
        if rows == 0 {
            counts = vec![[0; 4]; records.columns()];
        }
        // The last row of a head may be cut.
        if records.columns() != counts.len() || records.is_truncated() && !is_whole {
            continue;
        }
        rows += 1;
        for (column, counts) in counts.iter_mut().enumerate() {
            let value = records.value(column);
            let value = value.trim();
            counts[0] += usize::from(parse_time(value).is_some_and(|it| it.has_clock() && it.length == value.len()));
            counts[1] += usize::from(table.login_result(value) != LoginResult::Unknown || value.starts_with("Failed:"));
            counts[2] += usize::from(redact::is_user_id(value));
            counts[3] += usize::from(value.parse::<std::net::IpAddr>().is_ok());
        }
    }
    let column = |kind: usize| counts.iter().position(|counts| rows > 0 && counts[kind] * 10 >= rows * 9);
    let (Some(time), Some(status)) = (column(0), column(1)) else { return Ok(None) };
    let mut places = vec![(Field::Time, time), (Field::Status, status)];
    places.extend(column(2).map(|column| (Field::User, column)));
    places.extend(column(3).map(|column| (Field::Address, column)));
    Ok(Some(Layout::at(Kind::LoginHistory, &places, counts.len())))
}

impl FileReader<'_> {
    /// Determines whether day or month comes first in the dates of a file, from the dates that have one reading only.
    fn settle_order(&mut self, head: &[u8], found: Option<&CsvTable>) {
        if self.time_options.order.is_some() {
            return;
        }
        let (mut day_first, mut month_first) = (false, false);
        let mut note = |order: Option<DateOrder>| {
            day_first |= order == Some(DateOrder::DayFirst);
            month_first |= order == Some(DateOrder::MonthFirst);
        };
        match found {
            Some(found) => {
                let mut records = Records::new(head, found.delimiter);
                for _ in 0..HEAD_ROWS {
                    let Ok(Next::Record(_)) = records.next() else { break };
                    let row = found.layout.row(|column| records.value(column));
                    for field in [Field::Time, Field::Created, Field::LastUsed] {
                        note(parse_time(row.get(field)).and_then(|it| it.order()));
                    }
                }
            }
            None => {
                for line in head.split(|byte| *byte == b'\n').take(HEAD_ROWS) {
                    note(find_time(&text_of(&line[..line.len().min(512)])).and_then(|(_, it)| it.order()));
                }
            }
        }
        // If both occur, the order stays unknown.
        self.time_options.order = match (day_first, month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        };
    }

    fn finish(&mut self, mut file: FileSummary) {
        if file.kind == Kind::LoginHistory && matches!(file.rows, 20_000 | 50_000) {
            let limit = if file.rows == 20_000 { "Setup's page shows" } else { "sf data query gives" };
            file.notes.push(format!("{limit} {} rows at most: older ones may be missing", file.rows));
        }
        if file.kind == Kind::OauthToken && file.rows >= 2_500 {
            file.notes.push("a query of OauthToken gives 2,500 rows at most: others may be missing".to_owned());
        }
        self.observations.files.push(file);
    }

    /// Remarks on the columns of a file.
    fn describe(file: &mut FileSummary, layout: &Layout, names: &[String]) {
        file.missing = layout.losses();
        // Metadata of a record in the REST API is not a column.
        let is_rest_metadata = |name: &str| name.starts_with("attributes.") || name.contains(".attributes.");
        let names = || names.iter().filter(|name| !name.trim().is_empty() && !is_rest_metadata(name));
        let unknown = names().filter(|name| !is_known(layout.kind, &plain(name)));
        file.unknown = unknown.take(8).map(|name| redact(name, false)).collect();
        if names().any(|name| SECRETS.contains(&plain(name).as_str())) {
            file.notes.push(
                "it has a column of tokens, which are secrets: the column is not read; delete the file".to_owned(),
            );
        }
    }

    /// A file of records like this one.
    fn file_of_record(path: &str, layout: &Layout, record: &Record) -> FileSummary {
        let mut file = FileSummary::new(path, layout.kind);
        let names: Vec<String> = record.iter().map(|(name, _)| name.clone()).collect();
        Self::describe(&mut file, layout, &names);
        file
    }

    fn csv(mut self, input: impl Read, found: CsvTable) -> Result<(), ReadError> {
        let CsvTable { delimiter, header, layout, names } = found;
        let mut file = FileSummary::new(self.path, layout.kind);
        Self::describe(&mut file, &layout, &names);
        if header.is_none() {
            file.problem(1, "there is no header: times, statuses, users and addresses are recognised by their values");
        }
        let mut records = Records::new(input, delimiter);
        let width = layout.width;
        loop {
            let line = match records.next()? {
                Next::End => break,
                Next::Broken(line) => {
                    file.problem(
                        line,
                        "a quote is never closed, or the row is longer than a megabyte: the row is not used",
                    );
                    continue;
                }
                Next::Record(line) => line,
            };
            if header.is_some_and(|header| line <= header) {
                continue;
            }
            let is_open = records.is_truncated() && records.is_open();
            if Some(records.columns()) == width && !is_open {
                // In joined files, the header occurs again.
                let is_header = |(column, name): (usize, &String)| records.value(column) == name.as_str();
                if !names.is_empty() && names.iter().enumerate().all(is_header) {
                    continue;
                }
                let row = layout.row(|column| records.value(column));
                let (table, time_options) = (self.table, &self.time_options);
                self.observations.row(RowInput {
                    layout: &layout,
                    row: &row,
                    line,
                    table,
                    time_options,
                    file: &mut file,
                });
                continue;
            }
            file.rows += 1;
            let (columns, width) = (records.columns(), width.unwrap_or(0));
            let is_last = records.is_truncated();
            if records.spans_lines() && (is_open || columns != width) && records.retry(line) {
                file.problem(line, "a quote is not closed where it should be: the row is not used");
            } else if is_last {
                file.problem(line, "the file is cut off here: the row is not used");
            } else {
                file.problem(line, format!("the row has {columns} columns, the header {width}: the row is not used"));
            }
        }
        self.finish(file);
        Ok(())
    }

    fn json(mut self, input: impl Read) -> Result<(), ReadError> {
        let FileReader { path, table, ref time_options, .. } = self;
        let observations = &mut *self.observations;
        let mut files: Vec<FileSummary> = Vec::new();
        let mut layouts: Vec<(Vec<String>, Option<Layout>)> = Vec::new();
        let mut is_list_of_logs = false;
        let mut unknown_record: Option<(u64, Vec<String>)> = None;
        let mut unknown_records = 0;
        let document = json::read(io::BufReader::with_capacity(64 * 1024, input), &mut |record, line| {
            let names: Vec<String> = record.iter().map(|(name, _)| plain(name)).collect();
            let known = layouts.iter().position(|(known, _)| *known == names);
            let at = known.unwrap_or_else(|| {
                let kind = kind_of_record(&record, &names);
                is_list_of_logs |= kind == Some(Recognised::ListOfLogs) || object_of(&record) == Some("EventLogFile");
                let layout = match kind {
                    Some(Recognised::Kind(kind)) => Some(Layout::of(kind, &names, None)),
                    _ => None,
                };
                // Every record may have other names, so the list is limited.
                if layouts.len() >= 64 {
                    layouts.remove(0);
                }
                layouts.push((names, layout));
                layouts.len() - 1
            });
            let Some(layout) = &layouts[at].1 else {
                unknown_records += 1;
                if unknown_record.is_none() {
                    unknown_record = Some((line, record.iter().take(6).map(|(name, _)| redact(name, false)).collect()));
                }
                return;
            };
            let place = files.iter().position(|file| file.kind == layout.kind).unwrap_or_else(|| {
                files.push(Self::file_of_record(path, layout, &record));
                files.len() - 1
            });
            let (file, row) = (&mut files[place], row_of_record(layout, &record));
            observations.row(RowInput { layout, row: &row, line, table, time_options, file });
        });
        if let (true, Some(error)) = (files.is_empty(), &document.error) {
            return reject(format!("has an error of sf in place of rows: {}", redact(error, false)));
        }
        let Some(file) = files.first_mut() else {
            return match (document.broken, unknown_record) {
                _ if is_list_of_logs => reject(LIST_OF_LOGS),
                (Some((line, why)), None) => reject(format!("is not JSON of a known form (line {line}: {why})")),
                (_, Some((_, names))) if !names.is_empty() => {
                    reject(format!("is not a known export: its records have {}", names.join(", ")))
                }
                _ => reject("has no records"),
            };
        };
        if let Some((line, why)) = document.broken {
            file.problem(line, why);
        }
        if let Some((line, _)) = unknown_record {
            file.problem(line, format!("records of an unknown kind are not used: {unknown_records}"));
        }
        if document.has_more {
            file.notes.push("the answer has more pages (done: false): their rows are missing".to_owned());
        }
        for file in files {
            self.finish(file);
        }
        Ok(())
    }

    fn lines(mut self, head: &[u8], rest: impl Read) -> Result<(), ReadError> {
        let file_index = self.observations.files.len() as u32;
        let mut file = FileSummary::new(self.path, Kind::Log);
        let mut records: Option<FileSummary> = None;
        let mut input = BufReader::with_capacity(64 * 1024, head.chain(rest));
        let mut line = Vec::new();
        let mut number = 0;
        let mut current: Option<Moment> = None;
        let mut has_time = false;
        loop {
            line.clear();
            let read = input.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            number += 1;
            if line.last() != Some(&b'\n') && read == MAX_LINE {
                skip_line(&mut input)?;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if line.starts_with(b"{") && self.json_line(&line, number, &mut records) {
                continue;
            }
            let text = text_of(&line);
            file.rows += 1;
            let mut unclear = None;
            if let Some((_, found)) = find_time(&text) {
                has_time = true;
                file.note_zone(found.zone(), &self.time_options);
                match found.moment(&self.time_options) {
                    Ok(moment) => {
                        current = Some(moment);
                        observations::note_moment(&mut file, moment);
                    }
                    Err(why) => {
                        current = None;
                        unclear = Some(why);
                    }
                }
            }
            let Some(log_event) = self.table.log_event(&text) else { continue };
            file.used += 1;
            if let Some(why) = unclear {
                file.problem(number, format!("its time {}", why.as_str()));
            }
            self.observations.line(file_index, log_event, current, self.table);
        }
        if let Some(records) = records {
            self.finish(records);
            return Ok(());
        }
        if !has_time && file.used == 0 {
            return reject("is not a known export or log: no line has a time or the text of a known error");
        }
        if !has_time {
            file.notes.push("no line has a time, so no interval is measured".to_owned());
        }
        self.finish(file);
        Ok(())
    }

    /// Adds a line that is a record of an export. Returns false if it is a line of a log.
    fn json_line(&mut self, line: &[u8], number: u64, file: &mut Option<FileSummary>) -> bool {
        let mut is_record = false;
        let (table, time_options, path) = (self.table, &self.time_options, self.path);
        let observations = &mut *self.observations;
        let document = json::read(line, &mut |record, _| {
            let names: Vec<String> = record.iter().map(|(name, _)| plain(name)).collect();
            let Some(Recognised::Kind(kind)) = kind_of_record(&record, &names) else { return };
            let layout = Layout::of(kind, &names, None);
            let file = file.get_or_insert_with(|| Self::file_of_record(path, &layout, &record));
            is_record = true;
            let row = row_of_record(&layout, &record);
            observations.row(RowInput { layout: &layout, row: &row, line: number, table, time_options, file });
        });
        if let (Some(file), Some((_, why))) = (file.as_mut(), document.broken) {
            file.problem(number, why);
            return true;
        }
        is_record
    }
}

/// The object of a record of the REST API.
fn object_of(record: &Record) -> Option<&str> {
    record.iter().find(|(name, _)| name == "attributes.type").map(|(_, it)| it.as_str())
}

/// The kind of a record with these plain names: that of its object, else that of its names.
fn kind_of_record(record: &Record, names: &[String]) -> Option<Recognised> {
    object_of(record).and_then(Kind::of_object).map(Recognised::Kind).or_else(|| recognise(names))
}

fn row_of_record<'r>(layout: &Layout, record: &'r Record) -> Row<'r> {
    layout.row(|column| record.get(column).map_or(Cow::Borrowed(""), |(_, value)| value.as_str().into()))
}

/// Skips the rest of a line.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        let (length, is_end) = match memchr::memchr(b'\n', bytes) {
            Some(at) => (at + 1, true),
            None => (bytes.len(), false),
        };
        input.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use sessionlint_source::budget::Budget;

    use super::*;

    const SAMPLES: [&str; 6] = [
        "LoginTime,UserId,Application,Status,SourceIp\n2026-11-02T08:00:00.000+0000,0055g00000AbCdEAAV,\"Stock, Feed\",Success,198.51.100.7\n\
         7/9/2026 8:00 AM,x,é,Failed: Restricted IP,::1\n",
        "Date,User,Source Namespace Prefix,Action,Section,Delegate User\n\"7/19/2026, 7:05:31 AM CST\",a@b.c,,Changed login hours,Manage Users,\n",
        "\"EVENT_TYPE\",\"TIMESTAMP\",\"LOGIN_KEY\",\"USER_INITIATED_LOGOUT\",\"USER_ID\"\n\"Logout\",\"20261128080000.1\",\"k\",\"0\",\"005\"\n",
        "{\"status\":0,\"result\":{\"records\":[{\"attributes\":{\"type\":\"AuthSession\"},\"NumSecondsValid\":7200,\"Users\":{\"Username\":\"u\"}}]}}",
        "2026-11-28 09:14:03,120 ERROR \u{2019}INVALID_SESSION_ID\n  at x\n[28/Nov/2026:09:14:03 +0100] login ok\n",
        "{\"AppName\":\"x\",\"UseCount\":1,\"LastUsedDate\":\"2026-11-28\"}\n{\"time\":\"2026-11-28T09:14:03Z\"}\n",
    ];

    fn read_all(bytes: &[u8]) -> (Observations, Result<(), ReadError>) {
        let texts = ["INVALID_SESSION_ID".to_owned()];
        let table = Table::embedded([ErrorText { texts: &texts, is_general: false }].into_iter());
        let mut observations = Observations::new(&Arc::<Budget>::default());
        let options = Options { zone: TimeZone::get("Europe/Berlin").ok(), order: None };
        let read = read("file", bytes, &table, &options, &mut observations);
        (observations, read)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        /// A mutated export is read or refused, and no row counts that is not in it.
        #[test]
        fn nothing_breaks_the_reader(
            sample in 0..SAMPLES.len(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..12),
            is_utf16: bool,
        ) {
            let mut bytes = if is_utf16 {
                SAMPLES[sample].encode_utf16().flat_map(u16::to_le_bytes).collect()
            } else {
                SAMPLES[sample].as_bytes().to_vec()
            };
            for (at, byte, kind) in edits {
                let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
                match kind {
                    0 if !bytes.is_empty() => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => bytes.truncate(at),
                    _ => bytes.insert(at, b"\"\n,;{}[]\\"[usize::from(byte) % 9]),
                }
            }
            let (observations, read) = read_all(&bytes);
            prop_assert!(read.is_ok() || observations.files.is_empty());
            for file in &observations.files {
                prop_assert!(file.used <= file.rows && file.rows <= bytes.len() as u64, "{file:?}");
            }
        }
    }

    #[test]
    fn each_sample_is_what_it_is() {
        let kinds = SAMPLES.map(|sample| read_all(sample.as_bytes()).0.files.first().map(|file| file.kind));
        let expected = [
            Kind::LoginHistory,
            Kind::SetupAuditTrail,
            Kind::EventLogFile,
            Kind::AuthSession,
            Kind::Log,
            Kind::OauthToken,
        ];
        assert_eq!(kinds, expected.map(Some));
    }
}
