//! The `toml rule` fence of a page: its keys, with the spans of queries and templates.
//!
//! May assume nothing about the text. Refuses to know what a query or a template means: they are bound later.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::Preset;
use super::error::PageError;
use super::page::{Page, Text};
use super::toml_error::in_our_words;
use crate::diagnostic::{Safety, Severity, Strength};
use sessionlint_soql::{ParamValue, Params};

/// Former names of keys, with the current ones. They are still accepted.
const FORMER_KEYS: &[(&str, &str)] =
    &[("mark", "span"), ("covers", "supersedes"), ("once", "report-once"), ("pulls-against", "conflicts-with")];

/// The required keys, each with its meaning.
const REQUIRED: &[(&str, &str)] = &[
    ("severity", "{ continuity = \"warning\" }, with the presets that it belongs to"),
    ("confidence", "\"high\", \"medium\" or \"low\""),
    ("from", "the table whose rows it looks at"),
    ("span", "the column whose text is marked"),
    ("message", "what is wrong, with {Columns}"),
    ("help", "what to do"),
    ("references", "a list of the documents that it rests on"),
];

/// The required keys that a fence lacks; empty for a text that is not TOML.
fn lacking(fence: &str) -> Vec<(&'static str, &'static str)> {
    let Ok(table) = fence.parse::<toml::Table>() else { return Vec::new() };
    let former = |key: &str| FORMER_KEYS.iter().find(|(_, now)| *now == key).map(|(former, _)| *former);
    let has = |key: &str| table.contains_key(key) || former(key).is_some_and(|former| table.contains_key(former));
    REQUIRED.iter().copied().filter(|(key, _)| !has(key)).collect()
}

/// The error for missing keys, with a hint.
fn lacking_in_words(lacking: &[(&str, &str)]) -> (String, String) {
    let names: Vec<String> = lacking.iter().map(|(key, _)| format!("`{key}`")).collect();
    let message = match names.as_slice() {
        [one] => format!("the key {one} is missing"),
        [first @ .., last] => format!("the keys {} and {last} are missing", first.join(", ")),
        [] => String::new(),
    };
    let lines: Vec<String> = lacking.iter().map(|(key, what)| format!("`{key}` is {what}")).collect();
    (message, lines.join("; "))
}

/// The former names of keys in a fence, with the current ones; empty for a text that is not TOML.
pub(super) fn former_keys(fence: &str) -> Vec<(&'static str, &'static str)> {
    let Ok(table) = fence.parse::<toml::Table>() else { return Vec::new() };
    let related = table.get("related").and_then(toml::Value::as_array).into_iter().flatten();
    let tables: Vec<&toml::Table> = std::iter::once(&table).chain(related.filter_map(toml::Value::as_table)).collect();
    FORMER_KEYS.iter().copied().filter(|(former, _)| tables.iter().any(|it| it.contains_key(*former))).collect()
}

/// The message of the TOML parser; for an unknown key, without the former names of keys among the expected ones.
fn without_former_keys(parser_message: &str) -> String {
    let parser_message = parser_message.lines().next().unwrap_or_default();
    match parser_message.split_once(", expected ") {
        Some((unknown, expected)) if unknown.starts_with("unknown field") => {
            let mut expected = expected.to_owned();
            for (former, _) in FORMER_KEYS {
                expected = expected.replace(&format!("`{former}`, "), "");
            }
            format!("{unknown}, expected {expected}")
        }
        _ => parser_message.to_owned(),
    }
}

/// Parses a word of the fence, such as a grade.
pub(super) fn named<T: for<'de> Deserialize<'de>>(word: &'static str) -> Option<T> {
    T::deserialize(de::value::BorrowedStrDeserializer::<de::value::Error>::new(word)).ok()
}

/// A severity, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// No finding.
    Off,
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

impl Grade {
    /// The severity; `None` for `off`.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Grade::Off => None,
            Grade::Note => Some(Severity::Note),
            Grade::Warning => Some(Severity::Warning),
            Grade::Error => Some(Severity::Error),
        }
    }
}

/// The stability of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It changes only as `docs/versioning.md` allows.
    #[default]
    Stable,
    /// It may change or disappear in any version, and runs only on request.
    Preview,
}

