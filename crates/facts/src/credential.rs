//! Credentials: what the org uses for callouts, their certificates, and who may use them.
//!
//! A named credential leads to an external credential, that to an auth provider, that to an app; each step is a name in
//! a file, the last one a shared consumer key, which no column shows. May assume nothing of what the links lead to:
//! files are retrieved in parts, so a target that is missing is missing in the project and nowhere else. Knows no clock:
//! days are counted from the day of the run.

mod certificate;
mod columns;
mod element;
mod grant;
mod link;
mod listing;
mod named;
mod saml;

pub(super) use certificate::{Certificate, CertificateUse};
pub(super) use grant::{Principal, PrincipalGrant};
pub(super) use link::Reference;
pub(super) use named::{AuthProvider, Credential};
pub(super) use saml::SamlSsoConfig;
