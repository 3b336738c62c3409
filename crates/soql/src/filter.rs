//! Conditions bound to a table: names become indices, constants are checked and folded once.
//!
//! A [`Filter`] owns its data, so that threads can share it. It may assume that tables have the schemas of the catalog.
//! It refuses to read rows: `eval` does that.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ast::{
    Comparison, Condition, Decimal, Function, Name, Operand, OrgOnly, Quoted, Set, Spanned, SubSelect, Test,
};
use super::case_fold::{Folded, Pattern};
use super::constant::{Constant, bool_ordered, described, list_compared, mismatch};
use super::error::QueryError;
use super::hint;
use super::null_safety::{NullHazard, hazards};
use super::schema::{Catalog, Schema};
use super::value::Type;

/// The value of a bind variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A text. After LIKE it is a pattern, in which a backslash makes `%` and `_` ordinary.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// Several texts, for IN, INCLUDES and EXCLUDES.
    Texts(Vec<String>),
}

/// The bind variables that a condition may name, by name. Names are exact in case.
pub type Params = BTreeMap<String, ParamValue>;

/// A condition bound to the schema of a table.
#[derive(Debug)]
pub struct Filter {
    pub(super) root: Node,
    pub(super) sub_selects: Vec<BoundSubSelect>,
    columns: Vec<usize>,
    hazards: Vec<NullHazard>,
}

impl Filter {
    /// The tables that its sub-selects read, each once, as spelled in the catalog.
    pub fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> = Vec::new();
        for select in &self.sub_selects {
            if !tables.contains(&select.table.as_str()) {
                tables.push(&select.table);
            }
        }
        tables
    }

    /// The columns of the outer table that it reads, ascending.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The tests that are true for null without naming null.
    pub fn null_hazards(&self) -> &[NullHazard] {
        &self.hazards
    }
}

/// A condition over column indices.
#[derive(Debug)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test { column: usize, check: Check },
}

/// The check of a value.
#[derive(Debug)]
pub(super) enum Check {
    IsNull {
        wanted: bool,
    },
    Text(Comparison, Folded),
    Int(Comparison, i64),
    Decimal(Comparison, Decimal),
    Date(Comparison, Date),
    Bool(Comparison, bool),
    Like(Pattern),
    In {
        negated: bool,
        values: Values,
    },
    /// The index of a sub-select.
    InSelect {
        negated: bool,
        index: usize,
    },
    /// Each group names texts that must all be present.
    Includes {
        negated: bool,
        groups: Vec<Vec<Folded>>,
    },
}

impl Check {
    /// The result of the check for null.
    pub(super) fn holds_for_null(&self) -> bool {
        match self {
            Check::IsNull { wanted } => *wanted,
            Check::Text(operator, _)
            | Check::Int(operator, _)
            | Check::Decimal(operator, _)
            | Check::Date(operator, _)
            | Check::Bool(operator, _) => *operator == Comparison::NotEqual,
            Check::Like(_) => false,
            Check::In { negated, .. } | Check::InSelect { negated, .. } | Check::Includes { negated, .. } => *negated,
        }
    }
}

/// A set of values of one type, sorted.
#[derive(Debug)]
pub(super) enum Values {
    Text(Vec<Folded>),
    Int(Vec<i64>),
    Date(Vec<Date>),
    Bool(Vec<bool>),
}

impl Values {
    /// No values of type `ty`; lists cannot be members of sets.
    pub(super) fn empty(ty: Type) -> Option<Self> {
        match ty {
            Type::Text => Some(Values::Text(Vec::new())),
            Type::Int => Some(Values::Int(Vec::new())),
            Type::Date => Some(Values::Date(Vec::new())),
            Type::Bool => Some(Values::Bool(Vec::new())),
            Type::Decimal | Type::List => None,
        }
    }

    /// The same values in order, each once.
    pub(super) fn sorted(mut self) -> Self {
        match &mut self {
            Values::Text(values) => sort(values),
            Values::Int(values) => sort(values),
            Values::Date(values) => sort(values),
            Values::Bool(values) => sort(values),
        }
        self
    }
}

fn sort<T: Ord>(values: &mut Vec<T>) {
    values.sort_unstable();
    values.dedup();
}

