//! `sessionlint man`: the manual page.
//!
//! Refuses to know the arguments of other commands: the page is a file that a test generates.

use clap::Args;

use super::{Environment, Exit, Failure, printed};

#[derive(Debug, Args)]
pub(super) struct ManArguments {}

pub(super) fn run(_: &ManArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    printed::man(environment)
}
