//! The folders that limit which files a scanned project can name.
//!
//! A project is untrusted: its configuration, its `.forceignore`, its project file and its folders of rule pages may be
//! links, or be named by `..` and absolute paths. All of them are read through [`Confines`], which resolves links first
//! and then checks where the file is; nothing else in the program decides that. A path that leads out is a [`Refusal`],
//! without any byte of the file. Refuses to know what a file means, and which files the user may name.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The folders that the files of a project must lie in, with links resolved.
#[derive(Clone, Debug, Default)]
pub struct Confines {
    folders: Vec<PathBuf>,
}

/// Why a file is not read.
#[derive(Debug)]
pub enum Refusal {
    /// It does not exist.
    Missing,
    /// It lies outside, or a link on its path leads outside.
    LeadsOut,
    /// It is a folder, a pipe or a device where a file belongs, or a file where a folder does.
    Irregular(&'static str),
    /// It is larger than this limit.
    TooLarge(u64),
    /// The system reports an error.
    Unreadable(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing => out.write_str("cannot be read (no such file)"),
            Refusal::LeadsOut => out.write_str("leads out of the project and is not read"),
            Refusal::Irregular(what) => write!(out, "cannot be read (it {what})"),
            Refusal::TooLarge(most) => write!(out, "is larger than {} MB and was not read", most / 1024 / 1024),
            Refusal::Unreadable(error) => write!(out, "cannot be read ({error})"),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Refusal::Missing } else { Refusal::Unreadable(error) }
    }
}

impl Confines {
    /// The confines of a project at `root`, in a work tree with its top at `top`. Both may be reached through a link,
    /// since the user typed them.
    pub fn of(root: &Path, top: Option<&Path>) -> Self {
        let folders = [Some(root), top].into_iter().flatten();
        // A folder that cannot be resolved contains nothing.
        Self { folders: folders.filter_map(|folder| fs::canonicalize(folder).ok()).collect() }
    }

