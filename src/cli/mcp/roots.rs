//! The folders that a client may have read, and the check that a path is in one of them.
//!
//! Links are resolved before the check. Nothing above a root is read either: a project whose file, settings or repository
//! are above it is read without them, or not at all. Refuses to know what is read.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sessionlint_report::one_line;

/// The longest chain of repositories that borrow objects from each other.
const MAX_BORROWED: usize = 8;

/// The roots of a client.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// Those of the command line.
    typed: Vec<PathBuf>,
    /// Those that the client names.
    client: Option<Vec<PathBuf>>,
    /// The folder of the process, which is the root if there is no other.
    current: Option<PathBuf>,
}

/// A path that may be read.
#[derive(Debug)]
pub(super) struct ConfinedPath {
    /// The path with all links resolved.
    pub(super) path: PathBuf,
    /// The root that contains it.
    pub(super) root: PathBuf,
}

impl ConfinedPath {
    /// The path itself if it is a folder, else its folder.
    pub(super) fn folder(&self) -> &Path {
        let above = || self.path.parent().filter(|folder| folder.starts_with(&self.root));
        if self.path.is_dir() { &self.path } else { above().unwrap_or(&self.root) }
    }
}

impl Roots {
    /// Those of `--root`, which must exist.
    pub(super) fn of(typed: &[PathBuf], current: &Path) -> Result<Self, String> {
        let real = |folder: &PathBuf| match real(&current.join(folder)) {
            Ok(real) if real.is_dir() => Ok(real),
            Ok(_) => Err(format!("--root {}: is not a folder", folder.display())),
            Err(error) => Err(format!("--root {}: {error}", folder.display())),
        };
        let typed = typed.iter().map(real).collect::<Result<_, _>>()?;
        // The top of the disk is the default of programs, not a choice.
        let current = self::real(current).ok().filter(|folder| folder.parent().is_some());
        Ok(Self { typed, client: None, current })
    }

    /// Those of the command line, without those of the client.
    pub(super) fn typed_only(&self) -> Self {
        Self { typed: self.typed.clone(), client: None, current: self.current.clone() }
    }

    /// Sets those of the client that exist.
    pub(super) fn take(&mut self, folders: impl Iterator<Item = PathBuf>) {
        self.client = Some(folders.filter_map(|folder| real(&folder).ok()).collect());
    }

    /// The effective ones: if both sides name some, the parts that are in one of each.
    fn effective(&self) -> Vec<PathBuf> {
        let mut both: Vec<PathBuf> = match &self.client {
            None if self.typed.is_empty() => self.current.iter().cloned().collect(),
            None => self.typed.clone(),
            Some(client) if self.typed.is_empty() => client.clone(),
            Some(client) => {
                let pairs = self.typed.iter().flat_map(|typed| client.iter().map(move |client| (typed, client)));
                let inner = |(typed, client): (&PathBuf, &PathBuf)| {
                    let is_inner = client.starts_with(typed);
                    (is_inner || typed.starts_with(client)).then(|| if is_inner { client } else { typed }.clone())
                };
                pairs.filter_map(inner).collect()
            }
        };
        let mut seen = Vec::new();
        both.retain(|root| {
            !seen.contains(root) && {
                seen.push(root.clone());
                true
            }
        });
        both
    }

    /// The error if there are none.
    fn none(&self) -> String {
        match &self.client {
            Some(client) if !client.is_empty() => "no root of the client lies in a folder of --root".to_owned(),
            Some(_) if self.typed.is_empty() => {
                "the client names no root that is there, so nothing is read; open a folder there, or start \
                 `sessionlint mcp --root DIR` from a client that names none"
                    .to_owned()
            }
            Some(_) => "the client names no root that is there, so nothing is read".to_owned(),
            None => "nobody names a root, so nothing is read; start `sessionlint mcp --root DIR`".to_owned(),
        }
    }

    /// The only root; with several, the request needs a `path`.
    pub(super) fn only(&self) -> Result<ConfinedPath, String> {
        let roots = self.effective();
        match roots.as_slice() {
            [] => Err(self.none()),
            [root] => Ok(ConfinedPath { path: root.clone(), root: root.clone() }),
            many => {
                let names: Vec<String> =
                    many.iter().map(|root| one_line(&root.to_string_lossy()).into_owned()).collect();
                Err(format!(
                    "there are several roots; give one of them, or a project in one, as path: {}",
                    names.join(", ")
                ))
            }
        }
    }

    /// Any root, for a request that needs no project.
    pub(super) fn any(&self) -> Option<ConfinedPath> {
        self.effective().into_iter().next().map(|root| ConfinedPath { path: root.clone(), root })
    }

