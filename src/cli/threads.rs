//! The number of threads of a command.
//!
//! Refuses to know the work that runs on them.

use super::Failure;
use super::args::Common;

/// Memory that a thread reserves at once, in bytes; it is not touched before it is needed.
const THREAD_BYTES: usize = 16 << 20;

/// Runs `work` on the requested number of threads.
pub(super) fn with_threads<T: Send>(common: &Common, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    // Without threads, rayon works on the current one, but makes no pool.
    if cfg!(target_family = "wasm") {
        return Ok(work());
    }
    let threads = common.threads.map_or(0, usize::from);
    // glibc asks the kernel for a thread's memory page by page, but keeps what one large block took.
    let prepare = |_| drop(std::hint::black_box(Vec::<u8>::with_capacity(THREAD_BYTES)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).start_handler(prepare).build();
    let pool = pool.map_err(|error| Failure::Unreadable(format!("threads cannot be started ({error})")))?;
    Ok(pool.install(work))
}
