//! Computes the results of commands about whole projects, as plain records that can be serialised.
//!
//! May assume what `sessionlint_facts` assumes. Refuses to know formats: the writers of `sessionlint_report` have them.

pub mod blame;
pub mod broke_on;
pub mod calendar;
pub mod diagnose;
pub mod diff;
pub mod evidence;
pub mod exports;
pub mod fleet;
pub mod history;
pub mod leading;
pub mod located;
pub mod overview;
pub mod recognise;
pub mod sessions;
pub mod words;
