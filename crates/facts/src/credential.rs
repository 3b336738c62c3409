//! Credentials: what the org uses for callouts, their certificates, and who may use them.
//!
//! A named credential refers to an external credential, that to an auth provider, that to an app; each link is a name
//! in a file, the last one a shared consumer key, which no column shows. May assume nothing about the targets: files
//! are retrieved in parts, so that a missing target may exist in the org. Refuses to read a clock: days are counted
//! from the day of the run.

mod certificate;
mod client_certificate;
mod columns;
mod element;
mod grant;
mod link;
mod listing;
mod named;
mod saml;

pub(super) use certificate::{Certificate, CertificateUse};
pub(super) use client_certificate::{InboundCertificate, UserAuthCertificate};
pub(super) use grant::{Principal, PrincipalGrant};
pub(super) use link::Reference;
pub(super) use named::{AuthProvider, Credential};
pub(super) use saml::SamlSsoConfig;
