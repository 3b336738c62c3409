//! `sessionlint sessions`: how long every session lives, and what decides it.

use super::args::{SessionsArguments, TableFormat};
use super::reading::Reading;
use super::{Environment, Exit, Failure, check, output};
use crate::answer::sessions::sessions;
use crate::report::sessions as report;
use crate::view::Facts;

pub(super) fn run(arguments: &SessionsArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?.without_code();
    let (loaded, (), exit) = reading.read(environment, |_| ())?;
    let answer = sessions(&Facts::of(&loaded.project));
    let paths = check::paths(&loaded.root, None, &environment.current);
    let (quiet, width) = (arguments.common.quiet, environment.width);
    output::write(environment, arguments.common.output.as_deref(), |out| match arguments.format {
        TableFormat::Json => report::write_json(out, &answer),
        TableFormat::Csv => report::write_csv(out, &answer, &paths),
        TableFormat::Markdown => report::write_markdown(out, &answer, &paths, quiet),
        TableFormat::Table => report::write_tables(out, &answer, &paths, width, quiet),
    })?;
    Ok(exit)
}
