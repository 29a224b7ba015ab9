//! Getting one file to its place, whole.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::fs_utf8::File;

use super::{ApplyError, Kind, Steps, failed, guard};
use crate::plan::{SIZE_LIMIT, Version, folders_of};

/// How many names are tried for a temporary file or a copy before giving up.
const NAMES: u32 = 1000;

/// Writes a file beside its place and moves it there, if `still` finds the place as it was.
pub(super) fn file(
    steps: &dyn Steps,
    path: &Utf8Path,
    version: &Version,
    still: impl FnOnce() -> Result<(), ApplyError>,
) -> Result<(), ApplyError> {
    folders(steps, path)?;
    let (temporary, file) = create_temporary(steps, path, version.executable)?;
    let placed = fill(steps, path, file, &version.contents)
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
/// holds just that already.
pub(super) fn copy(steps: &dyn Steps, path: &Utf8Path, version: &Version) -> Result<Utf8PathBuf, ApplyError> {
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
                file(steps, &copy, version, still_free)?;
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
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    steps.sync_folder(folder).map_err(failed("sync the folder of", path))
}

fn folders(steps: &dyn Steps, path: &Utf8Path) -> Result<(), ApplyError> {
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

/// A new file in the same folder, which nobody else uses: a name that is taken is left to whoever took it.
fn create_temporary(
    steps: &dyn Steps,
    path: &Utf8Path,
    executable: bool,
) -> Result<(Utf8PathBuf, File), ApplyError> {
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    for number in 0..NAMES {
        let temporary = folder.join(format!(".stackgen-{number}.tmp"));
        match steps.create_file(&temporary, executable) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(failed("create a temporary file for", path)(source)),
        }
    }
    Err(failed("create a temporary file for", path)(io::ErrorKind::AlreadyExists.into()))
}

fn fill(steps: &dyn Steps, path: &Utf8Path, mut file: File, contents: &[u8]) -> Result<(), ApplyError> {
    steps.write(&mut file, contents).map_err(failed("write", path))?;
    steps.sync_file(&file).map_err(failed("sync", path))
}
