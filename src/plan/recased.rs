//! Outputs whose paths have changed in case alone, on a disk where case does not count: the old one and the new one are one file, and to
//! delete the old one would be to delete the new one.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::contents::Version;
use super::manifest::Manifest;
use super::path::folders_of;
use crate::source::{EntryKind, World};

/// Gives the records of files that are no longer wanted to the wanted ones that are the same files under another case.
pub(super) fn hand_on(world: &dyn World, manifest: &mut Manifest, wanted: &IndexMap<String, Version>) {
    let unwanted: Vec<_> =
        manifest.files.keys().filter(|path| !wanted.contains_key(path.as_str())).cloned().collect();
    if unwanted.is_empty() {
        return;
    }
    let by_case: BTreeMap<String, &Utf8Path> =
        wanted.keys().map(|path| (path.to_lowercase(), Utf8Path::new(path))).collect();
    for old in unwanted {
        if let Some(new) = by_case.get(&old.as_str().to_lowercase())
            && !manifest.files.contains_key(*new)
            && is_there_under_another_name(world, new)
            && let Some(record) = manifest.files.remove(&old)
        {
            manifest.files.insert(Utf8PathBuf::from(*new), record);
        }
    }
}

/// Whether the disk has a file for a path that none of its names spells.
fn is_there_under_another_name(world: &dyn World, path: &Utf8Path) -> bool {
    let is_spelt = |path: &Utf8Path| {
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        world.list(folder).iter().any(|(name, _)| Some(name.as_str()) == path.file_name())
    };
    world.entry(path) == Some(EntryKind::File) && !folders_of(path).into_iter().chain([path]).all(is_spelt)
}
