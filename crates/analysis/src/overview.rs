//! The content of the page of `report`: sessions, integrations, dates, findings, a change plan, and open questions.
//!
//! Combines the other analyses and the findings. Secrets in excerpts are masked here, so every format has masked texts.
//! Refuses to know formats, and to judge: there is no score.

mod actions;
mod dates;
mod deploy;
mod groups;
mod integrations;
mod past;
mod plan;
mod proposal;
mod topics;
mod unseen;

use serde::Serialize;

use crate::diagnose::{self, Diagnosis};
use crate::located::{Located, located};
use crate::sessions::{self, Sessions};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::conflicts::Pair;
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::rule::{Rule, Symptoms};
use sessionlint_project::metadata::{CodeCounts, Project};

pub use actions::Action;
pub use dates::DatedItem;
pub use deploy::{deploy_command, deployed_as};
pub use groups::{Group, Member};
pub use integrations::{Finding, Integration, RangeText, TokenEnd};
pub use past::{Past, PastChange, PastTimeout, TimeoutHistory, TimeoutValue, past};
pub use plan::{Advice, Change, Consent, ConsentGroup, OppositeAdvice, Plan, SeverityGroup, Step, Wording};
pub use proposal::{ChangedFile, Proposal, Replacement, ShownLine};
pub use topics::{Excerpt, Item, Line, OpposingFinding, Topic};
pub use unseen::OrgQuestion;

/// Sessions with fewer minutes count as short: the default of Salesforce is two hours.
pub const SHORT_MINUTES: i64 = 120;

/// The content of the page.
#[derive(Debug, Serialize)]
pub struct Overview {
    /// The files that were read.
    pub scope: Scope,
    /// The numbers of the first page.
    pub verdict: Verdict,
    /// The first actions.
    pub actions: Vec<Action>,
    /// Sessions of the org, of profiles and of apps.
    pub sessions: Sessions,
    /// The profiles, grouped by their values.
    pub groups: Vec<Group>,
    /// Every app that counts as an integration.
    pub integrations: Vec<Integration>,
    /// Items with a date, the earliest first.
    pub dates: Vec<DatedItem>,
    /// The findings by rule, the worst first.
    pub topics: Vec<Topic>,
    /// The diagnosis of every symptom of the table.
    pub diagnosis: Diagnosis,
    /// How timeouts changed from commit to commit, on request.
    pub past: Option<Past>,
    /// Questions that no file answers, with the query of the org.
    pub unseen: Vec<OrgQuestion>,
    /// The change plan: errors first, and among them changes that weaken no protection.
    pub plan: Plan,
}

/// The files that were read, and those that were not.
#[derive(Debug, Serialize)]
pub struct Scope {
    /// The name of the project: its own name, else the name of its folder.
    pub name: String,
    /// The common folders of all paths, with the slash; empty if there are none.
    pub common: String,
    /// The day of the check.
    pub as_of: String,
    /// The commit that is checked out, if there is one.
    pub commit: Option<String>,
    /// Version of the program.
    pub version: &'static str,
    /// Files of session metadata that were read.
    pub files: usize,
    /// Components in them.
    pub components: usize,
    /// Files of code that were read.
    pub code: CodeCounts,
    /// Files of session metadata that `.forceignore` hides.
    pub hidden: Vec<String>,
    /// Files of session metadata outside every package directory.
    pub outside: Vec<String>,
    /// Files that could not be parsed.
    pub broken: Vec<Located>,
    /// Metadata files of kinds without session metadata.
    pub other: usize,
    /// Whether `sf` can deploy the folder by component names.
    pub is_source_project: bool,
    /// The files that could not be read, in words.
    pub notices: Vec<String>,
    /// Suppressed findings, with the reason.
    pub allowed: Vec<SuppressedFinding>,
    /// Number of findings in the baseline.
    pub baselined: usize,
    /// Rules and findings that were left out, and why, in sentences.
    pub silence: Vec<String>,
}

