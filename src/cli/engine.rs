//! A project that stays open: after a change it reads the changed files only, and finds what `check` finds.
//!
//! May assume that [`Engine::changed`] is called for each change; [`Engine::revalidate`] finds changes otherwise. Unsaved
//! texts replace files of metadata and code; settings are those on the disk. Refuses to know the protocol.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::civil::Date;

use super::args::{Common, PresetChoice};
use super::baseline::BaselineUse;
use super::checking::{CheckedTarget, Messages, PreparedTarget, check_loaded};
use super::settings::{ConfigSource, ResolvedRun, RuleArguments, Settings};
use super::target::{FindingScope, Target};
use super::{Environment, Failure, notices, today};
use sessionlint_project::cache::Cache;
use sessionlint_project::discover::{IGNORE_FILE, MANIFEST, PROJECT_FILE, Root, relative};
use sessionlint_project::load::{MemoryCache, load_again};
use sessionlint_project::metadata::kind::{aura_application, recognise_in_source};
use sessionlint_source::budget::{Budget, Size};
use sessionlint_source::file_name;

/// The options of a program that stays open.
#[derive(Clone, Debug)]
pub(super) struct EngineOptions {
    /// `--preset`.
    pub(super) preset: Option<PresetChoice>,
    /// `--preview`.
    pub(super) preview: bool,
    /// `--config`.
    pub(super) config: Vec<PathBuf>,
    /// `--no-project-config`.
    pub(super) no_project_config: bool,
    /// `--rules`.
    pub(super) rules: Vec<PathBuf>,
    /// `--as-of`; otherwise the current day.
    pub(super) as_of: Option<Date>,
    /// `--max-memory`, for each project.
    pub(super) max_memory: Size,
    /// The cache.
    pub(super) cache: Option<Arc<Cache>>,
    /// The folder that relative paths start from.
    pub(super) current: PathBuf,
    /// When the process began.
    pub(super) began: SystemTime,
}

/// An open project.
pub(super) struct Engine {
    choice: Arc<EngineOptions>,
    prepared: Result<PreparedTarget, Failure>,
    root: Root,
    memory_cache: MemoryCache,
    budget: Arc<Budget>,
    changes: Changes,
    day: Date,
    state: Option<EngineState>,
}

/// The result of the rules.
pub(super) struct EngineState {
    /// The project, and its findings without fixes.
    pub(super) checked: CheckedTarget,
    /// Suppressions that do nothing, and rules that could not run.
    pub(super) messages: Messages,
}

/// What may have changed since it was read.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is another thing to do")]
struct Changes {
    /// Files, by their paths below the root.
    files: BTreeSet<String>,
    /// The list of files.
    list: bool,
    /// Any file.
    all: bool,
    /// The configuration and the rules.
    settings: bool,
    /// Anything at all.
    any: bool,
}

impl Engine {
    /// Opens the project at `root`; nothing is read yet.
    pub(super) fn open(root: Root, choice: Arc<EngineOptions>) -> Self {
        let budget = Arc::new(Budget::of(choice.max_memory));
        let day = choice.as_of.unwrap_or_else(today);
        let changes = Changes { settings: true, any: true, ..Changes::default() };
        Self {
            choice,
            prepared: Err(Failure::ClosedPipe),
            root,
            memory_cache: MemoryCache::default(),
            budget,
            changes,
            day,
            state: None,
        }
    }

    /// The project's folder.
    pub(super) fn root(&self) -> &Path {
        &self.root.path
    }

    /// Sets or removes the text that replaces a file of metadata or code. `path` is absolute.
    pub(super) fn set_overlay(&mut self, path: &Path, text: Option<Arc<[u8]>>) {
        let Some(below) = relative(&self.root.path, path) else { return };
        if !is_read(&below) {
            return;
        }
        let texts = Arc::make_mut(&mut self.root.overlay);
        match text {
            Some(text) if texts.get(&below) == Some(&text) => return,
            Some(text) => drop(texts.insert(below.clone(), text)),
            None => {
                if texts.remove(&below).is_none() {
                    return;
                }
            }
        }
        // A file that is not on the disk is listed because of its text.
        self.changes.list |= path.symlink_metadata().is_err();
        self.changes.files.insert(below);
        self.changes.any = true;
    }

