//! Certificates: when they expire, and which components use them.
//!
//! A certificate is a component that others name, or Base64 in an element. Dates are calendar days in UTC. A text that
//! is not an X.509 certificate has no date and no key. No body leaves this module. Refuses to know whether a
//! certificate is trusted: signatures and issuers are not checked.

use std::collections::HashMap;

use base64ct::{Base64, Encoding as _};
use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, UintRef, UtcTime};
use der::{Decode as _, Reader, SliceReader, Tag, TagNumber, Tagged as _};
use jiff::civil::Date;

use super::element::{label, texts};
use super::link::is_record_id;
use super::listing::in_words;
use crate::column::Fact;
use crate::lookup::{is_same, key};
use crate::raw::parse_bool;
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::{Place, secrets};

/// The data in the body of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// The day on which it ends.
    pub(super) expires_on: Date,
    /// Bits of its key, where the type of the key is known.
    pub(super) key_size: Option<i64>,
}

/// Reads a certificate in Base64, with or without the lines that PEM puts around it, or a PEM file in Base64.
pub(super) fn body(text: &str) -> Option<Body> {
    let bytes = Base64::decode_vec(&base64(text)).ok()?;
    let inner = std::str::from_utf8(&bytes).ok().filter(|inner| inner.contains(BEGIN));
    let bytes = match inner {
        Some(inner) => Base64::decode_vec(&base64(inner)).ok()?,
        None => bytes,
    };
    let (end, key_size) = SliceReader::new(&bytes).ok()?.sequence(|it| before_rest(it, to_be_signed)).ok()?;
    Some(Body { expires_on: day_of(end)?, key_size })
}

/// The line before a certificate in PEM.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// The Base64 of a certificate, without line ends and the lines that PEM puts around it.
fn base64(text: &str) -> String {
    let inner = text.split_once(BEGIN).map_or(text, |(_, after)| after.split("-----END").next().unwrap_or_default());
    inner.chars().filter(|ch| !ch.is_whitespace()).collect()
}

/// Reads the beginning of a sequence, and skips the rest of it.
fn before_rest<'b, T>(
    reader: &mut SliceReader<'b>,
    read: impl FnOnce(&mut SliceReader<'b>) -> der::Result<T>,
) -> der::Result<T> {
    let read = read(reader)?;
    reader.drain(reader.remaining_len())?;
    Ok(read)
}

/// The last moment and the size of the key, out of a certificate (RFC 5280, 4.1).
fn to_be_signed<'b>(reader: &mut SliceReader<'b>) -> der::Result<(AnyRef<'b>, Option<i64>)> {
    const VERSION: TagNumber = TagNumber(0);
    reader.sequence(|it| {
        before_rest(it, |it| {
            if matches!(Tag::peek(it)?, Tag::ContextSpecific { number: VERSION, .. }) {
                AnyRef::decode(it)?;
            }
            let _serial = AnyRef::decode(it)?;
            let _algorithm = AnyRef::decode(it)?;
            let _issuer = AnyRef::decode(it)?;
            let end = it.sequence(|it| {
                let _start = AnyRef::decode(it)?;
                AnyRef::decode(it)
            })?;
            let _subject = AnyRef::decode(it)?;
            Ok((end, it.sequence(key_size_of)?))
        })
    })
}

/// The day of a moment.
fn day_of(moment: AnyRef<'_>) -> Option<Date> {
    let moment = match moment.tag() {
        Tag::UtcTime => moment.decode_as::<UtcTime>().ok()?.to_date_time(),
        _ => moment.decode_as::<GeneralizedTime>().ok()?.to_date_time(),
    };
    let part = |part: u8| i8::try_from(part).ok();
    Date::new(i16::try_from(moment.year()).ok()?, part(moment.month())?, part(moment.day())?).ok()
}

/// Bits of a public key, where its kind is known.
fn key_size_of(reader: &mut SliceReader<'_>) -> der::Result<Option<i64>> {
    const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");
    const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    let kind = reader.sequence(|it| before_rest(it, ObjectIdentifier::decode))?;
    let key = BitStringRef::decode(reader)?;
    let key = key.as_bytes().unwrap_or_default();
    let octets = match kind {
        RSA => {
            let modulus = SliceReader::new(key)?.sequence(|it| before_rest(it, UintRef::decode));
            modulus.map_or(0, |modulus| modulus.as_bytes().len())
        }
        DSA => UintRef::from_der(key).map_or(0, |key| key.as_bytes().len()),
        ELLIPTIC_CURVE => match key {
            [4, both @ ..] => both.len() / 2,
            [2 | 3, one @ ..] => one.len(),
            _ => 0,
        },
        _ => 0,
    };
    Ok(i64::try_from(octets * 8).ok().filter(|bits| *bits > 0))
}

