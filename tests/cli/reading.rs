//! The commands that answer questions: ports, graph, explain, kinds, templates, schema, completions.

use crate::session::Session;

const CLASH: &str = r#"
[stack]
name = "shop"

[services.orders]
image = "registry.example.com/orders:1.8.2"
port = 8001
needs = ["orders-db"]

[services.orders-db]
kind = "postgres"
port = 8001
"#;

#[test]
fn the_port_map_of_a_wrong_stack_is_printed_all_the_same() {
    Session::with_stack(CLASH)
        .run(&["ports"])
        .exits(2)
        .says("port-collision")
        .prints("127.0.0.1  8001  5432       tcp       orders-db");
}

#[test]
fn a_warning_does_not_stand_before_an_answer() {
    let stack = CLASH.replacen("port = 8001", "port = 5000", 1);
    let ran = Session::with_stack(&stack).run(&["graph"]).exits(0).prints("2     orders     orders-db");
    assert_eq!(ran.stderr(), "");
}

#[test]
fn an_environment_that_is_not_there_is_said() {
    Session::with_stack(CLASH)
        .run(&["graph", "--env", "live"])
        .exits(2)
        .says("there is no environment `live`");
}

#[test]
fn what_asks_nothing_of_a_stack_needs_none() {
    let nowhere = Session::new();
    nowhere.run(&["explain"]).exits(0).prints("port-collision");
    nowhere.run(&["explain", "port-collision"]).exits(0).prints("# port-collision");
    nowhere.run(&["explain", "port-colision"]).exits(2).says("did you mean `port-collision`");
    nowhere.run(&["schema"]).exits(0).prints("\"$schema\"");
    nowhere.run(&["kinds"]).exits(0).prints("postgres");
    nowhere.run(&["kinds", "show", "postgres"]).exits(0).prints("description");
    nowhere.run(&["templates"]).exits(0).prints("compose");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        nowhere.run(&["completions", shell]).exits(0).prints("templates");
    }
}

#[test]
fn lists_are_json_where_json_is_asked_for() {
    let session = Session::with_stack(CLASH);
    for list in ["ports", "kinds", "templates"] {
        let printed = session.run(&[list, "--format", "json"]).stdout();
        let entries: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert!(!entries.as_array().unwrap().is_empty(), "{list}");
    }
}

#[test]
fn an_ejected_target_makes_the_same_files_until_it_is_changed() {
    let session = Session::with_stack(&CLASH.replacen("port = 8001", "port = 8002", 1));
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["templates", "eject", "compose"]).exits(0).says("created  templates/compose/target.toml");
    session.run(&["check"]).exits(0);
    session.run(&["templates"]).exits(0).prints("project");
}

#[test]
fn ejecting_leaves_every_file_that_is_there() {
    let session = Session::new().file("templates/compose/target.toml", "mine\n");
    session
        .run(&["templates", "eject", "compose"])
        .exits(1)
        .says("kept     templates/compose/target.toml")
        .says("created  templates/compose/docker-compose.yml.j2");
    assert_eq!(session.read("templates/compose/target.toml"), "mine\n");
    session.run(&["templates", "eject", "nothing"]).exits(2).says("there is no target or template `nothing`");
}

#[cfg(unix)]
#[test]
fn ejecting_writes_through_no_link() {
    let session = Session::new().folder("elsewhere");
    std::os::unix::fs::symlink(session.path("elsewhere"), session.path("templates")).unwrap();
    session.run(&["templates", "eject", "compose"]).exits(2).says("link");
    assert!(session.tree("elsewhere").is_empty());
}

#[test]
fn every_command_has_a_manual_page_with_its_examples() {
    let session = Session::new();
    session.run(&["man"]).exits(0).prints(".TH stackgen 1").prints("stackgen\\-build(1)");
    session.run(&["man", "--out", "man1"]).exits(0).says("written");
    assert!(session.read("man1/stackgen-add-service.1").contains("stackgen add service billing"));
    session.run(&["man", "--out", "man1"]).exits(1).says("kept");
}

#[test]
fn every_command_shows_examples_of_itself() {
    let session = Session::new();
    let help = session.run(&["--help"]).exits(0).stdout();
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 10, "{help}");
    for name in names {
        session.run(&[name, "--help"]).exits(0).prints(&format!("  stackgen {name}"));
    }
}

#[test]
fn the_graph_is_a_picture_that_any_browser_shows() {
    let session = Session::with_stack(&CLASH.replacen("port = 8001", "port = 8002", 1));
    session
        .run(&["graph", "--format", "svg"])
        .exits(0)
        .prints("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .prints("<title>orders needs orders-db</title>");
}
