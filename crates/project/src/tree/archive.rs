//! A zip of a metadata retrieve, or of a repository, as files in memory.
//!
//! Assumes nothing of the archive: names that lead out of it, and bytes that swell, are refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use super::{Content, MANIFEST, MAX_BYTES, MAX_TOTAL, Memory, PROJECT_FILE, TreeError, Wanted, too_large, wanted};
use crate::metadata::kind::recognise;

/// Two readers of such an archive see two projects.
const TWICE: &str = "holds two files of one name and was not read";

/// Entries in more folders than this are refused: the names of all folders are kept, and their bytes grow with the
/// square of the depth.
const MAX_FOLDERS: usize = 255;

/// How much is unpacked at most, in bytes.
#[derive(Clone, Copy)]
struct Limits {
    entry: u64,
    total: u64,
}

/// An entry that is a file or a link.
struct Entry {
    index: usize,
    path: String,
    is_link: bool,
}

/// Whether a path names an archive.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// Where projects lie in a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tops {
    /// The one that is the zip itself, or all of it: its folder with a slash, or nothing.
    pub whole: String,
    /// Those below the zip where it holds none by itself: their folders, each with a slash, in order.
    pub below: Vec<String>,
}

/// Where the projects in the zip at `path` lie.
pub fn tops(path: &Path) -> Result<Tops, TreeError> {
    let mut archive = open(path)?;
    Ok(tops_of(&entries(&mut archive).map_err(TreeError::Unreadable)?))
}

/// Reads the project below the folder `top` of the zip at `path`; people know it as `name`.
pub fn read(path: &Path, top: &str, name: &str) -> Result<Memory, TreeError> {
    let mut memory = read_wanted(path, top, &wanted)?;
    let named = memory.replacement_files();
    if !named.is_empty() {
        let is_named = |path: &str| if named.iter().any(|it| it == path) { Wanted::Bytes } else { Wanted::Nothing };
        memory.files.extend(read_wanted(path, top, &is_named)?.files);
    }
    Ok(Memory { name: name.to_owned(), zip: Some((path.to_owned(), top.to_owned())), ..memory })
}

/// The files of the project below the folder `top` of the zip at `path` that lie below `folder` and whose names end in
/// `.suffix`, in order.
pub fn files(path: &Path, top: &str, folder: &str, suffix: &str) -> Result<Vec<(String, Vec<u8>)>, TreeError> {
    let is_wanted = |path: &str| {
        let is_below = folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let is_named = path.rsplit_once('.').is_some_and(|(_, extension)| extension == suffix);
        if is_below && is_named { Wanted::Bytes } else { Wanted::Nothing }
    };
    let memory = read_wanted(path, top, &is_wanted)?;
    let bytes = |(path, content)| match content {
        Content::Bytes(bytes) => Ok((path, bytes)),
        Content::Unreadable(reason) => Err(TreeError::Unreadable(format!("{path}: {reason}"))),
        Content::NameOnly => Err(TreeError::Unreadable(path)),
    };
    memory.files.into_iter().map(bytes).collect()
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, TreeError> {
    // Opening a pipe would wait for its other end.
    if path.metadata().is_ok_and(|it| !it.is_file()) {
        return Err(TreeError::Unreadable("is not a regular file".to_owned()));
    }
    let file = File::open(path).map_err(|error| TreeError::Unreadable(format!("cannot be read ({error})")))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| TreeError::Unreadable(unreadable(&error)))
}

fn unreadable(error: &zip::result::ZipError) -> String {
    format!("is no zip that can be read ({error})")
}

fn read_wanted(path: &Path, top: &str, wanted: &dyn Fn(&str) -> Wanted) -> Result<Memory, TreeError> {
    let limits = Limits { entry: MAX_BYTES, total: MAX_TOTAL };
    unpack(&mut open(path)?, top, limits, wanted).map_err(TreeError::Unreadable)
}

/// The files and links of an archive, in its order.
fn entries(archive: &mut ZipArchive<impl Read + Seek>) -> Result<Vec<Entry>, String> {
    if archive.has_duplicate_names() {
        return Err(TWICE.to_owned());
    }
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| unreadable(&error))?;
        // As in a folder: a name that is no text is no name of metadata.
        let Ok(written) = entry.name() else { continue };
        let path = checked(&written)?;
        if entry.is_dir() || path.split('/').next() == Some("__MACOSX") {
            continue;
        }
        entries.push(Entry { index, path, is_link: entry.is_symlink() });
    }
    Ok(entries)
}

