//! Backup, restore and update, as far as they go without an engine: a `docker` plays one that writes down what it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test plays the user's machine")]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
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

[services.cache]
kind = "redis"

[services.files]
kind = "container"
image = "example/files:1"
port = 9000
volumes = { data = "/data" }
compose_extra = { volumes = ["uploads:/uploads", "pages:/pages:ro"] }

[services.api]
kind = "container"
image = "example/api:1"
port = 8001
needs = ["db", "cache"]

[services.site]
kind = "react"
path = "site"
port = 3000
run = "host"
command = ["npm", "run", "dev"]

[compose_extra.volumes]
files-data = { name = "old_files" }
uploads = {}
pages = { external = true }
"#;

/// An engine on which every service runs. Dumps give the name of their tool, restores keep what they are given.
const DOCKER: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$DOCKER_LOG"
case "$*" in
"compose version --short") echo 2.30.0 ;;
"ps --quiet"*service=*)
    service=${*##*service=}
    service=${service%% *}
    [ -e "$DOCKER_LOG.no-$service" ] || echo "id-$service"
    ;;
"exec id-db pg_dump"*) [ ! -e "$DOCKER_LOG.broken" ] || { echo 'pg_dump: out of memory' >&2; exit 1; }; echo 'all rows' ;;
"exec id-cache redis-cli"*) echo 'all keys' ;;
"exec -i id-db"*) cat >"$DOCKER_LOG.db" ;;
"exec -i id-cache"*) cat >"$DOCKER_LOG.cache"; [ ! -e "$DOCKER_LOG.broken" ] ;;
"ps --all --quiet"*com.stackgen.update*) [ ! -e "$DOCKER_LOG.second" ] || echo id-second ;;
"compose "*" run "*) : >"$DOCKER_LOG.second" ;;
"compose "*" up "*) rm -f "$DOCKER_LOG".stopped-* ;;
"rm --force id-second") rm -f "$DOCKER_LOG".second "$DOCKER_LOG".stopped-id-second ;;
"stop "*) : >"$DOCKER_LOG.stopped-$2" ;;
"start "*) for container in "$@"; do rm -f "$DOCKER_LOG.stopped-$container"; done ;;
"inspect "*.State*)
    for container in "$@"; do :; done
    if [ -e "$DOCKER_LOG.stopped-$container" ]; then
        echo exited
    elif [ "$container" = id-second ] && [ -e "$DOCKER_LOG.sick" ]; then
        echo 'running unhealthy'
    else
        echo 'running healthy'
    fi
    ;;
"logs "*) echo 'Traceback: it is broken' ;;
esac
"#;

/// A built stack in a folder with a space, and the machine that its scripts run on.
struct Machine {
    folder: TempDir,
    shell: &'static [&'static str],
}

impl Machine {
    fn new() -> Self {
        Self::with_shell(&["sh"])
    }

