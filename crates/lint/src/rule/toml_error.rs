//! The messages of the TOML parser, in the words of sessionlint: the nearest key or value, else all of them.
//!
//! The configuration and the fences of pages get the same words for the same error. Quoted values are left out. Refuses to
//! know keys: the message lists them.

use super::error::without_values;
use sessionlint_source::nearest;

/// The message of the TOML parser, reworded, with a hint; quoted values are left out.
pub(crate) fn in_our_words(parser_message: &str) -> (String, Option<String>) {
    let parts = |parser_message: &'_ str| {
        parser_message.rsplit_once(", expected ").map(|(found, expected)| (found.to_owned(), expected.to_owned()))
    };
    if let Some((found, expected)) = parser_message.strip_prefix("invalid type: ").and_then(parts) {
        return (format!("here {} belongs, not {}", plainly(&expected), kind_of(&found)), None);
    }
    if parser_message == "wanted string or table" {
        return ("here a text belongs".to_owned(), None);
    }
    if parser_message.starts_with("unknown variant") {
        let value = parser_message.split('`').nth(1).unwrap_or_default();
        let names: Vec<&str> =
            parser_message.rsplit(", expected ").next().unwrap_or_default().split('`').skip(1).step_by(2).collect();
        let hint = nearest::suggestion(value, names.iter().copied())
            .unwrap_or_else(|| format!("write one of {}", ticked(&names)));
        return ("this is not a value of this key".to_owned(), Some(hint));
    }
    let names: Vec<&str> = parser_message.split('`').skip(1).step_by(2).collect();
    let (Some(name), others) = (names.first().copied(), names.get(1..).unwrap_or_default()) else {
        return (without_values(parser_message), None);
    };
    let near = || nearest::suggestion(name, others.iter().copied());
    if parser_message.starts_with("unknown field") {
        let hint = near().unwrap_or_else(|| format!("the keys are {}", ticked(others)));
        return (format!("there is no key `{name}`"), Some(hint));
    }
    if parser_message.starts_with("missing field") {
        return (format!("`{name}` is missing"), None);
    }
    (without_values(parser_message), None)
}

/// The name of a type of values, for messages.
fn plainly(ty: &str) -> &str {
    match ty.trim_start_matches("a ").split(' ').next().unwrap_or_default() {
        "sequence" => "a list",
        "map" => "a table",
        "string" => "a text",
        "integer" | "floating" => "a number",
        "boolean" => "true or false",
        _ => ty,
    }
}

/// The type of the found value, the first word of its description; the value itself may follow.
fn kind_of(found: &str) -> &str {
    let word = found.split(' ').next().unwrap_or_default();
    match plainly(word) {
        "date" | "datetime" => "a date",
        kind if kind != word => kind,
        _ => "that",
    }
}

/// The names in ticks, with commas.
pub(crate) fn ticked(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
