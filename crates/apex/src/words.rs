//! The meaning of names: tokens, secrets and names that only look like them, and calls that only convert a text.
//!
//! Names are given in lower case. The lists come from real code, in which `deviceToken`, `fcmToken` and `csrfToken` are
//! not credentials of a session. Refuses to know where a name is used.

use super::SecretKind;
use sessionlint_source::secrets;

/// Calls that convert a whole text, list or map.
const WHOLE_FORMS: &[&str] = &[
    "urlencode",
    "urldecode",
    "converttohex",
    "tostring",
    "valueof",
    "trim",
    "format",
    "replace",
    "join",
    "escapexml",
    "escapehtml4",
    "escapejava",
    "escapesinglequotes",
    "base64encode",
    "base64decode",
    "serialize",
    "serializepretty",
];

/// Calls that return a part of a text.
const PART_FORMS: &[&str] = &["substring", "substringafter", "substringbefore", "left", "right"];

/// Whether a call, by its name, converts its whole argument.
pub(super) fn is_whole_form(call: &str) -> bool {
    WHOLE_FORMS.contains(&call)
}

/// Whether a call, by its name, converts its argument, or returns a part of it.
pub(super) fn is_form(call: &str) -> bool {
    is_whole_form(call) || PART_FORMS.contains(&call)
}

/// Parts of names of other tokens: of devices, forms, cards and pagination.
const OTHER_TOKENS: &[&str] = &[
    "device",
    "fcm",
    "push",
    "csrf",
    "xsrf",
    "captcha",
    "card",
    "page",
    "continuation",
    "cursor",
    "deltatoken",
    "skiptoken",
    "synctoken",
    "idempoten",
    "tokenid",
    "tokenamount",
];

/// Whether a name is that of another sort of token.
pub(super) fn is_other_token(name: &str) -> bool {
    OTHER_TOKENS.iter().any(|other| name.contains(other))
}

/// Parts of names of sessions outside Salesforce: of a cart, a payment, a chat, a course.
const OTHER_SESSIONS: &[&str] =
    &["basket", "cart", "chat", "checkout", "course", "game", "payment", "stripe", "training", "visitor"];

/// Whether a name is that of another sort of session.
fn is_other_session(name: &str) -> bool {
    let before = name.split("session").next().filter(|before| before.len() < name.len());
    before.is_some_and(|before| OTHER_SESSIONS.iter().any(|other| before.contains(other)))
}

/// Parts of names of session ids and access tokens.
const TOKEN_NAMES: &[&str] =
    &["sessionid", "session_id", "accesstoken", "access_token", "authtoken", "auth_token", "bearer"];

/// Whether a variable has the name of a session id or an access token.
pub(super) fn is_token_name(name: &str) -> bool {
    // `accessTokenUrl` describes a token; `validAccessToken` is one.
    let holds_it = |word: &&str| {
        let behind = name.find(*word).and_then(|at| name.get(at + word.len()..));
        behind.is_some_and(|behind| !ABOUT.iter().any(|about| behind.contains(about)))
    };
    TOKEN_NAMES.iter().any(holds_it) && !is_other_token(name) && !is_other_session(name) && !asks_about_secret(name)
}

/// Whether a field of a job has the name of a token, including short names.
pub(super) fn is_kept_name(name: &str) -> bool {
    let is_short = ["token", "tok", "sid", "session", "auth"].contains(&name) || name.ends_with("token");
    (is_short && !is_other_token(name)) || is_token_name(name)
}

/// Whether a method has the name of one that returns a token.
pub(super) fn gives_token(name: &str) -> bool {
    let is_one = ["token", "login", "authenticate", "authorize", "sessionid", "authoriz"];
    is_one.iter().any(|word| name.contains(word)) && !is_other_token(name) && !name.contains("tokenize")
}

/// Parts of names that describe a secret without being one.
const ABOUT: &[&str] = &["expir", "url", "endpoint", "count", "length", "type", "valid", "polic", "label", "error"];

/// Whether the name of a value after a secret's name, such as `password: `, shows that it only describes the secret.
pub(super) fn is_about_secret(name: &str) -> bool {
    let ends = ["name", "message", "status", "reason", "id"];
    ABOUT.iter().any(|about| name.contains(about)) || ends.iter().any(|end| name.ends_with(end))
}

