//! Two hundred builds at once.

use std::time::Instant;

use crate::site::Site;
use crate::stacks::Release::{First, Second};
use crate::stacks::stack;

const BUILDS: usize = 200;
/// Each build of a stack takes over what one of the other has left.
const TAKE_OVER: [&str; 2] = ["--adopt", "generated/.stackgen.json"];
const TEAMS: usize = 10;

/// Starts the builds, each of which must succeed, and waits for all of them.
fn all_at_once(site: &Site, arguments: impl Fn(usize) -> Vec<&'static str>) {
    let start = Instant::now();
    let builds: Vec<_> = (0..BUILDS).map(|at| site.command(&arguments(at)).spawn().unwrap()).collect();
    for build in builds {
        let done = build.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    }
    println!("  {BUILDS} builds took {:.1?}", start.elapsed());
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn two_hundred_builds_of_one_stack_end_with_one_clean_result() {
    let folder = tempfile::tempdir().unwrap();
    let [clean, crowded] = ["clean", "crowded"].map(|name| Site::new(folder.path().join(name), TEAMS));
    clean.build(0);
    all_at_once(&crowded, |_| vec!["build", "--yes"]);
    crowded.is_clean(&clean.generated());
}

#[test]
#[ignore = "slow: tests/durability/run"]
fn two_hundred_builds_of_two_stacks_that_take_over_end_with_one_of_their_clean_results() {
    let folder = tempfile::tempdir().unwrap();
    let [clean, crowded] = ["clean", "crowded"].map(|name| Site::new(folder.path().join(name), TEAMS));
    let mut results = Vec::new();
    for (file, release) in [("stack.toml", First), ("other.toml", Second)] {
        for site in [&clean, &crowded] {
            site.write(file, stack(TEAMS, release));
        }
        assert_eq!(clean.run(&[&["build", "--yes", "--file", file], &TAKE_OVER[..]].concat()).0, Some(0));
        results.push(clean.generated());
    }
    all_at_once(&crowded, |at| {
        let file = if at % 2 == 0 { "stack.toml" } else { "other.toml" };
        [&["build", "--yes", "--file", file], &TAKE_OVER[..]].concat()
    });
    let found = crowded.generated();
    assert!(results.contains(&found), "the result is that of neither stack");
    crowded.is_clean(&found);
}
