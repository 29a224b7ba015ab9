//! Upstreams: the places that a service's requests go to, and how the gateway sees which of them are well.

use indexmap::IndexMap;

use super::endpoint::{Endpoint, Viewpoint};
use super::stack::Probe;
use crate::source::language::{
    ActiveTable, Algorithm, CheckType, GatewayProtocol, HashOn as HashSetting, HashWord, PassiveTable,
    UpstreamTable, UpstreamTargetTable,
};
use crate::source::values::Duration;
use crate::source::{List, Span, Spanned};

/// How the gateway reaches a service.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// `identity.upstream`: with a dot, so that it is never the DNS name of a container.
    pub name: String,
    pub protocol: GatewayProtocol,
    pub verify_tls: bool,
    pub algorithm: Algorithm,
    /// There is one under consistent hashing alone.
    pub hash_on: Option<HashOn>,
    pub hash_fallback: Option<HashOn>,
    /// The service's own containers first: one name stands for all of its replicas.
    pub targets: Vec<UpstreamTarget>,
    pub host_header: Option<String>,
    /// None for a gRPC service, which Kong cannot ask.
    pub active: Option<Active>,
    pub passive: Option<Passive>,
    /// In percent of the whole weight.
    pub threshold: u16,
}

/// A place that gets requests.
#[derive(Debug, Clone)]
pub struct UpstreamTarget {
    pub host: String,
    pub port: u16,
    pub weight: u16,
    /// The service of the stack that it is, if it is one.
    pub service: Option<String>,
    pub span: Span,
}

/// What requests are told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HashOn {
    Consumer,
    Ip,
    Path,
    Header(String),
    Cookie(String),
    Query(String),
    Capture(String),
}

/// How the gateway asks each target whether it is well.
#[derive(Debug, Clone)]
pub struct Active {
    pub check: CheckType,
    pub path: String,
    pub headers: IndexMap<String, Vec<String>>,
    pub interval: Duration,
    pub unhealthy_interval: Duration,
    pub timeout: Duration,
    pub concurrency: u16,
    pub successes: u16,
    pub http_failures: u16,
    pub tcp_failures: u16,
    pub timeouts: u16,
    pub healthy_statuses: Vec<u16>,
    pub unhealthy_statuses: Vec<u16>,
}

/// What the gateway learns from the answers to requests.
#[derive(Debug, Clone)]
pub struct Passive {
    pub successes: u16,
    pub http_failures: u16,
    pub tcp_failures: u16,
    pub timeouts: u16,
    pub healthy_statuses: Vec<u16>,
    pub unhealthy_statuses: Vec<u16>,
}

/// Statuses that say of a service that it works, where it has a path for that.
const WELL: &[u16] = &[200, 201, 202, 203, 204, 205, 206];
/// Statuses that say of it that it does not.
const UNWELL: &[u16] = &[301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 429, 500, 501, 502, 503, 504, 505];
/// Statuses of a service that answers at all, where it has no path for that.
const ANSWERS: &[u16] =
    &[200, 201, 202, 203, 204, 205, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 426];
/// Statuses of one that does not.
const FAILS: &[u16] = &[500, 501, 502, 503, 504, 505];
/// Statuses by which an answer to a request speaks for a target.
const GOOD_ANSWERS: &[u16] =
    &[200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308];
/// Statuses by which one speaks against it: 501 and 505 are answers of a program that works.
const BAD_ANSWERS: &[u16] = &[500, 502, 503, 504];

/// What holds for health checks where neither the service nor its kind has any.
const INTERVAL: Duration = Duration::from_seconds(10);
const TIMEOUT: Duration = Duration::from_seconds(3);
const FAILURES: u16 = 3;

/// The most that a counter of Kong's holds: with 255, which its schema takes, its health checks do not start.
pub const MOST: u16 = 254;

/// What the gateway speaks to a service.
pub fn protocol(endpoint: &Endpoint<'_>) -> GatewayProtocol {
    let said = endpoint.table.upstream.as_ref().and_then(|upstream| upstream.protocol.as_ref());
    let scheme = endpoint.kind.scheme.as_ref().map(|scheme| scheme.value.as_str());
    match (said, scheme) {
        (Some(said), _) => said.value,
        (None, Some("https")) => GatewayProtocol::Https,
        (None, _) => GatewayProtocol::Http,
    }
}

/// The upstream of a service that has a port. A target that is not there is reported as a service that the gateway needs.
pub fn upstream(
    endpoint: &Endpoint<'_>,
    probe: Option<&Probe>,
    endpoints: &IndexMap<String, Endpoint<'_>>,
) -> Option<Upstream> {
    let none = Spanned::new(UpstreamTable::default(), endpoint.name.span);
    let table = endpoint.table.upstream.as_ref().unwrap_or(&none);
    let protocol = protocol(endpoint);
    let own = own_target(endpoint, table)?;
    let further = table.targets.iter().flat_map(|targets| &targets.value);
    let further = further.filter_map(|target| further_target(target, endpoints));
    let no_checks = ActiveTable::default();
    let hash_on = table.hash_on.as_ref().filter(|_| table.algorithm() == Algorithm::ConsistentHashing);
    Some(Upstream {
        name: format!("{}.upstream", endpoint.name.value),
        protocol,
        verify_tls: table.verify_tls(),
        algorithm: table.algorithm(),
        hash_fallback: hash_on.and(table.hash_fallback.as_ref()).and_then(|setting| hashed(&setting.value)),
        hash_on: hash_on.and_then(|setting| hashed(&setting.value)),
        targets: std::iter::once(own).chain(further).collect(),
        host_header: table.host_header.as_ref().map(|host| host.value.clone()),
        active: active(table.active.as_deref().unwrap_or(&no_checks), protocol, probe),
        passive: table.passive.as_ref().and_then(|setting| setting.on()).map(passive),
        threshold: table.threshold(),
    })
}

