//! `agent-unowned-service`: a service for which no agent is answerable.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Agent, Service, Stack, Unread};
use crate::source::nearest;

pub static RULE: Rule = Rule {
    name: "agent-unowned-service",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/agent-unowned-service.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    if stack.agents.is_empty() || stack.unread.contains(&Unread::Ownership) {
        return;
    }
    let owners = owners(stack);
    let misspelt = misspelt(stack);
    let is_owned = |name: &str| owners.contains_key(name) || misspelt.contains(name);
    for service in stack.services.values().filter(|service| !is_owned(&service.name)) {
        findings.push(unowned(service, &owners));
    }
}

/// The services that a name which names nothing most likely stands for. That name is reported already.
fn misspelt(stack: &Stack) -> BTreeSet<&str> {
    let services = stack.unresolved.iter().filter(|unresolved| unresolved.sort == "service");
    services
        .filter_map(|unresolved| nearest(&unresolved.name, stack.services.keys().map(String::as_str)))
        .collect()
}

/// The first agent that owns each service.
fn owners(stack: &Stack) -> BTreeMap<&str, &Agent> {
    let mut owners = BTreeMap::new();
    for agent in stack.agents.values() {
        for service in &agent.owns {
            owners.entry(service.as_str()).or_insert(agent);
        }
    }
    owners
}

fn unowned(service: &Service, owners: &BTreeMap<&str, &Agent>) -> Diagnostic {
    let name = &*service.name;
    let mut diagnostic = Diagnostic::error(RULE.name, format!("no agent owns `{name}`"))
        .at(service.name.span, "nobody is answerable for it");
    diagnostic.help.push(help(service, owners));
    diagnostic
}

/// Proposes the agent of the first service that needs this one, where there is such an agent.
fn help(service: &Service, owners: &BTreeMap<&str, &Agent>) -> Help {
    let name = &*service.name;
    let neighbour = service.needed_by.iter().find_map(|other| Some((other, *owners.get(other.as_str())?)));
    let Some((other, agent)) = neighbour else {
        return Help { message: format!("add `{name}` to the `owns` of an agent"), edits: Vec::new() };
    };
    Help {
        message: format!("let `{}`, which owns `{other}`, own it as well", *agent.name),
        edits: agent
            .owns
            .last()
            .map(|last| literal::insert_after(last.span, format!(", \"{name}\"")))
            .into_iter()
            .collect(),
    }
}
