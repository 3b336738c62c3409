//! The table of evidence: statuses of logins, settings in an audit trail, and texts in a log.
//!
//! The table is `rules/evidence.toml`; the caller adds the texts of errors from the table of symptoms. Refuses to know a
//! rule or a symptom by name.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

/// A status of failed logins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The cause, in a few words.
    pub cause: String,
    /// The spellings of the status.
    pub texts: Vec<String>,
    /// The meaning of the status.
    pub means: String,
    /// The part of a row that can be compared with the files.
    pub about: Option<Subject>,
    /// Ids of symptoms that it explains for integrations.
    pub symptoms: Vec<String>,
    /// Ids of symptoms that it explains for users of a browser.
    #[serde(default)]
    pub people: Vec<String>,
    /// Rules whose findings explain it.
    #[serde(default)]
    pub causes: Vec<String>,
    /// Settings whose change may cause it, by [`Audit::what`].
    #[serde(default)]
    pub changes: Vec<String>,
    /// Whether it shows that a session has ended.
    #[serde(default)]
    pub over: bool,
}

/// The part of a failed login that can be compared with the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The address of the client.
    Address,
}

/// A setting that an audit trail names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The setting, in words.
    pub what: String,
    /// Codes of the action.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Words in the sentence, for exports without codes.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whether the sentence names a person.
    #[serde(default)]
    pub people: bool,
    /// Ids of symptoms that a change may cause.
    pub symptoms: Vec<String>,
}

/// Sections of the audit trail in which every change counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sections {
    /// Their names.
    pub names: Vec<String>,
    /// Ids of symptoms that a change in one may cause.
    pub symptoms: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    issued: Vec<String>,
    over: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    status: Vec<Status>,
    audit: Vec<Audit>,
    sections: Sections,
    interval: Interval,
    log: Log,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Interval {
    symptoms: Vec<String>,
    people: Vec<String>,
}

/// An error to search for in logs.
#[derive(Clone, Copy, Debug)]
pub struct ErrorText<'t> {
    /// Its spellings.
    pub texts: &'t [String],
    /// Whether it occurs together with texts that are more specific.
    pub is_general: bool,
}

/// The result of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginResult {
    /// The login succeeded.
    Success,
    /// The login failed with the status of this index.
    Failed(usize),
    /// The status is not in the table.
    Unknown,
}

/// An event in a line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogEvent {
    /// A token was issued, or a login succeeded.
    Issued,
    /// The error of this index.
    Error(usize),
}

/// The table of evidence.
#[derive(Debug)]
pub struct Table {
    /// Statuses of failed logins.
    pub statuses: Vec<Status>,
    /// Settings in audit trails.
    pub audits: Vec<Audit>,
    /// Sections of audit trails.
    pub sections: Sections,
    /// Ids of symptoms of integrations that an interval between logins and failures explains.
    pub interval_symptoms: Vec<String>,
    /// Ids of symptoms of browser users that an interval explains.
    pub interval_people: Vec<String>,
    by_status: HashMap<String, usize>,
    words: Option<AhoCorasick>,
    /// The event of each pattern of `words`, and whether the pattern is general.
    events: Vec<(LogEvent, bool)>,
    /// For each error, whether it shows that a session has ended.
    over: Vec<bool>,
}

