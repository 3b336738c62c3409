//! A zip of a metadata retrieve, or of a repository, as files in memory.
//!
//! Assumes nothing of the archive: names that lead out of it, and bytes that swell, are refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;
use zip::ZipArchive;

use super::{
    Content, MANIFEST, MAX_BYTES, MAX_SETTINGS, Memory, PROJECT_FILE, TreeError, Wanted, too_large, too_much_to_settle,
    wanted,
};
use crate::metadata::kind::recognise;
use sessionlint_source::budget::{Budget, Lease, NAME, Size};

/// Two readers of such an archive see two projects.
const TWICE: &str = "holds two files of one name and was not read";

/// Entries in more folders than this are refused: the names of all folders are kept, and their bytes grow with the
/// square of the depth.
const MAX_FOLDERS: usize = 255;

/// What the directory of an archive takes for each entry beside what is written of it, in bytes.
const ENTRY: u64 = 640;

/// What stands before the description of an entry in the directory, and how long that is without its texts.
const MARK: &[u8] = b"PK\x01\x02";
const DESCRIPTION: usize = 46;

/// An entry that is a file or a link.
struct Entry {
    index: usize,
    path: String,
    is_link: bool,
}

/// A zip: a file of a disk, or bytes that somebody holds.
#[derive(Clone, Debug)]
pub struct Archive {
    path: PathBuf,
    bytes: Option<Held>,
}

impl Archive {
    /// The file at `path`.
    pub fn on_disk(path: &Path) -> Self {
        Self { path: path.to_owned(), bytes: None }
    }

    /// Bytes that are known as `path`, whatever a disk has there.
    pub fn held(path: &Path, bytes: Arc<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), bytes: Some(Held(bytes)) }
    }

    /// What it is known as.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open(&self) -> Result<Reader, TreeError> {
        if let Some(bytes) = &self.bytes {
            return Ok(Reader::Held(Cursor::new(bytes.clone())));
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

/// The bytes of a zip, which nobody copies.
#[derive(Clone)]
struct Held(Arc<Vec<u8>>);

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes", self.0.len())
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

enum Reader {
    Disk(BufReader<File>),
    Held(Cursor<Held>),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Reader::Disk(reader) => reader.read(buffer),
            Reader::Held(reader) => reader.read(buffer),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Reader::Disk(reader) => reader.seek(to),
            Reader::Held(reader) => reader.seek(to),
        }
    }
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

/// Where the projects in a zip lie.
pub fn tops(zip: &Archive, budget: &Arc<Budget>) -> Result<Tops, TreeError> {
    let mut opened = open(zip, budget)?;
    Ok(tops_of(&entries(&mut opened).map_err(TreeError::Unreadable)?))
}

/// Reads the project below the folder `top` of a zip; people know it as `name`.
pub fn read(zip: &Archive, top: &str, name: &str, budget: &Arc<Budget>) -> Result<Memory, TreeError> {
    let mut memory = read_wanted(zip, top, budget, &wanted)?;
    let named = memory.replacement_files();
    if !named.is_empty() {
        let is_named = |path: &str| if named.iter().any(|it| it == path) { Wanted::Bytes } else { Wanted::Nothing };
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
        if is_below && is_named { Wanted::Bytes } else { Wanted::Nothing }
    };
    // The directory was read before, within the memory of the run: its names take no room from the pages.
    let mut opened = open(zip, &Arc::default())?;
    let budget = Budget::of(Size(MAX_SETTINGS.0 + opened.takes));
    let memory = unpack(&mut opened, top, &Arc::new(budget), &is_wanted).map_err(TreeError::Unreadable)?;
    if memory.is_cut {
        return Err(TreeError::Unreadable(too_much_to_settle()));
    }
    let bytes = |(path, content)| match content {
        Content::Bytes(bytes) => Ok((path, bytes)),
        Content::Unreadable(reason) => Err(TreeError::Unreadable(format!("{path}: {reason}"))),
        Content::NameOnly => Err(TreeError::Unreadable(path)),
        Content::NoRoom => Err(TreeError::Unreadable(too_much_to_settle())),
    };
    memory.files.into_iter().map(bytes).collect()
}

/// An archive whose directory was read, and what that holds.
struct Opened<R> {
    archive: ZipArchive<R>,
    directory: Lease,
    /// What its directory takes, in bytes.
    takes: u64,
}

fn open(zip: &Archive, budget: &Arc<Budget>) -> Result<Opened<Reader>, TreeError> {
    opened(zip.open()?, budget).map_err(TreeError::Unreadable)
}

fn opened<R: Read + Seek>(mut reader: R, budget: &Arc<Budget>) -> Result<Opened<R>, String> {
    let mut directory = Lease::of(budget);
    let takes = directory_takes(&mut reader).map_err(|error| format!("cannot be read ({error})"))?;
    directory
        .more(takes)
        .map_err(|_| format!("lists more than the {} of --max-memory allow, and was not read", budget.size()))?;
    let archive = ZipArchive::new(reader).map_err(|error| unreadable(&error))?;
    Ok(Opened { archive, directory, takes })
}

fn unreadable(error: &zip::result::ZipError) -> String {
    format!("cannot be read as a zip ({error})")
}

