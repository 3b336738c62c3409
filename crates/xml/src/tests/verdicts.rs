//! Documents with their recorded verdict. `tests/needs/expat.rs` of the workspace holds the verdicts against expat.

use super::documents::{EXPANDED_BY_EXPAT, FLAWED, SOUND};
use super::{ParseOutcome, flaw, is_sound};
use crate::{Keep, parse, parse_within};
use sessionlint_source::budget::{Budget, Lease, Size};

#[test]
fn sound_documents_are_accepted() {
    for text in SOUND {
        assert!(is_sound(text), "{text:?} gives {:?}", parse(text, Keep::All));
    }
}

#[test]
fn flaws_are_marked_and_named() {
    for (text, marked, line, message) in FLAWED {
        let flaw = flaw(text);
        let found_line = text[..flaw.span.start as usize].matches('\n').count() + 1;
        let found = (&text[flaw.span.range()], found_line, flaw.message.as_str());
        assert_eq!(found, (*marked, *line, *message), "in {text:?}");
    }
}

#[test]
fn declared_entities_are_never_expanded() {
    for text in EXPANDED_BY_EXPAT {
        assert!(is_sound(text), "{text:?}");
    }
}

fn nested(depth: usize) -> String {
    "<a>".repeat(depth) + &"</a>".repeat(depth)
}

#[test]
fn depth_is_limited_by_memory_alone() {
    assert!(is_sound(&nested(1_000_000)));
    let flawed = format!("<b>{}\u{1}</b>", nested(100_000));
    assert!(matches!(parse(&flawed, Keep::All), ParseOutcome::Malformed(_)));
    let little = std::sync::Arc::new(Budget::of(Size(1 << 20)));
    let outcome = parse_within(&nested(100_000), Keep::All, &mut Lease::of(&little));
    assert_eq!(outcome, ParseOutcome::OutOfMemory);
    assert_eq!(little.used(), 0);
    // Trees of many kinds of texts are refused before they take more memory than is left.
    for piece in ["<a/>", "<a>b</a>", "<!--b-->", "<a b='c'/>", "<a>&amp;</a>", "<a><b/><b/><b/></a>", "x>"] {
        let text = format!("<r>{}</r>", piece.repeat(2_000_000 / piece.len()));
        assert_eq!(parse_within(&text, Keep::All, &mut Lease::of(&little)), ParseOutcome::OutOfMemory, "{piece}");
        assert_eq!(little.used(), 0, "{piece}");
    }
    let names: Vec<String> = (0..50_000).map(|index| format!("<a{index}/>")).collect();
    assert_eq!(
        parse_within(&format!("<r>{}</r>", names.concat()), Keep::All, &mut Lease::of(&little)),
        ParseOutcome::OutOfMemory
    );
}

#[test]
fn hostile_sizes_take_linear_time() {
    let count = 200_000;
    let numbered = |write: fn(usize) -> String| (0..count).map(write).collect::<Vec<_>>().concat();
    let attributes = numbered(|index| format!(" a{index}=''"));
    let one_big_tag = format!("<a><b{attributes}/>{}</a>", "<b c=''/>".repeat(count));
    let cdata = format!("<a>{}</a>", "x<![CDATA[]]>".repeat(count));
    let names = numbered(|index| format!("<a{index}/>"));
    let model = format!("<!DOCTYPE a [<!ELEMENT a {}b{}>]><a/>", "(".repeat(count), ")".repeat(count));
    for text in [one_big_tag, cdata, format!("<a>{names}</a>"), model] {
        assert!(is_sound(&text), "{:?}", &text[..60]);
    }
    for piece in ["<a>", "<a", "<", "&", "<!--", "<![CDATA[", "<?a", "<!DOCTYPE a[", "</a", "]]>", "<a b='"] {
        assert!(!is_sound(&piece.repeat(count)), "{piece:?}");
        assert!(!is_sound(&format!("<r>{}", piece.repeat(count))), "{piece:?}");
    }
}

#[test]
fn flaws_in_dropped_elements_are_found() {
    for body in ["<b><c></b>", "<b>&d;</b>", "<b><c d='1' d='2'/></b>", "<b>]]></b>", "<b>\u{1}</b>", "<b></b c>"] {
        let text = format!("<a>{body}</a>");
        assert!(matches!(parse(&text, Keep::Only(&["x"])), ParseOutcome::Malformed(_)), "{text:?}");
    }
}

#[test]
fn names_in_messages_are_cut() {
    let text = format!("<a></{}>", "\u{e9}".repeat(10_000));
    assert_eq!(flaw(&text).message, format!("</{}> closes <a>", "\u{e9}".repeat(60)));
}
