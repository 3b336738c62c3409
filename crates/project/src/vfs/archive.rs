//! A zip of a metadata retrieve, or of a repository, as files in memory.
//!
//! Assumes nothing about the archive: names that lead out of it, and entries larger than declared, are refused. Refuses
//! to know what the files mean.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::DeflateDecoder;
use percent_encoding::{CONTROLS, percent_encode};
use rawzip::{
    CompressionMethod, ErrorKind, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ReaderAt, ZipArchive,
    ZipArchiveEntryWayfinder, ZipLocator,
};

use super::{
    Content, Extract, MANIFEST, MAX_BYTES, MAX_SETTINGS, Memory, PROJECT_FILE, ReadError, TreeError, extract,
    settings_too_large, too_large,
};
use crate::metadata::kind::recognise;
use sessionlint_source::budget::{Budget, Lease, NAME};

/// Two readers of such an archive could see two different projects.
const TWICE: &str = "holds two files of one name and was not read";

/// The list at the end of an archive is not what it should be.
const DAMAGED: &str = "its list of files is damaged";

/// An entry does not start where the list places it.
const MISPLACED: &str = "the zip is damaged where it should start";

/// Entries in more nested folders than this are refused: the paths of all folders are kept, and their size grows with
/// the square of the depth.
const MAX_FOLDERS: usize = 255;

/// The bits of a Unix mode that contain the type of a file, and the type of a link.
const FILE_TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// An entry that is a file or a link.
struct Entry {
    path: String,
    is_link: bool,
    is_encrypted: bool,
    method: CompressionMethod,
    place: ZipArchiveEntryWayfinder,
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

