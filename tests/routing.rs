//! The routing table against real Kong: `tests/routing/requests.json` holds what Kong 3.9.3 answered to each request when it ran
//! `tests/routing/kong.yml` with services that repeat what they are asked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value as Json;
use stackgen::routing::{Answer, Request, RouteSpec, Scheme, Table, answer, upstream_path};

const CONFIG: &str = include_str!("routing/kong.yml");
const REQUESTS: &str = include_str!("routing/requests.json");

#[test]
fn every_request_goes_where_kong_sent_it_and_asks_what_kong_asked() {
    let config: Json = serde_saphyr::from_str(CONFIG).unwrap();
    let services = config["services"].as_array().unwrap();
    let specs: Vec<RouteSpec> = services.iter().map(|service| spec(&service["routes"][0])).collect();
    let table = Table::new(&specs);
    let requests: Vec<Json> = serde_json::from_str(REQUESTS).unwrap();
    let mut faults = Vec::new();
    for recorded in &requests {
        let request = request(recorded);
        let found = table.matches(&request);
        let expected = match recorded["status"].as_u64() {
            // nginx itself refuses these before any route is asked for.
            Some(400) => "status 404".to_owned(),
            Some(status) => format!("status {status}"),
            None => format!("{} for {}", text(&recorded["route"]), text(&recorded["asked"])),
        };
        let seen = found.first().map_or("status 404".to_owned(), |first| {
            let service = &services[first.row.route];
            let route = &service["routes"][0];
            let protocols = strings(&route["protocols"]);
            if let Answer::Refused(status) = answer(&protocols, &request) {
                return format!("status {status}");
            }
            let strips = route["strip_path"].as_bool().unwrap();
            let stripped = first.matched.as_deref().filter(|_| strips).or(strips.then_some("/"));
            let base = service["path"].as_str().unwrap_or("/");
            let mut asked = upstream_path(base, &request.path().unwrap(), stripped);
            if let Some(query) = request.query() {
                asked = format!("{asked}?{query}");
            }
            format!("{} for {asked}", specs[first.row.route].name)
        });
        if seen != expected {
            faults.push(format!("{recorded}: {seen}"));
        }
    }
    assert!(
        requests.len() > 150 && faults.is_empty(),
        "{} of these differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn spec(route: &Json) -> RouteSpec {
    let headers = route["headers"].as_object().into_iter().flatten();
    RouteSpec {
        name: text(&route["name"]),
        paths: strings(&route["paths"]),
        methods: strings(&route["methods"]),
        hosts: strings(&route["hosts"]),
        headers: headers.map(|(name, values)| (name.clone(), strings(values))).collect(),
        regex_priority: route["regex_priority"].as_u64().unwrap_or(0).try_into().unwrap(),
    }
}

fn request(recorded: &Json) -> Request {
    let headers = recorded["headers"].as_array().into_iter().flatten();
    Request {
        method: text(&recorded["method"]),
        scheme: if recorded["scheme"] == "https" { Scheme::Https } else { Scheme::Http },
        host: Some(text(&recorded["host"])),
        target: text(&recorded["target"]),
        headers: headers.map(|header| (text(&header[0]), text(&header[1]))).collect(),
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

fn strings(values: &Json) -> Vec<String> {
    values.as_array().into_iter().flatten().map(text).collect()
}
