//! Routes and their policies as templates see them.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::gateway::values;
use super::plugin_view;
use crate::model::{
    AnswerNames, AnswerParts, CorrelationId, Cors, Groups, IpRestriction, Jwt, KeyAuth, LimitBy, Names,
    Parts, Request, Response, Route,
};
use crate::render::gateway_context::{
    AddressesView, CorrelationView, CorsView, GroupsView, HeaderView, JwtPolicyView, KeyPolicyView, PairView,
    RateView, RouteView, StepView, TransformView,
};
use crate::source::language::Auth;
use crate::source::values::Size;

/// A route.
pub fn route_view(route: &Route) -> RouteView {
    let ways_in: Vec<String> = route.auth.iter().map(|way| way.as_str().to_owned()).collect();
    let (limit_by, limit_by_name) = limit_by(&route.limit_by);
    RouteView {
        name: route.name.clone(),
        service: route.service.clone(),
        path: route.path().to_string(),
        paths: route.paths.iter().map(|path| path.to_string()).collect(),
        methods: route.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        hosts: values(&route.hosts),
        headers: route
            .headers
            .iter()
            .map(|(name, found)| HeaderView { name: name.clone(), values: values(found) })
            .collect(),
        protocols: route.protocols.iter().map(|protocol| protocol.as_str().to_owned()).collect(),
        priority: route.priority,
        auth: if ways_in.is_empty() { "none".to_owned() } else { ways_in.join(" or ") },
        ways_in,
        jwt: route.takes(Auth::Jwt).then(|| jwt_view(&route.jwt)),
        key_auth: route.takes(Auth::KeyAuth).then(|| key_view(&route.key_auth)),
        groups: route.groups.as_ref().map(|groups| groups_view(groups)),
        ip: route.ip.as_ref().map(|addresses| addresses_view(addresses)),
        rate_limits: route
            .rate_limits
            .iter()
            .map(|rate| RateView { limit: rate.limit, period: rate.period.as_str().to_owned() })
            .collect(),
        limit_by: limit_by.to_owned(),
        limit_by_name,
        cors: route.cors.as_ref().map(|cors| cors_view(cors)),
        strip_path: route.strip_path,
        preserve_host: route.preserve_host,
        max_body: route.max_body.map(Size::bytes),
        timeout: route.timeouts.read.milliseconds(),
        request: route.request.as_ref().map(|request| request_view(request)),
        response: route.response.as_ref().map(|response| response_view(response)),
        correlation_id: route.correlation_id.as_ref().map(correlation_view),
        plugins: route.plugins.iter().map(plugin_view).collect(),
    }
}

fn jwt_view(jwt: &Jwt) -> JwtPolicyView {
    JwtPolicyView {
        claims: jwt.claims.iter().map(|claim| claim.as_str().to_owned()).collect(),
        key_claim: jwt.key_claim.clone(),
        headers: jwt.headers.clone(),
        cookies: jwt.cookies.clone(),
        query: jwt.query.clone(),
        max_expiration: jwt.max_expiration.as_ref().map(|expiration| expiration.seconds()),
        base64_secret: jwt.base64_secret,
    }
}

fn key_view(key: &KeyAuth) -> KeyPolicyView {
    KeyPolicyView {
        names: values(&key.names),
        header: key.header,
        query: key.query,
        body: key.body,
        hide: key.hide,
    }
}

fn groups_view(groups: &Groups) -> GroupsView {
    GroupsView { allow: values(&groups.allow), deny: values(&groups.deny), forward: groups.forward }
}

fn addresses_view(addresses: &IpRestriction) -> AddressesView {
    AddressesView { allow: values(&addresses.allow), deny: values(&addresses.deny) }
}

fn limit_by(limit_by: &LimitBy) -> (&'static str, Option<String>) {
    match limit_by {
        LimitBy::Consumer => ("consumer", None),
        LimitBy::Credential => ("credential", None),
        LimitBy::Ip => ("ip", None),
        LimitBy::Service => ("service", None),
        LimitBy::Header(name) => ("header", Some(name.clone())),
        LimitBy::Path(path) => ("path", Some(path.clone())),
    }
}

