//! Globs of the configuration that match names: the last one that matches decides, and `!` excludes.
//!
//! Skips a text that is not a glob, and refuses to know what the names belong to.

use sessionlint_source::globs::{Glob, Globs};

/// The globs of one key.
pub(super) struct ConfigGlobs {
    globs: Globs,
    includes: Vec<bool>,
}

impl ConfigGlobs {
    /// The globs among `patterns`.
    pub(super) fn of(patterns: &[String]) -> Self {
        let (mut globs, mut includes) = (Vec::new(), Vec::new());
        for pattern in patterns {
            let (does_include, pattern) =
                pattern.strip_prefix('!').map_or((true, pattern.as_str()), |pattern| (false, pattern));
            let Ok(glob) = Glob::new(pattern) else { continue };
            globs.push(glob);
            includes.push(does_include);
        }
        Self { globs: Globs::new(globs), includes }
    }

    /// Whether the globs include or exclude something with these names; `None` where none matches.
    pub(super) fn verdict(&self, names: &[&str]) -> Option<bool> {
        let last = names.iter().flat_map(|name| self.globs.matching_name(name)).max()?;
        self.includes.get(last).copied()
    }
}
