//! The result of a check: the finding, its places, its fix. Serialisable facts and texts, no rendering.
//!
//! Assumes that places are in the given sources. Refuses to know the rules.

use std::borrow::Cow;

use sessionlint_source::Place;

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

/// How well a finding explains a symptom. Ordered: what confirms is more than what may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// It could be why, and the files do not prove it.
    May,
    /// Where the finding is true, the symptom follows.
    Confirms,
}

/// A symptom that a finding explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Id of the symptom.
    pub symptom: String,
    /// How well.
    pub strength: Strength,
}

/// The metadata component a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Metadata type (`ConnectedApp`).
    pub ty: String,
    /// fullName as a manifest writes it.
    pub name: String,
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// Weakens a protection, and names it.
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

/// What a rule proposes for a finding, in terms of elements: before anybody looked which bytes that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it does, where the steps do not say it.
    pub title: Option<String>,
    /// What it may cost.
    pub safety: Safety,
    /// Which protection it loosens; empty where it loosens none.
    pub loosens: String,
    /// What changes.
    pub steps: Vec<Step>,
}

/// A change of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What a finding about the element would mark: its value, its opening tag, or the opening tag of the nearest
    /// element around the place where it is missing.
    pub place: Place,
    /// Path of the element (`a.b.c`) below the root, or below the element that its row stands for; empty where only the
    /// place is known, which must then be the element's own.
    pub element: String,
    /// What is done.
    pub change: Change,
}

/// What is done with an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It gets this value, and is written where it is missing.
    Write(String),
    /// It goes away.
    Remove,
}

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative.
    pub title: String,
    /// What it may cost.
    pub safety: Safety,
    /// Which protection it loosens; empty where it loosens none.
    pub loosens: String,
    /// The edits, in order of file and place, not overlapping.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// What it may cost, in words: `safe`, `display only`, or `unsafe` with what it loosens.
    pub fn cost(&self) -> Cow<'_, str> {
        match self.safety {
            Safety::Display => "display only".into(),
            Safety::Safe => "safe".into(),
            Safety::Unsafe if self.loosens.is_empty() => "unsafe: loosens a protection".into(),
            Safety::Unsafe => format!("unsafe: loosens {}", self.loosens).into(),
        }
    }
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
    /// How to see that a change worked; empty where the page does not say.
    pub verify: String,
    /// The underlined text.
    pub place: Place,
    /// The component that holds it.
    pub subject: Option<Subject>,
    /// Other places.
    pub related: Vec<Label>,
    /// The symptoms that it explains, each once.
    pub explains: Vec<Explanation>,
    /// What its rule proposes.
    pub remedy: Option<Remedy>,
    /// How to mend it, byte by byte; made of the remedy.
    pub fix: Option<Fix>,
    /// Sixteen hex digits that survive moved lines and renamed files.
    pub fingerprint: String,
    /// Which cell of which row is marked, whatever value it has: what two states of a project have in common.
    pub cell: String,
    /// Since when it is one, where somebody asked.
    pub since: Option<Provenance>,
}

/// Since when a finding is one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// In words: `since 14 March 2026, commit abc1234`.
    pub text: String,
    /// `commit`; `first-commit` or `shallow-clone` where it was so when the history begins; `not-committed`; `not-followed`.
    pub kind: &'static str,
    /// The commit's number.
    pub commit: Option<String>,
    /// When it was committed, as RFC 3339 has it.
    pub date: Option<String>,
    /// The pull request that its title names.
    pub pull_request: Option<u64>,
}

impl Diagnostic {
    /// Lets it explain what another finding explains for which it speaks.
    pub fn explain_too(&mut self, others: &[Explanation]) {
        for other in others {
            match self.explains.iter_mut().find(|own| own.symptom == other.symptom) {
                Some(own) => own.strength = own.strength.max(other.strength),
                None => self.explains.push(other.clone()),
            }
        }
    }
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
