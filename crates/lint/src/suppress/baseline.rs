//! A baseline: a file with the fingerprints of known findings.
//!
//! A fingerprint survives moved lines, reformatting and renamed files. An entry that no finding matches any more is
//! reported as stale. Refuses to know why a finding was accepted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{SuppressedBy, Suppressor};
use crate::diagnostic::Diagnostic;
use crate::rule::without_values;
use sessionlint_source::Sources;

/// The version of the file format.
const VERSION: u32 = 1;

/// The content of a baseline file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// An entry; everything except the fingerprint is for readers of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    rule: String,
    path: String,
    message: String,
}

impl Entry {
    /// Its place in a file.
    fn order(&self) -> (&str, &str, &str, &str) {
        (&self.path, &self.rule, &self.message, &self.fingerprint)
    }
}

/// The known findings.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    name: String,
    entries: BTreeMap<String, Entry>,
    found: BTreeSet<String>,
}

impl Baseline {
    /// Parses a baseline; `name` is the file's name in errors.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("{name}:{line}:{column}: is not a baseline ({})", without_values(&parser_message(&error)))
        })?;
        if file.version != VERSION {
            return Err(format!("{name}: is a baseline of version {}, this program reads {VERSION}", file.version));
        }
        let entries = file.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect();
        Ok(Self { name: name.to_owned(), entries, found: BTreeSet::new() })
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of a baseline with `findings`, and with the entries of this one whose rule `stays`.
    pub fn text_with<'d>(
        &self,
        findings: impl Iterator<Item = &'d Diagnostic>,
        sources: &Sources,
        stays: impl Fn(&str) -> bool,
    ) -> String {
        let entry = |finding: &Diagnostic| Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            path: sources.get(finding.place.file).path.clone(),
            message: finding.message.clone(),
        };
        let kept = self.entries.values().filter(|entry| stays(&entry.rule)).cloned();
        let mut findings: Vec<Entry> = findings.map(entry).chain(kept).collect();
        // No order of lines or of this run, so that an update changes only the entries that change.
        findings.sort_by(|one, other| one.order().cmp(&other.order()));
        let file = File { version: VERSION, findings };
        // Strings and numbers can always be serialised.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }
}

/// The message of the JSON parser, without the place at its end.
fn parser_message(error: &serde_json::Error) -> String {
    let parser_message = error.to_string();
    parser_message
        .rsplit_once(" at line ")
        .map_or(parser_message.clone(), |(parser_message, _)| parser_message.to_owned())
}

impl Suppressor for Baseline {
    fn kind(&self) -> SuppressedBy {
        SuppressedBy::Baseline
    }

    fn allows(&mut self, finding: &Diagnostic, _sources: &Sources) -> Option<String> {
        self.entries.contains_key(&finding.fingerprint).then(|| {
            self.found.insert(finding.fingerprint.clone());
            format!("the baseline {} holds it", self.name)
        })
    }

    fn notices(&self, is_whole: bool, enabled: &[&str]) -> Vec<String> {
        if !is_whole {
            return Vec::new();
        }
        let stale: Vec<&Entry> = self
            .entries
            .values()
            .filter(|entry| !self.found.contains(&entry.fingerprint) && enabled.contains(&entry.rule.as_str()))
            .collect();
        let Some(first) = stale.first() else { return Vec::new() };
        let count = match stale.len() {
            1 => "1 entry is".to_owned(),
            many => format!("{many} entries are"),
        };
        let example = format!("{} in {}", first.rule, first.path);
        vec![format!("{}: {count} found no more (the first: {example}); --update-baseline drops them", self.name)]
    }
}
