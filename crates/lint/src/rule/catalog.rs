//! The catalog of a run's rules, by id: the embedded pages, then those of users' folders.
//!
//! A page that cannot be read is an error with its place. Refuses to know a project: no rule is run here.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, io};

use super::definition::former_keys;
use super::error::PageError;
use super::page::Page;
use super::symptoms::{self, Symptoms};
use super::{Preset, Rule, retired};
use crate::conflicts::{Pair, pair_of};
use sessionlint_project::confine;
use sessionlint_rules::PAGES;
use sessionlint_soql as soql;
use sessionlint_source::nearest;

/// Extensions of rule pages and of tables of symptoms.
pub const FILE_SUFFIXES: &[&str] = &["md", "toml"];

/// The rules of a run, sorted by id.
#[derive(Debug)]
pub struct Catalog {
    rules: Vec<Rule>,
    /// The table of symptoms; the embedded one is parsed on demand.
    symptoms: OnceLock<Symptoms>,
    /// Hints for the authors of pages.
    hints: Vec<String>,
}

/// The content of a folder of rules.
struct Folder {
    /// Id, path and text of every page.
    pages: Vec<(String, String, String)>,
    /// Every table of symptoms.
    tables: Vec<Table>,
}

/// A table of symptoms that is not the embedded one.
struct Table {
    path: String,
    text: String,
    /// Whether it comes from the scanned project: errors in it do not quote it.
    is_of_project: bool,
}

/// A page that the caller has read: of the scanned project, whose place it knows, or of a user.
#[derive(Clone, Debug)]
pub struct PageFile {
    /// Its path in messages.
    pub path: String,
    /// Its path, which determines the rule's id.
    pub file: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it comes from the scanned project.
    pub is_of_project: bool,
}

/// Why a folder of rules cannot be used.
#[derive(Debug)]
pub enum CatalogError {
    /// A folder or page could not be read.
    Io(String, io::Error),
    /// A page is not a valid rule.
    Page(Box<PageError>),
    /// A page has the id of another one.
    DuplicateId(String, String),
}

impl std::fmt::Display for CatalogError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CatalogError::Io(path, error) => write!(out, "{path}: cannot be read ({error})"),
            CatalogError::Page(error) => error.fmt(out),
            CatalogError::DuplicateId(path, id) => write!(out, "{path}: there is a rule `{id}` already"),
        }
    }
}

impl From<PageError> for CatalogError {
    fn from(error: PageError) -> Self {
        Self::Page(Box::new(error))
    }
}

/// A name in `--select` and `--ignore`: a rule or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(String);

