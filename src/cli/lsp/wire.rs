//! Messages on two streams, as the Language Server Protocol frames them.
//!
//! A malformed frame gets an error where the protocol has one; a frame that leaves the stream without a next frame ends it.
//! Refuses to know what a message means.

use std::io::{self, BufRead, Read as _, Write as _};

use lsp_server::{ErrorCode, Message, Request, RequestId, Response};
use serde_json::{Value, json};

use sessionlint_report::gate::Gate;
use sessionlint_report::json::line_of;

/// The longest message, in bytes: files end at 64 MB, and JSON escapes some of their characters. Longer ones are skipped.
const MAX_MESSAGE: u64 = 192 << 20;

/// The longest header line, in bytes.
const MAX_HEADER: u64 = 8 << 10;

/// An incoming frame.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// A malformed message, and the error for it.
    Refused(Value),
    /// A message of this many bytes, which was skipped.
    TooLong(u64),
}

/// The next frame; `None` at the end of the stream. An error ends it.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_headers(from)? else { return Ok(None) };
    if length > MAX_MESSAGE {
        let passed = io::copy(&mut from.take(length), &mut io::sink())?;
        return Ok((passed == length).then_some(Incoming::TooLong(length)));
    }
    let mut body = Vec::new();
    // Memory grows with what arrives, not with what was promised.
    if from.take(length).read_to_end(&mut body)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(parse(&body)))
}

/// The length that the headers of a frame give.
fn read_headers(from: &mut impl BufRead) -> io::Result<Option<u64>> {
    let malformed = |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("a header of a message {why}"));
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        let count = from.take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if count == 0 {
            return if is_first { Ok(None) } else { Err(malformed("is cut off")) };
        }
        let line = str::from_utf8(&line).map_err(|_| malformed("is not UTF-8"))?;
        let Some(line) = line.strip_suffix('\n') else { return Err(malformed("is too long or cut off")) };
        let line = line.strip_suffix('\r').unwrap_or(line);
        is_first = false;
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| malformed("is missing: Content-Length"));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed("has no colon"))?;
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| malformed("has a length that is no number"))?);
        }
    }
}

/// The message in the body of a frame.
fn parse(body: &[u8]) -> Incoming {
    let refused = |id: Value, code: ErrorCode, why: String| {
        Incoming::Refused(json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": why}}))
    };
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        // The message may contain the text of a file, so it is not repeated.
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            return refused(Value::Null, ErrorCode::ParseError, format!("the message is not JSON ({place})"));
        }
    };
    let id = value.get("id").cloned();
    let is_request = value.get("method").is_some_and(Value::is_string);
    match (&id, is_request) {
        (Some(id), true) => {
            let Ok(id) = serde_json::from_value::<RequestId>(id.clone()) else {
                let shown = if id.is_number() { id.clone() } else { Value::Null };
                return refused(shown, ErrorCode::InvalidRequest, "the id is neither a number nor a text".to_owned());
            };
            let method = value["method"].as_str().unwrap_or_default().to_owned();
            Incoming::Message(Message::Request(Request { id, method, params: take(value, "params") }))
        }
        (Some(_), false) => match serde_json::from_value::<Response>(value) {
            Ok(response) => Incoming::Message(Message::Response(response)),
            Err(_) => refused(Value::Null, ErrorCode::InvalidRequest, "neither a request nor an answer".to_owned()),
        },
        (None, true) => {
            let method = value["method"].as_str().unwrap_or_default().to_owned();
            let params = take(value, "params");
            Incoming::Message(Message::Notification(lsp_server::Notification { method, params }))
        }
        (None, false) => {
            refused(Value::Null, ErrorCode::InvalidRequest, "the message has no method and no id".to_owned())
        }
    }
}

fn take(value: Value, key: &str) -> Value {
    match value {
        Value::Object(mut map) => map.remove(key).unwrap_or_default(),
        _ => Value::Null,
    }
}

/// Writes a message.
pub(super) fn write(out: &mut Gate<'_>, message: &Value) -> io::Result<()> {
    let body = line_of(message)?;
    write!(out, "Content-Length: {}\r\n\r\n", body.len())?;
    out.write_all(body.as_bytes())?;
    out.finish()?;
    out.flush()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> (Vec<String>, Option<String>) {
        let mut from = io::BufReader::new(bytes);
        let mut seen = Vec::new();
        loop {
            match read(&mut from) {
                Ok(Some(incoming)) => seen.push(match incoming {
                    Incoming::Message(message) => serde_json::to_string(&message).unwrap(),
                    Incoming::Refused(answer) => answer["error"]["code"].to_string(),
                    Incoming::TooLong(length) => format!("{length} passed over"),
                }),
                Ok(None) => return (seen, None),
                Err(error) => return (seen, Some(error.to_string())),
            }
        }
    }

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn what_is_no_message_is_answered_or_ends() {
        let good = frame(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#);
        let shown = r#"{"id":1,"method":"shutdown"}"#;
        let bad = ["", "{", "[]", "7", r#"{"id":1.5,"method":"x"}"#, r#"{"id":{},"method":"x"}"#, "{}", r#"{"id":3}"#];
        let deep = "[".repeat(100_000);
        for body in bad.iter().copied().chain([deep.as_str(), "\u{1b}"]) {
            let (seen, error) = all(format!("{}{good}", frame(body)).as_bytes());
            assert!(seen[0].starts_with("-327") || seen[0].starts_with("-326"), "{body}: {seen:?}");
            assert_eq!((&seen[1..], error), (&[shown.to_owned()][..], None), "{body}");
        }
        let long = format!("Content-Length: {}\r\n\r\n", MAX_MESSAGE + 1);
        let mut bytes = long.into_bytes();
        bytes.resize(bytes.len() + MAX_MESSAGE as usize + 1, b' ');
        bytes.extend(good.as_bytes());
        assert_eq!(all(&bytes), (vec![format!("{} passed over", MAX_MESSAGE + 1), shown.to_owned()], None));
        for headers in ["x\r\n\r\n", "Content-Length: -1\r\n\r\n", "A: b\r\n\r\n", "Content-Length: 1\r\n", "\u{1b}"] {
            assert!(all(headers.as_bytes()).1.is_some(), "{headers}");
        }
        assert!(all("A".repeat(100_000).as_bytes()).1.is_some());
        assert_eq!(all(b"Content-Length: 99999999999\r\n\r\n{}"), (vec![], None));
        assert_eq!(all(b"Content-Length: 99\n\n{}"), (vec![], None));
        assert!(all(b"Content-Length: 1\r\n\r\n\xff").0[0].starts_with("-327"));
    }
}
