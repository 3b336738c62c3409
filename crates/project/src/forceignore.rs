//! The patterns of a `.forceignore` file, matched as Salesforce's tooling does.
//!
//! The syntax is that of the library node-ignore 5.3.2, which `@salesforce/source-deploy-retrieve` 13.7.0 uses, not
//! that of git. Each line becomes a JavaScript regular expression by the same steps in the same order, so that odd
//! lines behave the same too. The last line that matches a path decides; everything in a hidden folder is hidden.
//! Matching takes linear time in the length of a path. Refuses to know which files exist, and what they contain.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{RegexSet, RegexSetBuilder};

use crate::js_regex::{Fault, Flags, is_space, translate, units};
use sessionlint_source::Span;

/// A larger file is not read, in bytes.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// Lines beyond this many are not read.
const MAX_LINES: usize = 10_000;

/// A longer line is skipped, in UTF-16 units.
const MAX_LENGTH: usize = 2_000;

/// The number of expressions in one regex set.
const CHUNK: usize = 64;

/// Patterns that Salesforce's library adds before the lines of a file. They apply only if there is a file.
const BUILT_IN: &[&str] = &[
    "**/*.dup",
    "**/.*",
    "!.sf",
    "**/.sf/**",
    "!**/.sf/orgs",
    "!**/.sf/orgs/**",
    "**/.sf/orgs/*/**",
    "!**/.sf/orgs/*/remoteMetadata",
    "!**/.sf/orgs/*/remoteMetadata/**",
    "**/package2-descriptor.json",
    "**/package2-manifest.json",
];

/// The patterns of a file.
#[derive(Debug, Default)]
pub struct Patterns {
    lines: Vec<Pattern>,
    sets: Vec<RegexSet>,
    /// Whether the built-in patterns apply.
    is_read: bool,
    /// An invalid line, for which Salesforce's library ignores the whole file.
    breaking: Option<Span>,
    faults: Vec<(usize, &'static str)>,
}

#[derive(Debug)]
struct Pattern {
    is_negative: bool,
    /// The position of its line in the text.
    line: Span,
}

/// The pattern that hides a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HidingPattern {
    /// Its line; `None` for a built-in pattern.
    pub line: Option<Span>,
}

/// Why a line hides nothing as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadReason {
    /// It is invalid, so that the whole file is ignored.
    Breaks,
    /// It ends in a single backslash, so that it is ignored.
    EndsInBackslash,
    /// It separates folders by backslashes.
    BackslashFolders,
    /// It begins with `./` or `../`, which no path does.
    LeadingDot,
    /// It has a trailing comment, which is part of the pattern.
    TrailingComment,
    /// It has alternatives in braces, which are matched literally.
    Braces,
}

impl DeadReason {
    /// The id in the rule language.
    pub fn id(self) -> &'static str {
        match self {
            DeadReason::Breaks => "no-pattern",
            DeadReason::EndsInBackslash => "ends-in-backslash",
            DeadReason::BackslashFolders => "backslash-folders",
            DeadReason::LeadingDot => "leading-dot",
            DeadReason::TrailingComment => "trailing-comment",
            DeadReason::Braces => "braces",
        }
    }
}

