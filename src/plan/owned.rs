//! What stackgen owned before a build.

use camino::{Utf8Path, Utf8PathBuf};

use super::claim::Claim;
use super::contents::SIZE_LIMIT;
use super::journal::{self, Journal};
use super::local;
use super::manifest::{self, FILE_NAME, Manifest, Record};
use crate::diagnostics::Diagnostic;
use crate::source::World;

/// What stackgen owns, as far as its own files can be believed.
#[derive(Debug, Clone)]
pub struct Owned {
    /// As the last build that came to its end has left it.
    pub manifest: Manifest,
    /// The build after it that did not come to its end.
    pub interrupted: Option<Journal>,
    /// As the last build on this machine has left it, where that is another one.
    pub remembered: Option<Manifest>,
    /// Which stack it is to be of from now on; nothing where nobody asks.
    pub claim: Option<Claim>,
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
        let (manifest, interrupted) = (Manifest::load(world, folder)?, Journal::load(world)?);
        let mut owned = Self { manifest, interrupted, remembered: remembered(world, folder), claim: None };
        for input in inputs {
            let reason = || format!("it names `{input}`, which the stack is read from");
            if owned.manifest.files.contains_key(input) {
                return Err(Box::new(manifest::refusal(&folder.join(FILE_NAME), &reason())));
            }
            if let Some(remembered) = &mut owned.remembered {
                remembered.files.remove(input);
            }
            if owned.interrupted.iter().flat_map(Journal::records).any(|(path, _)| path == input) {
                return Err(Box::new(journal::refusal(&reason())));
            }
        }
        Ok(owned)
    }

    /// Claims what is owned for the stack of a file. What this machine remembers of another one is of no account to it.
    #[must_use]
    pub fn claimed_by(mut self, world: &dyn World, file: &Utf8Path) -> Self {
        // A build that was interrupted had the last word, the user's own.
        let begun = self.interrupted.as_ref().and_then(|journal| journal.after.stack.as_deref());
        let claim = Claim::new(world, file, begun.or(self.manifest.stack.as_deref()));
        let is_of_another =
            |manifest: &Manifest| Claim::new(world, file, manifest.stack.as_deref()).other().is_some();
        self.remembered = self.remembered.filter(|remembered| !is_of_another(remembered));
        self.claim = Some(claim);
        self
    }

    /// What stackgen can have left at each path since the manifest was written, the likeliest first.
    pub(super) fn later_records(&self) -> impl Iterator<Item = (&Utf8PathBuf, &Record)> {
        let begun = self.interrupted.iter().flat_map(Journal::records);
        begun.chain(self.remembered.iter().flat_map(|manifest| &manifest.files))
    }
}

/// What this machine remembers, if it is anything else than the manifest on the disk. It only spares questions, so one that
/// cannot be read, or names what it must not, is as good as none.
fn remembered(world: &dyn World, folder: &Utf8Path) -> Option<Manifest> {
    let bytes = world.read(Utf8Path::new(local::MANIFEST), SIZE_LIMIT).ok()?;
    let is_known = world.read(&folder.join(FILE_NAME), SIZE_LIMIT).is_ok_and(|manifest| manifest == bytes);
    if is_known { None } else { Manifest::parse(&bytes).ok() }
}
