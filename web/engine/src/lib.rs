//! The commands of sessionlint for a page in a browser: files go in by name, a command line runs, its output comes out.
//!
//! The caller gets [`room`] in memory, writes there, and then calls [`name`], [`file`], or [`run`] to use the bytes. One
//! module serves one run, as one process does: its memory is never freed. Refuses to know commands and formats. It has no
//! clock, no disk and no network.

#![expect(unsafe_code, reason = "`no_mangle` counts as unsafe; nothing here reads or writes through a pointer")]

use std::cell::RefCell;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use sessionlint::cli::MemoryFiles;

/// The exit code of a call with wrong arguments.
const WRONGLY_CALLED: u32 = 2;

/// The files, and the output of the last run.
#[derive(Default)]
struct State {
    room: Vec<u8>,
    name: String,
    memory_files: MemoryFiles,
    out: Vec<u8>,
    err: Vec<u8>,
    changed: std::vec::IntoIter<(String, Vec<u8>)>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// The message of a panic, which ends the module; it can still be read then.
static FAULT: Mutex<String> = Mutex::new(String::new());

fn with<T>(work: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(work)
}

/// Reserves this many bytes, and returns their address.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    with(|state| {
        state.room = vec![0; length];
        state.room.as_mut_ptr()
    })
}

/// Takes the written bytes as the name of the next file.
#[unsafe(no_mangle)]
pub extern "C" fn name() {
    with(|state| state.name = String::from_utf8_lossy(&std::mem::take(&mut state.room)).into_owned());
}

/// Takes the written bytes as the content of the named file.
#[unsafe(no_mangle)]
pub extern "C" fn file() {
    with(|state| {
        let bytes = std::mem::take(&mut state.room);
        let name = std::mem::take(&mut state.name);
        state.memory_files.add(&name, bytes);
    });
}

/// Takes the written bytes as the day (YYYY-MM-DD) and the arguments of a command, each with a NUL at its end. Runs it, and
/// returns its exit code.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    std::panic::set_hook(Box::new(|panic| {
        *FAULT.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    with(|state| {
        let text = String::from_utf8_lossy(&std::mem::take(&mut state.room)).into_owned();
        let mut words = text.split_terminator('\0');
        let Some(day) = words.next().and_then(|day| day.parse::<Date>().ok()) else {
            state.err = b"error: the first word is no day".to_vec();
            return WRONGLY_CALLED;
        };
        let arguments = std::iter::once("sessionlint").chain(words).map(OsString::from);
        let ran = state.memory_files.run(arguments, day);
        (state.out, state.err) = (ran.out, ran.err);
        state.changed = ran.changed.into_iter();
        u32::from(ran.exit.code())
    })
}

/// Sets the standard output to the next file that the run's fixes changed: its path, a NUL, its bytes. Returns 0 if there
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn changed() -> u32 {
    with(|state| {
        let Some((path, bytes)) = state.changed.next() else { return 0 };
        state.out = [path.as_bytes(), b"\0", &bytes].concat();
        1
    })
}

/// Takes the written bytes as the name of a file. Lists its projects as standard output, one per line, and returns an exit
/// code.
#[unsafe(no_mangle)]
pub extern "C" fn projects() -> u32 {
    with(|state| {
        let path = String::from_utf8_lossy(&std::mem::take(&mut state.room)).into_owned();
        match state.memory_files.projects(&path) {
            Ok(projects) => {
                state.out = projects.join("\n").into_bytes();
                0
            }
            Err(error) => {
                state.err = format!("error: {error}\n").into_bytes();
                WRONGLY_CALLED
            }
        }
    })
}

/// The address of the standard output of the last run.
#[unsafe(no_mangle)]
pub extern "C" fn out_at() -> *const u8 {
    with(|state| state.out.as_ptr())
}

/// Its length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn out_length() -> usize {
    with(|state| state.out.len())
}

/// The address of the standard error of the last run.
#[unsafe(no_mangle)]
pub extern "C" fn err_at() -> *const u8 {
    with(|state| state.err.as_ptr())
}

/// Its length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn err_length() -> usize {
    with(|state| state.err.len())
}

/// The address of the message of a panic.
#[unsafe(no_mangle)]
pub extern "C" fn fault_at() -> *const u8 {
    FAULT.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}

/// Its length in bytes; 0 without a panic.
#[unsafe(no_mangle)]
pub extern "C" fn fault_length() -> usize {
    FAULT.lock().unwrap_or_else(PoisonError::into_inner).len()
}
