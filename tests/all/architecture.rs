//! Checks the directions of imports and the other walls: no module knows what comes after it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::rust_files;

use sessionlint::facts::Shapes;
use sessionlint::rule::Catalog;

/// The crates, each of which may use those before it.
const CRATES: &[&str] =
    &["rules", "source", "xml", "soql", "apex", "evidence", "project", "facts", "lint", "analysis", "report"];

/// For each module, those that it may name.
type Directions = &'static [(&'static str, &'static [&'static str])];

/// What the modules of a folder may name of their crate. Whatever can be reached from there may be named too: an import
/// never points backwards.
const MAY_USE: &[(&str, Directions)] = &[
    ("src", &[("main", &["cli"]), ("cli", &["rule_test"]), ("rule_test", &[])]),
    (
        "crates/project/src",
        &[
            ("history", &["load"]),
            ("load", &["discover", "metadata", "mention", "cache"]),
            ("mention", &[]),
            ("discover", &["metadata", "vfs", "confine"]),
            ("vfs", &["metadata"]),
            ("metadata", &["forceignore", "replace", "cache"]),
            ("replace", &["js_regex"]),
            ("forceignore", &["js_regex"]),
            ("js_regex", &[]),
            ("confine", &[]),
            ("cache", &[]),
        ],
    ),
    (
        "crates/lint/src",
        &[
            ("fix", &["check", "diff"]),
            ("suppress", &["config", "copies"]),
            ("copies", &["diagnostic"]),
            ("config", &["rule"]),
            ("check", &["rule", "diagnostic", "stopwatch"]),
            ("rule", &["conflicts"]),
            ("stopwatch", &[]),
            ("diff", &["diagnostic"]),
            ("conflicts", &["diagnostic"]),
            ("diagnostic", &[]),
        ],
    ),
];

/// The top-level modules of the crate that a text names, but for those that only its tests name.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let list = list.split('}').next().unwrap_or_default();
            names.extend(list.split(',').map(|item| item.trim().split("::").next().unwrap_or_default().to_owned()));
        } else {
            names.insert(
                part.split(|ch: char| !(ch.is_alphanumeric() || ch == '_')).next().unwrap_or_default().to_owned(),
            );
        }
    }
    names.remove("");
    names
}

/// Everything that can be reached from `module`.
fn reachable(directions: Directions, module: &str) -> BTreeSet<&'static str> {
    let direct: BTreeMap<&str, &[&'static str]> = directions.iter().map(|(name, uses)| (*name, *uses)).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&'static str> = direct.get(module).copied().unwrap_or_default().to_vec();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(direct.get(next).copied().unwrap_or_default());
        }
    }
    reached
}

