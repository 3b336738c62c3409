//! The states of a project through a repository's history, commit by commit, parents before children.
//!
//! A state is a list of files; each file is read once, however many states hold it, and a commit whose files are equal
//! to those before has its parent's state. A file that cannot be understood keeps the last content in its place that
//! could, and is reported. Holds only the states that a later commit still needs. Refuses to know what files mean
//! together.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::discover::{IGNORE_FILE, MANIFEST, PROJECT_FILE, Root};
use crate::load::{Loaded, NotRemembered, Remembered, load_with};
use crate::metadata::Inputs;
use crate::metadata::kind::{Recognised, recognise};
use crate::vfs::git::log::{AT_ONCE, Absent, Batch, Changed, Commit, Log, Range, Repository, short};
use crate::vfs::{Memory, TreeError, is_skipped};
use sessionlint_source::budget::{Budget, Lease};

/// A file of a state.
#[derive(Clone, Debug)]
struct File {
    /// Its object in the repository.
    object: Arc<str>,
    /// What it holds; `None` where its bytes are not there.
    now: Option<Arc<Remembered>>,
    /// What stands for it where it cannot be understood: the last one in its place that could.
    before: Option<Arc<Remembered>>,
}

impl File {
    fn is_sound(&self) -> bool {
        self.now.as_ref().is_some_and(|it| it.problem().is_none())
    }

    /// What stands for the file.
    fn stands(&self) -> Option<&Arc<Remembered>> {
        if self.is_sound() { self.now.as_ref() } else { self.before.as_ref().or(self.now.as_ref()) }
    }
}

/// The files of a state that matter, by their paths below the root.
#[derive(Clone, Debug, Default)]
pub struct Files {
    metadata: BTreeMap<Arc<str>, File>,
    /// Project file, manifest, patterns, and texts that the project file puts in the place of others.
    plain: BTreeMap<String, Plain>,
}

#[derive(Clone, Debug)]
struct Plain {
    object: String,
    bytes: Arc<Vec<u8>>,
}

impl Files {
    /// Whether both hold the same objects in the same places.
    fn is_same(&self, other: &Self) -> bool {
        let objects = |files: &'_ Self| -> Vec<(Arc<str>, Arc<str>)> {
            files.metadata.iter().map(|(path, file)| (Arc::clone(path), Arc::clone(&file.object))).collect()
        };
        let plain = |files: &'_ Self| -> Vec<(String, String)> {
            files.plain.iter().map(|(path, file)| (path.clone(), file.object.clone())).collect()
        };
        self.metadata.len() == other.metadata.len()
            && self.plain.len() == other.plain.len()
            && objects(self) == objects(other)
            && plain(self) == plain(other)
    }

    /// Reads the project that they make, as if its folder at `root` held them.
    pub fn load(&self, root: &Path, inputs: Inputs) -> Loaded {
        let plain = self.plain.iter().map(|(path, file)| (path.clone(), file.bytes.to_vec()));
        let names = || self.metadata.keys().map(ToString::to_string);
        let opened = Root::in_memory(root, Memory::holding("history", plain, names()));
        let standing = |path: &str| self.metadata.get(path).and_then(File::stands).cloned();
        if opened.replacements.is_empty() {
            return load_with(&opened, inputs, &standing);
        }
        // A deployment replaces what files say, so that they are read as they are then.
        let plain = self.plain.iter().map(|(path, file)| (path.clone(), file.bytes.to_vec()));
        let bytes =
            self.metadata.iter().filter_map(|(path, file)| Some((path.to_string(), file.now.as_ref()?.bytes()?)));
        let opened = Root::in_memory(root, Memory::holding("history", plain.chain(bytes), names()));
        let unlike = |path: &str| standing(path).filter(|it| it.bytes().is_none());
        load_with(&opened, inputs, &unlike)
    }

    /// The project file's bytes.
    fn project_file(&self) -> Option<&[u8]> {
        self.plain.get(PROJECT_FILE).map(|file| file.bytes.as_slice())
    }

    /// Files whose texts are put in the place of others.
    fn named(&self) -> BTreeSet<String> {
        let named = self.project_file().map(crate::replace::files_named).unwrap_or_default();
        let usable = named.iter().filter_map(|path| crate::vfs::normalise(path));
        usable.filter(|path| !wants(path)).collect()
    }
}

