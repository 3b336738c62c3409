//! The files of a configuration: the one that counts, those that it extends, and the rule pages of the folders that
//! they name.
//!
//! An [`Origin`] is where they are read from; a path that the project names cannot lead out of it. Refuses to know
//! which file counts, and what a key means.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Failure, target};
use sessionlint_lint::config::{Layer, RULES_FOLDER};
use sessionlint_lint::rule::{FILE_SUFFIXES, PageFile};
use sessionlint_project::confine::{Confines, Refusal};
use sessionlint_project::discover;
use sessionlint_project::vfs::archive::{self, Archive};
use sessionlint_project::vfs::git::Revision;
use sessionlint_project::vfs::{MAX_PROJECT_FILE, MAX_SETTINGS, TreeError, settings_too_large};
use sessionlint_source::budget::{Budget, NAME};

/// The largest number of files of a configuration.
const MAX_FILES: usize = 32;

/// The hint for a configuration that is not read.
pub(super) const HOW_ELSE: &str = "--config FILE takes one from elsewhere, --no-project-config does without";

/// The parts of a configuration.
#[derive(Debug, Default)]
pub(super) struct ConfigFiles {
    /// The files, each after those that it extends.
    pub(super) layers: Vec<Layer>,
    /// The shown name of each file, and its bytes, in the same order.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// The rule pages of the project.
    pub(super) pages: Vec<PageFile>,
    /// Folders of rule pages that the user named.
    pub(super) folders: Vec<PathBuf>,
    /// The file that counts, where it is on a disk.
    pub(super) path: Option<PathBuf>,
}

/// Where the files are.
pub(super) enum Origin<'o> {
    /// On a disk, inside a project.
    Project { confines: Confines, current: &'o Path },
    /// On a disk, anywhere: the user named the first of them.
    Anywhere { current: &'o Path },
    /// In a zip, whose project lies below a folder of it.
    Zip { zip: &'o Archive, top: &'o str, name: &'o str },
    /// In a git revision.
    Revision { revision: &'o Revision, name: &'o str },
}

/// Why a file or a folder is not read.
enum ReadFailure {
    Missing,
    LeadsOut,
    Because(String),
}

impl From<Refusal> for ReadFailure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => ReadFailure::Missing,
            Refusal::LeadsOut => ReadFailure::LeadsOut,
            refusal => ReadFailure::Because(refusal.to_string()),
        }
    }
}

fn because(error: &TreeError) -> ReadFailure {
    let (TreeError::Unknown(why) | TreeError::Unreadable(why)) = error;
    ReadFailure::Because(why.clone())
}

/// The rule pages of a folder.
enum Pages {
    /// The project's.
    Read(Vec<PageFile>),
    /// The user's own, to be read with those that were typed.
    Folder(PathBuf),
}

