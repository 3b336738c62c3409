//! The tables as queries see them: their shapes, which are the same for every project, and their rows, which are
//! created on demand.
//!
//! Each table is of one of three origins: a declaration in this crate, a metadata type, a repeated element of one.
//! Knows none of them by name.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, OnceLock};

use super::masking::hide;
use super::table::{Reads, View};
use super::{Facts, VIEWS, elsewhere, raw};
use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::kind::{self, Field, Kind, KindId};
use sessionlint_soql::{Catalog, Cell, Column, PreparedFilter, Row, Schema, Table, Tables};

/// The origin of a table.
#[derive(Clone, Copy)]
enum Origin {
    /// A declaration.
    Declared(&'static View),
    /// A metadata type's elements, and the declaration of more columns where there is one.
    Kind(KindId, Option<&'static View>),
    /// A repeated element of a metadata type.
    Child(KindId, &'static str, &'static [Field]),
}

struct Shape {
    schema: Schema,
    origin: Origin,
    /// How many of the first columns no replacement of a text makes unknown.
    named: usize,
}

/// The columns at the head of a metadata type's table: name and path.
const HEAD: usize = 2;

/// The shapes of all tables, the declared ones first.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(shapes);

/// Where each table is, by its name in lower case.
static BY_NAME: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    SHAPES.iter().enumerate().map(|(index, shape)| (shape.schema.name.to_lowercase(), index)).collect()
});

fn shapes() -> Vec<Shape> {
    let (of_kinds, own): (Vec<_>, Vec<_>) = VIEWS.iter().partition(|view| kind::by_name(view.name).is_some());
    let declared = |view: &'static View| Shape {
        schema: Schema { name: Cow::Borrowed(view.name), columns: (view.columns)() },
        origin: Origin::Declared(view),
        named: view.named,
    };
    let mut shapes: Vec<Shape> = own.into_iter().map(declared).collect();
    for (id, kind) in kind::all() {
        let view = of_kinds.iter().copied().find(|view| view.name == kind.name);
        let schema = with_columns(raw::schema(kind), view);
        let named = view.filter(|view| view.leads).map_or(HEAD, |view| view.named);
        shapes.push(Shape { schema, origin: Origin::Kind(id, view), named });
        for (path, fields) in raw::child_tables(kind) {
            let schema = raw::child_schema(kind, path, fields);
            shapes.push(Shape { schema, origin: Origin::Child(id, path, fields), named: HEAD });
        }
    }
    shapes
}

/// The shape of a metadata type's table with the columns that are declared beside its elements.
fn with_columns(mut schema: Schema, view: Option<&View>) -> Schema {
    let Some(view) = view else { return schema };
    let columns = (view.columns)();
    if view.leads {
        let written = std::mem::replace(&mut schema.columns, columns);
        let more: Vec<_> = written.into_iter().filter(|column| !is_in(&schema.columns, &column.name)).collect();
        schema.columns.extend(more);
    } else {
        schema.columns.extend(columns);
    }
    schema
}

fn is_in(columns: &[Column], name: &str) -> bool {
    columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))
}

/// Which tables exist and what shape they have: the same for every project.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shapes;

impl Catalog for Shapes {
    fn schema(&self, name: &str) -> Option<&Schema> {
        BY_NAME.get(&name.to_lowercase()).map(|index| &SHAPES[*index].schema)
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        elsewhere::elsewhere(name)
    }

    fn table_names(&self) -> Vec<&str> {
        SHAPES.iter().map(|shape| shape.schema.name.as_ref()).collect()
    }
}

/// The tables that depend on something besides session metadata, by the length of their name.
static RESTING: LazyLock<Vec<Vec<&View>>> = LazyLock::new(|| {
    let mut by_length: Vec<Vec<&View>> = Vec::new();
    for view in VIEWS.iter().filter(|view| !view.reads.is_empty()) {
        by_length.resize_with(by_length.len().max(view.name.len() + 1), Vec::new);
        by_length[view.name.len()].push(view);
    }
    by_length
});

/// What the tables depend on that some texts name: names of tables, conditions or queries.
pub fn rests_on<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<Reads> {
    texts.into_iter().flat_map(tables_in).flat_map(|view| view.reads).copied().collect()
}

/// The tables of [`RESTING`] that a text names. Every run looks through the conditions of all its rules.
fn tables_in(text: &str) -> Vec<&'static View> {
    // Names of tables are ASCII, and conditions are long: a search for bytes is enough.
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let table = |word: &[u8]| {
        let same_length = RESTING.get(word.len())?;
        same_length.iter().copied().find(|view| view.name.as_bytes().eq_ignore_ascii_case(word))
    };
    text.as_bytes().split(|byte| !is_part(byte)).filter_map(table).collect()
}

