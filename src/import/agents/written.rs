//! The agents as the stack's file says them: what follows from what they own is left out.

use super::Agent;
use crate::import::toml::{Part, Toml};
use crate::model::Stack;

/// The tables of the agents. `bare` is the stack as its kinds alone make it, where that is known.
#[must_use]
pub fn parts(agents: &[Agent], bare: Option<&Stack>) -> Vec<Part> {
    agents.iter().map(|agent| part(agent, agents, bare)).collect()
}

fn part(agent: &Agent, all: &[Agent], bare: Option<&Stack>) -> Part {
    let mut part = Part::new(&["agents", &agent.name]);
    part.say("description", Toml::text(&agent.description));
    part.say("owns", Toml::texts(&agent.owns));
    part.say("paths", Toml::texts(&agent.paths));
    part.say("concerns", Toml::texts(&agent.concerns));
    let is_known = |name: &&String| all.iter().any(|other| other.name == **name) && **name != agent.name;
    if let Some(superior) = agent.reports_to.as_ref().filter(is_known) {
        part.say("reports_to", Toml::text(superior));
    }
    part.say("responsibilities", Toml::texts(&agent.responsibilities));
    part.say("keywords", Toml::texts(&agent.keywords));
    part.say("examples", Toml::texts(&agent.examples));
    part.say("boundaries", boundaries(agent, all, bare));
    part.say("tools", Toml::texts(&agent.tools));
    match agent.models.as_slice() {
        [(target, only)] if target == "claude" => part.say("model", Toml::text(only)),
        models => part.say("model", table(models.iter().cloned())),
    }
    let is_supplied = |name: &str, command: &str| {
        let mut services = agent.owns.iter().filter_map(|service| bare?.services.get(service));
        services.find_map(|service| service.commands.get(name)).is_some_and(|known| known == command)
    };
    let own = agent.commands.iter().filter(|(name, command)| !is_supplied(name, command));
    part.say("commands", table(own.cloned()));
    part
}

fn table(entries: impl Iterator<Item = (String, String)>) -> Toml {
    Toml::Table(entries.map(|(name, value)| (name, Toml::Text(value))).collect())
}

/// What it may edit beside what it owns, and what it hands over beside what others look after.
fn boundaries(agent: &Agent, all: &[Agent], bare: Option<&Stack>) -> Toml {
    let mut entries = Vec::new();
    if let Some(edits) = &agent.edits {
        let folders = agent.owns.iter().filter_map(|service| bare?.services.get(service)?.folder.as_ref());
        let folders = folders.map(|folder| folder.from_root.to_string());
        let owned: Vec<String> = folders.chain(agent.paths.iter().cloned()).collect();
        let is_owned =
            |edit: &String| owned.contains(edit) || (edit == "." && owned.iter().any(String::is_empty));
        if edits.len() < owned.len() || !edits.iter().all(is_owned) {
            entries.push(("edits".to_owned(), Toml::texts(edits)));
        }
    }
    let looks_after = |name: &String, what: &String| {
        all.iter().any(|other| other.name == *name && other.concerns.contains(what))
    };
    let is_there = |name: &String| all.iter().any(|other| other.name == *name);
    let own = agent.hands_over.iter().filter(|(what, to)| is_there(to) && !looks_after(to, what));
    let handed: Vec<Toml> = own
        .map(|(what, to)| {
            table([("what".to_owned(), what.clone()), ("to".to_owned(), to.clone())].into_iter())
        })
        .collect();
    if !handed.is_empty() {
        entries.push(("hands_over".to_owned(), Toml::List(handed)));
    }
    Toml::Table(entries)
}
