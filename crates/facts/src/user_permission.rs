//! User permissions that a profile or permission set grants.
//!
//! A permission counts where it is enabled; a missing one means little, because a retrieve may leave it out. Refuses to
//! know single permissions.

use super::raw;
use sessionlint_project::metadata::{Component, text_of};
use sessionlint_source::Place;
use sessionlint_xml::NodeId;

/// A user permission that a profile or permission set grants.
pub(super) struct Granted<'p> {
    /// API name of the permission.
    pub(super) name: &'p str,
    component: &'p Component,
    name_node: NodeId,
    enabled_node: NodeId,
}

impl Granted<'_> {
    pub(super) fn name_place(&self) -> Place {
        self.place(self.name_node)
    }

    pub(super) fn enabled_place(&self) -> Place {
        self.place(self.enabled_node)
    }

    fn place(&self, node: NodeId) -> Place {
        Place { file: self.component.file, span: self.component.document.mark(node) }
    }
}

/// The user permissions that are enabled in a profile or permission set and whose name `is_wanted`. Real profiles hold
/// hundreds of permissions.
fn granted_where(component: &Component, is_wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Granted<'_>> {
    let document = &component.document;
    document.children_named(document.root(), "userPermissions").filter_map(move |node| {
        let name_node = document.child(node, "name")?;
        let name = text_of(document, name_node).filter(|name| is_wanted(name))?;
        let enabled_node = document.child(node, "enabled")?;
        let is_enabled = text_of(document, enabled_node).and_then(raw::parse_bool) == Some(true);
        is_enabled.then_some(Granted { name, component, name_node, enabled_node })
    })
}

/// The user permissions that are enabled in a profile or permission set.
pub(super) fn granted(component: &Component) -> impl Iterator<Item = Granted<'_>> {
    granted_where(component, |_| true)
}

/// The grant of the user permission `name`, if a profile or permission set has one.
pub(super) fn grant_of<'p>(component: &'p Component, name: &str) -> Option<Granted<'p>> {
    // Few profiles name a given permission, and each names hundreds.
    component.document.may_contain(name).then(|| granted_where(component, |it| it == name).next()).flatten()
}

/// Whether a profile or permission set grants the user permission `name`.
pub(super) fn grants(component: &Component, name: &str) -> bool {
    grant_of(component, name).is_some()
}
