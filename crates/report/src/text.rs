//! Sentences on a terminal: one line each, harmless, wrapped by what they take up on the screen.
//!
//! Assumes nothing of its input. Refuses to know findings.

use std::borrow::Cow;

use memchr::{memchr, memchr3, memmem};
use textwrap::core::{Fragment, display_width};
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_width::UnicodeWidthChar;

use sessionlint_source::{harmless_text, printable_length};

/// `text` on one line: harmless, with tabs and line ends as spaces.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let mut line = without_commands(text);
    if memchr3(b'\n', b'\r', b'\t', line.as_bytes()).is_some() {
        line = Cow::Owned(line.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "));
    }
    line
}

/// Text of a project, on one line: harmless, with a visible mark for each line end, of whatever kind.
pub(crate) fn marked(text: &str) -> Cow<'_, str> {
    if is_printable(text) {
        return one_line(text);
    }
    let line_ends = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    if !text.contains(line_ends) {
        return one_line(text);
    }
    let text = text.replace("\r\n", "\u{2424}").replace(line_ends, "\u{2424}");
    Cow::Owned(one_line(&text).into_owned())
}

/// `text` made harmless, with its line ends.
///
/// `##[` and `##vso[` are commands to the runners of GitHub and Azure anywhere in a line, so two `#` never touch.
pub fn without_commands(text: &str) -> Cow<'_, str> {
    let mut text = harmless_text(text);
    while memmem::find(text.as_bytes(), b"##").is_some() {
        text = Cow::Owned(text.replace("##", "# #"));
    }
    text
}

/// `text` with a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The width of `text` on a terminal.
pub(crate) fn width_of(text: &str) -> usize {
    if is_printable(text) { text.len() } else { display_width(text) }
}

/// Whether a text is printable ASCII characters, as nearly every one is: each has one column, and none does anything.
fn is_printable(text: &str) -> bool {
    printable_length(text.as_bytes()) == text.len()
}

/// The width of `ch` on a terminal; a tab takes four columns of an excerpt.
pub(crate) fn columns_of(ch: char) -> usize {
    match ch {
        ' '..='~' => 1,
        '\t' => 4,
        _ => ch.width().unwrap_or(0),
    }
}

/// A part of a text that stays whole, and the spaces behind it.
#[derive(Debug)]
struct Word<'t> {
    text: &'t str,
    spaces: &'t str,
    width: usize,
}

impl<'t> Word<'t> {
    fn new(whole: &'t str) -> Self {
        let text = whole.trim_end_matches(' ');
        Self { text, spaces: &whole[text.len()..], width: width_of(text) }
    }
}

impl Fragment for Word<'_> {
    fn width(&self) -> f64 {
        columns(self.width)
    }

    fn whitespace_width(&self) -> f64 {
        columns(self.spaces.len())
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

fn columns(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// `text` broken at spaces and between wide characters, so that no line passes `width` columns.
///
/// The first line starts after `used` columns, the others after `indent` spaces. A word longer than a line stays whole:
/// it is a path or a name that people copy.
pub(crate) fn wrap(text: &str, used: usize, indent: usize, width: usize) -> String {
    let mut words = words(text);
    if used > indent {
        // After a word without width, the first word may go to the next line too.
        words.insert(0, Word::new(""));
    }
    let room = |taken: usize| columns(width.saturating_sub(taken));
    let lines = wrap_first_fit(&words, &[room(used), room(indent)]);
    let mut out = String::with_capacity(text.len() + 16);
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
        for word in line {
            out.push_str(word.text);
            out.push_str(word.spaces);
        }
        out.truncate(out.trim_end_matches(' ').len());
    }
    out
}

/// The parts of a text between which a line may end: after spaces, and after a wide character and its marks. A part
/// that begins with `::` stays with the one before it: at the start of a line it would be a command to GitHub's runner.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    if is_printable(text) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(space) = memchr(b' ', &bytes[at..]).map(|length| at + length) {
            at = space + 1;
            let is_end = bytes.get(at).is_some_and(|byte| *byte != b' ') && !text[at..].starts_with("::");
            if is_end {
                words.push(Word::new(&text[start..at]));
                start = at;
            }
        }
        words.push(Word::new(&text[start..]));
        return words;
    }
    let mut before: Option<char> = None;
    for (at, ch) in text.char_indices() {
        let is_end = match before {
            Some(' ') => ch != ' ',
            Some(before) => columns_of(before) == 2 && ch != ' ' && columns_of(ch) > 0,
            None => false,
        };
        if is_end && !text[at..].starts_with("::") {
            words.push(Word::new(&text[start..at]));
            start = at;
        }
        before = Some(ch);
    }
    words.push(Word::new(&text[start..]));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_holds_no_line_end_and_no_escape() {
        assert_eq!(one_line("a\r\nb\nc\td"), "a b c d");
        assert_eq!(one_line("\u{1b}[31mred\u{202E}"), "?[31mred\u{FFFD}");
        assert_eq!(one_line("##vso[x] ###[y]"), "# #vso[x] # # #[y]");
        assert!(matches!(one_line("plain"), Cow::Borrowed(_)));
        assert_eq!(marked("a\r\nb\nc\rd\u{85}e\u{2028}f\u{2029}g\th"), "a␤b␤c␤d␤e␤f␤g h");
    }

    #[test]
    fn lines_end_at_spaces_and_never_in_one() {
        assert_eq!(wrap("one two three", 0, 2, 8), "one two\n  three");
        assert_eq!(wrap("one two three", 6, 2, 8), "\n  one\n  two\n  three");
        assert_eq!(wrap("a  b ", 0, 0, 80), "a  b");
        assert_eq!(wrap("a/very/long/path is whole", 0, 1, 8), "a/very/long/path\n is\n whole");
        assert_eq!(wrap("one ::error::x two", 0, 2, 8), "one ::error::x\n  two");
        assert_eq!(wrap("", 3, 0, 8), "");
    }

    #[test]
    fn wide_characters_count_twice_and_may_be_parted() {
        assert_eq!(width_of("日本e\u{301}"), 5);
        assert_eq!(wrap("日本語です", 0, 1, 6), "日本語\n です");
        assert_eq!(wrap("🚀🚀🚀 R", 0, 1, 5), "🚀🚀\n 🚀 R");
        assert_eq!(width_of(&"🚀".repeat(30)), 60);
    }
}