/// Facts about the project that only the caller knows.
#[derive(Debug, Default)]
pub struct ProjectContext {
    /// The commit that is checked out.
    pub commit: Option<String>,
    /// The project's own name, where a file of it has one.
    pub name: Option<String>,
    /// Whether the root holds an `sfdx-project.json`.
    pub is_source_project: bool,
    /// The files that could not be read.
    pub notices: Vec<String>,
    /// Suppressed findings.
    pub allowed: Vec<SuppressedFinding>,
    /// Number of findings in the baseline.
    pub baselined: usize,
    /// Rules and findings that were left out, and why, in sentences.
    pub silence: Vec<String>,
}

/// The numbers of the first page.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Profiles whose session ends in under two hours.
    pub short_profiles: usize,
    /// Profiles whose session is known.
    pub known_profiles: usize,
    /// Profiles that the files name.
    pub profiles: usize,
    /// The minutes of the shortest session.
    pub shortest_minutes: Option<i64>,
    /// The profiles with these minutes.
    pub shortest: Vec<String>,
    /// Integrations that show no way to renew their access.
    pub without_renewal: usize,
    /// Integrations whose way to renew their access is unknown.
    pub unknown_renewal: usize,
    /// Integrations with a refresh token of unknown lifetime.
    pub unknown_end: usize,
    /// All integrations.
    pub integrations: usize,
    /// Items in the files with a date.
    pub dated: usize,
    /// Items whose day is past.
    pub past: usize,
    /// Certificates among the dated items.
    pub certificates: usize,
    /// Profiles that store 0 while the org's timeout is under two hours: which of both applies is not documented.
    pub unsettled_profiles: usize,
    /// Files that could not be parsed, and may state a shorter session.
    pub broken: usize,
    /// The org's minutes.
    pub org_minutes: Option<i64>,
    /// Whether inactive users are logged out in the browser.
    pub forced_logout: Option<bool>,
}

/// The findings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'d> {
    /// Findings of the rules that ran, without the suppressed ones.
    pub shown: &'d [Diagnostic],
    /// Findings of all rules, which may explain a symptom.
    pub causes: &'d [Diagnostic],
    /// The table of symptoms.
    pub symptoms: &'d Symptoms,
    /// Rules with opposite advice.
    pub pairs: &'d [Pair],
}

/// A suppressed finding.
#[derive(Debug, Serialize)]
pub struct SuppressedFinding {
    /// The rule.
    pub rule: String,
    /// The place and the message.
    pub place: Located,
    /// The reason.
    pub reason: String,
}

impl SuppressedFinding {
    /// A finding that is suppressed for a reason.
    pub fn new(project: &Project, finding: &Diagnostic, reason: &str) -> Self {
        let place = Located { text: finding.message.clone(), ..located(project, finding.place) };
        Self { rule: finding.rule.clone(), place, reason: reason.to_owned() }
    }
}

/// The part of the page that depends on neither symptoms nor a plan.
#[derive(Debug)]
pub struct ProjectSummary {
    /// Sessions of the org, of profiles and of apps.
    pub sessions: Sessions,
    /// Every app that counts as an integration.
    pub integrations: Vec<Integration>,
    /// Items with a date, the earliest first.
    pub dates: Vec<DatedItem>,
}

/// Computes that part only.
pub fn project_summary(facts: &Facts<'_>, views: &Views<'_>, findings: &[Diagnostic]) -> ProjectSummary {
    let sessions = sessions::sessions(facts);
    let dates = dates::dates(facts, views);
    let integrations = integrations::integrations(facts, views, &sessions, findings, &dates);
    ProjectSummary { sessions, integrations, dates }
}

/// Computes the content of the page; `rule_of` returns the rules of the findings.
pub fn overview<'r>(
    facts: &Facts<'_>,
    Findings { shown: findings, causes, symptoms, pairs }: Findings<'_>,
    rule_of: impl Fn(&str) -> Option<&'r Rule>,
    context: ProjectContext,
) -> Overview {
    let views = Views::new(facts);
    let diagnosis = diagnose::diagnose(&views, causes, symptoms, None);
    let ProjectSummary { sessions, integrations, dates } = project_summary(facts, &views, findings);
    let topics = topics::topics(facts.project, findings, pairs, &rule_of);
    let plan = plan::plan(&topics);
    let actions = actions::actions(&topics, &plan, &integrations);
    let groups = groups::groups(&sessions);
    let unseen = unseen::org_questions(facts, &diagnosis);
    Overview {
        scope: scope(facts.project, context),
        verdict: verdict(facts.project, &sessions, &integrations, &dates),
        actions,
        sessions,
        groups,
        integrations,
        dates,
        topics,
        diagnosis,
        past: None,
        unseen,
        plan,
    }
}

