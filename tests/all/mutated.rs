//! Random changes of a project under every command: it ends in ten seconds with an exit code from 0 to 3, within a
//! gigabyte.
//!
//! Projects are the samples, changed at random by numbers. `MUTATED_PROJECTS` is their number, `MUTATED_FROM` the first
//! number, and `MUTATED_PROGRAM` another build of the program; each failure names its number.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, and its environment says how much it does"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::apex::Random;
use crate::support::{PROGRAM, files};

const SAMPLES: &[&str] =
    &["leaky-org", "leaky-secure-org", "sound-org", "sound-secure-org", "mdapi-org", "two-packages", "broken-xml"];

/// Pieces that change what a file means.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "&#x10FFFF;",
    "\"",
    "'",
    "\0",
    "\u{FEFF}",
    "\u{202E}",
    "\r",
    "\n",
    "<<<<<<< HEAD\n",
    "=======\n",
    "xsi:nil=\"true\"",
    "99999999999999999999",
    "-1",
    "true",
    "*",
    "**/",
    "!",
    "[a-",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "/*",
    "//",
    "sid=00D000000000001!AQ",
    "0.0.0.0",
    "255.255.255.255",
    "::/0",
    "2026-02-30",
];

/// Names that files and folders may get.
const NAMES: &[&str] = &[
    "a b.profile-meta.xml",
    "%2E%2E%2Fx.profile-meta.xml",
    "\u{202E}x.connectedApp-meta.xml",
    "::error::x.connectedApp-meta.xml",
    "a\nb.profile-meta.xml",
    "\u{1F512}.settings-meta.xml",
    "Security.settings-meta.xml",
    "Security.settings",
    ".profile-meta.xml",
    "x.ecaOauthPlcy-meta.xml",
    "A.cls",
    "A.trigger",
    "A.page",
    "sessionlint.toml",
    ".forceignore",
    "package.xml",
    "sfdx-project.json",
];

const CONFIGURATION: &str = "preset = \"all\"\nselect = [\"session\"]\nprecedence = \"shortest\"\n\n\
    [integration]\napps = [\"*\", \"!x\"]\n\n[rules.\"session/org-timeout-short\"]\nseverity = \"note\"\n\n\
    [[ignore]]\nrule = \"oauth\"\nreason = \"known\"\nuntil = 2026-12-01\n\n\
    [[egress]]\nname = \"hub\"\naddresses = [\"203.0.113.0/24\"]\n";

/// The sample of a number, and what it is changed to.
fn project(number: usize) -> (&'static str, BTreeMap<String, Vec<u8>>) {
    let mut random = Random::new(number as u64 + 1);
    random.next();
    let name = SAMPLES[random.below(SAMPLES.len())];
    let mut files = files(&sample(name));
    if random.one_in(3) {
        files.insert("sessionlint.toml".to_owned(), CONFIGURATION.as_bytes().to_vec());
    }
    for _ in 0..=random.below(6) {
        let names: Vec<String> = files.keys().cloned().collect();
        let roots: Vec<&String> = names.iter().filter(|name| !name.contains('/')).collect();
        // Configuration and project file are few, and decide much.
        let path = if random.one_in(4) && !roots.is_empty() {
            roots[random.below(roots.len())].clone()
        } else {
            names[random.below(names.len())].clone()
        };
        if random.one_in(6) {
            let bytes = files.remove(&path).unwrap();
            files.insert(renamed(&path, &mut random), bytes);
        } else {
            let other = files[&names[random.below(names.len())]].clone();
            change(files.get_mut(&path).unwrap(), &other, &mut random);
        }
    }
    (name, files)
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name)
}

