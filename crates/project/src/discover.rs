//! Which project an argument means, which folders belong to it, and which of its files hold session metadata.
//!
//! Paths are absolute. This module reads folders, `sfdx-project.json` and `.forceignore`; it opens no metadata file and
//! knows metadata by file names only (`metadata::kind`). A zip or a revision is walked like a folder (`vfs`).

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering as Atomic};
use std::sync::{Arc, Mutex};

use memchr::memchr;
use rayon::Scope;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::confine::{Confines, Refusal};
use crate::forceignore::{self, Dead, Patterns};
use crate::metadata::Texts;
use crate::metadata::kind::{AURA, KindId, Part, Recognised, aura_application, is_bundle, part, recognise};
use crate::replace::{self, Fault};
use crate::vfs::{self, FileTree, Memory, Missing, StandIns};
pub use crate::vfs::{IGNORE_FILE, MANIFEST, PROJECT_FILE, normalise};
use sessionlint_apex::Code;
use sessionlint_source::budget::{Budget, Lease, NAME, Spent};
use sessionlint_source::{Decoded, Encoding, Span, decode, harmless_text};

/// A project's root and the folders in it that hold its metadata.
#[derive(Clone, Debug)]
pub struct Root {
    /// Absolute path; of a zip or a revision, what people call it.
    pub path: PathBuf,
    /// Where its files are.
    pub tree: FileTree,
    /// The folder above which nothing is looked at, where there is one.
    pub ceiling: Option<PathBuf>,
    /// The texts that take the place of some of its files.
    pub stand_ins: Arc<StandIns>,
    /// Package directories below the root, `/`-separated, in the order of the project file; an empty path is the
    /// root itself.
    pub packages: Vec<String>,
    /// The namespace of the project's own package, where the project file names one.
    pub namespace: Option<String>,
    /// Whether it has a project file.
    pub has_project_file: bool,
    /// Which text a deployment replaces.
    pub replacements: replace::ReplacementPlan,
    /// What was wrong with the project file, for a person.
    pub warnings: Vec<String>,
    /// What the project names and is not read, because it leads out of it.
    pub errors: Vec<String>,
}

impl Root {
    /// The root at `path`: reads its project file where there is one.
    pub fn open(path: &Path) -> Self {
        Self::open_below(path, None)
    }

    /// The same, of which nothing above `ceiling` is looked at.
    pub fn open_below(path: &Path, ceiling: Option<&Path>) -> Self {
        Self::of_tree(path, FileTree::Folder, ceiling)
    }

    /// The root of files in memory, which people know as `path`.
    pub fn in_memory(path: &Path, memory: Memory) -> Self {
        Self::of_tree(path, FileTree::Memory(Arc::new(memory)), None)
    }

    fn of_tree(path: &Path, tree: FileTree, ceiling: Option<&Path>) -> Self {
        let mut root = Self {
            path: path.to_owned(),
            tree,
            ceiling: ceiling.map(Path::to_owned),
            stand_ins: Arc::default(),
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

    /// The bytes that take the place of the file at `path`, where some do.
    pub fn stand_in_for(&self, path: &str) -> Option<&[u8]> {
        self.stand_ins.get(path).map(AsRef::as_ref)
    }

    /// Whether the file at `path` cannot be read again from a disk.
    pub fn is_in_memory(&self, path: &str) -> bool {
        matches!(self.tree, FileTree::Memory(_)) || self.stand_in_for(path).is_some()
    }

    /// The bytes of a file that stands at the root under this name; `None` where there is none.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        match &self.tree {
            FileTree::Folder => {
                let file = self.path.join(name);
                // A dangling link is a file that cannot be read, not none.
                if file.symlink_metadata().is_err() {
                    return Ok(None);
                }
                // Packages are the project's own; what several projects share lies in their work tree.
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
            text.map_err(|refusal| if matches!(refusal, Refusal::Missing) { Fault::Missing } else { Fault::Unread })
        });
        unread.dedup();
        self.warnings.extend(unread);
        replace::ReplacementPlan::new(entries)
    }

