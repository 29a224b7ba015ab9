//! What holds for a route, and what the gateway is never given: precedence, what Kong has another default for, and what it would refuse.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use camino::Utf8Path;
use serde_json::{Value as Json, json};
use stackgen::source::Memory;
use stackgen::{Compilation, compile};

const PUBLIC_KEY: &str = include_str!("golden/gateway-everything/keys/device.pem");

fn compiled(stack: &str) -> Compilation {
    let world = Memory::default()
        .with("stack.toml", stack)
        .with("app/Dockerfile", "")
        .with("keys/public.pem", PUBLIC_KEY)
        .with("keys/private.pem", PUBLIC_KEY.replace("PUBLIC", "PRIVATE"))
        .with("keys/text.pem", "no key");
    compile(&world, Utf8Path::new("stack.toml"), None)
}

/// A stack with one service, by what its gateway, its service and its only route say.
fn stack(gateway: &str, service: &str, route: &str) -> String {
    format!(
        r#"
        [stack]
        name = "shop"

        [services.cache]
        kind = "redis"

        [services.api]
        kind = "fastapi"
        path = "app"
        port = 8001
        {service}

        [[services.api.routes]]
        path = "/a"
        {route}

        [gateway]
        port = 8080
        {gateway}
        "#
    )
}

fn kong(stack: &str) -> Json {
    let compilation = compiled(stack);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    let output = compilation.outputs.iter().find(|output| output.path == "generated/kong/kong.yml");
    serde_saphyr::from_str(&output.unwrap_or_else(|| panic!("{found:?}")).contents).unwrap()
}

fn plugins(kong: &Json) -> Vec<(String, Json)> {
    let plugins = kong["services"][0]["routes"][0]["plugins"].as_array().cloned().unwrap_or_default();
    plugins
        .into_iter()
        .map(|plugin| (plugin["name"].as_str().unwrap().to_owned(), plugin["config"].clone()))
        .collect()
}

fn plugin(kong: &Json, name: &str) -> Json {
    plugins(kong).into_iter().find(|(found, _)| found == name).map_or(Json::Null, |(_, config)| config)
}

#[test]
fn a_route_comes_before_its_service_and_the_service_before_the_gateway() {
    let (gateway, service, route) = (
        "defaults = { max_body = \"1MB\", timeout = \"10s\", retries = 9, rate_limit = [\"1/second\", \"10/minute\"] }",
        "route_defaults = { max_body = \"2MB\", timeout = \"20s\" }",
        "max_body = \"3MB\"",
    );
    for (stack, body, timeout) in [
        (stack("", "", ""), Json::Null, 60_000),
        (stack(gateway, "", ""), json!(1_000_000), 10_000),
        (stack(gateway, service, ""), json!(2_000_000), 20_000),
        (stack(gateway, service, route), json!(3_000_000), 20_000),
    ] {
        let kong = kong(&stack);
        assert_eq!(plugin(&kong, "request-size-limiting")["allowed_payload_size"], body, "{stack}");
        assert_eq!(kong["services"][0]["read_timeout"], timeout, "{stack}");
    }
    assert_eq!(kong(&stack(gateway, service, route))["services"][0]["retries"], 9);
}

#[test]
fn a_list_is_taken_whole_from_the_nearest_place_and_false_takes_nothing() {
    let gateway = "defaults = { rate_limit = [\"1/second\", \"10/minute\"], ip = { deny = [\"10.0.0.1\"] } }";
    let nearest = kong(&stack(gateway, "", "rate_limit = \"5/hour\""));
    let limits = plugin(&nearest, "rate-limiting");
    assert_eq!([&limits["hour"], &limits["second"]], [&json!(5), &Json::Null]);
    assert_eq!(plugin(&nearest, "ip-restriction")["deny"], json!(["10.0.0.1"]));
    let nothing = kong(&stack(gateway, "route_defaults = { ip = false }", "rate_limit = false"));
    assert_eq!(plugins(&nothing), []);
}

