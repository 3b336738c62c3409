//! Compares two states of a project: how long sessions live, how apps renew, which findings are new or gone.
//!
//! Compares facts, not files: a moved or reformatted file is no change. A change is for the better if sessions and
//! integrations live longer or fail less; if either side is unknown, it has no direction. Profiles are paired by key, apps
//! by kind and fullName, findings by fingerprint, else by the cell that they mark. A rule that marks the same cell with the
//! same or a lower severity has no new finding. Refuses to know who changed a file, and where the two states come from.

mod apps;
mod findings;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;

pub(crate) use apps::app_values;
pub(crate) use findings::unchanged;

use super::located::{Located, located};
use apps::apps;
use findings::findings;
use sessionlint_facts::oauth::OAuthApp;
use sessionlint_facts::session;
use sessionlint_facts::{Fact, Facts, Views};
use sessionlint_lint::copies::join;
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Severity, Subject};
use sessionlint_project::metadata::Project;
use sessionlint_soql::{Row, Tables};
use sessionlint_source::Place;

/// One of the two states.
#[derive(Debug)]
pub struct State<'s> {
    /// Its label.
    pub name: String,
    /// `folder`, `zip` or `revision`.
    pub kind: &'static str,
    /// The facts of its files.
    pub facts: &'s Facts<'s>,
    /// The findings in it.
    pub findings: &'s [Diagnostic],
}

/// The difference between two states.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Version of the format.
    pub version: u32,
    /// The state before.
    pub old: Side,
    /// The state after.
    pub new: Side,
    /// The configuration of both checks.
    pub configuration: Configuration,
    /// Changed settings of the org.
    pub org: Vec<Setting>,
    /// Profiles whose sessions change, and profiles that are added or removed, by name.
    pub profiles: Vec<Profile>,
    /// Apps that are changed, added or removed, by name.
    pub apps: Vec<App>,
    /// Outbound messages whose receivers lose the session id.
    pub outbound_messages: Vec<Message>,
    /// Findings that are new, gone or changed.
    pub findings: Findings,
    /// Number of changes for the worse and for the better.
    pub summary: Summary,
}

/// The configuration of the checks of both states.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Configuration {
    /// The state that it is from: `old` or `new`.
    pub from: &'static str,
    /// Its file; `None` without one.
    pub file: Option<String>,
    /// Whether the other state has another configuration, or other rules of its own.
    pub changed: bool,
}

/// A compared state.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// Its label.
    pub name: String,
    /// `folder`, `zip` or `revision`.
    pub kind: &'static str,
    /// Metadata files that were read.
    pub files: usize,
    /// Components in them.
    pub components: usize,
    /// Files of session metadata that `.forceignore` hides.
    pub hidden: usize,
}

/// The effect of a change on sessions and integrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Sessions live longer, or integrations fail less.
    Better,
    /// Sessions live shorter, or integrations fail more.
    Worse,
    /// Neither, or unknown.
    Neutral,
}

impl Direction {
    /// The word in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Better => "better",
            Direction::Worse => "worse",
            Direction::Neutral => "neutral",
        }
    }
}

/// The states that contain an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// The new state only.
    Added,
    /// The old state only.
    Removed,
    /// Both states.
    Changed,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A number of minutes.
    Minutes(i64),
    /// On or off.
    Flag(bool),
    /// A word of a fact, or a value as written.
    Word(String),
    /// Several words, sorted.
    Words(Vec<String>),
    /// When a refresh token expires.
    Refresh {
        /// `until-revoked`, `at-once`, `lifetime`, `idle` or `malformed`.
        kind: &'static str,
        /// The period in hours, if the kind has one.
        hours: Option<i64>,
        /// The period in words.
        period: Option<String>,
    },
}

/// A setting before and after; null if it is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The setting.
    pub setting: &'static str,
    /// Its value before.
    pub old: Option<Value>,
    /// Its value after.
    pub new: Option<Value>,
    /// The effect of the change.
    pub direction: Direction,
}

/// A profile whose sessions change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its label.
    pub profile: String,
    /// fullName.
    pub full_name: String,
    /// The states that contain it.
    pub presence: Presence,
    /// Whether only integrations use it.
    pub integration: bool,
    /// Effective minutes before.
    pub old_minutes: Option<i64>,
    /// Effective minutes after.
    pub new_minutes: Option<i64>,
    /// The reason for the difference.
    pub reason: &'static str,
    /// The effect of the change.
    pub direction: Direction,
    /// The file of its own override, if either state has one.
    #[serde(skip)]
    pub path: Option<String>,
}

/// An app that is changed, added or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Its label.
    pub app: String,
    /// `ConnectedApp` or `ExternalClientApplication`.
    pub kind: &'static str,
    /// fullName.
    pub full_name: String,
    /// The states that contain it.
    pub presence: Presence,
    /// Whether it counts as an integration.
    pub integration: bool,
    /// The changed settings; for a new or removed app, its known settings.
    pub settings: Vec<Setting>,
    /// A remark to read before the change is deployed.
    pub note: Option<&'static str>,
}

/// An outbound message that requested a session id before and does not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// fullName of the message.
    pub message: String,
    /// The workflow that contains it.
    pub workflow: String,
    /// Scheme and host of its endpoint.
    pub receiver: Option<String>,
    /// The file in the new state.
    pub path: String,
    /// The line in it.
    pub line: u32,
}

