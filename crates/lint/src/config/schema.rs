//! The JSON Schema of the configuration, for editors: `sessionlint.schema.json`.
//!
//! A test writes the file and the command prints it, so that the command contains none of this code. Refuses to know
//! how the configuration is read: it only describes the keys.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::keys::{Keys, PrecedenceSchema};
use crate::rule::{Catalog, Rule};
use sessionlint_facts::Shapes;
use sessionlint_soql::ParamValue;

/// The schema, with the rules of `catalog` and their options as properties.
fn schema(catalog: &Catalog) -> Value {
    let mut schema = schemars::schema_for!(Keys).to_value();
    plain(&mut schema);
    let mut names: Vec<&str> = catalog.rules().iter().flat_map(|rule| [rule.group(), rule.id.as_str()]).collect();
    names.sort_unstable();
    names.dedup();
    // An unknown name may be a rule of the user.
    let known = json!({ "anyOf": [{ "enum": names }, { "type": "string" }] });
    amend(&mut schema, "/$defs", &json!({ "RuleOrGroup": known }));
    let name = json!({ "$ref": "#/$defs/RuleOrGroup" });
    amend(&mut schema, "/properties/select/items", &name);
    amend(&mut schema, "/$defs/IgnoreKeys/properties/rule", &name);
    amend(&mut schema, "/$defs/IgnoreEntry/anyOf/0", &name);
    let rules: Map<String, Value> = catalog.rules().iter().map(|rule| (rule.id.clone(), rule_schema(rule))).collect();
    amend(&mut schema, "/properties/rule", &json!({ "properties": rules }));
    // The title comes first, for readers of the file.
    let mut ordered = Map::new();
    if let Value::Object(keys) = &mut schema {
        for key in ["$schema", "title", "description"] {
            ordered.extend(keys.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        keys.retain(|key, _| !ordered.contains_key(key));
        ordered.append(keys);
    }
    Value::Object(ordered)
}

/// Removes null, which TOML cannot express, and the line breaks of doc comments.
fn plain(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            if let Some(Value::String(text)) = keys.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            if let Some(Value::Array(types)) = keys.get("type") {
                let only = types.iter().find(|ty| *ty != "null").cloned();
                keys.extend(only.map(|ty| ("type".to_owned(), ty)));
            }
            let either = keys.get("anyOf").and_then(Value::as_array);
            let null = json!({ "type": "null" });
            if let Some(Value::Object(only)) = either.filter(|list| list.contains(&null)).and_then(|list| list.first())
            {
                let only = only.clone();
                keys.remove("anyOf");
                keys.extend(only);
            }
            keys.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Adds keys to the object at `pointer`.
fn amend(schema: &mut Value, pointer: &str, more: &Value) {
    if let (Some(Value::Object(at)), Some(more)) = (schema.pointer_mut(pointer), more.as_object()) {
        at.extend(more.clone());
    }
}

fn rule_schema(rule: &Rule) -> Value {
    let options: Map<String, Value> =
        rule.definition.options.iter().map(|(name, default)| (name.clone(), option_schema(default))).collect();
    let mut properties = json!({ "severity": { "$ref": "#/$defs/Grade" } });
    if !options.is_empty() {
        properties["options"] = json!({ "type": "object", "properties": options, "additionalProperties": false });
    }
    json!({
        "title": rule.title(),
        "description": rule.page.summary,
        "type": "object",
        "properties": properties,
        "additionalProperties": false
    })
}

#[expect(clippy::disallowed_methods, reason = "the environment of a test says what to do")]
fn is_update() -> bool {
    std::env::var("UPDATE").is_ok_and(|value| value == "1")
}

#[test]
fn the_schema_of_the_repository_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let expected = format!("{}\n", serde_json::to_string_pretty(&schema(&catalog)).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sessionlint.schema.json");
    if std::fs::read_to_string(&path).is_ok_and(|text| text == expected) {
        return;
    }
    assert!(is_update(), "sessionlint.schema.json is stale: run `UPDATE=1 cargo test -p sessionlint-lint schema`");
    std::fs::write(&path, expected).unwrap();
}

#[test]
fn the_words_of_precedence_are_those_of_the_keys() {
    use sessionlint_project::metadata::Precedence as Read;
    let words = schemars::schema_for!(PrecedenceSchema).to_value();
    let words = words["oneOf"].as_array().unwrap().iter().map(|it| it["const"].clone());
    let read: Vec<Read> = words.map(|word| serde_json::from_value(word).unwrap()).collect();
    assert_eq!(read, [Read::Documented, Read::Shortest]);
}

#[test]
fn the_schema_has_rules_and_their_options() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let schema = schema(&catalog);
    for rule in catalog.rules() {
        let pointer = format!("/properties/rule/properties/{}", rule.id.replace('/', "~1"));
        let entry = schema.pointer(&pointer).expect("an entry for each rule");
        for name in rule.definition.options.keys() {
            assert!(entry["properties"]["options"]["properties"][name]["default"] != serde_json::Value::Null);
        }
    }
    let names = schema.pointer("/$defs/RuleOrGroup/anyOf/0/enum").unwrap();
    assert!(names.as_array().unwrap().contains(&"oauth".into()));
    for pointer in ["/properties/select/items", "/$defs/IgnoreKeys/properties/rule", "/$defs/IgnoreEntry/anyOf/0"] {
        assert_eq!(schema.pointer(pointer).unwrap()["$ref"], "#/$defs/RuleOrGroup", "{pointer}");
    }
}

fn option_schema(default: &ParamValue) -> Value {
    let mut schema = match default {
        ParamValue::Int(_) => json!({ "type": "integer" }),
        ParamValue::Text(_) => json!({ "type": "string" }),
        ParamValue::Bool(_) => json!({ "type": "boolean" }),
        ParamValue::Texts(_) => json!({ "type": "array", "items": { "type": "string" } }),
    };
    if let Value::Object(keys) = &mut schema {
        keys.insert("default".to_owned(), super::json(default));
    }
    schema
}
