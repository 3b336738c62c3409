//! A zip of a metadata retrieve, or of a repository, as files in memory.
//!
//! Assumes nothing about the archive: names that lead out of it, and entries larger than declared, are refused. Refuses
//! to know what the files mean.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;
use zip::ZipArchive;

use super::{
    Content, Extract, MANIFEST, MAX_BYTES, MAX_SETTINGS, Memory, PROJECT_FILE, ReadError, TreeError, extract,
    settings_too_large, too_large,
};
use crate::metadata::kind::recognise;
use sessionlint_source::budget::{Budget, Lease, NAME, Size};

/// Two readers of such an archive could see two different projects.
const TWICE: &str = "holds two files of one name and was not read";

/// Entries in more nested folders than this are refused: the paths of all folders are kept, and their size grows with
/// the square of the depth.
const MAX_FOLDERS: usize = 255;

/// Memory for each entry of the central directory beside its texts, in bytes.
const ENTRY: u64 = 640;

/// The signature of an entry in the central directory, and the length of an entry without its texts.
const MARK: &[u8] = b"PK\x01\x02";
const DESCRIPTION: usize = 46;

/// An entry that is a file or a link.
struct Entry {
    index: usize,
    path: String,
    is_link: bool,
}

/// A zip: a file on disk, or bytes in memory.
#[derive(Clone, Debug)]
pub struct Archive {
    path: PathBuf,
    bytes: Option<SharedBytes>,
}

impl Archive {
    /// The file at `path`.
    pub fn on_disk(path: &Path) -> Self {
        Self { path: path.to_owned(), bytes: None }
    }

    /// Bytes in memory that are shown as `path`.
    pub fn in_memory(path: &Path, bytes: Arc<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), bytes: Some(SharedBytes(bytes)) }
    }

    /// The path it is shown as.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open(&self) -> Result<Reader, TreeError> {
        if let Some(bytes) = &self.bytes {
            return Ok(Reader::Memory(Cursor::new(bytes.clone())));
        }
        // Opening a pipe would wait for its other end.
        if self.path.metadata().is_ok_and(|it| !it.is_file()) {
            return Err(TreeError::Unreadable("is not a regular file".to_owned()));
        }
        let file = File::open(&self.path);
        let file = file.map_err(|error| TreeError::Unreadable(format!("cannot be read ({error})")))?;
        Ok(Reader::Disk(BufReader::with_capacity(1 << 16, file)))
    }
}

/// The bytes of a zip, shared without a copy.
#[derive(Clone)]
struct SharedBytes(Arc<Vec<u8>>);

impl std::fmt::Debug for SharedBytes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes", self.0.len())
    }
}

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

enum Reader {
    Disk(BufReader<File>),
    Memory(Cursor<SharedBytes>),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Reader::Disk(reader) => reader.read(buffer),
            Reader::Memory(reader) => reader.read(buffer),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Reader::Disk(reader) => reader.seek(to),
            Reader::Memory(reader) => reader.seek(to),
        }
    }
}

/// Whether a path names an archive.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The folders of projects in a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRoots {
    /// The folder of the project that is the whole zip, with a trailing slash; empty for the top.
    pub whole: String,
    /// If the zip itself is not a project: the folders of the projects in it, each with a trailing slash, in order.
    pub below: Vec<String>,
}

/// Finds the projects in a zip.
pub fn project_roots(zip: &Archive, budget: &Arc<Budget>) -> Result<ProjectRoots, TreeError> {
    let mut opened = open(zip, budget)?;
    Ok(roots_of(&entries(&mut opened).map_err(TreeError::Unreadable)?))
}

