//! `sessionlint man`: the manual page.

use clap::{Args, CommandFactory};

use super::commands::{Arguments, generated};
use super::{Environment, Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct ManArguments {}

pub(super) fn run(_: &ManArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    generated(environment, |out| clap_mangen::Man::new(Arguments::command()).render(out))
}
