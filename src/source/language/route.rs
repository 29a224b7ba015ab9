//! Routes: what the gateway passes on, and under which policies.

use serde_json::{Value as Json, json};

use crate::source::language::CorsTable;
use crate::source::tree::{Node, NodeValue};
use crate::source::values::{Duration, Rate, Size};
use crate::source::{Definitions, Free, List, Named, OneOrMany, Reader, Shape};
use crate::{choice, table};

table! {
    /// A route: the requests that the gateway passes on to a service.
    pub struct RouteTable("a route") {
        /// The prefix of the paths that it takes.
        path: String => required;
        /// The methods that it takes. Without any, all.
        methods: List<Method>;
        ..policy: PolicyTable;
    }
}

table! {
    /// What holds for the requests of a route; under `[gateway.defaults]`, for those of every route that says nothing else.
    pub struct PolicyTable("a policy") {
        /// Who may come in.
        auth: Auth = Auth::None;
        /// How many requests a consumer may send, as one rate or several: `"100/minute"`.
        rate_limit: OneOrMany<Rate>;
        /// Which pages of other origins may ask, or `false` for none.
        cors: Cors;
        /// Whether the route's prefix is taken off before the request is passed on.
        strip_path: bool = false;
        /// The largest body that is let through.
        max_body: Size;
        /// How long the service may take to answer.
        timeout: Duration = Duration::from_seconds(60);
        /// Gateway plugins that stackgen does not model.
        plugins: List<PluginTable>;
    }
}

table! {
    /// A gateway plugin with its own configuration.
    pub struct PluginTable("a plugin") {
        /// The plugin's name, as the gateway knows it.
        name: String => required;
        /// Its configuration, in the plugin's own terms.
        config: Named<Free>;
    }
}

choice! {
    /// Who may come in.
    pub enum Auth {
        /// Everybody.
        None = "none",
        /// Who shows a valid token of one of the gateway's consumers.
        Jwt = "jwt",
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

/// Cross-origin requests: a table, or `false` where the gateway's own setting shall not hold.
#[derive(Debug, Clone)]
pub enum Cors {
    Off,
    On(Box<CorsTable>),
}

impl Shape for Cors {
    fn expected() -> String {
        "`false`, or a table such as `{ origins = [\"https://example.com\"] }`".to_owned()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Boolean(false) => Some(Self::Off),
            NodeValue::Table(_) => CorsTable::read(node, reader).map(|table| Self::On(Box::new(table))),
            _ => {
                reader.wrong_type(node, &Self::expected());
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "const": false }, CorsTable::schema(definitions)] })
    }
}
