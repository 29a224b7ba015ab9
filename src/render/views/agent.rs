//! Agents as templates see them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use minijinja::Value;

use super::Facts;
use crate::model::Agent;
use crate::render::context::{AgentView, CommandView, NeighbourView};
use crate::render::paths::or_root;

/// One agent; its services' views are shared.
pub fn agent_view(agent: &Agent, facts: &Facts<'_>, services: &BTreeMap<&str, &Value>) -> AgentView {
    let owned = || agent.owns.iter().filter_map(|name| facts.stack.services.get(&name.value));
    let folder = owned().find_map(|service| service.folder.as_ref());
    // The agent's own commands hold over its services', an earlier service's over a later one's.
    let mut commands: IndexMap<&str, &str> = IndexMap::new();
    for (name, command) in agent.commands.iter().chain(owned().flat_map(|service| &service.commands)) {
        commands.entry(name).or_insert(command);
    }
    AgentView {
        name: agent.name.value.clone(),
        description: agent.description.value.clone(),
        services: agent
            .owns
            .iter()
            .filter_map(|name| services.get(name.as_str()).copied().cloned())
            .collect(),
        folder: folder.map_or_else(|| ".".to_owned(), |path| or_root(path.from_root.as_str())),
        reports_to: agent.reports_to.as_ref().map(|name| name.value.clone()),
        leads: facts.leads.get(agent.name.as_str()).cloned().unwrap_or_default(),
        neighbours: neighbours(agent, facts),
        responsibilities: agent.responsibilities.clone(),
        keywords: agent.keywords.clone(),
        examples: agent.examples.clone(),
        tools: agent.tools.clone(),
        model: agent.model.clone(),
        commands: commands
            .into_iter()
            .map(|(name, command)| CommandView { name: name.to_owned(), command: command.to_owned() })
            .collect(),
    }
}

/// What the agent has to ask others about.
fn neighbours(agent: &Agent, facts: &Facts<'_>) -> Vec<NeighbourView> {
    let services = &facts.stack.services;
    let owned: BTreeSet<&str> = agent.owns.iter().map(|name| name.as_str()).collect();
    let beside: BTreeSet<usize> = owned
        .iter()
        .filter_map(|name| services.get(*name))
        .flat_map(|service| {
            let needs = service.needs.iter().map(|need| need.service.as_str());
            needs.chain(service.needed_by.iter().map(String::as_str))
        })
        .filter(|name| !owned.contains(name))
        .filter_map(|name| services.get_index_of(name))
        .collect();
    beside
        .into_iter()
        .filter_map(|position| services.get_index(position))
        .map(|(name, _)| NeighbourView {
            service: name.clone(),
            owners: facts.owners.get(name.as_str()).cloned().unwrap_or_default(),
        })
        .collect()
}
