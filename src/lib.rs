//! sessionlint: an offline static analyzer for the session, login and OAuth metadata of Salesforce projects.
//!
//! Rust establishes facts, rule pages state opinions. The modules in the order in which a run passes them:
//! [`discover`] finds the files (in a folder within its [`confine`]s, or a [`tree`] in memory), [`load`] reads them through [`source`],
//! [`xml`] and [`metadata`], [`view`] says what they mean together, in tables that [`query`] can ask, [`rule`] turns
//! pages into questions, [`check`] asks them, [`diagnostic`] is what comes out ([`decision`]: which of it are two sides
//! of one thing), [`suppress`] takes out what [`config`] allows, [`fix`] mends what can be mended, [`patch`] shows how,
//! [`report`] writes the rest, all within one [`budget`] of memory. `docs/architecture.md` holds the invariants.

pub mod cli;
pub mod trial;

pub use sessionlint_apex as apex;
pub use sessionlint_facts as view;
pub use sessionlint_lint::{check, config, decision, diagnostic, fix, patch, rule, suppress};
pub use sessionlint_project::{confine, discover, forceignore, js_regex, load, mention, metadata, replace, tree};
pub use sessionlint_report as report;
pub use sessionlint_report::answer;
pub use sessionlint_soql as query;
pub use sessionlint_source as source;
pub use sessionlint_source::budget;
#[doc(hidden)]
pub use sessionlint_source::steps;
pub use sessionlint_xml as xml;
