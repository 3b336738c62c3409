//! The file tree of a project: a folder, or files in memory read from a zip or a git revision.
//!
//! May assume that paths are `/`-separated and below the project's root. Recognises metadata by file name alone, so
//! that no other file is unpacked. Refuses to know which files belong to a project: that is `discover`.

pub mod archive;
pub mod git;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component as PathPart, Path};
use std::sync::{Arc, Mutex, PoisonError};

use crate::metadata::kind::{AURA, Recognised, aura_application, recognise_in_source};
use crate::replace;
use sessionlint_source::budget::{Budget, BudgetExceeded, Lease, NAME, Size};

/// Salesforce's project file; its folder is a root.
pub const PROJECT_FILE: &str = "sfdx-project.json";
/// The manifest of a Metadata API project; its folder is a root.
pub const MANIFEST: &str = "package.xml";
/// Lists the files that Salesforce's tooling leaves out; the nearest one at or above a package directory counts.
pub const IGNORE_FILE: &str = ".forceignore";
/// The configuration of this program; read at the root only.
pub const CONFIG_FILE: &str = "sessionlint.toml";

/// Larger files are refused, in bytes.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The memory for a configuration with its rule pages; half of it for their bytes. A parsed page takes 3 times its bytes
/// for prose, 6 times for conditions.
pub const MAX_SETTINGS: Size = Size(32 << 20);

/// A larger project file, configuration or rule page is not read, in bytes: its content takes many times its size.
pub const MAX_PROJECT_FILE: u64 = 1024 * 1024;

/// A larger manifest is not read, in bytes: it lists every component of an org, and only its version is looked for.
pub(crate) const MAX_MANIFEST: u64 = 16 * 1024 * 1024;

/// Where the files of a root are stored.
#[derive(Clone, Debug)]
pub enum FileTree {
    /// On disk, below the root's path.
    Folder,
    /// In memory.
    Memory(Arc<Memory>),
}

/// Texts that replace files on disk, by their paths below the root (`/`-separated): the unsaved buffers of an editor.
pub type Overlay = BTreeMap<String, Arc<[u8]>>;

/// Why a zip or a revision could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// The revision or file does not exist: an error of the user.
    Unknown(String),
    /// The zip or repository exists and cannot be read.
    Unreadable(String),
}

/// The relevant files of a zip or a revision, in memory.
#[derive(Debug, Default)]
pub struct Memory {
    /// The name shown to users.
    pub name: String,
    files: BTreeMap<String, Content>,
    folders: BTreeSet<String>,
    irregular: BTreeMap<String, &'static str>,
    /// The commit it was read from.
    pub revision: Option<git::Revision>,
    /// The zip it was read from, and the folder in it that holds the project.
    pub zip: Option<(archive::Archive, String)>,
    /// Whether memory was used up before all names were listed.
    pub is_cut: bool,
    /// The memory of the files; `None` if the caller counts it.
    lease: Option<Lease>,
    /// Memory reserved for the decoded texts, until they are read.
    reserve: Mutex<Option<Lease>>,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It cannot be read, for this reason.
    Unreadable(String),
    /// Memory was used up.
    OutOfMemory,
}

impl From<BudgetExceeded> for ReadError {
    fn from(_: BudgetExceeded) -> Self {
        Self::OutOfMemory
    }
}

/// The content of a file in memory.
#[derive(Debug)]
enum Content {
    /// The file was not extracted, only its name.
    NameOnly,
    Read(Result<Vec<u8>, ReadError>),
}

impl Memory {
    /// An empty tree within a budget.
    fn within(name: &str, budget: &Arc<Budget>) -> Self {
        let reserve = Mutex::new(Some(Lease::of(budget)));
        Self { name: name.to_owned(), lease: Some(Lease::of(budget)), reserve, ..Self::default() }
    }

    /// Reserves memory for the bytes of a file, and as much again for its text: unpacked files must not use up the
    /// memory in which they are parsed.
    fn reserve_file(&mut self, bytes: u64) -> Result<(), BudgetExceeded> {
        let reserve = self.reserve.get_mut().unwrap_or_else(PoisonError::into_inner);
        let (Some(lease), Some(reserve)) = (&mut self.lease, reserve) else { return Ok(()) };
        reserve.more(bytes)?;
        lease.more(bytes).inspect_err(|_| reserve.less(bytes))
    }

    /// Frees the memory reserved for the texts, before they are read.
    pub fn release(&self) {
        self.reserve.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Reserves memory.
    fn reserve_bytes(&mut self, bytes: u64) -> Result<(), BudgetExceeded> {
        self.lease.as_mut().map_or(Ok(()), |lease| lease.more(bytes))
    }

    /// Reserves memory for a path and its folders.
    fn reserve_name(&mut self, path: &str) -> Result<(), BudgetExceeded> {
        self.reserve_bytes(NAME + path.len() as u64)?;
        self.note_folders(path)
    }

    /// A tree of these files.
    pub fn of(name: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut memory = Self { name: name.to_owned(), ..Self::default() };
        for (path, bytes) in files {
            // Without a lease, nothing is counted.
            let _ = memory.note_folders(&path);
            memory.files.insert(path, Content::Read(Ok(bytes)));
        }
        memory
    }

    /// A tree of these files, and the names of others whose content the caller has.
    pub fn holding(
        name: &str,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
        names: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut memory = Self::of(name, files);
        for path in names {
            let _ = memory.note_folders(&path);
            memory.files.entry(path).or_insert(Content::NameOnly);
        }
        memory
    }

    /// A commit whose files are read only on request.
    pub fn of_revision(name: &str, revision: git::Revision) -> Self {
        Self { name: name.to_owned(), revision: Some(revision), ..Self::default() }
    }

    /// Paths of the relevant files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Entries that are not files, with a description: links and submodules.
    pub(crate) fn irregular(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.irregular.iter().map(|(path, what)| (path.as_str(), *what))
    }

    /// Describes the entry at `path`, if it is not a file.
    pub fn irregularity(&self, path: &str) -> Option<&'static str> {
        self.irregular.get(path).copied()
    }

