//! Services that run once, and services that only a Compose profile starts.

use std::process::Output;

use crate::machine::{Machine, said};

const STACK: &str = r#"
[stack]
name = "shop"

[services.api]
image = "example/api:1"
needs = ["migrate"]

[services.migrate]
image = "example/api:1"
command = ["migrate"]
restart = "no"

[services.seed]
image = "example/api:1"
command = ["seed"]
restart = "no"
needs = ["migrate"]

[services.console]
image = "example/console:1"
port = 9000
compose_extra = { profiles = ["tools"] }
"#;

fn health(machine: &Machine, states: &str) -> (bool, String) {
    machine.write("states", states, 0o644);
    let output = machine.run("health-check-all.sh", &[]);
    (output.status.success(), said(&output))
}

#[test]
fn what_ran_once_is_well_if_it_ended_with_0_and_has_failed_if_not() {
    let machine = Machine::new(STACK);
    let api = "api\t1\trunning\tUp 1 minute\n";
    let well = format!("{api}migrate\t2\texited\tExited (0) 1 minute ago\nseed\t3\trunning\tUp 1 second\n");
    let (is_well, text) = health(&machine, &well);
    assert!(is_well && text.contains("3/3 healthy"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("migrate ") && line.contains(" done ")), "{text}");
    let failed = well.replace("Exited (0)", "Exited (1)");
    let (is_well, text) = health(&machine, &failed);
    assert!(!is_well && text.contains("2/3 healthy"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("migrate ") && line.contains(" failed ")), "{text}");
    // What is to last is not well because it ended with 0.
    let (is_well, text) = health(&machine, &well.replace("running\tUp 1 minute", "exited\tExited (0)"));
    assert!(!is_well && text.contains("2/3 healthy"), "{text}");
}

#[test]
fn what_only_a_profile_starts_is_missed_by_nobody_and_asked_where_it_runs() {
    let machine = Machine::new(STACK);
    let others = "api\t1\trunning\tUp 1\nmigrate\t2\texited\tExited (0)\nseed\t3\texited\tExited (0)\n";
    for (state, well, counted) in [
        ("", true, "3/3 healthy"),
        ("console\t4\texited\tExited (143)\n", true, "3/3 healthy"),
        ("console\t4\trunning\tUp 1\n", true, "4/4 healthy"),
        ("console\t4\trestarting\tRestarting (1)\n", false, "3/4 healthy"),
    ] {
        let (is_well, text) = health(&machine, &format!("{others}{state}"));
        assert!(is_well == well && text.contains(counted), "{state}{text}");
        assert!(!text.contains("it has no container"), "{text}");
    }
}

fn started(machine: &Machine, ended: &str) -> Output {
    machine
        .command("start-all-services.sh", &[])
        .env("DOCKER_SERVICES", "api migrate seed")
        .env("DOCKER_ENDED", ended)
        .output()
        .unwrap()
}

#[test]
fn start_waits_for_what_lasts_and_runs_what_nobody_needs_at_the_end() {
    let machine = Machine::new(STACK);
    let output = started(&machine, "exited 0");
    assert!(output.status.success(), "{}", said(&output));
    let told = machine.told();
    let ups: Vec<&String> = told.iter().filter(|told| told.contains(" up ")).collect();
    assert_eq!(ups.len(), 2, "{ups:?}");
    assert!(ups[0].contains(" --wait ") && ups[0].ends_with(" api migrate"), "{ups:?}");
    assert!(!ups[1].contains(" --wait") && ups[1].ends_with(" --no-deps seed"), "{ups:?}");
    let text = said(&output);
    assert!(text.lines().any(|line| line.contains("seed ") && line.ends_with("done")), "{text}");
    assert!(text.contains("of the profile tools") && text.contains(" up -d console"), "{text}");
    assert!(!text.contains("localhost:9000"), "{text}");
}

#[test]
fn start_fails_where_what_runs_once_fails_and_names_it() {
    let machine = Machine::new(STACK);
    machine.write(
        "states",
        "seed\tshop-seed-1\texited\tExited (3) 1 second ago\nmigrate\tshop-migrate-1\texited\tExited (0)\n",
        0o644,
    );
    let output = started(&machine, "exited 3");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("seed: Exited (3)") && !text.contains("migrate: Exited"), "{text}");
}

#[test]
fn what_runs_once_is_not_updated_beside_itself() {
    let output = Machine::new(STACK).run("update-service.sh", &["migrate"]);
    assert!(!output.status.success() && said(&output).contains("migrate runs once"), "{}", said(&output));
}

#[test]
fn a_service_on_this_machine_starts_once_what_it_needs_has_ended_and_that_runs_but_once() {
    let stack = format!(
        "{STACK}\n[services.web]\npath = \"web\"\nport = 9001\ncommand = [\"npm\", \"start\"]\nneeds = [\"seed\"]\n"
    );
    let machine = Machine::new(&stack);
    machine.write("bin/npm", "#!/bin/sh\nexec sleep 60\n", 0o755);
    let output = machine.run("start-all-services.sh", &["--standalone", "web", "--timeout", "20"]);
    let stopped = machine.run("stop-all-services.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(stopped.status.success(), "{}", said(&stopped));
    let told = machine.told();
    let ups = told.iter().filter(|told| told.contains(" up ") && told.contains(" seed"));
    assert_eq!(ups.count(), 1, "{told:?}");
}
