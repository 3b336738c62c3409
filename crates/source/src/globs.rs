//! Globs over texts and paths, matched in time that grows with pattern and text and with nothing else.
//!
//! The `glob` crate decides what is a valid glob; its matcher tries every way to spread the stars, which takes minutes
//! for a path that was chosen with intent. Knows no file and no configuration.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};
use glob::{Pattern, PatternError};

use crate::steps;

/// What one piece of a glob matches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// This character.
    Exactly(char),
    /// `?`
    One,
    /// `[...]` and `[!...]`: one of these ranges, or none of them.
    Among(bool, Vec<(char, char)>),
    /// `*`
    Any,
    /// `**/`, or `**` at the end.
    Folders,
}

/// A glob: `?`, `*`, `[...]`, and `**` for any number of folders.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    pieces: Vec<Piece>,
}

/// Whether stars stop at `/`, and case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Path,
    Name,
}

impl Glob {
    /// Reads a glob. The error names the mistake.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        Pattern::new(text)?;
        Ok(Self { text: text.to_owned(), pieces: pieces(text) })
    }

    /// The glob as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it applies to a path: it matches the path, or a folder above it.
    pub fn holds_path(&self, path: &str) -> bool {
        self.walk(path, Mode::Path)
    }

    /// Whether it matches a name, in any case.
    pub fn fits_name(&self, name: &str) -> bool {
        self.walk(name, Mode::Name)
    }

    /// Follows all ways to match at once.
    fn walk(&self, text: &str, mode: Mode) -> bool {
        let mut now = vec![false; self.pieces.len() + 1];
        let mut next = now.clone();
        self.enter(&mut now, 0);
        for ch in text.chars() {
            let is_end = ch == '/';
            if mode == Mode::Path && is_end && self.is_over(&now) {
                return true;
            }
            next.fill(false);
            for (index, piece) in self.pieces.iter().enumerate().filter(|(index, _)| now[*index]) {
                steps::count(1);
                match piece {
                    // It continues only after a separator, where it was entered or where it matched one.
                    Piece::Folders => {
                        next[index] = true;
                        if is_end {
                            self.enter(&mut next, index + 1);
                        }
                    }
                    Piece::Any if mode == Mode::Name || !is_end => self.enter(&mut next, index),
                    Piece::Any => {}
                    piece if piece.takes(ch, mode) => self.enter(&mut next, index + 1),
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        self.is_over(&now)
    }

    /// Marks a state and those that need no character.
    fn enter(&self, states: &mut [bool], from: usize) {
        let mut at = from;
        while !states[at] {
            states[at] = true;
            if !matches!(self.pieces.get(at), Some(Piece::Any | Piece::Folders)) {
                break;
            }
            at += 1;
        }
    }

    /// Whether nothing is left to match. Folders at the end of the glob match the rest.
    fn is_over(&self, states: &[bool]) -> bool {
        let tail = self.pieces.iter().rev().take_while(|piece| matches!(piece, Piece::Any | Piece::Folders)).count();
        states[self.pieces.len() - tail..].contains(&true)
    }

    /// The literal parts that a text must contain.
    fn literals(&self) -> Vec<String> {
        let mut literals = vec![String::new()];
        for piece in &self.pieces {
            match (piece, literals.last_mut()) {
                (Piece::Exactly(ch), Some(last)) => last.push(*ch),
                _ => literals.push(String::new()),
            }
        }
        literals.retain(|literal| !literal.is_empty());
        literals
    }
}

impl Piece {
    /// Whether it matches exactly one character.
    fn takes(&self, ch: char, mode: Mode) -> bool {
        let same = |one: char, other: char| match mode {
            Mode::Path => one == other,
            Mode::Name => one.eq_ignore_ascii_case(&other),
        };
        match self {
            Piece::Exactly(wanted) => same(*wanted, ch),
            Piece::One => mode == Mode::Name || ch != '/',
            Piece::Among(is_in, ranges) => {
                let holds = |(first, last): &(char, char)| {
                    let is_word = first.is_ascii_alphabetic() && last.is_ascii_alphabetic();
                    let folded = |ch: &char| ch.to_ascii_lowercase();
                    (*first..=*last).contains(&ch)
                        || (mode == Mode::Name && first == last && same(*first, ch))
                        || (mode == Mode::Name && is_word && (folded(first)..=folded(last)).contains(&folded(&ch)))
                };
                (mode == Mode::Name || ch != '/') && ranges.iter().any(holds) == *is_in
            }
            Piece::Any | Piece::Folders => false,
        }
    }
}

/// The pieces of a text that is a glob.
fn pieces(text: &str) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(ch) = chars.get(at) {
        let (piece, length) = match ch {
            '?' => (Piece::One, 1),
            '*' if chars.get(at + 1) == Some(&'*') => {
                (Piece::Folders, 2 + usize::from(chars.get(at + 2) == Some(&'/')))
            }
            '*' => (Piece::Any, 1),
            '[' => {
                let is_in = chars.get(at + 1) != Some(&'!');
                let from = at + if is_in { 1 } else { 2 };
                // The first character of a set is in it, even where it is a bracket.
                let end = (from + 1..chars.len()).find(|index| chars[*index] == ']').unwrap_or(chars.len());
                (Piece::Among(is_in, ranges(&chars[from.min(end)..end])), end + 1 - at)
            }
            other => (Piece::Exactly(*other), 1),
        };
        pieces.push(piece);
        at += length;
    }
    pieces
}

fn ranges(chars: &[char]) -> Vec<(char, char)> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at) {
        let last = chars.get(at + 2).filter(|_| chars.get(at + 1) == Some(&'-'));
        ranges.push((*first, *last.unwrap_or(first)));
        at += if last.is_some() { 3 } else { 1 };
    }
    ranges
}

