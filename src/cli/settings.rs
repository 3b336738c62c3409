//! What a run means: what was typed over what the project's configuration says.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Common, FailOn, PresetChoice};
use super::{Environment, Failure, target};
use crate::check::Plan;
use crate::config::{self, Config, ConfigError, Ignore, Settled};
use crate::discover::{self, Root};
use crate::metadata::{CodeReading, Inputs};
use crate::rule::{Catalog, Grade, Preset, Rule, Selector};
use crate::tree::Tree;
use crate::view::{Shapes, rests_on_aura, rests_on_code};

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Usage(error.to_string())
    }
}

/// The configuration of a project, if it has one.
#[derive(Debug)]
pub(super) struct Settings {
    config: Option<Config>,
    /// The folder that paths in the configuration start from.
    folder: PathBuf,
}

/// What was typed about rules and severities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Typed<'a> {
    /// `--preset`.
    pub(super) preset: Option<PresetChoice>,
    /// `--fail-on`.
    pub(super) fail_on: Option<FailOn>,
    /// `--select`.
    pub(super) select: &'a [String],
    /// `--ignore`.
    pub(super) ignore: &'a [String],
}

/// What `check` means for one project.
#[derive(Debug)]
pub(super) struct Meant<'c> {
    /// What is asked.
    pub(super) plan: Plan<'c>,
    /// The least severity that makes the run fail.
    pub(super) fail_on: FailOn,
    /// Findings that the configuration allows.
    pub(super) ignores: Vec<Ignore>,
    /// What to say of rules that are gone and that somebody names.
    pub(super) hints: Vec<String>,
}

impl Meant<'_> {
    /// The inputs without what no rule asks about: of that, nothing is read.
    pub(super) fn asking(&self, mut inputs: Inputs) -> Inputs {
        if !self.asks(rests_on_code) {
            inputs.code = CodeReading::Nothing;
        }
        inputs.reads_aura = self.asks(rests_on_aura);
        inputs
    }

    /// Whether any rule names a table that rests on something.
    fn asks(&self, rests_on_it: fn(&str) -> bool) -> bool {
        let conditions = |rule: &Rule| {
            let definition = &rule.definition;
            let escalations = definition.escalate.iter().map(|it| &it.condition);
            definition.condition.iter().chain(escalations).any(|it| rests_on_it(&it.text))
        };
        self.plan.rules.iter().any(|rule| rests_on_it(&rule.from) || conditions(rule))
    }
}

impl Settings {
    /// The settings of a project: those of the file that was typed, else of the project's own configuration, else of
    /// the nearest above it.
    pub(super) fn find(root: &Root, typed: Option<&Path>, environment: &Environment<'_>) -> Result<Self, Failure> {
        let (None, Tree::Memory(memory)) = (typed, &root.tree) else {
            return Self::on_disk(&root.path, typed, environment);
        };
        let unreadable = |error| Failure::Unreadable(format!("{} in {}: {error}", config::FILE_NAME, memory.name));
        match root.read(config::FILE_NAME).map_err(unreadable)? {
            Some(bytes) => {
                let config = Config::decode(format!("{}:{}", memory.name, config::FILE_NAME), bytes)?;
                Ok(Self { config: Some(config), folder: root.path.clone() })
            }
            // A zip or revision without one is configured as its surroundings are.
            None => Self::on_disk(root.path.parent().unwrap_or(&root.path), None, environment),
        }
    }

