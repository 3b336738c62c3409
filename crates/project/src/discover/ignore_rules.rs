//! The `.forceignore` files of a project: where they are, and which line of which hides a path.
//!
//! May assume what `forceignore` makes of one file. Refuses to know what a hidden file is.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::{IgnoreFile, Root, WalkResult, join, relative, unreadable};
use crate::confine::Refusal;
use crate::forceignore::{self, Patterns};
use crate::vfs::{FileTree, IGNORE_FILE, ReadError};
use sessionlint_source::budget::BudgetExceeded;
use sessionlint_source::{Decoded, Encoding, Span, decode};

/// The `.forceignore` file that hides a path, and the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct HidingLine {
    /// Index of the file in [`IgnoreRules::files`].
    pub(super) file: usize,
    pub(super) line: Option<Span>,
}

/// The patterns of all `.forceignore` files.
#[derive(Default)]
pub(super) struct IgnoreRules {
    files: Vec<(Base, Patterns)>,
    /// For each package directory, the index of its file: the nearest one, as in a deployment of that directory.
    of_package: Vec<Option<usize>>,
}

/// The position of a `.forceignore` file.
enum Base {
    /// In this folder below the root; empty for the root.
    Below(String),
    /// Above the root; the path of the root relative to it.
    Above(String),
}

impl IgnoreRules {
    /// The line that hides a path of a package directory, or a folder above it.
    pub(super) fn hiding(&self, package: Option<usize>, path: &str) -> Option<HidingLine> {
        self.find(package, path, Patterns::hiding)
    }

    /// The line that hides a path itself, without the folders above it; a folder ends with `/`.
    pub(super) fn hiding_alone(&self, package: Option<usize>, path: &str) -> Option<HidingLine> {
        self.find(package, path, Patterns::hiding_alone)
    }

    fn find(
        &self,
        package: Option<usize>,
        path: &str,
        find: impl Fn(&Patterns, &str) -> Option<forceignore::HidingPattern>,
    ) -> Option<HidingLine> {
        let file = self.of(package)?;
        let (base, patterns) = self.files.get(file)?;
        let hiding = match base {
            Base::Below(folder) if folder.is_empty() => find(patterns, path)?,
            Base::Below(folder) => find(patterns, path.strip_prefix(folder.as_str())?.strip_prefix('/')?)?,
            Base::Above(folder) => find(patterns, &join(folder, path))?,
        };
        Some(HidingLine { file, line: hiding.line })
    }

    pub(super) fn of(&self, package: Option<usize>) -> Option<usize> {
        self.of_package.get(package?).copied().flatten()
    }
}

/// Reads the `.forceignore` files: for each package directory the nearest one at or above it.
pub(super) fn read_forceignores(root: &Root, result: &mut WalkResult) -> IgnoreRules {
    let mut rules = IgnoreRules::default();
    // Files in the project come first, so that their indices are those of [`WalkResult::ignore_files`].
    let mut below: BTreeMap<String, usize> = BTreeMap::new();
    for package in &root.packages {
        let Some(folder) = holder(root, package) else {
            rules.of_package.push(None);
            continue;
        };
        let index = *below.entry(folder.to_owned()).or_insert_with(|| {
            let name = join(folder, IGNORE_FILE);
            let bytes = root.read(&name).transpose();
            rules.files.push((Base::Below(folder.to_owned()), read_patterns(&name, bytes, true, result)));
            rules.files.len() - 1
        });
        rules.of_package.push(Some(index));
    }
    if rules.of_package.contains(&None)
        && let Some((base, name, bytes)) = forceignore_above(root, result)
    {
        rules.files.push((base, read_patterns(&name, Some(bytes), false, result)));
        let last = rules.files.len() - 1;
        for index in &mut rules.of_package {
            index.get_or_insert(last);
        }
    }
    rules
}

/// The nearest folder in the project, at or above a package directory, with a `.forceignore`.
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
fn forceignore_above(root: &Root, result: &mut WalkResult) -> Option<(Base, String, Result<Vec<u8>, Refusal>)> {
    match &root.tree {
        FileTree::Folder => {
            let top = root.top().unwrap_or(&root.path);
            let is_there = |folder: &&Path| folder.join(IGNORE_FILE).symlink_metadata().is_ok();
            let above = root.path.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).find(is_there);
            let Some(above) = above else {
                result.warnings.extend(unread_forceignore(root));
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

/// Parses one `.forceignore`; a file in the project is added to the result.
fn read_patterns(
    name: &str,
    bytes: Option<Result<Vec<u8>, Refusal>>,
    is_inside: bool,
    result: &mut WalkResult,
) -> Patterns {
    let bytes = match bytes {
        Some(Ok(bytes)) if bytes.len() as u64 > forceignore::MAX_BYTES => {
            Err(Refusal::TooLarge(forceignore::MAX_BYTES))
        }
        Some(Ok(bytes)) => match result.lease.as_mut().map_or(Ok(()), |lease| lease.more(forceignore::takes(&bytes))) {
            Ok(()) => Ok(bytes),
            Err(BudgetExceeded) => Err(unreadable(ReadError::OutOfMemory)),
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
            // Decoded lossily, as Salesforce's tooling does.
            let text = String::from_utf8_lossy(&bytes);
            let patterns = Patterns::read(&text);
            for (line, fault) in patterns.faults() {
                result.warnings.push(format!("{name}:{line}: {fault}"));
            }
            let Decoded { text: shown, encoding, .. } = decode(&bytes);
            // Lines can be shown only if the shown text equals the parsed one, apart from a byte order mark.
            if shown == text.trim_start_matches('\u{FEFF}') {
                file.dead = patterns.dead(&text);
                file.text = shown.into_owned();
                file.encoding = encoding;
            }
            patterns
        }
        Err(refusal) => {
            result.errors.push(format!("{name}: {refusal}"));
            Patterns::default()
        }
    };
    if is_inside {
        result.ignore_files.push(file);
    }
    patterns
}

/// The warning for a `.forceignore` above the work tree, which Salesforce's tooling would use.
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
