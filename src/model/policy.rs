//! Routes with their policies: each from the nearest place that says it.

use indexmap::IndexMap;

use super::route::{
    CorrelationId, Cors, Groups, IpRestriction, Jwt, KeyAuth, LimitBy, Plugin, Route, RoutePath, Timeouts,
};
use super::service::strings;
use super::transform::{Request, Response, request, response};
use crate::source::language::{
    Auth, Claim, CorsTable, GatewayProtocol, GatewayTable, GroupsTable, IpTable, JwtTable, KeyAuthTable,
    LimitBy as LimitSetting, LimitWord, Placement, PluginTable, PolicyTable, RouteTable, ServiceTable,
};
use crate::source::limits::{EXPRESSION_LENGTH, ROUTE_LIST};
use crate::source::values::Duration;
use crate::source::{List, OrFalse, Span, Spanned};

/// How long a connection may take at most where nothing says it: a container answers at once or never.
const CONNECT: Duration = Duration::from_seconds(2);

/// How often a request is sent again where nothing says it. While a service is updated, one of its two containers may be gone.
const RETRIES: u16 = 5;

/// A service's routes.
pub fn routes(
    service: &str,
    table: &ServiceTable,
    gateway: Option<&GatewayTable>,
    is_grpc: bool,
) -> Vec<Route> {
    let levels = Levels::new(table, gateway);
    let routes = table.routes.iter().flat_map(|routes| &routes.value).enumerate();
    routes
        .filter_map(|(index, route)| {
            let resolver =
                RouteResolver { route, policy: levels.over(&route.policy), levels: &levels, is_grpc };
            resolver.resolved(format!("{service}-{}", index + 1), service, table.run())
        })
        .collect()
}

/// What is said further out than at a route, the nearest first.
struct Levels<'a> {
    service: Option<&'a PolicyTable>,
    gateway: Option<&'a PolicyTable>,
    /// `[gateway] cors`, which is further out than the gateway's defaults.
    cors: Option<&'a Spanned<OrFalse<CorsTable>>>,
}

impl<'a> Levels<'a> {
    fn new(service: &'a ServiceTable, gateway: Option<&'a GatewayTable>) -> Self {
        Self {
            service: service.route_defaults.as_ref().map(|table| &table.value),
            gateway: gateway.and_then(|table| table.defaults.as_ref()).map(|table| &table.value),
            cors: gateway.and_then(|table| table.cors.as_ref()),
        }
    }

    /// A route's policy, each key from the nearest level that says it.
    fn over(&self, own: &PolicyTable) -> PolicyTable {
        [self.service, self.gateway].into_iter().flatten().fold(own.clone(), over)
    }

    /// The plugins of all levels, those from further out first, and of each name the nearest.
    fn plugins(&self, own: &PolicyTable) -> Vec<Plugin> {
        let mut plugins: IndexMap<&str, &PluginTable> = IndexMap::new();
        for level in [self.gateway, self.service, Some(own)].into_iter().flatten() {
            for plugin in level.plugins.iter().flat_map(|plugins| &plugins.value) {
                if let Some(name) = &plugin.name {
                    plugins.insert(name, plugin);
                }
            }
        }
        plugins.into_values().filter(|plugin| plugin.enabled()).filter_map(plugin).collect()
    }
}

/// What a nearer level says, and where it is silent, one further out. A nearer `timeout` holds for reading and for writing, whatever was
/// said for one of the two further out.
fn over(near: PolicyTable, far: &PolicyTable) -> PolicyTable {
    let mut policy = near.over(far);
    if near.timeout.is_some() {
        policy.read_timeout = near.read_timeout;
        policy.write_timeout = near.write_timeout;
    }
    policy
}

/// What of a list is taken; that there is more is reported where the route is.
fn within_limit<T>(mut list: Vec<T>) -> Vec<T> {
    list.truncate(ROUTE_LIST.most);
    list
}

/// One route, and the policy that holds for it.
struct RouteResolver<'a> {
    route: &'a Spanned<RouteTable>,
    policy: PolicyTable,
    levels: &'a Levels<'a>,
    /// Whether its service speaks gRPC.
    is_grpc: bool,
}