/// Whether the data of one row may be in several files, so that it is unknown if some were not read.
/// A table with only some such columns leaves those null then.
pub fn rests_on_several(table: &str) -> bool {
    BY_NAME.get(&table.to_lowercase()).is_some_and(|index| match SHAPES[*index].origin {
        Origin::Declared(view) => !view.is_of_one_file,
        Origin::Kind(..) | Origin::Child(..) => false,
    })
}

/// The declared columns as Markdown: a table for each declaration.
pub fn documented() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let is_declared = |shape: &&Shape| matches!(shape.origin, Origin::Declared(_) | Origin::Kind(_, Some(_)));
    for shape in SHAPES.iter().filter(is_declared) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### {}\n\n| column | type | description |\n|---|---|---|\n", shape.schema.name);
        for column in shape.schema.columns.iter().filter(|column| !column.doc.is_empty()) {
            let null = if column.nullable { ", or null" } else { "" };
            let _ = writeln!(text, "| `{}` | {}{null} | {} |", column.name, column.ty.as_str(), column.doc);
        }
    }
    text
}

/// The tables of a project, each computed on first use.
pub struct Views<'f> {
    facts: &'f Facts<'f>,
    tables: Vec<OnceLock<Table<'f>>>,
}

impl std::fmt::Debug for Views<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Views").finish_non_exhaustive()
    }
}

impl<'f> Views<'f> {
    /// No table is computed yet.
    pub fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, tables: SHAPES.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The facts that the tables show.
    pub fn facts(&self) -> &'f Facts<'f> {
        self.facts
    }

    fn make(&self, shape: &'static Shape) -> Table<'f> {
        let project = self.facts.project;
        let mut rows = match shape.origin {
            Origin::Declared(view) => (view.rows)(self.facts),
            Origin::Kind(id, Some(view)) if view.leads => self.leading_rows(kind::kind(id), view, &shape.schema),
            Origin::Kind(id, view) => self.kind_rows(id, view),
            Origin::Child(id, path, fields) => project
                .of_kind(id)
                .flat_map(|(index, component)| raw::child_rows(project, index, component, path, fields))
                .collect(),
        };
        hide_in(project, shape, &mut rows);
        Table { schema: &shape.schema, rows }
    }

    fn kind_rows(&self, id: KindId, view: Option<&View>) -> Vec<Row<'f>> {
        let project = self.facts.project;
        let kind: &'static Kind = kind::kind(id);
        let mut rows: Vec<Row<'f>> =
            project.wholes(id).map(|(index, component)| raw::row(project, index, component, kind)).collect();
        if let Some(view) = view {
            (view.extend)(self.facts, &mut rows);
        }
        rows
    }

    /// The declared columns, then the elements of the file where there is one.
    fn leading_rows(&self, kind: &'static Kind, view: &View, schema: &Schema) -> Vec<Row<'f>> {
        let project = self.facts.project;
        let raw_columns = raw::schema(kind).columns;
        let mut rows = (view.rows)(self.facts);
        for row in &mut rows {
            let own = row.cells.len();
            let Some(index) = row.subject else {
                row.cells.resize_with(schema.columns.len(), Cell::default);
                continue;
            };
            let mut written = raw::row(project, index, &project.components[index as usize], kind).cells;
            for (index, column) in raw_columns.iter().enumerate() {
                if !is_in(&schema.columns[..own], &column.name) {
                    row.cells.push(std::mem::take(&mut written[index]));
                }
            }
        }
        rows
    }
}

/// Hides in rows what no row shows.
fn hide_in(project: &Project, shape: &Shape, rows: &mut [Row<'_>]) {
    for row in rows {
        for (index, (cell, column)) in row.cells.iter_mut().zip(&shape.schema.columns).enumerate() {
            hide(project, &column.name, index < shape.named, cell);
        }
    }
}

/// The table `name`, case ignored, where it is declared with rows that are made on demand, and how.
fn on_demand(name: &str) -> Option<&'static View> {
    match SHAPES[*BY_NAME.get(&name.to_lowercase())?].origin {
        Origin::Declared(view) => view.matching.is_some().then_some(view),
        Origin::Kind(..) | Origin::Child(..) => None,
    }
}

impl Tables for Views<'_> {
    fn table(&self, name: &str) -> Option<&Table<'_>> {
        let index = *BY_NAME.get(&name.to_lowercase())?;
        Some(self.tables[index].get_or_init(|| self.make(&SHAPES[index])))
    }

    fn is_empty(&self, name: &str) -> bool {
        match on_demand(name) {
            Some(view) => (view.is_empty)(self.facts),
            None => self.table(name).is_none_or(|table| table.rows.is_empty()),
        }
    }

    /// Every profile grants hundreds of permissions, and rules need a dozen; each app is compared with each address,
    /// and few are excluded: rows are made of those only.
    fn matching<'t>(&'t self, name: &str, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'t, Row<'t>>> {
        match on_demand(name).and_then(|view| view.matching) {
            Some(matching) => matching(self.facts, filter).into_iter().map(Cow::Owned).collect(),
            None => self.table(name).map_or_else(Vec::new, |table| table.matching(filter)),
        }
    }
}
