//! The configuration: `sessionlint.toml` becomes the settings of a run, and invalid parts are errors with their place.
//!
//! A [`Layer`] is one file, or a key from the command line; a [`Config`] is a list of layers, later ones over earlier
//! ones. [`Layer::read`] needs only the text; [`Config::resolve`] also needs the rules, since the configuration names
//! folders with more of them. May assume nothing about the text. Refuses to know arguments, projects and findings, and
//! to read files; it only finds their paths.

mod added;
mod effective;
mod keys;
#[cfg(test)]
mod schema;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;

use crate::rule::{Catalog, Grade, PageError, Rule, Selector, in_our_words, param, ticked};
use keys::{Extends, IgnoreEntry, IgnoreKeys, Keys, RuleKeys};
use sessionlint_project::metadata::{Egress, Inputs};
use sessionlint_soql::{ParamValue, Params};
use sessionlint_source::globs::Glob;

pub use crate::rule::PageError as ConfigError;
pub use added::{NewIgnore, with_ignores};
pub use effective::Setting;
pub use keys::{FailOn, PresetChoice};

/// The configuration's file name.
pub const FILE_NAME: &str = sessionlint_project::vfs::CONFIG_FILE;

/// The folder of rule pages that is used without a key, beside the configuration or at the project's root.
pub const RULES_FOLDER: &str = "sessionlint-rules";

/// A configuration that is valid by itself; [`Config::resolve`] checks whether its rules exist.
#[derive(Debug, Default)]
pub struct Config {
    /// The files, each after those that it extends, and the keys from the command line.
    layers: Vec<Layer>,
}

/// A file of a configuration, or a key from the command line.
#[derive(Debug)]
pub struct Layer {
    file: ConfigFile,
    keys: Keys,
    egress: Vec<Egress>,
    ignores: Vec<UnresolvedIgnore>,
}

/// The text, for errors.
#[derive(Debug)]
struct ConfigFile {
    shown: String,
    text: String,
}

/// The configuration of rules, resolved against a catalog.
#[derive(Debug, Default)]
pub struct RuleConfig {
    /// If not empty, only these run.
    pub select: Vec<Selector>,
    /// These do not run.
    pub ignore: Vec<Selector>,
    /// Grades by rule id.
    pub grades: BTreeMap<String, Grade>,
    /// Options by rule id.
    pub options: HashMap<String, Params>,
    /// Findings to ignore.
    pub ignores: Vec<Ignore>,
    /// Preview rules that it names by id, with the place of each.
    pub named: Vec<(String, String)>,
    /// Hints about retired rules, with the place of each.
    pub hints: Vec<String>,
}

/// An `[[ignore]]` whose rule is not resolved yet.
#[derive(Debug)]
struct UnresolvedIgnore {
    rule: Spanned<String>,
    path: Option<Glob>,
    component: Option<Glob>,
    reason: String,
    until: Option<Date>,
}

/// An `[[ignore]]`: findings to ignore, and why.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rules.
    pub rule: Selector,
    /// The rule or group as written.
    pub name: String,
    /// The ids of the rules.
    pub ids: Arc<[String]>,
    /// The reason.
    pub reason: String,
    /// The last day on which the entry is in force.
    pub until: Option<Date>,
    /// Its place: `FILE:LINE:COLUMN`.
    pub place: String,
    path: Option<Glob>,
    component: Option<Glob>,
}

impl Ignore {
    /// Whether it applies to findings in the file `path` (below the root), of the component `ty:name`.
    pub fn is_about(&self, path: &str, component: Option<(&str, &str)>) -> bool {
        let fits = |glob: &Glob| component.is_some_and(|(ty, name)| glob.matches_name(&format!("{ty}:{name}")));
        self.path.as_ref().is_none_or(|glob| glob.matches_path(path)) && self.component.as_ref().is_none_or(fits)
    }

    /// The glob of its paths.
    pub fn path(&self) -> Option<&Glob> {
        self.path.as_ref()
    }

