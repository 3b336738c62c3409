//! `sessionlint diagnose`: from a symptom to its causes.

use std::collections::HashMap;

use super::args::{DiagnoseArguments, DiagnoseFormat};
use super::reading::Reading;
use super::{Environment, Exit, Failure, check, output};
use crate::answer::diagnose::{diagnose, symptom_of};
use crate::check::{Plan, check as ask};
use crate::report::{Style, diagnose as report};
use crate::rule::Preset;
use crate::view::Facts;

pub(super) fn run(arguments: &DiagnoseArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let only = arguments.symptom.as_deref().map(symptom_of).transpose().map_err(Failure::Usage)?;
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?;
    let catalog = reading.settings.catalog(&arguments.rules, environment)?;
    // Symptoms are the continuity view; the rules of the other preset name none.
    let presets = vec![Preset::Continuity];
    // A cause stays one where its finding is allowed or not asked for, so only the options of rules count.
    let options = reading.settings.settled(&catalog)?.options;
    let plan = Plan { rules: catalog.chosen(&presets, &[], &[]), presets, options, severities: HashMap::new() };
    let (loaded, asked, exit) = reading.read(environment, |loaded| ask(&loaded.project, &plan))?;
    let symptoms_of = |rule: &str| catalog.get(rule).map_or(&[][..], |rule| rule.definition.symptoms.as_slice());
    let answer = diagnose(&Facts::of(&loaded.project), &asked.findings, symptoms_of, only);
    let paths = check::paths(&loaded.root, None, &environment.current);
    let file = arguments.common.output.as_deref();
    let color = environment.color(arguments.common.color, file.is_some());
    let style = Style { color, width: environment.width, quiet: arguments.common.quiet, ..Style::default() };
    output::write(environment, file, |out| match arguments.format {
        DiagnoseFormat::Human => report::write_human(out, &answer, &paths, style),
        DiagnoseFormat::Json => report::write_json(out, &answer),
    })?;
    Ok(exit)
}
