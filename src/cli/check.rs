//! `sessionlint check`: reads projects, runs the rules, writes the reports, and returns the exit code.
//!
//! Assumes nothing about the paths. Refuses to know what a rule finds and how a format is written.

pub(super) use super::check_arguments::CheckArguments;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::FailOn;
use super::config_files::read_typed;
use super::fix::{self as fixes, FixMode, FixReport};
use super::formats::{Format, ReportInput};
use super::memory_caches::MemoryCaches;
use super::progress::Progress;
use super::settings::{ConfigSource, ResolvedRun, RuleArguments, Settings};
use super::several::{self, Destination, Failures, ProjectName, names};
use super::target::{self, ExcludedFiles, FindingScope, Target, Targets};
use super::threads::Threads;
pub(super) use super::threads::with_threads;
use super::timeline;
use super::watch::{self, WatchedFiles};
use super::{Environment, Exit, Failure, add_ignore, output, outputs, show_settings, worst};

use sessionlint_lint::check::{CheckResult, check};
use sessionlint_lint::config;
use sessionlint_lint::conflicts::Pair;
use sessionlint_lint::diagnostic::{Diagnostic, Severity, Summary};
use sessionlint_lint::fix;
use sessionlint_lint::rule::Catalog;
use sessionlint_lint::stopwatch::Stopwatch;
use sessionlint_lint::suppress::{self, Baseline, Comments, Configured, Suppressor};
use sessionlint_project::discover;
use sessionlint_project::load::{Loaded, MemoryCache, Notice, load, load_again};
use sessionlint_project::metadata::{CodeCounts, Inputs, Project};
use sessionlint_project::vfs::{FileTree, MAX_BYTES};
use sessionlint_report::gate::Gate;
use sessionlint_report::{self as report, Paths, Report, RuleInfo, Silence, Style};

/// A project after its check.
pub(super) struct CheckedTarget {
    named: ProjectName,
    pub(super) loaded: Loaded,
    pub(super) remaining: suppress::SuppressionResult,
    /// The facts of rules for the formats.
    rules: Vec<RuleInfo>,
    /// What the run leaves out, and why.
    silence: Silence,
    /// Pairs of rules with opposite advice.
    pairs: Vec<Pair>,
    /// Whether every file could be read and every rule could run.
    pub(super) is_complete: bool,
    timings: Timings,
    /// The fixes that were applied, or would be.
    fix_report: Option<FixReport>,
}

#[derive(Default)]
struct Timings {
    read: Duration,
    ask: Duration,
    rules: Vec<(String, Duration)>,
}

pub(super) fn run(arguments: &CheckArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    if arguments.add_ignore.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Failure::Usage("--add-ignore: the reason is empty".to_owned()));
    }
    if arguments.watch {
        if arguments.file_list.as_deref() == Some(Path::new("-")) {
            let text = "--watch reads its list of files anew each time, and standard input is read once";
            return Err(Failure::Usage(text.to_owned()));
        }
        let watched = watched(arguments, environment)?;
        let mut memory_caches = MemoryCaches::default();
        return watch::repeat(&watched, environment, |environment| {
            once(arguments, environment, Some(&mut memory_caches))
        });
    }
    once(arguments, environment, None)
}

/// The folders and files that a run depends on.
fn watched(arguments: &CheckArguments, environment: &mut Environment<'_>) -> Result<WatchedFiles, Failure> {
    let (Targets::Projects(targets), _) = find(arguments, environment)? else {
        return Err(Failure::Usage("--watch needs a project, or files of one".to_owned()));
    };
    let mut read: Vec<PathBuf> = Vec::new();
    for Target { root, .. } in &targets {
        // A project in a zip changes with the zip.
        read.extend(root.path.ancestors().find(|path| path.exists()).map(Path::to_owned));
        read.extend(config::find(&root.path, discover::git_top(&root.path)));
    }
    let CheckArguments { rules, baseline, file_list, common, .. } = arguments;
    let named = rules.iter().chain(baseline).chain(file_list).chain(&common.config);
    read.extend(named.map(|path| environment.absolute(path)));
    let written = outputs::outputs(arguments).filter_map(|(_, file)| Some(environment.absolute(file?)));
    Ok(WatchedFiles { read, written: written.collect() })
}