    fn with_shell(shell: &'static [&'static str]) -> Self {
        let world = Memory::default().with("stack.toml", STACK).with("site/README.md", "");
        let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
        assert!(
            !compilation.outputs.is_empty(),
            "{:?}",
            compilation.report.iter().map(|found| &found.message).collect::<Vec<_>>()
        );
        let machine = Self { folder: tempfile::tempdir().unwrap(), shell };
        for output in &compilation.outputs {
            machine.write(&format!("the project/{}", output.path), &output.contents);
        }
        machine.write("bin/docker", DOCKER);
        machine.write("bin/sleep", "#!/bin/sh\n");
        machine.write("the project/.env", "");
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        self.run_with_path(&path, script, arguments)
    }

    fn run_with_path(&self, path: &str, script: &str, arguments: &[&str]) -> Output {
        Command::new(self.shell[0])
            .args(&self.shell[1..])
            .arg(self.path("the project/generated/scripts").join(script))
            .args(arguments)
            .current_dir(Path::new("/"))
            .env("PATH", path)
            .env("DOCKER_LOG", self.path("log"))
            .output()
            .unwrap()
    }

    /// Makes a backup, and gives its folder.
    fn backup(&self) -> String {
        let output = self.run("backup-services.sh", &[]);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn backups(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path("the project/backups"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// What docker was told since the last time, a line each.
    fn told(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        fs::remove_file(self.path("log")).ok();
        log.lines().map(ToOwned::to_owned).collect()
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn mode(path: &str) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_saved_comes_back_in_every_shell() {
    for shell in [&["dash"][..], &["bash"], &["busybox", "sh"]] {
        if Command::new(shell[0]).args(&shell[1..]).args(["-c", ":"]).output().is_err() {
            continue;
        }
        let machine = Machine::with_shell(shell);
        let folder = machine.backup();
        let output = machine.run("restore-services.sh", &["--yes", &folder]);
        assert!(output.status.success(), "{shell:?} {}", said(&output));
        assert_eq!(fs::read_to_string(machine.path("log.db")).unwrap(), "all rows\n", "{shell:?}");
        assert_eq!(fs::read_to_string(machine.path("log.cache")).unwrap(), "all keys\n", "{shell:?}");
    }
}

#[test]
fn a_backup_is_for_the_user_alone_and_never_committed() {
    let machine = Machine::new();
    let folder = machine.backup();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&format!("{folder}/db.dump")), 0o600);
    assert_eq!(fs::read_to_string(machine.path("the project/backups/.gitignore")).unwrap(), "*\n");
    let manifest = fs::read_to_string(format!("{folder}/MANIFEST")).unwrap();
    assert!(manifest.contains(" 9 db postgres db.dump\n"), "{manifest}");
}

#[test]
fn a_backup_says_what_it_does_not_hold() {
    let machine = Machine::new();
    let output = machine.run("backup-services.sh", &[]);
    let said = said(&output);
    assert!(
        said.contains("not saved: the volumes of files, whose kind container says no way to: old_files\n"),
        "{said}"
    );
    assert!(
        said.contains("not saved: the volumes that files mounts in words of Compose: shop_uploads\n"),
        "{said}"
    );
}

#[test]
fn a_dump_that_fails_fails_the_backup_and_leaves_nothing() {
    for (marker, why) in [("log.broken", "pg_dump: out of memory"), ("log.no-db", "it is not running")] {
        let machine = Machine::new();
        machine.write(marker, "");
        let output = machine.run("backup-services.sh", &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said(&output).contains("db is not saved") && said(&output).contains(why),
            "{}",
            said(&output)
        );
        assert_eq!(machine.backups(), [".gitignore"]);
    }
}

#[test]
fn a_damaged_backup_is_refused_by_name_before_docker_is_asked_anything() {
    type Damage = (&'static str, fn(&str), &'static str);
    let damages: [Damage; 8] = [
        ("cut short", |folder| fs::write(format!("{folder}/db.dump"), "all").unwrap(), "db.dump is damaged"),
        (
            "changed",
            |folder| fs::write(format!("{folder}/cache.rdb"), "all keyz\n").unwrap(),
            "cache.rdb is damaged",
        ),
        ("missing", |folder| fs::remove_file(format!("{folder}/db.dump")).unwrap(), "db.dump is missing"),
        (
            "no manifest",
            |folder| fs::remove_file(format!("{folder}/MANIFEST")).unwrap(),
            "MANIFEST is missing",
        ),
        (
            "a line less",
            |folder| edit(folder, |text| text.replacen("saved ", "gone ", 1)),
            "it was cut short",
        ),
        ("another size", |folder| edit(folder, |text| text.replace(" 9 db", " 4 db")), "it was cut short"),
        ("half of it", |folder| edit(folder, |text| text[..text.len() / 2].to_owned()), "it was cut short"),
        ("something else", |folder| edit(folder, |_| "a shopping list\n".to_owned()), "not that of a backup"),
    ];
    for (name, damage, message) in damages {
        let machine = Machine::new();
        let folder = machine.backup();
        machine.told();
        damage(&folder);
        let output = machine.run("restore-services.sh", &["--yes", &folder]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(said(&output).contains(message), "{name}: {}", said(&output));
        assert_eq!(machine.told(), [""; 0], "{name}");
    }
}

/// Changes a backup's manifest.
fn edit(folder: &str, change: impl Fn(&str) -> String) {
    let path = format!("{folder}/MANIFEST");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(&text)).unwrap();
}

#[test]
fn a_backup_of_another_stack_is_refused() {
    let machine = Machine::new();
    let folder = machine.backup();
    machine.told();
    let script = machine.path("the project/generated/scripts/restore-services.sh");
    let text = fs::read_to_string(&script).unwrap().replace("stack='shop'", "stack='mall'");
    fs::write(&script, text).unwrap();
    let output = machine.run("restore-services.sh", &["--yes", &folder]);
    assert!(said(&output).contains("is a backup of the stack shop, not of mall"), "{}", said(&output));
    assert_eq!(machine.told(), [""; 0]);
}

#[test]
fn nothing_is_restored_unless_somebody_says_so() {
    let machine = Machine::new();
    let folder = machine.backup();
    machine.told();
    let output = machine.run("restore-services.sh", &[&folder]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let told = machine.told();
    assert!(!told.iter().any(|told| told.starts_with("stop") || told.starts_with("exec")), "{told:?}");
}

#[test]
fn a_restore_of_one_service_stops_who_writes_to_it_and_starts_them_again() {
    let machine = Machine::new();
    let folder = machine.backup();
    machine.told();
    let output = machine.run("restore-services.sh", &["--yes", &folder, "db"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!machine.path("log.cache").exists());
    let told = machine.told();
    let order: Vec<&str> = told
        .iter()
        .filter_map(|told| {
            ["stop id-api", "exec -i id-db", "start id-api"].into_iter().find(|what| told.starts_with(what))
        })
        .collect();
    assert_eq!(order, ["stop id-api", "exec -i id-db", "start id-api"]);
}

#[test]
fn a_restore_that_fails_names_the_service_and_what_was_not_touched() {
    let machine = Machine::new();
    let folder = machine.backup();
    machine.write("log.broken", "");
    let output = machine.run("restore-services.sh", &["--yes", &folder]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.contains("cache is not restored") && said.contains("restored: db"), "{said}");
    assert!(said.contains("untouched: nothing") && said.contains("stopped: api"), "{said}");
    assert!(!machine.told().iter().any(|told| told.starts_with("start ")));
}

#[test]
fn any_of_three_tools_is_enough_for_checksums() {
    let folder = Machine::new();
    let reference = folder.backup();
    for tool in ["sha256sum", "shasum", "openssl"] {
        let machine = Machine::new();
        let bin = machine.path("tools");
        fs::create_dir(&bin).unwrap();
        let mut there = true;
        let basic = [
            "sh", "dirname", "date", "mkdir", "head", "tail", "sed", "grep", "cat", "wc", "mv", "rm", "tr",
            "sleep",
        ];
        for name in basic.into_iter().chain(["perl", tool]) {
            match found(name) {
                Some(path) => symlink(path, bin.join(name)).unwrap(),
                None => there = there && name != tool,
            }
        }
        if !there {
            continue;
        }
        symlink(machine.path("bin/docker"), bin.join("docker")).unwrap();
        let path = bin.display().to_string();
        let output = machine.run_with_path(&path, "restore-services.sh", &["--yes", &reference]);
        assert!(output.status.success(), "{tool}: {}", said(&output));
        let output = machine.run_with_path(&path, "backup-services.sh", &[]);
        assert!(output.status.success(), "{tool}: {}", said(&output));
    }
}

/// Where a program is.
fn found(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

#[test]
fn an_update_refuses_what_it_would_harm_or_does_not_know() {
    let machine = Machine::new();
    for (arguments, code, message) in [
        (&["db"][..], 1, "two of it would write to the same data"),
        (&["files"], 1, "two of it would write to the same data"),
        (&["site"], 1, "runs on your machine"),
        (&["shop"], 2, "there are db, cache, files, api"),
        (&[], 2, "usage: "),
        (&["api", "db"], 2, "usage: "),
        (&["--all"], 2, "usage: "),
        (&["--timeout", "soon", "api"], 1, "not a number of seconds"),
    ] {
        let output = machine.run("update-service.sh", arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", said(&output));
        assert!(said(&output).contains(message), "{arguments:?} {}", said(&output));
        assert_eq!(machine.told(), [""; 0], "{arguments:?}");
    }
}

#[test]
fn a_database_is_replaced_only_where_downtime_was_allowed_and_never_doubled() {
    let machine = Machine::new();
    let output = machine.run("update-service.sh", &["--with-downtime", "db"]);
    assert!(output.status.success(), "{}", said(&output));
    let told = machine.told();
    assert!(told.iter().any(|told| told.contains(" up ") && told.ends_with(" db")), "{told:?}");
    assert!(!told.iter().any(|told| told.contains(" run ")), "{told:?}");
}

/// Which of some commands docker was told, in their order.
fn steps(told: &[String], known: &[&'static str]) -> Vec<&'static str> {
    told.iter()
        .filter_map(|told| known.iter().find(|step| step.split(' ').all(|word| told.contains(word))).copied())
        .collect()
}

const STEPS: [&str; 6] = [
    "compose run --use-aliases",
    "compose run",
    "rm --force id-second",
    "stop id-api",
    "compose up --no-deps api",
    "stop id-second",
];

#[test]
fn an_update_tries_the_new_version_out_unseen_and_stops_the_old_one_only_while_another_serves() {
    let machine = Machine::new();
    let output = machine.run("update-service.sh", &["api"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(
        steps(&machine.told(), &STEPS),
        [
            "compose run",
            "rm --force id-second",
            "compose run --use-aliases",
            "stop id-api",
            "compose up --no-deps api",
            "stop id-second",
            "rm --force id-second"
        ]
    );
}

#[test]
fn a_version_that_does_not_become_healthy_is_removed_and_the_old_one_goes_on() {
    let machine = Machine::new();
    machine.write("log.sick", "");
    let output = machine.run("update-service.sh", &["api"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("Traceback: it is broken"), "{}", said(&output));
    assert_eq!(steps(&machine.told(), &STEPS), ["compose run", "stop id-second", "rm --force id-second"]);
}

#[test]
fn the_scripts_say_how_they_are_used() {
    let machine = Machine::new();
    for script in ["backup-services.sh", "restore-services.sh", "update-service.sh"] {
        let output = machine.run(script, &["--help"]);
        assert!(output.status.success() && output.stdout.starts_with(b"usage: "), "{script}");
        let output = machine.run(script, &["--no-such-option"]);
        assert_eq!(output.status.code(), Some(2), "{script}");
    }
    assert_eq!(machine.run("restore-services.sh", &[]).status.code(), Some(2));
    assert_eq!(machine.told(), [""; 0]);
}
