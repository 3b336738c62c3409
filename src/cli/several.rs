//! Several projects in one run: the name of each, and the destination of its output.
//!
//! A name is the project's path below the folder of all projects, so it is the same wherever that folder is.
//! Refuses to know the content of an output.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Environment, Exit, Failure, output};
use sessionlint_project::discover;
use sessionlint_report::gate::Gate;

/// The longest name of a file; longer ones are cut.
const MAX_STEM: usize = 100;
/// The name of the page that links to those of the projects.
pub(super) const INDEX: &str = "index";

/// The destination of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination<'a> {
    /// Standard output.
    Standard,
    /// One file.
    File(&'a Path),
    /// A folder, with a file for each project.
    Folder(&'a Path),
}

impl<'a> Destination<'a> {
    /// The destination of `--output`: a folder if it ends with a separator or exists as one.
    pub(super) fn of(output: Option<&'a Path>, environment: &Environment<'_>) -> Self {
        let Some(path) = output else { return Destination::Standard };
        let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
        if ends_open || environment.current.join(path).is_dir() {
            Destination::Folder(path)
        } else {
            Destination::File(path)
        }
    }

    /// The file, if one file is for all.
    pub(super) fn file(self) -> Option<&'a Path> {
        if let Destination::File(file) = self { Some(file) } else { None }
    }
}

/// The name of a project of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProjectName {
    /// Its path below the folder of all projects; empty if it is that folder.
    pub(super) path: String,
    /// The name of its files in a folder, without the extension.
    pub(super) stem: String,
}

impl ProjectName {
    /// Its label.
    pub(super) fn label(&self) -> &str {
        if self.path.is_empty() { "." } else { &self.path }
    }

    /// A file of it in a folder.
    pub(super) fn file(&self, folder: &Path, extension: &str) -> PathBuf {
        folder.join(format!("{}.{extension}", self.stem))
    }
}

/// The names of the projects at `roots`: their paths below `base`, the work tree of all of them, the current folder, or
/// the common part of their paths, the first of these that contains all.
pub(super) fn names<'r>(
    roots: impl IntoIterator<Item = &'r Path>,
    base: Option<&Path>,
    environment: &Environment<'_>,
) -> Vec<ProjectName> {
    let roots: Vec<&Path> = roots.into_iter().collect();
    let holds_all = |folder: &&Path| roots.iter().all(|root| root.starts_with(folder));
    let tops = roots.iter().filter_map(|root| discover::git_top(root));
    let mut candidates = base.into_iter().chain(tops).chain([environment.current.as_path()]);
    let folder = candidates.find(holds_all).map_or_else(|| common_folder(&roots), Path::to_owned);
    let mut named: Vec<ProjectName> = Vec::new();
    for root in roots {
        let path = discover::relative(&folder, root).unwrap_or_else(|| root.display().to_string());
        let own_name =
            root.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut stem = stem(if path.is_empty() { &own_name } else { &path });
        if named.iter().any(|other| other.stem.eq_ignore_ascii_case(&stem)) {
            stem = hashed(&stem, &root.display().to_string());
        }
        named.push(ProjectName { path, stem });
    }
    named
}

/// The deepest folder that contains all of `roots`; for a single one, its parent.
fn common_folder(roots: &[&Path]) -> PathBuf {
    let Some((first, others)) = roots.split_first() else { return PathBuf::new() };
    let mut above = first.ancestors().skip(usize::from(others.is_empty()));
    above.find(|folder| others.iter().all(|root| root.starts_with(folder))).unwrap_or(first).to_owned()
}

/// The name of a file for a path: `packages/crm` as `packages--crm`. A path that could be taken for another one in that
/// form, or contains characters that not every disk accepts, gets a part of its hash.
pub(super) fn stem(path: &str) -> String {
    let is_plain = |part: &str| {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        !part.is_empty()
            && part.bytes().all(is_usual)
            && !part.contains("--")
            && !part.starts_with(['-', '.'])
            && !part.ends_with(['-', '.'])
    };
    let joined = path.split('/').collect::<Vec<_>>().join("--");
    if path.split('/').all(is_plain) && joined.len() <= MAX_STEM && !joined.eq_ignore_ascii_case(INDEX) {
        return joined;
    }
    hashed(&joined, path)
}

/// `text` in usual characters, followed by a part of the hash of `path`.
fn hashed(text: &str, path: &str) -> String {
    let is_usual = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '.' | '_' | '-');
    let usual: String = text.chars().map(|ch| if is_usual(ch) { ch } else { '_' }).take(MAX_STEM).collect();
    let digest = Sha256::digest(path);
    let [a, b, c, d] = [digest[0], digest[1], digest[2], digest[3]];
    format!("{}-{a:02x}{b:02x}{c:02x}{d:02x}", usual.trim_matches(['-', '.']))
}

