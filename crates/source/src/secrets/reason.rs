//! Whether a value in a file is a usable secret: stricter than what is masked.
//!
//! Neither a name alone nor an odd shape alone makes a finding: placeholders, encrypted copies, words, URLs and public
//! values are left out. Everything found here is also masked wherever it is shown. Refuses to know which file contains
//! the value.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

use super::role::{self, Role, is_exempt, is_plausible};
use super::{scheme, shape, wording};
use crate::steps;

/// Why a value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretReason {
    /// It has a secret's name and looks like a secret.
    ByName,
    /// A provider's prefix, or the armour of a private key, shows it.
    ByShape,
    /// It is a session id or an access token by its shape, which expires.
    AccessToken,
    /// It is a signed token (a JWT), with the second since 1970 at which it expires, if it names one.
    SignedToken(Option<i64>),
}

/// Parts of names of public values, such as public keys.
const PUBLIC: &[&str] = &[
    "consumerkey",
    "publickey",
    "sitekey",
    "clientid",
    "publishable",
    "keyid",
    "accountsid",
    "recordtype",
    "tokenid",
    "idfor",
];
/// Parts of names of encrypted, hashed and made-up values.
const COPIES: &[&str] = &["encrypt", "cipher", "hash", "masked", "example", "sample", "dummy", "mock", "placeholder"];
/// No value that is longer, in bytes, is taken for a secret.
pub const LONGEST_SECRET: usize = 4096;
/// No secret that only its name shows has fewer characters.
const SHORTEST: usize = 8;
/// In a list or a URL, a secret has at least so many changes between letters and digits, or consists of random letters.
const FEWEST_CHANGES: usize = 4;
/// No armoured private key has fewer characters.
const SHORTEST_KEY: usize = 40;

/// No secret in a URL is shorter if its name only hints at one, in bytes: `code`, `sig`.
const SHORTEST_HINTED: usize = 20;
/// No signature of a message is shorter: twenty bytes are this many characters of Base64.
const SHORTEST_SIGNATURE: usize = 27;

/// Prefixes of encrypted values, in lower case.
const ENCRYPTED: &[&str] =
    &["enc(", "enc[", "{cipher}", "{enc}", "{aes", "encrypted:", "vault:", "aes:", "$2a$", "$2b$"];

/// Why `value` under the name `name` is a secret; `None` if it is not, or if that is unknown.
pub fn secret_reason(name: &str, value: &str) -> Option<SecretReason> {
    let value = value.trim();
    // Before the tests, which go through all of a text that code gives once for each name in it.
    if value.len() > LONGEST_SECRET {
        return None;
    }
    steps::count_bytes(value.len());
    let value = scheme(value).and_then(|lead| value.get(lead..)).unwrap_or(value).trim();
    let name_has = |list: &[&str]| {
        let dense: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        // A key for encryption is not an encrypted one.
        let dense = dense.replace("encryptionkey", "key");
        list.iter().any(|word| dense.contains(word))
    };
    // Few values reach this point: the most expensive test comes last.
    let reason = if shape::is_access_token(value) {
        SecretReason::AccessToken
    } else if shape::is_provider_s(value) && !is_armour(value) {
        if value.starts_with("eyJ") { SecretReason::SignedToken(expiry(value)) } else { SecretReason::ByShape }
    } else if looks_like_one(value) && role::of_name(without_id(name)) == Role::Strong && !name_has(PUBLIC) {
        SecretReason::ByName
    } else {
        return None;
    };
    let lower = value.get(..value.len().min(32)).unwrap_or_default().to_ascii_lowercase();
    // A short one marks a file's format.
    let is_format_mark = || value.len() < SHORTEST_SIGNATURE && name_has(&["signature"]);
    let is_other = is_exempt(value)
        || is_format_mark()
        || is_placeholder_text(value)
        || ENCRYPTED.iter().any(|start| lower.starts_with(start))
        || name_has(COPIES);
    (!is_other).then_some(reason)
}

/// Why `value` of the parameter `name` of a URL is a secret where the name only hints at one: `code`, `sig`, `key`. `None`
/// where another word tells what a key or a code is for, as in `sortKey`, and where the value may be words and numbers.
pub fn hinted_reason(name: &str, value: &str) -> Option<SecretReason> {
    (value.len() >= SHORTEST_HINTED && role::is_hint(name) && is_random(value))
        .then(|| secret_reason("password", value))
        .flatten()
}