fn unpack(
    archive: &mut ZipArchive<impl Read + Seek>,
    top: &str,
    limits: Limits,
    wanted: &dyn Fn(&str) -> Wanted,
) -> Result<Memory, String> {
    let mut memory = Memory::default();
    let mut total = 0;
    for Entry { index, path, is_link } in entries(archive)? {
        let Some(path) = path.strip_prefix(top) else { continue };
        memory.note_folders(path);
        if is_link {
            memory.irregular.insert(path.to_owned(), "is a link, which is not followed in a zip");
            continue;
        }
        let content = match wanted(path) {
            Wanted::Nothing => continue,
            Wanted::Name => Content::NameOnly,
            Wanted::Bytes => content(archive, index, limits, &mut total)?,
        };
        if memory.files.insert(path.to_owned(), content).is_some() {
            return Err(TWICE.to_owned());
        }
    }
    Ok(memory)
}

/// The bytes of an entry, never more than the limits allow, whatever size the archive declares.
fn content(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    limits: Limits,
    total: &mut u64,
) -> Result<Content, String> {
    let mut entry = match archive.by_index(index) {
        Ok(entry) => entry,
        Err(error) => return Ok(Content::Unreadable(format!("cannot be unpacked ({error})"))),
    };
    if entry.size() > limits.entry {
        return Ok(Content::Unreadable(too_large()));
    }
    let mut bytes = Vec::new();
    if let Err(error) = entry.by_ref().take(limits.entry + 1).read_to_end(&mut bytes) {
        return Ok(Content::Unreadable(format!("cannot be unpacked ({error})")));
    }
    if bytes.len() as u64 > limits.entry {
        return Ok(Content::Unreadable(too_large()));
    }
    // Reading into it grew it by kilobytes at a time, and there can be many.
    bytes.shrink_to_fit();
    *total += bytes.len() as u64;
    if *total > limits.total {
        return Err(format!("holds more than {} MB of metadata and was not read", limits.total / 1024 / 1024));
    }
    Ok(Content::Bytes(bytes))
}

/// The path of an entry below the archive; an error where it leads out of it.
fn checked(name: &str) -> Result<String, String> {
    let slashed = name.replace('\\', "/");
    let has_drive = slashed.as_bytes().get(1) == Some(&b':');
    let parts: Vec<&str> = slashed.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if slashed.starts_with('/') || has_drive || slashed.contains('\0') || parts.contains(&"..") {
        return Err(format!("holds an entry that leads out of it (`{}`) and was not read", name.escape_debug()));
    }
    if parts.len() > MAX_FOLDERS + 1 {
        let start: String = name.chars().take(40).collect();
        return Err(format!(
            "holds an entry in more than {MAX_FOLDERS} folders (`{}...`) and was not read",
            start.escape_debug()
        ));
    }
    Ok(parts.join("/"))
}

