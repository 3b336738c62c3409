//! References by name: the component that a name refers to, and whether it is in the project.
//!
//! A target counts as missing only if its absence is certain: not if its file is broken, hidden or outside every
//! package directory, and not if it belongs to a package. Refuses to know tables.

use std::collections::HashMap;

use sessionlint_project::metadata::kind::{Recognised, kind, recognise};
use sessionlint_project::metadata::{Component, Project};

/// Whether a name carries a namespace, so that a package owns the component.
pub(super) fn is_managed(name: &str) -> bool {
    name.split_once("__").is_some_and(|(namespace, rest)| !namespace.is_empty() && !rest.is_empty())
}

/// Whether two developer names are the same; Salesforce ignores their case.
pub(super) fn is_same(left: &str, right: &str) -> bool {
    left.trim().eq_ignore_ascii_case(right.trim())
}

/// The component of a type with a name.
pub(super) fn find<'p>(project: &'p Project, ty: &str, name: &str) -> Option<&'p Component> {
    project.of_type(ty).map(|(_, component)| component).find(|component| is_same(&component.name, name))
}

/// The components of a type by name, to look up many names as [`find`] does one; keys as [`key`] makes them.
pub(super) fn by_name<'p>(project: &'p Project, ty: &str) -> HashMap<String, &'p Component> {
    let mut all = HashMap::new();
    for (_, component) in project.of_type(ty) {
        all.entry(key(&component.name)).or_insert(component);
    }
    all
}

/// A developer name as a key: names are the same by [`is_same`] if their keys are equal.
pub(super) fn key(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Whether the project has a component with a name; unknown where that is not certain.
pub(super) fn is_resolved(project: &Project, to_type: &str, to_name: &str) -> Option<bool> {
    if project.of_type(to_type).any(|(_, component)| is_same(&component.name, to_name)) {
        return Some(true);
    }
    (!is_managed(to_name) && !is_out_of_reach(project, to_type, to_name)).then_some(false)
}

/// Whether the project has any component of a type.
pub(super) fn is_in_project(project: &Project, ty: &str) -> bool {
    project.of_type(ty).next().is_some()
}

/// Whether the target's file is broken, hidden or outside, or may be among those that were left out.
fn is_out_of_reach(project: &Project, to_type: &str, to_name: &str) -> bool {
    let is_broken =
        project.problems.iter().any(|problem| problem.promised == to_type && is_same(&problem.name, to_name));
    let is_it = |path: &String| match recognise(path.rsplit('/').next().unwrap_or(path)) {
        Some((Recognised::Session(id, _), stem)) => kind(id).name == to_type && is_same(stem, to_name),
        _ => false,
    };
    is_broken || project.is_cut || project.hidden.iter().chain(&project.outside).any(is_it)
}
