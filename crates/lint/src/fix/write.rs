//! Writes files to disk: each is replaced completely or stays as it was.
//!
//! Assumes nothing about the disk: between reading and writing, a file can change, vanish or become a link. The content
//! on disk is compared with the content read, and the new file replaces the old one in one step. Refuses to know why a
//! file changes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::applied::FixResult;
use sessionlint_project::load::revise;
use sessionlint_project::metadata::Project;
use sessionlint_source::{FileId, Source, decode};

/// Prefix of the name of a file that replaces another one. No kind of metadata has such a name, and Salesforce's
/// tooling ignores names that begin with a dot.
const PREFIX: &str = ".sessionlint-";
/// Suffix of that name.
const SUFFIX: &str = ".tmp";

/// Writes the changed files and returns those that could not be written, with the reason; in the project these are
/// restored.
///
/// The files of one fix are all written or none: half a fix is no fix.
pub fn all(applied: &FixResult, project: &mut Project, root: &Path) -> Vec<(FileId, String)> {
    let mut failures = Vec::new();
    for group in groups(applied) {
        let failed = write_group(&group, applied, project, root);
        if failed.is_empty() {
            continue;
        }
        failures.extend(failed);
        for before in group.iter().filter_map(|file| applied.before.get(file).map(|before| (*file, before))) {
            // The text was valid for this file when it was read.
            let _ = revise(project, before.0, before.1.text().to_owned());
        }
    }
    failures
}

/// Temporary files that a killed run may have left in the folders of changed files, in order. A locked file belongs to
/// a running process. None is removed: a name does not prove who made a file.
pub fn leftovers(applied: &FixResult, project: &Project) -> Vec<PathBuf> {
    let files = applied.fixed.iter().flat_map(|fixed| &fixed.files);
    let folders: BTreeSet<&Path> = files.filter_map(|file| project.sources.get(*file).disk.parent()).collect();
    let mut found: Vec<PathBuf> = folders.into_iter().flat_map(abandoned_in).collect();
    found.sort();
    found
}

/// The changed files, grouped by fix, in order.
fn groups(applied: &FixResult) -> Vec<BTreeSet<FileId>> {
    let mut groups: Vec<BTreeSet<FileId>> = Vec::new();
    for fixed in &applied.fixed {
        let mut joined: BTreeSet<FileId> = fixed.files.iter().copied().collect();
        groups.retain(|group| {
            let is_apart = group.is_disjoint(&joined);
            if !is_apart {
                joined.extend(group);
            }
            is_apart
        });
        groups.push(joined);
    }
    groups.sort();
    groups
}

/// Writes the files of a group; if one fails, those already written are restored, and all are reported.
fn write_group(group: &BTreeSet<FileId>, applied: &FixResult, project: &Project, root: &Path) -> Vec<(FileId, String)> {
    let pair = |file: &FileId| applied.before.get(file).map(|before| (before, project.sources.get(*file)));
    let mut written = Vec::new();
    for file in group {
        let Some((before, after)) = pair(file) else { continue };
        let Err(reason) = replace(before, after, root) else {
            written.push(*file);
            continue;
        };
        let path = &before.path;
        let failure_of = |other: &FileId| {
            let is_back =
                !written.contains(other) || pair(other).is_none_or(|(old, new)| replace(new, old, root).is_ok());
            let state = if is_back { "is left as it was" } else { "could not be put back" };
            (*other, format!("{state}, because {path} is changed by the same fix"))
        };
        let others: Vec<_> = group.iter().filter(|other| *other != file).map(failure_of).collect();
        return std::iter::once((*file, reason)).chain(others).collect();
    }
    Vec::new()
}

/// Why `source` may not be written below `root` (canonicalised); `None` if it may.
pub fn obstacle(source: &Source, root: &Path) -> Option<String> {
    let checked = real_file(source, root).and_then(|file| {
        let metadata = fs::metadata(&file).map_err(|error| format!("cannot be written ({error})"))?;
        if metadata.permissions().readonly() {
            return Err("cannot be written (it is read-only)".to_owned());
        }
        unchanged(&file, source)
    });
    checked.err()
}

/// Replaces `before` by `after`, if the file still contains `before`.
pub fn replace(before: &Source, after: &Source, root: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot be written ({error})");
    let file = real_file(before, root)?;
    let bytes = after.bytes().ok_or("is not UTF-8 and is not written")?;
    let folder = file.parent().ok_or("has no folder")?;
    let mut temporary = temporary_in(folder)
        // The error names the path of a file that never existed, so that only its kind is reported.
        .map_err(|error| format!("cannot be written (its folder takes no new file: {})", error.kind()))?;
    temporary.as_file_mut().write_all(&bytes).map_err(failed)?;
    resemble(temporary.as_file(), &fs::metadata(&file).map_err(failed)?).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    // As late as possible: a file that changed meanwhile must not be overwritten.
    unchanged(&file, before)?;
    temporary.persist(&file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Replaces the file at `path` by `text`, completely or not at all.
pub fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(path)?;
    let mut temporary = temporary_in(file.parent().unwrap_or(Path::new(".")))?;
    temporary.write_all(text.as_bytes())?;
    resemble(temporary.as_file(), &fs::metadata(&file)?)?;
    temporary.persist(&file).map(drop).map_err(|error| error.error)
}

/// A new file, locked while it is in use: the lock ends with the process.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let temporary = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    // On systems without locks, no file counts as abandoned.
    let _ = temporary.as_file().try_lock();
    Ok(temporary)
}

/// Files in a folder with the name of our temporary files and without a lock.
fn abandoned_in(folder: &Path) -> Vec<PathBuf> {
    let is_abandoned = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let has_name = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let is_file = has_name && entry.file_type().is_ok_and(|file_type| file_type.is_file());
        is_file && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(is_abandoned).map(|entry| entry.path()).collect()
}

/// Gives a new file the permissions of the one that it replaces, and its owner if that is permitted.
fn resemble(new: &File, old: &fs::Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let made = new.metadata()?;
        if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
            // Only root may change the owner.
            let _ = fchown(new, Some(old.uid()), Some(old.gid()));
        }
    }
    new.set_permissions(old.permissions())
}

/// The file that a path leads to through links, which must lie in the project.
fn real_file(source: &Source, root: &Path) -> Result<PathBuf, String> {
    let real = fs::canonicalize(&source.disk).map_err(|error| format!("cannot be written ({error})"))?;
    if real.starts_with(root) { Ok(real) } else { Err("leads out of the project and is not written".to_owned()) }
}

/// Whether the file still has the content that was read.
fn unchanged(file: &Path, source: &Source) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|error| format!("cannot be read again ({error})"))?;
    let decoded = decode(&bytes);
    if decoded.flaw.is_none() && decoded.encoding == source.encoding && decoded.text == source.text() {
        Ok(())
    } else {
        Err("changed since it was read and is not written".to_owned())
    }
}
