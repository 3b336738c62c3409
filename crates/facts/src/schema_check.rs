//! Invalid values and misplaced elements: values that no documentation lists, elements in the wrong place.
//!
//! Checks a file against the schema of its type and the closed lists of `enumerations` only. Refuses to judge what both
//! do not have: Salesforce adds elements and values with each release.

mod enumerations;
mod misplaced;
mod removed;
mod values;

pub(super) use misplaced::MisplacedElement;
pub(super) use removed::RemovedElement;
pub(super) use values::UnknownValue;

/// The closed lists of values: metadata type, path below the root, and the values.
pub(super) fn lists() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    enumerations::ENUMERATIONS.iter().map(|list| (list.kind, list.path, list.values))
}

/// Whether a deployment fills the text in: it is not a value yet.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains(['$', '{', '}', '%', '@', '[', ']', '#', '<', '>']) || text.contains("__")
}
