//! What the scripts do, played with a `docker` that only writes down what it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test plays the user's machine")]
#![cfg(unix)]

#[path = "scripts/conflicts.rs"]
mod conflicts;
#[path = "scripts/environments.rs"]
mod environments;
#[path = "scripts/health.rs"]
mod health;
#[path = "scripts/jobs.rs"]
mod jobs;
#[path = "scripts/machine.rs"]
mod machine;
#[path = "scripts/standalone.rs"]
mod standalone;
#[path = "scripts/volumes.rs"]
mod volumes;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use machine::{Machine, STACK, said};

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
    let (_, seconds) = up.split_once(" up --detach --wait --wait-timeout ").unwrap();
    assert!((4..=7).contains(&seconds.parse().unwrap()), "{up}");
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
fn stop_stops_what_needs_others_first_and_removes_nothing() {
    let machine = Machine::new(STACK);
    assert!(machine.run("stop-all-services.sh", &[]).status.success());
    let told = machine.told();
    let stops: Vec<&String> = told.iter().filter(|told| told.starts_with("stop ")).collect();
    assert_eq!(stops, ["stop idofapi", "stop idofdb"]);
    assert!(
        told.iter()
            .all(|told| told.starts_with("version") || told.starts_with("stop") || told.starts_with("ps "))
    );
}

#[test]
fn cleanup_asks_and_keeps_the_volumes_unless_told_otherwise() {
    let machine = Machine::new(STACK);
    let removed = |machine: &Machine, what: &str| machine.told().iter().any(|told| told.starts_with(what));
    let output = machine.run("cleanup-services.sh", &[]);
    assert!(!output.status.success() && said(&output).contains("shop-db-1"), "{}", said(&output));
    assert!(!removed(&machine, "rm") && !removed(&machine, "network rm"));
    assert!(!said(&output).contains("volume-1"), "{}", said(&output));
    assert!(machine.run("cleanup-services.sh", &["--yes"]).status.success());
    assert!(
        removed(&machine, "rm --force c0ffee")
            && removed(&machine, "network rm f00d")
            && !removed(&machine, "volume rm")
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
    // But for the ports of this machine, which any container may hold.
    let told = machine.told();
    let asked = told.iter().filter(|told| told.starts_with("ps") || told.contains(" ls "));
    for told in asked.filter(|told| *told != "ps --format {{.Ports}}") {
        let own = ["com.stackgen.stack=shop", "com.docker.compose.project=shop"];
        assert!(own.iter().any(|label| told.contains(&format!("--filter label={label}"))), "{told}");
    }
    assert!(!machine.told().iter().any(|told| told.contains("prune")));
}
