//! The files of each project that earlier runs of the process read: only changed files are read again.
//!
//! Refuses to know what is computed from a project.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use sessionlint_project::discover::Root;
use sessionlint_project::load::{Loaded, MemoryCache};
use sessionlint_project::vfs::FileTree;

/// The files that were read, by the folder of the project.
#[derive(Debug, Default)]
pub(super) struct MemoryCaches {
    by_root: BTreeMap<PathBuf, MemoryCache>,
}

impl MemoryCaches {
    /// The unchanged files of a project, in a process that began at `began`. A zip is read anew each time.
    pub(super) fn of(&mut self, root: &Root, began: SystemTime) -> Option<&MemoryCache> {
        if matches!(root.tree, FileTree::Memory(_)) {
            return None;
        }
        let memory_cache = self.by_root.entry(root.path.clone()).or_default();
        memory_cache.revalidate(began);
        Some(memory_cache)
    }

    /// The number of projects.
    pub(super) fn count(&self) -> usize {
        self.by_root.len()
    }

    /// Takes back the files that a run owned.
    pub(super) fn take_back(&mut self, loaded: Loaded) {
        if let Some(memory_cache) = self.by_root.get(&loaded.root) {
            memory_cache.take_back(loaded.project);
            memory_cache.close_texts();
        }
    }
}
