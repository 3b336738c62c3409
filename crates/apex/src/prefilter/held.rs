//! Whether a file without another relevant word holds a secret: a literal with a name before it, or a pair in a literal.
//!
//! Goes by bytes: a name is what stands before `=`, `=>` or a comma. Of two literals, the second may also be a password
//! in a login. Literals in comments are left out. Errs on the side of reading, and refuses to parse.

use sessionlint_source::secrets;

use super::{Literals, after_comment, end_of_line};

/// The longest name of a secret.
const MAX_NAME: usize = 120;

/// A name under which every secret counts.
const ANY_NAME: &str = "secret";

/// No secret is shorter, in bytes.
const SHORTEST: usize = 8;

/// Whether a character is between the parts of a literal, two of which may be a name and its secret.
fn separates(ch: char) -> bool {
    matches!(ch, ' ' | '\n' | '\r' | '=' | ':' | '&' | ',' | ';' | '"' | '\\' | '<' | '>' | '{' | '}' | '?')
}

/// Whether the bytes of a class or trigger may hold a secret; `logs_in` if it may have a login.
pub(super) fn may_hold_secret(bytes: &[u8], logs_in: bool) -> bool {
    // Where the last comment ended.
    let mut commented = 0;
    let mut literals = Literals::default();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\'', b'/', &bytes[at..]).map(|length| at + length) {
        at = match &bytes[found..] {
            [b'/', b'/', ..] => {
                commented = end_of_line(bytes, found);
                commented
            }
            [b'/', b'*', ..] => {
                commented = after_comment(bytes, found);
                commented
            }
            [b'/', ..] => found + 1,
            _ => {
                let end = literals.after(bytes, found);
                let text = std::str::from_utf8(&bytes[found..end]).unwrap_or_default();
                if is_secret(&bytes[commented..found], text.trim_matches(['\'', '\r', '\n']), logs_in) {
                    return true;
                }
                end
            }
        };
    }
    false
}

/// Whether a literal after some bytes is a secret under the name there, or has one under a name in it.
fn is_secret(before: &[u8], text: &str, logs_in: bool) -> bool {
    // Most literals are words.
    let is_mixed = || text.bytes().any(|byte| byte.is_ascii_digit() || b"!$%^*+-_".contains(&byte));
    let is_long = || text.len() >= secrets::LETTERS && text.split(separates).any(|part| part.len() >= secrets::LETTERS);
    if text.len() < SHORTEST || !is_mixed() && !is_long() {
        return false;
    }
    // The first line of a private key: the others may be in the next literals.
    if text.starts_with("-----BEGIN") {
        return true;
    }
    let is_named = || {
        let is_next = || without_brackets(before).ends_with(b",");
        let names = [name_at_end(before), Some("password").filter(|_| logs_in && is_next())];
        names.into_iter().flatten().any(|name| secrets::secret_reason(name, text).is_some())
    };
    let mut parts = text.split(separates).filter(|part| !part.is_empty());
    let mut name = parts.next().unwrap_or_default();
    is_named()
        || parts.any(|part| {
            let is_it = part.len() >= SHORTEST && secrets::secret_reason(name, part).is_some();
            name = part;
            is_it
        })
}

/// The name that gets the literal after the bytes behind a comment: a word before `=`, a literal before `=>` or a comma.
/// If the comment stands between them, it can be any.
fn name_at_end(before: &[u8]) -> Option<&str> {
    let before = without_brackets(before);
    if before.is_empty() {
        return Some(ANY_NAME);
    }
    let ([lead @ .., b'=', b'>'] | [lead @ .., b'+', b'='] | [lead @ .., b'=' | b',']) = before else {
        return None;
    };
    let name = match lead.trim_ascii_end() {
        [] => return Some(ANY_NAME),
        [lead @ .., b'\''] => {
            let lead = &lead[lead.len().saturating_sub(MAX_NAME)..];
            &lead[memchr::memrchr(b'\'', lead).map_or(0, |at| at + 1)..]
        }
        word => &word[start_of_word(word)..],
    };
    std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && name.len() <= MAX_NAME)
}

/// Some bytes without the white space and the opening brackets at their end.
fn without_brackets(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != b'(');
    &bytes[..last.map_or(0, |last| last + 1)]
}

/// The start of the word at the end of some bytes.
fn start_of_word(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_comments_stand() {
        for text in [
            "class A { String signingKey = 'aB3kd93Ldk2Zx81Qw'; }",
            "class A { String signingKey = 'KjZtLwPdXkRnVbQmHsTcGyWfBpDqNrLv'; }",
            "class A { String signingKey = /* it's */ 'aB3kd93Ldk2Zx81Qw'; }",
            "class A { String signingKey /* it's */ = 'aB3kd93Ldk2Zx81Qw'; }",
            "class A { String signingKey = // it's\n 'aB3kd93Ldk2Zx81Qw'; }",
            "class A { void f() { r.setHeader('signingKey', // it's\n 'aB3kd93Ldk2Zx81Qw'); } }",
            "class A { void f() { r.setHeader('signingKey' /* it's */, 'aB3kd93Ldk2Zx81Qw'); } }",
            "class A { String pem = '-----BEGIN PRIVATE KEY-----' + 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA'; }",
            "class A { String s = '''\nhello\n''' + ''; String signingKey = 'aB3kd93Ldk2Zx81Qw'; }",
        ] {
            assert!(may_hold_secret(text.as_bytes(), false), "{text}");
        }
        let login = "class A { void f() { Site.login('loom', 'Weft2031!x'); } }";
        assert!(may_hold_secret(login.as_bytes(), true) && !may_hold_secret(login.as_bytes(), false));
        let bracketed = "class A { void f() { Site.login('loom', ('Weft2031!x')); } }";
        assert!(may_hold_secret(bracketed.as_bytes(), true));
        for text in [
            "class A { String host = 'aB3kd93Ldk2Zx81Qw'; }",
            "class A { /* String signingKey = 'aB3kd93Ldk2Zx81Qw'; */ }",
            "class A { String signingKey = /* later */ 'none yet'; }",
            "",
        ] {
            assert!(!may_hold_secret(text.as_bytes(), false), "{text}");
        }
    }
}