/// Whether a method or field has the name of one that gives a secret.
pub(super) fn gives_secret(name: &str) -> bool {
    let does_other = ["is", "has", "check", "set", "reset", "change"].iter().any(|start| name.starts_with(start));
    let names_one = ["pass", "pwd", "secret", "token", "key", "value"].iter().any(|word| name.contains(word));
    names_one && !does_other && !ABOUT.iter().any(|about| name.contains(about))
}

/// Parts of names of session ids and tokens, with their kind.
const SECRETS: &[(&str, SecretKind)] = &[
    ("sessionid", SecretKind::Session),
    ("session_id", SecretKind::Session),
    ("accesstoken", SecretKind::Token),
    ("access_token", SecretKind::Token),
    ("authtoken", SecretKind::Token),
    ("auth_token", SecretKind::Token),
    ("refreshtoken", SecretKind::Token),
    ("refresh_token", SecretKind::Token),
    ("bearer", SecretKind::Token),
];

/// Last parts of names that describe a key.
const ABOUT_KEYS: &[&str] =
    &["id", "ids", "name", "names", "header", "prefix", "suffix", "field", "param", "parameter", "alias", "version"];

/// The kind of secret that a name stands for.
pub(super) fn secret_kind(name: &str) -> Option<SecretKind> {
    let name = name.strip_suffix("__c").unwrap_or(name);
    // Nearly all names have none of the words of a secret.
    let kind = named_kind(name)?;
    let is_about = ABOUT.iter().any(|about| name.contains(about));
    (!is_about && !is_other_session(name) && !asks_about_secret(name)).then_some(kind)
}

/// Whether a name asks about a secret that it names at once, such as `hasauthtoken`: its value is a yes or no.
fn asks_about_secret(name: &str) -> bool {
    let names_one = |rest: &str| {
        let names = SECRETS.iter().map(|(part, _)| *part).chain(["password", "refresh", "api", "client", "oauth"]);
        names.chain(secrets::ACCESS_KEYS.iter().copied()).any(|part| rest.starts_with(part))
    };
    ["has", "is"]
        .iter()
        .any(|start| name.strip_prefix(start).is_some_and(|rest| names_one(rest.trim_start_matches('_'))))
}

/// The kind of secret whose words a name has, whatever it says about one.
fn named_kind(name: &str) -> Option<SecretKind> {
    let dense = || name.replace('_', "");
    let of_parts = || SECRETS.iter().find(|(part, _)| name.contains(part)).map(|(_, kind)| *kind);
    let is_one = ["session", "token", "bearer"].iter().any(|word| name.contains(word));
    if let Some(kind) = is_one.then(of_parts).flatten() {
        Some(kind)
    } else if name.contains("secret") && secrets::CLIENT_SECRETS.iter().any(|part| dense().contains(part)) {
        Some(SecretKind::ClientSecret)
    } else if name.contains("key") && secrets::ACCESS_KEYS.iter().any(|part| dense().contains(part)) {
        let is_public = name.contains("public") || ABOUT_KEYS.iter().any(|end| name.ends_with(end));
        let kind = if dense().contains("apikey") { SecretKind::ApiKey } else { SecretKind::Key };
        (!is_public).then_some(kind)
    } else if name.ends_with("password") {
        Some(SecretKind::Password)
    } else {
        None
    }
}

/// Words in the name of a class or object for examples.
const EXAMPLES: &[&str] = &["mock", "mocks", "example", "examples", "sample", "samples", "fake", "dummy"];
/// Words in the name of a class for tests. Objects with them may be real: `stub` calls a web service.
const TESTS: &[&str] = &["test", "tests", "testing", "stub"];

/// Whether the name of a class, as written, is that of one for tests or examples.
pub(super) fn is_made_up(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_for_tests = || has_word(name, TESTS) || lower.starts_with("test") || lower.contains("testclass");
    name.is_ascii() && (is_example(name) || is_for_tests())
}

/// Whether the name of a class or object, as written, is that of an example.
pub(super) fn is_example(name: &str) -> bool {
    name.is_ascii() && has_word(name, EXAMPLES)
}

