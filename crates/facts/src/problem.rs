//! What was read, as tables: broken files, the project, its components.

use std::borrow::Cow;

use super::column::{IntoCell, ViewColumn};
use super::text;
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::managed::Managed;
use sessionlint_project::metadata::{Component, Problem, Project};
use sessionlint_soql::{Cell, Row, Value};

type ProblemColumn = ViewColumn<Problem>;
type ProjectColumn = ViewColumn<Project>;
type ComponentColumn = ViewColumn<Component>;

/// Columns of `Problem`: one row per file that could not be understood.
pub(super) const PROBLEM: &[ProblemColumn] = &[
    ProblemColumn::text(
        "Kind",
        "`empty-file`, `unsupported-encoding`, `merge-conflict`, `wrong-root-element` or `not-well-formed`",
        |it| Cell { place: Some(it.place), ..it.kind.id().cell() },
    )
    .always(),
    ProblemColumn::text("Text", "what is wrong, as a clause", |it| Cell::at(text(&it.text), it.place)).always(),
    ProblemColumn::text("Type", "the metadata type that the file's name promises", |it| kind(it.promised).name.cell())
        .always(),
    ProblemColumn::text("Name", "stem of the file", |it| Cell::at(text(&it.name), it.place)).always(),
];

/// Columns of `Project`: one row.
pub(super) const PROJECT: &[ProjectColumn] = &[
    ProjectColumn::text("Root", "the root", |it| it.root.as_str().cell()).always(),
    ProjectColumn::int("Files", "files of session metadata that were read", |it| count(it.file_count())).always(),
    ProjectColumn::int("Components", "components in them", |it| count(it.component_count())).always(),
    ProjectColumn::int("Hidden", "files of session metadata that `.forceignore` hides", |it| count(it.hidden.len()))
        .always(),
    ProjectColumn::int("Outside", "files of session metadata outside every package directory", |it| {
        count(it.outside.len())
    })
    .always(),
    ProjectColumn::int("Broken", "files that could not be understood", |it| count(it.problems.len())).always(),
    ProjectColumn::text("AsOf", "the day for which dates are judged", |it| it.inputs.as_of.to_string().cell()).always(),
];

/// Columns of `Component`: one row per component.
pub(super) const COMPONENT: &[ComponentColumn] = &[
    ComponentColumn::text("Type", "metadata type", |it| Cell {
        place: Some(it.root_place()),
        ..kind(it.kind).name.cell()
    })
    .always(),
    ComponentColumn::text("Name", "fullName as a manifest writes it", |it| Cell::at(text(&it.name), it.root_place()))
        .always(),
    ComponentColumn::bool("HasTwin", "the same stands beside it in a file without `-meta.xml`", |it| {
        it.twin.is_some().cell()
    })
    .always(),
    // Told by the names of all files; filled in by `component_rows`.
    ComponentColumn::text("Namespace", "the managed package that it belongs to", |_| Cell::default()),
];

fn count(number: usize) -> Cell<'static> {
    Cell::computed(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// The rows of `Problem`.
pub(super) fn problem_rows(project: &Project) -> Vec<Row<'_>> {
    super::rows(PROBLEM, &project.problems, |problem| &problem.name)
}

/// The row of `Project`.
pub(super) fn project_rows(project: &Project) -> Vec<Row<'_>> {
    super::rows(PROJECT, std::slice::from_ref(project), |_| "project")
}

/// The rows of `Component`.
pub(super) fn component_rows<'p>(project: &'p Project, managed: &'p Managed) -> Vec<Row<'p>> {
    let mut rows = super::rows(COMPONENT, &project.components, |component| &component.name);
    for (index, row) in rows.iter_mut().enumerate() {
        let component = &project.components[index];
        row.subject = u32::try_from(index).ok();
        row.key = Cow::Borrowed(&component.name);
        if let (Some(cell), Some(namespace)) = (row.cells.last_mut(), managed.of_file(component.file)) {
            *cell = Cell::at(text(namespace), component.root_place());
        }
    }
    let mut components = project.components.iter();
    rows.retain(|_| components.next().is_some_and(|component| component.part.is_none()));
    rows
}