impl RouteResolver<'_> {
    fn resolved(&self, name: String, service: &str, placement: Placement) -> Option<Route> {
        let (route, policy) = (self.route, &self.policy);
        let paths: Vec<_> = route
            .path
            .as_ref()?
            .value
            .0
            .iter()
            .filter(|path| !EXPRESSION_LENGTH.is_below(path.len()))
            .take(ROUTE_LIST.most)
            .map(|path| path.clone().map(|path| RoutePath::parse(&path)))
            .collect();
        let auth = ways_in(policy);
        Some(Route {
            name,
            service: service.to_owned(),
            paths: if paths.is_empty() { return None } else { paths },
            methods: within_limit(list(route.methods.as_ref())),
            hosts: within_limit(list(route.hosts.as_ref())),
            headers: self.headers(),
            protocols: self.protocols(),
            priority: route.priority(),
            strip_path: policy.strip_path(),
            preserve_host: policy.preserve_host(),
            auth_span: policy.auth.as_ref().map(|auth| auth.span),
            jwt: jwt(policy.jwt.as_deref()),
            key_auth: key_auth(policy.key_auth.as_ref(), route.span),
            groups: on(policy.groups.as_ref(), groups),
            ip: on(policy.ip.as_ref(), addresses),
            rate_limits: policy
                .rate_limit
                .iter()
                .filter_map(|rates| rates.on())
                .flat_map(|rates| rates.0.clone())
                .collect(),
            limit_by: limit_by(policy, &auth),
            cors: policy.cors.as_ref().or(self.levels.cors).and_then(cors),
            max_body: policy.max_body.as_ref().and_then(|size| size.on().copied()),
            timeouts: timeouts(policy),
            retries: policy
                .retries
                .as_ref()
                .map_or(if placement == Placement::Host { 0 } else { RETRIES }, |retries| retries.value),
            // The gateway refuses changes that change nothing.
            request: on(policy.request.as_ref(), request)
                .filter(|changes| changes.value != Request::default()),
            response: on(policy.response.as_ref(), response)
                .filter(|changes| changes.value != Response::default()),
            correlation_id: policy.correlation_id.as_ref().and_then(|setting| setting.on()).map(|table| {
                CorrelationId { header: table.header(), generator: table.generator(), echo: table.echo() }
            }),
            plugins: self.levels.plugins(&route.policy),
            span: route.span,
            auth,
        })
    }

    fn headers(&self) -> IndexMap<String, Vec<Spanned<String>>> {
        let headers = self.route.headers.iter().flat_map(|headers| headers.value.iter());
        headers
            .take(ROUTE_LIST.most)
            .map(|(name, entry)| (name.clone(), within_limit(entry.value.value.0.clone())))
            .collect()
    }

    fn protocols(&self) -> Vec<Spanned<GatewayProtocol>> {
        let by_default = if self.is_grpc {
            [GatewayProtocol::Grpc, GatewayProtocol::Grpcs]
        } else {
            [GatewayProtocol::Http, GatewayProtocol::Https]
        };
        match &self.policy.protocols {
            Some(protocols) if !protocols.is_empty() => protocols.value.clone(),
            _ => by_default.into_iter().map(|protocol| Spanned::new(protocol, self.route.span)).collect(),
        }
    }
}

/// Each way once. `none` beside another opens nothing.
fn ways_in(policy: &PolicyTable) -> Vec<Spanned<Auth>> {
    let mut ways: Vec<Spanned<Auth>> = Vec::new();
    for way in policy.auth.iter().flat_map(|auth| &auth.value.0) {
        if way.value != Auth::None && !ways.iter().any(|other| other.value == way.value) {
            ways.push(way.clone());
        }
    }
    ways
}

fn on<T, M>(setting: Option<&Spanned<OrFalse<T>>>, model: impl Fn(&T) -> M) -> Option<Spanned<M>> {
    let setting = setting?;
    Some(Spanned::new(model(setting.on()?), setting.span))
}

fn list<T: Clone>(list: Option<&Spanned<List<T>>>) -> Vec<Spanned<T>> {
    list.map(|list| list.value.clone()).unwrap_or_default()
}

