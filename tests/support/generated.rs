//! Generated files: compared, and with `UPDATE=1` rewritten.
//!
//! Not `insta` or `snapbox`: the text is a part of a document that people read and edit, between two markers, or a file
//! with its own name and place. Those libraries keep whole files of their own beside the tests.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "each binary of tests holds other files, and the environment says whether they are rewritten"
)]

use std::fs;
use std::path::Path;

/// Compares a whole file with what it should be.
pub(crate) fn hold_whole(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if fs::read_to_string(&path).is_ok_and(|text| text == expected) {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, expected).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test generated`");
}

/// Compares the part of a file between two markers with what it should be.
pub(crate) fn hold(file: &str, marker: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {marker}: generated -->\n"), format!("<!-- {marker}: end -->"));
    let from = text.find(&start).expect("the start marker") + start.len();
    let to = from + text[from..].find(&end).expect("the end marker");
    if text[from..to] == *expected {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test generated`");
}
