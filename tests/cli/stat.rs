//! `--stat` and `--quiet`: which files change and how much of them, or their names alone, where the patch would be too much.

use std::collections::BTreeMap;

use crate::session::Session;

const STACK: &str = "[stack]\nname = \"shop\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";
const COMPOSE: &str = "generated/docker-compose.yml";
const PAGE: &str = "generated/docs/STACK.md";

/// A project that is built, and whose stack then wants another port.
fn stale() -> Session {
    let session = Session::with_stack(STACK);
    session.run(&["build", "--yes"]).exits(0);
    session.write("stack.toml", STACK.replace("5433", "5434"));
    session
}

/// The counts of a patch by path, as `git apply --numstat` reads it: `+1 -1`.
fn counts_of(session: &Session, patch: &str) -> BTreeMap<String, String> {
    session.write("a.patch", patch);
    let read = std::process::Command::new("git")
        .args(["apply", "--numstat", "a.patch"])
        .current_dir(session.path(""))
        .output()
        .unwrap();
    let lines = String::from_utf8(read.stdout).unwrap();
    let counts = lines.lines().map(|line| {
        let [added, removed, file] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        (file.to_owned(), format!("+{added} -{removed}"))
    });
    counts.collect()
}

#[test]
fn a_stat_counts_for_each_file_what_its_patch_holds() {
    for session in [stale(), Session::with_stack(STACK)] {
        let counts = counts_of(&session, &session.run(&["diff"]).exits(1).stdout());
        assert!(counts.len() > 2, "{counts:?}");
        for command in ["build", "check", "diff"] {
            let stat = session.run(&[command, "--stat"]).exits(1).stdout();
            let found = stat.lines().map(|line| {
                let [_, path, counts] = line.trim().split("  ").collect::<Vec<_>>().try_into().unwrap();
                (path.to_owned(), counts.to_owned())
            });
            assert_eq!(found.collect::<BTreeMap<_, _>>(), counts, "{command}");
        }
    }
}

#[test]
fn a_stat_names_each_file_once_and_counts_them_all() {
    let session = stale();
    let ran =
        session.run(&["check", "--stat"]).exits(1).prints("  update  generated/docker-compose.yml  +1 -1\n");
    let said = ran.stderr();
    assert!(said.contains("to update") && said.contains("stackgen build"), "{said}");
    assert!(!said.contains(COMPOSE), "{said}");
}

#[test]
fn a_build_with_a_stat_asks_before_it_writes() {
    let session = stale();
    let before = session.tree("");
    session.run(&["build", "--stat"]).exits(1).says("nothing was written: say `--yes`");
    assert_eq!(session.tree(""), before);
    let written = session.run(&["build", "--stat", "--yes"]).exits(0).says("written");
    assert!(!written.stdout().contains("+++"));
    assert_eq!(session.run(&["check", "--stat"]).exits(0).stdout(), "");
}

#[test]
fn a_stat_names_what_is_kept_without_its_difference() {
    let session = stale();
    session.write(PAGE, session.read(PAGE).replace("# shop", "# My shop"));
    let ran = session.run(&["diff", "--stat"]).exits(1).says(&format!("  edited by hand  {PAGE} (kept)\n"));
    ran.never_says("My shop").never_says("@@").says("--force");
}

#[test]
fn a_file_that_only_has_to_be_run_is_no_change_without_a_word() {
    let session = Session::with_stack(STACK)
        .file("templates/env/target.toml", target(false))
        .file("templates/env/env.j2", "#!/bin/sh\nx=1\n");
    session.run(&["build", "--yes"]).exits(0);
    session.write("templates/env/target.toml", target(true));
    session.run(&["diff", "--stat"]).exits(1).prints("  update  generated/x.sh  +0 -0 (mode)\n");
}

fn target(executable: bool) -> String {
    format!(
        "description = \"x\"\n\n[[files]]\ntemplate = \"env.j2\"\npath = \"x.sh\"\nformat = \"shell\"\nexecutable = {executable}\n"
    )
}

#[test]
fn a_quiet_check_names_what_is_stale_and_shows_no_patch() {
    let session = stale();
    let ran = session.run(&["check", "--quiet"]).exits(1);
    assert_eq!(ran.stdout(), "");
    let said = ran.stderr();
    assert!(said.lines().all(|line| line.starts_with("  update  generated/")), "{said}");
    assert!(said.contains(COMPOSE), "{said}");
    // What is asked for by name is printed, and what `diff` is for.
    session.run(&["check", "--quiet", "--stat"]).exits(1).prints("+1 -1");
    session.run(&["diff", "--quiet"]).exits(1).prints("+++ b/generated/docker-compose.yml");
    session.run(&["build", "--yes"]).exits(0);
    let ran = session.run(&["check", "--quiet"]).exits(0);
    assert_eq!((ran.stdout(), ran.stderr()), (String::new(), String::new()));
}
