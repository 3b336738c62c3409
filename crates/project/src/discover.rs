//! Finds the project of an argument, the folders that belong to it, and its files with session metadata.
//!
//! May assume that paths are absolute. Reads folders, `sfdx-project.json` and `.forceignore`. A zip or a revision is
//! walked like a folder (`vfs`). Refuses to open metadata files: they are recognised by name alone (`metadata::kind`).

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering as Atomic};
use std::sync::{Arc, Mutex};

use memchr::memchr;
use rayon::Scope;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::confine::{Confines, Refusal};
use crate::forceignore::{self, DeadReason, Patterns};
use crate::metadata::Texts;
use crate::metadata::kind::{AURA, KindId, Part, Recognised, aura_application, is_bundle, part, recognise};
use crate::replace::{self, Fault};
use crate::vfs::{self, FileTree, Memory, Overlay, ReadError};
pub use crate::vfs::{IGNORE_FILE, MANIFEST, PROJECT_FILE, normalise};
use sessionlint_apex::Code;
use sessionlint_source::budget::{Budget, BudgetExceeded, Lease, NAME};
use sessionlint_source::{Decoded, Encoding, Span, decode, harmless_text};

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
        root.namespace = read_namespace(&bytes);
        root.replacements = root.read_replacements(&bytes);
        match read_packages(&bytes) {
            Ok((packages, warnings)) => {
                let odd = packages.iter().filter_map(|package| root.folder_fault(package));
                let more: Vec<String> = warnings.into_iter().chain(odd).collect();
                root.warnings.extend(more);
                root.packages = packages;
            }
            Err(problem) => root.warnings.push(format!("{PROJECT_FILE} {problem}; the whole folder is read")),
        }
        root
    }

    /// The text that replaces the file at `path`, if there is one.
    pub fn overlay_of(&self, path: &str) -> Option<&[u8]> {
        self.overlay.get(path).map(AsRef::as_ref)
    }

    /// Whether the file at `path` cannot be read again from a disk.
    pub fn is_in_memory(&self, path: &str) -> bool {
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

    /// What is wrong with a package directory, if anything.
    fn folder_fault(&self, path: &str) -> Option<String> {
        let is_there = match &self.tree {
            FileTree::Folder => Confines::of(&self.path, None).is_folder(&self.path.join(path)),
            FileTree::Memory(memory) => Ok(memory.has_folder(path)),
        };
        let fault = match is_there {
            Ok(true) => return None,
            Ok(false) => "which does not exist".to_owned(),
            Err(refusal) => format!("which {refusal}"),
        };
        Some(format!("{PROJECT_FILE} names the package directory `{path}`, {fault}"))
    }

    /// The index of the package directory that holds `path` (`/`-separated, below the root), the innermost if they
    /// nest.
    pub fn package_of(&self, path: &str) -> Option<usize> {
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
fn read_packages(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), String> {
    let bytes = without_mark(bytes);
    let json: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| format!("is not JSON ({error})"))?;
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

/// Bytes without a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes)
}

/// The namespace in a project file; `None` if it is empty, as in most projects.
fn read_namespace(bytes: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(without_mark(bytes)).ok()?;
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
    // A project file without an existing package directory is a fixture or a template.
    let is_project = |root: &Root| root.packages.iter().any(|package| root.path.join(package).is_dir());
    let below: Vec<Root> =
        projects_below(folder).iter().map(|path| Root::open_below(path, ceiling)).filter(is_project).collect();
    if below.is_empty() { vec![root] } else { below }
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
pub fn compare_paths(left: &str, right: &str) -> Ordering {
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
        match recognise(path.rsplit('/').next().unwrap_or(path))? {
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

/// The `.forceignore` file that hides a path, and the line.
#[derive(Clone, Copy, Debug)]
struct HidingLine {
    /// Index of the file in [`IgnoreRules::files`].
    file: usize,
    line: Option<Span>,
}

/// The patterns of all `.forceignore` files.
#[derive(Default)]
struct IgnoreRules {
    files: Vec<(Base, Patterns)>,
    /// For each package directory, the index of its file: the nearest one, as in a deployment of that directory.
    of_package: Vec<Option<usize>>,
}

/// The position of a `.forceignore` file.
enum Base {
    /// In this folder below the root; empty for the root.
    Below(String),
    /// Above the root; the path of the root relative to it.
    Above(String),
}

impl IgnoreRules {
    /// The line that hides a path of a package directory, or a folder above it.
    fn hiding(&self, package: Option<usize>, path: &str) -> Option<HidingLine> {
        self.find(package, path, Patterns::hiding)
    }

    /// The line that hides a path itself, without the folders above it; a folder ends with `/`.
    fn hiding_alone(&self, package: Option<usize>, path: &str) -> Option<HidingLine> {
        self.find(package, path, Patterns::hiding_alone)
    }

    fn find(
        &self,
        package: Option<usize>,
        path: &str,
        find: impl Fn(&Patterns, &str) -> Option<forceignore::HidingPattern>,
    ) -> Option<HidingLine> {
        let file = self.of(package)?;
        let (base, patterns) = self.files.get(file)?;
        let hiding = match base {
            Base::Below(folder) if folder.is_empty() => find(patterns, path)?,
            Base::Below(folder) => find(patterns, path.strip_prefix(folder.as_str())?.strip_prefix('/')?)?,
            Base::Above(folder) => find(patterns, &join(folder, path))?,
        };
        Some(HidingLine { file, line: hiding.line })
    }

    fn of(&self, package: Option<usize>) -> Option<usize> {
        self.of_package.get(package?).copied().flatten()
    }
}

struct Walk<'w, F: Fn(FoundFile) + Sync> {
    root: &'w Root,
    rules: IgnoreRules,
    /// Links must not lead out of these.
    confines: Confines,
    on_file: F,
    /// The metadata that is read for a few words.
    texts: Texts,
    budget: &'w Budget,
    leased: AtomicU64,
    cut: AtomicUsize,
    other: AtomicUsize,
    result: Mutex<WalkResult>,
}

/// A folder of the walk, with what holds for everything in it.
struct Folder {
    disk: PathBuf,
    path: String,
    /// The innermost package directory that contains it.
    package: Option<usize>,
    /// The line that hides it.
    hidden: Option<HidingLine>,
}

/// A file in memory that is not in a skipped folder.
struct Reachable {
    /// The line that hides a folder above it.
    hidden: Option<HidingLine>,
}

/// Walks `root` in parallel and passes every file of session metadata to `on_file`, in no particular order. Files that
/// are read for a few words are listed as far as `texts` asks for them. Names are counted by `budget`; those that do
/// not fit are counted in the result.
pub fn walk<F: Fn(FoundFile) + Sync>(root: &Root, texts: Texts, budget: &Arc<Budget>, on_file: F) -> WalkResult {
    let mut result = WalkResult { lease: Some(Lease::of(budget)), ..WalkResult::default() };
    let rules = read_forceignores(root, &mut result);
    let confines = match root.tree {
        FileTree::Folder => Confines::of(&root.path, None),
        FileTree::Memory(_) => Confines::default(),
    };
    let walk = Walk {
        root,
        rules,
        confines,
        on_file,
        budget,
        texts,
        leased: AtomicU64::new(0),
        cut: AtomicUsize::new(0),
        other: AtomicUsize::new(0),
        result: Mutex::new(result),
    };
    match &root.tree {
        FileTree::Folder => {
            let top = walk.folder_at(root.path.clone(), String::new(), None);
            rayon::scope(|scope| walk.folder(&top, scope));
            for path in root.overlay.keys() {
                if root.path.join(path).symlink_metadata().is_err() {
                    walk.file_in_memory(path);
                }
            }
        }
        FileTree::Memory(memory) => walk.memory(memory),
    }
    let mut result = walk.result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    result.other = walk.other.into_inner();
    result.cut = walk.cut.into_inner();
    let names = Lease::holding(budget, walk.leased.into_inner());
    result.lease.get_or_insert_with(|| Lease::of(budget)).join(names);
    for list in [&mut result.hidden, &mut result.outside] {
        list.sort_by(|left, right| compare_paths(left, right));
    }
    result.hidden_by.sort_by(|(left, ..), (right, ..)| compare_paths(left, right));
    let hiding: BTreeSet<(usize, Span)> = result.hidden_by.iter().map(|(_, file, line)| (*file, *line)).collect();
    for (index, file) in result.ignore_files.iter_mut().enumerate() {
        let hides = |line: &Span| hiding.contains(&(index, *line)) || result.hide_code.contains(&(index, *line));
        file.dead.retain(|(line, _)| !hides(line));
    }
    for list in [&mut result.code, &mut result.aura_apps, &mut result.texts] {
        list.par_sort_by(|left, right| {
            left.package.cmp(&right.package).then_with(|| compare_paths(&left.path, &right.path))
        });
    }
    result.warnings.sort();
    // In memory, a folder is found once for every file in it.
    result.warnings.dedup();
    result.errors.sort();
    result
}

/// Reads the `.forceignore` files: for each package directory the nearest one at or above it.
fn read_forceignores(root: &Root, result: &mut WalkResult) -> IgnoreRules {
    let mut rules = IgnoreRules::default();
    // Files in the project come first, so that their indices are those of [`WalkResult::ignore_files`].
    let mut below: BTreeMap<String, usize> = BTreeMap::new();
    for package in &root.packages {
        let Some(folder) = holder(root, package) else {
            rules.of_package.push(None);
            continue;
        };
        let index = *below.entry(folder.to_owned()).or_insert_with(|| {
            let name = join(folder, IGNORE_FILE);
            let bytes = root.read(&name).transpose();
            rules.files.push((Base::Below(folder.to_owned()), read_patterns(&name, bytes, true, result)));
            rules.files.len() - 1
        });
        rules.of_package.push(Some(index));
    }
    if rules.of_package.contains(&None)
        && let Some((base, name, bytes)) = forceignore_above(root, result)
    {
        rules.files.push((base, read_patterns(&name, Some(bytes), false, result)));
        let last = rules.files.len() - 1;
        for index in &mut rules.of_package {
            index.get_or_insert(last);
        }
    }
    rules
}

/// The nearest folder in the project, at or above a package directory, with a `.forceignore`.
fn holder<'p>(root: &Root, package: &'p str) -> Option<&'p str> {
    let folders = std::iter::successors(Some(package), |folder| {
        if folder.is_empty() { None } else { Some(folder.rsplit_once('/').map_or("", |(above, _)| above)) }
    });
    folders.into_iter().find(|folder| {
        let name = join(folder, IGNORE_FILE);
        match &root.tree {
            FileTree::Folder => root.path.join(name).symlink_metadata().is_ok(),
            FileTree::Memory(memory) => memory.bytes(&name).is_some(),
        }
    })
}

/// A `.forceignore` above the project and in its work tree.
fn forceignore_above(root: &Root, result: &mut WalkResult) -> Option<(Base, String, Result<Vec<u8>, Refusal>)> {
    match &root.tree {
        FileTree::Folder => {
            let top = root.top().unwrap_or(&root.path);
            let is_there = |folder: &&Path| folder.join(IGNORE_FILE).symlink_metadata().is_ok();
            let above = root.path.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).find(is_there);
            let Some(above) = above else {
                result.warnings.extend(unread_forceignore(root));
                return None;
            };
            let file = above.join(IGNORE_FILE);
            let bytes = root.confines().read(&file, forceignore::MAX_BYTES);
            Some((Base::Above(relative(above, &root.path)?), file.display().to_string(), bytes))
        }
        FileTree::Memory(memory) => {
            let revision = memory.revision.as_ref()?;
            let prefix = revision.prefix();
            let folders = prefix.rmatch_indices('/').map(|(end, _)| &prefix[..end]).chain([""]);
            let folders: Vec<&str> = folders.filter(|_| !prefix.is_empty()).collect();
            let names: Vec<String> = folders.iter().map(|folder| join(folder, IGNORE_FILE)).collect();
            if names.is_empty() {
                return None;
            }
            let stored = revision.files(&names, "").ok()?;
            let (folder, name) =
                folders.iter().zip(&names).find(|(_, name)| stored.iter().any(|it| it.path == **name))?;
            let found = stored.into_iter().find(|it| it.path == *name)?;
            let bytes = found.bytes.map_err(|reason| Refusal::Unreadable(io::Error::other(reason)));
            let below = if folder.is_empty() { prefix } else { prefix.get(folder.len() + 1..)? };
            Some((Base::Above(below.to_owned()), name.clone(), bytes))
        }
    }
}

