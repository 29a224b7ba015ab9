//! The hook of git's: a script in a folder that is git's own. One that somebody else put there is never touched.

use camino::Utf8Path;

use super::{ApplyError, Kind, Sandbox, Steps as _, failed, place};
use crate::plan::{SIZE_LIMIT, Version};

/// What became of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// It was not there, and is now; or was there, and is gone.
    Done,
    /// It was stackgen's own, and says something else now.
    Updated,
    /// It was as it is to be.
    Unchanged,
    /// Somebody else's lies there. It is as it was.
    Foreign,
}

/// Puts a hook into the folder of hooks, which is made if need be. `mark` is the line by which stackgen knows its own; `text` is told its own
/// that is there already.
///
/// # Errors
/// An [`ApplyError`], after which the hook is old or new.
pub fn install_hook(
    folder: &Utf8Path,
    name: &str,
    mark: &str,
    text: impl FnOnce(Option<&str>) -> String,
) -> Result<Hook, ApplyError> {
    std::fs::create_dir_all(folder).map_err(failed("create the folder", folder))?;
    let (sandbox, path) = (open(folder)?, Utf8Path::new(name));
    let before = found(&sandbox, path)?;
    let own = before.as_deref().filter(|before| has_line(before, mark));
    if before.is_some() && own.is_none() {
        return Ok(Hook::Foreign);
    }
    let text = text(own);
    if own == Some(&text) {
        return Ok(Hook::Unchanged);
    }
    let outcome = if own.is_some() { Hook::Updated } else { Hook::Done };
    put(&sandbox, path, text, before.as_deref())?;
    Ok(outcome)
}

/// Takes stackgen's own hook out of the folder of hooks, or as much of it as `left` does not leave.
///
/// # Errors
/// An [`ApplyError`], after which it is still there.
pub fn remove_hook(
    folder: &Utf8Path,
    name: &str,
    mark: &str,
    left: impl FnOnce(&str) -> Option<String>,
) -> Result<Hook, ApplyError> {
    if !folder.is_dir() {
        return Ok(Hook::Unchanged);
    }
    let (sandbox, path) = (open(folder)?, Utf8Path::new(name));
    match found(&sandbox, path)? {
        None => Ok(Hook::Unchanged),
        Some(text) if has_line(&text, mark) => match left(&text) {
            Some(left) if left == text => Ok(Hook::Unchanged),
            Some(left) => put(&sandbox, path, left, Some(&text)).map(|()| Hook::Updated),
            None => {
                sandbox.remove_file(path).map_err(failed("delete", path))?;
                Ok(Hook::Done)
            }
        },
        Some(_) => Ok(Hook::Foreign),
    }
}

/// Puts a hook in the place of what was found there.
fn put(sandbox: &Sandbox, path: &Utf8Path, text: String, before: Option<&str>) -> Result<(), ApplyError> {
    let version = Version { contents: text.into_bytes(), executable: true };
    let temporary = place::free_name(sandbox, [path])?;
    let still = || {
        let changed = || ApplyError::Changed { path: path.to_owned() };
        (found(sandbox, path)?.as_deref() == before).then_some(()).ok_or_else(changed)
    };
    place::file(sandbox, path, &version, &temporary, still)
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
