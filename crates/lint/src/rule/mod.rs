//! Rule pages: a Markdown file is a rule, its documentation and its tests.
//!
//! [`page`] parses the Markdown, [`definition`] the TOML fence, [`template`] the wording; a [`Rule`] is all of it,
//! parsed on demand, and [`Catalog`] has all rules of a run: the embedded ones and those of users' folders, through the
//! same code. May assume queries and a catalog of schemas. Refuses to know files, projects, and the rows of tables.

mod benchmarks;
mod calendar;
mod catalog;
mod definition;
mod error;
mod fence;
mod fix;
mod overview;
mod page;
mod retired;
mod symptoms;
mod template;
mod toml_error;
mod verify;

pub use benchmarks::{Benchmark, Control, benchmark, benchmarks, benchmarks_overview};
pub use calendar::{Calendar, Change, When};
pub use catalog::{Catalog, CatalogError, FILE_SUFFIXES, PageFile, Selector};
pub use definition::{Definition, Escalation, ExplainedSymptom, Grade, RelatedPlace, Status, param};
pub use error::PageError;
pub(crate) use error::without_values;
pub use fix::FixPlan;
pub use overview::overview;
pub use page::{Example, ExampleFile, ExpectedResult, Page};
pub use symptoms::{Contradiction, ErrorText, ExternalCause, Symptom, Symptoms};
pub use template::{Template, minutes_in_words, one_line};
pub(crate) use toml_error::{in_our_words, ticked};

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::diagnostic::{Confidence, Severity};
use sessionlint_facts::Shapes;
use sessionlint_soql::{self as soql, Condition, Filter, Params, name_hint};
use sessionlint_source::nearest::suggestion;

/// A view of a project: a set of rules with a grade for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Sessions and integrations keep working.
    Continuity,
    /// Salesforce's hardening advice and Health Check.
    Security,
}

impl Preset {
    /// Both, in order.
    pub const ALL: [Preset; 2] = [Preset::Continuity, Preset::Security];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Preset::Continuity => "continuity",
            Preset::Security => "security",
        }
    }
}

/// Columns that identify a row among those of its component, in any table.
const NAMES: &[&str] = &["fullName", "name", "Method", "App", "Profile", "ProfileName", "User", "Host", "Egress"];

/// The source of the confidence of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfidenceSource {
    /// The same for every finding.
    Fixed(Confidence),
    /// A column with the values `high`, `medium` or `low`.
    Column(usize),
}

impl Default for ConfidenceSource {
    fn default() -> Self {
        Self::Fixed(Confidence::Low)
    }
}

/// A rule: the keys that decide whether a run needs it, and the content of its page.
///
/// The build extracts these keys from an embedded page, and the rest is parsed on demand: a run needs some of the
/// rules, and parsing two hundred pages takes longer than checking most projects.
#[derive(Debug)]
pub struct Rule {
    /// `group/id`.
    pub id: String,
    /// Name of the table, as spelled in the catalog.
    pub from: String,
    /// Whether its page comes from the scanned project.
    pub is_of_project: bool,
    status: Status,
    severity: BTreeMap<Preset, Grade>,
    conflicts_with: Vec<String>,
    embedded: Option<&'static sessionlint_rules::Page>,
    text: OnceLock<RuleText>,
}

impl Deref for Rule {
    type Target = RuleText;

    fn deref(&self) -> &RuleText {
        self.text.get_or_init(|| {
            let read = |page| RuleText::new(Page::read_embedded(page)?, &Shapes);
            // A test proves that every embedded page is valid.
            self.embedded.and_then(|page| read(page).ok()).unwrap_or_default()
        })
    }
}

/// The content of a rule page, with everything resolved except the conditions.
#[derive(Debug, Default)]
pub struct RuleText {
    /// The page.
    pub page: Page,
    /// The content of its fence.
    pub definition: Definition,
    /// The marked column.
    pub mark: usize,
    /// The source of the confidence.
    pub confidence: ConfidenceSource,
    /// The finding's sentence.
    pub message: Template,
    /// What to do.
    pub help: Template,
    /// The page of Setup.
    pub setup: Template,
    /// Further places: column and text.
    pub related: Vec<(usize, Template)>,
    /// The columns that name the fault; empty if each row is a fault.
    pub one_per: Vec<usize>,
    /// The columns that name what several findings repeat; empty if each is shown.
    pub shown_once_per: Vec<usize>,
    /// The columns that identify a row among those of its component.
    pub names: Vec<usize>,
    /// The wording of each escalation.
    pub escalated: Vec<Wording>,
    /// The fix of a finding.
    pub fix: Option<FixPlan>,
    /// How to verify a change; empty if the page has no text.
    pub verify: Template,
}

/// The texts of an escalation that replace those of its page.
#[derive(Debug)]
pub struct Wording {
    /// What is wrong.
    pub message: Option<Template>,
    /// What to do.
    pub help: Option<Template>,
    /// The cost of doing that.
    pub cost: Option<Template>,
}

