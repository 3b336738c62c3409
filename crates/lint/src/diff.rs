//! Unified diffs of files for display: secrets masked, control characters replaced.
//!
//! May assume that edits lie in the sources they are shown with. A diff is not for applying: secrets are stars in it.
//! Refuses to know why a file changes.

use std::collections::BTreeSet;

use diffy::{DiffOptions, Hunk, Line, PatchFormatter};

use crate::diagnostic::Edit;
use sessionlint_source::{FileId, Source, Sources, Span};

/// The text of a file after `edits`, which are in order and lie in this file.
pub fn edited<'e>(source: &Source, edits: impl DoubleEndedIterator<Item = &'e Edit>) -> String {
    let mut text = source.text().to_owned();
    for edit in edits.rev() {
        // A file that changed meanwhile has no text, and no diff.
        if text.get(edit.place.span.range()).is_some() {
            text.replace_range(edit.place.span.range(), &edit.text);
        }
    }
    text
}

/// The diffs of the files that `edits` change; `shown` returns the displayed path.
pub fn of_edits(sources: &Sources, edits: &[Edit], shown: impl Fn(&str) -> String) -> String {
    let files: BTreeSet<FileId> = edits.iter().map(|edit| edit.place.file).collect();
    let mut text = String::new();
    for file in files {
        let source = sources.get(file);
        let after = source.edited(edited(source, edits.iter().filter(|edit| edit.place.file == file)));
        text.push_str(&between(source, &after, &shown(&source.path)));
    }
    text
}

/// The diff between two states of a file; empty if they are equal.
pub fn between(before: &Source, after: &Source, path: &str) -> String {
    let (old, new) = (masked(before), masked(after));
    let mut options = DiffOptions::new();
    options.set_original_filename(format!("a/{path}")).set_modified_filename(format!("b/{path}"));
    let changes = options.create_patch(&old, &new);
    if changes.hunks().is_empty() {
        return String::new();
    }
    PatchFormatter::new().suppress_blank_empty(false).fmt_patch(&changes).to_string()
}

/// The kind of a line in a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// It is in both states.
    Kept,
    /// It is in the old state only.
    Removed,
    /// It is in the new state only.
    Added,
}

/// A line of a diff, masked, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Its kind.
    pub sign: Sign,
    /// Its number from 1: in the new state if it was added, else in the old one.
    pub number: u32,
    /// Its text.
    pub text: String,
}

/// Context lines around a change.
const CONTEXT: u32 = 1;
/// Context bytes around a change, if its lines are longer: a file may be one line.
const NEAR: u32 = 4096;

/// The changes of a file as groups of lines with context.
///
/// `edits` are in order and lie in `before`. Only the text near them is read, so that a small change of a long file is
/// cheap; a line that is cut there has an ellipsis.
pub fn groups(before: &Source, edits: &[&Edit]) -> Vec<Vec<DiffLine>> {
    let mut groups = Vec::new();
    let mut delta = 0;
    let line = |at: u32| before.line_of(at).0;
    let is_near = |one: &&Edit, other: &&Edit| {
        line(other.place.span.start) <= line(one.place.span.end).saturating_add(2 * CONTEXT)
    };
    for cluster in edits.chunk_by(is_near) {
        let window = Window::around(before, cluster);
        let (old, new) = (window.text(before, &[]), window.text(before, cluster));
        // One hunk with all lines.
        let changes = DiffOptions::new().set_context_len(usize::MAX).create_patch(&old, &new);
        let first = i64::from(window.line) + 1;
        let (mut of_old, mut of_new) = (first, first + delta);
        let lines = changes.hunks().iter().flat_map(Hunk::lines).map(|line| {
            let (sign, text, number) = match line {
                Line::Context(text) => (Sign::Kept, text, of_old),
                Line::Delete(text) => (Sign::Removed, text, of_old),
                Line::Insert(text) => (Sign::Added, text, of_new),
            };
            of_old += i64::from(sign != Sign::Added);
            of_new += i64::from(sign != Sign::Removed);
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            DiffLine { sign, number: u32::try_from(number).unwrap_or(u32::MAX), text }
        });
        let lines: Vec<DiffLine> = lines.collect();
        let count = |sign| i64::try_from(lines.iter().filter(|line| line.sign == sign).count()).unwrap_or(0);
        delta += count(Sign::Added) - count(Sign::Removed);
        if lines.iter().any(|line| line.sign != Sign::Kept) {
            groups.push(lines);
        }
    }
    groups
}

/// The part of a file in a group.
struct Window {
    span: Span,
    /// Its first line, from 0.
    line: u32,
    /// Whether its first and last line are cut.
    is_cut: (bool, bool),
}

