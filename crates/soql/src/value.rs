//! The values of cells, and how conditions access them.
//!
//! Refuses to know rows, tables, and where a value was written.

use std::borrow::Cow;

use jiff::civil::Date;

use super::ast::Decimal;
use super::case_fold::folded;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text as written.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction: a mean. No table has a column of this type.
    Decimal,
    /// A calendar date.
    Date,
    /// Several texts (a repeated element, a comma-separated value), for INCLUDES and EXCLUDES.
    List,
}

impl Type {
    /// Its name for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Bool => "true or false",
            Type::Int | Type::Decimal => "number",
            Type::Date => "date",
            Type::List => "list",
        }
    }
}

/// A value in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Value<'p> {
    /// Absent, nil, empty or unknown.
    #[default]
    Null,
    /// Written, but replaced on deployment: it is unknown whether the result is null.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction: a mean.
    Decimal(Decimal),
    /// A text.
    Text(Cow<'p, str>),
    /// A date.
    Date(Date),
    /// Several texts, in document order.
    List(Vec<Cow<'p, str>>),
}

impl Value<'_> {
    /// Whether there is nothing to show: null or unknown.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null | Value::Unknown)
    }

    /// The value as text: empty if there is nothing to show, a list with `between` its texts.
    pub fn to_words(&self, between: &str) -> Cow<'_, str> {
        match self {
            Value::Null | Value::Unknown => "".into(),
            Value::Bool(truth) => if *truth { "true" } else { "false" }.into(),
            Value::Int(number) => number.to_string().into(),
            Value::Decimal(number) => number.to_string().into(),
            Value::Text(text) => text.as_ref().into(),
            Value::Date(date) => date.to_string().into(),
            Value::List(texts) => texts.join(between).into(),
        }
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an integer value.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth of a boolean value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

/// The same value, borrowing its texts.
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

/// A source of values for a condition, by the index of the column.
pub trait Cells {
    /// Passes the value in `column` to `with_value`; null if there is no such column.
    fn with_value<T>(&self, column: usize, with_value: impl FnOnce(&Value<'_>) -> T) -> T;
}

/// The value of a group key, compared without case.
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
