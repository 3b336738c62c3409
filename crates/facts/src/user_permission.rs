//! User permissions that a profile or permission set grants.
//!
//! A permission counts where it is enabled; a missing one means little, because a retrieve may leave it out. Refuses to
//! know single permissions.

use super::raw;
use sessionlint_project::metadata::{Component, place_below, text_of};
use sessionlint_source::Place;

/// A user permission that a profile or permission set grants.
pub(super) struct Granted<'p> {
    /// API name of the permission.
    pub(super) name: &'p str,
    pub(super) name_place: Place,
    pub(super) enabled_place: Place,
}

/// The user permissions that are enabled in a profile or permission set.
pub(super) fn granted(component: &Component) -> impl Iterator<Item = Granted<'_>> {
    let document = &component.document;
    document.children_named(document.root(), "userPermissions").filter_map(move |node| {
        let part = |name: &str| document.child(node, name).and_then(|child| text_of(document, child));
        let is_enabled = part("enabled").and_then(raw::parse_bool) == Some(true);
        let place = |name: &str| place_below(component.file, document, node, name);
        let name = part("name").filter(|_| is_enabled)?;
        Some(Granted { name, name_place: place("name"), enabled_place: place("enabled") })
    })
}

/// Whether a profile or permission set grants the user permission `name`.
pub(super) fn grants(component: &Component, name: &str) -> bool {
    granted(component).any(|it| it.name == name)
}
