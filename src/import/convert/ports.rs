//! Published ports to the named ports of the language.

use std::collections::BTreeSet;

use super::deploy::copies;
use super::{Converter, Draft};
use crate::diagnostics::Diagnostic;
use crate::import::interpolate::has_variables;
use crate::import::node::Node;
use crate::import::port::{KNOWN, Port, ports};
use crate::import::recognise::{Recognised, command_words, keeps_data};
use crate::import::service::Old;
use crate::import::toml::{Part, Toml};
use crate::import::wording::{is_address, is_public, port_name, port_value};
use crate::model;

/// As many ports of a range get names of their own.
const MOST_OF_A_RANGE: usize = 4;

impl<'a> Converter<'a> {
    /// The ports: what the gateway asks comes first, else what the kind calls `main`.
    pub(super) fn ports(&mut self, draft: &mut Draft<'_>) {
        let old = draft.old;
        let supplied = self.supplied_ports(old);
        let mut published = self.published(draft);
        let inner = self.inner_main(draft, &published);
        published.extend(self.unpublished(draft, &published, supplied));
        let kind_main = draft.recognised.and_then(|_| supplied.iter().find(|port| port.name == "main"));
        let kind_main = kind_main.map(|port| port.container);
        let first = self.routed.get(&old.new).copied().or(kind_main);
        if let Some(at) = published.iter().position(|port| Some(port.target) == first) {
            published[..=at].rotate_right(1);
        }
        let is_data_kind = draft.recognised.is_some_and(Recognised::is_data);
        let mut named: Vec<(String, Toml)> = Vec::new();
        for (at, port) in published.iter().enumerate() {
            self.find_open(old, port);
            let is_main = !is_data_kind || is_main_of_kind(old, port, kind_main);
            named.push(if at == 0 && inner.is_none() && is_main {
                ("main".to_owned(), port_value(port, kind_main.filter(|_| is_data_kind)))
            } else {
                (supplied_name(port, supplied, &named), port_value(port, None))
            });
        }
        match named.as_slice() {
            [] => {}
            [(name, only)] if name == "main" => draft.say("port", only.clone()),
            _ => draft.say("ports", Toml::Table(named)),
        }
    }

    /// The port that the gateway asks a plain container for, where it is not published: only a kind can say it.
    fn inner_main(&mut self, draft: &mut Draft<'_>, published: &[Port]) -> Option<u16> {
        let port = self.routed.get(&draft.old.new).copied()?;
        let is_published = published.iter().any(|other| other.target == port);
        if draft.recognised.is_some() || is_published {
            return None;
        }
        self.inner_ports.insert(port);
        draft.say("kind", Toml::Text(inner_kind(port)));
        Some(port)
    }

