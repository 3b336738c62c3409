//! The names of Salesforce's own queries for the content of files.
//!
//! An admin who types `SELECT Name FROM ConnectedApplication` gets the answer of the table `ConnectedApp`, under the
//! typed names. It may assume the tables of [`Shapes`]. It refuses to guess: for an object that only an org has, the
//! error names the query for the org.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::{Shapes, Views};
use sessionlint_soql::{
    Catalog, Cell, Column, PreparedFilter, Renaming, Row, Schema, Select, Table, Tables, Type, Value,
};

/// Objects of queries in an org, with the table that has their content from files.
const TABLES: &[(&str, &str)] = &[
    ("ConnectedApplication", "ConnectedApp"),
    ("RemoteProxy", "RemoteSiteSetting"),
    ("OrgDomain", "MyDomainSettings"),
];

/// Columns of queries in an org, with those of files, nearest first; the first one that the table has is used.
const COLUMNS: &[(&str, &[&str])] = &[
    ("DeveloperName", &["fullName", "Name"]),
    ("MasterLabel", &["masterLabel", "label", "Name"]),
    ("UserLicense.Name", &["userLicense"]),
    ("Profile.UserLicense.Name", &["userLicense"]),
];

/// Tables whose rows have user permissions: the prefix of the names of their columns in an org.
const PERMISSIONS: &str = "Permissions";
const HOLDERS: &[&str] = &["Profile", "PermissionSet"];

/// The columns of a query in addition to those of [`Shapes`]: one for each user permission that it names.
#[derive(Debug, Default)]
pub struct OrgQuery {
    schemas: Vec<Schema>,
}

impl OrgQuery {
    /// The query `select`, whose names become those of [`Shapes`].
    pub fn by(select: &mut Select) -> Self {
        let mut names = Names { query: OrgQuery::default() };
        select.rename(&mut names);
        names.query
    }

    /// The rows, with the requested columns.
    pub fn tables<'a>(&'a self, views: &'a Views<'a>) -> OrgQueryTables<'a> {
        OrgQueryTables { query: self, views, made: self.schemas.iter().map(|_| OnceLock::new()).collect() }
    }

    fn add(&mut self, table: &str, column: String) {
        let known = self.schemas.iter().position(|schema| schema.name.eq_ignore_ascii_case(table));
        let index = known.unwrap_or(self.schemas.len());
        if known.is_none() {
            let Some(schema) = Shapes.schema(table) else { return };
            self.schemas.push(schema.clone());
        }
        let schema = &mut self.schemas[index];
        if schema.column(&column).is_none() {
            schema.columns.push(Column { name: column.into(), ty: Type::Bool, nullable: false, doc: "" });
        }
    }
}

/// The names of a query, while they are translated.
struct Names {
    query: OrgQuery,
}

impl Renaming for Names {
    fn table(&self, name: &str) -> Option<String> {
        if Shapes.schema(name).is_some() {
            return None;
        }
        TABLES.iter().find(|(org, _)| org.eq_ignore_ascii_case(name)).map(|(_, ours)| (*ours).to_owned())
    }

    fn column(&mut self, table: &str, name: &str) -> Option<String> {
        let schema = Shapes.schema(table)?;
        if schema.column(name).is_some() {
            return None;
        }
        if let Some((_, ours)) = COLUMNS.iter().find(|(org, _)| org.eq_ignore_ascii_case(name)) {
            return ours.iter().find(|column| schema.column(column).is_some()).map(|column| (*column).to_owned());
        }
        let start = name.get(..PERMISSIONS.len())?;
        let is_permission = start.eq_ignore_ascii_case(PERMISSIONS) && name.len() > PERMISSIONS.len();
        if is_permission && !name.contains('.') && HOLDERS.iter().any(|holder| holder.eq_ignore_ascii_case(table)) {
            self.query.add(table, name.to_owned());
        }
        None
    }
}

impl Catalog for OrgQuery {
    fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name.eq_ignore_ascii_case(name)).or_else(|| Shapes.schema(name))
    }

    fn table_names(&self) -> Vec<&str> {
        Shapes.table_names().into_iter().chain(TABLES.iter().map(|(org, _)| *org)).collect()
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        Shapes.elsewhere(name)
    }
}

/// The tables of a project with the additional columns of a query.
#[derive(Debug)]
pub struct OrgQueryTables<'a> {
    query: &'a OrgQuery,
    views: &'a Views<'a>,
    made: Vec<OnceLock<Table<'a>>>,
}

impl<'a> OrgQueryTables<'a> {
    /// The rows of a table of holders with a column for each permission: true where the files grant it.
    fn make(&self, schema: &'a Schema) -> Table<'a> {
        let granted = self.granted(&schema.name);
        let own = Shapes.schema(&schema.name).map_or(0, |schema| schema.columns.len());
        let rows = self.views.table(&schema.name).map_or(&[][..], |table| &table.rows);
        // The name of a permission set is its label where a file has one.
        let called = ["Name", "label"].map(|name| schema.column(name));
        let row = |row: &Row<'a>| {
            let mut row = row.clone();
            let names = called.iter().flatten().filter_map(|column| row.cells[*column].value.as_text());
            let names: Vec<String> = names.map(str::to_lowercase).collect();
            for column in &schema.columns[own..] {
                let permission = column.name[PERMISSIONS.len()..].to_lowercase();
                let is_granted = names.iter().any(|name| granted.contains(&(name.clone(), permission.clone())));
                row.cells.push(Cell::computed(Value::Bool(is_granted)));
            }
            row
        };
        Table { schema, rows: rows.iter().map(row).collect() }
    }

    /// Holder and permission, in lower case, of the grants to holders of one type.
    fn granted(&self, ty: &str) -> HashSet<(String, String)> {
        let Some(schema) = Shapes.schema("Grant") else { return HashSet::new() };
        let columns = ["HolderType", "Holder", "Permission"].map(|name| schema.column(name));
        let text = |row: &Row<'_>, index: usize| -> String {
            let value = columns[index].map(|column| &row.cells[column].value);
            value.and_then(Value::as_text).unwrap_or_default().to_lowercase()
        };
        let rows = self.views.matching("Grant", None);
        let of_type = rows.iter().filter(|row| text(row, 0).eq_ignore_ascii_case(ty));
        of_type.map(|row| (text(row, 1), text(row, 2))).collect()
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.query.schemas.iter().position(|schema| schema.name.eq_ignore_ascii_case(name))
    }
}

impl Tables for OrgQueryTables<'_> {
    fn table(&self, name: &str) -> Option<&Table<'_>> {
        match self.index(name) {
            Some(index) => Some(self.made[index].get_or_init(|| self.make(&self.query.schemas[index]))),
            None => self.views.table(name),
        }
    }

    fn is_empty(&self, name: &str) -> bool {
        self.views.is_empty(name)
    }

    fn matching<'t>(&'t self, name: &str, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'t, Row<'t>>> {
        match self.index(name) {
            Some(_) => self.table(name).map_or_else(Vec::new, |table| table.matching(filter)),
            None => self.views.matching(name, filter),
        }
    }
}
