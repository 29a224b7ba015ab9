//! A service of the old stack.

use indexmap::IndexMap;

use super::interpolate::{Variables, interpolated};
use super::merge::as_table;
use super::node::Node;
use super::port::{Port, ports};
use crate::source::Span;

/// A service, as it is written and with its variables worked in.
#[derive(Debug, Clone)]
pub struct Old {
    /// Its name in the Compose file.
    pub was: String,
    /// Its name in the stack: a DNS label.
    pub new: String,
    pub span: Span,
    pub raw: Node,
    pub done: Node,
}

impl Old {
    #[must_use]
    pub fn new(name: &str, raw: &Node, variables: &Variables) -> Self {
        let done = raw.map_texts(&mut |text, _| interpolated(text, variables, &mut |_| {}));
        Self { was: name.to_owned(), new: label(name), span: raw.span, raw: raw.clone(), done }
    }

    /// Its variables; nothing for one that the caller of Compose has to set.
    #[must_use]
    pub fn environment(&self) -> IndexMap<String, Option<String>> {
        environment(&self.done).into_iter().map(|(name, (value, _))| (name, value)).collect()
    }

    /// Its variables as they are written, with their places.
    #[must_use]
    pub fn raw_environment(&self) -> IndexMap<String, (Option<String>, Span)> {
        environment(&self.raw)
    }

    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment().shift_remove(name).flatten()
    }

    #[must_use]
    pub fn raw_variable(&self, name: &str) -> Option<(String, Span)> {
        let (value, span) = self.raw_environment().shift_remove(name)?;
        Some((value?, span))
    }

    #[must_use]
    pub fn ports(&self) -> Vec<Port> {
        self.done
            .get("ports")
            .map(Node::items)
            .unwrap_or_default()
            .into_iter()
            .filter_map(ports)
            .flatten()
            .collect()
    }

    /// The services that it waits for, by their old names.
    #[must_use]
    pub fn depends_on(&self) -> Vec<String> {
        self.conditions().into_iter().map(|(name, ..)| name).collect()
    }

    /// The services that it waits for, what for, and what else is said of that.
    #[must_use]
    pub fn conditions(&self) -> Vec<(String, String, Node)> {
        let Some(node) = self.done.get("depends_on") else { return Vec::new() };
        let table = as_table("depends_on", node);
        table
            .table()
            .into_iter()
            .flatten()
            .map(|(name, entry)| {
                let condition =
                    entry.node.text_at("condition").unwrap_or_else(|| "service_started".to_owned());
                (name.clone(), condition, entry.node.clone())
            })
            .collect()
    }

    /// Whether a profile may start the other service and leave this one out.
    #[must_use]
    pub fn may_be_away_from(&self, other: &Self) -> bool {
        let (own, others) = (self.done.texts_at("profiles"), other.done.texts_at("profiles"));
        !own.is_empty() && (others.is_empty() || others.iter().any(|profile| !own.contains(profile)))
    }

    /// Whether other services reach it by this name.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let said = |key: &str| self.done.text_at(key).is_some_and(|name| name == host);
        host == self.was
            || said("container_name")
            || said("hostname")
            || self.aliases().iter().any(|alias| alias == host)
    }

    /// Its further names on its networks.
    #[must_use]
    pub fn aliases(&self) -> Vec<String> {
        let networks = self.done.get("networks").and_then(Node::table);
        let aliases = networks.into_iter().flatten().filter_map(|(_, entry)| entry.node.get("aliases"));
        aliases.flat_map(Node::items).filter_map(Node::text).collect()
    }

    /// The place of a key's value.
    #[must_use]
    pub fn place(&self, key: &str) -> Span {
        self.raw.table().and_then(|table| table.get(key)).map_or(self.span, |entry| entry.key)
    }
}

fn environment(service: &Node) -> IndexMap<String, (Option<String>, Span)> {
    let Some(node) = service.get("environment") else { return IndexMap::new() };
    let table = as_table("environment", node);
    table
        .table()
        .into_iter()
        .flatten()
        .map(|(name, entry)| (name.clone(), (entry.node.text(), entry.node.span)))
        .map(|(name, (value, span))| (name, (value, if span.range().is_empty() { node.span } else { span })))
        .collect()
}

/// A name as a DNS label.
#[must_use]
pub fn label(name: &str) -> String {
    let label: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|found| if found.is_ascii_alphanumeric() { found } else { '-' })
        .collect();
    let label: String = label.trim_matches('-').chars().take(63).collect();
    if label.is_empty() { "stack".to_owned() } else { label }
}
