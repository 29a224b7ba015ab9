//! The networks that are more than names for who reaches whom, and a service's further names on them.

use serde_json::{Map, Value as Json, json};

use super::{Converter, Draft};
use crate::import::merge::as_table;
use crate::import::node::Table;
use crate::import::service::Old;
use crate::import::wording::without_nulls;

impl Converter<'_> {
    /// The networks, in Compose's own words: the language makes its own from what is needed.
    pub(super) fn networks(&mut self, draft: &mut Draft<'_>) {
        let old = draft.old;
        let is_in_mode = old.done.get("network_mode").is_some();
        let mut kept = Map::new();
        let mut aliases = Vec::new();
        if !is_in_mode {
            aliases.extend(self.old_name(old));
        }
        let said = old.raw.get("networks").map(|networks| as_table("networks", networks));
        for (name, entry) in said.iter().filter_map(|said| said.table()).flatten() {
            if is_special(&self.networks, name) {
                let own = without_nulls(&entry.node.json());
                kept.insert(name.clone(), if own.is_null() { json!({}) } else { own });
                self.keep_network(name);
                let why = format!(
                    "its network `{name}` says more than who reaches whom, and is kept: all on it reach one another as they did"
                );
                self.because(old, "networks", why);
            } else {
                aliases.extend(entry.node.texts_at("aliases"));
            }
        }
        if !aliases.is_empty() {
            let networks = self.bare.into_iter().flat_map(|stack| &stack.networks);
            for network in networks.filter(|network| network.members.contains(&old.new)) {
                kept.insert(network.name.clone(), json!({ "aliases": aliases }));
            }
        }
        if !is_in_mode {
            draft.keep_entries("networks", kept);
        }
    }

    /// The name that it had, where that is not the one that it has.
    fn old_name(&mut self, old: &Old) -> Option<String> {
        if old.new == old.was {
            return None;
        }
        let why = format!("its name is `{}` now; on the network it still answers to `{}`", old.new, old.was);
        self.because(old, "networks", why);
        Some(old.was.clone())
    }

    /// The network is the one that the engine has already.
    fn keep_network(&mut self, name: &str) {
        let said = self.networks.get(name).map(|entry| without_nulls(&entry.node.json()));
        let mut said = said.unwrap_or_else(|| json!({}));
        if said.get("external").is_none() && said.get("name").is_none() {
            said["name"] = Json::String(format!("{}_{name}", self.project));
        }
        self.beside("networks").insert(name.to_owned(), said);
    }
}

/// Whether a network is more than a name for who reaches whom, so that it stays beside those that follow from what is needed.
#[must_use]
pub fn is_special(networks: &Table, network: &str) -> bool {
    let Some(node) = networks.get(network).map(|entry| &entry.node) else { return false };
    let says = |key: &str| node.get(key).is_some_and(|value| value.text().as_deref() != Some("false"));
    let driver = node.text_at("driver").is_some_and(|driver| driver != "bridge");
    driver
        || ["external", "ipam", "driver_opts", "internal", "attachable", "enable_ipv6"].into_iter().any(says)
}
