//! What the shipped kinds become in the Compose file, in Dockerfiles and in `.env.example`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use camino::Utf8Path;
use serde_json::{Value as Json, json};
use stackgen::compile;
use stackgen::source::Memory;

/// Every kind that is shipped; the gateway's own comes by `[gateway]`.
const ALL: &str = r#"
[stack]
name = "shop"

[gateway]
port = 8080

[services.orders-db]
kind = "postgres"
port = 5432

[services.old-db]
kind = "mysql"

[services.papers]
kind = "mongodb"

[services.cache]
kind = "redis"
port = "0.0.0.0:6379:6379"

[services.queue]
kind = "rabbitmq"

[services.orders]
kind = "fastapi"
path = "orders"
port = 8001
needs = ["orders-db", "cache", "queue", "pages", "metrics"]
routes = [{ path = "/orders" }]
volumes = { files = "/files" }

[services.admin]
kind = "django"
path = "admin"
needs = ["old-db", "papers"]

[services.jobs]
kind = "celery"
path = "jobs"
needs = ["queue"]

[services.live]
kind = "node"
path = "live"

[services.site]
kind = "react"
path = "site"

[services.pages]
kind = "react"
path = "pages"
port = 3000
run = "host"

[services.metrics]
kind = "container"
image = "prom/prometheus:v3.4.0"
"#;

fn outputs(stack: &str) -> Vec<(String, String)> {
    let folders = ["orders", "admin", "jobs", "live", "site", "pages"];
    let world = folders.iter().fold(Memory::default().with("stack.toml", stack), |world, folder| {
        world.with(format!("{folder}/README.md"), "")
    });
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(!compilation.outputs.is_empty(), "{found:?}");
    compilation.outputs.iter().map(|output| (output.path.to_string(), output.contents.clone())).collect()
}

fn text(path: &str) -> String {
    outputs(ALL).into_iter().find(|(name, _)| name == path).unwrap_or_else(|| panic!("no {path}")).1
}

fn compose() -> Json {
    serde_saphyr::from_str(&text("generated/docker-compose.yml")).unwrap()
}

fn services() -> Vec<(String, Json)> {
    compose()["services"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, service)| (name.clone(), service.clone()))
        .collect()
}

