//! The number of threads of a command.
//!
//! Refuses to know the work that runs on them.

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Failure;
use super::args::Common;

/// Memory that a thread reserves at once, in bytes; it is not touched before it is needed.
const THREAD_BYTES: usize = 16 << 20;

/// The threads of a command; `None` where there are none, as in a browser.
#[derive(Debug)]
pub(super) struct Threads(Option<ThreadPool>);

impl Threads {
    /// The requested number of threads.
    pub(super) fn new(common: &Common) -> Result<Self, Failure> {
        if cfg!(target_family = "wasm") {
            return Ok(Self(None));
        }
        let threads = common.threads.map_or(0, usize::from);
        // glibc asks the kernel for a thread's memory page by page, but keeps what one large block took.
        let prepare = |_| drop(std::hint::black_box(Vec::<u8>::with_capacity(THREAD_BYTES)));
        let pool = ThreadPoolBuilder::new().num_threads(threads).start_handler(prepare).build();
        let pool = pool.map_err(|error| Failure::Unreadable(format!("threads cannot be started ({error})")))?;
        Ok(Self(Some(pool)))
    }

    /// Runs `work` on them.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self.pool() {
            Some(pool) => pool.install(work),
            // Without threads, rayon works on the current one, but makes no pool.
            None => work(),
        }
    }

    /// The pool, for a format that spreads its work.
    pub(super) fn pool(&self) -> Option<&ThreadPool> {
        self.0.as_ref()
    }
}

/// Runs `work` on the requested number of threads.
pub(super) fn with_threads<T: Send>(common: &Common, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    Ok(Threads::new(common)?.run(work))
}
