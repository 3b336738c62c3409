//! Addresses of integrations against allowed ranges: each configured address with each range that may block it, and the
//! ranges that only seem to allow it.
//!
//! A server's address is in the configuration only; without it there is nothing to compare. Refuses to know from which
//! address a call really comes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::Facts;
use crate::column::{Fact, IntoCell, ViewColumn};
use crate::masking::hide;
use crate::network::{Addresses, IpRangeSet, Range, Use};
use crate::oauth::{OAuthApp, Renewal, ip_relaxation};
use crate::session::Profile;
use crate::table::{Declaration, Declared};
use sessionlint_project::metadata::{Egress, Project};
use sessionlint_soql::{Cell, Cells, PreparedFilter, Row, Value};
use sessionlint_source::Place;
use sessionlint_source::steps;

type CoverageColumn = ViewColumn<EgressCoverage>;
type TrustColumn = ViewColumn<UnadmittedTrust>;

/// An owner of ranges that admits only some addresses, with the result for each configured one. Its rows, one per
/// address, are made on demand.
#[derive(Debug)]
pub(crate) struct EgressCoverage {
    kind: &'static str,
    app: Option<String>,
    profile: Option<String>,
    is_integration: bool,
    /// Whether it is certain or nearly certain that the integration's user has the profile.
    is_own_profile: bool,
    relaxation: Option<&'static str>,
    renewal: Option<Renewal>,
    obstacle: Fact<String>,
    range: Fact<String>,
    results: Arc<AddressResults>,
}

/// The admitted configured addresses, by their numbers. Apps of the same profiles share it.
#[derive(Debug, Default)]
struct AddressResults {
    held: Vec<usize>,
    left_out: Vec<usize>,
    /// Unknown.
    rotating: Vec<usize>,
}

impl AddressResults {
    fn of(egress: &[Egress], holds: impl Fn(Egress) -> Option<bool>) -> Arc<Self> {
        let mut results = Self::default();
        for (index, egress) in egress.iter().enumerate() {
            steps::count(1);
            match holds(*egress) {
                Some(true) => results.held.push(index),
                Some(false) => results.left_out.push(index),
                None => results.rotating.push(index),
            }
        }
        Arc::new(results)
    }

    /// The addresses by their result; those of one kind differ only in the address.
    fn kinds(&self) -> [(Option<bool>, &[usize]); 3] {
        [(Some(true), &self.held), (Some(false), &self.left_out), (None, &self.rotating)]
    }

    /// Whether another address is admitted.
    fn others(&self, covered: Option<bool>) -> bool {
        self.held.len() > usize::from(covered == Some(true))
    }
}

/// One configured address, and whether it is admitted.
#[derive(Clone, Copy)]
struct Address {
    egress: Egress,
    covered: Option<bool>,
}

/// The addresses that one owner admits, and its description.
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
    profiles: &[Profile],
    apps: &[OAuthApp],
    sets: &[IpRangeSet],
) -> Vec<EgressCoverage> {
    if egress.is_empty() {
        return Vec::new();
    }
    let restricting: Vec<(&Profile, Gate)> = profiles
        .iter()
        .filter(|profile| profile.restricting_range.is_some() && !profile.is_run_by_salesforce)
        .filter_map(|profile| Some((profile, gate(&profile.ranges)?)))
        .collect();
    let mut gates = Gates::of(egress, &restricting);
    let mut all: Vec<EgressCoverage> = apps.iter().filter_map(|app| of_app(app, &mut gates)).collect();
    for (index, (profile, gate)) in restricting.iter().enumerate().filter(|(_, (profile, _))| profile.is_integration) {
        all.push(EgressCoverage {
            profile: Some(profile.label.clone()),
            obstacle: gate.range.clone(),
            is_own_profile: true,
            ..bare("profile", gate, gates.results(vec![index]))
        });
    }
    for set in sets.iter().filter(|set| set.usage == Use::Token) {
        let Some(gate) = gate(&set.ranges) else { continue };
        let results = AddressResults::of(egress, |egress| gate.addresses.hold(egress));
        all.push(EgressCoverage {
            app: Some(set.owner_name.clone()),
            obstacle: gate.range.clone(),
            ..bare("token", &gate, results)
        });
    }
    all
}

/// The profiles with ranges, and the results for sets of them that were requested together.
struct Gates<'p> {
    egress: &'p [Egress],
    restricting: &'p [(&'p Profile, Gate)],
    by_key: HashMap<&'p str, Vec<usize>>,
    /// The profiles that count for an app that any user may use.
    of_anybody: Vec<usize>,
    known: HashMap<Vec<usize>, Arc<AddressResults>>,
}

