//! `sessionlint diagnose`: from a symptom to its causes.
//!
//! Refuses to know symptoms and causes: `recognise` finds the symptoms of a text, and `analysis::diagnose` their
//! causes.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::Common;
use super::evidence::{EvidenceArguments, read_evidence};
use super::reading::{OutputForm, Reading, Sequence, for_each_project};
use super::settings::{ResolvedRun, RuleArguments};
use super::timeline;
use super::{Environment, Exit, Failure, target};
use sessionlint_analysis::blame::findings_since;
use sessionlint_analysis::broke_on::{BrokeOn, WITHIN_DAYS, nearness};
use sessionlint_analysis::calendar::events;
use sessionlint_analysis::diagnose::{Diagnosis, diagnose};
use sessionlint_analysis::evidence::{EvidenceInput, add_evidence};
use sessionlint_analysis::recognise::recognise;
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::check::check as run_rules;
use sessionlint_lint::copies::joined;
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::rule::{Calendar, Catalog};
use sessionlint_project::vfs::git::log::Range;
use sessionlint_report::{Paths, diagnose as report, history, json};

/// Formats of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagnoseFormat {
    #[default]
    Human,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct DiagnoseArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Only this symptom: its id, a description ("`INVALID_SESSION_ID` after two hours"), or an error message
    #[arg(long, value_name = "ID-OR-WORDS")]
    pub(super) symptom: Option<String>,
    /// The day on which it broke (YYYY-MM-DD): what a commit changed shortly before comes first, with what Salesforce
    /// changed near it; the project must be in a git repository
    #[arg(long, value_name = "DATE", value_parser = super::args::day)]
    pub(super) broke_on: Option<jiff::civil::Date>,
    /// How many days before that day count
    #[arg(long, value_name = "DAYS", requires = "broke_on", default_value_t = WITHIN_DAYS)]
    pub(super) within: u16,
    /// Leave out names of people and titles of commits
    #[arg(long, requires = "broke_on")]
    pub(super) anonymous: bool,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: DiagnoseFormat,
    /// Run preview rules too, which may change in any version
    #[arg(long)]
    pub(super) preview: bool,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) evidence: EvidenceArguments,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &DiagnoseArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let style = environment.style(common);
    let (format, extension, sequence) = match arguments.format {
        DiagnoseFormat::Human => ("human", "txt", Sequence::Text(style)),
        DiagnoseFormat::Json => ("json", "json", Sequence::Documents),
        DiagnoseFormat::Markdown => ("markdown", "md", Sequence::Markdown),
    };
    let form = OutputForm { format, extension, sequence };
    for_each_project(
        &arguments.path,
        common,
        form,
        environment,
        |reading, _, environment| diagnosis(arguments, &reading, environment),
        |out, (answer, paths)| match (arguments.format, &answer.broke_on) {
            (DiagnoseFormat::Human, near) => {
                near.as_ref().map_or(Ok(()), |near| history::write_near_human(out, near, style))?;
                report::write_human(out, answer, paths, style)
            }
            (DiagnoseFormat::Json, _) => json::write_value(out, answer),
            (DiagnoseFormat::Markdown, near) => {
                near.as_ref().map_or(Ok(()), |near| history::write_near_markdown(out, near))?;
                report::write_markdown(out, answer, paths)
            }
        },
    )
}

/// Ranks causes first that changed shortly before the day on which it broke.
fn rank(
    answer: &mut Diagnosis,
    day: jiff::civil::Date,
    (arguments, reading): (&DiagnoseArguments, &Reading<'_>),
    catalog: &Catalog,
    facts: &Facts<'_>,
    findings: &[Diagnostic],
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let mut target = reading.target.clone();
    let repository = timeline::repository(&mut target, &arguments.path)?;
    let plan = super::report::causes(&reading.settings, catalog, arguments.preview)?;
    let resolved = ResolvedRun { plan, ..reading.settings.resolve(RuleArguments::default(), catalog)? };
    let inputs = reading.settings.inputs(common, environment);
    let as_of = inputs.as_of;
    let options = timeline::WalkOptions {
        target: &target,
        resolved: &resolved,
        catalog,
        inputs,
        follows_origins: true,
        is_anonymous: arguments.anonymous,
        filter: None,
    };
    let timeline = timeline::walk(&repository, &Range::default(), &options, common, environment)?;
    let exit = timeline::write_notices(&timeline, None, environment);
    let is_followed = |rule: &str| catalog.get(rule).is_none_or(timeline::is_followed);
    let since = findings_since(timeline.tip(), findings, is_followed, true);
    let place = |finding: &Diagnostic| {
        let source = facts.project.sources.get(finding.place.file);
        let position = source.position(finding.place.span.start);
        (finding.rule.clone(), source.path.clone(), position.line, position.column)
    };
    let since: HashMap<_, _> = findings.iter().map(place).zip(since).collect();
    let dated = events(&Calendar::embedded(), Some((facts, &Views::new(facts))), as_of);
    let near = BrokeOn::of(timeline.changes, dated, day, arguments.within);
    answer.rank_by(near, |cause| {
        let key = (cause.rule.clone(), cause.path.clone(), cause.line, cause.column);
        nearness(since.get(&key)?, day, arguments.within)
    });
    Ok(exit)
}

/// The diagnosis of one project, and how its paths are shown.
fn diagnosis(
    arguments: &DiagnoseArguments,
    reading: &Reading<'_>,
    environment: &mut Environment<'_>,
) -> Result<((Diagnosis, Paths), Exit), Failure> {
    let catalog = reading.settings.catalog(&arguments.rules, environment)?;
    let table = catalog.symptoms();
    let recognised = arguments.symptom.as_deref().map(|text| recognise(text, table));
    let matches = recognised.transpose().map_err(Failure::Usage)?;
    // A finding of any preset may explain a symptom.
    let plan = super::report::causes(&reading.settings, &catalog, arguments.preview)?;
    let (loaded, mut result, mut exit) = reading.read(environment, |loaded| run_rules(&loaded.project, &plan))?;
    result.findings = joined(result.findings);
    exit = exit.max(environment.report_errors(&result.errors));
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let mut answer = diagnose(&views, &result.findings, table, matches.as_ref());
    if let Some(read) = read_evidence(&arguments.evidence, table, environment)? {
        exit = exit.max(read.exit);
        let (show_users, unused) = (arguments.evidence.show_users, read.unused);
        let input = EvidenceInput { observations: &read.observations, unused, table: &read.table, show_users };
        add_evidence(&mut answer, &views, &result.findings, table, input);
    }
    if let Some(day) = arguments.broke_on {
        exit = exit.max(rank(&mut answer, day, (arguments, reading), &catalog, &facts, &result.findings, environment)?);
    }
    let paths = target::paths(&loaded.root, None, &environment.current);
    Ok(((answer, paths), exit))
}
