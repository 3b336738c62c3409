//! Who calls from where, against who is let in: each configured address of an integration's server beside each range
//! that stands in its way, and the ranges that people take for an admission.
//!
//! Where a server calls from is said by the configuration alone; without it there is nothing to compare.

use super::ranges::{RangeSet, Use};
use super::{Addresses, Range};
use crate::column::{Fact, IntoCell, ViewColumn};
use crate::oauth::{AppFacts, Renewal, ip_relaxation};
use crate::session::ProfileFacts;
use sessionlint_project::metadata::Egress;

type CoverageColumn = ViewColumn<Coverage>;
type TrustColumn = ViewColumn<Trust>;

/// A configured address, and one thing that lets only some addresses in.
#[derive(Debug)]
pub(crate) struct Coverage {
    kind: &'static str,
    egress: Egress,
    app: Option<String>,
    profile: Option<String>,
    is_integration: bool,
    /// Whether it is known that the integration's user has the profile, or nearly.
    is_own_profile: bool,
    covered: Option<bool>,
    others_covered: bool,
    relaxation: Option<&'static str>,
    renewal: Option<Renewal>,
    obstacle: Fact<String>,
    range: Fact<String>,
}

/// The addresses that one thing lets in, and the words for it.
struct Gate {
    addresses: Addresses,
    range: Fact<String>,
}

fn gate(ranges: &[Range]) -> Option<Gate> {
    let first = ranges.iter().find(|range| range.interval().is_some())?;
    Some(Gate { addresses: Addresses::of(ranges), range: Fact::known(first.words(), first.place) })
}

/// Each configured address against each app, each of the customer's integration profiles and each token list that
/// it must pass.
pub(crate) fn coverage(
    egress: &[Egress],
    profiles: &[ProfileFacts],
    apps: &[AppFacts],
    sets: &[RangeSet],
) -> Vec<Coverage> {
    if egress.is_empty() {
        return Vec::new();
    }
    let restricting: Vec<(&ProfileFacts, Gate)> = profiles
        .iter()
        .filter(|profile| profile.restricting_range.is_some() && !profile.is_run_by_salesforce)
        .filter_map(|profile| Some((profile, gate(&profile.ranges)?)))
        .collect();
    let mut rows = Vec::new();
    for app in apps {
        rows.extend(of_app(egress, app, &restricting));
    }
    for (profile, gate) in restricting.iter().filter(|(profile, _)| profile.is_integration) {
        let row = |egress: &Egress| Coverage {
            profile: Some(profile.label.clone()),
            obstacle: gate.range.clone(),
            is_own_profile: true,
            ..bare("profile", *egress, gate)
        };
        rows.extend(judged(egress, |egress| gate.addresses.hold(egress), row));
    }
    for set in sets.iter().filter(|set| set.usage == Use::Token) {
        let Some(gate) = gate(&set.ranges) else { continue };
        let row = |egress: &Egress| Coverage {
            app: Some(set.owner_name.clone()),
            obstacle: gate.range.clone(),
            ..bare("token", *egress, &gate)
        };
        rows.extend(judged(egress, |egress| gate.addresses.hold(egress), row));
    }
    rows
}

/// A row of which only the address and the range are known.
fn bare(kind: &'static str, egress: Egress, gate: &Gate) -> Coverage {
    Coverage {
        kind,
        egress,
        app: None,
        profile: None,
        is_integration: true,
        is_own_profile: false,
        covered: None,
        others_covered: false,
        relaxation: None,
        renewal: None,
        obstacle: Fact::default(),
        range: gate.range.clone(),
    }
}

/// The rows of all addresses, with whether each is let in and whether another one is.
fn judged(
    egress: &[Egress],
    holds: impl Fn(Egress) -> Option<bool>,
    row: impl Fn(&Egress) -> Coverage,
) -> Vec<Coverage> {
    let verdicts: Vec<Option<bool>> = egress.iter().map(|egress| holds(*egress)).collect();
    let held = verdicts.iter().filter(|held| **held == Some(true)).count();
    let others = |index: usize| held > usize::from(verdicts[index] == Some(true));
    egress
        .iter()
        .enumerate()
        .map(|(index, egress)| Coverage { covered: verdicts[index], others_covered: others(index), ..row(egress) })
        .collect()
}

