//! The agents, with what they own resolved to services.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::service::{named_strings, strings};
use super::stack::{Agent, Service, Unresolved};
use crate::diagnostics::Diagnostic;
use crate::source::language::AgentTable;
use crate::source::{Span, Spanned, Variant};

pub fn agents(
    variant: &Variant,
    services: &IndexMap<String, Service>,
    unreadable: &[String],
    unresolved: &mut Vec<Unresolved>,
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, Agent> {
    let Some(tables) = &variant.file.agents else {
        return IndexMap::new();
    };
    let names: Vec<String> = tables.names().map(ToOwned::to_owned).collect();
    let service_names: Vec<String> = services.keys().cloned().collect();
    let agents: IndexMap<String, Agent> = tables
        .iter()
        .map(|(name, entry)| {
            let mut agent = agent(name, entry.name, &entry.value);
            agent
                .owns
                .retain(|owned| services.contains_key(&owned.value) || !unreadable.contains(&owned.value));
            agent.owns = known(
                agent.owns,
                "service",
                &service_names,
                |owned| services.contains_key(owned),
                unresolved,
            );
            let is_unread = |superior: &String| {
                tables.unreadable().contains(superior) || variant.misplaced.agents.contains(superior)
            };
            let superior = agent.reports_to.into_iter().filter(|superior| !is_unread(superior)).collect();
            let is_agent = |superior: &str| tables.get(superior).is_some();
            agent.reports_to = known(superior, "agent", &names, is_agent, unresolved).pop();
            diagnostics.extend(owned_twice(&mut agent));
            (name.clone(), agent)
        })
        .collect();
    diagnostics.extend(circles(&agents));
    agents
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

/// Agents that report to themselves, by way of others or not: each circle once, at the first of its agents.
fn circles(agents: &IndexMap<String, Agent>) -> Vec<Diagnostic> {
    let superior = |name: &str| agents.get(name)?.reports_to.as_ref();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut circles = Vec::new();
    for start in agents.keys() {
        let mut chain: Vec<&str> = vec![start];
        while let Some(next) = superior(chain[chain.len() - 1]) {
            if !seen.insert(chain[chain.len() - 1]) {
                break;
            }
            if let Some(from) = chain.iter().position(|name| *name == next.value) {
                circles.push(reports_to_itself(&chain[from..], next));
                break;
            }
            chain.push(&next.value);
        }
    }
    circles
}

fn reports_to_itself(circle: &[&str], closing: &Spanned<String>) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::error("invalid-value", format!("`{}` reports to itself", circle[0]))
        .at(closing.span, "closes the circle")
        .note(format!("the agents report to one another: {} -> {}", names.join(" -> "), names[0]))
        .help("remove one of the `reports_to`: whoever leads reports to nobody")
}

/// The names that are there; the others are noted.
fn known(
    names: Vec<Spanned<String>>,
    sort: &'static str,
    all: &[String],
    is_known: impl Fn(&str) -> bool,
    unresolved: &mut Vec<Unresolved>,
) -> Vec<Spanned<String>> {
    let (known, unknown): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_known(name));
    unresolved.extend(unknown.into_iter().map(|name| Unresolved { name, sort, known: all.to_vec() }));
    known
}

fn agent(name: &str, span: Span, table: &Spanned<AgentTable>) -> Agent {
    let empty = || Spanned::new(String::new(), table.span);
    Agent {
        name: Spanned::new(name.to_owned(), span),
        description: table.description.clone().unwrap_or_else(empty),
        owns: table.owns.iter().flat_map(|owns| owns.value.clone()).collect(),
        reports_to: table.reports_to.clone(),
        responsibilities: strings(table.responsibilities.as_ref()),
        keywords: strings(table.keywords.as_ref()),
        examples: strings(table.examples.as_ref()),
        tools: strings(table.tools.as_ref()),
        model: table.model.as_ref().map(|model| model.value.clone()),
        commands: named_strings(table.commands.as_ref()),
    }
}
