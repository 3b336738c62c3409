//! sessionlint: an offline static analyzer for the session, login and OAuth metadata of Salesforce projects.
//!
//! Rust establishes facts, rule pages state opinions. The modules in the order in which a run passes them:
//! [`discover`] finds the files (in a folder within its [`confine`]s, or a [`tree`] in memory), [`load`] reads them through [`source`],
//! [`xml`] and [`metadata`], [`view`] says what they mean together, in tables that [`query`] can ask, [`rule`] turns
//! pages into questions, [`check`] asks them, [`diagnostic`] is what comes out ([`decision`]: which of it are two sides
//! of one thing), [`suppress`] takes out what [`config`] allows, [`fix`] mends what can be mended, [`patch`] shows how,
//! [`report`] writes the rest. `docs/architecture.md` holds the invariants.

pub mod answer;
pub mod apex;
pub mod check;
pub mod cli;
pub mod config;
pub mod confine;
pub mod decision;
pub mod diagnostic;
pub mod discover;
pub mod fix;
pub mod forceignore;
pub mod globs;
pub mod js_regex;
pub mod load;
pub mod mention;
pub mod metadata;
mod nearest;
pub mod patch;
pub mod query;
pub mod replace;
pub mod report;
pub mod rule;
pub mod source;
mod steps;
pub mod suppress;
pub mod tree;
pub mod trial;
pub mod view;
pub mod xml;