/// The rows of an app that obeys ranges, against the profiles that may use it and have some.
fn of_app(egress: &[Egress], app: &AppFacts, restricting: &[(&ProfileFacts, Gate)]) -> Vec<Coverage> {
    let relaxation = app.written.ip_relaxation.value.as_deref().map(|written| ip_relaxation(app.kind, written));
    let is_jwt = app.renewal == Some(Renewal::Jwt);
    if !is_jwt && relaxation != Some("enforce") {
        return Vec::new();
    }
    let users: Vec<&(&ProfileFacts, Gate)> =
        restricting.iter().filter(|(profile, _)| app.may_be_used_by(profile)).collect();
    // An integration's own profile is the likelier one, so that those of people count only where there is none.
    let own: Vec<_> = users.iter().copied().filter(|(profile, _)| profile.is_integration).collect();
    let meant = if own.is_empty() { users } else { own };
    let Some((profile, gate)) = meant.first() else { return Vec::new() };
    let row = |egress: &Egress| Coverage {
        app: Some(app.written.label.clone()),
        profile: Some(profile.label.clone()),
        is_integration: app.verdict.tier.is_integration(),
        is_own_profile: profile.is_integration || app.names_its_profiles(),
        relaxation,
        renewal: app.renewal,
        obstacle: if is_jwt { gate.range.clone() } else { app.written.ip_relaxation.clone() },
        ..bare("app", *egress, gate)
    };
    let holds = |egress: Egress| {
        let verdicts: Option<Vec<bool>> = meant.iter().map(|(_, gate)| gate.addresses.hold(egress)).collect();
        verdicts.map(|verdicts| verdicts.contains(&true))
    };
    judged(egress, holds, row)
}

/// An address as people write it.
fn words(egress: Egress) -> String {
    match egress {
        Egress::Rotating => "rotating".to_owned(),
        Egress::V4(first, last) if first == last => first.to_string(),
        Egress::V6(first, last) if first == last => first.to_string(),
        Egress::V4(first, last) => format!("{first}-{last}"),
        Egress::V6(first, last) => format!("{first}-{last}"),
    }
}

impl Coverage {
    /// Whether the app signs in by JWT.
    fn is_jwt(&self) -> bool {
        self.renewal == Some(Renewal::Jwt)
    }

    /// What the row is called across renames of files.
    pub(crate) fn key(&self) -> &str {
        self.app.as_deref().or(self.profile.as_deref()).unwrap_or_default()
    }
}

/// One row per configured address and app, integration profile or token list that it must pass.
pub(crate) const EGRESS_COVERAGE: &[CoverageColumn] = &[
    CoverageColumn::text(
        "Kind",
        "`app` (it obeys the ranges of a profile that may use it), `profile` (an integration's own has ranges) or `token` (an external client app lists addresses for its tokens)",
        |it| it.kind.cell(),
    )
    .always(),
    CoverageColumn::text("Egress", "the configured address", |it| words(it.egress).cell()).always(),
    CoverageColumn::bool("IsRotating", "nobody can say which address comes next", |it| (it.egress == Egress::Rotating).cell()).always(),
    CoverageColumn::text("App", "what people call the app", |it| it.app.as_deref().cell()),
    CoverageColumn::text("Profile", "the profile whose ranges hold", |it| it.profile.as_deref().cell()),
    CoverageColumn::bool("IsIntegration", "the app is an integration, as in `OAuthApp`; true for the other kinds", |it| {
        it.is_integration.cell()
    })
    .always(),
    CoverageColumn::text(
        "ProfileConfidence",
        "`high` where the profile is an integration's own or named by the app, else `medium`: anybody may use the app",
        |it| (if it.is_own_profile { "high" } else { "medium" }).cell(),
    )
    .always(),
    CoverageColumn::bool("Covered", "the ranges let the address in; null for rotating ones", |it| it.covered.cell()),
    CoverageColumn::bool("OthersCovered", "the ranges let another configured address in", |it| {
        it.others_covered.cell()
    })
    .always(),
    CoverageColumn::text("Relaxation", "the app's IP relaxation, as `IpRelaxationKind` of `OAuthApp`", |it| {
        it.relaxation.cell()
    }),
    CoverageColumn::bool("IsJwt", "the app signs in by JWT, which obeys the ranges always", |it| it.is_jwt().cell())
        .always(),
    CoverageColumn::text("Renewal", "how the app renews, as in `OAuthApp`", |it| it.renewal.map(Renewal::as_str).cell()),
    CoverageColumn::text(
        "Obstacle",
        "what stands in the way, as written: the app's IP relaxation, or the first range where only that counts",
        |it| it.obstacle.as_cell(),
    ),
    CoverageColumn::text("Range", "the first range", |it| it.range.as_cell()),
];

