//! The states of a project through the history of its repository, commit by commit, parents before children.
//!
//! A state is a list of files. Each file is parsed once, however many states share it, and a commit whose files equal
//! those of its parent shares its state. A file that cannot be parsed is reported and keeps its last good content.
//! Holds only the states that a later commit still needs. Refuses to know what the files mean together.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::discover::{IGNORE_FILE, MANIFEST, PROJECT_FILE, Root};
use crate::load::{Loaded, SharedFile, load_with};
use crate::metadata::Inputs;
use crate::metadata::kind::{Recognised, recognise_in_source};
use crate::vfs::git::log::{AT_ONCE, Batch, Changed, Commit, Log, Range, Repository, short};
use crate::vfs::{Memory, ReadError, TreeError, is_skipped};
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::file_name;

/// A file of a state.
#[derive(Clone, Debug)]
struct File {
    /// Its object in the repository.
    object: Arc<str>,
    /// Its content; `None` if its bytes are missing.
    now: Option<Arc<SharedFile>>,
    /// The last good content at this path, if the file cannot be parsed.
    before: Option<Arc<SharedFile>>,
}

impl File {
    fn is_sound(&self) -> bool {
        self.now.as_ref().is_some_and(|it| it.problem().is_none())
    }

    /// The content that counts: that of the file, else its last good one.
    fn effective(&self) -> Option<&Arc<SharedFile>> {
        if self.is_sound() { self.now.as_ref() } else { self.before.as_ref().or(self.now.as_ref()) }
    }
}

/// The relevant files of a state, by their paths below the root.
#[derive(Clone, Debug, Default)]
pub struct StateFiles {
    metadata: BTreeMap<Arc<str>, File>,
    /// The project file, the manifest, `.forceignore` files, and files with replacement texts.
    plain: BTreeMap<String, PlainFile>,
}

#[derive(Clone, Debug)]
struct PlainFile {
    object: String,
    bytes: Arc<Vec<u8>>,
}

impl StateFiles {
    /// Whether both have the same objects at the same paths.
    fn is_same(&self, other: &Self) -> bool {
        fn metadata(files: &StateFiles) -> impl Iterator<Item = (&str, &str)> {
            files.metadata.iter().map(|(path, file)| (&**path, &*file.object))
        }
        fn plain(files: &StateFiles) -> impl Iterator<Item = (&str, &str)> {
            files.plain.iter().map(|(path, file)| (path.as_str(), file.object.as_str()))
        }
        self.metadata.len() == other.metadata.len()
            && metadata(self).eq(metadata(other))
            && plain(self).eq(plain(other))
    }

    /// Loads the project of this state, as if its folder at `root` held the files.
    pub fn load(&self, root: &Path, inputs: Inputs) -> Loaded {
        let plain = || self.plain.iter().map(|(path, file)| (path.clone(), file.bytes.to_vec()));
        let names = || self.metadata.keys().map(ToString::to_string);
        let opened = Root::in_memory(root, Memory::holding("history", plain(), names()));
        let effective = |path: &str| self.metadata.get(path).and_then(File::effective).cloned();
        if opened.replacements.is_empty() {
            return load_with(&opened, inputs, &effective);
        }
        // A deployment replaces text, so that the files are parsed again.
        let bytes =
            self.metadata.iter().filter_map(|(path, file)| Some((path.to_string(), file.now.as_ref()?.bytes()?)));
        let opened = Root::in_memory(root, Memory::holding("history", plain().chain(bytes), names()));
        let unlike = |path: &str| effective(path).filter(|it| it.bytes().is_none());
        load_with(&opened, inputs, &unlike)
    }

    /// The bytes of the project file.
    fn project_file(&self) -> Option<&[u8]> {
        self.plain.get(PROJECT_FILE).map(|file| file.bytes.as_slice())
    }

    /// The files that the project file takes replacement texts from.
    fn replacement_files(&self) -> BTreeSet<String> {
        let replacement_files = self.project_file().map(crate::replace::files_named).unwrap_or_default();
        let usable = replacement_files.iter().filter_map(|path| crate::vfs::normalise(path));
        usable.filter(|path| !wants(path)).collect()
    }
}

