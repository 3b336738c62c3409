//! `sessionlint schema`: the JSON Schema of `sessionlint.toml`, for editors.
//!
//! Refuses to know the keys: the schema is a file that a test generates.

use clap::Args;

use super::{Environment, Exit, Failure, printed};

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {}

pub(super) fn run(_: &SchemaArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    printed::schema(environment)
}