/// Why a value that is a whole header, `Bearer ` and a random token, is a secret, whatever its name.
pub fn header_reason(value: &str) -> Option<SecretReason> {
    let (word, token) = value.trim().split_once(' ')?;
    let is_token = || token.len() >= SHORTEST_HINTED && is_random(token);
    (word.eq_ignore_ascii_case("bearer") && is_token()).then(|| secret_reason("Authorization", value)).flatten()
}

/// Whether a value is no text of words, numbers and dates.
fn is_random(value: &str) -> bool {
    let parts = value.split(|ch: char| !ch.is_ascii_alphanumeric());
    parts.map(changes).sum::<usize>() >= FEWEST_CHANGES || wording::is_random_letters(value)
}

/// The number of changes between letters and digits in a text that has nothing else.
fn changes(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count()
}

/// The claims of a signed token that matter here.
#[derive(Deserialize)]
struct Claims {
    /// The second since 1970 at which it expires.
    exp: Option<f64>,
}

/// The second since 1970 at which a signed token expires, by its second part.
fn expiry(token: &str) -> Option<i64> {
    let claims = Base64UrlUnpadded::decode_vec(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    exp.map(|seconds| seconds as i64)
}

/// Whether a value with the name of a secret also looks like one, and not made up.
fn looks_like_one(value: &str) -> bool {
    let is_one_word = !value.contains(|ch: char| ch.is_whitespace() || matches!(ch, '{' | '}' | '<' | '>' | '(' | ')'));
    is_one_word
        && value.len() >= SHORTEST
        && is_plausible(value)
        && !is_name_like(value)
        && !is_made_up(value)
        && !wording::is_alphabet(value)
        && !is_list(value)
        && !is_identifier(value)
}

/// A name without the last word that makes it the name of an id: `RoomSid`, `Secret_Id__c`. An id gives no access.
fn without_id(name: &str) -> &str {
    let bare = name.strip_suffix("__c").unwrap_or(name);
    let is_id = ["sid", "id", "ids", "guid", "uuid", "identifier"].iter().any(|word| {
        let Some(at) = bare.len().checked_sub(word.len()) else { return false };
        let bytes = bare.as_bytes();
        let is_it = bare.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word));
        is_it
            && (at == 0
                || bytes[at].is_ascii_uppercase() && !bytes[at - 1].is_ascii_uppercase()
                || !bytes[at - 1].is_ascii_alphanumeric())
    });
    if is_id { "" } else { name }
}

/// Whether a value is the first line of an armoured key without the key, which code writes or removes.
fn is_armour(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("-----BEGIN").and_then(|rest| rest.split_once("-----")) else { return false };
    let key = rest.1.split("-----END").next().unwrap_or_default().replace("\\n", "").replace("\\r", "");
    key.bytes().filter(u8::is_ascii_alphanumeric).count() < SHORTEST_KEY
}

/// Whether a value is a list of codes: at least four, of letters and digits, each too short or too plain to be a secret.
fn is_list(value: &str) -> bool {
    // `Standard1`, `PROD2024A1` and the id of a record have few runs of letters and of digits.
    let is_plain = |part: &str| changes(part) < FEWEST_CHANGES && !wording::is_random_letters(part);
    let is_code = |part: &str| {
        let is_word = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_word && (part.len() < SHORTEST || is_plain(part))
    };
    [';', ',', '|'].iter().any(|separator| value.split(*separator).count() >= 4 && value.split(*separator).all(is_code))
}

/// Whether a value is an identifier: two letters and 32 hexadecimal digits, or the ids of records.
fn is_identifier(value: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_kind = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    value.is_ascii() && value.len() == 34 && is_kind(&value[..2]) && is_hex(&value[2..])
        || value.split([';', ',', '|']).all(is_record_id)
}

/// Whether a value looks like the id of a record, by a guess from ids in projects: 15 letters and digits with a run of
/// zeros in the number of the record, or 18 with letters for their capitals at the end.
fn is_record_id(value: &str) -> bool {
    if !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    match value.len() {
        15 => value[5..].starts_with("0000"),
        18 => {
            let letter = |part: &[u8]| {
                let capitals = part.iter().rev().fold(0, |bits, byte| bits << 1 | u8::from(byte.is_ascii_uppercase()));
                if capitals < 26 { b'A' + capitals } else { b'0' + capitals - 26 }
            };
            let (id, check) = value.as_bytes().split_at(15);
            id.chunks(5).map(letter).eq(check.iter().copied())
        }
        _ => false,
    }
}

/// Whether a value is made up for a test: a word for an expected or missing value, perhaps with digits that count up.
fn is_made_up(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
    let has_word = ["password", "passw0rd", "secret", "test", "foobar", "abc"].iter().any(|word| lower.contains(word));
    has_word && "1234567890".starts_with(&digits)
}

