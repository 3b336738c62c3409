//! What several runs of one process read of each project: only what changed since is read again.
//!
//! Refuses to know what is asked about a project.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use sessionlint_project::discover::Root;
use sessionlint_project::load::{Loaded, MemoryCache};
use sessionlint_project::vfs::FileTree;

/// What was read, by the folder of the project.
#[derive(Debug, Default)]
pub(super) struct Recalls {
    by_root: BTreeMap<PathBuf, MemoryCache>,
}

impl Recalls {
    /// What was read of a project and is still so, in a process that began at `began`. A zip is read anew each time.
    pub(super) fn of(&mut self, root: &Root, began: SystemTime) -> Option<&MemoryCache> {
        if matches!(root.tree, FileTree::Memory(_)) {
            return None;
        }
        let recall = self.by_root.entry(root.path.clone()).or_default();
        recall.revalidate(began);
        Some(recall)
    }

    /// How many projects there are.
    pub(super) fn count(&self) -> usize {
        self.by_root.len()
    }

    /// Takes back what a run held alone.
    pub(super) fn take_back(&mut self, loaded: Loaded) {
        if let Some(recall) = self.by_root.get(&loaded.root) {
            recall.take_back(loaded.project);
            recall.close_texts();
        }
    }
}
