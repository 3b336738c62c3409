//! Masks text that no cell shows: secrets in URLs, and text that a deployment replaces.
//!
//! Every cell of every table passes here. Refuses to know tables.

use std::borrow::Cow;

use sessionlint_project::metadata::Project;
use sessionlint_soql::{Cell, Value};
use sessionlint_source::secrets;

/// The column of a file's path, in whatever table. It is shown with every finding, so masking it would hide nothing.
const PATH: &str = "Path";

/// Masks secrets of addresses in a cell of the column `name`, and makes it unknown if a deployment may replace its text.
///
/// Names and paths are those of files, so no replacement of a text changes them; `is_named` says that the column is one.
pub(super) fn hide(project: &Project, name: &str, is_named: bool, cell: &mut Cell<'_>) {
    if name == PATH {
        return;
    }
    if !is_named {
        forget_replaced(project, cell);
    }
    mask_addresses(cell);
}

/// Masks secrets of addresses in a cell, whatever the table.
fn mask_addresses(cell: &mut Cell<'_>) {
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
fn forget_replaced(project: &Project, cell: &mut Cell<'_>) {
    if cell.place.is_some_and(|place| project.replaced.unknown_at(place).is_some()) {
        cell.value = Value::Unknown;
    }
}
