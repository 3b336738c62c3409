//! Removes personal data and secrets from a text: user names, ids of users, and addresses of machines.
//!
//! May assume only the form of a word. Refuses to know names of persons.

use std::net::IpAddr;

use sessionlint_source::secrets;

/// Characters of a text that are kept.
const MAX_SHOWN: usize = 200;

/// A text of an export on one line, with secrets masked and, unless `show_users` is set, without users and addresses.
pub fn redact(text: &str, show_users: bool) -> String {
    let line: String = text.chars().map(|ch| if ch.is_control() { ' ' } else { ch }).collect();
    let cropped: String = line.trim().chars().take(MAX_SHOWN * 4).collect();
    let masked = secrets::mask(&cropped).into_owned();
    let mut out = String::with_capacity(masked.len());
    let mut word = String::new();
    for ch in masked.chars().chain([' ']) {
        if ch.is_whitespace() || matches!(ch, ',' | ';' | '(' | ')' | '"' | '\'' | '<' | '>' | '[' | ']' | '=') {
            out.push_str(&redact_word(&word, show_users));
            word.clear();
            out.push(ch);
        } else {
            word.push(ch);
        }
    }
    out.pop();
    if out.chars().count() > MAX_SHOWN {
        out = out.chars().take(MAX_SHOWN).chain(['…']).collect();
    }
    out
}

/// The word, or its replacement.
fn redact_word(word: &str, show_users: bool) -> String {
    let core = word.trim_end_matches(['.', ':', '!', '?']);
    let rest = &word[core.len()..];
    // A long mix of cases and digits is not a word.
    if is_session(core) || core.len() >= 24 && is_random(core) {
        return format!("***{rest}");
    }
    if show_users {
        return word.to_owned();
    }
    let placeholder = if core.contains('@') {
        "[user]"
    } else if is_user_id(core) {
        "[user id]"
    } else if address(core).is_some() {
        "[address]"
    } else {
        return word.to_owned();
    };
    format!("{placeholder}{rest}")
}

/// The address in a word, alone or with a prefix length, a port or a second address.
fn address(word: &str) -> Option<IpAddr> {
    let whole = || word.parse().ok();
    let before = |sign: char| word.rsplit_once(sign).and_then(|(address, _)| address.parse().ok());
    let joined = || word.split_once('-').and_then(|(first, _)| first.parse().ok());
    whole().or_else(|| before('/')).or_else(joined).or_else(|| before(':').filter(IpAddr::is_ipv4))
}

/// The id of a user, which begins with 005.
pub(crate) fn is_user_id(word: &str) -> bool {
    word.starts_with("005") && matches!(word.len(), 15 | 18) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The first 15 characters of an id of 18; the other three encode the case of the letters.
pub(crate) fn short_id(id: &str) -> &str {
    let Some((short, guard)) = id.split_at_checked(15) else { return id };
    let expected = short.as_bytes().chunks(5).map(|five| {
        let bits = five.iter().enumerate().map(|(at, byte)| u8::from(byte.is_ascii_uppercase()) << at).sum::<u8>();
        if bits < 26 { b'A' + bits } else { b'0' + bits - 26 }
    });
    if expected.eq(guard.bytes()) { short } else { id }
}

/// A session id: the org's id, an exclamation mark, and the rest.
fn is_session(word: &str) -> bool {
    let Some((org, rest)) = word.split_once('!') else { return false };
    org.ends_with(|ch: char| ch.is_ascii_alphanumeric()) && org.contains("00D") && rest.len() >= 8
}

/// Whether a word mixes letters of both cases with digits in at least three places.
fn is_random(word: &str) -> bool {
    let has = |of: fn(&u8) -> bool| word.bytes().any(|byte| of(&byte));
    let runs = word.as_bytes().windows(2).filter(|two| two[0].is_ascii_digit() && !two[1].is_ascii_digit()).count();
    runs >= 3 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && !word.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_left_out_unless_they_are_requested() {
        let text =
            "Changed profile Sales for jane@acme.test (005B0000001abcdEFG) from 10.1.2.3 to 2001:db8::1, 10.0.0.0/8.";
        let hidden = "Changed profile Sales for [user] ([user id]) from [address] to [address], [address].";
        assert_eq!(redact(text, false), hidden);
        assert_eq!(redact(text, true), text);
        assert_eq!(redact("from 10.1.2.3:443 and 10.0.0.1-10.0.0.9", false), "from [address] and [address]");
    }

    #[test]
    fn ids_of_both_lengths_are_one() {
        assert_eq!(short_id("0055g000001abcdAAA"), "0055g000001abcd");
        assert_eq!(short_id("0055g00000AbCdEAAV"), "0055g00000AbCdE");
        assert_eq!(short_id("005000000000000002"), "005000000000000002", "no guard: made up");
        assert_eq!(short_id("0055g000001abcd"), "0055g000001abcd");
    }

    #[test]
    fn secrets_never_are_shown() {
        for secret in ["00Dxx0000001gER!AQcAQH0dMHZfz972Szmpkb58urFRkgeBGsxL", "A1b2C3d4E5f6G7h8J9k0L1m2N3p4"] {
            for show in [false, true] {
                let out = redact(&format!("token {secret} here\nnext"), show);
                assert!(!out.contains(&secret[..12]) && !out.contains('\n'), "{out}");
            }
        }
        // Short ones are recognised by the name before them.
        for text in ["client_secret=zq-7", "password=zq-7", "Authorization: Bearer zq-7abcdefgh12"] {
            assert!(!redact(text, true).contains("zq-7"), "{}", redact(text, true));
        }
        assert!(redact(&"x ".repeat(10_000), true).chars().count() <= MAX_SHOWN + 1);
    }
}
