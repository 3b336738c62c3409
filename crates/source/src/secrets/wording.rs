//! Whether a value reads like a name, which is put together from words, or like letters without words.
//!
//! Goes by the form alone: capitals, separators and digits divide a value into words. Refuses to know any language, so
//! that random letters of one case look like a word.

/// The minimum length of letters alone that are a secret. Of 25,000 names of this length in real projects, none looks
/// random.
pub const LETTERS: usize = 28;

/// Random letters have fewer letters a word than this, as a fraction; names have more.
const LETTERS_PER_WORD: (usize, usize) = (14, 5);

/// Numbers in names are short: versions, and words such as `S3` and `OAuth2`.
const LONGEST_NUMBER: usize = 3;

/// The minimum length of a part of random letters and digits, and of changes between the two in it.
const RANDOM_PART: usize = 10;
const RANDOM_CHANGES: usize = 3;

/// The minimum length of an alphabet in order.
const ALPHABET: usize = 20;

/// The minimum length of one in any order: of twenty thousand random texts of so many letters and digits, about one has
/// each of its characters once.
const SHUFFLED_ALPHABET: usize = 32;

/// The largest step from a character of an alphabet to the next one: two are left out between them.
const LARGEST_GAP: u8 = 3;

/// Whether a value consists of letters in which capitals come at random.
pub(super) fn is_random_letters(value: &str) -> bool {
    let is_long = value.len() >= LETTERS && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    let has = |is_it: fn(&u8) -> bool| value.as_bytes().iter().any(is_it);
    is_long
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && words(value).count() * LETTERS_PER_WORD.0 > value.len() * LETTERS_PER_WORD.1
}

/// Whether a value is a path, a name of a field or class, or a version: words joined by separators or by capitals.
pub(super) fn is_name(value: &str) -> bool {
    let is_word = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_number = |part: &str| part.len() <= LONGEST_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = || value.split(['_', '-', '.', '/', ':']);
    let all = parts().count();
    let odd = parts().filter(|part| !is_word(part)).count();
    let is_joined = all > 2
        && (odd <= 1 && !parts().any(is_random_part) || parts().all(|part| is_word(part) || is_number(part)))
        && !value.bytes().any(|byte| b"!$%^*+".contains(&byte));
    is_joined || is_camel_case(value)
}

/// Whether a part of a value is no word with a number, as `the1st` is one, but letters of both cases and digits at
/// random: few of the letters are in words, and digits come and go.
fn is_random_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    let has = |is_it: fn(&u8) -> bool| bytes.iter().any(is_it);
    let changes = bytes.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    bytes.len() >= RANDOM_PART
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && changes >= RANDOM_CHANGES
        && !is_mostly_words(part)
}

/// Whether two thirds of the letters of a text are in words of four letters or more.
fn is_mostly_words(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let in_words: usize = words(text).map(str::len).filter(|length| *length >= 4).sum();
    in_words * 3 >= letters * 2
}

/// Whether a value is words joined by capitals and short numbers, such as `LoomS3Settings`: long words, a capital after
/// each number, and a word at the end. A password ends with its number, or goes on in small letters.
fn is_camel_case(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_end = |pair: &[u8]| pair[0].is_ascii_digit() && !pair[1].is_ascii_digit();
    let numbers = value.split(|ch: char| !ch.is_ascii_digit()).filter(|number| !number.is_empty());
    bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphabetic)
        && bytes.windows(2).filter(|pair| is_end(pair)).all(|pair| pair[1].is_ascii_uppercase())
        && numbers.map(str::len).all(|length| length < LONGEST_NUMBER)
        && words(value).count() >= 2
        && is_mostly_words(value)
}

/// Whether a value is the alphabet of a code or a generated password: each character once, most of them right after the
/// one before, with gaps for characters that look alike; or so many, each once, that chance does not give it.
pub(super) fn is_alphabet(value: &str) -> bool {
    let bytes = value.as_bytes();
    let mut seen = [false; 256];
    let is_each_once = bytes.iter().all(|byte| !std::mem::replace(&mut seen[usize::from(*byte)], true));
    let in_order = bytes.windows(2).filter(|pair| (1..=LARGEST_GAP).contains(&pair[1].wrapping_sub(pair[0]))).count();
    // Among letters, digits and signs, a random password has each character once too often.
    let is_shuffled = bytes.len() >= SHUFFLED_ALPHABET && bytes.iter().all(u8::is_ascii_alphanumeric);
    is_each_once && (is_shuffled || bytes.len() >= ALPHABET && in_order * 4 >= (bytes.len() - 1) * 3)
}