fn cors_view(cors: &Cors) -> CorsView {
    CorsView {
        origins: values(&cors.origins),
        credentials: cors.credentials,
        max_age: cors.max_age.seconds(),
        methods: cors.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        headers: cors.headers.clone(),
        exposed_headers: cors.exposed_headers.clone(),
    }
}

fn correlation_view(correlation: &CorrelationId) -> CorrelationView {
    CorrelationView {
        header: correlation.header.clone(),
        generator: correlation.generator.as_str().to_owned(),
        echo: correlation.echo,
    }
}

fn request_view(request: &Request) -> TransformView {
    let steps = [
        of_names("remove", &request.remove),
        of_parts("rename", &request.rename),
        of_parts("replace", &request.replace),
        of_parts("add", &request.add),
        of_parts("append", &request.append),
    ];
    TransformView {
        method: request.method.map(|method| method.as_str().to_owned()),
        path: request.path.as_ref().map(|path| path.value.clone()),
        steps: with_changes(steps, request.path.is_some()),
    }
}

fn response_view(response: &Response) -> TransformView {
    let steps = [
        of_answer_names("remove", &response.remove),
        of_answer("rename", &response.rename),
        of_answer("replace", &response.replace),
        of_answer("add", &response.add),
        of_answer("append", &response.append),
    ];
    TransformView { method: None, path: None, steps: with_changes(steps, false) }
}

fn with_changes(steps: [StepView; 5], replaces_path: bool) -> Vec<StepView> {
    let changes = |step: &StepView| {
        let is_empty = step.headers.is_empty() && step.query.is_empty() && step.body.is_empty();
        !is_empty || (step.name == "replace" && replaces_path)
    };
    steps.into_iter().filter(changes).collect()
}

fn of_names(step: &str, names: &Names) -> StepView {
    StepView {
        name: step.to_owned(),
        headers: alone(&names.headers),
        query: alone(&names.query),
        body: alone(&names.body),
    }
}

fn of_parts(step: &str, parts: &Parts) -> StepView {
    StepView {
        name: step.to_owned(),
        headers: texts(&parts.headers),
        query: texts(&parts.query),
        body: texts(&parts.body),
    }
}

fn of_answer_names(step: &str, names: &AnswerNames) -> StepView {
    StepView {
        name: step.to_owned(),
        headers: alone(&names.headers),
        query: Vec::new(),
        body: alone(&names.json),
    }
}

fn of_answer(step: &str, parts: &AnswerParts) -> StepView {
    let body = parts.json.iter().map(|(name, value)| {
        let (text, kind) = in_words(value);
        pair(name, Some(text), kind)
    });
    StepView {
        name: step.to_owned(),
        headers: texts(&parts.headers),
        query: Vec::new(),
        body: body.collect(),
    }
}

/// A value as text, and its sort in the gateway's words.
fn in_words(value: &Json) -> (String, &'static str) {
    match value {
        Json::String(text) => (text.clone(), "string"),
        Json::Number(number) => (number.to_string(), "number"),
        Json::Bool(truth) => (truth.to_string(), "boolean"),
        other => (other.to_string(), "string"),
    }
}

fn alone(names: &[String]) -> Vec<PairView> {
    names.iter().map(|name| pair(name, None, "string")).collect()
}

fn texts(texts: &IndexMap<String, String>) -> Vec<PairView> {
    texts.iter().map(|(name, value)| pair(name, Some(value.clone()), "string")).collect()
}

fn pair(name: &str, value: Option<String>, kind: &str) -> PairView {
    let text = value.as_ref().map_or_else(|| name.to_owned(), |value| format!("{name}:{value}"));
    PairView { name: name.to_owned(), value, text, kind: kind.to_owned() }
}
