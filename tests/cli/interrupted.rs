//! What the command line says of a build that has not come to its end, and how the next one finishes it.

use std::fs::OpenOptions;
use std::io::Write as _;

use stackgen::plan::{Journal, Manifest, local};

use crate::session::Session;

const STACK: &str = "[stack]\nname = \"small\"\n\n[services.db]\nkind = \"postgres\"\n";
const LEFTOVER: &str = "generated/.stackgen-3.tmp";

/// A project whose last build was killed before its last step, and has left a file lying about.
fn interrupted() -> Session {
    let session = Session::with_stack(STACK);
    session.run(&["build", "--yes"]).exits(0);
    let manifest = Manifest::parse(session.read("generated/.stackgen.json").as_bytes()).unwrap();
    let temporary = ".stackgen-3.tmp".to_owned();
    let journal = Journal { temporary, before: manifest.clone(), after: manifest };
    session.file(local::JOURNAL, journal.to_text()).file(LEFTOVER, "half a fi")
}

/// A service whose Dockerfile the other branch has not.
const WEB: &str = "\n[services.web]\nkind = \"fastapi\"\npath = \"web\"\nport = 8001\n";

#[test]
fn check_and_diff_tell_of_a_build_that_was_interrupted() {
    let session = interrupted();
    for command in ["check", "diff"] {
        session
            .run(&[command])
            .exits(1)
            .says("an earlier build was interrupted; run `stackgen build` to finish it");
    }
    for command in ["check", "diff"] {
        session.run(&[command, "--format", "json"]).exits(1).says("an earlier build was interrupted");
    }
    assert!(session.exists(LEFTOVER) && session.exists(local::JOURNAL), "looking changes nothing");
}

#[test]
fn the_next_build_finishes_an_interrupted_one() {
    let session = interrupted();
    session.run(&["build"]).exits(1).says("nothing was written");
    assert!(session.exists(local::JOURNAL));
    session.run(&["build", "--yes"]).exits(0).says("an earlier build was interrupted: this one finishes it");
    assert!(!session.exists(LEFTOVER) && !session.exists(local::JOURNAL));
    session.run(&["check"]).exits(0).says("up to date");
}

#[test]
fn what_was_built_is_known_even_if_the_manifest_was_taken_back() {
    let session = Session::with_stack(STACK);
    session.run(&["build", "--yes"]).exits(0);
    let manifest = session.read("generated/.stackgen.json");
    let more = |port: u32| format!("{STACK}port = {port}\n\n[targets.docs]\nout = \"page\"\n");
    session.write("stack.toml", more(5433));
    session.run(&["build", "--yes"]).exits(0);
    session.write("generated/.stackgen.json", manifest);
    session.write("stack.toml", more(5434));
    session.run(&["build", "--yes"]).exits(0).never_says("edited by hand").never_says("not stackgen's");
    session.run(&["check"]).exits(0);
}

#[test]
fn an_edit_is_an_edit_even_if_the_manifest_was_taken_back() {
    let session = Session::with_stack(STACK);
    session.run(&["build", "--yes"]).exits(0);
    let manifest = session.read("generated/.stackgen.json");
    session.write("stack.toml", format!("{STACK}port = 5433\n"));
    session.run(&["build", "--yes"]).exits(0);
    session.write("generated/.stackgen.json", manifest);
    session.write("generated/docs/STACK.md", "mine\n");
    session.run(&["build", "--yes"]).exits(1).says("edited by hand");
    assert_eq!(session.read("generated/docs/STACK.md"), "mine\n");
}

