//! The change that a finding proposes: its diff, its safety, and the components to deploy.
//!
//! May assume that edits are in the project's files. Texts are masked and cropped here. Refuses to judge whether a change
//! is right.

use serde::Serialize;

use super::deploy::deployed_as;
use crate::located::Located;
use sessionlint_lint::diagnostic::{Diagnostic, Edit, Safety, Subject};
use sessionlint_lint::diff::{self, DiffLine, Sign};
use sessionlint_project::metadata::{Project, kind};
use sessionlint_source::FileId;

/// Code points that a diff keeps on each side of a difference.
const AROUND: usize = 60;
/// The most code points of a line in a diff.
const MAX_LINE: usize = 240;

/// A change that would fix a finding.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// Its title, as an imperative.
    pub title: String,
    /// Its safety.
    pub safety: Safety,
    /// The protection that it weakens; empty if it weakens none.
    pub loosens: String,
    /// The files that it changes.
    pub files: Vec<ChangedFile>,
    /// The components that change, as a deployment names them (`Type:Name`).
    pub components: Vec<String>,
    /// The edits. Changes with equal edits are the same change.
    #[serde(skip)]
    pub edits: Vec<Edit>,
}

/// A file before and after.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedFile {
    /// The file, below the root.
    pub path: String,
    /// The diff, as groups of lines with the lines around them.
    pub groups: Vec<Vec<ShownLine>>,
    /// The lines that differ, without the lines around them.
    pub replaced: Vec<Replacement>,
}

/// A line of a diff.
#[derive(Clone, Debug, Serialize)]
pub struct ShownLine {
    /// Whether it is kept, removed or added.
    pub sign: Sign,
    /// Its number.
    pub number: u32,
    /// Its text.
    pub text: String,
}

/// Lines and their replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// The number of the first old line; if there is none, the number of the first new line.
    pub line: u32,
    /// The present lines; empty for an insertion.
    pub old: Vec<String>,
    /// The new lines; empty for a removal.
    pub new: Vec<String>,
}

impl Proposal {
    /// Whether its diff shows the line of `place`.
    pub(super) fn shows(&self, place: &Located) -> bool {
        let lines =
            self.files.iter().filter(|file| file.path == place.path).flat_map(|file| file.groups.iter().flatten());
        lines.into_iter().any(|line| line.sign != Sign::Added && line.number == place.line)
    }
}

/// The change that a finding proposes, if any.
pub(super) fn proposal(project: &Project, finding: &Diagnostic) -> Option<Proposal> {
    let fix = finding.fix.as_ref()?;
    let mut files: Vec<FileId> = fix.edits.iter().map(|edit| edit.place.file).collect();
    files.sort_unstable();
    files.dedup();
    let mut components: Vec<String> = files.iter().filter_map(|file| component(project, *file)).collect();
    components.sort();
    components.dedup();
    let changed: Vec<ChangedFile> = files.into_iter().map(|file| changed_file(project, file, &fix.edits)).collect();
    Some(Proposal {
        title: fix.title.clone(),
        safety: fix.safety,
        loosens: fix.loosens.clone(),
        files: changed,
        components,
        edits: fix.edits.clone(),
    })
}

/// The component of a file, as a deployment names it.
fn component(project: &Project, file: FileId) -> Option<String> {
    let component = project.components.iter().find(|it| it.file == file)?;
    let ty = kind::kind(component.kind).name.to_owned();
    Some(deployed_as(&Subject { ty, name: component.name.clone() }))
}

fn changed_file(project: &Project, file: FileId, edits: &[Edit]) -> ChangedFile {
    let before = project.sources.get(file);
    let edits: Vec<&Edit> = edits.iter().filter(|edit| edit.place.file == file).collect();
    let groups = diff::groups(before, &edits);
    let replaced = groups.iter().flat_map(|group| runs(group)).map(|(old, new)| replaced(old, new)).collect();
    let groups = groups.iter().map(|group| shown(group)).collect();
    ChangedFile { path: before.path.clone(), groups, replaced }
}

/// The removed and added lines of each run of lines that differ.
fn runs(group: &[DiffLine]) -> impl Iterator<Item = (&[DiffLine], &[DiffLine])> {
    let differing = group.chunk_by(|one, other| (one.sign == Sign::Kept) == (other.sign == Sign::Kept));
    differing.filter(|run| run.first().is_some_and(|line| line.sign != Sign::Kept)).map(|run| {
        let removed = run.iter().take_while(|line| line.sign == Sign::Removed).count();
        run.split_at(removed)
    })
}

fn replaced(old: &[DiffLine], new: &[DiffLine]) -> Replacement {
    let (old_texts, new_texts) = cropped(old, new);
    let trimmed = |texts: Vec<String>| texts.into_iter().map(|text| text.trim().to_owned()).collect();
    let line = old.first().or_else(|| new.first()).map_or(1, |line| line.number);
    Replacement { line, old: trimmed(old_texts), new: trimmed(new_texts) }
}

