//! The options for evidence, and opening and reading its files.
//!
//! Refuses to know their formats: `sessionlint_evidence` reads them.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use super::{Environment, Exit, Failure};
use sessionlint_analysis::exports::UnusedFile;
use sessionlint_evidence::{DateOrder, ErrorText, Observations, Options, Table, read};
use sessionlint_lint::rule::Symptoms;
use sessionlint_report::one_line;

/// The number that comes first in a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DateOrderArgument {
    /// 28/11/2026
    DayFirst,
    /// 11/28/2026
    MonthFirst,
}

#[derive(Debug, Default, Args)]
pub(super) struct EvidenceArguments {
    /// Read these exports of the org and logs as evidence: CSV or JSON of `LoginHistory`, `SetupAuditTrail`, `OauthToken`,
    /// `AuthSession` and event log files, and logs of an integration. They are read only, and nothing leaves the machine
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) evidence: Vec<PathBuf>,
    /// Name users and addresses of the evidence, which are left out otherwise
    #[arg(long, requires = "evidence")]
    pub(super) show_users: bool,
    /// The zone of times in the evidence that have none, by its name: Europe/Berlin
    #[arg(long, value_name = "NAME", requires = "evidence")]
    pub(super) time_zone: Option<String>,
    /// What comes first in dates of the evidence that are all numbers, where no date of the file shows it
    #[arg(long, value_enum, value_name = "ORDER", requires = "evidence")]
    pub(super) date_order: Option<DateOrderArgument>,
}

/// The evidence, and the table that it was read with.
pub(super) struct EvidenceRead {
    pub(super) observations: Observations,
    pub(super) unused: Vec<UnusedFile>,
    pub(super) table: Table,
    pub(super) exit: Exit,
}

/// Reads the files; `None` if none are named. A file that cannot be read is reported, and the others are read.
pub(super) fn read_evidence(
    arguments: &EvidenceArguments,
    symptoms: &Symptoms,
    environment: &mut Environment<'_>,
) -> Result<Option<EvidenceRead>, Failure> {
    if arguments.evidence.is_empty() {
        return Ok(None);
    }
    let zone = arguments.time_zone.as_deref().map(zone).transpose()?;
    let order = arguments.date_order.map(|order| match order {
        DateOrderArgument::DayFirst => DateOrder::DayFirst,
        DateOrderArgument::MonthFirst => DateOrder::MonthFirst,
    });
    let options = Options { zone, order };
    let errors = symptoms.errors().iter().map(|it| ErrorText { texts: &it.texts, is_general: it.is_general });
    let table = Table::embedded(errors);
    let mut observations = Observations::new(&environment.budget);
    let (mut unused, mut exit) = (Vec::new(), Exit::Clean);
    let mut known = HashSet::new();
    for path in &arguments.evidence {
        let name = one_line(&path.to_string_lossy()).into_owned();
        let absolute = environment.absolute(path);
        if !known.insert(absolute.canonicalize().unwrap_or(absolute)) {
            environment.note(&format!("{name} is named twice and read once"));
            continue;
        }
        let text = match open(&environment.absolute(path)) {
            Ok(file) => read(&name, file, &table, &options, &mut observations).err().map(|unused| unused.0),
            Err(why) => Some(why),
        };
        if let Some(text) = text {
            environment.error(&format!("{name} {text}"));
            exit = exit.max(Exit::Unreadable);
            unused.push(UnusedFile { path: name, text });
        }
    }
    Ok(Some(EvidenceRead { observations, unused, table, exit }))
}

/// Opens a file or a pipe.
fn open(path: &Path) -> Result<File, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read ({error})"))?;
    match file.metadata() {
        Ok(about) if about.is_dir() => {
            Err("is a folder: name the files in it (the project's path stands before --evidence)".to_owned())
        }
        Ok(_) => Ok(file),
        Err(error) => Err(format!("cannot be read ({error})")),
    }
}

fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(name).map_err(|_| {
        let name = one_line(name);
        Failure::Usage(format!("`{name}` is not a time zone: zones have names such as Europe/Berlin or UTC"))
    })
}
