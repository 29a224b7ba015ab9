//! What becomes of one request, for people and for programs.

use serde_json::{Value as Json, json};

use super::policies::policies;
use super::table::{row_json, upstream_name};
use crate::model::Stack;
use crate::routing::{Answer, Miss, PathPattern, Request, Routed, Routing, Row, Taken, Verdict};
use crate::source::quoted_list;

/// What a person reads.
pub fn text(stack: &Stack, routing: &Routing<'_>, request: &Request, verdict: &Verdict<'_>) -> String {
    let asked = format!("{} {}", request.method, request.target);
    let mut lines = Vec::new();
    match &verdict.taken {
        Some(taken) => {
            lines.push(format!("{asked} is taken by {}", named(routing, taken.row)));
            lines.extend(
                facts(stack, request, taken).into_iter().map(|(what, fact)| format!("  {what:9} {fact}")),
            );
        }
        None if verdict.is_malformed => {
            lines.push(format!(
                "no route takes {asked}: the gateway refuses such a path before it looks for one"
            ));
        }
        None => {
            lines.push(format!("no route takes {asked}: the gateway answers with 404"));
        }
    }
    if let Some((row, misses)) = &verdict.nearest {
        lines.push(format!("  nearest   {}: {}", named(routing, row), missing(row, misses, request)));
    }
    for (row, reason) in &verdict.lost {
        lines.push(format!("  not       {}: {}", named(routing, row), reason.as_str()));
    }
    lines.join("\n") + "\n"
}

/// A row by its number, its path and its service.
fn named(routing: &Routing<'_>, row: &Row) -> String {
    let route = routing.routes[row.route];
    let paths: Vec<String> = row.paths.iter().map(ToString::to_string).collect();
    let of = match route.service() {
        Some(service) => format!("of `{service}`"),
        None => "of the gateway".to_owned(),
    };
    format!(
        "{}. {} {of} (`{}`)",
        order(routing, row),
        quoted_list(paths.iter().map(String::as_str)),
        route.name()
    )
}

/// The row's place in the table, counted from 1.
fn order(routing: &Routing<'_>, row: &Row) -> usize {
    let found = routing.table.rows().iter().position(|known| std::ptr::eq(known, row));
    found.map_or(0, |index| index + 1)
}

fn facts(stack: &Stack, request: &Request, taken: &Taken<'_>) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let (Some(pattern), Some(matched)) = (taken.pattern, &taken.matched) {
        let sort = match pattern {
            PathPattern::Prefix(_) => "a prefix",
            PathPattern::Regex(_) => "a regular expression",
        };
        facts.push(("matched", format!("`{matched}`, by {sort}")));
    }
    if !taken.captures.is_empty() {
        let captures: Vec<String> =
            taken.captures.iter().map(|(name, value)| format!("{name} = `{value}`")).collect();
        facts.push(("captured", captures.join(", ")));
    }
    match (&taken.asked, taken.answer) {
        (Some(path), _) => {
            let service = taken.route.service().unwrap_or_default();
            let changed = if *path == request.target { "the path as it came" } else { "the path changed" };
            facts.push(("asks", format!("`{service}` for `{path}`, {changed}")));
            facts.extend(upstream(stack, request, taken));
        }
        (None, Answer::Refused(status)) => facts.push(("answers", format!("{status}: {}", refusal(status)))),
        (None, Answer::PassedOn) => facts.push(("answers", "200, the gateway itself".to_owned())),
    }
    let policies = policies(taken.route);
    facts.push(("policies", if policies.is_empty() { "none".to_owned() } else { policies.join(", ") }));
    facts
}

/// Who is asked, and under which name.
fn upstream(stack: &Stack, request: &Request, taken: &Taken<'_>) -> Vec<(&'static str, String)> {
    let (targets, host) = peers(stack, request, taken);
    let mut facts = Vec::new();
    if let Some(name) = upstream_name(stack, taken.route) {
        facts.push(("upstream", format!("{name}: {}", targets.join(", "))));
    }
    facts.extend(host.map(|host| ("host", format!("`{host}`"))));
    facts
}

/// The targets with their weights, where these differ, and the Host header, where it is not that of the target.
fn peers(stack: &Stack, request: &Request, taken: &Taken<'_>) -> (Vec<String>, Option<String>) {
    let service = taken.route.service().and_then(|service| stack.services.get(service));
    let Some(upstream) = service.and_then(|service| service.upstream.as_ref()) else {
        return (Vec::new(), None);
    };
    let even = upstream.targets.iter().all(|target| target.weight == upstream.targets[0].weight);
    let shown = |target: &crate::model::UpstreamTarget| {
        let weight = if even { String::new() } else { format!(" (weight {})", target.weight) };
        format!("{}:{}{weight}", target.host, target.port)
    };
    let keeps = matches!(taken.route, Routed::Service(route) if route.preserve_host);
    let host = if keeps { request.host.clone() } else { upstream.host_header.clone() };
    (upstream.targets.iter().map(shown).collect(), host)
}

fn refusal(status: u16) -> &'static str {
    match status {
        426 => "the route takes https alone, and no other route is asked",
        _ => "the route takes gRPC alone, and no other route is asked",
    }
}

/// What keeps the nearest route from taking a request.
fn missing(row: &Row, misses: &[Miss], request: &Request) -> String {
    let reason = |miss: &Miss| match miss {
        Miss::Path => "its path is another".to_owned(),
        Miss::Method => format!("it takes {} alone", quoted_list(row.methods.iter().map(String::as_str))),
        Miss::Host => {
            let hosts: Vec<String> = row.hosts.iter().map(ToString::to_string).collect();
            let asked = request.host_name().unwrap_or("none");
            format!(
                "it takes the host {}, and this is `{asked}`",
                quoted_list(hosts.iter().map(String::as_str))
            )
        }
        Miss::Header(name) => format!("it asks for the header `{}`", name.replace('_', "-")),
    };
    misses.iter().map(reason).collect::<Vec<_>>().join("; ")
}

/// What a program reads.
pub fn json(stack: &Stack, routing: &Routing<'_>, request: &Request, verdict: &Verdict<'_>) -> String {
    let row = |row: &Row| row_json(stack, routing, order(routing, row) - 1, row);
    let taken = verdict.taken.as_ref().map(|taken| {
        let (targets, host) = peers(stack, request, taken);
        let status = match taken.answer {
            Answer::Refused(status) => Some(status),
            Answer::PassedOn => None,
        };
        let captures: serde_json::Map<String, Json> =
            taken.captures.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "route": row(taken.row),
            "matched": taken.matched,
            "captures": captures,
            "refused_with": status,
            "asked": taken.asked,
            "host": host,
            "targets": targets,
        })
    });
    let nearest = verdict.nearest.as_ref().map(
        |(nearest, misses)| json!({ "route": row(nearest), "because": missing(nearest, misses, request) }),
    );
    let lost: Vec<Json> = verdict
        .lost
        .iter()
        .map(|(lost, reason)| json!({ "route": row(lost), "because": reason.as_str() }))
        .collect();
    let request = json!({
        "method": request.method,
        "scheme": request.scheme.as_str(),
        "host": request.host,
        "target": request.target,
        "path": request.path(),
    });
    format!("{:#}\n", json!({ "request": request, "taken_by": taken, "not_by": lost, "nearest": nearest }))
}
