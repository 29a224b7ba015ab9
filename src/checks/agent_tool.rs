//! `agent-tool`: a tool that no agent program has.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{TOOLS, mcp, tool};
use crate::source::{Spanned, nearest, quoted_list};

pub static RULE: Rule = Rule {
    name: "agent-tool",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/agent-tool.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let tools = subject.stack.agents.values().flat_map(|agent| &agent.tools);
    findings.extend(tools.filter(|name| tool(name).is_none() && mcp(name).is_none()).map(unknown));
}

fn unknown(name: &Spanned<String>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(RULE.name, format!("there is no tool `{}`", name.value.replace('\n', "\\n")))
            .at(name.span, "no such tool");
    match meant(name) {
        Some(near) => {
            diagnostic.help_replace(format!("did you mean `{near}`?"), name.span, format!("\"{near}\""))
        }
        None => diagnostic.help(format!(
            "there is {}, and `mcp__SERVER__TOOL` for the tools of an MCP server",
            quoted_list(TOOLS.iter().map(|tool| tool.name))
        )),
    }
}

/// The tool that is called so by another program, or nearly so by this one.
fn meant(name: &str) -> Option<&'static str> {
    // `Bash(git:*)` is a permission, not a tool.
    let word = name.split('(').next().unwrap_or(name).trim();
    let is_so_called = |also: &&str| also.eq_ignore_ascii_case(word);
    let known = TOOLS.iter().find(|tool| tool.also.iter().any(is_so_called)).map(|tool| tool.name);
    known.or_else(|| nearest(word, TOOLS.iter().map(|tool| tool.name)))
}
