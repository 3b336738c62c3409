//! Checks one project: reads it, runs the rules, suppresses findings and proposes fixes.
//!
//! May assume that the project was found and its settings resolved. Refuses to know formats and the terminal: the result
//! is a record, and messages are texts in it.

use std::collections::HashSet;
use std::time::Duration;

use super::args::FailOn;
use super::baseline::BaselineUse;
use super::check_arguments::CheckArguments;
use super::fix::{self as fixes, FixMode, FixReport};
use super::settings::{ConfigSource, ResolvedRun, Settings};
use super::several::ProjectName;
use super::target::{ExcludedFiles, FindingScope, Target};
use super::{Environment, Failure, notices};
use sessionlint_lint::check::{CheckResult, check};
use sessionlint_lint::conflicts::Pair;
use sessionlint_lint::copies;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};
use sessionlint_lint::fix;
use sessionlint_lint::rule::Catalog;
use sessionlint_lint::stopwatch::Stopwatch;
use sessionlint_lint::suppress::{self, Comments, Configured, SuppressedBy, SuppressionResult, Suppressor};
use sessionlint_project::load::{Loaded, MemoryCache, Notice, load, load_again};
use sessionlint_project::metadata::{Inputs, Project};
use sessionlint_project::vfs::FileTree;
use sessionlint_report::{RuleInfo, Silence};

/// A project with its configuration and its rules.
pub(super) struct PreparedTarget {
    pub(super) target: Target,
    pub(super) named: ProjectName,
    pub(super) settings: Settings,
    pub(super) catalog: Catalog,
    /// Files whose findings are not shown.
    pub(super) excluded: ExcludedFiles,
}

impl PreparedTarget {
    pub(super) fn new(
        target: Target,
        named: ProjectName,
        arguments: &CheckArguments,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let source = ConfigSource { revision: arguments.config_from.as_deref(), ..ConfigSource::of(&arguments.common) };
        let settings = Settings::find(&target.root, source, environment)?;
        let catalog = settings.catalog(&arguments.rules, environment)?;
        let is_written = FixMode::of(arguments).is_some_and(|it| it.is_written);
        if let (true, FileTree::Memory(memory)) = (is_written, &target.root.tree)
            && !environment.memory_files.holds(memory)
        {
            return Err(Failure::Usage(format!("{}: fixes need a folder; unpack it first", memory.name)));
        }
        if let (Some(_), FileTree::Memory(memory)) = (&arguments.add_ignore, &target.root.tree) {
            return Err(Failure::Usage(format!("{}: --add-ignore needs a folder; unpack it first", memory.name)));
        }
        let excluded = ExcludedFiles::of(&arguments.exclude, &target.root.path, environment)?;
        Ok(Self { target, named, settings, catalog, excluded })
    }

    /// A project that is the only one, with nothing excluded.
    pub(super) fn only(target: Target, settings: Settings, catalog: Catalog) -> Self {
        let named = ProjectName { path: String::new(), stem: String::new() };
        Self { target, named, settings, catalog, excluded: ExcludedFiles::default() }
    }
}

/// A project after its check.
pub(super) struct CheckedTarget {
    pub(super) named: ProjectName,
    pub(super) loaded: Loaded,
    pub(super) remaining: SuppressionResult,
    /// The facts of rules for the formats.
    pub(super) rules: Vec<RuleInfo>,
    /// What the run leaves out, and why.
    pub(super) silence: Silence,
    /// Pairs of rules with opposite advice.
    pub(super) pairs: Vec<Pair>,
    /// Whether every file could be read and every rule could run.
    pub(super) is_complete: bool,
    pub(super) timings: Timings,
    /// The fixes that were applied, or would be.
    pub(super) fix_report: Option<FixReport>,
}

/// The times of the parts of a check.
#[derive(Default)]
pub(super) struct Timings {
    pub(super) read: Duration,
    pub(super) ask: Duration,
    pub(super) rules: Vec<(String, Duration)>,
}

