//! What a text says before it is parsed: which words that matter stand in it, which classes it mentions, and whether it
//! is test code. What this passes over says nothing that anybody asks; what it keeps may still say nothing.
//!
//! Everything here errs on the side of reading: a word in a comment counts as a word.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

/// Which words that matter stand in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(u32);

/// Texts that are looked for anywhere, in any case, with the bit of what they stand for.
const TEXTS: &[(&str, u32)] = &[
    ("getsessionid", SESSION),
    ("sessionid", TOKEN_NAME | SECRET),
    ("session_id", TOKEN_NAME | SECRET),
    ("accesstoken", TOKEN_NAME | SECRET),
    ("access_token", TOKEN_NAME | SECRET),
    ("authtoken", TOKEN_NAME),
    ("auth_token", TOKEN_NAME),
    ("bearer", TOKEN_NAME | SECRET),
    ("refreshtoken", SECRET),
    ("refresh_token", SECRET),
    ("clientsecret", SECRET | ALONE),
    ("client_secret", SECRET | ALONE),
    ("consumersecret", SECRET | ALONE),
    ("consumer_secret", SECRET | ALONE),
    ("privatekey", SECRET),
    ("private_key", SECRET),
    ("password", SECRET),
    ("grant_type", ALONE),
    ("/token", ALONE),
    ("response_type=token", ALONE),
    ("response_type=hybrid_token", ALONE),
    ("salesforce.com", ALONE),
    ("force.com", ALONE),
    ("salesforce.mil", ALONE),
    ("services/soap", ALONE),
    ("services/data", ALONE),
    ("services/async", ALONE),
    ("getcontent", ALONE),
    ("apikey", ALONE),
    ("api_key", ALONE),
    ("secretkey", ALONE),
    ("secret_key", ALONE),
    ("ghp_", ALONE),
    ("github_pat_", ALONE),
    ("glpat-", ALONE),
    ("sk_live_", ALONE),
    ("xoxb-", ALONE),
    ("AKIA", ALONE),
    ("$credential", ALONE),
    ("authsession", ALONE | REVOKED),
    ("revoketoken", ALONE | REVOKED),
    ("logouteventstream", ALONE),
    ("sessionlint", ALONE),
    ("(hidden)", ALONE),
    ("callout:", CREDENTIAL),
    ("schedulable", SCHEDULABLE),
    ("batchable", JOB),
    ("queueable", JOB),
    ("token", KEPT),
    ("login", KEPT | LOGIN),
    ("authenticate", KEPT),
    ("authoriz", KEPT),
    ("debug", LOG),
    ("logger", LOG),
    ("webservicecallout", CALLOUT),
    ("executeanonymous", ANONYMOUS),
];

/// Words that are looked for whole, in any case.
const WHOLE: &[(&str, u32)] =
    &[("send", SEND), ("http", HTTP), ("log", LOG), ("tok", KEPT), ("sid", KEPT), ("session", KEPT), ("auth", KEPT)];

const SESSION: u32 = 1;
const TOKEN_NAME: u32 = 1 << 1;
const SECRET: u32 = 1 << 2;
const ALONE: u32 = 1 << 3;
const CREDENTIAL: u32 = 1 << 4;
const SCHEDULABLE: u32 = 1 << 5;
const JOB: u32 = 1 << 6;
const KEPT: u32 = 1 << 7;
const LOG: u32 = 1 << 8;
const CALLOUT: u32 = 1 << 9;
const SEND: u32 = 1 << 10;
const HTTP: u32 = 1 << 11;
const LOGIN: u32 = 1 << 12;
const REVOKED: u32 = 1 << 13;
const ANONYMOUS: u32 = 1 << 14;

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let texts = TEXTS.iter().map(|(text, _)| text);
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(texts).ok()
});

impl Words {
    /// The words of a text.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let Some(automaton) = AUTOMATON.as_ref() else { return Self(u32::MAX) };
        let found = automaton.find_overlapping_iter(bytes);
        Self(found.fold(0, |bits, found| bits | TEXTS.get(found.pattern().as_usize()).map_or(0, |(_, bit)| *bit)))
    }

    fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }

    /// Whether it may ask for its session id.
    pub(super) fn may_ask_session(self) -> bool {
        self.has(SESSION)
    }

    /// Whether a name in it may be one of a session id or an access token.
    pub(super) fn may_name_token(self) -> bool {
        self.has(TOKEN_NAME)
    }

    /// Whether a name in it may be one of a secret.
    pub(super) fn may_name_secret(self) -> bool {
        self.has(SECRET)
    }

    /// Whether it may log in to something.
    pub(super) fn may_log_in(self) -> bool {
        self.has(LOGIN)
    }

    /// Whether it may end a session.
    pub(super) fn may_revoke(self) -> bool {
        self.has(REVOKED)
    }

    /// Whether it may run anonymous Apex.
    pub(super) fn may_run_anonymous(self) -> bool {
        self.has(ANONYMOUS)
    }

    /// Whether who calls the file's methods matters too: it calls out, or holds a session id.
    pub fn matters_to_callers(self) -> bool {
        self.has(SESSION) || self.has(CREDENTIAL) || self.has(CALLOUT) || self.has(SEND | HTTP)
    }

    /// Whether the file itself may say something.
    pub fn matter(self) -> bool {
        self.matters_to_callers()
            || self.has(TOKEN_NAME)
            || self.has(ALONE)
            || self.has(SCHEDULABLE)
            || self.has(SECRET | LOG)
            || self.has(JOB | KEPT)
    }
}

