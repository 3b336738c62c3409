//! The outcome of a project's fixes, as plain records.
//!
//! Knows no rule and no disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sessionlint_source::{FileId, Source};

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The rule.
    pub rule: String,
    /// The title of the fix, as an imperative.
    pub title: String,
    /// The protection that it weakens; empty where it weakens none.
    pub loosens: String,
    /// The files that it changed.
    pub files: Vec<FileId>,
    /// The file of the finding, which need not be one of them.
    pub file: FileId,
    /// The line of the finding when the fix was applied, from 1.
    pub line: u32,
}

/// A fix that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The rule.
    pub rule: String,
    /// The title of the fix.
    pub title: String,
    /// The file of the finding.
    pub file: FileId,
    /// Its line, from 1.
    pub line: u32,
    /// Why it was not kept: a clause.
    pub reason: String,
    /// The file with that reason, where there is one.
    pub at: Option<FileId>,
}

/// The outcome for the project.
#[derive(Debug, Default)]
pub struct Applied {
    /// The applied fixes, in order.
    pub fixed: Vec<Fixed>,
    /// The reverted fixes.
    pub taken_back: Vec<TakenBack>,
    /// How many more were reverted together, because it is unknown which of them do harm.
    pub taken_back_together: usize,
    /// Files as they were before the first change.
    pub before: BTreeMap<FileId, Arc<Source>>,
    /// Files that have a fix and may not be written, with the reason.
    pub obstacles: BTreeMap<FileId, String>,
    /// Pairs of enabled rules that both have a fix that was wanted; neither was applied.
    pub undecided: BTreeSet<(String, String)>,
}