    /// The bytes of a file whose text is put in the place of another.
    fn replacement(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        match &self.tree {
            FileTree::Folder => self.confines().read(&self.path.join(path), replace::MAX_VALUE),
            FileTree::Memory(memory) => {
                let path = normalise(path).ok_or(Refusal::LeadsOut)?;
                let found = match memory.irregularity(&path) {
                    Some(what) => Some(Err(Missing::Because(what))),
                    None => memory.bytes(&path),
                };
                match found.ok_or(Refusal::Missing)?.map_err(unreadable)? {
                    bytes if bytes.len() as u64 > replace::MAX_VALUE => Err(Refusal::TooLarge(replace::MAX_VALUE)),
                    bytes => Ok(bytes.to_vec()),
                }
            }
        }
    }

    /// The folders that nothing leads out of which the project names: its own, and its work tree.
    pub fn confines(&self) -> Confines {
        Confines::of(&self.path, self.top())
    }

    /// The top of the work tree that holds the project, unless it lies above the ceiling.
    pub fn top(&self) -> Option<&Path> {
        top_below(&self.path, self.ceiling.as_deref())
    }

    /// What is odd about a package directory.
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

    /// Index of the package directory that holds `path` (`/`-separated, below the root), the innermost where they
    /// nest.
    pub fn package_of(&self, path: &str) -> Option<usize> {
        let holds = |package: &str| package.is_empty() || is_below(path, package);
        (0..self.packages.len())
            .filter(|index| holds(&self.packages[*index]))
            .max_by_key(|index| (self.packages[*index].len(), std::cmp::Reverse(*index)))
    }
}

/// The largest size, in bytes, in which a file that stands at a root is read.
fn most_of(name: &str) -> u64 {
    match name {
        _ if name.ends_with(IGNORE_FILE) => forceignore::MAX_BYTES,
        MANIFEST => vfs::MAX_MANIFEST,
        _ => vfs::MAX_PROJECT_FILE,
    }
}

/// What to say of a file in memory that is not there.
fn unreadable(missing: Missing<'_>) -> Refusal {
    let reason = match missing {
        Missing::Because(reason) => reason,
        Missing::NoRoom => "--max-memory leaves no room for it",
    };
    Refusal::Unreadable(io::Error::other(reason.to_owned()))
}

/// Whether `path` is `folder` or lies below it; both `/`-separated.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The package directories of a project file, and what is odd about them.
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

/// The namespace that a project file names; none where it is empty, as most are.
fn read_namespace(bytes: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(without_mark(bytes)).ok()?;
    let namespace = json.get("namespace")?.as_str()?.trim();
    (!namespace.is_empty()).then(|| namespace.to_owned())
}

/// The projects that a folder argument means: the one that [`root_of_folder`] gives, or those below a folder that is
/// none itself and lies in none.
///
/// Nothing above `ceiling` is looked at.
pub fn roots_of_folder(folder: &Path, ceiling: Option<&Path>) -> Vec<Root> {
    let root = root_of_folder(folder, ceiling);
    let is_project = root.path != folder || folder.join(PROJECT_FILE).symlink_metadata().is_ok();
    if is_project || folder.join(MANIFEST).is_file() {
        return vec![root];
    }
    // A project file without a single package directory is a fixture or a template, and no project.
    let is_project = |root: &Root| root.packages.iter().any(|package| root.path.join(package).is_dir());
    let below: Vec<Root> =
        projects_below(folder).iter().map(|path| Root::open_below(path, ceiling)).filter(is_project).collect();
    if below.is_empty() { vec![root] } else { below }
}