/// Parses one `.forceignore`; a file in the project is added to the result.
fn read_patterns(
    name: &str,
    bytes: Option<Result<Vec<u8>, Refusal>>,
    is_inside: bool,
    result: &mut WalkResult,
) -> Patterns {
    let bytes = match bytes {
        Some(Ok(bytes)) if bytes.len() as u64 > forceignore::MAX_BYTES => {
            Err(Refusal::TooLarge(forceignore::MAX_BYTES))
        }
        Some(Ok(bytes)) => match result.lease.as_mut().map_or(Ok(()), |lease| lease.more(forceignore::takes(&bytes))) {
            Ok(()) => Ok(bytes),
            Err(BudgetExceeded) => Err(unreadable(ReadError::OutOfMemory)),
        },
        Some(Err(refusal)) => Err(refusal),
        None => Ok(Vec::new()),
    };
    let mut file = IgnoreFile {
        path: name.to_owned(),
        text: String::new(),
        encoding: Encoding::Utf8 { bom: 0 },
        dead: Vec::new(),
    };
    let patterns = match bytes {
        Ok(bytes) => {
            // Decoded lossily, as Salesforce's tooling does.
            let text = String::from_utf8_lossy(&bytes);
            let patterns = Patterns::read(&text);
            for (line, fault) in patterns.faults() {
                result.warnings.push(format!("{name}:{line}: {fault}"));
            }
            let Decoded { text: shown, encoding, .. } = decode(&bytes);
            // Lines can be shown only if the shown text equals the parsed one, apart from a byte order mark.
            if shown == text.trim_start_matches('\u{FEFF}') {
                file.dead = patterns.dead(&text);
                file.text = shown.into_owned();
                file.encoding = encoding;
            }
            patterns
        }
        Err(refusal) => {
            result.errors.push(format!("{name}: {refusal}"));
            Patterns::default()
        }
    };
    if is_inside {
        result.ignore_files.push(file);
    }
    patterns
}

