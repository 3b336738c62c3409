//! Finds the commit that gave a finding or a value its present state.
//!
//! May assume that the states of a history are compared in order. A value that is equal in a parent keeps the commit of
//! that parent, even if its file was renamed; every other value gets the commit itself. For a merge, the first parent with
//! an equal value counts. Refuses to know how states are read.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::diff::{Snapshot, Value, app_values, org_values, unchanged};
use super::history::{CommitInfo, Selection, start_kind};
use super::located::{Located, located};
use sessionlint_facts::oauth::OAuthApp;
use sessionlint_facts::session;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Provenance, Severity};
use sessionlint_project::history::Start;
use sessionlint_project::vfs::git::log::Commit;

/// The commit that introduced a finding or a value.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The commit.
    pub commit: Arc<Commit>,
    /// Why no earlier commit was read, if it is the first one.
    pub start: Option<Start>,
}

/// The origins of all findings and values of a state; `None` if it is before the commits that were read.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    org: HashMap<&'static str, Option<Origin>>,
    profiles: HashMap<String, Option<Origin>>,
    apps: HashMap<AppKey, HashMap<&'static str, Option<Origin>>>,
    findings: Vec<Option<Origin>>,
}

/// The kind and the name of an app.
type AppKey = (&'static str, String);

fn key(app: &OAuthApp) -> AppKey {
    (app.kind.as_str(), app.written.full_name.to_lowercase())
}

/// An earlier state and its origins.
pub type Parent<'p> = (&'p Snapshot, &'p Origins);

impl Origins {
    /// The origins of a state, from the origins of its commit's parents.
    pub fn of(state: &Snapshot, own: &Origin, parents: &[Parent<'_>]) -> Self {
        let own = Some(own.clone());
        let from_first_parent = |find: &dyn Fn(&Parent<'_>) -> Option<Option<Origin>>| {
            parents.iter().find_map(find).unwrap_or_else(|| own.clone())
        };
        let org = org_values(&state.org).into_iter().map(|(name, value)| {
            let same = |(before, origins): &Parent<'_>| {
                let is_same = org_values(&before.org).iter().any(|(other, then)| (*other, then) == (name, &value));
                is_same.then(|| origins.org.get(name).cloned().flatten())
            };
            (name, from_first_parent(&same))
        });
        let profiles = state.profiles.iter().map(|profile| {
            let same = |(before, origins): &Parent<'_>| {
                let then = before.profiles.iter().find(|then| then.key == profile.key)?;
                (effective_session(then) == effective_session(profile))
                    .then(|| origins.profiles.get(&profile.key).cloned().flatten())
            };
            (profile.key.clone(), from_first_parent(&same))
        });
        let apps = state.apps.iter().map(|app| {
            let key = key(app);
            let of_setting = |(name, value): (&'static str, Option<Value>)| {
                let same = |(before, origins): &Parent<'_>| {
                    let then = before.apps.iter().find(|then| self::key(then) == key)?;
                    let is_same = app_values(then).any(|(other, then)| (other, &then) == (name, &value));
                    is_same.then(|| origins.apps.get(&key).and_then(|it| it.get(name)).cloned().flatten())
                };
                (name, from_first_parent(&same))
            };
            let settings = app_values(app).map(of_setting).collect();
            (key, settings)
        });
        let (org, profiles, apps) = (org.collect(), profiles.collect(), apps.collect());
        let mut findings: Vec<Option<Option<Origin>>> = vec![None; state.findings.len()];
        for (before, origins) in parents {
            for (origin, then) in findings.iter_mut().zip(unchanged(&before.findings, &state.findings)) {
                if let (None, Some(then)) = (&origin, then) {
                    *origin = Some(origins.findings.get(then).cloned().flatten());
                }
            }
        }
        let findings = findings.into_iter().map(|origin| origin.unwrap_or_else(|| own.clone())).collect();
        Self { org, profiles, apps, findings }
    }
}

/// The value for a profile, and the level that decides.
fn effective_session(profile: &session::Profile) -> (Option<i64>, Option<&'static str>) {
    (profile.effective.value, profile.decided_by)
}

/// The commits behind the present state.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blame {
    /// Version of the format.
    pub version: u32,
    /// Whether names, addresses and titles were left out.
    pub anonymous: bool,
    /// The values of the org.
    pub org: Vec<BlamedValue>,
    /// How long the session of each profile lives.
    pub profiles: Vec<BlamedValue>,
    /// The settings of each app.
    pub apps: Vec<BlamedValue>,
    /// The findings of rules.
    pub findings: Vec<BlamedFinding>,
}

