//! How to verify a change, for pages without their own text (`rules/verify.toml`): by table, else by group.
//!
//! Refuses to know rules and findings: its sentences are true for everything that its key names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    other: String,
    table: BTreeMap<String, String>,
    group: BTreeMap<String, String>,
}

static TEXT: &str = sessionlint_rules::VERIFY;

/// A test proves that the table is valid.
static DEFAULTS: LazyLock<Defaults> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// The sentence for a rule of `group` over `table`.
pub(super) fn default_of(table: &str, group: &str) -> &'static str {
    let defaults = &*DEFAULTS;
    defaults.table.get(table).or_else(|| defaults.group.get(group)).unwrap_or(&defaults.other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

    use super::*;
    use crate::rule::Catalog;
    use sessionlint_facts::Shapes;
    use sessionlint_soql::Catalog as _;

    #[test]
    fn the_file_can_be_read_and_names_what_exists() {
        let defaults: Defaults = toml::from_str(TEXT).unwrap();
        let catalog = Catalog::load(&[] as &[&std::path::Path], &Shapes).unwrap();
        for table in defaults.table.keys() {
            assert!(Shapes.schema(table).is_some_and(|schema| schema.name == *table), "{table}");
            assert!(catalog.rules().iter().any(|rule| rule.from == *table), "no rule asks {table}");
        }
        for rule in catalog.rules() {
            assert!(defaults.group.contains_key(rule.group()), "{}", rule.group());
        }
        let all = defaults.table.values().chain(defaults.group.values()).chain([&defaults.other]);
        assert!(all.into_iter().all(|text| !text.ends_with('.') && !text.contains('{')));
    }

    #[test]
    fn a_table_goes_before_a_group() {
        assert!(default_of("Certificate", "credential").contains("certificate"));
        assert!(default_of("Credential", "credential").contains("callout"));
        assert!(default_of("Nothing", "house").starts_with("Run sessionlint again"));
    }
}
