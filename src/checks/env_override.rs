//! `env-override`: a variable that a service writes by hand, and one of its needs would have told it.

use super::env_collision::prefixed;
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Origin, Service, Variable, environment_prefix};
use crate::source::{Sources, Span};

pub static RULE: Rule = Rule {
    name: "env-override",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/env-override.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values() {
        for (name, brought) in &service.overridden {
            let (Some(own), Origin::Need(need)) = (service.environment.get(name), &brought.origin) else {
                continue;
            };
            if !refers_to(subject.sources.text(own.span), need) {
                findings.push(overrides(subject.sources, service, name, (own.span, brought, need)));
            }
        }
    }
}

/// Whether what is written takes its facts from the needed service: then it is the same address in another form.
fn refers_to(written: &str, need: &str) -> bool {
    written.match_indices("{{").any(|(at, braces)| {
        let reference = written[at + braces.len()..].trim_start();
        reference
            .strip_prefix("services.")
            .and_then(|rest| rest.strip_prefix(need))
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn overrides(
    sources: &Sources,
    service: &Service,
    name: &str,
    (own, brought, need): (Span, &Variable, &str),
) -> Diagnostic {
    let message = format!("`{name}` of `{}` is written by hand, and `{need}` brings it", *service.name);
    let mut diagnostic = Diagnostic::error(RULE.name, message)
        .at(own, "this one holds")
        .and_at(brought.span, format!("what `{need}` brings is dropped"))
        .help(format!("remove `{name}` from `env`, and `{}` is told where `{need}` is", *service.name));
    let needs = service.needs.iter();
    if let Some(need) = needs.into_iter().find(|need| need.service.span == brought.span) {
        let prefix = environment_prefix(&need.service);
        let message = format!("or, to have both, let those of `{}` begin with `{prefix}_`", *need.service);
        let edits = prefixed(sources, need, &prefix).into_iter().collect();
        diagnostic.help.push(Help { message, edits });
    }
    diagnostic
}
