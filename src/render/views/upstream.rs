//! Upstreams as templates see them.

use indexmap::IndexMap;
use minijinja::Value;

use crate::model::{Active, HashOn, Passive, Route, Service, Timeouts, Upstream, UpstreamTarget};
use crate::render::gateway_context::{
    ActiveView, BackendView, HashView, HeaderView, PassiveView, UpstreamTargetView, UpstreamView,
};

/// How the gateway reaches a service; none where it passes nothing on to it. `routes` are the views of its routes.
pub fn upstream_view(service: &Service, routes: &[Value]) -> Option<UpstreamView> {
    let upstream = service.upstream.as_ref()?;
    Some(view(upstream, backends(service, routes)))
}

fn view(upstream: &Upstream, backends: Vec<BackendView>) -> UpstreamView {
    UpstreamView {
        name: upstream.name.clone(),
        protocol: upstream.protocol.as_str().to_owned(),
        verify_tls: upstream.verify_tls,
        algorithm: upstream.algorithm.as_str().to_owned(),
        hash_on: upstream.hash_on.as_ref().map(hash_view),
        hash_fallback: upstream.hash_fallback.as_ref().map(hash_view),
        targets: upstream.targets.iter().map(target_view).collect(),
        host_header: upstream.host_header.clone(),
        active: upstream.active.as_ref().map(active_view),
        passive: upstream.passive.as_ref().map(passive_view),
        threshold: upstream.threshold,
        backends,
    }
}

fn hash_view(hash: &HashOn) -> HashView {
    let (by, name) = match hash {
        HashOn::Consumer => ("consumer", None),
        HashOn::Ip => ("ip", None),
        HashOn::Path => ("path", None),
        // Kong 3.9 looks a header up as a variable of nginx, whose names have no `-`: with one it would find nothing.
        HashOn::Header(name) => ("header", Some(name.to_ascii_lowercase().replace('-', "_"))),
        HashOn::Cookie(name) => ("cookie", Some(name.clone())),
        HashOn::Query(name) => ("query_arg", Some(name.clone())),
        HashOn::Capture(name) => ("uri_capture", Some(name.clone())),
    };
    HashView { by: by.to_owned(), name }
}

fn target_view(target: &UpstreamTarget) -> UpstreamTargetView {
    UpstreamTargetView { host: target.host.clone(), port: target.port, weight: target.weight }
}

fn active_view(active: &Active) -> ActiveView {
    ActiveView {
        check: active.check.as_str().to_owned(),
        path: active.path.clone(),
        headers: active
            .headers
            .iter()
            .map(|(name, values)| HeaderView { name: name.clone(), values: values.clone() })
            .collect(),
        interval: active.interval.seconds().max(1),
        unhealthy_interval: active.unhealthy_interval.seconds().max(1),
        timeout: active.timeout.seconds().max(1),
        concurrency: active.concurrency,
        successes: active.successes,
        http_failures: active.http_failures,
        tcp_failures: active.tcp_failures,
        timeouts: active.timeouts,
        healthy_statuses: active.healthy_statuses.clone(),
        unhealthy_statuses: active.unhealthy_statuses.clone(),
    }
}

fn passive_view(passive: &Passive) -> PassiveView {
    PassiveView {
        successes: passive.successes,
        http_failures: passive.http_failures,
        tcp_failures: passive.tcp_failures,
        timeouts: passive.timeouts,
        healthy_statuses: passive.healthy_statuses.clone(),
        unhealthy_statuses: passive.unhealthy_statuses.clone(),
    }
}

/// The routes by what Kong knows of a service alone, in the order of the source.
fn backends(service: &Service, routes: &[Value]) -> Vec<BackendView> {
    let mut groups: IndexMap<(Timeouts, u16), (&Route, Vec<Value>)> = IndexMap::new();
    for (route, view) in service.routes.iter().zip(routes) {
        let group = groups.entry((route.timeouts, route.retries)).or_insert_with(|| (route, Vec::new()));
        group.1.push(view.clone());
    }
    let first = service.routes.first();
    groups
        .into_iter()
        .map(|((timeouts, retries), (route, routes))| BackendView {
            name: backend_name(service, route, first),
            connect_timeout: timeouts.connect.milliseconds(),
            read_timeout: timeouts.read.milliseconds(),
            write_timeout: timeouts.write.milliseconds(),
            retries,
            routes,
        })
        .collect()
}

/// Of all that can differ, a name says what does.
fn backend_name(service: &Service, route: &Route, first: Option<&Route>) -> String {
    let Some(first) =
        first.filter(|first| (first.timeouts, first.retries) != (route.timeouts, route.retries))
    else {
        return service.name.value.clone();
    };
    let Timeouts { connect, read, write } = route.timeouts;
    let mut name = format!("{}.{}ms", service.name.value, read.milliseconds());
    for (differs, what, value) in [
        (write != read, "write", write.milliseconds()),
        (connect != first.timeouts.connect.min(read), "connect", connect.milliseconds()),
        (route.retries != first.retries, "retries", u64::from(route.retries)),
    ] {
        if differs {
            name.push_str(&format!(".{what}-{value}"));
        }
    }
    name
}
