//! What is in the way of a start: settled where it is this stack's own, else named and left.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::machine::{Machine, said};

/// A stack with a service at a port that nobody listens on, and the port.
fn stack() -> (Machine, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let stack = format!(
        r#"
        [stack]
        name = "shop"

        [services.web]
        kind = "container"
        path = "web"
        port = {port}
        "#
    );
    (Machine::new(&stack), port)
}

/// Not a test but what some tests start: a process that listens at a port until it is ended.
#[test]
fn listens_when_a_test_says_so() {
    if let Ok(port) = std::env::var("STACKGEN_TEST_LISTEN") {
        let _listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
        std::thread::sleep(Duration::from_mins(1));
    }
}

fn listener(machine: &Machine, folder: &str, port: u16) -> Child {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "conflicts::listens_when_a_test_says_so"])
        .env("STACKGEN_TEST_LISTEN", port.to_string())
        .current_dir(machine.path(folder))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(10), "nobody listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn was_brought_up(machine: &Machine) -> bool {
    machine.told().iter().any(|told| told.contains(" up "))
}

#[test]
fn a_strangers_process_is_left_alive_and_named() {
    let (machine, port) = stack();
    let mut stranger = listener(&machine, "bin", port);
    let output = machine.run("start-all-services.sh", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains(&format!("process {}", stranger.id())), "{}", said(&output));
    assert!(said(&output).contains(&format!("port {port}, which web needs")), "{}", said(&output));
    assert!(!was_brought_up(&machine));
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was ended");

    let output = machine.run("start-all-services.sh", &["--take-ports"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!stranger.wait().unwrap().success());
}

#[test]
fn a_process_in_the_services_own_folder_makes_room() {
    let (machine, port) = stack();
    let mut own = listener(&machine, "the project/web", port);
    let waiting = std::thread::spawn(move || own.wait().unwrap());
    let output = machine.run("start-all-services.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!waiting.join().unwrap().success());
    assert!(was_brought_up(&machine));
}

#[test]
fn stop_ends_a_process_in_the_services_own_folder_and_no_strangers() {
    let (machine, port) = stack();
    let mut stranger = listener(&machine, "bin", port);
    assert!(machine.run("stop-all-services.sh", &[]).status.success());
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was ended");
    stranger.kill().unwrap();
    stranger.wait().unwrap();

    let mut own = listener(&machine, "the project/web", port);
    let waiting = std::thread::spawn(move || own.wait().unwrap());
    assert!(machine.run("stop-all-services.sh", &[]).status.success());
    assert!(!waiting.join().unwrap().success());
}

#[test]
fn a_strangers_container_at_a_port_is_left_and_one_with_a_clashing_name_is_renamed() {
    let (machine, port) = stack();
    let published = format!("127.0.0.1:{port}->80/tcp");
    machine.write(
        "containers",
        &format!("container beef other running - - - - 0.0.0.0:9->9/tcp, {published}\n"),
        0o644,
    );
    let output = machine.run("start-all-services.sh", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("the container other"), "{}", said(&output));
    assert!(!machine.told().iter().any(|told| told.starts_with("stop") || told.starts_with("rename")));

    machine.write("containers", &format!("container beef shop-web-1 running - - - - {published}\n"), 0o644);
    let output = machine.run("start-all-services.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    let told = machine.told();
    assert!(told.iter().any(|told| told.starts_with("rename beef shop-web-1-set-aside-")), "{told:?}");
    assert!(told.iter().any(|told| told == "stop beef"), "{told:?}");
    assert!(!told.iter().any(|told| told.starts_with("rm")), "{told:?}");
}

#[test]
fn the_stacks_own_containers_are_left_to_compose_and_those_of_other_patterns_make_room() {
    let (machine, port) = stack();
    let published = format!("127.0.0.1:{}-{}->80-81/tcp", port - 1, port);
    let composed = format!("container beef shop-web-1 running -shop -web -shop -1 {published}\n");
    machine.write("containers", &composed, 0o644);
    assert!(machine.run("start-all-services.sh", &[]).status.success());
    assert!(!machine.told().iter().any(|told| told.starts_with("stop") || told.starts_with("rename")));

    machine.write("containers", &format!("container beef web running - - -shop - {published}\n"), 0o644);
    assert!(machine.run("start-all-services.sh", &[]).status.success());
    assert!(machine.told().iter().any(|told| told == "stop beef"));
}