#[test]
fn plugins_of_all_places_come_together_and_of_each_name_the_nearest() {
    let gateway = r#"defaults = { plugins = [{ name = "bot-detection" }, { name = "grpc-web" }, { name = "datadog", config = { port = 1 } }] }"#;
    let service = r#"route_defaults = { plugins = [{ name = "datadog", config = { port = 2 } }, { name = "loggly", config = { key = "a" } }] }"#;
    let route = r#"plugins = [{ name = "bot-detection", enabled = false }, { name = "loggly", config = { key = "b" } }]"#;
    let found = plugins(&kong(&stack(gateway, service, route)));
    assert_eq!(
        found,
        [
            ("grpc-web".to_owned(), json!({})),
            ("datadog".to_owned(), json!({ "port": 2 })),
            ("loggly".to_owned(), json!({ "key": "b" })),
        ]
    );
}

#[test]
fn a_nearer_timeout_holds_for_reading_and_writing_whatever_was_said_further_out() {
    let gateway = "defaults = { read_timeout = \"5m\", write_timeout = \"4m\", connect_timeout = \"1s\" }";
    let service = &kong(&stack(gateway, "", "timeout = \"3s\""))["services"][0];
    assert_eq!(
        [&service["read_timeout"], &service["write_timeout"], &service["connect_timeout"]],
        [&json!(3_000), &json!(3_000), &json!(1_000)]
    );
}

#[test]
fn tokens_and_keys_are_looked_for_in_headers_alone_unless_told() {
    let consumers = "consumers = { web = { jwt = { key = \"web\", secret = \"A\" }, key_auth = \"B\" } }";
    let kong = kong(&stack(consumers, "", "auth = [\"jwt\", \"key-auth\"]"));
    let (jwt, key) = (plugin(&kong, "jwt"), plugin(&kong, "key-auth"));
    assert_eq!([&jwt["uri_param_names"], &jwt["cookie_names"]], [&json!([]), &json!([])]);
    assert_eq!(
        [&key["key_in_query"], &key["key_in_body"], &key["hide_credentials"]],
        [&json!(false), &json!(false), &json!(true)]
    );
    for config in [jwt, key] {
        assert_eq!(config["run_on_preflight"], false);
        assert_eq!(config["anonymous"], "gateway.anonymous", "either of the two lets in");
    }
    let anonymous = kong["consumers"].as_array().unwrap().last().unwrap();
    assert_eq!(anonymous["username"], "gateway.anonymous");
    assert_eq!(anonymous["plugins"][0]["config"]["status_code"], 401);
}

#[test]
fn one_way_in_refuses_by_itself() {
    let consumers = "consumers = { web = { jwt = { key = \"web\", secret = \"A\" } } }";
    let kong = kong(&stack(consumers, "", "auth = \"jwt\""));
    assert_eq!(plugin(&kong, "jwt")["anonymous"], Json::Null);
    assert_eq!(kong["consumers"].as_array().unwrap().len(), 1);
}

#[test]
fn no_part_of_a_credential_is_left_for_kong_to_invent() {
    let kong = kong(&stack(
        r#"consumers.a = { jwt = { key = "a", secret = "A" }, key_auth = ["B", "C"], groups = ["staff"] }
        consumers.b = { jwt = { key = "b", algorithm = "ES256", public_key = "keys/public.pem" } }"#,
        "",
        "auth = \"jwt\"",
    ));
    let [a, b] = kong["consumers"].as_array().unwrap().as_slice() else { panic!("{kong}") };
    assert_eq!(
        a["jwt_secrets"],
        json!([{ "key": "a", "algorithm": "HS256", "secret": "@stackgen-secret:A@" }])
    );
    assert_eq!(
        a["keyauth_credentials"],
        json!([{ "key": "@stackgen-secret:B@" }, { "key": "@stackgen-secret:C@" }])
    );
    assert_eq!(a["acls"], json!([{ "group": "staff" }]));
    assert_eq!(b["jwt_secrets"], json!([{ "key": "b", "algorithm": "ES256", "rsa_public_key": PUBLIC_KEY }]));
}

