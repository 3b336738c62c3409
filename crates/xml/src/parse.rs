//! Reads the events of quick-xml: document structure, checks of each token, decoding of text.
//!
//! After each element directly below the root, [`Blocks`] may skip repetitions; this reader is the reference, and gives
//! the same result without them.
//!
//! It may assume nothing about the text. quick-xml finds the ends of tokens; the raw text between them is what counts.
//! It refuses to know single characters: a separate pass finds illegal ones.

use std::collections::HashSet;

use memchr::{memchr, memmem};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::doctype::doctype;
use super::entities::Entities;
use super::fast_path::{Blocks, Token};
use super::lexical::{Cursor, Reference, comment, instruction, is_space, local_name, predefined, reference};
use super::tag::{declaration, end_tag, shown, start_tag};
use super::tree::{Builder, Document};
use super::{Flaw, Keep};
use sessionlint_source::Span;
use sessionlint_source::budget::{BudgetExceeded, Lease};

/// Why reading stopped.
pub(super) enum ParseError {
    /// A defect.
    Flawed(Flaw),
    /// Memory was used up.
    OutOfMemory,
}

impl From<Flaw> for ParseError {
    fn from(flaw: Flaw) -> Self {
        Self::Flawed(flaw)
    }
}

impl From<BudgetExceeded> for ParseError {
    fn from(_: BudgetExceeded) -> Self {
        Self::OutOfMemory
    }
}

/// Bytes that quick-xml holds for an open element in addition to its name, while its lists grow.
const OPEN_ELEMENT: u64 = 32;

/// The check of a piece of markup up to this size, in bytes, takes too little memory to count.
const SMALL_TAG: usize = 1 << 14;

/// Longer names are counted by themselves while their elements are open, in bytes.
const SHORT_NAME: usize = 16;

/// Bytes that names of attributes and entities take while they are checked, per byte of their markup.
const NAMES_PER_BYTE: u64 = 12;

/// Stands for the node of an element that is not kept.
const DROPPED: u32 = u32::MAX;

/// An element without its end tag so far.
struct OpenElement<'a> {
    /// As written, prefix included.
    name: &'a str,
    tag: Span,
    node: u32,
}

struct EventReader<'a> {
    text: &'a str,
    keep: Keep,
    builder: Builder<'a>,
    /// The memory of this walk in addition to the tree.
    lease: Lease,
    open: Vec<OpenElement<'a>>,
    /// Name and opening tag of the root, once it was read.
    root: Option<(&'a str, Span)>,
    doctype: Option<Span>,
    entities: Entities<'a>,
    attributes: HashSet<&'a str>,
    /// `None` where the walk does not learn blocks.
    blocks: Option<Blocks<'a>>,
}

/// The result of [`read`].
pub(super) struct Parsed {
    pub(super) document: Document,
    /// Ranges of the text, in order, without illegal characters.
    pub(super) clean_spans: Vec<Span>,
}

/// Reads all of `text`; illegal characters are not searched. With `learns`, blocks that repeat one shape are read
/// faster, to the same result.
pub(super) fn read(text: &str, keep: Keep, learns: bool, lease: &mut Lease) -> Result<Parsed, ParseError> {
    if text.starts_with('\u{FEFF}') {
        // quick-xml would drop it without counting it.
        return Err(Flaw::new(0, '\u{FEFF}'.len_utf8(), "a second byte order mark").into());
    }
    let mut walk = EventReader {
        text,
        keep,
        builder: Builder::new(text, lease.beside()),
        lease: lease.beside(),
        open: Vec::new(),
        root: None,
        doctype: None,
        entities: Entities::default(),
        attributes: HashSet::new(),
        blocks: learns.then(|| Blocks::new(text)),
    };
    walk.events()?;
    walk.end_of_file()?;
    let dtd_entities = walk.doctype.filter(|_| walk.entities.declares_any);
    let clean_spans = walk.blocks.map_or_else(Vec::new, Blocks::into_clean_spans);
    let (document, held) = walk.builder.finish(dtd_entities)?;
    lease.join(held);
    Ok(Parsed { document, clean_spans })
}