/// The lines of a group, each cropped to the relevant part, without their common indentation.
fn shown(group: &[DiffLine]) -> Vec<ShownLine> {
    let mut lines = Vec::new();
    for run in group.chunk_by(|one, other| (one.sign == Sign::Kept) == (other.sign == Sign::Kept)) {
        let removed = run.iter().take_while(|line| line.sign == Sign::Removed).count();
        let (old, new) = run.split_at(removed);
        let (old_texts, new_texts) = if old.is_empty() && run.iter().all(|line| line.sign == Sign::Kept) {
            (Vec::new(), run.iter().map(|line| first_of(&line.text)).collect())
        } else {
            cropped(old, new)
        };
        let texts = old_texts.into_iter().chain(new_texts);
        let shown = run.iter().zip(texts).map(|(line, text)| ShownLine { sign: line.sign, number: line.number, text });
        lines.extend(shown);
    }
    for line in &mut lines {
        line.text = line.text.replace('\t', "    ");
    }
    let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let least = lines.iter().filter(|line| !line.text.trim().is_empty()).map(|line| indent(&line.text)).min();
    for line in &mut lines {
        let cut = least.unwrap_or(0).min(indent(&line.text));
        line.text.drain(..cut);
    }
    lines
}

/// The texts of lines that differ. If their number is equal, each long line keeps the part that differs from its
/// counterpart.
fn cropped(old: &[DiffLine], new: &[DiffLine]) -> (Vec<String>, Vec<String>) {
    if old.len() != new.len() {
        let all = |lines: &[DiffLine]| lines.iter().map(|line| first_of(&line.text)).collect();
        return (all(old), all(new));
    }
    old.iter().zip(new).map(|(old, new)| pair(&old.text, &new.text)).unzip()
}

/// Two versions of a line, both cropped to the part that differs.
fn pair(old: &str, new: &str) -> (String, String) {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let common =
        |pairs: &mut dyn Iterator<Item = (&char, &char)>| pairs.take_while(|(one, other)| one == other).count();
    let start = common(&mut old.iter().zip(&new));
    let end = common(&mut old[start..].iter().rev().zip(new[start..].iter().rev()));
    (middle(&old, start, end), middle(&new, start, end))
}

/// The part of a line between `start` code points from its start and `end` from its end, and some around it.
fn middle(line: &[char], start: usize, end: usize) -> String {
    if line.len() <= MAX_LINE {
        return line.iter().collect();
    }
    let from = start.saturating_sub(AROUND);
    let to = (line.len() - end + AROUND).min(line.len()).max(from);
    let kept: String = line[from..to].iter().take(MAX_LINE).collect();
    let is_cut = to - from > MAX_LINE || to < line.len();
    format!("{}{kept}{}", if from > 0 { "…" } else { "" }, if is_cut { "…" } else { "" })
}

fn first_of(text: &str) -> String {
    let line: Vec<char> = text.chars().collect();
    middle(&line, 0, line.len().saturating_sub(MAX_LINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sign: Sign, number: u32, text: &str) -> DiffLine {
        DiffLine { sign, number, text: text.to_owned() }
    }

    #[test]
    fn each_run_of_changed_lines_is_one_replacement() {
        let group = [
            line(Sign::Kept, 1, "<a>"),
            line(Sign::Removed, 2, "    <b>1</b>"),
            line(Sign::Added, 2, "    <b>2</b>"),
            line(Sign::Kept, 3, "    <c/>"),
            line(Sign::Removed, 4, "    <d/>"),
            line(Sign::Kept, 5, "    <e/>"),
            line(Sign::Added, 5, "    <f/>"),
        ];
        let all: Vec<Replacement> = runs(&group).map(|(old, new)| replaced(old, new)).collect();
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            all,
            [
                Replacement { line: 2, old: texts(&["<b>1</b>"]), new: texts(&["<b>2</b>"]) },
                Replacement { line: 4, old: texts(&["<d/>"]), new: Vec::new() },
                Replacement { line: 5, old: Vec::new(), new: texts(&["<f/>"]) },
            ]
        );
        let shown: Vec<String> = shown(&group).into_iter().map(|line| line.text).collect();
        assert_eq!(shown[..3], ["<a>", "    <b>1</b>", "    <b>2</b>"]);
    }

    #[test]
    fn a_long_line_keeps_what_differs() {
        let (start, end) = ("<x/>".repeat(100), "<y/>".repeat(100));
        let (old, new) = pair(&format!("{start}<t>30</t>{end}"), &format!("{start}<t>120</t>{end}"));
        assert!(old.contains("<t>30</t>") && old.starts_with('…') && old.ends_with('…'), "{old}");
        assert!(new.contains("<t>120</t>") && new.chars().count() < 200, "{new}");
        assert_eq!(first_of(&"é".repeat(300)).chars().count(), MAX_LINE + 1);
        assert_eq!(pair("short", "short too"), ("short".to_owned(), "short too".to_owned()));
    }
}
