//! The journal around a build: what it is to leave is written down before the first step, and struck out after the last.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{ApplyError, Kind, Steps, failed, guard, own, place};
use crate::plan::{Journal, Plan, SIZE_LIMIT, local};

/// Begins a build: what an interrupted one has left lying about goes, and the journal of this one is written.
///
/// Gives the name that all temporary files of the build are to have: one that is free in each of its folders, so that nothing
/// but stackgen's own is ever taken for a leftover.
pub(super) fn begin(steps: &dyn Steps, plan: &Plan) -> Result<String, ApplyError> {
    if let Some(journal) = plan.interrupted() {
        sweep(steps, plan, journal)?;
    }
    // Before anything else: where this cannot be, nothing is begun.
    own::folder(steps, Utf8Path::new(local::RECORDED))?;
    own::ignore_file(steps)?;
    let temporary = place::free_name(steps, plan.writes().map(|change| change.path.as_path()))?;
    own::write(steps, journal_path(), plan.journal(temporary.clone()).to_text().as_bytes())?;
    Ok(temporary)
}

/// Makes sure that no other build has begun, and not ended, since the plan was made.
pub(super) fn unchanged(steps: &dyn Steps, plan: &Plan) -> Result<(), ApplyError> {
    let path = journal_path();
    let is_there = guard::way(steps, path)? && steps.kind(path).map_err(failed("look at", path))?.is_some();
    let found =
        if is_there { Some(steps.read(path, SIZE_LIMIT).map_err(failed("read", path))?) } else { None };
    let planned = plan.interrupted().map(|journal| journal.to_text().into_bytes());
    if found == planned { Ok(()) } else { Err(ApplyError::Changed { path: path.to_owned() }) }
}

/// Ends a build: all that the journal says is on the disk.
pub(super) fn end(steps: &dyn Steps) -> Result<(), ApplyError> {
    own::remove(steps, journal_path())?;
    place::sync_folder_of(steps, journal_path())
}

fn journal_path() -> &'static Utf8Path {
    Utf8Path::new(local::JOURNAL)
}

/// Removes the temporary files that an interrupted build has left.
fn sweep(steps: &dyn Steps, plan: &Plan, journal: &Journal) -> Result<(), ApplyError> {
    let owned = plan.owned_paths().into_iter().map(Utf8PathBuf::as_path);
    let folders: BTreeSet<_> = owned.chain([plan.manifest().path.as_path()]).map(place::folder_of).collect();
    for folder in folders {
        let leftover = folder.join(&journal.temporary);
        // Behind a link lies nothing that stackgen has made.
        let is_reached = guard::way(steps, &leftover).unwrap_or(false);
        if is_reached && steps.kind(&leftover).map_err(failed("look at", &leftover))? == Some(Kind::File) {
            own::remove(steps, &leftover)?;
        }
    }
    Ok(())
}
