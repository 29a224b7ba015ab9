//! Services that run on the machine itself, and what the start script can be told.

use std::fs;

use crate::machine::{Machine, STACK, said};

/// A machine on which everything but the service in question is ready.
fn machine() -> Machine {
    let machine = Machine::new(STACK);
    fs::write(machine.env_file(), "DB_PASSWORD=x\nMAIL_KEY=y\n").unwrap();
    machine
}

#[test]
fn a_service_left_to_the_machine_runs_in_its_folder_until_the_stack_is_stopped() {
    let machine = machine();
    machine.write("bin/npm", "#!/bin/sh\necho \"$PWD $PORT $*\"\nexec sleep 60\n", 0o755);
    let output = machine.run("start-all-services.sh", &["--standalone", "site", "--timeout", "20"]);
    assert!(output.status.success(), "{}", said(&output));
    let state = machine.path("the project/.stackgen/run/shop");
    let log = fs::read_to_string(state.join("site.log")).unwrap();
    assert!(log.contains("/the project/the site 3000 run dev"), "{log}");
    let remembered = fs::read_to_string(state.join("site.pid")).unwrap();
    let process = remembered.split(' ').next().unwrap().to_owned();
    let is_alive =
        || std::process::Command::new("kill").args(["-0", &process]).output().unwrap().status.success();
    assert!(is_alive());
    let output = machine.run("stop-all-services.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!is_alive());
    assert!(!state.join("site.pid").exists());
}

#[test]
fn a_service_that_ends_at_once_is_reported_with_its_last_words() {
    let machine = machine();
    machine.write("bin/npm", "#!/bin/sh\necho 'no such script: dev'\nexit 1\n", 0o755);
    let output = machine.run("start-all-services.sh", &["--standalone=site"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("no such script: dev"), "{}", said(&output));
}

#[test]
fn what_the_start_script_does_not_know_it_refuses() {
    let machine = machine();
    for arguments in [
        &["--fast"][..],
        &["site"],
        &["--standalone"],
        &["--standalone", "--no-build"],
        &["--standalone", "db"],
        &["--standalone", "nobody"],
        &["--standalone=site,nobody"],
        &["--retries", "often"],
        &["--timeout"],
    ] {
        let output = machine.run("start-all-services.sh", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
    assert!(!machine.told().iter().any(|told| told.contains(" up ")));
}

#[test]
fn a_start_that_fails_is_tried_again_and_then_says_who_failed_and_with_which_words() {
    let machine = machine();
    machine.write("states", "api\tshop-api-1\texited\tExited (1) 2 seconds ago\n", 0o644);
    let output =
        machine.command("start-all-services.sh", &["--retries", "1"]).env("DOCKER_UP", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(machine.told().iter().filter(|told| told.contains(" up ")).count(), 2);
    for words in ["api: Exited (1)", "the last words", "docker logs shop-api-1", "try: "] {
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
}
