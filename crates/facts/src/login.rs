//! Logins: the grants of user permissions, and the password rules.
//!
//! A permission counts where a file grants it; a missing grant means little, because a retrieve may leave it out.
//! Refuses to know which user has which permission set.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use super::column::{Fact, IntoCell, ViewColumn};
use super::profile_name::ProfileNames;
use super::session::Profile;
use super::table::{Declaration, Declared, Reads, matching_rows};
use super::user_permission::{self, Granted, grant_of, granted};
use super::{Facts, host_use, profile_name, stated, text};
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::{Cell, Cells, PreparedFilter, Row, Value};
use sessionlint_source::{Place, secrets};

type GrantColumn = ViewColumn<Grant>;
type PasswordColumn = ViewColumn<PasswordRule>;

/// A profile or permission set that grants permissions.
#[derive(Debug)]
struct Holder {
    ty: &'static str,
    name: String,
    is_integration: bool,
    is_guest: bool,
    is_run_by_salesforce: bool,
    has_restricting_range: Option<bool>,
    data_access: Fact<&'static str>,
}

/// A user permission and who grants it. There are hundreds for each profile, so their common part is stored once.
#[derive(Debug)]
pub(super) struct Grant {
    holder: Arc<Holder>,
    /// Its name, with secrets masked: once per name, not once per grant.
    permission: Arc<str>,
    /// Its index in [`Grants`].
    index: u32,
    name_place: Place,
    enabled_place: Place,
}

/// Whether a profile's ranges exclude some addresses; unknown where one is invalid, since it may be intended to.
fn restricts(profile: &Profile) -> Option<bool> {
    let restricts = profile.restricting_range.is_some();
    (restricts || profile.understands_ranges).then_some(restricts)
}

/// Permissions for all records, whatever else is granted, the stronger first (by their names).
const ALL_DATA: [&str; 2] = ["ModifyAllData", "ViewAllData"];

/// The strongest permission on all data that a profile or permission set grants.
fn data_access(project: &Project, component: &Component) -> Fact<&'static str> {
    let found = |name: &'static str| {
        let granted = project.parts(component).find_map(|part| grant_of(part, name))?;
        Some(Fact::known(name, granted.name_place()))
    };
    ALL_DATA.into_iter().find_map(found).unwrap_or_default()
}

/// All grants of a project, and their permissions.
#[derive(Debug, Default)]
pub(super) struct Grants {
    /// In the order of the files.
    pub(super) all: Vec<Grant>,
    /// Each permission once, in the order of its first grant: filters look at all of them, one after another.
    permissions: Vec<Arc<str>>,
    /// Where each is in `permissions`.
    indices: HashMap<Arc<str>, u32>,
}

impl Grants {
    /// The grants of the permissions for which `is_wanted` holds, in the order of the files.
    pub(super) fn of_permissions(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<&Grant> {
        let wanted: Vec<bool> = self.permissions.iter().map(|permission| is_wanted(permission)).collect();
        if !wanted.contains(&true) {
            return Vec::new();
        }
        self.all.iter().filter(|grant| wanted[grant.index as usize]).collect()
    }

    /// Adds what a profile or permission set grants.
    fn add(&mut self, holder: &Arc<Holder>, granted: &Granted<'_>) {
        let index = match self.indices.get(granted.name) {
            Some(index) => *index,
            None => self.index_of(secrets::mask(granted.name)),
        };
        self.all.push(Grant {
            holder: Arc::clone(holder),
            permission: Arc::clone(&self.permissions[index as usize]),
            index,
            name_place: granted.name_place(),
            enabled_place: granted.enabled_place(),
        });
    }

    /// The index of a permission by its masked name.
    fn index_of(&mut self, masked: Cow<'_, str>) -> u32 {
        if let Some(index) = self.indices.get(&*masked) {
            return *index;
        }
        let (index, permission) = (self.permissions.len() as u32, Arc::from(masked));
        self.permissions.push(Arc::clone(&permission));
        self.indices.insert(permission, index);
        index
    }
}

/// Every user permission that a profile or permission set grants.
pub(super) fn grants(project: &Project, profiles: &[Profile], names: &ProfileNames) -> Grants {
    let mut grants = Grants::default();
    let by_component: BTreeMap<u32, &Profile> =
        profiles.iter().filter_map(|profile| Some((profile.component?, profile))).collect();
    for (index, component) in ["Profile", "PermissionSet"].into_iter().flat_map(|ty| project.of_type(ty)) {
        let ty = kind(component.kind).name;
        let name = match ty {
            "Profile" => names.label(&component.name),
            _ => project.parts(component).find_map(|it| it.text("label")).unwrap_or(&component.name).to_owned(),
        };
        let profile = by_component.get(&index);
        let licence = profile.and_then(|profile| profile.user_license.value.as_deref());
        let holder = Arc::new(Holder {
            ty,
            name,
            is_integration: profile.is_some_and(|profile| profile.is_integration),
            is_guest: licence.is_some_and(|licence| licence.to_lowercase().contains("guest")),
            is_run_by_salesforce: profile.is_some_and(|profile| profile.is_run_by_salesforce),
            has_restricting_range: profile.and_then(|profile| restricts(profile)),
            data_access: data_access(project, component),
        });
        granted(component).for_each(|granted| grants.add(&holder, &granted));
    }
    grants
}

/// The column of the permission's name.
const PERMISSION: usize = 7;

impl Declared for Grant {
    const TABLE: Declaration<Self> = Declaration::kept(|| GRANT, |facts| &facts.grants().all)
        .key(|it| &it.holder.name)
        .matching(matching)
        .of_one_file();
}

/// A grant of which only the permission is known, its secrets masked.
struct PermissionName<'n>(&'n str);