#[test]
fn imports_never_point_backwards() {
    let mut wrong = Vec::new();
    for (folder, directions) in MAY_USE {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = rust_files(&root);
        assert!(files.len() > 10, "the sources of {folder} were found");
        for file in files {
            let below = file.strip_prefix(&root).unwrap();
            let first = below.components().next().unwrap().as_os_str().to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            if module == "lib" {
                continue;
            }
            assert!(directions.iter().any(|(name, _)| *name == module), "{} is in no room", file.display());
            let allowed = reachable(directions, &module);
            for name in named(&fs::read_to_string(&file).unwrap()) {
                let is_module = directions.iter().any(|(module, _)| *module == name);
                if is_module && name != module && !allowed.contains(name.as_str()) {
                    wrong.push(format!("{} names `{name}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Modules of one folder that name each other, and whose cut is still to be made.
const CIRCLES: &[(&str, &[&str])] = &[];

/// A module by its path from the crate's root.
type ModulePath = Vec<String>;

/// The code of a file outside its tests, without comments.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&text);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The paths of a tree such as `crate::a::{b, c::D as E}`, and the name that each brings in.
fn leaves(tree: &str, before: &[String], found: &mut Vec<(ModulePath, String)>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name.trim())));
        let path: ModulePath =
            before.iter().cloned().chain(path.split("::").map(|part| part.trim().to_owned())).collect();
        let path: ModulePath = path.into_iter().filter(|part| !part.is_empty()).collect();
        let own = path.iter().rfind(|part| *part != "self").cloned().unwrap_or_default();
        found.push((path, name.map_or(own, str::to_owned)));
        return;
    };
    let before: ModulePath =
        before.iter().cloned().chain(head.split("::").map(|part| part.trim().to_owned())).collect();
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut depth, mut start) = (0_usize, 0);
    for (at, ch) in group.char_indices() {
        match ch {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                leaves(&group[start..at], &before, found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !group[start..].trim().is_empty() {
        leaves(&group[start..], &before, found);
    }
}

/// The path from the crate's root of what stands at `path` in the module `of`; `None` for another crate.
fn from_root(path: &[String], of: &[String], is_local: bool) -> Option<ModulePath> {
    let path: Vec<&String> = path.iter().filter(|part| !part.is_empty()).collect();
    let ups = path.iter().take_while(|part| **part == "super").count();
    let start = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "super" => of.get(..of.len().checked_sub(ups)?)?.to_vec(),
        "self" => of.to_vec(),
        _ if is_local => of.to_vec(),
        _ => return None,
    };
    let skipped = if ups > 0 { ups } else { usize::from(matches!(path[0].as_str(), "crate" | "self")) };
    Some(start.into_iter().chain(path[skipped..].iter().map(|part| (*part).clone())).collect())
}

/// The modules of a crate, each with what its code is.
fn modules_of(root: &Path) -> BTreeMap<ModulePath, String> {
    let files = rust_files(root);
    let module = |file: &PathBuf| {
        let below = file.strip_prefix(root).unwrap().with_extension("");
        let path: ModulePath = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        path.into_iter().filter(|part| !matches!(part.as_str(), "mod" | "lib" | "main")).collect::<ModulePath>()
    };
    files.iter().filter(|file| !is_test_code(file)).map(|file| (module(file), code_of(file))).collect()
}

/// For each folder of a crate, which of its modules name which others. What a parent exports counts as its child's.
fn uses_between_siblings(root: &Path) -> BTreeMap<ModulePath, BTreeMap<String, BTreeSet<String>>> {
    let modules = modules_of(root);
    let mut exported: BTreeMap<(ModulePath, String), ModulePath> = BTreeMap::new();
    let mut named: Vec<(&ModulePath, ModulePath)> = Vec::new();
    for (module, code) in &modules {
        for (at, _) in code.match_indices("use ") {
            let is_statement = code[..at].rsplit('\n').next().is_some_and(|line| {
                let line = line.trim();
                line.is_empty() || line.starts_with("pub")
            });
            let Some((tree, _)) = code[at + 4..].split_once(';').filter(|_| is_statement) else { continue };
            let is_export = code[..at].trim_end_matches(' ').ends_with(['b', ')']);
            let mut paths = Vec::new();
            leaves(&tree.replace('\n', " "), &[], &mut paths);
            for (path, name) in paths {
                match from_root(&path, module, is_export) {
                    Some(path) if is_export => drop(exported.insert((module.clone(), name), path)),
                    Some(path) => named.push((module, path)),
                    None => {}
                }
            }
        }
        let is_name = |ch: char| ch.is_alphanumeric() || matches!(ch, '_' | ':');
        for (at, _) in ["crate::", "super::"].iter().flat_map(|start| code.match_indices(start)) {
            let whole: String = code[at..].chars().take_while(|ch| is_name(*ch)).collect();
            let path: ModulePath = whole.split("::").map(str::to_owned).collect();
            if !code[..at].ends_with(is_name) {
                named.extend(from_root(&path, module, false).map(|path| (module, path)));
            }
        }
    }
    let resolved = |mut path: ModulePath| {
        'again: for _ in 0..8 {
            for length in 0..path.len() {
                let (parent, name) = (path[..length].to_vec(), path[length].clone());
                let is_module = modules.contains_key(&path[..=length]);
                if let Some(target) = exported.get(&(parent, name)).filter(|_| !is_module) {
                    path = target.iter().chain(&path[length + 1..]).cloned().collect();
                    continue 'again;
                }
            }
            break;
        }
        (0..=path.len()).rev().map(|length| path[..length].to_vec()).find(|it| modules.contains_key(it))
    };
    let mut uses: BTreeMap<ModulePath, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (module, path) in named {
        let Some(path) = resolved(path) else { continue };
        let shared = module.iter().zip(&path).take_while(|(one, other)| one == other).count();
        if let (Some(from), Some(to)) = (module.get(shared), path.get(shared)) {
            let folder = uses.entry(module[..shared].to_vec()).or_default();
            folder.entry(from.clone()).or_default().insert(to.clone());
        }
    }
    uses
}

/// The modules of a folder that can reach themselves.
fn in_a_circle(uses: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let reaches_itself = |start: &&String| {
        let mut open: Vec<&String> = uses[*start].iter().collect();
        let mut reached = BTreeSet::new();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(uses.get(next).into_iter().flatten());
            }
        }
        reached.contains(start)
    };
    uses.keys().filter(reaches_itself).cloned().collect()
}

#[test]
fn the_modules_of_a_folder_form_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|it| it.unwrap().path().join("src"));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut uses_seen = 0;
    for folder in crates.chain([root.join("src")]) {
        for (parent, uses) in uses_between_siblings(&folder) {
            uses_seen += uses.values().map(BTreeSet::len).sum::<usize>();
            let name = parent.iter().fold(folder.strip_prefix(root).unwrap().to_path_buf(), |path, it| path.join(it));
            let circle = in_a_circle(&uses);
            if !circle.is_empty() {
                found.insert(name.to_string_lossy().replace('\\', "/"), circle);
            }
        }
    }
    assert!(uses_seen > 400, "{uses_seen}");
    let known = CIRCLES.iter().map(|(folder, modules)| {
        ((*folder).to_owned(), modules.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>())
    });
    assert_eq!(found, known.collect(), "a circle that is gone leaves the list, and none may come");
}

