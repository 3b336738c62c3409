//! Runs plans: filters, groups and sorts rows.
//!
//! Evaluation cannot fail: a missing table has no rows, and a missing cell is null. The order of the result depends
//! only on the order of the rows. Refuses to know what a column means.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::aggregate::Accumulator;
use super::ast::NullsOrder;
use super::bind::{Groups, Output, QueryPlan, SortKey};
use super::case_fold::{Folded, compare};
use super::filter::{BoundSubSelect, Filter, Values};
use super::prepared::PreparedFilter;
use super::row::{Cell, Row, Tables};
use super::value::{Cells, KeyPart, Type, Value, borrowed};

/// The value of a missing cell.
const NOTHING: &Value<'static> = &Value::Null;

/// The result of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryResult<'t> {
    /// Name and type of each column, as selected.
    pub columns: Vec<(String, Type)>,
    /// The rows: one value per column.
    pub rows: Vec<Vec<Value<'t>>>,
}

impl QueryPlan {
    /// Runs the query on `tables`. The result borrows their texts.
    pub fn run<'t>(&self, tables: &'t dyn Tables) -> QueryResult<'t> {
        let passing = self.passing(tables);
        let rows = match &self.output {
            Output::Rows(columns) => self.listed(passing.collect(), columns),
            Output::Count => vec![vec![count(passing.skip(self.offset).take(self.limit).count())]],
            Output::Groups(groups) => self.grouped(groups, passing),
        };
        QueryResult { columns: self.names.clone(), rows }
    }

    /// The rows that meet the condition.
    fn passing<'t>(&self, tables: &'t dyn Tables) -> impl Iterator<Item = &'t Row<'t>> {
        let filter = self.filter.as_ref().map(|filter| filter.prepare(tables));
        let all: &'t [Row<'t>] = tables.table(&self.table).map_or(&[], |table| &table.rows);
        all.iter().filter(move |row| filter.as_ref().is_none_or(|filter| filter.matches(*row)))
    }

    /// The cells of the shown rows, with the places of their texts; empty if the query counts or groups.
    pub fn cells<'t>(&self, tables: &'t dyn Tables) -> Vec<Vec<&'t Cell<'t>>> {
        let Output::Rows(columns) = &self.output else { return Vec::new() };
        self.passing(tables).map(|row| columns.iter().map(|column| &row.cells[*column]).collect()).collect()
    }

    fn listed<'t>(&self, mut rows: Vec<&'t Row<'t>>, columns: &[usize]) -> Vec<Vec<Value<'t>>> {
        rows.sort_by(|left, right| self.order(|index| (value(left, index), value(right, index))));
        let kept = rows.into_iter().skip(self.offset).take(self.limit);
        kept.map(|row| columns.iter().map(|column| borrowed(value(row, *column))).collect()).collect()
    }

    fn grouped<'t>(&self, groups: &Groups, rows: impl Iterator<Item = &'t Row<'t>>) -> Vec<Vec<Value<'t>>> {
        let mut rows = groups.of(rows);
        if let Some(having) = &self.having {
            // The columns of a condition on groups are in no table, so that it has no sub-select to prepare.
            let having = having.prepare(&NoTables);
            rows.retain(|row| having.matches(&Group(row)));
        }
        rows.sort_by(|left, right| self.order(|index| (&left[index], &right[index])));
        let kept = rows.into_iter().skip(self.offset).take(self.limit);
        kept.map(|row| groups.shown.iter().map(|index| row[*index].clone()).collect()).collect()
    }

    /// The order of two rows; `pair` gives their values at an index.
    fn order<'v>(&self, pair: impl Fn(usize) -> (&'v Value<'v>, &'v Value<'v>)) -> Ordering {
        let by_key = |key: &SortKey| {
            let (left, right) = pair(key.index);
            key.order(left, right)
        };
        self.order.iter().map(by_key).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl SortKey {
    fn order(&self, left: &Value<'_>, right: &Value<'_>) -> Ordering {
        let null_first = match self.nulls {
            NullsOrder::First => Ordering::Less,
            NullsOrder::Last => Ordering::Greater,
        };
        let order = match (left, right) {
            (left, right) if left.is_null() && right.is_null() => return Ordering::Equal,
            (left, _) if left.is_null() => return null_first,
            (_, right) if right.is_null() => return null_first.reverse(),
            (Value::Text(left), Value::Text(right)) => compare(left, right),
            (Value::Int(left), Value::Int(right)) => left.cmp(right),
            (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
            (Value::Date(left), Value::Date(right)) => left.cmp(right),
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            _ => Ordering::Equal,
        };
        if self.descending { order.reverse() } else { order }
    }
}

/// A group: its keys, then its aggregates.
struct Group<'g, 't>(&'g [Value<'t>]);

