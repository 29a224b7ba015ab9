//! A pipe or a device where a file should be is named, and nobody waits for it.

use std::process::Command;

use crate::yard::Yard;

const BUILD: &[&str] = &["build", "--yes"];

#[test]
fn a_pipe_as_an_input_is_named() {
    for (path, words) in [
        ("stack.toml", "`stack.toml` cannot be read: not a regular file"),
        ("part.toml", "`part.toml` cannot be read: not a regular file"),
        ("templates/docs/STACK.md.j2", "`templates/docs/STACK.md.j2` cannot be read: not a regular file"),
        ("templates/kinds/own.toml", "`templates/kinds/own.toml` cannot be read: not a regular file"),
        ("templates/docs/target.toml", "`templates/docs/target.toml` cannot be read: not a regular file"),
    ] {
        let yard = Yard::new();
        let stack = yard.read("stack.toml");
        yard.write("part.toml", "");
        yard.write("stack.toml", stack.replace("[stack]", "[stack]\ninclude = [\"part.toml\"]"));
        yard.pipe(path);
        for arguments in [BUILD, &["check"], &["validate"]] {
            yard.run(arguments).exits(2).says(words).says("help: put a regular file in its place");
        }
        assert!(!yard.path("generated").exists());
    }
}

#[test]
fn a_pipe_as_an_output_is_named() {
    for (path, words) in [
        ("generated", "`generated` is not a folder"),
        ("generated/docs", "`generated/docs` is not a folder"),
        ("generated/docs/STACK.md", "`generated/docs/STACK.md` cannot be written: it is not a regular file"),
        ("generated/.stackgen.json", "`generated/.stackgen.json`"),
    ] {
        let yard = Yard::new();
        yard.pipe(path);
        yard.refuses(BUILD, words);
        yard.refuses(&["check"], words);
        yard.refuses(&["diff"], words);
    }
}

#[test]
fn a_pipe_in_place_of_what_was_built_is_named() {
    let yard = Yard::new().built();
    yard.pipe("generated/docs/STACK.md");
    yard.refuses(BUILD, "`generated/docs/STACK.md` cannot be written: it is not a regular file");
    yard.write("stack.toml", format!("{}\n[targets.docs]\nenabled = false\n", yard.read("stack.toml")));
    yard.run(&["build", "--yes", "--force"]).exits(0);
    assert!(yard.path("generated/docs/STACK.md").symlink_metadata().is_ok(), "the pipe is not stackgen's");
}

#[test]
fn a_pipe_in_the_folder_of_a_service_keeps_nobody_waiting() {
    for path in ["api", "api/Dockerfile", "api/main.py", "api/requirements.txt"] {
        let yard = Yard::new();
        yard.pipe(path);
        yard.run(&["validate"]);
        yard.run(BUILD);
    }
}

#[test]
fn a_pipe_as_state_is_named() {
    for path in [".stackgen", ".stackgen/lock", ".stackgen/journal.json", ".stackgen/recorded"] {
        let yard = Yard::new();
        yard.pipe(path);
        yard.run(&["check"]);
        yard.run(BUILD).exits(2).says(&format!("`{path}`")).says("help: ");
    }
    let yard = Yard::new();
    yard.pipe(".stackgen/.gitignore");
    yard.run(BUILD).exits(0);
}

#[test]
fn a_device_is_named_and_not_read() {
    for (path, words) in [
        ("stack.toml", "`stack.toml` cannot be read"),
        ("templates/docs/STACK.md.j2", "`templates/docs/STACK.md.j2` cannot be read"),
        ("generated/docs/STACK.md", "`generated/docs/STACK.md`"),
        ("generated/.stackgen.json", "`generated/.stackgen.json`"),
        ("generated/docs", "`generated/docs`"),
    ] {
        let yard = Yard::new();
        yard.link(path, "/dev/zero");
        yard.run(BUILD).exits(2).says(words);
        std::fs::remove_file(yard.path(path)).unwrap();
        // Where the user may make devices: one without a link before it.
        let made = Command::new("mknod").arg(yard.path(path)).args(["c", "1", "5"]).output().unwrap();
        if made.status.success() {
            yard.run(BUILD).exits(2).says(words);
        }
    }
}
