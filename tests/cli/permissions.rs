//! Where a build may not write, or finds one thing in place of another: it says so, leaves every file old or new, and the
//! next build finishes it.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::tenant::{Files, Tenant};

const BUILD: &[&str] = &["build", "--yes"];

/// Between the two lie new files, changed ones, and files and folders that go.
const OLD: &str = r#"[stack]
name = "small"

[services.api]
kind = "fastapi"
path = "api"
port = 8001

[targets.scripts]
enabled = false

[environments.staging.services.api]
replicas = 2
"#;

fn new() -> String {
    OLD.replace("8001", "8009").replace("staging", "production")
}

/// What a build from nothing makes of the old stack, and of the new one.
static CLEAN: LazyLock<[Files; 2]> = LazyLock::new(|| {
    [OLD.to_owned(), new()].map(|stack| {
        let tenant = Tenant::new(&stack);
        tenant.run(BUILD).exits(0);
        tenant.generated()
    })
});

/// Builds the new stack over the old one with something in the way, and again without it.
fn stopped_by(words: &[&str], hinder: impl Fn(&Tenant), mend: impl Fn(&Tenant)) {
    let tenant = Tenant::new(OLD);
    tenant.run(BUILD).exits(0);
    tenant.write("stack.toml", &new());
    hinder(&tenant);
    let stopped = tenant.run(BUILD).exits(2).says("help: ");
    mend(&tenant);
    let [old, new] = &*CLEAN;
    for (path, found) in tenant.generated() {
        let name = path.display();
        assert!([old.get(&path), new.get(&path)].contains(&Some(&found)), "{name} is neither old nor new");
    }
    assert_eq!(tenant.leftovers(), Vec::<PathBuf>::new(), "{}", stopped.stderr());
    words.iter().fold(stopped, |stopped, words| stopped.says(words));
    let next = tenant.run(BUILD);
    assert!(tenant.generated() == *new, "not as clean: {}", next.stderr());
    next.exits(0);
    tenant.run(&["check"]).exits(0);
    assert_eq!(tenant.leftovers(), Vec::<PathBuf>::new());
}

/// A build that meets a mode which forbids something.
fn forbidden(path: &str, mode: u32, words: &[&str]) {
    let usual = if path.rsplit('/').next().is_some_and(|name| name.contains('.')) { 0o644 } else { 0o755 };
    stopped_by(words, |tenant| tenant.allow(path, mode), |tenant| tenant.allow(path, usual));
}

#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    forbidden(
        "generated/docs",
        0o555,
        &["`generated/docs/STACK.md`", "make `generated/docs` writable for you"],
    );
    forbidden(
        "generated/environments",
        0o555,
        &["`generated/environments/", "make `generated/environments` writable"],
    );
    forbidden(
        "generated/environments/staging/docs",
        0o555,
        &[
            "cannot delete `generated/environments/staging/docs/STACK.md`",
            "make `generated/environments/staging/docs`",
        ],
    );
    forbidden("generated", 0o555, &["`generated/", "make `generated` writable"]);
}

#[test]
fn a_folder_that_may_not_be_entered_is_named() {
    let hidden = |path: &str| format!("`{path}` cannot be read: Permission denied");
    forbidden("generated/docs", 0o000, &[&hidden("generated/docs/STACK.md")]);
    forbidden("generated/docs", 0o644, &[&hidden("generated/docs/STACK.md")]);
    // Here lies what is to be deleted.
    for folder in ["generated/environments/staging/docs", "generated/environments/staging"] {
        forbidden(folder, 0o000, &[&hidden("generated/environments/staging/docs/STACK.md")]);
    }
    forbidden("generated", 0o000, &["`generated/.stackgen.json`"]);
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    forbidden(
        "generated/docs/STACK.md",
        0o000,
        &["`generated/docs/STACK.md` cannot be read", "make it readable"],
    );
    forbidden("generated/.stackgen.json", 0o000, &["`generated/.stackgen.json` cannot be read"]);
    forbidden("stack.toml", 0o000, &["`stack.toml` may not be read by this user"]);
}

#[test]
fn a_file_in_place_of_a_folder_is_named() {
    for folder in ["generated/docs", "generated/environments/production"] {
        stopped_by(
            &[&format!("cannot be written: `{folder}` is not a folder"), &format!("move `{folder}` away")],
            |tenant| {
                let _ = fs::remove_dir_all(tenant.path(folder));
                tenant.write(folder, "mine\n");
            },
            |tenant| {
                assert_eq!(fs::read_to_string(tenant.path(folder)).unwrap(), "mine\n");
                fs::remove_file(tenant.path(folder)).unwrap();
            },
        );
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_named() {
    for file in ["generated/docs/STACK.md", "generated/environments/production/docs/STACK.md"] {
        stopped_by(
            &[&format!("`{file}` cannot be written: there is a folder of that name"), "move it away"],
            |tenant| {
                let _ = fs::remove_file(tenant.path(file));
                tenant.write(&format!("{file}/mine"), "mine\n");
            },
            |tenant| {
                assert_eq!(fs::read_to_string(tenant.path(file).join("mine")).unwrap(), "mine\n");
                fs::remove_dir_all(tenant.path(file)).unwrap();
            },
        );
    }
}

#[test]
fn a_project_that_may_not_be_written_to_is_named_and_can_be_checked() {
    let tenant = Tenant::new(&new());
    tenant.take_away("");
    tenant.allow("", 0o555);
    let stopped = tenant.run(BUILD).exits(2);
    stopped.says("cannot create the folder").says("help: make the project's folder writable");
    assert_eq!(fs::read_dir(tenant.path("")).unwrap().count(), 2, "stack.toml and the service's folder");
    tenant.run(&["check"]).exits(1);
    tenant.run(&["diff"]).exits(1);
    tenant.allow("", 0o777);
    tenant.run(BUILD).exits(0);
    assert!(tenant.generated() == CLEAN[1]);
}

#[test]
fn what_was_built_can_be_checked_by_somebody_who_may_write_nothing() {
    let tenant = Tenant::new(OLD);
    tenant.run(BUILD).exits(0);
    let _ = fs::remove_dir_all(tenant.path(".stackgen"));
    tenant.take_away("");
    tenant.allow("", 0o555);
    tenant.run(&["check"]).exits(0);
    tenant.run(&["diff"]).exits(0);
    tenant.allow("", 0o755);
}

#[test]
fn a_file_that_is_protected_from_writing_is_replaced_in_a_folder_that_is_not() {
    let tenant = Tenant::new(OLD);
    tenant.run(BUILD).exits(0);
    tenant.write("stack.toml", &new());
    tenant.allow("generated/docs/STACK.md", 0o444);
    tenant.take_away("generated/docker-compose.yml");
    tenant.run(BUILD).exits(0);
    assert!(tenant.generated() == CLEAN[1]);
}
