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
    service.get("build").map(|build| facts.insert("build".to_owned(), build["context"].clone()));
    facts
}

/// Each route as what it asks of requests and where it leads, whatever it is called.
fn routes(kong: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
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
            found.insert(format!("{} to {} on {}", asked.join(" "), service["host"], service["port"]));
        }
    }
    found
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    #[ignore = "some generated stacks do not come back yet: a routed service whose port nobody publishes, for one"]
    fn an_imported_build_is_to_compose_and_the_gateway_what_it_was(stack in stack()) {
        let first = compiled(&stack)?;
        let (import, second) = imported(&stack, &first)?;
        let reasoned = |about: &str, key: &str| {
            // Ports and volumes have names of their own in the report.
            let group = key.split('.').next().filter(|group| matches!(*group, "ports" | "volumes")).unwrap_or(key);
            let mut lines = import.fidelity.iter().filter(|line| line.about == about && line.fate != Fate::Carried);
            lines.any(|line| line.key.starts_with(group) && !line.why.is_empty())
        };
        let (was, is) = (yaml_of(&first, COMPOSE), yaml_of(&second, COMPOSE));
        for (name, service) in services(&was) {
            let now = services(&is).get(name);
            prop_assert!(now.is_some(), "`{name}` is lost\n{}", stack.text());
            let now = facts(now.unwrap());
            for (key, value) in facts(service) {
                let kept = now.get(&key) == Some(&value);
                prop_assert!(kept || reasoned(name, &key), "{name}.{key}: {value} has become {:?}\n{}", now.get(&key), stack.text());
            }
        }
        if first.outputs.iter().any(|output| output.path == KONG) {
            prop_assert_eq!(routes(&yaml_of(&second, KONG)), routes(&yaml_of(&first, KONG)), "{}", stack.text());
        }
        if first.outputs.iter().any(|output| output.path == AGENTS) {
            let [was, is] = [&first, &second].map(|compilation| yaml_of(compilation, AGENTS)["agents"].clone());
            for (was, is) in was.as_array().unwrap().iter().zip(is.as_array().unwrap()) {
                for key in ["name", "keywords"] {
                    prop_assert_eq!(&is[key], &was[key], "{} of {}\n{}", key, was["name"], stack.text());
                }
                let [before, after] = [was, is].map(|agent| &agent["hierarchy"]["reports_to"]);
                prop_assert_eq!(after, before, "whom {} reports to\n{}", was["name"], stack.text());
                for service in was["ownership"]["services"].as_array().unwrap() {
                    let owned = is["ownership"]["services"].as_array().unwrap();
                    prop_assert!(owned.contains(service), "{service} of {}\n{}", was["name"], stack.text());
                }
            }
        }
    }
}
