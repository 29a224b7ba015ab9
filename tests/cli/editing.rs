//! `add`, `remove` and `rename`: the stack's file edited by command, from outside.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::session::Session;

const STACK: &str = r#"# The shop.
[stack]
name = "shop"     # and its name

[gateway]
port = 8080

# Orders ---------------------------------------------

[services.orders]   # the first
kind = "fastapi"
path = "services/orders"
port = 8001
needs = ["orders-db"]   # its own
env = { SELF = "{{ services.orders.url }}", DB = "{{ services.orders-db.host }}" }

[[services.orders.routes]]
path = "/api/orders"

[services.orders-db]
kind = "postgres"
port = 5433

# Agents ---------------------------------------------

[agents.ag-orders]
description = "Orders"
owns = ["orders", "orders-db", "kong"]

[environments.live.services.orders-db]
memory = "1GiB"
"#;

fn shop() -> Session {
    Session::with_stack(STACK).file("services/orders/main.py", "")
}

/// The lines that a text has and another has not.
fn lost<'a>(before: &'a str, after: &str) -> Vec<&'a str> {
    before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect()
}

#[test]
fn a_service_is_added_with_all_that_belongs_to_it_and_the_stack_builds() {
    let shop = shop();
    shop.run(&["build", "--yes"]).exits(0);
    shop.run(&[
        "add",
        "service",
        "billing",
        "--kind",
        "fastapi",
        "--with",
        "postgres,redis",
        "--route",
        "/api/v1/billing",
        "--agent",
        "--yes",
    ])
    .exits(0)
    .prints("+[services.billing]")
    .prints("+++ b/services/billing/README.md");
    let after = shop.read("stack.toml");
    assert!(lost(STACK, &after).is_empty(), "{:?}", lost(STACK, &after));
    for line in ["port = 8002", "port = 5434", "port = 6380", "needs = [\"billing-db\", \"billing-redis\"]"] {
        assert!(after.contains(line), "{line}: {after}");
    }
    shop.run(&["build", "--yes"]).exits(0);
    shop.run(&["check"]).exits(0);
    shop.run(&["ports"]).prints("127.0.0.1  5434  5432       tcp       billing-db");
}

#[test]
fn without_a_word_from_the_user_nothing_is_written() {
    let shop = shop();
    shop.run(&["add", "service", "mail", "--kind", "redis"])
        .exits(1)
        .prints("+[services.mail]")
        .says("--yes");
    shop.run(&["rename", "service", "orders", "sales"]).exits(1).prints("-[services.orders]");
    assert_eq!(shop.read("stack.toml"), STACK);
}

#[test]
fn what_would_not_be_valid_is_shown_and_not_written() {
    let shop = shop();
    shop.run(&["add", "service", "mail", "--kind", "redis", "--port", "5433", "--yes"])
        .exits(2)
        .says("port-collision")
        .says("nothing was written");
    shop.run(&["add", "service", "Mail!", "--kind", "redis", "--yes"]).exits(2).says("invalid-name");
    shop.run(&["add", "service", "mail", "--kind", "rediss", "--yes"]).exits(2).says("did you mean `redis`?");
    shop.run(&["rename", "service", "orders", "x y", "--yes"]).exits(2).says("nothing was written");
    assert_eq!(shop.read("stack.toml"), STACK);
}

#[test]
fn a_service_comes_to_the_agent_that_is_there_and_asks_for_tokens() {
    let shop = shop();
    shop.run(&[
        "add",
        "service",
        "billing",
        "--kind",
        "fastapi",
        "--with",
        "postgres",
        "--route",
        "/billing",
        "--auth",
        "none",
        "--owner",
        "ag-orders",
        "--yes",
    ])
    .exits(0);
    let after = shop.read("stack.toml");
    assert!(after.contains("[[services.billing.routes]]\npath = \"/billing\"\nauth = \"none\"\n"), "{after}");
    assert!(after.contains(", \"billing\", \"billing-db\"]"), "{after}");
    shop.run(&["build", "--yes"]).exits(0);
}

#[test]
fn an_owner_that_is_not_there_and_a_policy_without_a_route_are_refused() {
    let shop = shop();
    let add = ["add", "service", "billing", "--kind", "fastapi", "--yes"];
    shop.run(&[&add[..], &["--owner", "ag-order"]].concat()).exits(2).says("did you mean `ag-orders`?");
    shop.run(&[&add[..], &["--auth", "jwt"]].concat()).exits(2).says("--route");
    shop.run(&[&add[..], &["--route", "/b", "--auth", "jtw"]].concat()).exits(2).says("none, jwt, key-auth");
    // What nobody could pass is shown, and not written.
    shop.run(&[&add[..], &["--route", "/b", "--auth", "jwt"]].concat()).exits(2).says("jwt-without-consumer");
    assert_eq!(shop.read("stack.toml"), STACK);
}

