//! `sessionlint completions`, `man` and `schema`: prints files of this repository.
//!
//! Tests generate them from the arguments, the keys of the configuration and the rules, and compare them. Refuses to
//! know their content: the code that generates them is not a part of the command.

use std::io;

use flate2::read::DeflateDecoder;

use super::args::Shell;
use super::{Environment, Exit, Failure};

/// The content of one of the files, as the build script compressed it.
macro_rules! deflated {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

pub(super) fn completions(shell: Shell, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let deflated: &[u8] = match shell {
        Shell::Bash => deflated!("completions.bash"),
        Shell::Elvish => deflated!("completions.elvish"),
        Shell::Fish => deflated!("completions.fish"),
        Shell::Powershell => deflated!("completions.powershell"),
        Shell::Zsh => deflated!("completions.zsh"),
    };
    print(deflated, environment)
}

pub(super) fn man(environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    print(deflated!("sessionlint.1"), environment)
}

pub(super) fn schema(environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    print(deflated!("sessionlint.schema.json"), environment)
}

fn print(deflated: &[u8], environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    io::copy(&mut DeflateDecoder::new(deflated), &mut environment.out)?;
    Ok(Exit::Clean)
}
