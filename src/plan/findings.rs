//! A plan as findings: what stands in its way, what differs, and what is kept. People see a list and a patch instead.

use super::{Change, INTERRUPTED, Plan, State, conflict};
use crate::diagnostics::Diagnostic;

impl Plan {
    /// What makes the plan impossible to apply, a finding each.
    #[must_use]
    pub fn obstacles(&self) -> Vec<Diagnostic> {
        self.changes()
            .filter_map(|change| match &change.state {
                State::Blocked(obstacle) => Some(obstacle.diagnostic(&change.path)),
                _ => None,
            })
            .collect()
    }

    /// What differs between the stack and the disk, a finding each.
    #[must_use]
    pub fn drift(&self) -> Vec<Diagnostic> {
        let changes = self.changes().filter(|change| change.state != State::Unchanged);
        self.unfinished().into_iter().chain(changes.map(|change| self.difference(change))).collect()
    }

    /// What differs between the stack and the disk and is not to be seen in the patch, a finding each.
    #[must_use]
    pub fn beside_the_patch(&self) -> Vec<Diagnostic> {
        self.unfinished().into_iter().chain(self.kept()).collect()
    }

    /// What is kept although the stack says otherwise, a finding each: the same that [`Self::drift`] has of them.
    #[must_use]
    pub fn kept(&self) -> Vec<Diagnostic> {
        self.conflicts().map(|change| self.difference(change)).collect()
    }

    fn unfinished(&self) -> Option<Diagnostic> {
        let finding = || Diagnostic::error("drift", INTERRUPTED).help("run `stackgen build` to finish it");
        self.interrupted.as_ref().map(|_| finding())
    }

    fn difference(&self, change: &Change) -> Diagnostic {
        let what = match &change.state {
            State::Foreign => "stackgen did not write this file",
            state => state.as_str(),
        };
        let message = format!("`{}` is not as the stack says: {what}", change.path);
        let help = conflict::way_out(change)
            .unwrap_or_else(|| "run `stackgen build`, and commit what it writes".to_owned());
        let finding = Diagnostic::error("drift", message).in_file(&change.path).help(help);
        match self.passed_on().filter(|_| change.path == self.manifest.path) {
            Some((former, file)) => finding.note(format!(
                "`{former}`, which these files were built from, is gone: they pass to `{file}`"
            )),
            None => finding,
        }
    }
}
