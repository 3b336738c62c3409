//! `sessionlint schema`: the JSON Schema of `sessionlint.toml`, for editors.

use std::path::Path;

use super::{Environment, Exit, Failure};
use crate::config;
use crate::rule::Catalog;
use crate::view::Shapes;

pub(super) fn run(environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes)?;
    serde_json::to_writer_pretty(&mut *environment.out, &config::schema(&catalog)).map_err(std::io::Error::from)?;
    writeln!(environment.out)?;
    Ok(Exit::Clean)
}
