//! `sessionlint completions SHELL`: the completion script of a shell.
//!
//! Refuses to know the arguments of other commands: the script is a file that a test generates.

use clap::Args;

use super::args::Shell;
use super::{Environment, Exit, Failure, printed};

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(arguments: &CompletionsArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    printed::completions(arguments.shell, environment)
}
