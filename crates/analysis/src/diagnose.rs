//! Finds the causes of a symptom: those that the files confirm, leave possible or rule out, and those that no file shows.
//!
//! The page of a rule names the symptoms that its findings explain. The table of symptoms lists causes that no file shows.
//! This module adds the facts of a project that exclude causes. Refuses to know any rule.

use serde::Serialize;

use crate::broke_on::{BrokeOn, Nearness};
use crate::calendar::{Event, events};
use crate::exports::{Evidence, Standing, Statement};
use crate::located::{Located, located};
use crate::recognise::{RecognisedError, RecognisedText};
use sessionlint_facts::oauth::{OAuthApp, RefreshKind, Renewal};
use sessionlint_facts::{Facts, Shapes, Views};
use sessionlint_lint::diagnostic::{Confidence, Diagnostic, Severity, Strength};
use sessionlint_lint::rule::{Calendar, Contradiction as Fact, Symptoms};
use sessionlint_source::{FileId, Place};

/// The diagnosis of a project.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Version of the format.
    pub version: u32,
    /// One per requested symptom, in the order of the table of symptoms; the best match first if a text was given.
    pub symptoms: Vec<Symptom>,
    /// One line a symptom, in the same order.
    pub overview: Vec<SymptomSummary>,
    /// The errors in the given text.
    pub recognised: Vec<RecognisedError>,
    /// The evidence of exports and logs; null if none were given.
    pub evidence: Option<Evidence>,
    /// The changes before the day on which it broke; present if a day was given.
    #[serde(rename = "brokeOn", skip_serializing_if = "Option::is_none")]
    pub broke_on: Option<BrokeOn>,
}

impl Diagnosis {
    /// Puts causes that changed shortly before the day on which it broke first, the nearest before the others.
    pub fn rank_by(&mut self, near: BrokeOn, nearness: impl Fn(&Cause) -> Option<Nearness>) {
        for symptom in &mut self.symptoms {
            for causes in [&mut symptom.causes, &mut symptom.possible] {
                for cause in causes.iter_mut() {
                    cause.changed = nearness(cause);
                }
                causes.sort_by_key(|cause| cause.changed.as_ref().map_or(i64::MAX, |it| it.days_earlier));
            }
        }
        self.overview = self.symptoms.iter().map(summary_of).collect();
        self.broke_on = Some(near);
    }
}

/// A symptom in a line.
#[derive(Clone, Debug, Serialize)]
pub struct SymptomSummary {
    /// Id of the symptom.
    pub symptom: String,
    /// The title of the symptom.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The best explanation.
    pub cause: Option<Cause>,
    /// Files, in words, that the project lacks and that could contain a cause.
    pub lacks: Vec<String>,
    /// The cause that exports and logs confirm.
    pub evidence: Option<Statement>,
}

/// Whether a symptom is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A finding or an export of the org confirms a cause.
    Confirmed,
    /// A finding may explain the symptom.
    Possible,
    /// No finding explains the symptom.
    None,
}

/// A symptom and its causes in the project.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Symptom {
    /// Its id.
    pub id: String,
    /// The title of the symptom.
    pub title: String,
    /// Causes that the files confirm, the best explanation first.
    pub causes: Vec<Cause>,
    /// Possible causes that the files do not prove.
    pub possible: Vec<Cause>,
    /// Facts that exclude causes.
    pub ruled_out: Vec<RuledOut>,
    /// Past dated changes of Salesforce that concern the project and can cause it, the latest first.
    pub changes: Vec<Event>,
    /// Causes that no file can show.
    pub not_visible: Vec<NotVisible>,
    /// Causes that exports and logs confirm, exclude and leave open.
    pub evidence: Vec<Statement>,
}

/// A finding as a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The rule that found it.
    pub rule: String,
    /// The severity.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// The message.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The page of Setup.
    pub setup: String,
    /// The file.
    pub path: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// Whether a given error, or one in exports and logs, points to it.
    pub fits_error: bool,
    /// The commit that introduced it shortly before the day on which it broke; present if a day was given and there is
    /// such a commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Nearness>,
}

/// A fact that excludes a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuledOut {
    /// The fact.
    pub text: String,
    /// The file that proves it; null if it is proved by the absence of a file.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
}

