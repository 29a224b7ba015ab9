//! `duplicate-route`: a path and method that two services take.

use super::route_overlap::{Tie, shared_methods, ties};
use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Gateway, Route, Stack};
use crate::source::language::Method;
use crate::source::quoted_list;

pub static RULE: Rule = Rule {
    name: "duplicate-route",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/duplicate-route.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for tie in ties(subject.stack).iter().filter(|tie| tie.first.service != tie.second.service) {
        findings.push(duplicate(tie));
    }
    if let Some(gateway) = &subject.stack.gateway {
        for route in routes_on_the_health_path(subject.stack, gateway) {
            findings.push(takes_the_health_path(route, gateway));
        }
    }
}

/// The routes that take the requests by which the gateway itself is asked for its health.
fn routes_on_the_health_path<'a>(stack: &'a Stack, gateway: &'a Gateway) -> impl Iterator<Item = &'a Route> {
    let routes = stack.services.values().flat_map(|service| &service.routes);
    let takes = |route: &&Route| route.paths.iter().any(|path| path.prefix() == Some(&gateway.health.value));
    routes.filter(takes).filter(|route| {
        route.methods.is_empty() || route.methods.iter().any(|method| method.value == Method::Get)
    })
}

fn duplicate(tie: &Tie<'_>) -> Diagnostic {
    let Tie { first, second } = tie;
    let methods = shared_methods(first, second);
    let which = if methods.is_empty() { String::new() } else { format!(" for {}", quoted_list(methods)) };
    let path = &**second.path();
    Diagnostic::error(
        RULE.name,
        format!("`{}` and `{}` both take `{path}`{which}", first.service, second.service),
    )
    .at(second.path().span, format!("`{}` takes it", second.service))
    .and_at(first.path().span, format!("`{}` takes it", first.service))
    .note("the gateway sees no difference between the two, and nothing here says which of them it chooses")
    .help("give one of them another path, or share the methods out between them")
}

fn takes_the_health_path(route: &Route, gateway: &Gateway) -> Diagnostic {
    let path = &**route.path();
    Diagnostic::error(
        RULE.name,
        format!("`{}` takes `{path}`, where the gateway says whether it is well itself", route.service),
    )
    .at(route.path().span, format!("`{}` takes it", route.service))
    .and_at(gateway.health.span, format!("the gateway answers on `{path}` itself"))
    .help("give the route another path, or the gateway: `[gateway] health = \"/gateway/health\"`")
}