/// The day of a dateTime as the Metadata API writes it.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// Days from `from` to `to`; negative where `to` is past.
pub(super) fn days(from: Date, to: Date) -> Option<i64> {
    from.until((jiff::Unit::Day, to)).ok().map(|span| i64::from(span.get_days()))
}

/// The purpose of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    IdentityProvider,
    SamlValidation,
    SamlRequests,
    Credential,
    Jwt,
    AppSaml,
}

impl Purpose {
    /// The word in tables.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Purpose::IdentityProvider => "identity-provider",
            Purpose::SamlValidation => "saml-validation",
            Purpose::SamlRequests => "saml-requests",
            Purpose::Credential => "credential",
            Purpose::Jwt => "jwt",
            Purpose::AppSaml => "app-saml",
        }
    }

    /// Whether logins or calls stop with the certificate, as far as is known.
    fn is_needed(self) -> bool {
        !matches!(self, Purpose::Jwt | Purpose::AppSaml)
    }
}

/// Elements that contain or name certificates: type, repeated element (or none), element, purpose.
const ELEMENTS: &[(&str, &str, &str, Purpose)] = &[
    ("IdentityProviderSettings", "", "certificateName", Purpose::IdentityProvider),
    ("SamlSsoConfig", "", "validationCert", Purpose::SamlValidation),
    ("SamlSsoConfig", "", "decryptionCertificate", Purpose::SamlRequests),
    ("SamlSsoConfig", "", "requestSigningCertId", Purpose::SamlRequests),
    ("NamedCredential", "", "certificate", Purpose::Credential),
    ("NamedCredential", "", "jwtSigningCertificate", Purpose::Credential),
    ("NamedCredential", "namedCredentialParameters", "certificate", Purpose::Credential),
    ("ExternalCredential", "externalCredentialParameters", "certificate", Purpose::Credential),
    ("ConnectedApp", "", "oauthConfig.certificate", Purpose::Jwt),
    ("ConnectedApp", "", "samlConfig.certificate", Purpose::AppSaml),
    ("ConnectedApp", "", "samlConfig.encryptionCertificate", Purpose::AppSaml),
    ("ExtlClntAppGlobalOauthSettings", "", "certificate", Purpose::Jwt),
    ("ExtlClntAppOauthSettings", "", "certificate", Purpose::Jwt),
    ("ExtlClntAppSamlConfigurablePolicies", "", "certificate", Purpose::AppSaml),
    ("ExtlClntAppSamlConfigurablePolicies", "", "encryptionCertificate", Purpose::AppSaml),
];

/// One element that contains or names a certificate.
#[derive(Debug)]
pub(crate) struct CertificateUse {
    pub(super) index: u32,
    /// The component that uses it, in words.
    pub(super) user: Fact<String>,
    pub(super) user_type: &'static str,
    pub(super) user_name: String,
    /// Its label.
    pub(super) user_label: String,
    pub(super) element: &'static str,
    pub(super) purpose: Purpose,
    /// Whether the component that needs it is switched on, as far as its file states.
    pub(super) is_active: bool,
    /// Its name; none where the element contains the certificate itself.
    pub(super) name: Option<String>,
    /// The certificate itself, in Base64, or its name.
    content: String,
    /// The label of the first component with the same certificate, or with the same name, for the same purpose.
    pub(super) first_use: Fact<String>,
    /// Another single sign-on configuration whose certificate is not past its date.
    pub(super) other_valid: Fact<String>,
    /// The place of its date: at the certificate's own component, or where it is used.
    pub(super) expires_on: Fact<Date>,
    pub(super) days_left: Option<i64>,
    pub(super) key_size: Option<i64>,
}

/// All uses, in the order of the files.
pub(crate) fn certificate_uses(project: &Project) -> Vec<CertificateUse> {
    let mut uses = Vec::new();
    for (index, component) in (0u32..).zip(&project.components) {
        let user_type = kind(component.kind).name;
        for (_, group, element, purpose) in ELEMENTS.iter().filter(|(ty, ..)| *ty == user_type) {
            for (text, place) in texts(component, group, element) {
                uses.push(one_use(project, index, component, (element, *purpose), text, place));
            }
        }
    }
    find_others(&mut uses);
    find_first(&mut uses);
    uses
}