fn own_target(endpoint: &Endpoint<'_>, table: &Spanned<UpstreamTable>) -> Option<UpstreamTarget> {
    Some(UpstreamTarget {
        host: endpoint.host(Viewpoint::Container).to_owned(),
        port: endpoint.port(Viewpoint::Container)?,
        weight: table.weight(),
        service: Some(endpoint.name.value.clone()),
        span: table.weight.as_ref().map_or(endpoint.name.span, |weight| weight.span),
    })
}

fn further_target(
    table: &Spanned<UpstreamTargetTable>,
    endpoints: &IndexMap<String, Endpoint<'_>>,
) -> Option<UpstreamTarget> {
    let weight = table.weight();
    let Some(service) = &table.service else {
        let (host, port) = (table.host.as_ref()?, table.port.as_ref()?);
        return Some(UpstreamTarget {
            host: host.value.clone(),
            port: port.value,
            weight,
            service: None,
            span: host.span,
        });
    };
    let endpoint = endpoints.get(&service.value)?;
    Some(UpstreamTarget {
        host: endpoint.host(Viewpoint::Container).to_owned(),
        port: endpoint.port(Viewpoint::Container)?,
        weight,
        service: Some(service.value.clone()),
        span: service.span,
    })
}

fn hashed(setting: &HashSetting) -> Option<HashOn> {
    let table = match setting {
        HashSetting::Word(HashWord::Consumer) => return Some(HashOn::Consumer),
        HashSetting::Word(HashWord::Ip) => return Some(HashOn::Ip),
        HashSetting::Word(HashWord::Path) => return Some(HashOn::Path),
        HashSetting::Table(table) => table,
    };
    let named = [
        table.header.as_ref().map(|name| HashOn::Header(name.value.clone())),
        table.cookie.as_ref().map(|name| HashOn::Cookie(name.value.clone())),
        table.query.as_ref().map(|name| HashOn::Query(name.value.clone())),
        table.capture.as_ref().map(|name| HashOn::Capture(name.value.clone())),
    ];
    named.into_iter().flatten().next()
}

/// Kong's checks are on only where every interval and counter is above 0. It asks by HTTP/1 alone.
fn active(table: &ActiveTable, protocol: GatewayProtocol, probe: Option<&Probe>) -> Option<Active> {
    let check = table.r#type.as_ref().map(|check| check.value).or(check_over(protocol))?;
    let path = table.path.as_ref().map(|path| path.value.clone()).or_else(|| probe?.path.clone());
    let failures =
        probe.map_or(FAILURES, |probe| u16::try_from(probe.retries).unwrap_or(MOST)).clamp(1, MOST);
    let interval = said(table.interval.as_ref(), probe.map_or(INTERVAL, |probe| probe.interval));
    let (well, unwell) = if path.is_some() { (WELL, UNWELL) } else { (ANSWERS, FAILS) };
    let headers = table.headers.iter().flat_map(|headers| headers.value.iter());
    Some(Active {
        check,
        path: path.unwrap_or_else(|| "/".to_owned()),
        headers: headers
            .map(|(name, entry)| {
                let values = entry.value.value.0.iter().map(|value| value.value.clone()).collect();
                (name.clone(), values)
            })
            .collect(),
        interval,
        unhealthy_interval: said(table.unhealthy_interval.as_ref(), interval),
        timeout: said(table.timeout.as_ref(), probe.map_or(TIMEOUT, |probe| probe.timeout)),
        concurrency: table.concurrency(),
        successes: table.successes(),
        http_failures: said(table.http_failures.as_ref(), failures),
        tcp_failures: said(table.tcp_failures.as_ref(), failures),
        timeouts: said(table.timeouts.as_ref(), failures),
        healthy_statuses: statuses(table.healthy_statuses.as_ref(), well),
        unhealthy_statuses: statuses(table.unhealthy_statuses.as_ref(), unwell),
    })
}

fn check_over(protocol: GatewayProtocol) -> Option<CheckType> {
    match protocol {
        GatewayProtocol::Http => Some(CheckType::Http),
        GatewayProtocol::Https => Some(CheckType::Https),
        GatewayProtocol::Grpc | GatewayProtocol::Grpcs => None,
    }
}

fn passive(table: &PassiveTable) -> Passive {
    Passive {
        successes: table.successes(),
        http_failures: table.http_failures(),
        tcp_failures: table.tcp_failures(),
        timeouts: table.timeouts(),
        healthy_statuses: statuses(table.healthy_statuses.as_ref(), GOOD_ANSWERS),
        unhealthy_statuses: statuses(table.unhealthy_statuses.as_ref(), BAD_ANSWERS),
    }
}

fn said<T: Copy>(own: Option<&Spanned<T>>, otherwise: T) -> T {
    own.map_or(otherwise, |own| own.value)
}

fn statuses(own: Option<&Spanned<List<u16>>>, otherwise: &[u16]) -> Vec<u16> {
    own.map_or_else(|| otherwise.to_vec(), |own| own.iter().map(|status| status.value).collect())
}
