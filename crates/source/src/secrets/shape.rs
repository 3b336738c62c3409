//! Values that are secrets by their shape, wherever they occur.
//!
//! Refuses to know names and formats of files.

use memchr::memmem;

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

/// The first bytes of all prefixes: few parts of a file begin with one.
const BEGINS_PREFIX: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < PREFIXES.len() {
        table[PREFIXES[at].0.as_bytes()[0] as usize] = true;
        at += 1;
    }
    table
};

/// Whether `rest` begins with a key of a provider.
fn begins_key(rest: &str) -> bool {
    let first = rest.as_bytes().first().copied();
    first.is_some_and(|first| {
        BEGINS_PREFIX[usize::from(first)]
            && PREFIXES.iter().any(|(prefix, least)| {
                prefix.as_bytes()[0] == first
                    && rest.starts_with(prefix)
                    && rest.len() >= *least
                    && !is_wordy(&rest[prefix.len()..rest.len().min(200)])
            })
    })
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
/// It separates parts of a run.
const SEPARATOR: u8 = 4;
/// It is a small letter.
const SMALL: u8 = 8;
/// It is a capital.
const CAPITAL: u8 = 16;

/// What a byte is, as a table, since every byte of a file is tested.
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_digit() {
            table[byte as usize] = RUN | DIGIT;
        } else if matches!(byte, b'/' | b'=') {
            table[byte as usize] = RUN | SEPARATOR;
        } else if byte.is_ascii_lowercase() {
            table[byte as usize] = RUN | SMALL;
        } else if byte.is_ascii_uppercase() {
            table[byte as usize] = RUN | CAPITAL;
        } else if matches!(byte, b'+' | b'_' | b'.' | b'~' | b'-' | b'!') {
            table[byte as usize] = RUN;
        }
        byte += 1;
    }
    table
};

fn is_run(byte: u8) -> bool {
    BYTES[usize::from(byte)] != 0
}

/// The number of bytes of a text that are one of some kinds.
fn count(text: &str, kinds: u8) -> usize {
    text.bytes().filter(|byte| BYTES[usize::from(*byte)] & kinds != 0).count()
}

/// Whether `text` is a single word of letters, digits and underscores without a secret. Most names in an org are such
/// words, and this takes a fraction of the steps of a search.
pub(super) fn is_plain_name(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word && !begins_key(text) && !is_random(text) && !is_number(text)
}

/// The minimum length of a run that may be a secret.
const SHORTEST_RUN: usize = 16;

pub(super) fn find(text: &str, found: &mut Ranges) {
    keys(text, found);
    let bytes = text.as_bytes();
    // Where the last run ended.
    let mut end = 0;
    // A run that is long enough has one of every so many bytes.
    let mut at = SHORTEST_RUN - 1;
    while let Some(byte) = bytes.get(at) {
        if !is_run(*byte) {
            at += SHORTEST_RUN;
            continue;
        }
        let start = bytes[end..at].iter().rposition(|byte| !is_run(*byte)).map_or(end, |before| end + before + 1);
        end = bytes[at..].iter().position(|byte| !is_run(*byte)).map_or(bytes.len(), |length| at + length);
        if end - start >= SHORTEST_RUN {
            in_run(text, start..end, found);
        }
        at = end + SHORTEST_RUN;
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

fn in_run(text: &str, range: std::ops::Range<usize>, found: &mut Ranges) {
    let (run, offset) = (&text[range.clone()], range.start);
    // Without two digits, nothing but a key is a secret by shape.
    let may_be_random = count(run, DIGIT) >= 2;
    let before = text.as_bytes()[..offset].last();
    let (is_tag, is_address) = (before == Some(&b'<'), before == Some(&b':') && run.starts_with("//"));
    let mut is_random_part = false;
    let (mut start, mut index) = (0, 0);
    while start <= run.len() {
        let is_separator = |byte: &u8| BYTES[usize::from(*byte)] & SEPARATOR != 0;
        let end = run.as_bytes()[start..].iter().position(is_separator).map_or(run.len(), |length| start + length);
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

/// A mix of letters and digits with hardly a word in it.
fn is_random(part: &str) -> bool {
    // Nearly all of a file is words without digits.
    let mixes = |part: &str| part.len() >= SHORTEST && count(part, DIGIT) >= 2 && count(part, SMALL | CAPITAL) >= 4;
    if !mixes(part) {
        return false;
    }
    let rest = without_moment(part.trim_matches(['.', '-', '=', '~', '!']));
    (rest.len() == part.len() || mixes(rest)) && !is_uuid(rest) && !is_wordy(rest)
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
    const ALL: u8 = SMALL | CAPITAL | DIGIT;
    let all = count(text, ALL);
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
        length += usize::from(kind & (SMALL | CAPITAL) != 0);
        before = kind;
    }
    in_words += if is_word && length >= 4 { length } else { 0 };
    in_words * 5 >= all * 2
}
