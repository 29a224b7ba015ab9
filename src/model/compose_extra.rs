//! What a stack says in Compose's own words, brought into one of the several forms that Compose has for it.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use crate::source::{Free, Named, Spanned};

/// Keys of Compose by name, each with the place of its name.
pub type ComposeExtra = IndexMap<String, Spanned<Json>>;

/// Every key of a table, lists of pairs turned into tables.
#[must_use]
pub fn compose_extra(table: Option<&Named<Free>>) -> ComposeExtra {
    let entries = table.into_iter().flat_map(Named::iter);
    entries
        .map(|(name, entry)| (name.clone(), Spanned::new(one_form(name, &entry.value.value.0), entry.name)))
        .collect()
}

fn one_form(name: &str, value: &Json) -> Json {
    match (name, value) {
        ("build", Json::String(context)) => json!({ "context": context }),
        ("environment" | "labels" | "annotations", Json::Array(items)) => pairs(items, "=", &Json::Null),
        ("extra_hosts", Json::Array(items)) => pairs(items, "=:", &Json::Null),
        ("depends_on", Json::Array(items)) => pairs(items, "", &json!({ "condition": "service_started" })),
        ("networks", Json::Array(items)) => pairs(items, "", &json!({})),
        ("tmpfs", Json::String(_)) => json!([value]),
        _ => value.clone(),
    }
}

/// `NAME=value` in a list, as a table. What has no separator is given `otherwise`.
fn pairs(items: &[Json], separators: &str, otherwise: &Json) -> Json {
    let pair = |item: &Json| {
        let text = item.as_str().map_or_else(|| item.to_string(), ToOwned::to_owned);
        match text.find(|found| separators.contains(found)) {
            Some(at) => (text[..at].to_owned(), json!(text[at + 1..])),
            None => (text, otherwise.clone()),
        }
    };
    Json::Object(items.iter().map(pair).collect::<Map<_, _>>())
}
