//! Properties of any text: no text makes a part panic, wait or point at a place that does not exist.
//!
//! Texts are mutations of sound ones, because random bytes are refused at the first of them. Each property tries a
//! number of texts, always the same ones; `PROPERTY_CASES` multiplies their number, `PROPERTY_SEED` makes others.
//! `benches/` measures that each ends in time.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, and its environment says how much is tried"
)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::apex::Random;
use crate::support::trials;

/// Pieces in which the languages' grammar changes its mind.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<!DOCTYPE a>",
    "&amp;",
    "&#65;",
    "&",
    "\"",
    "'",
    "=",
    "<a>",
    "</a>",
    "xsi:nil=\"true\"",
    " ",
    "\t",
    "\r\n",
    "\r",
    "\n",
    "\u{FEFF}",
    "ü",
    "\u{10FFFF}",
    "\0",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{{",
    ",",
    ".",
    ":",
    "\\",
    "%",
    "_",
    "#",
    "```",
    "## ",
    "SELECT ",
    "FROM ",
    "WHERE ",
    "NOT ",
    "AND ",
    "OR ",
    "IN ",
    "LIKE ",
    "INCLUDES ",
    "ORDER BY ",
    "LIMIT ",
    "NULLS LAST",
    "COUNT()",
    "null",
    "true",
    "-1",
    "99999999999999999999",
    "2026-02-30",
    "NEXT_N_DAYS:3",
    "'a'",
    "<<<<<<< HEAD\n",
    "=======\n",
    ">>>>>>> x\n",
];

/// A text made of another: parts go, come again, come twice, or something else comes between.
fn mutate(random: &mut Random, text: &str, others: &[String]) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(5) {
        let at = boundary(&text, random.below(text.len() + 1));
        let span = [1, 8, 60, 400][random.below(4)];
        let end = boundary(&text, (at + random.below(span)).min(text.len())).max(at);
        match random.below(6) {
            0 => text.insert_str(at, random.pick(PIECES)),
            1 => text.replace_range(at..end, random.pick(PIECES)),
            2 => text.replace_range(at..end, ""),
            3 => {
                let part = text[at..end].to_owned();
                text.insert_str(at, &part.repeat(1 + random.below(3)));
            }
            4 => text.truncate(at),
            _ => {
                let other = &others[random.below(others.len())];
                let start = boundary(other, random.below(other.len() + 1));
                let stop = boundary(other, (start + random.below(200)).min(other.len())).max(start);
                text.insert_str(at, &other[start..stop]);
            }
        }
    }
    text
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Tries this many mutations of `seeds`.
fn hold(cases: usize, seeds: &[String], trial: impl Fn(&mut Random, &str)) {
    let of = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut random = Random::new(of("PROPERTY_SEED").unwrap_or(1));
    let times = of("PROPERTY_CASES").and_then(|times| usize::try_from(times).ok()).unwrap_or(1);
    assert!(seeds.len() > 3);
    for _ in 0..cases * times {
        let seed = seeds[random.below(seeds.len())].clone();
        let text = mutate(&mut random, &seed, seeds);
        let mut guard = PrintOnPanic(&text, false);
        trial(&mut random, &text);
        guard.1 = true;
    }
}

/// Prints the text of a trial that panics.
struct PrintOnPanic<'t>(&'t str, bool);

impl Drop for PrintOnPanic<'_> {
    fn drop(&mut self) {
        if !self.1 {
            eprintln!("the text was: {:?}", self.0);
        }
    }
}

fn files_below(folder: &Path, wanted: impl Fn(&str) -> bool + Copy, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, wanted, found);
        } else if wanted(&path.to_string_lossy()) {
            found.push(path);
        }
    }
}

fn texts(folder: &str, wanted: impl Fn(&str) -> bool + Copy) -> Vec<String> {
    let mut found = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), wanted, &mut found);
    found.iter().filter_map(|path| fs::read_to_string(path).ok()).filter(|text| text.len() < 20_000).collect()
}

