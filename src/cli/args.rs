//! What can be typed. Meaning is given by the subcommands' own files.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::formats::Also;
pub(super) use sessionlint_lint::config::{FailOn, PresetChoice};

/// Finds what cuts sessions and integrations short in a Salesforce project, offline.
#[derive(Debug, Parser)]
#[command(
    name = "sessionlint",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a project and report what is wrong, where, why, and what to do
    Check(CheckArguments),
    /// Show how long every session really lives, and which level decides it
    Sessions(SessionsArguments),
    /// Find the causes of a symptom: what the files confirm, leave possible, rule out, and cannot show
    Diagnose(DiagnoseArguments),
    /// List the dated changes of Salesforce that concern the project, the nearest first
    Calendar(CalendarArguments),
    /// Tell what changes between two folders, zips or git revisions: sessions, apps, findings
    Diff(DiffArguments),
    /// Write one page about a project to hand over: sessions, integrations, dates, findings, a change plan
    Report(ReportArguments),
    /// Compare many projects in one table: a row each, the worst first
    Fleet(FleetArguments),
    /// Ask the project's metadata a question in SOQL
    Query(QueryArguments),
    /// Print the page of a rule: what it finds, why, at what cost, with examples
    Explain(ExplainArguments),
    /// Write a commented sessionlint.toml for the project at hand
    Init(InitArguments),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// List the rules, start a page of your own, or test pages
    Rules(RulesArguments),
    /// Print the JSON Schema of sessionlint.toml, for editors
    Schema,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// Formats of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Grouped, with the lines that matter
    #[default]
    Human,
    /// One line a finding
    Concise,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's Code Quality report
    Gitlab,
    /// JUnit XML, for Jenkins and other viewers of tests
    Junit,
    /// A comment for a pull request
    Markdown,
}

/// What every command that reads a project takes.
#[derive(Debug, Default, Args)]
pub(super) struct Common {
    /// Read the configuration from this file instead of the nearest sessionlint.toml at or above the project
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read no sessionlint.toml of the project and none of its rules: for a repository of somebody else
    #[arg(long)]
    pub(super) no_project_config: bool,
    /// Judge dates for this day (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Use this many threads instead of one per core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
    /// Write to a file instead of standard output; into a folder (DIR/) with one file for each project
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
    /// Leave out everything that is not a result
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Read all Apex instead of what its words make worth reading: the same findings, later
    #[arg(long, hide = true)]
    pub(super) no_apex_prefilter: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("fixing").args(["fix", "diff"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub(super) struct CheckArguments {
    /// A project, a folder in one, or files (as hooks pass them)
    #[arg(
        value_name = "PATH",
        default_value = ".",
        default_value_if("file_list", clap::builder::ArgPredicate::IsPresent, None)
    )]
    pub(super) paths: Vec<PathBuf>,
    /// Read more paths from a file, one a line or separated by NUL; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) file_list: Option<PathBuf>,
    /// How to write findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: Format,
    /// Write a report of this format to this file as well, or to one for each project in a folder (FORMAT=DIR/); can be
    /// given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) also: Vec<Also>,
    /// Which rules to ask; without it, what the configuration says, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Ask only these rules or groups, whatever the preset
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Do not ask these rules or groups
    #[arg(long, value_name = "RULE-OR-GROUP", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Apply the fixes that weaken no protection, ask all rules again, and report what remains
    #[arg(long)]
    pub(super) fix: bool,
    /// Apply, or with --diff show, also fixes that loosen a protection; each says which
    #[arg(long, requires = "fixing")]
    pub(super) unsafe_fixes: bool,
    /// Print what --fix would change as a unified diff and write nothing; exit with 1 when something would change
    #[arg(long, conflicts_with_all = ["format", "also", "statistics", "update_baseline"])]
    pub(super) diff: bool,
    /// Report only what this file of known findings does not hold
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the findings of now into the baseline: what is fixed leaves it, what is new joins it
    #[arg(long, requires = "baseline")]
    pub(super) update_baseline: bool,
    /// Take the configuration, and the rules that it names, from this git revision: in a pull request, its base
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["config", "no_project_config"])]
    pub(super) config_from: Option<String>,
    /// Exit with 1 when a finding is at least this bad; without it, what the configuration says, else `warning`
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Show paths relative to this folder (not in JSON, whose paths are relative to the project)
    #[arg(long, value_name = "DIR")]
    pub(super) base: Option<PathBuf>,
    /// Show each note by itself instead of one line per rule
    #[arg(long)]
    pub(super) notes: bool,
    /// Count findings per rule instead of listing them
    #[arg(long)]
    pub(super) statistics: bool,
    /// Tell on standard error how long each part and the slowest rules took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) common: Common,
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

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The query: SELECT columns FROM table WHERE ... ORDER BY ...; `-` reads it from standard input
    #[arg(value_name = "SOQL", required_unless_present_any = ["tables", "columns"])]
    pub(super) soql: Option<String>,
    /// List the tables, or those with this word in their name or in a column's
    #[arg(long, value_name = "WORD", num_args = 0..=1, default_missing_value = "", conflicts_with = "columns")]
    pub(super) tables: Option<String>,
    /// List the columns of a table, with what they hold
    #[arg(long, value_name = "TABLE")]
    pub(super) columns: Option<String>,
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// How to write the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: TableFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
pub(super) struct SessionsArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// How to write the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: TableFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Formats of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagnoseFormat {
    #[default]
    Human,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct DiagnoseArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Only this symptom: its id, what people say ("`INVALID_SESSION_ID` after two hours"), or the text of an error
    #[arg(long, value_name = "ID-OR-WORDS")]
    pub(super) symptom: Option<String>,
    /// How to write the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: DiagnoseFormat,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Formats of a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CalendarFormat {
    #[default]
    Human,
    Json,
    /// An iCalendar file, for changes that have a day
    Ics,
}