/// An integration's own profile, and trusted ranges of the org that it does not admit.
#[derive(Debug)]
pub(crate) struct Trust {
    profiles: Vec<String>,
    profile_range: Fact<String>,
    trusted_range: Fact<String>,
    outside: i64,
    is_egress: bool,
}

/// The integration profiles with ranges of their own that admit nobody from some trusted range of the org.
pub(crate) fn trust(egress: &[Egress], profiles: &[ProfileFacts], sets: &[RangeSet]) -> Vec<Trust> {
    let trusted: Vec<&Range> =
        sets.iter().filter(|set| set.usage == Use::Trusted).flat_map(|set| &set.ranges).collect();
    let own = profiles.iter().filter(|profile| profile.is_integration && profile.restricting_range.is_some());
    let mut found: Vec<Trust> = Vec::new();
    for profile in own {
        let Some(trust) = left_out(egress, profile, &trusted) else { continue };
        // Several profiles that leave out the same range are one thing to look at.
        match found.iter_mut().find(|other| other.trusted_range.place == trust.trusted_range.place) {
            Some(other) => other.profiles.extend(trust.profiles),
            None => found.push(trust),
        }
    }
    found
}

/// The trusted ranges from which `profile` admits nobody, those first from which an integration calls.
fn left_out(egress: &[Egress], profile: &ProfileFacts, trusted: &[&Range]) -> Option<Trust> {
    let gate = gate(&profile.ranges)?;
    let outside: Vec<&Range> =
        trusted.iter().copied().filter(|range| range.interval().is_some() && !gate.addresses.meet(range)).collect();
    let calls_from = |range: &&&Range| {
        let addresses = Addresses::of([**range]);
        egress.iter().any(|egress| addresses.hold(*egress) == Some(true))
    };
    let of_egress = outside.iter().find(calls_from);
    let shown = of_egress.or(outside.first())?;
    Some(Trust {
        profiles: vec![profile.label.clone()],
        profile_range: gate.range.clone(),
        trusted_range: Fact::known(shown.words(), shown.place),
        outside: i64::try_from(outside.len()).unwrap_or(i64::MAX),
        is_egress: of_egress.is_some(),
    })
}

impl Trust {
    /// What the row is called across renames of files.
    pub(crate) fn key(&self) -> &str {
        self.trusted_range.value.as_deref().unwrap_or_default()
    }
}

/// One row per trusted range that stands for those that an integration's own profile leaves out.
pub(crate) const UNADMITTED_TRUST: &[TrustColumn] = &[
    TrustColumn::text("Profiles", "integrations' own profiles with login ranges that leave it out", |it| {
        it.profiles.join(", ").cell()
    })
    .always(),
    TrustColumn::text("ProfileRange", "the first login range of the first of them", |it| it.profile_range.as_cell()),
    TrustColumn::text("TrustedRange", "a trusted range of the org from which the profile admits nobody", |it| {
        it.trusted_range.as_cell()
    }),
    TrustColumn::int("TrustedRanges", "how many trusted ranges that profile leaves out", |it| it.outside.cell())
        .always(),
    TrustColumn::bool("IsEgress", "an integration calls from that range, as the configuration says", |it| {
        it.is_egress.cell()
    })
    .always(),
];