/// Findings that are new, gone or changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    /// Findings in the new state only, or more severe there.
    pub new: Vec<Finding>,
    /// Findings in the old state only.
    pub fixed: Vec<Finding>,
    /// Findings in both states, less severe in the new one.
    pub improved: Vec<Finding>,
    /// Findings in both states, with the same severity and another value.
    pub changed: Vec<Finding>,
    /// The places of findings in the new state that repeat something, and which of them repeat the same.
    #[serde(skip)]
    known: (Vec<Located>, HashMap<String, Vec<usize>>),
}

impl Findings {
    fn is_empty(&self) -> bool {
        let Findings { new, fixed, improved, changed, .. } = self;
        [new, fixed, improved, changed].into_iter().all(Vec::is_empty)
    }

    /// Makes one finding of those of a list that repeat each other; the new ones name the places that were known.
    pub fn join_copies(&mut self) {
        let Findings { new, fixed, improved, changed, known } = self;
        for (list, known) in [(new, Some(&*known)), (improved, Some(known)), (changed, Some(known)), (fixed, None)] {
            let key = |it: &Finding| {
                (it.copy_of.as_ref().map(|copied| format!("{:?}\u{1F}{copied}", it.old_severity)), it.severity)
            };
            let keys: Vec<_> = list.iter().map(key).collect();
            *list = join(std::mem::take(list), &keys, |lead, copy| {
                lead.indices.extend(copy.indices);
                let Finding { path, line, column, message, .. } = copy;
                lead.copies.push(Located { path, line, column, text: message });
            });
            let Some((places, by_copied)) = known else { continue };
            for it in list {
                let Some(all) = it.copy_of.as_ref().and_then(|copied| by_copied.get(copied)) else { continue };
                let is_other = |at: &&Located| (&at.path, at.line, at.column) != (&it.path, it.line, it.column);
                it.copies = all.iter().map(|at| &places[*at]).filter(is_other).cloned().collect();
            }
        }
    }
}

/// A finding of one of the states.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// `group/id`.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// The severity.
    pub severity: Severity,
    /// The severity before, if it was another one.
    pub old_severity: Option<Severity>,
    /// The confidence.
    pub confidence: Confidence,
    /// The message.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The file, below the root.
    pub path: String,
    /// The line in it.
    pub line: u32,
    /// The column in it.
    pub column: u32,
    /// The component.
    pub component: Option<Subject>,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The other places of what it repeats: in the new state, or those that are gone with it.
    pub copies: Vec<Located>,
    /// What it repeats.
    #[serde(skip)]
    pub copy_of: Option<String>,
    /// Its place in its state.
    #[serde(skip)]
    pub place: Place,
    /// Its index among the findings of its state, and those of the findings that are shown as this one.
    #[serde(skip)]
    pub indices: Vec<usize>,
}

/// The number of changes with a direction. A setting of the org, a profile and a setting of an app count as one each.
/// Profiles that follow the org's timeout count with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Changes for the worse.
    pub worse: usize,
    /// Changes for the better.
    pub better: usize,
}

impl Diff {
    /// Counts the remaining changes.
    pub(crate) fn summarise(&mut self) {
        let settings = self.org.iter().chain(self.apps.iter().flat_map(|app| &app.settings));
        let profiles = self.profiles.iter().filter(|profile| !self.follows_org(profile));
        let directions: Vec<_> =
            settings.map(|setting| setting.direction).chain(profiles.map(|profile| profile.direction)).collect();
        let count = |wanted| directions.iter().filter(|direction| **direction == wanted).count();
        self.summary = Summary { worse: count(Direction::Worse), better: count(Direction::Better) };
    }

    /// Whether no setting of sessions changes, and no finding is new, gone or changed.
    pub fn is_empty(&self) -> bool {
        let Self { org, profiles, apps, outbound_messages, findings, .. } = self;
        org.is_empty() && profiles.is_empty() && apps.is_empty() && outbound_messages.is_empty() && findings.is_empty()
    }

    /// Whether the change of a profile is the change of the org's timeout and nothing else.
    pub fn follows_org(&self, profile: &Profile) -> bool {
        let minutes = |value: &Option<Value>| match value {
            Some(Value::Minutes(minutes)) => Some(*minutes),
            _ => None,
        };
        let is_same = |it: &Setting| (minutes(&it.old), minutes(&it.new)) == (profile.old_minutes, profile.new_minutes);
        profile.reason == ORG_CHANGED && self.org.iter().any(|it| it.setting == TIMEOUT && is_same(it))
    }
}

/// Reasons why a profile's session changes.
const ADDED: &str = "profile override added";
const REMOVED: &str = "profile override removed";
const NO_LONGER_KNOWN: &str = "no longer known";
const NOT_KNOWN_BEFORE: &str = "not known before";
/// The reason that many profiles share.
pub const ORG_CHANGED: &str = "org value changed";
/// The org's timeout among its settings.
pub const TIMEOUT: &str = "sessionTimeout";

/// Compares two states.
pub fn diff(old: &State<'_>, new: &State<'_>) -> Diff {
    let (old_messages, new_messages) = (outbound_messages_of(old.facts), outbound_messages_of(new.facts));
    let mut diff = compare(&ComparedState::of(old, &old_messages), &ComparedState::of(new, &new_messages));
    diff.findings.join_copies();
    diff
}

/// The compared part of a state, without its facts. A history keeps it until the next state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The files that were read.
    pub project: Arc<Project>,
    /// The findings in it.
    pub findings: Vec<Diagnostic>,
    /// The values of the org.
    pub org: session::OrgFacts,
    /// The values of each profile.
    pub profiles: Vec<session::Profile>,
    /// The values of each app.
    pub apps: Vec<OAuthApp>,
    overrides_are_known: bool,
    messages: Vec<OutboundMessage>,
}

