//! `duplicate-route`: requests that two services take, and nothing says which of them gets one.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Gateway, HealthRoute, Route, RoutePath};
use crate::routing::{Routed, Routing, Row};
use crate::source::language::Method;
use crate::source::{Spanned, quoted_list};

pub static RULE: Rule = Rule {
    name: "duplicate-route",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/duplicate-route.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(routing) = Routing::of(subject.stack) else { return };
    for clash in clashes(&routing).iter().filter(|clash| clash.first.service != clash.second.service) {
        findings.push(duplicate(clash));
    }
    let readers = readers_by_prefix(&routing);
    for health in &routing.gateway.health_routes {
        for (route, path) in readers.get(health.path.as_str()).into_iter().flatten() {
            findings.push(takes_the_health_path(route, path, health, routing.gateway));
        }
    }
}

/// Two routes of which nothing says which comes first, in the order of the source.
pub(super) struct Clash<'a> {
    pub first: &'a Route,
    pub second: &'a Route,
    /// The path of the second that both take, and that of the first.
    pub path: &'a Spanned<RoutePath>,
    pub path_of_first: &'a Spanned<RoutePath>,
    /// The rows of the two, in the same order.
    rows: (&'a Row, &'a Row),
}

/// Each route that ties with another one, after that one.
pub(super) fn clashes<'a>(routing: &'a Routing<'a>) -> Vec<Clash<'a>> {
    let rows = routing.table.rows();
    let clash = |tie: crate::routing::Tie| {
        let (one, two) = (&rows[tie.first], &rows[tie.second]);
        let (one, two) = if one.route <= two.route { (one, two) } else { (two, one) };
        let text = rows[tie.second].paths.get(tie.path?)?.to_string();
        let (Routed::Service(first), Routed::Service(second)) =
            (routing.routes[one.route], routing.routes[two.route])
        else {
            return None;
        };
        let written = |route: &'a Route| route.paths.iter().find(|path| path.to_string() == text);
        Some(Clash {
            first,
            second,
            path: written(second)?,
            path_of_first: written(first)?,
            rows: (one, two),
        })
    };
    let mut clashes: Vec<Clash<'_>> = routing.table.ties().into_iter().filter_map(clash).collect();
    clashes.sort_by_key(|clash| clash.path.span);
    clashes
}

impl Clash<'_> {
    /// What both take of the path, as ` for …`; empty for all of it.
    pub(super) fn extent(&self) -> String {
        let (first, second) = self.rows;
        let taken = |method: &&Method| {
            self.first.methods.is_empty() || self.first.methods.iter().any(|other| other.value == **method)
        };
        let of_second =
            if self.second.methods.is_empty() { &self.first.methods } else { &self.second.methods };
        let methods: Vec<&str> = of_second
            .iter()
            .map(|method| &method.value)
            .filter(taken)
            .map(|method| method.as_str())
            .collect();
        let shared =
            |host: &&crate::routing::HostPattern| second.hosts.iter().any(|other| other.overlaps(host));
        let hosts: Vec<String> = if first.hosts.is_empty() {
            second.hosts.iter().map(ToString::to_string).collect()
        } else {
            first.hosts.iter().filter(shared).map(ToString::to_string).collect()
        };
        let mut extent = String::new();
        if !methods.is_empty() {
            extent.push_str(&format!(" for {}", quoted_list(methods)));
        }
        if !hosts.is_empty() {
            extent.push_str(&format!(" on {}", quoted_list(hosts.iter().map(String::as_str))));
        }
        extent
    }
}

fn duplicate(clash: &Clash<'_>) -> Diagnostic {
    let Clash { first, second, path, path_of_first, .. } = clash;
    Diagnostic::error(
        RULE.name,
        format!("`{}` and `{}` both take `{}`{}", first.service, second.service, ***path, clash.extent()),
    )
    .at(path.span, format!("`{}` takes it", second.service))
    .and_at(path_of_first.span, format!("`{}` takes it", first.service))
    .note("the gateway sees no difference between the two, and nothing here says which of them it chooses")
    .help("give one of them another path, or share the methods out between them")
}

/// The services' routes that take what is read, by each prefix that they take it on.
fn readers_by_prefix<'a>(
    routing: &Routing<'a>,
) -> BTreeMap<&'a str, Vec<(&'a Route, &'a Spanned<RoutePath>)>> {
    let mut readers: BTreeMap<_, Vec<(&Route, &Spanned<RoutePath>)>> = BTreeMap::new();
    for routed in &routing.routes {
        let Routed::Service(route) = *routed else { continue };
        if !route.methods.is_empty() && !route.methods.iter().any(|method| method.value == Method::Get) {
            continue;
        }
        for path in &route.paths {
            let Some(prefix) = path.prefix() else { continue };
            let readers = readers.entry(prefix).or_default();
            // A path that a route names twice is taken once.
            if !readers.iter().any(|(other, _)| std::ptr::eq(*other, route)) {
                readers.push((route, path));
            }
        }
    }
    readers
}

fn takes_the_health_path(
    route: &Route,
    path: &Spanned<RoutePath>,
    health: &HealthRoute,
    gateway: &Gateway,
) -> Diagnostic {
    let well = match &health.service {
        None => "it is well itself".to_owned(),
        Some(service) => format!("`{service}` is well"),
    };
    Diagnostic::error(
        RULE.name,
        format!("`{}` takes `{}`, where the gateway says whether {well}", route.service, **path),
    )
    .at(path.span, format!("`{}` takes it", route.service))
    .and_at(gateway.health.span, format!("the gateway answers on `{}` itself", health.path))
    .help("give the route another path, or the gateway: `[gateway] health = \"/gateway/health\"`")
}
