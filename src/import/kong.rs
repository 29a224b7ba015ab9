//! Kong's declarative config to the gateway of the stack and the routes of its services.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::fidelity::{Fate, Line};
use super::node::Node;
use super::secrets::Secrets;
use super::service::{Old, label};
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
    reader.global(&mut part);
    reader.made.parts.push(part);
    reader.made.parts.extend(consumers);
    for key in ["certificates", "snis", "vaults", "keys", "key_sets", "ca_certificates", "consumer_groups"] {
        if root.get(key).is_some_and(|node| !node.items().is_empty()) {
            reader.line(
                key,
                Fate::NotCarried,
                "stackgen takes certificates and the like from secrets: see `[gateway.tls]`",
            );
        }
    }
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

/// Plugins that every route of the gateway may have, and what they are in the language.
const PASSED_ON: &str = "passed on as a plugin of its own";

impl<'a> Reader<'a> {
    fn line(&mut self, key: impl Into<String>, fate: Fate, why: impl Into<String>) {
        self.made.lines.push(Line { about: "gateway".to_owned(), key: key.into(), fate, why: why.into() });
    }

    fn list(&self, key: &str) -> Vec<&'a Node> {
        self.root.get(key).map(Node::items).unwrap_or_default()
    }

    fn services(&mut self) {
        for node in self.list("services") {
            let name = node.text_at("name").unwrap_or_default();
            let (host, port, path) = address(node);
            let upstream = self
                .list("upstreams")
                .into_iter()
                .find(|upstream| upstream.text_at("name").as_deref() == Some(&host));
            let mut targets = vec![(
                host.clone(),
                port,
                node.get("host").or_else(|| node.get("url")).map_or(node.span, |node| node.span),
            )];
            if let Some(upstream) = upstream {
                self.used.push(host.clone());
                targets = Self::targets(upstream);
            }
            let found = targets.iter().find_map(|(host, port, _)| {
                Some((self.services.iter().find(|old| old.is_host(host))?, *port))
            });
            for (host, _, span) in &targets {
                if !self.services.iter().any(|old| old.is_host(host)) {
                    self.unknown_host(
                        *span,
                        &format!("the gateway's service `{name}` sends requests to `{host}`"),
                    );
                }
            }
            let mut routes: Vec<&Node> = node.get("routes").map(Node::items).unwrap_or_default();
            let own = |route: &&Node| {
                let service = route.get("service");
                service.and_then(|service| service.text().or_else(|| service.text_at("name"))).as_deref()
                    == Some(name.as_str())
            };
            routes.extend(self.list("routes").into_iter().filter(own));
            let Some((old, port)) = found else {
                self.line(
                    format!("services.{name}"),
                    Fate::NotCarried,
                    format!("no container has the name `{host}`, so there is nothing that it could route to"),
                );
                continue;
            };
            self.made.ports.insert(old.new.clone(), port);
            let mut parts = Vec::new();
            let mut defaults = Part::new(&["services", &old.new, "route_defaults"]);
            let mut plugins: Vec<&Node> = node.get("plugins").map(Node::items).unwrap_or_default();
            plugins.extend(self.plugins_of("service", &name));
            self.policy(&plugins, &mut defaults, &format!("services.{name}"));
            timeouts(node, &mut defaults);
            if !defaults.keys.is_empty() {
                parts.push(defaults);
            }
            if path.as_deref().is_some_and(|path| path != "/") {
                self.line(
                    format!("services.{name}.path"),
                    Fate::NotCarried,
                    "a service is asked at its root: take the prefix into the paths of its routes",
                );
            }
            for route in routes {
                parts.push(self.route(route, old, &name));
            }
            self.line(format!("services.{name}"), Fate::Carried, "");
            self.made.routes.entry(old.new.clone()).or_default().extend(parts);
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

    fn targets(upstream: &Node) -> Vec<(String, u16, Span)> {
        let targets = upstream.get("targets").map(Node::items).unwrap_or_default();
        let target = |node: &Node| {
            let text = node.text_at("target").or_else(|| node.text())?;
            let (host, port) = text.rsplit_once(':').unwrap_or((&text, "8000"));
            Some((
                host.to_owned(),
                port.parse().ok()?,
                node.get("target").map_or(node.span, |node| node.span),
            ))
        };
        targets.into_iter().filter_map(target).collect()
    }

    fn unknown_host(&mut self, span: Span, what: &str) {
        self.made.findings.push(
            Diagnostic::error("unknown-host", format!("{what}, which no container is called"))
                .at(span, "no such host in the stack")
                .help("Kong asks DNS for it without a word, and answers 503: name a service of the Compose file"),
        );
    }

    fn plugins_of(&self, what: &str, name: &str) -> Vec<&'a Node> {
        let is_own = |plugin: &&Node| {
            let of = plugin.get(what);
            of.and_then(|of| of.text().or_else(|| of.text_at("name"))).as_deref() == Some(name)
        };
        self.list("plugins").into_iter().filter(is_own).collect()
    }

    fn route(&mut self, node: &Node, old: &Old, service: &str) -> Part {
        let mut part = Part::new(&["services", &old.new, "routes"]);
        part.is_item = true;
        let name = node.text_at("name").unwrap_or_default();
        let key = format!("services.{service}.routes.{name}");
        let texts = |key: &str| {
            node.get(key)
                .map(Node::items)
                .unwrap_or_default()
                .into_iter()
                .filter_map(Node::text)
                .collect::<Vec<_>>()
        };
        let paths = texts("paths");
        match paths.as_slice() {
            [] => part.say("path", Toml::text("/")),
            [path] => part.say("path", Toml::text(path)),
            several => part.say("path", Toml::texts(several)),
        }
        part.say("methods", Toml::texts(texts("methods")));
        part.say("hosts", Toml::texts(texts("hosts")));
        if let Some(headers) = node.get("headers").and_then(Node::table) {
            let entries = headers.iter().map(|(name, entry)| {
                (name.clone(), Toml::texts(entry.node.items().into_iter().filter_map(Node::text)))
            });
            part.say("headers", Toml::Table(entries.collect()));
        }
        if let Some(priority) = node
            .text_at("regex_priority")
            .and_then(|text| text.parse().ok())
            .filter(|priority| *priority != 0)
        {
            part.say("priority", Toml::Whole(priority));
        }
        let mut plugins: Vec<&Node> = node.get("plugins").map(Node::items).unwrap_or_default();
        plugins.extend(self.plugins_of("route", &name));
        self.policy(&plugins, &mut part, &key);
        // Kong takes the prefix off where nothing is said.
        if node.text_at("strip_path").as_deref() != Some("false") && !paths.is_empty() {
            part.say("strip_path", Toml::Truth(true));
        }
        if node.text_at("preserve_host").as_deref() == Some("true") {
            part.say("preserve_host", Toml::Truth(true));
        }
        let protocols = texts("protocols");
        if protocols.len() == 1 {
            part.say("protocols", Toml::texts(protocols));
        }
        self.line(key, Fate::Carried, "");
        part
    }

    /// Plugins in the words of the language, as far as there are any.
    #[expect(clippy::too_many_lines, reason = "one arm for each plugin that the language has words for")]
    fn policy(&mut self, plugins: &[&Node], part: &mut Part, key: &str) {
        let mut auth = Vec::new();
        let mut others = Vec::new();
        for plugin in plugins.iter().filter(|plugin| plugin.text_at("enabled").as_deref() != Some("false")) {
            let name = plugin.text_at("name").unwrap_or_default();
            let key = format!("{key}.plugins.{name}");
            if let Some(host) = self.lost_host(&name, plugin) {
                let why = format!("it posts to `{host}`, which is not there: nothing ever arrived");
                self.line(key, Fate::NotCarried, why);
                continue;
            }
            let empty = Node { value: super::node::Value::Null, span: plugin.span };
            let config = plugin.get("config").unwrap_or(&empty);
            let fate = match name.as_str() {
                "jwt" => {
                    self.needs_jwt.get_or_insert(plugin.get("name").map_or(plugin.span, |node| node.span));
                    auth.push("jwt");
                    let claims: Vec<String> = config
                        .get("claims_to_verify")
                        .map(Node::items)
                        .unwrap_or_default()
                        .into_iter()
                        .filter_map(Node::text)
                        .collect();
                    if !claims.is_empty() {
                        part.say("jwt", Toml::Table(vec![("claims".to_owned(), Toml::texts(claims))]));
                    }
                    Some(["claims_to_verify", "run_on_preflight"].as_slice())
                }
                "key-auth" => {
                    auth.push("key-auth");
                    let names: Vec<String> = config
                        .get("key_names")
                        .map(Node::items)
                        .unwrap_or_default()
                        .into_iter()
                        .filter_map(Node::text)
                        .collect();
                    if !names.is_empty() {
                        part.say("key_auth", Toml::Table(vec![("names".to_owned(), Toml::texts(names))]));
                    }
                    Some(["key_names"].as_slice())
                }
                "rate-limiting" => {
                    let rates: Vec<String> = ["second", "minute", "hour", "day"]
                        .into_iter()
                        .filter_map(|unit| Some(format!("{}/{unit}", config.text_at(unit)?)))
                        .collect();
                    match rates.as_slice() {
                        [] => {}
                        [rate] => part.say("rate_limit", Toml::text(rate)),
                        several => part.say("rate_limit", Toml::texts(several)),
                    }
                    Some(["second", "minute", "hour", "day"].as_slice())
                }
                "request-size-limiting" => {
                    let unit = match config.text_at("size_unit").as_deref() {
                        Some("kilobytes") => "KiB",
                        Some("bytes") => "B",
                        _ => "MB",
                    };
                    let size = config.text_at("allowed_payload_size").unwrap_or_else(|| "128".to_owned());
                    part.say("max_body", Toml::Text(format!("{size}{unit}")));
                    Some(["allowed_payload_size", "size_unit"].as_slice())
                }
                "cors" => {
                    part.say("cors", cors(config));
                    Some(
                        ["origins", "credentials", "max_age", "methods", "headers", "exposed_headers"]
                            .as_slice(),
                    )
                }
                "acl" => {
                    part.say("groups", allow_deny(config));
                    Some(["allow", "deny"].as_slice())
                }
                "ip-restriction" => {
                    part.say("ip", allow_deny(config));
                    Some(["allow", "deny"].as_slice())
                }
                _ => None,
            };
            let Some(known) = fate else {
                let mut entries = vec![("name".to_owned(), Toml::text(&name))];
                let json = without_nulls(config.json());
                if json.as_object().is_some_and(|config| !config.is_empty()) {
                    entries.push(("config".to_owned(), Toml::of(&json)));
                }
                others.push(Toml::Table(entries));
                self.line(key, Fate::Carried, PASSED_ON);
                continue;
            };
            let more: Vec<&str> =
                config.table().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let more: Vec<&str> = more.into_iter().filter(|name| !known.contains(name)).collect();
            if more.is_empty() {
                self.line(key, Fate::Carried, "");
            } else {
                let why = format!("stackgen says these itself: {}", more.join(", "));
                self.line(key, Fate::Approximated, why);
            }
        }
        match auth.as_slice() {
            [] => {}
            [one] => part.say("auth", Toml::text(*one)),
            several => part.say("auth", Toml::texts(several.iter().copied())),
        }
        // Who may come in stands before how.
        let first = part.keys.iter().position(|key| matches!(key.name.as_str(), "jwt" | "key_auth"));
        if let (Some(first), false) = (first, auth.is_empty()) {
            part.keys[first..].rotate_right(1);
        }
        part.say("plugins", Toml::List(others));
    }

    /// The host that a plugin posts to and the stack does not contain, which is said.
    fn lost_host(&mut self, name: &str, plugin: &Node) -> Option<String> {
        let config = plugin.get("config").and_then(Node::table)?;
        let speaks_of_hosts =
            |key: &str| ["endpoint", "host", "url", "introspection"].iter().any(|part| key.contains(part));
        let mut lost = None;
        for (key, entry) in config.iter().filter(|(key, _)| speaks_of_hosts(key)) {
            let Some(text) = entry.node.text() else { continue };
            for host in super::needs::hosts(&key.to_uppercase(), &text) {
                // A name without a dot is a container's.
                let is_elsewhere = host.contains('.') || host == "localhost";
                if !is_elsewhere && !self.services.iter().any(|old| old.is_host(&host)) {
                    self.unknown_host(entry.node.span, &format!("the plugin `{name}` posts to `{host}`"));
                    lost = Some(host);
                }
            }
        }
        lost
    }

    fn upstreams(&mut self) {
        for upstream in self.list("upstreams") {
            let name = upstream.text_at("name").unwrap_or_default();
            let span = upstream.get("name").map_or(upstream.span, |node| node.span);
            if self.used.contains(&name) {
                self.line(format!("upstreams.{name}"), Fate::Approximated, "each routed service has an upstream, which asks for its health as the service's own check does");
                continue;
            }
            self.made.findings.push(
                Diagnostic::error(
                    "unused-upstream",
                    format!("no service's `host` names the upstream `{name}`"),
                )
                .at(span, "never used, nor are its health checks")
                .help("in the imported stack each routed service has an upstream of its own"),
            );
            self.line(
                format!("upstreams.{name}"),
                Fate::NotCarried,
                "no service named it, so it was never used",
            );
            for (host, _, span) in Self::targets(upstream) {
                if !self.services.iter().any(|old| old.is_host(&host)) {
                    self.unknown_host(span, &format!("the upstream `{name}` has the target `{host}`"));
                }
            }
        }
    }

    fn consumers(&mut self, secrets: &mut Secrets) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut has_jwt = false;
        for node in self.list("consumers") {
            let name = node.text_at("username").or_else(|| node.text_at("custom_id")).unwrap_or_default();
            let mut part = Part::new(&["gateway", "consumers", &label(&name)]);
            if let Some(jwt) = node.get("jwt_secrets").and_then(|list| list.items().into_iter().next()) {
                has_jwt = true;
                let mut entries =
                    vec![("key".to_owned(), Toml::text(jwt.text_at("key").unwrap_or_else(|| name.clone())))];
                let algorithm = jwt.text_at("algorithm").unwrap_or_else(|| "HS256".to_owned());
                if algorithm != "HS256" {
                    entries.push(("algorithm".to_owned(), Toml::text(&algorithm)));
                }
                let value = jwt.text_at("secret");
                if let Some(span) = jwt.get("secret").map(|node| node.span) {
                    self.plain(&format!("the key that signs the tokens of `{name}`"), span);
                }
                let known = value.as_deref().and_then(|value| secrets.with_value(value));
                let secret = known.unwrap_or_else(|| secrets.named("JWT_SECRET", &name, value));
                entries.push(("secret".to_owned(), Toml::text(secret)));
                part.say("jwt", Toml::Table(entries));
            }
            let keys: Vec<Node> = node
                .get("keyauth_credentials")
                .map(Node::items)
                .unwrap_or_default()
                .into_iter()
                .cloned()
                .collect();
            let names: Vec<String> = keys
                .iter()
                .map(|key| {
                    if let Some(span) = key.get("key").map(|node| node.span) {
                        self.plain(&format!("a key of `{name}`"), span);
                    }
                    secrets.named(&format!("{name}_API_KEY"), &name, key.text_at("key"))
                })
                .collect();
            part.say("key_auth", if names.len() == 1 { Toml::text(&names[0]) } else { Toml::texts(names) });
            let groups = node.get("acls").map(Node::items).unwrap_or_default();
            part.say("groups", Toml::texts(groups.into_iter().filter_map(|acl| acl.text_at("group"))));
            self.line(format!("consumers.{name}"), Fate::Carried, "");
            parts.push(part);
        }
        if let Some(span) = self.needs_jwt.filter(|_| !has_jwt) {
            self.made.findings.push(
                Diagnostic::error(
                    "jwt-without-consumer",
                    "routes ask for a token, and no consumer has a key to sign one with",
                )
                .at(span, "every request is refused")
                .help(
                    "the imported stack has a consumer for them, with a key that has to be told to who signs",
                ),
            );
            let mut part = Part::new(&["gateway", "consumers", "web"]);
            part.comments.push("Nobody could sign a token that the gateway takes: this consumer is new. Tell its key to who signs them.".to_owned());
            let secret = ["JWT_SECRET", "JWT_SECRET_KEY", "SECRET_KEY"]
                .into_iter()
                .find(|name| secrets.iter().any(|(known, _)| known == *name))
                .unwrap_or("JWT_SECRET");
            part.say(
                "jwt",
                Toml::Table(vec![
                    ("key".to_owned(), Toml::text("web")),
                    ("secret".to_owned(), Toml::text(secret)),
                ]),
            );
            self.line("consumers.web", Fate::Added, "routes ask for a token, and nobody could sign one");
            parts.push(part);
        }
        parts
    }

    fn plain(&mut self, what: &str, span: Span) {
        self.made.findings.push(
            Diagnostic::error("inline-secret", format!("{what} is written out in the gateway's config"))
                .at(span, "in the history of the repository for ever")
                .help("the imported stack names it, and its value stands in `.env` alone: change it where it is in use"),
        );
    }

    fn gateway(&mut self, run: Option<&Old>) -> Part {
        let mut part = Part::new(&["gateway"]);
        if let Some(old) = run.filter(|old| old.new != "kong") {
            part.say("name", Toml::text(&old.new));
        }
        let ports = run.map(Old::ports).unwrap_or_default();
        let published =
            |target: u16| ports.iter().find(|port| port.target == target).and_then(|port| port.published);
        let wanted = published(8000).unwrap_or(8080);
        let taken: Vec<u16> =
            self.services.iter().flat_map(Old::ports).filter_map(|port| port.published).collect();
        let free = std::iter::once(wanted)
            .chain(8080..u16::MAX)
            .find(|port| !taken.contains(port))
            .unwrap_or(wanted);
        if free != wanted {
            self.line("port", Fate::Approximated, format!("{wanted} is published by a service as well, so neither could have started: the gateway is on {free} now"));
        }
        part.say("port", Toml::Whole(free.into()));
        if let Some(admin) = published(8001) {
            part.say("admin", Toml::Whole(admin.into()));
            let open = ports.iter().find(|port| port.target == 8001 && port.is_open()).map(|port| port.span);
            self.made.findings.extend(open.map(|span| {
                Diagnostic::error(
                    "open-port",
                    "the gateway's admin API is published on every interface of the machine",
                )
                .at(span, "anybody who reaches it can change every route")
                .help("the imported stack publishes it on 127.0.0.1 alone")
            }));
        }
        if let Some(old) = run {
            self.line(
                old.was.clone(),
                Fate::Approximated,
                "stackgen makes the service that runs the gateway",
            );
            let image = old.done.text_at("image").unwrap_or_default();
            let (_, tag) = super::recognise::image_name(&image);
            if tag.as_deref().is_some_and(|tag| !tag.starts_with("3.9")) {
                self.line("image", Fate::Approximated, format!("`{image}` becomes Kong 3.9, the last line of open images, which its config is made for"));
            }
        }
        part
    }

    fn global(&mut self, part: &mut Part) {
        let is_global =
            |plugin: &&Node| ["service", "route", "consumer"].iter().all(|key| plugin.get(key).is_none());
        let plugins: Vec<&Node> = self.list("plugins").into_iter().filter(is_global).collect();
        let (metrics, plugins): (Vec<&Node>, Vec<&Node>) =
            plugins.into_iter().partition(|plugin| plugin.text_at("name").as_deref() == Some("prometheus"));
        if !metrics.is_empty() {
            part.say("metrics", Toml::Truth(true));
            self.line("plugins.prometheus", Fate::Carried, "");
        }
        let mut defaults = Part::new(&["gateway", "defaults"]);
        self.policy(&plugins, &mut defaults, "global");
        for key in std::mem::take(&mut defaults.keys) {
            match key.name.as_str() {
                // Said for every request, wherever it goes.
                "cors" | "plugins" => part.keys.push(key),
                _ => defaults.keys.push(key),
            }
        }
        if !defaults.keys.is_empty() {
            self.made.parts.push(defaults);
        }
        for plugin in self.list("plugins").into_iter().filter(|plugin| plugin.get("consumer").is_some()) {
            let name = plugin.text_at("name").unwrap_or_default();
            self.line(
                format!("plugins.{name}"),
                Fate::NotCarried,
                "a policy belongs to routes, not to a consumer",
            );
        }
    }
}