impl Snapshot {
    /// The snapshot of a project; `check` returns the findings of rules.
    pub fn of(project: Arc<Project>, check: impl FnOnce(&Facts<'_>) -> Vec<Diagnostic>) -> Self {
        let facts = Facts::of(&project);
        let findings = check(&facts);
        let (org, profiles, apps) = (facts.org().clone(), facts.profiles().to_vec(), facts.apps().to_vec());
        let (overrides_are_known, messages) = (overrides_are_known(&facts), outbound_messages_of(&facts));
        drop(facts);
        Self { project, findings, org, profiles, apps, overrides_are_known, messages }
    }

    fn as_compared<'s>(&'s self, name: &'s str) -> ComparedState<'s> {
        ComparedState {
            name,
            kind: "revision",
            project: &self.project,
            findings: &self.findings,
            org: &self.org,
            profiles: &self.profiles,
            apps: &self.apps,
            overrides_are_known: self.overrides_are_known,
            messages: &self.messages,
        }
    }

    /// The changes from this state to another, with findings that repeat each other.
    pub fn diff(&self, name: &str, new: &Self, new_name: &str) -> Diff {
        compare(&self.as_compared(name), &new.as_compared(new_name))
    }
}

/// The part of a state that is compared.
struct ComparedState<'s> {
    name: &'s str,
    kind: &'static str,
    project: &'s Project,
    findings: &'s [Diagnostic],
    org: &'s session::OrgFacts,
    profiles: &'s [session::Profile],
    apps: &'s [OAuthApp],
    overrides_are_known: bool,
    messages: &'s [OutboundMessage],
}

impl<'s> ComparedState<'s> {
    fn of(state: &'s State<'_>, messages: &'s [OutboundMessage]) -> Self {
        let facts = state.facts;
        Self {
            name: &state.name,
            kind: state.kind,
            project: facts.project,
            findings: state.findings,
            org: facts.org(),
            profiles: facts.profiles(),
            apps: facts.apps(),
            overrides_are_known: overrides_are_known(facts),
            messages,
        }
    }
}

fn compare(old: &ComparedState<'_>, new: &ComparedState<'_>) -> Diff {
    let org = org(old.org, new.org);
    let profiles = profiles(old, new);
    let apps = apps(old.apps, new.apps);
    let lost = lost_session_ids(old, new);
    let mut findings = findings(old, new);
    // A finding is not fixed if it is gone only because a retrieve omits the request for a session id.
    findings.fixed.retain(|it| !lost.iter().any(|(_, place)| *place == it.place));
    let mut diff = Diff {
        version: 1,
        old: side(old),
        new: side(new),
        configuration: Configuration::default(),
        summary: Summary::default(),
        outbound_messages: lost.into_iter().map(|(message, _)| message).collect(),
        findings,
        org,
        profiles,
        apps,
    };
    diff.summarise();
    diff
}

/// An outbound message, and whether it requests a session id.
#[derive(Clone, Debug)]
struct OutboundMessage {
    /// The workflow that contains it, and its name.
    key: (String, String),
    /// Whether it requests a session id, and the place of the element.
    requests_session_id: Option<(bool, Option<Place>)>,
    name_place: Option<Place>,
    receiver: Option<String>,
}

fn outbound_messages_of(facts: &Facts<'_>) -> Vec<OutboundMessage> {
    const MESSAGES: &str = "Workflow.outboundMessages";
    let views = Views::new(facts);
    let Some(table) = views.table(MESSAGES) else { return Vec::new() };
    let cell = |row: &'_ Row<'_>, name: &str| -> Option<usize> {
        table.schema.column(name).filter(|column| row.cells.get(*column).is_some())
    };
    let message_of = |row: &Row<'_>| {
        let text = |name: &str| row.cells[cell(row, name)?].value.as_text().map(str::to_owned);
        let requests_session_id = cell(row, "includeSessionId").and_then(|at| {
            let cell = &row.cells[at];
            Some((cell.value.as_bool()?, cell.place))
        });
        Some(OutboundMessage {
            key: (row.key.to_string(), text("fullName")?),
            requests_session_id,
            name_place: cell(row, "fullName").and_then(|at| row.cells[at].place),
            receiver: text("endpointUrl").and_then(|url| host(&url)),
        })
    };
    table.rows.iter().filter_map(message_of).collect()
}

/// The outbound messages that requested a session id and still exist without the request, with the place of the
/// request. Since Salesforce sends none (Help 005232763), a retrieve returns the element as false, or leaves it out.
fn lost_session_ids(old: &ComparedState<'_>, new: &ComparedState<'_>) -> Vec<(Message, Place)> {
    let mut lost = Vec::new();
    for before in old.messages {
        let Some((true, Some(place))) = before.requests_session_id else { continue };
        let Some(now) = new.messages.iter().find(|now| now.key == before.key) else { continue };
        if now.requests_session_id.is_some_and(|(requests_session_id, _)| requests_session_id) {
            continue;
        }
        let Some(at) = now.name_place else { continue };
        let Located { path, line, .. } = located(new.project, at);
        let (workflow, message) = before.key.clone();
        lost.push((Message { message, workflow, receiver: now.receiver.clone(), path, line }, place));
    }
    lost
}

/// Scheme and host of a URL; the rest may be secret.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{host}"))
}

