//! Globs over texts and paths, matched in time linear in pattern and text.
//!
//! The `glob` crate parses globs; its matcher backtracks, which takes minutes for a malicious path. Refuses to know
//! files and configuration.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};
use glob::{Pattern, PatternError};

use crate::steps;

/// One piece of a glob.
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
    /// Parses a glob. The error names the mistake.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        Pattern::new(text)?;
        Ok(Self { text: text.to_owned(), pieces: pieces(text) })
    }

    /// The glob as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches a path, or a folder above it.
    pub fn matches_path(&self, path: &str) -> bool {
        self.walk(path, Mode::Path)
    }

    /// Whether it matches a name, in any case.
    pub fn matches_name(&self, name: &str) -> bool {
        self.walk(name, Mode::Name)
    }

    /// Follows all states at once.
    fn walk(&self, text: &str, mode: Mode) -> bool {
        let mut now = vec![false; self.pieces.len() + 1];
        let mut next = now.clone();
        self.add_state(&mut now, 0);
        for ch in text.chars() {
            let is_end = ch == '/';
            if mode == Mode::Path && is_end && self.is_complete(&now) {
                return true;
            }
            next.fill(false);
            for (index, piece) in self.pieces.iter().enumerate().filter(|(index, _)| now[*index]) {
                steps::count(1);
                match piece {
                    // It continues only after a separator, at the start or a matched one.
                    Piece::Folders => {
                        next[index] = true;
                        if is_end {
                            self.add_state(&mut next, index + 1);
                        }
                    }
                    Piece::Any if mode == Mode::Name || !is_end => self.add_state(&mut next, index),
                    Piece::Any => {}
                    piece if piece.matches_char(ch, mode) => self.add_state(&mut next, index + 1),
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        self.is_complete(&now)
    }

    /// Adds a state, and those reachable from it without a character.
    fn add_state(&self, states: &mut [bool], from: usize) {
        let mut at = from;
        while !states[at] {
            states[at] = true;
            if !matches!(self.pieces.get(at), Some(Piece::Any | Piece::Folders)) {
                break;
            }
            at += 1;
        }
    }

    /// Whether the glob is matched to its end. At the end, `**/` matches the rest.
    fn is_complete(&self, states: &[bool]) -> bool {
        let tail = self.pieces.iter().rev().take_while(|piece| matches!(piece, Piece::Any | Piece::Folders)).count();
        states[self.pieces.len() - tail..].contains(&true)
    }

    /// The literal parts that a matching text must contain.
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
    fn matches_char(&self, ch: char, mode: Mode) -> bool {
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

/// The pieces of a valid glob.
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
                // The first character of a set belongs to it, even if it is a bracket.
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

/// A set of globs, matched together: a glob is tried only if the text contains its rarest literal part.
#[derive(Debug)]
pub struct Globs {
    all: Vec<Glob>,
    /// Finds the literal parts; `None` if there are none.
    finder: Option<AhoCorasick>,
    /// For each literal part, the globs that need it.
    by_literal: Vec<Vec<usize>>,
    /// Globs without a literal part.
    always: Vec<usize>,
}

impl Globs {
    /// A set of globs, identified by their index.
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
            // The rarest part excludes most texts; among equally rare ones, the longest.
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
            // Too many literal parts for the finder: every glob is tried.
            Err(_) => Self { always: (0..globs.len()).collect(), all: globs, finder: None, by_literal },
        }
    }

    /// The indices of the globs that match a path or a folder above it, ascending.
    pub fn matching_path(&self, path: &str) -> Vec<usize> {
        self.matching(path, |glob| glob.matches_path(path))
    }

    /// The indices of the globs that match a name, in any case, ascending.
    pub fn matching_name(&self, name: &str) -> Vec<usize> {
        self.matching(name, |glob| glob.matches_name(name))
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
            prop_assert_eq!(globs.matching_path(&text).contains(&0), glob.matches_path(&text));
            prop_assert_eq!(globs.matching_name(&text).contains(&0), glob.matches_name(&text));
        }
    }

    #[test]
    fn stars_cost_what_pattern_and_text_cost() {
        let path = format!("{}/x", "a".repeat(200));
        let steps = |stars: usize| {
            let glob = Glob::new(&format!("**/{}b/x", "*a".repeat(stars))).unwrap();
            steps::of(|| assert!(!glob.matches_path(&path))).1
        };
        assert!(steps(40) <= 6 * steps(10));
    }

    #[test]
    fn most_globs_are_excluded_at_once() {
        let steps = |count: usize| {
            let glob = |index: usize| Glob::new(&format!("**/App{index}.*-meta.xml")).unwrap();
            let globs = Globs::new((0..count).map(glob).collect());
            let paths: Vec<String> = (0..count).map(|index| format!("app/App{index}.connectedApp-meta.xml")).collect();
            let find_all = || paths.iter().enumerate().all(|(index, path)| globs.matching_path(path) == [index]);
            let (all, steps) = steps::of(find_all);
            assert!(all);
            steps
        };
        assert!(steps(400) <= 6 * steps(100));
    }
}
