//! Answers to questions about a whole project: plain structs, ready to be serialised.
//!
//! May assume what the views assume. Refuses to know how an answer looks: the writers of the crate draw it.

pub mod blame;
pub mod broke_on;
pub mod calendar;
pub mod diagnose;
pub mod diff;
pub mod evidence;
pub mod exports;
pub mod fleet;
pub mod history;
pub mod located;
pub mod overview;
pub mod recognise;
pub mod sessions;