/// The memory of the patterns of a file, in bytes. Measured, for each byte: 75 for paths, 180 with a few stars in a
/// line, 950 if every other character is a star.
pub fn takes(bytes: &[u8]) -> u64 {
    let special = bytes.iter().filter(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{')).count();
    (bytes.len() * 200 + special * 1500) as u64
}

impl Patterns {
    /// Parses a file and puts the built-in patterns before its lines.
    pub fn read(text: &str) -> Self {
        let mut all = Self { is_read: true, ..Self::default() };
        let mut expressions = Vec::new();
        for (index, range) in lines(text).take(MAX_LINES).enumerate() {
            let number = index + 1;
            let span = Span::new(range.start, range.end);
            let line: Vec<u16> = text.get(range).unwrap_or_default().encode_utf16().take(MAX_LENGTH + 1).collect();
            if line.len() > MAX_LENGTH {
                all.faults.push((number, "is longer than a pattern can be and is passed over"));
                continue;
            }
            if !is_pattern(&line) {
                continue;
            }
            let (is_negative, source) = expression(line);
            match translate(&source, Flags { ignore_case: true, anchors: true }) {
                Ok(expression) => {
                    expressions.push(expression);
                    all.lines.push(Pattern { is_negative, line: span });
                }
                Err(Fault::Syntax) => {
                    all.faults.push((number, "is not a valid pattern, so Salesforce's tools hide nothing at all"));
                    return Self { breaking: Some(span), faults: all.faults, ..Self::default() };
                }
                Err(Fault::Unsupported) => all.faults.push((number, "is not a supported pattern")),
            }
        }
        for chunk in expressions.chunks(CHUNK) {
            // Only repetitions in odd lines can make a set too large; such a set matches nothing.
            let set = set(chunk.iter().map(String::as_str)).unwrap_or_else(|| {
                all.faults.push((1, "and lines behind it are too large to be matched"));
                RegexSet::empty()
            });
            all.sets.push(set);
        }
        if lines_of(text) > MAX_LINES {
            all.faults.push((MAX_LINES + 1, "and the lines behind it are not read"));
        }
        all
    }

    /// Problems of lines, with their numbers.
    pub fn faults(&self) -> &[(usize, &'static str)] {
        &self.faults
    }

    /// The line that hides the file at `path` (`/`-separated, below the folder of the `.forceignore`) or a folder above
    /// it.
    pub fn hiding(&self, path: &str) -> Option<HidingPattern> {
        if is_refused(path) {
            return None;
        }
        let folders = path.match_indices('/').map(|(end, _)| &path[..=end]).filter(|folder| folder.len() < path.len());
        folders.chain([path]).find_map(|path| self.hiding_alone(path))
    }

    /// The line that hides `path` itself; a folder ends with `/`.
    pub(crate) fn hiding_alone(&self, path: &str) -> Option<HidingPattern> {
        if !self.is_read {
            return None;
        }
        let path = units(path, true);
        let last = self.sets.iter().enumerate().rev().find_map(|(index, set)| {
            let last = set.matches(&path).iter().next_back()?;
            self.lines.get(index * CHUNK + last)
        });
        match last {
            Some(last) => (!last.is_negative).then_some(HidingPattern { line: Some(last.line) }),
            None => is_hidden_anyway(&path).then_some(HidingPattern { line: None }),
        }
    }

    /// The lines of `text`, the text that was parsed, that hide nothing as written.
    pub fn dead(&self, text: &str) -> Vec<(Span, DeadReason)> {
        let mut dead = Vec::new();
        for range in lines(text).take(MAX_LINES) {
            let span = Span::new(range.start, range.end);
            let Some(line) = text.get(range) else { continue };
            let why = if self.breaking == Some(span) { Some(DeadReason::Breaks) } else { why_dead(line) };
            dead.extend(why.map(|why| (span, why)));
        }
        dead
    }
}

fn set<'e>(expressions: impl Iterator<Item = &'e str>) -> Option<RegexSet> {
    RegexSetBuilder::new(expressions).size_limit(1 << 28).build().ok()
}

/// Whether a built-in pattern hides a path, given as UTF-16 units.
fn is_hidden_anyway(path: &str) -> bool {
    static SET: OnceLock<(Vec<bool>, RegexSet)> = OnceLock::new();
    // A cheap test first: almost no path contains these parts, and the expressions take time.
    let lower = path.to_ascii_lowercase();
    if !lower.starts_with('.') && !["/.", ".dup", "package2-"].iter().any(|part| lower.contains(part)) {
        return false;
    }
    let (are_negative, set) = SET.get_or_init(|| {
        let flags = Flags { ignore_case: true, anchors: true };
        let expressions = BUILT_IN.iter().map(|line| expression(line.encode_utf16().collect()));
        let made = expressions.filter_map(|(is_negative, it)| Some((is_negative, translate(&it, flags).ok()?)));
        let (are_negative, expressions): (Vec<bool>, Vec<String>) = made.unzip();
        (are_negative, set(expressions.iter().map(String::as_str)).unwrap_or_else(RegexSet::empty))
    });
    set.matches(path).iter().next_back().is_some_and(|last| are_negative.get(last) == Some(&false))
}

/// Paths that the library rejects; nothing hides them.
fn is_refused(path: &str) -> bool {
    let rest = path.trim_start_matches('.');
    rest.starts_with('/') || rest.is_empty()
}

/// The lines of a text, which end with LF or CR LF.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let from = start;
        start += line.len() + 1;
        let is_last = start > text.len();
        let line = if is_last { line } else { line.strip_suffix('\r').unwrap_or(line) };
        from..from + line.len()
    })
}

