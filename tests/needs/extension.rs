//! The parts of the extension for VS Code that need no editor, tested by node as they are.

use std::path::Path;
use std::process::Command;

use crate::support::{PROGRAM, run};

pub(crate) fn its_parts_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode");
    let mut command = Command::new("node");
    command.args(["--test", "test/find.test.ts", "test/tree.test.ts"]).env("SESSIONLINT_PROGRAM", PROGRAM);
    let ran = run(command.current_dir(folder));
    assert_eq!(ran.code, 0, "{ran:?}");
}