/// The project is the archive itself, or the one folder that everything is in; else there may be some below.
fn tops_of(entries: &[Entry]) -> Tops {
    let has = |path: &str| entries.iter().any(|entry| entry.path == path);
    let loose = entries.iter().any(|entry| !entry.path.contains('/') && recognise(&entry.path).is_some());
    let alone = |whole: String| Tops { whole, below: Vec::new() };
    if has(PROJECT_FILE) || has(MANIFEST) || loose {
        return alone(String::new());
    }
    let tops: BTreeSet<&str> = entries.iter().filter_map(|entry| Some(entry.path.split_once('/')?.0)).collect();
    let mut tops = tops.into_iter();
    if let (Some(top), None) = (tops.next(), tops.next())
        && (has(&format!("{top}/{PROJECT_FILE}")) || has(&format!("{top}/{MANIFEST}")))
    {
        return alone(format!("{top}/"));
    }
    let is_hidden = |part: &str| part.starts_with('.') || part == "node_modules";
    let folder = |entry: &Entry| Some(format!("{}/", entry.path.strip_suffix(PROJECT_FILE)?.strip_suffix('/')?));
    // In the order of names a folder comes before what lies in it.
    let folders: BTreeSet<String> = entries.iter().filter(|it| !it.is_link).filter_map(folder).collect();
    let mut below: Vec<String> = Vec::new();
    for folder in folders {
        let is_inside = below.last().is_some_and(|above| folder.starts_with(above));
        if !is_inside && !folder.split('/').any(is_hidden) {
            below.push(folder);
        }
    }
    Tops { whole: String::new(), below }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const LIMITS: Limits = Limits { entry: 100, total: 150 };

    fn zip(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            writer.start_file(*path, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn unpacked(bytes: Cursor<Vec<u8>>) -> Result<Memory, String> {
        let mut archive = ZipArchive::new(bytes).map_err(|error| unreadable(&error))?;
        let top = tops_of(&entries(&mut archive)?).whole;
        unpack(&mut archive, &top, LIMITS, &wanted)
    }

    fn paths(files: &[(&str, &[u8])]) -> Vec<String> {
        unpacked(zip(files)).unwrap().paths().map(str::to_owned).collect()
    }

    #[test]
    fn projects_may_lie_below_the_archive() {
        let files: &[(&str, &[u8])] = &[
            ("two/sfdx-project.json", b"{}"),
            ("two/inner/sfdx-project.json", b"{}"),
            ("one/deep/sfdx-project.json", b"{}"),
            ("node_modules/x/sfdx-project.json", b"{}"),
            (".cache/sfdx-project.json", b"{}"),
            ("backup/A.profile", b""),
        ];
        let mut archive = ZipArchive::new(zip(files)).unwrap();
        let tops = tops_of(&entries(&mut archive).unwrap());
        assert_eq!(tops, Tops { whole: String::new(), below: vec!["one/deep/".to_owned(), "two/".to_owned()] });
        let memory = unpack(&mut archive, "two/", LIMITS, &wanted).unwrap();
        assert_eq!(memory.paths().collect::<Vec<_>>(), ["sfdx-project.json"]);
    }

    #[test]
    fn the_project_may_lie_in_the_one_top_folder() {
        let in_folder: &[(&str, &[u8])] =
            &[("unpackaged/package.xml", b""), ("unpackaged/profiles/A.profile", b""), ("__MACOSX/._x", b"")];
        assert_eq!(paths(in_folder), ["package.xml", "profiles/A.profile"]);
        let two: &[(&str, &[u8])] = &[("one/package.xml", b""), ("one/A.profile", b""), ("two/B.profile", b"")];
        assert_eq!(paths(two), ["one/A.profile", "two/B.profile"]);
        let without: &[(&str, &[u8])] = &[("profiles/A.profile", b"")];
        assert_eq!(paths(without), ["profiles/A.profile"]);
    }

    #[test]
    fn what_leads_out_is_refused() {
        for name in ["../A.profile", "/A.profile", "a/../../A.profile", "C:\\A.profile", "\\A.profile"] {
            assert!(checked(name).unwrap_err().contains("leads out of it"), "{name}");
        }
        assert_eq!(checked("./a\\b//c"), Ok("a/b/c".to_owned()));
    }

    #[test]
    fn what_lies_too_deep_is_refused() {
        let deep = |folders: usize| format!("{}A.profile", "a/".repeat(folders));
        assert_eq!(checked(&deep(255)), Ok(deep(255)));
        assert!(checked(&deep(256)).unwrap_err().contains("more than 255 folders (`a/a/a/"));
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused() {
        let twice = zip(&[("a/A.profile", b"1"), ("a\\A.profile", b"2")]);
        assert_eq!(unpacked(twice).unwrap_err(), TWICE);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let memory = unpacked(zip(&[("A.profile", &[b' '; 101]), ("B.profile", b"x")])).unwrap();
        assert_eq!(memory.bytes("A.profile").unwrap().unwrap_err(), too_large());
        assert_eq!(memory.bytes("B.profile").unwrap().unwrap(), b"x");
        let both = zip(&[("A.profile", &[b' '; 90]), ("B.profile", &[b' '; 90])]);
        assert!(unpacked(both).unwrap_err().contains("of metadata and was not read"));
        assert!(unpacked(Cursor::new(b"no zip".to_vec())).unwrap_err().contains("no zip"));
    }
}
