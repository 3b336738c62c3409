//! Lines of `.forceignore`: those that hide session metadata, with the files that each hides, and those that hide
//! nothing as written.
//!
//! Other lines give no row. Refuses to read hidden files: only their names are known.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::column::{IntoCell, ViewColumn};
use super::table::{Declaration, Declared};
pub(super) use sessionlint_project::metadata::DeadPattern;
use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::kind::{Recognised, kind, recognise};
use sessionlint_soql::{Cell, Value};
use sessionlint_source::{Place, file_name};

type Column = ViewColumn<HidingLine>;

/// A line and the files that it is the first to hide.
#[derive(Debug)]
pub(super) struct HidingLine {
    pattern: String,
    place: Place,
    files: i64,
    first: String,
    types: Vec<&'static str>,
}

impl Declared for HidingLine {
    const TABLE: Declaration<Self> =
        Declaration::new(|| HIDING_LINE, |facts| hiding_lines(facts.project)).key(|it| &it.pattern);
}

/// One row per line.
const HIDING_LINE: &[Column] = &[
    Column::text("Pattern", "the line", |it| Cell::at(Value::Text(Cow::Borrowed(&it.pattern)), it.place)).always(),
    Column::int("Files", "number of session metadata files that it hides", |it| it.files.cell()).always(),
    Column::text("FirstFile", "the first of them", |it| it.first.as_str().cell()).always(),
    Column::text("Types", "their metadata types, in words", |it| it.types.join(", ").cell()).always(),
];

impl Declared for DeadPattern {
    const TABLE: Declaration<Self> =
        Declaration::kept(|| DEAD_PATTERN, |facts| &facts.project.dead_patterns).key(|it| &it.pattern);
}

/// One row per line that hides nothing as it is written.
const DEAD_PATTERN: &[ViewColumn<DeadPattern>] = &[
    ViewColumn::text("Pattern", "the line", |it: &DeadPattern| {
        Cell::at(Value::Text(Cow::Borrowed(it.pattern.trim())), it.place)
    })
    .always(),
    ViewColumn::text(
        "Fault",
        "`backslash-folders`, `leading-dot`, `trailing-comment`, `braces`, `ends-in-backslash` or `no-pattern`",
        |it: &DeadPattern| it.why.id().cell(),
    )
    .always(),
];

/// All rows, in the order of the lines.
pub(super) fn hiding_lines(project: &Project) -> Vec<HidingLine> {
    let mut by_place: BTreeMap<Place, HidingLine> = BTreeMap::new();
    for hidden in &project.hidden_by {
        let line = by_place.entry(hidden.place).or_insert_with(|| HidingLine {
            pattern: hidden.pattern.clone(),
            place: hidden.place,
            files: 0,
            first: hidden.path.clone(),
            types: Vec::new(),
        });
        line.files += 1;
        let name = file_name(&hidden.path);
        if let Some((Recognised::Session(id, _), _)) = recognise(name)
            && !line.types.contains(&kind(id).name)
        {
            line.types.push(kind(id).name);
        }
    }
    by_place.into_values().collect()
}
