//! The command line: arguments are resolved here, and only here are the environment, the clock and the terminal read.
//!
//! One file per subcommand. Everything is written to the sinks of an [`Environment`], so that a test can run a whole
//! command; an error is a [`Failure`] with its exit code. Refuses to know what a setting of Salesforce means: the
//! crates below do.

mod add_ignore;
mod args;
mod baseline;
mod blame;
mod cache;
mod calendar;
mod check;
mod check_arguments;
mod checking;
mod commands;
mod completions;
mod config_files;
mod diagnose;
mod diff;
mod engine;
mod evidence;
mod explain;
mod fix;
mod fleet;
mod formats;
mod history;
mod init;
mod library;
mod lsp;
mod man;
mod mcp;
mod memory_caches;
mod memory_files;
mod notices;
mod output;
mod outputs;
mod printed;
mod progress;
mod query;
mod reading;
mod report;
mod rules;
mod schema;
mod sessions;
mod settings;
mod several;
mod show_settings;
mod target;
mod threads;
mod timeline;
mod uri;
mod watch;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use clap::Parser;

use etcetera::BaseStrategy;

use args::{Color, Common};
use commands::Arguments;
pub use library::{Error, Finding, Findings, Project, Rows, Rules};
pub use memory_files::{MemoryFiles, RunOutput};
use sessionlint_lint::rule::{CatalogError, PageError};
use sessionlint_project::cache::Cache;
use sessionlint_report::gate::Gate;
use sessionlint_report::{Style, quote};
use sessionlint_source::budget::Budget;

/// The exit code of a run, in ascending order: the code of a run is the greatest of its parts. Other tools rely on the
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings.
    Findings,
    /// Wrong usage or configuration, or nothing recognised.
    Usage,
    /// Something could not be read or written; the rest was done.
    Unreadable,
}

impl Exit {
    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Unreadable => 3,
        }
    }
}

/// The reason why a command stopped.
#[derive(Clone, Debug)]
enum Failure {
    /// An error of the user: a wrong path, a wrong option, an invalid rule page.
    Usage(String),
    /// A file could not be read or written.
    Unreadable(String),
    /// The reader of our output went away, which is not an error.
    ClosedPipe,
}

impl Failure {
    /// The message and the exit code; `None` where the reader of our output went away.
    fn message(self) -> Option<(String, Exit)> {
        match self {
            Failure::Usage(text) => Some((text, Exit::Usage)),
            Failure::Unreadable(text) => Some((text, Exit::Unreadable)),
            Failure::ClosedPipe => None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::ClosedPipe
        } else {
            Failure::Unreadable(format!("the output cannot be written ({error})"))
        }
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Io(..) => Failure::Unreadable(error.to_string()),
            CatalogError::Page(error) => (*error).into(),
            CatalogError::DuplicateId(..) => Failure::Usage(error.to_string()),
        }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        Failure::Usage(match &error.quoted {
            Some(quoted) => {
                let (text, span) = quoted.as_ref();
                // The place comes first here too, where programs expect it.
                let message = format!("{}:{}:{}: {}", error.path, error.line, error.column, error.message);
                quote(&error.path, text, span.clone(), &message, error.hint.as_deref())
            }
            None => error.to_string(),
        })
    }
}

/// The parts of the system that a run may use.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the terminal or a typed flag")]
pub struct Environment<'e> {
    /// The sink of findings.
    pub out: Gate<'e>,
    /// The sink of everything else.
    pub err: Gate<'e>,
    /// The folder that relative paths start from.
    pub current: PathBuf,
    /// The folder above which nothing is read, if there is one.
    pub ceiling: Option<PathBuf>,
    /// Today, or the date of `--as-of`.
    pub today: jiff::civil::Date,
    /// Whether `out` is a terminal.
    pub out_is_terminal: bool,
    /// Whether `err` is a terminal.
    pub err_is_terminal: bool,
    /// Whether the user wants no colour.
    pub no_color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether notes and warnings are left out; a command sets it.
    pub quiet: bool,
    /// The name of the current project, if a run has several.
    pub project: Option<String>,
    /// The memory limit for reading; a command sets it.
    pub budget: Arc<Budget>,
    /// When the run began.
    pub began: SystemTime,
    /// The user's cache folder, where there is one.
    pub cache_dir: Option<PathBuf>,
    /// The cache; a command sets its folder.
    pub cache: Option<Arc<Cache>>,
    /// Files in memory, which are read instead of those of the disk.
    pub memory_files: MemoryFiles,
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Environment").field("current", &self.current).finish_non_exhaustive()
    }
}

