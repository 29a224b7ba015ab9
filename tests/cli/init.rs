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
fn a_compose_file_is_to_be_imported() {
    let session = Session::new().file("docker-compose.yml", "services: {}\n").file("api/manage.py", "");
    session.run(&["init", "--yes"]).exits(2).says("stackgen import docker-compose.yml");
    assert!(!session.exists("stack.toml"));
    session.run(&["init", "--yes", "--fresh"]).exits(0);
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
