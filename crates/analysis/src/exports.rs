//! The evidence of exports and logs about a project, as plain records.
//!
//! They contain names of users, ids and addresses only on request. Refuses to know how the evidence was found.

use serde::Serialize;

use sessionlint_evidence::Moment;

/// The evidence of exports and logs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The files that were read, in order.
    pub files: Vec<File>,
    /// Files that cannot be used, with the reason.
    pub refused: Vec<UnusedFile>,
    /// Causes that are confirmed, excluded or not covered.
    pub causes: Vec<CauseEvidence>,
    /// Intervals between starts and ends of sessions.
    pub intervals: Vec<Interval>,
    /// How long sessions live, as the org states it for each.
    pub sessions: Vec<SessionLife>,
    /// Tokens, by app.
    pub tokens: Vec<AppTokens>,
    /// Changes of settings, first failures and Salesforce's own changes, by time.
    pub timeline: Vec<TimelineEntry>,
    /// Further remarks.
    pub notes: Vec<String>,
}

/// A file of evidence.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its path as given.
    pub path: String,
    /// The kind of export.
    pub kind: &'static str,
    /// Its rows or lines.
    pub rows: u64,
    /// Rows or lines that are used.
    pub used: u64,
    /// The first moment in it.
    pub from: Option<String>,
    /// The last moment in it.
    pub to: Option<String>,
    /// Whether some of its times have no zone, so that they are compared with no other file's.
    pub has_local_times: bool,
    /// The first few defects.
    pub problems: Vec<Defect>,
    /// Number of further defects.
    pub more_problems: u64,
    /// Columns that are missing.
    pub missing: Vec<MissingColumn>,
    /// Unknown columns.
    pub unknown_columns: Vec<String>,
    /// Further remarks on it.
    pub notes: Vec<String>,
}

/// A file that cannot be used.
#[derive(Clone, Debug, Serialize)]
pub struct UnusedFile {
    /// Its path as given.
    pub path: String,
    /// Why, as a clause.
    pub text: String,
}

/// A defect of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Defect {
    /// The line, from 1.
    pub line: u64,
    /// The message.
    pub text: String,
}

/// A column that is missing.
#[derive(Clone, Debug, Serialize)]
pub struct MissingColumn {
    /// Its name.
    pub column: &'static str,
    /// The facts that are unknown without it.
    pub text: &'static str,
}

/// The strength of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It names the cause and the app or user.
    Confirmed,
    /// It names the cause, and no app or user.
    Possible,
    /// It covers the kind and a time, and the cause is not in it.
    Excluded,
    /// It does not cover the cause.
    #[default]
    NotCovered,
}

impl Standing {
    /// The words in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Confirmed => "confirmed",
            Standing::Possible => "possible",
            Standing::Excluded => "excluded",
            Standing::NotCovered => "not covered",
        }
    }
}

/// A cause and its evidence.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CauseEvidence {
    /// The strength of the evidence.
    pub standing: Standing,
    /// The cause in a few words; null where the text is about all causes.
    pub cause: Option<String>,
    /// Its meaning.
    pub means: Option<String>,
    /// The app that the rows name; null where they name none.
    pub app: Option<String>,
    /// The status or error in its spellings.
    pub statuses: Vec<String>,
    /// Rows that show it.
    pub rows: u64,
    /// Rows that could show it.
    pub of: u64,
    /// Successful logins among them.
    pub succeeded: u64,
    /// The first time; for an excluded cause, the time of the first row.
    pub from: Option<String>,
    /// The last time; for an excluded cause, the time of the last row.
    pub to: Option<String>,
    /// The users that it concerns.
    pub users: Vec<UserCount>,
    /// The addresses against ranges in the files.
    pub addresses: Option<Addresses>,
    /// The rules with findings that it points to.
    pub rules: Vec<String>,
    /// Ids of symptoms that it explains.
    pub symptoms: Vec<String>,
    /// The evidence in a sentence.
    pub text: String,
    /// The cause alone, where the sentence is elsewhere in the answer.
    #[serde(skip)]
    pub(super) brief: Option<String>,
}