/// The folders below one that hold a project file, in order, none of them inside another; hidden folders and
/// `node_modules` left out, and links not followed.
fn projects_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.file_type().is_dir() && !name.starts_with('.') && name != "node_modules"
    });
    while let Some(entry) = folders.next() {
        // A folder that cannot be read is told of when the project is read.
        let Ok(entry) = entry else { continue };
        if entry.path().join(PROJECT_FILE).is_file() {
            found.push(entry.into_path());
            folders.skip_current_dir();
        }
    }
    found
}

/// The project that a folder argument means: itself, or the project above whose package directory it lies in, below
/// `ceiling`.
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

/// The project that a file argument means, below `ceiling`; `current` is the folder the command runs in.
pub fn root_of_file(file: &Path, current: &Path, ceiling: Option<&Path>) -> Root {
    let folder = file.parent().unwrap_or(current);
    let root = nearest(folder, PROJECT_FILE, ceiling)
        .or_else(|| nearest(folder, MANIFEST, ceiling))
        .or_else(|| top_below(folder, ceiling))
        .or_else(|| folder.starts_with(current).then_some(current))
        .unwrap_or(folder);
    Root::open_below(root, ceiling)
}

/// The folder above, unless `folder` is the top of a work tree or the ceiling.
fn folder_above<'a>(folder: &'a Path, ceiling: Option<&Path>) -> Option<&'a Path> {
    if git_top(folder) == Some(folder) || ceiling == Some(folder) { None } else { folder.parent() }
}

/// The nearest folder at or above `folder` that holds a file `name`, not above the top of its work tree nor `ceiling`.
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

/// `path` below `root`, `/`-separated; `None` where it is not below.
pub fn relative(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The order of files everywhere: package directory first (the caller's part), then path, compared component by
/// component, a folder's files before its subfolders.
pub fn compare_paths(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let common = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[common..], &right[common..]);
    let (Some(a), Some(b)) = (left.first(), right.first()) else {
        // One is the other, or a file beside a folder of its name, or the start of a longer name.
        return left.len().cmp(&right.len());
    };
    let is_folder = |rest: &[u8]| memchr(b'/', rest).is_some();
    // Where one component ends, it is the start of the other.
    let within = |byte: u8| if byte == b'/' { 0 } else { byte };
    is_folder(left).cmp(&is_folder(right)).then_with(|| within(*a).cmp(&within(*b)))
}

/// A file that holds session metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// Where it is on disk; empty where it is in memory.
    pub disk: PathBuf,
    /// Its metadata type.
    pub kind: KindId,
    /// Its name without suffix: the manifest's fullName. Of a part, that of the whole.
    pub stem: String,
    /// Index of its package directory.
    pub package: usize,
    /// Which part of a component it holds, where it holds no whole one.
    pub part: Option<&'static Part>,
}

impl Found {
    /// The file at `path` in memory, whatever its package directory; `None` where its name is none of session metadata.
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

/// A file of Apex, of Visualforce, of an Aura application, or of metadata that is read for a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCode {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// Where it is on disk; empty where it is in memory.
    pub disk: PathBuf,
    /// What it holds.
    pub code: Code,
    /// Its name without suffix.
    pub stem: String,
    /// Index of its package directory.
    pub package: usize,
}

/// What a walk met beside the files it hands on.
#[derive(Debug, Default)]
pub struct WalkResult {
    /// Files of session metadata that `.forceignore` hides, sorted.
    pub hidden: Vec<String>,
    /// Which line of which of the files below hides which of them, where a line of a file does; sorted by path.
    pub hidden_by: Vec<(String, usize, Span)>,
    /// The files `.forceignore` that count and lie in the project.
    pub ignore_files: Vec<IgnoreFile>,
    /// Lines that hide code.
    hide_code: BTreeSet<(usize, Span)>,
    /// Files of session metadata outside every package directory, sorted.
    pub outside: Vec<String>,
    /// Number of other metadata files in the package directories, code among them.
    pub other: usize,
    /// The files of Apex and Visualforce among them, in order.
    pub code: Vec<FoundCode>,
    /// The Aura applications among them, in order.
    pub aura_apps: Vec<FoundCode>,
    /// Metadata among them that is read for a few words, in order: only of the kinds that are asked for.
    pub texts: Vec<FoundCode>,
    /// What is odd but hides nothing else: pipes, devices, links to folders.
    pub warnings: Vec<String>,
    /// What could not be read.
    pub errors: Vec<String>,
    /// Number of names, of files and of folders, for which there was no memory left.
    pub cut: usize,
    /// What holds the names that were met, and the patterns.
    pub held: Option<Lease>,
}

