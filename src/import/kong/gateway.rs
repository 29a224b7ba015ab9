//! The gateway itself: the container that ran Kong, and the plugins that every request meets.

use super::Reader;
use super::services::is_gateways_health;
use crate::diagnostics::Diagnostic;
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::import::port::Port;
use crate::import::recognise::image_name;
use crate::import::service::Old;
use crate::import::toml::{Part, Toml};
use crate::init::HEALTH_PATH;

/// Kong's ports within its container.
const PROXY: u16 = 8000;
const ADMIN: u16 = 8001;

/// The gateway's own port on the host, unless it is told otherwise.
const HOST_PORT: u16 = 8080;

impl Reader<'_> {
    /// `[gateway]`. `run` is the service that ran Kong.
    pub(super) fn gateway(&mut self, run: Option<&Old>) -> Part {
        let mut part = Part::new(&["gateway"]);
        if let Some(old) = run.filter(|old| old.new != "kong") {
            part.say("name", Toml::text(&old.new));
        }
        let ports = run.map(Old::ports).unwrap_or_default();
        self.proxy_port(&ports, &mut part);
        self.admin_port(&ports, &mut part);
        self.health(&mut part);
        if let Some(old) = run {
            self.container_lines(old);
        }
        part
    }

    /// The port that it had, or the next one that no service publishes.
    fn proxy_port(&mut self, ports: &[Port], part: &mut Part) {
        let wanted = published(ports, PROXY).unwrap_or(HOST_PORT);
        let taken: Vec<u16> =
            self.services.iter().flat_map(Old::ports).filter_map(|port| port.published).collect();
        let free = std::iter::once(wanted)
            .chain(HOST_PORT..u16::MAX)
            .find(|port| !taken.contains(port))
            .unwrap_or(wanted);
        if free != wanted {
            self.line("port", Fate::Approximated, format!("{wanted} is published by a service as well, so neither could have started: the gateway is on {free} now"));
        }
        part.say("port", Toml::Whole(free.into()));
    }

    /// The path at which the gateway answers for itself, where stackgen has written the config.
    fn health(&mut self, part: &mut Part) {
        let Some(route) = self.list("routes").into_iter().find(|route| is_gateways_health(route)) else {
            return;
        };
        let pattern = route.texts_at("paths").pop().unwrap_or_default();
        let path = pattern.trim_start_matches('~').trim_end_matches('$').replace('\\', "");
        self.line("health", Fate::Carried, "");
        if path != HEALTH_PATH {
            part.say("health", Toml::text(path));
        }
    }

    /// The port of the admin API, if it was published.
    fn admin_port(&mut self, ports: &[Port], part: &mut Part) {
        let Some(admin) = published(ports, ADMIN) else { return };
        part.say("admin", Toml::Whole(admin.into()));
        if let Some(open) = ports.iter().find(|port| port.target == ADMIN && port.is_open()) {
            let message = "the gateway's admin API is published on every interface of the machine";
            self.made.findings.push(
                Diagnostic::error("open-port", message)
                    .at(open.span, "anybody who reaches it can change every route")
                    .help("the imported stack publishes it on 127.0.0.1 alone"),
            );
        }
    }

    /// Says what became of the container.
    fn container_lines(&mut self, old: &Old) {
        let why = "stackgen makes the service that runs the gateway";
        self.line(old.was.clone(), Fate::Approximated, why);
        let image = old.done.text_at("image").unwrap_or_default();
        let (_, tag) = image_name(&image);
        if tag.is_some_and(|tag| !tag.starts_with("3.9")) {
            let why = format!(
                "`{image}` becomes Kong 3.9, the last line of open images, which its config is made for"
            );
            self.line("image", Fate::Approximated, why);
        }
    }

    /// Plugins of no one service, route or consumer: metrics, what is said for every request, and defaults of all routes.
    pub(super) fn global_plugins(&mut self, part: &mut Part) {
        let is_global =
            |plugin: &&Node| ["service", "route", "consumer"].iter().all(|key| plugin.get(key).is_none());
        let plugins = self.list("plugins").into_iter().filter(is_global);
        let (metrics, plugins): (Vec<&Node>, Vec<&Node>) =
            plugins.partition(|plugin| plugin.text_at("name").as_deref() == Some("prometheus"));
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
        self.consumers_plugins();
    }

    fn consumers_plugins(&mut self) {
        for plugin in self.list("plugins").into_iter().filter(|plugin| plugin.get("consumer").is_some()) {
            let name = plugin.text_at("name").unwrap_or_default();
            let why = "a policy belongs to routes, not to a consumer";
            self.line(format!("plugins.{name}"), Fate::NotCarried, why);
        }
    }
}

/// Where a port of the container is on the host, by the first entry that publishes it.
fn published(ports: &[Port], target: u16) -> Option<u16> {
    ports.iter().find(|port| port.target == target).and_then(|port| port.published)
}
