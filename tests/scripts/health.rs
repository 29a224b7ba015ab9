//! What the health check says of each service, and when.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::machine::{Machine, STACK, said};

const WELL: &str = "db\t1\trunning\tUp 1 minute (healthy)\napi\t2\trunning\tUp 1 minute\n";

#[test]
fn the_health_check_succeeds_only_when_all_is_well() {
    let machine = Machine::new(STACK);
    for (states, well, counted) in [
        ("db\t1\trunning\tUp 1 minute (healthy)\napi\t2\trunning\tUp 1 minute\n", true, "2/2 healthy"),
        ("db\t1\trunning\tUp 1 minute (unhealthy)\napi\t2\trunning\tUp 1 minute\n", false, "1/2 healthy"),
        (
            "db\t1\trunning\tUp 1 second (health: starting)\napi\t2\texited\tExited (1)\n",
            false,
            "0/2 healthy",
        ),
        ("db\t1\trunning\tUp 1 minute (healthy)\n", false, "1/2 healthy"),
        ("", false, "0/2 healthy"),
    ] {
        machine.write("states", states, 0o644);
        let output = machine.run("health-check-all.sh", &[]);
        assert_eq!(output.status.success(), well, "{states}{}", said(&output));
        assert!(said(&output).contains(counted), "{states}{}", said(&output));
    }
}

#[test]
fn a_service_that_the_engine_takes_for_healthy_is_asked_again() {
    let machine = Machine::new(STACK);
    machine.write("states", WELL, 0o644);
    let output = machine
        .command("health-check-all.sh", &["--json"])
        .env("DOCKER_EXEC", r#"printf 'no "space" left\\ on\tdevice\n' >&2; exit 3"#)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let found: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["healthy"], &found["total"]), (&Json::from(1), &Json::from(2)), "{found}");
    let db = found["services"].as_array().unwrap().iter().find(|service| service["name"] == "db").unwrap();
    assert_eq!(db["state"], "unhealthy");
    assert_eq!(db["detail"], r#"no "space" left\ on device"#);
    assert!(machine.told().iter().any(|told| told.starts_with("exec 1 pg_isready ")), "{:?}", machine.told());
}

#[test]
fn a_service_that_hangs_is_named_in_time() {
    let machine = Machine::new(STACK);
    machine.write("states", WELL, 0o644);
    let begin = Instant::now();
    let output = machine
        .command("health-check-all.sh", &["--timeout", "1"])
        .env("DOCKER_EXEC", "exec sleep 30")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("no answer within 1 s"), "{}", said(&output));
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn the_health_check_refuses_what_it_does_not_know() {
    let machine = Machine::new(STACK);
    for arguments in [&["--yaml"][..], &["--timeout"], &["--timeout", "soon"], &["--timeout", "0"]] {
        assert_eq!(machine.run("health-check-all.sh", arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert!(machine.run("health-check-all.sh", &["--help"]).status.success());
}
