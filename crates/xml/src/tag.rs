//! Checks of start tags, end tags and the XML declaration against their raw text.
//!
//! It may assume that the text before the tag was sound. It refuses to know the tree: whether an end tag closes the
//! right element is checked elsewhere.

use std::collections::HashSet;

use super::Flaw;
use super::entities::Entities;
use super::lexical::{Cursor, Reference, after_char, local_name, reference};

/// A sound start tag or empty-element tag.
pub(super) struct StartTag<'a> {
    /// The name as written, prefix included.
    pub(super) name: &'a str,
    /// Whether an attribute makes the element nil.
    pub(super) is_nil: bool,
}

/// Checks the tag that starts at `start` and ends, if it is sound, with `text`.
///
/// `seen` is working memory for the attributes' names: kept by the caller, so that a tag allocates nothing.
pub(super) fn start_tag<'a>(
    text: &'a str,
    start: usize,
    entities: &Entities<'a>,
    seen: &mut HashSet<&'a str>,
) -> Result<StartTag<'a>, Flaw> {
    let mut cursor = Cursor { text, at: start + 1 };
    let Some(name) = cursor.name() else {
        return Err(Flaw::new(start, start + 1, "`<` is followed by no name; the character is written &lt;"));
    };
    let named = cursor.at;
    let mut tag = StartTag { name, is_nil: false };
    if cursor.peek() == Some(b'>') {
        // The case of nearly every tag.
        return Ok(tag);
    }
    if seen.capacity() > 1_000 {
        // A tag with very many attributes must not slow down every later tag.
        *seen = HashSet::new();
    }
    seen.clear();
    loop {
        let spaced = cursor.space();
        if cursor.eat(">") || cursor.eat("/>") {
            return Ok(tag);
        }
        match cursor.peek() {
            None => {
                return Err(Flaw::new(start, named, format!("the file ends inside the tag <{}>", shown(name))));
            }
            Some(b'<') => {
                let message = format!("the tag <{}> is not closed before the next `<`", shown(name));
                return Err(Flaw::new(start, named, message));
            }
            Some(_) => {}
        }
        let attribute = cursor.at;
        let Some(key) = cursor.name() else {
            return Err(cursor.flaw(format!("unexpected character in the tag <{}>", shown(name))));
        };
        if !spaced {
            return Err(Flaw::new(attribute, cursor.at, "no white space before the attribute"));
        }
        let value = attribute_value(&mut cursor, attribute, entities)?;
        if !seen.insert(key) {
            let message = format!("the attribute {} is given twice", shown(key));
            return Err(Flaw::new(attribute, attribute + key.len(), message));
        }
        if local_name(key) == "nil" {
            tag.is_nil = matches!(value.trim_ascii(), "true" | "1");
        }
    }
}

/// Consumes `= "value"`; returns the raw value.
fn attribute_value<'a>(cursor: &mut Cursor<'a>, attribute: usize, entities: &Entities<'a>) -> Result<&'a str, Flaw> {
    let key_end = cursor.at;
    cursor.space();
    if !cursor.eat("=") {
        return Err(Flaw::new(attribute, key_end, "the attribute has no `=` and value"));
    }
    cursor.space();
    let Some(quote @ (b'"' | b'\'')) = cursor.peek() else {
        return Err(Flaw::new(attribute, cursor.at, "the attribute's value is not quoted"));
    };
    cursor.at += 1;
    let start = cursor.at;
    quoted_value(cursor, quote, entities)?;
    Ok(&cursor.text[start..cursor.at - 1])
}

