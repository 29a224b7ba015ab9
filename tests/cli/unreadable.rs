//! Whatever lies where the stack's file should be, the answer is a clear error, exit code 2, and nothing written.

use crate::session::Session;
use crate::tenant::Tenant;

#[track_caller]
fn refused(session: &Session, arguments: &[&str], words: &str) {
    session.run(arguments).exits(2).says(words);
    assert!(!session.exists("generated"), "something was written");
}

const BUILD: &[&str] = &["build", "--yes"];

#[test]
fn a_missing_file_is_named() {
    refused(&Session::new(), BUILD, "there is no file `stack.toml`");
    refused(&Session::new(), BUILD, "it is looked for in this folder and in all above it");
    refused(&Session::new(), &["import", "nope.yml"], "help: name the files to import");
    refused(&Session::new(), &["build", "--yes", "--file", "elsewhere/s.toml"], "there is no file `s.toml`");
}

#[test]
fn what_is_not_toml_is_refused_at_its_place() {
    refused(&Session::with_stack("<html>\n"), BUILD, "error[syntax]");
    refused(&Session::with_stack("PK\u{3}\u{4}"), BUILD, "error[control-character]");
}

#[test]
fn a_folder_is_no_stack_file() {
    refused(&Session::new().folder("stack.toml"), BUILD, "`stack.toml` is a folder, not a file");
}

#[test]
fn a_file_of_fifty_megabytes_is_refused() {
    refused(
        &Session::new().file("stack.toml", vec![b'#'; 50_000_000]),
        BUILD,
        "`stack.toml` is larger than 16 MiB",
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    refused(
        &Session::new().file("stack.toml", b"[stack]\nname = \"\xff\"\n"),
        BUILD,
        "is not UTF-8 text: line 2 holds a byte that is no part of a character",
    );
    refused(&Session::new().file("stack.toml", b"\xff\xfe[\0s\0"), BUILD, "help: save it as UTF-8");
}

#[test]
fn files_that_include_one_another_are_refused() {
    let session = Session::with_stack("[stack]\nname = \"s\"\ninclude = [\"a.toml\"]\n")
        .file("a.toml", "[stack]\ninclude = [\"stack.toml\"]\n");
    refused(&session, BUILD, "error[include-cycle]");
}

#[test]
fn an_include_that_is_not_there_is_refused_at_its_place() {
    let session = Session::with_stack("[stack]\nname = \"s\"\ninclude = [\"a.toml\"]\n");
    refused(&session, BUILD, "stack.toml:3:12");
}

#[test]
fn what_cannot_be_looked_into_is_no_empty_folder() {
    let stack = "[stack]\nname = \"s\"\ninclude = [\"parts/**/*.toml\"]\n";
    let part = |name: &str| format!("[services.{name}]\nimage = \"redis:7.2\"\n");
    let tenant = Tenant::new(stack);
    tenant.write("parts/a/s.toml", &part("a"));
    tenant.write("parts/b/s.toml", &part("b"));
    tenant.run(BUILD).exits(0);
    let before = tenant.generated();
    tenant.allow("parts/b", 0o000);
    for command in [&["validate"][..], &["check"], BUILD] {
        tenant.run(command).exits(2).says("`parts/b` cannot be looked at: this user may not");
    }
    tenant.allow("parts/b", 0o755);
    assert!(tenant.generated() == before);
    tenant.run(&["check"]).exits(0);
}

#[test]
fn a_standard_error_that_takes_nothing_changes_no_exit_code() {
    let session = Session::with_stack("[stack]\nname = \"s\"\n[services.a]\nimage = \"a:1\"\n");
    let exits = |arguments: &[&str]| {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stackgen"));
        command.args(arguments).current_dir(session.path("")).stderr(full).status().unwrap().code()
    };
    assert_eq!(exits(&["validate"]), Some(0));
    assert_eq!(exits(&["check"]), Some(1));
    assert_eq!(exits(&["import", "nope.yml"]), Some(2));
    assert_eq!(exits(BUILD), Some(0));
    assert_eq!(exits(&["check", "--format", "json"]), Some(0));
}
