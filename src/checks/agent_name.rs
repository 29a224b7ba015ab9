//! `agent-name`: an agent that some agent program could not call by its name.

use super::invalid_name::{is_label, label_like};
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::Agent;

pub static RULE: Rule = Rule {
    name: "agent-name",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/agent-name.md"),
    check: Check::Stack(check),
};

const FORM: &str = "such a name is 3 to 50 small letters, digits and hyphens, no hyphen at either end";

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    findings.extend(subject.stack.agents.values().filter(|agent| !fits(&agent.name)).map(unfit));
}

/// What Claude Code takes; Gemini CLI and Cursor take that as well, and it is the name of a file for all of them.
fn fits(name: &str) -> bool {
    (3..=50).contains(&name.len()) && is_label(name)
}

/// Why an agent cannot have the name, if it cannot.
pub(super) fn refused(name: &str) -> Option<String> {
    (!fits(name)).then(|| format!("`{name}` cannot be the name of an agent: {FORM}"))
}

fn unfit(agent: &Agent) -> Diagnostic {
    let name = &*agent.name;
    let shown = name.replace('\n', "\\n").replace('\t', "\\t");
    let near = label_like(name);
    Diagnostic::error(RULE.name, format!("`{shown}` cannot be the name of an agent"))
        .at(agent.name.span, "not a name that every agent program takes")
        .note(FORM)
        .help(if fits(&near) {
            format!("call it `{near}`, here and wherever it is named")
        } else {
            "choose another name".to_owned()
        })
}
