//! The bytes of one file, lent for as long as somebody looks at them.
//!
//! Each thread reads into memory of its own again and again: a large file costs no allocation and a small one no more
//! than opening, asking for its length, reading and closing. May assume that the walk met a regular file. Refuses to
//! know what the bytes mean.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::discover::Root;
use crate::vfs::{FileTree, MAX_BYTES, Missing, too_large};
use sessionlint_source::budget::{Lease, Spent};

/// Memory beyond this size, in bytes, is given back when a file is done.
const KEPT: usize = 8 << 20;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// This is wrong with it.
    Because(String),
    /// There was no memory left for it.
    NoRoom,
}

impl From<Spent> for Unread {
    fn from(_: Spent) -> Self {
        Self::NoRoom
    }
}

/// Lends the bytes of a file to `look`, held by `lease`. The error is why they could not be read.
pub(super) fn with_bytes<T>(
    root: &Root,
    disk: &Path,
    path: &str,
    lease: &mut Lease,
    look: impl FnOnce(&[u8]) -> T,
) -> Result<T, Unread> {
    if let Some(bytes) = root.stand_in_for(path) {
        return Ok(look(bytes));
    }
    match &root.tree {
        FileTree::Folder => {
            let mut buffer = BUFFER.take();
            let read = read(disk, &mut buffer, lease).map(|length| look(&buffer[..length]));
            if buffer.capacity() <= KEPT {
                BUFFER.set(buffer);
            }
            read
        }
        FileTree::Memory(memory) => match memory.bytes(path) {
            Some(Ok(bytes)) => Ok(look(bytes)),
            Some(Err(Missing::NoRoom)) => Err(Unread::NoRoom),
            Some(Err(Missing::Because(reason))) => Err(Unread::Because(reason.to_owned())),
            None => Err(Unread::Because("is not there".to_owned())),
        },
    }
}

/// Reads a file into the front of `buffer`; how long it is, in bytes.
fn read(disk: &Path, buffer: &mut Vec<u8>, lease: &mut Lease) -> Result<usize, Unread> {
    let unreadable = |error: io::Error| Unread::Because(format!("cannot be read ({error})"));
    let mut file = File::open(disk).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MAX_BYTES {
        return Err(Unread::Because(too_large()));
    }
    lease.more(length)?;
    let length = length as usize;
    if buffer.len() < length {
        // Growing would hold both, and copy what nobody needs.
        *buffer = Vec::new();
        buffer.resize(length, 0);
    }
    let mut done = 0;
    while done < length {
        match file.read(&mut buffer[done..length]) {
            // It was cut off after its length was asked for.
            Ok(0) => break,
            Ok(more) => done += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(done)
}