/// A condition that changes the severity, and optionally the wording.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// The condition.
    pub condition: Text,
    /// The new severity.
    pub severity: Grade,
    /// The preset; `None` for every preset.
    pub preset: Option<Preset>,
    /// Another message.
    pub message: Option<Text>,
    /// Another help.
    pub help: Option<Text>,
    /// The cost of that help, where it is not the one of the page's trade-off.
    pub cost: Option<Text>,
}

/// A symptom that findings of the page explain.
#[derive(Clone, Debug)]
pub struct ExplainedSymptom {
    /// Id of the symptom.
    pub symptom: Text,
    /// The strength of the explanation.
    pub strength: Strength,
    /// The condition on findings; `None` for all.
    pub condition: Option<Text>,
}

/// A further place.
#[derive(Clone, Debug)]
pub struct RelatedPlace {
    /// The column whose place is shown.
    pub mark: Text,
    /// The description of the place.
    pub text: Text,
}

/// A text, or one for each metadata type of the edited file.
#[derive(Clone, Debug)]
pub enum PerType {
    /// The same for every type.
    Any(Text),
    /// By name of the type; a type without one has none.
    Each(BTreeMap<String, Text>),
}

/// An element that a fix sets.
#[derive(Clone, Debug)]
pub struct Write {
    /// The column whose text changes.
    pub column: Text,
    /// The new value.
    pub to: PerType,
    /// The element's path below the file's root, for a column that is not itself an element: where a missing element is
    /// added.
    pub element: Option<PerType>,
    /// Whether the whole fix is dropped if this is not possible.
    pub is_needed: bool,
}

/// The fix of a finding.
#[derive(Clone, Debug)]
pub struct FixDefinition {
    /// The condition on findings with the fix; `None` for all.
    pub condition: Option<Text>,
    /// Elements to set.
    pub writes: Vec<Write>,
    /// Columns whose elements are removed.
    pub remove: Vec<Text>,
    /// Its safety.
    pub safety: Safety,
    /// The protection that it weakens.
    pub loosens: Option<Text>,
    /// The title, if element and value are not enough.
    pub title: Option<Text>,
    /// Whether it becomes a step of a plan; not if the help has a first step or a better way.
    pub is_step: bool,
}

/// The content of the fence.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// The version that added the rule; optional in pages of users.
    pub since: Option<String>,
    /// Its stability.
    pub status: Status,
    /// The presets it belongs to, with its grade in each.
    pub severity: BTreeMap<Preset, Grade>,
    /// Escalations: the first match decides.
    pub escalate: Vec<Escalation>,
    /// `high`, `medium`, `low`, or a column.
    pub confidence: Text,
    /// The table.
    pub from: Text,
    /// The condition on rows.
    pub condition: Option<Text>,
    /// The marked column.
    pub mark: Text,
    /// Further places.
    pub related: Vec<RelatedPlace>,
    /// The finding's sentence.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// The page of Setup.
    pub setup: Option<Text>,
    /// The symptoms that it explains; for each, the first line whose condition is true counts.
    pub symptoms: Vec<ExplainedSymptom>,
    /// Rules whose finding in the same place becomes a related place of this rule's finding.
    pub supersedes: Vec<String>,
    /// Whether its help is a task, which may be among the first actions of a report.
    pub action: bool,
    /// Whether it reports once per project.
    pub report_once: bool,
    /// The columns that name the fault: rows with equal values are one finding.
    pub one_per: Vec<Text>,
    /// The columns that name what several findings repeat: those with equal values are shown as one.
    pub shown_once_per: Vec<Text>,
    /// The rules with opposite advice.
    pub conflicts_with: Vec<String>,
    /// Controls that require what the page finds missing, by the short name of their benchmark.
    pub benchmarks: BTreeMap<String, Vec<Text>>,
    /// Sources.
    pub references: Vec<String>,
    /// The fix.
    pub fix: Option<FixDefinition>,
    /// How to verify a change.
    pub verify: Option<Text>,
    /// Bind variables of the conditions, with their defaults.
    pub options: Params,
}