/// The warning for a `.forceignore` above the work tree, which Salesforce's tooling would use.
fn unread_forceignore(root: &Root) -> Option<String> {
    let top = match root.tree {
        FileTree::Folder => root.top().unwrap_or(&root.path),
        FileTree::Memory(_) => return None,
    };
    let is_there = |folder: &&Path| folder.join(IGNORE_FILE).symlink_metadata().is_ok_and(|it| !it.is_dir());
    let is_looked_at = |folder: &&Path| root.ceiling.as_ref().is_none_or(|ceiling| folder.starts_with(ceiling));
    let mut above = root.path.ancestors().take_while(is_looked_at);
    let first = above.find(is_there).filter(|folder| !folder.starts_with(top))?;
    let file = first.join(IGNORE_FILE);
    Some(format!(
        "{}: lies above the project and is not read, though Salesforce's tooling would find it",
        file.display()
    ))
}

/// Whether a folder is skipped.
fn is_skipped(name: &OsStr) -> bool {
    vfs::is_skipped(&name.to_string_lossy())
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A name in a folder on disk.
struct Entry {
    name: OsString,
    file_type: FileType,
    found: fs::DirEntry,
}

impl Entry {
    fn of(found: fs::DirEntry) -> io::Result<Self> {
        Ok(Self { name: found.file_name(), file_type: found.file_type()?, found })
    }

    /// Its path on disk.
    fn disk(&self) -> PathBuf {
        self.found.path()
    }
}

impl<F: Fn(FoundFile) + Sync> Walk<'_, F> {
    fn folder<'s>(&'s self, folder: &Folder, scope: &Scope<'s>) {
        for entry in self.entries(folder) {
            let name = entry.name.as_os_str();
            if entry.file_type.is_dir() {
                if !is_skipped(name) {
                    let path = join(&folder.path, &name.to_string_lossy());
                    if name.to_str().is_some_and(|name| self.names_metadata(&path, name)) {
                        self.warn_irregular(&path, "is a folder");
                        continue;
                    }
                    let below = self.folder_at(entry.disk(), path, Some(folder));
                    // A folder in the queue is counted by its names.
                    let waits = NAME + 2 * below.disk.as_os_str().len() as u64;
                    if self.budget.take(waits).is_err() {
                        self.cut.fetch_add(1, Atomic::Relaxed);
                        continue;
                    }
                    scope.spawn(move |scope| {
                        self.folder(&below, scope);
                        self.budget.give(waits);
                    });
                } else if name == AURA {
                    let path = join(&folder.path, AURA);
                    let bundles = self.folder_at(entry.disk(), path, Some(folder));
                    scope.spawn(move |_| self.bundles(&bundles));
                }
            } else {
                self.file(folder, &entry, scope);
            }
        }
    }

    /// A folder and the line that hides it: that of the folder above, if both are in the same package directory.
    fn folder_at(&self, disk: PathBuf, path: String, above: Option<&Folder>) -> Folder {
        let package = self.root.package_of(&path);
        let as_folder = format!("{path}/");
        let hidden = match above {
            _ if path.is_empty() => self.rules.hiding(package, ""),
            Some(above) if self.rules.of(above.package) == self.rules.of(package) => {
                above.hidden.or_else(|| self.rules.hiding_alone(package, &as_folder))
            }
            _ => self.rules.hiding(package, &as_folder),
        };
        Folder { disk, path, package, hidden }
    }

    /// The entries of a folder; errors are recorded.
    ///
    /// Not by walkdir, which opens each folder below as well before it finds that it is not asked to go down.
    fn entries(&self, folder: &Folder) -> impl Iterator<Item = Entry> {
        let unreadable = |error: io::Error| {
            self.note(|result| result.errors.push(format!("{}: cannot be read ({error})", shown(&folder.path))));
        };
        let entries = fs::read_dir(&folder.disk).map_err(unreadable).into_iter().flatten();
        entries.filter_map(move |entry| entry.and_then(Entry::of).map_err(unreadable).ok())
    }

    /// Lists the applications in a folder of Aura bundles. Each bundle is checked for the one file name that an
    /// application has, and is not listed.
    fn bundles(&self, folder: &Folder) {
        for entry in self.entries(folder) {
            let Some(name) = entry.name.to_str().filter(|name| is_bundle(name)) else { continue };
            if !entry.file_type.is_dir() {
                continue;
            }
            let file = format!("{name}.app");
            let disk = entry.disk().join(&file);
            if self.is_file(&disk) {
                let bundle = join(&folder.path, name);
                let is_hidden = self.folder_at(PathBuf::new(), bundle.clone(), Some(folder)).hidden;
                self.code(join(&bundle, &file), disk, Code::AuraApp, name, is_hidden);
            }
        }
    }

    /// Whether there is a regular file, or a link to one inside the project.
    fn is_file(&self, disk: &Path) -> bool {
        let file_type = fs::symlink_metadata(disk).map(|metadata| metadata.file_type());
        file_type.is_ok_and(|it| it.is_file() || (it.is_symlink() && matches!(self.link_target(disk), Ok(true))))
    }

    /// Whether a name inside a package directory is one of session metadata.
    fn names_metadata(&self, path: &str, name: &str) -> bool {
        let is_session = recognise(name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
        is_session && self.root.package_of(path).is_some()
    }

    fn file<'s>(&'s self, folder: &Folder, entry: &Entry, scope: &Scope<'s>) {
        let Some(name) = entry.name.to_str() else {
            let name = entry.name.to_string_lossy();
            let path = join(&folder.path, &name);
            let is_session = recognise(&name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
            if is_session && self.root.package_of(&path).is_some() {
                self.warn_irregular(&path, "has a name that is not UTF-8");
            }
            return;
        };
        let file_type = entry.file_type;
        let Some((recognised, stem)) = recognise(name) else {
            if file_type.is_symlink() && entry.disk().is_dir() && !is_skipped(&entry.name) {
                let path = join(&folder.path, name);
                if self.root.package_of(&path).is_some() {
                    self.warn_irregular(&path, "is a link to a folder, which is not followed");
                }
            }
            return;
        };
        if let Recognised::Code(Code::Text(kind)) = recognised
            && !self.texts.wants(kind)
        {
            // Most files of a large org are fields: their paths are not even built if nothing reads them.
            if folder.package.is_some() {
                self.other.fetch_add(1, Atomic::Relaxed);
            }
            return;
        }
        let path = join(&folder.path, name);
        if let Recognised::Code(code) = recognised {
            let is_file =
                file_type.is_file() || (file_type.is_symlink() && matches!(self.link_target(&entry.disk()), Ok(true)));
            if is_file {
                self.code(path, entry.disk(), code, stem, folder.hidden);
            }
            return;
        }
        let Some((kind, package)) = self.classify(&path, recognised, folder.hidden) else { return };
        if !self.reserve(&path) {
            return;
        }
        if file_type.is_symlink() {
            // A dangling link is passed on: reading it fails, and the error names the kind of the missing file.
            if matches!(self.link_target(&entry.disk()), Ok(false)) {
                return self.warn_irregular(&path, "is a link out of the project, which is not followed");
            }
        } else if !file_type.is_file() {
            return self.warn_irregular(&path, "is not a regular file");
        }
        let found = FoundFile::at(path, entry.disk(), kind, stem, package);
        // Reading and parsing overlap the walk, and the files of a large folder are spread over the threads.
        scope.spawn(move |_| (self.on_file)(found));
    }

    /// The kind and package directory of a file to read; every other file is recorded or counted.
    fn classify(&self, path: &str, recognised: Recognised, hidden: Option<HidingLine>) -> Option<(KindId, usize)> {
        let package = self.root.package_of(path);
        let Recognised::Session(kind, _) = recognised else {
            if package.is_some() {
                self.other.fetch_add(1, Atomic::Relaxed);
            }
            return None;
        };
        let Some(package) = package else {
            if self.reserve(path) {
                self.note(|result| result.outside.push(path.to_owned()));
            }
            return None;
        };
        if let Some(by) = hidden.or_else(|| self.rules.hiding_alone(Some(package), path)) {
            if !self.reserve(path) {
                return None;
            }
            self.note(|result| {
                result.hidden.push(path.to_owned());
                result.hidden_by.extend(by.line.map(|line| (path.to_owned(), by.file, line)));
            });
            return None;
        }
        Some((kind, package))
    }

    /// Lists a file of code, which counts as other metadata.
    fn code(&self, path: String, disk: PathBuf, code: Code, stem: &str, hidden: Option<HidingLine>) {
        let Some(package) = self.root.package_of(&path) else { return };
        self.other.fetch_add(1, Atomic::Relaxed);
        if matches!(code, Code::Text(kind) if !self.texts.wants(kind)) {
            return;
        }
        if let Some(by) = hidden.or_else(|| self.rules.hiding_alone(Some(package), &path)) {
            return self.note(|result| result.hide_code.extend(by.line.map(|line| (by.file, line))));
        }
        if !self.reserve(&path) {
            return;
        }
        let found = FoundCodeFile { path, disk, code, stem: stem.to_owned(), package };
        self.note(|result| match code {
            Code::AuraApp => result.aura_apps.push(found),
            Code::Text(_) => result.texts.push(found),
            _ => result.code.push(found),
        });
    }

    /// Walks files in memory.
    fn memory(&self, memory: &Memory) {
        for (path, what) in memory.irregular().filter(|(path, _)| aura_application(path).is_none()) {
            let Some(Reachable { hidden }) = self.hiding_of(path) else { continue };
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_metadata = match recognise(name) {
                Some((recognised, _)) => self.classify(path, recognised, hidden).is_some(),
                // A submodule is a folder.
                None => !is_skipped(OsStr::new(name)) && self.root.package_of(path).is_some() && hidden.is_none(),
            };
            if is_metadata {
                self.warn_irregular(path, what);
            }
        }
        let paths: Vec<&str> = memory.paths().collect();
        paths.into_par_iter().for_each(|path| self.file_in_memory(path));
    }

    /// Lists a file in memory, or passes it to the callback.
    fn file_in_memory(&self, path: &str) {
        let Some(Reachable { hidden }) = self.hiding_of(path) else { return };
        if let Some((_, name)) = aura_application(path) {
            return self.code(path.to_owned(), PathBuf::new(), Code::AuraApp, name, hidden);
        }
        let Some((recognised, stem)) = recognise(path.rsplit('/').next().unwrap_or(path)) else { return };
        if let Recognised::Code(code) = recognised {
            return self.code(path.to_owned(), PathBuf::new(), code, stem, hidden);
        }
        let Some((kind, package)) = self.classify(path, recognised, hidden) else { return };
        if self.reserve(path) {
            (self.on_file)(FoundFile::at(path.to_owned(), PathBuf::new(), kind, stem, package));
        }
    }

    /// The line that hides a file in memory, or a folder above it; `None` if a folder above is skipped.
    fn hiding_of(&self, path: &str) -> Option<Reachable> {
        // Folders of code are skipped, except for Aura applications in them.
        let bundles = aura_application(path).map_or(usize::MAX, |(bundles, _)| bundles.len());
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let name = folder.rsplit('/').next().unwrap_or(folder);
            if end < bundles && vfs::is_skipped(name) {
                return None;
            }
            if self.names_metadata(folder, name) {
                self.warn_irregular(folder, "is a folder");
                return None;
            }
        }
        let folder = path.rfind('/').map_or("", |end| &path[..=end]);
        Some(Reachable { hidden: self.rules.hiding(self.root.package_of(path), folder) })
    }

    /// Whether a link leads to a regular file inside the project.
    fn link_target(&self, link: &Path) -> Result<bool, Refusal> {
        match self.confines.resolve(link) {
            Ok(target) => Ok(target.is_file()),
            Err(Refusal::LeadsOut) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// Counts the memory of a path, which is stored with its path on disk and its parts.
    fn reserve(&self, path: &str) -> bool {
        let disk = self.root.path.as_os_str().len();
        let bytes = 2 * NAME + (4 * path.len() + disk) as u64;
        if self.budget.take(bytes).is_err() {
            self.cut.fetch_add(1, Atomic::Relaxed);
            return false;
        }
        self.leased.fetch_add(bytes, Atomic::Relaxed);
        true
    }

    fn warn_irregular(&self, path: &str, what: &str) {
        if !self.reserve(path) {
            return;
        }
        self.note(|result| result.warnings.push(format!("{path}: {what}; skipped")));
    }

    fn note(&self, write: impl FnOnce(&mut WalkResult)) {
        write(&mut self.result.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// The path of a folder for messages; the root is `.`.
fn shown(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
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
