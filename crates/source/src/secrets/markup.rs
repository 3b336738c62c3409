//! Secrets in XML, well-formed or not: elements by their name, parameters and values by the neighbours that name them.
//!
//! Works without a tree, so that secrets of broken XML are masked too. Refuses to know metadata types: an element name
//! means the same in all of them.

use foldhash::{HashMap, HashMapExt};
use memchr::{memchr, memmem};

use super::role::{self, Role, is_exempt};
use super::{Ranges, mask};

/// Elements whose text is never printed. The names hold in every metadata type, so that masking needs no knowledge of
/// types.
const ELEMENTS: &[&str] = &[
    "consumerKey",
    "consumerSecret",
    "certificate",
    "validationCert",
    "password",
    "oauthToken",
    "oauthRefreshToken",
    "awsAccessKey",
    "awsAccessSecret",
    "ecKey",
    "signingKey",
    "serviceAccount",
    "certificateHash",
    "oauthLink",
];

/// The root of a certificate's own file, which contains elements such as a date, and no body.
const CERTIFICATE_ROOT: &str = "Certificate";

/// Types of parameters of named and external credentials whose values are names, addresses and switches.
const PLAIN_PARAMETERS: &[&str] = &[
    "Url",
    "ClientCertificate",
    "ServerCertificate",
    "Authentication",
    "OutboundNetworkConnection",
    "AllowedManagedPackageNamespaces",
    "CreatedByNamespace",
    "StandardNamedCredentialType",
    "ManagedByFeature",
    "ManagedByComponent",
    "ManagedByNamespace",
    "ConnectionStatus",
    "SfHttpRequestExtensionName",
    "NamedCredentialOptions",
    "ParameterGroup",
    "AuthProviderUrl",
    "AuthProviderClientCertificate",
    "AuthProviderServerCertificate",
    "NamedPrincipal",
    "PerUserPrincipal",
    "GlobalNamedPrincipal",
    "SystemUserPrincipal",
    "TenantPrincipal",
    "CustomPrincipal",
    "AwsStsPrincipal",
    "AuthContext",
    "AuthProvider",
    "AuthProtocolVariant",
    "SigningCertificate",
    "ExternalAuthIdentityProvider",
    "AdditionalRefreshStatusCode",
];

/// Elements that name the value beside them, and elements with that value.
const NAMING: &[&str] = &["fullName", "name", "field", "parameterName", "shortDescription", "key", "masterLabel"];
const HOLDING: &[&str] = &["value", "stringValue", "defaultValue", "parameterValue", "formula"];

/// Whether the text of the element `name` is a secret.
///
/// `certificate` holds a certificate's name in most types; a name is shown, a body is not: see [`of_element`].
pub fn is_secret_element(name: &str) -> bool {
    ELEMENTS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) || is_named_like_one(name)
}

/// `clientSecret`, `sharedSecret`, `accessToken`: elements whose name ends like a secret and that contain one.
fn is_named_like_one(name: &str) -> bool {
    let ends = ["secret", "password", "token", "apikey", "privatekey", "accesskey", "passphrase", "sessionid"];
    let has_end = |end: &&str| {
        let start = name.len().checked_sub(end.len());
        start.is_some_and(|start| name.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
    };
    ends.iter().any(has_end) && role::of_name(name) == Role::Strong
}

/// Whether `text` in the element `name` is a secret.
///
/// A `certificate` that is a plain developer name (letters, digits, `_`) of at most 80 characters refers to a
/// certificate and is not one.
pub fn of_element(name: &str, text: &str) -> bool {
    if !is_secret_element(name) {
        return false;
    }
    if !ELEMENTS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
        let is_number = text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        return !is_number && !is_exempt(text);
    }
    let names_certificate = name.eq_ignore_ascii_case("certificate")
        && text.len() <= 80
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    !names_certificate
}

/// Whether `text` in the element `name` is never a secret, whatever is beside it, and does not control a terminal.
pub fn is_open_value(name: &str, text: &str) -> bool {
    matches!(text, "true" | "false") && !is_secret_element(name)
}

/// Whether `value` of a parameter of the type `ty` (`None` where none is written) with the name `name` is a secret.
pub fn of_parameter(ty: Option<&str>, name: &str, value: &str) -> bool {
    let is_plain = ty.is_some_and(|ty| PLAIN_PARAMETERS.iter().any(|plain| plain.eq_ignore_ascii_case(ty.trim())));
    if is_plain {
        role::of_name(name) == Role::Strong && !is_exempt(value) && !looks_plain(value)
    } else {
        !is_exempt(value)
    }
}

fn looks_plain(value: &str) -> bool {
    matches!(mask(value), std::borrow::Cow::Borrowed(_))
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:/ -".contains(&byte))
}

