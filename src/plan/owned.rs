//! What stackgen owned before a build.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::claim::Claim;
use super::contents::SIZE_LIMIT;
use super::journal::{self, Journal};
use super::local;
use super::manifest::{self, FILE_NAME, Manifest, Record};
use crate::diagnostics::Diagnostic;
use crate::model::ENV_FILE;
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
    /// Reads the manifest in a folder, and the journal. Neither may name one of the user's own files, such as what a stack is read
    /// from, whoever says that stackgen wrote it. Case does not count: on many disks it is one file all the same.
    ///
    /// # Errors
    /// As [`Manifest::load`] and [`Journal::load`], and where one of them names a file of the user's.
    pub fn load<'a>(
        world: &dyn World,
        folder: &Utf8Path,
        yours: impl IntoIterator<Item = &'a Utf8Path>,
    ) -> Result<Self, Box<Diagnostic>> {
        let (manifest, interrupted) = (Manifest::load(world, folder)?, Journal::load(world)?);
        let yours: BTreeSet<String> = yours.into_iter().map(|path| path.as_str().to_lowercase()).collect();
        let is_yours = |path: &&Utf8PathBuf| yours.contains(&path.as_str().to_lowercase());
        let reason = |path: &Utf8Path| {
            let is_env = path.as_str().eq_ignore_ascii_case(ENV_FILE);
            let what = if is_env { "where your secrets are" } else { "which the stack is read from" };
            format!("it names `{path}`, {what}")
        };
        if let Some(path) = manifest.files.keys().find(is_yours) {
            return Err(Box::new(manifest::refusal(&folder.join(FILE_NAME), &reason(path))));
        }
        let begun = interrupted.iter().flat_map(Journal::records).map(|(path, _)| path);
        if let Some(path) = { begun }.find(is_yours) {
            return Err(Box::new(journal::refusal(&reason(path))));
        }
        let mut remembered = remembered(world, folder);
        if let Some(remembered) = &mut remembered {
            remembered.files.retain(|path, _| !is_yours(&path));
        }
        Ok(Self { manifest, interrupted, remembered, claim: None })
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