    /// The settings of a folder.
    pub(super) fn on_disk(folder: &Path, typed: Option<&Path>, environment: &Environment<'_>) -> Result<Self, Failure> {
        let (path, shown) = match typed {
            Some(typed) => (target::clean(&environment.current.join(typed)), typed.display().to_string()),
            None => match config::find(folder, discover::git_top(folder)) {
                Some(path) => {
                    let below = path.strip_prefix(&environment.current).unwrap_or(&path);
                    let shown = below.display().to_string();
                    (path, shown)
                }
                None => return Ok(Self { config: None, folder: folder.to_owned() }),
            },
        };
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Usage(format!("{shown}: no such file")),
            _ if path.is_dir() => Failure::Usage(format!("{shown}: a folder; --config takes a file")),
            _ => Failure::Unreadable(format!("{shown}: cannot be read ({error})")),
        })?;
        let folder = path.parent().unwrap_or(folder).to_owned();
        Ok(Self { config: Some(Config::decode(shown, bytes)?), folder })
    }

    /// The rules: embedded, the configuration's, and those of the folders that were typed.
    pub(super) fn catalog(&self, typed: &[PathBuf], environment: &Environment<'_>) -> Result<Catalog, Failure> {
        let mut folders: Vec<PathBuf> = Vec::new();
        if let Some(config) = &self.config {
            for (index, written) in config.rule_folders().enumerate() {
                let folder = target::clean(&self.folder.join(written));
                if let (false, Some(error)) = (folder.is_dir(), config.no_such_folder(index)) {
                    return Err(error.into());
                }
                folders.push(folder);
            }
        }
        for folder in typed.iter().map(|folder| target::clean(&environment.current.join(folder))) {
            // Who types what the configuration says too wants the folder once.
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        Ok(Catalog::load(&folders, &Shapes)?)
    }

    /// What a run is told about its project.
    pub(super) fn inputs(&self, common: &Common, environment: &Environment<'_>) -> Inputs {
        let as_of = common.as_of.unwrap_or(environment.today);
        let inputs = self.config.as_ref().map_or_else(|| Inputs::on(as_of), |config| config.inputs(as_of));
        let code = if common.no_apex_prefilter { CodeReading::Everything } else { inputs.code };
        Inputs { code, ..inputs }
    }

    /// What the configuration says about the rules.
    pub(super) fn settled(&self, catalog: &Catalog) -> Result<Settled, Failure> {
        let settled = self.config.as_ref().map(|config| config.settle(catalog)).transpose()?;
        Ok(settled.unwrap_or_default())
    }

    /// What a run is to ask.
    pub(super) fn meant<'c>(&self, typed: Typed<'_>, catalog: &'c Catalog) -> Result<Meant<'c>, Failure> {
        let names = |names: &[String]| -> Result<Vec<Selector>, Failure> {
            names.iter().map(|name| catalog.selector(name)).collect::<Result<_, _>>().map_err(Failure::Usage)
        };
        let (select, ignore) = (names(typed.select)?, names(typed.ignore)?);
        let mut settled = self.settled(catalog)?;
        let mut hints: Vec<String> =
            typed.select.iter().chain(typed.ignore).filter_map(|name| catalog.retired(name)).collect();
        hints.append(&mut settled.hints);
        if !select.is_empty() {
            // Who types which rules to ask has decided it; even `off` does not hold for a rule that is named.
            settled.grades.retain(|id, grade| *grade != Grade::Off || !typed.select.contains(id));
            settled.select = select;
            settled.ignore.clear();
        }
        settled.ignore.extend(ignore);
        let config = self.config.as_ref();
        let preset = typed.preset.or(config.and_then(Config::preset)).unwrap_or_default();
        let presets = preset.presets();
        let rules = chosen(catalog, &presets, &settled);
        let severities = settled.grades.into_iter().filter_map(|(id, grade)| Some((id, grade.severity()?)));
        Ok(Meant {
            plan: Plan { rules, presets, options: settled.options, severities: severities.collect::<HashMap<_, _>>() },
            fail_on: typed.fail_on.or(config.and_then(Config::fail_on)).unwrap_or_default(),
            ignores: settled.ignores,
            hints,
        })
    }
}

/// The rules that are asked. One that has a severity of its own belongs to every preset.
fn chosen<'c>(catalog: &'c Catalog, presets: &[Preset], settled: &Settled) -> Vec<&'c Rule> {
    let mut rules = catalog.chosen(presets, &settled.select, &settled.ignore);
    if settled.select.is_empty() {
        let named = catalog.rules().iter().filter(|rule| {
            settled.grades.contains_key(&rule.id) && !settled.ignore.iter().any(|selector| selector.names(&rule.id))
        });
        rules.extend(named);
        rules.sort_by(|left, right| left.id.cmp(&right.id));
        rules.dedup_by(|left, right| left.id == right.id);
    }
    rules.retain(|rule| settled.grades.get(&rule.id) != Some(&Grade::Off));
    rules
}
