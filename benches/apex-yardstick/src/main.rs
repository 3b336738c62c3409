//! Compares two readers of Apex over folders: the program's own, and tree-sitter with its grammar of Apex.
//!
//! `apex-yardstick facts FOLDER...` compares the facts of files, `trees` the nodes that the program uses, `mutants` the
//! facts of classes that were changed at random, `speed` how long reading takes. `positions` prints where the program's
//! reader sees methods and calls, for `salesforce.py`. `EVERY=10` takes one file of ten. Refuses to know which reader
//! is right: it prints the differences.

#![allow(dead_code, unused_imports, clippy::all, reason = "most of what is copied is not asked here")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs, thread};

include!(concat!(env!("OUT_DIR"), "/readers.rs"));

struct File {
    path: PathBuf,
    is_trigger: bool,
    name: String,
    text: String,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((command, folders)) = arguments.split_first() else {
        eprintln!("usage: apex-yardstick facts|trees|mutants|speed|positions FOLDER...");
        std::process::exit(2);
    };
    let files = read(folders);
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    if command == "positions" {
        return positions(&files);
    }
    println!("{} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    match command.as_str() {
        "facts" => facts(&files),
        "trees" => trees(&files),
        "mutants" => mutants(&files),
        "speed" => speed(&files, bytes),
        _ => std::process::exit(2),
    }
}

fn read(folders: &[String]) -> Vec<File> {
    let every: usize = env::var("EVERY").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let mut number = 0;
    let mut files = Vec::new();
    for folder in folders {
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok) {
            let path = entry.path();
            let suffix = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
            if !matches!(suffix, "cls" | "trigger") || !entry.file_type().is_file() {
                continue;
            }
            let Ok(bytes) = fs::read(path) else { continue };
            let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{FEFF}').to_owned();
            // `EVERY=10` takes one file of ten.
            number += 1;
            if number % every != 0 {
                continue;
            }
            let name = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
            files.push(File { path: path.to_owned(), is_trigger: suffix == "trigger", name, text });
        }
    }
    files
}

fn ours_of(file: &File) -> ours::Unit {
    let code = if file.is_trigger { ours::Code::Trigger } else { ours::Code::Class };
    ours::Unit::read(code, &file.name, &file.text)
}

fn theirs_of(file: &File) -> theirs::Unit {
    let code = if file.is_trigger { theirs::Code::Trigger } else { theirs::Code::Class };
    theirs::Unit::read(code, &file.name, &file.text)
}

/// How two readings of a file relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Equal,
    EqualBothUnfit,
    /// Tree-sitter did not fit, and we did.
    OnlyOursFits,
    /// We did not fit, and tree-sitter did.
    OnlyTheirsFits,
    DiffersBothUnfit,
    DiffersBothFit,
}

/// Compares what a file says; gives the first lines that differ.
fn judge(file: &File) -> (Verdict, String) {
    let (ours, theirs) = (ours_of(file), theirs_of(file));
    let fits = (!ours.is_partly_read, !theirs.is_partly_read);
    let (left, right) = (format!("{ours:#?}"), format!("{theirs:#?}"));
    let is_equal = left == right;
    let verdict = match (fits, is_equal) {
        ((true, true), true) => Verdict::Equal,
        ((false, false), true) => Verdict::EqualBothUnfit,
        ((true, false), _) => Verdict::OnlyOursFits,
        ((false, true), _) => Verdict::OnlyTheirsFits,
        ((false, false), false) => Verdict::DiffersBothUnfit,
        ((true, true), false) => Verdict::DiffersBothFit,
    };
    (verdict, if is_equal { String::new() } else { first_difference(&left, &right) })
}

fn first_difference(left: &str, right: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let at = left.iter().zip(&right).position(|(left, right)| left != right).unwrap_or(left.len().min(right.len()));
    let mut text = String::new();
    for line in left.iter().skip(at.saturating_sub(3)).take(8) {
        let _ = writeln!(text, "    ours   {line}");
    }
    for line in right.iter().skip(at.saturating_sub(3)).take(8) {
        let _ = writeln!(text, "    theirs {line}");
    }
    text
}

