//! `sessionlint sessions`: how long every session lives, and what decides it.

use super::args::{SessionsArguments, TableFormat};
use super::progress::Progress;
use super::settings::Settings;
use super::{Environment, Exit, Failure, check, output, target};
use crate::answer::sessions::sessions;
use crate::load::load;
use crate::report::sessions as report;
use crate::report::table::Shape;
use crate::view::Facts;

pub(super) fn run(arguments: &SessionsArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let target = target::find_one(&arguments.path, environment)?;
    let settings = Settings::find(&target.root, arguments.common.config.as_deref(), environment)?;
    let inputs = settings.inputs(arguments.common.as_of.unwrap_or(environment.today));
    let loaded = {
        let _progress = Progress::start(environment.err_is_terminal && !arguments.common.quiet, "reading");
        check::with_threads(&arguments.common, || load(&target.root, inputs))?
    };
    check::recognised_something(&loaded)?;
    let exit = check::tell(&loaded, arguments.common.quiet, environment);
    let answer = sessions(&Facts::of(&loaded.project));
    let paths = check::paths(&loaded.root, None, &environment.current);
    let quiet = arguments.common.quiet;
    output::write(environment, arguments.common.output.as_deref(), |out| match arguments.format {
        TableFormat::Json => report::write_json(out, &answer),
        TableFormat::Csv => report::write_csv(out, &answer, &paths),
        TableFormat::Markdown => report::write_tables(out, &answer, &paths, Shape::Markdown, quiet),
        TableFormat::Table => report::write_tables(out, &answer, &paths, Shape::Plain, quiet),
    })?;
    Ok(exit)
}
