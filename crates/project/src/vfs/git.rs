//! A git revision as files in memory, by way of the `git` command.
//!
//! Reads objects as they are stored (`ls-tree`, `cat-file`), never an archive: `export-ignore`, filters and replacements
//! change nothing. Runs nothing that the repository configures, takes no lock and fetches nothing. May assume git 2.39.

pub mod log;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::{Content, MAX_BYTES, MAX_SETTINGS, Memory, TreeError, Wanted, too_large, too_much_to_settle, wanted};
use sessionlint_source::budget::{Budget, Lease, NAME, Spent};

/// Variables by which a caller (a hook, say) would make git look elsewhere, or talk.
const UNSET: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_EXTERNAL_DIFF",
    "GIT_REPLACE_REF_BASE",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_ATTR_SOURCE",
    "GIT_PROTOCOL_FROM_USER",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_PROXY_COMMAND",
    "GIT_ASKPASS",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// A blob of the revision that matters.
struct Blob {
    object: String,
    path: String,
}

/// A file that a listing names.
struct Listed<'l> {
    mode: &'l str,
    object: &'l str,
    path: &'l str,
}

/// A file of a revision.
#[derive(Debug)]
pub struct Stored {
    /// Its path below the top of the work tree.
    pub path: String,
    /// What is in it, or why that is not there.
    pub bytes: Result<Vec<u8>, String>,
}

/// A commit, as seen from a folder of its repository's work tree.
#[derive(Clone, Debug)]
pub struct Revision {
    folder: PathBuf,
    commit: String,
    /// The folder's path below the top of the work tree; empty for the top.
    prefix: String,
    /// Whether the folder is the repository itself, which the user named.
    is_bare: bool,
}