/// Reads the project below the folder `top` of a zip; it is shown as `name`.
pub fn read(zip: &Archive, top: &str, name: &str, budget: &Arc<Budget>) -> Result<Memory, TreeError> {
    let mut memory = read_wanted(zip, top, budget, &extract)?;
    let named = memory.replacement_files();
    if !named.is_empty() {
        let is_named = |path: &str| if named.iter().any(|it| it == path) { Extract::Bytes } else { Extract::Nothing };
        let mut values = read_wanted(zip, top, budget, &is_named)?;
        memory.files.append(&mut values.files);
        memory.is_cut |= values.is_cut;
        if let (Some(lease), Some(more)) = (&mut memory.lease, values.lease.take()) {
            lease.join(more);
        }
    }
    Ok(Memory { name: name.to_owned(), zip: Some((zip.clone(), top.to_owned())), ..memory })
}

/// The files of the project below the folder `top` of a zip that lie below `folder` and whose names end in
/// `.suffix`, in order.
pub fn files(zip: &Archive, top: &str, folder: &str, suffix: &str) -> Result<Vec<(String, Vec<u8>)>, TreeError> {
    let is_wanted = |path: &str| {
        let is_below = folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let is_named = path.rsplit_once('.').is_some_and(|(_, extension)| extension == suffix);
        if is_below && is_named { Extract::Bytes } else { Extract::Nothing }
    };
    // The directory was counted against the memory of the run before: here it does not reduce the limit for the pages.
    let mut opened = open(zip, &Arc::default())?;
    let budget = Budget::of(Size(MAX_SETTINGS.0 + opened.directory_bytes));
    let memory = unpack(&mut opened, top, &Arc::new(budget), &is_wanted).map_err(TreeError::Unreadable)?;
    if memory.is_cut {
        return Err(TreeError::Unreadable(settings_too_large()));
    }
    let bytes = |(path, content)| match content {
        Content::Read(Ok(bytes)) => Ok((path, bytes)),
        Content::Read(Err(ReadError::Unreadable(reason))) => Err(TreeError::Unreadable(format!("{path}: {reason}"))),
        Content::Read(Err(ReadError::OutOfMemory)) => Err(TreeError::Unreadable(settings_too_large())),
        Content::NameOnly => Err(TreeError::Unreadable(path)),
    };
    memory.files.into_iter().map(bytes).collect()
}

/// An archive whose central directory was read.
struct OpenArchive<R> {
    archive: ZipArchive<R>,
    directory: Lease,
    /// Memory of the directory, in bytes.
    directory_bytes: u64,
}

fn open(zip: &Archive, budget: &Arc<Budget>) -> Result<OpenArchive<Reader>, TreeError> {
    opened(zip.open()?, budget).map_err(TreeError::Unreadable)
}

fn opened<R: Read + Seek>(mut reader: R, budget: &Arc<Budget>) -> Result<OpenArchive<R>, String> {
    let mut directory = Lease::of(budget);
    let directory_bytes = directory_memory(&mut reader).map_err(|error| format!("cannot be read ({error})"))?;
    directory
        .more(directory_bytes)
        .map_err(|_| format!("lists more than the {} of --max-memory allow, and was not read", budget.size()))?;
    let archive = ZipArchive::new(reader).map_err(|error| unreadable(&error))?;
    Ok(OpenArchive { archive, directory, directory_bytes })
}

fn unreadable(error: &zip::result::ZipError) -> String {
    format!("cannot be read as a zip ({error})")
}

fn read_wanted(
    zip: &Archive,
    top: &str,
    budget: &Arc<Budget>,
    wanted: &dyn Fn(&str) -> Extract,
) -> Result<Memory, TreeError> {
    unpack(&mut open(zip, budget)?, top, budget, wanted).map_err(TreeError::Unreadable)
}

/// The files and links of an archive.
struct Entries {
    /// In the order of the archive.
    all: Vec<Entry>,
    /// Whether memory was used up before all were listed.
    are_cut: bool,
}

