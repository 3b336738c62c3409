//! Entities: the references that a text may use, by the declarations of its document type.
//!
//! It may assume that declarations come before references, as XML requires. It refuses to know what an entity stands
//! for: nothing is ever expanded.

use std::collections::HashMap;

use super::lexical::predefined;

/// The names that may be referred to as `&name;`.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    general: HashMap<&'a str, EntityKind>,
    /// Whether declarations may exist outside this file: then an unknown name is not a defect.
    pub(super) is_open: bool,
    /// Whether the XML declaration has `standalone="yes"`.
    pub(super) is_standalone: bool,
    /// Whether the file declares any entity, even one for use in the DTD only.
    pub(super) declares_any: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum EntityKind {
    Internal,
    External,
    /// An unparsed entity of a notation: it can be named, not referred to.
    Unparsed,
}

const UNKNOWN: &str = "a reference to an entity that is not declared";
const UNPARSED: &str = "a reference to an unparsed entity";

impl<'a> Entities<'a> {
    /// Checks a reference in text.
    pub(super) fn check_in_text(&self, name: &str) -> Result<(), &'static str> {
        self.kind(name).map(|_| ())
    }

    /// Checks a reference in an attribute value.
    pub(super) fn check_in_value(&self, name: &str) -> Result<(), &'static str> {
        match self.kind(name)? {
            EntityKind::External => Err("a reference to an external entity inside an attribute's value"),
            _ => Ok(()),
        }
    }

    fn kind(&self, name: &str) -> Result<EntityKind, &'static str> {
        if predefined(name).is_some() {
            return Ok(EntityKind::Internal);
        }
        match self.general.get(name) {
            Some(EntityKind::Unparsed) => Err(UNPARSED),
            Some(kind) => Ok(*kind),
            None if self.may_be_elsewhere() => Ok(EntityKind::Internal),
            None => Err(UNKNOWN),
        }
    }

    pub(super) fn may_be_elsewhere(&self) -> bool {
        self.is_open && !self.is_standalone
    }

    /// The first declaration of a name counts.
    pub(super) fn declare(&mut self, name: &'a str, kind: EntityKind) {
        self.general.entry(name).or_insert(kind);
    }
}
