//! Getting one file to its place, whole.

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::fs_utf8::File;

use super::{ApplyError, Kind, Steps, failed, guard};
use crate::plan::{SIZE_LIMIT, Version, folders_of, temporary_name};

/// How many names are tried for temporary files or a copy before giving up.
const NAMES: u32 = 1000;

/// A name for temporary files that is free in the folder of each path.
pub(super) fn free_name<'a>(
    steps: &dyn Steps,
    paths: impl IntoIterator<Item = &'a Utf8Path>,
) -> Result<String, ApplyError> {
    let folders: BTreeSet<_> = paths.into_iter().map(folder_of).collect();
    for name in (0..NAMES).map(temporary_name) {
        if is_free(steps, &folders, &name)? {
            return Ok(name);
        }
    }
    let folder = folders.first().copied().unwrap_or(Utf8Path::new(""));
    Err(failed("create a temporary file in", folder)(io::ErrorKind::AlreadyExists.into()))
}

fn is_free(steps: &dyn Steps, folders: &BTreeSet<&Utf8Path>, name: &str) -> Result<bool, ApplyError> {
    for folder in folders {
        let path = folder.join(name);
        match steps.kind(&path) {
            Ok(None) => {}
            // Where a file still lies in the folder's place, the folder will be empty.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Ok(Some(_)) => return Ok(false),
            Err(source) => return Err(failed("look at", &path)(source)),
        }
    }
    Ok(true)
}

/// Writes a file beside its place, under the given temporary name, and moves it there, if `still` finds the place as it was.
pub(super) fn file(
    steps: &dyn Steps,
    path: &Utf8Path,
    version: &Version,
    temporary: &str,
    still: impl FnOnce() -> Result<(), ApplyError>,
) -> Result<(), ApplyError> {
    file_like(steps, path, None, version, temporary, still)
}

/// As [`file()`], with the mode of the user's own file at `like`, if there is one.
pub(super) fn file_like(
    steps: &dyn Steps,
    path: &Utf8Path,
    like: Option<&Utf8Path>,
    version: &Version,
    temporary: &str,
    still: impl FnOnce() -> Result<(), ApplyError>,
) -> Result<(), ApplyError> {
    folders(steps, path)?;
    let temporary = folder_of(path).join(temporary);
    let create = failed("create a temporary file for", path);
    let file = steps.create_file(&temporary, version.executable).map_err(create)?;
    // Before there is anything in it to read.
    let placed = like
        .map_or(Ok(()), |like| steps.keep_mode(&file, like).map_err(failed("keep the mode of", like)))
        .and_then(|()| fill(steps, path, file, &version.contents))
        .and_then(|()| still())
        .and_then(|()| steps.rename(&temporary, path).map_err(failed("put the new file in place of", path)));
    if let Err(error) = placed {
        // What stopped the write is the news; a temporary file that stays as well loses nothing.
        let _ = steps.remove_file(&temporary);
        return Err(error);
    }
    sync_folder_of(steps, path)
}

/// Copies what the user allows to be overwritten to the first of `<path>.orig`, `<path>.orig.2`, … that is free, or
/// holds just that already. The copy has the mode of what it is made of: it may be private, or a script.
pub(super) fn copy(
    steps: &dyn Steps,
    path: &Utf8Path,
    version: &Version,
    temporary: &str,
) -> Result<Utf8PathBuf, ApplyError> {
    for number in 1..NAMES {
        let copy = match number {
            1 => Utf8PathBuf::from(format!("{path}.orig")),
            _ => Utf8PathBuf::from(format!("{path}.orig.{number}")),
        };
        match steps.kind(&copy).map_err(failed("look at", &copy))? {
            None => {
                let still_free = || match steps.kind(&copy).map_err(failed("look at", &copy))? {
                    None => Ok(()),
                    Some(_) => Err(ApplyError::Changed { path: copy.clone() }),
                };
                file_like(steps, &copy, Some(path), version, temporary, still_free)?;
                return Ok(copy);
            }
            Some(Kind::File)
                if steps.read(&copy, SIZE_LIMIT).map_err(failed("read", &copy))? == version.contents =>
            {
                return Ok(copy);
            }
            Some(_) => {}
        }
    }
    Err(failed("keep a copy of", path)(io::ErrorKind::AlreadyExists.into()))
}

/// Makes a new name safe in the folder that it is in.
pub(super) fn sync_folder_of(steps: &dyn Steps, path: &Utf8Path) -> Result<(), ApplyError> {
    steps.sync_folder(folder_of(path)).map_err(failed("sync the folder of", path))
}

/// The folder that a file is in; the empty path is the project's own.
pub(super) fn folder_of(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new(""))
}

/// Makes the folders on the way to a file.
pub(super) fn folders(steps: &dyn Steps, path: &Utf8Path) -> Result<(), ApplyError> {
    if guard::way(steps, path)? {
        return Ok(());
    }
    for folder in folders_of(path) {
        match steps.create_folder(folder) {
            Ok(()) => sync_folder_of(steps, folder)?,
            // There before, or made by another build at this moment: both are looked at again below.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(failed("create the folder", folder)(source)),
        }
    }
    guard::way(steps, path).map(|_| ())
}

fn fill(steps: &dyn Steps, path: &Utf8Path, mut file: File, contents: &[u8]) -> Result<(), ApplyError> {
    steps.write(&mut file, contents).map_err(failed("write", path))?;
    steps.sync_file(&file).map_err(failed("sync", path))
}
