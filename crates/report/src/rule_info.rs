//! Facts of each rule for formats with a catalog of rules, whether or not the rule found something.
//!
//! A plain record that the command line fills. Refuses to know the rules themselves, as all reports do.

use sessionlint_lint::diagnostic::{Confidence, Severity};

/// A published list of controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenchmarkInfo {
    /// Its short name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The state that was read.
    pub version: Option<String>,
    /// Where it is published.
    pub source: String,
}

/// A control of a benchmark that a rule supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlInfo {
    /// Its benchmark.
    pub benchmark: BenchmarkInfo,
    /// Its id.
    pub id: String,
    /// Its short name or grade; empty where it is unknown.
    pub name: String,
}

/// The facts of a rule for reports.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// `group/id`.
    pub id: String,
    /// The page's heading.
    pub title: String,
    /// The page's first paragraph.
    pub summary: String,
    /// The reason for it and the arguments against it, in sentences.
    pub text: String,
    /// The page for readers: Markdown without the rule's query and the reports that its tests expect.
    pub markdown: String,
    /// The cost of following the rule, and the middle way; empty where the page has none.
    pub trade_off: String,
    /// The severity that it has in the presets of the run, else the worst it can have.
    pub severity: Severity,
    /// The severity that it has as hardening advice; `None` where it is not hardening advice.
    pub security: Option<Severity>,
    /// The confidence of its findings; `None` where each finding has its own.
    pub confidence: Option<Confidence>,
    /// The presets that it belongs to.
    pub presets: Vec<&'static str>,
    /// Ids of the symptoms that it explains.
    pub symptoms: Vec<String>,
    /// The controls that require what it finds missing.
    pub controls: Vec<ControlInfo>,
    /// The address of its page; `None` where it is on no site.
    pub help_uri: Option<String>,
    /// Whether it ran: only then does a report without its findings mean that there are none.
    pub did_run: bool,
}

impl RuleInfo {
    /// The folder of the page.
    pub fn group(&self) -> &str {
        self.id.split('/').next().unwrap_or(&self.id)
    }
}
