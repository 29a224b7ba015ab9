//! Routes: what the gateway passes on.

use crate::source::language::PolicyTable;
use crate::source::{Free, List, Named, OneOrMany};
use crate::{choice, table};

table! {
    /// A route: the requests that the gateway passes on to a service.
    pub struct RouteTable("a route") {
        /// The paths that it takes, one or several: a prefix such as `"/api/v1/users"`, or behind `~` a regular expression that begins with `/`,
        /// such as `"~/users/[0-9]+$"`. The gateway takes regular expressions for anchored at their beginning alone.
        path: OneOrMany<String> => required;
        /// The methods that it takes. Without any, all.
        methods: List<Method>;
        /// The host names that it takes, such as `"shop.example.com"`, `"*.example.com"` or `"shop.*"`. Without any, all.
        hosts: List<String>;
        /// The headers that a request must have, each with one of these values. A value behind `~*` is a regular expression.
        headers: Named<OneOrMany<String>>;
        /// Which of several regular expressions comes first: the one with the greater number, up to 1022. Prefixes are not ordered by it.
        priority: u16 = 0;
        ..policy: PolicyTable;
    }
}

table! {
    /// A gateway plugin with its own configuration.
    pub struct PluginTable("a plugin") {
        /// The plugin's name, as the gateway knows it.
        name: String => required;
        /// Its configuration, in the plugin's own terms.
        config: Named<Free>;
        /// Whether it is used. `false` leaves out the plugin of this name that a default brings.
        enabled: bool = true;
    }
}

choice! {
    /// The HTTP methods of RFC 9110 and RFC 5789 that a route can be limited to.
    pub enum Method {
        /// Read.
        Get = "GET",
        /// Read the headers alone.
        Head = "HEAD",
        /// Create, or do.
        Post = "POST",
        /// Replace.
        Put = "PUT",
        /// Change in part.
        Patch = "PATCH",
        /// Remove.
        Delete = "DELETE",
        /// Ask what is allowed.
        Options = "OPTIONS",
    }
}

choice! {
    /// What a client speaks to the gateway, and the gateway to a service. A WebSocket begins as an http or https request.
    pub enum GatewayProtocol {
        /// HTTP, unencrypted.
        Http = "http",
        /// HTTP over TLS.
        Https = "https",
        /// gRPC, unencrypted.
        Grpc = "grpc",
        /// gRPC over TLS.
        Grpcs = "grpcs",
    }
}

impl GatewayProtocol {
    /// Whether it is gRPC. A route speaks either HTTP or gRPC.
    #[must_use]
    pub fn is_grpc(self) -> bool {
        matches!(self, Self::Grpc | Self::Grpcs)
    }

    /// Whether it is encrypted.
    #[must_use]
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Https | Self::Grpcs)
    }
}
