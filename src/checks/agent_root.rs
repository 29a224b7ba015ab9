//! `agent-root`: a team that more than one agent leads.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Edit, Help, Severity};
use crate::model::{Agent, Stack, Unread};
use crate::source::Sources;

pub static RULE: Rule = Rule {
    name: "agent-root",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/agent-root.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    // Whoever seems to report to nobody may have said to whom, in a word that could not be read or names nothing.
    if stack.unread.contains(&Unread::Superior)
        || stack.unresolved.iter().any(|unknown| unknown.sort == "agent")
    {
        return;
    }
    let leaders: Vec<&Agent> = stack.agents.values().filter(|agent| agent.reports_to.is_none()).collect();
    // The one to whom most report is the leader whom the user means.
    let Some(first) = leaders.iter().rev().max_by_key(|leader| reports(leader, stack)) else { return };
    for second in leaders.iter().filter(|leader| leader.name.value != first.name.value) {
        findings.push(two(subject.sources, first, second));
    }
}

/// How many agents report to an agent.
fn reports(leader: &Agent, stack: &Stack) -> usize {
    let to = |agent: &&Agent| agent.reports_to.as_ref().is_some_and(|to| to.value == leader.name.value);
    stack.agents.values().filter(to).count()
}

/// The line or the entry behind the description that makes one agent report to the other.
fn report_to(sources: &Sources, agent: &Agent, leader: &str) -> Option<Edit> {
    let behind = agent.description.span;
    let text = match literal::setting(sources, behind) {
        literal::Setting::Line => format!("\nreports_to = \"{leader}\""),
        literal::Setting::Inline => format!(", reports_to = \"{leader}\""),
        literal::Setting::Item => return None,
    };
    Some(literal::insert_after(behind, text))
}

fn two(sources: &Sources, first: &Agent, second: &Agent) -> Diagnostic {
    let (leader, other) = (&*first.name, &*second.name);
    let mut diagnostic =
        Diagnostic::error(RULE.name, format!("`{leader}` and `{other}` both report to nobody"))
            .at(second.name.span, "leads the team")
            .and_at(first.name.span, "leads the team as well");
    diagnostic.help.push(Help {
        message: format!("let `{other}` report to `{leader}`"),
        edits: report_to(sources, second, leader).into_iter().collect(),
    });
    diagnostic
}
