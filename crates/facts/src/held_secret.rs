//! Secrets in files, known by their name or by their shape: in labels, records of custom metadata, flows, default
//! values of fields, headers and parameters of credentials, URLs of credentials and outbound messages, constants of Apex.
//!
//! `source::secrets` decides which values are secrets; this module adds an owner and a place. Refuses to show a value:
//! no column contains one.

use std::collections::HashMap;

use jiff::Span;
use jiff::civil::{Date, date};
use percent_encoding::percent_decode_str;

use super::column::{Fact, IntoCell, ViewColumn};
use super::table::{Declaration, Declared, Reads};
use super::{raw, text};
use sessionlint_apex::{Code, TextKind, Unit};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Project, place_below, text_of};
use sessionlint_soql::Cell;
use sessionlint_source::Place;
use sessionlint_source::secrets::{self, SecretReason};

/// Elements of credentials with parameters.
const PARAMETERS: &[(&str, &str)] = &[
    ("NamedCredential", "namedCredentialParameters"),
    ("ExternalCredential", "externalCredentialParameters"),
    ("ExternalAuthIdentityProvider", "externalAuthIdentityProviderParameters"),
];

/// Elements with a URL.
const URLS: &[(&str, &str)] = &[("Workflow", "outboundMessages.endpointUrl"), ("NamedCredential", "endpoint")];

/// The names of the secrets in a URL: among its parameters, and the password before its host.
fn secrets_of_url(url: &str) -> impl Iterator<Item = (&str, SecretReason)> {
    // Each secret is compared with others by its whole URL.
    let url = if url.len() > secrets::LONGEST_SECRET { "" } else { url };
    let parts = url.split(['?', '&', ';', '#']).skip(1).filter_map(|part| part.split_once('='));
    let parameters = parts.filter_map(|(name, value)| {
        // A placeholder may be encoded.
        let value = percent_decode_str(value).decode_utf8_lossy();
        Some((name, secrets::secret_reason(name, &value).or_else(|| secrets::hinted_reason(name, &value))?))
    });
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    let user = authority.and_then(|authority| authority.rsplit_once('@')).and_then(|(user, _)| user.split_once(':'));
    let password = user.and_then(|(_, password)| {
        secrets::secret_reason("password", &percent_decode_str(password).decode_utf8_lossy())
    });
    password.map(|reason| ("password", reason)).into_iter().chain(parameters)
}

/// A secret in a file of another kind than those below, which are read for their own tables only.
pub(super) type HeldSecret = SecretInFile<ELSEWHERE>;

/// A secret in a flow.
pub(super) type FlowSecret = SecretInFile<IN_FLOW>;

/// A secret in a default value.
pub(super) type DefaultSecret = SecretInFile<IN_DEFAULT>;

const ELSEWHERE: u8 = 0;
const IN_FLOW: u8 = 1;
const IN_DEFAULT: u8 = 2;

/// A secret in a file.
#[derive(Debug)]
pub(super) struct SecretInFile<const WHERE: u8> {
    ty: &'static str,
    owner: String,
    path: String,
    name: String,
    holder: &'static str,
    reason: SecretReason,
    /// The day on which a signed token expires, in UTC.
    expires_on: Fact<Date>,
    days_left: Option<i64>,
    place: Place,
    /// Type, folder and name, and the place of the first one with the same name and value in a file of this type and folder.
    first: (String, Place),
}

const SECONDS_PER_DAY: i64 = 86_400;

/// The day on which a signed token expires, and the days until then.
fn expiry(project: &Project, reason: SecretReason, place: Place) -> (Fact<Date>, Option<i64>) {
    let SecretReason::SignedToken(Some(second)) = reason else { return (Fact::default(), None) };
    let days = Span::new().try_days(second.div_euclid(SECONDS_PER_DAY)).ok();
    let day = days.and_then(|days| date(1970, 1, 1).checked_add(days).ok());
    let left = day.and_then(|day| project.inputs.as_of.until(day).ok()).map(|span| i64::from(span.get_days()));
    (day.map(|day| Fact::known(day, place)).unwrap_or_default(), left)
}

