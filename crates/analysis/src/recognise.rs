//! Finds the symptoms that a typed or pasted text describes.
//!
//! A text is reduced to the stems of its words, so that case, quotes, punctuation, JSON and endings are ignored. Error
//! texts are matched first, the longest first. The remaining words count for the symptoms that use them. Refuses to know
//! any symptom or error: the table has them.

use std::collections::BTreeSet;

use serde::Serialize;

use sessionlint_lint::rule::{Symptom, Symptoms};

/// The symptoms and errors that were found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecognisedText {
    /// Ids of symptoms, the best first.
    pub symptoms: Vec<String>,
    /// The errors in the text, the most specific first.
    pub errors: Vec<RecognisedError>,
}

/// An error in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecognisedError {
    /// The error's text, as in the table.
    pub text: String,
    /// Its meaning.
    pub means: String,
    /// The rules whose findings explain it.
    pub causes: Vec<String>,
}

/// Bytes of a text that are read: a line of a log, not a log.
const MAX_TEXT: usize = 8_000;
/// Words that are read.
const MAX_WORDS: usize = 600;
/// Symptoms that a text may describe; a text that matches more is too vague.
const MAX_SYMPTOMS: usize = 3;
/// Characters of the text that an error message repeats.
const MAX_REPEATED: usize = 80;

/// Characters of a word that an error message repeats in full.
const MAX_REPEATED_WORD: usize = 32;

/// The least score of a phrase of several words, and of a word that suffices by itself.
const PHRASE_SCORE: usize = 10;
/// The highest score of a word that several symptoms use.
const MAX_SHARED_SCORE: usize = 6;
/// The score that a symptom needs where the text contains no error.
const MIN_SCORE: usize = 5;

/// Words that are ignored, separated by blanks.
const STOP_WORDS: &str = "a an the is are was were be been has have had and or of to for in on at by with it its this that we our \
     they their i my you as from when while after get gets got getting us me so but then there do does did s \
     please error message description failed exception";

/// Finds the symptoms that `text` describes. The error names the nearest symptoms and lists all.
pub fn recognise(text: &str, table: &Symptoms) -> Result<RecognisedText, String> {
    let trimmed = text.trim();
    let is_it =
        |symptom: &&Symptom| symptom.id.eq_ignore_ascii_case(trimmed) || symptom.title.eq_ignore_ascii_case(trimmed);
    if let Some(symptom) = table.all().iter().find(is_it) {
        return Ok(RecognisedText { symptoms: vec![symptom.id.clone()], errors: Vec::new() });
    }
    let words = stems(text);
    let hits = errors_in(&words, table);
    let taken: BTreeSet<usize> = hits.iter().flat_map(|hit| hit.words.iter().copied()).collect();
    let unused: Vec<&str> =
        words.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, word)| word.as_str()).collect();
    let scores = scores(&unused, table);
    let mut matches: Vec<(usize, usize, &str)> = Vec::new();
    for (rank, id) in hits.iter().flat_map(|hit| &table.errors()[hit.error].symptoms).enumerate() {
        if matches.iter().all(|(_, _, known)| known != id) {
            matches.push((usize::MAX, rank, id));
        }
    }
    let best = scores.iter().copied().max().unwrap_or(0);
    let least = if matches.is_empty() { MIN_SCORE.max(best * 6 / 10) } else { PHRASE_SCORE };
    for (place, (symptom, score)) in table.all().iter().zip(&scores).enumerate() {
        if *score >= least && matches.iter().all(|(_, _, known)| *known != symptom.id) {
            matches.push((*score, place, &symptom.id));
        }
    }
    matches.sort_by_key(|(score, rank, _)| (std::cmp::Reverse(*score), *rank));
    if matches.is_empty() || (hits.is_empty() && matches.len() > MAX_SYMPTOMS) {
        return Err(no_match(trimmed, &words, &scores, table));
    }
    let has_specific = hits.iter().any(|hit| !table.errors()[hit.error].is_general);
    let errors = hits.iter().map(|hit| (hit, &table.errors()[hit.error]));
    let errors = errors.filter(|(_, error)| !has_specific || !error.is_general).map(|(hit, error)| RecognisedError {
        text: error.texts[hit.spelling].clone(),
        means: error.means.clone(),
        causes: error.causes.clone(),
    });
    Ok(RecognisedText {
        symptoms: matches.into_iter().map(|(_, _, id)| id.to_owned()).collect(),
        errors: errors.collect(),
    })
}

/// An error that was found in a text.
struct Hit {
    /// The error and its spelling.
    error: usize,
    spelling: usize,
    /// The words that it uses.
    words: BTreeSet<usize>,
    /// Its score.
    score: usize,
}