    /// The glob of its components, as `Type:Name`.
    pub fn component(&self) -> Option<&Glob> {
        self.component.as_ref()
    }
}

/// The configuration file for a project at `root`: the nearest at or above it, not above `top`. Without a top, the
/// owner of the folders above is unknown, and only the root is searched.
pub fn find(root: &Path, top: Option<&Path>) -> Option<PathBuf> {
    let top = top.unwrap_or(root);
    let folders = root.ancestors().take_while(|folder| folder.starts_with(top));
    // Whatever has the name counts, a link too, wherever it leads: what it is gets checked when it is read.
    folders.map(|folder| folder.join(FILE_NAME)).find(|file| file.symlink_metadata().is_ok())
}

impl Layer {
    /// Reads the bytes of a configuration; `shown` is its name in errors.
    pub fn decode(shown: String, bytes: Vec<u8>) -> Result<Self, ConfigError> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Self::read(shown, text),
            Err(error) => error,
        };
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let hint = Some("save it as UTF-8".to_owned());
        Err(PageError::at(&shown, &text, valid..valid + 1, "a character is not UTF-8", hint).quoting_nothing())
    }

    /// Reads a configuration; `shown` is its name in errors.
    pub fn read(shown: String, text: String) -> Result<Self, ConfigError> {
        // Some editors begin a file with a byte order mark, which is not part of it.
        let text = text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text);
        let file = ConfigFile { shown, text };
        let keys: Keys = toml::from_str(&file.text).map_err(|error| file.toml_error(&error))?;
        for pattern in keys.integration.apps.iter().chain(&keys.integration.profiles) {
            file.pattern(pattern, pattern.get_ref().strip_prefix('!').unwrap_or(pattern.get_ref()))?;
        }
        let egress = keys.integration.egress.iter().map(|text| file.egress(text)).collect::<Result<_, _>>()?;
        let tables = keys.ignore.iter().filter_map(|entry| match entry.get_ref() {
            IgnoreEntry::Findings(keys) => Some(file.ignore(keys, entry.span())),
            IgnoreEntry::Rule(_) => None,
        });
        let ignores = tables.collect::<Result<_, _>>()?;
        Ok(Self { file, keys, egress, ignores })
    }

    /// Reads a key from the command line: `KEY=VALUE`, with a value in TOML or a plain word.
    pub fn typed(typed: &str) -> Result<Self, ConfigError> {
        let shown = || format!("--config {typed}");
        let read = Self::read(shown(), typed.to_owned());
        let is_toml = typed.parse::<toml::Table>().is_ok();
        match typed.split_once('=') {
            Some((key, value)) if !is_toml => {
                let value = toml::Value::String(value.trim().to_owned());
                Self::read(shown(), format!("{key} = {value}"))
            }
            _ => read,
        }
    }

    /// The name of the file in errors.
    pub fn name(&self) -> &str {
        &self.file.shown
    }

    /// The files that it extends, as written, relative to its own folder.
    pub fn extends(&self) -> Vec<&str> {
        match self.keys.extends.as_ref().map(Spanned::get_ref) {
            None => Vec::new(),
            Some(Extends::One(path)) => vec![path],
            Some(Extends::Several(paths)) => paths.iter().map(|path| path.get_ref().as_str()).collect(),
        }
    }

    /// The error for the extended file at `index` that cannot be used, with the reason.
    pub fn extends_fault(&self, index: usize, why: &str, hint: Option<String>) -> ConfigError {
        let all = self.keys.extends.as_ref();
        let one = all.and_then(|all| match all.get_ref() {
            Extends::One(_) => Some(all.span()),
            Extends::Several(paths) => paths.get(index).map(Spanned::span),
        });
        let written = self.extends().get(index).copied().unwrap_or_default().to_owned();
        self.file.error(one.unwrap_or_default(), format!("`{written}`: {why}"), hint)
    }

    /// The folders of rule pages, as written, relative to the configuration's own.
    pub fn rule_folders(&self) -> impl Iterator<Item = &str> {
        self.keys.rules.iter().map(|folder| folder.get_ref().as_str())
    }

    /// The error for a folder of rule pages that is not a folder: the one at `index`.
    pub fn no_such_folder(&self, index: usize) -> Option<ConfigError> {
        let folder = self.keys.rules.get(index)?;
        let hint = Some("folders of rule pages are relative to the configuration file".to_owned());
        Some(self.file.error(folder.span(), format!("there is no folder `{}`", folder.get_ref()), hint))
    }

    /// The error for a folder of rule pages that cannot be read, with the reason.
    pub fn folder_fault(&self, index: usize, why: &str) -> Option<ConfigError> {
        let folder = self.keys.rules.get(index)?;
        let message = format!("`{}`: {why}", folder.get_ref());
        Some(self.file.error(folder.span(), message, Some("--rules takes folders from elsewhere".to_owned())))
    }

    /// Adds its settings for the rules of `catalog` to those of the layers below it.
    fn resolve(&self, catalog: &Catalog, rules: &mut RuleConfig) -> Result<(), ConfigError> {
        rules.hints.extend(self.hints(catalog));
        rules.named.extend(self.named(catalog));
        if !self.keys.select.is_empty() {
            rules.select.clear();
        }
        for name in &self.keys.select {
            rules.select.push(self.selector(catalog, name.get_ref(), name.span())?);
        }
        for (name, span) in self.left_out() {
            rules.ignore.push(self.selector(catalog, name, span)?);
        }
        self.resolve_rules(catalog, rules)?;
        self.resolve_ignores(catalog, rules)
    }

    /// The rules and groups in `ignore`.
    fn left_out(&self) -> impl Iterator<Item = (&String, Range<usize>)> {
        self.keys.ignore.iter().filter_map(|entry| match entry.get_ref() {
            IgnoreEntry::Rule(name) => Some((name, entry.span())),
            IgnoreEntry::Findings(_) => None,
        })
    }

    /// Severities and options of single rules.
    fn resolve_rules(&self, catalog: &Catalog, rules: &mut RuleConfig) -> Result<(), ConfigError> {
        let mut grades: BTreeMap<String, Grade> = BTreeMap::new();
        for (id, keys) in &self.keys.rule {
            if catalog.retired(id.get_ref()).is_some() {
                // The options belonged to the old rule; its grade goes to the successor, unless that has one.
                let now = catalog.selector(id.get_ref()).ok();
                let now = now.and_then(|it| catalog.rules().iter().find(|rule| it.names(&rule.id)));
                if let (Some(rule), Some(grade)) = (now, keys.severity.as_ref()) {
                    grades.entry(rule.id.clone()).or_insert(*grade.get_ref());
                }
                continue;
            }
            let Some(rule) = catalog.get(id.get_ref()) else {
                let is_group = catalog.rules().iter().any(|rule| rule.group() == id.get_ref());
                let hint = if is_group {
                    format!("`{}` is a group; `select` and `ignore` take groups, this takes one rule", id.get_ref())
                } else {
                    catalog.suggestion(id.get_ref())
                };
                return Err(self.file.error(id.span(), format!("there is no rule `{}`", id.get_ref()), Some(hint)));
            };
            if let Some(grade) = &keys.severity {
                grades.insert(rule.id.clone(), *grade.get_ref());
            }
            if !keys.options.is_empty() {
                rules.options.entry(rule.id.clone()).or_default().extend(self.options(rule, keys)?);
            }
        }
        rules.grades.extend(grades);
        Ok(())
    }

    /// Findings to ignore.
    fn resolve_ignores(&self, catalog: &Catalog, rules: &mut RuleConfig) -> Result<(), ConfigError> {
        let mut known: HashMap<&str, (Selector, Arc<[String]>)> = HashMap::new();
        let mut places = LineCounter::of(&self.file);
        for ignore in &self.ignores {
            let name = ignore.rule.get_ref().as_str();
            if !known.contains_key(name) {
                let rule = self.selector(catalog, name, ignore.rule.span())?;
                let ids = catalog.rules().iter().map(|it| it.id.clone()).filter(|id| rule.names(id)).collect();
                known.insert(name, (rule, ids));
            }
            let (rule, ids) = &known[name];
            rules.ignores.push(Ignore {
                ids: Arc::clone(ids),
                rule: rule.clone(),
                name: name.to_owned(),
                reason: ignore.reason.clone(),
                until: ignore.until,
                place: places.at(ignore.rule.span().start),
                path: ignore.path.clone(),
                component: ignore.component.clone(),
            });
        }
        Ok(())
    }

    /// Hints about the retired rules that it names.
    fn hints(&self, catalog: &Catalog) -> Vec<String> {
        let keys = &self.keys;
        let selected = keys.select.iter().map(|name| (name.get_ref(), name.span()));
        let left_out = self.left_out();
        let tables = keys.rule.keys().map(|id| (id.get_ref(), id.span()));
        let ignores = self.ignores.iter().map(|ignore| (ignore.rule.get_ref(), ignore.rule.span()));
        let all = selected.chain(left_out).chain(tables).chain(ignores);
        all.filter_map(|(name, span)| {
            let hint = catalog.retired(name)?;
            Some(format!("{}: {hint}", self.file.place(span)))
        })
        .collect()
    }

    /// The preview rules that it enables by id: in `select`, or with a severity.
    fn named(&self, catalog: &Catalog) -> Vec<(String, String)> {
        let selected = self.keys.select.iter().map(|name| (name.get_ref(), name.span()));
        let is_on = |keys: &RuleKeys| keys.severity.as_ref().is_some_and(|it| *it.get_ref() != Grade::Off);
        let graded = self.keys.rule.iter().filter(|(_, keys)| is_on(keys)).map(|(id, _)| (id.get_ref(), id.span()));
        let previews = selected.chain(graded).filter(|(name, _)| catalog.get(name).is_some_and(Rule::is_preview));
        previews.map(|(name, span)| (name.clone(), self.file.place(span))).collect()
    }

    fn selector(&self, catalog: &Catalog, name: &str, span: Range<usize>) -> Result<Selector, ConfigError> {
        catalog
            .selector(name)
            .map_err(|_| self.file.error(span, "there is no such rule or group", Some(catalog.suggestion(name))))
    }

    fn options(&self, rule: &Rule, keys: &RuleKeys) -> Result<Params, ConfigError> {
        let known = &rule.definition.options;
        let mut options = Params::new();
        for (name, value) in &keys.options {
            let Some(default) = known.get(name.get_ref()) else {
                let names: Vec<&str> = known.keys().map(String::as_str).collect();
                let hint = match names.as_slice() {
                    [] => "it has no options".to_owned(),
                    _ => format!("its options are {}", ticked(&names)),
                };
                let message = format!("`{}` has no option `{}`", rule.id, name.get_ref());
                return Err(self.file.error(name.span(), message, Some(hint)));
            };
            let given = param(value.get_ref().clone());
            let given = given.filter(|given| word(given) == word(default)).ok_or_else(|| {
                let message = format!("the option `{}` of `{}` is {}", name.get_ref(), rule.id, word(default));
                let hint = format!("its value in the rule's page is {}", written(default));
                self.file.error(value.span(), message, Some(hint))
            })?;
            options.insert(name.get_ref().clone(), given);
        }
        Ok(options)
    }
}

