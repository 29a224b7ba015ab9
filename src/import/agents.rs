//! Agent definitions to the agents of the stack: Claude Code's Markdown files, and agents.yaml.

use camino::{Utf8Path, Utf8PathBuf};

use super::fidelity::{Fate, Line};
use super::load::Loader;
use super::node::Node;
use super::service::{Old, label};
use super::toml::{Part, Toml};

/// The agents, and what became of what was said of them.
pub fn agents(
    loader: &mut Loader<'_>,
    paths: &[Utf8PathBuf],
    services: &[Old],
    gateway: Option<&str>,
) -> (Vec<Part>, Vec<Line>) {
    let mut found: Vec<Agent> = Vec::new();
    for path in paths {
        let names: Vec<Utf8PathBuf> = match loader.world.list(path) {
            list if list.is_empty() => vec![path.clone()],
            list => list
                .into_iter()
                .map(|(name, _)| path.join(name))
                .filter(|path| path.extension() == Some("md"))
                .collect(),
        };
        for path in names {
            if path.extension() == Some("md") {
                let agent = markdown(loader, &path);
                found.extend(agent);
            } else if let Some(tree) = loader.tree(&path, None) {
                yaml(&tree, &mut found);
            }
        }
    }
    own(&mut found, services, gateway);
    let known: Vec<String> = found.iter().map(|agent| agent.name.clone()).collect();
    let mut parts = Vec::new();
    let mut lines = Vec::new();
    for agent in found {
        let line = |key: &str, fate, why: &str| Line {
            about: agent.name.clone(),
            key: key.to_owned(),
            fate,
            why: why.to_owned(),
        };
        lines.push(line("description", Fate::Carried, ""));
        if agent.has_body {
            lines.push(line(
                "instructions",
                Fate::NotCarried,
                "they are made of what the agent owns; add what is its own as `responsibilities`",
            ));
        }
        let mut part = Part::new(&["agents", &agent.name]);
        part.say("description", Toml::text(&agent.description));
        part.say("owns", Toml::texts(agent.owns.clone()));
        if let Some(superior) =
            agent.reports_to.as_ref().filter(|name| known.contains(name) && **name != agent.name)
        {
            part.say("reports_to", Toml::text(superior));
        }
        part.say("responsibilities", Toml::texts(agent.responsibilities.clone()));
        part.say("keywords", Toml::texts(agent.keywords.clone()));
        part.say("tools", Toml::texts(agent.tools.clone()));
        if let Some(model) = agent.model.as_ref().filter(|model| *model != "inherit") {
            part.say("model", Toml::text(model));
        }
        parts.push(part);
    }
    (parts, lines)
}

#[derive(Debug, Default)]
struct Agent {
    name: String,
    description: String,
    owns: Vec<String>,
    reports_to: Option<String>,
    responsibilities: Vec<String>,
    keywords: Vec<String>,
    tools: Vec<String>,
    model: Option<String>,
    has_body: bool,
}

fn markdown(loader: &mut Loader<'_>, path: &Utf8Path) -> Option<Agent> {
    let file = loader.text(path, None)?;
    let text = loader.sources.file(file).text.clone();
    let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---"));
    let (head, body) = front?;
    let located = crate::yaml::located(head).ok()?;
    let node = Node::of(located, file, &text);
    let mut agent = of(&node, path.file_stem().unwrap_or("agent"));
    agent.has_body = !body.trim().is_empty();
    Some(agent)
}

/// `agents:` as a table by name, or as a list.
fn yaml(tree: &Node, found: &mut Vec<Agent>) {
    let agents = tree.get("agents").unwrap_or(tree);
    let named: Vec<(String, &Node)> = match agents.table() {
        Some(table) => table
            .iter()
            .map(|(name, entry)| (name.clone(), &entry.node))
            .filter(|(_, node)| node.table().is_some())
            .collect(),
        None => agents
            .items()
            .into_iter()
            .map(|node| (node.text_at("name").or_else(|| node.text_at("id")).unwrap_or_default(), node))
            .collect(),
    };
    for (name, node) in named.into_iter().filter(|(name, _)| !name.is_empty()) {
        let agent = of(node, &name);
        match found.iter_mut().find(|known| known.name == agent.name) {
            Some(known) => {
                known.owns.extend(agent.owns);
                known.reports_to = known.reports_to.take().or(agent.reports_to);
                known.responsibilities.extend(agent.responsibilities);
                known.keywords.extend(agent.keywords);
            }
            None => found.push(agent),
        }
    }
}

fn of(node: &Node, name: &str) -> Agent {
    // stackgen's own agents.yaml has some keys in tables.
    let places: Vec<&Node> =
        [Some(node), node.get("ownership"), node.get("hierarchy")].into_iter().flatten().collect();
    let first =
        |keys: &[&str]| keys.iter().find_map(|key| places.iter().find_map(|place| place.text_at(key)));
    let list = |keys: &[&str]| -> Vec<String> {
        let found = keys.iter().find_map(|key| places.iter().find_map(|place| place.get(key)));
        let texts = found.map(Node::items).unwrap_or_default().into_iter().filter_map(Node::text);
        // One text may be a whole list; what is an item already may have commas of its own.
        let separators: &[char] =
            if found.is_some_and(|found| found.text().is_some()) { &[','] } else { &[] };
        texts
            .flat_map(|text| text.split(separators).map(|item| item.trim().to_owned()).collect::<Vec<_>>())
            .filter(|item| !item.is_empty())
            .collect()
    };
    let name = node.text_at("name").unwrap_or_else(|| name.to_owned());
    let description = first(&["description", "role", "specialization", "specialisation"])
        .unwrap_or_else(|| format!("Expert for {name}"));
    Agent {
        name: label(&name),
        description: description.split_whitespace().collect::<Vec<_>>().join(" "),
        owns: list(&["owns", "services", "service"]),
        reports_to: first(&["reports_to", "reports-to", "parent"]).map(|name| label(&name)),
        responsibilities: list(&["responsibilities"]),
        keywords: list(&["keywords", "triggers"]),
        tools: list(&["tools"]),
        model: first(&["model"]),
        has_body: false,
    }
}

/// Who owns what: as it is said, else by name: `ag-identity` owns `identity` and `identity-service`. Each service has one owner.
fn own(agents: &mut [Agent], services: &[Old], gateway: Option<&str>) {
    let known = |name: &str| {
        let name = label(name);
        services
            .iter()
            .map(|old| old.new.as_str())
            .chain(gateway)
            .find(|service| **service == name)
            .map(ToOwned::to_owned)
    };
    let mut taken: Vec<String> = Vec::new();
    for agent in agents.iter_mut() {
        agent.owns =
            agent.owns.iter().filter_map(|name| known(name)).filter(|name| !taken.contains(name)).collect();
        agent.owns.dedup();
        taken.extend(agent.owns.iter().cloned());
    }
    for agent in agents.iter_mut().filter(|agent| agent.owns.is_empty()) {
        let words: Vec<&str> = agent
            .name
            .split('-')
            .filter(|word| !matches!(*word, "ag" | "agent" | "expert" | "developer" | "specialist"))
            .collect();
        let topic = words.join("-");
        let is_own = |service: &str| {
            !topic.is_empty()
                && [topic.clone(), format!("{topic}-service"), format!("{topic}-api"), format!("{topic}-app")]
                    .iter()
                    .any(|name| name == service)
        };
        agent.owns = services
            .iter()
            .map(|old| old.new.clone())
            .filter(|name| is_own(name) && !taken.contains(name))
            .collect();
        taken.extend(agent.owns.iter().cloned());
    }
}
