//! `dependency-cycle`: services of which each waits for the next, so that none can start.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Stack, Wait, environment_prefix};

pub static RULE: Rule = Rule {
    name: "dependency-cycle",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/dependency-cycle.md"),
    check: Check::Stack(check),
};

/// A stack that has more cycles than this has one mistake, not many.
const MOST_CYCLES_SHOWN: usize = 20;

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for cycle in cycles(subject.stack) {
        findings.push(needs_itself(&cycle));
    }
}

/// A service and what it waits for, which leads on to the next.
#[derive(Clone, Copy)]
struct Step<'a> {
    service: &'a Service,
    wait: Wait<'a>,
}

#[derive(Clone, Copy)]
enum Visit {
    Ahead,
    /// On the way that led here, at this depth.
    OnPath(usize),
    Done,
}

/// A service on the way, and how many of its needs have been followed.
struct Frame {
    service: usize,
    followed: usize,
}

/// Every cycle that a depth-first walk closes: without their last needs the stack would have none.
fn cycles(stack: &Stack) -> Vec<Vec<Step<'_>>> {
    let waits: Vec<Vec<Wait<'_>>> =
        stack.services.values().map(|service| service.waits().collect()).collect();
    let mut visits = vec![Visit::Ahead; stack.services.len()];
    let mut found = Vec::new();
    for root in 0..stack.services.len() {
        if matches!(visits[root], Visit::Ahead) {
            walk(stack, &waits, root, &mut visits, &mut found);
        }
    }
    found
}

/// A loop, not a recursion, so that a long chain of needs cannot exhaust the call stack.
fn walk<'a>(
    stack: &'a Stack,
    waits: &[Vec<Wait<'a>>],
    root: usize,
    visits: &mut [Visit],
    found: &mut Vec<Vec<Step<'a>>>,
) {
    let mut path = vec![Frame { service: root, followed: 0 }];
    visits[root] = Visit::OnPath(0);
    while let Some(frame) = path.last_mut() {
        let Some(wait) = waits[frame.service].get(frame.followed) else {
            visits[frame.service] = Visit::Done;
            path.pop();
            continue;
        };
        frame.followed += 1;
        let Some(next) = stack.services.get_index_of(wait.name.as_str()) else { continue };
        match visits[next] {
            Visit::Ahead => {
                visits[next] = Visit::OnPath(path.len());
                path.push(Frame { service: next, followed: 0 });
            }
            Visit::OnPath(depth) if found.len() < MOST_CYCLES_SHOWN => {
                found.push(path[depth..].iter().map(|frame| step(stack, waits, frame)).collect());
            }
            Visit::OnPath(_) | Visit::Done => {}
        }
    }
}

fn step<'a>(stack: &'a Stack, waits: &[Vec<Wait<'a>>], frame: &Frame) -> Step<'a> {
    Step { service: &stack.services[frame.service], wait: waits[frame.service][frame.followed - 1] }
}

fn needs_itself(cycle: &[Step<'_>]) -> Diagnostic {
    let names = cycle.iter().chain(cycle.first()).map(|step| format!("`{}`", *step.service.name));
    let round = names.collect::<Vec<_>>().join(" → ");
    let message = match cycle {
        [only] => format!("`{}` needs itself", *only.service.name),
        _ => format!("services need each other in a circle: {round}"),
    };
    let mut diagnostic = Diagnostic::error(RULE.name, message);
    for (index, step) in cycle.iter().enumerate() {
        diagnostic = if index == 0 {
            diagnostic.at(step.wait.name.span, label(step))
        } else {
            diagnostic.and_at(step.wait.name.span, label(step))
        };
    }
    let diagnostic =
        diagnostic.note("a service starts when what it needs is healthy: none of these ever would");
    // What the gateway needs follows from routes, and is not the user's to remove.
    let of_the_user: Vec<&Step<'_>> = cycle.iter().filter(|step| !step.service.synthesised).collect();
    match of_the_user.as_slice() {
        [] => diagnostic,
        [_] => diagnostic.help("remove this need"),
        [.., last] => help_to_know_without_waiting(diagnostic.help("remove one of these needs"), last),
    }
}

fn help_to_know_without_waiting(diagnostic: Diagnostic, step: &Step<'_>) -> Diagnostic {
    let (service, needed) = (&*step.service.name, &**step.wait.name);
    let variable = format!("{}_URL", environment_prefix(needed));
    diagnostic.help(format!(
        "if `{service}` only has to know where `{needed}` is, tell it without making it wait: \
         `env = {{ {variable} = \"{{{{ services.{needed}.url }}}}\" }}`",
    ))
}

fn label(step: &Step<'_>) -> String {
    let (from, to) = (&*step.service.name, &**step.wait.name);
    if step.service.synthesised {
        format!("`{from}` passes requests on to `{to}`")
    } else {
        match step.wait.key {
            None => format!("`{from}` needs `{to}`"),
            Some(key) => format!("`{from}` waits for `{to}` by its `{key}`"),
        }
    }
}
