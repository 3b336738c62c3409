//! Aggregates of the rows of a group.
//!
//! May assume that `bind` gives each function only columns of a valid type. Null and unknown values are skipped, as in
//! SOQL. Refuses to know columns and tables.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::ast::{Decimal, Function};
use super::case_fold::compare;
use super::value::{KeyPart, Value, borrowed};

/// An aggregate while it is computed.
pub(super) enum Accumulator<'t> {
    Count(i64),
    Distinct(HashSet<KeyPart>),
    Extreme { wanted: Ordering, value: Value<'t> },
    Sum { sum: i128, count: i128, is_mean: bool },
}

impl<'t> Accumulator<'t> {
    pub(super) fn new(function: Function) -> Self {
        match function {
            Function::Count => Accumulator::Count(0),
            Function::CountDistinct => Accumulator::Distinct(HashSet::new()),
            Function::Min => Accumulator::Extreme { wanted: Ordering::Less, value: Value::Null },
            Function::Max => Accumulator::Extreme { wanted: Ordering::Greater, value: Value::Null },
            Function::Sum => Accumulator::Sum { sum: 0, count: 0, is_mean: false },
            Function::Avg => Accumulator::Sum { sum: 0, count: 0, is_mean: true },
        }
    }

    /// Counts a row, whatever its values are.
    pub(super) fn add_row(&mut self) {
        if let Accumulator::Count(count) = self {
            *count += 1;
        }
    }

    /// Adds the value of one row.
    pub(super) fn add(&mut self, value: &'t Value<'_>) {
        if value.is_null() {
            return;
        }
        match self {
            Accumulator::Count(count) => *count += 1,
            Accumulator::Distinct(values) => {
                values.insert(KeyPart::of(value));
            }
            Accumulator::Extreme { wanted, value: extreme } => {
                if extreme.is_null() || order(value, extreme) == *wanted {
                    *extreme = borrowed(value);
                }
            }
            Accumulator::Sum { sum, count, .. } => {
                if let Value::Int(number) = value {
                    *sum += i128::from(*number);
                    *count += 1;
                }
            }
        }
    }

    /// The result; null if no row had a value, except for counts.
    pub(super) fn value(self) -> Value<'t> {
        match self {
            Accumulator::Count(count) => Value::Int(count),
            Accumulator::Distinct(values) => Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX)),
            Accumulator::Extreme { value, .. } => value,
            Accumulator::Sum { count: 0, .. } => Value::Null,
            Accumulator::Sum { sum, count, is_mean: true } => Value::Decimal(Decimal::mean(sum, count)),
            Accumulator::Sum { sum, .. } => {
                Value::Int(i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX }))
            }
        }
    }
}

/// The order of two values of one column.
fn order(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => compare(left, right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}