impl Config {
    /// These layers, each after those that it extends.
    pub fn of(layers: Vec<Layer>) -> Self {
        Self { layers }
    }

    /// Reads a configuration of one file; `shown` is its name in errors.
    pub fn read(shown: String, text: String) -> Result<Self, ConfigError> {
        Ok(Self::of(vec![Layer::read(shown, text)?]))
    }

    /// Adds a layer above all others.
    pub fn add(&mut self, layer: Layer) {
        self.layers.push(layer);
    }

    /// The value of a key in the last layer that sets it.
    fn last<T: Copy>(&self, of: impl Fn(&Keys) -> &Option<Spanned<T>>) -> Option<T> {
        self.layers.iter().rev().find_map(|layer| of(&layer.keys).as_ref()).map(|value| *value.get_ref())
    }

    /// The preset, if set.
    pub fn preset(&self) -> Option<PresetChoice> {
        self.last(|keys| &keys.preset)
    }

    /// The minimum severity that makes a run fail, if set.
    pub fn fail_on(&self) -> Option<FailOn> {
        self.last(|keys| &keys.fail_on)
    }

    /// Whether preview rules run too.
    pub fn preview(&self) -> bool {
        self.last(|keys| &keys.preview).unwrap_or_default()
    }

    /// Facts about the project that a run gets from the configuration.
    pub fn inputs(&self, as_of: Date) -> Inputs {
        let texts = |list: fn(&Keys) -> &[Spanned<String>]| {
            let all = self.layers.iter().flat_map(|layer| list(&layer.keys));
            all.map(|text| text.get_ref().clone()).collect()
        };
        Inputs {
            integration_apps: texts(|keys| &keys.integration.apps),
            integration_profiles: texts(|keys| &keys.integration.profiles),
            egress: self.layers.iter().flat_map(|layer| layer.egress.iter().copied()).collect(),
            precedence: self.last(|keys| &keys.precedence).unwrap_or_default(),
            ..Inputs::on(as_of)
        }
    }