/// A cause that only the org shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotVisible {
    /// The cause.
    pub text: String,
    /// The files, in words, that would show it and that the project lacks; null if no file ever shows it.
    pub lacks: Option<String>,
    /// The page in Setup, or the log, that shows it.
    pub setup: Option<String>,
    /// The query that shows it.
    pub query: Option<String>,
}

/// Diagnoses a project: `findings` are those of every rule, whatever the preset.
pub fn diagnose(
    views: &Views<'_>,
    findings: &[Diagnostic],
    table: &Symptoms,
    text: Option<&RecognisedText>,
) -> Diagnosis {
    let facts = views.facts();
    let ids: Vec<&str> = match text {
        Some(text) => text.symptoms.iter().map(String::as_str).collect(),
        None => table.ids().collect(),
    };
    let explained_by_error: Vec<&String> =
        text.iter().flat_map(|text| &text.errors).flat_map(|error| &error.causes).collect();
    let fits_error = |finding: &Diagnostic| explained_by_error.contains(&&finding.rule);
    let events = changes(views);
    let symptom = |known: &sessionlint_lint::rule::Symptom| {
        let mut causes = Vec::new();
        let mut possible = Vec::new();
        for finding in findings {
            let Some(explains) = finding.explains.iter().find(|it| it.symptom == known.id) else { continue };
            let confirms = explains.strength == Strength::Confirms;
            if confirms && finding.confidence > Confidence::Low && decides(facts, finding) {
                causes.push(finding);
            } else {
                possible.push(finding);
            }
        }
        Symptom {
            id: known.id.clone(),
            title: known.title.clone(),
            ruled_out: ruled_out(facts, &known.against, causes.iter().chain(&possible).copied()),
            causes: ranked(facts, causes, fits_error),
            possible: ranked(facts, possible, fits_error),
            changes: events.iter().filter(|event| event.symptoms.contains(&known.id)).cloned().collect(),
            not_visible: not_visible(views, table, &known.id),
            evidence: Vec::new(),
        }
    };
    let symptoms: Vec<Symptom> = ids.into_iter().filter_map(|id| table.get(id)).map(symptom).collect();
    Diagnosis {
        version: 1,
        overview: symptoms.iter().map(summary_of).collect(),
        symptoms,
        recognised: text.map(|text| text.errors.clone()).unwrap_or_default(),
        evidence: None,
        broke_on: None,
    }
}

/// The past dated changes of Salesforce that concern the project, the latest first.
fn changes(views: &Views<'_>) -> Vec<Event> {
    let facts = views.facts();
    let as_of = facts.project.inputs.as_of;
    let mut events = events(&Calendar::embedded(), Some((facts, views)), as_of);
    events.retain(|event| event.concerns && event.has_come(as_of));
    events.reverse();
    events
}

/// The line of a symptom. The best explanation is a cause that an error points to, then a confirmed cause.
pub(super) fn summary_of(symptom: &Symptom) -> SymptomSummary {
    let best = |causes: &[Cause]| causes.first().cloned();
    let explained_by_error = symptom.causes.iter().chain(&symptom.possible).find(|cause| cause.fits_error).cloned();
    let cause = explained_by_error.or_else(|| best(&symptom.causes)).or_else(|| best(&symptom.possible));
    // The verdict is about the cause in the line.
    let verdict = match &cause {
        None => Verdict::None,
        Some(cause) if symptom.causes.contains(cause) => Verdict::Confirmed,
        Some(_) => Verdict::Possible,
    };
    let evidence = symptom.evidence.iter().find(|it| it.standing == Standing::Confirmed).cloned();
    let verdict = if evidence.is_some() { Verdict::Confirmed } else { verdict };
    let lacks = symptom.not_visible.iter().filter_map(|it| it.lacks.clone()).collect();
    SymptomSummary { symptom: symptom.id.clone(), title: symptom.title.clone(), verdict, cause, lacks, evidence }
}

/// Causes that no file shows and that the project does not exclude.
fn not_visible(views: &Views<'_>, table: &Symptoms, id: &str) -> Vec<NotVisible> {
    let holds_apex = views.facts().project.code.apex() > 0;
    let of_symptom = table.unseen().iter().filter(|unseen| unseen.symptoms.iter().any(|symptom| symptom == id));
    let open = of_symptom.filter(|unseen| unseen.is_open(views, &Shapes, holds_apex));
    open.map(|it| NotVisible {
        text: it.text.clone(),
        lacks: it.lacks.clone(),
        setup: it.setup.clone(),
        query: it.query.clone(),
    })
    .collect()
}

