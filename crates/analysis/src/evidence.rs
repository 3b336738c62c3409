//! Compares the evidence of exports and logs with a diagnosis: which causes it confirms, excludes or leaves open.
//!
//! `sessionlint_evidence` reads the evidence. An export confirms a cause only if it names the status and the app or user.
//! It excludes a cause only for the time and the kind that it covers. All other causes are not covered. An [`Evidence`]
//! contains names of users, ids and addresses only on request. Refuses to know a rule or a symptom by name, and the format
//! of the output.

mod intervals;
mod logins;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use super::diagnose::{Cause, Diagnosis, summary_of};
use super::exports::{
    AppTokens, CauseEvidence, Defect, Evidence, File, Interval, MissingColumn, Standing, Statement, UnusedFile,
};
use crate::words::add;
use jiff::civil::Date;
use sessionlint_evidence::{EventSource, FileSummary, Moment, Name, Observations, Table, Times, redact};
use sessionlint_facts::oauth::{OAuthApp, idle_limit};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::rule::Symptoms;
use sessionlint_source::Place;
use sessionlint_source::words::count;

/// The evidence, and whether to show users in it.
#[derive(Debug)]
pub struct EvidenceInput<'g> {
    /// What was read.
    pub observations: &'g Observations,
    /// Files that cannot be used.
    pub unused: Vec<UnusedFile>,
    /// The table that it was read with.
    pub table: &'g Table,
    /// Whether users and addresses are named.
    pub show_users: bool,
}

/// Adds the evidence to a diagnosis. Causes that it points to come first.
pub fn add_evidence(
    diagnosis: &mut Diagnosis,
    views: &Views<'_>,
    findings: &[Diagnostic],
    symptoms: &Symptoms,
    input: EvidenceInput<'_>,
) {
    let facts = views.facts();
    let comparison = Comparison::of(facts, symptoms, &input);
    let mut causes = comparison.logins();
    causes.extend(comparison.errors());
    let by_standing = |cause: &CauseEvidence| (cause.standing, std::cmp::Reverse(cause.rows));
    causes.sort_by_key(by_standing);
    let without_rows = comparison.apps_without_rows();
    let intervals = comparison.intervals();
    let timeline = comparison.timeline(views);
    for symptom in &mut diagnosis.symptoms {
        for cause in symptom.causes.iter_mut().chain(&mut symptom.possible) {
            cause.fits_error |= comparison.points_to(&causes, cause, findings);
        }
        symptom.causes.sort_by_key(|cause| !cause.fits_error);
        symptom.possible.sort_by_key(|cause| !cause.fits_error);
        symptom.evidence = comparison.statements(&symptom.id, &causes, &intervals);
        symptom.evidence.extend(logins::without_rows_together(&without_rows));
    }
    causes.extend(without_rows);
    causes.sort_by_key(by_standing);
    for symptom in &diagnosis.symptoms {
        if let Some(of) = diagnosis.overview.iter_mut().find(|line| line.symptom == symptom.id) {
            *of = summary_of(symptom);
        }
    }
    let sessions = comparison.sessions();
    let tokens = comparison.tokens(facts.project.inputs.as_of);
    let notes = comparison.notes();
    let files = input.observations.files.iter().map(file).collect();
    let refused = input.unused;
    diagnosis.evidence = Some(Evidence { files, refused, causes, intervals, sessions, tokens, timeline, notes });
}

fn file(read: &FileSummary) -> File {
    let (from, to) = span(&read.times);
    File {
        path: read.path.clone(),
        kind: read.kind.as_str(),
        rows: read.rows,
        used: read.used,
        from,
        to,
        has_local_times: read.has_local_times,
        problems: read.problems.iter().map(|it| Defect { line: it.line, text: it.text.clone() }).collect(),
        more_problems: read.more_problems,
        missing: read.missing.iter().map(|(column, text)| MissingColumn { column, text }).collect(),
        unknown_columns: read.unknown.clone(),
        notes: read.notes.clone(),
    }
}