    /// The path that `typed` leads to, if it is in a root. The error does not show whether a path outside exists.
    pub(super) fn resolve(&self, typed: &str) -> Result<ConfinedPath, String> {
        let roots = self.effective();
        if roots.is_empty() {
            return Err(self.none());
        }
        let shown = one_line(typed);
        if typed.is_empty() || typed.contains('\0') {
            return Err(format!("`{shown}` is no path"));
        }
        let outside = || {
            let names: Vec<String> = roots.iter().map(|root| one_line(&root.to_string_lossy()).into_owned()).collect();
            Err(format!("`{shown}` lies outside the roots and is not read; the roots: {}", names.join(", ")))
        };
        let mut is_missing = false;
        for root in &roots {
            let path = root.join(typed);
            match real(&path) {
                Ok(real) => {
                    if let Some(inside) = holding(&roots, real) {
                        return Ok(inside);
                    }
                }
                Err(_) => is_missing |= is_missing_inside(&path, &roots),
            }
        }
        if is_missing { Err(format!("`{shown}`: no such file or folder in the roots")) } else { outside() }
    }

    /// Whether a root has an entry of that name, wherever it leads.
    pub(super) fn has(&self, typed: &str) -> bool {
        self.effective().iter().any(|root| root.join(typed).symlink_metadata().is_ok())
    }

    /// Checks that the repository around `inside` is in the roots, with all repositories that it borrows objects from.
    pub(super) fn repository(&self, inside: &ConfinedPath) -> Result<(), String> {
        let roots = self.effective();
        let shown = one_line(&inside.path.to_string_lossy()).into_owned();
        let is_inside = |path: &Path| real(path).is_ok_and(|real| holding(&roots, real).is_some());
        let outside = || Err(format!("{shown}: its git repository lies outside the roots and is not read"));
        let mut folders = inside.folder().ancestors().take_while(|folder| folder.starts_with(&inside.root));
        let git = match folders.find_map(|folder| Some(folder.join(".git")).filter(|it| it.symlink_metadata().is_ok()))
        {
            Some(git) => git,
            // A repository without a work tree.
            None if inside.path.join("objects").is_dir() => inside.path.clone(),
            None => {
                return Err(format!(
                    "{shown}: no git repository in the roots holds it; the top of one must be in a root"
                ));
            }
        };
        if !is_inside(&git) {
            return outside();
        }
        let folder = if git.is_dir() { git } else { pointed(&git, "gitdir:").unwrap_or(git) };
        if !is_inside(&folder) {
            return outside();
        }
        let common = pointed(&folder.join("commondir"), "").unwrap_or_else(|| folder.clone());
        if !is_inside(&common) {
            return outside();
        }
        let head = text(&folder.join("HEAD")).unwrap_or_default();
        let is_whole = head.starts_with("ref:") || head.trim().len() >= 40;
        // git skips a folder that is not a repository, and searches above it.
        if !is_whole || !common.join("objects").is_dir() || !common.join("refs").is_dir() {
            return Err(format!("{shown}: {} is no git repository", one_line(&folder.to_string_lossy())));
        }
        let mut stores = vec![common.join("objects")];
        let mut at = 0;
        while let Some(objects) = stores.get(at).cloned() {
            if !is_inside(&objects) || at > MAX_BORROWED {
                return outside();
            }
            let borrowed = text(&objects.join("info/alternates")).unwrap_or_default();
            let lines = borrowed.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            stores.extend(lines.map(|line| objects.join(line)));
            at += 1;
        }
        Ok(())
    }
}

/// The root that contains a resolved path; the outermost if they nest.
fn holding(roots: &[PathBuf], path: PathBuf) -> Option<ConfinedPath> {
    let holding = roots.iter().filter(|root| path.starts_with(root)).min_by_key(|root| root.as_os_str().len())?;
    Some(ConfinedPath { root: holding.clone(), path })
}

/// Whether a path that does not exist would be in a root: its existing part is.
fn is_missing_inside(path: &Path, roots: &[PathBuf]) -> bool {
    let clean = path_clean::clean(path);
    let there = clean.ancestors().find_map(|above| real(above).ok());
    there.is_some_and(|there| roots.iter().any(|root| there.starts_with(root)))
}

