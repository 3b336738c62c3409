//! Tests of learned blocks: the same verdicts, flaws, trees, texts and places as without them.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::{Document, Keep, ParseOutcome, fast_path::Blocks, read};
use sessionlint_source::budget::Lease;

fn unbounded() -> Lease {
    Lease::of(&std::sync::Arc::default())
}

/// Reads a text both ways; the outcome.
fn both(text: &str, keep: Keep) -> ParseOutcome {
    let (learned, reference) = (read(text, keep, true, &mut unbounded()), read(text, keep, false, &mut unbounded()));
    assert!(learned == reference, "learned:\n{learned:#?}\nreference:\n{reference:#?}\ntext:\n{text}");
    learned
}

fn tree(text: &str, keep: Keep) -> Document {
    match both(text, keep) {
        ParseOutcome::Tree(document) => document,
        other => panic!("{text:?} gives {other:?}"),
    }
}

/// How many bytes of `text` were read as learned blocks.
fn learned_bytes(text: &str) -> usize {
    crate::comparison::learned_bytes(text, Keep::Only(&["userPermissions"]))
}

/// A profile with `blocks` inside.
fn profile(blocks: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Profile xmlns=\"m\">\n{blocks}</Profile>\n")
}

fn permission(name: &str, enabled: &str) -> String {
    format!(
        "    <userPermissions>\n        <enabled>{enabled}</enabled>\n        <name>{name}</name>\n    </userPermissions>\n"
    )
}

#[test]
fn the_third_block_of_a_shape_is_read_as_one() {
    let text = profile(&[permission("A", "true"), permission("B", "true"), permission("Longer", "false")].concat());
    let third = text.rfind("\n    <userPermissions>").unwrap();
    assert_eq!(learned_bytes(&text), text.rfind("\n</Profile>").unwrap() - third);
    let document = tree(&text, Keep::All);
    let names: Vec<&str> = document
        .children_named(document.root(), "userPermissions")
        .map(|block| document.text(document.child(block, "name").unwrap()))
        .collect();
    assert_eq!(names, ["A", "B", "Longer"]);
}

#[test]
fn empty_and_missing_texts_fit_the_gaps() {
    let blocks = ["A", "B", "", " ", "C D"].map(|name| permission(name, "true")).concat();
    let text = profile(&blocks);
    assert!(learned_bytes(&text) > 300);
    tree(&text, Keep::All);
}

#[test]
fn a_shape_is_a_shape_whatever_its_white_space() {
    let text = profile(&[permission("A", "true"), permission("B", "true"), permission("C", "false")].concat());
    for text in [text.replace('\n', "\r\n"), text.replace("    ", "\t"), text.replace('\n', "").replace("    ", "")] {
        assert!(learned_bytes(&text) > 60, "{text}");
        tree(&text, Keep::All);
    }
}

#[test]
fn what_no_gap_may_hold_is_left_to_the_reader() {
    let same = [permission("A", "true"), permission("B", "true")].concat();
    for name in [
        "R&amp;D",
        "a&lt;b",
        "a > b",
        "]]>",
        "&bogus;",
        "&",
        "a\u{1}b",
        "a\u{FFFE}",
        "a\u{FEFF}b",
        "a\nb",
        "a\r\nb",
        "<![CDATA[x]]>",
        "<!-- x -->x",
        "x<?p?>",
        "<b>x</b>",
        "<b/>",
        "\u{e9}\u{1f600}",
        "a < b",
        "</name",
        "\u{FFFD}",
    ] {
        let last = permission("C", "true");
        let text = profile(&[same.clone(), permission(name, "true"), last.clone(), last].concat());
        both(&text, Keep::All);
        both(&text, Keep::Only(&[]));
    }
}

#[test]
fn several_shapes_of_one_element_are_kept_apart() {
    let mut blocks = String::new();
    for index in 0..60 {
        blocks.push_str("    <recordTypeVisibilities>\n");
        for (bit, name) in
            ["default", "personAccountDefault", "recordType", "visible", "a", "b", "c"].iter().enumerate()
        {
            if index >> (bit % 6) & 1 == 0 {
                writeln!(blocks, "        <{name}>{index}</{name}>").unwrap();
            }
        }
        blocks.push_str("    </recordTypeVisibilities>\n");
    }
    // More shapes than are remembered, then all of them again.
    let text = profile(&[blocks.clone(), blocks].concat());
    tree(&text, Keep::All);
    assert!(learned_bytes(&text) > 0);
}

