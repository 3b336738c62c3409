//! The canonical text of a query: keywords in capitals, one space, no needless parentheses.
//!
//! The text parses to the same tree, and is valid SOQL wherever the org has such a table: NOT inside AND and OR gets
//! the parentheses that SOQL needs, although the parser here accepts it without them. Refuses to know whether the
//! tables exist.

use std::fmt::{Display, Formatter, Result, Write};

use super::ast::{
    Call, Comparison, Condition, GroupKey, NullsOrder, Operand, OrderBy, OrderKey, Quoted, Select, SelectItem,
    Selection, Set, Spanned, SubSelect, Test,
};

/// Writes `items` with commas between them.
fn listed<T: Display>(formatter: &mut Formatter<'_>, items: &[T]) -> Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        item.fmt(formatter)?;
    }
    Ok(())
}

/// Writes a part that may be left out, after a keyword.
fn clause<T: Display>(formatter: &mut Formatter<'_>, keyword: &str, part: Option<&T>) -> Result {
    part.map_or(Ok(()), |part| write!(formatter, "{keyword}{part}"))
}

impl<T: Display> Display for Spanned<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.node.fmt(formatter)
    }
}

impl Display for Select {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "SELECT {} FROM {}", self.selection, self.table)?;
        clause(formatter, " ", self.scope.as_ref())?;
        clause(formatter, " WHERE ", self.filter.as_ref())?;
        clause(formatter, " ", self.with.as_ref())?;
        if !self.group_by.is_empty() {
            formatter.write_str(" GROUP BY ")?;
            listed(formatter, &self.group_by)?;
        }
        clause(formatter, " HAVING ", self.having.as_ref())?;
        if !self.order_by.is_empty() {
            formatter.write_str(" ORDER BY ")?;
            listed(formatter, &self.order_by)?;
        }
        clause(formatter, " LIMIT ", self.limit.as_ref())?;
        clause(formatter, " OFFSET ", self.offset.as_ref())?;
        for part in &self.tail {
            write!(formatter, " {part}")?;
        }
        Ok(())
    }
}

impl Display for GroupKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            GroupKey::Column(name) | GroupKey::OrgOnly(name) => name.fmt(formatter),
        }
    }
}

impl Display for Call {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&self.text())
    }
}

impl Display for Selection {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Selection::All(_) => formatter.write_str("FIELDS(ALL)"),
            Selection::CountRows(_, alias) => {
                formatter.write_str("COUNT()")?;
                clause(formatter, " ", alias.as_ref())
            }
            Selection::Items(items) => listed(formatter, items),
        }
    }
}

impl Display for SelectItem {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            SelectItem::Column { column, is_label, alias } => {
                if *is_label {
                    write!(formatter, "toLabel({column})")?;
                } else {
                    column.fmt(formatter)?;
                }
                clause(formatter, " ", alias.as_ref())
            }
            SelectItem::Aggregate { call, alias } => {
                call.fmt(formatter)?;
                clause(formatter, " ", alias.as_ref())
            }
            SelectItem::OrgOnly(text) => text.fmt(formatter),
        }
    }
}

impl Display for OrderBy {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match &self.key {
            OrderKey::Column(name) | OrderKey::OrgOnly(name) => name.fmt(formatter)?,
            OrderKey::Aggregate(call) => call.fmt(formatter)?,
        }
        if self.descending {
            formatter.write_str(" DESC")?;
        }
        match self.nulls {
            Some(NullsOrder::First) => formatter.write_str(" NULLS FIRST"),
            Some(NullsOrder::Last) => formatter.write_str(" NULLS LAST"),
            None => Ok(()),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Condition::And(parts) => chain(formatter, parts, " AND "),
            Condition::Or(parts) => chain(formatter, parts, " OR "),
            Condition::Not(inner) => {
                formatter.write_str("NOT ")?;
                part(formatter, inner)
            }
            Condition::Test(test) => test.fmt(formatter),
        }
    }
}

/// Writes the parts of an AND or an OR.
fn chain(formatter: &mut Formatter<'_>, parts: &[Condition], joint: &str) -> Result {
    for (index, condition) in parts.iter().enumerate() {
        if index > 0 {
            formatter.write_str(joint)?;
        }
        part(formatter, condition)?;
    }
    Ok(())
}

