//! Agent definitions to the agents of the stack: Claude Code's Markdown files, and agents.yaml.

mod written;

use camino::{Utf8Path, Utf8PathBuf};

pub use self::written::parts;
use super::fidelity::{Fate, Line};
use super::load::{Loader, plain};
use super::node::Node;
use super::service::{Old, label};

/// An agent of the old files.
#[derive(Debug, Clone, Default)]
pub struct Agent {
    pub name: String,
    description: String,
    owns: Vec<String>,
    /// Whether the files say what it owns, be it nothing.
    says_what_it_owns: bool,
    paths: Vec<String>,
    concerns: Vec<String>,
    reports_to: Option<String>,
    responsibilities: Vec<String>,
    keywords: Vec<String>,
    examples: Vec<String>,
    tools: Vec<String>,
    /// By the target whose program it is for.
    models: Vec<(String, String)>,
    commands: Vec<(String, String)>,
    /// What it may edit, where that is said.
    edits: Option<Vec<String>>,
    /// What it hands over, and to whom.
    hands_over: Vec<(String, String)>,
    has_body: bool,
}

/// The agents, and what became of what was said of them.
pub fn agents(
    loader: &mut Loader<'_>,
    paths: &[Utf8PathBuf],
    services: &[Old],
    gateway: Option<&str>,
) -> (Vec<Agent>, Vec<Line>) {
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
    for agent in &mut found {
        agent.paths.retain(|path| loader.world.entry(&plain(Utf8Path::new(path))).is_some());
    }
    let lines = found.iter().flat_map(lines).collect();
    (found, lines)
}

fn lines(agent: &Agent) -> Vec<Line> {
    let line = |key: &str, fate, why: &str| Line {
        about: agent.name.clone(),
        key: key.to_owned(),
        fate,
        why: why.to_owned(),
    };
    let why = "they are made of what the agent owns; add what is its own as `responsibilities`";
    let body = agent.has_body.then(|| line("instructions", Fate::NotCarried, why));
    std::iter::once(line("description", Fate::Carried, "")).chain(body).collect()
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
            Some(known) => known.add(agent),
            None => found.push(agent),
        }
    }
}

fn of(node: &Node, name: &str) -> Agent {
    // stackgen's own agents.yaml has some keys in tables.
    let inner = ["ownership", "hierarchy", "boundaries"].map(|table| node.get(table));
    let places: Vec<&Node> = inner.into_iter().flatten().chain([node]).collect();
    let said = |key: &str| places.iter().find_map(|place| place.get(key));
    let first = |keys: &[&str]| keys.iter().find_map(|key| said(key).and_then(Node::text));
    let list = |keys: &[&str]| keys.iter().find_map(|key| said(key)).map(items).unwrap_or_default();
    let name = node.text_at("name").unwrap_or_else(|| name.to_owned());
    let description = first(&["description", "role", "specialization", "specialisation"])
        .unwrap_or_else(|| format!("Expert for {name}"));
    let model = first(&["model"]).filter(|model| model != "inherit");
    Agent {
        name: label(&name),
        description: description.split_whitespace().collect::<Vec<_>>().join(" "),
        owns: list(&["owns", "services", "service"]),
        says_what_it_owns: ["owns", "services", "service"].into_iter().any(|key| said(key).is_some()),
        paths: list(&["paths"]),
        concerns: list(&["concerns"]),
        reports_to: first(&["reports_to", "reports-to", "parent"]).map(|name| label(&name)),
        responsibilities: list(&["responsibilities"]),
        keywords: list(&["keywords", "triggers"]),
        examples: list(&["examples"]),
        tools: list(&["tools"]),
        models: model
            .map(|model| ("claude".to_owned(), model))
            .into_iter()
            .chain(entries(node, "models"))
            .collect(),
        commands: entries(node, "commands"),
        edits: node.get("boundaries").and_then(|boundaries| boundaries.get("edits")).map(items),
        hands_over: node.get("boundaries").map(handed).unwrap_or_default(),
        has_body: false,
    }
}

/// The texts of a list. One text may be a whole list; what is an item already may have commas of its own.
fn items(list: &Node) -> Vec<String> {
    let texts = list.items().into_iter().filter_map(|item| item.text().or_else(|| item.text_at("name")));
    let separators: &[char] = if list.text().is_some() { &[','] } else { &[] };
    texts
        .flat_map(|text| text.split(separators).map(|item| item.trim().to_owned()).collect::<Vec<_>>())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The texts of a table, by their names.
fn entries(node: &Node, key: &str) -> Vec<(String, String)> {
    let table = node.get(key).and_then(Node::table);
    table.into_iter().flatten().filter_map(|(name, entry)| Some((name.clone(), entry.node.text()?))).collect()
}

/// The sorts of work that are handed over, and to whom each.
fn handed(boundaries: &Node) -> Vec<(String, String)> {
    let is_work = |item: &&Node| item.text_at("is_path").as_deref() != Some("true");
    let items = boundaries.items_at("hands_over").into_iter().filter(is_work);
    items
        .filter_map(|item| Some((item.text_at("what")?, item.texts_at("to"))))
        .flat_map(|(what, takers)| takers.into_iter().map(move |taker| (what.clone(), label(&taker))))
        .collect()
}

impl Agent {
    /// Adds what another file says of it.
    fn add(&mut self, other: Self) {
        self.owns.extend(other.owns);
        self.says_what_it_owns |= other.says_what_it_owns;
        self.paths.extend(other.paths);
        self.concerns.extend(other.concerns);
        self.reports_to = self.reports_to.take().or(other.reports_to);
        self.responsibilities.extend(other.responsibilities);
        self.keywords.extend(other.keywords);
        self.examples.extend(other.examples);
        for (target, model) in other.models {
            if !self.models.iter().any(|(known, _)| *known == target) {
                self.models.push((target, model));
            }
        }
        self.commands.extend(other.commands);
        self.edits = self.edits.take().or(other.edits);
        self.hands_over.extend(other.hands_over);
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
    for agent in agents.iter_mut().filter(|agent| !agent.says_what_it_owns) {
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
