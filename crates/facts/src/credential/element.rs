//! Elements and texts of components, with their places.
//!
//! Refuses to know what an element means, and which component it is in.

use crate::column::Fact;
use crate::raw;
use sessionlint_project::metadata::{Component, place_below, text_of};
use sessionlint_source::{Place, steps};
use sessionlint_xml::NodeId;

/// The text of `path` in a component, with its place.
pub(super) fn written(component: &Component, path: &str) -> Fact<String> {
    Fact { value: component.text(path).map(str::to_owned), place: Some(component.place(path)) }
}

/// The label of a component: its `label`, else the name of its file.
pub(super) fn label(component: &Component) -> &str {
    ["label", "masterLabel", "friendlyName", "name"]
        .into_iter()
        .find_map(|path| component.text(path))
        .unwrap_or(&component.name)
}

/// One element of a repeated group, such as a parameter of an external credential.
#[derive(Clone, Copy)]
pub(super) struct Element<'p> {
    component: &'p Component,
    node: NodeId,
}

impl<'p> Element<'p> {
    /// All elements called `path` of a component.
    pub(super) fn all(component: &'p Component, path: &str) -> impl Iterator<Item = Element<'p>> {
        raw::elements(component, path).inspect(|_| steps::count(1)).map(move |node| Element { component, node })
    }

    pub(super) fn text(self, name: &str) -> Option<&'p str> {
        let document = &self.component.document;
        text_of(document, document.child(self.node, name)?)
    }

    pub(super) fn place(self, name: &str) -> Place {
        place_below(self.component.file, &self.component.document, self.node, name)
    }

    /// The text of the child `name`, where it has one.
    pub(super) fn fact(self, name: &str) -> Option<Fact<String>> {
        Some(Fact::known(self.text(name)?.to_owned(), self.place(name)))
    }

    /// Whether it is a parameter of the type `ty`.
    pub(super) fn is_type(self, ty: &str) -> bool {
        self.text("parameterType") == Some(ty)
    }
}

/// The texts of `element`, which may be in a repeated group.
pub(super) fn texts<'p>(component: &'p Component, group: &str, element: &str) -> Vec<(&'p str, Place)> {
    if group.is_empty() {
        return component.text(element).map(|text| (text, component.place(element))).into_iter().collect();
    }
    Element::all(component, group).filter_map(|one| Some((one.text(element)?, one.place(element)))).collect()
}
