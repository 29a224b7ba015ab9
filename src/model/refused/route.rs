//! Routes that Kong would refuse.

use super::{Refused, is_host};
use crate::diagnostics::Diagnostic;
use crate::model::route::Route;
use crate::source::language::{Auth, RouteTable};
use crate::source::limits::{EXPRESSION_LENGTH, ROUTE_LIST};

/// Kong 3.9 shifts the priority by 19 bits of 32 (`lshift_uint64` in `kong/router/transform.lua`), above which stands how many sorts of
/// things a route says. One more, 1023, is that of the health routes.
const GREATEST_PRIORITY: u16 = 1022;

impl Refused {
    /// What a route says itself.
    pub fn route(&mut self, table: &RouteTable) {
        self.within(table.priority.as_ref(), 0, GREATEST_PRIORITY);
        self.too_much(table);
        for host in table.hosts.iter().flat_map(|hosts| &hosts.value).filter(|host| !is_host(host, true)) {
            self.no(host.span, &host.value, "a host name, with `*` at most as its first or last label");
        }
        for (name, entry) in table.headers.iter().flat_map(|headers| headers.value.iter()) {
            self.header(name, entry.name);
            if name.eq_ignore_ascii_case("host") {
                self.problem(
                    entry.name,
                    "the host is no header to match",
                    "has a key of its own",
                    "write `hosts = [\"…\"]`",
                );
            }
            if entry.value.value.0.is_empty() {
                self.problem(
                    entry.value.span,
                    format!("the header `{name}` has no value to match"),
                    "an empty list",
                    "name a value",
                );
            }
        }
        if let Some(paths) = table.path.as_ref().filter(|paths| paths.value.0.is_empty()) {
            self.problem(
                paths.span,
                "a route without a path takes nothing",
                "an empty list",
                "name a path: `\"/\"` takes all",
            );
        }
    }

    /// Lists and paths that are too long for every route to be held against every other.
    fn too_much(&mut self, table: &RouteTable) {
        let paths = table.path.iter().flat_map(|paths| &paths.value.0);
        for path in paths.filter(|path| EXPRESSION_LENGTH.is_below(path.len())) {
            let message = format!("this path has {} bytes", path.len());
            self.found.push(EXPRESSION_LENGTH.exceeded(message).at(path.span, "goes beyond the limit"));
        }
        let of_headers = table.headers.iter().flat_map(|headers| headers.value.iter());
        let lists = [
            table.path.as_ref().map(|list| (list.value.0.len(), list.span)),
            table.methods.as_ref().map(|list| (list.value.len(), list.span)),
            table.hosts.as_ref().map(|list| (list.value.len(), list.span)),
            table.headers.as_ref().map(|table| (table.value.iter().count(), table.span)),
        ];
        let values = of_headers.map(|(_, entry)| (entry.value.value.0.len(), entry.value.span));
        for (length, span) in lists.into_iter().flatten().chain(values) {
            if ROUTE_LIST.is_below(length) {
                let message = format!("this list has {length} entries");
                self.found.push(ROUTE_LIST.exceeded(message).at(span, "goes beyond the limit"));
            }
        }
    }

    /// What a route comes to with all that its service and the gateway say.
    pub fn resolved(&mut self, route: &Route) {
        if route.protocols.iter().any(|protocol| protocol.value.is_grpc()) {
            self.grpc(route);
        }
        if let Some(groups) = route.groups.as_ref().filter(|_| !route.is_closed()) {
            self.found.push(
                Diagnostic::error(
                    "invalid-value",
                    format!("the route `{}` asks nobody who he is, so nobody is in a group", **route.path()),
                )
                .at(groups.span, "needs `auth`")
                .and_at(route.path().span, "of this route")
                .help(
                    "add `auth = \"jwt\"` or `auth = \"key-auth\"`, or write `groups = false` for this route",
                ),
            );
        }
        for plugin in &route.plugins {
            if let Some(key) = modelled(route, &plugin.name) {
                self.problem(
                    plugin.name.span,
                    format!("`{key}` makes the plugin `{}` already", plugin.name.value),
                    "the gateway takes one of a name on a route",
                    &format!("say it with `{key}` alone, or remove `{key}` and keep the plugin"),
                );
            }
        }
    }

    fn grpc(&mut self, route: &Route) {
        if let Some(method) = route.methods.first() {
            self.problem(
                method.span,
                "a gRPC route has no methods to choose from: each call is a POST",
                "not for gRPC",
                "remove `methods`",
            );
        }
        if route.strip_path {
            self.problem(
                route.path().span,
                "the path of a gRPC call is its name, from which nothing can be taken off",
                "with `strip_path = true`",
                "write `strip_path = false` for this route",
            );
        }
    }
}

/// The key that makes the plugin of this name for a route, where one does.
fn modelled(route: &Route, plugin: &str) -> Option<&'static str> {
    let (key, is_made) = match plugin {
        "jwt" => ("auth", route.takes(Auth::Jwt)),
        "key-auth" => ("auth", route.takes(Auth::KeyAuth)),
        "acl" => ("groups", route.groups.is_some()),
        "ip-restriction" => ("ip", route.ip.is_some()),
        "rate-limiting" => ("rate_limit", !route.rate_limits.is_empty()),
        "cors" => ("cors", route.cors.is_some()),
        "request-size-limiting" => ("max_body", route.max_body.is_some()),
        "request-transformer" => ("request", route.request.is_some()),
        "response-transformer" => ("response", route.response.is_some()),
        "correlation-id" => ("correlation_id", route.correlation_id.is_some()),
        _ => return None,
    };
    is_made.then_some(key)
}