/// A reader of `text`, which may start in the middle of a document.
fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    // End tags are compared here, where the place of the opening tag is known.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().trim_markup_names_in_closing_tags = false;
    reader
}

impl<'a> EventReader<'a> {
    fn events(&mut self) -> Result<(), ParseError> {
        let mut reader = reader(self.text);
        // The offset in the text at which the reader began.
        let mut base = 0;
        let mut start = 0;
        loop {
            let event = reader.read_event();
            let end = base + reader.buffer_position() as usize;
            if end - start > SMALL_TAG && matches!(event, Ok(Event::Start(_) | Event::Empty(_) | Event::DocType(_))) {
                self.lease.more((end - start) as u64 * NAMES_PER_BYTE)?;
            }
            let may_end_block = self.open.len() == 2 || matches!(event, Ok(Event::Empty(_)));
            match event {
                Ok(Event::Start(_)) => self.start(start, end)?,
                Ok(Event::Empty(_)) => {
                    self.start(start, end)?;
                    self.close(Span::new(end, end));
                }
                Ok(Event::End(_)) => self.end(start, end)?,
                Ok(Event::Text(_)) => self.characters(start, end)?,
                Ok(Event::GeneralRef(_)) => self.reference(start)?,
                Ok(Event::CData(_)) => self.cdata(start, end)?,
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_)) => {
                    self.aside(start, end)?;
                }
                Ok(Event::Eof) => return Ok(()),
                Err(_) => return Err(self.broken_token(start)),
            }
            self.builder.check()?;
            start = end;
            if may_end_block && self.open.len() == 1 {
                start = self.repeated_blocks(end)?;
                if start > end {
                    base = start;
                    reader = self::reader(&self.text[base..]);
                }
            }
        }
    }

    /// Skips repetitions of known blocks from `from` on, directly below the root; returns their end.
    fn repeated_blocks(&mut self, from: usize) -> Result<usize, BudgetExceeded> {
        self.blocks.as_mut().map_or(Ok(from), |blocks| blocks.run(from, &mut self.builder))
    }

    fn note(&mut self, token: Token) {
        if let Some(blocks) = &mut self.blocks {
            blocks.record(token, &mut self.builder);
        }
    }

    /// Records something that is neither a tag nor plain text; the block around it is not learned.
    fn note_aside(&mut self, start: usize, end: usize) {
        self.builder.aside(Span::new(start, end));
        if let Some(blocks) = &mut self.blocks {
            blocks.abandon();
        }
    }

    fn end_of_file(&self) -> Result<(), Flaw> {
        if let Some(open) = self.open.last() {
            let message = format!("the file ends inside <{}>", shown(open.name));
            return Err(Flaw { span: open.tag, message });
        }
        if self.root.is_none() {
            let end = self.text.len();
            return Err(Flaw::new(end, end, "the file holds no element"));
        }
        Ok(())
    }

    fn start(&mut self, start: usize, end: usize) -> Result<(), ParseError> {
        let tag = start_tag(&self.text[..end], start, &self.entities, &mut self.attributes)?;
        let span = Span::new(start, end);
        if self.open.len() == self.open.capacity() {
            self.lease.room(&mut self.open)?;
            self.lease.more((self.open.capacity() - self.open.len()) as u64 * OPEN_ELEMENT)?;
        }
        if tag.name.len() > SHORT_NAME {
            // quick-xml keeps the names of open elements one after the other.
            self.lease.more(tag.name.len() as u64 * 3)?;
        }
        let parent = self.open.last().map(|open| open.node);
        let is_kept = match (parent, self.root) {
            (None, Some((root, _))) => {
                let message = format!("<{}> follows the root element <{}>", shown(tag.name), shown(root));
                return Err(Flaw { span, message }.into());
            }
            (None, None) => {
                self.root = Some((tag.name, span));
                true
            }
            (Some(DROPPED), _) => false,
            (Some(parent), _) => {
                self.builder.mark_as_parent(parent);
                self.open.len() > 1 || self.keep.wants(local_name(tag.name))
            }
        };
        let node =
            if is_kept { self.builder.open(parent.unwrap_or_default(), tag.name, span, tag.is_nil) } else { DROPPED };
        if let Some(blocks) = &mut self.blocks {
            if self.open.len() == 1 {
                blocks.begin(tag.name);
            }
            let token = Token::Open { tag: span, name_length: tag.name.len() as u32, is_nil: tag.is_nil };
            blocks.record(token, &mut self.builder);
        }
        self.open.push(OpenElement { name: tag.name, tag: span, node });
        Ok(())
    }

    fn end(&mut self, start: usize, end: usize) -> Result<(), Flaw> {
        let expected = self.open.last().map(|open| open.name);
        let bytes = &self.text.as_bytes()[start + 2..end - 1];
        if expected.is_some_and(|name| name.as_bytes() == bytes) {
            self.close(Span::new(start, end));
            return Ok(());
        }
        let name = end_tag(&self.text[..end], start)?;
        let message = match expected {
            Some(expected) if expected == name => {
                self.close(Span::new(start, end));
                return Ok(());
            }
            Some(expected) => format!("</{}> closes <{}>", shown(name), shown(expected)),
            None => format!("</{}> closes nothing", shown(name)),
        };
        Err(Flaw::new(start, end, message))
    }

    fn close(&mut self, end_tag: Span) {
        let Some(OpenElement { node, name, .. }) = self.open.pop() else { return };
        if name.len() > SHORT_NAME {
            self.lease.less(name.len() as u64 * 3);
        }
        let is_kept = node != DROPPED;
        if is_kept {
            self.builder.close(node, end_tag);
        }
        if let Some(blocks) = &mut self.blocks {
            blocks.record(Token::Close(end_tag), &mut self.builder);
            if self.open.len() == 1 {
                blocks.finish(is_kept, &mut self.builder);
            }
        }
    }

    fn characters(&mut self, start: usize, end: usize) -> Result<(), Flaw> {
        let bytes = &self.text.as_bytes()[start..end];
        if memchr(b'>', bytes).is_some() {
            if let Some(found) = memmem::find(bytes, b"]]>") {
                let at = start + found;
                return Err(Flaw::new(at, at + 3, "`]]>` inside text; it is written ]]&gt;"));
            }
            self.note_aside(start, end);
        }
        if self.open.is_empty() {
            let is_blank = bytes.iter().all(|byte| is_space(*byte));
            return if is_blank { Ok(()) } else { Err(self.outside(start, end)) };
        }
        self.note(Token::Text(Span::new(start, end)));
        self.take_text(start, end);
        Ok(())
    }

    /// The flaw of text where only white space is allowed: before or after the root element.
    fn outside(&self, start: usize, end: usize) -> Flaw {
        let (start, end) = super::lexical::trimmed(self.text, start, end);
        let line_end = self.text[start..end].find(['\n', '\r']).map_or(end, |length| start + length);
        let message = match self.root {
            Some((root, _)) => format!("text behind the root element <{}>", shown(root)),
            None => "text before the root element".to_owned(),
        };
        Flaw::new(start, line_end, message)
    }

    /// The builder for decoded text, if the innermost open element keeps its text.
    fn wanted_texts(&mut self) -> Option<&mut Builder<'a>> {
        let node = self.open.last().map(|open| open.node).filter(|node| *node != DROPPED)?;
        self.builder.takes_text(node).then_some(&mut self.builder)
    }

    /// Adds raw text, line ends as LF.
    fn take_text(&mut self, start: usize, end: usize) {
        let text = self.text;
        let Some(texts) = self.wanted_texts() else { return };
        let mut rest = &text[start..end];
        while let Some(at) = memchr(b'\r', rest.as_bytes()) {
            texts.push_text(&rest[..at]);
            texts.push_text("\n");
            rest = &rest[at + 1..];
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        texts.push_text(rest);
    }

    fn reference(&mut self, start: usize) -> Result<(), Flaw> {
        if let Some(blocks) = &mut self.blocks {
            blocks.abandon();
        }
        let mut cursor = Cursor { text: self.text, at: start };
        let reference = reference(&mut cursor)?;
        if self.open.is_empty() {
            return Err(self.outside(start, cursor.at));
        }
        if let Reference::Entity(name) = reference {
            let flaw = |message| Flaw::new(start, cursor.at, message);
            self.entities.check_in_text(name).map_err(flaw)?;
        }
        let text = self.text;
        let Some(texts) = self.wanted_texts() else { return Ok(()) };
        match reference {
            Reference::Character(ch) => texts.push_text(ch.encode_utf8(&mut [0; 4])),
            Reference::Entity(name) => match predefined(name) {
                Some(ch) => texts.push_text(ch.encode_utf8(&mut [0; 4])),
                None => texts.push_text(&text[start..cursor.at]),
            },
        }
        Ok(())
    }

    fn cdata(&mut self, start: usize, end: usize) -> Result<(), Flaw> {
        self.note_aside(start, end);
        if self.open.is_empty() {
            return Err(self.outside(start, end));
        }
        self.take_text(start + "<![CDATA[".len(), end - "]]>".len());
        Ok(())
    }

    /// A comment, a processing instruction, the XML declaration or the DOCTYPE declaration.
    fn aside(&mut self, start: usize, end: usize) -> Result<(), Flaw> {
        self.note_aside(start, end);
        let mut cursor = Cursor { text: &self.text[..end], at: start };
        if cursor.eat("<!--") {
            self.builder.comment(Span::new(start, end));
            comment(&mut cursor)
        } else if cursor.eat("<?") {
            if start == 0 && is_declaration(self.text) {
                self.entities.is_standalone = declaration(cursor.text)?;
                return Ok(());
            }
            instruction(&mut cursor)
        } else {
            self.doctype(&mut cursor)?;
            // Both parsers must agree on the end of the declaration, or the rest would be misread.
            if cursor.at == end { Ok(()) } else { Err(cursor.flaw("the DOCTYPE declaration is broken here")) }
        }
    }

    /// Consumes the DOCTYPE declaration at the cursor.
    fn doctype(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        let start = cursor.at;
        let keyword_end = start + "<!DOCTYPE".len();
        let misplaced = |message: &str| Err(Flaw::new(start, keyword_end, message));
        if !cursor.rest().starts_with("<!DOCTYPE") {
            return misplaced("`<!DOCTYPE` is written in upper case");
        }
        if self.root.is_some() {
            return misplaced("a DOCTYPE declaration behind the start of the root element");
        }
        if self.doctype.is_some() {
            return misplaced("a second DOCTYPE declaration");
        }
        cursor.at = doctype(cursor.text, start, &mut self.entities)?;
        self.doctype = Some(Span::new(start, cursor.at));
        Ok(())
    }

    /// The defect of the token at `start`, which quick-xml could not finish.
    fn broken_token(&mut self, start: usize) -> ParseError {
        let found = self.broken_token_flaw(start).err();
        // The checks read further than quick-xml only where they find a defect; this is a fallback in case they
        // disagree with quick-xml.
        found.unwrap_or_else(|| Flaw::new(start, start, "the markup that starts here is broken")).into()
    }

    fn broken_token_flaw(&mut self, start: usize) -> Result<(), Flaw> {
        let text = self.text;
        let mut cursor = Cursor { text, at: start };
        if cursor.peek() == Some(b'&') {
            return reference(&mut cursor).map(|_| ());
        }
        if cursor.eat("</") {
            return end_tag(text, start).map(|_| ());
        }
        if cursor.eat("<!--") {
            return comment(&mut cursor);
        }
        if cursor.eat("<![CDATA[") {
            return Err(Flaw::new(start, cursor.at, "the file ends inside a CDATA section"));
        }
        if cursor.eat("<?") {
            if start == 0 && is_declaration(text) {
                return declaration(text).map(|_| ());
            }
            return instruction(&mut cursor);
        }
        if cursor.rest().starts_with("<!DOCTYPE") {
            return self.doctype(&mut cursor);
        }
        if cursor.eat("<!") {
            return Err(Flaw::new(start, cursor.at, "`<!` starts neither a comment nor a CDATA section"));
        }
        start_tag(text, start, &self.entities, &mut self.attributes).map(|_| ())
    }
}

/// Whether the text starts with an XML declaration.
fn is_declaration(text: &str) -> bool {
    let rest = text.strip_prefix("<?xml");
    rest.is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r', '?']))
}
