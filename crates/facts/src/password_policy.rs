//! Password policies of profiles: where one is weaker than Health Check's baseline for the org.
//!
//! The baseline is third-party knowledge of the org's policy; its use for profiles is this tool's interpretation.
//! Refuses to know a severity.

use std::borrow::Cow;

use super::column::{Fact, IntoCell, ViewColumn};
use super::profile_name;
use super::profile_name::ProfileNames;
use super::table::{Declaration, Declared};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Cell;

type PolicyColumn = ViewColumn<ProfilePasswordPolicy>;

/// The greatest number of days that is compliant for Health Check.
const MOST_DAYS: i64 = 90;
/// The least number of characters that is compliant.
const LEAST_CHARACTERS: i64 = 8;
/// The least number of earlier passwords that is compliant.
const LEAST_HISTORY: i64 = 3;

/// The content of one policy.
#[derive(Debug)]
pub(super) struct ProfilePasswordPolicy {
    profile: Fact<String>,
    /// The same by this file alone: the name of the row across runs.
    key: String,
    weak: Vec<Cow<'static, str>>,
    weak_place: Fact<bool>,
}

/// The policy of each profile, in order.
pub(super) fn policy_facts(project: &Project, names: &ProfileNames) -> Vec<ProfilePasswordPolicy> {
    project.of_type("ProfilePasswordPolicy").map(|(_, component)| facts(component, names)).collect()
}

fn facts(policy: &Component, names: &ProfileNames) -> ProfilePasswordPolicy {
    let weak = weak_rules(policy);
    ProfilePasswordPolicy {
        profile: profile_name::named_profile(policy)
            .map_or_else(Fact::default, |name| Fact::known(names.label(name), policy.place("profile"))),
        key: profile_name::named_profile(policy).map(profile_name::full_label).unwrap_or_default(),
        weak_place: weak.first().map_or_else(Fact::default, |(path, _)| Fact::known(true, policy.place(path))),
        weak: weak.into_iter().map(|(_, words)| words).collect(),
    }
}

/// The elements below the baseline, the gravest first, and the same in words.
///
/// That 0 attempts mean any number is an inference: the guide lists the value without a meaning.
fn weak_rules(policy: &Component) -> Vec<(&'static str, Cow<'static, str>)> {
    let number = |path: &str| -> Option<i64> { policy.text(path)?.parse().ok() };
    let mut weak: Vec<(&'static str, Cow<'static, str>)> = Vec::new();
    if number("maxLoginAttempts") == Some(0) {
        weak.push(("maxLoginAttempts", "any number of wrong passwords".into()));
    }
    if number("passwordComplexity") == Some(0) {
        weak.push(("passwordComplexity", "any mix of characters".into()));
    }
    if let Some(length) = number("minimumPasswordLength").filter(|length| *length < LEAST_CHARACTERS) {
        weak.push(("minimumPasswordLength", format!("passwords of {length} characters").into()));
    }
    match number("passwordExpiration") {
        Some(0) => weak.push(("passwordExpiration", "passwords that never expire".into())),
        Some(days) if days > MOST_DAYS => {
            weak.push(("passwordExpiration", format!("passwords that expire after {days} days").into()));
        }
        _ => {}
    }
    match number("passwordHistory").filter(|remembered| *remembered < LEAST_HISTORY) {
        Some(0) => weak.push(("passwordHistory", "reuse of any earlier password".into())),
        Some(1) => weak.push(("passwordHistory", "reuse of earlier passwords except the last one".into())),
        Some(remembered) => {
            weak.push(("passwordHistory", format!("reuse of earlier passwords except the last {remembered}").into()));
        }
        None => {}
    }
    weak
}

impl Declared for ProfilePasswordPolicy {
    // The file's name means nothing and changes from retrieve to retrieve.
    const TABLE: Declaration<Self> =
        Declaration::new(|| PROFILE_PASSWORD_POLICY, |facts| policy_facts(facts.project, facts.profile_names()))
            .key(|it| &it.key);
}

/// The columns that `ProfilePasswordPolicy` has beside its elements.
const PROFILE_PASSWORD_POLICY: &[PolicyColumn] = &[
    PolicyColumn::text("ProfileName", "label of the profile; null if the policy names none", |it| {
        it.profile.clone().cell()
    }),
    PolicyColumn::list(
        "WeakRules",
        "what it allows beyond what Health Check is reported to accept for the org, in words, the most serious first",
        |it| Cell { place: it.weak_place.place, ..it.weak.as_slice().cell() },
    ),
];
