//! Finds the project of an argument, the folders that belong to it, and its files with session metadata.
//!
//! May assume that paths are absolute. Reads folders, `sfdx-project.json` and `.forceignore`. A zip or a revision is
//! walked like a folder (`vfs`). `walk` finds the files, `ignore_rules` those that a deployment leaves out. Refuses to open
//! metadata files: they are recognised by name alone (`metadata::kind`).

mod ignore_rules;
mod walk;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memchr;
use walkdir::WalkDir;

use crate::confine::{Confines, Refusal};
use crate::forceignore::{self, DeadReason};
use crate::metadata::kind::{KindId, Part, Recognised, part, recognise, recognise_in_source};
use crate::replace::{self, Fault};
use crate::vfs::{self, FileTree, Memory, Overlay, ReadError};
pub use walk::walk;

pub use crate::vfs::{IGNORE_FILE, MANIFEST, PROJECT_FILE, normalise};
use sessionlint_apex::Code;
use sessionlint_source::budget::Lease;
use sessionlint_source::{Encoding, Span, file_name, harmless_text, without_mark};

/// The root of a project, and the folders in it that hold its metadata.
#[derive(Clone, Debug)]
pub struct Root {
    /// Absolute path; for a zip or a revision, the name shown to users.
    pub path: PathBuf,
    /// Where its files are stored.
    pub tree: FileTree,
    /// Nothing above this folder is read.
    pub ceiling: Option<PathBuf>,
    /// Texts that replace files on disk.
    pub overlay: Arc<Overlay>,
    /// Package directories below the root, `/`-separated, in the order of the project file; an empty path is the
    /// root itself.
    pub packages: Vec<String>,
    /// The namespace of the project's own package, if the project file names one.
    pub namespace: Option<String>,
    /// Whether it has a project file.
    pub has_project_file: bool,
    /// The text replacements of a deployment.
    pub replacements: replace::ReplacementPlan,
    /// Problems of the project file, as messages.
    pub warnings: Vec<String>,
    /// Files that the project names and that are not read, because they lie outside of it; as messages.
    pub errors: Vec<String>,
}

impl Root {
    /// Opens the root at `path` and reads its project file, if there is one.
    pub fn open(path: &Path) -> Self {
        Self::open_below(path, None)
    }

    /// Opens the root at `path`; nothing above `ceiling` is read.
    pub fn open_below(path: &Path, ceiling: Option<&Path>) -> Self {
        Self::of_tree(path, FileTree::Folder, ceiling)
    }

