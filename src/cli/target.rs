//! From path arguments to projects: their roots, and which findings of each are shown.
//!
//! Refuses to know what a project contains: it reads names, and unpacks a zip without reading its metadata.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::STANDARD_STREAM;
use super::{Environment, Failure};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_project::discover::{self, IGNORE_FILE, PROJECT_FILE, Root};
use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::kind::{Recognised, aura_application, recognise_in_source};
use sessionlint_project::vfs::archive::{self, Archive};
use sessionlint_project::vfs::{CONFIG_FILE, FileTree, MAX_BYTES, Memory, Overlay, TreeError, git, too_large};
use sessionlint_report::Paths;
use sessionlint_source::budget::Budget;
use sessionlint_source::globs::Glob;

/// How paths are shown: from `--base`, else from the top of the git work tree, else from the current folder.
pub(super) fn paths(root: &Path, base: Option<&Path>, current: &Path) -> Paths {
    let base = base.or_else(|| discover::git_top(root)).unwrap_or(current);
    let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
    Paths::between(&slashed(root), &slashed(base))
}

/// Refuses a `--base` that is no folder and no zip: paths relative to it would lead nowhere.
pub(super) fn require_base(typed: &Path, environment: &Environment<'_>) -> Result<(), Failure> {
    let path = environment.absolute(typed);
    let is_in_zip = path.ancestors().any(|above| archive::is_archive(above) && above.is_file());
    let is_in_memory =
        environment.memory_files.bytes(&path).is_some() || environment.memory_files.around(&path).is_some();
    if path.is_dir() || is_in_zip || is_in_memory {
        return Ok(());
    }
    let why = if path.exists() { "not a folder" } else { "no such folder" };
    Err(Failure::Usage(format!("--base {}: {why}", typed.display())))
}

/// The findings of a project that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FindingScope {
    /// All.
    All,
    /// Those with their place below one of these folders (`/`-separated, below the root).
    Below(Vec<String>),
    /// Those with a primary or related place in one of these files.
    Files(Vec<String>),
}

/// Files whose findings are not shown, by the globs of `--exclude`.
///
/// These files are still read: without them, findings in other files would change.
#[derive(Clone, Debug, Default)]
pub(super) struct ExcludedFiles {
    globs: Vec<Glob>,
    /// The paths of the project as seen from the current folder.
    paths: Paths,
}

impl ExcludedFiles {
    /// The globs that the user typed, for the project at `root`.
    pub(super) fn of(typed: &[String], root: &Path, environment: &Environment<'_>) -> Result<Self, Failure> {
        let glob = |typed: &String| {
            let refuse = |why: &str| Err(Failure::Usage(format!("--exclude `{typed}`: {why}")));
            let text = typed.strip_prefix("./").unwrap_or(typed).trim_end_matches('/');
            if text.is_empty() || text.starts_with('/') {
                return refuse("write a path below the project or the current folder, or a name");
            }
            if text.contains('\\') {
                return refuse("write `/` between folders");
            }
            let anywhere = if text.contains('/') { text.to_owned() } else { format!("**/{text}") };
            Glob::new(&anywhere).or_else(|error| refuse(&format!("this is not a glob: {}", error.msg)))
        };
        let globs = typed.iter().map(glob).collect::<Result<_, _>>()?;
        let current = environment.current.as_path();
        Ok(Self { globs, paths: paths(root, Some(current), current) })
    }

    /// Whether a finding has its place in one of them.
    pub(super) fn has(&self, finding: &Diagnostic, project: &Project) -> bool {
        let path = &project.sources.get(finding.place.file).path;
        self.globs.iter().any(|glob| glob.matches_path(path) || glob.matches_path(&self.paths.exact(path)))
    }

    /// Whether nothing is excluded.
    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }
}

impl FindingScope {
    /// Whether a finding is among them.
    pub(super) fn has(&self, finding: &Diagnostic, project: &Project) -> bool {
        let path = |place: sessionlint_source::Place| project.sources.get(place.file).path.as_str();
        match self {
            FindingScope::All => true,
            FindingScope::Below(folders) => {
                folders.iter().any(|folder| discover::is_below(path(finding.place), folder))
            }
            FindingScope::Files(files) => {
                let mut places = std::iter::once(finding.place).chain(finding.related.iter().map(|label| label.place));
                places.any(|place| files.iter().any(|file| file == path(place)))
            }
        }
    }

    fn add(&mut self, more: FindingScope) {
        match (&mut *self, more) {
            (FindingScope::Below(folders), FindingScope::Below(more)) => folders.extend(more),
            (FindingScope::Files(files), FindingScope::Files(more)) => files.extend(more),
            (FindingScope::All, _) => {}
            // Files and folders were named together, so the wider selection applies.
            _ => *self = FindingScope::All,
        }
    }
}

