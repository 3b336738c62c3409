//! Documents with their recorded verdict, each held against expat where a `python3` is at hand.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{Outcome, flaw, is_sound};
use crate::{Keep, parse, parse_within};
use sessionlint_source::budget::{Budget, Lease, Size};

/// Well-formed documents.
pub(super) const SOUND: &[&str] = &[
    "<a/>",
    "<a></a>",
    "<a ></a >",
    "<a\n/>\n",
    "<a></a\r\n>",
    "<?xml version=\"1.0\"?><a/>",
    "<?xml version='1.0' encoding='UTF-8'?>\n<a/>",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\" ?><a/>",
    "<?xml\tversion = '1.0'\r\nstandalone\n=\n'no'?><a/>",
    "<?xml version=\"2.0\"?><a/>",
    "\n<a/>",
    "<a>text</a>",
    "<a>\u{e9}\u{4e2d}\u{1f600}</a>",
    "<\u{e9}t\u{e9} \u{e9}='1'/>",
    "<_a-b.c1/>",
    "<a:/>",
    "<:a/>",
    "<p:a q:b='1' r:b='2'/>",
    "<p:a></p:a>",
    "<a b='1' c=\"2\"/>",
    "<a b = '1'\n\tc\r=\n\"2\" />",
    "<a b='\"' c=\"'\" d='>' e='/>'></a>",
    "<a b='&lt;&#10;&#xA;&amp;]]>'/>",
    "<a>&lt;&gt;&amp;&quot;&apos;</a>",
    "<a>&#65;&#x41;&#x1F600;&#9;</a>",
    "<a>></a>",
    "<a>]]</a>",
    "<a>] ]></a>",
    "<a>]]&gt;</a>",
    "<a>' \"</a>",
    "<a><![CDATA[<b>&c; ]] ]></a>]]></a>",
    "<a><![CDATA[]]></a>",
    "<a><![CDATA[]]]]></a>",
    "<a>x<![CDATA[y]]>]]&gt;<![CDATA[z]]></a>",
    "<!-- before --><a/><!-- behind -->",
    "<!----><a/>",
    "<!-- - > -> <b> &c; --><a/>",
    "<a><!-- ]]> --></a>",
    "<a><!--> --></a>",
    "<?p?><a/><?q r ?>",
    "<a><?p ? > <b> &c; ]]> ??></a>",
    "<?xml-stylesheet href='x'?><a/>",
    "<?xmlx?><a/>",
    "<a>\t\u{7f}\u{80}\u{9f}\u{fffd}\u{e000}</a>",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a ><a/>",
    "<!DOCTYPE a[]><a/>",
    "<!DOCTYPE a [ ] ><a/>",
    "<!-- x --><!DOCTYPE a SYSTEM 'b.dtd'><a/>",
    "<!DOCTYPE a PUBLIC '-//b//c' \"d>]\"><a/>",
    "<!DOCTYPE a SYSTEM 'b'><a>&c;</a>",
    "<!DOCTYPE a SYSTEM 'b'><a c='&d;'/>",
    "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY b '<'>]><a d='&b;'>&b;</a>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'c'>]><a>&b;</a>",
    "<!DOCTYPE a [<!ENTITY % b \"c\"> %b; ]><a>&d;</a>",
    "<!DOCTYPE a [<!ENTITY b '&c;>'>]><a/>",
    "<!DOCTYPE a [<!NOTATION n PUBLIC 'x'><!NOTATION m PUBLIC 'x' 'y'><!ENTITY b SYSTEM 'c' NDATA n>]><a/>",
    "<!DOCTYPE a [<!ELEMENT a EMPTY><!ELEMENT b ANY ><!ELEMENT c (#PCDATA)><!ELEMENT d ( #PCDATA | a | b )*>]><a/>",
    "<!DOCTYPE a [<!ELEMENT a (b,(c|d+|(e))*,f?)+>]><a/>",
    "<!DOCTYPE a [<!ATTLIST a b CDATA #IMPLIED c (d|1e) 'd' f ID #REQUIRED><!ATTLIST a>]><a/>",
    "<!DOCTYPE a [<!ATTLIST a n NOTATION (x|y) #FIXED '&lt;>'>]><a/>",
    "<!DOCTYPE a [<!-- ]> ' --><?p ]> \" ?>]><a/>",
];

