//! `duplicate-name`: two names that become one in an output.

use std::collections::BTreeMap;

use super::{Check, Findings, Rule, Subject};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::{Service, Stack, environment_prefix};
use crate::source::{Span, Spanned};

pub static RULE: Rule = Rule {
    name: "duplicate-name",
    severity: Severity::Error,
    settable: false,
    page: include_str!("../../docs/rules/duplicate-name.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let stack = subject.stack;
    let services = stack.services.values().map(|service| &service.name);
    for (first, second, both) in pairs(services, environment_prefix) {
        findings.push(same_name(
            "services",
            first,
            second,
            &format!("environment variables would begin with `{both}_` for both"),
        ));
    }
    let agents = stack.agents.values().map(|agent| &agent.name);
    for (first, second, both) in pairs(agents, str::to_lowercase) {
        findings.push(same_name(
            "agents",
            first,
            second,
            &format!("both would be written to `{both}.md` where case does not count"),
        ));
    }
    if let Some((service, gateway)) = service_in_the_gateways_place(stack) {
        findings.push(gateways_name(service, gateway));
    }
    for (first, second, volume) in volumes_of_one_name(stack) {
        findings.push(same_volume(first, second, volume));
    }
}

/// Each name that comes to the same as an earlier one, after that one, with what both come to.
fn pairs<'a>(
    names: impl Iterator<Item = &'a Spanned<String>>,
    normal: impl Fn(&str) -> String,
) -> Vec<(&'a Spanned<String>, &'a Spanned<String>, String)> {
    let mut firsts: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
    names
        .filter_map(|name| {
            let both = normal(name);
            let first = *firsts.entry(both.clone()).or_insert(name);
            (first.value != name.value).then_some((first, name, both))
        })
        .collect()
}

/// A service that the user declares under the name of the gateway's own.
fn service_in_the_gateways_place(stack: &Stack) -> Option<(&Service, Span)> {
    let gateway = stack.gateway.as_ref()?;
    let service = stack.services.get(&gateway.service).filter(|service| !service.synthesised)?;
    Some((service, gateway.span))
}

fn volumes_of_one_name(stack: &Stack) -> Vec<(&Service, &Service, &str)> {
    let mut firsts: BTreeMap<&str, &Service> = BTreeMap::new();
    let volumes = stack
        .services
        .values()
        .flat_map(|service| service.volumes.iter().map(move |volume| (service, volume)));
    volumes
        .filter_map(|(service, volume)| {
            let first = *firsts.entry(&volume.full_name).or_insert(service);
            (first.name.value != service.name.value).then_some((first, service, volume.full_name.as_str()))
        })
        .collect()
}

fn same_name(sort: &str, first: &Spanned<String>, second: &Spanned<String>, note: &str) -> Diagnostic {
    Diagnostic::error(
        RULE.name,
        format!("the {sort} `{}` and `{}` have one name in the outputs", **first, **second),
    )
    .at(second.span, format!("`{}` here", **second))
    .and_at(first.span, format!("`{}` here", **first))
    .note(note)
    .help("give one of them a name that differs by more than its case, `-` and `_`")
}

fn gateways_name(service: &Service, gateway: Span) -> Diagnostic {
    let name = &*service.name;
    Diagnostic::error(RULE.name, format!("the gateway's service and another are both called `{name}`"))
        .at(service.name.span, "declared here")
        .and_at(gateway, format!("the gateway's service is called `{name}`"))
        .note("stackgen makes the service that runs the gateway")
        .help(format!(
            "remove `[services.{name}]`, or call the gateway's own otherwise: `[gateway] name = \"gateway\"`"
        ))
}

fn same_volume(first: &Service, second: &Service, volume: &str) -> Diagnostic {
    let (one, other) = (&*first.name, &*second.name);
    Diagnostic::error(RULE.name, format!("`{one}` and `{other}` would share the volume `{volume}`"))
        .at(second.name.span, format!("`{volume}` is a volume of `{other}`"))
        .and_at(first.name.span, format!("`{volume}` is a volume of `{one}`"))
        .note("a volume is called by its service's name and its own")
        .help("give one of the two volumes another name")
}
