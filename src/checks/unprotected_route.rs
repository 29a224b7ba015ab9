//! `unprotected-route`: a route that asks nobody who he is, of a service whose other routes do.

use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::{Route, Service};
use crate::source::Sources;

pub static RULE: Rule = Rule {
    name: "unprotected-route",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/unprotected-route.md"),
    check: Check::Stack(check),
};

/// Plugins that ask who somebody is, besides those that stackgen makes of `auth`.
const ASKING: &[&str] = &["basic-auth", "hmac-auth", "jwt", "key-auth", "ldap-auth", "oauth2", "session"];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let everywhere = subject.stack.gateway.iter().flat_map(|gateway| &gateway.plugins);
    if everywhere.into_iter().any(|plugin| ASKING.contains(&plugin.name.as_str())) {
        return;
    }
    for service in subject.stack.services.values() {
        if let Some(closed) = service.routes.iter().find(|route| is_closed(route)) {
            let open = service.routes.iter().filter(|route| !is_closed(route) && !is_open_on_purpose(route));
            for route in open {
                findings.push(unprotected(subject.sources, service, route, closed));
            }
        }
    }
}

fn is_closed(route: &Route) -> bool {
    route.is_closed() || route.plugins.iter().any(|plugin| ASKING.contains(&plugin.name.as_str()))
}

/// Whether `auth = "none"` is written, at the route or for all of its service, or who may come in is limited another way.
fn is_open_on_purpose(route: &Route) -> bool {
    route.auth_span.is_some() || route.ip.as_ref().is_some_and(|ip| !ip.allow.is_empty())
}

fn unprotected(sources: &Sources, service: &Service, route: &Route, closed: &Route) -> Diagnostic {
    let path = route.path();
    let asks = match closed.auth.first() {
        Some(way) => format!("`auth = \"{}\"`", way.as_str()),
        None => "a plugin that asks who somebody is".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(
        RULE.name,
        format!(
            "everybody may ask `{}` for `{}`, and others of its routes are closed",
            *service.name, **path
        ),
    )
    .at(path.span, "says nothing of who may come in")
    .and_at(closed.auth_span.unwrap_or(closed.path().span), format!("`{}` has {asks}", **closed.path()));
    let way = closed.auth.first().map_or("jwt", |way| way.as_str());
    diagnostic.help.push(Help {
        message: format!(
            "if it is open on purpose, say so: `auth = \"none\"`; else close it: `auth = \"{way}\"`"
        ),
        edits: literal::key_after(sources, path.span, "auth = \"none\"").into_iter().collect(),
    });
    diagnostic
}
