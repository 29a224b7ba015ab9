//! Results on standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

/// Prints a command's result. A reader that has seen enough, as `head` has, is no failure.
///
/// # Errors
/// Where the result cannot be written.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("the result cannot be printed")
        }
        _ => Ok(()),
    }
}
