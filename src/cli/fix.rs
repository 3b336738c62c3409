//! `check --fix` and `--diff`: chooses the fixes, writes or shows the files that they change, and reports both.
//!
//! Refuses to know how a fix is found and tested: `lint::fix` does that in memory.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use super::check_arguments::CheckArguments;
use super::{Environment, Exit, Failure};
use sessionlint_analysis::overview::{deploy_command, deployed_as};
use sessionlint_lint::diagnostic::{Diagnostic, Safety, Subject};
use sessionlint_lint::diff;
use sessionlint_lint::fix::{self, FixResult, write};
use sessionlint_project::discover::PROJECT_FILE;
use sessionlint_project::metadata::Project;
use sessionlint_report::gate::Gate;
use sessionlint_report::{Paths, count, one_line, without_commands};
use sessionlint_source::{FileId, Sources};

/// With more components, the deploy command would be too long to be of use.
const MANY: usize = 30;

/// How to handle fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FixMode {
    /// The least safety of fixes that are applied.
    pub(super) least: Safety,
    /// Whether files are written; else the change is shown.
    pub(super) is_written: bool,
}

impl FixMode {
    /// The typed arguments; `None` without fixes.
    pub(super) fn of(arguments: &CheckArguments) -> Option<Self> {
        let least = if arguments.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        (arguments.fix || arguments.diff).then_some(Self { least, is_written: !arguments.diff })
    }
}

/// The applied fixes, or those that would be applied.
#[derive(Debug)]
pub(super) struct FixReport {
    applied: FixResult,
    /// Files that could not be written, with the reason.
    failures: Vec<(FileId, String)>,
    /// Files that a killed run may have left behind.
    leftovers: Vec<PathBuf>,
    mode: FixMode,
    /// Whether the project is one that Salesforce's tooling deploys by component.
    is_source: bool,
}

/// Applies fixes to the project in memory, and to its files if they are to be written. A file that could not be written
/// keeps its text in the project too.
pub(super) fn apply_fixes(
    project: &mut Project,
    plan: &sessionlint_lint::check::RunPlan<'_>,
    options: &fix::FixOptions<'_>,
    mode: FixMode,
) -> FixReport {
    let applied = fix::apply(project, plan, options);
    let root = options.root;
    let leftovers = root.map(|_| write::leftovers(&applied, project)).unwrap_or_default();
    let failures = root.map(|root| write::all(&applied, project, root)).unwrap_or_default();
    let is_source = root.is_some_and(|root| root.join(PROJECT_FILE).is_file());
    FixReport { applied, failures, leftovers, mode, is_source }
}