    /// Its settings for the rules of `catalog`.
    pub fn resolve(&self, catalog: &Catalog) -> Result<RuleConfig, ConfigError> {
        let mut rules = RuleConfig::default();
        for layer in &self.layers {
            layer.resolve(catalog, &mut rules)?;
        }
        Ok(rules)
    }
}

/// Converts ascending offsets to `FILE:LINE:COLUMN`, without counting lines from the top each time.
struct LineCounter<'f> {
    file: &'f ConfigFile,
    /// The offset up to which lines are counted, their number, and the start of the current one.
    counted: usize,
    lines: usize,
    line_start: usize,
}

impl<'f> LineCounter<'f> {
    fn of(file: &'f ConfigFile) -> Self {
        Self { file, counted: 0, lines: 0, line_start: 0 }
    }

    fn at(&mut self, at: usize) -> String {
        if at < self.counted {
            *self = Self::of(self.file);
        }
        let text = &self.file.text;
        for (offset, _) in text[self.counted..at].match_indices('\n') {
            self.lines += 1;
            self.line_start = self.counted + offset + 1;
        }
        self.counted = at;
        let column = text[self.line_start..at].chars().count() + 1;
        format!("{}:{}:{column}", self.file.shown, self.lines + 1)
    }
}

impl ConfigFile {
    /// An error at a place. It quotes neither the line nor a value: readers of a log may not be allowed to read the
    /// configuration.
    fn error(&self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) -> ConfigError {
        PageError::at(&self.shown, &self.text, span, message, hint).quoting_nothing()
    }

