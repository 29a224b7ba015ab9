//! Folders with the code of services as templates see them.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use super::Facts;
use super::agent::LARGE_TEAM;
use crate::render::context::{FolderView, HandOverView, NeighbourView};
use crate::render::view::Seen;

/// Each folder below the project's root that services have their code in, by its path. Several services may share one.
pub fn folder_views(facts: &Facts<'_>, services: &BTreeMap<&str, &Value>) -> Vec<(String, Value)> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, service) in &facts.stack.services {
        let path = service.folder.as_ref().map(|folder| folder.from_root.as_str());
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            folders.entry(path).or_default().push(name);
        }
    }
    let hands_over = hands_over(facts);
    folders
        .into_iter()
        .map(|(path, names)| {
            let mut owners: Vec<String> = Vec::new();
            for owner in names.iter().filter_map(|name| facts.owners.get(name)).flatten() {
                if !owners.contains(owner) {
                    owners.push(owner.clone());
                }
            }
            let view = FolderView {
                path: path.to_owned(),
                services: names.iter().filter_map(|name| services.get(name).copied().cloned()).collect(),
                owners,
                neighbours: neighbours(&names, facts),
                hands_over: hands_over.clone(),
            };
            (path.to_owned(), view.seen())
        })
        .collect()
}

fn neighbours(names: &[&str], facts: &Facts<'_>) -> Vec<NeighbourView> {
    let services = &facts.stack.services;
    let beside: BTreeSet<usize> = names
        .iter()
        .filter_map(|name| services.get(*name))
        .flat_map(|service| {
            let needs = service.needs.iter().map(|need| need.service.as_str());
            needs.chain(service.needed_by.iter().map(String::as_str))
        })
        .filter(|name| !names.contains(name))
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

fn hands_over(facts: &Facts<'_>) -> Vec<HandOverView> {
    let agents = facts.stack.agents.values().filter(|_| facts.stack.agents.len() <= LARGE_TEAM);
    agents
        .flat_map(|agent| agent.concerns.iter().map(move |concern| (agent, concern)))
        .map(|(agent, concern)| HandOverView {
            what: concern.value.clone(),
            is_path: false,
            to: vec![agent.name.value.clone()],
        })
        .collect()
}