/// Checks once. `memory_caches` has the files of earlier runs of this process; without it, the process ends after this run.
pub(super) fn once(
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
    mut memory_caches: Option<&mut MemoryCaches>,
) -> Result<Exit, Failure> {
    outputs::refuse_same_file(arguments, environment)?;
    let (found, named_paths) = find(arguments, environment)?;
    let targets = match found {
        Targets::Projects(targets) => targets,
        Targets::NoMetadata => {
            if !arguments.common.quiet {
                let _ = writeln!(environment.err, "none of the given files holds session metadata");
            }
            return write_nothing(arguments, environment);
        }
    };
    refuse_several_roots(&targets, arguments, environment)?;
    // Fixes are applied to projects that are named, not to all projects of a folder.
    if FixMode::of(arguments).is_some() && targets.len() > named_paths {
        let roots: Vec<_> = targets.iter().map(|target| target.root.path.display().to_string()).collect();
        return Err(Failure::Usage(format!("fixes are made in one project at a time: {}", roots.join(", "))));
    }
    if arguments.add_ignore.is_some() && targets.len() > 1 {
        let text = "--add-ignore writes the configuration of one project; name one of them";
        return Err(Failure::Usage(text.to_owned()));
    }
    let start = Stopwatch::start();
    let base = arguments.base.as_ref().map(|base| environment.absolute(base));
    let named = names(targets.iter().map(|target| target.root.path.as_path()), base.as_deref(), environment);
    let count = targets.len();
    // Errors in arguments and configurations are reported before anything is read.
    let mut failures = Failures::default();
    let mut prepared = Vec::new();
    for (target, named) in targets.into_iter().zip(named) {
        match PreparedTarget::new(target, named.clone(), arguments, environment) {
            Ok(project) => prepared.push(project),
            // The other projects are still checked.
            Err(failure) => failures.add(&named, failure),
        }
    }
    let CheckArguments { preset, preview, fail_on, select, ignore, .. } = arguments;
    let typed = RuleArguments { preset: *preset, preview: *preview, fail_on: *fail_on, select, ignore };
    let baseline = BaselineUse::of(arguments, &prepared, environment)?;
    let mut resolved = Vec::new();
    for project in &prepared {
        match project.settings.resolve(typed, &project.catalog) {
            Ok(it) => resolved.push((project, it)),
            Err(failure) => failures.add(&project.named, failure),
        }
    }
    let mut exit = failures.write_notices(count, environment)?;
    if arguments.show_settings {
        return show_settings(&resolved, arguments, environment).map(|()| exit);
    }
    let plan_took = start.elapsed();
    let threads = Threads::new(&arguments.common)?;
    let mut checked = Vec::new();
    let mut failures = Failures::default();
    for (prepared, resolved) in &resolved {
        environment.project = (count > 1).then(|| prepared.named.label().to_owned());
        let memory_cache = memory_caches
            .as_deref_mut()
            .and_then(|memory_caches| memory_caches.of(&prepared.target.root, environment.began));
        match check_target(prepared, resolved, &baseline, &threads, arguments, memory_cache, environment) {
            Ok((target, target_exit)) => {
                exit = worst(exit, target_exit);
                checked.push(target);
            }
            Err(failure) => failures.add(&prepared.named, failure),
        }
    }
    environment.project = None;
    exit = worst(exit, failures.write_notices(count, environment)?);
    exit = worst(
        exit,
        if arguments.diff {
            show_diffs(&checked, arguments, environment)?
        } else {
            show(&checked, count > 1, &threads, arguments, environment)?
        },
    );
    if arguments.timings {
        for target in &checked {
            show_timings(&target.timings, plan_took, environment);
        }
    }
    let Some(memory_caches) = memory_caches else {
        // The process ends next, and freeing a project takes a twentieth of a run.
        std::mem::forget((checked, resolved));
        std::mem::forget(prepared);
        return Ok(exit);
    };
    for target in checked {
        memory_caches.take_back(target.loaded);
    }
    Ok(exit)
}