/// Reads what `revision` of the repository around `folder` holds below `folder`.
pub fn read(folder: &Path, revision: &str, budget: &Arc<Budget>) -> Result<Memory, TreeError> {
    let found = Revision::find(folder, revision)?;
    let mut memory = Memory::within(revision, budget);
    let mut blobs = Vec::new();
    // Where the project is newer than the revision, it was empty then.
    if let Some(tree) = found.tree()? {
        list(git(folder), folder, &["ls-tree", "-r", "-z", "--full-tree", &tree], |Listed { mode, object, path }| {
            // Where a name does, a blob may be asked for.
            if memory.holds(BLOB).and_then(|()| memory.holds_name(path)).is_err() {
                memory.is_cut = true;
                return ControlFlow::Break(());
            }
            match mode {
                "120000" => {
                    memory.irregular.insert(path.to_owned(), "is a link, which is not followed in a revision");
                }
                "160000" => {
                    memory.irregular.insert(path.to_owned(), "is a submodule, which is not read");
                }
                _ => match wanted(path) {
                    Wanted::Bytes => blobs.push(Blob { object: object.to_owned(), path: path.to_owned() }),
                    Wanted::Name => {
                        memory.files.insert(path.to_owned(), Content::NameOnly);
                    }
                    Wanted::Nothing => {}
                },
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut files = BTreeMap::new();
    fetch(git(folder), folder, &blobs, &mut |size| memory.holds_file(size), |path, content| {
        files.insert(path, content);
    })?;
    memory.files.append(&mut files);
    let named = memory.replacement_files();
    if !named.is_empty() {
        let below = if found.prefix.is_empty() { String::new() } else { format!("{}/", found.prefix) };
        let paths: Vec<String> = named.iter().map(|path| format!("{below}{path}")).collect();
        for stored in found.files(&paths, "")? {
            let Some(path) = stored.path.strip_prefix(&below).filter(|path| named.iter().any(|it| it == path)) else {
                continue;
            };
            let content = match stored.bytes {
                Ok(bytes) if memory.holds(NAME + (path.len() + bytes.len()) as u64).is_err() => Content::NoRoom,
                Ok(bytes) => Content::Bytes(bytes),
                Err(reason) => Content::Unreadable(reason),
            };
            memory.files.insert(path.to_owned(), content);
        }
    }
    memory.revision = Some(found);
    Ok(memory)
}

impl Revision {
    /// The commit that `revision` means in the repository around `folder`.
    pub fn find(folder: &Path, revision: &str) -> Result<Self, TreeError> {
        let commit = commit(folder, revision)?;
        let prefix = text(ask(folder, &["rev-parse", "--show-prefix"])?);
        let prefix = prefix.trim_end_matches(['\n', '\r', '/']).to_owned();
        Ok(Self { folder: folder.to_owned(), commit, prefix, is_bare: false })
    }

    /// The path of the folder below the top of the work tree, `/`-separated.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn git(&self) -> Command {
        log::git_at(&self.folder, self.is_bare)
    }

    /// The tree of the folder; `None` where the commit has none.
    fn tree(&self) -> Result<Option<String>, TreeError> {
        if self.prefix.is_empty() {
            return Ok(Some(self.commit.clone()));
        }
        let mut tree = None;
        // An answer without the folder says that it is not there; that a tree cannot be read is an error of its own.
        list(self.git(), &self.folder, &["ls-tree", "-z", "--full-tree", &self.commit, "--", &self.prefix], |it| {
            if it.mode == "040000" && it.path == self.prefix {
                tree = Some(it.object.to_owned());
            }
            ControlFlow::Continue(())
        })?;
        Ok(tree)
    }

    /// The files at these paths below the top of the work tree, and of folders among them (with a `/` at their end)
    /// those whose names end in `.suffix`. A link is no file.
    pub fn files(&self, paths: &[String], suffix: &str) -> Result<Vec<Stored>, TreeError> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", &self.commit, "--"];
        arguments.extend(paths.iter().map(String::as_str));
        let (mut blobs, mut stored) = (Vec::new(), Vec::new());
        let mut held = Lease::of(&Arc::new(Budget::of(MAX_SETTINGS)));
        let mut names = held.beside();
        let mut are_cut = false;
        list(self.git(), &self.folder, &arguments, |Listed { mode, object, path }| {
            let is_named = paths.iter().any(|named| named == path);
            let is_of_folder = path.rsplit_once('.').is_some_and(|(_, extension)| extension == suffix);
            if names.more(BLOB + NAME + path.len() as u64).is_err() {
                are_cut = true;
                return ControlFlow::Break(());
            }
            match mode {
                "120000" if is_named => {
                    let reason = "is a link, which is not followed in a revision".to_owned();
                    stored.push(Stored { path: path.to_owned(), bytes: Err(reason) });
                }
                "100644" | "100755" if is_named || is_of_folder => {
                    blobs.push(Blob { object: object.to_owned(), path: path.to_owned() });
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        if are_cut {
            return Err(TreeError::Unreadable(too_much_to_settle()));
        }
        fetch(self.git(), &self.folder, &blobs, &mut |size| held.more(size), |path, content| {
            let bytes = match content {
                Content::Bytes(bytes) => Ok(bytes),
                Content::Unreadable(reason) => Err(reason),
                Content::NoRoom => Err(too_much_to_settle()),
                Content::NameOnly => return,
            };
            stored.push(Stored { path, bytes });
        })?;
        Ok(stored)
    }
}

/// Whether the repository around `folder`, if there is one, knows `revision`.
pub fn knows(folder: &Path, revision: &str) -> bool {
    commit(folder, revision).is_ok()
}

/// The commit that is checked out in the repository around `folder`; `None` without one.
pub fn head(folder: &Path) -> Option<String> {
    commit(folder, "HEAD").ok()
}

/// The commit that a revision means.
fn commit(folder: &Path, revision: &str) -> Result<String, TreeError> {
    let refused = |why: &str| Err(TreeError::Unknown(why.to_owned()));
    if revision.starts_with('-') {
        return refused("no revision begins with `-`");
    }
    if revision.is_empty() || revision.contains(['\0', '\n', '\r']) {
        return refused("no revision");
    }
    // Asked first, so that the absence of a repository is not taken for that of a revision.
    ask(folder, &["rev-parse", "--git-dir"])?;
    let broken = || Err(TreeError::Unreadable("the repository lacks objects, or holds broken ones".to_owned()));
    if let Ok(commit) = ask(folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]) {
        let commit = text(commit).trim().to_owned();
        // A name is looked up without a look at what it names.
        return if ask(folder, &["cat-file", "-e", &commit]).is_ok() { Ok(commit) } else { broken() };
    }
    // What has a name and no object is not unknown but lost; a number that somebody typed may be of another repository.
    let is_number = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(object) = ask(folder, &["rev-parse", "--verify", "--quiet", revision]).ok().map(text) {
        let is_there = ask(folder, &["cat-file", "-t", object.trim()]);
        match is_there {
            Ok(_) => return refused("it names no commit"),
            Err(_) if !is_number || has_broken_object(folder, object.trim()) => return broken(),
            Err(_) => {}
        }
    }
    if revision.contains("..") {
        return refused("a range of revisions: give its two ends as OLD and NEW");
    }
    refused("neither an existing path nor a revision that git knows here")
}

/// Whether an object is there and cannot be read: git keeps quiet about one that is merely absent.
fn has_broken_object(folder: &Path, object: &str) -> bool {
    let output = git(folder).args(["cat-file", "-e", object]).output();
    output.is_ok_and(|output| output.stderr.starts_with(b"error:"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// One record of `ls-tree -z`: `MODE TYPE OBJECT<tab>PATH`. A path that is no text names no metadata.
fn listed(record: &[u8]) -> Option<Listed<'_>> {
    let (head, path) = std::str::from_utf8(record).ok()?.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some(Listed { mode, object, path })
}

/// A protocol that no address can have: a name of one begins with a letter.
const NO_PROTOCOL: &str = "-";

/// `git` in `folder`, deaf to everything but its arguments and the objects of the repository.
///
/// What must hold is said in the environment: a repository's own configuration wins over much of what arguments say
/// (`protocol.ext.allow` over `protocol.allow`), over the environment it never does. All of it holds from git 2.39 on.
/// `GIT_NO_LAZY_FETCH`, which is newer, only makes the reason clearer: without it git tries to fetch what a partial clone
/// lacks, and no protocol is allowed.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("--no-pager").arg("--no-replace-objects").arg("-C").arg(folder);
    let settings = [
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "protocol.allow=never",
        "core.quotePath=false",
        "fetch.recurseSubmodules=false",
        "gc.auto=0",
        "maintenance.auto=false",
        // A folder that looks like a repository is none, unless a `.git` says so.
        "safe.bareRepository=explicit",
    ];
    for setting in settings {
        command.args(["-c", setting]);
    }
    for name in UNSET {
        command.env_remove(name);
    }
    let set = [
        ("GIT_ALLOW_PROTOCOL", NO_PROTOCOL),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_LITERAL_PATHSPECS", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_PAGER", "cat"),
        ("LC_ALL", "C"),
    ];
    command.envs(set).stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

fn cannot_start(error: &io::Error) -> TreeError {
    if error.kind() == io::ErrorKind::NotFound {
        TreeError::Unreadable("git was not found, and a revision is read with it".to_owned())
    } else {
        TreeError::Unreadable(format!("git cannot be started ({error})"))
    }
}

/// What a git command prints.
fn ask(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, TreeError> {
    let output = git(folder).args(arguments).output().map_err(|error| cannot_start(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(refused(folder, &output.stderr))
}

/// Why git gave up, as it says on standard error.
fn refused(folder: &Path, errors: &[u8]) -> TreeError {
    let said = String::from_utf8_lossy(errors);
    let said = said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").trim_start_matches("error: ");
    let is_there = folder.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok());
    if said.starts_with("not a git repository") && !is_there {
        return TreeError::Unknown(
            "no such file or folder, and no revision either: the project is in no git repository".to_owned(),
        );
    }
    let reason = if said.starts_with("not a git repository") || said.starts_with("invalid gitfile") {
        "the repository is broken: git takes it for none"
    } else if said.contains("promisor remote") || said.contains("lazy fetch") || said.contains("transport '") {
        "the repository is a partial clone that lacks objects, and nothing is fetched: fetch them first"
    } else if said.starts_with("bad ") && said.contains("config") {
        // What a configuration holds is nobody's affair.
        "git does not understand the configuration of the repository"
    } else {
        said
    };
    TreeError::Unreadable(reason.to_owned())
}

/// Hands on each file that a command of git lists, as it is listed, until `on_file` wants no more: a large repository is
/// never held whole.
fn list(
    mut command: Command,
    folder: &Path,
    arguments: &[&str],
    mut on_file: impl FnMut(Listed<'_>) -> ControlFlow<()>,
) -> Result<(), TreeError> {
    command.args(arguments).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
    let errors = child.stderr.take();
    let mut is_enough = false;
    let read = std::thread::scope(|scope| {
        // Two pipes fill; one thread each, so that neither waits for the other.
        let errors = scope.spawn(move || errors.map(first_of).unwrap_or_default());
        let mut answers = BufReader::new(child.stdout.take()?);
        let mut record = Vec::new();
        loop {
            record.clear();
            let read = answers.by_ref().take(LONGEST_RECORD).read_until(0, &mut record).ok()?;
            if read == 0 {
                break;
            }
            record.pop_if(|byte| *byte == 0)?;
            if let Some(listed) = listed(&record)
                && on_file(listed).is_break()
            {
                is_enough = true;
                // Trees that hold one another can name more files than anybody lists.
                let _ = child.kill();
                break;
            }
        }
        drop(answers);
        errors.join().ok()
    });
    let _ = if read.is_none() { child.kill() } else { Ok(()) };
    let ended = child.wait();
    if is_enough {
        return Ok(());
    }
    match (read, ended) {
        (Some(_), Ok(status)) if status.success() => Ok(()),
        (Some(errors), _) => Err(refused(folder, &errors)),
        (None, _) => Err(TreeError::Unreadable("git ended before it had answered".to_owned())),
    }
}

/// Bytes of one record of a listing; no system has paths as long.
const LONGEST_RECORD: u64 = 1 << 20;

/// The first bytes of what is read to its end.
fn first_of(mut errors: impl Read) -> Vec<u8> {
    let mut first = Vec::new();
    let _ = errors.by_ref().take(4096).read_to_end(&mut first);
    let _ = io::copy(&mut errors, &mut io::sink());
    first
}

/// What a blob that is asked for takes beside its path, in bytes.
const BLOB: u64 = 256;

/// Makes room for a file of so many bytes.
type Take<'t> = &'t mut dyn FnMut(u64) -> Result<(), Spent>;

/// Hands on the bytes of `blobs`, each after `take` made room for it.
fn fetch(
    mut command: Command,
    folder: &Path,
    blobs: &[Blob],
    take: Take<'_>,
    on_blob: impl FnMut(String, Content),
) -> Result<(), TreeError> {
    if blobs.is_empty() {
        return Ok(());
    }
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
    let errors = child.stderr.take();
    let errors = std::thread::spawn(move || errors.map(first_of).unwrap_or_default());
    let read = converse(&mut child, blobs, take, on_blob);
    // What was not read is not waited for; an ended process only has its memory of the end cleared.
    let _ = child.kill();
    let _ = child.wait();
    let errors = errors.join().unwrap_or_default();
    match read {
        Err(Ended) if errors.is_empty() => Err(TreeError::Unreadable("git ended before it had answered".to_owned())),
        Err(Ended) => Err(refused(folder, &errors)),
        Ok(()) => Ok(()),
    }
}

/// Git ended before all blobs were read.
struct Ended;

fn converse(
    child: &mut Child,
    blobs: &[Blob],
    take: Take<'_>,
    mut on_blob: impl FnMut(String, Content),
) -> Result<(), Ended> {
    let (Some(mut wishes), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Ended);
    };
    std::thread::scope(|scope| {
        // Closed where this block ends: a git that nobody hears must not keep the other thread waiting.
        let mut answers = BufReader::new(answers);
        // Wishes and answers fill two pipes; one thread each, so that neither waits for the other.
        scope.spawn(move || {
            for blob in blobs {
                if writeln!(wishes, "{}", blob.object).is_err() {
                    return;
                }
            }
        });
        for blob in blobs {
            let content = answer(&mut answers, take).map_err(|_| Ended)?;
            on_blob(blob.path.clone(), content);
        }
        Ok(())
    })
}

/// One answer of `cat-file --batch`: `OBJECT TYPE SIZE`, the bytes, a line end; or `OBJECT missing`.
fn answer(answers: &mut impl BufRead, take: Take<'_>) -> io::Result<Content> {
    let mut head = String::new();
    if answers.by_ref().take(LONGEST_RECORD).read_line(&mut head)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut words = head.trim_end().split(' ').skip(1);
    let (Some("blob"), Some(Ok(size))) = (words.next(), words.next().map(str::parse::<u64>)) else {
        return Ok(Content::Unreadable("is not among the objects of the repository".to_owned()));
    };
    let refused = if size > MAX_BYTES {
        Some(Content::Unreadable(too_large()))
    } else {
        take(size).err().map(|Spent| Content::NoRoom)
    };
    if let Some(refused) = refused {
        io::copy(&mut answers.by_ref().take(size.saturating_add(1)), &mut io::sink())?;
        return Ok(refused);
    }
    let mut bytes = Vec::with_capacity(size as usize);
    answers.by_ref().take(size).read_to_end(&mut bytes)?;
    let mut end = [0];
    answers.read_exact(&mut end)?;
    Ok(Content::Bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read() {
        let Listed { mode, object, path } = listed(b"100644 blob 0123\ta b/c.xml").unwrap();
        assert_eq!((mode, object, path), ("100644", "0123", "a b/c.xml"));
        assert!(listed(b"").is_none());
        assert!(listed(b"100644 blob 0123\t\xFF").is_none());
    }

    #[test]
    fn answers_are_read_one_after_the_other() {
        let mut answers = &b"01 blob 3\na\nb\n02 missing\n03 blob 0\n\n"[..];
        let mut next = || answer(&mut answers, &mut |_| Ok(()));
        assert!(matches!(next(), Ok(Content::Bytes(bytes)) if bytes == b"a\nb"));
        assert!(matches!(next(), Ok(Content::Unreadable(_))));
        assert!(matches!(next(), Ok(Content::Bytes(bytes)) if bytes.is_empty()));
        assert!(next().is_err());
    }

    #[test]
    fn an_option_is_no_revision() {
        let refused = commit(Path::new("."), "--output=x").unwrap_err();
        assert!(matches!(refused, TreeError::Unknown(text) if text.contains("begins with `-`")));
    }
}
