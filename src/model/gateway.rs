//! The gateway: its own service, its settings, and what it answers about health.

use indexmap::IndexMap;

use super::consumer::{consumers, secret_names};
use super::endpoint::{Endpoint, Viewpoint};
use super::policy::plugins;
use super::stack::{
    Certificate, Gateway, HealthRoute, Metrics, Origin, Published, RateLimitStore, Service, Tls, Variable,
};
use super::text::Text;
use crate::diagnostics::Diagnostic;
use crate::source::language::{EnvValue, GatewayTable, Need, ServiceTable, StackFile, TlsTable};
use crate::source::values::{Duration, PortSpec};
use crate::source::{List, Named, NamedEntry, Spanned, World};

/// The gateway's own health route is answered by itself, at once.
const OWN_HEALTH: &str = "gateway.health";

/// The service that runs the gateway, as if the user had declared it.
pub fn gateway_service(gateway: &Spanned<GatewayTable>, file: &StackFile) -> ServiceTable {
    let spanned = |value| Spanned::new(value, gateway.span);
    ServiceTable {
        kind: Some(gateway.kind.clone().unwrap_or_else(|| spanned(gateway.kind()))),
        image: gateway.image.clone(),
        options: gateway.options.clone(),
        port: gateway.port.clone(),
        ports: Some(Spanned::new(ports(gateway), gateway.span)),
        needs: Some(Spanned::new(needs(gateway, file), gateway.span)),
        env: Some(Spanned::new(secret_variables(gateway), gateway.span)),
        ..ServiceTable::default()
    }
}

/// What is published besides the proxy, by the names that the gateway's kind has for its ports.
fn ports(gateway: &GatewayTable) -> Named<PortSpec> {
    let tls = gateway.tls.as_ref().and_then(|tls| tls.port.as_ref());
    let status = gateway.metrics.as_ref().and_then(|metrics| metrics.on()?.port.as_ref());
    let mut ports = Named::default();
    for (name, port) in [("https", tls), ("admin", gateway.admin.as_ref()), ("status", status)] {
        if let Some(port) = port {
            ports.insert(name.to_owned(), NamedEntry { name: port.span, value: port.clone() });
        }
    }
    ports
}

/// The gateway waits for the services that it sends requests to, and for what it counts in. Each once.
fn needs(gateway: &GatewayTable, file: &StackFile) -> List<Need> {
    let services = file.services.iter().flat_map(|services| services.value.iter());
    let routed =
        services.filter(|(_, entry)| entry.value.routes.as_ref().is_some_and(|routes| !routes.is_empty()));
    let mut names: IndexMap<String, crate::source::Span> = IndexMap::new();
    for (name, entry) in routed {
        names.entry(name.clone()).or_insert(entry.name);
        let upstream = entry.value.upstream.as_ref().and_then(|upstream| upstream.targets.as_ref());
        for service in upstream
            .into_iter()
            .flat_map(|targets| &targets.value)
            .filter_map(|target| target.service.as_ref())
        {
            names.entry(service.value.clone()).or_insert(service.span);
        }
    }
    if let Some(store) = &gateway.rate_limit_store {
        names.entry(store.value.clone()).or_insert(store.span);
    }
    names
        .into_iter()
        .map(|(name, span)| Spanned::new(Need { service: Spanned::new(name, span), prefix: None }, span))
        .collect()
}

/// The gateway's container is given each secret under the secret's own name.
fn secret_variables(gateway: &GatewayTable) -> Named<EnvValue> {
    let certificates = certificates(gateway.tls.as_deref());
    let of_tls = certificates.into_iter().flat_map(|certificate| [certificate.certificate, certificate.key]);
    let mut variables = Named::default();
    for secret in secret_names(gateway).chain(of_tls) {
        let value = Spanned::new(EnvValue::Secret(secret.clone()), secret.span);
        variables.insert(secret.value, NamedEntry { name: secret.span, value });
    }
    variables
}