fn side(state: &ComparedState<'_>) -> Side {
    let project = state.project;
    Side {
        name: state.name.to_owned(),
        kind: state.kind,
        files: project.file_count(),
        components: project.component_count(),
        hidden: project.hidden.len(),
    }
}

/// The direction of a change of a number of which more is better.
fn longer_is_better(old: Option<i64>, new: Option<i64>) -> Direction {
    match (old, new) {
        (Some(old), Some(new)) if new > old => Direction::Better,
        (Some(old), Some(new)) if new < old => Direction::Worse,
        _ => Direction::Neutral,
    }
}

/// The setting, if it changes.
fn changed(
    setting: &'static str,
    old: Option<Value>,
    new: Option<Value>,
    direction: impl FnOnce() -> Direction,
) -> Option<Setting> {
    (old != new).then(|| Setting { setting, old, new, direction: direction() })
}

fn org(old: &session::OrgFacts, new: &session::OrgFacts) -> Vec<Setting> {
    // A longer timeout is better. Every flag, if it is on, ends sessions or removes a warning.
    let rank = |value: &Option<Value>| match value {
        Some(Value::Minutes(minutes)) => Some(*minutes),
        Some(Value::Flag(on)) => Some(i64::from(!on)),
        _ => None,
    };
    let settings = org_values(old).into_iter().zip(org_values(new));
    settings
        .filter_map(|((name, old), (_, new))| {
            let direction = longer_is_better(rank(&old), rank(&new));
            changed(name, old, new, || direction)
        })
        .collect()
}

/// The settings of the org, each with its value; `None` where it is unknown.
pub(crate) fn org_values(org: &session::OrgFacts) -> [(&'static str, Option<Value>); 5] {
    let flag = |fact: &Fact<bool>| fact.value.map(Value::Flag);
    [
        (TIMEOUT, org.minutes.value.map(Value::Minutes)),
        ("forcedLogout", flag(&org.forced_logout)),
        ("timeoutWarningDisabled", flag(&org.warning_disabled)),
        ("lockedToIp", flag(&org.locked_to_ip)),
        ("ipRangesEveryRequest", flag(&org.ranges_every_request)),
    ]
}

/// Pairs the items of both states by their key, in the order of the keys.
fn pairs_by_key<'f, T, K: Ord>(
    old: &'f [T],
    new: &'f [T],
    key: impl Fn(&'f T) -> K,
) -> Vec<(Option<&'f T>, Option<&'f T>)> {
    let mut pairs: BTreeMap<K, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for item in old {
        pairs.entry(key(item)).or_default().0 = Some(item);
    }
    for item in new {
        pairs.entry(key(item)).or_default().1 = Some(item);
    }
    pairs.into_values().collect()
}

fn profiles(old: &ComparedState<'_>, new: &ComparedState<'_>) -> Vec<Profile> {
    let pairs = pairs_by_key(old.profiles, new.profiles, |profile: &session::Profile| profile.key.as_str());
    let are_known = (old.overrides_are_known, new.overrides_are_known);
    let mut profiles: Vec<_> = pairs
        .into_iter()
        .filter_map(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => in_both(one, other, are_known).map(|it| (it, [(other, new), (one, old)])),
            (None, Some(only)) => on_one_side(only, old, Presence::Added).map(|it| (it, [(only, new); 2])),
            (Some(only), None) => on_one_side(only, new, Presence::Removed).map(|it| (it, [(only, old); 2])),
            (None, None) => None,
        })
        .map(|(changed, sides)| {
            // The new state before the old one.
            let place = sides.iter().find_map(|(profile, state)| Some((profile.own.place?, state)));
            let path = place.filter(|_| changed.reason != ORG_CHANGED);
            Profile { path: path.map(|(place, state)| state.project.sources.get(place.file).path.clone()), ..changed }
        })
        .collect();
    profiles.sort_by_cached_key(|profile| (profile.profile.to_lowercase(), profile.full_name.clone()));
    profiles
}

/// Whether a profile without an override is known to have none.
fn overrides_are_known(facts: &Facts<'_>) -> bool {
    !facts.project.is_broken("ProfileSessionSetting")
}

fn in_both(old: &session::Profile, new: &session::Profile, are_known: (bool, bool)) -> Option<Profile> {
    if old.effective.value == new.effective.value {
        return None;
    }
    let reason = match (old.has_override, new.has_override) {
        (false, true) if are_known.0 => ADDED,
        (true, false) if are_known.1 => REMOVED,
        (true, true) if old.own.value != new.own.value => "profile override changed",
        // A broken file makes values unknown that do not change themselves.
        _ if new.effective.value.is_none() => NO_LONGER_KNOWN,
        _ if old.effective.value.is_none() => NOT_KNOWN_BEFORE,
        _ => ORG_CHANGED,
    };
    Some(profile(new, Presence::Changed, old.effective.value, new.effective.value, reason))
}

/// A profile in one of the states only. The org has it in both if the file is an override without a profile, or a standard
/// profile: then the org's value applies in the other state.
fn on_one_side(only: &session::Profile, other: &ComparedState<'_>, presence: Presence) -> Option<Profile> {
    let effective = only.effective.value;
    if only.component.is_some() && !only.is_standard {
        let (old, new, reason) = match presence {
            Presence::Removed => (effective, None, "profile removed"),
            _ => (None, effective, "profile added"),
        };
        return Some(profile(only, presence, old, new, reason));
    }
    let is_known = other.overrides_are_known;
    let elsewhere = other.org.minutes.value.filter(|_| is_known);
    if !only.has_override || effective == elsewhere {
        return None;
    }
    let (old, new, reason) = match (presence, is_known) {
        (Presence::Removed, true) => (effective, elsewhere, REMOVED),
        (Presence::Removed, false) => (effective, elsewhere, NO_LONGER_KNOWN),
        (_, true) => (elsewhere, effective, ADDED),
        (_, false) => (elsewhere, effective, NOT_KNOWN_BEFORE),
    };
    Some(profile(only, Presence::Changed, old, new, reason))
}