impl Window {
    fn around(source: &Source, cluster: &[&Edit]) -> Self {
        let (Some(first), Some(last)) = (cluster.first(), cluster.last()) else {
            return Self { span: Span { start: 0, end: 0 }, line: 0, is_cut: (false, false) };
        };
        let (from, to) = (first.place.span.start, last.place.span.end);
        let start_of = |line: u32| source.line_span(line).map_or(source.text_len, |span| span.start);
        let whole = |context: u32| {
            let line = source.line_of(from).0.saturating_sub(context);
            // A line removed with its line end ends at the start of the next line.
            let last = source.line_of(to.saturating_sub(1).max(last.place.span.start)).0;
            let end = start_of(last.saturating_add(context + 1));
            (line, Span { start: start_of(line), end })
        };
        let (line, span) = whole(CONTEXT);
        if from - span.start <= NEAR && span.end - to <= NEAR {
            return Self { span, line, is_cut: (false, false) };
        }
        let (line, span) = whole(0);
        let start = span.start.max(from.saturating_sub(NEAR));
        let end = span.end.min(to.saturating_add(NEAR));
        let span = Span { start: source.boundary(start), end: source.boundary(end) };
        Self { span, line, is_cut: (span.start > start_of(line), span.end < whole(0).1.end) }
    }

    /// Its text after `edits`, masked: secrets keep their places, and the new text contains none.
    fn text(&self, source: &Source, edits: &[&Edit]) -> String {
        let mut text = String::new();
        text.push_str(if self.is_cut.0 { "…" } else { "" });
        let mut at = self.span.start;
        for edit in edits {
            text.push_str(&source.masked(Span { start: at, end: edit.place.span.start }));
            text.push_str(&edit.text);
            at = edit.place.span.end;
        }
        text.push_str(&source.masked(Span { start: at, end: self.span.end }));
        text.push_str(if self.is_cut.1 { "…" } else { "" });
        text
    }
}

fn masked(source: &Source) -> String {
    source.masked(Span { start: 0, end: source.text_len })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_source::{Encoding, Place};

    fn source(text: &str) -> Source {
        Source::kept("a.xml".to_owned(), text.to_owned(), Encoding::Utf8 { bom: 0 })
    }

    fn edit(text: &str, old: &str, new: &str) -> Edit {
        let start = text.find(old).unwrap() as u32;
        let span = Span { start, end: start + old.len() as u32 };
        Edit { place: Place { file: FileId(0), span }, text: new.to_owned() }
    }

    fn drawn(groups: &[Vec<DiffLine>]) -> Vec<Vec<String>> {
        let sign = |sign| match sign {
            Sign::Kept => ' ',
            Sign::Removed => '-',
            Sign::Added => '+',
        };
        let line = |line: &DiffLine| format!("{}{}{}", line.number, sign(line.sign), line.text);
        groups.iter().map(|group| group.iter().map(line).collect()).collect()
    }

    #[test]
    fn groups_are_near_lines_with_their_numbers() {
        let text = (1..=20).map(|number| format!("line {number}.\r\n")).collect::<Vec<_>>().concat();
        let edits = [edit(&text, "line 2.\r\n", ""), edit(&text, "line 17.", "line 17!"), edit(&text, "line 19.", "x")];
        let all: Vec<&Edit> = edits.iter().collect();
        assert_eq!(
            drawn(&groups(&source(&text), &all)),
            [
                vec!["1 line 1.", "2-line 2.", "3 line 3."],
                vec!["16 line 16.", "17-line 17.", "16+line 17!", "18 line 18.", "19-line 19.", "18+x", "20 line 20."],
            ]
        );
        let nothing = edit(&text, "line 2.", "line 2.");
        assert!(groups(&source(&text), &[&nothing]).is_empty());
    }

    #[test]
    fn a_group_of_one_endless_line_is_what_is_near() {
        let text =
            format!("<a>{}<t>é</t><consumerSecret>hush</consumerSecret>{}</a>", "é".repeat(9000), "ü".repeat(9000));
        let edit = edit(&text, "<t>é", "<t>x");
        let drawn = drawn(&groups(&source(&text), &[&edit]));
        let [group] = drawn.as_slice() else { panic!("{drawn:?}") };
        let [old, new] = group.as_slice() else { panic!("{group:?}") };
        for (line, part) in [(old, "é<t>é</t><"), (new, "é<t>x</t><")] {
            assert!(line.contains(part) && line.contains(">****<") && line.len() < 9000, "{line}");
            assert!(line[2..].starts_with('…') && line.ends_with('…'), "{line}");
        }
    }
}
