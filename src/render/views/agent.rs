//! Agents as templates see them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use minijinja::Value;

use super::Facts;
use crate::model::{Agent, tool};
use crate::render::context::{AgentView, AskView, CommandView, HandOverView, ModelView, NeighbourView};
use crate::render::paths::or_root;
use crate::source::Spanned;
use crate::source::values::ProjectPath;

/// One agent; its services' views are shared.
pub fn agent_view(agent: &Agent, facts: &Facts<'_>, services: &BTreeMap<&str, &Value>) -> AgentView {
    let owned = || agent.owns.iter().filter_map(|name| facts.stack.services.get(&name.value));
    let folder = owned().find_map(|service| service.folder.as_ref());
    // The agent's own commands hold over its services', an earlier service's over a later one's.
    let mut commands: IndexMap<&str, &str> = IndexMap::new();
    for (name, command) in agent.commands.iter().chain(owned().flat_map(|service| &service.commands)) {
        commands.entry(name).or_insert(command);
    }
    let neighbours = neighbours(agent, facts);
    let hands_over = hands_over(agent, facts);
    AgentView {
        asks: asks(&neighbours, &hands_over, facts),
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
        neighbours,
        responsibilities: agent.responsibilities.clone(),
        keywords: agent.keywords.clone(),
        examples: agent.examples.clone(),
        tools: agent.tools.iter().map(|tool| tool.value.clone()).collect(),
        model: agent.models.get("claude").cloned(),
        commands: commands
            .into_iter()
            .map(|(name, command)| CommandView { name: name.to_owned(), command: command.to_owned() })
            .collect(),
        paths: agent.paths.iter().map(|path| or_root(path.from_root.as_str())).collect(),
        concerns: agent.concerns.iter().map(|concern| concern.value.clone()).collect(),
        edits: edits(agent, facts),
        hands_over,
        models: agent
            .models
            .iter()
            .map(|(target, name)| ModelView { target: target.clone(), name: name.clone() })
            .collect(),
        advises: match &agent.edits {
            Some(said) => said.is_empty(),
            None => agent.owns.is_empty() && agent.paths.is_empty(),
        },
        delegation: delegation(agent),
        read_only: !agent.tools.is_empty()
            && agent.tools.iter().all(|name| tool(name).is_some_and(|tool| !tool.changes)),
    }
}

/// How many examples stand in the text by which tasks are given out: it is read with every task.
const EXAMPLES_SHOWN: usize = 8;

/// When a task is given to it: what it is about, what the agent is an expert of, and tasks that are like it.
fn delegation(agent: &Agent) -> String {
    let concerns = agent.concerns.iter().map(|concern| concern.value.as_str());
    let services = agent.owns.iter().map(|service| service.value.as_str());
    let keywords = agent.keywords.iter().map(String::as_str);
    let topics: IndexSet<&str> = concerns.chain(services).chain(keywords).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let about = match topics.split_last() {
        None => "what it is an expert of".to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    };
    let mut text = format!("Use this agent when a task is about {about}.");
    let description = agent.description.trim().trim_end_matches('.');
    if !description.is_empty() {
        text.push_str(&format!(" {description}."));
    }
    if !agent.examples.is_empty() {
        let shown = &agent.examples[..agent.examples.len().min(EXAMPLES_SHOWN)];
        text.push_str(&format!(" Tasks such as: {}.", shown.join("; ")));
    }
    text
}

/// What it may edit: what it says, else the folders of its services and what it owns beside them.
fn edits(agent: &Agent, facts: &Facts<'_>) -> Vec<String> {
    let services = agent.owns.iter().filter_map(|name| facts.stack.services.get(&name.value));
    let owned = || services.filter_map(|service| service.folder.as_ref()).chain(&agent.paths).collect();
    let edits: Vec<&Spanned<ProjectPath>> =
        agent.edits.as_ref().map_or_else(owned, |said| said.iter().collect());
    let edits: IndexSet<String> = edits.into_iter().map(|path| or_root(path.from_root.as_str())).collect();
    edits.into_iter().collect()
}