fn metadata() -> Vec<String> {
    texts("sample-projects", |path| path.ends_with("-meta.xml"))
}

#[test]
fn no_xml_is_trouble() {
    hold(10_000, &metadata(), |_, text| trials::of_xml(text));
}

#[test]
fn no_query_is_trouble() {
    let queries = [
        "SELECT Name, SessionMinutes FROM OAuthApp WHERE SessionMinutes < 60 AND IsIntegration = true ORDER BY Name DESC NULLS LAST LIMIT 5 OFFSET 1",
        "SELECT COUNT() FROM Profile WHERE Name LIKE 'A%\\_b' OR NOT (Name IN ('x', 'y') AND custom != null)",
        "SELECT Name FROM ConnectedApp WHERE oauthConfig.scopes INCLUDES ('Api;Web', 'Full') AND Path NOT IN (SELECT Path FROM Profile)",
        "select startAddress from Profile.loginIpRanges where startAddress > '10.0.0.0' -- so",
        "SELECT Channel, EffectiveMinutes FROM EffectiveSession WHERE DecidedBy = 'app' AND EffectiveMinutes >= 15",
    ];
    hold(4_000, &queries.map(str::to_owned), |_, text| trials::of_query(text));
}

#[test]
fn no_page_is_trouble() {
    hold(800, &texts("rules", |path| path.ends_with(".md")), |_, text| trials::of_page(text));
}

#[test]
fn no_configuration_is_trouble() {
    let configurations = [
        "preset = \"all\"\nfail-on = \"note\"\nselect = [\"session\", \"oauth/pkce-required\"]\nrules = [\"pages\"]\n",
        "precedence = \"shortest\"\n[integration]\napps = [\"ERP*\", \"!ERP test\"]\nprofiles = [\"* Integration\"]\negress = [\"203.0.113.7\", \"198.51.100.0/24\", \"rotating\", \"2001:db8::/32\"]\n",
        "[rule.\"session/org-timeout-short\"]\nseverity = \"note\"\nnote_below = 30\n",
        "ignore = [\"oauth\"]\n",
        "[[ignore]]\nrule = \"session/org-timeout-short\"\npath = \"force-app/**/A*.profile-meta.xml\"\nreason = \"kiosk\"\nuntil = 2026-12-31\n",
    ];
    hold(1_500, &configurations.map(str::to_owned), |_, text| trials::of_configuration(text.as_bytes()));
}

#[test]
fn no_file_of_any_name_is_trouble() {
    let names = trials::file_names();
    let mut seeds = metadata();
    seeds.extend(texts("sample-projects", |path| path.ends_with(".cls") || path.ends_with(".json")));
    hold(100, &seeds, |random, text| {
        // The kind by its root element, so that a part of it is read, else any kind.
        let root = text.split('<').nth(2).and_then(|tag| tag.split([' ', '>', '/']).next()).unwrap_or_default();
        let of_root = sessionlint::metadata::kind::all().find(|(_, kind)| kind.name == root);
        let name = match of_root {
            Some((_, kind)) if !random.one_in(5) => trials::file_of(kind),
            _ => names[random.below(names.len())].clone(),
        };
        let mut bytes = text.as_bytes().to_vec();
        if random.one_in(10) && !bytes.is_empty() {
            let at = random.below(bytes.len());
            bytes[at] = [0, 0x80, 0xC3, 0xFE, 0xFF][random.below(5)];
        }
        trials::of_file(&name, &bytes);
    });
}

#[test]
fn no_fix_breaks_a_file() {
    hold(80, &metadata(), |_, text| {
        let root = text.split('<').nth(2).and_then(|tag| tag.split([' ', '>', '/']).next()).unwrap_or_default();
        if let Some((_, kind)) = sessionlint::metadata::kind::all().find(|(_, kind)| kind.name == root) {
            trials::of_fixes(&trials::file_of(kind), text.as_bytes());
        }
    });
}
