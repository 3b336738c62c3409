//! Prints the tables of metadata types as JSON: kinds with their elements, closed lists of values, endings of file
//! names.
//!
//! For `tools/compare-metadata-types.mjs`, which compares them with Salesforce's own. Judges nothing itself.

#![allow(clippy::print_stdout, reason = "a program whose output another one reads")]

use serde_json::{Value, json};
use sessionlint::facts::enumerations;
use sessionlint::metadata::kind::{Field, FieldType, KINDS, other_suffixes};
use sessionlint::xml::Keep;

/// The paths of elements below the root; those of a row follow that of its element. Strays are no elements of the type.
fn paths(fields: &[Field], above: &str) -> Vec<String> {
    let mut all = Vec::new();
    for field in fields {
        let path = format!("{above}{}", field.path);
        match field.ty {
            FieldType::Stray => continue,
            FieldType::Rows(below) => all.extend(paths(below, &format!("{path}."))),
            _ => {}
        }
        all.push(path);
    }
    all
}

fn main() {
    let kinds: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            let keeps = match kind.keep() {
                Keep::All => None,
                Keep::Only(names) => Some(names.iter().map(ToString::to_string).collect::<Vec<_>>()),
            };
            json!({
                "name": kind.name,
                "folder": kind.folder,
                "suffix": kind.suffix,
                "file": kind.file,
                "keeps": keeps,
                "fields": paths(kind.fields, ""),
            })
        })
        .collect();
    let values: Vec<Value> =
        enumerations().map(|(kind, path, values)| json!({ "kind": kind, "path": path, "values": values })).collect();
    println!("{}", json!({ "kinds": kinds, "enumerations": values, "suffixes": other_suffixes() }));
}
