//! Documents with their recorded verdict. `tests/needs/expat.rs` of the workspace holds the verdicts against expat.

use super::documents::{EXPANDED_BY_EXPAT, FLAWED, SOUND};
use super::{Outcome, flaw, is_sound};
use crate::{Keep, MAX_DEPTH, parse};

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
fn depth_is_limited() {
    assert!(is_sound(&nested(MAX_DEPTH)));
    for depth in [MAX_DEPTH + 1, 10_000] {
        let Outcome::TooDeep(span) = parse(&nested(depth), Keep::Only(&[])) else { panic!("{depth} elements") };
        assert_eq!(span.range(), 3 * MAX_DEPTH..3 * MAX_DEPTH + 3);
    }
    // An illegal character before the limit is the first thing wrong, one behind it is not.
    assert!(matches!(parse(&format!("<b>\u{1}{}</b>", nested(300)), Keep::All), Outcome::Malformed(_)));
    assert!(matches!(parse(&format!("<b>{}\u{1}</b>", nested(300)), Keep::All), Outcome::TooDeep(_)));
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
        assert!(matches!(parse(&text, Keep::Only(&["x"])), Outcome::Malformed(_)), "{text:?}");
    }
}

#[test]
fn names_in_messages_are_cut() {
    let text = format!("<a></{}>", "\u{e9}".repeat(10_000));
    assert_eq!(flaw(&text).message, format!("</{}> closes <a>", "\u{e9}".repeat(60)));
}