#[test]
fn metrics_are_switched_on_one_by_one_for_kongs_own_defaults_count_nothing() {
    let plugins = |metrics: &str| kong(&stack(metrics, "", ""))["plugins"].clone();
    assert_eq!(plugins(""), json!([]));
    assert_eq!(plugins("metrics = false"), json!([]));
    let config = &plugins("metrics = true")[0]["config"];
    for counted in ["status_code_metrics", "latency_metrics", "bandwidth_metrics", "upstream_health_metrics"]
    {
        assert_eq!(config[counted], true, "{counted}");
    }
    assert_eq!(config["per_consumer"], false);
}

#[test]
fn a_grpc_service_is_not_asked_by_a_check_that_kong_takes_and_stumbles_over() {
    let service = "upstream = { protocol = \"grpc\" }";
    let grpc = kong(&stack("", service, ""));
    assert_eq!(grpc["upstreams"][0]["healthchecks"], Json::Null);
    let route = &grpc["services"][0]["routes"][0];
    assert_eq!(route["protocols"], json!(["grpc", "grpcs"]));
    assert_eq!(grpc["services"][0]["protocol"], "grpc");
    assert_eq!(grpc["services"].as_array().unwrap().len(), 1, "nobody can ask for its health over HTTP");
}

#[test]
fn a_header_to_hash_on_is_named_as_kong_finds_it() {
    let service = r#"upstream = { algorithm = "consistent-hashing", hash_on = { header = "X-User" }, hash_fallback = "ip" }"#;
    let upstream = &kong(&stack("", service, ""))["upstreams"][0];
    assert_eq!(upstream["hash_on_header"], "x_user");
    assert_eq!([&upstream["hash_on"], &upstream["hash_fallback"]], [&json!("header"), &json!("ip")]);
}

#[test]
fn the_health_of_a_service_is_one_exact_path_that_leads_to_its_own() {
    for (health, answers_at, replaced) in
        [("/well", "/well", Json::Null), ("/well/", "/well/", json!("/well/")), ("/", "/", Json::Null)]
    {
        let kong = kong(&stack("health = \"/gate.health\"", &format!("health = \"{health}\""), ""));
        let service = &kong["services"][1];
        assert_eq!([&service["name"], &service["path"]], [&json!("api.health"), &json!(answers_at)]);
        assert_eq!(service["host"], "api.upstream");
        let route = &service["routes"][0];
        assert_eq!(route["paths"], json!(["~/gate\\.health/api$"]));
        assert_eq!(route["methods"], json!(["GET", "HEAD"]));
        assert_eq!([&route["strip_path"], &route["regex_priority"]], [&json!(true), &json!(1_023)]);
        assert_eq!(route["plugins"][0]["config"]["replace"]["uri"], replaced);
        assert_eq!(kong["routes"][0]["paths"], json!(["~/gate\\.health$"]));
    }
}

#[test]
fn rate_limits_are_counted_in_a_redis_of_the_stack_that_the_gateway_reaches() {
    let stack = stack("rate_limit_store = \"cache\"", "", "rate_limit = \"5/hour\"");
    let limits = plugin(&kong(&stack), "rate-limiting");
    assert_eq!(limits["policy"], "redis");
    assert_eq!(
        limits["redis"],
        json!({ "host": "cache", "port": 6379, "timeout": 2000, "password": "@stackgen-secret:CACHE_PASSWORD@" })
    );
    let compilation = compiled(&stack);
    let compose = compilation.outputs.iter().find(|output| output.path == "generated/docker-compose.yml");
    let compose: Json = serde_saphyr::from_str(&compose.unwrap().contents).unwrap();
    let gate = &compose["services"]["kong"];
    assert!(gate["environment"]["CACHE_PASSWORD"].as_str().unwrap().starts_with("${CACHE_PASSWORD"));
    assert_eq!(gate["depends_on"]["cache"]["condition"], "service_healthy");
    let networks = |service: &Json| service["networks"].as_array().unwrap().clone();
    let cache = networks(&compose["services"]["cache"]);
    assert!(networks(gate).iter().any(|network| cache.contains(network)), "{compose}");
}

