//! Text that a deployment replaces: the `replacements` of `sfdx-project.json`.
//!
//! Read as Salesforce's own library does (@salesforce/source-deploy-retrieve 13.7.0): `filename` is compared with the end
//! of a path, `glob` anywhere in it, entries are applied in their order, and a text as it is written, markup included. An
//! entry that takes a file of the project is applied; whatever else may be replaced is unknown. No environment variable
//! is ever read, so no condition on one is known to hold. May assume nothing of the entries. Refuses to know what an
//! element means, and reads no file.

mod applied;
mod entry;
mod matcher;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use applied::{Changed, Map, Mark};
pub use entry::{Entry, Fault, files_named, read_entries};

use sessionlint_source::budget::{Lease, Spent};
use sessionlint_source::{FileId, Place, Span};

/// A file of more than this is not taken as a value, in bytes.
pub const MAX_VALUE: u64 = 64 * 1024;

/// The entries of a project, shared by whoever reads its files.
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

    /// Whether nothing is ever replaced.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What becomes of the text of a metadata file at `path` below the root; `None` where nothing of it is replaced. What
    /// that takes is held by `lease`.
    pub fn markup(&self, path: &str, text: &str, lease: Lease) -> Result<Option<Changed>, Spent> {
        self.entries_for(path).map_or(Ok(None), |entries| applied::markup(&entries, text, lease))
    }

    /// The same for code, of which nothing is known where it is replaced. The result is as long as the text.
    pub fn code(&self, path: &str, text: &str, lease: Lease) -> Result<Option<Changed>, Spent> {
        self.entries_for(path).map_or(Ok(None), |entries| applied::code(&entries, text, lease))
    }

    /// Whether something of the file at `path` may be replaced.
    pub fn means(&self, path: &str) -> bool {
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

/// Where the texts of a project are replaced.
#[derive(Debug, Default)]
pub struct Replaced {
    plan: ReplacementPlan,
    /// The project file, where an entry stands in it.
    file: Option<FileId>,
    by_file: BTreeMap<FileId, Vec<Mark>>,
}

impl Replaced {
    /// Nothing is replaced so far; the entries stand in `file`.
    pub fn new(plan: ReplacementPlan, file: Option<FileId>) -> Self {
        Self { plan, file, by_file: BTreeMap::new() }
    }

    /// The plan.
    pub fn plan(&self) -> &ReplacementPlan {
        &self.plan
    }

    /// Notes what of a file is replaced, in place of what was noted before, which is returned.
    pub fn note(&mut self, file: FileId, marks: Vec<Mark>) -> Vec<Mark> {
        let before = if marks.is_empty() { self.by_file.remove(&file) } else { self.by_file.insert(file, marks) };
        before.unwrap_or_default()
    }

    /// The entry that may change the text at `place`, whose value is unknown therefore.
    pub fn unknown_at(&self, place: Place) -> Option<&Entry> {
        if self.by_file.is_empty() {
            return None;
        }
        let mark = self.at(place).find(|mark| !mark.is_known)?;
        self.plan.entries.get(mark.entry)
    }

    /// Whether the text at `place` is replaced, by what is known or not.
    pub fn touches(&self, place: Place) -> bool {
        self.at(place).next().is_some()
    }

    fn at(&self, place: Place) -> impl Iterator<Item = &Mark> {
        let meets = move |mark: &&Mark| mark.span.start < place.span.end && place.span.start < mark.span.end;
        self.by_file.get(&place.file).into_iter().flatten().filter(meets)
    }

    /// The marks of all files, in order, with the entry of each.
    pub fn marks(&self) -> impl Iterator<Item = (FileId, &Mark)> {
        self.by_file.iter().flat_map(|(file, marks)| marks.iter().map(|mark| (*file, mark)))
    }

    /// Whether no text is replaced.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// Where an entry stands in the project file.
    pub fn place(&self, span: Span) -> Option<Place> {
        Some(Place { file: self.file?, span })
    }
}
