//! Session timeouts: the org's value, each profile's override, and which of them applies.
//!
//! Salesforce documents a chain (profile, else org; Help `platform.users_profiles_session`); common advice is that the
//! shortest wins. Both interpretations are kept, each with the deciding line. A value that the project does not contain
//! is unknown, never a default. Refuses to know apps and severities.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{Fact, IntoCell, ViewColumn};
use super::configured::ConfigGlobs;
use super::login_hours::{LoginHours, login_hours};
use super::network::{self, Range};
use super::profile_name::{ProfileNames, named_profile};
use super::table::{Declaration, Declared};
use super::user_permission::{grant_of, grants};
use super::{profile_name, raw, stated, text};
use sessionlint_project::metadata::{Component, Precedence, Project};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::Place;
use sessionlint_source::nearest::nearest;
use sessionlint_source::secrets::mask;

type ProfileColumn = ViewColumn<Profile>;
type SettingColumn = ViewColumn<ProfileSessionSetting>;
type SecurityColumn = ViewColumn<SecuritySettings>;
type TimeoutColumn = ViewColumn<TimeoutValue>;

/// Values of `SecuritySettings.sessionSettings.sessionTimeout` and their minutes.
pub(crate) const ORG_TIMEOUTS: &[(&str, i64)] = &[
    ("FifteenMinutes", 15),
    ("ThirtyMinutes", 30),
    ("SixtyMinutes", 60),
    ("NinetyMinutes", 90),
    ("TwoHours", 120),
    ("FourHours", 240),
    ("EightHours", 480),
    ("TwelveHours", 720),
    ("TwentyFourHours", 1440),
];

/// Values of `ProfileSessionSetting.sessionTimeout`, in minutes; 0 means two hours.
pub(crate) const PROFILE_TIMEOUTS: &[i64] = &[0, 15, 30, 60, 90, 120, 240, 480, 720, 1440];

/// The minutes that a stored 0 counts as (Metadata API Developer Guide, `ProfileSessionSetting`).
const ZERO_MEANS: i64 = 120;

/// The facts of the whole org. Unknown without Security settings or with a broken file.
#[derive(Clone, Debug, Default)]
pub struct OrgFacts {
    /// Minutes of inactivity.
    pub minutes: Fact<i64>,
    /// Whether an inactive session is ended in the browser.
    pub forced_logout: Fact<bool>,
    /// Whether there is no warning before.
    pub warning_disabled: Fact<bool>,
    /// Whether profile ranges are checked at every request.
    pub ranges_every_request: Fact<bool>,
    /// Whether a session ends where its address changes.
    pub locked_to_ip: Fact<bool>,
    /// Whether Lightning Out uses a session token instead of a cookie.
    pub lightning_out_token: Fact<bool>,
}

/// The facts of one profile.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, no state")]
pub struct Profile {
    /// Identity for joins.
    pub key: String,
    /// Its label.
    pub label: String,
    /// The same by the file alone that gives its fullName: the name of its rows across runs.
    pub(super) row_key: String,
    /// fullName: the stem of its file, or the name in the setting.
    pub full_name: String,
    /// Index of its Profile component.
    pub component: Option<u32>,
    /// The element that marks its row.
    pub place: Place,
    /// The licence.
    pub user_license: Fact<String>,
    /// `custom`, as written.
    pub is_custom: Fact<bool>,
    /// Minutes of its own override; 0 counted as 120. No place where it has none.
    pub own: Fact<i64>,
    /// Whether there is an override, valid or not.
    pub has_override: bool,
    /// Whether the override is stored as 0.
    pub stored_zero: bool,
    /// Minutes that apply, by the precedence of the run.
    pub effective: Fact<i64>,
    /// Minutes by the reading in which the shortest wins.
    pub shortest: Fact<i64>,
    /// `profile`, `org`, or nothing where it is unknown.
    pub decided_by: Option<&'static str>,
    /// The org's minutes.
    pub org: Fact<i64>,
    /// Login IP ranges of the profile.
    pub ranges: Vec<Range>,
    /// Where the ranges of the profile admit only some addresses.
    pub restricting_range: Option<Place>,
    /// Whether each of its ranges is valid; an invalid one may be intended to restrict.
    pub understands_ranges: bool,
    /// When its users may log in.
    pub login_hours: LoginHours,
    /// Whether an integration of the customer's logs in with the profile.
    pub is_integration: bool,
    /// Why.
    pub integration_reason: &'static str,
    /// Whether a service of Salesforce's own runs as it.
    pub is_run_by_salesforce: bool,
    /// Whether Salesforce ships it, as far as its name shows.
    pub is_standard: bool,
}