/// A sub-select over indices.
#[derive(Debug)]
pub(super) struct BoundSubSelect {
    pub(super) table: String,
    pub(super) column: usize,
    pub(super) ty: Type,
    pub(super) filter: Option<Filter>,
}

/// Binds the condition of a rule to the schema of the rule's table.
pub fn bind_condition(
    condition: &Condition,
    schema: &Schema,
    catalog: &dyn Catalog,
    params: &Params,
) -> Result<Filter, QueryError> {
    bind_filter(condition, schema, catalog, Some(params))
}

/// Binds a condition; without `params` it may not use bind variables.
pub(super) fn bind_filter(
    condition: &Condition,
    schema: &Schema,
    catalog: &dyn Catalog,
    params: Option<&Params>,
) -> Result<Filter, QueryError> {
    let mut binder = Binder { schema, catalog, params, sub_selects: Vec::new(), columns: Vec::new() };
    let root = binder.condition(condition)?;
    let Binder { sub_selects, mut columns, .. } = binder;
    columns.sort_unstable();
    columns.dedup();
    Ok(Filter { root, sub_selects, columns, hazards: hazards(condition, schema, catalog) })
}

/// The index of the column `name`.
pub(super) fn find_column(schema: &Schema, name: &Name) -> Result<usize, QueryError> {
    schema.column(&name.node).or_else(|| own_column(schema, &name.node)).ok_or_else(|| {
        if name.node.contains('(') {
            return call_of_org(name);
        }
        QueryError::new(format!("`{}` has no column `{}`", schema.name, name.node), name.span.clone())
            .with_hint_if(hint::on_column(&name.node, schema))
    })
}

/// The index of a column with its table's name as a prefix.
fn own_column(schema: &Schema, name: &str) -> Option<usize> {
    let (table, column) = name.split_at_checked(schema.name.len())?;
    let column = column.strip_prefix('.').filter(|_| table.eq_ignore_ascii_case(&schema.name))?;
    schema.column(column)
}

/// The error for a call where only columns are supported.
fn call_of_org(name: &Name) -> QueryError {
    let function = name.node.split('(').next().unwrap_or_default();
    let is_aggregate = Function::ALL.iter().any(|it| it.as_str().eq_ignore_ascii_case(function));
    if is_aggregate {
        return QueryError::new("WHERE asks rows, not groups", name.span.clone())
            .with_hint("ask groups behind GROUP BY: `HAVING COUNT(Name) > 1`");
    }
    org_only(name)
}

/// The error for a part of a query that needs an org.
pub(super) fn org_only(part: &OrgOnly) -> QueryError {
    QueryError::new(format!("only an org can answer `{}`", part.node), part.span.clone())
        .with_hint("leave it out here, or run the query there: `sf data query --query \"...\"`")
}

/// The error for a constant whose value only an org knows.
fn org_only_operand(text: &str, operand: &Spanned<Operand>) -> QueryError {
    let hint = if text.contains('T') && text.starts_with(|it: char| it.is_ascii_digit()) {
        "files hold days without a time: write `2026-12-01`"
    } else if hint::is_relative_date(text) || text.contains(':') {
        hint::RELATIVE
    } else {
        "write the number alone: files hold no currencies"
    };
    QueryError::new(format!("only an org can answer `{text}`"), operand.span.clone()).with_hint(hint)
}

/// The schema of the table `name`.
pub(super) fn find_table<'c>(catalog: &'c dyn Catalog, name: &Name) -> Result<&'c Schema, QueryError> {
    catalog.schema(&name.node).ok_or_else(|| {
        if let Some(elsewhere) = catalog.elsewhere(&name.node) {
            return QueryError::new(format!("no file holds `{}`", name.node), name.span.clone()).with_hint(elsewhere);
        }
        QueryError::new(format!("there is no table `{}`", name.node), name.span.clone()).with_hint_if(hint::on_name(
            &name.node,
            "tables",
            &catalog.table_names(),
        ))
    })
}

struct Binder<'c> {
    schema: &'c Schema,
    catalog: &'c dyn Catalog,
    params: Option<&'c Params>,
    sub_selects: Vec<BoundSubSelect>,
    columns: Vec<usize>,
}