/// The host, port and path of a service.
fn address(node: &Node) -> (String, u16, Option<String>) {
    let Some(url) = node.text_at("url") else {
        let port = node.text_at("port").and_then(|port| port.parse().ok()).unwrap_or(80);
        return (node.text_at("host").unwrap_or_default(), port, node.text_at("path"));
    };
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let (authority, path) =
        rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(format!("/{path}"))));
    let (host, port) =
        authority.split_once(':').unwrap_or((authority, if url.starts_with("https") { "443" } else { "80" }));
    (host.to_owned(), port.parse().unwrap_or(80), path)
}

fn timeouts(node: &Node, part: &mut Part) {
    let seconds = |key: &str| {
        node.text_at(key)
            .and_then(|text| text.parse::<u64>().ok())
            .filter(|time| *time != 60_000)
            .map(|time| format!("{}s", time.div_ceil(1000)))
    };
    for (key, name) in [
        ("connect_timeout", "connect_timeout"),
        ("read_timeout", "read_timeout"),
        ("write_timeout", "write_timeout"),
    ] {
        if let Some(time) = seconds(key) {
            part.say(name, Toml::text(time));
        }
    }
    if let Some(retries) =
        node.text_at("retries").and_then(|text| text.parse().ok()).filter(|retries| *retries != 5)
    {
        part.say("retries", Toml::Whole(retries));
    }
}

