//! The effects of commits on sessions in order of time, with the dated changes of Salesforce between them.
//!
//! May assume that the states of a history were compared ([`super::diff`]). Lists each change once: for a merge, only
//! the differences from all of its parents. Refuses to know how states are read, and the format of the output.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;

use super::calendar::Event;
use super::diff::{Diff, Finding, Findings, Summary};
use sessionlint_project::history::{Start, Unreadable};
use sessionlint_project::vfs::git::log::{Commit, Moment};
use sessionlint_source::globs::Glob;
use sessionlint_source::secrets;

/// The history of a project.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// Version of the format.
    pub version: u32,
    /// The project's folder in its repository; empty for the top.
    pub folder: String,
    /// Where it begins; null if no commit was read.
    pub begins: Option<HistoryStart>,
    /// Commits that were read.
    pub commits: usize,
    /// Commits with changes, after the filters.
    pub changes: usize,
    /// What the listed changes are about, in words.
    #[serde(skip)]
    pub subject: &'static str,
    /// Whether names, addresses and titles were left out.
    pub anonymous: bool,
    /// Commits and dated changes of Salesforce, the earliest first.
    pub events: Vec<Entry>,
}

/// The start of a history.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryStart {
    /// The first commit that was read.
    pub commit: String,
    /// When it was committed.
    pub date: String,
    /// `first-commit`, `shallow-clone` or `since`.
    pub why: &'static str,
    /// The day, to sort by.
    #[serde(skip)]
    pub day: Date,
}

/// An entry of a history.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Entry {
    /// A commit with changes.
    Commit(Box<Change>),
    /// A change of Salesforce.
    Salesforce(Box<Event>),
}

/// The author of a commit, as git records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// A commit, as reports show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommitInfo {
    /// Its hash.
    pub commit: String,
    /// The commit date, in its own time zone.
    pub date: String,
    /// The author date, in its own time zone.
    pub author_date: String,
    /// The author; null if names are left out.
    pub author: Option<Author>,
    /// The title; null if names are left out, because a title may contain one.
    pub title: Option<String>,
    /// The pull request that its title names.
    pub pull_request: Option<u64>,
    /// The day of the commit, in its own time zone.
    #[serde(skip)]
    pub day: Date,
    /// The commit date in seconds since 1970.
    #[serde(skip)]
    pub second: i64,
}

impl CommitInfo {
    /// The part of a commit that reports show.
    pub fn of(commit: &Commit, is_anonymous: bool) -> Self {
        let author = Author { name: commit.author.name.clone(), email: commit.author.email.clone() };
        Self {
            commit: commit.id.clone(),
            date: rfc3339(commit.date),
            author_date: rfc3339(commit.author_date),
            author: Some(author).filter(|_| !is_anonymous),
            title: Some(secrets::mask(&commit.title).into_owned()).filter(|_| !is_anonymous),
            pull_request: pull_request(&commit.title),
            day: day(commit.date),
            second: commit.date.second,
        }
    }

    /// The pull request, if no title is shown.
    pub fn pull_request_without_title(&self) -> Option<u64> {
        self.pull_request.filter(|_| self.title.is_none())
    }

    /// The first digits of its hash.
    pub fn short(&self) -> &str {
        self.commit.get(..7).unwrap_or(&self.commit)
    }
}

/// The changes of a commit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The commit.
    #[serde(flatten)]
    pub info: CommitInfo,
    /// Whether it has several parents.
    pub is_merge: bool,
    /// The changes; for a merge, the differences from all parents.
    #[serde(serialize_with = "only_changes")]
    pub changes: Diff,
    /// Files that can no longer be read: their earlier content still counts.
    pub unreadable: Vec<UnreadableFile>,
    /// Files that can be read again: they are compared with their last readable content.
    pub readable_again: Vec<String>,
}

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnreadableFile {
    /// Its path below the root.
    pub path: String,
    /// The line of the error; null if the file is missing.
    pub line: Option<u32>,
    /// The message.
    pub problem: String,
}

impl From<Unreadable> for UnreadableFile {
    fn from(it: Unreadable) -> Self {
        Self { path: it.path, line: Some(it.line).filter(|line| *line > 0), problem: it.problem }
    }
}

