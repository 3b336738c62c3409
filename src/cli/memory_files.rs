//! Files in memory, and a run on them without a disk, for the page in a browser.
//!
//! May assume that the caller chose their names. Refuses to know what they contain, and reads no disk.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::library::Error;
use super::{Environment, Exit, run, target};
use sessionlint_lint::rule::{FILE_SUFFIXES, PageFile};
use sessionlint_project::vfs::Memory;

/// The folder that the names of the files start from.
const TOP: &str = "/";

/// Files, by their absolute paths. They are read instead of those of a disk.
#[derive(Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Arc<Vec<u8>>>,
    /// The files in these zips that fixes changed.
    changed: Vec<(String, Vec<u8>)>,
}

impl std::fmt::Debug for MemoryFiles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.files.keys()).finish()
    }
}

/// The output of a run.
#[derive(Debug)]
pub struct RunOutput {
    /// Its exit code.
    pub exit: Exit,
    /// Its standard output.
    pub out: Vec<u8>,
    /// Its standard error.
    pub err: Vec<u8>,
    /// The files that `check --fix` changed in a zip, which stays as it is: the path of the zip with the path in it, and the
    /// new bytes.
    pub changed: Vec<(String, Vec<u8>)>,
}

impl MemoryFiles {
    /// Adds a file, by its path below the current folder. A project is a zip, whatever its extension.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path_clean::clean(Path::new(TOP).join(path)), Arc::new(bytes));
    }

    /// Runs a command on these files; `arguments` begin with the program's name.
    pub fn run(&self, arguments: impl IntoIterator<Item = OsString>, today: Date) -> RunOutput {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut environment =
            Environment::without_terminal(&mut out, &mut err, PathBuf::from(TOP), today, Arc::default());
        environment.memory_files = self.clone();
        let exit = run(arguments, &mut environment);
        // Writing to a vector cannot fail.
        let _ = environment.out.flush();
        let _ = environment.err.flush();
        let changed = std::mem::take(&mut environment.memory_files.changed);
        drop(environment);
        RunOutput { exit, out, err, changed }
    }

    /// The projects in the file at `path`, as paths for commands.
    pub fn projects(&self, path: &str) -> Result<Vec<String>, Error> {
        let mut environment = Environment::without_output(PathBuf::from(TOP), Date::ZERO, Arc::default());
        environment.memory_files = self.clone();
        let found = target::find_all(Path::new(path), &environment)?;
        Ok(found.iter().map(|target| shown(&target.root.path)).collect())
    }

    /// The bytes of the file at `path`.
    pub(super) fn bytes(&self, path: &Path) -> Option<&Arc<Vec<u8>>> {
        self.files.get(path)
    }

    /// The file that contains `path`, as a zip contains the folder of a project.
    pub(super) fn around(&self, path: &Path) -> Option<(&Path, &Arc<Vec<u8>>)> {
        let (file, bytes) = path.ancestors().skip(1).find_map(|above| self.files.get_key_value(above))?;
        Some((file, bytes))
    }

    /// Whether `memory` is a project in one of these files.
    pub(super) fn holds(&self, memory: &Memory) -> bool {
        memory.zip.as_ref().is_some_and(|(zip, _)| self.files.contains_key(zip.path()))
    }

    /// Adds the new bytes of the file at `path` of a project in one of these files.
    pub(super) fn change(&mut self, memory: &Memory, path: &str, bytes: Vec<u8>) {
        let Some((zip, top)) = &memory.zip else { return };
        self.changed.push((format!("{}/{top}{path}", shown(zip.path())), bytes));
    }

    /// The rule pages below `folder`.
    pub(super) fn pages(&self, folder: &Path) -> Vec<PageFile> {
        let is_page = |path: &Path| {
            let suffix = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
            path.starts_with(folder) && FILE_SUFFIXES.contains(&suffix)
        };
        let pages = self.files.iter().filter(|(path, _)| is_page(path));
        let page = |(path, bytes): (&PathBuf, &Arc<Vec<u8>>)| PageFile {
            path: shown(path),
            file: path.clone(),
            bytes: bytes.as_ref().clone(),
            is_of_project: false,
        };
        pages.map(page).collect()
    }
}

/// The shown form of a path.
fn shown(path: &Path) -> String {
    path.strip_prefix(TOP).unwrap_or(path).display().to_string()
}
