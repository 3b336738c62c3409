//! Commits in order and the objects they name: one `git log --raw` and one `git cat-file --batch` for a whole history.
//!
//! The log is not limited to path patterns: git compares each pattern with every name of a tree, so that the full log is
//! faster than one for a few dozen patterns. The caller filters the paths. Refuses to know which of them matter.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use super::{
    LONGEST_RECORD, Revision, TreeError, cannot_start, exited, first_of, git, output, read_response, refused, run, text,
};
use crate::vfs::{PROJECT_FILE, ReadError};
use sessionlint_source::budget::Lease;

/// A repository, and the folder in it that holds the project.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
    /// Whether `folder` is a repository without a work tree, which the user named.
    is_bare: bool,
    /// The folder's path below the top of the work tree, `/`-separated; empty for the top.
    prefix: String,
}

/// The commits to read.
#[derive(Clone, Debug, Default)]
pub struct Range {
    /// Those after this revision.
    pub since_revision: Option<String>,
    /// Those of this second (Unix time) and later.
    pub since_second: Option<i64>,
    /// Those up to this revision; without it, the commit that is checked out.
    pub until_revision: Option<String>,
    /// Those of this second and earlier.
    pub until_second: Option<i64>,
    /// Whether only the first parent of a merge is followed.
    pub first_parent: bool,
}

/// An author, as recorded by git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// A time with the UTC offset of a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970, UTC.
    pub second: i64,
    /// Minutes east of UTC.
    pub offset: i32,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its full hash.
    pub id: String,
    /// Its parents.
    pub parents: Vec<String>,
    /// The author of the change.
    pub author: Person,
    /// When it was written.
    pub author_date: Moment,
    /// When it was committed.
    pub date: Moment,
    /// The first lines of its message, as one.
    pub title: String,
}

/// A path whose file differs from the first parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The path below the top of the work tree.
    pub path: String,
    /// The file's object; `None` if it was removed or is not a regular file.
    pub object: Option<String>,
}

impl Repository {
    /// The repository that contains `folder`, or the bare repository that `folder` is.
    pub fn find(folder: &Path) -> Result<Self, TreeError> {
        let is_bare = is_bare(folder);
        let mut repository = Self { folder: folder.to_owned(), is_bare, prefix: String::new() };
        repository.run(&["rev-parse", "--git-dir"])?;
        if !is_bare {
            let prefix = text(run(folder, &["rev-parse", "--show-prefix"])?);
            prefix.trim_end_matches(['\n', '\r', '/']).clone_into(&mut repository.prefix);
        }
        Ok(repository)
    }

