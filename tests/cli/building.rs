//! `build`, `check` and `diff` on a small stack: what is written, what is shown, and the exit codes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::session::Session;

const SMALL: &str = r#"[stack]
name = "small"

[gateway]
port = 8080

[services.db]
kind = "postgres"
port = 5433

[services.api]
kind = "fastapi"
path = "api"
port = 8001
needs = ["db"]
routes = [{ path = "/api" }]

[environments.production.services.api]
replicas = 2

[environments.production.services.db.options]
version = "17.5-alpine"
"#;

fn small() -> Session {
    Session::with_stack(SMALL).file("api/main.py", "")
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_written() {
    let session = small();
    session.run(&["build"]).exits(1).prints("+++ b/generated/docker-compose.yml").says("--yes");
    assert!(!session.exists("generated"));
}

#[test]
fn a_build_is_followed_by_a_green_check_and_an_empty_diff() {
    let session = small();
    session.run(&["check"]).exits(1);
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["check"]).exits(0).says("up to date");
    assert_eq!(session.run(&["diff"]).exits(0).stdout(), "");
    let before = session.tree("");
    session.run(&["build", "--yes"]).exits(0);
    assert_eq!(session.tree(""), before);
}

#[test]
fn a_build_in_another_folder_gives_the_same_bytes() {
    let (here, there) = (small(), small());
    here.run(&["build", "--yes"]).exits(0);
    there.run(&["build", "--yes"]).exits(0);
    assert_eq!(here.tree("generated"), there.tree("generated"));
}

#[test]
fn an_environment_is_rendered_whole_beside_the_base() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    let names = |folder: &str| -> Vec<String> {
        let files = session.tree(folder).into_iter().map(|(name, _)| name);
        files.filter(|name| !name.starts_with("environments") && name != ".stackgen.json").collect()
    };
    assert_eq!(names("generated"), names("generated/environments/production"));
    assert!(session.read("generated/environments/production/docker-compose.yml").contains("17.5-alpine"));
    assert!(!session.read("generated/docker-compose.yml").contains("17.5-alpine"));
}

#[test]
fn one_environment_can_be_built_and_checked_alone() {
    let session = small();
    session.run(&["build", "--yes", "--env", "production"]).exits(0);
    assert!(session.exists("generated/environments/production/docker-compose.yml"));
    assert!(!session.exists("generated/docker-compose.yml"));
    session.run(&["check", "--env", "production"]).exits(0);
    session.run(&["check"]).exits(1);
    session.run(&["check", "--env", "prodution"]).exits(2).says("did you mean `--env production`?");
}

#[test]
fn a_changed_fact_is_drift_until_it_is_built() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    session.write("stack.toml", SMALL.replace("8001", "8009"));
    session.run(&["check"]).exits(1).says("out of date").says("generated/docker-compose.yml");
    session.run(&["diff"]).exits(1).prints("+        published: \"8009\"");
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["check"]).exits(0);
}

#[test]
fn a_hand_edit_is_kept_until_the_user_says_otherwise() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    let generated = session.read("generated/docs/STACK.md");
    session.write("generated/docs/STACK.md", "mine\n");
    session.run(&["check"]).exits(1).says("edited by hand");
    session.run(&["build", "--yes"]).exits(1).says("--force");
    assert_eq!(session.read("generated/docs/STACK.md"), "mine\n");
    session
        .run(&["build", "--yes", "--force"])
        .exits(0)
        .says("`generated/docs/STACK.md`, as it was, is in `generated/docs/STACK.md.orig`");
    assert_eq!(session.read("generated/docs/STACK.md"), generated);
    assert_eq!(session.read("generated/docs/STACK.md.orig"), "mine\n");
}

#[test]
fn a_file_to_adopt_is_named_from_the_project_or_from_where_one_stands() {
    for (folder, named) in [
        ("", "generated/docs/STACK.md"),
        ("", "./generated//docs/STACK.md"),
        ("generated/docs", "STACK.md"),
        ("generated/docs", "generated/docs/STACK.md"),
        ("api", "../generated/docs/STACK.md"),
    ] {
        let session = small().file("generated/docs/STACK.md", "mine\n");
        session.run_in(folder, &["build", "--yes", "--adopt", named]).exits(0);
        assert_eq!(session.read("generated/docs/STACK.md.orig"), "mine\n", "{named} in {folder}");
    }
}

#[test]
fn the_patch_of_a_project_in_a_folder_of_a_repository_is_applied_from_anywhere_in_it() {
    for folder in ["", "deep/er", "deep"] {
        let session = Session::new().file("deep/er/stack.toml", SMALL).file("deep/er/api/main.py", "");
        session.git(&["init", "--quiet"]);
        let file = if folder == "deep/er" { "stack.toml" } else { "deep/er/stack.toml" };
        let file = if folder == "deep" { "er/stack.toml" } else { file };
        let patch = session.run_in(folder, &["diff", "--file", file]).exits(1).stdout();
        session.write("build.patch", &patch);
        let applied = std::process::Command::new("git")
            .args(["apply", session.path("build.patch").to_str().unwrap()])
            .current_dir(session.path(folder))
            .status();
        assert!(applied.unwrap().success());
        session.run_in(folder, &["check", "--file", file]).exits(0);
    }
}

#[test]
fn what_cannot_be_adopted_is_refused_with_what_can() {
    let session = small().file("generated/docs/STACK.md", "mine\n");
    let ran = session.run(&["build", "--yes", "--adopt", "generated/docs/STAK.md"]).exits(2);
    ran.says("`generated/docs/STAK.md` is no output of this stack")
        .says("did you mean `generated/docs/STACK.md`?");
    let ran = session.run(&["build", "--yes", "--adopt", "README.md"]).exits(2);
    ran.says("what can be adopted is `generated/docs/STACK.md`");
}