    /// Its bytes, and their number.
    fn bytes(&self) -> Result<(Bytes, u64), TreeError> {
        if let Some(SharedBytes(bytes)) = &self.bytes {
            return Ok((Box::new(bytes.clone()), bytes.len() as u64));
        }
        // Opening a pipe would wait for its other end.
        if self.path.metadata().is_ok_and(|it| !it.is_file()) {
            return Err(TreeError::Unreadable("is not a regular file".to_owned()));
        }
        let opened = File::open(&self.path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|error| TreeError::Unreadable(format!("cannot be read ({error})")))?;
        Ok((Box::new(FileReader::from(file)), length))
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

/// The bytes of a file on disk or in memory.
type Bytes = Box<dyn ReaderAt>;

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
    Ok(roots_of(&open(zip, budget)?.entries))
}

/// Reads the project below the folder `top` of a zip; it is shown as `name`.
pub fn read(zip: &Archive, top: &str, name: &str, budget: &Arc<Budget>) -> Result<Memory, TreeError> {
    let opened = open(zip, budget)?;
    let mut memory = unpack(&opened, top, budget, &extract);
    let named = memory.replacement_files();
    if !named.is_empty() {
        let is_named = |path: &str| if named.iter().any(|it| it == path) { Extract::Bytes } else { Extract::Nothing };
        let mut values = unpack(&opened, top, budget, &is_named);
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
        is_below && path.rsplit_once('.').is_some_and(|(_, extension)| extension == suffix)
    };
    // The names in the zip were counted against the memory of the run before: they do not reduce the limit for the
    // pages.
    let mut opened = open(zip, &Arc::default())?;
    opened.entries.retain(|it| it.path.strip_prefix(top).is_some_and(is_wanted));
    let memory = unpack(&opened, top, &Arc::new(Budget::of(MAX_SETTINGS)), &|_| Extract::Bytes);
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

/// An archive with the list of its files and links, in its order.
struct OpenArchive {
    archive: ZipArchive<Bytes>,
    entries: Vec<Entry>,
    /// The memory of the list.
    _lease: Lease,
}

fn open(zip: &Archive, budget: &Arc<Budget>) -> Result<OpenArchive, TreeError> {
    let (file, length) = zip.bytes()?;
    let archive = ZipLocator::new().locate_in_reader(file, &mut [0; 1 << 12], length);
    archive
        .map_err(|(_, error)| unreadable(&reason(&error, "its end is missing or damaged")))
        .and_then(|archive| listed(archive, budget))
        .map_err(TreeError::Unreadable)
}

fn unreadable(reason: &dyn Display) -> String {
    format!("cannot be read as a zip ({reason})")
}

/// Why an archive or an entry cannot be read; `damage` if what is read is not what should be there.
fn reason(error: &rawzip::Error, damage: &str) -> String {
    match error.kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.to_string(),
        _ => damage.to_owned(),
    }
}

/// Lists the files and links of an archive. The number of entries that it declares reserves no memory.
fn listed(archive: ZipArchive<Bytes>, budget: &Arc<Budget>) -> Result<OpenArchive, String> {
    let mut lease = Lease::of(budget);
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut list = archive.entries(&mut buffer);
    let (mut entries, mut count) = (Vec::new(), 0_u64);
    while let Some(entry) = list.next_entry().map_err(|error| unreadable(&reason(&error, DAMAGED)))? {
        count += 1;
        let name = text(entry.file_path().as_ref());
        let path = checked(&name)?;
        if name.ends_with(['/', '\\']) || path.split('/').next() == Some("__MACOSX") {
            continue;
        }
        lease
            .more(NAME + path.len() as u64)
            .map_err(|_| format!("lists more than the {} of --max-memory allow, and was not read", budget.size()))?;
        entries.push(Entry {
            path,
            is_link: (entry.external_attributes() >> 16) & FILE_TYPE == LINK,
            is_encrypted: entry.flags().is_encrypted(),
            method: entry.compression_method(),
            place: entry.wayfinder(),
        });
    }
    // Only two bytes of the number are written by programs that do not know large archives.
    if count as u16 != archive.entries_hint() as u16 {
        return Err(unreadable(&DAMAGED));
    }
    let mut names: Vec<&str> = entries.iter().map(|it| it.path.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(TWICE.to_owned());
    }
    Ok(OpenArchive { archive, entries, _lease: lease })
}

/// A name; one that is not UTF-8 with `%81` for such a byte.
fn text(name: &[u8]) -> String {
    str::from_utf8(name).map_or_else(|_| percent_encode(name, CONTROLS).to_string(), str::to_owned)
}

fn unpack(opened: &OpenArchive, top: &str, budget: &Arc<Budget>, wanted: &dyn Fn(&str) -> Extract) -> Memory {
    let mut memory = Memory::within("", budget);
    for entry in &opened.entries {
        let Some(path) = entry.path.strip_prefix(top) else { continue };
        if memory.reserve_name(path).is_err() {
            memory.is_cut = true;
            break;
        }
        if entry.is_link {
            memory.irregular.insert(path.to_owned(), "is a link, which is not followed in a zip");
            continue;
        }
        let content = match wanted(path) {
            Extract::Nothing => continue,
            Extract::Name => Content::NameOnly,
            Extract::Bytes => Content::Read(entry_bytes(&opened.archive, entry, &mut memory)),
        };
        memory.files.insert(path.to_owned(), content);
    }
    memory
}

/// The bytes of an entry, within the memory budget and the declared size.
fn entry_bytes(archive: &ZipArchive<Bytes>, entry: &Entry, memory: &mut Memory) -> Result<Vec<u8>, ReadError> {
    let fault = |reason: &dyn Display| ReadError::Unreadable(format!("cannot be unpacked ({reason})"));
    if entry.is_encrypted {
        return Err(fault(&"it is encrypted"));
    }
    let size = entry.place.uncompressed_size_hint();
    if size > MAX_BYTES {
        return Err(ReadError::Unreadable(too_large()));
    }
    let packed = archive.get_entry(entry.place).map_err(|error| fault(&reason(&error, MISPLACED)))?.reader();
    let checksum = packed.claim_verifier().crc;
    let (mut stored, mut inflated);
    let content: &mut dyn Read = match entry.method {
        CompressionMethod::STORE => {
            stored = packed;
            &mut stored
        }
        CompressionMethod::DEFLATE => {
            inflated = DeflateDecoder::new(packed);
            &mut inflated
        }
        method => return Err(fault(&format_args!("its compression method {} is not supported", method.as_u16()))),
    };
    memory.reserve_file(size)?;
    let mut bytes = Vec::with_capacity(size as usize);
    content.take(size).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    if content.read(&mut [0]).map_err(|error| fault(&error))? > 0 {
        return Err(ReadError::Unreadable("holds more than it declares and was not read".to_owned()));
    }
    if crc32fast::hash(&bytes) != checksum {
        return Err(fault(&"its checksum is wrong"));
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
fn roots_of(entries: &[Entry]) -> ProjectRoots {
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
    for folder in folders {
        let is_inside = below.last().is_some_and(|above| folder.starts_with(above));
        if !is_inside && !folder.split('/').any(is_hidden) {
            below.push(folder);
        }
    }
    ProjectRoots { whole: String::new(), below }
}

#[cfg(test)]
mod tests;
