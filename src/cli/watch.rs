//! `check --watch`: runs again whenever a file changes, until Ctrl-C.
//!
//! Compares the times of files once a second: a library that reports changes by itself would also open sockets. Refuses to
//! know what a run does.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use walkdir::WalkDir;

use super::{Environment, Exit, Failure};
use sessionlint_project::discover::{IGNORE_FILE, MANIFEST, PROJECT_FILE};
use sessionlint_project::metadata::kind::recognise_in_source;

/// The time between two comparisons of files, unless one takes long.
const PAUSE: Duration = Duration::from_secs(1);

/// The time between two checks for Ctrl-C.
const POLL: Duration = Duration::from_millis(50);

/// The files that a run depends on.
pub(super) struct WatchedFiles {
    /// Files and folders that it reads.
    pub(super) read: Vec<PathBuf>,
    /// Those that it writes itself.
    pub(super) written: Vec<PathBuf>,
}

/// Runs `once` now and after each change of what is watched; ends as the last run did.
pub(super) fn repeat(
    watched: &WatchedFiles,
    environment: &mut Environment<'_>,
    mut once: impl FnMut(&mut Environment<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let is_over = Arc::new(AtomicBool::new(false));
    listen(&is_over);
    loop {
        let before = watched.state();
        if environment.out_is_terminal {
            environment.out.clear_terminal()?;
        }
        environment.budget.reset_unshown();
        let exit = match once(environment) {
            Ok(exit) => exit,
            Err(Failure::ClosedPipe) => return Ok(Exit::Clean),
            // A half-written file changes again.
            Err(failure) => environment.report(failure),
        };
        environment.out.finish()?;
        environment.out.flush()?;
        let _ = writeln!(environment.err, "waiting for changes; Ctrl-C ends");
        let _ = environment.err.finish();
        loop {
            let start = Instant::now();
            let is_changed = watched.state() != before;
            if is_changed {
                break;
            }
            let pause = PAUSE.max(start.elapsed() * 10);
            let until = Instant::now() + pause;
            while Instant::now() < until {
                if is_over.load(Ordering::Relaxed) {
                    return Ok(exit);
                }
                std::thread::sleep(POLL);
            }
        }
        if is_over.load(Ordering::Relaxed) {
            return Ok(exit);
        }
    }
}

/// Sets the flag at Ctrl-C; a second one ends the process at once. On systems other than Unix, the first does.
fn listen(is_over: &Arc<AtomicBool>) {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGINT;
        // Where a signal cannot be caught, it ends the process.
        let _ = signal_hook::flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(is_over));
        let _ = signal_hook::flag::register(SIGINT, Arc::clone(is_over));
    }
    #[cfg(not(unix))]
    let _ = is_over;
}

/// A number that changes when a file of a project does.
pub(super) fn state_of(root: &Path) -> u64 {
    WatchedFiles { read: vec![root.to_owned()], written: Vec::new() }.state()
}

impl WatchedFiles {
    /// A number that changes when a file that a run may read does.
    fn state(&self) -> u64 {
        let mut sum: u64 = 0;
        for path in &self.read {
            let all = WalkDir::new(path).into_iter().filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                entry.depth() == 0 || !entry.file_type().is_dir() || !(name.starts_with('.') || name == "node_modules")
            });
            // The run reports what cannot be read.
            for entry in all.filter_map(Result::ok).filter(|entry| !entry.file_type().is_dir()) {
                let is_named = entry.depth() == 0;
                let is_own = self.written.iter().any(|written| entry.path().starts_with(written));
                if is_own || !is_named && !matters(entry.path()) {
                    continue;
                }
                let Ok(metadata) = entry.metadata() else { continue };
                let mut hasher = DefaultHasher::new();
                (entry.path(), metadata.len(), metadata.modified().ok()).hash(&mut hasher);
                // In any order of files.
                sum = sum.wrapping_add(hasher.finish());
            }
        }
        sum
    }
}

/// Whether a file of this name may be read: metadata, settings, or a rule page.
fn matters(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    matches!(name, PROJECT_FILE | MANIFEST | IGNORE_FILE)
        || matches!(extension, "app" | "toml" | "md")
        || recognise_in_source(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_matters_by_the_name_of_its_file() {
        for name in ["A.profile-meta.xml", "A.profile-meta.xml.orig", "A.cls", "sessionlint.toml", ".forceignore"] {
            assert!(matters(Path::new(name)), "{name}");
        }
        assert!(!matters(Path::new("picture.png")));
    }
}
