//! From a [`Select`] to a [`Plan`]: names become indices, and what cannot be answered is refused.
//!
//! A plan owns all that it needs and can be run any number of times. It may assume that the catalog's shapes are
//! the ones that the tables will have. It refuses to read rows: `eval` does that.

use super::ast::{Item, Name, NullsOrder, OrderBy, OrderKey, Select, Selection, Spanned};
use super::error::QueryError;
use super::filter::{Filter, bind_filter, find_column, find_table};
use super::row::{Catalog, Schema, Type};

/// A query that is bound to the shapes of its tables.
#[derive(Debug)]
pub struct Plan {
    pub(super) table: String,
    pub(super) filter: Option<Filter>,
    pub(super) output: Output,
    pub(super) names: Vec<(String, Type)>,
    pub(super) order: Vec<SortKey>,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Plan {
    /// The names of the answer's columns, as selected.
    pub fn columns(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The tables that it reads, each once, in the catalog's spelling.
    pub fn tables(&self) -> Vec<&str> {
        let mut tables = vec![self.table.as_str()];
        for table in self.filter.iter().flat_map(Filter::tables) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }
}

/// What becomes of the rows that pass the filter.
#[derive(Debug)]
pub(super) enum Output {
    /// Each is shown: these columns.
    Rows(Vec<usize>),
    /// They are counted.
    Count,
    /// They are grouped.
    Groups(Groups),
}

/// Rows that are counted by the values of columns.
///
/// A group is computed as the values of its keys followed by its counts, and then shown in the order asked for.
#[derive(Debug)]
pub(super) struct Groups {
    /// Columns whose values make a group; without any there is exactly one group.
    pub(super) keys: Vec<usize>,
    /// Columns whose values are counted.
    pub(super) counted: Vec<usize>,
    /// What is shown: indices into keys and counts.
    pub(super) shown: Vec<usize>,
}

/// A column to sort by: an index into the row, or into a group's keys and counts.
#[derive(Debug)]
pub(super) struct SortKey {
    pub(super) index: usize,
    pub(super) descending: bool,
    pub(super) nulls: NullsOrder,
}

/// Binds a query that stands alone. It may name no bind variables.
pub fn bind(select: &Select, catalog: &dyn Catalog) -> Result<Plan, QueryError> {
    let schema = find_table(catalog, &select.table)?;
    let filter = match &select.filter {
        Some(filter) => Some(bind_filter(filter, schema, catalog, None)?),
        None => None,
    };
    let (output, names) = match &select.selection {
        Selection::All(place) => all_columns(select, schema, place)?,
        Selection::CountRows(place) => counted_rows(select, place)?,
        Selection::Items(items) => selected(select, schema, items)?,
    };
    let order = select.order_by.iter().map(|order| sort_key(order, schema, &output)).collect::<Result<_, _>>()?;
    let rows = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(Plan {
        table: schema.name.to_string(),
        filter,
        output,
        names,
        order,
        limit: select.limit.map_or(usize::MAX, rows),
        offset: select.offset.map_or(0, rows),
    })
}

type Shape = (Output, Vec<(String, Type)>);

fn all_columns(select: &Select, schema: &Schema, place: &Spanned<()>) -> Result<Shape, QueryError> {
    if !select.group_by.is_empty() {
        return Err(QueryError::new("FIELDS(ALL) cannot be grouped", place.span.clone())
            .with_hint("select the columns after GROUP BY"));
    }
    let names = schema.columns.iter().map(|column| (column.name.to_string(), column.ty)).collect();
    Ok((Output::Rows((0..schema.columns.len()).collect()), names))
}

fn counted_rows(select: &Select, place: &Spanned<()>) -> Result<Shape, QueryError> {
    if let Some(column) = select.group_by.first() {
        return Err(QueryError::new("COUNT() counts all rows at once", place.span.clone())
            .with_hint(format!("write `SELECT {0}, COUNT({0})` to count per group", column.node)));
    }
    if !select.order_by.is_empty() {
        return Err(QueryError::new("one number needs no order", place.span.clone()).with_hint("leave ORDER BY out"));
    }
    Ok((Output::Count, vec![("COUNT()".to_owned(), Type::Int)]))
}

fn selected(select: &Select, schema: &Schema, items: &[Item]) -> Result<Shape, QueryError> {
    let counts = items.iter().any(|item| matches!(item, Item::Count { .. }));
    if counts || !select.group_by.is_empty() { grouped(select, schema, items) } else { plain(schema, items) }
}

fn plain(schema: &Schema, items: &[Item]) -> Result<Shape, QueryError> {
    let mut columns = Vec::new();
    let mut names = Vec::new();
    for item in items {
        if let Item::Column(name) = item {
            let column = find_column(schema, name)?;
            columns.push(column);
            add_name(&mut names, name.node.clone(), schema.columns[column].ty, name)?;
        }
    }
    Ok((Output::Rows(columns), names))
}

fn grouped(select: &Select, schema: &Schema, items: &[Item]) -> Result<Shape, QueryError> {
    let mut groups = Groups { keys: Vec::new(), counted: Vec::new(), shown: Vec::new() };
    for name in &select.group_by {
        let column = find_column(schema, name)?;
        no_list(schema, column, name, "grouped")?;
        groups.keys.push(column);
    }
    let mut names = Vec::new();
    for item in items {
        match item {
            Item::Column(name) => {
                let column = find_column(schema, name)?;
                groups.shown.push(group_key(&groups, column, name)?);
                add_name(&mut names, name.node.clone(), schema.columns[column].ty, name)?;
            }
            Item::Count { column, alias } => {
                let counted = find_column(schema, column)?;
                groups.shown.push(groups.keys.len() + groups.counted.len());
                groups.counted.push(counted);
                let name = alias.as_ref().map_or_else(|| format!("COUNT({})", column.node), |alias| alias.node.clone());
                add_name(&mut names, name, Type::Int, alias.as_ref().unwrap_or(column))?;
            }
        }
    }
    Ok((Output::Groups(groups), names))
}

/// Which key of `groups` the column is.
fn group_key(groups: &Groups, column: usize, name: &Name) -> Result<usize, QueryError> {
    groups.keys.iter().position(|key| *key == column).ok_or_else(|| {
        let hint = if groups.keys.is_empty() {
            format!("add `GROUP BY {}`", name.node)
        } else {
            format!("add `{}` to GROUP BY", name.node)
        };
        QueryError::new(format!("`{}` is neither counted nor grouped", name.node), name.span.clone()).with_hint(hint)
    })
}

/// Adds a column to the answer. The names are the keys of JSON output, hence each may stand there once.
fn add_name(names: &mut Vec<(String, Type)>, name: String, ty: Type, place: &Name) -> Result<(), QueryError> {
    if names.iter().any(|(taken, _)| taken.eq_ignore_ascii_case(&name)) {
        return Err(QueryError::new(format!("`{name}` is selected twice"), place.span.clone())
            .with_hint("leave one out, or give the count an alias"));
    }
    names.push((name, ty));
    Ok(())
}

fn no_list(schema: &Schema, column: usize, name: &Name, done: &str) -> Result<(), QueryError> {
    if schema.columns[column].ty != Type::List {
        return Ok(());
    }
    Err(QueryError::new(format!("`{}` holds lists of texts, which cannot be {done}", name.node), name.span.clone()))
}

fn sort_key(order: &OrderBy, schema: &Schema, output: &Output) -> Result<SortKey, QueryError> {
    let index = match (&order.key, output) {
        (OrderKey::Column(name), Output::Groups(groups)) => {
            let column = order_column(name, schema)?;
            group_key(groups, column, name)?
        }
        (OrderKey::Column(name), _) => {
            let column = order_column(name, schema)?;
            no_list(schema, column, name, "sorted")?;
            column
        }
        (OrderKey::Count(name), Output::Groups(groups)) => {
            let column = find_column(schema, name)?;
            let count = groups.counted.iter().position(|counted| *counted == column);
            groups.keys.len() + count.ok_or_else(|| count_not_selected(name))?
        }
        (OrderKey::Count(name), _) => return Err(count_not_selected(name)),
    };
    // Salesforce documents that nulls come first unless the query says otherwise, DESC included.
    Ok(SortKey { index, descending: order.descending, nulls: order.nulls.unwrap_or(NullsOrder::First) })
}

fn order_column(name: &Name, schema: &Schema) -> Result<usize, QueryError> {
    find_column(schema, name).map_err(|error| match error.hint {
        Some(hint) => QueryError { hint: Some(format!("{hint} (an alias is sorted as `COUNT(column)`)")), ..error },
        None => error,
    })
}

fn count_not_selected(name: &Name) -> QueryError {
    QueryError::new(format!("`COUNT({})` is not selected", name.node), name.span.clone())
        .with_hint("ORDER BY takes the counts that SELECT names")
}
