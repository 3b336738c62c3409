//! `sessionlint schema`: the JSON Schema of `sessionlint.toml`, for editors.

use std::path::Path;

use clap::Args;

use super::{Environment, Exit, Failure};
use sessionlint_facts::Shapes;
use sessionlint_lint::config;
use sessionlint_lint::rule::Catalog;

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {}

pub(super) fn run(_: &SchemaArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes)?;
    serde_json::to_writer_pretty(&mut environment.out, &config::schema(&catalog)).map_err(std::io::Error::from)?;
    writeln!(environment.out)?;
    Ok(Exit::Clean)
}
