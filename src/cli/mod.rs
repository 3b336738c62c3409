//! The command line: typed arguments become meant arguments here, and only here are the environment, the clock and
//! the terminal read.
//!
//! One file per subcommand. Everything is written to the sinks of an [`Environment`], so that a test can run a whole
//! command; what goes wrong is a [`Failure`] with its exit code.

mod args;
mod calendar;
mod check;
mod diagnose;
mod diff;
mod explain;
mod fix;
mod fleet;
mod formats;
mod gate;
mod init;
mod library;
mod output;
mod progress;
mod query;
mod reading;
mod report;
mod rules;
mod schema;
mod sessions;
mod settings;
mod several;
mod target;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{CommandFactory, Parser};

use args::{Arguments, Color, Command};
pub use library::{Error, Finding, Findings, Project, Rows, Rules};
use sessionlint_lint::rule::{CatalogError, PageError};
use sessionlint_report::quote;

/// How a run ends, as an exit code. Other tools rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Why a command stopped.
#[derive(Debug)]
enum Failure {
    /// The user can mend it: a wrong path, a wrong option, a page that is no rule.
    Usage(String),
    /// A file could not be read or written.
    Unreadable(String),
    /// The reader of our output went away, which is no error.
    ClosedPipe,
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
            CatalogError::Taken(..) => Failure::Usage(error.to_string()),
        }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        Failure::Usage(match &error.quoted {
            Some(quoted) => {
                let (text, span) = quoted.as_ref();
                // The place comes first too, where programs look for it.
                let message = format!("{}:{}:{}: {}", error.path, error.line, error.column, error.message);
                quote(&error.path, text, span.clone(), &message, error.hint.as_deref())
            }
            None => error.to_string(),
        })
    }
}

/// What a run may touch of the world.
pub struct Environment<'e> {
    /// Where findings go.
    pub out: &'e mut dyn Write,
    /// Where everything else goes.
    pub err: &'e mut dyn Write,
    /// The folder that relative paths start from.
    pub current: PathBuf,
    /// Today, unless `--as-of` says otherwise.
    pub today: jiff::civil::Date,
    /// Whether `out` is a terminal.
    pub out_is_terminal: bool,
    /// Whether `err` is a terminal.
    pub err_is_terminal: bool,
    /// Whether the user asked for no colour.
    pub no_color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// The project that is spoken of, where a run is about several.
    pub about: Option<String>,
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Environment").field("current", &self.current).finish_non_exhaustive()
    }
}

impl<'e> Environment<'e> {
    /// One without a terminal, for work whose words are gathered.
    fn quiet(out: &'e mut dyn Write, err: &'e mut dyn Write, current: PathBuf, today: jiff::civil::Date) -> Self {
        let no_color = true;
        let (out_is_terminal, err_is_terminal, width, about) = (false, false, 100, None);
        Self { out, err, current, today, out_is_terminal, err_is_terminal, no_color, width, about }
    }

    /// A typed path without `.` and `..`. Links are not looked through: a person's path keeps its words.
    fn absolute(&self, typed: impl AsRef<std::path::Path>) -> PathBuf {
        path_clean::clean(self.current.join(typed))
    }

    fn color(&self, wish: Color, to_file: bool) -> bool {
        match wish {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.out_is_terminal && !self.no_color && !to_file,
        }
    }

    fn note(&mut self, text: &str) {
        self.tell("note", text);
    }

    fn warn(&mut self, text: &str) {
        self.tell("warning", text);
    }

    fn error(&mut self, text: &str) {
        self.tell("error", text);
    }

    fn tell(&mut self, word: &str, text: &str) {
        let about = self.about.as_deref().map(|project| format!("{}: ", sessionlint_report::one_line(project)));
        let text = format!("{}{text}", about.unwrap_or_default());
        // Nobody is left to tell when the error stream is gone.
        let _ = writeln!(self.err, "{word}: {}", sessionlint_report::without_commands(&text));
    }
}

