//! The base and an environment of one name, on one machine: none of them touches what the other has made.

use std::fs;
use std::process::Output;

use crate::machine::{Machine, STACK, said};

const ENVIRONMENTS: &str = r#"
[environments.staging.services.db]
memory = "1GiB"

[environments.live.stack]
name = "shop-live"
"#;

const BASE: &str = "generated";
const STAGING: &str = "generated/environments/staging";

fn machine() -> Machine {
    let machine = Machine::new(&format!("{STACK}{ENVIRONMENTS}"));
    fs::write(machine.env_file(), "DB_PASSWORD='x'\nMAIL_KEY=y").unwrap();
    machine
}

/// Runs a script where containers were made from a Compose file.
fn run(machine: &Machine, folder: &str, script: &str, arguments: &[&str], made_from: &str) -> Output {
    let mut command = machine.command_in(folder, script, arguments);
    command.env("DOCKER_CONFIG_FILES", made_from).output().unwrap()
}

fn compose_file(machine: &Machine, folder: &str) -> String {
    let root = fs::canonicalize(machine.path("the project")).unwrap();
    format!("{}/{folder}/docker-compose.yml", root.display())
}

/// What changes something on the engine.
fn deeds(machine: &Machine) -> Vec<String> {
    let is_deed = |told: &String| {
        ["stop", "rm", "network rm", "volume rm", "rename"].iter().any(|deed| told.starts_with(deed))
            || told.contains(" up ")
    };
    machine.told().into_iter().filter(is_deed).collect()
}

#[test]
fn what_another_environment_has_made_is_left_and_its_compose_file_named() {
    let machine = machine();
    for (own, other) in [(BASE, STAGING), (STAGING, BASE)] {
        let others = compose_file(&machine, other);
        for (script, arguments) in [
            ("start-all-services.sh", &[][..]),
            ("stop-all-services.sh", &[]),
            ("cleanup-services.sh", &["--yes"]),
            ("cleanup-services.sh", &["--yes", "--volumes"]),
            ("update-service.sh", &["api"]),
            ("backup-services.sh", &[]),
        ] {
            let output = run(&machine, own, script, arguments, &others);
            assert_eq!(output.status.code(), Some(3), "{script}: {}", said(&output));
            assert!(said(&output).contains(&others), "{script}: {}", said(&output));
        }
        assert_eq!(deeds(&machine), [""; 0]);
    }
}

#[test]
fn what_its_own_compose_file_has_made_is_its_own_and_so_is_what_nobody_else_claims() {
    let machine = machine();
    let own = compose_file(&machine, BASE);
    machine.write("elsewhere/generated/docker-compose.yml", "com.stackgen.stack: \"shop\"", 0o644);
    machine.write("by-hand/compose.yml", "services: {}", 0o644);
    let at = |name: &str| machine.path(name).display().to_string();
    for made_from in [
        own.clone(),
        format!("{own},{}", at("standalone.yml")),
        at("elsewhere/generated/docker-compose.yml"),
        at("by-hand/compose.yml"),
        compose_file(&machine, "generated/environments/gone"),
        compose_file(&machine, "generated/environments/live"),
        String::new(),
    ] {
        let output = run(&machine, BASE, "stop-all-services.sh", &[], &made_from);
        assert!(output.status.success(), "{made_from}: {}", said(&output));
    }
}

#[test]
fn data_that_another_environment_shares_goes_only_when_that_is_said() {
    let machine = machine();
    let own = compose_file(&machine, STAGING);
    assert!(run(&machine, STAGING, "start-all-services.sh", &[], &own).status.success());
    // Its containers are gone, and its volumes are there.
    let output = run(&machine, BASE, "start-all-services.sh", &[], "");
    assert!(
        output.status.success()
            && said(&output).contains(&format!("shared with what was made here from\n{own}\n")),
        "{}",
        said(&output)
    );
    let output = run(&machine, BASE, "cleanup-services.sh", &["--yes", "--volumes"], "");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains(&own), "{}", said(&output));
    assert!(!deeds(&machine).iter().any(|deed| deed.starts_with("volume rm")));
    let output =
        run(&machine, BASE, "cleanup-services.sh", &["--yes", "--volumes", "--all-environments"], &own);
    assert!(output.status.success(), "{}", said(&output));
    assert!(deeds(&machine).contains(&"volume rm volume-1".to_owned()));
    // With the data, whose it was is forgotten.
    let output = run(&machine, BASE, "cleanup-services.sh", &["--yes", "--volumes"], "");
    assert!(output.status.success(), "{}", said(&output));
}