impl Selector {
    /// The texts of all selectors that match the rule `id`: the id, and each prefix up to a slash.
    pub(crate) fn texts_of(id: &str) -> impl Iterator<Item = &str> {
        std::iter::once(id).chain(id.match_indices('/').map(move |(at, _)| &id[..at]))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether it matches the rule `id`.
    pub fn names(&self, id: &str) -> bool {
        id == self.0 || id.strip_prefix(self.0.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Catalog {
    /// The embedded rules and those of `folders`: every `.md` file in them, whose id is its last folder and its stem. A
    /// `symptoms.toml` in them extends the table of symptoms.
    pub fn load(folders: &[impl AsRef<Path>], shapes: &dyn soql::Catalog) -> Result<Self, CatalogError> {
        Self::load_with(&[], folders, shapes)
    }

    /// The same with pages that were read.
    pub fn load_with(
        pages: &[PageFile],
        folders: &[impl AsRef<Path>],
        shapes: &dyn soql::Catalog,
    ) -> Result<Self, CatalogError> {
        let mut catalog = Self::embedded();
        let (mut tables, mut own) = (Vec::new(), Vec::new());
        for PageFile { path, file, bytes, is_of_project } in pages {
            let not_utf8 = |error| CatalogError::Io(path.clone(), io::Error::new(io::ErrorKind::InvalidData, error));
            let text = String::from_utf8(bytes.clone()).map_err(|error| not_utf8(error.utf8_error()))?;
            if symptoms::is_table(file) {
                tables.push(Table { path: path.clone(), text, is_of_project: *is_of_project });
            } else if let Some(id) = id_of(file) {
                own.push(id.clone());
                let read = if *is_of_project { Page::read_of_project } else { Page::read };
                catalog.add(id, read(path.clone(), text)?, shapes)?;
            }
        }
        for folder in folders {
            let folder = Folder::read(folder.as_ref())?;
            for (id, path, text) in folder.pages {
                own.push(id.clone());
                catalog.add(id, Page::read(path, text)?, shapes)?;
            }
            tables.extend(folder.tables);
        }
        catalog.sort();
        catalog.add_symptoms(&tables, &own, shapes)?;
        Ok(catalog)
    }

    fn add(&mut self, id: String, page: Page, shapes: &dyn soql::Catalog) -> Result<(), CatalogError> {
        if self.get(&id).is_some() {
            return Err(CatalogError::DuplicateId(page.path, id));
        }
        self.push(id, page, shapes)
    }

    /// Adds a page of a user, with hints for its author.
    fn push(&mut self, id: String, page: Page, shapes: &dyn soql::Catalog) -> Result<(), CatalogError> {
        let rule = bound(id, page, shapes)?;
        for (former, now) in former_keys(rule.page.toml()) {
            self.hints.push(format!("{}: the key `{former}` is now `{now}`; the old name still works", rule.page.path));
        }
        self.rules.push(rule);
        Ok(())
    }

    /// Hints for the authors of pages, such as the new name of a key.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The embedded rules with the pages of `folder` replacing or adding to them, and the ids of the latter: for
    /// authors of pages.
    pub fn load_over(folder: &Path, shapes: &dyn soql::Catalog) -> Result<(Self, Vec<String>), CatalogError> {
        let mut catalog = Self::embedded();
        let mut ids = Vec::new();
        let Folder { pages, tables } = Folder::read(folder)?;
        for (id, path, text) in pages {
            catalog.rules.retain(|rule| rule.id != id);
            catalog.push(id.clone(), Page::read(path, text)?, shapes)?;
            ids.push(id);
        }
        catalog.sort();
        catalog.add_symptoms(&tables, &ids, shapes)?;
        Ok((catalog, ids))
    }

    /// Adds tables of symptoms, and checks that the pages `own` name only existing symptoms.
    fn add_symptoms(
        &mut self,
        tables: &[Table],
        own: &[String],
        shapes: &dyn soql::Catalog,
    ) -> Result<(), CatalogError> {
        if tables.is_empty() && own.is_empty() {
            return Ok(());
        }
        let mut symptoms = Symptoms::embedded()?;
        // The rules folder of this repository contains the embedded table.
        for table in tables.iter().filter(|table| table.text != symptoms::EMBEDDED) {
            let added = symptoms.add(&table.path, &table.text, Some(shapes), &|id| self.get(id).is_some());
            added.map_err(|error| if table.is_of_project { error.quoting_nothing() } else { error })?;
        }
        for rule in self.rules.iter().filter(|rule| own.contains(&rule.id)) {
            rule.check_symptoms(&symptoms)?;
        }
        self.symptoms = OnceLock::from(symptoms);
        Ok(())
    }

    /// The table of symptoms.
    pub fn symptoms(&self) -> &Symptoms {
        // A test proves that the embedded table is valid.
        self.symptoms.get_or_init(|| Symptoms::embedded().unwrap_or_default())
    }

    fn embedded() -> Self {
        Self { rules: PAGES.iter().map(Rule::embedded).collect(), symptoms: OnceLock::new(), hints: Vec::new() }
    }

    fn sort(&mut self) {
        self.rules.sort_by(|left, right| left.id.cmp(&right.id));
    }

    /// All rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The number of rules that come from the scanned project.
    pub fn of_project(&self) -> usize {
        self.rules.iter().filter(|rule| rule.is_of_project).count()
    }

    /// The rule `id`.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The pairs of rules of which one page names the other in `conflicts-with`, each once; unknown rules are skipped.
    /// The compromise is read if `is_shown` is true for both rules.
    pub fn pairs(&self, is_shown: impl Fn(&str) -> bool) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        for rule in &self.rules {
            for other in rule.conflicts_with().iter().filter_map(|id| self.get(id)) {
                if pair_of(&pairs, &rule.id, &other.id).is_none() {
                    pairs.push(pair(rule, other, is_shown(&rule.id) && is_shown(&other.id)));
                }
            }
        }
        pairs
    }

    /// The rule or group with this name; for a retired rule its successor, or a selector without rules. The error
    /// suggests a near name.
    pub fn selector(&self, name: &str) -> Result<Selector, String> {
        let selector = Selector(name.trim_end_matches('/').to_owned());
        if self.rules.iter().any(|rule| selector.names(&rule.id)) {
            return Ok(selector);
        }
        if let Some(retired) = retired::find(name) {
            return Ok(retired.now.clone().map_or(selector, Selector));
        }
        let hint = self.suggestion(name);
        Err(format!("there is no rule or group `{name}`; {hint}"))
    }

    /// The hint for `name`, if it is the id of a retired rule.
    pub fn retired(&self, name: &str) -> Option<String> {
        let retired = retired::find(name).filter(|_| self.get(name).is_none())?;
        Some(retired.hint(name))
    }

    /// The hint for an unknown `name`.
    pub fn suggestion(&self, name: &str) -> String {
        // For a rule without its group, the hint is the full id.
        let by_id = self.rules.iter().find(|rule| rule.id.rsplit('/').next() == Some(name));
        let near = || {
            let ids = self.rules.iter().map(|rule| rule.id.as_str());
            let groups = self.rules.iter().map(Rule::group);
            match name.split_once('/') {
                // A name with a group is a rule, or the group is misspelt too: no rule is similar to another group.
                Some((group, _)) => nearest::suggestion(name, ids).or_else(|| nearest::suggestion(group, groups)),
                None => nearest::suggestion(name, self.rules.iter().flat_map(|rule| [rule.id.as_str(), rule.group()])),
            }
        };
        let hint = by_id
            .map(|rule| format!("did you mean `{}`?", rule.id))
            .or_else(|| self.suggestion_in_group(name))
            .or_else(near);
        hint.unwrap_or_else(|| "`sessionlint rules list` shows them all".to_owned())
    }

    /// The hint for an unknown rule of a group that exists: the same name in another group, the nearest of its own rules,
    /// else the group.
    fn suggestion_in_group(&self, name: &str) -> Option<String> {
        let (group, name) = name.split_once('/')?;
        let last = |rule: &Rule| rule.id.rsplit('/').next() == Some(name);
        let own: Vec<&Rule> = self.rules.iter().filter(|rule| rule.group() == group).collect();
        own.first()?;
        let same = self.rules.iter().find(|rule| last(rule)).map(|rule| rule.id.clone());
        let near = || {
            let names = own.iter().filter_map(|rule| rule.id.strip_prefix(group)?.strip_prefix('/'));
            nearest::nearest(name, names).map(|name| format!("{group}/{name}"))
        };
        Some(
            same.or_else(near)
                .map_or_else(|| format!("did you mean the group `{group}`?"), |id| format!("did you mean `{id}`?")),
        )
    }

    /// The rules of a run: those of the presets or the selected ones, without the ignored ones.
    pub fn chosen(&self, presets: &[Preset], select: &[Selector], ignore: &[Selector]) -> Vec<&Rule> {
        let is_chosen = |rule: &&Rule| {
            let is_in = if select.is_empty() {
                presets.iter().any(|preset| rule.grade(*preset).is_some())
            } else {
                select.iter().any(|selector| selector.names(&rule.id))
            };
            is_in && !ignore.iter().any(|selector| selector.names(&rule.id))
        };
        self.rules.iter().filter(is_chosen).collect()
    }
}

/// A page of a user as a rule with checked conditions: a broken page is an error of every run, even if its table has no
/// rows. Embedded pages are bound on first use, and a test binds them all.
fn bound(id: String, page: Page, shapes: &dyn soql::Catalog) -> Result<Rule, PageError> {
    let rule = Rule::new(id, page, shapes)?;
    rule.conditions(shapes, &soql::Params::new())?;
    rule.check_benchmarks()?;
    Ok(rule)
}

/// The pair of a page and one with opposite advice, with the compromise if it is shown.
fn pair(rule: &Rule, against: &Rule, is_shown: bool) -> Pair {
    let keeps_alive = |rule: &Rule| rule.grade(Preset::Continuity).is_some();
    let is_second = keeps_alive(against) && !keeps_alive(rule);
    let (one, other) = if is_second { (against, rule) } else { (rule, against) };
    let middle_way = if is_shown { one.middle_way().or_else(|| other.middle_way()) } else { None };
    let middle_way = middle_way.unwrap_or_default();
    Pair { one: one.id.clone(), other: other.id.clone(), middle_way }
}

impl Folder {
    /// Reads the folder and its subfolders.
    fn read(folder: &Path) -> Result<Self, CatalogError> {
        let unreadable = |error| CatalogError::Io(folder.display().to_string(), error);
        let mut found = Self { pages: Vec::new(), tables: Vec::new() };
        for suffix in FILE_SUFFIXES {
            for path in confine::files(folder, suffix).map_err(unreadable)? {
                let (is_table, id) = (symptoms::is_table(&path), id_of(&path));
                if !is_table && id.is_none() {
                    continue;
                }
                let shown = path.display().to_string();
                let text = fs::read_to_string(&path).map_err(|error| CatalogError::Io(shown.clone(), error))?;
                match id.filter(|_| !is_table) {
                    Some(id) => found.pages.push((id, shown, text)),
                    None => found.tables.push(Table { path: shown, text, is_of_project: false }),
                }
            }
        }
        Ok(found)
    }
}

impl PageFile {
    /// The id of its rule; `None` if it has none.
    pub fn id(&self) -> Option<String> {
        id_of(&self.file)
    }
}

/// The id of the page at a path: its last folder and its stem; `None` for another file.
fn id_of(path: &Path) -> Option<String> {
    let name = |part: Option<&std::ffi::OsStr>| part.map(|name| name.to_string_lossy().into_owned());
    let stem = name(path.file_stem()).filter(|_| path.extension().is_some_and(|extension| extension == "md"))?;
    if stem.eq_ignore_ascii_case("README") {
        return None;
    }
    let group = name(path.parent().and_then(Path::file_name)).unwrap_or_else(|| "local".to_owned());
    Some(format!("{group}/{stem}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_build_finds_the_keys_of_the_pages() {
        for page in PAGES {
            let (built, read) = (Rule::embedded(page), Page::read_embedded(page).unwrap());
            let read = Rule::new(page.id.to_owned(), read, &sessionlint_facts::Shapes).unwrap();
            let keys = |rule: &Rule| {
                let grades = Preset::ALL.map(|preset| rule.grade(preset));
                (rule.from.clone(), rule.is_preview(), grades, rule.conflicts_with().to_vec())
            };
            assert_eq!(keys(&built), keys(&read), "{}", page.id);
            assert_eq!(built.condition_texts(), read.condition_texts(), "{}", page.id);
        }
    }

    #[test]
    fn embedded_pages_are_the_same_without_their_examples() {
        const SECTIONS: [&str; 2] = ["Why it matters", "Trade-off"];
        for page in PAGES {
            let id = page.id;
            let embedded = Page::read_embedded(page).unwrap();
            let whole = Page::read(id.to_owned(), embedded.whole().into_owned()).unwrap();
            assert!(whole.examples().unwrap().len() >= 2, "{id}");
            assert_eq!(embedded.examples().unwrap(), whole.examples().unwrap(), "{id}");
            assert_eq!(SECTIONS.map(|it| embedded.section(it)), SECTIONS.map(|it| whole.section(it)), "{id}");
            assert_eq!(embedded.title, whole.title, "{id}");
            assert_eq!(embedded.summary, whole.summary, "{id}");
            assert_eq!(embedded.toml(), whole.toml(), "{id}");
            assert!(embedded.fence().is_some() && whole.fence().is_none(), "{id}");
            let definition = |page: &Page| format!("{:?}", super::super::Definition::read(page).unwrap());
            assert_eq!(definition(&embedded), definition(&whole), "{id}");
        }
    }
}