/// Whether a file below the root matters by its name.
fn wants(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.is_empty() && matches!(name, PROJECT_FILE | MANIFEST) {
        return true;
    }
    let is_ours = name == IGNORE_FILE || matches!(recognise(name), Some((Recognised::Session(..), _)));
    is_ours && !folders.split('/').any(is_skipped)
}

fn is_metadata(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !matches!(name, PROJECT_FILE | MANIFEST | IGNORE_FILE)
        && matches!(recognise(name), Some((Recognised::Session(..), _)))
}

/// A state, with whatever the caller keeps of what it means: states that say the same share it.
#[derive(Debug)]
pub struct Node<T> {
    /// Its files.
    pub files: Arc<Files>,
    /// What the caller keeps.
    pub meaning: Arc<T>,
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self { files: Arc::clone(&self.files), meaning: Arc::clone(&self.meaning) }
    }
}

/// Why a state is one to compare others with, and with none itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The repository's first commit.
    First,
    /// A shallow clone holds nothing before it.
    Shallow,
    /// Nobody asked for what is before it.
    Asked,
}

/// A file that cannot be read in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path below the root.
    pub path: String,
    /// The line of what is wrong; 0 where its bytes are not there.
    pub line: u32,
    /// What is wrong.
    pub problem: String,
}

/// A commit after which the project may say something else than before.
#[derive(Debug)]
pub struct Step<T> {
    /// The commit.
    pub commit: Arc<Commit>,
    /// The states of its parents; none where it is one to begin with.
    pub parents: Vec<Node<T>>,
    /// Its own.
    pub node: Node<T>,
    /// Files that cannot be read from here on.
    pub broken: Vec<Unreadable>,
    /// Files that can be read again.
    pub mended: Vec<String>,
    /// Why it is compared with nothing.
    pub start: Option<Start>,
}

/// A state on which later commits rest.
#[derive(Debug)]
struct Open<T> {
    node: Node<T>,
    children: u32,
}

/// A walk through a history.
pub struct Walk<T> {
    repository: Repository,
    log: Log,
    batch: Batch,
    /// The repository's paths of the project begin with it.
    below: String,
    forks: HashMap<u64, u32>,
    shallow: BTreeSet<String>,
    follows_first: bool,
    open: HashMap<String, Open<T>>,
    kept: Kept,
    budget: Arc<Budget>,
    /// Paths that some project file names.
    named: BTreeSet<String>,
    is_first: bool,
    /// The last commit that was met, and its state.
    last: Option<(Arc<Commit>, Node<T>)>,
    /// How many commits were met.
    pub commits: usize,
    /// How many files could not be had, with the first of them.
    pub absent: Option<(usize, String)>,
}

impl<T> std::fmt::Debug for Walk<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Walk").field("repository", &self.repository).finish_non_exhaustive()
    }
}

