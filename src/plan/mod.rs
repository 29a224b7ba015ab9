//! The wanted files against the disk: what a build would do to each path, decided before anything is written.
//!
//! A [`Plan`] is the whole of it. What the user allows beyond the safe ([`Plan::force`], [`Plan::adopt`]) changes the plan, so
//! that the summary, the diff and `apply` cannot speak of different things.

mod claim;
mod compare;
mod conflict;
mod contents;
pub mod diff;
mod findings;
mod journal;
mod lines;
pub mod local;
mod manifest;
mod owned;
mod path;
mod recased;
mod renewal;
mod stat;
mod state;
mod summary;
mod three_way;
mod written;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use semver::Version as Release;

pub use self::claim::{Claim, Former};
pub use self::compare::plan;
pub use self::conflict::{Sight, sight, ways_out};
pub use self::contents::{SIZE_LIMIT, Version, digest, same};
pub use self::journal::{Journal, temporary_name};
pub use self::manifest::{FILE_NAME, Manifest, Record, Refusal};
pub use self::owned::Owned;
pub(crate) use self::path::folders_of;
pub use self::stat::{Stat, stat};
pub use self::state::{Edit, Obstacle, State};
pub use self::three_way::three_way;
use crate::source::{nearest, quoted_list};

/// What a journal tells.
pub const INTERRUPTED: &str = "an earlier build was interrupted";

/// What a build would do, path by path.
#[derive(Debug, Clone)]
pub struct Plan {
    changes: Vec<Change>,
    manifest: Change,
    /// What stackgen owned when the plan was made: by the manifest, and by what an interrupted build has written since.
    recorded: Manifest,
    /// What stackgen owns after the build.
    intended: Manifest,
    /// The build that was interrupted, and that this one finishes.
    interrupted: Option<Journal>,
    /// Recorded paths that this plan leaves alone, record and file.
    beyond: Vec<Utf8PathBuf>,
    /// Which stack the plan is made for; nothing where nobody asked.
    claim: Option<Claim>,
    /// The versions of stackgen that wrote the manifest and that made this plan, where they differ: the commonest
    /// reason for drift that nobody made.
    pub version_differs: Option<(Release, Release)>,
}

/// One path, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// From the project's root.
    pub path: Utf8PathBuf,
    pub state: State,
    /// What is on the disk of a file that does not stay as it is; its mode is the recorded one, since a checkout may have lost the
    /// real one.
    pub before: Option<Version>,
    /// What is wanted; nothing where the file is to go.
    pub after: Option<Version>,
    /// What stackgen left there, of a file that was edited by hand since; nothing where that text is not at hand.
    pub recorded: Option<Vec<u8>>,
    /// Whether what is on the disk is copied to `<path>.orig` first, because the user allowed it to be overwritten.
    pub keep_copy: bool,
}

/// A path that was to be taken over is none that this build would write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no output of this stack, so it cannot be adopted")]
pub struct NotAnOutput {
    pub path: Utf8PathBuf,
    /// The files that can be.
    pub foreign: Vec<Utf8PathBuf>,
}

impl NotAnOutput {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        let foreign = || self.foreign.iter().map(|path| path.as_str());
        match nearest(self.path.as_str(), foreign()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.foreign.is_empty() => {
                "every file that the stack wants is stackgen's own, or is not there yet: build without `--adopt`".to_owned()
            }
            None => format!("what can be adopted is {}", quoted_list(foreign())),
        }
    }
}