/// The errors in a text, the longest first, without those whose words all belong to a longer one.
fn errors_in(words: &[String], table: &Symptoms) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (error, known) in table.errors().iter().enumerate() {
        // The longest spelling of an error counts, the first one among equals. Every spelling uses its words.
        let spelled = known.texts.iter().enumerate();
        let spelled = spelled.filter_map(|(spelling, text)| Some((spelling, find(&stems(text), words)?)));
        let mut best: Option<Hit> = None;
        for (spelling, (score, mut words)) in spelled {
            match &mut best {
                Some(best) if best.score >= score => best.words.append(&mut words),
                Some(best) => {
                    best.words.append(&mut words);
                    (best.spelling, best.score) = (spelling, score);
                }
                None => best = Some(Hit { error, spelling, words, score }),
            }
        }
        hits.extend(best);
    }
    let is_general = |hit: &Hit| table.errors()[hit.error].is_general;
    hits.sort_by_key(|hit| (is_general(hit), std::cmp::Reverse(hit.score), hit.error));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        let is_part = |other: &Hit| hit.words.is_subset(&other.words) && hit.score < other.score;
        if !kept.iter().any(is_part) {
            kept.push(hit);
        }
    }
    kept
}

/// The score of each symptom by the words.
fn scores(words: &[&str], table: &Symptoms) -> Vec<usize> {
    let lists: Vec<Vec<String>> =
        table.all().iter().map(|it| it.words.iter().flat_map(|word| stems(word)).collect()).collect();
    let owned: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let score = |(symptom, list): (&Symptom, &Vec<String>)| {
        let phrases = symptom.phrases.iter().filter_map(|phrase| find(&stems(phrase), &owned));
        let phrases: usize = phrases.map(|(score, _)| score / 5).max().map_or(0, |score| PHRASE_SCORE / 2 + score);
        let signs = symptom.signs.iter().flat_map(|sign| stems(sign));
        let signs: BTreeSet<String> =
            signs.filter(|sign| words.iter().any(|word| similarity(word, sign) > 0)).collect();
        // A word that only one symptom uses has a higher score than one that many use.
        let shared = |word: &str| {
            let uses = lists.iter().filter(|list| list.iter().any(|known| known == word)).count();
            MAX_SHARED_SCORE.min(12 / uses.max(1))
        };
        let known: BTreeSet<&String> = list.iter().filter(|known| words.contains(&known.as_str())).collect();
        phrases + signs.len() * PHRASE_SCORE + known.into_iter().map(|word| shared(word)).sum::<usize>()
    };
    table.all().iter().zip(&lists).map(score).collect()
}

/// A phrase in a text: its score, ten for a word, and the words that it uses.
///
/// The words are in the order of the phrase with at most two others between them. Of four words one may be missing; a
/// word with a typing error counts a little less.
fn find(phrase: &[String], words: &[String]) -> Option<(usize, BTreeSet<usize>)> {
    let may_miss = phrase.len() / 4;
    let gap = if phrase.len() <= 3 { 1 } else { 2 };
    let from = |start: usize| {
        let (mut score, mut taken, mut next, mut missing) = (0, BTreeSet::new(), start, 0);
        for wanted in phrase {
            let last = if taken.is_empty() { start } else { next + gap };
            let hit = (next..=last.min(words.len() - 1)).find_map(|at| match similarity(&words[at], wanted) {
                0 => None,
                similarity => Some((at, similarity)),
            });
            match hit {
                Some((at, similarity)) => {
                    score += similarity;
                    taken.insert(at);
                    next = at + 1;
                }
                None => missing += 1,
            }
            if missing > may_miss {
                return None;
            }
        }
        (!taken.is_empty()).then_some((score, taken))
    };
    (0..words.len()).filter_map(from).max_by_key(|(score, taken)| (*score, std::cmp::Reverse(taken.first().copied())))
}

/// The similarity of two words: ten if they are equal, eight with a typing error, else zero.
fn similarity(one: &str, other: &str) -> usize {
    if one == other {
        return 10;
    }
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    let allowed = match short {
        0..=4 => return 0,
        5..=7 => 1,
        _ => 2,
    };
    let has_digits = one.bytes().any(|it| it.is_ascii_digit());
    if has_digits || long - short > allowed || long > 40 || strsim::osa_distance(one, other) > allowed {
        return 0;
    }
    8
}