/// Whether a value is a path, a file, a name or a host.
fn is_name_like(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let ends = ["__c", "__r", "__mdt", ".com", ".net", ".org", ".js", ".css", ".html", ".png", ".svg", ".json"];
    value.starts_with("urn:")
        || value.starts_with('$')
        || ends.iter().any(|end| lower.ends_with(end))
        || value.contains('@') && value.rsplit('@').next().is_some_and(|host| host.contains('.'))
        || wording::is_name(value)
}

/// Whether a value is a placeholder for a secret: markers and words of deployment scripts, the name of a variable, or
/// one character repeated.
pub fn is_placeholder_text(value: &str) -> bool {
    let lower = value.to_lowercase();
    let marks = ["${", "{{", "{!", "#{", "<", "@@", "%%"];
    let words = [
        "placeholder",
        "place_holder",
        "replace",
        "changeme",
        "change_me",
        "change-me",
        "redacted",
        "todo",
        "your",
        "dummy",
        "xxxxxx",
    ];
    let first = value.chars().next();
    marks.iter().any(|mark| value.contains(mark))
        || words.iter().any(|word| lower.contains(word))
        // The password by convention for an access without an account.
        || lower == "anonymous"
        || value.chars().all(|ch| Some(ch) == first)
        || is_variable(value)
        || is_instruction(value)
}

/// Whether a value tells somebody to replace it: `ChangeInSetup`, `fix_password_here`. It also names the place, the time or
/// the value, unlike a password of words.
fn is_instruction(value: &str) -> bool {
    const VERBS: &[&str] =
        &["add", "change", "define", "enter", "fill", "fix", "insert", "provide", "put", "set", "update"];
    const OBJECTS: &[&str] = &[
        "after",
        "before",
        "correct",
        "credential",
        "credentials",
        "deploy",
        "deployment",
        "here",
        "install",
        "it",
        "key",
        "later",
        "manually",
        "me",
        "org",
        "password",
        "real",
        "sandbox",
        "secret",
        "setup",
        "this",
        "token",
        "ui",
        "value",
    ];
    let is_one_of = |list: &[&str], word: &str| list.iter().any(|it| it.eq_ignore_ascii_case(word));
    let is_text = value.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_- ".contains(&byte));
    let mut words = wording::words(value);
    is_text && words.next().is_some_and(|first| is_one_of(VERBS, first)) && words.any(|word| is_one_of(OBJECTS, word))
}

