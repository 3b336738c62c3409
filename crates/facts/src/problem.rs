//! The files that were read, as tables: broken files, the project, its components.
//!
//! Refuses to know the rules that report them.

use super::column::{IntoCell, ViewColumn};
use super::table::{Declaration, Declared, rows};
use super::{Facts, text};
use sessionlint_project::metadata::kind::kind;
pub(super) use sessionlint_project::metadata::{Component, Problem, Project};
use sessionlint_soql::{Cell, Row, Value};

type ProblemColumn = ViewColumn<Problem>;
type ProjectColumn = ViewColumn<Project>;
type ComponentColumn = ViewColumn<Component>;

impl Declared for Problem {
    const TABLE: Declaration<Self> =
        Declaration::kept(|| PROBLEM, |facts| &facts.project.problems).key(|it| &it.name).of_one_file();
}

/// Columns of `Problem`: one row per file that could not be understood.
const PROBLEM: &[ProblemColumn] = &[
    ProblemColumn::text(
        "Kind",
        "`empty-file`, `unsupported-encoding`, `merge-conflict`, `wrong-root-element` or `not-well-formed`",
        |it| Cell { place: Some(it.place), ..it.kind.id().cell() },
    )
    .always(),
    ProblemColumn::text("Text", "what is wrong, as a clause", |it| Cell::at(text(&it.text), it.place)).always(),
    ProblemColumn::text("Type", "the metadata type by the file name", |it| it.promised.cell()).always(),
    ProblemColumn::text("Name", "file name without its suffix", |it| Cell::at(text(&it.name), it.place)).always(),
];

impl Declared for Project {
    const TABLE: Declaration<Self> =
        Declaration::kept(|| PROJECT, |facts| std::slice::from_ref(facts.project)).key(|_| "project").of_one_file();
}

/// Columns of `Project`: one row.
const PROJECT: &[ProjectColumn] = &[
    ProjectColumn::text("Root", "the root", |it| it.root.as_str().cell()).always(),
    ProjectColumn::int("Files", "number of session metadata files that were read", |it| count(it.file_count()))
        .always(),
    ProjectColumn::int("Components", "number of components in them", |it| count(it.component_count())).always(),
    ProjectColumn::int("Hidden", "number of session metadata files that `.forceignore` hides", |it| {
        count(it.hidden.len())
    })
    .always(),
    ProjectColumn::int("Outside", "number of session metadata files outside every package directory", |it| {
        count(it.outside.len())
    })
    .always(),
    ProjectColumn::int("Broken", "number of files that could not be read as metadata", |it| count(it.problems.len()))
        .always(),
    ProjectColumn::text("AsOf", "the date of the check (`--as-of`)", |it| it.inputs.as_of.to_string().cell()).always(),
];

impl Declared for Component {
    const TABLE: Declaration<Self> = Declaration::kept(|| COMPONENT, |facts| &facts.project.components)
        .key(|it| &it.name)
        .rows(component_rows)
        .named(2)
        .of_one_file();
}

/// Columns of `Component`: one row per component.
const COMPONENT: &[ComponentColumn] = &[
    ComponentColumn::text("Type", "metadata type", |it| Cell {
        place: Some(it.root_place()),
        ..kind(it.kind).name.cell()
    })
    .always(),
    ComponentColumn::text("Name", "fullName, as in a manifest", |it| Cell::at(text(&it.name), it.root_place()))
        .always(),
    ComponentColumn::bool("HasTwin", "the same folder has a twin file without `-meta.xml`", |it| {
        it.twin.is_some().cell()
    })
    .always(),
    // Decided by the names of all files; `component_rows` fills it in.
    ComponentColumn::text("Namespace", "its managed package", |_| Cell::default()),
];

fn count(number: usize) -> Cell<'static> {
    Cell::computed(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// The rows of `Component`.
fn component_rows<'f>(facts: &'f Facts<'f>) -> Vec<Row<'f>> {
    let (project, managed) = (facts.project, facts.managed());
    let mut rows = rows::<Component>(facts);
    for ((index, component), row) in (0u32..).zip(&project.components).zip(&mut rows) {
        row.subject = Some(index);
        if let (Some(cell), Some(namespace)) = (row.cells.last_mut(), managed.of_file(component.file)) {
            *cell = Cell::at(text(namespace), component.root_place());
        }
    }
    let mut components = project.components.iter();
    rows.retain(|_| components.next().is_some_and(|component| component.part.is_none()));
    rows
}
