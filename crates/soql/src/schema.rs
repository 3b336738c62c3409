//! The schemas of tables, and a catalog of all tables.
//!
//! Refuses to know rows, and what a column means.

use std::borrow::Cow;

use super::value::Type;

/// A column: its name, its type, and whether it can be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name as written in queries: a path (`oauthPolicy.refreshTokenPolicy`) or `PascalCase`.
    pub name: Cow<'static, str>,
    /// The type of its values.
    pub ty: Type,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// One sentence for authors of rules; empty for an element as written.
    pub doc: &'static str,
}

/// The schema of a table.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Table name.
    pub name: Cow<'static, str>,
    /// Columns, in display order.
    pub columns: Vec<Column>,
}

impl Schema {
    /// The index of the column `name`, case-insensitive as in SOQL.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// Provides the tables that exist and their schemas.
pub trait Catalog {
    /// The schema of the table `name`, case-insensitive.
    fn schema(&self, name: &str) -> Option<&Schema>;
    /// All table names, for hints.
    fn table_names(&self) -> Vec<&str>;
    /// Where to find the rows of a table that no file contains, as a sentence.
    fn elsewhere(&self, _name: &str) -> Option<String> {
        None
    }
}
