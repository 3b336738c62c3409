//! Secrets in a text: the one classifier for XML, Apex, Visualforce, configuration and broken text.
//!
//! A value is a secret by its role (the element, variable, parameter, header or argument that receives it) or by its
//! shape (a provider's prefix, a long number, letters and digits without words). If the role is in doubt, the whole
//! literal is masked: hiding a harmless word does no harm. [`spans`] is for files, [`mask`] for a single value,
//! [`of_element`] and [`of_parameter`] for elements whose neighbours are known.
//!
//! Every pass is linear in the text. Refuses to know what a project is.

mod code;
mod markup;
mod reason;
mod role;
mod shape;
mod wording;

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

use super::Span;

pub use markup::{is_open_value, is_secret_element, of_element, of_parameter};
pub use reason::{LONGEST_SECRET, SecretReason, header_reason, hinted_reason, is_placeholder_text, secret_reason};
pub use role::{ACCESS_KEYS, CLIENT_SECRETS};
use role::{Role, is_exempt, is_plausible};
pub use wording::LETTERS;

/// Suffixes of files with Apex.
const CODE: &[&str] = &[".cls", ".trigger"];
/// Suffixes of files with markup and scripts.
const PAGES: &[&str] = &[".page", ".component", ".cmp", ".app", ".html", ".js"];

/// The length of a text from which the passes over it run side by side: one large file is all that a run waits for.
const SPREAD_BYTES: usize = 256 << 10;

type Ranges = Vec<std::ops::Range<usize>>;

/// The spans of secrets in the text of the file `path`, well-formed or not: in order, none inside another.
pub(super) fn spans(path: &str, text: &str) -> Vec<Span> {
    let form = FileForm::of(path);
    let mut found = Ranges::new();
    by_form(text, form, &mut found);
    in_words(text, form.text_form(), &mut found);
    in_order(found)
}

/// The same for a caller that may wait for other threads: the passes over a large text run side by side.
pub(super) fn spans_on_all_threads(path: &str, text: &str) -> Vec<Span> {
    // Outside the threads of the run, rayon would start more than the user allowed.
    if text.len() < SPREAD_BYTES || rayon::current_thread_index().is_none() {
        return spans(path, text);
    }
    let form = FileForm::of(path);
    let (mut found, mut named, mut shaped) = (Ranges::new(), Ranges::new(), Ranges::new());
    rayon::join(
        || by_form(text, form, &mut found),
        || rayon::join(|| named_in_words(text, form.text_form(), &mut named), || shape::find(text, &mut shaped)),
    );
    found.append(&mut named);
    found.append(&mut shaped);
    in_order(found)
}

/// What the name of a file says about its text.
#[derive(Clone, Copy)]
struct FileForm {
    is_code: bool,
    is_page: bool,
}

impl FileForm {
    fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        Self { is_code: ends(CODE), is_page: ends(PAGES) }
    }

    fn text_form(self) -> TextForm {
        match (self.is_code, self.is_page) {
            (true, _) => TextForm::Code,
            (false, true) => TextForm::Page,
            (false, false) => TextForm::File,
        }
    }
}

/// Secrets in the elements and in the code of a file.
fn by_form(text: &str, form: FileForm, found: &mut Ranges) {
    if !form.is_code {
        markup::find(text, found);
    }
    if form.is_code || form.is_page {
        code::find(text, form.is_page, found);
    }
}

/// Sorted spans, merged.
fn in_order(found: Ranges) -> Vec<Span> {
    merged(found).into_iter().map(|range| Span::new(range.start, range.end)).collect()
}

/// `text` with its secrets masked, one star per character; borrowed if there are none.
pub fn mask(text: &str) -> Cow<'_, str> {
    // A short text without any of these characters cannot contain a secret, not even by shape.
    if text.len() < 16 && !text.bytes().any(|byte| matches!(byte, b'=' | b':' | b' ' | b'-')) {
        return Cow::Borrowed(text);
    }
    if shape::is_plain_name(text) {
        return Cow::Borrowed(text);
    }
    let mut found = Ranges::new();
    in_words(text, TextForm::Value, &mut found);
    stars(text, &merged(found))
}

