//! Scans a text before it is parsed: for its relevant words, the classes that it mentions, and whether it is test code.
//!
//! Errs on the side of reading: a word in a comment counts, so that a file that is read may have no facts, but a
//! skipped file has none. Refuses to parse.

mod held;

use std::sync::LazyLock;

use aho_corasick::packed::{self, Config, Searcher};
use aho_corasick::{AhoCorasick, Input, MatchKind, Span};
use foldhash::HashMap;
use sessionlint_source::steps;
use wide::u8x16;

/// The set of relevant words in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(u32);

/// Texts that are found anywhere, in any case, with their bits. None is a prefix of another, and there are at most 64,
/// a limit of [`Searcher`].
const TEXTS: &[(&str, u32)] = &[
    ("getsessionid", SESSION),
    ("sessionid", TOKEN_NAME | SECRET | SENDS),
    ("session_id", TOKEN_NAME | SECRET),
    ("accesstoken", TOKEN_NAME | SECRET),
    ("access_token", TOKEN_NAME | SECRET),
    ("authtoken", TOKEN_NAME | SECRET),
    ("auth_token", TOKEN_NAME | SECRET),
    ("bearer", TOKEN_NAME | SECRET),
    ("refreshtoken", SECRET),
    ("refresh_token", SECRET),
    ("secret", SECRET | ALONE),
    ("privatekey", SECRET),
    ("private_key", SECRET),
    ("accesskey", SECRET),
    ("access_key", SECRET),
    ("password", SECRET),
    ("grant_type", ALONE | CARRIED),
    ("/token", ALONE | CARRIED),
    ("response_type=", ALONE),
    ("force.com", ALONE),
    ("site.com", ALONE),
    ("salesforce.mil", ALONE),
    ("services/soap", ALONE),
    ("soap/ajax", ALONE),
    ("server_url_", ALONE),
    ("services/data", ALONE),
    ("services/async", ALONE),
    ("getcontent", ALONE),
    ("getheader", ALONE | CARRIED),
    ("apikey", SECRET | ALONE),
    ("api_key", SECRET | ALONE),
    ("ghp_", ALONE),
    ("github_pat_", ALONE),
    ("glpat-", ALONE),
    ("sk_live_", ALONE),
    ("xoxb-", ALONE),
    ("akia", ALONE),
    ("$credential", ALONE),
    ("authsession", ALONE | REVOKED),
    ("revoketoken", ALONE | REVOKED),
    ("logouteventstream", ALONE),
    ("sessionlint", ALONE),
    ("(hidden)", ALONE),
    ("<<<<<<< ", ALONE),
    (">>>>>>> ", ALONE),
    ("callout:", CREDENTIAL),
    ("schedulable", SCHEDULABLE),
    ("batchable", JOB),
    ("queueable", JOB | ASKS),
    ("isfuture", ASKS),
    ("isbatch", ASKS),
    ("isscheduled", ASKS),
    ("isrunningtest", ASKS),
    ("isexecuting", ASKS),
    ("quiddity", ASKS),
    ("token", KEPT),
    ("login", KEPT | LOGIN),
    ("authenticate", KEPT),
    ("authoriz", KEPT | SENDS),
    ("webservicecallout", CALLOUT),
    ("executeanonymous", ANONYMOUS),
    ("assertion", CARRIED),
    ("basic", CARRIED),
];

/// Words that are found as whole words, in any case.
const WHOLE: &[(&str, u32)] =
    &[("send", SEND), ("http", HTTP), ("tok", KEPT), ("sid", KEPT), ("session", KEPT), ("auth", KEPT)];

const EXTENDS: &str = "extends";
const IMPLEMENTS: &str = "implements";

const SESSION: u32 = 1;
const TOKEN_NAME: u32 = 1 << 1;
const SECRET: u32 = 1 << 2;
const ALONE: u32 = 1 << 3;
const CREDENTIAL: u32 = 1 << 4;
const SCHEDULABLE: u32 = 1 << 5;
const JOB: u32 = 1 << 6;
const KEPT: u32 = 1 << 7;
const CALLOUT: u32 = 1 << 9;
const SEND: u32 = 1 << 10;
const HTTP: u32 = 1 << 11;
const LOGIN: u32 = 1 << 12;
const REVOKED: u32 = 1 << 13;
const ANONYMOUS: u32 = 1 << 14;
const CARRIED: u32 = 1 << 15;
const ASKS: u32 = 1 << 16;
const SENDS: u32 = 1 << 17;
/// A literal may be a secret; searched only in texts without other relevant words.
const HELD: u32 = 1 << 18;