    /// What a file is, by its name. Backups count where Salesforce's tools read the project.
    pub fn recognise<'n>(&self, name: &'n str) -> Option<(Recognised, &'n str)> {
        if self.has_project_file { recognise_in_source(name) } else { recognise(name) }
    }

    /// The root of files in memory, shown as `path`.
    pub fn in_memory(path: &Path, memory: Memory) -> Self {
        Self::of_tree(path, FileTree::Memory(Arc::new(memory)), None)
    }

    fn of_tree(path: &Path, tree: FileTree, ceiling: Option<&Path>) -> Self {
        let mut root = Self {
            path: path.to_owned(),
            tree,
            ceiling: ceiling.map(Path::to_owned),
            overlay: Arc::default(),
            packages: vec![String::new()],
            namespace: None,
            has_project_file: false,
            replacements: replace::ReplacementPlan::default(),
            warnings: Vec::new(),
            errors: Vec::new(),
        };
        let Some(project_file) = root.read(PROJECT_FILE).transpose() else { return root };
        let bytes = match project_file {
            Ok(bytes) => bytes,
            Err(refusal) => {
                let list = if matches!(refusal, Refusal::LeadsOut) { &mut root.errors } else { &mut root.warnings };
                list.push(format!("{PROJECT_FILE} {refusal}; the whole folder is read"));
                return root;
            }
        };
        root.has_project_file = true;
        let json = serde_json::from_slice(without_mark(&bytes)).map_err(|error| format!("is not JSON ({error})"));
        root.namespace = json.as_ref().ok().and_then(read_namespace);
        root.replacements = root.read_replacements(&bytes);
        match json.as_ref().map_err(Clone::clone).and_then(read_packages) {
            Ok((packages, warnings)) => {
                let faults = root.folder_faults(&packages);
                root.warnings.extend(warnings.into_iter().chain(faults));
                root.packages = packages;
            }
            Err(problem) => root.warnings.push(format!("{PROJECT_FILE} {problem}; the whole folder is read")),
        }
        root
    }

    /// The text that replaces the file at `path`, if there is one.
    pub(crate) fn overlay_of(&self, path: &str) -> Option<&[u8]> {
        self.overlay.get(path).map(AsRef::as_ref)
    }

    /// Whether the file at `path` cannot be read again from a disk.
    pub(crate) fn is_in_memory(&self, path: &str) -> bool {
        matches!(self.tree, FileTree::Memory(_)) || self.overlay_of(path).is_some()
    }

    /// The bytes of a file at the root with this name; `None` if it does not exist.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        match &self.tree {
            FileTree::Folder => {
                let file = self.path.join(name);
                // A dangling link is a file that cannot be read, not a missing one.
                if file.symlink_metadata().is_err() {
                    return Ok(None);
                }
                // The project file must lie in the project itself; shared files may lie anywhere in its work tree.
                let confines = if name == PROJECT_FILE { Confines::of(&self.path, None) } else { self.confines() };
                confines.read(&file, most_of(name)).map(Some)
            }
            FileTree::Memory(memory) => match memory.bytes(name) {
                None => Ok(None),
                Some(Ok(bytes)) if bytes.len() as u64 > most_of(name) => Err(Refusal::TooLarge(most_of(name))),
                Some(Ok(bytes)) => Ok(Some(bytes.to_vec())),
                Some(Err(missing)) => Err(unreadable(missing)),
            },
        }
    }

    fn read_replacements(&mut self, project_file: &[u8]) -> replace::ReplacementPlan {
        let Ok(text) = str::from_utf8(without_mark(project_file)) else { return replace::ReplacementPlan::default() };
        let mut unread = Vec::new();
        let entries = replace::read_entries(text, |path| {
            let read = self.replacement(path);
            if let Err(refusal) = &read
                && !matches!(refusal, Refusal::Missing)
            {
                let path = harmless_text(path);
                unread.push(format!("{PROJECT_FILE} takes replacements from `{path}`, which {refusal}"));
            }
            let text = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            text.map_err(|refusal| if matches!(refusal, Refusal::Missing) { Fault::Missing } else { Fault::Unreadable })
        });
        unread.dedup();
        self.warnings.extend(unread);
        replace::ReplacementPlan::new(entries)
    }

    /// The bytes of a file with a replacement text.
    fn replacement(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        match &self.tree {
            FileTree::Folder => self.confines().read(&self.path.join(path), replace::MAX_VALUE),
            FileTree::Memory(memory) => {
                let path = normalise(path).ok_or(Refusal::LeadsOut)?;
                let found = match memory.irregularity(&path) {
                    Some(what) => Some(Err(ReadError::Unreadable(what.to_owned()))),
                    None => memory.bytes(&path),
                };
                match found.ok_or(Refusal::Missing)?.map_err(unreadable)? {
                    bytes if bytes.len() as u64 > replace::MAX_VALUE => Err(Refusal::TooLarge(replace::MAX_VALUE)),
                    bytes => Ok(bytes.to_vec()),
                }
            }
        }
    }

    /// The folders that files named by the project must lie in: the project's own, and its work tree.
    pub fn confines(&self) -> Confines {
        Confines::of(&self.path, self.top())
    }

    /// The top of the work tree that holds the project, unless it lies above the ceiling.
    pub fn top(&self) -> Option<&Path> {
        top_below(&self.path, self.ceiling.as_deref())
    }

    /// What is wrong with package directories: one text for all that do not exist, one for each that is refused.
    fn folder_faults(&self, packages: &[String]) -> Vec<String> {
        let is_there = |path: &str| match &self.tree {
            FileTree::Folder => Confines::of(&self.path, None).is_folder(&self.path.join(path)),
            FileTree::Memory(memory) => Ok(memory.has_folder(path)),
        };
        let fault =
            |path: &str, what: &str| format!("{PROJECT_FILE} names the package directory `{path}`, which {what}");
        let (mut missing, mut faults) = (Vec::new(), Vec::new());
        for path in packages {
            match is_there(path) {
                Ok(true) => {}
                Ok(false) => missing.push(path),
                Err(refusal) => faults.push(fault(path, &refusal.to_string())),
            }
        }
        match missing.as_slice() {
            [] => {}
            [path] => faults.push(fault(path, "does not exist")),
            [path, more @ ..] => faults.push(fault(path, &format!("does not exist ({} more like it)", more.len()))),
        }
        faults
    }

    /// The index of the package directory that holds `path` (`/`-separated, below the root), the innermost if they
    /// nest.
    pub(crate) fn package_of(&self, path: &str) -> Option<usize> {
        let holds = |package: &str| package.is_empty() || is_below(path, package);
        (0..self.packages.len())
            .filter(|index| holds(&self.packages[*index]))
            .max_by_key(|index| (self.packages[*index].len(), std::cmp::Reverse(*index)))
    }
}

