//! Walks the folders of a project in parallel, or the files of a tree in memory, and recognises files by their names.
//!
//! May assume that the root was found. Refuses to open a file, except the project file of a folder below a root without one.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering as Atomic};
use std::sync::{Arc, Mutex};

use rayon::Scope;
use rayon::prelude::*;

use super::ignore_rules::{HidingLine, IgnoreRules, read_forceignores};
use super::{FoundCodeFile, FoundFile, Root, WalkResult, compare_paths, has_project, join};
use crate::confine::{Confines, Refusal};
use crate::metadata::Texts;
use crate::metadata::kind::{AURA, KindId, Recognised, aura_application, is_bundle, recognise_backup};
use crate::vfs::{self, FileTree, MANIFEST, Memory};
use sessionlint_apex::Code;
use sessionlint_source::Span;
use sessionlint_source::budget::{Budget, Lease, NAME};
use sessionlint_source::file_name;
struct Walk<'w, F: Fn(FoundFile) + Sync> {
    root: &'w Root,
    /// Whether it is a folder that holds no project of its own.
    is_loose: bool,
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
    let is_loose = !root.has_project_file && !root.path.join(MANIFEST).is_file();
    let walk = Walk {
        root,
        is_loose,
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

/// Whether a folder is skipped.
fn is_skipped(name: &OsStr) -> bool {
    vfs::is_skipped(&name.to_string_lossy())
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
                    // Projects share no facts, and files beside them have none of theirs.
                    if self.is_loose && has_project(&below.disk, self.root.ceiling.as_deref()) {
                        continue;
                    }
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
        let is_session = self.root.recognise(name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
        is_session && self.root.package_of(path).is_some()
    }

    fn file<'s>(&'s self, folder: &Folder, entry: &Entry, scope: &Scope<'s>) {
        let Some(name) = entry.name.to_str() else {
            let name = entry.name.to_string_lossy();
            let path = join(&folder.path, &name);
            let is_session =
                self.root.recognise(&name).is_some_and(|(what, _)| matches!(what, Recognised::Session(..)));
            if is_session && self.root.package_of(&path).is_some() {
                self.warn_irregular(&path, "has a name that is not UTF-8");
            }
            return;
        };
        let file_type = entry.file_type;
        let Some((recognised, stem)) = self.root.recognise(name) else {
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
        // A backup that is not deployed is where it should be.
        let is_backup = || recognise_backup(file_name(path)).is_some();
        let Some(package) = package else {
            if !is_backup() && self.reserve(path) {
                self.note(|result| result.outside.push(path.to_owned()));
            }
            return None;
        };
        if let Some(by) = hidden.or_else(|| self.rules.hiding_alone(Some(package), path)) {
            if is_backup() || !self.reserve(path) {
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
            let name = file_name(path);
            let is_metadata = match self.root.recognise(name) {
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
        let Some((recognised, stem)) = self.root.recognise(file_name(path)) else { return };
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
            let name = file_name(folder);
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
