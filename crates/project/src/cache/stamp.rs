//! The stamp of a file, its size, times and inode, which shows whether it changed; compared as git does.
//!
//! A file that changed shortly before it was read may change again without a new time. Its stamp proves nothing, and it
//! is read again. Refuses to know what a file contains.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Size, times and inode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    size: u64,
    /// When its content changed, in nanoseconds since 1970.
    modified: i128,
    /// When its inode changed; on systems without that, when it was created.
    changed: i128,
    /// Its inode; 0 on systems without one.
    inode: u64,
}

/// The resolution and inaccuracy of file times: FAT has steps of two seconds.
const INACCURACY: Duration = Duration::from_secs(2);

fn nanoseconds(time: SystemTime) -> i128 {
    let signed = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since),
        Err(before) => -signed(before.duration()),
    }
}

impl Stamp {
    /// The stamp from metadata.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        let (changed, inode) = {
            use std::os::unix::fs::MetadataExt;
            (i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()), metadata.ino())
        };
        #[cfg(not(unix))]
        let (changed, inode) = (metadata.created().map_or(0, nanoseconds), 0);
        Self { size: metadata.len(), modified, changed, inode }
    }

    /// Whether any later change must give another stamp, for a file that is read after `now`.
    pub(crate) fn is_settled(&self, now: SystemTime) -> bool {
        let last = now.checked_sub(INACCURACY).map_or(i128::MIN, nanoseconds);
        // A file system without times gives 1970.
        self.modified > 0 && self.modified.max(self.changed) < last
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn a_time_shortly_before_the_reading_proves_nothing() {
        let at = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let stamp = |modified: SystemTime, changed: SystemTime| Stamp {
            size: 1,
            modified: nanoseconds(modified),
            changed: nanoseconds(changed),
            inode: 1,
        };
        let before = at - Duration::from_secs(10);
        assert!(stamp(before, before).is_settled(at));
        for late in [at - Duration::from_secs(1), at, at + Duration::from_secs(100)] {
            assert!(!stamp(late, before).is_settled(at));
            assert!(!stamp(before, late).is_settled(at));
        }
        assert!(!stamp(UNIX_EPOCH, UNIX_EPOCH).is_settled(at));
    }
}
