//! Rows and the queries over them: a closed subset of SOQL, over tables made elsewhere.
//!
//! This crate defines rows, parses and binds queries, and evaluates them. It may assume that the rows of a table fit
//! its schema. It refuses to know which tables exist (a [`Catalog`] knows them) and what a column means.
//!
//! A text goes through four stages, each with its own type: [`parse()`] makes a [`Select`], [`bind()`] a [`QueryPlan`],
//! [`QueryPlan::run`] a [`QueryResult`]; for the `where` of a rule, [`parse_condition`] makes a [`Condition`],
//! [`bind_condition`] a [`Filter`], [`Filter::prepare`] a [`PreparedFilter`] that tests rows. Only the first two stages
//! can fail, and their errors have a span of the text.

mod aggregate;
mod ast;
mod bind;
mod call;
mod case_fold;
mod condition;
mod constant;
mod cursor;
mod error;
mod eval;
mod filter;
mod hint;
mod null_safety;
mod parse;
mod prepared;
mod print;
mod row;
mod schema;
mod token;
mod value;

#[cfg(test)]
mod productions;
#[cfg(test)]
mod semantics;

pub use ast::{
    Call, Comparison, Condition, Decimal, Function, GroupKey, Name, NullsOrder, Operand, OrderBy, OrderKey, OrgOnly,
    Quoted, Renaming, Select, SelectItem, Selection, Set, Spanned, SubSelect, Test,
};
pub use bind::{QueryPlan, bind};
pub use error::QueryError;
pub use eval::QueryResult;
pub use filter::{Filter, ParamValue, Params, bind_condition};
pub use hint::on_name as name_hint;
pub use null_safety::NullHazard;
pub use parse::{parse, parse_condition};
pub use prepared::PreparedFilter;
pub use row::{Cell, Row, Table, Tables};
pub use schema::{Catalog, Column, Schema};
pub use value::{Cells, Type, Value};
