//! A check that rests on the one before says the same as one that does not.

use crate::session::Session;

const STACK: &str = "[stack]\nname = \"small\"\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";
const KEPT: &str = ".stackgen/checked.json";
const PAGE: &str = "generated/docs/STACK.md";

fn checked(text: &str) -> Session {
    let session = Session::with_stack(text);
    session.run(&["build", "--yes"]).exits(0);
    session.run(&["check"]).exits(0);
    session
}

#[test]
fn nothing_that_changes_is_missed() {
    let session = checked(STACK);
    assert!(session.exists(KEPT));
    let page = session.read(PAGE);
    session.write(PAGE, "mine\n");
    session.run(&["check"]).exits(1).says("edited by hand");
    session.write(PAGE, &page);
    session.run(&["check"]).exits(0);
    session.write("templates/docs/STACK.md.j2", "# {{ stack.name }}\n");
    session.run(&["check"]).exits(1);
    std::fs::remove_dir_all(session.path("templates")).unwrap();
    session.run(&["check"]).exits(0);
    std::fs::remove_file(session.path(PAGE)).unwrap();
    session.run(&["check"]).exits(1);
    session.write(PAGE, &page);
    session.write("stack.toml", STACK.replace("5433", "5434"));
    session.run(&["check"]).exits(1);
}

#[test]
fn the_second_check_says_what_the_first_one_said() {
    let session = checked(STACK);
    let kept = session.read(KEPT);
    for arguments in [
        &["check"][..],
        &["check", "--quiet"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
    ] {
        let second = session.run(arguments).exits(0);
        std::fs::remove_file(session.path(KEPT)).unwrap();
        let first = session.run(arguments).exits(0);
        assert_eq!((second.stdout(), second.stderr()), (first.stdout(), first.stderr()), "{arguments:?}");
        session.write(KEPT, &kept);
    }
}

#[test]
fn a_warning_is_said_every_time() {
    let session =
        checked(&format!("{STACK}\n[services.web]\nkind = \"container\"\nimage = \"nginx:latest\"\n"));
    session.run(&["check"]).exits(0).says("floating-tag");
    session.run(&["check"]).exits(0).says("floating-tag");
}

#[test]
fn what_is_kept_is_believed_only_where_it_was_kept() {
    let kept = checked(STACK).read(KEPT);
    let session = checked(STACK);
    session.write(PAGE, "mine\n");
    for text in [kept.as_str(), "", "{}", "\n", "a\n{}"] {
        session.write(KEPT, text);
        session.run(&["check"]).exits(1).says("edited by hand");
    }
}

#[test]
fn where_nothing_was_built_a_check_leaves_nothing_behind() {
    let session = checked(STACK);
    std::fs::remove_dir_all(session.path(".stackgen")).unwrap();
    session.run(&["check"]).exits(0);
    assert!(!session.exists(".stackgen"));
}
