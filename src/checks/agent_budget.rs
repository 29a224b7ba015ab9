//! `agent-budget`: an agent's file of which its program does not read all, or which makes every request dear.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Check, Findings, Made, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::render::{agent_file, rough_tokens};
use crate::source::Span;

pub static RULE: Rule = Rule {
    name: "agent-budget",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/agent-budget.md"),
    check: Check::Outputs(check),
};

/// Environments have the same agents as their base: what is too long there is said of the base.
fn check(subject: &Subject<'_>, made: &[Made<'_>], findings: &mut Findings) {
    let first = made.first().and_then(|made| made.environment);
    let made: Vec<&Made<'_>> = made.iter().filter(|made| made.environment == first).collect();
    // By target: the tokens of its descriptions, the most that may be, and how many they are.
    let mut together: BTreeMap<&str, (usize, u32, usize)> = BTreeMap::new();
    for file in &made {
        let limits = file.output.limits;
        if let Some(most) = limits.bytes {
            findings.extend(too_many_bytes(subject, file, &made, most));
        }
        if limits.prompt.is_none() && limits.description.is_none() && limits.descriptions.is_none() {
            continue;
        }
        let (head, prompt) = agent_file(file.path, &file.output.contents);
        let description = head.get("description").and_then(Json::as_str).unwrap_or_default();
        let letters =
            [(limits.prompt, "prompt", prompt.as_str()), (limits.description, "description", description)];
        for (most, what, text) in letters {
            findings.extend(most.and_then(|most| too_long(subject, file, what, text, most)));
        }
        if let Some(most) = limits.descriptions {
            let (tokens, _, count) = together.entry(&file.target.name).or_insert((0, most, 0));
            *tokens += rough_tokens(description);
            *count += 1;
        }
    }
    let over = together.into_iter().filter(|(_, (tokens, most, _))| *tokens > as_usize(*most));
    findings.extend(over.map(|(target, (tokens, most, count))| {
        Diagnostic::error(
            RULE.name,
            format!("the {count} descriptions of target `{target}` are about {tokens} tokens, and its program takes {most} well"),
        )
        .note("they are read with every request")
        .help("shorten `description`, `keywords` and `examples`, or make fewer agents of them")
    }));
}

fn too_long(subject: &Subject<'_>, file: &Made<'_>, what: &str, text: &str, most: u32) -> Option<Diagnostic> {
    let count = text.chars().count();
    if count <= as_usize(most) {
        return None;
    }
    let message =
        format!("the {what} in `{}` has {count} characters, and its program reads {most}", file.path);
    let way_out = match what {
        "description" => "shorten the agent's `description`, `keywords` and `examples`",
        _ => "give some of what it owns to another agent: its prompt tells of all of it",
    };
    Some(located(Diagnostic::error(RULE.name, message), subject, file).help(way_out))
}

/// Counts the files of the same name in the folders above as well: they are read together.
fn too_many_bytes(
    subject: &Subject<'_>,
    file: &Made<'_>,
    made: &[&Made<'_>],
    most: u32,
) -> Option<Diagnostic> {
    let is_above = |other: &&&Made<'_>| {
        other.path != file.path
            && other.target.name == file.target.name
            && other.path.file_name() == file.path.file_name()
            && other.path.parent().is_some_and(|folder| file.path.starts_with(folder))
    };
    let above: usize = made.iter().filter(is_above).map(|other| other.output.contents.len()).sum();
    let own = file.output.contents.len();
    // Where those above are too long by themselves, that is said of them.
    if own + above <= as_usize(most) || above > as_usize(most) {
        return None;
    }
    let with = if above > 0 { ", with those in the folders above it" } else { "" };
    let message = format!("`{}` has {} bytes{with}, and programs read {most}", file.path, own + above);
    Some(located(Diagnostic::error(RULE.name, message), subject, file).help(
        "shorten the descriptions of agents and services, or write a shorter template: `stackgen templates eject agents-md`",
    ))
}

fn located(diagnostic: Diagnostic, subject: &Subject<'_>, file: &Made<'_>) -> Diagnostic {
    match place(subject, file) {
        Some((span, label)) => diagnostic.at(span, label),
        None => diagnostic,
    }
}

/// The agent that the file is made for.
fn place(subject: &Subject<'_>, file: &Made<'_>) -> Option<(Span, &'static str)> {
    let agent = subject.stack.agents.get(file.output.subject.as_ref()?)?;
    Some((agent.name.span, "of this agent"))
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
