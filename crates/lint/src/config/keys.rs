//! The keys of `sessionlint.toml`, as serde reads them and as the JSON Schema describes them.
//!
//! Editors show the doc comments here. Refuses to know what a value means: it knows shapes only.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::rule::{Grade, Preset};
use sessionlint_project::metadata::Precedence;

/// A view of a project: a set of rules with severities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PresetChoice {
    /// Sessions and integrations keep working
    #[default]
    Continuity,
    /// Salesforce's hardening advice and Health Check
    Security,
    /// Both
    All,
}

impl PresetChoice {
    /// The presets that it stands for.
    pub fn presets(self) -> Vec<Preset> {
        match self {
            PresetChoice::Continuity => vec![Preset::Continuity],
            PresetChoice::Security => vec![Preset::Security],
            PresetChoice::All => Preset::ALL.to_vec(),
        }
    }
}

/// The least severity that makes a run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it, and a doc comment here becomes a line of --help")]
pub enum FailOn {
    Error,
    #[default]
    Warning,
    Note,
    Never,
}

impl FailOn {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            FailOn::Error => "error",
            FailOn::Warning => "warning",
            FailOn::Note => "note",
            FailOn::Never => "never",
        }
    }
}

/// Configuration of sessionlint, for one project or for several below one folder.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, schemars(title = "sessionlint.toml"))]
pub(super) struct Keys {
    /// Configuration files that this one extends, relative to it: its own values win, lists are joined.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<Extends>"))]
    pub(super) extends: Option<Spanned<Extends>>,
    /// Which rules run: `continuity` keeps sessions and integrations alive, `security` is Salesforce's hardening
    /// advice, `all` is both. `--preset` wins.
    #[cfg_attr(test, schemars(with = "Option<PresetChoice>"))]
    pub(super) preset: Option<Spanned<PresetChoice>>,
    /// The least severity that makes `check` exit with 1. `--fail-on` wins.
    #[cfg_attr(test, schemars(with = "Option<FailOn>"))]
    pub(super) fail_on: Option<Spanned<FailOn>>,
    /// Whether preview rules run too, which may change in any version. `--preview` does the same.
    #[cfg_attr(test, schemars(with = "Option<bool>"))]
    pub(super) preview: Option<Spanned<bool>>,
    /// Which level decides where session timeouts disagree: `documented` is app, else profile, else org; `shortest` is
    /// the shortest of them.
    #[cfg_attr(test, schemars(with = "Option<PrecedenceSchema>"))]
    pub(super) precedence: Option<Spanned<Precedence>>,
    /// Only these rules or groups run, whatever the preset. `--select` replaces this list and `ignore`'s names.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) select: Vec<Spanned<String>>,
    /// What to ignore: a rule or group by name does not run at all, a table ignores single findings of it.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<IgnoreEntry>"))]
    pub(super) ignore: Vec<Spanned<IgnoreEntry>>,
    /// Folders of rule pages of your own, relative to this file.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) rules: Vec<Spanned<String>>,
    /// Facts about integrations that no file of a project contains.
    #[serde(default)]
    pub(super) integration: IntegrationKeys,
    /// Severity and options of single rules, by id: `[rule."group/id"]`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, RuleKeys>"))]
    pub(super) rule: BTreeMap<Spanned<String>, RuleKeys>,
}

/// The value of `extends`: a file, or several.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub(super) enum Extends {
    /// A file.
    One(String),
    /// Several: the later wins where two set the same key.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    Several(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Extends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtendsVisitor;
        impl<'de> Visitor<'de> for ExtendsVisitor {
            type Value = Extends;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the path of a file, or a list of paths")
            }

            fn visit_str<E: Error>(self, path: &str) -> Result<Extends, E> {
                Ok(Extends::One(path.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Extends, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Extends::Several)
            }
        }
        deserializer.deserialize_any(ExtendsVisitor)
    }
}

/// Facts about integrations that no file of a project contains.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct IntegrationKeys {
    /// Globs over label or fullName of apps that are integrations; `!` excludes. The last that matches decides.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) apps: Vec<Spanned<String>>,
    /// Globs over the names of profiles that only integrations use; `!` excludes. The last that matches decides.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) profiles: Vec<Spanned<String>>,
    /// Where integrations call from: addresses, networks (`203.0.113.0/24`), ranges (`203.0.113.4-203.0.113.9`), or
    /// `rotating`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) egress: Vec<Spanned<String>>,
}

/// Severity and options of one rule.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleKeys {
    /// The severity of every finding of the rule, in every preset; `off` does not run it.
    #[cfg_attr(test, schemars(with = "Option<Grade>"))]
    pub(super) severity: Option<Spanned<Grade>>,
    /// Values of the rule's options.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub(super) options: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
}

/// Findings to ignore, and why.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, schemars(extend("anyOf" = [{ "required": ["path"] }, { "required": ["component"] }])))]
pub(super) struct IgnoreKeys {
    /// The rule or group.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) rule: Spanned<String>,
    /// A glob over paths below the project's root; `*` stays in a folder, `**` does not; a folder means all below it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) path: Option<Spanned<String>>,
    /// A glob over `Type:Name` of the component, in any case of letters.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) component: Option<Spanned<String>>,
    /// Why the findings are right as they are.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub(super) reason: Spanned<String>,
    /// The last day on which the entry is in force.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date")))]
    pub(super) until: Option<Spanned<toml::Value>>,
}

/// An entry of `ignore`: `ignore = ["group/id"]`, or `[[ignore]]`.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub(super) enum IgnoreEntry {
    /// A rule or group that does not run.
    Rule(String),
    /// Findings to ignore.
    Findings(Box<IgnoreKeys>),
}

impl<'de> Deserialize<'de> for IgnoreEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IgnoreEntryVisitor;
        impl<'de> Visitor<'de> for IgnoreEntryVisitor {
            type Value = IgnoreEntry;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a rule or group, or a table with `rule`, `path` or `component`, and `reason`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<IgnoreEntry, E> {
                Ok(IgnoreEntry::Rule(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<IgnoreEntry, A::Error> {
                IgnoreKeys::deserialize(MapAccessDeserializer::new(map))
                    .map(|keys| IgnoreEntry::Findings(Box::new(keys)))
            }
        }
        deserializer.deserialize_any(IgnoreEntryVisitor)
    }
}

// The keys use a type of a crate without JSON Schema; a test compares the words.
/// Which level of the session hierarchy decides where two disagree.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Precedence", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum PrecedenceSchema {
    /// Salesforce's documentation: app, else profile, else org.
    Documented,
    /// The fix guide: the shortest wins.
    Shortest,
}
