//! `build --watch`: builds again on each change, shows what changed, and survives what is wrong.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::session::Session;

const STACK: &str = "[stack]\nname = \"shop\"\ninclude = [\"parts/*.toml\"]\n\n[services.db]\nkind = \"postgres\"\nport = 5433\n";

/// Far more than a build takes, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(30);

struct Watching {
    session: Session,
    child: Child,
}

impl Watching {
    fn start(session: Session) -> Self {
        let log = File::create(session.path("said")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_stackgen"))
            .args(["build", "--watch"])
            .current_dir(session.path(""))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { session, child }
    }

    fn said(&self) -> String {
        self.session.read("said")
    }

    /// Waits until these words have been said so often.
    #[track_caller]
    fn says(&self, words: &str, times: usize) {
        let start = Instant::now();
        while self.said().matches(words).count() < times {
            assert!(start.elapsed() < LIMIT, "`{words}` is not {times} times in:\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_change_is_built_and_what_is_wrong_is_said_and_survived() {
    let session = Session::with_stack(STACK).file("parts/one.toml", "[services.cache]\nkind = \"redis\"\n");
    let watching = Watching::start(session);
    watching.says("watching ", 1);
    assert!(watching.session.exists("generated/docker-compose.yml"));

    watching.session.write("stack.toml", STACK.replace("5433", "5434"));
    watching.says("\nwritten\n", 2);
    assert!(watching.session.read("generated/docker-compose.yml").contains("5434"));
    let said = watching.said();
    let second = said.split("has changed").nth(1).unwrap();
    assert!(second.contains("5434") && !second.contains("new file mode"), "{second}");

    watching.session.write("stack.toml", "[stack");
    watching.says("error[", 1);
    watching.session.write("stack.toml", STACK.replace("5433", "5435"));
    watching.says("\nwritten\n", 3);
    assert!(watching.session.read("generated/docker-compose.yml").contains("5435"));

    // A file that was not there is found by the pattern that takes it in.
    watching.session.write("parts/two.toml", "[services.queue]\nkind = \"rabbitmq\"\n");
    watching.says("\nwritten\n", 4);
    assert!(watching.session.read("generated/docker-compose.yml").contains("rabbitmq"));
}

#[test]
fn a_burst_of_changes_is_one_build_and_no_change_is_none() {
    let watching = Watching::start(Session::with_stack(&STACK.replace("include", "#")));
    watching.says("watching ", 1);
    for port in 6000..6020 {
        watching
            .session
            .write("stack.toml", STACK.replace("include", "#").replace("5433", &port.to_string()));
        thread::sleep(Duration::from_millis(20));
    }
    watching.says("\nwritten\n", 2);
    let start = Instant::now();
    while !watching.session.read("generated/docker-compose.yml").contains("6019") {
        assert!(start.elapsed() < LIMIT, "{}", watching.said());
        thread::sleep(Duration::from_millis(20));
    }
    // On a busy machine a pause in the burst may look like its end: a few builds, and not twenty.
    assert!(watching.said().matches("has changed").count() <= 4, "{}", watching.said());
    watching.says("\nwritten\n", 1 + watching.said().matches("has changed").count());
    let before = watching.said();
    watching.session.write("unrelated.txt", "");
    thread::sleep(Duration::from_millis(600));
    assert!(watching.said() == before, "built without a reason");
}

/// As `cp -p`, `rsync -t` and some editors leave it.
#[cfg(unix)]
#[test]
fn a_file_of_the_same_length_and_time_as_before_is_seen_to_be_another() {
    let stack = STACK.replace("include", "#");
    let watching = Watching::start(Session::with_stack(&stack));
    watching.says("watching ", 1);
    let (old, new) = (watching.session.path("stack.toml"), watching.session.path("other.toml"));
    let written = old.metadata().unwrap().modified().unwrap();
    watching.session.write("other.toml", stack.replace("5433", "5434"));
    File::options().write(true).open(&new).unwrap().set_modified(written).unwrap();
    std::fs::rename(&new, &old).unwrap();
    watching.says("\nwritten\n", 2);
    assert!(watching.session.read("generated/docker-compose.yml").contains("5434"));
}
