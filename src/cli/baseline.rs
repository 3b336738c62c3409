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
    /// A baseline of which no entry was found yet.
    Listed(Baseline),
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
            let before = read(file, environment)?.unwrap_or_default();
            return Ok(BaselineUse::Rewritten(file.clone(), before));
        }
        Self::listed(file, environment)
    }

    /// The baseline in a file; an error if the file is not one.
    pub(super) fn listed(file: &Path, environment: &Environment<'_>) -> Result<Self, Failure> {
        let missing = || format!("{}: no such file; check --update-baseline writes it", file.display());
        Ok(BaselineUse::Listed(read(file, environment)?.ok_or_else(|| Failure::Usage(missing()))?))
    }

    /// The baseline to compare findings with, a new one for each project.
    pub(super) fn baseline(&self) -> Baseline {
        match self {
            BaselineUse::Listed(baseline) => baseline.clone(),
            BaselineUse::Nothing | BaselineUse::Rewritten(..) => Baseline::default(),
        }
    }
}

/// The baseline in a file; `None` if there is no such file, an error if it is none.
fn read(file: &Path, environment: &Environment<'_>) -> Result<Option<Baseline>, Failure> {
    let name = file.display().to_string();
    let bytes = match read_typed(&environment.current.join(file), MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::Unreadable(format!("{name}: cannot be read ({error})"))),
    };
    // It stays in memory until the end of the run.
    if environment.budget.take(bytes.len() as u64 * BASELINE_PER_BYTE).is_err() {
        return Err(Failure::Unreadable(format!("{name}: takes more than --max-memory allows")));
    }
    Baseline::read(&name, &bytes).map(Some).map_err(Failure::Usage)
}