/// Writes a condition that is inside another one.
fn part(formatter: &mut Formatter<'_>, condition: &Condition) -> Result {
    match condition {
        Condition::Test(test) => test.fmt(formatter),
        _ => write!(formatter, "({condition})"),
    }
}

impl Display for Test {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Test::Compare { column, operator, operand } => {
                write!(formatter, "{column} {operator} {operand}")
            }
            Test::Like { column, pattern } => write!(formatter, "{column} LIKE {pattern}"),
            Test::In { column, negated: false, set } => write!(formatter, "{column} IN {set}"),
            Test::In { column, negated: true, set } => write!(formatter, "{column} NOT IN {set}"),
            Test::Includes { column, negated, texts, .. } => {
                write!(formatter, "{column} {} (", if *negated { "EXCLUDES" } else { "INCLUDES" })?;
                listed(formatter, texts)?;
                formatter.write_char(')')
            }
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        })
    }
}

impl Display for Set {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Set::List(operands) => match operands.as_slice() {
                [Spanned { node: bind @ Operand::Bind(_), .. }] => bind.fmt(formatter),
                operands => {
                    formatter.write_char('(')?;
                    listed(formatter, operands)?;
                    formatter.write_char(')')
                }
            },
            Set::Select(select) => write!(formatter, "({select})"),
        }
    }
}

impl Display for SubSelect {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "SELECT {} FROM {}", self.column, self.table)?;
        clause(formatter, " WHERE ", self.filter.as_ref())
    }
}

impl Display for Operand {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Operand::Null => formatter.write_str("null"),
            Operand::Bool(truth) => truth.fmt(formatter),
            Operand::Int(number) => number.fmt(formatter),
            Operand::Decimal(number) => number.fmt(formatter),
            Operand::Date(date) => date.fmt(formatter),
            Operand::OrgOnly(text) => formatter.write_str(text),
            Operand::Text(quoted) => quoted.fmt(formatter),
            Operand::Bind(name) => write!(formatter, ":{name}"),
        }
    }
}

impl Display for Quoted {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_char('\'')?;
        for (offset, character) in self.text.char_indices() {
            match character {
                '\'' => formatter.write_str("\\'")?,
                '\\' => formatter.write_str("\\\\")?,
                '\n' => formatter.write_str("\\n")?,
                '\r' => formatter.write_str("\\r")?,
                '\t' => formatter.write_str("\\t")?,
                '%' | '_' if self.escaped.contains(&offset) => write!(formatter, "\\{character}")?,
                _ if character.is_control() => {
                    write!(formatter, "\\u{:04x}", u32::from(character))?;
                }
                _ => formatter.write_char(character)?,
            }
        }
        formatter.write_char('\'')
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, parse_condition};

    #[test]
    fn the_canonical_text_has_capitals_and_no_needless_parentheses() {
        let cases = [
            ("((a = 1)) and ((b <> 'x') and c like 'y')", "a = 1 AND (b != 'x' AND c LIKE 'y')"),
            ("not a = NULL", "NOT a = null"),
            ("a = TRUE or not (b = False or c > -1)", "a = true OR (NOT (b = false OR c > -1))"),
            ("a in (:list) and b not in ('x',:y)", "a IN :list AND b NOT IN ('x', :y)"),
            ("a includes('x;y')", "a INCLUDES ('x;y')"),
            (r#"a = 'it\'s \"q\" \\ \u0001 50\%'"#, r#"a = 'it\'s "q" \\ \u0001 50\%'"#),
            ("a in (select B from T where c < 2026-01-01)", "a IN (SELECT B FROM T WHERE c < 2026-01-01)"),
        ];
        for (text, canonical) in cases {
            assert_eq!(parse_condition(text).unwrap().to_string(), canonical);
        }
        let query = "select count( Id ) n , Name from T\n group by Name order by count(Id) desc nulls last, Name asc \
                     limit 5 offset 2 ;";
        assert_eq!(
            parse(query).unwrap().to_string(),
            "SELECT COUNT(Id) n, Name FROM T GROUP BY Name ORDER BY COUNT(Id) DESC NULLS LAST, Name LIMIT 5 OFFSET 2"
        );
    }
}
