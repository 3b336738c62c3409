//! What a check has to say: the finding, its places, its fix. Serialisable facts and words, no rendering.
//!
//! Assumes that places lie in the sources it is shown with. Refuses to know which rule says what, and why.

use crate::source::Place;

/// How bad it is. Ordered: a note is less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Will bite.
    Warning,
    /// Something fails or is lost.
    Error,
}

impl Severity {
    /// The word that every format uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// How sure the analysis is that the finding is true of the org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess worth a look.
    Low,
    /// Likely; a doubt is named in the page.
    Medium,
    /// The files say so.
    High,
}

impl Confidence {
    /// The word that every format uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// The metadata component a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Metadata type (`ConnectedApp`).
    pub ty: String,
    /// fullName as a manifest writes it.
    pub name: String,
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there to see.
    pub text: String,
}

/// What applying a fix may cost. Ordered as ruff orders it: more is safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Shown, never applied: how long is a decision.
    Display,
    /// Loosens a protection, and says which.
    Unsafe,
    /// Weakens nothing.
    Safe,
}

impl Safety {
    /// The word that every format uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Safety::Display => "display",
            Safety::Unsafe => "unsafe",
            Safety::Safe => "safe",
        }
    }
}

/// One replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative.
    pub title: String,
    /// What it may cost.
    pub safety: Safety,
    /// The edits, in order of file and place, not overlapping.
    pub edits: Vec<Edit>,
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// `group/id`.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One sentence that names what is wrong.
    pub message: String,
    /// Why it matters, in a sentence or two: the rule's summary.
    pub why: String,
    /// What to do.
    pub help: String,
    /// Where in Setup the setting lives; empty where nowhere.
    pub setup: String,
    /// The underlined text.
    pub place: Place,
    /// The component that holds it.
    pub subject: Option<Subject>,
    /// Other places.
    pub related: Vec<Label>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// Sixteen hex digits that survive moved lines and renamed files.
    pub fingerprint: String,
}

/// How many findings of each kind a run had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
    /// Findings that a comment or the configuration allows.
    pub suppressed: usize,
    /// Findings that the baseline holds.
    pub baselined: usize,
}

impl Summary {
    /// Counts the findings that are shown.
    pub fn of(findings: &[Diagnostic]) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            note: count(Severity::Note),
            suppressed: 0,
            baselined: 0,
        }
    }
}
