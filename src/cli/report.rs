//! `sessionlint report`: one page about a project, to hand over.
//!
//! Refuses to know the content of the page: `analysis::overview` computes it, and `report::overview` writes it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::{Common, RuleChoice};
use super::baseline::BaselineUse;
use super::checking::Found;
use super::history::range;
use super::reading::{OutputForm, Reading, Sequence, for_each_project};
use super::settings::{ResolvedRun, RuleArguments, Settings};
use super::target::{self, Target};
use super::timeline::{self, WalkOptions};
use super::{Environment, Exit, Failure, checking};
use sessionlint_analysis::overview::{Findings, Overview, Past, ProjectContext, SuppressedFinding, overview, past};
use sessionlint_analysis::sessions::Sessions;
use sessionlint_facts::Facts;
use sessionlint_lint::check::{CheckResult, RunPlan, check as run_rules};
use sessionlint_lint::copies::joined;
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::fix;
use sessionlint_lint::rule::{Catalog, Preset};
use sessionlint_lint::suppress::{SuppressedBy, SuppressionResult};
use sessionlint_project::discover::{PROJECT_FILE, Root};
use sessionlint_project::load::Loaded;
use sessionlint_project::vfs::{FileTree, git};
use sessionlint_report::overview::{Cover, LARGEST_LOGO, Logo};
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
    /// Title of the page, in place of "Sessions and integrations of PROJECT"
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    /// For whom the page is
    #[arg(long, value_name = "NAME")]
    pub(super) client: Option<String>,
    /// By whom the page is
    #[arg(long, value_name = "NAME")]
    pub(super) author: Option<String>,
    /// A picture for the head of the page (PNG, JPEG, GIF, WebP or SVG, up to 512 KB); it is embedded
    #[arg(long, value_name = "FILE")]
    pub(super) logo: Option<PathBuf>,
    /// Add how the timeouts of the org and of profiles changed from commit to commit; names of people are left out
    #[arg(long)]
    pub(super) history: bool,
    /// Begin the history after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)
    #[arg(long, value_name = "DATE|REV", requires = "history")]
    pub(super) since: Option<String>,
    /// Add since which commit each finding is one
    #[arg(long)]
    pub(super) blame: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

impl ReportArguments {
    /// The texts and the picture that a person adds to the page.
    fn cover(&self, environment: &Environment<'_>) -> Result<Cover, Failure> {
        let text = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|it| !it.is_empty());
        Ok(Cover {
            title: text(&self.title),
            client: text(&self.client),
            author: text(&self.author),
            logo: self.logo.as_deref().map(|file| logo(&environment.current.join(file))).transpose()?,
        })
    }
}

/// The picture in a file; one that is too large is not read to its end.
fn logo(file: &Path) -> Result<Logo, Failure> {
    let failed = |why: String| Failure::Usage(format!("cannot use {} as a logo: {why}", file.display()));
    let opened = File::open(file).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST_LOGO).unwrap_or(u64::MAX).saturating_add(1);
    opened.take(most).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    Logo::of(&bytes).map_err(|why| failed(format!("it {why}")))
}

pub(super) fn run(arguments: &ReportArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let baseline = arguments.baseline.as_deref().map(|file| BaselineUse::listed(file, environment)).transpose()?;
    let cover = arguments.cover(environment)?;
    let form = match arguments.format {
        ReportFormat::Html => OutputForm { format: "html", extension: "html", sequence: Sequence::Documents },
        ReportFormat::Markdown => OutputForm { format: "markdown", extension: "md", sequence: Sequence::Pages },
    };
    for_each_project(
        &arguments.path,
        &arguments.common,
        form,
        environment,
        |reading, name, environment| one(arguments, &reading, baseline.as_ref(), name, environment),
        |out, (answer, paths)| match arguments.format {
            ReportFormat::Html => report::write_html(out, answer, paths, &cover),
            ReportFormat::Markdown => report::write_markdown(out, answer, paths, &cover),
        },
    )
}

