//! `agent-overlap`: a service, a file, a folder or a concern that two agents own.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Agent, Stack};
use crate::source::{Span, Spanned};

pub static RULE: Rule = Rule {
    name: "agent-overlap",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/agent-overlap.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (first, second) in overlaps(subject.stack) {
        findings.push(overlap(first, second));
    }
    let agents: Vec<(&Agent, Vec<Owned<'_>>)> =
        subject.stack.agents.values().map(|agent| (agent, owned_paths(subject.stack, agent))).collect();
    for (position, second) in agents.iter().enumerate() {
        for first in &agents[..position] {
            findings.extend(shared_paths(first, second));
            findings.extend(shared_concerns(first.0, second.0));
        }
    }
}

/// A file or folder that an agent owns: by itself, or as the folder of one of its services.
struct Owned<'a> {
    path: &'a Utf8Path,
    span: Span,
    /// The service whose folder it is.
    service: Option<&'a str>,
}

fn owned_paths<'a>(stack: &'a Stack, agent: &'a Agent) -> Vec<Owned<'a>> {
    let services = agent.owns.iter().filter_map(|name| {
        let path = stack.services.get(name.as_str())?.folder.as_ref()?.from_root.as_path();
        Some(Owned { path, span: name.span, service: Some(name.as_str()) })
    });
    let paths = agent.paths.iter().map(|path| Owned {
        path: path.from_root.as_path(),
        span: path.span,
        service: None,
    });
    services.chain(paths).collect()
}

/// The files and folders of one agent that lie in those of the other, where one of the two names a path. Two services that
/// share a folder are no mistake.
fn shared_paths(
    (first, firsts): &(&Agent, Vec<Owned<'_>>),
    (second, seconds): &(&Agent, Vec<Owned<'_>>),
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if first.paths.is_empty() && second.paths.is_empty() {
        return found;
    }
    for theirs in seconds {
        let shares = |ours: &&Owned<'_>| {
            (ours.service.is_none() || theirs.service.is_none())
                && (ours.path.starts_with(theirs.path) || theirs.path.starts_with(ours.path))
        };
        found.extend(firsts.iter().find(shares).map(|ours| shared_path(first, ours, second, theirs)));
    }
    found
}

fn shared_path(first: &Agent, ours: &Owned<'_>, second: &Agent, theirs: &Owned<'_>) -> Diagnostic {
    let (one, other) = (&*first.name, &*second.name);
    let inner = if ours.path.starts_with(theirs.path) { ours.path } else { theirs.path };
    let inner = if inner.as_str().is_empty() { "the whole project".to_owned() } else { format!("`{inner}`") };
    let label = |agent: &str, owned: &Owned<'_>| match owned.service {
        Some(service) => format!("`{agent}` owns it with the folder of `{service}`"),
        None => format!("`{agent}` owns it"),
    };
    Diagnostic::error(RULE.name, format!("`{one}` and `{other}` both own {inner}"))
        .at(theirs.span, label(other, theirs))
        .and_at(ours.span, label(one, ours))
        .help("leave it to one of them, and let the other ask for what it needs")
}

/// What both look after in the whole stack.
fn shared_concerns(first: &Agent, second: &Agent) -> Vec<Diagnostic> {
    let (one, other) = (&*first.name, &*second.name);
    let alike = |theirs: &Spanned<String>| {
        first.concerns.iter().find(|ours| ours.to_lowercase() == theirs.to_lowercase())
    };
    let pairs = second.concerns.iter().filter_map(|theirs| Some((alike(theirs)?, theirs)));
    pairs
        .map(|(ours, theirs)| {
            Diagnostic::error(RULE.name, format!("`{one}` and `{other}` both look after `{}`", theirs.value))
                .at(theirs.span, format!("`{other}` looks after it"))
                .and_at(ours.span, format!("`{one}` looks after it"))
                .help("leave it to one of them, or say which part of it each looks after")
        })
        .collect()
}

/// An agent's word that it owns a service.
#[derive(Clone, Copy)]
struct Claim<'a> {
    agent: &'a Agent,
    service: &'a Spanned<String>,
}

/// Each claim to a service that another agent claims before, after that one.
fn overlaps(stack: &Stack) -> Vec<(Claim<'_>, Claim<'_>)> {
    let mut firsts: BTreeMap<&str, Claim<'_>> = BTreeMap::new();
    let claims = stack
        .agents
        .values()
        .flat_map(|agent| agent.owns.iter().map(move |service| Claim { agent, service }));
    claims
        .filter_map(|claim| {
            let first = *firsts.entry(claim.service).or_insert(claim);
            (first.agent.name.value != claim.agent.name.value).then_some((first, claim))
        })
        .collect()
}

fn overlap(first: Claim<'_>, second: Claim<'_>) -> Diagnostic {
    let (one, other) = (&*first.agent.name, &*second.agent.name);
    let service = &**second.service;
    Diagnostic::error(RULE.name, format!("`{one}` and `{other}` both own `{service}`"))
        .at(second.service.span, format!("`{other}` owns it"))
        .and_at(first.service.span, format!("`{one}` owns it"))
        .help("leave it to one of them, and say what the other does about it in its `responsibilities`")
}