impl WalkResult {
    /// The same without the files of code, and without what holds it.
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

/// A file `.forceignore`, and which of its lines hide nothing.
#[derive(Clone, Debug)]
pub struct IgnoreFile {
    /// Path below the root, `/`-separated.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// How it is encoded.
    pub encoding: Encoding,
    /// Lines that hide nothing as they are written.
    pub dead: Vec<(Span, Dead)>,
}

/// Which patterns hide a file or a folder, and by which line.
#[derive(Clone, Copy, Debug)]
struct HiddenBy {
    ignored: usize,
    line: Option<Span>,
}

/// The patterns of the files `.forceignore` that count.
#[derive(Default)]
struct Ignored {
    files: Vec<(Base, Patterns)>,
    /// For each package directory, the index of its file; a deployment of a directory looks for the nearest one.
    of_package: Vec<Option<usize>>,
}

/// Where a file of patterns lies.
enum Base {
    /// In a folder below the root, or at it.
    Below(String),
    /// Above the root, which is this folder from there.
    Above(String),
}

impl Ignored {
    /// What hides a path of a package directory; folders that it lies in count.
    fn hiding(&self, package: Option<usize>, path: &str) -> Option<HiddenBy> {
        self.ask(package, path, Patterns::hiding)
    }

    /// What hides a path, a folder with a `/` behind it, whatever it lies in.
    fn hiding_alone(&self, package: Option<usize>, path: &str) -> Option<HiddenBy> {
        self.ask(package, path, Patterns::hiding_alone)
    }

    fn ask(
        &self,
        package: Option<usize>,
        path: &str,
        ask: impl Fn(&Patterns, &str) -> Option<forceignore::Hiding>,
    ) -> Option<HiddenBy> {
        let ignored = self.of(package)?;
        let (base, patterns) = self.files.get(ignored)?;
        let hiding = match base {
            Base::Below(folder) if folder.is_empty() => ask(patterns, path)?,
            Base::Below(folder) => ask(patterns, path.strip_prefix(folder.as_str())?.strip_prefix('/')?)?,
            Base::Above(folder) => ask(patterns, &join(folder, path))?,
        };
        Some(HiddenBy { ignored, line: hiding.line })
    }

    fn of(&self, package: Option<usize>) -> Option<usize> {
        self.of_package.get(package?).copied().flatten()
    }
}

struct Walk<'w, F: Fn(Found) + Sync> {
    root: &'w Root,
    ignored: Ignored,
    /// Where links may lead.
    confines: Confines,
    on_file: F,
    /// Which metadata is read for a few words.
    texts: Texts,
    budget: &'w Budget,
    held: AtomicU64,
    cut: AtomicUsize,
    other: AtomicUsize,
    met: Mutex<WalkResult>,
}

/// A folder on the way: where it is, and what is already decided for everything in it.
struct Folder {
    disk: PathBuf,
    path: String,
    /// The innermost package directory that it lies in.
    package: Option<usize>,
    /// What hides it.
    hidden: Option<HiddenBy>,
}

/// A file in memory that a walk comes to.
struct Reached {
    /// What hides a folder it lies in.
    hidden: Option<HiddenBy>,
}

