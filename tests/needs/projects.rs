//! Runs over the real projects end as expected.

use std::fs;
use std::path::{Path, PathBuf};

use crate::real_projects;
use crate::support::run_in;
use sessionlint::xml::{Keep, comparison, parse};

pub(crate) fn every_real_project_ends_well() {
    for project in real_projects() {
        let name = project.file_name().unwrap().to_string_lossy().into_owned();
        let holds_nothing = matches!(name.as_str(), "isv-namespace" | "forceignore-hides-security");
        let path = project.display().to_string();
        for preset in ["continuity", "security", "all"] {
            let ran =
                run_in(Path::new("."), &["check", &path, "--fail-on", "never", "--format", "json", "--preset", preset]);
            assert_eq!(ran.code, if holds_nothing { 2 } else { 0 }, "{name}: {}", ran.err);
        }
        if name == "isv-namespace" {
            let ran = run_in(Path::new("."), &["check", &path]);
            assert!(ran.err.contains("unpackaged/config/"), "says where metadata lies: {}", ran.err);
        }
    }
}

pub(crate) fn threads_change_nothing_on_real_projects() {
    for project in real_projects() {
        let path = project.display().to_string();
        let run = |threads| {
            run_in(Path::new("."), &["check", &path, "--format", "json", "--preset", "all", "--threads", threads])
        };
        let (one, many) = (run("1"), run("4"));
        assert_eq!((one.code, one.out), (many.code, many.out), "{path}");
    }
}

pub(crate) fn sessions_agrees_with_the_profiles_table() {
    for project in real_projects() {
        let path = project.display().to_string();
        let sessions = run_in(Path::new("."), &["sessions", &path, "--format", "json", "--quiet"]);
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

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else {
            files.push(path);
        }
    }
}

pub(crate) fn every_document_is_the_same_with_and_without_learned_blocks() {
    let mut files = Vec::new();
    for project in real_projects() {
        files_below(&project, &mut files);
    }
    let (mut compared, mut learned) = (0, 0);
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if !text.trim_start_matches('\u{FEFF}').starts_with('<') {
            continue;
        }
        for keep in [Keep::Only(&["userPermissions", "loginIpRanges"]), Keep::All] {
            assert!(parse(&text, keep) == comparison::without_blocks(&text, keep), "{}", file.display());
        }
        compared += 1;
        learned += usize::from(comparison::learned_bytes(&text, Keep::Only(&["userPermissions"])) > 0);
    }
    assert!(compared > 100 && learned > 20, "{compared} files compared, {learned} with learned blocks");
}
