//! `agent-overlap`: a service that two agents own.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Agent, Stack};
use crate::source::Spanned;

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
