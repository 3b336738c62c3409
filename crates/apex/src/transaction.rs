//! The kinds of transaction in which code can run, as a set. Refuses to know which code starts one.

use serde::{Deserialize, Serialize};

/// Kinds of transaction, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kinds(u8);

impl Kinds {
    /// None.
    pub(crate) const NONE: Self = Self(0);
    /// Started by a user or an external caller.
    pub(crate) const SYNC: Self = Self(1);
    /// A method annotated `@future`.
    pub(crate) const FUTURE: Self = Self(2);
    /// A queued job.
    pub(crate) const QUEUEABLE: Self = Self(4);
    /// A batch.
    pub const BATCH: Self = Self(8);
    /// A scheduled job.
    pub const SCHEDULED: Self = Self(16);
    /// Started by a trigger, in whatever transaction it fires.
    pub(crate) const TRIGGER: Self = Self(32);
    /// All.
    pub const ALL: Self = Self(63);

    /// The intersection.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    /// Whether it is not empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
