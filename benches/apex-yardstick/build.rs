//! Copies the crate `apex` twice: once as it is, once with tree-sitter in place of its reader, so that the same code
//! computes facts over two trees.
//!
//! Refuses to know Apex: it copies files and replaces module paths.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let apex = here.join("../../crates/apex/src");
    println!("cargo::rerun-if-changed={}", apex.display());
    println!("cargo::rerun-if-changed={}", here.join("src").display());
    let hooks = fs::read_to_string(here.join("src/hooks.rs")).unwrap();
    for reader in ["ours", "theirs"] {
        let folder = out.join(reader);
        copy_folder(&apex, &folder, reader);
        let module = fs::read_to_string(folder.join("lib.rs")).unwrap();
        // Inner attributes belong to a crate.
        let module: String =
            module.lines().filter(|line| !line.starts_with("#![")).map(|line| format!("{line}\n")).collect();
        fs::write(folder.join("mod.rs"), format!("{module}\n{hooks}")).unwrap();
    }
    fs::copy(here.join("src/by_tree_sitter.rs"), out.join("theirs/syntax.rs")).unwrap();
    let _ = fs::remove_dir_all(out.join("theirs/syntax"));
    let module = |name: &str| format!("#[path = {:?}]\npub mod {name};\n", out.join(name).join("mod.rs"));
    let modules: String = ["ours", "theirs"].into_iter().map(module).collect();
    fs::write(out.join("readers.rs"), modules).unwrap();
}

fn copy_folder(from: &Path, to: &Path, name: &str) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target, name);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(target, text.replace("crate::", &format!("crate::{name}::"))).unwrap();
        }
    }
}
