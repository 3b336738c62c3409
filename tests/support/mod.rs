//! A project on disk and a run of the program on it.
//!
//! Every project is in a temporary folder of its own. Nothing here knows what the program should answer.

#[allow(dead_code, reason = "benches and the generator of orgs use the rest")]
pub(crate) mod apex;
pub(crate) mod generated;
pub(crate) mod trials;
#[path = "../../crates/project/src/vfs/archive/tests/zip.rs"]
pub(crate) mod zip;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sessionlint::facts::{Facts, Views};
use sessionlint::soql::{self, Tables as _};
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_sessionlint");

/// A project file that names `force-app`.
pub(crate) const SFDX: (&str, &str) = ("sfdx-project.json", r#"{"packageDirectories": [{"path": "force-app"}]}"#);

/// A project in a temporary folder, which is gone with it.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A project of these files, written in this order.
    pub(crate) fn of<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Self {
        let project = Self { folder: TempDir::new().unwrap() };
        for (path, bytes) in files {
            project.put(path, bytes);
        }
        project
    }

    /// A project whose one package directory is `force-app`.
    pub(crate) fn sfdx<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Self {
        let project = Self::of(&[SFDX]);
        for (path, bytes) in files {
            project.put(path, bytes);
        }
        project
    }

    /// Adds or replaces a file.
    pub(crate) fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Where the project is.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Where a path below the project is.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs the program in the project's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.folder.path(), arguments)
    }

    /// `check ARGUMENTS... --format json`.
    pub(crate) fn check(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["check", "--format", "json"], arguments].concat())
    }

    /// The rows of a query over the whole project, which must succeed.
    pub(crate) fn rows(&self, soql: &str) -> Vec<Value> {
        let ran = self.run(&["query", soql, "--format", "json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json().as_array().unwrap().clone()
    }

    /// One column of a query over the whole project.
    pub(crate) fn column(&self, soql: &str) -> Vec<Value> {
        let first = |row: Value| row.as_object().unwrap().values().next().unwrap().clone();
        self.rows(soql).into_iter().map(first).collect()
    }
}

/// All files below a folder, by their path in it, with their bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(below, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The cells of `columns` of every row of `table`, as texts.
pub(crate) fn cells<'c>(
    project: &sessionlint::metadata::Project,
    table: &str,
    columns: impl IntoIterator<Item = &'c str>,
) -> Vec<Vec<String>> {
    let facts = Facts::of(project);
    let views = Views::new(&facts);
    let table = views.table(table).unwrap();
    let indices: Vec<usize> = columns.into_iter().map(|name| table.schema.column(name).unwrap()).collect();
    let word = |value: &soql::Value<'_>| match value {
        soql::Value::Null => "null".to_owned(),
        soql::Value::Bool(truth) => truth.to_string(),
        soql::Value::Int(number) => number.to_string(),
        soql::Value::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    table.rows.iter().map(|row| indices.iter().map(|index| word(&row.cells[*index].value)).collect()).collect()
}

/// The Rust files below a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let is_rust = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "rs");
    files(folder).into_keys().filter(is_rust).map(|path| folder.join(path)).collect()
}

/// A copy of a folder in a temporary one, which may be changed.
pub(crate) fn copy_of(folder: &Path) -> Project {
    let project = Project::of::<&[u8]>(&[]);
    for (path, bytes) in files(folder) {
        project.put(&path, bytes);
    }
    project
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; a run that a signal ended has none and fails the test.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The findings, as JSON.
    pub(crate) fn findings(&self) -> Vec<Value> {
        self.json()["findings"].as_array().unwrap().clone()
    }

    /// The findings as `path:line:column rule`, in order.
    pub(crate) fn places(&self) -> Vec<String> {
        let place = |finding: Value| {
            let (line, column) = (&finding["start"]["line"], &finding["start"]["column"]);
            format!("{}:{line}:{column} {}", text(&finding["path"]), text(&finding["rule"]))
        };
        self.findings().into_iter().map(place).collect()
    }
}

/// A JSON string's text.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Runs the program in `folder`.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    run(Command::new(PROGRAM).args(arguments).current_dir(folder))
}

