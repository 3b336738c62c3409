//! Origins that the org trusts: hosts that its pages may load from or call, and hosts whose pages may call it.
//!
//! Knows how far a wildcard reaches, by the public suffix list: below some domains anyone can get a host. Refuses to
//! know who owns a host, and whether the org needs it.

use std::sync::OnceLock;

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
    /// Hosts under a domain below which anyone can get one.
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
    match suffix(&domain) {
        Some(Suffix::Registry) => Reach::Any,
        _ if domain.is_empty() => Reach::Any,
        Some(Suffix::Private) => Reach::Shared,
        None if is_salesforce(&domain) => Reach::Shared,
        None => Reach::Subdomains,
    }
}

/// Whose suffix a domain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suffix {
    /// That of a registry.
    Registry,
    /// The suffix of a company that gives names below it to anyone.
    Private,
}

/// The rules of the public suffix list, sorted: of registries and of companies.
fn rules() -> &'static [Vec<&'static str>; 2] {
    static RULES: OnceLock<[Vec<&'static str>; 2]> = OnceLock::new();
    RULES.get_or_init(|| {
        let mut parts = [Vec::new(), Vec::new()];
        let mut part = 0;
        for line in sessionlint_rules::public_suffixes().lines() {
            match line.strip_prefix("//") {
                None => parts[part].push(line),
                Some(" ===BEGIN PRIVATE DOMAINS===") => part = 1,
                Some(_) => {}
            }
        }
        parts
    })
}

/// Whose public suffix a domain in lower case is; `None` where it is none.
fn suffix(domain: &str) -> Option<Suffix> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let above = domain.split_once('.').map(|(_, above)| above);
    let is_in = |rules: &[&str]| {
        let has = |rule: &str| rules.binary_search(&rule).is_ok();
        has(domain) || above.is_some_and(|above| has(&format!("*.{above}"))) && !has(&format!("!{domain}"))
    };
    let [registries, private] = rules();
    // What the list does not name is a top-level domain all the same.
    if is_in(registries) || above.is_none() && !domain.is_empty() && !is_in(private) {
        Some(Suffix::Registry)
    } else if is_in(private) {
        Some(Suffix::Private)
    } else {
        None
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
    fn a_domain_is_the_suffix_that_psl_takes_it_for() {
        let expected = |domain: &str| {
            let suffix = psl::suffix(domain.as_bytes()).filter(|suffix| suffix.as_bytes() == domain.as_bytes())?;
            Some(if suffix.typ() == Some(psl::Type::Private) { Suffix::Private } else { Suffix::Registry })
        };
        for rule in rules().iter().flatten() {
            let name = rule.trim_start_matches(['!', '*', '.']);
            let mut all: Vec<String> =
                ["", "a.", "www.", "b.a.", ".", "!", "city."].map(|lead| lead.to_owned() + name).into();
            all.extend(["x", ".", "..", ".unheard"].map(|end| name.to_owned() + end));
            all.extend(name.match_indices('.').map(|(dot, _)| name[dot + 1..].to_owned()));
            for domain in all.iter().filter(|domain| !domain.starts_with('.')) {
                if suffix(domain) == expected(domain) {
                    continue;
                }
                // psl 2.1.247 forgets that a name stands for itself where the list goes on below it: `ex.futurecms.at` is
                // a suffix by `*.futurecms.at`, though there is `*.ex.futurecms.at`.
                let below = format!(".{}", domain.trim_end_matches('.'));
                let goes_on = rules().iter().flatten().any(|rule| rule.ends_with(&below));
                assert!(goes_on && expected(domain).is_none(), "{domain}: {:?}", expected(domain));
            }
        }
        assert_eq!(["", "unheard-of", "a\ncom"].map(suffix), [None, Some(Suffix::Registry), Some(Suffix::Registry)]);
        assert!(rules().iter().all(|rules| rules.len() > 1000 && rules.is_sorted()));
    }

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