/// `message` about a defect of `text`, without names between `<` and `>` that occur only in secrets of the text.
///
/// In a broken tag, what looks like a name may be the content of an element.
pub fn without_content(path: &str, text: &str, message: &str) -> String {
    let secrets = spans(path, text);
    let is_secret = |name: &str| {
        let mut places = text.match_indices(name).map(|(at, _)| Span::new(at, at + name.len())).peekable();
        let within = |place: Span| secrets.iter().any(|secret| secret.start < place.end && place.start < secret.end);
        !name.is_empty() && places.peek().is_some() && places.take(100).all(within)
    };
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(open) = rest.find('<') {
        let start = open + 1 + usize::from(rest[open + 1..].starts_with('/'));
        let length = rest[start..].find('>').unwrap_or(rest.len() - start);
        let name = &rest[start..start + length];
        out.push_str(&rest[..start]);
        out.push_str(if is_secret(name.trim_end_matches('…')) { "…" } else { name });
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out
}

/// Whether a name is that of a secret, or of a value that may be one.
pub fn names_secret(name: &str) -> bool {
    role::of_name(name) != Role::None
}

/// Stars in place of a whole value, one per character.
pub fn mask_text(text: &str) -> String {
    text.chars().map(|ch| if ch.is_whitespace() { ch } else { '*' }).collect()
}

fn stars<'t>(text: &'t str, found: &Ranges) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in found {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&mask_text(text.get(range.clone()).unwrap_or_default()));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Sorted, with overlapping and adjacent spans merged.
fn merged(mut found: Ranges) -> Ranges {
    found.retain(|range| !range.is_empty());
    found.sort_unstable_by_key(|range| (range.start, range.end));
    let mut all: Ranges = Vec::with_capacity(found.len());
    for range in found {
        match all.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}

/// The kind of text to search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextForm {
    /// Code; [`code`] finds its names and literals.
    Code,
    /// Markup with scripts; [`code`] finds their literals.
    Page,
    /// The text of a file.
    File,
    /// A single value, or a comment: it may start with a parameter.
    Value,
}

/// Secrets in any text: in URLs, in pairs of name and value, after `Bearer`, and by shape.
fn in_words(text: &str, words: TextForm, found: &mut Ranges) {
    named_in_words(text, words, found);
    shape::find(text, found);
}

/// The same without those that are found by their shape.
fn named_in_words(text: &str, words: TextForm, found: &mut Ranges) {
    users(text, found);
    if words != TextForm::Code {
        pairs(text, words, found);
    }
    schemes(text, found);
}

/// The passwords of `user:password@host`.
fn users(text: &str, found: &mut Ranges) {
    let ends = |ch: char| ch.is_whitespace() || matches!(ch, '&' | '#' | '<' | '>' | '"' | '\'' | ']');
    // Both indices only move forward, so that many URLs without an end take linear time.
    let (mut value_end, mut next_at) = (0, 0);
    for at in memmem::find_iter(text.as_bytes(), "://") {
        let start = at + "://".len();
        if value_end <= start {
            value_end = text[start..].find(ends).map_or(text.len(), |length| start + length);
        }
        if next_at < start {
            next_at = text[start..].find('@').map_or(text.len(), |length| start + length);
        }
        let end = value_end.max(start);
        let host_end = text[start..end].find(['/', '?']).map_or(end, |length| start + length);
        let Some(colon) = text[start..host_end].find(':').map(|length| start + length) else { continue };
        let mut user_end = text[start..host_end].rfind('@').map(|length| start + length);
        if user_end.is_none() && next_at < end {
            // A password may contain an unescaped `/` or `?`; a port before a path is not one.
            let is_port = host_end > colon + 1 && text[colon + 1..host_end].bytes().all(|byte| byte.is_ascii_digit());
            user_end = (!is_port).then_some(next_at);
        }
        if let Some(user_end) = user_end.filter(|user_end| *user_end > colon) {
            found.push(colon + 1..user_end);
        }
    }
}

/// The maximum length of a name.
const LONGEST_NAME: usize = 64;