/// All secrets: those of credentials, then the others, both in the order of the files.
fn held_secrets(project: &Project) -> Vec<HeldSecret> {
    let mut all = Vec::new();
    for component in &project.components {
        let ty = kind(component.kind).name;
        let document = &component.document;
        let path = &project.sources.get(component.file).path;
        let mut hold = |name: &str, holder, reason, place| {
            let (expires_on, days_left) = expiry(project, reason, place);
            all.push(SecretInFile {
                ty,
                owner: component.name.clone(),
                path: path.clone(),
                name: name.to_owned(),
                holder,
                reason,
                expires_on,
                days_left,
                place,
                first: (String::new(), place),
            });
        };
        for (_, element) in URLS.iter().filter(|(name, _)| *name == ty) {
            for (url, place) in raw::texts(component, element) {
                for (name, reason) in secrets_of_url(url) {
                    hold(name, "URL", reason, place);
                }
            }
        }
        let Some((_, rows)) = PARAMETERS.iter().find(|(name, _)| *name == ty) else { continue };
        for row in raw::elements(component, rows) {
            let of = |name| document.child(row, name).and_then(|node| text_of(document, node));
            let (Some(name), Some(value)) = (of("parameterName"), of("parameterValue")) else { continue };
            let place = place_below(component.file, document, row, "parameterValue");
            if of("parameterType") == Some("Url") {
                for (name, reason) in secrets_of_url(value) {
                    hold(name, "URL", reason, place);
                }
            }
            // `{!'Bearer ...'}`: a formula that is one text without a reference.
            let text = value.trim().strip_prefix("{!").and_then(|rest| rest.strip_suffix('}')).map(str::trim);
            let quoted = text.and_then(|it| it.strip_prefix('\'')?.strip_suffix('\'')).filter(|it| !it.contains('\''));
            let value = quoted.unwrap_or(value);
            if quoted.is_none() && !secrets::of_parameter(of("parameterType"), name, value) {
                continue;
            }
            if let Some(reason) = secrets::secret_reason(name, value) {
                let holder = if of("parameterType") == Some("HttpHeader") { "header" } else { "parameter" };
                hold(name, holder, reason, place);
            }
        }
    }
    all.extend(of_units(project));
    repeated(project, all)
}

/// Notes which secrets repeat an earlier one of the same folder. Those of other folders may belong to other people, and a
/// run may show one folder only.
fn repeated<const WHERE: u8>(project: &Project, mut all: Vec<SecretInFile<WHERE>>) -> Vec<SecretInFile<WHERE>> {
    let named: Vec<_> = all.iter().map(|it| (it.ty, it.name.to_lowercase(), it.place)).collect();
    let firsts = firsts(project, named);
    for (it, first) in all.iter_mut().zip(firsts) {
        it.first = first;
    }
    all
}

/// For each secret, its type, folder and name, and the place of the first equal one, by type, name and place.
fn firsts(project: &Project, all: Vec<(&str, String, Place)>) -> Vec<(String, Place)> {
    let mut known: HashMap<String, Place> = HashMap::new();
    let first = |(ty, name, place): (&str, String, Place)| {
        let source = project.sources.get(place.file);
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let value = source.slice(place.span);
        let title = [ty, folder, &name].join(": ");
        // The text of a file that changed since it was read is not there.
        let is_there = !value.is_empty();
        let first = if is_there { *known.entry([&title, value].join("\n")).or_insert(place) } else { place };
        (title, first)
    };
    all.into_iter().map(first).collect()
}

/// Those of code and of files that are read as text, in the order of the files.
fn of_units<const WHERE: u8>(project: &Project) -> impl Iterator<Item = SecretInFile<WHERE>> {
    let one = move |unit: &'_ Unit, it: &sessionlint_apex::HeldSecret| {
        let place = Place { file: unit.file, span: it.span };
        let (expires_on, days_left) = expiry(project, it.reason, place);
        let path = &project.sources.get(unit.file).path;
        SecretInFile {
            ty: unit.code.type_name(),
            owner: unit.name.clone(),
            path: path.clone(),
            name: it.name.clone(),
            holder: it.holder,
            reason: it.reason,
            expires_on,
            days_left,
            place,
            first: (String::new(), place),
        }
    };
    let part = |code: Code| match code {
        Code::Text(TextKind::Flow) => IN_FLOW,
        Code::Text(TextKind::Object | TextKind::Field) => IN_DEFAULT,
        _ => ELSEWHERE,
    };
    let units = project.units.iter().filter(move |unit| part(unit.code) == WHERE);
    units.flat_map(move |unit| unit.secrets.iter().map(move |it| one(unit, it)))
}

impl Declared for HeldSecret {
    const TABLE: Declaration<Self> = Declaration::new(|| Self::COLUMNS, |facts| held_secrets(facts.project))
        .key(|it| &it.owner)
        .reads(&[Reads::Code, Reads::Records])
        .of_one_file();
}

impl Declared for FlowSecret {
    const TABLE: Declaration<Self> =
        Declaration::new(|| Self::COLUMNS, |facts| repeated(facts.project, of_units(facts.project).collect()))
            .key(|it| &it.owner)
            .reads(&[Reads::Fields])
            .of_one_file();
}

