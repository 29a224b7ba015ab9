//! The last look before a write: no link on the way, and nothing there but what the plan saw.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::{ApplyError, Kind, Steps, failed, journal};
use crate::plan::{Change, Obstacle, Plan, SIZE_LIMIT, State, folders_of};

/// Looks at every change before the first one is made, so that what can be known to fail fails with nothing written.
pub(super) fn survey(steps: &dyn Steps, plan: &Plan) -> Result<(), ApplyError> {
    for change in plan.changes() {
        if let State::Blocked(obstacle) = &change.state {
            return Err(ApplyError::Blocked { path: change.path.clone(), obstacle: obstacle.clone() });
        }
    }
    journal::unchanged(steps, plan)?;
    // The manifest tells of any build since the plan was made, even of one that has touched none of the plan's files.
    if plan.manifest().state == State::Unchanged {
        unchanged(steps, plan.manifest())?;
    }
    let room = Room::of(plan);
    plan.writes()
        .filter(|change| change.after.is_none() || !room.is_made_for(&change.path))
        .try_for_each(|change| unchanged(steps, change))
}

/// What the plan's deletions, of files and of empty folders, make room for, which can be judged only after them.
struct Room<'a> {
    files: BTreeSet<&'a Utf8Path>,
    folders: BTreeSet<&'a Utf8Path>,
}

impl<'a> Room<'a> {
    fn of(plan: &'a Plan) -> Self {
        let files: BTreeSet<_> = plan
            .writes()
            .filter(|change| change.after.is_none())
            .map(|change| change.path.as_path())
            .collect();
        let folders = files.iter().copied().chain(plan.forgotten()).flat_map(folders_of).collect();
        Self { files, folders }
    }

    /// Whether a file is to be where a folder goes, or in a folder where a file goes.
    fn is_made_for(&self, path: &Utf8Path) -> bool {
        self.folders.contains(path) || folders_of(path).iter().any(|folder| self.files.contains(folder))
    }
}

/// Makes sure that a path is still what the plan saw there.
pub(super) fn unchanged(steps: &dyn Steps, change: &Change) -> Result<(), ApplyError> {
    let path = change.path.as_path();
    let is_open = way(steps, path)?;
    let kind = if is_open { steps.kind(path).map_err(failed("look at", path))? } else { None };
    let obstacle = match kind {
        Some(Kind::Link) => Obstacle::Link(path.to_owned()),
        Some(Kind::Folder) => Obstacle::Folder,
        Some(Kind::Special) => Obstacle::Special,
        Some(Kind::File) => return same_bytes(steps, change),
        None if change.before.is_none() => return Ok(()),
        None => return Err(ApplyError::Changed { path: path.to_owned() }),
    };
    Err(ApplyError::Blocked { path: path.to_owned(), obstacle })
}

fn same_bytes(steps: &dyn Steps, change: &Change) -> Result<(), ApplyError> {
    let path = &change.path;
    let found = steps.read(path, SIZE_LIMIT).map_err(failed("read", path))?;
    match &change.before {
        Some(before) if before.contents == found => Ok(()),
        _ => Err(ApplyError::Changed { path: path.clone() }),
    }
}

/// Whether every folder on the way to a path is there.
pub(super) fn way(steps: &dyn Steps, path: &Utf8Path) -> Result<bool, ApplyError> {
    for folder in folders_of(path) {
        let obstacle = match steps.kind(folder).map_err(failed("look at", folder))? {
            None => return Ok(false),
            Some(Kind::Folder) => continue,
            Some(Kind::Link) => Obstacle::Link(folder.to_owned()),
            Some(Kind::File | Kind::Special) => Obstacle::NotAFolder(folder.to_owned()),
        };
        return Err(ApplyError::Blocked { path: path.to_owned(), obstacle });
    }
    Ok(true)
}
