//! `without`: what of the base an environment does not have.

use crate::session::Session;

const STACK: &str = r#"[stack]
name = "shop"

[services.mail]
image = "axllent/mailpit:v1.21"
port = "8025:8025"

[services.api]
kind = "fastapi"
path = "api"
port = 8001
needs = ["mail"]
env = { DEBUG = "1", MAIL_FROM = "shop@example.org" }

[agents.ag-shop]
description = "The shop"
owns = ["api", "mail"]

[environments.production]
without = ["services.mail", "services.api.env.DEBUG"]

[environments.production.services.api]
needs = []

[environments.production.agents.ag-shop]
owns = ["api"]
"#;

fn shop(stack: &str) -> Session {
    Session::with_stack(stack).file("api/main.py", "")
}

#[test]
fn an_environment_is_without_what_it_leaves_out_and_the_base_has_it() {
    let shop = shop(STACK);
    shop.run(&["build", "--yes"]).exits(0);
    let base = shop.read("generated/docker-compose.yml");
    assert!(base.contains("axllent/mailpit") && base.contains("DEBUG"));
    for (path, text) in shop.tree("generated/environments/production") {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("mailpit") && !text.contains("8025") && !text.contains("DEBUG"), "{path}");
    }
    let production = shop.read("generated/environments/production/docker-compose.yml");
    assert!(production.contains("MAIL_FROM"));
    shop.run(&["check"]).exits(0);
}

#[test]
fn a_table_that_is_left_out_can_be_said_anew() {
    let anew = STACK.replace("services.api.env.DEBUG", "services.api.env").replace(
        "[environments.production.services.api]",
        "[environments.production.services.api]\nenv = { PLAN = \"b\" }",
    );
    let shop = shop(&anew);
    shop.run(&["build", "--yes"]).exits(0);
    let production = shop.read("generated/environments/production/docker-compose.yml");
    assert!(
        production.contains("PLAN") && !production.contains("MAIL_FROM") && !production.contains("DEBUG")
    );
}

#[test]
fn what_the_base_has_not_cannot_be_left_out_and_the_near_name_is_said() {
    let wrong = |paths: &str| {
        let stack = STACK.replace("[\"services.mail\", \"services.api.env.DEBUG\"]", paths);
        shop(&stack).run(&["validate"]).exits(2)
    };
    wrong("[\"services.mial\"]").says("no `services.mial`").says("did you mean `mail`?");
    wrong("[\"services.api.env.DEBUGG\"]").says("did you mean `DEBUG`?");
    wrong("[\"services.api.needs.mail\"]").says("only keys of tables can be left out");
    wrong("[\"services.\"]").says("is not a dotted key");
    wrong("\"services.mail\"").says("put it in brackets");
    // What lies in something that goes as well is there.
    let both = STACK.replace("\"services.mail\"", "\"services.mail.image\", \"services.mail\"");
    shop(&both).run(&["validate"]).exits(0);
}

#[test]
fn only_an_environment_leaves_something_out() {
    let stack = format!("without = [\"services.mail\"]\n{STACK}");
    shop(&stack).run(&["validate"]).exits(2).says("the base has no key `without`");
}

#[test]
fn whoever_still_needs_what_is_left_out_is_named_with_the_environment() {
    let stack = STACK.replace("[environments.production.services.api]\nneeds = []\n", "");
    shop(&stack)
        .run(&["validate"])
        .exits(2)
        .says("needs = [\"mail\"]")
        .says("`production` is without it")
        .says("say under `[environments.production]` what stands here as it is there");
}

#[test]
fn a_service_that_is_renamed_or_removed_is_found_where_it_is_left_out() {
    let shop = shop(STACK);
    shop.run(&["rename", "service", "mail", "post", "--yes"]).exits(0);
    assert!(shop.read("stack.toml").contains("without = [\"services.post\", \"services.api.env.DEBUG\"]"));
    shop.run(&["remove", "service", "post"]).exits(2).says("`needs` of the service `api`");
    shop.run(&["remove", "service", "post", "--cascade", "--yes"]).exits(0);
    assert!(shop.read("stack.toml").contains("without = [\"services.api.env.DEBUG\"]"));
    shop.run(&["validate"]).exits(0);
}
