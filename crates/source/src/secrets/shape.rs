//! Values that are secrets by their shape, wherever they occur.
//!
//! Refuses to know names and formats of files.

use memchr::{memchr2, memmem};
use wide::u8x16;

use super::Ranges;

/// Prefixes of keys of providers, and the least number of characters of each key.
const PREFIXES: &[(&str, usize)] = &[
    ("eyJ", 20),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 24),
    ("ya29.", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xoxs-", 16),
    ("xapp-", 16),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("pk_live_", 16),
    ("whsec_", 16),
    ("sk-", 20),
    ("SG.", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("shpat_", 20),
    ("hvs.", 16),
    ("dop_v1_", 20),
    ("sq0csp-", 16),
    ("EAACEdEose0cBA", 20),
    ("3MVG9", 30),
    ("5Aep", 30),
    ("key-", 30),
    ("AccountKey=", 20),
    ("SharedAccessKey=", 20),
    ("PMAK-", 20),
    ("lin_api_", 16),
    ("NRAK-", 16),
    ("sntrys_", 16),
    ("hf_", 24),
    ("AGE-SECRET-KEY-", 20),
];

/// The prefixes that begin with a byte, as bits in their order: few parts of a file begin with one.
const WITH_FIRST_BYTE: [u64; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < PREFIXES.len() {
        table[PREFIXES[at].0.as_bytes()[0] as usize] |= 1 << at;
        at += 1;
    }
    table
};

/// Whether `rest` begins with a key of a provider.
fn begins_key(rest: &str) -> bool {
    let mut left = rest.bytes().next().map_or(0, |first| WITH_FIRST_BYTE[usize::from(first)]);
    while left != 0 {
        let (prefix, least) = PREFIXES[left.trailing_zeros() as usize];
        if rest.starts_with(prefix) && rest.len() >= least && !is_wordy(&rest[prefix.len()..rest.len().min(200)]) {
            return true;
        }
        left &= left - 1;
    }
    false
}

/// Whether a whole value is a key of a provider, or an armoured private key. Public keys are not secrets.
pub(super) fn is_provider_s(value: &str) -> bool {
    const PUBLIC: &[&str] = &["3MVG9", "pk_live_", "key-"];
    let is_key = |(prefix, least): &(&str, usize)| {
        value.starts_with(prefix) && value.len() >= *least && !is_wordy(&value[prefix.len()..value.len().min(200)])
    };
    // Base64 of JSON begins like a signed token, which has three parts.
    if value.starts_with("eyJ") && value.matches('.').count() < 2 {
        return false;
    }
    let is_run = value.bytes().all(|byte| is_run(byte) || byte == b'-' || byte == b'_');
    is_run && PREFIXES.iter().filter(|(prefix, _)| !PUBLIC.contains(prefix)).any(is_key)
        || value.starts_with("-----BEGIN")
            && value.get(..64.min(value.len())).is_some_and(|head| head.contains("PRIVATE KEY"))
}

/// The minimum length of letters and digits that are a secret by shape.
const SHORTEST: usize = 20;
/// The minimum length of secret numbers: old consumer secrets have 19 digits, timestamps at most 17.
const LONG_NUMBER: usize = 18;

/// The byte belongs to a run.
const RUN: u8 = 1;
/// It is a digit.
const DIGIT: u8 = 2;
/// It is a small letter.
const SMALL: u8 = 4;
/// It is a capital.
const CAPITAL: u8 = 8;

/// What a byte is, as a table, since every byte of a file is tested.
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_digit() {
            table[byte as usize] = RUN | DIGIT;
        } else if byte.is_ascii_lowercase() {
            table[byte as usize] = RUN | SMALL;
        } else if byte.is_ascii_uppercase() {
            table[byte as usize] = RUN | CAPITAL;
        } else if matches!(byte, b'+' | b'_' | b'.' | b'~' | b'-' | b'!' | b'/' | b'=') {
            table[byte as usize] = RUN;
        }
        byte += 1;
    }
    table
};

fn is_run(byte: u8) -> bool {
    BYTES[usize::from(byte)] != 0
}

/// Whether `text` is a single word of letters, digits and underscores without a secret. Most names in an org are such
/// words, and this takes a fraction of the steps of a search.
pub(super) fn is_plain_name(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word && !begins_key(text) && !is_random(text) && !is_number(text)
}

/// The minimum length of a run that may be a secret; as many bytes are looked at together.
const SHORTEST_RUN: usize = 16;

/// Which of some bytes belong to a run, and which are digits and letters: the lowest bit is the first byte.
#[derive(Clone, Copy)]
struct Chunk {
    run: u16,
    digits: u16,
    letters: u16,
}

