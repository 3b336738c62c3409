//! References by name: the component that a name refers to, and whether it is in the project.
//!
//! A target counts as missing only if its absence is certain: not if its file is broken, hidden or outside every
//! package directory, and not if it belongs to a package. Refuses to know tables.

use std::collections::{HashMap, HashSet};

use sessionlint_project::metadata::kind::{Recognised, kind, recognise};
use sessionlint_project::metadata::{Component, Project};
use sessionlint_source::file_name;

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

/// The names of all components by their types, to resolve many references.
pub(super) struct Names {
    present: HashMap<&'static str, HashSet<String>>,
    /// Components whose file is broken, hidden or outside.
    out_of_reach: HashMap<&'static str, HashSet<String>>,
    /// Whether files were left out.
    is_cut: bool,
}

impl Names {
    /// The names in a project.
    pub(super) fn of(project: &Project) -> Self {
        let mut all = Self { present: HashMap::new(), out_of_reach: HashMap::new(), is_cut: project.is_cut };
        for component in &project.components {
            all.present.entry(kind(component.kind).name).or_default().insert(key(&component.name));
        }
        for problem in &project.problems {
            all.out_of_reach.entry(problem.promised).or_default().insert(key(&problem.name));
        }
        for path in project.hidden.iter().chain(&project.outside) {
            if let Some((Recognised::Session(id, _), stem)) = recognise(file_name(path)) {
                all.out_of_reach.entry(kind(id).name).or_default().insert(key(stem));
            }
        }
        all
    }

    /// Whether the project has a component with a name; unknown where that is not certain: its file may be broken,
    /// hidden, outside, or among those that were left out.
    pub(super) fn is_resolved(&self, to_type: &str, to_name: &str) -> Option<bool> {
        let key = key(to_name);
        let has = |names: &HashMap<&str, HashSet<String>>| names.get(to_type).is_some_and(|names| names.contains(&key));
        if has(&self.present) {
            return Some(true);
        }
        (!is_managed(to_name) && !self.is_cut && !has(&self.out_of_reach)).then_some(false)
    }

    /// Whether the project has any component of a type.
    pub(super) fn has_type(&self, ty: &str) -> bool {
        self.present.contains_key(ty)
    }
}
