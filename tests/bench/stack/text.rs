//! TOML to JSON values, and back: as much of it as the reference stack uses.

use std::fmt::Write as _;

use serde_json::{Value, json};
use toml::de::{DeTable, DeValue, Error};

use super::Table;

/// The tables of a TOML text, in its order.
pub fn read(text: &str) -> Result<Table, Error> {
    Ok(DeTable::parse(text)?
        .get_ref()
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
        .collect())
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(time) => json!(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
        }
    }
}

/// The text of tables whose names are bare keys. Two levels get headers, as do tables in lists; what is deeper stands in one line.
pub fn write(tables: &Table) -> String {
    let mut text = String::new();
    for (name, value) in tables {
        let Some(table) = value.as_object() else { continue };
        if table.values().all(Value::is_object) {
            for (inner, value) in table {
                section(&format!("{name}.{inner}"), value.as_object().unwrap_or(table), &mut text);
            }
        } else {
            section(name, table, &mut text);
        }
    }
    text
}

fn section(name: &str, table: &Table, text: &mut String) {
    let is_list_of_tables = |value: &Value| {
        value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
    };
    let blank = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{blank}[{name}]");
    for (key, value) in table.iter().filter(|(_, value)| !is_list_of_tables(value)) {
        let _ = writeln!(text, "{key} = {}", inline(value));
    }
    for (key, value) in table.iter().filter(|(_, value)| is_list_of_tables(value)) {
        for item in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
            let _ = writeln!(text, "\n[[{name}.{key}]]");
            for (key, value) in item {
                let _ = writeln!(text, "{key} = {}", inline(value));
            }
        }
    }
}

/// A value in one line. Strings are written as JSON writes them, which TOML reads the same.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
