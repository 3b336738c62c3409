//! The role of a value by its name, and values that are not a secret in any role.
//!
//! Refuses to know where a value occurs: it gets a name and a text.

use super::wording;

/// How likely the value of a name is a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The name gives no hint.
    #[default]
    None,
    /// The value is a secret if it looks like one.
    Weak,
    /// The value is a secret.
    Strong,
}

impl Role {
    /// One step less likely.
    pub(super) fn weakened(self) -> Self {
        self.min(Self::Weak)
    }
}

/// Parts of a name, without separators, whose value is a secret.
const STRONG: &[&str] = &[
    "secret",
    "token",
    "passw",
    "pwd",
    "passphrase",
    "passcode",
    "appkey",
    "signingkey",
    "encryptionkey",
    "sharedkey",
    "subscriptionkey",
    "consumerkey",
    "functionskey",
    "masterkey",
    "sessionid",
    "sessionkey",
    "sessid",
    "signature",
    "assertion",
    "authorization",
    "authkey",
    "authcode",
];
/// Parts of a name, without separators, of a key that gives access.
pub const ACCESS_KEYS: &[&str] = &["apikey", "accesskey", "privatekey", "secretkey"];
/// Parts of a name, without separators, of the secret of a client.
pub const CLIENT_SECRETS: &[&str] = &["clientsecret", "consumersecret", "apisecret", "appsecret"];
/// Words of a name whose value is a secret.
const STRONG_WORDS: &[&str] = &["sid", "jwt", "pass", "otp", "credential"];
/// Words of a name whose value is a secret if it looks like one, or if it is part of an address.
const WEAK_WORDS: &[&str] =
    &["key", "code", "auth", "session", "sig", "pin", "cookie", "hmac", "salt", "bearer", "cred"];
/// Last words of names that describe a secret without being one.
const ABOUT: &[&str] = &[
    "url",
    "uri",
    "endpoint",
    "host",
    "path",
    "type",
    "method",
    "name",
    "names",
    "label",
    "policy",
    "policies",
    "date",
    "expiration",
    "expires",
    "expiry",
    "in",
    "lifetime",
    "validity",
    "timeout",
    "minutes",
    "seconds",
    "days",
    "length",
    "limit",
    "count",
    "field",
    "fields",
    "hint",
    "format",
    "version",
    "algorithm",
    "alg",
    "header",
    "prefix",
    "size",
    "required",
    "enabled",
    "page",
    "class",
    "provider",
    "scope",
    "scopes",
    "challenge",
    "status",
    "message",
    "error",
    "description",
    "rotation",
    "at",
    "unit",
    "period",
    "question",
    "flow",
    "grant",
    "complexity",
    "history",
    "reset",
    "param",
    "parameter",
    "location",
    "mode",
    "request",
    "response",
    "service",
    "issuer",
    "audience",
    "action",
    "resource",
    "for",
    "is",
    "interval",
];

/// The role that a variable, field, element, parameter or header has by its name.
pub(super) fn of_name(name: &str) -> Role {
    if name.len() > 120 || !name.is_ascii() {
        return Role::None;
    }
    let mut bare = name;
    for suffix in ["__c", "__r"] {
        if bare.len() > suffix.len() && bare[bare.len() - suffix.len()..].eq_ignore_ascii_case(suffix) {
            bare = &bare[..bare.len() - suffix.len()];
        }
    }
    let words = words(bare);
    let Some(last) = words.last() else { return Role::None };
    if ABOUT.contains(&last.as_str()) || matches!(words[0].as_str(), "is" | "has" | "enable" | "require") {
        return Role::None;
    }
    let dense = words.concat();
    if ["codechallenge", "tokenendpoint", "responsecode", "statuscode", "errorcode", "countrycode", "namedcredential"]
        .iter()
        .any(|harmless| dense.contains(harmless))
    {
        return Role::None;
    }
    let is_word = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if STRONG.iter().chain(ACCESS_KEYS).any(|part| dense.contains(part)) || is_word(STRONG_WORDS) {
        return Role::Strong;
    }
    if is_word(WEAK_WORDS) { Role::Weak } else { Role::None }
}

