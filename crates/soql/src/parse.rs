//! From tokens to a [`Select`] or a [`Condition`]: one function per production of the grammar.
//!
//! A recursive descent over the tokens, so that each refusal can say what was expected at this very place.
//! Nesting is limited, hence no text can exhaust the stack. It refuses to know which tables and columns exist;
//! `condition` holds the other half of the grammar.

use super::ast::{Condition, Item, Name, NullsOrder, OrderBy, OrderKey, Select, Selection, Spanned};
use super::cursor::{Parser, is_reserved};
use super::error::QueryError;
use super::hint;
use super::token::Token;
use sessionlint_source::nearest::nearest;

/// What can follow the table, in this order.
const CLAUSES: [&str; 5] = ["WHERE", "GROUP BY", "ORDER BY", "LIMIT", "OFFSET"];

/// Parses a whole query. A `;` at the end is allowed.
pub fn parse(text: &str) -> Result<Select, QueryError> {
    let mut parser = Parser::new(text)?;
    let select = parser.select()?;
    parser.eat_symbol(";");
    match parser.peek() {
        None => Ok(select),
        Some(_) => Err(parser.unexpected_clause(&select)),
    }
}

/// Parses what could follow WHERE: the `where` of a rule.
pub fn parse_condition(text: &str) -> Result<Condition, QueryError> {
    let mut parser = Parser::new(text)?;
    if let Some(span) = parser.eat_word("WHERE") {
        return Err(QueryError::new("the condition begins without WHERE", span).with_hint("leave WHERE out"));
    }
    let condition = parser.condition()?;
    match parser.peek() {
        None => Ok(condition),
        Some(_) => Err(parser.expected("AND, OR or the end of the condition")),
    }
}

