//! Kong's declarative config to the gateway of the stack and the routes of its services. Each file brings over one of Kong's entities.

mod consumers;
mod gateway;
mod plugins;
mod policies;
mod routes;
mod services;
mod upstreams;

use indexmap::IndexMap;

use super::fidelity::{Fate, Line};
use super::node::Node;
use super::secrets::Secrets;
use super::service::Old;
use super::toml::{Part, Toml};
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// What the gateway's config comes to.
#[derive(Debug, Default)]
pub struct Gateway {
    /// `[gateway]` and its consumers.
    pub parts: Vec<Part>,
    /// What stands below each service's own table, by new name.
    pub routes: IndexMap<String, Vec<Part>>,
    /// The ports at which the gateway reaches services, by new name.
    pub ports: IndexMap<String, u16>,
    /// The paths at which it asks services for their health, where it passes that on, by new name.
    pub health: IndexMap<String, String>,
    pub lines: Vec<Line>,
    pub findings: Vec<Diagnostic>,
}

/// The service of the old Compose project that ran Kong.
#[must_use]
pub fn own_service(services: &[Old]) -> Option<&Old> {
    services.iter().find(|old| {
        let image = old.done.text_at("image").unwrap_or_default();
        let name = super::recognise::image_name(&image).0;
        matches!(name.as_str(), "kong" | "kong/kong-gateway" | "kong/kong")
    })
}

/// Brings a config over. `run` is the service that ran Kong.
#[must_use]
pub fn gateway(root: &Node, services: &[Old], run: Option<&Old>, secrets: &mut Secrets) -> Gateway {
    let mut reader = Reader { root, services, made: Gateway::default(), needs_jwt: None, used: Vec::new() };
    reader.services();
    reader.upstreams();
    let consumers = reader.consumers(secrets);
    let mut part = reader.gateway(run);
    reader.global_plugins(&mut part);
    reader.made.parts.push(part);
    reader.made.parts.extend(consumers);
    reader.left_out();
    reader.made
}

struct Reader<'a> {
    root: &'a Node,
    services: &'a [Old],
    made: Gateway,
    /// Where a token was asked for first.
    needs_jwt: Option<Span>,
    /// Upstreams that a service names.
    used: Vec<String>,
}

/// Entities that the stack's file has no place for.
const LEFT_OUT: &[&str] =
    &["certificates", "snis", "vaults", "keys", "key_sets", "ca_certificates", "consumer_groups"];

impl<'a> Reader<'a> {
    /// Says what became of a key of the config.
    fn line(&mut self, key: impl Into<String>, fate: Fate, why: impl Into<String>) {
        self.made.lines.push(Line { about: "gateway".to_owned(), key: key.into(), fate, why: why.into() });
    }

    /// The entities of one sort that stand at the top of the config.
    fn list(&self, key: &str) -> Vec<&'a Node> {
        self.root.items_at(key)
    }

    /// The entities of one sort at the top of the config that refer to one of another sort.
    fn list_of(&self, key: &str, owner: &str, name: &str) -> Vec<&'a Node> {
        let refers = |node: &&Node| {
            let owner = node.get(owner);
            owner.and_then(|owner| owner.text().or_else(|| owner.text_at("name"))).as_deref() == Some(name)
        };
        self.list(key).into_iter().filter(refers).collect()
    }

    /// The service of the old Compose project that answers to a name.
    fn container(&self, host: &str) -> Option<&'a Old> {
        self.services.iter().find(|old| old.is_host(host))
    }

    /// Finds a host that is meant to be a container's, and is none's. `what` sends requests there.
    fn unknown_host(&mut self, host: &str, span: Span, what: &str) -> bool {
        let is_unknown = !is_elsewhere(host) && self.container(host).is_none();
        if !is_unknown {
            return false;
        }
        self.made.findings.push(
            Diagnostic::error("unknown-host", format!("{what} `{host}`, which no container is called"))
                .at(span, "no such host in the stack")
                .help("Kong asks DNS for it without a word, and answers 503: name a service of the Compose file"),
        );
        true
    }

    /// Says which entities have no place in the stack.
    fn left_out(&mut self) {
        let why = "stackgen takes certificates and the like from secrets: see `[gateway.tls]`";
        for key in LEFT_OUT {
            if !self.list(key).is_empty() {
                self.line(*key, Fate::NotCarried, why);
            }
        }
    }
}

/// Whether a host is looked up outside of the stack, for its name has a dot or it is an address there.
fn is_elsewhere(host: &str) -> bool {
    host.contains('.') && !host.starts_with("127.")
}

/// Texts as the language takes them: one stands alone.
fn one_or_several(texts: &[String]) -> Toml {
    match texts {
        [one] => Toml::text(one),
        several => Toml::texts(several),
    }
}
