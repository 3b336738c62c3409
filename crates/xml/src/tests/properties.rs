//! Properties of any text, and of documents made sound and then damaged.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::damage::{any_markup, damaged_document, element};
use crate::{Document, Keep, NodeId, ParseOutcome, parse};
use sessionlint_source::Span;

fn assert_in_text(text: &str, span: Span) {
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn assert_spans_nest(text: &str, document: &Document, id: NodeId) {
    let element = document.element(id);
    for span in [element, document.open_tag(id), document.mark(id)] {
        assert_in_text(text, span);
        assert!(within(span, element));
    }
    assert!(text[element.range()].starts_with('<') && text[element.range()].ends_with('>'));
    assert!(document.value(id).is_none_or(|_| document.is_leaf(id) && !document.text(id).is_empty()));
    let mut before = document.open_tag(id).end;
    for child in document.children(id) {
        assert_eq!(document.parent(child), Some(id));
        assert!(within(document.element(child), element) && document.element(child).start >= before);
        before = document.element(child).end;
        assert_spans_nest(text, document, child);
    }
}

fn assert_outcome_is_sane(text: &str) {
    match parse(text, Keep::All) {
        ParseOutcome::Tree(document) => assert_spans_nest(text, &document, document.root()),
        ParseOutcome::Malformed(flaw) => {
            assert_in_text(text, flaw.span);
            assert!(!flaw.message.is_empty() && !flaw.message.ends_with('.'), "{flaw:?}");
        }
        ParseOutcome::OutOfMemory => panic!("a short text"),
    }
    let verdict = |keep| matches!(parse(text, keep), ParseOutcome::Tree(_));
    assert_eq!(verdict(Keep::All), verdict(Keep::Only(&[])), "{text:?}");
}

proptest! {
    #[test]
    fn any_text_is_survived(text in ".{0,60}") {
        assert_outcome_is_sane(&text);
    }

    #[test]
    fn any_markup_is_survived(text in any_markup()) {
        assert_outcome_is_sane(&text);
    }

    #[test]
    fn generated_documents_are_sound(text in element()) {
        prop_assert!(matches!(parse(&text, Keep::All), ParseOutcome::Tree(_)), "{text:?}");
        assert_outcome_is_sane(&text);
    }
}

#[test]
fn damaged_documents_are_survived() {
    let strategy = damaged_document();
    let mut runner = TestRunner::deterministic();
    for _ in 0..4_000 {
        assert_outcome_is_sane(&strategy.new_tree(&mut runner).unwrap().current());
    }
}
