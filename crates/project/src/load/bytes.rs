//! Reads the bytes of one file into a buffer of the thread and lends them to a closure.
//!
//! The buffer is reused: a large file costs no allocation, a small one costs open, stat, read and close. May assume
//! that the walk found a regular file. Refuses to know what the bytes mean.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::discover::Root;
use crate::vfs::{FileTree, MAX_BYTES, ReadError, too_large};
use sessionlint_source::budget::Lease;

/// A buffer larger than this, in bytes, is freed after use.
const MAX_BUFFER: usize = 8 << 20;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Passes the bytes of a file to `use_bytes`. Their memory is counted by `lease`.
pub(super) fn with_bytes<T>(
    root: &Root,
    disk: &Path,
    path: &str,
    lease: &mut Lease,
    use_bytes: impl FnOnce(&[u8]) -> T,
) -> Result<T, ReadError> {
    if let Some(bytes) = root.overlay_of(path) {
        return Ok(use_bytes(bytes));
    }
    match &root.tree {
        FileTree::Folder => {
            let mut buffer = BUFFER.take();
            let read = read(disk, &mut buffer, lease).map(|length| use_bytes(&buffer[..length]));
            if buffer.capacity() <= MAX_BUFFER {
                BUFFER.set(buffer);
            }
            read
        }
        FileTree::Memory(memory) => match memory.bytes(path) {
            Some(Ok(bytes)) => Ok(use_bytes(bytes)),
            Some(Err(error)) => Err(error),
            None => Err(ReadError::Unreadable("is not there".to_owned())),
        },
    }
}

/// Reads a file into the front of `buffer`; returns its length in bytes.
fn read(disk: &Path, buffer: &mut Vec<u8>, lease: &mut Lease) -> Result<usize, ReadError> {
    let unreadable = |error: io::Error| ReadError::Unreadable(format!("cannot be read ({error})"));
    let mut file = File::open(disk).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MAX_BYTES {
        return Err(ReadError::Unreadable(too_large()));
    }
    lease.more(length)?;
    let length = length as usize;
    if buffer.len() < length {
        // Growing in place would copy the old content and hold both for a moment.
        *buffer = Vec::new();
        // Memory that the system hands out is zero already; `resize` would write it once more.
        *buffer = vec![0; length];
    }
    let mut done = 0;
    while done < length {
        match file.read(&mut buffer[done..length]) {
            // The file was truncated after its length was read.
            Ok(0) => break,
            Ok(more) => done += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(done)
}
