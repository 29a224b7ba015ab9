//! Large stacks that are many times the reference stack: the same services, databases, caches, routes and agents, in as many hubs
//! as it takes, each a fragment with a folder of its own. The same size gives the same bytes.

mod hub;
mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::hub::Hub;

/// What every hub is a copy of.
const REFERENCE: &str = include_str!("../../../stack.toml");

/// Above it, the networks are more than `10.0.0.0/8` holds: all are of one size, and 5 of 14 services share the largest.
pub const MOST_SERVICES: usize = 11_400;

/// The first host port that a service gets: behind those of the gateway, and far from those that nobody should take.
const FIRST_PORT: usize = 10_000;

/// The first line of the stack's file.
pub const MARK: &str = "# Written by the example big-stack, which writes over it.";

type Table = Map<String, Value>;

/// Files by their path in the project.
pub type Files = BTreeMap<String, String>;

/// A project of so many services, the gateway's own not counted.
///
/// # Panics
/// Where the reference stack is no stack, or `services` is above [`MOST_SERVICES`].
pub fn files(services: usize) -> Files {
    assert!(services <= MOST_SERVICES, "one stack has addresses for {MOST_SERVICES} services at most");
    let reference = text::read(REFERENCE).expect("the reference stack is TOML");
    let in_hub = table(&reference, "services").len();
    let stack = format!("{MARK}\n\n{}", text::write(&stack(&reference, services)));
    let mut files = Files::from([("stack.toml".to_owned(), stack)]);
    for number in 0..services.div_ceil(in_hub) {
        let first = number * in_hub;
        let size = in_hub.min(services - first);
        Hub { number: number + 1, first_port: FIRST_PORT + first, size }.write(&reference, &mut files);
    }
    files
}

/// What is said once, however large the stack.
fn stack(reference: &Table, services: usize) -> Table {
    let about = json!({
        "name": format!("hubs-{services}"),
        "description": format!("The reference stack again and again, until there are {services} services"),
        "include": ["hubs/*/stack.toml"],
        "subnet_pool": "10.0.0.0/8",
    });
    let mut stack = Table::from_iter([("stack".to_owned(), about)]);
    let is_shared = |key: &str| !matches!(key, "stack" | "services" | "agents");
    stack.extend(
        reference.iter().filter(|(key, _)| is_shared(key)).map(|(key, value)| (key.clone(), value.clone())),
    );
    let agents = table(reference, "agents").iter().filter(|(_, agent)| is_of_all(agent, reference));
    let agents: Table = agents.map(|(name, agent)| (name.clone(), agent.clone())).collect();
    stack.insert("agents".to_owned(), agents.into());
    // That programs read fewer agents than these is known, and that those of two hubs are alike.
    stack.insert("checks".to_owned(), json!({ "agent-budget": "allow", "agent-indistinct": "allow" }));
    stack
}

/// Whether an agent owns no service, but looks after something of the whole stack: as with the gateway, there is one of each. What
/// such agents are told lists every service, so one of each in every hub would be more text than there is memory.
fn is_of_all(agent: &Value, reference: &Table) -> bool {
    let services = table(reference, "services");
    let owned = agent["owns"].as_array().into_iter().flatten().filter_map(Value::as_str);
    !owned.into_iter().any(|name| services.contains_key(name))
}

/// The table under a key.
fn table<'a>(tables: &'a Table, key: &str) -> &'a Table {
    tables.get(key).and_then(Value::as_object).expect("the reference stack has services and agents")
}