/// The search for the texts. All code is scanned, so that this is the innermost loop of a run.
enum Search {
    /// Sixteen bytes at a time, with SIMD.
    Packed(Searcher),
    /// Without SIMD: byte by byte.
    Plain(AhoCorasick),
}

static SEARCH: LazyLock<Option<Search>> = LazyLock::new(|| Search::packed().or_else(Search::plain));

impl Search {
    fn packed() -> Option<Self> {
        let mut builder = Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder();
        builder.extend(TEXTS.iter().map(|(text, _)| text)).build().map(Search::Packed)
    }

    fn plain() -> Option<Self> {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostFirst).build(TEXTS.iter().map(|(text, _)| text)).ok().map(Search::Plain)
    }

    /// The bits of the texts in `lower`, which is in lower case.
    fn bits_of(&self, lower: &[u8]) -> u32 {
        let (mut all, mut at) = (0, 0);
        loop {
            let found = match self {
                Search::Packed(packed) => packed.find_in(lower, Span::from(at..lower.len())),
                Search::Plain(plain) => plain.find(Input::new(lower).range(at..)),
            };
            let Some(found) = found else { return all };
            all |= TEXTS.get(found.pattern().as_usize()).map_or(0, |(_, bits)| *bits);
            // Matches may overlap.
            at = found.start() + 1;
        }
    }
}

impl Words {
    /// The words in a text.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(SEARCH.as_ref().map_or(u32::MAX, |search| search.bits_of(&bytes.to_ascii_lowercase())))
    }

    fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }

    /// Whether it may get its session id.
    pub(super) fn may_get_session(self) -> bool {
        self.has(SESSION)
    }

    /// Whether it may have a variable for a session id or an access token.
    pub(super) fn may_name_token(self) -> bool {
        self.has(TOKEN_NAME)
    }

    /// Whether it may send a session id or a token to a server.
    pub(super) fn may_send_token(self) -> bool {
        self.has(SENDS)
    }

    /// Whether it may have a variable for a secret.
    pub(super) fn may_name_secret(self) -> bool {
        self.has(SECRET)
    }

    /// Whether it may log in to a server.
    pub(super) fn may_log_in(self) -> bool {
        self.has(LOGIN)
    }

    /// Whether it may end a session.
    pub(super) fn may_revoke(self) -> bool {
        self.has(REVOKED)
    }

    /// Whether a variable may carry a secret: it names one, or a request for a token.
    pub(super) fn may_carry_secret(self) -> bool {
        self.has(SECRET) || self.has(CARRIED)
    }

    /// Whether it may run anonymous Apex.
    pub(super) fn may_run_anonymous(self) -> bool {
        self.has(ANONYMOUS)
    }

    /// Whether it may check the kind of its transaction.
    pub(super) fn may_check_transaction(self) -> bool {
        self.has(ASKS)
    }

    /// Whether the callers of its methods are relevant: it calls out, or has a session id.
    pub(crate) fn matters_to_callers(self) -> bool {
        self.has(SESSION) || self.has(CREDENTIAL) || self.has(CALLOUT) || self.has(SEND | HTTP)
    }

    /// Whether the file itself may have facts.
    pub fn matter(self) -> bool {
        self.matters_to_callers()
            || self.has(TOKEN_NAME)
            || self.has(ALONE)
            || self.has(SCHEDULABLE)
            || self.has(SECRET)
            || self.has(JOB | KEPT)
            || self.has(HELD)
    }
}

/// The names of all classes, to find in texts.
#[derive(Debug, Default)]
pub struct Names {
    by_hash: HashMap<u64, u32>,
    /// The hash of each name, by its index.
    hashes: Vec<u64>,
    /// A bit for the low bits of each hash, which excludes most words quickly.
    filter: Vec<u64>,
    /// The words that are found as whole words.
    whole: Vec<(u64, u32)>,
}