#[test]
fn the_directions_hold_no_circle() {
    for (_, directions) in MAY_USE {
        for (module, _) in *directions {
            assert!(!reachable(directions, module).contains(module), "{module} can reach itself");
        }
    }
}

#[test]
fn a_crate_uses_only_those_before_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (at, name) in CRATES.iter().enumerate() {
        let folder = if *name == "rules" { root.join(name) } else { root.join("crates").join(name) };
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
        let needs = |table: &str| manifest.get(table).and_then(toml::Value::as_table).cloned().unwrap_or_default();
        for needed in needs("dependencies").keys().chain(needs("dev-dependencies").keys()) {
            if let Some(own) = needed.strip_prefix("sessionlint-") {
                assert!(CRATES[..at].contains(&own), "{name} uses {own}");
            }
        }
    }
    let folders = fs::read_dir(root.join("crates")).unwrap().count();
    assert_eq!(folders + 1, CRATES.len(), "every crate has its place");
}

/// What lets text or bytes out, and the files of the program that may name it. Everything else writes to a `Gate`.
const WAYS_OUT: &[(&str, &[&str])] = &[
    ("dyn Write", &["crates/report/src/gate.rs", "src/cli/mod.rs"]),
    ("dyn io::Write", &[]),
    ("impl Write", &["crates/report/src/gate.rs"]),
    ("impl io::Write", &[]),
    ("W: Write", &[]),
    ("W: io::Write", &[]),
    ("stdout()", &["src/cli/mod.rs"]),
    ("stderr()", &["src/cli/mod.rs", "src/cli/progress.rs"]),
    ("println!", &[]),
    ("eprint!", &[]),
    ("fs::write(", &["crates/project/src/cache.rs"]),
    ("File::create", &[]),
    ("OpenOptions", &["src/cli/output.rs"]),
    ("tempfile_in(", &["src/cli/output.rs", "crates/lint/src/fix/write.rs", "crates/project/src/cache.rs"]),
    ("remove_file(", &["crates/project/src/cache.rs"]),
    ("remove_dir", &["crates/project/src/cache.rs"]),
    ("Command::new(", &["crates/project/src/vfs/git.rs"]),
    ("TcpStream", &[]),
];