fn span(times: &Times) -> (Option<String>, Option<String>) {
    times.span().map(|(first, last)| (first.in_words(), last.in_words())).unzip()
}

/// A name of an app without case and punctuation, because exports contain labels and files contain names.
fn plain(name: &str) -> String {
    name.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The facts and the evidence that are compared.
struct Comparison<'s> {
    facts: &'s Facts<'s>,
    symptoms: &'s Symptoms,
    observations: &'s Observations,
    table: &'s Table,
    show_users: bool,
    /// Pseudonyms of users, by number of failed logins.
    pseudonyms: BTreeMap<Name, usize>,
    /// Names of users by their ids.
    user_names: BTreeMap<Name, Name>,
    /// Apps of the project by the names that exports may contain.
    apps_by_name: BTreeMap<String, &'s OAuthApp>,
    /// The times of successful logins of each app, in order.
    successes: BTreeMap<Option<Name>, Vec<Moment>>,
    /// The apps of each file of the project.
    apps_by_path: BTreeMap<&'s str, BTreeSet<&'s str>>,
}

impl<'s> Comparison<'s> {
    fn of(facts: &'s Facts<'s>, symptoms: &'s Symptoms, input: &EvidenceInput<'s>) -> Self {
        let observations = input.observations;
        let mut rows: BTreeMap<Name, u64> = BTreeMap::new();
        for logins in observations.logins.values() {
            for group in logins.failed.values().chain(logins.unknown.values()) {
                for (user, count) in &group.users {
                    *rows.entry(observations.canonical_user(*user)).or_default() += count;
                }
            }
        }
        for event in observations.starts.iter().chain(&observations.ends) {
            if let Some(user) = event.source.user() {
                rows.entry(observations.canonical_user(user)).or_default();
            }
        }
        let mut people: Vec<(Name, u64)> = rows.into_iter().collect();
        people.sort_by_key(|(user, rows)| (std::cmp::Reverse(*rows), observations.users.text(*user)));
        let pseudonyms = people.into_iter().enumerate().map(|(at, (user, _))| (user, at + 1)).collect();
        let mut apps_by_path: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for app in facts.apps() {
            let written = &app.written;
            let places = [
                written.place,
                written.refresh_policy.place,
                written.certificate,
                written.client_credentials.place,
                written.ip_relaxation.place,
                written.session_minutes.place,
                written.is_admin_approved.place,
            ];
            for place in places.into_iter().flatten() {
                let path = facts.project.sources.get(place.file).path.as_str();
                apps_by_path.entry(path).or_default().insert(&written.full_name);
            }
        }
        let mut apps_by_name = BTreeMap::new();
        for app in facts.apps() {
            for name in [&app.written.label, &app.written.full_name] {
                apps_by_name.entry(plain(name)).or_insert(app);
            }
        }
        apps_by_name.remove("");
        let mut successes: BTreeMap<Option<Name>, Vec<Moment>> = BTreeMap::new();
        for event in observations.starts.iter().filter(|event| matches!(event.source, EventSource::Login(..))) {
            successes.entry(event.source.app()).or_default().push(event.moment);
        }
        for moments in successes.values_mut() {
            moments.sort_unstable();
        }
        Self {
            facts,
            symptoms,
            observations,
            table: input.table,
            show_users: input.show_users,
            pseudonyms,
            user_names: observations.user_names(),
            apps_by_name,
            successes,
            apps_by_path,
        }
    }

    /// A text of an export without what may not be shown.
    fn redact(&self, text: &str) -> String {
        redact(text, self.show_users)
    }

    /// The name or pseudonym of a user.
    fn user(&self, user: Name) -> String {
        if self.show_users {
            let canonical_user = self.observations.canonical_user(user);
            let name = self.user_names.get(&canonical_user).copied().unwrap_or(canonical_user);
            return redact(self.observations.users.text(name), true);
        }
        self.pseudonyms
            .get(&self.observations.canonical_user(user))
            .map_or_else(|| "a user".to_owned(), |at| format!("user {at}"))
    }