/// The number of bits of the filter.
const FILTER_BITS: u64 = 1 << 17;

impl Names {
    /// The names, by index. Names that differ only in case share the first index.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let whole = WHOLE.iter().map(|(word, bit)| (hash(word.as_bytes()), *bit)).collect();
        let mut all = Self { filter: vec![0; (FILTER_BITS / 64) as usize], whole, ..Self::default() };
        for (index, name) in (0u32..).zip(names) {
            let hash = hash(name.as_bytes());
            all.by_hash.entry(hash).or_insert(index);
            all.hashes.push(hash);
            all.mark(hash);
        }
        for word in WHOLE.iter().map(|(word, _)| *word).chain([EXTENDS, IMPLEMENTS]) {
            all.mark(hash(word.as_bytes()));
        }
        all
    }

    /// The index of a name, in any case.
    pub fn get(&self, name: &str) -> Option<u32> {
        self.by_hash.get(&hash(name.as_bytes())).copied()
    }

    /// The hashes of the names, sorted and deduplicated: cached scans depend on them.
    pub fn hashes(&self) -> Vec<u64> {
        let mut all = self.hashes.clone();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The hashes of the names, by index.
    pub fn in_order(&self) -> &[u64] {
        &self.hashes
    }

    fn mark(&mut self, hash: u64) {
        let bit = hash % FILTER_BITS;
        self.filter[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    fn may_hold(&self, hash: u64) -> bool {
        let bit = hash % FILTER_BITS;
        self.filter[(bit / 64) as usize] & (1 << (bit % 64)) != 0
    }
}

/// A hash of the lower case of a word, eight bytes at a time.
pub(super) fn hash(word: &[u8]) -> u64 {
    let (eights, rest) = word.as_chunks::<8>();
    mixed(word.len(), eights, big_end(rest))
}

/// Up to eight bytes as a number, the last one lowest.
fn big_end(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn mixed(length: usize, eights: &[[u8; 8]], last: u64) -> u64 {
    let mix = |hash: u64, eight: u64| {
        // One bit turns capitals into small letters and keeps digits; the result for `_` occurs in no word.
        let mixed = (hash ^ (eight | 0x2020_2020_2020_2020)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    };
    mix(eights.iter().fold(length as u64, |hash, eight| mix(hash, u64::from_le_bytes(*eight))), last)
}

/// The result of scanning a text.
#[derive(Debug, Default)]
pub struct TextScan {
    /// The relevant words.
    pub words: Words,
    /// Indices of the mentioned names, in order.
    pub mentions: Vec<u32>,
    /// Indices of the extended classes.
    pub extends: Vec<u32>,
}

impl TextScan {
    /// The scan in bytes for the next run, in which names may have other indices.
    pub fn to_bytes(&self, names: &Names) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + 8 * (self.mentions.len() + self.extends.len()));
        bytes.extend(self.words.0.to_le_bytes());
        bytes.extend((self.mentions.len() as u32).to_le_bytes());
        for index in self.mentions.iter().chain(&self.extends) {
            bytes.extend(names.hashes.get(*index as usize).copied().unwrap_or_default().to_le_bytes());
        }
        bytes
    }

    /// Parses the bytes of [`TextScan::to_bytes`] with the names of this run; `None` if they are invalid.
    pub fn from_bytes(bytes: &[u8], names: &Names) -> Option<Self> {
        let (words, rest) = bytes.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (hashes, []) = rest.as_chunks() else { return None };
        let (mentions, extends) = hashes.split_at_checked(u32::from_le_bytes(*count) as usize)?;
        let indices = |hashes: &[[u8; 8]]| {
            let mut all: Vec<u32> =
                hashes.iter().filter_map(|hash| names.by_hash.get(&u64::from_le_bytes(*hash)).copied()).collect();
            all.sort_unstable();
            all
        };
        Some(Self { words: Words(u32::from_le_bytes(*words)), mentions: indices(mentions), extends: indices(extends) })
    }
}

/// The names that a text uses outside its literals and comments, as sorted numbers: they show whether it may mention a
/// class that is new since the scan. Words of literals are left out.
pub fn outline(bytes: &[u8]) -> Vec<u32> {
    let mut all = Vec::new();
    let mut literals = Literals::default();
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr::memchr2(b'/', b'\'', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        each_word(&bytes[at..end], |word, _| all.push(short(word)));
        at = match &bytes[end..] {
            [b'/', b'/', ..] => end_of_line(bytes, end),
            [b'/', b'*', ..] => after_comment(bytes, end),
            [b'\'', ..] => literals.after(bytes, end),
            _ => end + 1,
        };
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The hash of a name in an outline.
pub fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// Finds the ends of literals where the lexer finds them.
#[derive(Default)]
struct Literals {
    /// Whether a text block has no end: no later one has.
    has_no_end: bool,
}

impl Literals {
    /// The place after the literal that starts at `at`. A text block has three quotes on both sides; another literal
    /// ends with its line at the latest.
    fn after(&mut self, bytes: &[u8], at: usize) -> usize {
        if bytes[at..].starts_with(b"'''") && !self.has_no_end {
            match after_block(bytes, at + 3) {
                Some(end) => return end,
                None => self.has_no_end = true,
            }
        }
        let mut end = at + 1;
        loop {
            let rest = &bytes[end..];
            let Some(found) = memchr::memchr3(b'\'', b'\\', b'\n', rest) else {
                return end + memchr::memchr(b'\r', rest).unwrap_or(rest.len());
            };
            end += found;
            match &bytes[end..] {
                [b'\'', ..] => return end + 1,
                [b'\\', b'\n', ..] | [b'\\'] => end += 1,
                [b'\\', ..] => end += 2,
                _ => return end,
            }
        }
    }
}

/// The place after the text block whose text starts at `at`; `None` without an end.
fn after_block(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    loop {
        steps::count(1);
        end += memchr::memchr2(b'\'', b'\\', bytes.get(end..)?)?;
        match &bytes[end..] {
            [b'\'', b'\'', b'\'', ..] => return Some(end + 3),
            [b'\\', ..] => end += 2,
            _ => end += 1,
        }
    }
}

/// The end of the line at `at`.
fn end_of_line(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length)
}

/// The place after the comment `/*` that starts at `at`.
fn after_comment(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at + 2..).unwrap_or_default();
    memchr::memmem::find(rest, b"*/").map_or(bytes.len(), |length| at + length + 4)
}

/// Names of methods, given by their hashes, to find in texts.
#[derive(Debug, Default)]
pub struct MethodNames {
    /// Sorted.
    hashes: Vec<u64>,
    /// A bit for the low bits of each hash, which excludes most words quickly.
    filter: [u64; 16],
}

impl FromIterator<u64> for MethodNames {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        let mut hashes: Vec<u64> = hashes.into_iter().collect();
        hashes.sort_unstable();
        hashes.dedup();
        let mut filter = [0; 16];
        for hash in &hashes {
            filter[(hash / 64 % 16) as usize] |= 1 << (hash % 64);
        }
        Self { hashes, filter }
    }
}

impl MethodNames {
    /// Whether a text may call a method with one of these names.
    pub fn may_be_called(&self, bytes: &[u8]) -> bool {
        let mut found = false;
        each_word(bytes, |word, end| {
            if self.filter[(word / 64 % 16) as usize] & 1 << (word % 64) != 0
                && self.hashes.binary_search(&word).is_ok()
            {
                // A comment may stand between, and white space that is not ASCII.
                found |= matches!(bytes[end..].trim_ascii_start(), [b'(' | b'/' | 0x0B | 0x80.., ..]);
            }
        });
        found
    }

    /// The names as in an [`outline`].
    pub fn outlined(&self) -> impl Iterator<Item = u32> {
        self.hashes.iter().map(|hash| short(*hash))
    }
}

/// Scans the bytes of a class or trigger; `None` for test code.
pub fn scan(bytes: &[u8], names: &Names) -> Option<TextScan> {
    if is_test(bytes) {
        return None;
    }
    // In UTF-16 the words are not found as bytes. Such files are rare, and are read.
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Some(TextScan { words: Words(u32::MAX), ..TextScan::default() });
    }
    let mut seen = TextScan { words: Words::of(bytes), ..TextScan::default() };
    let whole = &names.whole;
    let (extends, implements) = (hash(EXTENDS.as_bytes()), hash(IMPLEMENTS.as_bytes()));
    // Behind `extends`, the end of the word that was looked at last.
    let mut extending = None;
    each_word(bytes, |word, end| {
        if names.may_hold(word) {
            if let Some((_, bit)) = whole.iter().find(|(hash, _)| *hash == word) {
                seen.words.0 |= bit;
            }
            if let Some(index) = names.by_hash.get(&word) {
                seen.mentions.push(*index);
                // A comment or `System.` may stand between.
                extending = extending.filter(|from| !has_brace(&bytes[*from..end]));
                if extending.is_some() {
                    seen.extends.push(*index);
                    extending = Some(end);
                }
            }
            if word == extends {
                extending = Some(end);
            } else if word == implements {
                extending = None;
            }
        }
    });
    for list in [&mut seen.mentions, &mut seen.extends] {
        list.sort_unstable();
        list.dedup();
    }
    if !seen.words.matter() && held::may_hold_secret(bytes, seen.words.has(KEPT)) {
        seen.words.0 |= HELD;
    }
    Some(seen)
}

