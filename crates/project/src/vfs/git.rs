//! A git revision as files in memory, read with the `git` command.
//!
//! Reads objects as they are stored (`ls-tree`, `cat-file`), never an archive: `export-ignore`, filters and replacements
//! change nothing. Runs nothing that the repository configures, takes no lock and fetches nothing. May assume git 2.39.
//! Refuses to know what the files mean.

pub mod log;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::{
    Content, Extract, MAX_BYTES, MAX_SETTINGS, Memory, ReadError, TreeError, extract, settings_too_large, too_large,
};
use sessionlint_source::budget::{Budget, BudgetExceeded, Lease, NAME};

/// Environment variables that would make git read another repository or print more, set by a hook for example.
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

/// A blob of the revision to read.
struct Blob {
    object: String,
    path: String,
}

/// An entry in the output of `ls-tree`.
struct TreeEntry<'l> {
    mode: &'l str,
    object: &'l str,
    path: &'l str,
}

/// A file of a revision.
#[derive(Debug)]
pub struct RevisionFile {
    /// Its path below the top of the work tree.
    pub path: String,
    /// Its bytes, or why they cannot be read.
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

/// Reads the files below `folder` in `revision` of the repository that contains the folder.
pub fn read(folder: &Path, revision: &str, budget: &Arc<Budget>) -> Result<Memory, TreeError> {
    let found = Revision::find(folder, revision)?;
    let mut memory = Memory::within(revision, budget);
    let mut blobs = Vec::new();
    // A project newer than the revision is empty in it.
    if let Some(tree) = found.tree()? {
        list(
            git(folder),
            folder,
            &["ls-tree", "-r", "-z", "--full-tree", &tree],
            |TreeEntry { mode, object, path }| {
                // Each name may become a blob to read.
                if memory.reserve_bytes(BLOB).and_then(|()| memory.reserve_name(path)).is_err() {
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
                    _ => match extract(path) {
                        Extract::Bytes => blobs.push(Blob { object: object.to_owned(), path: path.to_owned() }),
                        Extract::Name => {
                            memory.files.insert(path.to_owned(), Content::NameOnly);
                        }
                        Extract::Nothing => {}
                    },
                }
                ControlFlow::Continue(())
            },
        )?;
    }
    let mut files = BTreeMap::new();
    fetch(git(folder), folder, &blobs, &mut |size| memory.reserve_file(size), |path, content| {
        files.insert(path, Content::Read(content));
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
                Ok(bytes) if memory.reserve_bytes(NAME + (path.len() + bytes.len()) as u64).is_err() => {
                    Err(ReadError::OutOfMemory)
                }
                read => read.map_err(ReadError::Unreadable),
            };
            memory.files.insert(path.to_owned(), Content::Read(content));
        }
    }
    memory.revision = Some(found);
    Ok(memory)
}

