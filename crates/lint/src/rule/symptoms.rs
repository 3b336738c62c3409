//! The table of symptoms: the words that users have for each, error texts with their meaning, and causes that no file
//! shows.
//!
//! The project's own table is `rules/symptoms.toml`; a `symptoms.toml` in a folder of users' rules extends it. Refuses
//! to know which finding explains which symptom: that is a key of the rule's page.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::PageError;
use sessionlint_soql::{self as soql, QueryError, QueryPlan};

/// Name of a table's file.
const FILE_NAME: &str = "symptoms.toml";

/// Whether a file in a folder of rules is a table of symptoms.
pub(super) fn is_table(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == FILE_NAME)
}

/// The project's own table.
pub(super) const EMBEDDED: &str = sessionlint_rules::SYMPTOMS;

/// All facts about symptoms that do not depend on a project.
#[derive(Clone, Debug, Default)]
pub struct Symptoms {
    all: Vec<Symptom>,
    errors: Vec<ErrorText>,
    unseen: Vec<ExternalCause>,
    queries: BTreeMap<String, String>,
}

/// A symptom.
#[derive(Clone, Debug)]
pub struct Symptom {
    /// Its id. Other tools rely on the ids of the embedded table.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Phrases that users have for it.
    pub phrases: Vec<String>,
    /// Words that each identify it.
    pub signs: Vec<String>,
    /// Words that indicate it among others.
    pub words: Vec<String>,
    /// Facts of a project that contradict it, in display order.
    pub against: Vec<Contradiction>,
}

/// An error text of a program.
#[derive(Clone, Debug)]
pub struct ErrorText {
    /// The text in its spellings.
    pub texts: Vec<String>,
    /// The symptoms it belongs to, the likeliest first.
    pub symptoms: Vec<String>,
    /// Its meaning.
    pub means: String,
    /// Rules with findings that can be its cause.
    pub causes: Vec<String>,
    /// Whether it is skipped if a more specific text occurs too.
    pub is_general: bool,
}

/// A fact of a project that contradicts a symptom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contradiction {
    /// The sessions of the org and of all profiles last longer than these minutes.
    SessionsLongerThan(i64),
    /// No documented setting ends a running session because of its IP address.
    NoAddressChecks,
    /// Users are warned before a session ends.
    WarningBeforeEnd,
    /// Inactive users are not logged out in the browser.
    NoForcedLogout,
    /// Apps whose access does not expire by itself.
    RenewingApps,
    /// Jobs have no session id, and call out through named credentials if at all.
    JobsWithoutTokens,
    /// No app has its own timeout.
    NoAppTimeouts,
}

/// A cause that no file shows.
#[derive(Clone, Debug)]
pub struct ExternalCause {
    /// Its name.
    pub text: String,
    /// The symptoms that it may explain.
    pub symptoms: Vec<String>,
    /// The files, in words, that would show it; none where files never do.
    pub lacks: Option<String>,
    /// The page in Setup, or the log, that shows it.
    pub setup: Option<String>,
    /// The query that shows it.
    pub query: Option<String>,
    /// It applies only if this query of the project's tables has a row.
    pub when: Option<String>,
    /// It is already answered if this query of the project's tables has a row.
    pub unless: Option<String>,
    /// It applies only if the project has Apex, or only if it has none.
    pub apex: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    queries: BTreeMap<String, String>,
    #[serde(default)]
    symptom: Vec<RawSymptom>,
    #[serde(default)]
    error: Vec<RawError>,
    #[serde(default)]
    unseen: Vec<RawExternalCause>,
}

type RawText = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSymptom {
    id: RawText,
    title: Option<RawText>,
    #[serde(default)]
    phrases: Vec<String>,
    #[serde(default)]
    signs: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    against: Vec<Contradiction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawError {
    texts: Spanned<Vec<String>>,
    symptoms: Vec<RawText>,
    means: String,
    #[serde(default)]
    causes: Vec<RawText>,
    #[serde(default)]
    general: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExternalCause {
    text: String,
    symptoms: Vec<RawText>,
    lacks: Option<String>,
    setup: Option<String>,
    query: Option<RawText>,
    when: Option<RawText>,
    unless: Option<RawText>,
    apex: Option<bool>,
}

/// The text of a table with its source, for errors.
#[derive(Clone, Copy)]
struct File<'t> {
    path: &'t str,
    text: &'t str,
}

impl File<'_> {
    fn error(&self, span: std::ops::Range<usize>, message: impl Into<String>, hint: Option<String>) -> PageError {
        PageError::at(self.path, self.text, span, message, hint)
    }

    fn query_error(&self, literal: &RawText, error: &QueryError) -> PageError {
        PageError::in_query(self.path, self.text, literal.span(), literal.get_ref(), error)
    }
}

impl Symptoms {
    /// The project's own table.
    pub fn embedded() -> Result<Self, PageError> {
        let mut table = Self::default();
        table.add("rules/symptoms.toml", EMBEDDED, None, &|_| true)?;
        Ok(table)
    }

