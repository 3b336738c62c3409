//! Entities: which references a text may make, as far as its document type declares them.
//!
//! It may assume that declarations come before references, as XML has it. It refuses to know what an entity stands
//! for: nothing is ever expanded.

use std::collections::HashMap;

use super::lexical::predefined;

/// What may be referred to as `&name;`.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    general: HashMap<&'a str, Kind>,
    /// Declarations may exist that are not in this file: then an unknown name is no defect.
    pub(super) is_open: bool,
    /// Whether the XML declaration states that no declaration outside the file matters.
    pub(super) is_standalone: bool,
    /// Whether the file declares any entity, be it one for use in the DTD only.
    pub(super) declares_any: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Internal,
    External,
    /// Of a notation: it can be named, not referred to.
    Unparsed,
}

const UNKNOWN: &str = "a reference to an entity that is not declared";
const UNPARSED: &str = "a reference to an unparsed entity";

impl<'a> Entities<'a> {
    /// Checks a reference in text; the error, if any.
    pub(super) fn check_in_text(&self, name: &str) -> Result<(), &'static str> {
        self.kind(name).map(|_| ())
    }

    /// Checks a reference in an attribute's value; the error, if any.
    pub(super) fn check_in_value(&self, name: &str) -> Result<(), &'static str> {
        match self.kind(name)? {
            Kind::External => Err("a reference to an external entity inside an attribute's value"),
            _ => Ok(()),
        }
    }

    fn kind(&self, name: &str) -> Result<Kind, &'static str> {
        if predefined(name).is_some() {
            return Ok(Kind::Internal);
        }
        match self.general.get(name) {
            Some(Kind::Unparsed) => Err(UNPARSED),
            Some(kind) => Ok(*kind),
            None if self.may_be_elsewhere() => Ok(Kind::Internal),
            None => Err(UNKNOWN),
        }
    }

    pub(super) fn may_be_elsewhere(&self) -> bool {
        self.is_open && !self.is_standalone
    }

    /// The first declaration of a name counts.
    pub(super) fn declare(&mut self, name: &'a str, kind: Kind) {
        self.general.entry(name).or_insert(kind);
    }
}
