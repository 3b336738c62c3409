//! The arguments of `check`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{Common, FailOn, MinSeverity, PresetChoice};
use crate::cli::formats::{Also, Format};

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("fixing").args(["fix", "diff"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub(in crate::cli) struct CheckArguments {
    /// A project, a folder in one, or files (as hooks pass them)
    #[arg(
        value_name = "PATH",
        default_value = ".",
        default_value_if("file_list", clap::builder::ArgPredicate::IsPresent, None)
    )]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Read more paths from a file, one a line or separated by NUL; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) file_list: Option<PathBuf>,
    /// How to write findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(in crate::cli) format: Format,
    /// Write a report of this format to this file as well, or to one for each project in a folder (FORMAT=DIR/); can be
    /// given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(in crate::cli) also: Vec<Also>,
    /// Rules to run; the default is the configuration's preset, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(in crate::cli) preset: Option<PresetChoice>,
    /// Run preview rules too, which may change in any version
    #[arg(long)]
    pub(in crate::cli) preview: bool,
    /// Run only these rules or groups, whatever the preset
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(in crate::cli) select: Vec<String>,
    /// Skip these rules or groups
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(in crate::cli) ignore: Vec<String>,
    /// Show no finding in files that this glob matches, and fix none: a path below the project or the current folder, or a
    /// name without `/` at any depth; can be given several times. The files are read all the same
    #[arg(long, value_name = "GLOB", conflicts_with = "update_baseline")]
    pub(in crate::cli) exclude: Vec<String>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) rules: Vec<PathBuf>,
    /// Apply the fixes that weaken no protection, run all rules again, and report what remains
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// Apply, or with --diff show, also fixes that loosen a protection; each says which
    #[arg(long, requires = "fixing")]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Print what --fix would change as a unified diff and write nothing; exit with 1 when something would change
    #[arg(long, conflicts_with_all = ["format", "also", "statistics", "update_baseline"])]
    pub(in crate::cli) diff: bool,
    /// Report only what this file of known findings does not hold
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Write the findings of now into the baseline: what is fixed leaves it, what is new joins it
    #[arg(long, requires = "baseline")]
    pub(in crate::cli) update_baseline: bool,
    /// Take the configuration, and the rules that it names, from this git revision: in a pull request, its base
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["config", "no_project_config"])]
    pub(in crate::cli) config_from: Option<String>,
    /// Exit with 1 when a finding is at least this severe; the default is the configuration's, else `warning`
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(in crate::cli) fail_on: Option<FailOn>,
    /// Show only findings that are at least this severe; the summary counts the others, and --fail-on judges all
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        default_value_t,
        hide_default_value = true,
        conflicts_with = "diff"
    )]
    pub(in crate::cli) min_severity: MinSeverity,
    /// Exit with 0 whatever is found; 2 and 3 stay for wrong usage and for what could not be read or written
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
    /// Show paths relative to this folder (not in JSON, whose paths are relative to the project)
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) base: Option<PathBuf>,
    /// Tell since which commit each finding is one (human, JSON, SARIF)
    #[arg(long, conflicts_with_all = ["fix", "diff", "update_baseline"])]
    pub(in crate::cli) blame: bool,
    /// Show each note by itself instead of one line per rule
    #[arg(long)]
    pub(in crate::cli) notes: bool,
    /// Count findings per rule instead of listing them
    #[arg(long)]
    pub(in crate::cli) statistics: bool,
    /// Print to standard error how long each part and the slowest rules took
    #[arg(long)]
    pub(in crate::cli) timings: bool,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}
