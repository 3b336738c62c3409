//! Ids of removed rules (`rules/retired.toml`): they are still accepted, with a hint.
//!
//! Refuses to know rules: the catalog decides whether a current rule reuses an id.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What became of a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetiredRule {
    /// The successor.
    pub(super) now: Option<String>,
    /// The reason, as a clause.
    why: String,
}

static TEXT: &str = sessionlint_rules::RETIRED;

/// By id. A test proves that the table is valid.
static RETIRED: LazyLock<BTreeMap<String, RetiredRule>> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What became of the rule `id`.
pub(super) fn find(id: &str) -> Option<&'static RetiredRule> {
    RETIRED.get(id)
}

impl RetiredRule {
    /// The hint for `id`.
    pub(super) fn hint(&self, id: &str) -> String {
        match &self.now {
            Some(now) => format!("the rule `{id}` is now `{now}`: {}", self.why),
            None => format!("the rule `{id}` is gone, so it can be left out: {}", self.why),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

    use super::*;
    use crate::rule::Catalog;
    use sessionlint_facts::Shapes;

    #[test]
    fn what_took_over_exists_and_what_is_gone_does_not() {
        let retired: BTreeMap<String, RetiredRule> = toml::from_str(TEXT).unwrap();
        assert!(!retired.is_empty());
        let catalog = Catalog::load(&[] as &[&std::path::Path], &Shapes).unwrap();
        for (id, one) in &retired {
            assert!(catalog.get(id).is_none(), "{id} is a rule");
            assert!(one.now.as_ref().is_none_or(|now| catalog.get(now).is_some()), "{id}");
            assert!(catalog.selector(id).is_ok() && catalog.retired(id).is_some(), "{id}");
        }
    }
}
