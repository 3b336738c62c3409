//! Tests of edits: each changes the bytes that it names, and no others.

#![allow(clippy::format_push_string, reason = "a test builds its file piece by piece")]

use proptest::prelude::*;

use super::super::edit::{Splice, insert, remove, set};
use super::{at, document};

/// The text after the splices, which are in order.
fn applied(text: &str, splices: &[Splice]) -> String {
    let mut changed = text.to_owned();
    for splice in splices.iter().rev() {
        changed.replace_range(splice.span.range(), &splice.text);
    }
    changed
}

fn after_set(text: &str, path: &str, value: &str) -> Option<String> {
    let document = document(text);
    set(text, &document, at(&document, path), value).map(|splice| applied(text, &[splice]))
}

fn after_insert(text: &str, parent: &str, path: &[&str], value: &str) -> String {
    let document = document(text);
    let parent = if parent.is_empty() { document.root() } else { at(&document, parent) };
    let splice = insert(text, &document, parent, path, value).expect("there is room");
    applied(text, &[splice])
}

fn after_remove(text: &str, paths: &[&str]) -> String {
    let document = document(text);
    let nodes: Vec<_> = paths.iter().map(|path| at(&document, path)).collect();
    applied(text, &remove(text, &document, &nodes))
}

#[test]
fn a_value_changes_and_its_white_space_stays() {
    let cases = [
        ("<r><a>old</a></r>", "<r><a>new</a></r>"),
        ("<r><a>\n  old\n</a></r>", "<r><a>\n  new\n</a></r>"),
        ("<r><a><![CDATA[old]]></a></r>", "<r><a>new</a></r>"),
        ("<r><a/></r>", "<r><a>new</a></r>"),
        ("<r><a></a></r>", "<r><a>new</a></r>"),
        ("<x:r xmlns:x='u'><x:a xmlns:i='j' i:nil='true'/></x:r>", "<x:r xmlns:x='u'><x:a>new</x:a></x:r>"),
    ];
    for (before, after) in cases {
        assert_eq!(after_set(before, "a", "new").as_deref(), Some(after), "{before}");
    }
}

#[test]
fn a_value_is_escaped() {
    assert_eq!(after_set("<r><a>1</a></r>", "a", "<b> & ]]>").unwrap(), "<r><a>&lt;b&gt; &amp; ]]&gt;</a></r>");
}

#[test]
fn a_value_that_would_lose_a_comment_or_elements_stays() {
    assert_eq!(after_set("<r><a>1<!-- why -->2</a></r>", "a", "new"), None);
    assert_eq!(after_set("<r><a><!-- why --></a></r>", "a", "new"), None);
    assert_eq!(after_set("<r><a><b>1</b></a></r>", "a", "new"), None);
}

#[test]
fn an_element_goes_before_the_first_greater_name() {
    let text = "<r>\r\n    <a>1</a>\r\n    <c>2</c>\r\n    <e>3</e>\r\n</r>\r\n";
    assert_eq!(
        after_insert(text, "", &["b"], "x"),
        "<r>\r\n    <a>1</a>\r\n    <b>x</b>\r\n    <c>2</c>\r\n    <e>3</e>\r\n</r>\r\n"
    );
    assert_eq!(
        after_insert(text, "", &["f"], "x"),
        "<r>\r\n    <a>1</a>\r\n    <c>2</c>\r\n    <e>3</e>\r\n    <f>x</f>\r\n</r>\r\n"
    );
    assert_eq!(after_insert("<r><a>1</a><c>2</c></r>", "", &["b"], "x"), "<r><a>1</a><b>x</b><c>2</c></r>");
    assert_eq!(after_insert("<r><a>1</a></r>", "", &["b"], "x"), "<r><a>1</a><b>x</b></r>");
    assert_eq!(after_insert("<r>\r\t<b>1</b>\r</r>", "", &["a"], "x"), "<r>\r\t<a>x</a>\r\t<b>1</b>\r</r>");
}

#[test]
fn comments_stay_with_the_elements_they_speak_of() {
    let text =
        "<r>\n  <a>1</a> <!-- of a -->\n\n  <!-- of c -->\n  <c>2</c> <!-- of c too -->\n  <!-- the end -->\n</r>";
    assert_eq!(
        after_insert(text, "", &["b"], "x"),
        "<r>\n  <a>1</a> <!-- of a -->\n\n  <b>x</b>\n  <!-- of c -->\n  <c>2</c> <!-- of c too -->\n  <!-- the end -->\n</r>"
    );
    assert_eq!(
        after_insert(text, "", &["d"], "x"),
        "<r>\n  <a>1</a> <!-- of a -->\n\n  <!-- of c -->\n  <c>2</c> <!-- of c too -->\n  <d>x</d>\n  <!-- the end -->\n</r>"
    );
}

#[test]
fn an_empty_parent_opens() {
    for empty in ["<p/>", "<p />", "<p></p>", "<p>\n  </p>"] {
        let text = format!("<r>\n  {empty}\n</r>");
        assert_eq!(after_insert(&text, "p", &["a"], "x"), "<r>\n  <p>\n    <a>x</a>\n  </p>\n</r>", "{empty}");
    }
    assert_eq!(after_insert("<r><p/></r>", "p", &["a"], "x"), "<r><p><a>x</a></p></r>");
    let comment = "<r>\n  <p>\n    <!-- none -->\n  </p>\n</r>";
    assert_eq!(after_insert(comment, "p", &["a"], "x"), "<r>\n  <p>\n    <!-- none -->\n    <a>x</a>\n  </p>\n</r>");
}

