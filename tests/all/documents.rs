//! Every document that the repository names is in the repository: links of Markdown with their headings, and names of
//! documents and sources in prose, comments and code.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no text of ours.
const FOREIGN: &[&str] = &[".git", "target", "node_modules", "corpus", "artifacts", "seeds"];

/// Names that stand for any document, or for one of a reader's own.
const PLACEHOLDERS: &[&str] = &["X.md", "NAME.md", "comment.md", "a.b.md"];

/// What comments begin with, by the ending of a file; prose is whole.
const COMMENTS: &[(&str, &[&str])] = &[
    ("md", &[]),
    ("rs", &["//"]),
    ("toml", &["#"]),
    ("yml", &["#"]),
    ("yaml", &["#"]),
    ("py", &["#"]),
    ("sh", &["#"]),
    ("mjs", &["//", " *"]),
    ("js", &["//", " *"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of ours below `folder`.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            if !FOREIGN.contains(&name.as_str()) {
                files(&path, found);
            }
        } else if COMMENTS.iter().any(|(ending, _)| path.extension().is_some_and(|it| it == *ending)) {
            found.push(path);
        }
    }
}

fn ours() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(root(), &mut found);
    assert!(found.len() > 300, "{}", found.len());
    found.into_iter().filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

/// The lines of Markdown outside of fences, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let is_mark = line.trim_start().starts_with("```");
        is_fenced ^= is_mark;
        !is_fenced && !is_mark
    })
}

/// The name that GitHub gives a heading in an address.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|ch| ch.is_alphanumeric() || matches!(ch, ' ' | '-' | '_'));
    kept.map(|ch| if ch == ' ' { '-' } else { ch }).collect()
}

fn anchors(markdown: &str) -> BTreeSet<String> {
    prose(markdown)
        .filter_map(|(_, line)| line.strip_prefix('#'))
        .map(|it| anchor(it.trim_start_matches('#')))
        .collect()
}

/// The targets of the links of a line.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn every_relative_link_leads_somewhere() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (path, text) in ours().iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "md")) {
        for (index, line) in prose(text) {
            let is_filled_in = |link: &str| link.contains("{{") || link.starts_with('@');
            let is_elsewhere = |link: &str| link.contains("://") || link.starts_with("mailto:") || is_filled_in(link);
            for link in links(line).filter(|link| !is_elsewhere(link)) {
                count += 1;
                let (file, heading) = link.split_once('#').map_or((link, None), |(file, it)| (file, Some(it)));
                let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
                let has_heading =
                    |heading: &str| fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(heading));
                if !target.exists() || !heading.is_none_or(has_heading) {
                    wrong.push(format!("{}:{}: {link}", path.display(), index + 1));
                }
            }
        }
    }
    assert!(count > 100, "{count} links");
    assert!(wrong.is_empty(), "these links lead nowhere:\n{}", wrong.join("\n"));
}

/// The path of a source file without its ending, where a word is one of this repository's.
fn source_stem(word: &str) -> Option<&str> {
    let ours = ["crates/", "src/", "tests/", "benches/", "rules/", "fuzz/"];
    let is_path = ours.iter().any(|folder| word.starts_with(folder));
    word.rsplit_once('.').filter(|(_, ending)| is_path && matches!(*ending, "rs" | "toml" | "py")).map(|(stem, _)| stem)
}

/// The names of documents and sources in a line.
fn documents(line: &str) -> impl Iterator<Item = &str> {
    let is_of_name =
        |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '.' | '_' | '-' | '/' | '*' | '<' | '>' | '{' | '}');
    let words = line.split(move |ch: char| !is_of_name(ch)).map(|word| word.trim_end_matches('.'));
    words.filter(|word| {
        let stem = word.strip_suffix(".md").or_else(|| source_stem(word)).unwrap_or_default();
        stem.ends_with(|ch: char| ch.is_ascii_alphanumeric()) && !word.contains(['*', '<', '{'])
    })
}

/// Whether a line speaks of a numbered section, which documents of this repository do not have.
fn names_section(line: &str) -> bool {
    let line = line.to_lowercase();
    let is_number = |rest: &str| rest.starts_with(|ch: char| ch.is_ascii_digit());
    ["section ", "sections ", "appendix "].iter().any(|word| line.split(word).skip(1).any(is_number))
        && !line.contains("rfc ")
}

#[test]
fn every_document_that_is_named_exists() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (path, text) in &ours() {
        let ending = path.extension().unwrap().to_string_lossy();
        let comments = COMMENTS.iter().find(|(it, _)| *it == ending).unwrap().1;
        let is_prose = comments.is_empty();
        let lines: Vec<(usize, &str)> =
            if is_prose { prose(text).collect() } else { text.lines().enumerate().collect() };
        for (index, line) in lines {
            let is_comment = is_prose || comments.iter().any(|it| line.trim_start().starts_with(it.trim_start()));
            for name in documents(line) {
                // Code makes files of its own; of its documents it names those of `docs/`.
                if !(is_comment || name.starts_with("docs/"))
                    || PLACEHOLDERS.contains(&name.rsplit('/').next().unwrap_or(name))
                {
                    continue;
                }
                count += 1;
                let beside = path.parent().unwrap().join(name);
                let is_there =
                    [root().join(name), beside, root().join("rules").join(name)].iter().any(|it| it.exists());
                if !is_there {
                    wrong.push(format!("{}:{}: {name}", path.display(), index + 1));
                }
            }
            if is_comment && names_section(line) {
                wrong.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    assert!(count > 50, "{count} names");
    assert!(wrong.is_empty(), "these documents are not in the repository:\n{}", wrong.join("\n"));
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let sources: Vec<String> = ours()
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"))
        .map(|(_, text)| text)
        .collect();
    let enforced = page.lines().filter_map(|line| line.strip_prefix("| ")?.rsplit(" | ").next());
    let words = enforced.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let is_function =
        |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && word.contains('_');
    // A lint is named in the same column.
    let named: BTreeSet<&str> = words.filter(is_function).filter(|word| *word != "unsafe_code").collect();
    assert!(named.len() > 5, "{named:?}");
    let is_missing = |name: &&&str| !sources.iter().any(|text| text.contains(&format!("fn {name}(")));
    let missing: Vec<_> = named.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "docs/architecture.md names tests that are not there: {missing:?}");
}