type RawText = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    since: Option<RawText>,
    #[serde(default)]
    status: Status,
    severity: BTreeMap<Preset, Grade>,
    #[serde(default)]
    escalate: Vec<RawEscalation>,
    confidence: RawText,
    from: RawText,
    r#where: Option<RawText>,
    #[serde(alias = "mark")]
    span: RawText,
    #[serde(default)]
    related: Vec<RawRelated>,
    message: RawText,
    help: RawText,
    setup: Option<RawText>,
    #[serde(default)]
    symptoms: RawSymptoms,
    #[serde(default, alias = "covers")]
    supersedes: Vec<String>,
    action: Option<bool>,
    #[serde(default, alias = "once")]
    report_once: bool,
    #[serde(default)]
    one_per: Vec<RawText>,
    #[serde(default)]
    shown_once_per: Vec<RawText>,
    #[serde(default, alias = "pulls-against")]
    conflicts_with: Names,
    #[serde(default)]
    benchmarks: BTreeMap<String, Vec<RawText>>,
    references: Vec<String>,
    fix: Option<Spanned<RawFix>>,
    verify: Option<RawText>,
    #[serde(default)]
    options: BTreeMap<String, Spanned<toml::Value>>,
}

/// A name, or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected the id of a rule or a list of ids")]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Names::Several(Vec::new())
    }
}

impl Names {
    fn into_list(self) -> Vec<String> {
        match self {
            Names::One(name) => vec![name],
            Names::Several(names) => names,
        }
    }
}

/// Symptoms in one of three forms: a list of ids, a table of strengths by id, a list of tables.
#[derive(Default)]
struct RawSymptoms(Vec<RawExplainedSymptom>);

struct RawExplainedSymptom {
    id: RawText,
    strength: Strength,
    r#where: Option<RawText>,
}