    /// The same repository with another folder in it.
    #[must_use]
    pub fn at(&self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self.clone() }
    }

    /// The path of the folder below the top of the work tree.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether it has no work tree.
    pub fn is_bare(&self) -> bool {
        self.is_bare
    }

    fn git(&self) -> Command {
        git_at(&self.folder, self.is_bare)
    }

    /// A commit of it, by its hash.
    pub fn revision(&self, commit: &str) -> Revision {
        let (folder, prefix) = (self.folder.clone(), self.prefix.clone());
        Revision { folder, commit: commit.to_owned(), prefix, is_bare: self.is_bare }
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, TreeError> {
        output(self.git().args(arguments), &self.folder)
    }

    /// The commit that `revision` names; `None` if it names none.
    pub fn commit(&self, revision: &str) -> Option<String> {
        if revision.is_empty() || revision.starts_with('-') || revision.contains(['\0', '\n', '\r']) {
            return None;
        }
        let name = format!("{revision}^{{commit}}");
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name]).ok()?;
        Some(text(found).trim().to_owned()).filter(|it| !it.is_empty())
    }

    /// The files of a commit below the folder.
    pub fn files(&self, commit: &str) -> Result<Vec<Changed>, TreeError> {
        let prefix = Some(self.prefix.clone()).filter(|prefix| !prefix.is_empty());
        self.listed(commit, &prefix.into_iter().collect::<Vec<_>>())
    }

    /// The files of a commit at these paths below the top of the work tree, and in folders among them. Without paths, all
    /// files.
    pub fn listed(&self, commit: &str, paths: &[String]) -> Result<Vec<Changed>, TreeError> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", commit, "--"];
        arguments.extend(paths.iter().map(String::as_str));
        let listed = self.run(&arguments)?;
        let record = |record: &[u8]| {
            let super::TreeEntry { mode, object, path } = super::tree_entry(record)?;
            let object = is_regular(mode).then(|| object.to_owned());
            Some(Changed { path: path.to_owned(), object })
        };
        Ok(listed.split(|byte| *byte == 0).filter_map(record).collect())
    }

    /// The commits of a range with more than one child, by the first half of their hash, and the number of children.
    pub(crate) fn forks(&self, range: &Range) -> Result<HashMap<u64, u32>, TreeError> {
        let mut command = self.git();
        command.args(["rev-list", "--parents"]);
        self.limit(range, &mut command);
        let mut child = GitProcess::start(command)?;
        let mut parents: Vec<u64> = Vec::new();
        for line in BufReader::new(child.output()?).lines() {
            let Ok(line) = line else { break };
            parents.extend(line.split(' ').skip(1).map(short));
        }
        child.end(&self.folder)?;
        parents.sort_unstable();
        let counts = parents.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
        Ok(counts.map(|same| (same[0], same.len() as u32)).collect())
    }

    fn limit(&self, range: &Range, command: &mut Command) {
        if range.first_parent {
            command.arg("--first-parent");
        }
        if let Some(second) = range.since_second {
            // With the plain `--since`, a commit with a wrong clock would end the walk.
            command.arg(format!("--since-as-filter={second}"));
        }
        if let Some(second) = range.until_second {
            command.arg(format!("--until={second}"));
        }
        if !self.prefix.is_empty() {
            // Commits of other projects are left out; parents are rewritten to the nearest commit that touches the folder.
            command.args(["--full-history", "--parents"]);
        }
        command.arg(range.until_revision.as_deref().unwrap_or("HEAD"));
        if let Some(revision) = &range.since_revision {
            command.arg(format!("^{revision}"));
        }
        command.arg("--");
        if !self.prefix.is_empty() {
            // Relative to the folder in which git runs; a bare repository has no such folder.
            command.arg(if self.is_bare { self.prefix.as_str() } else { "." });
        }
    }

    /// The commits of a range, parents before children, each with its changes against the first parent.
    pub fn log(&self, range: &Range) -> Result<Log, TreeError> {
        let mut command = self.git();
        // Overrides the configuration of `log`: no setting may start a program or read a file.
        for setting in [
            "log.showSignature=false",
            "log.showRoot=true",
            "diff.orderFile=/dev/null",
            "advice.graftFileDeprecated=false",
        ] {
            command.args(["-c", setting]);
        }
        // No grafts: parents are those recorded in the commits.
        command.env("GIT_GRAFT_FILE", "/dev/null");
        command.args([
            "log",
            "--date-order",
            "--reverse",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-textconv",
            "--no-notes",
            "--no-color",
            "--no-mailmap",
            "--no-decorate",
            "--encoding=UTF-8",
            "--date=raw",
            "--diff-merges=first-parent",
            "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%ad%x00%cd%x00%s%x00",
        ]);
        self.limit(range, &mut command);
        let mut child = GitProcess::start(command)?;
        let lines = BufReader::with_capacity(1 << 16, child.output()?);
        Ok(Log { folder: self.folder.clone(), child, lines, next: None })
    }

    /// The commits at which a shallow clone begins; empty for a full clone.
    pub fn shallow(&self) -> BTreeSet<String> {
        let Ok(path) = self.run(&["rev-parse", "--git-path", "shallow"]) else { return BTreeSet::new() };
        // Git prints the path relative to the folder in which it runs.
        let path = self.folder.join(text(path).trim_end_matches(['\n', '\r']));
        let listed = std::fs::read_to_string(path).unwrap_or_default();
        listed.lines().map(|line| line.trim().to_owned()).collect()
    }

    /// Whether a commit has parents, in the range or not.
    pub(crate) fn has_parents(batch: &mut Batch, commit: &str) -> bool {
        let Ok(Some(bytes)) = batch.object(commit) else { return false };
        bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty()).any(|line| line.starts_with(b"parent "))
    }

    /// Starts `git cat-file --batch`.
    pub fn batch(&self) -> Result<Batch, TreeError> {
        let mut command = self.git();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let mut child = GitProcess::start(command)?;
        let requests = child.child.stdin.take().ok_or_else(exited)?;
        let responses = BufReader::with_capacity(1 << 16, child.output()?);
        Ok(Batch { requests: Some(requests), responses, _child: child })
    }
}