    /// The app of the project with this name in an export.
    fn app(&self, name: &str) -> Option<&'s OAuthApp> {
        self.apps_by_name.get(&plain(name)).copied()
    }

    /// Symptoms of integrations, of browser users, or of both if an app may be either.
    fn symptoms_for(&self, app: Option<&str>, programs: &[String], people: &[String]) -> Vec<String> {
        let is_integration = app.and_then(|app| self.app(app)).is_some_and(|app| app.verdict.tier.is_integration());
        let is_browser = app.is_some_and(|app| ["browser", "n/a"].contains(&app.to_lowercase().as_str()));
        match (is_integration, is_browser) {
            (true, _) => programs.to_vec(),
            (_, true) => people.to_vec(),
            _ => [programs, people].concat(),
        }
    }

    fn path_and_line(&self, place: Place) -> (String, u32) {
        let source = self.facts.project.sources.get(place.file);
        (source.path.clone(), source.position(place.span.start).line)
    }

    /// Whether evidence points to a finding: to its rule, and to no other app.
    fn points_to(&self, evidence: &[CauseEvidence], cause: &Cause, findings: &[Diagnostic]) -> bool {
        let shows = |evidence: &&CauseEvidence| matches!(evidence.standing, Standing::Confirmed | Standing::Possible);
        let evidence: Vec<&CauseEvidence> =
            evidence.iter().filter(shows).filter(|evidence| evidence.rules.contains(&cause.rule)).collect();
        if evidence.is_empty() {
            return false;
        }
        let path = |place: Place| self.facts.project.sources.get(place.file).path.as_str();
        let is_it = |finding: &&Diagnostic| {
            finding.rule == cause.rule && finding.message == cause.message && path(finding.place) == cause.path
        };
        // A finding for several apps has the others as related places.
        let beside = findings.iter().filter(is_it).flat_map(|finding| &finding.related).map(|label| path(label.place));
        let paths = std::iter::once(cause.path.as_str()).chain(beside);
        let about: BTreeSet<&str> = paths.filter_map(|path| self.apps_by_path.get(path)).flatten().copied().collect();
        evidence.iter().any(|evidence| match &evidence.app {
            Some(app) if !about.is_empty() => {
                self.app(app).is_some_and(|app| about.contains(app.written.full_name.as_str()))
            }
            _ => true,
        })
    }

    /// The evidence on a symptom.
    fn statements(&self, symptom: &str, causes: &[CauseEvidence], intervals: &[Interval]) -> Vec<Statement> {
        let explains = |cause: &&CauseEvidence| cause.symptoms.iter().any(|id| id == symptom);
        let shows = |cause: &&CauseEvidence| matches!(cause.standing, Standing::Confirmed | Standing::Possible);
        let mut statements: Vec<Statement> =
            causes.iter().filter(explains).filter(shows).map(CauseEvidence::statement).collect();
        let sure = intervals.iter().filter(|interval| interval.confidence.is_some());
        let sure = sure.filter(|interval| {
            let of =
                self.symptoms_for(interval.app.as_deref(), &self.table.interval_symptoms, &self.table.interval_people);
            of.iter().any(|id| id == symptom)
        });
        statements.extend(sure.map(|it| Statement {
            standing: Standing::Possible,
            text: it.text.clone(),
            brief: format!("{}: {}", it.ends, intervals::in_brief(it)),
        }));
        // All causes that the rows of an app exclude share a sentence.
        let mut excluded: BTreeMap<(&Option<String>, u64), Vec<&CauseEvidence>> = BTreeMap::new();
        for cause in causes.iter().filter(explains).filter(|cause| cause.standing == Standing::Excluded) {
            excluded.entry((&cause.app, cause.of)).or_default().push(cause);
        }
        for list in excluded.into_values() {
            statements.extend(logins::excluded_together(&list));
        }
        let open = causes
            .iter()
            .filter(|cause| cause.standing == Standing::NotCovered && (cause.symptoms.is_empty() || explains(cause)));
        statements.extend(open.map(CauseEvidence::statement));
        statements.sort_by_key(|statement| statement.standing);
        statements
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.observations.is_full {
            notes.push("too many logins or changes to keep: intervals and the timeline use the first ones".to_owned());
        }
        if self.observations.other_changes > 0 {
            notes.push(format!(
                "changes in the audit trail that concern no session, login or app: {}",
                self.observations.other_changes
            ));
        }
        notes
    }

    /// Tokens of each app.
    fn tokens(&self, as_of: Date) -> Vec<AppTokens> {
        let today = as_of.to_datetime(jiff::civil::Time::midnight());
        let today = jiff::tz::Offset::UTC.to_timestamp(today).map_or(i64::MAX, |at| at.as_second() + 86_400);
        let mut apps = Vec::new();
        for (app, tokens) in &self.observations.tokens {
            let name = self.observations.apps.text(*app);
            let known_app = self.app(name);
            let limit = known_app.and_then(|app| app.refresh_idle).or_else(|| idle_limit(as_of));
            let is_idle = |moment: &&Moment| limit.is_some_and(|limit| (today - moment.at) / 3600 > limit.hours);
            let idle = tokens.last_used.iter().filter(is_idle).count() as u64;
            let last = tokens.last_used.iter().max().copied();
            let shown_name = self.redact(name);
            let mut text = format!("{shown_name}: {}", count(tokens.rows as usize, "token"));
            if let Some(last) = last {
                add(&mut text, format_args!(", last used {}", last.in_words()));
            }
            if let Some(limit) = limit.filter(|_| idle > 0) {
                let whose = match (known_app, limit.is_salesforces) {
                    (Some(_), true) => "Salesforce's limit",
                    (None, true) => "Salesforce's limit; the app's own policy is not in these files",
                    (_, false) => "the policy in these files",
                };
                add(
                    &mut text,
                    format_args!("; {idle} of {} unused for over {} days ({whose})", tokens.rows, limit.hours / 24),
                );
            }
            let crowded = tokens.users.iter().filter(|(_, count)| **count >= 5);
            let crowded: Vec<String> = crowded.map(|(user, _)| self.user(*user)).take(3).collect();
            if !crowded.is_empty() {
                add(
                    &mut text,
                    format_args!(
                        "; five or more of {}: an app has at most five approvals a user, and a further one revokes the \
                         oldest",
                        crowded.join(", ")
                    ),
                );
            }
            let last_used = last.map(Moment::in_words);
            apps.push(AppTokens { app: shown_name, tokens: tokens.rows, idle, last_used, text });
        }
        // Apps of the project first, then those with idle tokens.
        apps.sort_by_key(|it| (self.app(&it.app).is_none(), it.idle == 0));
        apps.truncate(200);
        apps
    }
}

#[cfg(test)]
mod tests {
    use sessionlint_evidence::Table;
    use sessionlint_facts::Shapes;
    use sessionlint_lint::rule::Catalog;

    #[test]
    fn the_symptoms_and_rules_of_the_table_are_known() {
        let catalog = Catalog::load(&[] as &[&std::path::Path], &Shapes).unwrap();
        let table = Table::embedded(std::iter::empty());
        let (symptoms, rules) = table.referenced_ids();
        assert!(symptoms.len() > 40 && rules.len() > 40);
        for symptom in symptoms {
            assert!(catalog.symptoms().get(symptom).is_some(), "{symptom}");
        }
        for status in &table.statuses {
            for id in &status.causes {
                let rule = catalog.get(id).unwrap_or_else(|| panic!("{id}"));
                let explains = rule.definition.symptom_ids();
                let mut symptoms = status.symptoms.iter().chain(&status.people);
                assert!(symptoms.any(|id| explains.iter().any(|it| it == id)), "{id} of {}", status.cause);
            }
        }
    }
}
