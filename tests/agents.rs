//! What agents and readers are told of a stack: each fact from the stack itself, in the files that it concerns, whatever it holds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::{Value as Json, json};
use stackgen::compile;
use stackgen::source::Memory;

const SHOP: &str = r#"
[stack]
name = "shop"

[gateway]
port = 8080

[services.orders-db]
kind = "postgres"
port = 5433

[services.orders]
kind = "fastapi"
path = "orders"
port = 8001
needs = ["orders-db"]
routes = [{ path = "/orders", rate_limit = "5/minute" }]

[services.web]
kind = "react"
path = "web"
port = 3000
run = "host"
needs = ["kong"]

[agents.lead]
description = "Gateway and contracts"
owns = ["kong"]

[agents.data]
description = "Databases"
owns = ["orders-db"]
reports_to = "lead"

[agents.orders]
description = "Orders and their payment"
owns = ["orders"]
reports_to = "lead"
keywords = ["basket", "refund"]
examples = ["a refund is booked twice"]
tools = ["Read", "Grep"]
model = "sonnet"
commands = { test = "make test" }

[agents.web]
description = "The shop's pages"
owns = ["web"]
reports_to = "lead"

[agents.review]
description = "Pull requests"
reports_to = "lead"
"#;

/// The outputs of a stack by their path under `generated/`.
fn outputs(stack: &str) -> BTreeMap<String, String> {
    let world = Memory::default()
        .with("stack.toml", stack)
        .with("orders/Dockerfile", "")
        .with("orders/main.py", "")
        .with("web/package.json", "");
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = compilation.report.iter().map(|found| &found.message).collect();
    assert!(!compilation.outputs.is_empty(), "{found:?}");
    compilation
        .outputs
        .iter()
        .map(|output| (output.path.strip_prefix("generated").unwrap().to_string(), output.contents.clone()))
        .collect()
}

