//! The only code that writes: a plan onto the disk, file by file, each whole at every moment.
//!
//! A file is written beside its place, synced, and moved there; the manifest comes last, so that it never claims what is
//! not there. A journal around it all tells the next build of one that was interrupted. Nothing outside the project is reached ([`Sandbox`]), no link is written through, and what has changed since the
//! plan was made, which is what the user has seen, is not touched.

mod append;
mod checked;
mod create;
mod error;
mod guard;
mod hook;
mod journal;
mod lock;
mod own;
mod place;
mod recorded;
mod replace;
mod steps;

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub use self::append::append;
pub use self::checked::keep_checked;
pub use self::create::{Created, create};
pub use self::error::ApplyError;
pub use self::hook::{Hook, install_hook, remove_hook};
pub use self::lock::{Holder, Lock};
pub use self::replace::replace;
pub use self::steps::{Kind, Sandbox, Steps};
use crate::plan::{Change, Plan, State, folders_of};

/// What a build did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    pub created: Vec<Utf8PathBuf>,
    pub updated: Vec<Utf8PathBuf>,
    pub deleted: Vec<Utf8PathBuf>,
    /// What was overwritten or deleted at the user's word, and where its copy is.
    pub copies: Vec<(Utf8PathBuf, Utf8PathBuf)>,
}

/// Writes a plan into the project whose lock is held.
///
/// # Errors
/// An [`ApplyError`]. [`ApplyError::Blocked`] and most of [`ApplyError::Changed`] come before anything is written; after any other,
/// each file is as it was or as it is wanted, and the journal tells the next build to finish.
pub fn apply(lock: &Lock, plan: &Plan) -> Result<Applied, ApplyError> {
    apply_through(&lock.sandbox, plan)
}

/// Writes a plan by the given steps: [`apply`] with a file system of the caller's.
///
/// # Errors
/// As [`apply`].
pub fn apply_through(steps: &dyn Steps, plan: &Plan) -> Result<Applied, ApplyError> {
    guard::survey(steps, plan)?;
    if !plan.has_work() {
        return Ok(Applied::default());
    }
    let temporary = journal::begin(steps, plan)?;
    let run = Run { steps, plan, temporary, kept: kept_folders(plan), applied: Applied::default() };
    let applied = run.finish()?;
    recorded::keep(steps, plan)?;
    journal::end(steps)?;
    Ok(applied)
}

/// One application of a plan.
struct Run<'a> {
    steps: &'a dyn Steps,
    plan: &'a Plan,
    /// The name of the temporary files.
    temporary: String,
    /// Folders that are needed again, and stay even while they are empty: a container may have them mounted.
    kept: BTreeSet<&'a Utf8Path>,
    applied: Applied,
}

impl Run<'_> {
    fn finish(mut self) -> Result<Applied, ApplyError> {
        // Deletions first: a file may have to make way for a folder of its name, or a folder for a file.
        for change in self.plan.writes().filter(|change| change.after.is_none()) {
            self.delete(change)?;
        }
        for path in self.plan.forgotten() {
            // Behind a link lies nothing that stackgen has made.
            if guard::way(self.steps, path).is_ok() {
                self.prune_above(path)?;
            }
        }
        // The manifest is the last of the plan's changes.
        for change in self.plan.writes() {
            self.write(change)?;
        }
        Ok(self.applied)
    }

    fn delete(&mut self, change: &Change) -> Result<(), ApplyError> {
        self.keep_copy(change)?;
        guard::unchanged(self.steps, change)?;
        let path = &change.path;
        self.steps.remove_file(path).map_err(failed("delete", path))?;
        self.sync_folder_of(path)?;
        self.applied.deleted.push(path.clone());
        self.prune_above(path)
    }

    /// Removes the folders that a deletion has left empty, the innermost first.
    fn prune_above(&self, path: &Utf8Path) -> Result<(), ApplyError> {
        for folder in folders_of(path).into_iter().rev().take_while(|folder| !self.kept.contains(folder)) {
            match self.steps.remove_folder(folder) {
                Ok(()) => self.sync_folder_of(folder)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => return Ok(()),
                Err(source) => return Err(failed("delete the empty folder", folder)(source)),
            }
        }
        Ok(())
    }

    fn write(&mut self, change: &Change) -> Result<(), ApplyError> {
        let Some(after) = &change.after else { return Ok(()) };
        self.keep_copy(change)?;
        let still = || guard::unchanged(self.steps, change);
        place::file(self.steps, &change.path, after, &self.temporary, still)?;
        let done = match change.state {
            State::Create => &mut self.applied.created,
            _ => &mut self.applied.updated,
        };
        done.push(change.path.clone());
        Ok(())
    }

    fn keep_copy(&mut self, change: &Change) -> Result<(), ApplyError> {
        if let (true, Some(before)) = (change.keep_copy, &change.before) {
            let copy = place::copy(self.steps, &change.path, before, &self.temporary)?;
            self.applied.copies.push((change.path.clone(), copy));
        }
        Ok(())
    }

    fn sync_folder_of(&self, path: &Utf8Path) -> Result<(), ApplyError> {
        place::sync_folder_of(self.steps, path)
    }
}

/// The folders that hold what stays or comes.
fn kept_folders(plan: &Plan) -> BTreeSet<&Utf8Path> {
    plan.changes()
        .filter(|change| change.state != State::Stale)
        .flat_map(|change| folders_of(&change.path))
        .collect()
}

/// Names the step and the path of a failure.
fn failed(step: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> ApplyError {
    let path = path.to_owned();
    move |source| ApplyError::Step { step, path, source }
}
