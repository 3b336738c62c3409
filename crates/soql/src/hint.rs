//! What to say to somebody who writes another language's query.
//!
//! Pure functions from a word to advice. Nothing here parses, and no hint depends on which tables exist except
//! through the candidates that the caller hands in.

use super::row::Schema;
use sessionlint_source::nearest::suggestion;

/// How many names a hint lists before it only counts the rest.
const LISTED: usize = 12;

/// Advice on a word that SQL, or an org, knows and this language does not.
pub(super) fn on_word(word: &str) -> Option<&'static str> {
    let upper = word.to_ascii_uppercase();
    Some(match upper.as_str() {
        "IS" => "SOQL has no IS: write `= null` or `!= null`",
        "JOIN" | "INNER" | "LEFT" | "RIGHT" | "FULL" | "OUTER" | "CROSS" | "NATURAL" | "ON" => {
            "SOQL has no JOIN: use a sub-select, `WHERE Name IN (SELECT Name FROM Other)`"
        }
        "BETWEEN" => "SOQL has no BETWEEN: write `X >= 1 AND X <= 9`",
        "AS" => "SOQL has no AS: write the alias alone, `COUNT(Name) total`",
        "DISTINCT" => "SOQL has no DISTINCT: leave it out and add `GROUP BY` with the same columns",
        "HAVING" => "HAVING is not part of this language: sort with `ORDER BY COUNT(Name) DESC`",
        "UNION" | "INTERSECT" | "EXCEPT" | "MINUS" => "SOQL joins no queries: run two, or use OR",
        "EXISTS" => "SOQL has no EXISTS: write `Name IN (SELECT Name FROM Other)`",
        "ILIKE" | "RLIKE" | "REGEXP" | "MATCHES" | "CONTAINS" | "STARTSWITH" => {
            "write `LIKE '%part%'`: % stands for any text, _ for one character, and case is ignored"
        }
        "TOP" | "FETCH" => "write `LIMIT 10` at the end",
        "WITH" | "USING" | "FOR" | "ALL" | "UPDATE" => "that clause only means something in an org: leave it out",
        "TODAY" | "YESTERDAY" | "TOMORROW" | "THIS_WEEK" | "THIS_MONTH" | "THIS_YEAR" | "NOW" => {
            "write a date, `2026-12-01`, or ask a column that counts days"
        }
        "CASE" | "IIF" | "IF" | "COALESCE" | "NVL" => "this language computes nothing: ask the column itself",
        "SUM" | "AVG" | "MIN" | "MAX" | "COUNT_DISTINCT" => "COUNT is the only function of this language",
        _ if upper.starts_with("LAST_N_") || upper.starts_with("NEXT_N_") => {
            "write a date, `2026-12-01`, or ask a column that counts days"
        }
        _ => return None,
    })
}

/// Advice on a run of operator characters.
pub(super) fn on_operator(run: &str) -> Option<&'static str> {
    Some(match run {
        "==" | "===" => "SOQL has no `==`, write `=`",
        "!==" | "~=" | "=!" | "^=" => "write `!=`",
        "=>" => "write `>=`",
        "=<" => "write `<=`",
        "&" | "&&" => "SOQL has no `&&`, write AND",
        "|" | "||" => "SOQL has no `||`, write OR",
        "!" => "SOQL has no `!`, write NOT",
        "~" | "~*" | "!~" => "SOQL has no regular expressions: write LIKE, or NOT with LIKE",
        _ => return None,
    })
}

/// "did you mean" the nearest, else what there is.
pub(super) fn on_name(wanted: &str, kind: &str, candidates: &[&str]) -> Option<String> {
    if let Some(suggestion) = suggestion(wanted, candidates.iter().copied()) {
        return Some(suggestion);
    }
    if candidates.is_empty() {
        return None;
    }
    let listed: Vec<_> = candidates.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more = match candidates.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{kind}: {}{more}", listed.join(", ")))
}

/// Advice on a column that `schema` does not have.
pub(super) fn on_column(wanted: &str, schema: &Schema) -> Option<String> {
    let prefix = schema.name.len();
    let with_table_name = wanted.get(..prefix).is_some_and(|start| start.eq_ignore_ascii_case(&schema.name));
    if let Some(rest) = wanted.get(prefix + 1..).filter(|_| with_table_name)
        && schema.column(rest).is_some()
    {
        return Some(format!("leave the table's name out: `{rest}`"));
    }
    let names: Vec<_> = schema.columns.iter().map(|column| column.name.as_ref()).collect();
    on_name(wanted, "columns", &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_near_name_the_hint_lists_what_there_is() {
        let many: Vec<_> = ["Aaaa"; 14].to_vec();
        let hint = on_name("zzzzzz", "tables", &many).unwrap();
        assert!(hint.starts_with("tables: `Aaaa`, ") && hint.ends_with(" and 2 more"), "{hint}");
        assert_eq!(on_name("zzzzzz", "tables", &[]), None);
    }
}
