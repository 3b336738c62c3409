//! `sessionlint completions SHELL`: the completion script of a shell.

use clap::{Args, CommandFactory};

use super::commands::{Arguments, generated};
use super::{Environment, Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &CompletionsArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    generated(environment, |out| {
        clap_complete::generate(arguments.shell, &mut Arguments::command(), "sessionlint", out);
        Ok(())
    })
}