fn entries<R: Read + Seek>(opened: &mut OpenArchive<R>) -> Result<Entries, String> {
    let OpenArchive { archive, directory, .. } = opened;
    if archive.has_duplicate_names() {
        return Err(TWICE.to_owned());
    }
    let (mut entries, mut are_cut) = (Vec::new(), false);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| unreadable(&error))?;
        // As in a folder, a name that is not UTF-8 is not metadata.
        let Ok(written) = entry.name() else { continue };
        let path = checked(&written)?;
        if entry.is_dir() || path.split('/').next() == Some("__MACOSX") {
            continue;
        }
        if directory.more(NAME + path.len() as u64).is_err() {
            are_cut = true;
            break;
        }
        entries.push(Entry { index, path, is_link: entry.is_symlink() });
    }
    Ok(Entries { all: entries, are_cut })
}

fn unpack<R: Read + Seek>(
    opened: &mut OpenArchive<R>,
    top: &str,
    budget: &Arc<Budget>,
    wanted: &dyn Fn(&str) -> Extract,
) -> Result<Memory, String> {
    let mut memory = Memory::within("", budget);
    let Entries { all, are_cut } = entries(opened)?;
    memory.is_cut = are_cut;
    for Entry { index, path, is_link } in all {
        let Some(path) = path.strip_prefix(top) else { continue };
        if memory.reserve_name(path).is_err() {
            memory.is_cut = true;
            break;
        }
        if is_link {
            memory.irregular.insert(path.to_owned(), "is a link, which is not followed in a zip");
            continue;
        }
        let content = match wanted(path) {
            Extract::Nothing => continue,
            Extract::Name => Content::NameOnly,
            Extract::Bytes => Content::Read(entry_bytes(&mut opened.archive, index, &mut memory)),
        };
        if memory.files.insert(path.to_owned(), content).is_some() {
            return Err(TWICE.to_owned());
        }
    }
    Ok(memory)
}

/// The memory for the directory of an archive, estimated from everything that looks like an entry. The number of entries
/// that the archive declares is not trusted.
fn directory_memory(reader: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut memory = 0;
    let mut buffer = vec![0; 1 << 16];
    // Bytes at the end of the buffer that may be the start of an entry.
    let mut unscanned = 0;
    reader.rewind()?;
    loop {
        let read = reader.read(&mut buffer[unscanned..])?;
        let bytes = &buffer[..unscanned + read];
        let is_end = read == 0;
        let mut from = 0;
        while let Some(at) = memmem::find(&bytes[from..], MARK).map(|found| from + found) {
            let Some(description) = bytes.get(at..at + DESCRIPTION) else { break };
            let length = |at: usize| u64::from(u16::from_le_bytes([description[at], description[at + 1]]));
            // The zip crate stores a name three times: raw, decoded, and as a key. The other texts once.
            memory += ENTRY + length(28) * 3 + length(30) + length(32);
            from = at + MARK.len();
        }
        if is_end {
            break;
        }
        let start = from.max(bytes.len().saturating_sub(DESCRIPTION - 1));
        let length = bytes.len() - start;
        buffer.copy_within(start..start + length, 0);
        unscanned = length;
    }
    reader.rewind()?;
    Ok(memory)
}

/// The bytes of an entry, within the memory budget and the declared size.
fn entry_bytes(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    memory: &mut Memory,
) -> Result<Vec<u8>, ReadError> {
    let fault = |error: &dyn std::fmt::Display| ReadError::Unreadable(format!("cannot be unpacked ({error})"));
    let mut entry = archive.by_index(index).map_err(|error| fault(&error))?;
    let size = entry.size();
    if size > MAX_BYTES {
        return Err(ReadError::Unreadable(too_large()));
    }
    memory.reserve_file(size)?;
    let mut bytes = Vec::with_capacity(size as usize);
    entry.by_ref().take(size).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    if !matches!(entry.read(&mut [0]), Ok(0)) {
        return Err(ReadError::Unreadable("holds more than it declares and was not read".to_owned()));
    }
    Ok(bytes)
}

/// The path of an entry; an error if it leads out of the archive.
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

