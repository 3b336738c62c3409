//! `sessionlint diff OLD [NEW]`: the effects of a change on sessions, apps and findings.
//!
//! Finds and reads the two states. Refuses to know what a change means: `analysis::diff` compares them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::{Common, FailOn, RuleChoice};
use super::progress::Progress;
use super::settings::{ConfigSource, ResolvedRun, RuleArguments, Settings};
use super::target::{self, Target};
use super::threads::with_threads;
use super::{Environment, Exit, Failure, checking, formats, notices, output};
use sessionlint_analysis::diff::{Configuration, Diff, State, diff};
use sessionlint_facts::Facts;
use sessionlint_lint::check::{CheckResult, check as run_rules};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::rule::Catalog;
use sessionlint_lint::suppress::{self, Configured, SuppressionResult};
use sessionlint_project::load::{Loaded, Notice, load};
use sessionlint_project::metadata::Inputs;
use sessionlint_project::vfs::{FileTree, archive, git};
use sessionlint_report::diff::{self as report, SidePaths};
use sessionlint_report::{Project, Report, RuleInfo, Silence, Style, json, sarif};

/// One of the two states, found.
struct Side {
    target: Target,
    name: String,
    kind: &'static str,
    /// Whether the user named a path, which should contain a project.
    is_path: bool,
}

/// One of the two states, read and checked.
struct CheckedSide {
    loaded: Loaded,
    findings: Vec<Diagnostic>,
    errors: Vec<String>,
}

/// Whose configuration judges both states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigFrom {
    /// That of OLD: in a pull request, the reviewed one
    Old,
    /// That of NEW
    #[default]
    New,
}

/// Formats of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// One line per change
    #[default]
    Human,
    /// A comment for a pull request
    Markdown,
    /// Everything, for programs
    Json,
    /// Annotations for GitHub Actions: what gets worse, and the findings that are new
    Github,
    /// SARIF 2.1.0 with the findings that are new
    Sarif,
}