impl Cells for Group<'_, '_> {
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T {
        with_value(self.0.get(column).unwrap_or(NOTHING))
    }
}

/// No tables at all.
struct NoTables;

impl Tables for NoTables {
    fn table(&self, _name: &str) -> Option<&super::row::Table<'_>> {
        None
    }
}

impl Groups {
    /// The groups of `rows` in the order of their first rows: the keys as first spelled, then the aggregates.
    fn of<'t>(&self, rows: impl Iterator<Item = &'t Row<'t>>) -> Vec<Vec<Value<'t>>> {
        let mut known: HashMap<Vec<KeyPart>, usize> = HashMap::new();
        let mut groups: Vec<(Vec<Value<'t>>, Vec<Accumulator<'t>>)> = Vec::new();
        let tallies = || self.aggregates.iter().map(|it| Accumulator::new(it.function)).collect();
        if self.keys.is_empty() {
            known.insert(Vec::new(), 0);
            groups.push((Vec::new(), tallies()));
        }
        for row in rows {
            let key = self.keys.iter().map(|column| KeyPart::of(value(row, *column))).collect();
            let index = *known.entry(key).or_insert_with(|| {
                let keys = self.keys.iter().map(|column| borrowed(value(row, *column))).collect();
                groups.push((keys, tallies()));
                groups.len() - 1
            });
            for (tally, aggregate) in groups[index].1.iter_mut().zip(&self.aggregates) {
                match aggregate.column {
                    Some(column) => tally.add(value(row, column)),
                    None => tally.add_row(),
                }
            }
        }
        let flat = |(mut keys, tallies): (Vec<Value<'t>>, Vec<Accumulator<'t>>)| {
            keys.extend(tallies.into_iter().map(Accumulator::value));
            keys
        };
        groups.into_iter().map(flat).collect()
    }
}

impl Filter {
    /// Evaluates the sub-selects once, before rows are tested.
    pub fn prepare(&self, tables: &dyn Tables) -> PreparedFilter<'_> {
        let sets = self.sub_selects.iter().map(|select| select.values(tables)).collect();
        PreparedFilter { filter: self, sets }
    }
}

impl BoundSubSelect {
    /// The values of the column, without nulls.
    fn values(&self, tables: &dyn Tables) -> Values {
        let mut values = Values::empty(self.ty).unwrap_or(Values::Text(Vec::new()));
        let filter = self.filter.as_ref().map(|filter| filter.prepare(tables));
        for row in tables.matching(&self.table, filter.as_ref()) {
            match (&mut values, value(&row, self.column)) {
                (Values::Text(values), Value::Text(text)) => values.push(Folded::new(text)),
                (Values::Int(values), Value::Int(number)) => values.push(*number),
                (Values::Date(values), Value::Date(date)) => values.push(*date),
                (Values::Bool(values), Value::Bool(truth)) => values.push(*truth),
                _ => {}
            }
        }
        values.sorted()
    }
}

/// The value of `row` in `column`.
fn value<'r, 't>(row: &'r Row<'t>, column: usize) -> &'r Value<'t> {
    row.cells.get(column).map_or(NOTHING, |cell| &cell.value)
}

/// A number of rows as a value.
fn count<'t>(rows: usize) -> Value<'t> {
    Value::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}