/// A project of the arguments.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Its root.
    pub(super) root: Root,
    /// The findings that are shown.
    pub(super) shown: FindingScope,
}

/// The result of the arguments.
#[derive(Debug)]
pub(super) enum Targets {
    /// These projects, in the order of the arguments.
    Projects(Vec<Target>),
    /// Only files that are not session metadata.
    NoMetadata,
}

/// Finds the projects of `paths`. A missing file is not an error, since a hook or a diff may name a deleted one; it is added
/// to `gone`.
pub(super) fn find(
    paths: &[PathBuf],
    environment: &Environment<'_>,
    gone: &mut Vec<PathBuf>,
) -> Result<Targets, Failure> {
    let mut targets: Vec<Target> = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::new();
    let mut only_foreign_files = true;
    for path in paths {
        let absolute = environment.absolute(path);
        let mut found = in_memory(&absolute, path, environment)?;
        if found.is_none() {
            found = on_disk(&absolute, path, environment)?;
        }
        let Some(found) = found else {
            gone.push(path.clone());
            continue;
        };
        only_foreign_files &= found.is_empty();
        for target in found {
            match places.entry(real_place(&target.root.path)) {
                Entry::Occupied(known) => targets[*known.get()].shown.add(target.shown),
                Entry::Vacant(new) => {
                    new.insert(targets.len());
                    targets.push(target);
                }
            }
        }
    }
    if only_foreign_files { Ok(Targets::NoMetadata) } else { Ok(Targets::Projects(targets)) }
}

/// The projects of a path on the disk; `None` for a missing path that has the form of a file.
fn on_disk(absolute: &Path, typed: &Path, environment: &Environment<'_>) -> Result<Option<Vec<Target>>, Failure> {
    let is_folder = match std::fs::metadata(absolute) {
        Ok(metadata) => metadata.is_dir(),
        // A dangling link exists as a link; the error is reported when it is read.
        Err(_) if std::fs::symlink_metadata(absolute).is_ok() => false,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && is_file_name(typed) => return Ok(None),
        Err(error) => {
            let hint = separators_hint(typed, environment).unwrap_or_default();
            return Err(Failure::Usage(format!("{}: {}{hint}", typed.display(), reason(&error))));
        }
    };
    Ok(Some(if is_folder {
        folder(absolute, environment.ceiling.as_deref())
    } else if is_project_archive(absolute) {
        zip(&Archive::on_disk(absolute), typed, &environment.budget)?
    } else {
        file(absolute, environment).into_iter().collect()
    }))
}

/// The projects of a file in memory, or the one of them at `absolute`; `None` if there is no such file in memory.
fn in_memory(absolute: &Path, typed: &Path, environment: &Environment<'_>) -> Result<Option<Vec<Target>>, Failure> {
    let (files, budget) = (&environment.memory_files, &environment.budget);
    if let Some(bytes) = files.bytes(absolute) {
        return zip(&Archive::in_memory(absolute, Arc::clone(bytes)), typed, budget).map(Some);
    }
    let Some((file, bytes)) = files.around(absolute) else { return Ok(None) };
    let name = file.strip_prefix(&environment.current).unwrap_or(file);
    let mut found = zip(&Archive::in_memory(file, Arc::clone(bytes)), name, budget)?;
    found.retain(|target| target.root.path == absolute);
    Ok((!found.is_empty()).then_some(found))
}

/// `path` with its links followed, as far as it exists: of two paths to the same folder or file, or to the same place in
/// a zip, the results are equal.
pub(super) fn real_place(path: &Path) -> PathBuf {
    let existing = path.ancestors().find_map(|above| Some((above, std::fs::canonicalize(above).ok()?)));
    let below = |above| path.strip_prefix(above).unwrap_or(Path::new(""));
    existing.map_or_else(|| path.to_owned(), |(above, real)| real.join(below(above)))
}

/// Whether a missing path has the form of a file: hooks name deleted files, people mistype folders.
fn is_file_name(path: &Path) -> bool {
    let is_archive = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    path.extension().is_some() && !is_archive && separators_of_windows(path).is_none()
}

/// A path with separators of Windows on another system, in its intended form.
fn separators_of_windows(path: &Path) -> Option<PathBuf> {
    let text = path.to_str().filter(|text| !cfg!(windows) && text.contains('\\'))?;
    Some(PathBuf::from(text.replace('\\', "/")))
}