/// The minutes of an org value.
pub fn org_minutes(value: &str) -> Option<i64> {
    ORG_TIMEOUTS.iter().find(|(name, _)| *name == value).map(|(_, minutes)| *minutes)
}

/// The facts of the org.
pub(super) fn org_facts(project: &Project) -> OrgFacts {
    let flag = |path| stated::flag(project, "SecuritySettings", path);
    OrgFacts {
        minutes: stated::stated(project, "SecuritySettings", "sessionSettings.sessionTimeout", org_minutes),
        forced_logout: flag("sessionSettings.forceLogoutOnSessionTimeout"),
        warning_disabled: flag("sessionSettings.disableTimeoutWarning"),
        ranges_every_request: flag("sessionSettings.enforceIpRangesEveryRequest"),
        locked_to_ip: flag("sessionSettings.lockSessionsToIp"),
        lightning_out_token: flag("sessionSettings.sidToken3rdPartyAuraApp"),
    }
}

/// Whether the `<profile>` of a setting exists and is empty, as it remains of a deleted profile.
pub(super) fn is_orphan(component: &Component) -> bool {
    component.node("profile").is_some() && component.text("profile").is_none()
}

/// A number of minutes. The element is an `int`; that it has 32 bits, so that a larger number is none, is a guess.
fn minutes(text: &str) -> Option<i64> {
    text.parse::<i32>().ok().map(i64::from)
}

/// Minutes of an override as written, 0 counted as 120.
pub(super) fn override_minutes(component: &Component) -> Option<i64> {
    let minutes = minutes(component.text("sessionTimeout")?)?;
    match minutes {
        0 => Some(ZERO_MEANS),
        // A negative time has no known meaning.
        ..0 => None,
        _ => Some(minutes),
    }
}

/// Whether an override is stored as 0, which means two hours.
fn is_stored_zero(component: &Component) -> bool {
    component.text("sessionTimeout").and_then(minutes) == Some(0)
}

/// All profiles that the project names, by label.
pub(super) fn profile_facts(project: &Project, org: &OrgFacts, names: &ProfileNames) -> Vec<Profile> {
    let mut by_key: BTreeMap<String, ProfileSources<'_>> = BTreeMap::new();
    for (index, component) in project.of_type("Profile") {
        by_key.entry(profile_name::key(&component.name)).or_default().profile = Some((index, component));
    }
    for (_, component) in project.of_type("ProfileSessionSetting") {
        if let Some(name) = named_profile(component) {
            let sources = by_key.entry(profile_name::key(name)).or_default();
            sources.mention.get_or_insert((component, name));
            if component.written("sessionTimeout").is_some() {
                sources.session = Some(component);
            }
        }
    }
    for (_, component) in project.of_type("ProfilePasswordPolicy") {
        if let Some(name) = named_profile(component) {
            by_key.entry(profile_name::key(name)).or_default().mention.get_or_insert((component, name));
        }
    }
    let overrides_are_known = !project.is_broken("ProfileSessionSetting");
    let configured = ConfigGlobs::of(&project.inputs.integration_profiles);
    let profiles = by_key
        .into_iter()
        .filter_map(|(key, named)| named.facts(key, project, org, names, overrides_are_known, &configured));
    let mut profiles: Vec<_> = profiles.collect();
    profiles.sort_by_cached_key(|profile| (profile.label.to_lowercase(), profile.key.clone()));
    profiles
}

/// The files about one profile.
#[derive(Default)]
struct ProfileSources<'p> {
    profile: Option<(u32, &'p Component)>,
    /// The first setting that names it, and its spelling.
    mention: Option<(&'p Component, &'p str)>,
    /// The last override: the one that decides.
    session: Option<&'p Component>,
}