impl<'de> Deserialize<'de> for RawSymptoms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SymptomsVisitor;

        impl<'de> Visitor<'de> for SymptomsVisitor {
            type Value = RawSymptoms;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("a list of symptoms, or a table that gives each its strength")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = list.next_element::<Spanned<RawSymptom>>()? {
                    let span = item.span();
                    all.push(match item.into_inner() {
                        RawSymptom::Id(id) => {
                            RawExplainedSymptom { id: Spanned::new(span, id), strength: Strength::May, r#where: None }
                        }
                        RawSymptom::Line(line) => {
                            RawExplainedSymptom { id: line.id, strength: line.strength, r#where: line.r#where }
                        }
                    });
                }
                Ok(RawSymptoms(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((id, strength)) = table.next_entry::<RawText, Strength>()? {
                    all.push(RawExplainedSymptom { id, strength, r#where: None });
                }
                Ok(RawSymptoms(all))
            }
        }

        deserializer.deserialize_any(SymptomsVisitor)
    }
}

/// An item of a list of symptoms.
enum RawSymptom {
    Id(String),
    Line(RawSymptomLine),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSymptomLine {
    id: RawText,
    #[serde(default = "may")]
    strength: Strength,
    r#where: Option<RawText>,
}

fn may() -> Strength {
    Strength::May
}

impl<'de> Deserialize<'de> for RawSymptom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SymptomVisitor;

        impl<'de> Visitor<'de> for SymptomVisitor {
            type Value = RawSymptom;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("the id of a symptom, or a table with `id`, `strength` and `where`")
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Self::Value, E> {
                Ok(RawSymptom::Id(id.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
                RawSymptomLine::deserialize(de::value::MapAccessDeserializer::new(table)).map(RawSymptom::Line)
            }
        }

        deserializer.deserialize_any(SymptomVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFix {
    r#where: Option<RawText>,
    set: Option<RawText>,
    to: Option<RawPerType>,
    element: Option<RawPerType>,
    #[serde(default)]
    also: Vec<RawWrite>,
    #[serde(default)]
    remove: Vec<RawText>,
    safety: Safety,
    loosens: Option<RawText>,
    title: Option<RawText>,
    #[serde(default = "yes")]
    step: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWrite {
    set: RawText,
    to: RawPerType,
    element: Option<RawPerType>,
}

/// A text, or a table of texts by metadata type. The form is determined after parsing, since serde loses spans in
/// enums.
type RawPerType = Spanned<toml::Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawEscalation {
    r#where: RawText,
    severity: Grade,
    preset: Option<Preset>,
    message: Option<RawText>,
    help: Option<RawText>,
    cost: Option<RawText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRelated {
    #[serde(alias = "mark")]
    span: RawText,
    text: RawText,
}

impl Definition {
    /// Reads the fence of a page.
    pub fn read(page: &Page) -> Result<Self, PageError> {
        let fence = Fence { page, offset: page.fence_span().0 };
        let raw = fence.raw()?;
        let text = |raw: RawText| fence.text(raw);
        let since = raw.since.map(text);
        if let Some(since) = since.as_ref().filter(|since| !is_version(&since.text)) {
            let hint = Some("write a version such as \"0.2.0\"".to_owned());
            return Err(page.error(since.span, "this is not a version", hint));
        }
        let symptoms = fence.symptoms(raw.symptoms.0)?;
        let options = fence.options(raw.options)?;
        Ok(Self {
            since: since.map(|since| since.text),
            status: raw.status,
            severity: raw.severity,
            escalate: raw
                .escalate
                .into_iter()
                .map(|escalation| Escalation {
                    condition: text(escalation.r#where),
                    severity: escalation.severity,
                    preset: escalation.preset,
                    message: escalation.message.map(text),
                    help: escalation.help.map(text),
                    cost: escalation.cost.map(text),
                })
                .collect(),
            confidence: text(raw.confidence),
            from: text(raw.from),
            condition: raw.r#where.map(text),
            mark: text(raw.span),
            related: raw
                .related
                .into_iter()
                .map(|related| RelatedPlace { mark: text(related.span), text: text(related.text) })
                .collect(),
            message: text(raw.message),
            help: text(raw.help),
            setup: raw.setup.map(text),
            symptoms,
            supersedes: raw.supersedes,
            action: raw.action.unwrap_or(true),
            report_once: raw.report_once,
            one_per: raw.one_per.into_iter().map(text).collect(),
            shown_once_per: raw.shown_once_per.into_iter().map(text).collect(),
            conflicts_with: raw.conflicts_with.into_list(),
            benchmarks: raw
                .benchmarks
                .into_iter()
                .map(|(id, controls)| (id, controls.into_iter().map(text).collect()))
                .collect(),
            references: raw.references,
            fix: raw.fix.map(|fix| fence.fix(fix)).transpose()?,
            verify: raw.verify.map(text),
            options,
        })
    }

    /// The ids of the symptoms that it explains, each once.
    pub fn symptom_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for line in &self.symptoms {
            if !ids.contains(&line.symptom.text) {
                ids.push(line.symptom.text.clone());
            }
        }
        ids
    }
}

/// The fence of a page, whose values are read with their places in the page.
struct Fence<'p> {
    page: &'p Page,
    /// The offset of its text in the page.
    offset: usize,
}

impl Fence<'_> {
    fn raw(&self) -> Result<Raw, PageError> {
        let read = match self.page.fence() {
            Some(table) => Raw::deserialize(toml::Deserializer::from(table)),
            None => toml::from_str(self.page.toml()),
        };
        read.map_err(|error: toml::de::Error| {
            let lacking = lacking(self.page.toml());
            if error.message().starts_with("missing field") && !lacking.is_empty() {
                let (message, hint) = lacking_in_words(&lacking);
                return self.page.error((self.offset, self.offset), message, Some(hint));
            }
            let span = self.span(error.span().unwrap_or(0..0));
            let (message, hint) = in_our_words(&without_former_keys(error.message()));
            self.page.error(span, message, hint)
        })
    }

    /// The span in the page of one in the fence.
    fn span(&self, span: Range<usize>) -> (usize, usize) {
        (self.offset + span.start, self.offset + span.end)
    }

    fn text(&self, raw: RawText) -> Text {
        Text { span: self.span(raw.span()), text: raw.into_inner() }
    }

    /// The symptoms that a finding explains.
    fn symptoms(&self, lines: Vec<RawExplainedSymptom>) -> Result<Vec<ExplainedSymptom>, PageError> {
        let mut symptoms: Vec<ExplainedSymptom> = Vec::new();
        for raw in lines {
            let symptom = self.text(raw.id);
            let same = |known: &ExplainedSymptom| known.symptom.text == symptom.text && known.condition.is_none();
            if symptoms.iter().any(same) {
                let message = format!("`{}` stands above without `where`, so this line never counts", symptom.text);
                return Err(self.page.error(symptom.span, message, None));
            }
            let condition = raw.r#where.map(|raw| self.text(raw));
            symptoms.push(ExplainedSymptom { symptom, strength: raw.strength, condition });
        }
        Ok(symptoms)
    }

    /// The options with their values.
    fn options(&self, raw: BTreeMap<String, Spanned<toml::Value>>) -> Result<Params, PageError> {
        let mut options = Params::new();
        for (name, value) in raw {
            let span = self.span(value.span());
            let value = param(value.into_inner()).ok_or_else(|| {
                let text = format!("the option `{name}` is not a number, text, truth value or list of texts");
                self.page.error(span, text, None)
            })?;
            options.insert(name, value);
        }
        Ok(options)
    }

    /// How to fix a finding.
    fn fix(&self, raw: Spanned<RawFix>) -> Result<FixDefinition, PageError> {
        let whole = self.span(raw.span());
        let wrong = |message: &str| Err(self.page.error(whole, message, None));
        let raw = raw.into_inner();
        let text = |raw: RawText| self.text(raw);
        let per_type = |raw: RawPerType| self.per_type(raw);
        let mut writes = Vec::new();
        match (raw.set, raw.to) {
            (Some(set), Some(to)) => {
                let element = raw.element.map(per_type).transpose()?;
                writes.push(Write { column: text(set), to: per_type(to)?, element, is_needed: true });
            }
            (None, None) if raw.element.is_none() => {}
            _ => return wrong("`set` names the column, `to` its new value: each needs the other"),
        }
        for also in raw.also {
            let element = also.element.map(per_type).transpose()?;
            writes.push(Write { column: text(also.set), to: per_type(also.to)?, element, is_needed: false });
        }
        if writes.is_empty() && raw.remove.is_empty() {
            return wrong("a fix sets or removes something");
        }
        if (raw.safety == Safety::Unsafe) != raw.loosens.is_some() {
            return wrong("`loosens` says which protection an unsafe fix loosens, and no other fix has it");
        }
        Ok(FixDefinition {
            condition: raw.r#where.map(text),
            writes,
            remove: raw.remove.into_iter().map(text).collect(),
            safety: raw.safety,
            loosens: raw.loosens.map(text),
            title: raw.title.map(text),
            is_step: raw.step,
        })
    }

    /// A text, or one for each type.
    fn per_type(&self, raw: RawPerType) -> Result<PerType, PageError> {
        let span = self.span(raw.span());
        let wrong = || self.page.error(span, "this is a text, or a table of texts by metadata type", None);
        let text = |value: toml::Value| match value {
            toml::Value::String(text) => Ok(Text { text, span }),
            _ => Err(wrong()),
        };
        match raw.into_inner() {
            toml::Value::Table(table) => {
                let each = table.into_iter().map(|(ty, value)| Ok((ty, text(value)?)));
                Ok(PerType::Each(each.collect::<Result<_, PageError>>()?))
            }
            one => text(one).map(PerType::Any),
        }
    }
}

/// Whether a text is `MAJOR.MINOR.PATCH`.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(is_number)
}

/// The value of an option; `None` for a type that queries do not have.
pub fn param(value: toml::Value) -> Option<ParamValue> {
    match value {
        toml::Value::Integer(number) => Some(ParamValue::Int(number)),
        toml::Value::String(text) => Some(ParamValue::Text(text)),
        toml::Value::Boolean(truth) => Some(ParamValue::Bool(truth)),
        toml::Value::Array(list) => {
            let texts = list.into_iter().map(|item| match item {
                toml::Value::String(text) => Some(text),
                _ => None,
            });
            texts.collect::<Option<Vec<_>>>().map(ParamValue::Texts)
        }
        _ => None,
    }
}
