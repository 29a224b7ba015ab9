//! `agent-vague`: a description that says of an agent what could be said of any.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::Agent;
use crate::source::quoted_list;

pub static RULE: Rule = Rule {
    name: "agent-vague",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/agent-vague.md"),
    check: Check::Stack(check),
};

/// Words that say nothing of what an agent is there for: those of grammar, and those that fit every agent.
const EMPTY: &str = "a about across additional agent agents ai all also an and any app application applications are as assist \
    assistant assists at be best build builds by can code coding complex create creates deal deals develop developer developers \
    development does engineer engineering engineers every everything expert expertise experts feature features fix fixes for from \
    general general-purpose good great handle handles handling has have help helper helpful helps high-quality how if implement \
    implements in into is issue issues it its job keep knows look looks maintain maintains make makes manage manages more much new of \
    on or other others our owner owns part parts practices problem problems professional program programming programmer project \
    projects quality related responsible senior service services skilled software solve solves some specialised specialist \
    specialists specialized stack stuff such system systems take takes task tasks team that the their them then they thing things \
    this to tool tools use useful user-friendly uses various very well what when where which who with work works write writes you \
    your";

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let agents = &subject.stack.agents;
    // One alone has nobody to be set apart from.
    if agents.len() < 2 {
        return;
    }
    let empty: BTreeSet<&str> = EMPTY.split_whitespace().collect();
    let said: Vec<(&Agent, BTreeSet<String>)> = agents
        .values()
        .map(|agent| {
            (agent, words(agent).into_iter().filter(|word| !empty.contains(word.as_str())).collect())
        })
        .collect();
    let mut sayers: BTreeMap<&str, usize> = BTreeMap::new();
    for word in said.iter().flat_map(|(_, words)| words) {
        *sayers.entry(word).or_default() += 1;
    }
    let is_shared = |word: &String| sayers.get(word.as_str()).is_some_and(|sayers| *sayers > 1);
    for (agent, words) in &said {
        // A description that is not there is reported as such.
        let is_said = subject.sources.text(agent.description.span).starts_with(['"', '\'']);
        if is_said && words.iter().all(is_shared) {
            let others = said.iter().filter(|(other, _)| other.name.value != agent.name.value);
            let alike: Vec<&str> = others
                .filter(|(_, theirs)| !words.is_disjoint(theirs))
                .map(|(other, _)| other.name.as_str())
                .collect();
            findings.push(vague(agent, words, &alike));
        }
    }
}

/// The words of its description: small letters and digits, with the hyphens inside.
fn words(agent: &Agent) -> Vec<String> {
    let lower = agent.description.to_lowercase();
    lower
        .split(|found: char| !found.is_alphanumeric() && found != '-')
        .map(|word| word.trim_matches('-').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

fn vague(agent: &Agent, words: &BTreeSet<String>, alike: &[&str]) -> Diagnostic {
    let name = &*agent.name;
    let diagnostic = Diagnostic::error(
        RULE.name,
        format!("the description of `{name}` does not set it apart from other agents"),
    )
    .at(agent.description.span, "could be said of others as well");
    let diagnostic = if words.is_empty() {
        diagnostic.note("none of its words says what the agent is there for")
    } else {
        let words = quoted_list(words.iter().map(String::as_str));
        diagnostic.note(format!(
            "all that it says, {words}, is also said of {}",
            quoted_list(alike.iter().copied())
        ))
    };
    diagnostic.help("name what this agent alone looks after: tasks are given out by this sentence")
}
