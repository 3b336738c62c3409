//! Build script: gathers the pages under `rules/` so that they are part of the binary. The folder is the registry.
//!
//! What stands before the examples of a page is text; the examples are most of a page and few runs need them, so those of
//! all pages are deflated as one.

#![allow(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no manifest folder"))?);
    let rules = root;
    println!("cargo:rerun-if-changed={}", rules.display());
    println!("cargo:rerun-if-changed=build.rs");
    let mut pages = Vec::new();
    for group in sorted(&rules)? {
        if !group.is_dir() {
            continue;
        }
        println!("cargo:rerun-if-changed={}", group.display());
        for page in sorted(&group)? {
            if page.extension().is_some_and(|extension| extension == "md") {
                pages.push(page);
            }
        }
    }
    let mut list = String::from("&[\n");
    let mut examples = String::new();
    for page in pages {
        let id = page.strip_prefix(&rules).map_err(io::Error::other)?.with_extension("");
        let id = id.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&page)?;
        let (head, rest) = text.split_at(text.find("\n## Flagged\n").map_or(text.len(), |before| before + 1));
        let start = examples.len();
        examples.push_str(rest);
        let range = (start, examples.len());
        let _ = writeln!(list, "    Page {{ id: {id:?}, head: {head:?}, examples: {range:?} }},");
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(examples.as_bytes())?;
    fs::write(out.join("examples.deflate"), deflated.finish()?)?;
    fs::write(out.join("pages.rs"), list)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