impl Plan {
    /// Every path, sorted, and the manifest last.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().chain([&self.manifest])
    }

    /// The manifest as the build would leave it.
    #[must_use]
    pub fn manifest(&self) -> &Change {
        &self.manifest
    }

    /// What applying the plan touches: all that is to be seen in the diff.
    pub fn writes(&self) -> impl Iterator<Item = &Change> {
        self.changes().filter(|change| change.state.is_written())
    }

    /// What is kept although the stack says otherwise.
    pub fn conflicts(&self) -> impl Iterator<Item = &Change> {
        self.changes().filter(|change| change.state.is_conflict())
    }

    /// Paths that stackgen owned or was about to own, and where nothing is any more: the file has gone by hand, or an
    /// interrupted build has deleted it, or has got no further than its folder.
    pub fn forgotten(&self) -> impl Iterator<Item = &Utf8Path> {
        let planned: BTreeSet<_> =
            self.changes.iter().map(|change| &change.path).chain(&self.beyond).collect();
        self.owned_paths().into_iter().filter(move |path| !planned.contains(path)).map(Utf8PathBuf::as_path)
    }

    /// Every path that stackgen owned or was about to own.
    pub(crate) fn owned_paths(&self) -> BTreeSet<&Utf8PathBuf> {
        let begun = self.interrupted.iter().flat_map(|journal| journal.records().map(|(path, _)| path));
        self.recorded.files.keys().chain(begun).collect()
    }

    /// The build that was interrupted, and that this one finishes.
    #[must_use]
    pub fn interrupted(&self) -> Option<&Journal> {
        self.interrupted.as_ref()
    }

    /// The journal of the build, whose temporary files have the given name.
    #[must_use]
    pub fn journal(&self, temporary: String) -> Journal {
        let mut before = self.recorded.clone();
        // What an interrupted build has not got to is still its own: there may be folders that it has made for it.
        for (path, record) in self.interrupted.iter().flat_map(Journal::records) {
            before.files.entry(path.clone()).or_insert_with(|| record.clone());
        }
        Journal { temporary, before, after: self.intended.clone() }
    }

    /// The manifest that the build ends with.
    #[must_use]
    pub fn intended(&self) -> &Manifest {
        &self.intended
    }

    /// Whether applying the plan does anything.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.interrupted.is_some() || self.writes().next().is_some()
    }

    /// Whether the disk is exactly as the stack says: nothing to write, to delete, to finish, or to decide.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.interrupted.is_none() && self.changes().all(|change| change.state == State::Unchanged)
    }

    /// How many of each, in one line: `3 to create, 1 edited by hand, 12 unchanged`. The manifest counts as the file that it is.
    #[must_use]
    pub fn summary(&self) -> String {
        summary::line(self.changes())
    }

    /// Lets the build overwrite what was edited by hand, after a copy to `<path>.orig`.
    pub fn force(&mut self) {
        for change in &mut self.changes {
            change.state = match change.state {
                State::Edited(Edit::Wanted) => State::Update,
                State::Edited(Edit::Stale) => State::Stale,
                _ => continue,
            };
            change.keep_copy = true;
        }
        self.renew_manifest();
    }

    /// Lets the build take over a file that it does not own, or all such files of a folder, after a copy to `<path>.orig`; or all that
    /// another stack owns, where the path is that of the manifest.
    ///
    /// A wanted file that is not foreign needs no adoption, and stays as it is.
    ///
    /// # Errors
    /// Where the path is not among the wanted ones.
    pub fn adopt(&mut self, path: &Utf8Path) -> Result<(), NotAnOutput> {
        if path == self.manifest.path {
            self.take_over();
            return Ok(());
        }
        let is_meant = |change: &&mut Change| change.path.starts_with(path) && change.after.is_some();
        let meant: Vec<_> = self.changes.iter_mut().filter(is_meant).collect();
        if meant.is_empty() {
            let foreign = self.changes.iter().filter(|change| change.state == State::Foreign);
            let foreign = foreign.map(|change| change.path.clone()).collect();
            return Err(NotAnOutput { path: path.to_owned(), foreign });
        }
        for change in meant.into_iter().filter(|change| change.state == State::Foreign) {
            change.state = State::Update;
            change.keep_copy = true;
        }
        self.renew_manifest();
        Ok(())
    }

    /// Looks for the texts that stackgen left in files that were edited by hand, by path and digest. What a lookup gives counts
    /// only if it has that digest.
    pub fn recall(&mut self, mut lookup: impl FnMut(&Utf8Path, &str) -> Option<Vec<u8>>) {
        for change in &mut self.changes {
            if let (State::Edited(_), None) = (&change.state, &change.recorded)
                && let Some(record) = self.recorded.files.get(&change.path)
            {
                let found = lookup(&change.path, &record.sha256);
                change.recorded = found.filter(|text| digest(text) == record.sha256);
            }
        }
    }

    /// The stack's file that the outputs were built from so far, where that is gone, and the one that they pass to.
    #[must_use]
    pub fn passed_on(&self) -> Option<(&Utf8Path, &Utf8Path)> {
        match self.claim.as_ref()? {
            Claim { file, former: Former::Gone(former) } => Some((former, file)),
            _ => None,
        }
    }

    /// Narrows the plan to some paths, as `--env` does; the others are left alone, files and records.
    pub fn narrow(&mut self, within: impl Fn(&Utf8Path) -> bool) {
        self.changes.retain(|change| within(&change.path));
        self.beyond = self.owned_paths().into_iter().filter(|path| !within(path)).cloned().collect();
        self.renew_manifest();
    }
}
