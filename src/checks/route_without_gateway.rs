//! `route-without-gateway`: routes in a stack that has nothing to pass requests on.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, Unread};

pub static RULE: Rule = Rule {
    name: "route-without-gateway",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/route-without-gateway.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.stack.gateway.is_none() && !subject.stack.unread.contains(&Unread::Gateway) {
        let routes: Vec<&Route> =
            subject.stack.services.values().flat_map(|service| &service.routes).collect();
        findings.extend(without_gateway(&routes));
    }
}

/// One finding, however many routes: what is missing is one gateway.
fn without_gateway(routes: &[&Route]) -> Option<Diagnostic> {
    let (first, others) = routes.split_first()?;
    let message = match others.len() {
        0 => format!(
            "the route `{}` of `{}` leads nowhere: the stack has no gateway",
            **first.path(),
            first.service
        ),
        _ => format!("{} routes lead nowhere: the stack has no gateway", routes.len()),
    };
    let diagnostic = Diagnostic::error(RULE.name, message).at(
        first.path().span,
        if others.is_empty() { "nothing passes its requests on" } else { "the first of them" },
    );
    Some(diagnostic.help("add a gateway: `[gateway]` with `port = 8080`"))
}
