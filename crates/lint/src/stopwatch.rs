//! Measures time for `--timings`; does nothing on platforms without a clock.
//!
//! Refuses to know the time of day: no result may depend on it.

use std::time::Duration;
#[cfg(not(target_family = "wasm"))]
use std::time::Instant;

/// A running clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    #[cfg(not(target_family = "wasm"))]
    start: Instant,
}

impl Stopwatch {
    /// Starts a clock.
    pub fn start() -> Self {
        Self {
            #[cfg(not(target_family = "wasm"))]
            start: Instant::now(),
        }
    }

    /// The time since its start.
    pub fn elapsed(&self) -> Duration {
        #[cfg(not(target_family = "wasm"))]
        return self.start.elapsed();
        // Reading the clock would panic there.
        #[cfg(target_family = "wasm")]
        Duration::ZERO
    }
}
