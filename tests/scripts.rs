//! What the scripts do, played with a `docker` that only writes down what it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test plays the user's machine")]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use camino::Utf8Path;
use stackgen::compile;
use stackgen::source::Memory;
use tempfile::TempDir;

const STACK: &str = r#"
[stack]
name = "shop"

[services.db]
kind = "postgres"

[services.api]
kind = "container"
image = "example/api:1"
needs = ["db"]
env = { MAIL_KEY = { secret = "MAIL_KEY" } }

[services.site]
kind = "react"
path = "the site"
port = 3000
run = "host"
command = ["npm", "run", "dev"]

[secrets.MAIL_KEY]
description = "sends mail"
external = true
"#;

/// Answers as an engine with one container, network and volume of the stack would.
const DOCKER: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$DOCKER_LOG"
case "$*" in
"compose version --short") echo 2.30.0 ;;
"ps --all"*'{{.ID}}'*) echo c0ffee ;;
"ps --all"*'{{.Names}}'*) echo 'container  shop-db-1' ;;
"ps --all"*) cat "$DOCKER_STATES" ;;
"ps --quiet"*service=*) echo "id of ${*##*=}" | tr -d ' ' ;;
"network ls"*) echo network-1 ;;
"volume ls"*) echo volume-1 ;;
esac
"#;