/// Whether an ASCII name has one of some words, divided by capitals and other characters.
fn has_word(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|word| {
        lower.match_indices(*word).any(|(at, _)| {
            let bytes = name.as_bytes();
            let end = at + word.len();
            let starts = at == 0 || bytes[at].is_ascii_uppercase() || !bytes[at - 1].is_ascii_alphabetic();
            let ends = bytes.get(end).is_none_or(|next| next.is_ascii_uppercase() || !next.is_ascii_alphabetic());
            starts && ends
        })
    })
}

/// Whether a name, in lower case, is one of a session id or of something that gives one.
pub(super) fn may_be_session(name: &str) -> bool {
    name == "sid" || name.contains("session")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prefilter::{Names, scan};

    #[test]
    fn classes_for_tests_are_recognised_by_words() {
        for name in [
            "AureusTestHelper",
            "TestDataFactory",
            "Loom_Test_Utils",
            "MetadataServiceExamples",
            "HttpMock",
            "loomtestclass",
        ] {
            assert!(is_made_up(name), "{name}");
        }
        for name in ["AttestationService", "LatestOrders", "ContestController", "LoomClient", "Stubborn"] {
            assert!(!is_made_up(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_tokens_are_recognised() {
        for name in [
            "sessionid",
            "mysessionid",
            "chatteraccesstoken",
            "validaccesstoken",
            "accesstoken",
            "sf_access_token",
            "bearer",
        ] {
            assert!(is_token_name(name), "{name}");
        }
        for name in
            ["devicetoken", "fcmaccesstoken", "csrf_token", "token", "session", "checkoutsessionid", "cart_session_id"]
        {
            assert!(!is_token_name(name), "{name}");
        }
        assert!(is_kept_name("tok") && is_kept_name("token") && !is_kept_name("pagetoken"));
        assert!(!is_kept_name("continuationtoken") && !is_kept_name("deltatoken"));
    }

    #[test]
    fn a_file_with_one_of_the_names_is_read() {
        let is_read = |text: &str| scan(text.as_bytes(), &Names::new([])).unwrap().words.matter();
        let mut names: Vec<String> = SECRETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.push("password".to_owned());
        for name in secrets::ACCESS_KEYS.iter().chain(secrets::CLIENT_SECRETS) {
            let at = name.len() - if name.ends_with("key") { 3 } else { "secret".len() };
            names.extend([(*name).to_owned(), format!("{}_{}", &name[..at], &name[at..])]);
        }
        for name in names {
            assert!(secret_kind(&name).is_some(), "{name}");
            assert!(is_read(&format!("class A {{ String f(String {name}) {{ return {name}; }} }}")), "{name}");
        }
        for name in TOKEN_NAMES {
            assert!(is_read(&format!("class A {{ void f(String {name}) {{ B.later({name}); }} }}")), "{name}");
        }
    }

    #[test]
    fn secrets_are_recognised_by_name() {
        assert_eq!(secret_kind("client_secret").map(SecretKind::as_str), Some("client-secret"));
        assert_eq!(secret_kind("spassword").map(SecretKind::as_str), Some("password"));
        assert_eq!(secret_kind("sauthtoken").map(SecretKind::as_str), Some("token"));
        assert_eq!(secret_kind("saccesstoken").map(SecretKind::as_str), Some("token"));
        assert_eq!(secret_kind("api_password__c").map(SecretKind::as_str), Some("password"));
        for name in ["secret_key", "aws_access_key", "privatekey"] {
            assert_eq!(secret_kind(name).map(SecretKind::as_str), Some("key"), "{name}");
        }
        for name in ["apikey", "shop_api_key__c", "myapikey"] {
            assert_eq!(secret_kind(name).map(SecretKind::as_str), Some("api-key"), "{name}");
        }
        assert_eq!(secret_kind("apisecret").map(SecretKind::as_str), Some("client-secret"));
        for name in [
            "keyprefix",
            "mapkey",
            "sortkey",
            "publickey",
            "key",
            "apikeyname",
            "apikeyheader",
            "accesskeyid",
            "publicapikey",
            "secret",
            "apikeytype",
            "hasauthtoken",
            "isauthtokenset",
            "has_access_token__c",
            "haspassword",
        ] {
            assert!(secret_kind(name).is_none(), "{name}");
        }
        for name in ["passwort", "passwordpolicy", "accesstokenexpiry", "resetpasswordurl", "chatsessionid"] {
            assert!(secret_kind(name).is_none(), "{name}");
        }
    }
}
