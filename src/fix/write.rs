//! Files on disk: each is replaced whole or stays as it was.
//!
//! May assume nothing about the disk: between reading and writing a file can change, vanish or become a link. What was
//! read is compared with what is there, and the new file takes the old one's place in one step.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::source::{Source, decode};

/// Why `source` may not be written below `root` (as it was canonicalised); nothing where it may.
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

/// Writes `after` in the place of `before`, if that is what is still there.
pub fn replace(before: &Source, after: &Source, root: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot be written ({error})");
    let file = real_file(before, root)?;
    let bytes = after.bytes().ok_or("is not UTF-8 and is not written")?;
    let folder = file.parent().ok_or("has no folder")?;
    let mut temporary = tempfile::Builder::new().prefix(".sessionlint-").tempfile_in(folder).map_err(failed)?;
    temporary.write_all(&bytes).map_err(failed)?;
    temporary.as_file().set_permissions(fs::metadata(&file).map_err(failed)?.permissions()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    // As late as can be: whatever was written meanwhile is not ours to overwrite.
    unchanged(&file, before)?;
    temporary.persist(&file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes `text` in the place of the file at `path`, whole or not at all.
pub fn rewrite(path: &Path, text: &str) -> std::io::Result<()> {
    let file = fs::canonicalize(path)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".sessionlint-").tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().set_permissions(fs::metadata(&file)?.permissions())?;
    temporary.persist(&file).map(drop).map_err(|error| error.error)
}

/// The file that a path leads to through links, which must lie in the project.
fn real_file(source: &Source, root: &Path) -> Result<PathBuf, String> {
    let real = fs::canonicalize(&source.disk).map_err(|error| format!("cannot be written ({error})"))?;
    if real.starts_with(root) { Ok(real) } else { Err("leads out of the project and is not written".to_owned()) }
}

/// Whether the file still holds what was read.
fn unchanged(file: &Path, source: &Source) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|error| format!("cannot be read again ({error})"))?;
    let decoded = decode(&bytes);
    if decoded.flaw.is_none() && decoded.encoding == source.encoding && decoded.text == source.text() {
        Ok(())
    } else {
        Err("changed since it was read and is not written".to_owned())
    }
}