fn scope(project: &Project, context: ProjectContext) -> Scope {
    // The path to the folder does not help the reader.
    let name = project.root.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let broken = project
        .problems
        .iter()
        .map(|problem| Located { text: problem.text.clone(), ..located(project, problem.place) });
    Scope {
        name: context.name.unwrap_or_else(|| name.to_owned()),
        common: common(project),
        as_of: project.inputs.as_of.to_string(),
        commit: context.commit,
        version: env!("CARGO_PKG_VERSION"),
        files: project.file_count(),
        components: project.component_count(),
        code: project.code,
        hidden: project.hidden.clone(),
        outside: project.outside.clone(),
        broken: broken.collect(),
        other: project.other,
        is_source_project: context.is_source_project,
        notices: context.notices,
        allowed: context.allowed,
        baselined: context.baselined,
        silence: context.silence,
    }
}

/// The folders that the paths of all components have in common.
fn common(project: &Project) -> String {
    let mut paths = project.components.iter().map(|component| project.sources.get(component.file).path.as_str());
    let folders = |path: &str| path.rfind('/').map_or(String::new(), |at| path[..=at].to_owned());
    let Some(mut common) = paths.next().map(folders) else { return String::new() };
    for path in paths {
        while !path.starts_with(&common) {
            let above = common[..common.len() - 1].rfind('/').map_or(0, |at| at + 1);
            common.truncate(above);
        }
    }
    // A single folder is shown, not left out.
    if common.matches('/').count() > 1 { common } else { String::new() }
}

fn verdict(project: &Project, sessions: &Sessions, integrations: &[Integration], dates: &[DatedItem]) -> Verdict {
    let known: Vec<(i64, &str)> = sessions
        .profiles
        .iter()
        .filter_map(|profile| Some((profile.effective_minutes?, profile.profile.as_str())))
        .collect();
    let shortest_minutes = known.iter().map(|(minutes, _)| *minutes).min();
    let shortest = known.iter().filter(|(minutes, _)| Some(*minutes) == shortest_minutes);
    let in_files = || dates.iter().filter(|dated| !dated.is_general);
    Verdict {
        short_profiles: known.iter().filter(|(minutes, _)| *minutes < SHORT_MINUTES).count(),
        known_profiles: known.len(),
        profiles: sessions.profiles.len(),
        shortest_minutes,
        shortest: shortest.map(|(_, name)| (*name).to_owned()).collect(),
        without_renewal: integrations.iter().filter(|it| it.app.renewal == Some("none-visible")).count(),
        unknown_renewal: integrations.iter().filter(|it| it.app.renewal.is_none()).count(),
        unknown_end: integrations.iter().filter(|it| it.has_unknown_end()).count(),
        integrations: integrations.len(),
        dated: in_files().count(),
        past: in_files().filter(|dated| dated.days_about < 0).count(),
        certificates: in_files().filter(|dated| dated.is_certificate).count(),
        unsettled_profiles: sessions.profiles.iter().filter(|profile| is_unsettled(profile)).count(),
        broken: project.problems.len(),
        org_minutes: sessions.org.minutes,
        forced_logout: sessions.org.forced_logout,
    }
}

/// Whether a profile stores 0, and the org's value is shorter than the two hours that a 0 is documented as.
fn is_unsettled(profile: &sessions::Profile) -> bool {
    let is_long = profile.effective_minutes.is_some_and(|minutes| minutes >= SHORT_MINUTES);
    profile.stored_zero && is_long && profile.org_minutes.is_some_and(|minutes| minutes < SHORT_MINUTES)
}