/// A copy of the program in `folder`, for a user who may not walk to where it was built.
///
/// Another program copies it: if this one did, a process that another test starts meanwhile would hold the file open for
/// writing, and the system runs no such file.
#[cfg(unix)]
pub(crate) fn copy_of_program(folder: &Path) -> PathBuf {
    let copy = folder.join("sessionlint");
    assert!(Command::new("cp").arg(PROGRAM).arg(&copy).status().unwrap().success());
    copy
}

/// The variable that names the folder for what is kept between runs; an empty one keeps nothing.
pub(crate) const CACHE_DIR: &str = "SESSIONLINT_CACHE_DIR";

/// Runs a command to its end, without a cache unless the command names one.
pub(crate) fn run(command: &mut Command) -> Ran {
    run_from(command, Stdio::null())
}

fn run_from(command: &mut Command, input: Stdio) -> Ran {
    let says_where = command.get_envs().any(|(name, _)| name == CACHE_DIR);
    if !says_where {
        command.env(CACHE_DIR, "");
    }
    let output = command.stdin(input).env_remove("NO_COLOR").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {err}", output.status));
    assert!(!err.contains("panicked"), "{err}");
    Ran { code, out: String::from_utf8(output.stdout).unwrap(), err }
}

/// Runs git in `folder` with this configuration only, and returns what it prints.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "init.defaultBranch=trunk"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// Runs the program in `folder` with this on its standard input.
pub(crate) fn run_with_input(folder: &Path, input: &str, arguments: &[&str]) -> Ran {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input.as_bytes()).unwrap();
    file.rewind().unwrap();
    let mut command = Command::new(PROGRAM);
    run_from(command.args(arguments).current_dir(folder), Stdio::from(file))
}

/// Runs the program in `folder` with at most `megabytes` of address space, where the shell can set a limit.
#[cfg(unix)]
pub(crate) fn run_within(megabytes: usize, folder: &Path, arguments: &[&str]) -> Ran {
    let script = format!("ulimit -v {} 2>/dev/null; exec \"$0\" \"$@\"", megabytes * 1024);
    run(Command::new("sh").args(["-c", &script, PROGRAM]).args(arguments).current_dir(folder))
}

/// Security settings with this `sessionTimeout`, on line 4 from column 25; offset 170.
pub(crate) fn security(timeout: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    \
         <sessionSettings>\n        <sessionTimeout>{timeout}</sessionTimeout>\n    </sessionSettings>\n\
         </SecuritySettings>\n"
    )
}

/// A profile's session setting, `profile` being the whole element; its `sessionTimeout` on line 4 from column 21.
pub(crate) fn session_setting(profile: &str, timeout: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ProfileSessionSetting xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    \
         {profile}\n    <sessionTimeout>{timeout}</sessionTimeout>\n</ProfileSessionSetting>\n"
    )
}

/// A profile without anything that a rule could speak of.
pub(crate) fn profile() -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
     <Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <custom>true</custom>\n</Profile>\n"
        .to_owned()
}

/// A connected app that cannot renew and ends its sessions after 15 minutes, by line 10 from column 25.
pub(crate) fn short_app(label: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <label>{label}</label>\n    \
         <oauthConfig>\n        <callbackUrl>https://erp.example.com/salesforce/callback</callbackUrl>\n        \
         <scopes>Api</scopes>\n    </oauthConfig>\n    \
         <oauthPolicy><ipRelaxation>BYPASS</ipRelaxation><refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy>\n    \
         <sessionPolicy>\n        <sessionTimeout>15</sessionTimeout>\n    </sessionPolicy>\n</ConnectedApp>\n"
    )
}

/// The formats of `check`, as the program names them: a new one is held to everything that all are.
pub(crate) fn formats() -> &'static [&'static str] {
    static FORMATS: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
        let ran = run_in(Path::new("."), &["check", "--format", "?"]);
        let values = ran.err.split("[possible values: ").nth(1).unwrap().split(']').next().unwrap().to_owned();
        values.leak().split(", ").collect()
    });
    assert!(FORMATS.contains(&"human") && FORMATS.len() >= 8, "{:?}", *FORMATS);
    &FORMATS
}
