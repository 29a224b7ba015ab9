//! `port-collision`: two services that want the same port of the host.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::host_port::{FreePorts, HostPort, host_ports};
use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::values::Protocol;

pub static RULE: Rule = Rule {
    name: "port-collision",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/port-collision.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let ports = host_ports(subject.stack);
    let mut free = FreePorts::beside(&ports);
    for (first, second) in collisions(&ports) {
        findings.push(collision(subject, first, second, &mut free));
    }
}

/// Each port that is taken already, after the one that takes it.
fn collisions<'p, 'a>(ports: &'p [HostPort<'a>]) -> Vec<(&'p HostPort<'a>, &'p HostPort<'a>)> {
    let mut holders: BTreeMap<(u16, Protocol), Holders<'p, 'a>> = BTreeMap::new();
    ports
        .iter()
        .filter_map(|port| {
            let holders = holders.entry((port.number, port.protocol)).or_default();
            let first = holders.overlapping(port.address);
            holders.add(port);
            first.filter(|first| !is_same_port(first, port)).map(|first| (first, port))
        })
        .collect()
}

/// `port` and `ports.main` of one service are one port said twice, which is reported already.
fn is_same_port(first: &HostPort<'_>, second: &HostPort<'_>) -> bool {
    first.service.name.value == second.service.name.value && first.name == second.name
}

/// Who holds one port number, on which addresses.
#[derive(Default)]
struct Holders<'p, 'a> {
    any: Option<&'p HostPort<'a>>,
    /// On `0.0.0.0` or `::`, which take every address: on Linux a socket on `::` takes IPv4 as well.
    everywhere: Option<&'p HostPort<'a>>,
    by_address: BTreeMap<IpAddr, &'p HostPort<'a>>,
}

impl<'p, 'a> Holders<'p, 'a> {
    fn overlapping(&self, address: IpAddr) -> Option<&'p HostPort<'a>> {
        if address.is_unspecified() {
            return self.any;
        }
        self.by_address.get(&address).copied().or(self.everywhere)
    }

    fn add(&mut self, port: &'p HostPort<'a>) {
        self.any.get_or_insert(port);
        if port.address.is_unspecified() {
            self.everywhere.get_or_insert(port);
        }
        self.by_address.entry(port.address).or_insert(port);
    }
}

fn collision(
    subject: &Subject<'_>,
    first: &HostPort<'_>,
    second: &HostPort<'_>,
    free: &mut FreePorts,
) -> Diagnostic {
    let number = second.number;
    let (one, other) = (&*first.service.name, &*second.service.name);
    let message = if one == other {
        format!("`{one}` takes host port {number} twice")
    } else {
        format!("`{one}` and `{other}` both take host port {number}")
    };
    let diagnostic = Diagnostic::error(RULE.name, message)
        .at(second.span, second.label())
        .and_at(first.span, first.label());
    let Some(next) = free.above(number) else {
        return diagnostic.help(format!("no port above {number} is free: take one below"));
    };
    let help = format!("the next free port is {next}");
    match literal::host_port(subject.sources, second.span) {
        Some(span) => diagnostic.help_replace(help, span, next.to_string()),
        None => diagnostic.help(help),
    }
}
