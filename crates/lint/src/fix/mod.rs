//! Fixes: a rule's proposal becomes edits, and edits become files.
//!
//! [`propose()`] finds the bytes that a fix changes; [`apply()`] makes the changes in memory, runs all rules after each
//! round and reverts fixes that do not help or cause new findings; [`mod@write`] writes the result to disk, each file
//! completely or not at all. Refuses to know why a value is wrong, and which findings the user wants to fix.

mod applied;
mod apply;
mod propose;
pub mod write;

pub use applied::{AppliedFix, FixResult, RevertedFix};
pub use apply::{FixOptions, ShownFilter, apply};
pub use propose::propose;