#[test]
fn a_service_that_others_need_is_kept_and_they_are_named() {
    let shop = shop();
    shop.run(&["remove", "service", "orders-db", "--yes"])
        .exits(2)
        .says("others refer to it")
        .says("`needs` of the service `orders`")
        .says("`env` of the service `orders`")
        .says("`owns` of the agent `ag-orders`")
        .says("stack.toml:14:10");
    assert_eq!(shop.read("stack.toml"), STACK);
}

#[test]
fn what_others_say_of_a_service_goes_with_it_where_that_is_asked_for_and_is_shown_first() {
    let shop = shop();
    let remove = ["remove", "service", "orders-db", "--cascade"];
    let shown = shop.run(&remove).exits(1).prints("-needs = [\"orders-db\"]   # its own\n").stdout();
    assert!(shown.contains("+owns = [\"orders\", \"kong\"]\n"), "{shown}");
    assert_eq!(shop.read("stack.toml"), STACK);
    shop.run(&[&remove[..], &["--yes"]].concat()).exits(0);
    let after = shop.read("stack.toml");
    assert!(after.contains("\nenv = { SELF = \"{{ services.orders.url }}\" }\n"), "{after}");
    assert!(!after.contains("orders-db"), "{after}");
    shop.run(&["build", "--yes"]).exits(0);
}

#[test]
fn a_service_that_nobody_needs_is_removed_and_the_rest_stays_byte_for_byte() {
    let shop = shop();
    shop.run(&["add", "service", "cache", "--kind", "redis", "--yes"]).exits(0);
    shop.run(&["remove", "service", "cache", "--yes"]).exits(0).says("`shop_cache-data` stays with its data");
    assert_eq!(shop.read("stack.toml"), STACK);
}

#[test]
fn what_is_said_of_a_volume_goes_with_the_service_and_the_next_one_gets_no_old_data() {
    let said = "\n[compose_extra.volumes.old-data]\nname = \"old_pg\"\n\n[environments.live.compose_extra.volumes.old-data]\nname = \"live_pg\"\n";
    let kept = "\n[compose_extra.volumes.both]\nname = \"both\"\n";
    let both = "compose_extra = { volumes = [\"both:/both\"] }\n";
    let services = format!(
        "[services.old]\nkind = \"postgres\"\nport = 5499\n{both}\n[services.web]\nimage = \"nginx:1.27-alpine\"\n{both}"
    );
    let stack = format!("[stack]\nname = \"shop\"\n\n{services}{kept}{said}");
    let shop = Session::with_stack(&stack);
    shop.run(&["remove", "service", "old", "--yes"])
        .exits(0)
        .says("the volume `live_pg` stays with its data")
        .says("the volume `old_pg` stays with its data")
        .never_says("both");
    let after = shop.read("stack.toml");
    assert!(!after.contains("_pg") && !after.contains("old-data"), "{after}");
    assert!(after.contains(kept), "{after}");
    shop.run(&["add", "service", "old", "--kind", "mysql", "--yes"]).exits(0);
    shop.run(&["build", "--yes"]).exits(0);
    assert!(!shop.read("generated/docker-compose.yml").contains("old_pg"));
}

#[test]
fn a_renamed_service_is_renamed_everywhere() {
    let shop = shop();
    shop.run(&["rename", "service", "orders-db", "store", "--yes"])
        .exits(0)
        .says("the secret `ORDERS_DB_PASSWORD` is `STORE_PASSWORD` from now on")
        .says("its data stays in the volume `shop_orders-db-data`")
        .says("`user = \"orders_db\"` followed from the old name");
    let after = shop.read("stack.toml");
    let kept = "\n[compose_extra.volumes.store-data]\nname = \"shop_orders-db-data\"\n";
    let options = "options.user = \"orders_db\"\noptions.database = \"orders_db\"\n";
    assert!(after.contains(kept) && after.contains(options), "{after}");
    assert_eq!(after.replace(kept, "").replace(options, ""), STACK.replace("orders-db", "store"));
    shop.run(&["rename", "agent", "ag-orders", "ag-sales", "--yes"]).exits(0);
    shop.run(&["rename", "service", "kong", "door", "--yes"]).exits(0);
    let after = shop.read("stack.toml");
    assert!(
        after.contains("[gateway]\nname = \"door\"\n") && after.contains("\"store\", \"door\"]"),
        "{after}"
    );
    shop.run(&["build", "--yes"]).exits(0);
}

/// Every place in Compose's own words that names the service `db`, and some that only look like it.
const SAID_IN_COMPOSES_WORDS: &str = r#"[stack]
name = "shop"

[services.db]
image = "postgres:17-alpine"

[services.one]
image = "nginx:1.27-alpine"