impl ProfileSources<'_> {
    fn facts(
        self,
        key: String,
        project: &Project,
        org: &OrgFacts,
        names: &ProfileNames,
        overrides_are_known: bool,
        configured: &ConfigGlobs,
    ) -> Option<Profile> {
        let (name, full_name, place): (&str, String, Place) = match (self.profile, self.mention) {
            (Some((_, component)), _) => (&component.name, component.name.clone(), component.root_place()),
            (None, Some((component, name))) => (name, mask(name).into_owned(), component.place("profile")),
            (None, None) => return None,
        };
        let profile = self.profile.map(|(_, component)| component);
        let label = names.label(name);
        let own = self.session.map_or_else(Fact::default, |component| Fact {
            value: override_minutes(component),
            place: Some(component.place("sessionTimeout")),
        });
        let has_override = self.session.is_some();
        let stored_zero = self.session.is_some_and(is_stored_zero);
        let documented = match (has_override, overrides_are_known) {
            (true, _) => (own.clone(), "profile"),
            (false, true) => (org.minutes.clone(), "org"),
            (false, false) => (Fact::default(), "org"),
        };
        let shortest = shortest(&own, &org.minutes, has_override, overrides_are_known);
        let (effective, level) = match project.inputs.precedence {
            Precedence::Documented => documented,
            Precedence::Shortest => shortest.clone(),
        };
        let text = |path: &str| -> Fact<String> {
            profile.map_or_else(Fact::default, |component| Fact {
                value: component.text(path).map(str::to_owned),
                place: Some(component.place(path)),
            })
        };
        let ranges = profile.map(network::profile_ranges).unwrap_or_default();
        let user_license = text("userLicense");
        let (is_integration, integration_reason) =
            integration(&key, &label, profile, user_license.value.as_deref(), configured);
        Some(Profile {
            login_hours: profile.map(login_hours).unwrap_or_default(),
            is_custom: text("custom").and_then(|text| raw::parse_bool(&text)),
            is_run_by_salesforce: is_run_by_salesforce(&key, user_license.value.as_deref()),
            is_standard: profile_name::is_standard(&key),
            restricting_range: network::restriction(&ranges),
            understands_ranges: ranges.iter().all(|range| range.interval().is_some()),
            component: self.profile.map(|(index, _)| index),
            decided_by: effective.value.is_some().then_some(level),
            shortest: shortest.0,
            org: org.minutes.clone(),
            key,
            label,
            row_key: profile_name::full_label(name),
            full_name,
            place,
            user_license,
            own,
            has_override,
            stored_zero,
            effective,
            ranges,
            is_integration,
            integration_reason,
        })
    }
}

/// The shorter of override and org; unknown where either is.
fn shortest(
    own: &Fact<i64>,
    org: &Fact<i64>,
    has_override: bool,
    overrides_are_known: bool,
) -> (Fact<i64>, &'static str) {
    if !has_override {
        return (if overrides_are_known { org.clone() } else { Fact::default() }, "org");
    }
    match (own.value, org.value) {
        (Some(own_minutes), Some(org_minutes)) if org_minutes < own_minutes => (org.clone(), "org"),
        (Some(_), Some(_)) => (own.clone(), "profile"),
        _ => (Fact::default(), "profile"),
    }
}

/// Whether a service of Salesforce's own runs as a profile: a shipped one by its name, a copy of one by its licence, which
/// is named like the shipped one.
fn is_run_by_salesforce(key: &str, license: Option<&str>) -> bool {
    profile_name::is_run_by_salesforce(key)
        || license.is_some_and(|license| profile_name::is_run_by_salesforce(&license.trim().to_lowercase()))
}

/// Whether a profile belongs to an integration of the customer's, and why.
fn integration(
    key: &str,
    label: &str,
    profile: Option<&Component>,
    license: Option<&str>,
    configured: &ConfigGlobs,
) -> (bool, &'static str) {
    if let Some(configured) = configured.verdict(&[label, key]) {
        return (configured, if configured { "named by the configuration" } else { "excluded by the configuration" });
    }
    if is_run_by_salesforce(key, license) {
        return (false, "one of Salesforce's own services uses it");
    }
    if profile_name::is_api_only_template(key) {
        return (false, "a template that Salesforce provides");
    }
    let api_only = profile.is_some_and(|component| grants(component, "ApiUserOnly"));
    if api_only {
        return (true, "its users can only use the API");
    }
    if license.is_some_and(|license| license.to_lowercase().contains("integration")) {
        return (true, "it has an integration licence");
    }
    (false, "people may use it too")
}

