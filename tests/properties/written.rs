//! A stack's file as text: TOML of JSON values.

use serde_json::{Map, Value as Json};

/// The text of a stack's file. Each service, agent and environment has a line of its own.
pub fn toml(stack: &Map<String, Json>) -> String {
    let mut text = String::new();
    for (name, value) in stack {
        match value {
            Json::Object(tables) if tables.values().all(Json::is_object) && !tables.is_empty() => {
                for (inner, table) in tables {
                    text += &format!("{}.{} = {}\n", string(name), string(inner), inline(table));
                }
            }
            value => text += &format!("{} = {}\n", string(name), inline(value)),
        }
    }
    text
}

fn inline(value: &Json) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Json::Object(table) => {
            let entries = table.iter().map(|(name, value)| format!("{} = {}", string(name), inline(value)));
            format!("{{ {} }}", joined(entries.collect()))
        }
        Json::Array(items) => format!("[{}]", joined(items.iter().map(inline).collect())),
        Json::String(text) => string(text),
        other => other.to_string(),
    }
}

/// JSON's strings are TOML's, but for DEL.
fn string(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007f")
}
