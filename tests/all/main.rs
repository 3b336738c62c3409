//! The tests of the program and of its library, in one binary so that the library is linked once.
//!
//! One module a subject; `cargo test --test all calendar::` runs one of them. The examples of rule pages are
//! `tests/rules.rs`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod answers;
mod apex;
mod apex_properties;
mod architecture;
mod aura;
mod bad_input;
mod cache;
mod calendar;
mod config;
mod copies;
mod credentials;
mod diagnose;
mod diff;
mod documents;
mod evidence;
mod extension;
mod facts;
mod faults;
mod first_rule;
mod fix_command;
mod fix_faults;
mod fleet;
mod formats;
mod gate;
mod generated;
mod growth;
mod history;
mod ignoring;
mod layers;
mod lsp;
mod managed;
mod matching;
mod mcp;
mod memory;
mod memory_files;
mod mutated;
mod network_views;
mod pairs;
mod plan;
mod pre_commit;
mod profile_names;
mod projects;
mod properties;
mod reading;
mod replacements;
mod report;
mod rewritten;
mod samples;
mod secrets;
mod security_views;
mod standard_input;
mod standard_names;
mod strangers;
mod suppression;
mod watch;
mod written;
