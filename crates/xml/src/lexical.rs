//! The smallest pieces of XML: white space, legal characters, names, references, and a cursor over them.
//!
//! It may assume nothing but a string. It refuses to know where in a document a piece stands.

use std::ops::Range;

use memchr::memmem;

use super::Flaw;

/// XML white space, without the other white space of Unicode.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The range of `text` within `start..end` without XML white space at both ends.
pub(super) fn trimmed(text: &str, mut start: usize, mut end: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    while start < end && is_space(bytes[start]) {
        start += 1;
    }
    while start < end && is_space(bytes[end - 1]) {
        end -= 1;
    }
    (start, end)
}

/// The end of the character that starts at `at`; `at` itself at the end of the text.
pub(super) fn after_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Whether XML 1.0 allows the character at all.
fn is_legal(ch: char) -> bool {
    matches!(ch, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// The first character in `range` of `text` that is not allowed in an XML text: a control character, U+FFFE or U+FFFF.
/// The range begins and ends at a character.
///
/// One pass over a long range costs far less than a check of every token.
pub(super) fn first_illegal(text: &str, range: Range<usize>) -> Option<Flaw> {
    let bytes = &text.as_bytes()[range.clone()];
    let control = first_control(bytes);
    let noncharacter = memmem::find_iter(bytes, b"\xEF\xBF").find(|at| matches!(bytes.get(at + 2), Some(0xBE | 0xBF)));
    let at = match (control, noncharacter) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other)?,
    };
    let at = range.start + at;
    let message = match text[at..].chars().next() {
        Some(ch) if ch < ' ' => format!("the control character U+{:04X}", ch as u32),
        Some(ch) => format!("the character U+{:04X}, which XML forbids", ch as u32),
        None => return None,
    };
    Some(Flaw::new(at, after_char(text, at), message))
}

fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

fn first_control(bytes: &[u8]) -> Option<usize> {
    // A fold without early exit over blocks of this size becomes vector instructions.
    const BLOCK: usize = 256;
    for (index, block) in bytes.chunks(BLOCK).enumerate() {
        if block.iter().fold(false, |found, byte| found | is_control(*byte)) {
            let within = block.iter().position(|byte| is_control(*byte))?;
            return Some(index * BLOCK + within);
        }
    }
    None
}

const NAME_START: u8 = 1;
const NAME: u8 = 2;

/// For each ASCII byte, whether a name may start with it or continue with it.
const NAME_CLASS: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let at = byte as u8;
        if at.is_ascii_alphabetic() || matches!(at, b'_' | b':') {
            classes[byte] = NAME_START | NAME;
        } else if at.is_ascii_digit() || matches!(at, b'-' | b'.') {
            classes[byte] = NAME;
        }
        byte += 1;
    }
    classes
};

/// Names beyond ASCII are those of the fifth edition, which allows more than the four before it; but a stray byte order
/// mark is not part of a name.
fn starts_name(ch: char) -> bool {
    matches!(ch,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn continues_name(ch: char) -> bool {
    starts_name(ch) || matches!(ch, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Length of the run of name characters at `at`.
#[inline]
fn token_length(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii() {
            if NAME_CLASS[*byte as usize] & NAME == 0 {
                break;
            }
            end += 1;
        } else {
            match text[end..].chars().next() {
                Some(ch) if continues_name(ch) => end += ch.len_utf8(),
                _ => break,
            }
        }
    }
    end - at
}

/// Length of the name at `at`; 0 where none starts. A colon is a letter: namespaces are not checked.
#[inline]
pub(super) fn name_length(text: &str, at: usize) -> usize {
    let starts = match text.as_bytes().get(at) {
        None => false,
        Some(byte) if byte.is_ascii() => NAME_CLASS[*byte as usize] & NAME_START != 0,
        Some(_) => text[at..].chars().next().is_some_and(starts_name),
    };
    if starts { token_length(text, at) } else { 0 }
}

/// The name without its prefix. Where nothing follows the colon, the name is its own local name.
pub(super) fn local_name(qualified: &str) -> &str {
    // Names are short: a plain loop beats a search made for long texts.
    match qualified.bytes().rposition(|byte| byte == b':') {
        Some(colon) if colon + 1 < qualified.len() => &qualified[colon + 1..],
        _ => qualified,
    }
}

/// A cursor that moves forward over expected tokens.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// The whole text: offsets are into it.
    pub(super) text: &'a str,
    /// Where the cursor is.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Consumes `expected`, if it is here.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(expected.as_bytes());
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Consumes white space; returns whether there was any.
    pub(super) fn space(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at > start
    }

    /// Consumes a name.
    #[inline]
    pub(super) fn name(&mut self) -> Option<&'a str> {
        self.advance(name_length(self.text, self.at))
    }

    /// Consumes a name token: like a name, but it may start with any name character.
    pub(super) fn token(&mut self) -> Option<&'a str> {
        self.advance(token_length(self.text, self.at))
    }

    #[inline]
    fn advance(&mut self, length: usize) -> Option<&'a str> {
        let start = self.at;
        self.at += length;
        (length > 0).then(|| &self.text[start..self.at])
    }

    /// Consumes a quoted literal; returns the range between its quotes. `None`, without a move, if no complete literal
    /// is here.
    pub(super) fn literal(&mut self) -> Option<(usize, usize)> {
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let start = self.at + 1;
        let end = start + memchr::memchr(quote, &self.text.as_bytes()[start..])?;
        self.at = end + 1;
        Some((start, end))
    }

    /// Moves past the next `terminator`; returns the range before it.
    pub(super) fn until(&mut self, terminator: &str) -> Option<(usize, usize)> {
        let start = self.at;
        let end = start + memmem::find(&self.text.as_bytes()[start..], terminator.as_bytes())?;
        self.at = end + terminator.len();
        Some((start, end))
    }

    /// A flaw at the current character.
    pub(super) fn flaw(&self, message: impl Into<String>) -> Flaw {
        Flaw::new(self.at, after_char(self.text, self.at), message)
    }
}

