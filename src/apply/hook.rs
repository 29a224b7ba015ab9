//! The hook of git's: a script in a folder that is git's own. One that somebody else put there is never touched.

use camino::Utf8Path;

use super::{ApplyError, Kind, Sandbox, Steps as _, failed, place};
use crate::plan::{SIZE_LIMIT, Version};

/// What became of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// It was not there, and is now; or was there, and is gone.
    Done,
    /// It was stackgen's own of another version, and is of this one.
    Updated,
    /// It was as it is to be.
    Unchanged,
    /// Somebody else's lies there. It is as it was.
    Foreign,
}

/// Puts a hook into the folder of hooks, which is made if need be. `mark` is the line by which stackgen knows its own.
///
/// # Errors
/// An [`ApplyError`], after which the hook is old or new.
pub fn install_hook(folder: &Utf8Path, name: &str, text: &str, mark: &str) -> Result<Hook, ApplyError> {
    std::fs::create_dir_all(folder).map_err(failed("create the folder", folder))?;
    let (sandbox, path) = (open(folder)?, Utf8Path::new(name));
    let before = found(&sandbox, path)?;
    let outcome = match &before {
        None => Hook::Done,
        Some(before) if before == text => return Ok(Hook::Unchanged),
        Some(before) if has_line(before, mark) => Hook::Updated,
        Some(_) => return Ok(Hook::Foreign),
    };
    let version = Version { contents: text.as_bytes().to_vec(), executable: true };
    let temporary = place::free_name(&sandbox, [path])?;
    let still = || {
        let changed = || ApplyError::Changed { path: path.to_owned() };
        (found(&sandbox, path)? == before).then_some(()).ok_or_else(changed)
    };
    place::file(&sandbox, path, &version, &temporary, still)?;
    Ok(outcome)
}

/// Takes stackgen's own hook out of the folder of hooks.
///
/// # Errors
/// An [`ApplyError`], after which it is still there.
pub fn remove_hook(folder: &Utf8Path, name: &str, mark: &str) -> Result<Hook, ApplyError> {
    if !folder.is_dir() {
        return Ok(Hook::Unchanged);
    }
    let (sandbox, path) = (open(folder)?, Utf8Path::new(name));
    match found(&sandbox, path)? {
        None => Ok(Hook::Unchanged),
        Some(text) if has_line(&text, mark) => {
            sandbox.remove_file(path).map_err(failed("delete", path))?;
            Ok(Hook::Done)
        }
        Some(_) => Ok(Hook::Foreign),
    }
}

fn open(folder: &Utf8Path) -> Result<Sandbox, ApplyError> {
    Sandbox::open(folder).map_err(failed("open", folder))
}

/// The text that lies there. What is no readable text of its own file, a link for one, is somebody else's, whatever it says.
fn found(sandbox: &Sandbox, path: &Utf8Path) -> Result<Option<String>, ApplyError> {
    match sandbox.kind(path).map_err(failed("look at", path))? {
        None => Ok(None),
        Some(Kind::File) => {
            let bytes = sandbox.read(path, SIZE_LIMIT).map_err(failed("read", path))?;
            Ok(Some(String::from_utf8(bytes).unwrap_or_default()))
        }
        Some(_) => Ok(Some(String::new())),
    }
}

fn has_line(text: &str, mark: &str) -> bool {
    text.lines().any(|line| line == mark)
}
