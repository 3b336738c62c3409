//! The commit that gave a finding or a value its present state.
//!
//! Computed while the states of a history are compared: a value that is equal in a parent keeps that parent's commit,
//! whatever its file is called by now, and every other value belongs to the commit itself. For a merge, the first
//! parent with an equal value counts. Refuses to know how states are read.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::diff::{Snapshot, Value, app_values, org_values, same};
use super::history::{CommitInfo, why};
use sessionlint_facts::oauth::OAuthApp;
use sessionlint_facts::session;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Provenance, Severity};
use sessionlint_project::history::Start;
use sessionlint_project::vfs::git::log::Commit;
use sessionlint_source::globs::Glob;

/// The commit behind a present state.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The commit.
    pub commit: Arc<Commit>,
    /// Why nothing is known before it.
    pub start: Option<Start>,
}

/// The origin of everything in a state; none where it is before the commits that were read.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    org: HashMap<&'static str, Option<Origin>>,
    profiles: HashMap<String, Option<Origin>>,
    apps: HashMap<AppKey, HashMap<&'static str, Option<Origin>>>,
    findings: Vec<Option<Origin>>,
}

/// An app of a kind.
type AppKey = (&'static str, String);

fn key(app: &OAuthApp) -> AppKey {
    (app.kind.as_str(), app.written.full_name.to_lowercase())
}

/// An earlier state, and the origin of everything in it.
pub type Parent<'p> = (&'p Snapshot, &'p Origins);

impl Origins {
    /// The origins of a state, from those of the commit's parents.
    pub fn of(state: &Snapshot, own: &Origin, parents: &[Parent<'_>]) -> Self {
        let own = Some(own.clone());
        let of_first = |find: &dyn Fn(&Parent<'_>) -> Option<Option<Origin>>| {
            parents.iter().find_map(find).unwrap_or_else(|| own.clone())
        };
        let org = org_values(&state.org).into_iter().map(|(name, value)| {
            let same = |(before, origins): &Parent<'_>| {
                let is_same = org_values(&before.org).iter().any(|(other, then)| (*other, then) == (name, &value));
                is_same.then(|| origins.org.get(name).cloned().flatten())
            };
            (name, of_first(&same))
        });
        let profiles = state.profiles.iter().map(|profile| {
            let same = |(before, origins): &Parent<'_>| {
                let then = before.profiles.iter().find(|then| then.key == profile.key)?;
                (means(then) == means(profile)).then(|| origins.profiles.get(&profile.key).cloned().flatten())
            };
            (profile.key.clone(), of_first(&same))
        });
        let apps = state.apps.iter().map(|app| {
            let key = key(app);
            let of_setting = |(name, value): (&'static str, Option<Value>)| {
                let same = |(before, origins): &Parent<'_>| {
                    let then = before.apps.iter().find(|then| self::key(then) == key)?;
                    let is_same = app_values(then).any(|(other, then)| (other, &then) == (name, &value));
                    is_same.then(|| origins.apps.get(&key).and_then(|it| it.get(name)).cloned().flatten())
                };
                (name, of_first(&same))
            };
            let settings = app_values(app).map(of_setting).collect();
            (key, settings)
        });
        let (org, profiles, apps) = (org.collect(), profiles.collect(), apps.collect());
        let mut findings: Vec<Option<Option<Origin>>> = vec![None; state.findings.len()];
        for (before, origins) in parents {
            for (origin, then) in findings.iter_mut().zip(same(&before.findings, &state.findings)) {
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
fn means(profile: &session::Profile) -> (Option<i64>, Option<&'static str>) {
    (profile.effective.value, profile.decided_by)
}

/// The answer.
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

/// A value of today.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlamedValue {
    /// The owner: the label of a profile or an app; empty for the org.
    pub name: String,
    /// fullName; empty for the org.
    pub full_name: String,
    /// The setting.
    pub setting: &'static str,
    /// Its value; null where it is unknown.
    pub value: Option<Value>,
    /// The commit since which it is so.
    pub since: Since,
}

/// A finding of today.
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
    /// Its identity.
    pub fingerprint: String,
    /// The commit since which it is so.
    pub since: Since,
}

/// The commit since which something is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Since {
    /// The commit that made it so; null where there is none, or it is unknown.
    pub commit: Option<CommitInfo>,
    /// `commit`; `first-commit`, `shallow-clone` or `since` where it was so at the start of the commits that were read;
    /// `not-committed` where only the working tree has it; `not-followed` where the rule reads more than metadata.
    pub kind: &'static str,
}

impl Since {
    fn of(origin: Option<&Origin>, is_anonymous: bool) -> Self {
        match origin {
            Some(Origin { commit, start }) => {
                Self { commit: Some(CommitInfo::of(commit, is_anonymous)), kind: start.map_or("commit", why) }
            }
            None => Self { commit: None, kind: "since" },
        }
    }

