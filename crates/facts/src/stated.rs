//! Values of the org's settings: of several files, the last one with a value decides, as in a deployment.
//!
//! An empty element states an unknown value; an absent or nil one states nothing. A broken file may have been
//! the last, so nothing is known where there is one. Refuses to know what any value means.

use super::Fact;
use super::raw::parse_bool;
use sessionlint_project::metadata::Project;

/// The value at `path` of the settings of the type `ty`, as `understand` reads it.
pub(super) fn stated<T>(
    project: &Project,
    ty: &str,
    path: &str,
    understand: impl FnOnce(&str) -> Option<T>,
) -> Fact<T> {
    if project.is_broken(ty) {
        return Fact::default();
    }
    let stating = project.of_type(ty).map(|(_, settings)| settings).filter(|it| it.written(path).is_some()).last();
    stating.map_or_else(Fact::default, |settings| Fact {
        value: settings.text(path).and_then(understand),
        place: Some(settings.place(path)),
    })
}

/// The same for a switch.
pub(super) fn flag(project: &Project, ty: &str, path: &str) -> Fact<bool> {
    stated(project, ty, path, parse_bool)
}
