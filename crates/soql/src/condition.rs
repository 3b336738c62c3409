//! The grammar of conditions: after WHERE, and in a rule page.
//!
//! The other half of the parser; see `parse`. AND and OR side by side are rejected as in SOQL. NOT binds to the test or
//! parenthesis that follows it; SOQL needs parentheses around it inside AND and OR, and the printer adds them. Refuses
//! to know which columns exist.

use super::ast::{Comparison, Condition, Name, Operand, Set, Spanned, SubSelect, Test};
use super::cursor::{Parser, is_reserved};
use super::error::QueryError;
use super::hint;
use super::parse::without_alias_in_condition;
use super::token::Token;
use sessionlint_source::nearest::nearest;

/// The maximum nesting of parentheses and NOTs.
const MAXIMUM_DEPTH: usize = 64;

impl Parser<'_> {
    /// Tests joined by AND or by OR.
    pub(super) fn condition(&mut self) -> Result<Condition, QueryError> {
        let first = self.factor()?;
        for (keyword, other) in [("AND", "OR"), ("OR", "AND")] {
            if !self.at_word(keyword) {
                continue;
            }
            let mut parts = vec![first];
            while self.eat_word(keyword).is_some() {
                parts.push(self.factor()?);
            }
            self.not_mixed(other)?;
            return Ok(if keyword == "AND" { Condition::And(parts) } else { Condition::Or(parts) });
        }
        Ok(first)
    }

    /// Rejects `other` after a chain of its opposite.
    fn not_mixed(&self, other: &str) -> Result<(), QueryError> {
        if !self.at_word(other) {
            return Ok(());
        }
        Err(QueryError::new("AND and OR stand side by side without parentheses", self.span())
            .with_hint("put parentheses around what belongs together: `(A AND B) OR C`"))
    }

    /// A test, a negation, or a condition in parentheses.
    fn factor(&mut self) -> Result<Condition, QueryError> {
        if self.depth >= MAXIMUM_DEPTH {
            return Err(QueryError::new(format!("nested deeper than {MAXIMUM_DEPTH} levels"), self.span()));
        }
        self.depth += 1;
        let condition = if self.eat_word("NOT").is_some() {
            self.factor().map(|inner| Condition::Not(Box::new(inner)))
        } else if self.at_symbol("(") {
            self.parenthesis()
        } else {
            self.test().map(Condition::Test)
        };
        self.depth -= 1;
        condition
    }

    fn parenthesis(&mut self) -> Result<Condition, QueryError> {
        self.advance();
        if self.at_word("SELECT") {
            return Err(QueryError::new("a sub-select stands after IN", self.span())
                .with_hint("write `Name IN (SELECT Name FROM Other)`"));
        }
        let condition = self.condition()?;
        if !self.eat_symbol(")") {
            return Err(self.expected("AND, OR or `)`"));
        }
        Ok(condition)
    }

    fn test(&mut self) -> Result<Test, QueryError> {
        let column = self.tested_column()?;
        if let Some(operator) = self.comparison() {
            self.advance();
            return self.compare(column, operator);
        }
        if self.eat_word("LIKE").is_some() {
            return self.like(column);
        }
        if self.eat_word("IN").is_some() {
            return self.membership(column, false);
        }
        if self.eat_word("INCLUDES").is_some() {
            return self.includes(column, false);
        }
        if self.eat_word("EXCLUDES").is_some() {
            return self.includes(column, true);
        }
        if self.at_word("NOT") {
            self.advance();
            return self.negated_test(column);
        }
        Err(self.no_operator(&column))
    }

    fn tested_column(&mut self) -> Result<Name, QueryError> {
        if let Some(
            Token::Text(_) | Token::Int(_) | Token::Decimal(_) | Token::Date(_) | Token::DateTime(_) | Token::Bind(_),
        ) = self.peek()
        {
            return Err(self.expected("a column").with_hint("the column comes first, the constant after the operator"));
        }
        self.tested()
    }

    /// The comparison operator that comes next.
    fn comparison(&self) -> Option<Comparison> {
        let Some(Token::Symbol(symbol)) = self.peek() else {
            return None;
        };
        Some(match *symbol {
            "=" => Comparison::Equal,
            "!=" | "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn no_operator(&self, column: &Name) -> QueryError {
        let error = self.expected(&format!("a comparison after `{}`", column.node));
        let ends = self.peek().is_none() || self.at_word("AND") || self.at_word("OR") || self.at_symbol(")");
        if ends {
            return error.with_hint(format!("a column alone is no test: write `{} = true`", column.node));
        }
        match self.peek_word().and_then(|word| nearest(word, ["LIKE", "INCLUDES", "EXCLUDES"])) {
            Some(near) if error.hint.is_none() => error.with_hint(format!("did you mean `{near}`?")),
            _ => error,
        }
    }

    fn compare(&mut self, column: Name, operator: Comparison) -> Result<Test, QueryError> {
        if self.at_symbol("(") {
            let hint = format!("write `{} IN (...)`", column.node);
            return Err(QueryError::new("a comparison takes one constant", self.span()).with_hint(hint));
        }
        let operand = self.operand()?;
        let tests_equality = matches!(operator, Comparison::Equal | Comparison::NotEqual);
        if operand.node == Operand::Null && !tests_equality {
            return Err(QueryError::new(format!("`{operator} null` holds for no row"), operand.span)
                .with_hint("write `= null` or `!= null`"));
        }
        Ok(Test::Compare { column, operator, operand })
    }

    fn like(&mut self, column: Name) -> Result<Test, QueryError> {
        let pattern = self.operand()?;
        match pattern.node {
            Operand::Text(_) | Operand::Bind(_) => Ok(Test::Like { column, pattern }),
            _ => Err(QueryError::new("LIKE takes a text", pattern.span).with_hint("write `LIKE 'part%'`")),
        }
    }

    /// After `column NOT`.
    fn negated_test(&mut self, column: Name) -> Result<Test, QueryError> {
        if self.eat_word("IN").is_some() {
            return self.membership(column, true);
        }
        let hint = if self.at_word("LIKE") {
            Some(format!("NOT comes before the column: `NOT {} LIKE ...`", column.node))
        } else if self.at_word("INCLUDES") {
            Some(format!("write `{} EXCLUDES (...)`", column.node))
        } else {
            None
        };
        Err(self.expected("IN").with_hint_if(hint))
    }

    /// After `column IN`.
    fn membership(&mut self, column: Name, negated: bool) -> Result<Test, QueryError> {
        let start = self.span().start;
        let node = self.set(&column)?;
        let set = Spanned::new(node, start..self.last_end());
        Ok(Test::In { column, negated, set })
    }

    fn set(&mut self, column: &Name) -> Result<Set, QueryError> {
        if let Some(Token::Bind(_)) = self.peek() {
            return Ok(Set::List(vec![self.operand()?]));
        }
        if !self.eat_symbol("(") {
            let hint = format!("write `{} IN ('a', 'b')`", column.node);
            return Err(self.expected("`(`").with_hint(hint));
        }
        if self.at_word("SELECT") {
            let select = self.sub_select()?;
            return Ok(Set::Select(Box::new(select)));
        }
        let operands = self.operands()?;
        if let Some(null) = operands.iter().find(|operand| operand.node == Operand::Null) {
            let hint = format!("test it on its own: `{} = null`", column.node);
            return Err(QueryError::new("null cannot stand in a list", null.span.clone()).with_hint(hint));
        }
        Ok(Set::List(operands))
    }

    /// Operands separated by commas, up to the closing parenthesis.
    fn operands(&mut self) -> Result<Vec<Spanned<Operand>>, QueryError> {
        let operands = self.list(Self::operand)?;
        if !self.eat_symbol(")") {
            return Err(self.expected("`,` or `)`"));
        }
        Ok(operands)
    }

    /// `SELECT column FROM table [WHERE condition]`, up to the closing parenthesis.
    fn sub_select(&mut self) -> Result<SubSelect, QueryError> {
        if self.in_sub_select {
            return Err(QueryError::new("a sub-select inside a sub-select", self.span())
                .with_hint("one level is allowed; a view with a column for it is the way on"));
        }
        self.in_sub_select = true;
        self.advance();
        let mut column = self.name("a column")?;
        if self.at_symbol(",") {
            return Err(QueryError::new("a sub-select has one column", self.span()).with_hint("leave the others out"));
        }
        if self.eat_word("FROM").is_none() {
            return Err(self.expected("FROM"));
        }
        let table = self.table()?;
        let alias = self.table_alias()?;
        let mut filter = self.where_clause()?;
        if let Some(alias) = alias {
            without_alias_in_condition(&mut column, &alias.node);
            if let Some(filter) = &mut filter {
                filter.each_column(&mut |name| without_alias_in_condition(name, &alias.node));
            }
        }
        self.in_sub_select = false;
        if !self.eat_symbol(")") {
            let error = self.expected(if filter.is_some() { "AND, OR or `)`" } else { "WHERE or `)`" });
            let ordered = ["GROUP", "ORDER", "LIMIT", "OFFSET"].iter().any(|keyword| self.at_word(keyword));
            return Err(if ordered { error.with_hint("a sub-select ends after its WHERE") } else { error });
        }
        Ok(SubSelect { column, table, filter })
    }

    /// After `column INCLUDES` or `column EXCLUDES`.
    fn includes(&mut self, column: Name, negated: bool) -> Result<Test, QueryError> {
        if !self.eat_symbol("(") {
            return Err(self.expected("`(`").with_hint("write the texts in parentheses: `('a', 'b')`"));
        }
        let texts = self.operands()?;
        let wrong = texts.iter().find(|text| !matches!(text.node, Operand::Text(_) | Operand::Bind(_)));
        if let Some(wrong) = wrong {
            let hint = format!("write '{}'", &self.text[wrong.span.clone()]);
            return Err(QueryError::new("lists hold texts", wrong.span.clone()).with_hint(hint));
        }
        let end = self.last_end();
        Ok(Test::Includes { column, negated, texts, end: Spanned::new((), end..end) })
    }

    fn operand(&mut self) -> Result<Spanned<Operand>, QueryError> {
        let span = self.span();
        let node = match self.peek() {
            Some(Token::Text(quoted)) => Operand::Text(quoted.clone()),
            Some(Token::Int(number)) => Operand::Int(*number),
            Some(Token::Decimal(number)) => Operand::Decimal(*number),
            Some(Token::Date(date)) => Operand::Date(*date),
            Some(Token::DateTime(time)) => Operand::OrgOnly((*time).to_owned()),
            Some(Token::Relative(date)) => Operand::OrgOnly((*date).to_owned()),
            Some(Token::Bind(name)) => Operand::Bind((*name).to_owned()),
            Some(Token::Word(word)) => self.constant_word(word)?,
            _ => return Err(self.expected("a constant")),
        };
        self.advance();
        Ok(Spanned::new(node, span))
    }

    /// `null`, `true` or `false`.
    fn constant_word(&self, word: &str) -> Result<Operand, QueryError> {
        match word.to_ascii_lowercase().as_str() {
            "null" => Ok(Operand::Null),
            "true" => Ok(Operand::Bool(true)),
            "false" => Ok(Operand::Bool(false)),
            _ if hint::is_relative_date(word) || is_amount(word) => Ok(Operand::OrgOnly(word.to_owned())),
            _ if is_reserved(word) || hint::on_word(word).is_some() => Err(self.expected("a constant")),
            _ => Err(QueryError::new(format!("`{word}` is not a constant"), self.span())
                .with_hint(format!("write a text as '{word}'; two columns cannot be compared"))),
        }
    }
}

/// Whether a word is an amount of a currency: `USD5000`.
fn is_amount(word: &str) -> bool {
    let (code, digits) = word.split_at_checked(3).unwrap_or_default();
    !digits.is_empty() && code.bytes().all(|it| it.is_ascii_uppercase()) && digits.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::parse_condition;
    use super::*;

    #[test]
    fn what_is_no_condition_is_refused_with_a_span_and_a_hint() {
        let cases = [
            ("a IS NULL", 2..4, "= null"),
            ("a IS NOT NULL", 2..4, "!= null"),
            ("a BETWEEN 1 AND 2", 2..9, ">="),
            ("a = 1 AND b = 2 OR c = 3", 16..18, "(A AND B) OR C"),
            ("a = 1 OR b = 2 AND c = 3", 15..18, "parentheses"),
            ("a = b", 4..5, "'b'"),
            ("30 < a", 0..2, "column comes first"),
            ("'x' = a", 0..3, "column comes first"),
            ("a > null", 4..8, "= null"),
            ("a = ('x', 'y')", 4..5, "a IN"),
            ("a IN 'x'", 5..8, "IN ('a', 'b')"),
            ("a IN ('x', null)", 11..15, "a = null"),
            ("a NOT LIKE 'x'", 6..10, "NOT a LIKE"),
            ("a NOT INCLUDES ('x')", 6..14, "EXCLUDES"),
            ("a INCLUDES 'x'", 11..14, "parentheses"),
            ("a INCLUDES (1)", 12..13, "'1'"),
            ("a LIKE 1", 7..8, "LIKE 'part%'"),
            ("a LIEK 'x'", 2..6, "did you mean `LIKE`?"),
            ("a AND b = 1", 2..5, "a = true"),
            ("LOWER(a) = 'x'", 0..5, "ignores case anyway"),
            ("EXISTS (SELECT a FROM T)", 0..6, "IN (SELECT"),
            ("(SELECT a FROM T)", 1..7, "IN (SELECT"),
            ("a IN (SELECT b, c FROM T)", 14..15, "leave the others out"),
            ("a IN (SELECT b FROM T LIMIT 1)", 22..27, "after its WHERE"),
            ("a IN (SELECT b FROM T WHERE c IN (SELECT d FROM U))", 34..40, "one level"),
        ];
        for (text, span, hint) in cases {
            let error = parse_condition(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error}");
            assert!(error.hint.as_ref().is_some_and(|it| it.contains(hint)), "{text}: {error}");
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        let fits = format!("{}a = 1{}", "(".repeat(63), ")".repeat(63));
        assert!(parse_condition(&fits).is_ok());
        for opening in ["(", "NOT ", "a IN (SELECT b FROM T WHERE ("] {
            let error = parse_condition(&opening.repeat(100_000)).unwrap_err();
            assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn not_takes_one_test() {
        let parsed = parse_condition("NOT a = 1 AND b = 2").unwrap();
        let Condition::And(parts) = &parsed else { panic!("{parsed:?}") };
        assert!(matches!(parts.as_slice(), [Condition::Not(_), Condition::Test(_)]));
    }

    #[test]
    fn a_test_spans_from_its_column_to_its_last_byte() {
        for text in ["a != 'x'", "a LIKE 'x'", "a NOT IN ('x', 'y')", "a IN (SELECT b FROM T)", "a EXCLUDES ('x')"] {
            let padded = format!("  {text}  ");
            let Condition::Test(test) = parse_condition(&padded).unwrap() else { panic!("{text}") };
            assert_eq!(test.span(), 2..2 + text.len());
        }
    }
}