    /// A place as `FILE:LINE:COLUMN`.
    fn place(&self, span: Range<usize>) -> String {
        let ConfigError { path, line, column, .. } = self.error(span, "", None);
        format!("{path}:{line}:{column}")
    }

    /// An error of the TOML parser, reworded.
    fn toml_error(&self, error: &toml::de::Error) -> ConfigError {
        let parser_message = error.message().lines().next().unwrap_or_default();
        let span = error.span().unwrap_or(0..0);
        let (message, hint) = in_our_words(parser_message);
        let key = self.text.get(span.clone()).unwrap_or_default();
        let hint = hint.or_else(|| match (parser_message, key) {
            ("missing field `reason`", _) => Some(SAY_WHY.to_owned()),
            ("duplicate key", "ignore") => Some(ONE_LIST.to_owned()),
            (_, "[ignore]") => Some("write `[[ignore]]`: there may be several".to_owned()),
            _ => None,
        });
        self.error(span, message, hint)
    }

    fn pattern(&self, written: &Spanned<String>, pattern: &str) -> Result<Glob, ConfigError> {
        Glob::new(pattern).map_err(|error| {
            let hint = "in a glob `*` and `?` stand for characters, and `[` begins a set: `[[]` is the bracket itself";
            let message = format!("this is not a glob: {}", error.msg);
            self.error(written.span(), message, Some(hint.to_owned()))
        })
    }