/// The number of bytes in a block.
const BLOCK: usize = 64;

/// The word bytes in a block, the first as the lowest bit.
fn in_word(block: &[u8; BLOCK]) -> u64 {
    let within = |bytes: u8x16, first: u8, last: u8| {
        let behind = bytes - u8x16::splat(first);
        behind.min(u8x16::splat(last - first)).simd_eq(behind)
    };
    let (sixteens, _) = block.as_chunks::<16>();
    sixteens.iter().rev().fold(0, |bits, sixteen| {
        let bytes = u8x16::new(*sixteen);
        // One bit turns capitals into small letters.
        let is_letter = within(bytes | u8x16::splat(0x20), b'a', b'z');
        let is_other = within(bytes, b'0', b'9') | bytes.simd_eq(u8x16::splat(b'_'));
        bits << 16 | u64::from((is_letter | is_other).to_bitmask() & 0xFFFF)
    })
}

/// Whether some bytes have a `{` outside comments.
fn has_brace(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'{', b'/', &bytes[at..]).map(|length| at + length) {
        at = match &bytes[found..] {
            [b'{', ..] => return true,
            [b'/', b'*', ..] => after_comment(bytes, found),
            [b'/', b'/', ..] => end_of_line(bytes, found),
            _ => found + 1,
        };
    }
    false
}

