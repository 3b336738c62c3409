//! Tests of the whole crate: recorded verdicts, the tree, and properties of any text.
//!
//! Knows nothing of Salesforce: the documents are made up.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics is a test that fails")]

mod damage;
mod documents;
mod edit;
mod fast_path;
mod properties;
mod tree;
mod verdicts;

use super::{Document, Flaw, Keep, NodeId, ParseOutcome, parse};

fn document(text: &str) -> Document {
    match parse(text, Keep::All) {
        ParseOutcome::Tree(document) => document,
        other => panic!("{text:?} gives {other:?}"),
    }
}

fn flaw(text: &str) -> Flaw {
    match parse(text, Keep::All) {
        ParseOutcome::Malformed(flaw) => flaw,
        other => panic!("{text:?} gives {other:?}"),
    }
}

fn is_sound(text: &str) -> bool {
    matches!(parse(text, Keep::All), ParseOutcome::Tree(_))
}

/// The element that `path` leads to from the root.
fn at(document: &Document, path: &str) -> NodeId {
    document.path(document.root(), path).unwrap()
}
