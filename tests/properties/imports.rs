//! What stackgen has built, it imports: the new stack is to Compose and to the gateway what the first one was.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use proptest::prelude::*;
use serde_json::{Map, Value as Json};
use stackgen::import::{Fate, Import, Inputs, import};
use stackgen::source::Memory;
use stackgen::{Compilation, yaml};

use crate::cases;
use crate::outputs::{compiled, output};
use crate::stacks::{Stack, stack};

/// The service that runs the gateway.
const GATEWAY: &str = "kong";

const COMPOSE: &str = "generated/docker-compose.yml";
const KONG: &str = "generated/kong/kong.yml";
const AGENTS: &str = "generated/agents/agents.yaml";

/// The files that a stack became, without the stack itself.
fn built(stack: &Stack, compilation: &Compilation) -> Memory {
    let sources =
        stack.files().into_iter().fold(Memory::default(), |world, (path, text)| world.with(path, text));
    let base = compilation.outputs.iter().filter(|output| output.environment.is_none());
    base.fold(sources, |world, output| world.with(&output.path, output.contents.as_str()))
}

/// The stack that is made of what another one became.
fn imported(stack: &Stack, compilation: &Compilation) -> Result<(Import, Compilation), TestCaseError> {
    let world = built(stack, compilation);
    let there =
        |path: &str| compilation.outputs.iter().any(|output| output.path == path).then(|| path.into());
    let inputs = Inputs {
        compose: vec![COMPOSE.into()],
        kong: there(KONG).into_iter().collect(),
        agents: there(AGENTS).into_iter().collect(),
        folder: "elsewhere".to_owned(),
        stack: "stack.toml".into(),
        ..Inputs::default()
    };
    let imported = import(&world, &inputs);
    let Some(text) = imported.stack.clone() else {
        let found: Vec<_> = imported.report.iter().map(|found| &found.message).collect();
        return Err(TestCaseError::fail(format!("nothing is imported: {found:#?}\n{}", stack.text())));
    };
    let again =
        stackgen::compile(&world.with("stack.toml", text.as_str()), Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = again.report.iter().map(|found| (found.rule, &found.message)).collect();
    prop_assert!(!again.report.has_errors(), "{found:#?}\n{text}\nout of\n{}", stack.text());
    Ok((imported, again))
}

fn yaml_of(compilation: &Compilation, path: &str) -> Json {
    yaml::parse(&output(compilation, path).contents).unwrap()
}

fn services(compose: &Json) -> &Map<String, Json> {
    compose["services"].as_object().unwrap()
}

/// What a service is, of all that its users and its data hang on: each fact by its key.
fn facts(service: &Json) -> BTreeMap<String, Json> {
    let mut facts = BTreeMap::new();
    for key in ["image", "command", "entrypoint", "user", "restart", "stop_grace_period", "shm_size", "init"]
    {
        service.get(key).map(|value| facts.insert(key.to_owned(), value.clone()));
    }
    for (name, value) in service["environment"].as_object().into_iter().flatten() {
        facts.insert(format!("environment.{name}"), value.clone());
    }
    for port in service["ports"].as_array().into_iter().flatten() {
        facts.insert(format!("ports.{}", port["published"]), port.clone());
    }
    for volume in service["volumes"].as_array().into_iter().flatten() {
        facts.insert(format!("volumes.{}", volume["target"]), volume["type"].clone());
    }
    for (name, value) in service["depends_on"].as_object().into_iter().flatten() {
        facts.insert(format!("depends_on.{name}"), value["condition"].clone());
    }
    service.get("healthcheck").map(|check| facts.insert("healthcheck".to_owned(), check["test"].clone()));
    // As if nothing were said.
    facts.retain(|key, value| key != "init" || *value == true);
    service.get("build").map(|build| facts.insert("build".to_owned(), build["context"].clone()));
    facts
}

/// Where requests and the gateway's own API come in.
fn gateway_ports(service: &Json) -> BTreeMap<String, Json> {
    let ports = facts(service).into_iter();
    ports.filter(|(_, port)| port["target"] == 8000 || port["target"] == 8001).collect()
}

/// Each route as what it asks of requests and where it leads, whatever it is called.
fn routes(kong: &Json) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for service in kong["services"].as_array().into_iter().flatten() {
        for route in service["routes"].as_array().into_iter().flatten() {
            let asked = [
                "paths",
                "methods",
                "hosts",
                "headers",
                "protocols",
                "strip_path",
                "preserve_host",
                "regex_priority",
            ]
            .map(|key| format!("{key}={}", route.get(key).unwrap_or(&Json::Null)));
            found.insert(asked.join(" "), format!("{} on {}", service["host"], service["port"]));
        }
    }
    found
}