/// Runs the command in the real world.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads clock and environment")]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    report_full_files();
    let stdout = io::stdout();
    let stderr = io::stderr();
    let out_is_terminal = stdout.is_terminal();
    let err_is_terminal = stderr.is_terminal();
    let mut out = io::BufWriter::with_capacity(64 * 1024, stdout.lock());
    let mut err = stderr.lock();
    let mut environment = Environment {
        out: &mut out,
        err: &mut err,
        current: std::env::current_dir().unwrap_or_default(),
        today: jiff::ZonedDateTime::now().date(),
        out_is_terminal,
        err_is_terminal,
        no_color: std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty()),
        width: terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)),
        about: None,
    };
    let exit = run(arguments, &mut environment);
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(err, "error: the output cannot be written ({error})");
            Exit::Unreadable
        }
        _ => exit,
    }
}

/// Lets a write beyond the limit of a file's size fail, as on a full disk, instead of ending the process.
fn report_full_files() {
    #[cfg(unix)]
    {
        // Nobody asks the flag: a signal that is caught leaves the error to the write.
        let flag = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag);
    }
}

/// Writes a text that is made from the description of the arguments.
fn generated(
    environment: &mut Environment<'_>,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Result<Exit, Failure> {
    // Gathered first: the generators give up with a panic where a pipe is closed.
    let mut text = Vec::new();
    write(&mut text)?;
    environment.out.write_all(&text)?;
    Ok(Exit::Clean)
}

/// Runs a command; `arguments` begin with the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: &mut Environment<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render().to_string();
            let (to_err, exit) = if error.use_stderr() { (true, Exit::Usage) } else { (false, Exit::Clean) };
            let sink: &mut dyn Write = if to_err { environment.err } else { environment.out };
            let mut sink = gate::Gate::new(sink, false);
            let _ = write!(sink, "{text}");
            let _ = sink.finish();
            return exit;
        }
    };
    // Whatever leaves passes the gate, from here on.
    let may_command = matches!(&arguments.command, Command::Check(check) if check.format.is_for_runner());
    let mut out = gate::Gate::new(&mut *environment.out, may_command);
    let mut err = gate::Gate::new(&mut *environment.err, false);
    let mut guarded = Environment {
        out: &mut out,
        err: &mut err,
        current: environment.current.clone(),
        today: environment.today,
        out_is_terminal: environment.out_is_terminal,
        err_is_terminal: environment.err_is_terminal,
        no_color: environment.no_color,
        width: environment.width,
        about: None,
    };
    let exit = dispatch(arguments.command, &mut guarded);
    let finished = out.finish();
    // Nobody is left to tell when the error stream is gone.
    let _ = err.finish();
    match finished {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            environment.error(&format!("the output cannot be written ({error})"));
            Exit::Unreadable
        }
        _ => exit,
    }
}

fn dispatch(command: Command, environment: &mut Environment<'_>) -> Exit {
    let done = match command {
        Command::Calendar(arguments) => calendar::run(&arguments, environment),
        Command::Check(arguments) => check::run(&arguments, environment),
        Command::Query(arguments) => query::run(&arguments, environment),
        Command::Diff(arguments) => diff::run(&arguments, environment),
        Command::Explain(arguments) => explain::run(&arguments, environment),
        Command::Fleet(arguments) => fleet::run(&arguments, environment),
        Command::Diagnose(arguments) => diagnose::run(&arguments, environment),
        Command::Init(arguments) => init::run(&arguments, environment),
        Command::Completions { shell } => generated(environment, |out| {
            clap_complete::generate(shell, &mut Arguments::command(), "sessionlint", out);
            Ok(())
        }),
        Command::Man => generated(environment, |out| clap_mangen::Man::new(Arguments::command()).render(out)),
        Command::Sessions(arguments) => sessions::run(&arguments, environment),
        Command::Report(arguments) => report::run(&arguments, environment),
        Command::Rules(arguments) => rules::run(&arguments, environment),
        Command::Schema => schema::run(environment),
    };
    match done {
        Ok(exit) => exit,
        Err(Failure::ClosedPipe) => Exit::Clean,
        Err(Failure::Usage(text)) => {
            environment.error(&text);
            Exit::Usage
        }
        Err(Failure::Unreadable(text)) => {
            environment.error(&text);
            Exit::Unreadable
        }
    }
}
