//! The entries as they are written in `sfdx-project.json`, with their places.
//!
//! `matcher` decides to which files an entry applies.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::matcher::Matcher;
use crate::js_regex::{Fault as RegexFault, Flags, is_space, translate, units};
use sessionlint_source::{Span, harmless_text};

/// Why a deployment that comes to an entry ends there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file whose text is to be taken is not there.
    Missing,
    /// It holds nothing but white space.
    Empty,
    /// It was not read: it leads out of the project, or cannot be read.
    Unread,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// This text.
    Text(String),
    /// This expression, over units of UTF-16; whether it has groups, to which a value may refer.
    Regex(regex::Regex, bool),
    /// Something that is not understood, or that is everywhere.
    Anything,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the value comes from, for people: the name of a variable, or the path of a file.
    pub origin: String,
    /// Whether that is a variable of the environment.
    pub is_variable: bool,
    /// Whether it is applied only where variables have the values that it names.
    pub is_conditional: bool,
    /// The file whose text is taken, as it is written.
    pub file: Option<String>,
    /// Why that text is not there.
    pub fault: Option<Fault>,
    /// Where the origin stands in the project file.
    pub span: Span,
    pub(super) matcher: Matcher,
    pub(super) pattern: Pattern,
    /// What is put there, where that is known.
    pub(super) value: Option<String>,
}

/// The files whose texts the entries of a project file take, as they are written.
pub fn files_named(project_file: &[u8]) -> Vec<String> {
    let Ok(json) = serde_json::from_slice::<Value>(without_mark(project_file)) else { return Vec::new() };
    let entries = json.get("replacements").and_then(Value::as_array);
    let file = |entry: &Value| {
        let is_variable = entry.get("replaceWithEnv").is_some_and(Value::is_string);
        entry.get("replaceWithFile").filter(|_| !is_variable)?.as_str().map(str::to_owned)
    };
    entries.into_iter().flatten().filter_map(file).collect()
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes)
}

/// The entries of a project file, whose text is given without byte order mark. `read` gives the text of a file that one
/// names. What is no list of entries gives none.
pub fn read_entries(project_file: &str, mut read: impl FnMut(&str) -> Result<String, Fault>) -> Vec<Entry> {
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
        // What is not read is not known.
        let text = if values < MAX_VALUES { read(path)? } else { return Err(Fault::Unread) };
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
    // Slices of one text: how far one is behind the other is where it stands.
    let span_of = |part: &str| {
        let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        Span::new(start, start + part.len())
    };
    let value_of = |name: &str| fields.get(name).map(|value| span_of(value.get()));
    let variable = text("replaceWithEnv");
    let file = if variable.is_none() { text("replaceWithFile") } else { None };
    let conditions = fields.get("replaceWhenEnv").map(|it| it.get());
    // `every` holds for an empty list.
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

/// No more expressions than these are compiled: each takes up to [`MAX_COMPILED`], and for every thread as much again.
const MAX_EXPRESSIONS: usize = 64;

/// Files are read for values up to this size together, in bytes.
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
        // What matches nothing at all matches between any two characters.
        Ok(regex) if !regex.is_match("") => Pattern::Regex(regex, source.contains(&u16::from(b'('))),
        _ => Pattern::Anything,
    }
}

impl Pattern {
    /// Where it is found in `text`, in order, each behind the other; `None` where that is not known, or is in more than
    /// `most` places. A text is found in each of the parts in which it is read.
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

    /// What looking for it in `text` takes for a while, in bytes, beside the places.
    pub(super) fn takes(&self, text: &str) -> u64 {
        let is_by_units = matches!(self, Pattern::Regex(..)) && !text.is_ascii();
        if is_by_units { text.len() as u64 * UNITS_PER_BYTE } else { 0 }
    }

    /// Whether a value may refer to a group of it.
    pub(super) fn has_groups(&self) -> bool {
        matches!(self, Pattern::Regex(_, true))
    }
}

/// What the units of a text and their places take, for each of its bytes: up to three, and three numbers.
const UNITS_PER_BYTE: u64 = 32;

/// The same for text beyond ASCII, which is matched by units. A match that cuts a character in two takes it whole.
fn in_units(regex: &regex::Regex, text: &str, most: usize) -> Option<Vec<(usize, usize)>> {
    let in_units = units(text, false);
    // For each byte of the units where a unit begins, the character of the text that it is of.
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
