//! Binds a [`Select`] to a [`QueryPlan`]: names become indices, and a query that cannot be answered is rejected.
//!
//! A plan owns its data and can be run any number of times. It may assume that tables have the schemas of the catalog.
//! It refuses to read rows: `eval` does that.

use super::ast::{
    Call, Function, GroupKey, Name, NullsOrder, OrderBy, OrderKey, Select, SelectItem, Selection, Spanned,
};
use super::constant::described;
use super::error::QueryError;
use super::filter::{Filter, bind_filter, find_column, find_table, org_only};
use super::schema::{Catalog, Column, Schema};
use super::value::Type;

/// A query bound to the schemas of its tables.
#[derive(Debug)]
pub struct QueryPlan {
    pub(super) table: String,
    pub(super) filter: Option<Filter>,
    pub(super) having: Option<Filter>,
    pub(super) output: Output,
    pub(super) names: Vec<(String, Type)>,
    pub(super) order: Vec<SortKey>,
    pub(super) limit: usize,
    pub(super) offset: usize,
    notes: Vec<String>,
}

impl QueryPlan {
    /// The names of the result's columns, as selected.
    pub fn columns(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Notes about columns that are always null, each once.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The tables that it reads, each once, as spelled in the catalog.
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

/// What is done with the rows that pass the filter.
#[derive(Debug)]
pub(super) enum Output {
    /// Each row is shown with these columns.
    Rows(Vec<usize>),
    /// They are counted.
    Count,
    /// They are grouped.
    Groups(Groups),
}

/// Rows grouped by the values of columns.
///
/// A group is computed as the values of its keys followed by its aggregates, and then shown in the requested order.
#[derive(Debug)]
pub(super) struct Groups {
    /// Key columns; without keys there is exactly one group.
    pub(super) keys: Vec<usize>,
    /// The aggregates of each group.
    pub(super) aggregates: Vec<Aggregate>,
    /// The shown columns: indices into keys and aggregates.
    pub(super) shown: Vec<usize>,
}

/// An aggregate over the index of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aggregate {
    pub(super) function: Function,
    /// The column; `None` counts rows.
    pub(super) column: Option<usize>,
}

impl Groups {
    /// The index of an aggregate after the keys; adds the aggregate if it is new.
    fn index_of(&mut self, aggregate: Aggregate) -> usize {
        let known = self.aggregates.iter().position(|it| *it == aggregate);
        let index = known.unwrap_or_else(|| {
            self.aggregates.push(aggregate);
            self.aggregates.len() - 1
        });
        self.keys.len() + index
    }
}

/// A column to sort by: an index into the row, or into a group's keys and counts.
#[derive(Debug)]
pub(super) struct SortKey {
    pub(super) index: usize,
    pub(super) descending: bool,
    pub(super) nulls: NullsOrder,
}

/// Binds a query on its own. It may not use bind variables.
pub fn bind(select: &Select, catalog: &dyn Catalog) -> Result<QueryPlan, QueryError> {
    let schema = find_table(catalog, &select.table)?;
    // An org would return other rows, so that a part that needs an org is rejected, not ignored.
    if let Some(part) = select.scope.iter().chain(&select.with).chain(&select.tail).next() {
        return Err(org_only(part));
    }
    let filter = match &select.filter {
        Some(filter) => Some(bind_filter(filter, schema, catalog, None)?),
        None => None,
    };
    let (mut output, names) = match &select.selection {
        Selection::All(place) => all_columns(select, schema, place)?,
        Selection::CountRows(place, alias) => counted_rows(select, place, alias.as_ref())?,
        Selection::Items(items) => selected(select, schema, items)?,
    };
    let having = match (&select.having, &mut output) {
        (Some(_), Output::Groups(groups)) => Some(having(select, schema, groups, catalog)?),
        _ => None,
    };
    let order = select.order_by.iter().map(|order| sort_key(order, schema, &mut output)).collect::<Result<_, _>>()?;
    let rows = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(QueryPlan {
        table: schema.name.to_string(),
        filter,
        having,
        notes: notes(schema, &select.selection),
        output,
        names,
        order,
        limit: select.limit.map_or(usize::MAX, rows),
        offset: select.offset.map_or(0, rows),
    })
}

/// The beginning of the documentation of a column that is always null; the reason follows.
const ALWAYS_NULL: &str = "always null: ";

/// Notes about selected columns that are always null.
fn notes(schema: &Schema, selection: &Selection) -> Vec<String> {
    let Selection::Items(items) = selection else { return Vec::new() };
    let mut notes: Vec<String> = Vec::new();
    for item in items {
        let SelectItem::Column { column: name, .. } = item else { continue };
        let Ok(column) = find_column(schema, name) else { continue };
        if let Some(why) = schema.columns[column].doc.strip_prefix(ALWAYS_NULL) {
            let note = format!("`{}` is always null: {why}", schema.columns[column].name);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

type BoundOutput = (Output, Vec<(String, Type)>);

fn all_columns(select: &Select, schema: &Schema, place: &Spanned<()>) -> Result<BoundOutput, QueryError> {
    if !select.group_by.is_empty() {
        return Err(QueryError::new("FIELDS(ALL) cannot be grouped", place.span.clone())
            .with_hint("select the columns after GROUP BY"));
    }
    let names = schema.columns.iter().map(|column| (column.name.to_string(), column.ty)).collect();
    Ok((Output::Rows((0..schema.columns.len()).collect()), names))
}

fn counted_rows(select: &Select, place: &Spanned<()>, alias: Option<&Name>) -> Result<BoundOutput, QueryError> {
    match select.group_by.first() {
        Some(GroupKey::Column(column)) => {
            return Err(QueryError::new("COUNT() counts all rows at once", place.span.clone())
                .with_hint(format!("write `SELECT {0}, COUNT({0})` to count per group", column.node)));
        }
        Some(GroupKey::OrgOnly(part)) => return Err(org_only(part)),
        None => {}
    }
    if !select.order_by.is_empty() {
        return Err(QueryError::new("one number needs no order", place.span.clone()).with_hint("leave ORDER BY out"));
    }
    let name = alias.map_or_else(|| "COUNT()".to_owned(), |alias| alias.node.clone());
    Ok((Output::Count, vec![(name, Type::Int)]))
}

fn selected(select: &Select, schema: &Schema, items: &[SelectItem]) -> Result<BoundOutput, QueryError> {
    let computes = items.iter().any(|item| matches!(item, SelectItem::Aggregate { .. }));
    if computes || !select.group_by.is_empty() { grouped(select, schema, items) } else { plain(schema, items) }
}

fn plain(schema: &Schema, items: &[SelectItem]) -> Result<BoundOutput, QueryError> {
    let mut columns = Vec::new();
    let mut names = Vec::new();
    for item in items {
        match item {
            SelectItem::Column { column: name, alias, .. } => {
                let column = find_column(schema, name)?;
                columns.push(column);
                let shown = alias.as_ref().unwrap_or(name);
                add_name(&mut names, shown.node.clone(), schema.columns[column].ty, shown)?;
            }
            SelectItem::OrgOnly(part) => return Err(org_only(part)),
            SelectItem::Aggregate { .. } => {}
        }
    }
    Ok((Output::Rows(columns), names))
}

fn grouped(select: &Select, schema: &Schema, items: &[SelectItem]) -> Result<BoundOutput, QueryError> {
    let mut groups = Groups { keys: Vec::new(), aggregates: Vec::new(), shown: Vec::new() };
    for key in &select.group_by {
        let name = match key {
            GroupKey::Column(name) => name,
            GroupKey::OrgOnly(part) => return Err(org_only(part)),
        };
        let column = find_column(schema, name)?;
        no_list(schema, column, name, "grouped")?;
        groups.keys.push(column);
    }
    let mut names = Vec::new();
    for item in items {
        match item {
            SelectItem::Column { column: name, alias, .. } => {
                let column = find_column(schema, name)?;
                groups.shown.push(group_key(&groups, column, name)?);
                let shown = alias.as_ref().unwrap_or(name);
                add_name(&mut names, shown.node.clone(), schema.columns[column].ty, shown)?;
            }
            SelectItem::Aggregate { call, alias } => {
                let (aggregate, ty) = aggregate(call, schema)?;
                let index = groups.index_of(aggregate);
                groups.shown.push(index);
                let name = alias.as_ref().map_or_else(|| call.text(), |alias| alias.node.clone());
                add_name(&mut names, name, ty, alias.as_ref().unwrap_or(&call.column))?;
            }
            SelectItem::OrgOnly(part) => return Err(org_only(part)),
        }
    }
    Ok((Output::Groups(groups), names))
}

/// The aggregate of a call, and the type of its result.
fn aggregate(call: &Call, schema: &Schema) -> Result<(Aggregate, Type), QueryError> {
    let Call { function, column: name } = call;
    // Every record has an id, although no file contains it.
    if name.node.eq_ignore_ascii_case("Id") && matches!(function, Function::Count | Function::CountDistinct) {
        return Ok((Aggregate { function: Function::Count, column: None }, Type::Int));
    }
    let column = find_column(schema, name)?;
    let ty = schema.columns[column].ty;
    let result = match (function, ty) {
        (Function::Count, _) | (Function::Sum, Type::Int) => Type::Int,
        (Function::CountDistinct, _) if ty != Type::List => Type::Int,
        (Function::Min | Function::Max, Type::Text | Type::Int | Type::Date | Type::Decimal) => ty,
        (Function::Avg, Type::Int) => Type::Decimal,
        _ => return Err(not_for(*function, name, ty)),
    };
    Ok((Aggregate { function: *function, column: Some(column) }, result))
}

fn not_for(function: Function, name: &Name, ty: Type) -> QueryError {
    let message = format!("{} does not take `{}`, which holds {}", function.as_str(), name.node, described(ty));
    QueryError::new(message, name.span.clone()).with_hint("COUNT takes every column; SUM and AVG take numbers")
}

/// The condition on groups, whose columns are the keys and the aggregates.
fn having(select: &Select, schema: &Schema, groups: &mut Groups, catalog: &dyn Catalog) -> Result<Filter, QueryError> {
    let mut condition = match &select.having {
        Some(condition) => condition.clone(),
        None => return Err(QueryError::new("HAVING is missing", 0..0)),
    };
    let mut calls: Vec<(String, usize, Type)> = Vec::new();
    let mut failed = None;
    condition.each_column(&mut |name| {
        let found = call_named(name).map(|call| aggregate(&call, schema).map(|found| (call, found)));
        match found {
            Some(Ok((call, (aggregate, ty)))) => {
                name.node = call.text();
                calls.push((call.text(), groups.index_of(aggregate), ty));
            }
            Some(Err(error)) => {
                failed.get_or_insert(error);
            }
            None => match find_column(schema, name) {
                Ok(column) => {
                    if let Err(error) = group_key(groups, column, name) {
                        failed.get_or_insert(error);
                    }
                    name.node = schema.columns[column].name.to_string();
                }
                Err(error) => {
                    failed.get_or_insert(error);
                }
            },
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let mut columns: Vec<Column> = groups.keys.iter().map(|key| schema.columns[*key].clone()).collect();
    let hidden = |_: &Aggregate| Column { name: "".into(), ty: Type::Int, nullable: true, doc: "" };
    columns.extend(groups.aggregates.iter().map(hidden));
    for (text, index, ty) in calls {
        columns[index] = Column { name: text.into(), ty, nullable: true, doc: "" };
    }
    let of_groups = Schema { name: schema.name.clone(), columns };
    bind_filter(&condition, &of_groups, catalog, None)
}

/// The aggregate written as the column of a condition.
fn call_named(name: &Name) -> Option<Call> {
    let (function, column) = name.node.strip_suffix(')')?.split_once('(')?;
    let function = Function::ALL.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(function))?;
    Some(Call { function, column: Spanned::new(column.to_owned(), name.span.clone()) })
}

/// The key of `groups` that the column is.
fn group_key(groups: &Groups, column: usize, name: &Name) -> Result<usize, QueryError> {
    groups.keys.iter().position(|key| *key == column).ok_or_else(|| {
        let hint = if groups.keys.is_empty() {
            format!("add `GROUP BY {}`", name.node)
        } else {
            format!("add `{}` to GROUP BY", name.node)
        };
        QueryError::new(format!("`{}` is neither grouped nor in an aggregate", name.node), name.span.clone())
            .with_hint(hint)
    })
}

/// Adds a column to the result. The names are the keys of JSON output, so that each may occur only once.
fn add_name(names: &mut Vec<(String, Type)>, name: String, ty: Type, place: &Name) -> Result<(), QueryError> {
    if names.iter().any(|(taken, _)| taken.eq_ignore_ascii_case(&name)) {
        return Err(QueryError::new(format!("`{name}` is selected twice"), place.span.clone())
            .with_hint("leave one out, or give one an alias"));
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

fn sort_key(order: &OrderBy, schema: &Schema, output: &mut Output) -> Result<SortKey, QueryError> {
    let index = match (&order.key, output) {
        (OrderKey::OrgOnly(part), _) => return Err(org_only(part)),
        (OrderKey::Column(name), Output::Groups(groups)) => {
            let column = order_column(name, schema)?;
            group_key(groups, column, name)?
        }
        (OrderKey::Column(name), _) => {
            let column = order_column(name, schema)?;
            no_list(schema, column, name, "sorted")?;
            column
        }
        (OrderKey::Aggregate(call), Output::Groups(groups)) => groups.index_of(aggregate(call, schema)?.0),
        (OrderKey::Aggregate(call), _) => {
            return Err(QueryError::new(format!("`{}` needs groups", call.text()), call.column.span.clone())
                .with_hint(format!("add `{}` to SELECT, or GROUP BY", call.text())));
        }
    };
    // As Salesforce documents, nulls come first unless the query states another order, also with DESC.
    Ok(SortKey { index, descending: order.descending, nulls: order.nulls.unwrap_or(NullsOrder::First) })
}

fn order_column(name: &Name, schema: &Schema) -> Result<usize, QueryError> {
    find_column(schema, name).map_err(|error| match error.hint {
        Some(hint) => QueryError { hint: Some(format!("{hint} (an alias is sorted as `COUNT(column)`)")), ..error },
        None => error,
    })
}