/// The settings of each project, one after the other.
fn show_settings(
    resolved: &[(&PreparedTarget, ResolvedRun<'_>)],
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let file = arguments.common.output.as_deref();
    let style = environment.style(&arguments.common);
    output::write(environment, file, |out| {
        for (index, (project, run)) in resolved.iter().enumerate() {
            if resolved.len() > 1 {
                report::begin_project(out, project.named.label(), style, index == 0)?;
            }
            show_settings::write(out, &project.settings, run, arguments)?;
        }
        Ok(())
    })
}

/// The projects of the paths, and the number of paths.
fn find(arguments: &CheckArguments, environment: &mut Environment<'_>) -> Result<(Targets, usize), Failure> {
    let name = arguments.stdin_filename.as_deref();
    if target::is_standard_input(&arguments.paths, name, arguments.file_list.is_some())?
        && let Some(name) = name
    {
        let refused = [
            (arguments.fix, "--fix"),
            (arguments.diff, "--diff"),
            (arguments.update_baseline, "--update-baseline"),
            (arguments.add_ignore.is_some(), "--add-ignore"),
            (arguments.watch, "--watch"),
        ];
        if let Some((_, option)) = refused.iter().find(|(is_typed, _)| *is_typed) {
            return Err(Failure::Usage(format!("{option} goes with files on a disk, and `-` is none")));
        }
        return Ok((target::standard_input(name, environment)?, 1));
    }
    let mut paths = arguments.paths.clone();
    if let Some(list) = &arguments.file_list {
        paths.extend(target::paths_of_list(list, environment)?);
    }
    let mut gone = Vec::new();
    let found = target::find(&paths, environment, &mut gone)?;
    if let Some(first) = gone.first() {
        let text = match gone.len() {
            1 => format!("{} is gone", first.display()),
            count => format!("{count} of the given files are gone (the first is {})", first.display()),
        };
        environment.warn(&text);
    }
    Ok((found, paths.len()))
}

/// Writes reports without findings, since a document must exist.
fn write_nothing(arguments: &CheckArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let mut rules = Vec::new();
    if outputs::need_rules(arguments) {
        let settings = Settings::here(&arguments.common.config, environment)?;
        rules = outputs::rule_infos(arguments, &settings.catalog(&arguments.rules, environment)?, None);
    }
    let sources = sessionlint_source::Sources::default();
    let root = environment.current.display().to_string();
    let project =
        report::Project { root: &root, name: "", files: 0, components: 0, code: CodeCounts::default(), hidden: 0 };
    let report = Report {
        project,
        sources: &sources,
        findings: &[],
        suppressed: &[],
        summary: Summary::default(),
        silence: &Silence { fail_on: arguments.fail_on.unwrap_or_default().as_str(), ..Silence::default() },
        pairs: &[],
        rules: &rules,
        is_complete: true,
        threads: None,
    };
    // There are no findings, so there are no paths to show.
    let paths = Paths::default();
    write_all(arguments, environment, &[], &mut |out, format, style, _| {
        if format.is_document() {
            format.write(out, &ReportInput { report: &report, paths: &paths, style })
        } else {
            Ok(())
        }
    })
}

/// A document is about one project; only formats of lines can follow one another.
fn refuse_several_roots(
    targets: &[Target],
    arguments: &CheckArguments,
    environment: &Environment<'_>,
) -> Result<(), Failure> {
    let is_for_each = |file| matches!(Destination::of(file, environment), Destination::Folder(_));
    let mut outputs = outputs::outputs(arguments).enumerate();
    let document = outputs.find(|(_, (format, file))| format.is_document() && !is_for_each(*file));
    let Some((index, (format, _))) = document.filter(|_| targets.len() > 1) else { return Ok(()) };
    let name = format.name();
    let option = if index == 0 { "--output DIR/".to_owned() } else { format!("--also {name}=DIR/") };
    Err(several::refusal(targets.iter().map(|target| target.root.path.as_path()), name, &option))
}

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
    fn new(
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
}

/// Checks one project and prints notes beside its findings.
fn check_target(
    prepared: &PreparedTarget,
    resolved: &ResolvedRun<'_>,
    baseline: &BaselineUse,
    threads: &Threads,
    arguments: &CheckArguments,
    memory_cache: Option<&MemoryCache>,
    environment: &mut Environment<'_>,
) -> Result<(CheckedTarget, Exit), Failure> {
    let inputs = resolved.without_unneeded(prepared.settings.inputs(&arguments.common, environment));
    let checked = {
        let is_wanted = environment.err_is_terminal && !arguments.common.quiet;
        let _progress = Progress::start(is_wanted, "reading and checking");
        let fix_mode = FixMode::of(arguments);
        threads.run(|| check_one(prepared, resolved, baseline, inputs, memory_cache, fix_mode))
    };
    let (mut checked, messages) = checked?;
    if let BaselineUse::Rewritten(file) = baseline {
        if checked.loaded.project.is_cut {
            let text = "--update-baseline needs all files, and some were left out: raise --max-memory".to_owned();
            write_notices(&checked.loaded, arguments.common.quiet, environment);
            return Err(Failure::Unreadable(text));
        }
        let text = Baseline::text_of(checked.remaining.findings.iter(), &checked.loaded.project.sources);
        output::write(environment, Some(file), |out| out.write_all(text.as_bytes()))?;
        if !arguments.common.quiet {
            let findings = report::count(checked.remaining.findings.len(), "finding");
            environment.note(&format!("wrote a baseline of {findings} to {}", file.display()));
        }
        checked.remaining.accept(suppress::SuppressedBy::Baseline, "the baseline holds it from now on");
    }
    let mut blame_exit = Exit::Clean;
    if arguments.blame {
        let inputs = prepared.settings.inputs(&arguments.common, environment);
        let (target, catalog, findings) = (&prepared.target, &prepared.catalog, &mut checked.remaining.findings);
        blame_exit = timeline::blame(target, resolved, catalog, inputs, findings, &arguments.common, environment)?;
    }
    if let Some(reason) = &arguments.add_ignore {
        let Loaded { project, root, .. } = &checked.loaded;
        add_ignore::add(&checked.remaining.findings, &project.sources, &prepared.settings, root, reason, environment)?;
        checked.remaining.accept(suppress::SuppressedBy::Configuration, reason);
    }
    checked.rules = outputs::rule_infos(arguments, &prepared.catalog, Some(&resolved.plan));
    let found: HashSet<&str> = checked.remaining.findings.iter().map(|finding| finding.rule.as_str()).collect();
    checked.pairs = prepared.catalog.pairs(|rule| found.contains(rule));
    let (is_exit_zero, excluded) = (arguments.exit_zero, checked.silence.excluded);
    checked.silence = Silence { is_exit_zero, excluded, ..silence_of(resolved, &checked.remaining) };
    let mut exit = worst(blame_exit, write_notices(&checked.loaded, arguments.common.quiet, environment));
    if !arguments.common.quiet {
        for notice in &prepared.settings.notices {
            environment.warn(notice);
        }
    }
    if let Some(fix_report) = &checked.fix_report {
        let paths = shown_paths(&checked.loaded, arguments, environment);
        exit = worst(
            exit,
            fix_report.write_notices(
                &checked.loaded.project,
                &checked.remaining.findings,
                &paths,
                arguments.common.quiet,
                environment,
            ),
        );
    }
    if let (Some(report), true, FileTree::Memory(memory)) =
        (&checked.fix_report, arguments.fix, &prepared.target.root.tree)
    {
        for (path, bytes) in report.files(&checked.loaded.project) {
            environment.memory_files.change(memory, path, bytes);
        }
    }
    if !arguments.common.quiet {
        for notice in resolved.hints.iter().chain(&messages.notices) {
            environment.warn(notice);
        }
    }
    for error in &messages.errors {
        environment.error(error);
        exit = Exit::Usage;
    }
    // With --diff, the exit code is about changes.
    if !arguments.diff
        && !arguments.exit_zero
        && fails(checked.remaining.findings.iter().map(|it| &it.severity), resolved.fail_on)
    {
        exit = worst(exit, Exit::Findings);
    }
    // The exit code and the baseline depend on all findings.
    let least = arguments.min_severity.severity();
    let before = checked.remaining.findings.len();
    checked.remaining.findings.retain(|finding| finding.severity >= least);
    checked.silence.below_min_severity = before - checked.remaining.findings.len();
    checked.silence.min_severity = least.as_str();
    Ok((checked, exit))
}

/// What a run left out.
pub(super) fn silence_of(resolved: &ResolvedRun<'_>, remaining: &suppress::SuppressionResult) -> Silence {
    let by = |kind| remaining.suppressed.iter().filter(|it| it.kind == kind).count();
    Silence {
        suppressed_by_configuration: by(suppress::SuppressedBy::Configuration),
        suppressed_by_comment: by(suppress::SuppressedBy::Comment),
        baselined: by(suppress::SuppressedBy::Baseline),
        ..resolved.silence.clone()
    }
}

/// The messages beside findings.
pub(super) struct Messages {
    /// Stale suppressions.
    pub(super) notices: Vec<String>,
    /// Rules that could not run.
    pub(super) errors: Vec<String>,
}

/// Memory of a baseline for each byte of its file.
const BASELINE_PER_BYTE: u64 = 8;

/// The baseline of a run.
pub(super) enum BaselineUse {
    /// None.
    Nothing,
    /// A baseline, as its file's name and bytes.
    Listed(String, Vec<u8>),
    /// The file that gets the findings of this run.
    Rewritten(PathBuf),
}

impl BaselineUse {
    fn of(
        arguments: &CheckArguments,
        prepared: &[PreparedTarget],
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let Some(file) = &arguments.baseline else { return Ok(BaselineUse::Nothing) };
        if arguments.update_baseline {
            let is_whole = matches!(prepared, [only] if only.target.shown == FindingScope::All);
            if !is_whole {
                let text = "--update-baseline needs one whole project: what is not shown would leave the baseline";
                return Err(Failure::Usage(text.to_owned()));
            }
            return Ok(BaselineUse::Rewritten(file.clone()));
        }
        Self::listed(file, environment)
    }

    /// The baseline in a file; an error if the file is not one.
    pub(super) fn listed(file: &Path, environment: &Environment<'_>) -> Result<Self, Failure> {
        let name = file.display().to_string();
        match read_typed(&environment.current.join(file), MAX_BYTES) {
            // It stays in memory until the end of the run.
            Ok(bytes) if environment.budget.take(bytes.len() as u64 * BASELINE_PER_BYTE).is_err() => {
                Err(Failure::Unreadable(format!("{name}: takes more than --max-memory allows")))
            }
            Ok(bytes) => {
                Baseline::read(&name, &bytes).map_err(Failure::Usage)?;
                Ok(BaselineUse::Listed(name, bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Failure::Usage(format!("{name}: no such file; check --update-baseline writes it")))
            }
            Err(error) => Err(Failure::Unreadable(format!("{name}: cannot be read ({error})"))),
        }
    }

    /// The baseline to compare findings with, a new one for each project.
    pub(super) fn baseline(&self) -> Baseline {
        match self {
            BaselineUse::Listed(name, bytes) => Baseline::read(name, bytes).unwrap_or_default(),
            BaselineUse::Nothing | BaselineUse::Rewritten(_) => Baseline::default(),
        }
    }
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
        require_metadata(&loaded)?;
    }
    let (mut checked, messages) = check_loaded(prepared, resolved, baseline, loaded, fix_mode)?;
    let start = Stopwatch::start();
    fix::propose(&checked.loaded.project, &mut checked.remaining.findings);
    checked.timings.ask += start.elapsed();
    checked.timings.read = read;
    Ok((checked, messages))
}

/// Runs the rules on a project that was read. Fixes are not proposed.
pub(super) fn check_loaded(
    prepared: &PreparedTarget,
    resolved: &ResolvedRun<'_>,
    baseline: &BaselineUse,
    mut loaded: Loaded,
    fix_mode: Option<FixMode>,
) -> Result<(CheckedTarget, Messages), Failure> {
    let target = &prepared.target;
    let as_of = loaded.project.inputs.as_of;
    let start = Stopwatch::start();
    // The findings that are shown and not suppressed. Each call counts the uses of each suppressor anew.
    let suppress = |project: &Project, mut findings: Vec<Diagnostic>, covered: &[Diagnostic]| {
        findings.retain(|finding| target.shown.has(finding, project));
        let before = findings.len();
        findings.retain(|finding| !prepared.excluded.has(finding, project));
        let excluded = before - findings.len();
        let mut comments = Comments::of(project, &prepared.catalog);
        let mut configured = Configured::new(&resolved.ignores, as_of);
        let mut baseline = baseline.baseline();
        let suppressors: &mut [&mut dyn Suppressor] = &mut [&mut comments, &mut configured, &mut baseline];
        let remaining = suppress::apply(findings, covered, &project.sources, suppressors);
        let rules: Vec<&str> = resolved.plan.rules.iter().map(|rule| rule.id.as_str()).collect();
        let is_whole = target.shown == FindingScope::All && prepared.excluded.is_empty() && !project.is_cut;
        let notices: Vec<String> = suppressors.iter().flat_map(|it| it.notices(is_whole, &rules)).collect();
        (remaining, notices, excluded)
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
                shown: &|project, findings, covered| suppress(project, findings, covered).0.findings,
                pairs: &pairs,
                root: root.as_deref(),
            };
            Some(fixes::apply_fixes(&mut loaded.project, &resolved.plan, &options, fix_mode))
        }
    };
    let CheckResult { findings, covered, errors, timings } = check(&loaded.project, &resolved.plan);
    let (remaining, notices, excluded) = suppress(&loaded.project, findings, &covered);
    let timings = Timings { read: Duration::ZERO, ask: start.elapsed(), rules: timings };
    let messages = Messages { notices, errors: errors.iter().map(ToString::to_string).collect() };
    let is_complete = errors.is_empty() && !loaded.notices.iter().any(|notice| notice.is_error);
    let (rules, pairs, silence) = (Vec::new(), Vec::new(), Silence { excluded, ..Silence::default() });
    let named = prepared.named.clone();
    Ok((CheckedTarget { named, loaded, remaining, rules, silence, pairs, is_complete, timings, fix_report }, messages))
}