fn lines_of(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1
}

/// Whether a line is a pattern, not a comment or empty.
fn is_pattern(line: &[u16]) -> bool {
    let is_comment = line.first() == Some(&HASH);
    let trailing = line.iter().rev().take_while(|unit| **unit == BACKSLASH).count();
    !line.iter().all(|unit| is_space(*unit)) && trailing != 1 && !is_comment
}

/// Why a pattern hides nothing as written; `None` if it may hide something.
fn why_dead(line: &str) -> Option<DeadReason> {
    let line = line.trim_matches(|character: char| character.is_whitespace() || character == '\u{FEFF}');
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let pattern = line.strip_prefix('!').unwrap_or(line);
    let bytes = pattern.as_bytes();
    let folders = bytes.windows(2).any(|pair| pair[0] == b'\\' && (pair[1].is_ascii_alphanumeric() || pair[1] == b'_'));
    if pattern.ends_with('\\') && !pattern.ends_with("\\\\") {
        return Some(DeadReason::EndsInBackslash);
    }
    if folders {
        return Some(DeadReason::BackslashFolders);
    }
    if pattern.starts_with("./") || pattern.starts_with("../") {
        return Some(DeadReason::LeadingDot);
    }
    if pattern.contains(" #") || pattern.contains("\t#") {
        return Some(DeadReason::TrailingComment);
    }
    let (_, alternatives) = pattern.split_once('{')?;
    let (alternatives, _) = alternatives.split_once('}')?;
    alternatives.contains(',').then_some(DeadReason::Braces)
}

const fn unit(byte: u8) -> u16 {
    byte as u16
}

const BACKSLASH: u16 = unit(b'\\');
const SLASH: u16 = unit(b'/');
const STAR: u16 = unit(b'*');
const HASH: u16 = unit(b'#');
const BANG: u16 = unit(b'!');
const CARET: u16 = unit(b'^');
const OPEN: u16 = unit(b'[');
const CLOSE: u16 = unit(b']');
const SPACE: u16 = unit(b' ');

/// The JavaScript expression of a pattern, and whether the pattern is negated.
///
/// The steps are those of the library, in its order; each works on the result of the one before.
fn expression(mut line: Vec<u16>) -> (bool, Vec<u16>) {
    let is_negative = line.first() == Some(&BANG);
    if is_negative {
        line.remove(0);
    }
    for first in [BANG, HASH] {
        if line.starts_with(&[BACKSLASH, first]) {
            line.remove(0);
        }
    }
    // A slash other than at the end anchors a pattern to the folder of the file.
    let is_bound = line.iter().rev().skip(1).any(|unit| *unit == SLASH);
    if line.first() == Some(&0xFEFF) {
        line.remove(0);
    }
    let text = trim_end(line);
    let text = unescape_spaces(&text);
    let text = escape_special(&text);
    let text = start(&text, is_bound);
    let text = double_stars(&text);
    let text = stars(&text);
    let text = unescape(&text);
    let text = classes(&text);
    (is_negative, trailing_star(end(text)))
}

fn push(out: &mut Vec<u16>, text: &str) {
    out.extend(text.encode_utf16());
}

fn starts_with(text: &[u16], at: usize, with: &str) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    with.bytes().enumerate().all(|(offset, byte)| rest.get(offset) == Some(&unit(byte)))
}

/// Removes trailing blanks; after a backslash one blank stays.
fn trim_end(mut line: Vec<u16>) -> Vec<u16> {
    let blanks = line.iter().rev().take_while(|unit| is_space(**unit)).count();
    if blanks == 0 {
        return line;
    }
    line.truncate(line.len() - blanks);
    let backslashes = line.iter().rev().take_while(|unit| **unit == BACKSLASH).count();
    if backslashes % 2 == 1 {
        line.pop();
        line.push(SPACE);
    }
    line
}

