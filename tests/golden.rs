//! Stacks whose committed outputs show what becomes of everything that can be said about a gateway.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "blessing writes the outputs")]

use std::collections::BTreeSet;
use std::{env, fs};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value as Json, json};
use stackgen::source::{Disk, stack_schema};
use toml::de::{DeTable, DeValue};

/// Writes the outputs instead of comparing them. Their manifest is then written by `stackgen build` in the stack's folder.
const BLESS: &str = "STACKGEN_BLESS";

fn folder() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/gateway-everything")
}

#[test]
fn what_the_gateway_can_do_becomes_the_committed_files() {
    let folder = folder();
    let compilation = stackgen::compile(&Disk::new(folder.clone()), Utf8Path::new("stack.toml"), None);
    let found: Vec<&String> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(compilation.outputs.iter().any(|output| output.path == "generated/kong/kong.yml"));
    for output in &compilation.outputs {
        let path = folder.join(&output.path);
        if env::var_os(BLESS).is_some() {
            fs::write(&path, &output.contents).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if committed != output.contents {
            let diff = similar::TextDiff::from_lines(committed.as_str(), output.contents.as_str());
            panic!("{path}: to refresh it: {BLESS}=1 cargo test --test golden\n{}", diff.unified_diff());
        }
    }
}

/// The tables of the language that are about the gateway; those that they speak of come with them.
const TABLES: [&str; 3] = ["GatewayTable", "RouteTable", "UpstreamTable"];

#[test]
fn every_key_that_is_about_the_gateway_is_used_in_the_stack_that_shows_them_all() {
    let schema = stack_schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let mut declared = BTreeSet::new();
    for table in TABLES {
        declare(table, definitions, &mut declared);
    }
    assert!(declared.contains(&key("RequestReplacements", "path", definitions)), "{declared:?}");
    let text = fs::read_to_string(folder().join("stack.toml")).unwrap();
    let stack = from_table(&DeTable::parse(&text).unwrap().into_inner());
    let mut used = BTreeSet::new();
    walk(&stack["gateway"], &reference("GatewayTable"), definitions, &mut used);
    for service in stack["services"].as_object().unwrap().values() {
        walk(service, &reference("ServiceTable"), definitions, &mut used);
    }
    let missing: Vec<_> = declared.difference(&used).collect();
    assert!(missing.is_empty(), "no use of {missing:?} in tests/golden/gateway-everything/stack.toml");
}

/// A table's name, and that of one of its keys.
type Key = (String, String);

/// What a route says of a policy, its service or the gateway may say as well: that is one key.
fn key(table: &str, name: &str, definitions: &Map<String, Json>) -> Key {
    let is_policy = table == "RouteTable" && definitions["PolicyTable"]["properties"].get(name).is_some();
    (if is_policy { "PolicyTable" } else { table }.to_owned(), name.to_owned())
}

fn reference(table: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{table}") })
}

/// Every key of a table, and of all tables that it speaks of.
fn declare(table: &str, definitions: &Map<String, Json>, declared: &mut BTreeSet<Key>) {
    let properties = definitions[table]["properties"].as_object().unwrap();
    for (name, schema) in properties {
        if declared.insert(key(table, name, definitions)) {
            for inner in references(schema) {
                declare(inner, definitions, declared);
            }
        }
    }
}

/// The names of the tables that a schema refers to, however deep.
fn references(schema: &Json) -> Vec<&str> {
    match schema {
        Json::Object(entries) => entries
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Json::String(to)) => to.strip_prefix("#/$defs/").into_iter().collect(),
                _ => references(value),
            })
            .collect(),
        Json::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Enters each key of a value under the name of the table that the schema takes it for.
fn walk(value: &Json, schema: &Json, definitions: &Map<String, Json>, used: &mut BTreeSet<Key>) {
    for either in ["anyOf", "allOf"].iter().filter_map(|word| schema[*word].as_array()).flatten() {
        walk(value, either, definitions, used);
    }
    for item in value.as_array().into_iter().flatten() {
        walk(item, &schema["items"], definitions, used);
    }
    let Some(entries) = value.as_object() else { return };
    let Some(table) = schema["$ref"].as_str().and_then(|to| to.strip_prefix("#/$defs/")) else {
        for entry in entries.values().filter(|_| schema["additionalProperties"].is_object()) {
            walk(entry, &schema["additionalProperties"], definitions, used);
        }
        return;
    };
    for (name, entry) in entries {
        if let Some(schema) = definitions[table]["properties"].get(name) {
            used.insert(key(table, name, definitions));
            walk(entry, schema, definitions, used);
        }
    }
}

fn from_table(table: &DeTable<'_>) -> Json {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), from_value(value.get_ref()))).collect()
}

fn from_value(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str()),
        DeValue::Float(number) => json!(number.as_str()),
        DeValue::Boolean(truth) => json!(truth),
        DeValue::Datetime(time) => json!(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| from_value(item.get_ref())).collect(),
        DeValue::Table(table) => from_table(table),
    }
}