impl Declared for DefaultSecret {
    const TABLE: Declaration<Self> =
        Declaration::new(|| Self::COLUMNS, |facts| repeated(facts.project, of_units(facts.project).collect()))
            .key(|it| &it.owner)
            .reads(&[Reads::Fields])
            .of_one_file();
}

impl<const WHERE: u8> SecretInFile<WHERE> {
    /// One row per secret.
    const COLUMNS: &'static [ViewColumn<Self>] = &[
        ViewColumn::<Self>::text("Type", "metadata type of the file", |it| it.ty.cell()).always(),
        ViewColumn::<Self>::text("Owner", "fullName of the component", |it| it.owner.as_str().cell()).always(),
        ViewColumn::<Self>::text("Path", "path of the file below the root", |it| it.path.as_str().cell()).always(),
        ViewColumn::<Self>::text(
            "Secret",
            "its name: of the label, the field, the header or the variable; its place is the value, which is in no \
             column",
            |it| Cell::at(text(&it.name), it.place),
        )
        .always(),
        ViewColumn::<Self>::text(
            "FirstHeld",
            "type, folder and name; its place is the first equal value under that name in a file of this type and folder",
            |it| Cell::at(text(&it.first.0), it.first.1),
        )
        .always(),
        ViewColumn::<Self>::text(
            "Holder",
            "`custom label`, `custom metadata`, `flow`, `default value`, `header`, `parameter`, `URL` or `code`",
            |it| it.holder.cell(),
        )
        .always(),
        ViewColumn::<Self>::bool(
            "IsByShape",
            "its format shows it, such as a provider's prefix, not only its name",
            |it| (it.reason != SecretReason::ByName).cell(),
        )
        .always(),
        ViewColumn::<Self>::bool(
            "IsAccessToken",
            "its format shows a session id (`00D...!...`) or an access token, which expires",
            |it| (it.reason == SecretReason::AccessToken).cell(),
        )
        .always(),
        ViewColumn::<Self>::bool("IsSignedToken", "it is a signed token (a JWT)", |it| {
            matches!(it.reason, SecretReason::SignedToken(_)).cell()
        })
        .always(),
        ViewColumn::<Self>::date(
            "ExpiresOn",
            "the day on which a signed token expires, in UTC; null if it names none",
            |it| it.expires_on.clone().cell(),
        ),
        ViewColumn::<Self>::int("DaysLeft", "days from the day of the run to that day; negative after it", |it| {
            it.days_left.cell()
        }),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(url: &str) -> Vec<&str> {
        secrets_of_url(url).map(|(name, _)| name).collect()
    }

    #[test]
    fn an_encoded_placeholder_in_a_url_is_no_secret() {
        for value in
            ["%7Btoken%7D", "%24%7bCLIENT_SECRET%7d", "%7B%7BERP_SECRET%7D%7D", "%3Csecret1%3E", "two%20words1"]
        {
            assert_eq!(names(&format!("https://a.example.com/?client_secret={value}")), [""; 0], "{value}");
        }
        for value in ["Kj8s2Lq0%2BZx9vB3n7%3D", "100%Kj8s2Lq0Zx9v", "%ffKj8s2Lq0Zx9v"] {
            assert_eq!(names(&format!("https://a.example.com/?client_secret={value}")), ["client_secret"], "{value}");
        }
    }

    #[test]
    fn a_password_before_the_host_is_a_secret() {
        for url in ["https://loom:Kj8s2Lq0Zx9v@a.example.com/in", "ftp://a%40b.example:Kj8s2%4090Zx9v@a.example.com"] {
            assert_eq!(names(url), ["password"], "{url}");
        }
        for url in [
            "https://loom@a.example.com/in",
            "https://a.example.com:8443/in?mail=b:Kj8s2Lq0Zx9v@c.example.com",
            "https://loom:%7Bpassword1%7D@a.example.com",
            "https://loom:{!$Credential.Password}@a.example.com",
            "https://user:password@a.example.com",
            "callout:Loom/a:Kj8s2Lq0Zx9v@b",
        ] {
            assert_eq!(names(url), [""; 0], "{url}");
        }
    }

    #[test]
    fn a_url_without_end_has_no_secrets() {
        let many = |count: usize| "&client_secret=Kj8s2Lq0Zx9vB3n7Wm4T".repeat(count);
        assert_eq!(names(&many(100)).len(), 100);
        assert_eq!(names(&many(200)), [""; 0]);
    }
}