impl<'e> Environment<'e> {
    /// An environment without a terminal, for work whose messages are collected.
    pub fn without_terminal(
        out: &'e mut dyn Write,
        err: &'e mut dyn Write,
        current: PathBuf,
        today: jiff::civil::Date,
        budget: Arc<Budget>,
    ) -> Self {
        Self {
            out: Gate::new(out),
            err: Gate::new(err),
            current,
            ceiling: None,
            today,
            out_is_terminal: false,
            err_is_terminal: false,
            no_color: true,
            width: 100,
            quiet: false,
            project: None,
            budget,
            began: SystemTime::UNIX_EPOCH,
            cache_dir: None,
            cache: None,
            memory_files: MemoryFiles::default(),
        }
    }

    /// An environment that writes nothing.
    fn without_output(current: PathBuf, today: jiff::civil::Date, budget: Arc<Budget>) -> Self {
        // A sink takes no memory, so that none is lost.
        let nowhere = || Box::leak(Box::new(std::io::sink()));
        Self::without_terminal(nowhere(), nowhere(), current, today, budget)
    }

    /// A typed path without `.` and `..`. Links are not resolved: a typed path keeps its names.
    fn absolute(&self, typed: impl AsRef<std::path::Path>) -> PathBuf {
        path_clean::clean(self.current.join(typed))
    }

    fn color(&self, choice: Color, to_file: bool) -> bool {
        match choice {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.out_is_terminal && !self.no_color && !to_file,
        }
    }

    /// The style of a command's output.
    fn style(&self, common: &Common) -> Style {
        let color = self.color(common.color, common.output().is_some());
        Style { color, width: self.width, quiet: self.quiet, ..Style::default() }
    }

    fn note(&mut self, text: &str) {
        if !self.quiet {
            self.message("note", text);
        }
    }

    fn warn(&mut self, text: &str) {
        if !self.quiet {
            self.message("warning", text);
        }
    }

    fn warn_of_all<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) {
        texts.into_iter().for_each(|text| self.warn(text));
    }

    fn error(&mut self, text: &str) {
        self.message("error", text);
    }

    /// Reports the errors of rules that could not run, and returns their exit code.
    fn report_errors<E: ToString>(&mut self, errors: impl IntoIterator<Item = E>) -> Exit {
        let mut exit = Exit::Clean;
        for error in errors {
            self.error(&error.to_string());
            exit = Exit::Usage;
        }
        exit
    }

    /// Reports why a command stopped, and returns its exit code.
    fn report(&mut self, failure: Failure) -> Exit {
        failure.message().map_or(Exit::Clean, |(text, exit)| {
            self.error(&text);
            exit
        })
    }

    fn message(&mut self, word: &str, text: &str) {
        let project = self.project.as_deref().map(|project| format!("{}: ", sessionlint_report::one_line(project)));
        let text = format!("{}{text}", project.unwrap_or_default());
        // When the error stream is gone, there is nowhere to report it.
        let _ = writeln!(self.err, "{word}: {}", sessionlint_report::without_commands(&text));
    }
}