impl<'p> Gates<'p> {
    fn of(egress: &'p [Egress], restricting: &'p [(&'p Profile, Gate)]) -> Self {
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (profile, _)) in restricting.iter().enumerate() {
            by_key.entry(profile.key.as_str()).or_default().push(index);
        }
        let of_anybody = relevant_users(restricting, (0..restricting.len()).collect());
        Self { egress, restricting, by_key, of_anybody, known: HashMap::new() }
    }

    /// The profiles that count for an app.
    fn of_app(&self, app: &OAuthApp) -> Vec<usize> {
        if !app.names_its_profiles() {
            return self.of_anybody.clone();
        }
        let named = app.profile_keys().iter().filter_map(|key| self.by_key.get(key.as_str()));
        let mut users: Vec<usize> = named.flatten().copied().collect();
        users.sort_unstable();
        users.dedup();
        relevant_users(self.restricting, users)
    }

    /// The addresses that some of these profiles admit.
    fn results(&mut self, users: Vec<usize>) -> Arc<AddressResults> {
        let restricting = self.restricting;
        let egress = self.egress;
        let find = |users: &[usize]| {
            let holds = |egress: Egress| {
                let mut held = Some(false);
                for index in users {
                    steps::count(1);
                    match restricting[*index].1.addresses.hold(egress) {
                        Some(false) => {}
                        other => {
                            held = other;
                            break;
                        }
                    }
                }
                held
            };
            AddressResults::of(egress, holds)
        };
        match self.known.entry(users) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(unknown) => {
                let results = find(unknown.key());
                Arc::clone(unknown.insert(results))
            }
        }
    }
}

/// An integration's own profile is more likely, so that other profiles count only if there is none.
fn relevant_users(restricting: &[(&Profile, Gate)], users: Vec<usize>) -> Vec<usize> {
    let own: Vec<usize> = users.iter().copied().filter(|index| restricting[*index].0.is_integration).collect();
    if own.is_empty() { users } else { own }
}

/// Only the range is known.
fn bare(kind: &'static str, gate: &Gate, results: Arc<AddressResults>) -> EgressCoverage {
    EgressCoverage {
        kind,
        app: None,
        profile: None,
        is_integration: true,
        is_own_profile: false,
        relaxation: None,
        renewal: None,
        obstacle: Fact::default(),
        range: gate.range.clone(),
        results,
    }
}

/// An app that obeys ranges, against the profiles that may use it and have some.
fn of_app(app: &OAuthApp, gates: &mut Gates<'_>) -> Option<EgressCoverage> {
    let relaxation = app.written.ip_relaxation.value.as_deref().map(|written| ip_relaxation(app.kind, written));
    let is_jwt = app.renewal == Some(Renewal::Jwt);
    if !is_jwt && relaxation != Some("enforce") {
        return None;
    }
    let users = gates.of_app(app);
    let (profile, gate) = &gates.restricting[*users.first()?];
    Some(EgressCoverage {
        app: Some(app.written.label.clone()),
        profile: Some(profile.label.clone()),
        is_integration: app.verdict.tier.is_integration(),
        is_own_profile: profile.is_integration || app.names_its_profiles(),
        relaxation,
        renewal: app.renewal,
        obstacle: if is_jwt { gate.range.clone() } else { app.written.ip_relaxation.clone() },
        ..bare("app", gate, gates.results(users))
    })
}

/// An address as written for display.
fn words(egress: Egress) -> String {
    match egress {
        Egress::Rotating => "rotating".to_owned(),
        Egress::V4(first, last) if first == last => first.to_string(),
        Egress::V6(first, last) if first == last => first.to_string(),
        Egress::V4(first, last) => format!("{first}-{last}"),
        Egress::V6(first, last) => format!("{first}-{last}"),
    }
}

impl EgressCoverage {
    /// Whether the app signs in by JWT.
    fn is_jwt(&self) -> bool {
        self.renewal == Some(Renewal::Jwt)
    }

    /// The name of the row across renames of files.
    pub(crate) fn key(&self) -> &str {
        self.app.as_deref().or(self.profile.as_deref()).unwrap_or_default()
    }
}

/// The columns of a row that depend on its address.
const EGRESS: usize = 1;
const IS_ROTATING: usize = 2;
const COVERED: usize = 7;
const OTHERS_COVERED: usize = 8;

impl EgressCoverage {
    /// The cell of a row.
    fn cell(&self, address: Address, column: usize) -> Cell<'_> {
        match column {
            EGRESS => words(address.egress).cell(),
            IS_ROTATING => (address.egress == Egress::Rotating).cell(),
            COVERED => address.covered.cell(),
            OTHERS_COVERED => self.results.others(address.covered).cell(),
            _ => EGRESS_COVERAGE.get(column).map(|column| column.cell(self)).unwrap_or_default(),
        }
    }
}

