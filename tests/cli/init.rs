//! `init`: a first stack file out of what a folder holds, and a build of it.

use crate::session::Session;

/// What init makes of a folder compiles, and is up to date after a build.
#[track_caller]
fn builds(session: &Session, words: &[&str]) {
    session.run(&["init", "--yes", "--name", "shop"]).exits(0).prints("+[stack]");
    let text = session.read("stack.toml");
    for words in words {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["check"]).exits(0);
}

#[test]
fn an_empty_folder_gets_a_file_to_start_from() {
    builds(&Session::new(), &["name = \"shop\"", "# [services.api]"]);
}

#[test]
fn a_fastapi_application_with_its_stores_builds() {
    let session = Session::new().file("requirements.txt", "fastapi\nasyncpg\nredis\n").file("main.py", "");
    builds(&session, &["[services.shop]", "path = \".\"", "kind = \"postgres\"", "kind = \"redis\""]);
}

#[test]
fn a_django_project_builds() {
    let session = Session::new().file("backend/manage.py", "").file("backend/requirements.txt", "django\n");
    builds(&session, &["[services.backend]", "kind = \"django\""]);
}

#[test]
fn a_page_and_its_server_build() {
    let page = r#"{"dependencies":{"react":"19"},"scripts":{"build":"vite build"}}"#;
    let server = r#"{"dependencies":{"pg":"8"},"scripts":{"start":"node index.js"}}"#;
    let session = Session::new().file("web/package.json", page).file("server/package.json", server);
    builds(&session, &["kind = \"react\"", "port = 3000", "kind = \"node\"", "needs = [\"server-db\"]"]);
}

#[test]
fn a_folder_with_a_dockerfile_builds_whatever_its_language() {
    let session = Session::new()
        .file("api/Dockerfile", "FROM golang:1.24\nEXPOSE 80\n")
        .file("api/go.mod", "module api\n")
        .file("tool/Cargo.toml", "[package]\nname = \"tool\"\n");
    builds(&session, &["kind = \"container\"", "port = \"8080:80\""]);
    let other = Session::new().file("tool/Cargo.toml", "[package]\nname = \"tool\"\n");
    other.run(&["init", "--yes"]).exits(0).says("passed over tool");
}

#[test]
fn a_compose_file_is_imported_unless_a_fresh_start_is_wanted() {
    let compose = "services:\n  mail:\n    image: example/mail:1\n    ports: [\"8025:8025\"]\n";
    let session = Session::new().file("docker-compose.yml", compose).file("api/manage.py", "");
    session.run(&["init", "--yes", "--name", "shop"]).exits(2).says("--fresh");
    assert!(!session.exists("stack.toml"));
    session.run(&["init", "--yes"]).exits(0).says("importing docker-compose.yml").says("--fresh");
    assert!(session.read("stack.toml").contains("[services.mail]"));
    session.run(&["build", "--yes"]).exits(0);
    let session = Session::new().file("docker-compose.yml", compose).file("api/manage.py", "");
    session.run(&["init", "--yes", "--fresh"]).exits(0);
    assert!(session.read("stack.toml").contains("[services.api]"));
}

#[test]
fn an_application_is_started_where_its_code_has_it() {
    let code = "from fastapi import FastAPI\n\napi = FastAPI()\n\n@api.get(\"/health\")\ndef health(): ...\n";
    let session = Session::new().file("requirements.txt", "fastapi\n").file("app/main.py", code);
    builds(&session, &["options = { app = \"app.main:api\" }"]);
    assert!(!session.read("stack.toml").contains("health = false"));
    assert!(session.read("generated/docker-compose.yml").contains("\"app.main:api\""));
}

#[test]
fn what_answers_no_health_check_is_asked_for_none() {
    let session =
        Session::new().file("api/requirements.txt", "fastapi\n").file("api/main.py", "app = FastAPI()\n");
    builds(&session, &["health = false  # nothing in its code answers /health yet"]);
}

#[test]
fn a_page_of_next_js_without_a_dockerfile_runs_on_the_host() {
    let package = r#"{"dependencies":{"next":"15","react":"19"},"scripts":{"dev":"next dev","build":"next build","start":"next start"}}"#;
    let session = Session::new().file("web/package.json", package);
    builds(&session, &["kind = \"node\"", "run = \"host\"  # Next.js has to be built"]);
    let session = Session::new()
        .file("web/package.json", package)
        .file("web/Dockerfile", "FROM node:22\nEXPOSE 3000\n");
    builds(&session, &["kind = \"container\"", "port = 3000"]);
}

#[test]
fn a_file_that_is_there_is_kept() {
    let session = Session::with_stack("# mine\n");
    session.run(&["init", "--yes"]).exits(2).says("already").says("help: ");
    assert_eq!(session.read("stack.toml"), "# mine\n");
}

#[test]
fn without_a_terminal_and_a_word_nothing_is_written() {
    let session = Session::new();
    session.run(&["init"]).exits(1).prints("+[stack]").says("--yes");
    assert!(!session.exists("stack.toml"));
}

#[test]
fn where_no_stack_is_every_command_says_how_to_get_one() {
    for command in ["build", "check", "validate", "diff", "ports", "graph"] {
        Session::new().run(&[command]).exits(2).says("stackgen init");
    }
}
