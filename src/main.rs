//! The command: passes its arguments to the library and returns its exit code.
//!
//! Refuses to know anything else: `cli` does the work.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The largest freed block that makes glibc keep freed memory: after such a block was freed, it reuses memory for
/// blocks up to this size, and returns only memory beyond twice the size. Every folder and file that is read takes
/// memory and frees it, on all threads; by default glibc asks the kernel each time, which takes a third of the time of
/// a run. On other systems this is one unused block.
const KEPT_BYTES: usize = (32 << 20) - (64 << 10);

fn main() -> ExitCode {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_BYTES)));
    ExitCode::from(sessionlint::cli::main(std::env::args_os()).code())
}
