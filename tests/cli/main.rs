//! The command line from outside: real projects in temporary folders, the real binary.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]

mod building;
mod edited;
mod hostile;
mod interrupted;
mod mistakes;
mod reading;
mod session;
mod unreadable;