/// Notes for each use the first one of the same certificate, or by a component of the same name, for the same purpose.
fn find_first(uses: &mut [CertificateUse]) {
    let mut by_content = HashMap::new();
    let mut by_user = HashMap::new();
    for index in 0..uses.len() {
        let (before, rest) = uses.split_at_mut(index);
        let Some(one) = rest.first_mut() else { return };
        let purpose = one.purpose.as_str();
        let content = *by_content.entry((purpose, one.content.clone())).or_insert(index);
        let first = content.min(*by_user.entry((purpose, one.user_type, key(&one.user_name))).or_insert(index));
        one.first_use = match before.get(first) {
            Some(first) => first.first_use.clone(),
            None => Fact { value: Some(one.user_label.clone()), place: one.user.place },
        };
    }
}

/// Notes for each configuration of single sign-on the first other one whose certificate is not past its date.
fn find_others(uses: &mut [CertificateUse]) {
    let is_one = |one: &CertificateUse| one.purpose == Purpose::SamlValidation;
    let valid: Vec<(String, String, Option<Place>)> = uses
        .iter()
        .filter(|one| is_one(one) && one.days_left.is_some_and(|days| days >= 0))
        .map(|one| (one.user_name.clone(), one.user_label.clone(), one.expires_on.place))
        .collect();
    for one in uses.iter_mut().filter(|one| is_one(one)) {
        let other = valid.iter().find(|(name, ..)| !is_same(name, &one.user_name));
        one.other_valid =
            other.map_or_else(Fact::default, |(_, label, place)| Fact { value: Some(label.clone()), place: *place });
    }
}

fn one_use(
    project: &Project,
    index: u32,
    component: &Component,
    (element, purpose): (&'static str, Purpose),
    text: &str,
    place: Place,
) -> CertificateUse {
    let is_name = purpose != Purpose::SamlValidation && !secrets::of_element("certificate", text);
    let is_id = is_name && is_record_id(text);
    let (expires_on, key_size) = if is_id {
        Default::default()
    } else if is_name {
        let named = project.of_type("Certificate").find(|(_, certificate)| is_same(&certificate.name, text));
        named.map_or_else(Default::default, |(_, certificate)| (expiry(certificate), key_size(certificate)))
    } else {
        let body = body(text);
        let expires_on = Fact { value: body.map(|body| body.expires_on), place: Some(place) };
        (expires_on, body.and_then(|body| body.key_size))
    };
    CertificateUse {
        index,
        user: Fact::known(user(component), place),
        user_type: kind(component.kind).name,
        user_name: component.name.clone(),
        user_label: user_label(component).to_owned(),
        element,
        purpose,
        is_active: component.text("enableIdentityProvider").and_then(parse_bool) != Some(false),
        name: is_name.then(|| text.trim().to_owned()),
        content: if is_name { key(text.trim()) } else { base64(text) },
        first_use: Fact::default(),
        other_valid: Fact::default(),
        days_left: expires_on.value.and_then(|end| days(project.inputs.as_of, end)),
        expires_on,
        key_size,
    }
}

/// The day of `expirationDate`.
pub(super) fn expiry(certificate: &Component) -> Fact<Date> {
    Fact { value: certificate.text("expirationDate").and_then(day), place: Some(certificate.place("expirationDate")) }
}

fn key_size(certificate: &Component) -> Option<i64> {
    certificate.text("keySize")?.parse().ok()
}

/// The component that uses a certificate, in words.
fn user(component: &Component) -> String {
    let what = match kind(component.kind).name {
        "IdentityProviderSettings" => return "the org as an identity provider".to_owned(),
        "SamlSsoConfig" => "single sign-on",
        "NamedCredential" => "the named credential",
        "ExternalCredential" => "the external credential",
        _ => "the app",
    };
    format!("{what} {}", user_label(component))
}

/// The label of the component that uses a certificate.
fn user_label(component: &Component) -> &str {
    component.text("externalClientApplication").unwrap_or_else(|| label(component))
}

/// One certificate of the project, and what depends on it.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(super) expires_on: Fact<Date>,
    pub(super) days_left: Option<i64>,
    /// Identity provider, single sign-on and credentials that need it, in words.
    pub(super) needed_by: Fact<String>,
    pub(super) is_used: bool,
    /// Whether it is needed, and only by the org as an identity provider.
    pub(super) is_for_identity_provider: bool,
    /// Whether some app of the project accepts the org's assertions.
    pub(super) has_service_provider: bool,
    /// On the first expired certificate that nothing names: the names of all of them.
    pub(super) expired_unused: Option<String>,
    /// The component that names a certificate by its record id, so that no file identifies it.
    pub(super) named_by_id: Fact<String>,
}

/// Whether some app of the project accepts assertions from the org.
fn has_service_provider(project: &Project) -> bool {
    project.of_type("ConnectedApp").any(|(_, app)| app.node("samlConfig").is_some())
        || project.of_type("ExtlClntAppSamlConfigurablePolicies").next().is_some()
}

