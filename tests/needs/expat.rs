//! Verdicts on XML compared with those of expat, which `python3` contains.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use sessionlint::xml::{Keep, ParseOutcome, parse};

use crate::damage::damaged_document;
use crate::documents::{EXPANDED_BY_EXPAT, FLAWED, SOUND};

fn is_sound(text: &str) -> bool {
    matches!(parse(text, Keep::All), ParseOutcome::Tree(_))
}

/// Expat's verdict on each document, put behind the one byte order mark that a file may have.
fn ask_expat(documents: &[&str]) -> Vec<bool> {
    const SCRIPT: &str = "
import json, sys, xml.parsers.expat as expat
def is_sound(text):
    try:
        expat.ParserCreate().Parse('\\ufeff' + text, True)
        return True
    except expat.ExpatError:
        return False
json.dump([is_sound(text) for text in json.loads(sys.stdin.buffer.read())], sys.stdout)
";
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let question = serde_json::to_vec(documents).unwrap();
    child.stdin.take().unwrap().write_all(&question).unwrap();
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

pub(crate) fn recorded_verdicts_are_those_of_expat() {
    let flawed = FLAWED.iter().map(|(text, ..)| *text);
    let documents: Vec<&str> = SOUND.iter().copied().chain(flawed).collect();
    assert!(documents.len() >= 200);
    for (text, verdict) in documents.iter().zip(ask_expat(&documents)) {
        assert_eq!(is_sound(text), verdict, "expat disagrees about {text:?}");
    }
    assert_eq!(ask_expat(EXPANDED_BY_EXPAT), [false; 3]);
}

/// Expat expands entities, so a document that declares some may fail there and pass here; and its names are
/// those of the fourth edition, which knew no character beyond the first plane.
fn may_differ(text: &str) -> bool {
    match parse(text, Keep::All) {
        ParseOutcome::Tree(document) => document.dtd_entities().is_some() || text.contains('\u{1f600}'),
        _ => false,
    }
}

pub(crate) fn damaged_documents_get_the_verdict_of_expat() {
    // `EXPAT_DOCUMENTS=1000000` is for changes to the parser.
    let documents = std::env::var("EXPAT_DOCUMENTS").map_or(4_000, |number| number.parse().unwrap());
    let strategy = damaged_document();
    let mut runner = TestRunner::deterministic();
    let texts: Vec<String> = (0..documents).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut accepted = 0;
    for (text, verdict) in texts.iter().zip(ask_expat(&borrowed)) {
        let is_sound = is_sound(text);
        assert!(is_sound == verdict || may_differ(text), "expat says {verdict} to {text:?}");
        accepted += usize::from(is_sound);
    }
    // A comparison that only one verdict ever comes out of would compare nothing.
    assert!(accepted * 20 > documents && accepted * 20 < documents * 19, "{accepted} of {documents}");
}