/// `git` in a folder, or for the bare repository that the folder is.
pub(super) fn git_at(folder: &Path, is_bare: bool) -> Command {
    let mut command = git(folder);
    if is_bare {
        // An explicit argument, since git does not discover bare repositories here.
        command.arg("--git-dir=.");
    }
    command
}

/// Whether a folder is a bare repository: not inside another repository, and without a project file.
fn is_bare(folder: &Path) -> bool {
    let is_repository =
        folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir();
    let is_in_another = || folder.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok());
    is_repository && !is_in_another() && folder.join(PROJECT_FILE).symlink_metadata().is_err()
}

fn is_regular(mode: &str) -> bool {
    mode.starts_with("100")
}

/// The first 16 digits of a commit hash as a number.
pub fn short(id: &str) -> u64 {
    id.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// A running git, killed on drop. If this process is killed, git ends when its pipes close.
#[derive(Debug)]
struct GitProcess {
    child: Child,
    errors: Option<JoinHandle<Vec<u8>>>,
}

impl GitProcess {
    fn start(mut command: Command) -> Result<Self, TreeError> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
        let errors = child.stderr.take();
        // One thread per pipe, so that git never blocks on a full one.
        let errors = std::thread::spawn(move || errors.map(first_of).unwrap_or_default());
        Ok(Self { child, errors: Some(errors) })
    }

    fn output(&mut self) -> Result<ChildStdout, TreeError> {
        self.child.stdout.take().ok_or_else(exited)
    }

    /// Waits for git to exit, which must succeed.
    fn end(&mut self, folder: &Path) -> Result<(), TreeError> {
        let status = self.child.wait();
        let errors = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        match status {
            Ok(status) if status.success() => Ok(()),
            _ => Err(refused(folder, &errors)),
        }
    }
}

impl Drop for GitProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The commits of a range, read from the output of git one by one.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    child: GitProcess,
    lines: BufReader<ChildStdout>,
    /// The hash of the next commit, read with the end of the one before.
    next: Option<String>,
}

impl Log {
    /// One NUL-terminated token; `None` at the end.
    fn token(&mut self) -> Result<Option<String>, TreeError> {
        let mut token = Vec::new();
        let read = self.lines.by_ref().take(LONGEST_RECORD).read_until(0, &mut token);
        if read.map_err(|_| exited())? == 0 {
            return Ok(None);
        }
        if token.pop_if(|byte| *byte == 0).is_none() {
            return Err(exited());
        }
        Ok(Some(text(token)))
    }

    /// The next commit, with the changed files whose paths `wants` accepts.
    pub fn next(&mut self, wants: impl Fn(&str) -> bool) -> Result<Option<(Commit, Vec<Changed>)>, TreeError> {
        let next = self.next.take();
        let Some(id) = next.map_or_else(|| self.head(), |id| Ok(Some(id)))? else {
            self.child.end(&self.folder)?;
            return Ok(None);
        };
        let mut fields = Vec::with_capacity(6);
        for _ in 0..6 {
            fields.push(self.token()?.ok_or_else(exited)?);
        }
        let mut fields = fields.into_iter();
        let mut field = || fields.next().unwrap_or_default();
        let parents = field().split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let author = Person { name: field(), email: field() };
        let (author_date, date) = (moment(&field()), moment(&field()));
        let commit = Commit { id, parents, author, author_date, date, title: field() };
        let mut changed = Vec::new();
        while let Some(token) = self.token()? {
            let token = token.trim_start_matches('\n');
            let Some(record) = token.strip_prefix(':') else {
                if token.is_empty() {
                    continue;
                }
                self.next = Some(token.to_owned());
                break;
            };
            let path = self.token()?.ok_or_else(exited)?;
            if !wants(&path) {
                continue;
            }
            let mut words = record.split(' ');
            let (mode, object, letter) = (words.nth(1), words.nth(1), words.next());
            let (Some(mode), Some(object), Some(letter)) = (mode, object, letter) else { return Err(exited()) };
            let is_there = is_regular(mode) && !letter.starts_with('D');
            changed.push(Changed { path, object: is_there.then(|| object.to_owned()) });
        }
        Ok(Some((commit, changed)))
    }