/// The names of classes, to be met as words.
#[derive(Debug, Default)]
pub struct Names {
    by_hash: HashMap<u64, u32>,
    /// A bit for the low end of every hash, so that most words are not looked up.
    filter: Vec<u64>,
    /// The words that are looked for whole.
    whole: Vec<(u64, u32)>,
}

/// Bits of the filter.
const FILTER_BITS: u64 = 1 << 17;

impl Names {
    /// The names; what is mentioned is told by their index. Names that differ in case only are one, the first.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let whole = WHOLE.iter().map(|(word, bit)| (hash(word.as_bytes()), *bit)).collect();
        let mut all = Self { by_hash: HashMap::new(), filter: vec![0; (FILTER_BITS / 64) as usize], whole };
        for (index, name) in (0u32..).zip(names) {
            let hash = hash(name.as_bytes());
            all.by_hash.entry(hash).or_insert(index);
            all.mark(hash);
        }
        for (word, _) in WHOLE.iter().copied().chain([("extends", 0)]) {
            all.mark(hash(word.as_bytes()));
        }
        all
    }

    /// The index of a name, in any case.
    pub fn get(&self, name: &str) -> Option<u32> {
        self.by_hash.get(&hash(name.as_bytes())).copied()
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

/// A hash over the lower case of a word, eight bytes at a time.
fn hash(word: &[u8]) -> u64 {
    let mix = |hash: u64, eight: u64| {
        // One bit makes small letters of capitals, and keeps digits; what it makes of `_` is in no word.
        let mixed = (hash ^ (eight | 0x2020_2020_2020_2020)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    };
    let (eights, rest) = word.as_chunks::<8>();
    let hash = eights.iter().fold(word.len() as u64, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
    mix(hash, rest.iter().fold(0, |eight, byte| eight << 8 | u64::from(*byte)))
}

/// What was seen in a text.
#[derive(Debug, Default)]
pub struct Seen {
    /// The words that matter.
    pub words: Words,
    /// Indices of the names that are mentioned, in order.
    pub mentions: Vec<u32>,
    /// Those that a class extends.
    pub extends: Vec<u32>,
}

/// Looks through the bytes of a class or trigger. Of test code nothing is said.
pub fn scan(bytes: &[u8], names: &Names) -> Option<Seen> {
    if is_test(bytes) {
        return None;
    }
    let mut seen = Seen { words: Words::of(bytes), ..Seen::default() };
    let whole = &names.whole;
    let extends = hash(b"extends");
    let mut before = 0;
    each_word(bytes, |word| {
        if names.may_hold(word) {
            if let Some((_, bit)) = whole.iter().find(|(hash, _)| *hash == word) {
                seen.words.0 |= bit;
            }
            if let Some(index) = names.by_hash.get(&word) {
                seen.mentions.push(*index);
                if before == extends {
                    seen.extends.push(*index);
                }
            }
        }
        before = word;
    });
    for list in [&mut seen.mentions, &mut seen.extends] {
        list.sort_unstable();
        list.dedup();
    }
    Some(seen)
}

/// Which bytes words are made of.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

/// Hands the hash of every word to `word`.
fn each_word(bytes: &[u8], mut word: impl FnMut(u64)) {
    let mut rest = bytes;
    loop {
        let start = rest.iter().position(|byte| IN_WORD[usize::from(*byte)]).unwrap_or(rest.len());
        rest = &rest[start..];
        if rest.is_empty() {
            return;
        }
        let length = rest.iter().position(|byte| !IN_WORD[usize::from(*byte)]).unwrap_or(rest.len());
        let (first, behind) = rest.split_at(length);
        word(hash(first));
        rest = behind;
    }
}

/// Whether `@IsTest` stands before the first class of a text, outside comments.
fn is_test(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'/', ..] => at = skip(bytes, at, b"\n"),
            [b'/', b'*', ..] => at = skip(bytes, at + 2, b"*/"),
            [b'\'', ..] => at = skip(bytes, at + 1, b"'"),
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

/// The place behind the next `end`.
fn skip(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, end).map_or(bytes.len(), |found| from + found + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_code_is_told_by_what_stands_before_its_class() {
        assert!(is_test(b"@isTest\nprivate class A {}"));
        assert!(is_test(b"/* the class */ @ IsTest(SeeAllData=true) public class A {}"));
        assert!(!is_test(b"// @isTest\npublic class A { @isTest class B {} }"));
        assert!(!is_test(b"public class A { @isTest static void b() {} }"));
        assert!(!is_test(b"/* @isTest"));
    }

    #[test]
    fn names_are_met_as_words_in_any_case() {
        let names = Names::new(["Alpha", "Beta", "Gamma"]);
        let seen = scan(b"class X extends BETA { void f() { alpha.run(); Gammas g; } }", &names).unwrap();
        assert_eq!((seen.mentions, seen.extends), (vec![0, 1], vec![1]));
        assert_eq!(names.get("gamma"), Some(2));
    }

    #[test]
    fn what_may_matter_is_kept() {
        let words = |text: &str| scan(text.as_bytes(), &Names::default_filter()).unwrap().words;
        assert!(words("class A { void f() { UserInfo.GETSESSIONID(); } }").matters_to_callers());
        assert!(words("class A { void f(Http h) { h . send(r); } }").matters_to_callers());
        assert!(!words("class A { void f() { Messaging.sendEmail(m); } String https; }").matter());
        assert!(words("class A { void f(String password) { System.debug(password); } }").matter());
        assert!(!words("class A { void f(String password) { } }").matter());
    }

    impl Names {
        fn default_filter() -> Self {
            Self::new(std::iter::empty())
        }
    }
}