impl Revision {
    /// The commit that `revision` names in the repository that contains `folder`.
    pub fn find(folder: &Path, revision: &str) -> Result<Self, TreeError> {
        let commit = commit(folder, revision)?;
        let prefix = text(run(folder, &["rev-parse", "--show-prefix"])?);
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

    /// The tree of the folder; `None` if the commit has none.
    fn tree(&self) -> Result<Option<String>, TreeError> {
        if self.prefix.is_empty() {
            return Ok(Some(self.commit.clone()));
        }
        let mut tree = None;
        // If git lists no folder, it does not exist; a tree that cannot be read is an error of git.
        list(self.git(), &self.folder, &["ls-tree", "-z", "--full-tree", &self.commit, "--", &self.prefix], |it| {
            if it.mode == "040000" && it.path == self.prefix {
                tree = Some(it.object.to_owned());
            }
            ControlFlow::Continue(())
        })?;
        Ok(tree)
    }

    /// The files at these paths below the top of the work tree. In folders among them (with a trailing `/`), the files
    /// whose names end in `.suffix`. Links are not files.
    pub fn files(&self, paths: &[String], suffix: &str) -> Result<Vec<RevisionFile>, TreeError> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", &self.commit, "--"];
        arguments.extend(paths.iter().map(String::as_str));
        let (mut blobs, mut stored) = (Vec::new(), Vec::new());
        let mut lease = Lease::of(&Arc::new(Budget::of(MAX_SETTINGS)));
        let mut names = lease.beside();
        let mut are_cut = false;
        list(self.git(), &self.folder, &arguments, |TreeEntry { mode, object, path }| {
            let is_named = paths.iter().any(|named| named == path);
            let is_of_folder = path.rsplit_once('.').is_some_and(|(_, extension)| extension == suffix);
            if names.more(BLOB + NAME + path.len() as u64).is_err() {
                are_cut = true;
                return ControlFlow::Break(());
            }
            match mode {
                "120000" if is_named => {
                    let reason = "is a link, which is not followed in a revision".to_owned();
                    stored.push(RevisionFile { path: path.to_owned(), bytes: Err(reason) });
                }
                "100644" | "100755" if is_named || is_of_folder => {
                    blobs.push(Blob { object: object.to_owned(), path: path.to_owned() });
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        if are_cut {
            return Err(TreeError::Unreadable(settings_too_large()));
        }
        fetch(self.git(), &self.folder, &blobs, &mut |size| lease.more(size), |path, content| {
            let bytes = content.map_err(|error| match error {
                ReadError::Unreadable(reason) => reason,
                ReadError::OutOfMemory => settings_too_large(),
            });
            stored.push(RevisionFile { path, bytes });
        })?;
        Ok(stored)
    }
}

/// Whether `folder` is in a repository that has `revision`.
pub fn has_revision(folder: &Path, revision: &str) -> bool {
    commit(folder, revision).is_ok()
}

/// The commit that is checked out in the repository that contains `folder`, if any.
pub fn head(folder: &Path) -> Option<String> {
    commit(folder, "HEAD").ok()
}

/// The commit that a revision names.
fn commit(folder: &Path, revision: &str) -> Result<String, TreeError> {
    let refused = |why: &str| Err(TreeError::Unknown(why.to_owned()));
    if revision.starts_with('-') {
        return refused("no revision begins with `-`");
    }
    if revision.is_empty() || revision.contains(['\0', '\n', '\r']) {
        return refused("no revision");
    }
    // This comes first, so that a missing repository is not reported as a missing revision.
    run(folder, &["rev-parse", "--git-dir"])?;
    let broken = || Err(TreeError::Unreadable("the repository lacks objects, or holds broken ones".to_owned()));
    if let Ok(commit) = run(folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]) {
        let commit = text(commit).trim().to_owned();
        // `rev-parse` does not check that the object exists.
        return if run(folder, &["cat-file", "-e", &commit]).is_ok() { Ok(commit) } else { broken() };
    }
    // A name without its object is a damaged repository; a hash may belong to another repository.
    let is_number = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(object) = run(folder, &["rev-parse", "--verify", "--quiet", revision]).ok().map(text) {
        let is_there = run(folder, &["cat-file", "-t", object.trim()]);
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

/// Whether an object exists and cannot be read: git prints no error for one that is merely absent.
fn has_broken_object(folder: &Path, object: &str) -> bool {
    let output = git(folder).args(["cat-file", "-e", object]).output();
    output.is_ok_and(|output| output.stderr.starts_with(b"error:"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// One record of `ls-tree -z`: `MODE TYPE OBJECT<tab>PATH`. A path that is not UTF-8 is not metadata.
fn tree_entry(record: &[u8]) -> Option<TreeEntry<'_>> {
    let (head, path) = std::str::from_utf8(record).ok()?.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some(TreeEntry { mode, object, path })
}

/// A protocol that no address can have: names of protocols begin with a letter.
const NO_PROTOCOL: &str = "-";

/// `git` in `folder`, which reads nothing but its arguments and the objects of the repository.
///
/// Safety settings are environment variables: the configuration of a repository overrides many arguments
/// (`protocol.ext.allow` overrides `protocol.allow`), but never the environment. All of them work from git 2.39 on,
/// except `GIT_NO_LAZY_FETCH`, which only makes the error clearer: without it git tries to fetch the objects that a
/// partial clone lacks, and fails because no protocol is allowed.
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
        // A folder that looks like a bare repository is not used as one.
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

/// Runs a git command in the work tree of `folder` and returns its output.
fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, TreeError> {
    output(git(folder).args(arguments), folder)
}

/// The output of a git command for `folder`.
fn output(command: &mut Command, folder: &Path) -> Result<Vec<u8>, TreeError> {
    let output = command.output().map_err(|error| cannot_start(&error))?;
    if output.status.success() { Ok(output.stdout) } else { Err(refused(folder, &output.stderr)) }
}

/// The error of a failed git command, from its standard error.
fn refused(folder: &Path, errors: &[u8]) -> TreeError {
    let message = String::from_utf8_lossy(errors);
    let message =
        message.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").trim_start_matches("error: ");
    let is_there = folder.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok());
    if message.starts_with("not a git repository") && !is_there {
        return TreeError::Unknown(
            "no such file or folder, and no revision either: the project is in no git repository".to_owned(),
        );
    }
    if message.starts_with("cannot use bare repository") {
        let text = "the folder is a bare repository, and this needs one with a work tree".to_owned();
        return TreeError::Unknown(text);
    }
    let reason = if message.starts_with("not a git repository") || message.starts_with("invalid gitfile") {
        "the repository is broken: git takes it for none"
    } else if message.contains("promisor remote") || message.contains("lazy fetch") || message.contains("transport '") {
        "the repository is a partial clone that lacks objects, and nothing is fetched: fetch them first"
    } else if message.starts_with("bad ") && message.contains("config") {
        // The message of git would quote the configuration.
        "git does not understand the configuration of the repository"
    } else {
        message
    };
    TreeError::Unreadable(reason.to_owned())
}

/// Passes each entry that a git command lists to `on_file` until it breaks: a large listing is never held in memory.
fn list(
    mut command: Command,
    folder: &Path,
    arguments: &[&str],
    mut on_file: impl FnMut(TreeEntry<'_>) -> ControlFlow<()>,
) -> Result<(), TreeError> {
    command.args(arguments).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
    let errors = child.stderr.take();
    let mut is_enough = false;
    let read = std::thread::scope(|scope| {
        // One thread per pipe, so that git never blocks on a full one.
        let errors = scope.spawn(move || errors.map(first_of).unwrap_or_default());
        let mut responses = BufReader::new(child.stdout.take()?);
        let mut record = Vec::new();
        loop {
            record.clear();
            let read = responses.by_ref().take(LONGEST_RECORD).read_until(0, &mut record).ok()?;
            if read == 0 {
                break;
            }
            record.pop_if(|byte| *byte == 0)?;
            if let Some(listed) = tree_entry(&record)
                && on_file(listed).is_break()
            {
                is_enough = true;
                // Nested trees can list files without end.
                let _ = child.kill();
                break;
            }
        }
        drop(responses);
        errors.join().ok()
    });
    let _ = if read.is_none() { child.kill() } else { Ok(()) };
    let status = child.wait();
    if is_enough {
        return Ok(());
    }
    match (read, status) {
        (Some(_), Ok(status)) if status.success() => Ok(()),
        (Some(errors), _) => Err(refused(folder, &errors)),
        (None, _) => Err(exited()),
    }
}

/// The error for a git that exited before it sent everything.
fn exited() -> TreeError {
    TreeError::Unreadable("git ended before it had answered".to_owned())
}

/// The longest record of a listing, in bytes; no system has paths as long.
const LONGEST_RECORD: u64 = 1 << 20;

/// The first bytes of a stream, which is read to its end.
fn first_of(mut errors: impl Read) -> Vec<u8> {
    let mut first = Vec::new();
    let _ = errors.by_ref().take(4096).read_to_end(&mut first);
    let _ = io::copy(&mut errors, &mut io::sink());
    first
}

/// Memory for a requested blob beside its path, in bytes.
const BLOB: u64 = 256;

/// Reserves memory for a file of this many bytes.
type TakeMemory<'t> = &'t mut dyn FnMut(u64) -> Result<(), BudgetExceeded>;

/// Passes the bytes of `blobs` to `on_blob`, each after `take` reserved memory for it.
fn fetch(
    mut command: Command,
    folder: &Path,
    blobs: &[Blob],
    take: TakeMemory<'_>,
    on_blob: impl FnMut(String, Result<Vec<u8>, ReadError>),
) -> Result<(), TreeError> {
    if blobs.is_empty() {
        return Ok(());
    }
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
    let errors = child.stderr.take();
    let errors = std::thread::spawn(move || errors.map(first_of).unwrap_or_default());
    let read = exchange(&mut child, blobs, take, on_blob);
    // The rest of the output is not needed; an exited process is only reaped.
    let _ = child.kill();
    let _ = child.wait();
    let errors = errors.join().unwrap_or_default();
    read.map_err(|_| if errors.is_empty() { exited() } else { refused(folder, &errors) })
}

fn exchange(
    child: &mut Child,
    blobs: &[Blob],
    take: TakeMemory<'_>,
    mut on_blob: impl FnMut(String, Result<Vec<u8>, ReadError>),
) -> io::Result<()> {
    let (Some(mut requests), Some(responses)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    std::thread::scope(|scope| {
        // Closed at the end of this block: a git that blocks on its output would keep the other thread waiting.
        let mut responses = BufReader::new(responses);
        // One thread per pipe, so that git never blocks on a full one.
        scope.spawn(move || {
            for blob in blobs {
                if writeln!(requests, "{}", blob.object).is_err() {
                    return;
                }
            }
        });
        for blob in blobs {
            on_blob(blob.path.clone(), read_response(&mut responses, take)?);
        }
        Ok(())
    })
}

/// One response of `cat-file --batch`: `OBJECT TYPE SIZE`, the bytes, a line end; or `OBJECT missing`.
fn read_response(responses: &mut impl BufRead, take: TakeMemory<'_>) -> io::Result<Result<Vec<u8>, ReadError>> {
    let mut head = String::new();
    if responses.by_ref().take(LONGEST_RECORD).read_line(&mut head)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut words = head.trim_end().split(' ').skip(1);
    let (Some("blob"), Some(Ok(size))) = (words.next(), words.next().map(str::parse::<u64>)) else {
        return Ok(Err(ReadError::Unreadable("is not among the objects of the repository".to_owned())));
    };
    let reserved =
        if size > MAX_BYTES { Err(ReadError::Unreadable(too_large())) } else { take(size).map_err(ReadError::from) };
    if let Err(error) = reserved {
        io::copy(&mut responses.by_ref().take(size.saturating_add(1)), &mut io::sink())?;
        return Ok(Err(error));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    responses.by_ref().take(size).read_to_end(&mut bytes)?;
    let mut end = [0];
    responses.read_exact(&mut end)?;
    Ok(Ok(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read() {
        let TreeEntry { mode, object, path } = tree_entry(b"100644 blob 0123\ta b/c.xml").unwrap();
        assert_eq!((mode, object, path), ("100644", "0123", "a b/c.xml"));
        assert!(tree_entry(b"").is_none());
        assert!(tree_entry(b"100644 blob 0123\t\xFF").is_none());
    }

    #[test]
    fn responses_are_read_one_after_the_other() {
        let mut responses = &b"01 blob 3\na\nb\n02 missing\n03 blob 0\n\n"[..];
        let mut next = || read_response(&mut responses, &mut |_| Ok(()));
        assert_eq!(next().unwrap(), Ok(b"a\nb".to_vec()));
        assert!(matches!(next(), Ok(Err(ReadError::Unreadable(_)))));
        assert_eq!(next().unwrap(), Ok(Vec::new()));
        assert!(next().is_err());
    }

    #[test]
    fn an_option_is_no_revision() {
        let refused = commit(Path::new("."), "--output=x").unwrap_err();
        assert!(matches!(refused, TreeError::Unknown(text) if text.contains("begins with `-`")));
    }
}
