//! Parses the entries in `sfdx-project.json`, with their positions.
//!
//! Assumes nothing about their form: an unknown form is kept as unknown. Refuses to know which files an entry applies
//! to: `matcher` decides that.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::matcher::Matcher;
use crate::js_regex::{Fault as RegexFault, Flags, is_space, translate, units};
use sessionlint_source::{Span, harmless_text, without_mark};

/// Why a deployment fails at an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file with the value does not exist.
    Missing,
    /// It holds nothing but white space.
    Empty,
    /// It was not read: it leads out of the project, or cannot be read.
    Unreadable,
}

/// The text that an entry replaces.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// A literal text.
    Text(String),
    /// A regular expression over UTF-16 units, and whether it has groups, which a value may refer to.
    Regex(regex::Regex, bool),
    /// An unsupported pattern, or one that matches everywhere.
    Anything,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The source of the value, for messages: the name of a variable, or the path of a file.
    pub origin: String,
    /// Whether the source is an environment variable.
    pub is_variable: bool,
    /// Whether it is applied only if variables have certain values.
    pub is_conditional: bool,
    /// The path of the file with the value, as written.
    pub file: Option<String>,
    /// Why that file has no value.
    pub fault: Option<Fault>,
    /// The position of the source in the project file.
    pub span: Span,
    pub(super) matcher: Matcher,
    pub(super) pattern: Pattern,
    /// The value, if it is known.
    pub(super) value: Option<String>,
}

/// The files that the entries of a project file take values from, as written.
pub(crate) fn files_named(project_file: &[u8]) -> Vec<String> {
    let Ok(json) = serde_json::from_slice::<Value>(without_mark(project_file)) else { return Vec::new() };
    let entries = json.get("replacements").and_then(Value::as_array);
    let file = |entry: &Value| {
        let is_variable = entry.get("replaceWithEnv").is_some_and(Value::is_string);
        entry.get("replaceWithFile").filter(|_| !is_variable)?.as_str().map(str::to_owned)
    };
    entries.into_iter().flatten().filter_map(file).collect()
}

/// The entries of a project file, given without byte order mark. `read` reads a file with a value. Without a list of
/// entries, the result is empty.
pub(crate) fn read_entries(project_file: &str, mut read: impl FnMut(&str) -> Result<String, Fault>) -> Vec<Entry> {
    #[derive(serde::Deserialize)]
    struct ProjectFile<'t> {
        #[serde(borrow, default)]
        replacements: Option<&'t RawValue>,
    }
    let Ok(ProjectFile { replacements: Some(list) }) = serde_json::from_str(project_file) else { return Vec::new() };
    let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else { return Vec::new() };
    let mut compiled = 0;
    let mut values = 0;
    let mut read = |path: &str| {
        // A value that is not read is unknown.
        let text = if values < MAX_VALUES { read(path)? } else { return Err(Fault::Unreadable) };
        values += text.len();
        Ok(text)
    };
    list.into_iter().filter_map(|raw| entry(project_file, raw, &mut read, &mut compiled)).collect()
}