#[test]
fn certificates_are_secrets_that_nobody_can_make_up() {
    let stack = stack(
        r#"tls = { port = 8443, certificates = [{ certificate = "CERT", key = "KEY", snis = ["a.example.com"] }] }"#,
        "",
        "",
    );
    let certificates = &kong(&stack)["certificates"];
    assert_eq!(
        *certificates,
        json!([{ "cert": "@stackgen-secret:CERT@", "key": "@stackgen-secret:KEY@", "snis": [{ "name": "a.example.com" }] }])
    );
    let compilation = compiled(&stack);
    let file = |path: &str| {
        let output = compilation.outputs.iter().find(|output| output.path == path);
        output.unwrap().contents.clone()
    };
    assert!(file("generated/scripts/start-all-services.sh").contains("need_secret 'CERT' 'external'"));
    assert!(file("generated/kong/entrypoint.sh").contains("0.0.0.0:8443 ssl http2"));
}

/// What is wrong with a stack, by its gateway, its service and its route.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("", "", "auth = [\"none\", \"jwt\"]", "`none` opens a route"),
    ("", "", "groups = { allow = [\"a\"], deny = [\"b\"] }\nauth = \"jwt\"", "either let in or kept out"),
    ("", "", "groups = { allow = [\"a\"] }", "asks nobody who he is"),
    ("", "", "ip = { allow = [] }", "no address is let in"),
    ("", "", "ip = { allow = [\"10.0.0.0/33\"] }", "`10.0.0.0/33` is not an address"),
    ("", "", "protocols = [\"http\", \"grpc\"]", "HTTP or gRPC, not both"),
    ("", "", "hosts = [\"a.*.com\"]", "`a.*.com` is not a host name"),
    ("", "", "priority = 1023", "`1023` is not a whole number from 0 to 1022"),
    ("", "", "hosts = [\"10.0.0.1\"]", "`10.0.0.1` is not a host name"),
    ("", "", "headers = { Host = \"a\" }", "the host is no header to match"),
    ("", "", "headers = { X-A = [] }", "has no value to match"),
    ("", "", "correlation_id = { header = \"X A\" }", "`X A` is not the name of a header"),
    ("", "", "retries = 32768", "`32768` is not a whole number from 0 to 32767"),
    ("", "", "jwt = { max_expiration = \"366d\" }", "`8784h` is not a duration"),
    ("", "", "jwt = { max_expiration = \"1h\", claims = [\"nbf\"] }", "holds only where `exp` is looked at"),
    ("", "", "key_auth = { header = false }", "a key could be shown nowhere"),
    ("", "", "limit_by = { path = \"a\" }", "`a` is not a path"),
    ("", "", "request = { add = { headers = { A = \":b\" } } }", "`:b` is not a value"),
    ("", "", "request = { remove = { query = [\"a:b\"] } }", "`a:b` is not a name without `:`"),
    ("", "", "response = { add = { json = { a = [1] } } }", "`a` is not a string, a number"),
    (
        "",
        "",
        "cors = { origins = [\"https://a\"] }\nplugins = [{ name = \"cors\" }]",
        "`cors` makes the plugin `cors` already",
    ),
    ("", "", "plugins = [{ name = \"acme\" }, { name = \"acme\" }]", "the plugin `acme` is there twice"),
    (
        "metrics = true\nplugins = [{ name = \"prometheus\" }]",
        "",
        "",
        "`metrics` makes the plugin `prometheus` already",
    ),
    ("rate_limit_store = \"api\"", "", "", "it is no redis"),
    ("rate_limit_store = \"cash\"", "", "", "no service `cash`"),
    ("", "upstream = { algorithm = \"consistent-hashing\" }", "", "needs to know what stays together"),
    ("", "upstream = { hash_on = \"ip\" }", "", "does not look at `hash_on`"),
    (
        "",
        "upstream = { algorithm = \"consistent-hashing\", hash_on = \"ip\", hash_fallback = \"ip\" }",
        "",
        "the same as `hash_on`",
    ),
    ("", "upstream = { threshold = 101 }", "", "`101` is not a whole number from 0 to 100"),
    ("", "upstream = { active = { successes = 0 } }", "", "`0` is not a whole number from 1 to 254"),
    ("", "upstream = { active = { timeouts = 255 } }", "", "`255` is not a whole number from 1 to 254"),
    ("", "upstream = { passive = { http_failures = 0 } }", "", "`0` is not a whole number from 1 to 254"),
    ("", "upstream = { active = { path = \"/a?b\" } }", "", "`/a?b` is not a path"),
    (
        "",
        "upstream = { active = { healthy_statuses = [99] } }",
        "",
        "`99` is not a whole number from 100 to 999",
    ),
    (
        "",
        "upstream = { targets = [{ host = \"a.example.com\" }] }",
        "",
        "a service of the stack, or a host and a port",
    ),
    ("", "upstream = { targets = [{ service = \"apo\" }] }", "", "no service `apo`"),
    ("", "upstream = { verify_tls = true }", "", "no certificate to verify"),
    ("", "upstream = { protocol = \"grpc\", passive = true }", "", "nothing would bring it back"),
    ("", "upstream = { protocol = \"grpc\", active = { path = \"/a\" } }", "", "asks by HTTP/1 alone"),
    ("", "upstream = { protocol = \"grpc\" }", "methods = [\"GET\"]", "a gRPC route has no methods"),
    ("", "upstream = { protocol = \"grpc\" }", "strip_path = true", "nothing can be taken off"),
    ("consumers.a = { jwt = { key = \"a\" } }", "", "", "a credential needs the key `secret`"),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"RS256\" } }",
        "",
        "",
        "a credential needs the key `public_key`",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"ES256\", secret = \"A\" } }",
        "",
        "",
        "not verified with a `secret`",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"ES256\", public_key = \"keys/private.pem\" } }",
        "",
        "",
        "is a private key",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"ES256\", public_key = \"keys/text.pem\" } }",
        "",
        "",
        "does not begin and end as a public key",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"RS256\", public_key = \"keys/public.pem\" } }",
        "",
        "",
        "does not verify what `RS256` signs",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"RS256\", public_key = \"keys/none.pem\" } }",
        "",
        "",
        "there is no file `keys/none.pem`",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", algorithm = \"RS256\", public_key = \"../a.pem\" } }",
        "",
        "",
        "leads out of the project",
    ),
    (
        "consumers.a = { key_auth = \"A\" }\nconsumers.b = { key_auth = \"A\" }",
        "",
        "",
        "two credentials are the secret `A`",
    ),
    (
        "consumers.a = { jwt = { key = \"a\", secret = \"A\" } }\nconsumers.b = { jwt = { key = \"a\", secret = \"B\" } }",
        "",
        "",
        "two credentials have the key `a`",
    ),
    (
        "tls = { port = 8443, certificates = [{ certificate = \"A\", key = \"B\" }, { certificate = \"C\", key = \"D\" }] }",
        "",
        "",
        "two certificates are for `*`",
    ),
];

