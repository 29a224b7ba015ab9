//! What holds for a route's requests, in few words.

use crate::model::{Groups, LimitBy, Route};
use crate::routing::Routed;

/// The policies of a route in the order in which the gateway comes to them. Empty for one that lets everything pass as it is.
pub fn policies(route: Routed<'_>) -> Vec<String> {
    let Routed::Service(route) = route else { return Vec::new() };
    let mut words = Vec::new();
    if let Some(correlation) = &route.correlation_id {
        words.push(format!("id in {}", correlation.header));
    }
    words.extend(protocols(route));
    words.extend(route.cors.as_ref().map(|_| "cors".to_owned()));
    words.extend(
        (!route.auth.is_empty())
            .then(|| route.auth.iter().map(|way| way.as_str()).collect::<Vec<_>>().join(" or ")),
    );
    words.extend(route.ip.as_ref().map(|ip| {
        if ip.allow.is_empty() { "some addresses kept out" } else { "some addresses alone" }.to_owned()
    }));
    words.extend(route.groups.as_deref().map(groups));
    words.extend(route.max_body.map(|size| format!("body up to {size}")));
    words.extend(rates(route));
    words.extend(route.request.as_ref().map(|_| "request changed".to_owned()));
    words.extend(route.response.as_ref().map(|_| "response changed".to_owned()));
    words.extend(route.plugins.iter().map(|plugin| plugin.name.value.clone()));
    words.extend(route.strip_path.then(|| "path stripped".to_owned()));
    words.extend(route.preserve_host.then(|| "host kept".to_owned()));
    words
}

/// What clients have to speak, where that is not left to them.
fn protocols(route: &Route) -> Option<String> {
    let spoken: Vec<&str> = route.protocols.iter().map(|protocol| protocol.as_str()).collect();
    match spoken.as_slice() {
        // A route for http alone takes https as well.
        ["http", "https"] | ["https", "http"] | ["http"] | [] => None,
        ["https"] => Some("https alone".to_owned()),
        ["grpcs"] => Some("grpcs alone".to_owned()),
        _ => Some("grpc".to_owned()),
    }
}

fn groups(groups: &Groups) -> String {
    let names = |list: &[crate::source::Spanned<String>]| {
        list.iter().map(|name| name.value.clone()).collect::<Vec<_>>().join(", ")
    };
    if groups.allow.is_empty() {
        format!("not {}", names(&groups.deny))
    } else {
        format!("{} alone", names(&groups.allow))
    }
}

fn rates(route: &Route) -> Option<String> {
    let rates: Vec<String> = route.rate_limits.iter().map(|rate| rate.to_string()).collect();
    let by = match &route.limit_by {
        LimitBy::Consumer => "consumer",
        LimitBy::Credential => "credential",
        LimitBy::Ip => "address",
        LimitBy::Service => "service",
        LimitBy::Header(header) => header.as_str(),
        LimitBy::Path(_) => "path",
    };
    (!rates.is_empty()).then(|| format!("{} by {by}", rates.join(", ")))
}