/// The text between `&` and `;`.
pub(super) enum Reference<'a> {
    /// `&#65;` or `&#x41;`.
    Character(char),
    /// `&name;`
    Entity(&'a str),
}

/// Consumes the reference whose `&` is at the cursor.
pub(super) fn reference<'a>(cursor: &mut Cursor<'a>) -> Result<Reference<'a>, Flaw> {
    let start = cursor.at;
    let bare = || Flaw::new(start, start + 1, "`&` starts no reference; the character is written &amp;");
    cursor.at += 1;
    if !cursor.eat("#") {
        let name = cursor.name().ok_or_else(bare)?;
        return if cursor.eat(";") { Ok(Reference::Entity(name)) } else { Err(bare()) };
    }
    let radix = if cursor.eat("x") { 16 } else { 10 };
    let digits = cursor.at;
    let mut code = 0_u32;
    while let Some(digit) = cursor.peek().and_then(|byte| char::from(byte).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
        cursor.at += 1;
    }
    if cursor.at == digits || !cursor.eat(";") {
        return Err(bare());
    }
    match char::from_u32(code).filter(|ch| is_legal(*ch)) {
        Some(ch) => Ok(Reference::Character(ch)),
        None => Err(Flaw::new(start, cursor.at, "a reference to a character that XML forbids")),
    }
}

/// The character a predefined entity stands for.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// A comment's content must not contain `--` and not end with `-`; `cursor` is after `<!--`.
pub(super) fn comment(cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
    let start = cursor.at - "<!--".len();
    match cursor.until("--") {
        None => Err(Flaw::new(start, start + 4, "the file ends inside a comment")),
        Some(_) if cursor.eat(">") => Ok(()),
        Some((_, dashes)) => Err(Flaw::new(dashes, dashes + 2, "`--` inside a comment")),
    }
}

/// A processing instruction; `cursor` is after `<?`.
pub(super) fn instruction(cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
    let start = cursor.at - "<?".len();
    let Some(target) = cursor.name() else {
        return Err(Flaw::new(start, start + 2, "`<?` is followed by no name"));
    };
    if target == "xml" {
        let message = "the XML declaration is not at the very start of the file";
        return Err(Flaw::new(start, cursor.at, message));
    }
    if target.eq_ignore_ascii_case("xml") {
        return Err(Flaw::new(start, cursor.at, "the XML declaration is written `<?xml`, in lower case"));
    }
    if cursor.eat("?>") {
        return Ok(());
    }
    if !cursor.space() && cursor.peek().is_some() {
        return Err(cursor.flaw("unexpected character in the name of a processing instruction"));
    }
    match cursor.until("?>") {
        Some(_) => Ok(()),
        None => Err(Flaw::new(start, start + 2, "the file ends inside a processing instruction")),
    }
}
