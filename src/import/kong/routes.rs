//! Kong's routes.

use super::{Reader, one_or_several};
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::{Part, Toml};
use crate::model::HealthRoute;

/// The greatest priority that a route of a stack may have.
const MAX_PRIORITY: i64 = HealthRoute::PRIORITY as i64 - 1;

impl<'a> Reader<'a> {
    /// A route of a service, which `old` answers.
    pub(super) fn route(&mut self, node: &'a Node, old: &Old, service: &str) -> Part {
        let mut part = Part::new(&["services", &old.new, "routes"]);
        part.is_item = true;
        let name = node.text_at("name").unwrap_or_default();
        let key = format!("services.{service}.routes.{name}");
        matches(node, &mut part);
        if priority(node) > MAX_PRIORITY {
            let why = "stackgen keeps the greater ones for the gateway's own health";
            self.line(format!("{key}.regex_priority"), Fate::Approximated, why);
        }
        let mut plugins = node.items_at("plugins");
        plugins.extend(self.list_of("plugins", "route", &name));
        self.policy(&plugins, &mut part, &key);
        forwarding(node, &mut part);
        self.line(key, Fate::Carried, "");
        part
    }
}

/// Which requests a route takes.
fn matches(node: &Node, part: &mut Part) {
    match node.texts_at("paths").as_slice() {
        [] => part.say("path", Toml::text("/")),
        paths => part.say("path", one_or_several(paths)),
    }
    part.say("methods", Toml::texts(node.texts_at("methods")));
    part.say("hosts", Toml::texts(node.texts_at("hosts")));
    if let Some(headers) = node.get("headers").and_then(Node::table) {
        let entries = headers.iter().map(|(name, entry)| {
            (name.clone(), Toml::texts(entry.node.items().into_iter().filter_map(Node::text)))
        });
        part.say("headers", Toml::Table(entries.collect()));
    }
    match priority(node) {
        0 => {}
        priority => part.say("priority", Toml::Whole(priority.min(MAX_PRIORITY))),
    }
}

fn priority(node: &Node) -> i64 {
    node.text_at("regex_priority").and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// How a route passes requests on.
fn forwarding(node: &Node, part: &mut Part) {
    let says = |key: &str, word: &str| node.text_at(key).as_deref() == Some(word);
    // Kong takes the prefix off where nothing is said.
    if !says("strip_path", "false") && !node.texts_at("paths").is_empty() {
        part.say("strip_path", Toml::Truth(true));
    }
    if says("preserve_host", "true") {
        part.say("preserve_host", Toml::Truth(true));
    }
    let protocols = node.texts_at("protocols");
    if protocols.len() == 1 {
        part.say("protocols", Toml::texts(protocols));
    }
}
