//! Salesforce projects: where they are, which files belong to them, and the content of these files.
//!
//! [`discover`] finds the files of a root: a folder within its [`confine`]s, or a [`vfs`] in memory (a zip or a git
//! revision). [`forceignore`] finds the files that a deployment leaves out, and [`load`] reads the rest into a
//! [`metadata::Project`]. Assumes nothing about its input: a broken part becomes a problem with a place, and the rest
//! is read. Refuses to know the defaults of an org, and what a component means for a session.

pub mod cache;
pub mod confine;
pub mod discover;
pub mod forceignore;
pub mod history;
pub mod js_regex;
pub mod load;
pub mod mention;
pub mod metadata;
pub mod replace;
pub mod vfs;