impl Declared for Profile {
    const TABLE: Declaration<Self> =
        Declaration::new(|| PROFILE, |facts| profile_facts(facts.project, facts.org(), facts.profile_names()))
            .key(|it| &it.key)
            .subject(|it| it.component)
            .leads();
}

/// The columns of `Profile`: one row per profile that a Profile, `ProfileSessionSetting` or `ProfilePasswordPolicy`
/// names.
const PROFILE: &[ProfileColumn] = &[
    ProfileColumn::text("Id", "always null: files contain no record ids", |_| Cell::default()),
    ProfileColumn::text("Name", "label of the profile", |it| Cell::at(text(&it.label), it.place)).always(),
    ProfileColumn::text("FullName", "fullName, as in a manifest", |it| Cell::at(text(&it.full_name), it.place))
        .always(),
    ProfileColumn::text("UserType", "always null: no source maps licences to user types", |_| Cell::default()),
    ProfileColumn::text("UserLicense", "the user licence, as written", |it| it.user_license.as_cell()),
    ProfileColumn::bool("IsCustom", "`custom`, as written", |it| it.is_custom.clone().cell()),
    ProfileColumn::bool("IsStandard", "it is a standard profile, by its name", |it| it.is_standard.cell()).always(),
    ProfileColumn::bool("IsIntegration", "it is an integration profile of the customer", |it| it.is_integration.cell())
        .always(),
    ProfileColumn::text("IntegrationReason", "why it is an integration profile or not", |it| {
        it.integration_reason.cell()
    })
    .always(),
    ProfileColumn::bool("IsRunBySalesforce", "one of Salesforce's own services uses it", |it| {
        it.is_run_by_salesforce.cell()
    })
    .always(),
    ProfileColumn::int("SessionTimeoutInMinutes", "minutes of its own override; a stored 0 counts as 120", |it| {
        it.own.clone().cell()
    }),
    ProfileColumn::bool("HasStoredZero", "the override is stored as 0", |it| it.stored_zero.cell()).always(),
    ProfileColumn::int("EffectiveMinutes", "minutes that apply, by the configured precedence", |it| {
        it.effective.clone().cell()
    }),
    ProfileColumn::int("ShortestMinutes", "minutes if the shortest level applies", |it| it.shortest.clone().cell()),
    ProfileColumn::text("DecidedBy", "`profile` or `org`: the level that EffectiveMinutes comes from", |it| {
        it.decided_by.cell()
    }),
    ProfileColumn::int("OrgMinutes", "minutes of the org", |it| it.org.clone().cell()),
    ProfileColumn::bool("HasRestrictingRange", "its login IP ranges exclude some addresses", |it| Cell {
        place: it.restricting_range,
        ..it.restricting_range.is_some().cell()
    })
    .always(),
    ProfileColumn::text("CutHours", "the login hours of days that are not fully open, in words", |it| Cell {
        place: it.login_hours.place,
        ..it.login_hours.cut.as_deref().cell()
    }),
    ProfileColumn::text(
        "InvertedHours",
        "the login hours that end before they start or lie outside the day, in words",
        |it| Cell { place: it.login_hours.place, ..it.login_hours.inverted.as_deref().cell() },
    ),
];

impl Fact<String> {
    /// The cell of a text.
    pub(super) fn as_cell(&self) -> Cell<'_> {
        Cell { value: self.value.as_deref().map_or(Value::Null, text), place: self.place }
    }
}

/// One `ProfileSessionSetting` and its meaning.
#[derive(Debug)]
pub(super) struct ProfileSessionSetting {
    profile_label: Fact<String>,
    /// The same by this file alone: the name of the row across runs.
    key: String,
    is_orphan: bool,
    is_standard: bool,
    minutes: Fact<i64>,
    is_stored_zero: bool,
    org: Fact<i64>,
    overruled: Fact<i64>,
    also_set_in: Fact<String>,
    shared_by: Option<i64>,
}

