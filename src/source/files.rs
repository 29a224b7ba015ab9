//! Reads text files of the project, and says clearly why one cannot be read.

use std::io;

use camino::Utf8Path;

use super::limits::Limit;
use super::span::Span;
use super::world::World;
use crate::diagnostics::Diagnostic;

/// The project's files, and what was wrong with those that were asked for.
pub struct Files<'a> {
    pub world: &'a dyn World,
    pub diagnostics: Vec<Diagnostic>,
}

impl Files<'_> {
    /// A file's text, if it is no larger than a limit in MiB. `from` is the place that names the file, if one does.
    pub fn text(&mut self, path: &Utf8Path, limit: &Limit, from: Option<Span>) -> Option<String> {
        let diagnostic = match self.world.read(path, limit.bytes()) {
            Ok(bytes) if bytes.len() as u64 > limit.bytes() => {
                limit.exceeded(format!("`{path}` is larger than {}, the most that is read", limit.shown()))
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return Some(text),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    let problem = format!("`{path}` is not UTF-8 text: byte {at} is not part of a character");
                    Diagnostic::error("unreadable-file", problem)
                }
            },
            Err(error) => {
                let diagnostic = Diagnostic::error("unreadable-file", unreadable(path, &error));
                match way_out(&error, from.is_none()) {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            }
        };
        self.diagnostics.push(match from {
            Some(span) => diagnostic.at(span, "named here"),
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
