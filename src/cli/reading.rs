//! Reads the project of a command, or each of several: settings, progress and notices.
//!
//! Refuses to know what is computed: the command gives the work and the writer.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::args::Common;
use super::progress::Progress;
use super::settings::{ConfigSource, Settings, with_only};
use super::several::{self, Destination, Failures, ProjectName, names};
use super::threads::with_threads;
use super::{Environment, Exit, Failure, notices, output, target};
use sessionlint_facts::{Reads, rests_on};
use sessionlint_project::load::{Loaded, load};
use sessionlint_report::gate::Gate;
use sessionlint_report::{self as report, Style};

/// A project that is found and configured, but not yet read.
pub(super) struct Reading<'c> {
    /// The project, and the findings that are shown.
    pub(super) target: target::Target,
    common: &'c Common,
    /// The settings of the project's configuration and the arguments.
    pub(super) settings: Settings,
    /// What the command depends on besides session metadata; all if it is not known.
    reads: Option<BTreeSet<Reads>>,
}

impl<'c> Reading<'c> {
    /// Finds the one project that `path` means.
    pub(super) fn of(path: &Path, common: &'c Common, environment: &Environment<'_>) -> Result<Self, Failure> {
        Self::new(target::find_one(path, environment)?, common, environment)
    }

    pub(super) fn new(
        target: target::Target,
        common: &'c Common,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let settings = Settings::find(&target.root, ConfigSource::of(common), environment)?;
        Ok(Self { target, common, settings, reads: None })
    }

    /// The same for a query.
    pub(super) fn for_query(self, soql: &str) -> Self {
        Self { reads: Some(rests_on([soql])), ..self }
    }

    /// The same for a command that depends on session metadata only.
    pub(super) fn without_code(self) -> Self {
        Self { reads: Some(BTreeSet::new()), ..self }
    }

    /// Reads it, runs `work` on it on the same threads, and writes the notices.
    pub(super) fn read<T: Send>(
        &self,
        environment: &mut Environment<'_>,
        work: impl FnOnce(&Loaded) -> T + Send,
    ) -> Result<(Loaded, T, Exit), Failure> {
        let inputs = self.settings.inputs(self.common, environment);
        let inputs = match &self.reads {
            Some(reads) => with_only(reads, inputs),
            None => inputs,
        };
        let (loaded, result) = {
            let _progress = Progress::start("reading", environment);
            with_threads(self.common, || {
                let loaded = load(&self.target.root, inputs);
                let result = work(&loaded);
                (loaded, result)
            })?
        };
        notices::require_metadata(&loaded)?;
        environment.warn_of_all(&self.settings.notices);
        let exit = notices::write(&loaded, environment);
        Ok((loaded, result, exit))
    }
}

/// How the outputs for several projects follow one another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sequence {
    /// Text, each after the name of its project.
    Text(Style),
    /// Markdown, each below a heading that names its project.
    Markdown,
    /// Markdown that names its project itself.
    Pages,
    /// Documents, which cannot follow one another.
    Documents,
}

/// The form of an output.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutputForm {
    /// The name of the format.
    pub(super) format: &'static str,
    /// The extension of its files.
    pub(super) extension: &'static str,
    /// How several follow one another.
    pub(super) sequence: Sequence,
}

/// Runs `work` for each project that `path` means, and writes the results: one after the other, or a file for each in a folder. The last argument of
/// `work` is the project's name where there are several.
pub(super) fn for_each_project<A>(
    path: &Path,
    common: &Common,
    form: OutputForm,
    environment: &mut Environment<'_>,
    mut work: impl FnMut(Reading<'_>, Option<&str>, &mut Environment<'_>) -> Result<(A, Exit), Failure>,
    write: impl Fn(&mut Gate<'_>, &A) -> io::Result<()>,
) -> Result<Exit, Failure> {
    let targets = target::find_all(path, environment)?;
    let roots = || targets.iter().map(|target| target.root.path.as_path());
    let destination = Destination::of(common.output(), environment);
    let is_for_each = matches!(destination, Destination::Folder(_));
    let count = targets.len();
    if count > 1 && !is_for_each && matches!(form.sequence, Sequence::Documents) {
        return Err(several::refusal(roots(), form.format, "--output DIR/"));
    }
    let named = names(roots(), None, environment);
    let mut exit = Exit::Clean;
    let mut failures = Failures::default();
    let mut answers: Vec<(ProjectName, A)> = Vec::new();
    for (target, named) in targets.into_iter().zip(named) {
        let name = (count > 1).then(|| named.label().to_owned());
        environment.project.clone_from(&name);
        let result =
            Reading::new(target, common, environment).and_then(|reading| work(reading, name.as_deref(), environment));
        match result {
            Ok((answer, project_exit)) => {
                exit = exit.max(project_exit);
                answers.push((named, answer));
            }
            // The other projects are still read.
            Err(failure) => failures.add(&named, failure),
        }
    }
    environment.project = None;
    exit = exit.max(failures.write_notices(count, environment)?);
    if let Destination::Folder(folder) = destination {
        let (named, answers): (Vec<ProjectName>, Vec<A>) = answers.into_iter().unzip();
        let write = |out: &mut Gate<'_>, index: usize| answers.get(index).map_or(Ok(()), |it| write(out, it));
        several::write_each(environment, folder, form.extension, false, &named, write)?;
        return Ok(exit);
    }
    output::write(environment, destination.file(), |out| {
        for (index, (named, answer)) in answers.iter().enumerate() {
            match form.sequence {
                Sequence::Text(style) if count > 1 => report::begin_project(out, named.label(), style, index == 0)?,
                Sequence::Markdown if count > 1 => report::begin_project_markdown(out, named.label(), index == 0)?,
                Sequence::Pages if index > 0 => writeln!(out)?,
                _ => {}
            }
            write(out, answer)?;
        }
        Ok(())
    })?;
    Ok(exit)
}