impl DiffFormat {
    /// Whether it consists of commands to a build's runner.
    pub(super) fn is_for_runner(self) -> bool {
        self == DiffFormat::Github
    }
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The state before: a folder, a zip, or a git revision; an existing path wins (write `NAME~0` for a branch with
    /// the same name)
    #[arg(value_name = "OLD")]
    pub(super) old: PathBuf,
    /// The state after, in the same forms; the default is the project's working tree
    #[arg(value_name = "NEW")]
    pub(super) new: Option<PathBuf>,
    /// The project of the revisions and the working tree
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(super) project: PathBuf,
    /// Output format of changes
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: DiffFormat,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    /// Use the configuration of this state for both
    #[arg(long, value_enum, value_name = "STATE", default_value_t)]
    pub(super) config_from: ConfigFrom,
    /// Exit with 1 if a new finding is at least this severe, or if anything gets worse (except with `never`)
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Name every profile and finding behind a line of the human format
    #[arg(long)]
    pub(super) notes: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &DiffArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let old = side(&arguments.old, arguments, environment)?;
    let new = match &arguments.new {
        Some(new) => side(new, arguments, environment)?,
        None => working_tree(arguments, environment)?,
    };
    // One configuration judges both states, so that a change of it is no change of the project.
    let of = |side: &Side| Settings::find(&side.target.root, ConfigSource::of(&arguments.common), environment);
    let (settings, other) = match arguments.config_from {
        ConfigFrom::Old => (of(&old)?, of(&new)),
        ConfigFrom::New => (of(&new)?, of(&old)),
    };
    // A configuration that cannot be read counts as different, and has no other effect.
    let is_changed = other.map_or(true, |other| !settings.is_same(&other));
    let catalog = settings.catalog(&arguments.choice.rules, environment)?;
    let typed = RuleArguments { fail_on: arguments.fail_on, ..arguments.choice.rule_arguments() };
    let resolved = settings.resolve(typed, &catalog)?;
    let inputs = settings.inputs(&arguments.common, environment);
    let (old_read, new_read) = {
        let _progress = Progress::start("reading and checking", environment);
        with_threads(&arguments.common, || {
            rayon::join(
                || read(&old, &resolved, &catalog, inputs.clone()),
                || read(&new, &resolved, &catalog, inputs.clone()),
            )
        })?
    };
    require_metadata([(&old, &old_read), (&new, &new_read)], environment)?;
    let mut exit = write_notices([(&old, &old_read), (&new, &new_read)], environment);
    if [&old_read, &new_read].iter().any(|read| read.loaded.project.is_cut) {
        // Files that were left out of one side would be reported as gone.
        let text = "nothing is compared, because files were left out: raise --max-memory".to_owned();
        return Err(Failure::Unreadable(text));
    }
    let old_facts = Facts::of(&old_read.loaded.project);
    let new_facts = Facts::of(&new_read.loaded.project);
    let mut answer = diff(&state(&old, &old_facts, &old_read), &state(&new, &new_facts, &new_read));
    answer.configuration = Configuration {
        from: match arguments.config_from {
            ConfigFrom::Old => "old",
            ConfigFrom::New => "new",
        },
        file: settings.name().map(str::to_owned),
        changed: is_changed,
    };
    environment.warn_of_all(&settings.notices);
    let is_worse = answer.summary.worse > 0 && resolved.fail_on != FailOn::Never;
    if is_worse || checking::fails(answer.findings.new.iter().map(|it| &it.severity), resolved.fail_on) {
        exit = exit.max(Exit::Findings);
    }
    let rule_settings =
        RuleSettings { rules: formats::rule_infos(&catalog, Some(&resolved.plan)), silence: resolved.silence.clone() };
    show(&answer, [&old_read, &new_read], &rule_settings, arguments, environment)?;
    Ok(exit)
}

/// The state of an argument: an existing path, else a revision.
fn side(argument: &Path, arguments: &DiffArguments, environment: &mut Environment<'_>) -> Result<Side, Failure> {
    let name = argument.display().to_string();
    let path = environment.absolute(argument);
    let is_given =
        environment.memory_files.bytes(&path).or(environment.memory_files.around(&path).map(|it| it.1)).is_some();
    if !is_given && std::fs::symlink_metadata(environment.current.join(argument)).is_err() {
        let project = target::find_one(&arguments.project, environment).map_err(|failure| match failure {
            Failure::Usage(text) => Failure::Usage(format!("{name}: no such file or folder; as a revision, {text}")),
            failure => failure,
        })?;
        let target = target::revision(&project, argument, environment)?;
        return Ok(Side { target, name, kind: "revision", is_path: false });
    }
    let target = target::find_one(argument, environment)?;
    if !environment.quiet && is_revision_too(argument, arguments, environment) {
        environment.warn(&format!("{name} is a path and a git revision; the path is read, `{name}~0` is the revision"));
    }
    Ok(Side { kind: kind(&target), target, name, is_path: true })
}

/// Whether a path that looks like the name of a revision is one in the project's repository.
fn is_revision_too(path: &Path, arguments: &DiffArguments, environment: &Environment<'_>) -> bool {
    let is_like_a_name = path.is_relative() && !path.starts_with(".") && !path.starts_with("..");
    let Some(name) = path.to_str().filter(|_| is_like_a_name && !archive::is_archive(path)) else { return false };
    target::find_one(&arguments.project, environment).is_ok_and(|project| {
        matches!(project.root.tree, FileTree::Folder) && git::has_revision(&project.root.path, name)
    })
}

fn working_tree(arguments: &DiffArguments, environment: &Environment<'_>) -> Result<Side, Failure> {
    let target = target::find_one(&arguments.project, environment)?;
    let kind = kind(&target);
    let name = if kind == "zip" { arguments.project.display().to_string() } else { "working tree".to_owned() };
    Ok(Side { target, name, kind, is_path: false })
}

fn kind(target: &Target) -> &'static str {
    match target.root.tree {
        FileTree::Folder => "folder",
        FileTree::Memory(_) => "zip",
    }
}

fn read(side: &Side, resolved: &ResolvedRun<'_>, catalog: &Catalog, inputs: Inputs) -> CheckedSide {
    let as_of = inputs.as_of;
    let loaded = load(&side.target.root, inputs);
    let CheckResult { mut findings, covered, errors, .. } = run_rules(&loaded.project, &resolved.plan);
    findings.retain(|finding| side.target.shown.has(finding, &loaded.project));
    // Suppressed findings are not new. `check` reports stale suppressions.
    let mut configured = Configured::new(&resolved.ignores, as_of);
    let mut remaining = suppress::apply(findings, &covered, &loaded.project.sources, &mut [&mut configured]);
    suppress::mark_allowed(&mut remaining.findings, &loaded.project, catalog);
    CheckedSide { findings: remaining.findings, errors: errors.iter().map(ToString::to_string).collect(), loaded }
}

