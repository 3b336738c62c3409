//! The sample projects say what they are made to say, and the real projects end as they should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{run_in, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sample(name: &str) -> String {
    root().join("sample-projects").join(name).display().to_string()
}

/// All findings of a project as JSON.
fn findings(project: &str, preset: &str) -> Vec<serde_json::Value> {
    let arguments = [
        "check",
        project,
        "--format",
        "json",
        "--preset",
        preset,
        "--as-of",
        "2026-12-01",
        "--fail-on",
        "never",
        "--quiet",
    ];
    let ran = run_in(root(), &arguments);
    assert!(ran.code == 0 || ran.code == 3, "{ran:?}");
    ran.findings()
}

#[test]
fn the_sound_org_is_silent() {
    let found = findings(&sample("sound-org"), "continuity");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_secure_org_has_both_views() {
    let found = findings(&sample("sound-secure-org"), "security");
    assert!(found.is_empty(), "{found:#?}");
    let found = findings(&sample("sound-secure-org"), "continuity");
    assert!(found.iter().all(|finding| text(&finding["severity"]) == "note"), "{found:#?}");
}

#[test]
fn the_leaky_orgs_fire_every_page() {
    let list = run_in(root(), &["rules", "list", "--format", "json"]).json();
    let pages: BTreeSet<String> = list.as_array().unwrap().iter().map(|rule| text(&rule["rule"]).to_owned()).collect();
    assert!(pages.len() >= 25, "the pages are embedded");
    let of_all = ["leaky-org", "leaky-secure-org"].into_iter().flat_map(|name| findings(&sample(name), "all"));
    let fired: BTreeSet<String> = of_all.map(|finding| text(&finding["rule"]).to_owned()).collect();
    let silent: Vec<_> = pages.difference(&fired).collect();
    assert!(silent.is_empty(), "no finding of {silent:?}");
}

#[test]
fn no_output_shows_a_secret_of_the_leaky_orgs() {
    for &format in crate::support::formats() {
        for (org, secrets) in [("leaky-org", ["FA4E", "3MVG9"]), ("leaky-secure-org", ["51D0C7E9", "4F26"])] {
            let ran = run_in(root(), &["check", &sample(org), "--format", format, "--preset", "all", "--notes"]);
            for secret in secrets {
                assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{format} shows {secret}");
            }
        }
    }
}

/// The real projects, where the machine has them.
fn corpus() -> Option<Vec<PathBuf>> {
    let folder = root().join("../shared/corpus");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("{} is absent: nothing was compared with real projects", folder.display());
        return None;
    };
    let mut projects: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    projects.sort();
    Some(projects)
}

#[test]
fn every_real_project_ends_well() {
    let Some(projects) = corpus() else { return };
    assert!(projects.len() >= 20);
    for project in projects {
        let name = project.file_name().unwrap().to_string_lossy().into_owned();
        let holds_nothing = matches!(name.as_str(), "isv-namespace" | "forceignore-hides-security");
        let path = project.display().to_string();
        for preset in ["continuity", "security", "all"] {
            let ran = run_in(root(), &["check", &path, "--fail-on", "never", "--format", "json", "--preset", preset]);
            assert_eq!(ran.code, if holds_nothing { 2 } else { 0 }, "{name}: {}", ran.err);
        }
        if name == "isv-namespace" {
            let ran = run_in(root(), &["check", &path]);
            assert!(ran.err.contains("unpackaged/config/"), "says where metadata lies: {}", ran.err);
        }
    }
}

#[test]
fn threads_change_nothing_on_real_projects() {
    let Some(projects) = corpus() else { return };
    for project in projects {
        let path = project.display().to_string();
        let run =
            |threads| run_in(root(), &["check", &path, "--format", "json", "--preset", "all", "--threads", threads]);
        let (one, many) = (run("1"), run("4"));
        assert_eq!((one.code, one.out), (many.code, many.out), "{path}");
    }
}

#[test]
fn sessions_says_what_the_profiles_table_says() {
    let Some(projects) = corpus() else { return };
    for project in projects {
        let path = project.display().to_string();
        let sessions = run_in(root(), &["sessions", &path, "--format", "json", "--quiet"]);
        if sessions.code == 2 {
            continue;
        }
        let sessions = sessions.json();
        for profile in sessions["profiles"].as_array().unwrap() {
            let (own, org) = (profile["profileMinutes"].as_i64(), profile["orgMinutes"].as_i64());
            assert_eq!(profile["effectiveMinutes"].as_i64(), own.or(org), "{path}: {profile}");
            let decided = profile["decidedBy"]["level"].as_str();
            assert_eq!(decided, if own.is_some() { Some("profile") } else { org.map(|_| "org") }, "{path}: {profile}");
            if let (Some(own), Some(org)) = (own, org) {
                assert_eq!(profile["shortestMinutes"].as_i64(), Some(own.min(org)), "{path}: {profile}");
            }
        }
    }
}