/// The messages beside findings.
pub(super) struct Messages {
    /// Stale suppressions.
    pub(super) notices: Vec<String>,
    /// Rules that could not run.
    pub(super) errors: Vec<String>,
}

/// Reads one project and runs its rules; files in `memory_cache` are not read again.
pub(super) fn check_one(
    prepared: &PreparedTarget,
    resolved: &ResolvedRun<'_>,
    baseline: &BaselineUse,
    inputs: Inputs,
    memory_cache: Option<&MemoryCache>,
    fix_mode: Option<FixMode>,
) -> Result<(CheckedTarget, Messages), Failure> {
    let root = &prepared.target.root;
    let start = Stopwatch::start();
    let loaded = match memory_cache {
        Some(memory_cache) => load_again(root, inputs, memory_cache),
        None => load(root, inputs),
    };
    let read = start.elapsed();
    if !matches!(prepared.target.shown, FindingScope::Files(_)) {
        notices::require_metadata(&loaded)?;
    }
    let (mut checked, messages) = check_loaded(prepared, resolved, baseline, loaded, fix_mode)?;
    let start = Stopwatch::start();
    fix::propose(&checked.loaded.project, &mut checked.remaining.findings);
    checked.timings.ask += start.elapsed();
    checked.timings.read = read;
    Ok((checked, messages))
}

/// Runs the rules on a project that was read. Fixes are not proposed, and findings that repeat each other are not joined.
pub(super) fn check_loaded(
    prepared: &PreparedTarget,
    resolved: &ResolvedRun<'_>,
    baseline: &BaselineUse,
    mut loaded: Loaded,
    fix_mode: Option<FixMode>,
) -> Result<(CheckedTarget, Messages), Failure> {
    let target = &prepared.target;
    let start = Stopwatch::start();
    // The findings that are shown and not suppressed. Each call counts the uses of each suppressor anew.
    let remaining = |project: &Project, mut findings: Vec<Diagnostic>, covered: &[Diagnostic]| {
        let mut excluded: Vec<_> = findings.extract_if(.., |finding| prepared.excluded.has(finding, project)).collect();
        excluded.retain(|finding| target.shown.has(finding, project));
        let excluded = copies::count(&excluded);
        let found = Found { findings, covered, shown: &target.shown };
        let (remaining, notices) = suppress(resolved, found, project, &prepared.catalog, Some(baseline));
        let is_whole = target.shown == FindingScope::All && prepared.excluded.is_empty() && !project.is_cut;
        (remaining, notices(is_whole), excluded)
    };
    let fix_report = match fix_mode {
        None => None,
        // A fix is tested with all rules on all files.
        Some(_) if loaded.project.is_cut => {
            let is_error = true;
            let text = "nothing is fixed, because files were left out: raise --max-memory".to_owned();
            loaded.notices.push(Notice { is_error, text });
            None
        }
        Some(fix_mode) => {
            // Files in memory stay as they are, and those of a diff: it may be asked of files that cannot be written.
            let root = match &target.root.tree {
                FileTree::Folder if fix_mode.is_written => Some(fixes::real_root(&loaded.root)?),
                FileTree::Folder | FileTree::Memory(_) => None,
            };
            let pairs: Vec<_> =
                prepared.catalog.pairs(|_| false).into_iter().map(|pair| (pair.one, pair.other)).collect();
            let options = fix::FixOptions {
                least: fix_mode.least,
                shown: &|project, findings, covered| remaining(project, findings, covered).0.findings,
                pairs: &pairs,
                root: root.as_deref(),
            };
            Some(fixes::apply_fixes(&mut loaded.project, &resolved.plan, &options, fix_mode))
        }
    };
    let CheckResult { findings, covered, errors, timings } = check(&loaded.project, &resolved.plan);
    let (remaining, notices, excluded) = remaining(&loaded.project, findings, &covered);
    let timings = Timings { read: Duration::ZERO, ask: start.elapsed(), rules: timings };
    let messages = Messages { notices, errors: errors.iter().map(ToString::to_string).collect() };
    let is_complete = errors.is_empty() && !loaded.notices.iter().any(|notice| notice.is_error);
    let (rules, pairs, silence) = (Vec::new(), Vec::new(), Silence { excluded, ..Silence::default() });
    let named = prepared.named.clone();
    Ok((CheckedTarget { named, loaded, remaining, rules, silence, pairs, is_complete, timings, fix_report }, messages))
}

