//! Counts the steps of inner loops, so that tests can tell how work grows without a clock. Outside tests it is nothing.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many steps were made.
#[inline]
pub(crate) fn count(steps: usize) {
    #[cfg(test)]
    STEPS.with(|it| it.set(it.get() + steps as u64));
    #[cfg(not(test))]
    let _ = steps;
}

/// What `work` gives, and how many steps it took on this thread.
#[cfg(test)]
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.with(std::cell::Cell::get);
    let answer = work();
    (answer, STEPS.with(std::cell::Cell::get) - before)
}