/// The state of the current block of elements.
#[derive(Default)]
struct Block<'t> {
    name: &'t str,
    ty: Option<&'t str>,
    parameters: Vec<std::ops::Range<usize>>,
}

impl Block<'_> {
    /// Classifies the parameters once all their neighbours are known.
    fn end(&mut self, text: &str, found: &mut Ranges) {
        for range in std::mem::take(&mut self.parameters) {
            if of_parameter(self.ty, self.name, text[range.clone()].trim()) {
                found.push(range);
            }
        }
        *self = Self::default();
    }
}

/// The number of names of tags that are remembered: more than all types have, so that only a hostile file reaches it.
const MOST_NAMES: usize = 4096;

/// What the name of a tag says about the text behind it.
#[derive(Clone, Copy)]
struct TagName {
    /// The length of its prefix, with the colon.
    prefix: usize,
    is_secret: bool,
    /// See [`glued`].
    glued: Option<usize>,
    /// Whether its end tag ends a block of parameters.
    is_block: bool,
    part: BlockPart,
}

/// What an element is in its block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BlockPart {
    /// Nothing.
    None,
    /// The root of a certificate's own file.
    CertificateRoot,
    /// It has the type of a parameter.
    Type,
    /// It names the value beside it.
    Naming,
    /// It has that value.
    Holding,
}

impl TagName {
    fn of(qualified: &str) -> Self {
        let prefix = qualified.rfind(':').map_or(0, |colon| colon + 1);
        let name = &qualified[prefix..];
        let is_secret = is_secret_element(name);
        let part = match name {
            CERTIFICATE_ROOT => BlockPart::CertificateRoot,
            "parameterType" => BlockPart::Type,
            name if NAMING.contains(&name) => BlockPart::Naming,
            name if HOLDING.contains(&name) => BlockPart::Holding,
            _ => BlockPart::None,
        };
        let is_block = name.ends_with("Parameters");
        Self { prefix, is_secret, glued: glued(name).filter(|_| !is_secret), is_block, part }
    }
}

pub(super) fn find(text: &str, found: &mut Ranges) {
    let bytes = text.as_bytes();
    let mut block = Block::default();
    // Files have few names, and each of them many times; an end tag often repeats the name of the tag before.
    let mut names: HashMap<&str, TagName> = HashMap::new();
    let mut last = ("", TagName::of(""));
    // Start of the last value that an end tag without a start tag would close.
    let mut masked_to = 0;
    let mut at = 0;
    while let Some(open) = memchr(b'<', &bytes[at..]).map(|found| at + found) {
        at = open + 1;
        let is_end = bytes.get(at) == Some(&b'/');
        let name_start = at + usize::from(is_end);
        let name_end = name_end(bytes, name_start);
        let qualified = &text[name_start..name_end];
        if last.0 != qualified {
            let tag = names.get(qualified).copied().unwrap_or_else(|| {
                let tag = TagName::of(qualified);
                if names.len() < MOST_NAMES {
                    names.insert(qualified, tag);
                }
                tag
            });
            last = (qualified, tag);
        }
        let tag = last.1;
        let name = &qualified[tag.prefix..];
        if tag.part == BlockPart::CertificateRoot {
            continue;
        }
        if is_end {
            if tag.is_secret {
                around_end(text, name, open, name_end, masked_to, found);
            }
            masked_to = masked_to.max(open);
            if tag.is_block {
                block.end(text, found);
            }
            continue;
        }
        if tag.is_secret {
            let (start, is_closed, is_broken) = tag_end(bytes, name_end);
            if is_closed {
                masked_to = start;
                continue;
            }
            let end = end_of_value(bytes, start, qualified);
            if is_broken || of_element(name, text[start..end].trim()) {
                found.push(start..end);
            }
            masked_to = end + 1;
            at = end;
            continue;
        }
        if let Some(secret) = tag.glued {
            let start = name_start + tag.prefix + secret;
            let end = memchr(b'<', &bytes[start..]).map_or(bytes.len(), |length| start + length);
            found.push(start..end);
            masked_to = end + 1;
            at = end;
            continue;
        }
        let (start, is_closed, is_broken) = tag_end(bytes, name_end);
        if is_closed || is_broken {
            continue;
        }
        // No tag begins before: `tag_end` found none in this one.
        let end = memchr(b'<', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        at = end;
        let value = start..end;
        // Most text is the indentation of the next tag.
        let content = text[value.clone()].trim_ascii().trim();
        if content.is_empty()
            && bytes[end..].starts_with(b"<")
            && !bytes[end..].starts_with(b"<![CDATA[")
            && !bytes[end..].starts_with(b"</")
        {
            if tag.part != BlockPart::Holding {
                block.end(text, found);
            }
            continue;
        }
        if tag.part == BlockPart::Type {
            block.ty = Some(content);
        } else if tag.part == BlockPart::Naming {
            if role::of_name(block.name) != Role::Strong || name == "parameterName" {
                block.name = content;
            }
        } else if tag.part == BlockPart::Holding {
            let end = end_of_text(bytes, start);
            at = end;
            if name == "parameterValue" {
                block.parameters.push(start..end);
            } else if role::of_name(&block.name.replace(' ', "_")) == Role::Strong
                && !is_exempt(text[start..end].trim())
                && !is_switch(text[start..end].trim())
            {
                found.push(start..end);
            }
        }
    }
    block.end(text, found);
}

/// The values on both sides of the end tag of the secret element `name` at `open`, where they stand in no element of
/// their own.
fn around_end(text: &str, name: &str, open: usize, name_end: usize, masked_to: usize, found: &mut Ranges) {
    let bytes = text.as_bytes();
    if open > masked_to {
        // Its start tag is broken: everything back to the previous tag is its value.
        let from =
            memchr::memrchr2(b'>', b'\n', &bytes[masked_to..open]).map_or(masked_to, |length| masked_to + length + 1);
        if of_element(name, text[from..open].trim()) {
            found.push(from..open);
        }
    }
    // After an end tag only the next tag is expected: text there is the value of a broken element.
    let (start, ..) = tag_end(bytes, name_end);
    let end = memchr(b'<', &bytes[start..]).map_or(bytes.len(), |length| start + length);
    let behind = &text[start..end];
    let from = end - behind.trim_start().len();
    found.push(from..from + behind.trim().len());
}

/// `true`, `false` and short numbers.
fn is_switch(value: &str) -> bool {
    value.len() < 6 && (value.bytes().all(|byte| byte.is_ascii_digit()) || matches!(value, "true" | "false"))
}

/// Whether a byte belongs to the name of a tag, as a table, since a large part of a file is names.
const IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < table.len() {
        let byte = at as u8;
        table[at] = byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.') || byte >= 0x80;
        at += 1;
    }
    table
};