/// Whether a file below the root is relevant, by its name.
fn wants(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.is_empty() && matches!(name, PROJECT_FILE | MANIFEST) {
        return true;
    }
    let is_ours = name == IGNORE_FILE || is_session(name);
    is_ours && !folders.split('/').any(is_skipped)
}

fn is_metadata(path: &str) -> bool {
    let name = file_name(path);
    !matches!(name, PROJECT_FILE | MANIFEST | IGNORE_FILE) && is_session(name)
}

/// Whether a file is session metadata, or a backup of it, by its name.
fn is_session(name: &str) -> bool {
    matches!(recognise_in_source(name), Some((Recognised::Session(..), _)))
}

/// A state with data of the caller, which states with equal files share.
#[derive(Debug)]
pub struct State<T> {
    /// Its files.
    pub files: Arc<StateFiles>,
    /// The data of the caller.
    pub meaning: Arc<T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self { files: Arc::clone(&self.files), meaning: Arc::clone(&self.meaning) }
    }
}

/// Why a state has no parents to compare it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It is the first commit of the repository.
    First,
    /// It is the first commit of a shallow clone.
    Shallow,
    /// It is the first commit of the requested range.
    Requested,
}

/// A file that cannot be read in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path below the root.
    pub path: String,
    /// The line of the error; 0 if its bytes are missing.
    pub line: u32,
    /// The error.
    pub problem: String,
}

/// A commit whose files may give other findings than its parents.
#[derive(Debug)]
pub struct CommitStates<T> {
    /// The commit.
    pub commit: Arc<Commit>,
    /// The states of its parents; empty for a first commit.
    pub parents: Vec<State<T>>,
    /// Its own state.
    pub node: State<T>,
    /// Files that can be parsed in the parents and not here.
    pub broken: Vec<Unreadable>,
    /// Files that can be parsed again here.
    pub mended: Vec<String>,
    /// Why it has no parents to compare it with.
    pub start: Option<Start>,
}

/// A state that later commits still need.
#[derive(Debug)]
struct OpenState<T> {
    node: State<T>,
    children: u32,
}

/// A walk through the history of a project.
pub struct HistoryWalk<T> {
    repository: Repository,
    log: Log,
    batch: Batch,
    /// The prefix of the project's paths in the repository.
    below: String,
    forks: HashMap<u64, u32>,
    shallow: BTreeSet<String>,
    follows_first: bool,
    open: HashMap<String, OpenState<T>>,
    cache: FileCache,
    budget: Arc<Budget>,
    /// Files that some project file takes replacement texts from.
    replacement_files: BTreeSet<String>,
    is_first: bool,
    /// The last commit, and its state.
    last: Option<(Arc<Commit>, State<T>)>,
    /// The number of commits so far.
    pub commits: usize,
    /// The number of files that could not be read, and the first of them.
    pub absent: Option<(usize, String)>,
}

impl<T> std::fmt::Debug for HistoryWalk<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Walk").field("repository", &self.repository).finish_non_exhaustive()
    }
}

impl<T: Default> HistoryWalk<T> {
    /// Starts at the first commit of `range`.
    pub fn new(repository: &Repository, range: &Range, budget: &Arc<Budget>) -> Result<Self, TreeError> {
        // Along first parents, no commit has two children.
        let forks = if range.first_parent { HashMap::new() } else { repository.forks(range)? };
        let prefix = repository.prefix();
        Ok(Self {
            repository: repository.clone(),
            log: repository.log(range)?,
            batch: repository.batch()?,
            below: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            forks,
            shallow: repository.shallow(),
            follows_first: range.first_parent,
            open: HashMap::new(),
            cache: FileCache::of(budget),
            budget: Arc::clone(budget),
            replacement_files: BTreeSet::new(),
            is_first: true,
            last: None,
            commits: 0,
            absent: None,
        })
    }

    /// The last commit, and its state.
    pub fn last(&self) -> Option<&(Arc<Commit>, State<T>)> {
        self.last.as_ref()
    }

