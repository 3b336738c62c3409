//! Declaration of tables: once, beside the type of its rows, and with one line in the crate's list.
//!
//! The list ([`tables!`]) gives the table its name, which is the type's, and its place in [`Facts`]; the declaration
//! gives the rest. Refuses to know single tables and rules.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::column::{ViewColumn, extend};
use super::masking::hide;
use super::{Cells, Facts};
use sessionlint_project::metadata::Project;
use sessionlint_soql::{Cells as LazyCells, Column, PreparedFilter, Row, Value};

/// What a table depends on besides session metadata. It is read only where a rule or a query names such a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// Apex, Visualforce pages and components.
    Code,
    /// Aura applications.
    Aura,
    /// Buttons, links, tabs and objects.
    Links,
    /// Fields and flows.
    Fields,
    /// Labels and records of custom metadata.
    Records,
}

/// A type that is in the list of tables.
pub(crate) trait Listed: Sized + Send + Sync + 'static {
    /// The name of its table.
    const NAME: &'static str;

    /// Where the rows are kept.
    fn cell(cells: &Cells) -> &OnceLock<Vec<Self>>;
}

/// A type with a table of one row per value.
///
/// Where a metadata type has the same name, the columns stand beside the elements in that type's table, and the values
/// are in the order of its components.
pub(crate) trait Declared: Listed {
    /// The table.
    const TABLE: Declaration<Self>;
}

/// Makes all rows of a table.
type Rows = for<'f> fn(&'f Facts<'f>) -> Vec<Row<'f>>;

/// Makes the rows of a table for which a condition holds.
type Matching = for<'f> fn(&'f Facts<'f>, Option<&PreparedFilter<'_>>) -> Vec<Row<'f>>;

/// The source of the values.
enum Values<R: 'static> {
    /// They are computed when they are first needed, and kept.
    Found(fn(&Facts<'_>) -> Vec<R>),
    /// Another part keeps them.
    Stored(for<'f> fn(&'f Facts<'_>) -> &'f [R]),
}

/// The declaration of a table.
pub(crate) struct Declaration<R: 'static> {
    columns: fn() -> &'static [ViewColumn<R>],
    values: Values<R>,
    key: Option<for<'r> fn(&'r R) -> &'r str>,
    subject: fn(&R) -> Option<u32>,
    reads: &'static [Reads],
    rows: Option<Rows>,
    matching: Option<Matching>,
    leads: bool,
    named: usize,
    is_of_one_file: bool,
}

impl<R: Declared> Declaration<R> {
    /// A table with these columns, whose values `find` computes. It may read the values of other tables from the facts.
    pub(crate) const fn new(columns: fn() -> &'static [ViewColumn<R>], find: fn(&Facts<'_>) -> Vec<R>) -> Self {
        Self::of(columns, Values::Found(find))
    }

    /// A table with these columns, whose values another part keeps.
    pub(crate) const fn kept(
        columns: fn() -> &'static [ViewColumn<R>],
        values: for<'f> fn(&'f Facts<'_>) -> &'f [R],
    ) -> Self {
        Self::of(columns, Values::Stored(values))
    }

    const fn of(columns: fn() -> &'static [ViewColumn<R>], values: Values<R>) -> Self {
        let subject = |_: &R| None;
        Self {
            columns,
            values,
            key: None,
            subject,
            reads: &[],
            rows: None,
            matching: None,
            leads: false,
            named: 0,
            is_of_one_file: false,
        }
    }

    /// The name of a row across renames of files. A metadata type's table has the component's name without it.
    pub(crate) const fn key(mut self, key: for<'r> fn(&'r R) -> &'r str) -> Self {
        self.key = Some(key);
        self
    }

    /// The component that a row is about.
    pub(crate) const fn subject(mut self, subject: fn(&R) -> Option<u32>) -> Self {
        self.subject = subject;
        self
    }

    /// What must be read for it.
    pub(crate) const fn reads(mut self, reads: &'static [Reads]) -> Self {
        self.reads = reads;
        self
    }

    /// Makes the rows in another way than cell by cell.
    pub(crate) const fn rows(mut self, rows: Rows) -> Self {
        self.rows = Some(rows);
        self
    }

    /// For a table of many values, of which conditions need few: rows are made of those only, each time.
    pub(crate) const fn matching(mut self, matching: Matching) -> Self {
        self.matching = Some(matching);
        self
    }

    /// The columns stand before the elements of the metadata type, and a value need not have a component.
    pub(crate) const fn leads(mut self) -> Self {
        self.leads = true;
        self
    }

    /// One file contains the row, but for what only tells it from equal rows: it is known even if other files were not
    /// read.
    pub(crate) const fn of_one_file(mut self) -> Self {
        self.is_of_one_file = true;
        self
    }

    /// The first `columns` name the files, or are about replacements: no replacement of a text makes them unknown.
    pub(crate) const fn named(mut self, columns: usize) -> Self {
        self.named = columns;
        self
    }
}