/// The conditions of a rule, bound to the table's schema.
#[derive(Debug)]
pub struct Conditions {
    /// The condition on rows; `None` if the page has no `where`.
    pub rows: Option<Filter>,
    /// One per escalation.
    pub escalations: Vec<Filter>,
    /// The condition on findings with the fix; `None` for all.
    pub fix: Option<Filter>,
    /// The conditions on findings that explain a symptom, one per line of the page's `symptoms`; `None` for all.
    pub symptoms: Vec<Option<Filter>>,
}

impl RuleText {
    /// Resolves a page. Everything except the conditions is checked here; [`Rule::conditions`] checks those: for users'
    /// pages when they are loaded, for embedded ones on first use.
    fn new(page: Page, shapes: &dyn soql::Catalog) -> Result<Self, PageError> {
        let definition = Definition::read(&page)?;
        let Some(schema) = shapes.schema(&definition.from.text) else {
            let names = shapes.table_names();
            let hint = name_hint(&definition.from.text, "tables", &names);
            return Err(page.error(
                definition.from.span,
                format!("there is no table `{}`", definition.from.text),
                hint,
            ));
        };
        let column = |name: &page::Text| {
            schema.column(&name.text).ok_or_else(|| {
                let names: Vec<&str> = schema.columns.iter().map(|column| column.name.as_ref()).collect();
                let message = format!("`{}` has no column `{}`", schema.name, name.text);
                page.error(name.span, message, name_hint(&name.text, "columns", &names))
            })
        };
        let template = |text: &page::Text| Template::read(text, schema, &page);
        let optional = |text: &Option<page::Text>| text.as_ref().map(template).transpose();
        let confidence = match definition.confidence.text.as_str() {
            "high" => ConfidenceSource::Fixed(Confidence::High),
            "medium" => ConfidenceSource::Fixed(Confidence::Medium),
            "low" => ConfidenceSource::Fixed(Confidence::Low),
            written => ConfidenceSource::Column(schema.column(written).ok_or_else(|| {
                let levels = ["high", "medium", "low"];
                let columns = schema.columns.iter().map(|column| column.name.as_ref());
                let hint = suggestion(written, levels.into_iter().chain(columns))
                    .unwrap_or_else(|| format!("write one of {}, or a column with these values", ticked(&levels)));
                let message = format!("`{written}` is no confidence and no column of `{}`", schema.name);
                page.error(definition.confidence.span, message, Some(hint))
            })?),
        };
        let escalated = definition
            .escalate
            .iter()
            .map(|escalation| {
                Ok(Wording {
                    message: optional(&escalation.message)?,
                    help: optional(&escalation.help)?,
                    cost: optional(&escalation.cost)?,
                })
            })
            .collect::<Result<_, PageError>>()?;
        let related = definition
            .related
            .iter()
            .map(|related| Ok((column(&related.mark)?, template(&related.text)?)))
            .collect::<Result<_, PageError>>()?;
        let once = [(&definition.one_per, "one-per"), (&definition.shown_once_per, "shown-once-per")];
        for (columns, key) in once.into_iter().filter(|_| definition.report_once) {
            if let Some(first) = columns.first() {
                let hint = Some("`report-once` is one finding per project".to_owned());
                return Err(page.error(first.span, format!("a rule has `report-once` or `{key}`, not both"), hint));
            }
        }
        let one_per = definition.one_per.iter().map(column).collect::<Result<_, PageError>>()?;
        let shown_once_per = definition.shown_once_per.iter().map(column).collect::<Result<_, PageError>>()?;
        Ok(Self {
            mark: column(&definition.mark)?,
            confidence,
            message: template(&definition.message)?,
            help: template(&definition.help)?,
            setup: optional(&definition.setup)?.unwrap_or_default(),
            verify: optional(&definition.verify)?.unwrap_or_default(),
            related,
            one_per,
            shown_once_per,
            names: NAMES.iter().filter_map(|name| schema.column(name)).collect(),
            escalated,
            fix: FixPlan::read(&definition, schema, &page)?,
            page,
            definition,
        })
    }
}

impl Rule {
    /// Resolves the page of a user.
    pub fn new(id: String, page: Page, shapes: &dyn soql::Catalog) -> Result<Self, PageError> {
        let text = RuleText::new(page, shapes)?;
        let definition = &text.definition;
        let schema = shapes.schema(&definition.from.text);
        Ok(Self {
            id,
            from: schema.map(|schema| schema.name.to_string()).unwrap_or_default(),
            is_of_project: text.page.is_of_project,
            status: definition.status,
            severity: definition.severity.clone(),
            conflicts_with: definition.conflicts_with.clone(),
            embedded: None,
            text: OnceLock::from(text),
        })
    }

    /// The rule of an embedded page, which is parsed on demand.
    fn embedded(page: &'static sessionlint_rules::Page) -> Self {
        let keys = &page.keys;
        let grade = |(preset, grade): &(&'static str, &'static str)| {
            Some((definition::named(preset)?, definition::named(grade)?))
        };
        Self {
            id: page.id.to_owned(),
            from: keys.from.to_owned(),
            is_of_project: false,
            status: if keys.is_preview { Status::Preview } else { Status::Stable },
            severity: keys.severity.iter().filter_map(grade).collect(),
            conflicts_with: keys.conflicts_with.iter().map(|id| (*id).to_owned()).collect(),
            embedded: Some(page),
            text: OnceLock::new(),
        }
    }