/// Calls `word` with the hash of every word and the place after it.
fn each_word(bytes: &[u8], mut word: impl FnMut(u64, usize)) {
    let mut look = |block: &[u8; BLOCK], at: usize, open: &mut Option<usize>| {
        let bits = in_word(block);
        // Bits of bytes that differ from the one before: the starts and ends of words.
        let mut edges = bits ^ (bits << 1 | u64::from(open.is_some()));
        while edges != 0 {
            let edge = at + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            match open.take() {
                Some(start) => word(hash_at(bytes, start, edge), edge),
                None => *open = Some(edge),
            }
        }
    };
    let mut open = None;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (block, index) in blocks.iter().zip(0..) {
        look(block, index * BLOCK, &mut open);
    }
    // A byte after the end that is not part of a word ends the last one.
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    look(&last, bytes.len() - rest.len(), &mut open);
}

/// The hash of the word from `start` to `end`, equal to [`hash`], with its last bytes read at once.
fn hash_at(bytes: &[u8], start: usize, end: usize) -> u64 {
    let (eights, rest) = bytes[start..end].as_chunks::<8>();
    let last = match bytes.get(end - rest.len()..).and_then(<[u8]>::first_chunk) {
        Some(eight) if !rest.is_empty() => u64::from_be_bytes(*eight) >> (64 - 8 * rest.len()),
        _ => big_end(rest),
    };
    mixed(end - start, eights, last)
}