/// A path without links.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let real = fs::canonicalize(path)?;
    // Windows marks such paths by a prefix that other programs do not take.
    #[cfg(windows)]
    if let Some(plain) = real.to_str().and_then(|text| text.strip_prefix(r"\\?\"))
        && plain.as_bytes().get(1) == Some(&b':')
    {
        return Ok(PathBuf::from(plain));
    }
    Ok(real)
}

/// The path after `word` in a short file.
fn pointed(file: &Path, word: &str) -> Option<PathBuf> {
    let text = text(file)?;
    let path = text.strip_prefix(word)?.trim();
    Some(file.parent()?.join(path))
}

/// The text of a short file.
fn text(file: &Path) -> Option<String> {
    let mut text = String::new();
    fs::File::open(file).ok()?.take(64 << 10).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// `in/crm/a`, `in/hr`, `out/secret`, and links from `in` to `out`.
    fn folders() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["in/crm/a", "in/hr", "out"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        fs::write(folder.path().join("out/secret"), "x").unwrap();
        symlink("../out", folder.path().join("in/away")).unwrap();
        symlink("../../out/secret", folder.path().join("in/crm/secret")).unwrap();
        folder
    }

    #[test]
    fn a_path_outside_gives_one_error_whether_or_not_it_exists() {
        let folder = folders();
        let base = fs::canonicalize(folder.path()).unwrap();
        let roots = Roots::of(&[base.join("in")], Path::new("/")).unwrap();
        for inside in ["crm", "crm/../hr", ".", "./crm/a/"] {
            assert!(roots.resolve(inside).unwrap().path.starts_with(base.join("in")), "{inside}");
        }
        assert_eq!(roots.resolve(base.join("in/crm").to_str().unwrap()).unwrap().root, base.join("in"));
        let error_of = |path: &str| roots.resolve(path).unwrap_err();
        for outside in ["away", "away/secret", "crm/secret", "../out", "..", "/etc/passwd", "/", "../none", "/none/x"] {
            assert!(error_of(outside).contains("lies outside the roots"), "{outside}: {}", error_of(outside));
        }
        assert!(error_of("none").contains("no such file or folder"));
        assert!(error_of("crm/none/x").contains("no such file or folder"));
        assert!(error_of("away/none").contains("lies outside the roots"), "{}", error_of("away/none"));
        for odd in ["", "a\0b"] {
            assert!(error_of(odd).contains("is no path"));
        }
    }

    #[test]
    fn where_both_sides_name_roots_a_path_lies_in_one_of_each() {
        let folder = folders();
        let base = fs::canonicalize(folder.path()).unwrap();
        let mut roots = Roots::of(&[base.join("in")], Path::new("/")).unwrap();
        roots.take([base.join("in/crm"), base.join("out"), base.join("none")].into_iter());
        assert_eq!(roots.effective(), [base.join("in/crm")]);
        assert!(roots.resolve(base.join("in/hr").to_str().unwrap()).is_err());
        roots.take([base.clone()].into_iter());
        assert_eq!(roots.effective(), [base.join("in")]);
        roots.take(std::iter::empty());
        assert!(roots.only().unwrap_err().contains("names no root"));
        let none = Roots::of(&[], Path::new("/")).unwrap();
        assert!(none.only().unwrap_err().contains("nobody names a root"));
        assert!(Roots::of(&[base.join("none")], Path::new("/")).is_err());
    }

    #[test]
    fn a_repository_lies_in_the_roots_whole() {
        let folder = folders();
        let base = fs::canonicalize(folder.path()).unwrap();
        let roots = |root: &str| Roots::of(&[base.join(root)], Path::new("/")).unwrap();
        let error_of = |root: &str, path: &str| {
            let roots = roots(root);
            roots.repository(&roots.resolve(base.join(path).to_str().unwrap()).unwrap()).err().unwrap_or_default()
        };
        assert!(error_of("in", "in/crm").contains("no git repository"));
        let git = |at: &Path| {
            fs::create_dir_all(at.join("objects/info")).unwrap();
            fs::create_dir_all(at.join("refs")).unwrap();
            fs::write(at.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        };
        git(&base.join("in/.git"));
        assert_eq!(error_of("in", "in/crm/a"), "");
        assert!(error_of("in/crm", "in/crm").contains("no git repository"), "{}", error_of("in/crm", "in/crm"));
        fs::write(base.join("in/.git/objects/info/alternates"), "../../../out\n").unwrap();
        assert!(error_of("in", "in/crm").contains("lies outside"), "{}", error_of("in", "in/crm"));
        fs::remove_file(base.join("in/.git/objects/info/alternates")).unwrap();
        fs::write(base.join("in/crm/.git"), "gitdir: ../../out/git\n").unwrap();
        git(&base.join("out/git"));
        assert!(error_of("in", "in/crm/a").contains("lies outside"), "{}", error_of("in", "in/crm/a"));
        assert_eq!(error_of(".", "in/crm/a"), "");
        fs::remove_file(base.join("in/crm/.git")).unwrap();
        fs::create_dir(base.join("in/crm/.git")).unwrap();
        assert!(error_of("in", "in/crm").contains("is no git repository"), "{}", error_of("in", "in/crm"));
    }
}