/// Whether there is any Salesforce metadata, or may be some in what could not be read.
pub(super) fn has_metadata(loaded: &Loaded) -> bool {
    let project = &loaded.project;
    let has_any = !project.sources.is_empty() || !project.hidden.is_empty() || project.other > 0;
    has_any || loaded.notices.iter().any(|notice| notice.is_error)
}

/// An error if there is no metadata: what was searched for, and where there is metadata otherwise. No findings would
/// mislead here.
pub(super) fn require_metadata(loaded: &Loaded) -> Result<(), Failure> {
    if has_metadata(loaded) {
        return Ok(());
    }
    let project = &loaded.project;
    let mut text = format!(
        "no Salesforce metadata was recognised in {}: looked for files such as Security.settings-meta.xml, \
         *.profile-meta.xml, *.connectedApp or *.ecaOauthPlcy-meta.xml{}",
        loaded.root.display(),
        if loaded.notices.is_empty() { "" } else { " in the package directories" },
    );
    for notice in &loaded.notices {
        text.push_str("\n  ");
        text.push_str(&notice.text);
    }
    if let Some(first) = project.outside.first() {
        let count = files(project.outside.len());
        text.push_str("\n  ");
        text.push_str(&count);
        text.push_str(" of session metadata outside the package directories, the first is ");
        text.push_str(first);
    }
    Err(Failure::Usage(text))
}

fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

/// Writes the notices beside the findings.
pub(super) fn write_notices(loaded: &Loaded, quiet: bool, environment: &mut Environment<'_>) -> Exit {
    let mut exit = Exit::Clean;
    for notice in &loaded.notices {
        if notice.is_error {
            environment.error(&notice.text);
            exit = Exit::Unreadable;
        } else if !quiet {
            environment.warn(&notice.text);
        }
    }
    if quiet {
        return exit;
    }
    for remark in remarks(loaded) {
        environment.warn(&remark);
    }
    let Project { hidden, sources, .. } = &loaded.project;
    // Apex with session facts is a source too.
    if sources.is_empty() && hidden.is_empty() && exit == Exit::Clean {
        environment.warn(&format!("nothing in {} holds session metadata", loaded.root.display()));
    }
    exit
}

/// The files of session metadata that were not read.
pub(super) fn remarks(loaded: &Loaded) -> Vec<String> {
    let Project { hidden, outside, .. } = &loaded.project;
    let hidden = hidden.first().map(|first| {
        format!(".forceignore hides {} of session metadata (the first is {first}): not checked", files(hidden.len()))
    });
    let outside = outside.first().map(|first| {
        format!(
            "{} of session metadata outside the package directories, not read (the first is {first})",
            files(outside.len())
        )
    });
    hidden.into_iter().chain(outside).collect()
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

/// Writes the changes of the fixes as diffs.
fn show_diffs(
    checked: &[CheckedTarget],
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let file = arguments.common.output.as_deref();
    let color = environment.color(arguments.common.color, file.is_some());
    let all_paths: Vec<Paths> =
        checked.iter().map(|target| shown_paths(&target.loaded, arguments, environment)).collect();
    let mut is_changed = false;
    output::write(environment, file, |out| {
        for (target, paths) in checked.iter().zip(&all_paths) {
            if let Some(fix_report) = &target.fix_report {
                is_changed |= fix_report.write_diff(out, &target.loaded.project.sources, paths, color)?;
            }
        }
        Ok(())
    })?;
    Ok(if is_changed && !arguments.exit_zero { Exit::Findings } else { Exit::Clean })
}

/// How the paths of a project are shown.
fn shown_paths(loaded: &Loaded, arguments: &CheckArguments, environment: &Environment<'_>) -> Paths {
    let base = arguments.base.as_ref().map(|base| environment.absolute(base));
    target::paths(&loaded.root, base.as_deref(), &environment.current)
}

fn show(
    checked: &[CheckedTarget],
    is_one_of_several: bool,
    threads: &Threads,
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let all_paths: Vec<Paths> =
        checked.iter().map(|target| shown_paths(&target.loaded, arguments, environment)).collect();
    let named: Vec<ProjectName> = checked.iter().map(|target| target.named.clone()).collect();
    write_all(arguments, environment, &named, &mut |out, format, style, shown| {
        for (index, (target, paths)) in checked.iter().zip(&all_paths).enumerate() {
            if shown.is_some_and(|shown| shown != index) {
                continue;
            }
            let project = &target.loaded.project;
            let least = arguments.min_severity.severity();
            let suppressed = target.remaining.suppressed.iter().filter(|it| it.finding.severity >= least);
            let suppressed: Vec<_> = suppressed.map(as_reported).collect();
            let report = Report {
                project: report::Project {
                    root: &project.root,
                    name: &target.named.path,
                    files: project.file_count(),
                    components: project.component_count(),
                    code: project.code,
                    hidden: project.hidden.len(),
                },
                sources: &project.sources,
                findings: &target.remaining.findings,
                suppressed: &suppressed,
                summary: target.remaining.summary(),
                silence: &target.silence,
                pairs: &target.pairs,
                rules: &target.rules,
                is_complete: target.is_complete,
                threads: threads.pool(),
            };
            // Statistics take the place of lists for people; documents hold everything.
            let is_counted = arguments.statistics && !format.is_document();
            if is_one_of_several && shown.is_none() && (is_counted || format.is_for_people()) {
                report::begin_project(out, target.named.label(), style, index == 0)?;
            }
            if is_counted {
                report::statistics::write(out, &report, style)?;
            } else {
                format.write(out, &ReportInput { report: &report, paths, style })?;
            }
        }
        Ok(())
    })
}

/// A suppressed finding, for reports.
fn as_reported(suppressed: &suppress::Suppressed) -> report::Suppressed<'_> {
    let is_in_source = match suppressed.kind {
        suppress::SuppressedBy::Comment => true,
        suppress::SuppressedBy::Configuration | suppress::SuppressedBy::Baseline => false,
    };
    report::Suppressed { finding: &suppressed.finding, is_in_source, reason: &suppressed.reason }
}

