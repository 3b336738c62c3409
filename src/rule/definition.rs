//! The `toml rule` fence: its keys, with the places of what queries and templates come from.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::error::PageError;
use super::page::Page;
use super::{Preset, SYMPTOMS};
use crate::diagnostic::Severity;
use crate::query::{ParamValue, Params};

/// A text of the fence and its literal's place in the page, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The value.
    pub text: String,
    /// Start and end of the literal, quotes included.
    pub span: (usize, usize),
}

/// A severity, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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

/// A condition that changes the severity, and may change the words.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// When.
    pub condition: Text,
    /// To what.
    pub severity: Grade,
    /// In which preset; in every one where it is not said.
    pub preset: Option<Preset>,
    /// Another message.
    pub message: Option<Text>,
    /// Another help.
    pub help: Option<Text>,
}

/// A further place.
#[derive(Clone, Debug)]
pub struct Related {
    /// The column whose text is shown.
    pub mark: Text,
    /// What is there to see.
    pub text: Text,
}

/// What the fence says.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The presets it belongs to, with its grade in each.
    pub severity: BTreeMap<Preset, Grade>,
    /// First match decides.
    pub escalate: Vec<Escalation>,
    /// `high`, `medium`, `low`, or a column.
    pub confidence: Text,
    /// The table.
    pub from: Text,
    /// Which rows.
    pub condition: Option<Text>,
    /// The marked column.
    pub mark: Text,
    /// Further places.
    pub related: Vec<Related>,
    /// The finding's sentence.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// Where in Setup.
    pub setup: Option<Text>,
    /// The symptoms that it explains.
    pub symptoms: Vec<String>,
    /// Rules whose finding in the same place becomes a related place of this one's.
    pub covers: Vec<String>,
    /// One finding per project.
    pub once: bool,
    /// The rule that asks for the contrary.
    pub pulls_against: Option<String>,
    /// Sources.
    pub references: Vec<String>,
    /// Bind variables of the conditions, with their defaults.
    pub options: Params,
}

type RawText = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    severity: BTreeMap<Preset, Grade>,
    #[serde(default)]
    escalate: Vec<RawEscalation>,
    confidence: RawText,
    from: RawText,
    r#where: Option<RawText>,
    mark: RawText,
    #[serde(default)]
    related: Vec<RawRelated>,
    message: RawText,
    help: RawText,
    setup: Option<RawText>,
    #[serde(default)]
    symptoms: Vec<Spanned<String>>,
    #[serde(default)]
    covers: Vec<String>,
    #[serde(default)]
    once: bool,
    pulls_against: Option<String>,
    references: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawEscalation {
    r#where: RawText,
    severity: Grade,
    preset: Option<Preset>,
    message: Option<RawText>,
    help: Option<RawText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRelated {
    mark: RawText,
    text: RawText,
}

impl Definition {
    /// Reads the fence of a page.
    pub fn read(page: &Page) -> Result<Self, PageError> {
        let offset = page.toml.span.0;
        let raw: Raw = toml::from_str(&page.toml.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            // The message's first line says it; the excerpt is ours.
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            page.error((offset + span.start, offset + span.end), message, None)
        })?;
        let text = |raw: RawText| {
            let span = raw.span();
            Text { span: (offset + span.start, offset + span.end), text: raw.into_inner() }
        };
        for symptom in &raw.symptoms {
            if !SYMPTOMS.contains(&symptom.get_ref().as_str()) {
                let span = (offset + symptom.span().start, offset + symptom.span().end);
                let message = format!("there is no symptom `{}`", symptom.get_ref());
                return Err(page.error(span, message, Some(format!("the symptoms are {}", SYMPTOMS.join(", ")))));
            }
        }
        let mut options = Params::new();
        for (name, value) in raw.options {
            let span = (offset + value.span().start, offset + value.span().end);
            let value = param(value.into_inner()).ok_or_else(|| {
                page.error(span, format!("the option `{name}` is no number, text, truth or list of texts"), None)
            })?;
            options.insert(name, value);
        }
        Ok(Self {
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
                })
                .collect(),
            confidence: text(raw.confidence),
            from: text(raw.from),
            condition: raw.r#where.map(text),
            mark: text(raw.mark),
            related: raw
                .related
                .into_iter()
                .map(|related| Related { mark: text(related.mark), text: text(related.text) })
                .collect(),
            message: text(raw.message),
            help: text(raw.help),
            setup: raw.setup.map(text),
            symptoms: raw.symptoms.into_iter().map(Spanned::into_inner).collect(),
            covers: raw.covers,
            once: raw.once,
            pulls_against: raw.pulls_against,
            references: raw.references,
            options,
        })
    }
}

/// The value of an option; `None` for a type that no query can hold.
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
