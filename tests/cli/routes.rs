//! `stackgen routes`: the order in which the gateway asks, and what becomes of a request.

use crate::session::Session;

const SHOP: &str = r#"
[stack]
name = "shop"

[gateway]
port = 8080
consumers = { web = { jwt = { key = "web", secret = "JWT_SECRET" } } }

[services.frontend]
image = "registry.example.com/frontend:5.2.0"
port = 3000
routes = [{ path = "/" }]

[services.identity]
image = "registry.example.com/identity:3.1.0"
port = 8001

[[services.identity.routes]]
path = "/api/v1/users"
auth = "jwt"
strip_path = true
rate_limit = "100/minute"

[[services.identity.routes]]
path = "~/api/v1/users/(?<id>[0-9]+)/picture$"
auth = "none"
methods = ["GET"]
protocols = ["https"]

[services.feed]
image = "registry.example.com/feed:1.0.0"
port = 8002
upstream = { targets = [{ host = "feed.example.com", port = 80, weight = 50 }] }
routes = [{ path = "/feed", hosts = ["api.example.com"], headers = { X-Version = "2" }, preserve_host = true }]
"#;

#[test]
fn the_table_stands_in_the_order_in_which_the_gateway_asks() {
    let ran = Session::with_stack(SHOP).run(&["routes"]).exits(0);
    let text = ran.stdout();
    let places: Vec<usize> = ["/feed ", "~/health$", "/picture$", "/api/v1/users ", "/  "]
        .map(|path| text.find(path).unwrap_or_else(|| panic!("{path} is not in\n{text}")))
        .into();
    assert!(places.is_sorted(), "{text}");
    ran.prints("jwt, 100/minute by consumer, path stripped").prints("https alone").prints("(itself)");
}

#[test]
fn a_program_reads_one_object_a_row() {
    let ran = Session::with_stack(SHOP).run(&["routes", "--format", "json"]).exits(0);
    let rows: serde_json::Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!(rows[0]["paths"][0], "/feed");
    assert_eq!(rows[0]["headers"]["X-Version"][0], "2");
    assert_eq!(rows[0]["upstream"], "feed.upstream");
    assert_eq!(rows[0]["order"], 1);
}

#[test]
fn a_request_is_followed_to_its_service() {
    Session::with_stack(SHOP)
        .run(&["routes", "match", "get", "/api/v1/users/7?full=1"])
        .exits(0)
        .prints("GET /api/v1/users/7?full=1 is taken by")
        .prints("`/api/v1/users` of `identity` (`identity-1`)")
        .prints("`identity` for `/7?full=1`, the path changed")
        .prints("identity.upstream: identity:8001")
        .prints("jwt, 100/minute by consumer, path stripped")
        .prints("`/` of `frontend` (`frontend-1`): its path is shorter");
}

#[test]
fn a_route_that_refuses_what_it_has_taken_leaves_it_to_no_other() {
    let session = Session::with_stack(SHOP);
    session
        .run(&["routes", "match", "GET", "/api/v1/users/7/picture"])
        .exits(0)
        .prints("426: the route takes https alone")
        .prints("id = `7`");
    session
        .run(&["routes", "match", "GET", "https://localhost/api/v1/users/7/picture"])
        .exits(0)
        .prints("`identity` for `/api/v1/users/7/picture`, the path as it came");
}

#[test]
fn host_and_headers_decide_as_well() {
    let session = Session::with_stack(SHOP);
    let feed = ["routes", "match", "GET", "/feed", "--host", "api.example.com", "--header", "x-version: 2"];
    session
        .run(&feed)
        .exits(0)
        .prints("of `feed`")
        .prints("feed:8002 (weight 100), feed.example.com:80 (weight 50)")
        .prints("host      `api.example.com`");
    session.run(&feed[..6]).exits(0).prints("of `frontend`");
}

#[test]
fn where_no_route_takes_a_request_the_nearest_one_is_named() {
    let without_root = SHOP.replace("routes = [{ path = \"/\" }]", "");
    let session = Session::with_stack(&without_root);
    session
        .run(&["routes", "match", "GET", "/feed", "--host", "api.example.org"])
        .exits(1)
        .prints("no route takes GET /feed: the gateway answers with 404")
        .prints("it takes the host `api.example.com`, and this is `api.example.org`; it asks for the header `x-version`");
    session.run(&["routes", "match", "POST", "/health"]).exits(1).prints("it takes `GET` and `HEAD` alone");
    let ran = session.run(&["routes", "match", "GET", "/nothing", "--format", "json"]).exits(1);
    let verdict: serde_json::Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert!(verdict["taken_by"].is_null() && verdict["nearest"].is_null(), "{verdict}");
}

#[test]
fn what_is_no_request_is_said() {
    let session = Session::with_stack(SHOP);
    session
        .run(&["routes", "match", "GET", "api/v1"])
        .exits(2)
        .says("neither a path that begins with `/` nor a URL");
    session.run(&["routes", "match", "GET", "/", "--header", "x"]).exits(2).says("`x` is no header");
    Session::with_stack("[stack]\nname = \"shop\"\n")
        .run(&["routes", "match", "GET", "/"])
        .exits(2)
        .says("the stack has no gateway");
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let ran = Session::with_stack(SHOP).run_with(&["routes"], &[("COLUMNS", "90")]).exits(0);
    assert!(ran.stdout().lines().all(|line| line.chars().count() <= 90), "{}", ran.stdout());
}