/// The name for the profile of a setting: its label; without the element, the file's stem, although that name means
/// nothing. `None` for an orphan.
fn spoken_name(component: &Component, names: &ProfileNames) -> Option<String> {
    match named_profile(component) {
        Some(name) => Some(names.label(name)),
        None if is_orphan(component) => None,
        None => Some(component.name.clone()),
    }
}

/// The name of a setting's profile by its own file alone, which no other file changes.
fn key(component: &Component) -> String {
    match named_profile(component) {
        Some(name) => profile_name::full_label(name),
        None if is_orphan(component) => String::new(),
        None => component.name.clone(),
    }
}

/// The meaning of the overrides, one for each component of the kind, in order.
pub(super) fn setting_facts(project: &Project, org: &OrgFacts, names: &ProfileNames) -> Vec<ProfileSessionSetting> {
    let components: Vec<&Component> =
        project.of_type("ProfileSessionSetting").map(|(_, component)| component).collect();
    let overruled = overruled(&components);
    let also = also_set_in(project, &components);
    let sharing = sharing(&components);
    let facts =
        |((component, overruled), also_set_in): ((&Component, Fact<i64>), Fact<String>)| ProfileSessionSetting {
            also_set_in,
            profile_label: Fact { value: spoken_name(component, names), place: Some(component.place("profile")) },
            key: key(component),
            is_orphan: is_orphan(component),
            is_standard: is_of_standard_profile(component),
            minutes: Fact { value: override_minutes(component), place: Some(component.place("sessionTimeout")) },
            is_stored_zero: is_stored_zero(component),
            org: org.minutes.clone(),
            overruled,
            shared_by: sharing_minutes(component).and_then(|minutes| i64::try_from(sharing.get(&minutes)?.len()).ok()),
        };
    components.iter().copied().zip(overruled).zip(also).map(facts).collect()
}

/// For each setting, where it is the last of its profile in its folder: the first other one there. Copies of one
/// component are reported elsewhere, and other folders may belong to another org.
fn also_set_in(project: &Project, components: &[&Component]) -> Vec<Fact<String>> {
    let folder = |component: &Component| {
        let path = project.sources.get(component.file).path.as_str();
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    };
    let mut by_profile: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        if let Some(name) = named_profile(component) {
            by_profile.entry((folder(component), profile_name::key(name))).or_default().push(index);
        }
    }
    let mut also = vec![Fact::default(); components.len()];
    for indices in by_profile.values() {
        let Some((last, earlier)) = indices.split_last() else { continue };
        let is_other = |index: &&usize| !components[**index].name.eq_ignore_ascii_case(&components[*last].name);
        if let Some(other) = earlier.iter().find(is_other).map(|index| components[*index]) {
            also[*last] = Fact::known(other.name.clone(), other.place("profile"));
        }
    }
    also
}

fn is_of_standard_profile(component: &Component) -> bool {
    named_profile(component).is_some_and(|name| profile_name::is_standard(&profile_name::key(name)))
}

/// For each setting, where it is the last of its profile: the first earlier one's value, if that is another.
fn overruled(components: &[&Component]) -> Vec<Fact<i64>> {
    let mut by_profile: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        if let Some(name) = named_profile(component).filter(|_| component.text("sessionTimeout").is_some()) {
            by_profile.entry(profile_name::key(name)).or_default().push(index);
        }
    }
    let mut overruled = vec![Fact::default(); components.len()];
    for indices in by_profile.values() {
        let Some((last, earlier)) = indices.split_last() else { continue };
        let Some(minutes) = override_minutes(components[*last]) else { continue };
        let other = |index: &usize| {
            let other = override_minutes(components[*index]).filter(|other| *other != minutes)?;
            Some(Fact::known(other, components[*index].place("sessionTimeout")))
        };
        if let Some(fact) = earlier.iter().find_map(other) {
            overruled[*last] = fact;
        }
    }
    overruled
}

/// The minutes of an override that can be one of several alike: stated as a value, on a profile of the customer's own.
fn sharing_minutes(component: &Component) -> Option<i64> {
    named_profile(component)?;
    override_minutes(component).filter(|_| !is_stored_zero(component) && !is_of_standard_profile(component))
}

