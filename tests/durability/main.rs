//! What only a real process on a real disk can show: killed, without room, and in a crowd. `tests/durability/run` runs it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, tests work on the disk, and these print what they measure"
)]
#![cfg(target_os = "linux")]

mod crowd;
mod disks;
mod kills;
mod site;
#[path = "../snapshot/mod.rs"]
mod snapshot;
mod stacks;
