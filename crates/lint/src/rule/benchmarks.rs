//! Benchmarks: published lists of controls, which pages name in their key `benchmarks`.
//!
//! The table is `rules/benchmarks.toml`. Refuses to know what a control demands: ids and short names only.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Catalog, Rule};

/// The table.
const EMBEDDED: &str = sessionlint_rules::BENCHMARKS;

/// A published list of controls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Its short name, used in pages and by `rules list --benchmark`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The version of the copy; `None` if it has no versions.
    pub version: Option<String>,
    /// The address of its publication.
    pub source: String,
    /// A remark on the copy.
    pub note: String,
    /// The controls that pages name, with their short names or grades.
    pub controls: BTreeMap<String, String>,
}

/// A control that a page names.
#[derive(Clone, Copy, Debug)]
pub struct Control<'r> {
    /// Its benchmark.
    pub benchmark: &'static Benchmark,
    /// Its id, or its name in a benchmark without ids.
    pub id: &'r str,
    /// Its short name or grade, if the table has one.
    pub name: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    benchmark: Vec<Benchmark>,
}

fn read(text: &str) -> Result<Vec<Benchmark>, String> {
    toml::from_str(text).map(|raw: Raw| raw.benchmark).map_err(|error| error.to_string())
}

/// All benchmarks, in the order of the table. A test proves that the table is valid.
pub fn benchmarks() -> &'static [Benchmark] {
    static TABLE: OnceLock<Vec<Benchmark>> = OnceLock::new();
    TABLE.get_or_init(|| read(EMBEDDED).unwrap_or_default())
}

/// The benchmark with a short name, in any case.
pub fn benchmark(id: &str) -> Option<&'static Benchmark> {
    benchmarks().iter().find(|benchmark| benchmark.id.eq_ignore_ascii_case(id))
}

impl Rule {
    /// The controls that the page names, grouped by benchmark.
    pub fn controls(&self) -> impl Iterator<Item = Control<'_>> {
        self.definition.benchmarks.iter().flat_map(|(id, controls)| {
            let benchmark = benchmark(id);
            controls.iter().filter_map(move |control| {
                let benchmark = benchmark?;
                let name = benchmark.controls.get(&control.text).map(String::as_str);
                Some(Control { benchmark, id: &control.text, name })
            })
        })
    }
}

/// All benchmarks with the pages that name their controls, as the Markdown of `docs/benchmarks.md`.
pub fn benchmarks_overview(catalog: &Catalog) -> String {
    let mut text = String::new();
    for benchmark in benchmarks() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "## {} (`{}`)\n", benchmark.name, benchmark.id);
        let _ = writeln!(text, "<{}>\n\n{}\n", benchmark.source, benchmark.note);
        let _ = writeln!(text, "| control | | rules |\n|---|---|---|");
        for (id, name) in &benchmark.controls {
            let is_it = |control: Control<'_>| control.benchmark.id == benchmark.id && control.id == id;
            let rules = catalog.rules().iter().filter(|rule| rule.controls().any(is_it));
            let links: Vec<String> = rules.map(|rule| format!("[{0}](../rules/{0}.md)", rule.id)).collect();
            let _ = writeln!(text, "| {id} | {name} | {} |", links.join(", "));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let table = read(EMBEDDED).unwrap();
        assert!(table.len() >= 2);
        for benchmark in &table {
            assert!(!benchmark.id.contains(' ') && !benchmark.controls.is_empty(), "{}", benchmark.id);
        }
        assert!(benchmark("sbs").is_some() && benchmark("SBT").is_none());
    }
}
