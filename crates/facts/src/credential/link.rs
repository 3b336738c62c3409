//! Links: which component names which other one, and whether the project holds it.
//!
//! A target is unresolved only where its absence says something: not where its file is broken, hidden or outside every
//! package, and not where a package owns it.

use super::{Element, is_managed, is_same};
use sessionlint_project::metadata::kind::{Recognised, kind, recognise};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::{Place, secrets};

/// One component names another.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(super) from_type: &'static str,
    pub(super) from_name: String,
    pub(super) element: &'static str,
    pub(super) to_type: &'static str,
    pub(super) to_name: String,
    /// Whether the project holds it; unknown where nothing can be said.
    pub(super) is_resolved: Option<bool>,
    /// Whether the project holds anything of the target's type, so that a missing one stands out.
    pub(super) is_type_in_project: bool,
    pub(super) place: Place,
}

/// Where links stand: type, repeated element (or none), element, type of the target.
const ELEMENTS: &[(&str, &str, &str, &str)] = &[
    ("NamedCredential", "", "authProvider", "AuthProvider"),
    ("NamedCredential", "", "certificate", "Certificate"),
    ("NamedCredential", "", "jwtSigningCertificate", "Certificate"),
    ("NamedCredential", "namedCredentialParameters", "certificate", "Certificate"),
    ("NamedCredential", "namedCredentialParameters", "externalCredential", "ExternalCredential"),
    ("ExternalCredential", "", "authProvider", "AuthProvider"),
    ("ExternalCredential", "externalCredentialParameters", "authProvider", "AuthProvider"),
    ("ExternalCredential", "externalCredentialParameters", "certificate", "Certificate"),
    (
        "ExternalCredential",
        "externalCredentialParameters",
        "externalAuthIdentityProvider",
        "ExternalAuthIdentityProvider",
    ),
    ("IdentityProviderSettings", "", "certificateName", "Certificate"),
    ("SamlSsoConfig", "", "decryptionCertificate", "Certificate"),
    ("ConnectedApp", "", "oauthConfig.certificate", "Certificate"),
    ("PermissionSet", "externalCredentialPrincipalAccesses", "externalCredentialPrincipal", "ExternalCredential"),
    ("Profile", "externalCredentialPrincipalAccesses", "externalCredentialPrincipal", "ExternalCredential"),
];

/// All links, in the order of the files.
pub(crate) fn links(project: &Project) -> Vec<Reference> {
    let mut links = Vec::new();
    for component in &project.components {
        let from_type = kind(component.kind).name;
        for (_, group, element, to_type) in ELEMENTS.iter().filter(|(ty, ..)| *ty == from_type) {
            for (text, place) in texts(component, group, element) {
                let Some(to_name) = target(element, text) else { continue };
                links.push(Reference {
                    from_type,
                    from_name: component.name.clone(),
                    element,
                    to_type,
                    is_resolved: is_resolved_from(project, component, to_type, to_name),
                    is_type_in_project: is_in_project(project, to_type),
                    to_name: to_name.to_owned(),
                    place,
                });
            }
        }
    }
    links
}

/// The texts of `element`, which may stand in a repeated group.
pub(super) fn texts<'p>(component: &'p Component, group: &str, element: &str) -> Vec<(&'p str, Place)> {
    if group.is_empty() {
        return component.text(element).map(|text| (text, component.place(element))).into_iter().collect();
    }
    Element::all(component, group).filter_map(|one| Some((one.text(element)?, one.place(element)))).collect()
}

/// The name in a link's text; `None` where it holds the thing itself instead of naming it.
fn target<'t>(element: &str, text: &'t str) -> Option<&'t str> {
    match element.rsplit('.').next() {
        Some("externalCredentialPrincipal") => Some(super::grant::split(text)?.0),
        // A certificate's body stands in the same elements as its name.
        Some(name) if name.to_ascii_lowercase().contains("certificate") && secrets::of_element("certificate", text) => {
            None
        }
        _ => Some(text.trim()),
    }
}

fn is_resolved_from(project: &Project, from: &Component, to_type: &str, to_name: &str) -> Option<bool> {
    // No file that anybody can retrieve holds a certificate under its record id.
    if to_type == "Certificate" && super::certificate::is_record_id(to_name) {
        return None;
    }
    // Inside a package names may lack the namespace, so what a package's component names is not judged.
    is_resolved(project, to_type, to_name).filter(|is_there| *is_there || !is_managed(&from.name))
}

/// Whether the project holds a component of a name; unknown where nothing can be said.
pub(crate) fn is_resolved(project: &Project, to_type: &str, to_name: &str) -> Option<bool> {
    if project.of_type(to_type).any(|(_, component)| is_same(&component.name, to_name)) {
        return Some(true);
    }
    (!is_managed(to_name) && !is_out_of_reach(project, to_type, to_name)).then_some(false)
}

/// Whether the project holds anything of a type.
pub(crate) fn is_in_project(project: &Project, ty: &str) -> bool {
    project.of_type(ty).next().is_some()
}

/// Whether the target's file is broken, hidden or outside, or may be among those that were left out.
fn is_out_of_reach(project: &Project, to_type: &str, to_name: &str) -> bool {
    let is_broken = project
        .problems
        .iter()
        .any(|problem| kind(problem.promised).name == to_type && is_same(&problem.name, to_name));
    let is_it = |path: &String| match recognise(path.rsplit('/').next().unwrap_or(path)) {
        Some((Recognised::Session(id, _), stem)) => kind(id).name == to_type && is_same(stem, to_name),
        _ => false,
    };
    is_broken || project.is_cut || project.hidden.iter().chain(&project.outside).any(is_it)
}