fn entry(
    whole: &str,
    raw: &RawValue,
    read: &mut dyn FnMut(&str) -> Result<String, Fault>,
    compiled: &mut usize,
) -> Option<Entry> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).ok()?;
    let text = |name: &str| -> Option<String> { serde_json::from_str(fields.get(name)?.get()).ok() };
    // Both are slices of one text: their distance is the position.
    let span_of = |part: &str| {
        let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        Span::new(start, start + part.len())
    };
    let value_of = |name: &str| fields.get(name).map(|value| span_of(value.get()));
    let variable = text("replaceWithEnv");
    let file = if variable.is_none() { text("replaceWithFile") } else { None };
    let conditions = fields.get("replaceWhenEnv").map(|it| it.get());
    // `every` is true for an empty list.
    let is_conditional = conditions.and_then(|it| serde_json::from_str::<Value>(it).ok()).is_some_and(|it| {
        !matches!(it, Value::Null | Value::Bool(false)) && it.as_array().is_none_or(|it| !it.is_empty())
    });
    let contents = file.as_deref().map(|path| {
        let text = read(path)?;
        let trimmed = text.trim_matches(|ch| u16::try_from(u32::from(ch)).is_ok_and(is_space));
        if trimmed.is_empty() { Err(Fault::Empty) } else { Ok(trimmed.to_owned()) }
    });
    let fault = contents.as_ref().and_then(|it| it.as_ref().err().copied());
    let origin = variable.clone().or_else(|| file.clone()).unwrap_or_default();
    let pattern = pattern(text("stringToReplace"), text("regexToReplace"), compiled);
    Some(Entry {
        origin: harmless_text(&origin).into_owned(),
        is_variable: variable.is_some(),
        is_conditional,
        value: contents.and_then(Result::ok).filter(|_| !is_conditional),
        file,
        fault,
        span: value_of("replaceWithEnv")
            .filter(|_| variable.is_some())
            .or_else(|| value_of("replaceWithFile"))
            .unwrap_or_else(|| span_of(raw.get())),
        matcher: Matcher::new(text("filename"), text("glob").as_deref()),
        pattern,
    })
}

/// A larger expression is not compiled, in bytes.
const MAX_COMPILED: usize = 1 << 18;

/// The maximum number of compiled expressions: each takes up to [`MAX_COMPILED`], and as much again per thread.
const MAX_EXPRESSIONS: usize = 64;

/// The maximum total size of values from files, in bytes.
const MAX_VALUES: usize = 4 << 20;

fn pattern(text: Option<String>, regex: Option<String>, compiled: &mut usize) -> Pattern {
    if let Some(text) = text {
        return if text.is_empty() { Pattern::Anything } else { Pattern::Text(text) };
    }
    let Some(source) = regex.map(|it| it.encode_utf16().collect::<Vec<u16>>()) else { return Pattern::Anything };
    let translated: Result<String, RegexFault> = translate(&source, Flags { ignore_case: false, anchors: false });
    let Ok(translated) = translated else { return Pattern::Anything };
    *compiled += 1;
    if *compiled > MAX_EXPRESSIONS {
        return Pattern::Anything;
    }
    let built = regex::RegexBuilder::new(&translated).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).build();
    match built {
        // An empty match occurs between any two characters.
        Ok(regex) if !regex.is_match("") => Pattern::Regex(regex, source.contains(&u16::from(b'('))),
        _ => Pattern::Anything,
    }
}

impl Pattern {
    /// The matches in `text`, in order and not overlapping; `None` if they are unknown, or more than `most`. A literal
    /// is found in each chunk in which the file is read.
    pub(super) fn find(&self, text: &str, most: usize) -> Option<Vec<(usize, usize)>> {
        let found: Vec<(usize, usize)> = match self {
            Pattern::Anything => return None,
            Pattern::Text(wanted) => {
                let starts = memchr::memmem::find_iter(text.as_bytes(), wanted.as_bytes());
                starts.map(|start| (start, start + wanted.len())).take(most + 1).collect()
            }
            Pattern::Regex(regex, _) if text.is_ascii() => {
                regex.find_iter(text).map(|it| (it.start(), it.end())).take(most + 1).collect()
            }
            Pattern::Regex(regex, _) => in_units(regex, text, most)?,
        };
        (found.len() <= most && found.iter().all(|(start, end)| start < end)).then_some(found)
    }

    /// The memory for searching `text`, in bytes, beside the matches.
    pub(super) fn takes(&self, text: &str) -> u64 {
        let is_by_units = matches!(self, Pattern::Regex(..)) && !text.is_ascii();
        if is_by_units { text.len() as u64 * UNITS_PER_BYTE } else { 0 }
    }

    /// Whether a value may refer to a group of the pattern.
    pub(super) fn has_groups(&self) -> bool {
        matches!(self, Pattern::Regex(_, true))
    }
}

/// The memory of the units of a text with their positions, for each byte: up to three bytes, and three numbers.
const UNITS_PER_BYTE: u64 = 32;