fn state<'s>(side: &Side, facts: &'s Facts<'s>, read: &'s CheckedSide) -> State<'s> {
    State { name: side.name.clone(), kind: side.kind, facts, findings: &read.findings }
}

/// A path without metadata is an error; a revision may be older than the project.
fn require_metadata(sides: [(&Side, &CheckedSide); 2], environment: &mut Environment<'_>) -> Result<(), Failure> {
    let mut empty = Vec::new();
    for (side, read) in sides {
        if let Err(failure) = notices::require_metadata(&read.loaded) {
            if side.is_path {
                return Err(failure);
            }
            empty.push(side.name.as_str());
        }
    }
    match empty.as_slice() {
        [] => Ok(()),
        [one] => {
            environment.warn(&format!("{one}: no Salesforce metadata was recognised there"));
            Ok(())
        }
        _ => Err(Failure::Usage(format!("no Salesforce metadata was recognised in {}", empty.join(" nor in ")))),
    }
}

/// Writes the notices beside the changes; a notice about both sides is written once.
fn write_notices(sides: [(&Side, &CheckedSide); 2], environment: &mut Environment<'_>) -> Exit {
    let mut exit = Exit::Clean;
    let remarks = sides.map(|(_, read)| {
        let remarks = notices::remarks(&read.loaded).into_iter().map(|text| Notice { is_error: false, text });
        read.loaded.notices.iter().cloned().chain(remarks).collect::<Vec<_>>()
    });
    for (index, (side, _)) in sides.iter().enumerate() {
        for notice in &remarks[index] {
            let is_in_both = remarks[1 - index].contains(notice);
            let text = match (is_in_both, index) {
                (true, 1) => continue,
                (true, _) => notice.text.clone(),
                (false, _) => format!("{}: {}", side.name, notice.text),
            };
            if notice.is_error {
                environment.error(&text);
                exit = Exit::Unreadable;
            } else {
                environment.warn(&text);
            }
        }
    }
    let [(_, old), (_, new)] = sides;
    let mut errors: Vec<&String> = old.errors.iter().chain(&new.errors).collect();
    errors.sort();
    errors.dedup();
    exit.max(environment.report_errors(errors))
}

/// The configuration for both states.
struct RuleSettings {
    rules: Vec<RuleInfo>,
    silence: Silence,
}

fn show(
    answer: &Diff,
    [old, new]: [&CheckedSide; 2],
    rule_settings: &RuleSettings,
    arguments: &DiffArguments,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let file = arguments.common.output();
    let style = Style { unfold_notes: arguments.notes, ..environment.style(&arguments.common) };
    let current = environment.current.clone();
    let paths = SidePaths {
        old: target::paths(&old.loaded.root, None, &current),
        new: target::paths(&new.loaded.root, None, &current),
    };
    let mut is_new = vec![false; new.findings.len()];
    for index in answer.findings.new.iter().flat_map(|it| &it.indices) {
        is_new[*index] = true;
    }
    let (mut added, mut known) = (Vec::new(), Vec::new());
    for (finding, is_new) in new.findings.iter().zip(is_new).filter(|(finding, _)| !finding.is_allowed) {
        if is_new { &mut added } else { &mut known }.push(finding.clone());
    }
    let mut added = SuppressionResult { findings: added, elsewhere: known, ..SuppressionResult::default() };
    added.join_copies();
    let findings = added.findings;
    let project = &new.loaded.project;
    let is_complete = [old, new]
        .iter()
        .all(|read| read.errors.is_empty() && !read.loaded.notices.iter().any(|notice| notice.is_error));
    // GitHub keeps the alerts of a comparison apart from those of a check.
    let of_project = Project::of(project, "diff");
    let report_of_new = Report {
        rules: &rule_settings.rules,
        is_complete,
        ..Report::of(of_project, &project.sources, &findings, &rule_settings.silence)
    };
    output::write_for(environment, file, arguments.format.is_for_runner(), |out| match arguments.format {
        DiffFormat::Github => report::write_github(out, answer, &report_of_new, &paths),
        DiffFormat::Sarif => sarif::write(out, &report_of_new, &paths.new),
        DiffFormat::Human => report::write_human(out, answer, &paths, style),
        DiffFormat::Markdown => report::write_markdown(out, answer, &paths),
        DiffFormat::Json => json::write_value(out, answer),
    })
}
