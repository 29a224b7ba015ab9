//! What stackgen owned before a build.

use camino::Utf8Path;

use super::journal::Journal;
use super::manifest::Manifest;
use crate::diagnostics::Diagnostic;
use crate::source::World;

/// What stackgen owns, as far as its own files can be believed.
#[derive(Debug, Clone)]
pub struct Owned {
    /// As the last build that came to its end has left it.
    pub manifest: Manifest,
    /// The build after it that did not come to its end.
    pub interrupted: Option<Journal>,
}

impl Owned {
    /// Reads the manifest in a folder, and the journal.
    ///
    /// # Errors
    /// As [`Manifest::load`] and [`Journal::load`].
    pub fn load(world: &dyn World, folder: &Utf8Path) -> Result<Self, Box<Diagnostic>> {
        Ok(Self { manifest: Manifest::load(world, folder)?, interrupted: Journal::load(world)? })
    }
}
