//! What a file means does not depend on how it is written: the examples of all rule pages are written in other ways
//! that mean the same, and each page's rule finds the same in them.

#![allow(
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, and knows its files"
)]

use std::collections::HashMap;
use std::path::Path;

use sessionlint::check::{RunPlan, check};
use sessionlint::discover::Root;
use sessionlint::facts::Shapes;
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule::{Catalog, Preset, Rule};
use sessionlint::rule_test::AS_OF;
use sessionlint::vfs::Memory;

/// Rules that report how a file is written, or compare the lines of two.
const ABOUT_WRITING: &[&str] = &[
    "metadata/duplicate-component",
    "metadata/managed-package",
    "metadata/merge-conflict",
    "metadata/not-well-formed",
];

type Files = Vec<(String, Vec<u8>)>;

/// Whether a name may contain a character.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words of code, with the white space and comments after each. Text in `[...]` is one word, since white space in a
/// query means something.
fn words(code: &str) -> Vec<(&str, &str)> {
    let bytes = code.as_bytes();
    let from =
        |start: usize| code[start..].char_indices().skip(1).map(|(at, _)| start + at).next().unwrap_or(code.len());
    let gap = |start: usize| {
        let rest = &code[start..];
        if rest.starts_with("//") {
            rest.find('\n').map_or(code.len(), |end| start + end)
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(code.len(), |end| start + end + 2)
        } else if rest.starts_with(char::is_whitespace) {
            from(start)
        } else {
            start
        }
    };
    let text = |start: usize| {
        let mut at = start + 1;
        while at < code.len() && bytes[at] != b'\'' {
            at = if bytes[at] == b'\\' { at + 2 } else { from(at) };
        }
        (at + 1).min(code.len())
    };
    let word = |start: usize| match bytes[start] {
        b'\'' => text(start),
        b'[' => {
            let (mut at, mut depth) = (start, 0);
            loop {
                match bytes[at] {
                    b'[' => depth += 1,
                    b']' => depth -= 1,
                    _ => {}
                }
                at = if bytes[at] == b'\'' { text(at) } else { from(at) };
                if depth == 0 || at >= code.len() {
                    return at;
                }
            }
        }
        first => {
            let is_more = |byte: u8| {
                if is_name(first) || first == b'@' {
                    is_name(byte)
                } else {
                    b"=+-&|?.<>!*/".contains(&first) && b"=+-&|?.<>!".contains(&byte)
                }
            };
            let mut at = from(start);
            while at < code.len() && is_more(bytes[at]) {
                at += 1;
            }
            at
        }
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let end = if gap(at) > at { at } else { word(at) };
        let mut after = end;
        while after < code.len() && gap(after) > after {
            after = gap(after);
        }
        found.push((&code[at..end], &code[end..after]));
        at = after;
    }
    found
}

/// Code with something between all words.
fn apart(code: &str, between: &str) -> String {
    words(code).into_iter().flat_map(|(word, after)| [word, between, after]).collect()
}

/// XML with something before each element, instead of its white space.
fn spread(text: &str, between: &str) -> String {
    let mut spread = String::new();
    for (index, part) in text.split('<').enumerate() {
        let is_tag = part.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '/');
        if is_tag && spread.trim_end().ends_with('>') && !spread.trim_end().ends_with("?>") {
            spread.truncate(spread.trim_end().len());
            spread.push_str(between);
        }
        if index > 0 {
            spread.push('<');
        }
        spread.push_str(part);
    }
    spread
}

/// The files, with all code or all XML written in another way.
fn rewritten(files: &Files, is_it: impl Fn(&str, &str) -> bool, write: impl Fn(&str) -> String) -> Option<Files> {
    let mut is_changed = false;
    let changed = files.iter().map(|(path, bytes)| match std::str::from_utf8(bytes) {
        Ok(text) if is_it(path, text) => {
            let written = write(text).into_bytes();
            is_changed |= written != *bytes;
            (path.clone(), written)
        }
        _ => (path.clone(), bytes.clone()),
    });
    let changed = changed.collect();
    is_changed.then_some(changed)
}

fn is_code(path: &str, text: &str) -> bool {
    [".cls", ".trigger"].iter().any(|end| path.ends_with(end)) && !text.contains("sessionlint")
}

fn is_plain_xml(path: &str, text: &str) -> bool {
    path.ends_with(".xml") && text.starts_with("<?xml") && !text.contains("<!")
}

/// What a rule finds in files, without places.
fn findings(rule: &Rule, files: Files) -> Vec<String> {
    let root = Root::in_memory(Path::new("x.zip"), Memory::of("x.zip", files));
    let presets: Vec<Preset> = Preset::ALL.into_iter().filter(|preset| rule.grade(*preset).is_some()).collect();
    let plan = RunPlan { rules: vec![rule], presets, options: HashMap::new(), severities: HashMap::new() };
    let found = check(&load(&root, Inputs::on(AS_OF)).project, &plan).findings;
    let mut all: Vec<String> = found
        .iter()
        .map(|it| {
            let related: Vec<&str> = it.related.iter().map(|label| label.text.as_str()).collect();
            format!("{:?} {:?} {} {related:?}", it.severity, it.confidence, it.message)
        })
        .collect();
    all.sort();
    all
}

/// Compares the findings of every page in its examples as written, and rewritten.
fn same_findings(rewrite: impl Fn(&Files) -> Option<Files>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let (catalog, ids) = Catalog::load_over(&folder, &Shapes).unwrap();
    let (mut tried, mut found) = (0, 0);
    for rule in ids.iter().filter(|id| !ABOUT_WRITING.contains(&id.as_str())).filter_map(|id| catalog.get(id)) {
        for example in rule.page.examples().unwrap() {
            let files: Files = example.files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
            let Some(other) = rewrite(&files) else { continue };
            let before = findings(rule, files);
            tried += 1;
            found += before.len();
            assert_eq!(before, findings(rule, other), "{}: {}", rule.id, example.name);
        }
    }
    assert!(tried > 200 && found > 100, "{tried} examples with {found} findings");
}

#[test]
fn comments_and_line_breaks_in_code_change_no_finding() {
    for between in [" /* it's \"a\" note { */ ", "\n", " // a note\n"] {
        same_findings(|files| rewritten(files, is_code, |code| apart(code, between)));
    }
}

#[test]
fn the_case_of_keywords_and_the_ends_of_lines_change_no_finding() {
    const KEYWORDS: &[&str] =
        &["public", "static", "class", "for", "if", "return", "new", "void", "implements", "this"];
    let write = |(word, after): (&str, &str)| {
        let word = if KEYWORDS.contains(&word) { word.to_uppercase() } else { word.to_owned() };
        format!("{word}{after}")
    };
    same_findings(|files| rewritten(files, is_code, |code| words(code).into_iter().map(write).collect()));
    same_findings(|files| rewritten(files, is_code, |code| code.replace('\n', "\r\n")));
}

#[test]
fn comments_and_white_space_in_metadata_change_no_finding() {
    for between in ["", "\n\t<!-- <sessionTimeout>FifteenMinutes</sessionTimeout> -->\n\t"] {
        same_findings(|files| rewritten(files, is_plain_xml, |text| spread(text, between)));
    }
    same_findings(|files| rewritten(files, is_plain_xml, |text| format!("\u{FEFF}{}", text.replace('\n', "\r\n"))));
}
