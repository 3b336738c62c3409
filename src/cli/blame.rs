//! `sessionlint blame [PATH]`: the commit that gave each finding and each value its present state.
//!
//! Resolves the arguments. Refuses to know commits and formats: `timeline` reads the commits, `analysis::blame` compares
//! them, and `report::blame` writes the output.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::args::{Common, RuleChoice};
use super::checking::{Found, suppress};
use super::reading::Reading;
use super::settings::{ConfigSource, RuleArguments, Settings};
use super::timeline;
use super::{Environment, Exit, Failure, output, target};
use sessionlint_analysis::blame::blame;
use sessionlint_analysis::diff::Snapshot;
use sessionlint_analysis::history::Selection;
use sessionlint_lint::check::check_facts;
use sessionlint_project::vfs::FileTree;
use sessionlint_report::{blame as report, json};

/// Formats of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum BlameFormat {
    #[default]
    Human,
    Json,
    Csv,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct BlameArguments {
    /// The project: a folder in a git repository, or a repository without a work tree
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Only findings of this rule or group; can be given several times
    #[arg(long, value_name = "RULE-OR-GROUP")]
    pub(super) rule: Vec<String>,
    /// Only values of profiles that fit this glob, by label or fullName, and findings in their files
    #[arg(long, value_name = "GLOB")]
    pub(super) profile: Vec<String>,
    /// Only settings of apps that fit this glob, by label or fullName, and findings in their files
    #[arg(long, value_name = "GLOB")]
    pub(super) app: Vec<String>,
    /// Leave out names and addresses of people, and titles of commits, which may hold some
    #[arg(long)]
    pub(super) anonymous: bool,
    /// How to write the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: BlameFormat,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &BlameArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let selection = Selection {
        profiles: timeline::globs(&arguments.profile, "--profile")?,
        apps: timeline::globs(&arguments.app, "--app")?,
    };
    let mut target = target::find_one(&arguments.path, environment)?;
    let repository = timeline::repository(&mut target, &arguments.path)?;
    let settings = Settings::find(&target.root, ConfigSource::of(common), environment)?;
    let catalog = settings.catalog(&arguments.choice.rules, environment)?;
    let typed = RuleArguments { select: &arguments.rule, ..arguments.choice.rule_arguments() };
    let resolved = settings.resolve(typed, &catalog)?;
    let inputs = settings.inputs(common, environment);
    let timeline = timeline::origins(&target, &repository, &resolved, &catalog, inputs, common, environment)?;
    let mut exit = timeline::write_notices(&timeline, None, environment);
    // Without a work tree, the last commit is the present state.
    let today = if matches!(target.root.tree, FileTree::Memory(_)) {
        None
    } else {
        let (loaded, (), reading_exit) =
            Reading::new(target.clone(), common, environment)?.read(environment, |_| ())?;
        exit = exit.max(reading_exit);
        let project = Arc::new(loaded.project);
        let mut errors = Vec::new();
        let snapshot = Snapshot::of(Arc::clone(&project), |facts| {
            let result = check_facts(facts, &resolved.plan);
            errors = result.errors;
            let found = Found { findings: result.findings, covered: &result.covered, shown: &target.shown };
            suppress(&resolved, found, &project, &catalog, None).0.findings
        });
        exit = exit.max(environment.report_errors(&errors));
        Some(snapshot)
    };
    let tip = timeline.tip();
    let Some(today) = today.as_ref().or(timeline.last()) else {
        return Err(Failure::Unreadable("the history has no commit that can be read".to_owned()));
    };
    timeline::warn_of_unknown_names(&selection, today, &[], environment);
    let is_followed = |rule: &str| catalog.get(rule).is_none_or(timeline::is_followed);
    let mut answer = blame(tip, today, is_followed, &selection, arguments.anonymous);
    if !arguments.rule.is_empty() {
        answer.keep_findings_only();
    }
    let file = common.output();
    let style = environment.style(common);
    let paths = target::paths(&target.root.path, None, &environment.current);
    output::write(environment, file, |out| match arguments.format {
        BlameFormat::Human => report::write_human(out, &answer, &paths, style),
        BlameFormat::Json => json::write_value(out, &answer),
        BlameFormat::Csv => report::write_csv(out, &answer, &paths),
        BlameFormat::Markdown => report::write_markdown(out, &answer, &paths),
    })?;
    Ok(exit)
}