#[test]
fn a_merge_that_left_a_conflict_in_the_manifest_is_called_that() {
    let session = Session::with_stack(STACK).file("web/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    session.git(&["init", "--quiet"]);
    session.commit("the stack");
    for (branch, port) in [("side", 5433), ("main", 5434)] {
        if branch == "side" {
            session.git(&["switch", "--quiet", "--create", "side"]);
        } else {
            session.git(&["switch", "--quiet", "main"]);
        }
        let more = if branch == "side" { WEB } else { "" };
        session.write("stack.toml", format!("{STACK}port = {port}\n{more}"));
        session.run(&["build", "--yes"]).exits(0);
        session.commit("another port");
    }
    session.fails_to_merge("side");
    session.write("stack.toml", format!("{STACK}port = 5435\n{WEB}"));
    let ran = session.run(&["build", "--yes"]).exits(2).says("a merge has left a conflict in it");
    ran.says("git rm -rfq generated && git checkout HEAD -- generated && stackgen build");
    session.git(&["rm", "-rfq", "generated"]);
    session.git(&["checkout", "HEAD", "--", "generated"]);
    session.run(&["build", "--yes"]).exits(0).never_says("edited by hand");
}

#[test]
fn a_build_that_is_at_work_is_not_taken_for_an_interrupted_one() {
    let session = interrupted();
    let mut lock = OpenOptions::new().write(true).open(session.path(local::LOCK)).unwrap();
    lock.lock().unwrap();
    writeln!(lock, "4242").unwrap();
    session
        .run(&["check"])
        .exits(1)
        .says("another build of this project (process 4242, for ")
        .says("is at work");
}

#[test]
fn a_journal_that_cannot_be_used_is_refused_with_the_way_out() {
    let session = interrupted();
    session.write(local::JOURNAL, "{");
    let ran = session.run(&["build", "--yes"]).exits(2);
    ran.says("`.stackgen/journal.json` cannot be used").says("rm .stackgen/journal.json");
}

#[test]
fn what_stackgen_keeps_for_itself_stays_out_of_git() {
    let session = Session::with_stack(STACK);
    session.run(&["build", "--yes"]).exits(0);
    let git = |arguments: &[&str]| {
        let ran =
            std::process::Command::new("git").args(arguments).current_dir(session.path("")).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    git(&["init", "-q"]);
    assert!(git(&["status", "--porcelain", "--untracked-files=all"]).contains("generated/.stackgen.json"));
    assert!(!git(&["status", "--porcelain", "--untracked-files=all"]).contains(".stackgen/"));
}

#[test]
fn no_output_may_lie_in_the_folder_that_stackgen_keeps_for_itself() {
    let session = Session::with_stack(&format!("{STACK}\n[targets.docs]\nout = \".stackgen\"\n"));
    let ran = session.run(&["build", "--yes"]).exits(2);
    ran.says("`.stackgen/STACK.md` lies in the folder that stackgen keeps for itself");
    assert!(!session.exists("generated"));
}

#[test]
fn an_import_that_has_no_room_for_its_secrets_leaves_env_as_it_was_and_can_be_done_again() {
    let services: Vec<String> = (0..20)
        .map(|index| {
            format!(
                "  s{index}:\n    image: redis:7.2\n    environment:\n      S{index}_PASSWORD: {index:060}x\n"
            )
        })
        .collect();
    let session = Session::new()
        .file("docker-compose.yml", format!("services:\n{}", services.concat()))
        .file(".env", format!("OWN={}\n", "y".repeat(400)));
    let before = session.read(".env");
    // A file may have 1 kB or half of it, as the shell counts; what is beyond that is an error, and no signal.
    let limited = std::process::Command::new("sh")
        .args(["-c", "ulimit -f 1; trap '' XFSZ; exec \"$0\" import --yes", env!("CARGO_BIN_EXE_stackgen")])
        .current_dir(session.path(""))
        .output()
        .unwrap();
    assert_eq!(limited.status.code(), Some(2), "{}", String::from_utf8_lossy(&limited.stderr));
    assert_eq!((session.read(".env"), session.exists("stack.toml")), (before.clone(), false));
    session.run(&["import", "--yes"]).exits(0);
    let env = session.read(".env");
    assert!(env.starts_with(&before) && env.matches("_PASSWORD=").count() == 20, "{env}");
}