impl FixReport {
    /// The files that fixes changed, by their paths below the project's root.
    pub(super) fn files<'p>(&self, project: &'p Project) -> impl Iterator<Item = (&'p str, Vec<u8>)> {
        let changed = self.applied.before.iter().map(|(file, before)| (before, project.sources.get(*file)));
        let changed = changed.filter(|(before, after)| before.text() != after.text());
        changed.filter_map(|(_, after)| Some((after.path.as_str(), after.bytes()?)))
    }

    /// The changes as one diff, and whether there are any.
    pub(super) fn write_diff(
        &self,
        out: &mut Gate<'_>,
        sources: &Sources,
        paths: &Paths,
        color: bool,
    ) -> io::Result<bool> {
        let mut is_changed = false;
        for (file, before) in &self.applied.before {
            let after = sources.get(*file);
            is_changed |= after.text() != before.text();
            let diff = without_runner_commands(&diff::between(before, after, &paths.shown(&before.path)));
            if color { colored(out, &diff)? } else { out.write_all(diff.as_bytes())? }
        }
        Ok(is_changed)
    }

    /// Reports the fixes that were applied and those that were not; the exit code is for files that could not be
    /// written.
    pub(super) fn write_notices(
        &self,
        project: &Project,
        remaining: &[Diagnostic],
        paths: &Paths,
        environment: &mut Environment<'_>,
    ) -> Exit {
        let shown = |file: FileId| paths.shown(&project.sources.get(file).path);
        let failed = self.failures.iter().map(|(file, reason)| (*file, reason));
        let mut exit = Exit::Clean;
        for (file, reason) in self.applied.obstacles.iter().map(|(file, reason)| (*file, reason)).chain(failed) {
            environment.error(&format!("{}: {reason}; its fixes are not applied", shown(file)));
            exit = Exit::Unreadable;
        }
        if environment.quiet {
            return exit;
        }
        for file in &self.leftovers {
            let text = "has the name of a file that a killed run leaves behind; it is not removed, in case it is yours";
            environment.warn(&one_line(&format!("{}: {text}", file.display())));
        }
        for it in &self.applied.reverted {
            let at = match it.at {
                Some(file) if file == it.file => " in the same file".to_owned(),
                Some(file) => format!(" in {}", shown(file)),
                None => String::new(),
            };
            let text = format!(
                "{}:{}: {} is not fixed: \"{}\" was reverted, because {}{at}",
                shown(it.file),
                it.line,
                it.rule,
                it.title,
                it.reason
            );
            environment.warn(&one_line(&text));
        }
        if self.applied.reverted_together > 0 {
            environment.warn(&format!(
                "{} more fixes were reverted together: some of them do harm, and too many checks were needed to find \
                 which; run again with --select and fewer rules",
                self.applied.reverted_together
            ));
        }
        for (one, other) in &self.applied.undecided {
            environment.warn(&format!(
                "{one} and {other} conflict with each other: neither is fixed; choose one side with --preset, or leave one \
                 out with --ignore"
            ));
        }
        let mut text = self.summary(project, &shown);
        text.push_str(&self.unsafe_fixes(remaining));
        // When the error stream is gone, there is nowhere to report it.
        let _ = environment.err.write_all(without_commands(&text).as_bytes());
        exit
    }

    /// The number of remaining findings whose fix needs `--unsafe-fixes`, in a sentence.
    fn unsafe_fixes(&self, remaining: &[Diagnostic]) -> String {
        let has_offer = |finding: &&Diagnostic| {
            let is_loosening = finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe);
            is_loosening && !self.mode.is_written && self.mode.least > Safety::Unsafe
        };
        match remaining.iter().filter(has_offer).count() {
            0 => String::new(),
            1 => "1 finding has a fix that loosens a protection: --unsafe-fixes\n".to_owned(),
            many => format!("{many} findings have a fix that loosens a protection: --unsafe-fixes\n"),
        }
    }

    /// The applied fixes, as lines.
    fn summary(&self, project: &Project, shown: &impl Fn(FileId) -> String) -> String {
        let is_written = |files: &[FileId]| !files.iter().any(|file| self.failures.iter().any(|(it, _)| it == file));
        let mut written: Vec<_> = self.applied.fixed.iter().filter(|fixed| is_written(&fixed.files)).collect();
        written.sort_by_key(|fixed| (fixed.file, fixed.line));
        let files: BTreeSet<FileId> = written.iter().flat_map(|fixed| fixed.files.iter().copied()).collect();
        let mut text = String::new();
        if written.is_empty() {
            let is_hindered = !self.failures.is_empty() || !self.applied.obstacles.is_empty();
            return if is_hindered { "nothing was fixed\n" } else { "nothing to fix\n" }.to_owned();
        }
        let verb = if self.mode.is_written { "fixed" } else { "would fix" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{verb} {} in {}:", count(written.len(), "finding"), count(files.len(), "file"));
        for fixed in &written {
            let elsewhere = match fixed.files.first() {
                Some(first) if !fixed.files.contains(&fixed.file) => format!(" in {}", shown(*first)),
                _ => String::new(),
            };
            let title = one_line(&fixed.title);
            let _ = writeln!(text, "  {}:{}: {}: {title}{elsewhere}", shown(fixed.file), fixed.line, fixed.rule);
            if !fixed.loosens.is_empty() {
                let _ = writeln!(text, "    loosens: {}", one_line(&fixed.loosens));
            }
        }
        let mut components: Vec<String> = written
            .iter()
            .flat_map(|fixed| &fixed.files)
            .filter_map(|file| project.components.iter().find(|it| it.file == *file))
            .map(|component| {
                let ty = sessionlint_project::metadata::kind::kind(component.kind).name.to_owned();
                deployed_as(&Subject { ty, name: component.name.clone() })
            })
            .collect();
        components.sort();
        components.dedup();
        if self.mode.is_written && !components.is_empty() {
            let what = match components.len() {
                MANY.. => count(components.len(), "component"),
                _ if self.is_source => deploy_command(&components),
                _ => components.join(", "),
            };
            let _ = writeln!(text, "the org changes when it is deployed: {}", one_line(&what));
        }
        text
    }
}

/// A diff without commands to a pipeline's runner; GitHub's runner also finds `::` after the white space of a line.
fn without_runner_commands(diff: &str) -> String {
    let mut text = String::with_capacity(diff.len());
    for line in without_commands(diff).split_inclusive('\n') {
        let command = line.trim_start();
        text.push_str(&line[..line.len() - command.len()]);
        let rest = command.strip_prefix("::");
        text.push_str(if rest.is_some() { ": :" } else { "" });
        text.push_str(rest.unwrap_or(command));
    }
    text
}

fn colored(out: &mut Gate<'_>, diff: &str) -> io::Result<()> {
    for line in diff.split_inclusive('\n') {
        let style = match line.as_bytes().first() {
            Some(b'+') if !line.starts_with("+++") => AnsiColor::Green.on_default(),
            Some(b'-') if !line.starts_with("---") => AnsiColor::Red.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
        write!(out, "{style}{text}{style:#}{end}")?;
    }
    Ok(())
}

/// The canonical path of the root, for the check of links.
pub(super) fn real_root(root: &Path) -> Result<std::path::PathBuf, Failure> {
    std::fs::canonicalize(root)
        .map_err(|error| Failure::Unreadable(format!("{}: cannot be read ({error})", root.display())))
}