impl CauseEvidence {
    /// Its statement on a symptom.
    pub(super) fn statement(&self) -> Statement {
        let brief = self.brief.as_ref().unwrap_or(&self.text).clone();
        Statement { standing: self.standing, text: self.text.clone(), brief }
    }

    /// A cause with a standing and a sentence, and nothing else.
    pub(super) fn new(standing: Standing, text: String) -> Self {
        Self { standing, text, ..Self::default() }
    }
}

/// A user of failed logins.
#[derive(Clone, Debug, Serialize)]
pub struct UserCount {
    /// A pseudonym, or the name where users are shown.
    pub user: String,
    /// Rows.
    pub rows: u64,
}

/// The addresses of failed logins against ranges in the files.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Addresses {
    /// Different addresses.
    pub different: usize,
    /// Rows without one that can be read.
    pub unreadable: u64,
    /// Rows from addresses from which others succeeded.
    pub succeeded_elsewhere: u64,
    /// For each list of ranges, rows inside and outside.
    pub ranges: Vec<RangeCount>,
    /// The addresses; empty unless users are shown.
    pub list: Vec<String>,
}

/// A list of ranges and the rows in it.
#[derive(Clone, Debug, Serialize)]
pub struct RangeCount {
    /// Its owner, in words.
    pub owner: String,
    /// Its file.
    pub path: String,
    /// Its line.
    pub line: u32,
    /// Rows from addresses in it.
    pub inside: u64,
    /// Rows from addresses that are not.
    pub outside: u64,
}

/// An interval between starts and ends.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    /// The ends: a file, or the calls or logouts of an export.
    pub ends: String,
    /// The starts, in words.
    pub starts: String,
    /// The app, where it is known.
    pub app: Option<String>,
    /// The interval in minutes; null where none stands out.
    pub minutes: Option<i64>,
    /// The shortest matching interval.
    pub least_minutes: Option<i64>,
    /// The longest matching interval.
    pub most_minutes: Option<i64>,
    /// Ends that have a start at this interval.
    pub matched: usize,
    /// Ends that could match.
    pub of: usize,
    /// Repeated failures, or sessions whose start is missing.
    pub further: usize,
    /// The confidence: `high`, `medium`, `low`; null where none stands out.
    pub confidence: Option<&'static str>,
    /// Lives in the files that it fits.
    pub fits: Vec<Life>,
    /// The interval in sentences.
    pub text: String,
}

/// A timeout in the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Life {
    /// In minutes.
    pub minutes: i64,
    /// Its owner, in words.
    pub owner: String,
    /// The file, where one states it.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
}

/// How long sessions of a type live.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionLife {
    /// The type of session.
    pub session_type: String,
    /// In minutes.
    pub minutes: i64,
    /// Sessions with this life.
    pub sessions: u64,
    /// All sessions of the type.
    pub of: u64,
    /// Lives in the files that it fits.
    pub fits: Vec<Life>,
    /// The same in a sentence.
    pub text: String,
}

/// Tokens of an app.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppTokens {
    /// The app.
    pub app: String,
    /// How many there are.
    pub tokens: u64,
    /// Those that were last used longer ago than they may be.
    pub idle: u64,
    /// When the last of them was used.
    pub last_used: Option<String>,
    /// The same in sentences.
    pub text: String,
}

/// An entry of the timeline.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineEntry {
    /// The time; null where the export has none.
    pub when: Option<String>,
    /// `setting`, `failure`, `success` or `salesforce`.
    pub kind: &'static str,
    /// The event.
    pub text: String,
    /// Ids of symptoms that it may cause.
    pub symptoms: Vec<String>,
    /// The time, for sorting.
    #[serde(skip)]
    pub(super) moment: Option<Moment>,
}

/// The evidence on a symptom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The strength of the evidence.
    pub standing: Standing,
    /// The statement.
    pub text: String,
    /// The same in a few words, beside the evidence itself.
    #[serde(skip)]
    pub brief: String,
}
