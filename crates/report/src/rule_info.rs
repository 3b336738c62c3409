//! Facts of each rule for formats with a catalog of rules, whether or not the rule found something.
//!
//! A plain record that the command line fills, because reports may not know rules.

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

/// A control of a benchmark that a rule serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlInfo {
    /// Its benchmark.
    pub benchmark: BenchmarkInfo,
    /// Its id.
    pub id: String,
    /// Its short name or grade; empty where nobody knows.
    pub name: String,
}

/// A rule as reports know it.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// `group/id`.
    pub id: String,
    /// The page's heading.
    pub title: String,
    /// The page's first paragraph.
    pub summary: String,
    /// Why it matters and what speaks against it, in sentences.
    pub text: String,
    /// The page for readers: Markdown without the rule's query and the reports that its tests expect.
    pub markdown: String,
    /// What following the rule costs, and the middle way; empty where the page says nothing.
    pub trade_off: String,
    /// The severity that it has in the presets of the run, else the worst it can have.
    pub severity: Severity,
    /// The severity that it has as hardening advice; `None` where it is none.
    pub security: Option<Severity>,
    /// How sure its findings are; `None` where each finding says so itself.
    pub confidence: Option<Confidence>,
    /// The presets that it belongs to.
    pub presets: Vec<&'static str>,
    /// Ids of the symptoms that it explains.
    pub symptoms: Vec<String>,
    /// The controls that ask for what it finds missing.
    pub controls: Vec<ControlInfo>,
    /// Where its page is read; `None` where it is on no site.
    pub help_uri: Option<String>,
    /// Whether this run asked it: only then does silence mean that there is nothing.
    pub is_asked: bool,
}

impl RuleInfo {
    /// The folder of the page.
    pub fn group(&self) -> &str {
        self.id.split('/').next().unwrap_or(&self.id)
    }
}
