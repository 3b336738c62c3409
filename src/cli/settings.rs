//! The settings of a run: arguments override the project's configuration.
//!
//! Finds, reads and merges them. Refuses to know metadata and the results of rules.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Common, FailOn, PresetChoice, RuleChoice};
use super::config_files::{ConfigFiles, HOW_ELSE, Origin, read_typed};
use super::{Environment, Failure, target};
use sessionlint_facts::{Reads, Shapes, rests_on};
use sessionlint_lint::check::RunPlan;
use sessionlint_lint::config::{self, Config, Ignore, Layer, RuleConfig, Setting};
use sessionlint_lint::rule::{Catalog, Grade, PageFile, Preset, Rule, Selector};
use sessionlint_project::confine::Refusal;
use sessionlint_project::discover::{self, Root};
use sessionlint_project::metadata::{CodeReading, Inputs, Texts};
use sessionlint_project::vfs::archive::Archive;
use sessionlint_project::vfs::git::{Revision, RevisionFile};
use sessionlint_project::vfs::{FileTree, MAX_PROJECT_FILE, Memory, TreeError};
use sessionlint_report::Silence;

/// The configuration of a project, if it has one.
#[derive(Debug)]
pub(super) struct Settings {
    config: Option<Config>,
    /// The shown name and the bytes of each of its files; the one that extends the others is the last.
    files: Vec<(String, Vec<u8>)>,
    /// The path of the last one, if it is on a disk.
    path: Option<PathBuf>,
    /// The pages in the folders of rules that the project names.
    pages: Vec<PageFile>,
    /// The folders of a configuration that the user named and that is not the project's.
    folders: Vec<PathBuf>,
    /// Notices about how it was found.
    pub(super) notices: Vec<String>,
}

/// The source of the configuration of a project.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConfigSource<'a> {
    /// `--config`.
    pub(super) typed: &'a [PathBuf],
    /// `--no-project-config`.
    pub(super) without: bool,
    /// `--config-from`: the revision whose configuration counts.
    pub(super) revision: Option<&'a str>,
}

impl<'a> ConfigSource<'a> {
    /// The typed configuration.
    pub(super) fn of(common: &'a Common) -> Self {
        Self { typed: &common.config, without: common.no_project_config, revision: None }
    }
}

/// The values of `--config`: a file, and keys.
struct TypedConfig {
    file: Option<PathBuf>,
    keys: Vec<Layer>,
}

impl TypedConfig {
    /// The typed values: a path that exists is a file, else `KEY=VALUE` is a key.
    fn of(typed: &[PathBuf], environment: &Environment<'_>) -> Result<Self, Failure> {
        let mut all = Self { file: None, keys: Vec::new() };
        for typed in typed {
            let is_there = environment.current.join(typed).symlink_metadata().is_ok();
            match typed.to_str().filter(|text| !is_there && text.contains('=')) {
                Some(text) => all.keys.push(Self::key(text)?),
                None if all.file.is_some() => {
                    let text = "--config takes one file; another can be extended: extends = \"FILE\"";
                    return Err(Failure::Usage(text.to_owned()));
                }
                None => all.file = Some(typed.clone()),
            }
        }
        Ok(all)
    }

    fn key(text: &str) -> Result<Layer, Failure> {
        // A typed key may be repeated in an error, and has one line.
        let layer = Layer::typed(text).map_err(|error| {
            let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            Failure::Usage(format!("--config {text}: {}{hint}", error.message))
        })?;
        if layer.extends().is_empty() {
            return Ok(layer);
        }
        Err(Failure::Usage(format!("--config {text}: files extend files; write --config FILE")))
    }
}

/// The arguments about rules and severities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RuleArguments<'a> {
    /// `--preset`.
    pub(super) preset: Option<PresetChoice>,
    /// `--preview`.
    pub(super) preview: bool,
    /// `--fail-on`.
    pub(super) fail_on: Option<FailOn>,
    /// `--select`.
    pub(super) select: &'a [String],
    /// `--ignore`.
    pub(super) ignore: &'a [String],
}

impl RuleChoice {
    /// The arguments about rules, for the settings of a run.
    pub(super) fn rule_arguments(&self) -> RuleArguments<'static> {
        RuleArguments { preset: self.preset, preview: self.preview, ..RuleArguments::default() }
    }
}

/// The resolved settings of `check` for one project.
#[derive(Debug)]
pub(super) struct ResolvedRun<'c> {
    /// The rules that run.
    pub(super) plan: RunPlan<'c>,
    /// The least severity that makes the run fail.
    pub(super) fail_on: FailOn,
    /// Findings that the configuration suppresses.
    pub(super) ignores: Vec<Ignore>,
    /// Hints about retired rules that are named.
    pub(super) hints: Vec<String>,
    /// Rules that do not run and why, before there are findings.
    pub(super) silence: Silence,
}

