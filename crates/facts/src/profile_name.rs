//! Names of profiles: one key for joins, one label for display.
//!
//! Files name profiles by fullName, percent-encoded, in any case; apps name them by label, in the org's language, as
//! files of public projects show. This module maps both to one key, and to one spelling for display. Refuses to know
//! labels of other languages.

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use sessionlint_project::metadata::{Component, Project, text_of};
use sessionlint_source::secrets::mask;

use super::raw;

/// fullName and English label of the standard profiles whose names differ (Salesforce Stack Exchange 113370).
const STANDARD: &[(&str, &str)] = &[
    ("Admin", "System Administrator"),
    ("Standard", "Standard User"),
    ("ReadOnly", "Read Only"),
    ("SolutionManager", "Solution Manager"),
    ("MarketingProfile", "Marketing User"),
    ("ContractManager", "Contract Manager"),
    ("StandardAul", "Standard Platform User"),
];

/// Names of standard profiles in files made from them, and their fullName.
const TEMPLATES: &[(&str, &str)] = &[
    ("PT1", "Admin"),
    ("PT2", "Standard"),
    ("PT3", "ReadOnly"),
    ("PT4", "SolutionManager"),
    ("PT5", "MarketingProfile"),
    ("PT6", "ContractManager"),
];

/// Standard profiles whose fullName is their label (Salesforce Stack Exchange 113370), as far as they are named there,
/// and the two API-only templates that Salesforce ships.
const STANDARD_BY_LABEL: &[&str] = &[
    "External Identity User",
    "High Volume Customer Portal User",
    "Customer Community User",
    "Customer Community Plus User",
    "Customer Community Login User",
    "Customer Community Plus Login User",
    "Partner Community User",
    "Partner Community Login User",
    "Guest License User",
    "Read Only",
    "Minimum Access - Salesforce",
    "Chatter Free User",
    "Chatter Moderator User",
    "Chatter External User",
];

/// The API-only profiles that Salesforce ships as templates.
const API_ONLY_TEMPLATES: &[&str] =
    &["Salesforce API Only System Integrations", "Minimum Access - API Only Integrations"];

/// Prefixes of the names of profiles of Salesforce's own services. Their licences begin alike in the projects that were
/// looked at; no document says so.
const RUN_BY_SALESFORCE: &[&str] = &[
    "analytics cloud",
    "sales insights integration",
    "salesforceiq integration",
    "cpq integration",
    "b2bma integration",
    "einstein agent",
    "external einstein agent",
];

/// `%XX` decoded, white space around it dropped. A sequence that is not UTF-8 stays as it is written.
fn decoded(name: &str) -> Cow<'_, str> {
    match percent_decode_str(name.trim()).decode_utf8() {
        Ok(decoded) => match decoded {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        },
        Err(_) => Cow::Borrowed(name.trim()),
    }
}

/// The identity of a profile, from its fullName or its English label.
pub(super) fn key(name: &str) -> String {
    let name = decoded(name);
    let template = TEMPLATES.iter().find(|(template, _)| template.eq_ignore_ascii_case(&name));
    let name = template.map_or(name, |(_, full_name)| Cow::Borrowed(*full_name));
    let by_label = STANDARD.iter().find(|(_, label)| label.eq_ignore_ascii_case(&name));
    by_label.map_or(name.as_ref(), |(full_name, _)| full_name).to_lowercase()
}

/// The display name of the profile, with its secrets masked: a defective file may have one there.
pub(super) fn label(name: &str) -> String {
    mask(&full_label(name)).into_owned()
}

/// The label of a standard profile, else the decoded name. It may contain a secret, so it is only for comparisons.
pub(super) fn full_label(name: &str) -> String {
    let key = key(name);
    let standard = STANDARD.iter().find(|(full_name, _)| full_name.eq_ignore_ascii_case(&key));
    if let Some((_, label)) = standard {
        return (*label).to_owned();
    }
    let shipped = STANDARD_BY_LABEL.iter().chain(API_ONLY_TEMPLATES).find(|label| label.eq_ignore_ascii_case(&key));
    shipped.map_or_else(|| decoded(name).into_owned(), |label| (*label).to_owned())
}

/// The profile that a `ProfileSessionSetting` or `ProfilePasswordPolicy` names; `None` for an orphan and for a file
/// without the element.
pub(super) fn named_profile(component: &Component) -> Option<&str> {
    component.text("profile")
}