    /// The hash of the first commit.
    fn head(&mut self) -> Result<Option<String>, TreeError> {
        loop {
            match self.token()? {
                None => return Ok(None),
                Some(token) => {
                    let token = token.trim_start_matches('\n');
                    if !token.is_empty() {
                        return Ok(Some(token.to_owned()));
                    }
                }
            }
        }
    }
}

/// Parses `SECONDS +HHMM`. Any value is accepted, since clocks can be wrong.
fn moment(text: &str) -> Moment {
    let (second, zone) = text.split_once(' ').unwrap_or((text, ""));
    let (sign, digits) = match zone.split_at_checked(1) {
        Some(("-", digits)) => (-1, digits),
        Some((_, digits)) => (1, digits),
        None => (1, ""),
    };
    let digits: i32 = digits.parse().unwrap_or_default();
    let offset = sign * (digits / 100 * 60 + digits % 100);
    Moment { second: second.parse().unwrap_or_default(), offset: offset.clamp(-24 * 60, 24 * 60) }
}

/// A `git cat-file --batch` that reads objects on request.
#[derive(Debug)]
pub struct Batch {
    requests: Option<ChildStdin>,
    responses: BufReader<ChildStdout>,
    _child: GitProcess,
}

/// Requests written before their responses are read: few enough to fit into the pipe.
pub(crate) const AT_ONCE: usize = 64;

impl Batch {
    /// The bytes of an object of any type, up to [`LONGEST_RECORD`].
    fn object(&mut self, object: &str) -> io::Result<Option<Vec<u8>>> {
        self.request(std::iter::once(object))?;
        let mut head = String::new();
        self.responses.by_ref().take(LONGEST_RECORD).read_line(&mut head)?;
        let Some(Ok(size)) = head.trim_end().split(' ').nth(2).map(str::parse::<u64>) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        self.responses.by_ref().take(size.min(LONGEST_RECORD)).read_to_end(&mut bytes)?;
        io::copy(&mut self.responses.by_ref().take((size + 1).saturating_sub(bytes.len() as u64)), &mut io::sink())?;
        Ok(Some(bytes))
    }

    fn request<'o>(&mut self, objects: impl Iterator<Item = &'o str>) -> io::Result<()> {
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut text = String::new();
        for object in objects {
            text.push_str(object);
            text.push('\n');
        }
        requests.write_all(text.as_bytes())?;
        requests.flush()
    }

    /// The bytes of at most [`AT_ONCE`] blobs, in their order. Their memory is counted by `lease`.
    pub(crate) fn blobs(
        &mut self,
        objects: &[&str],
        lease: &mut Lease,
    ) -> Result<Vec<Result<Vec<u8>, ReadError>>, TreeError> {
        let objects = &objects[..objects.len().min(AT_ONCE)];
        self.request(objects.iter().copied()).map_err(|_| exited())?;
        let mut take = |size| lease.more(size);
        objects.iter().map(|_| read_response(&mut self.responses, &mut take).map_err(|_| exited())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_any_clock() {
        assert_eq!(moment("1600000000 +0130"), Moment { second: 1_600_000_000, offset: 90 });
        assert_eq!(moment("-5 -0800"), Moment { second: -5, offset: -480 });
        assert_eq!(moment("99999999999999999999 +9999"), Moment { second: 0, offset: 1440 });
        assert_eq!(moment(""), Moment::default());
    }
}