    /// Whether there is a folder `path`. The root is a folder.
    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// The bytes of the file at `path`; `None` if there is no such file.
    pub fn bytes(&self, path: &str) -> Option<Result<&[u8], ReadError>> {
        match self.files.get(path)? {
            Content::Read(read) => Some(read.as_deref().map_err(Clone::clone)),
            Content::NameOnly => Some(Err(ReadError::Unreadable("was not unpacked".to_owned()))),
        }
    }

    /// Files that the project file takes replacement texts from and that were not unpacked.
    fn replacement_files(&self) -> Vec<String> {
        let Some(Ok(project_file)) = self.bytes(PROJECT_FILE) else { return Vec::new() };
        let mut named: Vec<String> = replace::files_named(project_file)
            .iter()
            .filter_map(|path| normalise(path))
            .filter(|path| {
                let is_read =
                    |content: &Content| matches!(content, Content::Read(read) if *read != Err(ReadError::OutOfMemory));
                !self.files.get(path).is_some_and(is_read)
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Adds the folders of a path; each name is stored in full.
    fn note_folders(&mut self, path: &str) -> Result<(), BudgetExceeded> {
        let mut path = path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if self.folders.contains(folder) {
                break;
            }
            self.reserve_bytes(NAME + folder.len() as u64)?;
            self.folders.insert(folder.to_owned());
            path = folder;
        }
        Ok(())
    }
}

/// How much of a file in a zip or a revision to extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extract {
    /// Its bytes.
    Bytes,
    /// Its name only.
    Name,
    /// Nothing.
    Nothing,
}

/// How much to extract of the file at a path below the root.
fn extract(path: &str) -> Extract {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.is_empty() && matches!(name, PROJECT_FILE | MANIFEST | CONFIG_FILE) {
        return Extract::Bytes;
    }
    let application = aura_application(path);
    let folders_that_hide = application.map_or(folders, |(bundles, _)| bundles.strip_suffix(AURA).unwrap_or(bundles));
    if folders_that_hide.split('/').any(is_skipped) {
        return Extract::Nothing;
    }
    if application.is_some() || name == IGNORE_FILE {
        return Extract::Bytes;
    }
    match recognise_in_source(name) {
        Some((Recognised::Session(..) | Recognised::Code(_), _)) => Extract::Bytes,
        Some((Recognised::Other, _)) => Extract::Name,
        None => Extract::Nothing,
    }
}

/// A relative path as `a/b`, without `.` and `..`; `None` if it leaves the folder it starts from.
pub fn normalise(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let mut parts: Vec<String> = Vec::new();
    for part in Path::new(&path).components() {
        match part {
            PathPart::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            PathPart::CurDir => {}
            PathPart::ParentDir => {
                parts.pop()?;
            }
            PathPart::RootDir | PathPart::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Whether a folder is skipped: its files are code or content, whatever their names. Applications in `aura` are found
/// by [`aura_application`].
pub(crate) fn is_skipped(folder: &str) -> bool {
    folder.starts_with('.') || matches!(folder, "node_modules" | "staticresources" | "lwc" | "aura")
}

/// The error for rules that take more than [`MAX_SETTINGS`].
pub fn settings_too_large() -> String {
    format!("the rules that it names take more than {MAX_SETTINGS}")
}

/// The error for a file larger than [`MAX_BYTES`].
pub fn too_large() -> String {
    format!("is larger than {} MB and was not read", MAX_BYTES / 1024 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matters_is_unpacked() {
        assert_eq!(extract("sfdx-project.json"), Extract::Bytes);
        assert_eq!(extract("deep/sfdx-project.json"), Extract::Nothing);
        assert_eq!(extract("sessionlint.toml"), Extract::Bytes);
        assert_eq!(extract("deep/.forceignore"), Extract::Bytes);
        assert_eq!(extract("node_modules/.forceignore"), Extract::Nothing);
        assert_eq!(extract("a/Security.settings-meta.xml"), Extract::Bytes);
        assert_eq!(extract("a/staticresources/x.profile-meta.xml"), Extract::Nothing);
        assert_eq!(extract(".git/x.profile-meta.xml"), Extract::Nothing);
        assert_eq!(extract("a/classes/A.cls"), Extract::Bytes);
        assert_eq!(extract("a/classes/A.cls-meta.xml"), Extract::Name);
        assert_eq!(extract("node_modules/A.cls"), Extract::Nothing);
        assert_eq!(extract("a/aura/Out/Out.app"), Extract::Bytes);
        assert_eq!(extract("a/aura/Out/Out.profile"), Extract::Nothing);
        assert_eq!(extract("aura/aura/Out/Out.app"), Extract::Nothing);
        assert_eq!(extract("a/applications/Out.app"), Extract::Nothing);
        assert_eq!(extract("a/Account.object-meta.xml"), Extract::Name);
        assert_eq!(extract("README.md"), Extract::Nothing);
    }

    #[test]
    fn folders_are_those_of_the_files() {
        let memory = Memory::of("x", [("a/b/c.txt".to_owned(), Vec::new())]);
        let has: Vec<bool> = ["", "a", "a/b", "a/b/c.txt", "b"].iter().map(|path| memory.has_folder(path)).collect();
        assert_eq!(has, [true, true, true, false, false]);
    }
}
