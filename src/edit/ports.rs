//! The next port of the host that nobody takes: no service, no gateway, in no environment.

use super::kind::kind_of;
use crate::Compilation;
use crate::checks::host_port::{FreePorts, HostPort, host_ports};
use crate::source::KnownKind;
use crate::source::values::Protocol;

/// Hands out ports, each once.
pub(super) struct Ports<'a> {
    taken: Vec<HostPort<'a>>,
    free: FreePorts,
}

impl<'a> Ports<'a> {
    pub fn of(compilation: &'a Compilation) -> Self {
        let taken: Vec<HostPort<'a>> = compilation.stacks.iter().flat_map(host_ports).collect();
        let free = FreePorts::beside(&taken);
        Self { taken, free }
    }

    /// Who has a port of the host already, on the address and with the protocol that a new service's has, and the next one that is free.
    pub fn taken(&mut self, port: u16) -> Option<(HostPort<'a>, Option<u16>)> {
        let is_there = |taken: &&HostPort<'_>| {
            let is_met = taken.address.is_loopback() || taken.address.is_unspecified();
            taken.number == port && taken.protocol == Protocol::Tcp && is_met
        };
        let holder = *self.taken.iter().find(is_there)?;
        Some((holder, self.free.above(port)))
    }

    /// The next port for a service of a kind: behind those that its like have, so that they stand together; else from the port on that
    /// the kind itself listens on. Nothing for a kind that listens on none.
    pub fn next(&mut self, kind: &KnownKind) -> Option<u16> {
        let own = kind_of(kind).ports.get("main").copied().or(kind_of(kind).default_port)?;
        let like = |port: &&HostPort<'_>| port.service.kind.value == kind.name && port.name == "main";
        let highest = self.taken.iter().filter(like).map(|port| port.number).max();
        // Databases and caches of the machine itself commonly have the port that is the kind's own.
        let first = if kind_of(kind).role.is_data() { own } else { own.saturating_sub(1) };
        self.free.above(highest.unwrap_or(first))
    }
}
