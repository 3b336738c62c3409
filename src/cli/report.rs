//! `sessionlint report`: one page about a project, to hand over.

use std::collections::HashMap;

use super::args::{ReportArguments, ReportFormat};
use super::check::Known;
use super::reading::Reading;
use super::settings::Typed;
use super::{Environment, Exit, Failure, check, output};
use crate::answer::overview::{Allowed, Circumstances, Findings, overview};
use crate::check::{Plan, check as ask};
use crate::discover::PROJECT_FILE;
use crate::fix;
use crate::load::Loaded;
use crate::report::{Silence, overview as report};
use crate::rule::Preset;
use crate::suppress::{self, Comments, Configured, Suppressor, Way};
use crate::tree::{Tree, git};
use crate::view::Facts;

pub(super) fn run(arguments: &ReportArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?;
    let known = arguments.baseline.as_deref().map(|file| Known::listed(file, environment)).transpose()?;
    let catalog = reading.settings.catalog(&arguments.rules, environment)?;
    let meant = reading.settings.meant(Typed { preset: arguments.preset, ..Typed::default() }, &catalog)?;
    // A cause stays one where its finding is allowed or not asked for.
    let presets = Preset::ALL.to_vec();
    let options = reading.settings.settled(&catalog)?.options;
    let plan = Plan { rules: catalog.chosen(&presets, &[], &[]), presets, options, severities: HashMap::new() };
    let (loaded, (mut asked, causes), mut exit) =
        reading.read(environment, |loaded| (ask(&loaded.project, &meant.plan), ask(&loaded.project, &plan)))?;
    for error in &asked.errors {
        environment.error(&error.to_string());
        exit = check::worst(exit, Exit::Usage);
    }
    let project = &loaded.project;
    asked.findings.retain(|finding| reading.target.shown.has(finding, project));
    let mut comments = Comments::of(project, &catalog);
    let mut configured = Configured::new(&meant.ignores, project.inputs.as_of);
    let mut baseline = known.as_ref().map(Known::baseline).unwrap_or_default();
    let suppressors: &mut [&mut dyn Suppressor] = &mut [&mut comments, &mut configured, &mut baseline];
    let mut left = suppress::apply(asked.findings, &asked.covered, &project.sources, suppressors);
    fix::propose(project, &mut left.findings);
    // A baseline says that findings are known, not why they are right: it is counted, not told.
    let allowed = left.suppressed.iter().filter(|it| it.way != Way::Baseline);
    let allowed = allowed.map(|it| Allowed::new(project, &it.finding, &it.reason)).collect();
    let baselined = left.summary().baselined;
    // What the baseline holds has a line of its own, and a page fails nothing.
    let silence = Silence { baselined: 0, is_fail_on_loose: false, ..check::silence_of(&meant, &left) }.sentences();
    let circumstances = Circumstances { allowed, baselined, silence, ..circumstances(&reading, &loaded) };
    let pairs = catalog.pairs();
    let findings =
        Findings { shown: &left.findings, causes: &causes.findings, symptoms: catalog.symptoms(), pairs: &pairs };
    let answer = overview(&Facts::of(project), findings, |rule| catalog.get(rule), circumstances);
    // Without a git work tree from the project's root: a page that is handed over does not speak of folders around it.
    let paths = check::paths(&loaded.root, None, &loaded.root);
    output::write(environment, arguments.common.output.as_deref(), |out| match arguments.format {
        ReportFormat::Html => report::write_html(out, &answer, &paths),
        ReportFormat::Markdown => report::write_markdown(out, &answer, &paths),
    })?;
    Ok(exit)
}

/// What the page tells of where its project came from.
fn circumstances(reading: &Reading<'_>, loaded: &Loaded) -> Circumstances {
    let root = &reading.target.root;
    let is_folder = matches!(root.tree, Tree::Folder);
    Circumstances {
        commit: is_folder.then(|| git::head(&loaded.root)).flatten(),
        is_source_project: root.read(PROJECT_FILE).is_ok_and(|file| file.is_some()),
        notices: loaded.notices.iter().map(|notice| notice.text.clone()).collect(),
        allowed: Vec::new(),
        baselined: 0,
        silence: Vec::new(),
    }
}
