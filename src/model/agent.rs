//! The agents, with what they own resolved to services.

use indexmap::{IndexMap, IndexSet};

use super::service::{named_strings, strings};
use super::stack::{Agent, HandOver, Known, Service, Unresolved};
use crate::diagnostics::Diagnostic;
use crate::source::language::{AgentTable, Models};
use crate::source::{Document, Span, Spanned, Variant};

/// What the names in an agent's table can mean.
struct Names<'a> {
    variant: &'a Variant,
    services: IndexSet<String>,
    /// Services that are declared and could not be read, which is reported already.
    unreadable: &'a [String],
    agents: IndexSet<String>,
    targets: IndexSet<String>,
}

pub fn agents(
    document: &Document,
    variant: &Variant,
    services: &IndexMap<String, Service>,
    unreadable: &[String],
    unresolved: &mut Vec<Unresolved>,
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, Agent> {
    let Some(tables) = &variant.file.agents else {
        return IndexMap::new();
    };
    let names = Names {
        variant,
        services: services.keys().cloned().collect(),
        unreadable,
        agents: tables.names().map(ToOwned::to_owned).collect(),
        targets: document.targets.keys().cloned().collect(),
    };
    tables
        .iter()
        .map(|(name, entry)| {
            let mut agent = agent(name, entry.name, &entry.value);
            names.resolve(&mut agent, unresolved);
            names.check_targets(&entry.value, unresolved);
            diagnostics.extend(owned_twice(&mut agent));
            (name.clone(), agent)
        })
        .collect()
}

impl Names<'_> {
    /// Leaves out of an agent what names nothing; it is noted.
    fn resolve(&self, agent: &mut Agent, unresolved: &mut Vec<Unresolved>) {
        for owned in &mut agent.owns {
            if let Some(gateway) = self.gateway(&owned.value) {
                owned.value = gateway;
            }
        }
        agent
            .owns
            .retain(|owned| self.services.contains(&owned.value) || !self.unreadable.contains(&owned.value));
        agent.owns = known(std::mem::take(&mut agent.owns), "service", &self.services, unresolved);
        let superior = agent.reports_to.take().filter(|superior| self.is_readable(superior));
        agent.reports_to = known(superior.into_iter().collect(), "agent", &self.agents, unresolved).pop();
        agent.hands_over.retain(|handed| {
            self.is_readable(&handed.to)
                && !known(vec![handed.to.clone()], "agent", &self.agents, unresolved).is_empty()
        });
    }

    /// Notes the targets that an agent has a model for and that there are none of.
    fn check_targets(&self, table: &AgentTable, unresolved: &mut Vec<Unresolved>) {
        let Some(Models::ByTarget(models)) = table.model.as_ref().map(|model| &model.value) else { return };
        let named = models.iter().map(|(name, entry)| Spanned::new(name.clone(), entry.name)).collect();
        known(named, "target", &self.targets, unresolved);
    }

    /// The name of the gateway's service, for the word `gateway`, which means it where no service is called so.
    fn gateway(&self, word: &str) -> Option<String> {
        let gateway = self.variant.file.gateway.as_ref()?;
        (word == "gateway" && !self.services.contains(word)).then(|| gateway.name())
    }

    /// Whether the name is not that of an agent whose table could not be read, which is reported already.
    fn is_readable(&self, agent: &str) -> bool {
        let unreadable = self.variant.file.agents.as_ref().map_or(&[][..], |agents| agents.unreadable());
        let is = |name: &String| name == agent;
        !unreadable.iter().any(is) && !self.variant.misplaced.agents.iter().any(is)
    }
}

/// Leaves each service that the agent names again out.
fn owned_twice(agent: &mut Agent) -> Vec<Diagnostic> {
    let mut firsts: IndexMap<String, Span> = IndexMap::new();
    let mut twice = Vec::new();
    let name = &agent.name.value;
    agent.owns.retain(|owned| {
        let first = *firsts.entry(owned.value.clone()).or_insert(owned.span);
        if first != owned.span {
            twice.push(
                Diagnostic::error("duplicate-key", format!("`{name}` owns `{}` twice", owned.value))
                    .at(owned.span, "said again here")
                    .and_at(first, "first said here")
                    .help("keep one of the two"),
            );
        }
        first == owned.span
    });
    twice
}

/// The names that are there; the others are noted.
fn known(
    names: Vec<Spanned<String>>,
    sort: &'static str,
    all: &IndexSet<String>,
    unresolved: &mut Vec<Unresolved>,
) -> Vec<Spanned<String>> {
    let (known, unknown): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| all.contains(&name.value));
    unresolved.extend(unknown.into_iter().map(|name| Unresolved {
        name,
        sort,
        known: match sort {
            "service" => Known::Services,
            "agent" => Known::Agents,
            _ => Known::These(all.iter().cloned().collect()),
        },
    }));
    known
}

fn agent(name: &str, span: Span, table: &Spanned<AgentTable>) -> Agent {
    let empty = || Spanned::new(String::new(), table.span);
    Agent {
        name: Spanned::new(name.to_owned(), span),
        description: table.description.clone().unwrap_or_else(empty),
        owns: items(table.owns.as_ref()),
        paths: items(table.paths.as_ref()),
        concerns: items(table.concerns.as_ref()),
        edits: table.edits().cloned(),
        hands_over: table
            .hands_over()
            .filter_map(|handed| Some(HandOver { what: handed.what.clone()?, to: handed.to.clone()? }))
            .collect(),
        reports_to: table.reports_to.clone(),
        responsibilities: strings(table.responsibilities.as_ref()),
        keywords: strings(table.keywords.as_ref()),
        examples: strings(table.examples.as_ref()),
        tools: items(table.tools.as_ref()),
        models: models(table.model.as_ref().map(|model| &model.value)),
        commands: named_strings(table.commands.as_ref()),
    }
}

fn items<T: Clone>(list: Option<&Spanned<Vec<Spanned<T>>>>) -> Vec<Spanned<T>> {
    list.map(|list| list.value.clone()).unwrap_or_default()
}

fn models(models: Option<&Models>) -> IndexMap<String, String> {
    match models {
        None => IndexMap::new(),
        Some(Models::Claude(model)) => IndexMap::from([("claude".to_owned(), model.clone())]),
        Some(Models::ByTarget(models)) => {
            models.iter().map(|(target, entry)| (target.clone(), entry.value.value.clone())).collect()
        }
    }
}
