//! Counts the steps of inner loops, so that tests can measure complexity without a clock. Release builds count nothing.
//!
//! Bytes are counted separately: they grow with the input and output, steps with the comparisons. Refuses to know what
//! a step is: each loop decides.

#[cfg(debug_assertions)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    static BYTES: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds to the number of steps.
#[inline]
pub fn count(steps: usize) {
    #[cfg(debug_assertions)]
    STEPS.with(|it| it.set(it.get() + steps as u64));
    #[cfg(not(debug_assertions))]
    let _ = steps;
}

/// Adds to the number of bytes that were read.
#[inline]
pub fn count_bytes(bytes: usize) {
    #[cfg(debug_assertions)]
    BYTES.with(|it| it.set(it.get() + bytes as u64));
    #[cfg(not(debug_assertions))]
    let _ = bytes;
}

/// The result of `work`, and the number of steps it took on this thread.
#[cfg(debug_assertions)]
pub fn of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.with(std::cell::Cell::get);
    let result = work();
    (result, STEPS.with(std::cell::Cell::get) - before)
}

/// The result of `work`, and the number of bytes it read on this thread.
#[cfg(debug_assertions)]
pub fn bytes_of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = BYTES.with(std::cell::Cell::get);
    let result = work();
    (result, BYTES.with(std::cell::Cell::get) - before)
}
