//! Edits of the user's own files, at their word: each is put in place of what they have seen, whole or not at all, and stays as private
//! as it was.

use super::{ApplyError, Lock, guard, place};
use crate::plan::Change;

/// Writes changes of files that are no outputs. All are looked at before the first is written.
///
/// # Errors
/// An [`ApplyError`], after which each file is old or new.
pub fn replace(lock: &Lock, changes: &[Change]) -> Result<(), ApplyError> {
    let steps = &lock.sandbox;
    for change in changes {
        guard::unchanged(steps, change)?;
    }
    let temporary = place::free_name(steps, changes.iter().map(|change| change.path.as_path()))?;
    for change in changes {
        if let Some(after) = &change.after {
            let (path, still) = (&change.path, || guard::unchanged(steps, change));
            place::file_like(steps, path, Some(path), after, &temporary, still)?;
        }
    }
    Ok(())
}
