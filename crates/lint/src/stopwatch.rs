//! How long work takes, for `--timings`; nothing where the platform has no clock.
//!
//! Refuses to know the time of day: no result may depend on it.

use std::time::Duration;
#[cfg(not(target_family = "wasm"))]
use std::time::Instant;

/// A clock that runs from when it was started.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    #[cfg(not(target_family = "wasm"))]
    start: Instant,
}

impl Stopwatch {
    /// Starts one.
    pub fn start() -> Self {
        Self {
            #[cfg(not(target_family = "wasm"))]
            start: Instant::now(),
        }
    }

    /// How long ago it was started.
    pub fn elapsed(&self) -> Duration {
        #[cfg(not(target_family = "wasm"))]
        return self.start.elapsed();
        // Asking for the time would end the program there.
        #[cfg(target_family = "wasm")]
        Duration::ZERO
    }
}
