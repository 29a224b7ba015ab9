//! The ports of the host that a stack takes, whoever takes them.

use std::net::IpAddr;

use super::port_reserved;
use crate::model::{Service, Stack};
use crate::source::Span;
use crate::source::language::Placement;
use crate::source::values::Protocol;

/// A port of the host that a container is published on or a process listens on.
#[derive(Clone, Copy)]
pub(crate) struct HostPort<'a> {
    pub service: &'a Service,
    /// `main` for the service's `port`.
    pub name: &'a str,
    pub address: IpAddr,
    pub number: u16,
    pub protocol: Protocol,
    pub span: Span,
}

impl HostPort<'_> {
    /// What is to be seen where the port is written.
    pub(crate) fn label(&self) -> String {
        let verb = match self.service.placement {
            Placement::Container => "publishes",
            Placement::Host => "listens on",
        };
        let service = &*self.service.name;
        let protocol = match self.protocol {
            Protocol::Tcp => "",
            Protocol::Udp => "/udp",
        };
        if self.address.is_loopback() {
            format!("`{service}` {verb} {}{protocol} here", self.number)
        } else {
            format!("`{service}` {verb} {}{protocol} on {} here", self.number, self.address)
        }
    }
}

/// Every host port of the stack, in the order of the source, the gateway's last.
pub(crate) fn host_ports(stack: &Stack) -> Vec<HostPort<'_>> {
    stack.services.values().flat_map(of_service).collect()
}

fn of_service(service: &Service) -> impl Iterator<Item = HostPort<'_>> {
    service.ports.iter().filter_map(move |port| {
        let published = port.published?;
        // `::ffff:127.0.0.1` is 127.0.0.1.
        let address = published.address.to_canonical();
        Some(HostPort {
            service,
            name: &port.name,
            address,
            number: published.port,
            protocol: port.protocol,
            span: port.span,
        })
    })
}

/// Hands out host ports that nothing in the stack takes and no rule warns of, each once.
pub(crate) struct FreePorts {
    taken: Vec<bool>,
}

impl FreePorts {
    pub(crate) fn beside(ports: &[HostPort<'_>]) -> Self {
        let mut taken = vec![false; usize::from(u16::MAX) + 1];
        for port in ports {
            taken[usize::from(port.number)] = true;
        }
        Self { taken }
    }

    /// The next one above a port.
    pub(crate) fn above(&mut self, port: u16) -> Option<u16> {
        let free = (port.saturating_add(1)..u16::MAX).find(|candidate| {
            !self.taken[usize::from(*candidate)] && !port_reserved::is_reserved(*candidate)
        })?;
        self.taken[usize::from(free)] = true;
        Some(free)
    }
}