/// Walks `root` in parallel and hands every file of session metadata to `on_file` as it is met, in no order. What is read
/// for a few words is noted as far as `texts` wants it. Names are held within `budget`; those for which there is no room
/// are counted.
pub fn walk<F: Fn(Found) + Sync>(root: &Root, texts: Texts, budget: &Arc<Budget>, on_file: F) -> WalkResult {
    let mut met = WalkResult { held: Some(Lease::of(budget)), ..WalkResult::default() };
    let ignored = read_forceignores(root, &mut met);
    let confines = match root.tree {
        FileTree::Folder => Confines::of(&root.path, None),
        FileTree::Memory(_) => Confines::default(),
    };
    let walk = Walk {
        root,
        ignored,
        confines,
        on_file,
        budget,
        texts,
        held: AtomicU64::new(0),
        cut: AtomicUsize::new(0),
        other: AtomicUsize::new(0),
        met: Mutex::new(met),
    };
    match &root.tree {
        FileTree::Folder => {
            let top = walk.folder_at(root.path.clone(), String::new(), None);
            rayon::scope(|scope| walk.folder(&top, scope));
            for path in root.stand_ins.keys() {
                if root.path.join(path).symlink_metadata().is_err() {
                    walk.file_in_memory(path);
                }
            }
        }
        FileTree::Memory(memory) => walk.memory(memory),
    }
    let mut met = walk.met.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    met.other = walk.other.into_inner();
    met.cut = walk.cut.into_inner();
    let names = Lease::holding(budget, walk.held.into_inner());
    met.held.get_or_insert_with(|| Lease::of(budget)).join(names);
    for list in [&mut met.hidden, &mut met.outside] {
        list.sort_by(|left, right| compare_paths(left, right));
    }
    met.hidden_by.sort_by(|(left, ..), (right, ..)| compare_paths(left, right));
    let hiding: BTreeSet<(usize, Span)> = met.hidden_by.iter().map(|(_, ignored, line)| (*ignored, *line)).collect();
    for (index, file) in met.ignore_files.iter_mut().enumerate() {
        let hides = |line: &Span| hiding.contains(&(index, *line)) || met.hide_code.contains(&(index, *line));
        file.dead.retain(|(line, _)| !hides(line));
    }
    for list in [&mut met.code, &mut met.aura_apps, &mut met.texts] {
        list.par_sort_by(|left, right| {
            left.package.cmp(&right.package).then_with(|| compare_paths(&left.path, &right.path))
        });
    }
    met.warnings.sort();
    // In memory, a folder is met with every file in it.
    met.warnings.dedup();
    met.errors.sort();
    met
}

/// The files `.forceignore` that count: for each package directory the nearest one at or above it.
fn read_forceignores(root: &Root, met: &mut WalkResult) -> Ignored {
    let mut ignored = Ignored::default();
    // Those in the project come first, so that their indices are those of `Met::ignore_files`.
    let mut below: BTreeMap<String, usize> = BTreeMap::new();
    for package in &root.packages {
        let Some(folder) = holder(root, package) else {
            ignored.of_package.push(None);
            continue;
        };
        let index = *below.entry(folder.to_owned()).or_insert_with(|| {
            let name = join(folder, IGNORE_FILE);
            let bytes = root.read(&name).transpose();
            ignored.files.push((Base::Below(folder.to_owned()), read_patterns(&name, bytes, true, met)));
            ignored.files.len() - 1
        });
        ignored.of_package.push(Some(index));
    }
    if ignored.of_package.contains(&None)
        && let Some((base, name, bytes)) = forceignore_above(root, met)
    {
        ignored.files.push((base, read_patterns(&name, Some(bytes), false, met)));
        let last = ignored.files.len() - 1;
        for index in &mut ignored.of_package {
            index.get_or_insert(last);
        }
    }
    ignored
}

