//! `agent-cycle`: an agent that reports to itself, by way of others or not.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::Agent;
use crate::source::Spanned;

pub static RULE: Rule = Rule {
    name: "agent-cycle",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/agent-cycle.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (circle, closing) in circles(&subject.stack.agents) {
        findings.push(reports_to_itself(&circle, closing));
    }
}

/// Each circle once, from the first of its agents, with the `reports_to` that closes it.
fn circles(agents: &IndexMap<String, Agent>) -> Vec<(Vec<&str>, &Spanned<String>)> {
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
                circles.push((chain[from..].to_vec(), next));
                break;
            }
            chain.push(&next.value);
        }
    }
    circles
}

fn reports_to_itself(circle: &[&str], closing: &Spanned<String>) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::error(RULE.name, format!("`{}` reports to itself", circle[0]))
        .at(closing.span, "closes the circle")
        .note(format!("the agents report to one another: {} -> {}", names.join(" -> "), names[0]))
        .help("remove one of the `reports_to`: whoever leads reports to nobody")
}