/// Many globs, matched together: most are excluded at once, because the text lacks a literal part that they need.
#[derive(Debug)]
pub struct Globs {
    all: Vec<Glob>,
    /// Finds the literal parts; `None` where there are none.
    finder: Option<AhoCorasick>,
    /// For each literal part, the globs that need it.
    by_literal: Vec<Vec<usize>>,
    /// Globs that need no literal part.
    always: Vec<usize>,
}

impl Globs {
    /// Some globs, by their number.
    pub fn new(globs: Vec<Glob>) -> Self {
        let literals: Vec<Vec<String>> = globs.iter().map(Glob::literals).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for literal in literals.iter().flatten() {
            *counts.entry(literal.to_ascii_lowercase()).or_default() += 1;
        }
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let (mut needles, mut by_literal, mut always) = (Vec::new(), Vec::<Vec<usize>>::new(), Vec::new());
        for (index, literals) in literals.into_iter().enumerate() {
            let folded = literals.into_iter().map(|literal| literal.to_ascii_lowercase());
            // The rarest part excludes most; of equally rare ones, the longest.
            let Some(literal) = folded.min_by_key(|it| (counts[it], std::cmp::Reverse(it.len()))) else {
                always.push(index);
                continue;
            };
            let number = *numbers.entry(literal.clone()).or_insert_with(|| {
                needles.push(literal);
                by_literal.push(Vec::new());
                needles.len() - 1
            });
            by_literal[number].push(index);
        }
        let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(needles);
        match finder {
            Ok(finder) => Self { all: globs, finder: Some(finder), by_literal, always },
            // Too many literal parts for a finder: each glob is tried.
            Err(_) => Self { always: (0..globs.len()).collect(), all: globs, finder: None, by_literal },
        }
    }

    /// The numbers of those that apply to a path, ascending.
    pub fn holding_path(&self, path: &str) -> Vec<usize> {
        self.matching(path, |glob| glob.holds_path(path))
    }

    /// The numbers of those that match a name, in any case, ascending.
    pub fn fitting_name(&self, name: &str) -> Vec<usize> {
        self.matching(name, |glob| glob.fits_name(name))
    }

    fn matching(&self, text: &str, is_it: impl Fn(&Glob) -> bool) -> Vec<usize> {
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text));
        let mut found: Vec<usize> = found.map(|it| it.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        let candidates = found.iter().flat_map(|number| &self.by_literal[*number]).chain(&self.always);
        let mut matching: Vec<usize> = candidates.copied().filter(|index| is_it(&self.all[*index])).collect();
        matching.sort_unstable();
        matching
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glob::MatchOptions;
    use proptest::prelude::*;

    /// The result of the `glob` crate.
    fn reference(pattern: &Pattern, text: &str, mode: Mode) -> bool {
        let options = MatchOptions {
            case_sensitive: mode == Mode::Path,
            require_literal_separator: mode == Mode::Path,
            ..MatchOptions::new()
        };
        match mode {
            Mode::Name => pattern.matches_with(text, options),
            Mode::Path => {
                let ends = text.match_indices('/').map(|(at, _)| at).chain([text.len()]);
                ends.map(|end| &text[..end]).any(|above| pattern.matches_with(above, options))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_answer_is_that_of_the_crate(
            pattern in r"(\*\*/)?([aAb/?*!-]|\[[abB!-]{1,3}\]|/\*\*/){0,6}(/\*\*)?", text in "[abAB/-]{0,8}"
        ) {
            let Ok(reference_pattern) = Pattern::new(&pattern) else { return Ok(()) };
            let glob = Glob::new(&pattern).unwrap();
            for mode in [Mode::Path, Mode::Name] {
                prop_assert_eq!(glob.walk(&text, mode), reference(&reference_pattern, &text, mode), "{} {:?}", text, mode);
            }
            let globs = Globs::new(vec![glob.clone(), Glob::new("b*a").unwrap()]);
            prop_assert_eq!(globs.holding_path(&text).contains(&0), glob.holds_path(&text));
            prop_assert_eq!(globs.fitting_name(&text).contains(&0), glob.fits_name(&text));
        }
    }

    #[test]
    fn stars_cost_what_pattern_and_text_cost() {
        let path = format!("{}/x", "a".repeat(200));
        let steps = |stars: usize| {
            let glob = Glob::new(&format!("**/{}b/x", "*a".repeat(stars))).unwrap();
            steps::of(|| assert!(!glob.holds_path(&path))).1
        };
        assert!(steps(40) <= 6 * steps(10));
    }

    #[test]
    fn many_globs_are_not_each_asked() {
        let steps = |count: usize| {
            let glob = |index: usize| Glob::new(&format!("**/App{index}.*-meta.xml")).unwrap();
            let globs = Globs::new((0..count).map(glob).collect());
            let paths: Vec<String> = (0..count).map(|index| format!("app/App{index}.connectedApp-meta.xml")).collect();
            let asked = || paths.iter().enumerate().all(|(index, path)| globs.holding_path(path) == [index]);
            let (all, steps) = steps::of(asked);
            assert!(all);
            steps
        };
        assert!(steps(400) <= 6 * steps(100));
    }
}
