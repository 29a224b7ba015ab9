//! Kong's services: each gives its routes to the container that it sends requests to.

use std::collections::BTreeMap;

use super::upstreams::{Target, targets};
use super::{Reader, is_elsewhere};
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::{Part, Toml};
use crate::model::HealthRoute;

/// What Kong waits for unless it is told otherwise, in milliseconds, and how often it tries again.
const KONG_TIMEOUT: u64 = 60_000;
const KONG_RETRIES: i64 = 5;

impl<'a> Reader<'a> {
    /// All services, and routes without one.
    pub(super) fn services(&mut self) {
        let (own, services): (Vec<_>, Vec<_>) =
            self.list("services").into_iter().partition(|node| is_own_health(node));
        let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
        for node in &services {
            let targets = self.targets_of(node, &Address::of(node));
            if let Some((old, _)) = self.found(&targets) {
                *reached.entry(&old.new).or_default() += 1;
            }
        }
        for node in services {
            self.service(node, &reached);
        }
        for node in own {
            let targets = self.targets_of(node, &Address::of(node));
            if let (Some((old, _)), Some(path)) = (self.found(&targets), node.text_at("path")) {
                self.made.health.insert(old.new.clone(), path);
            }
            let key = format!("services.{}", node.text_at("name").unwrap_or_default());
            self.line(key, Fate::Approximated, "stackgen makes it, below the gateway's own `health`");
        }
        let alone = |route: &&Node| route.get("service").is_none() && !is_gateways_health(route);
        for route in self.list("routes").into_iter().filter(alone) {
            let name = route.text_at("name").unwrap_or_default();
            self.line(
                format!("routes.{name}"),
                Fate::NotCarried,
                "it has no service; the gateway answers for itself at `health`",
            );
        }
    }

    /// The container that answers for one of the targets, and at which port.
    fn found(&self, targets: &[Target]) -> Option<(&'a Old, u16)> {
        targets.iter().find_map(|target| Some((self.container(&target.host)?, target.port)))
    }

    /// `reached` says how many services lead to a container.
    fn service(&mut self, node: &'a Node, reached: &BTreeMap<&str, usize>) {
        let name = node.text_at("name").unwrap_or_default();
        let key = format!("services.{name}");
        let address = Address::of(node);
        let targets = self.targets_of(node, &address);
        self.find_unknown(&name, &targets);
        let Some((old, port)) = self.found(&targets) else {
            let outside = targets.iter().find(|target| is_elsewhere(&target.host));
            let why = match outside {
                Some(Target { host, .. }) => format!(
                    "`{host}` is outside of the stack, and a route leads to a service of the stack: give it a container that passes requests on, and that the route"
                ),
                None => format!(
                    "no container has the name `{}`, so there is nothing that it could route to",
                    address.host
                ),
            };
            return self.line(key, Fate::NotCarried, why);
        };
        self.made.ports.insert(old.new.clone(), port);
        let defaults = self.route_defaults(node, old, &name);
        if address.path.is_some_and(|path| path != "/") {
            let why = "a service is asked at its root: take the prefix into the paths of its routes";
            self.line(format!("{key}.path"), Fate::NotCarried, why);
        }
        let mut routes = node.items_at("routes");
        routes.extend(self.list_of("routes", "service", &name));
        let mut parts: Vec<Part> = routes.into_iter().map(|route| self.route(route, old, &name)).collect();
        if reached.get(old.new.as_str()).is_some_and(|count| *count > 1) {
            // What holds for the routes of one of them does not hold for those of the others.
            for route in &mut parts {
                fill(route, &defaults);
            }
        } else if !defaults.keys.is_empty() {
            parts.insert(0, defaults);
        }
        self.line(key, Fate::Carried, "");
        self.made.routes.entry(old.new.clone()).or_default().extend(parts);
    }

    /// Finds targets that no container answers for.
    fn find_unknown(&mut self, service: &str, targets: &[Target]) {
        for Target { host, span, .. } in targets {
            self.unknown_host(host, *span, &format!("the gateway's service `{service}` sends requests to"));
        }
    }

