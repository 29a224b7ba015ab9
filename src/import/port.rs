//! Published ports, in Compose's short and long forms.

use serde_json::{Value as Json, json};

use super::node::Node;
use crate::source::Span;

/// One published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub address: Option<String>,
    /// On the host; none where the engine picks one.
    pub published: Option<u16>,
    pub target: u16,
    pub protocol: String,
    /// Whether its mode is `host`, which means something in a swarm alone.
    pub is_host_mode: bool,
    /// Whether more is said of it than this holds.
    pub has_more: bool,
    pub span: Span,
}

/// The ports that an item of the list publishes; nothing where it is none.
#[must_use]
pub fn ports(item: &Node) -> Option<Vec<Port>> {
    match item.text() {
        Some(text) => short(&text, item.span),
        None => long(item),
    }
}

fn short(text: &str, span: Span) -> Option<Vec<Port>> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (outer, target) = match ports.rsplit_once(':') {
        Some((outer, target)) => (Some(outer), target),
        None => (None, ports),
    };
    let (address, published) = match outer.map(|outer| outer.rsplit_once(':').unwrap_or(("", outer))) {
        Some((address, published)) => (Some(address), Some(published)),
        None => (None, None),
    };
    let address = address.map(|address| address.trim_start_matches('[').trim_end_matches(']'));
    let targets = range(target)?;
    let published = match published.filter(|published| !published.is_empty()) {
        Some(published) => Some(range(published)?),
        None => None,
    };
    if published.as_ref().is_some_and(|published| published.len() != targets.len()) {
        return None;
    }
    let ports = targets.iter().enumerate().map(|(at, target)| Port {
        address: address.filter(|address| !address.is_empty()).map(ToOwned::to_owned),
        published: published.as_ref().map(|published| published[at]),
        target: *target,
        protocol: protocol.to_owned(),
        is_host_mode: false,
        has_more: !matches!(protocol, "tcp" | "udp"),
        span,
    });
    Some(ports.collect())
}

/// What the long form may say of a port and the language has words for.
pub const KNOWN: &[&str] = &["target", "published", "host_ip", "protocol", "mode"];

fn long(item: &Node) -> Option<Vec<Port>> {
    let table = item.table()?;
    let target = item.text_at("target")?.parse().ok()?;
    let published = item.text_at("published").filter(|text| !text.is_empty());
    let (published, is_range) = match published {
        Some(text) => (text.parse().ok(), text.parse::<u16>().is_err()),
        None => (None, false),
    };
    let protocol = item.text_at("protocol").unwrap_or_else(|| "tcp".to_owned());
    let has_more = is_range
        || !matches!(protocol.as_str(), "tcp" | "udp")
        || table.keys().any(|key| !KNOWN.contains(&key.as_str()));
    Some(vec![Port {
        address: item.text_at("host_ip"),
        published,
        target,
        protocol,
        is_host_mode: item.text_at("mode").as_deref() == Some("host"),
        has_more,
        span: item.span,
    }])
}

/// A longer range is none that anybody would want to see port by port: it stays as it is written.
const LONGEST_RANGE: u16 = 20;

fn range(text: &str) -> Option<Vec<u16>> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to): (u16, u16) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && from > 0 && to - from < LONGEST_RANGE).then(|| (from..=to).collect())
}

impl Port {
    /// As `docker compose config` shows it.
    #[must_use]
    pub fn normal(&self) -> Json {
        let mode = if self.is_host_mode { "host" } else { "ingress" };
        let mut port = json!({ "mode": mode, "target": self.target, "protocol": self.protocol });
        if let Some(published) = self.published {
            port["published"] = json!(published.to_string());
        }
        if let Some(address) = &self.address {
            port["host_ip"] = json!(address);
        }
        port
    }

    /// Whether every interface of the machine has it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.published.is_some()
            && self.address.as_deref().is_none_or(|address| matches!(address, "0.0.0.0" | "::"))
    }
}
