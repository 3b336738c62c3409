//! Reading the one project that a command is about: settings, a sign of life, what a person should know.

use std::path::Path;

use super::args::Common;
use super::progress::Progress;
use super::settings::{Settings, Wanted};
use super::{Environment, Exit, Failure, check, target};
use crate::load::{Loaded, load};
use crate::metadata::{CodeReading, Texts};
use crate::view::{rests_on_aura, rests_on_code, rests_on_fields, rests_on_links, rests_on_records};

/// A project on the way: found, configured, not yet read.
pub(super) struct Reading<'c> {
    /// The project, and what of it is shown.
    pub(super) target: target::Target,
    common: &'c Common,
    /// What the project's configuration and the arguments say.
    pub(super) settings: Settings,
    /// Whether what is asked rests on Apex.
    asks_code: bool,
    /// Whether it rests on Aura applications.
    asks_aura: bool,
    /// Which metadata it rests on that is read for a few words.
    asks_texts: Texts,
}

impl<'c> Reading<'c> {
    /// Finds the project that `path` means.
    pub(super) fn of(path: &Path, common: &'c Common, environment: &Environment<'_>) -> Result<Self, Failure> {
        let target = target::find_one(path, environment)?;
        let settings = Settings::find(&target.root, Wanted::of(common), environment)?;
        Ok(Self { target, common, settings, asks_code: true, asks_aura: true, asks_texts: Texts::ALL })
    }

    /// The same for a query, which may rest on neither.
    pub(super) fn asked(self, soql: &str) -> Self {
        let asks_texts =
            Texts { links: rests_on_links(soql), fields: rests_on_fields(soql), records: rests_on_records(soql) };
        Self { asks_code: rests_on_code(soql), asks_aura: rests_on_aura(soql), asks_texts, ..self }
    }

    /// The same for what no code has a part in.
    pub(super) fn without_code(self) -> Self {
        let asks_texts = Texts { links: false, fields: false, records: false };
        Self { asks_code: false, asks_aura: false, asks_texts, ..self }
    }

    /// Reads it, lets `work` look at it on the same threads, and tells what a person should know.
    pub(super) fn read<T: Send>(
        &self,
        environment: &mut Environment<'_>,
        work: impl FnOnce(&Loaded) -> T + Send,
    ) -> Result<(Loaded, T, Exit), Failure> {
        let mut inputs = self.settings.inputs(self.common, environment);
        if !self.asks_code {
            inputs.code = CodeReading::Nothing;
        }
        inputs.reads_aura &= self.asks_aura;
        inputs.texts = self.asks_texts;
        let (loaded, worked) = {
            let _progress = Progress::start(environment.err_is_terminal && !self.common.quiet, "reading");
            check::with_threads(self.common, || {
                let loaded = load(&self.target.root, inputs);
                let worked = work(&loaded);
                (loaded, worked)
            })?
        };
        check::recognised_something(&loaded)?;
        if !self.common.quiet {
            for notice in &self.settings.notices {
                environment.warn(notice);
            }
        }
        let exit = check::tell(&loaded, self.common.quiet, environment);
        Ok((loaded, worked, exit))
    }
}