#[test]
fn text_leaves_through_the_gate_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = rust_files(&root.join("src"));
    for folder in fs::read_dir(root.join("crates")).unwrap() {
        files.extend(rust_files(&folder.unwrap().path().join("src")));
    }
    assert!(files.len() > 150, "{}", files.len());
    let (mut wrong, mut named) = (Vec::new(), BTreeSet::new());
    for file in files {
        let below = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        let is_of_tests = below.contains("/tests") || below.ends_with("/testing.rs")
            // Compiled for tests only: it describes the configuration and compares the file of the repository.
            || below == "crates/lint/src/config/schema.rs";
        if is_of_tests {
            continue;
        }
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (way, may) in WAYS_OUT.iter().filter(|(way, _)| line.contains(way)) {
                named.insert((*way, below.clone()));
                if !may.contains(&below.as_str()) {
                    wrong.push(format!("{below}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these go past `Gate`:\n{}", wrong.join("\n"));
    for (way, may) in WAYS_OUT {
        for file in *may {
            assert!(named.contains(&(*way, (*file).to_owned())), "{file} names `{way}` no more");
        }
    }
}

/// Crates that compute only, and what they may not name: files, clock, environment, other programs.
const ONLY_COMPUTE: &[&str] = &["xml", "soql", "apex", "evidence", "facts", "analysis", "report"];

const WORLD: &[&str] =
    &["std::fs", "fs::File", "File::open", "std::env", "std::time", "SystemTime", "::now()", "process::"];

#[test]
fn only_some_crates_touch_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for name in ONLY_COMPUTE {
        let files = rust_files(&root.join("crates").join(name).join("src"));
        assert!(files.len() > 5, "the sources of {name} were found");
        for file in files {
            let below = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if below.contains("/tests") || below.ends_with("/testing.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let touching = lines.filter(|line| WORLD.iter().any(|it| line.contains(it)));
            wrong.extend(touching.map(|line| format!("{below}: {}", line.trim())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Packages that run a C compiler, or look for one, when they are built.
const C_BUILDERS: &[&str] = &["cc", "cmake", "bindgen", "pkg-config", "vcpkg", "autotools"];

/// Packages that need one and belong to a feature that is off.
const BEHIND_FEATURES: &[&str] = &["libmimalloc-sys"];

#[test]
fn no_c_compiler_is_needed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap().parse::<toml::Table>().unwrap();
    let manifest = read("Cargo.toml");
    assert!(manifest["features"]["default"].as_array().unwrap().is_empty(), "the features that are on by default");
    let lock = read("Cargo.lock");
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let needs = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        for needed in needs.filter_map(toml::Value::as_str) {
            let needed = needed.split(' ').next().unwrap();
            let may = !C_BUILDERS.contains(&needed) || BEHIND_FEATURES.contains(&name);
            assert!(may, "{name} is built with {needed}");
        }
    }
}

/// The yardstick compiles a copy of the crate `apex`, and its C compiler keeps it out of the workspace: nothing else finds
/// that it lacks a package.
#[test]
fn the_yardstick_has_the_packages_of_the_crate_that_it_copies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let needs = |folder: &str| {
        let manifest =
            fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
        manifest["dependencies"].as_table().unwrap().keys().cloned().collect::<BTreeSet<String>>()
    };
    let (copied, yardstick) = (needs("crates/apex"), needs("benches/apex-yardstick"));
    assert!(copied.len() > 3 && copied.is_subset(&yardstick), "{:?} are missing", copied.difference(&yardstick));
}

/// Cargo does not apply a profile's `strip` to a package that has settings of its own in that profile.
#[test]
fn the_program_is_stripped() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let profiles = manifest.parse::<toml::Table>().unwrap()["profile"].clone();
    for name in ["release", "dist"] {
        let program = &profiles[name]["package"]["sessionlint"];
        assert_eq!(program.get("strip").and_then(toml::Value::as_bool), Some(true), "profile {name}: {program}");
    }
}

/// Whether a file holds tests only: `mod tests;` and `mod testing;` are compiled for tests alone.
fn is_test_code(file: &Path) -> bool {
    file.components()
        .any(|part| matches!(part.as_os_str().to_string_lossy().as_ref(), "tests" | "tests.rs" | "testing.rs"))
        || fs::read_to_string(file).unwrap().starts_with("#![cfg(test)]")
}

#[test]
fn no_rule_and_no_symptom_is_named_in_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let symptoms = catalog.symptoms().ids();
    let ids: Vec<&str> = catalog.rules().iter().map(|rule| rule.id.as_str()).chain(symptoms).collect();
    assert!(ids.len() > 150, "{}", ids.len());
    let files = ["src", "crates", "rules"].map(|folder| rust_files(&root.join(folder))).concat();
    let is_part_of_a_word = |ch: char| ch.is_alphanumeric() || matches!(ch, '-' | '_' | '/');
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !is_test_code(file)) {
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&text);
        for (at, id) in ids.iter().flat_map(|id| code.match_indices(id)) {
            let is_whole =
                !code[..at].ends_with(is_part_of_a_word) && !code[at + id.len()..].starts_with(is_part_of_a_word);
            if is_whole {
                wrong.push(format!("{}:{}: {id}", file.display(), code[..at].matches('\n').count() + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "pages and tables name rules, code does not:\n{}", wrong.join("\n"));
}
