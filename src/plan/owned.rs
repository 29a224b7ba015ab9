//! What stackgen owned before a build.

use camino::Utf8Path;

use super::journal::{self, Journal};
use super::manifest::{self, FILE_NAME, Manifest};
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
    /// Reads the manifest in a folder, and the journal. Neither may name one of the `inputs`: what a stack is read from is the
    /// user's, whoever says that stackgen wrote it.
    ///
    /// # Errors
    /// As [`Manifest::load`] and [`Journal::load`], and where one of them names an input.
    pub fn load<'a>(
        world: &dyn World,
        folder: &Utf8Path,
        inputs: impl IntoIterator<Item = &'a Utf8Path>,
    ) -> Result<Self, Box<Diagnostic>> {
        let owned = Self { manifest: Manifest::load(world, folder)?, interrupted: Journal::load(world)? };
        for input in inputs {
            let reason = || format!("it names `{input}`, which the stack is read from");
            if owned.manifest.files.contains_key(input) {
                return Err(Box::new(manifest::refusal(&folder.join(FILE_NAME), &reason())));
            }
            if owned.interrupted.iter().flat_map(Journal::records).any(|(path, _)| path == input) {
                return Err(Box::new(journal::refusal(&reason())));
            }
        }
        Ok(owned)
    }
}