/// The stems of the words of a text, without stop words.
fn stems(text: &str) -> Vec<String> {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = plain(&text[..end]);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for ch in text.chars().chain([' ']) {
        if matches!(ch, '\'') && before.is_alphanumeric() {
            continue;
        }
        let is_seam = (before.is_lowercase() && ch.is_uppercase())
            || (before.is_alphanumeric() && ch.is_alphanumeric() && before.is_numeric() != ch.is_numeric());
        if (!ch.is_alphanumeric() || is_seam) && !word.is_empty() {
            let found = std::mem::take(&mut word);
            if STOP_WORDS.split(' ').all(|it| it != found) && words.len() < MAX_WORDS {
                words.push(stem(&found));
            }
        }
        if ch.is_alphanumeric() {
            word.extend(ch.to_lowercase());
        }
        before = ch;
    }
    words
}

/// A text without what programs add to it: escapes of JSON, HTML and URLs, curly quotes, and URLs, of which only the query
/// is kept.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    if plain.contains('%') {
        plain = percent_encoding::percent_decode_str(&plain).decode_utf8_lossy().into_owned();
    }
    for (from, to) in [
        ("\\u0027", "'"),
        ("\\u2019", "'"),
        ("\\n", " "),
        ("\\r", " "),
        ("\\t", " "),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&rsquo;", "'"),
        ("&quot;", " "),
        ("&amp;", "&"),
        ("\u{2019}", "'"),
        ("\u{2018}", "'"),
        ("\u{02BC}", "'"),
        ("\u{00B4}", "'"),
        ("`", "'"),
    ] {
        if plain.contains(from) {
            plain = plain.replace(from, to);
        }
    }
    let mut kept = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(at) = rest.find("://") {
        let scheme = rest[..at].trim_end_matches(|ch: char| ch.is_ascii_alphanumeric());
        kept.push_str(scheme);
        kept.push(' ');
        let address = &rest[at + 3..];
        let end = address.find(|ch: char| ch.is_whitespace() || "?#\"'<>,)]}".contains(ch)).unwrap_or(address.len());
        rest = &address[end..];
    }
    kept.push_str(rest);
    kept
}

/// A word without its ending.
fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    if !word.is_ascii() || word.len() <= 3 {
        return stem;
    }
    let cut = |stem: &mut String, ending: &str, least: usize| {
        let fits = stem.len() >= least + ending.len() && stem.ends_with(ending);
        if fits {
            stem.truncate(stem.len() - ending.len());
        }
        fits
    };
    if stem.ends_with("ies") && stem.len() > 4 {
        stem.truncate(stem.len() - 3);
        stem.push('y');
    } else if !stem.ends_with("ss") && !stem.ends_with("us") {
        cut(&mut stem, "s", 3);
    }
    if cut(&mut stem, "ing", 3) || cut(&mut stem, "ed", 3) {
        let bytes = stem.as_bytes();
        let doubled = bytes.len() > 2 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2];
        if doubled && !stem.ends_with("ss") && !stem.ends_with("ll") {
            stem.pop();
        }
    }
    cut(&mut stem, "e", 3);
    stem
}

/// The error message if no symptom matches, or too many.
fn no_match(text: &str, words: &[String], scores: &[usize], table: &Symptoms) -> String {
    let similarity = |symptom: &Symptom| -> f64 {
        let known = symptom.phrases.iter().chain(&symptom.signs).chain(&symptom.words).chain([&symptom.title]);
        let known: BTreeSet<String> = known.flat_map(|phrase| stems(phrase)).collect();
        let best = |word: &String| known.iter().map(|it| strsim::jaro_winkler(word, it)).fold(0.0, f64::max);
        words.iter().take(20).map(best).fold(0.0, f64::max)
    };
    let mut near: Vec<(usize, f64, &Symptom)> =
        table.all().iter().zip(scores).map(|(it, score)| (*score, similarity(it), it)).collect();
    near.sort_by(|unused, right| right.0.cmp(&unused.0).then(right.1.total_cmp(&unused.1)));
    let near: Vec<String> = near.iter().take(2).map(|(_, _, it)| format!("{} ({})", it.id, it.title)).collect();
    let ids: Vec<_> = table.ids().collect();
    // Pasted text may contain a token, so nothing long is repeated.
    let line = sessionlint_lint::rule::one_line(text);
    let short = line.split(' ').map(|word| match word.chars().count() {
        0..=MAX_REPEATED_WORD => word.to_owned(),
        _ => word.chars().take(6).chain(['…']).collect(),
    });
    let mut shown = short.collect::<Vec<_>>().join(" ");
    if shown.chars().count() > MAX_REPEATED {
        shown = shown.chars().take(MAX_REPEATED).chain(['…']).collect();
    }
    format!(
        "`{shown}` fits no symptom better than others; the nearest are {}; name one of {}",
        near.join(" and "),
        ids.join(", ")
    )
}
