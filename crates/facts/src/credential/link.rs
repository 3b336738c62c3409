//! Links: which component names which other one, and whether the project has it.
//!
//! `lookup` decides whether a target is in the project. Refuses to call a target missing that no file can define: it is
//! unknown.

use super::element::texts;
use crate::lookup::{Names, is_managed};
use sessionlint_project::metadata::kind::kind;
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
    /// Whether the project has it; unknown where that is not certain.
    pub(super) is_resolved: Option<bool>,
    /// Whether the project has any component of the target's type, so that a missing one is significant.
    pub(super) is_type_in_project: bool,
    pub(super) place: Place,
}

/// Elements with links: type, repeated element (or none), element, type of the target.
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
    let all = Names::of(project);
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
                    is_resolved: is_resolved_from(&all, component, to_type, to_name),
                    is_type_in_project: all.has_type(to_type),
                    to_name: to_name.to_owned(),
                    place,
                });
            }
        }
    }
    links
}

/// The name in a link's text; `None` if it contains the certificate itself instead of its name.
fn target<'t>(element: &str, text: &'t str) -> Option<&'t str> {
    match element.rsplit('.').next() {
        Some("externalCredentialPrincipal") => Some(split(text)?.0),
        // The same elements contain a certificate's body or its name.
        Some(name) if name.to_ascii_lowercase().contains("certificate") && secrets::of_element("certificate", text) => {
            None
        }
        _ => Some(text.trim()),
    }
}

fn is_resolved_from(all: &Names, from: &Component, to_type: &str, to_name: &str) -> Option<bool> {
    // No file that can be retrieved has a certificate under its record id.
    if to_type == "Certificate" && is_record_id(to_name) {
        return None;
    }
    // Inside a package names may lack the namespace, so a name in a package's component is not checked.
    all.is_resolved(to_type, to_name).filter(|is_there| *is_there || !is_managed(&from.name))
}

/// Credential and principal of `Credential-Principal`.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let (credential, principal) = text.split_once('-')?;
    Some((credential.trim(), principal.trim()))
}

/// Whether a text is the record id of a certificate, which no file contains: 15 or 18 characters that begin with 0P1.
pub(super) fn is_record_id(text: &str) -> bool {
    let text = text.trim();
    matches!(text.len(), 15 | 18) && text.starts_with("0P1") && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_names_credential_and_principal() {
        assert_eq!(split("Tax_Rates-TaxService"), Some(("Tax_Rates", "TaxService")));
        assert_eq!(split("Tax_Rates - Tax Service"), Some(("Tax_Rates", "Tax Service")));
        assert_eq!(split("Tax_Rates-Tax-Service"), Some(("Tax_Rates", "Tax-Service")));
        assert_eq!(split("Tax_Rates"), None);
    }

    #[test]
    fn a_record_id_is_no_name() {
        assert!(is_record_id("0P1000000000001") && is_record_id("0P1000000000001AAA"));
        for name in ["0P1", "SelfSignedCert_15Nov2017_154545", "0P10000000000_1", "0000000000000P1", "0P10000000000012"]
        {
            assert!(!is_record_id(name), "{name}");
        }
    }
}
