//! The list of commands: one entry per command, with the module of its arguments and its `run`.
//!
//! A new command is a file beside this one with its arguments and `run`, its `mod` line in `mod.rs`, and an entry here.
//! Refuses to know what a command does.

use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use sessionlint_source::budget::Size;

use super::args::Common;
use super::{Environment, Exit, Failure, output};

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

/// Makes the enumeration of commands, whose variants run their modules. A command is named like its module.
macro_rules! commands {
    ($(#[doc = $help:literal] $name:ident($module:ident::$arguments:ident),)*) => {
        #[derive(Debug)]
        pub(super) enum Command {
            $(#[doc = $help] $name(super::$module::$arguments),)*
        }

        /// The name of each command, its help, and what adds its arguments.
        const COMMANDS: &[(&str, &str, fn(clap::Command) -> clap::Command)] = &[
            $((stringify!($module), $help, |command| {
                // Its arguments have a text of their own, for readers of the code.
                super::$module::$arguments::augment_args(command).about($help.trim())
            })),*
        ];

        impl Command {
            /// Runs it.
            pub(super) fn run(&self, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
                match self {
                    $(Command::$name(arguments) => super::$module::run(arguments, environment),)*
                }
            }
        }

        impl FromArgMatches for Command {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                let (name, matches) = matches.subcommand().unwrap_or(("", matches));
                match name {
                    $(stringify!($module) => super::$module::$arguments::from_arg_matches(matches).map(Self::$name),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

impl Subcommand for Command {
    /// Only the command that is asked for gets its arguments: to build those of all takes as long as the rest of a start.
    fn augment_subcommands(all: clap::Command) -> clap::Command {
        let named = |(name, help, arguments): &(&'static str, &'static str, _)| {
            clap::Command::default().name(*name).about(help.trim()).defer(*arguments)
        };
        all.subcommands(COMMANDS.iter().map(named))
    }

    fn augment_subcommands_for_update(all: clap::Command) -> clap::Command {
        Self::augment_subcommands(all)
    }

    fn has_subcommand(name: &str) -> bool {
        COMMANDS.iter().any(|(it, ..)| *it == name)
    }
}

/// The program's commands with the arguments of all, for completions and the manual page.
pub(super) fn whole() -> clap::Command {
    Arguments::command().mut_subcommands(|command| {
        let listed = COMMANDS.iter().find(|(name, ..)| *name == command.get_name());
        let Some((name, _, arguments)) = listed else { return command };
        let order = command.get_display_order();
        arguments(clap::Command::default().name(*name)).display_order(order)
    })
}

commands! {
    /// Check a project and report what is wrong, where, why, and what to do
    Check(check::CheckArguments),
    /// Show how long every session is valid, and which level decides it
    Sessions(sessions::SessionsArguments),
    /// Find the causes of a symptom: confirmed, possible, ruled out, and not visible in files
    Diagnose(diagnose::DiagnoseArguments),
    /// List the dated Salesforce changes that affect the project, the nearest first
    Calendar(calendar::CalendarArguments),
    /// Show what changes between two folders, zips or git revisions: sessions, apps, findings
    Diff(diff::DiffArguments),
    /// Show what commits did to sessions, apps and findings, in order of time
    History(history::HistoryArguments),
    /// Show which commit made each finding and each value what it is today
    Blame(blame::BlameArguments),
    /// Write one page about a project to hand over: sessions, integrations, dates, findings, a change plan
    Report(report::ReportArguments),
    /// Compare many projects in one table, one row per project, the worst first
    Fleet(fleet::FleetArguments),
    /// Query the project's metadata in SOQL
    Query(query::QueryArguments),
    /// Print the page of a rule: what it finds, why it matters, the trade-off, examples
    Explain(explain::ExplainArguments),
    /// Serve editors: findings while people type, over the Language Server Protocol
    Lsp(lsp::LspArguments),
    /// Serve agents: the commands that only read, over the Model Context Protocol
    Mcp(mcp::McpArguments),
    /// Write a commented sessionlint.toml for the project
    Init(init::InitArguments),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArguments),
    /// Print the manual page
    Man(man::ManArguments),
    /// List the rules, start a custom rule page, or test pages
    Rules(rules::RulesArguments),
    /// Print the JSON Schema of sessionlint.toml, for editors
    Schema(schema::SchemaArguments),
    /// Show or remove the cache that makes the next run faster
    Cache(cache::CacheArguments),
}

/// Commands that other linters have for `check`. They are no commands here; the error for them suggests `check`.
const NAMES_OF_CHECK: [&str; 7] = ["analyse", "analyze", "audit", "lint", "run", "scan", "validate"];

/// The error with a suggestion of `check`, if another linter has the typed command for it.
pub(super) fn with_suggestion(mut error: clap::Error) -> clap::Error {
    let is_typed = |name: &&str| matches!(error.get(ContextKind::InvalidSubcommand), Some(ContextValue::String(typed)) if typed == name);
    if NAMES_OF_CHECK.iter().any(is_typed) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec!["check".to_owned()]));
    }
    error
}

impl Command {
    /// Whether what it writes to standard output consists of commands to a build's runner.
    pub(super) fn is_for_runner(&self) -> bool {
        match self {
            Self::Check(arguments) => arguments.format.is_for_runner(),
            Self::Diff(arguments) => arguments.format.is_for_runner(),
            _ => false,
        }
    }

    /// The arguments that commands which read a project share.
    pub(super) fn common(&self) -> Option<&Common> {
        match self {
            Self::Check(arguments) => Some(&arguments.common),
            Self::Sessions(arguments) => Some(&arguments.common),
            Self::Diagnose(arguments) => Some(&arguments.common),
            Self::Calendar(arguments) => Some(&arguments.common),
            Self::Diff(arguments) => Some(&arguments.common),
            Self::History(arguments) => Some(&arguments.common),
            Self::Blame(arguments) => Some(&arguments.common),
            Self::Report(arguments) => Some(&arguments.common),
            Self::Query(arguments) => Some(&arguments.common),
            Self::Fleet(arguments) => Some(&arguments.common),
            _ => None,
        }
    }

    /// The paths that the arguments name for reading, of files or of others.
    fn inputs(&self) -> Vec<&Path> {
        let own: Vec<&PathBuf> = match self {
            Self::Check(it) => {
                it.paths.iter().chain(&it.file_list).chain(&it.stdin_filename).chain(&it.baseline).collect()
            }
            Self::Sessions(it) => vec![&it.path],
            Self::Diagnose(it) => std::iter::once(&it.path).chain(&it.evidence.evidence).collect(),
            Self::Calendar(it) => vec![&it.path],
            Self::Diff(it) => [&it.old, &it.project].into_iter().chain(&it.new).collect(),
            Self::History(it) => vec![&it.path],
            Self::Blame(it) => vec![&it.path],
            Self::Report(it) => std::iter::once(&it.path).chain(&it.baseline).chain(&it.logo).collect(),
            Self::Query(it) => vec![&it.path],
            Self::Fleet(it) => it.paths.iter().collect(),
            _ => Vec::new(),
        };
        let common = self.common().into_iter().flat_map(|common| &common.config);
        own.into_iter().chain(common).map(PathBuf::as_path).collect()
    }

    /// Refuses an output that would replace a file which the arguments name for reading.
    pub(super) fn refuse_input_as_output(&self, environment: &Environment<'_>) -> Result<(), Failure> {
        let also = if let Self::Check(it) = self { it.also.as_slice() } else { &[] };
        let main = self.common().and_then(|common| common.output());
        let mut outputs = main.into_iter().chain(also.iter().map(|also| also.file.as_path()));
        outputs.try_for_each(|file| output::refuse_input(file, &self.inputs(), environment))
    }

    /// The memory limit of a command that reads a project.
    pub(super) fn max_memory(&self) -> Size {
        self.common().map_or(Size::DEFAULT, |common| common.max_memory)
    }
}