#[test]
fn a_file_of_somebody_else_is_kept_until_it_is_adopted() {
    let session = small().file("generated/docs/STACK.md", "theirs\n");
    session.run(&["build", "--yes"]).exits(1).says("--adopt generated/docs/STACK.md");
    assert_eq!(session.read("generated/docs/STACK.md"), "theirs\n");
    session.run(&["build", "--yes", "--adopt", "generated/docs/STACK.md"]).exits(0);
    assert_ne!(session.read("generated/docs/STACK.md"), "theirs\n");
    session.run(&["check"]).exits(0);
}

#[test]
fn what_is_no_longer_wanted_is_deleted() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    let without_environment = SMALL.split("[environments").next().unwrap();
    session.write("stack.toml", without_environment);
    session.run(&["check"]).exits(1).says("delete");
    session.run(&["build", "--yes"]).exits(0);
    assert!(!session.exists("generated/environments"));
}

#[test]
fn colour_is_for_terminals_alone() {
    let session = Session::with_stack("x");
    let ran = session.run(&["check"]).exits(2);
    assert!(!ran.stderr().contains('\u{1b}'), "{}", ran.stderr());
    session.run(&["check", "--color", "always"]).exits(2).says("\u{1b}[");
}

#[test]
fn programs_read_drift_as_findings_and_nothing_else() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    session.write("stack.toml", SMALL.replace("8001", "8009"));
    let ran = session.run(&["check", "--format", "json"]).exits(1);
    let report: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    let found: Vec<&str> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    assert!(found.contains(&"`generated/docker-compose.yml` is not as the stack says: update"), "{found:?}");
    assert_eq!(ran.stdout(), "");
    assert!(ran.stderr().contains("\"file\": \"generated/docker-compose.yml\""), "{}", ran.stderr());
}

#[test]
fn annotations_and_code_scanning_name_files_from_the_repository() {
    let session = Session::new()
        .file("stacks/shop/stack.toml", SMALL.replace("kind = \"fastapi\"", "kind = \"fastapy\""));
    session.git(&["init", "--quiet"]);
    let check =
        |format: &str| session.run(&["check", "--file", "stacks/shop/stack.toml", "--format", format]);
    check("github").exits(2).says("::error file=stacks/shop/stack.toml,line=");
    check("sarif").exits(2).says("\"uri\": \"stacks/shop/stack.toml\"");
    check("json").exits(2).says("\"file\": \"stack.toml\"");
    session.write("stacks/shop/stack.toml", SMALL);
    session.write("stacks/shop/api/main.py", "");
    check("github").exits(1).says("::error file=stacks/shop/generated/docker-compose.yml,title=drift::");
    check("sarif").exits(1).says("\"uri\": \"stacks/shop/generated/docker-compose.yml\"");
}

#[test]
fn drift_stands_at_the_file_that_has_it() {
    let session = small();
    session.run(&["build", "--yes"]).exits(0);
    session.write("stack.toml", SMALL.replace("8001", "8009"));
    let place = "::error file=generated/docker-compose.yml,title=drift::";
    session.run(&["check", "--format", "github"]).exits(1).says(place);
    session.run(&["check", "--format", "sarif"]).exits(1).says("\"uri\": \"generated/docker-compose.yml\"");
}

#[test]
fn a_copy_is_as_private_and_as_executable_as_what_it_is_made_of() {
    let session = small()
        .file("generated/.env.example", "mine alone\n")
        .file("generated/scripts/start-all-services.sh", "#!/bin/sh\n")
        .executable("generated/scripts/start-all-services.sh");
    let private = session.path("generated/.env.example");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o600)).unwrap();
    let script = "generated/scripts/start-all-services.sh";
    session.run(&["build", "--yes", "--adopt", "generated/.env.example", "--adopt", script]).exits(0);
    let mode = |path: &str| session.path(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("generated/.env.example.orig"), 0o600);
    assert_eq!(mode("generated/scripts/start-all-services.sh.orig"), 0o755);
    assert_eq!(mode("generated/docs/STACK.md"), mode("generated/.env.example"));
}

#[test]
fn programs_are_told_at_which_file_something_is_in_the_way() {
    let session = small().folder("generated/docker-compose.yml");
    let ran = session.run(&["check", "--format", "json"]).exits(2);
    let report: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    assert_eq!(report["diagnostics"][0]["rule"], "blocked-output");
    assert_eq!(report["diagnostics"][0]["file"], "generated/docker-compose.yml");
}

#[test]
fn a_project_whose_manifest_is_lost_is_taken_over_folder_by_folder() {
    let session = Session::with_stack(SMALL).folder("api");
    session.run(&["build", "--yes"]).exits(0);
    fs::remove_dir_all(session.path(".stackgen")).unwrap();
    fs::remove_file(session.path("generated/.stackgen.json")).unwrap();
    session.write("stack.toml", SMALL.replacen("name = \"", "name = \"other-", 1));
    let ran = session.run(&["build", "--yes"]).exits(1).says("--adopt generated");
    assert_eq!(ran.stderr().matches("--adopt").count(), 1, "{}", ran.stderr());
    ran.says("settle that before you start anything from it");
    session.run(&["build", "--yes", "--adopt", "generated"]).exits(0).never_says("conflict");
    session.run(&["check"]).exits(0);
    assert!(session.exists("generated/docs/STACK.md.orig"));
}