/// The hint for a path that exists with slashes instead of backslashes.
fn separators_hint(path: &Path, environment: &Environment<'_>) -> Option<String> {
    let intended = separators_of_windows(path)?;
    let is_there = environment.current.join(&intended).symlink_metadata().is_ok();
    is_there.then(|| format!("; a backslash is not a separator here: write {}", intended.display()))
}

/// The paths in a list: separated by NUL if it contains one, else one per line.
pub(super) fn paths_of_list(list: &Path, environment: &Environment<'_>) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::Unreadable(format!("{}: cannot be read ({error})", list.display()));
    let text = if list == Path::new(STANDARD_STREAM) {
        std::io::read_to_string(std::io::stdin()).map_err(failed)?
    } else {
        std::fs::read_to_string(environment.current.join(list)).map_err(failed)?
    };
    let separators: &[char] = if text.contains('\0') { &['\0'] } else { &['\n', '\r'] };
    Ok(text.split(separators).filter(|path| !path.is_empty()).map(PathBuf::from).collect())
}

/// Whether the path is one file on standard input; `name` is the file of a project that it replaces.
pub(super) fn is_standard_input(paths: &[PathBuf], name: Option<&Path>, has_list: bool) -> Result<bool, Failure> {
    let is_dash = |path: &PathBuf| path == Path::new(STANDARD_STREAM);
    let refuse = |text: &str| Err(Failure::Usage(text.to_owned()));
    match (paths.iter().any(is_dash), name) {
        (true, _) if paths.len() > 1 || has_list => refuse(
            "`-` reads one file from standard input: it is the only path of a run (`./-` is a file of that name)",
        ),
        (true, Some(_)) => Ok(true),
        (true, None) => refuse(
            "`-` reads one file from standard input: --stdin-filename PATH is the file of the project that it takes the \
             place of (`./-` is a file of that name)",
        ),
        (false, Some(_)) => refuse("--stdin-filename goes with the path `-`, and no other"),
        (false, None) => Ok(false),
    }
}

/// The project of the file `name`, with standard input instead of that file, which need not exist.
pub(super) fn standard_input(name: &Path, environment: &Environment<'_>) -> Result<Targets, Failure> {
    let absolute = environment.absolute(name);
    if absolute.is_dir() {
        return Err(Failure::Usage(format!("{}: a folder; --stdin-filename takes a file", name.display())));
    }
    if matches!(absolute.file_name().and_then(|it| it.to_str()), Some(CONFIG_FILE | PROJECT_FILE | IGNORE_FILE)) {
        let text = format!("{}: --stdin-filename takes a file of metadata or code", name.display());
        return Err(Failure::Usage(text));
    }
    let mut bytes = Vec::new();
    let failed = |why: String| Failure::Unreadable(format!("standard input: {why}"));
    let read = std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(format!("cannot be read ({error})")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(too_large()));
    }
    if environment.budget.take(bytes.len() as u64).is_err() {
        return Err(failed("takes more than --max-memory allows".to_owned()));
    }
    let Some(mut target) = file(&absolute, environment) else { return Ok(Targets::NoMetadata) };
    if let FindingScope::Files(files) = &target.shown
        && let Some(path) = files.first()
    {
        target.root.overlay = Arc::new(Overlay::from([(path.clone(), bytes.into())]));
    }
    Ok(Targets::Projects(vec![target]))
}

/// The projects of `path`, at least one; for commands that take one path.
pub(super) fn find_all(path: &Path, environment: &Environment<'_>) -> Result<Vec<Target>, Failure> {
    let mut gone = Vec::new();
    if let Targets::Projects(targets) = find(std::slice::from_ref(&path.to_owned()), environment, &mut gone)?
        && !targets.is_empty()
    {
        return Ok(targets);
    }
    let reason = if gone.is_empty() { "not a project and not a file of one" } else { "no such file or folder" };
    Err(Failure::Usage(format!("{}: {reason}", path.display())))
}

/// The only project of `path`; for commands that take one.
pub(super) fn find_one(path: &Path, environment: &Environment<'_>) -> Result<Target, Failure> {
    let found = <[Target; 1]>::try_from(find_all(path, environment)?);
    found.map(|[target]| target).map_err(|targets| Failure::Usage(several(path, &targets)))
}

/// The error where a command takes one project and `path` contains several.
fn several(path: &Path, targets: &[Target]) -> String {
    let roots: Vec<_> = targets.iter().map(|target| target.root.path.display().to_string()).collect();
    format!("{}: holds {} projects; name one of them: {}", path.display(), roots.len(), roots.join(", "))
}

