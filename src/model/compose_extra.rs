//! What a stack says in Compose's own words, brought into one of the several forms that Compose has for it.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::stack::{Known, Service, Unresolved};
use crate::source::language::ComposeSort;
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
        ("build", Json::Object(build)) => with_args(build),
        ("environment" | "labels" | "annotations", Json::Array(items)) => pairs(items, "=", &Json::Null),
        ("extra_hosts", Json::Array(items)) => pairs(items, "=:", &Json::Null),
        ("depends_on", Json::Array(items)) => pairs(items, "", &json!({ "condition": "service_started" })),
        ("networks", Json::Array(items)) => pairs(items, "", &json!({})),
        ("tmpfs", Json::String(_)) => json!([value]),
        _ => value.clone(),
    }
}

/// The build arguments, too, as a table. One without a value has that of whoever starts Compose.
fn with_args(build: &Map<String, Json>) -> Json {
    let mut build = build.clone();
    if let Some(Json::Array(items)) = build.get("args") {
        let args = pairs(items, "=", &Json::Null);
        build.insert("args".to_owned(), args);
    }
    Json::Object(build)
}

/// Whether it says of a build how, as `target` does, but not from what.
#[must_use]
pub fn refines_a_build(build: &Json) -> bool {
    build
        .as_object()
        .is_some_and(|build| !build.contains_key("context") && !build.contains_key("dockerfile_inline"))
}

/// A service that another waits for before it starts.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    pub name: &'a Spanned<String>,
    /// The key of Compose that says so; none for `needs`.
    pub key: Option<&'static str>,
}

impl Service {
    /// Every service that Compose starts before this one: what it needs, and what it names in Compose's own words, but for what Compose
    /// does without.
    pub fn waits(&self) -> impl Iterator<Item = Wait<'_>> {
        let needs = self.needs.iter().map(|need| Wait { name: &need.service, key: None });
        let said = self.compose_names.iter().filter(|said| said.is_waited_for() && !said.is_optional);
        needs.chain(said.map(|said| Wait { name: &said.name, key: Some(said.key) }))
    }
}

/// Services that are named in Compose's own words, and that the stack does not have.
pub fn unresolved(services: &IndexMap<String, Service>, unreadable: &[String]) -> Vec<Unresolved> {
    let names =
        services.values().flat_map(|service| service.compose_names.iter().map(move |said| (service, said)));
    names
        .filter(|(_, said)| said.sort == ComposeSort::Service && !said.is_optional)
        .filter(|(_, said)| {
            !services.contains_key(said.name.as_str()) && !unreadable.contains(&said.name.value)
        })
        .map(|(service, said)| {
            let known = Known::ServicesBut(service.name.value.clone());
            Unresolved { name: said.name.clone(), sort: "service", known }
        })
        .collect()
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