fn words(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_container_is_of_a_fixed_image_or_of_a_dockerfile_that_is_there() {
    let files = outputs(ALL);
    let services = services();
    assert_eq!(services.len(), 12);
    for (name, service) in services {
        if let Some(image) = service["image"].as_str() {
            assert!(image.contains(':') && !image.ends_with(":latest"), "{name}: {image}");
        } else {
            let path = format!("generated/docker/{name}.Dockerfile");
            assert!(files.iter().any(|(made, _)| *made == path), "{name}");
            assert_eq!(service["build"]["dockerfile"], json!(format!("../{path}")));
        }
    }
}

#[test]
fn each_container_gives_up_every_privilege_that_its_kind_does_not_name() {
    for (name, service) in services() {
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        let kept = words(&service["cap_add"]);
        assert!(kept.is_empty() || ["orders-db", "metrics"].contains(&name.as_str()), "{name}: {kept:?}");
    }
}

#[test]
fn a_secret_stands_on_no_command_line() {
    for (name, service) in services() {
        for part in ["entrypoint", "command"] {
            assert!(
                words(&service[part]).iter().all(|word| !word.contains("${")),
                "{name}: {}",
                service[part]
            );
        }
        assert!(words(&service["healthcheck"]["test"]).iter().all(|word| !word.contains("${")), "{name}");
    }
}

#[test]
fn a_shell_in_a_container_sees_its_own_variables_and_compose_replaces_none_of_them() {
    let health = words(&compose()["services"]["cache"]["healthcheck"]["test"]).join(" ");
    assert!(health.contains(r#"-p "$$1" ping"#), "{health}");
}

#[test]
fn a_container_waits_for_what_it_needs_and_never_for_a_process_on_the_host() {
    let orders = &compose()["services"]["orders"];
    let waits_for: Vec<_> = orders["depends_on"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(waits_for, ["orders-db", "cache", "queue", "metrics"]);
    assert_eq!(orders["depends_on"]["orders-db"]["condition"], "service_healthy");
    // A container of any sort has no health check that could be waited for.
    assert_eq!(orders["depends_on"]["metrics"]["condition"], "service_started");
    assert_eq!(orders["extra_hosts"], json!({ "host.docker.internal": "host-gateway" }));
    assert_eq!(orders["environment"]["PAGES_URL"], "http://host.docker.internal:3000");
}

#[test]
fn a_port_is_open_to_this_machine_alone_where_the_stack_does_not_say_otherwise() {
    let compose = compose();
    let port = |name: &str| compose["services"][name]["ports"][0]["host_ip"].clone();
    assert_eq!(port("orders-db"), "127.0.0.1");
    assert_eq!(port("kong"), "127.0.0.1");
    assert_eq!(port("cache"), "0.0.0.0");
    assert_eq!(compose["services"]["papers"]["ports"], Json::Null);
}

#[test]
fn nobody_meets_a_database_but_those_who_need_it() {
    let compose = compose();
    let networks = |name: &str| words(&compose["services"][name]["networks"]);
    let meets =
        |one: &str, other: &str| networks(one).iter().any(|network| networks(other).contains(network));
    assert!(
        meets("orders", "orders-db")
            && meets("admin", "old-db")
            && meets("jobs", "queue")
            && meets("orders", "queue")
    );
    assert!(!meets("admin", "orders-db") && !meets("jobs", "orders-db") && !meets("kong", "orders-db"));
    assert!(!meets("orders-db", "old-db"));
}

#[test]
fn containers_networks_and_volumes_all_carry_the_name_of_the_stack() {
    let compose = compose();
    for part in ["services", "networks", "volumes"] {
        for (name, thing) in compose[part].as_object().unwrap() {
            assert_eq!(thing["labels"]["com.stackgen.stack"], "shop", "{part}: {name}");
        }
    }
    assert_eq!(compose["volumes"]["orders-files"]["labels"]["com.stackgen.service"], "orders");
}

#[test]
fn a_volume_of_somebody_elses_carries_no_label_which_compose_would_refuse() {
    let extra = "[compose_extra.volumes.orders-db-data]\nexternal = true\nname = \"theirs\"\n";
    let outputs = outputs(&format!("{ALL}{extra}"));
    let compose = &outputs.iter().find(|(path, _)| path == "generated/docker-compose.yml").unwrap().1;
    let compose: Json = serde_saphyr::from_str(compose).unwrap();
    assert_eq!(compose["volumes"]["orders-db-data"], json!({ "external": true, "name": "theirs" }));
}

#[test]
fn a_volume_belongs_to_the_user_that_the_image_runs_as() {
    let dockerfile = text("generated/docker/orders.Dockerfile");
    assert!(dockerfile.contains("RUN mkdir -p /files && chown app:app /files\n"), "{dockerfile}");
    let user = dockerfile.lines().position(|line| line == "USER 10001").unwrap();
    assert!(dockerfile.lines().skip(user).all(|line| !line.starts_with("RUN")));
}

#[test]
fn an_option_reaches_the_image_the_dockerfile_and_the_commands() {
    let stack = ALL
        .replace(
            "kind = \"postgres\"",
            "kind = \"postgres\"\noptions = { version = \"16\", user = \"clerk\" }",
        )
        .replace(
            "kind = \"fastapi\"",
            "kind = \"fastapi\"\noptions = { python = \"3.12\", app = \"shop:app\" }",
        );
    let files = outputs(&stack);
    let file = |path: &str| files.iter().find(|(name, _)| name == path).unwrap().1.as_str();
    assert!(file("generated/docker/orders.Dockerfile").contains("FROM python:3.12-slim AS build\n"));
    let compose: Json = serde_saphyr::from_str(file("generated/docker-compose.yml")).unwrap();
    assert_eq!(compose["services"]["orders-db"]["image"], "postgres:16");
    assert!(words(&compose["services"]["orders"]["command"]).contains(&"shop:app".to_owned()));
    let url = compose["services"]["orders"]["environment"]["DATABASE_URL"].as_str().unwrap();
    assert!(url.starts_with("postgresql://clerk:${ORDERS_DB_PASSWORD:?"), "{url}");
    assert!(url.ends_with("@orders-db:5432/orders_db"), "{url}");
}

#[test]
fn the_example_of_the_env_file_names_each_secret_once_with_its_readers_and_without_a_value() {
    let example = text("generated/.env.example");
    let named: Vec<&str> =
        example.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert!(named.iter().all(|line| line.ends_with('=')), "{named:?}");
    assert_eq!(named.iter().filter(|line| **line == "ORDERS_DB_PASSWORD=").count(), 1);
    assert!(
        example.contains("# read by orders-db and orders\n")
            || example.contains("# read by orders and orders-db\n")
    );
}

#[test]
fn who_needs_what_runs_once_waits_until_it_has_ended_well() {
    let stack = r#"
[stack]
name = "shop"

[services.migrate]
kind = "django"
path = "admin"
command = ["python", "manage.py", "migrate"]
restart = "no"

[services.server]
kind = "django"
path = "admin"
restart = "no"

[services.mail]
image = "example/mail:1"
port = 1025
restart = "no"

[services.web]
image = "example/web:1"
needs = ["migrate", "server", "mail"]
"#;
    let files = outputs(stack);
    let (_, text) = files.iter().find(|(path, _)| path == "generated/docker-compose.yml").unwrap();
    assert!(
        text.contains(" up -d\n") && !text.contains("--wait"),
        "Compose would take it for a failure: {text}"
    );
    let compose: Json = serde_saphyr::from_str(text).unwrap();
    let condition = |name: &str| &compose["services"]["web"]["depends_on"][name]["condition"];
    assert_eq!(condition("migrate"), "service_completed_successfully");
    assert!(compose["services"]["migrate"].get("healthcheck").is_none());
    // These serve, though they are left as they are when they end.
    assert_eq!(condition("server"), "service_healthy");
    assert_eq!(condition("mail"), "service_started");
}