#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// List all changes, also those that show in no file of the project
    #[arg(long)]
    pub(super) all: bool,
    /// How to write the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: CalendarFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Whose configuration judges both states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigFrom {
    /// That of OLD: in a pull request, the one that is agreed on
    Old,
    /// That of NEW
    #[default]
    New,
}

/// Formats of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// One line a change
    #[default]
    Human,
    /// A comment for a pull request
    Markdown,
    /// Everything, for programs
    Json,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The state before: a folder, a zip, or a git revision; what exists as a path is taken for one (write `NAME~0` for
    /// a branch of that name)
    #[arg(value_name = "OLD")]
    pub(super) old: PathBuf,
    /// The state after, in the same ways; without it, the working tree of the project
    #[arg(value_name = "NEW")]
    pub(super) new: Option<PathBuf>,
    /// The project whose revisions and working tree are meant
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(super) project: PathBuf,
    /// How to write the changes
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: DiffFormat,
    /// Which rules to ask; without it, what the configuration says, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Judge both states by the configuration of this one
    #[arg(long, value_enum, value_name = "STATE", default_value_t)]
    pub(super) config_from: ConfigFrom,
    /// Exit with 1 when a new finding is at least this bad, or when anything changes for the worse (but for `never`)
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Name every profile and finding that a line of the human format stands for
    #[arg(long)]
    pub(super) notes: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Formats of the page to hand over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// One self-contained page for a browser
    #[default]
    Html,
    /// The same as a document, without the pictures
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// How to write the page
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: ReportFormat,
    /// Which rules to ask; without it, what the configuration says, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Leave out what this file of known findings holds; the page says how many
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Formats of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FleetFormat {
    /// Columns for a terminal
    Table,
    /// Everything, for programs
    Json,
    /// A document
    Markdown,
    /// One self-contained page for a browser
    Html,
}

#[derive(Debug, Args)]
#[command(mut_arg("output", |output| output.value_name("DIR").help(
    "Write the answer into this folder, as index.EXT, and the report of each project beside it"
)))]
pub(super) struct FleetArguments {
    /// Projects, folders of projects, or zips
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// How to write the answer; without it, a table, and a page of HTML into a folder
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<FleetFormat>,
    /// Which rules to ask; without it, what each project's configuration says, else `continuity`
    #[arg(long, value_enum, value_name = "PRESET")]
    pub(super) preset: Option<PresetChoice>,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Exit with 1 when a finding is at least this bad; without it, what each project's configuration says, else `warning`
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Print the file instead of writing it
    #[arg(long)]
    pub(super) print: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule, as `group/id`
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
}

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List all rules with their severity in each preset
    List {
        /// How to write the list
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: TableFormat,
        /// Only rules that name controls of this benchmark (`SBS`, `Health-Check`), with those controls
        #[arg(long, value_name = "BENCHMARK")]
        benchmark: Option<String>,
        /// Load rule pages from this folder too
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Write the skeleton of a page of your own
    New {
        /// The rule's id, as `group/id`
        #[arg(value_name = "RULE")]
        rule: String,
        /// The folder of rule pages to write it in
        #[arg(long, value_name = "DIR", default_value = "rules")]
        dir: PathBuf,
    },
    /// Run the examples of the pages in a folder
    Test {
        /// The folder of rule pages
        #[arg(value_name = "DIR", default_value = "rules")]
        dir: PathBuf,
        /// Write the reports that the examples give into the pages
        #[arg(long)]
        update: bool,
    },
}
