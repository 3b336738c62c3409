//! Case-insensitive text: comparison, and the patterns of LIKE.
//!
//! Case is Unicode's lower case, character by character. A query's text is folded once; a row's text is folded during
//! the comparison, without a copy, and byte by byte if both are ASCII. Refuses to know languages: no locale changes the
//! result.

use std::cmp::Ordering;

use super::ast::Quoted;

/// The characters of `text` in lower case.
fn fold(text: &str) -> impl Iterator<Item = char> + Clone + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The bytes of an ASCII text in lower case.
fn fold_ascii(text: &str) -> impl Iterator<Item = char> + Clone + '_ {
    text.bytes().map(|byte| char::from(byte.to_ascii_lowercase()))
}

/// `text` in lower case, for keys.
pub(super) fn folded(text: &str) -> String {
    fold(text).collect()
}

/// The order of two texts, ignoring case.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        return fold_ascii(left).cmp(fold_ascii(right));
    }
    fold(left).cmp(fold(right))
}

/// A text in lower case, for comparisons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Folded(String);

impl Folded {
    /// `text`, folded.
    pub(super) fn new(text: &str) -> Self {
        Self(folded(text))
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `text` is the same up to case.
    pub(super) fn equals(&self, text: &str) -> bool {
        // A non-ASCII character can have an ASCII lower case (the Kelvin sign), hence the second comparison.
        self.0.eq_ignore_ascii_case(text) || (!text.is_ascii() && fold(text).eq(self.0.chars()))
    }

    /// The order of `text` relative to this one.
    pub(super) fn order_of(&self, text: &str) -> Ordering {
        if text.is_ascii() {
            return fold_ascii(text).cmp(self.0.chars());
        }
        fold(text).cmp(self.0.chars())
    }
}

/// A pattern of LIKE.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// This character, in lower case.
    Exactly(char),
    /// `_`
    OneCharacter,
    /// `%`
    AnyText,
}

impl Pattern {
    /// The pattern of a query.
    pub(super) fn of_quoted(quoted: &Quoted) -> Self {
        let mut pieces = Vec::new();
        for (offset, character) in quoted.text.char_indices() {
            let literal = quoted.escaped.contains(&offset);
            push(&mut pieces, character, literal);
        }
        Self(pieces)
    }

    /// The pattern of an option; a backslash makes the next character literal.
    pub(super) fn of_option(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => push(&mut pieces, characters.next().unwrap_or('\\'), true),
                _ => push(&mut pieces, character, false),
            }
        }
        Self(pieces)
    }

    /// Whether the whole of `text` matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        if text.is_ascii() { self.fits(fold_ascii(text)) } else { self.fits(fold(text)) }
    }

    /// Matches pattern and text side by side; after a mismatch the latest `%` takes one more character.
    fn fits<I: Iterator<Item = char> + Clone>(&self, mut rest: I) -> bool {
        let mut at = 0;
        let mut retry: Option<(usize, I)> = None;
        loop {
            if self.0.get(at) == Some(&Piece::AnyText) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let fits = match (rest.next(), self.0.get(at)) {
                (None, piece) => return piece.is_none(),
                (Some(_), Some(Piece::OneCharacter)) => true,
                (Some(character), Some(Piece::Exactly(wanted))) => character == *wanted,
                (Some(_), _) => false,
            };
            if fits {
                at += 1;
                continue;
            }
            let Some((resume, from)) = &mut retry else {
                return false;
            };
            from.next();
            rest = from.clone();
            at = *resume;
        }
    }
}

fn push(pieces: &mut Vec<Piece>, character: char, literal: bool) {
    match character {
        '%' if !literal => {
            // Two in a row mean the same as one.
            if pieces.last() != Some(&Piece::AnyText) {
                pieces.push(Piece::AnyText);
            }
        }
        '_' if !literal => pieces.push(Piece::OneCharacter),
        _ => pieces.extend(character.to_lowercase().map(Piece::Exactly)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_ignored_in_ascii_and_beyond() {
        for (left, right) in [("Sales", "sALES"), ("Überblick", "ÜBERBLICK"), ("K", "\u{212a}"), ("İ", "i̇")] {
            assert!(Folded::new(left).equals(right), "{left} {right}");
            assert!(Folded::new(right).equals(left), "{left} {right}");
            assert_eq!(compare(left, right), Ordering::Equal);
            assert_eq!(Folded::new(left).order_of(right), Ordering::Equal);
        }
        assert!(!Folded::new("Sales").equals("Sale"));
        assert!(!Folded::new("straße").equals("strasse"));
        assert_eq!(compare("apple", "Banana"), Ordering::Less);
        assert_eq!(Folded::new("m").order_of("Z"), Ordering::Greater);
    }

    #[test]
    fn patterns_fit_whole_texts() {
        let cases = [
            ("a%", "Abc", true),
            ("a%", "ba", false),
            ("%c", "abc", true),
            ("%b%", "abc", true),
            ("%b%d%", "abcbd", true),
            ("a_c", "aXc", true),
            ("a_c", "ac", false),
            ("_", "é", true),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%_%%", "a", true),
            ("%É", "CAFé", true),
            ("%ab", "aab", true),
            ("%aab", "aaaab", true),
        ];
        for (pattern, text, fits) in cases {
            assert_eq!(Pattern::of_quoted(&Quoted::plain(pattern)).matches(text), fits, "{pattern} {text}");
        }
        let fifty = Quoted { text: "50%_".to_owned(), escaped: vec![2] };
        assert!(Pattern::of_quoted(&fifty).matches("50%x"));
        assert!(!Pattern::of_quoted(&fifty).matches("500x"));
        assert!(Pattern::of_option("50\\%").matches("50%"));
        assert!(!Pattern::of_option("50\\%").matches("501"));
        assert!(Pattern::of_option("c:\\\\%").matches("C:\\x"));
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        let pattern = Pattern::of_quoted(&Quoted::plain("%a".repeat(50) + "b"));
        assert!(!pattern.matches(&"a".repeat(2_000)));
    }
}
