//! The arguments of `check`.
//!
//! Types and help only. Refuses to know what the arguments do: `check` and `settings` do.

use std::path::PathBuf;

use clap::Args;

use super::add_ignore;
use super::args::{Common, FailOn, MinSeverity, PresetChoice};
use super::formats::{ExtraOutput, Format};

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("fixing").args(["fix", "diff"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub(super) struct CheckArguments {
    /// A project, a folder in one, or files (as hooks pass them); `-` is one file on standard input
    #[arg(
        value_name = "PATH",
        default_value = ".",
        default_value_if("file_list", clap::builder::ArgPredicate::IsPresent, None)
    )]
    pub(super) paths: Vec<PathBuf>,
    /// Read more paths from a file, one per line or separated by NUL; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) file_list: Option<PathBuf>,
    /// With `-`: the file of the project that standard input takes the place of, whether it exists or not
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Output format of findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: Format,
    /// Also write a report in this format to this file, or one for each project into a folder (FORMAT=DIR/); can be
    /// given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) also: Vec<ExtraOutput>,
    /// Rules to run; the default is the configuration's preset, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Run preview rules too, which may change in any version
    #[arg(long)]
    pub(super) preview: bool,
    /// Run only these rules or groups, whatever the preset
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Skip these rules or groups
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Show no finding in files that this glob matches, and fix none: a path below the project or the current folder, or a
    /// name without `/` at any depth; can be given several times. The files are read all the same
    #[arg(long, value_name = "GLOB", conflicts_with = "update_baseline")]
    pub(super) exclude: Vec<String>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Apply the fixes that weaken no protection, run all rules again, and report what remains
    #[arg(long)]
    pub(super) fix: bool,
    /// Also apply (with --diff: show) fixes that weaken a protection; each names it
    #[arg(long, requires = "fixing")]
    pub(super) unsafe_fixes: bool,
    /// Print the changes of --fix as a unified diff and write nothing; exit with 1 if there are changes
    #[arg(long, conflicts_with_all = ["format", "also", "statistics", "update_baseline"])]
    pub(super) diff: bool,
    /// Report only findings that are not in this file of known findings
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Update the baseline to the current findings: remove fixed ones, add new ones
    #[arg(long, requires = "baseline")]
    pub(super) update_baseline: bool,
    /// Suppress what is found: write an `[[ignore]]` entry for each rule and file into sessionlint.toml, with this reason or with
    /// one to fill in
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = add_ignore::TO_FILL_IN,
        conflicts_with_all = ["fixing", "update_baseline", "config_from", "no_project_config"]
    )]
    pub(super) add_ignore: Option<String>,
    /// Print the settings of the run, each with where it comes from, and check nothing
    #[arg(long, conflicts_with_all = ["fixing", "update_baseline", "add_ignore", "format", "also"])]
    pub(super) show_settings: bool,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["fixing", "update_baseline", "add_ignore", "show_settings"])]
    pub(super) watch: bool,
    /// Use the configuration of this git revision, with the rules that it names: in a pull request, its base
    #[arg(long, value_name = "REVISION", conflicts_with = "no_project_config")]
    pub(super) config_from: Option<String>,
    /// Exit with 1 if a finding is at least this severe; the default is the configuration's, else `warning`
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Show only findings that are at least this severe; the summary counts the others, and --fail-on judges all
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        default_value_t,
        hide_default_value = true,
        conflicts_with = "diff"
    )]
    pub(super) min_severity: MinSeverity,
    /// Exit with 0 whatever is found; 2 and 3 stay for wrong usage and for what could not be read or written
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Show paths relative to this folder (not in JSON, whose paths are relative to the project)
    #[arg(long, value_name = "DIR")]
    pub(super) base: Option<PathBuf>,
    /// Add to each finding the commit since which it is one (human, JSON, SARIF)
    #[arg(long, conflicts_with_all = ["fixing", "update_baseline", "add_ignore", "show_settings", "stdin_filename"])]
    pub(super) blame: bool,
    /// Show each note instead of one line per rule
    #[arg(long)]
    pub(super) notes: bool,
    /// Count findings per rule instead of listing them; not with a document such as json
    #[arg(long)]
    pub(super) statistics: bool,
    /// Print the times of each part and of the slowest rules to standard error
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) common: Common,
}
