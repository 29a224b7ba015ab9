//! `agent-indistinct`: two agents that the router cannot tell apart by their own examples.

use super::{Check, Findings, Rule, Subject};
use crate::agents::Router;
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Agent, Stack};

pub static RULE: Rule = Rule {
    name: "agent-indistinct",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/agent-indistinct.md"),
    check: Check::Everywhere(check),
};

/// Every example is held against every agent: in larger teams that would take longer than the rest of the check.
const MOST_AGENTS: usize = 60;

fn check(subjects: &[Subject<'_>], findings: &mut Findings) {
    let Some(base) = subjects.first() else { return };
    let stack = base.stack;
    let with_examples = stack.agents.values().filter(|agent| !agent.examples.is_empty()).count();
    if with_examples < 2 || stack.agents.len() > MOST_AGENTS {
        return;
    }
    // The whole router is asked only where its cheaper half already finds a doubt.
    let elsewhere = |router: Router| confused(stack, &router.examples_elsewhere());
    if Router::sketch(stack).is_some_and(|sketch| !elsewhere(sketch).is_empty()) {
        findings.extend(Router::new(stack).map(elsewhere).unwrap_or_default());
    }
}

/// Each two agents half of whose examples go to the other one, out of two at least.
fn confused(stack: &Stack, elsewhere: &[Vec<usize>]) -> Vec<Diagnostic> {
    let agents: Vec<&Agent> = stack.agents.values().collect();
    let swapped = |one: usize, other: usize| elsewhere[one].iter().filter(|agent| **agent == other).count();
    let mut found = Vec::new();
    for one in 0..agents.len() {
        for other in one + 1..agents.len() {
            let wrong = swapped(one, other) + swapped(other, one);
            let all = elsewhere[one].len() + elsewhere[other].len();
            if wrong >= 2 && wrong * 2 >= all {
                found.push(indistinct(agents[one], agents[other], wrong, all));
            }
        }
    }
    found
}

fn indistinct(one: &Agent, other: &Agent, wrong: usize, all: usize) -> Diagnostic {
    let (first, second) = (&*one.name, &*other.name);
    Diagnostic::error(RULE.name, format!("`{first}` and `{second}` cannot be told apart by their own examples"))
        .at(other.name.span, format!("what is asked of it goes to `{first}` as well"))
        .and_at(one.name.span, format!("as what is asked of this goes to `{second}`"))
        .note(format!("{wrong} of their {all} examples go to the other one when they are not known as examples"))
        .help("say in the `description`, `keywords` and `examples` of each what the other one does not do, or make them one")
}
