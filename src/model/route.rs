//! A resolved route: what it takes, and every policy that holds for it.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::transform::{Request, Response};
use crate::source::language::{Auth, Claim, GatewayProtocol, Generator, Method};
use crate::source::values::{Duration, Rate, Size};
use crate::source::{Span, Spanned};

/// A route with every policy that holds for it, defaults included.
#[derive(Debug, Clone)]
pub struct Route {
    /// Unique in the stack: `identity-1`.
    pub name: String,
    pub service: String,
    /// One or more.
    pub paths: Vec<Spanned<RoutePath>>,
    /// Empty for all.
    pub methods: Vec<Spanned<Method>>,
    /// Exact, or with one `*` as the first or last label; empty for all.
    pub hosts: Vec<Spanned<String>>,
    /// By name; one of the values has to be there.
    pub headers: IndexMap<String, Vec<Spanned<String>>>,
    /// What clients may speak: HTTP or gRPC, never both.
    pub protocols: Vec<Spanned<GatewayProtocol>>,
    /// Among regular expressions, the greater one comes first.
    pub priority: u16,
    pub strip_path: bool,
    pub preserve_host: bool,
    /// The ways to come in, each of which will do; empty for everybody.
    pub auth: Vec<Spanned<Auth>>,
    /// The place of the word, where there is one; `none` has one, too.
    pub auth_span: Option<Span>,
    pub jwt: Jwt,
    pub key_auth: KeyAuth,
    pub groups: Option<Spanned<Groups>>,
    pub ip: Option<Spanned<IpRestriction>>,
    pub rate_limits: Vec<Spanned<Rate>>,
    pub limit_by: LimitBy,
    pub cors: Option<Spanned<Cors>>,
    pub max_body: Option<Size>,
    pub timeouts: Timeouts,
    pub retries: u16,
    pub request: Option<Spanned<Request>>,
    pub response: Option<Spanned<Response>>,
    pub correlation_id: Option<CorrelationId>,
    /// What the route, its service and the gateway's defaults say, the nearest of each name.
    pub plugins: Vec<Plugin>,
    pub span: Span,
}

impl Route {
    /// Whether somebody has to say who he is.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        !self.auth.is_empty()
    }

    /// Whether this is one of the ways to come in.
    #[must_use]
    pub fn takes(&self, auth: Auth) -> bool {
        self.auth.iter().any(|way| way.value == auth)
    }

    /// The first path, by which people know the route.
    #[must_use]
    pub fn path(&self) -> &Spanned<RoutePath> {
        // A route is only made with one path or more.
        &self.paths[0]
    }
}

/// What of a request's path a route looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoutePath {
    /// Text that the path begins with.
    Prefix(String),
    /// A regular expression, without the `~` in front of it, that the beginning of the path matches.
    Regex(String),
}

impl RoutePath {
    /// A path in Kong's notation, in which a regular expression stands behind `~`.
    #[must_use]
    pub fn parse(written: &str) -> Self {
        match written.strip_prefix('~') {
            Some(pattern) => Self::Regex(pattern.to_owned()),
            None => Self::Prefix(written.to_owned()),
        }
    }

    /// The text that a path has to begin with, for a prefix.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        match self {
            Self::Prefix(prefix) => Some(prefix),
            Self::Regex(_) => None,
        }
    }
}

/// In Kong's notation.
impl fmt::Display for RoutePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => out.write_str(prefix),
            Self::Regex(pattern) => write!(out, "~{pattern}"),
        }
    }
}

/// How tokens are looked for and verified.
#[derive(Debug, Clone)]
pub struct Jwt {
    pub claims: Vec<Claim>,
    pub key_claim: String,
    pub headers: Vec<String>,
    pub cookies: Vec<String>,
    pub query: Vec<String>,
    pub max_expiration: Option<Spanned<Duration>>,
    pub base64_secret: bool,
}

/// How keys are looked for.
#[expect(clippy::struct_excessive_bools, reason = "each is a place that a key may be in, or not")]
#[derive(Debug, Clone)]
pub struct KeyAuth {
    pub names: Vec<Spanned<String>>,
    pub header: bool,
    pub query: bool,
    pub body: bool,
    pub hide: bool,
}

/// Groups of consumers; one of the two lists is empty.
#[derive(Debug, Clone)]
pub struct Groups {
    pub allow: Vec<Spanned<String>>,
    pub deny: Vec<Spanned<String>>,
    pub forward: bool,
}

/// Addresses and ranges of them.
#[derive(Debug, Clone)]
pub struct IpRestriction {
    pub allow: Vec<Spanned<String>>,
    pub deny: Vec<Spanned<String>>,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitBy {
    Consumer,
    Credential,
    Ip,
    Service,
    Header(String),
    Path(String),
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timeouts {
    pub connect: Duration,
    pub read: Duration,
    pub write: Duration,
}

#[derive(Debug, Clone)]
pub struct Cors {
    pub origins: Vec<Spanned<String>>,
    pub credentials: bool,
    pub max_age: Duration,
    pub methods: Vec<Method>,
    pub headers: Vec<String>,
    pub exposed_headers: Vec<String>,
}

/// A number of its own for each request.
#[derive(Debug, Clone)]
pub struct CorrelationId {
    pub header: String,
    pub generator: Generator,
    pub echo: bool,
}

#[derive(Debug, Clone)]
pub struct Plugin {
    pub name: Spanned<String>,
    pub config: Json,
    /// Where each setting of the configuration's first level stands.
    pub places: BTreeMap<String, Span>,
}

impl Plugin {
    /// The place of a setting of the first level; of the plugin, where it is not said.
    #[must_use]
    pub fn place_of(&self, setting: &str) -> Span {
        self.places.get(setting).copied().unwrap_or(self.name.span)
    }
}