/// Values of `name=value`, `name: value` and `"name": "value"`.
fn pairs(text: &str, words: TextForm, found: &mut Ranges) {
    let bytes = text.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut at = 0;
    while let Some(sign) = memchr::memchr2(b'=', b':', &bytes[at..]).map(|found| at + found) {
        at = sign + 1;
        if bytes.get(sign + 1).is_some_and(|byte| matches!(byte, b'=' | b'>' | b':')) {
            continue;
        }
        // Back over blanks, comparison operators and quotes to the name.
        let floor = sign.saturating_sub(LONGEST_NAME + 16);
        let mut end = sign;
        while end > floor && matches!(bytes[end - 1], b' ' | b'\t' | b'=' | b'!' | b'+' | b'"' | b'\'' | b'\\' | b']') {
            end -= 1;
        }
        if text.is_char_boundary(end) && text.get(floor..end).is_some_and(|before| before.ends_with("&quot;")) {
            end -= "&quot;".len();
        }
        let mut start = end;
        while start > floor && is_name(bytes[start - 1]) {
            start -= 1;
        }
        if start == end {
            continue;
        }
        let before = start.checked_sub(1).map(|at| bytes[at]);
        let is_parameter = bytes[sign] == b'='
            && end == sign
            && match before {
                None => words == TextForm::Value,
                Some(byte) => matches!(byte, b'?' | b'&' | b';' | b'#'),
            };
        let mut role = role::of_name(&text[start..end]);
        if is_parameter && role != Role::None {
            role = Role::Strong;
        }
        if role == Role::None {
            continue;
        }
        let mut from = sign + 1;
        while bytes.get(from).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            from += 1;
        }
        let (value, quoted) = value_at(text, from);
        let is_secret = match (quoted, role) {
            (true, _) if words == TextForm::Page => false,
            (true, Role::Strong) => !is_exempt(&text[value.clone()]),
            (true, _) => is_plausible(&text[value.clone()]),
            (false, _) if is_parameter => !is_exempt(&text[value.clone()]),
            (false, Role::Strong) => {
                let word = &text[value.clone()];
                let behind = text[value.end..].trim_start_matches([' ', '\t']);
                let is_last =
                    behind.is_empty() || behind.starts_with(['\r', '\n', '<', '"', '\'']) || behind.starts_with("*/");
                let is_code = word.contains(['(', ';']) || word.ends_with('.');
                // `password=correct-horse of the team`: joined words directly after the sign are not prose.
                let is_phrase = from == sign + 1 && word.len() >= 8 && word.contains(['-', '_']);
                let is_bare = bytes[sign] == b'=' && (is_last && word.len() >= 4 || is_phrase);
                !is_exempt(word) && (is_plausible(word) || is_bare && !is_code)
            }
            (false, _) => false,
        };
        // A value of this length is not a word, so that the second check is skipped.
        if is_secret || value.len() > 4096 {
            at = value.end.max(at);
            found.push(value);
        }
    }
}

/// The value at `from`, in quotes or not.
fn value_at(text: &str, from: usize) -> (std::ops::Range<usize>, bool) {
    let rest = &text[from..];
    for quote in ["\\\"", "\\'", "&quot;", "\"", "'"] {
        if let Some(inside) = rest.strip_prefix(quote) {
            let start = from + quote.len();
            return (start..start + quoted(inside.as_bytes(), quote.as_bytes()), true);
        }
    }
    let ends = |ch: char| ch.is_whitespace() || matches!(ch, '&' | '<' | '>' | '"' | '\'' | ']' | ',' | '#');
    (from..from + rest.find(ends).unwrap_or(rest.len()), false)
}

/// The length of the text up to `quote` or the end of the line.
fn quoted(bytes: &[u8], quote: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() && !matches!(bytes[at], b'\n' | b'\r') && !bytes[at..].starts_with(quote) {
        at += if bytes[at] == b'\\' && quote.len() == 1 { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// Schemes at the start of a header's value, before its secret.
const SCHEMES: &[&str] = &["bearer ", "basic ", "oauth ", "digest ", "apikey ", "token "];

/// The length of the scheme at the start of a header's value.
fn scheme(value: &str) -> Option<usize> {
    let lead = value.len() - value.trim_start().len();
    let head = value.get(lead..).unwrap_or_default().as_bytes();
    let is_it =
        |scheme: &&&str| head.len() >= scheme.len() && head[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes());
    SCHEMES.iter().find(is_it).map(|scheme| lead + scheme.len())
}

/// Texts after `Bearer ` and `Basic ` that do not look like a word.
fn schemes(text: &str, found: &mut Ranges) {
    /// What is before a secret: the ends of both words.
    static ENDS: LazyLock<[memmem::Finder<'_>; 4]> =
        LazyLock::new(|| ["r ", "R ", "c ", "C "].map(|end| memmem::Finder::new(end.as_bytes())));
    let bytes = text.as_bytes();
    for at in ENDS.iter().flat_map(|end| end.find_iter(bytes)).map(|last| last + 1) {
        let is_one = ["bearer", "basic"].iter().any(|scheme| {
            at >= scheme.len()
                && bytes[at - scheme.len()..at].eq_ignore_ascii_case(scheme.as_bytes())
                && !bytes[..at - scheme.len()].last().is_some_and(u8::is_ascii_alphanumeric)
        });
        if !is_one {
            continue;
        }
        let start = at + 1;
        let ends = |ch: char| ch.is_whitespace() || matches!(ch, '<' | '>' | '"' | '\'' | ',' | ';');
        let end = text[start..].find(ends).map_or(text.len(), |length| start + length);
        if is_plausible(&text[start..end]) {
            found.push(start..end);
        }
    }
}

#[cfg(test)]
mod tests;