impl Table {
    /// The embedded table together with the errors of the table of symptoms.
    pub fn embedded<'t>(errors: impl Iterator<Item = ErrorText<'t>>) -> Self {
        // A test proves that the table can be read.
        let raw: RawTable = toml::from_str(sessionlint_rules::EVIDENCE).unwrap_or_default();
        let mut by_status = HashMap::new();
        for (index, status) in raw.status.iter().enumerate() {
            by_status.extend(status.texts.iter().map(|text| (plain_status(text), index)));
        }
        let (mut patterns, mut events, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for text in &raw.log.issued {
            patterns.push(text.clone());
            events.push((LogEvent::Issued, false));
        }
        for (index, error) in errors.enumerate() {
            let ends_session = |text: &String| raw.log.over.iter().any(|it| it.eq_ignore_ascii_case(text));
            over.push(error.texts.iter().any(ends_session));
            // A short text is a word of users, not an error in a log.
            for text in error.texts.iter().filter(|text| text.len() >= 8) {
                patterns.push(text.replace('\u{2019}', "'"));
                events.push((LogEvent::Error(index), error.is_general));
            }
        }
        let mut builder = AhoCorasick::builder();
        let words = builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self {
            statuses: raw.status,
            audits: raw.audit,
            sections: raw.sections,
            interval_symptoms: raw.interval.symptoms,
            interval_people: raw.interval.people,
            by_status,
            words,
            events,
            over,
        }
    }

    /// The result of a login with this status.
    pub(crate) fn login_result(&self, status: &str) -> LoginResult {
        let plain = plain_status(status);
        match plain.as_str() {
            "success" | "login_no_error" => LoginResult::Success,
            _ => self.by_status.get(&plain).map_or(LoginResult::Unknown, |index| LoginResult::Failed(*index)),
        }
    }

    /// The event in a line of a log; the most specific of several errors.
    pub(crate) fn log_event(&self, line: &str) -> Option<LogEvent> {
        let words = self.words.as_ref()?;
        let plain;
        let line = if line.contains(['\u{2019}', '\\']) {
            plain = line.replace('\u{2019}', "'").replace("\\/", "/").replace("\\u0027", "'");
            &plain
        } else {
            line
        };
        let mut best: Option<((bool, bool, usize), LogEvent)> = None;
        for found in words.find_iter(line) {
            let (log_event, is_general) = self.events[found.pattern().as_usize()];
            let grade = (matches!(log_event, LogEvent::Error(_)), !is_general, found.len());
            if best.is_none_or(|(other, _)| grade > other) {
                best = Some((grade, log_event));
            }
        }
        best.map(|(_, log_event)| log_event)
    }

    /// Ids of all symptoms and rules that the table names.
    pub fn referenced_ids(&self) -> (Vec<&str>, Vec<&str>) {
        let of_logins = self.statuses.iter().flat_map(|it| it.symptoms.iter().chain(&it.people));
        let symptoms = of_logins.chain(self.audits.iter().flat_map(|it| &it.symptoms));
        let symptoms = symptoms.chain(&self.sections.symptoms);
        let symptoms = symptoms.chain(&self.interval_symptoms).chain(&self.interval_people);
        let rules = self.statuses.iter().flat_map(|it| &it.causes);
        (symptoms.map(String::as_str).collect(), rules.map(String::as_str).collect())
    }

    /// Whether an error shows that a session has ended.
    pub(crate) fn ends_session(&self, error: usize) -> bool {
        self.over.get(error).copied().unwrap_or(false)
    }

    /// The setting in a row of an audit trail.
    pub fn audit(&self, action: &str, display: &str, section: &str) -> Option<AuditMatch> {
        let by_action = |audit: &Audit| audit.actions.iter().any(|it| it.eq_ignore_ascii_case(action.trim()));
        if let Some(index) = self.audits.iter().position(by_action) {
            return Some(AuditMatch::Entry(index));
        }
        let lower = display.to_lowercase();
        let by_words = |audit: &Audit| audit.words.iter().any(|it| lower.contains(&it.to_lowercase()));
        if let Some(index) = self.audits.iter().position(by_words) {
            return Some(AuditMatch::Entry(index));
        }
        let is_section = |name: &String| name.eq_ignore_ascii_case(section.trim());
        self.sections.names.iter().any(is_section).then_some(AuditMatch::Section)
    }
}

/// The entry of the table for a row of an audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditMatch {
    /// The setting of this index.
    Entry(usize),
    /// A section, because no setting matches.
    Section,
}

/// A status without case, blanks around it and a leading `Failed:`.
fn plain_status(status: &str) -> String {
    let lower = status.trim().to_lowercase();
    lower.strip_prefix("failed:").map_or(lower.as_str(), str::trim).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_can_be_read() {
        let raw: RawTable = toml::from_str(sessionlint_rules::EVIDENCE).unwrap();
        assert!(raw.status.len() > 20 && raw.audit.len() > 10);
        let table = Table::embedded(std::iter::empty());
        let texts: usize = raw.status.iter().map(|status| status.texts.len()).sum();
        assert_eq!(table.by_status.len(), texts, "no status stands twice");
        for change in raw.status.iter().flat_map(|status| &status.changes) {
            assert!(raw.audit.iter().any(|audit| audit.what == *change), "{change}");
        }
        assert_eq!(table.login_result(" failed: restricted ip "), LoginResult::Failed(0));
        assert_eq!(table.login_result("LOGIN_NO_ERROR"), LoginResult::Success);
        assert_eq!(table.login_result("Failed: the moon"), LoginResult::Unknown);
    }

    #[test]
    fn a_status_is_matched_whole() {
        let table = Table::embedded(std::iter::empty());
        let mut statuses: Vec<_> = table.by_status.iter().collect();
        statuses.sort();
        for (text, index) in statuses {
            assert_eq!(table.login_result(text), LoginResult::Failed(*index), "{text}");
            assert_eq!(table.login_result(&format!("{text} zq")), LoginResult::Unknown, "{text} begins it");
            let begun: String = text.chars().take(text.chars().count() - 1).collect();
            assert_eq!(table.login_result(&begun), LoginResult::Unknown, "{text} begins with it");
        }
    }
}