/// The project is the archive itself, or its only top folder; otherwise projects may lie deeper.
fn roots_of(entries: &Entries) -> ProjectRoots {
    let Entries { all: entries, are_cut } = entries;
    let has = |path: &str| entries.iter().any(|entry| entry.path == path);
    let loose = entries.iter().any(|entry| !entry.path.contains('/') && recognise(&entry.path).is_some());
    let alone = |whole: String| ProjectRoots { whole, below: Vec::new() };
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
    // Sorted by name, a folder comes before its subfolders.
    let folders: BTreeSet<String> = entries.iter().filter(|it| !it.is_link).filter_map(folder).collect();
    let mut below: Vec<String> = Vec::new();
    // If the list is incomplete, so are its folders.
    for folder in folders.into_iter().filter(|_| !are_cut) {
        let is_inside = below.last().is_some_and(|above| folder.starts_with(above));
        if !is_inside && !folder.split('/').any(is_hidden) {
            below.push(folder);
        }
    }
    ProjectRoots { whole: String::new(), below }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use sessionlint_source::budget::Size;

    fn zip(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            writer.start_file(*path, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn unpacked(bytes: Cursor<Vec<u8>>, budget: &Arc<Budget>) -> Result<Memory, String> {
        let mut opened = opened(bytes, budget)?;
        let top = roots_of(&entries(&mut opened)?).whole;
        unpack(&mut opened, &top, budget, &extract)
    }

    fn paths(files: &[(&str, &[u8])]) -> Vec<String> {
        unpacked(zip(files), &Arc::default()).unwrap().paths().map(str::to_owned).collect()
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
        let budget = Arc::default();
        let mut opened = opened(zip(files), &budget).unwrap();
        let tops = roots_of(&entries(&mut opened).unwrap());
        assert_eq!(tops, ProjectRoots { whole: String::new(), below: vec!["one/deep/".to_owned(), "two/".to_owned()] });
        let memory = unpack(&mut opened, "two/", &budget, &extract).unwrap();
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
        assert_eq!(unpacked(twice, &Arc::default()).unwrap_err(), TWICE);
    }

    #[test]
    fn what_finds_no_room_is_refused_before_it_is_unpacked() {
        let large = vec![b' '; 1 << 20];
        let files: &[(&str, &[u8])] = &[("A.profile", &large), ("B.profile", b"x"), ("C.profile", &large)];
        let budget = Arc::new(Budget::of(Size(6 << 20)));
        let memory = unpacked(zip(files), &budget).unwrap();
        assert_eq!(memory.bytes("A.profile").unwrap().unwrap(), large);
        assert_eq!(memory.bytes("B.profile").unwrap().unwrap(), b"x");
        assert_eq!(memory.bytes("C.profile").unwrap().unwrap_err(), ReadError::OutOfMemory);
        assert!(!memory.is_cut);
        drop(memory);
        assert_eq!(budget.used(), 0);
        let tiny = Arc::new(Budget::of(Size(1000)));
        let refused = unpacked(zip(files), &tiny).unwrap_err();
        assert!(refused.contains("--max-memory"), "{refused}");
        assert!(unpacked(Cursor::new(b"no zip".to_vec()), &budget).unwrap_err().contains("as a zip"));
    }

    #[test]
    fn folders_of_long_names_are_counted_whole() {
        let deep = format!("{}A.profile", format!("{}/", "x".repeat(250)).repeat(250));
        let budget = Arc::new(Budget::of(Size(4 << 20)));
        let memory = unpacked(zip(&[(&deep, b"x"), ("B.profile", b"x")]), &budget).unwrap();
        assert!(memory.is_cut, "{}", budget.used());
    }

    #[test]
    fn a_directory_is_counted_wherever_its_marks_lie() {
        for before in [0, 1, (1 << 16) - 45, (1 << 16) - 20, (1 << 16) - 1, 1 << 16] {
            let mut bytes = vec![b'x'; before];
            for _ in 0..3 {
                bytes.extend_from_slice(MARK);
                bytes.extend_from_slice(&[0; DESCRIPTION - 4]);
                bytes.extend_from_slice(&[b'x'; 100]);
            }
            assert_eq!(directory_memory(&mut Cursor::new(bytes)).unwrap(), 3 * ENTRY, "{before}");
        }
    }
}
