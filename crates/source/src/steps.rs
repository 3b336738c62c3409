//! Counts the steps of inner loops, so that tests can tell how work grows without a clock. In release builds it is nothing.

#[cfg(debug_assertions)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many steps were made.
#[inline]
pub fn count(steps: usize) {
    #[cfg(debug_assertions)]
    STEPS.with(|it| it.set(it.get() + steps as u64));
    #[cfg(not(debug_assertions))]
    let _ = steps;
}

/// What `work` gives, and how many steps it took on this thread.
#[cfg(debug_assertions)]
pub fn of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.with(std::cell::Cell::get);
    let answer = work();
    (answer, STEPS.with(std::cell::Cell::get) - before)
}
