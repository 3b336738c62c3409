//! Files that a run is given in memory, and a run on nothing else: what a page in a browser was handed.
//!
//! May assume that whoever gives them chose their names. Refuses to know what they contain, and reads no disk for them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::library::Error;
use super::{Environment, Exit, run, target};
use sessionlint_lint::rule::{FILE_SUFFIXES, PageFile};

/// The folder that the names of given files start from.
const TOP: &str = "/";

/// Files, by their absolute paths. They count before those of a disk.
#[derive(Clone, Default)]
pub struct Given(BTreeMap<PathBuf, Arc<Vec<u8>>>);

impl std::fmt::Debug for Given {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.0.keys()).finish()
    }
}

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub exit: Exit,
    /// What it wrote to standard output.
    pub out: Vec<u8>,
    /// What it wrote to standard error.
    pub err: Vec<u8>,
}

impl Given {
    /// Gives one more file, by its path below the current folder. A project is given as a zip, whatever its name ends in.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.insert(path_clean::clean(Path::new(TOP).join(path)), Arc::new(bytes));
    }

    /// Runs a command on these files; `arguments` begin with the program's name.
    pub fn run(&self, arguments: impl IntoIterator<Item = OsString>, today: Date) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut environment = Environment::quiet(&mut out, &mut err, PathBuf::from(TOP), today, Arc::default());
        environment.given = self.clone();
        let exit = run(arguments, &mut environment);
        // A vector takes everything.
        let _ = environment.out.flush();
        let _ = environment.err.flush();
        drop(environment);
        Ran { exit, out, err }
    }

    /// The projects that the file at `path` holds, by paths that commands take.
    pub fn projects(&self, path: &str) -> Result<Vec<String>, Error> {
        let (mut out, mut err) = (io::sink(), io::sink());
        let mut environment = Environment::quiet(&mut out, &mut err, PathBuf::from(TOP), Date::ZERO, Arc::default());
        environment.given = self.clone();
        let found = target::find_all(Path::new(path), &environment)?;
        Ok(found.iter().map(|target| shown(&target.root.path)).collect())
    }

    /// The bytes of the file at `path`.
    pub(super) fn bytes(&self, path: &Path) -> Option<&Arc<Vec<u8>>> {
        self.0.get(path)
    }

    /// The file that `path` lies in, as the folder of a project lies in a zip.
    pub(super) fn around(&self, path: &Path) -> Option<(&Path, &Arc<Vec<u8>>)> {
        let (file, bytes) = path.ancestors().skip(1).find_map(|above| self.0.get_key_value(above))?;
        Some((file, bytes))
    }

    /// The rule pages below `folder`.
    pub(super) fn pages(&self, folder: &Path) -> Vec<PageFile> {
        let is_page = |path: &Path| {
            let suffix = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
            path.starts_with(folder) && FILE_SUFFIXES.contains(&suffix)
        };
        let pages = self.0.iter().filter(|(path, _)| is_page(path));
        let page = |(path, bytes): (&PathBuf, &Arc<Vec<u8>>)| PageFile {
            path: shown(path),
            file: path.clone(),
            bytes: bytes.as_ref().clone(),
        };
        pages.map(page).collect()
    }
}

/// What people call a path.
fn shown(path: &Path) -> String {
    path.strip_prefix(TOP).unwrap_or(path).display().to_string()
}
