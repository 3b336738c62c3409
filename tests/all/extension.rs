//! The extension for VS Code states what the workspace states, and names commands that are there.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{run_in, text};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode")
}

fn json(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

#[test]
fn version_and_license_are_those_of_the_workspace() {
    let (package, lock) = (json("package.json"), json("package-lock.json"));
    for stated in [&package, &lock, &lock["packages"][""]] {
        assert_eq!(stated["version"], env!("CARGO_PKG_VERSION"));
    }
    assert_eq!(package["license"], "MIT");
    assert_eq!(package["license"], lock["packages"][""]["license"]);
    // What is built by a lock file is the same everywhere.
    for (name, version) in package["devDependencies"].as_object().unwrap() {
        assert_eq!(&lock["packages"][format!("node_modules/{name}")]["version"], version, "{name}");
        assert!(text(version).starts_with(|ch: char| ch.is_ascii_digit()), "{name}");
    }
    let addresses = lock.to_string();
    assert!(!addresses.contains("\"resolved\""), "the lock file names a registry");
}

#[test]
fn it_starts_commands_that_are_there() {
    let source = fs::read_to_string(folder().join("src/extension.ts")).unwrap();
    for (command, options) in [
        ("lsp", &["--no-project-config", "--preset"][..]),
        ("sessions", &["--format", "--no-project-config"]),
        ("report", &["--format", "--output", "--no-project-config"]),
    ] {
        assert!(source.contains(&format!("'{command}'")), "{command}");
        let help = run_in(Path::new("."), &[command, "--help"]).out;
        for option in options {
            assert!(source.contains(&format!("'{option}'")) && help.contains(option), "{command} {option}");
        }
    }
    let package = json("package.json");
    let commands = package["contributes"]["commands"].as_array().unwrap().clone();
    for command in commands.iter().map(|command| text(&command["command"])) {
        assert!(source.contains(&format!("registerCommand('{command}'")), "{command}");
    }
    assert_eq!(package["capabilities"]["untrustedWorkspaces"]["supported"], "limited");
    assert_eq!(package["activationEvents"][0], "workspaceContains:**/sfdx-project.json");
}