/// Documents that are not well-formed: text, what the flaw marks, its line, its message.
pub(super) const FLAWED: &[(&str, &str, usize, &str)] = &[
    // The end of the file.
    ("", "", 1, "the file holds no element"),
    (" \n ", "", 2, "the file holds no element"),
    ("<!-- x -->", "", 1, "the file holds no element"),
    ("<a>", "<a>", 1, "the file ends inside <a>"),
    ("<a>\n<b c='1'>\n<d/>", "<b c='1'>", 2, "the file ends inside <b>"),
    ("<a>\n<b", "<b", 2, "the file ends inside the tag <b>"),
    ("<a", "<a", 1, "the file ends inside the tag <a>"),
    ("<a/", "/", 1, "unexpected character in the tag <a>"),
    ("<a b", "b", 1, "the attribute has no `=` and value"),
    ("<a b='c>", "'", 1, "the file ends inside an attribute's value"),
    ("<", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<a></a", "</a", 1, "the file ends inside </a>"),
    ("<a>\n<!-- x", "<!--", 2, "the file ends inside a comment"),
    ("<a><!", "<!", 1, "`<!` starts neither a comment nor a CDATA section"),
    ("<a><![CDATA[ ]] >", "<![CDATA[", 1, "the file ends inside a CDATA section"),
    ("<a><?b ?", "<?", 1, "the file ends inside a processing instruction"),
    ("<a><?b", "<?", 1, "the file ends inside a processing instruction"),
    ("<?xml version='1.0'", "", 1, "unexpected text in the XML declaration"),
    // The root.
    ("<a/><b/>", "<b/>", 1, "<b> follows the root element <a>"),
    ("<a></a>\n<a>", "<a>", 2, "<a> follows the root element <a>"),
    ("text", "text", 1, "text before the root element"),
    ("\n x y\n<a/>", "x y", 2, "text before the root element"),
    ("<a/>\n x \n y", "x ", 2, "text behind the root element <a>"),
    ("<a/>&#32;", "&#32;", 1, "text behind the root element <a>"),
    ("&amp;<a/>", "&amp;", 1, "text before the root element"),
    ("<a/><![CDATA[]]>", "<![CDATA[]]>", 1, "text behind the root element <a>"),
    ("<a/></a>", "</a>", 1, "</a> closes nothing"),
    ("</a>", "</a>", 1, "</a> closes nothing"),
    ("\u{feff}<a/>", "\u{feff}", 1, "a second byte order mark"),
    ("<a/>\u{a0}", "\u{a0}", 1, "text behind the root element <a>"),
    // Names and tags.
    ("<1a/>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<a>\n<<a></a></a>", "<", 2, "`<` is followed by no name; the character is written &lt;"),
    ("<<<<<<< HEAD\n<a/>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<a>1 < 2</a>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("< a/>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<\u{feff}a/>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<-a/>", "<", 1, "`<` is followed by no name; the character is written &lt;"),
    ("<a$b/>", "$", 1, "unexpected character in the tag <a>"),
    ("<a/b/>", "/", 1, "unexpected character in the tag <a>"),
    ("<a / >", "/", 1, "unexpected character in the tag <a>"),
    ("<a'></a>", "'", 1, "unexpected character in the tag <a>"),
    ("<a =\"b\"/>", "=", 1, "unexpected character in the tag <a>"),
    ("<a>\n<b\n<c/></b></a>", "<b", 2, "the tag <b> is not closed before the next `<`"),
    ("<a><b></a>", "</a>", 1, "</a> closes <b>"),
    ("<a>\n\r\n</A>", "</A>", 3, "</A> closes <a>"),
    ("<p:a></q:a>", "</q:a>", 1, "</q:a> closes <p:a>"),
    ("<a></ab>", "</ab>", 1, "</ab> closes <a>"),
    ("<a></a b>", "</a b", 1, "the end tag </a> holds more than its name"),
    ("<a></a b='>'>", "</a b", 1, "the end tag </a> holds more than its name"),
    ("<a></a/>", "</a/", 1, "the end tag </a> holds more than its name"),
    ("<a></ a>", "</", 1, "`</` is followed by no name"),
    ("<a></>", "</", 1, "`</` is followed by no name"),
    ("<a></a<b/></a>", "</a<", 1, "the end tag </a> holds more than its name"),
    // Attributes.
    ("<a b='1'\nb='2'/>", "b", 2, "the attribute b is given twice"),
    ("<a p:b='1' c='2' p:b='3'/>", "p:b", 1, "the attribute p:b is given twice"),
    ("<a b=1/>", "b=", 1, "the attribute's value is not quoted"),
    ("<a b/>", "b", 1, "the attribute has no `=` and value"),
    ("<a b='1'c='2'/>", "c", 1, "no white space before the attribute"),
    ("<a b='<'/>", "<", 1, "`<` inside an attribute's value; it is written &lt;"),
    ("<a b='c>\n<d e='f'/></a>", "<", 2, "`<` inside an attribute's value; it is written &lt;"),
    ("<a b='&'/>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a b='x&c;'/>", "&c;", 1, "a reference to an entity that is not declared"),
    ("<a b='&#0;'/>", "&#0;", 1, "a reference to a character that XML forbids"),
    ("<a 1='2'/>", "1", 1, "unexpected character in the tag <a>"),
    // References.
    ("<a>&b;</a>", "&b;", 1, "a reference to an entity that is not declared"),
    ("<a>&nbsp;</a>", "&nbsp;", 1, "a reference to an entity that is not declared"),
    ("<a>&LT;</a>", "&LT;", 1, "a reference to an entity that is not declared"),
    ("<a>b & c</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>b &c d;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>b &amp</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&&amp;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#x;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#X41;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#4f;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#+65;</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<a>&#0;</a>", "&#0;", 1, "a reference to a character that XML forbids"),
    ("<a>&#11;</a>", "&#11;", 1, "a reference to a character that XML forbids"),
    ("<a>&#xFFFF;</a>", "&#xFFFF;", 1, "a reference to a character that XML forbids"),
    ("<a>&#xD800;</a>", "&#xD800;", 1, "a reference to a character that XML forbids"),
    ("<a>&#x110000;</a>", "&#x110000;", 1, "a reference to a character that XML forbids"),
    ("<a>&#99999999999999999999;</a>", "&#99999999999999999999;", 1, "a reference to a character that XML forbids"),
    // Characters.
    ("<a>\n]]></a>", "]]>", 2, "`]]>` inside text; it is written ]]&gt;"),
    ("<a><![CDATA[]]>]]></a>", "]]>", 1, "`]]>` inside text; it is written ]]&gt;"),
    ("<a>]]]></a>", "]]>", 1, "`]]>` inside text; it is written ]]&gt;"),
    ("<a>\u{0}</a>", "\u{0}", 1, "the control character U+0000"),
    ("<a>x\n\u{1b}</a>", "\u{1b}", 2, "the control character U+001B"),
    ("<a b='\u{1}'/>", "\u{1}", 1, "the control character U+0001"),
    ("<a><!-- \u{c} --></a>", "\u{c}", 1, "the control character U+000C"),
    ("<a><![CDATA[\u{8}]]></a>", "\u{8}", 1, "the control character U+0008"),
    ("<a><?b \u{1f}?></a>", "\u{1f}", 1, "the control character U+001F"),
    ("<a/>\u{1a}", "\u{1a}", 1, "the control character U+001A"),
    ("<a>\u{ffff}</a>", "\u{ffff}", 1, "the character U+FFFF, which XML forbids"),
    ("<a>\u{fffd}\u{fffe}</a>", "\u{fffe}", 1, "the character U+FFFE, which XML forbids"),
    ("<a>&\u{1}</a>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    // Comments, processing instructions, the XML declaration.
    ("<a><!-- b -- c --></a>", "--", 1, "`--` inside a comment"),
    ("<a><!-- b ---></a>", "--", 1, "`--` inside a comment"),
    ("<a><!---></a>", "<!--", 1, "the file ends inside a comment"),
    ("<a><!- b --></a>", "<!", 1, "`<!` starts neither a comment nor a CDATA section"),
    ("<a><![cdata[b]]></a>", "<!", 1, "`<!` starts neither a comment nor a CDATA section"),
    ("<a><!b></a>", "<!", 1, "`<!` starts neither a comment nor a CDATA section"),
    ("<a><? b?></a>", "<?", 1, "`<?` is followed by no name"),
    ("<a><??></a>", "<?", 1, "`<?` is followed by no name"),
    ("<a><?b$ ?></a>", "$", 1, "unexpected character in the name of a processing instruction"),
    ("<a><?b?c?></a>", "?", 1, "unexpected character in the name of a processing instruction"),
    ("\n<?xml version='1.0'?><a/>", "<?xml", 2, "the XML declaration is not at the very start of the file"),
    ("<a><?xml version='1.0'?></a>", "<?xml", 1, "the XML declaration is not at the very start of the file"),
    ("<?XML version='1.0'?><a/>", "<?XML", 1, "the XML declaration is written `<?xml`, in lower case"),
    ("<?xml?><a/>", "<?xml", 1, "the XML declaration does not start with a version"),
    ("<?xml encoding='UTF-8'?><a/>", "<?xml", 1, "the XML declaration does not start with a version"),
    ("<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", "e", 1, "unexpected text in the XML declaration"),
    ("<?xml version=1.0?><a/>", " version=", 1, "version has no quoted value in the XML declaration"),
    ("<?xml version='1.0\"?><a/>", " version=", 1, "version has no quoted value in the XML declaration"),
    ("<?xml version='1 0'?><a/>", "1 0", 1, "the XML declaration's version is not one"),
    ("<?xml version='1.0'encoding='UTF-8'?><a/>", "e", 1, "unexpected text in the XML declaration"),
    ("<?xml version='1.0' encoding='8UTF'?><a/>", "8UTF", 1, "the XML declaration's encoding is not one"),
    ("<?xml version='1.0' encoding=''?><a/>", "", 1, "the XML declaration's encoding is not one"),
    ("<?xml version='1.0' standalone='maybe'?><a/>", "maybe", 1, "the XML declaration's standalone is not one"),
    ("<?xml version='1.0' lang='en'?><a/>", "l", 1, "unexpected text in the XML declaration"),
    // The DOCTYPE declaration.
    ("<!DOCTYPE a><!DOCTYPE a><a/>", "<!DOCTYPE", 1, "a second DOCTYPE declaration"),
    ("<a/>\n<!DOCTYPE a>", "<!DOCTYPE", 2, "a DOCTYPE declaration behind the start of the root element"),
    ("<a><!DOCTYPE a></a>", "<!DOCTYPE", 1, "a DOCTYPE declaration behind the start of the root element"),
    ("<!doctype a><a/>", "<!doctype", 1, "`<!DOCTYPE` is written in upper case"),
    ("<!DOCTYPE a", "<!DOCTYPE", 1, "the file ends inside the DOCTYPE declaration"),
    ("<!DOCTYPE a [\n<a/>", "<", 2, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a SYSTEM><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a PUBLIC 'b'><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a PUBLIC '^' 'c'><a/>", "^", 1, "a character that no public identifier may hold"),
    ("<!DOCTYPE a [<!ENTITY b>]><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!ENTITY b '&'>]><a/>", "&", 1, "`&` starts no reference; the character is written &amp;"),
    ("<!DOCTYPE a [<!ENTITY b '%c;'>]><a/>", "%", 1, "`%` inside an entity's value"),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&d;</a>", "&d;", 1, "a reference to an entity that is not declared"),
    (
        "<?xml version='1.0' standalone='yes'?><!DOCTYPE a SYSTEM 'b'><a>&c;</a>",
        "&c;",
        1,
        "a reference to an entity that is not declared",
    ),
    (
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'c'>]><a d='&b;'/>",
        "&b;",
        1,
        "a reference to an external entity inside an attribute's value",
    ),
    (
        "<!DOCTYPE a [<!NOTATION n SYSTEM 'x'><!ENTITY b SYSTEM 'c' NDATA n>]><a>&b;</a>",
        "&b;",
        1,
        "a reference to an unparsed entity",
    ),
    ("<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>", "|", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)>]><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!ELEMENT a ()>]><a/>", ")", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!ATTLIST a b CDATA>]><a/>", ">", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!ATTLIST a b CDATA '<'>]><a/>", "<", 1, "`<` inside an attribute's value; it is written &lt;"),
    ("<!DOCTYPE a [<!ATTLIST a b WORDS #IMPLIED>]><a/>", "W", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [<!-- b -- c -->]><a/>", "--", 1, "`--` inside a comment"),
    ("<!DOCTYPE a [<![INCLUDE[]]>]><a/>", "[", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a []]><a/>", "]", 1, "the DOCTYPE declaration is broken here"),
    ("<!DOCTYPE a [x]><a/>", "x", 1, "the DOCTYPE declaration is broken here"),
];

