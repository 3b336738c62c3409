//! A pack: one file with the cached records of one root.
//!
//! It holds a header, an index, the bodies and the tails. Header and index share a checksum; each body and each tail
//! has its own. Damaged parts are ignored. Index and bodies are read when the pack is opened, and a body is decoded
//! only on request; the tails are read when the first one is needed. Refuses to know what the bytes mean.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use super::stamp::Stamp;

/// The magic number.
const MAGIC: [u8; 8] = *b"slpack\x00\x01";

/// Length of the header in bytes: the magic number, the reader, three lengths, and the checksum.
const HEADER: usize = 8 + 8 + 3 * 8 + 4;

/// SHA-256 of the bytes of a file.
pub(crate) type Digest = [u8; 32];

/// The position of a body or a tail, with its checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    start: u64,
    length: u64,
    checksum: u32,
}

impl Piece {
    /// Whether it is not empty.
    pub(crate) fn is_present(self) -> bool {
        self.length > 0
    }

    fn of(self, bytes: &[u8]) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.length).ok()?)?;
        let piece = bytes.get(start..end)?;
        (self.is_present() && crc32fast::hash(piece) == self.checksum).then_some(piece)
    }
}

/// The record of one file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its path below the root.
    pub(crate) path: String,
    /// Its stamp.
    pub(crate) stamp: Stamp,
    /// Whether an equal stamp proves that it is unchanged.
    pub(crate) is_settled: bool,
    /// The digest of its bytes.
    pub(crate) digest: Digest,
    /// A few bytes that are always loaded.
    pub(crate) head: Vec<u8>,
    pub(super) body: Piece,
    pub(super) tail: Piece,
}

#[derive(Serialize, Deserialize)]
struct Index<'p, R> {
    root: &'p str,
    meta: &'p [u8],
    records: R,
}

/// An open pack.
#[derive(Debug)]
pub(crate) struct Pack {
    /// Its root.
    pub(crate) root: String,
    /// The data of all files together.
    pub(crate) meta: Vec<u8>,
    /// Sorted by path.
    pub(crate) records: Vec<Record>,
    /// Index and bodies.
    bytes: Vec<u8>,
    index: usize,
    tails_start: u64,
    tails_length: u64,
    file: Mutex<File>,
    tails: OnceLock<Vec<u8>>,
}

struct Header {
    index: u64,
    bodies: u64,
    tails: u64,
    checksum: u32,
}

/// Parses the header of a file of `length` bytes, if it was written by the same `reader` version.
fn header(bytes: &[u8; HEADER], reader: u64, length: u64) -> Option<Header> {
    let rest = bytes.strip_prefix(&MAGIC)?.strip_prefix(&reader.to_le_bytes())?;
    let (lengths, rest) = rest.split_at(24);
    let ([index, bodies, tails], _) = lengths.as_chunks::<8>() else { return None };
    let [index, bodies, tails] = [index, bodies, tails].map(|it| u64::from_le_bytes(*it));
    let whole = (HEADER as u64).checked_add(index)?.checked_add(bodies)?.checked_add(tails)?;
    let checksum = u32::from_le_bytes(rest.try_into().ok()?);
    (whole == length).then_some(Header { index, bodies, tails, checksum })
}

