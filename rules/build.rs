//! Build script: collects the pages under `rules/` and embeds them in the binary. The folder is the registry.
//!
//! The part of a page before its examples is embedded as text. The examples are most of a page and few runs need them,
//! so those of all pages are compressed as one. The keys that decide whether a run needs a rule are taken out of its
//! fence, so that a run reads the fences of those rules and no others. The values of a fence are listed, so that no run
//! reads the TOML of an embedded page: [`Fence`] describes the list, which `sessionlint-lint` reads. Refuses to know what
//! a key means.

#![allow(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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
    let mut values = Vec::new();
    for page in pages {
        let id = page.strip_prefix(&rules).map_err(io::Error::other)?.with_extension("");
        let id = id.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&page)?;
        let (head, rest) = text.split_at(text.find("\n## Flagged\n").map_or(text.len(), |before| before + 1));
        let start = examples.len();
        examples.push_str(rest);
        let range = (start, examples.len());
        let wrong = || io::Error::other(format!("{id}: no fence with the keys of a rule"));
        let fence = fence(head).ok_or_else(wrong)?;
        let table = DeTable::parse(fence).map_err(io::Error::other)?;
        let keys = keys(table.get_ref()).ok_or_else(wrong)?;
        let start = values.len();
        Fence { text: fence, list: &mut values }.table(&table);
        let values = (start, values.len());
        let _ = writeln!(
            list,
            "    Page {{ id: {id:?}, head: {head:?}, keys: {keys}, values: {values:?}, examples: {range:?} }},"
        );
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    fs::write(out.join("examples.deflate"), deflated(examples.as_bytes())?)?;
    fs::write(out.join("public-suffixes.deflate"), deflated(&fs::read(rules.join("public-suffixes.txt"))?)?)?;
    fs::write(out.join("values"), values)?;
    fs::write(out.join("pages.rs"), list)
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(bytes)?;
    deflated.finish()
}

/// The text of a page's fence.
fn fence(head: &str) -> Option<&str> {
    let (_, from_there) = head.split_once("\n```toml rule\n")?;
    let end = from_there.find("\n```\n")? + 1;
    from_there.get(..end)
}

/// The values of a fence, as bytes: each is a letter, its place in the fence (where it starts, and how long it is), and
/// what the letter asks for. Numbers have seven bits a byte, the lowest first, and the highest bit where more follow.
struct Fence<'t> {
    text: &'t str,
    list: &'t mut Vec<u8>,
}

impl Fence<'_> {
    /// `t`: the number of keys, and each key as a text with its value behind it.
    fn table(&mut self, table: &Spanned<DeTable<'_>>) {
        self.begin(b't', table.span());
        self.entries(table.get_ref());
    }

    fn entries(&mut self, table: &DeTable<'_>) {
        self.number(table.len());
        for (key, value) in table {
            self.text(key.get_ref(), key.span());
            self.value(value);
        }
    }

    /// `a`: the number of items, and the items. `y`, `n`: true and false. `o`: another value, which is read where it
    /// stands.
    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        match value.get_ref() {
            DeValue::String(text) => self.text(text, span),
            DeValue::Boolean(true) => self.begin(b'y', span),
            DeValue::Boolean(false) => self.begin(b'n', span),
            DeValue::Array(items) => {
                self.begin(b'a', span);
                self.number(items.len());
                items.iter().for_each(|item| self.value(item));
            }
            DeValue::Table(table) => {
                self.begin(b't', span);
                self.entries(table);
            }
            _ => self.begin(b'o', span),
        }
    }

    /// `b`: a text as it stands in the fence. `q`: one as it stands there between quotes. `e`: one that is written
    /// otherwise there, with its length and itself.
    fn text(&mut self, text: &str, span: std::ops::Range<usize>) {
        let written = &self.text[span.clone()];
        if written == text {
            self.begin(b'b', span);
        } else if written.get(1..written.len().saturating_sub(1)) == Some(text) {
            self.begin(b'q', span);
        } else {
            self.begin(b'e', span);
            self.number(text.len());
            self.list.extend_from_slice(text.as_bytes());
        }
    }

    fn begin(&mut self, letter: u8, span: std::ops::Range<usize>) {
        self.list.push(letter);
        self.number(span.start);
        self.number(span.len());
    }

    fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.list.push(0x80 | (number & 0x7F) as u8);
            number >>= 7;
        }
        self.list.push(number as u8);
    }
}

/// The keys of a fence, as the constant that `lib.rs` declares.
fn keys(fence: &DeTable<'_>) -> Option<String> {
    let get = |table: &'_ DeTable<'_>, key: &str| table.get(key).and_then(|value| text(value.get_ref()));
    let from = get(fence, "from")?;
    let is_preview = get(fence, "status").as_deref() == Some("preview");
    let DeValue::Table(severity) = fence.get("severity")?.get_ref() else { return None };
    let severity: Vec<(String, String)> = severity
        .iter()
        .filter_map(|(preset, grade)| Some((preset.get_ref().to_string(), text(grade.get_ref())?)))
        .collect();
    let conflicts_with: Vec<String> = match fence.get("conflicts-with").map(Spanned::get_ref) {
        None => Vec::new(),
        Some(DeValue::Array(ids)) => ids.iter().filter_map(|id| text(id.get_ref())).collect(),
        Some(id) => vec![text(id)?],
    };
    let escalations = match fence.get("escalate").map(Spanned::get_ref) {
        Some(DeValue::Array(all)) => all.iter().collect(),
        _ => Vec::new(),
    };
    let of_escalation = |it: &&Spanned<DeValue<'_>>| match it.get_ref() {
        DeValue::Table(table) => get(table, "where"),
        _ => None,
    };
    let conditions: Vec<String> =
        get(fence, "where").into_iter().chain(escalations.iter().filter_map(of_escalation)).collect();
    Some(format!(
        "Keys {{ from: {from:?}, is_preview: {is_preview}, severity: &{severity:?}, conflicts_with: &{conflicts_with:?}, \
         conditions: &{conditions:?} }}"
    ))
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
