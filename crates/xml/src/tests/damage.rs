//! Documents made sound and then damaged: the properties of this crate and the comparison with expat share them.

use proptest::prelude::*;

use super::documents::{FLAWED, SOUND};

/// Pieces that damage a document, or put XML together by chance.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "&",
    ";",
    "'",
    "\"",
    "=",
    "!",
    "?",
    "-",
    "--",
    "]",
    "]]>",
    "[",
    "#",
    "%",
    " ",
    "\n",
    "\r",
    "a",
    "b:",
    "x",
    "1",
    ".",
    "\u{e9}",
    "\u{1f600}",
    "\u{1}",
    "\u{ffff}",
    "<a>",
    "</a>",
    "<a/>",
    "<b c='d'>",
    "</b>",
    "&amp;",
    "&#38;",
    "&e;",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?",
    "?>",
    "xml",
    "<?xml version='1.0'?>",
    "<!DOCTYPE",
    "<!ENTITY",
    "<!ELEMENT",
    "(",
    ")",
    "|",
    ",",
    "SYSTEM",
    "PUBLIC",
    "nil='true'",
];

pub(crate) fn any_markup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A sound leaf's content.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9 \r\n\u{e9}\u{1f600}>]{0,8}",
        Just("&amp;&#65;".to_owned()),
        "<!CDATA".prop_map(|_| "<![CDATA[<&\r]]>".to_owned()),
        Just("<!-- & < -->".to_owned()),
        Just("<?p & ?>".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A sound element.
pub(crate) fn element() -> impl Strategy<Value = String> {
    let name = prop::sample::select(&["a", "b-1", "p:c", "\u{e9}"][..]);
    let attributes = prop::sample::select(&["", " ", " x='&lt;>'", "\nx=\"1\" p:x = ''", " xsi:nil='true'"][..]);
    let tag = (name, attributes);
    let leaf = (tag.clone(), content())
        .prop_map(|((name, attributes), text)| format!("<{name}{attributes}>{text}</{name}\n>"));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (tag.clone(), prop::collection::vec(inner, 0..4)).prop_map(|((name, attributes), children)| {
            match children.concat() {
                children if children.is_empty() => format!("<{name}{attributes}/>"),
                children => format!("<{name}{attributes}> {children}\r\n</{name}>"),
            }
        })
    })
}

/// `text` with one to three characters deleted, doubled, swapped or replaced, or cut off.
fn damaged(text: &str, damages: &[(u8, prop::sample::Index, &str)]) -> String {
    let mut text = text.to_owned();
    for (kind, place, piece) in damages {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        if places.is_empty() {
            break;
        }
        let at = places[place.index(places.len())];
        match kind {
            0 => text.truncate(at),
            1 => _ = text.remove(at),
            2 => text.insert_str(at, piece),
            3 => {
                let moved = text.remove(at);
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                text.insert(at + next, moved);
            }
            _ => {
                text.remove(at);
                text.insert_str(at, piece);
            }
        }
    }
    text
}

/// A document that is sound, recorded or put together by chance, with up to three damages.
pub(crate) fn damaged_document() -> impl Strategy<Value = String> {
    let damages = prop::collection::vec((0..5_u8, any::<prop::sample::Index>(), prop::sample::select(PIECES)), 0..4);
    let table = SOUND.iter().copied().chain(FLAWED.iter().map(|(text, ..)| *text)).map(str::to_owned);
    let base = prop_oneof![element(), prop::sample::select(table.collect::<Vec<_>>()), any_markup()];
    (base, damages).prop_map(|(text, damages)| damaged(&text, &damages))
}