/// Runs the command in the environment of the process.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads clock and environment")]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    report_full_files();
    let stdout = io::stdout();
    let stderr = io::stderr();
    let out_is_terminal = stdout.is_terminal();
    let err_is_terminal = stderr.is_terminal();
    let mut out = io::BufWriter::with_capacity(64 * 1024, stdout.lock());
    // Not locked: the thread that shows progress writes to it while this one waits for that thread to end.
    let mut err = stderr;
    let current = std::env::current_dir().unwrap_or_default();
    let mut environment = Environment {
        out_is_terminal,
        err_is_terminal,
        no_color: std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty()),
        width: terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)),
        began: SystemTime::now(),
        cache_dir: cache_dir(),
        ..Environment::without_terminal(&mut out, &mut err, current, today(), Arc::default())
    };
    let exit = run(arguments, &mut environment);
    drop(environment);
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(err, "error: the output cannot be written ({error})");
            Exit::Unreadable
        }
        _ => exit,
    }
}

/// The current day, also for processes that run for days.
#[expect(clippy::disallowed_methods, reason = "the clock of `main` and of the library")]
pub(crate) fn today() -> jiff::civil::Date {
    // To find the zone by its name, every name of the system's database would be listed. The file is the zone.
    let is_default = cfg!(unix) && std::env::var_os("TZ").is_none();
    let file = if is_default { std::fs::read("/etc/localtime").ok() } else { None };
    let zone = file.and_then(|file| jiff::tz::TimeZone::tzif("Local", &file).ok());
    match zone {
        Some(zone) => jiff::Timestamp::now().to_zoned_datetime(zone).date(),
        None => jiff::ZonedDateTime::now().date(),
    }
}

/// The cache folder: the one that the environment names, none where that is empty, else a folder among the user's
/// caches.
fn cache_dir() -> Option<PathBuf> {
    match std::env::var_os("SESSIONLINT_CACHE_DIR") {
        Some(folder) => Some(PathBuf::from(folder)).filter(|folder| !folder.as_os_str().is_empty()),
        None => Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("sessionlint")),
    }
}

/// Lets a write beyond the limit of a file's size fail, as on a full disk, instead of ending the process.
fn report_full_files() {
    #[cfg(unix)]
    {
        // The flag is not read: with the signal caught, the write returns the error.
        let flag = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag);
    }
}

/// The description of the arguments, for tests that generate completions and the manual page.
pub fn command() -> clap::Command {
    commands::whole()
}

/// Runs a command; `arguments` begin with the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: &mut Environment<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let error = commands::with_suggestion(error);
            let text = error.render().to_string();
            let (to_err, exit) = if error.use_stderr() { (true, Exit::Usage) } else { (false, Exit::Clean) };
            let sink = if to_err { &mut environment.err } else { &mut environment.out };
            let _ = write!(sink, "{text}");
            let _ = sink.finish();
            return exit;
        }
    };
    environment.out.let_commands_pass(arguments.command.is_for_runner());
    environment.budget = Arc::new(Budget::of(arguments.command.max_memory()));
    let default = environment.cache_dir.as_deref();
    let common = arguments.command.common();
    environment.quiet = common.is_some_and(|it| it.quiet);
    environment.cache = common.and_then(|it| cache::of(it, &environment.current, default, environment.began));
    let allowed = arguments.command.refuse_input_as_output(environment);
    let ran = allowed.and_then(|()| arguments.command.run(environment));
    let mut exit = ran.unwrap_or_else(|failure| environment.report(failure));
    let unshown = environment.budget.unshown();
    if unshown > 0 {
        let files = sessionlint_report::count(unshown as usize, "file");
        let size = environment.budget.size();
        environment.error(&format!(
            "the memory that --max-memory allows ({size}) is used up: no line of {files} could be shown"
        ));
        exit = exit.max(Exit::Unreadable);
    }
    let finished = environment.out.finish();
    // When the error stream is gone, there is nowhere to report it.
    let _ = environment.err.finish();
    match finished {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            environment.error(&format!("the output cannot be written ({error})"));
            let _ = environment.err.finish();
            Exit::Unreadable
        }
        _ => exit,
    }
}