/// The component that names a certificate by its record id, in words.
fn named_by_id(uses: &[CertificateUse]) -> Fact<String> {
    let by_id = || uses.iter().filter(|one| one.name.as_deref().is_some_and(is_record_id));
    Fact {
        value: in_words(by_id().filter_map(|one| one.user.value.as_deref())),
        place: by_id().next().and_then(|one| one.user.place),
    }
}

/// One for each component of the kind, in order.
pub(crate) fn certificate_facts(project: &Project, uses: &[CertificateUse]) -> Vec<Certificate> {
    let components: Vec<&Component> = project.of_type("Certificate").map(|(_, component)| component).collect();
    let has_service_provider = has_service_provider(project);
    let named_by_id = named_by_id(uses);
    let facts = |component: &&Component| {
        let of_this = |one: &&CertificateUse| one.name.as_deref().is_some_and(|name| is_same(name, &component.name));
        let needing: Vec<_> =
            uses.iter().filter(of_this).filter(|one| one.purpose.is_needed() && one.is_active).collect();
        let expires_on = expiry(component);
        Certificate {
            days_left: expires_on.value.and_then(|end| days(project.inputs.as_of, end)),
            expires_on,
            needed_by: Fact {
                value: in_words(needing.iter().filter_map(|one| one.user.value.as_deref())),
                place: needing.first().and_then(|one| one.user.place),
            },
            is_used: uses.iter().any(|one| of_this(&one)),
            is_for_identity_provider: !needing.is_empty()
                && needing.iter().all(|one| one.purpose == Purpose::IdentityProvider),
            has_service_provider,
            expired_unused: None,
            named_by_id: named_by_id.clone(),
        }
    };
    let mut all: Vec<_> = components.iter().map(facts).collect();
    let idle: Vec<usize> =
        (0..all.len()).filter(|at| !all[*at].is_used && all[*at].days_left.is_some_and(|days| days < 0)).collect();
    if let Some(first) = idle.first() {
        all[*first].expired_unused = in_words(idle.iter().map(|at| components[*at].name.as_str()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate made for this test; its key was deleted.
    const BASE64: &str = concat!(
        "MIIBETCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB2V4YW1wbGUwHhcNMjQwMTE1MDAwMDAwWhcNMj",
        "YxMDMxMTIwMDAwWjASMRAwDgYDVQQDDAdleGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEBFXz/+MCYDx",
        "ZRY9XgOZMWVCjN8rDrUg/v5w3a6gkNpBTmqifN6X0mre2mfFIAM+0qIxJFTG8tGDUDQvotcAsDAKBggqhkjOPQQDAg",
        "NJADBGAiEAma+b7DLuTUtIz3/m6PRBsz9NWTl09zC1JL7Hd8d4MboCIQC39iCNyKQmPxjrVj7Bg5kxlPPnIYsg6ufU",
        "U0W91fTyZg==",
    );

    #[test]
    fn a_body_has_an_expiry_and_a_key() {
        let expected = Some(Body { expires_on: jiff::civil::date(2026, 10, 31), key_size: Some(256) });
        assert_eq!(body(BASE64), expected);
        let lines: Vec<String> =
            BASE64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let armoured =
            format!("-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\r\n", lines.join("\r\n"));
        assert_eq!(body(&armoured), expected);
        let twice = Base64::encode_string(armoured.as_bytes());
        assert_eq!(body(&twice), expected, "a PEM file in Base64");
        assert_eq!(body(&Base64::encode_string(twice.as_bytes())), None);
        assert_eq!(body(&format!("-----BEGIN CERTIFICATE-----{BASE64}-----END CERTIFICATE-----")), expected);
    }

    #[test]
    fn a_text_that_is_not_a_certificate_has_no_facts() {
        for text in ["", "DUMMYCERT0005xxxxxxxx", "QUJD", "-----BEGIN CERTIFICATE-----", "äöü", &BASE64[..200]] {
            assert_eq!(body(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_day_to_day() {
        let as_of = jiff::civil::date(2026, 12, 1);
        assert_eq!(day("2026-09-30T12:00:00.000Z"), Some(jiff::civil::date(2026, 9, 30)));
        assert_eq!(day("2026-09-30"), Some(jiff::civil::date(2026, 9, 30)));
        assert_eq!(day("soon"), None);
        assert_eq!(days(as_of, jiff::civil::date(2026, 12, 1)), Some(0));
        assert_eq!(days(as_of, jiff::civil::date(2026, 9, 30)), Some(-62));
        assert_eq!(days(as_of, jiff::civil::date(2028, 12, 1)), Some(731));
    }
}