    /// The next relevant commit; `None` at the end.
    pub fn step(&mut self) -> Result<Option<CommitStates<T>>, TreeError> {
        loop {
            let (below, replacement_files) = (self.below.clone(), &self.replacement_files);
            let wanted = |path: &str| {
                path.strip_prefix(below.as_str()).is_some_and(|path| wants(path) || replacement_files.contains(path))
            };
            let Some((commit, changed)) = self.log.next(wanted)? else { return Ok(None) };
            self.commits += 1;
            let commit = Arc::new(commit);
            let states = self.state_of(&commit, changed)?;
            let node = states.node.clone();
            let children = self.forks.get(&short(&commit.id)).copied().unwrap_or(1);
            self.open.insert(commit.id.clone(), OpenState { node: node.clone(), children });
            self.last = Some((Arc::clone(&commit), node));
            let has_news = states.start.is_some() || !states.broken.is_empty() || !states.mended.is_empty();
            let is_other = |parent: &State<T>| !Arc::ptr_eq(&parent.meaning, &states.node.meaning);
            if has_news || states.parents.iter().all(is_other) {
                return Ok(Some(states));
            }
        }
    }

    /// The state of a parent, dropped with its last child.
    fn parent(&mut self, id: &str) -> Result<State<T>, TreeError> {
        if let Some(open) = self.open.get_mut(id) {
            open.children = open.children.saturating_sub(1);
            let node = open.node.clone();
            if open.children == 0 {
                self.open.remove(id);
            }
            return Ok(node);
        }
        // The parent is outside the range, and its children need it.
        let listed = self.repository.files(id)?;
        let node = self.node(&StateFiles::default(), listed, id, &mut Readability::default())?;
        let children = self.forks.get(&short(id)).copied().unwrap_or(1).saturating_sub(1);
        if children > 0 {
            self.open.insert(id.to_owned(), OpenState { node: node.clone(), children });
        }
        Ok(node)
    }

    /// The state of a commit, made from those of its parents.
    fn state_of(&mut self, commit: &Arc<Commit>, changed: Vec<Changed>) -> Result<CommitStates<T>, TreeError> {
        let followed = if self.follows_first { commit.parents.len().min(1) } else { commit.parents.len() };
        let is_first = std::mem::take(&mut self.is_first);
        let mut readability = Readability::default();
        if followed == 0 {
            let node = self.node(&StateFiles::default(), changed, &commit.id, &mut readability)?;
            let is_cut = self.shallow.contains(&commit.id);
            // The repository has commits before the project was added: the project starts empty.
            let is_begun = !is_cut && (!is_first || Repository::has_parents(&mut self.batch, &commit.id));
            let start = if is_cut { Some(Start::Shallow) } else { Some(Start::First).filter(|_| !is_begun) };
            let empty = State { files: Arc::default(), meaning: Arc::default() };
            let parents = if is_begun { vec![empty] } else { Vec::new() };
            let Readability { broken, mended } = readability;
            return Ok(CommitStates { commit: Arc::clone(commit), parents, node, broken, mended, start });
        }
        let mut parents = Vec::with_capacity(followed);
        let is_open = self.open.contains_key(&commit.parents[0]);
        for id in commit.parents.iter().take(followed) {
            parents.push(self.parent(id)?);
        }
        let first = parents[0].clone();
        let node = if changed.is_empty() {
            first.clone()
        } else {
            let node = self.node(&first.files, changed, &commit.id, &mut readability)?;
            // A merge that takes over a parent's files has that parent's state.
            match parents.iter().skip(1).find(|parent| parent.files.is_same(&node.files)) {
                Some(parent) => parent.clone(),
                None if is_same_state(&first.files, &node.files) => {
                    State { files: node.files, meaning: Arc::clone(&first.meaning) }
                }
                None => node,
            }
        };
        // Files that came from another parent were reported there.
        let came_with = |path: &str| {
            let object = |files: &StateFiles| files.metadata.get(path).map(|file| Arc::clone(&file.object));
            let own = object(&node.files);
            parents.iter().skip(1).any(|parent| object(&parent.files) == own)
        };
        let Readability { mut broken, mut mended } = readability;
        broken.retain(|it| !came_with(&it.path));
        mended.retain(|path| !came_with(path));
        let start = (is_first && !is_open).then_some(Start::Requested);
        Ok(CommitStates { commit: Arc::clone(commit), parents, node, broken, mended, start })
    }