impl Cells for PermissionName<'_> {
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T {
        if column != PERMISSION {
            return with_value(&Value::Unknown);
        }
        with_value(&text(self.0))
    }
}

/// The rows for which `filter` holds: every profile grants hundreds of permissions, and rules need a dozen.
fn matching<'f>(facts: &'f Facts<'f>, filter: Option<&PreparedFilter<'_>>) -> Vec<Row<'f>> {
    let (project, grants) = (facts.project, facts.grants());
    match filter {
        // A text that a deployment replaces is not the deployed permission.
        Some(wanted) if project.replaced.is_empty() => {
            let values = grants.of_permissions(|name| wanted.can_match(&PermissionName(name)));
            matching_rows(project, values, filter)
        }
        _ => matching_rows(project, &grants.all, filter),
    }
}

/// One row per user permission that is granted.
const GRANT: &[GrantColumn] = &[
    GrantColumn::text("HolderType", "`Profile` or `PermissionSet`", |it| it.holder.ty.cell()).always(),
    GrantColumn::text("Holder", "what people call the profile or permission set", |it| it.holder.name.as_str().cell())
        .always(),
    GrantColumn::bool("IsIntegration", "it is an integration profile of the customer", |it| {
        it.holder.is_integration.cell()
    })
    .always(),
    GrantColumn::bool("IsGuest", "it is a profile with a guest user licence", |it| it.holder.is_guest.cell()).always(),
    GrantColumn::bool("IsRunBySalesforce", "it is a profile of one of Salesforce's own services", |it| {
        it.holder.is_run_by_salesforce.cell()
    })
    .always(),
    GrantColumn::bool(
        "HasRestrictingRange",
        "its login IP ranges exclude some addresses; null for a permission set",
        |it| it.holder.has_restricting_range.cell(),
    ),
    GrantColumn::text("DataAccess", "`ModifyAllData` or `ViewAllData`, if it also grants one of them", |it| {
        it.holder.data_access.clone().cell()
    }),
    GrantColumn::text("Permission", "API name of the permission", |it| Cell::at(text(&it.permission), it.name_place))
        .always(),
    GrantColumn::bool("Enabled", "always true: only granted permissions have a row", |it| Cell {
        place: Some(it.enabled_place),
        ..true.cell()
    })
    .always(),
];

/// Values of the org's `passwordPolicies.expiration` and their days; 0 is never.
const ORG_EXPIRATIONS: &[(&str, i64)] =
    &[("Never", 0), ("ThirtyDays", 30), ("SixtyDays", 60), ("NinetyDays", 90), ("SixMonths", 180), ("OneYear", 365)];

/// The password rules for a profile's users.
#[derive(Debug)]
pub(super) struct PasswordRule {
    profile: String,
    /// The label by its own file alone: the name of the row across runs.
    key: String,
    profile_place: Place,
    is_integration: bool,
    /// Days until a password expires; 0 is never.
    expiry_days: Fact<i64>,
    /// `profile` or `org`: the level whose policy applies.
    level: &'static str,
    never_expires: Option<bool>,
    locked_forever: Fact<bool>,
    attempts: Option<String>,
    password_login: Fact<String>,
}

