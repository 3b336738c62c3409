//! Protective switches of the org that come in families, as stated in settings files: one row each.
//!
//! A switch that no file states has no row, since a retrieve leaves out settings that its API version does not have.
//! Knows the families of switches. Refuses to know a severity.

use super::column::{Fact, IntoCell, ViewColumn};
use super::raw;
use super::table::{Declaration, Declared};
use sessionlint_project::metadata::{Component, Project};

type SwitchColumn = ViewColumn<ProtectionSwitch>;

/// A switch whose `true` protects: its file's type, its element, its family (Metadata API Developer Guide,
/// `SecuritySettings` and `MyDomainSettings`).
const SWITCHES: &[(&str, &str, &str)] = &[
    ("SecuritySettings", "sessionSettings.enableClickjackSetup", "clickjack"),
    ("SecuritySettings", "sessionSettings.enableClickjackNonsetupSFDC", "clickjack"),
    ("SecuritySettings", "sessionSettings.enableClickjackNonsetupUser", "clickjack"),
    ("SecuritySettings", "sessionSettings.enableClickjackNonsetupUserHeaderless", "clickjack"),
    ("SecuritySettings", "sessionSettings.enableCSRFOnGet", "csrf"),
    ("SecuritySettings", "sessionSettings.enableCSRFOnPost", "csrf"),
    ("SecuritySettings", "sessionSettings.identityConfirmationOnEmailChange", "confirmation"),
    ("SecuritySettings", "sessionSettings.identityConfirmationOnTwoFactorRegistrationEnabled", "confirmation"),
    ("SecuritySettings", "sessionSettings.canConfirmEmailChangeInLightningCommunities", "confirmation"),
    ("MyDomainSettings", "canOnlyLoginWithMyDomainUrl", "my-domain"),
    ("MyDomainSettings", "doesApiLoginRequireOrgDomain", "my-domain"),
];

/// A switch that a file states.
#[derive(Debug)]
pub(super) struct ProtectionSwitch {
    subject: u32,
    name: &'static str,
    family: &'static str,
    is_on: Fact<bool>,
}

/// The switches of every settings file, in the order of [`SWITCHES`].
pub(super) fn switch_facts(project: &Project) -> Vec<ProtectionSwitch> {
    let stated = |&(ty, path, family): &(&'static str, &'static str, &'static str)| {
        let name = path.rsplit('.').next().unwrap_or(path);
        project.of_type(ty).filter_map(move |(subject, component): (u32, &Component)| {
            let is_on = component.text(path).and_then(raw::parse_bool)?;
            Some(ProtectionSwitch { subject, name, family, is_on: Fact::known(is_on, component.place(path)) })
        })
    };
    SWITCHES.iter().flat_map(stated).collect()
}

impl Declared for ProtectionSwitch {
    const TABLE: Declaration<Self> = Declaration::new(|| PROTECTION_SWITCH, |facts| switch_facts(facts.project))
        .key(|it| it.name)
        .subject(|it| Some(it.subject))
        .of_one_file();
}

/// One row per switch and file.
const PROTECTION_SWITCH: &[SwitchColumn] = &[
    SwitchColumn::text("Switch", "name of the element", |it| it.name.cell()).always(),
    SwitchColumn::text("Family", "its group: `clickjack`, `csrf`, `confirmation` or `my-domain`", |it| {
        it.family.cell()
    })
    .always(),
    SwitchColumn::bool("IsOn", "the file turns it on; a switch that is in no file has no row", |it| {
        it.is_on.clone().cell()
    })
    .always(),
];
