//! What goes into an image when it is built, and what does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use camino::Utf8Path;
use serde_json::{Value as Json, json};
use stackgen::source::Memory;
use stackgen::{Compilation, compile};

/// A page, and the service that it asks.
const SHOP: &str = r#"
[stack]
name = "shop"

[gateway]
port = 8080

[services.orders]
kind = "fastapi"
path = "orders"
routes = [{ path = "/orders" }]

[services.site]
kind = "react"
path = "site"
port = 3000
"#;

fn compiled(stack: &str, files: &[&str]) -> Compilation {
    let folders = ["orders/README.md", "site/README.md"];
    let world = folders.iter().chain(files).fold(Memory::default(), |world, path| world.with(*path, ""));
    compile(&world.with("stack.toml", stack), Utf8Path::new("stack.toml"), None)
}

fn findings(compilation: &Compilation) -> Vec<String> {
    compilation.report.iter().map(|found| format!("{}: {}", found.rule, found.message)).collect()
}

/// An output of a stack without a fault.
fn output(compilation: &Compilation, path: &str) -> String {
    assert_eq!(findings(compilation), [""; 0]);
    let found = compilation.outputs.iter().find(|output| output.path == path);
    found.unwrap_or_else(|| panic!("no {path}")).contents.clone()
}

fn site(compilation: &Compilation) -> Json {
    let compose: Json = serde_saphyr::from_str(&output(compilation, "generated/docker-compose.yml")).unwrap();
    compose["services"]["site"].clone()
}

const SITE_DOCKERFILE: &str = "generated/docker/site.Dockerfile";

/// The shop with these variables of its page.
fn with_env(env: &str) -> String {
    format!("{SHOP}env = {env}\n")
}

#[test]
fn what_a_page_is_built_with_reaches_the_build_and_nothing_that_runs() {
    let stack = with_env(
        r#"{ VITE_TITLE = "It's $5", REACT_APP_API = "{{ services.kong.url }}/orders", LOG_LEVEL = "info", OLD_VITE_X = "1" }"#,
    );
    let shop = compiled(&stack, &[]);
    let site = site(&shop);
    assert_eq!(
        site["build"]["args"],
        // Whoever opens the page reaches the gateway where it is published.
        json!({ "REACT_APP_API": "http://localhost:8080/orders", "VITE_TITLE": "It's $$5" })
    );
    assert_eq!(site["environment"], json!({ "LOG_LEVEL": "info", "OLD_VITE_X": "1", "PORT": "3000" }));
    let dockerfile = output(&shop, SITE_DOCKERFILE);
    let at = |line: &str| {
        let found = dockerfile.lines().position(|found| found == line);
        found.unwrap_or_else(|| panic!("no `{line}` in\n{dockerfile}"))
    };
    let stage = at("FROM dependencies AS build");
    for line in ["ARG REACT_APP_API", "ARG VITE_TITLE"] {
        assert!(stage < at(line) && at(line) < at("RUN npm run build"), "{dockerfile}");
    }
    assert_eq!(dockerfile.matches("ARG ").count(), 2);
}

#[test]
fn a_page_without_such_variables_is_built_without_arguments() {
    let shop = compiled(SHOP, &[]);
    assert_eq!(site(&shop)["build"]["args"], Json::Null);
    assert!(!output(&shop, SITE_DOCKERFILE).contains("ARG"));
}