/// One spelling for each profile that some file names.
///
/// Salesforce writes names into settings in lower case, so the best source decides: an app, which has the label; else
/// the profile's own file; else the name of a setting's file, which keeps the case; else the text of a setting. A
/// spelling with a capital wins over one without.
#[derive(Debug, Default)]
pub(super) struct ProfileNames {
    by_key: HashMap<String, String>,
}

impl ProfileNames {
    /// The names in a project.
    pub(super) fn of(project: &Project) -> Self {
        let mut names = Self::default();
        for (_, app) in project.of_type("ConnectedApp") {
            let labels = raw::elements(app, "profileName").filter_map(|node| text_of(&app.document, node));
            labels.for_each(|label| names.add(label));
        }
        for (_, policy) in project.of_type("ExtlClntAppOauthConfigurablePolicies") {
            let labels = policy.text("commaSeparatedProfile").unwrap_or_default().split(',');
            labels.filter(|label| !label.trim().is_empty()).for_each(|label| names.add(label));
        }
        project.of_type("Profile").for_each(|(_, profile)| names.add(&profile.name));
        let settings =
            ["ProfileSessionSetting", "ProfilePasswordPolicy"].into_iter().flat_map(|ty| project.of_type(ty));
        for (_, setting) in settings {
            if let Some(name) = named_profile(setting) {
                names.add(&in_case_of_file(name, setting).unwrap_or_else(|| name.to_owned()));
            }
        }
        names
    }

    /// The label of the profile, wherever it is shown.
    pub(super) fn label(&self, name: &str) -> String {
        self.by_key.get(&key(name)).cloned().unwrap_or_else(|| label(name))
    }

    fn add(&mut self, name: &str) {
        let label = label(name);
        let known = self.by_key.entry(key(name)).or_insert_with(|| label.clone());
        let has_capital = |text: &str| text.chars().any(char::is_uppercase);
        if !has_capital(known) && has_capital(&label) {
            *known = label;
        }
    }
}

/// A setting's name in the case of its file: `Field_Sales_profileSessionSetting1530201326576` contains `field sales`.
/// Other characters than letters and digits are underscores there.
fn in_case_of_file(name: &str, setting: &Component) -> Option<String> {
    let stem = &setting.name;
    let end = stem.rfind("_profileSessionSetting").or_else(|| stem.rfind("_profilePasswordPolicy"))?;
    let (name, stem) = (decoded(name), &stem[..end]);
    if name.chars().count() != stem.chars().count() {
        return None;
    }
    let cased = |(own, filed): (char, char)| {
        let is_same = own.to_lowercase().eq(filed.to_lowercase());
        if is_same { Some(filed) } else { (filed == '_' && !own.is_ascii_alphanumeric()).then_some(own) }
    };
    name.chars().zip(stem.chars()).map(cased).collect()
}

/// Whether Salesforce ships the profile, as far as its name shows.
pub(super) fn is_standard(key: &str) -> bool {
    STANDARD.iter().any(|(full_name, _)| full_name.eq_ignore_ascii_case(key))
        || STANDARD_BY_LABEL.iter().chain(API_ONLY_TEMPLATES).any(|label| label.eq_ignore_ascii_case(key))
        || is_run_by_salesforce(key)
}

/// Whether a service of Salesforce's own logs in with the profile.
pub(super) fn is_run_by_salesforce(key: &str) -> bool {
    RUN_BY_SALESFORCE.iter().any(|start| key.starts_with(start))
}

/// Whether the profile is one of the API-only templates that Salesforce ships.
pub(super) fn is_api_only_template(key: &str) -> bool {
    API_ONLY_TEMPLATES.iter().any(|template| template.eq_ignore_ascii_case(key))
}

/// Whether the name shows that external users use the profile.
pub(super) fn is_external(name: &str) -> bool {
    let key = key(name);
    ["community", "portal", "partner", "external", "guest", "customer"].iter().any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_identity_for_every_spelling() {
        for name in ["Admin", "admin", " System Administrator ", "PT1", "system administrator"] {
            assert_eq!(key(name), "admin", "{name}");
            assert_eq!(label(name), "System Administrator", "{name}");
        }
        for name in ["Read Only", "ReadOnly", "read only", "PT3"] {
            assert_eq!(key(name), "readonly", "{name}");
        }
        assert_eq!(key("Sales %26 Service"), key("sales & service"));
        assert_eq!(label("Director Sales %26 Marketing"), "Director Sales & Marketing");
        assert_eq!(key("Head %E2%80%93 CP"), "head – cp");
        assert_eq!(label("100%"), "100%");
        assert_eq!(key("mBurse v%2E1 Profile"), "mburse v.1 profile");
        assert_ne!(key("Standard"), key("Standard Platform User"));
    }
}
