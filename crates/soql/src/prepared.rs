//! Prepared filters: tests a condition on a row.
//!
//! May assume that the sub-selects are evaluated; testing cannot fail. Refuses to know where values come from.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ast::{Comparison, Decimal};
use super::case_fold::Folded;
use super::filter::{Check, Filter, Node, Values};
use super::value::{Cells, Value};

/// A filter with its sub-selects evaluated.
#[derive(Debug)]
pub struct PreparedFilter<'f> {
    pub(super) filter: &'f Filter,
    /// The results of the sub-selects.
    pub(super) sets: Vec<Values>,
}

impl PreparedFilter<'_> {
    /// Whether the condition is true for `row`, whatever its unknown values are.
    pub fn matches(&self, row: &impl Cells) -> bool {
        self.holds(&self.filter.root, row) == Some(true)
    }

    /// Whether the condition can be true for a row of which only some values are known.
    pub fn can_match(&self, row: &impl Cells) -> bool {
        self.holds(&self.filter.root, row) != Some(false)
    }

    /// `None` if that depends on an unknown value.
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
            Node::Test { column, check } => row.with_value(*column, |value| {
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
            // A value of another type than its column's is unknown.
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

/// Whether `order` satisfies `operator`.
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
