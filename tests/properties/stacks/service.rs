//! Services of every kind.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};

use super::{any_of, flag, gateway, plain_value, table, words};
use crate::strings::text;

/// What is written of a service, but for what depends on the other ones.
#[derive(Debug, Clone)]
pub struct ServiceSeed {
    kind: &'static str,
    stem: &'static str,
    own: Json,
    /// Which of the services before it it needs, and whether their variables get a prefix.
    needs: Vec<(Index, bool)>,
    is_published: bool,
    routes: Vec<(bool, Json)>,
    upstream: Option<Json>,
}

/// Kinds that are built from a folder and answer requests.
const ANSWERING: [&str; 4] = ["django", "fastapi", "node", "react"];

/// Kinds that keep or pass on data.
const DATA: [&str; 5] = ["mongodb", "mysql", "postgres", "rabbitmq", "redis"];

pub fn service() -> impl Strategy<Value = ServiceSeed> {
    let kinds = prop_oneof![
        3 => select(&ANSWERING[..]),
        3 => select(&DATA[..]),
        1 => select(&["celery", "container"][..]),
    ];
    let parts = (
        kinds,
        select(&["a", "orders", "orders-db", "x-1", "very-long-name-of-a-service-that-does-a-lot"][..]),
        own(),
        vec((any::<Index>(), any::<bool>()), 0..3),
        any::<bool>(),
        vec((any::<bool>(), gateway::route()), 0..3),
        option::weighted(0.3, gateway::upstream()),
    );
    parts.prop_map(|(kind, stem, own, needs, is_published, routes, upstream)| ServiceSeed {
        kind,
        stem,
        own,
        needs,
        is_published,
        routes,
        upstream,
    })
}

/// The value of a variable: any string, a number, a secret, or a fact of the stack.
pub fn value() -> BoxedStrategy<Json> {
    prop_oneof![
        4 => text().prop_map(|text| json!({ "literal": text })),
        2 => plain_value(),
        1 => any_of(vec![json!(0), json!(-12), json!(1.5), json!(true)]),
        1 => any_of(vec![json!({ "secret": "SHARED_0" }), json!({ "secret": "SHARED_1" })]),
        1 => any_of(vec![json!("{{ stack.name }}-{{ service.name }}"), json!("{{ service.prefix }}")]),
    ]
    .boxed()
}

fn own() -> BoxedStrategy<Json> {
    let checks = any_of(vec![
        json!({ "cmd": ["test", "-e", "/tmp/it's \"there\" $HOME"], "interval": "7s", "retries": 2 }),
        json!({ "cmd": ["true"], "timeout": "1s", "start_period": "1m30s" }),
        json!(false),
    ]);
    let extra = table(vec![
        ("shm_size", words(&["64m"])),
        ("init", flag()),
        ("labels", table(vec![("com.example.a", plain_value()), ("b", plain_value())])),
    ]);
    table(vec![
        ("description", text().prop_map(Json::from).boxed()),
        ("env", table(vec![("V_0", value()), ("V_1", value()), ("V_2", value()), ("_v", value())])),
        (
            "volumes",
            any_of(vec![json!({ "more": "/var/more" }), json!({ "more": "/more", "most": "/a b/most" })]),
        ),
        (
            "mounts",
            any_of(vec![
                json!([{ "source": "files", "at": "/etc/ours" }]),
                json!([{ "source": "files/settings", "at": "/etc/s", "read_only": false }]),
            ]),
        ),
        ("health", checks),
        ("memory", words(&["512MiB", "1GB"])),
        ("cpus", any_of(vec![json!(0.5), json!(2), json!(1.25)])),
        ("restart", words(&["always", "on-failure", "no", "unless-stopped"])),
        ("stop_grace", words(&["30s", "1m30s"])),
        ("user", words(&["1000:1000", "nobody"])),
        ("read_only", flag()),
        ("compose_extra", extra),
    ])
}

impl ServiceSeed {
    pub fn name(&self, at: usize) -> String {
        format!("{}{at}", self.stem)
    }

    fn answers(&self) -> bool {
        ANSWERING.contains(&self.kind)
    }
}

/// The table of the service at a place among all: it may need any before it.
pub fn written(
    seed: &ServiceSeed,
    at: usize,
    names: &[String],
    before: &[ServiceSeed],
    has_gateway: bool,
) -> Json {
    let mut table = seed.own.as_object().cloned().unwrap_or_default();
    let mut say = |key: &str, value: Json| table.insert(key.to_owned(), value);
    say("kind", seed.kind.into());
    if seed.kind == "container" {
        say("image", "registry.example.com/any/thing:1.2".into());
        say("command", json!(["run", "--with", "a b", "it's"]));
    } else if !DATA.contains(&seed.kind) {
        say("path", format!("src/s{at}").into());
    }
    // Each service has ports of its own.
    let port = 10_000 + 10 * at;
    match seed.is_published {
        true if seed.kind == "celery" => {}
        true if at % 3 == 1 => drop(say("port", format!("0.0.0.0:{port}:{}", port + 1).into())),
        true => drop(say("port", port.into())),
        false => {}
    }
    let mut needed: Vec<(usize, bool)> = seed
        .needs
        .iter()
        .filter(|_| at > 0)
        .map(|(index, has_prefix)| (index.index(at), *has_prefix))
        .collect();
    needed.sort_unstable();
    needed.dedup_by_key(|(needed, _)| *needed);
    let taken =
        |at: usize| needed.iter().filter(|(other, _)| before[*other].kind == before[at].kind).count() > 1;
    let needs: Vec<Json> = needed
        .iter()
        .map(|&(needed, has_prefix)| {
            if has_prefix || taken(needed) || DATA.contains(&before[needed].kind) {
                json!({ "service": names[needed], "as": format!("N{needed}") })
            } else {
                names[needed].clone().into()
            }
        })
        .collect();
    if !needs.is_empty() {
        say("needs", needs.into());
    }
    if seed.answers() && has_gateway {
        let routes = seed.routes.iter().enumerate().map(|(nth, (is_pattern, route))| {
            let path =
                if *is_pattern { format!("~/p{at}/r{nth}/(?<id>[0-9]+)$") } else { format!("/s{at}/r{nth}") };
            let mut route = route.clone();
            route["path"] = path.into();
            route
        });
        let routes: Vec<Json> = routes.collect();
        let upstream = seed.upstream.clone().filter(|_| !routes.is_empty());
        say("routes", routes.into());
        upstream.map(|upstream| say("upstream", upstream));
    }
    Json::Object(table)
}