    /// Adds the table `text`. With `shapes` its conditions are checked too; `is_rule` decides which rules exist.
    pub(super) fn add(
        &mut self,
        path: &str,
        text: &str,
        shapes: Option<&dyn soql::Catalog>,
        is_rule: &dyn Fn(&str) -> bool,
    ) -> Result<(), PageError> {
        let file = File { path, text };
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            file.error(error.span().unwrap_or(0..0), message, None)
        })?;
        self.queries.extend(raw.queries);
        for symptom in raw.symptom {
            self.add_symptom(file, symptom)?;
        }
        for error in raw.error {
            let (span, texts) = (error.texts.span(), error.texts.into_inner());
            if !texts.iter().any(|text| text.chars().any(char::is_alphanumeric)) {
                return Err(file.error(span, "an error has a text", None));
            }
            if let Some(cause) = error.causes.iter().find(|cause| !is_rule(cause.get_ref())) {
                let message = format!("there is no rule `{}`", cause.get_ref());
                return Err(file.error(cause.span(), message, None));
            }
            self.errors.push(ErrorText {
                texts,
                symptoms: self.existing(file, error.symptoms)?,
                means: error.means,
                causes: error.causes.into_iter().map(Spanned::into_inner).collect(),
                is_general: error.general,
            });
        }
        for unseen in raw.unseen {
            for condition in unseen.when.iter().chain(&unseen.unless) {
                if let Some(shapes) = shapes {
                    let plan = condition_of(condition.get_ref(), shapes);
                    plan.map_err(|error| file.query_error(condition, &error))?;
                }
            }
            let query = unseen.query.map(|query| self.query(file, query)).transpose()?;
            self.unseen.push(ExternalCause {
                text: unseen.text,
                symptoms: self.existing(file, unseen.symptoms)?,
                lacks: unseen.lacks,
                setup: unseen.setup,
                query,
                when: unseen.when.map(Spanned::into_inner),
                unless: unseen.unless.map(Spanned::into_inner),
                apex: unseen.apex,
            });
        }
        Ok(())
    }

    /// A new symptom has a title; an existing one gets more words.
    fn add_symptom(&mut self, file: File<'_>, raw: RawSymptom) -> Result<(), PageError> {
        let id = raw.id.get_ref().clone();
        let is_id = |id: &str| {
            !id.is_empty() && id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        };
        let existing = self.all.iter_mut().find(|existing| existing.id == id);
        let symptom = match (existing, raw.title) {
            (Some(_), Some(title)) => {
                let message = format!("there is a symptom `{id}` already");
                return Err(file.error(title.span(), message, Some("leave `title` out to add words to it".to_owned())));
            }
            (None, None) => {
                let hint = format!("the symptoms are {}", self.ids().collect::<Vec<_>>().join(", "));
                let message = format!("there is no symptom `{id}`, and a new one has a `title`");
                return Err(file.error(raw.id.span(), message, Some(hint)));
            }
            (None, Some(_)) if !is_id(&id) => {
                let message = format!("`{id}` is not an id: write lower-case letters, digits and hyphens");
                return Err(file.error(raw.id.span(), message, None));
            }
            (Some(existing), None) => existing,
            (None, Some(title)) => {
                let (title, none) = (title.into_inner(), Vec::new);
                self.all.push(Symptom {
                    id,
                    title,
                    phrases: none(),
                    signs: none(),
                    words: none(),
                    against: Vec::new(),
                });
                let last = self.all.len() - 1;
                &mut self.all[last]
            }
        };
        symptom.phrases.extend(raw.phrases);
        symptom.signs.extend(raw.signs);
        symptom.words.extend(raw.words);
        symptom.against.extend(raw.against);
        Ok(())
    }

    /// The ids of the existing symptoms.
    fn existing(&self, file: File<'_>, ids: Vec<RawText>) -> Result<Vec<String>, PageError> {
        let existing = |id: RawText| {
            if self.get(id.get_ref()).is_some() {
                return Ok(id.into_inner());
            }
            let hint = format!("the symptoms are {}", self.ids().collect::<Vec<_>>().join(", "));
            Err(file.error(id.span(), format!("there is no symptom `{}`", id.get_ref()), Some(hint)))
        };
        ids.into_iter().map(existing).collect()
    }

    /// A query by its name in `queries`, or in full.
    fn query(&self, file: File<'_>, written: RawText) -> Result<String, PageError> {
        if let Some(query) = self.queries.get(written.get_ref()) {
            return Ok(query.clone());
        }
        if written.get_ref().trim_start().to_ascii_lowercase().starts_with("select ") {
            return Ok(written.into_inner());
        }
        let hint = format!("the queries are {}", self.queries.keys().cloned().collect::<Vec<_>>().join(", "));
        Err(file.error(written.span(), format!("there is no query `{}`", written.get_ref()), Some(hint)))
    }

    /// The symptom `id`.
    pub fn get(&self, id: &str) -> Option<&Symptom> {
        self.all.iter().find(|symptom| symptom.id == id)
    }

    /// The ids of all symptoms, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|symptom| symptom.id.as_str())
    }

    /// All symptoms, in order.
    pub fn all(&self) -> &[Symptom] {
        &self.all
    }

    /// The texts of errors.
    pub fn errors(&self) -> &[ErrorText] {
        &self.errors
    }

    /// Causes that no file shows, in order.
    pub fn unseen(&self) -> &[ExternalCause] {
        &self.unseen
    }
}

/// A condition of [`ExternalCause`].
fn condition_of(text: &str, shapes: &dyn soql::Catalog) -> Result<QueryPlan, QueryError> {
    soql::bind(&soql::parse(text)?, shapes)
}

impl ExternalCause {
    /// Whether it applies to a project with these tables.
    pub fn is_open(&self, tables: &dyn soql::Tables, shapes: &dyn soql::Catalog, holds_apex: bool) -> bool {
        // An invalid query was rejected when the table was loaded.
        let has_rows = |text: &String| condition_of(text, shapes).is_ok_and(|plan| !plan.run(tables).rows.is_empty());
        self.apex.is_none_or(|apex| apex == holds_apex)
            && self.when.as_ref().is_none_or(has_rows)
            && !self.unless.as_ref().is_some_and(has_rows)
    }
}
