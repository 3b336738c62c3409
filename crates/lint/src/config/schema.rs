//! The JSON Schema of the configuration, so that editors complete and explain it.

use serde_json::{Map, Value, json};

use super::keys::Keys;
use crate::rule::{Catalog, Rule};
use sessionlint_soql::ParamValue;

/// The schema, with the rules of `catalog` and their options as properties.
pub fn schema(catalog: &Catalog) -> Value {
    let mut schema = schemars::schema_for!(Keys).to_value();
    plain(&mut schema);
    let mut names: Vec<&str> = catalog.rules().iter().flat_map(|rule| [rule.group(), rule.id.as_str()]).collect();
    names.sort_unstable();
    names.dedup();
    // A name that is none of ours may be a rule of the user's own.
    let known = json!({ "anyOf": [{ "enum": names }, { "type": "string" }] });
    amend(&mut schema, "/$defs", &json!({ "RuleOrGroup": known }));
    let name = json!({ "$ref": "#/$defs/RuleOrGroup" });
    amend(&mut schema, "/properties/select/items", &name);
    amend(&mut schema, "/$defs/IgnoreKeys/properties/rule", &name);
    amend(&mut schema, "/$defs/LeftOut/anyOf/0", &name);
    let rules: Map<String, Value> = catalog.rules().iter().map(|rule| (rule.id.clone(), rule_schema(rule))).collect();
    amend(&mut schema, "/properties/rule", &json!({ "properties": rules }));
    // What it is comes first, for those who open the file.
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

/// Takes out what TOML cannot write, null, and the line breaks of doc comments.
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
