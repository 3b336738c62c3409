//! Rows and their cells: a cell is a value with the place of its text.
//!
//! Refuses to know which tables exist, and what a column means.

use std::borrow::Cow;

use super::prepared::PreparedFilter;
use super::schema::Schema;
use super::value::{Cells, Value};
use sessionlint_source::Place;

/// A value and where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Cell<'p> {
    /// The value as written, or computed.
    pub value: Value<'p>,
    /// The text with the value; for a null, where it would be. `None` if no text of the project decides the value.
    pub place: Option<Place>,
}

impl<'p> Cell<'p> {
    /// A cell with a place.
    pub fn at(value: Value<'p>, place: Place) -> Self {
        Self { value, place: Some(place) }
    }

    /// A cell without a text in the project.
    pub fn computed(value: Value<'p>) -> Self {
        Self { value, place: None }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'p> {
    /// One cell per column of the schema.
    pub cells: Vec<Cell<'p>>,
    /// The object of the project that the row is about: an index with a meaning for the table's maker only.
    pub subject: Option<u32>,
    /// The name of the row across renames of files, the join key of its component.
    pub key: Cow<'p, str>,
}

/// A table: a schema and rows in a fixed order.
#[derive(Debug)]
pub struct Table<'p> {
    /// The schema.
    pub schema: &'p Schema,
    /// The rows.
    pub rows: Vec<Row<'p>>,
}

impl Cells for Row<'_> {
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T {
        with_value(self.cells.get(column).map_or(&Value::Null, |cell| &cell.value))
    }
}

/// Provides the rows of tables.
pub trait Tables: Sync {
    /// The table `name`, case-insensitive; computed at the first call.
    fn table(&self, name: &str) -> Option<&Table<'_>>;

    /// Whether the table `name` has no rows.
    fn is_empty(&self, name: &str) -> bool {
        self.table(name).is_none_or(|table| table.rows.is_empty())
    }

    /// The rows of the table `name` that satisfy `filter`, in order.
    ///
    /// A large table may compute only these rows.
    fn matching<'t>(&'t self, name: &str, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'t, Row<'t>>> {
        self.table(name).map_or_else(Vec::new, |table| table.matching(filter))
    }
}

impl<'p> Table<'p> {
    /// The rows that satisfy `filter`, in order.
    pub fn matching(&self, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'_, Row<'p>>> {
        let holds = |row: &&Row<'_>| filter.is_none_or(|filter| filter.matches(*row));
        self.rows.iter().filter(holds).map(Cow::Borrowed).collect()
    }
}