/// The error for a document that would be about several projects.
pub(super) fn refusal<'r>(roots: impl IntoIterator<Item = &'r Path>, format: &str, option: &str) -> Failure {
    let roots: Vec<String> = roots.into_iter().map(|root| root.display().to_string()).collect();
    Failure::Usage(format!(
        "the paths belong to {} projects, and the format {format} describes one: name one of them ({option} writes a file \
         for each into a folder): {}",
        roots.len(),
        roots.join(", ")
    ))
}

/// The failures of some projects of a run; the others are still read.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<(String, Failure)>);

impl Failures {
    /// Adds the failure of a project.
    pub(super) fn add(&mut self, project: &ProjectName, failure: Failure) {
        self.0.push((project.label().to_owned(), failure));
    }

    /// Reports each failure. Where all `count` projects failed in the same way, it is reported once.
    pub(super) fn write_notices(self, count: usize, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
        let mut failures = self.0;
        let text = |failure: &Failure| failure.clone().message().map(|(text, _)| text);
        let first = failures.first().and_then(|(_, failure)| text(failure));
        if failures.len() == count && failures.iter().all(|(_, failure)| text(failure) == first) {
            return failures.pop().map_or(Ok(Exit::Clean), |(_, failure)| Err(failure));
        }
        let mut exit = Exit::Clean;
        for (project, failure) in failures {
            let Some((text, failure_exit)) = failure.message() else { return Err(Failure::ClosedPipe) };
            environment.project = Some(project);
            environment.error(&text);
            exit = exit.max(failure_exit);
        }
        environment.project = None;
        Ok(exit)
    }
}

/// Calls `write` for a file for each project in a folder.
pub(super) fn write_each(
    environment: &mut Environment<'_>,
    folder: &Path,
    extension: &str,
    may_command: bool,
    projects: &[ProjectName],
    mut write: impl FnMut(&mut Gate<'_>, usize) -> io::Result<()>,
) -> Result<(), Failure> {
    output::folder(environment, folder)?;
    for (index, project) in projects.iter().enumerate() {
        let file = project.file(folder, extension);
        output::write_for(environment, Some(&file), may_command, |out| write(out, index))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn named(roots: &[&str], base: Option<&str>, current: &str) -> Vec<(String, String)> {
        let environment = Environment::without_output(current.into(), jiff::civil::date(2026, 1, 1), Arc::default());
        let named = names(roots.iter().map(Path::new), base.map(Path::new), &environment);
        named.into_iter().map(|it| (it.path, it.stem)).collect()
    }

    fn paths(roots: &[&str], base: Option<&str>, current: &str) -> Vec<String> {
        named(roots, base, current).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn a_project_is_called_by_its_path_below_what_holds_all() {
        assert_eq!(paths(&["/w/a/crm", "/w/b"], None, "/w"), ["a/crm", "b"]);
        assert_eq!(paths(&["/w/a/crm", "/w/b"], Some("/w/a"), "/elsewhere"), ["a/crm", "b"]);
        assert_eq!(paths(&["/w/a/crm", "/w/a/hr"], Some("/w"), "/w/a"), ["a/crm", "a/hr"]);
        assert_eq!(paths(&["/w/a"], None, "/elsewhere"), ["a"]);
        assert_eq!(named(&["/w/a"], None, "/w/a"), [(String::new(), "a".to_owned())]);
    }

    #[test]
    fn no_two_paths_share_a_file() {
        let all = ["a/b", "a--b", "a-/b", "a/-b", "A/é", "A/_", "a b", "..", "x.", "index", "Index", "a/b/c"];
        let stems: Vec<String> = all.iter().map(|path| stem(path).to_lowercase()).collect();
        for (index, one) in stems.iter().enumerate() {
            assert!(!stems[..index].contains(one) && one != "index", "{}: {stems:?}", all[index]);
            assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)), "{one}");
        }
        assert_eq!(stem("packages/crm"), "packages--crm");
        assert_eq!(stem("clients/acme.zip"), "clients--acme.zip");
        assert!(stem(&"x".repeat(500)).len() < 120);
        let twice = named(&["/w/crm", "/w/crm/CRM"], None, "/w/crm");
        assert_eq!(twice[0].1, "crm");
        assert!(twice[1].1.starts_with("CRM-") && twice[1].1.len() > 8, "{twice:?}");
    }
}
