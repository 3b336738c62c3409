//! Aura applications: whether the root of one extends `ltng:outApp`, which makes it a Lightning Out app.
//!
//! quick-xml finds the root tag and its attributes. Assumes nothing about the text: if it is not XML up to there,
//! nothing is known. Names are compared in any case, since it is unknown whether Aura is case-sensitive. Refuses to
//! read anything after the root tag.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Code, Spot, Unit};
use sessionlint_source::Span;

/// The root tag of an application.
const ROOT: &str = "aura:application";

/// The base of a Lightning Out app (Lightning Web Components Developer Guide, Lightning Out).
const OUT_APP: &str = "ltng:outApp";

pub(super) fn read(name: &str, text: &str) -> Unit {
    let mut unit = Unit::empty(Code::AuraApp, name);
    unit.lightning_out = extends(text).filter(|(_, extended)| extended.eq_ignore_ascii_case(OUT_APP));
    unit
}

/// The value of the root's `extends`.
fn extends(text: &str) -> Option<Spot> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(root) | Event::Empty(root) => return extended_by(&root, text),
            Event::Text(before) if before.trim_ascii().is_empty() => {}
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            _ => return None,
        }
    }
}

fn extended_by(root: &BytesStart<'_>, text: &str) -> Option<Spot> {
    if !root.name().as_ref().eq_ignore_ascii_case(ROOT) {
        return None;
    }
    for attribute in root.attributes() {
        let attribute = attribute.ok()?;
        if attribute.key.as_ref().eq_ignore_ascii_case("extends") {
            let value = attribute.value.trim_ascii();
            return Some((span_in(text, value)?, value.to_owned()));
        }
    }
    None
}

/// The place of a part of a text.
fn span_in(text: &str, part: &str) -> Option<Span> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start + part.len();
    // A part that was copied out of the text has no place in it.
    (text.get(start..end) == Some(part)).then(|| Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extended(text: &str) -> Option<&str> {
        let (span, value) = Unit::read(Code::AuraApp, "A", text).lightning_out?;
        assert_eq!(&text[span.range()], value, "the span is the value's");
        text.get(span.range())
    }

    #[test]
    fn the_root_extends_in_any_spelling() {
        let written = [
            r#"<aura:application extends="ltng:outApp"/>"#,
            r#"<aura:application access="GLOBAL" extends="ltng:outApp" implements="a:b"></aura:application>"#,
            "<aura:application extends='ltng:outApp'>",
            "\r\n<aura:application\n\taccess = 'GLOBAL'\n\textends\n=\t\"ltng:outApp\"\n>",
            "<?xml version=\"1.0\"?>\n<!-- <aura:application extends=\"a:b\"> --><!-- ' -->\n<aura:application extends=\"ltng:outApp\"/>",
            r#"<aura:application description="it extends='a:b' > c" extends="ltng:outApp" />"#,
            r#"<aura:application extends="  ltng:outApp "/>"#,
            r#"<!DOCTYPE x [<!ENTITY a "b">]><aura:application extends="ltng:outApp">"#,
            "<aura:application extends=\"ltng:outApp\"><aura:dependency resource=\"c:ü\"",
        ];
        for text in written {
            assert_eq!(extended(text), Some("ltng:outApp"), "{text}");
        }
        assert_eq!(
            extended("<aura:application extends='ltng:outApp' extends='a:b'>"),
            Some("ltng:outApp"),
            "the first"
        );
        assert_eq!(extended("<Aura:Application EXTENDS='LTNG:OUTAPP'>"), Some("LTNG:OUTAPP"));
    }

    #[test]
    fn a_text_without_a_root_has_no_facts() {
        let texts = [
            "",
            "<",
            "<aura:application extends='force:slds'>",
            "<aura:application extends=''>",
            "<aura:application extends='ltng:outApps'>",
            "<!--",
            "<aura:application",
            "<aura:application extends",
            "<aura:application extends=",
            "<aura:application extends=\"ltng:outApp",
            "<aura:application extends=ltng:outApp>",
            "<aura:application>extends=\"ltng:outApp\"</aura:application>",
            "<aura:application><aura:application extends=\"ltng:outApp\"/></aura:application>",
            "<aura:component extends=\"ltng:outApp\"/>",
            "<aura:application xextends=\"ltng:outApp\"/>",
            "<aura:application x:extends=\"ltng:outApp\"/>",
            "<!-- <aura:application extends=\"ltng:outApp\"/> -->",
            "<![CDATA[<aura:application extends=\"ltng:outApp\"/>]]>",
            "text <aura:application extends=\"ltng:outApp\"/>",
            "<CustomApplication><label>Sales</label></CustomApplication>",
            "\u{0}<aura:application extends=\"ltng:outApp\"/>",
        ];
        for text in texts {
            assert_eq!(extended(text), None, "{text}");
        }
    }
}