/// Writes one format into a sink, about one of the projects or all.
type WriteOne<'w> = &'w mut dyn FnMut(&mut Gate<'_>, Format, Style, Option<usize>) -> io::Result<()>;

/// Calls `write` for each report of the run.
///
/// Those of `--also` come first: they are complete even if the reader of the main one, such as `head`, goes away.
fn write_all(
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
    projects: &[ProjectName],
    write: WriteOne<'_>,
) -> Result<Exit, Failure> {
    let file = arguments.common.output.as_deref();
    let main_style = Style { unfold_notes: arguments.notes, ..environment.style(&arguments.common) };
    let also_style = Style { color: environment.color(arguments.common.color, true), ..main_style };
    let mut write_one = |environment: &mut Environment<'_>, format: Format, file: Option<&Path>, style: Style| {
        let may_command = format.is_for_runner();
        match Destination::of(file, environment) {
            Destination::Folder(folder) => {
                let write = |out: &mut Gate<'_>, index| write(out, format, style, Some(index));
                several::write_each(environment, folder, format.extension(), may_command, projects, write)
            }
            Destination::Standard | Destination::File(_) => {
                output::write_for(environment, file, may_command, |out| write(out, format, style, None))
            }
        }
    };
    let mut exit = Exit::Clean;
    for also in &arguments.also {
        match write_one(environment, also.format, Some(&also.file), also_style) {
            // The other reports are still written.
            Err(Failure::Unreadable(text)) => {
                environment.error(&text);
                exit = Exit::Unreadable;
            }
            written => written?,
        }
    }
    match write_one(environment, arguments.format, file, main_style) {
        // The exit code is the same if the reader goes away.
        Ok(()) | Err(Failure::ClosedPipe) => Ok(exit),
        Err(failure) => Err(failure),
    }
}

fn show_timings(timings: &Timings, plan: Duration, environment: &mut Environment<'_>) {
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let mut slowest: Vec<_> = timings.rules.iter().collect();
    slowest.sort_by_key(|(_, duration)| std::cmp::Reverse(*duration));
    let _ = writeln!(environment.err, "rule pages      {:9.2} ms", ms(plan));
    let _ = writeln!(environment.err, "reading         {:9.2} ms", ms(timings.read));
    let _ = writeln!(environment.err, "asking          {:9.2} ms", ms(timings.ask));
    for (rule, duration) in slowest.into_iter().take(5) {
        let _ = writeln!(environment.err, "  {:9.2} ms  {rule}", ms(*duration));
    }
}