#[test]
fn a_dockerfile_of_ones_own_is_given_them_and_what_runs_keeps_them() {
    let shop = compiled(&with_env(r#"{ VITE_TITLE = "Shop" }"#), &["site/Dockerfile"]);
    assert_eq!(site(&shop)["build"]["args"], json!({ "VITE_TITLE": "Shop" }));
    assert_eq!(site(&shop)["environment"]["VITE_TITLE"], "Shop");
}

#[test]
fn an_image_that_is_there_already_is_built_with_nothing() {
    let stack = with_env(r#"{ VITE_KEY = { secret = "KEY" } }"#) + "image = \"example/site:1\"\n";
    let site = site(&compiled(&stack, &[]));
    assert_eq!(site["build"], Json::Null);
    assert!(site["environment"]["VITE_KEY"].as_str().unwrap().starts_with("${KEY:?"));
}

#[test]
fn a_secret_is_never_built_in() {
    let stack = with_env(
        r#"{ VITE_A = { secret = "A" }, VITE_B = "{{ secrets.B }}@{{ secrets.C }}", LOG = { secret = "D" } }"#,
    );
    for stack in [stack.clone(), stack + "run = \"host\"\n"] {
        let shop = compiled(&stack, &[]);
        assert_eq!(
            findings(&shop),
            [
                "build-secret: `VITE_A` of `site` is built in for everybody to read, and holds the secret `A`",
                "build-secret: `VITE_B` of `site` is built in for everybody to read, and holds the secrets `B` and `C`",
            ]
        );
    }
}

#[test]
fn a_key_that_pages_hold_for_all_to_see_is_no_secret_and_a_password_is_one() {
    let key = format!("AIza{}", "x".repeat(35));
    let public = format!(
        r#"{{ VITE_MAPS_API_KEY = "{key}", VITE_MAP_TOKEN = "pk.1", VITE_ANON_KEY = "eyJhbGciOi.eyJpc3MiOi.c2lnbmF0" }}"#
    );
    assert_eq!(findings(&compiled(&with_env(&public), &[])), [""; 0]);
    let shop = compiled(&with_env(r#"{ VITE_DB = "postgres://app:hunter2@db/app" }"#), &[]);
    assert_eq!(
        findings(&shop),
        ["inline-secret: `VITE_DB` of `site` looks like a secret, written out in the stack file"]
    );
    let help: Vec<_> = shop.report.iter().flat_map(|found| &found.help).map(|help| &help.message).collect();
    assert!(!help.iter().any(|help| help.contains("name a secret")), "{help:?}");
}

#[test]
fn a_kind_says_itself_what_it_is_built_with() {
    let stack = with_env(r#"{ PUBLIC_TITLE = "Shop", VITE_X = "1" }"#).replace("\"react\"", "\"astro\"")
        + "[kinds.astro]\nextends = \"react\"\nbuild_env = [\"PUBLIC_\"]\n";
    let shop = compiled(&stack, &[]);
    assert_eq!(site(&shop)["build"]["args"], json!({ "PUBLIC_TITLE": "Shop" }));
    assert!(output(&shop, SITE_DOCKERFILE).contains("ARG PUBLIC_TITLE\n"));
}

#[test]
fn arguments_in_composes_own_words_stand_beside_them_in_either_form() {
    for args in [r#"["COMMIT", "MODE=fast"]"#, r#"{ COMMIT = "", MODE = "fast" }"#] {
        let stack =
            with_env(r#"{ VITE_TITLE = "Shop" }"#) + "compose_extra = { build = { args = " + args + " } }\n";
        let args = &site(&compiled(&stack, &[]))["build"]["args"];
        assert_eq!((&args["VITE_TITLE"], &args["MODE"]), (&json!("Shop"), &json!("fast")));
        assert!(args.as_object().unwrap().contains_key("COMMIT"));
        let twice = stack.replace("MODE", "VITE_TITLE");
        assert_eq!(
            findings(&compiled(&twice, &[])),
            ["compose-extra: `build.args.VITE_TITLE` of `site` is what stackgen says itself"]
        );
    }
}

#[test]
fn what_a_page_cannot_reach_is_said() {
    let stack = with_env(r#"{ VITE_API = "{{ services.orders.url }}" }"#);
    assert_eq!(
        findings(&compiled(&stack, &[])),
        [
            "unknown-reference: `url` is no fact of this service outside of the stack, where it publishes no port"
        ]
    );
    let published = stack.replace("path = \"orders\"\n", "path = \"orders\"\nport = 8001\n");
    assert_eq!(site(&compiled(&published, &[]))["build"]["args"]["VITE_API"], "http://localhost:8001");
}

const ORDERS_IGNORE: &str = "generated/docker/orders.Dockerfile.dockerignore";
const SITE_IGNORE: &str = "generated/docker/site.Dockerfile.dockerignore";

fn paths(compilation: &Compilation) -> Vec<&str> {
    compilation.outputs.iter().map(|output| output.path.as_str()).collect()
}

/// The patterns of a file of them.
fn patterns(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn secrets_and_what_tools_have_made_are_not_sent_to_the_builder() {
    let shop = compiled(SHOP, &[]);
    let text = output(&shop, ORDERS_IGNORE);
    for pattern in ["**/.git", "**/.env", "**/.env.*", "**/node_modules", "**/.venv", "**/__pycache__"] {
        assert!(patterns(&text).contains(&pattern), "{text}");
    }
}

#[test]
fn what_a_page_is_built_from_is_sent_its_env_files_included() {
    let text = output(&compiled(SHOP, &[]), SITE_IGNORE);
    assert!(patterns(&text).contains(&"**/node_modules"), "{text}");
    assert!(!text.contains(".env"), "{text}");
}

#[test]
fn a_folder_that_says_itself_what_is_not_sent_is_heeded() {
    let shop = compiled(SHOP, &["orders/.dockerignore"]);
    assert!(!paths(&shop).contains(&ORDERS_IGNORE) && paths(&shop).contains(&SITE_IGNORE));
    let shop = compiled(SHOP, &["site/Dockerfile"]);
    assert!(!paths(&shop).contains(&SITE_IGNORE), "who writes the Dockerfile says what it is sent");
    // The start script looks at what there is, to see whether to build again.
    let start = output(&shop, "generated/scripts/start-all-services.sh");
    assert!(start.contains(ORDERS_IGNORE) && !start.contains(SITE_IGNORE));
}
