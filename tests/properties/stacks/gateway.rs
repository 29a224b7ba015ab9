//! The gateway, and what its routes ask of requests.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{any_of, flag, joined, list, number, plain_value, table, words};
use crate::strings::plain;

/// A gateway whose consumers hold a token, a key and two groups.
pub fn gateway() -> BoxedStrategy<Json> {
    let always = Just(json!({
        "port": 8080,
        "consumers": {
            "web": { "jwt": { "key": "web", "secret": "SHARED_0" }, "groups": ["staff"] },
            "device": { "key_auth": ["DEVICE_KEY", "OLD_DEVICE_KEY"], "groups": ["blocked"] },
        },
    }));
    let some = table(vec![
        ("admin", any_of(vec![json!(8445), json!("127.0.0.1:8446:8001")])),
        (
            "metrics",
            any_of(vec![json!(true), json!({ "port": 8100, "per_consumer": true, "latency": false })]),
        ),
        ("health", words(&["/health", "/status"])),
        ("cors", cors()),
        ("defaults", policy()),
        ("plugins", plugins("request-termination", "message")),
        (
            "tls",
            any_of(vec![
                json!({ "port": 8443 }),
                json!({ "port": 8443, "certificates": [{ "certificate": "PEM", "key": "PEM_KEY", "snis": ["*.example.com"] }] }),
            ]),
        ),
    ]);
    joined(vec![some, always.boxed()])
}

/// What holds for requests, with or without somebody who may come in.
pub fn policy() -> BoxedStrategy<Json> {
    let open = any_of(vec![json!({}), json!({ "auth": "none", "groups": false })]);
    let jwt = joined(vec![
        any_of(vec![json!({ "auth": "jwt" })]),
        table(vec![(
            "jwt",
            table(vec![
                ("claims", any_of(vec![json!(["exp"]), json!(["exp", "nbf"])])),
                ("key_claim", words(&["iss", "kid"])),
                ("headers", list(&["authorization", "x-token"])),
                ("cookies", list(&["token"])),
                ("max_expiration", words(&["1h", "365d"])),
                ("base64_secret", flag()),
            ]),
        )]),
        groups(),
    ]);
    let key = joined(vec![
        any_of(vec![json!({ "auth": "key-auth" }), json!({ "auth": ["jwt", "key-auth"] })]),
        table(vec![(
            "key_auth",
            table(vec![("names", list(&["apikey", "x-api-key"])), ("body", flag()), ("hide", flag())]),
        )]),
        groups(),
    ]);
    joined(vec![prop_oneof![open, jwt, key].boxed(), limits(), changes()])
}

fn groups() -> BoxedStrategy<Json> {
    let who = any_of(vec![
        json!({ "allow": ["staff"], "forward": false }),
        json!({ "deny": ["blocked"] }),
        json!({ "allow": ["staff", "blocked"] }),
        json!(false),
    ]);
    table(vec![("groups", who)])
}

fn limits() -> BoxedStrategy<Json> {
    let rates = vec![json!("100/minute"), json!(["20/second", "600/minute"]), json!("1/year"), json!(false)];
    table(vec![
        (
            "ip",
            any_of(vec![json!({ "allow": ["10.0.0.0/8", "::1"], "deny": ["10.9.0.0/16"] }), json!(false)]),
        ),
        ("rate_limit", any_of(rates)),
        (
            "limit_by",
            any_of(vec![
                json!("ip"),
                json!("service"),
                json!({ "header": "X-Who" }),
                json!({ "path": "/counted" }),
            ]),
        ),
        ("cors", cors()),
        ("max_body", any_of(vec![json!("10MB"), json!("1MiB"), json!(false)])),
        ("timeout", words(&["30s", "1m30s", "500ms"])),
        ("connect_timeout", words(&["1s"])),
        ("read_timeout", words(&["3m"])),
        ("retries", number(0..9)),
        ("protocols", list(&["http", "https"])),
        ("strip_path", flag()),
        ("preserve_host", flag()),
    ])
}

