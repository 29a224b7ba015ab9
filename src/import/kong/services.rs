//! Kong's services: each gives its routes to the container that it sends requests to.

use super::Reader;
use super::upstreams::{Target, targets};
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::import::service::Old;
use crate::import::toml::{Part, Toml};

/// What Kong waits for unless it is told otherwise, in milliseconds, and how often it tries again.
const KONG_TIMEOUT: u64 = 60_000;
const KONG_RETRIES: i64 = 5;

impl<'a> Reader<'a> {
    /// All services, and routes without one.
    pub(super) fn services(&mut self) {
        for node in self.list("services") {
            self.service(node);
        }
        for route in self.list("routes").into_iter().filter(|route| route.get("service").is_none()) {
            let name = route.text_at("name").unwrap_or_default();
            self.line(
                format!("routes.{name}"),
                Fate::NotCarried,
                "it has no service; the gateway answers for itself at `health`",
            );
        }
    }

    fn service(&mut self, node: &'a Node) {
        let name = node.text_at("name").unwrap_or_default();
        let key = format!("services.{name}");
        let address = Address::of(node);
        let targets = self.targets_of(node, &address);
        self.find_unknown(&name, &targets);
        let found = targets.iter().find_map(|target| Some((self.container(&target.host)?, target.port)));
        let Some((old, port)) = found else {
            let host = address.host;
            let why =
                format!("no container has the name `{host}`, so there is nothing that it could route to");
            return self.line(key, Fate::NotCarried, why);
        };
        self.made.ports.insert(old.new.clone(), port);
        let defaults = self.route_defaults(node, old, &name);
        let mut parts: Vec<Part> = Some(defaults).into_iter().filter(|part| !part.keys.is_empty()).collect();
        if address.path.is_some_and(|path| path != "/") {
            let why = "a service is asked at its root: take the prefix into the paths of its routes";
            self.line(format!("{key}.path"), Fate::NotCarried, why);
        }
        let mut routes = node.items_at("routes");
        routes.extend(self.list_of("routes", "service", &name));
        parts.extend(routes.into_iter().map(|route| self.route(route, old, &name)));
        self.line(key, Fate::Carried, "");
        self.made.routes.entry(old.new.clone()).or_default().extend(parts);
    }

    /// Finds targets that no container answers for.
    fn find_unknown(&mut self, service: &str, targets: &[Target]) {
        for Target { host, span, .. } in targets {
            if self.container(host).is_none() {
                let what = format!("the gateway's service `{service}` sends requests to `{host}`");
                self.unknown_host(*span, &what);
            }
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
