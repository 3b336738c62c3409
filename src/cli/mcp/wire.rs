//! Messages on two streams: JSON-RPC, one a line.
//!
//! A malformed line gets an error; no line takes more memory than the longest message. Refuses to know what a message means.

use std::io::{self, BufRead, Write as _};

use serde_json::{Map, Value, json};

use sessionlint_report::gate::Gate;
use sessionlint_report::json::line_of;

/// The longest message, in bytes; longer ones are skipped.
pub(super) const MAX_MESSAGE: usize = 1 << 20;

/// The codes of errors.
pub(super) const PARSE_ERROR: i64 = -32_700;
pub(super) const INVALID_REQUEST: i64 = -32_600;
pub(super) const METHOD_NOT_FOUND: i64 = -32_601;
pub(super) const INVALID_PARAMS: i64 = -32_602;
pub(super) const UNSUPPORTED_VERSION: i64 = -32_022;

/// A message of the client.
#[derive(Debug)]
pub(super) enum Message {
    Request {
        id: Value,
        method: String,
        params: Map<String, Value>,
    },
    Notification {
        method: String,
        params: Map<String, Value>,
    },
    /// The response to a request of the server: its result, or nothing for an error.
    Response {
        id: Value,
        result: Option<Value>,
    },
    /// A malformed message, and the error for it.
    Refused(Value),
}

/// A line of the client.
#[derive(Debug)]
pub(super) enum Incoming {
    One(Message),
    /// Several messages, which one version of the protocol allows.
    Batch(Vec<Message>),
}

/// The next line; `None` at the end of the stream.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    loop {
        let mut line = Vec::new();
        let mut length = 0;
        let is_ended = loop {
            let part = from.fill_buf()?;
            if part.is_empty() {
                break true;
            }
            let end = part.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(part.len(), |end| end + 1);
            length += used;
            if length <= MAX_MESSAGE + 1 {
                line.extend_from_slice(&part[..used]);
            } else {
                line = Vec::new();
            }
            from.consume(used);
            if end.is_some() {
                break false;
            }
        };
        if length > MAX_MESSAGE + 1 {
            let text = format!("the message is longer than {} MB and was passed over", MAX_MESSAGE >> 20);
            return Ok(Some(Incoming::One(Message::Refused(error(&Value::Null, INVALID_REQUEST, &text, None)))));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(parse(&line)));
        }
        if is_ended {
            return Ok(None);
        }
    }
}

fn parse(line: &[u8]) -> Incoming {
    match serde_json::from_slice(line.trim_ascii()) {
        Ok(Value::Array(all)) if all.is_empty() => Incoming::One(refused(&Value::Null, "the batch is empty")),
        Ok(Value::Array(all)) => Incoming::Batch(all.into_iter().map(message).collect()),
        Ok(value) => Incoming::One(message(value)),
        // What was sent is not repeated.
        Err(fault) => {
            let text = format!("the line is not JSON (column {})", fault.column());
            Incoming::One(Message::Refused(error(&Value::Null, PARSE_ERROR, &text, None)))
        }
    }
}

fn refused(id: &Value, why: &str) -> Message {
    Message::Refused(error(id, INVALID_REQUEST, why, None))
}

fn message(value: Value) -> Message {
    let Value::Object(mut all) = value else { return refused(&Value::Null, "the message is not an object") };
    let id = all.remove("id");
    let is_id = |id: &Value| id.is_string() || id.is_i64() || id.is_u64();
    let shown = id.clone().filter(is_id).unwrap_or_default();
    if all.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refused(&shown, "the message has no \"jsonrpc\": \"2.0\"");
    }
    let params = match all.remove("params") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => return Message::Refused(error(&shown, INVALID_PARAMS, "the params are not an object", None)),
    };
    match (id, all.remove("method")) {
        (Some(id), Some(Value::String(method))) if is_id(&id) => Message::Request { id, method, params },
        (Some(_), Some(Value::String(_))) => refused(&Value::Null, "the id is neither a text nor a whole number"),
        (None, Some(Value::String(method))) => Message::Notification { method, params },
        (Some(id), None) if all.contains_key("result") || all.contains_key("error") => {
            Message::Response { id, result: all.remove("result") }
        }
        _ => refused(&shown, "the message is neither a request, a notification nor an answer"),
    }
}

/// An error for the request `id`.
pub(super) fn error(id: &Value, code: i64, text: &str, data: Option<Value>) -> Value {
    let mut error = json!({"code": code, "message": text});
    if let Some(data) = data {
        error["data"] = data;
    }
    json!({"jsonrpc": "2.0", "id": id, "error": error})
}

/// Writes a message and its line end.
pub(super) fn write(out: &mut Gate<'_>, message: &Value) -> io::Result<()> {
    let mut line = line_of(message)?;
    line.push('\n');
    out.write_all(line.as_bytes())?;
    out.finish()?;
    out.flush()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut from = io::BufReader::with_capacity(100, bytes);
        let shown = |message: Message| match message {
            Message::Request { id, method, params } => format!("{method} {id} {}", Value::Object(params)),
            Message::Notification { method, .. } => method,
            Message::Response { id, result } => format!("{id} {result:?}"),
            Message::Refused(answer) => format!("{} for {}", answer["error"]["code"], answer["id"]),
        };
        let mut seen = Vec::new();
        while let Some(incoming) = read(&mut from).unwrap() {
            match incoming {
                Incoming::One(message) => seen.push(shown(message)),
                Incoming::Batch(all) => seen.push(all.into_iter().map(shown).collect::<Vec<_>>().join(", ")),
            }
        }
        seen
    }

    #[test]
    fn every_line_is_a_message_or_gets_an_error() {
        let good = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let deep = "[".repeat(100_000);
        let faults = [
            ("{", "-32700 for null"),
            (deep.as_str(), "-32700 for null"),
            ("\u{1b}", "-32700 for null"),
            ("[]", "-32600 for null"),
            ("7", "-32600 for null"),
            ("{}", "-32600 for null"),
            (r#"{"id":1,"method":"ping"}"#, "-32600 for 1"),
            (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, "-32600 for \"a\""),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "-32600 for null"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "-32600 for null"),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, "-32600 for 1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, "-32602 for 1"),
            (r#"{"jsonrpc":"2.0","id":3}"#, "-32600 for 3"),
        ];
        for (line, answer) in faults {
            let seen = all(format!("{line}\n\n  \r\n{good}").as_bytes());
            assert_eq!(seen, [answer.to_owned(), "ping 1 {}".to_owned()], "{line}");
        }
        let batch = format!("[{good},{good},3]\r\n");
        assert_eq!(all(batch.as_bytes()), ["ping 1 {}, ping 1 {}, -32600 for null"]);
        assert_eq!(all(b"\xff\xfe\n"), ["-32700 for null"]);
    }

    #[test]
    fn a_long_line_is_passed_over_to_its_end() {
        let good = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let fitting = format!("{good}{}\n{good}\n", " ".repeat(MAX_MESSAGE - good.len()));
        assert_eq!(all(fitting.as_bytes()).len(), 2);
        let long = format!("{good}{}\n{good}\n", " ".repeat(MAX_MESSAGE - good.len() + 1));
        assert_eq!(all(long.as_bytes()), ["-32600 for null", "ping 1 {}"]);
        assert_eq!(all("x".repeat(3 * MAX_MESSAGE).as_bytes()), ["-32600 for null"]);
    }
}
