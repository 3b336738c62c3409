//! Rows through filters, groups and orders.
//!
//! Nothing here fails: a table that nobody gives has no rows, and a cell that is not there is null. Order is fixed
//! by the order of the rows, so the same rows give the same answer.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::civil::Date;

use super::aggregate::Tally;
use super::ast::{Comparison, Decimal, NullsOrder};
use super::bind::{Groups, Output, QueryPlan, SortKey};
use super::case_fold::{Folded, compare, folded};
use super::filter::{BoundSubSelect, Check, Filter, Node, Values};
use super::row::{Cell, Cells, Row, Tables, Type, Value};

/// The value of a cell that is not there.
const NOTHING: &Value<'static> = &Value::Null;

/// What a query gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'t> {
    /// Name and type of each column, as selected.
    pub columns: Vec<(String, Type)>,
    /// The rows: one value per column.
    pub rows: Vec<Vec<Value<'t>>>,
}

impl QueryPlan {
    /// Asks `tables`. The texts of the answer are borrowed from there.
    pub fn run<'t>(&self, tables: &'t dyn Tables) -> Answer<'t> {
        let filter = self.filter.as_ref().map(|filter| filter.prepare(tables));
        let all: &'t [Row<'t>] = tables.table(&self.table).map_or(&[], |table| &table.rows);
        let passing = all.iter().filter(|row| filter.as_ref().is_none_or(|filter| filter.matches(*row)));
        let rows = match &self.output {
            Output::Rows(columns) => self.listed(passing.collect(), columns),
            Output::Count => vec![vec![count(passing.skip(self.offset).take(self.limit).count())]],
            Output::Groups(groups) => self.grouped(groups, passing),
        };
        Answer { columns: self.names.clone(), rows }
    }

    /// The cells of the rows that it lists, with the places of their texts; nothing where it counts or groups.
    pub fn cells<'t>(&self, tables: &'t dyn Tables) -> Vec<Vec<&'t Cell<'t>>> {
        let Output::Rows(columns) = &self.output else { return Vec::new() };
        let filter = self.filter.as_ref().map(|filter| filter.prepare(tables));
        let all: &'t [Row<'t>] = tables.table(&self.table).map_or(&[], |table| &table.rows);
        let passing = all.iter().filter(|row| filter.as_ref().is_none_or(|filter| filter.matches(*row)));
        passing.map(|row| columns.iter().map(|column| &row.cells[*column]).collect()).collect()
    }

    fn listed<'t>(&self, mut rows: Vec<&'t Row<'t>>, columns: &[usize]) -> Vec<Vec<Value<'t>>> {
        rows.sort_by(|left, right| self.order(|index| (value(left, index), value(right, index))));
        let kept = rows.into_iter().skip(self.offset).take(self.limit);
        kept.map(|row| columns.iter().map(|column| borrowed(value(row, *column))).collect()).collect()
    }

    fn grouped<'t>(&self, groups: &Groups, rows: impl Iterator<Item = &'t Row<'t>>) -> Vec<Vec<Value<'t>>> {
        let mut rows = groups.of(rows);
        if let Some(having) = &self.having {
            // The columns of a condition on groups are in no table: it has no sub-select to prepare.
            let having = having.prepare(&NoTables);
            rows.retain(|row| having.matches(&Group(row)));
        }
        rows.sort_by(|left, right| self.order(|index| (&left[index], &right[index])));
        let kept = rows.into_iter().skip(self.offset).take(self.limit);
        kept.map(|row| groups.shown.iter().map(|index| row[*index].clone()).collect()).collect()
    }

    /// The order of two rows, of which `pair` gives the values at an index.
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
    fn look<T>(&self, column: usize, look: impl FnOnce(&Value<'_>) -> T) -> T {
        look(self.0.get(column).unwrap_or(NOTHING))
    }
}

/// No tables at all.
struct NoTables;

impl Tables for NoTables {
    fn table(&self, _name: &str) -> Option<&super::row::Table<'_>> {
        None
    }
}

/// A value that makes a group, without regard to case.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum KeyPart {
    Null,
    Bool(bool),
    Int(i64),
    Date(Date),
    Text(String),
}

impl KeyPart {
    pub(super) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Bool(truth) => KeyPart::Bool(*truth),
            Value::Int(number) => KeyPart::Int(*number),
            Value::Date(date) => KeyPart::Date(*date),
            Value::Text(text) => KeyPart::Text(folded(text)),
            // No column of a table holds a mean, and lists are not grouped.
            Value::Null | Value::Unknown | Value::Decimal(_) | Value::List(_) => KeyPart::Null,
        }
    }
}

impl Groups {
    /// The groups of `rows` in the order of their first rows: the keys as first spelled, then the aggregates.
    fn of<'t>(&self, rows: impl Iterator<Item = &'t Row<'t>>) -> Vec<Vec<Value<'t>>> {
        let mut known: HashMap<Vec<KeyPart>, usize> = HashMap::new();
        let mut groups: Vec<(Vec<Value<'t>>, Vec<Tally<'t>>)> = Vec::new();
        let tallies = || self.aggregates.iter().map(|it| Tally::new(it.function)).collect();
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
        let flat = |(mut keys, tallies): (Vec<Value<'t>>, Vec<Tally<'t>>)| {
            keys.extend(tallies.into_iter().map(Tally::value));
            keys
        };
        groups.into_iter().map(flat).collect()
    }
}