    fn egress(&self, text: &Spanned<String>) -> Result<Egress, ConfigError> {
        text.get_ref().parse().map_err(|message: String| {
            let hint = "write an address, a network such as 203.0.113.0/24, a range such as 203.0.113.4-203.0.113.9, \
                        or `rotating`";
            self.error(text.span(), message, Some(hint.to_owned()))
        })
    }

    fn ignore(&self, keys: &IgnoreKeys, span: Range<usize>) -> Result<UnresolvedIgnore, ConfigError> {
        if keys.path.is_none() && keys.component.is_none() {
            let hint = "say where with `path` or `component`; `severity = \"off\"` in the rule's table or a name in \
                        the list `ignore` leaves a rule out everywhere";
            let message = "an ignore needs `path` or `component`";
            return Err(self.error(span, message, Some(hint.to_owned())));
        }
        if keys.reason.get_ref().trim().is_empty() {
            return Err(self.error(keys.reason.span(), "the reason is empty", Some(SAY_WHY.to_owned())));
        }
        let path = keys.path.as_ref().map(|path| self.path(path)).transpose()?;
        let component = keys.component.as_ref().map(|component| self.component(component)).transpose()?;
        let until = keys.until.as_ref().map(|until| self.date(until)).transpose()?;
        Ok(UnresolvedIgnore { rule: keys.rule.clone(), path, component, reason: keys.reason.get_ref().clone(), until })
    }

    fn path(&self, path: &Spanned<String>) -> Result<Glob, ConfigError> {
        let refuse = |message: &str, hint: &str| Err(self.error(path.span(), message, Some(hint.to_owned())));
        let pattern = path.get_ref().strip_prefix("./").unwrap_or(path.get_ref()).trim_end_matches('/');
        if pattern.contains('\\') {
            return refuse("a path here is `/`-separated", "write `/` between folders");
        }
        if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
            return refuse("a path here lies below the project's root", "write it as the JSON report shows it");
        }
        self.pattern(path, pattern)
    }

    fn component(&self, component: &Spanned<String>) -> Result<Glob, ConfigError> {
        if !component.get_ref().contains(':') {
            let hint = "write `Type:Name`, such as `ConnectedApp:Payroll`".to_owned();
            return Err(self.error(component.span(), "a component is named with its type", Some(hint)));
        }
        self.pattern(component, component.get_ref())
    }

    fn date(&self, until: &Spanned<toml::Value>) -> Result<Date, ConfigError> {
        let text = match until.get_ref() {
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Datetime(when) if when.time.is_none() => Some(when.to_string()),
            _ => None,
        };
        text.and_then(|text| text.parse().ok()).ok_or_else(|| {
            self.error(until.span(), "this is not a date", Some("write a date such as 2027-01-31".to_owned()))
        })
    }
}

const SAY_WHY: &str = "say why the finding is right as it is: reason = \"...\"";

const ONE_LIST: &str = "`ignore` is one list: keep the `[[ignore]]` tables, and leave rules out by `severity = \"off\"` in \
                        `[rule.\"group/id\"]`; or write all in brackets, names and `{ rule = ..., reason = ... }`";

/// The type of the value of an option.
fn word(value: &ParamValue) -> &'static str {
    match value {
        ParamValue::Int(_) => "a whole number",
        ParamValue::Text(_) => "a text",
        ParamValue::Bool(_) => "true or false",
        ParamValue::Texts(_) => "a list of texts",
    }
}