impl<T: Default> Walk<T> {
    /// Begins at the first commit of `range`.
    pub fn new(repository: &Repository, range: &Range, budget: &Arc<Budget>) -> Result<Self, TreeError> {
        // Along first parents, nothing forks.
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
            kept: Kept::of(budget),
            budget: Arc::clone(budget),
            named: BTreeSet::new(),
            is_first: true,
            last: None,
            commits: 0,
            absent: None,
        })
    }

    /// The last commit that was met, and its state.
    pub fn last(&self) -> Option<&(Arc<Commit>, Node<T>)> {
        self.last.as_ref()
    }

    /// The next commit that matters; `None` at the end.
    pub fn step(&mut self) -> Result<Option<Step<T>>, TreeError> {
        loop {
            let (below, named) = (self.below.clone(), &self.named);
            let wanted =
                |path: &str| path.strip_prefix(below.as_str()).is_some_and(|path| wants(path) || named.contains(path));
            let Some((commit, changed)) = self.log.next(wanted)? else { return Ok(None) };
            self.commits += 1;
            let commit = Arc::new(commit);
            let step = self.state_of(&commit, changed)?;
            let node = step.node.clone();
            let children = self.forks.get(&short(&commit.id)).copied().unwrap_or(1);
            self.open.insert(commit.id.clone(), Open { node: node.clone(), children });
            self.last = Some((Arc::clone(&commit), node));
            let says_something = step.start.is_some() || !step.broken.is_empty() || !step.mended.is_empty();
            let is_other = |parent: &Node<T>| !Arc::ptr_eq(&parent.meaning, &step.node.meaning);
            if says_something || step.parents.iter().all(is_other) {
                return Ok(Some(step));
            }
        }
    }

    /// The state of a parent, which is let go with its last child.
    fn parent(&mut self, id: &str) -> Result<Node<T>, TreeError> {
        if let Some(open) = self.open.get_mut(id) {
            open.children = open.children.saturating_sub(1);
            let node = open.node.clone();
            if open.children == 0 {
                self.open.remove(id);
            }
            return Ok(node);
        }
        // Nobody asked for it, and its children rest on it.
        let listed = self.repository.files(id)?;
        let node = self.node(&Files::default(), listed, id, &mut Vec::new(), &mut Vec::new())?;
        let children = self.forks.get(&short(id)).copied().unwrap_or(1).saturating_sub(1);
        if children > 0 {
            self.open.insert(id.to_owned(), Open { node: node.clone(), children });
        }
        Ok(node)
    }

    /// What a commit makes of its parents' states.
    fn state_of(&mut self, commit: &Arc<Commit>, changed: Vec<Changed>) -> Result<Step<T>, TreeError> {
        let followed = if self.follows_first { commit.parents.len().min(1) } else { commit.parents.len() };
        let is_first = std::mem::take(&mut self.is_first);
        let (mut broken, mut mended) = (Vec::new(), Vec::new());
        if followed == 0 {
            let node = self.node(&Files::default(), changed, &commit.id, &mut broken, &mut mended)?;
            let is_cut = self.shallow.contains(&commit.id);
            // What stands beside the project came before it: that is no beginning.
            let is_begun = !is_cut && (!is_first || Repository::has_parents(&mut self.batch, &commit.id));
            let start = if is_cut { Some(Start::Shallow) } else { Some(Start::First).filter(|_| !is_begun) };
            let empty = Node { files: Arc::default(), meaning: Arc::default() };
            let parents = if is_begun { vec![empty] } else { Vec::new() };
            return Ok(Step { commit: Arc::clone(commit), parents, node, broken, mended, start });
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
            let node = self.node(&first.files, changed, &commit.id, &mut broken, &mut mended)?;
            // What a merge takes over whole was told where it was made.
            match parents.iter().skip(1).find(|parent| parent.files.is_same(&node.files)) {
                Some(parent) => parent.clone(),
                None if says_the_same(&first.files, &node.files) => {
                    Node { files: node.files, meaning: Arc::clone(&first.meaning) }
                }
                None => node,
            }
        };
        // Whatever came with another parent was told there.
        let came_with = |path: &str| {
            let object = |files: &Files| files.metadata.get(path).map(|file| Arc::clone(&file.object));
            let own = object(&node.files);
            parents.iter().skip(1).any(|parent| object(&parent.files) == own)
        };
        broken.retain(|it| !came_with(&it.path));
        mended.retain(|path| !came_with(path));
        let start = (is_first && !is_open).then_some(Start::Asked);
        Ok(Step { commit: Arc::clone(commit), parents, node, broken, mended, start })
    }

    /// The state after a change: what is new of it is read.
    fn node(
        &mut self,
        before: &Files,
        changed: Vec<Changed>,
        commit: &str,
        broken: &mut Vec<Unreadable>,
        mended: &mut Vec<String>,
    ) -> Result<Node<T>, TreeError> {
        let mut files = before.clone();
        let mut wishes: Vec<(String, String)> = Vec::new();
        let mut names_others = false;
        for Changed { path, object } in changed {
            let Some(path) = path.strip_prefix(self.below.as_str()) else { continue };
            if !wants(path) && !self.named.contains(path) {
                continue;
            }
            names_others |= path == PROJECT_FILE;
            match object {
                Some(object) => wishes.push((path.to_owned(), object)),
                None if is_metadata(path) => {
                    files.metadata.remove(path);
                }
                None => {
                    files.plain.remove(path);
                }
            }
        }
        self.read(&mut files, wishes, broken, mended)?;
        if names_others {
            let named = files.named();
            let below = |path: &String| format!("{}{path}", self.below);
            let paths: Vec<String> = named.iter().map(below).collect();
            let listed = if paths.is_empty() { Vec::new() } else { self.repository.listed(commit, &paths)? };
            let wishes = listed.into_iter().filter_map(|it| {
                let path = it.path.strip_prefix(self.below.as_str())?.to_owned();
                named.contains(&path).then_some((path, it.object?))
            });
            let wishes = wishes.collect();
            self.read(&mut files, wishes, broken, mended)?;
            self.named.extend(named);
        }
        Ok(Node { files: Arc::new(files), meaning: Arc::default() })
    }

    /// Reads files into a state.
    fn read(
        &mut self,
        files: &mut Files,
        wishes: Vec<(String, String)>,
        broken: &mut Vec<Unreadable>,
        mended: &mut Vec<String>,
    ) -> Result<(), TreeError> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            wishes.into_iter().partition(|(path, object)| self.kept.has(path, object));
        for (path, object) in known {
            let now = self.kept.get(&path, &object);
            put(files, &path, &object, now, None, broken, mended);
        }
        for chunk in unknown.chunks(AT_ONCE) {
            let objects: Vec<&str> = chunk.iter().map(|(_, object)| object.as_str()).collect();
            let mut lease = Lease::of(&self.budget);
            let mut bytes = self.batch.blobs(&objects, &mut lease)?;
            if bytes.contains(&Err(Absent::NoRoom)) && self.kept.clear() {
                drop((bytes, lease));
                lease = Lease::of(&self.budget);
                bytes = self.batch.blobs(&objects, &mut lease)?;
            }
            let budget = &self.budget;
            let one = |((path, _), bytes): (&(String, String), Result<Vec<u8>, Absent>)| match bytes {
                Ok(bytes) if is_metadata(path) => match Remembered::read(path, &bytes, budget) {
                    Ok(read) => Ok(ReadFile::Metadata(Arc::new(read), bytes.len())),
                    Err(NotRemembered) => Err(Absent::NoRoom),
                },
                Ok(bytes) => Ok(ReadFile::Plain(bytes)),
                Err(absent) => Err(absent),
            };
            let read: Vec<_> = chunk.par_iter().zip(bytes).map(one).collect();
            drop(lease);
            for ((path, object), read) in chunk.iter().zip(read) {
                match read {
                    Ok(ReadFile::Metadata(read, size)) => {
                        self.kept.keep(path, object, &read, size);
                        put(files, path, object, Some(read), None, broken, mended);
                    }
                    Ok(ReadFile::Plain(bytes)) => {
                        files.plain.insert(path.clone(), Plain { object: object.clone(), bytes: Arc::new(bytes) });
                    }
                    Err(Absent::NoRoom) => {
                        let size = self.budget.size();
                        return Err(TreeError::Unreadable(format!(
                            "the memory that --max-memory allows ({size}) is used up by the files of one state: raise it"
                        )));
                    }
                    Err(Absent::Because(reason)) => {
                        let absent = self.absent.get_or_insert_with(|| (0, path.clone()));
                        absent.0 += 1;
                        if is_metadata(path) {
                            put(files, path, object, None, Some(reason), broken, mended);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// What was read of a file.
enum ReadFile {
    Metadata(Arc<Remembered>, usize),
    Plain(Vec<u8>),
}

/// Puts a file into its place, and tells whether it can be read where it could not, or the reverse.
fn put(
    files: &mut Files,
    path: &str,
    object: &str,
    now: Option<Arc<Remembered>>,
    absent: Option<String>,
    broken: &mut Vec<Unreadable>,
    mended: &mut Vec<String>,
) {
    let former = files.metadata.get(path);
    let was_sound = former.is_none_or(File::is_sound);
    let before = former.and_then(|it| if it.is_sound() { it.now.clone() } else { it.before.clone() });
    let problem = match &now {
        Some(now) => now.problem().map(|(problem, line)| (problem.to_owned(), line)),
        None => absent.map(|reason| (reason, 0)),
    };
    match problem {
        Some((problem, line)) if was_sound => broken.push(Unreadable { path: path.to_owned(), line, problem }),
        None if !was_sound => mended.push(path.to_owned()),
        _ => {}
    }
    let key = files.metadata.get_key_value(path).map_or_else(|| Arc::from(path), |(key, _)| Arc::clone(key));
    files.metadata.insert(key, File { object: Arc::from(object), now, before });
}

/// Whether the files of two states have the same places and say the same.
fn says_the_same(one: &Files, other: &Files) -> bool {
    // Of two files side by side that say the same, the lines count too.
    let has_twin = |path: &str| match path.strip_suffix("-meta.xml") {
        Some(plain) => other.metadata.contains_key(plain),
        None => other.metadata.contains_key(format!("{path}-meta.xml").as_str()),
    };
    let same = |(path, before): (&Arc<str>, &File), (other_path, after): (&Arc<str>, &File)| {
        path == other_path
            && match (before.stands(), after.stands()) {
                (Some(before), Some(after)) => {
                    Arc::ptr_eq(before, after) || before.says_the_same(after) && !has_twin(path)
                }
                (None, None) => true,
                _ => false,
            }
    };
    let same_plain =
        |(one, other): ((&String, &Plain), (&String, &Plain))| one.0 == other.0 && one.1.object == other.1.object;
    one.metadata.len() == other.metadata.len()
        && one.plain.len() == other.plain.len()
        && one.plain.iter().zip(&other.plain).all(same_plain)
        && one.metadata.iter().zip(&other.metadata).all(|(one, other)| same(one, other))
}

/// The files that were read last, so that one that comes back is not read again.
#[derive(Debug)]
struct Kept {
    most: usize,
    size: usize,
    files: HashMap<(String, String), (Arc<Remembered>, usize)>,
    order: VecDeque<(String, String)>,
}

impl Kept {
    fn of(budget: &Budget) -> Self {
        let most = usize::try_from(budget.size().0 / 32).unwrap_or(usize::MAX);
        Self { most, size: 0, files: HashMap::new(), order: VecDeque::new() }
    }

    fn has(&self, path: &str, object: &str) -> bool {
        is_metadata(path) && self.files.contains_key(&(path.to_owned(), object.to_owned()))
    }

    fn get(&self, path: &str, object: &str) -> Option<Arc<Remembered>> {
        self.files.get(&(path.to_owned(), object.to_owned())).map(|(file, _)| Arc::clone(file))
    }

    fn keep(&mut self, path: &str, object: &str, file: &Arc<Remembered>, size: usize) {
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

    /// Lets go of all; whether there was anything.
    fn clear(&mut self) -> bool {
        let had = !self.files.is_empty();
        self.files.clear();
        self.order.clear();
        self.size = 0;
        had
    }
}
