//! What a check has found, kept for the next one in stackgen's own folder.

use camino::Utf8Path;

use super::{ApplyError, Kind, Sandbox, Steps as _, failed, own};
use crate::plan::local;

/// Keeps what a check has found, where this machine has built the stack before: elsewhere a check leaves nothing behind.
///
/// # Errors
/// An [`ApplyError`], after which the next check has to look again.
pub fn keep_checked(root: &Utf8Path, contents: &[u8]) -> Result<(), ApplyError> {
    let sandbox = Sandbox::open(root).map_err(failed("open", root))?;
    let folder = Utf8Path::new(local::FOLDER);
    match sandbox.kind(folder).map_err(failed("look at", folder))? {
        Some(Kind::Folder) => own::write_cached(&sandbox, Utf8Path::new(local::CHECKED), contents),
        _ => Ok(()),
    }
}