impl Parser<'_> {
    fn select(&mut self) -> Result<Select, QueryError> {
        if self.eat_word("SELECT").is_none() {
            let error = self.expected("SELECT");
            return Err(match error.hint {
                Some(_) => error,
                None => error.with_hint("a query reads `SELECT columns FROM table`"),
            });
        }
        let selection = self.selection()?;
        self.need_from(&selection)?;
        let table = self.table()?;
        let filter = self.where_clause()?;
        let group_by = self.group_by()?;
        let order_by = self.order_by()?;
        let limit = self.counted("LIMIT")?;
        let offset = self.counted("OFFSET")?;
        Ok(Select { selection, table, filter, group_by, order_by, limit, offset })
    }

    /// What stands between SELECT and FROM.
    fn selection(&mut self) -> Result<Selection, QueryError> {
        let start = self.span().start;
        if self.at_symbol("*") {
            return Err(QueryError::new("SOQL has no `SELECT *`", self.span()).with_hint("write `SELECT FIELDS(ALL)`"));
        }
        if self.at_call("FIELDS") {
            self.fields_all()?;
            return Ok(Selection::All(Spanned::new((), start..self.last_end())));
        }
        if self.at_call("COUNT") && self.counts_rows() {
            self.advance();
            self.advance();
            self.advance();
            return Ok(Selection::CountRows(Spanned::new((), start..self.last_end())));
        }
        let mut items = vec![self.item()?];
        while self.eat_symbol(",") {
            items.push(self.item()?);
        }
        Ok(Selection::Items(items))
    }

    /// Whether the next tokens are `word (`.
    fn at_call(&self, word: &str) -> bool {
        self.at_word(word) && matches!(self.peek_after(1), Some(Token::Symbol("(")))
    }

    /// Whether the call that comes next is `COUNT()`.
    fn counts_rows(&self) -> bool {
        matches!(self.peek_after(2), Some(Token::Symbol(")")))
    }

    fn fields_all(&mut self) -> Result<(), QueryError> {
        self.advance();
        self.advance();
        if self.eat_word("ALL").is_none() {
            return Err(self.expected("ALL").with_hint("write `FIELDS(ALL)`: every column of the table"));
        }
        self.need_symbol(")")?;
        if self.at_symbol(",") {
            return Err(QueryError::new("FIELDS(ALL) stands alone", self.span())
                .with_hint("it already holds every column of the table"));
        }
        Ok(())
    }

    fn item(&mut self) -> Result<Item, QueryError> {
        if self.at_symbol("(") {
            return Err(QueryError::new("a sub-select can only stand in WHERE", self.span())
                .with_hint("ask the other table with a query of its own"));
        }
        if self.at_call("COUNT") {
            return self.count_item();
        }
        if self.at_call("FIELDS") {
            return Err(QueryError::new("FIELDS(ALL) stands alone", self.span()).with_hint("leave the columns out"));
        }
        let foreign = self.at_word("DISTINCT") || self.at_word("TOP");
        if foreign && matches!(self.peek_after(1), Some(Token::Word(next)) if !is_reserved(next)) {
            return Err(self.expected("a column"));
        }
        self.no_other_function()?;
        Ok(Item::Column(self.name("a column")?))
    }

    fn count_item(&mut self) -> Result<Item, QueryError> {
        if self.counts_rows() {
            return Err(QueryError::new("COUNT() stands alone", self.span())
                .with_hint("beside other columns name what is counted: `COUNT(Name)`"));
        }
        let column = self.count()?;
        let alias = match self.peek_word() {
            Some(word) if !is_reserved(word) && hint::on_word(word).is_none() => Some(self.alias()?),
            _ => None,
        };
        Ok(Item::Count { column, alias })
    }

    /// `COUNT(column)`.
    fn count(&mut self) -> Result<Name, QueryError> {
        self.advance();
        self.advance();
        if self.at_symbol("*") {
            return Err(QueryError::new("SOQL has no `COUNT(*)`", self.span()).with_hint("write `COUNT()`"));
        }
        if self.at_word("DISTINCT") {
            return Err(self.expected("a column").with_hint("group by the column and count the rows of the answer"));
        }
        let column = self.name("a column")?;
        self.need_symbol(")")?;
        Ok(column)
    }

    fn alias(&mut self) -> Result<Name, QueryError> {
        let alias = self.name("an alias")?;
        if alias.node.contains('.') {
            return Err(QueryError::new("an alias has no dot", alias.span));
        }
        Ok(alias)
    }

    fn no_other_function(&self) -> Result<(), QueryError> {
        match (self.peek_word(), self.peek_after(1)) {
            (Some(word), Some(Token::Symbol("("))) if !is_reserved(word) => {
                Err(QueryError::new(format!("there is no function `{word}`"), self.span())
                    .with_hint("COUNT is the only function of this language"))
            }
            _ => Ok(()),
        }
    }

    fn need_from(&mut self, selection: &Selection) -> Result<(), QueryError> {
        if self.eat_word("FROM").is_some() {
            return Ok(());
        }
        let error = self.expected(if matches!(selection, Selection::Items(_)) { "`,` or FROM" } else { "FROM" });
        let hint = match self.peek_word() {
            _ if error.hint.is_some() => error.hint.clone(),
            Some(word) if nearest(word, ["FROM"]).is_some() => Some("did you mean `FROM`?".to_owned()),
            Some(word) if is_reserved(word) => Some(format!("say which table: `FROM Table {word} ...`")),
            None => Some("say which table: `SELECT ... FROM Table`".to_owned()),
            Some(word) => Some(format!("put a comma before `{word}`; only COUNT takes an alias")),
        };
        Err(error.with_hint_if(hint))
    }

    /// The table after FROM.
    pub(super) fn table(&mut self) -> Result<Name, QueryError> {
        let table = self.name("a table")?;
        if self.at_symbol(",") {
            return Err(QueryError::new("a query asks one table", self.span())
                .with_hint("use a sub-select: `WHERE Name IN (SELECT Name FROM Other)`"));
        }
        Ok(table)
    }

    /// WHERE and what follows, if it is there.
    pub(super) fn where_clause(&mut self) -> Result<Option<Condition>, QueryError> {
        if self.eat_word("WHERE").is_none() {
            return Ok(None);
        }
        self.condition().map(Some)
    }

    /// Takes `first BY` if it is next.
    fn eat_by(&mut self, first: &str) -> Result<bool, QueryError> {
        if self.eat_word(first).is_none() {
            return Ok(false);
        }
        if self.eat_word("BY").is_none() {
            return Err(self.expected("BY").with_hint(format!("write `{first} BY`")));
        }
        Ok(true)
    }

    fn group_by(&mut self) -> Result<Vec<Name>, QueryError> {
        let mut columns = Vec::new();
        if self.eat_by("GROUP")? {
            columns.push(self.name("a column")?);
            while self.eat_symbol(",") {
                columns.push(self.name("a column")?);
            }
        }
        Ok(columns)
    }

    fn order_by(&mut self) -> Result<Vec<OrderBy>, QueryError> {
        let mut keys = Vec::new();
        if self.eat_by("ORDER")? {
            keys.push(self.order_key()?);
            while self.eat_symbol(",") {
                keys.push(self.order_key()?);
            }
        }
        Ok(keys)
    }

    fn order_key(&mut self) -> Result<OrderBy, QueryError> {
        let key = if self.at_call("COUNT") {
            if self.counts_rows() {
                return Err(QueryError::new("COUNT() stands alone", self.span())
                    .with_hint("name what is counted: `COUNT(Name)`"));
            }
            OrderKey::Count(self.count()?)
        } else {
            self.no_other_function()?;
            OrderKey::Column(self.name("a column")?)
        };
        let descending = self.eat_word("DESC").is_some();
        if !descending {
            self.eat_word("ASC");
        }
        let nulls = if self.eat_word("NULLS").is_some() { Some(self.nulls_order()?) } else { None };
        Ok(OrderBy { key, descending, nulls })
    }

    fn nulls_order(&mut self) -> Result<NullsOrder, QueryError> {
        if self.eat_word("FIRST").is_some() {
            Ok(NullsOrder::First)
        } else if self.eat_word("LAST").is_some() {
            Ok(NullsOrder::Last)
        } else {
            Err(self.expected("FIRST or LAST"))
        }
    }

    /// `LIMIT n` or `OFFSET n`, if it is there.
    fn counted(&mut self, keyword: &str) -> Result<Option<u64>, QueryError> {
        if self.eat_word(keyword).is_none() {
            return Ok(None);
        }
        match self.peek() {
            Some(Token::Int(number)) if *number >= 0 => {
                let number = number.unsigned_abs();
                self.advance();
                Ok(Some(number))
            }
            _ => Err(self.expected("a number of rows")),
        }
    }

    /// An error: after `select` the query goes on with something that has no place there.
    fn unexpected_clause(&self, select: &Select) -> QueryError {
        let error = self.expected(if select.filter.is_some() {
            "AND, OR, a later clause or the end"
        } else {
            "a clause or the end"
        });
        let Some(word) = self.peek_word().filter(|_| error.hint.is_none()) else {
            return error;
        };
        let first_words = CLAUSES.iter().map(|clause| clause.split(' ').next().unwrap_or(clause));
        let hint = if is_reserved(word) {
            format!("the clauses come in the order {}", CLAUSES.join(", "))
        } else if let Some(near) = nearest(word, first_words) {
            format!("did you mean `{near}`?")
        } else {
            format!("tables have no alias; the clauses are {}", CLAUSES.join(", "))
        };
        error.with_hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_query_is_refused_with_a_span_and_a_hint() {
        let cases = [
            ("", 0..0, "SELECT columns FROM table"),
            ("UPDATE T SET a = 1", 0..6, "in an org"),
            ("SELECT * FROM T", 7..8, "FIELDS(ALL)"),
            ("SELECT COUNT(*) FROM T", 13..14, "COUNT()"),
            ("SELECT a", 8..8, "say which table"),
            ("SELECT a WHERE b = 1", 9..14, "FROM Table WHERE"),
            ("SELECT a FORM T", 9..13, "did you mean `FROM`?"),
            ("SELECT a b FROM T", 9..10, "comma before `b`"),
            ("SELECT a AS b FROM T", 9..11, "no AS"),
            ("SELECT DISTINCT a FROM T", 7..15, "add `GROUP BY`"),
            ("SELECT SUM(a) FROM T", 7..10, "only function"),
            ("SELECT a, COUNT() FROM T", 10..15, "COUNT(Name)"),
            ("SELECT FIELDS(STANDARD) FROM T", 14..22, "FIELDS(ALL)"),
            ("SELECT FIELDS(ALL), a FROM T", 18..19, "every column"),
            ("SELECT a, FIELDS(ALL) FROM T", 10..16, "leave the columns out"),
            ("SELECT (SELECT b FROM U) FROM T", 7..8, "query of its own"),
            ("SELECT a FROM T, U", 15..16, "sub-select"),
            ("SELECT a FROM T JOIN U ON a = b", 16..20, "sub-select"),
            ("SELECT a FROM T LEFT JOIN U", 16..20, "sub-select"),
            ("SELECT a FROM T t WHERE a = 1", 16..17, "no alias"),
            ("SELECT a FROM T WEHRE a = 1", 16..21, "did you mean `WHERE`?"),
            ("SELECT a FROM T ORDER a", 22..23, "ORDER BY"),
            ("SELECT a FROM T LIMIT 1 ORDER BY a", 24..29, "in the order WHERE, GROUP BY"),
            ("SELECT a FROM T GROUP BY a HAVING COUNT(a) > 1", 27..33, "COUNT(Name) DESC"),
            ("SELECT a FROM T UNION SELECT b FROM U", 16..21, "run two"),
            ("SELECT a FROM T WITH SECURITY_ENFORCED", 16..20, "leave it out"),
        ];
        for (text, span, hint) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error}");
            assert!(error.hint.as_ref().is_some_and(|said| said.contains(hint)), "{text}: {error}");
        }
    }

    #[test]
    fn a_condition_of_a_rule_has_no_where() {
        let error = parse_condition("WHERE a = 1").unwrap_err();
        assert_eq!((error.span, error.hint.as_deref()), (0..5, Some("leave WHERE out")));
        assert_eq!(parse_condition("a = 1;").unwrap_err().span, 5..6);
        assert_eq!(parse_condition(" \n ").unwrap_err().span, 0..0);
    }
}