    /// The path with all links resolved.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let real = fs::canonicalize(path)?;
        if self.folders.iter().any(|folder| real.starts_with(folder)) { Ok(real) } else { Err(Refusal::LeadsOut) }
    }

    /// The bytes of a regular file of at most `most` bytes. Pipes and devices are refused: they could block the run.
    pub fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, Refusal> {
        let real = self.resolve(path)?;
        let metadata = fs::metadata(&real)?;
        if !metadata.is_file() {
            return Err(Refusal::Irregular("is not a regular file"));
        }
        if metadata.len() > most {
            return Err(Refusal::TooLarge(most));
        }
        Ok(fs::read(&real)?)
    }

    /// Whether `path` is a folder.
    pub fn is_folder(&self, path: &Path) -> Result<bool, Refusal> {
        match self.resolve(path) {
            Ok(real) => Ok(real.is_dir()),
            Err(Refusal::Missing) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// The regular files below a folder whose names end in `.suffix`, in order. Links are not followed.
    pub fn files(&self, folder: &Path, suffix: &str) -> Result<Vec<PathBuf>, Refusal> {
        if !self.resolve(folder)?.is_dir() {
            return Err(Refusal::Irregular("is not a folder"));
        }
        files(folder, suffix).map_err(Refusal::Unreadable)
    }
}

/// The regular files below any folder whose names end in `.suffix`, in order, without links.
pub fn files(folder: &Path, suffix: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(io::Error::from)?;
        let has_suffix = entry.path().extension().is_some_and(|extension| extension == suffix);
        if has_suffix && entry.file_type().is_file() {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A work tree `in/` with a project `in/crm`, and `out/` beside it.
    fn folders() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("in/crm/rules/house")).unwrap();
        fs::create_dir_all(folder.path().join("out")).unwrap();
        for file in ["in/shared.toml", "in/crm/own.toml", "in/crm/rules/house/a.md", "out/b.md", "out/secret"] {
            fs::write(folder.path().join(file), file).unwrap();
        }
        folder
    }

    fn outcome(confines: &Confines, path: &Path) -> String {
        match confines.read(path, 100) {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(refusal) => refusal.to_string(),
        }
    }

    const OUT: &str = "leads out of the project and is not read";

    #[test]
    fn what_leads_out_is_refused_however_it_is_named() {
        let folder = folders();
        let (top, crm) = (folder.path().join("in"), folder.path().join("in/crm"));
        symlink(folder.path().join("out/secret"), crm.join("absolute")).unwrap();
        symlink("../../out/secret", crm.join("relative")).unwrap();
        symlink("relative", crm.join("chain")).unwrap();
        symlink("../../out", crm.join("folder")).unwrap();
        symlink("own.toml", crm.join("inside")).unwrap();
        symlink("../shared.toml", crm.join("above")).unwrap();
        symlink("nowhere", crm.join("dangling")).unwrap();
        symlink("loop", crm.join("loop")).unwrap();
        let (project, tree) = (Confines::of(&crm, None), Confines::of(&crm, Some(&top)));
        for path in ["absolute", "relative", "chain", "folder/secret", "../../out/secret", "folder/../secret"] {
            for confines in [&project, &tree] {
                assert!(outcome(confines, &crm.join(path)) != "out/secret", "{path}");
            }
        }
        for path in ["absolute", "relative", "chain", "folder/secret", "../../out/secret"] {
            assert_eq!(outcome(&tree, &crm.join(path)), OUT, "{path}");
        }
        assert_eq!(outcome(&project, &crm.join("above")), OUT);
        assert_eq!(outcome(&tree, &crm.join("above")), "in/shared.toml");
        assert_eq!(outcome(&project, &crm.join("inside")), "in/crm/own.toml");
        assert_eq!(outcome(&project, &crm.join("dangling")), "cannot be read (no such file)");
        assert!(outcome(&project, &crm.join("loop")).starts_with("cannot be read"));
        assert_eq!(outcome(&project, &crm.join("rules")), "cannot be read (it is not a regular file)");
        assert_eq!(outcome(&project, Path::new("/dev/null")), OUT);
        assert!(matches!(project.read(&crm.join("own.toml"), 3), Err(Refusal::TooLarge(3))));
    }

    #[test]
    fn a_project_that_is_itself_reached_through_a_link_is_one() {
        let folder = folders();
        let link = folder.path().join("link");
        symlink("in/crm", &link).unwrap();
        let confines = Confines::of(&link, None);
        assert_eq!(outcome(&confines, &link.join("own.toml")), "in/crm/own.toml");
        assert_eq!(outcome(&confines, &link.join("../shared.toml")), OUT);
        // A folder with a longer name that starts the same.
        fs::create_dir(folder.path().join("in/crm2")).unwrap();
        fs::write(folder.path().join("in/crm2/x"), "x").unwrap();
        assert_eq!(outcome(&confines, &link.join("../crm2/x")), OUT);
    }

    #[test]
    fn folders_of_pages_hold_no_links() {
        let folder = folders();
        let crm = folder.path().join("in/crm");
        symlink("../../../out/b.md", crm.join("rules/b.md")).unwrap();
        symlink("../../../out", crm.join("rules/more")).unwrap();
        symlink("../../out", crm.join("away")).unwrap();
        let confines = Confines::of(&crm, None);
        assert_eq!(confines.files(&crm.join("rules"), "md").unwrap(), [crm.join("rules/house/a.md")]);
        assert!(matches!(confines.files(&crm.join("away"), "md"), Err(Refusal::LeadsOut)));
        assert!(matches!(confines.is_folder(&crm.join("away")), Err(Refusal::LeadsOut)));
        assert!(matches!(confines.is_folder(&crm.join("none")), Ok(false)));
        assert!(matches!(confines.files(&crm.join("own.toml"), "md"), Err(Refusal::Irregular(_))));
    }
}
