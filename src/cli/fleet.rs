//! `sessionlint fleet`: many projects in one table, a row each.
//!
//! As many projects as there are threads are open at a time, all on the same threads; of a finished project only its
//! row, its messages and its written report remain. So memory does not grow with their number, and the last ones still
//! use every thread. Refuses to judge a project: `analysis::fleet` makes the rows.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, ValueEnum};

use super::args::{Common, FailOn, RuleChoice};
use super::progress::Progress;
use super::report::{CheckedProject, causes};
use super::settings::{ConfigSource, RuleArguments, Settings, require_folders};
use super::several::{INDEX, ProjectName, names};
use super::target::{self, Target, real_place};
use super::{Environment, Exit, Failure, checking, notices, output};
use sessionlint_analysis::fleet::{Fleet, Row, State, fleet};
use sessionlint_analysis::overview::project_summary;
use sessionlint_facts::{Facts, Shapes, Views};
use sessionlint_lint::check::check as run_rules;
use sessionlint_lint::copies::joined;
use sessionlint_lint::rule::Catalog;
use sessionlint_project::cache::Cache;
use sessionlint_project::load::load;
use sessionlint_project::vfs::archive::Archive;
use sessionlint_report::overview::Cover;
use sessionlint_report::{self as report, fleet as page, json};
use sessionlint_source::budget::Budget;

/// The most lines about one project on standard error; further ones are counted.
const MAX_LINES: usize = 20;

/// An argument before it is read.
#[derive(Clone, Debug)]
enum FleetInput {
    /// A project in a folder.
    Project(Box<Target>),
    /// A zip, and its name as typed.
    Zip(PathBuf, PathBuf),
    /// An argument that cannot be read, and why.
    Invalid(PathBuf, String),
}

impl FleetInput {
    fn path(&self) -> &Path {
        match self {
            FleetInput::Project(target) => &target.root.path,
            FleetInput::Zip(path, _) | FleetInput::Invalid(path, _) => path,
        }
    }
}

/// The result of an input.
struct InputResult {
    rows: Vec<Row>,
    exit: Exit,
    /// The messages for standard error.
    messages: String,
    /// Whether something was not read for lack of memory, which may suffice for this project alone.
    is_cut: bool,
}

/// What the work on all inputs shares.
struct SharedState<'a> {
    arguments: &'a FleetArguments,
    current: &'a Path,
    today: jiff::civil::Date,
    budget: Arc<Budget>,
    cache: Option<Arc<Cache>>,
    /// The rules of projects without rules of their own.
    catalog: &'a Catalog,
}

/// Formats of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FleetFormat {
    /// Columns for a terminal
    Table,
    /// Everything, for programs
    Json,
    /// A document
    Markdown,
    /// One self-contained page for a browser
    Html,
}

#[derive(Debug, Args)]
#[command(mut_arg("output", |output| output.value_name("DIR").help(
    "Write the result into this folder, as index.EXT, with the report of each project"
)))]
pub(super) struct FleetArguments {
    /// Projects, folders of projects, or zips
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Output format; the default is a table, and an HTML page into a folder
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<FleetFormat>,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    /// Exit with 1 if a finding is at least this severe; the default is each project's configuration, else `warning`
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &FleetArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let fleet_inputs = fleet_inputs(&arguments.paths, environment);
    let named = names(fleet_inputs.iter().map(FleetInput::path), None, environment);
    let folders: Vec<PathBuf> = arguments.choice.rules.iter().map(|folder| environment.absolute(folder)).collect();
    require_folders(&folders, environment)?;
    let catalog = Catalog::load_with(&[], &folders, &Shapes)?;
    if let Some(folder) = common.output() {
        output::folder(environment, folder)?;
    }
    let shared = SharedState {
        arguments,
        current: &environment.current,
        today: environment.today,
        budget: Arc::clone(&environment.budget),
        cache: environment.cache.clone(),
        catalog: &catalog,
    };
    let results = {
        let _progress = Progress::start("reading and checking", environment);
        all(&fleet_inputs, &named, &shared)?
    };
    let mut exit = Exit::Clean;
    let mut rows = Vec::new();
    for result in results {
        let _ = environment.err.write_all(result.messages.as_bytes());
        exit = exit.max(result.exit);
        rows.extend(result.rows);
    }
    // Nothing was recognised at all, so the typed folders are probably wrong.
    if rows.iter().all(|row| row.state == State::NoProject) {
        exit = exit.max(Exit::Usage);
    }
    let answer = fleet(rows, common.as_of.unwrap_or(environment.today));
    show(&answer, arguments, environment)?;
    Ok(exit)
}