/// The gateway's settings.
pub fn gateway(
    table: &Spanned<GatewayTable>,
    endpoints: &IndexMap<String, Endpoint<'_>>,
    services: &IndexMap<String, Service>,
    world: &dyn World,
    diagnostics: &mut Vec<Diagnostic>,
) -> Gateway {
    let health = table.health.clone().unwrap_or_else(|| Spanned::new(table.health(), table.span));
    Gateway {
        service: table.name(),
        span: table.span,
        health_routes: health_routes(&health, services),
        health,
        admin: table.admin.as_ref().map(published),
        tls: table.tls.as_ref().and_then(|tls| {
            Some(Tls { published: published(tls.port.as_ref()?), certificates: certificates(Some(tls)) })
        }),
        metrics: table.metrics.as_ref().and_then(|metrics| metrics.on()).map(|metrics| Metrics {
            published: metrics.port.as_ref().map(published),
            status_codes: metrics.status_codes(),
            latency: metrics.latency(),
            bandwidth: metrics.bandwidth(),
            upstream_health: metrics.upstream_health(),
            per_consumer: metrics.per_consumer(),
        }),
        rate_limit_store: table
            .rate_limit_store
            .as_ref()
            .and_then(|name| store(name, endpoints, diagnostics)),
        consumers: consumers(table, world, diagnostics),
        plugins: plugins(table.plugins.as_ref()),
    }
}

fn published(port: &Spanned<PortSpec>) -> Spanned<Published> {
    Spanned::new(Published { address: port.address, port: port.host }, port.span)
}

fn certificates(tls: Option<&TlsTable>) -> Vec<Certificate> {
    let certificates = tls.and_then(|tls| tls.certificates.as_ref());
    certificates
        .into_iter()
        .flat_map(|certificates| &certificates.value)
        .filter_map(|table| {
            Some(Certificate {
                certificate: table.certificate.clone()?,
                key: table.key.clone()?,
                snis: table.snis.as_ref().map(|snis| snis.value.clone()).unwrap_or_default(),
                span: table.span,
            })
        })
        .collect()
}

/// One route for the gateway, and one for each service that it routes to and that says over HTTP whether it is well.
fn health_routes(health: &Spanned<String>, services: &IndexMap<String, Service>) -> Vec<HealthRoute> {
    let below = health.trim_end_matches('/');
    let own = HealthRoute {
        name: OWN_HEALTH.to_owned(),
        path: health.value.clone(),
        service: None,
        answers_at: None,
        timeout: Duration::from_seconds(1),
    };
    let routed = services.values().filter(|service| !service.routes.is_empty());
    let of_services = routed.filter_map(|service| {
        let upstream = service.upstream.as_ref().filter(|upstream| !upstream.protocol.is_grpc())?;
        let probe = service.health.as_ref()?;
        let name = &service.name.value;
        Some(HealthRoute {
            name: format!("{name}.health"),
            path: format!("{below}/{name}"),
            service: Some(name.clone()),
            answers_at: Some(probe.path.clone()?),
            timeout: upstream.active.timeout,
        })
    });
    std::iter::once(own).chain(of_services).collect()
}

/// Where rate limits are counted. A service that is not there is reported as one that the gateway needs.
fn store(
    name: &Spanned<String>,
    endpoints: &IndexMap<String, Endpoint<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<RateLimitStore> {
    let endpoint = endpoints.get(&name.value)?;
    let scheme = endpoint.kind.scheme.as_ref().map(|scheme| scheme.value.as_str());
    if scheme != Some("redis") {
        if endpoint.is_kind_whole {
            diagnostics.push(no_store(name));
        }
        return None;
    }
    Some(RateLimitStore {
        service: name.clone(),
        host: endpoint.host(Viewpoint::Container).to_owned(),
        port: endpoint.port(Viewpoint::Container)?,
        password: endpoint.secrets.get("password").cloned(),
    })
}

fn no_store(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid-value",
        format!("the gateway cannot count in `{}`: it is no redis", name.value),
    )
    .at(name.span, "expected a service of kind `redis`")
    .help(
        "name a service of kind `redis`, or remove `rate_limit_store`: then each container counts for itself",
    )
}

/// Gives the gateway's container the password of its store, under the secret's own name.
pub fn give_password(gateway: &Gateway, services: &mut IndexMap<String, Service>) {
    let Some(store) = &gateway.rate_limit_store else { return };
    let (Some(secret), Some(service)) = (&store.password, services.get_mut(&gateway.service)) else { return };
    let variable =
        Variable { value: Text::secret(secret), origin: Origin::Service, span: store.service.span };
    service.environment.insert(secret.clone(), variable);
    service.environment.sort_keys();
}