/// A row whose cells are computed when a condition reads them.
struct LazyRow<'c> {
    project: &'c Project,
    coverage: &'c EgressCoverage,
    address: Address,
    /// Whether the condition read the address itself.
    is_of_one: &'c std::cell::Cell<bool>,
}

impl Cells for LazyRow<'_> {
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T {
        steps::count(1);
        if column == EGRESS {
            self.is_of_one.set(true);
        }
        let mut cell = self.coverage.cell(self.address, column);
        let name = EGRESS_COVERAGE.get(column).map_or("", |column| column.name());
        hide(self.project, name, false, &mut cell);
        with_value(&cell.value)
    }
}

/// The rows for which `filter` holds. It is evaluated once for all addresses that are equal in the columns that it
/// reads.
fn matching<'f>(facts: &'f Facts<'f>, filter: Option<&PreparedFilter<'_>>) -> Vec<Row<'f>> {
    let (project, egress) = (facts.project, &facts.project.inputs.egress);
    let mut rows = Vec::new();
    for coverage in facts.all::<EgressCoverage>() {
        let mut found: Vec<(usize, Option<bool>)> = Vec::new();
        for (covered, indexes) in coverage.results.kinds() {
            let mut shared: Option<bool> = None;
            for index in indexes {
                let address = Address { egress: egress[*index], covered };
                let holds = shared.unwrap_or_else(|| {
                    let Some(filter) = filter else { return true };
                    let is_of_one = std::cell::Cell::new(false);
                    let holds = filter.matches(&LazyRow { project, coverage, address, is_of_one: &is_of_one });
                    shared = (!is_of_one.get()).then_some(holds);
                    holds
                });
                if holds {
                    found.push((*index, covered));
                } else if shared == Some(false) {
                    break;
                }
            }
        }
        found.sort_unstable_by_key(|(index, _)| *index);
        rows.extend(found.into_iter().map(|(index, covered)| {
            let address = Address { egress: egress[index], covered };
            let cells = (0..EGRESS_COVERAGE.len()).map(|column| coverage.cell(address, column)).collect();
            Row { cells, subject: None, key: Cow::Borrowed(coverage.key()) }
        }));
    }
    for row in &mut rows {
        row.cells.iter_mut().zip(EGRESS_COVERAGE).for_each(|(cell, column)| hide(project, column.name(), false, cell));
    }
    rows
}

impl Declared for EgressCoverage {
    const TABLE: Declaration<Self> = Declaration::new(
        || EGRESS_COVERAGE,
        |facts| coverage(&facts.project.inputs.egress, facts.all(), facts.all(), facts.all()),
    )
    .rows(|facts| matching(facts, None))
    .matching(matching);
}

/// One row per configured address and app, integration profile or token list that it must pass. The cells of the
/// columns that depend on the address are made by [`EgressCoverage::cell`].
const EGRESS_COVERAGE: &[CoverageColumn] = &[
    CoverageColumn::text(
        "Kind",
        "`app` (it enforces the ranges of a profile that may use it), `profile` (an integration profile has ranges) or `token` (an external client app has a token allowlist)",
        |it| it.kind.cell(),
    )
    .always(),
    CoverageColumn::text("Egress", "the configured address", |_| Cell::default()).always(),
    CoverageColumn::bool("IsRotating", "the address rotates", |_| Cell::default()).always(),
    CoverageColumn::text("App", "label of the app", |it| it.app.as_deref().cell()),
    CoverageColumn::text("Profile", "the profile whose ranges apply", |it| it.profile.as_deref().cell()),
    CoverageColumn::bool("IsIntegration", "the app is an integration, as in `OAuthApp`; true for the other kinds", |it| {
        it.is_integration.cell()
    })
    .always(),
    CoverageColumn::text(
        "ProfileConfidence",
        "`high` for an integration profile or one named by the app, else `medium`: anybody may use the app",
        |it| (if it.is_own_profile { "high" } else { "medium" }).cell(),
    )
    .always(),
    CoverageColumn::bool("Covered", "the ranges include the address; null for a rotating one", |_| Cell::default()),
    CoverageColumn::bool("OthersCovered", "the ranges include another configured address", |_| Cell::default())
    .always(),
    CoverageColumn::text("Relaxation", "the app's IP relaxation, as `IpRelaxationKind` of `OAuthApp`", |it| {
        it.relaxation.cell()
    }),
    CoverageColumn::bool("IsJwt", "the app logs in by JWT, which always enforces the ranges", |it| it.is_jwt().cell())
        .always(),
    CoverageColumn::text("Renewal", "how the app renews, as in `OAuthApp`", |it| it.renewal.map(Renewal::as_str).cell()),
    CoverageColumn::text(
        "Obstacle",
        "what blocks the address, as written: the app's IP relaxation, or the first range if only that counts",
        |it| it.obstacle.as_cell(),
    ),
    CoverageColumn::text("Range", "the first range", |it| it.range.as_cell()),
];

