//! Services of the old stack to services of the new one. Each file brings over the keys of Compose that its name speaks of.

mod deploy;
mod environment;
mod health;
mod image;
mod needs;
mod networks;
mod ports;
mod rights;
mod value;
mod volumes;

pub use self::networks::is_special;
pub use self::ports::inner_kinds;
use std::collections::BTreeSet;

use camino::Utf8Path;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::interpolate::Variables;
use super::merge::as_table;
use super::node::{Node, Table, Value};
use super::normal::is_default;
use super::recognise::Recognised;
use super::secrets::Secrets;
use super::service::Old;
use super::toml::{Part, Toml};
use super::wording::{texts, without_nulls};
use crate::diagnostics::Diagnostic;
use crate::model::{Service, Stack};
use crate::source::World;

/// Everything that the services of one stack share while they are brought over.
pub struct Converter<'a> {
    pub world: &'a dyn World,
    pub variables: &'a Variables,
    /// The Compose project's name, which the engine's volumes begin with.
    pub project: String,
    pub services: &'a [Old],
    pub recognised: IndexMap<String, Recognised>,
    pub needs: IndexMap<String, Vec<String>>,
    /// The old file's volumes and networks.
    pub volumes: Table,
    pub networks: Table,
    pub secrets: Secrets,
    pub findings: Vec<Diagnostic>,
    /// Why something is not as it was: the service, the Compose key, the reason.
    pub reasons: Vec<(String, String, String)>,
    /// Keys of Compose beside the services.
    pub extra: Map<String, Json>,
    /// The stack as it would be if no service said anything that its kind could say.
    pub bare: Option<&'a Stack>,
    /// Services that the gateway sends requests to, by new name, and their ports.
    pub routed: IndexMap<String, u16>,
    /// The paths at which the gateway asks for the health of services, by new name.
    pub asked: IndexMap<String, String>,
    /// Ports of plain containers that the gateway asks and that are not published.
    pub inner_ports: BTreeSet<u16>,
    /// Ports of the host that were none before.
    pub opened: BTreeSet<u16>,
}

/// A service while it is brought over.
struct Draft<'s> {
    old: &'s Old,
    recognised: Option<&'s Recognised>,
    /// What is said in the words of the language.
    part: Part,
    /// What is said in Compose's own words.
    extra: Map<String, Json>,
}

/// Keys that have words in the language, or are worked in elsewhere.
const WORKED_IN: &[&str] = &[
    "image",
    "build",
    "command",
    "ports",
    "depends_on",
    "environment",
    "volumes",
    "healthcheck",
    "deploy",
    "scale",
    "mem_limit",
    "cpus",
    "restart",
    "stop_grace_period",
    "user",
    "read_only",
    "cap_drop",
    "cap_add",
    "security_opt",
    "tmpfs",
    "networks",
    "links",
    "labels",
    "extends",
    "env_file",
    "extra_hosts",
];

impl<'a> Converter<'a> {
    /// A service's table in the stack's file.
    pub fn part(&mut self, old: &Old) -> Part {
        let recognised = self.recognised.get(&old.new).cloned();
        let part = Part::new(&["services", &old.new]);
        let mut draft = Draft { old, recognised: recognised.as_ref(), part, extra: Map::new() };
        draft.kind();
        self.image(&mut draft);
        self.command(&mut draft);
        self.ports(&mut draft);
        self.needs(&mut draft);
        self.environment(&mut draft);
        draft.options();
        self.mounts(&mut draft);
        self.health(&mut draft);
        self.limits(&mut draft);
        self.restart(&mut draft);
        self.rights(&mut draft);
        self.networks(&mut draft);
        draft.other_keys();
        draft.part.say("compose_extra", Toml::of(&Json::Object(draft.extra)));
        draft.part
    }

    /// The service as its kind alone makes it.
    fn bare(&self, name: &str) -> Option<&'a Service> {
        self.bare?.services.get(name)
    }

    /// Says why a key of the old service is not as it was.
    fn because(&mut self, old: &Old, key: &str, why: impl Into<String>) {
        self.reasons.push((old.new.clone(), key.to_owned(), why.into()));
    }

    /// A table of Compose's own beside the services, such as `volumes`.
    fn beside(&mut self, key: &str) -> &mut Map<String, Json> {
        let entry = self.extra.entry(key).or_insert_with(|| Json::Object(Map::new()));
        if !entry.is_object() {
            *entry = Json::Object(Map::new());
        }
        entry.as_object_mut().expect("it was made one in the line above")
    }
}

impl Draft<'_> {
    /// The kind's name; nothing where the service is of none.
    fn kind_name(&self) -> &'static str {
        self.recognised.map_or("", |recognised| recognised.kind)
    }

    /// Says a key in the words of the language, unless there is nothing to say.
    fn say(&mut self, key: &str, value: Toml) {
        self.part.say(key, value);
    }

    /// Leaves a key in Compose's own words.
    fn keep(&mut self, key: &str, value: Json) {
        self.extra.insert(key.to_owned(), value);
    }

    /// Leaves items in Compose's own words, if there are any.
    fn keep_items(&mut self, key: &str, items: Vec<Json>) {
        if !items.is_empty() {
            self.keep(key, Json::Array(items));
        }
    }

    /// Leaves entries in Compose's own words, if there are any.
    fn keep_entries(&mut self, key: &str, entries: Map<String, Json>) {
        if !entries.is_empty() {
            self.keep(key, Json::Object(entries));
        }
    }

    fn kind(&mut self) {
        if let Some(recognised) = self.recognised {
            self.say("kind", Toml::text(recognised.kind));
        }
    }

    fn options(&mut self) {
        if let Some(recognised) = self.recognised {
            self.say("options", Toml::Table(recognised.options.clone()));
        }
    }

    /// Leaves what the language has no words for as it is.
    fn other_keys(&mut self) {
        let raw = &self.old.raw;
        for (key, entry) in raw.table().into_iter().flatten() {
            let is_said = !matches!(entry.node.value, Value::Null) && !is_default(key, &entry.node.json());
            if !WORKED_IN.contains(&key.as_str()) && is_said {
                self.keep(key, without_nulls(&entry.node.json()));
            }
        }
        for key in ["labels", "extra_hosts"] {
            if let Some(node) = raw.get(key) {
                let mut entries = without_nulls(&texts(&as_table(key, node)).json());
                if let Some(entries) = entries.as_object_mut() {
                    // What was built by stackgen will be again, with labels of its own.
                    entries.retain(|name, _| !name.starts_with("com.stackgen."));
                }
                if entries != Json::Object(Map::new()) {
                    self.keep(key, entries);
                }
            }
        }
        if let Some(files) = raw.get("env_file") {
            self.keep("env_file", files.items().into_iter().map(Node::json).collect());
        }
    }
}

/// A path as the stack's file says it: the project's root is `.`.
fn path_value(path: &Utf8Path) -> Toml {
    Toml::text(if path.as_str().is_empty() { "." } else { path.as_str() })
}
