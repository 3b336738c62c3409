//! The result of fixing a project, as plain records.
//!
//! Refuses to know rules and the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sessionlint_source::{FileId, Source};

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFix {
    /// The rule.
    pub rule: String,
    /// The title of the fix, as an imperative.
    pub title: String,
    /// The protection that it weakens, if any.
    pub loosens: String,
    /// The files that it changed.
    pub files: Vec<FileId>,
    /// The file of the finding, which may not be among them.
    pub file: FileId,
    /// The line of the finding before the fix, from 1.
    pub line: u32,
}

/// A fix that was reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevertedFix {
    /// The rule.
    pub rule: String,
    /// The title of the fix.
    pub title: String,
    /// The file of the finding.
    pub file: FileId,
    /// Its line, from 1.
    pub line: u32,
    /// The reason, as a clause.
    pub reason: String,
    /// The file of the reason, if any.
    pub at: Option<FileId>,
}

/// The result for a project.
#[derive(Debug, Default)]
pub struct FixResult {
    /// The applied fixes, in order.
    pub fixed: Vec<AppliedFix>,
    /// The reverted fixes.
    pub reverted: Vec<RevertedFix>,
    /// The number of fixes that were reverted together, since it is unknown which of them do harm.
    pub reverted_together: usize,
    /// Files as they were before the first change.
    pub before: BTreeMap<FileId, Arc<Source>>,
    /// Files with fixes that may not be written, with the reason.
    pub obstacles: BTreeMap<FileId, String>,
    /// Pairs of enabled rules with opposite advice that both had a fix; neither was applied.
    pub undecided: BTreeSet<(String, String)>,
}