/// The nearest folder in the project, at or above a package directory, that holds a `.forceignore`.
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
fn forceignore_above(root: &Root, met: &mut WalkResult) -> Option<(Base, String, Result<Vec<u8>, Refusal>)> {
    match &root.tree {
        FileTree::Folder => {
            let top = root.top().unwrap_or(&root.path);
            let is_there = |folder: &&Path| folder.join(IGNORE_FILE).symlink_metadata().is_ok();
            let above = root.path.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).find(is_there);
            let Some(above) = above else {
                met.warnings.extend(unread_forceignore(root));
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

/// The patterns of one file, which becomes part of what was met where it lies in the project.
fn read_patterns(
    name: &str,
    bytes: Option<Result<Vec<u8>, Refusal>>,
    is_inside: bool,
    met: &mut WalkResult,
) -> Patterns {
    let bytes = match bytes {
        Some(Ok(bytes)) if bytes.len() as u64 > forceignore::MAX_BYTES => {
            Err(Refusal::TooLarge(forceignore::MAX_BYTES))
        }
        Some(Ok(bytes)) => match met.held.as_mut().map_or(Ok(()), |held| held.more(forceignore::takes(&bytes))) {
            Ok(()) => Ok(bytes),
            Err(Spent) => Err(unreadable(Missing::NoRoom)),
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
            // As Salesforce's tooling decodes it, whatever the bytes are.
            let text = String::from_utf8_lossy(&bytes);
            let patterns = Patterns::read(&text);
            for (line, fault) in patterns.faults() {
                met.warnings.push(format!("{name}:{line}: {fault}"));
            }
            let Decoded { text: shown, encoding, .. } = decode(&bytes);
            // Lines can be shown where what is shown is what was read; a byte order mark is none of it.
            if shown == text.trim_start_matches('\u{FEFF}') {
                file.dead = patterns.dead(&text);
                file.text = shown.into_owned();
                file.encoding = encoding;
            }
            patterns
        }
        Err(refusal) => {
            met.errors.push(format!("{name}: {refusal}"));
            Patterns::default()
        }
    };
    if is_inside {
        met.ignore_files.push(file);
    }
    patterns
}

/// What to say of a `.forceignore` above the work tree, which Salesforce's tooling would find.
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

/// Whether a folder is passed by; a name that is no text is judged as far as it is one.
fn is_skipped(name: &OsStr) -> bool {
    vfs::is_skipped(&name.to_string_lossy())
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl<F: Fn(Found) + Sync> Walk<'_, F> {
    fn folder<'s>(&'s self, folder: &Folder, scope: &Scope<'s>) {
        for entry in self.entries(folder) {
            let name = entry.file_name();
            if entry.file_type().is_dir() {
                if !is_skipped(name) {
                    let path = join(&folder.path, &name.to_string_lossy());
                    if name.to_str().is_some_and(|name| self.names_metadata(&path, name)) {
                        self.warn_irregular(&path, "is a folder");
                        continue;
                    }
                    let below = self.folder_at(entry.into_path(), path, Some(folder));
                    // A folder that waits is held by its names.
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
                    let bundles = self.folder_at(entry.into_path(), path, Some(folder));
                    scope.spawn(move |_| self.bundles(&bundles));
                }
            } else {
                self.file(folder, &entry, scope);
            }
        }
    }

    /// A folder, and what hides it: what hides the one above, where that lies in the same package directory.
    fn folder_at(&self, disk: PathBuf, path: String, above: Option<&Folder>) -> Folder {
        let package = self.root.package_of(&path);
        let as_folder = format!("{path}/");
        let hidden = match above {
            _ if path.is_empty() => self.ignored.hiding(package, ""),
            Some(above) if self.ignored.of(above.package) == self.ignored.of(package) => {
                above.hidden.or_else(|| self.ignored.hiding_alone(package, &as_folder))
            }
            _ => self.ignored.hiding(package, &as_folder),
        };
        Folder { disk, path, package, hidden }
    }

    /// What is directly in a folder; what cannot be read is noted and left out.
    fn entries<'s>(&'s self, folder: &'s Folder) -> impl Iterator<Item = walkdir::DirEntry> + 's {
        let entries = WalkDir::new(&folder.disk).min_depth(1).max_depth(1).follow_links(false);
        entries.into_iter().filter_map(|entry| {
            let unreadable = |error: walkdir::Error| {
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                self.note(|met| met.errors.push(format!("{}: cannot be read ({reason})", shown(&folder.path))));
            };
            entry.map_err(unreadable).ok()
        })
    }

    /// Notes the applications in a folder of Aura bundles. Each is asked for by the one name it can have, so that no
    /// bundle is listed; whatever else they hold is passed by.
    fn bundles(&self, folder: &Folder) {
        for entry in self.entries(folder) {
            let Some(name) = entry.file_name().to_str().filter(|name| is_bundle(name)) else { continue };
            if !entry.file_type().is_dir() {
                continue;
            }
            let file = format!("{name}.app");
            let disk = entry.path().join(&file);
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

    /// Whether a name inside a package directory looks like session metadata.
    fn names_metadata(&self, path: &str, name: &str) -> bool {
        let is_session = recognise(name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
        is_session && self.root.package_of(path).is_some()
    }

    fn file<'s>(&'s self, folder: &Folder, entry: &walkdir::DirEntry, scope: &Scope<'s>) {
        let Some(name) = entry.file_name().to_str() else {
            let name = entry.file_name().to_string_lossy();
            let path = join(&folder.path, &name);
            let is_session = recognise(&name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
            if is_session && self.root.package_of(&path).is_some() {
                self.warn_irregular(&path, "has a name that is not UTF-8");
            }
            return;
        };
        let file_type = entry.file_type();
        let Some((recognised, stem)) = recognise(name) else {
            if file_type.is_symlink() && entry.path().is_dir() && !is_skipped(entry.file_name()) {
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
            // Most files of a large org are fields: nothing is made of their names where nobody asks.
            if folder.package.is_some() {
                self.other.fetch_add(1, Atomic::Relaxed);
            }
            return;
        }
        let path = join(&folder.path, name);
        if let Recognised::Code(code) = recognised {
            let is_file =
                file_type.is_file() || (file_type.is_symlink() && matches!(self.link_target(entry.path()), Ok(true)));
            if is_file {
                self.code(path, entry.path().to_owned(), code, stem, folder.hidden);
            }
            return;
        }
        let Some((kind, package)) = self.judge(&path, recognised, folder.hidden) else { return };
        if !self.holds(&path) {
            return;
        }
        if file_type.is_symlink() {
            // Reading a dangling link fails, and there the kind of what is missing is known.
            if matches!(self.link_target(entry.path()), Ok(false)) {
                return self.warn_irregular(&path, "is a link out of the project, which is not followed");
            }
        } else if !file_type.is_file() {
            return self.warn_irregular(&path, "is not a regular file");
        }
        let found = Found::at(path, entry.path().to_owned(), kind, stem, package);
        // Reading and parsing overlap the walk, and a folder of large files is spread over the threads.
        scope.spawn(move |_| (self.on_file)(found));
    }

    /// The kind and package directory of a file that is to be read; every other file is told of or counted.
    fn judge(&self, path: &str, recognised: Recognised, hidden: Option<HiddenBy>) -> Option<(KindId, usize)> {
        let package = self.root.package_of(path);
        let Recognised::Session(kind, _) = recognised else {
            if package.is_some() {
                self.other.fetch_add(1, Atomic::Relaxed);
            }
            return None;
        };
        let Some(package) = package else {
            if self.holds(path) {
                self.note(|met| met.outside.push(path.to_owned()));
            }
            return None;
        };
        if let Some(by) = hidden.or_else(|| self.ignored.hiding_alone(Some(package), path)) {
            if !self.holds(path) {
                return None;
            }
            self.note(|met| {
                met.hidden.push(path.to_owned());
                met.hidden_by.extend(by.line.map(|line| (path.to_owned(), by.ignored, line)));
            });
            return None;
        }
        Some((kind, package))
    }

    /// Notes a file of code, which is counted as other metadata.
    fn code(&self, path: String, disk: PathBuf, code: Code, stem: &str, hidden: Option<HiddenBy>) {
        let Some(package) = self.root.package_of(&path) else { return };
        self.other.fetch_add(1, Atomic::Relaxed);
        if matches!(code, Code::Text(kind) if !self.texts.wants(kind)) {
            return;
        }
        if let Some(by) = hidden.or_else(|| self.ignored.hiding_alone(Some(package), &path)) {
            return self.note(|met| met.hide_code.extend(by.line.map(|line| (by.ignored, line))));
        }
        if !self.holds(&path) {
            return;
        }
        let found = FoundCode { path, disk, code, stem: stem.to_owned(), package };
        self.note(|met| match code {
            Code::AuraApp => met.aura_apps.push(found),
            Code::Text(_) => met.texts.push(found),
            _ => met.code.push(found),
        });
    }

    /// What `folder` does, for files in memory.
    fn memory(&self, memory: &Memory) {
        for (path, what) in memory.irregular().filter(|(path, _)| aura_application(path).is_none()) {
            let Some(Reached { hidden }) = self.reach(path) else { continue };
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_metadata = match recognise(name) {
                Some((recognised, _)) => self.judge(path, recognised, hidden).is_some(),
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

    /// Notes a file that is on no disk, or hands it on.
    fn file_in_memory(&self, path: &str) {
        let Some(Reached { hidden }) = self.reach(path) else { return };
        if let Some((_, name)) = aura_application(path) {
            return self.code(path.to_owned(), PathBuf::new(), Code::AuraApp, name, hidden);
        }
        let Some((recognised, stem)) = recognise(path.rsplit('/').next().unwrap_or(path)) else { return };
        if let Recognised::Code(code) = recognised {
            return self.code(path.to_owned(), PathBuf::new(), code, stem, hidden);
        }
        let Some((kind, package)) = self.judge(path, recognised, hidden) else { return };
        if self.holds(path) {
            (self.on_file)(Found::at(path.to_owned(), PathBuf::new(), kind, stem, package));
        }
    }

    /// What hides a file in memory with a folder it lies in; `None` where a walk never comes to it.
    fn reach(&self, path: &str) -> Option<Reached> {
        // Folders of code are passed by, but for the applications of Aura in them.
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
        Some(Reached { hidden: self.ignored.hiding(self.root.package_of(path), folder) })
    }

    /// Whether a link leads to a regular file inside the project.
    fn link_target(&self, link: &Path) -> Result<bool, Refusal> {
        match self.confines.resolve(link) {
            Ok(target) => Ok(target.is_file()),
            Err(Refusal::LeadsOut) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// Counts a path that is about to be held, with its place on disk and its parts.
    fn holds(&self, path: &str) -> bool {
        let disk = self.root.path.as_os_str().len();
        let bytes = 2 * NAME + (4 * path.len() + disk) as u64;
        if self.budget.take(bytes).is_err() {
            self.cut.fetch_add(1, Atomic::Relaxed);
            return false;
        }
        self.held.fetch_add(bytes, Atomic::Relaxed);
        true
    }

    fn warn_irregular(&self, path: &str, what: &str) {
        if !self.holds(path) {
            return;
        }
        self.note(|met| met.warnings.push(format!("{path}: {what}; skipped")));
    }

    fn note(&self, write: impl FnOnce(&mut WalkResult)) {
        write(&mut self.met.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// A folder's path for a person: the root is `.`.
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

    /// What [`compare_paths`] gives, component by component.
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
            stand_ins: Arc::default(),
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