/// Whether `@IsTest` occurs before the first class of a text, outside comments.
fn is_test(bytes: &[u8]) -> bool {
    let mut literals = Literals::default();
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'/', ..] => at = end_of_line(bytes, at),
            [b'/', b'*', ..] => at = after_comment(bytes, at),
            [b'\'', ..] => at = literals.after(bytes, at),
            [byte, ..] if byte.is_ascii_alphabetic() => {
                let length = bytes[at..].iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
                let word = &bytes[at..at + length];
                let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
                if is("istest") && at > 0 && bytes[..at].trim_ascii_end().ends_with(b"@") {
                    return true;
                }
                if ["class", "interface", "enum", "trigger"].into_iter().any(is) {
                    return false;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_wherever_they_overlap() {
        for search in [Search::packed(), Search::plain()].into_iter().flatten() {
            for (text, _) in TEXTS {
                assert_eq!(*text, text.to_ascii_lowercase());
                assert!(TEXTS.iter().all(|(other, _)| other == text || !other.starts_with(text)), "{text}");
                let held = TEXTS.iter().filter(|(other, _)| text.contains(other)).fold(0, |all, (_, bits)| all | bits);
                for padding in 0..40 {
                    let padded = format!("{0}a{text}e{0}", "x ".repeat(padding));
                    assert_eq!(search.bits_of(padded.as_bytes()), held, "{padded}");
                }
            }
            assert_eq!(search.bits_of(b"x.authsessionid"), ALONE | REVOKED | TOKEN_NAME | SECRET | SENDS);
        }
        assert!(TEXTS.len() <= 64);
    }

    #[test]
    fn test_code_is_recognised_by_the_annotation_of_its_class() {
        assert!(is_test(b"@isTest\nprivate class A {}"));
        assert!(is_test(b"/* the class */ @ IsTest(SeeAllData=true) public class A {}"));
        assert!(!is_test(b"// @isTest\npublic class A { @isTest class B {} }"));
        assert!(!is_test(b"public class A { @isTest static void b() {} }"));
        assert!(!is_test(b"/* @isTest"));
    }

    #[test]
    fn words_are_what_stands_between_other_bytes() {
        let is_in = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let all: Vec<u8> = (0..=255).collect();
        for length in 0..200 {
            let word = "aZ_09bY".repeat(length / 7 + 1);
            let mut text = vec![b' '; length % 67];
            text.extend(&word.as_bytes()[..length]);
            text.extend(&all);
            text.extend(b"-z-".repeat(length % 5));
            text.extend(&word.as_bytes()[..length / 2]);
            let expected: Vec<u64> =
                text.split(|byte| !is_in(byte)).filter(|word| !word.is_empty()).map(hash).collect();
            let mut found = Vec::new();
            each_word(&text, |word, _| found.push(word));
            assert_eq!(found, expected, "{length}");
        }
        assert_eq!(hash(b"GetSessionId"), hash(b"getsessionid"));
    }

    #[test]
    fn names_are_found_as_words_in_any_case() {
        let names = Names::new(["Alpha", "Beta", "Gamma"]);
        let seen = scan(b"class X extends BETA { void f() { alpha.run(); Gammas g; } }", &names).unwrap();
        assert_eq!((seen.mentions, seen.extends), (vec![0, 1], vec![1]));
        assert_eq!(names.get("gamma"), Some(2));
    }

    #[test]
    fn superclasses_are_what_stands_behind_extends() {
        let names = Names::new(["Alpha", "Beta", "Gamma"]);
        let extends = |text: &str| scan(text.as_bytes(), &names).unwrap().extends;
        for text in [
            "class X extends Alpha { Beta b; }",
            "class X extends System . Alpha implements Beta { }",
            "class X extends /* the */ Alpha { Beta b; Gamma c; }",
            "class X extends // the\nAlpha { Beta b; }",
        ] {
            assert_eq!(extends(text), [0], "{text}");
        }
        assert_eq!(extends("interface X extends Alpha, Gamma { Beta b(); }"), [0, 2]);
        assert_eq!(extends("class X extends Exception { Alpha a; } class Y extends Beta { }"), [1]);
        assert_eq!(extends("class X { Alpha a; }"), [] as [u32; 0]);
    }

    #[test]
    fn text_blocks_without_an_end_take_linear_time() {
        let steps = |lines: usize| {
            let text = format!("{}class A {{ }}", "\\'''\n".repeat(lines));
            steps::of(|| assert!(!is_test(text.as_bytes()) && outline(text.as_bytes()).len() == 2)).1
        };
        let (few, many) = (steps(100), steps(800));
        assert!(few > 0 && many <= 10 * few, "{few} steps, then {many}");
    }

    #[test]
    fn text_in_two_bytes_a_letter_is_read() {
        let text: Vec<u8> = "\u{FEFF}class A { }".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(scan(&text, &Names::default_filter()).unwrap().words.matter());
    }

    #[test]
    fn an_outline_has_what_the_lexer_finds() {
        for text in [
            "it(); // it's\rHere.go();",
            "it(); // it's\nHere.go();",
            "/* it's */ Here.go(); /* */",
            "s = 'a\\'b'; Here.go(); s = 'c';",
            "s = '''\na \\''''; Here.go(); s = 'c';",
            "s = '''\na'b ''' + Here.go();",
            "s = 'a\n; Here.go();",
            "s = 'a\\\n; Here.go(); s = 'b';",
            "s = '''a; s = 'b';\nHere.go();",
            "a = b / Here.go() / c;",
        ] {
            let outline = outline(text.as_bytes());
            for name in ["Here", "go"] {
                assert!(outline.contains(&short(hash(name.as_bytes()))), "{text:?} {name}");
            }
        }
        for text in ["// Here\r", "/* Here", "'Here", "'\\'Here'", "'''\n'Here'\n'''", "'''\\'''Here'''", "'\\"] {
            assert!(!outline(text.as_bytes()).contains(&short(hash(b"Here"))), "{text:?}");
        }
    }

    #[test]
    fn a_call_is_a_name_before_a_parenthesis() {
        let names: MethodNames = ["Save", "sendAll"].iter().map(|name| hash(name.as_bytes())).collect();
        for text in
            ["a.SAVE(x)", "sendall\n  (x)", "save/* now */(x)", "save // now\n(x)", "save\u{B}(x)", "save \u{A0}(x)"]
        {
            assert!(names.may_be_called(text.as_bytes()), "{text}");
        }
        for text in ["save", "int save = 1;", "saved(x)", "resendAll(x)", "f(save)"] {
            assert!(!names.may_be_called(text.as_bytes()), "{text}");
        }
        assert!(!MethodNames::default().may_be_called(b"save(x)"));
        let outline = outline(b"x.sendAll(y)");
        assert!(names.outlined().any(|name| outline.contains(&name)));
    }

    #[test]
    fn what_was_seen_outlives_a_run() {
        let text = b"class X extends Beta { void f() { Alpha.run(); String s = 'Hidden\\'s'; \
                     String t = '''\nHidden's\n''' + Shown.s; } } // Remark";
        let seen = scan(text, &Names::new(["Alpha", "Beta"])).unwrap();
        let bytes = seen.to_bytes(&Names::new(["Alpha", "Beta"]));
        // Alpha is gone, and Beta has another index.
        let names = Names::new(["First", "Second", "Beta"]);
        let again = TextScan::from_bytes(&bytes, &names).unwrap();
        assert_eq!((again.words, again.mentions, again.extends), (seen.words, vec![2], vec![2]));
        assert!(TextScan::from_bytes(&bytes[1..], &names).is_none());

        let outline = outline(text);
        let holds = |name: &str| outline.contains(&short(hash(name.as_bytes())));
        assert!(holds("ALPHA") && holds("run") && holds("Beta") && holds("Shown"));
        assert!(!holds("Hidden") && !holds("Remark"));
    }

    #[test]
    fn what_may_matter_is_kept() {
        let words = |text: &str| scan(text.as_bytes(), &Names::default_filter()).unwrap().words;
        assert!(words("class A { void f() { UserInfo.GETSESSIONID(); } }").matters_to_callers());
        assert!(words("class A { void f(Http h) { h . send(r); } }").matters_to_callers());
        assert!(!words("class A { void f() { Messaging.sendEmail(m); } String https; }").matter());
        assert!(words("class A { void f(String password) { System.debug(password); } }").matter());
        assert!(
            words("class A { @AuraEnabled public static String f(String password) { return password; } }").matter()
        );
    }

    impl Names {
        fn default_filter() -> Self {
            Self::new(std::iter::empty())
        }
    }
}
