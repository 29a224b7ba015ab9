//! What Kong is given: what its defaults would leave off or unsafe is written out, and no secret before its container starts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test plays the disk of a container")]

use std::path::Path;
use std::process::{Command, Output};

use camino::Utf8Path;
use serde_json::{Value as Json, json};
use stackgen::source::Memory;
use stackgen::{Compilation, compile};

fn compiled(stack: &str) -> Compilation {
    let world = Memory::default().with("stack.toml", stack).with("app/Dockerfile", "");
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(!compilation.outputs.is_empty(), "{found:?}");
    compilation
}

fn text(compilation: &Compilation, path: &str) -> String {
    let output = compilation.outputs.iter().find(|output| output.path == path);
    output.unwrap_or_else(|| panic!("no {path}")).contents.clone()
}

/// kong.yml of a stack whose one service has these routes.
fn kong(routes: &str) -> Json {
    let text = text(&compiled(&stack(routes)), "generated/kong/kong.yml");
    serde_saphyr::from_str(&text).unwrap()
}

fn stack(routes: &str) -> String {
    format!(
        r#"
        [stack]
        name = "shop"

        [gateway]
        port = 8080
        cors = {{ origins = ["http://localhost:3000"], credentials = true }}

        [gateway.consumers.web]
        jwt = {{ key = "web", secret = "JWT_SECRET" }}

        [services.api]
        kind = "fastapi"
        path = "app"
        port = 8001
        health = {{ http = "/well", interval = "7s", timeout = "2s", retries = 4 }}
        routes = [{routes}]
        "#
    )
}

fn plugin(kong: &Json, route: usize, name: &str) -> Json {
    let plugins = kong["services"][0]["routes"][route]["plugins"].as_array().unwrap();
    plugins.iter().find(|plugin| plugin["name"] == name).map_or(Json::Null, |plugin| plugin["config"].clone())
}