/// The part of a difference that a history shows.
fn only_changes<S: serde::Serializer>(diff: &Diff, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Changes<'a> {
        org: &'a [super::diff::Setting],
        profiles: &'a [super::diff::Profile],
        apps: &'a [super::diff::App],
        outbound_messages: &'a [super::diff::Message],
        findings: &'a Findings,
        summary: Summary,
    }
    let Diff { org, profiles, apps, outbound_messages, findings, summary, .. } = diff;
    Changes { org, profiles, apps, outbound_messages, findings, summary: *summary }.serialize(serializer)
}

impl Change {
    /// Whether there is no change to show.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.unreadable.is_empty() && self.readable_again.is_empty()
    }
}

/// The word for the start of a history.
pub fn start_kind(start: Start) -> &'static str {
    match start {
        Start::First => "first-commit",
        Start::Shallow => "shallow-clone",
        Start::Requested => "since",
    }
}

/// The start of a history.
pub fn history_start(commit: &Arc<Commit>, start: Start) -> HistoryStart {
    HistoryStart {
        commit: commit.id.clone(),
        date: rfc3339(commit.date),
        why: start_kind(start),
        day: day(commit.date),
    }
}

/// A moment in its own time zone. An invalid moment is the start of 1970.
fn zoned(moment: Moment) -> jiff::ZonedDateTime {
    let second = Timestamp::from_second(moment.second).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = Offset::from_seconds(moment.offset * 60).unwrap_or(Offset::UTC);
    second.to_zoned_datetime(TimeZone::fixed(offset))
}

/// A moment as RFC 3339.
fn rfc3339(moment: Moment) -> String {
    zoned(moment).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day of a moment, in its own time zone.
pub fn day(moment: Moment) -> Date {
    zoned(moment).date()
}

/// The pull request in a title, as hosts write it: `Title (#12)`, `Merge pull request #12 from`, `Merged PR 12:`,
/// `(pull request #12)`, `(!12)`. A number alone may be that of an issue.
fn pull_request(title: &str) -> Option<u64> {
    let number = |text: &str| -> Option<u64> {
        let digits = text.len() - text.trim_start_matches(|ch: char| ch.is_ascii_digit()).len();
        text[..digits].parse().ok()
    };
    if let Some(rest) = title.trim_end().strip_suffix(')')
        && let Some((_, inside)) = rest.rsplit_once('(')
        && let Some(digits) = inside.strip_prefix(['#', '!'])
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return number(digits);
    }
    let lower = title.to_ascii_lowercase();
    let number_after = |words: &str| lower.find(words).and_then(|at| number(&lower[at + words.len()..]));
    ["pull request #", "merged pr ", "merged pr #", "pull request !"].into_iter().find_map(number_after)
}

/// The changes of a commit itself: the differences from the first parent that are also differences from all others.
pub fn own_changes(mut diffs: Vec<Diff>) -> Option<Diff> {
    if diffs.is_empty() {
        return None;
    }
    let mut own = diffs.remove(0);
    if diffs.is_empty() {
        return Some(own);
    }
    for other in &diffs {
        own.org.retain(|it| other.org.iter().any(|there| there.setting == it.setting));
        own.profiles.retain(|it| other.profiles.iter().any(|there| there.full_name == it.full_name));
        own.outbound_messages.retain(|it| {
            other.outbound_messages.iter().any(|there| (&there.workflow, &there.message) == (&it.workflow, &it.message))
        });
        own.apps.retain_mut(|it| {
            let Some(there) =
                other.apps.iter().find(|there| (there.kind, &there.full_name) == (it.kind, &it.full_name))
            else {
                return false;
            };
            if it.presence == there.presence && it.presence != super::diff::Presence::Changed {
                return true;
            }
            it.settings.retain(|setting| there.settings.iter().any(|other| other.setting == setting.setting));
            !it.settings.is_empty()
        });
        // A present finding is identified by its place, a finding that is gone by its fingerprint.
        let there = |list: &[&[Finding]], it: &Finding| {
            list.iter().any(|list| list.iter().any(|other| (&other.rule, other.place) == (&it.rule, it.place)))
        };
        let Findings { new, fixed, improved, changed, .. } = &other.findings;
        let now: [&[Finding]; 3] = [new, improved, changed];
        own.findings.new.retain(|it| there(&now, it));
        own.findings.improved.retain(|it| there(&now, it));
        own.findings.changed.retain(|it| there(&now, it));
        own.findings
            .fixed
            .retain(|it| fixed.iter().any(|other| (&other.rule, &other.fingerprint) == (&it.rule, &it.fingerprint)));
    }
    own.summarise();
    Some(own)
}