/// Well-formed only because entities are not expanded: the one place where expat is stricter.
const EXPANDED_BY_EXPAT: &[&str] = &[
    "<!DOCTYPE a [<!ENTITY b '<c>'>]><a>&b;</a>",
    "<!DOCTYPE a [<!ENTITY b '&b;'>]><a>&b;</a>",
    "<!DOCTYPE a [<!ENTITY b '<'>]><a c='&b;'/>",
];

/// Expat's verdict on each document, put behind the one byte order mark that a file may have; `None` where it
/// cannot be asked.
pub(super) fn ask_expat(documents: &[&str]) -> Option<Vec<bool>> {
    const SCRIPT: &str = "
import json, sys, xml.parsers.expat as expat
def is_sound(text):
    try:
        expat.ParserCreate().Parse('\\ufeff' + text, True)
        return True
    except expat.ExpatError:
        return False
json.dump([is_sound(text) for text in json.loads(sys.stdin.buffer.read())], sys.stdout)
";
    let child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let answer = child.and_then(|mut child| {
        let question = serde_json::to_vec(documents)?;
        child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&question))?;
        child.wait_with_output()
    });
    let verdicts = answer.ok().and_then(|output| serde_json::from_slice(&output.stdout).ok());
    if verdicts.is_none() {
        eprintln!("not compared with expat: there is no python3 that could be asked");
    }
    verdicts
}

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
fn verdicts_are_those_of_expat() {
    let flawed = FLAWED.iter().map(|(text, ..)| *text);
    let documents: Vec<&str> = SOUND.iter().copied().chain(flawed).collect();
    assert!(documents.len() >= 200);
    let Some(verdicts) = ask_expat(&documents) else { return };
    for (text, verdict) in documents.iter().zip(verdicts) {
        assert_eq!(is_sound(text), verdict, "expat disagrees about {text:?}");
    }
}