    /// The state after a change. Only new files are parsed.
    fn node(
        &mut self,
        before: &StateFiles,
        changed: Vec<Changed>,
        commit: &str,
        readability: &mut Readability,
    ) -> Result<State<T>, TreeError> {
        let mut files = before.clone();
        let mut requests: Vec<(String, String)> = Vec::new();
        let mut names_others = false;
        for Changed { path, object } in changed {
            let Some(path) = path.strip_prefix(self.below.as_str()) else { continue };
            if !wants(path) && !self.replacement_files.contains(path) {
                continue;
            }
            names_others |= path == PROJECT_FILE;
            match object {
                Some(object) => requests.push((path.to_owned(), object)),
                None if is_metadata(path) => {
                    files.metadata.remove(path);
                }
                None => {
                    files.plain.remove(path);
                }
            }
        }
        self.read(&mut files, requests, readability)?;
        if names_others {
            let replacement_files = files.replacement_files();
            let below = |path: &String| format!("{}{path}", self.below);
            let paths: Vec<String> = replacement_files.iter().map(below).collect();
            let listed = if paths.is_empty() { Vec::new() } else { self.repository.listed(commit, &paths)? };
            let requests = listed.into_iter().filter_map(|it| {
                let path = it.path.strip_prefix(self.below.as_str())?.to_owned();
                replacement_files.contains(&path).then_some((path, it.object?))
            });
            let requests = requests.collect();
            self.read(&mut files, requests, readability)?;
            self.replacement_files.extend(replacement_files);
        }
        Ok(State { files: Arc::new(files), meaning: Arc::default() })
    }

