//! Two stacks' files in one folder: neither is built over the other, and a file that was renamed keeps what was built from it.

use std::fs;
use std::os::unix::fs::symlink;

use stackgen::plan::{Journal, Manifest, local};

use crate::session::Session;

const MANIFEST: &str = "generated/.stackgen.json";
const REFUSED: &str =
    "`generated/.stackgen.json` is that of `a.toml`, so `b.toml` cannot be built into the same folder";

fn stack(name: &str, rest: &str) -> String {
    format!("[stack]\nname = \"{name}\"\n\n[services.cache]\nkind = \"redis\"\n{rest}")
}

/// A folder with two stacks, of which `a.toml` was built.
fn two() -> Session {
    let gateway = "\n[gateway]\nport = 8080\n";
    let session = Session::new().file("a.toml", stack("a", gateway)).file("b.toml", stack("b", ""));
    session.run(&["--file", "a.toml", "build", "--yes"]).exits(0);
    session
}

/// A manifest as it was before it named the stack's file.
fn without_the_name(session: &Session) {
    let manifest = session.read(MANIFEST);
    let silent = manifest.replace("  \"stack\": \"a.toml\",\n", "");
    assert_ne!(silent, manifest);
    session.write(MANIFEST, silent);
}

#[test]
fn the_second_stack_of_a_folder_is_not_built_over_the_first() {
    let session = two();
    let before = session.tree("generated");
    for command in [&["build", "--yes"][..], &["build", "--yes", "--force"], &["check"], &["diff"]] {
        let ran = session.run(&[&["--file", "b.toml"], command].concat()).exits(2);
        assert_eq!(ran.stdout(), "");
        ran.says("error[two-stacks]")
            .says(REFUSED)
            .says("delete those that `a.toml` alone wants")
            .says("help: put `b.toml` into a folder of its own")
            .says("`--adopt generated/.stackgen.json`");
    }
    assert_eq!(session.tree("generated"), before);
    session.run(&["--file", "a.toml", "check"]).exits(0).says("up to date");
}

#[test]
fn programs_are_told_of_a_second_stack_with_its_rule_and_place() {
    let session = two();
    for command in [&["build", "--yes"][..], &["check"], &["diff"]] {
        let ran = session.run(&[&["--file", "b.toml", "--format", "json"], command].concat()).exits(2);
        let report: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
        let found = &report["diagnostics"][0];
        assert_eq!(found["rule"], "two-stacks");
        assert_eq!(found["message"], REFUSED);
        assert_eq!(found["file"], MANIFEST);
    }
}

#[test]
fn a_folder_of_its_own_is_a_way_out() {
    let session = two();
    fs::create_dir(session.path("b")).unwrap();
    fs::rename(session.path("b.toml"), session.path("b/stack.toml")).unwrap();
    session.run_in("b", &["build", "--yes"]).exits(0);
    session.run_in("b", &["check"]).exits(0);
    session.run(&["--file", "a.toml", "check"]).exits(0);
}

#[test]
fn the_second_takes_the_place_of_the_first_where_the_user_says_so() {
    let session = two();
    let take = ["--file", "b.toml", "build", "--adopt", MANIFEST];
    session.run(&take).exits(1).says("delete  generated/kong/kong.yml").says("nothing was written");
    session.run(&[&take[..], &["--yes"]].concat()).exits(0);
    assert!(!session.exists("generated/kong"));
    session.run(&["--file", "b.toml", "check"]).exits(0);
    session.run(&[&take[..], &["--yes"]].concat()).exits(0).says("nothing to do");
    session.run(&["--file", "a.toml", "check"]).exits(2).says("is that of `b.toml`");
}

#[test]
fn a_file_that_was_renamed_keeps_what_was_built_from_it() {
    let session = two();
    fs::remove_file(session.path("b.toml")).unwrap();
    fs::rename(session.path("a.toml"), session.path("c.toml")).unwrap();
    let note = "note: `a.toml`, which these files were built from, is gone: they pass to `c.toml`";
    session.run(&["--file", "c.toml", "check"]).exits(1).says(note).says("update  generated/.stackgen.json");
    session
        .run(&["--file", "c.toml", "--format", "json", "check"])
        .exits(1)
        .says("is gone: they pass to `c.toml`");
    session.run(&["--file", "c.toml", "build", "--yes"]).exits(0).says(note).never_says("edited by hand");
    session.run(&["--file", "c.toml", "check"]).exits(0).never_says("note:");
    session.write("a.toml", stack("a", ""));
    session.run(&["--file", "a.toml", "check"]).exits(2).says("is that of `c.toml`");
}

#[test]
fn a_link_to_the_stacks_file_is_no_second_stack() {
    let session = two();
    symlink("a.toml", session.path("stack.toml")).unwrap();
    // Its outputs say which name they were built by, and nothing else differs.
    session.run(&["check"]).exits(1).says("update  generated/docker-compose.yml").never_says("kept");
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["check"]).exits(0).says("up to date");
    session.run(&["--file", "a.toml", "build", "--yes"]).exits(0);
}

#[test]
fn a_manifest_that_names_no_stack_is_as_good_as_ever_and_gets_its_name_with_the_next_change() {
    let session = two();
    without_the_name(&session);
    session.run(&["--file", "a.toml", "check"]).exits(0).says("up to date");
    session.run(&["--file", "a.toml", "build", "--yes"]).exits(0).says("nothing to do");
    session.write("a.toml", stack("a", "port = 6390\n"));
    session.run(&["--file", "a.toml", "build", "--yes"]).exits(0);
    assert!(session.read(MANIFEST).contains("  \"stack\": \"a.toml\",\n"));
}

#[test]
fn what_was_built_from_another_stack_is_nobodys_without_the_manifest() {
    let session = two();
    fs::remove_file(session.path(MANIFEST)).unwrap();
    let compose = session.read("generated/docker-compose.yml");
    session
        .run(&["--file", "b.toml", "build", "--yes"])
        .exits(1)
        .says("not stackgen's  generated/docker-compose.yml (kept)")
        .never_says("delete  ");
    assert_eq!(session.read("generated/docker-compose.yml"), compose);
    assert!(session.exists("generated/kong/kong.yml"));
}

#[test]
fn an_interrupted_build_is_finished_by_its_own_stack_alone() {
    let session = two();
    let after = Manifest::parse(session.read(MANIFEST).as_bytes()).unwrap();
    let journal = Journal { temporary: ".stackgen-0.tmp".to_owned(), before: Manifest::empty(), after };
    session.write(local::JOURNAL, journal.to_text());
    fs::remove_file(session.path(MANIFEST)).unwrap();
    session.run(&["--file", "b.toml", "build", "--yes"]).exits(2).says(REFUSED);
    session.run(&["--file", "a.toml", "build", "--yes"]).exits(0).says("this one finishes it");
}

#[test]
fn the_doctor_names_the_other_stack() {
    let session = two();
    let ran = session.run(&["--file", "b.toml", "doctor"]);
    assert!(ran.stdout().contains(REFUSED), "{}", ran.stdout());
}
