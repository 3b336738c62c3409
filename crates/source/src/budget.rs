//! The memory budget of a run, shared by everything that reads a project.
//!
//! Each part counts its memory before it allocates: names, bytes, unpacked entries, elements of trees, and in advance
//! what is computed from them ([`DERIVED`]). May assume that allocations of a few kilobytes need no count. Refuses to
//! know what the memory is for, and what happens when it is used up.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes counted for a kept element in addition to its place in the tree, for the facts, rows and findings made of it.
/// Measured with all rules, for each element of a file of 100,000 blocks: 520 for login IP ranges of a profile, 510 for
/// ranges of a connected app, 370 for ranges of the org, 185 for parameters of a credential, 130 for scopes, 90 for
/// permissions, 55 for unknown elements. Results over several files are not counted.
pub const DERIVED: u64 = 560;

/// Bytes counted for a name in a list in addition to its text.
pub const NAME: u64 = 160;

/// Bytes left for the program itself: it takes 31 MB with all its rules on an empty project. At most half of the
/// budget.
const UNCOUNTED: u64 = 48 << 20;

/// A size in bytes, written with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl Size {
    /// The default memory limit of a run.
    pub const DEFAULT: Self = Self(1 << 30);
}

impl Default for Size {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The suffixes of sizes with their factors; a suffix that ends in another one comes first.
const UNITS: &[(&str, u64)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("K", 1 << 10),
    ("M", 1 << 20),
    ("G", 1 << 30),
    ("B", 1),
    ("", 1),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "not a size: write 512MiB, 2GiB, or a number of bytes".to_owned();
        let digits = text.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let is_it = |(name, _): &&(&str, u64)| name.eq_ignore_ascii_case(unit.trim());
        let (_, bytes) = UNITS.iter().find(is_it).ok_or_else(wrong)?;
        match number.checked_mul(*bytes) {
            Some(0) | None => Err(wrong()),
            Some(size) => Ok(Self(size)),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS[..3].iter().rev().find(|(_, bytes)| self.0 >= *bytes && self.0.is_multiple_of(*bytes));
        match whole {
            Some((unit, bytes)) => write!(formatter, "{} {unit}", self.0 / bytes),
            None => write!(formatter, "{} bytes", self.0),
        }
    }
}

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetExceeded;

/// The memory of a run, shared by all files and all threads.
#[derive(Debug)]
pub struct Budget {
    size: Size,
    most: u64,
    used: AtomicU64,
    unshown: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(Size::DEFAULT)
    }
}

impl Budget {
    /// A budget for a run that may take `size`. A sixteenth of it, or [`UNCOUNTED`] if that is more, is left for memory
    /// that is not counted.
    pub fn of(size: Size) -> Self {
        let uncounted = (size.0 / 16).max(UNCOUNTED.min(size.0 / 2));
        Self { size, most: size.0 - uncounted, used: AtomicU64::new(0), unshown: AtomicU64::new(0) }
    }

    /// The size of the budget in bytes.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The number of bytes in use.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// The number of files that could not be loaded again to show them.
    pub fn unshown(&self) -> u64 {
        self.unshown.load(Ordering::Relaxed)
    }

    /// Resets that number before files are shown again.
    pub fn reset_unshown(&self) {
        self.unshown.store(0, Ordering::Relaxed);
    }

