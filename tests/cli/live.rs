//! `ports --live` and `doctor`: what this machine says, with real listeners, and an engine that is a script.

use std::net::TcpListener;
use std::process;

use crate::session::{Ran, Session};

/// A listener of this test, and the port that it was given.
fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn stack(port: u16) -> String {
    format!("[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = {port}\n")
}

/// A project that is built, with an engine that says that these containers run.
struct Place {
    session: Session,
}

impl Place {
    fn new(port: u16, containers: &str) -> Self {
        let docker = format!(
            "#!/bin/sh\ncase \"$*\" in\nps*) printf '{containers}' ;;\nversion*) echo 28.0.1 ;;\n\
             'compose version'*) echo 2.26.1 ;;\n*) exit 1 ;;\nesac\n"
        );
        let session = Session::new()
            .file("shop/stack.toml", stack(port))
            .file("bin/docker", docker)
            .executable("bin/docker");
        session.run_in("shop", &["build", "--yes"]).exits(0);
        Self { session }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let path = format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", self.session.path("bin").to_str().unwrap());
        let file = self.session.path("shop/stack.toml");
        let named = [&["--file", file.to_str().unwrap()], arguments].concat();
        self.session.run_with(&named, &[("PATH", &path)])
    }
}

/// A port that nobody listens on just now.
fn free_port() -> u16 {
    listener().1
}

#[test]
fn who_listens_on_a_port_is_named_by_process_and_number() {
    let (listener, port) = listener();
    let place = Place::new(port, "");
    let ran = place.run(&["ports", "--live"]).exits(0).prints(&format!("(process {})", process::id()));
    assert!(!ran.stdout().contains("its own"), "{}", ran.stdout());
    let json = place.run(&["ports", "--live", "--format", "json"]).exits(0).stdout();
    assert!(json.contains(&format!("\"pid\": {}", process::id())), "{json}");
    drop(listener);
    // A process that another test starts meanwhile has the port, too, until it is the program that it is to be.
    let is_free = || place.run(&["ports", "--live"]).exits(0).stdout().contains("nobody");
    assert!((0..100).any(|_| is_free()));
}

#[test]
fn a_container_that_holds_a_port_is_named_and_known_for_the_stacks_own() {
    let port = free_port();
    let line = |stack: &str| {
        format!("{stack}-db-1\\t{stack}\\tdb\\t{stack}\\t/elsewhere\\t127.0.0.1:{port}->5432/tcp\\n")
    };
    Place::new(port, &line("shop")).run(&["ports", "--live"]).exits(0).prints("container shop-db-1, its own");
    let other = Place::new(port, &line("other")).run(&["ports", "--live"]).exits(0);
    assert!(other.stdout().contains("container other-db-1\n"), "{}", other.stdout());
}

#[test]
fn where_no_engine_answers_the_map_is_printed_all_the_same() {
    let place = Place::new(free_port(), "");
    place.session.write("bin/docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n");
    place.run(&["ports", "--live"]).exits(0).prints("Cannot connect").prints("nobody");
}

#[test]
fn a_machine_that_is_ready_is_well() {
    let place = Place::new(free_port(), "");
    let ran =
        place.run(&["doctor"]).exits(0).prints("Docker 28.0.1").prints("Compose 2.26.1").prints("\nready\n");
    assert!(!ran.stdout().contains("wrong"), "{}", ran.stdout());
}

#[test]
fn each_thing_that_is_not_well_is_named_with_what_to_do() {
    let (_listener, port) = listener();
    let place = Place::new(port, "x-1\\t\\t\\tshop\\t/elsewhere\\t\\n");
    place.session.write("shop/.env", "OTHER=1\nDB_PASSWORD=\n");
    place
        .session
        .write("shop/stack.toml", stack(port).replace("[services.db]", "[services.db]\nmemory = \"1GiB\""));
    let ran = place.run(&["doctor"]).exits(1);
    for words in [
        "which `db` is to have, is held by",
        "stop it, or give `db` another port",
        "a stack called `shop` runs from `/elsewhere`",
        "lacks `DB_PASSWORD`",
        "--fill-secrets",
        "not as the stack says",
        "run `stackgen build`",
        "4 things to mend",
    ] {
        assert!(ran.stdout().contains(words), "`{words}` is not in:\n{}", ran.stdout());
    }
}

#[test]
fn an_interrupted_build_an_absent_engine_and_a_bare_env_file_are_seen() {
    let place = Place::new(free_port(), "");
    place.session.write("shop/.stackgen/journal.json", "{}");
    place.session.write("bin/docker", "#!/bin/sh\nexit 1\n");
    place.session.write("shop/.env", "DB_PASSWORD=x\n");
    place.session.git(&["init", "--quiet"]);
    place
        .run(&["doctor"])
        .exits(1)
        .prints("an earlier build was interrupted")
        .prints("no engine answers")
        .prints("nothing keeps it out of the repository")
        .prints("stackgen hook install");
    let json = place.run(&["doctor", "--format", "json"]).exits(1).stdout();
    assert!(json.contains("\"state\": \"wrong\""), "{json}");
}

#[test]
fn a_stack_that_is_not_valid_is_said_first() {
    let place = Place::new(free_port(), "");
    place.session.write("shop/stack.toml", "[stack]\n");
    place.run(&["doctor"]).exits(2).prints("not valid");
}