impl Filter {
    /// Evaluates the sub-selects, once, so that rows can be told apart.
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

/// A filter that can tell rows apart.
#[derive(Debug)]
pub struct PreparedFilter<'f> {
    filter: &'f Filter,
    /// What the sub-selects gave.
    sets: Vec<Values>,
}

impl PreparedFilter<'_> {
    /// Whether the condition holds for `row`, whatever its unknown values are.
    pub fn matches(&self, row: &impl Cells) -> bool {
        self.holds(&self.filter.root, row) == Some(true)
    }

    /// Whether the condition can hold for a row of which only some values are known, the others being unknown.
    pub fn can_match(&self, row: &impl Cells) -> bool {
        self.holds(&self.filter.root, row) != Some(false)
    }

    /// `None` where that rests on what is unknown.
    fn holds(&self, node: &Node, row: &impl Cells) -> Option<bool> {
        let of_parts = |parts: &[Node], decisive: bool| {
            let mut is_open = false;
            for part in parts {
                match self.holds(part, row) {
                    Some(holds) if holds == decisive => return Some(decisive),
                    Some(_) => {}
                    None => is_open = true,
                }
            }
            if is_open { None } else { Some(!decisive) }
        };
        match node {
            Node::All(parts) => of_parts(parts, false),
            Node::Any(parts) => of_parts(parts, true),
            Node::Not(inner) => self.holds(inner, row).map(|holds| !holds),
            Node::Test { column, check } => row.look(*column, |value| {
                let is_known = *value != Value::Unknown;
                is_known.then(|| self.passes(check, value))
            }),
        }
    }

    fn passes(&self, check: &Check, value: &Value<'_>) -> bool {
        match (check, value) {
            (Check::IsNull { wanted }, value) => value.is_null() == *wanted,
            (check, Value::Null) => check.holds_for_null(),
            (Check::Text(Comparison::Equal, wanted), Value::Text(text)) => wanted.equals(text),
            (Check::Text(Comparison::NotEqual, wanted), Value::Text(text)) => !wanted.equals(text),
            (Check::Text(operator, wanted), Value::Text(text)) => holds(*operator, wanted.order_of(text)),
            (Check::Int(operator, wanted), Value::Int(number)) => holds(*operator, number.cmp(wanted)),
            (Check::Decimal(operator, wanted), Value::Int(number)) => {
                holds(*operator, Decimal::whole(*number).cmp(wanted))
            }
            (Check::Decimal(operator, wanted), Value::Decimal(number)) => holds(*operator, number.cmp(wanted)),
            (Check::Date(operator, wanted), Value::Date(date)) => holds(*operator, date.cmp(wanted)),
            (Check::Bool(operator, wanted), Value::Bool(truth)) => holds(*operator, truth.cmp(wanted)),
            (Check::Like(pattern), Value::Text(text)) => pattern.matches(text),
            (Check::In { negated, values }, value) => values.contain(value) != *negated,
            (Check::InSelect { negated, index }, value) => {
                self.sets.get(*index).is_some_and(|values| values.contain(value)) != *negated
            }
            (Check::Includes { negated, groups }, Value::List(texts)) => holds_any(texts, groups) != *negated,
            // A value that is not of its column's type says nothing.
            (check, _) => check.holds_for_null(),
        }
    }
}

impl Values {
    fn contain(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Values::Text(values), Value::Text(text)) => {
                values.binary_search_by(|member| member.order_of(text).reverse()).is_ok()
            }
            (Values::Int(values), Value::Int(number)) => values.binary_search(number).is_ok(),
            (Values::Date(values), Value::Date(date)) => values.binary_search(date).is_ok(),
            (Values::Bool(values), Value::Bool(truth)) => values.binary_search(truth).is_ok(),
            _ => false,
        }
    }
}

/// Whether `order` is one that `operator` asks for.
fn holds(operator: Comparison, order: Ordering) -> bool {
    match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

/// Whether all texts of at least one group are in `texts`.
fn holds_any(texts: &[Cow<'_, str>], groups: &[Vec<Folded>]) -> bool {
    let there = |wanted: &Folded| texts.iter().any(|text| wanted.equals(text));
    groups.iter().any(|group| group.iter().all(there))
}

/// The value of `row` in `column`.
fn value<'r, 't>(row: &'r Row<'t>, column: usize) -> &'r Value<'t> {
    row.cells.get(column).map_or(NOTHING, |cell| &cell.value)
}

/// The same value without a copy of its texts.
pub(super) fn borrowed<'t>(value: &'t Value<'_>) -> Value<'t> {
    match value {
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
        Value::Bool(truth) => Value::Bool(*truth),
        Value::Int(number) => Value::Int(*number),
        Value::Decimal(number) => Value::Decimal(*number),
        Value::Date(date) => Value::Date(*date),
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::List(texts) => Value::List(texts.iter().map(|text| Cow::Borrowed(text.as_ref())).collect()),
    }
}

/// A number of rows as a value.
fn count<'t>(rows: usize) -> Value<'t> {
    Value::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}