/// A table without the type of its rows.
pub(crate) struct View {
    pub(crate) name: &'static str,
    pub(crate) columns: fn() -> Vec<Column>,
    /// All rows; for a metadata type's table without the elements.
    pub(crate) rows: Rows,
    /// Adds the cells to the rows of a metadata type's components.
    pub(crate) extend: for<'f> fn(&'f Facts<'f>, &mut [Row<'f>]),
    pub(crate) is_empty: fn(&Facts<'_>) -> bool,
    pub(crate) matching: Option<Matching>,
    pub(crate) reads: &'static [Reads],
    pub(crate) leads: bool,
    pub(crate) named: usize,
    pub(crate) is_of_one_file: bool,
}

impl View {
    /// The table of `R`.
    pub(crate) const fn of<R: Declared>() -> Self {
        let table = &R::TABLE;
        let rows = match table.rows {
            Some(rows) => rows,
            None => rows::<R>,
        };
        Self {
            name: R::NAME,
            columns: columns::<R>,
            rows,
            extend: extend_all::<R>,
            is_empty: |facts| facts.all::<R>().is_empty(),
            matching: table.matching,
            reads: table.reads,
            leads: table.leads,
            named: table.named,
            is_of_one_file: table.is_of_one_file,
        }
    }
}

impl Facts<'_> {
    /// The values of a table.
    pub(crate) fn all<R: Declared>(&self) -> &[R] {
        match R::TABLE.values {
            Values::Found(find) => R::cell(&self.cells).get_or_init(|| find(self)),
            Values::Stored(values) => values(self),
        }
    }
}

// Loops in place of iterators: these functions are compiled once per table.

fn columns<R: Declared>() -> Vec<Column> {
    let mut columns = Vec::new();
    for column in (R::TABLE.columns)() {
        columns.push(column.column());
    }
    columns
}

/// One row per value.
pub(crate) fn rows<'f, R: Declared>(facts: &'f Facts<'f>) -> Vec<Row<'f>> {
    let columns = (R::TABLE.columns)();
    let values = facts.all::<R>();
    let mut rows = Vec::with_capacity(values.len());
    for value in values {
        rows.push(row(columns, value));
    }
    rows
}

fn row<'f, R: Declared>(columns: &[ViewColumn<R>], value: &'f R) -> Row<'f> {
    let key = R::TABLE.key.map_or("", |key| key(value));
    let mut row =
        Row { cells: Vec::with_capacity(columns.len()), subject: (R::TABLE.subject)(value), key: Cow::Borrowed(key) };
    extend(&mut row, columns, value);
    row
}

/// Adds the cells of the values to the rows of a metadata type's components.
fn extend_all<'f, R: Declared>(facts: &'f Facts<'f>, rows: &mut [Row<'f>]) {
    let columns = (R::TABLE.columns)();
    for (row, value) in rows.iter_mut().zip(facts.all::<R>()) {
        extend(row, columns, value);
        if let Some(key) = R::TABLE.key {
            row.key = Cow::Borrowed(key(value));
        }
    }
}

/// A row whose cells are computed when a condition reads them.
struct LazyRow<'c, 'f, R: 'static> {
    project: &'f Project,
    columns: &'c [ViewColumn<R>],
    value: &'f R,
}

impl<R: Declared> LazyCells for LazyRow<'_, '_, R> {
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T {
        let Some(shape) = self.columns.get(column) else { return with_value(&Value::Null) };
        let mut cell = shape.cell(self.value);
        hide(self.project, shape.name(), column < R::TABLE.named, &mut cell);
        with_value(&cell.value)
    }
}

/// The rows of those values for which `filter` holds.
pub(crate) fn matching_rows<'f, R: Declared>(
    project: &'f Project,
    values: impl IntoIterator<Item = &'f R>,
    filter: Option<&PreparedFilter<'_>>,
) -> Vec<Row<'f>> {
    let columns = (R::TABLE.columns)();
    let holds =
        |value: &&'f R| filter.is_none_or(|filter| filter.matches(&LazyRow { project, columns, value: *value }));
    let mut rows: Vec<Row<'f>> = values.into_iter().filter(holds).map(|value| row(columns, value)).collect();
    for row in &mut rows {
        for (index, (cell, column)) in row.cells.iter_mut().zip(columns).enumerate() {
            hide(project, column.name(), index < R::TABLE.named, cell);
        }
    }
    rows
}

/// The list of tables: for each, the module and the type of its rows.
macro_rules! tables {
    ($($module:ident::$table:ident),+ $(,)?) => {
        /// The values of each table, once they were needed.
        #[derive(Debug, Default)]
        #[expect(non_snake_case, reason = "each is called as its table is")]
        pub(crate) struct Cells {
            $($table: std::sync::OnceLock<Vec<$module::$table>>,)+
        }

        $(impl $crate::table::Listed for $module::$table {
            const NAME: &'static str = stringify!($table);

            fn cell(cells: &Cells) -> &std::sync::OnceLock<Vec<Self>> {
                &cells.$table
            }
        })+

        /// All tables, in the order in which they are listed.
        static VIEWS: &[$crate::table::View] = &[$($crate::table::View::of::<$module::$table>()),+];
    };
}

pub(crate) use tables;