impl ResolvedRun<'_> {
    /// The inputs without those that no rule needs.
    pub(super) fn without_unneeded(&self, inputs: Inputs) -> Inputs {
        let texts =
            self.plan.rules.iter().flat_map(|rule| rule.condition_texts().into_iter().chain([rule.from.as_str()]));
        with_only(&rests_on(texts), inputs)
    }
}

/// Inputs with nothing besides session metadata but `reads`.
pub(super) fn with_only(reads: &BTreeSet<Reads>, inputs: Inputs) -> Inputs {
    let has = |it| reads.contains(&it);
    let code = if has(Reads::Code) { inputs.code } else { CodeReading::Nothing };
    let texts = Texts { links: has(Reads::Links), fields: has(Reads::Fields), records: has(Reads::Records) };
    Inputs { code, reads_aura: has(Reads::Aura), texts, ..inputs }
}

/// Refuses a typed folder of rule pages that does not exist.
pub(super) fn require_folders(folders: &[PathBuf], environment: &Environment<'_>) -> Result<(), Failure> {
    let Some(missing) = folders.iter().find(|folder| folder.symlink_metadata().is_err()) else { return Ok(()) };
    let shown = missing.strip_prefix(&environment.current).unwrap_or(missing);
    Err(Failure::Usage(format!("{}: no such folder of rule pages", shown.display())))
}

impl Settings {
    /// Those without a project.
    pub(super) fn none() -> Self {
        Self::of(ConfigFiles::default())
    }

    fn of(files: ConfigFiles) -> Self {
        let ConfigFiles { layers, files, pages, folders, path } = files;
        let config = (!layers.is_empty()).then(|| Config::of(layers));
        Self { config, files, path, pages, folders, notices: Vec::new() }
    }

    /// The settings of a project: those of the typed file, else of the project's own configuration, else of the nearest
    /// above it in its work tree. For a zip or a revision, those that it contains itself: no file on a disk applies to
    /// it.
    pub(super) fn find(root: &Root, source: ConfigSource<'_>, environment: &Environment<'_>) -> Result<Self, Failure> {
        let TypedConfig { file, keys } = TypedConfig::of(source.typed, environment)?;
        if let (Some(_), Some(_)) = (&file, source.revision) {
            let text = "--config-from takes the configuration from a revision, and --config FILE from a file";
            return Err(Failure::Usage(text.to_owned()));
        }
        let mut settings = Self::of_files(root, file.as_deref(), source, environment)?;
        for key in keys {
            settings.folders.extend(key.rule_folders().map(|folder| environment.absolute(folder)));
            settings.config.get_or_insert_default().add(key);
        }
        Ok(settings)
    }