impl Chunk {
    #[inline]
    fn of(bytes: [u8; SHORTEST_RUN]) -> Self {
        let bytes = u8x16::from(bytes);
        let is_in = |bytes: u8x16, first: u8, last: u8| {
            let from_first = bytes - u8x16::splat(first);
            from_first.min(u8x16::splat(last - first)).simd_eq(from_first)
        };
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let digits = is_in(bytes, b'0', b'9');
        let letters = is_in(bytes | u8x16::splat(b' '), b'a', b'z');
        // Digits and the three characters before them stand in a row.
        let run = letters | is_in(bytes, b'-', b'9') | is(b'=') | is(b'+') | is(b'_') | is(b'~') | is(b'!');
        let bits = |are: u8x16| are.to_bitmask() as u16;
        Self { run: bits(run), digits: bits(digits), letters: bits(letters) }
    }

    /// The number of digits in the first bytes.
    #[inline]
    fn digits_in_first(self, length: u32) -> u32 {
        (u32::from(self.digits) & ((1 << length) - 1)).count_ones()
    }
}

pub(super) fn find(text: &str, found: &mut Ranges) {
    keys(text, found);
    let bytes = text.as_bytes();
    // A run that is long enough has one of every so many bytes. The byte before these is in no run, so that a run
    // starts within them.
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk().copied().map(Chunk::of) {
        let next = at + SHORTEST_RUN;
        let before = chunk.run.leading_ones();
        if before == 0 {
            at = next;
            continue;
        }
        let start = next - before as usize;
        let mut digits = (chunk.digits >> (u16::BITS - before)).count_ones();
        let mut end = next;
        while let Some(chunk) = bytes[end..].first_chunk().copied().map(Chunk::of) {
            let more = chunk.run.trailing_ones();
            digits += chunk.digits_in_first(more);
            end += more as usize;
            if more < u16::BITS {
                break;
            }
        }
        if bytes.len() - end < SHORTEST_RUN {
            let more = bytes[end..].iter().take_while(|byte| is_run(**byte));
            digits += more.clone().filter(|byte| byte.is_ascii_digit()).count() as u32;
            end += more.count();
        }
        if end - start >= SHORTEST_RUN {
            in_run(text, start..end, digits >= 2, found);
        }
        at = bytes.len().min(end + 1);
    }
}

/// Armoured private keys and certificates, to their end.
fn keys(text: &str, found: &mut Ranges) {
    let mut at = 0;
    while let Some(start) = memmem::find(&text.as_bytes()[at..], b"-----BEGIN").map(|length| at + length) {
        let end = match text[start..].find("-----END") {
            Some(length) => {
                let end = start + length + "-----END".len();
                text[end..].find("-----").map_or(text.len(), |length| end + length + 5)
            }
            // The following lines are found by their shape.
            None => text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length),
        };
        found.push(start..end);
        at = end;
    }
}

/// Without two digits, nothing but a key is a secret by shape: then the run is not `may_be_random`.
fn in_run(text: &str, range: std::ops::Range<usize>, may_be_random: bool, found: &mut Ranges) {
    let (run, offset) = (&text[range.clone()], range.start);
    let before = text.as_bytes()[..offset].last();
    let (is_tag, is_address) = (before == Some(&b'<'), before == Some(&b':') && run.starts_with("//"));
    let mut is_random_part = false;
    let (mut start, mut index) = (0, 0);
    while start <= run.len() {
        let end = memchr2(b'/', b'=', &run.as_bytes()[start..]).map_or(run.len(), |length| start + length);
        let part = &run[start..end];
        if begins_key(&run[start..]) {
            found.push(offset + start..range.end);
            return;
        }
        // The third part of a URL is its host.
        let is_host = is_address && index == 2;
        if may_be_random && !is_host && (is_random(part) || is_session(part) || is_number(part)) {
            is_random_part = true;
            found.push(offset + start..offset + end);
        }
        (start, index) = (end + 1, index + 1);
    }
    if !may_be_random {
        return;
    }
    let is_base64 = run.len() >= 32 && (run.contains('+') || run.ends_with('=')) && is_random(run);
    if !is_address && !is_tag && !run.starts_with('/') && (is_base64 || is_random_part) {
        let end = run.trim_end_matches(['.', '-']).len();
        // `name=VALUE` and `path/VALUE`: a value that reads as words is not masked.
        let is_lead = |at: &usize| {
            let is_name =
                run.as_bytes()[*at] == b'=' && run[at + 1..].len() >= 8 && *at < 40 && !is_random(&run[..*at]);
            is_name || is_wordy(&run[..*at])
        };
        let lead = run.find(['/', '=']).filter(is_lead).map_or(0, |at| at + 1);
        found.push(offset + lead.min(end)..offset + end);
    }
}

