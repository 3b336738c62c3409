//! Fixes: a rule's proposal becomes edits of bytes, and edits become files that are correct or untouched.
//!
//! [`propose()`] finds the bytes that a fix changes; [`apply()`] makes the changes in memory, runs all rules after each
//! round and reverts fixes that do not help or cause new findings; [`mod@write`] puts the result on disk, each file
//! whole or not at all. Refuses to know why a value is wrong, and which findings a person wants fixed.

mod applied;
mod apply;
mod propose;
pub mod write;

pub use applied::{Applied, Fixed, TakenBack};
pub use apply::{Shown, Wanted, apply};
pub use propose::propose;