#[test]
fn what_kong_would_refuse_or_not_do_is_said_where_it_stands() {
    for (gateway, service, route, expected) in REFUSED {
        let stack = stack(gateway, service, route);
        let report = compiled(&stack).report;
        let found: Vec<_> = report.iter().map(|found| &found.message).collect();
        assert!(found.iter().any(|message| message.contains(expected)), "{expected}: {found:?}\n{stack}");
    }
}

#[test]
fn a_credential_that_cannot_be_read_is_not_missing_as_well() {
    let gateway =
        r#"consumers.a = { jwt = { key = "a", algorithm = "ES256", public_key = "keys/private.pem" } }"#;
    assert_eq!(compiled(&stack(gateway, "", "auth = \"jwt\"")).report.iter().count(), 1);
}

#[test]
fn what_is_said_once_is_refused_once() {
    let stack =
        stack("defaults = { retries = 32768 }", "", "").replace("path = \"/a\"", "path = [\"/a\", \"/b\"]");
    assert_eq!(compiled(&stack).report.iter().count(), 1);
}

#[test]
fn changes_that_change_nothing_are_no_plugin() {
    for route in [
        "request = {}",
        "request = { add = { headers = {} } }",
        "response = { remove = {} }",
        "response = {}",
    ] {
        assert_eq!(plugins(&kong(&stack("", "", route))), [], "{route}");
    }
}