/// Removes one of an odd number of backslashes before a blank.
fn unescape_spaces(line: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        let backslashes = line[at..].iter().take_while(|unit| **unit == BACKSLASH).count();
        let end = at + backslashes;
        match line.get(end) {
            Some(blank) if backslashes > 0 && is_space(*blank) => {
                out.extend(std::iter::repeat_n(BACKSLASH, backslashes - backslashes % 2));
                out.push(SPACE);
                at = end + 1;
            }
            Some(other) => {
                out.extend_from_slice(&line[at..end]);
                out.push(*other);
                at = end + 1;
            }
            None => {
                out.extend_from_slice(&line[at..end]);
                at = end;
            }
        }
    }
    out
}

/// Escapes the special characters of expressions; `?` matches any unit except a slash.
fn escape_special(line: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(line.len() * 2);
    for (index, next) in line.iter().enumerate() {
        match u8::try_from(*next) {
            Ok(b'\\' | b'$' | b'.' | b'|' | b'*' | b'+' | b'(' | b')' | b'{' | b'^') => {
                out.extend([BACKSLASH, *next]);
            }
            Ok(b'?') => push(&mut out, "[^\\/]"),
            Ok(b'/') if index == 0 => out.push(CARET),
            Ok(b'/') => out.extend([BACKSLASH, SLASH]),
            _ => out.push(*next),
        }
    }
    out
}

/// Anchors the start of the match.
fn start(text: &[u16], is_bound: bool) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len() + 10);
    let carets = text.iter().take_while(|unit| **unit == CARET).count();
    let rest = if starts_with(text, carets, "\\*\\*\\/") {
        push(&mut out, "^(?:.*\\/)?");
        &text[carets + 6..]
    } else {
        match text.first() {
            Some(&CARET) | None => {}
            Some(_) => push(&mut out, if is_bound { "^" } else { "(?:^|\\/)" }),
        }
        text
    };
    out.extend_from_slice(rest);
    out
}

/// `/**` between slashes matches any number of folders; at the end, everything in the folder.
fn double_stars(text: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = at + 6;
        if starts_with(text, at, "\\/\\*\\*") && (end == text.len() || starts_with(text, end, "\\/")) {
            push(&mut out, if end < text.len() { "(?:\\/[^\\/]+)*" } else { "\\/.+" });
            at = end;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// Replaces stars that something follows and no backslash precedes.
fn stars(text: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let run = text[at..].iter().take_while(|unit| **unit != BACKSLASH).count();
        let begin = at + run;
        out.extend_from_slice(&text[at..begin]);
        at = begin;
        if run > 0 {
            let mut count = 0;
            while starts_with(text, begin + 2 * count, "\\*") {
                count += 1;
            }
            let is_followed = |count: usize| {
                text.get(begin + 2 * count).is_some_and(|next| !matches!(next, 0xA | 0xD | 0x2028 | 0x2029))
            };
            while count > 0 && !is_followed(count) {
                count -= 1;
            }
            if count > 0 {
                push(&mut out, "[^\\/]*");
                at += 2 * count;
                continue;
            }
        }
        // The backslash itself; a star after it is matched next.
        if at < text.len() {
            out.push(BACKSLASH);
            at += 1;
        }
    }
    out
}

/// Removes the escapes of characters that the pattern itself escapes.
fn unescape(text: &[u16]) -> Vec<u16> {
    let is_special = |at: usize| {
        let next = text.get(at).and_then(|unit| u8::try_from(*unit).ok());
        matches!(next, Some(b'$' | b'.' | b'|' | b'*' | b'+' | b'(' | b')' | b'{' | b'^'))
    };
    let mut single = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        single.push(text[at]);
        at += if starts_with(text, at, "\\\\\\") && is_special(at + 3) { 3 } else { 1 };
    }
    let mut out = Vec::with_capacity(single.len());
    let mut at = 0;
    while at < single.len() {
        out.push(single[at]);
        at += if starts_with(&single, at, "\\\\") { 2 } else { 1 };
    }
    out
}

