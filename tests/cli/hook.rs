//! `hook`: git stops a commit whose generated files are stale, and nobody's own hook is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::session::Session;

const STACK: &str = "[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";

fn repository() -> Session {
    let session = Session::with_stack(STACK);
    session.git(&["init", "--quiet"]);
    session.run(&["build", "--yes"]).exits(0);
    session.commit("a stack");
    session
}

/// Commits what is staged, as somebody who has stackgen on the PATH.
fn commit(session: &Session, with_stackgen: bool) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_stackgen")).parent().unwrap().to_str().unwrap();
    let path = if with_stackgen { format!("{binary}:/usr/bin:/bin") } else { "/usr/bin:/bin".to_owned() };
    Command::new("git")
        .args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "commit", "-m", "x"])
        .current_dir(session.path(""))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("PATH", path)
        .output()
        .unwrap()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains(words), "{said}");
}

#[track_caller]
fn passed(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_stale_output_stops_the_commit_and_says_how_to_mend_it() {
    let session = repository();
    session.run(&["hook", "install"]).exits(0);
    session.write("stack.toml", STACK.replace("5433", "5434"));
    session.git(&["add", "stack.toml"]);
    let stopped = commit(&session, true);
    refused(&stopped, "run `stackgen build`, stage what it writes");
    refused(&stopped, "+++ b/generated/docker-compose.yml");
    session.run(&["build", "--yes"]).exits(0);
    refused(&commit(&session, true), "run `stackgen build`, stage what it writes");
    session.git(&["add", "--all"]);
    passed(&commit(&session, true));
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_folder() {
    let session = repository();
    session.run(&["hook", "install"]).exits(0);
    // Half an edit that is not staged stops nobody.
    session.write("note", "");
    session.git(&["add", "note"]);
    session.write("stack.toml", "[stack");
    passed(&commit(&session, true));
}

#[test]
fn without_stackgen_the_hook_says_what_to_do() {
    let session = repository();
    session.run(&["hook", "install"]).exits(0);
    session.write("note", "");
    session.git(&["add", "note"]);
    refused(&commit(&session, false), "git commit --no-verify");
}

#[test]
fn a_hook_that_is_somebody_elses_is_kept() {
    let session = repository();
    let hook = session.path(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    session.run(&["hook", "install"]).exits(1).says("not stackgen's own").says("stackgen hook run || exit 1");
    session.run(&["hook", "uninstall"]).exits(1).says("not stackgen's own");
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
}

#[test]
fn the_hook_goes_where_git_looks_for_it_and_comes_out_again() {
    let session = repository();
    session.git(&["config", "core.hooksPath", "own hooks"]);
    session.run(&["hook", "install"]).exits(0).says("own hooks/pre-commit");
    let hook = session.path("own hooks/pre-commit");
    assert_eq!(fs::metadata(&hook).unwrap().permissions().mode() & 0o111, 0o111);
    session.run(&["hook", "install"]).exits(0).says("already");
    session.run(&["hook", "uninstall"]).exits(0);
    assert!(!hook.exists());
    session.run(&["hook", "uninstall"]).exits(0).says("no hook");
}

#[test]
fn a_stack_in_a_folder_of_the_repository_is_found() {
    let session = Session::new().file("deploy/it's/stack.toml", STACK);
    session.git(&["init", "--quiet"]);
    session.run_in("deploy/it's", &["build", "--yes"]).exits(0);
    session.commit("a stack");
    session.run_in("deploy/it's", &["hook", "install"]).exits(0);
    session.write("deploy/it's/stack.toml", STACK.replace("5433", "5434"));
    session.git(&["add", "--all"]);
    refused(&commit(&session, true), "run `stackgen build`, stage what it writes");
}

#[test]
fn one_hook_checks_every_stack_of_a_repository_that_has_asked_for_it() {
    let session =
        Session::new().file("shop/stack.toml", STACK).file("crm/stack.toml", STACK.replace("shop", "crm"));
    session.git(&["init", "--quiet"]);
    session
        .run(&["hook", "install"])
        .exits(2)
        .says("there is no `stack.toml`")
        .says("--file FOLDER/stack.toml");
    for folder in ["shop", "crm"] {
        session.run_in(folder, &["build", "--yes"]).exits(0);
    }
    session.commit("two stacks");
    session.run_in("shop", &["hook", "install"]).exits(0);
    session
        .run_in("crm", &["hook", "install"])
        .exits(0)
        .says("it checks `crm/stack.toml` and `shop/stack.toml`");
    session.run_in("shop", &["hook", "install"]).exits(0).says("already");
    for (folder, port) in [("shop", "5434"), ("crm", "5435")] {
        session.write(&format!("{folder}/stack.toml"), STACK.replace("shop", folder).replace("5433", port));
        session.git(&["add", "--all"]);
        refused(&commit(&session, true), "run `stackgen build`");
        session.run_in(folder, &["build", "--yes"]).exits(0);
        session.git(&["add", "--all"]);
        passed(&commit(&session, true));
    }
    session
        .run_in("shop", &["hook", "uninstall"])
        .exits(0)
        .says("no longer checks `shop/stack.toml`: it checks `crm");
    session.run_in("shop", &["hook", "uninstall"]).exits(0).says("does not check");
    session.run_in("crm", &["hook", "uninstall"]).exits(0).says("removed");
}

#[test]
fn a_folder_that_is_not_staged_is_told_of_and_a_good_commit_is_quiet() {
    let session = repository();
    session.run(&["hook", "install"]).exits(0).says("`.git/hooks/pre-commit`");
    session.run(&["add", "service", "api", "--kind", "fastapi", "--yes"]).exits(0);
    session.run(&["build", "--yes"]).exits(0);
    session.git(&["add", "stack.toml", "generated"]);
    refused(&commit(&session, true), "stage what is missing, with `git add`");
    session.git(&["add", "--all"]);
    let done = commit(&session, true);
    passed(&done);
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}