    /// Its title: the page's heading.
    pub fn title(&self) -> &str {
        &self.page.title
    }

    /// Whether it is a preview rule, which runs only on request.
    pub fn is_preview(&self) -> bool {
        self.status == Status::Preview
    }

    /// The ids of the rules with opposite advice.
    pub fn conflicts_with(&self) -> &[String] {
        &self.conflicts_with
    }

    /// The conditions that select rows and those that change the severity, as text.
    pub fn condition_texts(&self) -> Vec<&str> {
        if let Some(page) = self.embedded {
            return page.keys.conditions.to_vec();
        }
        let escalations = self.definition.escalate.iter().map(|it| &it.condition);
        self.definition.condition.iter().chain(escalations).map(|it| it.text.as_str()).collect()
    }

    /// How to verify a change, for all rules of its table or group.
    pub fn default_verify(&self) -> &'static str {
        verify::default_of(&self.from, self.group())
    }

    /// The compromise in its trade-off: the rest of the paragraph of that section that begins with these words.
    pub fn middle_way(&self) -> Option<String> {
        let text = self.page.section("Trade-off")?.replace("**", "");
        let from_there = text.lines().map(str::trim).skip_while(|line| !line.starts_with("The middle way"));
        let lines: Vec<&str> = from_there.take_while(|line| !line.is_empty()).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    }

    /// The group: the folder.
    pub fn group(&self) -> &str {
        self.id.split('/').next().unwrap_or(&self.id)
    }

    /// Its grade in a preset; `None` if it does not belong to it.
    pub fn grade(&self, preset: Preset) -> Option<Grade> {
        self.severity.get(&preset).copied()
    }

    /// The worst severity it can have.
    pub fn worst(&self) -> Option<Severity> {
        let grades = self.definition.severity.values().copied();
        let escalated = self.definition.escalate.iter().map(|escalation| escalation.severity);
        grades.chain(escalated).filter_map(Grade::severity).max()
    }

    /// Parses and binds the conditions, with `overrides` for its options.
    ///
    /// A test that is true for null without naming null is rejected: a rule never fires on an unknown value.
    pub fn conditions(&self, shapes: &dyn soql::Catalog, overrides: &Params) -> Result<Conditions, PageError> {
        let mut params = self.definition.options.clone();
        params.extend(overrides.iter().map(|(name, value)| (name.clone(), value.clone())));
        let rows = self.definition.condition.as_ref();
        let rows = rows.map(|text| self.bind(text, shapes, &params)).transpose()?;
        let escalations = self.definition.escalate.iter();
        let escalations =
            escalations.map(|it| self.bind(&it.condition, shapes, &params)).collect::<Result<_, PageError>>()?;
        let fix = self.definition.fix.as_ref().and_then(|fix| fix.condition.as_ref());
        let fix = fix.map(|text| self.bind(text, shapes, &params)).transpose()?;
        let bound =
            |line: &ExplainedSymptom| line.condition.as_ref().map(|text| self.bind(text, shapes, &params)).transpose();
        let symptoms = self.definition.symptoms.iter().map(bound).collect::<Result<_, PageError>>()?;
        Ok(Conditions { rows, escalations, fix, symptoms })
    }

    /// Rejects a symptom that is not in the table of symptoms.
    pub fn check_symptoms(&self, known: &Symptoms) -> Result<(), PageError> {
        for line in &self.definition.symptoms {
            if known.get(&line.symptom.text).is_none() {
                let message = format!("there is no symptom `{}`", line.symptom.text);
                let hint = format!("the symptoms are {}", known.ids().collect::<Vec<_>>().join(", "));
                return Err(self.page.error(line.symptom.span, message, Some(hint)));
            }
        }
        Ok(())
    }

    /// Rejects a benchmark that is not in the table of benchmarks.
    pub fn check_benchmarks(&self) -> Result<(), PageError> {
        let unknown = self.definition.benchmarks.iter().find(|(id, _)| benchmark(id).is_none());
        let Some((id, controls)) = unknown else { return Ok(()) };
        let span = controls.first().map_or(self.page.fence_span(), |control| control.span);
        let hint = suggestion(id, benchmarks().iter().map(|benchmark| benchmark.id.as_str()));
        Err(self.page.error(span, format!("there is no benchmark `{id}`"), hint))
    }

    fn bind(&self, text: &page::Text, shapes: &dyn soql::Catalog, params: &Params) -> Result<Filter, PageError> {
        let wrong = |error: soql::QueryError| self.page.query_error(text, &error);
        let condition: Condition = soql::parse_condition(&text.text).map_err(wrong)?;
        let empty = soql::Schema::default();
        let schema = shapes.schema(&self.from).unwrap_or(&empty);
        let filter = soql::bind_condition(&condition, schema, shapes, params).map_err(wrong)?;
        match filter.null_hazards().first() {
            Some(hazard) => Err(wrong(hazard.to_error())),
            None => Ok(filter),
        }
    }
}
