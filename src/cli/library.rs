//! The library: opens, reads and checks one project as the command does, without a terminal.
//!
//! May assume nothing about a path. Refuses to know formats and exit codes: its results are findings and rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::args::Common;
use super::baseline::BaselineUse;
use super::checking::{CheckedTarget, PreparedTarget, check_one};
use super::reading::Reading;
use super::settings::{ConfigSource, RuleArguments, Settings};
use super::target::{self, Target};
use super::{Environment, Failure, query};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::config::PresetChoice;
use sessionlint_lint::diagnostic::{Diagnostic, Severity};
use sessionlint_source::Source;

/// The reason why a project cannot be opened or checked. The text names the file, and the place in it if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The caller, the configuration or a rule page is wrong: exit code 2 of the command.
    Usage(String),
    /// A file cannot be read: exit code 3 of the command.
    Unreadable(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Error::Usage(text) | Error::Unreadable(text)) = self;
        formatter.write_str(text)
    }
}

impl std::error::Error for Error {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Usage(text) => Error::Usage(text),
            Failure::Unreadable(text) => Error::Unreadable(text),
            Failure::ClosedPipe => Error::Unreadable("the output was closed".to_owned()),
        }
    }
}

/// The rules that run. The default is the choice of the project's configuration, else the preset `continuity`.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    preset: Option<PresetChoice>,
    select: Vec<String>,
    ignore: Vec<String>,
    folders: Vec<PathBuf>,
}

impl Rules {
    /// Those of a preset, as `--preset` chooses them.
    #[must_use]
    pub fn preset(self, preset: PresetChoice) -> Self {
        Self { preset: Some(preset), ..self }
    }

    /// Only these rules or groups, as `--select` chooses them.
    #[must_use]
    pub fn select<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.select.extend(names.into_iter().map(Into::into));
        self
    }

    /// All but these rules or groups, as `--ignore` chooses them.
    #[must_use]
    pub fn ignore<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.ignore.extend(names.into_iter().map(Into::into));
        self
    }

    /// The rule pages of a folder too, as `--rules` adds them.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }
}

/// A Salesforce project on disk: a folder, or a zip.
#[derive(Clone, Debug)]
pub struct Project {
    target: Target,
    current: PathBuf,
    today: Date,
}

impl Project {
    /// Finds the project at `path`, which may be a folder or a file in a project. No file of it is read yet.
    #[expect(clippy::disallowed_methods, reason = "as in the command, the clock and the current folder are read once")]
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let (current, today) = (std::env::current_dir().unwrap_or_default(), super::today());
        let environment = Environment::without_output(current.clone(), today, Arc::default());
        let target = target::find_one(path.as_ref(), &environment)?;
        Ok(Self { target, current, today })
    }

    fn environment(&self) -> Environment<'static> {
        Environment::without_output(self.current.clone(), self.today, Arc::default())
    }

    /// The same project, checked for this day instead of today.
    #[must_use]
    pub fn as_of(self, day: Date) -> Self {
        Self { today: day, ..self }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.target.root.path
    }

    /// Reads the project and runs the rules. Its configuration and the comments in its files apply, as in `check`.
    pub fn check(&self, rules: &Rules) -> Result<Findings, Error> {
        let environment = self.environment();
        let settings = Settings::find(&self.target.root, ConfigSource::default(), &environment)?;
        let catalog = settings.catalog(&rules.folders, &environment)?;
        let prepared = PreparedTarget::only(self.target.clone(), settings, catalog);
        let typed = RuleArguments {
            preset: rules.preset,
            select: &rules.select,
            ignore: &rules.ignore,
            ..RuleArguments::default()
        };
        let resolved = prepared.settings.resolve(typed, &prepared.catalog)?;
        let inputs = resolved.without_unneeded(prepared.settings.inputs(&Common::default(), &environment));
        let (mut checked, said) = check_one(&prepared, &resolved, &BaselineUse::Nothing, inputs, None, None)?;
        checked.remaining.join_copies();
        let mut notices: Vec<String> = checked.loaded.notices.iter().map(|notice| notice.text.clone()).collect();
        notices.extend(prepared.settings.notices.iter().chain(&resolved.hints).cloned());
        notices.extend(said.notices.into_iter().chain(said.errors));
        Ok(Findings { checked, notices })
    }

    /// Reads the project and answers a query over its tables (docs/rule-language.md has them).
    pub fn query(&self, soql: &str) -> Result<Rows, Error> {
        let mut environment = self.environment();
        let (select, names, plan) = query::parse_query(soql)?;
        let common = Common::default();
        let reading = Reading::new(self.target.clone(), &common, &environment)?.for_query(&select.to_string());
        let (loaded, (), _) = reading.read(&mut environment, |_| ())?;
        let facts = Facts::of(&loaded.project);
        let views = Views::new(&facts);
        let tables = names.tables(&views);
        let answer = plan.run(&tables);
        let rows = answer.rows.iter().map(|row| row.iter().map(query::json).collect());
        let columns = answer.columns.iter().map(|(name, _)| name.clone()).collect();
        Ok(Rows { columns, rows: rows.collect(), notes: plan.notes().to_vec() })
    }
}

/// The result of a query.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// A value for each column; null if there is none or it is unknown.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Notes about parts of the query that have no meaning for files and were ignored.
    pub notes: Vec<String>,
}

/// The findings of the rules, sorted by file and place, with their files.
pub struct Findings {
    checked: CheckedTarget,
    notices: Vec<String>,
}

impl std::fmt::Debug for Findings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl Findings {
    /// The findings that are not suppressed.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Finding<'_>> {
        self.checked.remaining.findings.iter().map(|it| self.of(it))
    }

    /// The findings that the configuration or a comment suppresses, with the reason.
    pub fn allowed(&self) -> impl ExactSizeIterator<Item = (Finding<'_>, &str)> {
        self.checked.remaining.suppressed.iter().map(|it| (self.of(&it.finding), it.reason.as_str()))
    }

    /// The worst severity; `None` without findings.
    pub fn worst(&self) -> Option<Severity> {
        self.iter().map(|finding| finding.severity).max()
    }

    /// The messages of the command on standard error: files that were not read, rules that did not run, stale ignores.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether every file could be read and every rule could run.
    pub fn is_complete(&self) -> bool {
        self.checked.is_complete
    }

    fn of<'f>(&'f self, diagnostic: &'f Diagnostic) -> Finding<'f> {
        Finding { diagnostic, source: self.checked.loaded.project.sources.get(diagnostic.place.file) }
    }
}

/// A finding and its file. Its texts and its severity are those of the [`Diagnostic`].
#[derive(Clone, Copy, Debug)]
pub struct Finding<'f> {
    diagnostic: &'f Diagnostic,
    source: &'f Source,
}

impl Finding<'_> {
    /// The path of the file, `/`-separated, below the project's root.
    pub fn path(&self) -> &str {
        &self.source.path
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.source.position(self.diagnostic.place.span.start).line
    }

    /// The column in code points, from 1.
    pub fn column(&self) -> u32 {
        self.source.position(self.diagnostic.place.span.start).column
    }
}

impl std::ops::Deref for Finding<'_> {
    type Target = Diagnostic;

    fn deref(&self) -> &Diagnostic {
        self.diagnostic
    }
}
