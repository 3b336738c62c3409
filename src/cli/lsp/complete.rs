//! Completion of the names of tables and columns in rule pages.
//!
//! Refuses to know what a rule is, except the keys that contain names.

use serde_json::{Value, json};

use super::text::Encoding;
use sessionlint_facts::Shapes;
use sessionlint_soql::Catalog as _;

/// Keys of a rule whose values hold columns.
const COLUMNS: &[&str] = &["where", "span", "report-once", "name", "when"];

/// The completions at a position of a rule page.
pub(super) fn answer(text: &str, position: &Value, encoding: Encoding) -> Value {
    let Some(at) = encoding.offset(text, position) else { return Value::Null };
    let before = &text[..at];
    // A page is TOML, or holds it in a fence; what stands outside is prose.
    let is_page = text.trim_start().starts_with('#') || text.contains("```toml rule");
    let fence = before.rfind("```toml rule");
    let is_inside = fence.is_some_and(|start| !before[start + 3..].contains("```"));
    if is_page && !is_inside {
        return Value::Null;
    }
    let block = fence.map_or(text, |start| text[start..].split("\n```").next().unwrap_or_default());
    let is_assignment = |line: &&str| line.split_once('=').is_some_and(|(key, _)| is_key(key.trim()));
    let Some(line) = before.lines().rev().find(is_assignment) else { return Value::Null };
    let (key, value) = line.split_once('=').unwrap_or_default();
    let key = key.trim();
    if key == "from" {
        let names = Shapes.table_names().into_iter();
        return items(names.map(|name| (name.to_owned(), String::new(), String::new())), 7);
    }
    // Inside a text of the value: an odd number of quotes, or a text of several lines.
    let is_in_text = value.trim_start().starts_with("\"\"\"") || value.trim_start().starts_with("'''") || {
        let typed = before.rsplit('\n').next().unwrap_or_default();
        typed.matches(['"', '\'']).count() % 2 == 1
    };
    if !COLUMNS.contains(&key) || !is_in_text {
        return Value::Null;
    }
    let from = block.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "from").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    let Some(schema) = from.and_then(|from| Shapes.schema(&from)) else { return Value::Null };
    let column = |column: &sessionlint_soql::Column| {
        let nullable = if column.nullable { ", or null" } else { "" };
        (column.name.to_string(), format!("{}{nullable}", column.ty.as_str()), column.doc.to_owned())
    };
    items(schema.columns.iter().map(column), 5)
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Items of a kind: 5 is a field, 7 a class.
fn items(names: impl Iterator<Item = (String, String, String)>, kind: u8) -> Value {
    let item = |(name, detail, doc): (String, String, String)| json!({"label": name, "kind": kind, "detail": detail, "documentation": doc});
    names.map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        let (before, after) = text.split_once('|').unwrap_or((text, ""));
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap_or_default().len();
        let whole = format!("{before}{after}");
        let found = answer(&whole, &json!({"line": line, "character": character}), Encoding::Utf8);
        let list = found.as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|it| it["label"].as_str().map(str::to_owned)).collect()
    }

    #[test]
    fn columns_are_those_of_the_table() {
        let page =
            |body: &str| format!("# A title\n\nProse.\n\n```toml rule\nfrom = \"EffectiveSession\"\n{body}\n```\n");
        assert!(labels(&page("where = \"Effec|\"")).contains(&"EffectiveMinutes".to_owned()));
        assert!(labels(&page("where = \"\"\"\n  Channel = 'app' AND |\n\"\"\"")).contains(&"DecidedBy".to_owned()));
        assert_eq!(labels(&page("where = |")), Vec::<String>::new());
        assert_eq!(labels(&page("help = \"|\"")), Vec::<String>::new());
        assert_eq!(labels("# A title\n\nwhere = \"|\"\n"), Vec::<String>::new());
        assert!(labels("```toml rule\nfrom = \"|\"\n```").contains(&"OAuthApp".to_owned()));
    }
}
