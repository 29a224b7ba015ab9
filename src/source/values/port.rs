//! Ports: a number, or Compose's short syntax with a host port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value as Json, json};

use crate::choice;
use crate::source::tree::NodeValue;
use crate::source::{Definitions, Node, Reader, Shape};

/// A published port as written: `8001`, `"5433:5432"`, `"127.0.0.1:8445:8001/tcp"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortSpec {
    pub address: IpAddr,
    pub host: u16,
    /// The port inside the container; where absent, the kind's own, else the host port.
    pub container: Option<u16>,
    pub protocol: Protocol,
}

choice! {
    /// The transport that a port speaks.
    pub enum Protocol {
        /// A stream.
        Tcp = "tcp",
        /// Datagrams.
        Udp = "udp",
    }
}

const EXPECTED: &str = "a port such as `8001`, `\"5433:5432\"` or `\"127.0.0.1:8445:8001/tcp\"`";

impl PortSpec {
    /// A port that stackgen publishes on the loopback address, its default.
    #[must_use]
    pub fn loopback(host: u16) -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), host, container: None, protocol: Protocol::Tcp }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (ports, protocol) = match text.split_once('/') {
            None => (text, Protocol::Tcp),
            Some((ports, word)) => (
                ports,
                Protocol::from_word(word)
                    .ok_or_else(|| format!("`{word}` is not a protocol: write `tcp` or `udp`"))?,
            ),
        };
        let Some((outer, container)) = ports.rsplit_once(':') else {
            return Err(match parse_port(ports) {
                Ok(port) => {
                    format!("`{text}` does not say which host port: write {port} or \"{port}:{port}\"")
                }
                Err(problem) => problem,
            });
        };
        let (address, host) = match outer.rsplit_once(':') {
            None => (Ipv4Addr::LOCALHOST.into(), outer),
            Some((address, host)) => (parse_address(address)?, host),
        };
        Ok(Self { address, host: parse_port(host)?, container: Some(parse_port(container)?), protocol })
    }
}

fn parse_address(text: &str) -> Result<IpAddr, String> {
    let in_brackets = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let address = match in_brackets {
        Some(inner) => inner.parse::<Ipv6Addr>().map(IpAddr::from),
        None => text.parse::<Ipv4Addr>().map(IpAddr::from),
    };
    address.map_err(|_| match text.parse::<Ipv6Addr>() {
        Ok(_) => format!("`{text}` needs brackets, which tell it from the ports: `[{text}]`"),
        Err(_) => format!("`{text}` is not an IP address"),
    })
}

fn parse_port(text: &str) -> Result<u16, String> {
    if text.contains('-') {
        return Err(format!("`{text}` is a range: give each port a name of its own in `ports`"));
    }
    if text.is_empty() {
        return Err("a port is missing".to_owned());
    }
    // Not every number that Rust reads is written as a port: `+80` is none.
    let digits = text.bytes().all(|found| found.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|port| digits && *port > 0)
        .ok_or_else(|| format!("`{text}` is not a port from 1 to 65535"))
}

impl Shape for PortSpec {
    fn expected() -> String {
        EXPECTED.to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Integer(number) => {
                let port = u16::try_from(*number).ok().filter(|port| *port > 0);
                if port.is_none() {
                    reader.invalid(node.span, &format!("`{number}`"), "a port from 1 to 65535");
                }
                port.map(Self::loopback)
            }
            NodeValue::String(text) => match Self::parse(text) {
                Ok(port) => Some(port),
                Err(problem) => {
                    reader.invalid_because(node.span, &problem, EXPECTED);
                    None
                }
            },
            _ => {
                reader.wrong_type(node, EXPECTED);
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 65535 },
            { "type": "string", "pattern": r"^(([0-9.]+|\[[0-9a-fA-F:.]+\]):)?[0-9]+:[0-9]+(/(tcp|udp))?$" },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use super::{PortSpec, Protocol};

    #[test]
    fn every_form_of_the_short_syntax_is_read() {
        let port = |address: IpAddr, host, container, protocol| {
            Ok(PortSpec { address, host, container: Some(container), protocol })
        };
        let local: IpAddr = Ipv4Addr::LOCALHOST.into();
        assert_eq!(PortSpec::parse("5433:5432"), port(local, 5433, 5432, Protocol::Tcp));
        assert_eq!(
            PortSpec::parse("0.0.0.0:53:5353/udp"),
            port(Ipv4Addr::UNSPECIFIED.into(), 53, 5353, Protocol::Udp)
        );
        assert_eq!(
            PortSpec::parse("[::1]:80:8080"),
            port(Ipv6Addr::LOCALHOST.into(), 80, 8080, Protocol::Tcp)
        );
    }

    #[test]
    fn what_is_not_a_port_is_refused_with_a_reason() {
        for (text, reason) in [
            ("8001", "does not say which host port"),
            ("80:80/http", "not a protocol"),
            ("0:80", "not a port"),
            ("70000:80", "not a port"),
            ("80-90:80-90", "a range"),
            ("localhost:80:80", "not an IP address"),
            ("http", "not a port"),
            ("", "a port is missing"),
            (":80", "a port is missing"),
            ("80:", "a port is missing"),
            ("+80:80", "not a port"),
            ("::1:80:80", "needs brackets"),
            ("[127.0.0.1]:80:80", "not an IP address"),
        ] {
            let problem = PortSpec::parse(text).unwrap_err();
            assert!(problem.contains(reason), "{text}: {problem}");
        }
    }
}
