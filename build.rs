//! Build script: compresses the files that `completions`, `man` and `schema` print. Few runs need them, and they shrink
//! to a seventh.
//!
//! Refuses to know their content: tests write and compare them.

#![allow(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;

const FOLDER: &str = "src/cli/printed";
const SCHEMA: &str = "sessionlint.schema.json";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={FOLDER}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    let printed = fs::read_dir(FOLDER)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    for path in printed.iter().map(PathBuf::as_path).chain([Path::new(SCHEMA)]) {
        println!("cargo:rerun-if-changed={}", path.display());
        let name = path.file_name().ok_or_else(|| io::Error::other("a path without a name"))?;
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&fs::read(path)?)?;
        fs::write(out.join(name), deflated.finish()?)?;
    }
    Ok(())
}
