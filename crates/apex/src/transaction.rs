//! Kinds of transaction in which code can run, as a set.

use serde::{Deserialize, Serialize};

/// Kinds of transaction, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kinds(u8);

impl Kinds {
    /// None.
    pub const NONE: Self = Self(0);
    /// What a user or a caller from outside begins.
    pub const SYNC: Self = Self(1);
    /// A method annotated `@future`.
    pub const FUTURE: Self = Self(2);
    /// A queued job.
    pub const QUEUEABLE: Self = Self(4);
    /// A batch.
    pub const BATCH: Self = Self(8);
    /// A scheduled job.
    pub const SCHEDULED: Self = Self(16);
    /// What a trigger begins, in whatever transaction it fires.
    pub const TRIGGER: Self = Self(32);
    /// All.
    pub const ALL: Self = Self(63);

    /// What is in both.
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

    /// Whether it holds anything.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
