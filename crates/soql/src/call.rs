//! Calls: the aggregates that are computed here, and the functions that only an org computes.
//!
//! Part of the parser; see `parse`. It knows the functions and their arguments. It refuses to know columns.

use super::ast::{Call, Function, Name, OrgOnly, Spanned};
use super::cursor::{Parser, is_reserved};
use super::error::QueryError;
use super::hint;
use super::token::Token;

/// Functions of a date, with a column or `convertTimezone(column)` as argument.
const OF_DATES: [&str; 13] = [
    "CALENDAR_MONTH",
    "CALENDAR_QUARTER",
    "CALENDAR_YEAR",
    "DAY_IN_MONTH",
    "DAY_IN_WEEK",
    "DAY_IN_YEAR",
    "DAY_ONLY",
    "FISCAL_MONTH",
    "FISCAL_QUARTER",
    "FISCAL_YEAR",
    "HOUR_IN_DAY",
    "WEEK_IN_MONTH",
    "WEEK_IN_YEAR",
];

/// A call as parsed.
pub(super) enum ParsedCall {
    /// `COUNT()`: the bytes of its name.
    CountRows(std::ops::Range<usize>),
    /// An aggregate of a column.
    Aggregate(Call),
    /// `toLabel(column)`.
    Label(Name),
    /// A function that needs an org.
    OrgOnly(OrgOnly),
}

impl Parser<'_> {
    /// The call that comes next; `None` if no word with a parenthesis follows.
    pub(super) fn call(&mut self) -> Result<Option<ParsedCall>, QueryError> {
        let (Some(word), Some(Token::Symbol("("))) = (self.peek_word(), self.peek_after(1)) else { return Ok(None) };
        if is_reserved(word) {
            return Ok(None);
        }
        let start = self.span().start;
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        if is("COUNT") && self.counts_rows() {
            return Ok(Some(ParsedCall::CountRows(self.span())));
        }
        if let Some(function) = Function::ALL.into_iter().find(|function| is(function.as_str())) {
            return self.aggregate(function).map(|call| Some(ParsedCall::Aggregate(call)));
        }
        if is("toLabel") {
            self.advance();
            self.advance();
            let column = self.name("a column")?;
            self.need_symbol(")")?;
            return Ok(Some(ParsedCall::Label(column)));
        }
        if is("FORMAT") || is("convertCurrency") || is("GROUPING") || OF_DATES.iter().any(|name| is(name)) {
            self.advance();
            self.advance();
            if self.call()?.is_none() {
                self.name("a column")?;
            }
            self.need_symbol(")")?;
        } else if is("convertTimezone") {
            self.advance();
            self.advance();
            self.name("a column")?;
            self.need_symbol(")")?;
        } else if is("DISTANCE") {
            self.distance()?;
        } else {
            let hint = hint::on_word(word)
                .unwrap_or("the functions are COUNT, COUNT_DISTINCT, MIN, MAX, SUM, AVG and toLabel");
            return Err(QueryError::new(format!("there is no function `{word}`"), self.span()).with_hint(hint));
        }
        Ok(Some(ParsedCall::OrgOnly(self.written(start))))
    }

    /// `MIN(column)`; `COUNT(DISTINCT column)` is read as `COUNT_DISTINCT(column)`.
    fn aggregate(&mut self, mut function: Function) -> Result<Call, QueryError> {
        self.advance();
        self.advance();
        if self.at_symbol("*") {
            return Err(QueryError::new("SOQL has no `COUNT(*)`", self.span()).with_hint("write `COUNT()`"));
        }
        if function == Function::Count
            && self.at_word("DISTINCT")
            && !matches!(self.peek_after(1), Some(Token::Symbol(_)))
        {
            self.advance();
            function = Function::CountDistinct;
        }
        let column = self.name("a column")?;
        self.need_symbol(")")?;
        Ok(Call { function, column })
    }

    /// `DISTANCE(column, GEOLOCATION(37.7, -122.4), 'mi')`.
    fn distance(&mut self) -> Result<(), QueryError> {
        self.advance();
        self.advance();
        self.name("a column with a location")?;
        self.need_symbol(",")?;
        if self.at_word("GEOLOCATION") {
            self.advance();
            self.need_symbol("(")?;
            self.coordinate()?;
            self.need_symbol(",")?;
            self.coordinate()?;
            self.need_symbol(")")?;
        } else {
            self.name("GEOLOCATION or a column with a location")?;
        }
        self.need_symbol(",")?;
        match self.peek() {
            Some(Token::Text(unit)) if matches!(unit.text.as_str(), "mi" | "km") => self.advance(),
            _ => return Err(self.expected("'mi' or 'km'")),
        }
        self.need_symbol(")")
    }

    fn coordinate(&mut self) -> Result<(), QueryError> {
        match self.peek() {
            Some(Token::Int(_) | Token::Decimal(_)) => {
                self.advance();
                Ok(())
            }
            _ => Err(self.expected("a number")),
        }
    }

    /// The column of a test: a name, or a call as its text.
    pub(super) fn tested(&mut self) -> Result<Name, QueryError> {
        match self.call()? {
            None => self.name("a column"),
            Some(ParsedCall::Aggregate(call)) => {
                let span = self.call_start(&call)..self.last_end();
                Ok(Spanned::new(call.text(), span))
            }
            Some(ParsedCall::Label(column)) => Ok(column),
            Some(ParsedCall::OrgOnly(call)) => Ok(call),
            Some(ParsedCall::CountRows(span)) => {
                Err(QueryError::new("COUNT() stands alone", span).with_hint("name what is counted: `COUNT(Name)`"))
            }
        }
    }

    /// The start of the call whose column was read last.
    fn call_start(&self, call: &Call) -> usize {
        let before = &self.text[..call.column.span.start];
        let name = before.rfind('(').map_or(before, |at| before[..at].trim_end());
        name.len() - name.chars().rev().take_while(|it| it.is_ascii_alphanumeric() || *it == '_').count()
    }
}
