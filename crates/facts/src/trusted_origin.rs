//! Origins that the org trusts: hosts that its pages may load from or call, and hosts whose pages may call it.
//!
//! Knows how far a wildcard reaches, by the public suffix list: below some domains anybody gets a host. It cannot know
//! whom a host belongs to, nor whether the org needs it.

use super::column::{IntoCell, ViewColumn};
use super::host::is_salesforce;
use super::schema_check::is_filled_in;
use super::table::{Declaration, Declared};
use super::{raw, text};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Cell;
use sessionlint_source::Place;

type OriginColumn = ViewColumn<TrustedOrigin>;

/// What a trusted site may be used for: its elements and the words for that (Metadata API Developer Guide,
/// `CspTrustedSite`).
const USES: &[(&str, &str)] = &[
    ("isApplicableToConnectSrc", "connect"),
    ("isApplicableToFrameSrc", "frame"),
    ("isApplicableToStyleSrc", "style"),
    ("isApplicableToFontSrc", "font"),
    ("isApplicableToImgSrc", "img"),
    ("isApplicableToMediaSrc", "media"),
];

/// How many hosts an origin covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Every host, or all under a top-level domain.
    Any,
    /// Hosts under a domain below which anybody can get one.
    Shared,
    /// Hosts under a domain that one owner has.
    Subdomains,
    /// One host.
    Host,
}

impl Reach {
    fn as_str(self) -> &'static str {
        match self {
            Reach::Any => "any",
            Reach::Shared => "shared",
            Reach::Subdomains => "subdomains",
            Reach::Host => "host",
        }
    }
}

/// An origin that a file trusts.
#[derive(Debug)]
pub(super) struct TrustedOrigin {
    subject: u32,
    ty: &'static str,
    name: String,
    origin: String,
    place: Place,
    reach: Reach,
    is_active: bool,
    uses: Vec<std::borrow::Cow<'static, str>>,
}

/// Every origin that a file trusts. A text that a deployment fills in has no row.
pub(super) fn origin_facts(project: &Project) -> Vec<TrustedOrigin> {
    let of_type = |ty: &'static str, path: &'static str| {
        project.of_type(ty).filter_map(move |(subject, component)| facts(subject, component, ty, path))
    };
    of_type("CspTrustedSite", "endpointUrl").chain(of_type("CorsWhitelistOrigin", "urlPattern")).collect()
}

fn facts(subject: u32, component: &Component, ty: &'static str, path: &str) -> Option<TrustedOrigin> {
    let origin = component.text(path).filter(|origin| !is_filled_in(origin))?;
    let flag = |path: &str| component.text(path).and_then(raw::parse_bool);
    let uses = USES.iter().filter(|(element, _)| flag(element) == Some(true)).map(|(_, word)| (*word).into());
    Some(TrustedOrigin {
        subject,
        ty,
        name: component.name.clone(),
        reach: reach(origin),
        origin: origin.to_owned(),
        place: component.place(path),
        is_active: flag("isActive") != Some(false),
        uses: uses.collect(),
    })
}

/// How far an origin reaches, judged by what follows its last wildcard.
fn reach(origin: &str) -> Reach {
    let after_scheme = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((_, domain)) = authority.rsplit_once('*') else { return Reach::Host };
    // A star for the port does not widen the host.
    if domain.is_empty() && authority.contains(":*") {
        return reach(authority.trim_end_matches(":*"));
    }
    let domain = domain.split(':').next().unwrap_or_default().trim_start_matches('.').to_ascii_lowercase();
    let suffix = psl::suffix(domain.as_bytes());
    let is_suffix = suffix.is_some_and(|suffix| suffix.as_bytes() == domain.as_bytes());
    if domain.is_empty() || (is_suffix && suffix.is_some_and(|suffix| suffix.typ() != Some(psl::Type::Private))) {
        Reach::Any
    } else if is_suffix || is_salesforce(&domain) {
        Reach::Shared
    } else {
        Reach::Subdomains
    }
}

impl Declared for TrustedOrigin {
    const TABLE: Declaration<Self> = Declaration::new(|| TRUSTED_ORIGIN, |facts| origin_facts(facts.project))
        .key(|it| &it.name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per origin.
const TRUSTED_ORIGIN: &[OriginColumn] = &[
    OriginColumn::text("Type", "`CspTrustedSite` or `CorsWhitelistOrigin`", |it| it.ty.cell()).always(),
    OriginColumn::text("Name", "fullName of the component", |it| it.name.as_str().cell()).always(),
    OriginColumn::text("Origin", "the origin, as written", |it| Cell::at(text(&it.origin), it.place)).always(),
    OriginColumn::text(
        "Reach",
        "`any` (every host, or all of a top-level domain), `shared` (under a domain where anybody can register a \
         host), `subdomains` (under a private domain) or `host`",
        |it| it.reach.as_str().cell(),
    )
    .always(),
    OriginColumn::bool("IsActive", "it is not switched off", |it| it.is_active.cell()).always(),
    OriginColumn::list(
        "Uses",
        "allowed uses of a trusted site: `connect`, `frame`, `style`, `font`, `img`, `media`",
        |it| it.uses.as_slice().cell(),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_reaches_as_far_as_what_follows_it_lets_strangers_in() {
        for (origin, expected) in [
            ("*", Reach::Any),
            ("https://*", Reach::Any),
            ("https://*.com", Reach::Any),
            ("https://*.co.uk", Reach::Any),
            ("https://*.cloudfront.net", Reach::Shared),
            ("https://*.HerokuApp.com:443/", Reach::Shared),
            ("https://*.force.com", Reach::Shared),
            ("https://*.my.salesforce.com", Reach::Shared),
            ("https://*.example.com", Reach::Subdomains),
            ("*.cdn.example.co.uk", Reach::Subdomains),
            ("wss://*.chat.example.com/socket", Reach::Subdomains),
            ("https://www.example.com", Reach::Host),
            ("https://www.example.com:*", Reach::Host),
            ("https://*.example.com:*", Reach::Subdomains),
            ("https://example.com/*", Reach::Host),
            ("chrome-extension://abdkkegmcbiomijcbdaodaflgehfffed", Reach::Host),
        ] {
            assert_eq!(reach(origin), expected, "{origin}");
        }
    }
}