/// Who may come in: what a consumer's token is signed with, its keys and its groups.
fn consumers(kong: &Json) -> BTreeMap<String, String> {
    let consumers = kong["consumers"].as_array().into_iter().flatten();
    let credentials = |consumer: &Json| {
        let keys = ["jwt_secrets", "keyauth_credentials", "acls"];
        keys.map(|key| consumer.get(key).map(ToString::to_string).unwrap_or_default()).join(" ")
    };
    consumers.map(|consumer| (consumer["username"].to_string(), credentials(consumer))).collect()
}

/// What agents.yaml says of agents and the services do not.
fn agents(file: &Json) -> BTreeMap<String, Json> {
    let keys = [
        "description",
        "ownership",
        "responsibilities",
        "keywords",
        "examples",
        "tools",
        "models",
        "hierarchy",
        "commands",
        "boundaries",
    ];
    let agents = file["agents"].as_array().into_iter().flatten();
    let said = |agent: &Json| keys.map(|key| (format!("{} of {}", key, agent["name"]), sorted(&agent[key])));
    agents.flat_map(said).collect()
}

/// A value whose tables are in order, and whose texts have one space where they had several or a line's end.
fn sorted(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::from(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Json::Array(items) => items.iter().map(sorted).collect(),
        Json::Object(entries) => {
            let entries: BTreeMap<_, _> =
                entries.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            Json::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// Services that are to Compose something else than they were, and of which no line of the report says why.
fn changed_services(import: &Import, was: &Json, is: &Json) -> Vec<String> {
    let reasoned = |about: &str, key: &str| {
        // Ports and volumes have names of their own in the report.
        let group =
            key.split('.').next().filter(|group| matches!(*group, "ports" | "volumes")).unwrap_or(key);
        let mut lines =
            import.fidelity.iter().filter(|line| line.about == about && line.fate != Fate::Carried);
        lines.any(|line| line.key.starts_with(group) && !line.why.is_empty())
    };
    let mut changed = Vec::new();
    for (name, service) in services(was) {
        let Some(now) = services(is).get(name) else {
            changed.push(format!("{name} is lost"));
            continue;
        };
        // The gateway's own container is made anew of what is said below `[gateway]`.
        let [was, is] = [service, now]
            .map(|service| if name == GATEWAY { gateway_ports(service) } else { facts(service) });
        for (key, value) in was {
            if is.get(&key) != Some(&value) && !reasoned(name, &key) {
                changed.push(format!("{name}.{key}: {value} has become {:?}", is.get(&key)));
            }
        }
    }
    changed
}

fn changed<K: Ord + std::fmt::Debug, V: Eq + std::fmt::Debug>(
    was: &BTreeMap<K, V>,
    is: &BTreeMap<K, V>,
) -> Vec<String> {
    let keys: BTreeSet<&K> = was.keys().chain(is.keys()).collect();
    let other = keys.into_iter().filter(|key| was.get(*key) != is.get(*key));
    other.map(|key| format!("{key:?}: {:?} has become {:?}", was.get(key), is.get(key))).collect()
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn an_imported_build_is_to_compose_to_the_gateway_and_to_agents_what_it_was(stack in stack()) {
        let first = compiled(&stack)?;
        let (import, second) = imported(&stack, &first)?;
        let both = |path: &str| [&first, &second].map(|compilation| yaml_of(compilation, path));
        let is_there = |path: &str| first.outputs.iter().any(|output| output.path == path);
        let [was, is] = both(COMPOSE);
        let mut faults = changed_services(&import, &was, &is);
        if is_there(KONG) {
            let [was, is] = both(KONG);
            faults.extend(changed(&routes(&was), &routes(&is)));
            faults.extend(changed(&consumers(&was), &consumers(&is)));
        }
        if is_there(AGENTS) {
            let [was, is] = both(AGENTS);
            faults.extend(changed(&agents(&was), &agents(&is)));
        }
        prop_assert!(faults.is_empty(), "{faults:#?}\n{}", stack.text());
    }
}