#[test]
fn declared_entities_are_never_expanded() {
    for text in EXPANDED_BY_EXPAT {
        assert!(is_sound(text), "{text:?}");
    }
    let Some(verdicts) = ask_expat(EXPANDED_BY_EXPAT) else { return };
    assert_eq!(verdicts, [false; 3]);
}

fn nested(depth: usize) -> String {
    "<a>".repeat(depth) + &"</a>".repeat(depth)
}

#[test]
fn depth_is_limited_by_memory_alone() {
    assert!(is_sound(&nested(1_000_000)));
    let flawed = format!("<b>{}\u{1}</b>", nested(100_000));
    assert!(matches!(parse(&flawed, Keep::All), Outcome::Malformed(_)));
    let little = std::sync::Arc::new(Budget::of(Size(1 << 20)));
    let outcome = parse_within(&nested(100_000), Keep::All, &mut Lease::of(&little));
    assert_eq!(outcome, Outcome::TooMuch);
    assert_eq!(little.held(), 0);
    // The trees of many kinds of texts are refused before they take more than there is.
    for piece in ["<a/>", "<a>b</a>", "<!--b-->", "<a b='c'/>", "<a>&amp;</a>", "<a><b/><b/><b/></a>", "x>"] {
        let text = format!("<r>{}</r>", piece.repeat(2_000_000 / piece.len()));
        assert_eq!(parse_within(&text, Keep::All, &mut Lease::of(&little)), Outcome::TooMuch, "{piece}");
        assert_eq!(little.held(), 0, "{piece}");
    }
    let names: Vec<String> = (0..50_000).map(|index| format!("<a{index}/>")).collect();
    assert_eq!(
        parse_within(&format!("<r>{}</r>", names.concat()), Keep::All, &mut Lease::of(&little)),
        Outcome::TooMuch
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
        assert!(matches!(parse(&text, Keep::Only(&["x"])), Outcome::Malformed(_)), "{text:?}");
    }
}

#[test]
fn names_in_messages_are_cut() {
    let text = format!("<a></{}>", "\u{e9}".repeat(10_000));
    assert_eq!(flaw(&text).message, format!("</{}> closes <a>", "\u{e9}".repeat(60)));
}