/// The maximum size, in bytes, of a file that is read from a root.
fn most_of(name: &str) -> u64 {
    match name {
        _ if name.ends_with(IGNORE_FILE) => forceignore::MAX_BYTES,
        MANIFEST => vfs::MAX_MANIFEST,
        _ => vfs::MAX_PROJECT_FILE,
    }
}

/// The refusal of a file in memory that cannot be read.
fn unreadable(error: ReadError) -> Refusal {
    let reason = match error {
        ReadError::Unreadable(reason) => reason,
        ReadError::OutOfMemory => "--max-memory leaves no room for it".to_owned(),
    };
    Refusal::Unreadable(io::Error::other(reason))
}

/// Whether `path` is `folder` or lies below it; both `/`-separated.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The package directories of a project file, and warnings.
fn read_packages(json: &serde_json::Value) -> Result<(Vec<String>, Vec<String>), String> {
    let Some(list) = json.get("packageDirectories").and_then(serde_json::Value::as_array) else {
        return Err("has no `packageDirectories`".to_owned());
    };
    let mut packages = Vec::new();
    let mut warnings = Vec::new();
    for entry in list {
        let Some(path) = entry.get("path").and_then(serde_json::Value::as_str) else {
            warnings.push(format!("{PROJECT_FILE} holds a package directory without a `path`"));
            continue;
        };
        match normalise(path) {
            Some(path) if !packages.contains(&path) => packages.push(path),
            Some(_) => {}
            None => warnings.push(format!(
                "{PROJECT_FILE} names the package directory `{path}` outside the project; it is not read"
            )),
        }
    }
    if packages.is_empty() {
        return Err("names no package directory inside the project".to_owned());
    }
    Ok((packages, warnings))
}

/// The namespace in a project file; `None` if it is empty, as in most projects.
fn read_namespace(json: &serde_json::Value) -> Option<String> {
    let namespace = json.get("namespace")?.as_str()?.trim();
    (!namespace.is_empty()).then(|| namespace.to_owned())
}

/// The projects of a folder argument: the one that [`root_of_folder`] gives, or all projects below a folder that is not
/// itself in a project.
///
/// Nothing above `ceiling` is read.
pub fn roots_of_folder(folder: &Path, ceiling: Option<&Path>) -> Vec<Root> {
    let root = root_of_folder(folder, ceiling);
    let is_project = root.path != folder || folder.join(PROJECT_FILE).symlink_metadata().is_ok();
    if is_project || folder.join(MANIFEST).is_file() {
        return vec![root];
    }
    let below: Vec<Root> =
        projects_below(folder).iter().map(|path| Root::open_below(path, ceiling)).filter(has_package).collect();
    if below.is_empty() { vec![root] } else { below }
}

/// Whether a root has a package directory: a project file without one is a fixture or a template.
fn has_package(root: &Root) -> bool {
    root.packages.iter().any(|package| root.path.join(package).is_dir())
}

/// Whether a folder holds the project file of a project.
fn has_project(folder: &Path, ceiling: Option<&Path>) -> bool {
    folder.join(PROJECT_FILE).is_file() && has_package(&Root::open_below(folder, ceiling))
}

/// The outermost folders below a folder that hold a project file, in order. Hidden folders and `node_modules` are
/// skipped, and links are not followed.
fn projects_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.file_type().is_dir() && !name.starts_with('.') && name != "node_modules"
    });
    while let Some(entry) = folders.next() {
        // A folder that cannot be read is reported when the project is read.
        let Ok(entry) = entry else { continue };
        if entry.path().join(PROJECT_FILE).is_file() {
            found.push(entry.into_path());
            folders.skip_current_dir();
        }
    }
    found
}

/// The project of a folder argument: the folder itself, or the project above, below `ceiling`, that has it in a package
/// directory.
pub fn root_of_folder(folder: &Path, ceiling: Option<&Path>) -> Root {
    let open = |folder: &Path| Root::open_below(folder, ceiling);
    if folder.join(PROJECT_FILE).symlink_metadata().is_ok() || folder.join(MANIFEST).is_file() {
        return open(folder);
    }
    let above = |name: &str| folder_above(folder, ceiling).and_then(|parent| nearest(parent, name, ceiling));
    if let Some(above) = above(PROJECT_FILE) {
        let root = open(above);
        let inside = relative(&root.path, folder).is_some_and(|path| root.package_of(&path).is_some());
        return if inside { root } else { open(folder) };
    }
    open(above(MANIFEST).unwrap_or(folder))
}