    /// The same without the keys that were typed.
    fn of_files(
        root: &Root,
        typed: Option<&Path>,
        source: ConfigSource<'_>,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        if let Some(typed) = typed {
            return Self::typed(root, typed, environment);
        }
        if source.without {
            return Ok(Self::of(ConfigFiles::default()));
        }
        if let Some(name) = source.revision {
            if let FileTree::Memory(memory) = &root.tree {
                let text = format!("{}: --config-from takes a revision of a folder's repository", memory.name);
                return Err(Failure::Usage(text));
            }
            let revision = Revision::find(&root.path, name).map_err(|error| target::failed(&error, Path::new(name)))?;
            return Self::of_revision(&revision, name);
        }
        match &root.tree {
            FileTree::Folder => Self::of_folder(root, environment),
            FileTree::Memory(memory) => match &memory.revision {
                Some(revision) => Self::of_revision(revision, &memory.name),
                None => Self::of_zip(root, memory),
            },
        }
    }

    /// The settings in the folder where the command runs.
    pub(super) fn here(typed: &[PathBuf], environment: &Environment<'_>) -> Result<Self, Failure> {
        let root = discover::root_of_folder(&environment.current, environment.ceiling.as_deref());
        Self::find(&root, ConfigSource { typed, ..ConfigSource::default() }, environment)
    }

    /// A file that the user named, wherever it is. The files that it names may be anywhere too, unless it is the
    /// project's.
    fn typed(root: &Root, typed: &Path, environment: &Environment<'_>) -> Result<Self, Failure> {
        let path = environment.absolute(typed);
        let shown = typed.display().to_string();
        let memory_files = environment.memory_files.bytes(&path).map(|bytes| Ok(bytes.as_ref().clone()));
        let bytes = memory_files.unwrap_or_else(|| read_typed(&path, MAX_PROJECT_FILE)).map_err(|error| match error
            .kind()
        {
            std::io::ErrorKind::NotFound => Failure::Usage(format!("{shown}: no such file")),
            _ if path.is_dir() => Failure::Usage(format!("{shown}: a folder; --config takes a file")),
            _ => Failure::Unreadable(format!("{shown}: cannot be read ({error})")),
        })?;
        let (confines, current) = (root.confines(), environment.current.as_path());
        let is_of_project = matches!(root.tree, FileTree::Folder) && confines.resolve(&path).is_ok();
        let origin = if is_of_project { Origin::Project { confines, current } } else { Origin::Anywhere { current } };
        Ok(Self::of(ConfigFiles::read(&origin, &path, shown, bytes)?))
    }

    /// The project's own on disk, else the nearest above it.
    fn of_folder(root: &Root, environment: &Environment<'_>) -> Result<Self, Failure> {
        let origin = Origin::Project { confines: root.confines(), current: &environment.current };
        let Some(path) = config::find(&root.path, root.top()) else {
            return Ok(Self::of(ConfigFiles::without_file(&origin, &root.path)?));
        };
        let shown = origin.shown(&path);
        let bytes = root.confines().read(&path, MAX_PROJECT_FILE).map_err(|refusal| match refusal {
            Refusal::LeadsOut => Failure::Usage(format!("{shown}: {refusal}; {HOW_ELSE}")),
            _ => Failure::Unreadable(format!("{shown}: {refusal}")),
        })?;
        Ok(Self::of(ConfigFiles::read(&origin, &path, shown, bytes)?))
    }

    /// A zip's own.
    fn of_zip(root: &Root, memory: &Memory) -> Result<Self, Failure> {
        let shown = format!("{}:{}", memory.name, config::FILE_NAME);
        let (zip, top) = memory.zip.clone().unwrap_or_else(|| (Archive::on_disk(&root.path), String::new()));
        if let Some(what) = memory.irregularity(config::FILE_NAME) {
            return Err(Failure::Usage(format!("{shown}: {what}")));
        }
        if memory.has_folder(config::FILE_NAME) {
            return Err(Failure::Usage(format!("{shown}: is a folder, where a file is expected")));
        }
        let origin = Origin::Zip { zip: &zip, top: &top, name: &memory.name };
        let bytes = root.read(config::FILE_NAME).map_err(|error| Failure::Unreadable(format!("{shown}: {error}")))?;
        let Some(bytes) = bytes else {
            let above = zip.path().parent().map(|folder| folder.join(config::FILE_NAME));
            let is_beside = above.is_some_and(|file| file.symlink_metadata().is_ok());
            let text = format!(
                "{}: contains no {1}; the {1} beside it is ignored, use --config",
                memory.name,
                config::FILE_NAME
            );
            let notices = is_beside.then_some(text).into_iter().collect();
            return Ok(Self { notices, ..Self::of(ConfigFiles::without_file(&origin, Path::new(""))?) });
        };
        Ok(Self::of(ConfigFiles::read(&origin, Path::new(config::FILE_NAME), shown, bytes)?))
    }

    /// A revision's own, else the nearest above the project in the same revision.
    fn of_revision(revision: &Revision, name: &str) -> Result<Self, Failure> {
        let unreadable = |error: TreeError| target::failed(&error, Path::new(name));
        let mut folders: Vec<&str> = std::iter::successors(Some(revision.prefix()), |folder| {
            (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
        })
        .collect();
        let in_folder =
            |folder: &str, file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
        folders.dedup();
        let files: Vec<String> = folders.iter().map(|folder| in_folder(folder, config::FILE_NAME)).collect();
        let mut stored = revision.files(&files, "").map_err(unreadable)?;
        // The deepest is the nearest.
        stored.sort_by_key(|file| file.path.len());
        let origin = Origin::Revision { revision, name };
        let Some(RevisionFile { path, bytes }) = stored.pop() else {
            return Ok(Self::of(ConfigFiles::without_file(&origin, Path::new(revision.prefix()))?));
        };
        let shown = format!("{name}:{path}");
        let bytes = bytes.map_err(|reason| Failure::Usage(format!("{shown}: {reason}")))?;
        Ok(Self::of(ConfigFiles::read(&origin, Path::new(&path), shown, bytes)?))
    }

    /// Whether the project has rules of its own, or names folders of some.
    pub(super) fn brings_rules(&self) -> bool {
        !self.pages.is_empty() || !self.folders.is_empty()
    }

    /// The shown name of the configuration's file.
    pub(super) fn name(&self) -> Option<&str> {
        self.files.last().map(|(shown, _)| shown.as_str())
    }

    /// Whether both have the same bytes of the configuration and of the rule pages.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let pages = |settings: &'_ Self| {
            let mut pages: Vec<_> = settings.pages.iter().map(|page| (page.id(), page.bytes.clone())).collect();
            pages.sort_unstable();
            pages
        };
        let bytes = |settings: &'_ Self| settings.files.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>();
        bytes(self) == bytes(other) && pages(self) == pages(other)
    }

    /// The rules: embedded, the project's, and those of the folders that were typed.
    pub(super) fn catalog(&self, typed: &[PathBuf], environment: &Environment<'_>) -> Result<Catalog, Failure> {
        let mut folders = self.folders.clone();
        let mut pages = Cow::from(&self.pages);
        for folder in typed.iter().map(|folder| environment.absolute(folder)) {
            let memory_files = environment.memory_files.pages(&folder);
            if !memory_files.is_empty() {
                pages.to_mut().extend(memory_files);
                continue;
            }
            // A folder that is typed and in the configuration too is read once.
            let is_there = folders.contains(&folder) || self.pages.iter().any(|page| page.file.starts_with(&folder));
            if !is_there {
                folders.push(folder);
            }
        }
        require_folders(&folders, environment)?;
        Ok(Catalog::load_with(&pages, &folders, &Shapes)?)
    }

    /// The bytes of the file that extends the others.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.files.last().map(|(_, bytes)| bytes.as_slice())
    }

    /// The file for new entries, which need not exist.
    pub(super) fn file_to_write(&self, root: &Path) -> PathBuf {
        self.path.clone().unwrap_or_else(|| root.join(config::FILE_NAME))
    }

    /// The shown names of its files, the one that extends the others first.
    pub(super) fn file_names(&self) -> Vec<&str> {
        self.files.iter().rev().map(|(shown, _)| shown.as_str()).collect()
    }

    /// The keys that are set, each with its place.
    pub(super) fn keys(&self) -> Vec<Setting> {
        self.config.as_ref().map(Config::settings).unwrap_or_default()
    }

    /// The folders and files of rule pages of the project's or the user's own.
    pub(super) fn rule_pages(&self) -> impl Iterator<Item = String> {
        let pages = self.pages.iter().map(|page| page.path.clone());
        pages.chain(self.folders.iter().map(|folder| folder.display().to_string()))
    }

    /// Facts about the project that a run gets from the configuration.
    pub(super) fn inputs(&self, common: &Common, environment: &Environment<'_>) -> Inputs {
        let as_of = common.as_of.unwrap_or(environment.today);
        let inputs = self.config.as_ref().map_or_else(|| Inputs::on(as_of), |config| config.inputs(as_of));
        let code = if common.no_apex_prefilter { CodeReading::Everything } else { inputs.code };
        let (budget, cache) = (Arc::clone(&environment.budget), environment.cache.clone());
        Inputs { code, budget, cache, ..inputs }
    }

    /// Whether preview rules run: `typed` is `--preview`.
    pub(super) fn is_preview_on(&self, typed: bool) -> bool {
        typed || self.config.as_ref().is_some_and(Config::preview)
    }

    /// The configuration of the rules.
    pub(super) fn rule_config(&self, catalog: &Catalog) -> Result<RuleConfig, Failure> {
        let rule_config = self.config.as_ref().map(|config| config.resolve(catalog)).transpose()?;
        Ok(rule_config.unwrap_or_default())
    }

    /// The rules of a run.
    pub(super) fn resolve<'c>(
        &self,
        typed: RuleArguments<'_>,
        catalog: &'c Catalog,
    ) -> Result<ResolvedRun<'c>, Failure> {
        let names = |names: &[String]| -> Result<Vec<Selector>, Failure> {
            names.iter().map(|name| catalog.selector(name)).collect::<Result<_, _>>().map_err(Failure::Usage)
        };
        let (select, ignore) = (names(typed.select)?, names(typed.ignore)?);
        let mut rule_config = self.rule_config(catalog)?;
        let mut hints: Vec<String> =
            typed.select.iter().chain(typed.ignore).filter_map(|name| catalog.retired(name)).collect();
        hints.append(&mut rule_config.hints);
        hints.extend_from_slice(catalog.hints());
        let ids = || catalog.rules().iter().map(|rule| rule.id.as_str());
        let by_command_line =
            ids().filter(|id| !select.is_empty() && !any_names(&select, id) || any_names(&ignore, id)).collect();
        if !select.is_empty() {
            // Typed rules run in any case; even `off` does not apply to a rule that is named.
            rule_config.grades.retain(|id, grade| *grade != Grade::Off || !typed.select.contains(id));
            rule_config.select = select;
            rule_config.ignore.clear();
        }
        let is_selected_out =
            |id: &str| !rule_config.select.is_empty() && typed.select.is_empty() && !any_names(&rule_config.select, id);
        let is_off = |id: &str| any_names(&rule_config.ignore, id) || rule_config.grades.get(id) == Some(&Grade::Off);
        let by_configuration = ids().filter(|id| is_selected_out(id) || is_off(id)).collect();
        let is_preview_on = self.is_preview_on(typed.preview);
        if !is_preview_on {
            let typed = typed.select.iter().filter(|name| catalog.get(name).is_some_and(Rule::is_preview));
            let typed = typed.map(|name| (name.clone(), "--select".to_owned()));
            hints.extend(typed.chain(std::mem::take(&mut rule_config.named)).map(|(name, place)| {
                format!("{place}: `{name}` is a preview rule, which runs only with --preview or `preview = true`")
            }));
        }
        rule_config.ignore.extend(ignore);
        let config = self.config.as_ref();
        let preset = typed.preset.or(config.and_then(Config::preset)).unwrap_or_default();
        let presets = preset.presets();
        let mut rules = chosen(catalog, &presets, &rule_config);
        rules.retain(|rule| is_preview_on || !rule.is_preview());
        let fail_on = typed.fail_on.or(config.and_then(Config::fail_on)).unwrap_or_default();
        let silence = Silence {
            rules: rules.len(),
            rules_of_project: catalog.of_project(),
            fail_on: fail_on.as_str(),
            is_fail_on_loose: matches!(fail_on, FailOn::Error | FailOn::Never),
            is_fail_on_configured: typed.fail_on.is_none(),
            configuration: self.name().map(str::to_owned),
            ..RulesOff { by_command_line, by_configuration, is_preview_on }.count(catalog, &rules)
        };
        let severities = rule_config.grades.into_iter().filter_map(|(id, grade)| Some((id, grade.severity()?)));
        Ok(ResolvedRun {
            plan: RunPlan {
                rules,
                presets,
                options: rule_config.options,
                severities: severities.collect::<HashMap<_, _>>(),
            },
            fail_on,
            ignores: rule_config.ignores,
            hints,
            silence,
        })
    }
}

