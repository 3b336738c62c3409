//! Arguments that several commands share.
//!
//! Types and help only: each command has its own arguments in its own file. Refuses to know what a command does with them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

pub(super) use sessionlint_lint::config::{FailOn, PresetChoice};
use sessionlint_lint::diagnostic::Severity;
use sessionlint_report::table::Layout;
use sessionlint_source::budget::Size;

/// The path for standard input and output.
pub(super) const STANDARD_STREAM: &str = "-";

/// Shells with completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// Which rules run, where the command has no list of single ones.
#[derive(Debug, Default, Args)]
pub(super) struct RuleChoice {
    /// Rules to run; the default is the configuration's preset, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Run preview rules too, which may change in any version
    #[arg(long)]
    pub(super) preview: bool,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

/// The least severity that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MinSeverity {
    Error,
    Warning,
    #[default]
    Note,
}

impl MinSeverity {
    /// The severity.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

/// The arguments of every command that reads a project.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub(super) struct Common {
    /// Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one
    /// key of it for this run, as in preset=all (can be given several times; a file that exists is a file)
    #[arg(long, value_name = "FILE|KEY=VALUE")]
    pub(super) config: Vec<PathBuf>,
    /// Ignore the project's sessionlint.toml and its rules: for a third-party repository
    #[arg(long)]
    pub(super) no_project_config: bool,
    /// Check dates as of this day (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<Date>,
    /// Use this many threads instead of one per core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
    /// Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left
    /// out and reported
    #[arg(long, value_name = "SIZE", default_value = "1GiB")]
    pub(super) max_memory: Size,
    /// Use this cache folder instead of the user's
    #[arg(long, value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
    /// Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/)
    /// for one file each
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
    /// Print results only, without notes and warnings
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Read all Apex instead of what its words make worth reading: the same findings, later
    #[arg(long, hide = true)]
    pub(super) no_apex_prefilter: bool,
}

impl Common {
    /// The defaults, as of a day.
    pub(super) fn on(day: Date) -> Self {
        Self { as_of: Some(day), ..Self::default() }
    }

    /// The file or the folder of `--output`; none for standard output, which is `-`, too.
    pub(super) fn output(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new(STANDARD_STREAM))
    }
}

/// Formats of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    #[default]
    Table,
    Csv,
    Json,
    Markdown,
}

impl TableFormat {
    /// The layout of the table; JSON has none.
    pub(super) fn layout(self) -> Layout {
        match self {
            TableFormat::Csv => Layout::Csv,
            TableFormat::Markdown => Layout::Markdown,
            TableFormat::Table | TableFormat::Json => Layout::Plain,
        }
    }
}

/// A day of the command line.
pub(super) fn day(text: &str) -> Result<jiff::civil::Date, &'static str> {
    text.parse().map_err(|_| "write a day as YYYY-MM-DD")
}
