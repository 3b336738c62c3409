//! Principals of external credentials, and who may call with them.
//!
//! A permission set's file is complete, so a grant that it lacks does not exist; a profile's file holds only what was
//! retrieved with it, so a missing grant means nothing. Refuses to know which users have a profile or a permission set.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::element::{Element, label, written};
use super::link::split;
use super::listing::in_words;
use super::named::first_use;
use crate::apex::ApexCredentialUse;
use crate::column::Fact;
use crate::lookup::{by_name, is_managed, is_same, key};
use crate::profile_name::ProfileNames;
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::{FileId, Place, steps};

/// An identity that an external credential calls as.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(super) index: u32,
    pub(super) name: Fact<String>,
    pub(super) external: String,
    pub(super) is_managed: bool,
    pub(super) ty: String,
    pub(super) protocol: Fact<String>,
    /// The variant of the protocol, such as `NoAuthentication`.
    pub(super) variant: Option<String>,
    /// Named credentials that call with it, in words.
    pub(super) named: Fact<String>,
    /// Profiles and permission sets that grant it.
    pub(super) granted_by: Fact<String>,
    /// Whether the project holds permission sets or profiles at all.
    pub(super) has_holders: bool,
    /// Whether any principal is granted in the project, so that grants are retrieved.
    pub(super) has_grants: bool,
    /// The first method of the project that calls with one of its named credentials.
    pub(super) used_by: Fact<String>,
    /// The first that something asynchronous reaches.
    pub(super) used_later: Fact<String>,
}

impl Principal {
    /// How certain it is that a missing grant is missing in the org.
    pub(super) fn confidence(&self) -> &'static str {
        if self.has_grants && self.variant.as_deref() != Some("NoAuthentication") { "medium" } else { "low" }
    }
}

/// Whether an element is a principal, and its names: its group, and its own.
fn names<'p>(parameter: &Element<'p>) -> Option<(&'p str, Option<&'p str>)> {
    parameter.text("parameterType").filter(|ty| ty.ends_with("Principal"))?;
    Some((parameter.text("parameterName")?, parameter.text("parameterGroup")))
}

/// All principals, in the order of the files.
pub(crate) fn principals(project: &Project, grants: &[PrincipalGrant], uses: &[ApexCredentialUse]) -> Vec<Principal> {
    let naming = named_credentials(project);
    let mut by_external: HashMap<String, Vec<&PrincipalGrant>> = HashMap::new();
    for grant in grants {
        by_external.entry(key(&grant.external)).or_default().push(grant);
    }
    let has_holders = ["PermissionSet", "Profile"].iter().any(|ty| project.of_type(ty).next().is_some());
    let mut all = Vec::new();
    for (index, external) in project.of_type("ExternalCredential") {
        let parameters: Vec<_> = Element::all(external, "externalCredentialParameters").collect();
        let variant = parameters.iter().find(|one| one.is_type("AuthProtocolVariant"));
        let variant = variant.and_then(|one| one.text("parameterValue")).map(str::to_owned);
        let key = key(&external.name);
        let (named, names_of) = naming.get(&key).map(in_words_and_names).unwrap_or_default();
        let granted = by_external.get(&key).map(Vec::as_slice).unwrap_or_default();
        let first_use = |later: bool| first_use(uses, &names_of, later);
        for parameter in &parameters {
            let Some((own, group)) = names(parameter) else { continue };
            let holders: Vec<&PrincipalGrant> =
                granted.iter().inspect(|_| steps::count(1)).filter(|grant| grant.is_for(own, group)).copied().collect();
            // Grants name the group; the name that Salesforce writes into the default group belongs to this principal
            // only.
            let shown = group.filter(|group| *group != "DefaultGroup").unwrap_or(own);
            all.push(Principal {
                index,
                name: Fact::known(shown.to_owned(), parameter.place("parameterName")),
                external: label(external).to_owned(),
                is_managed: is_managed(&external.name),
                ty: parameter.text("parameterType").unwrap_or_default().to_owned(),
                protocol: written(external, "authenticationProtocol"),
                variant: variant.clone(),
                named: named.clone(),
                granted_by: Fact {
                    value: in_words(holders.iter().map(|grant| grant.holder.as_str())),
                    place: holders.first().and_then(|grant| grant.principal.place),
                },
                has_holders,
                has_grants: !grants.is_empty(),
                used_by: first_use(false),
                used_later: first_use(true),
            });
        }
    }
    all
}

/// A named credential that names an external one, and the place where it does.
type Naming<'p> = (&'p Component, Place);

/// The named credentials by the external ones that they name.
fn named_credentials(project: &Project) -> HashMap<String, Vec<Naming<'_>>> {
    let mut all: HashMap<String, Vec<Naming<'_>>> = HashMap::new();
    for (_, component) in project.of_type("NamedCredential") {
        let mut named = HashSet::new();
        for one in Element::all(component, "namedCredentialParameters") {
            let Some(name) = one.text("externalCredential").map(key) else { continue };
            if named.insert(name.clone()) {
                all.entry(name).or_default().push((component, one.place("externalCredential")));
            }
        }
    }
    all
}

