//! Values that are computed from the rows of a group.
//!
//! May assume that `bind` gives each function only columns that it can take. Nulls and unknown values do not count, as
//! SOQL leaves nulls out.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::ast::{Decimal, Function};
use super::case_fold::compare;
use super::value::{KeyPart, Value, borrowed};

/// An aggregate that is being computed.
pub(super) enum Tally<'t> {
    Count(i64),
    Distinct(HashSet<KeyPart>),
    Extreme { wanted: Ordering, value: Value<'t> },
    Sum { sum: i128, count: i128, is_mean: bool },
}

impl<'t> Tally<'t> {
    pub(super) fn new(function: Function) -> Self {
        match function {
            Function::Count => Tally::Count(0),
            Function::CountDistinct => Tally::Distinct(HashSet::new()),
            Function::Min => Tally::Extreme { wanted: Ordering::Less, value: Value::Null },
            Function::Max => Tally::Extreme { wanted: Ordering::Greater, value: Value::Null },
            Function::Sum => Tally::Sum { sum: 0, count: 0, is_mean: false },
            Function::Avg => Tally::Sum { sum: 0, count: 0, is_mean: true },
        }
    }

    /// Counts a row, whatever its values are.
    pub(super) fn add_row(&mut self) {
        if let Tally::Count(count) = self {
            *count += 1;
        }
    }

    /// Takes the value of one row.
    pub(super) fn add(&mut self, value: &'t Value<'_>) {
        if value.is_null() {
            return;
        }
        match self {
            Tally::Count(count) => *count += 1,
            Tally::Distinct(values) => {
                values.insert(KeyPart::of(value));
            }
            Tally::Extreme { wanted, value: extreme } => {
                if extreme.is_null() || order(value, extreme) == *wanted {
                    *extreme = borrowed(value);
                }
            }
            Tally::Sum { sum, count, .. } => {
                if let Value::Int(number) = value {
                    *sum += i128::from(*number);
                    *count += 1;
                }
            }
        }
    }

    /// The result; null where no row had a value to take, except for counts.
    pub(super) fn value(self) -> Value<'t> {
        match self {
            Tally::Count(count) => Value::Int(count),
            Tally::Distinct(values) => Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX)),
            Tally::Extreme { value, .. } => value,
            Tally::Sum { count: 0, .. } => Value::Null,
            Tally::Sum { sum, count, is_mean: true } => Value::Decimal(Decimal::mean(sum, count)),
            Tally::Sum { sum, .. } => {
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
