//! Records of a JSON document in bounded memory, one at a time.
//!
//! Reads the output of `sf` (`{"status":0,"result":{"records":[...]}}`), its files and responses of the REST API
//! (`{"records":[...]}`), a bare list, a single record, and several of these in sequence. A value of a parent record is
//! named after both (`CreatedBy.Username`). Refuses to know what a record means.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The longest string, name or number.
const MAX_BYTES: u64 = 1 << 20;
/// The most values of a record.
const MAX_VALUES: usize = 4096;

/// Names and values of a record.
pub(crate) type Record = Vec<(String, String)>;

/// The content of a document besides its records.
#[derive(Debug, Default)]
pub(crate) struct DocumentInfo {
    /// Number of records, used or not.
    pub(crate) records: u64,
    /// Whether there are more records than the document contains.
    pub(crate) has_more: bool,
    /// The error that `sf` wrote instead of records.
    pub(crate) error: Option<String>,
    /// The line where reading stopped, and why.
    pub(crate) broken: Option<(u64, &'static str)>,
}

/// Reads the records of `input`; `take` receives each with the line on which it ends.
pub(crate) fn read(input: impl Read, take: &mut dyn FnMut(Record, u64)) -> DocumentInfo {
    let line = Rc::new(Cell::new(1));
    let reader = LimitedReader { input, line: Rc::clone(&line), run: 0, is_string: false, is_escaped: false };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut document = DocumentInfo::default();
    loop {
        let mut sink = RecordSink { document: &mut document, take, line: &line };
        if let Err(error) = (DocumentVisitor { sink: &mut sink }).deserialize(&mut deserializer) {
            let why = match error.classify() {
                serde_json::error::Category::Eof => "the file is cut off here",
                serde_json::error::Category::Io => "a value is longer than a megabyte, or the file cannot be read on",
                _ => "what follows is not JSON",
            };
            document.broken = Some((error.line().max(1) as u64, why));
            return document;
        }
        if deserializer.end().is_ok() {
            return document;
        }
    }
}

/// A reader that counts lines and fails if one value is too long.
struct LimitedReader<R> {
    input: R,
    line: Rc<Cell<u64>>,
    run: u64,
    is_string: bool,
    is_escaped: bool,
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(bytes)?;
        for byte in &bytes[..read] {
            if *byte == b'\n' {
                self.line.set(self.line.get() + 1);
            }
            self.run += 1;
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_string => self.is_escaped = true,
                b'"' => {
                    self.is_string = !self.is_string;
                    self.run = 0;
                }
                b',' | b'{' | b'[' | b'}' | b']' if !self.is_string => self.run = 0,
                _ => {}
            }
            if self.run > MAX_BYTES {
                return Err(io::Error::other("a value is too long"));
            }
        }
        Ok(read)
    }
}

struct RecordSink<'s> {
    document: &'s mut DocumentInfo,
    take: &'s mut dyn FnMut(Record, u64),
    line: &'s Rc<Cell<u64>>,
}

impl RecordSink<'_> {
    fn take(&mut self, record: Record) {
        self.document.records += 1;
        (self.take)(record, self.line.get());
    }
}

/// A document: a list of records, or an object that contains one.
struct DocumentVisitor<'a, 's> {
    sink: &'a mut RecordSink<'s>,
}

impl<'de> DeserializeSeed<'de> for DocumentVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DocumentVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(values) = items.next_element_seed(ValuesVisitor)? {
            self.sink.take(values);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut own = Record::new();
        let mut holds_records = false;
        while let Some(name) = map.next_key::<String>()? {
            if matches!(name.as_str(), "result" | "records") {
                holds_records = true;
                map.next_value_seed(DocumentVisitor { sink: self.sink })?;
            } else {
                own.extend(prefixed(&name, map.next_value_seed(ValuesVisitor)?));
            }
        }
        let value = |wanted: &str| own.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        if value("done") == Some("false") {
            self.sink.document.has_more = true;
        }
        let is_answer = value("status").is_some_and(|status| status.parse::<i64>().is_ok());
        match (holds_records, value("message")) {
            (true, _) => {}
            (false, Some(message)) if is_answer && value("name").is_some() => {
                self.sink.document.error = Some(message.to_owned());
            }
            // An answer without records, such as an empty `result`.
            (false, _) if own.is_empty() => {}
            (false, _) => self.sink.take(own),
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

fn prefixed(name: &str, values: Record) -> impl Iterator<Item = (String, String)> {
    values.into_iter().map(
        move |(below, value)| {
            if below.is_empty() { (name.to_owned(), value) } else { (format!("{name}.{below}"), value) }
        },
    )
}

/// Reads a value: a scalar has an empty name, the values of an object have theirs, and a list has no values.
struct ValuesVisitor;

impl<'de> DeserializeSeed<'de> for ValuesVisitor {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Record, D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn scalar(value: &(impl ToString + ?Sized)) -> Record {
    vec![(String::new(), value.to_string())]
}

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Record;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut values = Record::new();
        while let Some(name) = map.next_key::<String>()? {
            if values.len() >= MAX_VALUES {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            values.extend(prefixed(&name, map.next_value_seed(ValuesVisitor)?));
        }
        Ok(values)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Record, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Record::new())
    }

    fn visit_unit<E>(self) -> Result<Record, E> {
        Ok(scalar(""))
    }

    fn visit_str<E>(self, text: &str) -> Result<Record, E> {
        Ok(scalar(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Record, E> {
        Ok(scalar(&value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Record, E> {
        Ok(scalar(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Record, E> {
        Ok(scalar(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Record, E> {
        Ok(scalar(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<Record>, DocumentInfo) {
        let mut found = Vec::new();
        let document = read(text.as_bytes(), &mut |record, _| found.push(record));
        (found, document)
    }

    #[test]
    fn records_of_every_wrapping() {
        let record = r#"{"attributes":{"type":"LoginHistory"},"Status":"Success","User":{"Username":"a"},"X":null}"#;
        for text in [
            format!(r#"{{"status":0,"result":{{"records":[{record}],"totalSize":1,"done":true}},"warnings":[]}}"#),
            format!(r#"{{"totalSize":1,"done":true,"records":[{record}]}}"#),
            format!(r#"{{"status":0,"result":[{record}]}}"#),
            format!("[{record}]"),
            record.to_owned(),
        ] {
            let (found, document) = all(&text);
            assert_eq!(found.len(), 1, "{text}");
            let names: Vec<&str> = found[0].iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["attributes.type", "Status", "User.Username", "X"], "{text}");
            assert!(document.broken.is_none() && !document.has_more && document.error.is_none(), "{document:?}");
        }
        let (found, document) = all(&format!("[{record}]\n[{record},\n{record}\n"));
        assert_eq!((found.len(), document.broken), (3, Some((4, "the file is cut off here"))));
        assert!(all(r#"{"done":false,"records":[]}"#).1.has_more);
        let error = r#"{"status":1,"name":"NoOrg","message":"No org","exitCode":1}"#;
        assert_eq!(all(error).1.error.as_deref(), Some("No org"));
    }

    #[test]
    fn nothing_goes_on_for_ever() {
        let long = format!("[{{\"Status\":\"{}\"}}]", "x".repeat(3 << 20));
        assert!(all(&long).1.broken.is_some());
        let deep = "[".repeat(100_000);
        assert!(all(&deep).1.broken.is_some());
    }
}
