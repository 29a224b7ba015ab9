//! The part of a service that others can refer to: where it is reached, its options and its secrets.

use indexmap::IndexMap;

use super::scope::{Unknown, unknown};
use super::stack::{Port, Published};
use super::text::Text;
use crate::source::language::{KindTable, Placement, ServiceTable};
use crate::source::values::{PortSpec, Protocol};
use crate::source::{Span, Spanned};

/// From where a service is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewpoint {
    /// From another container of the stack.
    Container,
    /// From the developer's machine.
    Host,
}

/// Where containers reach the developer's machine: Docker's own name for it.
const HOST_FROM_CONTAINER: &str = "host.docker.internal";

/// Every name that `Endpoint::fact` knows.
pub const FACTS: [&str; 7] = ["name", "prefix", "identifier", "host", "port", "url", "folder"];

/// A service before its references are worked in.
pub struct Endpoint<'a> {
    pub name: Spanned<String>,
    pub table: &'a ServiceTable,
    pub kind: &'a KindTable,
    pub placement: Placement,
    /// Whether its kind is there and could be read; where not, which is reported, what it would have supplied is not known.
    pub is_kind_whole: bool,
    pub ports: Vec<Port>,
    pub folder: Option<&'a str>,
    pub options: IndexMap<String, Text>,
    /// The kind's secrets: its word for each, and the secret's name in this stack.
    pub secrets: IndexMap<String, String>,
    pub synthesised: bool,
}

impl Endpoint<'_> {
    #[must_use]
    pub fn port_named(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|port| port.name == name)
    }

    /// Whether a port that it does not have may be there all the same: it could not be read, or its kind is not known.
    #[must_use]
    pub fn has_unread_port(&self) -> bool {
        let of_table = ["kind", "port", "ports"].iter().any(|key| self.table.unread.contains(key));
        let named = self.table.ports.as_ref().is_some_and(|ports| !ports.unreadable().is_empty());
        of_table || named || !self.is_kind_whole
    }

    /// Whether a variable of this name is read by what builds the service, and ends up in what is built. An image that is there already
    /// was built elsewhere.
    #[must_use]
    pub fn builds_in(&self, variable: &str) -> bool {
        let prefixes = self.kind.build_env.iter().flat_map(|prefixes| &prefixes.value);
        self.table.image.is_none() && prefixes.into_iter().any(|prefix| variable.starts_with(&prefix.value))
    }

    #[must_use]
    pub fn host(&self, from: Viewpoint) -> &str {
        match (from, self.placement) {
            (Viewpoint::Host, _) => "localhost",
            (Viewpoint::Container, Placement::Host) => HOST_FROM_CONTAINER,
            (Viewpoint::Container, Placement::Container) => &self.name,
        }
    }

    /// The main port as seen from there; none where it cannot be reached from there.
    #[must_use]
    pub fn port(&self, from: Viewpoint) -> Option<u16> {
        let port = self.ports.first()?;
        match from {
            Viewpoint::Container => Some(port.container),
            Viewpoint::Host => port.published.map(|published| published.port),
        }
    }

    #[must_use]
    pub fn url(&self, from: Viewpoint) -> Option<String> {
        let scheme = self.kind.scheme.as_ref()?;
        Some(format!("{}://{}:{}", scheme.value, self.host(from), self.port(from)?))
    }

    /// What a reference may say of a service; nothing where there is no such fact, or none that holds from there.
    #[must_use]
    pub fn fact(&self, name: &str, from: Viewpoint) -> Option<String> {
        match name {
            "name" => Some(self.name.value.clone()),
            "prefix" => Some(environment_prefix(&self.name)),
            "identifier" => Some(self.name.replace(|found: char| !found.is_ascii_alphanumeric(), "_")),
            "host" => Some(self.host(from).to_owned()),
            "port" => self.port(from).map(|port| port.to_string()),
            "url" => self.url(from),
            "folder" => self.folder.map(ToOwned::to_owned),
            _ => None,
        }
    }

    /// The names of the facts that there are, as seen from there.
    pub fn fact_names(&self, from: Viewpoint) -> impl Iterator<Item = &'static str> {
        FACTS.iter().copied().filter(move |name| self.fact(name, from).is_some())
    }

    pub fn option(&self, name: &str) -> Result<Text, Unknown> {
        self.options
            .get(name)
            .cloned()
            .ok_or_else(|| unknown(name, "option of this kind", self.options.keys()))
    }

    pub fn secret(&self, name: &str) -> Result<Text, Unknown> {
        self.secrets
            .get(name)
            .map(Text::secret)
            .ok_or_else(|| unknown(name, "secret of this kind", self.secrets.keys()))
    }
}

/// A name as the start of environment variables: `identity-db` is `IDENTITY_DB`.
#[must_use]
pub fn environment_prefix(name: &str) -> String {
    name.replace(|found: char| !found.is_ascii_alphanumeric(), "_").to_ascii_uppercase()
}

/// A service's ports, the main one first: those that it publishes, and those that its kind opens besides.
pub fn ports(table: &ServiceTable, kind: &KindTable, name: Span) -> Vec<Port> {
    let kind_ports: IndexMap<&str, (u16, Span)> = kind
        .ports
        .iter()
        .flat_map(|ports| ports.value.iter())
        .map(|(name, entry)| (name.as_str(), (entry.value.value, entry.value.span)))
        .collect();
    let main = table.port.iter().map(|spec| ("main", spec));
    let named = table.ports.iter().flat_map(|ports| ports.value.iter());
    let published = main.chain(named.map(|(name, entry)| (name.as_str(), &entry.value)));
    let mut ports: Vec<Port> = published
        .map(|(name, spec)| publish(name, spec, kind_ports.get(name).map(|(port, _)| *port), table))
        .collect();
    for (name, (container, span)) in kind_ports {
        if !ports.iter().any(|port| port.name == name) {
            ports.push(inner_port(name, container, span));
        }
    }
    if ports.is_empty() {
        ports.extend(kind.default_port.as_ref().map(|port| inner_port("main", port.value, name)));
    }
    // A stable sort: but for the main one, ports stay as written.
    ports.sort_by_key(|port| port.name != "main");
    ports
}

fn publish(name: &str, spec: &Spanned<PortSpec>, kind_port: Option<u16>, table: &ServiceTable) -> Port {
    // A port of the host goes to one container alone.
    let is_single = table.replicas() <= 1;
    let container = match table.run() {
        // A process on the host listens on the host port itself.
        Placement::Host => spec.host,
        Placement::Container => spec.container.or(kind_port).unwrap_or(spec.host),
    };
    let published = is_single.then_some(Published { address: spec.address, port: spec.host });
    Port { name: name.to_owned(), container, published, protocol: spec.protocol, span: spec.span }
}

fn inner_port(name: &str, container: u16, span: Span) -> Port {
    Port { name: name.to_owned(), container, published: None, protocol: Protocol::Tcp, span }
}