impl Pack {
    /// Opens the file at `path` and reads index and bodies. `None` if it does not exist, is damaged, is larger than
    /// `limit`, or was written by another version.
    pub(super) fn open(path: &Path, reader: u64, limit: u64) -> Option<Self> {
        let file = File::open(path).ok()?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        if length > limit {
            return None;
        }
        let mut first = [0; HEADER];
        (&file).read_exact(&mut first).ok()?;
        let header = header(&first, reader, length)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(header.index + header.bodies).ok()?).ok()?;
        (&file).take(header.index + header.bodies).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 != header.index + header.bodies {
            return None;
        }
        let index_length = header.index as usize;
        let written = &bytes[..index_length];
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&first[..HEADER - 4]);
        checksum.update(written);
        if checksum.finalize() != header.checksum {
            return None;
        }
        let Index { root, meta, records }: Index<'_, Vec<Record>> = postcard::from_bytes(written).ok()?;
        if !records.is_sorted_by(|left, right| left.path < right.path) {
            return None;
        }
        Some(Self {
            root: root.to_owned(),
            meta: meta.to_vec(),
            records,
            index: index_length,
            tails_start: HEADER as u64 + header.index + header.bodies,
            tails_length: header.tails,
            bytes,
            file: Mutex::new(file),
            tails: OnceLock::new(),
        })
    }

    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.bytes.len() as u64 + self.tails_length
    }

    /// The record of the file at `path`.
    pub(super) fn get(&self, path: &str) -> Option<&Record> {
        let found = self.records.binary_search_by(|record| record.path.as_str().cmp(path)).ok()?;
        self.records.get(found)
    }

    /// The body of a record; `None` if there is none, or it is damaged.
    pub(super) fn body(&self, record: &Record) -> Option<&[u8]> {
        record.body.of(self.bytes.get(self.index..)?)
    }

    /// The tail of a record.
    pub(super) fn tail(&self, record: &Record) -> Option<&[u8]> {
        record.tail.of(self.tails.get_or_init(|| self.read_tails().unwrap_or_default()))
    }

    fn read_tails(&self) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.tails_start))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(self.tails_length as usize).map_err(io::Error::other)?;
        Read::take(&mut *file, self.tails_length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Marks the pack as used.
    pub(super) fn touch(&self, now: std::time::SystemTime) {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // Once in a while is enough, and a failure does no harm.
        let is_fresh = file.metadata().and_then(|it| it.modified()).is_ok_and(|at| at + TOUCH_INTERVAL > now);
        if !is_fresh {
            let _ = file.set_modified(now);
        }
    }
}

/// The interval between two updates of the time of use.
const TOUCH_INTERVAL: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// Builds a pack.
#[derive(Debug)]
pub(super) struct Builder<'b> {
    records: Vec<Record>,
    bodies: Vec<&'b [u8]>,
    tails: Vec<&'b [u8]>,
    bodies_length: u64,
    tails_length: u64,
}

impl<'b> Builder<'b> {
    pub(super) fn new() -> Self {
        Self { records: Vec::new(), bodies: Vec::new(), tails: Vec::new(), bodies_length: 0, tails_length: 0 }
    }

    /// Adds a record; in the order of paths.
    pub(super) fn add(&mut self, record: Record, body: Option<&'b [u8]>, tail: Option<&'b [u8]>) {
        let body = piece(body.unwrap_or_default(), &mut self.bodies, &mut self.bodies_length);
        let tail = piece(tail.unwrap_or_default(), &mut self.tails, &mut self.tails_length);
        self.records.push(Record { body, tail, ..record });
    }

    /// Writes the pack; returns false if it would be larger than `limit`.
    pub(super) fn write(&self, out: &mut File, root: &str, meta: &[u8], reader: u64, limit: u64) -> io::Result<bool> {
        let index = Index { root, meta, records: &self.records };
        let index = postcard::to_allocvec(&index).map_err(io::Error::other)?;
        let length = HEADER as u64 + index.len() as u64 + self.bodies_length + self.tails_length;
        if length > limit {
            return Ok(false);
        }
        let mut bytes = Vec::with_capacity(length as usize);
        bytes.extend(MAGIC);
        bytes.extend(reader.to_le_bytes());
        for part in [index.len() as u64, self.bodies_length, self.tails_length] {
            bytes.extend(part.to_le_bytes());
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&bytes);
        checksum.update(&index);
        bytes.extend(checksum.finalize().to_le_bytes());
        bytes.extend(index);
        for part in self.bodies.iter().chain(&self.tails) {
            bytes.extend_from_slice(part);
        }
        out.write_all(&bytes)?;
        Ok(true)
    }
}

fn piece<'b>(bytes: &'b [u8], all: &mut Vec<&'b [u8]>, length: &mut u64) -> Piece {
    if bytes.is_empty() {
        return Piece::default();
    }
    let made = Piece { start: *length, length: bytes.len() as u64, checksum: crc32fast::hash(bytes) };
    all.push(bytes);
    *length += made.length;
    made
}