    /// Reads files into a state.
    fn read(
        &mut self,
        files: &mut StateFiles,
        requests: Vec<(String, String)>,
        readability: &mut Readability,
    ) -> Result<(), TreeError> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            requests.into_iter().partition(|(path, object)| self.cache.has(path, object));
        for (path, object) in known {
            let now = self.cache.get(&path, &object);
            put(files, &path, &object, now, None, readability);
        }
        for chunk in unknown.chunks(AT_ONCE) {
            let objects: Vec<&str> = chunk.iter().map(|(_, object)| object.as_str()).collect();
            let mut lease = Lease::of(&self.budget);
            let mut bytes = self.batch.blobs(&objects, &mut lease)?;
            if bytes.contains(&Err(ReadError::OutOfMemory)) && self.cache.clear() {
                drop((bytes, lease));
                lease = Lease::of(&self.budget);
                bytes = self.batch.blobs(&objects, &mut lease)?;
            }
            let budget = &self.budget;
            let one = |((path, _), bytes): (&(String, String), Result<Vec<u8>, ReadError>)| match bytes {
                Ok(bytes) if is_metadata(path) => SharedFile::read(path, &bytes, budget)
                    .map(|read| ReadFile::Metadata(Arc::new(read), bytes.len()))
                    .ok_or(ReadError::OutOfMemory),
                Ok(bytes) => Ok(ReadFile::PlainFile(bytes)),
                Err(absent) => Err(absent),
            };
            let read: Vec<_> = chunk.par_iter().with_max_len(1).zip(bytes).map(one).collect();
            drop(lease);
            for ((path, object), read) in chunk.iter().zip(read) {
                match read {
                    Ok(ReadFile::Metadata(read, size)) => {
                        self.cache.keep(path, object, &read, size);
                        put(files, path, object, Some(read), None, readability);
                    }
                    Ok(ReadFile::PlainFile(bytes)) => {
                        files.plain.insert(path.clone(), PlainFile { object: object.clone(), bytes: Arc::new(bytes) });
                    }
                    Err(ReadError::OutOfMemory) => {
                        let size = self.budget.size();
                        return Err(TreeError::Unreadable(format!(
                            "the memory that --max-memory allows ({size}) is used up by the files of one state: raise it"
                        )));
                    }
                    Err(ReadError::Unreadable(reason)) => {
                        let absent = self.absent.get_or_insert_with(|| (0, path.clone()));
                        absent.0 += 1;
                        if is_metadata(path) {
                            put(files, path, object, None, Some(reason), readability);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// The files that a commit broke, and those that can be read again.
#[derive(Default)]
struct Readability {
    broken: Vec<Unreadable>,
    mended: Vec<String>,
}

/// A file that was read.
enum ReadFile {
    Metadata(Arc<SharedFile>, usize),
    PlainFile(Vec<u8>),
}

/// Puts a file into a state, and records whether it broke or was repaired.
fn put(
    files: &mut StateFiles,
    path: &str,
    object: &str,
    now: Option<Arc<SharedFile>>,
    absent: Option<String>,
    readability: &mut Readability,
) {
    let former = files.metadata.get(path);
    let was_sound = former.is_none_or(File::is_sound);
    let before = former.and_then(|it| if it.is_sound() { it.now.clone() } else { it.before.clone() });
    let problem = match &now {
        Some(now) => now.problem().map(|(problem, line)| (problem.to_owned(), line)),
        None => absent.map(|reason| (reason, 0)),
    };
    match problem {
        Some((problem, line)) if was_sound => {
            readability.broken.push(Unreadable { path: path.to_owned(), line, problem });
        }
        None if !was_sound => readability.mended.push(path.to_owned()),
        _ => {}
    }
    let key = files.metadata.get_key_value(path).map_or_else(|| Arc::from(path), |(key, _)| Arc::clone(key));
    files.metadata.insert(key, File { object: Arc::from(object), now, before });
}

/// Whether the files of two states have the same paths and content.
fn is_same_state(one: &StateFiles, other: &StateFiles) -> bool {
    // If two twin files are the same, their lines count too.
    let has_twin = |path: &str| match path.strip_suffix("-meta.xml") {
        Some(plain) => other.metadata.contains_key(plain),
        None => other.metadata.contains_key(format!("{path}-meta.xml").as_str()),
    };
    let same = |(path, before): (&Arc<str>, &File), (other_path, after): (&Arc<str>, &File)| {
        path == other_path
            && match (before.effective(), after.effective()) {
                (Some(before), Some(after)) => Arc::ptr_eq(before, after) || before.is_same(after) && !has_twin(path),
                (None, None) => true,
                _ => false,
            }
    };
    let same_plain = |(one, other): ((&String, &PlainFile), (&String, &PlainFile))| {
        one.0 == other.0 && one.1.object == other.1.object
    };
    one.metadata.len() == other.metadata.len()
        && one.plain.len() == other.plain.len()
        && one.plain.iter().zip(&other.plain).all(same_plain)
        && one.metadata.iter().zip(&other.metadata).all(|(one, other)| same(one, other))
}

/// The files parsed last, in case one comes back.
#[derive(Debug)]
struct FileCache {
    most: usize,
    size: usize,
    files: HashMap<(String, String), (Arc<SharedFile>, usize)>,
    order: VecDeque<(String, String)>,
}

impl FileCache {
    fn of(budget: &Budget) -> Self {
        let most = usize::try_from(budget.size().0 / 32).unwrap_or(usize::MAX);
        Self { most, size: 0, files: HashMap::new(), order: VecDeque::new() }
    }

    fn has(&self, path: &str, object: &str) -> bool {
        is_metadata(path) && self.files.contains_key(&(path.to_owned(), object.to_owned()))
    }

    fn get(&self, path: &str, object: &str) -> Option<Arc<SharedFile>> {
        self.files.get(&(path.to_owned(), object.to_owned())).map(|(file, _)| Arc::clone(file))
    }

    fn keep(&mut self, path: &str, object: &str, file: &Arc<SharedFile>, size: usize) {
        let key = (path.to_owned(), object.to_owned());
        self.size += size;
        self.order.push_back(key.clone());
        self.files.insert(key, (Arc::clone(file), size));
        while self.size > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.size -= self.files.remove(&oldest).map_or(0, |(_, size)| size);
        }
    }

    /// Drops all files. Returns whether there were any.
    fn clear(&mut self) -> bool {
        let had = !self.files.is_empty();
        self.files.clear();
        self.order.clear();
        self.size = 0;
        had
    }
}