fn written(value: &ParamValue) -> String {
    json(value).to_string()
}

/// The value of an option in JSON, which TOML writes the same way.
fn json(value: &ParamValue) -> serde_json::Value {
    match value {
        ParamValue::Int(number) => (*number).into(),
        ParamValue::Text(text) => text.as_str().into(),
        ParamValue::Bool(truth) => (*truth).into(),
        ParamValue::Texts(texts) => texts.clone().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_facts::Shapes;

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::read(FILE_NAME.to_owned(), text.to_owned())
    }

    fn resolve(text: &str) -> Result<RuleConfig, ConfigError> {
        read(text)?.resolve(&Catalog::load(&[] as &[&Path], &Shapes).unwrap())
    }

    /// The text of an error: place, message and hint.
    fn refused(text: &str) -> String {
        let error = resolve(text).expect_err(text);
        format!("{}:{}: {} | {}", error.line, error.column, error.message, error.hint.unwrap_or_default())
    }

    #[test]
    fn every_key_is_read() {
        let config = read(
            "\u{FEFF}preset = 'all'\nfail-on = 'never'\nprecedence = 'shortest'\nrules = ['house']\n\
             [integration]\napps = ['ERP*', '!ERP Test']\nprofiles = ['Sync']\negress = ['203.0.113.0/24', 'rotating']\n",
        )
        .unwrap();
        assert_eq!((config.preset(), config.fail_on()), (Some(PresetChoice::All), Some(FailOn::Never)));
        assert_eq!(config.layers[0].rule_folders().collect::<Vec<_>>(), ["house"]);
        let inputs = config.inputs(jiff::civil::date(2026, 12, 1));
        assert_eq!(inputs.precedence, sessionlint_project::metadata::Precedence::Shortest);
        assert_eq!(inputs.integration_apps, ["ERP*", "!ERP Test"]);
        assert_eq!(inputs.integration_profiles, ["Sync"]);
        assert_eq!(inputs.egress[1], Egress::Rotating);
        assert!(read("").is_ok());
    }

    #[test]
    fn names_and_tables_share_the_list_of_what_is_left_out() {
        let rules = resolve(
            "select = ['oauth']\nignore = ['oauth/app-timeout-set', \
             { rule = 'oauth', component = 'ConnectedApp:*', reason = 'x', until = 2027-01-31 }]\n",
        )
        .unwrap();
        assert!(rules.select[0].names("oauth/ip-relaxation-missing"));
        assert!(rules.ignore[0].names("oauth/app-timeout-set"));
        let ignore = &rules.ignores[0];
        assert_eq!(
            (ignore.until, ignore.place.as_str()),
            (Some(jiff::civil::date(2027, 1, 31)), "sessionlint.toml:2:45")
        );
    }

    #[test]
    fn what_an_ignore_is_about() {
        let about = |entry: &str, path: &str, component: Option<(&str, &str)>| {
            let text = format!("[[ignore]]\nrule = 'oauth'\nreason = 'x'\n{entry}\n");
            resolve(&text).unwrap().ignores[0].is_about(path, component)
        };
        assert!(about("path = 'a/*.xml'", "a/b.xml", None));
        assert!(!about("path = 'a/*.xml'", "a/b/c.xml", None), "`*` stays in its folder");
        assert!(about("path = 'a/**/*.xml'", "a/b/c.xml", None));
        assert!(about("path = './a/'", "a/b/c.xml", None));
        assert!(!about("path = 'a'", "ab/c.xml", None));
        let erp = Some(("ConnectedApp", "ERP/Sync"));
        assert!(about("component = 'connectedapp:erp*'", "x", erp));
        assert!(!about("component = 'Profile:*'", "x", erp));
        assert!(!about("component = '*:*'", "x", None));
        assert!(!about("component = '*:ERP*'\npath = 'y'", "x", erp), "both must hold");
    }

    #[test]
    fn an_error_has_its_place() {
        let ignore = "[[ignore]]\nrule = 'oauth'\n";
        for (text, expected) in [
            ("preset = 'continuty'", "1:10: this is not a value of this key | did you mean `continuity`?"),
            (
                "fail-on = 'info'",
                "1:11: this is not a value of this key | write one of `error`, `warning`, `note`, `never`",
            ),
            ("preset = 1", "1:10: here a text belongs | "),
            ("preset = \n", "1:10: "),
            ("[integration]\napp = []", "2:1: there is no key `app` | did you mean `apps`?"),
            ("[integration]\nzzz = []", "2:1: there is no key `zzz` | the keys are `apps`, `profiles`, `egress`"),
            ("[integration]\napps = ['[']", "2:9: this is not a glob: invalid range pattern | in a glob"),
            ("[integration]\negress = ['10.0.0.1', 'ten']", "2:23: this is not an address | write an address"),
            ("select = ['oauht']", "1:11: there is no such rule or group | did you mean `oauth`?"),
            (
                "ignore = ['app-timeout-set']",
                "1:11: there is no such rule or group | did you mean `oauth/app-timeout-set`?",
            ),
            (
                "[rule.'oauth/app-timeout-st']",
                "1:7: there is no rule `oauth/app-timeout-st` | did you mean `oauth/app-timeout-set`?",
            ),
            ("[rule.oauth]", "1:7: there is no rule `oauth` | `oauth` is a group"),
            (
                "[rule.'oauth/app-timeout-set']\nseverty = 'off'",
                "2:1: there is no key `severty` | did you mean `severity`?",
            ),
            (
                "[rule.'oauth/app-timeout-set']\nseverity = 'info'",
                "2:12: this is not a value of this key | write one of",
            ),
            (&format!("{ignore}path = 'a'"), "1:1: `reason` is missing | say why"),
            ("[[ignore]]\npath = 'a'\nreason = 'x'", "1:1: `rule` is missing | "),
            (&format!("{ignore}path = 'a'\nreason = ' '"), "4:10: the reason is empty | say why"),
            (&format!("{ignore}reason = 'x'"), "1:1: an ignore needs `path` or `component` | say where"),
            (&format!("{ignore}reason = 'x'\npaths = 'a'"), "4:1: there is no key `paths` | did you mean `path`?"),
            (&format!("{ignore}reason = 'x'\npath = 'a\\b'"), "4:8: a path here is `/`-separated | write"),
            (&format!("{ignore}reason = 'x'\npath = '../a'"), "4:8: a path here lies below the project's root | "),
            (&format!("{ignore}reason = 'x'\npath = 'a***'"), "4:8: this is not a glob: "),
            (
                &format!("{ignore}reason = 'x'\ncomponent = 'ERP'"),
                "4:13: a component is named with its type | write `Type:Name`, such as `ConnectedApp:Payroll`",
            ),
            (&format!("{ignore}reason = 'x'\npath = 'a'\nuntil = 2027-13-01"), "5:9: "),
            (&format!("{ignore}reason = 'x'\npath = 'a'\nuntil = 'soon'"), "5:9: this is not a date | write a date"),
            (&format!("{ignore}reason = 'x'\npath = 'a'\nuntil = 2027-01-01T10:00:00"), "5:9: this is not a date | "),
            ("ignore = [1]", "1:11: here a rule or group, or a table with"),
            ("select = 'x'", "1:10: here a list belongs, not a text | "),
            ("[ignore]\nrule = 'x'", "1:1: here a list belongs, not a table | write `[[ignore]]`"),
            (&format!("ignore = ['oauth']\n{ignore}"), "2:3: duplicate key | `ignore` is one list"),
        ] {
            let error = refused(text);
            assert!(error.starts_with(expected), "{text}\n  says     {error}\n  expected {expected}");
        }
    }
}
