//! `agent-overlap`: a service, a file, a folder or a concern that two agents own.

use std::collections::BTreeMap;
use std::ops::Bound;

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
    let mut paths = Paths::default();
    let mut concerns: BTreeMap<String, (&Agent, &Spanned<String>)> = BTreeMap::new();
    for agent in subject.stack.agents.values() {
        let owned = owned_paths(subject.stack, agent);
        for theirs in &owned {
            findings.extend(
                paths.first_shared(theirs).map(|(first, ours)| shared_path(first, ours, agent, theirs)),
            );
        }
        paths.enter(agent, owned);
        for theirs in &agent.concerns {
            let (first, ours) = *concerns.entry(theirs.to_lowercase()).or_insert((agent, theirs));
            if first.name.value != agent.name.value {
                findings.push(shared_concern(first, ours, agent, theirs));
            }
        }
    }
}

/// The paths of the agents so far, found without looking at each.
#[derive(Default)]
struct Paths<'a> {
    /// In the order in which they were claimed.
    claims: Vec<(&'a Agent, Owned<'a>)>,
    /// The first claim of each path by an agent itself, and the first with the folder of a service.
    by_path: BTreeMap<&'a str, [Option<usize>; 2]>,
}

impl<'a> Paths<'a> {
    fn enter(&mut self, agent: &'a Agent, owned: Vec<Owned<'a>>) {
        for owned in owned {
            let position = self.claims.len();
            let sort = usize::from(owned.service.is_some());
            self.by_path.entry(owned.path.as_str()).or_default()[sort].get_or_insert(position);
            self.claims.push((agent, owned));
        }
    }

    /// The first path of another agent that lies in this one or that this one lies in, where one of the two is a path that an agent
    /// names. Two services that share a folder are no mistake.
    fn first_shared(&self, theirs: &Owned<'_>) -> Option<(&'a Agent, &Owned<'a>)> {
        let may_share = |found: &[Option<usize>; 2]| {
            let [by_itself, with_service] = *found;
            let with_service = with_service.filter(|_| theirs.service.is_none());
            by_itself.into_iter().chain(with_service).min()
        };
        let above = theirs.path.ancestors().filter_map(|path| self.by_path.get(path.as_str()));
        let is_root = theirs.path.as_str().is_empty();
        let below = if is_root { String::new() } else { format!("{}/", theirs.path) };
        let behind = (Bound::Included(below.as_str()), Bound::Unbounded);
        let below = self.by_path.range::<str, _>(behind).take_while(|(path, _)| path.starts_with(&below));
        // Whichever comes first of all below may be far down a long list; of a few, the first will do.
        let below = below.take(MOST_LOOKED_AT).map(|(_, found)| found);
        let first = above.chain(below).filter_map(may_share).min()?;
        self.claims.get(first).map(|(agent, owned)| (*agent, owned))
    }
}

/// How many paths below one are looked at for the first that was claimed.
const MOST_LOOKED_AT: usize = 100;

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
fn shared_concern(
    first: &Agent,
    ours: &Spanned<String>,
    second: &Agent,
    theirs: &Spanned<String>,
) -> Diagnostic {
    let (one, other) = (&*first.name, &*second.name);
    Diagnostic::error(RULE.name, format!("`{one}` and `{other}` both look after `{}`", theirs.value))
        .at(theirs.span, format!("`{other}` looks after it"))
        .and_at(ours.span, format!("`{one}` looks after it"))
        .help("leave it to one of them, or say which part of it each looks after")
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