/// The profiles with each override.
fn sharing(components: &[&Component]) -> BTreeMap<i64, BTreeSet<String>> {
    let mut profiles: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for component in components {
        if let (Some(minutes), Some(name)) = (sharing_minutes(component), named_profile(component)) {
            profiles.entry(minutes).or_default().insert(profile_name::key(name));
        }
    }
    profiles
}

impl Declared for ProfileSessionSetting {
    // The file's name means nothing and changes from retrieve to retrieve.
    const TABLE: Declaration<Self> = Declaration::new(
        || PROFILE_SESSION_SETTING,
        |facts| setting_facts(facts.project, facts.org(), facts.profile_names()),
    )
    .key(|it| &it.key);
}

/// The columns that `ProfileSessionSetting` has beside its elements.
const PROFILE_SESSION_SETTING: &[SettingColumn] = &[
    SettingColumn::text(
        "ProfileName",
        "label of the profile; null for an orphan; the file name if no element names the profile",
        |it| it.profile_label.as_cell(),
    ),
    SettingColumn::bool("IsOrphan", "`<profile>` is present but empty", |it| it.is_orphan.cell()).always(),
    SettingColumn::bool("IsStandardProfile", "the profile is a standard profile, by its name", |it| {
        it.is_standard.cell()
    })
    .always(),
    SettingColumn::int("Minutes", "minutes of the override; a stored 0 counts as 120", |it| it.minutes.clone().cell()),
    SettingColumn::bool("IsStoredZero", "the override is stored as 0", |it| it.is_stored_zero.cell()).always(),
    SettingColumn::int("OrgMinutes", "minutes of the org", |it| it.org.clone().cell()),
    SettingColumn::int("UndercutsOrgMinutes", "minutes of the org, if the override is shorter", |it| {
        it.org_where(|own, org| own < org).cell()
    }),
    SettingColumn::int("OutlastsOrgMinutes", "minutes of the org, if the override is longer", |it| {
        it.org_where(|own, org| own > org).cell()
    }),
    SettingColumn::int(
        "OverruledMinutes",
        "minutes in an earlier file for the same profile, if this file decides and differs",
        |it| it.overruled.clone().cell(),
    ),
    SettingColumn::text(
        "AlsoSetIn",
        "another setting of the same profile in the same folder, if this is the last of them",
        |it| it.also_set_in.as_cell(),
    ),
    SettingColumn::int(
        "SharedBy",
        "number of custom profiles with the same override, including this one; null for 0",
        |it| it.shared_by.cell(),
    ),
];

impl ProfileSessionSetting {
    /// The org's minutes, where `compare` holds for the override's and them.
    fn org_where(&self, compare: impl Fn(i64, i64) -> bool) -> Fact<i64> {
        let own = self.minutes.value;
        self.org.clone().and_then(|org| own.is_some_and(|own| compare(own, org)).then_some(org))
    }
}

/// One file of Security settings and its meaning.
#[derive(Debug)]
pub(super) struct SecuritySettings {
    minutes: Fact<i64>,
    org: Fact<i64>,
    ranged_profile: Fact<String>,
    sso_holder: Fact<String>,
    privileged_holder: Fact<String>,
    login_host_is_open: Fact<bool>,
    has_profiles: bool,
}

/// The permissions whose users need a phishing-resistant factor (Help 005321563, by their names), the stronger first.
const PRIVILEGED: [&str; 4] = ["ModifyAllData", "ViewAllData", "CustomizeApplication", "AuthorApex"];

/// The first profile or permission set that grants one of some permissions, with that permission and its place, among
/// those for which `counts` holds; profiles before sets, the one that Salesforce ships for administrators before
/// others.
fn holder<'p>(
    project: &Project,
    names: &ProfileNames,
    permissions: &[&'p str],
    counts: impl Fn(u32, &Component) -> bool,
) -> Option<(String, &'p str, Place)> {
    let of = |ty: &'static str| {
        let granting = project.of_type(ty).filter(|(index, component)| counts(*index, component));
        let mut granting = granting.filter_map(|(_, component)| {
            let (permission, place) =
                permissions.iter().find_map(|name| Some((*name, grant_of(component, name)?.name_place())))?;
            Some((component, permission, place))
        });
        let first = granting.next()?;
        let is_shipped = |(component, ..): &(&Component, &str, Place)| component.name == "Admin";
        let (component, permission, place) =
            if is_shipped(&first) { first } else { granting.find(is_shipped).unwrap_or(first) };
        let words = match ty {
            "Profile" => format!("the profile {}", names.label(&component.name)),
            _ => format!("the permission set {}", component.text("label").unwrap_or(&component.name)),
        };
        Some((words, permission, place))
    };
    of("Profile").or_else(|| of("PermissionSet"))
}

