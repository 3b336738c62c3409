//! Changes of files as unified diffs for people: masked, and harmless to a terminal.
//!
//! May assume that edits lie in the sources they are shown with. What it gives is to be read, not to be applied: where a
//! line holds a secret, the diff holds stars.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::diagnostic::Edit;
use crate::source::{FileId, Source, Sources, Span};

/// The text of a file after `edits`, which are in order and lie in this file.
pub fn edited<'e>(source: &Source, edits: impl DoubleEndedIterator<Item = &'e Edit>) -> String {
    let mut text = source.text().to_owned();
    for edit in edits.rev() {
        // A file that changed meanwhile has no text, and nothing is made of it.
        if text.get(edit.place.span.range()).is_some() {
            text.replace_range(edit.place.span.range(), &edit.text);
        }
    }
    text
}

/// The files that `edits` change, each as one diff; `shown` says how a path is shown.
pub fn of_edits(sources: &Sources, edits: &[Edit], shown: impl Fn(&str) -> String) -> String {
    let mut files: Vec<FileId> = edits.iter().map(|edit| edit.place.file).collect();
    files.sort_unstable();
    files.dedup();
    let mut text = String::new();
    for file in files {
        let source = sources.get(file);
        let after = source.edited(edited(source, edits.iter().filter(|edit| edit.place.file == file)));
        text.push_str(&between(source, &after, &shown(&source.path)));
    }
    text
}

/// The diff between two states of a file; empty where they are equal.
pub fn between(before: &Source, after: &Source, path: &str) -> String {
    let (old, new) = (masked(before), masked(after));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ =
        write!(text, "{}", diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")));
    text
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// It stands in both states.
    Kept,
    /// It stands in the old state only.
    Removed,
    /// It stands in the new state only.
    Added,
}

/// A line of a diff, secrets masked, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What happened to it.
    pub sign: Sign,
    /// Its number from 1: in the new state where it was added, else in the old one.
    pub number: u32,
    /// Its text.
    pub text: String,
}

/// The same as [`between`] for who draws it otherwise: groups of lines, each with what stands around it.
pub fn groups(before: &Source, after: &Source) -> Vec<Vec<DiffLine>> {
    let (old, new) = (masked(before), masked(after));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let line = |change: similar::Change<&str>| {
        let (sign, index) = match change.tag() {
            ChangeTag::Equal => (Sign::Kept, change.old_index()),
            ChangeTag::Delete => (Sign::Removed, change.old_index()),
            ChangeTag::Insert => (Sign::Added, change.new_index()),
        };
        let number = index.and_then(|index| u32::try_from(index + 1).ok()).unwrap_or(u32::MAX);
        DiffLine { sign, number, text: change.value().trim_end_matches(['\r', '\n']).to_owned() }
    };
    let grouped = diff.grouped_ops(3);
    grouped.iter().map(|ops| ops.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect()).collect()
}

fn masked(source: &Source) -> String {
    source.masked(Span { start: 0, end: source.text_len })
}