fn name_end(bytes: &[u8], start: usize) -> usize {
    let is_end = |byte: &u8| !IN_NAME[usize::from(*byte)];
    bytes[start..].iter().position(is_end).map_or(bytes.len(), |length| start + length)
}

/// Length of the part of a tag's name that is a secret element's name, with the value glued to it.
fn glued(name: &str) -> Option<usize> {
    let starts = |secret: &&&str| {
        name.len() > secret.len()
            && name.is_char_boundary(secret.len())
            && name[..secret.len()].eq_ignore_ascii_case(secret)
            && !name.as_bytes()[secret.len()].is_ascii_lowercase()
            && !role_ends(&name[secret.len()..])
    };
    ELEMENTS
        .iter()
        .filter(|secret| secret.len() > 8 && **secret != "certificate")
        .find(starts)
        .map(|secret| secret.len())
}

/// `consumerKeyLabel`: the word continues as a word.
fn role_ends(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_uppercase())
        && bytes.next().is_some_and(|byte| byte.is_ascii_lowercase())
        && rest.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Where the text after a tag begins; whether the tag closes itself; whether it is broken, and its text begins in it.
fn tag_end(bytes: &[u8], from: usize) -> (usize, bool, bool) {
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match (quote, *byte) {
            (None, b'>') => return (at + 1, bytes[at - 1] == b'/', false),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if byte == open => quote = None,
            (_, b'<') => return (from, false, true),
            _ => {}
        }
    }
    (from, false, true)
}

/// The end of text that begins at `start`: the next tag, past CDATA and comments.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(open) = memchr(b'<', &bytes[at..]).map(|found| at + found) {
        let rest = &bytes[open..];
        let close: &[u8] = match rest {
            rest if rest.starts_with(b"<![CDATA[") => b"]]>",
            rest if rest.starts_with(b"<!--") => b"-->",
            _ => return open,
        };
        at = memmem::find(rest, close).map_or(bytes.len(), |found| open + found + close.len());
    }
    bytes.len()
}

/// The end of the value that begins at `start`: the end tag of the element. CDATA, comments, instructions and inner
/// elements are part of it; a file that ends before the tag is masked to its end.
fn end_of_value(bytes: &[u8], start: usize, qualified: &str) -> usize {
    let mut at = start;
    while let Some(open) = memchr(b'<', &bytes[at..]).map(|found| at + found) {
        let rest = &bytes[open..];
        let skip_to = |end: &[u8]| memmem::find(rest, end).map_or(bytes.len(), |found| open + found + end.len());
        if rest.starts_with(b"<![CDATA[") {
            at = skip_to(b"]]>");
        } else if rest.starts_with(b"<!--") {
            at = skip_to(b"-->");
        } else if rest.starts_with(b"<?") {
            at = skip_to(b"?>");
        } else if rest[1..].starts_with(b"/") && rest[2..].starts_with(qualified.as_bytes()) {
            return open;
        } else {
            at = open + 1;
        }
    }
    bytes.len()
}