    /// The ports that the service's kind supplies.
    fn supplied_ports(&self, old: &Old) -> &'a [model::Port] {
        self.bare(&old.new).map_or(&[], |service| service.ports.as_slice())
    }

    /// The ports that the language has words for. The others stay in Compose's own.
    fn published(&mut self, draft: &mut Draft<'_>) -> Vec<Port> {
        let old = draft.old;
        let mut published = Vec::new();
        let mut kept = Vec::new();
        for (raw, done) in old.raw.items_at("ports").into_iter().zip(old.done.items_at("ports")) {
            let Some(found) = ports(done).filter(|found| has_words(found)) else {
                kept.push(raw.json());
                self.untold(old, done);
                continue;
            };
            let has_variable = raw.text().is_some_and(|text| has_variables(&text));
            for port in found.iter().filter(|_| has_variable && copies(old).is_none()) {
                self.because(old, &key(port), "the variable in it is worked in: say another port for an environment under `[environments]`");
            }
            for port in found.iter().filter(|port| port.is_host_mode) {
                self.because(old, &key(port), "`mode` means something in a swarm alone");
            }
            published.extend(found);
        }
        draft.keep_items("ports", kept);
        published
    }

    /// Says of a port in Compose's own words that stackgen does not know of it.
    fn untold(&mut self, old: &Old, item: &Node) {
        let table = item.table().into_iter().flatten();
        let more: Vec<String> = table
            .filter(|(key, _)| !KNOWN.contains(&key.as_str()))
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        let what = if more.is_empty() { "it".to_owned() } else { more.join(" and ") };
        let published = item.text().or_else(|| item.text_at("published"));
        // Which port the engine picks nobody knows before.
        let is_picked = ports(item).is_some_and(|found| found.iter().all(|port| port.published.is_none()));
        if let Some(published) = published.filter(|_| !is_picked || item.text_at("published").is_some()) {
            let why = format!(
                "in Compose's own words, for the language has none for {what}: `stackgen ports` and the search for clashes do not know of {published}"
            );
            self.because(old, "compose_extra.ports", why);
        }
    }

    /// The port that the gateway asks an application for, where its kind has another one.
    fn unpublished(
        &mut self,
        draft: &Draft<'_>,
        published: &[Port],
        supplied: &[model::Port],
    ) -> Option<Port> {
        let old = draft.old;
        // What the kind has is seen only once the stack is compiled without this.
        if draft.recognised.is_none() || self.bare.is_none() || !published.is_empty() {
            return None;
        }
        let is_another = |port: &u16| supplied.first().is_none_or(|first| first.container != *port);
        let target = self.routed.get(&old.new).copied().filter(is_another)?;
        let why = "the gateway needs to know its port, which it did not publish: it is on 127.0.0.1 now";
        self.because(old, "ports", why);
        Some(Port {
            address: None,
            published: Some(self.free(target)),
            target,
            protocol: "tcp".to_owned(),
            is_host_mode: false,
            has_more: false,
            span: old.span,
        })
    }

    /// That port of the host, or the next one that nobody has.
    fn free(&mut self, wanted: u16) -> u16 {
        let ports = self.services.iter().flat_map(Old::ports).filter_map(|port| port.published);
        let taken: BTreeSet<u16> = ports.chain(self.opened.iter().copied()).collect();
        let free = (wanted..=u16::MAX).find(|port| !taken.contains(port)).unwrap_or(wanted);
        self.opened.insert(free);
        free
    }

    /// Says what becomes of a port on every interface.
    fn find_open(&mut self, old: &Old, port: &Port) {
        if !port.is_open() {
            return;
        }
        let is_one = copies(old).is_none();
        if is_public(port) && is_one {
            return self.because(old, &key(port), "on every interface, as it was, and said so");
        }
        if is_one {
            self.because(old, &key(port), "published on 127.0.0.1 alone, as stackgen does; write \"0.0.0.0:HOST:CONTAINER\" for every interface");
        }
        let is_data = old.done.text_at("image").is_some_and(|image| keeps_data(&image));
        // A port that stands at the service's own place is one that the gateway needed.
        if is_data && port.span != old.span {
            let message =
                format!("`{}` keeps data, and is published on every interface of the machine", old.was);
            self.findings.push(
                Diagnostic::error("open-port", message)
                    .at(port.span, "anybody who reaches the machine reaches this")
                    .help(if is_one {
                        "the imported stack publishes it on 127.0.0.1 alone"
                    } else {
                        "the imported stack publishes it nowhere, for it is several containers"
                    }),
            );
        }
    }
}

/// A port as the report calls it, but for its protocol.
fn key(port: &Port) -> String {
    format!("ports.{}:{}", port.published.unwrap_or_default(), port.target)
}

/// Whether a data service answers its users at a port: at its kind's own, or where the service says another one.
fn is_main_of_kind(old: &Old, port: &Port, kind_main: Option<u16>) -> bool {
    let number = port.target.to_string();
    let says = |text: &String| text.rsplit(['=', ':', ' ']).next() == Some(&number);
    kind_main.is_none_or(|main| main == port.target)
        || old.environment().values().flatten().any(says)
        || old.done.get("command").is_some_and(|command| command_words(command).iter().any(says))
}

/// The name of the kind of plain containers that answer at a port.
fn inner_kind(port: u16) -> String {
    format!("container-{port}")
}

/// The kinds of plain containers that answer at ports which are not published.
pub fn inner_kinds(ports: &BTreeSet<u16>) -> Vec<Part> {
    let kind = |port: &u16| {
        let mut part = Part::new(&["kinds", &inner_kind(*port)]);
        part.comments
            .push("The gateway reaches these inside the stack: their port is not published.".to_owned());
        part.say("extends", Toml::text("container"));
        part.say("ports", Toml::Table(vec![("main".to_owned(), Toml::Whole((*port).into()))]));
        part
    };
    ports.iter().map(kind).collect()
}

/// Whether the language can say the ports of one item.
fn has_words(found: &[Port]) -> bool {
    let is_plain = |port: &Port| port.published.is_some() && !port.has_more && is_address(port);
    found.len() <= MOST_OF_A_RANGE && found.iter().all(is_plain)
}

/// The name that the kind has for a port, else one that follows from its number.
fn supplied_name(port: &Port, supplied: &[model::Port], named: &[(String, Toml)]) -> String {
    let is_taken = |name: &str| named.iter().any(|(known, _)| known == name);
    let is_same = |known: &&model::Port| {
        known.container == port.target
            && known.protocol.as_str() == port.protocol
            && known.name != "main"
            && !is_taken(&known.name)
    };
    supplied.iter().find(is_same).map_or_else(|| port_name(port, named), |known| known.name.clone())
}