fn cors(config: &Node) -> Toml {
    let texts = |key: &str| {
        Toml::texts(config.get(key).map(Node::items).unwrap_or_default().into_iter().filter_map(Node::text))
    };
    let origins = texts("origins");
    let mut entries =
        vec![("origins".to_owned(), if origins.is_empty() { Toml::texts(["*"]) } else { origins })];
    if config.text_at("credentials").as_deref() == Some("true") {
        entries.push(("credentials".to_owned(), Toml::Truth(true)));
    }
    if let Some(age) = config.text_at("max_age").filter(|age| age != "3600") {
        entries.push(("max_age".to_owned(), Toml::Text(format!("{age}s"))));
    }
    for key in ["methods", "headers", "exposed_headers"] {
        let list = texts(key);
        if !list.is_empty() {
            entries.push((key.to_owned(), list));
        }
    }
    Toml::Table(entries)
}

fn allow_deny(config: &Node) -> Toml {
    let entry = |key: &str| {
        let list: Vec<String> =
            config.get(key).map(Node::items).unwrap_or_default().into_iter().filter_map(Node::text).collect();
        (!list.is_empty()).then(|| (key.to_owned(), Toml::texts(list)))
    };
    Toml::Table(["allow", "deny"].into_iter().filter_map(entry).collect())
}

fn without_nulls(json: Json) -> Json {
    match json {
        Json::Object(entries) => entries
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Json::Array(items) => items.into_iter().filter(|value| !value.is_null()).map(without_nulls).collect(),
        other => other,
    }
}
