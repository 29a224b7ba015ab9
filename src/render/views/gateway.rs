//! The gateway and its routes as templates see them.

use std::collections::BTreeMap;

use minijinja::Value;

use super::plugin_view;
use super::service::host_url;
use crate::model::{Consumer, Cors, Gateway, Route, Stack, Verifier};
use crate::render::context::{ConsumerView, CorsView, GatewayView, JwtView, RateView, RouteView};
use crate::source::values::Size;

/// The gateway; none where its service is not among the stack's.
pub fn gateway_view(
    gateway: &Gateway,
    stack: &Stack,
    services: &BTreeMap<&str, &Value>,
    routes: Vec<Value>,
) -> Option<GatewayView> {
    let service = stack.services.get(&gateway.service)?;
    Some(GatewayView {
        service: (*services.get(gateway.service.as_str())?).clone(),
        health: gateway.health.value.clone(),
        admin: gateway.admin.as_ref().map(|admin| admin.port),
        url: host_url(service)?,
        routes,
        consumers: gateway.consumers.iter().map(consumer_view).collect(),
        plugins: gateway.plugins.iter().map(plugin_view).collect(),
    })
}

fn consumer_view(consumer: &Consumer) -> ConsumerView {
    ConsumerView {
        name: consumer.name.value.clone(),
        jwt: consumer.jwt.as_ref().map(|jwt| JwtView {
            key: jwt.key.value.clone(),
            algorithm: jwt.algorithm.as_str().to_owned(),
            secret: match &jwt.verifier {
                Verifier::Secret(name) => Some(name.value.clone()),
                Verifier::PublicKey(_) => None,
            },
            public_key: match &jwt.verifier {
                Verifier::Secret(_) => None,
                Verifier::PublicKey(pem) => Some(pem.clone()),
            },
        }),
    }
}

pub fn route_view(route: &Route) -> RouteView {
    RouteView {
        name: route.name.clone(),
        service: route.service.clone(),
        path: route.path().to_string(),
        methods: route.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        auth: ways_in(route),
        rate_limits: route
            .rate_limits
            .iter()
            .map(|rate| RateView { limit: rate.limit, period: rate.period.as_str().to_owned() })
            .collect(),
        cors: route.cors.as_ref().map(|cors| cors_view(cors)),
        strip_path: route.strip_path,
        max_body: route.max_body.map(Size::bytes),
        timeout: route.timeouts.read.milliseconds(),
        plugins: route.plugins.iter().map(plugin_view).collect(),
    }
}

/// In words: `none`, `jwt`, `jwt or key-auth`.
fn ways_in(route: &Route) -> String {
    let ways: Vec<&str> = route.auth.iter().map(|way| way.as_str()).collect();
    if ways.is_empty() { "none".to_owned() } else { ways.join(" or ") }
}

fn cors_view(cors: &Cors) -> CorsView {
    CorsView {
        origins: cors.origins.iter().map(|origin| origin.value.clone()).collect(),
        credentials: cors.credentials,
        max_age: cors.max_age.seconds(),
        methods: cors.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        headers: cors.headers.clone(),
        exposed_headers: cors.exposed_headers.clone(),
    }
}
