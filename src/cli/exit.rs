//! The exit codes, in one place.

use std::process::ExitCode;

/// What a command's exit code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Written, or nothing to do.
    Done = 0,
    /// Something differs, and was not written.
    NotWritten = 1,
    /// The input is not valid, or the command failed.
    Invalid = 2,
}

/// The exit codes, for the help text.
pub const HELP: &str = "\
Exit codes:
  0  written, or nothing to do
  1  something differs, and was not written
  2  the input is not valid, or the command failed";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
