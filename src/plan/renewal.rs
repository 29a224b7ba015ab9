//! The manifest that a build ends with, and whether it may be written.

use camino::Utf8PathBuf;

use super::manifest::this_version;
use super::{Change, Manifest, Obstacle, Plan, Record, State, Version, same};
use crate::parallel;

impl Plan {
    /// Keeps the manifest of another stack from being written, and all that it records with it.
    pub(super) fn guard_manifest(&mut self) {
        if let Some(claim) = &self.claim
            && let Some(other) = claim.other()
            && !matches!(self.manifest.state, State::Blocked(_))
        {
            let (owner, file) = (other.to_owned(), claim.file.clone());
            self.manifest.state = State::Blocked(Obstacle::OtherStack { owner, file });
        }
    }

    /// Undoes [`Self::guard_manifest`], at the user's word.
    pub(super) fn take_over(&mut self) {
        if matches!(self.manifest.state, State::Blocked(Obstacle::OtherStack { .. })) {
            self.manifest.state = State::Update;
            self.renew_manifest();
        }
    }

    /// Writes down again what will be owned: kept conflicts keep the record they had, foreign files get none.
    pub(super) fn renew_manifest(&mut self) {
        if matches!(self.manifest.state, State::Blocked(_)) {
            return;
        }
        let records = parallel::each(&self.changes, |change| self.record_after(change));
        let files = self
            .changes
            .iter()
            .zip(records)
            .filter_map(|(change, record)| Some((change.path.clone(), record?)))
            .chain(
                self.beyond
                    .iter()
                    .filter_map(|path| Some((path.clone(), self.recorded.files.get(path)?.clone()))),
            )
            .collect();
        // Who wrote the same records first stays named: two versions that agree must not rewrite it in turns.
        let is_same = files == self.recorded.files;
        let stackgen = if is_same { self.recorded.stackgen.clone() } else { this_version() };
        self.intended = Manifest { stackgen, stack: self.stack_after(is_same), files };
        let text = self.intended.to_text();
        self.manifest.state = match &self.manifest.before {
            None => State::Create,
            Some(before) if same(&before.contents, text.as_bytes()) => State::Unchanged,
            Some(_) => State::Update,
        };
        self.manifest.after = Some(Version { contents: text.into_bytes(), executable: false });
    }

    /// The stack's file as the manifest is to name it. A manifest that names none is not rewritten for that alone: another stackgen
    /// than the one that wrote it is no reason for drift.
    fn stack_after(&self, is_same: bool) -> Option<Utf8PathBuf> {
        let recorded = self.recorded.stack.as_ref();
        let is_silent = is_same && recorded.is_none() && self.manifest.before.is_some();
        match &self.claim {
            Some(claim) if !is_silent => Some(claim.file.clone()),
            _ => recorded.cloned(),
        }
    }

    fn record_after(&self, change: &Change) -> Option<Record> {
        match change.state {
            State::Create | State::Update | State::Unchanged => {
                change.after.as_ref().map(|after| Record::of(&after.contents, after.executable))
            }
            State::Stale | State::Foreign => None,
            State::Edited(_) | State::Blocked(_) => self.recorded.files.get(&change.path).cloned(),
        }
    }
}