fn read_wanted(
    zip: &Archive,
    top: &str,
    budget: &Arc<Budget>,
    wanted: &dyn Fn(&str) -> Wanted,
) -> Result<Memory, TreeError> {
    unpack(&mut open(zip, budget)?, top, budget, wanted).map_err(TreeError::Unreadable)
}

/// The files and links of an archive.
struct Entries {
    /// In its order.
    all: Vec<Entry>,
    /// Whether there was no room for more of them.
    are_cut: bool,
}

fn entries<R: Read + Seek>(opened: &mut Opened<R>) -> Result<Entries, String> {
    let Opened { archive, directory, .. } = opened;
    if archive.has_duplicate_names() {
        return Err(TWICE.to_owned());
    }
    let (mut entries, mut are_cut) = (Vec::new(), false);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| unreadable(&error))?;
        // As in a folder: a name that is no text is no name of metadata.
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
    opened: &mut Opened<R>,
    top: &str,
    budget: &Arc<Budget>,
    wanted: &dyn Fn(&str) -> Wanted,
) -> Result<Memory, String> {
    let mut memory = Memory::within("", budget);
    let Entries { all, are_cut } = entries(opened)?;
    memory.is_cut = are_cut;
    for Entry { index, path, is_link } in all {
        let Some(path) = path.strip_prefix(top) else { continue };
        if memory.holds_name(path).is_err() {
            memory.is_cut = true;
            break;
        }
        if is_link {
            memory.irregular.insert(path.to_owned(), "is a link, which is not followed in a zip");
            continue;
        }
        let content = match wanted(path) {
            Wanted::Nothing => continue,
            Wanted::Name => Content::NameOnly,
            Wanted::Bytes => content(&mut opened.archive, index, &mut memory),
        };
        if memory.files.insert(path.to_owned(), content).is_some() {
            return Err(TWICE.to_owned());
        }
    }
    Ok(memory)
}

/// What reading the directory of an archive takes: what everything that looks like an entry of it takes. The directory
/// itself says how many there are, and is not believed.
fn directory_takes(reader: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut takes = 0;
    let mut buffer = vec![0; 1 << 16];
    // What may be the start of a description at the end of what was looked at.
    let mut kept = 0;
    reader.rewind()?;
    loop {
        let read = reader.read(&mut buffer[kept..])?;
        let bytes = &buffer[..kept + read];
        let is_end = read == 0;
        let mut from = 0;
        while let Some(at) = memmem::find(&bytes[from..], MARK).map(|found| from + found) {
            let Some(description) = bytes.get(at..at + DESCRIPTION) else { break };
            let length = |at: usize| u64::from(u16::from_le_bytes([description[at], description[at + 1]]));
            // Names are held as they are written, as they are read, and to be found by; the rest once.
            takes += ENTRY + length(28) * 3 + length(30) + length(32);
            from = at + MARK.len();
        }
        if is_end {
            break;
        }
        let start = from.max(bytes.len().saturating_sub(DESCRIPTION - 1));
        let length = bytes.len() - start;
        buffer.copy_within(start..start + length, 0);
        kept = length;
    }
    reader.rewind()?;
    Ok(takes)
}

/// The bytes of an entry, never more than there is room for, whatever size the archive declares.
fn content(archive: &mut ZipArchive<impl Read + Seek>, index: usize, memory: &mut Memory) -> Content {
    let mut entry = match archive.by_index(index) {
        Ok(entry) => entry,
        Err(error) => return Content::Unreadable(format!("cannot be unpacked ({error})")),
    };
    let size = entry.size();
    if size > MAX_BYTES {
        return Content::Unreadable(too_large());
    }
    if memory.holds_file(size).is_err() {
        return Content::NoRoom;
    }
    let mut bytes = Vec::with_capacity(size as usize);
    if let Err(error) = entry.by_ref().take(size).read_to_end(&mut bytes) {
        return Content::Unreadable(format!("cannot be unpacked ({error})"));
    }
    if !matches!(entry.read(&mut [0]), Ok(0)) {
        return Content::Unreadable("holds more than it declares and was not read".to_owned());
    }
    Content::Bytes(bytes)
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
fn tops_of(entries: &Entries) -> Tops {
    let Entries { all: entries, are_cut } = entries;
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
    // Where the list is not whole, neither is what is known of its folders.
    for folder in folders.into_iter().filter(|_| !are_cut) {
        let is_inside = below.last().is_some_and(|above| folder.starts_with(above));
        if !is_inside && !folder.split('/').any(is_hidden) {
            below.push(folder);
        }
    }
    Tops { whole: String::new(), below }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::Missing;
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
        let top = tops_of(&entries(&mut opened)?).whole;
        unpack(&mut opened, &top, budget, &wanted)
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
        let tops = tops_of(&entries(&mut opened).unwrap());
        assert_eq!(tops, Tops { whole: String::new(), below: vec!["one/deep/".to_owned(), "two/".to_owned()] });
        let memory = unpack(&mut opened, "two/", &budget, &wanted).unwrap();
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
        assert_eq!(memory.bytes("C.profile").unwrap().unwrap_err(), Missing::NoRoom);
        assert!(!memory.is_cut);
        drop(memory);
        assert_eq!(budget.held(), 0);
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
        assert!(memory.is_cut, "{}", budget.held());
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
            assert_eq!(directory_takes(&mut Cursor::new(bytes)).unwrap(), 3 * ENTRY, "{before}");
        }
    }
}