impl<'c> Binder<'c> {
    fn condition(&mut self, condition: &'c Condition) -> Result<Node, QueryError> {
        match condition {
            Condition::And(parts) => Ok(Node::All(self.conditions(parts)?)),
            Condition::Or(parts) => Ok(Node::Any(self.conditions(parts)?)),
            Condition::Not(inner) => Ok(Node::Not(Box::new(self.condition(inner)?))),
            Condition::Test(test) => self.test(test),
        }
    }

    fn conditions(&mut self, parts: &'c [Condition]) -> Result<Vec<Node>, QueryError> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn test(&mut self, test: &'c Test) -> Result<Node, QueryError> {
        let index = find_column(self.schema, test.column())?;
        self.columns.push(index);
        let ty = self.schema.columns[index].ty;
        let check = match test {
            Test::Compare { column, operator, operand } => self.compare(column, ty, *operator, operand)?,
            Test::Like { column, pattern } => self.like(column, ty, pattern)?,
            Test::In { column, negated, set } => self.membership(column, ty, *negated, set)?,
            Test::Includes { column, negated, texts, .. } => self.includes(column, ty, *negated, texts)?,
        };
        Ok(Node::Test { column: index, check })
    }

    /// The constant value of `operand`.
    fn constant(&self, operand: &'c Spanned<Operand>) -> Result<Constant<'c>, QueryError> {
        Ok(match &operand.node {
            Operand::Null => Constant::Null,
            Operand::Bool(truth) => Constant::Bool(*truth),
            Operand::Int(number) => Constant::Int(*number),
            Operand::Decimal(number) => Constant::Decimal(*number),
            Operand::Date(date) => Constant::Date(*date),
            Operand::OrgOnly(text) => return Err(org_only_operand(text, operand)),
            Operand::Text(quoted) => Constant::Text(Cow::Borrowed(quoted)),
            Operand::Bind(name) => match self.param(name, operand)? {
                ParamValue::Int(number) => Constant::Int(*number),
                ParamValue::Bool(truth) => Constant::Bool(*truth),
                ParamValue::Text(text) => Constant::Text(Cow::Owned(Quoted::plain(text.clone()))),
                ParamValue::Texts(texts) => Constant::Texts(texts),
            },
        })
    }

    fn param(&self, name: &str, operand: &Spanned<Operand>) -> Result<&'c ParamValue, QueryError> {
        let span = operand.span.clone();
        let Some(params) = self.params else {
            return Err(QueryError::new(format!("`:{name}` has no value here"), span)
                .with_hint("only the conditions of rule pages have options: write the value itself"));
        };
        params.get(name).ok_or_else(|| {
            let names: Vec<_> = params.keys().map(String::as_str).collect();
            let hint = hint::on_name(name, "declared options", &names)
                .unwrap_or_else(|| "the page declares no options".to_owned());
            QueryError::new(format!("there is no option `{name}`"), span).with_hint(hint)
        })
    }

    fn compare(
        &self,
        column: &Name,
        ty: Type,
        operator: Comparison,
        operand: &'c Spanned<Operand>,
    ) -> Result<Check, QueryError> {
        Ok(match (ty, self.constant(operand)?) {
            (_, Constant::Null) => Check::IsNull { wanted: operator == Comparison::Equal },
            (Type::List, _) => return Err(list_compared(column)),
            (Type::Text, Constant::Text(quoted)) => Check::Text(operator, Folded::new(&quoted.text)),
            (Type::Int, Constant::Int(number)) => Check::Int(operator, number),
            (Type::Decimal, Constant::Int(number)) => Check::Decimal(operator, Decimal::whole(number)),
            (Type::Int | Type::Decimal, Constant::Decimal(number)) => Check::Decimal(operator, number),
            (Type::Date, Constant::Date(date)) => Check::Date(operator, date),
            (Type::Bool, Constant::Bool(truth)) => match operator {
                Comparison::Equal | Comparison::NotEqual => Check::Bool(operator, truth),
                _ => return Err(bool_ordered(column, operator, operand)),
            },
            (_, constant) => return Err(mismatch(column, ty, &constant, operand)),
        })
    }

