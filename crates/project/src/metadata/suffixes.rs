//! The file suffixes of other Salesforce metadata, in the layout of the Metadata API: the lines of `suffixes.txt`.
//!
//! They distinguish a Salesforce project without session metadata from any other folder. Suffixes of ordinary files
//! (`app`, `config`, `document`, `md`, `model`, `view`, `xml` ...) are left out: a missing suffix makes a count too
//! small, a wrong one takes any folder for a project. Refuses to know what such a file contains.

use std::sync::LazyLock;

/// Whether `suffix` is one of Salesforce metadata; case is ignored.
pub(super) fn is_known(suffix: &str) -> bool {
    let compare = |known: &&str| known.bytes().cmp(suffix.bytes().map(|byte| byte.to_ascii_lowercase()));
    SUFFIXES.binary_search_by(compare).is_ok()
}

/// In lower case and sorted.
pub(super) static SUFFIXES: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("suffixes.txt").lines().collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_lower_case_and_sorted() {
        assert!(SUFFIXES.iter().all(|suffix| *suffix == suffix.to_ascii_lowercase()));
        assert!(SUFFIXES.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn code_and_layouts_are_known_and_ordinary_files_are_not() {
        for suffix in ["cls", "Trigger", "page", "component", "object", "layout", "flow", "workflowRule", "quickAction"]
        {
            assert!(is_known(suffix), "{suffix}");
        }
        for suffix in [
            "", "app", "css", "csv", "html", "js", "json", "md", "txt", "xml", "yaml", "config", "icon", "policy",
            "rpt", "java", "py", "pem", "key", "form", "model", "snapshot",
        ] {
            assert!(!is_known(suffix), "{suffix}");
        }
    }
}
