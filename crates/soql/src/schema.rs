//! Shapes of tables: their columns, and a catalog of all of them.
//!
//! Nothing here knows rows, nor what a column means.

use std::borrow::Cow;

use super::value::Type;

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

/// Knows which tables exist and what shape they have.
pub trait Catalog {
    /// The shape of the table `name`, case ignored.
    fn schema(&self, name: &str) -> Option<&Schema>;
    /// All table names, for hints.
    fn table_names(&self) -> Vec<&str>;
    /// Where to find the rows of a table that no file contains, in a sentence.
    fn elsewhere(&self, _name: &str) -> Option<String> {
        None
    }
}