/// A present value.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlamedValue {
    /// The owner: the label of a profile or an app; empty for the org.
    pub name: String,
    /// fullName; empty for the org.
    pub full_name: String,
    /// The setting.
    pub setting: &'static str,
    /// Its value; null if it is unknown.
    pub value: Option<Value>,
    /// The commit that introduced it.
    pub since: Since,
}

/// A present finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlamedFinding {
    /// `group/id`.
    pub rule: String,
    /// The severity.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// The message.
    pub message: String,
    /// The file, below the root.
    pub path: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The commit that introduced it.
    pub since: Since,
}

/// The commit that introduced a finding or a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Since {
    /// The commit; null if there is none, or if it is unknown.
    pub commit: Option<CommitInfo>,
    /// `commit`; `first-commit`, `shallow-clone` or `since` if it exists in the first commit that was read; `not-committed`
    /// if only the working tree has it; `not-followed` if the rule reads more than metadata.
    pub kind: &'static str,
}

impl Since {
    fn of(origin: Option<&Origin>, is_anonymous: bool) -> Self {
        match origin {
            Some(Origin { commit, start }) => {
                Self { commit: Some(CommitInfo::of(commit, is_anonymous)), kind: start.map_or("commit", start_kind) }
            }
            None => Self { commit: None, kind: "since" },
        }
    }

    /// It is not committed.
    pub(crate) const NOT_COMMITTED: Self = Self { commit: None, kind: "not-committed" };
    /// Its rule does not run on commits.
    pub(crate) const NOT_FOLLOWED: Self = Self { commit: None, kind: "not-followed" };

    /// The commit that is shown with a finding of a check.
    pub fn provenance(&self) -> Provenance {
        let commit = self.commit.as_ref();
        Provenance {
            text: self.words(),
            kind: self.kind,
            commit: commit.map(|it| it.commit.clone()),
            date: commit.map(|it| it.date.clone()),
            pull_request: commit.and_then(|it| it.pull_request),
        }
    }

    /// The same in words: `since 14 March 2026, commit abc1234`.
    pub fn words(&self) -> String {
        match (&self.commit, self.kind) {
            (Some(it), kind) => {
                let day = it.day.strftime("%-d %B %Y");
                let before = match kind {
                    "first-commit" => ", the first commit",
                    "shallow-clone" => " or earlier (a shallow clone begins here)",
                    "since" => " or earlier",
                    _ => "",
                };
                format!("since {day}, commit {}{before}", it.short())
            }
            (None, "not-committed") => "not committed yet".to_owned(),
            (None, "not-followed") => "unknown: the rule reads more than session metadata".to_owned(),
            (None, _) => "since before the first commit that was read".to_owned(),
        }
    }
}

impl Selection {
    /// Whether a finding is in a file of a selected profile or app.
    fn has_finding(&self, state: &Snapshot, finding: &Diagnostic) -> bool {
        if self.selects_all() {
            return true;
        }
        let name = finding.subject.as_ref().map_or("", |subject| subject.name.as_str());
        let is_named = self.has_profile([name, name]) || self.has_app([name, name]);
        let file = Some(finding.place.file);
        let of_profile = |it: &session::Profile| {
            self.has_profile([&it.label, &it.full_name])
                && (Some(it.place.file) == file || it.own.place.map(|place| place.file) == file)
        };
        let of_app = |it: &OAuthApp| {
            self.has_app([&it.written.label, &it.written.full_name]) && it.written.place.map(|place| place.file) == file
        };
        !name.is_empty() && is_named || state.profiles.iter().any(of_profile) || state.apps.iter().any(of_app)
    }
}

impl Blame {
    /// Removes all values.
    pub fn keep_findings_only(&mut self) {
        self.org.clear();
        self.profiles.clear();
        self.apps.clear();
    }
}

