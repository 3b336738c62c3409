//! The hooks as pre-commit runs them: which files start them, what fails a commit, and what the fixing hook leaves.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{PROGRAM, Project, Ran, run};

const SETTINGS: &str = "force-app/main/default/settings/Security.settings-meta.xml";

fn hooks() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap()
}

fn settings(is_warning_off: bool, minutes: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <SecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <sessionSettings>\n        \
         <disableTimeoutWarning>{is_warning_off}</disableTimeoutWarning>\n        \
         <sessionTimeout>{minutes}</sessionTimeout>\n    </sessionSettings>\n</SecuritySettings>\n"
    )
}

/// A project under git whose commits one hook checks, and the folder that holds the hooks.
struct Hooked {
    project: Project,
    hooks: Project,
}

impl Hooked {
    fn by(hook: &str) -> Self {
        // The same hooks, with the program that is tested in place of one that is built from a commit.
        let hooks = Project::of(&[(".pre-commit-hooks.yaml", hooks().replace("language: rust", "language: system"))]);
        let project = Project::sfdx(&[(SETTINGS, settings(false, "FourHours")), ("README.md", "# Ours\n".to_owned())]);
        let hooked = Self { project, hooks };
        for folder in [&hooked.hooks, &hooked.project] {
            hooked.git(folder, &["init", "--quiet"]);
            hooked.commit(folder, "--no-verify");
        }
        let revision = hooked.git(&hooked.hooks, &["rev-parse", "HEAD"]).out;
        let source = hooked.hooks.at("");
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: {hook}\n",
            source.display().to_string().trim_end_matches('/'),
            revision.trim()
        );
        hooked.project.put(".pre-commit-config.yaml", config);
        let ran = hooked.run("pre-commit", &hooked.project, &["install"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(hooked.commit(&hooked.project, "--no-verify").code, 0);
        hooked
    }

    fn run(&self, program: &str, folder: &Project, arguments: &[&str]) -> Ran {
        let own = Path::new(PROGRAM).parent().unwrap().to_path_buf();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.at("")).env("PATH", path);
        command.env("PRE_COMMIT_HOME", self.hooks.at("cache")).env("GIT_CONFIG_GLOBAL", self.hooks.at("none"));
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            command.env_remove(name);
        }
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        run(&mut command)
    }

    fn git(&self, folder: &Project, arguments: &[&str]) -> Ran {
        self.run("git", folder, arguments)
    }

    /// Stages everything and commits it.
    fn commit(&self, folder: &Project, option: &str) -> Ran {
        self.git(folder, &["add", "--all"]);
        self.git(folder, &["commit", "--quiet", "--message", "x", option])
    }
}

pub(crate) fn a_finding_fails_the_commit_and_its_cure_passes() {
    let hooked = Hooked::by("sessionlint");
    hooked.project.put("README.md", "# Ours, and better\n");
    let ran = hooked.commit(&hooked.project, "--verbose");
    assert!(ran.code == 0 && (ran.out + &ran.err).contains("(no files to check)"), "no file of ours, no run");
    hooked.project.put(SETTINGS, settings(true, "FourHours"));
    let ran = hooked.commit(&hooked.project, "--verbose");
    assert_ne!(ran.code, 0, "{ran:?}");
    let output = ran.out + &ran.err;
    assert!(output.contains("session/timeout-warning-disabled") && !output.contains("files were modified"), "{output}");
    hooked.project.put(SETTINGS, settings(false, "EightHours"));
    let ran = hooked.commit(&hooked.project, "--verbose");
    assert_eq!(ran.code, 0, "{ran:?}");
}

pub(crate) fn the_fixing_hook_changes_the_file_fails_once_and_passes_then() {
    let hooked = Hooked::by("sessionlint-fix");
    hooked.project.put(SETTINGS, settings(true, "FourHours"));
    let ran = hooked.commit(&hooked.project, "--verbose");
    assert_ne!(ran.code, 0, "{ran:?}");
    let output = ran.out + &ran.err;
    assert!(
        output.contains("files were modified by this hook") && output.contains("fixed 1 finding in 1 file"),
        "{output}"
    );
    assert_eq!(fs::read_to_string(hooked.project.at(SETTINGS)).unwrap(), settings(false, "FourHours"));
    hooked.project.put(SETTINGS, settings(false, "EightHours"));
    assert_eq!(hooked.commit(&hooked.project, "--verbose").code, 0);
    // What is not safe to change is not changed, and fails the commit all the same.
    hooked.project.put(SETTINGS, settings(true, "FifteenMinutes"));
    let ran = hooked.commit(&hooked.project, "--verbose");
    assert_eq!(fs::read_to_string(hooked.project.at(SETTINGS)).unwrap(), settings(false, "FifteenMinutes"));
    assert!(ran.code != 0 && (ran.out + &ran.err).contains("session/org-timeout-short"));
    assert_ne!(hooked.commit(&hooked.project, "--verbose").code, 0, "the timeout is left to people");
}
