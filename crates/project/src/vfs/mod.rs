//! Where the files of a project are: in a folder, or in memory after a zip or a git revision was read.
//!
//! May assume that paths are `/`-separated and below the project's root. Knows of metadata only what a file name says,
//! so that nothing else is unpacked. Refuses to know which files belong to a project: that is `discover`.

pub mod archive;
pub mod git;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component as PathPart, Path};
use std::sync::{Arc, Mutex, PoisonError};

use crate::metadata::kind::{AURA, Recognised, aura_application, recognise};
use crate::replace;
use sessionlint_source::budget::{Budget, Lease, NAME, Size, Spent};

/// Salesforce's project file; its folder is a root.
pub const PROJECT_FILE: &str = "sfdx-project.json";
/// The manifest of a Metadata API project; its folder is a root.
pub const MANIFEST: &str = "package.xml";
/// Which files Salesforce's tooling leaves out; the nearest one at or above a package directory counts.
pub const IGNORE_FILE: &str = ".forceignore";
/// The configuration of this program; read at the root only.
pub const CONFIG_FILE: &str = "sessionlint.toml";

/// Larger files are refused, in bytes.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What a configuration may take with the rules that it names, half of it in their bytes. What is made of a page takes 3
/// times its bytes where they are prose, 6 times where they are conditions.
pub const MAX_SETTINGS: Size = Size(32 << 20);

/// A larger project file, configuration or page of a rule is none, in bytes: what is read of it takes many times its
/// size.
pub const MAX_PROJECT_FILE: u64 = 1024 * 1024;

/// A larger manifest is not read, in bytes: it lists every component of an org, and only its version is looked for.
pub const MAX_MANIFEST: u64 = 16 * 1024 * 1024;

/// Where the files of a root are.
#[derive(Clone, Debug)]
pub enum FileTree {
    /// On disk, below the root's path.
    Folder,
    /// In memory.
    Memory(Arc<Memory>),
}

/// Texts that take the place of files, by their paths below the root (`/`-separated), whatever the disk has there: what an
/// editor has not saved yet.
pub type StandIns = BTreeMap<String, Arc<[u8]>>;

/// Why the files of a zip or a revision are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// What was asked for does not exist: the user can mend it.
    Unknown(String),
    /// It exists and cannot be read.
    Unreadable(String),
}

/// The files of a zip or a revision, as far as they matter.
#[derive(Debug, Default)]
pub struct Memory {
    /// What people call it.
    pub name: String,
    files: BTreeMap<String, Content>,
    folders: BTreeSet<String>,
    irregular: BTreeMap<String, &'static str>,
    /// The commit, where it is one.
    pub revision: Option<git::Revision>,
    /// The zip, where it is one, and the folder in it that holds the project.
    pub zip: Option<(archive::Archive, String)>,
    /// Whether more names belong to it than there was memory for.
    pub is_cut: bool,
    /// What it holds; nothing where it was made of what somebody held already.
    lease: Option<Lease>,
    /// Room for the texts that its bytes become, kept free until they are read.
    reserve: Mutex<Option<Lease>>,
}

/// Why the bytes of a file in memory are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing<'m> {
    /// This is wrong with it.
    Because(&'m str),
    /// There was no memory left for it.
    NoRoom,
}

/// What there is of a file.
#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    /// Its name says that nobody reads it.
    NameOnly,
    /// Why it could not be read.
    Unreadable(String),
    /// There was no memory left for it.
    NoRoom,
}

impl Memory {
    /// Nothing yet, within a budget.
    fn within(name: &str, budget: &Arc<Budget>) -> Self {
        let reserve = Mutex::new(Some(Lease::of(budget)));
        Self { name: name.to_owned(), lease: Some(Lease::of(budget)), reserve, ..Self::default() }
    }

    /// Counts the bytes of a file that are about to be held, and as much again for the text that they become: what is
    /// unpacked must not take the room in which it is read.
    fn holds_file(&mut self, bytes: u64) -> Result<(), Spent> {
        let reserve = self.reserve.get_mut().unwrap_or_else(PoisonError::into_inner);
        let (Some(lease), Some(reserve)) = (&mut self.lease, reserve) else { return Ok(()) };
        reserve.more(bytes)?;
        lease.more(bytes).inspect_err(|_| reserve.less(bytes))
    }

    /// Gives the room for the texts back, to whoever reads them.
    pub fn release(&self) {
        self.reserve.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Counts what is about to be held.
    fn holds(&mut self, bytes: u64) -> Result<(), Spent> {
        self.lease.as_mut().map_or(Ok(()), |lease| lease.more(bytes))
    }

    /// Counts a name of this length, which is held with its folders beside it.
    fn holds_name(&mut self, path: &str) -> Result<(), Spent> {
        self.holds(NAME + path.len() as u64)?;
        self.note_folders(path)
    }

    /// Files that are given as they are.
    pub fn of(name: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut memory = Self { name: name.to_owned(), ..Self::default() };
        for (path, bytes) in files {
            // Nothing is counted of what is given.
            let _ = memory.note_folders(&path);
            memory.files.insert(path, Content::Bytes(bytes));
        }
        memory
    }

    /// Files that are given as they are, and names of others, which somebody else holds.
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

    /// A commit of which nothing is read but what is asked for.
    pub fn of_revision(name: &str, revision: git::Revision) -> Self {
        Self { name: name.to_owned(), revision: Some(revision), ..Self::default() }
    }

    /// Paths of the files that matter, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Entries that are no files, with what they are: links and submodules.
    pub fn irregular(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.irregular.iter().map(|(path, what)| (path.as_str(), *what))
    }

    /// What the entry at `path` is, if it is no file.
    pub fn irregularity(&self, path: &str) -> Option<&'static str> {
        self.irregular.get(path).copied()
    }

