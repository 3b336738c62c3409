//! Where secrets stand in Apex: in literal strings that are given to what is named like a secret, in what such strings
//! say, and in what looks like a key.
//!
//! It errs on the side of masking: a snippet that hides a harmless word misleads nobody.

use super::{SECRET_PARAMETERS, Span};

/// Endings of files that hold Apex.
const ENDINGS: &[&str] = &[".cls", ".trigger"];

/// Literals of letters and digits from this length on look like a key, in bytes.
const KEY_LENGTH: usize = 32;

/// Words that a header's value begins with, before its secret.
const SCHEMES: &[&str] = &["bearer ", "basic ", "oauth "];

pub(super) fn is_code(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// The spans of secrets in a text of Apex, in order of their literals.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut before: Option<std::ops::Range<usize>> = None;
    for literal in literals(text) {
        let value = &text[literal.clone()];
        let key = before.as_ref().and_then(|before| {
            // What stands between a key and its value: quotes, and `=>` or a comma.
            let between = text.get(before.end + 1..literal.start - 1)?.trim();
            matches!(between, "=>" | ",").then(|| text[before.clone()].to_ascii_lowercase())
        });
        let name = key.or_else(|| assigned_to(&text[..literal.start - 1])).unwrap_or_default();
        if (is_secret_name(&name) && !is_address(value)) || looks_like_key(value) {
            found.push(literal.clone());
        } else {
            found.extend(within(value).map(|range| literal.start + range.start..literal.start + range.end));
        }
        before = Some(literal);
    }
    found.into_iter().filter(|range| !range.is_empty()).map(|range| Span::new(range.start, range.end)).collect()
}

/// What stands between the quotes of each literal, outside comments.
fn literals(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'/', ..] => at = end_of(bytes, at, b"\n"),
            [b'/', b'*', ..] => at = end_of(bytes, at + 2, b"*/"),
            [b'\'', ..] => {
                let start = at + 1;
                let mut end = start;
                while end < bytes.len() && !matches!(bytes[end], b'\'' | b'\n') {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                let end = end.min(bytes.len());
                if text.is_char_boundary(end) {
                    found.push(start..end);
                }
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    found
}

fn end_of(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, end).map_or(bytes.len(), |found| from + found + end.len())
}

/// The variable or field that a literal behind `before` is assigned to, or compared with, in lower case.
fn assigned_to(before: &str) -> Option<String> {
    let left = before.trim_end().strip_suffix('=')?.trim_end_matches(['=', '!', '+', ' ', '\t']);
    let start = left.rfind(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '_')).map_or(0, |at| at + 1);
    let name = left.get(start..)?;
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

fn is_secret_name(name: &str) -> bool {
    let dense = name.replace(['_', '-'], "");
    // `sig` is a parameter of addresses, and a part of many a name in code.
    let is_one = SECRET_PARAMETERS.iter().any(|word| *word != "sig" && name.contains(word));
    is_one
        || ["privatekey", "consumerkey", "accesskey", "clientsecret", "sessionid"]
            .iter()
            .any(|word| dense.contains(word))
}

fn is_address(value: &str) -> bool {
    let value = value.trim_start();
    value.contains("://") || value.starts_with('/') || value.to_ascii_lowercase().starts_with("callout:")
}

fn looks_like_key(value: &str) -> bool {
    let has = |is_it: fn(&u8) -> bool| value.bytes().any(|byte| is_it(&byte));
    let is_dense = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_.-".contains(&byte));
    let is_long = value.len() >= KEY_LENGTH && !value.starts_with('/');
    value.contains("-----BEGIN") || (is_long && is_dense && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
}

/// Secrets inside a literal: behind `password=` and its like, and behind `Bearer `.
fn within(value: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let parameters = value.match_indices('=').filter_map(|(at, _)| {
        let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.');
        let start = value[..at].rfind(|ch| !is_name(ch)).map_or(0, |before| before + 1);
        let name = value.get(start..at)?.to_ascii_lowercase();
        let end = value[at + 1..].find(['&', ' ', '<', '"']).map_or(value.len(), |length| at + 1 + length);
        (SECRET_PARAMETERS.iter().any(|word| name.contains(word))).then_some(at + 1..end)
    });
    let lower = value.to_ascii_lowercase();
    let scheme = SCHEMES.iter().find(|scheme| lower.trim_start().starts_with(**scheme));
    let token = scheme.map(|scheme| {
        let start = value.len() - value.trim_start().len() + scheme.len();
        start..value.len()
    });
    parameters.chain(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Vec<&str> {
        spans(text).into_iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn literals_given_to_secrets_are_found() {
        assert_eq!(masked("String password = 'hunter2'; String name = 'x';"), ["hunter2"]);
        assert_eq!(masked("cfg.Client_Secret__c='a\\'b';"), ["a\\'b"]);
        assert_eq!(masked("m.put('client_secret', 'abc'); n.put('name', 'def');"), ["abc"]);
        assert_eq!(masked("new Map<String, String>{ 'password' => 'abc' }"), ["abc"]);
        assert_eq!(masked("if (token == 'abc') {}"), ["abc"]);
        assert_eq!(masked("String tokenUrl = 'https://a.example.com/token';"), [] as [&str; 0]);
        assert_eq!(masked("// String password = 'x'\n/* pwd = 'y' */"), [] as [&str; 0]);
    }

    #[test]
    fn secrets_inside_literals_are_found() {
        assert_eq!(masked("'grant_type=password&client_id=x&username=u&password=p'"), ["p"]);
        assert_eq!(masked("r.setHeader('Authorization', 'Bearer 00Dabc');"), ["00Dabc"]);
        assert_eq!(masked("r.setHeader('Authorization', 'Bearer ' + token);"), [] as [&str; 0]);
        assert_eq!(masked("String k = '-----BEGIN RSA PRIVATE KEY-----';").len(), 1);
        assert_eq!(masked("String k = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw';").len(), 1);
    }

    #[test]
    fn broken_text_is_no_trouble() {
        for text in ["'", "'\\", "'\\'", "= 'x", "'a' => 'b", "password = 'ü\\", "'\\ü'", "/*", "''"] {
            spans(text);
        }
    }
}