    /// Records that a file or a folder at this absolute path was made, changed or removed.
    pub(super) fn changed(&mut self, path: &Path) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        let changes = &mut self.changes;
        changes.settings |= matches!(extension, "toml" | "md");
        // Above the project, only settings and a `.forceignore` count.
        changes.list |= matches!(name, PROJECT_FILE | MANIFEST | IGNORE_FILE);
        if let Some(below) = relative(&self.root.path, path) {
            let is_ignored =
                below.rsplit('/').skip(1).any(|folder| folder.starts_with('.') || folder == "node_modules");
            if is_ignored {
                // No file there is read, except settings.
            } else if is_read(&below) {
                changes.list |= path.symlink_metadata().is_err() || !self.memory_cache.has(&below);
                changes.files.insert(below);
            } else if path.is_dir() || !path.exists() {
                changes.all = true;
            } else {
                // A replacement of texts may come from any file.
                changes.any |= !self.root.replacements.is_empty();
            }
        }
        changes.any |= changes.settings || changes.list || changes.all || !changes.files.is_empty();
    }

    /// Marks all files as possibly changed.
    pub(super) fn revalidate(&mut self) {
        (self.changes.all, self.changes.settings, self.changes.any) = (true, true, true);
    }

    /// Whether something changed since the rules ran.
    pub(super) fn is_stale(&self) -> bool {
        self.changes.any || self.day != self.choice.as_of.unwrap_or_else(today)
    }

    /// The current result of `check`; changed files are read again.
    pub(super) fn state(&mut self) -> Result<&EngineState, Failure> {
        if self.is_stale() || self.state.is_none() {
            self.renew()?;
        }
        self.state.as_ref().ok_or(Failure::ClosedPipe)
    }

    /// The last result, which may be stale.
    pub(super) fn last(&self) -> Option<&EngineState> {
        self.state.as_ref()
    }

    /// The project's settings and rules; the error is what is wrong with them.
    pub(super) fn prepared(&self) -> Result<&PreparedTarget, &Failure> {
        self.prepared.as_ref()
    }

    fn renew(&mut self) -> Result<(), Failure> {
        if let Some(EngineState { checked, .. }) = self.state.take() {
            self.memory_cache.take_back(checked.loaded.project);
        }
        let changes = std::mem::take(&mut self.changes);
        changes.files.iter().for_each(|path| self.memory_cache.forget(path));
        if changes.all {
            self.memory_cache.revalidate(self.choice.began);
        } else if changes.list {
            self.memory_cache.forget_listing();
        }
        if self.budget.used() > self.budget.size().0 / 2 {
            self.memory_cache.close_texts();
        }
        self.budget.reset_unshown();
        self.day = self.choice.as_of.unwrap_or_else(today);
        let overlay = Arc::clone(&self.root.overlay);
        self.root = Root { overlay, ..Root::open_below(&self.root.path, self.root.ceiling.as_deref()) };
        if changes.settings || self.prepared.is_err() {
            self.prepared = self.prepare();
        }
        let prepared = match &mut self.prepared {
            Ok(prepared) => prepared,
            Err(failure) => return Err(failure.clone()),
        };
        prepared.target.root = self.root.clone();
        // If this reading does not list the files, the next one does.
        let is_listed = !changes.list && !changes.all;
        let mut environment =
            Environment::without_output(self.choice.current.clone(), self.day, Arc::clone(&self.budget));
        environment.cache = self.choice.cache.clone().filter(|_| !is_listed || self.memory_cache.files() == 0);
        let resolved = resolve(prepared, &self.choice)?;
        let common = Common::on(self.day);
        let inputs = resolved.without_unneeded(prepared.settings.inputs(&common, &environment));
        let loaded = load_again(&self.root, inputs, &self.memory_cache);
        notices::require_metadata(&loaded)?;
        let (mut checked, messages) = check_loaded(prepared, &resolved, &BaselineUse::Nothing, loaded, None)?;
        // An editor shows each of them in its own file.
        checked.remaining.relate_copies();
        self.state = Some(EngineState { checked, messages });
        Ok(())
    }

    fn prepare(&self) -> Result<PreparedTarget, Failure> {
        let environment = Environment::without_output(self.choice.current.clone(), self.day, Arc::clone(&self.budget));
        let EngineOptions { config, no_project_config, rules, .. } = &*self.choice;
        let source = ConfigSource { typed: config, without: *no_project_config, revision: None };
        let settings = Settings::find(&self.root, source, &environment)?;
        let catalog = settings.catalog(rules, &environment)?;
        let target = Target { root: self.root.clone(), shown: FindingScope::All };
        Ok(PreparedTarget::only(target, settings, catalog))
    }
}

/// The resolved settings of an open project.
pub(super) fn resolve<'p>(prepared: &'p PreparedTarget, choice: &EngineOptions) -> Result<ResolvedRun<'p>, Failure> {
    let typed = RuleArguments { preset: choice.preset, preview: choice.preview, ..RuleArguments::default() };
    prepared.settings.resolve(typed, &prepared.catalog)
}

/// Whether a file of this path is read as metadata or code.
pub(super) fn is_read(below: &str) -> bool {
    aura_application(below).is_some() || recognise_in_source(file_name(below)).is_some()
}
