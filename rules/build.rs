//! Build script: collects the pages under `rules/` and embeds them in the binary. The folder is the registry.
//!
//! The part of a page before its examples is embedded as text. The examples are most of a page and few runs need them,
//! so those of all pages are compressed as one. The keys that decide whether a run needs a rule are taken out of its
//! fence, so that a run reads the fences of those rules and no others. Refuses to know what a key means.

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
        let keys = keys(head).ok_or_else(|| io::Error::other(format!("{id}: no fence with the keys of a rule")))?;
        let _ = writeln!(list, "    Page {{ id: {id:?}, head: {head:?}, keys: {keys}, examples: {range:?} }},");
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(examples.as_bytes())?;
    fs::write(out.join("examples.deflate"), deflated.finish()?)?;
    fs::write(out.join("pages.rs"), list)
}

/// The keys of a page, as the constant that `lib.rs` declares.
fn keys(head: &str) -> Option<String> {
    let (_, from_there) = head.split_once("\n```toml rule\n")?;
    let (fence, _) = from_there.split_once("\n```\n")?;
    let fence: toml::Table = fence.parse().ok()?;
    let text = |value: &toml::Value| value.as_str().map(str::to_owned);
    let from = text(fence.get("from")?)?;
    let is_preview = fence.get("status").and_then(toml::Value::as_str) == Some("preview");
    let severity: Vec<(&str, &str)> = fence
        .get("severity")?
        .as_table()?
        .iter()
        .filter_map(|(preset, it)| Some((preset.as_str(), it.as_str()?)))
        .collect();
    let conflicts_with: Vec<String> = match fence.get("conflicts-with") {
        None => Vec::new(),
        Some(toml::Value::Array(ids)) => ids.iter().filter_map(text).collect(),
        Some(id) => vec![text(id)?],
    };
    let escalations = fence.get("escalate").and_then(toml::Value::as_array).into_iter().flatten();
    let conditions = fence.get("where").into_iter().chain(escalations.filter_map(|it| it.get("where")));
    let conditions: Vec<String> = conditions.filter_map(text).collect();
    Some(format!(
        "Keys {{ from: {from:?}, is_preview: {is_preview}, severity: &{severity:?}, conflicts_with: &{conflicts_with:?}, \
         conditions: &{conditions:?} }}"
    ))
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