/// The labels of named credentials in words, at the first, and their names.
fn in_words_and_names<'p>(all: &Vec<Naming<'p>>) -> (Fact<String>, Vec<&'p str>) {
    let labels = in_words(all.iter().map(|(component, _)| label(component)));
    let place = all.first().map(|(_, place)| *place);
    (Fact { value: labels, place }, all.iter().map(|(component, _)| component.name.as_str()).collect())
}

/// A profile or permission set that lets its users call as a principal.
#[derive(Debug)]
pub(crate) struct PrincipalGrant {
    pub(super) index: u32,
    pub(super) holder: String,
    pub(super) holder_type: &'static str,
    /// The grant as written.
    pub(super) principal: Fact<String>,
    /// The external credential's part of it.
    pub(super) external: String,
    name: String,
    pub(super) protocol: Fact<String>,
    pub(super) principal_type: Fact<String>,
    /// Whether the same permission set lets its users modify all user external credentials; unknown for profiles.
    pub(super) can_store: Fact<bool>,
    /// Another permission set of the project that does.
    pub(super) other_store: Fact<String>,
}

impl PrincipalGrant {
    fn is_for(&self, own: &str, group: Option<&str>) -> bool {
        is_same(&self.name, own) || group.is_some_and(|group| is_same(&self.name, group))
    }
}

/// What all grants of a profile or permission set have in common.
#[derive(Clone)]
struct Holder {
    label: String,
    can_store: Fact<bool>,
    other_store: Fact<String>,
}

impl Holder {
    fn of(project: &Project, component: &Component, names: &ProfileNames, stores: &[(FileId, Fact<String>)]) -> Self {
        let is_own = |file: FileId| project.parts(component).any(|part| part.file == file);
        let other = stores.iter().find(|(file, _)| !is_own(*file)).map(|(_, fact)| fact.clone());
        let (label, can_store) = match kind(component.kind).name {
            "Profile" => (names.label(&component.name), Fact::default()),
            _ => (set_label(project, component), can_store(project, component)),
        };
        Self { label, can_store, other_store: other.unwrap_or_default() }
    }
}

/// All grants that are on, in the order of the files.
pub(crate) fn grants(project: &Project, names: &ProfileNames) -> Vec<PrincipalGrant> {
    let stores: Vec<(FileId, Fact<String>)> =
        project.of_type("PermissionSet").filter_map(|(_, set)| Some((set.file, store(project, set)?))).collect();
    let externals = by_name(project, "ExternalCredential");
    let mut all = Vec::new();
    for (index, component) in (0u32..).zip(&project.components) {
        let holder_type = kind(component.kind).name;
        if !matches!(holder_type, "PermissionSet" | "Profile") {
            continue;
        }
        // The same for all grants of a file, so it is read at the first one.
        let holder = OnceCell::new();
        for access in Element::all(component, "externalCredentialPrincipalAccesses") {
            let Some(principal) = access.fact("externalCredentialPrincipal") else { continue };
            if access.text("enabled") != Some("true") {
                continue;
            }
            let Some((external, name)) = principal.value.as_deref().and_then(split) else { continue };
            let (external, name) = (external.to_owned(), name.to_owned());
            let target = externals.get(&key(&external)).copied();
            let Holder { label, can_store, other_store } =
                holder.get_or_init(|| Holder::of(project, component, names, &stores)).clone();
            let mut grant = PrincipalGrant {
                index,
                holder: label,
                holder_type,
                principal,
                external,
                name,
                protocol: target.map(|it| written(it, "authenticationProtocol")).unwrap_or_default(),
                principal_type: Fact::default(),
                can_store,
                other_store,
            };
            grant.principal_type = target.and_then(|it| principal_type(it, &grant)).unwrap_or_default();
            all.push(grant);
        }
    }
    all
}

fn principal_type(external: &Component, grant: &PrincipalGrant) -> Option<Fact<String>> {
    let mut parameters = Element::all(external, "externalCredentialParameters");
    let found = parameters.find(|one| names(one).is_some_and(|(own, group)| grant.is_for(own, group)))?;
    found.fact("parameterType")
}

/// Whether a permission set lets its users modify all user external credentials.
fn can_store(project: &Project, set: &Component) -> Fact<bool> {
    let object = project
        .parts(set)
        .flat_map(|part| Element::all(part, "objectPermissions"))
        .find(|one| one.text("object").is_some_and(|name| is_same(name, "UserExternalCredential")));
    match object {
        Some(object) => Fact::known(object.text("modifyAllRecords") == Some("true"), object.place("modifyAllRecords")),
        None => Fact { value: Some(false), place: None },
    }
}

/// The permission set's name, where it lets its users do that.
fn store(project: &Project, set: &Component) -> Option<Fact<String>> {
    let fact = can_store(project, set);
    (fact.value == Some(true)).then(|| Fact { value: Some(set_label(project, set)), place: fact.place })
}

/// The label of a permission set; a part has the label of the whole.
fn set_label(project: &Project, set: &Component) -> String {
    let whole = project.parts(set).find(|it| it.part.is_none());
    label(whole.unwrap_or(set)).to_owned()
}