fn renamed(path: &str, random: &mut Random) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = match random.below(4) {
        0 => format!("{}{name}", "long".repeat(random.below(45))),
        1 => format!("{}{name}", "deep/".repeat(random.below(200))),
        2 => format!("{name}-meta.xml"),
        _ => NAMES[random.below(NAMES.len())].to_owned(),
    };
    if folder.is_empty() { name } else { format!("{folder}/{name}") }
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(400)).min(bytes.len());
    match random.below(12) {
        0 => bytes.truncate(at),
        1 => {
            for _ in 0..=random.below(20) {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
        2 => drop(bytes.drain(at..end)),
        3 => {
            let times = if random.one_in(8) { 3_000 } else { 1 + random.below(4) };
            let blocks = bytes[at..end].repeat(times);
            bytes.splice(at..at, blocks);
        }
        4 => {
            let block: Vec<u8> = bytes.drain(at..end).collect();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, block);
        }
        5 => {
            let depth = [10, 300, 20_000][random.below(3)];
            let (open, close) = [("<a>", "</a>"), ("[", "]"), ("{\"a\":", "}"), ("(", ")")][random.below(4)];
            bytes.splice(at..at, (open.repeat(depth) + &close.repeat(depth)).into_bytes());
        }
        6 => {
            let length = [1_000, 70_000, 1_000_000][random.below(3)];
            bytes.splice(at..at, b"x".repeat(length));
        }
        7 => {
            let from = random.below(other.len() + 1);
            let to = (from + random.below(2_000)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        8 => *bytes = other.to_vec(),
        9 => {
            // As UTF-16, with a mark or without.
            let text = String::from_utf8_lossy(bytes).into_owned();
            let mark = [0xFF, 0xFE].into_iter().take(if random.one_in(2) { 2 } else { 0 });
            *bytes = mark.chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        }
        _ => {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len() + 1);
                bytes.splice(at..at, random.pick(PIECES).bytes());
            }
        }
    }
}

/// Runs the program within a gigabyte; the reason why it did not end well.
fn trial(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let other = std::env::var("MUTATED_PROGRAM");
    // A build without optimisation that shares its cores with other tests is slower by some times.
    let limit = Duration::from_secs(if other.is_ok() { 10 } else { 60 });
    let script = "ulimit -v 1048576 2>/dev/null; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.env(crate::support::CACHE_DIR, "");
    command.args(["-c", script, other.as_deref().unwrap_or(PROGRAM)]);
    command.args(arguments).args(["--threads=2", "--as-of=2026-11-28"]);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let errors = folder.join("../err");
    let mut child = command.stderr(fs::File::create(&errors).unwrap()).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            return Err("it takes too long".to_owned());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let err = fs::read(&errors).unwrap();
    let err = String::from_utf8_lossy(&err);
    if !matches!(status.code(), Some(0..=3)) || err.contains("panicked") {
        return Err(format!("{status}: {}", err.chars().take(2_000).collect::<String>()));
    }
    Ok(())
}

#[test]
fn every_command_ends_well_whatever_a_project_holds() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let (from, count) = (number("MUTATED_FROM").unwrap_or(0), number("MUTATED_PROJECTS").unwrap_or(4));
    let mut failed = Vec::new();
    for number in from..from + count {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        let (name, files) = project(number);
        for (path, bytes) in &files {
            let path = root.join(path);
            // A name that is a folder's already, or too long for the disk, is left out.
            if fs::create_dir_all(path.parent().unwrap()).is_ok() {
                let _ = fs::write(path, bytes);
            }
        }
        let original = sample(name);
        let other_formats = ["concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];
        let also = other_formats.map(|format| format!("--also={format}={}", folder.path().join(format).display()));
        let check: Vec<&str> = ["check", "--preset=all"].into_iter().chain(also.iter().map(String::as_str)).collect();
        let commands: &[&[&str]] = &[
            &check,
            &["check", "--no-project-config", "--fix", "--unsafe-fixes", "--diff"],
            &["sessions"],
            &["diagnose"],
            &["report"],
            &["calendar", "--all"],
            &["query", "SELECT FIELDS(ALL) FROM Profile"],
            &["diff", original.to_str().unwrap(), "."],
        ];
        for arguments in commands {
            if let Err(reason) = trial(&root, arguments) {
                eprintln!("project {number} ({name}), {}: {reason}", arguments.join(" "));
                failed.push((number, arguments[0].to_owned()));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
