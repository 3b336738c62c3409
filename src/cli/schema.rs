//! `sessionlint schema`: the JSON Schema of `sessionlint.toml`, for editors.

use clap::Args;

use super::{Environment, Exit, Failure, printed};

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {}

pub(super) fn run(_: &SchemaArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    printed::schema(environment)
}
