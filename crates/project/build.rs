//! Computes the version of the code that reads files, as a number, so that the cache of an earlier version is not used.
//!
//! It is a hash of the sources where they are at hand, and of the package's version, which identifies the sources of a
//! published package. Refuses to know which change of a source changes a result: any change makes a new number.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The packages whose code decides which facts a file gives.
const READERS: &[&str] = &["source", "xml", "apex", "project"];

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hasher = DefaultHasher::new();
    env::var_os("CARGO_PKG_VERSION").hash(&mut hasher);
    let mut files = BTreeSet::new();
    for reader in READERS {
        let folder = here.join("..").join(reader).join("src");
        if folder.is_dir() {
            println!("cargo::rerun-if-changed={}", folder.display());
            add(&folder, &mut files);
        }
    }
    for file in files {
        // What is below `crates` is the same wherever the work tree lies.
        file.strip_prefix(&here).unwrap_or(&file).as_os_str().as_encoded_bytes().hash(&mut hasher);
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=SESSIONLINT_READER={:016x}", hasher.finish());
}

fn add(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            add(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
}
