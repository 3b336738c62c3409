//! `sessionlint calendar`: dated changes of Salesforce that concern a project.
//!
//! Refuses to know the changes: `rules/calendar.toml` has them, and `analysis::calendar` finds those that concern the
//! project.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::Common;
use super::reading::{OutputForm, Sequence, for_each_project};
use super::{Environment, Exit, Failure, target};
use sessionlint_analysis::calendar::events;
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::rule::Calendar;
use sessionlint_report::calendar as report;

/// Formats of a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CalendarFormat {
    #[default]
    Human,
    Json,
    /// An iCalendar file, without changes that have no exact day
    Ics,
}

#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// List all changes, also those that affect no file of the project
    #[arg(long)]
    pub(super) all: bool,
    /// Output format; `ics` leaves out changes that have no exact day
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: CalendarFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &CalendarArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let style = environment.style(common);
    let (format, extension, sequence) = match arguments.format {
        CalendarFormat::Human => ("human", "txt", Sequence::Text(style)),
        CalendarFormat::Json => ("json", "json", Sequence::Documents),
        CalendarFormat::Ics => ("ics", "ics", Sequence::Documents),
    };
    let form = OutputForm { format, extension, sequence };
    let as_of = common.as_of.unwrap_or(environment.today);
    for_each_project(
        &arguments.path,
        common,
        form,
        environment,
        |reading, _, environment| {
            let (loaded, (), exit) = reading.read(environment, |_| ())?;
            let facts = Facts::of(&loaded.project);
            let mut events = events(&Calendar::embedded(), Some((&facts, &Views::new(&facts))), as_of);
            if !arguments.all {
                events.retain(|event| event.concerns);
            }
            // The nearest first: future changes, then past ones, the latest first.
            events.sort_by_key(|event| {
                let span = as_of.until((jiff::Unit::Day, event.sorts_as));
                let distance = span.map_or(0, |span| i64::from(span.get_days()));
                (distance < 0, distance.abs())
            });
            if events.is_empty() {
                environment.warn("no dated change of the calendar shows in these files; --all lists them all");
            }
            if arguments.format == CalendarFormat::Ics {
                match events.iter().filter(|event| !report::has_day(event)).count() {
                    0 => {}
                    1 => environment.note("1 change has no exact day, which iCalendar needs, and is left out"),
                    left_out => environment.note(&format!(
                        "{left_out} changes have no exact day, which iCalendar needs, and are left out"
                    )),
                }
            }
            Ok(((events, target::paths(&loaded.root, None, &environment.current)), exit))
        },
        |out, (events, paths)| match arguments.format {
            CalendarFormat::Human => report::write_human(out, events, paths, style),
            CalendarFormat::Json => report::write_json(out, events, as_of),
            CalendarFormat::Ics => report::write_ics(out, events, paths, as_of),
        },
    )
}
