//! The reports that a run of `check` writes: which formats, what they need, where each goes, and what is in it.
//!
//! Refuses to know how a format is written.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::check_arguments::CheckArguments;
use super::checking::{CheckedTarget, Timings};
use super::formats::{self, Format, ReportInput};
use super::settings::Settings;
use super::several::{self, Destination, ProjectName};
use super::target::{self, Target};
use super::threads::Threads;
use super::{Environment, Exit, Failure, output};
use sessionlint_lint::check::RunPlan;
use sessionlint_lint::rule::Catalog;
use sessionlint_lint::suppress;
use sessionlint_project::load::Loaded;
use sessionlint_report::gate::Gate;
use sessionlint_report::{self as report, Paths, Report, RuleInfo, Silence, Style};

/// All formats of a run, the main one first, each with its destination.
pub(super) fn outputs(arguments: &CheckArguments) -> impl Iterator<Item = (Format, Option<&Path>)> {
    let also = arguments.also.iter().map(|also| (also.format, Some(also.file.as_path())));
    std::iter::once((arguments.format, arguments.common.output())).chain(also)
}

/// All formats of a run, the main one first.
pub(super) fn of(arguments: &CheckArguments) -> impl Iterator<Item = Format> {
    outputs(arguments).map(|(format, _)| format)
}

/// Refuses two reports in one file, of which only one would remain.
pub(super) fn refuse_same_file(arguments: &CheckArguments, environment: &Environment<'_>) -> Result<(), Failure> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for (format, file) in outputs(arguments).filter_map(|(format, file)| Some((format, file?))) {
        let mut path = environment.absolute(file);
        if let Destination::Folder(_) = Destination::of(Some(file), environment) {
            path.push(format!("*.{}", format.extension()));
        }
        if seen.contains(&path) {
            return Err(Failure::Usage(format!("two reports would go to {}", file.display())));
        }
        seen.push(path);
    }
    Ok(())
}

/// Whether some format of this run needs facts of rules.
pub(super) fn need_rules(arguments: &CheckArguments) -> bool {
    of(arguments).any(Format::needs_rules)
}

/// The facts of rules that the formats of this run need; empty where none needs them. Without a plan, no rule ran.
pub(super) fn rule_infos(arguments: &CheckArguments, catalog: &Catalog, plan: Option<&RunPlan<'_>>) -> Vec<RuleInfo> {
    if need_rules(arguments) { formats::rule_infos(catalog, plan) } else { Vec::new() }
}

/// Counts take the place of lists for people; a document lists everything.
pub(super) fn refuse_counts_of_documents(arguments: &CheckArguments) -> Result<(), Failure> {
    let (format, is_counted) = (arguments.format, arguments.statistics);
    if is_counted && format.is_document() {
        let name = format.name();
        let text = format!("--statistics counts findings for people, and {name} lists them: leave one of the two out");
        return Err(Failure::Usage(text));
    }
    Ok(())
}

/// A document is about one project; only formats of lines can follow one another.
pub(super) fn refuse_several_roots(
    targets: &[Target],
    arguments: &CheckArguments,
    environment: &Environment<'_>,
) -> Result<(), Failure> {
    let is_for_each = |file| matches!(Destination::of(file, environment), Destination::Folder(_));
    let mut outputs = outputs(arguments).enumerate();
    let document = outputs.find(|(_, (format, file))| format.is_document() && !is_for_each(*file));
    let Some((index, (format, _))) = document.filter(|_| targets.len() > 1) else { return Ok(()) };
    let name = format.name();
    let option = if index == 0 { "--output DIR/".to_owned() } else { format!("--also {name}=DIR/") };
    Err(several::refusal(targets.iter().map(|target| target.root.path.as_path()), name, &option))
}

/// Writes reports without findings, since a document must exist.
pub(super) fn write_nothing(arguments: &CheckArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let mut rules = Vec::new();
    if need_rules(arguments) {
        let settings = Settings::here(&arguments.common.config, environment)?;
        rules = rule_infos(arguments, &settings.catalog(&arguments.rules, environment)?, None);
    }
    let sources = sessionlint_source::Sources::default();
    let root = environment.current.display().to_string();
    let project = report::Project { root: &root, ..report::Project::default() };
    let silence = Silence { fail_on: arguments.fail_on.unwrap_or_default().as_str(), ..Silence::default() };
    let report = Report { rules: &rules, ..Report::of(project, &sources, &[], &silence) };
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

/// Writes the changes of the fixes as diffs.
pub(super) fn show_diffs(
    checked: &[CheckedTarget],
    arguments: &CheckArguments,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let file = arguments.common.output();
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
pub(super) fn shown_paths(loaded: &Loaded, arguments: &CheckArguments, environment: &Environment<'_>) -> Paths {
    let base = arguments.base.as_ref().map(|base| environment.absolute(base));
    target::paths(&loaded.root, base.as_deref(), &environment.current)
}

/// Writes the reports about the projects.
pub(super) fn show(
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
            let findings = &target.remaining.findings;
            let of_project = report::Project::of(project, &target.named.path);
            let report = Report {
                suppressed: &suppressed,
                summary: target.remaining.summary(),
                pairs: &target.pairs,
                rules: &target.rules,
                is_complete: target.is_complete,
                threads: threads.pool(),
                ..Report::of(of_project, &project.sources, findings, &target.silence)
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
    let file = arguments.common.output();
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

/// Writes the times of a project to the error stream.
pub(super) fn show_timings(timings: &Timings, plan: Duration, environment: &mut Environment<'_>) {
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
