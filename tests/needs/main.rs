//! Tests that need something which a machine may lack. They then count as ignored, with the reason.
//!
//! The test harness of the compiler has no test that finds out at run time whether it can run: such a test would return
//! early and count as passed. So these are trials of `libtest-mimic`, each with its requirement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

mod agents;
mod expat;
mod extension;
mod fixes;
mod forceignore;
mod numbers;
#[cfg(unix)]
mod owner;
mod pre_commit;
mod projects;
#[cfg(target_os = "linux")]
mod terminal;

#[path = "../../crates/xml/src/tests/damage.rs"]
#[allow(dead_code, reason = "the crate's own tests use the rest")]
mod damage;
#[path = "../../crates/xml/src/tests/documents.rs"]
mod documents;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Completion, Trial};

/// What a test needs.
#[derive(Clone, Copy)]
enum Need {
    /// Nothing; the test shares its code with those that need something.
    Nothing,
    /// The folder of real projects beside the checkout.
    RealProjects,
    /// The larger table of what `.forceignore` hides, beside the checkout or named by a variable.
    Verdicts,
    /// A program that can be started.
    Program(&'static str),
    /// A module of Python that has this name in it.
    Module(&'static str, &'static str),
    /// A node that runs TypeScript as it is.
    TypeScript,
    /// A user who may give files away.
    Root,
}

impl Need {
    /// Why the test cannot run here.
    fn lacks(self) -> Option<String> {
        let (holds, reason) = match self {
            Need::Nothing => return None,
            Need::RealProjects => (corpus().is_dir(), "no real projects: ../shared/corpus is absent".to_owned()),
            Need::Verdicts => (verdicts().is_file(), "no ../shared/forceignore/verdicts.json".to_owned()),
            Need::Program(name) => {
                let ran = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
                (ran.is_ok_and(|status| status.success()), format!("{name} is not installed"))
            }
            Need::Module(module, name) => {
                let line = format!("from {module} import {name}");
                let ran = Command::new("python3").args(["-c", &line]).stderr(Stdio::null()).status();
                let reason = format!("Python has no `{name}` in a module `{module}`: pip install {module}");
                (ran.is_ok_and(|status| status.success()), reason)
            }
            Need::TypeScript => {
                let ran = Command::new("node").args(["-p", "process.features.typescript"]).output();
                let runs = ran.is_ok_and(|ran| ran.stdout.trim_ascii() == b"strip");
                (runs, "there is no node that runs TypeScript: 22.18 or later".to_owned())
            }
            Need::Root => (is_root(), "the user is not root".to_owned()),
        };
        (!holds).then_some(reason)
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")
}

fn verdicts() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/forceignore/verdicts.json");
    std::env::var_os("SESSIONLINT_FORCEIGNORE_VERDICTS").map_or(beside, Into::into)
}

/// The real projects, in order.
fn real_projects() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(corpus()).unwrap();
    let mut projects: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    projects.sort();
    assert!(projects.len() >= 20);
    projects
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|ran| ran.stdout.trim_ascii() == b"0")
}

/// A trial for each function, named after its module and itself.
macro_rules! trials {
    ($($need:expr => $module:ident::$name:ident,)*) => {
        vec![$(trial(concat!(stringify!($module), "::", stringify!($name)), $need, $module::$name),)*]
    };
}

fn trial(name: &str, need: Need, test: fn()) -> Trial {
    Trial::ignorable_test(name, move || {
        if let Some(reason) = need.lacks() {
            return Ok(Completion::ignored_with(reason));
        }
        test();
        Ok(Completion::Completed)
    })
}

fn main() -> ExitCode {
    let (corpus, python) = (Need::RealProjects, Need::Program("python3"));
    let mut trials = trials![
        Need::Module("mcp", "Client") => agents::a_real_client_calls_every_kind_of_tool,
        Need::TypeScript => extension::its_parts_hold,
        python => expat::recorded_verdicts_are_those_of_expat,
        python => expat::damaged_documents_get_the_verdict_of_expat,
        Need::Nothing => fixes::fixes_of_the_sample_projects_are_correct,
        corpus => fixes::fixes_of_the_real_projects_are_correct,
        corpus => fixes::fixes_in_every_layout_of_the_real_projects_are_correct,
        Need::Nothing => forceignore::every_row_is_what_salesforce_hides,
        Need::Verdicts => forceignore::every_row_of_the_larger_table_too,
        corpus => numbers::the_generated_numbers_of_real_projects_are_true,
        Need::Program("pre-commit") => pre_commit::a_finding_fails_the_commit_and_its_cure_passes,
        Need::Program("pre-commit") => pre_commit::the_fixing_hook_changes_the_file_fails_once_and_passes_then,
        corpus => projects::every_real_project_ends_well,
        corpus => projects::threads_change_nothing_on_real_projects,
        corpus => projects::sessions_agrees_with_the_profiles_table,
        corpus => projects::every_document_is_the_same_with_and_without_learned_blocks,
    ];
    #[cfg(unix)]
    trials.extend(trials![Need::Root => owner::a_file_keeps_its_owner_where_root_mends_it,]);
    #[cfg(target_os = "linux")]
    trials.extend(trials![python => terminal::a_long_run_shows_that_it_works_and_ends,]);
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
