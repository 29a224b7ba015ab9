//! Kong's upstreams: where requests go that are sent to their names.

use super::Reader;
use crate::diagnostics::Diagnostic;
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::source::Span;

/// A host and port that requests are sent to, and the place that says so.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) span: Span,
}

impl Reader<'_> {
    /// Says what became of each upstream. The services were read before.
    pub(super) fn upstreams(&mut self) {
        for upstream in self.list("upstreams") {
            let name = upstream.text_at("name").unwrap_or_default();
            let is_led_to = targets(upstream).iter().any(|target| self.container(&target.host).is_some());
            if self.used.contains(&name) && !is_led_to {
                let why = "none of its targets is in the stack, so its service is not carried";
                self.line(format!("upstreams.{name}"), Fate::NotCarried, why);
            } else if self.used.contains(&name) {
                self.line(format!("upstreams.{name}"), Fate::Approximated, "each routed service has an upstream, which asks for its health as the service's own check does");
            } else {
                self.unused(upstream, &name);
            }
        }
    }

    /// Finds an upstream that no service sends requests to.
    fn unused(&mut self, upstream: &Node, name: &str) {
        let message = format!("no service's `host` names the upstream `{name}`");
        self.made.findings.push(
            Diagnostic::error("unused-upstream", message)
                .at(upstream.get("name").unwrap_or(upstream).span, "never used, nor are its health checks")
                .help("in the imported stack each routed service has an upstream of its own"),
        );
        let why = "no service named it, so it was never used";
        self.line(format!("upstreams.{name}"), Fate::NotCarried, why);
        for Target { host, span, .. } in targets(upstream) {
            self.unknown_host(&host, span, &format!("the upstream `{name}` has the target"));
        }
    }
}

/// The targets of an upstream. Kong sends to port 8000 where none is said.
pub(super) fn targets(upstream: &Node) -> Vec<Target> {
    let target = |node: &Node| {
        let text = node.text_at("target").or_else(|| node.text())?;
        let (host, port) = text.rsplit_once(':').unwrap_or((&text, "8000"));
        let span = node.get("target").unwrap_or(node).span;
        Some(Target { host: host.to_owned(), port: port.parse().ok()?, span })
    };
    upstream.items_at("targets").into_iter().filter_map(target).collect()
}
