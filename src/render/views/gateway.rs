//! The gateway as templates see it.

use std::collections::BTreeMap;

use minijinja::Value;

use super::plugin_view;
use super::service::host_url;
use crate::model::{
    Certificate, Consumer, Gateway, HealthRoute, Metrics, RateLimitStore, Stack, Tls, Verifier,
};
use crate::render::gateway_context::{
    CertificateView, ConsumerView, GatewayView, HealthRouteView, JwtView, MetricsView, StoreView, TlsView,
};
use crate::source::Spanned;
use crate::source::language::GatewayProtocol;

/// The gateway; none where its service is not among the stack's.
pub fn gateway_view(
    gateway: &Gateway,
    stack: &Stack,
    services: &BTreeMap<&str, &Value>,
    routes: Vec<Value>,
) -> Option<GatewayView> {
    let service = stack.services.get(&gateway.service)?;
    let all = || stack.services.values().flat_map(|service| &service.routes);
    Some(GatewayView {
        service: (*services.get(gateway.service.as_str())?).clone(),
        health: gateway.health.value.clone(),
        health_routes: gateway.health_routes.iter().map(|route| health_route_view(route, services)).collect(),
        admin: gateway.admin.as_ref().map(|admin| admin.port),
        url: host_url(service)?,
        tls: gateway.tls.as_ref().map(tls_view),
        metrics: gateway.metrics.as_ref().map(metrics_view),
        rate_limit_store: gateway.rate_limit_store.as_ref().map(store_view),
        plain_http2: all()
            .flat_map(|route| &route.protocols)
            .any(|protocol| protocol.value == GatewayProtocol::Grpc),
        verifies_tls: stack
            .services
            .values()
            .filter_map(|service| service.upstream.as_ref())
            .any(|one| one.verify_tls),
        several_ways_in: all().any(|route| route.auth.len() > 1),
        routes,
        consumers: gateway.consumers.iter().map(consumer_view).collect(),
        plugins: gateway.plugins.iter().map(plugin_view).collect(),
    })
}

fn health_route_view(route: &HealthRoute, services: &BTreeMap<&str, &Value>) -> HealthRouteView {
    let service = route.service.as_ref().and_then(|name| services.get(name.as_str()));
    HealthRouteView {
        name: route.name.clone(),
        path: route.path.clone(),
        pattern: route.pattern(),
        service: service.map(|service| (*service).clone()),
        answers_at: route.answers_at.clone(),
        timeout: route.timeout.milliseconds(),
    }
}

fn tls_view(tls: &Tls) -> TlsView {
    TlsView {
        port: tls.published.port,
        certificates: tls.certificates.iter().map(certificate_view).collect(),
    }
}

fn certificate_view(certificate: &Certificate) -> CertificateView {
    CertificateView {
        certificate: certificate.certificate.value.clone(),
        key: certificate.key.value.clone(),
        snis: values(&certificate.snis),
    }
}

fn metrics_view(metrics: &Metrics) -> MetricsView {
    MetricsView {
        port: metrics.published.as_ref().map(|published| published.port),
        status_codes: metrics.status_codes,
        latency: metrics.latency,
        bandwidth: metrics.bandwidth,
        upstream_health: metrics.upstream_health,
        per_consumer: metrics.per_consumer,
    }
}

fn store_view(store: &RateLimitStore) -> StoreView {
    StoreView {
        service: store.service.value.clone(),
        host: store.host.clone(),
        port: store.port,
        password: store.password.clone(),
    }
}

fn consumer_view(consumer: &Consumer) -> ConsumerView {
    ConsumerView {
        name: consumer.name.value.clone(),
        jwt: consumer.jwt.as_ref().map(|jwt| {
            let (secret, public_key) = match &jwt.verifier {
                Verifier::Secret(name) => (Some(name.value.clone()), None),
                Verifier::PublicKey(pem) => (None, Some(pem.clone())),
            };
            JwtView {
                key: jwt.key.value.clone(),
                algorithm: jwt.algorithm.as_str().to_owned(),
                secret,
                public_key,
            }
        }),
        key_auth: values(&consumer.key_auth),
        groups: values(&consumer.groups),
    }
}

/// A list without its places.
pub fn values(list: &[Spanned<String>]) -> Vec<String> {
    list.iter().map(|item| item.value.clone()).collect()
}
