//! `sessionlint diagnose`: from a symptom to its causes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::Common;
use super::evidence::{EvidenceArguments, gather};
use super::reading::{Form, Reading, Sequence, answer};
use super::{Environment, Exit, Failure, check, worst};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::check::check as ask;
use sessionlint_report::analysis::diagnose::{Diagnosis, diagnose};
use sessionlint_report::analysis::evidence::{Given, weigh};
use sessionlint_report::analysis::recognise::recognise;
use sessionlint_report::{Paths, Style, diagnose as report};

/// Formats of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagnoseFormat {
    #[default]
    Human,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct DiagnoseArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Only this symptom: its id, a description ("`INVALID_SESSION_ID` after two hours"), or an error message
    #[arg(long, value_name = "ID-OR-WORDS")]
    pub(super) symptom: Option<String>,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: DiagnoseFormat,
    /// Run preview rules too, which may change in any version
    #[arg(long)]
    pub(super) preview: bool,
    /// Load rule pages from this folder too
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) evidence: EvidenceArguments,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &DiagnoseArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let color = environment.color(common.color, common.output.is_some());
    let style = Style { color, width: environment.width, quiet: common.quiet, ..Style::default() };
    let (format, extension, sequence) = match arguments.format {
        DiagnoseFormat::Human => ("human", "txt", Sequence::Text(style)),
        DiagnoseFormat::Json => ("json", "json", Sequence::Documents),
        DiagnoseFormat::Markdown => ("markdown", "md", Sequence::Markdown),
    };
    let form = Form { format, extension, sequence };
    answer(
        &arguments.path,
        common,
        form,
        environment,
        |reading, _, environment| diagnosis(arguments, &reading, environment),
        |out, (answer, paths)| match arguments.format {
            DiagnoseFormat::Human => report::write_human(out, answer, paths, style),
            DiagnoseFormat::Json => report::write_json(out, answer),
            DiagnoseFormat::Markdown => report::write_markdown(out, answer, paths),
        },
    )
}

/// The diagnosis of one project, and how its paths are shown.
fn diagnosis(
    arguments: &DiagnoseArguments,
    reading: &Reading<'_>,
    environment: &mut Environment<'_>,
) -> Result<((Diagnosis, Paths), Exit), Failure> {
    let catalog = reading.settings.catalog(&arguments.rules, environment)?;
    let table = catalog.symptoms();
    let meant = |text: &str| recognise(text, table);
    let meant = arguments.symptom.as_deref().map(meant).transpose().map_err(Failure::Usage)?;
    // What check finds in any preset may explain a symptom.
    let plan = super::report::causes(&reading.settings, &catalog, arguments.preview)?;
    let (loaded, asked, mut exit) = reading.read(environment, |loaded| ask(&loaded.project, &plan))?;
    for error in &asked.errors {
        environment.error(&error.to_string());
        exit = worst(exit, Exit::Usage);
    }
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let mut answer = diagnose(&views, &asked.findings, table, meant.as_ref());
    if let Some(read) = gather(&arguments.evidence, table, environment)? {
        exit = worst(exit, read.exit);
        let (show_users, refused) = (arguments.evidence.show_users, read.refused);
        let given = Given { gathered: &read.gathered, refused, table: &read.table, show_users };
        weigh(&mut answer, &views, &asked.findings, table, given);
    }
    let paths = check::paths(&loaded.root, None, &environment.current);
    Ok(((answer, paths), exit))
}