/// Whether a value is the name of an environment variable: words in capitals, joined by underscores.
fn is_variable(value: &str) -> bool {
    let bare = value.trim_matches(|ch| matches!(ch, '_' | '$' | '%' | '@'));
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let has_marks = bare.len() < value.len();
    (has_marks || bare.contains('_')) && bare.split('_').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_deployment_fills_in_is_no_secret() {
        let placeholders = [
            "Placeholder_Value",
            "${ERP_SECRET}",
            "{{secret}}",
            "{!$Credential.Password}",
            "#{secret}#",
            "@@SECRET@@",
            "REPLACE_ME",
            "xxxxxxxx",
            "****",
            "ERP_CLIENT_SECRET",
            "__SECRET__",
            "%SECRET%",
            "<secret>",
            "changeme",
            "ChangeInSetup",
            "ChangeInUI",
            "fixPasswordInSetup",
            "enter_password_here",
            "anonymous",
        ];
        for value in placeholders {
            assert!(is_placeholder_text(value), "{value}");
        }
        for value in [
            "8F3A1C09B2D47E55",
            "hunter2",
            "anonymous7kX",
            "9163450298811237645",
            "aB_cD",
            "Summer2024!",
            "QWERTZUIOP",
            "ABC_D3F",
            "SetSail",
            "SetInStone",
            "PutTheKettleOn",
            "add-more-coffee-now",
            "settlement",
        ] {
            assert!(!is_placeholder_text(value), "{value}");
        }
    }

    #[test]
    fn a_name_that_hints_at_a_secret_says_no_other_use_and_the_value_is_random() {
        let random = "Kj8s2Lq0Zx9vB3n7Wm4TRw5t";
        for name in ["sig", "code", "key", "KEY", "loom_auth", "sigKey"] {
            assert_eq!(hinted_reason(name, random), Some(SecretReason::ByName), "{name}");
        }
        assert_eq!(hinted_reason("key", "KjZtLwPdXkRnVbQmHsTcGyWfBpDqNrLv"), Some(SecretReason::ByName));
        for name in ["sortKey", "partition_key", "PromoCode", "colour", "", "s1g"] {
            assert_eq!(hinted_reason(name, random), None, "{name}");
        }
        for value in
            ["LOOM-CATALOGUE-2024-01", "SUMMER2024OFFERFORWEAVERS", "created_at_2024_descending", "Kj8s2Lq0Zx9vB3n7Wm4"]
        {
            assert_eq!(hinted_reason("code", value), None, "{value}");
        }
    }

    #[test]
    fn a_bearer_token_is_a_secret_under_any_name() {
        assert_eq!(header_reason("Bearer 7c6b5a49-1111-4222-8333-0123456789ab"), Some(SecretReason::ByName));
        let none = [
            "Bearer {!$Credential.Loom.Token1a2b3c4d}",
            "Bearer of the loom 2024",
            "Bearer LOOM-TOKEN-OF-THE-YEAR-2024",
            "Bearer LOOM-TOKEN-2024-01-02",
            "Basic 7c6b5a49-1111-4222-8333-0123456789ab",
            "7c6b5a49-1111-4222-8333-0123456789ab",
            "Bearer 7c6b5a49",
        ];
        for value in none {
            assert_eq!(header_reason(value), None, "{value}");
        }
    }

    #[test]
    fn the_letters_at_the_end_of_an_id_are_those_for_its_capitals() {
        for id in ["a0B5e8K2mQ7xTZWES2", "001A0000006Vm9rIAC", "a1bAQWERTY3x9KdY5I"] {
            assert!(is_record_id(id), "{id}");
            let (number, letters) = id.split_at(15);
            for (at, letter) in letters.char_indices() {
                let other = if letter == 'A' { "B" } else { "A" };
                let wrong = format!("{number}{}{other}{}", &letters[..at], &letters[at + 1..]);
                assert!(!is_record_id(&wrong), "{wrong}");
            }
        }
        assert!(is_record_id("a0B5e0000Q7xTZW") && !is_record_id("a0B5e8K2mQ7xTZW"));
    }

    #[test]
    fn a_value_is_one_by_name_and_looks_or_by_a_provider_s_shape() {
        let by_name = [
            ("Courier_Client_Secret__c", "c0ffee00000000000000000000000001"),
            ("api-key", "7c6b5a49-1111-4222-8333-0123456789ab"),
            ("LoomPassword", "Loom2024!x"),
            ("Authorization", "Basic bG9vbTpMb29tMjAyNCF4"),
            ("API_TOKEN", "q8Zt5Lw0Pd3Xk7Rn"),
            ("Encryption_Key__c", "Kj8s2Lq0Zx9vB3n7Wm4T"),
            ("API_TOKEN", "KjZtLwPdXkRnVbQmHsTcGyWfBpDqNrLv"),
        ];
        for (name, value) in by_name {
            assert_eq!(secret_reason(name, value), Some(SecretReason::ByName), "{name}");
        }
        // Claims: {"sub":"loom","exp":1564622779}, and none with an expiry.
        let token =
            |claims: &str| format!("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.q8Zt5Lw0Pd3Xk7Rn2Vb6q8Zt5Lw0");
        let expiring = token("eyJzdWIiOiJsb29tIiwiZXhwIjoxNTY0NjIyNzc5fQ");
        assert_eq!(secret_reason("anything", &expiring), Some(SecretReason::SignedToken(Some(1_564_622_779))));
        let lasting = token("eyJzdWIiOiJsb29tIn0");
        assert_eq!(secret_reason("anything", &lasting), Some(SecretReason::SignedToken(None)));
        let expiries = [
            (r#"{"act":{"sub":"a","exp":1},"exp":4000000000}"#, Some(4_000_000_000)),
            (r#"{"exp":4.0e9}"#, Some(4_000_000_000)),
            (r#"{"exp":1e300}"#, Some(i64::MAX)),
            (r#"{"exp":null}"#, None),
            (r#"{"exp":"soon"}"#, None),
            ("no object", None),
        ];
        for (claims, seconds) in expiries {
            let token = token(&Base64UrlUnpadded::encode_string(claims.as_bytes()));
            assert_eq!(expiry(&token), seconds, "{claims}");
        }
        let armoured = r"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA";
        assert_eq!(secret_reason("anything", armoured), Some(SecretReason::ByShape));
        assert_eq!(secret_reason("API_TOKEN", "q8Zt;Lw0Pd3Xk;Rn"), Some(SecretReason::ByName));
        for no_id in ["q8Zt5Lw0Pd3Xk7R", "q8Zt5Lw0Pd3Xk7RnAb"] {
            assert_eq!(secret_reason("API_TOKEN", no_id), Some(SecretReason::ByName), "{no_id}");
        }
        let keys = "q8ZtLw0Pd3XkRn,Kj8s2Lq0Zx9vB3,Rw5t8Yq2Lp9sD4,Bv3c7Xz1Mn8kJ5";
        assert_eq!(secret_reason("API_TOKENS", keys), Some(SecretReason::ByName));
        let session = "00D5e000000kXyz!AQ8AQHq8Zt5Lw0Pd3Xk7Rn.2Vb6q8Zt5Lw0_Kj8s2Lq0Zx9vB3n7Wm4TRw5t8Yq2Lp9sD4";
        assert_eq!(secret_reason("anything", session), Some(SecretReason::AccessToken));
        assert_eq!(secret_reason("Authorization", &format!("Bearer {session}")), Some(SecretReason::AccessToken));
        assert_eq!(secret_reason("anything", "ya29.q8Zt5Lw0Pd3Xk7Rn2Vb6"), Some(SecretReason::AccessToken));
        assert_eq!(secret_reason("anything", &session.replace('!', "-")), None, "no session id");
        assert_eq!(
            secret_reason("anything", "00D5e000000kXyz!session_id_of_the_org_that_the_loom_reads_its_orders_from"),
            None
        );
        assert_eq!(secret_reason("anything", "ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"), Some(SecretReason::ByShape));
        let none = [
            ("Client_Secret__c", "${LOOM_SECRET}"),
            ("Client_Secret__c", "REPLACE_ME_123"),
            ("Client_Secret__c", "{cipher}8f2a77c0b19d4e55"),
            ("Encrypted_Token__c", "c0ffee00000000000000000000000001"),
            ("Encrypted_Encryption_Key__c", "c0ffee00000000000000000000000001"),
            ("Consumer_Key__c", "3MVG9abcdefghijklmnopqrstuvwxyz0123456789"),
            ("PasswordResetDone", "Your password was changed 2 minutes ago."),
            ("Token_Endpoint__c", "https://loom.example.com/oauth2/token"),
            ("Token_Field__c", "Access_Token2__c"),
            ("ApiKeyName", "x-api-key-2"),
            ("LoomAccessKey", "LoomS3Settings"),
            ("New_Pass_Ab", "NEW.WEFT.AB.1.0"),
            ("fileHeaderSignature", "04034b50"),
            ("loomAppIdForToken", "A03B27G9"),
            ("Settings", "eyJmb3JtYXQiOnsiY2hhcnNldCI6IlVURi04In19"),
            ("Name", "c0ffee00000000000000000000000001"),
            ("PASSWORD", "password"),
            ("RoomSid", "RM0f53e64d174a424f32704793cb77eb82"),
            ("LoomToken", "SK0f53e64d174a424f32704793cb77eb82"),
            ("Secret_Id__c", "c0ffee00000000000000000000000001"),
            ("Password__c", "password123"),
            ("Secret_Key__c", "123shhItsASecret"),
            ("Client_Secret__c", "DUMMYSECRET0001xxxxxxxxxxxxx"),
            ("OTP_ALPHABET", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
            ("ROUTE_TOKENS", "WX13;WX20;WX27;WX38;WX41"),
            ("API_KEY_TYPES", "Standard1,Standard2,Restricted3,Ephemeral4"),
            ("TOKEN_PRODUCTS", "LOOM2024A1|LOOM2024B2|LOOM2024C3|LOOM2024D4"),
            ("TOKEN_ORGS", "00D000000000001AAA,00D000000000002AAA,00D000000000003AAA,00D000000000004AAA"),
            ("TOKEN_PACKAGE", "01tB0000007KqRtIAK"),
            ("TOKEN_PRODUCTS", "01t0B000007KqRt;01t0B000008LmNp"),
            ("TOKEN_PRODUCT", "01t0B000007KqRt"),
            ("PRIVATE_KEY_START", r"-----BEGIN PRIVATE KEY-----\n"),
            ("PRIVATE_KEY", "-----BEGIN PRIVATE KEY----- -----END PRIVATE KEY-----"),
            ("passwordChars", "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!$%"),
            ("TOKEN_ALPHABET", "q8Zt5Lw0Pd3Xk7RnAbC1eF2gH4iJ6mNo"),
        ];
        for (name, value) in none {
            assert_eq!(secret_reason(name, value), None, "{name}");
        }
    }
}
