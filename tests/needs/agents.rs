//! `sessionlint mcp` as the Python SDK of its protocol speaks to it.

use std::path::Path;
use std::process::Command;

use crate::support::{PROGRAM, run};

pub(crate) fn a_real_client_calls_every_kind_of_tool() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = std::fs::canonicalize(here.join("sample-projects/leaky-org")).unwrap();
    let mut command = Command::new("python3");
    command.arg(here.join("tests/needs/client.py")).arg(PROGRAM).arg(project);
    let ran = run(&mut command);
    assert_eq!((ran.code, ran.out.as_str()), (0, "legacy 2025-11-25\nauto 2026-07-28\n"), "{ran:?}");
}
