//! Parses tokens to a [`Select`] or a [`Condition`]: one function per production of the grammar.
//!
//! A recursive descent, so that each error can name what was expected at its place. Nesting is limited, so that no text
//! can exhaust the stack. It refuses to know which tables and columns exist; `condition` is the other half of the
//! grammar.

use super::ast::{
    Call, Condition, GroupKey, Name, NullsOrder, OrderBy, OrderKey, Select, SelectItem, Selection, Spanned,
};
use super::call::ParsedCall;
use super::cursor::{Parser, is_reserved};
use super::error::QueryError;
use super::hint;
use super::token::Token;
use sessionlint_source::nearest::nearest;

/// What can follow the table, in this order.
const CLAUSES: [&str; 9] = ["USING SCOPE", "WHERE", "WITH", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "FOR"];

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

/// Parses the text that could follow WHERE: the `where` of a rule.
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
    pub(super) fn select(&mut self) -> Result<Select, QueryError> {
        if self.eat_word("SELECT").is_none() {
            let error = self.expected("SELECT");
            if ["UPDATE", "INSERT", "DELETE"].iter().any(|word| self.at_word(word)) {
                return Err(error.with_hint("a query reads; data is changed in an org"));
            }
            return Err(match error.hint {
                Some(_) => error,
                None => error.with_hint("a query reads `SELECT columns FROM table`"),
            });
        }
        let selection = self.selection()?;
        self.need_from(&selection)?;
        let table = self.table()?;
        let alias = self.table_alias()?;
        let scope = self.scope()?;
        let filter = self.where_clause()?;
        let with = self.with_clause()?;
        let group_by = self.group_by()?;
        let having = self.having(&group_by)?;
        let order_by = self.order_by()?;
        let limit = self.counted("LIMIT")?;
        let offset = self.counted("OFFSET")?;
        let tail = self.tail()?;
        let mut select =
            Select { selection, table, scope, filter, with, group_by, having, order_by, limit, offset, tail };
        select.aliases_have_groups()?;
        if let Some(alias) = alias {
            select.resolve(&alias.node);
        }
        Ok(select)
    }

    /// The part between SELECT and FROM.
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
            let place = Spanned::new((), start..self.last_end());
            return Ok(Selection::CountRows(place, self.result_alias()?));
        }
        Ok(Selection::Items(self.list(Self::item)?))
    }

    /// What `item` reads, once or several times with commas between.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, QueryError>,
    ) -> Result<Vec<T>, QueryError> {
        let mut items = vec![item(self)?];
        while self.eat_symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Whether the next tokens are `word (`.
    fn at_call(&self, word: &str) -> bool {
        self.at_word(word) && matches!(self.peek_after(1), Some(Token::Symbol("(")))
    }

    /// Whether the call that comes next is `COUNT()`.
    pub(super) fn counts_rows(&self) -> bool {
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

    fn item(&mut self) -> Result<SelectItem, QueryError> {
        let start = self.span().start;
        if self.at_symbol("(") {
            self.related_rows()?;
            return Ok(SelectItem::OrgOnly(self.written(start)));
        }
        if self.at_word("TYPEOF") && matches!(self.peek_after(1), Some(Token::Word(next)) if !is_reserved(next)) {
            self.type_of()?;
            return Ok(SelectItem::OrgOnly(self.written(start)));
        }
        if self.at_call("FIELDS") {
            return Err(QueryError::new("FIELDS(ALL) stands alone", self.span()).with_hint("leave the columns out"));
        }
        let foreign = self.at_word("DISTINCT") || self.at_word("TOP");
        if foreign && matches!(self.peek_after(1), Some(Token::Word(next)) if !is_reserved(next)) {
            return Err(self.expected("a column"));
        }
        match self.call()? {
            None => {
                let column = self.name("a column")?;
                Ok(SelectItem::Column { column, is_label: false, alias: self.result_alias()? })
            }
            Some(ParsedCall::CountRows(span)) => Err(QueryError::new("COUNT() stands alone", span)
                .with_hint("beside other columns name what is counted: `COUNT(Name)`")),
            Some(ParsedCall::Aggregate(call)) => Ok(SelectItem::Aggregate { call, alias: self.result_alias()? }),
            Some(ParsedCall::Label(column)) => {
                Ok(SelectItem::Column { column, is_label: true, alias: self.result_alias()? })
            }
            Some(ParsedCall::OrgOnly(_)) => {
                self.result_alias()?;
                Ok(SelectItem::OrgOnly(self.written(start)))
            }
        }
    }

    /// The alias of a result column, if one follows.
    fn result_alias(&mut self) -> Result<Option<Name>, QueryError> {
        match self.peek_word() {
            Some(word) if !is_reserved(word) && hint::on_word(word).is_none() && !is_misspelt(word, &["FROM"]) => {
                self.alias().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn alias(&mut self) -> Result<Name, QueryError> {
        let alias = self.name("an alias")?;
        if alias.node.contains('.') {
            return Err(QueryError::new("an alias has no dot", alias.span));
        }
        Ok(alias)
    }

    /// The alias of the table, if one follows.
    pub(super) fn table_alias(&mut self) -> Result<Option<Name>, QueryError> {
        match self.peek_word() {
            Some(word) if may_be_alias(word) => {
                let alias = self.alias()?;
                if self.at_symbol(",") {
                    return Err(self.one_table());
                }
                Ok(Some(alias))
            }
            _ => Ok(None),
        }
    }

    /// `USING SCOPE name`.
    fn scope(&mut self) -> Result<Option<Spanned<String>>, QueryError> {
        let start = self.span().start;
        if self.eat_word("USING").is_none() {
            return Ok(None);
        }
        if self.eat_word("SCOPE").is_none() {
            return Err(self.expected("SCOPE"));
        }
        self.name("a scope")?;
        Ok(Some(self.written(start)))
    }

    /// `WITH USER_MODE` and its like, and `WITH DATA CATEGORY ...`.
    fn with_clause(&mut self) -> Result<Option<Spanned<String>>, QueryError> {
        let start = self.span().start;
        if self.eat_word("WITH").is_none() {
            return Ok(None);
        }
        if self.eat_word("DATA").is_none() {
            if !["SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"].iter().any(|mode| self.eat_word(mode).is_some()) {
                return Err(self.expected("USER_MODE, SYSTEM_MODE, SECURITY_ENFORCED or DATA CATEGORY"));
            }
            return Ok(Some(self.written(start)));
        }
        if self.eat_word("CATEGORY").is_none() {
            return Err(self.expected("CATEGORY"));
        }
        self.data_category()?;
        while self.eat_word("AND").is_some() {
            self.data_category()?;
        }
        Ok(Some(self.written(start)))
    }

    /// `Group__c AT (a__c, b__c)`.
    fn data_category(&mut self) -> Result<(), QueryError> {
        self.name("a group of categories")?;
        if !["AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"].iter().any(|word| self.eat_word(word).is_some()) {
            return Err(self.expected("AT, ABOVE, BELOW or ABOVE_OR_BELOW"));
        }
        if !self.eat_symbol("(") {
            return self.name("a category").map(drop);
        }
        self.list(|it| it.name("a category"))?;
        self.need_symbol(")")
    }

    /// `FOR VIEW`, `FOR REFERENCE`, `FOR UPDATE`, `UPDATE TRACKING`, `UPDATE VIEWSTAT`, `ALL ROWS`.
    fn tail(&mut self) -> Result<Vec<Spanned<String>>, QueryError> {
        let mut tail = Vec::new();
        loop {
            let start = self.span().start;
            let (after, what): (&[&str], _) = if self.eat_word("FOR").is_some() {
                (&["VIEW", "REFERENCE", "UPDATE"], "VIEW, REFERENCE or UPDATE")
            } else if self.eat_word("UPDATE").is_some() {
                (&["TRACKING", "VIEWSTAT"], "TRACKING or VIEWSTAT")
            } else if self.eat_word("ALL").is_some() {
                (&["ROWS"], "ROWS")
            } else {
                return Ok(tail);
            };
            if !after.iter().any(|word| self.eat_word(word).is_some()) {
                return Err(self.expected(what));
            }
            tail.push(self.written(start));
        }
    }

    /// A sub-select in SELECT: rows that an org relates to the shown one.
    fn related_rows(&mut self) -> Result<(), QueryError> {
        if self.in_sub_select {
            return Err(QueryError::new("a sub-select inside a sub-select", self.span()));
        }
        self.advance();
        self.in_sub_select = true;
        let select = self.select()?;
        self.in_sub_select = false;
        if self.eat_symbol(")") { Ok(()) } else { Err(self.unexpected_clause(&select)) }
    }

    /// `TYPEOF What WHEN Account THEN Name, Phone ELSE Id END`.
    fn type_of(&mut self) -> Result<(), QueryError> {
        self.advance();
        self.name("a relationship")?;
        if !self.at_word("WHEN") {
            return Err(self.expected("WHEN"));
        }
        while self.eat_word("WHEN").is_some() {
            self.name("a table")?;
            if self.eat_word("THEN").is_none() {
                return Err(self.expected("THEN"));
            }
            self.names()?;
        }
        if self.eat_word("ELSE").is_some() {
            self.names()?;
        }
        if self.eat_word("END").is_none() {
            return Err(self.expected("WHEN, ELSE or END"));
        }
        Ok(())
    }

    fn names(&mut self) -> Result<(), QueryError> {
        self.list(|it| it.name("a column")).map(drop)
    }

    /// The text from `start` to the last token read.
    pub(super) fn written(&self, start: usize) -> Spanned<String> {
        let span = start..self.last_end();
        Spanned::new(self.text[span.clone()].to_owned(), span)
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
            Some(word) => Some(format!("put a comma before `{word}`")),
        };
        Err(error.with_hint_if(hint))
    }

    /// The table after FROM.
    pub(super) fn table(&mut self) -> Result<Name, QueryError> {
        let table = self.name("a table")?;
        if self.at_symbol(",") {
            return Err(self.one_table());
        }
        Ok(table)
    }

    fn one_table(&self) -> QueryError {
        QueryError::new("a query asks one table", self.span())
            .with_hint("use a sub-select: `WHERE Name IN (SELECT Name FROM Other)`")
    }

    /// WHERE and its condition, if present.
    pub(super) fn where_clause(&mut self) -> Result<Option<Condition>, QueryError> {
        if self.eat_word("WHERE").is_none() {
            return Ok(None);
        }
        self.condition().map(Some)
    }

    /// Consumes `first BY` if it is next.
    fn eat_by(&mut self, first: &str) -> Result<bool, QueryError> {
        if self.eat_word(first).is_none() {
            return Ok(false);
        }
        if self.eat_word("BY").is_none() {
            return Err(self.expected("BY").with_hint(format!("write `{first} BY`")));
        }
        Ok(true)
    }

    fn group_by(&mut self) -> Result<Vec<GroupKey>, QueryError> {
        if self.eat_by("GROUP")? { self.list(Self::group_key) } else { Ok(Vec::new()) }
    }

    fn group_key(&mut self) -> Result<GroupKey, QueryError> {
        let start = self.span().start;
        if self.at_call("ROLLUP") || self.at_call("CUBE") {
            self.advance();
            self.advance();
            self.list(Self::group_key)?;
            self.need_symbol(")")?;
            return Ok(GroupKey::OrgOnly(self.written(start)));
        }
        match self.call()? {
            None => Ok(GroupKey::Column(self.name("a column")?)),
            Some(ParsedCall::OrgOnly(call)) => Ok(GroupKey::OrgOnly(call)),
            Some(_) => Err(QueryError::new("an aggregate cannot be grouped", start..self.last_end())
                .with_hint("GROUP BY takes columns")),
        }
    }

    fn having(&mut self, group_by: &[GroupKey]) -> Result<Option<Condition>, QueryError> {
        let span = self.span();
        if self.eat_word("HAVING").is_none() {
            return Ok(None);
        }
        if group_by.is_empty() {
            return Err(QueryError::new("HAVING needs GROUP BY", span)
                .with_hint("WHERE asks rows; HAVING asks the groups that GROUP BY makes"));
        }
        self.condition().map(Some)
    }

    fn order_by(&mut self) -> Result<Vec<OrderBy>, QueryError> {
        if self.eat_by("ORDER")? { self.list(Self::order_key) } else { Ok(Vec::new()) }
    }

    fn order_key(&mut self) -> Result<OrderBy, QueryError> {
        let key = match self.call()? {
            None => OrderKey::Column(self.name("a column")?),
            Some(ParsedCall::Aggregate(call)) => OrderKey::Aggregate(call),
            Some(ParsedCall::Label(column)) => OrderKey::Column(column),
            Some(ParsedCall::OrgOnly(call)) => OrderKey::OrgOnly(call),
            Some(ParsedCall::CountRows(span)) => {
                return Err(
                    QueryError::new("COUNT() stands alone", span).with_hint("name what is counted: `COUNT(Name)`")
                );
            }
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

    /// `LIMIT n` or `OFFSET n`, if present.
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

    /// The error for text after `select` that is not expected there.
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
            format!("the clauses are {}", CLAUSES.join(", "))
        };
        error.with_hint(hint)
    }
}

/// Whether a word after a table can be its alias.
fn may_be_alias(word: &str) -> bool {
    let first_words: Vec<&str> = CLAUSES.iter().filter_map(|clause| clause.split(' ').next()).collect();
    let is_clause =
        first_words.iter().any(|first| first.eq_ignore_ascii_case(word)) || word.eq_ignore_ascii_case("ALL");
    !is_reserved(word) && !is_clause && hint::on_word(word).is_none() && !is_misspelt(word, &first_words)
}

/// Whether `word` is nearly one of `keywords`, a typing error rather than a name.
fn is_misspelt(word: &str, keywords: &[&str]) -> bool {
    nearest(word, keywords.iter().copied()).is_some()
}

/// Removes the table's alias from a column.
fn without_alias(name: &mut Name, alias: &str) {
    if let Some((first, rest)) = name.node.split_once('.')
        && first.eq_ignore_ascii_case(alias)
    {
        name.node = rest.to_owned();
    }
}

/// Removes the table's alias from a column of a condition, which may be inside a call.
pub(super) fn without_alias_in_condition(name: &mut Name, alias: &str) {
    match name.node.split_once('(') {
        Some((function, column)) => {
            let mut column = Spanned::new(column.to_owned(), name.span.clone());
            without_alias(&mut column, alias);
            name.node = format!("{function}({}", column.node);
        }
        None => without_alias(name, alias),
    }
}

impl Select {
    /// Only grouped queries have aliases of columns: in others a comma is missing.
    fn aliases_have_groups(&self) -> Result<(), QueryError> {
        let Selection::Items(items) = &self.selection else { return Ok(()) };
        let is_grouped = !self.group_by.is_empty();
        for item in items {
            if let SelectItem::Column { alias: Some(alias), .. } = item
                && !is_grouped
            {
                return Err(QueryError::new(
                    format!("expected `,` or FROM, found `{}`", alias.node),
                    alias.span.clone(),
                )
                .with_hint(format!(
                    "put a comma before `{}`; a column takes an alias only beside GROUP BY",
                    alias.node
                )));
            }
        }
        Ok(())
    }

    /// Removes the table's alias from its columns.
    fn resolve(&mut self, alias: &str) {
        let plain = |name: &mut Name| without_alias(name, alias);
        if let Selection::Items(items) = &mut self.selection {
            for item in items {
                match item {
                    SelectItem::Column { column, .. } | SelectItem::Aggregate { call: Call { column, .. }, .. } => {
                        plain(column);
                    }
                    SelectItem::OrgOnly(_) => {}
                }
            }
        }
        for key in &mut self.group_by {
            if let GroupKey::Column(column) = key {
                plain(column);
            }
        }
        for order in &mut self.order_by {
            match &mut order.key {
                OrderKey::Column(column) | OrderKey::Aggregate(Call { column, .. }) => plain(column),
                OrderKey::OrgOnly(_) => {}
            }
        }
        for condition in self.filter.iter_mut().chain(self.having.as_mut()) {
            condition.each_column(&mut |name| without_alias_in_condition(name, alias));
        }
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
            ("SELECT MEDIAN(a) FROM T", 7..13, "MIN"),
            ("SELECT a, COUNT() FROM T", 10..15, "COUNT(Name)"),
            ("SELECT FIELDS(STANDARD) FROM T", 14..22, "FIELDS(ALL)"),
            ("SELECT FIELDS(ALL), a FROM T", 18..19, "every column"),
            ("SELECT a, FIELDS(ALL) FROM T", 10..16, "leave the columns out"),
            ("SELECT a FROM T, U", 15..16, "sub-select"),
            ("SELECT a FROM T JOIN U ON a = b", 16..20, "sub-select"),
            ("SELECT a FROM T LEFT JOIN U", 16..20, "sub-select"),
            ("SELECT a FROM T t, t.Us u", 17..18, "sub-select"),
            ("SELECT a FROM T WEHRE a = 1", 16..21, "did you mean `WHERE`?"),
            ("SELECT a FROM T ORDER a", 22..23, "ORDER BY"),
            ("SELECT a FROM T LIMIT 1 ORDER BY a", 24..29, "in the order USING SCOPE, WHERE"),
            ("SELECT a FROM T HAVING COUNT(a) > 1", 16..22, "WHERE asks rows"),
            ("SELECT a FROM T UNION SELECT b FROM U", 16..21, "run two"),
        ];
        for (text, span, hint) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error}");
            assert!(error.hint.as_ref().is_some_and(|it| it.contains(hint)), "{text}: {error}");
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
