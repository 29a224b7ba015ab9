//! The command line from outside: real projects in temporary folders, the real binary.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]

mod building;
mod checked;
mod crowd;
mod edited;
mod editing;
mod help;
mod hook;
mod hostile;
mod hostile_paths;
mod init;
mod interrupted;
mod left_out;
mod live;
mod mistakes;
mod permissions;
mod reading;
mod routes;
mod session;
#[path = "../snapshot/mod.rs"]
mod snapshot;
mod special_files;
mod stat;
mod tenant;
mod two_stacks;
mod unreadable;
mod watch;
mod watching;
mod yard;
