//! stackgen's own folder, `.stackgen/`: files that nobody else writes, and that only the holder of the lock writes.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::fs_utf8::File;

use super::{ApplyError, Steps, failed, guard, place};
use crate::plan::local;

/// Makes sure that a folder is there, and the ones above it.
pub(super) fn folder(steps: &dyn Steps, folder: &Utf8Path) -> Result<(), ApplyError> {
    place::folders(steps, &folder.join("a file")).map_err(|error| match error {
        ApplyError::Blocked { obstacle, .. } => ApplyError::Blocked { path: folder.to_owned(), obstacle },
        other => other,
    })
}

/// Keeps the folder out of version control, and free of what a build that was killed at its very beginning has left.
pub(super) fn tidy(steps: &dyn Steps) -> Result<(), ApplyError> {
    ignore_file(steps)?;
    remove(steps, &temporary_of(Utf8Path::new(local::JOURNAL)))
}

/// Keeps the folder out of version control.
pub(super) fn ignore_file(steps: &dyn Steps) -> Result<(), ApplyError> {
    let path = Utf8Path::new(local::IGNORE_FILE);
    match steps.kind(path).map_err(failed("look at", path))? {
        Some(_) => Ok(()),
        None => write(steps, path, b"*\n"),
    }
}

/// Writes a file of the folder, whole or not at all.
pub(super) fn write(steps: &dyn Steps, path: &Utf8Path, contents: &[u8]) -> Result<(), ApplyError> {
    through(steps, path, contents, |file| steps.sync_file(file))?;
    place::sync_folder_of(steps, path)
}

/// As [`write()`], but without waiting for the disk: for what is verified when it is read, and can be missing.
pub(super) fn write_cached(steps: &dyn Steps, path: &Utf8Path, contents: &[u8]) -> Result<(), ApplyError> {
    through(steps, path, contents, |_| Ok(()))
}

fn through(
    steps: &dyn Steps,
    path: &Utf8Path,
    contents: &[u8],
    settle: impl FnOnce(&File) -> io::Result<()>,
) -> Result<(), ApplyError> {
    guard::way(steps, path)?;
    let temporary = temporary_of(path);
    // One that is there already is that of a build that was interrupted.
    remove(steps, &temporary)?;
    let written = steps
        .create_file(&temporary, false)
        .and_then(|mut file| steps.write(&mut file, contents).and_then(|()| settle(&file)))
        .and_then(|()| steps.rename(&temporary, path));
    if written.is_err() {
        // What stopped the write is the news; the next build removes what stays.
        let _ = steps.remove_file(&temporary);
    }
    written.map_err(failed("write", path))
}

fn temporary_of(path: &Utf8Path) -> Utf8PathBuf {
    format!("{path}.tmp").into()
}

/// Removes a file of the folder, if it is there.
pub(super) fn remove(steps: &dyn Steps, path: &Utf8Path) -> Result<(), ApplyError> {
    match steps.remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(failed("delete", path)),
    }
}
