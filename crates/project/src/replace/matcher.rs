//! Decides which files an entry applies to, by their paths alone.
//!
//! A pattern that minimatch supports and this module does not is unknown, not false. Refuses to open a file.

use globset::{GlobBuilder, GlobMatcher};

/// Whether an entry applies to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It applies.
    Certain,
    /// It may apply: that depends on where the project lies, or the pattern is not supported.
    Possible,
}

/// The file patterns of an entry.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    filename: Option<String>,
    glob: Glob,
}

#[derive(Clone, Debug)]
enum Glob {
    None,
    Known(GlobMatcher),
    /// A pattern that only minimatch supports.
    Unknown,
}

impl Matcher {
    pub(super) fn new(filename: Option<String>, glob: Option<&str>) -> Self {
        Self { filename, glob: glob.map_or(Glob::None, of_glob) }
    }

    /// Whether the entry applies to the file at `path`, below the root.
    pub(super) fn matches(&self, path: &str) -> Option<Match> {
        let path = format!("/{path}");
        let by_name = self.filename.as_deref().and_then(|name| {
            // `filename` is the end of an absolute path. Whether folders above the root match depends on where the
            // project lies.
            let is_path = || !name.split('/').any(|part| matches!(part, "." | ".."));
            let is_longer = || name.ends_with(path.as_str()) && is_path();
            if path.ends_with(name) { Some(Match::Certain) } else { is_longer().then_some(Match::Possible) }
        });
        let by_glob = || match &self.glob {
            Glob::None => None,
            Glob::Known(glob) => glob.is_match(&path[1..]).then_some(Match::Certain),
            Glob::Unknown => Some(Match::Possible),
        };
        by_name.or_else(by_glob)
    }
}

/// minimatch matches `**/GLOB` with the absolute path.
fn of_glob(glob: &str) -> Glob {
    let is_plain = |text: &str| !text.is_empty() && !text.contains("..");
    let is_understood = glob.split_inclusive('{').enumerate().all(|(index, part)| {
        // Braces must hold alternatives: ranges, and single items, which minimatch takes literally, are not supported.
        index == 0 || part.split_once('}').is_none_or(|(inside, _)| inside.contains(',') && is_plain(inside))
    });
    let has_more = ["@(", "+(", "*(", "?(", "!(", "[:", "\\", "${"].iter().any(|mark| glob.contains(mark));
    if !is_understood || has_more {
        return Glob::Unknown;
    }
    let glob = glob.trim_start_matches('/');
    let built = GlobBuilder::new(&format!("**/{glob}")).literal_separator(true).build();
    built.map_or(Glob::Unknown, |glob| Glob::Known(glob.compile_matcher()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "force-app/main/default/namedCredentials/Erp.namedCredential-meta.xml";

    #[test]
    fn a_name_is_the_end_of_a_path() {
        let matches = |name: &str| Matcher::new(Some(name.to_owned()), None).matches(PATH);
        for name in [PATH, "/namedCredentials/Erp.namedCredential-meta.xml", "p.namedCredential-meta.xml"] {
            assert_eq!(matches(name), Some(Match::Certain), "{name}");
        }
        assert_eq!(matches(&format!("/work/crm/{PATH}")), Some(Match::Possible));
        for name in ["./force-app/main/default/namedCredentials/Erp.namedCredential-meta.xml", "namedCredentials"] {
            assert_eq!(matches(name), None, "{name}");
        }
    }

    #[test]
    fn a_glob_is_compared_anywhere() {
        let matches = |glob: &str| Matcher::new(None, Some(glob)).matches(PATH);
        let sure =
            ["force-app/**", "/force-app/**", "*.xml", "**/*.{settings,namedCredential}-meta.xml", "main/*/*/*", "**"];
        for glob in sure {
            assert_eq!(matches(glob), Some(Match::Certain), "{glob}");
        }
        for glob in ["./force-app/**", "force-app", "force-app/", "force-app/*", "*.Xml", "namedCredentials"] {
            assert_eq!(matches(glob), None, "{glob}");
        }
        for glob in ["**/@(Erp|Crm).*", "**/{1..3}.*", "**/{Erp}*", "**/[[:upper:]]*"] {
            assert_eq!(matches(glob), Some(Match::Possible), "{glob}");
        }
    }
}
