//! A built stack, and the machine that its scripts run on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use camino::Utf8Path;
use stackgen::compile;
use stackgen::source::Memory;
use tempfile::TempDir;

pub const STACK: &str = r#"
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

/// Answers as an engine with one container, network and volume of the stack would. What varies between tests comes from files and
/// variables of theirs.
const DOCKER: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$DOCKER_LOG"
case "$*" in
"compose version --short") echo 2.30.0 ;;
*" up "*) exit "${DOCKER_UP:-0}" ;;
"exec "*) eval "${DOCKER_EXEC:-}" ;;
*" config --services") printf '%s\n' ${DOCKER_SERVICES:-} ;;
"inspect --format {{.State.Status}} {{.State.ExitCode}}"*) echo "${DOCKER_ENDED:-exited 0}" ;;
"ps --all --quiet"*) echo c0ffee ;;
"logs "*) echo 'the last words' ;;
"ps "*config_files*) printf '%s\n' "${DOCKER_CONFIG_FILES:-}" ;;
"ps --all"*'container {{.ID}}'*) cat "$DOCKER_CONTAINERS" ;;
"ps --all"*'{{.ID}} {{.Names}}'*) echo 'c0ffee shop-db-1' ;;
"ps --all"*) cat "$DOCKER_STATES" ;;
'ps --filter'*'running {{.ID}}'*) printf '%s\n' "${DOCKER_RUNNING:-}" ;;
"ps --filter"*) printf '%s\n' 'db idofdb' 'api idofapi' ;;
"network ls"*) echo 'f00d network-1' ;;
"volume ls"*) printf '%s\n' "${DOCKER_VOLUMES:-volume-1}" ;;
esac
"#;

/// A built stack in a folder with a space, and the machine that its scripts run on.
pub struct Machine {
    folder: TempDir,
}

impl Machine {
    pub fn new(stack: &str) -> Self {
        let world = Memory::default()
            .with("stack.toml", stack)
            .with("the site/README.md", "")
            .with("web/Dockerfile", "FROM scratch\n");
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
        machine.write("containers", "", 0o644);
        for folder in ["the site", "web"] {
            fs::create_dir(machine.path("the project").join(folder)).unwrap();
        }
        machine
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn run(&self, script: &str, arguments: &[&str]) -> Output {
        self.command(script, arguments).output().unwrap()
    }

    pub fn command(&self, script: &str, arguments: &[&str]) -> Command {
        self.command_in("generated", script, arguments)
    }

    /// A script of the base, or of an environment by the folder of its outputs.
    pub fn command_in(&self, folder: &str, script: &str, arguments: &[&str]) -> Command {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command
            .arg(self.path("the project").join(folder).join("scripts").join(script))
            .args(arguments)
            .current_dir(Path::new("/"))
            .env("PATH", path)
            .env("DOCKER_LOG", self.path("log"))
            .env("DOCKER_STATES", self.path("states"))
            .env("DOCKER_CONTAINERS", self.path("containers"));
        command
    }

    /// What docker was told, a line each.
    pub fn told(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().map(ToOwned::to_owned).collect()
    }

    pub fn env_file(&self) -> PathBuf {
        self.path("the project/.env")
    }
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
