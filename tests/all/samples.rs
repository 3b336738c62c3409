//! The sample projects have the findings that they are made for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::BTreeSet;
use std::path::Path;

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
        "--preview",
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
