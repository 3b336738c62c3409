//! The reports that a run of `check` writes: which formats, where each goes, and what they need.
//!
//! Refuses to know how a format is written.

use std::path::{Path, PathBuf};

use super::check_arguments::CheckArguments;
use super::formats::{self, Format};
use super::several::Destination;
use super::{Environment, Failure};
use sessionlint_lint::check::RunPlan;
use sessionlint_lint::rule::Catalog;
use sessionlint_report::RuleInfo;

/// All formats of a run, the main one first, each with its destination.
pub(super) fn outputs(arguments: &CheckArguments) -> impl Iterator<Item = (Format, Option<&Path>)> {
    let also = arguments.also.iter().map(|also| (also.format, Some(also.file.as_path())));
    std::iter::once((arguments.format, arguments.common.output.as_deref())).chain(also)
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
