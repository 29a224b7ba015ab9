//! The routing table against real Kong: `tests/kong/requests.json` holds what Kong 3.9.3 answered to each request when it ran
//! `tests/kong/routes.yml` with services that repeat what they are asked. And the table of a stack against its own kong.yml.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement tells how long something takes"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use serde_json::Value as Json;
use stackgen::checks::{Subject, run};
use stackgen::routing::{Answer, Request, RouteSpec, Routing, Scheme, Table, answer, upstream_path};
use stackgen::source::{Disk, Memory};

const CONFIG: &str = include_str!("kong/routes.yml");
const REQUESTS: &str = include_str!("kong/requests.json");

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

/// What the stand-in gateway of the end-to-end suite makes of the same requests. It reads the config as JSON, for what it is held
/// against needs nothing but Python.
const STAND_IN: &str = r#"
import json, sys
sys.path.insert(0, sys.argv[1])
from routing import Request, Table, asked, refusal
config, requests = json.load(sys.stdin)
table = Table(config)
for it in requests:
    request = Request(it["method"], it["scheme"], it["host"], it["target"], it.get("headers", []))
    found = table.find(request)
    if found is None:
        print("status 400" if request.path is None else "status 404")
    elif status := refusal(found[0].route, request):
        print("status", status)
    else:
        print(found[0].route["name"], "for", asked(*found, request))
"#;

#[test]
fn the_stand_in_gateway_sends_every_request_where_kong_sent_it() {
    let config: Json = serde_saphyr::from_str(CONFIG).unwrap();
    let requests: Vec<Json> = serde_json::from_str(REQUESTS).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/images/kong/gateway_stand_in");
    let mut python = Command::new("python3")
        .args(["-B", "-c", STAND_IN, folder])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(&(config, &requests)).unwrap();
    python.stdin.take().unwrap().write_all(&input).unwrap();
    let output = python.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), requests.len());
    for (recorded, answer) in requests.iter().zip(answers.lines()) {
        match recorded["status"].as_u64() {
            // A path that is no text gets 404 of Kong, and 400 of the stand-in.
            Some(404) if recorded["target"] == "/%ff" => assert_eq!(answer, "status 400"),
            Some(status) => assert_eq!(answer, format!("status {status}"), "{recorded}"),
            None => {
                let expected = format!("{} for {}", text(&recorded["route"]), text(&recorded["asked"]));
                assert_eq!(answer, expected, "{recorded}");
            }
        }
    }
}

/// The routes of a config, those of services first, by their names.
fn specs_of(config: &Json) -> BTreeMap<String, RouteSpec> {
    let services = config["services"].as_array().unwrap().iter();
    let routes = services.flat_map(|service| service["routes"].as_array().unwrap());
    routes
        .chain(config["routes"].as_array().unwrap())
        .map(|route| (text(&route["name"]), spec(route)))
        .collect()
}

#[test]
fn the_table_of_a_stack_is_that_of_its_kong_yml() {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [root.to_owned(), root.join("tests/golden/gateway-everything")] {
        let compilation = stackgen::compile(&Disk::new(folder.clone()), Utf8Path::new("stack.toml"), None);
        let output =
            compilation.outputs.iter().find(|output| output.path == "generated/kong/kong.yml").unwrap();
        let written = specs_of(&serde_saphyr::from_str(&output.contents).unwrap());
        let routing = Routing::of(&compilation.stacks[0]).unwrap();
        assert_eq!(routing.routes.len(), written.len(), "{folder}");
        for route in &routing.routes {
            assert_eq!(route.spec(), written[route.name()], "{folder}");
        }
    }
}

/// A stack of so many services, each of which has one route.
fn stack_of(count: usize, route: impl Fn(usize) -> String) -> String {
    let mut text = "[stack]\nname = \"large\"\n[gateway]\nport = 8080\n".to_owned();
    for at in 0..count {
        text +=
            &format!("[services.s{at}]\nimage = \"registry.example.com/s:1.0\"\nport = {}\n", 10_000 + at);
        text += &format!("routes = [{}]\n", route(at));
    }
    text
}

/// How long the checks of a stack take, and what they find.
fn checked(stack: &str) -> (Duration, usize) {
    let world = Memory::default().with("stack.toml", stack);
    let compilation = stackgen::validate(&world, Utf8Path::new("stack.toml"), None);
    let subject = || Subject { stack: &compilation.stacks[0], sources: &compilation.sources, world: &world };
    let started = Instant::now();
    let found = run([subject()]);
    (started.elapsed(), found.len())
}

/// Stacks of many routes, each of a shape of its own, and how many findings there are: of the hosts, every second route says its method
/// and takes what the other one on its host would get.
fn large_stacks(count: usize) -> Vec<(&'static str, String, usize)> {
    let nested = |at: usize| format!("{{ path = \"/api/v{}/a{}/b{at}\" }}", at % 7, at % 97);
    let hosts = |at: usize| match at % 2 {
        0 => format!("{{ path = \"/\", hosts = [\"t{}.example.com\"], methods = [\"GET\"] }}", at / 2),
        _ => format!("{{ path = \"/api\", hosts = [\"t{}.example.com\"] }}", at / 2),
    };
    let methods = |at: usize| {
        format!("{{ path = \"/x{}\", methods = [\"{}\"] }}", at / 4, ["GET", "PUT", "POST", "DELETE"][at % 4])
    };
    let expressions = |at: usize| match at % 2 {
        0 => format!("{{ path = \"~/items{}/[0-9]+$\" }}", at / 2),
        _ => format!("{{ path = \"/items{}\" }}", at / 2),
    };
    let headers = |at: usize| format!("{{ path = \"/\", headers = {{ X-Tenant = \"t{at}\" }} }}");
    vec![
        ("nested", stack_of(count, nested), 0),
        ("hosts", stack_of(count, hosts), count / 2),
        ("methods", stack_of(count, methods), 0),
        ("expressions", stack_of(count, expressions), 0),
        ("headers", stack_of(count, headers), 0),
    ]
}

#[test]
fn large_stacks_of_every_shape_have_the_findings_that_they_should() {
    for (shape, stack, expected) in large_stacks(200) {
        assert_eq!(checked(&stack).1, expected, "{shape}");
    }
}

#[test]
#[ignore = "a measurement: run it in release, alone"]
fn four_times_as_many_routes_take_at_most_six_times_as_long_to_check() {
    for (few, many) in large_stacks(2_000).iter().zip(large_stacks(8_000)) {
        let took = |stack: &str| (0..5).map(|_| checked(stack).0).min().unwrap();
        let (shape, few, many) = (few.0, took(&few.1), took(&many.1));
        println!("{shape}: 2,000 routes {few:?}, 8,000 routes {many:?}");
        assert!(many < few * 6, "{shape}: {few:?} and {many:?}");
    }
}
