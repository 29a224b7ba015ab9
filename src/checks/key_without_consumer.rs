//! `key-without-consumer`: routes that ask for a key which nobody can have.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Route, Unread};
use crate::source::language::Auth;

pub static RULE: Rule = Rule {
    name: "key-without-consumer",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/key-without-consumer.md"),
    check: Check::Stack(check),
};

/// One finding, however many routes: what is missing is one consumer.
fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(gateway) = &subject.stack.gateway else { return };
    let has_consumer = gateway.consumers.iter().any(|consumer| !consumer.key_auth.is_empty());
    if has_consumer || subject.stack.unread.contains(&Unread::Consumer) {
        return;
    }
    let routes = subject.stack.services.values().flat_map(|service| &service.routes);
    let closed: Vec<&Route> = routes.filter(|route| route.takes(Auth::KeyAuth)).collect();
    let Some((first, others)) = closed.split_first() else { return };
    let (message, label) = match others.len() {
        0 => (
            format!("the route `{}` asks for a key, and nobody can have one", **first.path()),
            "asks for a key",
        ),
        _ => (format!("{} routes ask for a key, and nobody can have one", closed.len()), "the first of them"),
    };
    findings.push(
        Diagnostic::error(RULE.name, message)
            .at(first.auth_span.unwrap_or(first.span), label)
            .and_at(gateway.span, "no consumer of this gateway has `key_auth`")
            .note("whatever is asked for there, the gateway would answer with 401")
            .help("add a consumer: `[gateway.consumers.partner]` with `key_auth = \"PARTNER_KEY\"`"),
    );
}