impl Origin<'_> {
    /// The shown name of a file.
    pub(super) fn shown(&self, path: &Path) -> String {
        match self {
            Origin::Project { current, .. } | Origin::Anywhere { current } => {
                path.strip_prefix(current).unwrap_or(path).display().to_string()
            }
            Origin::Zip { name, .. } | Origin::Revision { name, .. } => format!("{name}:{}", path.display()),
        }
    }

    /// The path of `written` in a file of `folder`.
    fn resolve(&self, folder: &Path, written: &str) -> Result<PathBuf, ReadFailure> {
        match self {
            Origin::Project { .. } | Origin::Anywhere { .. } => Ok(path_clean::clean(folder.join(written))),
            Origin::Zip { .. } | Origin::Revision { .. } if written.starts_with('/') => Err(ReadFailure::LeadsOut),
            Origin::Zip { .. } | Origin::Revision { .. } => {
                let folder = folder.to_string_lossy();
                let path = if folder.is_empty() { written.to_owned() } else { format!("{folder}/{written}") };
                discover::normalise(&path).map(PathBuf::from).ok_or(ReadFailure::LeadsOut)
            }
        }
    }

    /// The same file has the same identity, however it is named.
    fn identity(&self, path: &Path) -> PathBuf {
        match self {
            Origin::Project { .. } | Origin::Anywhere { .. } => {
                fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
            }
            Origin::Zip { .. } | Origin::Revision { .. } => path.to_owned(),
        }
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadFailure> {
        let name = path.to_string_lossy();
        match self {
            Origin::Project { confines, .. } => Ok(confines.read(path, MAX_PROJECT_FILE)?),
            Origin::Anywhere { .. } => read_typed(path, MAX_PROJECT_FILE).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => ReadFailure::Missing,
                _ => ReadFailure::Because(format!("cannot be read ({error})")),
            }),
            Origin::Zip { zip, top, .. } => {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
                let files = archive::files(zip, top, folder, suffix);
                let files = files.map_err(|error| because(&error))?;
                let found = files.into_iter().find(|(path, _)| *path == name);
                found.map(|(_, bytes)| bytes).ok_or(ReadFailure::Missing)
            }
            Origin::Revision { revision, .. } => {
                let stored = revision.files(&[name.into_owned()], "");
                let stored = stored.map_err(|error| because(&error))?;
                stored.into_iter().next().ok_or(ReadFailure::Missing)?.bytes.map_err(ReadFailure::Because)
            }
        }
    }

    /// The rule pages of a folder; `None` where there is no such folder.
    fn pages(&self, folder: &Path) -> Result<Option<Pages>, Failure> {
        let (mut pages, is_of_project) = (Vec::new(), true);
        match self {
            Origin::Anywhere { .. } => return Ok(folder.is_dir().then(|| Pages::Folder(folder.to_owned()))),
            Origin::Project { confines, .. } => return self.pages_of_project(folder, confines),
            Origin::Zip { zip, top, name } => {
                for suffix in FILE_SUFFIXES {
                    let files = archive::files(zip, top, &folder.to_string_lossy(), suffix);
                    for (path, bytes) in files.map_err(|error| target::failed(&error, Path::new(name)))? {
                        pages.push(PageFile {
                            path: format!("{name}:{path}"),
                            file: PathBuf::from(path),
                            bytes,
                            is_of_project,
                        });
                    }
                }
            }
            Origin::Revision { revision, name } => {
                let folder = format!("{}/", folder.to_string_lossy());
                for suffix in FILE_SUFFIXES {
                    let files = revision.files(std::slice::from_ref(&folder), suffix);
                    for file in files.map_err(|error| target::failed(&error, Path::new(name)))? {
                        let shown = format!("{name}:{}", file.path);
                        let bytes = file.bytes.map_err(|reason| Failure::Unreadable(format!("{shown}: {reason}")))?;
                        pages.push(PageFile { path: shown, file: PathBuf::from(file.path), bytes, is_of_project });
                    }
                }
            }
        }
        Ok((!pages.is_empty()).then_some(Pages::Read(pages)))
    }

    fn pages_of_project(&self, folder: &Path, confines: &Confines) -> Result<Option<Pages>, Failure> {
        let unreadable =
            |path: &Path, refusal: &Refusal| Failure::Unreadable(format!("{}: {refusal}", self.shown(path)));
        let found = FILE_SUFFIXES.iter().map(|suffix| confines.files(folder, suffix)).collect::<Result<Vec<_>, _>>();
        let files = match found {
            Ok(files) => files,
            Err(Refusal::LeadsOut) => {
                return Err(Failure::Usage(format!("{}: the folder {}", self.shown(folder), Refusal::LeadsOut)));
            }
            Err(Refusal::Missing | Refusal::Irregular(_)) => return Ok(None),
            Err(refusal) => return Err(unreadable(folder, &refusal)),
        };
        let budget = Budget::of(MAX_SETTINGS);
        let page = |path: PathBuf| match confines.read(&path, MAX_PROJECT_FILE) {
            Ok(bytes) if budget.take(NAME + bytes.len() as u64).is_err() => {
                Err(Failure::Unreadable(format!("{}: {}", self.shown(&path), settings_too_large())))
            }
            Ok(bytes) => Ok(PageFile { path: self.shown(&path), file: path, bytes, is_of_project: true }),
            Err(refusal) => Err(unreadable(&path, &refusal)),
        };
        Ok(Some(Pages::Read(files.into_iter().flatten().map(page).collect::<Result<_, _>>()?)))
    }

    /// Whether a folder belongs to the project, and no link leads out of it.
    fn is_inside(&self, folder: &Path) -> bool {
        match self {
            Origin::Project { confines, .. } => !matches!(confines.resolve(folder), Err(Refusal::LeadsOut)),
            Origin::Anywhere { .. } | Origin::Zip { .. } | Origin::Revision { .. } => true,
        }
    }
}

/// The bytes of a file that the user named, unless it is larger than `most` bytes: the user who names it need not be
/// its author.
pub(super) fn read_typed(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {} MB", most / 1024 / 1024)));
    }
    Ok(bytes)
}

/// Files that extend each other, from the first to the current one.
type Chain = Vec<(PathBuf, String)>;