/// An integration's own profile, and trusted ranges of the org that it does not admit.
#[derive(Debug)]
pub(crate) struct UnadmittedTrust {
    profiles: Vec<String>,
    profile_range: Fact<String>,
    trusted_range: Fact<String>,
    outside: i64,
    is_egress: bool,
}

/// The integration profiles with ranges of their own that admit no address of some trusted range of the org.
pub(crate) fn trust(egress: &[Egress], profiles: &[Profile], sets: &[IpRangeSet]) -> Vec<UnadmittedTrust> {
    let trusted: Vec<&Range> =
        sets.iter().filter(|set| set.usage == Use::Trusted).flat_map(|set| &set.ranges).collect();
    let own = profiles.iter().filter(|profile| profile.is_integration && profile.restricting_range.is_some());
    let calling: Vec<&Range> = trusted.iter().copied().filter(|range| is_called_from(egress, range)).collect();
    let mut found: Vec<UnadmittedTrust> = Vec::new();
    let mut by_place: HashMap<Place, usize> = HashMap::new();
    for profile in own {
        let Some(gate) = gate(&profile.ranges) else { continue };
        let Some((shown, is_egress)) = left_out(&gate, &trusted, &calling) else { continue };
        // Several profiles that leave out the same range are one matter; only the first has a row for all of them.
        match by_place.entry(shown.place) {
            Entry::Occupied(other) => found[*other.get()].profiles.push(profile.label.clone()),
            Entry::Vacant(place) => {
                place.insert(found.len());
                let outside = trusted.iter().filter(|range| is_outside(&gate, range)).count();
                found.push(UnadmittedTrust {
                    profiles: vec![profile.label.clone()],
                    profile_range: gate.range.clone(),
                    trusted_range: Fact::known(shown.words(), shown.place),
                    outside: i64::try_from(outside).unwrap_or(i64::MAX),
                    is_egress,
                });
            }
        }
    }
    found
}

/// Whether an integration calls from addresses that are all in a range.
fn is_called_from(egress: &[Egress], range: &Range) -> bool {
    let addresses = Addresses::of([range]);
    egress.iter().any(|egress| addresses.hold(*egress) == Some(true))
}

/// The first trusted range from which a profile admits no address, preferably one from which an integration calls, and
/// whether it is one of those.
fn left_out<'r>(gate: &Gate, trusted: &[&'r Range], calling: &[&'r Range]) -> Option<(&'r Range, bool)> {
    let first = |ranges: &[&'r Range]| ranges.iter().copied().find(|range| is_outside(gate, range));
    first(calling).map(|range| (range, true)).or_else(|| first(trusted).map(|range| (range, false)))
}

/// Whether a profile admits no address of a range.
fn is_outside(gate: &Gate, range: &Range) -> bool {
    steps::count(1);
    range.interval().is_some() && !gate.addresses.meet(range)
}

impl Declared for UnadmittedTrust {
    const TABLE: Declaration<Self> =
        Declaration::new(|| UNADMITTED_TRUST, |facts| trust(&facts.project.inputs.egress, facts.all(), facts.all()))
            .key(|it| it.trusted_range.value.as_deref().unwrap_or_default());
}

/// One row per trusted range that stands for those that an integration's own profile leaves out.
const UNADMITTED_TRUST: &[TrustColumn] = &[
    TrustColumn::text("Profiles", "integration profiles whose login IP ranges exclude it", |it| {
        it.profiles.join(", ").cell()
    })
    .always(),
    TrustColumn::text("ProfileRange", "the first login IP range of the first of these profiles", |it| {
        it.profile_range.as_cell()
    }),
    TrustColumn::text("TrustedRange", "a trusted range of the org that the profile excludes", |it| {
        it.trusted_range.as_cell()
    }),
    TrustColumn::int("TrustedRanges", "number of trusted ranges that the profile excludes", |it| it.outside.cell())
        .always(),
    TrustColumn::bool("IsEgress", "the configured egress is in that range", |it| it.is_egress.cell()).always(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_addresses_are_where_they_are_made() {
        let names = [EGRESS, IS_ROTATING, COVERED, OTHERS_COVERED].map(|index| EGRESS_COVERAGE[index].column().name);
        assert_eq!(names, ["Egress", "IsRotating", "Covered", "OthersCovered"]);
    }
}