/// Keeps character classes, as far as JavaScript can express them; a class without an end matches nothing.
fn classes(text: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let is_escaped = text[at] == BACKSLASH && text.get(at + 1) == Some(&OPEN);
        if text[at] != OPEN && !is_escaped {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let from = at + 1 + usize::from(is_escaped);
        let end = text[from..].iter().position(|unit| *unit == CLOSE || *unit == SLASH).map(|offset| from + offset);
        if end.is_some_and(|end| text[end] == SLASH) {
            out.extend_from_slice(&text[at..from]);
            at = from;
            continue;
        }
        let inside = &text[from..end.unwrap_or(text.len())];
        let backslashes = inside.iter().rev().take_while(|unit| **unit == BACKSLASH).count();
        let range = &inside[..inside.len() - backslashes];
        if is_escaped {
            out.extend([BACKSLASH, OPEN]);
            out.extend_from_slice(range);
            out.extend(std::iter::repeat_n(BACKSLASH, backslashes - backslashes % 2));
            out.extend(end.map(|_| CLOSE));
        } else if end.is_some() && backslashes % 2 == 0 {
            out.push(OPEN);
            out.extend(ordered(range));
            out.extend(std::iter::repeat_n(BACKSLASH, backslashes));
            out.push(CLOSE);
        } else {
            out.extend([OPEN, CLOSE]);
        }
        at = end.map_or(text.len(), |end| end + 1);
    }
    out
}

/// Removes ranges of digits and letters in reverse order.
fn ordered(range: &[u16]) -> Vec<u16> {
    let is_end = |at: usize| range.get(at).is_some_and(|next| (unit(b'0')..=unit(b'z')).contains(next));
    let mut out = Vec::with_capacity(range.len());
    let mut at = 0;
    while at < range.len() {
        if is_end(at) && range.get(at + 1) == Some(&unit(b'-')) && is_end(at + 2) {
            if range[at] <= range[at + 2] {
                out.extend_from_slice(&range[at..at + 3]);
            }
            at += 3;
        } else {
            out.push(range[at]);
            at += 1;
        }
    }
    out
}

/// A pattern that ends in a slash matches folders only.
fn end(mut text: Vec<u16>) -> Vec<u16> {
    match text.last() {
        None | Some(&STAR) => {}
        Some(&SLASH) => push(&mut text, "$"),
        Some(_) => push(&mut text, "(?=$|\\/$)"),
    }
    text
}

/// A star at the end; after a slash it matches at least one character.
fn trailing_star(mut text: Vec<u16>) -> Vec<u16> {
    if !text.ends_with(&[BACKSLASH, STAR]) {
        return text;
    }
    text.truncate(text.len() - 2);
    let is_name = text.last() == Some(&CARET) || text.ends_with(&[BACKSLASH, SLASH]);
    push(&mut text, if is_name { "[^/]+" } else { "[^/]*" });
    push(&mut text, "(?=$|\\/$)");
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn lines_that_hide_nothing_as_written() {
        let table = [
            (r"force-app\main\profiles", Some(DeadReason::BackslashFolders)),
            (r"!force-app\main", Some(DeadReason::BackslashFolders)),
            (r"profiles\", Some(DeadReason::EndsInBackslash)),
            ("./force-app/profiles", Some(DeadReason::LeadingDot)),
            ("../shared", Some(DeadReason::LeadingDot)),
            ("profiles/ # noisy", Some(DeadReason::TrailingComment)),
            ("profiles/{Admin,Sales}.profile-meta.xml", Some(DeadReason::Braces)),
            (r"a\(b\)", None),
            (r"\!x", None),
            (r"\#x", None),
            (r"a\ b", None),
            ("#./x", None),
            ("a#b", None),
            ("{a}", None),
            ("**/profiles/**", None),
            ("", None),
        ];
        for (line, why) in table {
            assert_eq!(why_dead(line), why, "{line}");
        }
    }

    #[test]
    fn a_line_that_breaks_the_file_hides_nothing() {
        let text = "profiles\nb[9-0\u{e9}-a]\n";
        let patterns = Patterns::read(text);
        assert_eq!(patterns.hiding("profiles/A"), None);
        let dead = patterns.dead(text);
        assert_eq!(dead.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [DeadReason::Breaks]);
    }

    #[test]
    fn odd_lines_cost_little() {
        let text = format!("{}\n{}\n{}", "*a".repeat(900), "[".repeat(1_500), "**/".repeat(600));
        let patterns = Patterns::read(&text);
        assert!(patterns.hiding(&"b/".repeat(2_000)).is_some());
    }
}
