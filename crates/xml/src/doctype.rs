//! The document type declaration: its grammar.
//!
//! It is parsed to report a broken one, to find its end, and to check references against its entities. Nothing in it is
//! ever expanded, fetched or applied, so that entity expansion attacks and external entities have no effect. It refuses
//! to know elements and validity.

use super::Flaw;
use super::entities::{Entities, EntityKind};
use super::lexical::{Cursor, comment, instruction, reference};
use super::tag::quoted_value;

const BROKEN: &str = "the DOCTYPE declaration is broken here";

/// Parses the declaration that starts at `start` with `<!DOCTYPE`; returns its end.
pub(super) fn doctype<'a>(text: &'a str, start: usize, entities: &mut Entities<'a>) -> Result<usize, Flaw> {
    let cursor = Cursor { text, at: start + "<!DOCTYPE".len() };
    let mut reader = Reader { cursor, start, entities };
    reader.declaration()?;
    Ok(reader.cursor.at)
}

struct Reader<'a, 'b> {
    cursor: Cursor<'a>,
    start: usize,
    entities: &'b mut Entities<'a>,
}

impl<'a> Reader<'a, '_> {
    /// A flaw at the cursor.
    fn broken<T>(&self) -> Result<T, Flaw> {
        if self.cursor.peek().is_none() {
            let keyword_end = self.start + "<!DOCTYPE".len();
            return Err(Flaw::new(self.start, keyword_end, "the file ends inside the DOCTYPE declaration"));
        }
        Err(self.cursor.flaw(BROKEN))
    }

    fn expect(&mut self, expected: &str) -> Result<(), Flaw> {
        if self.cursor.eat(expected) { Ok(()) } else { self.broken() }
    }

    fn expect_space(&mut self) -> Result<(), Flaw> {
        if self.cursor.space() { Ok(()) } else { self.broken() }
    }

    fn expect_name(&mut self) -> Result<&'a str, Flaw> {
        self.cursor.name().map_or_else(|| self.broken(), Ok)
    }

    fn expect_literal(&mut self) -> Result<(usize, usize), Flaw> {
        self.cursor.literal().map_or_else(|| self.broken(), Ok)
    }

    /// Consumes one of `words`; no character that could continue a name may follow it.
    fn keyword(&mut self, words: &[&str]) -> bool {
        let mut ahead = self.cursor;
        let found = ahead.name().is_some_and(|word| words.contains(&word));
        if found {
            self.cursor = ahead;
        }
        found
    }

    fn declaration(&mut self) -> Result<(), Flaw> {
        self.expect_space()?;
        self.expect_name()?;
        let spaced = self.cursor.space();
        if spaced && self.external_id(BarePublicId::Refused)? {
            self.entities.is_open = true;
            self.cursor.space();
        }
        if self.cursor.eat("[") {
            self.internal_subset()?;
            self.cursor.space();
        }
        self.expect(">")
    }

    /// `SYSTEM "..."` or `PUBLIC "..." "..."`; returns whether there was one.
    fn external_id(&mut self, alone: BarePublicId) -> Result<bool, Flaw> {
        if self.keyword(&["SYSTEM"]) {
            self.expect_space()?;
            self.expect_literal()?;
            return Ok(true);
        }
        if !self.keyword(&["PUBLIC"]) {
            return Ok(false);
        }
        self.expect_space()?;
        let (start, end) = self.expect_literal()?;
        if !self.cursor.text[start..end].bytes().all(is_public_id) {
            return Err(Flaw::new(start, end, "a character that no public identifier may hold"));
        }
        let spaced = self.cursor.space();
        let has_literal = matches!(self.cursor.peek(), Some(b'"' | b'\''));
        match alone {
            BarePublicId::Allowed if !has_literal => Ok(true),
            _ if !spaced => self.broken(),
            _ => self.expect_literal().map(|_| true),
        }
    }

    fn internal_subset(&mut self) -> Result<(), Flaw> {
        loop {
            self.cursor.space();
            if self.cursor.eat("]") {
                return Ok(());
            }
            if self.cursor.eat("%") {
                self.expect_name()?;
                self.expect(";")?;
                self.entities.is_open = true;
            } else if self.cursor.eat("<!--") {
                comment(&mut self.cursor)?;
            } else if self.cursor.eat("<?") {
                instruction(&mut self.cursor)?;
            } else {
                self.expect("<!")?;
                self.markup_declaration()?;
            }
        }
    }

    fn markup_declaration(&mut self) -> Result<(), Flaw> {
        let mut ahead = self.cursor;
        let keyword = ahead.name();
        match keyword {
            Some("ENTITY" | "ELEMENT" | "ATTLIST" | "NOTATION") => self.cursor = ahead,
            _ => return self.broken(),
        }
        self.expect_space()?;
        match keyword {
            Some("ENTITY") => self.entity()?,
            Some("ELEMENT") => self.element()?,
            Some("ATTLIST") => self.attributes()?,
            _ => self.notation()?,
        }
        self.cursor.space();
        self.expect(">")
    }

    fn entity(&mut self) -> Result<(), Flaw> {
        self.entities.declares_any = true;
        let is_parameter = self.cursor.eat("%");
        if is_parameter {
            self.expect_space()?;
        }
        let name = self.expect_name()?;
        self.expect_space()?;
        let kind = if self.external_id(BarePublicId::Refused)? {
            if !is_parameter && self.is_unparsed()? { EntityKind::Unparsed } else { EntityKind::External }
        } else {
            self.entity_value()?;
            EntityKind::Internal
        };
        // After a reference to external declarations, this declaration may be a repetition.
        if !is_parameter && !self.entities.may_be_elsewhere() {
            self.entities.declare(name, kind);
        }
        Ok(())
    }

    fn is_unparsed(&mut self) -> Result<bool, Flaw> {
        let spaced = self.cursor.space();
        if !spaced || !self.keyword(&["NDATA"]) {
            return Ok(false);
        }
        self.expect_space()?;
        self.expect_name()?;
        Ok(true)
    }

    /// References in it must be complete; what they refer to counts only where the entity is used.
    fn entity_value(&mut self) -> Result<(), Flaw> {
        let (start, end) = self.expect_literal()?;
        let mut inner = Cursor { text: &self.cursor.text[..end], at: start };
        while let Some(found) = memchr::memchr2(b'&', b'%', inner.rest().as_bytes()) {
            inner.at += found;
            if inner.peek() == Some(b'%') {
                return Err(inner.flaw("`%` inside an entity's value"));
            }
            reference(&mut inner)?;
        }
        Ok(())
    }

    fn notation(&mut self) -> Result<(), Flaw> {
        self.expect_name()?;
        self.expect_space()?;
        if self.external_id(BarePublicId::Allowed)? { Ok(()) } else { self.broken() }
    }

    fn attributes(&mut self) -> Result<(), Flaw> {
        self.expect_name()?;
        loop {
            let spaced = self.cursor.space();
            if self.cursor.peek() == Some(b'>') {
                return Ok(());
            }
            if !spaced {
                return self.broken();
            }
            self.expect_name()?;
            self.expect_space()?;
            self.attribute_type()?;
            self.expect_space()?;
            self.attribute_default()?;
        }
    }

    fn attribute_type(&mut self) -> Result<(), Flaw> {
        const TYPES: &[&str] = &["CDATA", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKEN", "NMTOKENS"];
        if self.keyword(TYPES) {
            return Ok(());
        }
        let is_notation = self.keyword(&["NOTATION"]);
        if is_notation {
            self.expect_space()?;
        }
        self.expect("(")?;
        loop {
            self.cursor.space();
            let choice = if is_notation { self.cursor.name() } else { self.cursor.token() };
            if choice.is_none() {
                return self.broken();
            }
            self.cursor.space();
            if self.cursor.eat(")") {
                return Ok(());
            }
            self.expect("|")?;
        }
    }

    fn attribute_default(&mut self) -> Result<(), Flaw> {
        if self.cursor.eat("#") {
            if self.keyword(&["REQUIRED", "IMPLIED"]) {
                return Ok(());
            }
            if !self.keyword(&["FIXED"]) {
                return self.broken();
            }
            self.expect_space()?;
        }
        let Some(quote @ (b'"' | b'\'')) = self.cursor.peek() else { return self.broken() };
        self.cursor.at += 1;
        quoted_value(&mut self.cursor, quote, self.entities)
    }

    fn element(&mut self) -> Result<(), Flaw> {
        self.expect_name()?;
        self.expect_space()?;
        if self.keyword(&["EMPTY", "ANY"]) {
            return Ok(());
        }
        self.expect("(")?;
        self.cursor.space();
        if self.cursor.eat("#PCDATA") { self.mixed_content() } else { self.content_model() }
    }

    fn mixed_content(&mut self) -> Result<(), Flaw> {
        let mut has_names = false;
        loop {
            self.cursor.space();
            if self.cursor.eat(")") {
                let starred = self.cursor.eat("*");
                return if starred || !has_names { Ok(()) } else { self.broken() };
            }
            self.expect("|")?;
            self.cursor.space();
            self.expect_name()?;
            has_names = true;
        }
    }

    /// Nested groups of names; a stack of their separators replaces recursion.
    fn content_model(&mut self) -> Result<(), Flaw> {
        let mut separators: Vec<Option<u8>> = vec![None];
        loop {
            self.cursor.space();
            if self.cursor.eat("(") {
                separators.push(None);
                continue;
            }
            self.expect_name()?;
            self.occurrence();
            loop {
                self.cursor.space();
                if !self.cursor.eat(")") {
                    break;
                }
                self.occurrence();
                separators.pop();
                if separators.is_empty() {
                    return Ok(());
                }
            }
            let found = self.cursor.peek().filter(|byte| matches!(byte, b'|' | b','));
            match separators.last_mut() {
                Some(group) if found.is_some() && (group.is_none() || *group == found) => {
                    *group = found;
                }
                _ => return self.broken(),
            }
            self.cursor.at += 1;
        }
    }

    fn occurrence(&mut self) {
        if matches!(self.cursor.peek(), Some(b'?' | b'*' | b'+')) {
            self.cursor.at += 1;
        }
    }
}

/// Whether a public identifier may be without a system identifier.
#[derive(Clone, Copy)]
enum BarePublicId {
    Allowed,
    Refused,
}

fn is_public_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" \r\n-'()+,./:=?;!*#@$_%".contains(&byte)
}
