//! Whether a file without another relevant word holds a secret: a literal with a name before it, or a pair in a literal.
//!
//! Goes by bytes: a name is what stands before `=`, `=>` or a comma. Literals in comments are left out. Errs on the side
//! of reading, and refuses to parse.

use sessionlint_source::secrets;

use super::{end_of_literal, skip};

/// The longest name of a secret.
const MAX_NAME: usize = 120;

/// No secret is shorter, in bytes.
const SHORTEST: usize = 8;

/// Whether a character is between the parts of a literal, two of which may be a name and its secret.
fn separates(ch: char) -> bool {
    matches!(ch, ' ' | '\n' | '\r' | '=' | ':' | '&' | ',' | ';' | '"' | '\\' | '<' | '>' | '{' | '}' | '?')
}

/// Whether the bytes of a class or trigger may hold a secret.
pub(super) fn may_hold_secret(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\'', b'/', &bytes[at..]).map(|length| at + length) {
        at = match &bytes[found..] {
            [b'/', b'/', ..] => skip(bytes, found, b"\n"),
            [b'/', b'*', ..] => skip(bytes, found + 2, b"*/"),
            [b'/', ..] => found + 1,
            text => {
                // A text of several lines ends with the same three quotes.
                let (start, end) = match text {
                    [b'\'', b'\'', b'\'', ..] => (found + 3, skip(bytes, found + 3, b"'''")),
                    _ => (found + 1, end_of_literal(bytes, found + 1).min(bytes.len())),
                };
                let text = std::str::from_utf8(bytes.get(start..end).unwrap_or_default()).unwrap_or_default();
                if is_secret(&bytes[..found], text.trim_end_matches(['\'', '\r', '\n'])) {
                    return true;
                }
                end
            }
        };
    }
    false
}

/// Whether a literal after some bytes is a secret under the name there, or has one under a name in it.
fn is_secret(before: &[u8], text: &str) -> bool {
    // Most literals are words.
    if text.len() < SHORTEST || !text.bytes().any(|byte| byte.is_ascii_digit() || b"!$%^*+-_".contains(&byte)) {
        return false;
    }
    let is_named = || name_at_end(before).is_some_and(|name| secrets::secret_reason(name, text).is_some());
    let mut parts = text.split(separates).filter(|part| !part.is_empty());
    let mut name = parts.next().unwrap_or_default();
    is_named()
        || parts.any(|part| {
            let is_it = part.len() >= SHORTEST && secrets::secret_reason(name, part).is_some();
            name = part;
            is_it
        })
}

/// The name that gets the literal after some bytes: a word before `=`, a literal before `=>` or a comma.
fn name_at_end(before: &[u8]) -> Option<&str> {
    let is_around = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'(';
    let end = before.iter().rposition(|byte| !is_around(byte))? + 1;
    let ([lead @ .., b'=', b'>'] | [lead @ .., b'+', b'='] | [lead @ .., b'=' | b',']) = &before[..end] else {
        return None;
    };
    let name = match lead.trim_ascii_end() {
        [lead @ .., b'\''] => {
            let lead = &lead[lead.len().saturating_sub(MAX_NAME)..];
            &lead[memchr::memrchr(b'\'', lead).map_or(0, |at| at + 1)..]
        }
        word => &word[start_of_word(word)..],
    };
    std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && name.len() <= MAX_NAME)
}

/// The start of the word at the end of some bytes.
fn start_of_word(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |at| at + 1)
}