/// Whether a name only hints at a secret, and no other word tells what its key or code is for, as in `sortKey`.
pub(super) fn is_hint(name: &str) -> bool {
    let words = words(name);
    let names_more = |word: &String| WEAK_WORDS.contains(&word.as_str()) && !matches!(word.as_str(), "key" | "code");
    of_name(name) == Role::Weak && (words.len() == 1 || words.iter().any(names_more))
}

/// The words of a name in lower case, separated by other characters and by capitals.
fn words(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let mut all: Vec<String> = Vec::new();
    let mut is_new = true;
    for (at, byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            is_new = true;
            continue;
        }
        let after_lower = at > 0 && bytes[at - 1].is_ascii_lowercase();
        let before_lower =
            at > 0 && bytes[at - 1].is_ascii_uppercase() && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if is_new || byte.is_ascii_uppercase() && (after_lower || before_lower) {
            all.push(String::new());
        }
        is_new = false;
        if let Some(word) = all.last_mut() {
            word.push(byte.to_ascii_lowercase() as char);
        }
    }
    all
}

/// Words of protocols and formats, which are never secrets.
const KNOWN: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "client_id",
    "client_credentials",
    "authorization_code",
    "authorization",
    "bearer",
    "basic",
    "oauth",
    "token",
    "jwt",
    "key",
    "code",
    "secret",
    "sid",
    "session_id",
    "sessionid",
    "api_key",
    "apikey",
    "x-api-key",
    "assertion",
    "true",
    "false",
    "null",
    "none",
    "utf-8",
    "utf8",
    "iso-8859-1",
    "application/json",
    "hmacsha256",
    "hmacsha512",
    "rsa-sha256",
    "sha-256",
    "sha256",
    "aes128",
    "aes256",
    "plain",
    "s256",
    "rs256",
    "hs256",
    "http",
    "https",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:token-type:access_token",
];

/// Whether a value is never a secret: a placeholder, a URL, a word of a protocol.
pub(super) fn is_exempt(value: &str) -> bool {
    let value = value.trim().trim_end_matches([';', ')']);
    let lower = value.get(..value.len().min(64)).unwrap_or_default().to_ascii_lowercase();
    value.is_empty()
        || value.bytes().all(|byte| byte == b'*')
        || is_place_holder(value)
        || lower.starts_with("callout:")
        || value.starts_with('/') && !value.contains('+') && !value.ends_with('=')
        || is_address(&lower)
        || KNOWN.contains(&lower.as_str())
}

fn is_address(lower: &str) -> bool {
    ["http://", "https://", "wss://", "ws://"].iter().any(|scheme| lower.starts_with(scheme))
}

/// `{!...}`, `${...}`, `{0}`, `:name` and the like, with nothing beside them and nothing quoted inside except a scheme.
fn is_place_holder(value: &str) -> bool {
    let wrapped = |open: &str, close: &str| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inside| !inside.contains(open))
    };
    let is_wrapped =
        wrapped("{!", "}") || wrapped("${", "}") || wrapped("{{", "}}") || wrapped("{", "}") || wrapped("@@", "@@");
    let is_quoted = |quote: char| {
        value.split(quote).skip(1).step_by(2).any(|inside| super::scheme(&format!("{} ", inside.trim())).is_none())
    };
    value == "%s" || is_wrapped && !value.contains(['\n', ':']) && !is_quoted('\'') && !is_quoted('"')
}

/// Whether a value in a role that may be harmless looks like a secret.
pub(super) fn is_plausible(value: &str) -> bool {
    let has = |is_it: fn(u8) -> bool| value.bytes().any(is_it);
    let is_date = value.len() >= 8 && value.bytes().all(|byte| byte.is_ascii_digit() || b"-:./TZ ".contains(&byte));
    let is_mixed = has(|byte| byte.is_ascii_digit()) || has(|byte| b"!$%^*+".contains(&byte));
    let is_call = value.contains('(') || value.starts_with('$') || value.starts_with('{');
    let is_long = value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_digit());
    is_long
        || wording::is_random_letters(value)
        || value.len() >= 6
            && is_mixed
            && has(|byte| byte.is_ascii_alphabetic())
            && !is_date
            && !is_call
            && !is_exempt(value)
            && !value.contains(' ')
}
