//! The tree: texts, spans, order, and what is kept.

use super::{at, document};
use crate::{Document, Keep, NodeId, ParseOutcome, parse};
use sessionlint_source::Span;

/// The texts of the elements below the root, in order.
fn texts(document: &Document) -> Vec<&str> {
    document.children(document.root()).map(|child| document.text(child)).collect()
}

/// The raw value of the root of `text`.
fn raw_value(text: &str) -> Option<&str> {
    let document = document(text);
    document.value(document.root()).map(|span| &text[span.range()])
}

/// The decoded text of the root of `text`.
fn decoded(text: &str) -> String {
    let document = document(text);
    document.text(document.root()).to_owned()
}

#[test]
fn texts_are_decoded() {
    assert_eq!(decoded("<a> x y </a>"), "x y");
    assert_eq!(decoded("<a>&lt;&#65;&#x42;&amp;amp;&quot;&apos;&gt;</a>"), "<AB&amp;\"'>");
    assert_eq!(decoded("<a>x<![CDATA[ <b>&c;\r\n]]>y</a>"), "x <b>&c;\ny");
    assert_eq!(decoded("<a>1<!-- 2 -->3<?p 4?>5</a>"), "135");
    assert_eq!(decoded("<a>\r\n1\r\n2\r3\r\r\n4\n\r</a>"), "1\n2\n3\n\n4");
    assert_eq!(decoded("<a>1&#13;&#10;2&#13;3</a>"), "1\r\n2\r3");
    assert_eq!(decoded("<a>&#32;&#9;1&#10;</a>"), "1");
    // Only XML white space goes: a no-break space is text.
    assert_eq!(decoded("<a> \u{a0} </a>"), "\u{a0}");
}

#[test]
fn values_are_marked_as_written() {
    assert_eq!(raw_value("<a>\n  15 \t</a>"), Some("15"));
    assert_eq!(raw_value("<a> <!-- x --> 1&amp;2 <![CDATA[ 3 ]]> </a>"), Some("<!-- x --> 1&amp;2 <![CDATA[ 3 ]]>"));
    assert_eq!(raw_value("<a>\u{e9}</a\n>"), Some("\u{e9}"));
    for without in ["<a/>", "<a></a>", "<a> \r\n </a>", "<a><!-- x --></a>", "<a><![CDATA[ ]]></a>", "<a>&#32;</a>"] {
        assert_eq!(raw_value(without), None, "{without}");
    }
    assert_eq!(raw_value("<a>1<b/>2</a>"), None);
}

#[test]
fn spans_cover_tags_and_elements() {
    let text = "<?xml version='1.0'?>\r\n<a x='1'>\r\n  <b\n>1</b\n>\r\n  <c />\r\n</a>\r\n";
    let document = document(text);
    let slice = |span: Span| &text[span.range()];
    let [root, b, c] = [document.root(), at(&document, "b"), at(&document, "c")];
    assert_eq!(slice(document.open_tag(root)), "<a x='1'>");
    assert_eq!(slice(document.element(root)), &text[23..text.len() - 2]);
    assert_eq!(slice(document.open_tag(b)), "<b\n>");
    assert_eq!(slice(document.element(b)), "<b\n>1</b\n>");
    assert_eq!(slice(document.mark(b)), "1");
    assert_eq!(slice(document.open_tag(c)), "<c />");
    assert_eq!(document.element(c), document.open_tag(c));
    assert_eq!(document.mark(c), document.open_tag(c));
}

#[test]
fn elements_are_found_by_name_and_path() {
    let document = document("<p:a><b>1</b><q:c><d>2</d><e><d>3</d></e></q:c><b>4</b><c><d>5</d><f/></c></p:a>");
    let root = document.root();
    assert_eq!(document.name(root), "a");
    assert_eq!(document.parent(root), None);
    assert_eq!(document.node_count(), 10);
    let names: Vec<&str> = document.children(root).map(|child| document.name(child)).collect();
    assert_eq!(names, ["b", "c", "b", "c"]);
    let bs: Vec<&str> = document.children_named(root, "b").map(|child| document.text(child)).collect();
    assert_eq!(bs, ["1", "4"]);
    assert_eq!(document.text(document.child(root, "b").unwrap()), "1");
    assert_eq!(document.text(at(&document, "c.e.d")), "3");
    assert_eq!(document.parent(at(&document, "c.e.d")), Some(at(&document, "c.e")));
    // The first at each step: the second <c> is not tried.
    assert_eq!(document.path(root, "c.f"), None);
    assert_eq!(document.path(root, "d"), None);
    assert!(document.is_leaf(at(&document, "b")) && !document.is_leaf(at(&document, "c")));
}