/// Whether the subject of a finding takes effect in the org. Of several Security settings files only the last one does,
/// and of several timeouts of a profile the one that decides for it.
fn decides(facts: &Facts<'_>, finding: &Diagnostic) -> bool {
    let file = finding.place.file;
    match finding.subject.as_ref().map(|subject| subject.ty.as_str()) {
        Some("SecuritySettings") => {
            facts.project.of_type("SecuritySettings").last().is_none_or(|(_, component)| component.file == file)
        }
        Some("ProfileSessionSetting") => {
            facts.profiles().iter().any(|profile| profile.own.place.is_some_and(|place| place.file == file))
        }
        _ => true,
    }
}

/// Sorts causes: those that an error points to, then by severity, confidence, rule and place.
fn ranked(facts: &Facts<'_>, mut findings: Vec<&Diagnostic>, fits_error: impl Fn(&Diagnostic) -> bool) -> Vec<Cause> {
    findings.sort_by_key(|finding| {
        let grade = (std::cmp::Reverse(finding.severity), std::cmp::Reverse(finding.confidence));
        (!fits_error(finding), grade, finding.rule.clone(), finding.place)
    });
    let cause = |finding: &Diagnostic| {
        let Located { path, line, column, .. } = located(facts.project, finding.place);
        Cause {
            rule: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            message: finding.message.clone(),
            help: finding.help.clone(),
            setup: finding.setup.clone(),
            path,
            line,
            column,
            fits_error: fits_error(finding),
            changed: None,
        }
    };
    findings.into_iter().map(cause).collect()
}

/// Facts of the project that exclude causes of a symptom. A fact never contradicts a finding.
fn ruled_out<'d>(facts: &Facts<'_>, against: &[Fact], causes: impl Iterator<Item = &'d Diagnostic>) -> Vec<RuledOut> {
    let causes: Vec<&Diagnostic> = causes.collect();
    let mut out = RuledOutFacts { facts, list: Vec::new() };
    for fact in against {
        out.add_fact(*fact, &causes);
    }
    out.list
}

struct RuledOutFacts<'f, 'p> {
    facts: &'f Facts<'p>,
    list: Vec<RuledOut>,
}

impl RuledOutFacts<'_, '_> {
    fn add(&mut self, text: String, place: Option<Place>) {
        let place = place.map(|place| located(self.facts.project, place));
        let (path, line) = place.map(|it| (it.path, it.line)).unzip();
        self.list.push(RuledOut { text, path, line });
    }

    /// Adds a fact if it holds for the project. Some facts are added only if no finding explains the symptom.
    fn add_fact(&mut self, fact: Fact, causes: &[&Diagnostic]) {
        let org = self.facts.org();
        match fact {
            Fact::SessionsLongerThan(minutes) => self.long_sessions(minutes),
            Fact::NoAddressChecks => self.no_address_checks(),
            Fact::WarningBeforeEnd => {
                let (value, place) = (org.warning_disabled.value, org.warning_disabled.place);
                self.flag(value, place, "people are warned before a session ends");
            }
            Fact::NoForcedLogout => {
                let (value, place) = (org.forced_logout.value, org.forced_logout.place);
                self.flag(value, place, "inactive users are not logged out in the browser");
            }
            Fact::RenewingApps => self.renewing_apps(causes),
            Fact::JobsWithoutTokens if causes.is_empty() => self.jobs_without_tokens(),
            Fact::NoAppTimeouts if causes.is_empty() => self.no_app_timeouts(),
            Fact::JobsWithoutTokens | Fact::NoAppTimeouts => {}
        }
    }

    /// Adds `text` if a flag is known to be off.
    fn flag(&mut self, value: Option<bool>, place: Option<Place>, text: &str) {
        if value == Some(false) {
            self.add(text.to_owned(), place);
        }
    }

    /// The sessions of the org and of all profiles are longer than `minutes`.
    fn long_sessions(&mut self, minutes: i64) {
        let org = self.facts.org().minutes.clone();
        if let Some(value) = org.value.filter(|value| *value > minutes) {
            self.add(format!("the org default is {}", sessionlint_lint::rule::minutes_in_words(value)), org.place);
        }
        let profiles = self.facts.profiles();
        let short = profiles.iter().filter(|profile| profile.effective.value.is_none_or(|value| value <= minutes));
        if !profiles.is_empty() && short.count() == 0 {
            let whose = match profiles.len() {
                1 => "the one profile".to_owned(),
                many => format!("each of the {many} profiles"),
            };
            self.add(format!("{whose} in the project has more than {minutes} minutes"), None);
        }
    }