/// Matches in text beyond ASCII, by units. A match that splits a character covers all of it.
fn in_units(regex: &regex::Regex, text: &str, most: usize) -> Option<Vec<(usize, usize)>> {
    let in_units = units(text, false);
    // For each byte where a unit begins, the position of its character in the text.
    let mut starts = Vec::with_capacity(text.len());
    let mut unit_at = in_units.char_indices().map(|(at, _)| at);
    for (at, ch) in text.char_indices() {
        for _ in 0..ch.len_utf16() {
            starts.push((unit_at.next()?, at, at + ch.len_utf8()));
        }
    }
    let found: Option<Vec<(usize, usize)>> = regex
        .find_iter(&in_units)
        .map(|it| {
            let first = starts.partition_point(|(unit, ..)| *unit < it.start());
            let last = starts.partition_point(|(unit, ..)| *unit < it.end());
            (first < last).then(|| (starts[first].1, starts[last - 1].2))
        })
        .take(most + 1)
        .collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(json: &str) -> Vec<Entry> {
        read_entries(json, |path| match path {
            "key.txt" => Ok("\u{FEFF} key \n".to_owned()),
            "empty.txt" => Ok(" \n".to_owned()),
            _ => Err(Fault::Missing),
        })
    }

    #[test]
    fn an_entry_takes_a_variable_or_a_file() {
        let json = r#"{"replacements": [
            {"filename": "a", "stringToReplace": "X", "replaceWithEnv": "ONE", "replaceWithFile": "key.txt"},
            {"filename": "a", "stringToReplace": "X", "replaceWithFile": "key.txt"},
            {"filename": "a", "stringToReplace": "X", "replaceWithFile": "key.txt", "replaceWhenEnv": [{"env": "A", "value": 1}]},
            {"filename": "a", "stringToReplace": "X", "replaceWithFile": "key.txt", "replaceWhenEnv": []},
            {"filename": "a", "stringToReplace": "X", "replaceWithFile": "empty.txt"},
            {"filename": "a", "stringToReplace": "X", "replaceWithFile": "none.txt"},
            7
        ]}"#;
        let all = entries(json);
        let values: Vec<_> = all.iter().map(|it| it.value.as_deref()).collect();
        assert_eq!(values, [None, Some("key"), None, Some("key"), None, None]);
        let faults: Vec<_> = all.iter().map(|it| it.fault).collect();
        assert_eq!(faults, [None, None, None, None, Some(Fault::Empty), Some(Fault::Missing)]);
        let written: Vec<_> = all.iter().map(|it| &json[it.span.range()]).collect();
        assert_eq!(written[0], "\"ONE\"");
        assert_eq!(written[5], "\"none.txt\"");
        assert_eq!(files_named(json.as_bytes()), ["key.txt", "key.txt", "key.txt", "empty.txt", "none.txt"]);
    }

    #[test]
    fn what_is_not_understood_may_be_anywhere() {
        let found = |json: &str, text: &str| {
            let all = entries(&format!("{{\"replacements\": [{{{json}, \"replaceWithEnv\": \"X\"}}]}}"));
            all[0].pattern.find(text, 100)
        };
        assert_eq!(found(r#""stringToReplace": "a.c""#, "abc a.c"), Some(vec![(4, 7)]));
        assert_eq!(found(r#""regexToReplace": "a.c""#, "abc a.c"), Some(vec![(0, 3), (4, 7)]));
        assert_eq!(found(r#""regexToReplace": "b+?""#, "é𝄞bb"), Some(vec![(6, 7), (7, 8)]));
        assert_eq!(found(r#""regexToReplace": "é.""#, "aé𝄞b"), Some(vec![(1, 7)]), "half a pair is taken whole");
        for unknown in [r#""regexToReplace": "b*""#, r#""regexToReplace": "^a""#, r#""regexToReplace": "(?=a)b""#] {
            assert_eq!(found(unknown, "abc"), None, "{unknown}");
        }
        assert_eq!(found(r#""stringToReplace": """#, "abc"), None);
        assert_eq!(found(r#""glob": "x""#, "abc"), None, "nothing to look for is found everywhere");
    }
}