impl ConfigFiles {
    /// The file at `path`, shown as `shown`, with all files that it extends and rule pages that it names.
    pub(super) fn read(origin: &Origin<'_>, path: &Path, shown: String, bytes: Vec<u8>) -> Result<Self, Failure> {
        let mut all = Self::default();
        let mut added = Vec::new();
        all.add(origin, path, shown, bytes, &mut Chain::new(), &mut added)?;
        all.path = matches!(origin, Origin::Project { .. } | Origin::Anywhere { .. }).then(|| path.to_owned());
        // A file that was named for one run has no rules folder beside it.
        if !matches!(origin, Origin::Anywhere { .. }) {
            all.add_rules_beside(origin, path.parent().unwrap_or(Path::new("")))?;
        }
        Ok(all)
    }

    /// The rules of a project without a configuration.
    pub(super) fn without_file(origin: &Origin<'_>, root: &Path) -> Result<Self, Failure> {
        let mut all = Self::default();
        all.add_rules_beside(origin, root)?;
        Ok(all)
    }

    /// Adds a file after those that it extends.
    fn add(
        &mut self,
        origin: &Origin<'_>,
        path: &Path,
        shown: String,
        bytes: Vec<u8>,
        chain: &mut Chain,
        added: &mut Vec<PathBuf>,
    ) -> Result<(), Failure> {
        let layer = Layer::decode(shown.clone(), bytes.clone())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let identity = origin.identity(path);
        added.push(identity.clone());
        chain.push((identity, shown.clone()));
        for (index, written) in layer.extends().into_iter().enumerate() {
            let fault = |why: &str, hint: &str| {
                let hint = (!hint.is_empty()).then(|| hint.to_owned());
                Failure::from(layer.extends_fault(index, why, hint))
            };
            if written.contains("://") {
                return Err(fault("only files are extended", "nothing is fetched: keep a copy in the repository"));
            }
            let refused = |failure: ReadFailure| match failure {
                ReadFailure::Missing => fault("there is no such file", "paths are relative to the file that extends"),
                ReadFailure::LeadsOut => fault(
                    "the file leads out of the project and is not read",
                    "a file that --config names may extend files anywhere",
                ),
                ReadFailure::Because(why) => fault(&why, ""),
            };
            let base = origin.resolve(folder, written).map_err(refused)?;
            let identity = origin.identity(&base);
            let base_shown = origin.shown(&base);
            if let Some(at) = chain.iter().position(|(it, _)| *it == identity) {
                let names = chain[at..].iter().map(|(_, name)| name.as_str()).chain([base_shown.as_str()]);
                let circle = names.collect::<Vec<_>>().join(" -> ");
                return Err(fault(&format!("the files extend each other in a circle: {circle}"), ""));
            }
            if added.contains(&identity) {
                continue;
            }
            if added.len() == MAX_FILES {
                return Err(fault(&format!("a configuration of more than {MAX_FILES} files is none"), ""));
            }
            let bytes = origin.read(&base).map_err(refused)?;
            self.add(origin, &base, base_shown, bytes, chain, added)?;
        }
        chain.pop();
        self.add_rules(origin, &layer, folder)?;
        self.layers.push(layer);
        self.files.push((shown, bytes));
        Ok(())
    }

    /// Adds the rule pages of the folders that a file names.
    fn add_rules(&mut self, origin: &Origin<'_>, layer: &Layer, folder: &Path) -> Result<(), Failure> {
        for (index, written) in layer.rule_folders().enumerate() {
            let leads_out = || {
                let fault = layer.folder_fault(index, &format!("the folder {}", Refusal::LeadsOut));
                fault.map_or_else(|| Failure::Usage(Refusal::LeadsOut.to_string()), Failure::from)
            };
            let rules = origin.resolve(folder, written).map_err(|_| leads_out())?;
            if !origin.is_inside(&rules) {
                return Err(leads_out());
            }
            match origin.pages(&rules)? {
                Some(Pages::Read(pages)) => self.pages.extend(pages),
                Some(Pages::Folder(folder)) => self.folders.push(folder),
                None => {
                    let error = layer.no_such_folder(index).map(Failure::from);
                    return Err(error.unwrap_or_else(|| Failure::Usage("there is no such folder".to_owned())));
                }
            }
        }
        Ok(())
    }

    /// Adds the rule pages of the folder that needs no key.
    fn add_rules_beside(&mut self, origin: &Origin<'_>, folder: &Path) -> Result<(), Failure> {
        let rules = folder.join(RULES_FOLDER);
        if !origin.is_inside(&rules) {
            let text = format!("{}: the folder {}; {HOW_ELSE}", origin.shown(&rules), Refusal::LeadsOut);
            return Err(Failure::Usage(text));
        }
        if let Some(Pages::Read(pages)) = origin.pages(&rules)? {
            // A configuration may name the folder too.
            let is_new = |page: &PageFile| !self.pages.iter().any(|other| other.file == page.file);
            let pages: Vec<PageFile> = pages.into_iter().filter(is_new).collect();
            self.pages.extend(pages);
        }
        Ok(())
    }
}
