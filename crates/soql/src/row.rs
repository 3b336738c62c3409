//! Rows: what a table is made of. A cell is a value and the place of the text that supplied it.
//!
//! Nothing here knows which tables exist or what a column means.

use std::borrow::Cow;

use super::ast::Decimal;
use super::eval::PreparedFilter;
use sessionlint_source::Place;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text as written.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction: a mean. No column of a table holds one.
    Decimal,
    /// A calendar date.
    Date,
    /// Several texts (a repeated element, a comma-separated value); asked with INCLUDES and EXCLUDES.
    List,
}

impl Type {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Bool => "true or false",
            Type::Int | Type::Decimal => "number",
            Type::Date => "date",
            Type::List => "list",
        }
    }
}

/// A value in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Value<'p> {
    /// Absent, nil, empty or not known.
    #[default]
    Null,
    /// Written, and not what it will be: whether it is null is not known either.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction: a mean.
    Decimal(Decimal),
    /// A text.
    Text(Cow<'p, str>),
    /// A date.
    Date(jiff::civil::Date),
    /// Several texts, in document order.
    List(Vec<Cow<'p, str>>),
}

impl Value<'_> {
    /// Whether there is nothing to show: it is null, or unknown.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null | Value::Unknown)
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an integer value.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth of a boolean value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Cell<'p> {
    /// What is written, or computed.
    pub value: Value<'p>,
    /// The text that supplied the value; for a null, where it would stand. `None` where no text of the project has
    /// a say.
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

/// A column: its name, what it holds, and whether it can be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name as it is written in queries; a path (`oauthPolicy.refreshTokenPolicy`) or `PascalCase`.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub ty: Type,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// One sentence for people who write rules; empty for an element as written.
    pub doc: &'static str,
}

/// The shape of a table.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Table name.
    pub name: Cow<'static, str>,
    /// Columns, in the order in which they are shown.
    pub columns: Vec<Column>,
}

impl Schema {
    /// The index of the column `name`, case ignored as in SOQL.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'p> {
    /// One cell per column of the schema.
    pub cells: Vec<Cell<'p>>,
    /// Which thing of the project the row speaks of: an index that only the maker of the table understands.
    pub subject: Option<u32>,
    /// What the row is called across renames of files: the join key of its component.
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

/// Knows which tables exist and what shape they have.
pub trait Catalog {
    /// The shape of the table `name`, case ignored.
    fn schema(&self, name: &str) -> Option<&Schema>;
    /// All table names, for hints.
    fn table_names(&self) -> Vec<&str>;
    /// Where the rows of a table are that no file holds: a sentence for whoever asks for it.
    fn elsewhere(&self, _name: &str) -> Option<String> {
        None
    }
}

/// Something whose values a condition can look at, by the index of the column.
pub trait Cells {
    /// Shows the value in `column` to `look`; null where there is no such column.
    fn look<T>(&self, column: usize, look: impl FnOnce(&Value<'_>) -> T) -> T;
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
    /// A table of very many rows, of which few are ever asked for, may make only those.
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
