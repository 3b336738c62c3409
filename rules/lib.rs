//! The pages and tables of this folder as text, for the program that embeds them.
//!
//! Refuses to know what they mean, except for the [`Keys`] that decide whether a run needs a page at all:
//! `sessionlint-lint` makes rules of the pages. This is a package of its own because a package holds its own files
//! only, and because pages change more often than the code that reads them.

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::DeflateDecoder;

/// An embedded page.
#[derive(Debug)]
pub struct Page {
    /// The id of its rule.
    pub id: &'static str,
    /// Its text up to the examples, which come last.
    pub head: &'static str,
    /// The keys that a run knows before it reads the page.
    pub keys: Keys,
    /// The place of the values of its fence in those of all pages.
    values: (usize, usize),
    /// The place of its examples in those of all pages.
    examples: (usize, usize),
}

/// The keys of a page's fence that decide whether a run needs the rule, as the build found them.
#[derive(Debug)]
pub struct Keys {
    /// The table.
    pub from: &'static str,
    /// Whether its status is `preview`.
    pub is_preview: bool,
    /// Presets, with the grade in each.
    pub severity: &'static [(&'static str, &'static str)],
    /// The rules with opposite advice.
    pub conflicts_with: &'static [&'static str],
    /// The conditions that pick rows and those that change the severity.
    pub conditions: &'static [&'static str],
}

impl Page {
    /// The values of its fence with their places, as the build script lists and describes them.
    pub fn values(&self) -> &'static [u8] {
        const VALUES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/values"));
        VALUES.get(self.values.0..self.values.1).unwrap_or_default()
    }

    /// The rest of its text. The first call inflates the examples of all pages.
    pub fn examples(&self) -> &'static str {
        static EXAMPLES: OnceLock<String> = OnceLock::new();
        let all = EXAMPLES.get_or_init(|| inflated(include_bytes!(concat!(env!("OUT_DIR"), "/examples.deflate"))));
        all.get(self.examples.0..self.examples.1).unwrap_or_default()
    }
}

/// The text of what the build compressed; tests compare it with the files.
fn inflated(deflated: &[u8]) -> String {
    let mut text = String::new();
    let _ = DeflateDecoder::new(deflated).read_to_string(&mut text);
    text
}

/// The public suffix list: a rule a line, those of registries before the line that begins the private domains. The first
/// call inflates it.
pub fn public_suffixes() -> &'static str {
    static SUFFIXES: OnceLock<String> = OnceLock::new();
    SUFFIXES.get_or_init(|| inflated(include_bytes!(concat!(env!("OUT_DIR"), "/public-suffixes.deflate"))))
}

/// Rule pages, by id.
#[allow(clippy::unreadable_literal, reason = "the build script counts bytes")]
pub static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Published lists of controls that pages name.
pub const BENCHMARKS: &str = include_str!("benchmarks.toml");

/// Dated changes of Salesforce.
pub const CALENDAR: &str = include_str!("calendar.toml");

/// The table for reading exports of an org and logs as evidence.
pub const EVIDENCE: &str = include_str!("evidence.toml");

/// Ids of retired rules.
pub const RETIRED: &str = include_str!("retired.toml");

/// Symptoms, the words for them, and the texts of errors.
pub const SYMPTOMS: &str = include_str!("symptoms.toml");

/// How to verify a change, by table and group.
pub const VERIFY: &str = include_str!("verify.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffixes_are_what_their_file_holds() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/public-suffixes.txt")).unwrap();
        assert!(text == public_suffixes());
    }

    #[test]
    fn pages_are_what_their_files_hold() {
        for page in PAGES {
            let file = format!("{}/{}.md", env!("CARGO_MANIFEST_DIR"), page.id);
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text == format!("{}{}", page.head, page.examples()), "{}", page.id);
            assert!(page.examples().starts_with("## Flagged\n"), "{}", page.id);
        }
    }
}
