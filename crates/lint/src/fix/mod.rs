//! Fixes: what a rule proposes becomes edits of bytes, and edits become files that are right or untouched.
//!
//! [`propose()`] looks up which bytes a remedy changes; [`apply()`] makes the changes in memory, asks all rules again
//! after each round and takes back what does not help or causes something new; [`mod@write`] puts the result on disk, each
//! file whole or not at all. Refuses to know why a value is wrong, and which findings a person wants fixed.

mod applied;
mod apply;
mod propose;
pub mod write;

pub use applied::{Applied, Fixed, TakenBack};
pub use apply::{Shown, Wanted, apply};
pub use propose::propose;
