//! The command: hands its arguments over and maps the end of the run to an exit code.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(sessionlint::cli::main(std::env::args_os()).code())
}