/// The commits behind the present state. `tip` is the state of the last commit; `is_followed` returns whether a rule runs
/// on commits.
pub fn blame(
    tip: Option<Parent<'_>>,
    today: &Snapshot,
    is_followed: impl Fn(&str) -> bool,
    selection: &Selection,
    is_anonymous: bool,
) -> Blame {
    let since = findings_since(tip, &today.findings, is_followed, is_anonymous);
    let finding = |(it, since): (&Diagnostic, Since)| {
        let Located { path, line, column, .. } = located(&today.project, it.place);
        BlamedFinding {
            rule: it.rule.clone(),
            severity: it.severity,
            confidence: it.confidence,
            message: it.message.clone(),
            path,
            line,
            column,
            fingerprint: it.fingerprint.clone(),
            since,
        }
    };
    let shown = today.findings.iter().zip(since).filter(|(it, _)| selection.has_finding(today, it));
    let values = Values { tip, is_anonymous };
    let profiles =
        today.profiles.iter().filter(|it| selection.selects_all() || selection.has_profile([&it.label, &it.full_name]));
    let apps = today
        .apps
        .iter()
        .filter(|it| selection.selects_all() || selection.has_app([&it.written.label, &it.written.full_name]));
    Blame {
        version: 1,
        anonymous: is_anonymous,
        org: if selection.selects_all() { values.org(today) } else { Vec::new() },
        profiles: profiles.map(|it| values.profile(it)).collect(),
        apps: apps.flat_map(|it| values.app(it)).collect(),
        findings: shown.map(finding).collect(),
    }
}

/// The commit that introduced each of the present findings.
pub fn findings_since(
    tip: Option<Parent<'_>>,
    today: &[Diagnostic],
    is_followed: impl Fn(&str) -> bool,
    is_anonymous: bool,
) -> Vec<Since> {
    let Some((snapshot, origins)) = tip else { return vec![Since::NOT_COMMITTED; today.len()] };
    let pairs = unchanged(&snapshot.findings, today);
    let since = |(finding, then): (&Diagnostic, Option<usize>)| match then {
        _ if !is_followed(&finding.rule) => Since::NOT_FOLLOWED,
        Some(then) => Since::of(origins.findings.get(then).and_then(Option::as_ref), is_anonymous),
        None => Since::NOT_COMMITTED,
    };
    today.iter().zip(pairs).map(since).collect()
}

/// Finds the commits that introduced present values.
#[derive(Clone, Copy)]
struct Values<'t> {
    tip: Option<Parent<'t>>,
    is_anonymous: bool,
}

impl Values<'_> {
    /// The commit that `find` returns from the origins of the last commit, if `is_same` holds for its state.
    fn since(
        &self,
        is_same: impl FnOnce(&Snapshot) -> bool,
        find: impl FnOnce(&Origins) -> Option<&Option<Origin>>,
    ) -> Since {
        match self.tip.filter(|(then, _)| is_same(then)) {
            Some((_, origins)) => Since::of(find(origins).and_then(Option::as_ref), self.is_anonymous),
            None => Since::NOT_COMMITTED,
        }
    }

    fn org(&self, today: &Snapshot) -> Vec<BlamedValue> {
        let value = |(setting, value): (&'static str, Option<Value>)| {
            let is_same = |then: &Snapshot| org_values(&then.org).contains(&(setting, value.clone()));
            let since = self.since(is_same, |origins| origins.org.get(setting));
            BlamedValue { name: String::new(), full_name: String::new(), setting, value, since }
        };
        org_values(&today.org).into_iter().filter(|(_, value)| value.is_some()).map(value).collect()
    }

    fn profile(&self, profile: &session::Profile) -> BlamedValue {
        let is_same = |then: &Snapshot| {
            then.profiles.iter().any(|it| it.key == profile.key && effective_session(it) == effective_session(profile))
        };
        BlamedValue {
            name: profile.label.clone(),
            full_name: profile.full_name.clone(),
            setting: super::diff::TIMEOUT,
            value: profile.effective.value.map(Value::Minutes),
            since: self.since(is_same, |origins| origins.profiles.get(&profile.key)),
        }
    }

    fn app(&self, app: &OAuthApp) -> Vec<BlamedValue> {
        let key = key(app);
        let value = |(setting, value): (&'static str, Option<Value>)| {
            let is_same = |then: &Snapshot| {
                let then = then.apps.iter().find(|it| self::key(it) == key);
                then.is_some_and(|then| app_values(then).any(|it| it == (setting, value.clone())))
            };
            let since = self.since(is_same, |origins| origins.apps.get(&key)?.get(setting));
            let (name, full_name) = (app.written.label.clone(), app.written.full_name.clone());
            BlamedValue { name, full_name, setting, value, since }
        };
        app_values(app).filter(|(_, value)| value.is_some()).map(value).collect()
    }
}