/// The page about one project, and how its paths are shown.
fn one(
    arguments: &ReportArguments,
    reading: &Reading<'_>,
    baseline: Option<&BaselineUse>,
    name: Option<&str>,
    environment: &mut Environment<'_>,
) -> Result<((Overview, Paths), Exit), Failure> {
    let catalog = reading.settings.catalog(&arguments.choice.rules, environment)?;
    let resolved = reading.settings.resolve(arguments.choice.rule_arguments(), &catalog)?;
    let plan = causes(&reading.settings, &catalog, arguments.choice.preview)?;
    let (loaded, (result, causes), mut exit) = reading
        .read(environment, |loaded| (run_rules(&loaded.project, &resolved.plan), run_rules(&loaded.project, &plan)))?;
    exit = exit.max(environment.report_errors(&result.errors));
    let checked = CheckedProject { target: &reading.target, loaded: &loaded, catalog: &catalog, resolved: &resolved };
    let mut remaining = checked.remaining(result, baseline);
    if arguments.blame {
        let inputs = reading.settings.inputs(&arguments.common, environment);
        let blame_exit = timeline::blame(
            &reading.target,
            &resolved,
            &catalog,
            inputs,
            &mut remaining.findings,
            &arguments.common,
            environment,
        )?;
        exit = exit.max(blame_exit);
    }
    remaining.join_copies();
    let (mut answer, paths) = checked.page(&remaining, &joined(causes.findings), name);
    if arguments.history {
        let (past, past_exit) = read_past(arguments, reading, (&catalog, &resolved), &answer.sessions, environment)?;
        answer.past = past;
        exit = exit.max(past_exit);
    }
    Ok(((answer, paths), exit))
}

/// The changes of a project's timeouts from commit to commit; `None` if no commit was read.
fn read_past(
    arguments: &ReportArguments,
    reading: &Reading<'_>,
    (catalog, resolved): (&Catalog, &ResolvedRun<'_>),
    sessions: &Sessions,
    environment: &mut Environment<'_>,
) -> Result<(Option<Past>, Exit), Failure> {
    let common = &arguments.common;
    let mut target = reading.target.clone();
    let repository = timeline::repository(&mut target, &arguments.path)?;
    let range = range(arguments.since.as_deref(), None, true, &repository)?;
    let inputs = reading.settings.inputs(common, environment);
    let until = inputs.as_of;
    // Values are compared, and no rule runs.
    let nothing = RunPlan { presets: resolved.plan.presets.clone(), ..RunPlan::default() };
    let resolved = ResolvedRun { plan: nothing, ..reading.settings.resolve(RuleArguments::default(), catalog)? };
    let options = WalkOptions {
        target: &target,
        resolved: &resolved,
        catalog,
        inputs,
        follows_origins: false,
        is_anonymous: true,
        filter: None,
    };
    let timeline = timeline::walk(&repository, &range, &options, common, environment)?;
    let exit = timeline::write_notices(&timeline, None, environment);
    if timeline.commits == 0 {
        environment.warn("no commit in that time");
    }
    let begins = timeline.begins.as_ref();
    Ok((begins.map(|begin| past(begin, timeline.commits, &timeline.changes, until, sessions)), exit))
}

/// The plan for causes of symptoms: a cause stays one where its finding is suppressed or was not requested.
pub(super) fn causes<'c>(settings: &Settings, catalog: &'c Catalog, preview: bool) -> Result<RunPlan<'c>, Failure> {
    let presets = Preset::ALL.to_vec();
    let options = settings.rule_config(catalog)?.options;
    let mut rules = catalog.chosen(&presets, &[], &[]);
    let is_preview_on = settings.is_preview_on(preview);
    rules.retain(|rule| is_preview_on || !rule.is_preview());
    Ok(RunPlan { rules, presets, options, ..RunPlan::default() })
}

