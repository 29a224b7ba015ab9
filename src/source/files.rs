//! Reads text files of the project, and says clearly why one cannot be read.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::limits::Limit;
use super::span::Span;
use super::world::World;
use crate::diagnostics::Diagnostic;

/// The name that a stack's file has where nothing else is said.
const STACK_FILE: &str = "stack.toml";

/// The project's files, and what was wrong with those that were asked for.
pub struct Files<'a> {
    pub world: &'a dyn World,
    pub diagnostics: Vec<Diagnostic>,
    /// What to do where a file is not there that no other one names.
    way_in: &'static str,
}

impl<'a> Files<'a> {
    /// The files of a stack.
    pub fn of_stack(world: &'a dyn World) -> Self {
        let way_in = "`stackgen init` makes one from what it finds in this folder; `--file` names another";
        Self { world, diagnostics: Vec::new(), way_in }
    }

    /// The files of a project that is to become a stack.
    pub fn to_import(world: &'a dyn World) -> Self {
        let way_in = "name the files to import as they are seen from this folder, or none to have them found";
        Self { world, diagnostics: Vec::new(), way_in }
    }
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
                    let valid = error.utf8_error().valid_up_to();
                    Diagnostic::error("unreadable-file", no_utf8(path, error.as_bytes(), valid))
                        .help("save it as UTF-8")
                }
            },
            Err(error) => {
                let mut diagnostic = Diagnostic::error("unreadable-file", unreadable(path, &error));
                let is_missing = error.kind() == io::ErrorKind::NotFound;
                if is_missing && path == STACK_FILE {
                    diagnostic = diagnostic.note(
                        "unless `--file` names one, it is looked for in this folder and in all above it",
                    );
                }
                let way_in = (is_missing && from.is_none()).then_some(self.way_in);
                match way_in.or_else(|| way_out(&error)) {
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

/// What could not be looked at, each as an error: to take it for absent would leave out of the stack whatever is there.
pub fn unseen(world: &dyn World) -> Vec<Diagnostic> {
    let found = |(path, problem): (Utf8PathBuf, io::ErrorKind)| {
        let reason = match problem {
            io::ErrorKind::PermissionDenied => "this user may not".to_owned(),
            other => other.to_string(),
        };
        Diagnostic::error("unreadable-file", format!("`{path}` cannot be looked at: {reason}"))
            .note("what is there may be a part of the stack, so nothing is made without it")
            .help("make it, and the folders that it lies in, readable for you; or let no path or glob of the stack lead there")
    };
    world.unseen().into_iter().map(found).collect()
}

fn unreadable(path: &Utf8Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{path}`"),
        io::ErrorKind::IsADirectory => format!("`{path}` is a folder, not a file"),
        io::ErrorKind::PermissionDenied => format!("`{path}` may not be read by this user"),
        _ => format!("`{path}` cannot be read: {error}"),
    }
}

/// Where a file stops being UTF-8, after so many bytes that are.
fn no_utf8(path: &Utf8Path, bytes: &[u8], valid: usize) -> String {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return format!("`{path}` is UTF-16 text, where UTF-8 is read");
    }
    let line = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
    format!("`{path}` is not UTF-8 text: line {line} holds a byte that is no part of a character")
}

/// What to do where the reason does not say it by itself.
fn way_out(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some("make it, and the folders that it lies in, readable for you"),
        io::ErrorKind::Other => Some("put a regular file in its place"),
        _ => None,
    }
}