/// A built stack in a folder with a space, and the machine that its scripts run on.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new(stack: &str) -> Self {
        let world = Memory::default().with("stack.toml", stack).with("the site/README.md", "");
        let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
        assert!(
            !compilation.outputs.is_empty(),
            "{:?}",
            compilation.report.iter().map(|found| &found.message).collect::<Vec<_>>()
        );
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        for output in &compilation.outputs {
            machine.write(&format!("the project/{}", output.path), &output.contents, 0o755);
        }
        machine.write("bin/docker", DOCKER, 0o755);
        machine.write("states", "", 0o644);
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        Command::new("sh")
            .arg(self.path("the project/generated/scripts").join(script))
            .args(arguments)
            .current_dir(Path::new("/"))
            .env("PATH", path)
            .env("DOCKER_LOG", self.path("log"))
            .env("DOCKER_STATES", self.path("states"))
            .output()
            .unwrap()
    }

    /// What docker was told, a line each.
    fn told(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().map(ToOwned::to_owned).collect()
    }

    fn env_file(&self) -> PathBuf {
        self.path("the project/.env")
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn start_makes_up_the_secrets_that_it_can_for_the_user_alone_and_asks_for_the_others() {
    let machine = Machine::new(STACK);
    let output = machine.run("start-all-services.sh", &[]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("MAIL_KEY") && !said(&output).contains("DB_PASSWORD"),
        "{}",
        said(&output)
    );
    assert_eq!(fs::metadata(machine.env_file()).unwrap().permissions().mode() & 0o777, 0o600);
    let made = fs::read_to_string(machine.env_file()).unwrap();
    let password = made.trim_end().strip_prefix("DB_PASSWORD=").unwrap();
    assert!(password.len() == 48 && password.bytes().all(|digit| digit.is_ascii_hexdigit()), "{made}");
    assert!(!machine.told().iter().any(|told| told.contains(" up ")));
}

#[test]
fn start_waits_for_everything_and_says_where_it_is_and_what_is_left_to_do() {
    let machine = Machine::new(STACK);
    fs::write(machine.env_file(), "DB_PASSWORD='x'\nexport MAIL_KEY=y").unwrap();
    let output = machine.run("start-all-services.sh", &["--timeout", "7"]);
    assert!(output.status.success(), "{}", said(&output));
    let told = machine.told();
    let up = told.iter().find(|told| told.contains(" up ")).unwrap();
    assert!(up.ends_with("up --detach --build --wait --wait-timeout 7"), "{up}");
    assert!(up.contains("--project-name shop "), "{up}");
    assert!(said(&output).contains("the site && npm run dev"), "{}", said(&output));
    assert_eq!(fs::read_to_string(machine.env_file()).unwrap(), "DB_PASSWORD='x'\nexport MAIL_KEY=y");
}

#[test]
fn start_adds_secrets_to_a_file_of_the_users_only_when_told_to() {
    let machine = Machine::new(STACK);
    fs::write(machine.env_file(), "MAIL_KEY=y\nDB_PASSWORD=").unwrap();
    let output = machine.run("start-all-services.sh", &[]);
    assert!(!output.status.success() && said(&output).contains("DB_PASSWORD"), "{}", said(&output));
    assert_eq!(fs::read_to_string(machine.env_file()).unwrap(), "MAIL_KEY=y\nDB_PASSWORD=");
    let output = machine.run("start-all-services.sh", &["--fill-secrets"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        fs::read_to_string(machine.env_file()).unwrap().starts_with("MAIL_KEY=y\nDB_PASSWORD=\nDB_PASSWORD=")
    );
}

#[test]
fn the_health_check_succeeds_only_when_all_is_well() {
    let machine = Machine::new(STACK);
    for (states, well, counted) in [
        ("db\trunning\tUp 1 minute (healthy)\napi\trunning\tUp 1 minute\n", true, "2/2 healthy"),
        ("db\trunning\tUp 1 minute (unhealthy)\napi\trunning\tUp 1 minute\n", false, "1/2 healthy"),
        ("db\trunning\tUp 1 second (health: starting)\napi\texited\tExited (1)\n", false, "0/2 healthy"),
        ("db\trunning\tUp 1 minute (healthy)\n", false, "1/2 healthy"),
        ("", false, "0/2 healthy"),
    ] {
        machine.write("states", states, 0o644);
        let output = machine.run("health-check-all.sh", &[]);
        assert_eq!(output.status.success(), well, "{states}{}", said(&output));
        assert!(said(&output).contains(counted), "{states}{}", said(&output));
    }
}

#[test]
fn stop_stops_what_needs_others_first_and_removes_nothing() {
    let machine = Machine::new(STACK);
    assert!(machine.run("stop-all-services.sh", &[]).status.success());
    let told = machine.told();
    let stops: Vec<&String> = told.iter().filter(|told| told.starts_with("stop ")).collect();
    assert_eq!(stops, ["stop idofapi", "stop idofdb"]);
    assert!(
        told.iter().all(|told| told.starts_with("info")
            || told.starts_with("stop")
            || told.starts_with("ps --quiet"))
    );
}

#[test]
fn cleanup_asks_and_keeps_the_volumes_unless_told_otherwise() {
    let machine = Machine::new(STACK);
    let removed = |machine: &Machine, what: &str| machine.told().iter().any(|told| told.starts_with(what));
    let output = machine.run("cleanup-services.sh", &[]);
    assert!(!output.status.success() && said(&output).contains("shop-db-1"), "{}", said(&output));
    assert!(!removed(&machine, "rm") && !removed(&machine, "network rm"));
    assert!(machine.run("cleanup-services.sh", &["--yes"]).status.success());
    assert!(
        removed(&machine, "rm c0ffee")
            && removed(&machine, "network rm network-1")
            && !removed(&machine, "volume")
    );
    assert!(machine.run("cleanup-services.sh", &["--yes", "--volumes"]).status.success());
    assert!(removed(&machine, "volume rm volume-1"));
}

#[test]
fn every_question_that_docker_is_asked_is_about_this_stack_alone() {
    let machine = Machine::new(STACK);
    for (script, arguments) in [
        ("health-check-all.sh", &[][..]),
        ("stop-all-services.sh", &[]),
        ("cleanup-services.sh", &["--yes", "--volumes"]),
    ] {
        machine.run(script, arguments);
    }
    for told in machine.told().iter().filter(|told| told.starts_with("ps") || told.contains(" ls ")) {
        assert!(told.contains("label=com.stackgen.stack=shop"), "{told}");
    }
    assert!(!machine.told().iter().any(|told| told.contains("prune")));
}
