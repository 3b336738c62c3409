//! Credentials: what the org calls with, which certificate vouches for it, and who may use it.
//!
//! A named credential leads to an external credential, that to an auth provider, that to an app; each step is a name in
//! a file, the last one a shared consumer key, which no column shows. May assume nothing of what the links lead to:
//! files are retrieved in parts, so a target that is missing is missing in the project and nowhere else. Knows no clock:
//! days are counted from the day of the run.

mod certificate;
mod columns;
mod grant;
mod host;
mod link;
mod named;

pub(super) use certificate::{Certificate, CertificateUse};
pub(super) use grant::{Principal, PrincipalGrant};
pub(super) use host::{SamlSsoConfig, host, is_instance, is_salesforce};
pub(super) use link::{Reference, is_in_project, is_resolved};
pub(super) use named::{AuthProvider, Credential, find};

use super::column::Fact;
use super::raw;
use sessionlint_project::metadata::{Component, place_below, text_of};
use sessionlint_source::Place;
use sessionlint_xml::NodeId;

/// The text of `path` in a component, with its place.
fn written(component: &Component, path: &str) -> Fact<String> {
    Fact { value: component.text(path).map(str::to_owned), place: Some(component.place(path)) }
}

/// What people call a component: its `label`, else its file.
fn label(component: &Component) -> &str {
    ["label", "masterLabel", "friendlyName", "name"]
        .into_iter()
        .find_map(|path| component.text(path))
        .unwrap_or(&component.name)
}

/// Whether a name carries a namespace, so that a package owns what bears it.
fn is_managed(name: &str) -> bool {
    name.split_once("__").is_some_and(|(namespace, rest)| !namespace.is_empty() && !rest.is_empty())
}

/// Whether two developer names are the same; Salesforce ignores their case.
fn is_same(left: &str, right: &str) -> bool {
    left.trim().eq_ignore_ascii_case(right.trim())
}

/// One element of a repeated group, such as a parameter of an external credential.
#[derive(Clone, Copy)]
struct Element<'p> {
    component: &'p Component,
    node: NodeId,
}

impl<'p> Element<'p> {
    /// All elements called `path` of a component.
    fn all(component: &'p Component, path: &str) -> impl Iterator<Item = Element<'p>> {
        raw::elements(component, path).map(move |node| Element { component, node })
    }

    fn text(self, name: &str) -> Option<&'p str> {
        let document = &self.component.document;
        text_of(document, document.child(self.node, name)?)
    }

    fn place(self, name: &str) -> Place {
        place_below(self.component.file, &self.component.document, self.node, name)
    }

    /// The text of the child `name`, where it has one.
    fn fact(self, name: &str) -> Option<Fact<String>> {
        Some(Fact::known(self.text(name)?.to_owned(), self.place(name)))
    }

    /// Whether it is a parameter of the type `ty`.
    fn is_type(self, ty: &str) -> bool {
        self.text("parameterType") == Some(ty)
    }
}
