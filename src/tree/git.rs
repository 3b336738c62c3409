//! A git revision as files in memory, by way of the `git` command.
//!
//! Reads objects as they are stored (`ls-tree`, `cat-file`), never an archive: `export-ignore` and filters change
//! nothing. Runs nothing that the repository configures, takes no lock and fetches nothing.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Content, MAX_BYTES, MAX_TOTAL, Memory, TreeError, Wanted, too_large, wanted};

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
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_LITERAL_PATHSPECS",
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

/// Reads what `revision` of the repository around `folder` holds below `folder`.
pub fn read(folder: &Path, revision: &str) -> Result<Memory, TreeError> {
    let commit = commit(folder, revision)?;
    let mut memory = Memory { name: revision.to_owned(), ..Memory::default() };
    let prefix = text(ask(folder, &["rev-parse", "--show-prefix"])?);
    let prefix = prefix.trim_end_matches(['\n', '\r', '/']);
    let tree = format!("{commit}:{prefix}");
    if !prefix.is_empty() && ask(folder, &["rev-parse", "--verify", "--quiet", &tree]).is_err() {
        // The project is newer than the revision: it was empty then.
        return Ok(memory);
    }
    let listing = ask(folder, &["ls-tree", "-r", "-z", "--full-tree", &tree])?;
    let mut blobs = Vec::new();
    for record in listing.split(|byte| *byte == 0) {
        let Some(Listed { mode, object, path }) = listed(record) else { continue };
        memory.note_folders(path);
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
    }
    fetch(folder, &blobs, &mut memory)?;
    Ok(memory)
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
    match ask(folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]) {
        Ok(commit) => Ok(text(commit).trim().to_owned()),
        Err(_) if revision.contains("..") => refused("a range of revisions: give its two ends as OLD and NEW"),
        Err(_) => refused("neither an existing path nor a revision that git knows here"),
    }
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

/// `git` in `folder`, deaf to everything but its arguments and the objects of the repository.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("--no-pager").arg("-C").arg(folder);
    for setting in ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never", "core.quotePath=false"]
    {
        command.args(["-c", setting]);
    }
    for name in UNSET {
        command.env_remove(name);
    }
    let set = [
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_NO_LAZY_FETCH", "1"),
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
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned();
    if said.starts_with("not a git repository") {
        return Err(TreeError::Unknown(
            "no such file or folder, and no revision either: the project is in no git repository".to_owned(),
        ));
    }
    Err(TreeError::Unreadable(said))
}

/// Adds the bytes of `blobs` to `memory`.
fn fetch(folder: &Path, blobs: &[Blob], memory: &mut Memory) -> Result<(), TreeError> {
    if blobs.is_empty() {
        return Ok(());
    }
    let mut command = git(folder);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
    let read = converse(&mut child, blobs, memory);
    // What was not read is not waited for; an ended process only has its memory of the end cleared.
    let _ = child.kill();
    let _ = child.wait();
    read
}

fn converse(child: &mut Child, blobs: &[Blob], memory: &mut Memory) -> Result<(), TreeError> {
    let broken = || TreeError::Unreadable("git ended before it had answered".to_owned());
    let (Some(mut wishes), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { return Err(broken()) };
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
        let mut total = 0;
        for blob in blobs {
            let content = answer(&mut answers, &mut total).map_err(|_| broken())?;
            if total > MAX_TOTAL {
                let limit = MAX_TOTAL / 1024 / 1024;
                return Err(TreeError::Unreadable(format!("holds more than {limit} MB of metadata and was not read")));
            }
            memory.files.insert(blob.path.clone(), content);
        }
        Ok(())
    })
}

/// One answer of `cat-file --batch`: `OBJECT TYPE SIZE`, the bytes, a line end; or `OBJECT missing`.
fn answer(answers: &mut impl BufRead, total: &mut u64) -> io::Result<Content> {
    let mut head = String::new();
    if answers.read_line(&mut head)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut words = head.trim_end().split(' ').skip(1);
    let (Some("blob"), Some(Ok(size))) = (words.next(), words.next().map(str::parse::<u64>)) else {
        return Ok(Content::Unreadable("is not among the objects of the repository".to_owned()));
    };
    if size > MAX_BYTES {
        io::copy(&mut answers.by_ref().take(size + 1), &mut io::sink())?;
        return Ok(Content::Unreadable(too_large()));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    answers.by_ref().take(size).read_to_end(&mut bytes)?;
    let mut end = [0];
    answers.read_exact(&mut end)?;
    *total += size;
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
        let mut total = 0;
        let mut next = || answer(&mut answers, &mut total);
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