    /// Where a service's requests go: to its upstream's targets, if its host is one.
    fn targets_of(&mut self, node: &Node, address: &Address) -> Vec<Target> {
        let is_named = |upstream: &&Node| upstream.text_at("name").as_deref() == Some(&address.host);
        if let Some(upstream) = self.list("upstreams").into_iter().find(is_named) {
            self.used.push(address.host.clone());
            return targets(upstream);
        }
        let place = node.get("host").or_else(|| node.get("url")).unwrap_or(node);
        vec![Target { host: address.host.clone(), port: address.port, span: place.span }]
    }

    /// What all routes of a service have.
    fn route_defaults(&mut self, node: &'a Node, old: &Old, name: &str) -> Part {
        let mut part = Part::new(&["services", &old.new, "route_defaults"]);
        let mut plugins = node.items_at("plugins");
        plugins.extend(self.list_of("plugins", "service", name));
        self.policy(&plugins, &mut part, &format!("services.{name}"));
        timeouts(node, &mut part);
        part
    }
}

/// Whether stackgen has made it: what passes a service's health on.
fn is_own_health(node: &Node) -> bool {
    let priority = HealthRoute::PRIORITY.to_string();
    let routes = node.items_at("routes");
    node.get("path").is_some()
        && routes.len() == 1
        && routes[0].text_at("regex_priority").as_deref() == Some(&priority)
        && routes[0].texts_at("methods") == ["GET", "HEAD"]
}

/// Whether stackgen has made it: what answers for the gateway itself.
pub(super) fn is_gateways_health(route: &Node) -> bool {
    let priority = HealthRoute::PRIORITY.to_string();
    route.get("service").is_none() && route.text_at("regex_priority").as_deref() == Some(&priority)
}

/// Says of a route what holds for it and is not said yet. Plugins are added up.
fn fill(route: &mut Part, defaults: &Part) {
    for key in &defaults.keys {
        match route.keys.iter_mut().find(|said| said.name == key.name) {
            None => route.keys.push(key.clone()),
            Some(said) => {
                if let (Toml::List(said), Toml::List(others), "plugins") =
                    (&mut said.value, &key.value, key.name.as_str())
                {
                    said.extend(others.iter().cloned());
                }
            }
        }
    }
}

/// Where a service is said to be.
struct Address {
    host: String,
    port: u16,
    path: Option<String>,
}

impl Address {
    fn of(node: &Node) -> Self {
        match node.text_at("url") {
            Some(url) => Self::of_url(&url),
            None => Self {
                host: node.text_at("host").unwrap_or_default(),
                port: node.text_at("port").and_then(|port| port.parse().ok()).unwrap_or(80),
                path: node.text_at("path"),
            },
        }
    }

    fn of_url(url: &str) -> Self {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (authority, path) = rest
            .split_once('/')
            .map_or((rest, None), |(authority, path)| (authority, Some(format!("/{path}"))));
        let default = if url.starts_with("https") { "443" } else { "80" };
        let (host, port) = authority.split_once(':').unwrap_or((authority, default));
        Self { host: host.to_owned(), port: port.parse().unwrap_or(80), path }
    }
}

/// Timeouts and retries that are not Kong's own.
fn timeouts(node: &Node, part: &mut Part) {
    for key in ["connect_timeout", "read_timeout", "write_timeout"] {
        let time = node.text_at(key).and_then(|text| text.parse::<u64>().ok());
        if let Some(time) = time.filter(|time| *time != KONG_TIMEOUT) {
            part.say(key, Toml::text(format!("{}s", time.div_ceil(1000))));
        }
    }
    let retries = node.text_at("retries").and_then(|text| text.parse().ok());
    if let Some(retries) = retries.filter(|retries| *retries != KONG_RETRIES) {
        part.say("retries", Toml::Whole(retries));
    }
}
