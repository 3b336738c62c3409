//! The pages and tables of this folder as text, for the program that embeds them.
//!
//! Refuses to know what stands in them: `sessionlint-lint` makes rules of the pages. A package of its own, because a
//! package holds its own files only, and pages change more often than the code that reads them.

/// Rule pages: id and text, by id.
pub static PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Published lists of controls that pages name.
pub const BENCHMARKS: &str = include_str!("benchmarks.toml");

/// Dated changes of Salesforce.
pub const CALENDAR: &str = include_str!("calendar.toml");

/// Ids of rules that are gone.
pub const RETIRED: &str = include_str!("retired.toml");

/// Symptoms, the words for them, and the texts of errors.
pub const SYMPTOMS: &str = include_str!("symptoms.toml");

/// How to see that a change worked, by table and group.
pub const VERIFY: &str = include_str!("verify.toml");
