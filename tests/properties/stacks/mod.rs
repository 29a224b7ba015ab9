//! Random stacks that are right: every kind, routes with policies, consumers, agents, environments, and strings of all sorts.

mod agent;
mod gateway;
mod service;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value as Json, json};
use stackgen::source::Memory;

use self::agent::{AgentSeed, agent};
use self::service::{ServiceSeed, service};
use crate::strings::{plain, text};
use crate::written::toml;

/// The environment that a stack may have.
pub const ENVIRONMENT: &str = "production";

/// Targets that make nothing unless a stack says so.
const OFF_BY_DEFAULT: [&str; 4] = ["codex", "copilot", "cursor", "gemini"];

/// A stack as it is written, and as what it was generated.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The stack's file, key by key.
    pub written: Map<String, Json>,
    /// The names of the services.
    pub services: Vec<String>,
}

impl Stack {
    pub fn text(&self) -> String {
        toml(&self.written)
    }

    /// Every file of the project but the stack's own.
    pub fn files(&self) -> BTreeMap<String, String> {
        let sources = (0..self.services.len()).map(|at| (format!("src/s{at}/main.py"), String::new()));
        sources.chain([("files/settings".to_owned(), "a = 1\n".to_owned())]).collect()
    }

    /// The project in memory.
    pub fn world(&self) -> Memory {
        let world = Memory::default().with("stack.toml", self.text());
        self.files().into_iter().fold(world, |world, (path, text)| world.with(path, text))
    }

    /// What the stack says of a service.
    pub fn service(&self, name: &str) -> &Json {
        &self.written["services"][name]
    }
}

/// A stack of up to seven services, with an environment in half of the cases.
pub fn stack() -> impl Strategy<Value = Stack> {
    let parts = (
        vec(service(), 1..7),
        option::weighted(0.8, gateway::gateway()),
        vec(agent(), 0..4),
        option::of(vec((any::<Index>(), patch()), 0..3)),
        text(),
    );
    parts.prop_map(|(services, gateway, agents, patches, description)| {
        assembled(&services, gateway, &agents, patches, &description)
    })
}

/// What an environment says of a service.
pub fn patch() -> BoxedStrategy<Json> {
    table(vec![
        ("description", text().prop_map(Json::from).boxed()),
        ("env", table(vec![("V_0", service::value()), ("V_LATER", service::value())])),
        ("memory", words(&["64MiB", "2GB"])),
        (
            "cpus",
            words(&["0.25", "2"])
                .prop_map(|cpus| json!(cpus.as_str().unwrap().parse::<f64>().unwrap()))
                .boxed(),
        ),
        ("restart", words(&["always", "no"])),
        ("stop_grace", words(&["3s", "2m"])),
        (
            "compose_extra",
            table(vec![("shm_size", words(&["32m"])), ("labels", table(vec![("b", plain_value())]))]),
        ),
    ])
}

fn assembled(
    seeds: &[ServiceSeed],
    gateway: Option<Json>,
    agents: &[AgentSeed],
    patches: Option<Vec<(Index, Json)>>,
    description: &str,
) -> Stack {
    let names: Vec<String> = seeds.iter().enumerate().map(|(at, seed)| seed.name(at)).collect();
    let mut written = Map::new();
    written.insert("stack".to_owned(), json!({ "name": "any", "description": description }));
    if let Some(gateway) = &gateway {
        written.insert("gateway".to_owned(), gateway.clone());
    }
    let services = seeds.iter().enumerate().map(|(at, seed)| {
        (names[at].clone(), service::written(seed, at, &names, &seeds[..at], gateway.is_some()))
    });
    written.insert("services".to_owned(), Json::Object(services.collect()));
    let secrets = json!({
        "SHARED_0": { "description": "what the tokens are signed with" },
        "SHARED_1": { "description": description, "external": true },
    });
    written.insert("secrets".to_owned(), secrets);
    if !agents.is_empty() {
        written.insert("agents".to_owned(), agent::written(agents, &names, gateway.is_some()));
    }
    let targets = OFF_BY_DEFAULT.into_iter().map(|target| (target.to_owned(), json!({ "enabled": true })));
    written.insert("targets".to_owned(), Json::Object(targets.collect()));
    if let Some(patches) = patches {
        let services = patches.into_iter().map(|(at, patch)| (at.get(&names).clone(), patch));
        let environment =
            json!({ "stack": { "description": "elsewhere" }, "services": Json::Object(services.collect()) });
        written.insert("environments".to_owned(), json!({ ENVIRONMENT: environment }));
    }
    Stack { written, services: names }
}

/// A table that has each of these keys or not.
fn table(keys: Vec<(&'static str, BoxedStrategy<Json>)>) -> BoxedStrategy<Json> {
    let entry = |(key, value): (&'static str, BoxedStrategy<Json>)| {
        option::weighted(0.35, value).prop_map(move |value| value.map(|value| (key.to_owned(), value)))
    };
    let entries: Vec<_> = keys.into_iter().map(entry).collect();
    entries.prop_map(|entries| Json::Object(entries.into_iter().flatten().collect())).boxed()
}

/// A table with all the keys of several. The later ones win.
fn joined(tables: Vec<BoxedStrategy<Json>>) -> BoxedStrategy<Json> {
    let all = |tables: Vec<Json>| {
        let entries = tables.into_iter().filter_map(|table| match table {
            Json::Object(entries) => Some(entries),
            _ => None,
        });
        Json::Object(entries.flatten().collect())
    };
    tables.prop_map(all).boxed()
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<Json> {
    select(words).prop_map(Json::from).boxed()
}

fn list(words: &'static [&'static str]) -> BoxedStrategy<Json> {
    proptest::sample::subsequence(words, 1..=words.len()).prop_map(Json::from).boxed()
}

fn number(range: std::ops::Range<u16>) -> BoxedStrategy<Json> {
    range.prop_map(Json::from).boxed()
}

fn flag() -> BoxedStrategy<Json> {
    any::<bool>().prop_map(Json::from).boxed()
}

fn any_of(values: Vec<Json>) -> BoxedStrategy<Json> {
    select(values).boxed()
}

fn plain_value() -> BoxedStrategy<Json> {
    plain().prop_map(Json::from).boxed()
}
