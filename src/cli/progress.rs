//! A message on standard error when a run takes long on a terminal.
//!
//! Refuses to know how far the run is: it shows the seconds, and no percentage.

use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Environment;

/// The delay before the first message.
const PATIENCE: Duration = Duration::from_secs(2);

/// Shows that a run is still working; removed when dropped.
#[derive(Debug)]
pub(super) struct Progress {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts the thread that shows it, where a person watches the errors.
    pub(super) fn start(what: &'static str, environment: &Environment<'_>) -> Self {
        if !environment.err_is_terminal || environment.quiet {
            return Self { done: None, thread: None };
        }
        let (done, gone) = channel();
        Self { done: Some(done), thread: Some(std::thread::spawn(move || show(&gone, what))) }
    }
}

#[expect(clippy::disallowed_methods, reason = "words of our own, which no text of a project is part of")]
fn show(gone: &Receiver<()>, what: &str) {
    let mut wait = PATIENCE;
    let mut shown = false;
    let mut seconds = 0;
    while let Err(RecvTimeoutError::Timeout) = gone.recv_timeout(wait) {
        seconds += wait.as_secs();
        wait = Duration::from_secs(1);
        shown = true;
        // Neither this thread nor the main thread, which waits for this one at the end, may keep the lock.
        let _ = write!(std::io::stderr(), "\r{what} ({seconds} s) ");
    }
    if shown {
        let _ = write!(std::io::stderr(), "\r\u{1B}[K");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // The thread cannot panic, and if it did there would be nothing to do about it.
            let _ = thread.join();
        }
    }
}
