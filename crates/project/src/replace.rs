//! Text that a deployment replaces: the `replacements` of `sfdx-project.json`.
//!
//! Works as Salesforce's own library (@salesforce/source-deploy-retrieve 13.7.0): `filename` is compared with the end
//! of a path, `glob` is matched anywhere in it, entries are applied in order, and the raw text is replaced, markup
//! included. An entry with a file of the project is applied; any other replacement is unknown. No environment variable
//! is ever read, so conditions on one are unknown too. Assumes nothing about the entries. Refuses to know what an
//! element means, and reads no file.

mod applied;
mod entry;
mod matcher;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use applied::{Mark, ReplacedText, SpanMap};
pub use entry::{Entry, Fault};
pub(crate) use entry::{files_named, read_entries};

use sessionlint_source::budget::{BudgetExceeded, Lease};
use sessionlint_source::{FileId, Place, Span};

/// A larger file is not used as a value, in bytes.
pub(crate) const MAX_VALUE: u64 = 64 * 1024;

/// The entries of a project, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ReplacementPlan {
    entries: Arc<[Entry]>,
}

impl ReplacementPlan {
    /// A plan of these entries, in their order.
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries: entries.into() }
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of a metadata file at `path` below the root after replacement; `None` if nothing is replaced. The
    /// result is counted by `lease`.
    pub fn markup(&self, path: &str, text: &str, lease: Lease) -> Result<Option<ReplacedText>, BudgetExceeded> {
        self.entries_for(path).map_or(Ok(None), |entries| applied::markup(&entries, text, lease))
    }

    /// The same for code. Replaced code is masked, so that nothing is known about it; the result has the length of the
    /// text.
    pub fn code(&self, path: &str, text: &str, lease: Lease) -> Result<Option<ReplacedText>, BudgetExceeded> {
        self.entries_for(path).map_or(Ok(None), |entries| applied::code(&entries, text, lease))
    }

    /// Whether text in the file at `path` may be replaced.
    pub(crate) fn applies_to(&self, path: &str) -> bool {
        self.entries_for(path).is_some()
    }

    fn entries_for(&self, path: &str) -> Option<Vec<(usize, &Entry, matcher::Match)>> {
        if self.entries.is_empty() {
            return None;
        }
        let found = self.entries.iter().enumerate().filter_map(|(index, entry)| {
            let matched = entry.matcher.matches(path)?;
            Some((index, entry, matched))
        });
        let found: Vec<_> = found.collect();
        (!found.is_empty()).then_some(found)
    }
}

/// The replaced spans of all files.
#[derive(Debug, Default)]
pub struct Replacements {
    plan: ReplacementPlan,
    /// The project file, if it has entries.
    file: Option<FileId>,
    by_file: BTreeMap<FileId, Vec<Mark>>,
}

impl Replacements {
    /// Nothing is replaced yet; `file` is the project file.
    pub fn new(plan: ReplacementPlan, file: Option<FileId>) -> Self {
        Self { plan, file, by_file: BTreeMap::new() }
    }

    /// The plan.
    pub fn plan(&self) -> &ReplacementPlan {
        &self.plan
    }

    /// Sets the replaced spans of a file and returns the former ones.
    pub fn note(&mut self, file: FileId, marks: Vec<Mark>) -> Vec<Mark> {
        let before = if marks.is_empty() { self.by_file.remove(&file) } else { self.by_file.insert(file, marks) };
        before.unwrap_or_default()
    }

    /// The entry that may change the text at `place`, so that its value is unknown.
    pub fn unknown_at(&self, place: Place) -> Option<&Entry> {
        if self.by_file.is_empty() {
            return None;
        }
        let mark = self.at(place).find(|mark| !mark.is_known)?;
        self.plan.entries.get(mark.entry)
    }

    /// Whether text at `place` is replaced, with a known or an unknown value.
    pub fn touches(&self, place: Place) -> bool {
        self.at(place).next().is_some()
    }

    fn at(&self, place: Place) -> impl Iterator<Item = &Mark> {
        let meets = move |mark: &&Mark| mark.span.start < place.span.end && place.span.start < mark.span.end;
        self.by_file.get(&place.file).into_iter().flatten().filter(meets)
    }

    /// The replaced spans of all files, in order.
    pub fn marks(&self) -> impl Iterator<Item = (FileId, &Mark)> {
        self.by_file.iter().flat_map(|(file, marks)| marks.iter().map(|mark| (*file, mark)))
    }

    /// Whether no text is replaced.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// The position of an entry in the project file.
    pub fn place(&self, span: Span) -> Option<Place> {
        Some(Place { file: self.file?, span })
    }
}