#[test]
fn names_are_stored_once_and_without_prefix() {
    let document = document("<x:a><y:b/><z:b/><b/><:b/><b:/></x:a>");
    let names: Vec<&str> = document.children(document.root()).map(|child| document.name(child)).collect();
    assert_eq!(names, ["b", "b", "b", "b", "b:"]);
}

#[test]
fn elements_with_elements_have_no_text() {
    let document = document("<a>x<b>y<c/>z</b>w<d>v</d></a>");
    let root = document.root();
    assert_eq!((document.text(root), document.text(at(&document, "b"))), ("", ""));
    assert_eq!(document.text(at(&document, "d")), "v");
}

#[test]
fn nil_counts_as_absent() {
    let document = document(
        "<a><b xsi:nil='true'/><b xsi:nil=\" 1 \">5</b><b nil='true'></b><b xsi:nil='false'>6</b><b x='true'>7</b></a>",
    );
    let nils: Vec<bool> = document.children(document.root()).map(|child| document.is_nil(child)).collect();
    assert_eq!(nils, [true, true, true, false, false]);
    assert_eq!(texts(&document), ["", "", "", "6", "7"]);
    let second = document.children(document.root()).nth(1).unwrap();
    assert_eq!(document.value(second), None);
    assert_eq!(document.mark(second), document.open_tag(second));
}

#[test]
fn only_wanted_elements_are_kept() {
    let text = "<a>\n<b><x>1</x></b>\n<p:c><b>2</b></p:c>\n<d>3</d>\n<c>4</c></a>";
    let ParseOutcome::Tree(document) = parse(text, Keep::Only(&["c"])) else { panic!() };
    let root = document.root();
    assert_eq!(document.node_count(), 4);
    assert_eq!(document.text(at(&document, "c.b")), "2");
    assert_eq!(document.children(root).count(), 2);
    assert_eq!(document.path(root, "d"), None);
    let ParseOutcome::Tree(bare) = parse(text, Keep::Only(&[])) else { panic!() };
    assert_eq!(bare.node_count(), 1);
    assert!(!bare.is_leaf(bare.root()));
    assert_eq!((bare.text(bare.root()), bare.value(bare.root())), ("", None));
}

#[test]
fn declared_entities_stay_as_written() {
    let text = "<!-- x -->\n<!DOCTYPE a [<!ENTITY b '<c>9</c>'>]>\n<a>1&b;2</a>";
    let declaring = document(text);
    assert_eq!(declaring.text(declaring.root()), "1&b;2");
    assert_eq!(declaring.dtd_entities().map(|span| &text[span.range()]), Some("<!DOCTYPE a [<!ENTITY b '<c>9</c>'>]>"));
    assert!(document("<!DOCTYPE a [<!ENTITY % b ''>]><a/>").dtd_entities().is_some());
    assert!(document("<!DOCTYPE a [<!ELEMENT a ANY>]><a/>").dtd_entities().is_none());
}

#[test]
fn content_is_compared_without_places() {
    let same = |one: &str, two: &str| document(one).same_content(&document(two));
    assert!(same(
        "<a><b>1</b><c/></a>",
        "<?xml version='1.0'?>\n<p:a>\n <b x='y'> <![CDATA[1]]>\n</b><c>\n</c></p:a>\n"
    ));
    assert!(!same("<a><b>1</b></a>", "<a><b>2</b></a>"));
    assert!(!same("<a><b>1</b></a>", "<a><c>1</c></a>"));
    assert!(!same("<a><b/><c/></a>", "<a><b><c/></b></a>"));
    assert!(!same("<a><b/></a>", "<a><b/><b/></a>"));
    assert!(!same("<a><b/></a>", "<a><b nil='1'/></a>"));
    assert!(!same("<a><b><c/></b><d/></a>", "<a><b><c/><d/></b></a>"));
}

#[test]
fn the_end_tag_of_a_sibling_is_not_a_child() {
    let document = document("<a><b><c><d/></c></b><e/></a>");
    let names = |id: NodeId| document.children(id).map(|child| document.name(child)).collect::<Vec<_>>();
    assert_eq!(names(document.root()), ["b", "e"]);
    assert_eq!(names(at(&document, "b")), ["c"]);
    assert_eq!(names(at(&document, "e")), Vec::<&str>::new());
}