#[test]
fn nothing_is_learned_where_the_reader_is_the_reference() {
    let text = profile(&permission("A", "true").repeat(5));
    let Ok(read) = crate::parse::read(&text, Keep::All, false, &mut unbounded()) else { panic!("sound") };
    assert!(read.clean_spans.is_empty());
    assert!(Blocks::new(&text).into_clean_spans().is_empty());
}

/// Texts of blocks, most of them plain.
fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[A-Za-z_ ]{0,24}",
        1 => prop::sample::select(&["R&amp;D", "a > b", "\u{e9}\u{1f600}", "a\nb", "\u{FFFD}", "<![CDATA[x]]>"][..])
            .prop_map(str::to_owned),
    ]
}

/// A document of runs of blocks.
fn blocks_document() -> impl Strategy<Value = String> {
    let parts = prop::sample::subsequence(vec!["enabled", "name", "field", "visible"], 1..4);
    let run = (prop::sample::select(&["userPermissions", "p:fields", "x"][..]), parts, 1..7_usize, any::<bool>());
    let run = run.prop_flat_map(|(name, parts, count, is_minified)| {
        let count_of_leaves = parts.len() * count;
        prop::collection::vec(leaf(), count_of_leaves..=count_of_leaves).prop_map(move |leaves| {
            let (line, indent) = if is_minified { ("", "") } else { ("\n", "    ") };
            let mut text = String::new();
            for block in leaves.chunks(parts.len()) {
                write!(text, "{indent}<{name}>{line}").unwrap();
                for (part, leaf) in parts.iter().zip(block) {
                    write!(text, "{indent}{indent}<{part}>{leaf}</{part}>{line}").unwrap();
                }
                write!(text, "{indent}</{name}>{line}").unwrap();
            }
            text
        })
    });
    prop::collection::vec(run, 1..4).prop_map(|runs| profile(&runs.concat()))
}

const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "&",
    "&amp;",
    "]]>",
    " ",
    "\n",
    "\r",
    "a",
    "\u{1}",
    "\u{ffff}",
    "<a>",
    "</a>",
    "<a/>",
    "<b c='d'>",
    "<!-- x -->",
    "<![CDATA[x]]>",
    "<?p?>",
    "nil='true'",
    " xsi:nil=\"true\"",
    "\u{e9}",
    "</userPermissions>",
    "=",
];

fn compare_damaged(documents: usize) {
    let damages = prop::collection::vec((0..4_u8, any::<prop::sample::Index>(), prop::sample::select(PIECES)), 0..3);
    let strategy = (blocks_document(), damages).prop_map(|(text, damages)| {
        let mut text = text;
        for (kind, place, piece) in damages {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let Some(at) = places.get(place.index(places.len().max(1))).copied() else { continue };
            match kind {
                0 => text.truncate(at),
                1 => _ = text.remove(at),
                2 => text.insert_str(at, piece),
                _ => {
                    text.remove(at);
                    text.insert_str(at, piece);
                }
            }
        }
        text
    });
    let mut runner = TestRunner::deterministic();
    let (mut sound, mut learned) = (0, 0);
    for _ in 0..documents {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        let outcome = both(&text, Keep::Only(&["userPermissions"]));
        both(&text, Keep::All);
        sound += usize::from(matches!(outcome, ParseOutcome::Tree(_)));
        learned += usize::from(learned_bytes(&text) > 0);
    }
    // A comparison with one verdict only, or without learned blocks, would compare nothing.
    assert!(sound * 20 > documents && sound * 20 < documents * 19, "{sound} of {documents} are sound");
    assert!(learned * 10 > documents, "{learned} of {documents} have learned blocks");
}

#[test]
fn damaged_blocks_are_the_same_both_ways() {
    compare_damaged(3_000);
}

#[test]
#[ignore = "takes minutes; for changes to the parser"]
fn many_damaged_blocks_are_the_same_both_ways() {
    compare_damaged(100_000);
}