    /// Whether there is a folder `path`; the root is one.
    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// The bytes of the file at `path`, or why they are not there; `None` where there is no such file.
    pub fn bytes(&self, path: &str) -> Option<Result<&[u8], Missing<'_>>> {
        match self.files.get(path)? {
            Content::Bytes(bytes) => Some(Ok(bytes)),
            Content::NameOnly => Some(Err(Missing::Because("was not unpacked"))),
            Content::Unreadable(reason) => Some(Err(Missing::Because(reason))),
            Content::NoRoom => Some(Err(Missing::NoRoom)),
        }
    }

    /// The files that are not there and whose texts the project file puts in the place of others.
    fn replacement_files(&self) -> Vec<String> {
        let Some(Ok(project_file)) = self.bytes(PROJECT_FILE) else { return Vec::new() };
        let mut named: Vec<String> = replace::files_named(project_file)
            .iter()
            .filter_map(|path| normalise(path))
            .filter(|path| !matches!(self.files.get(path), Some(Content::Bytes(_) | Content::Unreadable(_))))
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The name of every folder is held whole.
    fn note_folders(&mut self, path: &str) -> Result<(), Spent> {
        let mut path = path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            if self.folders.contains(folder) {
                break;
            }
            self.holds(NAME + folder.len() as u64)?;
            self.folders.insert(folder.to_owned());
            path = folder;
        }
        Ok(())
    }
}

/// What is to be done with a file of a zip or a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Its bytes are needed.
    Bytes,
    /// That it is there is told.
    Name,
    /// Nothing.
    Nothing,
}

/// What the path of a file below the root says of the use it has.
fn wanted(path: &str) -> Wanted {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.is_empty() && matches!(name, PROJECT_FILE | MANIFEST | CONFIG_FILE) {
        return Wanted::Bytes;
    }
    let application = aura_application(path);
    let folders_that_hide = application.map_or(folders, |(bundles, _)| bundles.strip_suffix(AURA).unwrap_or(bundles));
    if folders_that_hide.split('/').any(is_skipped) {
        return Wanted::Nothing;
    }
    if application.is_some() || name == IGNORE_FILE {
        return Wanted::Bytes;
    }
    match recognise(name) {
        Some((Recognised::Session(..) | Recognised::Code(_), _)) => Wanted::Bytes,
        Some((Recognised::Other, _)) => Wanted::Name,
        None => Wanted::Nothing,
    }
}

/// A relative path as `a/b`, without `.`; `None` where it leaves the folder it starts from.
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

/// Folders whose files are code or content of other kinds, whatever they are called; of those in `aura`, applications
/// are looked for ([`aura_application`]).
pub fn is_skipped(folder: &str) -> bool {
    folder.starts_with('.') || matches!(folder, "node_modules" | "staticresources" | "lwc" | "aura")
}

/// What to say of rules that take more than [`MAX_SETTINGS`].
pub fn too_much_to_settle() -> String {
    format!("the rules that it names take more than {MAX_SETTINGS}")
}

/// Why a file is too large.
pub fn too_large() -> String {
    format!("is larger than {} MB and was not read", MAX_BYTES / 1024 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matters_is_unpacked() {
        assert_eq!(wanted("sfdx-project.json"), Wanted::Bytes);
        assert_eq!(wanted("deep/sfdx-project.json"), Wanted::Nothing);
        assert_eq!(wanted("sessionlint.toml"), Wanted::Bytes);
        assert_eq!(wanted("deep/.forceignore"), Wanted::Bytes);
        assert_eq!(wanted("node_modules/.forceignore"), Wanted::Nothing);
        assert_eq!(wanted("a/Security.settings-meta.xml"), Wanted::Bytes);
        assert_eq!(wanted("a/staticresources/x.profile-meta.xml"), Wanted::Nothing);
        assert_eq!(wanted(".git/x.profile-meta.xml"), Wanted::Nothing);
        assert_eq!(wanted("a/classes/A.cls"), Wanted::Bytes);
        assert_eq!(wanted("a/classes/A.cls-meta.xml"), Wanted::Name);
        assert_eq!(wanted("node_modules/A.cls"), Wanted::Nothing);
        assert_eq!(wanted("a/aura/Out/Out.app"), Wanted::Bytes);
        assert_eq!(wanted("a/aura/Out/Out.profile"), Wanted::Nothing);
        assert_eq!(wanted("aura/aura/Out/Out.app"), Wanted::Nothing);
        assert_eq!(wanted("a/applications/Out.app"), Wanted::Nothing);
        assert_eq!(wanted("a/Account.object-meta.xml"), Wanted::Name);
        assert_eq!(wanted("README.md"), Wanted::Nothing);
    }

    #[test]
    fn folders_are_those_of_the_files() {
        let memory = Memory::of("x", [("a/b/c.txt".to_owned(), Vec::new())]);
        let has: Vec<bool> = ["", "a", "a/b", "a/b/c.txt", "b"].iter().map(|path| memory.has_folder(path)).collect();
        assert_eq!(has, [true, true, true, false, false]);
    }
}