/// The words in a text: letters that a capital, a digit or another character divides. `HTTPServer` has two.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_start = move |at: usize| {
        let before = at.checked_sub(1).map(|before| bytes[before]).filter(u8::is_ascii_alphabetic);
        let is_capital = bytes[at].is_ascii_uppercase();
        before.is_none_or(|before| {
            let is_last_capital = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            is_capital && (before.is_ascii_lowercase() || is_last_capital)
        })
    };
    let starts = (0..bytes.len()).filter(move |at| bytes[*at].is_ascii_alphabetic() && is_start(*at));
    starts.map(move |start| {
        let is_over = |at: &usize| !bytes[*at].is_ascii_alphabetic() || is_start(*at);
        let end = (start + 1..bytes.len()).find(is_over).unwrap_or(bytes.len());
        &text[start..end]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_digits_divide_words() {
        let all = |text| words(text).collect::<Vec<_>>();
        assert_eq!(all("HTTPServerId2x"), ["HTTP", "Server", "Id", "x"]);
        assert_eq!(all("loom_API.é"), ["loom", "API"]);
        assert!(all("42").is_empty());
    }

    #[test]
    fn names_are_made_of_words() {
        for name in [
            "LoomS3Settings",
            "OAuth2Token",
            "Base64EncodedKey",
            "loomV2AccessKey",
            "NEW.WEFT.AB.1.0",
            "loom.key.v2",
            "api-key-2.1",
            "path/to/the1st",
            "acme.loom.LoomS3OAuth2V1",
            "acme.loom.weft2loom3shuttle4",
            "acme.loom.q8zt5lw0pd",
            "acme.loom.Q8ZT5LW0PD",
            "acme.loom.q8Zt5Lw0P",
            "acme.loom.qwZtvLwcPd12",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in [
            "Weft2031",
            "Summer2024Winter",
            "Loom1",
            "weft7shuttle",
            "Wef3tusaShu",
            "q8Zt5Lw0Pd3Xk7Rn",
            "aB3kD9Lz",
            "Weft-2031",
            "7c6b5a49-1111-4222-8333-0123456789ab",
            "q8Zt5Lw0Pd3Xk7RnAbC1eF2gH4iJ6mN!",
            "Loom!S3Settings",
            "fTK-wqBzR-3NdMuXk0Jphzvs",
            "acme.loom.q8Zt5Lw0Pd",
        ] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn alphabets_have_each_character_once() {
        for alphabet in [
            "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
            "23456789bcdfghjkmnpqrstvwxyz",
            "qwertzuiopasdfghjklyxcvbnm0123456789",
        ] {
            assert!(is_alphabet(alphabet), "{alphabet}");
        }
        for other in [
            "0123456789abcdef",
            "0123456789abcdef0123456789abcdef",
            "q8Zt5Lw0Pd3Xk7RnVbQmHsTc",
            "q8Zt5Lw0Pd3Xk7Rn2Vb6q8Zt5Lw0Pd3X",
            "7c6b5a49-1111-4222-8333-0123456789ab",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "",
        ] {
            assert!(!is_alphabet(other), "{other}");
        }
    }

    #[test]
    fn letters_without_words_are_random() {
        for random in ["KjZtLwPdXkRnVbQmHsTcGyWfBpDqNrLv", "qGZtaLwoPdXekRnVibQmaHsTucGyWfeB"] {
            assert!(is_random_letters(random), "{random}");
        }
        for other in [
            "TheNameOfAnAccessKeyThatIsLong",
            "mapLoomIdToWeftIdOfTheSales",
            "LOOMACCESSTOKENSOFALLUSERSHERE",
            "kjztlwpdxkrnvbqmhstcgywfbpdqnr",
            "KjZtLwPdXkRnVbQm",
            "KjZtLwPdXkRnVbQm KjZtLwPdXkRnVbQm",
        ] {
            assert!(!is_random_letters(other), "{other}");
        }
    }
}