fn jwt(table: Option<&JwtTable>) -> Jwt {
    let none = JwtTable::default();
    let table = table.unwrap_or(&none);
    let claims = table.claims.as_ref().map(|claims| claims.iter().map(|claim| claim.value).collect());
    let headers = table.headers.as_ref().map(|headers| strings(Some(headers)));
    Jwt {
        claims: claims.unwrap_or_else(|| vec![Claim::Exp]),
        key_claim: table.key_claim(),
        headers: headers.unwrap_or_else(|| vec!["authorization".to_owned()]),
        cookies: strings(table.cookies.as_ref()),
        query: strings(table.query.as_ref()),
        max_expiration: table.max_expiration.clone(),
        base64_secret: table.base64_secret(),
    }
}

fn key_auth(table: Option<&Spanned<KeyAuthTable>>, route: Span) -> KeyAuth {
    let none = Spanned::new(KeyAuthTable::default(), route);
    let table = table.unwrap_or(&none);
    let names = table.names.as_ref().filter(|names| !names.is_empty());
    KeyAuth {
        names: names
            .map_or_else(|| vec![Spanned::new("apikey".to_owned(), table.span)], |names| names.value.clone()),
        header: table.header(),
        query: table.query(),
        body: table.body(),
        hide: table.hide(),
    }
}

fn groups(table: &GroupsTable) -> Groups {
    Groups { allow: list(table.allow.as_ref()), deny: list(table.deny.as_ref()), forward: table.forward() }
}

fn addresses(table: &IpTable) -> IpRestriction {
    IpRestriction { allow: list(table.allow.as_ref()), deny: list(table.deny.as_ref()) }
}

/// Only where somebody has to say who he is, there is a consumer to count by.
fn limit_by(policy: &PolicyTable, auth: &[Spanned<Auth>]) -> LimitBy {
    match policy.limit_by.as_ref().map(|setting| &setting.value) {
        None if auth.is_empty() => LimitBy::Ip,
        None | Some(LimitSetting::Word(LimitWord::Consumer)) => LimitBy::Consumer,
        Some(LimitSetting::Word(LimitWord::Credential)) => LimitBy::Credential,
        Some(LimitSetting::Word(LimitWord::Ip)) => LimitBy::Ip,
        Some(LimitSetting::Word(LimitWord::Service)) => LimitBy::Service,
        Some(LimitSetting::Table(table)) => match (&table.header, &table.path) {
            (Some(header), _) => LimitBy::Header(header.value.clone()),
            (None, Some(path)) => LimitBy::Path(path.value.clone()),
            // What is wrong with it has been said.
            (None, None) => LimitBy::Ip,
        },
    }
}

fn timeouts(policy: &PolicyTable) -> Timeouts {
    let timeout = policy.timeout();
    let said = |own: &Option<Spanned<Duration>>, otherwise| own.as_ref().map_or(otherwise, |own| own.value);
    Timeouts {
        connect: said(&policy.connect_timeout, timeout.min(CONNECT)),
        read: said(&policy.read_timeout, timeout),
        write: said(&policy.write_timeout, timeout),
    }
}

fn cors(setting: &Spanned<OrFalse<CorsTable>>) -> Option<Spanned<Cors>> {
    let table = setting.on()?;
    // Without its origins, which is reported, a policy says nothing yet.
    table.origins.as_ref()?;
    Some(Spanned::new(cors_policy(table), setting.span))
}

fn cors_policy(table: &CorsTable) -> Cors {
    Cors {
        origins: list(table.origins.as_ref()),
        credentials: table.credentials(),
        max_age: table.max_age(),
        methods: table.methods.iter().flat_map(|methods| &methods.value).map(|method| method.value).collect(),
        headers: strings(table.headers.as_ref()),
        exposed_headers: strings(table.exposed_headers.as_ref()),
    }
}

/// The plugins of a list that are used.
pub fn plugins(list: Option<&Spanned<List<PluginTable>>>) -> Vec<Plugin> {
    let plugins = list.iter().flat_map(|list| &list.value).map(|plugin| &plugin.value);
    plugins.filter(|plugin| plugin.enabled()).filter_map(plugin).collect()
}

fn plugin(plugin: &PluginTable) -> Option<Plugin> {
    let entries = || plugin.config.iter().flat_map(|config| config.value.iter());
    let config = entries().map(|(name, entry)| (name.clone(), entry.value.0.clone())).collect();
    let places = entries().map(|(name, entry)| (name.clone(), entry.name)).collect();
    Some(Plugin { name: plugin.name.clone()?, config, places })
}