fn changes() -> BoxedStrategy<Json> {
    // Empty, or with a colon at its beginning, it would be none.
    let plain_value = || plain().prop_map(|text| json!(format!("is {text}"))).boxed();
    let parts = || {
        table(vec![
            ("headers", table(vec![("X-One", plain_value())])),
            ("query", table(vec![("one", plain_value())])),
        ])
    };
    let request = table(vec![
        ("method", words(&["PUT", "POST"])),
        ("remove", table(vec![("headers", list(&["X-Debug", "X-Old"])), ("body", list(&["debug"]))])),
        (
            "replace",
            table(vec![("path", words(&["/elsewhere"])), ("headers", table(vec![("X-Two", plain_value())]))]),
        ),
        ("add", parts()),
        ("append", parts()),
    ]);
    let response = table(vec![
        ("remove", table(vec![("json", list(&["internal"]))])),
        ("rename", table(vec![("headers", table(vec![("X-Was", words(&["X-Is"]))]))])),
        ("add", table(vec![("json", table(vec![("stable", flag()), ("text", plain_value())]))])),
    ]);
    let id = any_of(vec![
        json!(true),
        json!(false),
        json!({ "header": "X-Id", "generator": "tracker", "echo": false }),
    ]);
    table(vec![
        ("request", request),
        ("response", response),
        ("correlation_id", id),
        ("plugins", plugins("bot-detection", "deny")),
    ])
}

/// A plugin that takes any string, under the name of one of its settings.
fn plugins(name: &'static str, setting: &'static str) -> BoxedStrategy<Json> {
    let said = plain_value().prop_map(move |text| {
        let value = if setting == "deny" { json!(["curl/7"]) } else { text };
        json!([{ "name": name, "config": { setting: value } }])
    });
    prop_oneof![3 => said, 1 => Just(json!([{ "name": name, "enabled": false }]))].boxed()
}

fn cors() -> BoxedStrategy<Json> {
    let always = Just(json!({ "origins": ["https://app.example.com", "http://localhost:3000"] }));
    let some = table(vec![
        ("credentials", flag()),
        ("max_age", words(&["1h", "0s"])),
        ("methods", list(&["GET", "POST", "DELETE"])),
        ("exposed_headers", list(&["X-Request-ID"])),
    ]);
    prop_oneof![4 => joined(vec![some, always.boxed()]), 1 => Just(Json::Bool(false))].boxed()
}

/// How the gateway reaches a service.
pub fn upstream() -> BoxedStrategy<Json> {
    let shared = any_of(vec![
        json!({}),
        json!({ "algorithm": "least-connections" }),
        json!({ "algorithm": "latency" }),
        json!({ "algorithm": "consistent-hashing", "hash_on": { "header": "X-Who" }, "hash_fallback": { "cookie": "who" } }),
        json!({ "algorithm": "consistent-hashing", "hash_on": "ip" }),
    ]);
    let some = table(vec![
        ("weight", number(1..200)),
        ("host_header", words(&["inside.example.com"])),
        ("threshold", number(0..100)),
        ("passive", any_of(vec![json!(true), json!({ "timeouts": 3, "unhealthy_statuses": [500, 503] })])),
        (
            "active",
            table(vec![
                ("path", words(&["/ready"])),
                ("interval", words(&["4s"])),
                ("concurrency", number(1..9)),
            ]),
        ),
        ("targets", any_of(vec![json!([{ "host": "other.example.com", "port": 8080, "weight": 5 }])])),
    ]);
    joined(vec![some, shared])
}

/// A route, but for its path: it is at the place of its service among the services.
pub fn route() -> BoxedStrategy<Json> {
    let asked = table(vec![
        ("methods", list(&["GET", "POST", "PUT", "DELETE"])),
        ("hosts", list(&["shop.example.com", "*.example.com"])),
        ("headers", table(vec![("X-Version", any_of(vec![json!("1"), json!(["1", "2"]), json!("~*^a+$")]))])),
        ("priority", number(0..9)),
    ]);
    joined(vec![policy(), asked])
}