/// The findings of a check.
pub(super) struct Found<'f> {
    pub(super) findings: Vec<Diagnostic>,
    /// Those that another one supersedes.
    pub(super) covered: &'f [Diagnostic],
    /// Those that are shown.
    pub(super) shown: &'f FindingScope,
}

/// Removes the findings that are not shown and those that comments, the configuration and `baseline` suppress. The notices
/// about suppressions take whether the findings were those of the whole project.
pub(super) fn suppress(
    resolved: &ResolvedRun<'_>,
    found: Found<'_>,
    project: &Project,
    catalog: &Catalog,
    baseline: Option<&BaselineUse>,
) -> (SuppressionResult, impl FnOnce(bool) -> Vec<String>) {
    let mut comments = Comments::of(project, catalog);
    let mut configured = Configured::new(&resolved.ignores, project.inputs.as_of);
    let Found { mut findings, covered, shown } = found;
    let elsewhere = elsewhere(&mut findings, shown, project);
    // Suppressions are counted for the findings that are shown, so these are compared with a second set.
    let elsewhere = if elsewhere.is_empty() {
        elsewhere
    } else {
        let mut comments = Comments::of(project, catalog);
        let mut configured = Configured::new(&resolved.ignores, project.inputs.as_of);
        suppress::apply(elsewhere, &[], &project.sources, &mut [&mut comments, &mut configured]).findings
    };
    let mut baseline = baseline.map(BaselineUse::baseline).unwrap_or_default();
    let suppressors: &mut [&mut dyn Suppressor] = &mut [&mut comments, &mut configured, &mut baseline];
    let remaining = suppress::apply(findings, covered, &project.sources, suppressors);
    let remaining = SuppressionResult { elsewhere, ..remaining };
    let notices = move |is_whole| {
        let rules: Vec<&str> = resolved.plan.rules.iter().map(|rule| rule.id.as_str()).collect();
        let suppressors: [&dyn Suppressor; 3] = [&comments, &configured, &baseline];
        suppressors.iter().flat_map(|it| it.notices(is_whole, &rules)).collect()
    };
    (remaining, notices)
}

/// Leaves only the findings that are shown in `findings`, and returns those others that repeat one of them.
fn elsewhere(findings: &mut Vec<Diagnostic>, shown: &FindingScope, project: &Project) -> Vec<Diagnostic> {
    let mut elsewhere: Vec<_> = findings.extract_if(.., |finding| !shown.has(finding, project)).collect();
    let copied: HashSet<&str> = findings.iter().filter_map(|finding| finding.copy_of.as_deref()).collect();
    elsewhere.retain(|finding| finding.copy_of.as_deref().is_some_and(|it| copied.contains(it)));
    elsewhere
}

/// What a run left out.
pub(super) fn silence_of(resolved: &ResolvedRun<'_>, remaining: &SuppressionResult) -> Silence {
    let by = |kind| remaining.suppressed.iter().filter(|it| it.kind == kind).count();
    Silence {
        suppressed_by_configuration: by(SuppressedBy::Configuration),
        suppressed_by_comment: by(SuppressedBy::Comment),
        baselined: by(SuppressedBy::Baseline),
        ..resolved.silence.clone()
    }
}

/// Whether a finding is severe enough for the run to fail.
pub(super) fn fails<'d>(severities: impl IntoIterator<Item = &'d Severity>, fail_on: FailOn) -> bool {
    let least = match fail_on {
        FailOn::Never => return false,
        FailOn::Note => Severity::Note,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    severities.into_iter().any(|severity| *severity >= least)
}