[services.one.compose_extra]
links = ["db", "db:db"]
volumes_from = ['db:ro', "container:db"]
pid = "service:db"
ipc = "service:db"
container_name = "db"
labels = { db = "db" }

[services.one.compose_extra.depends_on.db]
condition = "service_started"

[services.two]
image = "nginx:1.27-alpine"
compose_extra = { depends_on = ["db"], network_mode = "service:db", extends = { service = "db" } }

[environments.live.services.two]
compose_extra = { depends_on = { db = { condition = "service_started", required = false } } }
"#;

#[test]
fn a_renamed_service_is_followed_into_composes_own_words() {
    let shop = Session::with_stack(SAID_IN_COMPOSES_WORDS);
    shop.run(&["rename", "service", "db", "store", "--yes"]).exits(0);
    let expected = SAID_IN_COMPOSES_WORDS
        .replace("[services.db]", "[services.store]")
        .replace("[\"db\", \"db:db\"]", "[\"store\", \"store:db\"]")
        .replace("'db:ro'", "'store:ro'")
        .replace("\"service:db\"", "\"service:store\"")
        .replace("depends_on.db]", "depends_on.store]")
        .replace("depends_on = [\"db\"]", "depends_on = [\"store\"]")
        .replace("service = \"db\"", "service = \"store\"")
        .replace("{ db = { condition", "{ store = { condition");
    assert_eq!(shop.read("stack.toml"), expected);
    shop.run(&["validate"]).exits(0);
}

#[test]
fn a_service_that_is_named_in_composes_own_words_is_not_removed() {
    let shop = Session::with_stack(SAID_IN_COMPOSES_WORDS);
    shop.run(&["remove", "service", "db", "--yes"])
        .exits(2)
        .says("others refer to it")
        .says("`compose_extra.depends_on` of the service `one`")
        .says("`compose_extra` of the service `two`")
        .says("`compose_extra` of `two` in `live`");
    assert_eq!(shop.read("stack.toml"), SAID_IN_COMPOSES_WORDS);
}

#[test]
fn what_is_edited_by_another_in_the_meantime_is_not_overwritten() {
    let shop = shop();
    let broken = format!("{STACK}\n[services.orders]\n");
    shop.write("stack.toml", &broken);
    shop.run(&["add", "service", "mail", "--kind", "redis", "--yes"]).exits(2).says("mend this first");
    assert_eq!(shop.read("stack.toml"), broken);
}

#[test]
fn a_fragment_is_edited_where_it_declares_what_is_renamed() {
    let shop = Session::with_stack("[stack]\nname = \"a\"\ninclude = [\"teams/*.toml\"]\n")
        .file("teams/one.toml", "[services.one]\nimage = \"a:1\"\nneeds = [\"two\"]\n")
        .file("teams/two.toml", "[services.two]\nimage = \"b:1\"\n");
    shop.run(&["rename", "service", "two", "second", "--yes"]).exits(0);
    assert_eq!(shop.read("teams/one.toml"), "[services.one]\nimage = \"a:1\"\nneeds = [\"second\"]\n");
    assert_eq!(shop.read("teams/two.toml"), "[services.second]\nimage = \"b:1\"\n");
}

#[test]
fn a_name_that_nothing_can_have_is_refused_before_anything_is_shown() {
    let session =
        Session::with_stack("[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n");
    let ran = session
        .run(&["rename", "service", "db", "My Db"])
        .exits(2)
        .says("`My Db` cannot be the name of a service");
    assert_eq!(ran.stdout(), "");
    session
        .run(&["add", "service", "a_b", "--kind", "redis"])
        .exits(2)
        .says("cannot be the name of a service");
}

#[test]
fn an_agent_stands_behind_the_service_that_it_came_with() {
    let session = Session::with_stack("[stack]\nname = \"shop\"\ninclude = [\"team/stack.toml\"]\n")
        .file("team/stack.toml", "[services.db]\nkind = \"postgres\"\nport = 5433\n");
    session
        .run(&["add", "service", "api", "--kind", "fastapi", "--path", "team/api", "--agent", "--yes"])
        .exits(0);
    let text = session.read("team/stack.toml");
    assert!(text.find("[services.api]").unwrap() < text.find("[agents.ag-api]").unwrap(), "{text}");
    assert!(text.contains("\n\n[agents.ag-api]\n"), "{text}");
}

#[test]
fn an_edited_file_keeps_its_mode() {
    let shop = shop();
    fs::set_permissions(shop.path("stack.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    shop.run(&["add", "service", "cache", "--kind", "redis", "--yes"]).exits(0);
    assert!(shop.read("stack.toml").contains("[services.cache]"));
    assert_eq!(shop.path("stack.toml").metadata().unwrap().permissions().mode() & 0o777, 0o640);
}