/// The selected profiles and apps; all if none is named.
#[derive(Debug, Default)]
pub struct Selection {
    /// Profiles, by label or fullName.
    pub profiles: Vec<Glob>,
    /// Apps, by label or fullName.
    pub apps: Vec<Glob>,
}

impl Selection {
    /// What changes of the selection are about, in words.
    pub fn subject(&self) -> &'static str {
        match (self.profiles.is_empty(), self.apps.is_empty()) {
            (true, true) => "sessions, apps or findings",
            (false, true) => "sessions or findings of the chosen profiles",
            (true, false) => "sessions or findings of the chosen apps",
            (false, false) => "sessions or findings of the chosen profiles and apps",
        }
    }

    /// Whether no profile and no app is named.
    pub(crate) fn selects_all(&self) -> bool {
        self.profiles.is_empty() && self.apps.is_empty()
    }

    pub(super) fn has_profile(&self, names: [&str; 2]) -> bool {
        self.profiles.iter().any(|glob| names.iter().any(|name| glob.matches_name(name)))
    }

    pub(super) fn has_app(&self, names: [&str; 2]) -> bool {
        self.apps.iter().any(|glob| names.iter().any(|name| glob.matches_name(name)))
    }

    /// Keeps the selected part of a change. `is_about` returns whether the file of a finding belongs to it.
    pub fn apply(&self, change: &mut Change, is_about: impl Fn(&Finding) -> bool) {
        if self.selects_all() {
            return;
        }
        let diff = &mut change.changes;
        diff.org.clear();
        diff.outbound_messages.clear();
        diff.profiles.retain(|it| self.has_profile([&it.profile, &it.full_name]));
        diff.apps.retain(|it| self.has_app([&it.app, &it.full_name]));
        let Findings { new, fixed, improved, changed, .. } = &mut diff.findings;
        for list in [new, fixed, improved, changed] {
            list.retain(&is_about);
        }
        diff.summarise();
        change.unreadable.clear();
        change.readable_again.clear();
    }

    /// Whether a profile or an app with these names is selected.
    pub fn has(&self, is_app: bool, names: [&str; 2]) -> bool {
        if is_app { self.has_app(names) } else { self.has_profile(names) }
    }
}

/// Commits in order, with the dated changes of Salesforce between `since` and `until`.
pub fn merge_events(changes: Vec<Change>, events: Vec<Event>, since: Option<Date>, until: Date) -> Vec<Entry> {
    let mut events: Vec<Event> = events
        .into_iter()
        .filter(|event| event.sorts_as <= until && since.is_none_or(|since| event.sorts_as >= since))
        .collect();
    events.sort_by_key(|event| event.sorts_as);
    let mut events = events.into_iter().peekable();
    let mut entries = Vec::new();
    for change in changes {
        while let Some(event) = events.next_if(|event| event.sorts_as <= change.info.day) {
            entries.push(Entry::Salesforce(Box::new(event)));
        }
        entries.push(Entry::Commit(Box::new(change)));
    }
    entries.extend(events.map(|event| Entry::Salesforce(Box::new(event))));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_request_is_what_a_host_writes() {
        for (title, number) in [
            ("Shorter sessions (#123)", Some(123)),
            ("Merge pull request #77 from team/branch", Some(77)),
            ("Merged PR 4711: Sessions", Some(4711)),
            ("Merged in x (pull request #5)", Some(5)),
            ("Sessions (!9)", Some(9)),
            ("Fixes #12", None),
            ("(#12) first", None),
            ("(#1x)", None),
            ("(#)", None),
            ("pull request #99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(pull_request(title), number, "{title}");
        }
    }

    #[test]
    fn a_moment_is_written_with_its_clock() {
        let moment = |second, offset| rfc3339(Moment { second, offset });
        assert_eq!(moment(1_600_000_000, 120), "2020-09-13T14:26:40+02:00");
        assert_eq!(moment(i64::MAX, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(day(Moment { second: 1_600_000_000, offset: -1440 }).to_string(), "2020-09-12");
    }
}
