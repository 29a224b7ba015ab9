//! `.stackgen/`: what stackgen keeps beside the stack's file for this machine alone. It is never committed, and may be deleted
//! at any time while no build is at work.

use camino::{Utf8Path, Utf8PathBuf};

use super::contents::SIZE_LIMIT;
use crate::source::World;

/// The folder's name. No output may lie in it.
pub const FOLDER: &str = ".stackgen";

/// Keeps the folder out of version control, itself included.
pub const IGNORE_FILE: &str = ".stackgen/.gitignore";

/// Held by the build that is at work; it names the process.
pub const LOCK: &str = ".stackgen/lock";

/// What the build that is at work, or was interrupted, is to leave.
pub const JOURNAL: &str = ".stackgen/journal.json";

/// The manifest as the last build on this machine left it. The committed one may have been taken back since, by git or by hand.
pub const MANIFEST: &str = ".stackgen/manifest.json";

/// What the last check that found everything as it is to be has looked at.
pub const CHECKED: &str = ".stackgen/checked.json";

/// The texts of the outputs as stackgen left them, named by their digests: one side of a three-way diff.
pub const RECORDED: &str = ".stackgen/recorded";

/// Where the recorded text with this digest lies, if it is at hand.
#[must_use]
pub fn recorded(sha256: &str) -> Utf8PathBuf {
    Utf8Path::new(RECORDED).join(sha256)
}

/// The recorded text with this digest. Whoever reads it makes sure that it has the digest.
pub(super) fn recorded_text(world: &dyn World, sha256: &str) -> Option<Vec<u8>> {
    world.read(&recorded(sha256), SIZE_LIMIT).ok()
}