fn profile(
    facts: &session::Profile,
    presence: Presence,
    old: Option<i64>,
    new: Option<i64>,
    reason: &'static str,
) -> Profile {
    Profile {
        profile: facts.label.clone(),
        full_name: facts.full_name.clone(),
        presence,
        integration: facts.is_integration,
        old_minutes: old,
        new_minutes: new,
        reason,
        direction: longer_is_better(old, new),
        path: None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use sessionlint_project::discover::Root;
    use sessionlint_project::load::load;
    use sessionlint_project::metadata::{Inputs, Precedence};
    use sessionlint_project::vfs::Memory;

    const ERP: &str = "connectedApps/ERP.connectedApp";
    const SECURITY: &str = "settings/Security.settings";

    fn project(files: &[(&str, &str)]) -> Project {
        let wrapped = files.iter().map(|(path, content)| {
            let ty = match path.rsplit('.').next() {
                Some("settings") => "SecuritySettings",
                Some("profile") => "Profile",
                Some("profileSessionSetting") => "ProfileSessionSetting",
                Some("ecaOauthPlcy") => "ExtlClntAppOauthConfigurablePolicies",
                Some("ecaGlblOauth") => "ExtlClntAppGlobalOauthSettings",
                _ => "ConnectedApp",
            };
            ((*path).to_owned(), format!("<{ty}>{content}</{ty}>").into_bytes())
        });
        let loaded = load(
            &Root::in_memory(Path::new("x"), Memory::of("x", wrapped)),
            Inputs::on(jiff::civil::date(2026, 12, 1)),
        );
        assert_eq!(loaded.notices, [], "every file is read");
        loaded.project
    }

    fn compared(old: &[(&str, &str)], new: &[(&str, &str)]) -> Diff {
        compared_by(Precedence::Documented, old, new)
    }

    fn compared_by(precedence: Precedence, old: &[(&str, &str)], new: &[(&str, &str)]) -> Diff {
        let (mut old, mut new) = (project(old), project(new));
        (old.inputs.precedence, new.inputs.precedence) = (precedence, precedence);
        let (old, new) = (Facts::of(&old), Facts::of(&new));
        let state = |facts| State { name: "x".to_owned(), kind: "folder", facts, findings: &[] };
        diff(&state(&old), &state(&new))
    }

    fn org(timeout: &str) -> (&'static str, String) {
        (SECURITY, format!("<sessionSettings><sessionTimeout>{timeout}</sessionTimeout></sessionSettings>"))
    }

    fn sales(minutes: &str) -> String {
        format!("<profile>Sales</profile><sessionTimeout>{minutes}</sessionTimeout>")
    }

    /// `profile: old -> new (reason) direction`, for each.
    fn profile_lines(diff: &Diff) -> Vec<String> {
        let minutes = |minutes: Option<i64>| minutes.map_or("?".to_owned(), |minutes| minutes.to_string());
        diff.profiles
            .iter()
            .map(|it| {
                let (old, new) = (minutes(it.old_minutes), minutes(it.new_minutes));
                format!("{}: {old} -> {new} ({}) {}", it.profile, it.reason, it.direction.as_str())
            })
            .collect()
    }

    #[test]
    fn an_override_takes_a_profile_from_the_orgs_value_to_its_own() {
        let (path, hours) = org("EightHours");
        let own = sales("30");
        let without = [(path, hours.as_str())];
        let with = [(path, hours.as_str()), ("a/1.profileSessionSetting", own.as_str())];
        assert_eq!(profile_lines(&compared(&without, &with)), ["Sales: 480 -> 30 (profile override added) worse"]);
        assert_eq!(profile_lines(&compared(&with, &without)), ["Sales: 30 -> 480 (profile override removed) better"]);
        assert!(compared(&with, &with).is_empty());
        let longer = sales("720");
        let changed = [(path, hours.as_str()), ("b/2.profileSessionSetting", longer.as_str())];
        assert_eq!(profile_lines(&compared(&with, &changed)), ["Sales: 30 -> 720 (profile override changed) better"]);
        let (_, two) = org("TwoHours");
        let shorter = [(path, two.as_str()), ("a/1.profileSessionSetting", own.as_str())];
        assert_eq!(profile_lines(&compared(&with, &shorter)), Vec::<String>::new(), "the override holds all the same");
    }

    #[test]
    fn an_override_with_the_orgs_value_is_no_change() {
        let (path, hours) = org("EightHours");
        let same = sales("480");
        let without = [(path, hours.as_str())];
        let with = [(path, hours.as_str()), ("a/1.profileSessionSetting", same.as_str())];
        assert!(compared(&without, &with).is_empty() && compared(&with, &without).is_empty());
    }

    #[test]
    fn a_broken_override_is_no_removed_one() {
        let (path, hours) = org("EightHours");
        let own = sales("30");
        let with = [(path, hours.as_str()), ("a/1.profileSessionSetting", own.as_str())];
        let broken = [(path, hours.as_str()), ("a/1.profileSessionSetting", "<profile>")];
        let (lost, found) = ("Sales: 30 -> ? (no longer known) neutral", "Sales: ? -> 30 (not known before) neutral");
        assert_eq!(profile_lines(&compared(&with, &broken)), [lost]);
        assert_eq!(profile_lines(&compared(&broken, &with)), [found]);
        // The same where the profile is in both states.
        let profile = ("Sales.profile", "<custom>true</custom>");
        let (with, broken) = ([with[0], with[1], profile], [broken[0], broken[1], profile]);
        assert_eq!(profile_lines(&compared(&with, &broken)), [lost]);
        assert_eq!(profile_lines(&compared(&broken, &with)), [found]);
    }

    #[test]
    fn a_profile_counts_beside_the_org_where_it_changes_to_other_minutes() {
        let ((path, hours), (_, half)) = (org("EightHours"), org("ThirtyMinutes"));
        let own = sales("120");
        let state = |org| [(path, org), ("a/1.profileSessionSetting", own.as_str()), ("Depot.profile", "")];
        let diff = compared_by(Precedence::Shortest, &state(hours.as_str()), &state(half.as_str()));
        let lines = ["Depot: 480 -> 30 (org value changed) worse", "Sales: 120 -> 30 (org value changed) worse"];
        assert_eq!(profile_lines(&diff), lines);
        assert_eq!(diff.summary, Summary { worse: 2, better: 0 }, "the org, with Depot, and Sales");
    }

    #[test]
    fn what_is_unknown_has_no_direction() {
        let (path, hours) = org("EightHours");
        let own = sales("30");
        let known = [(path, hours.as_str()), ("Sales.profile", "<custom>true</custom>")];
        let unknown = [("Sales.profile", "<custom>true</custom>")];
        assert_eq!(profile_lines(&compared(&unknown, &known)), ["Sales: ? -> 480 (not known before) neutral"]);
        assert_eq!(profile_lines(&compared(&known, &unknown)), ["Sales: 480 -> ? (no longer known) neutral"]);
        assert_eq!(
            profile_lines(&compared(&[], &[("1.profileSessionSetting", own.as_str())])),
            ["Sales: ? -> 30 (profile override added) neutral"]
        );
        let org = &compared(&unknown, &known).org;
        let setting = Setting {
            setting: "sessionTimeout",
            old: None,
            new: Some(Value::Minutes(480)),
            direction: Direction::Neutral,
        };
        assert_eq!(*org, [setting]);
    }

    #[test]
    fn profiles_come_go_and_follow_the_org() {
        let (path, hours) = org("EightHours");
        let (_, half) = org("ThirtyMinutes");
        let custom = ("Sales.profile", "<custom>true</custom>");
        let old = [(path, hours.as_str()), custom];
        assert_eq!(
            profile_lines(&compared(&old, &[(path, half.as_str()), custom])),
            ["Sales: 480 -> 30 (org value changed) worse"]
        );
        assert_eq!(profile_lines(&compared(&old[..1], &old)), ["Sales: ? -> 480 (profile added) neutral"]);
        assert_eq!(profile_lines(&compared(&old, &old[..1])), ["Sales: 480 -> ? (profile removed) neutral"]);
        let standard = [old[0], ("Admin.profile", "<custom>false</custom>")];
        assert_eq!(profile_lines(&compared(&old[..1], &standard)), Vec::<String>::new(), "every org has it");
    }

    #[test]
    fn flags_of_the_org_are_worse_where_they_are_on() {
        let flags = |on: &str| {
            format!(
                "<sessionSettings><disableTimeoutWarning>{on}</disableTimeoutWarning>\
                 <enforceIpRangesEveryRequest>{on}</enforceIpRangesEveryRequest>\
                 <forceLogoutOnSessionTimeout>{on}</forceLogoutOnSessionTimeout>\
                 <lockSessionsToIp>{on}</lockSessionsToIp></sessionSettings>"
            )
        };
        let (off, on) = (flags("false"), flags("true"));
        let diff = compared(&[(SECURITY, off.as_str())], &[(SECURITY, on.as_str())]);
        let names: Vec<_> = diff.org.iter().map(|setting| (setting.setting, setting.direction.as_str())).collect();
        let expected = ["forcedLogout", "timeoutWarningDisabled", "lockedToIp", "ipRangesEveryRequest"];
        assert_eq!(names, expected.map(|name| (name, "worse")));
        assert_eq!(diff.summary, Summary { worse: 4, better: 0 });
    }

    fn app(policy: &str) -> String {
        format!(
            "<label>ERP</label><oauthConfig><callbackUrl>https://x.example/cb</callbackUrl><scopes>Api</scopes>\
             <scopes>RefreshToken</scopes></oauthConfig>{policy}"
        )
    }

    /// The settings of the one app that changes, with their directions.
    fn app_settings(old: &str, new: &str) -> Vec<(&'static str, &'static str)> {
        let (old, new) = (app(old), app(new));
        let diff = compared(&[(ERP, old.as_str())], &[(ERP, new.as_str())]);
        let settings = diff.apps.iter().flat_map(|app| &app.settings);
        settings.map(|setting| (setting.setting, setting.direction.as_str())).collect()
    }

    #[test]
    fn refresh_tokens_are_compared_by_their_expiry() {
        let policy =
            |policy: &str| format!("<oauthPolicy><refreshTokenPolicy>{policy}</refreshTokenPolicy></oauthPolicy>");
        let direction = |old: &str, new: &str| {
            let settings = app_settings(&policy(old), &policy(new));
            settings.iter().find(|(name, _)| *name == "refreshToken").map(|(_, direction)| *direction)
        };
        assert_eq!(direction("infinite", "specific_lifetime:90:DAYS"), Some("worse"));
        assert_eq!(direction("specific_lifetime:90:DAYS", "infinite"), Some("better"));
        assert_eq!(direction("specific_lifetime:90:DAYS", "specific_lifetime:30:DAYS"), Some("worse"));
        assert_eq!(direction("specific_lifetime:90:DAYS", "specific_inactivity:90:DAYS"), Some("better"));
        assert_eq!(direction("specific_lifetime:90:DAYS", "specific_inactivity:30:DAYS"), Some("neutral"));
        assert_eq!(direction("specific_inactivity:90:DAYS", "specific_lifetime:90:DAYS"), Some("worse"));
        assert_eq!(direction("specific_inactivity:30:DAYS", "zero"), Some("worse"));
        assert_eq!(direction("specific_inactivity:30:DAYS", "nonsense"), Some("neutral"));
        assert_eq!(direction("infinite", "infinite"), None);
        // Salesforce's own limit of 30 days without use holds on the day of these runs.
        assert_eq!(direction("infinite", "specific_inactivity:30:DAYS"), Some("neutral"));
        assert_eq!(direction("specific_inactivity:90:DAYS", "infinite"), Some("neutral"));
        assert_eq!(direction("infinite", "specific_inactivity:7:DAYS"), Some("worse"));
        assert_eq!(direction("specific_inactivity:7:DAYS", "infinite"), Some("better"));
        assert_eq!(
            app_settings(&policy("infinite"), &policy("zero")),
            [("refreshToken", "worse"), ("renewal", "worse")]
        );
    }

    #[test]
    fn timeouts_ip_and_assurance_of_apps_are_compared() {
        let timeout =
            |minutes: &str| format!("<sessionPolicy><sessionTimeout>{minutes}</sessionTimeout></sessionPolicy>");
        assert_eq!(app_settings("", &timeout("30")), [("sessionTimeout", "worse")]);
        assert_eq!(app_settings(&timeout("30"), ""), [("sessionTimeout", "better")]);
        assert_eq!(app_settings(&timeout("30"), &timeout("60")), [("sessionTimeout", "better")]);
        let ip = |word: &str| format!("<oauthPolicy><ipRelaxation>{word}</ipRelaxation></oauthPolicy>");
        assert_eq!(app_settings(&ip("BYPASS"), &ip("ENFORCE")), [("ipRelaxation", "worse")]);
        assert_eq!(app_settings(&ip("ENFORCE_RELAXREFRESH"), &ip("BYPASS_2FACTOR")), [("ipRelaxation", "neutral")]);
        assert_eq!(app_settings(&ip("BYPASS"), &ip("enforce")), [("ipRelaxation", "neutral")], "no documented word");
        let high = "<sessionPolicy><sessionLevel>HIGH_ASSURANCE</sessionLevel></sessionPolicy>";
        assert_eq!(app_settings("", high), [("assurance", "worse")]);
        let block = "<sessionPolicy><policyAction>Block</policyAction><sessionLevel>HIGH_ASSURANCE</sessionLevel></sessionPolicy>";
        assert_eq!(app_settings(block, high), [("assurance", "better")]);
        let action = |action: &str, more: &str| {
            format!("{more}<sessionPolicy><policyAction>{action}</policyAction></sessionPolicy>")
        };
        assert_eq!(
            app_settings("", &action("Block", "")),
            [("assurance", "neutral")],
            "without a level nothing is low"
        );
        assert_eq!(app_settings("", &action("StepUpMFA", "")), [("assurance", "worse")]);
        assert_eq!(
            app_settings(&action("StepUpMFA", ""), &action("RaiseSessionLevel", "")),
            [("assurance", "neutral")]
        );
    }

    #[test]
    fn a_program_cannot_raise_its_session() {
        let app = |policy: &str| {
            format!(
                "<label>ERP</label><oauthConfig><certificate>ERP</certificate><isAdminApproved>true</isAdminApproved>\
                 <scopes>Api</scopes></oauthConfig>{policy}"
            )
        };
        let block = app(
            "<sessionPolicy><policyAction>Block</policyAction><sessionLevel>HIGH_ASSURANCE</sessionLevel></sessionPolicy>",
        );
        let raise = app("<sessionPolicy><policyAction>RaiseSessionLevel</policyAction></sessionPolicy>");
        let diff = compared(&[(ERP, block.as_str())], &[(ERP, raise.as_str())]);
        let settings: Vec<_> =
            diff.apps[0].settings.iter().map(|setting| (setting.setting, setting.direction.as_str())).collect();
        assert_eq!(settings, [("assurance", "neutral")]);
    }

    #[test]
    fn a_session_timeout_is_compared_for_opaque_tokens_only() {
        let policy = |form: &str, minutes: &str| {
            format!(
                "<externalClientApplication>ERP</externalClientApplication>\
                 <isNamedUserJwtEnabled>{form}</isNamedUserJwtEnabled>\
                 <sessionTimeoutInMinutes>{minutes}</sessionTimeoutInMinutes>"
            )
        };
        let file = "ERP.ecaOauthPlcy";
        for (form, direction) in [("true", "neutral"), ("false", "worse")] {
            let (old, new) = (policy(form, "120"), policy(form, "60"));
            let diff = compared(&[(file, old.as_str())], &[(file, new.as_str())]);
            let settings: Vec<_> =
                diff.apps[0].settings.iter().map(|setting| (setting.setting, setting.direction.as_str())).collect();
            assert_eq!(settings, [("sessionTimeout", direction)], "JWT form: {form}");
        }
    }

    #[test]
    fn minutes_of_a_token_in_jwt_form_have_a_direction_only_where_they_apply() {
        let policy = |form: &str, life: &str| {
            format!(
                "<externalClientApplication>ERP</externalClientApplication>\
                 <isNamedUserJwtEnabled>{form}</isNamedUserJwtEnabled>{life}\
                 <sessionTimeoutInMinutes>60</sessionTimeoutInMinutes>"
            )
        };
        let minutes = |minutes: &str| format!("<namedUserJwtTimeout>{minutes}</namedUserJwtTimeout>");
        let session = "<namedUserJwtSessionTimeoutType>UserSession</namedUserJwtSessionTimeoutType>";
        let file = "ERP.ecaOauthPlcy";
        let settings = |form: &str, old: &str, new: &str| {
            let (path, two) = org("TwoHours");
            let (old, new) = (policy(form, old), policy(form, new));
            let org = (path, two.as_str());
            let diff = compared(&[org, (file, old.as_str())], &[org, (file, new.as_str())]);
            let settings = diff.apps.into_iter().flat_map(|app| app.settings);
            settings.map(|it| (it.setting, it.old, it.new, it.direction)).collect::<Vec<_>>()
        };
        let value = |minutes| Some(Value::Minutes(minutes));
        let (long, short) = (minutes("30"), minutes("5"));
        let changed = |direction| vec![("jwtTimeout", value(30), value(5), direction)];
        assert_eq!(settings("true", &long, &short), changed(Direction::Worse));
        assert_eq!(settings("false", &long, &short), changed(Direction::Neutral), "its tokens are opaque");
        let with = |life: &str, minutes: &str| {
            policy("false", life).replace("<sessionTimeoutInMinutes>60", &format!("<sessionTimeoutInMinutes>{minutes}"))
        };
        let (old, new) = (with(&long, "60"), with(&short, "15"));
        let app = compared(&[(file, old.as_str())], &[(file, new.as_str())]).apps.remove(0);
        let directions: Vec<_> = app.settings.iter().map(|it| (it.setting, it.direction)).collect();
        let expected = [("sessionTimeout", Direction::Worse), ("jwtTimeout", Direction::Neutral)];
        assert_eq!(directions, expected, "only the timeout that applies");
        // The minutes beside it do not apply.
        let both = format!("{session}{long}");
        let word = Some(Value::Word("session".to_owned()));
        assert_eq!(settings("true", &both, &short), [("jwtTimeout", word, value(5), Direction::Worse)]);
    }

    #[test]
    fn the_form_of_tokens_has_a_direction_only_where_every_session_is_known() {
        let policy = |form: &str| {
            format!(
                "<externalClientApplication>ERP</externalClientApplication>\
                 <isNamedUserJwtEnabled>{form}</isNamedUserJwtEnabled><namedUserJwtTimeout>720</namedUserJwtTimeout>"
            )
        };
        let direction = |minutes: &str| {
            let (path, two) = org("TwoHours");
            let sales = sales(minutes);
            let with = |policy: &str| {
                let files = [
                    (path, two.as_str()),
                    ("a/1.profileSessionSetting", sales.as_str()),
                    ("ERP.ecaOauthPlcy", policy),
                    ("ERP.ecaGlblOauth", policy),
                ];
                project(&files)
            };
            let (old, new) = (policy("false"), policy("true"));
            let (old, new) = (with(&old), with(&new));
            let (old, new) = (Facts::of(&old), Facts::of(&new));
            let state = |facts| State { name: "x".to_owned(), kind: "folder", facts, findings: &[] };
            let diff = diff(&state(&old), &state(&new));
            diff.apps[0].settings.iter().find(|it| it.setting == "tokenForm").map(|it| it.direction)
        };
        assert_eq!(direction("30"), Some(Direction::Better), "30 minutes, then 12 hours");
        assert_eq!(direction("soon"), Some(Direction::Neutral), "who has Sales may have had 24 hours");
    }

    #[test]
    fn a_timeout_longer_than_that_of_the_users_is_no_loss() {
        let (path, half) = org("ThirtyMinutes");
        let (without, with) = (app(""), app("<sessionPolicy><sessionTimeout>120</sessionTimeout></sessionPolicy>"));
        let diff =
            compared(&[(path, half.as_str()), (ERP, without.as_str())], &[(path, half.as_str()), (ERP, with.as_str())]);
        assert_eq!(diff.apps[0].settings[0].direction, Direction::Better);
        assert_eq!(diff.apps[0].settings[0].old, Some(Value::Word("none".to_owned())));
    }

    #[test]
    fn a_new_connected_app_carries_a_warning_and_one_of_the_other_kind_is_another_app() {
        let erp = app("");
        let policy = "<externalClientApplication>ERP</externalClientApplication>\
                      <refreshTokenPolicyType>Infinite</refreshTokenPolicyType>";
        let diff = compared(&[("ERP.ecaOauthPlcy", policy)], &[(ERP, erp.as_str())]);
        let apps: Vec<_> = diff.apps.iter().map(|app| (app.kind, app.presence, app.note.is_some())).collect();
        let expected =
            [("ConnectedApp", Presence::Added, true), ("ExternalClientApplication", Presence::Removed, false)];
        assert_eq!(apps, expected);
        assert_eq!(diff.summary, Summary::default());
        assert!(diff.apps[0].settings.iter().all(|setting| setting.old.is_none()));
    }
}