fn is_number(part: &str) -> bool {
    part.len() >= LONG_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The minimum length of a whole session id; real ones have about 110 characters.
const SHORTEST_SESSION: usize = 60;

/// Whether a whole value is a session id of Salesforce (`00D...!...`) or an access token of Google (`ya29....`): both
/// give access until they expire.
pub(super) fn is_access_token(value: &str) -> bool {
    if value.starts_with("ya29.") {
        return is_provider_s(value);
    }
    let Some((org, rest)) = value.split_once('!') else { return false };
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    org.starts_with("00D")
        && matches!(org.len(), 15 | 18)
        && org.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.len() >= SHORTEST_SESSION
        && rest.bytes().all(is_id)
        && is_random(rest)
}

/// `00D...!...`, a session id.
fn is_session(part: &str) -> bool {
    part.starts_with("00D") && part.len() >= 20 && part.contains('!')
}

/// The letters and digits of a text.
#[derive(Clone, Copy)]
struct Counts {
    letters: u32,
    digits: u32,
}

impl Counts {
    fn of(text: &str) -> Self {
        let (chunks, rest) = text.as_bytes().as_chunks();
        let mut counts = Self {
            letters: rest.iter().filter(|byte| byte.is_ascii_alphabetic()).count() as u32,
            digits: rest.iter().filter(|byte| byte.is_ascii_digit()).count() as u32,
        };
        for chunk in chunks {
            let chunk = Chunk::of(*chunk);
            counts.letters += chunk.letters.count_ones();
            counts.digits += chunk.digits.count_ones();
        }
        counts
    }
}

/// A mix of letters and digits with hardly a word in it.
fn is_random(part: &str) -> bool {
    // Nearly all of a file is words without digits.
    let mixes = |counts: &Counts| counts.digits >= 2 && counts.letters >= 4;
    let counted = |part: &str| (part.len() >= SHORTEST).then(|| Counts::of(part)).filter(mixes);
    let Some(counts) = counted(part) else { return false };
    let trimmed = part.trim_matches(['.', '-', '=', '~', '!']);
    let rest = without_moment(trimmed);
    let is_whole = rest.len() == trimmed.len() && rest.len() >= SHORTEST;
    let counts = if is_whole { Some(counts) } else { counted(rest) };
    counts.is_some_and(|counts| !is_uuid(rest) && !has_words(rest, counts))
}

/// A name without the timestamp in milliseconds that Salesforce adds to make names unique: 13 digits at the end of a
/// name or before the extension of a file.
fn without_moment(part: &str) -> &str {
    let name = memchr::memchr(b'.', part.as_bytes()).map_or(part, |dot| &part[..dot]);
    let lead = name.trim_end_matches(|ch: char| ch.is_ascii_digit());
    let digits = &name[lead.len()..];
    let is_moment =
        digits.len() == 13 && digits.starts_with('1') && lead.ends_with(|ch: char| ch.is_ascii_alphabetic());
    if is_moment { lead } else { part }
}

fn is_uuid(part: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    part.len() == 36
        && part.split('-').map(str::len).eq(lengths)
        && part.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Whether two of five letters and digits belong to words of four letters or more, separated by other characters,
/// digits and capitals.
fn is_wordy(text: &str) -> bool {
    has_words(text, Counts::of(text))
}

/// The same for a text whose letters and digits are counted.
fn has_words(text: &str, counts: Counts) -> bool {
    const ALL: u8 = SMALL | CAPITAL | DIGIT;
    let all = counts.letters + counts.digits;
    let (mut in_words, mut length) = (0, 0);
    let mut before = 0;
    // A capital starts a word, unless it is in the middle of letters.
    let (mut is_word, mut starts) = (true, true);
    for kind in text.bytes().map(|byte| BYTES[usize::from(byte)] & ALL) {
        let goes_on = match kind {
            SMALL => before == SMALL || length == 1 && before == CAPITAL,
            CAPITAL => before == CAPITAL,
            _ => false,
        };
        if !goes_on {
            in_words += if is_word && length >= 4 { length } else { 0 };
            if in_words * 5 >= all * 2 {
                return true;
            }
            length = 0;
            starts = before == 0;
            is_word = true;
        } else if kind == CAPITAL {
            is_word = starts;
        }
        length += u32::from(kind & (SMALL | CAPITAL) != 0);
        before = kind;
    }
    in_words += if is_word && length >= 4 { length } else { 0 };
    in_words * 5 >= all * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_looked_at_together_are_those_of_the_table() {
        for byte in 0..=u8::MAX {
            let kinds = BYTES[usize::from(byte)];
            for at in 0..SHORTEST_RUN {
                let mut bytes = [b' '; SHORTEST_RUN];
                bytes[at] = byte;
                let chunk = Chunk::of(bytes);
                let expected = |is_it| if is_it { 1 << at } else { 0 };
                assert_eq!(chunk.run, expected(kinds != 0), "{byte}");
                assert_eq!(chunk.digits, expected(kinds & DIGIT != 0), "{byte}");
                assert_eq!(chunk.letters, expected(kinds & (SMALL | CAPITAL) != 0), "{byte}");
            }
        }
    }

    #[test]
    fn a_long_value_is_found_wherever_it_begins_and_ends() {
        let value = "q7Zx2Kp9Wd4Rt6Lm8Vb3Nc5Hj1";
        for before in 0..40 {
            for behind in 0..40 {
                let text = format!("{}{value}{}", " ".repeat(before), " ".repeat(behind));
                let mut found = Ranges::new();
                find(&text, &mut found);
                assert!(found.iter().all(|range| *range == (before..before + value.len())), "{text:?} {found:?}");
                assert!(!found.is_empty(), "{text:?}");
            }
        }
    }
}
