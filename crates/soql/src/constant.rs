//! Checks whether constants fit the types of columns, with the errors if they do not.
//!
//! Pure functions over a column's name, its type and a constant. Refuses to know tables and rows.

use std::borrow::Cow;

use jiff::civil::Date;

use super::ast::{Comparison, Decimal, Name, Operand, Quoted, Spanned};
use super::error::QueryError;
use super::value::Type;

/// An operand whose bind variable, if any, is resolved.
pub(super) enum Constant<'c> {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Date(Date),
    Text(Cow<'c, Quoted>),
    Texts(&'c [String]),
}

impl Constant<'_> {
    /// A description of the constant, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Constant::Null => "null",
            Constant::Bool(_) => "true or false",
            Constant::Int(_) | Constant::Decimal(_) => "a number",
            Constant::Date(_) => "a date",
            Constant::Text(_) => "a text",
            Constant::Texts(_) => "a list of texts",
        }
    }
}

/// A description of the values of a column of type `ty`, for messages.
pub(super) fn described(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Bool => "true or false",
        Type::Int => "whole numbers",
        Type::Decimal => "numbers",
        Type::Date => "dates",
        Type::List => "lists of texts",
    }
}

/// The error for a list where one value is expected.
pub(super) fn list_compared(column: &Name) -> QueryError {
    let hint = format!("write `{} INCLUDES ('a', 'b')`", column.node);
    QueryError::new(format!("`{}` holds lists of texts", column.node), column.span.clone()).with_hint(hint)
}

/// The error for ordering true and false.
pub(super) fn bool_ordered(column: &Name, operator: Comparison, operand: &Spanned<Operand>) -> QueryError {
    QueryError::new(format!("`{operator}` does not order true and false"), operand.span.clone())
        .with_hint(format!("write `{} = true`", column.node))
}

/// The error for a constant of the wrong type.
pub(super) fn mismatch(column: &Name, ty: Type, constant: &Constant<'_>, operand: &Spanned<Operand>) -> QueryError {
    let error = QueryError::new(
        format!("`{}` holds {}, not {}", column.node, described(ty), constant.described()),
        operand.span.clone(),
    );
    if let Operand::Bind(name) = &operand.node {
        return error.with_hint(format!("the page declares `{name}` as {}", constant.described()));
    }
    match (ty, constant) {
        (Type::Text, Constant::Int(_) | Constant::Decimal(_) | Constant::Bool(_) | Constant::Date(_)) => {
            error.with_hint(format!("put it in quotes: '{}'", operand.node))
        }
        (_, Constant::Text(quoted)) if fits_without_quotes(ty, &quoted.text) => {
            error.with_hint(format!("leave the quotes out: {}", quoted.text.to_ascii_lowercase()))
        }
        (Type::Bool, _) => error.with_hint("write true or false"),
        (Type::Int | Type::Decimal, _) => error.with_hint("write a number: 30"),
        (Type::Date, _) => error.with_hint("write a date: 2026-12-01"),
        _ => error,
    }
}

fn fits_without_quotes(ty: Type, text: &str) -> bool {
    match ty {
        Type::Int | Type::Decimal => text.parse::<i64>().is_ok(),
        Type::Date => text.parse::<Date>().is_ok(),
        Type::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        Type::Text | Type::List => false,
    }
}