fn line_of(text: &str, at: u32) -> String {
    let at = (at as usize).min(text.len());
    let before = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
    format!("{}: {}", before + 1, text.lines().nth(before).unwrap_or_default().trim())
}

fn facts(files: &[File]) {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for file in files {
        let (verdict, difference) = judge(file);
        *counts.entry(verdict).or_default() += 1;
        match verdict {
            Verdict::Equal => {}
            Verdict::EqualBothUnfit => {
                let error = ours::nodes(&file.text).and_then(|(_, errors, _)| errors.first().copied());
                println!("{verdict:?} {}", file.path.display());
                if let Some((at, _)) = error {
                    println!("    our error    {}", line_of(&file.text, at));
                }
            }
            Verdict::OnlyTheirsFits | Verdict::DiffersBothUnfit => {
                println!("{verdict:?} {}\n{difference}", file.path.display());
                let error = ours::nodes(&file.text).and_then(|(_, errors, _)| errors.first().copied());
                let theirs = theirs::nodes(&file.text).and_then(|(_, errors, _)| errors.first().copied());
                if let Some((at, _)) = error {
                    println!("    our error    {}", line_of(&file.text, at));
                }
                if let Some((at, _)) = theirs {
                    println!("    their error  {}", line_of(&file.text, at));
                }
            }
            Verdict::OnlyOursFits => {
                println!("{verdict:?} {}", file.path.display());
                for (at, _) in theirs::nodes(&file.text).map(|(_, errors, _)| errors).unwrap_or_default().iter().take(3)
                {
                    println!("    their error  {}", line_of(&file.text, *at));
                }
            }
            Verdict::DiffersBothFit => println!("{verdict:?} {}\n{difference}", file.path.display()),
        }
    }
    println!("{counts:#?}");
}

fn trees(files: &[File]) {
    let (mut equal, mut unfit, mut differ) = (0, 0, 0);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let (ours, theirs) = (ours::nodes(&file.text), theirs::nodes(&file.text));
        if theirs.as_ref().is_none_or(|(_, errors, _)| !errors.is_empty()) {
            unfit += 1;
            continue;
        }
        let (ours, theirs) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
        if ours == theirs {
            equal += 1;
            continue;
        }
        differ += 1;
        let at = ours.0.iter().zip(&theirs.0).position(|(left, right)| left != right);
        let at = at.unwrap_or(ours.0.len().min(theirs.0.len()));
        let kind =
            format!("{:?} / {:?}", ours.0.get(at).map(|it| (&it.0, &it.1)), theirs.0.get(at).map(|it| (&it.0, &it.1)));
        let seen = kinds.entry(kind).or_default();
        *seen += 1;
        if *seen <= 3 {
            println!("{} errors {:?}", file.path.display(), ours.1);
            println!("    ours   {:?}\n    theirs {:?}", ours.0.get(at), theirs.0.get(at));
            if let Some((_, _, (start, end), _)) = theirs.0.get(at).or(ours.0.get(at)) {
                println!("    {}", line_of(&file.text, *start));
                println!("    {:?}", file.text.get(*start as usize..(*end as usize).min(*start as usize + 120)));
            }
        }
    }
    println!(
        "{equal} equal, {differ} differ, {unfit} that tree-sitter does not fit; by the first difference: {kinds:#?}"
    );
}

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

/// The places between words and signs of a text, literals and comments whole.
fn cuts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut cuts = vec![0];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with('\'') {
            let mut end = 1;
            while end < rest.len() && rest.as_bytes()[end] != b'\'' {
                end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(rest.len())
        } else if is_word(bytes[at]) {
            bytes[at..].iter().take_while(|byte| is_word(**byte)).count()
        } else {
            1
        };
        at += length;
        while !text.is_char_boundary(at) {
            at += 1;
        }
        cuts.push(at);
    }
    cuts
}

