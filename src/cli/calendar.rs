//! `sessionlint calendar`: which dated changes of Salesforce concern a project.

use super::args::{CalendarArguments, CalendarFormat};
use super::reading::Reading;
use super::{Environment, Exit, Failure, check, output};
use crate::answer::calendar::events;
use crate::report::{Style, calendar as report};
use crate::rule::Calendar;
use crate::view::{Facts, Views};

pub(super) fn run(arguments: &CalendarArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?;
    let (loaded, (), exit) = reading.read(environment, |_| ())?;
    let as_of = loaded.project.inputs.as_of;
    let facts = Facts::of(&loaded.project);
    let mut events = events(&Calendar::embedded(), Some((&facts, &Views::new(&facts))), as_of);
    if !arguments.all {
        events.retain(|event| event.concerns);
    }
    // The nearest first: what comes, then what is past, the latest first.
    events.sort_by_key(|event| {
        let distance = as_of.until((jiff::Unit::Day, event.sorts_as)).map_or(0, |span| i64::from(span.get_days()));
        (distance < 0, distance.abs())
    });
    let paths = check::paths(&loaded.root, None, &environment.current);
    let file = arguments.common.output.as_deref();
    let style = Style { width: environment.width, quiet: arguments.common.quiet, ..Style::default() };
    output::write(environment, file, |out| match arguments.format {
        CalendarFormat::Human => report::write_human(out, &events, &paths, style),
        CalendarFormat::Json => report::write_json(out, &events, as_of),
        CalendarFormat::Ics => report::write_ics(out, &events, &paths, as_of),
    })?;
    if events.is_empty() && !arguments.common.quiet {
        environment.warn("no dated change of the calendar shows in these files; --all lists them all");
    }
    Ok(exit)
}
