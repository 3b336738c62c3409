//! Adds `[[ignore]]` entries to the text of a configuration and keeps every other byte.
//!
//! May assume that [`super::Layer::read`] accepts the text. Refuses to know files.

use toml_edit::{Array, DocumentMut, InlineTable, Value};

/// An `[[ignore]]` to write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewIgnore {
    /// The rule's id.
    pub rule: String,
    /// The file's path below the project's root.
    pub path: String,
}

/// The text with an entry for each of `ignores`, all with this reason; `None` if the text is not TOML.
///
/// Tables go to the end of the file. If `ignore` is a list in brackets, which excludes tables, they go to its end.
pub fn with_ignores(text: &str, ignores: &[NewIgnore], reason: &str) -> Option<String> {
    let mut document: DocumentMut = text.strip_prefix('\u{FEFF}').unwrap_or(text).parse().ok()?;
    if let Some(list) = document.get_mut("ignore").and_then(|it| it.as_array_mut()) {
        add_to_list(list, ignores, reason);
        let mark = if text.starts_with('\u{FEFF}') { "\u{FEFF}" } else { "" };
        let written = document.to_string();
        // A rewritten line keeps its CRLF.
        let is_windows = text.contains("\r\n") && !written.contains("\r\n");
        let written = if is_windows { written.replace('\n', "\r\n") } else { written };
        return Some(format!("{mark}{written}"));
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut written = text.to_owned();
    if !text.trim_start_matches('\u{FEFF}').is_empty() && !text.ends_with('\n') {
        written.push_str(end);
    }
    for ignore in ignores {
        let is_first = written.trim_start_matches('\u{FEFF}').is_empty();
        let blank = if is_first { "" } else { end };
        let value = |text: &str| Value::from(text).to_string();
        let lines = [
            "[[ignore]]".to_owned(),
            format!("rule = {}", value(&ignore.rule)),
            format!("path = {}", value(&glob_of(&ignore.path))),
            format!("reason = {}", value(reason)),
        ];
        written.push_str(blank);
        for line in lines {
            written.push_str(&line);
            written.push_str(end);
        }
    }
    Some(written)
}

/// Adds inline tables to a list, each on its own line.
fn add_to_list(list: &mut Array, ignores: &[NewIgnore], reason: &str) {
    for ignore in ignores {
        let mut table = InlineTable::new();
        table.insert("rule", Value::from(&ignore.rule));
        table.insert("path", Value::from(glob_of(&ignore.path)));
        table.insert("reason", Value::from(reason));
        let mut value = Value::from(table);
        // The comment and the line end after the last value belong before the bracket, or before a missing comma.
        let before = if list.trailing_comma() || list.is_empty() {
            let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
            list.set_trailing("");
            trailing.trim_end().to_owned()
        } else {
            String::new()
        };
        value.decor_mut().set_prefix(format!("{before}\n    "));
        list.push_formatted(value);
        list.set_trailing_comma(true);
        list.set_trailing("\n");
    }
}

/// The glob that matches only this path.
fn glob_of(path: &str) -> String {
    let mut glob = String::with_capacity(path.len());
    for ch in path.chars() {
        match ch {
            '*' | '?' | '[' | ']' => glob.extend(['[', ch, ']']),
            ch => glob.push(ch),
        }
    }
    glob
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;
    use crate::config::Config;

    fn added(text: &str, paths: &[&str]) -> String {
        let ignores = paths.iter().map(|path| NewIgnore { rule: "oauth/x".to_owned(), path: (*path).to_owned() });
        let added = with_ignores(text, &ignores.collect::<Vec<_>>(), "why \"so\"").unwrap();
        Config::read("it".to_owned(), added.clone()).unwrap();
        added
    }

    const ENTRY: &str = "[[ignore]]\nrule = \"oauth/x\"\npath = \"a\"\nreason = 'why \"so\"'\n";

    #[test]
    fn tables_go_to_the_end_and_nothing_else_moves() {
        assert_eq!(added("", &["a"]), ENTRY);
        for text in [
            "# c\npreset = 'all' # d\n\n[rule.'oauth/x']\nseverity = 'off'\n",
            "[[ignore]]\nrule='b'\npath='c'\nreason='d'\n",
        ] {
            assert_eq!(added(text, &["a"]), format!("{text}\n{ENTRY}"));
        }
        assert_eq!(added("preset = 'all'", &["a", "a"]), format!("preset = 'all'\n\n{ENTRY}\n{ENTRY}"));
        let windows = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(added("preset = 'all'\r\n", &["a"]), windows(&format!("preset = 'all'\n\n{ENTRY}")));
        assert_eq!(added("\u{FEFF}", &["a"]), format!("\u{FEFF}{ENTRY}"));
    }

    #[test]
    fn a_list_in_brackets_stays_one() {
        let table = "{ rule = \"oauth/x\", path = \"a\", reason = 'why \"so\"' }";
        let rest = "\n[rule.'oauth/x'] # last\nseverity = 'off'\n";
        for (list, expected) in [
            ("ignore = [] # c\n", format!("ignore = [\n    {table},\n] # c\n")),
            ("ignore = ['b']\n", format!("ignore = ['b',\n    {table},\n]\n")),
            ("ignore = [\n    'b', # why\n]\n", format!("ignore = [\n    'b', # why\n    {table},\n]\n")),
            ("ignore = [\n    'b' # why\n]\n", format!("ignore = [\n    'b' # why\n,\n    {table},\n]\n")),
        ] {
            assert_eq!(added(&format!("# top\n{list}{rest}"), &["a"]), format!("# top\n{expected}{rest}"));
        }
        let windows = "ignore = [\r\n    'b',\r\n]\r\npreset = 'all'\r\n";
        assert!(added(windows, &["a"]).ends_with("]\r\npreset = 'all'\r\n"));
    }

    #[test]
    fn a_path_means_itself_only() {
        let text = added("", &["a [b]*?.xml"]);
        let config = Config::read("it".to_owned(), text).unwrap();
        let glob = config.layers[0].ignores[0].path.as_ref().unwrap();
        assert!(
            glob.matches_path("a [b]*?.xml") && !glob.matches_path("a b*?.xml") && !glob.matches_path("a [b]xx.xml")
        );
    }
}
