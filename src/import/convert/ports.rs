//! Published ports to the named ports of the language.

use super::{Converter, Draft};
use crate::diagnostics::Diagnostic;
use crate::import::interpolate::has_variables;
use crate::import::port::{Port, ports};
use crate::import::recognise::keeps_data;
use crate::import::service::Old;
use crate::import::toml::Toml;
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
        published.extend(self.unpublished(old, &published, supplied));
        let kind_main = draft.recognised.and_then(|_| supplied.iter().find(|port| port.name == "main"));
        let kind_main = kind_main.map(|port| port.container);
        let first = self.routed.get(&old.new).copied().or(kind_main);
        if let Some(at) = published.iter().position(|port| Some(port.target) == first) {
            published[..=at].rotate_right(1);
        }
        let is_data_kind =
            matches!(draft.kind_name(), "postgres" | "mysql" | "mongodb" | "redis" | "rabbitmq");
        let mut named: Vec<(String, Toml)> = Vec::new();
        for (at, port) in published.iter().enumerate() {
            self.find_open(old, port);
            named.push(if at == 0 {
                ("main".to_owned(), port_value(port, kind_main.filter(|_| is_data_kind)))
            } else {
                (supplied_name(port, supplied, &named), port_value(port, None))
            });
        }
        match named.as_slice() {
            [] => {}
            [(_, only)] => draft.say("port", only.clone()),
            _ => draft.say("ports", Toml::Table(named)),
        }
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
            match ports(done).filter(|found| has_words(found)) {
                Some(found) => published.extend(found),
                None => kept.push(raw.json()),
            }
            if raw.text().is_some_and(|text| has_variables(&text)) {
                self.because(old, "ports", "the variable in it is worked in: say another port for an environment under `[environments]`");
            }
        }
        draft.keep_items("ports", kept);
        published
    }

    /// The port that the gateway asks, where neither the service nor its kind speaks of it.
    fn unpublished(&mut self, old: &Old, published: &[Port], supplied: &[model::Port]) -> Option<Port> {
        let target = self.routed.get(&old.new).copied().filter(|port| {
            published.is_empty() && supplied.first().is_none_or(|first| first.container != *port)
        })?;
        let why = "the gateway needs to know its port, which it did not publish: it is on 127.0.0.1 now";
        self.because(old, "ports", why);
        Some(Port {
            address: None,
            published: Some(target),
            target,
            protocol: "tcp".to_owned(),
            has_more: false,
            span: old.span,
        })
    }

    /// Says what becomes of a port on every interface.
    fn find_open(&mut self, old: &Old, port: &Port) {
        if !port.is_open() {
            return;
        }
        if is_public(port) {
            let key = format!("ports.{}:{}", port.published.unwrap_or_default(), port.target);
            return self.because(old, &key, "on every interface, as it was, and said so");
        }
        self.because(old, "ports", "published on 127.0.0.1 alone, as stackgen does; write \"0.0.0.0:HOST:CONTAINER\" for every interface");
        let is_data = old.done.text_at("image").is_some_and(|image| keeps_data(&image));
        // A port that stands at the service's own place is one that the gateway needed.
        if is_data && port.span != old.span {
            let message =
                format!("`{}` keeps data, and is published on every interface of the machine", old.was);
            self.findings.push(
                Diagnostic::error("open-port", message)
                    .at(port.span, "anybody who reaches the machine reaches this")
                    .help("the imported stack publishes it on 127.0.0.1 alone"),
            );
        }
    }
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
