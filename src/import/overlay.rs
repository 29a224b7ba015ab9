//! The project's files with one more among them, which is not written yet.

use std::io;

use camino::Utf8Path;

use crate::source::{EntryKind, World};

/// A world in which the stack's file says this.
pub struct Overlay<'a> {
    pub below: &'a dyn World,
    pub path: &'a Utf8Path,
    pub text: &'a str,
}

impl World for Overlay<'_> {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        if path == self.path { Ok(self.text.as_bytes().to_vec()) } else { self.below.read(path, limit) }
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        if path == self.path { Some(EntryKind::File) } else { self.below.entry(path) }
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        self.below.list(folder)
    }

    fn link(&self, path: &Utf8Path) -> bool {
        path != self.path && self.below.link(path)
    }
}
