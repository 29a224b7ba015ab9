//! `unreachable-upstream`: requests that the gateway would pass on to nobody.

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Stack, Upstream, UpstreamTarget};
use crate::source::nearest;

pub static RULE: Rule = Rule {
    name: "unreachable-upstream",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/unreachable-upstream.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for service in subject.stack.services.values().filter(|service| !service.routes.is_empty()) {
        let Some(upstream) = &service.upstream else { continue };
        for target in &upstream.targets {
            findings.extend(unreachable(subject.stack, service, target));
        }
        findings.extend(weightless(service, upstream));
        findings.extend(said_twice(service, upstream));
    }
}

/// A target that is a host by its name, and of which nobody in the stack or outside has the name.
fn unreachable(stack: &Stack, service: &Service, target: &UpstreamTarget) -> Option<Diagnostic> {
    if target.service.is_some() {
        return None;
    }
    let (name, host) = (&*service.name, target.host.as_str());
    let found = |message: String, label: &str| Diagnostic::error(RULE.name, message).at(target.span, label);
    if host == "localhost" || host.starts_with("127.") {
        return Some(
            found(format!("a target of `{name}` is the gateway's own container"), "the container itself")
                .help("name the service that is meant: `service = \"…\"`; for a process on the developer's machine `host.docker.internal`"),
        );
    }
    // A name with a dot is looked up outside of the stack.
    if host.contains('.') || host.contains(':') {
        return None;
    }
    let note =
        "a name without a dot is looked up among the containers that the gateway shares a network with";
    if stack.services.contains_key(host) {
        return Some(
            found(
                format!("a target of `{name}` names the service `{host}` as a host"),
                "a service of this stack",
            )
            .note("stackgen gives the gateway a network with the services that it knows to be targets")
            .help(format!("name it as what it is: `service = \"{host}\"`")),
        );
    }
    let diagnostic = found(
        format!("a target of `{name}` is `{host}`, which nobody is called"),
        "no service of this stack",
    )
    .note(note);
    let names =
        stack.services.values().filter(|service| !service.synthesised).map(|service| service.name.as_str());
    Some(match nearest(host, names) {
        Some(near) => diagnostic.help(format!("did you mean `service = \"{near}\"`?")),
        None => diagnostic.help(format!(
            "declare `[services.{host}]` and write `service = \"{host}\"`, or write the host's full name"
        )),
    })
}

fn weightless(service: &Service, upstream: &Upstream) -> Option<Diagnostic> {
    let first =
        upstream.targets.first().filter(|_| upstream.targets.iter().all(|target| target.weight == 0))?;
    Some(
        Diagnostic::error(RULE.name, format!("no target of `{}` gets a request", *service.name))
            .at(first.span, "every weight is 0")
            .note("Kong answers with 503 where no target has a weight")
            .help("give one of them a `weight` above 0"),
    )
}

/// Kong takes each target of an upstream once.
fn said_twice(service: &Service, upstream: &Upstream) -> Option<Diagnostic> {
    let mut targets = upstream.targets.iter().enumerate();
    let (first, second) = targets.find_map(|(index, target)| {
        let same = |other: &&UpstreamTarget| (&other.host, other.port) == (&target.host, target.port);
        Some((upstream.targets[..index].iter().find(same)?, target))
    })?;
    Some(
        Diagnostic::error(
            RULE.name,
            format!("`{}:{}` is a target of `{}` twice", second.host, second.port, *service.name),
        )
        .at(second.span, "again here")
        .and_at(first.span, "a target already")
        .note("Kong refuses a config in which an upstream has a target twice")
        .help("remove one of the two, and let the other have the sum of their weights"),
    )
}
