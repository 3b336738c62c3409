//! Finds tests that could be true only because a value is unknown.
//!
//! SOQL's `!=`, NOT, NOT IN and EXCLUDES are true for null. A rule must not fire on an unknown value, so a page is
//! rejected if it has such a test on a nullable column and nothing around it excludes null. Null is excluded if the
//! conjunction of the test, or one around that, is false whenever the column is null. A test for null itself (`= null`,
//! `!= null`) is intended.
//!
//! It refuses to know what columns mean; it needs only whether they can be null.

use std::ops::Range;

use super::ast::{Comparison, Condition, Set, Test};
use super::error::QueryError;
use super::schema::{Catalog, Schema};

/// A test that is true for null without naming null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NullHazard {
    /// The bytes of the test in the condition's text.
    pub span: Range<usize>,
    /// The column, in its table's spelling.
    pub column: String,
    /// The operator that lets null through: `!=`, `NOT`, `NOT IN` or `EXCLUDES`.
    pub operator: &'static str,
}

impl NullHazard {
    /// The hazard as an error with a hint, for a rejected page.
    pub fn to_error(&self) -> QueryError {
        QueryError::new(format!("`{}` also holds where `{}` is null", self.operator, self.column), self.span.clone())
            .with_hint(format!("a rule must not fire on unknown: add `AND {} != null`", self.column))
    }
}

/// All hazards of `condition` over `schema`, in the order of the text, including those of sub-selects.
pub(super) fn hazards(condition: &Condition, schema: &Schema, catalog: &dyn Catalog) -> Vec<NullHazard> {
    let mut walk = Walk { schema, catalog, around: Vec::new(), found: Vec::new() };
    walk.asserted(condition);
    walk.found
}

struct Walk<'c> {
    schema: &'c Schema,
    catalog: &'c dyn Catalog,
    /// The conditions around the current one that must hold for it to matter, outermost first.
    around: Vec<&'c Condition>,
    found: Vec<NullHazard>,
}

impl<'c> Walk<'c> {
    /// Checks a condition that must hold.
    fn asserted(&mut self, condition: &'c Condition) {
        self.around.push(condition);
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                for part in parts {
                    self.asserted(part);
                }
            }
            Condition::Not(inner) => self.denied(inner),
            Condition::Test(test) => {
                if let Some(operator) = lets_null_through(test) {
                    self.report(test, operator);
                }
                self.sub_select(test);
            }
        }
        self.around.pop();
    }

    /// Checks a condition under a NOT. No test inside it excludes null.
    fn denied(&mut self, condition: &'c Condition) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                for part in parts {
                    self.denied(part);
                }
            }
            Condition::Not(inner) => self.denied(inner),
            Condition::Test(test) => {
                if !test.is_null_test() {
                    self.report(test, "NOT");
                }
                self.sub_select(test);
            }
        }
    }

    /// Reports `test` unless its column cannot be null, or null is excluded around it.
    fn report(&mut self, test: &Test, operator: &'static str) {
        let name = &test.column().node;
        let column = self.schema.column(name).map(|index| &self.schema.columns[index]);
        let Some(column) = column.filter(|column| column.nullable) else {
            return;
        };
        if self.around.iter().any(|condition| on_null(condition, name) == Some(false)) {
            return;
        }
        self.found.push(NullHazard { span: test.span(), column: column.name.to_string(), operator });
    }

    /// Checks the sub-select of `test`, if it has one: a condition of its own over another table.
    fn sub_select(&mut self, test: &'c Test) {
        if let Test::In { set, .. } = test
            && let Set::Select(select) = &set.node
            && let Some(filter) = &select.filter
            && let Some(schema) = self.catalog.schema(&select.table.node)
        {
            self.found.extend(hazards(filter, schema, self.catalog));
        }
    }
}

/// The operator of a test that is true for null without naming it.
fn lets_null_through(test: &Test) -> Option<&'static str> {
    match test {
        _ if test.is_null_test() => None,
        Test::Compare { operator: Comparison::NotEqual, .. } => Some("!="),
        Test::In { negated: true, .. } => Some("NOT IN"),
        Test::Includes { negated: true, .. } => Some("EXCLUDES"),
        _ => None,
    }
}

/// The value of `condition` for a row in which `column` is null; `None` if that depends on other columns.
fn on_null(condition: &Condition, column: &str) -> Option<bool> {
    match condition {
        Condition::And(parts) => decided(parts, column, false),
        Condition::Or(parts) => decided(parts, column, true),
        Condition::Not(inner) => on_null(inner, column).map(|truth| !truth),
        Condition::Test(test) if !test.column().node.eq_ignore_ascii_case(column) => None,
        Condition::Test(test) => Some(match test {
            Test::Compare { operator, .. } if test.is_null_test() => *operator == Comparison::Equal,
            _ => lets_null_through(test).is_some(),
        }),
    }
}

/// The value of a chain that `decisive` decides.
fn decided(parts: &[Condition], column: &str, decisive: bool) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match on_null(part, column) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!decisive)
}
