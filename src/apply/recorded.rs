//! The texts as stackgen left them, kept in its own folder: what a hand edit is later compared with.

use std::collections::BTreeSet;
use std::io;

use camino::Utf8Path;

use super::{ApplyError, Steps, failed, own};
use crate::plan::{Plan, digest, local};

/// Keeps the plan's manifest, and the texts that it records and that are at hand, and removes those that no record names any more.
pub(super) fn keep(steps: &dyn Steps, plan: &Plan) -> Result<(), ApplyError> {
    let folder = Utf8Path::new(local::RECORDED);
    let present: BTreeSet<String> = names(steps, folder)?;
    let records = &plan.intended().files;
    for change in plan.changes() {
        let (Some(record), Some(after)) = (records.get(&change.path), &change.after) else { continue };
        let is_recorded = || digest(&after.contents) == record.sha256;
        if !present.contains(&record.sha256) && is_recorded() {
            own::write_cached(steps, &local::recorded(&record.sha256), &after.contents)?;
        }
    }
    own::write_cached(steps, Utf8Path::new(local::MANIFEST), plan.intended().to_text().as_bytes())?;
    let needed: BTreeSet<_> = records.values().map(|record| record.sha256.as_str()).collect();
    for name in present.iter().filter(|name| !needed.contains(name.as_str())) {
        own::remove(steps, &folder.join(name))?;
    }
    Ok(())
}

fn names(steps: &dyn Steps, folder: &Utf8Path) -> Result<BTreeSet<String>, ApplyError> {
    match steps.list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        listed => Ok(listed.map_err(failed("list", folder))?.into_iter().collect()),
    }
}