/// The first profile or permission set that grants `IsSsoEnabled`, in words.
fn sso_holder(project: &Project, names: &ProfileNames) -> Fact<String> {
    let found = holder(project, names, &["IsSsoEnabled"], |_, _| true);
    found.map_or_else(Fact::default, |(words, _, place)| Fact::known(words, place))
}

/// The first profile or permission set of people that grants a privileged permission, in words: none that only programs
/// or Salesforce's own services use.
fn privileged_holder(project: &Project, profiles: &[Profile], names: &ProfileNames) -> Fact<String> {
    let is_of_people = |index: u32, component: &Component| {
        let profile = profiles.iter().find(|profile| profile.component == Some(index));
        !profile.is_some_and(|profile| profile.is_integration || profile.is_run_by_salesforce)
            && !grants(component, "ApiUserOnly")
    };
    let found = holder(project, names, &PRIVILEGED, is_of_people);
    found.map_or_else(Fact::default, |(words, permission, place)| Fact::known(format!("{words} ({permission})"), place))
}

/// Whether My Domain settings allow logins at login.salesforce.com too; unknown where none state it.
fn login_host_is_open(project: &Project) -> Fact<bool> {
    stated::flag(project, "MyDomainSettings", "canOnlyLoginWithMyDomainUrl").map(|is_closed| !is_closed)
}

/// A profile that admits only some addresses, an integration's own before others; not one that Salesforce runs.
fn ranged_profile(profiles: &[Profile]) -> Fact<String> {
    let ranged = profiles.iter().filter(|profile| !profile.is_run_by_salesforce);
    let ranged = ranged.filter_map(|profile| Some((profile, profile.restricting_range?)));
    let first = ranged.min_by_key(|(profile, _)| !profile.is_integration);
    first.map_or_else(Fact::default, |(profile, place)| Fact::known(profile.label.clone(), place))
}

/// The meaning of each file of Security settings, in order.
pub(super) fn security_facts(
    project: &Project,
    org: &OrgFacts,
    profiles: &[Profile],
    names: &ProfileNames,
) -> Vec<SecuritySettings> {
    let ranged_profile = ranged_profile(profiles);
    let sso_holder = sso_holder(project, names);
    let privileged_holder = privileged_holder(project, profiles, names);
    let login_host_is_open = login_host_is_open(project);
    // The content of a broken or unread file is unknown, so nothing follows from values that the others lack.
    let has_profiles = project.of_type("Profile").next().is_some() && !project.is_broken("Profile");
    let path = "sessionSettings.sessionTimeout";
    let facts = |component: &Component| SecuritySettings {
        minutes: Fact { value: component.text(path).and_then(org_minutes), place: Some(component.place(path)) },
        org: org.minutes.clone(),
        ranged_profile: ranged_profile.clone(),
        sso_holder: sso_holder.clone(),
        privileged_holder: privileged_holder.clone(),
        login_host_is_open: login_host_is_open.clone(),
        has_profiles,
    };
    project.of_type("SecuritySettings").map(|(_, component)| facts(component)).collect()
}

impl Declared for SecuritySettings {
    const TABLE: Declaration<Self> = Declaration::new(
        || SECURITY_SETTINGS,
        |facts| security_facts(facts.project, facts.org(), facts.all(), facts.profile_names()),
    );
}

