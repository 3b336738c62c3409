//! `sessionlint report`: one page about a project, to hand over.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{Common, RuleChoice};
use super::check::BaselineUse;
use super::reading::{Form, Reading, Sequence, answer};
use super::settings::{ResolvedRun, RuleArguments, Settings};
use super::target::Target;
use super::{Environment, Exit, Failure, check, worst};
use sessionlint_facts::Facts;
use sessionlint_lint::check::{CheckResult, RunPlan, check as ask};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::fix;
use sessionlint_lint::rule::{Catalog, Preset};
use sessionlint_lint::suppress::{self, Comments, Configured, SuppressedBy, Suppressor};
use sessionlint_project::discover::PROJECT_FILE;
use sessionlint_project::load::Loaded;
use sessionlint_project::vfs::{FileTree, git};
use sessionlint_report::analysis::overview::{Allowed, Circumstances, Findings, Overview, overview};
use sessionlint_report::{Paths, Silence, overview as report};

/// Formats of the page to hand over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// One self-contained page for a browser
    #[default]
    Html,
    /// The same as a document, without pictures
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Output format of the page
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: ReportFormat,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    /// Leave out the known findings in this file; the page shows their number
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &ReportArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let known = arguments.baseline.as_deref().map(|file| BaselineUse::listed(file, environment)).transpose()?;
    let form = match arguments.format {
        ReportFormat::Html => Form { format: "html", extension: "html", sequence: Sequence::Documents },
        ReportFormat::Markdown => Form { format: "markdown", extension: "md", sequence: Sequence::Pages },
    };
    answer(
        &arguments.path,
        &arguments.common,
        form,
        environment,
        |reading, name, environment| one(arguments, &reading, known.as_ref(), name, environment),
        |out, (answer, paths)| match arguments.format {
            ReportFormat::Html => report::write_html(out, answer, paths),
            ReportFormat::Markdown => report::write_markdown(out, answer, paths),
        },
    )
}

/// The page about one project, and how its paths are shown.
fn one(
    arguments: &ReportArguments,
    reading: &Reading<'_>,
    known: Option<&BaselineUse>,
    name: Option<&str>,
    environment: &mut Environment<'_>,
) -> Result<((Overview, Paths), Exit), Failure> {
    let catalog = reading.settings.catalog(&arguments.choice.rules, environment)?;
    let meant = reading.settings.meant(
        RuleArguments {
            preset: arguments.choice.preset,
            preview: arguments.choice.preview,
            ..RuleArguments::default()
        },
        &catalog,
    )?;
    let plan = causes(&reading.settings, &catalog, arguments.choice.preview)?;
    let (loaded, (asked, causes), mut exit) =
        reading.read(environment, |loaded| (ask(&loaded.project, &meant.plan), ask(&loaded.project, &plan)))?;
    for error in &asked.errors {
        environment.error(&error.to_string());
        exit = worst(exit, Exit::Usage);
    }
    let judged = CheckedProject { target: &reading.target, loaded: &loaded, catalog: &catalog, meant: &meant };
    let left = judged.left(asked, known);
    Ok((judged.page(&left, &causes.findings, name), exit))
}

/// What may be the cause of a symptom: it stays one where its finding is allowed or not asked for.
pub(super) fn causes<'c>(settings: &Settings, catalog: &'c Catalog, preview: bool) -> Result<RunPlan<'c>, Failure> {
    let presets = Preset::ALL.to_vec();
    let options = settings.settled(catalog)?.options;
    let mut rules = catalog.chosen(&presets, &[], &[]);
    let is_preview_on = settings.is_preview_on(preview);
    rules.retain(|rule| is_preview_on || !rule.is_preview());
    Ok(RunPlan { rules, presets, options, severities: HashMap::new() })
}

/// A project that was read, with the rules that judge it.
#[derive(Clone, Copy)]
pub(super) struct CheckedProject<'a> {
    /// Which project, and what of it is shown.
    pub(super) target: &'a Target,
    /// What was read.
    pub(super) loaded: &'a Loaded,
    /// The rules that there are.
    pub(super) catalog: &'a Catalog,
    /// What was asked.
    pub(super) meant: &'a ResolvedRun<'a>,
}

impl CheckedProject<'_> {
    /// The findings that are shown, and those that somebody allows.
    pub(super) fn left(&self, mut asked: CheckResult, known: Option<&BaselineUse>) -> suppress::SuppressionResult {
        let project = &self.loaded.project;
        asked.findings.retain(|finding| self.target.shown.has(finding, project));
        let mut comments = Comments::of(project, self.catalog);
        let mut configured = Configured::new(&self.meant.ignores, project.inputs.as_of);
        let mut baseline = known.map(BaselineUse::baseline).unwrap_or_default();
        let suppressors: &mut [&mut dyn Suppressor] = &mut [&mut comments, &mut configured, &mut baseline];
        let mut left = suppress::apply(asked.findings, &asked.covered, &project.sources, suppressors);
        fix::propose(project, &mut left.findings);
        left
    }

    /// The page, and how its paths are shown. One of several projects is called `name`.
    pub(super) fn page(
        &self,
        left: &suppress::SuppressionResult,
        causes: &[Diagnostic],
        name: Option<&str>,
    ) -> (Overview, Paths) {
        let project = &self.loaded.project;
        // A baseline marks findings as known, without a reason: they are counted, not listed.
        let allowed = left.suppressed.iter().filter(|it| it.way != SuppressedBy::Baseline);
        let allowed = allowed.map(|it| Allowed::new(project, &it.finding, &it.reason)).collect();
        let baselined = left.summary().baselined;
        // What the baseline holds has a line of its own, and a page fails nothing.
        let silence = Silence { baselined: 0, is_fail_on_loose: false, ..check::silence_of(self.meant, left) };
        let silence = silence.sentences();
        let circumstances = Circumstances { allowed, baselined, silence, ..self.circumstances() };
        let pairs = self.catalog.pairs();
        let symptoms = self.catalog.symptoms();
        let findings = Findings { shown: &left.findings, causes, symptoms, pairs: &pairs };
        let mut answer = overview(&Facts::of(project), findings, |rule| self.catalog.get(rule), circumstances);
        if let Some(name) = name {
            name.clone_into(&mut answer.scope.name);
        }
        // Without a git work tree from the project's root: a page that is handed over does not speak of folders around
        // it.
        (answer, check::paths(&self.loaded.root, None, &self.loaded.root))
    }

    /// What the page tells of where its project came from.
    fn circumstances(&self) -> Circumstances {
        let root = &self.target.root;
        let is_folder = matches!(root.tree, FileTree::Folder);
        Circumstances {
            commit: is_folder.then(|| git::head(&self.loaded.root)).flatten(),
            is_source_project: root.read(PROJECT_FILE).is_ok_and(|file| file.is_some()),
            notices: self.loaded.notices.iter().map(|notice| notice.text.clone()).collect(),
            allowed: Vec::new(),
            baselined: 0,
            silence: Vec::new(),
        }
    }
}
