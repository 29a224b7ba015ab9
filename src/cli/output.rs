//! Results on standard output.

use std::io::{self, Write as _};

use anstream::AutoStream;
use anyhow::Context as _;

/// Prints lines on standard error. Where that takes nothing, as on a full disk, the exit code says what there is to say.
macro_rules! tell {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(anstream::stderr(), $($part)*));
    }};
}

/// As [`tell`], without a line break of its own.
macro_rules! tell_raw {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        drop(write!(anstream::stderr(), $($part)*));
    }};
}

pub(crate) use {tell, tell_raw};

/// Prints a command's result. A reader that has seen enough, as `head` has, is no failure.
///
/// # Errors
/// Where the result cannot be written.
pub fn print(text: &str) -> anyhow::Result<()> {
    // Colours are taken out piece by piece: in memory, so that each piece is no write of its own.
    let mut shown = AutoStream::new(Vec::new(), AutoStream::choice(&io::stdout()));
    let filtered = shown.write_all(text.as_bytes());
    let mut stdout = io::stdout().lock();
    match filtered.and_then(|()| stdout.write_all(&shown.into_inner())).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("the result cannot be printed")
        }
        _ => Ok(()),
    }
}