    fn like(&self, column: &Name, ty: Type, pattern: &'c Spanned<Operand>) -> Result<Check, QueryError> {
        let constant = self.constant(pattern)?;
        if ty == Type::List {
            return Err(list_compared(column));
        }
        if ty != Type::Text {
            let message = format!("LIKE compares texts, and `{}` holds {}", column.node, described(ty));
            return Err(QueryError::new(message, column.span.clone()).with_hint("write `=`, `<` or `>`"));
        }
        match (constant, &pattern.node) {
            (Constant::Text(quoted), Operand::Bind(_)) => Ok(Check::Like(Pattern::of_option(&quoted.text))),
            (Constant::Text(quoted), _) => Ok(Check::Like(Pattern::of_quoted(&quoted))),
            (constant, _) => Err(mismatch(column, ty, &constant, pattern)),
        }
    }

    fn membership(
        &mut self,
        column: &Name,
        ty: Type,
        negated: bool,
        set: &'c Spanned<Set>,
    ) -> Result<Check, QueryError> {
        let Some(values) = Values::empty(ty) else {
            return Err(list_compared(column));
        };
        match &set.node {
            Set::List(operands) => {
                let values = self.values(column, ty, values, operands)?;
                Ok(Check::In { negated, values })
            }
            Set::Select(select) => {
                self.sub_selects.push(self.sub_select(column, ty, select)?);
                Ok(Check::InSelect { negated, index: self.sub_selects.len() - 1 })
            }
        }
    }

    fn values(
        &self,
        column: &Name,
        ty: Type,
        mut values: Values,
        operands: &'c [Spanned<Operand>],
    ) -> Result<Values, QueryError> {
        for operand in operands {
            match (&mut values, self.constant(operand)?) {
                (Values::Text(values), Constant::Text(quoted)) => {
                    values.push(Folded::new(&quoted.text));
                }
                (Values::Text(values), Constant::Texts(texts)) => {
                    values.extend(texts.iter().map(|text| Folded::new(text)));
                }
                (Values::Int(values), Constant::Int(number)) => values.push(number),
                (Values::Date(values), Constant::Date(date)) => values.push(date),
                (Values::Bool(values), Constant::Bool(truth)) => values.push(truth),
                (_, constant) => return Err(mismatch(column, ty, &constant, operand)),
            }
        }
        Ok(values.sorted())
    }

    fn sub_select(&self, outer: &Name, ty: Type, select: &'c SubSelect) -> Result<BoundSubSelect, QueryError> {
        let schema = find_table(self.catalog, &select.table)?;
        let column = find_column(schema, &select.column)?;
        let inner = schema.columns[column].ty;
        if inner != ty {
            let message = format!(
                "`{}` holds {}, but `{}` holds {}",
                select.column.node,
                described(inner),
                outer.node,
                described(ty)
            );
            return Err(QueryError::new(message, select.column.span.clone()).with_hint("select a column of that kind"));
        }
        let filter = match &select.filter {
            Some(filter) => Some(bind_filter(filter, schema, self.catalog, self.params)?),
            None => None,
        };
        Ok(BoundSubSelect { table: schema.name.to_string(), column, ty, filter })
    }

    fn includes(
        &self,
        column: &Name,
        ty: Type,
        negated: bool,
        texts: &'c [Spanned<Operand>],
    ) -> Result<Check, QueryError> {
        if ty != Type::List {
            let message = format!("INCLUDES and EXCLUDES ask lists, and `{}` holds {}", column.node, described(ty));
            let hint = format!("write `{} IN (...)` or `{} LIKE '%part%'`", column.node, column.node);
            return Err(QueryError::new(message, column.span.clone()).with_hint(hint));
        }
        let mut groups = Vec::new();
        for text in texts {
            match self.constant(text)? {
                Constant::Text(quoted) => groups.push(together(&quoted.text)),
                Constant::Texts(texts) => groups.extend(texts.iter().map(|text| together(text))),
                constant => return Err(mismatch(column, ty, &constant, text)),
            }
            if groups.last().is_some_and(Vec::is_empty) {
                return Err(QueryError::new("an empty text is in no list", text.span.clone()));
            }
        }
        Ok(Check::Includes { negated, groups })
    }
}

/// The texts that must all be present: `a;b` names two.
fn together(text: &str) -> Vec<Folded> {
    text.split(';').map(Folded::new).filter(|text| !text.is_empty()).collect()
}
