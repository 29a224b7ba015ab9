//! New files that are no outputs: templates that the user takes over.

use camino::{Utf8Path, Utf8PathBuf};

use super::{ApplyError, Sandbox, Steps, failed, guard, place};
use crate::plan::Version;

/// What became of files that were to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Created {
    pub created: Vec<Utf8PathBuf>,
    /// There was something of that name already; it is as it was.
    pub kept: Vec<Utf8PathBuf>,
}

/// Creates files in the project's folder, each whole or not at all, and none in place of another.
///
/// # Errors
/// An [`ApplyError`], after which each file is whole or not there.
pub fn create<'a>(
    root: &Utf8Path,
    files: impl IntoIterator<Item = (&'a Utf8Path, &'a str)>,
) -> Result<Created, ApplyError> {
    let sandbox = Sandbox::open(root).map_err(failed("open", root))?;
    let mut done = Created::default();
    let files: Vec<_> = files.into_iter().collect();
    for (path, _) in &files {
        guard::way(&sandbox, path)?;
    }
    let temporary = place::free_name(&sandbox, files.iter().map(|(path, _)| *path))?;
    for (path, text) in files {
        let is_new = is_free(&sandbox, path)?;
        if is_new {
            let version = Version { contents: text.as_bytes().to_vec(), executable: false };
            let still_free = || {
                let changed = || ApplyError::Changed { path: path.to_owned() };
                is_free(&sandbox, path)?.then_some(()).ok_or_else(changed)
            };
            place::file(&sandbox, path, &version, &temporary, still_free)?;
        }
        let list = if is_new { &mut done.created } else { &mut done.kept };
        list.push(path.to_owned());
    }
    Ok(done)
}

fn is_free(steps: &dyn Steps, path: &Utf8Path) -> Result<bool, ApplyError> {
    Ok(!guard::way(steps, path)? || steps.kind(path).map_err(failed("look at", path))?.is_none())
}