/// The columns that `SecuritySettings` has beside its elements.
const SECURITY_SETTINGS: &[SecurityColumn] = &[
    SecurityColumn::int("TimeoutMinutes", "minutes of `sessionTimeout`; null if it is not a documented value", |it| {
        it.minutes.clone().cell()
    }),
    SecurityColumn::int("OrgMinutes", "the org default in minutes, from any file", |it| it.org.clone().cell()),
    SecurityColumn::text("RangedProfile", "a profile in the project that allows only some addresses", |it| {
        it.ranged_profile.as_cell()
    }),
    SecurityColumn::bool("HasProfiles", "the project contains profiles, and all of them were read", |it| {
        it.has_profiles.cell()
    })
    .always(),
    SecurityColumn::text(
        "SsoHolder",
        "the first profile or permission set in the project that grants `IsSsoEnabled`, in words",
        |it| it.sso_holder.as_cell(),
    ),
    SecurityColumn::text(
        "PrivilegedHolder",
        "the first profile or permission set for people with a permission for which Salesforce requires phishing-resistant MFA, in words",
        |it| it.privileged_holder.as_cell(),
    ),
    SecurityColumn::bool(
        "LoginHostIsOpen",
        "the org's My Domain settings allow logins at login.salesforce.com too; null if they are not in the project",
        |it| it.login_host_is_open.clone().cell(),
    ),
];

/// A session timeout as a file states it, for the org or a profile.
#[derive(Debug)]
pub(super) struct TimeoutValue {
    level: &'static str,
    owner: String,
    /// The same by this file alone: the name of the row across runs.
    key: String,
    written: String,
    place: Place,
    is_documented: bool,
    minutes: Option<i64>,
    documented: String,
    nearest: Option<&'static str>,
}

/// Every session timeout that the org or a profile has, as written.
pub(super) fn timeout_values(project: &Project, names: &ProfileNames) -> Vec<TimeoutValue> {
    let mut values = Vec::new();
    let path = "sessionSettings.sessionTimeout";
    for (_, component) in project.of_type("SecuritySettings") {
        let Some(written) = component.written(path) else { continue };
        let minutes = org_minutes(written);
        values.push(TimeoutValue {
            level: "org",
            owner: "the org".to_owned(),
            key: "the org".to_owned(),
            written: written.to_owned(),
            place: component.place(path),
            is_documented: minutes.is_some(),
            minutes,
            documented: list(ORG_TIMEOUTS.iter().map(|(name, _)| (*name).to_owned())),
            nearest: nearest(written, ORG_TIMEOUTS.iter().map(|(name, _)| *name)),
        });
    }
    for (_, component) in project.of_type("ProfileSessionSetting") {
        let Some(written) = component.written("sessionTimeout") else { continue };
        let Some(name) = spoken_name(component, names) else { continue };
        let number = minutes(written);
        values.push(TimeoutValue {
            level: "profile",
            owner: format!("the profile {name}"),
            key: format!("the profile {}", key(component)),
            written: written.to_owned(),
            place: component.place("sessionTimeout"),
            is_documented: number.is_some_and(|number| PROFILE_TIMEOUTS.contains(&number)),
            minutes: override_minutes(component),
            documented: list(PROFILE_TIMEOUTS.iter().map(ToString::to_string)),
            nearest: None,
        });
    }
    values
}

fn list(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(", ")
}

impl Declared for TimeoutValue {
    const TABLE: Declaration<Self> =
        Declaration::new(|| TIMEOUT_VALUE, |facts| timeout_values(facts.project, facts.profile_names()))
            .key(|it| &it.key)
            .of_one_file();
}

/// The columns of `TimeoutValue`.
const TIMEOUT_VALUE: &[TimeoutColumn] = &[
    TimeoutColumn::text("Level", "`org` or `profile`", |it| it.level.cell()).always(),
    TimeoutColumn::text("Owner", "owner of the timeout, in words", |it| Cell::at(text(&it.owner), it.place)).always(),
    TimeoutColumn::text("Written", "the value as written", |it| Cell::at(text(&it.written), it.place)).always(),
    TimeoutColumn::int("Minutes", "its minutes, if it has a meaning", |it| it.minutes.cell()),
    TimeoutColumn::bool("IsDocumented", "Salesforce documents the value for this level", |it| it.is_documented.cell())
        .always(),
    TimeoutColumn::text("Documented", "the documented values", |it| it.documented.as_str().cell()).always(),
    TimeoutColumn::text("Nearest", "the most similar documented value", |it| it.nearest.cell()),
];
