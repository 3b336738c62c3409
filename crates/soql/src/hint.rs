//! Hints for users who write the query of another language.
//!
//! Pure functions from a word to a hint. Refuses to parse, and to know tables other than the given candidates.

use super::schema::Schema;
use sessionlint_source::nearest::suggestion;

/// The number of names that a hint lists before it only counts the rest.
const LISTED: usize = 12;

/// What to write instead of a relative date.
pub(super) const RELATIVE: &str = "write a date, `2026-12-01`, or ask a column that counts days";

/// Whether `word` is a relative date of an org: `TODAY`, `LAST_N_DAYS` and the others.
pub(super) fn is_relative_date(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    if matches!(upper.as_str(), "TODAY" | "YESTERDAY" | "TOMORROW" | "LAST_90_DAYS" | "NEXT_90_DAYS") {
        return true;
    }
    let units = ["WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"];
    ["LAST_", "THIS_", "NEXT_"].iter().filter_map(|start| upper.strip_prefix(start)).any(|unit| units.contains(&unit))
}

/// The hint for a word of SQL, or of an org, that this language does not have.
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
        "LOWER" | "UPPER" | "TRIM" => "ask the column itself; text ignores case anyway",
        "UNION" | "INTERSECT" | "EXCEPT" | "MINUS" => "SOQL joins no queries: run two, or use OR",
        "EXISTS" => "SOQL has no EXISTS: write `Name IN (SELECT Name FROM Other)`",
        "ILIKE" | "RLIKE" | "REGEXP" | "MATCHES" | "CONTAINS" | "STARTSWITH" => {
            "write `LIKE '%part%'`: % stands for any text, _ for one character, and case is ignored"
        }
        "TOP" | "FETCH" => "write `LIMIT 10` at the end",
        "NOW" => RELATIVE,
        "CASE" | "IIF" | "IF" | "COALESCE" | "NVL" => "this language computes nothing: ask the column itself",
        _ if is_relative_date(word) => RELATIVE,
        _ => return None,
    })
}

/// The hint for a run of operator characters.
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

/// "did you mean" the nearest name, else the list of names.
pub fn on_name(wanted: &str, kind: &str, candidates: &[&str]) -> Option<String> {
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

/// The hint for a column that `schema` does not have.
pub(super) fn on_column(wanted: &str, schema: &Schema) -> Option<String> {
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
