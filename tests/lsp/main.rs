//! The language server from outside: a scripted editor at the standard input and output of the real binary.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and tests work on the disk"
)]

mod editor;
mod large;
mod looking;
mod manners;
mod questions;
mod writing;
