//! `sessionlint explain RULE`: prints the very page that is tested.

use super::args::ExplainArguments;
use super::settings::Settings;
use super::{Environment, Exit, Failure};

pub(super) fn run(arguments: &ExplainArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let settings = Settings::here(None, environment)?;
    let catalog = settings.catalog(&arguments.rules, environment)?;
    let Some(rule) = catalog.get(&arguments.rule) else {
        if let Some(hint) = catalog.retired(&arguments.rule) {
            return Err(Failure::Usage(hint));
        }
        catalog.selector(&arguments.rule).map_err(Failure::Usage)?;
        let group = format!("{}/", arguments.rule.trim_end_matches('/'));
        let ids = catalog.rules().iter().map(|rule| rule.id.as_str()).filter(|id| id.starts_with(&group));
        let ids = ids.collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!("`{}` is a group of rules: {ids}", arguments.rule)));
    };
    let heading = anstyle::Style::new().bold();
    let color = environment.color(arguments.color, false);
    let mut in_fence = false;
    for line in rule.page.text.lines() {
        in_fence ^= line.starts_with("```");
        if color && !in_fence && line.starts_with('#') {
            writeln!(environment.out, "{heading}{line}{heading:#}")?;
        } else {
            writeln!(environment.out, "{line}")?;
        }
    }
    Ok(Exit::Clean)
}
