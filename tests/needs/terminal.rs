//! A run on a terminal that takes so long that it shows its progress.

use std::path::Path;
use std::process::Command;

use crate::support::{PROGRAM, run};

pub(crate) fn a_long_run_shows_that_it_works_and_ends() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("python3");
    command.arg(here.join("tests/needs/terminal.py")).arg(PROGRAM).args(["check", "--no-cache"]);
    let ran = run(command.arg(here.join("sample-projects/leaky-org")));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("reading and checking (2 s) ") && ran.out.contains("Found "), "{ran:?}");
}