    /// No documented setting ends a running session because of its address.
    fn no_address_checks(&mut self) {
        let locked = self.facts.org().locked_to_ip.clone();
        self.flag(locked.value, locked.place, "sessions are not bound to the address they began at");
        let every = self.facts.org().ranges_every_request.clone();
        self.flag(every.value, every.place, "login IP ranges are checked at login only, not at every request");
    }

    /// Apps whose access does not expire, and about which there is no finding.
    fn renewing_apps(&mut self, causes: &[&Diagnostic]) {
        for app in self.facts.apps().iter().filter(|app| app.verdict.tier.is_integration()) {
            if causes.iter().any(|finding| is_about(finding, app)) {
                continue;
            }
            let kind = app.refresh_policy().map(|policy| policy.kind);
            let label = sessionlint_lint::rule::one_line(&app.written.label).into_owned();
            let text = match app.renewal {
                Some(Renewal::Jwt) => {
                    format!("{label} signs in by JWT and is approved by an administrator: it needs no refresh token")
                }
                Some(Renewal::ClientCredentials) => {
                    format!("{label} signs in by client credentials: it needs no refresh token")
                }
                // With rotation, reuse of an old token revokes the new one.
                Some(Renewal::RefreshToken)
                    if kind == Some(RefreshKind::UntilRevoked) && app.written.is_rotating.value != Some(true) =>
                {
                    format!("{label}'s refresh token policy ends no refresh token that is used at least every 30 days")
                }
                _ => continue,
            };
            self.add(text, place_of(app));
        }
    }

    /// Jobs that keep no session id and make callouts only through named credentials, which renew their tokens.
    fn jobs_without_tokens(&mut self) {
        let jobs = self.facts.jobs();
        let files = self.facts.project.code.apex();
        if files == 0 || jobs.hold_tokens {
            return;
        }
        if jobs.callouts == 0 {
            let text = format!(
                "as far as calls can be followed, nothing asynchronous in the project's Apex calls out or holds a session id (files looked through: {files})"
            );
            self.add(text, None);
        } else if jobs.by_credential == jobs.callouts {
            let text = format!(
                "as far as calls can be followed, asynchronous Apex calls out through named credentials only (ways to a callout: {}): they get a new token when REST answers 401",
                jobs.callouts
            );
            self.add(text, jobs.place);
        }
    }

    /// Apps without a timeout of their own.
    fn no_app_timeouts(&mut self) {
        let apps = self.facts.apps();
        if !apps.is_empty() && apps.iter().all(|app| !app.written.has_session_timeout) {
            let text = format!(
                "no app in the project has a session timeout of its own (apps looked at: {}): profile or org decide",
                apps.len()
            );
            self.add(text, None);
        }
    }
}

fn place_of(app: &OAuthApp) -> Option<Place> {
    let policy = app.written.refresh_policy.place.filter(|_| app.renewal == Some(Renewal::RefreshToken));
    policy.or(app.written.certificate).or(app.written.client_credentials.place).or(app.written.place)
}

/// Whether a finding is about an app: it is in one of the app's files, or its component has the app's name.
fn is_about(finding: &Diagnostic, app: &OAuthApp) -> bool {
    let written = &app.written;
    let places = [written.place, written.refresh_policy.place, written.certificate, written.client_credentials.place];
    let files: Vec<FileId> = places.into_iter().flatten().map(|place| place.file).collect();
    let subject = finding.subject.as_ref().map(|subject| subject.name.as_str());
    files.contains(&finding.place.file) || subject == Some(written.full_name.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sessionlint_facts::Shapes;
    use sessionlint_lint::rule::Catalog;

    #[test]
    fn what_an_error_points_to_explains_a_symptom_of_it() {
        let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
        for error in catalog.symptoms().errors() {
            for cause in &error.causes {
                let rule = catalog.get(cause).unwrap_or_else(|| panic!("{cause} of {:?}", error.texts));
                let explains = rule.definition.symptom_ids();
                assert!(error.symptoms.iter().any(|id| explains.contains(id)), "{cause} of {:?}", error.texts);
            }
        }
    }
}