/// A class that was changed at random: its case, its white space and comments, and a few of its words and signs.
fn mutant(text: &str, random: &mut Random) -> String {
    let cuts = cuts(text);
    let mut pieces: Vec<String> = cuts.windows(2).map(|pair| text[pair[0]..pair[1]].to_owned()).collect();
    let is_fixed = |piece: &str| piece.starts_with(['\'', '/']);
    for _ in 0..random.below(30) {
        let at = random.below(pieces.len());
        if pieces.is_empty() || is_fixed(&pieces[at]) {
            continue;
        }
        match random.below(4) {
            0 => pieces[at] = pieces[at].to_uppercase(),
            1 => pieces[at] = pieces[at].to_lowercase(),
            2 if pieces[at].trim().is_empty() => pieces[at].push_str(" /* between */ // to the end\n"),
            _ if pieces[at].trim().is_empty() => pieces[at].push_str("\r\n\t"),
            _ => {}
        }
    }
    for _ in 0..random.below(3) {
        if pieces.len() < 4 {
            break;
        }
        let at = random.below(pieces.len());
        match random.below(4) {
            0 => drop(pieces.remove(at)),
            1 => {
                let piece = pieces[at].clone();
                pieces.insert(at, piece);
            }
            2 => {
                let other = random.below(pieces.len());
                pieces.swap(at, other);
            }
            _ => {
                let other = pieces[random.below(pieces.len())].clone();
                pieces[at] = other;
            }
        }
    }
    pieces.concat()
}

fn mutants(files: &[File]) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let sources: Vec<&File> = files.iter().filter(|file| file.text.len() < 20_000).collect();
    let only = env::var("MUTANT").ok().and_then(|number| number.parse::<usize>().ok());
    for number in 0..10_000 {
        let source = sources[random.below(sources.len())];
        let text = mutant(&source.text, &mut random);
        let file = File { path: source.path.clone(), is_trigger: source.is_trigger, name: source.name.clone(), text };
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let (verdict, difference) = judge(&file);
        let seen = counts.entry(verdict).or_default();
        *seen += 1;
        if matches!(verdict, Verdict::OnlyTheirsFits | Verdict::DiffersBothFit) || only.is_some() {
            println!("{verdict:?} mutant {number} of {}\n{difference}", file.path.display());
            for (at, _) in ours::nodes(&file.text).map(|(_, errors, _)| errors).unwrap_or_default().iter().take(3) {
                println!("    our error  {}", line_of(&file.text, *at));
            }
        }
        if matches!(verdict, Verdict::OnlyOursFits) && *seen <= 40 || only.is_some() {
            for (at, _) in theirs::nodes(&file.text).map(|(_, errors, _)| errors).unwrap_or_default().iter().take(1) {
                println!("OnlyOursFits mutant {number}: their error  {}", line_of(&file.text, *at));
            }
        }
        if only.is_some() {
            println!("{}", file.text);
        }
    }
    println!("{counts:#?}");
}

/// One line for each file: its path, whether it fits, and where names of methods and calls begin, in units of UTF-16.
fn positions(files: &[File]) {
    for file in files {
        let (fits, methods, calls) = ours::positions(&file.text);
        let units = |starts: &[u32]| {
            let (mut at, mut units) = (0, 0);
            let mut all = Vec::new();
            for start in starts {
                units += file.text[at..*start as usize].encode_utf16().count();
                at = *start as usize;
                all.push(units.to_string());
            }
            all.join(",")
        };
        println!("{}\t{}\t{}\t{}", file.path.display(), u8::from(fits), units(&methods), units(&calls));
    }
}

/// Seconds that this thread ran, so that what else the machine does counts less.
fn processor_time() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|it| it.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

fn speed(files: &[File], bytes: usize) {
    let rounds: usize = env::var("ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    let time = |name: &str, rounds: usize, run: &(dyn Fn(&File) -> usize + Sync)| {
        let mut best = f64::MAX;
        for _ in 0..rounds {
            let start = processor_time();
            let mut sum = 0;
            for file in files {
                sum += run(file);
            }
            std::hint::black_box(sum);
            best = best.min(processor_time() - start);
        }
        println!("{name}: {:.1} ms, {:.1} MB/s", best * 1e3, bytes as f64 / 1e6 / best);
    };
    time("parse, ours", rounds, &|file| ours::parse_only(&file.text));
    time("facts, ours", rounds, &|file| ours_of(file).methods.len());
    if env::var_os("OURS").is_none() {
        time("parse, tree-sitter", 1, &|file| theirs::parse_only(&file.text));
        time("facts, tree-sitter", 1, &|file| theirs_of(file).methods.len());
    }
}