/// The front matter of a subagent's file, and the prompt behind it.
fn subagent(outputs: &BTreeMap<String, String>, name: &str) -> (Json, String) {
    let text = &outputs[&format!("agents/claude/{name}.md")];
    let (front, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    (serde_saphyr::from_str(front).unwrap(), body.to_owned())
}

fn team(outputs: &BTreeMap<String, String>) -> Json {
    serde_saphyr::from_str(&outputs["agents/agents.yaml"]).unwrap()
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

#[test]
fn a_subagent_is_chosen_by_what_sets_it_apart() {
    let (front, _) = subagent(&outputs(SHOP), "orders");
    assert_eq!(front["name"], "orders");
    let description = front["description"].as_str().unwrap();
    assert!(description.starts_with("Use this agent when "), "{description}");
    for part in ["basket and refund", "Orders and their payment", "a refund is booked twice"] {
        assert!(description.contains(part), "{part} in {description}");
    }
    assert_eq!(front["tools"], "Read, Grep");
    assert_eq!(front["model"], "sonnet");
}

#[test]
fn a_subagent_that_is_given_no_tools_and_no_model_has_those_of_its_session() {
    let (front, _) = subagent(&outputs(SHOP), "web");
    assert_eq!([front.get("tools"), front.get("model")], [None, None]);
}

#[test]
fn a_subagent_knows_the_architecture_around_what_it_owns() {
    let (_, prompt) = subagent(&outputs(SHOP), "orders");
    for fact in [
        "`orders`",
        "8001 in the container",
        "`http://orders:8001`",
        "`GET /health`",
        "`/orders`",
        "5/minute",
        "`DATABASE_URL` (secret, of `orders-db`)",
        "- Needs: `orders-db`",
        "- Needed by: `kong`",
        "up -d --build --wait orders`",
        "test `make test`",
        "- `data`: `orders-db`",
        "- `lead`: `kong`",
        "`generated/docs/STACK.md`",
    ] {
        assert!(prompt.contains(fact), "{fact} in {prompt}");
    }
}

#[test]
fn an_agent_that_owns_nothing_knows_who_owns_what() {
    let (_, prompt) = subagent(&outputs(SHOP), "review");
    assert!(prompt.contains("| `orders` | `fastapi` | `orders` | 8001 | `orders` |"), "{prompt}");
}

#[test]
fn the_gateways_agent_knows_every_route() {
    let (_, prompt) = subagent(&outputs(SHOP), "lead");
    assert!(prompt.contains("| `/orders` | all | `orders` | everybody |"), "{prompt}");
    assert!(prompt.contains("To you report `data`, `orders`, `web` and `review`"), "{prompt}");
}

#[test]
fn programs_read_the_team_with_its_hierarchy_and_the_facts_of_its_services() {
    let team = team(&outputs(SHOP));
    let orders = &team["agents"][2];
    assert_eq!(orders["name"], "orders");
    assert_eq!(orders["working_dir"], "orders");
    assert_eq!(orders["ownership"], json!({ "services": ["orders"], "paths": [], "concerns": [] }));
    assert_eq!(orders["boundaries"], json!({ "edits": ["orders"], "hands_over": [] }));
    assert_eq!(orders["hierarchy"], json!({ "reports_to": "lead", "leads": [] }));
    assert_eq!(orders["commands"]["test"], "make test");
    assert_eq!(
        orders["ask"],
        json!([{ "service": "orders-db", "owners": ["data"] }, { "service": "kong", "owners": ["lead"] }])
    );
    let service = &orders["services"][0];
    assert_eq!([&service["port"], &service["health_path"]], [&json!(8001), &json!("/health")]);
    assert_eq!(service["routes"][0]["path"], "/orders");
}

#[test]
fn a_changed_port_changes_the_files_that_mention_it_and_no_others() {
    let before = outputs(SHOP);
    let after = outputs(&SHOP.replace("port = 5433", "port = 5499"));
    let changed: Vec<_> = before.keys().filter(|path| before[*path] != after[*path]).collect();
    assert!(changed.contains(&&"docs/STACK.md".to_owned()), "{changed:?}");
    assert!(changed.contains(&&"agents/claude/data.md".to_owned()), "{changed:?}");
    for path in before.keys() {
        assert_eq!(changed.contains(&path), before[path].contains("5433"), "{path}");
    }
}

#[test]
fn no_text_of_the_stack_changes_the_structure_of_a_file() {
    for hostile in [
        "\"; rm -rf ~ #",
        "{{ 7*7 }}",
        "a: b",
        "one\ntwo",
        "---",
        "yes",
        "22:22",
        "'\"\\",
        "| `x` |",
        "# x",
        "<!-- 😀",
    ] {
        let stack = SHOP
            .replace("\"Orders and their payment\"", &quoted(hostile))
            .replace("\"basket\"", &quoted(hostile))
            .replace("\"a refund is booked twice\"", &quoted(hostile))
            .replace("\"make test\"", &quoted(hostile));
        let outputs = outputs(&stack);
        let orders = &team(&outputs)["agents"][2];
        assert_eq!(orders["description"], hostile);
        assert_eq!(orders["examples"], json!([hostile]));
        assert_eq!(orders["commands"]["test"], hostile);
        let (front, _) = subagent(&outputs, "orders");
        let keys: Vec<_> = front.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["name", "description", "tools", "model"]);
        assert!(front["description"].as_str().unwrap().contains(hostile), "{hostile}");
        for page in ["agents/AGENTS.md", "docs/STACK.md", "agents/claude/orders.md"] {
            assert_eq!(headings(&outputs[page]), headings(&self::outputs(SHOP)[page]), "{hostile} in {page}");
        }
    }
}

fn headings(markdown: &str) -> Vec<&str> {
    markdown.lines().filter(|line| line.starts_with('#')).collect()
}

#[test]
fn the_page_of_the_stack_names_every_service_port_route_owner_secret_and_network() {
    let page = &outputs(SHOP)["docs/STACK.md"];
    for fact in [
        "s_orders --> s_orders_db",
        "| 5433/tcp | `127.0.0.1` | `orders-db` | 5432 |",
        "| 3000/tcp |",
        "| `/orders` | all | `orders` | everybody | 5/minute | any | the whole path |",
        "| `/health` |",
        "| `orders` | Orders and their payment | `orders` |",
        "| `ORDERS_DB_PASSWORD` |",
        "| `edge` |",
    ] {
        assert!(page.contains(fact), "{fact} in {page}");
    }
}

#[test]
fn ids_in_the_picture_are_one_for_each_service_whatever_hyphens_its_name_has() {
    let stack = SHOP.replace("orders-db", "orders--db") + "[services.orders-db]\nkind = \"postgres\"\n";
    let page = &outputs(&stack)["docs/STACK.md"];
    assert!(page.contains("s_orders_db[(\"orders-db\")]"), "{page}");
    assert!(page.contains("s_ordersXXdb[(\"orders--db\")]"), "{page}");
}

/// The shop with other tables behind an agent's.
fn with(agent: &str, lines: &str) -> String {
    let header = format!("[agents.{agent}]\n");
    assert!(SHOP.contains(&header), "{agent}");
    SHOP.replacen(&header, &format!("{header}{lines}\n"), 1)
}

#[test]
fn the_word_gateway_is_the_gateways_service_whatever_that_is_called() {
    let stack = SHOP.replace("port = 8080", "port = 8080\nname = \"edge\"").replace("\"kong\"", "\"edge\"");
    let named = outputs(&stack);
    assert_eq!(outputs(&stack.replace("owns = [\"edge\"]", "owns = [\"gateway\"]")), named);
    assert_eq!(team(&named)["agents"][0]["ownership"]["services"], json!(["edge"]));
}

#[test]
fn what_an_agent_may_edit_follows_from_what_it_owns_unless_it_is_said() {
    let edits = |stack: &str, at: usize| team(&outputs(stack))["agents"][at]["boundaries"]["edits"].clone();
    assert_eq!(edits(SHOP, 2), json!(["orders"]));
    assert_eq!(edits(&with("orders", "paths = [\"docs/orders\"]"), 2), json!(["orders", "docs/orders"]));
    let said = with("orders", "paths = [\"docs\"]\nboundaries = { edits = [\"orders/api\"] }");
    assert_eq!(edits(&said, 2), json!(["orders/api"]));
    assert_eq!(edits(SHOP, 4), json!([]));
}

#[test]
fn an_agent_that_may_edit_nothing_is_told_so() {
    let told = "Nothing yourself: look, advise and propose.";
    assert!(!subagent(&outputs(SHOP), "orders").1.contains(told));
    let stack = with("orders", "boundaries = { edits = [] }");
    assert!(subagent(&outputs(&stack), "orders").1.contains(told));
    assert!(subagent(&outputs(SHOP), "review").1.contains(told));
}

#[test]
fn what_an_agent_hands_over_goes_to_whom_it_says_and_else_to_the_owner() {
    let stack = with(
        "orders",
        "boundaries = { hands_over = [{ what = \"orders-db\", to = \"review\" }, { what = \"prices\", to = \"web\" }] }",
    );
    let (_, prompt) = subagent(&outputs(&stack), "orders");
    for line in ["- `lead`: `kong`", "- `web`: prices", "- `review`: `orders-db`"] {
        assert!(prompt.contains(line), "{line} in {prompt}");
    }
}

#[test]
fn who_looks_after_a_concern_is_told_to_all_the_others() {
    let outputs = outputs(&with("review", "concerns = [\"code review\"]\npaths = [\"docs\"]"));
    assert!(subagent(&outputs, "review").0["description"].as_str().unwrap().contains("code review"));
    for name in ["lead", "data", "orders", "web"] {
        assert!(subagent(&outputs, name).1.contains("- `review`: `docs` and code review"), "{name}");
    }
    assert!(!subagent(&outputs, "review").1.contains("- `review`:"));
}

#[test]
fn whoever_says_where_a_targets_files_go_wants_them() {
    let made = |setting: &str| {
        let world = Memory::default()
            .with("stack.toml", format!("{SHOP}\n[targets]\ncopilot = {{ {setting} }}\n"))
            .with("orders/main.py", "")
            .with("web/package.json", "");
        let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
        assert!(!compilation.outputs.is_empty());
        compilation.outputs.iter().any(|output| output.path == ".github/agents/orders.agent.md")
    };
    assert!(made("out = \".github/agents\""));
    assert!(!made("enabled = false, out = \".github/agents\""));
    assert!(!made("enabled = true"));
}

#[test]
fn commands_of_an_agent_take_the_place_of_those_of_its_services() {
    let (_, prompt) = subagent(&outputs(SHOP), "orders");
    assert!(prompt.contains("- In `orders`: test `make test`"), "{prompt}");
    assert!(!prompt.contains("pytest"), "{prompt}");
}

#[test]
fn the_page_of_the_stack_says_how_long_it_is() {
    let page = &outputs(SHOP)["docs/STACK.md"];
    let said: usize =
        page.split("This page is about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let bytes = page.len() / 4;
    assert!(said.abs_diff(bytes) * 10 <= bytes, "{said} for {bytes}");
}

/// What `agent-budget` says of the shop with these tables, and this description of its own.
fn over_budget(tables: &str, description: &str) -> Vec<String> {
    let stack = SHOP.replacen(
        "name = \"shop\"",
        &format!("name = \"shop\"\ndescription = {}", quoted(description)),
        1,
    );
    let world = Memory::default()
        .with("stack.toml", format!("{stack}\n{tables}"))
        .with("orders/main.py", "")
        .with("web/package.json", "");
    let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
    let found = compilation.report.iter().filter(|found| found.rule == "agent-budget");
    found.map(|found| found.message.clone()).collect()
}

#[test]
fn a_prompt_that_its_program_would_cut_off_is_found() {
    let agent = |letters: usize| {
        let long = "x".repeat(letters);
        format!(
            "[agents.wide]\ndescription = \"Warehouse\"\nreports_to = \"lead\"\nresponsibilities = [\"{long}\"]\n[targets]\ncopilot = {{ out = \".github/agents\" }}\n"
        )
    };
    assert_eq!(over_budget(&agent(20_000), ""), [""; 0]);
    let found = over_budget(&agent(30_000), "");
    assert!(found[0].starts_with("the prompt in `.github/agents/wide.agent.md` has 3"), "{found:?}");
    assert_eq!(found.len(), 1);
}

#[test]
fn descriptions_that_are_dear_together_are_found_though_each_is_short_enough() {
    let agents = |count: usize| -> String {
        let long = "é".repeat(1_500); // 3,000 bytes, and about 750 tokens
        let agent = |at| {
            format!(
                "[agents.wide-{at}]\ndescription = \"Warehouse {at}\"\nexamples = [\"{long}\"]\nreports_to = \"lead\"\n"
            )
        };
        (0..count).map(agent).collect()
    };
    assert_eq!(over_budget(&agents(15), ""), [""; 0]);
    let found = over_budget(&agents(25), "");
    assert!(found[0].starts_with("the 30 descriptions of target `claude` are about"), "{found:?}");
    assert_eq!(found.len(), 1);
}

#[test]
fn pages_that_are_read_together_are_counted_together() {
    assert_eq!(over_budget("", &"x".repeat(20_000)), [""; 0]);
    let root = over_budget("", &"x".repeat(33_000));
    assert!(root[0].starts_with("`generated/agents/AGENTS.md` has 3"), "{root:?}");
    assert_eq!(root.len(), 1);
    let both = over_budget("", &"x".repeat(30_000));
    assert_eq!(both.len(), 2, "{both:?}");
    for (found, folder) in both.iter().zip(["orders", "web"]) {
        assert!(found.starts_with(&format!("`generated/agents/{folder}/AGENTS.md` has 3")), "{found}");
        assert!(found.contains("with those in the folders above it"), "{found}");
    }
}

#[test]
fn whoever_owns_services_in_several_folders_is_said_to_work_in_all_of_them() {
    let stack = SHOP.replace(r#"owns = ["orders"]"#, r#"owns = ["orders", "web"]"#);
    let stack = stack.replace("owns = [\"web\"]\n", "");
    let outputs = outputs(&stack);
    for page in ["docs/STACK.md", "agents/AGENTS.md"] {
        let text = &outputs[page];
        assert!(
            text.lines()
                .any(|line| line.starts_with("| `orders` |") && line.contains("| `orders` and `web` |")),
            "{text}"
        );
    }
}

#[test]
fn several_services_are_started_with_what_they_take_and_one_with_what_it_takes() {
    let stack = SHOP.replace("owns = [\"orders-db\"]\n", "");
    let stack = stack.replace(r#"owns = ["orders"]"#, r#"owns = ["orders", "orders-db"]"#);
    let outputs = outputs(&stack);
    assert!(
        subagent(&outputs, "orders").1.contains("with what they take"),
        "{}",
        subagent(&outputs, "orders").1
    );
    assert!(subagent(&outputs, "lead").1.contains("with what it takes"), "{}", subagent(&outputs, "lead").1);
}