/// A project that was read, with its rules.
#[derive(Clone, Copy)]
pub(super) struct CheckedProject<'a> {
    /// The project, and the findings that are shown.
    pub(super) target: &'a Target,
    /// The files that were read.
    pub(super) loaded: &'a Loaded,
    /// All rules.
    pub(super) catalog: &'a Catalog,
    /// The rules that ran.
    pub(super) resolved: &'a ResolvedRun<'a>,
}

impl CheckedProject<'_> {
    /// The findings that are shown, and the suppressed ones. Those that repeat each other are not joined.
    pub(super) fn remaining(&self, result: CheckResult, baseline: Option<&BaselineUse>) -> SuppressionResult {
        let project = &self.loaded.project;
        let found = Found { findings: result.findings, covered: &result.covered, shown: &self.target.shown };
        let (mut remaining, _) = checking::suppress(self.resolved, found, project, self.catalog, baseline);
        fix::propose(project, &mut remaining.findings);
        remaining
    }

    /// The page, and how its paths are shown. `name` is the name of one of several projects.
    pub(super) fn page(
        &self,
        remaining: &SuppressionResult,
        causes: &[Diagnostic],
        name: Option<&str>,
    ) -> (Overview, Paths) {
        let project = &self.loaded.project;
        // A baseline marks findings as known, without a reason: they are counted, not listed.
        let allowed = remaining.suppressed.iter().filter(|it| it.kind != SuppressedBy::Baseline);
        let allowed = allowed.map(|it| SuppressedFinding::new(project, &it.finding, &it.reason)).collect();
        let baselined = remaining.summary().baselined;
        // Findings in the baseline have a line of their own, and a page never fails a build.
        let silence =
            Silence { baselined: 0, is_fail_on_loose: false, ..checking::silence_of(self.resolved, remaining) };
        let silence = silence.sentences();
        let context = ProjectContext { allowed, baselined, silence, ..self.context() };
        let pairs = self.catalog.pairs(|_| true);
        let symptoms = self.catalog.symptoms();
        let findings = Findings { shown: &remaining.findings, causes, symptoms, pairs: &pairs };
        let mut answer = overview(&Facts::of(project), findings, |rule| self.catalog.get(rule), context);
        if let Some(name) = name {
            name.clone_into(&mut answer.scope.name);
        }
        // Without a git work tree, paths start at the project's root: a page that is handed over does not name folders
        // around it.
        (answer, target::paths(&self.loaded.root, None, &self.loaded.root))
    }

    /// The origin of the project, as the page shows it.
    fn context(&self) -> ProjectContext {
        let root = &self.target.root;
        let is_folder = matches!(root.tree, FileTree::Folder);
        ProjectContext {
            commit: is_folder.then(|| git::head(&self.loaded.root)).flatten(),
            name: own_name(root),
            is_source_project: root.read(PROJECT_FILE).is_ok_and(|file| file.is_some()),
            notices: self.loaded.notices.iter().map(|notice| notice.text.clone()).collect(),
            allowed: Vec::new(),
            baselined: 0,
            silence: Vec::new(),
        }
    }
}

/// The name that a project gives itself: in its project file, else in its manifest.
fn own_name(root: &Root) -> Option<String> {
    let text = |file: &str| Some(String::from_utf8_lossy(&root.read(file).ok()??).into_owned());
    // A dot or a dash names nothing.
    let is_name = |name: &str| {
        name.contains(char::is_alphanumeric) && name.chars().count() <= 120 && !name.contains(char::is_control)
    };
    let named = |name: &str| Some(name.trim().to_owned()).filter(|name| is_name(name));
    let of_project = || {
        let json: serde_json::Value = serde_json::from_str(&text(PROJECT_FILE)?).ok()?;
        named(json.get("name")?.as_str()?)
    };
    let of_manifest = |file: &str| {
        let text = text(file)?;
        // A manifest names many things; the package's name is at its root.
        let outside = text.split("<types>").next()?;
        let (_, rest) = outside.split_once("<fullName>")?;
        named(rest.split_once("</fullName>")?.0)
    };
    of_project().or_else(|| ["package.xml", "src/package.xml"].into_iter().find_map(of_manifest))
}
