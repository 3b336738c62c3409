//! Rows: what a table is made of. A cell is a value and the place of the text that supplied it.
//!
//! Nothing here knows which tables exist or what a column means.

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
    /// The text that supplied the value; for a null, where it would be. `None` where no text of the project decides.
    pub place: Option<Place>,
}

impl<'p> Cell<'p> {
    /// A cell with a place.
    pub fn at(value: Value<'p>, place: Place) -> Self {
        Self { value, place: Some(place) }
    }

    /// A cell that no text of the project supplied.
    pub fn computed(value: Value<'p>) -> Self {
        Self { value, place: None }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'p> {
    /// One cell per column of the schema.
    pub cells: Vec<Cell<'p>>,
    /// The object of the project that the row is about: an index that only the maker of the table understands.
    pub subject: Option<u32>,
    /// The name of the row across renames of files: the join key of its component.
    pub key: Cow<'p, str>,
}

/// A table: a shape and rows in a fixed order.
#[derive(Debug)]
pub struct Table<'p> {
    /// The shape.
    pub schema: &'p Schema,
    /// The rows.
    pub rows: Vec<Row<'p>>,
}

impl Cells for Row<'_> {
    fn look<T>(&self, column: usize, look: impl FnOnce(&Value<'_>) -> T) -> T {
        look(self.cells.get(column).map_or(&Value::Null, |cell| &cell.value))
    }
}

/// Gives the rows of a table.
pub trait Tables: Sync {
    /// The table `name`, case ignored; computed at the first call.
    fn table(&self, name: &str) -> Option<&Table<'_>>;

    /// Whether the table `name` has no rows.
    fn is_empty(&self, name: &str) -> bool {
        self.table(name).is_none_or(|table| table.rows.is_empty())
    }

    /// The rows of the table `name` for which `filter` holds, in order.
    ///
    /// A table of very many rows, of which few are needed, may make only those.
    fn matching<'t>(&'t self, name: &str, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'t, Row<'t>>> {
        self.table(name).map_or_else(Vec::new, |table| table.matching(filter))
    }
}

impl<'p> Table<'p> {
    /// The rows for which `filter` holds, in order.
    pub fn matching(&self, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'_, Row<'p>>> {
        let holds = |row: &&Row<'_>| filter.is_none_or(|filter| filter.matches(*row));
        self.rows.iter().filter(holds).map(Cow::Borrowed).collect()
    }
}