/// Consumes an attribute's value and its closing quote, and checks the value.
pub(super) fn quoted_value(cursor: &mut Cursor<'_>, quote: u8, entities: &Entities<'_>) -> Result<(), Flaw> {
    let start = cursor.at - 1;
    loop {
        let Some(found) = memchr::memchr3(quote, b'<', b'&', cursor.rest().as_bytes()) else {
            return Err(Flaw::new(start, start + 1, "the file ends inside an attribute's value"));
        };
        cursor.at += found;
        match cursor.peek() {
            Some(b'<') => {
                return Err(cursor.flaw("`<` inside an attribute's value; it is written &lt;"));
            }
            Some(b'&') => {
                let ampersand = cursor.at;
                if let Reference::Entity(name) = reference(cursor)? {
                    entities.check_in_value(name).map_err(|message| Flaw::new(ampersand, cursor.at, message))?;
                }
            }
            _ => {
                cursor.at += 1;
                return Ok(());
            }
        }
    }
}

/// Checks the end tag that starts at `start` and ends, if it is well-formed, with `text`; returns its name.
pub(super) fn end_tag(text: &str, start: usize) -> Result<&str, Flaw> {
    let mut cursor = Cursor { text, at: start + 2 };
    let Some(name) = cursor.name() else {
        return Err(Flaw::new(start, start + 2, "`</` is followed by no name"));
    };
    cursor.space();
    if cursor.eat(">") {
        return Ok(name);
    }
    let message = match cursor.peek() {
        None => format!("the file ends inside </{}>", shown(name)),
        Some(_) => format!("the end tag </{}> holds more than its name", shown(name)),
    };
    Err(Flaw::new(start, after_char(text, cursor.at), message))
}

/// Checks the XML declaration that the text starts with; returns whether it contains `standalone="yes"`.
///
/// The version number is not checked, as in other parsers.
pub(super) fn declaration(text: &str) -> Result<bool, Flaw> {
    let mut cursor = Cursor { text, at: "<?xml".len() };
    let Some(version) = pseudo_attribute(&mut cursor, "version")? else {
        return Err(Flaw::new(0, cursor.at, "the XML declaration does not start with a version"));
    };
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    check_value(text, version, "version", |value| value.bytes().all(is_sound))?;
    if let Some(encoding) = pseudo_attribute(&mut cursor, "encoding")? {
        check_value(text, encoding, "encoding", |value| {
            value.starts_with(|first: char| first.is_ascii_alphabetic()) && value.bytes().all(is_sound)
        })?;
    }
    let mut is_standalone = false;
    if let Some(standalone) = pseudo_attribute(&mut cursor, "standalone")? {
        check_value(text, standalone, "standalone", |value| matches!(value, "yes" | "no"))?;
        is_standalone = &text[standalone.0..standalone.1] == "yes";
    }
    cursor.space();
    if cursor.eat("?>") {
        return Ok(is_standalone);
    }
    Err(cursor.flaw("unexpected text in the XML declaration"))
}

/// Consumes ` key="value"`, if `key` is here; returns the range of the value.
fn pseudo_attribute(cursor: &mut Cursor<'_>, key: &str) -> Result<Option<(usize, usize)>, Flaw> {
    let mut ahead = *cursor;
    if !(ahead.space() && ahead.eat(key)) {
        return Ok(None);
    }
    ahead.space();
    let has_equals = ahead.eat("=");
    ahead.space();
    match ahead.literal() {
        Some(range) if has_equals => {
            *cursor = ahead;
            Ok(Some(range))
        }
        _ => Err(Flaw::new(cursor.at, ahead.at, format!("{key} has no quoted value in the XML declaration"))),
    }
}

fn check_value(
    text: &str,
    (start, end): (usize, usize),
    key: &str,
    is_sound: impl Fn(&str) -> bool,
) -> Result<(), Flaw> {
    if is_sound(&text[start..end]) {
        return Ok(());
    }
    Err(Flaw::new(start, end, format!("the XML declaration's {key} is not one")))
}

/// A name for a message, cut to a limit because a broken file can make it very long.
pub(super) fn shown(name: &str) -> &str {
    let end = name.char_indices().nth(60).map_or(name.len(), |(at, _)| at);
    &name[..end]
}