/// The project of a file argument, below `ceiling`; `current` is the current folder.
pub fn root_of_file(file: &Path, current: &Path, ceiling: Option<&Path>) -> Root {
    let folder = file.parent().unwrap_or(current);
    let root = nearest(folder, PROJECT_FILE, ceiling)
        .or_else(|| nearest(folder, MANIFEST, ceiling))
        .or_else(|| top_below(folder, ceiling))
        .or_else(|| folder.starts_with(current).then_some(current))
        .unwrap_or(folder);
    Root::open_below(root, ceiling)
}

/// The parent folder, unless `folder` is the top of a work tree or the ceiling.
fn folder_above<'a>(folder: &'a Path, ceiling: Option<&Path>) -> Option<&'a Path> {
    if git_top(folder) == Some(folder) || ceiling == Some(folder) { None } else { folder.parent() }
}

/// The nearest folder at or above `folder` with a file `name`, not above the top of its work tree nor `ceiling`.
fn nearest<'a>(folder: &'a Path, name: &str, ceiling: Option<&Path>) -> Option<&'a Path> {
    let top = top_below(folder, ceiling).or(ceiling);
    let inside = folder.ancestors().take_while(|above| top.is_none_or(|top| above.starts_with(top)));
    inside.into_iter().find(|above| above.join(name).is_file())
}

/// The top of the work tree that holds `folder`, unless it lies above `ceiling`.
fn top_below<'a>(folder: &'a Path, ceiling: Option<&Path>) -> Option<&'a Path> {
    let mut below = folder.ancestors().take_while(|above| ceiling.is_none_or(|ceiling| above.starts_with(ceiling)));
    below.find(|above| above.join(".git").exists())
}

/// The top of the git work tree that holds `folder`.
pub fn git_top(folder: &Path) -> Option<&Path> {
    top_below(folder, None)
}

/// The path of `path` below `root`, `/`-separated; `None` if it is not below.
pub fn relative(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The order of files everywhere: by package directory first (done by the caller), then by path, compared component by
/// component, with the files of a folder before its subfolders.
pub(crate) fn compare_paths(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let common = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[common..], &right[common..]);
    let (Some(a), Some(b)) = (left.first(), right.first()) else {
        // One path is the other, or a file beside a folder of its name, or the start of a longer name.
        return left.len().cmp(&right.len());
    };
    let is_folder = |rest: &[u8]| memchr(b'/', rest).is_some();
    // If one component ends here, it is a prefix of the other.
    let within = |byte: u8| if byte == b'/' { 0 } else { byte };
    is_folder(left).cmp(&is_folder(right)).then_with(|| within(*a).cmp(&within(*b)))
}

/// A file with session metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// Its path on disk; empty for a file in memory.
    pub disk: PathBuf,
    /// Its metadata type.
    pub kind: KindId,
    /// Its name without suffix, the fullName in a manifest. For a part, the name of the whole.
    pub stem: String,
    /// Index of its package directory.
    pub package: usize,
    /// The part of a component that it holds, if not a whole one.
    pub part: Option<&'static Part>,
}

impl FoundFile {
    /// The file at `path` in memory, in the first package directory; `None` if its name is not one of session metadata.
    pub(crate) fn in_memory(path: &str) -> Option<Self> {
        let name = file_name(path);
        match recognise_in_source(name)? {
            (Recognised::Session(kind, _), stem) => Some(Self::at(path.to_owned(), PathBuf::new(), kind, stem, 0)),
            _ => None,
        }
    }

    fn at(path: String, disk: PathBuf, kind: KindId, stem: &str, package: usize) -> Self {
        let of_part = part(&path);
        let stem = of_part.map_or(stem, |(_, name)| name).to_owned();
        let part = of_part.map(|(part, _)| part);
        Self { path, disk, kind, stem, package, part }
    }
}

/// A file of Apex, Visualforce, an Aura application, or metadata that is read for a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCodeFile {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// Its path on disk; empty for a file in memory.
    pub disk: PathBuf,
    /// Its sort of code.
    pub code: Code,
    /// Its name without suffix.
    pub stem: String,
    /// Index of its package directory.
    pub package: usize,
}