/// Whether one of `selectors` names a rule.
fn any_names(selectors: &[Selector], id: &str) -> bool {
    selectors.iter().any(|selector| selector.names(id))
}

/// The ids of rules that do not run, by the reason.
struct RulesOff<'c> {
    by_command_line: HashSet<&'c str>,
    by_configuration: HashSet<&'c str>,
    is_preview_on: bool,
}

impl RulesOff<'_> {
    /// The numbers of rules that are not among `running`, each counted for its first reason.
    fn count(&self, catalog: &Catalog, running: &[&Rule]) -> Silence {
        let running: HashSet<&str> = running.iter().map(|rule| rule.id.as_str()).collect();
        let mut silence = Silence::default();
        for rule in catalog.rules().iter().filter(|rule| !running.contains(rule.id.as_str())) {
            let count = if rule.is_preview() && !self.is_preview_on {
                &mut silence.rules_off_by_preview
            } else if self.by_command_line.contains(rule.id.as_str()) {
                &mut silence.rules_off_by_command_line
            } else if self.by_configuration.contains(rule.id.as_str()) {
                &mut silence.rules_off_by_configuration
            } else {
                &mut silence.rules_off_by_preset
            };
            *count += 1;
        }
        silence
    }
}

/// The rules that run. A rule with a severity in the configuration belongs to every preset.
fn chosen<'c>(catalog: &'c Catalog, presets: &[Preset], rule_config: &RuleConfig) -> Vec<&'c Rule> {
    let mut rules = catalog.chosen(presets, &rule_config.select, &rule_config.ignore);
    if rule_config.select.is_empty() {
        let named = catalog
            .rules()
            .iter()
            .filter(|rule| rule_config.grades.contains_key(&rule.id) && !any_names(&rule_config.ignore, &rule.id));
        rules.extend(named);
        rules.sort_by(|left, right| left.id.cmp(&right.id));
        rules.dedup_by(|left, right| left.id == right.id);
    }
    rules.retain(|rule| rule_config.grades.get(&rule.id) != Some(&Grade::Off));
    rules
}
