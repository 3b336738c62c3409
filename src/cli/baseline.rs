//! The baseline of a run: none, the one in a file, or a new one that replaces the file.
//!
//! Refuses to know which findings it holds: `lint::suppress` compares them.

use std::io;
use std::path::{Path, PathBuf};

use super::check_arguments::CheckArguments;
use super::config_files::read_typed;
use super::{Environment, Failure};
use sessionlint_lint::suppress::Baseline;
use sessionlint_project::vfs::MAX_BYTES;

/// Memory of a baseline for each byte of its file.
const BASELINE_PER_BYTE: u64 = 8;

/// The baseline of a run.
pub(super) enum BaselineUse {
    /// None.
    Nothing,
    /// A baseline, as its file's name and bytes.
    Listed(String, Vec<u8>),
    /// The file that gets the findings of this run, and what it holds until then.
    Rewritten(PathBuf, Baseline),
}

impl BaselineUse {
    /// The baseline of the arguments; it is rewritten only with the findings of a whole project.
    pub(super) fn of(
        arguments: &CheckArguments,
        is_whole_project: bool,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let Some(file) = &arguments.baseline else { return Ok(BaselineUse::Nothing) };
        if arguments.update_baseline {
            if !is_whole_project {
                let text = "--update-baseline needs one whole project: what is not shown would leave the baseline";
                return Err(Failure::Usage(text.to_owned()));
            }
            let before = match read_typed(&environment.current.join(file), MAX_BYTES) {
                Ok(bytes) => Baseline::read(&file.display().to_string(), &bytes).map_err(Failure::Usage)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Baseline::default(),
                Err(error) => return Err(unreadable(file, &error)),
            };
            return Ok(BaselineUse::Rewritten(file.clone(), before));
        }
        Self::listed(file, environment)
    }

    /// The baseline in a file; an error if the file is not one.
    pub(super) fn listed(file: &Path, environment: &Environment<'_>) -> Result<Self, Failure> {
        let name = file.display().to_string();
        match read_typed(&environment.current.join(file), MAX_BYTES) {
            // It stays in memory until the end of the run.
            Ok(bytes) if environment.budget.take(bytes.len() as u64 * BASELINE_PER_BYTE).is_err() => {
                Err(Failure::Unreadable(format!("{name}: takes more than --max-memory allows")))
            }
            Ok(bytes) => {
                Baseline::read(&name, &bytes).map_err(Failure::Usage)?;
                Ok(BaselineUse::Listed(name, bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Failure::Usage(format!("{name}: no such file; check --update-baseline writes it")))
            }
            Err(error) => Err(unreadable(file, &error)),
        }
    }

    /// The baseline to compare findings with, a new one for each project.
    pub(super) fn baseline(&self) -> Baseline {
        match self {
            BaselineUse::Listed(name, bytes) => Baseline::read(name, bytes).unwrap_or_default(),
            BaselineUse::Nothing | BaselineUse::Rewritten(..) => Baseline::default(),
        }
    }
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::Unreadable(format!("{}: cannot be read ({error})", file.display()))
}