    /// Records a file that cannot be shown.
    pub(crate) fn note_unshown(&self) {
        self.unshown.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes `bytes`; fails without an effect if they do not fit.
    pub fn take(&self, bytes: u64) -> Result<(), BudgetExceeded> {
        let more = |used: u64| used.checked_add(bytes).filter(|used| *used <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).map(drop).map_err(|_| BudgetExceeded)
    }

    /// Returns `bytes` that were taken.
    pub fn give(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A part of a [`Budget`] in use, returned on drop.
#[derive(Debug)]
pub struct Lease {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Lease {
    /// An empty lease.
    pub fn of(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), bytes: 0 }
    }

    /// A lease of bytes that [`Budget::take`] has already counted.
    pub fn holding(budget: &Arc<Budget>, bytes: u64) -> Self {
        Self { budget: Arc::clone(budget), bytes }
    }

    /// Takes `bytes` more.
    pub fn more(&mut self, bytes: u64) -> Result<(), BudgetExceeded> {
        self.budget.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Returns `bytes`.
    pub fn less(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes);
        self.budget.give(bytes);
        self.bytes -= bytes;
    }

    /// Takes over the bytes of another lease of the same budget.
    pub fn join(&mut self, mut other: Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }

    /// Makes room for one more item in `list`. A list is counted by its capacity; while it grows, its old and its new
    /// memory both count.
    #[inline]
    pub fn room<T>(&mut self, list: &mut Vec<T>) -> Result<(), BudgetExceeded> {
        if list.len() < list.capacity() { Ok(()) } else { self.grow(list) }
    }

    #[cold]
    fn grow<T>(&mut self, list: &mut Vec<T>) -> Result<(), BudgetExceeded> {
        let size = size_of::<T>() as u64;
        let before = list.capacity();
        // Large lists grow by half, to leave less unused.
        let more = if before < 1 << 16 { before.max(8) } else { before / 2 };
        self.more((before + more) as u64 * size)?;
        list.reserve_exact(more);
        self.less(before as u64 * size);
        Ok(())
    }

    /// Makes room for `more` bytes in a text.
    #[inline]
    pub fn text_room(&mut self, text: &mut String, more: usize) -> Result<(), BudgetExceeded> {
        if text.capacity() - text.len() >= more { Ok(()) } else { self.grow_text(text, more) }
    }

    #[cold]
    fn grow_text(&mut self, text: &mut String, more: usize) -> Result<(), BudgetExceeded> {
        let before = text.capacity();
        let capacity = (before + before / 2).max(text.len() + more).max(64);
        self.more(capacity as u64)?;
        text.reserve_exact(capacity - text.len());
        self.less(before as u64);
        Ok(())
    }

    /// Another, empty lease of the same budget.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::of(&self.budget)
    }

    /// Shrinks a list to its length.
    pub fn fit<T>(&mut self, list: &mut Vec<T>) -> Result<(), BudgetExceeded> {
        let size = size_of::<T>() as u64;
        let (before, after) = (list.capacity() as u64 * size, list.len() as u64 * size);
        if after < before {
            self.more(after)?;
            list.shrink_to_fit();
            self.less(before);
        }
        Ok(())
    }

    /// Shrinks a text to its length.
    pub fn fit_text(&mut self, text: &mut String) -> Result<(), BudgetExceeded> {
        let (before, after) = (text.capacity() as u64, text.len() as u64);
        if after < before {
            self.more(after)?;
            text.shrink_to_fit();
            self.less(before);
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.give(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Size>().map(|size| size.0);
        assert_eq!(read("4096"), Ok(4096));
        assert_eq!(read("512MiB"), Ok(512 << 20));
        assert_eq!(read("2GiB"), Ok(2 << 30));
        assert_eq!(read("2 gib"), Ok(2 << 30));
        assert_eq!(read("1GB"), Ok(1_000_000_000));
        assert_eq!(read("64M"), Ok(64 << 20));
        for wrong in ["", "MiB", "0", "-1", "1.5GiB", "1TiB", "99999999999GiB", "99999999999999999999"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            ["2147483648", "512MiB", "1000"].map(|it| it.parse::<Size>().unwrap().to_string()),
            ["2 GiB", "512 MiB", "1000 bytes"]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_and_what_is_dropped_is_given_back() {
        let budget = Arc::new(Budget::of(Size(3000)));
        let mut lease = Lease::of(&budget);
        assert_eq!(lease.more(1000), Ok(()));
        assert_eq!(lease.more(501), Err(BudgetExceeded));
        assert_eq!(budget.take(500), Ok(()));
        lease.less(200);
        assert_eq!(budget.used(), 1300);
        drop(lease);
        assert_eq!(budget.used(), 500);
        assert_eq!(budget.take(u64::MAX), Err(BudgetExceeded));
    }

    #[test]
    fn a_list_is_counted_before_it_grows() {
        let budget = Arc::new(Budget::of(Size(1 << 17)));
        let (mut lease, mut list) = (Lease::of(&budget), Vec::new());
        while lease.room(&mut list).is_ok() {
            list.push(0u64);
        }
        assert_eq!(budget.used(), list.capacity() as u64 * 8);
        // The next step would double it, with both counted for a moment.
        assert_eq!(list.len(), 4096);
    }
}