/// The projects of a folder.
pub(super) fn folder(folder: &Path, ceiling: Option<&Path>) -> Vec<Target> {
    let mut roots = discover::roots_of_folder(folder, ceiling);
    if let [root] = roots.as_mut_slice()
        && let Some(below) = discover::relative(folder, &root.path).filter(|path| !path.is_empty())
    {
        let folder = folder.display();
        root.warnings.push(format!("the project is {below}, the only one in {folder} with an sfdx-project.json"));
    }
    let target = |root: Root| {
        let below = discover::relative(&root.path, folder).filter(|path| !path.is_empty());
        Target { shown: below.map_or(FindingScope::All, |path| FindingScope::Below(vec![path])), root }
    };
    roots.into_iter().map(target).collect()
}

/// Whether a file is a zip that may contain a project; a static resource is not one.
pub(super) fn is_project_archive(file: &Path) -> bool {
    archive::is_archive(file) && !file.components().any(|part| part.as_os_str() == "staticresources")
}

/// The projects in a zip; `typed` is its name as typed. One below its top is found as in a folder.
pub(super) fn zip(zip: &Archive, typed: &Path, budget: &Arc<Budget>) -> Result<Vec<Target>, Failure> {
    let unreadable = |error: TreeError| failed(&error, typed);
    let name = typed.display().to_string();
    let file = zip.path();
    let tops = archive::project_roots(zip, budget).map_err(unreadable)?;
    let mut roots = Vec::new();
    for top in &tops.below {
        let below = top.trim_end_matches('/');
        let memory = archive::read(zip, top, &format!("{name}/{below}"), budget).map_err(unreadable)?;
        let root = Root::in_memory(&file.join(below), memory);
        // As in a folder: a project file without a single package directory is not a project.
        let has_package = |memory: &Memory| root.packages.iter().any(|package| memory.has_folder(package));
        if matches!(&root.tree, FileTree::Memory(memory) if has_package(memory)) {
            roots.push(root);
        }
    }
    match roots.as_mut_slice() {
        [] => {
            let memory = archive::read(zip, &tops.whole, &name, budget).map_err(unreadable)?;
            roots.push(Root::in_memory(file, memory));
        }
        [root] => {
            let below = discover::relative(file, &root.path).unwrap_or_default();
            root.warnings.push(format!("the project is {below}, the only one in {name} with an sfdx-project.json"));
        }
        _ => {}
    }
    Ok(roots.into_iter().map(|root| Target { root, shown: FindingScope::All }).collect())
}

/// The project in `revision` at the place of `project` in the working tree.
pub(super) fn revision(project: &Target, revision: &Path, environment: &Environment<'_>) -> Result<Target, Failure> {
    let Some(name) = revision.to_str() else {
        return Err(Failure::Usage(format!("{}: no such file or folder, and no revision", revision.display())));
    };
    if matches!(project.root.tree, FileTree::Memory(_)) {
        return Err(Failure::Usage(format!("{name}: a revision is looked up in a repository, not in a zip")));
    }
    let memory = git::read(&project.root.path, name, &environment.budget);
    let memory = memory.map_err(|error| failed(&error, revision))?;
    Ok(Target { root: Root::in_memory(&project.root.path, memory), shown: project.shown.clone() })
}

pub(super) fn failed(error: &TreeError, typed: &Path) -> Failure {
    match error {
        TreeError::Unknown(text) => Failure::Usage(format!("{}: {text}", typed.display())),
        TreeError::Unreadable(text) => Failure::Unreadable(format!("{}: {text}", typed.display())),
    }
}

/// The project of a file that may be session metadata.
fn file(file: &Path, environment: &Environment<'_>) -> Option<Target> {
    let name = file.file_name()?.to_string_lossy();
    let root = || discover::root_of_file(file, &environment.current, environment.ceiling.as_deref());
    if matches!(name.as_ref(), CONFIG_FILE | PROJECT_FILE | IGNORE_FILE) {
        return Some(Target { root: root(), shown: FindingScope::All });
    }
    let is_application = is_aura_application(file);
    if !is_application && recognise_in_source(&name)?.0 == Recognised::Other {
        return None;
    }
    let root = root();
    if !is_application {
        root.recognise(&name)?;
    }
    let path = discover::relative(&root.path, file)?;
    Some(Target { root, shown: FindingScope::Files(vec![path]) })
}

/// Whether a file is an Aura application, by its folders.
fn is_aura_application(file: &Path) -> bool {
    let parts: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    aura_application(&parts.join("/")).is_some()
}

fn reason(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        "no such file or folder".to_owned()
    } else {
        format!("cannot be read ({error})")
    }
}
