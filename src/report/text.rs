//! Sentences on a terminal: one line each, harmless, wrapped by what they take up on the screen.
//!
//! Assumes nothing of its input. Refuses to know findings.

use std::borrow::Cow;

use crate::source::harmless_text;

/// `text` on one line: harmless, with tabs and line ends as spaces.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let mut line = without_commands(text);
    if line.contains(['\n', '\r', '\t']) {
        line = Cow::Owned(line.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "));
    }
    line
}

/// `text` made harmless, with its line ends.
///
/// `##[` and `##vso[` are commands to the runners of GitHub and Azure wherever in a line they stand, so two `#` never
/// touch.
pub(crate) fn without_commands(text: &str) -> Cow<'_, str> {
    let mut text = harmless_text(text);
    while text.contains("##") {
        text = Cow::Owned(text.replace("##", "# #"));
    }
    text
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// Columns that a terminal gives `ch`: two for East Asian wide ones, none for combining ones.
///
/// A short list of ranges instead of the Unicode tables: a miss moves a line's end by a column.
fn columns_of(ch: char) -> usize {
    match ch {
        '\u{0300}'..='\u{036F}' | '\u{FE00}'..='\u{FE0F}' => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F300}'..='\u{1F64F}'
        | '\u{1F900}'..='\u{1F9FF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// Columns that a terminal gives `text`.
pub(crate) fn width_of(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// `text` broken at spaces and between wide characters, so that no line passes `width` columns.
///
/// The first line starts after `used` columns, the others after `indent` spaces. A word longer than a line
/// stays whole: it is a path or a name that somebody will copy.
pub(crate) fn wrap(text: &str, used: usize, indent: usize, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut column = used;
    for (index, word) in text.split(' ').enumerate() {
        let mut gap = usize::from(index > 0);
        for piece in pieces(word) {
            let piece_width = width_of(piece);
            let is_too_wide = column + gap + piece_width > width && column > indent && piece_width > 0;
            // At the start of a line it would be a command to GitHub's runner.
            if is_too_wide && !piece.starts_with("::") {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            } else if gap > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(piece);
            column += piece_width;
            gap = 0;
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// The parts of a word between which a line may end: after each wide character.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut pieces = word.split_inclusive(|ch| columns_of(ch) == 2).peekable();
    let empty = pieces.peek().is_none().then_some("");
    empty.into_iter().chain(pieces)
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
    }
}