/// Of more agents than this, nobody is told what each of the others looks after: it stands in the stack's own page.
pub const LARGE_TEAM: usize = 60;

/// What it says that it hands over, and then what others look after. Services are among its neighbours.
fn hands_over(agent: &Agent, facts: &Facts<'_>) -> Vec<HandOverView> {
    let mut all: IndexMap<(String, bool), Vec<String>> = IndexMap::new();
    let mut add = |what: String, is_path: bool, to: &Spanned<String>| {
        let takers = all.entry((what, is_path)).or_default();
        if !takers.contains(&to.value) {
            takers.push(to.value.clone());
        }
    };
    for said in agent.hands_over.iter().filter(|said| !facts.stack.services.contains_key(&said.what.value)) {
        add(said.what.value.clone(), false, &said.to);
    }
    let others = facts.stack.agents.values().filter(|other| other.name.value != agent.name.value);
    for other in others.take_while(|_| facts.stack.agents.len() <= LARGE_TEAM) {
        for concern in other.concerns.iter().filter(|concern| !has_concern(agent, concern)) {
            add(concern.value.clone(), false, &other.name);
        }
        for path in &other.paths {
            add(or_root(path.from_root.as_str()), true, &other.name);
        }
    }
    all.into_iter().map(|((what, is_path), to)| HandOverView { what, is_path, to }).collect()
}

/// The same by the agent that takes it; what nobody takes comes last.
fn asks(neighbours: &[NeighbourView], hands_over: &[HandOverView], facts: &Facts<'_>) -> Vec<AskView> {
    let empty = |agent: Option<&str>| AskView {
        agent: agent.map(ToOwned::to_owned),
        services: Vec::new(),
        paths: Vec::new(),
        work: Vec::new(),
    };
    let mut asks: BTreeMap<usize, AskView> = BTreeMap::new();
    let agents = &facts.stack.agents;
    let places = |takers: &[String]| -> Vec<usize> {
        let known: Vec<usize> = takers.iter().filter_map(|taker| agents.get_index_of(taker)).collect();
        if known.is_empty() { vec![agents.len()] } else { known }
    };
    let mut ask = |place: usize, add: &dyn Fn(&mut AskView)| {
        let name = agents.get_index(place).map(|(name, _)| name.as_str());
        add(asks.entry(place).or_insert_with(|| empty(name)));
    };
    for neighbour in neighbours {
        for place in places(&neighbour.owners) {
            ask(place, &|view| view.services.push(neighbour.service.clone()));
        }
    }
    for handed in hands_over {
        for place in places(&handed.to) {
            ask(place, &|view| {
                if handed.is_path { &mut view.paths } else { &mut view.work }.push(handed.what.clone());
            });
        }
    }
    asks.into_values().collect()
}

fn has_concern(agent: &Agent, concern: &str) -> bool {
    agent.concerns.iter().any(|own| own.to_lowercase() == concern.to_lowercase())
}

/// What the agent has to ask others about, and whom: who owns it, or who it is told to hand it to.
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
        .chain(agent.hands_over.iter().map(|said| said.what.as_str()))
        .filter_map(|name| services.get_index_of(name))
        .collect();
    let told = |name: &str| -> Vec<String> {
        let said = agent.hands_over.iter().filter(|said| said.what.value == name);
        said.map(|said| said.to.value.clone()).collect()
    };
    beside
        .into_iter()
        .filter_map(|position| services.get_index(position))
        .map(|(name, _)| {
            let told = told(name);
            let owners = || facts.owners.get(name.as_str()).cloned().unwrap_or_default();
            NeighbourView { service: name.clone(), owners: if told.is_empty() { owners() } else { told } }
        })
        .collect()
}
