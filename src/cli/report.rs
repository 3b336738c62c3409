//! `sessionlint report`: one page about a project, to hand over.

use std::collections::HashMap;

use super::args::{ReportArguments, ReportFormat};
use super::progress::Progress;
use super::{Environment, Exit, Failure, check, output, target};
use crate::answer::overview::{Circumstances, overview};
use crate::check::{Plan, check as ask};
use crate::discover::PROJECT_FILE;
use crate::load::load;
use crate::metadata::Inputs;
use crate::report::overview as report;
use crate::rule::{Catalog, Preset};
use crate::tree::{Tree, git};
use crate::view::{Facts, Shapes};

pub(super) fn run(arguments: &ReportArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let target = target::find_one(&arguments.path, environment)?;
    let folders: Vec<_> = arguments.rules.iter().map(|folder| environment.current.join(folder)).collect();
    let catalog = Catalog::load(&folders, &Shapes)?;
    let inputs = Inputs::on(arguments.common.as_of.unwrap_or(environment.today));
    let presets = vec![Preset::Continuity];
    let plan = Plan { rules: catalog.chosen(&presets, &[], &[]), presets, options: HashMap::new() };
    let (loaded, mut asked) = {
        let _progress = Progress::start(environment.err_is_terminal && !arguments.common.quiet, "reading and checking");
        check::with_threads(&arguments.common, || {
            let loaded = load(&target.root, inputs);
            let asked = ask(&loaded.project, &plan);
            (loaded, asked)
        })?
    };
    check::recognised_something(&loaded)?;
    let mut exit = check::tell(&loaded, arguments.common.quiet, environment);
    for error in &asked.errors {
        environment.error(&error.to_string());
        exit = check::worst(exit, Exit::Usage);
    }
    asked.findings.retain(|finding| target.shown.has(finding, &loaded.project));
    let is_folder = matches!(target.root.tree, Tree::Folder);
    let circumstances = Circumstances {
        commit: is_folder.then(|| git::head(&loaded.root)).flatten(),
        is_source_project: target.root.read(PROJECT_FILE).is_ok_and(|file| file.is_some()),
        notices: loaded.notices.iter().map(|notice| notice.text.clone()).collect(),
    };
    let rule_of = |rule: &str| catalog.get(rule);
    let answer = overview(&Facts::of(&loaded.project), &asked.findings, rule_of, circumstances);
    // Without a git work tree from the project's root: a page that is handed over does not speak of folders around it.
    let paths = check::paths(&loaded.root, None, &loaded.root);
    output::write(environment, arguments.common.output.as_deref(), |out| match arguments.format {
        ReportFormat::Html => report::write_html(out, &answer, &paths),
        ReportFormat::Markdown => report::write_markdown(out, &answer, &paths),
    })?;
    Ok(exit)
}
