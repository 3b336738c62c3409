//! `sessionlint sessions`: how long every session lives, and what decides it.
//!
//! Refuses to know rules and findings: it shows facts.

use std::path::PathBuf;

use clap::Args;

use super::args::{Common, TableFormat};
use super::reading::{OutputForm, Sequence, for_each_project};
use super::{Environment, Exit, Failure, target};
use sessionlint_analysis::sessions::sessions;
use sessionlint_facts::Facts;
use sessionlint_report::{json, sessions as report};

#[derive(Debug, Args)]
pub(super) struct SessionsArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: TableFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &SessionsArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let style = environment.style(common);
    let (format, extension, sequence) = match arguments.format {
        TableFormat::Json => ("json", "json", Sequence::Documents),
        TableFormat::Csv => ("csv", "csv", Sequence::Documents),
        TableFormat::Markdown => ("markdown", "md", Sequence::Markdown),
        TableFormat::Table => ("table", "txt", Sequence::Text(style)),
    };
    let form = OutputForm { format, extension, sequence };
    let current = environment.current.clone();
    for_each_project(
        &arguments.path,
        common,
        form,
        environment,
        |reading, _, environment| {
            let (loaded, (), exit) = reading.without_code().read(environment, |_| ())?;
            let paths = target::paths(&loaded.root, None, &current);
            Ok(((sessions(&Facts::of(&loaded.project)), paths), exit))
        },
        |out, (answer, paths)| match arguments.format {
            TableFormat::Json => json::write_value(out, answer),
            TableFormat::Csv => report::write_csv(out, answer, paths),
            TableFormat::Markdown => report::write_markdown(out, answer, paths, style.quiet),
            TableFormat::Table => report::write_tables(out, answer, paths, style.width, style.quiet),
        },
    )
}