/// The password rules of every profile that the project names.
pub(super) fn password_facts(
    project: &Project,
    profiles: &[Profile],
    password_login: Option<(String, Place)>,
) -> Vec<PasswordRule> {
    let mut policies: BTreeMap<String, &Component> = BTreeMap::new();
    for (_, component) in project.of_type("ProfilePasswordPolicy") {
        if let Some(name) = profile_name::named_profile(component) {
            // The last one decides, as with timeouts.
            policies.insert(profile_name::key(name), component);
        }
    }
    let org = org_passwords(project);
    let policies_are_known = !project.is_broken("ProfilePasswordPolicy");
    let login = password_login.map_or_else(Fact::default, |(name, place)| Fact::known(name, place));
    let facts = |profile: &Profile| {
        let policy = policies.get(&profile.key).copied();
        let rules = match policy {
            Some(policy) => profile_passwords(policy),
            None if policies_are_known => org.clone(),
            None => Passwords::default(),
        };
        let component = profile.component.map(|index| &project.components[index as usize]);
        PasswordRule {
            profile: profile.label.clone(),
            key: profile.row_key.clone(),
            profile_place: profile.place,
            is_integration: profile.is_integration,
            expiry_days: rules.expiry_days,
            level: if policy.is_some() { "profile" } else { "org" },
            never_expires: component.map(|component| user_permission::grants(component, "PasswordNeverExpires")),
            locked_forever: rules.locked_forever,
            attempts: rules.attempts,
            password_login: login.clone(),
        }
    };
    profiles.iter().map(facts).collect()
}

/// The password rules of one policy.
#[derive(Clone, Default)]
struct Passwords {
    expiry_days: Fact<i64>,
    locked_forever: Fact<bool>,
    attempts: Option<String>,
}

fn profile_passwords(policy: &Component) -> Passwords {
    let number = |path: &str| -> Option<i64> { policy.text(path)?.parse().ok() };
    let attempts = number("maxLoginAttempts");
    // 0 presumably means no limit, and for the lockout no end: the guide gives no meaning.
    let is_locked = |minutes| minutes == 0 && attempts.is_some_and(|attempts| attempts > 0);
    Passwords {
        expiry_days: Fact { value: number("passwordExpiration"), place: Some(policy.place("passwordExpiration")) },
        locked_forever: Fact {
            value: number("lockoutInterval").map(is_locked),
            place: Some(policy.place("lockoutInterval")),
        },
        attempts: attempts.map(|attempts| attempts.to_string()),
    }
}

fn org_passwords(project: &Project) -> Passwords {
    let stated = |path| stated::stated(project, "SecuritySettings", path, |written| Some(written.to_owned()));
    let attempts = stated("passwordPolicies.maxLoginAttempts").value;
    let days = |written: String| ORG_EXPIRATIONS.iter().find(|(name, _)| *name == written).map(|(_, days)| *days);
    let is_limited = attempts.as_deref().is_some_and(|attempts| attempts != "NoLimit");
    Passwords {
        expiry_days: stated("passwordPolicies.expiration").and_then(days),
        locked_forever: stated("passwordPolicies.lockoutInterval").map(|written| written == "Forever" && is_limited),
        attempts: attempts.and_then(|written| {
            let words = [("ThreeAttempts", "3"), ("FiveAttempts", "5"), ("TenAttempts", "10")];
            words.iter().find(|(name, _)| *name == written).map(|(_, number)| (*number).to_owned())
        }),
    }
}

impl Declared for PasswordRule {
    const TABLE: Declaration<Self> = Declaration::new(
        || PASSWORD_RULE,
        |facts| password_facts(facts.project, facts.all(), host_use::password_login(facts.project, facts.all())),
    )
    .key(|it| &it.key)
    .reads(&[Reads::Code]);
}

/// One row per profile that some file names.
const PASSWORD_RULE: &[PasswordColumn] = &[
    PasswordColumn::text("Profile", "label of the profile", |it| Cell::at(text(&it.profile), it.profile_place))
        .always(),
    PasswordColumn::bool("IsIntegration", "it is an integration profile of the customer", |it| {
        it.is_integration.cell()
    })
    .always(),
    PasswordColumn::int(
        "ExpiryDays",
        "days until a password expires, by the profile's policy, else the org's; 0 means never",
        |it| it.expiry_days.clone().cell(),
    ),
    PasswordColumn::text("Level", "`profile` or `org`: the policy that applies", |it| it.level.cell()).always(),
    PasswordColumn::bool(
        "NeverExpires",
        "the profile grants `PasswordNeverExpires`; null if its file is not in the project",
        |it| it.never_expires.cell(),
    ),
    PasswordColumn::bool(
        "IsLockedForever",
        "too many wrong passwords lock the user until an administrator unlocks it",
        |it| it.locked_forever.clone().cell(),
    ),
    PasswordColumn::text("Attempts", "number of wrong passwords until the lockout", |it| it.attempts.as_deref().cell()),
    PasswordColumn::text(
        "PasswordLogin",
        "a credential in the project that logs in to Salesforce with a password",
        |it| it.password_login.as_cell(),
    ),
];
