//! The resolved stack as templates see it: made once, shared by every output.

mod agent;
mod compose_extra;
mod folder;
mod gateway;
mod route;
mod service;
mod upstream;
mod volume;

use std::collections::BTreeMap;

use camino::Utf8Path;
use minijinja::Value;
use serde_json::Value as Json;

use self::agent::agent_view;
use self::folder::folder_views;
use self::gateway::gateway_view;
use self::route::route_view;
use self::service::service_view;
pub use self::service::{host_url, url};
use self::volume::{declared_volume_views, volume_views};
use super::context::{Context, NetworkView, PluginView, SecretView, StackView, TargetView};
use super::paths;
use super::view::Seen;
use crate::model::{Plugin, Service, Stack};
use crate::parallel;
use crate::source::language::ForEach;

/// Every view of one stack.
pub struct Views {
    /// A [`Context`]; each output lays its own `output` over it, and its `service` or `agent`.
    pub context: Value,
    /// By name, in the order of the source.
    pub services: Vec<(String, Value)>,
    /// By name, in the order of the source.
    pub agents: Vec<(String, Value)>,
    /// By path.
    pub folders: Vec<(String, Value)>,
}

/// Makes the views of a stack, each thing once.
#[must_use]
pub fn views(stack: &Stack) -> Views {
    let facts = Facts::new(stack);
    let routes: BTreeMap<&str, Vec<Value>> = stack
        .services
        .iter()
        .map(|(name, service)| {
            (name.as_str(), service.routes.iter().map(|route| route_view(route).seen()).collect())
        })
        .collect();
    let declared: Vec<_> = stack.services.iter().collect();
    let services: Vec<(String, Value)> = parallel::each(&declared, |(name, service)| {
        ((*name).clone(), service_view(service, &facts, routes[name.as_str()].clone()).seen())
    });
    let by_name: BTreeMap<&str, &Value> =
        services.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let declared: Vec<_> = stack.agents.values().collect();
    let agents: Vec<(String, Value)> = parallel::each(&declared, |agent| {
        (agent.name.value.clone(), agent_view(agent, &facts, &by_name).seen())
    });
    let folders = folder_views(&facts, &by_name);
    let all_routes = stack.services.keys().flat_map(|name| routes[name.as_str()].clone()).collect();
    let context = Context {
        stack: stack_view(stack),
        services: services.iter().map(|(_, value)| value.clone()).collect(),
        gateway: stack
            .gateway
            .as_ref()
            .and_then(|gateway| gateway_view(gateway, stack, &by_name, all_routes)),
        agents: agents.iter().map(|(_, value)| value.clone()).collect(),
        folders: folders.iter().map(|(_, value)| value.clone()).collect(),
        secrets: secret_views(stack),
        networks: network_views(stack),
        volumes: stack.services.values().flat_map(|service| volume_views(service, stack)).collect(),
        declared_volumes: declared_volume_views(stack),
        targets: target_views(stack),
        compose_extra: compose_extra::extra_tree(&stack.compose_extra, stack),
    };
    Views { context: context.seen(), services, agents, folders }
}

/// What one service's view needs to know of the others, looked up once.
pub struct Facts<'a> {
    pub stack: &'a Stack,
    /// The networks of each service.
    pub networks: BTreeMap<&'a str, Vec<String>>,
    /// The agents that own each service.
    pub owners: BTreeMap<&'a str, Vec<String>>,
    /// The agents that report to each agent.
    pub leads: BTreeMap<&'a str, Vec<String>>,
}

impl<'a> Facts<'a> {
    fn new(stack: &'a Stack) -> Self {
        let mut networks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for network in &stack.networks {
            for member in &network.members {
                networks.entry(member).or_default().push(network.name.clone());
            }
        }
        let mut owners: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut leads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for agent in stack.agents.values() {
            for owned in &agent.owns {
                owners.entry(&owned.value).or_default().push(agent.name.value.clone());
            }
            if let Some(superior) = &agent.reports_to {
                leads.entry(&superior.value).or_default().push(agent.name.value.clone());
            }
        }
        Self { stack, networks, owners, leads }
    }

    /// Where the file goes that stackgen makes for the build of a service, from the project's root.
    fn generated(&self, service: &Service, sort: ForEach) -> Option<String> {
        self.stack.targets.iter().find_map(|target| {
            let files = target.definition.files.as_ref()?;
            let output =
                files.iter().find(|file| file.for_each.as_ref().is_some_and(|found| found.value == sort))?;
            let written = &output.path.as_ref()?.value;
            let path = paths::expand(written, &[("service.name", &service.name.value)]).ok()?;
            Some(target.folder.join(path).into_string())
        })
    }
}

fn stack_view(stack: &Stack) -> StackView {
    let folder = stack.file.parent().unwrap_or(Utf8Path::new(""));
    StackView {
        name: stack.name.value.clone(),
        description: stack.description.clone(),
        environment: stack.environment.as_ref().map(|name| name.value.clone()),
        file: stack.file.to_string(),
        env_file: folder.join(".env").into_string(),
    }
}

fn secret_views(stack: &Stack) -> Vec<SecretView> {
    stack
        .secrets
        .iter()
        .map(|(name, secret)| SecretView {
            name: name.clone(),
            description: secret.description.clone(),
            external: secret.external,
            readers: secret.readers.clone(),
        })
        .collect()
}

fn network_views(stack: &Stack) -> Vec<NetworkView> {
    stack
        .networks
        .iter()
        .map(|network| NetworkView {
            name: network.name.clone(),
            members: network.members.clone(),
            subnet: network.subnet.clone(),
        })
        .collect()
}

fn target_views(stack: &Stack) -> Vec<TargetView> {
    stack
        .targets
        .iter()
        .map(|target| TargetView {
            name: target.name.clone(),
            folder: paths::or_root(target.folder.as_str()),
        })
        .collect()
}

fn plugin_view(plugin: &Plugin) -> PluginView {
    PluginView { name: plugin.name.value.clone(), config: tree(&plugin.config) }
}

/// A JSON tree as templates see it.
fn tree(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(truth) => Value::from(*truth),
        Json::Number(number) => number
            .as_i64()
            .map(Value::from)
            .or_else(|| number.as_u64().map(Value::from))
            .unwrap_or_else(|| Value::from(number.as_f64().unwrap_or_default())),
        Json::String(text) => text.clone().seen(),
        Json::Array(items) => items.iter().map(tree).collect(),
        Json::Object(entries) => {
            Value::from_pairs(entries.iter().map(|(key, value)| (key.clone().seen(), tree(value))))
        }
    }
}
