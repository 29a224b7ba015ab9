//! `jwt-without-consumer`: routes that ask for a token which nobody can have.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Gateway, Route, Unread};
use crate::source::language::Auth;

pub static RULE: Rule = Rule {
    name: "jwt-without-consumer",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/jwt-without-consumer.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    // Routes without a gateway have a rule of their own.
    let Some(gateway) = &subject.stack.gateway else { return };
    let has_consumer = gateway.consumers.iter().any(|consumer| consumer.jwt.is_some());
    if has_consumer || subject.stack.unread.contains(&Unread::Consumer) {
        return;
    }
    let routes = subject.stack.services.values().flat_map(|service| &service.routes);
    let closed: Vec<&Route> = routes.filter(|route| route.takes(Auth::Jwt)).collect();
    findings.extend(without_consumer(gateway, &closed));
}

/// One finding, however many routes: what is missing is one consumer.
fn without_consumer(gateway: &Gateway, closed: &[&Route]) -> Option<Diagnostic> {
    let (first, others) = closed.split_first()?;
    let message = match others.len() {
        0 => format!("the route `{}` asks for a token, and nobody can have one", **first.path()),
        _ => format!("{} routes ask for a token, and nobody can have one", closed.len()),
    };
    let label = if others.is_empty() { "asks for a token" } else { "the first of them" };
    Some(
        Diagnostic::error(RULE.name, message)
            .at(first.auth_span.unwrap_or(first.span), label)
            .and_at(gateway.span, "no consumer of this gateway has `jwt`")
            .note("whatever is asked for there, the gateway would answer with 401")
            .help(
                "add a consumer: `[gateway.consumers.web]` with `jwt = { key = \"web\", secret = \"JWT_SECRET\" }`",
            ),
    )
}
