//! `sessionlint check`: reads projects, runs the rules, writes the reports, and returns the exit code.
//!
//! Assumes nothing about the paths. Refuses to know what a rule finds and how a format is written.

pub(super) use super::check_arguments::CheckArguments;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::baseline::BaselineUse;
use super::checking::{CheckedTarget, PreparedTarget, check_one, fails, silence_of};
use super::fix::FixMode;
use super::memory_caches::MemoryCaches;
use super::progress::Progress;
use super::settings::{ResolvedRun, RuleArguments};
use super::several::{Failures, names};
use super::target::{self, FindingScope, Target, Targets};
use super::threads::Threads;
use super::timeline;
use super::watch::{self, WatchedFiles};
use super::{Environment, Exit, Failure, add_ignore, notices, output, outputs, show_settings};

use sessionlint_lint::config;
use sessionlint_lint::diagnostic::Severity;
use sessionlint_lint::stopwatch::Stopwatch;
use sessionlint_lint::suppress::{Baseline, SuppressedBy};
use sessionlint_project::discover;
use sessionlint_project::load::{Loaded, MemoryCache};
use sessionlint_project::vfs::FileTree;
use sessionlint_report::{self as report, Silence};

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
    outputs::refuse_counts_of_documents(arguments)?;
    if let Some(base) = &arguments.base {
        target::require_base(base, environment)?;
    }
    let (found, named_paths) = find(arguments, environment)?;
    let Targets::Projects(targets) = found else {
        if !environment.quiet {
            let _ = writeln!(environment.err, "none of the given files holds session metadata");
        }
        return outputs::write_nothing(arguments, environment);
    };
    outputs::refuse_several_roots(&targets, arguments, environment)?;
    refuse_to_change_several(&targets, named_paths, arguments)?;
    let start = Stopwatch::start();
    let count = targets.len();
    // Errors in arguments and configurations are reported before anything is read.
    let mut failures = Failures::default();
    let prepared = prepare(targets, arguments, environment, &mut failures);
    let CheckArguments { preset, preview, fail_on, select, ignore, .. } = arguments;
    let typed = RuleArguments { preset: *preset, preview: *preview, fail_on: *fail_on, select, ignore };
    let is_whole_project = matches!(prepared.as_slice(), [only] if only.target.shown == FindingScope::All);
    let baseline = BaselineUse::of(arguments, is_whole_project, environment)?;
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
                exit = exit.max(target_exit);
                checked.push(target);
            }
            Err(failure) => failures.add(&prepared.named, failure),
        }
    }
    environment.project = None;
    exit = exit.max(failures.write_notices(count, environment)?);
    exit = exit.max(if arguments.diff {
        outputs::show_diffs(&checked, arguments, environment)?
    } else {
        outputs::show(&checked, count > 1, &threads, arguments, environment)?
    });
    if arguments.timings {
        for target in &checked {
            outputs::show_timings(&target.timings, plan_took, environment);
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

/// Fixes are applied to projects that are named, not to all projects of a folder, and one configuration is changed.
fn refuse_to_change_several(targets: &[Target], named_paths: usize, arguments: &CheckArguments) -> Result<(), Failure> {
    if FixMode::of(arguments).is_some() && targets.len() > named_paths {
        let roots: Vec<_> = targets.iter().map(|target| target.root.path.display().to_string()).collect();
        return Err(Failure::Usage(format!("fixes are made in one project at a time: {}", roots.join(", "))));
    }
    if arguments.add_ignore.is_some() && targets.len() > 1 {
        let text = "--add-ignore writes the configuration of one project; name one of them";
        return Err(Failure::Usage(text.to_owned()));
    }
    Ok(())
}

/// The projects with their configurations and rules. The other projects are checked where one fails.
fn prepare(
    targets: Vec<Target>,
    arguments: &CheckArguments,
    environment: &Environment<'_>,
    failures: &mut Failures,
) -> Vec<PreparedTarget> {
    let base = arguments.base.as_ref().map(|base| environment.absolute(base));
    let named = names(targets.iter().map(|target| target.root.path.as_path()), base.as_deref(), environment);
    let mut prepared = Vec::new();
    for (target, named) in targets.into_iter().zip(named) {
        match PreparedTarget::new(target, named.clone(), arguments, environment) {
            Ok(project) => prepared.push(project),
            Err(failure) => failures.add(&named, failure),
        }
    }
    prepared
}

/// The settings of each project, one after the other.
fn show_settings(
    resolved: &[(&PreparedTarget, ResolvedRun<'_>)],
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let file = arguments.common.output();
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
        let listed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        for file in outputs::outputs(arguments).filter_map(|(_, file)| file) {
            output::refuse_input(file, &listed, environment)?;
        }
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
        let _progress = Progress::start("reading and checking", environment);
        let fix_mode = FixMode::of(arguments);
        threads.run(|| check_one(prepared, resolved, baseline, inputs, memory_cache, fix_mode))
    };
    let (mut checked, messages) = checked?;
    if let BaselineUse::Rewritten(file, before) = baseline {
        // What a rule found that is not asked now stays known.
        let stays = |id: &str| prepared.catalog.get(id).is_some() && !resolved.plan.rules.iter().any(|it| it.id == id);
        rewrite_baseline((file, before), stays, &mut checked, environment)?;
    }
    let mut exit = Exit::Clean;
    if arguments.blame {
        let inputs = prepared.settings.inputs(&arguments.common, environment);
        let (target, catalog, findings) = (&prepared.target, &prepared.catalog, &mut checked.remaining.findings);
        exit = timeline::blame(target, resolved, catalog, inputs, findings, &arguments.common, environment)?;
    }
    if let Some(reason) = &arguments.add_ignore {
        let Loaded { project, root, .. } = &checked.loaded;
        add_ignore::add(&checked.remaining.findings, &project.sources, &prepared.settings, root, reason, environment)?;
        checked.remaining.accept(SuppressedBy::Configuration, reason);
    }
    checked.remaining.join_copies();
    checked.rules = outputs::rule_infos(arguments, &prepared.catalog, Some(&resolved.plan));
    let found: HashSet<&str> = checked.remaining.findings.iter().map(|finding| finding.rule.as_str()).collect();
    checked.pairs = prepared.catalog.pairs(|rule| found.contains(rule));
    let (is_exit_zero, excluded) = (arguments.exit_zero, checked.silence.excluded);
    checked.silence = Silence { is_exit_zero, excluded, ..silence_of(resolved, &checked.remaining) };
    exit = exit.max(notices::write(&checked.loaded, environment));
    environment.warn_of_all(&prepared.settings.notices);
    if let Some(fix_report) = &checked.fix_report {
        let (project, findings) = (&checked.loaded.project, &checked.remaining.findings);
        let paths = outputs::shown_paths(&checked.loaded, arguments, environment);
        exit = exit.max(fix_report.write_notices(project, findings, &paths, environment));
        if let (true, FileTree::Memory(memory)) = (arguments.fix, &prepared.target.root.tree) {
            for (path, bytes) in fix_report.files(project) {
                environment.memory_files.change(memory, path, bytes);
            }
        }
    }
    environment.warn_of_all(resolved.hints.iter().chain(&messages.notices));
    exit = exit.max(environment.report_errors(&messages.errors));
    let severities = checked.remaining.findings.iter().map(|it| &it.severity);
    // With --diff, the exit code is about changes.
    if !arguments.diff && !arguments.exit_zero && fails(severities, resolved.fail_on) {
        exit = exit.max(Exit::Findings);
    }
    // The exit code and the baseline depend on all findings.
    hide_below(arguments.min_severity.severity(), &mut checked);
    Ok((checked, exit))
}

/// Writes the findings into a new baseline, which accepts them from now on, beside the entries of the old one that stay.
fn rewrite_baseline(
    (file, before): (&Path, &Baseline),
    stays: impl Fn(&str) -> bool,
    checked: &mut CheckedTarget,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    if !before.is_empty() && checked.loaded.notices.iter().any(|notice| notice.is_error) {
        notices::write(&checked.loaded, environment);
        let text =
            "--update-baseline needs all files, and some cannot be read: their findings would leave the baseline";
        return Err(Failure::Unreadable(text.to_owned()));
    }
    if checked.loaded.project.is_cut {
        let text = "--update-baseline needs all files, and some were left out: raise --max-memory".to_owned();
        notices::write(&checked.loaded, environment);
        return Err(Failure::Unreadable(text));
    }
    let text = before.text_with(checked.remaining.findings.iter(), &checked.loaded.project.sources, stays);
    output::write(environment, Some(file), |out| out.write_all(text.as_bytes()))?;
    checked.remaining.join_copies();
    let findings = report::count(checked.remaining.findings.len(), "finding");
    environment.note(&format!("wrote a baseline of {findings} to {}", file.display()));
    checked.remaining.accept(SuppressedBy::Baseline, "the baseline holds it from now on");
    Ok(())
}

/// Removes the findings below `least`, and counts them.
fn hide_below(least: Severity, checked: &mut CheckedTarget) {
    let before = checked.remaining.findings.len();
    checked.remaining.findings.retain(|finding| finding.severity >= least);
    checked.silence.below_min_severity = before - checked.remaining.findings.len();
    checked.silence.min_severity = least.as_str();
}
