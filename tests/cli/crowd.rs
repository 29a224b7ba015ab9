//! Several builds of one project at once: one after the other, each to its end.

use std::fs::File;
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::session::{Ran, Session};

const STACK: &str = r#"[stack]
name = "small"

[services.api]
kind = "fastapi"
path = "api"
port = 8001

[targets.scripts]
enabled = false
"#;

fn project() -> Session {
    Session::with_stack(STACK).file("api/main.py", "")
}

#[test]
fn builds_that_start_at_once_end_with_one_clean_result() {
    let (crowded, clean) = (project(), project());
    for stack in
        [STACK.to_owned(), STACK.replace("8001", "8009").replace("[targets.scripts]", "[targets.docs]")]
    {
        crowded.write("stack.toml", &stack);
        clean.write("stack.toml", &stack);
        thread::scope(|scope| {
            let builds: Vec<_> = (0..8).map(|_| scope.spawn(|| crowded.run(&["build", "--yes"]))).collect();
            for build in builds {
                build.join().unwrap().exits(0);
            }
        });
        clean.run(&["build", "--yes"]).exits(0);
        assert_eq!(crowded.tree("generated"), clean.tree("generated"));
        crowded.run(&["check"]).exits(0);
    }
}

/// A project on which somebody is at work.
fn locked() -> (Session, File) {
    let session = project();
    session.run(&["build", "--yes"]).exits(0);
    session.write("stack.toml", STACK.replace("8001", "8009"));
    let mut lock = File::options().read(true).write(true).open(session.path(".stackgen/lock")).unwrap();
    lock.try_lock().unwrap();
    lock.write_all(b"4242\n").unwrap();
    (session, lock)
}

#[test]
fn a_build_that_may_not_wait_fails_at_once_and_names_the_holder() {
    let (session, _lock) = locked();
    let before = session.tree("generated");
    let start = Instant::now();
    let ran = session.run(&["build", "--yes", "--lock-timeout", "0s"]).exits(2);
    assert!(start.elapsed() < Duration::from_secs(20), "it took {:?}", start.elapsed());
    ran.says("another build of this project (process 4242, for ").says("help: ");
    assert_eq!(session.tree("generated"), before);
}

#[test]
fn a_build_that_waits_for_a_while_gives_up_after_it() {
    let (session, _lock) = locked();
    let start = Instant::now();
    session.run(&["build", "--yes", "--lock-timeout", "300ms"]).exits(2);
    let took = start.elapsed();
    assert!((Duration::from_millis(300)..Duration::from_secs(20)).contains(&took), "it took {took:?}");
}

#[test]
fn a_build_waits_for_another_one_and_goes_on_after_it() {
    let (session, lock) = locked();
    let before = session.tree("generated");
    thread::scope(|scope| {
        let build = scope.spawn(|| session.run(&["build", "--yes"]));
        thread::sleep(Duration::from_millis(400));
        assert!(!build.is_finished(), "the build did not wait");
        assert_eq!(session.tree("generated"), before, "something was written without the lock");
        lock.unlock().unwrap();
        let ran: Ran = build.join().unwrap();
        ran.exits(0);
    });
    assert_ne!(session.tree("generated"), before);
    session.run(&["check"]).exits(0);
}

#[test]
fn reading_waits_for_nobody() {
    let (session, _lock) = locked();
    session.run(&["check"]).exits(1);
    session.run(&["diff"]).exits(1);
    session.run(&["validate"]).exits(0);
}
