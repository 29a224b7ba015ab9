//! `port-reserved`: a port of the host that something else has a claim to.

use super::host_port::{FreePorts, HostPort, host_ports};
use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Severity};

pub static RULE: Rule = Rule {
    name: "port-reserved",
    severity: Severity::Warning,
    settable: true,
    page: include_str!("../../docs/rules/port-reserved.md"),
    check: Check::Stack(check),
};

/// Whether something else has a claim to this port.
pub(crate) fn is_reserved(port: u16) -> bool {
    claim(port).is_some()
}

/// Why a port is not the stack's to take.
#[derive(Clone, Copy)]
enum Claim {
    /// Below `net.ipv4.ip_unprivileged_port_start`, 1024 unless changed (Linux, `ip-sysctl`).
    Privileged,
    /// macOS 12 and later listen on both for the receiver of its screen sharing.
    AirPlay,
    /// `net.ipv4.ip_local_port_range`, 32768 to 60999 unless changed (Linux, `ip-sysctl`).
    EphemeralOnLinux,
    /// The dynamic ports of RFC 6335, section 6, from 49152, that macOS and Windows give out. Linux has those below 61000 as well.
    Dynamic,
}

fn claim(port: u16) -> Option<Claim> {
    match port {
        0..1024 => Some(Claim::Privileged),
        5000 | 7000 => Some(Claim::AirPlay),
        32768..=60999 => Some(Claim::EphemeralOnLinux),
        61000.. => Some(Claim::Dynamic),
        _ => None,
    }
}

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let ports = host_ports(subject.stack);
    let mut free = FreePorts::beside(&ports);
    for port in &ports {
        if let Some(claim) = claim(port.number) {
            findings.push(reserved(subject, port, claim, &mut free));
        }
    }
}

fn reserved(subject: &Subject<'_>, port: &HostPort<'_>, claim: Claim, free: &mut FreePorts) -> Diagnostic {
    let number = port.number;
    let (message, note) = match claim {
        Claim::Privileged => (
            format!("host port {number} is privileged"),
            "below 1024 only root may listen: rootless engines and plain processes are refused",
        ),
        Claim::AirPlay => (
            format!("host port {number} belongs to AirPlay on macOS"),
            "the AirPlay receiver of macOS 12 and later listens on 5000 and 7000",
        ),
        Claim::EphemeralOnLinux => (
            format!("host port {number} is one of Linux's ephemeral ports"),
            "the kernel gives 32768 to 60999 to outgoing connections: now and then the port is taken before the stack starts",
        ),
        Claim::Dynamic => (
            format!("host port {number} is one of the dynamic ports"),
            "macOS and Windows give 49152 to 65535 to outgoing connections: now and then the port is taken before the stack starts",
        ),
    };
    let diagnostic = Diagnostic::error(RULE.name, message).at(port.span, port.label()).note(note);
    match (
        free.above(just_below_a_better_port(number, claim)),
        literal::host_port(subject.sources, port.span),
    ) {
        (Some(better), Some(span)) => {
            diagnostic.help_replace(format!("take {better} instead"), span, better.to_string())
        }
        (Some(better), None) => diagnostic.help(format!("take {better} instead")),
        (None, _) => diagnostic.help("take a port from 1024 to 32767"),
    }
}

/// Where to look for a port that reminds of the one asked for: 80 becomes 8080, 443 8443, 49160 29160.
fn just_below_a_better_port(port: u16, claim: Claim) -> u16 {
    match claim {
        Claim::Privileged => 8000 + port - 1,
        Claim::AirPlay => port,
        Claim::EphemeralOnLinux | Claim::Dynamic => 20_000 + port % 10_000 - 1,
    }
}