#[test]
fn elements_on_the_way_are_written_with_the_prefix_of_their_parent() {
    let text = "<m:r xmlns:m='u'>\n\t<m:z>1</m:z>\n</m:r>";
    assert_eq!(
        after_insert(text, "", &["p", "q"], "x"),
        "<m:r xmlns:m='u'>\n\t<m:p>\n\t\t<m:q>x</m:q>\n\t</m:p>\n\t<m:z>1</m:z>\n</m:r>"
    );
    assert_eq!(after_insert("<r><z>1</z></r>", "", &["p", "q"], "x"), "<r><p><q>x</q></p><z>1</z></r>");
}

#[test]
fn nothing_is_written_into_a_value() {
    let document = document("<r><a>1</a><b/></r>");
    assert_eq!(insert("<r><a>1</a><b/></r>", &document, at(&document, "a"), &["x"], "1"), None);
    assert_eq!(insert("<r><a>1</a><b/></r>", &document, at(&document, "b"), &[], "1"), None);
}

#[test]
fn an_element_is_removed_with_its_line_and_empty_parents() {
    let text = "<r>\n  <a>1</a>\n  <p>\n    <q>2</q>\n    <s>3</s>\n  </p>\n</r>\n";
    assert_eq!(after_remove(text, &["a"]), "<r>\n  <p>\n    <q>2</q>\n    <s>3</s>\n  </p>\n</r>\n");
    assert_eq!(after_remove(text, &["p.q"]), "<r>\n  <a>1</a>\n  <p>\n    <s>3</s>\n  </p>\n</r>\n");
    assert_eq!(after_remove(text, &["p.s", "p.q"]), "<r>\n  <a>1</a>\n</r>\n");
    assert_eq!(after_remove(text, &["a", "p.s", "p.q"]), "<r>\n</r>\n", "never the root");
}

#[test]
fn what_shares_the_line_stays() {
    assert_eq!(after_remove("<r>\n  <a>1</a> <!-- why -->\n</r>", &["a"]), "<r>\n   <!-- why -->\n</r>");
    assert_eq!(after_remove("<r>\n  <a>1</a><b>2</b>\n</r>", &["b"]), "<r>\n  <a>1</a>\n</r>");
    assert_eq!(after_remove("<r><a>1</a></r>", &["a"]), "<r></r>");
    let held = "<r>\n  <p>\n    <!-- kept -->\n    <a>1</a>\n  </p>\n</r>";
    assert_eq!(after_remove(held, &["p.a"]), "<r>\n  <p>\n    <!-- kept -->\n  </p>\n</r>");
}

/// Files as people and tools write them: line ends, indentation, comments, names in any order.
fn files() -> impl Strategy<Value = String> {
    let leaf = ("[a-f]", "[0-9]{0,2}", 0..4u8);
    let group = proptest::collection::vec(leaf, 0..5);
    let groups = proptest::collection::vec(("[a-f]", group, 0..3u8), 1..5);
    (groups, prop_oneof![Just("\n"), Just("\r\n"), Just("")], prop_oneof![Just("  "), Just("\t")]).prop_map(
        |(groups, line_end, unit)| {
            let unit = if line_end.is_empty() { "" } else { unit };
            let mut text = format!("<r>{line_end}");
            for (name, leaves, comments) in groups {
                if comments == 1 {
                    text += &format!("{unit}<!-- {name} -->{line_end}");
                }
                text += &format!("{unit}<{name}>{line_end}");
                for (leaf, value, form) in leaves {
                    let element = match form {
                        0 => format!("<{leaf}/>"),
                        1 => format!("<{leaf}>{value}</{leaf}> <!-- of {leaf} -->"),
                        _ => format!("<{leaf}>{value}</{leaf}>"),
                    };
                    text += &format!("{unit}{unit}{element}{line_end}");
                }
                text += &format!("{unit}</{name}>{line_end}");
            }
            text + "</r>" + line_end
        },
    )
}

proptest! {
    #[test]
    fn what_is_inserted_is_there_and_can_be_taken_away_again(text in files(), name in "[a-g]x", value in "[0-9<&]{1,3}") {
        let before = document(&text);
        let parent = before.children(before.root()).next().unwrap();
        let splice = insert(&text, &before, parent, &[&name], &value).unwrap();
        prop_assert_eq!(splice.text.matches(&format!("<{name}>")).count(), 1);
        let changed = applied(&text, &[splice]);
        let after = document(&changed);
        let parent = after.children(after.root()).next().unwrap();
        let inserted = after.child(parent, &name).unwrap();
        prop_assert_eq!(after.text(inserted), &value);
        prop_assert_eq!(after.node_count(), before.node_count() + 1);
        prop_assert_eq!(after.comments().len(), before.comments().len());
        // Where the parent was not empty, removing the element restores the earlier bytes.
        if after.children(parent).count() > 1 {
            prop_assert_eq!(applied(&changed, &remove(&changed, &after, &[inserted])), text);
        }
    }

    #[test]
    fn what_is_removed_is_gone_and_nothing_else(text in files(), pick in 0..20usize) {
        let before = document(&text);
        let leaves: Vec<_> = before.nodes().filter(|node| before.parent(*node).is_some_and(|it| before.parent(it).is_some())).collect();
        prop_assume!(!leaves.is_empty());
        let node = leaves[pick % leaves.len()];
        let splices = remove(&text, &before, &[node]);
        prop_assert_eq!(splices.len(), 1);
        let after = document(&applied(&text, &splices));
        let lost = before.node_count() - after.node_count();
        let parent = before.parent(node).unwrap();
        prop_assert!(lost == 1 || (lost == 2 && before.children(parent).count() == 1));
        prop_assert_eq!(after.comments().len(), before.comments().len());
    }
}
