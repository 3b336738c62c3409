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

/// The version of the file's form.
const VERSION: u32 = 1;

/// A baseline as its file holds it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// One finding; all but the fingerprint is for people who read the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    rule: String,
    path: String,
    message: String,
}

/// The known findings.
#[derive(Debug, Default)]
pub struct Baseline {
    name: String,
    entries: BTreeMap<String, Entry>,
    found: BTreeSet<String>,
}

impl Baseline {
    /// Reads a baseline; `name` is the file's, for people. The error names the fault.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("{name}:{line}:{column}: is not a baseline ({})", without_values(&said(&error)))
        })?;
        if file.version != VERSION {
            return Err(format!("{name}: is a baseline of version {}, this program reads {VERSION}", file.version));
        }
        let entries = file.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect();
        Ok(Self { name: name.to_owned(), entries, found: BTreeSet::new() })
    }

    /// The baseline that holds exactly `findings`, as the text of its file.
    pub fn text_of<'d>(findings: impl Iterator<Item = &'d Diagnostic>, sources: &Sources) -> String {
        let entry = |finding: &Diagnostic| Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            path: sources.get(finding.place.file).path.clone(),
            message: finding.message.clone(),
        };
        let file = File { version: VERSION, findings: findings.map(entry).collect() };
        // Strings and numbers always serialise.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }
}

/// The message of the JSON parser, without the place at its end.
fn said(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.rsplit_once(" at line ").map_or(said.clone(), |(said, _)| said.to_owned())
}

impl Suppressor for Baseline {
    fn way(&self) -> SuppressedBy {
        SuppressedBy::Baseline
    }

    fn allows(&mut self, finding: &Diagnostic, _sources: &Sources) -> Option<String> {
        self.entries.contains_key(&finding.fingerprint).then(|| {
            self.found.insert(finding.fingerprint.clone());
            format!("the baseline {} holds it", self.name)
        })
    }

    fn notices(&self, is_whole: bool, asked: &[&str]) -> Vec<String> {
        if !is_whole {
            return Vec::new();
        }
        let stale: Vec<&Entry> = self
            .entries
            .values()
            .filter(|entry| !self.found.contains(&entry.fingerprint) && asked.contains(&entry.rule.as_str()))
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
