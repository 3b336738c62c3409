//! Masks text that no cell shows: secrets in URLs, and text that a deployment replaces.
//!
//! Every cell of every table passes here. Refuses to know tables.

use std::borrow::Cow;

use sessionlint_project::metadata::Project;
use sessionlint_soql::{Cell, Value};
use sessionlint_source::secrets;

/// Masks secrets of addresses in a cell, whatever the table.
pub(super) fn mask_addresses(cell: &mut Cell<'_>) {
    let mask = |text: &mut Cow<'_, str>| {
        if let Cow::Owned(masked) = secrets::mask(text) {
            *text = Cow::Owned(masked);
        }
    };
    match &mut cell.value {
        Value::Text(text) => mask(text),
        Value::List(texts) => texts.iter_mut().for_each(mask),
        Value::Null | Value::Unknown | Value::Bool(_) | Value::Int(_) | Value::Decimal(_) | Value::Date(_) => {}
    }
}

/// Makes a cell unknown if a deployment may replace its text.
pub(super) fn forget_replaced(project: &Project, cell: &mut Cell<'_>) {
    if cell.place.is_some_and(|place| project.replaced.unknown_at(place).is_some()) {
        cell.value = Value::Unknown;
    }
}