/// The projects that the arguments name, each once.
fn fleet_inputs(paths: &[PathBuf], environment: &Environment<'_>) -> Vec<FleetInput> {
    let mut fleet_inputs: Vec<FleetInput> = Vec::new();
    let mut places = HashSet::new();
    for path in paths {
        let absolute = environment.absolute(path);
        let found = if absolute.is_dir() {
            target::folder(&absolute, None).into_iter().map(|target| FleetInput::Project(Box::new(target))).collect()
        } else if absolute.exists() && target::is_project_archive(&absolute) {
            vec![FleetInput::Zip(absolute, path.clone())]
        } else {
            let why = if absolute.exists() { "no folder and no zip" } else { "no such folder" };
            vec![FleetInput::Invalid(absolute, why.to_owned())]
        };
        fleet_inputs.extend(found.into_iter().filter(|input| places.insert(real_place(input.path()))));
    }
    fleet_inputs
}

/// Works on all inputs, as many at a time as there are threads, and returns their results in order.
fn all(
    fleet_inputs: &[FleetInput],
    named: &[ProjectName],
    shared: &SharedState<'_>,
) -> Result<Vec<InputResult>, Failure> {
    let threads = shared.arguments.common.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::Unreadable(format!("threads cannot be started ({error})")))?;
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, InputResult)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..pool.current_num_threads().min(fleet_inputs.len()) {
            // These threads only wait, and the pool works. With all projects at once, the pool would open all of them.
            scope.spawn(|| {
                while let Some((index, (input, named))) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    fleet_inputs.get(index).zip(named.get(index)).map(|input| (index, input))
                } {
                    let result = pool.install(|| one(input, named, shared));
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    if pool.current_num_threads() > 1 {
        // A project that was cut because of others at the time is read again by itself.
        shared.budget.reset_unshown();
        for (index, result) in results.iter_mut().filter(|(_, result)| result.is_cut) {
            if let Some((input, named)) = fleet_inputs.get(*index).zip(named.get(*index)) {
                *result = pool.install(|| one(input, named, shared));
            }
        }
    }
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn one(input: &FleetInput, named: &ProjectName, shared: &SharedState<'_>) -> InputResult {
    let own_name = || input.path().file_name().map(|name| name.to_string_lossy().into_owned());
    let name = if named.path.is_empty() { own_name().unwrap_or_default() } else { named.path.clone() };
    let failed = |name: &str, failure: Failure| {
        let (text, exit) = failure.message().unwrap_or((String::new(), Exit::Unreadable));
        let row = Row::without_numbers(name, State::Failed, text.lines().next().unwrap_or_default());
        let is_cut = exit == Exit::Unreadable;
        InputResult { rows: vec![row], exit, messages: words(name, &format!("error: {text}\n")), is_cut }
    };
    let targets = match input {
        FleetInput::Project(target) => vec![target.as_ref().clone()],
        FleetInput::Invalid(_, why) => return failed(&name, Failure::Usage(why.clone())),
        FleetInput::Zip(path, typed) => match target::zip(&Archive::on_disk(path), typed, &shared.budget) {
            Ok(targets) => targets,
            Err(failure) => return failed(&name, failure),
        },
    };
    let mut all = InputResult { rows: Vec::new(), exit: Exit::Clean, messages: String::new(), is_cut: false };
    let are_several = targets.len() > 1;
    for target in targets {
        let (mut name, mut stem) = (name.clone(), named.stem.clone());
        if are_several && let Some(below) = sessionlint_project::discover::relative(input.path(), &target.root.path) {
            name = format!("{name}/{below}");
            stem = super::several::stem(&name);
        }
        let (mut out, mut err) = (io::sink(), Vec::new());
        let mut environment = Environment::without_terminal(
            &mut out,
            &mut err,
            shared.current.to_owned(),
            shared.today,
            Arc::clone(&shared.budget),
        );
        environment.cache.clone_from(&shared.cache);
        environment.quiet = shared.arguments.common.quiet;
        let result = project(&target, &name, &stem, shared, &mut environment);
        drop(environment);
        let result = match result {
            Ok((row, exit, is_cut)) => {
                InputResult { rows: vec![row], exit, messages: words(&name, &String::from_utf8_lossy(&err)), is_cut }
            }
            Err(failure) => failed(&name, failure),
        };
        all.rows.extend(result.rows);
        all.exit = all.exit.max(result.exit);
        all.messages.push_str(&result.messages);
        all.is_cut |= result.is_cut;
    }
    all
}

/// The messages about a project, each line after its name, up to a limit.
fn words(name: &str, messages: &str) -> String {
    let name = report::one_line(name);
    let mut text = String::new();
    for line in messages.lines().take(MAX_LINES) {
        let (word, rest) = line.split_once(": ").filter(|(word, _)| matches!(*word, "warning" | "error")).unzip();
        // Writing to a string cannot fail.
        let _ = match (word, rest) {
            // A message about the whole argument begins with its name.
            (Some(word), Some(rest)) if rest.strip_prefix(&*name).is_some_and(|it| it.starts_with(':')) => {
                writeln!(text, "{word}: {rest}")
            }
            (Some(word), Some(rest)) => writeln!(text, "{word}: {name}: {rest}"),
            _ => writeln!(text, "{line}"),
        };
    }
    let more = messages.lines().count().saturating_sub(MAX_LINES);
    if more > 0 {
        let _ = writeln!(text, "warning: {name}: and {}", report::count(more, "more line"));
    }
    text
}

/// Reads and checks one project, and writes its report where one is wanted; the result also contains whether memory
/// ended before everything was read.
fn project(
    target: &Target,
    name: &str,
    stem: &str,
    shared: &SharedState<'_>,
    environment: &mut Environment<'_>,
) -> Result<(Row, Exit, bool), Failure> {
    let SharedState { arguments, .. } = shared;
    let common = &arguments.common;
    let settings = Settings::find(&target.root, ConfigSource::of(common), environment)?;
    let own;
    let catalog = if settings.brings_rules() {
        own = settings.catalog(&arguments.choice.rules, environment)?;
        &own
    } else {
        shared.catalog
    };
    let typed = RuleArguments { fail_on: arguments.fail_on, ..arguments.choice.rule_arguments() };
    let resolved = settings.resolve(typed, catalog)?;
    let inputs = settings.inputs(common, environment);
    let folder = common.output();
    // Only the report shows causes of symptoms.
    let inputs = if folder.is_some() { inputs } else { resolved.without_unneeded(inputs) };
    let loaded = load(&target.root, inputs);
    let (is_cut, unshown) = (loaded.project.is_cut, shared.budget.unshown());
    if !notices::has_metadata(&loaded) {
        let row = Row::without_numbers(name, State::NoProject, "no Salesforce metadata was recognised");
        return Ok((row, Exit::Clean, is_cut));
    }
    let result = run_rules(&loaded.project, &resolved.plan);
    let mut exit = notices::write(&loaded, environment);
    environment.warn_of_all(settings.notices.iter().chain(&resolved.hints));
    exit = exit.max(environment.report_errors(&result.errors));
    let checked = CheckedProject { target, loaded: &loaded, catalog, resolved: &resolved };
    let mut remaining = checked.remaining(result, None);
    remaining.join_copies();
    let summary = remaining.summary();
    let mut row = if let Some(folder) = folder {
        let plan = causes(&settings, catalog, arguments.choice.preview)?;
        let causes = joined(run_rules(&loaded.project, &plan).findings);
        let (answer, paths) = checked.page(&remaining, &causes, Some(name));
        let is_markdown = arguments.format == Some(FleetFormat::Markdown);
        let file = format!("{stem}.{}", if is_markdown { "md" } else { "html" });
        let written = output::write(environment, Some(&folder.join(&file)), |out| {
            let write = if is_markdown { report::overview::write_markdown } else { report::overview::write_html };
            write(out, &answer, &paths, &Cover::default())
        });
        let mut row = Row::of(name, &answer.sessions, &answer.integrations, &answer.dates, summary);
        match written {
            Ok(()) => row.report = Some(file),
            // The row is useful without its report.
            Err(Failure::Usage(text) | Failure::Unreadable(text)) => {
                environment.error(&text);
                exit = exit.max(Exit::Unreadable);
            }
            Err(Failure::ClosedPipe) => {}
        }
        row
    } else {
        let facts = Facts::of(&loaded.project);
        let project_summary = project_summary(&facts, &Views::new(&facts), &remaining.findings);
        Row::of(name, &project_summary.sessions, &project_summary.integrations, &project_summary.dates, summary)
    };
    row.message = if loaded.notices.iter().any(|notice| notice.is_error) {
        Some("not everything could be read".to_owned())
    } else if loaded.project.sources.is_empty() {
        Some("nothing here holds session metadata".to_owned())
    } else {
        None
    };
    row.fails = checking::fails(remaining.findings.iter().map(|it| &it.severity), resolved.fail_on);
    if row.fails {
        exit = exit.max(Exit::Findings);
    }
    Ok((row, exit, is_cut || shared.budget.unshown() > unshown))
}

/// Writes the output: to standard output, or into the folder of the reports. Without a chosen format, the folder gets a
/// page, and standard output the table.
fn show(answer: &Fleet, arguments: &FleetArguments, environment: &mut Environment<'_>) -> Result<(), Failure> {
    let (width, quiet) = (environment.width, arguments.common.quiet);
    let mut write = |format: FleetFormat, file: Option<&Path>| {
        output::write(environment, file, |out| match format {
            FleetFormat::Table => page::write_table(out, answer, width, quiet),
            FleetFormat::Json => json::write_value(out, answer),
            FleetFormat::Markdown => page::write_markdown(out, answer),
            FleetFormat::Html => page::write_html(out, answer),
        })
    };
    let Some(folder) = arguments.common.output() else {
        return write(arguments.format.unwrap_or(FleetFormat::Table), None);
    };
    let format = arguments.format.unwrap_or(FleetFormat::Html);
    let extension = match format {
        FleetFormat::Table => "txt",
        FleetFormat::Json => "json",
        FleetFormat::Markdown => "md",
        FleetFormat::Html => "html",
    };
    write(format, Some(&folder.join(format!("{INDEX}.{extension}"))))?;
    if arguments.format.is_none() { write(FleetFormat::Table, None) } else { Ok(()) }
}
