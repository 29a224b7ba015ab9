//! Reads text files of the project, and says clearly why one cannot be read.

use std::io;

use camino::Utf8Path;

use super::span::Span;
use super::world::World;
use crate::diagnostics::Diagnostic;

/// The largest file that is read, in bytes. A stack of 10,000 services takes about 5 MB.
pub const TEXT_LIMIT: u64 = 16 * 1024 * 1024;

/// The project's files, and what was wrong with those that were asked for.
pub struct Files<'a> {
    pub world: &'a dyn World,
    pub diagnostics: Vec<Diagnostic>,
}

impl Files<'_> {
    /// A file's text. `from` is the place that names the file, if one does.
    pub fn text(&mut self, path: &Utf8Path, limit: u64, from: Option<Span>) -> Option<String> {
        let mut help = None;
        let problem = match self.world.read(path, limit) {
            Ok(bytes) if bytes.len() as u64 > limit => {
                format!("`{path}` is larger than {} MiB, the most that is read", limit / (1024 * 1024))
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return Some(text),
                Err(error) => {
                    format!(
                        "`{path}` is not UTF-8 text: byte {} is not part of a character",
                        error.utf8_error().valid_up_to()
                    )
                }
            },
            Err(error) => {
                help = way_out(&error, from.is_none());
                unreadable(path, &error)
            }
        };
        let mut diagnostic = Diagnostic::error("unreadable-file", problem);
        if let Some(span) = from {
            diagnostic = diagnostic.at(span, "named here");
        }
        self.diagnostics.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
        None
    }
}

fn unreadable(path: &Utf8Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{path}`"),
        io::ErrorKind::IsADirectory => format!("`{path}` is a folder, not a file"),
        io::ErrorKind::PermissionDenied => format!("`{path}` may not be read by this user"),
        _ => format!("`{path}` cannot be read: {error}"),
    }
}

/// What to do where the reason does not say it by itself.
fn way_out(error: &io::Error, is_the_first: bool) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::NotFound if is_the_first => {
            Some("`stackgen init` makes one from what it finds in this folder; `--file` names another")
        }
        io::ErrorKind::PermissionDenied => Some("make it, and the folders that it lies in, readable for you"),
        io::ErrorKind::Other => Some("put a regular file in its place"),
        _ => None,
    }
}
