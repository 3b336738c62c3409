//! sessionlint: an offline static analyzer for the session, login and OAuth metadata of Salesforce projects.
//!
//! Open a [`Project`], choose [`Rules`], read the [`Findings`]. The project's `sessionlint.toml` and the comments in its
//! files count, as in the command `sessionlint check`; nothing is written, and nothing leaves the machine.
//!
//! ```
//! use sessionlint::{PresetChoice, Project, Rules, Severity};
//!
//! let project = Project::open("sample-projects/leaky-org")?;
//! let rules = Rules::default().preset(PresetChoice::All).select(["session"]);
//! let findings = project.check(&rules)?;
//! for finding in findings.iter() {
//!     println!("{}:{}: {} {}", finding.path(), finding.line(), finding.severity.as_str(), finding.message);
//! }
//! assert_eq!(findings.worst(), Some(Severity::Error));
//!
//! let short = project.query("SELECT Profile, EffectiveMinutes FROM EffectiveSession WHERE EffectiveMinutes < 60")?;
//! assert_eq!(short.columns, ["Profile", "EffectiveMinutes"]);
//! # Ok::<(), sessionlint::Error>(())
//! ```
//!
//! An error names the problem and its place:
//!
//! ```
//! use sessionlint::{Project, Rules};
//!
//! let project = Project::open("sample-projects/sound-org")?;
//! let error = project.check(&Rules::default().select(["sesion"])).unwrap_err();
//! assert!(error.to_string().contains("did you mean `session`?"), "{error}");
//! # Ok::<(), sessionlint::Error>(())
//! ```
//!
//! # What is stable
//!
//! The items at the root of this crate keep their names and meaning within a major version. The modules below are the
//! parts that they are made of; they serve this repository's tests and tools and may change in any version.
//!
//! # The parts
//!
//! Rust code computes facts, and rule pages decide what is a finding. In the order of a run: [`discover`] finds the files
//! (in a folder within its [`confine`]s, or in a [`vfs`] in memory); [`load`] reads them through [`source`], [`xml`],
//! [`metadata`] and a [`cache`]; [`facts`] computes tables that [`soql`] queries; [`rule`] reads rule pages; [`check`] runs
//! them and returns a [`diagnostic`] for each finding ([`conflicts`]: which of them are two sides of one decision);
//! [`suppress`] removes the findings that [`config`] suppresses; [`fix`] applies fixes, and [`diff`] shows them; [`report`]
//! writes the findings. All of it stays within one [`budget`] of memory. `docs/architecture.md` has the invariants.

pub mod cli;
pub mod rule_test;

pub use cli::{Error, Finding, Findings, Project, Rows, Rules};
/// A day, for [`Project::as_of`].
pub use jiff::civil::Date;
pub use sessionlint_lint::config::PresetChoice;
pub use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Severity};

pub use sessionlint_analysis as analysis;
pub use sessionlint_apex as apex;
pub use sessionlint_evidence as evidence;
pub use sessionlint_facts as facts;
pub use sessionlint_lint::{check, config, conflicts, diagnostic, diff, fix, rule, suppress};
pub use sessionlint_project::{
    cache, confine, discover, forceignore, history, js_regex, load, mention, metadata, replace, vfs,
};
pub use sessionlint_report as report;
pub use sessionlint_soql as soql;
pub use sessionlint_source as source;
pub use sessionlint_source::budget;
#[doc(hidden)]
pub use sessionlint_source::steps;
pub use sessionlint_xml as xml;
