//! Findings with their places and fixes, as serialisable data without rendering.
//!
//! May assume that places are in the given sources. Refuses to know the rules.

use std::borrow::Cow;

use sessionlint_source::Place;

/// The severity, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Will cause a failure.
    Warning,
    /// Something fails or is lost.
    Error,
}

impl Severity {
    /// The word in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// How certain it is that the finding is true of the org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess worth a check.
    Low,
    /// Likely; the page describes the doubt.
    Medium,
    /// The files prove it.
    High,
}

impl Confidence {
    /// The word in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// How well a finding explains a symptom, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// A possible cause; the files do not prove it.
    May,
    /// A certain cause: if the finding is true, the symptom follows.
    Confirms,
}

/// A symptom that a finding explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Id of the symptom.
    pub symptom: String,
    /// The strength of the explanation.
    pub strength: Strength,
}

/// The metadata component a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Subject {
    /// Metadata type (`ConnectedApp`).
    #[serde(rename = "type")]
    pub ty: String,
    /// fullName as in a manifest.
    pub name: String,
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// The description of the place.
    pub text: String,
}

/// The safety of a fix, ordered as in ruff: more is safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Shown, never applied: the value is a choice of the user.
    Display,
    /// Weakens a protection, and names it.
    Unsafe,
    /// Weakens nothing.
    Safe,
}

impl Safety {
    /// The word in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Safety::Display => "display",
            Safety::Unsafe => "unsafe",
            Safety::Safe => "safe",
        }
    }
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The replaced bytes; an empty span inserts.
    pub place: Place,
    /// The new bytes.
    pub text: String,
}

/// The proposal of a rule for a finding, in terms of elements, before the changed bytes are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The title, if it differs from that of the steps.
    pub title: Option<String>,
    /// Its safety.
    pub safety: Safety,
    /// The protection that it weakens, if any.
    pub loosens: String,
    /// The changes.
    pub steps: Vec<RemedyStep>,
}

/// A change of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemedyStep {
    /// The place of a finding about the element: its value, its opening tag, or the opening tag of the nearest ancestor
    /// if it is missing.
    pub place: Place,
    /// Path of the element (`a.b.c`) below the root, or below the element of its row. Empty if only the place is known,
    /// which must then be the element's own.
    pub element: String,
    /// The action.
    pub change: Change,
}

/// The action on an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets the value, and adds the element if it is missing.
    Write(String),
    /// Removes the element.
    Remove,
}

/// A fix of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The title, as an imperative.
    pub title: String,
    /// Its safety.
    pub safety: Safety,
    /// The protection that it weakens, if any.
    pub loosens: String,
    /// The edits, in order of file and place, not overlapping.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Its safety in words: `safe`, `display only`, or `unsafe` with the weakened protection.
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
    /// The severity.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// One sentence that describes the fault.
    pub message: String,
    /// Why it matters, in a sentence or two: the summary of the rule.
    pub why: String,
    /// What to do.
    pub help: String,
    /// The cost of doing that, where it is not the one of its rule's trade-off.
    pub cost: Option<String>,
    /// The page of Setup with the setting, if any.
    pub setup: String,
    /// How to verify a change; empty if the page has no text.
    pub verify: String,
    /// The underlined text.
    pub place: Place,
    /// The component that contains it.
    pub subject: Option<Subject>,
    /// Other places.
    pub related: Vec<Label>,
    /// Whether a comment suppresses it. Two states are compared with such findings: none of them is new or fixed.
    pub is_allowed: bool,
    /// What it repeats, equal in two states of a project: findings with the same text are shown as one.
    pub copy_of: Option<String>,
    /// The findings that are shown as this one.
    pub copies: Vec<Diagnostic>,
    /// The symptoms that it explains, each once.
    pub explains: Vec<Explanation>,
    /// The proposal of its rule.
    pub remedy: Option<Remedy>,
    /// The fix in bytes, made from the remedy.
    pub fix: Option<Fix>,
    /// Sixteen hex digits that survive moved lines and renamed files.
    pub fingerprint: String,
    /// The identity of the marked cell without its value, equal in two states of a project.
    pub cell: String,
    /// The commit that introduced it, if requested.
    pub since: Option<Provenance>,
}

/// The commit that introduced a finding.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// In words: `since 14 March 2026, commit abc1234`.
    pub text: String,
    /// `commit`; `first-commit` or `shallow-clone` if it existed at the start of the history; `not-committed`;
    /// `not-followed`.
    pub kind: &'static str,
    /// The hash of the commit.
    pub commit: Option<String>,
    /// The commit date in RFC 3339.
    pub date: Option<String>,
    /// The pull request in its title.
    pub pull_request: Option<u64>,
}

impl Diagnostic {
    /// It and the findings that are shown as this one.
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.copies)
    }

    /// Adds the symptoms of a finding that it supersedes.
    pub(crate) fn explain_too(&mut self, others: &[Explanation]) {
        for other in others {
            match self.explains.iter_mut().find(|own| own.symptom == other.symptom) {
                Some(own) => own.strength = own.strength.max(other.strength),
                None => self.explains.push(other.clone()),
            }
        }
    }
}

/// The number of findings of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
    /// Findings suppressed by a comment or the configuration.
    pub suppressed: usize,
    /// Findings in the baseline.
    pub baselined: usize,
}

impl Summary {
    /// Counts the shown findings.
    pub fn of(findings: &[Diagnostic]) -> Self {
        Self::of_severities(findings.iter().map(|finding| finding.severity))
    }

    /// Counts shown findings by their severities.
    pub fn of_severities(severities: impl Iterator<Item = Severity>) -> Self {
        let mut summary = Self::default();
        for severity in severities {
            match severity {
                Severity::Error => summary.error += 1,
                Severity::Warning => summary.warning += 1,
                Severity::Note => summary.note += 1,
            }
        }
        summary
    }
}