/// The result of a walk, beside the files passed to the callback.
#[derive(Debug, Default)]
pub struct WalkResult {
    /// Files of session metadata that `.forceignore` hides, sorted.
    pub hidden: Vec<String>,
    /// Which line of which of the files below hides them, if a line does; sorted by path.
    pub hidden_by: Vec<(String, usize, Span)>,
    /// The `.forceignore` files of the package directories that lie in the project.
    pub ignore_files: Vec<IgnoreFile>,
    /// Lines that hide files of code.
    hide_code: BTreeSet<(usize, Span)>,
    /// Files of session metadata outside every package directory, sorted.
    pub outside: Vec<String>,
    /// Number of other metadata files in the package directories, code among them.
    pub other: usize,
    /// The files of Apex and Visualforce among them, in order.
    pub code: Vec<FoundCodeFile>,
    /// The Aura applications among them, in order.
    pub aura_apps: Vec<FoundCodeFile>,
    /// Metadata among them that is read for a few words, in order; requested kinds only.
    pub texts: Vec<FoundCodeFile>,
    /// Warnings: pipes, devices, links to folders.
    pub warnings: Vec<String>,
    /// Errors.
    pub errors: Vec<String>,
    /// The number of files and folders that did not fit in memory.
    pub cut: usize,
    /// The memory of the names and patterns.
    pub lease: Option<Lease>,
}

impl WalkResult {
    /// A copy without the files of code and without the lease.
    pub(crate) fn without_code(&self) -> Self {
        Self {
            hidden: self.hidden.clone(),
            hidden_by: self.hidden_by.clone(),
            ignore_files: self.ignore_files.clone(),
            outside: self.outside.clone(),
            other: self.other,
            warnings: self.warnings.clone(),
            errors: self.errors.clone(),
            cut: self.cut,
            ..Self::default()
        }
    }
}

/// A `.forceignore` file, with its lines that hide nothing.
#[derive(Clone, Debug)]
pub struct IgnoreFile {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its encoding.
    pub encoding: Encoding,
    /// Lines that hide nothing as they are written.
    pub dead: Vec<(Span, DeadReason)>,
}

/// The path of a file in a folder below the root.
fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_folders_and_components_decide() {
        let mut paths = vec!["b/x", "a", "a-meta", "b", "a/z", "a/b/c", "A", "a.settings-meta.xml", "a.settings"];
        paths.sort_by(|left, right| compare_paths(left, right));
        assert_eq!(paths, ["A", "a", "a-meta", "a.settings", "a.settings-meta.xml", "b", "a/z", "a/b/c", "b/x"]);
    }

    /// The result of [`compare_paths`], computed component by component.
    fn compared_slowly(left: &str, right: &str) -> Ordering {
        let (mut left, mut right) = (left.split('/').peekable(), right.split('/').peekable());
        loop {
            let (Some(a), Some(b)) = (left.next(), right.next()) else {
                return left.peek().is_some().cmp(&right.peek().is_some());
            };
            let are_folders = (left.peek().is_some(), right.peek().is_some());
            let order = are_folders.0.cmp(&are_folders.1).then_with(|| a.cmp(b));
            if order != Ordering::Equal {
                return order;
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn paths_are_compared_component_by_component(left in "[ab-]{1,3}(/[ab-]{1,2}){0,3}", right in "[ab-]{1,3}(/[ab-]{1,2}){0,3}") {
            assert_eq!(compare_paths(&left, &right), compared_slowly(&left, &right), "{left} {right}");
        }
    }

    #[test]
    fn package_directories_are_normalised() {
        assert_eq!(normalise("./force-app/"), Some("force-app".to_owned()));
        assert_eq!(normalise("a\\b"), Some("a/b".to_owned()));
        assert_eq!(normalise("."), Some(String::new()));
        assert_eq!(normalise("a/../b"), Some("b".to_owned()));
        assert_eq!(normalise("../other"), None);
        assert_eq!(normalise("/etc"), None);
    }

    #[test]
    fn the_innermost_package_directory_holds_a_file() {
        let packages = ["", "a", "a/b"].map(str::to_owned).to_vec();
        let root = Root {
            ceiling: None,
            path: PathBuf::new(),
            tree: FileTree::Folder,
            overlay: Arc::default(),
            packages,
            namespace: None,
            has_project_file: false,
            replacements: replace::ReplacementPlan::default(),
            warnings: Vec::new(),
            errors: Vec::new(),
        };
        assert_eq!(root.package_of("a/b/c"), Some(2));
        assert_eq!(root.package_of("a/bc"), Some(1));
        assert_eq!(root.package_of("x"), Some(0));
    }
}
