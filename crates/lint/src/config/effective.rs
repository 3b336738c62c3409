//! The effective configuration: the merged value of each key, as written, with its place.
//!
//! Refuses to know defaults, and options from the command line.

use std::ops::Range;

use toml::Spanned;

use super::keys::{IgnoreEntry, IgnoreKeys, Keys};
use super::{Config, Layer};

/// A key that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, with its tables: `rule."group/id".severity`.
    pub key: String,
    /// Whether the value is a list, with the values of all layers.
    pub is_list: bool,
    /// Its value as TOML with its place; for a list, each value.
    pub values: Vec<(String, String)>,
}

/// The place of a key's value, if it is set.
type SpanOf = fn(&Keys) -> Option<Range<usize>>;

impl Config {
    /// The keys that are set, in the order of the documentation.
    pub fn settings(&self) -> Vec<Setting> {
        let mut all: Vec<Setting> = Vec::new();
        let scalars: [(&str, SpanOf); 4] = [
            ("preset", |keys| keys.preset.as_ref().map(Spanned::span)),
            ("fail-on", |keys| keys.fail_on.as_ref().map(Spanned::span)),
            ("preview", |keys| keys.preview.as_ref().map(Spanned::span)),
            ("precedence", |keys| keys.precedence.as_ref().map(Spanned::span)),
        ];
        for (key, span) in scalars {
            let set = self.layers.iter().rev().find_map(|layer| Some(layer.written(span(&layer.keys)?)));
            all.extend(set.map(|value| Setting { key: key.to_owned(), is_list: false, values: vec![value] }));
        }
        let list = |key: &str, of: fn(&Keys) -> &[Spanned<String>]| {
            let values = self.layers.iter().flat_map(|layer| {
                let each = of(&layer.keys).iter();
                each.map(|it| layer.written(it.span())).collect::<Vec<_>>()
            });
            Setting { key: key.to_owned(), is_list: true, values: values.collect() }
        };
        // The last list of rules to run wins.
        let select = self.layers.iter().rev().find(|layer| !layer.keys.select.is_empty());
        all.extend(select.map(|layer| {
            let values = layer.keys.select.iter().map(|it| layer.written(it.span())).collect();
            Setting { key: "select".to_owned(), is_list: true, values }
        }));
        let ignored = self.layers.iter().flat_map(|layer| {
            let place = |span: Range<usize>| layer.written(span).1;
            let entry = move |entry: &Spanned<IgnoreEntry>| match entry.get_ref() {
                IgnoreEntry::Rule(name) => (text(name), place(entry.span())),
                IgnoreEntry::Findings(keys) => (table(keys), place(keys.rule.span())),
            };
            layer.keys.ignore.iter().map(entry).collect::<Vec<_>>()
        });
        all.push(Setting { key: "ignore".to_owned(), is_list: true, values: ignored.collect() });
        all.push(list("rules", |keys| &keys.rules));
        all.push(list("integration.apps", |keys| &keys.integration.apps));
        all.push(list("integration.profiles", |keys| &keys.integration.profiles));
        all.push(list("integration.egress", |keys| &keys.integration.egress));
        all.retain(|setting| !setting.values.is_empty());
        let mut of_rules: Vec<Setting> = Vec::new();
        for layer in &self.layers {
            for (id, keys) in &layer.keys.rule {
                let id = text(id.get_ref());
                let severity = keys.severity.as_ref().map(|it| (format!("rule.{id}.severity"), it.span()));
                let options = keys.options.iter();
                let options = options.map(|(name, it)| (format!("rule.{id}.options.{}", name.get_ref()), it.span()));
                for (key, span) in severity.into_iter().chain(options) {
                    of_rules.retain(|it| it.key != key);
                    of_rules.push(Setting { key, is_list: false, values: vec![layer.written(span)] });
                }
            }
        }
        of_rules.sort_by(|left, right| left.key.cmp(&right.key));
        all.append(&mut of_rules);
        all
    }
}

impl Layer {
    /// A value as written, with its place.
    fn written(&self, span: Range<usize>) -> (String, String) {
        let value = self.file.text.get(span.clone()).unwrap_or_default().to_owned();
        let place = self.file.error(span, "", None);
        // A key from the command line is on one line.
        let is_file = !self.file.shown.starts_with("--");
        let place = if is_file { format!("{}:{}:{}", place.path, place.line, place.column) } else { place.path };
        (value, place)
    }
}

fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// An `[[ignore]]` on one line.
fn table(keys: &IgnoreKeys) -> String {
    let mut parts = vec![format!("rule = {}", text(keys.rule.get_ref()))];
    let more = [("path", &keys.path), ("component", &keys.component)];
    parts.extend(more.iter().filter_map(|(key, it)| Some(format!("{key} = {}", text(it.as_ref()?.get_ref())))));
    parts.push(format!("reason = {}", text(keys.reason.get_ref())));
    parts.extend(keys.until.as_ref().map(|it| format!("until = {}", it.get_ref())));
    format!("{{ {} }}", parts.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_lists_are_joined() {
        let base = "preset = 'all'\nignore = ['login']\n[rule.'oauth/x']\nseverity = 'note'\n\
                    [integration]\napps = ['A']\n";
        let own = "preset = 'security'\n[integration]\napps = [\n  '!B']\n[[ignore]]\nrule = 'oauth'\npath = 'x'\n\
                   reason = 'r'\nuntil = 2027-01-01\n";
        let layers = [("base.toml", base), ("sessionlint.toml", own)]
            .map(|(name, text)| Layer::read(name.to_owned(), text.to_owned()).unwrap());
        let mut config = Config::of(layers.into());
        config.add(Layer::typed("rule.'oauth/x'.severity=off").unwrap());
        let lines: Vec<String> = config
            .settings()
            .into_iter()
            .flat_map(|it| it.values.into_iter().map(move |(value, place)| format!("{} {value} {place}", it.key)))
            .collect();
        assert_eq!(
            lines,
            [
                "preset 'security' sessionlint.toml:1:10",
                "ignore \"login\" base.toml:2:11",
                "ignore { rule = \"oauth\", path = \"x\", reason = \"r\", until = 2027-01-01 } sessionlint.toml:6:8",
                "integration.apps 'A' base.toml:6:9",
                "integration.apps '!B' sessionlint.toml:4:3",
                "rule.\"oauth/x\".severity \"off\" --config rule.'oauth/x'.severity=off",
            ]
        );
    }
}