    /// It is not committed.
    pub const NOT_COMMITTED: Self = Self { commit: None, kind: "not-committed" };
    /// It was not followed.
    pub const NOT_FOLLOWED: Self = Self { commit: None, kind: "not-followed" };

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

    /// In words, as `since 14 March 2026, commit abc1234`.
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

/// The selected values and findings of today; everything where nothing is named.
#[derive(Debug, Default)]
pub struct Selection {
    /// Profiles, by label or fullName.
    pub profiles: Vec<Glob>,
    /// Apps, likewise.
    pub apps: Vec<Glob>,
}

impl Selection {
    fn is_open(&self) -> bool {
        self.profiles.is_empty() && self.apps.is_empty()
    }

    fn has(globs: &[Glob], names: [&str; 2]) -> bool {
        globs.iter().any(|glob| names.iter().any(|name| glob.matches_name(name)))
    }

    fn has_profile(&self, profile: &session::Profile) -> bool {
        self.is_open() || Self::has(&self.profiles, [&profile.label, &profile.full_name])
    }

    fn has_app(&self, app: &OAuthApp) -> bool {
        self.is_open() || Self::has(&self.apps, [&app.written.label, &app.written.full_name])
    }

    /// Whether a finding is in a file of a selected profile or app.
    fn has_finding(&self, state: &Snapshot, finding: &Diagnostic) -> bool {
        if self.is_open() {
            return true;
        }
        let name = finding.subject.as_ref().map_or("", |subject| subject.name.as_str());
        let is_named = Self::has(&self.profiles, [name, name]) || Self::has(&self.apps, [name, name]);
        let file = Some(finding.place.file);
        let of_profile = |it: &session::Profile| {
            Self::has(&self.profiles, [&it.label, &it.full_name])
                && (Some(it.place.file) == file || it.own.place.map(|place| place.file) == file)
        };
        let of_app = |it: &OAuthApp| {
            Self::has(&self.apps, [&it.written.label, &it.written.full_name])
                && it.written.place.map(|place| place.file) == file
        };
        !name.is_empty() && is_named || state.profiles.iter().any(of_profile) || state.apps.iter().any(of_app)
    }
}

impl Blame {
    /// Leaves out all values.
    pub fn keep_findings_only(&mut self) {
        self.org.clear();
        self.profiles.clear();
        self.apps.clear();
    }
}

/// The commits behind the present state: `tip` is the last commit's state, `is_followed` whether a rule ran in it.
pub fn blame(
    tip: Option<Parent<'_>>,
    today: &Snapshot,
    is_followed: impl Fn(&str) -> bool,
    selection: &Selection,
    is_anonymous: bool,
) -> Blame {
    let since = findings_since(tip, &today.findings, is_followed, is_anonymous);
    let finding = |(it, since): (&Diagnostic, Since)| {
        let source = today.project.sources.get(it.place.file);
        let position = source.position(it.place.span.start);
        BlamedFinding {
            rule: it.rule.clone(),
            severity: it.severity,
            confidence: it.confidence,
            message: it.message.clone(),
            path: source.path.clone(),
            line: position.line,
            column: position.column,
            fingerprint: it.fingerprint.clone(),
            since,
        }
    };
    let shown = today.findings.iter().zip(since).filter(|(it, _)| selection.has_finding(today, it));
    let values = Values { tip, is_anonymous };
    let profiles = today.profiles.iter().filter(|it| selection.has_profile(it));
    let apps = today.apps.iter().filter(|it| selection.has_app(it));
    Blame {
        version: 1,
        anonymous: is_anonymous,
        org: if selection.is_open() { values.org(today) } else { Vec::new() },
        profiles: profiles.map(|it| values.profile(it)).collect(),
        apps: apps.flat_map(|it| values.app(it)).collect(),
        findings: shown.map(finding).collect(),
    }
}

/// The commit since which each of today's findings exists.
pub fn findings_since(
    tip: Option<Parent<'_>>,
    today: &[Diagnostic],
    is_followed: impl Fn(&str) -> bool,
    is_anonymous: bool,
) -> Vec<Since> {
    let Some((snapshot, origins)) = tip else { return vec![Since::NOT_COMMITTED; today.len()] };
    let pairs = same(&snapshot.findings, today);
    let since = |(finding, then): (&Diagnostic, Option<usize>)| match then {
        _ if !is_followed(&finding.rule) => Since::NOT_FOLLOWED,
        Some(then) => Since::of(origins.findings.get(then).and_then(Option::as_ref), is_anonymous),
        None => Since::NOT_COMMITTED,
    };
    today.iter().zip(pairs).map(since).collect()
}

/// The commit since which today's values hold.
#[derive(Clone, Copy)]
struct Values<'t> {
    tip: Option<Parent<'t>>,
    is_anonymous: bool,
}

impl Values<'_> {
    /// Since the commit that `find` returns from the last commit's origins, where `is_same` holds for its state.
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
        let is_same =
            |then: &Snapshot| then.profiles.iter().any(|it| it.key == profile.key && means(it) == means(profile));
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
