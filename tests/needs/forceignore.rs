//! `.forceignore` hides what Salesforce's tooling hides, by recorded verdicts.

use std::fs;

use serde_json::Value;
use sessionlint::forceignore::Patterns;

use crate::verdicts;

/// Rows of verdicts that differ from what is decided here.
fn differences(table: &Value) -> Vec<String> {
    let files: Vec<&str> = table["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let mut differences = Vec::new();
    for row in table["rows"].as_array().unwrap() {
        let text = row["forceignore"].as_str().unwrap();
        let patterns = Patterns::read(text);
        let files_of_row: Vec<&str> = row
            .get("files")
            .map_or(files.clone(), |own| own.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect());
        for file in files_of_row {
            let expected = row["hidden"].as_array().unwrap().iter().any(|hidden| hidden == file);
            if patterns.hiding(file).is_some() != expected {
                differences.push(format!("{text:?} {file:?}: hidden is {expected}"));
            }
        }
    }
    differences
}

pub(crate) fn every_row_is_what_salesforce_hides() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/forceignore.json");
    let own: Value = serde_json::from_slice(&fs::read(own).unwrap()).unwrap();
    assert!(own["rows"].as_array().unwrap().len() > 100);
    assert_eq!(differences(&own), Vec::<String>::new());
}

pub(crate) fn every_row_of_the_larger_table_too() {
    let differences = differences(&serde_json::from_slice(&fs::read(verdicts()).unwrap()).unwrap());
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n"));
}