#[test]
fn a_service_goes_through_an_upstream_that_no_container_is_called_by() {
    let kong = kong(r#"{ path = "/a" }"#);
    assert_eq!(kong["services"][0]["host"], "api.upstream");
    assert_eq!(kong["upstreams"][0]["name"], "api.upstream");
    assert_eq!(kong["upstreams"][0]["targets"], json!([{ "target": "api:8001", "weight": 100 }]));
}

#[test]
fn a_service_on_the_host_is_reached_by_the_name_that_docker_gives_to_the_host() {
    let stack = stack(r#"{ path = "/a" }"#).replace("port = 8001", "port = 8001\nrun = \"host\"");
    let kong: Json = serde_saphyr::from_str(&text(&compiled(&stack), "generated/kong/kong.yml")).unwrap();
    assert_eq!(kong["upstreams"][0]["targets"][0]["target"], "host.docker.internal:8001");
}

#[test]
fn active_health_checks_have_every_interval_and_counter_that_switches_them_on() {
    let kong = kong(r#"{ path = "/a" }"#);
    let checks = &kong["upstreams"][0]["healthchecks"]["active"];
    assert_eq!(checks["type"], "http");
    assert_eq!(checks["http_path"], "/well");
    assert_eq!(checks["timeout"], 2);
    assert_eq!(checks["healthy"]["interval"], 7);
    assert_eq!(checks["healthy"]["successes"], 1);
    assert_eq!(checks["unhealthy"]["interval"], 7);
    for counter in ["http_failures", "tcp_failures", "timeouts"] {
        assert_eq!(checks["unhealthy"][counter], 4, "{counter}");
    }
}

#[test]
fn a_service_without_a_health_path_is_well_while_it_answers_at_all() {
    let stack = stack(r#"{ path = "/a" }"#)
        .replace("kind = \"fastapi\"", "kind = \"container\"")
        .replace("http = \"/well\"", "cmd = [\"true\"]");
    let kong: Json = serde_saphyr::from_str(&text(&compiled(&stack), "generated/kong/kong.yml")).unwrap();
    let checks = &kong["upstreams"][0]["healthchecks"]["active"];
    assert_eq!(checks["type"], "http");
    assert_eq!(checks["http_path"], "/");
    assert!(checks["healthy"]["http_statuses"].as_array().unwrap().contains(&json!(404)));
}

#[test]
fn strip_path_is_written_out_either_way() {
    let kong = kong(r#"{ path = "/a" }, { path = "/b", strip_path = true }"#);
    let routes = &kong["services"][0]["routes"];
    assert_eq!([&routes[0]["strip_path"], &routes[1]["strip_path"]], [&json!(false), &json!(true)]);
    assert_eq!(kong["routes"][0]["strip_path"], false);
}

#[test]
fn tokens_must_not_have_expired_and_preflights_need_none() {
    let kong = kong(r#"{ path = "/a", auth = "jwt" }"#);
    let jwt = plugin(&kong, 0, "jwt");
    assert_eq!(jwt["claims_to_verify"], json!(["exp"]));
    assert_eq!(jwt["key_claim_name"], "iss");
    assert_eq!(jwt["run_on_preflight"], false);
}

#[test]
fn a_route_of_some_methods_takes_the_preflights_that_its_cors_policy_answers() {
    let kong = kong(
        r#"{ path = "/a", methods = ["GET"] }, { path = "/b", methods = ["GET"], cors = false }, { path = "/c" }"#,
    );
    let routes = &kong["services"][0]["routes"];
    assert_eq!(routes[0]["methods"], json!(["GET", "OPTIONS"]));
    assert_eq!(routes[1]["methods"], json!(["GET"]));
    assert_eq!(routes[2]["methods"], Json::Null);
    assert_eq!(plugin(&kong, 0, "cors")["credentials"], true);
}

#[test]
fn credentials_for_every_origin_are_refused_for_kong_would_name_whichever_asks() {
    let stack = stack(r#"{ path = "/a" }"#).replace("http://localhost:3000", "*");
    let world = Memory::default().with("stack.toml", stack).with("app/Dockerfile", "");
    let report = compile(&world, Utf8Path::new("stack.toml"), None).report;
    assert!(report.iter().any(|found| found.rule == "insecure-cors"));
}

#[test]
fn an_open_route_is_limited_by_address_and_a_closed_one_by_consumer() {
    let kong = kong(
        r#"{ path = "/a", rate_limit = "9/minute" }, { path = "/b", auth = "jwt", rate_limit = ["9/minute", "50/hour"] }"#,
    );
    let open = plugin(&kong, 0, "rate-limiting");
    assert_eq!(
        [&open["limit_by"], &open["policy"], &open["minute"]],
        [&json!("ip"), &json!("local"), &json!(9)]
    );
    let closed = plugin(&kong, 1, "rate-limiting");
    assert_eq!(
        [&closed["limit_by"], &closed["minute"], &closed["hour"]],
        [&json!("consumer"), &json!(9), &json!(50)]
    );
}

#[test]
fn the_largest_body_is_counted_in_bytes() {
    let kong = kong(r#"{ path = "/a", max_body = "10MB" }"#);
    let config = plugin(&kong, 0, "request-size-limiting");
    assert_eq!(
        [&config["allowed_payload_size"], &config["size_unit"]],
        [&json!(10_000_000), &json!("bytes")]
    );
}

#[test]
fn each_timeout_of_a_service_is_a_service_of_kong_with_the_same_upstream() {
    let kong = kong(
        r#"{ path = "/a" }, { path = "/b", timeout = "2m" }, { path = "/c" }, { path = "/d", timeout = "1s" }"#,
    );
    let services: Vec<_> = kong["services"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|service| service["path"].is_null())
        .map(|service| {
            let routes: Vec<_> =
                service["routes"].as_array().unwrap().iter().map(|route| route["paths"][0].clone()).collect();
            assert_eq!(service["host"], "api.upstream");
            (
                service["name"].clone(),
                service["read_timeout"].clone(),
                service["connect_timeout"].clone(),
                routes,
            )
        })
        .collect();
    assert_eq!(services.len(), 3);
    assert!(services.contains(&(json!("api"), json!(60_000), json!(2000), vec![json!("/a"), json!("/c")])));
    assert!(services.contains(&(json!("api.120000ms"), json!(120_000), json!(2000), vec![json!("/b")])));
    assert!(services.contains(&(json!("api.1000ms"), json!(1000), json!(1000), vec![json!("/d")])));
}

#[test]
fn the_schema_takes_no_path_with_an_empty_segment() {
    let schema: Json = serde_json::from_str(include_str!("../schemas/kong.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let sound = kong("{ path = \"/a\" }");
    for (paths, taken) in [
        (["/"], true),
        (["/a/b/"], true),
        (["~/a/[0-9]+$"], true),
        (["a"], false),
        (["//a"], false),
        (["/a//b"], false),
        (["~//a"], false),
    ] {
        let mut changed = sound.clone();
        changed["routes"][0]["paths"] = json!(paths);
        assert_eq!(validator.is_valid(&changed), taken, "{paths:?}");
    }
    for (path, taken) in
        [("/health", true), ("/", true), ("/a//b", false), ("/a b", false), ("health", false)]
    {
        let mut changed = sound.clone();
        changed["upstreams"][0]["healthchecks"]["active"]["http_path"] = json!(path);
        assert_eq!(validator.is_valid(&changed), taken, "{path}");
    }
}

#[test]
fn the_gateway_says_by_itself_that_it_is_well() {
    let kong = kong(r#"{ path = "/a" }"#);
    let route = &kong["routes"][0];
    assert_eq!(route["paths"], json!(["~/health$"]));
    assert_eq!(route["methods"], json!(["GET", "HEAD"]));
    let config = &route["plugins"][0]["config"];
    assert_eq!(config["status_code"], 200);
    let body: Json = serde_json::from_str(config["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["status"], "healthy");
    assert_eq!(config.get("message"), None);
}

#[test]
fn a_gateway_without_routes_is_a_config_all_the_same() {
    let kong = kong("");
    assert_eq!([&kong["services"], &kong["upstreams"]], [&json!([]), &json!([])]);
}

/// A project's folder with the gateway's files in it, and an entrypoint of Kong's image that shows what it is called with.
struct Container {
    folder: tempfile::TempDir,
}

impl Container {
    fn new() -> Self {
        Self::of(&stack(r#"{ path = "/a", auth = "jwt" }"#), "starts with $*")
    }

    /// Of a stack, with a start that says this.
    fn of(stack: &str, says: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let compilation = compiled(stack);
        let own = folder.path().join("docker-entrypoint.sh");
        write(&own, &format!("#!/bin/sh\necho \"{says}\"\n"));
        let routes = folder.path().join("routes");
        write(&routes, "Iface\tDestination\tGateway\neth0\t000011AC\t00000000\neth0\t00000000\tFE0112AC\n");
        let entrypoint = text(&compilation, "generated/kong/entrypoint.sh")
            .replace("/proc/net/route", routes.to_str().unwrap());
        assert!(entrypoint.contains("exec /docker-entrypoint.sh"));
        write(
            &folder.path().join("entrypoint.sh"),
            &entrypoint.replace("exec /docker-entrypoint.sh", &format!("exec sh '{}'", own.display())),
        );
        write(&folder.path().join("kong.yml"), &text(&compilation, "generated/kong/kong.yml"));
        Self { folder }
    }

    fn start(&self, shell: &[&str], secret: Option<&str>) -> Output {
        self.start_with(shell, &secret.map(|secret| ("JWT_SECRET", secret)).into_iter().collect::<Vec<_>>())
    }

    fn start_with(&self, shell: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .arg(self.folder.path().join("entrypoint.sh"))
            .args(["kong", "docker-start"]);
        command.env("KONG_DECLARATIVE_CONFIG", self.config()).env_remove("JWT_SECRET");
        command.envs(environment.iter().copied());
        command.output().unwrap()
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("filled in.yml")
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

/// The shells of this machine; `sh` is everywhere.
fn shells() -> Vec<Vec<&'static str>> {
    let known = [vec!["sh"], vec!["dash"], vec!["busybox", "ash"], vec!["bash", "--posix"]];
    known
        .into_iter()
        .filter(|shell| Command::new(shell[0]).args(&shell[1..]).args(["-c", "true"]).output().is_ok())
        .collect()
}

#[test]
#[cfg(unix)]
fn a_secret_enters_kong_when_its_container_starts_whatever_characters_it_has() {
    use std::os::unix::fs::PermissionsExt;

    let container = Container::new();
    for shell in shells() {
        for secret in [
            "plain",
            "qu\"o'te \\ \\n & \\& $HOME `id` %s",
            "two\nlines\tand \r\u{1}\u{7f}",
            "é😀",
            " yes ",
            "@stackgen-secret:HOME@",
        ] {
            let output = container.start(&shell, Some(secret));
            assert!(output.status.success(), "{shell:?} {secret:?}: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), "starts with kong docker-start\n");
            let filled: Json =
                serde_saphyr::from_str(&std::fs::read_to_string(container.config()).unwrap()).unwrap();
            assert_eq!(filled["consumers"][0]["jwt_secrets"][0]["secret"], secret, "{shell:?}");
            let mode = std::fs::metadata(container.config()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{shell:?}");
        }
    }
}

#[test]
fn kong_does_not_start_without_a_secret_and_says_which() {
    let container = Container::new();
    for shell in shells() {
        for secret in [None, Some("")] {
            let output = container.start(&shell, secret);
            assert!(!output.status.success(), "{shell:?} {secret:?}: {output:?}");
            assert!(
                String::from_utf8_lossy(&output.stderr).contains("JWT_SECRET is not set or empty"),
                "{output:?}"
            );
            assert!(output.stdout.is_empty(), "{output:?}");
            assert!(!container.config().exists());
        }
    }
}

#[test]
fn no_text_of_the_stack_is_taken_for_a_secret() {
    let text = "@stackgen-secret:HOME@";
    let stack = stack(r#"{ path = "/a", auth = "jwt" }"#)
        .replace("key = \"web\"", &format!("key = \"{text}\""))
        .replace("consumers.web]", &format!("consumers.\"{text}\"]"));
    let container = Container::of(&stack, "");
    for shell in shells() {
        assert!(container.start(&shell, Some("secret")).status.success());
        let filled: Json =
            serde_saphyr::from_str(&std::fs::read_to_string(container.config()).unwrap()).unwrap();
        assert_eq!(filled["consumers"][0]["username"], text);
        assert_eq!(filled["consumers"][0]["jwt_secrets"][0]["key"], text, "{shell:?}");
        assert_eq!(filled["consumers"][0]["jwt_secrets"][0]["secret"], "secret");
    }
}

#[test]
fn a_certificate_enters_whole_from_several_lines_or_from_one() {
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    let stack = stack("{ path = \"/a\" }").replace(
        "port = 8080",
        "port = 8080\ntls = { port = 8443, certificates = [{ certificate = \"CERT\", key = \"KEY\" }] }",
    );
    let container = Container::of(&stack, "$(cat \"$KONG_SSL_CERT\"),$KONG_PROXY_LISTEN");
    for shell in shells() {
        for written in [pem.to_owned(), pem.replace('\n', "\\n")] {
            let environment = [("CERT", written.as_str()), ("KEY", "k\\n"), ("JWT_SECRET", "s")];
            let output = container.start_with(&shell, &environment);
            assert!(output.status.success(), "{shell:?}: {output:?}");
            let filled: Json =
                serde_saphyr::from_str(&std::fs::read_to_string(container.config()).unwrap()).unwrap();
            assert_eq!(filled["certificates"][0]["cert"], pem, "{shell:?}");
            assert_eq!(filled["certificates"][0]["key"], "k\\n", "what is no PEM stays as it is");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let listen =
                "0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 ssl http2 reuseport backlog=16384";
            assert_eq!(said, format!("{pem},{listen}\n"), "{shell:?}");
        }
    }
}

#[test]
fn a_published_admin_api_answers_the_host_alone() {
    let stack = stack("{ path = \"/a\" }");
    let says = "$KONG_ADMIN_LISTEN|$KONG_NGINX_ADMIN_ALLOW";
    let closed = Container::of(&stack, says);
    let open = Container::of(&stack.replace("port = 8080", "port = 8080\nadmin = 8445"), says);
    let elsewhere = Container::of(&stack.replace("port = 8080", "port = 8080\nadmin = 8445"), says);
    write(&elsewhere.folder.path().join("routes"), "Iface\tDestination\tGateway\n");
    for shell in shells() {
        for (container, expected) in [
            (&closed, "|"),
            (&open, "0.0.0.0:8001|127.0.0.1; allow 172.18.1.254; deny all"),
            (&elsewhere, "|"),
        ] {
            let output = container.start(&shell, Some("s"));
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), expected, "{shell:?}: {output:?}");
        }
    }
}

// Kong's DNS client keeps what it knows of a name while the DNS has no address for it, but not when it hears that there is no such name.
#[test]
fn a_service_that_is_stopped_keeps_its_address_at_the_gateway() {
    let compose = text(&compiled(&stack("{ path = \"/a\" }")), "generated/docker-compose.yml");
    let compose: Json = serde_saphyr::from_str(&compose).unwrap();
    let kong = &compose["services"]["kong"];
    assert_eq!(kong["environment"]["KONG_DNS_VALID_TTL"], "1");
    assert_eq!(kong["environment"]["KONG_DNS_STALE_TTL"], "86400");
    assert_eq!(kong["dns_opt"], json!(["ndots:1"]));
    assert_eq!(kong["dns_search"], json!(["."]));
    assert!(compose["services"]["api"].get("dns_opt").is_none());
}

#[test]
fn the_gateways_gui_is_off_and_its_admin_api_within_its_container() {
    let compose = text(&compiled(&stack("{ path = \"/a\" }")), "generated/docker-compose.yml");
    let compose: Json = serde_saphyr::from_str(&compose).unwrap();
    let environment = &compose["services"]["kong"]["environment"];
    assert_eq!(environment["KONG_ADMIN_GUI_LISTEN"], "off");
    assert_eq!(environment["KONG_ADMIN_LISTEN"], "127.0.0.1:8001");
    // A folder of its own would be root's from the second start of its container on.
    assert_eq!(environment["KONG_PREFIX"], "/tmp/kong");
    assert_eq!(compose["services"]["kong"]["tmpfs"], json!(["/tmp"]));
    let check = compose["services"]["kong"]["healthcheck"]["test"].to_string();
    assert!(check.contains("/status/ready") && check.contains("bash") && !check.contains("curl"), "{check}");
}
